"""Bad input ends with one line that names the file and what was expected, with status 1, and harms nothing."""

import bz2
import ctypes
import gzip
import io
import lzma
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tarfile
import zipfile
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


def archived(mode: str) -> bytes:
    """A dump in a tar archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:  # type: ignore[call-overload]
        entry = tarfile.TarInfo("dumps/ripe.db.inetnum")
        entry.size = len(OBJECT)
        archive.addfile(entry, io.BytesIO(OBJECT.encode()))
    return content.getvalue()


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("ripe.db.inetnum", OBJECT)
    return content.getvalue()


NO_OBJECT = ":1: holds no RPSL object; expected a registry dump, plain or gzip"
TRUNCATED = ": gzip file is truncated; expected its end marker"
GOES_ON = ": gzip file holds something else after its end; expected nothing there"
TAR = ": is a tar archive; unpack it first"
COMPRESSED = ": is compressed with {}; expected a registry dump, plain or gzip"
BOMB = ": expands to more than 200 times its size; expected a registry dump"
NO_DUMPS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "truncated": ("ripe.db.gz", lambda: packed()[:-1000], TRUNCATED),
    "truncated header": ("ripe.db.gz", lambda: packed()[:12], TRUNCATED),
    "damaged": ("ripe.db.gz", lambda: packed()[:200] + b"\xff" * 50 + packed()[250:], ": gzip file is damaged: "),
    "garbage after the end": ("ripe.db.gz", lambda: packed() + b"xxxx\n", GOES_ON),
    "more garbage after the end": ("ripe.db.gz", lambda: packed() + b"x" * 5000, GOES_ON),
    "garbage after zeros": ("ripe.db.gz", lambda: packed() + bytes(40_000) + b"x", GOES_ON),
    "truncated second member": ("ripe.db.gz", lambda: packed() * 2 + bytes(40_000) + packed()[:-1], TRUNCATED),
    "truncated header after the end": ("ripe.db.gz", lambda: packed() + packed()[:3], TRUNCATED),
    "damaged second member": ("ripe.db.gz", lambda: packed() + packed()[:-8] + b"\0" * 8, ": gzip file is damaged: "),
    "tar": ("ripe.tar", lambda: archived("w"), TAR),
    "tar.gz": ("ripe.tar.gz", lambda: archived("w:gz"), TAR),
    "bzip2": ("ripe.db.bz2", lambda: bz2.compress(OBJECT.encode()), COMPRESSED.format("bzip2")),
    "xz": ("ripe.db.xz", lambda: lzma.compress(OBJECT.encode()), COMPRESSED.format("xz")),
    "zip": ("ripe.db.zip", zipped, COMPRESSED.format("zip")),
    "zstd": ("ripe.db.zst", lambda: b"\x28\xb5\x2f\xfd" + bytes(20), COMPRESSED.format("zstd")),
    "gzip of bzip2": ("ripe.gz", lambda: packed(bz2.compress(OBJECT.encode())), COMPRESSED.format("bzip2")),
    "gzip of gzip": ("ripe.gz", lambda: packed(packed()), COMPRESSED.format("gzip, twice")),
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


def test_standard_input_and_pipes_are_no_dumps(folder: Path, tmp_path: Path) -> None:
    """A dump is read where it lies; what is one file in the end may be named as a descriptor."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    no_file = ": is no regular file; expected a dump file, plain or gzip"
    dash = "-: standard input is not taken; save it to a file first"
    assert_build_refused(folder, [pipe], f"{pipe}{no_file}")
    assert_build_refused(folder, [Path(os.devnull)], f"{os.devnull}{no_file}")
    assert_build_refused(folder, [DUMPS, Path("-")], dash)
    assert_refused(run("resolve", "192.0.2.7", "--dumps", pipe), f"{pipe}{no_file}")
    assert_refused(run("resolve", "192.0.2.7", "--dumps", "-"), dash)
    with (DUMPS / "ripe.db.irt").open() as dump:
        assert run("index", "build", "/dev/stdin", "--output", folder / "new.irt", stdin=dump).returncode == 0


ALONE = ": is no irtkit index and was left alone; expected a new place or an index"
A_DUMP = ": is one of the dumps; expected another place for the index"


@pytest.mark.parametrize(
    "content",
    [
        b"address,mail\n192.0.2.7,x@example.net\n",
        OBJECT.encode(),
        gzip.compress(OBJECT.encode()),
        b"x",
        bytes(5000),
        (40).to_bytes(8, "little") + b'{"a":{"dtype":"U8","data_offsets":[0]}}  ',
        (40).to_bytes(8, "little") + b'{"__metadata__":{"format":"another-index"}}  ',
    ],
    ids=["table", "dump", "gzip", "one byte", "zeros", "foreign safetensors", "foreign index"],
)
def test_a_file_that_is_no_index_is_no_place_for_one(content: bytes, tmp_path: Path) -> None:
    """It is named, and stays what it was, also behind a link; nothing is left beside it."""
    important = tmp_path / "important"
    important.write_bytes(content)
    (tmp_path / "link").symlink_to("important")
    for output in (important, tmp_path / "link"):
        assert_refused(run("index", "build", DUMPS, "--output", output), f"{output}{ALONE}")
    refused = run("index", "build", DUMPS, environment={"IRTKIT_INDEX": str(important)})
    assert_refused(refused, f"{important}{ALONE}")
    assert important.read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["important", "link"]


def test_the_shell_s_first_name_is_no_place_for_an_index(tmp_path: Path) -> None:
    """`-o ripe.db.*` names a dump as the output."""
    names = sorted(path.name for path in DUMPS.glob("ripe.db.*"))
    for name in names:
        shutil.copyfile(DUMPS / name, tmp_path / name)
    assert_refused(run("index", "build", "-o", *names, cwd=tmp_path), f"{names[0]}{ALONE}")
    for name in names:
        assert (tmp_path / name).read_bytes() == (DUMPS / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_dump_is_no_place_for_an_index_of_it(folder: Path, tmp_path: Path) -> None:
    """Under whatever name, in a folder, and even if it is empty or an index."""
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    dump = dumps / "ripe.db.irt"
    shutil.copyfile(DUMPS / dump.name, dump)
    (tmp_path / "link").symlink_to(dump)
    (tmp_path / "hard").hardlink_to(dump)
    for output in (dump, tmp_path / "link", tmp_path / "hard", dumps / ".." / "dumps" / dump.name):
        for named in (dump, dumps):
            assert_refused(run("index", "build", DUMPS, named, "--output", output), f"{output}{A_DUMP}")
    assert dump.read_bytes() == (DUMPS / dump.name).read_bytes()
    empty = tmp_path / "empty"
    empty.touch()
    for path in (empty, folder / "old.irt"):
        assert_refused(run("index", "build", path, "--output", path), f"{path}{A_DUMP}")


def test_an_index_and_an_empty_file_are_places_for_one(folder: Path) -> None:
    """Whatever version it has, and also if it is damaged or cut off further in."""
    path = folder / "old.irt"
    whole = path.read_bytes()
    others = [whole.replace(b'"version":"3"', f'"version":"{version}"'.encode()) for version in (1, 2, 4, 10)]
    for content in (b"", *others, whole[:100], whole[: len(whole) // 2], whole[:-100] + bytes(100), whole + b"tail"):
        path.write_bytes(content)
        assert run("index", "build", DUMPS, "--output", path).returncode == 0
        assert run("index", "verify", path).returncode == 0
    assert [entry.name for entry in folder.iterdir()] == ["old.irt"]


def test_what_is_no_file_is_no_place_for_an_index(tmp_path: Path) -> None:
    """A device, a pipe, standard output even where that is a file; it is told before anything is written."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for output in (os.devnull, str(pipe), "/dev/stdout"):
        refusal = f"{output}: is no regular file; expected a place for an index"
        assert_refused(run("index", "build", DUMPS, "--output", output), refusal)
    with (tmp_path / "file").open("w") as file:
        done = subprocess.run([IRTKIT, "index", "build", DUMPS, "-o", "/dev/stdout"], stdout=file, check=False)
    assert done.returncode == 1
    assert (tmp_path / "file").read_bytes() == b""


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


@pytest.mark.parametrize("listed", [False, True])
def test_an_output_that_is_open_already_is_written_as_it_is(folder: Path, tmp_path: Path, *, listed: bool) -> None:
    """A pipe, a socket or a file, named as a descriptor, however, is never replaced by a file of that name."""
    (tmp_path / "list").write_text("192.0.2.7\n198.51.100.9\n")
    asked: list[str | Path] = ["-i", tmp_path / "list"] if listed else ["192.0.2.7", "198.51.100.9"]
    command: list[str | Path] = [IRTKIT, "resolve", *asked, "--index", folder / "old.irt"]
    expected = subprocess.run(command, capture_output=True, check=True).stdout
    (tmp_path / "link").symlink_to("/dev/stdout")
    (tmp_path / "link of a link").symlink_to("link")
    names: list[str | Path] = ["/dev/stdout", "/dev/fd/1", tmp_path / "link", tmp_path / "link of a link"]
    for output in [*names, "/proc/self/fd/1"] if Path("/proc/self/fd").is_dir() else names:
        to_pipe = subprocess.run([*command, "-o", output], capture_output=True, check=False)
        assert (to_pipe.returncode, to_pipe.stdout, to_pipe.stderr) == (0, expected, b"")
    log = tmp_path / "log"
    log.write_bytes(b"what was there before\n")
    before = log.stat().st_ino
    with log.open("ab") as file:
        assert subprocess.run([*command, "-o", "/dev/stdout"], stdout=file, check=False).returncode == 0
    assert (log.read_bytes(), log.stat().st_ino) == (b"what was there before\n" + expected, before)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        number = theirs.fileno()
        to_socket = [*command, "-o", f"/dev/fd/{number}"]
        assert subprocess.run(to_socket, pass_fds=[number], check=False).returncode == 0
        theirs.close()
        with ours.makefile("rb") as received:
            assert received.read() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "link of a link", "list", "log", "place"]


def test_an_output_that_is_not_open_is_told(folder: Path) -> None:
    """And one that is open for reading only."""
    command: list[str | Path] = ["resolve", "192.0.2.7", "--index", folder / "old.irt", "-o"]
    for output in ("/dev/fd/99", "/dev/fd/99999999999999999999"):
        assert_refused(run(*command, output), f"{output}: cannot be written: no such file or directory")
    with (folder / "old.irt").open() as file:
        refused = run(*command, "/dev/stdin", stdin=file)
    assert_refused(refused, "/dev/stdin: cannot be written: bad file descriptor")


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
    unknown = f"{place / 'index.irt'}: cannot be opened: permission denied"
    assert_refused(run(*build, place / "index.irt", **options), unknown)
    (dumps / "ripe.db.irt").chmod(0)
    place.chmod(0o755)
    refusal = f"{dumps / 'ripe.db.irt'}: cannot be read: permission denied"
    assert_refused(run(*build, place / "new.irt", **options), refusal)
    dumps.chmod(0)
    assert_refused(run(*build, place / "new.irt", **options), f"{dumps}: ")
    dumps.chmod(0o755)
    assert sorted(path.name for path in place.iterdir()) == ["dumps", "index.irt", "list"]
