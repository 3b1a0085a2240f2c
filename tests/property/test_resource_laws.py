"""Laws of address ranges, with the standard library's `ipaddress` as the oracle."""

import copy
import pickle
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
    summarize_address_range,
)

from hypothesis import given
from hypothesis import strategies as st

from irtkit.errors import RangeError
from irtkit.resources import AddressRange, format_address, parse_address

BITS = {4: 32, 6: 128}
MAPPED = AddressRange.parse_lenient("::ffff:0:0/96")
families = st.sampled_from([4, 6])
addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
networks = addresses.flatmap(
    lambda address: st.integers(0, address.max_prefixlen).map(
        lambda length: ip_network((address, length), strict=False)
    )
)
blanks = st.text(" \t\r\n", max_size=2)
noise = st.text(st.one_of(st.sampled_from("0123456789abcdef.:/-[]%#+ \n\t\0"), st.characters()), max_size=40)


@st.composite
def ranges(draw: st.DrawFn) -> AddressRange:
    """Any range of either family: wide, narrow, aligned or not."""
    family = draw(families)
    limit = (1 << BITS[family]) - 1
    first = draw(st.integers(0, limit))
    size = draw(st.one_of(st.integers(1, 600), st.integers(1, limit - first + 1)))
    return AddressRange(family, first, min(first + size - 1, limit))


@st.composite
def spelled_ranges(draw: st.DrawFn) -> tuple[AddressRange, str]:
    """A range and one of the spellings the registry takes for it."""
    if draw(st.booleans()):
        network = draw(st.ip_addresses(v=6).map(int))
        shift = draw(st.integers(0, 128))
        first = network >> shift << shift
        address = draw(st.sampled_from([str(IPv6Address(network)), IPv6Address(network).exploded.upper()]))
        address = draw(st.sampled_from([address, f"[{address}]"]))
        last, text = first | (1 << shift) - 1, f"{address}/{128 - shift}"
        if MAPPED.first <= network <= MAPPED.last:
            last, first, text = 1, 0, "::/127"
        return AddressRange(6, first, last), draw(blanks) + text + draw(blanks)
    zeros = st.sampled_from(["", "0", "00"])
    quads = st.lists(st.integers(0, 255), min_size=1, max_size=4)
    first_octets, last_octets = sorted([draw(quads), draw(quads)], key=filled)
    spell = [".".join(draw(zeros) + str(octet) for octet in octets) for octets in (first_octets, last_octets)]
    text = draw(blanks) + spell[0] + draw(blanks) + "-" + draw(blanks) + spell[1] + draw(blanks)
    return AddressRange(4, filled(first_octets), filled(last_octets)), text + draw(st.sampled_from(["", "# x"]))


def filled(octets: list[int]) -> int:
    return int.from_bytes(bytes(octets + [0] * (4 - len(octets))), "big")


def as_address(family: int, value: int) -> IPv4Address | IPv6Address:
    return IPv4Address(value) if family == 4 else IPv6Address(value)


@given(spelled_ranges())
def test_every_spelling_means_its_range(pair: tuple[AddressRange, str]) -> None:
    """Blanks, leading zeros, missing octets, brackets, case and comments do not change the meaning."""
    expected, text = pair
    assert AddressRange.parse(text) == expected
    assert AddressRange.parse(text, "inetnum" if expected.family == 4 else "inet6num") == expected


@given(st.one_of(noise, spelled_ranges().map(lambda pair: pair[1])))
def test_lenient_means_the_same_wherever_strict_speaks(text: str) -> None:
    """The forgiving constructor never reads a text otherwise than the strict one does."""
    try:
        strict = AddressRange.parse(text)
    except RangeError:
        return
    assert AddressRange.parse_lenient(text) == strict


@given(noise, st.sampled_from([None, "inetnum", "inet6num", "lenient"]))
def test_no_text_breaks_a_parser(text: str, rule: str | None) -> None:
    """Any text is a range that prints and reads again, or a RangeError with a column."""
    try:
        found = AddressRange.parse_lenient(text) if rule == "lenient" else AddressRange.parse(text, rule)
    except RangeError as error:
        problem = str(error)
    else:
        assert AddressRange.parse_lenient(str(found)) == found
        return
    assert ", column " in problem


@given(ranges())
def test_canonical_text_reads_back(address_range: AddressRange) -> None:
    """The canonical text means the range, to the registry too where the registry can hold it."""
    text = address_range.canonical
    assert AddressRange.parse_lenient(text) == address_range
    if address_range.family == 4:
        assert AddressRange.parse(text, "inetnum") == address_range
    elif address_range.is_prefix and address_range.first not in MAPPED:
        assert AddressRange.parse(text, "inet6num") == address_range


@given(networks)
def test_prefixes_agree_with_the_standard_library(
    network: IPv4Network | IPv6Network,
) -> None:
    """Ends, size and prefix length of a network are those `ipaddress` computes."""
    prefix = AddressRange.from_network(network)
    assert (prefix.first, prefix.last) == (int(network[0]), int(network[-1]))
    assert prefix.size == network.num_addresses
    assert prefix.prefix_length == network.prefixlen
    assert prefix == AddressRange.from_prefix(network.version, prefix.first, network.prefixlen)
    assert prefix.is_prefix
    assert list(prefix.prefixes()) == [prefix]


@given(ranges())
def test_decomposition_is_the_standard_librarys(address_range: AddressRange) -> None:
    """The prefixes are those of summarize_address_range: fewest, disjoint, complete and in order."""
    family, first, last = address_range.family, address_range.first, address_range.last
    expected = summarize_address_range(as_address(family, first), as_address(family, last))
    assert list(address_range.prefixes()) == [AddressRange.from_network(network) for network in expected]


small_ranges = st.builds(
    lambda family, ends: AddressRange(family, *sorted(ends)),
    families,
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
)


@given(small_ranges, small_ranges, st.integers(0, 41))
def test_arithmetic_is_that_of_sets(one: AddressRange, two: AddressRange, value: int) -> None:
    """Containment, overlap and size are those of the sets of (family, address)."""

    def members(r: AddressRange) -> set[tuple[int, int]]:
        return {(r.family, address) for address in range(r.first, r.last + 1)}

    assert (two in one) == (members(two) <= members(one))
    assert one.overlaps(two) == two.overlaps(one) == bool(members(one) & members(two))
    assert (value in one) == ((one.family, value) in members(one))
    assert (as_address(two.family, value) in one) == ((two.family, value) in members(one))
    assert one.size == len(members(one))


@given(ranges(), ranges())
def test_ranges_order_as_their_fields(one: AddressRange, two: AddressRange) -> None:
    """Comparison and equality are those of (family, first, last); equal ranges hash alike."""
    keys = [(r.family, r.first, r.last) for r in (one, two)]
    assert (one < two, one <= two, one > two, one >= two, one == two) == (
        keys[0] < keys[1],
        keys[0] <= keys[1],
        keys[0] > keys[1],
        keys[0] >= keys[1],
        keys[0] == keys[1],
    )
    assert hash(one) == hash(copy.copy(one))
    assert pickle.loads(pickle.dumps(one)) == one


@given(st.one_of(noise, addresses.map(str), addresses.map(lambda address: address.exploded)))
def test_strict_addresses_are_the_standard_librarys_without_zones(text: str) -> None:
    """parse_address takes what ip_address takes and gives its value, except addresses with a zone."""
    try:
        address = ip_address(text)
        expected = None if "%" in text else (address.version, int(address))
    except ValueError:
        expected = None
    try:
        found = parse_address(text)
    except RangeError:
        assert expected is None
    else:
        assert found == expected


@given(addresses)
def test_formatted_addresses_read_back(
    address: IPv4Address | IPv6Address,
) -> None:
    """An address survives its own text, which is lower case and never longer than the full form."""
    text = format_address(address.version, int(address))
    assert parse_address(text) == (address.version, int(address))
    assert text == text.lower()
    assert len(text) <= len(address.exploded)
