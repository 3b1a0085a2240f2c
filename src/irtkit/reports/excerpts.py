"""The line of a text on which a problem is, and a caret under the right character of it.

It knows nothing about problems beyond where they are. What it returns has no control character and no password.
"""

import unicodedata
from typing import NamedTuple

from irtkit.rpsl.paragraphs import MASK, SECRET_LINE

__all__ = ["Excerpt", "Lines", "escaped", "excerpt"]

_TAB = 8
_WIDTH = 100
"""Characters of a line that are shown."""
_BYTE_ORDER_MARK = "\ufeff"


def escaped(text: str) -> str:
    r"""Return *text* with whatever a terminal would not show as a character written as `\x1b` or `\u202e`."""
    return text if text.isprintable() else "".join([c if c.isprintable() else _as_escape(c) for c in text])


def _as_escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class Lines:
    """The lines of a text by number, from 1; quick when they are asked for in order, whatever the size of the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._first = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
        self._number, self._start = 1, self._first

    def find(self, number: int) -> str | None:
        """Return a line without its line end, or None if there is no such line."""
        if number < self._number:
            self._number, self._start = 1, self._first
        while self._number < number:
            end = self._text.find("\n", self._start)
            if end < 0:
                return None
            self._number, self._start = self._number + 1, end + 1
        end = self._text.find("\n", self._start)
        return self._text[self._start : len(self._text) if end < 0 else end].removesuffix("\r")


class Excerpt(NamedTuple):
    """A part of a line as a terminal shows it; *offset* cells from its start stands the caret, *width* cells wide."""

    text: str
    offset: int
    width: int


def excerpt(line: str, column: int, length: int) -> Excerpt:
    """Return what to show of *line* for a problem at *column* (from 1) that is *length* characters long.

    Of a long line the part around the column is shown. Tabs go to the next eighth cell, wide characters take two
    cells, and what is no character by itself is escaped.
    """
    secret = SECRET_LINE.search(line) if "\r" in line else SECRET_LINE.match(line)
    if secret:
        end_of_name = secret.end(1)
        line, length = f"{line[:end_of_name]} {MASK}", max(1, min(length, end_of_name - column + 1))
    at = min(column - 1, len(line))
    start = 0 if len(line) <= _WIDTH or at < _WIDTH * 3 // 4 else at - _WIDTH // 2
    stop = min(len(line), start + _WIDTH)
    pieces = ["..."] if start else []
    reached = 3 if start else 0
    offset = end = None
    for position in range(start, stop):
        if position == at:
            offset = reached
        piece, cells = _cells(line[position], reached, alone=position == at)
        pieces.append(piece)
        reached += cells
        if position == at + length - 1:
            end = reached
    offset = reached if offset is None else offset
    end = reached if end is None else end
    if stop < len(line):
        pieces.append("...")
    return Excerpt("".join(pieces), offset, max(1, end - offset))


def _cells(character: str, reached: int, *, alone: bool) -> tuple[str, int]:
    """Return how a character is shown, and how many cells it takes."""
    if " " <= character < "\x7f":
        return character, 1
    if character == "\t":
        cells = _TAB - reached % _TAB
        return " " * cells, cells
    if not character.isprintable() or (alone and unicodedata.category(character) in {"Mn", "Me"}):
        piece = _as_escape(character)
        return piece, len(piece)
    if unicodedata.category(character) in {"Mn", "Me"}:
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
