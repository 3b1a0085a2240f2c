"""Texts of addresses and ranges as NumPy columns, and back: whole buffers at a time.

Each parser takes bytes, one text a line, and says for each line whether it could read it; a line it
refuses is left to `irtkit.resources`, which knows every notation and can say what was expected. What
a parser here accepts, `irtkit.resources` reads as the same address (a law that the tests hold).

It does no lookups and no IO, and raises nothing for any text.

How it reads: a few passes over all bytes find digits and separators and add up, at every byte, the
number that would end there. Where the separators of one line are becomes the bits of one integer a
line, and arithmetic on that integer tells the line's shape. So the work for a line is a fixed number of
steps on columns, whatever the line holds, and the verdict on it is exact.
"""

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

__all__ = [
    "SLACK",
    "Ipv4Lines",
    "Ipv4Ranges",
    "Ipv6Lines",
    "Ipv6Prefixes",
    "canonical_ipv6",
    "format_ipv4",
    "line_ends",
    "parse_ipv4_lines",
    "parse_ipv4_ranges",
    "parse_ipv6_lines",
    "parse_ipv6_prefixes",
    "window",
]

Bytes: TypeAlias = NDArray[np.uint8]
Indices: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

SLACK = 256
"""Bytes that a buffer must have beyond its text, so that fixed-width windows never leave it."""

_BLOCK = 1 << 18
"""Bytes of text in one step: about twenty times as many are in use during it, whatever the text's length."""

_NEWLINE, _BLANK, _DASH, _DOT, _SLASH, _ZERO, _COLON = b"\n -./0:"
_SHORT_LINE = 20
_LOW_NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F)
_LOW_BITS = np.uint64(0x0101010101010101)
_BYTE_NUMBERS = np.uint64(0x0001020304050607)
_FOUR_TRUE = 0x01010101
_TOO_LONG_FOR_IPV6 = 40
_LEAST = np.array([0, 0, 10, 100], np.uint8)
"""The least number by its width: a longer spelling of a smaller number has leading zeros."""


class Ipv4Lines(NamedTuple):
    """One entry a line: the address, and whether the line is a canonical dotted quad.

    The address of a line that is none means nothing; so in all results here.
    """

    address: NDArray[np.uint32]
    ok: Mask


class Ipv6Lines(NamedTuple):
    """One entry a line: the two halves of the address, and whether the line is an IPv6 address."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    ok: Mask


class Ipv4Ranges(NamedTuple):
    """One entry a line: first and last address, and whether the line is a canonical range."""

    first: NDArray[np.uint32]
    last: NDArray[np.uint32]
    ok: Mask


class Ipv6Prefixes(NamedTuple):
    """One entry a line: the halves of the address, the length, and whether the line is a prefix."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    length: NDArray[np.uint8]
    ok: Mask


def window(buffer: Bytes, width: int, dtype: str) -> NDArray[Any]:
    """View *buffer* as overlapping items of *width* bytes, one starting at each byte; nothing is copied."""
    return as_strided(buffer[:width].view(dtype), (len(buffer) - width + 1,), (1,))


def line_ends(text: Bytes) -> Indices:
    """Return the positions of the line feeds in *text*, ascending."""
    if len(text) <= _BLOCK:
        return _line_ends(text)
    return np.concatenate([_line_ends(text[at : at + _BLOCK]) + at for at in range(0, len(text), _BLOCK)])


def parse_ipv4_lines(text: Bytes, ends: Indices) -> Ipv4Lines:
    """Read one dotted quad a line: four octets without leading zeros, nothing else.

    *ends* are the line feeds of *text*; bytes after the last belong to no line. The result has one entry
    for each, in their order.
    """
    found = Ipv4Lines(np.empty(len(ends), np.uint32), np.empty(len(ends), np.bool_))
    for lines, block, stops in _blocks(text, ends):
        found.address[lines], found.ok[lines] = _ipv4_lines(block, stops)
    return found


def parse_ipv4_ranges(text: Bytes, ends: Indices) -> Ipv4Ranges:
    """Read one `a.b.c.d - e.f.g.h` a line: single blanks, no leading zeros, first address <= last.

    This is how registries store ranges (RIPE Database, `inetnum:`). *ends* and order as in
    `parse_ipv4_lines`.
    """
    first, last = np.empty(len(ends), np.uint32), np.empty(len(ends), np.uint32)
    ok = np.empty(len(ends), np.bool_)
    for lines, block, stops in _blocks(text, ends):
        first[lines], last[lines], ok[lines] = _ipv4_ranges(block, stops)
    return Ipv4Ranges(first, last, ok)


def parse_ipv6_lines(text: Bytes, ends: Indices) -> Ipv6Lines:
    """Read one IPv6 address a line (RFC 4291 section 2.2, forms 1 and 2), in any case, without zone.

    Form 3, which ends in a dotted quad, is refused. *ends* and order as in `parse_ipv4_lines`.
    """
    high, low = np.empty(len(ends), np.uint64), np.empty(len(ends), np.uint64)
    ok = np.empty(len(ends), np.bool_)
    for lines, block, stops in _blocks(text, ends):
        high[lines], low[lines], ok[lines] = _ipv6_lines(block, stops)
    return Ipv6Lines(high, low, ok)


def parse_ipv6_prefixes(text: Bytes, ends: Indices) -> Ipv6Prefixes:
    """Read one `address/length` a line: the address as in `parse_ipv6_lines`, the length from 0 to 128.

    Leading zeros in the length are refused. The address may have bits beyond the length; they stay as
    they are (see `canonical_ipv6`). *ends* and order as in `parse_ipv4_lines`.
    """
    high, low = np.empty(len(ends), np.uint64), np.empty(len(ends), np.uint64)
    length, ok = np.empty(len(ends), np.uint8), np.empty(len(ends), np.bool_)
    for lines, block, stops in _blocks(text, ends):
        high[lines], low[lines], length[lines], ok[lines] = _ipv6_prefixes(block, stops)
    return Ipv6Prefixes(high, low, length, ok)


def canonical_ipv6(text: Bytes, ends: Indices, prefixes: Ipv6Prefixes) -> Mask:
    """Return for which lines the text is certainly the canonical one of the prefix that it names.

    *prefixes* is what `parse_ipv6_prefixes` returned for *text* and *ends*. True: lower case, no leading
    zeros, host bits zero, and either no zero group or a `::` that stands for two or more and for more than
    are written out. There RFC 5952 (section 4) and the registry agree on the spelling. False: another
    spelling, or one of the rare texts on which they may differ, or an address in `::/64` other than `::`.
    """
    ok = _host_bits_are_zero(prefixes)
    ok &= (prefixes.high != 0) | (prefixes.low == 0)
    ok &= prefixes.ok
    for lines, block, stops in _blocks(text, ends):
        ok[lines] &= _canonical(block, stops)
    return ok


def format_ipv4(addresses: NDArray[np.uint32]) -> tuple[Bytes, Bytes]:
    """Write dotted quads: all texts in order with nothing between them, and the length of each (7 to 15)."""
    lengths = np.empty(len(addresses), np.uint8)
    texts = [np.empty(0, np.uint8)]
    for at in range(0, len(addresses), _BLOCK // 16):
        block = slice(at, at + _BLOCK // 16)
        characters = _DOTTED.take(addresses[block].astype(">u4").view(np.uint8)).view(np.uint8)
        characters[::16] = 0  # no dot before the first octet
        used = characters != 0
        texts.append(characters.take(np.flatnonzero(used)))
        lengths[block] = np.bitwise_count(np.packbits(used).view(np.uint16))
    return np.concatenate(texts), lengths


def _line_ends(text: Bytes) -> Indices:
    is_end = np.zeros(_room(len(text)), np.bool_)
    np.equal(text, _NEWLINE, out=is_end[: len(text)])
    lines = np.count_nonzero(is_end)
    if lines * _SHORT_LINE > len(text):  # then eight bytes at a time are faster, unless two lines end in them
        words = is_end.view("<u8")
        ends = np.flatnonzero(words != 0)
        if len(ends) == lines:
            byte = words.take(ends).astype(np.uint64, copy=False)
            byte *= _BYTE_NUMBERS  # of the one byte that is set, the number arrives in the highest byte
            byte >>= np.uint64(56)
            ends <<= 3
            ends += byte.view(np.int64)
            return ends
    return np.flatnonzero(is_end)


def _blocks(text: Bytes, ends: Indices) -> Iterator[tuple[slice, Bytes, Indices]]:
    """Cut *text* into runs of whole lines: which lines, their bytes, and their line feeds in these bytes."""
    if not len(ends):
        return
    if len(text) <= _BLOCK:
        yield slice(None), text[: int(ends[-1]) + 1], ends
        return
    pieces = len(text) // _BLOCK + 1
    cuts = np.searchsorted(ends, np.arange(1, pieces) * (len(text) // pieces))
    start = 0
    for first, last in pairwise(sorted({0, *cuts.tolist(), len(ends)})):
        stop = int(ends[last - 1]) + 1
        yield slice(first, last), text[start:stop], ends[first:last] - start
        start = stop


def _ipv4_lines(text: Bytes, ends: Indices) -> tuple[NDArray[np.uint32], Mask]:
    numbers = _decimal(text)
    address, ok = _quads(numbers, _starts(ends), ends)
    dot = text == _DOT
    if not ok.all() or np.count_nonzero(dot) != 3 * len(ends):
        known = dot | numbers.digit
        known[ends] = True
        _refuse(ok, ends, ~known)
    return address, ok


def _ipv4_ranges(text: Bytes, ends: Indices) -> tuple[NDArray[np.uint32], NDArray[np.uint32], Mask]:
    numbers, starts = _decimal(text), _starts(ends)
    dash, ok = _one_a_line(np.flatnonzero(text == _DASH), starts, ends)
    after = np.minimum(dash + 1, ends)
    ok &= text.take(dash - 1) == _BLANK
    ok &= text.take(after) == _BLANK
    first, good = _quads(numbers, starts, dash - 1)
    last, fine = _quads(numbers, np.minimum(dash + 2, ends), ends)
    ok &= good & fine & (first <= last)
    dot = text == _DOT
    if not ok.all() or np.count_nonzero(dot) != 6 * len(ends):
        known = dot | numbers.digit
        for expected in (dash[ok] - 1, dash[ok], after[ok], ends):
            known[expected] = True
        _refuse(ok, ends, ~known)
    return first, last, ok


def _ipv6_lines(text: Bytes, ends: Indices) -> tuple[NDArray[np.uint64], NDArray[np.uint64], Mask]:
    numbers, starts = _hexadecimal(text), _starts(ends)
    shape = _shape(numbers.colon, starts, ends - starts)
    known = numbers.digit | numbers.colon
    if np.count_nonzero(known) + len(ends) != len(text):
        known[ends] = True
        _refuse(shape.ok, ends, ~known[: len(text)])
    return *_halves(numbers, shape, ends, _number_ends(numbers.digit)), shape.ok


def _ipv6_prefixes(text: Bytes, ends: Indices) -> tuple[NDArray[np.uint64], NDArray[np.uint64], Bytes, Mask]:
    numbers, starts = _hexadecimal(text), _starts(ends)
    slashes = np.flatnonzero(text == _SLASH)
    slash, ok = _one_a_line(slashes, starts, ends)
    shape = _shape(numbers.colon, starts, slash - starts)
    length, good = _prefix_lengths(numbers.text, slash, ends)
    shape.ok[:] &= ok & good
    known = numbers.digit | numbers.colon
    if np.count_nonzero(known) + len(slashes) + len(ends) != len(text):
        known[ends] = known[slashes] = True
        _refuse(shape.ok, ends, ~known[: len(text)])
    last_digits = _number_ends(numbers.digit)
    last_digits[ends - 1] = False  # the length is no group
    return *_halves(numbers, shape, ends, last_digits), length, shape.ok


def _canonical(text: Bytes, ends: Indices) -> Mask:
    """Judge the spelling of lines that are IPv6 prefixes, apart from their host bits."""
    numbers, starts = _hexadecimal(text), _starts(ends)
    digit, colon = numbers.digit, numbers.colon
    first_digit = digit.copy()
    first_digit[1:] &= ~digit[:-1]
    zero = first_digit & (numbers.text == _ZERO)
    lone_zero = zero.copy()
    lone_zero[:-1] &= ~digit[1:]
    strange = zero ^ lone_zero
    strange |= (numbers.text - np.uint8(ord("A"))) < 6
    gap = colon[:-1] & colon[1:]
    strange[:-2] |= lone_zero[:-2] & gap[1:]
    strange[2:] |= lone_zero[2:] & gap[:-1]
    line = _low_ones(ends - starts)
    numbered = np.bitwise_count(_bits(_packed(first_digit), starts) & line)
    zeros = np.bitwise_count(_bits(_packed(lone_zero), starts) & line)
    free = np.uint8(9) - numbered  # the length is no group
    ok: Mask = np.where(free == 0, zeros == 0, (free > 1) & (zeros < free))
    _refuse(ok, ends, strange[: len(text)])
    return ok


def _host_bits_are_zero(prefixes: Ipv6Prefixes) -> Mask:
    length = np.minimum(prefixes.length, 128)
    low = prefixes.low & _HOST_BITS.take(length)
    low |= prefixes.high & _HOST_BITS.take(length + np.uint8(64))
    is_zero: Mask = low == 0
    return is_zero


def _starts(ends: Indices) -> Indices:
    starts = np.zeros(len(ends), np.int64)
    np.add(ends[:-1], 1, out=starts[1:])
    return starts


def _room(size: int) -> int:
    """Return the length, a multiple of eight, of a mask over *size* bytes that `_bits` can read."""
    return (size + 7 & -8) + 64


def _refuse(ok: Mask, ends: Indices, strange: Mask) -> None:
    """Clear *ok* for every line that has a *strange* byte."""
    if 4 * np.count_nonzero(strange) < len(ends):
        ok[np.searchsorted(ends, np.flatnonzero(strange))] = False
    else:
        ok &= ~np.logical_or.reduceat(strange, _starts(ends))


def _one_a_line(marks: Indices, starts: Indices, ends: Indices) -> tuple[Indices, Mask]:
    """Return for each line its one mark and True, or its start and False when it has none or several."""
    if len(marks) == len(ends) and (marks >= starts).all() and (marks < ends).all():
        return marks, np.ones(len(ends), np.bool_)
    line = np.searchsorted(ends, marks)
    ok = np.bincount(line, minlength=len(ends)) == 1
    place = starts.copy()
    place[line] = marks
    return np.where(ok, place, starts), ok


def _packed(mask: Mask) -> Indices:
    """Pack *mask*, as long as `_room` says: item i holds entries 16 * i to 16 * i + 63, the first lowest."""
    return window(np.packbits(mask, bitorder="little"), 8, "<i8")[::2].astype(np.int64)


def _bits(packed: Indices, starts: Indices) -> Indices:
    """Return for each start the entries from there on as bits, the first one lowest; 48 of them count."""
    bits = packed.take(starts >> 4)
    bits >>= starts & 15
    return bits


def _low_ones(count: Indices) -> Indices:
    """Return integers whose lowest *count* bits are set."""
    ones = np.left_shift(1, count)
    ones -= 1
    return ones


class _Decimal(NamedTuple):
    """A text as decimal numbers.

    `digit` marks the digits; `shapes` are these marks as `_packed` returns them. `value` holds at the last
    digit of a number its value modulo 256; of a number above 255 with three digits, one that is too
    small for three digits.
    """

    digit: Mask
    shapes: Indices
    value: Bytes


def _decimal(text: Bytes) -> _Decimal:
    marks = np.zeros(_room(len(text)), np.bool_)
    digit = marks[: len(text)]
    value = text - np.uint8(_ZERO)
    np.less(value, 10, out=digit)
    ones = digit.view(np.uint8)
    value *= ones
    hundreds = ones[2:] & ones[1:-1]
    hundreds *= value[:-2]
    if hundreds.max(initial=0) > 2:
        hundreds[hundreds > 2] = 0  # 256 to 299 leave less than 100 by themselves
    hundreds *= np.uint8(100)
    tens = value * np.uint8(10)
    value[1:] += tens[:-1]
    value[2:] += hundreds
    return _Decimal(digit, _packed(marks), value)


def _quads(numbers: _Decimal, starts: Indices, stops: Indices) -> tuple[NDArray[np.uint32], Mask]:
    """Read the four octets between each of *starts* and *stops*; any byte but a digit parts them."""
    shape = _bits(numbers.shapes, starts)
    shape &= len(_LAST_DIGITS) - 1
    last_digits = np.repeat(starts, 4)
    last_digits += _LAST_DIGITS.take(shape).view(np.uint8)
    octets = numbers.value.take(last_digits)
    ok = (octets >= _LEAST_OCTETS.take(shape).view(np.uint8)).view(np.uint32) == _FOUR_TRUE
    ok &= last_digits[::4] == stops - 1
    return octets.view("<u4").astype(np.uint32, copy=False), ok


class _Hexadecimal(NamedTuple):
    """A text as hexadecimal numbers and colons; all arrays are as long as `_room` says.

    `lower` holds at the last digit of a number its last two digits, `upper` the two before them.
    """

    text: Bytes
    digit: Mask
    colon: Mask
    upper: Bytes
    lower: Bytes


def _hexadecimal(text: Bytes) -> _Hexadecimal:
    buffer = np.empty(_room(len(text)), np.uint8)
    buffer[: len(text)] = text
    buffer[len(text) :] = _NEWLINE
    digit = (buffer - np.uint8(_ZERO)) < 10
    letter = buffer | np.uint8(0x20)
    letter -= np.uint8(ord("a"))
    digit |= letter < 6
    ones = digit.view(np.uint8)
    words = buffer.view(np.uint64)
    nibbles = words >> np.uint64(6)
    nibbles &= _LOW_BITS
    nibbles *= np.uint64(9)  # a letter has bit 6, and its low nibble is 9 short
    nibbles += words & _LOW_NIBBLES
    upper = nibbles.view(np.uint8)
    upper *= ones
    lower = upper.copy()
    lower[1:] += upper[:-1] * np.uint8(16)
    np.multiply(lower[:-2], ones[:-2], out=upper[2:])
    upper[2:] *= ones[1:-1]
    upper[:2] = 0
    return _Hexadecimal(buffer, digit, buffer == _COLON, upper, lower)


def _number_ends(digit: Mask) -> Mask:
    """Mark the last digit of every number."""
    return digit[:-1] > digit[1:]


class _Shape(NamedTuple):
    """The outline of one IPv6 address a line: whether it is one, and which of its groups are written.

    Bit k of `written` is for the k-th group; `::` stands for the groups whose bits are not set.
    """

    ok: Mask
    written: Bytes


def _shape(colon: Mask, starts: Indices, lengths: Indices) -> _Shape:
    """Judge the colons of one IPv6 address a line, taking all other bytes for hexadecimal digits."""
    line = _low_ones(np.minimum(lengths, _TOO_LONG_FOR_IPV6))
    colons = _bits(_packed(colon), starts)
    colons &= line
    digits = colons ^ line
    first_digits = digits & ~(digits << 1)
    gap = colons >> 1
    gap &= colons  # the first colon of "::"
    before_gap = gap - 1  # every bit when there is no gap
    lone = colons & ~(gap | (gap << 1))
    outer = (line ^ (line >> 1)) | 1
    pairs = digits & (digits >> 1)
    five_digits = pairs & (pairs >> 2) & (digits >> 4)
    ok = ((gap & before_gap) | (lone & outer) | five_digits) == 0
    count = np.bitwise_count(first_digits)
    ok &= np.where(gap == 0, count == 8, count < 8)
    before = np.bitwise_count(first_digits & before_gap)
    return _Shape(ok, _WRITTEN.take((count << np.uint8(4)) | before))


def _halves(
    numbers: _Hexadecimal, shape: _Shape, ends: Indices, last_digits: Mask
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the upper and lower 64 bits of the addresses of *shape*.

    *last_digits* marks the numbers that are groups, and whatever it likes in lines that are not ok.
    """
    numbered = np.flatnonzero(last_digits)
    if not shape.ok.all():
        counts = np.diff(np.searchsorted(numbered, ends), prepend=0)
        numbered = numbered[np.repeat(shape.ok, counts)]
    pairs = np.empty((len(numbered), 2), np.uint8)
    pairs[:, 0] = numbers.upper.take(numbered)
    pairs[:, 1] = numbers.lower.take(numbered)
    groups = pairs.view(np.uint16).ravel()
    if len(groups) != 8 * len(ends):
        written = np.unpackbits(shape.written * shape.ok, bitorder="little").view(np.bool_)
        spread = np.zeros(8 * len(ends), np.uint16)
        spread[np.flatnonzero(written)] = groups
        groups = spread
    halves = groups.view(">u8").reshape(len(ends), 2)
    return halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)


def _prefix_lengths(text: Bytes, slash: Indices, ends: Indices) -> tuple[Bytes, Mask]:
    """Read the decimal number from 0 to 128 between each slash and the end of its line."""
    width = ends - slash - 1
    ones, tens, hundreds = (text.take(ends - place) - np.uint8(_ZERO) for place in (1, 2, 3))
    tens *= width > 1
    hundreds *= width > 2
    length = ones + tens * np.uint8(10) + hundreds * np.uint8(100)
    ok = (width < 4) & (ones < 10) & (tens < 10) & (hundreds < 2)
    ok &= (length <= 128) & (length >= _LEAST.take(width, mode="clip"))
    return length, ok


def _quad_tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Tabulate the shapes of dotted quads: fifteen bits, set where a byte is a digit, the first byte lowest.

    Of each shape: the offset of each octet's last digit, and the least octet of that width, both with the
    last octet in the lowest byte. For what is no such shape, the least octets are 255, more than the
    one or two digits at the offset 0 can be.
    """
    last_digits, least = np.zeros(1 << 15, "<u4"), np.full(1 << 15, 0xFFFFFFFF, "<u4")
    for widths in product((1, 2, 3), repeat=4):
        ends = np.cumsum(widths) + np.arange(4)
        length = int(ends[3])
        shapes = slice((1 << length) - 1 - int((1 << ends[:3]).sum()), None, 2 << length)
        last_digits[shapes] = int.from_bytes(bytes((ends - 1).tolist()), "big")
        least[shapes] = int.from_bytes(_LEAST.take(widths).tobytes(), "big")
    return last_digits, least


_LAST_DIGITS, _LEAST_OCTETS = _quad_tables()
_DOTTED = np.array([f".{octet}" for octet in range(256)], "S4").view("<u4")
_HOST_BITS = np.array([(1 << min(max(128 - length, 0), 64)) - 1 for length in range(193)], np.uint64)
"""The host bits in the lower half of an address by prefix length; in its upper half by that plus 64."""
_WRITTEN = np.array(
    [0xFF ^ ((0xFF >> count) << before & 0xFF) for count in range(16) for before in range(16)], np.uint8
)
"""Of `count` groups, `before` of them before the gap, which are written; by 16 * count + before."""
