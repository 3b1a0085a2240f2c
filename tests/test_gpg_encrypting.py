"""Encrypting with the real GnuPG: whoever should read it can, nobody else, and what is odd is not handed out."""

import sys
import tempfile
from pathlib import Path
from random import randbytes

import pytest

from irtkit.clients import gpg_encrypting
from irtkit.clients.gpg import Answer, GpgError, run
from irtkit.clients.gpg_encrypting import LARGEST, LARGEST_REPORT, Envelope, Own, as_mail, encrypt
from irtkit.clients.gpg_keyring import UserKeyring
from irtkit.openpgp.armour import armoured, read_armour
from irtkit.openpgp.encrypted import MESSAGE, report_entity
from irtkit.openpgp.faults import OpenPgpError

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_teams import Home

pytest_plugins = ["openpgp_team_fixtures"]

TEXT = "192.0.2.7 scans ports.\nGr\u00fc\u00dfe\n".encode()


@pytest.mark.parametrize("name", ["team", "rsa", "nist"])
def test_a_team_can_read_what_is_encrypted_to_its_key(name: str, teams: Home) -> None:
    """Byte for byte, and nobody knows who wrote it."""
    report = encrypt(TEXT, [teams.key(name)])
    assert teams.decrypted(report.armour.encode()) == TEXT
    (subkey,) = teams.key(name).subkeys
    assert (report.recipients, report.signed_by, report.was_read) == ((subkey.key_id,), None, False)
    assert report.notes == ()


@pytest.mark.parametrize("data", [b"\0\xff" * 1000, b"", b"x" * 3_000_000], ids=["binary", "empty", "large"])
def test_any_bytes_can_be_encrypted(data: bytes, teams: Home) -> None:
    """Their length comes in parts when there are many."""
    assert teams.decrypted(encrypt(data, [teams.key("team")]).armour.encode()) == data


def test_every_key_is_encrypted_to_once(teams: Home, writer: Home) -> None:
    """However often it is named; others cannot read it."""
    keys = [teams.key("team"), teams.key("rsa"), teams.key("team")]
    report = encrypt(TEXT, keys)
    assert len(report.recipients) == 2
    assert not writer.can_read(report.armour.encode())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mute", "neither it nor a subkey may encrypt"),
        ("over", "expired at 20"),
        ("lapsed", "the subkey that may encrypt expired at 20"),
        ("gone", "revoked by its owner"),
    ],
)
def test_a_key_that_cannot_be_encrypted_to_is_refused(name: str, told: str, teams: Home) -> None:
    """Also beside a good one: whoever asked for it would think that the team can read it."""
    with pytest.raises(GpgError, match=told):
        encrypt(TEXT, [teams.key(name)])
    with pytest.raises(GpgError, match=told):
        encrypt(TEXT, [teams.key("team"), teams.key(name)])


def test_nothing_is_left_behind(teams: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither after a report nor after a refusal, and the report was never in a file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    encrypt(TEXT, [teams.key("team")])
    with pytest.raises(GpgError):
        encrypt(TEXT, [teams.key("gone")])
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_no_recipient() -> None:
    with pytest.raises(GpgError, match="no key to encrypt to"):
        encrypt(TEXT, [])


def test_a_report_has_a_limit(teams: Home) -> None:
    with pytest.raises(OpenPgpError) as refused:
        encrypt(b"x" * (LARGEST + 1), [teams.key("team")])
    assert refused.value.code == "message-too-large"


def test_the_largest_report_fits_also_in_base64(teams: Home) -> None:
    """And so does as much as can be encrypted, if nothing in it can be made smaller."""
    entity = report_entity(b"\xff" + b"x" * (LARGEST_REPORT - 1))
    assert teams.decrypted(encrypt(entity, [teams.key("team")]).armour.encode()) == entity
    data = randbytes(LARGEST)
    assert teams.decrypted(encrypt(data, [teams.key("team")]).armour.encode()) == data


def own(*readers: str, signer: str | None = None, passphrase: str | None = None) -> Own:
    keyring = UserKeyring()
    return Own(
        keyring,
        [keyring.find_key(f"{reader}@example.net") for reader in readers],
        None if signer is None else keyring.find_key(f"{signer}@example.net", secret=True),
        None if passphrase is None else lambda _: passphrase,
    )


def test_the_writer_can_read_it_too_and_has_done_so(teams: Home, as_writer: Home) -> None:
    """What comes out again is compared before anybody gets it."""
    report = encrypt(TEXT, [teams.key("team")], own("me"))
    assert report.was_read
    assert as_writer.decrypted(report.armour.encode()) == TEXT
    assert teams.decrypted(report.armour.encode()) == TEXT


def test_a_signed_report_is_by_the_writer(teams: Home, as_writer: Home) -> None:
    """Whoever decrypts it sees that; and with an own copy the signature was verified."""
    report = encrypt(TEXT, [teams.key("team")], own("me", signer="me"))
    assert (report.was_read, report.signed_by) == (True, as_writer.fingerprint("me"))
    teams.gpg("--import", data=as_writer.public("me"))
    status = teams.gpg("--status-fd", "2", "--decrypt", data=report.armour.encode()).stderr
    assert f"VALIDSIG {as_writer.fingerprint('me')}".encode() in status
    teams.gpg("--delete-keys", as_writer.fingerprint("me"))


@pytest.mark.usefixtures("as_writer")
def test_signing_alone_needs_no_copy(teams: Home) -> None:
    report = encrypt(TEXT, [teams.key("team")], own(signer="me"))
    assert (report.was_read, len(report.recipients)) == (False, 1)
    assert teams.decrypted(report.armour.encode()) == TEXT


@pytest.mark.usefixtures("as_writer")
def test_a_passphrase_signs_and_reads(teams: Home, writer: Home) -> None:
    """A wrong one signs nothing, and appears in no message."""
    writer.forget()
    report = encrypt(TEXT, [teams.key("team")], own("locked", signer="locked", passphrase="open sesame"))
    assert report.was_read
    writer.forget()
    with pytest.raises(GpgError, match="the passphrase is wrong") as refused:
        encrypt(TEXT, [teams.key("team")], own(signer="locked", passphrase="close sesame"))
    assert "sesame" not in str(refused.value)


@pytest.mark.usefixtures("as_writer")
def test_what_cannot_be_read_again_is_said(teams: Home, writer: Home) -> None:
    """The report stands, for its recipients were seen."""
    writer.forget()
    report = encrypt(TEXT, [teams.key("team")], own("locked", passphrase="close sesame"))
    (note,) = report.notes
    assert not report.was_read
    assert note.startswith("what was encrypted could not be decrypted again with PGPKEY-")
    assert teams.decrypted(report.armour.encode()) == TEXT


def test_a_public_key_of_the_writer_s_is_enough(teams: Home, writer: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is decrypted, and that is said."""
    monkeypatch.setenv("GNUPGHOME", str(teams.path))
    teams.gpg("--import", data=writer.public("me"))
    report = encrypt(TEXT, [teams.key("team")], own("me"))
    teams.gpg("--delete-keys", writer.fingerprint("me"))
    assert report.notes == ("its secret key is not there, so what was encrypted was not decrypted again",)


@pytest.mark.usefixtures("as_writer")
def test_the_keyring_of_the_writer_gives_no_key_to_encrypt_to(teams: Home, writer: Home) -> None:
    """Taken is the key that gpg was shown, although the keyring holds one that it might like better."""
    writer.gpg("--import", data=teams.public("rsa"))
    report = encrypt(TEXT, [teams.key("team")], own(signer="me"))
    writer.gpg("--delete-keys", teams.fingerprint("rsa"))
    assert report.recipients == (teams.key("team").subkeys[0].key_id,)


def damaged(change: str, armour: bytes, other: bytes) -> bytes:
    data = read_armour(armour.decode(), MESSAGE).data
    plain = b"\xcb\x0fb\x00\x00\x00\x00\x00plain tex"
    return {
        "plain text": b"hello\n",
        "another message": other,
        "plain text behind it": armoured(data + plain, MESSAGE).encode(),
        "one recipient less": armoured(data[2 + data[1] :], MESSAGE).encode(),
        "one recipient twice": armoured(data[: 2 + data[1]] + data, MESSAGE).encode(),
    }[change]


@pytest.mark.parametrize(
    "change",
    ["plain text", "another message", "plain text behind it", "one recipient less", "one recipient twice"],
)
def test_what_gpg_was_not_asked_for_is_not_handed_out(
    change: str, teams: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever gpg makes is looked at, by its packets."""
    other = encrypt(TEXT, [teams.key("rsa")]).armour.encode()

    def run_and_damage(*arguments: object, **options: object) -> Answer:
        answer = run(*arguments, **options)  # type: ignore[arg-type] # whatever came goes on
        return answer._replace(output=damaged(change, answer.output, other))

    monkeypatch.setattr(gpg_encrypting, "run", run_and_damage)
    with pytest.raises(GpgError, match="what gpg made is"):
        encrypt(TEXT, [teams.key("team")])


@pytest.mark.usefixtures("as_writer")
def test_what_comes_out_differently_is_not_handed_out(teams: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_and_damage(*arguments: object, **options: object) -> Answer:
        answer = run(*arguments, **options)  # type: ignore[arg-type] # whatever came goes on
        return answer._replace(output=b"something else") if answer.output == TEXT else answer

    monkeypatch.setattr(gpg_encrypting, "run", run_and_damage)
    with pytest.raises(GpgError, match="not what comes out of it again"):
        encrypt(TEXT, [teams.key("team")], own("me"))


@pytest.mark.parametrize(
    ("envelope", "told"),
    [
        (Envelope("nobody", ("a@example.net",), "x"), "is no sender"),
        (Envelope("a@example.net, b@example.net", ("a@example.net",), "x"), "is no sender"),
        (Envelope("a@example.net\nBcc: b@example.net", ("a@example.net",), "x"), "is no sender"),
        (Envelope("a@example.net", ("b@example.net\nBcc: c@example.net",), "x"), "is no mailbox"),
        (Envelope("a@example.net", ("b@example.net, c@example.net",), "x"), "is no mailbox"),
        (Envelope("a@example.net", ("\u00e4@example.net",), "x"), "is not one short line"),
        (Envelope("a@example.net", (), "x"), "the header To has no value"),
        (Envelope("a@example.net", ("b@example.net",), "x\nBcc: c@example.net"), "the subject"),
        (Envelope("a@example.net", ("b@example.net",), "x" * 151), "the subject"),
    ],
)
def test_what_is_no_header_makes_no_mail(envelope: Envelope, told: str) -> None:
    with pytest.raises(OpenPgpError, match=told) as refused:
        as_mail("", envelope)
    assert refused.value.code == "malformed-mail"


def test_names_and_subjects_may_have_any_letters() -> None:
    """Encoded as RFC 2047 wants it; the id of the mail tells the sender's domain, not the machine."""
    mail = as_mail("", Envelope("J\u00f6rg Desk <desk@example.org>", ("b@example.net",), "Gr\u00f6\u00dfe " * 18))
    head = mail.decode("ascii").split("\n\n")[0].split("\n")
    assert head[0] == "From: =?utf-8?q?J=C3=B6rg_Desk?= <desk@example.org>"
    assert head[2].startswith("Subject: =?utf-8?b?")
    assert head[4].startswith("Message-ID: <")
    assert head[4].endswith("@example.org>")
