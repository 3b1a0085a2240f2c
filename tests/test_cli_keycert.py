"""`irtkit keycert`: a key becomes an object, an object is shown and checked."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.keycert import command
from irtkit.clients.gpg import GpgError
from irtkit.errors import FileError
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.keycerts import grouped_fingerprint

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_people import People

pytest_plugins = ["openpgp_fixtures"]


def run(*args: str | Path, data: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], input=data, catch_exceptions=False)


@pytest.fixture
def armour(people: People, tmp_path: Path) -> Path:
    path = tmp_path / "key.asc"
    path.write_text(people.armour("ed25519"))
    return path


@pytest.fixture
def cert(armour: Path, tmp_path: Path) -> Path:
    path = tmp_path / "cert.rpsl"
    path.write_text(run("make", armour, "--mnt-by", "EXNET-MNT").stdout)
    return path


class TestMake:
    """A key becomes a key-cert."""

    def test_an_armoured_key(self, people: People, armour: Path) -> None:
        """The whole object, ready to be signed."""
        result = run("make", armour, "--mnt-by", "EXNET-MNT", "--mnt-by", "OTHER-MNT", "--source", "TEST")
        fingerprint = people.fingerprint("ed25519")
        lines = result.stdout.split("\n")
        assert result.exit_code == 0
        assert lines[:4] == [
            f"key-cert:       PGPKEY-{fingerprint[-8:]}",
            "method:         PGP",
            "owner:          Ed25519 Person <ed25519@example.net>",
            f"fingerpr:       {grouped_fingerprint(fingerprint)}",
        ]
        assert lines[-4:] == ["mnt-by:         EXNET-MNT", "mnt-by:         OTHER-MNT", "source:         TEST", ""]
        assert result.stderr == ""

    def test_packets_from_standard_input(self, people: People, armour: Path) -> None:
        """They make the same object."""
        assert run("make", "-", data=people.public("ed25519")).stdout == run("make", armour).stdout

    @pytest.mark.parametrize("name", ["ed25519@example.net", "{}", "PGPKEY-{}"])
    def test_a_key_of_the_keyring(self, as_user: People, name: str) -> None:
        """By any of its names."""
        fingerprint = as_user.fingerprint("ed25519")
        result = run("make", "--key", name.format(fingerprint[-8:]))
        assert f"fingerpr:       {grouped_fingerprint(fingerprint)}\n" in result.stdout

    def test_what_is_missing_is_told(self, armour: Path) -> None:
        """A maintainer, usually."""
        assert "it has no mnt-by yet" in run("make", armour).stderr

    @pytest.mark.parametrize(("name", "code"), [("expired", "key-expired"), ("revoked", "key-revoked")])
    def test_what_the_registry_would_refuse_is_told(self, people: People, name: str, code: str) -> None:
        """The object is there all the same."""
        result = run("make", "-", "--mnt-by", "A-MNT", data=people.public(name))
        assert result.exit_code == 1
        assert result.stdout.startswith("key-cert:       PGPKEY-")
        assert f"irtkit: error[{code}]: " in result.stderr

    def test_a_key_that_expires_soon_is_told(self, people: People) -> None:
        """As a warning."""
        result = run("make", "-", "--mnt-by", "A-MNT", data=people.public("expiring"))
        assert result.exit_code == 0
        assert "irtkit: warning[key-expires-soon]: " in result.stderr

    def test_a_secret_key_is_refused_and_not_echoed(self, people: People) -> None:
        """Armoured or not."""
        for option in ((), ("--armor",)):
            secret = people.gpg(*option, "--export-secret-keys", people.fingerprint("ed25519")).stdout
            assert secret
            with pytest.raises(OpenPgpError) as refused:
                run("make", "-", data=secret)
            assert refused.value.code == "secret-key"
            told = run("make", "-", "--json", data=secret).output
            assert [problem["code"] for problem in json.loads(told)["problems"]] == ["secret-key"]
            told += str(refused.value)
            assert not any(line in told for line in secret.decode("latin-1").split("\n") if len(line) > 9)

    def test_json(self, armour: Path) -> None:
        """The object, what is in it, and what is wrong with it."""
        record = json.loads(run("make", armour, "--json").stdout)
        assert record["object"] == run("make", armour).stdout
        assert (record["method"], record["state"], record["can_sign"], record["problems"]) == ("PGP", "valid", True, [])

    @pytest.mark.parametrize("arguments", [["make"], ["make", "x", "--key", "y"]])
    def test_one_key_has_to_be_named(self, arguments: list[str]) -> None:
        """Not none, and not two."""
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code == 2
        assert "Give a FILE that holds a key, or --key" in result.output

    @pytest.mark.usefixtures("as_user")
    def test_a_key_that_is_not_there_is_told(self) -> None:
        """In words."""
        with pytest.raises(GpgError, match="there is no key"):
            run("make", "--key", "nobody@example.net")


class TestShow:
    """What is in a key-cert."""

    def test_its_facts(self, people: People, cert: Path) -> None:
        """Line by line."""
        fingerprint = people.fingerprint("ed25519")
        lines = run("show", cert).stdout.split("\n")
        assert lines[0] == f"PGPKEY-{fingerprint[-8:]}"
        assert "  owner:       Ed25519 Person <ed25519@example.net>" in lines
        assert f"  fingerpr:    {grouped_fingerprint(fingerprint)}" in lines
        assert "  algorithm:   EdDSA Ed25519" in lines
        assert "  state:       valid" in lines

    def test_the_key_itself(self, people: People, cert: Path) -> None:
        """Byte for byte what it was made of."""
        assert run("show", "--armour", cert).stdout == people.armour("ed25519")

    def test_json(self, people: People, cert: Path, tmp_path: Path) -> None:
        """One record for each."""
        other = tmp_path / "other"
        other.write_bytes(run("make", "-", data=people.public("expired")).stdout_bytes)
        first, second = json.loads(run("show", cert, other, "--json").stdout)["key_certs"]
        assert (first["state"], second["state"]) == ("valid", "expired")
        assert (first["expires"], first["fault"]) == (None, None)
        assert second["expires"].endswith("Z")
        assert set(first) == set(second)

    def test_a_secret_key_is_not_shown(self, people: People, tmp_path: Path) -> None:
        """In no form."""
        secret = people.gpg("--armor", "--export-secret-keys", people.fingerprint("ed25519")).stdout.decode()
        path = tmp_path / "secret.rpsl"
        path.write_text("key-cert: PGPKEY-12345678\n" + "".join(f"certif: {line}\n" for line in secret.split("\n")))
        told = run("show", path).output + run("show", "--json", path).output + run("check", path).output
        with pytest.raises(OpenPgpError) as refused:
            run("show", "--armour", path)
        told += str(refused.value)
        assert "secret-key" in told
        assert not any(line in told for line in secret.split("\n") if len(line) > 20 and "-----" not in line)

    def test_a_file_without_key_certs_is_told(self, tmp_path: Path) -> None:
        """With its name."""
        path = tmp_path / "none.rpsl"
        path.write_text("mntner: A-MNT\n")
        for verb in ("show", "check"):
            with pytest.raises(FileError, match="holds no key-cert"):
                run(verb, path)


class TestCheck:
    """What is wrong with a key-cert."""

    def test_a_good_one(self, cert: Path) -> None:
        """Ends with 0."""
        result = run("check", cert)
        assert (result.exit_code, result.stdout) == (0, "1 file, 1 object: no problems\n")

    def test_standard_input_is_a_dash(self, cert: Path) -> None:
        """For checking and for showing."""
        assert run("check", "-", data=cert.read_bytes()).stdout == "1 file, 1 object: no problems\n"
        assert run("show", "-", data=cert.read_bytes()).stdout == run("show", cert).stdout
        with pytest.raises(FileError, match="standard input: holds no key-cert"):
            run("check", "-", data=b"")

    def test_a_bad_one(self, cert: Path) -> None:
        """Ends with 1, and says where."""
        text = cert.read_text()
        cert.write_text(
            text.replace(text.split("\n")[0], "key-cert:       PGPKEY-12345678").replace("Person", "Animal")
        )
        result = run("check", cert)
        assert result.exit_code == 1
        assert f"{cert}:1:17: error[id-mismatch]: " in result.stdout
        assert f"{cert}:3:17: warning[owner-mismatch]: " in result.stdout
        record = json.loads(run("check", "--json", cert).stdout)
        assert [problem["code"] for problem in record["problems"]] == ["id-mismatch", "owner-mismatch"]
        assert record["summary"]["errors"] == 1

    def test_each_of_the_same_name_is_checked(self, cert: Path, tmp_path: Path) -> None:
        """A good one further down does not hide a bad one."""
        both = tmp_path / "both.rpsl"
        both.write_text(f"{cert.read_text().replace('certif:         =', 'certif:         =x')}\n{cert.read_text()}")
        result = run("check", both)
        assert result.exit_code == 1
        assert result.stdout.endswith("1 file, 2 objects: 1 error\n")

    def test_files_of_a_folder_are_named(self, cert: Path, tmp_path: Path) -> None:
        """A line number is of use only with its file, and a line that is not to be seen has no caret under it."""
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "bad.rpsl").write_text(f"key-cert:       PGPKEY-0A0B0C0D\n{cert.read_text().split(chr(10), 1)[1]}")
        (folder / "good.rpsl").write_text(cert.read_text())
        result = run("check", folder)
        assert result.stdout.startswith(f"{folder / 'bad.rpsl'}:1:17: error[id-mismatch]")
        assert "^" not in result.stdout
        assert run("show", folder).stdout.count("fingerpr:") == 2

    def test_warnings_fail_if_it_has_to_be_strict(self, cert: Path) -> None:
        """And only then."""
        cert.write_text(cert.read_text().replace("Person", "Animal"))
        assert run("check", cert).exit_code == 0
        assert run("check", "--strict", cert).exit_code == 1
