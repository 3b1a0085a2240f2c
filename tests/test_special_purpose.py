"""Special-purpose blocks: who is in, who is exempt, and that the table can be searched."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtkit.resources import AddressRange, parse_address
from irtkit.special_purpose import CITATION, REGISTRY, special_purpose, special_purpose_ranges

BLOCKS = [(AddressRange.parse_lenient(prefix), name, reachable) for prefix, name, reachable, _ in REGISTRY]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("0.0.0.0", '"This host on this network"'),
        ("0.0.0.1", '"This network"'),
        ("10.1.2.3", "Private-Use"),
        ("100.64.0.1", "Shared Address Space"),
        ("127.0.0.1", "Loopback"),
        ("169.254.1.1", "Link Local"),
        ("172.31.255.255", "Private-Use"),
        ("192.0.0.1", "IPv4 Service Continuity Prefix"),
        ("192.0.0.11", "IETF Protocol Assignments"),
        ("192.0.0.171", "NAT64/DNS64 Discovery"),
        ("192.0.2.7", "Documentation (TEST-NET-1)"),
        ("192.88.99.1", "Deprecated (6to4 Relay Anycast)"),
        ("192.168.1.1", "Private-Use"),
        ("198.19.255.255", "Benchmarking"),
        ("203.0.113.9", "Documentation (TEST-NET-3)"),
        ("224.0.0.1", "Multicast"),
        ("239.255.255.255", "Multicast"),
        ("240.0.0.1", "Reserved"),
        ("255.255.255.255", "Limited Broadcast"),
        ("::", "Unspecified Address"),
        ("::1", "Loopback Address"),
        ("::ffff:192.0.2.1", "IPv4-mapped Address"),
        ("64:ff9b:1::1", "IPv4-IPv6 Translat."),
        ("2001::1", "TEREDO"),
        ("2001:1::", "IETF Protocol Assignments"),
        ("2001:db8::1", "Documentation"),
        ("2002:c000:201::1", "6to4"),
        ("3fff:fff::1", "Documentation"),
        ("fd00::1", "Unique-Local"),
        ("fe80::1", "Link-Local Unicast"),
        ("ff02::1", "Multicast"),
    ],
)
def test_addresses_without_a_holder_have_a_name(address: str, name: str) -> None:
    """The smallest block that holds the address names its purpose."""
    assert special_purpose(*parse_address(address)) == name


@pytest.mark.parametrize(
    "address",
    [
        "1.0.0.1",
        "100.128.0.0",
        "172.32.0.0",
        "192.0.0.9",
        "192.0.0.10",
        "192.0.1.0",
        "192.31.196.1",
        "223.255.255.255",
        "::2",
        "64:ff9b::1",
        "2001:1::1",
        "2001:20::1",
        "2001:200::1",
        "2620:4f:8000::1",
        "2a00::1",
        "4000::1",
    ],
)
def test_reachable_addresses_have_no_special_purpose(address: str) -> None:
    """Holders can be asked about ordinary space and about blocks marked globally reachable."""
    assert special_purpose(*parse_address(address)) is None


def test_the_segments_are_sorted_and_disjoint() -> None:
    """A binary search over the firsts of a family finds the only segment that can hold an address."""
    segments = special_purpose_ranges()
    assert all(first <= last for _, first, last, _ in segments)
    assert all(
        (family, last) < (next_family, next_first)
        for (family, _, last, _), (next_family, next_first, _, _) in pairwise(segments)
    )


def test_the_registry_rows_are_prefixes_with_documents_and_a_date() -> None:
    """Each row is one prefix, once, under the document that made it, and the whole is dated."""
    assert all(block.is_prefix for block, _, _ in BLOCKS)
    assert len({block for block, _, _ in BLOCKS}) == len(REGISTRY)
    assert all(document.startswith("RFC ") for _, _, _, document in REGISTRY)
    assert "2025-10-09" in CITATION


def test_an_unknown_family_is_an_error() -> None:
    """A family that does not exist is not quietly without special purpose."""
    with pytest.raises(KeyError):
        special_purpose(5, 0)


edges = st.sampled_from([(block.family, edge) for block, _, _ in BLOCKS for edge in (block.first, block.last + 1)])


@given(edges, st.integers(-2, 2))
def test_the_search_agrees_with_a_linear_scan(edge: tuple[int, int], offset: int) -> None:
    """At every edge of every block the answer is that of the smallest block around the address."""
    family = edge[0]
    value = (edge[1] + offset) % (1 << (32 if family == 4 else 128))
    holders = [row for row in BLOCKS if row[0].family == family and value in row[0]]
    name, reachable = min(holders, key=lambda row: row[0].size)[1:] if holders else (None, True)
    assert special_purpose(family, value) == (None if reachable else name)
    listed = [row[3] for row in special_purpose_ranges() if row[0] == family and row[1] <= value <= row[2]]
    assert listed == ([] if reachable else [name])
