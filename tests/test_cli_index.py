"""`irtkit index`: what a build reports, what an index says of itself, and whether it is whole."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import irtkit

PROJECT = Path(__file__).resolve().parents[1]
DUMPS = PROJECT / "fixtures" / "rpsl" / "dumps"
IRTKIT = str(Path(sys.executable).with_name("irtkit"))

BROKEN = """\
# a dump in which not everything is an object

inetnum:        192.0.2.0 - 192.0.2.255
netname:        EXAMPLE
source:         RIPE

this paragraph is prose

inetnum:        192.0.2.300
source:         RIPE

role:           Abuse desk
nic-hdl:        AR1-EXAMPLE
source:         RIPE

*xxinetnum:     198.51.100.0 - 198.51.100.255
source:         RIPE

person:         Somebody
nic-hdl:        SB1-EXAMPLE
source:         RIPE
"""


def irtkit_command(*args: str | Path, status: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
    answer = subprocess.run([IRTKIT, *map(str, args)], capture_output=True, text=True, check=False, **options)
    assert answer.returncode == status, answer.stderr
    return answer


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Of dumps of which one was modified at a known time."""
    path, dumps = tmp_path / "fixtures.irt", tmp_path / "dumps"
    shutil.copytree(DUMPS, dumps)
    os.utime(dumps / "ripe.db.inetnum", (0, 1_700_000_000.9))
    irtkit_command("index", "build", dumps, "--output", path)
    return path


def test_a_build_says_what_it_read(tmp_path: Path) -> None:
    """Objects of each file and of each source and class, the size of the index and the time it took."""
    path = tmp_path / "index.irt"
    said = irtkit_command("index", "build", DUMPS / "ripe.db.inetnum", DUMPS / "ripe.db.irt", "-o", path).stdout
    lines = said.splitlines()
    assert lines[0] == f"{DUMPS / 'ripe.db.inetnum'}: 11 objects"
    assert [line.split() for line in lines[3:5]] == [["RIPE", "inetnum", "11"], ["RIPE", "irt", "3"]]
    assert re.fullmatch(rf"{re.escape(str(path))}: [\d.]+ kB in \d+\.\d s", lines[-1])


def test_objects_that_cannot_be_read_are_counted_and_shown(tmp_path: Path) -> None:
    """Each with its line, the first few of a file; the rest goes on."""
    dump, path = tmp_path / "mixed.db", tmp_path / "index.irt"
    dump.write_text(BROKEN)
    answer = irtkit_command("index", "build", dump, "--output", path)
    assert answer.stderr.splitlines() == [
        f"irtkit: warning: {dump}:7: expected a class name and a colon, got 'this paragraph is prose'",
        f"irtkit: warning: {dump}:9: inetnum: '192.0.2.300', column 9: expected an octet from 0 to 255",
    ]
    assert answer.stdout.splitlines()[0] == f"{dump}: 4 objects, 1 deleted, 2 rejected"
    assert irtkit.open_index(path).resolve("192.0.2.7").netname == "EXAMPLE"
    dump.write_text(BROKEN + "\nprose\n" * 50)
    shown = irtkit_command("index", "build", dump, "--output", path).stderr.splitlines()
    assert [line.split(": ", 2)[1] for line in shown[:3]] == ["warning"] * 3
    assert shown[3:] == [f"irtkit: warning: {dump}: 49 more objects that cannot be read"]


def test_resolve_warns_of_dumps_as_a_build_does(tmp_path: Path) -> None:
    """Of an index that is made for one call, too."""
    dump = tmp_path / "mixed.db"
    dump.write_text(f"{BROKEN}\ninetnum: 10.0.0.0/8")
    built = irtkit_command("index", "build", dump, "--output", tmp_path / "index.irt")
    asked = irtkit_command("resolve", "192.0.2.7", "--dumps", dump)
    assert len(asked.stderr.splitlines()) == 3
    assert built.stderr.startswith(asked.stderr)


def test_a_build_warns_of_a_dump_that_may_be_cut_off(tmp_path: Path) -> None:
    """One that ends without a line feed, plain or gzip; what is there of its last object is taken."""
    whole = "".join(f"inetnum: 192.0.2.{number}\nsource: RIPE\n\n" for number in range(100))
    half, path = "inetnum: 198.51.100.0 - 198.51.100.255\nsource: RIPE\nnetname: CUT-O", tmp_path / "index.irt"
    for name, text in (("whole", whole), ("cut", whole + half)):
        (tmp_path / name).write_text(text)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    for suffix in ("", ".gz"):
        cut = tmp_path / f"cut{suffix}"
        answer = irtkit_command("index", "build", tmp_path / f"whole{suffix}", cut, "--output", path)
        assert answer.stderr == f"irtkit: warning: {cut}: does not end with a line feed and may be cut off\n"
        assert answer.stdout.splitlines()[:2] == [f"{tmp_path / f'whole{suffix}'}: 100 objects", f"{cut}: 101 objects"]
        assert irtkit.open_index(path).resolve("198.51.100.7").netname == "CUT-O"


def test_objects_without_source_are_called_so(tmp_path: Path) -> None:
    """In a warning, too, which has no name for them."""
    dump = tmp_path / "dump"
    dump.write_text("inetnum: 192.0.2.0 - 192.0.2.255\nmnt-irt: IRT-X\n")
    said = irtkit_command("index", "build", dump, "--output", tmp_path / "index.irt").stderr
    lacking = "there are address objects but no irt objects: mailboxes of irts cannot be found"
    assert said == f"irtkit: warning: objects without source: {lacking}\n"


def test_a_build_warns_of_contacts_that_cannot_be_found(tmp_path: Path) -> None:
    """When objects name what the dumps do not hold at all."""
    said = irtkit_command("index", "build", DUMPS / "ripe.db.inetnum", "-o", tmp_path / "index.irt").stderr
    assert said.splitlines() == [
        f"irtkit: warning: source RIPE has address objects but no {lacking} cannot be found"
        for lacking in (
            "irt objects: mailboxes of irts",
            "organisation objects: abuse-c contacts of organisations",
            "role objects: abuse-c contacts",
        )
    ]
    complete = irtkit_command("index", "build", *DUMPS.glob("ripe.*"), "-o", tmp_path / "index.irt").stderr
    assert complete == ""


def test_what_a_file_holds_is_told_by_its_content(tmp_path: Path) -> None:
    """Its name says nothing; gzip and plain, alone and in folders, with a compressed twin or without."""
    answers = []
    for number, suffix in enumerate(("", ".gz")):
        folder = tmp_path / f"folder{number}"
        folder.mkdir()
        for count, dump in enumerate(sorted(DUMPS.glob("*.db*"))):
            text = dump.read_bytes()
            (folder / f"{count}{suffix}").write_bytes(gzip.compress(text) if suffix else text)
        (folder / "README").write_text("no dump\n")
        (folder / "folder").mkdir()
        irtkit_command("index", "build", folder, "--output", tmp_path / "index.irt")
        answers.append(irtkit_command("resolve", "192.0.2.7", "--index", tmp_path / "index.irt").stdout)
    for path in (tmp_path / "folder1").iterdir():
        if path.suffix:
            shutil.copy(tmp_path / "folder0" / path.stem, path.with_suffix(""))
    answer = irtkit_command("index", "build", tmp_path / "folder1", "--output", tmp_path / "index.irt")
    assert len([line for line in answer.stdout.splitlines() if ".gz: " in line]) == len(list(DUMPS.glob("*.db*")))
    answers.append(irtkit_command("resolve", "192.0.2.7", "--index", tmp_path / "index.irt").stdout)
    assert len(set(answers)) == 1


def test_without_output_the_index_goes_where_it_is_looked_for(tmp_path: Path) -> None:
    """To IRTKIT_INDEX, else into the user's data directory; folders are made."""
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "IRTKIT_INDEX": ""}
    for expected in (tmp_path / "data" / "irtkit" / "index.irt", tmp_path / "elsewhere" / "my.irt"):
        irtkit_command("index", "build", DUMPS, env=environment)
        assert list(expected.parent.iterdir()) == [expected]
        assert "192.0.2.0" in irtkit_command("resolve", "192.0.2.7", env=environment).stdout
        assert str(expected) in irtkit_command("index", "info", env=environment).stdout
        assert str(expected) in irtkit_command("index", "verify", env=environment).stdout
        environment["IRTKIT_INDEX"] = str(tmp_path / "elsewhere" / "my.irt")


def test_info_says_what_an_index_was_made_of(index: Path) -> None:
    """When, of which sources and classes, and of which files, each with its date."""
    said = irtkit_command("index", "info", index).stdout.splitlines()
    assert re.fullmatch(rf"{re.escape(str(index))}: [\d.]+ kB, built \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", said[0])
    assert ["RIPE", "inetnum", "11"] in [line.split() for line in said]
    assert "ripe.db.inetnum: 4,625 bytes, 11 objects, last modified 2023-11-14T22:13:20+00:00" in said


def test_info_is_one_json_object_on_request(index: Path) -> None:
    """With the same facts."""
    said = json.loads(irtkit_command("index", "info", index, "--json").stdout)
    assert said["path"] == str(index)
    assert said["size"] == index.stat().st_size
    assert (said["format"], said["version"]) == ("irtkit-index", 3)
    assert {"source": "RIPE", "class": "inetnum", "count": 11} in said["objects"]
    modified = "2023-11-14T22:13:20+00:00"
    facts = {"name": "ripe.db.inetnum", "size": 4625, "modified": modified, "objects": 11, "rejected": 0}
    assert facts in said["files"]


def test_info_shows_an_index_that_does_not_know_the_dates_of_its_dumps(index: Path) -> None:
    """One that was built before indexes knew them, or of a file whose time is no date."""
    content = index.read_bytes()
    dates = re.compile(rb'( \\"modified\\": )(\\"[^"]*\\"),')
    assert dates.search(content) is not None
    for instead in (
        lambda found: b"".ljust(len(found[0])),
        lambda found: found[1] + b"null".ljust(len(found[2])) + b",",
    ):
        index.write_bytes(dates.sub(instead, content))
        assert irtkit_command("index", "verify", index).stdout == f"{index}: whole\n"
        assert "ripe.db.inetnum: 4,625 bytes, 11 objects" in irtkit_command("index", "info", index).stdout.splitlines()
        said = json.loads(irtkit_command("index", "info", index, "--json").stdout)
        facts = {"name": "ripe.db.inetnum", "size": 4625, "modified": None, "objects": 11, "rejected": 0}
        assert facts in said["files"]


def test_info_neutralises_what_files_are_called(tmp_path: Path) -> None:
    """A name that steers a terminal is printed without that."""
    dump = tmp_path / "\x1b[2Jdump"
    shutil.copy(DUMPS / "ripe.db.inetnum", dump)
    built = irtkit_command("index", "build", dump, "--output", tmp_path / "index.irt")
    said = irtkit_command("index", "info", tmp_path / "index.irt")
    assert "\x1b" not in built.stdout + built.stderr + said.stdout
    assert "�[2Jdump: 11 objects" in built.stdout
    assert "�[2Jdump: 4,625 bytes" in said.stdout


def test_verify_says_that_an_index_is_whole(index: Path) -> None:
    """With status 0."""
    assert irtkit_command("index", "verify", index).stdout == f"{index}: whole\n"


def test_verify_says_what_is_wrong_with_an_index(index: Path) -> None:
    """A line for each fault, and status 1."""
    content = bytearray(index.read_bytes())
    content[-1] ^= 0xFF
    index.write_bytes(content)
    answer = irtkit_command("index", "verify", index, status=1)
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    assert lines[0].startswith(f"irtkit: error: {index}: the array ")
    assert lines[0].endswith(" does not have its checksum")
    assert all(line.startswith(f"irtkit: error: {index}: ") for line in lines)


@pytest.mark.parametrize(
    "args", [["index", "build"], ["index"], ["index", "forget"], ["index", "info", "a", "b"], ["x"]]
)
def test_a_command_line_that_means_nothing_ends_with_2(args: list[str]) -> None:
    """And says how it goes."""
    assert "Usage: irtkit" in irtkit_command(*args, status=2).stderr


@pytest.mark.parametrize(
    "args", [[], ["resolve"], ["index"], ["index", "build"], ["index", "info"], ["index", "verify"]]
)
def test_every_command_has_help(args: list[str]) -> None:
    """Under both names, and it costs no arrays."""
    assert irtkit_command(*args, "-h").stdout == irtkit_command(*args, "--help").stdout
    program = (
        "import sys\nfrom irtkit.cli import main\n"
        f"sys.argv = ['irtkit', *{args!r}, '--help']\n"
        "try: main()\nexcept SystemExit: print(*{name.partition('.')[0] for name in sys.modules})"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(answer.stdout.splitlines()[-1].split()) & {"numpy", "pyarrow", "rich", "platformdirs"} == set()
