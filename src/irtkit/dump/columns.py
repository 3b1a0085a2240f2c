"""The columns of a block: the values of wanted attributes, object by object, and what stands there that is no object.

What is said here about an attribute is what the object path says: the columns scanned from a text equal the columns
taken from its parsed objects. Most values need no cleaning and are copied by NumPy; for the rest the object path's own
reading is asked for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import window
from irtkit.dump.blocks import MAX_OBJECT, Block, Bytes
from irtkit.dump.lines import COLUMN, Candidates, Indices, Key, Lines, Words, folded, key_of

__all__ = ["WHOLE", "ClassColumns", "Columns", "Rejected", "Values", "Wanted", "gather", "scan"]

Wanted: TypeAlias = Mapping[str, Mapping[str, frozenset[str]]]
"""Class name -> attribute name -> names (upper case) of which a value must list one to be kept; none: all are."""
WHOLE = ""
"""The name that asks for whole objects: their lines as they stand, comments among them; UTF-8 or not."""

_NEWLINE = 10
_CLASS_LINE = re.compile(rb"[A-Za-z0-9*-]+:")
_LONGEST_CLASS = 4096
_BLANK = np.zeros(256, np.bool_)
_BLANK[[9, 13, 32]] = True
_WIDE = 64
"""Values up to this many bytes are copied as one item; longer ones byte by byte."""
_PADDING = 32
"""Blanks skipped around a value before it is left to the slow path."""


class Rejected(NamedTuple):
    """A paragraph that is no object: the *line* where it begins, counted from 0 in its block, and what was expected."""

    line: int
    message: str


class Values(NamedTuple):
    """The values of one attribute, cleaned, in the order of the dump: *text* is UTF-8, a line feed after each value.

    *row* numbers the objects of the class within the block, from 0, never falling; an object may occur
    several times, or not at all. *length* is in bytes, without the line feed.
    """

    row: NDArray[np.int32]
    length: NDArray[np.int32]
    text: Bytes

    def tolist(self) -> list[tuple[int, str]]:
        """Return (row, value) pairs."""
        return list(zip(self.row.tolist(), self.text.tobytes().decode().split("\n"), strict=False))


@dataclass(frozen=True, slots=True)
class ClassColumns:
    """The objects of one class in a block: how many, where each begins, and the values of its wanted attributes."""

    count: int
    line: Indices
    """Line of the block, from 0, where each object begins."""
    values: dict[str, Values]


@dataclass(slots=True)
class Columns:
    """What one block holds, by class."""

    classes: dict[str, ClassColumns] = field(default_factory=dict)
    taken: int = 0
    """Objects in *classes*."""
    other: int = 0
    """Objects of classes that nobody wants."""
    deleted: int = 0
    """Objects whose class begins with `*xx`: deleted, kept in the dump by some registries."""
    rejected: list[Rejected] = field(default_factory=list)
    lines: int = 0
    """Lines in the block."""


def scan(block: Block, wanted: Wanted) -> Columns:
    """Read the *wanted* attributes of the objects in *block*."""
    lines = Lines(block)
    columns = Columns(lines=len(lines.starts))
    heads, member = lines.heads, _members(lines, wanted)
    rest = np.ones(len(heads), np.bool_)
    for numbers in member.values():
        rest[numbers] = False
    _count_the_rest(lines, heads[rest], columns)
    extents = np.diff(lines.starts[heads], append=block.size)
    for name, numbers in member.items():
        large = extents[numbers] > MAX_OBJECT
        for index in np.flatnonzero(large).tolist():
            large[index] = sum(len(text) + 1 for text in lines.paragraph(int(heads[numbers[index]]))) > MAX_OBJECT
        if large.any():
            columns.rejected += [
                Rejected(head, f"object larger than {MAX_OBJECT:,} bytes skipped")
                for head in heads[numbers[large]].tolist()
            ]
            member[name] = numbers[~large]
    if member:
        candidates = Candidates(lines, {attribute for name in member for attribute in wanted[name]} - {WHOLE})
    for name, numbers in member.items():
        columns.classes[name] = _class_columns(lines, candidates, wanted[name], numbers)
        columns.taken += len(numbers)
    columns.rejected.sort()
    return columns


def _members(lines: Lines, names: Iterable[str]) -> dict[str, Indices]:
    """Return by class which of the block's objects are of it, for each class in *names* that occurs."""
    first = lines.words(lines.heads)
    beginning = first.astype(np.uint16)
    alike: dict[int, Indices] = {}
    member = {}
    for name in names:
        _, _, words, masks, _ = key_of(name)
        letters = int(words[0]) & 0xFFFF
        if letters not in alike:
            alike[letters] = np.flatnonzero(beginning == letters)
        found = alike[letters]
        found = found[(first[found] & masks[0]) == words[0]]
        if masks[1] and found.size:
            found = found[(lines.words(lines.heads[found], 8) & masks[1]) == words[1]]
        if found.size:
            member[name] = found
    return member


def _count_the_rest(lines: Lines, heads: Indices, columns: Columns) -> None:
    """Tell objects of other classes from paragraphs that are no objects; alike beginnings are judged once."""
    first, second = lines.words(heads), lines.words(heads, 8)
    second[_holds_colon(first)] = 0
    order = np.lexsort((second, first))
    changes = (np.diff(first[order]) != 0) | (np.diff(second[order]) != 0)
    settled = _holds_colon(first) | _holds_colon(second)
    for alike in np.split(order, np.flatnonzero(changes) + 1) if len(order) else ():
        if settled[alike[0]]:
            _count_alike(lines, heads[np.sort(alike)], columns)
        else:
            for head in heads[alike]:
                _count_alike(lines, head.reshape(1), columns)


def _holds_colon(words: Words) -> NDArray[np.bool_]:
    """Tell which words have a byte that is a colon."""
    holds: NDArray[np.bool_] = (words.view(np.uint8).reshape(-1, 8) == ord(":")).any(axis=1)
    return holds


def _count_alike(lines: Lines, heads: Indices, columns: Columns) -> None:
    text = lines.text(int(heads[0]))[:_LONGEST_CLASS]
    if _CLASS_LINE.match(text) is None:
        for head in heads.tolist():
            if any(line.strip(b" \t\r") for line in lines.paragraph(head)):
                shown = lines.text(head)[:32].decode("ascii", "backslashreplace")
                message = f"expected a class name and a colon, got {shown!r}"
                columns.rejected.append(Rejected(head, message))
    elif text[:3].lower() == b"*xx":
        columns.deleted += len(heads)
    else:
        columns.other += len(heads)


def _class_columns(
    lines: Lines, candidates: Candidates, attributes: Mapping[str, frozenset[str]], numbers: Indices
) -> ClassColumns:
    rank: NDArray[np.int32] | None = None
    if len(numbers) < len(lines.heads):
        rank = np.full(len(lines.heads), -1, np.int32)
        rank[numbers] = np.arange(len(numbers), dtype=np.int32)
    heads = lines.heads[numbers]
    values = {
        name: _values(lines, candidates, key_of(name), names, rank) if name != WHOLE else _whole_objects(lines, heads)
        for name, names in attributes.items()
    }
    return ClassColumns(len(numbers), heads, values)


def _whole_objects(lines: Lines, heads: Indices) -> Values:
    blank = np.append(np.flatnonzero(lines.blank), len(lines.starts))
    start, end = lines.starts[heads], lines.ends[blank[np.searchsorted(blank, heads)] - 1]
    texts = (lines.buffer[first : last + 1] for first, last in zip(start.tolist(), end.tolist(), strict=True))
    text = np.concatenate([lines.buffer[:0], *texts])
    return Values(np.arange(len(heads), dtype=np.int32), (end - start).astype(np.int32), text)


def _values(
    lines: Lines, candidates: Candidates, key: Key, names: frozenset[str], rank: NDArray[np.int32] | None
) -> Values:
    found = candidates.matching(key)
    row = candidates.row[found]
    if rank is not None:
        row = rank[row]
        mine = row >= 0
        found, row = found[mine], row[mine]
    laid_out = candidates.laid_out_with(key, found)
    if names:
        keep = _may_list(lines, candidates, found, laid_out, names)
        found, row, laid_out = found[keep], row[keep], laid_out[keep]
    start, end, plain = _plain_values(lines, candidates, key, found, laid_out)
    length = (end - start).astype(np.int32)
    length[~plain] = 0
    text = gather(lines.buffer, start, length)
    odd = ((text - np.uint8(32)) > 94) & (text != _NEWLINE)
    odd |= text == ord("#")
    odd[1:] |= (text[1:] == 32) & (text[:-1] == 32)
    if (at := np.flatnonzero(odd)).size:
        plain[np.searchsorted(np.cumsum(length + 1), at, side="right")] = False
    values = Values(row, length, text)
    if not plain.all():
        values = _with_slow_values(lines, candidates.line[found], values, plain)
    return _listing(values, names) if names else values


def _may_list(
    lines: Lines, candidates: Candidates, found: Indices, laid_out: NDArray[np.bool_], names: frozenset[str]
) -> NDArray[np.bool_]:
    """Tell which lines may list one of *names*: those that begin like one, or have a comma and room for two.

    Lines that are not laid out as registries do, or are continued, may.
    """
    begin, end = candidates.begin[found], candidates.end[found]
    first = folded(candidates.value[found])
    may: NDArray[np.bool_] = candidates.continued[found] | ~laid_out
    may |= first.astype(np.uint8) <= ord(",")
    for beginning in {name.lower().encode()[:8] for name in names}:
        mask, word = (np.frombuffer(part.ljust(8, b"\0"), "<u8")[0] for part in (b"\xff" * len(beginning), beginning))
        may |= (first & mask) == word
    roomy = np.flatnonzero(end - begin > COLUMN + min(map(len, names)) + 1)
    shown = window(lines.buffer, _WIDE, f"V{_WIDE}")[begin[roomy] + COLUMN].view(np.uint8).reshape(-1, _WIDE)
    comma = np.flatnonzero(shown == ord(","))
    line = roomy[comma // _WIDE]
    may[line[begin[line] + COLUMN + comma % _WIDE < end[line]]] = True
    may[roomy[end[roomy] - begin[roomy] > COLUMN + _WIDE]] = True
    return may


def _listing(values: Values, names: frozenset[str]) -> Values:
    """Keep the values that list one of *names*."""
    texts = values.text.tobytes().split(b"\n")[:-1]
    keep = [
        number
        for number, text in enumerate(texts)
        if any(element.strip(" ") in names for element in text.decode().upper().split(","))
    ]
    text = b"".join(texts[number] + b"\n" for number in keep)
    return Values(values.row[keep], values.length[keep], np.frombuffer(text, np.uint8))


def _plain_values(
    lines: Lines, candidates: Candidates, key: Key, found: Indices, laid_out: NDArray[np.bool_]
) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Find where the value of each line in *found* begins and ends, and which values need no cleaning so far.

    Most values begin in column 16, as registries lay them out; for the others blanks are skipped.
    """
    buffer = lines.buffer
    start, end = candidates.begin[found] + COLUMN, candidates.end[found]
    plain = ~candidates.continued[found]
    if not laid_out.all():
        rest = np.flatnonzero(~laid_out)
        start[rest], end[rest] = _stripped(buffer, start[rest] + (key.width - COLUMN), end[rest])
        left = _BLANK[buffer[start[rest]]] | _BLANK[buffer[end[rest] - 1]]
        plain[rest[left & (start[rest] < end[rest])]] = False
    return start, end, plain


def _stripped(buffer: Bytes, start: Indices, end: Indices) -> tuple[Indices, Indices]:
    for _ in range(_PADDING):
        blank = _BLANK[buffer[start]] & (start < end)
        if not blank.any():
            break
        start = start + blank
    for _ in range(_PADDING):
        blank = _BLANK[buffer[end - 1]] & (start < end)
        if not blank.any():
            break
        end = end - blank
    return start, end


def gather(buffer: Bytes, start: Indices, length: NDArray[np.int32]) -> Bytes:
    """Return `buffer[s:s + n]` and a line feed for each start and length, end to end."""
    if not len(length):
        return np.empty(0, np.uint8)
    taken = length + 1
    ends = np.cumsum(taken, dtype=np.int64)
    widest = int(taken.max())
    if widest > _WIDE:
        index = np.arange(int(ends[-1]))
        index += np.repeat(start - (ends - taken), taken)
        text = buffer[index]
    else:
        width = (widest + 7) & ~7
        items = window(buffer, width, f"V{width}")[start].view(np.uint8).reshape(-1, width)
        if (taken == widest).all():
            text = items[:, :widest].ravel()
        else:
            text = items[_leading(width).take(taken).view(np.bool_).reshape(-1, width)]
    text[ends - 1] = _NEWLINE
    return text


@cache
def _leading(width: int) -> NDArray[Any]:
    """Return masks of *width* bytes, one an item: item n marks the first n."""
    marked = np.arange(width) < np.arange(width + 1)[:, None]
    return marked.view(f"V{width}").ravel()


def _with_slow_values(lines: Lines, found: Indices, values: Values, plain: NDArray[np.bool_]) -> Values:
    """Put the values that need cleaning in their places among the *plain* ones."""
    ends = np.cumsum(values.length + 1, dtype=np.int64)
    length = values.length.copy()
    text = values.text.tobytes()
    pieces: list[bytes] = []
    done = 0
    slow = np.flatnonzero(~plain)
    starts = (ends[slow] - length[slow] - 1).tolist()
    for index, line, start, end in zip(slow.tolist(), found[slow].tolist(), starts, ends[slow].tolist(), strict=True):
        value = lines.whole_value(line).encode()
        pieces += [text[done:start], value, b"\n"]
        length[index], done = len(value), end
    pieces.append(text[done:])
    return Values(values.row, length, np.frombuffer(b"".join(pieces), np.uint8))
