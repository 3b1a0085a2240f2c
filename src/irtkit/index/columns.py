"""An index as those see it who read its arrays for `irtkit.index.lookup.Index`, which has all that is said here.

It is a protocol: it reads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from irtkit.index.storage import IndexFile

__all__ = ["Columns", "Texts"]


class Texts(Protocol):
    """A column of text."""

    def __getitem__(self, row: int) -> str:
        """Return one of them."""


class Columns(Protocol):
    """The arrays of an index."""

    @property
    def file(self) -> IndexFile:
        """The file that holds them."""

    def column(self, name: str) -> memoryview:
        """Return one array."""

    def texts(self, name: str) -> Texts:
        """Return one column of text."""

    def around(self, number: int) -> list[int]:
        """Return the object *number* and those around it, smallest first."""
