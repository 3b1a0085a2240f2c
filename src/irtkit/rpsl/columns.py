"""Where the parts of an attribute stand: the registry's own columns.

    name:           value, from column 17 on
                    a continuation line
    +               one that began with a plus
    +               (and one with nothing on it, a lone plus)

Names are in lower case. What stands between the first and the last character of a line is kept; blanks at its end go.
An attribute in short form (`*mb`) has its value from column 6 on, and one whose name is too long for the column keeps
the blanks it has. (RIPE Database, RpslAttribute: how attributes are written. It makes spaces of tabs in a value, too;
here they stay, because some values are judged by them. So does a line with a carriage return inside.)

It works on the lines of one attribute; it does not know objects, and it changes no value, comment or order.
"""

import string
from collections.abc import Iterator

from irtkit.rpsl.paragraphs import iter_lines, without_end

__all__ = ["FIRST_COLUMN", "as_written", "laid_out"]

FIRST_COLUMN = 16
"""Characters before the value: name, colon and blanks."""

_SHORT_FIRST_COLUMN = 5
_BLANKS = " \t\r"
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)  # no other letter: the text may be bytes


def laid_out(raw: str) -> str:
    """Return the text of one attribute, line ends included, in the registry's columns.

    Each line stays one line and keeps its line end (LF or CR LF). An attribute whose name goes over several lines
    comes back as it is.
    """
    return "".join(_laid_out_lines(raw))


def as_written(name: str, value: str) -> str:
    """Return a new attribute in the registry's columns, line end included; each line of *value* becomes a line."""
    first, *more = (line.strip(_BLANKS) for line in value.removesuffix("\n").split("\n"))
    head = f"{name.translate(_LOWER)}:"
    column = _column_of(head)
    lines = [f"{head.ljust(column)}{' ' if len(head) >= column else ''}{first}" if first else head]
    lines += (f"{' ' * column}{line}" if line else "+" for line in more)
    return "".join([f"{line}\n" for line in lines])


def _column_of(head: str) -> int:
    return _SHORT_FIRST_COLUMN if head.startswith("*") else FIRST_COLUMN


def _laid_out_lines(raw: str) -> Iterator[str]:
    head = raw[: raw.index(":") + 1]
    if "\n" in head:
        yield raw
        return
    column = _column_of(head)
    for position, line in enumerate(iter_lines(raw)):
        content, end = without_end(line)
        if "\r" in content:
            yield line
        elif position == 0:
            yield _first_line(head.translate(_LOWER), content[len(head) :].rstrip(_BLANKS), column) + end
        else:
            yield _continuation(content.rstrip(_BLANKS), column) + end


def _first_line(head: str, rest: str, column: int) -> str:
    value = rest.lstrip(_BLANKS)
    blanks = len(rest) - len(value)
    if not value:
        return head
    if head == "contact:" and not blanks and value.startswith("#"):
        return head + value  # after a blank it would be a comment
    if len(head) >= column:
        return head + " " * blanks + value
    return head.ljust(column) + value


def _continuation(content: str, column: int) -> str:
    value = content.lstrip(_BLANKS)
    if content.startswith("+"):
        rest = content[1:].lstrip(_BLANKS)
        return f"+{' ' * (column - 1)}{rest}" if rest else "+"
    return f"{' ' * column}{value}" if value else "+"
