"""Ranges flattened, against the slow way: every question asked of every range, smallest first."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from irtkit.index import nesting
from irtkit.index.nesting import NONE, Nesting, find_nesting, inherit, paint, ranks_ipv4, ranks_ipv6

TOP4, TOP6 = (1 << 32) - 1, (1 << 128) - 1
Range = tuple[int, int]


@dataclass
class Nested:
    """Ranges, the starts of their segments, and how they lie."""

    ranges: list[Range]
    starts: list[int]
    nesting: Nesting

    def around(self, address: int) -> list[int]:
        """The ranges that hold *address*, smallest first; of equal sizes the later start."""
        return self._smallest_first(
            number for number, (first, last) in enumerate(self.ranges) if first <= address <= last
        )

    def enclosing(self, number: int) -> list[int]:
        """The ranges that hold all of another, smallest first."""
        inner = self.ranges[number]
        return self._smallest_first(
            other
            for other, (first, last) in enumerate(self.ranges)
            if other != number and first <= inner[0] and inner[1] <= last
        )

    def _smallest_first(self, numbers: Iterable[int]) -> list[int]:
        return sorted(
            numbers, key=lambda number: (self.ranges[number][1] - self.ranges[number][0], -self.ranges[number][0])
        )


def nested(ranges: list[Range], *, ipv6: bool = False) -> Nested:
    size = np.array(
        [sorted({last - first for first, last in ranges}).index(last - first) for first, last in ranges], int
    )
    starts, low, high = ranked_ipv6(ranges) if ipv6 else ranked_ipv4(ranges)
    found = find_nesting(low, high, size, len(starts) + 1)
    assert found is not None
    return Nested(ranges, starts, found)


def ranked_ipv4(ranges: list[Range]) -> tuple[list[int], NDArray[np.int32], NDArray[np.int32]]:
    first, last = (np.array(ends, np.uint32) for ends in (list(zip(*ranges, strict=True)) or [(), ()]))
    starts, low, high = ranks_ipv4(first, last)
    assert starts.dtype == np.uint32
    return starts.tolist(), low, high


def ranked_ipv6(ranges: list[Range]) -> tuple[list[int], NDArray[np.int32], NDArray[np.int32]]:
    ends = [
        np.array([pair[which] >> shift & (1 << 64) - 1 for pair in ranges], np.uint64)
        for which in (0, 1)
        for shift in (64, 0)
    ]
    start_high, start_low, low, high = ranks_ipv6((ends[0], ends[1]), (ends[2], ends[3]))
    starts = [upper << 64 | lower for upper, lower in zip(start_high.tolist(), start_low.tolist(), strict=True)]
    return starts, low, high


def ranges_within(top: int) -> st.SearchStrategy[list[Range]]:
    """Ranges that nest and overlap in part, among few addresses, at the ends of the address space, or anywhere."""
    edges = st.one_of(
        st.integers(0, 12),
        st.integers(0, 40),
        st.integers(top - 12, top),
        st.sampled_from([0, top, top >> 1, (top >> 1) + 1, 1 << 31, (1 << 64) - 1 & top]),
        st.integers(0, top),
    )
    pairs = st.tuples(edges, edges).map(lambda pair: (min(pair), max(pair)))
    return st.lists(pairs, max_size=14, unique=True)


worlds = st.one_of(ranges_within(TOP4).map(nested), ranges_within(TOP6).map(lambda ranges: nested(ranges, ipv6=True)))


def a_mask(data: st.DataObject, world: Nested) -> NDArray[np.bool_]:
    return np.array(
        data.draw(st.lists(st.booleans(), min_size=len(world.ranges), max_size=len(world.ranges))), np.bool_
    )


@given(st.sampled_from([4, 6]), st.data())
def test_ranks_are_places_among_all_boundaries(family: int, data: st.DataObject) -> None:
    """Starts ascend from 0, every boundary has its rank, and one beyond the last address has a rank but no start."""
    top, ranked = (TOP4, ranked_ipv4) if family == 4 else (TOP6, ranked_ipv6)
    ranges = data.draw(ranges_within(top))
    starts, low, high = ranked(ranges)
    boundaries = sorted({0, *(first for first, _ in ranges), *(last + 1 for _, last in ranges)})
    assert starts == [boundary for boundary in boundaries if boundary <= top]
    assert low.tolist() == [boundaries.index(first) for first, _ in ranges]
    assert high.tolist() == [boundaries.index(last + 1) for _, last in ranges]


@given(worlds)
def test_the_owner_of_a_segment_is_the_smallest_range_that_holds_it(world: Nested) -> None:
    for segment, start in enumerate(world.starts):
        assert world.nesting.owner[segment] == (world.around(start) or [NONE])[0]


@given(worlds)
def test_the_parent_of_a_range_is_the_smallest_around_it(world: Nested) -> None:
    """Also where other ranges overlap it in part; depth counts the parents."""
    for number in range(len(world.ranges)):
        parent = int(world.nesting.parent[number])
        assert parent == (world.enclosing(number) or [NONE])[0]
        assert world.nesting.depth[number] == (0 if parent == NONE else world.nesting.depth[parent] + 1)


@given(worlds, st.data())
def test_a_segment_is_painted_with_the_smallest_range_that_holds_it_and_a_thing(
    world: Nested, data: st.DataObject
) -> None:
    holds = a_mask(data, world)
    painted = paint(world.nesting, holds)
    for segment, start in enumerate(world.starts):
        assert painted[segment] == next((number for number in world.around(start) if holds[number]), NONE)


@given(worlds, st.data())
def test_a_range_inherits_from_the_nearest_range_around_it(world: Nested, data: st.DataObject) -> None:
    """Itself if it holds the thing, else the first that does along its parents."""
    holds = a_mask(data, world)
    holder = inherit(world.nesting, holds)
    for number in range(len(world.ranges)):
        way = [number]
        while (parent := int(world.nesting.parent[way[-1]])) != NONE:
            way.append(parent)
        assert holder[number] == next((one for one in way if holds[one]), NONE)


@given(worlds)
def test_what_holds_an_address_is_found_from_its_owner_and_the_overlapping_ranges(world: Nested) -> None:
    """Their parents are all there is: the reader of an index needs no search through all ranges."""
    for segment, start in enumerate(world.starts):
        beginnings = [int(world.nesting.owner[segment])]
        beginnings += [
            int(one) for one in world.nesting.overlapping if world.ranges[one][0] <= start <= world.ranges[one][1]
        ]
        found: set[int] = set()
        while beginnings:
            number = beginnings.pop()
            if number != NONE and number not in found:
                found.add(number)
                beginnings.append(int(world.nesting.parent[number]))
        assert found == set(world.around(start))


@given(worlds)
def test_only_ranges_that_overlap_in_part_are_called_overlapping(world: Nested) -> None:
    """Where ranges nest cleanly there are none, and no range is listed twice."""
    listed = world.nesting.overlapping.tolist()
    assert listed == sorted(set(listed))
    for number in listed:
        first, last = world.ranges[number]
        assert any(
            (first < other_first <= last < other_last) or (other_first < first <= other_last < last)
            for other_first, other_last in world.ranges
        )


@given(worlds)
def test_leaves_and_order_are_all_ranges_once(world: Nested) -> None:
    """A leaf is one segment; the others are ordered largest first."""
    assert sorted([*world.nesting.leaves.tolist(), *world.nesting.order.tolist()]) == list(range(len(world.ranges)))
    sizes = [world.ranges[number][1] - world.ranges[number][0] for number in world.nesting.order]
    assert sizes == sorted(sizes, reverse=True)


@given(ranges_within(40))
def test_beyond_the_limit_of_overlaps_owners_are_right_and_parents_enclose(ranges: list[Range]) -> None:
    """Then only the range around an overlapping one may be missed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nesting, "MAX_OVERLAPPING", 2)
        world = nested(ranges)
    for segment, start in enumerate(world.starts):
        assert world.nesting.owner[segment] == (world.around(start) or [NONE])[0]
    for number in range(len(ranges)):
        assert world.nesting.parent[number] in [NONE, *world.enclosing(number)]


def test_thousands_of_partial_overlaps_are_flattened_in_reasonable_time() -> None:
    """A staircase, each range overlapping hundreds of others, still has the right owners."""
    ranges = [(number, number + 700) for number in range(2000)]
    world = nested(ranges)
    owner = world.nesting.owner.tolist()
    assert owner[: len(world.starts)] == [min(start, 1999) if start <= 2699 else NONE for start in world.starts]
    assert (world.nesting.parent == NONE).all()
    assert len(world.nesting.overlapping) == 2000


def test_the_whole_address_space_and_its_last_address_are_ranges_like_others() -> None:
    for world in (nested([(0, TOP4), (TOP4, TOP4), (0, 0)]), nested([(0, TOP6), (TOP6, TOP6), (0, 0)], ipv6=True)):
        assert world.nesting.parent.tolist() == [NONE, 0, 0]
        assert [world.nesting.owner[segment] for segment in range(len(world.starts))] == [2, 0, 1]


@pytest.mark.parametrize("twice", [(0, TOP4), (16, 31), (4, 7), (20, 20)])
def test_equal_ranges_have_no_nesting(twice: Range) -> None:
    """Whether they hold others or are as small as a segment: who calls has to choose one of them."""
    ranges = [(0, TOP4), (0, 63), (0, 15), (16, 31), (4, 7), (20, 20)]
    _, low, high = ranked_ipv4([*ranges, twice])
    size = np.array([last - first for first, last in [*ranges, twice]])
    assert find_nesting(low, high, size, int(high.max()) + 1) is None
    assert nested(ranges).nesting.owner[low[4]] == 4
