"""`irtkit encrypt`: a report in, a message or a mail out that the team can read, or nothing at all."""

import json
import os
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.encrypt import NoKeyError, command
from irtkit.clients.dumps import build_index
from irtkit.clients.gpg import GpgError
from irtkit.errors import IrtkitError
from irtkit.openpgp.faults import OpenPgpError

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_teams import ADDRESSES, Home, irt, network

pytest_plugins = ["openpgp_team_fixtures"]

TEXT = b"192.0.2.1 scans ports.\nGr\xc3\xbc\xc3\x9fe\n"
TEAM, RSA = ADDRESSES["team"], ADDRESSES["rsa"]


def run(*args: str | Path, data: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], input=data, catch_exceptions=False)


@pytest.fixture(scope="session")
def index(dump: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the teams' database."""
    folder = tmp_path_factory.mktemp("teams")
    (folder / "teams.db").write_text(dump)
    build_index([str(folder / "teams.db")], str(folder / "teams.irt"))
    return folder / "teams.irt"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_bytes(TEXT)
    return path


def test_a_message_goes_to_standard_output_and_who_can_read_it_to_standard_error(
    teams: Home, index: Path, report: Path
) -> None:
    result = run(report, "--to", TEAM, "--index", index)
    assert result.exit_code == 0
    assert teams.decrypted(result.stdout_bytes) == TEXT
    fingerprint = teams.fingerprint("team")
    assert result.stderr == (
        f"irtkit: info: 192.0.2.1: encrypted to PGPKEY-{fingerprint[-8:]} of IRT-TEAM, {fingerprint},"
        " Team <team@example.net>\n"
    )


def test_a_message_goes_to_a_file_from_standard_input(teams: Home, index: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.asc"
    result = run("-", "--to", TEAM, "--index", index, "--output", path, data=TEXT)
    assert (result.exit_code, result.stdout) == (0, "")
    assert teams.decrypted(path.read_bytes()) == TEXT


def test_dumps_serve_as_an_index_does(teams: Home, dump: str, report: Path, tmp_path: Path) -> None:
    path = tmp_path / "teams.db"
    path.write_text(dump)
    result = run(report, "--to", "192.0.2.0/29", "--dumps", path)
    assert teams.decrypted(result.stdout_bytes) == TEXT


def test_several_addresses_are_several_recipients(teams: Home, index: Path, report: Path) -> None:
    result = run(report, "--to", TEAM, "--to", RSA, "--to", "192.0.2.2", "--index", index, "--json")
    record = json.loads(result.stdout)
    assert result.stderr == ""
    assert len(record["key_ids"]) == 2
    assert [one["address"] for one in record["recipients"]] == [TEAM, RSA, "192.0.2.2"]
    assert [key["fingerprint"] for one in record["recipients"] for key in one["encrypted_to"]] == [
        teams.fingerprint(name) for name in ("team", "rsa", "team")
    ]
    assert teams.decrypted(record["text"].encode()) == TEXT
    assert (record["signed_by"], record["decrypted_again"], record["output"]) == (None, False, None)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (ADDRESSES["mute"], "IRT-MUTE names PGPKEY-.*, cannot-encrypt: neither it nor a subkey may encrypt"),
        (ADDRESSES["over"], "IRT-OVER names PGPKEY-.*, expired at 20"),
        (ADDRESSES["lapsed"], "IRT-LAPSED names PGPKEY-.*, cannot-encrypt: the subkey that may encrypt expired at 20"),
        (ADDRESSES["gone"], "IRT-GONE names PGPKEY-.*, revoked by its owner"),
        ("192.0.2.57", r"no irt names a key in encryption: \(IRT-KEYLESS\)"),
        ("203.0.113.1", "IANA has set it aside"),
        ("8.8.8.8", "nobody has registered it here"),
        ("x", "expected an address"),
    ],
)
def test_without_a_key_nothing_is_written(address: str, told: str, index: Path, report: Path, tmp_path: Path) -> None:
    """Also if there is one for another address, and whatever was there before stays."""
    path = tmp_path / "report.asc"
    for more in ((), ("--to", TEAM), ("--mail", "--from", "me@example.net")):
        with pytest.raises(NoKeyError, match=told):
            run(report, "--to", address, "--index", index, "--output", path, *more)
        assert list(tmp_path.iterdir()) == [report]
        with pytest.raises(NoKeyError):
            run(report, "--to", address, "--index", index, *more)
    path.write_text("from before")
    with pytest.raises(NoKeyError):
        run(report, "--to", address, "--index", index, "--output", path)
    assert path.read_text() == "from before"


def test_a_missing_irt_or_key_cert_is_no_key(teams: Home, report: Path, tmp_path: Path) -> None:
    """Nor is a key that only signs, or that stands in auth:."""
    cert = teams.key_cert("team")
    name = cert.primary_key or ""
    lone = network("192.0.2.1", "IRT-X")
    for objects, told in (
        ([lone], "the data hold no such irt"),
        ([lone, irt("IRT-X", encryption=name)], "missing-key-cert: there are no key-certs in the data"),
        ([lone, irt("IRT-X", signature=name, auth=name), str(cert)], "no irt names a key in encryption:"),
    ):
        (tmp_path / "some.db").write_text("\n".join(objects))
        with pytest.raises(NoKeyError, match=told):
            run(report, "--to", TEAM, "--dumps", tmp_path / "some.db")


def test_keys_that_do_not_serve_are_left_out_and_named(teams: Home, report: Path, tmp_path: Path) -> None:
    """Of several irts; the mail goes to one that can read it."""
    names = {name: teams.key_cert(name).primary_key or "" for name in ("over", "team")}
    objects = [
        network("192.0.2.1", "IRT-OVER", "IRT-TEAM"),
        *(irt(f"IRT-{name.upper()}", encryption=names[name]) for name in names),
        *(str(teams.key_cert(name)) for name in names),
    ]
    (tmp_path / "some.db").write_text("\n".join(objects))
    path = tmp_path / "report.eml"
    result = run(
        report, "--to", TEAM, "--dumps", tmp_path / "some.db", "--mail", "--from", "me@example.org", "-o", path
    )
    assert result.exit_code == 0
    warning = next(line for line in result.stderr.split("\n") if "warning" in line)
    assert warning.startswith(f"irtkit: warning: 192.0.2.1: not encrypted to {names['over']} of IRT-OVER: expired at")
    assert message_from_bytes(path.read_bytes())["To"] == "irt-team@example.net"
    options = ("--to", TEAM, "--dumps", tmp_path / "some.db", "--json")
    (one,) = json.loads(run(report, *options).stdout)["recipients"]
    assert [key["state"] for key in one["left_out"]] == ["expired"]


def test_a_mail_is_ready_to_be_sent(teams: Home, index: Path, report: Path) -> None:
    """PGP/MIME: its text is a part of its own, with its character set; what is secret is not in the headers."""
    result = run(
        *(report, "--to", TEAM, "--to", RSA, "--index", index, "--mail"),
        *("--from", "J\u00f6rg <me@example.org>", "--subject", "Port scans"),
    )
    mail = message_from_bytes(result.stdout_bytes, policy=policy.default)
    assert mail["To"] == "irt-team@example.net, irt-rsa@example.net"
    assert (mail["From"], mail["Subject"]) == ("J\u00f6rg <me@example.org>", "Port scans")
    assert mail["Date"].datetime.year >= 2024
    assert mail["Message-ID"].endswith("@example.org>")
    _, message = mail.iter_parts()
    entity = message_from_bytes(teams.decrypted(str(message.get_payload()).encode()), policy=policy.default)
    assert entity.get_content_type() == "text/plain"
    assert str(entity.get_content()).replace("\r\n", "\n").encode() == TEXT
    assert b"scans ports" not in result.stdout_bytes
    assert result.stderr.endswith("the mail is addressed to irt-team@example.net, irt-rsa@example.net\n")


def test_the_contact_s_mailbox_may_be_the_abuse_contact_s(teams: Home, report: Path, tmp_path: Path) -> None:
    """As in RIPE's dumps, which hide the irt's; then a warning says what nobody knows."""
    cert = teams.key_cert("team")
    role = "role: R\nnic-hdl: AR1-X\nabuse-mailbox: abuse@example.net\nsource: RIPE\n"
    dummy = irt("IRT-X", encryption=cert.primary_key or "").replace("irt-x@example.net", "unread@ripe.net")
    own = network("192.0.2.1", "IRT-X").replace("source:", "abuse-c:        AR1-X\nsource:")
    (tmp_path / "some.db").write_text("\n".join([own, dummy, role, str(cert)]))
    options = (report, "--to", TEAM, "--dumps", tmp_path / "some.db", "--mail", "--from", "me@example.org")
    result = run(*options)
    assert message_from_bytes(result.stdout_bytes)["To"] == "abuse@example.net"
    assert "irtkit: warning: abuse@example.net is the abuse contact's" in result.stderr
    result = run(*options, "--recipient", "team@example.org")
    assert message_from_bytes(result.stdout_bytes)["To"] == "team@example.org"
    assert "warning" not in result.stderr
    (tmp_path / "some.db").write_text("\n".join([own.replace("abuse-c: ", "remarks: "), dummy, str(cert)]))
    with pytest.raises(NoKeyError, match="there is a key, but no mailbox to write to"):
        run(*options)


@pytest.mark.parametrize(
    "mailbox",
    [
        "x@example.net\r\n Bcc: thief@example.org",
        "x@example.net\n+Bcc: thief@example.org",
        '"x\r\n Bcc: thief@example.org"@example.net',
        "x@example.net\x0bBcc: thief@example.org",
        "x@example.net\u2028Bcc: thief@example.org",
        "x@example.net>\n Bcc:<thief@example.org",
    ],
)
def test_no_registry_s_text_becomes_a_header(mailbox: str, teams: Home, report: Path, tmp_path: Path) -> None:
    """Whatever stands in the e-mail of an irt, the mail has one recipient, or there is no mail."""
    cert = teams.key_cert("team")
    named = irt("IRT-X", encryption=cert.primary_key or "").replace("irt-x@example.net", mailbox)
    (tmp_path / "some.db").write_text("\n".join([network("192.0.2.1", "IRT-X"), named, str(cert)]), newline="")
    try:
        result = run(report, "--to", TEAM, "--dumps", tmp_path / "some.db", "--mail", "--from", "me@example.org")
    except IrtkitError:
        return
    mail = message_from_bytes(result.stdout_bytes)
    assert [name for name, _ in mail.items()] == [
        *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
    ]
    assert "," not in str(mail["To"])
    assert "\n" not in str(mail["To"])


def test_a_copy_for_oneself_is_read_again(as_writer: Home, teams: Home, index: Path, report: Path) -> None:
    """And the signature is verified."""
    options = ("--to", TEAM, "--index", index, "--self", "me@example.net", "--sign", "me@example.net")
    result = run(report, *options, "--json")
    record = json.loads(result.stdout)
    assert (record["decrypted_again"], record["notes"]) == (True, [])
    assert record["signed_by"] == as_writer.fingerprint("me")
    assert as_writer.decrypted(record["text"].encode()) == TEXT
    assert teams.decrypted(record["text"].encode()) == TEXT
    mail = run(report, *options, "--eml", "--from", "me@example.net").stdout_bytes
    assert b"Content-Type: text/plain; charset=utf-8\r\n" in as_writer.decrypted(mail)


def test_a_passphrase_may_come_from_a_descriptor(as_writer: Home, teams: Home, index: Path, report: Path) -> None:
    """It is not echoed."""
    as_writer.forget()
    reader, writer = os.pipe()
    os.write(writer, b"open sesame\n")
    os.close(writer)
    try:
        options = ("--to", TEAM, "--index", index, "--sign", "locked@example.net", "--passphrase-fd", str(reader))
        result = run(report, *options)
    finally:
        os.close(reader)
    assert teams.decrypted(result.stdout_bytes) == TEXT
    assert "sesame" not in result.output + result.stderr


@pytest.mark.usefixtures("as_writer")
def test_what_cannot_be_done_writes_nothing(index: Path, report: Path, tmp_path: Path) -> None:
    """Unknown own keys, too much, nothing at all, no text in a mail, headers that are none."""
    path = tmp_path / "report.asc"
    options = ("--to", TEAM, "--index", index, "--output", path)
    mail = ("--mail", "--from", "me@example.net")
    with pytest.raises(GpgError, match="there is no key"):
        run(report, *options, "--self", "nobody@example.net")
    with pytest.raises(GpgError, match="there is no secret key"):
        run(report, *options, "--sign", "nobody@example.net")
    with pytest.raises(OpenPgpError, match="more than 8,388,608 bytes"):
        run("-", *options, data=b"x" * (8 << 20) + b"x")
    with pytest.raises(OpenPgpError, match="the report is empty"):
        run("-", *options, data=b"")
    with pytest.raises(OpenPgpError, match="no text"):
        run("-", *options, *mail, data=b"\0")
    with pytest.raises(OpenPgpError, match="the subject"):
        run(report, *options, *mail, "--subject", "x\nBcc: thief@example.org")
    with pytest.raises(OpenPgpError, match="is no mailbox"):
        run(report, *options, *mail, "--recipient", "x@example.net\nBcc: thief@example.org")
    with pytest.raises(IrtkitError):
        run(tmp_path / "missing.txt", *options)
    assert list(tmp_path.iterdir()) == [report]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x"], "Missing option '--to'"),
        (["--to", "192.0.2.1"], "Missing argument 'REPORT'.\n"),
        (["--to", "192.0.2.1", "--dumps", "/", "."], "put the report before it"),
        (["x", "--to", "192.0.2.1", "--subject", "y"], "go with --mail"),
        (["x", "--to", "192.0.2.1", "--recipient", "y"], "go with --mail"),
        (["x", "--to", "192.0.2.1", "--mail"], "--mail needs --from"),
        (["x", "--to", "192.0.2.1", "--dumps", "y", "--index", "z"], "Give either --index or --dumps"),
    ],
)
def test_a_command_line_that_means_nothing(arguments: list[str], told: str) -> None:
    """Ends with 2."""
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert told in result.output
