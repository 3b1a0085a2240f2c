"""Files that appear whole or not at all, and standard output.

A file is written beside its place and put there in one step, so that a reader, or whoever finds it after a crash, never
takes half of it for all of it. What is no file, or is open already, is written as it is (`is_stream`).

It knows no format, and decides nothing about what is written.
"""

from __future__ import annotations

import fcntl
import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING, TypeAlias

from irtkit.errors import FileError, OutputError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer

__all__ = ["is_stream", "replacing", "writing"]


Failure: TypeAlias = "Callable[..., FileError]"
"""An exception's class: it takes a message, and *path*."""


_SHORT = 32 << 20
"""Bytes of a file that may stay in memory; so may what is written while a step is on its way to the disk."""
_STEP = 8 << 20
_MOST_TIME = 0.25
"""Share of the time that passing on may take."""
_MOST_LINKS = 40
"""Links that are followed; Linux itself follows as many."""


class _File(io.FileIO):
    """A file whose `write` writes everything, and says of which file it failed.

    A *passing* one does not fill the system's memory when it is long: what was written goes to the disk early, and the
    memory is used again, which is faster where fresh memory has to be fetched first. That ends where the disk is slower
    than the writer.
    """

    def __init__(self, file: int | Path, path: str, failure: Failure, *, passing: bool = False) -> None:
        super().__init__(file, "w")
        self._path, self._failure = path, failure
        self._passing = passing and sys.platform == "linux"
        self._room = _SHORT
        self._began, self._spent = monotonic(), 0.0

    def write(self, data: Buffer) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        with _failing(self._path, self._failure):
            while left:
                left = left[super().write(left) :]
        self._room -= size
        if self._passing and self._room < 0:
            self._pass_on()
        return size

    def _pass_on(self) -> None:
        self._room = _STEP
        began = monotonic()
        try:
            os.posix_fadvise(self.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        except OSError:  # a pipe or a device
            self._passing = False
        ended = monotonic()
        self._spent += ended - began
        self._passing &= self._spent < _MOST_TIME * (ended - self._began)


@contextmanager
def _failing(path: str, failure: Failure) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise failure(f"cannot be written: {reason_of(error)}", path=path) from None


@contextmanager
def writing(path: str | None) -> Iterator[IO[bytes]]:
    """Open *path* as `replacing` does, or for None standard output, which is flushed at the end.

    Raises: OutputError, also while it is written, when it cannot be written; BrokenPipeError when nobody reads it.
    """
    if path is not None:
        with replacing(path, passing=True) as file:
            yield file
        return
    sys.stdout.flush()
    with _File(os.dup(sys.stdout.fileno()), "standard output", OutputError, passing=True) as file:
        yield file


@contextmanager
def replacing(
    path: str, failure: Failure = OutputError, *, durable: bool = False, passing: bool = False
) -> Iterator[IO[bytes]]:
    """Open a file beside *path* for writing, and put it in its place in one step when the `with` statement ends.

    Whoever opens *path* meanwhile gets the old file. After an exception the old file stays and the new one is
    removed; what a killed writer left is used again by the next one. The `with` statement holds a lock, so that a
    second writer fails at once. *durable* waits until the disk has it; *passing* keeps a long file from filling the
    system's memory. What `is_stream` says is one is written as it is.

    Raises: *failure*, also while it is written, when another process is writing there, or when it cannot be written.
    """
    target = Path(os.path.realpath(path))
    with _failing(path, failure):
        if target.is_dir():
            raise failure("is a folder; expected a file", path=path)
        stream = _opened_stream(path, failure) if is_stream(path) else None
    if stream is not None:
        with stream:
            yield stream
        return
    beside = target.with_name(f".{target.name}.writing")
    with _failing(path, failure):
        handle = _locked(beside)
    if handle is None:
        raise failure("another process is writing this file; wait for it to end", path=path)
    with _File(handle, path, failure, passing=passing) as file:
        try:
            yield file
            with _failing(path, failure):
                if durable:
                    os.fsync(handle)
                beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def is_stream(path: str) -> bool:
    """Tell whether *path* names a device, a pipe, or what is open already (`/dev/stdout`), even if that is a file."""
    if _open_number(path) is not None:
        return True
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _opened_stream(path: str, failure: Failure) -> _File:
    number = _open_number(path)
    return _File(Path(path) if number is None else os.dup(number), path, failure)


def _open_number(path: str) -> int | None:
    """Return the descriptor that *path* names, as `/dev/fd/3` and links to it do; None if it names none."""
    folders = {os.path.realpath(folder) for folder in ("/dev/fd", "/proc/self/fd")}
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100 - a path's last link must stay
        if name.isdecimal() and os.path.realpath(folder) in folders and os.path.lexists(path):
            return int(name)
        if not os.path.islink(path):  # noqa: PTH114 - plain strings are what is split
            return None
        path = os.path.join(folder, os.readlink(path))  # noqa: PTH115, PTH118 - the same
    return None


def _locked(path: Path) -> int | None:
    """Open *path*, made if need be, empty and with an exclusive lock on it; None when another process has that."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                os.ftruncate(handle, 0)
                return handle
        except BlockingIOError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # it was put in place, or removed, between the two calls
