"""The journey from dump files to an index file: read, scan, collect, build, put in place.

Every step is another module's; this one only leads from one to the next, shares the work between two processes, and
counts. Where there is enough of it a second process (`irtkit.clients.scanning`) scans every other block.
"""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import IO, Self

from irtkit.clients.files import find_dumps, read_blocks
from irtkit.clients.outputs import replacing
from irtkit.dump import Columns, Rejected, Skipped, scan
from irtkit.errors import DumpError, IndexFileError
from irtkit.index.build import arrays_of, shift_for
from irtkit.index.collect import WANTED, Collector, Part
from irtkit.index.storage import encode

__all__ = ["BuildReport", "FileReport", "Progress", "build_index", "collect_blocks", "without_cycle_search"]

Progress = Callable[[str, int, int], None]
"""Called with a dump's path, the bytes of it read so far, and its size."""

_SHOWN = 10
"""Rejected objects that a report keeps of each file."""
_WORTH_HELP = 8 << 20
"""Bytes of dumps from which a second process pays for its start."""
_TURN = 20
_HELPERS = range(1, _TURN - 1, 2)
"""Of each turn of blocks the second process takes these, a little less than half: it starts later."""
_EVERY = range(_TURN)


@dataclass(slots=True)
class FileReport:
    """What one dump held."""

    path: str
    size: int
    taken: int = 0
    """Objects of the classes that an index needs."""
    other: int = 0
    """Objects of other classes."""
    deleted: int = 0
    """Objects marked as deleted (`*xx...`)."""
    rejected: int = 0
    """Paragraphs that are no objects, and objects that cannot be read."""
    shown: list[Rejected] = field(default_factory=list)
    """The first of them, lines counted from 1 in the dump."""


@dataclass(slots=True)
class BuildReport:
    """What a build read."""

    files: list[FileReport] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    """Objects in the index by source and class."""


def build_index(paths: Iterable[str], output: str, *, progress: Progress | None = None) -> BuildReport:
    """Build the index file *output* from the dumps that *paths* name (files or folders); put it in place in one step.

    Class and source of each object come from its content. Objects that cannot be read are counted, the first of
    each file are kept in the report, and the rest goes on. An index that stands at *output* serves until the new one is
    whole; after an error it stands unchanged.

    Raises: DumpError when a dump cannot be read or holds no objects; IndexFileError when *output* cannot be written.
    """
    dumps = find_dumps(paths)
    with replacing(output, IndexFileError, durable=True) as file, without_cycle_search():
        collected = _collect(dumps, progress)
        report = BuildReport(_file_reports(dumps, collected.parts), dict(sorted(collected.counts.items())))
        arrays = arrays_of(collected)
        for part in encode(arrays, _manifest(report, shift_for(len(arrays["ipv4.start"])))):
            file.write(part)
    return report


def _collect(dumps: Sequence[str], progress: Progress | None) -> Collector:
    collected = Collector()
    helped = _cpus() > 1 and sum(Path(path).stat().st_size for path in dumps) > _WORTH_HELP
    with ExitStack() as stack:
        helper = stack.enter_context(_SecondProcess(dumps)) if helped else None
        mine = sorted(set(_EVERY) - set(_HELPERS)) if helped else _EVERY
        collected.parts += collect_blocks(dumps, collected, mine, progress)
        if helper is not None:
            collected.merge(helper.collected())
    return collected


def _manifest(report: BuildReport, shift: int) -> dict[str, object]:
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "shift": shift,
        "objects": [[source, name, count] for (source, name), count in report.counts.items()],
        "files": [
            {"name": Path(file.path).name, "size": file.size, "objects": file.taken, "rejected": file.rejected}
            for file in report.files
        ],
    }


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Keep Python from searching its objects for cycles: a build makes many objects, and no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def collect_blocks(
    dumps: Sequence[str], collected: Collector, turns: Sequence[int], progress: Progress | None = None
) -> Iterator[Part]:
    """Scan and collect the blocks whose place in each turn is among *turns*.

    Raises: DumpError when a dump cannot be read.
    """
    blocks = count()
    for number, path in enumerate(dumps):
        size = Path(path).stat().st_size
        for lent, position in read_blocks(path):
            block_number = next(blocks)
            with lent as block:
                if block_number % _TURN not in turns:
                    continue
                if isinstance(block, Skipped):
                    too_large = Rejected(0, "object larger than 5,000,000 bytes skipped")
                    columns = Columns(rejected=[too_large], lines=block.lines)
                else:
                    columns = scan(block, WANTED)
            yield collected.add(columns, (number, block_number))
            if progress is not None:
                progress(path, position, size)


def _file_reports(dumps: Sequence[str], parts: Iterable[Part]) -> list[FileReport]:
    """Count what each dump held. Raises: DumpError for one without objects."""
    reports = [FileReport(path, Path(path).stat().st_size) for path in dumps]
    lines = [1] * len(dumps)
    for part in sorted(parts, key=lambda part: part.place):
        number = part.place[0]
        report, columns = reports[number], part.columns
        report.taken += columns.taken
        report.other += columns.other
        report.deleted += columns.deleted
        report.rejected += len(columns.rejected)
        for rejected in columns.rejected[: _SHOWN - len(report.shown)]:
            report.shown.append(Rejected(lines[number] + rejected.line, rejected.message))
        lines[number] += columns.lines
    for report in reports:
        if not report.taken + report.other + report.deleted:
            raise DumpError("holds no RPSL object; expected a registry dump, plain or gzip", path=report.path, line=1)
    return reports


class _SecondProcess:
    """A second process that collects the blocks this one leaves out; what it gathers arrives while both work."""

    def __init__(self, dumps: Sequence[str]) -> None:
        self._parts: list[Part] = []
        self._collected: Collector | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "irtkit.clients.scanning"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for this process, which ends the other one
        )
        self._thread = threading.Thread(target=self._receive, args=(self._process.stdout,), daemon=True)
        self._thread.start()
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with self._process.stdin as pipe:
            pickle.dump((list(map(os.path.abspath, dumps)), _HELPERS), pipe)

    def _receive(self, pipe: IO[bytes]) -> None:
        with pipe:
            try:
                while not isinstance(item := pickle.load(pipe), Collector):  # noqa: S301 - our own process wrote it
                    self._parts.append(item)
            except (EOFError, pickle.UnpicklingError):
                return
            self._collected = item

    def collected(self) -> Collector:
        """Wait for the other process; return what it gathered. Raises: DumpError when it failed."""
        self._thread.join()
        if self._process.wait() or self._collected is None:
            raise DumpError("the process that reads along has ended early", path="dumps")
        self._collected.parts = self._parts
        return self._collected

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
