"""Signing: what is signed verifies by hand and with irtkit, and the registry reads the same objects from it."""

import email
import itertools
import subprocess
import sys
import time
from email.message import Message
from pathlib import Path

import pytest

from irtkit.clients import gpg_signing
from irtkit.clients.gpg import GpgError
from irtkit.clients.gpg_keyring import UserKeyring
from irtkit.clients.gpg_signing import Manner, sign
from irtkit.clients.gpg_verifying import verify_message
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.keys import read_keys
from irtkit.openpgp.messages import LARGEST_MESSAGE
from irtkit.openpgp.verdicts import KeySet
from irtkit.submission import parse_message
from irtkit.submission.decoding import decode

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_people import SIGNERS, People

pytest_plugins = ["openpgp_fixtures"]

TEXTS = {
    "dashes": b"irt: irt-example\nremarks: -----\n- -----BEGIN PGP SIGNED MESSAGE: no frame\n-a: b\nFrom x: y\n",
    "blanks": b"irt: irt-example   \nremarks: one\t \n  \n two\nremarks: three \n \t\n\nmntner: EXNET-MNT\n",
    "latin-1": "person: J\xf6rg M\xfcller\naddress: Stra\xdfe 1\nremarks: \xe9\xe8 \xff \n".encode("latin-1"),
    "utf-8": "irt: irt-example\nremarks: caf\u00e9 \u2603 \U0001f600\nremarks: \u041f\u0440\u0438\u0432\n".encode(),
    "crlf": b"irt: irt-example\r\nremarks: a \r\n \r\n b\r\n\r\nmntner: EXNET-MNT\r\n",
}
"""What is hard to sign: lines that begin with a dash, blanks at line ends and lines of blanks, charsets, line ends."""
CROWDS = [*itertools.permutations(SIGNERS, 1), *itertools.permutations(SIGNERS, 2)]


def inner_text(signed: bytes, people: People) -> bytes:
    """What gpg, asked by hand, says that the outer signature covers."""
    return people.gpg("--decrypt", data=signed).stdout


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("crowd", CROWDS, ids="-".join)
def test_what_is_signed_verifies_by_hand_and_here(as_user: People, crowd: tuple[str, ...], text: str) -> None:
    """Each signature by itself, and each signer of each object."""
    keyring = UserKeyring()
    keys = [keyring.find_key(f"{name}@example.net", secret=True) for name in crowd]
    signed = sign(TEXTS[text], keys, keyring).data
    verified = verify_message(signed, as_user.key_set(*crowd))
    assert [verdict.code for verdict in verified.verdicts] == ["good"] * len(crowd)
    assert verified.is_good
    names = tuple(key.key_cert_name for key in reversed(keys))
    assert {update.key_certs for update in verified.updates} == {names}
    layer = signed
    for _ in crowd:
        assert as_user.verifies(layer)
        layer = inner_text(layer, as_user)
    before = parse_message(str(decode(TEXTS[text]).text))
    assert [update.update.object for update in verified.updates] == [update.object for update in before.updates]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("crowd", [*itertools.permutations(SIGNERS, 1), *itertools.pairwise(SIGNERS)], ids="-".join)
def test_what_is_signed_by_hand_verifies_here(people: People, crowd: tuple[str, ...], text: str) -> None:
    """And what gpg does not take for good any more is not good here either: a character more, a line end less."""
    signed = TEXTS[text]
    for name in crowd:
        signed = people.clear_sign(name, signed)
    keys = people.key_set(*crowd)
    assert people.verifies(signed)
    assert [verdict.code for verdict in verify_message(signed, keys).verdicts] == ["good"] * len(crowd)
    for spoiled in (signed.replace(b": ", b":  ", 2), signed.replace(b"\n", b" x\n", 4)):
        assert not people.verifies(spoiled)
        assert not verify_message(spoiled, keys).is_good
    for same in (signed.replace(b"\r\n", b"\n"), signed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        assert people.verifies(same)
        assert verify_message(same, keys).is_good


def test_an_agent_that_is_not_running_is_started(as_user: People) -> None:
    """It is the user's own, and is not limited as gpg is in a home of ours: it lives on."""
    keyring = UserKeyring()
    key = keyring.find_key("ed25519@example.net", secret=True)
    subprocess.run(["gpgconf", "--homedir", str(as_user.home), "--kill", "gpg-agent"], check=True, timeout=30)
    assert sign(b"irt: irt-example\n", [key], keyring).verified.is_good
    (number,) = [process.name for process in Path("/proc").iterdir() if is_agent(process, as_user.home)]
    limits = Path("/proc", number, "limits").read_text()
    assert Path("/proc/self/limits").read_text().split("\n")[1] == limits.split("\n")[1]


def is_agent(process: Path, home: Path) -> bool:
    """Whether a folder of /proc is that of the home's agent."""
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[0].endswith(b"gpg-agent") and str(home).encode() in words


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("crowd", [("ed25519",), ("rsa2048", "nistp256")], ids="-".join)
def test_a_signed_mail_verifies_by_hand_and_here(
    as_user: People, crowd: tuple[str, ...], text: str, tmp_path: Path
) -> None:
    """The part to the byte, with CR LF at line ends; the last key signs the mail, the others its text."""
    keyring = UserKeyring()
    keys = [keyring.find_key(name + "@example.net", secret=True) for name in crowd]
    mail = sign(TEXTS[text], keys, keyring, Manner(mail={"Subject": "NEW", "To": "registry@example.net"})).data
    verified = verify_message(mail, as_user.key_set(*crowd))
    assert [verdict.code for verdict in verified.verdicts] == ["good"] * len(crowd)
    assert verified.message.subject == "NEW"
    assert mail.isascii()
    read = email.message_from_bytes(mail)
    part, signature = (piece for piece in read.get_payload() if isinstance(piece, Message))
    raw = mail.partition(f"--{read.get_boundary()}\n".encode())[2].partition(f"\n--{read.get_boundary()}".encode())[0]
    file = tmp_path / "signature.asc"
    file.write_text(str(signature.get_payload()))
    by_hand = as_user.gpg("--verify", str(file), "-", data=raw.replace(b"\n", b"\r\n"), check=False)
    assert by_hand.returncode == 0
    before = parse_message(str(decode(TEXTS[text]).text))
    assert [update.update.object for update in verified.updates] == [update.object for update in before.updates]
    assert part.get_content_charset() in {"us-ascii", "utf-8", "iso-8859-1"}


def test_two_parties_sign_one_after_the_other(as_user: People) -> None:
    """The first signs the object, the second signs around it; without asking for that it is refused."""
    keyring = UserKeyring()
    first, second = (keyring.find_key(f"{name}@example.net", secret=True) for name in ("ed25519", "rsa2048"))
    once = sign(b"irt: irt-example\nsource: RIPE\n", [first], keyring).data
    with pytest.raises(OpenPgpError, match="signed already") as refused:
        sign(once, [second], keyring)
    assert refused.value.code == "already-signed"
    twice = sign(once, [second], keyring, Manner(nested=True)).data
    verified = verify_message(twice, as_user.key_set("ed25519", "rsa2048"))
    assert [verdict.code for verdict in verified.verdicts] == ["good", "good"]
    assert verified.updates[0].key_certs == (second.key_cert_name, first.key_cert_name)


def test_the_other_party_s_key_need_not_be_in_the_keyring(as_user: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its signature is left to the registry to judge."""
    keyring = UserKeyring()
    other, own = (keyring.find_key(f"{name}@example.net", secret=True) for name in ("ed25519", "rsa2048"))
    once = sign(b"irt: irt-example\nsource: RIPE\n", [other], keyring).data
    monkeypatch.setattr(keyring, "export", lambda _: as_user.public("rsa2048"))
    signed = sign(once, [own], keyring, Manner(nested=True))
    assert [verdict.code for verdict in signed.verified.verdicts] == ["good", "unknown-key"]


def test_a_signature_that_the_registry_does_not_take_any_more_is_not_signed_around(as_user: People) -> None:
    """The hour begins with the first signature, not with the last one."""
    keyring = UserKeyring()
    old = as_user.clear_sign("old", b"irt: irt-example\n", "--faked-system-time", str(int(time.time()) - 4000))
    with pytest.raises(OpenPgpError) as refused:
        sign(old, [keyring.find_key("rsa2048@example.net", secret=True)], keyring, Manner(nested=True))
    assert refused.value.code == "signed-too-long-ago"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "not-text"),
        (b" \n\n", "not-text"),
        (b"irt: a\0\n", "not-text"),
        (b"irt: irt-a\rremarks: b\n", "stray-carriage-return"),
        (b"remarks: " + b"x" * 20_000 + b"\n", "line-too-long"),
        (b"-----BEGIN PGP SIGNED MESSAGE-----\n\nirt: irt-a\n", "malformed-signature"),
        (b"irt: irt-a\n-----BEGIN PGP SIGNATURE-----\n", "malformed-signature"),
        (b"x" * 6_000_001, "message-too-large"),
    ],
    ids=["empty", "blank", "nul", "carriage-return", "long-line", "open-block", "stray-frame", "large"],
)
@pytest.mark.usefixtures("as_user")
def test_what_cannot_be_signed_safely_is_refused(text: bytes, code: str) -> None:
    """Each with its own code, before gpg is asked."""
    keyring = UserKeyring()
    with pytest.raises(OpenPgpError) as refused:
        sign(text, [keyring.find_key("ed25519@example.net", secret=True)], keyring)
    assert refused.value.code == code


def test_an_object_stays_one_object_though_a_line_of_blanks_is_in_it(as_user: People) -> None:
    """Signed, such a line would be an empty one, and the object two: a plus keeps it together."""
    text = b"irt: irt-example\nremarks: one\n \t\n two\nmnt-by: EXNET-MNT\n"
    by_hand = as_user.clear_sign("ed25519", text)
    assert len(verify_message(by_hand, as_user.key_set("ed25519")).messages[0].leftovers) == 1
    keyring = UserKeyring()
    signed = sign(text, [keyring.find_key("ed25519@example.net", secret=True)], keyring)
    (update,) = signed.verified.updates
    assert update.update.object.values("mnt-by") == ("EXNET-MNT",)
    assert b"\n+\n two\n" in signed.data


@pytest.mark.usefixtures("as_user")
def test_notes_say_until_when_and_what_else_matters() -> None:
    """The registry's hour, a key that expires soon, and the charset."""
    keyring = UserKeyring()
    signed = sign(
        "irt: irt-a\nremarks: \u00e9\n".encode(), [keyring.find_key("expiring@example.net", secret=True)], keyring
    )
    assert [note.code for note in signed.notes] == ["valid-for-an-hour", "key-expires-soon", "charset-matters"]
    assert abs(signed.valid_until - time.time() - 3600) < 30


def test_a_subkey_that_expires_soon_is_told(as_user: People) -> None:
    """It signs, though the key itself never expires."""
    as_user.make("subkeyed", "ed25519")
    silently = ("--pinentry-mode", "loopback", "--passphrase", "")
    as_user.gpg(*silently, "--quick-add-key", as_user.fingerprint("subkeyed"), "ed25519", "sign", "seconds=86400")
    keyring = UserKeyring()
    key = keyring.find_key("subkeyed@example.net", secret=True)
    signed = sign(b"irt: irt-a\n", [key], keyring)
    assert signed.verified.verdicts[0].signed_by != key.fingerprint
    assert key.expires is None
    assert [note.code for note in signed.notes] == ["valid-for-an-hour", "key-expires-soon"]


def test_what_is_too_large_once_signed_is_refused(as_user: People) -> None:
    """Though it was not before."""
    keyring = UserKeyring()
    key = keyring.find_key("ed25519@example.net", secret=True)
    text = b"irt: irt-a\n" + b"remarks: x\n" * 545_440
    assert LARGEST_MESSAGE - 200 < len(text) <= LARGEST_MESSAGE
    with pytest.raises(OpenPgpError, match="signed, the message has more than") as refused:
        sign(text, [key], keyring)
    assert refused.value.code == "message-too-large"
    assert as_user.verifies(sign(text[: len(text) // 2], [key], keyring).data)


@pytest.mark.parametrize("name", ["expired", "revoked"])
@pytest.mark.usefixtures("as_user")
def test_a_key_that_is_over_does_not_sign(name: str) -> None:
    """And gpg's reason is told."""
    keyring = UserKeyring()
    with pytest.raises(GpgError, match="the key cannot sign"):
        sign(b"irt: irt-a\n", [keyring.find_key(f"{name}@example.net", secret=True)], keyring)


def test_a_passphrase_comes_from_a_callback_and_is_shown_nowhere(as_user: People) -> None:
    """A right one signs; a wrong one is told without it; neither is on a command line."""
    keyring = UserKeyring()
    key = keyring.find_key("locked@example.net", secret=True)
    as_user.gpg_forget()
    wrong = "not the passphrase"
    with pytest.raises(GpgError) as refused:
        sign(b"irt: irt-a\n", [key], keyring, Manner(passphrase=lambda _: wrong))
    assert "the passphrase is wrong" in str(refused.value)
    assert wrong not in repr(refused.value) + str(refused.value)
    asked: list[str] = []

    def tell(fingerprint: str) -> str:
        asked.append(fingerprint)
        return "open sesame"

    assert sign(b"irt: irt-a\n", [key], keyring, Manner(passphrase=tell)).verified.is_good
    assert asked == [key.fingerprint]


@pytest.mark.parametrize("passphrase", ["two\nlines", "nul\0", "x" * 5000])
@pytest.mark.usefixtures("as_user")
def test_a_passphrase_that_is_no_line_is_refused(passphrase: str) -> None:
    """It could not be handed over whole."""
    keyring = UserKeyring()
    key = keyring.find_key("locked@example.net", secret=True)
    with pytest.raises(GpgError, match="a passphrase is one line"):
        sign(b"irt: irt-a\n", [key], keyring, Manner(passphrase=lambda _: passphrase))


def test_without_anybody_to_ask_signing_fails_in_words(as_user: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no terminal here, so that gpg's agent cannot ask."""
    for name in ("GPG_TTY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    keyring = UserKeyring()
    as_user.gpg_forget()
    with pytest.raises(GpgError, match="passphrase"):
        sign(b"irt: irt-a\n", [keyring.find_key("locked@example.net", secret=True)], keyring)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ed25519@example.net", "ed25519"),
        ("{fingerprint}", "ed25519"),
        ("0x{fingerprint}", "ed25519"),
        ("{short}", "ed25519"),
        ("PGPKEY-{short}", "ed25519"),
        ("pgpkey-{short}", "ed25519"),
    ],
)
def test_a_key_of_the_keyring_is_found_by_many_names(as_user: People, text: str, found: str) -> None:
    """Fingerprint, the end of it, the name of its key-cert, or an address."""
    fingerprint = as_user.fingerprint(found)
    named = text.format(fingerprint=fingerprint, short=fingerprint[-8:])
    assert UserKeyring().find_key(named, secret=True).fingerprint == fingerprint


@pytest.mark.parametrize("text", ["nobody@example.net", "--help", "1234567", "", "ed25519", "A" * 50])
@pytest.mark.usefixtures("as_user")
def test_what_names_no_key_is_told(text: str) -> None:
    """And never given to gpg, which might take it for an option."""
    with pytest.raises(GpgError, match="there is no secret key"):
        UserKeyring().find_key(text, secret=True)


@pytest.mark.usefixtures("as_user")
def test_what_names_several_keys_is_told() -> None:
    """With their fingerprints."""
    with pytest.raises(GpgError, match=r"names [0-9]+ keys of your keyring: [0-9A-F]{40}, "):
        UserKeyring().find_key("@example.net", secret=True)


def test_what_gpg_made_is_not_handed_out_unless_it_verifies(as_user: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither with another key's signature, nor around another text."""
    keyring = UserKeyring()
    key = keyring.find_key("ed25519@example.net", secret=True)
    monkeypatch.setattr(keyring, "export", lambda _: as_user.public("rsa2048"))
    with pytest.raises(GpgError, match="does not verify: unknown-key"):
        sign(b"irt: irt-a\n", [key], keyring)
    monkeypatch.undo()
    monkeypatch.setenv("GNUPGHOME", str(as_user.home))
    other = as_user.clear_sign("ed25519", b"irt: irt-other\n")
    monkeypatch.setattr(gpg_signing, "_sign", lambda *_: other)
    with pytest.raises(OpenPgpError) as refused:
        sign(b"irt: irt-a\n", [key], keyring)
    assert refused.value.code == "objects-changed"


@pytest.mark.parametrize("header", [{"To": "a\nBcc: b"}, {"Bad Name": "x"}, {"Subject": "caf\u00e9"}])
@pytest.mark.usefixtures("as_user")
def test_a_header_that_is_none_is_refused(header: dict[str, str]) -> None:
    """So that nobody smuggles another one in."""
    keyring = UserKeyring()
    key = keyring.find_key("ed25519@example.net", secret=True)
    with pytest.raises(OpenPgpError) as refused:
        sign(b"irt: irt-a\n", [key], keyring, Manner(mail=header))
    assert refused.value.code == "malformed-mail"


def test_the_public_keys_of_a_keyring_are_found_by_what_signatures_name(as_user: People) -> None:
    """By fingerprint or by sixteen digits; eight are not enough."""
    keyring = UserKeyring()
    fingerprint = as_user.fingerprint("rsa2048")
    for issuer in (fingerprint, fingerprint[-16:]):
        assert [key.fingerprint for key in keyring.find_public_keys([issuer])] == [fingerprint]
    assert keyring.find_public_keys([fingerprint[-8:], ""]) == []
    assert KeySet((key.key_cert_name, key) for key in read_keys(as_user.public("rsa2048")))
