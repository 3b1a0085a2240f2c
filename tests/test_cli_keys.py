"""`irtkit keys`: the keys of an address, each with its state, and a reason where there is none."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from irtkit.cli.keys import command
from irtkit.clients.dumps import build_index
from irtkit.contacts.keys import REASONS, STATES
from irtkit.openpgp.keycerts import grouped_fingerprint

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_teams import ADDRESSES, Home, irt, network

pytest_plugins = ["openpgp_team_fixtures"]


def run(*args: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture(scope="session")
def index(dump: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the teams' database."""
    folder = tmp_path_factory.mktemp("teams")
    (folder / "teams.db").write_text(dump)
    build_index([str(folder / "teams.db")], str(folder / "teams.irt"))
    return folder / "teams.irt"


def records(index: Path, *queries: str) -> list[dict[str, Any]]:
    result = run(*queries, "--index", index, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["version"] == 1
    addresses: list[dict[str, Any]] = document["addresses"]
    return addresses


def test_a_good_key_is_shown_with_its_owner_and_whole_fingerprint(teams: Home, index: Path) -> None:
    """Once for each attribute that names it."""
    fingerprint = teams.fingerprint("team")
    result = run(ADDRESSES["team"], "--index", index)
    key = f"PGPKEY-{fingerprint[-8:]}: valid, without an end\n    {grouped_fingerprint(fingerprint)}\n    Team <team"
    assert result.stdout == (
        f"192.0.2.1: IRT-TEAM\n  IRT-TEAM encryption {key}@example.net>\n  IRT-TEAM signature {key}@example.net>\n"
    )


def test_json_has_everything(teams: Home, index: Path) -> None:
    (record,) = records(index, "192.0.2.1")
    fingerprint = teams.fingerprint("team")
    key = {
        "irt": "IRT-TEAM",
        "key_cert": f"PGPKEY-{fingerprint[-8:]}",
        "state": "valid",
        "said": "valid, without an end",
        "until": None,
        "method": "PGP",
        "fingerprint": fingerprint,
        "algorithm": "EdDSA Ed25519",
        "owner": ["Team <team@example.net>"],
    }
    assert record == {
        "input": "192.0.2.1",
        "address": "192.0.2.1",
        "network": "192.0.2.0 - 192.0.2.7",
        "irt_network": "192.0.2.0 - 192.0.2.7",
        "irts": ["IRT-TEAM"],
        "keys": [{"use": use, **key} for use in ("encryption", "signature")],
        "reason": None,
    }


@pytest.mark.parametrize(
    ("name", "states", "said"),
    [
        ("mute", ["cannot-encrypt", "valid"], "neither it nor a subkey may encrypt"),
        ("over", ["expired", "expired"], "expired at 20"),
        ("lapsed", ["cannot-encrypt", "valid"], "the subkey that may encrypt expired at 20"),
        ("gone", ["revoked", "revoked"], "revoked by its owner"),
    ],
)
def test_a_key_that_does_not_serve_says_why(name: str, states: list[str], said: str, index: Path) -> None:
    """And then there is no key to encrypt to, which is an answer."""
    (record,) = records(index, ADDRESSES[name])
    assert [key["state"] for key in record["keys"]] == states
    assert record["keys"][0]["said"].startswith(said)
    assert record["reason"] == "no-usable-key"
    result = run(ADDRESSES[name], "--index", index)
    assert result.exit_code == 0
    assert result.stdout.endswith("  no key to encrypt to: no-usable-key, no key that an irt names can be used\n")


def states_of(*objects: str, folder: Path) -> list[tuple[str, str, str]]:
    """Use, state and sentence of each key of 192.0.2.1."""
    (folder / "odd.db").write_text("\n".join([network("192.0.2.1", "IRT-X"), *objects]))
    result = run("192.0.2.1", "--json", "--dumps", folder / "odd.db")
    assert result.exit_code == 0
    return [(key["use"], key["state"], key["said"]) for key in json.loads(result.stdout)["addresses"][0]["keys"]]


def test_a_key_cert_that_is_not_there_or_not_a_key_is_said(teams: Home, tmp_path: Path) -> None:
    """Missing, damaged, a secret key by mistake, X.509, and another key under the name."""
    cert = str(teams.key_cert("team"))
    name = cert.split()[1]
    named = irt("IRT-X", encryption=name)
    (missing,) = states_of(named, str(teams.key_cert("rsa")), folder=tmp_path)
    assert missing == ("encryption", "missing-key-cert", "there is no such key-cert in the data")
    (missing,) = states_of(named, folder=tmp_path)
    assert missing[1:] == ("missing-key-cert", "there are no key-certs in the data; their dump is missing")
    (damaged,) = states_of(named, cert.replace("certif:         =", "certif:         =A"), folder=tmp_path)
    assert damaged[:2] == ("encryption", "unreadable")
    secret = "certif: -----BEGIN PGP PRIVATE KEY BLOCK-----\n"
    (pasted,) = states_of(named, f"key-cert: {name}\n{secret}source: RIPE\n", folder=tmp_path)
    assert pasted[1] == "unreadable"
    assert "secret key" in pasted[2]
    other = cert.replace(name, "PGPKEY-0A0B0C0D")
    (misnamed,) = states_of(irt("IRT-X", encryption="pgpkey-0a0b0c0d"), other, folder=tmp_path)
    assert misnamed[1] == "id-mismatch"
    assert misnamed[2].endswith(f"{teams.fingerprint('team')}, whose key-cert would be {name}")
    fingerpr = next(line for line in cert.split("\n") if line.startswith("fingerpr:"))
    (forged,) = states_of(named, cert.replace(fingerpr, "fingerpr:  0A0B 0C0D"), folder=tmp_path)
    assert forged[1] == "id-mismatch"
    assert forged[2].startswith('its fingerpr is "0A0B 0C0D"')


def test_a_certificate_is_shown_and_serves_nobody(tmp_path: Path) -> None:
    """X.509 is for updates, and OpenPGP cannot encrypt to it."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = (
        builder.public_key(private.public_key()).not_valid_before(begin).not_valid_after(begin + timedelta(days=9))
    )
    pem = builder.sign(private, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
    text = f"key-cert: X509-1\n{''.join(f'certif: {line}' for line in pem.splitlines(keepends=True))}source: RIPE\n"
    (found,) = states_of(irt("IRT-X", encryption="X509-1"), text, folder=tmp_path)
    said = "it is an X.509 certificate (until 2026-01-10T00:00:00Z), which OpenPGP cannot use"
    assert found == ("encryption", "x509", said)
    shown = run("192.0.2.1", "--dumps", tmp_path / "odd.db").stdout
    assert "IRT-X encryption X509-1: x509: it is" in shown
    assert "\n    /CN=Example\n" in shown


def test_an_irt_may_name_several_keys(teams: Home, tmp_path: Path) -> None:
    """One that serves is enough."""
    names = [teams.key_cert(name).primary_key or "" for name in ("over", "team")]
    text = irt("IRT-X", encryption=names[0]).replace("source:", f"encryption:     {names[1]}\nsource:")
    found = states_of(text, *map(str, map(teams.key_cert, ("over", "team"))), folder=tmp_path)
    assert [state for _, state, _ in found] == ["expired", "valid"]


def test_no_key_has_a_reason(index: Path, tmp_path: Path) -> None:
    """And each is a word of its own, with status 0."""
    found = records(index, "192.0.2.57", "203.0.113.1", "x")
    assert [record["reason"] for record in found] == ["no-encryption", "special-purpose", "not-an-address"]
    text = network("192.0.2.1", "IRT-GONE") + "\n" + network("192.0.2.9").replace("mnt-irt:        \n", "")
    (tmp_path / "few.db").write_text(text + "\ninetnum: 0.0.0.0 - 255.255.255.255\nsource: RIPE\n")
    result = run("192.0.2.1", "192.0.2.9", "8.8.8.8", "10.0.0.1", "--dumps", tmp_path / "few.db")
    assert result.exit_code == 0
    assert result.stdout == (
        "192.0.2.1: IRT-GONE\n  no key to encrypt to: missing-irt, the data hold no such irt as answers for it\n"
        "192.0.2.9\n  no key to encrypt to: no-irt, no irt answers for it\n"
        "8.8.8.8\n  no key to encrypt to: unregistered, nobody has registered it here\n"
        "10.0.0.1\n  no key to encrypt to: special-purpose, IANA has set it aside\n"
    )


def test_a_list_is_answered_line_by_line(index: Path, tmp_path: Path) -> None:
    """Whatever else is in it; a column may be named."""
    lines = [*ADDRESSES.values(), "nonsense", "192.0.2.1"] * 40
    by_hand = [{**record} for record in records(index, *lines)]
    (tmp_path / "list.txt").write_text("\n".join(lines) + "\n")
    result = run("--input", tmp_path / "list.txt", "--index", index, "--json")
    assert json.loads(result.stdout)["addresses"] == by_hand
    (tmp_path / "list.csv").write_text("name,ip\na,192.0.2.1\nb,192.0.2.57\n")
    result = run("--input", tmp_path / "list.csv", "--column", "ip", "--index", index)
    assert [line for line in result.stdout.split("\n") if line[:1].isdigit()] == [
        "192.0.2.1: IRT-TEAM",
        "192.0.2.57: IRT-KEYLESS",
    ]
    (tmp_path / "empty.txt").write_text("")
    result = run("-i", tmp_path / "empty.txt", "--index", index, "--json")
    assert (json.loads(result.stdout), result.stderr) == ({"version": 1, "addresses": []}, "")
    (tmp_path / "list.txt").write_text("nonsense\n")
    result = run("-i", tmp_path / "list.txt", "--index", index)
    assert "list.txt: no line is an address, prefix or range; --column names the column" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Give either addresses, or a list"),
        (["192.0.2.1", "--input", "x"], "Give either addresses, or a list"),
        (["192.0.2.1", "--column", "x"], "--column names a column"),
        (["192.0.2.1", "--dumps", "x", "--index", "y"], "Give either --index or --dumps"),
    ],
)
def test_a_command_line_that_means_nothing(arguments: list[str], told: str) -> None:
    """Ends with 2."""
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert told in result.output


def test_text_of_a_registry_cannot_steer_a_terminal(teams: Home, tmp_path: Path) -> None:
    """Names of irts, key-certs and owners."""
    name = "PGPKEY-\x1b[31m\u202e"
    (tmp_path / "hostile.db").write_text(
        "\n".join(
            [network("192.0.2.1", "IRT-\x1b[1m"), irt("IRT-\x1b[1m", encryption=name), str(teams.key_cert("team"))]
        )
    )
    result = run("192.0.2.1", "\x1b[2m", "--dumps", tmp_path / "hostile.db")
    assert result.exit_code == 0
    assert "missing-key-cert" in result.stdout
    assert all(character.isprintable() for character in result.stdout.replace("\n", ""))


def test_every_state_and_reason_is_explained(project: Path) -> None:
    """The manual lists them all."""
    page = (project / "docs" / "how-to" / "encrypt.md").read_text(encoding="utf-8")
    assert [word for word in (*STATES, *REASONS) if f"| `{word}` |" not in page] == []
