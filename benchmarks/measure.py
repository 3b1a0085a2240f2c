"""Run programs in fresh processes, in turn, and hold their figures against a bar.

It does not know irtkit, nor any peer, nor what is measured: the subjects do.
"""

import gc
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

T = TypeVar("T")


class RunError(Exception):
    """A program that was to be measured ended with an error."""


@dataclass(frozen=True)
class Run:
    """One finished process: wall seconds from spawn to end, peak resident MB (10^6 bytes), what it printed.

    The peak is that of the largest single process: the program, or a child that it waited for.
    """

    seconds: float
    peak_mb: float
    output: str

    def figures(self) -> dict[str, float]:
        """The JSON object that one of our own workers printed on its last line."""
        found: dict[str, float] = json.loads(self.output.splitlines()[-1])
        return found


def run(*command: str | Path, fine: Collection[int] = (0,)) -> Run:
    """Run *command* to its end in a fresh process; raise RunError with its last words unless its status is *fine*."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        with subprocess.Popen([*map(str, command)], stdout=output, stderr=errors) as process:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in fine:
            text = " ".join(map(str, command))
            raise RunError(f"{text}\nended with status {process.returncode}:\n{errors.read()[-2000:]}")
        return Run(seconds, usage.ru_maxrss * 1024 / 1e6, output.read())  # Linux counts in KiB


def round_robin(programs: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Call each program once a round, each round beginning one further; its results in round order.

    The machine's good and bad moments so fall on all of them alike, and none always follows the same other.
    """
    names = list(programs)
    results: dict[str, list[T]] = {name: [] for name in names}
    for turn in range(rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            results[name].append(programs[name]())
    return results


def median_seconds(runs: Iterable[Run]) -> float:
    return statistics.median(one.seconds for one in runs)


def peak_mb(runs: Iterable[Run]) -> float:
    return max(one.peak_mb for one in runs)


def median_figures(runs: Iterable[Run]) -> dict[str, float]:
    """The median of each figure that the workers printed."""
    printed = [one.figures() for one in runs]
    return {name: statistics.median(figures[name] for figures in printed) for name in printed[0]}


def best_of(passes: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of *passes* calls, without the garbage collector's moments (as timeit does)."""
    seconds = []
    for _ in range(passes):
        gc.collect()
        gc.disable()
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
        gc.enable()
    return min(seconds)


@dataclass(frozen=True)
class Bar:
    """What a figure must keep to, at the scale for which the bar was set."""

    relation: Literal["<=", ">="]
    limit: float

    def holds(self, value: float) -> bool:
        return value <= self.limit if self.relation == "<=" else value >= self.limit

    def __str__(self) -> str:
        return f"{self.relation} {self.limit:g}"


def at_most(limit: float) -> Bar:
    return Bar("<=", limit)


def at_least(limit: float) -> Bar:
    return Bar(">=", limit)


@dataclass(frozen=True)
class Row:
    """One line of the table: what was compared, both sides' figures, the value that the bar judges."""

    subject: str
    what: str
    ours: str
    theirs: str
    value: float
    unit: str = "x"
    bar: Bar | None = None

    @property
    def verdict(self) -> str:
        """`pass` or `FAIL`; `-` for a figure without a bar at this scale."""
        if self.bar is None:
            return "-"
        return "pass" if self.bar.holds(self.value) else "FAIL"

    def cells(self) -> tuple[str, ...]:
        value = f"{self.value:.2f} x" if self.unit == "x" else f"{self.value:.0f} {self.unit}"
        return self.what, self.ours, self.theirs, value, str(self.bar or "-"), self.verdict


HEADINGS = ("what", "irtkit", "against", "value", "bar", "verdict")


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown, columns aligned."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    rule = ["-" * width for width in widths]
    texts = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [texts[0], rule, *texts[1:]])


def seconds_text(seconds: float) -> str:
    """A duration in the unit that a person would say."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds * 1e9:.0f} ns"
