"""Addresses, prefixes and ranges as values, by themselves and in the lists that hold them.

What a range is, `irtkit.resources` knows. Here stands which notation an attribute takes.
"""

import re
from socket import AF_INET, inet_pton
from typing import Final

from irtkit.errors import RangeError
from irtkit.resources import AddressRange, parse_address
from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Fault, Finder, Row, Syntax
from irtkit.schema.syntaxes.names import when_given

__all__ = [
    "INET6NUM",
    "INETNUM",
    "ROWS",
    "find_more_specifics_fault",
    "find_prefix_range_fault",
    "find_range_fault",
    "find_single_address_fault",
    "is_plain_range",
]

_CITATION = "RIPE whois 1.124: AttributeSyntax, {}"
_IRRD = "IRRd 4.5: rpsl.fields, {}"

_REASON = re.compile(r".*, column (\d+): (expected .*)", re.DOTALL)
"""How a `RangeError` ends: where and what was expected."""
_BITS: Final = {4: 32, 6: 128}

_PREFIX_RANGE = re.compile(r"(?P<address>[^/^]*)/(?P<length>[0-9]{1,9})(?P<operator>\^.*)?", re.DOTALL)
_OPERATOR = re.compile(r"\^(?:[+-]|(?P<n>[0-9]{1,9})(?:-(?P<m>[0-9]{1,9}))?)")


def find_range_fault(value: str, class_name: str) -> Fault | None:
    """Return why *value* is no `inetnum` or no `inet6num`, as *class_name* says."""
    try:
        AddressRange.parse(value, class_name)
    except RangeError as error:
        return _as_fault(value, error)
    return None


def find_single_address_fault(value: str) -> Fault | None:
    """Return why *value* is not one address of either family; a prefix or range of one address is one."""
    class_name = "inet6num" if ":" in value else "inetnum"
    try:
        size = AddressRange.parse(value, class_name).size
    except RangeError as error:
        return _as_fault(value, error)
    return None if size == 1 else Fault(0, len(value), f"{shown(value)} is {size} addresses, not one")


def find_prefix_range_fault(value: str, families: str = "46") -> Fault | None:
    """Return why *value* is no prefix, followed or not by `^-`, `^+`, `^n` or `^n-m`.

    *families* are the digits 4 and 6, or one of them. All four octets are given, and the host bits of
    an IPv4 prefix are zero; those of an IPv6 prefix do not matter (RIPE's AddressPrefixRange).
    """
    match = _PREFIX_RANGE.fullmatch(value)
    if match is None:
        return Fault(0, max(1, len(value)), f"{shown(value) if value else 'nothing'} is not a prefix")
    address, length, operator = match["address"], int(match["length"]), match["operator"]
    try:
        family, _ = parse_address(address[1:-1] if address[:1] + address[-1:] == "[]" else address)
    except RangeError:
        return Fault(0, max(1, len(address)), f"{shown(address)} is not a complete address")
    if str(family) not in families:
        return Fault(
            0, len(address), f"{shown(address)} is an IPv{family} address, and no other family is allowed here"
        )
    prefix = value[: match.end("length")]
    if fault := find_range_fault(prefix, "inetnum" if family == 4 else "inet6num"):
        return fault
    if operator is None:
        return None
    return find_more_specifics_fault(operator, match.start("operator"), length, _BITS[family])


def find_more_specifics_fault(operator: str, offset: int, shortest: int, longest: int) -> Fault | None:
    """Return why *operator*, which stands at *offset*, is none of `^-`, `^+`, `^n` and `^n-m`.

    The numbers ascend and lie between *shortest* and *longest*.
    """
    match = _OPERATOR.fullmatch(operator)
    if match is None:
        return Fault(offset, len(operator), f"{shown(operator)} is none of ^-, ^+, ^n and ^n-m")
    if match["n"] is None:
        return None
    n, m = int(match["n"]), int(match["m"] or match["n"])
    if n < shortest:
        message = f"{shown(operator)} is about prefixes shorter than /{shortest}"
    elif m > longest:
        message = f"{shown(operator)} is about prefixes longer than /{longest}"
    elif m < n:
        message = f"{shown(operator)} ends before it begins"
    else:
        return None
    return Fault(offset, len(operator), message)


def _as_fault(value: str, error: RangeError) -> Fault:
    if not value:
        return Fault(0, 1, "the value is empty")
    reason = _REASON.fullmatch(str(error))
    if reason is None:
        return Fault(0, len(value), str(error))
    offset = min(int(reason[1]) - 1, len(value))
    rest = value[offset:]
    return Fault(offset, max(1, len(rest)), f"{reason[2]}, found {shown(rest) if rest else 'nothing'}")


def is_plain_range(value: str) -> bool:
    """Return whether *value* is a range of IPv4 addresses as registries store it, `192.0.2.0 - 192.0.2.255`."""
    first, dash, last = value.partition(" - ")
    try:
        return bool(dash) and inet_pton(AF_INET, first) <= inet_pton(AF_INET, last)
    except (OSError, ValueError):
        return False


def _inetnum(value: str) -> Fault | None:
    return None if is_plain_range(value) else find_range_fault(value, "inetnum")


def _inet6num(value: str) -> Fault | None:
    return find_range_fault(value, "inet6num")


def _only_prefixes(finder: Finder) -> Finder:
    def find_fault(value: str) -> Fault | None:
        if (dash := value.find("-")) >= 0:
            return Fault(dash, 1, "a range stands where a prefix is expected")
        if value and "/" not in value:
            return Fault(len(value), 1, "the prefix length is missing")
        return finder(value)

    return find_fault


def _strict_prefix(family: int) -> Finder:
    def find_fault(value: str) -> Fault | None:
        if fault := find_prefix_range_fault(value, str(family)):
            return fault
        address, slash, length = value.partition("/")
        if address[:1] == "[" or "^" in length:
            return Fault(0, len(value), f"{shown(value)} is not a plain prefix")
        host_bits = (1 << _BITS[family] - int(length)) - 1
        if parse_address(address)[1] & host_bits:
            return Fault(0, len(address), f"{shown(address)} has host bits that are not zero for {slash}{length}")
        return None

    return find_fault


INETNUM = Syntax(
    name="range of IPv4 addresses",
    expected="a range, a prefix without host bits or one IPv4 address",
    example="192.0.2.0 - 192.0.2.255",
    citation=_CITATION.format("IPV4_SYNTAX"),
    finder=_inetnum,
)
INET6NUM = Syntax(
    name="IPv6 prefix",
    expected="an IPv6 prefix or one address",
    example="2001:db8::/32",
    citation=_CITATION.format("IPV6_SYNTAX"),
    finder=_inet6num,
)
ROUTE = Syntax(
    name="IPv4 prefix",
    expected="an IPv4 prefix without host bits",
    example="192.0.2.0/24",
    citation=_CITATION.format("ROUTE_SYNTAX"),
    finder=_only_prefixes(_inetnum),
)
ROUTE6 = Syntax(
    name="IPv6 prefix",
    expected="an IPv6 prefix",
    example="2001:db8::/32",
    citation=_CITATION.format("ROUTE6_SYNTAX"),
    finder=_only_prefixes(_inet6num),
)
PINGABLE = Syntax(
    name="address",
    expected="one IPv4 or IPv6 address",
    example="192.0.2.1",
    citation=_CITATION.format("PINGABLE_SYNTAX"),
    finder=find_single_address_fault,
)
IRRD_RANGE = Syntax(
    name=INETNUM.name,
    expected=INETNUM.expected,
    example=INETNUM.example,
    citation=f"{_IRRD.format('RPSLIPv4AddressRangeField')}, which takes commas and some shorter spellings as well",
    finder=_inetnum,
)
IRRD_PREFIX = Syntax(
    name="IPv4 prefix",
    expected="an IPv4 prefix of four octets, without host bits",
    example="192.0.2.0/24",
    citation=_IRRD.format("RPSLIPv4PrefixField"),
    finder=_strict_prefix(4),
)
IRRD_PREFIX6 = Syntax(
    name="IPv6 prefix",
    expected="an IPv6 prefix without host bits",
    example="2001:db8::/32",
    citation=_IRRD.format("RPSLIPv6PrefixField"),
    finder=_strict_prefix(6),
)
IRRD_HOLES = Syntax(
    name="IPv4 prefixes",
    expected=IRRD_PREFIX.expected,
    example=IRRD_PREFIX.example,
    citation=_IRRD.format("RPSLIPv4PrefixesField"),
    finder=when_given(IRRD_PREFIX.finder),
)
IRRD_HOLES6 = Syntax(
    name="IPv6 prefixes",
    expected=IRRD_PREFIX6.expected,
    example=IRRD_PREFIX6.example,
    citation=_IRRD.format("RPSLIPv6PrefixesField"),
    finder=when_given(IRRD_PREFIX6.finder),
)

ROWS = (
    Row(INETNUM, "inetnum"),
    Row(INETNUM, "holes", classes="route"),
    Row(INET6NUM, "inet6num"),
    Row(INET6NUM, "holes", classes="route6"),
    Row(ROUTE, "route"),
    Row(ROUTE6, "route6"),
    Row(PINGABLE, "pingable"),
    Row(IRRD_RANGE, "inetnum", registries="irrd"),
    Row(IRRD_PREFIX, "route", registries="irrd"),
    Row(IRRD_PREFIX6, "route6 inet6num", registries="irrd"),
    Row(IRRD_HOLES, "holes", classes="route", registries="irrd"),
    Row(IRRD_HOLES6, "holes", classes="route6", registries="irrd"),
)
"""Syntaxes of addresses, with the attributes that have them."""
