"""Routing policies and what else is written in their language, by attribute.

The grammar is that of RFC 2622 and RFC 4012, as RIPE's server reads it where that is narrower:

    policy      = [ "protocol" name ] [ "into" name ] term *( ( "refine" / "except" ) term )
    term        = [ "afi" families ] ( "{" 1*( factor ";" ) "}" / factor ";" )      a single ";" may be missing
    default     = [ "afi" families ] "to" peering [ "action" actions ] [ "networks" filter ]
    inject      = [ "at" routers ] [ "action" actions ] [ "upon" conditions ]
    components  = [ "atomic" ] [ filter ] *( "protocol" name filter )
    peer        = protocol router [ "asno(" as ")" [ "," "flap_damp(" numbers ")" ] ]
    interface   = address "masklen" n [ "action" actions ] [ "tunnel" address "," encapsulation ]

`export` has "to" and "announce" where `import` has "from" and "accept"; "afi" is only in the `mp-` and `-via`
attributes. Deviations: "afi any" is taken in `mp-default`, an operator `^n` may go up to 128 where IPv6 is allowed,
and an empty value is never valid. The server takes no repetition counts (`AS64496{2}`) in a regular expression
of AS paths, nor does this.
"""

from collections.abc import Callable

from irtkit.schema.syntax import Fault, Finder, Row, Syntax
from irtkit.schema.syntaxes.policy_reader import PROTOCOLS, PolicyReader
from irtkit.schema.syntaxes.policy_tokens import Kind, UnexpectedToken

__all__ = ["ROWS"]

_ENCAPSULATIONS = ("GRE", "IPV6INIPV4", "IPINIP", "DVMRP")
_SIXTEEN_BITS = 65535


def _reading(read: Callable[[PolicyReader], object], *, prefixes: str = "4", addresses: str = "4") -> Finder:
    """Return what finds a fault where *read* does not come to the end of the value."""

    def find_fault(value: str) -> Fault | None:
        if not value:
            return Fault(0, 1, "the value is empty")
        try:
            reader = PolicyReader(value, prefixes=prefixes, addresses=addresses)
            read(reader)
            reader.end()
        except UnexpectedToken as unexpected:
            return unexpected.fault
        return None

    return find_fault


def _default(reader: PolicyReader) -> None:
    reader.expect("TO")
    reader.peering()
    if reader.accept("ACTION"):
        reader.actions()
    if reader.accept("NETWORKS"):
        reader.filter()


def _mp_default(reader: PolicyReader) -> None:
    reader.optional_families()
    _default(reader)


def _aggregation(reader: PolicyReader) -> None:
    if reader.expect("INBOUND", "OUTBOUND") == "OUTBOUND" and reader.token.kind is not Kind.END:
        reader.as_expression()


def _components(reader: PolicyReader) -> None:
    reader.accept("ATOMIC")
    if reader.begins_filter():
        reader.filter()
    while reader.accept("PROTOCOL"):
        reader.expect("BGP4", *PROTOCOLS, what="a routing protocol")
        reader.filter()


def _inject(reader: PolicyReader) -> None:
    if reader.accept("AT"):
        reader.router_expression()
    if reader.accept("ACTION"):
        reader.actions()
    if reader.accept("UPON"):
        reader.expression(lambda: _injection(reader), "OR", "AND")


def _injection(reader: PolicyReader) -> None:
    if reader.expect("STATIC", "HAVE-COMPONENTS", "EXCLUDE") != "STATIC":
        reader.prefix_list()


def _interface(reader: PolicyReader) -> None:
    kind = reader.expect_kind(Kind.IPV4, Kind.IPV6, what="an address").kind
    reader.only_family("4" if kind is Kind.IPV4 else "6")
    reader.expect("MASKLEN")
    reader.expect_number(32 if kind is Kind.IPV4 else 128, "a length of a mask")
    if reader.accept("ACTION"):
        reader.actions()
    if kind is Kind.IPV6 and reader.accept("TUNNEL"):
        reader.expect_kind(Kind.IPV6)
        reader.expect(",")
        reader.expect(*_ENCAPSULATIONS)


def _interface_address(reader: PolicyReader) -> None:
    if reader.token.kind is Kind.IPV6:
        reader.refuse("an IPv4 address")
    _interface(reader)


def _peer(*protocols: str) -> Callable[[PolicyReader], None]:
    """Return what reads a peer; *protocols* are those that need options."""

    def read(reader: PolicyReader) -> None:
        protocol = reader.expect(*protocols, *PROTOCOLS, what="a routing protocol")
        if reader.token.kind is Kind.PEERING_SET:
            reader.advance()
        else:
            reader.router()
        if protocol not in protocols:
            return
        if reader.token.key == "FLAP_DAMP":
            _flap_damp(reader)
            reader.expect(",")
            _as_option(reader)
        else:
            _as_option(reader)
            if reader.accept(","):
                _flap_damp(reader)

    return read


def _as_option(reader: PolicyReader) -> None:
    reader.expect("ASNO")
    reader.expect("(")
    if not reader.accept("PEERAS"):
        reader.expect_kind(Kind.AS_NUMBER)
    reader.expect(")")


def _flap_damp(reader: PolicyReader) -> None:
    reader.expect("FLAP_DAMP")
    reader.expect("(")
    if reader.accept(")"):
        return
    for closing in (",",) * 5 + (")",):
        reader.expect_number(_SIXTEEN_BITS, "a number of 16 bits")
        reader.expect(closing)


_IMPORT = "[protocol …] [into …] from <peering> [action …;] accept <filter>"
_EXPORT = "[protocol …] [into …] to <peering> [action …;] announce <filter>"
_DEFAULT = "to <peering> [action …;] [networks <filter>]"
_PEERING = "a peering-set, or an AS expression with routers or without"
_PEER = "a protocol, a router, rtr-set or peering-set, and the options of BGP4"
_INTERFACE = "masklen and a length, [action …;]"
_FILTER = "prefixes in braces, ASes and sets, <paths> and actions, joined by and, or and not"
_INJECT = "[at <router>] [action …;] [upon static, have-components {…} or exclude {…}]"
_COMPONENTS = "[atomic] [<filter>] [protocol … <filter>]"
_MP = {"prefixes": "46", "addresses": "46"}


def _syntax(name: str, expected: str, example: str, citation: str, finder: Finder) -> Syntax:
    return Syntax(
        name=name, expected=expected, example=example, citation=f"RIPE whois 1.124: {citation}", finder=finder
    )


def _policy(attribute: str, expected: str, example: str, parser: str, *, families: bool = False) -> Row:
    """Return the row of an import or export policy; the attribute's name says which it is."""
    source, verdict = ("FROM", "ACCEPT") if "import" in attribute else ("TO", "ANNOUNCE")
    via = attribute.endswith("-via")
    allowed = "46" if families else "4"
    finder = _reading(
        lambda reader: reader.policy(source, verdict, families=families, via=via), prefixes=allowed, addresses=allowed
    )
    standard = "RFC 4012, section 2.5" if families else "RFC 2622, section 6"
    return Row(_syntax(f"{attribute} policy", expected, example, f"{parser}; {standard}", finder), attribute)


ROWS = (
    _policy("import", _IMPORT, "from AS64496 action pref=100; accept AS64496", "ImportParser"),
    _policy("export", _EXPORT, "to AS64496 announce AS-EXAMPLE", "ExportParser"),
    _policy(
        "mp-import",
        f"[afi …] {_IMPORT}",
        "afi ipv6.unicast from AS64496 accept AS-EXAMPLE",
        "MpImportParser",
        families=True,
    ),
    _policy(
        "mp-export", f"[afi …] {_EXPORT}", "afi ipv6.unicast to AS64496 announce ANY", "MpExportParser", families=True
    ),
    _policy(
        "import-via",
        "[afi …] <peering> from <peering> [action …;] accept <filter>",
        "afi ipv4.unicast AS64496 from AS64497 accept AS-EXAMPLE",
        "ImportViaParser",
        families=True,
    ),
    _policy(
        "export-via",
        "[afi …] <peering> to <peering> [action …;] announce <filter>",
        "afi ipv4.unicast AS64496 to AS64497 announce AS-EXAMPLE",
        "ExportViaParser",
        families=True,
    ),
    Row(
        _syntax(
            "default policy",
            _DEFAULT,
            "to AS64496 networks ANY",
            "DefaultParser; RFC 2622, section 6.5",
            _reading(_default),
        ),
        "default",
    ),
    Row(
        _syntax(
            "mp-default policy",
            f"[afi …] {_DEFAULT}",
            "afi ipv6.unicast to AS64496 networks ANY",
            "MpDefaultParser; RFC 4012, section 2.5",
            _reading(_mp_default, **_MP),
        ),
        "mp-default",
    ),
    Row(
        _syntax(
            "filter",
            _FILTER,
            "AS64496 and not {192.0.2.0/24^+}",
            "FilterParser; RFC 2622, section 5.4",
            _reading(PolicyReader.filter),
        ),
        "filter",
    ),
    Row(
        _syntax(
            "filter",
            _FILTER,
            "{2001:db8::/32^+}",
            "MpFilterParser; RFC 4012, section 2.5.2",
            _reading(PolicyReader.filter, **_MP),
        ),
        "mp-filter",
    ),
    Row(
        _syntax(
            "peering",
            _PEERING,
            "AS64496 192.0.2.1 at 192.0.2.2",
            "PeeringParser; RFC 2622, section 5.6",
            _reading(PolicyReader.peering),
        ),
        "peering",
    ),
    Row(
        _syntax(
            "peering",
            _PEERING,
            "AS64496 2001:db8::1 at 2001:db8::2",
            "MpPeeringParser; RFC 4012, section 4.4",
            _reading(PolicyReader.peering, **_MP),
        ),
        "mp-peering",
    ),
    Row(
        _syntax(
            "peer",
            _PEER,
            "BGP4 192.0.2.1 asno(AS64496)",
            "PeerParser; RFC 2622, section 9",
            _reading(_peer("BGP4")),
        ),
        "peer",
    ),
    Row(
        _syntax(
            "peer",
            f"{_PEER} and MPBGP",
            "MPBGP 2001:db8::1 asno(AS64496)",
            "MpPeerParser; RFC 4012, section 4.5",
            _reading(_peer("BGP4", "MPBGP"), **_MP),
        ),
        "mp-peer",
    ),
    Row(
        _syntax(
            "address of an interface",
            f"an IPv4 address, {_INTERFACE}",
            "192.0.2.1 masklen 24",
            "IfaddrParser; RFC 2622, section 9",
            _reading(_interface_address),
        ),
        "ifaddr",
    ),
    Row(
        _syntax(
            "address of an interface",
            f"an address, {_INTERFACE} [tunnel …]",
            "2001:db8::1 masklen 64",
            "InterfaceParser; RFC 4012, section 4.5",
            _reading(_interface, **_MP),
        ),
        "interface",
    ),
    Row(
        _syntax(
            "injection of an aggregate",
            _INJECT,
            "at 192.0.2.1 upon have-components {192.0.2.0/25}",
            "InjectParser; RFC 2622, section 8.1",
            _reading(_inject),
        ),
        "inject",
        classes="route",
    ),
    Row(
        _syntax(
            "injection of an aggregate",
            _INJECT,
            "upon have-components {2001:db8::/33}",
            "InjectR6Parser; RFC 4012, section 4.1",
            _reading(_inject, prefixes="6", addresses="46"),
        ),
        "inject",
        classes="route6",
    ),
    Row(
        _syntax(
            "components of an aggregate",
            _COMPONENTS,
            "atomic {192.0.2.0/24^25}",
            "ComponentsParser; RFC 2622, section 8.1",
            _reading(_components),
        ),
        "components",
        classes="route",
    ),
    Row(
        _syntax(
            "components of an aggregate",
            _COMPONENTS,
            "{2001:db8::/32^48}",
            "ComponentsR6Parser; RFC 4012, section 4.1",
            _reading(_components, prefixes="6", addresses="6"),
        ),
        "components",
        classes="route6",
    ),
    Row(
        _syntax(
            "exported components",
            _FILTER,
            "{192.0.2.0/25}",
            "FilterParser; RFC 2622, section 8.1",
            _reading(PolicyReader.filter),
        ),
        "export-comps",
        classes="route",
    ),
    Row(
        _syntax(
            "exported components",
            _FILTER,
            "{2001:db8::/33}",
            "V6FilterParser; RFC 4012, section 4.1",
            _reading(PolicyReader.filter, prefixes="6", addresses="6"),
        ),
        "export-comps",
        classes="route6",
    ),
    Row(
        _syntax(
            "boundary of an aggregation",
            "AS numbers and as-sets, joined by or, and and except",
            "AS64496 or AS64497",
            "AggrBndryParser; RFC 2622, section 8.1",
            _reading(PolicyReader.as_expression),
        ),
        "aggr-bndry",
    ),
    Row(
        _syntax(
            "method of an aggregation",
            "inbound, or outbound with an AS expression or without",
            "outbound AS64496",
            "AggrMtdParser; RFC 2622, section 8.1",
            _reading(_aggregation),
        ),
        "aggr-mtd",
    ),
)
"""Syntaxes of policies, with the attributes that have them."""
