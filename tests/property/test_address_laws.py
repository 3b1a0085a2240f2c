"""Laws of the address columns: they read what the standard library reads, and nothing else."""

import re
from collections.abc import Iterable
from ipaddress import IPv6Network, ip_network
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from irtkit import addresses
from irtkit.addresses import (
    Bytes,
    canonical_ipv6,
    format_ipv4,
    line_ends,
    parse_ipv4_lines,
    parse_ipv4_ranges,
    parse_ipv6_lines,
    parse_ipv6_prefixes,
)
from irtkit.errors import RangeError
from irtkit.resources import AddressRange, parse_address

LENGTH = re.compile(rb"/(0|[1-9][0-9]{0,2})\Z")

quads = st.ip_addresses(v=4).map(str)
quad_likes = st.lists(st.sampled_from(["0", "7", "00", "010", "99", "256", "300", "999", "1000", ""])).map(".".join)
ranges = st.tuples(quads, quads).map(" - ".join)
groups = st.one_of(
    st.sampled_from(["0", "0", "0", "00", "1", "DB8", "", "", "12345"]),
    st.integers(0, 0xFFFF).map("{:x}".format),
)
colons = st.lists(groups, min_size=1, max_size=10).map(":".join)
ipv6_addresses = st.one_of(
    st.ip_addresses(v=6).map(str), st.ip_addresses(v=6).map(lambda address: address.exploded), colons
)
prefixes = st.tuples(ipv6_addresses, st.integers(0, 140)).map(lambda parts: f"{parts[0]}/{parts[1]}")
networks = st.builds(
    lambda address, length, cleared: (address >> cleared << cleared, length),
    st.ip_addresses(v=6).map(int),
    st.integers(0, 128),
    st.integers(0, 128),
).map(lambda pair: IPv6Network(pair, strict=False))
noise = st.one_of(
    st.binary(max_size=50),
    st.text("0123456789abcdefABCDEFg.:/- #\r\t\0", max_size=50).map(str.encode),
)


@st.composite
def damaged(draw: st.DrawFn, lines: st.SearchStrategy[str]) -> bytes:
    """One of *lines* with a few bytes cut out and perhaps one put in."""
    line = draw(lines).encode()
    at, size = draw(st.integers(0, len(line))), draw(st.integers(0, 2))
    return (
        line[:at]
        + draw(st.sampled_from([b"", b"", b"0", b":", b".", b" ", b"/", b"-", b"\r", b"\xb9"]))
        + line[at + size :]
    )


def columns(*lines: st.SearchStrategy[str]) -> st.SearchStrategy[list[bytes]]:
    """Lists of such lines, whole and damaged, among noise; none has a line feed inside."""
    texts = st.one_of(*lines)
    line = st.one_of(texts.map(str.encode), damaged(texts), noise)
    return st.lists(line.map(lambda text: text.replace(b"\n", b"")), max_size=40)


def text_of(lines: Iterable[bytes]) -> Bytes:
    return np.frombuffer(b"".join(line + b"\n" for line in lines), np.uint8)


def packed(family: int, line: bytes) -> int | None:
    """The address that the C library sees in *line*, or None."""
    try:
        return int.from_bytes(inet_pton(family, line.decode("ascii")), "big")
    except (OSError, ValueError):
        return None


def ipv6_value(line: bytes) -> int | None:
    return None if b"." in line else packed(AF_INET6, line)


def prefix_value(line: bytes) -> tuple[int, int] | None:
    """The address and length of an IPv6 prefix, or None."""
    length = LENGTH.search(line)
    value = ipv6_value(line[: length.start()]) if length else None
    return None if length is None or value is None or int(length[1]) > 128 else (value, int(length[1]))


def range_value(line: bytes) -> AddressRange | None:
    """The IPv4 range whose stored form *line* is, or None."""
    try:
        found = AddressRange.parse(line.decode("ascii"), "inetnum")
    except (RangeError, UnicodeDecodeError):
        return None
    return found if found.canonical.encode() == line else None


def whole(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> list[int]:
    return [upper << 64 | lower for upper, lower in zip(high.tolist(), low.tolist(), strict=True)]


@given(columns(quads, quad_likes, ranges))
def test_ipv4_lines_are_what_the_c_library_reads(lines: list[bytes]) -> None:
    """A line is read exactly when inet_pton reads it, as the same address."""
    text = text_of(lines)
    address, ok = parse_ipv4_lines(text, line_ends(text))
    found = [value if good else None for value, good in zip(address.tolist(), ok.tolist(), strict=True)]
    assert found == [packed(AF_INET, line) for line in lines]


@given(columns(ipv6_addresses, prefixes, quads))
def test_ipv6_lines_are_what_the_c_library_reads(lines: list[bytes]) -> None:
    """A line is read exactly when inet_pton reads it and it holds no dotted quad, as the same address."""
    text = text_of(lines)
    high, low, ok = parse_ipv6_lines(text, line_ends(text))
    found = [value if good else None for value, good in zip(whole(high, low), ok.tolist(), strict=True)]
    assert found == [ipv6_value(line) for line in lines]


@given(columns(quads, ipv6_addresses))
def test_what_a_column_reads_single_addresses_read_too(lines: list[bytes]) -> None:
    """`parse_address` gives the same family and value for every line that a column parser takes."""
    text = text_of(lines)
    ends = line_ends(text)
    four, six = parse_ipv4_lines(text, ends), parse_ipv6_lines(text, ends)
    for row, line in enumerate(lines):
        if four.ok[row]:
            assert parse_address(line.decode()) == (4, int(four.address[row]))
        if six.ok[row]:
            assert parse_address(line.decode()) == (6, whole(six.high, six.low)[row])


@given(columns(ranges, quads, quad_likes))
def test_ipv4_ranges_are_the_stored_form(lines: list[bytes]) -> None:
    """A line is read exactly when it is the canonical text of the range that it means."""
    text = text_of(lines)
    first, last, ok = parse_ipv4_ranges(text, line_ends(text))
    found = [
        AddressRange(4, low, high) if good else None
        for low, high, good in zip(first.tolist(), last.tolist(), ok.tolist(), strict=True)
    ]
    assert found == [range_value(line) for line in lines]


@given(columns(prefixes, ipv6_addresses, networks.map(str)))
def test_ipv6_prefixes_are_an_address_and_a_length(lines: list[bytes]) -> None:
    """A line is read exactly when it is an IPv6 address, a slash and 0 to 128 without leading zeros."""
    text = text_of(lines)
    high, low, length, ok = parse_ipv6_prefixes(text, line_ends(text))
    found = [
        (value, bits) if good else None
        for value, bits, good in zip(whole(high, low), length.tolist(), ok.tolist(), strict=True)
    ]
    assert found == [prefix_value(line) for line in lines]


@given(columns(prefixes, networks.map(str), networks.map(lambda network: network.exploded)))
def test_canonical_means_canonical_to_everyone(lines: list[bytes]) -> None:
    """What `canonical_ipv6` takes is the registry's key and the text of the standard library's network."""
    text = text_of(lines)
    ends = line_ends(text)
    found = parse_ipv6_prefixes(text, ends)
    for row in np.flatnonzero(canonical_ipv6(text, ends, found)).tolist():
        line = lines[row].decode()
        network = AddressRange.parse(line, "inet6num")
        assert (network.canonical, str(ip_network(line))) == (line, line)
        assert (network.first, network.prefix_length) == (
            whole(found.high, found.low)[row],
            found.length[row],
        )


@given(st.lists(st.tuples(st.lists(st.integers(1, 0xFFFF), max_size=4), st.integers(0, 16)), min_size=1))
def test_the_usual_registry_form_is_canonical(parts: list[tuple[list[int], int]]) -> None:
    """Up to four groups that are not zero, then `::` and a length with zero host bits: no slow path."""
    lines = []
    for written, spare in parts:
        value = int.from_bytes(b"".join(group.to_bytes(2, "big") for group in written).ljust(16, b"\0"), "big")
        lines.append(f"{IPv6Network(value).network_address}/{16 * len(written) + spare}".encode())
    text = text_of(lines)
    ends = line_ends(text)
    assert canonical_ipv6(text, ends, parse_ipv6_prefixes(text, ends)).all()


@given(st.lists(st.ip_addresses(v=4)))
def test_written_addresses_read_back(values: list[object]) -> None:
    """`format_ipv4` writes what the standard library writes, and the column parser reads it back."""
    lines = [str(value).encode() for value in values]
    numbers = np.array([packed(AF_INET, line) for line in lines], np.uint32)
    text, lengths = format_ipv4(numbers)
    assert text.tobytes() == b"".join(lines)
    assert lengths.tolist() == [len(line) for line in lines]
    column = np.insert(text, np.cumsum(lengths, dtype=np.int64), 10)
    address, ok = parse_ipv4_lines(column, line_ends(column))
    assert ok.all()
    assert address.tolist() == numbers.tolist()


@given(st.binary(max_size=300), st.integers(1, 40))
def test_line_ends_are_the_line_feeds(content: bytes, block: int) -> None:
    """Every line feed is found, in order, however densely they stand."""
    expected = [at for at, byte in enumerate(content) if byte == 10]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "_BLOCK", block)
        assert line_ends(np.frombuffer(content, np.uint8)).tolist() == expected
    dense = bytes(byte if byte % 3 else 10 for byte in content)
    assert line_ends(np.frombuffer(dense, np.uint8)).tolist() == [at for at, byte in enumerate(dense) if byte == 10]


@given(columns(quads, ranges, ipv6_addresses, prefixes, networks.map(str)), st.integers(1, 400))
def test_blocks_do_not_show(lines: list[bytes], block: int) -> None:
    """However a long column is cut into blocks, each line means the same."""
    text = text_of(lines)
    ends = line_ends(text)
    parsers = parse_ipv4_lines, parse_ipv4_ranges, parse_ipv6_lines, parse_ipv6_prefixes
    expected: list[Any] = [parser(text, ends) for parser in parsers]
    canonical = canonical_ipv6(text, ends, parse_ipv6_prefixes(text, ends))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "_BLOCK", block)
        found: list[Any] = [parser(text, ends) for parser in parsers]
        assert np.array_equal(canonical_ipv6(text, ends, parse_ipv6_prefixes(text, ends)), canonical)
    for one, other in zip(found, expected, strict=True):
        assert np.array_equal(one.ok, other.ok)
        for column, same in zip(one, other, strict=True):
            assert np.array_equal(column[one.ok], same[one.ok])
