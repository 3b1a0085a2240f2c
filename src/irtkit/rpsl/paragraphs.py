"""How a text is cut into paragraphs, and which lines of one belong to no object.

    text      = paragraphs, with one or more empty lines between two of them
    paragraph = lines; what is left without comment lines and instructions is one object, or none

An instruction is a line of an update message that is no attribute: `password:`, `override:`, `dry-run:` or `delete:`
at the start of a line (RIPE Database, update messages). A line of blanks is not empty: it continues an attribute.

It reads no object and follows no instruction; but it knows which of them hold a password.
"""

import re
from collections.abc import Iterator

__all__ = ["INSTRUCTION", "MASK", "SECRET_LINE", "is_comment", "iter_lines", "iter_paragraphs", "masked", "without_end"]

INSTRUCTION = re.compile(r"(password|override|dry-run|delete):([^\n]*)", re.ASCII | re.IGNORECASE)
"""Matches an instruction at the start of a line: its name, and what follows the colon."""

MASK = "********"
"""What is shown instead of a password."""

SECRET_LINE = re.compile(
    r"(?:^|(?<=\r))([ \t+>-]*+(?:(?:password|override)[ \t]*+:|auth[ \t]*+:[ \t]*+(?:MD5|CRYPT|BCRYPT)-PW))[^\n]++",
    re.ASCII | re.IGNORECASE | re.MULTILINE,
)
"""Matches a line that holds a password or a hash: what stands before it, and the rest.

Indented and quoted lines count, and those that begin after a mere carriage return.
"""

_LINE = re.compile(r".*\n|.+\Z")
_EMPTY_LINES = re.compile(r"(?:\r*+\n)*+(?:\r++\Z)?+")
_PARAGRAPH_END = re.compile(r"\n(?:(?:\r*+\n)++(?:\r++\Z)?+|\r++\Z)")


def iter_paragraphs(text: str, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield where the paragraphs of `text[start:stop]` begin and end, the line end of the last line included."""
    stop = len(text) if stop is None else stop
    opening = _EMPTY_LINES.match(text, start, stop)
    position = opening.end() if opening else start
    while position < stop:
        ending = _PARAGRAPH_END.search(text, position, stop)
        end, after = (ending.start() + 1, ending.end()) if ending else (stop, stop)
        yield position, end
        position = after


def iter_lines(text: str) -> Iterator[str]:
    """Yield the lines of *text*, each with its line end; only LF ends a line."""
    return (found.group() for found in _LINE.finditer(text))


def without_end(line: str) -> tuple[str, str]:
    """Return a line without its line end, and that: LF, CR LF or, at the end of a text, nothing.

    Carriage returns at the end of a text end its last line, too.
    """
    if not line.endswith("\n"):
        return line.rstrip("\r"), ""
    return (line[:-2], "\r\n") if line.endswith("\r\n") else (line[:-1], "\n")


def is_comment(line: str) -> bool:
    """Tell whether a line is a comment of the text: it begins with `%` or `#`."""
    return line.startswith(("%", "#"))


def masked(text: str) -> str:
    """Return *text*, one line or many, with whatever follows `password:` or `override:` on a line hidden."""
    return SECRET_LINE.sub(rf"\1 {MASK}", text)
