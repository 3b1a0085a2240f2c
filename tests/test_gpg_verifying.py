"""The verdict on signed messages: what is good, and every way of not being so, with its own code."""

import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from irtkit.clients.gpg_keycerts import read_key_certs
from irtkit.clients.gpg_verifying import VerifiedMessage, verify_message
from irtkit.openpgp.armour import SIGNATURE, armoured
from irtkit.openpgp.keys import read_block, read_keys
from irtkit.openpgp.messages import LARGEST_MESSAGE, MOST_SIGNATURES
from irtkit.openpgp.mime import signed_mail, text_entity
from irtkit.openpgp.verdicts import KeySet

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_made import ENCRYPT, MadeKey, keys_with_one_id, number, subpacket
from openpgp_people import YEAR, People

pytest_plugins = ["openpgp_fixtures"]

IRT = b"irt: irt-example\naddress: Example Street 1\nremarks: ---\nmnt-by: EXNET-MNT\nsource: RIPE\n"
MNTNER = b"mntner: EXNET-MNT\nadmin-c: EX1-RIPE\nsource: RIPE\n"
FRAME = b"-----BEGIN PGP SIGNED MESSAGE-----"
POSITIONS = 1000


def codes(verified: VerifiedMessage) -> list[str]:
    """The verdicts on the signatures, then the problems of the message."""
    return [verdict.code for verdict in verified.verdicts] + [problem.code for problem in verified.message.problems]


def signers(verified: VerifiedMessage) -> dict[str, tuple[str, ...]]:
    """By whom each object is signed well."""
    return {str(update.update.object.primary_key): update.key_certs for update in verified.updates}


def key_set(*keys: MadeKey, names: tuple[str, ...] = ()) -> KeySet:
    """Keys as if each had a key-cert, with these names or with their own."""
    read = [read_keys(key.public())[0] for key in keys]
    own = names or tuple(key.key_cert_name for key in read)
    return KeySet(zip(own, read, strict=True))


def name_of(people: People, name: str) -> str:
    return f"PGPKEY-{people.fingerprint(name)[-8:]}"


def ago(seconds: float) -> tuple[str, ...]:
    """The options that make gpg sign in the past, or in the future."""
    return ("--faked-system-time", str(int(time.time() - seconds)))


def test_a_good_signature_says_who_and_when(people: People) -> None:
    """The key-cert, the fingerprint, the time, the digest, and the objects."""
    verified = verify_message(people.clear_sign("rsa2048", IRT + b"\n" + MNTNER), people.key_set("rsa2048"))
    (verdict,) = verified.verdicts
    assert verified.is_good
    assert (verdict.code, verdict.key_certs) == ("good", (name_of(people, "rsa2048"),))
    assert (verdict.signed_by, verdict.issuer) == (people.fingerprint("rsa2048"),) * 2
    assert abs((verdict.signed_at or 0) - time.time()) < 60
    assert (verdict.algorithm, verdict.digest[:3]) == ("RSA", "SHA")
    assert signers(verified) == {"IRT-EXAMPLE": verdict.key_certs, "EXNET-MNT": verdict.key_certs}


def test_one_altered_byte_is_noticed_wherever_it_is(people: People) -> None:
    """In a thousand positions from the first line to the last: frame, header, text, signature."""
    signed = people.clear_sign("ed25519", (IRT + b"remarks: x  \n- y: z\n\n" + MNTNER) * 4)
    keys = people.key_set("ed25519")
    assert verify_message(signed, keys).is_good
    positions = sorted({len(signed) * step // POSITIONS for step in range(POSITIONS)})
    assert len(positions) >= min(POSITIONS, len(signed))
    accepted = []
    for position in positions:
        altered = bytearray(signed)
        altered[position] ^= 1 << position % 8
        verified = verify_message(bytes(altered), keys)
        if verified.is_good or any(update.key_certs for update in verified.updates):
            accepted.append((position, signed[position - 10 : position + 10]))
        assert codes(verified)
    assert accepted == []


def test_one_altered_byte_of_a_mail_changes_no_object_that_is_signed(people: People) -> None:
    """Nobody signs the headers of a mail; wherever the byte is, a good signature is one over the same objects."""
    entity = text_entity(IRT + b"\n" + MNTNER, "us-ascii")
    signature = people.gpg(
        *("--local-user", people.fingerprint("ed25519"), "--armor", "--detach-sign"), data=entity
    ).stdout.decode()
    mail = signed_mail(entity, signature, "SHA512", {"From": "a@example.net", "Subject": "NEW"})
    keys = people.key_set("ed25519")
    right = verify_message(mail, keys)
    assert right.is_good
    signed = range(mail.index(b"Content-Type: text/plain"), mail.index(b"\n--", mail.index(MNTNER)))
    for position in [*range(0, len(mail), 5), *range(signed.start, signed.stop, 7)]:
        altered = bytearray(mail)
        altered[position] ^= 1 << position % 8
        verified = verify_message(bytes(altered), keys)
        assert not (verified.is_good and position in signed)
        if any(update.key_certs for update in verified.updates):
            assert [update.update.object for update in verified.updates] == [one.update.object for one in right.updates]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text.replace(b"EXNET", b"EVIL0"), "altered"),
        (lambda text: text.replace(b"Example Street", b"Example  Street"), "altered"),
        (lambda text: text.replace(b"source: RIPE\n", b"source: RIPE\n\n"), "altered"),
        (lambda text: text.replace(b"Hash: SHA512", b"Hash: SHA256"), "malformed-signature"),
        (lambda text: text.replace(b"Hash: SHA512\n", b"Hash: SHA512\nComment: x\n"), "malformed-signature"),
        (lambda text: text.replace(b"Hash: SHA512\n", b"mntner: EVIL-MNT\nsource: RIPE\n"), "malformed-signature"),
        (lambda text: text.replace(b"Hash: SHA512\n\n", b"Hash: SHA512\n"), "malformed-signature"),
        (lambda text: text.replace(b"- -x", b"-x"), "malformed-signature"),
        (lambda text: text.replace(b"\n=", b"\n=A"), "malformed-signature"),
        (lambda text: text.rstrip() + b" trailing\n", "malformed-signature"),
        (lambda text: text.replace(b"-----BEGIN PGP SIG", b"-----BEGIN PGP  SIG"), "not-signed"),
        (lambda text: text.replace(b"-----END", b"----END"), "not-signed"),
        (lambda text: text.replace(FRAME, b"x" + FRAME), "not-signed"),
    ],
)
def test_a_spoiled_message_is_told_apart(people: People, spoil: Callable[[bytes], bytes], code: str) -> None:
    """What was altered, and what is not well formed."""
    signed = people.clear_sign("ed25519", IRT + b"-x: y\n", "--digest-algo", "SHA512")
    spoiled = spoil(signed)
    assert spoiled != signed
    verified = verify_message(spoiled, people.key_set("ed25519"))
    assert codes(verified)[:1] == [code]
    assert not verified.is_good
    assert set(signers(verified).values()) <= {()}


@pytest.mark.parametrize(
    ("where", "line"), [("before", 1), ("after", 21), ("between", 21)], ids=["before", "after", "between"]
)
def test_what_stands_outside_is_nobody_s(people: People, where: str, line: int) -> None:
    """Objects there are signed by nobody, those inside by whom they were; the whole is not good."""
    signed = people.clear_sign("rsa2048", IRT)
    other = people.clear_sign("rsa2048", b"mntner: OTHER-MNT\nsource: RIPE\n")
    message = {"before": MNTNER + signed, "after": signed + MNTNER, "between": signed + MNTNER + other}[where]
    verified = verify_message(message, people.key_set("rsa2048"))
    assert signers(verified)["EXNET-MNT"] == ()
    assert signers(verified)["IRT-EXAMPLE"] == (name_of(people, "rsa2048"),)
    assert "not-all-covered" in codes(verified)
    assert not verified.is_good
    (problem,) = verified.message.problems
    assert problem.span
    assert message.split(b"\n")[problem.span.line - 1] == b"mntner: EXNET-MNT"
    assert where == "before" or problem.span.line > line - 5


def test_an_instruction_outside_is_noticed(people: People) -> None:
    """A password or a deletion that nobody signed."""
    for line in (b"password: secret\n", b"delete: me\n", b"override: me,too\n", b"Kind regards\n"):
        verified = verify_message(people.clear_sign("ed25519", IRT) + b"\n" + line, people.key_set("ed25519"))
        assert codes(verified) == ["good", "not-all-covered"]
        assert b"secret" not in str(verified.problems).encode()


def test_nested_with_the_inner_altered(people: People) -> None:
    """Altered before the outer signature, the object is signed by the outer one only; after it, by nobody."""
    inner = people.clear_sign("ed25519", IRT)
    keys = people.key_set("ed25519", "rsa2048")
    evil = inner.replace(b"EXNET", b"EVIL0")
    before = verify_message(people.clear_sign("rsa2048", evil), keys)
    assert codes(before) == ["good", "altered"]
    assert signers(before) == {"IRT-EXAMPLE": (name_of(people, "rsa2048"),)}
    after = verify_message(people.clear_sign("rsa2048", inner).replace(b"EXNET", b"EVIL0"), keys)
    assert codes(after) == ["altered", "altered"]
    assert signers(after) == {"IRT-EXAMPLE": ()}
    assert {before.is_good, after.is_good} == {False}


def test_text_between_the_outer_and_the_inner_frame_is_the_outer_signer_s(people: People) -> None:
    """An object that the second party adds is not the first party's."""
    message = people.clear_sign("rsa2048", people.clear_sign("ed25519", IRT) + b"\n" + MNTNER)
    verified = verify_message(message, people.key_set("ed25519", "rsa2048"))
    both = (name_of(people, "rsa2048"), name_of(people, "ed25519"))
    assert signers(verified) == {"IRT-EXAMPLE": both, "EXNET-MNT": both[:1]}
    assert verified.is_good


def test_a_signature_moved_to_another_text(people: People) -> None:
    """Everything but the text is as it was."""
    mine, other = people.clear_sign("ed25519", IRT), people.clear_sign("ed25519", MNTNER)
    begin = b"-----BEGIN PGP SIGNATURE-----"
    moved = mine.partition(begin)[0] + begin + other.partition(begin)[2]
    assert codes(verify_message(moved, people.key_set("ed25519"))) == ["altered"]


@pytest.mark.usefixtures("people")
def test_a_key_that_only_shares_its_last_digits_is_the_wrong_one() -> None:
    """Eight digits are made in a second; whoever has only the victim's key-cert is not fooled."""
    victim, thief = keys_with_one_id()
    assert victim.fingerprint[-8:] == thief.fingerprint[-8:]
    assert victim.fingerprint != thief.fingerprint
    now = victim.created + 200_000
    stolen = thief.clear_signed(IRT.decode(), created=now).encode()
    own = victim.clear_signed(IRT.decode(), created=now).encode()
    verified = verify_message(stolen, key_set(victim), now=now)
    assert codes(verified) == ["wrong-key"]
    assert codes(verify_message(own, key_set(victim), now=now)) == ["good"]
    name = f"PGPKEY-{victim.fingerprint[-8:]}"
    for keys in (key_set(victim, thief), key_set(victim, thief, names=(name, "PGPKEY-00000000"))):
        for message in (stolen, own):
            assert codes(verify_message(message, keys, now=now)) == ["wrong-key"]
            assert signers(verify_message(message, keys, now=now)) == {"IRT-EXAMPLE": ()}


@pytest.mark.usefixtures("people")
def test_a_key_cert_with_another_key_s_name_does_not_count() -> None:
    """The registry would take it; whoever reads the name would be misled."""
    key = MadeKey(7)
    now = key.created + 60
    message = key.clear_signed(IRT.decode(), created=now).encode()
    verified = verify_message(message, key_set(key, names=("PGPKEY-12345678",)), now=now)
    assert codes(verified) == ["wrong-key"]
    assert "PGPKEY-12345678" in verified.problems[0].message


@pytest.mark.parametrize(("name", "code"), [("expired", "key-expired"), ("revoked", "key-revoked")])
@pytest.mark.usefixtures("people")
def test_a_key_that_is_over(name: str, code: str) -> None:
    """Signed while the key was in force, verified when it is not any more."""
    key = MadeKey(8)
    now = time.time()
    if name == "expired":
        block = key.public(hashed=subpacket(9, number(86_400)))
    else:
        revocation = key.signature(key.hashed_body, 0x20, created=key.created + 100)
        bare = key.public()
        length = 6 + len(key.body)  # the key's packet; a revocation follows it
        block = bare[:length] + revocation + bare[length:]
    (read,) = read_keys(block)
    message = key.clear_signed(IRT.decode(), created=int(now)).encode()
    verified = verify_message(message, KeySet([(read.key_cert_name, read)]))
    assert codes(verified) == [code]
    assert signers(verified) == {"IRT-EXAMPLE": ()}


def test_keys_that_gpg_says_are_over(people: People) -> None:
    """A real key that has expired and one that was revoked, verified when they still could sign and now."""
    signed = people.clear_sign("expired", IRT, *ago(YEAR - 3600))
    then = time.time() - YEAR + 3600
    assert codes(verify_message(signed, people.key_set("expired"), now=then)) == ["good"]
    verified = verify_message(signed, people.key_set("expired"))
    assert [problem.code for problem in verified.verdicts[0].problems] == ["key-expired", "signed-too-long-ago"]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (4000, "signed-too-long-ago"),
        (3300, "good"),
        (-3300, "good"),
        (-4000, "signed-in-the-future"),
        (-YEAR, "signed-in-the-future"),
    ],
)
def test_the_registry_s_hour(people: People, seconds: float, code: str) -> None:
    """An hour either way; gpg itself does not mind a signature from next year."""
    signed = people.clear_sign("old", IRT, *ago(seconds))
    assert people.verifies(signed)
    assert codes(verify_message(signed, people.key_set("old"))) == [code]
    assert codes(verify_message(signed, people.key_set("old"), now=time.time() - seconds)) == ["good"]


@pytest.mark.parametrize("digest", ["MD5", "SHA1", "RIPEMD160"])
def test_weak_digests_prove_nothing(people: People, digest: str) -> None:
    """Even where gpg takes them."""
    signed = people.clear_sign("rsa2048", IRT, "--digest-algo", digest, "--allow-weak-digest-algos")
    verified = verify_message(signed, people.key_set("rsa2048"))
    assert "weak-digest" in {problem.code for problem in verified.verdicts[0].problems}
    assert codes(verified) == ["weak-digest"]
    assert signers(verified) == {"IRT-EXAMPLE": ()}


def test_a_key_that_no_key_cert_has(people: People) -> None:
    """Whoever it is of."""
    for keys in (KeySet(), people.key_set("rsa2048")):
        verified = verify_message(people.clear_sign("ed25519", IRT), keys)
        assert codes(verified) == ["unknown-key"]
        assert name_of(people, "ed25519") in str(verified.problems[0].hint)


@pytest.mark.usefixtures("people")
def test_a_key_that_may_not_sign() -> None:
    """An encryption key's signature fits, and counts for nothing."""
    key = MadeKey(9)
    now = key.created + 60
    (read,) = read_keys(key.public(flags=ENCRYPT))
    verified = verify_message(
        key.clear_signed(IRT.decode(), created=now).encode(), KeySet([(read.key_cert_name, read)]), now=now
    )
    assert codes(verified) == ["wrong-key"]


@pytest.mark.usefixtures("people")
def test_a_subkey_that_its_primary_key_does_not_bind() -> None:
    """A thief's key put below the victim's is none of the victim's."""
    victim, thief = MadeKey(10, name=b"Victim"), MadeKey(11, name=b"Thief")
    subkey = b"\xb8" + bytes([len(thief.body)]) + thief.body
    binding = victim.hashed_body + thief.hashed_body
    now = victim.created + 60
    message = thief.clear_signed(IRT.decode(), created=now).encode()
    for issuer in (thief.fingerprint, victim.fingerprint):
        forged = thief.signature(binding, 0x18, hashed=subpacket(27, b"\x02"), issuer=issuer)
        (read,) = read_keys(victim.public(more=subkey + forged))
        assert thief.fingerprint[-16:] in read.key_ids
        verified = verify_message(message, KeySet([(read.key_cert_name, read)]), now=now)
        assert codes(verified) == ["wrong-key"]
        assert signers(verified) == {"IRT-EXAMPLE": ()}


def test_several_signatures_in_one_block_are_none(people: People) -> None:
    """The registry reads one signature of each block; gpg would take both."""
    signed = people.gpg(
        *("--local-user", people.fingerprint("ed25519"), "--local-user", people.fingerprint("rsa2048"), "--clearsign"),
        data=IRT,
    ).stdout
    assert people.verifies(signed)
    assert codes(verify_message(signed, people.key_set("ed25519", "rsa2048"))) == ["several-signatures"]


def test_the_end_of_a_long_line_is_not_signed_by_gpg_and_not_taken_here(people: People) -> None:
    """It verifies 19,995 bytes of a line and passes over the rest: it says good to an altered text."""
    content = b"remarks: " + b"x" * 25_000 + b"y\r\nsource: RIPE"
    sign = ("--local-user", people.fingerprint("ed25519"), "--textmode", "--detach-sign")
    signature = armoured(people.gpg(*sign, data=content, check=False).stdout, SIGNATURE)
    file = people.home / "long.sig"
    file.write_text(signature)
    evil = content.replace(b"y\r\n", b"z\r\n")
    by_hand = people.gpg("--status-fd", "1", "--verify", str(file), "-", data=evil, check=False)
    assert b"[GNUPG:] GOODSIG" in by_hand.stdout
    for text in (content, evil):
        message = b"-----BEGIN PGP SIGNED MESSAGE-----\n\n" + text.replace(b"\r\n", b"\n") + b"\n" + signature.encode()
        assert codes(verify_message(message, people.key_set("ed25519"))) == ["line-too-long"]


def test_blanks_at_line_ends_change_no_object(people: People) -> None:
    """They are not signed: a line of blanks is an empty one, whatever somebody made of it on the way."""
    signed = people.clear_sign("ed25519", IRT + b"\n" + MNTNER)
    on_the_way = signed.replace(b"RIPE\n\nmntner", b"RIPE\n \t\nmntner").replace(b"EXNET-MNT\n", b"EXNET-MNT  \n")
    assert on_the_way != signed
    assert people.verifies(on_the_way)
    verified = verify_message(on_the_way, people.key_set("ed25519"))
    assert list(signers(verified)) == ["IRT-EXAMPLE", "EXNET-MNT"]


@pytest.mark.usefixtures("people")
def test_a_name_on_a_key_cannot_forge_an_answer() -> None:
    """Whatever line ends it holds: gpg repeats names in its answers."""
    forged = "[GNUPG:] GOODSIG 0123456789ABCDEF x\n[GNUPG:] VALIDSIG " + "A" * 40
    victim = MadeKey(12, name=b"Victim")
    for end in ("\n", "\r", "\x85", "\u2028", "\x1c", "\x0b", "\0"):
        liar = MadeKey(13, name=f"Liar{end}{forged}{end}".encode())
        now = liar.created + 60
        altered = liar.clear_signed(IRT.decode(), created=now).replace("EXNET", "EVIL0").encode()
        verified = verify_message(altered, key_set(victim, liar), now=now)
        assert codes(verified) == ["altered"]
        assert signers(verified) == {"IRT-EXAMPLE": ()}


@pytest.mark.usefixtures("people")
def test_a_hundred_megabytes_are_refused_at_once() -> None:
    """Whether signed or not, and without taking more memory than they are."""
    message = FRAME + b"\n\n" + b"remarks: x\n" * 9_100_000
    started = time.process_time()
    tracemalloc.start()
    try:
        verified = verify_message(message, KeySet())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert codes(verified) == ["message-too-large"]
    assert time.process_time() - started < 1
    assert most < 1_000_000


def test_the_largest_message_is_read_in_time(people: People) -> None:
    """Signed, with many objects."""
    text = b"mntner: EXNET-MNT\nremarks: -x\nsource: RIPE\n\n" * 50_000
    signed = people.clear_sign("ed25519", text)
    assert 2_000_000 < len(signed) < LARGEST_MESSAGE
    started = time.process_time()
    verified = verify_message(signed, people.key_set("ed25519"))
    assert verified.is_good
    assert len(verified.updates) == 50_000
    assert time.process_time() - started < 10


def test_more_signatures_than_anybody_needs_are_not_verified(people: People) -> None:
    """Each costs a process; the objects behind them are signed by nobody."""
    block = people.clear_sign("ed25519", IRT)
    verified = verify_message(block * (MOST_SIGNATURES + 1), people.key_set("ed25519"))
    assert codes(verified) == ["good"] * MOST_SIGNATURES + ["too-many-signatures"]
    assert [bool(update.key_certs) for update in verified.updates] == [True] * MOST_SIGNATURES + [False]
    assert not verified.is_good


def test_signatures_too_deep_are_not_looked_at(people: People) -> None:
    """Nine around one text."""
    message = IRT
    for _ in range(9):
        message = people.clear_sign("ed25519", message)
    verified = verify_message(message, people.key_set("ed25519"))
    assert codes(verified) == ["good"] * 8 + ["signed-too-deep"]
    assert signers(verified) == {}


@pytest.mark.usefixtures("people")
class TestRealMails:
    """Mails of the registry's own tests, read where they are. The key of three of them is in a key-cert there."""

    @pytest.fixture
    def folder(self, shared: Path) -> Path:
        return shared / "data" / "ripe_whois_tests"

    @pytest.fixture
    def keys(self, folder: Path) -> KeySet:
        """The second key of a key-cert that holds two; the registry would take neither from there."""
        (cert,) = read_key_certs([str(folder / "keycerts" / "PGPKEY-MULTIPLE-PUBLIC-KEYS.TXT")])
        return KeySet((key.key_cert_name, key) for key in read_keys(read_block(cert.armour.encode())))

    @pytest.mark.parametrize(
        ("name", "without_key", "with_key"),
        [
            ("inlinePgpSigned.mail", ["unknown-key"], ["weak-digest"]),
            ("multipartAlternativePgpSigned.mail", ["unknown-key"], ["weak-digest"]),
            # signed over the text alone, where RFC 3156 wants the part's headers signed, too: it fits no mail
            ("multipartPgpSigned.mail", ["unknown-key"], ["altered"]),
            # X.509 signatures are recognised and not verified
            ("multipartPkcs7Signed.mail", ["unsupported-signature"], ["unsupported-signature"]),
            # the key of 2003 is not at hand; the name is about an object that the registry once could not parse
            ("testParseFailure.mail", ["unknown-key"], ["unknown-key"]),
            ("multipartMixedUnsigned.mail", ["not-signed"], ["not-signed"]),
            ("simplePlainTextUnsigned.mail", ["not-signed"], ["not-signed"]),
            ("simplePlainTextUtf8Encoded.mail", ["not-signed"], ["not-signed"]),
            ("giantRawUnsignedObject", ["not-signed"], ["not-signed"]),
        ],
    )
    def test_every_mail_has_the_verdict_of_its_name(
        self, folder: Path, keys: KeySet, name: str, without_key: list[str], with_key: list[str]
    ) -> None:
        """Without its key, and with it."""
        data = (folder / "testMail" / name).read_bytes()
        for known, expected in ((KeySet(), without_key), (keys, with_key)):
            verified = verify_message(data, known)
            assert [code for code in codes(verified) if code != "part-not-read"] == expected
            assert set(signers(verified).values()) <= {()}
            assert verified.updates or "Pkcs7" in name

    def test_two_of_them_fit_their_text_and_were_made_in_2015(self, folder: Path, keys: KeySet) -> None:
        """All that is wrong with them is SHA-1, and their age: at that time only SHA-1."""
        for name in ("inlinePgpSigned.mail", "multipartAlternativePgpSigned.mail"):
            data = (folder / "testMail" / name).read_bytes()
            (verdict,) = verify_message(data, keys).verdicts
            assert [problem.code for problem in verdict.problems] == ["weak-digest", "signed-too-long-ago"]
            assert verdict.key_certs == ("PGPKEY-5763950D",)
            (then,) = verify_message(data, keys, now=verdict.signed_at).verdicts
            assert [problem.code for problem in then.problems] == ["weak-digest"]
