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

from irtkit.errors import IndexFileError, RangeError
from irtkit.index.layout import Flag
from irtkit.index.segments import NO_ROW, hierarchies, range_of_key, segment_ipv6
from irtkit.resources import AddressRange, parse_address
from irtkit.schema.contact_rules import registry_of_source

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from irtkit.index.columns import Columns

__all__ = ["IndexedRanges", "ranges_by_registry"]

_MOST_VISITED = 10_000
"""Ranges that are looked at for one level where some overlap in part."""
_MOST_KEPT = 1 << 15
"""Ranges that are remembered; then all are forgotten."""
_MOST_HELD = 1 << 17
"""Ranges around addresses that are remembered; the same."""


def ranges_by_registry(index: Columns) -> dict[tuple[str, int], IndexedRanges]:
    """Return the ranges of each registry (its short name) and family (4 or 6) that has any."""
    found = {}
    for family in (4, 6):
        for name in hierarchies(index.file, family):
            row = next((row for row in index.column(f"{name}.row")[:2] if row != NO_ROW), NO_ROW)
            if row != NO_ROW:  # no two neighbours are gaps
                registry = _registry_of(index, index.column("row.object")[row])
                found[registry, family] = IndexedRanges(index, name, registry, family)
    return found


def _registry_of(index: Columns, number: int) -> str:
    return registry_of_source(index.texts("source")[index.column("object.source")[number]])


def _stretch_of_key(key: str) -> tuple[int, int]:
    """Return the first and the last address of a key."""
    first, dash, last = key.partition(" - ")
    if not dash:
        space = range_of_key(key)
        return space.first, space.last
    begin, end = parse_address(first)[1], parse_address(last)[1]
    if begin > end:
        raise RangeError(f"{key:.100}: expected the first address before the last one")
    return begin, end


class _Place(NamedTuple):
    """An address among the ranges."""

    segment: int
    numbers: list[int]
    """The ranges that hold it, smallest first."""
    nested: bool
    """Whether each of them encloses the one before it."""


class _Spot(NamedTuple):
    """A range among the others."""

    exact: int | None
    """The object of exactly this range."""
    around: int | None
    """The smallest range that holds all of it and more."""
    is_bare: bool
    """Whether certainly no other one begins or ends in it."""


class IndexedRanges:
    """The ranges of one registry and family.

    Cost: a bisection and as many steps as there are levels. What overlaps in part is read once, all of it.
    """

    def __init__(self, index: Columns, segments: str, registry: str, family: int) -> None:
        self._index = index
        self._registry = registry
        self._family = family
        self._keys = index.texts("object.key")
        self._parents = index.column("object.parent")
        self._objects = index.column("row.object")
        self._row = index.column(f"{segments}.row")
        self._starts = [index.column(f"{segments}.{name}") for name in (("start",) if family == 4 else ("high", "low"))]
        self._stretches: dict[int, tuple[int, int]] = {}
        self._spots: dict[tuple[int, int], _Spot] = {}
        self._places: dict[int, _Place] = {}
        self._holding = 0

    def space_of(self, number: int) -> AddressRange:
        """Return the addresses of an object."""
        return AddressRange(self._family, *self._stretch_of(number))

    def _stretch_of(self, number: int) -> tuple[int, int]:
        """Return the first and the last address of an object."""
        found = self._stretches.get(number)
        if found is None:
            if len(self._stretches) >= _MOST_KEPT:
                self._stretches.clear()
            found = self._stretches[number] = _stretch_of_key(self._keys[number])
        return found

    def find_exact(self, space: AddressRange) -> int | None:
        """Return the object of exactly this range."""
        return self._spot(space).exact

    def find_around(self, space: AddressRange) -> int | None:
        """Return the smallest range that holds all of *space* and more."""
        return self._spot(space).around

    def find_holding(self, space: AddressRange) -> list[int]:
        """Return the ranges that hold all of *space*, smallest first."""
        numbers = self._find_place(space.first).numbers
        return [number for number in numbers if self._stretch_of(number)[1] >= space.last]

    def _spot(self, space: AddressRange) -> _Spot:
        stretch = space.first, space.last
        found = self._spots.get(stretch)
        if found is None:
            if len(self._spots) >= _MOST_KEPT:
                self._spots.clear()
            found = self._spots[stretch] = self._find_spot(*stretch)
        return found

    def _find_spot(self, first: int, last: int) -> _Spot:
        if not self._is_nested(first, last):
            return self._spot_among(self._place(first).numbers, first, last, is_bare=False)
        segment = self._segment_at(first)
        number, is_bare = self._most_specific(segment), self._end(segment) >= last
        if number >= 0 and self._stretch_of(number) == (first, last):  # as most ranges that are asked for
            around = self._parents[number]
            return _Spot(number, around if around >= 0 else None, is_bare)
        return self._spot_among(self._iter_around(segment), first, last, is_bare=is_bare)

    def _spot_among(self, numbers: Iterable[int], first: int, last: int, *, is_bare: bool) -> _Spot:
        """Return the place of a range among those that hold its first address, smallest first."""
        exact = None
        for number in numbers:
            begin, end = self._stretch_of(number)
            if end == last and begin == first:
                exact = number
            elif end >= last and begin <= first:
                return _Spot(exact, number, is_bare)
        return _Spot(exact, None, is_bare)

    def _is_nested(self, first: int, last: int) -> bool:
        """Whether no range that overlaps another one in part has an address in common with this one."""
        count = bisect_right(self._firsts, last)
        return not count or self._reach[count - 1] < first

    def _segment_at(self, address: int) -> int:
        if self._family == 4:
            return bisect_right(self._starts[0], address) - 1
        return segment_ipv6(self._starts[0], self._starts[1], address)

    def _iter_around(self, segment: int) -> Iterator[int]:
        """Yield the most specific range of a segment, the one around it, and so on."""
        number, parents = self._most_specific(segment), self._parents
        for _ in parents:
            if number < 0:
                return
            yield number
            number = parents[number]

    def _most_specific(self, segment: int) -> int:
        """Return the most specific range of a segment, a negative number if it has none."""
        row = self._row[segment]
        return -1 if row == NO_ROW else self._objects[row]

    def find_crossing(self, space: AddressRange) -> int | None:
        """Return a range that overlaps *space* in part.

        Of several it is the one that begins first; but one that begins after *space* does only if none begins before.
        """
        if self._spot(space).is_bare:
            return None
        place = self._place(space.first)
        crossing = self._crossing(space, place)
        if not crossing and (not place.nested or self._unchanged_until(space.first, place) < space.last):
            crossing = self._crossing(space, self._place(space.last))
        return min(crossing)[2] if crossing else None

    def _crossing(self, space: AddressRange, place: _Place) -> list[tuple[int, int, int]]:
        """Return which of the ranges at a place overlap *space* in part: first address, last one negated, number."""
        within = [(*self._stretch_of(number), number) for number in self._within(space, place)]
        return [(first, -last, number) for first, last, number in within if first < space.first or last > space.last]

    def _within(self, space: AddressRange, place: _Place) -> list[int]:
        """Return which of the ranges at a place do not enclose *space*, smallest first."""
        found = []
        for number in place.numbers:
            first, last = self._stretch_of(number)
            if first > space.first or last < space.last:
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
        spot = self._spot(space)
        if spot.is_bare:  # as most ranges
            return iter(())
        if not self._is_nested(space.first, space.last):
            return self._iter_overlapping(space)
        return self._iter_nested(space, spot.around if spot.exact is None else spot.exact)

    def _iter_overlapping(self, space: AddressRange) -> Iterator[int]:
        """Yield the same wherever ranges overlap in part."""
        address, visited = space.first, 0
        while address <= space.last and visited < _MOST_VISITED:
            place = self._place(address)
            within = self._within(space, place)
            child = self._beginning_at(address, within)
            if child is not None and self._stretch_of(child)[1] <= space.last:
                yield child
            visited += 0 if place.nested else len(place.numbers)
            end = self._unchanged_until(address, place, within[-1] if within and place.nested else None)
            if end < address:
                raise IndexFileError("is damaged: its segments do not ascend", path=self._index.file.path)
            address = end + 1

    def _iter_nested(self, space: AddressRange, holder: int | None) -> Iterator[int]:
        """Yield the same where none overlaps another in part; *holder* is the smallest one that encloses *space*."""
        parents = self._parents
        address, segment = space.first, self._segment_at(space.first)
        while address <= space.last:
            child, number, end = None, self._most_specific(segment), self._end(segment)
            for _ in parents:  # there are no more levels than that
                if number < 0 or number == holder:
                    break
                child, number = number, parents[number]
            first, last = (address, end) if child is None else self._stretch_of(child)
            if child is not None and first >= space.first and last <= space.last:
                yield child
            if last < address:
                raise IndexFileError("is damaged: its segments do not ascend", path=self._index.file.path)
            address = last + 1
            segment = segment + 1 if last == end else self._segment_at(address)

    def _beginning_at(self, address: int, numbers: list[int]) -> int | None:
        """Return the largest range that begins at *address*, unless another of *numbers*, smallest first, holds it."""
        for at in reversed(range(len(numbers))):
            first, last = self._stretch_of(numbers[at])
            if first == address:
                is_held = any(self._stretch_of(other)[1] >= last for other in numbers[at + 1 :])
                return None if is_held else numbers[at]
        return None

    def _unchanged_until(self, address: int, place: _Place, number: int | None = None) -> int:
        """Return the last address of the segment, or of the range *number*, unless a mark comes sooner."""
        end = self._end(place.segment) if number is None else self._stretch_of(number)[1]
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
        segment, around = self._segment_at(address), self._index.around
        chain = list(self._iter_around(segment))
        partial = self._partial_at(address)
        if not partial:
            return _Place(segment, chain, nested=True)
        found = {number: self._stretch_of(number) for start in (*partial, *chain[:1]) for number in around(start)}
        order = sorted((last - first, -first, number) for number, (first, last) in found.items())
        return _Place(segment, [number for _, _, number in order], nested=False)

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
        return sorted((*self._stretch_of(number), number) for number in numbers)

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
        return sorted({self._stretch_of(number)[0] for number in numbers})

    def _partial_at(self, address: int) -> list[int]:
        """Return the ranges of `_partial` that hold an address."""
        found = []
        at = bisect_right(self._firsts, address) - 1
        while at >= 0 and self._reach[at] >= address:
            if self._partial[at][1] >= address:
                found.append(self._partial[at][2])
            at -= 1
        return found
