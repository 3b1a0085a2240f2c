"""Address ranges: every notation of the registries, arithmetic, canonical text, and what is refused."""

import copy
import pickle
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest

from irtkit.errors import IrtkitError, RangeError
from irtkit.resources import AddressRange, format_address, parse_address


def v4(first: str, last: str) -> AddressRange:
    return AddressRange(4, int(IPv4Address(first)), int(IPv4Address(last)))


def v6(first: str, last: str) -> AddressRange:
    return AddressRange(6, int(IPv6Address(first)), int(IPv6Address(last)))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("192.0.2.0/24", "192.0.2.0", "192.0.2.255"),
        ("192.0.2/24", "192.0.2.0", "192.0.2.255"),
        ("192.0/16", "192.0.0.0", "192.0.255.255"),
        ("10/8", "10.0.0.0", "10.255.255.255"),
        ("0/0", "0.0.0.0", "255.255.255.255"),
        ("192.0.2.0 / 24", "192.0.2.0", "192.0.2.255"),
        ("192.000.002.064/026", "192.0.2.64", "192.0.2.127"),
        ("192.0.2.043/32", "192.0.2.43", "192.0.2.43"),
        ("192.0.2.0/+24", "192.0.2.0", "192.0.2.255"),
        ("0.0.0.0/-0", "0.0.0.0", "255.255.255.255"),
        ("192.0.2.0 - 192.0.2.255", "192.0.2.0", "192.0.2.255"),
        ("192.0.2.5-192.0.2.9", "192.0.2.5", "192.0.2.9"),
        ("192.0.2.7\t-\n 192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("10 - 11", "10.0.0.0", "11.0.0.0"),
        ("192.0.2.001 - 192.0.2.010", "192.0.2.1", "192.0.2.10"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("  192.0.2.1 # the router", "192.0.2.1", "192.0.2.1"),
        ("192.0.2.0 - # first\n  192.0.2.9 # last", "192.0.2.0", "192.0.2.9"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_inetnum_takes_the_registrys_three_notations(text: str, first: str, last: str) -> None:
    """Prefix, range and address read as the RIPE Database reads them."""
    assert AddressRange.parse(text, "inetnum") == v4(first, last)


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("", 1, "an IPv4 address"),
        ("192.0.2", 1, "an IPv4 address"),
        ("192.0.2.01", 1, "without leading zeros"),
        (" 192.0.2.256", 2, "an IPv4 address"),
        ("192.0.2.1/24", 1, "zero host bits, as in 192.0.2.0/24"),
        ("128.0.0.0/0", 1, "zero host bits, as in 0.0.0.0/0"),
        ("192.0.2.0/33", 11, "a prefix length from 0 to 32"),
        ("192.0.2.0/-1", 11, "a prefix length from 0 to 32"),
        ("192.0.2.0/", 11, "a prefix length from 0 to 32"),
        ("192.0.2.0/24/24", 11, "a prefix length from 0 to 32"),
        ("192.0.2.0/2147483672", 11, "a prefix length from 0 to 32"),
        ("192.0.256.0/24", 7, "an octet from 0 to 255"),
        ("192. 0.2.0/24", 5, "an octet from 0 to 255"),
        ("192.0..0/24", 7, "an octet from 0 to 255"),
        ("192.0.2./24", 9, "an octet from 0 to 255"),
        ("192.0.2.\u0663/32", 9, "an octet from 0 to 255"),
        ("192.0.2.0.1/32", 1, "at most four octets"),
        ("192.0.2.0 - ", 13, "an octet from 0 to 255"),
        ("192.0.2.9 - 192.0.2.5", 12, "192.0.2.9 or a later address"),
        ("192.0.2.0 - 192.0.2.9 - 192.0.2.20", 13, "at most four octets"),
        ("2001:db8::/32", 1, "an octet from 0 to 255"),
        ("2001:db8::1", 1, "an IPv4 address"),
        ("example", 1, "an IPv4 address"),
    ],
)
def test_inetnum_refuses_with_the_place_and_the_expectation(text: str, column: int, expected: str) -> None:
    """What the registry refuses raises RangeError, which says where and what would have been right."""
    with pytest.raises(RangeError, match=f"column {column}: expected .*{expected}"):
        AddressRange.parse(text, "inetnum")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:DB8:0:1::1/64", "2001:db8:0:1::", "2001:db8:0:1:ffff:ffff:ffff:ffff"),
        ("2001:db8::/032", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::/127", "2001:db8::", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1", "2001:db8::1"),
        (" [2001:db8::]/48 # lab", "2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff"),
        ("2001:0db8:0:0:0::2:3", "2001:db8::2:3", "2001:db8::2:3"),
        ("::192.0.2.1", "::c000:201", "::c000:201"),
        ("::", "::", "::"),
    ],
)
def test_inet6num_takes_prefixes_and_addresses(text: str, first: str, last: str) -> None:
    """An IPv6 prefix loses its host bits, an address is a /128, and brackets are allowed."""
    assert AddressRange.parse(text, "inet6num") == v6(first, last)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("2001:db8", 1),
        ("2001:db8:::/32", 1),
        ("2001:db8::12345/64", 1),
        ("2001:db8:1:2:3:4:5:6:7/64", 1),
        ("2001:db8:: /32", 1),
        ("2001:db8::/ 32", 12),
        ("2001:db8::/129", 12),
        ("2001:db8::/-1", 12),
        (" 2001:db8::/", 13),
        ("/32", 1),
        ("[2001:db8::/32]", 13),
        ("[]", 1),
        ("2001:db8::1%eth0", 1),
        ("2001:db8:: - 2001:db8::ffff", 1),
        ("::ffff:192.0.2.1/128", 1),
        ("::ffff:c000:201", 1),
        ("192.0.2.1", 1),
        ("2001:db8:\0:", 1),
        ("2001:db8::\ud800", 1),
    ],
)
def test_inet6num_refuses_what_the_registry_refuses(text: str, column: int) -> None:
    """Ranges, blanks around the slash, zones and IPv4 in disguise are no `inet6num:`."""
    with pytest.raises(RangeError, match=f"column {column}: expected"):
        AddressRange.parse(text, "inet6num")


def test_the_family_is_told_from_the_text_when_no_class_is_named() -> None:
    """A colon makes it IPv6, whatever attribute the value stood in."""
    assert AddressRange.parse("192.0.2/24") == v4("192.0.2.0", "192.0.2.255")
    assert AddressRange.parse("2001:db8::/126") == v6("2001:db8::", "2001:db8::3")
    with pytest.raises(RangeError):
        AddressRange.parse("::ffff:192.0.2.1")


def test_an_unknown_class_is_the_callers_mistake() -> None:
    """Only `inetnum` and `inet6num` have a rule; another name is no RangeError."""
    with pytest.raises(ValueError, match="'inetnum' or 'inet6num', not 'route'") as caught:
        AddressRange.parse("192.0.2.0/24", "route")
    assert not isinstance(caught.value, IrtkitError)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2/24", v4("192.0.2.0", "192.0.2.255")),
        ("10/8", v4("10.0.0.0", "10.255.255.255")),
        ("192.0.2.77/24", v4("192.0.2.0", "192.0.2.255")),
        ("192.0.2.001", v4("192.0.2.1", "192.0.2.1")),
        ("2001:db8::/48", v6("2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff")),
        ("2001:db8:: / 127", v6("2001:db8::", "2001:db8::1")),
        ("2001:db8:: - 2001:db8::ffff", v6("2001:db8::", "2001:db8::ffff")),
        ("[2001:db8::3]-[2001:db8::5]", v6("2001:db8::3", "2001:db8::5")),
        ("::ffff:192.0.2.1", v6("::ffff:c000:201", "::ffff:c000:201")),
    ],
)
def test_the_lenient_constructor_reads_other_registries(text: str, expected: AddressRange) -> None:
    """LACNIC's short prefixes, ARIN's IPv6 ranges and sloppy spellings are read as they are meant."""
    assert AddressRange.parse_lenient(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("192.0.2", "an address, a prefix or a range"),
        ("", "an octet"),
        ("192.0.2.0 - 2001:db8::1", "column 12: expected an IPv4 address, as before the dash"),
        ("2001:db8::5 - 2001:db8::3", "column 14: expected 2001:db8::5 or a later address"),
        ("2001:db8::/129", "column 12: expected a prefix length from 0 to 128"),
        ("2001:db8::%1 - 2001:db8::3", "column 1: expected an IPv6 address without zone"),
    ],
)
def test_even_the_lenient_constructor_has_limits(text: str, message: str) -> None:
    """What has no single reading is refused with the place and the expectation."""
    with pytest.raises(RangeError, match=message):
        AddressRange.parse_lenient(text)


def test_an_error_quotes_no_more_than_it_must() -> None:
    """A text of any length, dots or digits alone, gives a short message and gives it at once."""
    for text in ("1" * 10**6 + "/8", "." * 10**6 + "/8", "x" * 10**6, ":" * 10**6, "0" * 10**6 + "x/8"):
        with pytest.raises(RangeError) as caught:
            AddressRange.parse(text)
        assert len(str(caught.value)) < 200
    assert AddressRange.parse("0" * 10**4 + "10/8") == AddressRange.parse("10/8")


@pytest.mark.parametrize(
    ("address_range", "canonical"),
    [
        (v4("192.0.2.0", "192.0.2.255"), "192.0.2.0 - 192.0.2.255"),
        (v4("192.0.2.1", "192.0.2.1"), "192.0.2.1 - 192.0.2.1"),
        (v6("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), "2001:db8::/32"),
        (v6("2001:db8::1", "2001:db8::1"), "2001:db8::1/128"),
        (v6("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0"),
        (v6("2001:db8:0:0:1:0:0:1", "2001:db8:0:0:1:0:0:1"), "2001:db8:0:0:1::1/128"),
        (v6("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), "2001:db8::1:1:1:1:1/128"),
        (v6("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), "1:2:3:4:5:6:7:8/128"),
        (v6("0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), "::2:3:4:5:6:7:8/128"),
        (v6("2001:db8::1", "2001:db8::2"), "2001:db8::1 - 2001:db8::2"),
    ],
)
def test_the_canonical_text_is_the_registrys_primary_key(address_range: AddressRange, canonical: str) -> None:
    """IPv4 is always a range; an IPv6 prefix shortens the last of its longest zero runs."""
    assert address_range.canonical == str(address_range) == canonical
    assert canonical in repr(address_range)


def test_the_standard_librarys_objects_convert() -> None:
    """Networks, addresses and texts name the same ranges that integers do."""
    network = v4("192.0.2.0", "192.0.2.127")
    assert AddressRange.from_network(IPv4Network("192.0.2.0/25")) == network
    assert AddressRange.from_network(IPv6Network("2001:db8::/127")) == v6("2001:db8::", "2001:db8::1")
    assert AddressRange.from_address(IPv4Address("192.0.2.1")) == v4("192.0.2.1", "192.0.2.1")
    assert AddressRange.from_address(IPv6Address("2001:db8::1")) == v6("2001:db8::1", "2001:db8::1")
    assert AddressRange.from_prefix(4, network.first, 25) == network
    assert AddressRange.of(network) is network
    for item in (ip_network("192.0.2.0/25"), "192.0.2.0/25", "192.0.2.0 - 192.0.2.127"):
        assert AddressRange.of(item) == network
    assert AddressRange.of(ip_address("2001:db8::1")) == v6("2001:db8::1", "2001:db8::1")
    with pytest.raises(TypeError, match="not float"):
        AddressRange.of(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("family", "first", "last"), [(5, 0, 0), (4, -1, 0), (4, 2, 1), (4, 0, 1 << 32), (6, 0, 1 << 128)]
)
def test_impossible_ranges_cannot_be_made(family: int, first: int, last: int) -> None:
    """The constructor holds the limits of the family and the order of the ends."""
    with pytest.raises(RangeError, match="expected"):
        AddressRange(family, first, last)


@pytest.mark.parametrize(("family", "first", "length"), [(4, 0, 33), (4, 0, -1), (5, 0, 0), (4, 1, 31)])
def test_impossible_prefixes_cannot_be_made(family: int, first: int, length: int) -> None:
    """A prefix has a length its family knows, and no host bits."""
    with pytest.raises(RangeError, match="expected"):
        AddressRange.from_prefix(family, first, length)


def test_a_range_that_is_no_prefix_is_some_prefixes() -> None:
    """The decomposition is minimal, in address order, and made only as far as it is asked for."""
    odd = AddressRange.parse("192.0.2.1 - 192.0.2.10")
    assert odd.size == 10
    assert not odd.is_prefix
    assert odd.prefix_length is None
    assert [(format_address(4, p.first), p.prefix_length) for p in odd.prefixes()] == [
        ("192.0.2.1", 32),
        ("192.0.2.2", 31),
        ("192.0.2.4", 30),
        ("192.0.2.8", 31),
        ("192.0.2.10", 32),
    ]
    longest = AddressRange(6, 1, (1 << 128) - 2).prefixes()
    assert next(longest) == v6("::1", "::1")
    assert sum(1 for _ in longest) == 253
    assert sum(1 for _ in AddressRange(4, 1, (1 << 32) - 2).prefixes()) == 62


def test_a_power_of_two_addresses_off_its_boundary_is_no_prefix() -> None:
    """Size alone does not make a prefix: 192.0.2.64 - 192.0.2.191 has 128 addresses and is none."""
    assert AddressRange.parse("192.0.2.64 - 192.0.2.191").prefix_length is None
    assert AddressRange.parse("192.0.2.128 - 192.0.2.255").prefix_length == 25
    assert AddressRange.parse("0/0").prefix_length == 0


def test_containment_takes_addresses_ranges_and_networks() -> None:
    """The whole of the item must lie inside, and the other family never does."""
    documentation = AddressRange.parse("192.0.2.0/24")
    inside: list[AddressRange | IPv4Address | IPv4Network | str | int] = [
        "192.0.2.0",
        IPv4Address("192.0.2.255"),
        documentation.first,
        documentation,
        IPv4Network("192.0.2.64/26"),
    ]
    outside: list[AddressRange | IPv6Address | str | int] = [
        "192.0.3.0",
        documentation.last + 1,
        v4("192.0.2.0", "192.0.3.0"),
        IPv6Address("::c000:200"),
    ]
    assert all(item in documentation for item in inside)
    assert not any(item in documentation for item in outside)
    assert documentation.overlaps(AddressRange.parse("192.0.2.255 - 192.0.3.0"))
    assert not documentation.overlaps(AddressRange.parse("192.0.3.0 - 192.0.3.1"))
    assert not AddressRange(4, 0, 1).overlaps(AddressRange(6, 0, 1))


def test_ranges_are_values() -> None:
    """Equal ranges hash alike, sort by family, first and last, match patterns, and never change."""
    small, large = v4("192.0.2.0", "192.0.2.127"), v4("192.0.2.0", "192.0.2.255")
    assert sorted([AddressRange(6, 0, 0), large, small]) == [small, large, AddressRange(6, 0, 0)]
    assert {small, AddressRange.parse("192.0.2.0/25")} == {small}
    assert small <= large
    assert small != (4, small.first, small.last)
    with pytest.raises(TypeError):
        _ = small < (4, 0, 0)  # type: ignore[operator]
    match small:
        case AddressRange(family, first, last):
            assert (family, first, last) == (4, small.first, small.last)
    for twin in (copy.copy(small), copy.deepcopy(small), pickle.loads(pickle.dumps(small))):
        assert twin == small
    with pytest.raises(AttributeError, match="immutable"):
        small.first = 0
    with pytest.raises(AttributeError, match="immutable"):
        del small.last


@pytest.mark.parametrize(
    "text", ["192.0.2.01", "192.0.2", "192.0.2.1 ", " 192.0.2.1", "192.0.2.1/32", "2001:db8::%1", "", "1"]
)
def test_a_strict_address_is_nothing_but_an_address(text: str) -> None:
    """No blanks, no leading zeros, no zone, no prefix length."""
    with pytest.raises(RangeError, match="column 1: expected an IPv"):
        parse_address(text)


def test_addresses_are_written_as_the_rfc_recommends() -> None:
    """RFC 5952: the first longest run of two or more zero groups is shortened, letters are small."""
    assert parse_address("192.0.2.7") == (4, 0xC0000207)
    assert format_address(4, 0xC0000207) == "192.0.2.7"
    for text in ("2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1", "::", "::1", "::ffff:192.0.2.1", "::c000:201"):
        assert format_address(*parse_address(text.upper())) == text
    with pytest.raises(RangeError):
        format_address(4, 1 << 32)
