"""Progress bars on a terminal, on standard error; nowhere else a sign of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["dump_bars", "list_bar"]


@contextmanager
def dump_bars() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give a function that shows how much of each dump was read; None where nobody looks."""
    if not _somebody_looks():
        yield None
        return
    tasks: dict[str, TaskID] = {}
    with _bars() as bars:

        def show(path: str, position: int, size: int) -> None:
            if path not in tasks:
                tasks[path] = bars.add_task(Path(path).name, total=size)
            bars.update(tasks[path], completed=position)

        yield show


@contextmanager
def list_bar(name: str, size: int | None, *, to_terminal: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that shows how much of a list was read; *to_terminal* says that the records appear there."""
    if size is None or to_terminal or not _somebody_looks():
        yield lambda _: None
        return
    with _bars() as bars:
        task = bars.add_task(name, total=size)
        yield lambda position: bars.update(task, completed=position)


def _somebody_looks() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bars() -> Progress:
    from rich.console import Console  # noqa: PLC0415 - on a terminal only
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
