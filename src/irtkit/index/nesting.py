"""Nested ranges flattened: who holds each stretch of address space, what lies around it, who inherits from whom.

Ranges of one hierarchy may nest to any depth and may overlap in part. *Smaller* means fewer addresses; of two
equally large ranges that hold an address the one that starts later counts as the smaller. Positions are ranks among
the boundaries, so that both address families are the same work.

It knows nothing of contacts: what is inherited is a flag here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "MAX_OVERLAPPING",
    "NONE",
    "Nesting",
    "find_nesting",
    "inherit",
    "paint",
    "radix_order",
    "ranks_ipv4",
    "ranks_ipv6",
]

NONE = -1
"""No range."""
MAX_OVERLAPPING = 4096
"""Registries refuse partial overlaps; beyond so many, the range around one is sought along its parents only."""

_LAST_IPV4 = 0xFFFFFFFF
_WIDE = 64
"""Segments a range on average from which each range is set by itself."""

Ints = NDArray[np.int32]
Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Nesting:
    """How the ranges of one hierarchy lie; every array but *owner* has one entry a range."""

    low: Ints
    """Rank of the first address among the boundaries."""
    high: Ints
    """Rank of the boundary after the last address."""
    order: Ints
    """The ranges that hold more than one segment, largest first."""
    leaves: Ints
    """The ranges that are one segment."""
    owner: Ints
    """The smallest range that holds each segment, or NONE."""
    parent: Ints
    """The smallest range that encloses each range, or NONE."""
    depth: Ints
    """Ranges around each range, counted along `parent`."""
    overlapping: Ints
    """Ranges that overlap others in part: with their parents, all that hold an address without enclosing its owner."""


def radix_order(words: NDArray[Any], shifts: Sequence[int]) -> NDArray[np.int64]:
    """Return the stable order of unsigned *words* by the 16 bits from each of *shifts* up, the last counting most.

    NumPy sorts 16-bit numbers by radix, several times as fast as wider ones.
    """
    order: NDArray[np.int64] | None = None
    for shift in shifts:
        digit = (words >> words.dtype.type(shift)).astype(np.uint16)
        order = np.argsort(digit, kind="stable") if order is None else order[np.argsort(digit[order], kind="stable")]
    return np.arange(len(words)) if order is None else order


def ranks_ipv4(first: NDArray[np.uint32], last: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], Ints, Ints]:
    """Return the ascending starts of all segments (0 among them), and for each range the ranks of its two boundaries.

    A boundary beyond the last address has a rank but no start.
    """
    count = len(first)
    packed = np.zeros(2 * count + 1, np.uint64)
    packed[:count] = first
    packed[count : 2 * count] = last + np.uint32(1)
    packed <<= np.uint64(32)
    packed |= np.arange(len(packed), dtype=np.uint64)
    packed.sort(kind="stable")  # merges what is in order already, and walks memory from front to back
    order = packed.astype(np.uint32)
    packed >>= np.uint64(32)
    value = packed.astype(np.uint32)
    new = np.empty(len(value), np.bool_)
    new[0] = True
    np.not_equal(value[1:], value[:-1], out=new[1:])
    ranks = np.empty(len(value), np.int32)
    ranks[order] = np.cumsum(new, dtype=np.int32) - np.int32(1)
    starts = value[new]
    high = ranks[count : 2 * count]
    high[last == _LAST_IPV4] = len(starts)
    return starts, ranks[:count], high


def ranks_ipv6(first: tuple[Words, Words], last: tuple[Words, Words]) -> tuple[Words, Words, Ints, Ints]:
    """Return the starts of all segments as two halves, and the ranks of each range, as `ranks_ipv4` does."""
    count = len(first[0])
    after_low = last[1] + np.uint64(1)
    carry = after_low == 0
    after_high = last[0] + carry.astype(np.uint64)
    beyond = np.zeros(2 * count + 1, np.bool_)
    beyond[count:-1] = carry & (after_high == 0)
    zero = np.zeros(1, np.uint64)
    high = np.concatenate([first[0], after_high, zero])
    low = np.concatenate([first[1], after_low, zero])
    order = np.lexsort((low, high, beyond))
    high, low, beyond = high[order], low[order], beyond[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1]) | (beyond[1:] != beyond[:-1])
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.cumsum(new, dtype=np.int32) - 1
    kept = new & ~beyond
    return high[kept], low[kept], ranks[:count], ranks[count : 2 * count]


def find_nesting(low: Ints, high: Ints, size: NDArray[np.int64], segments: int) -> Nesting | None:
    """Flatten the ranges with ranks *low* to *high*; *size* grows with the number of addresses.

    Return None where two ranges are equal.
    """
    owner = np.full(segments, NONE, np.int32)
    width = high - low
    leaves = np.flatnonzero(width == 1).astype(np.int32)
    order = np.flatnonzero(width > 1).astype(np.int32)
    order = order[np.lexsort((low[order], -size[order]))]
    if ((low[order[1:]] == low[order[:-1]]) & (high[order[1:]] == high[order[:-1]])).any():
        return None
    painted = _Painted(low, high, segments)
    for begin, end in pairwise(_group_edges(low, high, order, size)):
        painted.paint(order[begin:end], owner)
    parents, depths = painted.parent[:-1], painted.depth[:-1]
    segment = low[leaves]
    above = owner.take(segment)
    parents[leaves] = above
    depths[leaves] = painted.depth[above] + 1
    owner[segment] = leaves
    if (owner.take(segment) != leaves).any():
        return None
    overlapping = np.array(sorted(painted.overlapping), np.int32)
    return Nesting(low, high, order, leaves, owner, parents, depths, overlapping)


def _group_edges(low: Ints, high: Ints, order: Ints, size: NDArray[np.int64]) -> list[int]:
    """Cut *order* where the size changes, and between equally large ranges that overlap."""
    if not len(order):
        return []
    cut = size[order[1:]] != size[order[:-1]]
    cut |= low[order[1:]] < high[order[:-1]]
    return [0, *(np.flatnonzero(cut) + 1).tolist(), len(order)]


class _Painted:
    """What is known of the ranges painted so far, largest first; entry NONE (-1, the last) stands for no range."""

    def __init__(self, low: Ints, high: Ints, segments: int) -> None:
        self.low = np.append(low, np.int32(0))
        self.high = np.append(high, np.int32(segments + 1))
        self.parent = np.full(len(self.low), NONE, np.int32)
        self.depth = np.full(len(self.low), -1, np.int32)
        self.turn = np.full(len(self.low), -1, np.int64)
        self.overlapping: set[int] = set()
        self._turns = 0

    def paint(self, group: Ints, owner: Ints) -> None:
        """Paint equally large ranges that do not overlap each other, in order of their first segments."""
        begin, end = self.low[group], self.high[group]
        above = owner[begin]
        enclosed = (owner[end - 1] == above) & (self.high[above] >= end)
        for place in np.flatnonzero(~enclosed).tolist():
            above[place] = self._enclosing(int(group[place]), int(above[place]), owner)
        self.parent[group] = above
        self.depth[group] = self.depth[above] + 1
        self.turn[group] = np.arange(self._turns, self._turns + len(group))
        self._turns += len(group)
        _fill(owner, begin, end, group)

    def _encloses(self, index: int, begin: int, end: int) -> bool:
        return bool(self.low[index] <= begin and self.high[index] >= end)

    def _enclosing(self, index: int, above: int, owner: Ints) -> int:
        """Note the overlap that the range *index* is part of; return the smallest range that encloses it.

        Every range that holds its first segment is *above*, or overlaps something in part, or lies around one of these.
        """
        begin, end = int(self.low[index]), int(self.high[index])
        candidates = [above]
        if len(self.overlapping) < MAX_OVERLAPPING:
            candidates += (other for other in self.overlapping if self.low[other] <= begin < self.high[other])
            seen = np.unique(owner[begin:end]).tolist()
            self.overlapping.update(other for other in seen if not self._encloses(other, begin, end))
            self.overlapping.add(index)
        best = NONE
        for candidate in candidates:
            climbed = candidate
            while not self._encloses(climbed, begin, end):
                climbed = int(self.parent[climbed])
            if self.turn[climbed] > self.turn[best]:
                best = climbed
        return best


def _fill(segments: Ints, begin: Ints, end: Ints, values: Ints) -> None:
    """Set the segments from each *begin* to its *end*, none of which overlap, to the value beside it."""
    width = end - begin
    total = int(width.sum(dtype=np.int64))
    if total > _WIDE * len(values):
        for value, first, last in zip(values.tolist(), begin.tolist(), end.tolist(), strict=True):
            segments[first:last] = value
        return
    skipped = begin - (np.cumsum(width, dtype=np.int32) - width)
    segments[np.arange(total, dtype=np.int32) + np.repeat(skipped, width)] = np.repeat(values, width)


def inherit(nesting: Nesting, holds: NDArray[np.bool_]) -> Ints:
    """Return for each range the nearest range that *holds*, itself or around it along `parent`, or NONE."""
    holder = np.full(len(holds) + 1, NONE, np.int32)  # entry NONE (-1, the last) stands for no range
    np.copyto(holder[:-1], np.arange(len(holds), dtype=np.int32), where=holds)
    depth = nesting.depth[nesting.order]
    levels = (nesting.order[depth == level] for level in range(1, int(depth.max(initial=0)) + 1))
    for index in (*levels, nesting.leaves):
        index = index[~holds.take(index)]  # noqa: PLW2901 - the others hold themselves
        holder[index] = holder.take(nesting.parent.take(index))
    return holder[:-1]


def paint(nesting: Nesting, holds: NDArray[np.bool_]) -> Ints:
    """Return for each segment the smallest range that holds it and *holds*, or NONE; partial overlaps included."""
    painted = np.full(len(nesting.owner), NONE, np.int32)
    order = nesting.order[holds[nesting.order]]
    for index, begin, end in zip(
        order.tolist(), nesting.low[order].tolist(), nesting.high[order].tolist(), strict=True
    ):
        painted[begin:end] = index
    leaves = nesting.leaves[holds[nesting.leaves]]
    painted[nesting.low[leaves]] = leaves
    return painted
