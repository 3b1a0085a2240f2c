"""Any whois text as labelled lines in blocks: what is left when nobody has written down what a server's answers mean.

It says what stands where and guesses nothing: a mailbox in a block is no contact for anything.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Block", "Row", "iter_blocks", "read_row"]

_ROW: Final = re.compile(r" *(?:[a-z]\. )?(?:\[([^\[\]]{1,80})\]|([^\s:%#\[][^:\[\]]{0,79}):(?!//)) *(.*)")
_COMMENT: Final = ("%", "#")


class Row(NamedTuple):
    """One line of a block."""

    label: str
    """Before the colon or in brackets; empty if the line has none."""
    value: str
    line: int
    """From 1."""


class Block(NamedTuple):
    """The lines between two empty ones; comments, which begin with `%` or `#`, are left out."""

    rows: tuple[Row, ...]

    def values(self, label: str) -> tuple[str, ...]:
        """Return the values under *label*, ignoring case."""
        wanted = label.lower()
        return tuple(row.value for row in self.rows if row.label.lower() == wanted)


def iter_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a text: `Label: value`, `[Label] value`, and lines that have neither."""
    rows: list[Row] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line and not line.startswith(_COMMENT):
            rows.append(read_row(line, number))
        elif rows and not line:
            yield Block(tuple(rows))
            rows = []
    if rows:
        yield Block(tuple(rows))


def read_row(line: str, number: int) -> Row:
    """Return one line as label and value."""
    found = _ROW.fullmatch(line)
    if found is None:
        return Row("", line, number)
    return Row((found[1] or found[2]).strip(), found[3].strip(), number)
