"""What the records of `irtkit resolve` shall look like, and where they go."""

from __future__ import annotations

from typing import NamedTuple

from irtkit.index.layout import FIELDS

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from irtkit.cli.tables import Table

__all__ = ["Wanted"]


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
