"""Records as people read them: aligned columns, colours on a terminal."""

from __future__ import annotations

import click

from irtkit.index.answers import plain_text
from irtkit.index.layout import printable

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["COLUMNS", "Table"]

COLUMNS = ("address", "network", "irts", "email")
"""The fields that are shown when none are named; a record without e-mail shows its reason there, and a mailbox that
failed the registry's validation that word."""


class Table:
    """Lines of aligned columns; the widths come from the first records that are written."""

    def __init__(self, fields: Sequence[str] | None, *, colours: bool) -> None:
        self._fields = tuple(fields or COLUMNS)
        self._short = fields is None
        self._colours = colours
        self._widths: list[int] = []

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields that a record must have."""
        return (*self._fields, "input", "contacts", "reason") if self._short else self._fields

    def lines(self, records: Iterable[Mapping[str, object]]) -> Iterator[str]:
        """Yield the lines of *records*, each with its line feed; with the first ones a heading."""
        rows = [[self._cell(field, record) for field in self._fields] for record in records]
        if not self._widths:
            self._widths = [max(map(len, column)) for column in zip(self._fields, *rows, strict=True)]
            yield self._line(self._fields, bold=True)
        for row in rows:
            yield self._line(row)

    def _cell(self, field: str, record: Mapping[str, object]) -> str:
        value = record[field]
        if self._short and value is None:
            value = {"address": record["input"], "email": record["reason"]}.get(field)
        elif self._short and field == "email" and _is_suspect(record):
            value = f"{value} (suspect)"
        return printable(plain_text(value)) or "-"

    def _line(self, cells: Sequence[str], *, bold: bool = False) -> str:
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, self._widths, strict=True)).rstrip()
        return f"{click.style(line, bold=True) if bold and self._colours else line}\n"


def _is_suspect(record: Mapping[str, object]) -> bool:
    """Whether the e-mail of a record is that of a contact which is suspect."""
    contacts = record["contacts"]
    return isinstance(contacts, list) and any(
        contact["suspect"] for contact in contacts if contact["email"] == record["email"]
    )
