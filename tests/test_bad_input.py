"""Bad input ends with one line that names the file and what was expected, with status 1, and harms nothing."""

import ctypes
import gzip
import os
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import irtkit
from irtkit.clients.outputs import replacing

DUMPS = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl" / "dumps"
IRTKIT = str(Path(sys.executable).with_name("irtkit"))
OBJECT = "inetnum:        192.0.2.0 - 192.0.2.255\nnetname:        EXAMPLE\nsource:         RIPE\n\n"
PR_CAPBSET_DROP = 24

DAMAGE = """
import random, sys
from pathlib import Path
from click.testing import CliRunner
from irtkit.cli import main

source, folder, seed = Path(sys.argv[1]), Path(sys.argv[2]), random.Random(sys.argv[3])
whole = source.read_bytes()
header = 8 + int.from_bytes(whole[:8], "little")
damaged, listed = folder / "damaged.irt", folder / "list"
listed.write_text("192.0.2.7\\n2001:db8::1\\n10.0.0.1\\n192.0.2.0/25\\nnonsense\\n198.51.100.9\\n")

def damage():
    content = bytearray(whole)
    kind = seed.choice(["bit", "bytes", "header", "zeros", "cut", "tail"])
    if kind == "cut":
        return kind, content[: seed.randrange(len(whole))]
    if kind == "tail":
        return kind, content + seed.randbytes(seed.randrange(1, 99))
    if kind == "zeros":
        at = seed.randrange(len(whole))
        content[at : at + 64] = bytes(len(content[at : at + 64]))
        return kind, content
    for _ in range(1 if kind == "bit" else seed.choice([1, 4, 64])):
        at = seed.randrange(header if kind == "header" else len(whole))
        content[at] = content[at] ^ 1 << seed.randrange(8) if kind == "bit" else seed.randrange(256)
    return kind, content

for number in range(int(sys.argv[4])):
    kind, content = damage()
    damaged.write_bytes(content)
    commands = [["resolve", "192.0.2.7", "2001:db8::1", "192.0.2.0/24"], ["resolve", "192.0.2.7", "--explain"]]
    for form in ("csv", "jsonl", "parquet", "txt"):
        commands.append(["resolve", "-i", str(listed), "-o", str(folder / f"a.{form}")])
    commands = [[*command, "--index", str(damaged)] for command in commands]
    commands += [["index", "info", str(damaged)], ["index", "verify", str(damaged)]]
    for command in commands:
        answer = CliRunner().invoke(main, command)
        told = answer.exit_code == 1 and answer.output.startswith(f"irtkit: error: {damaged}: ")
        one_line = answer.output.count("\\n") == 1 or command[1] == "verify"
        if not (answer.exit_code == 0 or (told and one_line)):
            sys.exit(f"{number} {kind} {command}: {answer.exit_code} {answer.output} {answer.exception!r}")
    if kind in ("cut", "tail") and answer.exit_code == 0:
        sys.exit(f"{number} {kind}: taken for whole")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an index that has to survive."""
    place = tmp_path / "place"
    place.mkdir()
    built = run("index", "build", DUMPS, "--output", place / "old.irt")
    assert built.returncode == 0
    return place


def run(*args: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run irtkit, Python's warnings as errors."""
    environment = {**os.environ, "PYTHONWARNINGS": "error", **options.pop("environment", {})}
    command = [IRTKIT, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **options)


def assert_refused(answer: subprocess.CompletedProcess[str], beginning: str) -> None:
    """One line, and status 1."""
    assert answer.stderr.startswith(f"irtkit: error: {beginning}"), answer.stderr
    assert answer.stderr.count("\n") == 1, answer.stderr
    assert (answer.returncode, answer.stdout) == (1, "")


def assert_build_refused(folder: Path, paths: list[Path], beginning: str, **options: Any) -> None:
    """And the old index is what it was, and alone."""
    old = (folder / "old.irt").read_bytes()
    assert_refused(run("index", "build", *paths, "--output", folder / "old.irt", **options), beginning)
    assert (folder / "old.irt").read_bytes() == old
    assert [path.name for path in folder.iterdir()] == ["old.irt"]


@cache
def packed(text: bytes | None = None) -> bytes:
    """A gzip file, of *text* or of a sound dump."""
    words = random.Random(7)
    dump = "".join(f"{OBJECT[:-1]}remarks:        {words.getrandbits(200):x}\n\n" for _ in range(2000))
    return gzip.compress(dump.encode() if text is None else text)


NO_OBJECT = ":1: holds no RPSL object; expected a registry dump, plain or gzip"
TRUNCATED = ": gzip file is truncated; expected its end marker"
BOMB = ": expands to more than 200 times its size; expected a registry dump"
NO_DUMPS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "truncated": ("ripe.db.gz", lambda: packed()[:-1000], TRUNCATED),
    "truncated header": ("ripe.db.gz", lambda: packed()[:12], TRUNCATED),
    "damaged": ("ripe.db.gz", lambda: packed()[:200] + b"\xff" * 50 + packed()[250:], ": gzip file is damaged: "),
    "wrong checksum": ("ripe.db.gz", lambda: packed()[:-8] + b"\0" * 8, ": gzip file is damaged: "),
    "bomb of zeros": ("ripe.db.gz", lambda: packed(b"\0" * (100 << 20)), BOMB),
    "bomb of objects": ("ripe.db.gz", lambda: packed(OBJECT.encode() * 1_500_000), BOMB),
    "empty gzip": ("ripe.db.gz", lambda: packed(b""), NO_OBJECT),
    "empty": ("ripe.db", lambda: b"", NO_OBJECT),
    "comments": ("ripe.db", lambda: b"\n\n# nothing\n\n", NO_OBJECT),
    "prose": ("ripe.db", lambda: b"Once upon a time\nthere was prose.\n\nIt went on.\n", NO_OBJECT),
    "binary": ("ripe.db", lambda: random.Random(1).randbytes(3_000_000), NO_OBJECT),
    "line of 50 MB": ("ripe.db", lambda: b"x" * 50_000_000, NO_OBJECT),
    "web page": ("ripe.db", lambda: b'<?xml version="1.0"?>\n<html></html>\n', NO_OBJECT),
}


@pytest.mark.parametrize("case", NO_DUMPS)
def test_a_file_that_is_no_dump_is_refused(case: str, folder: Path, tmp_path: Path) -> None:
    """Alone, and among others that are dumps; also instead of an index."""
    name, content, message = NO_DUMPS[case]
    bad = tmp_path / name
    bad.write_bytes(content())
    assert_build_refused(folder, [bad], f"{bad}{message}")
    assert_build_refused(folder, [DUMPS / "ripe.db.irt", bad, DUMPS / "ripe.db.role"], f"{bad}{message}")
    assert_refused(run("resolve", "192.0.2.7", "--dumps", bad), f"{bad}{message}")


TOO_LARGE: dict[str, Callable[[], str]] = {
    "object of 50 MB": lambda: "inetnum: 198.51.100.0 - 198.51.100.255\n" + "remarks: x\n" * 4_600_000,
    "line of 50 MB": lambda: f"inetnum: 198.51.100.0 - 198.51.100.255\nremarks: {'x' * 50_000_000}\nsource: RIPE\n",
    "key of 50 MB": lambda: f"inetnum: {'x' * 50_000_000}\n",
    "prose of 50 MB": lambda: f"{'x' * 50_000_000}\n",
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_is_too_large_is_counted_and_the_rest_goes_on(case: str, folder: Path, tmp_path: Path) -> None:
    """With the line where it begins."""
    bad = tmp_path / "ripe.db"
    bad.write_text(f"# a header\n\n{OBJECT}{TOO_LARGE[case]()}\n{OBJECT.replace('192.0.2', '203.0.113')}")
    answer = run("index", "build", bad, "--output", folder / "new.irt")
    assert answer.returncode == 0
    assert answer.stderr == f"irtkit: warning: {bad}:7: object larger than 5,000,000 bytes skipped\n"
    assert answer.stdout.startswith(f"{bad}: 2 objects, 1 rejected\n")
    index = irtkit.open_index(folder / "new.irt")
    found = [index.resolve(address).netname for address in ("192.0.2.7", "198.51.100.7", "203.0.113.7")]
    assert found == ["EXAMPLE", None, "EXAMPLE"]


def test_a_folder_without_dumps_is_refused(folder: Path, tmp_path: Path) -> None:
    """Empty, or with other files only; and so is a path that leads nowhere."""
    empty = tmp_path / "empty"
    empty.mkdir()
    message = ": holds no registry dump; expected files of RPSL objects, plain or gzip"
    assert_build_refused(folder, [empty], f"{empty}{message}")
    (empty / "notes.txt").write_text("prose\n")
    (empty / "picture.gz").write_bytes(gzip.compress(b"\x89PNG"))
    (empty / "folder").mkdir()
    assert_build_refused(folder, [empty], f"{empty}{message}")
    assert_build_refused(folder, [tmp_path / "missing"], f"{tmp_path / 'missing'}: no such file or folder")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, ": no such index; make one with `irtkit index build DUMP... --output INDEX`"),
        (b"", ": cannot be opened: it is empty"),
        (b"192.0.2.7\n", ": is not an irtkit index, or is damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 5000, ": is not an irtkit index, or is damaged"),
        (gzip.compress(OBJECT.encode()), ": is not an irtkit index, or is damaged"),
        (
            (40).to_bytes(8, "little") + b'{"a":{"dtype":"U8","data_offsets":[0]}}  ',
            ": is not an irtkit index, or is dam",
        ),
    ],
    ids=["missing", "empty", "text", "picture", "dump", "foreign safetensors"],
)
def test_a_file_that_is_no_index_is_refused(content: bytes | None, message: str, tmp_path: Path) -> None:
    """By every verb that opens one."""
    path = tmp_path / "my.irt"
    if content is not None:
        path.write_bytes(content)
    (tmp_path / "list").write_text("192.0.2.7\n")
    for args in (["resolve", "192.0.2.7", "--index"], ["resolve", "-i", tmp_path / "list", "--index"]):
        assert_refused(run(*args, path), f"{path}{message}")
    for verb in ("info", "verify"):
        assert_refused(run("index", verb, path), f"{path}{message}")


def test_an_index_of_another_version_is_refused(folder: Path) -> None:
    """It says which, and what to do."""
    path = folder / "old.irt"
    path.write_bytes(path.read_bytes().replace(b'"version":"3"', b'"version":"7"'))
    expected = f"{path}: has format version 7, expected 3; build it again"
    assert_refused(run("resolve", "192.0.2.7", "--index", path), expected)


def test_a_truncated_index_is_refused(folder: Path) -> None:
    """Wherever it was cut, by the length that its header promises."""
    path = folder / "old.irt"
    whole = path.read_bytes()
    for length in (1, 7, 8, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert_refused(run("resolve", "192.0.2.7", "--index", path), f"{path}: ")


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_index_never_ends_in_a_traceback(seed: int, folder: Path) -> None:
    """Whatever bytes are changed, every verb ends with an answer or with one line; no crash either."""
    command: list[str | Path] = [sys.executable, "-c", DAMAGE, folder / "old.irt", folder, str(seed), "25"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


def limited(size: int) -> Callable[[], None]:
    """Let a process write files of this size at most, as on a disk that is full then."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_disk_that_becomes_full_is_told(folder: Path, tmp_path: Path) -> None:
    """By a build and by each format of an output; nothing half is left."""
    message = ": cannot be written: file too large"
    assert_build_refused(folder, [DUMPS], f"{folder / 'old.irt'}{message}", preexec_fn=limited(4096))
    listed = tmp_path / "list"
    listed.write_text("192.0.2.7\n" * 1000)
    answers = tmp_path / "answers"
    answers.mkdir()
    for form in ("csv", "jsonl", "table"):
        target = answers / f"answers.{form}"
        command: list[str | Path] = ["resolve", "-i", listed, "-f", form, "-o", target, "--index", folder / "old.irt"]
        assert_refused(run(*command, preexec_fn=limited(4096)), f"{target}{message}")
    target = answers / "answers.parquet"
    command = ["resolve", "-i", listed, "-o", target, "--index", folder / "old.irt"]
    assert_refused(run(*command, preexec_fn=limited(64)), f"{target}{message}")
    assert list(answers.iterdir()) == []
    temporary = {"TMPDIR": str(answers)}
    refused = run("resolve", "192.0.2.7", "--dumps", DUMPS, preexec_fn=limited(4096), environment=temporary)
    assert_refused(refused, f"{answers}/irtkit-")
    assert refused.stderr.endswith(f"{message}\n")
    assert list(answers.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to write to")
@pytest.mark.parametrize("many", [1, 1000])
def test_standard_output_that_is_full_is_told(many: int, folder: Path, tmp_path: Path) -> None:
    """Once, and not a second time at the end of the process."""
    (tmp_path / "list").write_text("192.0.2.7\n" * many)
    index = folder / "old.irt"
    for args in (["192.0.2.7"] * many, ["192.0.2.7", "--explain"], ["-i", tmp_path / "list"]):
        with open("/dev/full", "w", encoding="ascii") as full:  # noqa: PTH123 - a device
            answer = subprocess.run(
                [IRTKIT, "resolve", *args, "--index", index], stdout=full, stderr=subprocess.PIPE, check=False
            )
        assert answer.returncode == 1
        assert answer.stderr.startswith(b"irtkit: error: standard output: ")
        assert answer.stderr.endswith(b"no space left on device\n")
        assert answer.stderr.count(b"\n") == 1


def test_a_second_build_into_one_place_is_refused(folder: Path) -> None:
    """While the first one works, at once; afterwards it may."""
    path = folder / "old.irt"
    old = path.read_bytes()
    with replacing(str(folder / "old.irt")) as file:
        refused = run("index", "build", DUMPS, "--output", path)
        file.write(old)
    assert_refused(refused, f"{path}: another process is writing this file; wait for it to end")
    assert path.read_bytes() == old
    assert run("index", "build", DUMPS, "--output", path).returncode == 0


def test_two_builds_at_once_leave_one_whole_index(folder: Path) -> None:
    """Each succeeds or says why not, and what is there verifies."""
    path = folder / "old.irt"
    command: list[str | Path] = [IRTKIT, "index", "build", DUMPS, "--output", path]
    builds = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(4)]
    endings = [(build.communicate()[1].decode().splitlines(), build.returncode) for build in builds]
    for lines, status in endings:
        assert status in {0, 1}
        assert status == 0 or lines == [
            f"irtkit: error: {path}: another process is writing this file; wait for it to end"
        ]
    assert 0 in {status for _, status in endings}
    assert run("index", "verify", path).returncode == 0
    assert [entry.name for entry in folder.iterdir()] == ["old.irt"]


def drop_privileges() -> None:
    """Let the permissions of files count for root too: without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (Linux)."""
    for capability in (1, 2):
        if ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise PermissionError


@pytest.fixture
def unprivileged(tmp_path: Path) -> dict[str, Any]:
    """How to start a program so that it may not do everything."""
    options: dict[str, Any] = {"preexec_fn": drop_privileges} if os.geteuid() == 0 else {}
    secret = tmp_path / "secret"
    secret.touch(mode=0)
    try:
        allowed = subprocess.run(["cat", secret], check=False, capture_output=True, **options).returncode == 0
    except (subprocess.SubprocessError, AttributeError):
        allowed = True
    if allowed:
        pytest.skip("permissions of files do not count for whoever runs the tests")
    return options


def test_what_may_not_be_read_or_written_is_told(unprivileged: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    """A dump, a folder of dumps, an index, a list, and the place for an index or an output."""
    options = unprivileged
    place = tmp_path / "forbidden"
    place.mkdir()
    dumps = place / "dumps"
    dumps.mkdir()
    for dump in DUMPS.glob("ripe.db.*"):
        shutil.copyfile(dump, dumps / dump.name)
    shutil.copyfile(folder / "old.irt", place / "index.irt")
    (place / "list").write_text("192.0.2.7\n")
    build: list[str | Path] = ["index", "build", dumps, "--output"]
    resolve: list[str | Path] = ["resolve", "192.0.2.7", "--index", place / "index.irt"]
    assert run(*resolve, **options).returncode == 0
    place.chmod(0o555)
    for command, path in (([*build, place / "new.irt"], "new.irt"), ([*resolve, "-o", place / "a.csv"], "a.csv")):
        assert_refused(run(*command, **options), f"{place / path}: cannot be written: permission denied")
    (place / "list").chmod(0)
    listed: list[str | Path] = ["resolve", "-i", place / "list", "--index", place / "index.irt"]
    assert_refused(run(*listed, **options), f"{place / 'list'}: cannot be read: permission denied")
    (place / "index.irt").chmod(0)
    assert_refused(run(*resolve, **options), f"{place / 'index.irt'}: cannot be opened: permission denied")
    (dumps / "ripe.db.irt").chmod(0)
    place.chmod(0o755)
    refusal = f"{dumps / 'ripe.db.irt'}: cannot be read: permission denied"
    assert_refused(run(*build, place / "new.irt", **options), refusal)
    dumps.chmod(0)
    assert_refused(run(*build, place / "new.irt", **options), f"{dumps}: ")
    dumps.chmod(0o755)
    assert sorted(path.name for path in place.iterdir()) == ["dumps", "index.irt", "list"]
