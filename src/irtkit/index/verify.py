"""Whether an index file holds what an index holds: checksums, and how its arrays fit together.

What `irtkit.index.layout` says of the arrays is checked here, so that nothing leads out of its column and no
search goes astray. It repairs nothing, and does not ask whether the answers are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.errors import IndexFileError
from irtkit.index.layout import GAPS, KEY_USES, KEYED_CLASSES, PARTY_TEXTS, TEXTS

if TYPE_CHECKING:
    from irtkit.index.storage import IndexFile

__all__ = ["find_faults", "find_misfits"]

Array: TypeAlias = NDArray[Any]

_OBJECT_CODES = tuple(f"object.{name}" for name in ("source", "country", "org", "status", "irts", "role", "parent"))
_FORMATS = {
    **dict.fromkeys(("ipv4.start", "ipv4.bucket", "irt_set.at", "irt_key.at"), "I"),
    **dict.fromkeys(("ipv6.high", "ipv6.low", "key.hash"), "Q"),
    **dict.fromkeys(("ipv4.row", "ipv6.row", "row.object", "row.irt", "row.abuse", "overlapping", "irt_set.irt"), "i"),
    **dict.fromkeys(("row.irt_up", "row.abuse_up"), "H"),
    **dict.fromkeys((*_OBJECT_CODES, "org.type", "org.role", "key.number", "irt_key.key_cert"), "i"),
    **dict.fromkeys(("object.flags", "object.size", "key.class", "irt_key.use", "key_cert.object.text"), "B"),
    "key_cert.object.at": "iq",
    **dict.fromkeys(("irt.gap", "irt.flags", "role.gap", "role.flags"), "B"),
}
"""Arrays that every index has, and the format of their items."""
_PARTIES = {party: [f"{party}.{name}" for name in ("handle", *PARTY_TEXTS)] for party in ("irt", "role")}
_TEXTS = (*TEXTS, *_PARTIES["irt"], *_PARTIES["role"])
_COLUMNS = {
    "object.flags": (*_OBJECT_CODES, "object.size", "object.key", "object.netname"),
    "row.object": ("row.irt", "row.irt_up", "row.abuse", "row.abuse_up"),
    **{f"{party}.gap": (f"{party}.flags", *names) for party, names in _PARTIES.items()},
    "org": ("org.type", "org.role"),
    "key.hash": ("key.class", "key.number"),
    "irt_key.key_cert": ("irt_key.use",),
}
"""Columns of one table have as many entries as its first."""
_DTYPES = {"B": np.uint8, "H": np.uint16, "i": np.int32, "I": np.uint32, "q": np.int64, "Q": np.uint64}
_FAILURES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What arrays that do not fit together can raise."""
_FILE = {"name": str, "size": int, "objects": int, "rejected": int}
"""What a manifest says of each dump, at least."""


def find_faults(file: IndexFile) -> Iterator[str]:
    """Yield what is wrong with an index file, a sentence each; nothing when it is whole.

    Cost: every byte is read once or twice.
    """
    yield from (f"the array {name} does not have its checksum" for name in file.damaged())
    try:
        if not _says_what_it_is_made_of(file.manifest):
            yield "its manifest is not one"
        misfits = list(find_misfits(file))
        yield from misfits
        if not misfits:
            yield from _Arrays(file).faults()
    except _FAILURES as error:
        yield f"the arrays do not fit together: {error}"


def find_misfits(file: IndexFile) -> Iterator[str]:
    """Yield which arrays of an index file lack, or have another format or length than they must: nothing is safe then.

    Cost: next to nothing, whatever the size of the file.
    """
    try:
        yield from _Arrays(file).misfits()
    except IndexFileError as error:
        yield error.message
    except _FAILURES as error:
        yield f"the arrays do not fit together: {error}"


def _says_what_it_is_made_of(manifest: Any) -> bool:  # noqa: ANN401 - whatever the file holds
    """Tell whether a manifest is one as `irtkit.clients.dumps` writes it."""
    return (
        {name: type(manifest.get(name)) for name in ("created", "shift")} == {"created": str, "shift": int}
        and all(list(map(type, row)) == [str, str, int] for row in manifest["objects"])
        and all(_is_file(file) for file in manifest["files"])
    )


def _is_file(file: Mapping[str, object]) -> bool:
    """Tell whether that is what a manifest says of a dump; older ones do not say when it was modified."""
    types = {name: type(value) for name, value in file.items() if name != "modified"}
    modified = file.get("modified")
    return types == _FILE and (modified is None or isinstance(modified, str))


class _Arrays:
    """The arrays of an index file, as NumPy arrays."""

    def __init__(self, file: IndexFile) -> None:
        self._file = file

    def _array(self, name: str) -> Array:
        view = self._file.array(name)
        return np.frombuffer(view, _DTYPES[view.format])

    def misfits(self) -> Iterator[str]:
        """Yield which arrays lack, or have another format or length than they must."""
        formats = {**_FORMATS, **{f"{name}.text": "B" for name in _TEXTS}, **{f"{name}.at": "iq" for name in _TEXTS}}
        for name, allowed in formats.items():
            if (found := self._file.array(name).format) not in allowed:
                yield f"{name} has items of format {found}, expected {' or '.join(allowed)}"
        for first, others in _COLUMNS.items():
            for name in others:
                if self._entries(name) != self._entries(first):
                    yield f"{name} has {self._entries(name):,} entries, expected {self._entries(first):,}"
        for name in self._segments():
            lengths = {len(self._file.array(f"{name}.{column}")) for column in (*_starts(name), "row")}
            if len(lengths) > 1 or not min(lengths):
                yield f"the arrays of {name} differ in length, or are empty"
        yield from self._list_misfits()

    def _list_misfits(self) -> Iterator[str]:
        lists = (
            ("irt sets", "irt_set.at", "irt_set.irt", None),
            ("keys of irts", "irt_key.at", "irt_key.key_cert", self._entries("irt.handle") + 1),
            ("key-certs", "key_cert.object.at", "key_cert.object.text", self._entries("key_cert.name") + 2),
        )
        for what, begins, entries, count in lists:
            at = self._array(begins).astype(np.int64)
            fit = len(at) and not at[0] and at[-1] == self._entries(entries) and (np.diff(at) >= 0).all()
            if not fit or count not in (None, len(at)):
                yield f"the {what} do not lie end to end"

    def _entries(self, name: str) -> int:
        """Return the length of a column; of text without the empty value at its end."""
        return len(self._file.array(f"{name}.at")) - 2 if name in _TEXTS else len(self._file.array(name))

    def _segments(self) -> list[str]:
        return sorted({name.rpartition(".")[0] for name in self._file.names if name.startswith("ipv")})

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the contents, once nothing is with formats and lengths."""
        for name in _TEXTS:
            yield from self._text_faults(name)
        yield from self._segment_faults()
        yield from self._code_faults()
        yield from self._holder_faults()
        yield from self._key_faults()
        if _has_circle(self._array("object.parent")):
            yield "an object encloses itself"

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
        for name in self._segments():
            columns = [self._array(f"{name}.{column}") for column in _starts(name)]
            if any(column[0] for column in columns) or not _ascend(*columns):
                yield f"the segments of {name} do not ascend from 0"
            if not _within(self._array(f"{name}.row"), -1, self._entries("row.object")):
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

    def _code_faults(self) -> Iterator[str]:
        objects = self._entries("object.flags")
        limits = {
            "row.object": (0, objects),
            "row.irt": (-1, objects),
            "row.abuse": (-1, objects),
            "object.source": (0, self._entries("source")),
            "object.country": (-1, self._entries("country")),
            "object.org": (-1, self._entries("org")),
            "object.status": (-1, self._entries("status")),
            "object.irts": (-1, self._entries("irt_set.at") - 1),
            "object.role": (-1, self._entries("role.handle")),
            "object.parent": (-1, objects),
            "overlapping": (0, objects),
            "irt_set.irt": (0, self._entries("irt.handle")),
            "irt.gap": (0, len(GAPS)),
            "role.gap": (0, len(GAPS)),
            "org.type": (-1, self._entries("org_type")),
            "org.role": (-1, self._entries("role.handle")),
            "key.class": (0, len(KEYED_CLASSES)),
            "irt_key.key_cert": (0, self._entries("key_cert.name")),
            "irt_key.use": (0, len(KEY_USES)),
        }
        yield from (
            f"an entry of {name} stands for nothing"
            for name, (least, limit) in limits.items()
            if not _within(self._array(name), least, limit)
        )

    def _holder_faults(self) -> Iterator[str]:
        for name, held in (("row.irt", "object.irts"), ("row.abuse", "object.role")):
            holder = self._array(name)
            if (self._array(held)[holder[holder >= 0]] < 0).any():
                yield f"an entry of {name} has nothing in {held}"

    def _key_faults(self) -> Iterator[str]:
        hashes, classes, numbers = (self._array(f"key.{name}") for name in ("hash", "class", "number"))
        if not _ascend(hashes, classes):
            yield "the keys do not ascend"
        numbered = np.zeros(len(numbers), np.bool_)
        classes_numbered = (
            ("role", "a", "role.handle"),
            ("organisation", "an", "org"),
            ("key-cert", "a", "key_cert.name"),
        )
        for class_name, article, column in classes_numbered:
            mine = classes == KEYED_CLASSES.index(class_name)
            numbered |= mine
            if not _within(numbers[mine], 0, self._entries(column)):
                yield f"a key of {article} {class_name} stands for none"
        if (numbers[~numbered] != -1).any():
            yield "a key that is no role's, organisation's or key-cert's stands for one"


def _starts(segments: str) -> tuple[str, ...]:
    """Return the columns that say where segments start."""
    return ("start",) if segments.startswith("ipv4") else ("high", "low")


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
