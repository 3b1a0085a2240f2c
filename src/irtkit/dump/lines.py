"""The lines of a block: where each begins and ends, and what its first bytes say of it.

Names are told by whole words of eight bytes, case folded, for many lines at once. What is asked of values is
`irtkit.dump.columns`'s to know; a value is read here only if it needs cleaning.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import window
from irtkit.dump.blocks import Block
from irtkit.rpsl import Attribute

__all__ = ["COLUMN", "Candidates", "Indices", "Key", "Lines", "Words", "folded", "key_of"]

Indices: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint64]

COLUMN = 16
"""Where a value starts when an object is laid out as registries do."""

_NEWLINE = 10
_COMMENT = (b"#", b"%")
_MARK = b"\xef\xbb\xbf"
"""A byte order mark, which a text may begin with."""
_USUAL = re.compile(rb"(?!contact)[A-Za-z0-9-]+:[\t\r -~]*", re.IGNORECASE)
"""An attribute of one line, printable ASCII, in which every `#` begins a comment."""
_BLANKS = np.uint64(0x2020202020202020)


class Key(NamedTuple):
    """How to recognise `name:` at the start of a line by its first sixteen bytes, two words, case folded."""

    name: str
    width: int
    """Bytes of the name and its colon."""
    words: tuple[np.uint64, np.uint64]
    masks: tuple[np.uint64, np.uint64]
    padding: tuple[np.uint64, np.uint64]
    """Which of those sixteen bytes are blanks in the registries' layout."""


@cache
def key_of(name: str) -> Key:
    """Return the key of an attribute or class. Raises: ValueError for a name too long to be told so."""
    text = f"{name}:".encode()
    if len(text) > COLUMN:
        raise ValueError(f"{name!r} is longer than the column path can tell apart")
    words, masks, padding = (
        np.frombuffer(part.ljust(COLUMN, filling), "<u8")
        for part, filling in ((text, b"\0"), (b"\xff" * len(text), b"\0"), (b"\0" * len(text), b"\xff"))
    )
    return Key(name, len(text), (words[0], words[1]), (masks[0], masks[1]), (padding[0], padding[1]))


def folded(words: Words) -> Words:
    """Return *words* with ASCII capitals made small: a byte with bit 6 gets bit 5; no other sign of a name changes."""
    return words | ((words & np.uint64(0x4040404040404040)) >> np.uint64(1))


def _beginnings(names: Iterable[str]) -> NDArray[np.bool_]:
    """Tell of each pair of bytes, the first one counting least, whether one of *names* begins so in whatever case."""
    begin = np.zeros(1 << 16, np.bool_)
    for first, second in {(name[0], name[1]) for name in names}:
        begin[[ord(low) | ord(high) << 8 for low in (first, first.upper()) for high in (second, second.upper())]] = True
    return begin


class Lines:
    """The lines of a block, with what their first bytes say.

    A `#` or `%` line counts as empty after an empty line, and else as a part of what it follows: it says nothing.
    """

    def __init__(self, block: Block) -> None:
        self.buffer = block.buffer
        ends = np.flatnonzero(block.buffer[: block.size] == _NEWLINE)
        starts = np.empty(len(ends), np.int64)
        starts[0] = len(_MARK) if block.offset == 0 and block.buffer[: len(_MARK)].tobytes() == _MARK else 0
        np.add(ends[:-1], 1, out=starts[1:])
        self.starts, self.ends = starts, ends
        self.letter = letter = block.buffer.take(starts)
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

    def words(self, lines: Indices, at: int = 0) -> Words:
        """Return eight bytes of each of the *lines*, from its byte *at* on, case folded."""
        items = window(self.buffer, 8, "<u8")[self.starts.take(lines) + at]
        return folded(items.astype(np.uint64, copy=False))

    def text(self, line: int) -> bytes:
        """Return a line without its line feed."""
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


class Candidates:
    """The lines that may begin one of some attributes, in order, with what their bytes say; one entry a line."""

    def __init__(self, lines: Lines, names: Iterable[str]) -> None:
        pairs = lines.buffer[1:].take(lines.starts).astype(np.uint16) << np.uint16(8) | lines.letter
        self.line = line = np.flatnonzero(_beginnings(names).take(pairs))
        self.begin, self.end = lines.starts.take(line), lines.ends.take(line)
        self.row = lines.objects().take(line)
        items = window(lines.buffer, 24, "V24")[self.begin].view("<u8").astype(np.uint64, copy=False)
        self.words = folded(items[::3]), folded(items[1::3])
        """The first sixteen bytes, folded."""
        self.value: Words = items[2::3].copy()
        """The eight bytes from where values begin in the registries' layout."""
        self.laid_out = (self.value.astype(np.uint8) > 32) & (lines.buffer.take(self.end - 1) > 32)
        self.laid_out &= self.end - self.begin > COLUMN
        following = np.minimum(line + 1, len(lines.starts) - 1)
        self.continued = lines.continuation.take(following) & (following > line)

    def matching(self, key: Key) -> Indices:
        """Return which of them begin with `name:`."""
        found = np.flatnonzero((self.words[0] & key.masks[0]) == key.words[0])
        if key.masks[1] and found.size:
            found = found[(self.words[1][found] & key.masks[1]) == key.words[1]]
        return found

    def laid_out_with(self, key: Key, found: Indices) -> NDArray[np.bool_]:
        """Tell which of those *found* have a value in column 16 and blanks before it."""
        laid_out = self.laid_out[found]
        for words, padding in zip(self.words, key.padding, strict=True):
            if padding:
                laid_out &= (words[found] & padding) == (_BLANKS & padding)
        return laid_out
