"""`irtkit authorise`: files in, who must agree out, and an exit status that says whether all do."""

import gzip
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.authorise import command
from irtkit.openpgp.keycerts import build_key_cert

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_people import People

pytest_plugins = ["openpgp_fixtures"]

# "password" by openssl passwd -1 -salt abcdefgh
HASH = "$1$abcdefgh$G//4keteveJp0qb8z2DxG/"
STORED = f"""\
mntner:         EXNET-MNT
auth:           PGPKEY-1A1B1C1D
auth:           SSO noc@example.net
auth:           MD5-PW {HASH}
mnt-by:         EXNET-MNT
source:         RIPE

irt:            IRT-EXAMPLE
auth:           PGPKEY-2A2B2C2D
auth:           SSO # Filtered
mnt-by:         EXNET-MNT
source:         RIPE

inetnum:        192.0.2.0 - 192.0.2.255
mnt-by:         EXNET-MNT
source:         RIPE
"""
UPDATE = """\
inetnum:        192.0.2.0 - 192.0.2.255
mnt-by:         EXNET-MNT
mnt-irt:        IRT-EXAMPLE
source:         RIPE
"""
NEEDS = (
    "EXNET-MNT (PGPKEY-1A1B1C1D, SSO noc@example.net); "
    "and one of IRT-EXAMPLE's keys (PGPKEY-2A2B2C2D, a hidden SSO account)"
)


def run(*args: str | Path, data: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], input=data, catch_exceptions=False)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "stored.rpsl"
    path.write_text(STORED)
    return path


@pytest.fixture
def update(tmp_path: Path) -> Path:
    path = tmp_path / "update.rpsl"
    path.write_text(UPDATE)
    return path


def test_who_must_agree_is_said_in_one_line_and_then_in_full(update: Path, stored: Path) -> None:
    """With where the object stands, what becomes of it, and by which rule each is asked."""
    result = run(update, "--against", stored)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{update}:1: modify inetnum 192.0.2.0 - 192.0.2.255: needs more",
        f"  needs      {NEEDS}",
        "  mnt-by     open: EXNET-MNT (PGPKEY-1A1B1C1D, SSO noc@example.net)",
        "             the stored object names its maintainers in mnt-by [RIPE whois 1.124: MntByAuthentication]",
        "  mnt-irt    open: one of IRT-EXAMPLE's keys (PGPKEY-2A2B2C2D, a hidden SSO account)",
        "             mnt-irt is to name IRT-EXAMPLE, whose own auth decides [RIPE whois 1.124: MntIrtAuthentication]",
        "1 file, 1 object: 0 authorised, 1 not",
    ]


def test_all_signatures_together_authorise(update: Path, stored: Path) -> None:
    """Both parties' keys end with 0, one of them with 1; an account does as well as a key."""
    assert run(update, "--against", stored, "--signed-by", "PGPKEY-1A1B1C1D").exit_code == 1
    both = run(update, "--signed-by", "pgpkey-1a1b1c1d", "--signed-by", "PGPKEY-2A2B2C2D", "--against", stored)
    assert both.exit_code == 0
    assert f"{update}:1: modify inetnum 192.0.2.0 - 192.0.2.255: authorised\n" in both.stdout
    assert "  mnt-irt    met by IRT-EXAMPLE (PGPKEY-2A2B2C2D)\n" in both.stdout
    mixed = ("--account", "NOC@example.net", "--signed-by", "PGPKEY-2A2B2C2D")
    assert run(update, *mixed, "--against", stored).exit_code == 0


def test_passwords_count_when_they_are_said_to(tmp_path: Path, stored: Path) -> None:
    """And are never shown."""
    path = tmp_path / "message.txt"
    path.write_text(f"{STORED.split('inetnum')[1].join(['inetnum', ''])}remarks: new\npassword: password\n")
    without = run(path, "--against", stored)
    assert without.exit_code == 1
    assert "passwords no longer count (--passwords counts them)" in without.stdout
    counted = run(path, "--passwords", "--against", stored)
    assert counted.exit_code == 0
    assert "met by EXNET-MNT (a password)" in counted.stdout
    for result in (without, counted, run(path, "--passwords", "--json", "--against", stored)):
        assert "password: password" not in result.stdout
        assert HASH not in result.stdout


def test_json_tells_the_same(update: Path, stored: Path) -> None:
    """One document, with files, lines and counts."""
    result = run(update, "--json", "--against", stored)
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["version"] == 1
    assert document["summary"] == {"files": 1, "objects": 1, "authorised": 0}
    (plan,) = document["plans"]
    assert (plan["file"], plan["line"], plan["operation"]) == (str(update), 1, "modify")
    assert (plan["needs"], plan["failing"]) == (NEEDS, ["mnt-by", "mnt-irt"])
    assert [one["keys"] for one in plan["requirements"]] == [["PGPKEY-1A1B1C1D"], ["PGPKEY-2A2B2C2D"]]


def test_several_files_are_one_message(tmp_path: Path, update: Path, stored: Path) -> None:
    """What one of them adds, another may name; each has its own passwords and its own lines."""
    update.write_text(f"\n{UPDATE.replace('IRT-EXAMPLE', 'IRT-NEW')}")
    irt = tmp_path / "irt.rpsl"
    irt.write_text("irt: IRT-NEW\nauth: PGPKEY-3A3B3C3D\nmnt-by: EXNET-MNT\nsource: RIPE\n")
    result = run(update, irt, "--against", stored)
    assert f"{update}:2: modify" in result.stdout
    assert "one of IRT-NEW's keys (PGPKEY-3A3B3C3D)" in result.stdout
    assert f"{irt}:1: create irt IRT-NEW: needs more" in result.stdout
    assert result.stdout.endswith("2 files, 2 objects: 0 authorised, 2 not\n")


def test_deletions_and_no_operations(tmp_path: Path, stored: Path) -> None:
    """A delete line deletes; what is there already still needs a maintainer."""
    path = tmp_path / "message.txt"
    kept = STORED.split("\n\n")[2]
    path.write_text(f"{STORED.split(chr(10) * 2)[1]}\ndelete: unused\n\n{kept}")
    result = run(path, "--signed-by", "PGPKEY-1A1B1C1D", "--against", stored)
    assert result.exit_code == 0
    assert f"{path}:1: delete irt IRT-EXAMPLE: authorised\n" in result.stdout
    assert f"{path}:8: no-operation inetnum 192.0.2.0 - 192.0.2.255: authorised\n" in result.stdout
    assert "no-operation inetnum 192.0.2.0 - 192.0.2.255: needs more\n" in run(path, "--against", stored).stdout


def test_what_cannot_be_seen_is_told(tmp_path: Path, update: Path, stored: Path) -> None:
    """Whether it is decisive or not."""
    update.write_text(f"{UPDATE}admin-c: EX1-RIPE\n".replace("mnt-irt:        IRT-EXAMPLE\n", ""))
    result = run(update, "--signed-by", "PGPKEY-1A1B1C1D", "--against", stored)
    assert result.exit_code == 0
    assert "192.0.2.255: authorised, as far as can be seen\n" in result.stdout
    assert "  not seen   person or role EX1-RIPE: it may have mnt-ref, which would have to agree\n" in result.stdout
    other = tmp_path / "other.rpsl"
    other.write_text("mntner: OTHER-MNT\nsource: RIPE\n")
    assert (
        "  not seen   irt IRT-EXAMPLE: its auth; mnt-irt names it\n"
        in run("-", "--against", stored.with_name("other.rpsl"), data=UPDATE).stdout
    )


def test_a_signature_that_cannot_be_read_counts_for_nothing(tmp_path: Path, stored: Path) -> None:
    """It is told, with its code, and the update is planned without it."""
    path = tmp_path / "signed.asc"
    frame = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{}-----BEGIN PGP SIGNATURE-----\n\niQ==\n"
    path.write_text(frame.format(UPDATE) + "-----END PGP SIGNATURE-----\n")
    result = run(path, "--against", stored)
    assert result.exit_code == 1
    assert f"{path}:1: a packet is cut off [malformed-signature]\n" in result.stdout
    assert f"{path}:4: modify inetnum" in result.stdout
    keys = ("--signed-by", "PGPKEY-1A1B1C1D", "--signed-by", "PGPKEY-2A2B2C2D")
    assert run(path, *keys, "--against", stored).exit_code == 0


def test_good_signatures_count_and_altered_ones_do_not(people: People, tmp_path: Path) -> None:
    """By the key-certs that stand beside what is stored: one party's, both parties', and a text changed since."""
    noc, team = "rsa2048", "ed25519"
    certs = [build_key_cert(people.public(name), [("mnt-by", "EXNET-MNT"), ("source", "RIPE")]) for name in (noc, team)]
    stored = tmp_path / "stored.rpsl"
    names = dict(zip(("PGPKEY-1A1B1C1D", "PGPKEY-2A2B2C2D"), (f"{cert.primary_key}" for cert in certs), strict=True))
    text = STORED
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    stored.write_text("\n".join([text, *map(str, certs)]))
    one = people.clear_sign(noc, UPDATE.encode())
    both = people.clear_sign(team, one)
    altered = both.replace(b"192.0.2.255", b"192.0.2.127")
    verdicts = []
    for signed in (one, both, altered):
        path = tmp_path / "signed.asc"
        path.write_bytes(signed)
        verdicts.append(run(path, "--against", stored))
    assert [verdict.exit_code for verdict in verdicts] == [1, 0, 1]
    met = f"  mnt-by     met by EXNET-MNT ({names['PGPKEY-1A1B1C1D']})"
    assert [met in verdict.stdout for verdict in verdicts] == [True, True, False]
    assert "[altered]" in verdicts[2].stdout


def test_what_is_for_the_registry_s_staff_is_not_looked_at(tmp_path: Path, stored: Path) -> None:
    """An override changes nothing here."""
    path = tmp_path / "message.txt"
    path.write_text(f"{UPDATE}override: user,secret,remarks\n")
    result = run(path, "--against", stored)
    assert result.exit_code == 1
    assert "override is for the registry's own staff" in result.stdout
    assert "secret" not in result.stdout


def test_bad_input_is_told_and_stops_nothing(tmp_path: Path, update: Path, stored: Path) -> None:
    """Files that are missing or hold no object, and places that cannot be read: exit status 1."""
    (tmp_path / "prose").write_text("Dear registry\n")
    (tmp_path / "stored.gz").write_bytes(gzip.compress(STORED.encode()))
    keys = ("--signed-by", "PGPKEY-1A1B1C1D", "--signed-by", "PGPKEY-2A2B2C2D")
    result = run(update, tmp_path / "gone", tmp_path / "prose", *keys, "--against", tmp_path / "stored.gz")
    assert result.exit_code == 1
    assert f"{tmp_path / 'gone'}: cannot be read: " in result.stdout
    assert f"{tmp_path / 'prose'}: there is no object in it\n" in result.stdout
    assert result.stdout.endswith("3 files, 1 object: 1 authorised, 0 not\n")
    partly = run(update, *keys, "--against", stored, tmp_path / "gone")
    assert partly.exit_code == 1
    assert f"{tmp_path / 'gone'}: cannot be read: " in partly.stdout
    nothing = run(update, *keys, "--against", tmp_path / "gone")
    assert nothing.exit_code == 1
    assert "EXNET-MNT (not seen)" in nothing.stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--against", "x"], "Missing argument 'FILE...'"),
        (["x"], "Missing option '--against'"),
        (["--against", "--", "x"], "Option '--against' requires an argument"),
        (["-", "-", "--against", "y"], "standard input is named twice"),
        (["x", "--against", "y", "--signed-by", "PGPKEY-12"], "not by 8 hexadecimal digits"),
        (["x", "--against", "y", "--signed-by", "AUTO-1"], "names no key-cert yet"),
        (["x", "--against", "y", "--unknown"], "No such option"),
    ],
)
def test_a_command_line_that_means_nothing_ends_with_2(args: list[str], message: str) -> None:
    """And says what it lacks."""
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_nothing_of_a_file_reaches_the_terminal_unescaped(tmp_path: Path, stored: Path) -> None:
    """Names with control characters are written out."""
    path = tmp_path / "odd\x1b[2Jname"
    path.write_text(UPDATE.replace("IRT-EXAMPLE", "IRT-\x1b[2J"))
    result = run(path, "--against", stored)
    assert "\x1b" not in result.stdout
    assert "\\x1b[2J" in result.stdout
