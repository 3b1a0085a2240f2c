"""The ranges of one registry and family in an index: which hold an address, and which lie inside a range.

A range is the number of its object. *Smaller* means fewer addresses; of two equally large ranges around one address the
one that begins later counts as the smaller. Where very many ranges overlap in part, which registries refuse, not
all of them are looked at.

It needs the standard library alone, knows nothing of contacts, and reads nothing of an object but its key.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from irtkit.errors import IndexFileError
from irtkit.index.layout import Flag
from irtkit.index.lookup import NO_ROW, hierarchies, range_of_key, segment_ipv6
from irtkit.schema.contact_rules import registry_of_source

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator

    from irtkit.index.lookup import Index
    from irtkit.resources import AddressRange

__all__ = ["IndexedRanges", "ranges_by_registry"]

_MOST_VISITED = 10_000
"""Ranges that are looked at for one level where some overlap in part."""
_MOST_KEPT = 1 << 15
"""Ranges that are remembered; then all are forgotten."""
_MOST_HELD = 1 << 17
"""Ranges around addresses that are remembered; the same."""


def ranges_by_registry(index: Index) -> dict[tuple[str, int], IndexedRanges]:
    """Return the ranges of each registry (its short name) and family (4 or 6) that has any."""
    found = {}
    for family in (4, 6):
        for name in hierarchies(index.file, family):
            row = next((row for row in index.column(f"{name}.row")[:2] if row != NO_ROW), NO_ROW)
            if row != NO_ROW:  # no two neighbours are gaps
                registry = _registry_of(index, index.column("row.object")[row])
                found[registry, family] = IndexedRanges(index, name, registry, family)
    return found


def _registry_of(index: Index, number: int) -> str:
    return registry_of_source(index.texts("source")[index.column("object.source")[number]])


def _encloses(outer: AddressRange, inner: AddressRange) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


class _Place(NamedTuple):
    """An address among the ranges."""

    segment: int
    numbers: list[int]
    """The ranges that hold it, smallest first."""
    nested: bool
    """Whether each of them encloses the one before it."""


class IndexedRanges:
    """The ranges of one registry and family.

    Cost: a bisection and as many steps as there are levels. What overlaps in part is read once, all of it.
    """

    def __init__(self, index: Index, segments: str, registry: str, family: int) -> None:
        self._index = index
        self._registry = registry
        self._family = family
        self._row = index.column(f"{segments}.row")
        self._starts = [index.column(f"{segments}.{name}") for name in (("start",) if family == 4 else ("high", "low"))]
        self._spaces: dict[int, AddressRange] = {}
        self._places: dict[int, _Place] = {}
        self._holding = 0

    def space_of(self, number: int) -> AddressRange:
        """Return the addresses of an object."""
        found = self._spaces.get(number)
        if found is None:
            if len(self._spaces) >= _MOST_KEPT:
                self._spaces.clear()
            found = self._spaces[number] = range_of_key(self._index.texts("object.key")[number])
        return found

    def find_exact(self, space: AddressRange) -> int | None:
        """Return the object of exactly this range."""
        for number in self._place(space.first).numbers:
            around = self.space_of(number)
            if around == space:
                return number
            if around.last - around.first > space.last - space.first:
                break
        return None

    def find_around(self, space: AddressRange) -> int | None:
        """Return the smallest range that holds all of *space* and more."""
        for number in self._place(space.first).numbers:
            around = self.space_of(number)
            if around.last >= space.last and around != space:
                return number
        return None

    def find_crossing(self, space: AddressRange) -> int | None:
        """Return a range that overlaps *space* in part.

        Of several it is the one that begins first; but one that begins after *space* does only if none begins before.
        """
        place = self._place(space.first)
        crossing = self._crossing(space, place)
        if not crossing and (not place.nested or self._unchanged_until(space.first, place) < space.last):
            crossing = self._crossing(space, self._place(space.last))
        return min(
            crossing, key=lambda number: (self.space_of(number).first, -self.space_of(number).last), default=None
        )

    def _crossing(self, space: AddressRange, place: _Place) -> list[int]:
        return [number for number in self._within(space, place) if not _encloses(space, self.space_of(number))]

    def _within(self, space: AddressRange, place: _Place) -> list[int]:
        """Return which of the ranges at a place do not enclose *space*, smallest first."""
        found = []
        for number in place.numbers:
            if not _encloses(self.space_of(number), space):
                found.append(number)
            elif place.nested:
                break
        return found

    def iter_inside(self, space: AddressRange) -> Iterator[int]:
        """Yield, in address order, the ranges one level inside *space*, without that range itself.

        Those are the ranges in it for which every range around them is also around all of *space*. They are looked for
        from address to address: from the end of one to the next beginning; where ranges overlap in part from
        beginning to beginning.
        """
        address, visited = space.first, 0
        while address <= space.last and visited < _MOST_VISITED:
            place = self._place(address)
            within = self._within(space, place)
            child = self._beginning_at(address, within)
            if child is not None and self.space_of(child).last <= space.last:
                yield child
            visited += 0 if place.nested else len(place.numbers)
            end = self._unchanged_until(address, place, within[-1] if within and place.nested else None)
            if end < address:
                raise IndexFileError("is damaged: its segments do not ascend", path=self._index.path)
            address = end + 1

    def _beginning_at(self, address: int, numbers: list[int]) -> int | None:
        """Return the largest range that begins at *address*, unless another of *numbers*, smallest first, holds it."""
        at = next((at for at in reversed(range(len(numbers))) if self.space_of(numbers[at]).first == address), None)
        if at is None:
            return None
        space = self.space_of(numbers[at])
        return None if any(_encloses(self.space_of(other), space) for other in numbers[at + 1 :]) else numbers[at]

    def _unchanged_until(self, address: int, place: _Place, number: int | None = None) -> int:
        """Return the last address of the segment, or of the range *number*, unless a mark comes sooner."""
        end = self._end(place.segment) if number is None else self.space_of(number).last
        at = bisect_right(self._marks, address)
        return min(end, self._marks[at] - 1) if at < len(self._marks) else end

    def _end(self, segment: int) -> int:
        """Return the last address of a segment."""
        if segment + 1 == len(self._row):
            return (1 << 128) - 1
        start = 0
        for column in self._starts:
            start = start << 64 | column[segment + 1]
        return start - 1

    def _place(self, address: int) -> _Place:
        found = self._places.get(address)
        if found is None:
            found = self._find_place(address)
            self._holding += 1 + len(found.numbers)
            if self._holding > _MOST_HELD:
                self._places.clear()
                self._holding = 0
            self._places[address] = found
        return found

    def _find_place(self, address: int) -> _Place:
        """Look an address up.

        Every range that holds it encloses its most specific one, or is one of those that overlap others in part, or
        encloses one of these.
        """
        if self._family == 4:
            segment = bisect_right(self._starts[0], address) - 1
        else:
            segment = segment_ipv6(self._starts[0], self._starts[1], address)
        row = self._row[segment]
        around = self._index.around
        chain = [] if row == NO_ROW else around(self._index.column("row.object")[row])
        partial = self._partial_at(address)
        if not partial:
            return _Place(segment, chain, nested=True)
        spaces = {number: self.space_of(number) for start in partial for number in around(start)}
        spaces |= {number: self.space_of(number) for number in chain}
        order = sorted(spaces, key=lambda number: (spaces[number].size, -spaces[number].first))
        return _Place(segment, order, nested=False)

    @cached_property
    def _partial(self) -> list[tuple[int, int, int]]:
        """First and last address and number of each range that overlaps others in part, by first address."""
        flags = self._index.column("object.flags")
        mine = Flag.IPV6 if self._family == 6 else 0
        numbers = [
            number
            for number in self._index.column("overlapping")
            if flags[number] & Flag.IPV6 == mine and _registry_of(self._index, number) == self._registry
        ]
        return sorted((self.space_of(number).first, self.space_of(number).last, number) for number in numbers)

    @cached_property
    def _firsts(self) -> list[int]:
        return [first for first, _, _ in self._partial]

    @cached_property
    def _reach(self) -> list[int]:
        """The last address of the first range of `_partial`, of the first two, and so on."""
        return list(accumulate((last for _, last, _ in self._partial), max))

    @cached_property
    def _marks(self) -> list[int]:
        """Where the ranges of `_partial` begin, and those around them, ascending: no segment need begin there."""
        numbers = {around for _, _, number in self._partial for around in self._index.around(number)}
        return sorted({self.space_of(number).first for number in numbers})

    def _partial_at(self, address: int) -> list[int]:
        """Return the ranges of `_partial` that hold an address."""
        found = []
        at = bisect_right(self._firsts, address) - 1
        while at >= 0 and self._reach[at] >= address:
            if self._partial[at][1] >= address:
                found.append(self._partial[at][2])
            at -= 1
        return found
