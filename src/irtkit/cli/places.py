"""Where the index is: named, in the environment, in the user's data directory, or made for this one call."""

from __future__ import annotations

import os
from contextlib import contextmanager

from irtkit.errors import IndexFileError, IrtkitError, RangeError
from irtkit.index.lookup import Index, open_index

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["default_index", "made_index", "opened_index"]


def default_index() -> str:
    """Return the path of the index when none is named: `IRTKIT_INDEX`, else in the user's data directory."""
    named = os.environ.get("IRTKIT_INDEX")
    if named:
        return named
    from platformdirs import user_data_path  # noqa: PLC0415 - it costs a sixth of a first answer

    return str(user_data_path("irtkit") / "index.irt")


@contextmanager
def opened_index(path: str | None) -> Iterator[Index]:
    """Open the index at *path*, or the default one; whatever goes wrong with a damaged index is told as that.

    Raises: IndexFileError when there is no index, or it is damaged.
    """
    path = path or default_index()
    try:
        index = open_index(path)
    except IrtkitError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise IndexFileError("is not an irtkit index, or is damaged", path=path) from None
    try:
        yield index
    except (ArithmeticError, LookupError, MemoryError, RangeError, TypeError, ValueError):
        from irtkit.index.verify import find_faults  # noqa: PLC0415 - only now does it matter

        fault = next(find_faults(index.file), None)
        if fault is None:
            raise
        raise IndexFileError(f"is damaged: {fault}; build it again", path=path) from None


@contextmanager
def made_index(dumps: Sequence[str]) -> Iterator[Index]:
    """Build an index of *dumps* for one call; nothing of it is left. What cannot be read of them is warned of.

    Raises: as `irtkit.clients.dumps.build_index`.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - only for who has no index

    from irtkit.cli.dump_warnings import warn_of_dumps  # noqa: PLC0415 - the same
    from irtkit.cli.progress import dump_bars  # noqa: PLC0415 - the same
    from irtkit.clients.dumps import build_index  # noqa: PLC0415 - the same

    with TemporaryDirectory(prefix="irtkit-") as folder:
        path = os.path.join(folder, "index.irt")  # noqa: PTH118 - pathlib costs a tenth of a first answer
        with dump_bars() as progress:
            report = build_index(dumps, path, progress=progress)
        warn_of_dumps(report)
        index = open_index(path)
    yield index
