"""The prefix trie: its mapping protocol, RIPE's query relations, deep chains, real prefix sets."""

import copy
import gzip
import pickle
import random
import sys
from collections.abc import Iterator
from inspect import stack
from ipaddress import IPv4Address, ip_address, ip_network
from itertools import islice
from pathlib import Path

import pytest

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.trie import PrefixTrie

NESTED = ["192.0.2.0/24", "192.0.2.0/25", "192.0.2.0/26", "192.0.2.64/26", "192.0.2.128/25", "192.0.2.200"]


def trie_of(*texts: str) -> PrefixTrie[str]:
    return PrefixTrie((text, text) for text in texts)


def found(pairs: Iterator[tuple[AddressRange, str]]) -> list[str]:
    return [text for _, text in pairs]


def test_a_trie_is_a_mutable_mapping() -> None:
    """Setting, getting, deleting, counting and defaulting do what a dict does."""
    trie = trie_of("192.0.2.0/24", "2001:db8::/32")
    trie["192.0.2.0/24"] = "changed"
    assert trie["192.0.2.0/24"] == trie.get("192.0.2.0/24") == "changed"
    assert len(trie) == 2
    assert trie.get("192.0.2.0/25") is None
    assert trie.get("192.0.2.0/25", "default") == "default"
    assert "2001:db8::/32" in trie
    assert "2001:db8::/33" not in trie
    assert trie.delete("2001:db8::/32") == "2001:db8::/32"
    del trie["192.0.2.0/24"]
    assert not trie
    with pytest.raises(KeyError, match=r"192\.0\.2\.0 - 192\.0\.2\.255"):
        trie["192.0.2.0/24"]
    with pytest.raises(KeyError, match=r"192\.0\.2\.0 - 192\.0\.2\.255"):
        trie.delete("192.0.2.0/24")


def test_none_is_a_value() -> None:
    """A prefix that holds None is there; a fork between two prefixes is not."""
    trie: PrefixTrie[None] = PrefixTrie([("192.0.2.0/26", None), ("192.0.2.64/26", None)])
    assert "192.0.2.0/26" in trie
    assert "192.0.2.0/25" not in trie
    with pytest.raises(KeyError):
        trie.delete("192.0.2.0/25")


def test_every_way_to_name_a_prefix_names_the_same_key() -> None:
    """Text, networks, addresses and ranges are one key; an address is the prefix of itself."""
    trie = trie_of("192.0.2.0/24", "192.0.2.1")
    for key in ("192.0.2/24", "192.0.2.0 - 192.0.2.255", ip_network("192.0.2.0/24")):
        assert trie[key] == "192.0.2.0/24"
    for address in ("192.0.2.1/32", ip_address("192.0.2.1"), AddressRange.parse("192.0.2.1")):
        assert trie[address] == "192.0.2.1"
    assert list(trie) == [AddressRange.parse("192.0.2.0/24"), AddressRange.parse("192.0.2.1")]


def test_what_is_no_prefix_is_refused() -> None:
    """A range that is no prefix, a text that is no range and a foreign type do not become keys."""
    trie = trie_of("192.0.2.0/24")
    with pytest.raises(RangeError, match=r"expected a prefix, found the range 192\.0\.2\.1 - 192\.0\.2\.2"):
        trie.insert("192.0.2.1 - 192.0.2.2", "")
    with pytest.raises(RangeError, match="column"):
        trie.longest_match("example")
    with pytest.raises(TypeError, match="not int"):
        trie.insert(1, "")  # type: ignore[arg-type]
    assert len(trie) == 1


def test_iteration_is_in_address_order_with_less_specific_first() -> None:
    """IPv4 before IPv6, then by first address, a prefix before those inside it."""
    order = [*NESTED, "198.51.100.0/24", "::/0", "2001:db8::/32", "2001:db8::/48", "2001:db8:1::/48"]
    shuffled = random.Random(7).sample(order, len(order))
    trie = trie_of(*shuffled)
    assert list(trie.values()) == order
    assert list(trie) == list(trie.keys()) == [AddressRange.parse(text) for text in order]
    assert list(trie.items()) == [(AddressRange.parse(text), text) for text in order]
    assert trie == {AddressRange.parse(text): text for text in order}
    assert repr(trie) == "<PrefixTrie of 11 prefixes>"


def test_the_families_never_meet() -> None:
    """0/0 and ::/0 hold the same bits and different addresses."""
    trie = trie_of("0/0", "::/0", "192.0.2.0/24")
    assert trie.longest_match("2001:db8::1") == (AddressRange.parse("::/0"), "::/0")
    assert found(trie.less_specific("192.0.2.0/24", all_levels=True)) == ["192.0.2.0/24", "0/0"]
    assert found(trie.more_specific("::/0", all_levels=True)) == []
    assert found(trie.more_specific("0/0", all_levels=True)) == ["192.0.2.0/24"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("192.0.2.1", "192.0.2.0/26"),
        ("192.0.2.64/26", "192.0.2.64/26"),
        ("192.0.2.0/27", "192.0.2.0/26"),
        ("192.0.2.200", "192.0.2.200"),
        ("192.0.2.201", "192.0.2.128/25"),
        ("192.0.2.200/31", "192.0.2.128/25"),
        ("192.0.0.0/16", None),
        ("198.51.100.1", None),
        ("2001:db8::1", None),
    ],
)
def test_longest_match_is_the_smallest_that_contains_all_of_it(query: str, expected: str | None) -> None:
    """The match contains the whole query, equal or larger, and nothing smaller stored does."""
    match = trie_of(*NESTED).longest_match(query)
    assert (match and match[1]) == expected


@pytest.mark.parametrize(
    ("query", "one_level", "all_levels"),
    [
        ("192.0.2.0/26", ["192.0.2.0/25"], ["192.0.2.0/26", "192.0.2.0/25", "192.0.2.0/24"]),
        ("192.0.2.0/24", [], ["192.0.2.0/24"]),
        ("192.0.2.1", ["192.0.2.0/26"], ["192.0.2.0/26", "192.0.2.0/25", "192.0.2.0/24"]),
        ("192.0.2.200/31", ["192.0.2.128/25"], ["192.0.2.128/25", "192.0.2.0/24"]),
        ("192.0.0.0/16", [], []),
    ],
)
def test_less_specific_is_ripes_l(query: str, one_level: list[str], all_levels: list[str]) -> None:
    """One level leaves the exact match out (-l); all levels begin with it (-L), smallest first."""
    trie = trie_of(*NESTED)
    assert found(trie.less_specific(query)) == one_level
    assert found(trie.less_specific(query, all_levels=True)) == all_levels


@pytest.mark.parametrize(
    ("query", "one_level", "all_levels"),
    [
        ("192.0.0.0/16", ["192.0.2.0/24"], NESTED),
        ("192.0.2.0/24", ["192.0.2.0/25", "192.0.2.128/25"], NESTED[1:]),
        ("192.0.2.0/25", ["192.0.2.0/26", "192.0.2.64/26"], ["192.0.2.0/26", "192.0.2.64/26"]),
        ("192.0.2.192/26", ["192.0.2.200"], ["192.0.2.200"]),
        ("192.0.2.200", [], []),
        ("192.0.2.0/27", [], []),
        ("198.51.100.0/24", [], []),
    ],
)
def test_more_specific_is_ripes_m(query: str, one_level: list[str], all_levels: list[str]) -> None:
    """Neither holds the exact match; one level (-m) stops at the first stored prefix, -M does not."""
    trie = trie_of(*NESTED)
    assert found(trie.more_specific(query)) == one_level
    assert found(trie.more_specific(query, all_levels=True)) == all_levels


def nodes(trie: PrefixTrie[str]) -> int:
    """Count the nodes, stored and forking, as the references from one to the next show them."""
    waiting = [root for root in trie._roots.values() if root is not None]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        waiting += [half for half in (node.zero, node.one) if half is not None]
    return count


def test_deleting_frees_the_node_and_the_fork_it_made_needless() -> None:
    """After each deletion the trie has the nodes it would have if the prefix had never been there."""
    kept = list(NESTED)
    trie = trie_of(*kept)
    for text in random.Random(3).sample(NESTED, len(NESTED)):
        kept.remove(text)
        trie.delete(text)
        assert nodes(trie) == nodes(trie_of(*kept))
        assert list(trie.values()) == kept
    assert nodes(trie) == 0


def test_a_cleared_trie_is_an_empty_one() -> None:
    """clear() forgets both families, and the trie can be filled again."""
    trie = trie_of("192.0.2.0/24", "2001:db8::/32")
    trie.clear()
    assert list(trie) == []
    trie["2001:db8::/32"] = "again"
    assert list(trie.values()) == ["again"]


def test_copies_and_pickles_are_independent() -> None:
    """A copy shares values, a deep copy and a pickle do not, and none shares nodes."""
    trie = PrefixTrie([("192.0.2.0/26", ["a"]), ("192.0.2.64/26", ["b"]), ("2001:db8::/32", ["c"])])
    shallow, deep, pickled = copy.copy(trie), copy.deepcopy(trie), pickle.loads(pickle.dumps(trie))
    assert trie == shallow == deep == pickled
    assert shallow["192.0.2.0/26"] is trie["192.0.2.0/26"]
    assert deep["192.0.2.0/26"] is not trie["192.0.2.0/26"]
    for twin in (shallow, deep, pickled):
        twin.delete("192.0.2.0/26")
        assert "192.0.2.0/25" not in twin
    assert len(trie) == 3
    assert pickle.loads(pickle.dumps(PrefixTrie[str]())) == copy.copy(PrefixTrie()) == {}


def test_the_deepest_chains_do_not_recurse() -> None:
    """All 129 prefixes of one IPv6 address, and 33 of an IPv4 one, work with hardly any stack left."""
    chains = [
        AddressRange.from_prefix(family, (1 << bits) - (1 << bits - length), length)
        for family, bits in ((4, 32), (6, 128))
        for length in range(bits + 1)
    ]
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(stack()) + 60)
    try:
        trie = PrefixTrie((prefix, prefix.prefix_length) for prefix in reversed(chains))
        assert list(trie) == chains
        assert len([*trie.less_specific(chains[-1], all_levels=True)]) == 129
        assert len([*trie.more_specific("::/0", all_levels=True)]) == 128
        assert len([*trie.more_specific("::/0")]) == 1
        assert copy.deepcopy(trie) == pickle.loads(pickle.dumps(trie)) == trie
        for prefix in chains:
            assert trie.delete(prefix) == prefix.prefix_length
    finally:
        sys.setrecursionlimit(before)
    assert nodes(trie) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "bits"), [("rv2", 32), ("rv6", 128)])
def test_longest_match_over_a_routing_table_agrees_with_a_plain_search(shared: Path, name: str, bits: int) -> None:
    """Every twentieth prefix of a public routing table answers random addresses as a plain search does."""
    table = shared / "data" / "routeviews" / f"routeviews-{name}-20160202-1200.pfx2as.gz"
    if not table.exists():
        pytest.skip("no RouteViews tables in the folder beside the project")
    with gzip.open(table, "rt") as lines:
        rows = [line.split() for line in islice(lines, 0, None, 20)]
    prefixes = [AddressRange.parse(f"{address}/{length}") for address, length, _ in rows]
    trie = PrefixTrie((prefix, prefix) for prefix in prefixes)
    stored = {(prefix.first, prefix.prefix_length) for prefix in prefixes}
    chance = random.Random(5)
    values = [chance.getrandbits(bits) for _ in range(500)]
    values += [chance.choice(prefixes).first + chance.getrandbits(6) for _ in range(1500)]
    for value in values:
        candidates = [(value >> bits - length << bits - length, length) for length in range(bits, -1, -1)]
        expected = next((candidate for candidate in candidates if candidate in stored), None)
        match = trie.longest_match(AddressRange(4 if bits == 32 else 6, value, value))
        assert (match and (match[0].first, match[0].prefix_length)) == expected
    assert list(trie) == sorted(trie, key=lambda prefix: (prefix.first, -prefix.last))


def test_an_addresss_own_type_is_enough_for_a_lookup() -> None:
    """An `ipaddress` address goes in as it is and comes back under its longest match."""
    match = trie_of(*NESTED).longest_match(IPv4Address("192.0.2.70"))
    assert match == (AddressRange.parse("192.0.2.64/26"), "192.0.2.64/26")
