"""Key-certs out of files: those that signatures are verified with, and those that somebody wants to have checked.

Files hold RPSL objects, plain or gzip, or are an index; folders hold dumps. Objects of other classes are passed over.
It judges nothing.
"""

from __future__ import annotations

import sys
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from isal import igzip, isal_zlib

from irtkit.errors import FileError, IndexFileError, reason_of
from irtkit.openpgp.keycerts import CLASS_NAME, KeyCert, read_key_cert
from irtkit.rpsl import ObjectParser, RpslObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MOST_BYTES", "iter_key_certs", "read_key_certs", "read_limited"]

MOST_BYTES: Final = 1 << 30
"""Bytes of all files together, inflated, that are searched for key-certs."""

_PART: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_INDEX: Final = b'"format":"irtkit-index"'
_SNIFFED: Final = 4096
_DAMAGE: Any = (isal_zlib.error, igzip.BadGzipFile)


def read_limited(path: str, most: int) -> bytes:
    """Return what is in a file, or in standard input for `-`, but no more than *most* bytes and one.

    Raises: FileError when it cannot be read.
    """
    try:
        if path == "-":
            return _standard_input().read(most + 1)
        with Path(path).open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        raise _unreadable(path, error) from None


def read_key_certs(paths: Iterable[str]) -> list[KeyCert]:
    """Return the key-certs of files, of indexes, and of the dumps in folders; `-` is standard input.

    Of the same name and source the last one counts.

    Raises: FileError for a file that cannot be read, for a damaged index, or beyond `MOST_BYTES`.
    """
    found: dict[tuple[str, str], KeyCert] = {}
    for _, cert in iter_key_certs(paths):
        source = cert.object.first("source")
        found[cert.name, source.value.upper() if source else ""] = cert
    return list(found.values())


def iter_key_certs(paths: Iterable[str]) -> Iterator[tuple[str, KeyCert]]:
    """Yield every key-cert of the same places, in order, each after the file that it is in.

    Raises: FileError as `read_key_certs` does, at the place where it goes wrong.
    """
    left = MOST_BYTES
    for path in paths:
        for name in _files_at(path):
            for part in _iter_parts(name, left):
                left -= part.size
                for obj in part.objects:
                    yield name, read_key_cert(obj)


def _files_at(path: str) -> list[str]:
    if not Path(path).is_dir():
        return [path]
    from irtkit.clients.files import find_dumps  # noqa: PLC0415 - an array's weight, for folders only

    return find_dumps([path])


class _Part(NamedTuple):
    """Some key-certs of a file, and how many bytes they were found in."""

    size: int
    objects: list[RpslObject]


def _iter_parts(path: str, most: int) -> Iterator[_Part]:
    parser = ObjectParser()
    size = 0
    try:
        with _opened(path) as raw:
            start = raw.peek(_SNIFFED)
            if _INDEX in start:
                yield _Part(0, _of_index(path))
                return
            file: Any = igzip.IGzipFile(fileobj=raw) if start.startswith(_GZIP) else raw  # type: ignore[no-untyped-call] # isal's
            while data := file.read(_PART):
                size += len(data)
                if size > most:
                    raise FileError(f"has more than {most:,} bytes; name the dump of the key-certs", path=path)
                yield _Part(len(data), _key_certs(parser.feed(data)))
    except (OSError, ValueError, EOFError, *_DAMAGE) as error:
        raise _unreadable(path, error) from None
    yield _Part(0, _key_certs(parser.close()))


def _opened(path: str) -> BufferedReader:
    if path != "-":
        return Path(path).open("rb")
    stream: Any = _standard_input()
    return BufferedReader(stream)


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise FileError("is closed", path="standard input")
    return sys.stdin.buffer


def _of_index(path: str) -> list[RpslObject]:
    from irtkit.index.keycerts import iter_key_certs  # noqa: PLC0415 - for indexes only
    from irtkit.index.lookup import open_index  # noqa: PLC0415 - the same

    try:
        return list(iter_key_certs(open_index(path)))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise IndexFileError("is not an irtkit index, or is damaged", path=path) from None


def _key_certs(objects: list[RpslObject]) -> list[RpslObject]:
    return [obj for obj in objects if obj.class_name == CLASS_NAME]


def _unreadable(path: str, error: Exception) -> FileError:
    return FileError(f"cannot be read: {reason_of(error)}", path="standard input" if path == "-" else path)
