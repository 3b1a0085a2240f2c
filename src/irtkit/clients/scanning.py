"""The second process of `irtkit.clients.dumps.build_index`: collects what the blocks it is told of hold.

One pipe says which block lies where in the memory that holds them (`irtkit.clients.files.Buffers`), another tells what
each block held; the arrays of that lie in the block's own memory, which nobody needs any more. Only its parent talks to
it, and it opens no file: reading and its errors are the parent's.

It is a fork of its parent where that is safe, for that starts at once; else a program of its own, whose argument is
the file descriptor of that memory.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from contextlib import suppress
from typing import IO, Protocol, TypeAlias

import numpy as np

from irtkit.clients.files import Buffers
from irtkit.cycles import without_cycle_search
from irtkit.dump import Block, scan
from irtkit.index.collect import WANTED, Collector, Share

__all__ = ["Place", "Scanning", "Task", "main", "received", "start"]

Place: TypeAlias = tuple[int, int]
"""Number of a dump, and of a block in it."""
Task: TypeAlias = tuple[int, int, int, Place]
"""Which of the buffers holds a block, its size, its offset in the dump, and its place."""


class Scanning(Protocol):
    """A running second process."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Takes tasks, pickled; None is the last."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """Gives what `received` reads."""

    def kill(self) -> None:
        """End it, if it has not ended."""

    def wait(self) -> int:
        """Wait for its end; return its exit status."""


def start(buffers: Buffers, shared: int) -> Scanning:
    """Start a second process for blocks in *buffers*, which lie in the file *shared*.

    It has a process group of its own: Ctrl-C is for its parent, which ends it.
    """
    if sys.platform == "linux" and threading.active_count() == 1:  # no thread holds a lock that a copy would wait for
        return _Fork(buffers)
    command = [sys.executable, "-m", "irtkit.clients.scanning", str(shared)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=(shared,), process_group=0)  # noqa: S603 - this program itself


class _Fork:
    """A second process that is a copy of this one."""

    def __init__(self, buffers: Buffers) -> None:
        task_end, tasks = os.pipe()
        answers, answer_end = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's own threads are idle
            self._pid = os.fork()
        if not self._pid:
            status = 1
            try:
                os.setpgid(0, 0)
                os.close(tasks)
                os.close(answers)
                with suppress(BrokenPipeError), os.fdopen(task_end, "rb") as inward, os.fdopen(answer_end, "wb") as out:
                    status = _collect(buffers, inward, out)
            finally:
                os._exit(status)
        os.close(task_end)
        os.close(answer_end)
        self.stdin, self.stdout = os.fdopen(tasks, "wb"), os.fdopen(answers, "rb")
        self._status: int | None = None

    def kill(self) -> None:
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._status


def main() -> int:
    """Do what the module says; return the exit status."""
    return _collect(Buffers(int(sys.argv[1])), sys.stdin.buffer, sys.stdout.buffer)


def _collect(buffers: Buffers, tasks: IO[bytes], answers: IO[bytes]) -> int:
    collected = Collector()
    try:
        with without_cycle_search():
            while (task := pickle.load(tasks)) is not None:  # noqa: S301 - our own parent wrote it
                array, size, offset, place = task
                columns = scan(Block(buffers.arrays[array], size, offset, buffers.arrays[array]), WANTED)
                _send(collected.share(collected.add(columns, place)), answers, buffers, array)
            pickle.dump(None, answers)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return 1
    return 0


def _send(share: Share, pipe: IO[bytes], buffers: Buffers, array: int) -> None:
    """Write what was gathered of the block in *array*, whose memory takes the arrays of it if there is room."""
    arrays: list[pickle.PickleBuffer] = []
    text = pickle.dumps(share, protocol=5, buffer_callback=arrays.append)
    parts = [part.raw() for part in arrays]
    room = buffers.arrays[array]
    if sum(part.nbytes for part in parts) > len(room):
        text, parts = pickle.dumps(share, protocol=5), []
    at = 0
    for part in parts:
        room.data[at : at + part.nbytes] = part
        at += part.nbytes
    pickle.dump((text, array, [part.nbytes for part in parts]), pipe)
    pipe.flush()


def received(pipe: IO[bytes], buffers: Buffers) -> Share | None:
    """Return what the second process gathered of the next block, None at the end. Raises: EOFError when it ended."""
    message = pickle.load(pipe)  # noqa: S301 - our own process wrote it
    if message is None:
        return None
    text, array, sizes = message
    ends = np.cumsum(sizes, dtype=np.int64).tolist()
    arrays = [buffers.arrays[array][end - size : end].copy() for end, size in zip(ends, sizes, strict=True)]
    share: Share = pickle.loads(text, buffers=arrays)  # noqa: S301 - the same
    return share


if __name__ == "__main__":
    sys.exit(main())
