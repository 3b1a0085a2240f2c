"""What is doubtful about dumps that were read, as warnings."""

from __future__ import annotations

from irtkit.cli.terminals import warn

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator

    from irtkit.clients.dumps import BuildReport

__all__ = ["warn_of_dumps"]

_SHOWN = 3
"""Rejected objects of each file that are shown."""


def warn_of_dumps(report: BuildReport) -> None:
    """Warn of what could not be read of each dump, and of one that may not be there as a whole."""
    for line in _doubtful(report):
        warn(line)


def _doubtful(report: BuildReport) -> Iterator[str]:
    for file in report.files:
        shown = file.shown[:_SHOWN]
        yield from (f"{file.path}:{rejected.line}: {rejected.message}" for rejected in shown)
        if file.rejected > len(shown):
            yield f"{file.path}: {file.rejected - len(shown):,} more objects that cannot be read"
        if file.ends_within_line:
            yield f"{file.path}: does not end with a line feed and may be cut off"
