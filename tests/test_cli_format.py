"""`irtkit format`: bytes in, the registry's layout out, in place only when it was asked for."""

import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.format import command
from irtkit.rpsl import parse_objects

LOOSE = b"Irt:IRT-EXAMPLE\nremarks: a\n b\n"
TIDY = b"irt:            IRT-EXAMPLE\nremarks:        a\n                b\n"


def run(*args: str | Path, data: bytes | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(command, [str(arg) for arg in args], input=data, catch_exceptions=False)


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    path = tmp_path / "loose.rpsl"
    path.write_bytes(LOOSE)
    return path


def test_the_result_goes_to_standard_output(loose: Path) -> None:
    """File after file; the files stay as they are."""
    result = run(loose, loose)
    assert (result.exit_code, result.stdout_bytes) == (0, TIDY + b"\n" + TIDY)
    assert loose.read_bytes() == LOOSE


def test_standard_input_is_a_dash() -> None:
    """And the rest is the same."""
    result = run("-", data=LOOSE)
    assert (result.exit_code, result.stdout_bytes) == (0, TIDY)


def test_files_are_changed_in_place(loose: Path) -> None:
    """In one step, and only those that have to be; who may read one stays as it is."""
    loose.chmod(0o600)
    tidy = loose.with_name("tidy.rpsl")
    tidy.write_bytes(TIDY)
    before = tidy.stat().st_ino
    result = run("--in-place", loose, tidy)
    assert (result.exit_code, result.stderr) == (0, f"{loose}: changed\n")
    assert loose.read_bytes() == TIDY
    assert stat.S_IMODE(loose.stat().st_mode) == 0o600
    assert tidy.stat().st_ino == before
    assert sorted(loose.parent.iterdir()) == [loose, tidy]


def test_a_link_stays_a_link(loose: Path) -> None:
    """What it names is changed."""
    link = loose.with_name("link.rpsl")
    link.symlink_to(loose.name)
    assert run("-i", link).exit_code == 0
    assert link.is_symlink()
    assert loose.read_bytes() == TIDY


def test_check_names_what_would_change(loose: Path) -> None:
    """And ends with 1; nothing is changed."""
    tidy = loose.with_name("tidy.rpsl")
    tidy.write_bytes(TIDY)
    result = run("--check", tidy, loose)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{loose}: would change\n")
    assert loose.read_bytes() == LOOSE
    assert run("--check", tidy).exit_code == 0


def test_diff_shows_what_would_change(loose: Path) -> None:
    """As a unified difference, which `patch` understands."""
    loose.write_bytes(b"% top\n\n" + b"irt:            A\n" + b"x:              y\n" * 8 + b"Mnt-By: B")
    result = run("--diff", loose)
    assert result.exit_code == 1
    assert result.stdout == (
        f"--- {loose}\n+++ {loose}\n@@ -9,4 +9,4 @@\n"
        + " x:              y\n" * 3
        + "-Mnt-By: B\n\\ No newline at end of file\n+mnt-by:         B\n"
    )
    loose.write_bytes(TIDY)
    assert run("--diff", loose).stdout_bytes == b""


def test_a_difference_has_a_piece_for_each_place(tmp_path: Path) -> None:
    """Places near each other share one."""
    path = tmp_path / "many.rpsl"
    same = b"x:              y\n"
    path.write_bytes(b"irt:A\n" + same * 2 + b"X:y\n" + same * 7 + b"X:y\n" + same)
    lines = run("--diff", path).stdout.split("\n")
    assert [line for line in lines if line.startswith("@@")] == ["@@ -1,7 +1,7 @@", "@@ -9,5 +9,5 @@"]
    assert [line[0] for line in lines[3:] if line] == [*"-+  -+   ", "@", *"   -+ "]


def test_bytes_that_are_no_ascii_stay(tmp_path: Path) -> None:
    """Latin-1, UTF-8, both, and a byte order mark."""
    path = tmp_path / "bytes.rpsl"
    path.write_bytes(b"\xef\xbb\xbfirt:A\naddress:\xe9 \xc3\x89\nX\xc3\x89: \xa0\n")
    expected = b"\xef\xbb\xbfirt:            A\naddress:        \xe9 \xc3\x89\nx\xc3\x89:            \xa0\n"
    assert run(path).stdout_bytes == expected


def test_one_bad_file_stops_no_other(loose: Path, tmp_path: Path) -> None:
    """A missing file, a folder, one that cannot be replaced: each is told, and the others are done."""
    (tmp_path / "folder").mkdir()
    result = run(tmp_path / "gone", tmp_path / "folder", "a\0b", loose)
    assert result.exit_code == 1
    assert result.stdout_bytes == TIDY
    assert result.stderr.split("\n") == [
        f"irtkit: error: {tmp_path}/gone: cannot be read: no such file or directory",
        f"irtkit: error: {tmp_path}/folder: is a folder; expected files, such as {tmp_path}/folder/*",
        "irtkit: error: a\\x00b: cannot be read: embedded null byte",
        "",
    ]


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/version").exists(), reason="root may write anywhere")
def test_a_file_that_cannot_be_replaced_is_told(loose: Path) -> None:
    """The old one is still there."""
    name = "x" * 250
    long = loose.with_name(name)
    long.write_bytes(LOOSE)
    result = run("-i", long, loose)
    assert result.exit_code == 1
    assert "cannot be written: file name too long" in result.stderr
    assert long.read_bytes() == LOOSE
    assert loose.read_bytes() == TIDY


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--check", "--diff", "x"], "Give one of --in-place, --check and --diff."),
        (["-i", "--check", "x"], "Give one of --in-place, --check and --diff."),
        (["-i", "-"], "Standard input cannot be changed in place."),
        ([], "Missing argument 'FILE...'."),
    ],
)
def test_a_command_line_that_means_nothing_ends_with_2(args: list[str], message: str) -> None:
    """And says why."""
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_objects_of_several_files_stay_apart(tmp_path: Path) -> None:
    """Whether a file ends with an empty line, a line feed or in the middle of a line."""
    ends = ("", "\n", "\n\n")
    for number, end in enumerate(ends):
        (tmp_path / f"{number}").write_text(f"mntner: X{number}-MNT\nsource: RIPE{end}")
    (tmp_path / "3").write_text("")
    (tmp_path / "4").write_text("mntner: X4-MNT\nsource: RIPE\n")
    done = CliRunner().invoke(command, [str(tmp_path / name) for name in "01234"])
    assert done.exit_code == 0
    assert [obj.primary_key for obj in parse_objects(done.output)] == ["X0-MNT", "X1-MNT", "X2-MNT", "X4-MNT"]
    assert "\n\n\n" not in done.output


HOSTILE = (
    b"irt:            A\x1b[2J\x1b]0;owned\x07\n"
    b"remarks:        \x00\x08\x7f\r\x9b\xc2\x9b \xe2\x80\xae\tend\r\n"
    b"address:        \xc3\x89 \xe9\n"
)
SHOWN = (
    b"irt:            A\\x1b[2J\\x1b]0;owned\\x07\n"
    b"remarks:        \\x00\\x08\\x7f\\x0d\\x9b\\x9b \\u202e\tend\r\n"
    b"address:        \xc3\x89 \\xe9\n"
)


def on_a_terminal(*args: str | Path, encoding: str = "utf-8") -> bytes:
    """What a terminal gets, its own changes taken back: it makes LF CR LF."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", "from irtkit.cli.format import command\ncommand()", *map(str, args)]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    with subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=theirs, env=environment) as process:
        os.close(theirs)
        got = b"".join(iter(lambda: read_terminal(ours), b""))
    os.close(ours)
    assert process.returncode in {0, 1}
    return got.replace(b"\r\n", b"\n")


def read_terminal(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except OSError:  # Linux says EIO when the other side is closed
        return b""


def test_a_terminal_is_not_steered(tmp_path: Path) -> None:
    """Control characters, however they are encoded, are shown escaped; letters, tabs and line ends stay."""
    path = tmp_path / "hostile.rpsl"
    path.write_bytes(HOSTILE)
    assert on_a_terminal(path, path) == SHOWN + b"\n" + SHOWN
    assert on_a_terminal(path, encoding="ascii") == SHOWN.replace(b"\xc3\x89", b"\\xc9")


def test_a_terminal_is_not_steered_by_a_difference(tmp_path: Path) -> None:
    """Nor by the name of the file."""
    path = tmp_path / "\x1b[2J"
    path.write_bytes(b"Irt:A\n" + HOSTILE.partition(b"\n")[2])
    shown = b"".join(b" " + line + b"\n" for line in SHOWN.splitlines()[1:]).replace(b"\r", b"")
    name = str(tmp_path).encode() + b"/\\x1b[2J"
    expected = b"--- %s\n+++ %s\n@@ -1,3 +1,3 @@\n-Irt:A\n+irt:            A\n" % (name, name)
    assert on_a_terminal("--diff", path).replace(b"\r", b"") == expected + shown


def test_files_and_pipes_get_every_byte(tmp_path: Path) -> None:
    """Whatever a terminal would make of it."""
    path = tmp_path / "hostile.rpsl"
    path.write_bytes(HOSTILE)
    assert run(path).stdout_bytes == HOSTILE
    path.write_bytes(b"Irt:A\n" + HOSTILE)
    assert b"\n irt:            A\x1b[2J\x1b]0;owned\x07\n" in run("--diff", path).stdout_bytes


def test_standard_output_may_be_closed(loose: Path) -> None:
    """Then nobody reads it, and that is all."""
    program = f'{sys.executable} -c "from irtkit.cli.format import command; command()" "$0" >&-'
    done = subprocess.run(["bash", "-c", program, loose], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_standard_input_named_twice_is_refused() -> None:
    """It would be empty the second time."""
    result = CliRunner().invoke(command, ["-", "-"], input="irt: X\n")
    assert result.exit_code == 2
    assert "standard input is named twice; expected - once." in result.output
