"""Dump files: found, and read a block ahead.

It decides nothing about what is in a file: cutting and scanning is `irtkit.dump`'s.
"""

from __future__ import annotations

import os
import queue
import re
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from isal import igzip, isal_zlib

from irtkit.addresses import SLACK
from irtkit.dump import BLOCK_SIZE, MAX_OBJECT, Block, Skipped, iter_blocks
from irtkit.errors import DumpError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Lent", "find_dumps", "looks_like_dump", "read_blocks"]

_GZIP = b"\x1f\x8b"
_DAMAGE: Any = (isal_zlib.error, igzip.BadGzipFile)
_MAX_RATIO = 200
"""Registry dumps shrink to a tenth or a twentieth; deflate cannot do better than 1:1032."""
_RATIO_FROM = 64 << 20
"""Bytes from which the ratio counts."""
_BUFFERS = 5
"""Blocks in memory: read ahead, scanned, and being read."""
_SNIFFED = 256 << 10
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

    def readinto(self, view: memoryview) -> int:
        got: int = self._stream.readinto(view)
        self._given += got
        if self.gzip and self._given > _RATIO_FROM and self._given > _MAX_RATIO * self._raw.tell():
            raise DumpError(
                f"expands to more than {_MAX_RATIO} times its size; expected a registry dump", path=self.path
            )
        return got

    def position(self) -> int:
        """Return how many bytes of the file itself have been read."""
        return self._raw.tell()

    def close(self) -> None:
        self._stream.close()
        self._raw.close()


def _open(path: str) -> _Source:
    try:
        return _Source(path)
    except OSError as error:
        raise DumpError(f"cannot be read: {_why(error)}", path=path) from None


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def looks_like_dump(path: str) -> bool:
    """Tell whether a file begins as a registry dump does: with `#` or `%` lines, then an object of a known class.

    Raises: DumpError when the file cannot be read.
    """
    with closing(_open(path)) as source:
        view = memoryview(bytearray(_SNIFFED))
        try:
            got = source.readinto(view)
        except (OSError, EOFError, *_DAMAGE):
            return False
    first = _FIRST_LINE.match(view[:got])
    return first is not None and first[1].lower().decode() in _CLASSES


def find_dumps(paths: Iterable[str]) -> list[str]:
    """Return the dump files that *paths* name: files as they are, and of a folder the files in it that look like dumps.

    Where a folder holds a file both plain and as `.gz`, the `.gz` counts. Sorted within each folder.

    Raises: DumpError for a path that does not exist, and for a folder without dumps.
    """
    found: dict[str, None] = {}
    for path in paths:
        if Path(path).is_dir():
            names = sorted(os.listdir(path))  # noqa: PTH208 - plain strings are what is kept
            kept = [os.path.join(path, name) for name in names if f"{name}.gz" not in names]  # noqa: PTH118 - the same
            dumps = [name for name in kept if Path(name).is_file() and looks_like_dump(name)]
            if not dumps:
                raise DumpError("holds no registry dump; expected files of RPSL objects, plain or gzip", path=path)
            found.update(dict.fromkeys(dumps))
        elif Path(path).exists():
            found[path] = None
        else:
            raise DumpError("no such file or folder", path=path)
    return list(found)


@dataclass(frozen=True, slots=True)
class Lent:
    """A block whose memory is used again when the `with` statement that holds it ends."""

    block: Block | Skipped
    give_back: Callable[[NDArray[np.uint8]], None]

    def __enter__(self) -> Block | Skipped:
        return self.block

    def __exit__(self, *exception: object) -> None:
        if isinstance(self.block, Block):
            self.give_back(self.block.whole)


def read_blocks(path: str) -> Generator[tuple[Lent, int]]:
    """Yield the blocks of a dump, each with the bytes of the file read so far.

    A thread reads and inflates ahead, as far as there are blocks given back. Memory does not grow with the file.

    Raises: DumpError when the file cannot be read, is damaged or truncated gzip, or is a gzip bomb.
    """
    source = _open(path)
    free: queue.SimpleQueue[NDArray[np.uint8] | None] = queue.SimpleQueue()
    full: queue.SimpleQueue[tuple[Block | Skipped, int] | BaseException | None] = queue.SimpleQueue()
    for _ in range(_BUFFERS):
        free.put(np.empty(BLOCK_SIZE + MAX_OBJECT + SLACK, np.uint8))

    def take() -> NDArray[np.uint8]:
        array = free.get()
        if array is None:
            raise _StoppedError
        return array

    def read() -> None:
        try:
            for block in iter_blocks(source.readinto, take):
                full.put((block, source.position()))
            full.put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the blocks are used
            full.put(error)

    thread = threading.Thread(target=read, name="irtkit-read", daemon=True)
    thread.start()
    try:
        while (item := full.get()) is not None:
            if isinstance(item, BaseException):
                raise _as_dump_error(item, path)
            yield Lent(item[0], free.put), item[1]
    finally:
        free.put(None)
        thread.join()
        source.close()


class _StoppedError(Exception):
    """The blocks are no longer wanted."""


def _as_dump_error(error: BaseException, path: str) -> BaseException:
    if isinstance(error, EOFError):
        return DumpError("gzip file is truncated; expected its end marker", path=path)
    if isinstance(error, _DAMAGE):
        return DumpError(f"gzip file is damaged: {error}", path=path)
    if isinstance(error, OSError):
        return DumpError(f"cannot be read: {_why(error)}", path=path)
    return error
