"""The languages of routing policies (RFC 2622, RFC 4012), as RIPE's server reads them.

« and » stand around what a fault points at, as in `test_syntaxes.py`.
"""

import pytest

from irtkit.schema.syntax import Fault, Syntax
from irtkit.schema.syntaxes import ROWS, find_syntax

ACCEPTED: dict[str, tuple[str, ...]] = {
    "aut-num import": (
        "from AS64496 accept ANY",
        "FROM AS64496 ACTION PREF=10; ACCEPT <^AS64496+$>",
        "from AS64496 action pref = 10; med = igp_cost; next_hop = self; accept {192.0.2.0/24}",
        "from AS64496 action community.append(64496:1, no_export, 4294967295); accept PeerAS",
        "from AS64496 action aspath.prepend(AS64496, AS64496); dpa = 5; cost = 1; accept AS64496^24-32",
        "from AS64496 192.0.2.1 at 192.0.2.2 action pref = 1; from AS64497 accept AS-EXAMPLE",
        "from AS64496:AS-PEERS accept (PeerAS OR RS-EXAMPLE^+) AND NOT (FLTR-EXAMPLE OR FLTR-OTHER)",
        "from PRNG-EXAMPLE accept AS64496 AS64497 {192.0.2.0/24^-}",
        "from (AS64496 or AS64497) except AS64498 router1.example.net at RTRS-EXAMPLE accept ANY;",
        "protocol STATIC into BGP4 from AS64496 accept community.contains(64496:1)",
        "{ from AS64496 accept ANY; from AS64497 accept AS64497; } refine from AS64498 accept AS64498;",
        "from AS64496 accept ANY; except from AS64497 accept AS64497;",
    ),
    "aut-num export": (
        "to AS64496 announce ANY",
        "to AS64496 action med = 0; community .= {64496:1, 64497:2}; announce <[AS64496 - AS64511]>",
        "to AS64496 to AS64497 announce AS64496 AS-EXAMPLE",
        "to AS64496 announce <^AS64496 .* (AS64497|[^AS64498-AS64511 AS-EXAMPLE])~+ PeerAS? $>",
    ),
    "aut-num mp-import": (
        "afi ipv6.unicast from AS64496 2001:db8::1 at 2001:db8::2 accept {2001:db8::/32^48}",
        "afi ipv4, ipv6.multicast from AS64496 accept {192.0.2.0/24, 2001:db8::/32}",
        "from AS64496 action next_hop = 2001:db8::1; accept ANY",
    ),
    "aut-num mp-export": ("afi any to AS64496 announce ANY",),
    "aut-num import-via": (
        "afi ipv6.unicast AS64496 2001:db8::1 from AS64497 accept AS-EXAMPLE",
        "AS64496 from AS64497 action pref=100; AS64498 from AS64499 accept ANY",
    ),
    "aut-num export-via": ("afi ipv4.unicast AS64496 to AS64497 action pref=100; announce AS-EXAMPLE",),
    "aut-num default": ("to AS64496", "to AS64496 action pref=100; networks ANY"),
    "aut-num mp-default": ("afi ipv6.unicast to AS64496 networks {2001:db8::/32}",),
    "filter-set filter": ("AS64496", "{}", "{192.0.2.0/24, 198.51.100.0/24^+}^25", "NOT NOT <AS64496>", "pref = 1"),
    "filter-set mp-filter": ("{2001:db8::/32^48-64} AND AS-EXAMPLE^128",),
    "peering-set peering": ("AS64496", "PRNG-EXAMPLE", "AS64496 at router1.example.net"),
    "peering-set mp-peering": ("AS64496 2001:db8::1 at 2001:db8::2",),
    "inet-rtr peer": (
        "BGP4 192.0.2.1 asno(AS64496)",
        "BGP4 RTRS-EXAMPLE asno(PeerAS), flap_damp()",
        "BGP4 192.0.2.1 flap_damp(1, 2, 3, 4, 5, 6), asno(AS64496)",
        "OSPF router1.example.net",
    ),
    "inet-rtr mp-peer": ("MPBGP 2001:db8::1 asno(AS64496)",),
    "inet-rtr ifaddr": ("192.0.2.1 masklen 24", "192.0.2.1 masklen 24 action pref = 1;"),
    "inet-rtr interface": ("192.0.2.1 masklen 32", "2001:db8::1 masklen 128 tunnel 2001:db8::2, GRE"),
    "route inject": ("at 192.0.2.1 action pref = 1; upon static", "upon have-components {192.0.2.0/25} and exclude {}"),
    "route6 inject": ("upon have-components {2001:db8::/33}",),
    "route components": (
        "atomic",
        "{192.0.2.0/24^25}",
        "atomic AS64496 protocol BGP4 {192.0.2.0/24} protocol OSPF ANY",
    ),
    "route6 components": ("{2001:db8::/32^48}",),
    "route export-comps": ("{192.0.2.0/25, 192.0.2.128/25}",),
    "route6 export-comps": ("{2001:db8::/33}",),
    "route aggr-bndry": ("AS64496 or (AS64497 and AS-EXAMPLE) except AS64498",),
    "route aggr-mtd": ("inbound", "outbound", "outbound AS64496 or AS64497"),
}
"""Policies that are well-formed, by class and attribute."""

REFUSED: tuple[tuple[str, str, str], ...] = (
    ("aut-num import", "from AS64496«»", 'the value ends where "accept" is expected'),
    ("aut-num import", "«to» AS64496 announce ANY", '"to" stands where "from" is expected'),
    (
        "aut-num import",
        "from «AS4294967296» accept ANY",
        '"AS4294967296" stands where an AS number or an as-set is expected',
    ),
    (
        "aut-num import",
        "from AS64496 action pref=«65536»; accept ANY",
        '"65536" is no number of 16 bits: at most 65535',
    ),
    ("aut-num import", "from AS64496 action pref=10 «accept» ANY", '"accept" stands where ";" is expected'),
    ("aut-num import", "from AS64496 action «accept» ANY", '"accept" stands where an action is expected'),
    ("aut-num import", "from AS64496 accept (ANY«»", 'the value ends where ")" is expected'),
    ("aut-num import", "from AS64496 accept ANY«)»", '")" stands where the end of the value is expected'),
    (
        "aut-num import",
        "from AS64496 accept ANY «refine» from AS64497 accept ANY",
        '"refine" stands where the end of the value is expected',
    ),
    (
        "aut-num import",
        "from AS64496 accept ANY; refine from AS64497 accept ANY«»",
        'the value ends where ";" is expected',
    ),
    ("aut-num import", "from AS64496 «2001:db8::1» accept ANY", '"2001:db8::1" stands where "accept" is expected'),
    ("aut-num import", "from AS64496 «192.0.2.300» accept ANY", '"192.0.2.300" is not an address'),
    (
        "aut-num import",
        "from AS64496 accept <AS64496«{»2}>",
        '"{" stands where an AS number, an as-set or ">" is expected',
    ),
    (
        "aut-num import",
        "from AS64496 accept <(AS64496 «>»",
        '">" stands where an AS number, an as-set or ")" is expected',
    ),
    ("aut-num import", "from AS64496 accept <«>»", '">" stands where an AS number or an as-set is expected'),
    ("aut-num import", "from AS64496 accept <[«AS64511-AS64496»]>", '"AS64511-AS64496" ends before it begins'),
    ("aut-num import", "from AS64496 accept {192.0.2.0/«33»}", '"33" is not a prefix length of an IPv4 prefix'),
    (
        "aut-num import",
        "from AS64496 accept {«2001:db8::/32»}",
        '"2001:db8::/32" stands where an IPv4 prefix is expected',
    ),
    (
        "aut-num import",
        "from AS64496 accept {192.0.2.0/24 «198.51.100.0/24»}",
        '"198.51.100.0/24" stands where "," or "}" is expected',
    ),
    ("aut-num import", "from AS64496 accept AS64496«^33»", '"^33" is about prefixes longer than /32'),
    (
        "aut-num import",
        "from AS64496 action community.append(«65536»:1); accept ANY",
        '"65536" is more than 16 bits of a community',
    ),
    ("aut-num import", "from «AS64496:EXAMPLE» accept ANY", '"AS64496:EXAMPLE" is not the name of a set'),
    ("aut-num import", "from «AS-EXAMPLE:RS-EXAMPLE» accept ANY", '"AS-EXAMPLE:RS-EXAMPLE" is not the name of a set'),
    ("aut-num export", "to AS64496 «accept» ANY", '"accept" stands where "announce" is expected'),
    ("aut-num mp-import", "«ipv6».unicast from AS64496 accept ANY", '"ipv6" stands where "from" is expected'),
    (
        "aut-num mp-import",
        "afi ipv6.«anycast» from AS64496 accept ANY",
        '"anycast" stands where "unicast" or "multicast" is expected',
    ),
    (
        "aut-num mp-import",
        "afi «ipv5» from AS64496 accept ANY",
        '"ipv5" stands where an address family (ipv4, ipv6 or any) is expected',
    ),
    (
        "aut-num import-via",
        "afi ipv6.unicast «from» AS64496 accept ANY",
        '"from" stands where an AS number or an as-set is expected',
    ),
    ("aut-num default", "to AS64496 «accept» ANY", '"accept" stands where the end of the value is expected'),
    ("filter-set filter", "AS64496 AND«»", "the value ends where a filter is expected"),
    ("filter-set filter", "«EXAMPLE»", '"EXAMPLE" stands where a filter is expected'),
    ("peering-set peering", "AS64496 at«»", "the value ends where a router is expected"),
    ("peering-set peering", f"AS64496 «{'a' * 64}»", "a label has at most 63 characters"),
    ("inet-rtr peer", "BGP4 192.0.2.1«»", 'the value ends where "asno" is expected'),
    ("inet-rtr peer", "«BGP5» 192.0.2.1 asno(AS64496)", '"BGP5" stands where a routing protocol is expected'),
    ("inet-rtr ifaddr", "«2001:db8::1» masklen 64", '"2001:db8::1" stands where an IPv4 address is expected'),
    ("inet-rtr ifaddr", "192.0.2.1 masklen «33»", '"33" is no length of a mask: at most 32'),
    (
        "inet-rtr interface",
        "192.0.2.1 masklen 24 «tunnel» 2001:db8::2, GRE",
        '"tunnel" stands where the end of the value is expected',
    ),
    ("route inject", "at «AS64496»", '"AS64496" stands where a router is expected'),
    ("route components", "atomic «OR» {192.0.2.0/24}", '"OR" stands where the end of the value is expected'),
    ("route6 components", "{«192.0.2.0/24»}", '"192.0.2.0/24" stands where an IPv6 prefix is expected'),
    ("route export-comps", "{192.0.2.0/25}«,» {192.0.2.128/25}", '"," stands where the end of the value is expected'),
    ("route aggr-bndry", "AS64496 and «or» AS64497", '"or" stands where an AS number or an as-set is expected'),
    ("route aggr-mtd", "inbound «AS64496»", '"AS64496" stands where the end of the value is expected'),
)
"""Policies that are not, and what is said of them."""


def syntax_of(place: str) -> Syntax:
    """The syntax of "class attribute" at RIPE."""
    syntax = find_syntax("ripe", *place.split())
    assert syntax is not None, place
    return syntax


@pytest.mark.parametrize(("place", "value"), [(place, value) for place in ACCEPTED for value in ACCEPTED[place]])
def test_a_well_formed_policy_has_no_fault(place: str, value: str) -> None:
    """Keywords may be in any case, and blanks stand only where words would run together."""
    assert syntax_of(place).find_fault(value) is None
    assert syntax_of(place).find_fault(value.swapcase()) is None


@pytest.mark.parametrize(("place", "marked", "message"), REFUSED)
def test_a_fault_names_the_word_and_what_was_expected(place: str, marked: str, message: str) -> None:
    """The first word that cannot stand where it does is at fault, or the end of the value."""
    before, _, rest = marked.partition("«")
    found, _, after = rest.partition("»")
    fault = syntax_of(place).find_fault(before + found + after)
    assert fault == Fault(len(before), max(1, len(found)), message)


def test_every_policy_is_tried() -> None:
    """Each syntax that has a parser at RIPE stands in the table above."""
    tried = {id(syntax_of(place)) for place in ACCEPTED}
    names = {row.attributes for row in ROWS if "RFC 2622, " in row.syntax.citation or "RFC 4012" in row.syntax.citation}
    assert {row.attributes for row in ROWS if id(row.syntax) in tried} == names


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("filter-set filter", "{}ANY{}"),
        ("peering-set peering", "{}AS64496{}"),
        ("route inject", "upon {}static{}"),
    ],
)
def test_parentheses_nest_as_deep_as_they_like(place: str, value: str) -> None:
    """Twenty thousand of them neither exhaust the stack nor take long."""
    find_fault, deep = syntax_of(place).find_fault, 20_000
    assert find_fault(value.format("(" * deep, ")" * deep)) is None
    unclosed = find_fault(value.format("(" * deep, ")" * (deep - 1)))
    assert unclosed is not None
    assert unclosed.message == 'the value ends where ")" is expected'
    assert find_fault(value.format("(" * deep, ")" * (deep + 1))) is not None
