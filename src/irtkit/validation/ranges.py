"""Address ranges of one family, sorted: the range around one, those one level inside, and partial overlaps.

A range need not be a prefix, and ranges may overlap in part. *Smaller* means fewer addresses; of two equally
large ranges around the same addresses, which then overlap in part, the one that begins later is the nearer. It
holds ranges only, knows nothing of objects and cannot be changed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, TypeAlias

__all__ = ["MOST_VISITED", "Ranges", "Stretch"]

Stretch: TypeAlias = tuple[int, int]
"""The first and the last address of a range, both in it."""

MOST_VISITED: Final = 1000
"""Where ranges overlap in part, which registries refuse, no more ranges than this are looked at for one level."""

_MOST_CLIMBED = 32  # levels, one by one; further up the blocks are faster, once they are there


class Ranges:
    """A fixed set of ranges, each a pair (first, last) with first <= last.

    Cost for n ranges: building sorts them. Where none overlap in part, a question needs a bisection and as many
    steps as there are levels; elsewhere, and where there are many levels, n log n pairs are sorted once, and
    a question needs (log n)² steps, whatever the ranges are. `iter_inside` needs log n for each range it yields.
    """

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._keys = sorted({(first, -last) for first, last in stretches})
        self._firsts = [first for first, _ in self._keys]
        self._lasts = [-last for _, last in self._keys]
        self._around = _positions_around(self._firsts, self._lasts)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, stretch: Stretch) -> bool:
        key = (stretch[0], -stretch[1])
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key

    def find_around(self, first: int, last: int) -> Stretch | None:
        """Return the smallest range that holds first..last and more, or None."""
        if self._around is not None:
            at = bisect_left(self._keys, (first, -last)) - 1
            for _ in range(_MOST_CLIMBED):
                if at < 0:
                    return None
                if self._lasts[at] >= last:
                    return self._firsts[at], self._lasts[at]
                at = self._around[at]
        found = [
            size
            for size in (
                self._smallest(bisect_right(self._firsts, first), last + 1),
                self._smallest(bisect_left(self._firsts, first), last),
            )
            if size is not None
        ]
        if not found:
            return None
        span, negated = min(found)
        return -negated, span - negated

    def iter_inside(self, first: int, last: int) -> Iterator[Stretch]:
        """Yield, in address order, the ranges one level inside first..last, without that range itself.

        Those are the ranges in it for which every range around them is also around all of first..last. See
        `MOST_VISITED`.
        """
        at = bisect_right(self._keys, (first, -last))
        if at == len(self._keys) or self._lasts[at] > last:
            return
        before = self._find_before(first, last)
        reached = first - 1 if before is None else max(stretch[1] for stretch in before)
        visited = 0
        while at < len(self._keys) and self._lasts[at] <= last and visited < MOST_VISITED:
            begin, end = self._firsts[at], self._lasts[at]
            if end > reached:
                yield begin, end
                reached = end
            if self._around is not None:
                at = max(at + 1, bisect_right(self._firsts, reached))
            else:
                at += 1
                visited += 1

    def find_crossing(self, first: int, last: int) -> Stretch | None:
        """Return a range that shares addresses with first..last while each has some the other lacks, or None.

        Of several it is one that begins before *first*, if any does, and if these lie around one another the
        outermost; else the first one that begins inside and ends after *last*.
        """
        if self._around is not None and (first, last) in self:
            return None  # none of the ranges overlap in part
        before = self._find_before(first, last)
        if before is not None:
            return min(before)
        at, visited = bisect_right(self._keys, (first, -last)), 0
        while at < len(self._keys) and self._firsts[at] <= last and visited < MOST_VISITED:
            if self._lasts[at] > last:
                return self._firsts[at], self._lasts[at]
            at = bisect_right(self._firsts, self._lasts[at]) if self._around is not None else at + 1
            visited += self._around is None
        return None

    def _find_before(self, first: int, last: int) -> list[Stretch] | None:
        """Return ranges that begin before *first* and end in first..last-1, among them the one that ends last."""
        at = bisect_left(self._firsts, first) - 1
        if self._around is not None:
            outermost = -1
            for _ in range(_MOST_CLIMBED):
                if at < 0 or self._lasts[at] >= last:
                    return None if outermost < 0 else [(self._firsts[outermost], self._lasts[outermost])]
                if self._lasts[at] >= first:
                    outermost = at
                at = self._around[at]
        found, count = [], bisect_left(self._firsts, first)
        while count:
            ends, _ = self._blocks[count]
            at = bisect_left(ends, (last,)) - 1
            if at >= 0 and ends[at][0] >= first:
                end = ends[at][0]
                found.append((ends[bisect_left(ends, (end,))][1], end))
            count &= count - 1
        return found or None

    def _smallest(self, count: int, last: int) -> tuple[int, int] | None:
        """Of the *count* ranges that begin first, return (last - first, -first) of the smallest that reaches *last*."""
        found = None
        while count:
            ends, sizes = self._blocks[count]
            at = bisect_left(ends, (last,))
            if at < len(sizes) and (found is None or sizes[at] < found):
                found = sizes[at]
            count &= count - 1
        return found

    @cached_property
    def _blocks(self) -> list[tuple[list[tuple[int, ...]], list[tuple[int, int]]]]:
        """A Fenwick tree: block n holds the ranges n - (n & -n) to n - 1, as (last, first), sorted.

        Beside each of them stands the (last - first, -first) of the smallest range from there on.
        """
        ends = list(zip(self._lasts, self._firsts, strict=True))
        sizes = [(last - first, -first) for last, first in ends]
        blocks: list[tuple[list[tuple[int, ...]], list[tuple[int, int]]]] = [([], [])]
        for count in range(1, len(ends) + 1):
            order = sorted(range(count - (count & -count), count), key=ends.__getitem__)
            smallest: list[tuple[int, int]] = []
            for at in reversed(order):
                smallest.append(min(smallest[-1], sizes[at]) if smallest else sizes[at])
            blocks.append(([ends[at] for at in order], smallest[::-1]))
        return blocks


def _positions_around(firsts: list[int], lasts: list[int]) -> list[int] | None:
    """Return for each of the sorted ranges the position of the one around it, or -1; None if any overlap in part."""
    positions: list[int] = []
    around: list[int] = []
    for at, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        while around and lasts[around[-1]] < first:
            around.pop()
        if around and lasts[around[-1]] < last:
            return None
        positions.append(around[-1] if around else -1)
        around.append(at)
    return positions
