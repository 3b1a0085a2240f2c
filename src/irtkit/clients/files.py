"""Dump files: found, and read a block ahead, into memory that processes may share.

It decides nothing about what is in a file: cutting and scanning is `irtkit.dump`'s.
"""

from __future__ import annotations

import mmap
import os
import queue
import re
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from isal import igzip, isal_zlib

from irtkit.addresses import SLACK
from irtkit.dump import BLOCK_SIZE, MAX_OBJECT, Block, Skipped, iter_blocks
from irtkit.errors import DumpError, reason_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Buffers", "DumpFile", "Lent", "find_dumps", "looks_like_dump", "read_blocks", "shared_memory"]

_GZIP = b"\x1f\x8b"
_GZIP_AND_ZLIB = 31
"""The window size by which zlib's functions know that gzip's header and trailer are there."""
_DAMAGE: Any = (isal_zlib.error, igzip.BadGzipFile)
_COMPRESSIONS = (
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (_GZIP, "gzip, twice"),
)
"""How files begin that are compressed in another way, or inside a gzip file in any."""
_TAR = slice(257, 262)
"""Where the first header of a tar archive says `ustar` (POSIX.1, pax)."""
_MAX_RATIO = 200
"""Registry dumps shrink to a tenth or a twentieth; deflate cannot do better than 1:1032."""
_RATIO_FROM = 64 << 20
"""Bytes from which the ratio counts."""
_BUFFERS = 6
"""Blocks in memory: read ahead, scanned by two processes, and being read."""
_ROOM = BLOCK_SIZE + MAX_OBJECT + SLACK
_APART = (_ROOM + mmap.PAGESIZE - 1) & -mmap.PAGESIZE
_SNIFFED = 256 << 10
_AT_ONCE = 1 << 20
"""Bytes inflated in one go; what lies between stays in a core's cache."""
_PACKED = 16 << 10
"""Bytes of a gzip file that expand to some 16 MB at most."""
_LINE_FEED: Final = 10
_FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[#%][^\n]*\n|\r?\n)*+(?:\*xx)?([A-Za-z0-9-]+):")
_CLASSES = frozenset(
    [
        "as-block",
        "aut-num",
        "as-set",
        "domain",
        "filter-set",
        "inet6num",
        "inetnum",
        "inet-rtr",
        "irt",
        "rtr-set",
        "key-cert",
        "mntner",
        "organisation",
        "person",
        "peering-set",
        "poem",
        "poetic-form",
        "role",
        "route",
        "route6",
        "route-set",
    ]
)


class DumpFile(NamedTuple):
    """What is known of a dump's file once it is read."""

    size: int
    """Bytes, compressed ones if it is gzip."""
    modified: datetime | None
    """When it was last modified, in UTC; None where the system's time is no date."""
    ends_within_line: bool
    """Whether its text ends without a line feed, as one does that was cut off."""


class _Source:
    """A dump opened for reading, gzip or plain, that knows how far it has come."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._raw: IO[bytes] = Path(path).open("rb", buffering=0)  # noqa: SIM115 - closed by close()
        try:
            self.gzip = self._raw.read(2) == _GZIP
            self._raw.seek(0)
        except OSError:
            self._raw.close()
            raise
        self._stream: Any = self._raw
        if self.gzip:
            self._stream = igzip.IGzipFile(fileobj=self._raw)  # type: ignore[no-untyped-call]
        self._given = 0
        self._last = _LINE_FEED

    def readinto(self, view: memoryview) -> int:
        got: int = self._stream.readinto(view[:_AT_ONCE])
        if not self._given:
            self._refuse_archive(view[:got])
        if got:
            self._last = view[got - 1]
        self._given += got
        if self.gzip and self._given > _RATIO_FROM and self._given > _MAX_RATIO * self._raw.tell():
            raise DumpError(
                f"expands to more than {_MAX_RATIO} times its size; expected a registry dump", path=self.path
            )
        return got

    def _refuse_archive(self, beginning: memoryview) -> None:
        header = bytes(beginning[: _TAR.stop])
        if header[_TAR] == b"ustar" and b"\0" in header:
            raise DumpError("is a tar archive; unpack it first", path=self.path)
        for mark, name in _COMPRESSIONS:
            if header.startswith(mark):
                raise DumpError(f"is compressed with {name}; expected a registry dump, plain or gzip", path=self.path)

    def position(self) -> int:
        """Return how many bytes of the file itself have been read."""
        return self._raw.tell()

    def as_read(self) -> DumpFile:
        """Return what is known of the file, of which everything has been read."""
        status = os.fstat(self._raw.fileno())
        return DumpFile(status.st_size, _moment(status.st_mtime), self._last != _LINE_FEED)

    def close(self) -> None:
        self._stream.close()
        self._raw.close()


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OSError, OverflowError, ValueError):  # before the year 1 or after 9999
        return None


def _open(path: str) -> _Source:
    try:
        return _Source(path)
    except OSError as error:
        raise DumpError(f"cannot be read: {reason_of(error)}", path=path) from None


def looks_like_dump(path: str) -> bool:
    """Tell whether a file begins as a registry dump does: with `#` or `%` lines, then an object of a known class.

    Raises: DumpError when the file cannot be read.
    """
    with closing(_open(path)) as source:
        view = memoryview(bytearray(_SNIFFED))
        try:
            got = source.readinto(view)
        except (DumpError, OSError, EOFError, *_DAMAGE):
            return False
    first = _FIRST_LINE.match(view[:got])
    return first is not None and first[1].lower().decode() in _CLASSES


def find_dumps(paths: Iterable[str]) -> list[str]:
    """Return the dump files that *paths* name: files as they are, and of a folder the files in it that look like dumps.

    Where a folder holds a file both plain and as `.gz`, the `.gz` counts. Sorted within each folder.

    Raises: DumpError for a path that does not exist or is a pipe or device, for `-`, and for a folder without dumps.
    """
    found: dict[str, None] = {}
    for path in paths:
        if path == "-":
            raise DumpError("standard input is not taken; save it to a file first", path=path)
        if Path(path).is_dir():
            names = sorted(os.listdir(path))  # noqa: PTH208 - plain strings are what is kept
            kept = [os.path.join(path, name) for name in names if f"{name}.gz" not in names]  # noqa: PTH118 - the same
            dumps = [name for name in kept if Path(name).is_file() and looks_like_dump(name)]
            if not dumps:
                raise DumpError("holds no registry dump; expected files of RPSL objects, plain or gzip", path=path)
            found.update(dict.fromkeys(dumps))
        elif Path(path).is_file():
            found[path] = None
        elif Path(path).exists():
            raise DumpError("is no regular file; expected a dump file, plain or gzip", path=path)
        else:
            raise DumpError("no such file or folder", path=path)
    return list(found)


class Buffers:
    """Memory for blocks, used again and again; of a *file* that `shared_memory` made another process has it, too.

    `free` holds the arrays that nobody uses; None in it ends who waits for one.
    """

    def __init__(self, file: int | None = None) -> None:
        memory = mmap.mmap(-1 if file is None else file, _BUFFERS * _APART)
        self.arrays = [np.frombuffer(memory, np.uint8, _ROOM, place * _APART) for place in range(_BUFFERS)]
        self.free: queue.SimpleQueue[NDArray[np.uint8] | None] = queue.SimpleQueue()
        for array in self.arrays:
            self.free.put(array)

    def place_of(self, array: NDArray[np.uint8]) -> int:
        """Return the place of one of the arrays among them."""
        return next(place for place, known in enumerate(self.arrays) if known is array)


@contextmanager
def shared_memory() -> Iterator[int | None]:
    """Give the descriptor of a nameless file, as large as `Buffers`; None where the system grants none."""
    with _memory_file() if hasattr(os, "memfd_create") else tempfile.TemporaryFile(buffering=0) as file:
        try:
            os.ftruncate(file.fileno(), _BUFFERS * _APART)
        except OSError:
            granted = None
        else:
            granted = file.fileno()
        yield granted


def _memory_file() -> IO[bytes]:
    return os.fdopen(os.memfd_create("irtkit-blocks"), "r+b", buffering=0)


@dataclass(frozen=True, slots=True)
class Lent:
    """A block whose memory is used again when it is given back, or when the `with` statement that holds it ends."""

    block: Block | Skipped
    buffers: Buffers

    def give_back(self) -> None:
        """Let the block's memory be used again."""
        if isinstance(self.block, Block):
            self.buffers.free.put(self.block.whole)

    def __enter__(self) -> Block | Skipped:
        return self.block

    def __exit__(self, *exception: object) -> None:
        self.give_back()


def read_blocks(path: str, buffers: Buffers) -> Generator[tuple[Lent, int], None, DumpFile]:
    """Yield the blocks of a dump, each with the bytes of the file read so far; return what is known of it then.

    A thread reads and inflates ahead, as far as there are blocks given back. Memory does not grow with the file.
    *buffers* may be used for one file after the other, but not after one whose blocks were not all wanted.

    Raises: DumpError when the file cannot be read, is an archive or compressed in another way than gzip, is damaged or
    truncated gzip, has something else after that, or is a gzip bomb.
    """
    reader = _Reader(path, buffers)
    try:
        while not reader.ended:
            if (item := reader.next()) is not None:
                yield item
        return reader.as_read()
    finally:
        reader.close()


class _Reader:
    """A thread that reads the blocks of a dump."""

    def __init__(self, path: str, buffers: Buffers) -> None:
        self.ended = False
        self._path, self._buffers = path, buffers
        self._source = _open(path)
        self._full: queue.SimpleQueue[tuple[Block | Skipped, int] | BaseException | None] = queue.SimpleQueue()
        self._filling: NDArray[np.uint8] | None = None
        self._thread = threading.Thread(target=self._read, name="irtkit-read", daemon=True)
        self._thread.start()

    def _take(self) -> NDArray[np.uint8]:
        self._filling = self._buffers.free.get()
        if self._filling is None:
            raise _StoppedError
        return self._filling

    def _read(self) -> None:
        end: BaseException | None = None
        try:
            for block in iter_blocks(self._source.readinto, self._take):
                if isinstance(block, Block):
                    self._filling = None
                self._full.put((block, self._source.position()))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the blocks are used
            end = error
        if self._filling is not None:
            self._buffers.free.put(self._filling)
        self._full.put(end)

    def next(self) -> tuple[Lent, int] | None:
        """Return the next block and how far the file is read; None at its end. Raises: DumpError."""
        item = self._full.get()
        if isinstance(item, tuple):
            return Lent(item[0], self._buffers), item[1]
        self.ended = True
        if item is not None:
            raise _as_dump_error(item, self._path)
        return None

    def as_read(self) -> DumpFile:
        """Return what is known of the file, after its last block."""
        return self._source.as_read()

    def close(self) -> None:
        """End the thread and close the file."""
        if not self.ended:
            self._buffers.free.put(None)
        self._thread.join()
        self._source.close()


class _StoppedError(Exception):
    """The blocks are no longer wanted."""


def _as_dump_error(error: BaseException, path: str) -> BaseException:
    if isinstance(error, EOFError | igzip.BadGzipFile) and _goes_on_after_its_end(path):
        return DumpError("gzip file holds something else after its end; expected nothing there", path=path)
    if isinstance(error, EOFError):
        return DumpError("gzip file is truncated; expected its end marker", path=path)
    if isinstance(error, _DAMAGE):
        return DumpError(f"gzip file is damaged: {error}", path=path)
    if isinstance(error, OSError):
        return DumpError(f"cannot be read: {reason_of(error)}", path=path)
    return error


def _goes_on_after_its_end(path: str) -> bool:
    """Tell whether a gzip file is whole, but for something after it that is neither gzip nor the zeros of a tape.

    It is read a second time for that: the first reading took what follows for another, truncated file.
    """
    member, data = isal_zlib.decompressobj(wbits=_GZIP_AND_ZLIB), b""
    try:
        with Path(path).open("rb") as file:
            while data := data or file.read(_PACKED):
                if member.eof:
                    if not (data := data.lstrip(b"\0")):
                        continue
                    if len(data) < len(_GZIP):
                        data += file.read(_PACKED)
                    if not data.startswith(_GZIP[: len(data)]):
                        return True
                    member = isal_zlib.decompressobj(wbits=_GZIP_AND_ZLIB)
                member.decompress(data)
                data = member.unused_data
    except (OSError, *_DAMAGE):
        return False
    return False
