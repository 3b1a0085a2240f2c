"""Laws of the multibit trie: the segment of every address is the one that a search finds."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from irtkit.index.multibit import MultibitTrie

LAST = 0xFFFFFFFF
anywhere = st.integers(0, LAST)
crowded = st.integers(0xC0000200, 0xC0000300)
"""Addresses of one slot while little else is in its /16."""
addresses = st.lists(st.one_of(anywhere, crowded, st.sampled_from([0, 1, 0xFFFF, 0x10000, LAST - 1, LAST])))


@given(addresses, addresses)
@example([], [0, LAST])
@example([LAST], [LAST - 1, LAST])
@example([*range(0xC0000200, 0xC0000300), 0xC000FF00], [0xC00001FF, 0xC0000280, 0xC00002FF, 0xC0000300])
def test_a_trie_finds_the_segment_that_a_search_finds(starts: list[int], asked: list[int]) -> None:
    start = np.unique(np.array([0, *starts], np.uint32))
    wanted = np.array([*asked, *starts], np.uint32)
    found = MultibitTrie(start).segments(wanted)
    assert found.tolist() == (start.searchsorted(wanted, side="right") - 1).tolist()


@given(st.integers(0, 2**32 - 1), st.integers(1, 20))
def test_a_crowded_slot_is_searched_where_steps_would_take_too_long(first: int, seed: int) -> None:
    """All segments of a /16 side by side, far more than a trie steps over."""
    block = first & 0xFFFF0000
    start = np.unique(np.concatenate([[0], block + 0x7000 + np.arange(200), [block + 0xFFFF]])).astype(np.uint32)
    wanted = np.random.default_rng(seed).integers(block, block + 0x10000, 500).astype(np.uint32)
    wanted = np.concatenate([wanted, (block + 0x7000 + np.arange(300)).astype(np.uint32)])
    assert np.array_equal(MultibitTrie(start).segments(wanted), start.searchsorted(wanted, side="right") - 1)
