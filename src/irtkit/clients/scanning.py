"""The second process of `irtkit.clients.dumps.build_index`: collects what the blocks it is told of hold.

Its argument is the file descriptor of the memory that holds the blocks (`irtkit.clients.files.Buffers`). Standard
input says which block lies where, standard output takes what each block held, then the collector without that. Only
its parent talks to it, and it opens no file: reading and its errors are the parent's.
"""

from __future__ import annotations

import gc
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeAlias

from irtkit.clients.files import Buffers
from irtkit.dump import Block, scan
from irtkit.index.collect import WANTED, Collector

__all__ = ["Place", "Task", "main", "received", "without_cycle_search"]

Place: TypeAlias = tuple[int, int]
"""Number of a dump, and of a block in it."""
Task: TypeAlias = tuple[int, int, int, Place]
"""Which of the buffers holds a block, its size, its offset in the dump, and its place."""


def main() -> int:
    """Do what the module says; return the exit status."""
    buffers = Buffers(int(sys.argv[1]))
    collected = Collector()
    try:
        with without_cycle_search():
            while (task := pickle.load(sys.stdin.buffer)) is not None:  # noqa: S301 - our own parent wrote it
                array, size, offset, place = task
                columns = scan(Block(buffers.arrays[array], size, offset, buffers.arrays[array]), WANTED)
                _send(collected.add(columns, place), sys.stdout.buffer)
            _send(collected, sys.stdout.buffer)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return 1
    return 0


def _send(item: object, pipe: IO[bytes]) -> None:
    """Write *item*: the sizes of its parts, its pickle, then the arrays in it, which are not copied."""
    buffers: list[pickle.PickleBuffer] = []
    text = pickle.dumps(item, protocol=5, buffer_callback=buffers.append)
    arrays = [buffer.raw() for buffer in buffers]
    pickle.dump([len(text), *(array.nbytes for array in arrays)], pipe)
    pipe.write(text)
    for array in arrays:
        pipe.write(array)
    pipe.flush()


def received(pipe: IO[bytes]) -> Any:  # noqa: ANN401 - whatever was sent
    """Return the next item that the second process sent. Raises: EOFError when it ended."""
    size, *sizes = pickle.load(pipe)  # noqa: S301 - our own process wrote it
    text = pipe.read(size)
    arrays = [bytearray(size) for size in sizes]
    for array in arrays:
        if pipe.readinto(array) != len(array):  # type: ignore[attr-defined]  # what a pipe is
            raise EOFError
    return pickle.loads(text, buffers=arrays)  # noqa: S301 - the same


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


if __name__ == "__main__":
    sys.exit(main())
