"""`irtkit verify`: a message in, who signed what out, as text and as JSON."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.verify import command
from irtkit.errors import FileError
from irtkit.openpgp.keycerts import build_key_cert
from irtkit.openpgp.verdicts import time_text

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_people import YEAR, People, left_running

pytest_plugins = ["openpgp_fixtures"]

IRT = b"irt: irt-example\nremarks: x\nsource: RIPE\n"
PROGRAM = "import sys; from irtkit.cli.verify import command; command(sys.argv[1:], prog_name='verify')"


def run(*args: str | Path, data: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], input=data, catch_exceptions=False)


@pytest.fixture
def certs(people: People, tmp_path: Path) -> Path:
    """A file of key-certs, between other objects."""
    path = tmp_path / "certs.rpsl"
    names = ("ed25519", "rsa2048", "expired")
    made = [str(build_key_cert(people.public(name), [("source", "RIPE")])) for name in names]
    path.write_text("\n".join(["mntner: A-MNT\nsource: RIPE\n", *made]))
    return path


@pytest.fixture
def signed(people: People, tmp_path: Path) -> Path:
    path = tmp_path / "signed.txt"
    path.write_bytes(people.clear_sign("rsa2048", people.clear_sign("ed25519", IRT)))
    return path


def test_who_signed_what_is_said(people: People, certs: Path, signed: Path) -> None:
    """Signature by signature, then object by object; 0 if all is well."""
    result = run(signed, "--against", certs)
    outer, inner = (f"PGPKEY-{people.fingerprint(name)[-8:]}" for name in ("rsa2048", "ed25519"))
    lines = result.stdout.split("\n")
    last = signed.read_text().count("\n")
    assert result.exit_code == 0
    assert lines[0].startswith(
        f"signature 1: good, lines 1 to {last}: by {outer} (Rsa2048 Person <rsa2048@example.net>"
    )
    assert lines[1].startswith("signature 2: good, lines 4 to ")
    assert f": by {inner} (Ed25519 Person <ed25519@example.net>), 2" in lines[1]
    assert lines[2:] == [
        f"irt irt-example (line 7): signed by {outer}, {inner}",
        "1 file, 1 object: no problems",
        "",
    ]


def test_what_is_wrong_is_shown_where_it_is(certs: Path, signed: Path) -> None:
    """With its code and the line; 1 if anything is not good."""
    signed.write_bytes(b"mntner: EVIL-MNT\n\n" + signed.read_bytes().replace(b"remarks: x", b"remarks: y"))
    result = run(signed, "--against", certs)
    assert result.exit_code == 1
    assert "signature 1: altered, lines 3 to " in result.stdout
    assert "mntner EVIL-MNT (line 1): not signed\n" in result.stdout
    assert "irt irt-example (line 9): not signed well\n" in result.stdout
    assert f"{signed}:1:1: error[not-all-covered]: no signature covers line 1\n" in result.stdout
    assert "  1 | mntner: EVIL-MNT\n" in result.stdout
    assert f"{signed}:3:1: error[altered]" in result.stdout


def test_json_has_everything(people: People, certs: Path, signed: Path) -> None:
    """With stable keys."""
    result = run(signed, "--against", certs, "--json")
    record = json.loads(result.stdout)
    assert (record["version"], record["file"], record["good"]) == (1, str(signed), True)
    first, second = record["signatures"]
    fingerprint = people.fingerprint("rsa2048")
    assert first == {
        "number": 0,
        "verdict": "good",
        "codes": [],
        "form": "cleartext",
        "part": None,
        "first_line": 1,
        "last_line": signed.read_text().count("\n"),
        "inside": [],
        "key_certs": [f"PGPKEY-{fingerprint[-8:]}"],
        "owners": ["Rsa2048 Person <rsa2048@example.net>"],
        "fingerprint": fingerprint,
        "signed_by": fingerprint,
        "issuer": fingerprint,
        "signed_at": first["signed_at"],
        "algorithm": "RSA",
        "digest": first["digest"],
    }
    assert (second["inside"], second["algorithm"]) == ([0], "EdDSA")
    assert record["objects"] == [
        {
            "class": "irt",
            "key": "IRT-EXAMPLE",
            "line": 7,
            "part": None,
            "delete": False,
            "signatures": [0, 1],
            "signed_by": [*first["key_certs"], *second["key_certs"]],
        }
    ]
    assert record["problems"] == []


def test_json_of_a_bad_message(certs: Path) -> None:
    """No signature, no objects, one problem."""
    result = run("-", "--against", certs, "--json", data=b"Dear all\n")
    record = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (record["good"], record["signatures"], record["objects"]) == (False, [], [])
    assert [problem["code"] for problem in record["problems"]] == ["not-signed"]
    assert record["problems"][0]["file"] == "standard input"


def test_a_mail_is_verified_as_it_was_received(people: People, certs: Path) -> None:
    """Objects are named with the part that they are in."""
    head = b"From: a@example.net\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
    mail = head + people.clear_sign("ed25519", IRT) + b"\n--b\nContent-Type: text/html\n\n<p>\n--b--\n"
    result = run("-", "--against", certs, data=mail)
    assert result.exit_code == 0
    assert ", part 1: by PGPKEY-" in result.stdout
    assert "irt irt-example (part 1, line 4): signed by" in result.stdout
    assert 'info[part-not-read]: part 2 is "text/html"' in result.stdout


def test_another_time_may_be_now(people: People, certs: Path, tmp_path: Path) -> None:
    """For mails that waited, and for keys that have expired since."""
    then = time.time() - YEAR + 3600
    path = tmp_path / "old.txt"
    path.write_bytes(people.clear_sign("expired", IRT, "--faked-system-time", str(int(then))))
    assert run(path, "--against", certs).exit_code == 1
    for moment in (time_text(then), time_text(then)[:-1]):
        assert run(path, "--against", certs, "--at", moment).exit_code == 0
    refused = CliRunner().invoke(command, [str(path), "--against", str(certs), "--at", "yesterday"])
    assert refused.exit_code == 2
    assert "expected a time such as" in refused.output


def test_keys_of_the_user_s_keyring_count_only_if_asked(as_user: People, certs: Path, tmp_path: Path) -> None:
    """The registry knows nothing of them."""
    path = tmp_path / "signed.txt"
    path.write_bytes(as_user.clear_sign("nistp256", IRT))
    assert "unknown-key" in run(path, "--against", certs).stdout
    result = run(path, "--keyring")
    assert result.exit_code == 0
    assert f"signed by PGPKEY-{as_user.fingerprint('nistp256')[-8:]}\n" in result.stdout


def test_where_the_keys_are_has_to_be_said(signed: Path) -> None:
    """Neither is a default."""
    result = CliRunner().invoke(command, [str(signed)])
    assert result.exit_code == 2
    assert "--against PATH, or --keyring" in result.output


def test_against_takes_the_paths_that_follow_it(people: People, certs: Path, signed: Path, tmp_path: Path) -> None:
    """Files and folders; what comes after them is an option, or stands behind --."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "ripe.db.key-cert").write_text(certs.read_text())
    lone = tmp_path / "lone.rpsl"
    lone.write_text(str(build_key_cert(people.public("rsa2048"), [("source", "RIPE")])))
    assert run(signed, "--against", lone, other).exit_code == 0
    assert run("--against", lone, "--", signed).exit_code == 1
    assert run("--against", lone, other, "--json", "--", signed).exit_code == 0


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_told(certs: Path, tmp_path: Path, name: str) -> None:
    """As everywhere."""
    with pytest.raises(FileError, match="cannot be read"):
        run(tmp_path / name, "--against", certs)


def test_nothing_of_a_message_steers_the_terminal(people: People, certs: Path) -> None:
    """Names of objects and of signers are escaped."""
    text = "irt: irt-\x1b[31m\u202eexample\nsource: RIPE\n".encode()
    result = run("-", "--against", certs, data=people.clear_sign("ed25519", text))
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert r"irt-\x1b[31m\u202eexample" in result.stdout


def test_a_run_leaves_nothing_behind(certs: Path, signed: Path, tmp_path: Path) -> None:
    """No home, no agent; nor does one that is interrupted, once another one has begun."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    environment = {**os.environ, "TMPDIR": str(folder)}
    arguments = [sys.executable, "-c", PROGRAM, str(signed), "--against", str(certs)]
    done = subprocess.run(arguments, env=environment, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0
    assert list(folder.iterdir()) == []
    stale = folder / "irtkit-gnupg-of-a-killed-run"
    stale.mkdir(0o700)
    subprocess.run(arguments, env=environment, capture_output=True, check=True, timeout=60)
    assert list(folder.iterdir()) == []
    assert left_running(str(folder)) == []
