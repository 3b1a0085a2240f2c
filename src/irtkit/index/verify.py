"""Whether an index file holds what an index holds: checksums, and how its arrays fit together.

What `irtkit.index.layout` says of the arrays is checked here, so that nothing leads out of its column and no
search goes astray. It repairs nothing, and does not ask whether the answers are right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.errors import IndexFileError
from irtkit.index.bulk import Bulk
from irtkit.index.layout import GAPS, PARTY_TEXTS, TEXTS

if TYPE_CHECKING:
    from irtkit.index.storage import IndexFile

__all__ = ["find_faults"]

Array: TypeAlias = NDArray[Any]

_FORMATS = {
    **dict.fromkeys(("ipv4.start", "ipv4.bucket", "irt_set.at"), "I"),
    **dict.fromkeys(("ipv6.high", "ipv6.low"), "Q"),
    **dict.fromkeys(("ipv4.row", "ipv6.row", "row.object", "row.irt", "row.abuse", "overlapping", "irt_set.irt"), "i"),
    **dict.fromkeys(("row.irt_up", "row.abuse_up"), "H"),
    **dict.fromkeys((f"object.{name}" for name in ("source", "country", "org", "irts", "role", "parent")), "i"),
    **dict.fromkeys(("object.flags", "irt.gap", "irt.flags", "role.gap", "role.flags"), "B"),
}
"""Arrays that every index has, and the format of their items."""
_PARTIES = {party: [f"{party}.{name}" for name in ("handle", *PARTY_TEXTS)] for party in ("irt", "role")}


def find_faults(file: IndexFile) -> Iterator[str]:
    """Yield what is wrong with an index file, a sentence each; nothing when it is whole.

    Cost: every byte is read once or twice.
    """
    yield from (f"the array {name} does not have its checksum" for name in file.damaged())
    try:
        if not _says_what_it_is_made_of(file.manifest):
            yield "its manifest is not one"
            return
        yield from _Arrays(file).faults()
    except IndexFileError as error:
        yield error.message
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        yield f"the arrays do not fit together: {error}"


def _says_what_it_is_made_of(manifest: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    """Tell whether a manifest is one as `irtkit.clients.dumps` writes it."""
    files = {"name": str, "size": int, "objects": int, "rejected": int}
    return (
        {name: type(manifest.get(name)) for name in ("created", "shift")} == {"created": str, "shift": int}
        and all(list(map(type, row)) == [str, str, int] for row in manifest["objects"])
        and all({name: type(value) for name, value in file.items()} == files for file in manifest["files"])
    )


class _Arrays:
    """The arrays of an index file, as NumPy arrays."""

    def __init__(self, file: IndexFile) -> None:
        self._file = file
        self._array = Bulk(file).array

    def faults(self) -> Iterator[str]:
        for name, form in _FORMATS.items():
            if (found := self._file.array(name).format) != form:
                yield f"the array {name} has items of format {found!r}, expected {form!r}"
                return
        texts = [*TEXTS, *_PARTIES["irt"], *_PARTIES["role"]]
        broken = [fault for name in texts for fault in self._text_faults(name)]
        yield from broken
        if not broken:
            yield from self._segment_faults()
            yield from self._row_faults()
            yield from self._object_faults()
            yield from self._party_faults()

    def _text_faults(self, name: str) -> Iterator[str]:
        at, text = self._array(f"{name}.at").astype(np.int64), self._array(f"{name}.text")
        if len(at) < 2 or at[0] or at[-1] != len(text) or at[-2] != at[-1] or (np.diff(at) < 0).any():
            yield f"the values of {name} do not lie end to end, the last one empty"
            return
        if ((text < 32) | (text == 127)).any():
            yield f"{name} holds control characters"
        starts = at[:-1][np.diff(at) > 0]
        try:
            text.tobytes().decode()
        except UnicodeDecodeError as error:
            yield f"{name} is not UTF-8: {error.reason} at byte {error.start:,}"
        else:
            if ((text[starts] & 0xC0) == 0x80).any():
                yield f"a value of {name} begins inside a character"

    def _segment_faults(self) -> Iterator[str]:
        rows = len(self._array("row.object"))
        for name in sorted({name.rpartition(".")[0] for name in self._file.names if name.startswith("ipv")}):
            starts = ("start",) if name.startswith("ipv4") else ("high", "low")
            columns = [self._array(f"{name}.{column}") for column in starts]
            row = self._array(f"{name}.row")
            if any(len(column) != len(row) for column in columns) or not len(row):
                yield f"the arrays of {name} differ in length, or are empty"
                continue
            if any(column[0] for column in columns) or not _ascend(*columns):
                yield f"the segments of {name} do not ascend from 0"
            if not _within(row, -1, rows):
                yield f"a segment of {name} leads to no row"
            if len(columns) == 1:
                yield from self._bucket_faults(name, columns[0])

    def _bucket_faults(self, name: str, start: Array) -> Iterator[str]:
        bucket = self._array(f"{name}.bucket")
        blocks = len(bucket) - 1
        if (
            blocks < 1
            or blocks & (blocks - 1)
            or (name == "ipv4" and blocks << self._file.manifest["shift"] != 1 << 32)
        ):
            yield f"{name}.bucket has {len(bucket):,} entries, which do not part the address space"
            return
        edges = np.arange(blocks + 1, dtype=np.uint64) * np.uint64((1 << 32) // blocks)
        if not np.array_equal(bucket, np.searchsorted(start, edges)):
            yield f"{name}.bucket does not say where the blocks of addresses begin"

    def _row_faults(self) -> Iterator[str]:
        objects, rows = len(self._array("object.flags")), len(self._array("row.object"))
        for name in ("row.irt", "row.irt_up", "row.abuse", "row.abuse_up"):
            if len(self._array(name)) != rows:
                yield f"{name} has {len(self._array(name)):,} entries, expected {rows:,}"
        if not _within(self._array("row.object"), 0, objects):
            yield "a row has no object"
        for name, held in (("row.irt", "object.irts"), ("row.abuse", "object.role")):
            holder = self._array(name)
            if not _within(holder, -1, objects):
                yield f"an entry of {name} is no object"
            elif (self._array(held)[holder[holder >= 0]] < 0).any():
                yield f"an entry of {name} has nothing in {held}"

    def _object_faults(self) -> Iterator[str]:
        objects = len(self._array("object.flags"))
        limits = {
            "source": self._texts("source"),
            "country": self._texts("country"),
            "org": self._texts("org"),
            "irts": len(self._array("irt_set.at")) - 1,
            "role": self._texts("role.handle"),
            "parent": objects,
        }
        for name, limit in limits.items():
            codes = self._array(f"object.{name}")
            if len(codes) != objects:
                yield f"object.{name} has {len(codes):,} entries, expected {objects:,}"
            elif not _within(codes, -1, limit):
                yield f"a code in object.{name} stands for nothing"
            elif name == "parent" and _has_circle(codes):
                yield "an object encloses itself"
        for name in ("object.key", "object.netname"):
            if self._texts(name) != objects:
                yield f"{name} has {self._texts(name):,} values, expected {objects:,}"
        if not _within(self._array("overlapping"), 0, objects):
            yield "an entry of overlapping is no object"

    def _party_faults(self) -> Iterator[str]:
        at, member = self._array("irt_set.at").astype(np.int64), self._array("irt_set.irt")
        if not len(at) or at[0] or at[-1] != len(member) or (np.diff(at) < 0).any():
            yield "the irt sets do not lie end to end"
        if not _within(member, 0, self._texts("irt.handle")):
            yield "a member of an irt set is no irt"
        for party, names in _PARTIES.items():
            count = self._texts(f"{party}.handle")
            lengths = {name: self._texts(name) for name in names}
            lengths |= {name: len(self._array(name)) for name in (f"{party}.gap", f"{party}.flags")}
            yield from (
                f"{name} has {length:,} values, expected {count:,}"
                for name, length in lengths.items()
                if length != count
            )
            if not _within(self._array(f"{party}.gap"), 0, len(GAPS)):
                yield f"a code in {party}.gap stands for nothing"

    def _texts(self, name: str) -> int:
        """Return how many values a column of text has, without the empty one at its end."""
        return len(self._array(f"{name}.at")) - 2


def _within(codes: Array, least: int, limit: int) -> bool:
    return not len(codes) or bool(codes.min() >= least and codes.max() < limit)


def _ascend(high: Array, low: Array | None = None) -> bool:
    """Tell whether each entry is greater than the one before it; *low* are the lower halves."""
    greater = high[1:] > high[:-1]
    if low is not None:
        greater |= (high[1:] == high[:-1]) & (low[1:] > low[:-1])
    return bool(greater.all())


def _has_circle(parent: Array) -> bool:
    """Tell whether following the parents from some object never ends: each pass goes twice as far."""
    reached = parent
    for _ in range(len(parent).bit_length()):
        if (reached < 0).all():
            return False
        reached = np.where(reached < 0, -1, reached[reached])
    return bool((reached >= 0).any())
