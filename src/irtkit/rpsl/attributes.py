"""One attribute: its name, its clean value, the lines it was written in and the way back to them.

    attribute = name ":" rest-of-line *( ( SP / TAB / "+" ) rest-of-line )

LF ends a line and CR is white space. A comment runs from "#" to the end of its line.
It does not know what a value may be, nor which attributes an object has.
"""

import re
from collections.abc import Iterator

from irtkit.problems import Span
from irtkit.rpsl.names import LIST_ATTRIBUTES, long_name

__all__ = ["WHITE_SPACE", "Attribute", "respelled"]

WHITE_SPACE = " \t\r\n"
"""What separates words in a value; other blanks (a no-break space) are part of it."""

_LINE = re.compile(r".*\n|.+\Z")
_WORD = re.compile(r"[^ \t\r]++")
_CONTACT_COMMENT = re.compile(r"(?<=[ \t\r])#|(?<=\n\+)#")
_VALUE_COLUMN = 16  # the registry writes values from column 17 on


class Attribute:
    """One `name: value` of an object, with the lines it was written in. Immutable.

    Equal attributes have the same name and the same values, whatever their case and layout.
    Attributes come from the parser and from the edits of `RpslObject`.
    """

    __slots__ = ("_line", "_name", "_numbers", "_raw", "_value")

    def __init__(self, raw: str, line: int, numbers: tuple[int, ...] = ()) -> None:
        self._raw = raw
        self._line = line
        self._numbers = numbers  # of each line, if comment lines stood between them
        self._name = raw[: raw.index(":")].lower()
        self._value: str | None = None

    @property
    def name(self) -> str:
        """The name in lower case, not trimmed: `Mnt-By :` is the unknown `"mnt-by "`."""
        return self._name

    @property
    def raw(self) -> str:
        """The text exactly as written, line ends and comments included."""
        return self._raw

    @property
    def lines(self) -> tuple[str, ...]:
        """The physical lines exactly as written, each with its line end."""
        return tuple(_LINE.findall(self._raw))

    @property
    def line(self) -> int:
        """The line, from 1, on which the attribute begins in the text that was parsed."""
        return self._line

    @property
    def value(self) -> str:
        """The clean value: continuation lines joined, comments out, white space single, trimmed."""
        if self._value is None:
            value = self._raw.partition(":")[2].rstrip(WHITE_SPACE).lstrip(" ")
            if "#" in value or "  " in value or not value.isprintable():  # a tab is not, nor a line end
                value = " ".join(self._raw[start:end] for start, end in self._words())
            self._value = value
        return self._value

    @property
    def values(self) -> tuple[str, ...]:
        """The elements of a list attribute (`mnt-by: A, B`), else the one value.

        An empty element stays: it is the syntax check's to refuse.
        """
        if long_name(self._name) not in LIST_ATTRIBUTES:
            return (self.value,)
        return tuple(element.strip(" ") for element in self.value.split(","))

    @property
    def comment(self) -> str:
        """The comments of all lines, joined by a space, white space single; else empty."""
        comments = (self._raw[hash_ + 1 : stop] for _, hash_, stop in self._data_lines())
        return " ".join(word for comment in comments for word in _WORD.findall(comment))

    @property
    def name_span(self) -> Span:
        """Where the name stands."""
        return Span(self._line, 1, max(1, len(self._raw[: self._colon()].partition("\n")[0])))

    def span(self, offset: int = 0, length: int = 1) -> Span:
        """Locate *length* characters of the clean value, from *offset* (from 0), in the parsed text.

        The span ends with the value on that line at the latest. `len(value)` is the place after
        the last character, and of an empty value the place after the colon.

        Raises: IndexError for an offset outside 0..len(value).
        """
        last = min(offset + length, len(self.value)) - 1
        start = self._plain_start()
        if start >= 0 and 0 <= offset <= len(self.value):
            return Span(self._line, start + offset + 1, max(last - offset, 0) + 1)
        begin = self._position(offset)
        end = (self._position(last) if last > offset else begin) + 1
        line_start = self._raw.rfind("\n", 0, begin) + 1
        line_stop = self._raw.find("\n", begin)
        if 0 <= line_stop < end:
            end = max((begin + 1, *(stop for _, stop in self._words() if stop <= line_stop)))
        ordinal = self._raw.count("\n", 0, begin)
        line = self._numbers[ordinal] if self._numbers else self._line + ordinal
        return Span(line, begin - line_start + 1, end - begin)

    def _plain_start(self) -> int:
        """Return where the clean value stands in the raw text if it stands there as it is, on one line; else -1."""
        raw = self._raw
        if "#" in raw or "\n" in raw[:-1]:
            return -1
        return raw.find(self.value, self._colon() + 1)

    def _colon(self) -> int:
        return self._raw.index(":")

    def _position(self, offset: int) -> int:
        """Return where in the raw text the character at *offset* of the clean value stands."""
        if not 0 <= offset <= len(self.value):
            raise IndexError(f"offset {offset} is outside a value of {len(self.value)} characters")
        reached = 0
        for start, end in self._words():
            if offset <= reached + end - start:
                return start + offset - reached
            reached += end - start + 1
        return self._colon() + 1

    def _data_lines(self) -> Iterator[tuple[int, int, int]]:
        """Yield of each line where its value begins, where its comment begins and where it stops."""
        raw, start = self._raw, self._colon() + 1
        while True:
            stop = raw.find("\n", start)
            stop = len(raw) if stop < 0 else stop
            yield start, self._comment_start(start, stop), stop
            if stop + 1 >= len(raw):
                return
            start = stop + 2 if raw[stop + 1] == "+" else stop + 1

    def _comment_start(self, start: int, stop: int) -> int:
        """Return where a comment begins; in `contact` only after white space: URIs have fragments."""
        if self._name == "contact":
            found = _CONTACT_COMMENT.search(self._raw, start, stop)
            return found.start() if found else stop
        hash_ = self._raw.find("#", start, stop)
        return stop if hash_ < 0 else hash_

    def _words(self) -> Iterator[tuple[int, int]]:
        for start, stop, _ in self._data_lines():
            for word in _WORD.finditer(self._raw, start, stop):
                yield word.span()

    def _identity(self) -> tuple[str, ...]:
        return (self._name, *(value.lower() for value in self.values))

    def __eq__(self, other: object) -> bool:
        return self._identity() == other._identity() if isinstance(other, Attribute) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity())

    def __str__(self) -> str:
        return self._raw

    def __repr__(self) -> str:
        return f"<Attribute {self._name}: {self.value!r}, line {self._line}>"


def respelled(raw: str, value: str) -> str:
    """Return the attribute *raw* with another value, its name, layout and line end kept."""
    name, _, rest = raw.partition(":")
    written = rest.partition("\n")[0].rstrip("\r")
    padding = written[: len(written) - len(written.lstrip(" \t"))]
    width = len(name.rpartition("\n")[2]) + 1
    if padding == written:
        padding = " " * max(1, _VALUE_COLUMN - width)
    indent = " " * (width + len(padding.expandtabs()))
    first, *more = (line.rstrip("\r") for line in value.split("\n"))
    lines = [f"{name}:{padding}{first}" if first else f"{name}:"]
    lines += (indent + line if line.strip(WHITE_SPACE) else "+" for line in more)
    line_end = "\r\n" if "\r\n" in raw else "\n"
    return line_end.join(lines) + (line_end if raw.endswith("\n") else "")
