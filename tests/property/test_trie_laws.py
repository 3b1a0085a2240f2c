"""Laws of the prefix trie; its oracle is a plain dict, searched from end to end."""

import copy
import pickle
import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from irtkit.resources import AddressRange
from irtkit.trie import _NOTHING, PrefixTrie


@st.composite
def prefixes(draw: st.DrawFn) -> AddressRange:
    """Prefixes of both families that nest and meet often: few high bits, few low bits, any length."""
    family, bits = draw(st.sampled_from([(4, 32), (6, 128)]))
    pattern = draw(st.integers(0, 7)) << bits - 3 | draw(st.integers(0, 7))
    length = draw(st.one_of(st.integers(0, 5), st.integers(bits - 4, bits), st.integers(0, bits)))
    shift = bits - length
    return AddressRange.from_prefix(family, pattern >> shift << shift, length)


def address_order(prefix: AddressRange) -> tuple[int, int, int]:
    return prefix.family, prefix.first, -prefix.last


def inside(held: dict[AddressRange, int], prefix: AddressRange) -> list[AddressRange]:
    """Find what lies inside *prefix* without being it, in address order."""
    return sorted((key for key in held if key in prefix and key != prefix), key=address_order)


def around(held: dict[AddressRange, int], prefix: AddressRange) -> list[AddressRange]:
    """Find what contains *prefix* or is it, smallest first."""
    return sorted((key for key in held if prefix in key), key=lambda key: key.size)


def pickled(trie: PrefixTrie[int]) -> PrefixTrie[int]:
    twin: PrefixTrie[int] = pickle.loads(pickle.dumps(trie))
    return twin


class TrieAgainstDict(RuleBasedStateMachine):
    """Whatever is done to both, the trie answers as the dict searched from end to end does."""

    def __init__(self) -> None:
        super().__init__()
        self.trie: PrefixTrie[int] = PrefixTrie()
        self.held: dict[AddressRange, int] = {}

    @rule(prefix=prefixes(), value=st.integers())
    def insert(self, prefix: AddressRange, value: int) -> None:
        self.trie.insert(prefix, value)
        self.held[prefix] = value

    @rule(prefix=prefixes())
    def delete_or_not(self, prefix: AddressRange) -> None:
        assert self.trie.pop(prefix, None) == self.held.pop(prefix, None)

    @rule(data=st.data())
    def delete_one_that_is_held(self, data: st.DataObject) -> None:
        if self.held:
            prefix = data.draw(st.sampled_from(sorted(self.held)))
            assert self.trie.delete(prefix) == self.held.pop(prefix)

    @rule(prefix=prefixes())
    def ask(self, prefix: AddressRange) -> None:
        held = self.held
        encompassing = [(key, held[key]) for key in around(held, prefix)]
        assert self.trie.get(prefix, "absent") == held.get(prefix, "absent")
        assert (prefix in self.trie) == (prefix in held)
        assert self.trie.longest_match(prefix) == (encompassing[0] if encompassing else None)
        assert list(self.trie.less_specific(prefix, all_levels=True)) == encompassing
        larger = [pair for pair in encompassing if pair[0] != prefix]
        assert list(self.trie.less_specific(prefix)) == larger[:1]
        below = inside(held, prefix)
        assert list(self.trie.more_specific(prefix, all_levels=True)) == [(key, held[key]) for key in below]
        first_level = [key for key in below if not any(key in other for other in below if other != key)]
        assert list(self.trie.more_specific(prefix)) == [(key, held[key]) for key in first_level]

    @rule(how=st.sampled_from([copy.copy, copy.deepcopy, pickled]))
    def go_on_with_a_copy(self, how: Callable[[PrefixTrie[int]], PrefixTrie[int]]) -> None:
        self.trie = how(self.trie)

    @invariant()
    def holds_the_same(self) -> None:
        assert len(self.trie) == len(self.held)
        assert list(self.trie.items()) == [(key, self.held[key]) for key in sorted(self.held, key=address_order)]

    @invariant()
    def has_no_needless_node(self) -> None:
        waiting = [root for root in self.trie._roots.values() if root is not None]
        while waiting:
            node = waiting.pop()
            halves = [half for half in (node.zero, node.one) if half is not None]
            assert node.value is not _NOTHING or len(halves) == 2
            assert all(half.shift < node.shift for half in halves)
            waiting += halves


TestTrieAgainstDict = TrieAgainstDict.TestCase
TestTrieAgainstDict.settings = settings(deadline=None, stateful_step_count=40)


@given(st.lists(st.tuples(prefixes(), st.integers())), st.randoms(use_true_random=False))
def test_the_order_of_insertion_does_not_matter(pairs: list[tuple[AddressRange, int]], chance: random.Random) -> None:
    """A trie depends on what is in it, not on the order in which that came."""
    unique = list(dict(pairs).items())
    shuffled = chance.sample(unique, len(unique))
    assert list(PrefixTrie(unique).items()) == list(PrefixTrie(shuffled).items())


@given(st.lists(prefixes(), unique=True), prefixes())
def test_more_specific_and_less_specific_are_each_others_mirror(held: list[AddressRange], query: AddressRange) -> None:
    """A stored prefix lies inside the query exactly when the query is among its less specifics."""
    trie = PrefixTrie((prefix, None) for prefix in held)
    below = {prefix for prefix, _ in trie.more_specific(query, all_levels=True)}
    trie[query] = None
    for prefix in held:
        above = [key for key, _ in trie.less_specific(prefix, all_levels=True)]
        assert (prefix in below) == (query in above and prefix != query)
