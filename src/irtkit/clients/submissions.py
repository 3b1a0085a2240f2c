"""Files of objects that somebody wants to have checked, and what they are checked against.

Whatever is wrong with a file is a problem about that file and stops no other. It judges no object.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from isal import igzip, isal_zlib

from irtkit.clients.outputs import replacing
from irtkit.errors import FileError, IndexFileError, OutputError, reason_of
from irtkit.rpsl import ObjectParser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irtkit.problems import Problem
    from irtkit.rpsl import RpslObject
    from irtkit.validation.objects import Objects, ObjectSet

__all__ = [
    "LARGEST",
    "STANDARD_INPUT",
    "Database",
    "SubmissionFile",
    "open_database",
    "read_bytes",
    "read_submission",
    "replace_bytes",
]

LARGEST: Final = 256 << 20
"""Bytes of a file that are read: many times what registries take at once, and a small part of their dumps."""
STANDARD_INPUT: Final = "standard input"
_PART = 1 << 20
_DAMAGE: Any = (isal_zlib.error, igzip.BadGzipFile)
_SNIFFED = 4096
_WITHOUT = "the objects are checked without it, so what is not found elsewhere may still exist"
_INDEX = b'"format":"irtkit-index"'
_GZIP = b"\x1f\x8b"


class SubmissionFile(NamedTuple):
    """A file, as text; *text* is None if it could not be read, and then *problems* say why."""

    name: str
    text: str | None
    problems: list[Problem]


def read_submission(path: str) -> SubmissionFile:
    """Read a file, or standard input for `-`. Nothing is raised: what goes wrong is a problem."""
    from irtkit.submission.codes import problem_of  # noqa: PLC0415 - whoever only formats needs no judge
    from irtkit.submission.decoding import decode  # noqa: PLC0415 - the same

    name = STANDARD_INPUT if path == "-" else path
    try:
        return SubmissionFile(name, *decode(read_bytes(path)))
    except FileError as error:
        problem = problem_of("unreadable-file", error.message, None, "expected a file of objects")
        return SubmissionFile(name, None, [problem])


def read_bytes(path: str) -> bytes:
    """Return what is in a file, or in standard input for `-`.

    Raises: FileError when it cannot be read, is a folder, or is larger than `LARGEST`.
    """
    name = STANDARD_INPUT if path == "-" else path
    try:
        if path == "-" and sys.stdin is None:
            raise FileError("is closed", path=name)
        if path == "-":
            data = _read(sys.stdin.buffer)
        elif Path(path).is_dir():
            raise FileError(f"is a folder; expected files, such as {path.rstrip('/')}/*", path=name)
        else:
            with Path(path).open("rb") as file:
                data = _read(file)
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        raise FileError(f"cannot be read: {reason_of(error)}", path=name) from None
    if data is None:
        raise FileError(f"is larger than {LARGEST >> 20} MB: no submission", path=name)
    return data


def _read(file: IO[bytes]) -> bytes | None:
    """Return everything, or None if it is too much."""
    data = bytearray()
    while part := file.read(_PART):
        data += part
        if len(data) > LARGEST:
            return None
    return bytes(data)


def replace_bytes(path: str, data: bytes) -> None:
    """Put *data* in the place of the file at *path* in one step; who may read it stays as it is.

    Raises: OutputError when it cannot be written; then the old file is still there.
    """
    try:
        mode = stat.S_IMODE(Path(path).stat().st_mode)
        with replacing(path) as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
    except OSError as error:
        raise OutputError(f"cannot be written: {reason_of(error)}", path=path) from None


class Database(NamedTuple):
    """What to check against, as far as it could be read; *faults* are names of places and what is wrong with them."""

    objects: Objects | None
    faults: list[tuple[str, Problem]]


def open_database(paths: Iterable[str], registry: str) -> Database:
    """Open what objects are checked against: indexes, files of objects or dumps, plain or gzip, and folders of dumps.

    Objects of files replace those of indexes, and without a source they belong to *registry*. They are kept in memory,
    so there is a limit (`LARGEST`, inflated). Nothing is raised: a place that cannot be read is a fault. What
    the others hold counts as part of a database then, and nothing follows from what is not in it.
    """
    from irtkit.submission.codes import problem_of  # noqa: PLC0415 - whoever only formats needs no judge
    from irtkit.validation.joined import PartialObjects  # noqa: PLC0415 - the same
    from irtkit.validation.objects import ObjectSet  # noqa: PLC0415 - the same

    objects = ObjectSet(registry=registry, complete=True)
    indexes: list[Objects] = []
    faults: list[tuple[str, Problem]] = []
    left = LARGEST
    for path in paths:
        try:
            for name in _files_at(path):
                if _is_index(name):
                    indexes.append(_open_index(name))
                else:
                    left = _add_objects(name, objects, left)
        except FileError as error:
            problem = problem_of("unusable-database", error.message, None, _WITHOUT)
            faults.append((error.path, problem))
    found = _layered(objects, indexes)
    return Database(PartialObjects(found) if found is not None and faults else found, faults)


def _layered(objects: ObjectSet, indexes: list[Objects]) -> Objects | None:
    from irtkit.validation.joined import JoinedObjects  # noqa: PLC0415 - whoever only formats needs no database
    from irtkit.validation.layers import Layered  # noqa: PLC0415 - the same

    if not indexes:
        return objects if len(objects) else None
    below = indexes[0] if len(indexes) == 1 else JoinedObjects(indexes)
    return Layered(objects, below) if len(objects) else below


def _is_index(path: str) -> bool:
    """Tell whether a file says that it is an index; one that cannot be read does not."""
    try:
        with Path(path).open("rb") as file:
            return _INDEX in file.read(_SNIFFED)
    except (OSError, ValueError):
        return False


def _open_index(path: str) -> Objects:
    """Open an index. Raises: IndexFileError when it is of another version, or damaged."""
    from irtkit.index.lookup import open_index  # noqa: PLC0415 - only for who has an index
    from irtkit.submission.indexed import IndexObjects  # noqa: PLC0415 - the same

    try:
        return IndexObjects(open_index(path))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise IndexFileError("is not an irtkit index, or is damaged", path=path) from None


def _files_at(path: str) -> list[str]:
    if not Path(path).is_dir():
        return [path]
    from irtkit.clients.files import find_dumps  # noqa: PLC0415 - an array's weight, for folders only

    return find_dumps([path])


def _add_objects(path: str, objects: ObjectSet, left: int) -> int:
    """Take in the objects of a file; return how many more bytes may be read."""
    count = 0
    try:
        with Path(path).open("rb") as raw:
            parser = ObjectParser()
            packed = raw.read(len(_GZIP)) == _GZIP
            raw.seek(0)
            file: Any = igzip.IGzipFile(fileobj=raw) if packed else raw  # type: ignore[no-untyped-call]
            while part := file.read(_PART):
                left -= len(part)
                if left < 0:
                    raise FileError(f"has more than {LARGEST >> 20} MB of objects; build an index", path=path)
                count += _add_all(parser.feed(part), objects)
    except (OSError, ValueError, EOFError, *_DAMAGE) as error:
        raise FileError(f"cannot be read: {reason_of(error)}", path=path) from None
    if not count + _add_all(parser.close(), objects):
        raise FileError("holds no object; expected RPSL objects, plain or gzip", path=path)
    return left


def _add_all(found: list[RpslObject], objects: ObjectSet) -> int:
    for obj in found:
        objects.add(obj)
    return len(found)
