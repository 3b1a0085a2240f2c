"""Address columns by example: which lines are read, which are refused, what is canonical, what is written."""

from ipaddress import IPv4Address, IPv6Address

import numpy as np
import pytest

from irtkit import addresses
from irtkit.addresses import (
    SLACK,
    Bytes,
    canonical_ipv6,
    format_ipv4,
    line_ends,
    parse_ipv4_lines,
    parse_ipv4_ranges,
    parse_ipv6_lines,
    parse_ipv6_prefixes,
    window,
)


def column(*lines: str) -> Bytes:
    """The lines as the bytes of a file."""
    return np.frombuffer("".join(f"{line}\n" for line in lines).encode("latin-1"), np.uint8)


def ipv4(*lines: str) -> list[str | None]:
    text = column(*lines)
    address, ok = parse_ipv4_lines(text, line_ends(text))
    return [
        str(IPv4Address(value)) if good else None for value, good in zip(address.tolist(), ok.tolist(), strict=True)
    ]


def ipv4_ranges(*lines: str) -> list[str | None]:
    text = column(*lines)
    first, last, ok = parse_ipv4_ranges(text, line_ends(text))
    return [
        f"{IPv4Address(low)} - {IPv4Address(high)}" if good else None
        for low, high, good in zip(first.tolist(), last.tolist(), ok.tolist(), strict=True)
    ]


def ipv6(*lines: str) -> list[str | None]:
    text = column(*lines)
    high, low, ok = parse_ipv6_lines(text, line_ends(text))
    return [
        IPv6Address(upper << 64 | lower).exploded if good else None
        for upper, lower, good in zip(high.tolist(), low.tolist(), ok.tolist(), strict=True)
    ]


def ipv6_prefixes(*lines: str) -> list[str | None]:
    text = column(*lines)
    high, low, length, ok = parse_ipv6_prefixes(text, line_ends(text))
    return [
        f"{IPv6Address(upper << 64 | lower)}/{bits}" if good else None
        for upper, lower, bits, good in zip(high.tolist(), low.tolist(), length.tolist(), ok.tolist(), strict=True)
    ]


def canonical(*lines: str) -> list[bool]:
    text = column(*lines)
    ends = line_ends(text)
    verdicts: list[bool] = canonical_ipv6(text, ends, parse_ipv6_prefixes(text, ends)).tolist()
    return verdicts


NO_IPV4 = [
    "",
    "1",
    "1.2.3",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "1.2.3.4.5",
    "1.2.3.4.",
    "...",
    "256.0.0.1",
    "192.0.2.299",
    "192.0.2.300",
    "192.0.2.356",
    "192.0.2.412",
    "192.0.2.999",
    "192.0.2.1000",
    "01.2.3.4",
    "1.02.3.4",
    "1.2.3.00",
    "1.2.3.099",
    "1.2.3.0000",
    " 192.0.2.1",
    "192.0.2.1 ",
    "192.0.2.1\r",
    "192.0.2.1\0",
    "192 0.2.1",
    "192,0,2,1",
    "192.0.2/1",
    "192.0.2:1",
    "192.0.2.1/32",
    "192.0.2.1\xe9",
    "\xb2.0.2.1",
    "c0.0.2.1",
    "-1.0.2.1",
    "2001:db8::1",
    "9" * 300,
    "1." * 300,
    "255",
]
NO_RANGES = [
    "",
    "-",
    " - ",
    "- 192.0.2.0",
    " - 192.0.2.0",
    "192.0.2.0 - ",
    "192.0.2.0 -",
    "192.0.2.0",
    "192.0.2.0/24",
    "192.0.2.0-192.0.2.255",
    "192.0.2.0  - 192.0.2.255",
    "192.0.2.0 -  192.0.2.255",
    "192.0.2.0 - 192.0.2.255 ",
    " 192.0.2.0 - 192.0.2.255",
    "192.0.2.0\t-\t192.0.2.255",
    "192.0.2.0\t- 192.0.2.255",
    "192.0.2.0 -\t192.0.2.255",
    "192.0.2.0 - 192.0.2.255 - 192.0.2.255",
    "192.0.2.0 - - 192.0.2.255",
    "192.0.2.0 -- 192.0.2.255",
    "192 0.2.0 - 192.0.2.255",
    "192.0.2.0 - 192.0 2.255",
    "192.0.2.255 - 192.0.2.0",
    "192.0.2 - 192.0.3",
    "192.0.02.0 - 192.0.2.255",
    "192.0.2.0 - 192.0.2.256",
    "192.0.2.0 - 192.0.2.255\r",
    "192.0.2.0 - 192.0.2.255#",
    "2001:db8:: - 2001:db8::1",
    "x - y",
    "255",
    "-255",
]
NO_IPV6 = [
    "",
    ":",
    ":::",
    "::::",
    "1",
    "1:",
    ":1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:",
    ":1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "::1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8::",
    "1::2::3",
    ":::1",
    "1:::",
    "1:::2",
    "::1:",
    ":1::",
    "12345::",
    "::00001",
    "2001:db8::g",
    "2001:db8::1%eth0",
    "2001:db8::/32",
    "[2001:db8::]",
    "::ffff:192.0.2.1",
    "2001:db8::1\r",
    " 2001:db8::1",
    "2001 db8::1",
    "192.0.2.1",
    "\x10::1",
    "\x01\x02::1",
    "f" * 300,
    "f:" * 300,
    "0000:0000:0000:0000:0000:0000:0000:0000:",
]


NO_PREFIXES = [
    "",
    "/",
    "/32",
    "2001:db8::",
    "2001:db8::/",
    "2001:db8::/129",
    "2001:db8::/256",
    "2001:db8::/1000",
    "2001:db8::/032",
    "2001:db8::/00",
    "2001:db8::/3a",
    "2001:db8::/a",
    "2001:db8::/3:",
    "2001:db8::/-1",
    "2001:db8::/32/",
    "2001:db8::/3/2",
    "2001:db8::/32 ",
    "2001:db8:: /32",
    "2001:db8::/ 32",
    "192.0.2.0/24",
    "2001:db8::/:5",
    "2001:db8::/1:0",
    "2001:db8::/1100",
    "2001:db8::/9128",
    "2001:db8::/0032",
    "2001:db8::/999",
    "2001:db8::/228",
    "2001:db8::/356",
    "2001:db8::/384",
    "::ffff:192.0.2.0/120",
    *(f"{line}/32" for line in NO_IPV6),
]


@pytest.mark.parametrize("line", ["0.0.0.0", "255.255.255.255", "192.0.2.1", "1.2.3.4", "10.20.30.40", "100.9.99.199"])
def test_a_dotted_quad_is_read(line: str) -> None:
    """Four octets of one to three digits are an address, alone and among others."""
    assert ipv4(line) == [line]
    assert ipv4("198.51.100.7", line, "203.0.113.99") == ["198.51.100.7", line, "203.0.113.99"]


@pytest.mark.parametrize("line", NO_IPV4)
def test_what_is_no_dotted_quad_is_refused_alone(line: str) -> None:
    """A line that is no dotted quad costs its neighbours nothing."""
    assert ipv4("192.0.2.1", line, "198.51.100.7") == ["192.0.2.1", None, "198.51.100.7"]
    assert ipv4(line) == [None]


@pytest.mark.parametrize(
    "line",
    ["192.0.2.0 - 192.0.2.255", "0.0.0.0 - 255.255.255.255", "192.0.2.7 - 192.0.2.7", "1.1.1.1 - 1.1.1.2"],
)
def test_a_range_is_read(line: str) -> None:
    """A range as registries store it is read, alone and among others."""
    assert ipv4_ranges(line) == [line]
    around = "198.51.100.0 - 198.51.100.127"
    assert ipv4_ranges(around, line, around) == [around, line, around]


@pytest.mark.parametrize("line", NO_RANGES)
def test_another_spelling_of_a_range_is_refused_alone(line: str) -> None:
    """Everything but the stored form is left to the slow path, and costs its neighbours nothing."""
    around = "198.51.100.0 - 198.51.100.127"
    assert ipv4_ranges(around, line, around) == [around, None, around]
    assert ipv4_ranges(line) == [None]


@pytest.mark.parametrize(
    "line",
    [
        "::",
        "::1",
        "1::",
        "2001:db8::",
        "2001:DB8::aBcD",
        "2001:0db8:0000::0001",
        "1:2:3:4:5:6:7:8",
        "::2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "1:2:3::5:6:7:8",
        "a::",
        "ab::",
        "abc::",
        "abcd::",
        "FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF",
        "::ffff:c000:201",
    ],
)
def test_an_ipv6_address_is_read(line: str) -> None:
    """`::` may stand in every place, for one group or for all, and case does not matter."""
    exploded = IPv6Address(line).exploded
    assert ipv6(line) == [exploded]
    around = IPv6Address("2001:db8:1:2:3:4:5:6").exploded
    assert ipv6(around, line, around, "::", line) == [around, exploded, around, ipv6("::")[0], exploded]


@pytest.mark.parametrize("line", NO_IPV6)
def test_what_is_no_ipv6_address_is_refused_alone(line: str) -> None:
    """A line that is no IPv6 address costs its neighbours nothing."""
    around = IPv6Address("2001:db8::1").exploded
    assert ipv6(around, line, around) == [around, None, around]
    assert ipv6(line) == [None]


@pytest.mark.parametrize("bits", range(129))
def test_every_prefix_length_is_read(bits: int) -> None:
    """Lengths from 0 to 128 are read; the address keeps its bits beyond the length."""
    assert ipv6_prefixes(f"2001:db8::7/{bits}") == [f"2001:db8::7/{bits}"]


@pytest.mark.parametrize("line", NO_PREFIXES)
def test_what_is_no_ipv6_prefix_is_refused_alone(line: str) -> None:
    """A line that is no IPv6 prefix costs its neighbours nothing."""
    assert ipv6_prefixes("2001:db8::/32", line, "::/0") == ["2001:db8::/32", None, "::/0"]
    assert ipv6_prefixes(line) == [None]


@pytest.mark.parametrize(
    "line",
    [
        "2001:db8::/32",
        "::/0",
        "2001:db8:1234:5678::/64",
        "2001:db8:1234:5678:9abc:def0:1234:5678/128",
        "::/128",
        "2001:db8:0:1::/64",
        "2001:db8::1/128",
        "2001:db8:1::/48",
        "2000::/3",
        "2001:db8::a:0:1/128",
        "2001:db8:0:0:1::/80",
    ],
)
def test_the_usual_canonical_prefixes_are_known_as_such(line: str) -> None:
    """What registries write needs no second look."""
    assert canonical(line) == [True]
    assert canonical("2001:DB8::/32", line, "junk") == [False, True, False]


@pytest.mark.parametrize(
    "line",
    [
        "2001:DB8::/32",
        "2001:0db8::/32",
        "2001:db8:0::/48",
        "0::/0",
        "::0/0",
        "2001:db8:0000::/48",
        "2001:db8:0:0:0:0:0:0/32",
        "2001:db8:1:2:3:4:5::/112",
        "2001:db8::1/32",
        "2001:db8:8000::/32",
        "2001:db8::8000:0:0:0/64",
        "2001:db8::1:0:0:0:1/128",
        "2001:db8:0:0:0:1::/96",
        "2001:db8::a:0:0:1/128",
        "2001:db8:0:1:2:3:4:5/128",
        "2001:db8::/032",
        "2001:db8::",
        "::ffff:c000:200/120",
    ],
)
def test_another_spelling_is_never_taken_for_canonical(line: str) -> None:
    """Case, zeros, host bits, a misplaced `::` and doubtful cases all go to the slow path."""
    assert canonical(line, "2001:db8::/32") == [False, True]


def test_no_text_has_no_lines() -> None:
    """Empty columns are fine."""
    nothing = column()
    ends = line_ends(nothing)
    assert ends.dtype == np.int64
    assert ipv4() == ipv4_ranges() == ipv6() == ipv6_prefixes() == []
    assert canonical() == []
    text, lengths = format_ipv4(np.empty(0, np.uint32))
    assert (len(text), len(lengths)) == (0, 0)


def test_bytes_after_the_last_line_feed_are_no_line() -> None:
    """A line without its end is the caller's to complete; the others are read."""
    text = np.frombuffer(b"192.0.2.1\n198.51.100.7 - 2001:db8::/3", np.uint8)
    ends = line_ends(text)
    assert parse_ipv4_lines(text, ends).ok.tolist() == [True]
    assert parse_ipv4_ranges(text, ends).ok.tolist() == [False]
    assert parse_ipv6_lines(text, ends).ok.tolist() == [False]
    assert parse_ipv6_prefixes(text, ends).ok.tolist() == [False]


def test_a_very_long_line_is_one_bad_line() -> None:
    """A line of megabytes is refused like any other."""
    for filler in "1", ".", ":", "f:", "/", " - ", "\xff":
        long = filler * (3 << 20)
        assert ipv4("192.0.2.1", long, "192.0.2.2") == ["192.0.2.1", None, "192.0.2.2"]
        assert ipv4_ranges(long, "192.0.2.1 - 192.0.2.2") == [None, "192.0.2.1 - 192.0.2.2"]
        assert ipv6("::", long)[1] is None
        assert ipv6_prefixes(long, "::/0") == [None, "::/0"]


def test_bad_lines_do_not_make_up_for_each_other() -> None:
    """What one line has too much of never replaces what another lacks."""
    assert ipv4("192,0.2.1", "192.0.2.1.5", "192.0.2.1") == [None, None, "192.0.2.1"]
    assert ipv4("192.0", "2.1.0.192.0.2.1") == [None, None]
    assert ipv4_ranges("192.0.2,0 - 192.0.2.1", "192.0.2.0 - 192.0.2.1.1") == [None, None]
    assert ipv4_ranges("1.2", "3.4 - 5.6.7.8 - 9") == [None, None]
    assert ipv4_ranges("1.2.3.4 - 5.6 - 7.8", "5.6.7.8") == [None, None]
    assert ipv6("1:2:3:4", "5:6:7:8") == [None, None]
    assert ipv6("1:2:3:4:5:6:7", "8::9::a") == [None, None]
    assert ipv6_prefixes("1::5", "2::/3/2") == [None, None]
    assert ipv6_prefixes("2::/3/2", "1::5") == [None, None]


def test_every_octet_is_read_and_written_in_every_place() -> None:
    """0 to 255 in each of the four places, and nothing from 256 to 999."""
    octets = np.arange(256, dtype=np.uint32)
    everywhere = np.concatenate([octets << 24 | 1, octets << 16 | 1, octets << 8 | 1, octets])
    text, lengths = format_ipv4(everywhere)
    written = [str(IPv4Address(address)) for address in everywhere.tolist()]
    assert text.tobytes().decode() == "".join(written)
    assert lengths.tolist() == [len(line) for line in written]
    assert ipv4(*written) == written
    for place in "{}.0.2.1", "192.{}.2.1", "192.0.{}.1", "192.0.2.{}":
        assert set(ipv4(*(place.format(octet) for octet in range(256, 1200)))) == {None}


def test_every_group_is_read() -> None:
    """All 65,536 groups, with and without leading zeros, in upper and lower case."""
    for spelling in "{:x}::", "::{:04X}":
        groups = ipv6(*(spelling.format(group) for group in range(1 << 16)))
        place = slice(0, 4) if spelling.endswith("::") else slice(-4, None)
        assert [int(str(group)[place], 16) for group in groups] == list(range(1 << 16))


@pytest.mark.parametrize("lines", [0, 1, 2, 37])
def test_the_block_size_changes_nothing(lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long columns are worked through in blocks; where one begins does not show."""
    texts = {
        ipv4: ["192.0.2.1", "x", "198.51.100.255"] * lines,
        ipv4_ranges: ["192.0.2.1 - 192.0.2.2", "-", "1.1.1.1 - 1.1.1.1"] * lines,
        ipv6: ["::", "2001:db8:1:2:3:4:5:6", ":", "::1"] * lines,
        ipv6_prefixes: ["::/0", "2001:db8::/32", "/", "2001:db8::/3/2"] * lines,
        canonical: ["::/0", "2001:DB8::/32", "/", "2001:db8::/32"] * lines,
    }
    expected = {read: read(*texts[read]) for read in texts}
    numbers = np.arange(lines * 1000, dtype=np.uint32) * np.uint32(2654435761)
    written = [part.tobytes() for part in format_ipv4(numbers)]
    for size in 16, 17, 40, 64, 1000:
        monkeypatch.setattr(addresses, "_BLOCK", size)
        assert {read: read(*texts[read]) for read in texts} == expected
        assert [part.tobytes() for part in format_ipv4(numbers)] == written


def test_a_window_shows_the_bytes_at_every_place() -> None:
    """Overlapping items of fixed width, without a copy; SLACK bytes beyond a text keep them inside."""
    buffer = np.arange(300, dtype=np.uint8)
    items = window(buffer, 4, "<u4")
    assert items.tolist() == [int.from_bytes(buffer[at : at + 4].tobytes(), "little") for at in range(297)]
    assert np.shares_memory(items, buffer)
    assert len(window(np.zeros(10 + SLACK, np.uint8), SLACK, f"V{SLACK}")) > 10
