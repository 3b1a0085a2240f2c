"""`irtkit sign`: objects in, a signed text or mail out, and what to know about it."""

import json
import os
import sys
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.sign import command
from irtkit.clients.gpg import GpgError
from irtkit.clients.gpg_verifying import verify_message
from irtkit.errors import FileError
from irtkit.openpgp.faults import OpenPgpError

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_people import People

pytest_plugins = ["openpgp_fixtures"]

IRT = b"irt: irt-example\nsource: RIPE\n"
A, B = "ed25519@example.net", "rsa2048@example.net"


def run(*args: str | Path, data: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], input=data, catch_exceptions=False)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "irt.txt"
    path.write_bytes(IRT)
    return path


def test_a_signed_text_goes_to_standard_output(as_user: People, text: Path) -> None:
    """And the registry's hour to standard error."""
    result = run(text, "--key", A)
    assert result.exit_code == 0
    assert as_user.verifies(result.stdout_bytes)
    assert verify_message(result.stdout_bytes, as_user.key_set("ed25519")).is_good
    assert result.stderr.startswith("irtkit: info: the registry takes it until 2")


def test_several_keys_sign_around_each_other(as_user: People, text: Path, tmp_path: Path) -> None:
    """The last one is outermost; the result may go to a file."""
    path = tmp_path / "signed.txt"
    assert run(text, "-k", A, "-k", B, "--output", path).stdout == ""
    verified = verify_message(path.read_bytes(), as_user.key_set("ed25519", "rsa2048"))
    assert [verdict.key_certs for verdict in verified.verdicts] == [
        (f"PGPKEY-{as_user.fingerprint('rsa2048')[-8:]}",),
        (f"PGPKEY-{as_user.fingerprint('ed25519')[-8:]}",),
    ]


def test_two_parties_sign_one_after_the_other(as_user: People, text: Path, tmp_path: Path) -> None:
    """The second one says so."""
    path = tmp_path / "signed.txt"
    run(text, "-k", A, "-o", path)
    with pytest.raises(OpenPgpError, match="signed already"):
        run(path, "-k", B)
    result = run(path, "-k", B, "--nested")
    assert verify_message(result.stdout_bytes, as_user.key_set("ed25519", "rsa2048")).is_good


def test_a_signed_mail_has_its_headers(as_user: People, text: Path) -> None:
    """And nothing is sent."""
    result = run(text, "-k", A, "--mime", "--subject", "NEW", "--from", "a@example.net", "--to", "b@example.net")
    mail = message_from_bytes(result.stdout_bytes)
    assert (mail["From"], mail["To"], mail["Subject"]) == ("a@example.net", "b@example.net", "NEW")
    assert mail.get_content_type() == "multipart/signed"
    assert mail.get_param("micalg") == "pgp-sha512"
    assert verify_message(result.stdout_bytes, as_user.key_set("ed25519")).is_good


def test_json_tells_what_was_made(as_user: People, text: Path, tmp_path: Path) -> None:
    """The text, or where it is."""
    result = run(text, "-k", A, "--json")
    record = json.loads(result.stdout)
    fingerprint = as_user.fingerprint("ed25519")
    assert record["keys"] == [{"fingerprint": fingerprint, "key_cert": f"PGPKEY-{fingerprint[-8:]}"}]
    assert (record["version"], record["objects"], record["output"]) == (1, 1, None)
    assert as_user.verifies(record["text"].encode("latin-1"))
    assert [note["code"] for note in record["notes"]] == ["valid-for-an-hour"]
    assert record["valid_until"].endswith("Z")
    path = tmp_path / "signed.txt"
    record = json.loads(run(text, "-k", A, "--json", "-o", path).stdout)
    assert (record["text"], record["output"]) == (None, str(path))
    assert as_user.verifies(path.read_bytes())


@pytest.mark.usefixtures("as_user")
def test_a_descriptor_that_is_not_open_is_told(text: Path) -> None:
    """As what it is."""
    with pytest.raises(FileError, match="file descriptor 987: cannot be read: bad file descriptor"):
        run(text, "-k", A, "--passphrase-fd", "987")


@pytest.mark.usefixtures("as_user")
def test_json_tells_what_is_refused() -> None:
    """With its code."""
    result = run("-", "-k", A, "--json", data=b"irt: irt-a\rremarks: x\n")
    assert result.exit_code == 1
    assert [problem["code"] for problem in json.loads(result.stdout)["problems"]] == ["stray-carriage-return"]


def test_standard_input_is_a_dash(as_user: People) -> None:
    """As everywhere."""
    assert as_user.verifies(run("-", "-k", A, data=IRT).stdout_bytes)


def test_a_passphrase_may_come_from_a_descriptor(as_user: People, text: Path) -> None:
    """Its first line; it is not echoed."""
    as_user.gpg_forget()
    reader, writer = os.pipe()
    os.write(writer, b"open sesame\nsomething else\n")
    os.close(writer)
    try:
        result = run(text, "-k", "locked@example.net", "--passphrase-fd", str(reader))
    finally:
        os.close(reader)
    assert result.exit_code == 0
    assert "sesame" not in result.output + result.stderr
    assert as_user.verifies(result.stdout_bytes)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x"], "Missing option '--key'"),
        (["x", "-k", A, "--subject", "NEW"], "go with --mime"),
        (["x", *["-k", A] * 5], "At most 4 keys"),
        (["-k", A], "Missing argument 'FILE'"),
    ],
)
def test_a_command_line_that_means_nothing(arguments: list[str], told: str) -> None:
    """Ends with 2."""
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert told in result.output


@pytest.mark.usefixtures("as_user")
def test_what_cannot_be_done_writes_nothing(text: Path, tmp_path: Path) -> None:
    """An unknown key, or a header that is none."""
    path = tmp_path / "signed.txt"
    with pytest.raises(GpgError, match="there is no secret key"):
        run(text, "-k", "nobody@example.net", "-o", path)
    with pytest.raises(OpenPgpError, match="the header Subject"):
        run(text, "-k", A, "-o", path, "--mime", "--subject", "a\nBcc: b")
    assert not path.exists()
