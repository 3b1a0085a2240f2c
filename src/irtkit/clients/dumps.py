"""The journey from dump files to an index file: read, scan, collect, build, put in place.

Every step is another module's; this one only leads from one to the next, and counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from irtkit.clients.files import Lent, find_dumps, read_blocks, replace_file
from irtkit.dump import Columns, Rejected, Skipped, Wanted, scan
from irtkit.errors import DumpError
from irtkit.index.build import arrays_of, shift_for
from irtkit.index.collect import WANTED, Collector
from irtkit.index.storage import encode

__all__ = ["BuildReport", "FileReport", "Progress", "build_index", "scan_dump"]

Progress = Callable[[str, int, int], None]
"""Called with a dump's path, the bytes of it read so far, and its size."""

_SCANNERS = 2
"""Threads that scan: NumPy lets others run while it works on a block."""
_SHOWN = 10
"""Rejected objects that a report keeps of each file."""


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
    """The first of them."""


@dataclass(slots=True)
class BuildReport:
    """What a build read."""

    files: list[FileReport] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    """Objects in the index by source and class."""


def build_index(paths: Iterable[str], output: str, *, progress: Progress | None = None) -> BuildReport:
    """Build the index file *output* from the dumps that *paths* name (files or folders), and put it in place in one step.

    Class and source of each object come from its content. Objects that cannot be read are counted, the first of
    each file are kept in the report, and the rest goes on. An index that stands at *output* serves until the new one is
    whole; after an error it stands unchanged.

    Raises: DumpError when a dump cannot be read or holds no objects; IndexFileError when *output* cannot be written.
    """
    collected = Collector()
    report = BuildReport()
    for path in find_dumps(paths):
        report.files.append(_collect(path, collected, progress))
    report.counts = dict(sorted(collected.counts.items()))
    arrays = arrays_of(collected)
    manifest = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "shift": shift_for(len(arrays["ipv4.start"])),
        "objects": [[source, name, count] for (source, name), count in report.counts.items()],
        "files": [
            {"name": Path(file.path).name, "size": file.size, "objects": file.taken, "rejected": file.rejected}
            for file in report.files
        ],
    }
    replace_file(output, encode(arrays, manifest))
    return report


def _collect(path: str, collected: Collector, progress: Progress | None) -> FileReport:
    report = FileReport(path, Path(path).stat().st_size)
    line = 1
    for columns, position in scan_dump(path):
        report.taken += sum(scanned.count for scanned in columns.classes.values())
        report.other += columns.other
        report.deleted += columns.deleted
        for rejected in columns.rejected + collected.add(columns):
            report.rejected += 1
            if len(report.shown) < _SHOWN:
                report.shown.append(Rejected(line + rejected.line, rejected.message))
        line += columns.lines
        if progress is not None:
            progress(path, position, report.size)
    if not report.taken + report.other + report.deleted:
        raise DumpError("holds no RPSL object; expected a registry dump, plain or gzip", path=path, line=1)
    return report


def scan_dump(path: str, wanted: Wanted = WANTED) -> Iterator[tuple[Columns, int]]:
    """Yield the columns of each block of a dump, in order, with the bytes of the file read so far.

    One thread inflates, others scan, while the caller uses what is ready.

    Raises: DumpError when the file cannot be read.
    """
    with ThreadPoolExecutor(_SCANNERS, "irtkit-scan") as pool, closing(read_blocks(path)) as blocks:
        pending: deque[tuple[Future[Columns], int]] = deque()
        for block, position in blocks:
            pending.append((pool.submit(_scan, block, wanted), position))
            if len(pending) > _SCANNERS:
                future, reached = pending.popleft()
                yield future.result(), reached
        for future, reached in pending:
            yield future.result(), reached


def _scan(block: Lent, wanted: Wanted) -> Columns:
    with block as held:
        if isinstance(held, Skipped):
            return Columns(rejected=[Rejected(0, "object larger than 5,000,000 bytes skipped")], lines=held.lines)
        return scan(held, wanted)
