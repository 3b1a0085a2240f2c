"""Outputs appear whole or not at all."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from irtkit.clients import outputs
from irtkit.clients.outputs import replacing, writing
from irtkit.errors import IndexFileError, OutputError


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    """Whoever opens it before gets the old one."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with replacing(str(path)) as file:
        file.write(b"new ")
        assert path.read_bytes() == b"old"
        file.write(memoryview(b"one"))
    assert path.read_bytes() == b"new one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, BrokenPipeError])
def test_after_an_exception_the_old_file_stays(error: type[BaseException], tmp_path: Path) -> None:
    """And nothing of the new one; the exception goes on as it is."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail() -> None:
        with replacing(str(path)) as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    """What it names is replaced, and it stays a link."""
    (tmp_path / "link").symlink_to("file")
    for content in (b"first", b"second"):
        with replacing(str(tmp_path / "link")) as file:
            file.write(content)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "file").read_bytes() == content


def test_of_two_writers_the_second_fails_at_once(tmp_path: Path) -> None:
    """The first one goes on, and then another may."""
    path = tmp_path / "file"

    def second() -> None:
        with replacing(str(path), IndexFileError):
            pytest.fail("two writers at once")

    with replacing(str(path)) as file:
        with pytest.raises(IndexFileError, match="another process is writing this file"):
            second()
        file.write(b"first")
    with replacing(str(path), durable=True) as file:
        file.write(b"second")
    assert path.read_bytes() == b"second"


def test_what_a_killed_writer_left_is_used_again(tmp_path: Path) -> None:
    """No stray file is there after the next one."""
    path = tmp_path / "file"
    program = (
        "import os, sys\nfrom irtkit.clients.outputs import replacing\n"
        "with replacing(sys.argv[1]) as file:\n    file.write(b'x' * 1000)\n    os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, path], check=False).returncode == -9
    assert [stray.stat().st_size for stray in tmp_path.iterdir()] == [1000]
    with replacing(str(path)) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_written_as_it_is(tmp_path: Path) -> None:
    """And so is a pipe: neither is replaced by a file."""
    with replacing(os.devnull) as file:
        file.write(b"nothing")
    assert not Path(os.devnull).is_file()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        with replacing(str(pipe)) as file:
            file.write(b"through")
        assert reader.communicate()[0] == b"through"
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", ": is a folder; expected a file"),
        ("missing/file", ": cannot be written: no such file or directory"),
        ("x" * 300, ": cannot be written: file name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(name: str, message: str, tmp_path: Path) -> None:
    """With the reason."""
    path = str(tmp_path / name)
    with pytest.raises(OutputError) as caught, replacing(path):
        pytest.fail("it was opened")
    assert str(caught.value) == f"{path}{message}"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to write to")
def test_a_full_device_is_named() -> None:
    """Whoever writes, Arrow included."""
    message = "^/dev/full: cannot be written: no space left on device"
    with pytest.raises(OutputError, match=message), replacing("/dev/full") as file:
        file.write(b"x")
    with pytest.raises(OutputError, match=message), replacing("/dev/full") as file:
        parquet.write_table(pa.table({"a": [1]}), file)


def test_other_errors_are_not_taken_for_its_own(tmp_path: Path) -> None:
    """An OSError of what reads meanwhile stays one."""
    with pytest.raises(FileNotFoundError), replacing(str(tmp_path / "file")):
        (tmp_path / "missing").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is told")
def test_a_long_output_is_passed_on_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole and unchanged, once it is long; a short one, and a file that is read again at once, are left alone."""
    told = []
    monkeypatch.setattr(os, "posix_fadvise", lambda *advice: told.append(advice[1:]))
    monkeypatch.setattr(outputs, "_SHORT", 1000)
    monkeypatch.setattr(outputs, "_STEP", 300)
    path = tmp_path / "file"
    with replacing(str(path)) as file:
        file.write(b"x" * 5000)
    with writing(str(path)) as file:
        file.write(b"a" * 1000)
        assert told == []
        file.write(b"b" * 200)
        assert len(told) == 1
        file.write(b"c" * 200)
        file.write(b"d" * 200)
    assert told == [(0, 0, os.POSIX_FADV_DONTNEED)] * 2
    assert path.read_bytes() == b"a" * 1000 + b"b" * 200 + b"c" * 200 + b"d" * 200


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is told")
def test_a_disk_slower_than_the_writer_is_left_to_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passing on ends where it takes the time that writing should have."""
    told = []

    def slow(*advice: int) -> None:
        told.append(advice)
        time.sleep(0.05)

    monkeypatch.setattr(os, "posix_fadvise", slow)
    monkeypatch.setattr(outputs, "_SHORT", 0)
    monkeypatch.setattr(outputs, "_STEP", 0)
    path = tmp_path / "file"
    with writing(str(path)) as file:
        for _ in range(5):
            file.write(b"line\n")
    assert len(told) == 1
    assert path.read_bytes() == b"line\n" * 5
