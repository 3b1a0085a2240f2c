"""What the records of `irtkit resolve` shall look like, and where they go."""

from __future__ import annotations

import os
from typing import NamedTuple

import click

from irtkit.index.layout import FIELDS

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from irtkit.cli.tables import Table

__all__ = ["Wanted", "form_of"]

_FORMS = {
    "": "table",
    ".txt": "table",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def form_of(output: str | None) -> str:
    """Return the format that the name of an output ends in; standard output and a name without an ending get a table.

    Raises: click.UsageError for any other ending.
    """
    ending = os.path.splitext(output or "")[1].lower()  # noqa: PTH122 - pathlib costs a tenth of a first answer
    form = _FORMS.get(ending)
    if form is None:
        known = ", ".join(filter(None, _FORMS))
        raise click.UsageError(f"--output ends in {ending!r}; expected {known} or nothing, or --format.")
    return form


class Wanted(NamedTuple):
    """What the records shall look like, and where they go."""

    form: str
    named_fields: tuple[str, ...] | None
    policy: str
    output: str | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a record that are written."""
        return self.named_fields or FIELDS

    def table(self) -> Table:
        """Return a table that writes them."""
        from irtkit.cli.tables import Table  # noqa: PLC0415 - not every format is one
        from irtkit.cli.terminals import shows_colours  # noqa: PLC0415 - the same

        return Table(self.named_fields, colours=self.output is None and shows_colours())
