"""Laws of OpenPGP as registries use it: nothing is lost, no bytes do harm, and what is read is what is signed."""

import sys
from collections.abc import Callable
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from irtkit.openpgp.armour import PUBLIC_KEY, SIGNATURE, armoured, iter_armours, read_armour
from irtkit.openpgp.cleartext import canonical, find_outside, unescaped, with_blanks_stripped
from irtkit.openpgp.drafts import read_draft
from irtkit.openpgp.faults import CODES, OpenPgpError
from irtkit.openpgp.keycerts import build_key_cert, certif_text, read_key_cert
from irtkit.openpgp.keyproblems import iter_key_problems
from irtkit.openpgp.keys import as_fingerprint, read_block, read_keys
from irtkit.openpgp.listings import iter_states
from irtkit.openpgp.messages import SignedMessage, read_message
from irtkit.openpgp.mime import read_mail, signed_mail, text_entity
from irtkit.openpgp.packets import Packet, as_packet, iter_packets, read_signature
from irtkit.openpgp.statuses import Outcome, read_signature_status, status_lines
from irtkit.openpgp.verdicts import KeySet, find_early_verdict, judge
from irtkit.rpsl import RpslObject, parse_object, parse_objects
from irtkit.rpsl.clearsign import iter_signed_blocks
from irtkit.submission import parse_message

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it
sys.path.insert(0, str(Path(__file__).parents[1] / "openpgp"))  # neither is this one

from messages import messages
from openpgp_made import CREATED, MadeKey
from strategies import noise, noise_bytes, spelled_texts

KEY = MadeKey(1)
SIGNATURE_BLOCK = armoured(KEY.signature(b"x"), SIGNATURE)
FRAMES = (
    "-----BEGIN PGP SIGNED MESSAGE-----\n",
    "Hash: SHA512\n",
    "\n",
    "- ",
    "- -----BEGIN PGP SIGNED MESSAGE-----\n",
    " \t\n",
    "irt: irt-example\n",
    "From: a\n",
    "Content-Type: multipart/signed; boundary=b\n",
    "--b\n",
    "--b--\n",
    "Content-Type: application/pgp-signature\n",
    SIGNATURE_BLOCK,
    "-----END PGP SIGNATURE-----\n",
    "-----BEGIN PGP SIGNATURE-----\n",
    "\r",
)
framed = st.lists(st.sampled_from(FRAMES) | noise, max_size=20).map("".join)
"""Texts that are full of pieces of frames."""
lines = st.lists(st.text(st.characters(codec="latin-1", exclude_characters="\n\r\0"), max_size=20), min_size=1)
blocks = st.sampled_from([KEY, MadeKey(2, name="J\u00f6rg \u2603".encode()), MadeKey(3, name=b"a # b")]).map(
    MadeKey.public
)


def fault_of(call: Callable[[], object]) -> str | None:
    """The code of the error that a call ends with, or None."""
    try:
        call()
    except OpenPgpError as error:
        return error.code
    return None


@given(st.binary(max_size=500), st.sampled_from([PUBLIC_KEY, SIGNATURE]))
def test_armour_loses_nothing(data: bytes, label: str) -> None:
    """Whatever is in it, and whatever stands around it."""
    text = armoured(data, label)
    assert read_armour(text, label).data == data
    assert [block.data for block in iter_armours(f"x\n{text}\ny\n{text}")] == [data, data]


@given(st.binary(min_size=1, max_size=200), st.data())
def test_no_other_text_is_read_as_the_same_armour(data: bytes, choice: st.DataObject) -> None:
    """One character other or less: what comes out is the same bytes or an error, never other bytes.

    The mark of the checksum is an exception, because a checksum need not be there: without it, it is three bytes more,
    and no packet begins with those.
    """
    text = armoured(data, SIGNATURE)
    position = choice.draw(st.integers(0, len(text) - 1).filter(lambda at: text[at - 1 : at + 1] != "\n="))
    piece = choice.draw(st.characters(max_codepoint=0x7F) | st.just(""))
    altered = text[:position] + piece + text[position + 1 :]
    fault = fault_of(lambda: read_armour(altered, SIGNATURE))
    assert fault == "key-unreadable" or read_armour(altered, SIGNATURE).data == data


@given(st.lists(st.tuples(st.integers(1, 63), st.binary(max_size=300)), max_size=8))
def test_packets_come_back(packets: list[tuple[int, bytes]]) -> None:
    """In order."""
    made = [Packet(*packet) for packet in packets]
    assert list(iter_packets(b"".join(map(as_packet, made)))) == made


@given(noise_bytes | st.binary(max_size=400))
def test_no_bytes_break_a_reader(data: bytes) -> None:
    """They are read, or told with a code of the table."""
    for read in (
        lambda: list(iter_packets(data)),
        lambda: read_signature(data),
        lambda: read_keys(data),
        lambda: read_keys(read_block(data)),
        lambda: read_mail(data),
        lambda: list(iter_armours(data.decode("latin-1"))),
        lambda: read_draft(data),
    ):
        assert fault_of(read) in {None, *CODES}
    assert isinstance(list(iter_states(data)), list)
    assert isinstance(status_lines(data), list)
    as_fingerprint(data.decode("latin-1"))


@given(blocks, st.data())
def test_a_damaged_key_is_read_or_told(block: bytes, choice: st.DataObject) -> None:
    """One byte other, or the end cut off."""
    position = choice.draw(st.integers(0, len(block) - 1))
    other = choice.draw(st.integers(0, 255))
    for damaged in (block[:position], block[:position] + bytes([other]) + block[position + 1 :]):
        fault = fault_of(lambda: read_keys(damaged))  # noqa: B023 - called at once
        assert fault in {None, *CODES}
        for key in read_keys(damaged) if fault is None else ():
            assert len(key.fingerprint) == 40
            assert read_keys(key.essence)[0].fingerprint == key.fingerprint


@given(blocks, st.lists(st.sampled_from(["EXNET-MNT", "OTHER-MNT"]), max_size=2))
def test_a_key_comes_back_from_its_key_cert(block: bytes, maintainers: list[str]) -> None:
    """Byte for byte, as packets and as text, whatever else is in the object."""
    attributes = [*(("mnt-by", name) for name in maintainers), ("source", "RIPE")]
    armour = armoured(block, PUBLIC_KEY)
    for key in (block, armour.encode()):
        obj = parse_object(str(build_key_cert(key, attributes)))
        assert certif_text(obj) == armour
        assert read_block(certif_text(obj).encode()) == block
        assert obj.values("mnt-by") == tuple(maintainers)
        cert = read_key_cert(obj)
        assert cert.names_its_key
        assert list(iter_key_problems(cert, None, CREATED)) == []


@given(spelled_texts())
def test_any_object_is_a_key_cert_or_says_why_not(spelled: tuple[list[RpslObject], str]) -> None:
    """Nothing is raised."""
    for obj in parse_objects(spelled[1], problems=[]):
        cert = read_key_cert(obj)
        assert cert.fault is not None
        assert [problem.code for problem in iter_key_problems(cert, None, 0)] == [cert.fault.code]


def assert_consistent(message: SignedMessage) -> None:
    """Each signature is whole or has a fault; what is around one comes before it."""
    for position, part in enumerate(message.parts):
        assert (part.fault is None) == (part.signature is not None)
        assert all(outer < position for outer in part.around)
        if part.fault:
            assert part.fault.code in CODES
            assert find_early_verdict(part, KeySet()) is not None
    for text in message.texts:
        assert all(0 <= position < len(message.parts) for position in (*text.around, *text.blocks.values()))
    assert message.parts or message.problems


@given(framed | messages)
def test_any_text_is_taken_apart(text: str) -> None:
    """The same way each time, and with a place for each problem that has one."""
    data = text.encode("utf-8", "surrogatepass")
    message = read_message(data)
    assert_consistent(message)
    assert message == read_message(data)
    for problem in message.problems:
        if problem.span:
            assert 1 <= problem.span.line <= text.count("\n") + 1


@given(framed | messages)
def test_what_is_verified_is_what_is_read(text: str) -> None:
    """Every block that the submission reader sees around an object is a signature here, of just those lines."""
    message = read_message(text.encode("utf-8", "surrogatepass"))
    for found in message.texts:
        all_lines = found.text.split("\n")
        for update in parse_message(found.text).updates:
            inside = [found.blocks[block.first_line, block.last_line] for block in update.signatures]
            assert inside == sorted(inside)
            for block, position in zip(update.signatures, inside, strict=True):
                part = message.parts[position]
                assert all_lines[block.first_line - 1].endswith("BEGIN PGP SIGNED MESSAGE-----")
                if part.fault is None:
                    assert str(update.object).split("\n", 1)[0].rstrip(" \t\r").encode() in part.content


@given(lines)
def test_dashes_are_escaped_and_come_back(content: list[str]) -> None:
    """What is signed is the text without blanks at line ends, whatever its lines begin with."""
    text = "\n".join(content)
    signed = KEY.clear_signed(f"{text}\n", created=CREATED)
    message = read_message(signed.encode("latin-1"))
    assume(not any(line.startswith("-----BEGIN PGP") for line in content))
    part = message.parts[0]
    assert part.fault is None
    assert part.content == "\r\n".join(line.rstrip(" \t") for line in content).encode("latin-1")
    (block,) = iter_signed_blocks(signed)
    inside = signed[block.content : block.signature]
    assert unescaped(inside) == text
    assert canonical(inside) == part.content


@given(framed)
def test_blanks_are_taken_off_once(text: str) -> None:
    """Doing it again changes nothing; lines stay lines, and frames stay where they are."""
    stripped = with_blanks_stripped(text)
    assert with_blanks_stripped(stripped) == stripped
    assert stripped.count("\n") == text.count("\n")
    assert len(list(iter_signed_blocks(stripped))) == len(list(iter_signed_blocks(text)))
    assert bool(find_outside(stripped)) == bool(find_outside(text))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=300))
def test_a_signed_mail_holds_its_text(text: str) -> None:
    """Every character, whatever a mail server might do to it: it has seven bits, and no line is long."""
    entity = text_entity(text.encode(), "utf-8")
    data = signed_mail(entity, SIGNATURE_BLOCK, "SHA512", {})
    mail = read_mail(data)
    assert mail.signed[0].content == entity
    assert mail.leaves[0].data.decode().replace("\r\n", "\n") == text
    assert data.isascii()
    assert all(len(line) < 998 for line in data.split(b"\n"))


@given(
    noise_bytes | st.lists(st.sampled_from([b"[GNUPG:] NEWSIG", b"[GNUPG:] GOODSIG x", b"\x85", b"x"])).map(b"\n".join)
)
def test_no_noise_is_an_answer(status: bytes) -> None:
    """Only the whole and only answer of gpg says that a signature fits."""
    found = read_signature_status(status)
    assert found is None or not found.fits


names = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))


@given(names, st.sampled_from(list(Outcome)))
def test_a_name_changes_no_answer(name: str, outcome: Outcome) -> None:
    """Whatever is in the name that gpg repeats, the answer is that about the signature."""
    fingerprint = KEY.fingerprint
    answer = ["NEWSIG", f"KEY_CONSIDERED {fingerprint} 0"]
    if outcome is Outcome.ERROR:
        answer.append(f"ERRSIG {fingerprint[-16:]} 22 10 01 {CREATED} 9 {fingerprint}")
    else:
        answer.append(f"{outcome} {fingerprint[-16:]} {name}")
    if outcome not in {Outcome.ERROR, Outcome.BAD}:
        answer.append(f"VALIDSIG {fingerprint} 2023-11-14 {CREATED} 0 4 0 22 10 01 {fingerprint}")
    found = read_signature_status("".join(f"[GNUPG:] {line}\n" for line in answer).encode())
    assert found is not None
    assert found.outcome is outcome
    (part,) = read_message(KEY.clear_signed("irt: irt-a\n", created=CREATED).encode()).parts
    (key,) = read_keys(KEY.public())
    verdict = judge(part, found, KeySet([(key.key_cert_name, key)]), CREATED + 1)
    assert verdict.is_good == (outcome is Outcome.GOOD)


@given(st.integers(-10_000, 10_000))
def test_the_hour_is_the_same_either_way(seconds: int) -> None:
    """A signature is good if it was made less than an hour from now, before or after."""
    (part,) = read_message(KEY.clear_signed("irt: irt-a\n", created=CREATED).encode()).parts
    (key,) = read_keys(KEY.public())
    fingerprint = KEY.fingerprint
    valid = f"VALIDSIG {fingerprint} 2023-11-14 {CREATED} 0 4 0 22 10 01 {fingerprint}"
    status = read_signature_status(f"[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG x y\n[GNUPG:] {valid}\n".encode())
    verdict = judge(part, status, KeySet([(key.key_cert_name, key)]), CREATED + seconds)
    assert verdict.is_good == (abs(seconds) < 3600)


@given(framed | messages)
def test_a_draft_holds_the_same_objects(text: str) -> None:
    """What can be signed reads the same afterwards: blanks at line ends gone, lines of blanks a plus."""
    data = text.encode("utf-8", "surrogatepass")
    fault = fault_of(lambda: read_draft(data))
    assert fault in {None, *CODES}
    assume(fault is None)
    draft = read_draft(data)
    assume(not draft.signatures)
    before = parse_message(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    signed = "\n".join(
        line.rstrip(" \t\r") for line in draft.text.encode("latin-1").decode("utf-8", "replace").split("\n")
    )
    after = parse_message(signed)
    assert [update.object for update in after.updates] == [update.object for update in before.updates]
