"""Problems as text, JSON, SARIF or annotations of a GitHub workflow.

Every report is written in pieces: `begin`, then `file` for each file with its name, its text and its problems, then
`end`. It counts what it is given (`Tally`) and shows so many problems of each file as it shall. It reads no file,
prints nothing, and judges nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from irtkit.problems import Problem
from irtkit.reports.tally import Tally

__all__ = ["Report", "Tally"]


class Report(Protocol):
    """What a report does; texts come with their line feeds."""

    tally: Tally

    def begin(self) -> Iterator[str]:
        """Yield what stands before everything."""
        ...

    def file(self, name: str, text: str, problems: Iterable[Problem]) -> Iterator[str]:
        """Yield what there is to say about one file."""
        ...

    def end(self) -> Iterator[str]:
        """Yield what stands behind everything."""
        ...
