"""Dumps cut into blocks at their empty lines, each of whole objects; objects that are too large are left out.

It reads no object, and opens no file: bytes come through a `readinto`.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import SLACK

__all__ = ["BLOCK_SIZE", "MAX_OBJECT", "Block", "Bytes", "Skipped", "iter_blocks"]

Bytes: TypeAlias = NDArray[np.uint8]

BLOCK_SIZE = 8 << 20
"""Bytes read before a block is cut: large enough for NumPy, small enough for a core's cache."""
MAX_OBJECT = 5_000_000
"""Largest object in bytes (RIPE whois `whois.max.object.size`); a larger one is skipped and reported."""

_NEWLINE = 10
_EMPTY_LINES = (b"\n\n", b"\n\r\n", b"\n\r\r\n")
_GLUE = b"\n\r\r"
"""As many bytes as may hold all of an empty line but its last."""


class Block(NamedTuple):
    """Whole objects of a dump: `buffer[:size]`, ending in a line feed; SLACK bytes may be read beyond it."""

    buffer: Bytes
    size: int
    offset: int
    """Bytes of the dump before this block."""
    whole: Bytes
    """The array that `take` gave, of which *buffer* is a part."""


class Skipped(NamedTuple):
    """Bytes that no block holds, because they belong to an object that is too large."""

    lines: int
    """Line feeds among them."""
    size: int


def iter_blocks(
    readinto: Callable[[memoryview], int],
    take: Callable[[], Bytes],
    *,
    size: int = BLOCK_SIZE,
    max_object: int = MAX_OBJECT,
) -> Iterator[Block | Skipped]:
    """Cut a dump into blocks at its empty lines; what is skipped is yielded in its place.

    *readinto* fills a buffer and returns the number of bytes, 0 at the end. *take* gives an array of at
    least `size + max_object + SLACK` bytes for each block; who receives a block gives its array back.
    Memory does not grow with the dump, whatever is in it.
    """
    tail, offset, skipped = b"", 0, None
    buffer = take()
    while True:
        filled, cut, ended = len(tail), 0, False
        buffer[:filled] = np.frombuffer(tail, np.uint8)
        while not cut and not ended:
            target = min(filled + size, len(buffer) - SLACK)
            while filled < target and not ended:
                got = readinto(buffer.data[filled:target])
                filled, ended = filled + got, not got
            if skipped is not None:
                start = _object_start(buffer, filled, first=True) or (filled if ended else 0)
                lost = start or filled - len(_GLUE)
                lines = int(np.count_nonzero(buffer[:lost] == _NEWLINE))
                skipped = Skipped(skipped.lines + lines, skipped.size + lost)
                buffer[: filled - lost] = buffer[lost:filled]
                offset, filled = offset + lost, filled - lost
                if not start:
                    continue
                yield skipped
                skipped = None
            cut = filled if ended else _object_start(buffer, filled, first=False)
            if not cut and filled > max_object:
                skipped = Skipped(0, 0)
        tail = buffer[cut:filled].tobytes()
        if cut:
            end = cut
            if buffer[end - 1] != _NEWLINE:
                buffer[end] = _NEWLINE
                end += 1
            buffer[end : end + SLACK] = 0
            yield Block(buffer, end, offset, buffer)
            buffer = take() if not ended else buffer
        offset += cut
        if ended:
            return


def _object_start(buffer: Bytes, filled: int, *, first: bool) -> int:
    """Return the position after the first or last empty line of `buffer[:filled]`, 0 if there is none."""
    if first:
        text = buffer[:filled].tobytes()
        found = [at + len(mark) for mark in _EMPTY_LINES if (at := text.find(mark)) >= 0]
        return min(found, default=0)
    reach = 1 << 16
    while True:
        text = buffer[max(0, filled - reach) : filled].tobytes()
        found = [filled - len(text) + at + len(mark) for mark in _EMPTY_LINES if (at := text.rfind(mark)) >= 0]
        if found or reach >= filled:
            return max(found, default=0)
        reach <<= 3
