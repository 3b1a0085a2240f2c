"""The index file: aligned arrays behind a JSON header, mapped into memory, nothing parsed or copied.

The layout is safetensors' (https://github.com/huggingface/safetensors, "Format"): eight bytes with the length of the
header, little-endian; the header, a JSON object that gives each array its dtype, shape and offsets; then the arrays end
to end, fillers between them where it takes one to align the next. `__metadata__` holds irtkit's format version, its
manifest and a CRC-32 of each array. Anybody can read the file with the standard library alone, and so does this module.

It maps the file (the one effect it has) and writes nothing: `Encoder` returns what `irtkit.clients.dumps` writes.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from zlib import crc32

from irtkit.errors import IndexFileError, reason_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FORMAT", "VERSION", "Encoder", "IndexFile", "encode", "header_room"]

FORMAT = "irtkit-index"
VERSION = 3
"""Raised whenever an older irtkit could not read the file."""

_TYPES = {"U8": ("B", 1), "U16": ("H", 2), "I32": ("i", 4), "U32": ("I", 4), "I64": ("q", 8), "U64": ("Q", 8)}
"""safetensors' name of a dtype -> (format of a memoryview, bytes)."""
_NAMES = {"uint8": "U8", "uint16": "U16", "int32": "I32", "uint32": "U32", "int64": "I64", "uint64": "U64"}
_FILLER = "~"
"""Names of fillers begin so."""
_FRAME_ROOM = 200
"""Bytes of a header that hold neither its manifest nor an array."""
_ARRAY_ROOM = 2 * 250
"""Bytes that tell of an array and its checksum, and of the filler before it."""
_MAX_HEADER = 16 << 20
"""A header lists arrays and source files; 16 MiB holds over a hundred thousand of them."""


class Encoder:
    """Lays out an index file of arrays that come one by one, and writes its header last.

    The file begins with *room* bytes for the header, which are left free at first. A filler keeps the next array
    aligned where one does not end on a multiple of eight bytes; in order of item size none is needed. *checksum*
    computes CRC-32 (ISO 3309) as zlib's `crc32` does.
    """

    def __init__(self, room: int, checksum: Callable[[memoryview, int], int] = crc32) -> None:
        self._checksum = checksum
        self._start = 8 + (room + 7) // 8 * 8
        self._at = 0
        self._entries: dict[str, object] = {}
        self._crc32: dict[str, int] = {}

    @property
    def start(self) -> int:
        """Where the first array begins in the file."""
        return self._start

    def parts(self, name: str, *pieces: NDArray[Any]) -> Iterator[memoryview]:
        """Yield the bytes of the next array, which go behind those of the one before. It may come in pieces."""
        dtype = pieces[0].dtype
        if gap := -self._at % dtype.itemsize:
            yield from self._entered(f"{_FILLER}{self._at}", "U8", 1, [memoryview(bytes(gap))])
        yield from self._entered(name, _NAMES[dtype.name], dtype.itemsize, map(_bytes, pieces))

    def _entered(self, name: str, dtype: str, width: int, pieces: Iterable[memoryview]) -> Iterator[memoryview]:
        begin, checksum = self._at, 0
        for piece in pieces:
            self._at += len(piece)
            checksum = self._checksum(piece, checksum)
            yield piece
        count = (self._at - begin) // width
        self._entries[name] = {"dtype": dtype, "shape": [count], "data_offsets": [begin, self._at]}
        self._crc32[name] = checksum

    def header(self, manifest: Mapping[str, object]) -> bytes:
        """Return what goes to the beginning of the file, exactly up to `start`.

        Raises: ValueError when the header needs more room.
        """
        metadata = {
            "format": FORMAT,
            "version": str(VERSION),
            "manifest": json.dumps(manifest, ensure_ascii=False),
            "crc32": json.dumps(self._crc32),
        }
        header = {"__metadata__": metadata, **self._entries}
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        size = self._start - 8
        if len(text) > size:
            raise ValueError(f"the header has {len(text):,} bytes, expected {size:,}")
        return size.to_bytes(8, "little") + text.ljust(size)


def header_room(manifest: Mapping[str, object], arrays: int) -> int:
    """Return how much room the header needs at most, for so many arrays with names of no more than 60 bytes."""
    manifest_size = len(json.dumps(json.dumps(manifest, ensure_ascii=False), ensure_ascii=False).encode())
    return manifest_size + _FRAME_ROOM + _ARRAY_ROOM * arrays


def encode(arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, object]) -> Iterator[memoryview]:
    """Yield the parts of an index file in order: the header, then each array, those with larger items first."""
    names = sum(len(json.dumps(name)) for name in arrays)
    encoder = Encoder(header_room(manifest, len(arrays)) + 2 * names)
    ordered = sorted(arrays, key=lambda name: -arrays[name].dtype.itemsize)
    parts = [part for name in ordered for part in encoder.parts(name, arrays[name])]
    yield memoryview(encoder.header(manifest))
    yield from parts


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.data.cast("B") if len(array) else memoryview(b"")


class IndexFile:
    """An index file, mapped: arrays by name as memoryviews, and the manifest.

    Raises: IndexFileError when the file cannot be opened, is no irtkit index, is of another format version, or
    is shorter or longer than its header says. What the arrays hold is checked by `verify` alone.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        try:
            with open(self.path, "rb") as file:  # noqa: PTH123 - pathlib costs a fifth of a first answer
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise IndexFileError(
                "no such index; make one with `irtkit index build DUMP... --output INDEX`", path=self.path
            ) from None
        except (OSError, ValueError) as error:
            raise IndexFileError(f"cannot be opened: {_why(error)}", path=self.path) from None
        self._view = memoryview(self._map)
        try:
            self._read_header()
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
            raise IndexFileError("is not an irtkit index, or is damaged", path=self.path) from None

    def _read_header(self) -> None:
        length = int.from_bytes(self._view[:8], "little")
        if not 2 <= length <= min(_MAX_HEADER, len(self._view) - 8):
            raise ValueError("header length")
        header = json.loads(self._view[8 : 8 + length].tobytes())
        metadata = header.pop("__metadata__")
        if metadata["format"] != FORMAT:
            raise ValueError("format")
        if metadata["version"] != str(VERSION):
            raise IndexFileError(
                f"has format version {metadata['version']!s:.20}, expected {VERSION}; build it again", path=self.path
            )
        self._start = 8 + length
        self.manifest: dict[str, Any] = _mapping(metadata["manifest"])
        self._crc32: dict[str, int] = _mapping(metadata["crc32"])
        self._arrays: dict[str, tuple[str, int, int]] = {}
        expected = 0
        for name, entry in header.items():
            form, width = _TYPES[entry["dtype"]]
            (count,) = entry["shape"]
            begin, end = expected, expected + count * width
            if type(count) is not int or count < 0 or entry["data_offsets"] != [begin, end]:
                raise ValueError("offsets")
            if self._start % width or begin % width:
                raise ValueError("alignment")
            self._arrays[name] = (form, begin, end)
            expected = end
        if self._start + expected != len(self._view):
            raise IndexFileError(
                f"has {len(self._view):,} bytes, expected {self._start + expected:,}; build it again", path=self.path
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The arrays, in the order of the file."""
        return tuple(name for name in self._arrays if not name.startswith(_FILLER))

    def array(self, name: str) -> memoryview:
        """Return one array, not copied. Raises: IndexFileError when the file has none of that name."""
        try:
            form, begin, end = self._arrays[name]
        except KeyError:
            raise IndexFileError(f"is damaged: it has no array {name!r}", path=self.path) from None
        return self._view[self._start + begin : self._start + end].cast(form)  # type: ignore[call-overload, no-any-return]

    def release(self) -> None:
        """Let go of the memory in which the file is read: the system has it still, and reading goes on as before."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def damaged(self) -> Iterator[str]:
        """Yield the name of each array whose bytes do not have the checksum of the header."""
        for name, (_, begin, end) in self._arrays.items():
            if crc32(self._view[self._start + begin : self._start + end]) != self._crc32.get(name):
                yield name


def _mapping(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _why(error: OSError | ValueError) -> str:
    return reason_of(error) if isinstance(error, OSError) else "it is empty"
