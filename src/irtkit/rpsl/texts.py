"""Readers of RPSL text: one object as strictly as the registry, or all objects of a whole text.

    object = 1*attribute                 the first name is the class
    text   = objects between empty lines; lines that begin with "%" or "#" are comments

A line of blanks continues an attribute; only an empty one ends an object. The two readers differ
in one rule, as the registry's do: given one paragraph, everything up to the next colon is a name,
so a line without colon becomes part of the next name; in a whole text each line wants its colon,
and the first one a plain class name.

They read no files and keep no text: objects, problems and comments are all that remains.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from irtkit.problems import Problem, Span
from irtkit.rpsl.attributes import WHITE_SPACE
from irtkit.rpsl.faults import as_error, fault, shown
from irtkit.rpsl.objects import RpslObject

__all__ = [
    "MAX_OBJECT",
    "Comment",
    "ObjectParser",
    "iter_objects",
    "parse_object",
    "parse_objects",
]

MAX_OBJECT: Final = 5_000_000
"""Characters in one object: the RIPE Database ignores a larger one (its `whois.max.object.size`)."""

# All quantifiers that could backtrack are possessive: no text makes these expressions slow.
# The names of most attributes are read by `[a-z-]++`, which takes half the time of what takes any name.
_OBJECT = re.compile(r"[A-Za-z0-9*-]++:.*+(?:\n(?:[a-z-]++:|[^ \t+%#\n:][^:\n]*+:|[ \t+]).*+)*+\n?+")
_VALUE = re.compile(r".*+(?:\n[ \t+].*+)*+\n?+")
_LINE = re.compile(r".*\n|.+\Z")
_EMPTY_LINE = re.compile(r"(?:\A|\n)\r*+\n")
_EMPTY_LINES = re.compile(r"(?:\r*+\n)*+(?:\r++\Z)?+")
_PARAGRAPH_END = re.compile(r"\n(?:(?:\r*+\n)++|\r*+\Z)")
_BETWEEN_PARAGRAPHS = re.compile(r"\n(?:\r*+\n)++")

_BYTE_ORDER_MARKS = {str: "\ufeff", bytes: "\xef\xbb\xbf"}  # the latter in UTF-8, read as latin-1


@dataclass(frozen=True, slots=True)
class Comment:
    """A `%` or `#` line of a text, without its line end; *line* counts from 1.

    A server's `%ERROR:101` is one of these: an answer, not noise.
    """

    text: str
    line: int


def parse_object(text: str | bytes) -> RpslObject:
    """Parse exactly one object, as strictly as the registry does.

    The rules are the RIPE Database's: no empty line, a class it knows, each primary key attribute
    exactly once with a value; unknown attributes are kept. A line without a colon becomes part of
    the next name, as there; `parse_objects` reports it instead.

    Raises: ParseError, located, saying what was expected; TypeError for what is neither `str` nor `bytes`.
    """
    _refuse_no_text(text, "text")
    decoded, encoding = _decoded(text.decode("latin-1")) if isinstance(text, bytes) else (text, None)
    problem = _find_form_problem(decoded)
    if problem is None:
        parsed = RpslObject(decoded, encoding)
        problem = parsed.find_refusal()
        if problem is None:
            return parsed
    raise as_error(problem)


def parse_objects(
    text: str | bytes,
    *,
    problems: list[Problem] | None = None,
    comments: list[Comment] | None = None,
    max_object: int = MAX_OBJECT,
) -> list[RpslObject]:
    """Return the objects of a whole text, in document order; see `iter_objects`."""
    return list(iter_objects(text, problems=problems, comments=comments, max_object=max_object))


def iter_objects(
    text: str | bytes,
    *,
    problems: list[Problem] | None = None,
    comments: list[Comment] | None = None,
    max_object: int = MAX_OBJECT,
) -> Iterator[RpslObject]:
    """Yield the objects of a whole text, in document order: a dump, an answer, a submission.

    Empty lines (LF or CRLF) separate objects. Lines that begin with `%` or `#` belong to no
    object, wherever they stand; they are appended to *comments* if that is given. A leading byte
    order mark and paragraphs of blanks are skipped.

    A paragraph that is no object (its first line is not `class:`, another one has no colon, it is
    longer than *max_object* characters, or bytes) is appended to *problems*, and reading goes on.

    Raises: ParseError at the first such paragraph if *problems* is None: nothing is lost silently; TypeError, at once,
    for what is neither `str` nor `bytes` (of an open file, give what its `read()` returns).
    """
    _refuse_no_text(text, "text")
    binary = isinstance(text, bytes)
    read = text.decode("latin-1") if isinstance(text, bytes) else text
    reader = _Reader(problems, comments, max_object, binary=binary)
    return reader.read(read.removeprefix(_BYTE_ORDER_MARKS[bytes if binary else str]))


class ObjectParser:
    """Reads a text that comes in pieces; any cutting gives what `iter_objects` gives of the whole.

    *max_object* (characters, or bytes if it is fed bytes) bounds the memory: a longer paragraph is
    a problem and is skipped; the default is the registry's own limit. `problems` and `comments`
    collect what is no object, in document order; a caller that reads endless input may clear them
    between calls. Feed either `str` or `bytes`, not both.
    """

    def __init__(self, *, max_object: int = MAX_OBJECT) -> None:
        self.problems: list[Problem] = []
        self.comments: list[Comment] = []
        self._reader = _Reader(self.problems, self.comments, max_object, binary=False)
        self._fed: type[str | bytes] | None = None
        self._held: list[str] = []  # the pieces of a paragraph whose end is yet to come
        self._size = 0
        self._skipping = False  # that paragraph is too long, and nothing of it is held
        self._at_line_start = True
        self._opening: str | None = ""  # what may become a byte order mark, or None after the start
        self._returns = 0  # CRs since the line start: part of an empty line, or of a paragraph

    def feed(self, data: str | bytes) -> list[RpslObject]:
        """Take the next piece, of any length; return the objects it completes.

        Raises: TypeError if `str` and `bytes` are mixed, or *data* is neither.
        """
        text = self._after_returns(self._after_mark(self._as_text(data)))
        if not text:
            return []
        line_start = "\n" if self._at_line_start else ""
        text = self._without_returns(text)
        if self._skipping:
            end = _BETWEEN_PARAGRAPHS.search(line_start + text)
            if end is None:
                self._reader.line += text.count("\n")
                return []
            skipped = end.end() - len(line_start)
            self._reader.line += text.count("\n", 0, skipped)
            self._skipping, line_start, text = False, "", text[skipped:]
        completed = _last_paragraph_end(line_start + text) - len(line_start)
        if completed <= 0:
            self._hold(text)
            return []
        objects = self._release(text[:completed])
        self._hold(text[completed:])
        return objects

    def close(self) -> list[RpslObject]:
        """Say that the text has ended; return the last object, if one was under way."""
        opening, self._opening = self._opening, None
        self._skipping = False
        return self._release(opening or "")

    def _as_text(self, data: str | bytes) -> str:
        _refuse_no_text(data, "data")
        kind: type[str | bytes] = bytes if isinstance(data, bytes) else str
        if self._fed is None:
            self._fed = kind
            self._reader.binary = kind is bytes
        elif self._fed is not kind:
            raise TypeError(f"expected {self._fed.__name__} again, not {kind.__name__}")
        return data.decode("latin-1") if isinstance(data, bytes) else data

    def _after_mark(self, text: str) -> str:
        if self._opening is None or self._fed is None:
            return text
        mark, opening = _BYTE_ORDER_MARKS[self._fed], self._opening + text
        if len(opening) < len(mark) and mark.startswith(opening):
            self._opening = opening
            return ""
        self._opening = None
        return opening.removeprefix(mark)

    def _after_returns(self, text: str) -> str:
        """Count CRs at a line start instead of holding them, until it is known what they are."""
        if not self._at_line_start:
            return text
        rest = text.lstrip("\r")
        self._returns += len(text) - len(rest)
        if rest:
            if rest[0] != "\n":
                self._hold("\r" * min(self._returns, self._reader.max_object + 1))
            self._returns = 0
        return rest

    def _without_returns(self, text: str) -> str:
        """Note whether *text* ends at a line start, and take off the CRs that follow it."""
        stripped = text.rstrip("\r")
        self._at_line_start = stripped.endswith("\n")
        if not self._at_line_start:
            return text
        self._returns = len(text) - len(stripped)
        return stripped

    def _hold(self, text: str) -> None:
        self._size += len(text)
        if self._size <= self._reader.max_object:
            self._held.append(text)
        elif not self._skipping:
            self._skipping = True
            self._reader.report_too_long(self._reader.line)
            self._reader.line += sum(held.count("\n") for held in self._held)
            self._held.clear()
        if self._skipping:
            self._size = 0
            self._reader.line += text.count("\n")

    def _release(self, text: str) -> list[RpslObject]:
        whole = "".join((*self._held, text))
        self._held.clear()
        self._size = 0
        return list(self._reader.read(whole))


class _Reader:
    """Reads complete paragraphs; keeps the line number, and puts problems and comments aside."""

    def __init__(
        self,
        problems: list[Problem] | None,
        comments: list[Comment] | None,
        max_object: int,
        *,
        binary: bool,
    ) -> None:
        self.line = 1
        self.max_object = max_object
        self.binary = binary  # the text is bytes, read as latin-1 until an object is cut out
        self._problems = problems
        self._comments = comments

    def read(self, text: str) -> Iterator[RpslObject]:
        position, size = 0, len(text)
        while position < size:
            found = _OBJECT.match(text, position)
            stop = found.end() if found else position
            empty = _EMPTY_LINES.match(text, stop)
            end = empty.end() if empty else stop
            line = self.line
            if stop < end or end == size:
                self.line += text.count("\n", position, end)
                if stop - position > self.max_object:
                    self.report_too_long(line)
                elif stop > position:
                    yield self._object(text[position:stop], line)
            else:
                ending = _PARAGRAPH_END.search(text, position)
                stop, end = (ending.start() + 1, ending.end()) if ending else (size, size)
                self.line += text.count("\n", position, end)
                if stop - position > self.max_object:
                    self.report_too_long(line)
                else:
                    yield from self._paragraph(text[position:stop], line)
            position = end

    def report_too_long(self, line: int) -> None:
        """Say that the paragraph that begins on *line* is longer than an object may be."""
        message = f"the object is longer than {self.max_object} characters"
        hint, citation = "expected an empty line to end it sooner", "RIPE Database, whois.max.object.size"
        self._report(fault("object-too-long", message, Span(line, 1), hint, citation=citation))

    def _report(self, problem: Problem) -> None:
        if self._problems is None:
            raise as_error(problem)
        self._problems.append(problem)

    def _object(self, text: str, line: int, numbers: tuple[int, ...] = ()) -> RpslObject:
        if not self.binary:
            return RpslObject(text, None, line, numbers)
        return RpslObject(*_decoded(text), line, numbers)

    def _paragraph(self, text: str, line: int) -> Iterator[RpslObject]:
        """Yield the object of a paragraph that has comment lines, or report that there is none."""
        numbers: list[int] = []
        kept: list[str] = []
        for number, content in enumerate(_LINE.findall(text), line):
            if content[0] in "%#":
                self._comment(content, number)
            else:
                numbers.append(number)
                kept.append(content)
        own = "".join(kept)
        if not own.strip(WHITE_SPACE):
            return
        found = _OBJECT.match(own)
        stop = found.end() if found else 0
        if stop == len(own):
            yield self._object(own, numbers[0], tuple(numbers))
        else:
            self._report(self._fault(own, stop, numbers[own.count("\n", 0, stop)]))

    def _comment(self, content: str, line: int) -> None:
        if self._comments is not None:
            text = content.rstrip("\r\n")
            self._comments.append(Comment(_decoded(text)[0] if self.binary else text, line))

    def _fault(self, text: str, start: int, line: int) -> Problem:
        """Say what is wrong with the line at *start*, the first that fits no object."""
        stop = text.find("\n", start)
        content = text[start : len(text) if stop < 0 else stop].rstrip("\r")
        content = _decoded(content)[0] if self.binary else content
        span = Span(line, 1, max(1, len(content)))
        if start == 0 and content[0] in " \t+":
            message = "the first line of an object continues nothing"
            return fault("stray-continuation", message, span, "expected 'class: value'")
        if ":" not in content:
            hint = "expected 'name: value', or a continuation that begins with a space, a tab or '+'"
            return fault("no-colon", f"{shown(content)} has no colon", span, hint)
        if content[0] == ":":
            return fault("empty-name", "there is no name before the colon", span, "expected 'name: value'")
        name = content.partition(":")[0]
        hint = "expected letters, digits, '-' and '*' before the first colon of an object"
        return fault("bad-class-name", f"{shown(name)} is no class name", Span(line, 1, len(name)), hint)


def _refuse_no_text(given: object, argument: str) -> None:
    if not isinstance(given, str | bytes):
        raise TypeError(f"{argument}: expected a text or bytes, not {type(given).__name__}")


def _find_form_problem(text: str) -> Problem | None:
    """Return why *text* cannot be cut into attributes, or None; the rule of `parse_object`."""
    if not text:
        return fault("empty-text", "the text is empty", Span(1, 1), "expected 'class: value'")
    empty = _EMPTY_LINE.search(text)
    if empty is not None:
        start = text.rfind("\n", 0, empty.end() - 1) + 1
        span = Span(text.count("\n", 0, start) + 1, 1)
        return fault("empty-line", "the line is empty", span, "expected one object without empty lines")
    if text[0] == ":":
        message = "there is no name before the colon"
        return fault("empty-name", message, Span(1, 1), "expected 'class: value'")
    last = _VALUE.match(text, text.rfind(":") + 1) if ":" in text else None
    stop = last.end() if last else 0
    if stop == len(text):
        return None
    content = text[stop:].partition("\n")[0]
    span = Span(text.count("\n", 0, stop) + 1, 1, max(1, len(content)))
    return fault("no-colon", f"{shown(content)} has no colon", span, "expected 'name: value'")


def _last_paragraph_end(text: str) -> int:
    """Return where the empty lines after the last complete paragraph end, or 0."""
    if "\r" not in text:
        found = text.rfind("\n\n")
        return found + 2 if found >= 0 else 0
    return max((found.end() for found in _BETWEEN_PARAGRAPHS.finditer(text)), default=0)


def _decoded(text: str) -> tuple[str, str]:
    """Return bytes that were read as latin-1 in the encoding they are in, and its name."""
    if text.isascii():
        return text, "utf-8"
    try:
        return text.encode("latin-1").decode(), "utf-8"
    except UnicodeDecodeError:
        return text, "latin-1"
