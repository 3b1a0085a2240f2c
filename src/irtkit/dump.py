"""The column path: registry dumps scanned into NumPy columns, a block of whole objects at a time.

A dump is RPSL objects separated by empty lines, with `#` and `%` lines between them (RIPE whois
1.124, split files and whole database; APNIC, AFRINIC and the others write the same). Only the
attributes that somebody wants are read. What this path says about an attribute is what the object
path says: the columns scanned from a text equal the columns taken from its parsed objects.

It knows no registry, resolves nothing, and opens no file: bytes come through a `readinto`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import SLACK, window
from irtkit.rpsl import Attribute

__all__ = [
    "BLOCK_SIZE",
    "MAX_OBJECT",
    "WHOLE",
    "Block",
    "ClassColumns",
    "Columns",
    "Rejected",
    "Values",
    "Wanted",
    "gather",
    "iter_blocks",
    "scan",
]

Bytes: TypeAlias = NDArray[np.uint8]
Indices: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]

BLOCK_SIZE = 8 << 20
"""Bytes read before a block is cut: large enough for NumPy, small enough for a core's cache."""
MAX_OBJECT = 5_000_000
"""Largest object in bytes (RIPE whois `whois.max.object.size`); a larger one is skipped and reported."""

Wanted: TypeAlias = Mapping[str, Mapping[str, frozenset[str]]]
"""Class name -> attribute name -> names (upper case) of which a value must list one to be kept; none: all are."""
WHOLE = ""
"""The name that asks for whole objects: their lines as they stand, comments among them; UTF-8 or not."""

_NEWLINE = 10
_EMPTY_LINES = (b"\n\n", b"\n\r\n", b"\n\r\r\n")
_GLUE = b"\n\r\r"
"""As many bytes as may hold all of an empty line but its last."""
_COMMENT = (b"#", b"%")
_MARK = b"\xef\xbb\xbf"
"""A byte order mark, which a text may begin with."""
_CLASS_LINE = re.compile(rb"[A-Za-z0-9*-]+:")
_LONGEST_CLASS = 4096
_USUAL = re.compile(rb"(?!contact)[A-Za-z0-9-]+:[\t\r -~]*", re.IGNORECASE)
"""An attribute of one line, printable ASCII, in which every `#` begins a comment."""
_COLUMN = 16
"""Where a value starts when an object is laid out as registries do."""
_BLANK = np.zeros(256, np.bool_)
_BLANK[[9, 13, 32]] = True
_BLANKS = np.uint64(0x2020202020202020)
_WIDE = 64
"""Values up to this many bytes are copied as one item; longer ones byte by byte."""
_PADDING = 32
"""Blanks skipped around a value before it is left to the slow path."""


class Block(NamedTuple):
    """Whole objects of a dump: `buffer[:size]`, ending in a line feed; SLACK bytes may be read beyond it."""

    buffer: Bytes
    size: int
    offset: int
    """Bytes of the dump before this block."""
    whole: Bytes
    """The array that `take` gave, of which *buffer* is a part."""


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


class Skipped(NamedTuple):
    """Bytes that no block holds, because they belong to an object that is too large."""

    lines: int
    """Line feeds among them."""
    size: int


def iter_blocks(
    readinto: Callable[[memoryview], int],
    take: Callable[[], Bytes],
    *,
    size: int = BLOCK_SIZE,
    max_object: int = MAX_OBJECT,
) -> Iterator[Block | Skipped]:
    """Cut a dump into blocks at its empty lines; what is skipped is yielded in its place.

    *readinto* fills a buffer and returns the number of bytes, 0 at the end. *take* gives an array of at
    least `size + max_object + SLACK` bytes for each block; who receives a block gives its array back.
    Memory does not grow with the dump, whatever is in it.
    """
    tail, offset, skipped = b"", 0, None
    buffer = take()
    while True:
        filled, cut, ended = len(tail), 0, False
        buffer[:filled] = np.frombuffer(tail, np.uint8)
        while not cut and not ended:
            target = min(filled + size, len(buffer) - SLACK)
            while filled < target and not ended:
                got = readinto(buffer.data[filled:target])
                filled, ended = filled + got, not got
            if skipped is not None:
                start = _object_start(buffer, filled, first=True) or (filled if ended else 0)
                lost = start or filled - len(_GLUE)
                lines = int(np.count_nonzero(buffer[:lost] == _NEWLINE))
                skipped = Skipped(skipped.lines + lines, skipped.size + lost)
                buffer[: filled - lost] = buffer[lost:filled]
                offset, filled = offset + lost, filled - lost
                if not start:
                    continue
                yield skipped
                skipped = None
            cut = filled if ended else _object_start(buffer, filled, first=False)
            if not cut and filled > max_object:
                skipped = Skipped(0, 0)
        tail = buffer[cut:filled].tobytes()
        if cut:
            end = cut
            if buffer[end - 1] != _NEWLINE:
                buffer[end] = _NEWLINE
                end += 1
            buffer[end : end + SLACK] = 0
            yield Block(buffer, end, offset, buffer)
            buffer = take() if not ended else buffer
        offset += cut
        if ended:
            return


def _object_start(buffer: Bytes, filled: int, *, first: bool) -> int:
    """Return the position after the first or last empty line of `buffer[:filled]`, 0 if there is none."""
    if first:
        text = buffer[:filled].tobytes()
        found = [at + len(mark) for mark in _EMPTY_LINES if (at := text.find(mark)) >= 0]
        return min(found, default=0)
    reach = 1 << 16
    while True:
        text = buffer[max(0, filled - reach) : filled].tobytes()
        found = [filled - len(text) + at + len(mark) for mark in _EMPTY_LINES if (at := text.rfind(mark)) >= 0]
        if found or reach >= filled:
            return max(found, default=0)
        reach <<= 3


class _Key(NamedTuple):
    """How to recognise `name:` at the start of a line by its first sixteen bytes, two words, case folded."""

    name: str
    width: int
    """Bytes of the name and its colon."""
    words: tuple[np.uint64, np.uint64]
    masks: tuple[np.uint64, np.uint64]
    padding: tuple[np.uint64, np.uint64]
    """Which of those sixteen bytes are blanks in the registries' layout."""


@cache
def _key_of(name: str) -> _Key:
    text = f"{name}:".encode()
    if len(text) > _COLUMN:
        raise ValueError(f"{name!r} is longer than the column path can tell apart")
    words, masks, padding = (
        np.frombuffer(part.ljust(_COLUMN, filling), "<u8")
        for part, filling in ((text, b"\0"), (b"\xff" * len(text), b"\0"), (b"\0" * len(text), b"\xff"))
    )
    return _Key(name, len(text), (words[0], words[1]), (masks[0], masks[1]), (padding[0], padding[1]))


def _folded(words: Words) -> Words:
    """Return *words* with ASCII capitals made small: a byte with bit 6 gets bit 5; no other sign of a name changes."""
    return words | ((words & np.uint64(0x4040404040404040)) >> np.uint64(1))


class _Lines:
    """The lines of a block, with what their first bytes say.

    A `#` or `%` line counts as empty after an empty line, and else as a part of what it follows: it says nothing.
    """

    def __init__(self, block: Block) -> None:
        self.buffer = block.buffer
        self.words8: Words = window(block.buffer, 8, "<u8")
        ends = np.flatnonzero(block.buffer[: block.size] == _NEWLINE)
        starts = np.empty(len(ends), np.int64)
        starts[0] = len(_MARK) if block.offset == 0 and block.buffer[: len(_MARK)].tobytes() == _MARK else 0
        np.add(ends[:-1], 1, out=starts[1:])
        self.starts, self.ends = starts, ends
        self.words = _folded(self.words8[starts].astype(np.uint64, copy=False))
        letter = self.words.astype(np.uint8)
        blank = letter == _NEWLINE
        if (cr := np.flatnonzero(letter == ord("\r"))).size:
            blank[cr] = ends[cr] == starts[cr] + 1
            for line in cr[~blank[cr]].tolist():
                blank[line] = not self.text(line).strip(b"\r")
        self.blank = blank
        self.continuation = (letter == ord(" ")) | (letter == ord("\t")) | (letter == ord("+"))
        self._set_comments_apart(np.flatnonzero((letter == ord("#")) | (letter == ord("%"))))
        self.heads = np.flatnonzero(blank[:-1] > blank[1:]) + 1
        """Lines that begin an object: the ones after an empty line, and the first."""
        if len(blank) and not blank[0]:
            self.heads = np.concatenate([np.zeros(1, np.int64), self.heads])
        self._judged = -1, ""

    def _set_comments_apart(self, comments: Indices) -> None:
        if not comments.size:
            return
        follows = np.diff(comments, prepend=-2) == 1
        before = np.maximum.accumulate(np.where(follows, -1, comments - 1))
        apart = (before < 0) | self.blank[before]
        self.blank[comments[apart]] = True
        self.continuation[comments[~apart]] = True

    def text(self, line: int) -> bytes:
        return self.buffer[self.starts[line] : self.ends[line]].tobytes()

    def paragraph(self, head: int) -> Iterator[bytes]:
        """Yield the lines from *head* to the next empty one, without comments."""
        for line in range(head, len(self.starts)):
            if self.blank[line]:
                return
            text = self.text(line)
            if not text.startswith(_COMMENT):
                yield text

    def objects(self) -> NDArray[np.int32]:
        """Return for each line the number, from 0, of the object that it belongs to."""
        head = np.zeros(len(self.starts), np.bool_)
        head[self.heads] = True
        return np.cumsum(head, dtype=np.int32) - np.int32(1)

    def whole_value(self, line: int) -> str:
        """Return the clean value of the attribute that begins at *line*, with its continuation lines."""
        following = line + 1
        while following < len(self.starts) and self.continuation[following]:
            following += 1
        raw = self.buffer[self.starts[line] : self.ends[following - 1]].tobytes()
        if following > line + 1:
            raw = b"\n".join(piece for piece in raw.split(b"\n") if not piece.startswith(_COMMENT))
        if _USUAL.fullmatch(raw):  # what `Attribute.value` would say, in a tenth of the time
            return " ".join(raw.partition(b":")[2].partition(b"#")[0].decode("ascii").split())
        return Attribute(raw.decode("ascii" if raw.isascii() else self._encoding_of(line)), 1).value

    def _encoding_of(self, line: int) -> str:
        """Return the encoding of the object that *line* belongs to: UTF-8 if all of it is that, else latin-1."""
        head = int(self.heads[np.searchsorted(self.heads, line, side="right") - 1])
        if self._judged[0] != head:
            try:
                b"\n".join(self.paragraph(head)).decode()
                self._judged = head, "utf-8"
            except UnicodeDecodeError:
                self._judged = head, "latin-1"
        return self._judged[1]


class _Candidates:
    """The lines that may begin one of some attributes, in order, with what their bytes say; one entry a line."""

    def __init__(self, lines: _Lines, names: Iterable[str]) -> None:
        beginnings = np.zeros(1 << 16, np.bool_)
        beginnings[[int(_key_of(name).words[0]) & 0xFFFF for name in names]] = True
        self.line = line = np.flatnonzero(beginnings.take(lines.words.astype(np.uint16)))
        self.begin, self.end = lines.starts.take(line), lines.ends.take(line)
        self.row = lines.objects().take(line)
        middle = window(lines.buffer, 16, "V16")[self.begin + 8].view("<u8").astype(np.uint64, copy=False)
        self.words = lines.words.take(line), _folded(middle[::2])
        """The first sixteen bytes, folded."""
        self.value: Words = middle[1::2].copy()
        """The eight bytes from where values begin in the registries' layout."""
        self.laid_out = (self.value.astype(np.uint8) > 32) & (lines.buffer.take(self.end - 1) > 32)
        self.laid_out &= self.end - self.begin > _COLUMN
        following = np.minimum(line + 1, len(lines.starts) - 1)
        self.continued = lines.continuation.take(following) & (following > line)

    def matching(self, key: _Key) -> Indices:
        """Return which of them begin with `name:`."""
        found = np.flatnonzero((self.words[0] & key.masks[0]) == key.words[0])
        if key.masks[1] and found.size:
            found = found[(self.words[1][found] & key.masks[1]) == key.words[1]]
        return found

    def laid_out_with(self, key: _Key, found: Indices) -> NDArray[np.bool_]:
        """Tell which of those *found* have a value in column 16 and blanks before it."""
        laid_out = self.laid_out[found]
        for words, padding in zip(self.words, key.padding, strict=True):
            if padding:
                laid_out &= (words[found] & padding) == (_BLANKS & padding)
        return laid_out


def scan(block: Block, wanted: Wanted) -> Columns:
    """Read the *wanted* attributes of the objects in *block*."""
    lines = _Lines(block)
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
        candidates = _Candidates(lines, {attribute for name in member for attribute in wanted[name]} - {WHOLE})
    for name, numbers in member.items():
        columns.classes[name] = _class_columns(lines, candidates, wanted[name], numbers)
        columns.taken += len(numbers)
    columns.rejected.sort()
    return columns


def _members(lines: _Lines, names: Iterable[str]) -> dict[str, Indices]:
    """Return by class which of the block's objects are of it, for each class in *names* that occurs."""
    first, begin = lines.words[lines.heads], lines.starts[lines.heads]
    beginning = first.astype(np.uint16)
    alike: dict[int, Indices] = {}
    member = {}
    for name in names:
        _, _, words, masks, _ = _key_of(name)
        letters = int(words[0]) & 0xFFFF
        if letters not in alike:
            alike[letters] = np.flatnonzero(beginning == letters)
        found = alike[letters]
        found = found[(first[found] & masks[0]) == words[0]]
        if masks[1] and found.size:
            second = _folded(lines.words8[begin[found] + 8].astype(np.uint64, copy=False))
            found = found[(second & masks[1]) == words[1]]
        if found.size:
            member[name] = found
    return member


def _count_the_rest(lines: _Lines, heads: Indices, columns: Columns) -> None:
    """Tell objects of other classes from paragraphs that are no objects; alike beginnings are judged once."""
    first = lines.words[heads]
    second = lines.words8[lines.starts[heads] + 8].astype(np.uint64)
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


def _count_alike(lines: _Lines, heads: Indices, columns: Columns) -> None:
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
    lines: _Lines, candidates: _Candidates, attributes: Mapping[str, frozenset[str]], numbers: Indices
) -> ClassColumns:
    rank: NDArray[np.int32] | None = None
    if len(numbers) < len(lines.heads):
        rank = np.full(len(lines.heads), -1, np.int32)
        rank[numbers] = np.arange(len(numbers), dtype=np.int32)
    heads = lines.heads[numbers]
    values = {
        name: _values(lines, candidates, _key_of(name), names, rank) if name != WHOLE else _whole_objects(lines, heads)
        for name, names in attributes.items()
    }
    return ClassColumns(len(numbers), heads, values)


def _whole_objects(lines: _Lines, heads: Indices) -> Values:
    blank = np.append(np.flatnonzero(lines.blank), len(lines.starts))
    start, end = lines.starts[heads], lines.ends[blank[np.searchsorted(blank, heads)] - 1]
    texts = (lines.buffer[first : last + 1] for first, last in zip(start.tolist(), end.tolist(), strict=True))
    text = np.concatenate([lines.buffer[:0], *texts])
    return Values(np.arange(len(heads), dtype=np.int32), (end - start).astype(np.int32), text)


def _values(
    lines: _Lines, candidates: _Candidates, key: _Key, names: frozenset[str], rank: NDArray[np.int32] | None
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
    lines: _Lines, candidates: _Candidates, found: Indices, laid_out: NDArray[np.bool_], names: frozenset[str]
) -> NDArray[np.bool_]:
    """Tell which lines may list one of *names*: those that begin like one, or have a comma and room for two.

    Lines that are not laid out as registries do, or are continued, may.
    """
    begin, end = candidates.begin[found], candidates.end[found]
    first = _folded(candidates.value[found])
    may: NDArray[np.bool_] = candidates.continued[found] | ~laid_out
    may |= first.astype(np.uint8) <= ord(",")
    for beginning in {name.lower().encode()[:8] for name in names}:
        mask, word = (np.frombuffer(part.ljust(8, b"\0"), "<u8")[0] for part in (b"\xff" * len(beginning), beginning))
        may |= (first & mask) == word
    roomy = np.flatnonzero(end - begin > _COLUMN + min(map(len, names)) + 1)
    shown = window(lines.buffer, _WIDE, f"V{_WIDE}")[begin[roomy] + _COLUMN].view(np.uint8).reshape(-1, _WIDE)
    comma = np.flatnonzero(shown == ord(","))
    line = roomy[comma // _WIDE]
    may[line[begin[line] + _COLUMN + comma % _WIDE < end[line]]] = True
    may[roomy[end[roomy] - begin[roomy] > _COLUMN + _WIDE]] = True
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
    lines: _Lines, candidates: _Candidates, key: _Key, found: Indices, laid_out: NDArray[np.bool_]
) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Find where the value of each line in *found* begins and ends, and which values need no cleaning so far.

    Most values begin in column 16, as registries lay them out; for the others blanks are skipped.
    """
    buffer = lines.buffer
    start, end = candidates.begin[found] + _COLUMN, candidates.end[found]
    plain = ~candidates.continued[found]
    if not laid_out.all():
        rest = np.flatnonzero(~laid_out)
        start[rest], end[rest] = _stripped(buffer, start[rest] + (key.width - _COLUMN), end[rest])
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


def _with_slow_values(lines: _Lines, found: Indices, values: Values, plain: NDArray[np.bool_]) -> Values:
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
