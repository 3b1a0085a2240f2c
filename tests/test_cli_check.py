"""`irtkit check`: files in, the registry's verdict out, whatever is wrong with some of the files."""

import gc
import gzip
import json
import os
import pty
import re
import subprocess
import sys
import weakref
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.against import with_against_repeated
from irtkit.cli.check import command
from irtkit.clients import submissions
from irtkit.clients.submissions import open_database
from irtkit.validation.objects import ObjectSet

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl"
PROGRAM = "import sys; from irtkit.cli.check import command; command(sys.argv[1:], prog_name='check')"
MNTNER = (
    "mntner:         EXNET-MNT\nadmin-c:        EP1-RIPE\nupd-to:         hostmaster@example.net\n"
    "auth:           PGPKEY-0A0B0C0D\nmnt-by:         EXNET-MNT\nsource:         RIPE\n"
)
IRT = (
    "irt:            irt-example\naddress:        Example Street 1\ne-mail:         csirt@example.net\n"
    "admin-c:        EP1-RIPE\ntech-c:         EP1-RIPE\nauth:           PGPKEY-0A0B0C0D\n"
    "mnt-by:         EXNET-MNT\nsource:         RIPE\n"
)
NET = (
    "inetnum:        192.0.2.0 - 192.0.2.127\nnetname:        EXAMPLE-NET\ncountry:        NL\n"
    "admin-c:        EP1-RIPE\ntech-c:         EP1-RIPE\nstatus:         ASSIGNED PA\nmnt-by:         EXNET-MNT\n"
    "source:         RIPE\n"
)
AROUND = "inetnum:        192.0.2.0 - 192.0.2.255\nstatus:         ALLOCATED PA\nsource:         RIPE\n"
BAD = IRT.replace("PGPKEY-0A0B0C0D", "PGPKEY-12XY5678")


def run(*args: str | Path, data: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], input=data, catch_exceptions=False)


def rows(result: Result) -> list[dict[str, Any]]:
    """The problems of a JSON report."""
    return list(json.loads(result.stdout)["problems"])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.rpsl"
    path.write_text(f"{MNTNER}\n{IRT}")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.rpsl"
    path.write_text(BAD)
    return path


def test_a_good_file_ends_with_0(good: Path) -> None:
    """And a line that says what was looked at."""
    result = run(good)
    assert (result.exit_code, result.stdout) == (0, "1 file, 2 objects: no problems\n")


def test_a_problem_is_shown_with_its_place(bad: Path) -> None:
    """File, line, column, severity, code, the line with a caret, what was expected, and who says so."""
    result = run(bad)
    lines = result.stdout.split("\n")
    assert result.exit_code == 1
    assert lines[0].startswith(f"{bad}:6:")
    assert "error[bad-value]: " in lines[0]
    assert lines[1] == "  6 | auth:           PGPKEY-12XY5678"
    assert lines[2].strip(" |~") == "^"
    assert lines[3].startswith("  hint: expected ")
    assert lines[4].startswith("  from: ")
    assert lines[-2] == "1 file, 1 object: 1 error"


def test_standard_input_is_a_dash() -> None:
    """It is called by its name."""
    result = run("-", data=BAD.encode())
    assert result.exit_code == 1
    assert result.stdout.startswith("standard input:6:")


def test_warnings_fail_if_it_has_to_be_strict(tmp_path: Path) -> None:
    """And what is only told never does."""
    path = tmp_path / "warned.rpsl"
    path.write_text(f"Dear all\n\n{MNTNER}")
    assert run(path).exit_code == 0
    assert run("--strict", path).exit_code == 1
    path.write_text(f"dry-run:\n{MNTNER}")
    assert run("--strict", path).exit_code == 0


def test_registries_differ(good: Path) -> None:
    """What RIPE takes, others may refuse."""
    for registry in ("apnic", "afrinic", "irrd"):
        assert run("--registry", registry, good).exit_code == 1
    assert run("--registry", "example", good).exit_code == 2


@pytest.mark.parametrize("form", ["json", "sarif", "github", "text"])
def test_every_format_tells_the_same(form: str, bad: Path, good: Path) -> None:
    """Where and what; each of them in its own way, and with the same exit status."""
    result = run("--format", form, bad, good)
    assert result.exit_code == 1
    if form == "json":
        document = json.loads(result.stdout)
        (row,) = document["problems"]
        assert (row["file"], row["line"], row["code"]) == (str(bad), 6, "bad-value")
        assert (document["summary"]["files"], document["summary"]["objects"]) == (2, 3)
    elif form == "sarif":
        (found,) = json.loads(result.stdout)["runs"][0]["results"]
        assert found["ruleId"] == "bad-value"
        assert found["locations"][0]["physicalLocation"]["region"]["startLine"] == 6
    elif form == "github":
        assert result.stdout.startswith(f"::error file={bad},line=6,")
        assert result.stdout.count("\n") == 1
    else:
        assert result.stdout.count("error[bad-value]") == 1


def test_one_bad_file_stops_no_other(tmp_path: Path, bad: Path) -> None:
    """Missing, a folder, no text, compressed, no name at all: each is told, and the others are checked."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "utf16").write_text(MNTNER, encoding="utf-16")
    (tmp_path / "packed").write_bytes(gzip.compress(MNTNER.encode()))
    (tmp_path / "nul").write_bytes(MNTNER.encode() + b"\0\n")
    (tmp_path / "cp1252").write_bytes(MNTNER.encode().replace(b"admin-c", b"remarks:  \x93\nadmin-c"))
    (tmp_path / "ends").write_bytes(MNTNER.replace("\n", "\r\n", 2).encode())
    (tmp_path / "half").write_text(f"{MNTNER}\n{IRT[: IRT.index('tech-c') + 4]}")
    (tmp_path / "most").write_text(f"{MNTNER}\n{IRT[: IRT.index('EXNET') + 3]}")
    names = ["gone", "folder", "utf16", "packed", "nul", "cp1252", "ends", "half", "most", "a\0b"]
    result = run(*(tmp_path / name for name in names), bad, "--format", "json")
    assert result.exit_code == 1
    rows = json.loads(result.stdout)["problems"]
    found = {name: {r["code"] for r in rows if r["file"] == str(tmp_path / name)} for name in names}
    assert found["gone"] == found["folder"] == found["a\0b"] == {"unreadable-file"}
    assert found["utf16"] == found["packed"] == {"not-text"}
    assert "not-text" in found["nul"]
    assert "unknown-encoding" in found["cp1252"]
    assert found["ends"] == {"mixed-line-ends"}
    assert found["half"] == {"no-colon"}
    assert found["most"] == {"missing-attribute"}
    assert {r["code"] for r in rows if r["file"] == str(bad)} == {"bad-value"}
    places = [(r["line"], r["column"]) for r in rows if r["file"] == str(tmp_path / "nul") and r["code"] == "not-text"]
    assert places == [(7, 1)]


def test_a_file_may_be_too_large(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless input ends."""
    monkeypatch.setattr(submissions, "LARGEST", 100)
    result = run(bad)
    assert result.exit_code == 1
    assert "is larger than" in result.stdout


def test_many_problems_do_not_drown_the_rest(tmp_path: Path, good: Path) -> None:
    """So many of each file are shown, all are counted, by code, too."""
    path = tmp_path / "many.rpsl"
    path.write_text(MNTNER + "foo: bar\n" * 100_000)
    fewer = tmp_path / "fewer.rpsl"
    fewer.write_text(MNTNER + "foo: bar\n" * 2_000)
    result = run(path, good)
    assert result.exit_code == 1
    assert result.stdout.count("error[unknown-attribute]:") == 100
    assert f"{path}: 99,900 more problems, not shown\n" in result.stdout
    assert result.stdout.endswith("2 files, 3 objects: 100,000 errors\n  error[unknown-attribute]      100,000\n")
    assert run(fewer, "--max-problems", "3").stdout.count("error[unknown-attribute]:") == 3
    few = json.loads(run(fewer, "--max-problems", "2", "-f", "json").stdout)
    assert (len(few["problems"]), few["summary"]["not_shown"]) == (2, 1_998)
    everything = json.loads(run(fewer, "-f", "json").stdout)
    assert len(everything["problems"]) == 2_000


def test_files_know_each_other(tmp_path: Path) -> None:
    """An object of one file may refer to one of another, and not to one that is deleted there."""
    (tmp_path / "net").write_text(IRT)
    (tmp_path / "mnt").write_text(f"{MNTNER}delete: unused\n")
    result = run(tmp_path / "net", tmp_path / "mnt", "--format", "json")
    assert [(row["file"], row["code"]) for row in json.loads(result.stdout)["problems"]] == [
        (str(tmp_path / "mnt"), "still-referenced")
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_references_are_looked_up(packed: bool, tmp_path: Path, good: Path) -> None:
    """In files, plain or gzip, or in a folder of them."""
    person = "person: Example Person\nnic-hdl: EP1-RIPE\nsource: RIPE\n"
    stored = f"# a dump\n\n{person}\nkey-cert: PGPKEY-00000000\nsource: RIPE\n"
    folder = tmp_path / "dumps"
    folder.mkdir()
    path = folder / ("ripe.db.gz" if packed else "ripe.db")
    path.write_bytes(gzip.compress(stored.encode()) if packed else stored.encode())
    for place in (path, folder):
        result = run(good, "--format", "json", "--against", place)
        assert [row["code"] for row in json.loads(result.stdout)["problems"]] == ["unknown-reference"] * 2


def test_a_database_that_cannot_be_read_is_told(tmp_path: Path, bad: Path) -> None:
    """And everything is checked without it."""
    (tmp_path / "damaged.gz").write_bytes(gzip.compress(b"irt: x\n" * 1000)[:-20])
    (tmp_path / "empty").mkdir()
    (tmp_path / "prose").write_text("Nothing to see here.\n")
    names = ["gone", "damaged.gz", "empty", "prose"]
    result = run(bad, "--format", "json", "--against", *(tmp_path / name for name in names))
    assert result.exit_code == 1
    assert [(row["file"], row["code"]) for row in rows(result)] == [
        *((str(tmp_path / name), "unusable-database") for name in names),
        (str(bad), "bad-value"),
    ]


def test_a_database_that_lacks_a_part_decides_nothing(tmp_path: Path) -> None:
    """What is not in the rest of it may be in the part that cannot be read."""
    (tmp_path / "net").write_text(NET.replace("ASSIGNED PA", "ASSIGNED PI"))
    (tmp_path / "there").write_text(f"mntner: OTHER-MNT\nsource: RIPE\n\n{AROUND}")
    found = [row["code"] for row in rows(run(tmp_path / "net", "-f", "json", "--against", tmp_path / "there"))]
    assert found == ["parent-status", "unknown-reference"]
    partial = run(tmp_path / "net", "-f", "json", "--against", tmp_path / "there", tmp_path / "gone")
    assert [row["code"] for row in rows(partial)] == ["unusable-database"]


def test_every_hint_about_auth_tells_the_same(tmp_path: Path) -> None:
    """Nobody is sent to passwords where the registry refuses them, and to the others' passwords everybody is."""
    path = tmp_path / "irt.rpsl"
    path.write_text(f"{IRT}auth: MD5-PW $1$abc$def\nauth: PGPKEY-12XY5678\n")
    found = {
        registry: [
            (row["code"], "MD5-PW" in row["hint"])
            for row in rows(run(path, "-f", "json", "--registry", registry))
            if row["line"] in (9, 10)
        ]
        for registry in ("ripe", "apnic", "afrinic")
    }
    assert found["ripe"] == [("md5-password", False), ("bad-value", False), ("bad-value", False)]
    assert found["apnic"] == found["afrinic"] == [("bad-value", True)] * 2


def test_standard_input_is_no_database(good: Path) -> None:
    result = run(good, "--against", "-")
    assert result.exit_code == 2
    assert "standard input is for FILE" in result.stderr


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """What is expected instead is said."""
    (row,) = rows(run(tmp_path, "-f", "json"))
    assert row["message"] == f"is a folder; expected files, such as {tmp_path}/*"


def test_a_database_may_be_too_large(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects are kept in memory, so there is a limit."""
    monkeypatch.setattr(submissions, "LARGEST", 100)
    database = open_database([str(good)], "ripe")
    assert database.objects is None
    assert [(name, "build an index" in problem.message) for name, problem in database.faults] == [(str(good), True)]


def test_no_search_for_circles_goes_through_what_a_check_made(
    good: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The objects checked, and those they are checked against, are gone before Python may search again."""
    made: list[weakref.ref[ObjectSet]] = []
    left: list[ObjectSet | None] = []
    add, enable = ObjectSet.add, gc.enable

    def added(objects: ObjectSet, *args: Any) -> None:
        made.append(weakref.ref(objects))
        add(objects, *args)

    def enabled() -> None:
        left.extend(one() for one in made)
        enable()

    monkeypatch.setattr(ObjectSet, "add", added)
    monkeypatch.setattr(gc, "enable", enabled)
    assert rows(run("--format", "json", bad, "--against", good))
    assert made
    assert left == [None] * len(made)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["a", "--against", "b", "c"], ["a", "--against", "b", "--against", "c"]),
        (["--against", "b", "c", "--strict", "d"], ["--against", "b", "--against", "c", "--strict", "d"]),
        (["--against", "b", "--", "c"], ["--against", "b", "--", "c"]),
        (["--against=b", "c"], ["--against=b", "c"]),
        (["--against", "b", "-", "c"], ["--against", "b", "--against", "-", "--against", "c"]),
        (["a", "--against"], ["a", "--against"]),
        (["a", "--", "--against", "--", "b"], ["a", "--", "--against", "--", "b"]),
    ],
)
def test_against_takes_what_follows_it(args: list[str], expected: list[str]) -> None:
    """Up to the next option, or to two dashes."""
    assert list(with_against_repeated(args)) == expected


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "Missing argument 'FILE...'."),
        (["--against", "a", "b"], "What follows --against belongs to it"),
        (["--against", "--", "a"], "Option '--against' requires an argument: the paths that follow it end at the next"),
        (["a", "--against", "--strict"], "put ./ before one that begins with -"),
        (["a", "--against", "b", "--against", "--against", "c"], "Option '--against' requires an argument"),
        (["a", "--against"], "Option '--against' requires an argument"),
        (["-", "a", "-"], "Invalid value for 'FILE...': standard input is named twice"),
        (["a", "--format", "xml"], "'xml' is not one of"),
        (["a", "--max-problems", "-1"], "-1 is not in the range"),
        (["a", "--no-such-option"], "No such option"),
    ],
)
def test_a_command_line_that_means_nothing_ends_with_2(args: list[str], message: str) -> None:
    """And says why."""
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_usage_error_of_against_says_where_help_is() -> None:
    """Like every other."""
    assert run("a", "--against", "--").stderr.startswith("Usage: check [OPTIONS] FILE...\nTry 'check --help'")


def test_what_stands_behind_two_dashes_is_a_file(good: Path) -> None:
    """Whatever it looks like."""
    result = run("--against", good, "--", "--against", "--", "-f")
    assert [line.split(":")[0] for line in result.stdout.splitlines() if "[unreadable-file]: " in line] == [
        "--against",
        "--",
        "-f",
    ]


def test_colours_are_for_terminals(bad: Path) -> None:
    """A pipe gets none, and neither does who sets NO_COLOR."""
    assert "\x1b" not in run(bad).stdout
    for extra, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        leader, follower = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | extra
        arguments = [sys.executable, "-c", PROGRAM, str(bad)]
        done = subprocess.run(arguments, stdout=follower, env=environment, check=False, timeout=60)
        os.close(follower)
        with os.fdopen(leader, "rb", buffering=0) as terminal:
            assert (b"\x1b[1;31m" in terminal.read(10_000)) == coloured
        assert done.returncode == 1


def test_standard_input_may_be_closed() -> None:
    """That is a problem like another."""
    arguments = ["bash", "-c", f'{sys.executable} -c "$0" - <&-', PROGRAM]
    done = subprocess.run(arguments, capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stdout.startswith(b"standard input: error[unreadable-file]: is closed\n")


def test_the_hooks_call_commands_that_exist() -> None:
    """With options that they have."""
    text = (FIXTURES.parents[1] / ".pre-commit-hooks.yaml").read_text("utf-8")
    entries = re.findall(r"^  entry: irtkit (\w+)((?: --[\w-]+)*)$", text, re.MULTILINE)
    assert [verb for verb, _ in entries] == ["check", "format"]
    for verb, options in entries:
        known = {name for option in import_module(f"irtkit.cli.{verb}").command.params for name in option.opts}
        assert set(options.split()) <= known


def test_the_verdict_does_not_depend_on_the_run() -> None:
    """Nor on how Python orders sets in it."""
    paths = sorted(str(path) for path in FIXTURES.rglob("*") if path.suffix == ".rpsl" or path.parent.name == "dumps")
    arguments = [sys.executable, "-c", PROGRAM, *paths, "--format", "json", "--against", str(FIXTURES / "dumps")]
    answers = {
        subprocess.run(
            arguments, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=False, timeout=100
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1
    assert len(json.loads(answers.pop())["problems"]) > 100


def test_checking_needs_no_arrays(good: Path) -> None:
    """NumPy, Arrow and rich stay where they are."""
    program = (
        "import sys, atexit\nheavy = {'numpy', 'pyarrow', 'rich', 'httpx'}\n"
        f"atexit.register(lambda: print(sorted(heavy & set(sys.modules)), file=sys.stderr))\n{PROGRAM}"
    )
    done = subprocess.run([sys.executable, "-c", program, str(good)], capture_output=True, check=False, timeout=60)
    assert done.stderr.decode().strip() == "[]"
    assert done.returncode == 0
