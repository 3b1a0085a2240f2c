"""The journey from dump files to an index file: read, scan, collect, build, put in place.

Every step is another module's; this one only leads from one to the next, shares the work between two processes, and
counts. Where there is enough of it a second process scans about every other block.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from isal import isal_zlib

from irtkit.clients.files import Buffers, DumpFile, Lent, find_dumps, read_blocks, shared_memory
from irtkit.clients.outputs import is_stream, replacing
from irtkit.clients.scanning import Place, Scanning, Task, received, start
from irtkit.cycles import without_cycle_search
from irtkit.dump import Block, Columns, Rejected, Skipped, scan
from irtkit.errors import DumpError, IndexFileError, reason_of
from irtkit.index.build import iter_arrays, most_arrays, shift_for
from irtkit.index.collect import WANTED, Collector, Part, Partner, Share
from irtkit.index.storage import FORMAT, Encoder, header_room

__all__ = ["BuildReport", "FileReport", "Progress", "build_index"]

Progress = Callable[[str, int, int], None]
"""Called with a dump's path, the bytes of it read so far, and its size."""

_SHOWN = 10
"""Rejected objects that a report keeps of each file."""
_WORTH_HELP = 8 << 20
"""Bytes of dumps from which a second process pays for its start."""
_AHEAD = 2
"""Blocks that the second process has at once: the one it scans, and the next."""
_LENGTH = 8
_MARK = f'{{"__metadata__":{{"format":"{FORMAT}",'.encode()
"""How the header of an index begins, in every version, behind the bytes with its length."""


@dataclass(slots=True)
class FileReport:
    """What one dump held."""

    path: str
    size: int
    modified: datetime | None = None
    """When it was last modified, in UTC."""
    ends_within_line: bool = False
    """Whether it ends without a line feed; then it may be cut off, and the last object be a part of one."""
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


def build_index(
    paths: Iterable[str | os.PathLike[str]], output: str | os.PathLike[str], *, progress: Progress | None = None
) -> BuildReport:
    """Build the index file *output* from the dumps that *paths* name (files or folders); put it in place in one step.

    Class and source of each object come from its content. Objects that cannot be read are counted, the first of
    each file are kept in the report, and the rest goes on. An index that stands at *output* serves until the new one is
    whole; after an error it stands unchanged.

    Raises: DumpError when a dump cannot be read or holds no objects; IndexFileError when *output* cannot be written, is
    one of the dumps, or is a file with something else in it than an index; TypeError for one path alone; ValueError for
    none.
    """
    if isinstance(paths, str | os.PathLike):
        raise TypeError(f"paths: expected several, not {type(paths).__name__}; put one path into a list")
    dumps, place = find_dumps(os.fspath(path) for path in paths), os.fspath(output)
    if not dumps:
        raise ValueError("paths: expected the names of dumps, or of folders that hold some")
    _check_place(place, dumps)
    with replacing(place, IndexFileError, durable=True) as file, without_cycle_search():
        files: dict[int, DumpFile] = {}
        collected = _collect(dumps, files, progress)
        report = BuildReport(_file_reports(dumps, files, collected.parts), dict(sorted(collected.counts.items())))
        _write(file, collected, _manifest(report))
    return report


def _check_place(output: str, dumps: Sequence[str]) -> None:
    """Raises: IndexFileError when an index written to *output* would destroy what is there, or could not be read."""
    if is_stream(output):
        raise IndexFileError("is no regular file; expected a place for an index", path=output)
    if not os.path.isfile(output):  # noqa: PTH113 - pathlib raises what is told when it is written
        return
    try:
        if any(Path(output).samefile(dump) for dump in dumps):
            raise IndexFileError("is one of the dumps; expected another place for the index", path=output)
        with Path(output).open("rb") as file:
            beginning = file.read(_LENGTH + len(_MARK))
    except OSError as error:
        raise IndexFileError(f"cannot be opened: {reason_of(error)}", path=output) from None
    if beginning and beginning[_LENGTH:] != _MARK:
        raise IndexFileError("is no irtkit index and was left alone; expected a new place or an index", path=output)


def _write(file: IO[bytes], collected: Collector, manifest: dict[str, object]) -> None:
    encoder = Encoder(header_room(manifest, most_arrays(collected)), isal_zlib.crc32)
    file.seek(encoder.start)
    for name, pieces in iter_arrays(collected):
        if name == "ipv4.start":
            manifest["shift"] = shift_for(sum(map(len, pieces)))
        for part in encoder.parts(name, *pieces):
            file.write(part)
    file.seek(0)
    file.write(encoder.header(manifest))


def _collect(dumps: Sequence[str], files: dict[int, DumpFile], progress: Progress | None) -> Collector:
    """Gather what decides contacts, of the small dumps first: the second process has not started yet.

    What is known of each dump's file goes to *files*, by its number.
    """
    collected = Collector()
    partner = Partner(collected)
    helped = _cpus() > 1 and sum(Path(path).stat().st_size for path in dumps) > _WORTH_HELP
    with ExitStack() as stack:
        shared = stack.enter_context(shared_memory()) if helped else None
        buffers = Buffers(shared)
        helper = None if shared is None else stack.enter_context(_SecondProcess(buffers, shared))
        for number, path in sorted(enumerate(dumps), key=lambda dump: Path(dump[1]).stat().st_size):
            size = Path(path).stat().st_size
            blocks = _noting(read_blocks(path, buffers), files, number)
            for block_number, (lent, position) in enumerate(blocks):
                place = number, block_number
                if helper is None or not helper.take(lent, place):
                    with lent as block:
                        columns = _scanned(block)
                    collected.parts.append(collected.add(columns, place))
                if helper is not None:
                    for share in helper.gathered():
                        partner.take(share)
                if progress is not None:
                    progress(path, position, size)
        if helper is not None:
            for share in helper.rest():
                partner.take(share)
    return collected


def _noting(
    blocks: Generator[tuple[Lent, int], None, DumpFile], files: dict[int, DumpFile], number: int
) -> Iterator[tuple[Lent, int]]:
    files[number] = yield from blocks


def _scanned(block: Block | Skipped) -> Columns:
    if isinstance(block, Skipped):
        return Columns(rejected=[Rejected(0, "object larger than 5,000,000 bytes skipped")], lines=block.lines)
    return scan(block, WANTED)


def _manifest(report: BuildReport) -> dict[str, object]:
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "shift": 0,
        "objects": [[source, name, count] for (source, name), count in report.counts.items()],
        "files": [
            {
                "name": Path(file.path).name,
                "size": file.size,
                "modified": file.modified and file.modified.isoformat(timespec="seconds"),
                "objects": file.taken,
                "rejected": file.rejected,
            }
            for file in report.files
        ],
    }


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _file_reports(dumps: Sequence[str], files: Mapping[int, DumpFile], parts: Iterable[Part]) -> list[FileReport]:
    """Count what each dump held. Raises: DumpError for one without objects."""
    reports = [FileReport(path, *files[number]) for number, path in enumerate(dumps)]
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
    """A second process (`irtkit.clients.scanning`) that scans and collects the blocks it is given.

    Blocks lie in memory that both have; what it gathered arrives while both work.
    """

    def __init__(self, buffers: Buffers, shared: int) -> None:
        self._buffers = buffers
        self._lent: dict[Place, Lent] = {}
        self._shares: deque[Share] = deque()
        self._is_done = False
        self._process: Scanning = start(buffers, shared)
        self._thread = threading.Thread(target=self._receive, args=(self._process.stdout,), daemon=True)
        self._thread.start()

    def take(self, lent: Lent, place: Place) -> bool:
        """Hand on a block if the process has not enough to do; say whether it has it now."""
        if len(self._lent) >= _AHEAD or isinstance(lent.block, Skipped):
            return False
        self._lent[place] = lent
        block = lent.block
        self._tell((self._buffers.place_of(block.whole), block.size, block.offset, place))
        return True

    def _tell(self, task: Task | None) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - it was asked for
        with suppress(BrokenPipeError):  # it has ended, as `collected` will tell
            pickle.dump(task, pipe)
            pipe.flush()

    def _receive(self, pipe: IO[bytes]) -> None:
        with pipe:
            try:
                while (share := received(pipe, self._buffers)) is not None:
                    self._shares.append(share)
                    self._lent.pop(share.part.place).give_back()
            except (EOFError, pickle.UnpicklingError):
                return
            self._is_done = True

    def gathered(self) -> Iterator[Share]:
        """Yield what it has sent by now."""
        while self._shares:
            yield self._shares.popleft()

    def rest(self) -> Iterator[Share]:
        """Wait for the other process; yield the rest of what it gathered. Raises: DumpError when it failed."""
        self._tell(None)
        self._thread.join()
        if self._process.wait() or not self._is_done:
            raise DumpError("the process that reads along has ended early", path="dumps")
        yield from self.gathered()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with suppress(BrokenPipeError):
            self._process.stdin.close()
