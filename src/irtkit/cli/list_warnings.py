"""What is doubtful about a list that was read, as a warning."""

from __future__ import annotations

from irtkit.cli.terminals import warn

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from irtkit.clients.lists import ListFile

__all__ = ["warn_of_list"]


def warn_of_list(path: str, found: ListFile) -> None:
    """Warn of a list, all of which has been read, if it has lines and none of them is an address."""
    if found.has_lines and not found.has_address:
        where = "standard input" if path == "-" else path
        hint = "names the column of a CSV list" if found.kind == "text" else "names another column"
        warn(f"{where}: no line is an address, prefix or range; --column {hint}")
