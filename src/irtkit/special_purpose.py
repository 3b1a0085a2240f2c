"""The address blocks nobody holds: IANA's special-purpose and multicast registries as data.

An address in one of them has no holder, so a contact search ends there. Blocks that IANA marks as
globally reachable (192.0.0.9/32, AS112, ...) are listed too, but only to be exempt. It does not judge
unallocated space: that is a registry's answer, not a special purpose.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import pairwise

from irtkit.resources import AddressRange

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CITATION", "REGISTRY", "special_purpose", "special_purpose_ranges"]

CITATION = (
    "IANA IPv4 and IPv6 Special-Purpose Address Space (RFC 6890, RFC 8190), both last updated 2025-10-09; "
    "IANA IPv4 and IPv6 Multicast Address Space (RFC 5771, RFC 4291)"
)
"""Where `REGISTRY` comes from and how old it is."""

REGISTRY: tuple[tuple[str, str, bool | None, str], ...] = (
    ("0.0.0.0/8", '"This network"', False, "RFC 791, section 3.2"),
    ("0.0.0.0/32", '"This host on this network"', False, "RFC 1122, section 3.2.1.3"),
    ("10.0.0.0/8", "Private-Use", False, "RFC 1918"),
    ("100.64.0.0/10", "Shared Address Space", False, "RFC 6598"),
    ("127.0.0.0/8", "Loopback", False, "RFC 1122, section 3.2.1.3"),
    ("169.254.0.0/16", "Link Local", False, "RFC 3927"),
    ("172.16.0.0/12", "Private-Use", False, "RFC 1918"),
    ("192.0.0.0/24", "IETF Protocol Assignments", False, "RFC 6890, section 2.1"),
    ("192.0.0.0/29", "IPv4 Service Continuity Prefix", False, "RFC 7335"),
    ("192.0.0.8/32", "IPv4 dummy address", False, "RFC 7600"),
    ("192.0.0.9/32", "Port Control Protocol Anycast", True, "RFC 7723"),
    ("192.0.0.10/32", "Traversal Using Relays around NAT Anycast", True, "RFC 8155"),
    ("192.0.0.170/31", "NAT64/DNS64 Discovery", False, "RFC 8880, RFC 7050, section 2.2"),
    ("192.0.2.0/24", "Documentation (TEST-NET-1)", False, "RFC 5737"),
    ("192.31.196.0/24", "AS112-v4", True, "RFC 7535"),
    ("192.52.193.0/24", "AMT", True, "RFC 7450"),
    ("192.88.99.0/24", "Deprecated (6to4 Relay Anycast)", None, "RFC 7526"),
    ("192.88.99.2/32", "6a44-relay anycast address", False, "RFC 6751"),
    ("192.168.0.0/16", "Private-Use", False, "RFC 1918"),
    ("192.175.48.0/24", "Direct Delegation AS112 Service", True, "RFC 7534"),
    ("198.18.0.0/15", "Benchmarking", False, "RFC 2544"),
    ("198.51.100.0/24", "Documentation (TEST-NET-2)", False, "RFC 5737"),
    ("203.0.113.0/24", "Documentation (TEST-NET-3)", False, "RFC 5737"),
    ("224.0.0.0/4", "Multicast", None, "RFC 5771"),
    ("240.0.0.0/4", "Reserved", False, "RFC 1112, section 4"),
    ("255.255.255.255/32", "Limited Broadcast", False, "RFC 8190, RFC 919, section 7"),
    ("::/128", "Unspecified Address", False, "RFC 4291"),
    ("::1/128", "Loopback Address", False, "RFC 4291"),
    ("::ffff:0:0/96", "IPv4-mapped Address", False, "RFC 4291"),
    ("64:ff9b::/96", "IPv4-IPv6 Translat.", True, "RFC 6052"),
    ("64:ff9b:1::/48", "IPv4-IPv6 Translat.", False, "RFC 8215"),
    ("100::/64", "Discard-Only Address Block", False, "RFC 6666"),
    ("100:0:0:1::/64", "Dummy IPv6 Prefix", False, "RFC 9780"),
    ("2001::/23", "IETF Protocol Assignments", False, "RFC 2928"),
    ("2001::/32", "TEREDO", None, "RFC 4380, RFC 8190"),
    ("2001:1::1/128", "Port Control Protocol Anycast", True, "RFC 7723"),
    ("2001:1::2/128", "Traversal Using Relays around NAT Anycast", True, "RFC 8155"),
    ("2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", True, "RFC 9665"),
    ("2001:2::/48", "Benchmarking", False, "RFC 5180, RFC Errata 1752"),
    ("2001:3::/32", "AMT", True, "RFC 7450"),
    ("2001:4:112::/48", "AS112-v6", True, "RFC 7535"),
    ("2001:10::/28", "Deprecated (previously ORCHID)", None, "RFC 4843"),
    ("2001:20::/28", "ORCHIDv2", True, "RFC 7343"),
    ("2001:30::/28", "Drone Remote ID Protocol Entity Tags (DETs) Prefix", True, "RFC 9374"),
    ("2001:db8::/32", "Documentation", False, "RFC 3849"),
    ("2002::/16", "6to4", None, "RFC 3056"),
    ("2620:4f:8000::/48", "Direct Delegation AS112 Service", True, "RFC 7534"),
    ("3fff::/20", "Documentation", False, "RFC 9637"),
    ("5f00::/16", "Segment Routing (SRv6) SIDs", False, "RFC 9602"),
    ("fc00::/7", "Unique-Local", False, "RFC 4193, RFC 8190"),
    ("fe80::/10", "Link-Local Unicast", False, "RFC 4291"),
    ("ff00::/8", "Multicast", None, "RFC 4291, section 2.7"),
)
"""The registries' rows: (prefix, name, globally reachable, document), names as IANA spells them.

None under *globally reachable* is the registries' N/A, an emptied cell, or multicast, which has no such
column. The two single addresses of NAT64/DNS64 Discovery are one row here.
"""


def special_purpose(family: int, value: int) -> str | None:
    """Return the name of the special-purpose block that holds an address, or None.

    The smallest block decides: inside 192.0.0.0/24 the globally reachable 192.0.0.9 is None.

    Cost: one binary search among about 30 (IPv4) or 25 (IPv6) segments; the first call builds them.
    Raises: KeyError when *family* is neither 4 nor 6.
    """
    firsts, lasts, names = _columns()[family]
    row = bisect_right(firsts, value) - 1
    return names[row] if row >= 0 and value <= lasts[row] else None


@cache
def special_purpose_ranges() -> tuple[tuple[int, int, int, str], ...]:
    """Return the disjoint segments of special purpose: (family, first, last, name), sorted.

    The same answers as `special_purpose`, for those who search many addresses at once.
    """
    return (*_segments(4), *_segments(6))


def _segments(family: int) -> Iterator[tuple[int, int, int, str]]:
    """Yield what is left of each block of *family* without the smaller blocks inside it."""
    blocks = [
        (block, name, reachable)
        for prefix, name, reachable, _ in REGISTRY
        if (block := AddressRange.parse_lenient(prefix)).family == family
    ]
    blocks.sort(key=lambda row: row[0].size)
    cuts = sorted({edge for block, _, _ in blocks for edge in (block.first, block.last + 1)})
    for first, beyond in pairwise(cuts):
        smallest = next((row for row in blocks if first in row[0]), None)
        if smallest is not None and not smallest[2]:
            yield family, first, beyond - 1, smallest[1]


@cache
def _columns() -> dict[int, tuple[list[int], list[int], list[str]]]:
    columns: dict[int, tuple[list[int], list[int], list[str]]] = {4: ([], [], []), 6: ([], [], [])}
    for family, first, last, name in special_purpose_ranges():
        firsts, lasts, names = columns[family]
        firsts.append(first)
        lasts.append(last)
        names.append(name)
    return columns
