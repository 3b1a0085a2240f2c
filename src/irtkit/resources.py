"""Addresses and address ranges of both families: parsing, arithmetic, canonical text.

Integers inside, registry notation outside. It does not look anything up, does not know AS numbers or
domains, and holds no registry's opinion about a range beyond how the range is written.
"""

from __future__ import annotations

from functools import total_ordering
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

from irtkit.errors import RangeError

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
    from typing import Never, Self

__all__ = ["AddressRange", "format_address", "parse_address"]

_BITS = {4: 32, 6: 128}
_BLANKS = "".join(map(chr, range(0x21)))  # what the registry's software trims: every control character
_MAPPED = 0xFFFF  # the upper 96 bits of an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2)
_DOTTED_QUAD = "an IPv4 address: four numbers from 0 to 255 without leading zeros"
_IPV6 = "an IPv6 address without zone"


def parse_address(text: str) -> tuple[int, int]:
    """Return (family, value) of one address, the family being 4 or 6.

    Strict: four decimal octets without leading zeros, or an IPv6 address (RFC 4291, section 2.2)
    without zone; no blanks around it. `::ffff:192.0.2.1` is an IPv6 address.

    Raises: RangeError for every other text.
    """
    try:
        if ":" in text:
            return 6, int.from_bytes(inet_pton(AF_INET6, text), "big")
        return 4, int.from_bytes(inet_pton(AF_INET, text), "big")
    except (OSError, ValueError):
        raise _unexpected(text, 0, _IPV6 if ":" in text else _DOTTED_QUAD) from None


def format_address(family: int, value: int) -> str:
    """Return the text of an address: a dotted quad, or IPv6 as RFC 5952 recommends.

    IPv4-mapped addresses end in a dotted quad (`::ffff:192.0.2.1`), no other address does.

    Raises: RangeError when *value* is no address of *family*.
    """
    _check(family, value, value)
    if family == 4:
        return inet_ntop(AF_INET, value.to_bytes(4, "big"))
    if 0xFFFF < value < 1 << 32:  # some C libraries would write the deprecated ::192.0.2.1
        return f"::{value >> 16:x}:{value & 0xFFFF:x}"
    return inet_ntop(AF_INET6, value.to_bytes(16, "big"))


@total_ordering
class AddressRange:
    """A range of addresses of one family, *first* and *last* included; it need not be a prefix.

    Immutable and hashable. Ordered by (family, first, last), so of two ranges that begin together the
    smaller comes first.

    Raises: RangeError unless *family* is 4 or 6 and 0 <= first <= last <= the family's last address.
    """

    __slots__ = ("family", "first", "last")
    __match_args__ = ("family", "first", "last")

    family: int
    """4 or 6."""
    first: int
    """The first address as an integer."""
    last: int
    """The last address as an integer."""

    def __init__(self, family: int, first: int, last: int) -> None:
        _check(family, first, last)
        object.__setattr__(self, "family", family)
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "last", last)

    @classmethod
    def parse(cls, text: str, class_name: str | None = None) -> Self:
        """Read the value of an `inetnum:` or `inet6num:` attribute as the RIPE Database does.

        *class_name* is the class whose rule counts; without it a colon in *text* means `inet6num`.
        Comments (`#` to the end of the line) and blanks around the value are dropped.

        `inetnum`: a prefix whose trailing octets may be missing (`10/8`) and whose host bits are zero; a
        range `a - b`, blanks optional, missing octets zero; or one full dotted quad. Octets and
        prefix lengths are decimal numbers even with leading zeros, except in the single dotted quad.
        `inet6num`: a prefix, whose host bits are dropped, or one address; either may stand in brackets.

        Raises: RangeError with the column and what was expected; ValueError for another *class_name*.
        Cites: RIPE Database, syntax of `inetnum:` and `inet6num:` (release 1.124).
        """
        text = _without_comments(text)
        if class_name is None:
            class_name = "inet6num" if ":" in text else "inetnum"
        if class_name == "inetnum":
            return cls(*_inetnum(text))
        if class_name == "inet6num":
            return cls(*_inet6num(text))
        raise ValueError(f"class_name is 'inetnum' or 'inet6num', not {class_name!r}")

    @classmethod
    def parse_lenient(cls, text: str) -> Self:
        """Read a range in any registry's notation, and as people write it.

        Takes all that `parse` takes without a class name, and means the same by it: so LACNIC's short
        prefixes (`200.0/16`) and its IPv6 prefixes under `inetnum:`. Takes as well: IPv6 ranges `a - b` as
        ARIN writes them, IPv4 prefixes with host bits (dropped), leading zeros in every octet, brackets
        around any IPv6 address, IPv4-mapped addresses (as IPv6), and blanks around `/` and `-`.

        Raises: RangeError with the column and what was expected.
        """
        return cls(*_lenient(_without_comments(text)))

    @classmethod
    def from_prefix(cls, family: int, first: int, length: int) -> Self:
        """Return the prefix of *length* bits that begins at *first*.

        Raises: RangeError for a length the family does not have, or host bits that are not zero.
        """
        shift = _BITS.get(family, -1) - length
        if length < 0 or shift < 0:
            raise RangeError(f"expected a prefix length of IPv4 or IPv6, found {length} for family {family}")
        if first & (1 << shift) - 1:
            raise RangeError(f"expected zero host bits, found {format_address(family, first)}/{length}")
        return cls(family, first, first | (1 << shift) - 1)

    @classmethod
    def from_network(cls, network: IPv4Network | IPv6Network) -> Self:
        """Return the range of a network of the standard library's `ipaddress`."""
        return cls(network.version, int(network.network_address), int(network.broadcast_address))

    @classmethod
    def from_address(cls, address: IPv4Address | IPv6Address) -> Self:
        """Return the range of one address of the standard library's `ipaddress`; a zone is dropped."""
        return cls(address.version, int(address), int(address))

    @staticmethod
    def of(item: AddressRange | IPv4Address | IPv6Address | IPv4Network | IPv6Network | str) -> AddressRange:
        """Return the range that *item* names; a string is read by `parse`.

        Raises: RangeError for a string that names none; TypeError for an item of another type.
        """
        if isinstance(item, AddressRange):
            return item
        if isinstance(item, str):
            return AddressRange.parse(item)
        from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network  # noqa: PLC0415 - slow, rare

        if isinstance(item, IPv4Address | IPv6Address):
            return AddressRange.from_address(item)
        if isinstance(item, IPv4Network | IPv6Network):
            return AddressRange.from_network(item)
        raise TypeError(f"expected a range, a network, an address or its text, not {type(item).__name__}")

    @property
    def size(self) -> int:
        """The number of addresses, at least 1."""
        return self.last - self.first + 1

    @property
    def prefix_length(self) -> int | None:
        """The number of leading bits all addresses share, or None when the range is no prefix."""
        host_bits = self.first ^ self.last
        if host_bits & (host_bits + 1) or self.first & host_bits:
            return None
        return _BITS[self.family] - host_bits.bit_length()

    @property
    def is_prefix(self) -> bool:
        """Whether one prefix covers exactly these addresses."""
        return self.prefix_length is not None

    @property
    def canonical(self) -> str:
        """The range as the registry stores it: the primary key of the object.

        IPv4: `192.0.2.0 - 192.0.2.255`, for prefixes too. IPv6 prefixes: `2001:db8::/32`, lower case; of
        equally long runs of zero groups the registry shortens the last, even a single group, where
        RFC 5952 shortens the first and no single group. Other IPv6 ranges, which no RPSL registry
        takes: `first - last`, the addresses as `format_address` writes them.
        """
        if self.family == 6 and (length := self.prefix_length) is not None:
            return f"{_shortened(self.first)}/{length}"
        return f"{format_address(self.family, self.first)} - {format_address(self.family, self.last)}"

    def prefixes(self) -> Iterator[AddressRange]:
        """Yield the fewest prefixes that together are this range, in address order.

        Lazy; at most 62 prefixes for IPv4 and 254 for IPv6.
        """
        first, beyond = self.first, self.last + 1
        while first < beyond:
            aligned = first & -first or 1 << _BITS[self.family]
            size = min(aligned, 1 << (beyond - first).bit_length() - 1)
            yield AddressRange(self.family, first, first + size - 1)
            first += size

    def overlaps(self, other: AddressRange) -> bool:
        """Whether the two ranges share an address; ranges of different families never do."""
        return self.family == other.family and self.first <= other.last and other.first <= self.last

    def __contains__(
        self, item: AddressRange | IPv4Address | IPv6Address | IPv4Network | IPv6Network | str | int
    ) -> bool:
        """Whether the whole of *item* lies inside; an integer is an address of this range's family.

        Raises: as `of` does.
        """
        if isinstance(item, int):
            return self.first <= item <= self.last
        inner = AddressRange.of(item)
        return self.family == inner.family and self.first <= inner.first and inner.last <= self.last

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AddressRange):
            return NotImplemented
        return self.last == other.last and self.first == other.first and self.family == other.family

    def __lt__(self, other: AddressRange) -> bool:
        if not isinstance(other, AddressRange):
            return NotImplemented
        return (self.family, self.first, self.last) < (other.family, other.first, other.last)

    def __hash__(self) -> int:
        return hash((self.family, self.first, self.last))

    def __str__(self) -> str:
        return self.canonical

    def __repr__(self) -> str:
        return f"<AddressRange {self.canonical}>"

    def __reduce__(self) -> tuple[type[Self], tuple[int, int, int]]:
        return type(self), (self.family, self.first, self.last)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"an AddressRange is immutable: cannot set {name!r}")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError(f"an AddressRange is immutable: cannot delete {name!r}")


def _check(family: int, first: int, last: int) -> None:
    if family not in _BITS:
        raise RangeError(f"expected family 4 or 6, found {family!r}")
    if not 0 <= first <= last < 1 << _BITS[family]:
        raise RangeError(f"expected 0 <= first <= last < 2**{_BITS[family]} for IPv{family}, found {first} and {last}")


def _unexpected(text: str, offset: int, expected: str) -> RangeError:
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    return RangeError(f"{shown!r}, column {offset + 1}: expected {expected}")


def _without_comments(text: str) -> str:
    if "#" not in text:
        return text
    return "\n".join(line.partition("#")[0] for line in text.split("\n"))


def _inetnum(text: str) -> tuple[int, int, int]:
    if (slash := text.find("/")) >= 0:
        first = _filled_quad(text, 0, slash)
        mask = _host_mask(text, slash + 1, 32, _BLANKS)
        if first & mask:
            prefix = f"{format_address(4, first & ~mask)}/{32 - mask.bit_length()}"
            raise _unexpected(text, 0, f"zero host bits, as in {prefix}")
        return 4, first, first | mask
    if (dash := text.find("-")) >= 0:
        return _ordered(text, dash, 4, _filled_quad(text, 0, dash), _filled_quad(text, dash + 1, len(text)))
    start, address = _trimmed(text, 0, len(text))
    family, value = _address(text, start, address, _DOTTED_QUAD)
    if family == 6:
        if value >> 32 != _MAPPED:  # the registry's software takes a mapped address for the IPv4 address
            raise _unexpected(text, start, _DOTTED_QUAD)
        value &= (1 << 32) - 1
    return 4, value, value


def _inet6num(text: str) -> tuple[int, int, int]:
    start, value_text = _trimmed(text, 0, len(text))
    address, slash, _ = value_text.partition("/")  # no blanks around the slash
    mask = _host_mask(text, start + len(address) + 1, 128, "") if slash else 0
    family, value = _address(text, start, _without_brackets(address), "an IPv6 prefix or address, no range")
    if family == 4 or value >> 32 == _MAPPED:
        raise _unexpected(text, start, "an IPv6 prefix or address, and no IPv4 one in disguise")
    return 6, value & ~mask, value | mask


def _lenient(text: str) -> tuple[int, int, int]:
    if (slash := text.find("/")) >= 0:
        family, value = _loose_address(text, 0, slash)
        mask = _host_mask(text, slash + 1, _BITS[family], _BLANKS)
        return family, value & ~mask, value | mask
    if (dash := text.find("-")) >= 0:
        family, first = _loose_address(text, 0, dash)
        other, last = _loose_address(text, dash + 1, len(text))
        if other != family:
            raise _unexpected(text, dash + 1, f"an IPv{family} address, as before the dash")
        return _ordered(text, dash, family, first, last)
    family, value = _loose_address(text, 0, len(text))
    if family == 4 and text.count(".") != 3:
        raise _unexpected(text, 0, "an address, a prefix or a range")
    return family, value, value


def _loose_address(text: str, start: int, stop: int) -> tuple[int, int]:
    at, address = _trimmed(text, start, stop)
    address = _without_brackets(address)
    return _address(text, at, address, _IPV6) if ":" in address else (4, _filled_quad(text, start, stop))


def _ordered(text: str, dash: int, family: int, first: int, last: int) -> tuple[int, int, int]:
    if first > last:
        raise _unexpected(text, dash + 1, f"{format_address(family, first)} or a later address")
    return family, first, last


def _trimmed(text: str, start: int, stop: int) -> tuple[int, str]:
    """Return where the part begins that is left of text[start:stop] without blanks, and the part."""
    part = text[start:stop].lstrip(_BLANKS)
    return stop - len(part), part.rstrip(_BLANKS)


def _without_brackets(address: str) -> str:
    return address[1:-1] if address[:1] == "[" and address[-1:] == "]" else address


def _address(text: str, start: int, address: str, expected: str) -> tuple[int, int]:
    try:
        return parse_address(address)
    except RangeError:
        raise _unexpected(text, start, expected) from None


def _filled_quad(text: str, start: int, stop: int) -> int:
    """Read one to four octets, `192.0.2` as 192.0.2.0."""
    start, part = _trimmed(text, start, stop)
    octets = part.split(".", 4)
    if len(octets) > 4:
        raise _unexpected(text, start, "at most four octets")
    value = 0
    for octet in octets:
        number = _decimal(octet)
        if number is None or number > 255:
            raise _unexpected(text, start, "an octet from 0 to 255")
        value = value << 8 | number
        start += len(octet) + 1
    return value << 8 * (4 - len(octets))


def _host_mask(text: str, start: int, bits: int, blanks: str) -> int:
    """Read a prefix length from *start* to the end; return the mask of the bits behind it."""
    length = _decimal(text[start:].lstrip(blanks).rstrip(_BLANKS))
    if length is None or length > bits:
        raise _unexpected(text, start, f"a prefix length from 0 to {bits}")
    return (1 << bits - length) - 1


def _decimal(digits: str) -> int | None:
    """Return a small number as the registry's software reads it (Java's parseInt), or None.

    Leading zeros and a plus are nothing to it, and -0 is 0.
    """
    unsigned = digits[1:] if digits[:1] in ("+", "-") else digits
    if not (unsigned.isascii() and unsigned.isdigit()):
        return None
    significant = unsigned.lstrip("0")
    if len(significant) > 3 or (significant and digits[0] == "-"):
        return None
    return int(significant or "0")


def _shortened(value: int) -> str:
    """Return an IPv6 address with the last of its longest runs of zero groups as `::`."""
    groups = [value >> shift & 0xFFFF for shift in range(112, -1, -16)]
    for length in range(8, 0, -1):
        for start in range(8 - length, -1, -1):
            if not any(groups[start : start + length]):
                return f"{_joined(groups[:start])}::{_joined(groups[start + length :])}"
    return _joined(groups)


def _joined(groups: list[int]) -> str:
    return ":".join(f"{group:x}" for group in groups)
