"""AS numbers, names of sets, their members, and who may create routes.

The policy languages, in which such names occur as well, are in `irtkit.schema.syntaxes.policies`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from irtkit.errors import RangeError
from irtkit.resources import parse_address
from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Blemish, Fault, Finder, Row, Syntax, anything, compiled, matching
from irtkit.schema.syntaxes.addresses import INET6NUM, find_more_specifics_fault, find_prefix_range_fault
from irtkit.schema.syntaxes.hosts import INET_RTR, IRRD_HOST
from irtkit.schema.syntaxes.names import irrd_name, when_given

__all__ = ["ROWS", "find_as_number_fault"]

_CITATION = "RIPE whois 1.124: {}"
_IRRD = "IRRd 4.5: rpsl.fields, {}"

_LAST_AS = 4294967295
_AS_DIGITS = re.compile(r"AS([0-9]{1,18})", re.IGNORECASE | re.ASCII)
_LONGEST_SET_NAME = 80
_IRRD_COMPONENTS = 5
_IRRD_NAME = irrd_name(allowed=("AS-", "RS-", "RTRS-", "FLTR-", "PRNG-"))

_NO_AS_NUMBER = matching(
    r"(?!)",  # never: only its blemishes are asked for
    Blemish(compiled(r"\A(?!AS).{1,2}"), "{} stands where AS is expected"),
    Blemish(compiled(r"\AAS([^0-9]++|\Z)"), "AS is followed by {}, not by a number"),
    Blemish(compiled(r"\AAS[0-9]*+([^0-9]++)"), "{} is not a digit"),
    otherwise="{} is too long for an AS number",
)


def find_as_number_fault(value: str) -> Fault | None:
    """Return why *value* is not AS and a number from 0 to 4294967295 without a leading zero."""
    match = _AS_DIGITS.fullmatch(value)
    if match is None:
        return _NO_AS_NUMBER(value)
    digits = match[1]
    if digits[0] == "0" and digits.strip("0"):
        return Fault(2, len(digits), f"{shown(digits)} begins with a zero")
    return _beyond_last(digits)


def _loose_as_number(value: str) -> Fault | None:
    """Judge an AS number that may begin with zeros."""
    match = _AS_DIGITS.fullmatch(value)
    return _NO_AS_NUMBER(value) if match is None else _beyond_last(match[1])


def _beyond_last(digits: str) -> Fault | None:
    if int(digits) <= _LAST_AS:
        return None
    return Fault(2, len(digits), f"{shown(digits)} is beyond the last AS number, {_LAST_AS}")


def _as_block(value: str) -> Fault | None:
    first, dash, last = value.partition("-")
    first, start = first.rstrip(" "), len(value) - len(last.lstrip(" "))
    if fault := _loose_as_number(first):
        return fault
    if not dash:
        return Fault(len(value), 1, "the hyphen and the last AS number are missing")
    if fault := _loose_as_number(value[start:]):
        return fault.moved(start)
    if int(first[2:]) > int(value[start + 2 :]):
        return Fault(0, len(value), f"{shown(value)} ends before it begins")
    return None


@dataclass(frozen=True, slots=True)
class _SetName:
    """The rule for the names of one kind of set; *what* is that kind, with its article."""

    prefix: str
    what: str
    is_name: Callable[[str], object]

    def __call__(self, value: str) -> Fault | None:
        if not value:
            return Fault(0, 1, "the value is empty")
        if (beyond := len(value) - _LONGEST_SET_NAME) > 0:
            return Fault(_LONGEST_SET_NAME, beyond, f"the name has more than {_LONGEST_SET_NAME} characters")
        offset = 0
        components = value.split(":")
        for component in components:
            if fault := self._find_component_fault(component):
                return fault.moved(offset)
            offset += len(component) + 1
        if any(map(self.is_name, components)):
            return None
        return Fault(0, len(value), f"no part of {shown(value)} is the name of {self.what}")

    def _find_component_fault(self, component: str) -> Fault | None:
        if self.is_name(component):
            return None
        if component[: len(self.prefix) + 1].upper() == f"{self.prefix}-":
            return _NO_SET_NAME(component)
        fault = find_as_number_fault(component)
        if fault is None and len(component) <= len(self.prefix):  # RIPE's server wants at least so many characters
            return Fault(0, len(component), f"{shown(component)} is too short to stand in the name of {self.what}")
        if fault is None or _AS_DIGITS.match(component):
            return fault
        if not component:
            return Fault(0, 1, "no part of the name stands before or behind the colon")
        return Fault(0, len(component), f"{shown(component)} is neither an AS number nor the name of {self.what}")


def _set_name(prefix: str, what: str) -> Finder:
    return _SetName(prefix, what, compiled(rf"{prefix}-[A-Z0-9_-]*[A-Z0-9]").fullmatch)


_NO_SET_NAME = matching(
    r"(?!)",  # never: only its blemishes are asked for
    Blemish(compiled(r"[^A-Z0-9_-]++"), "{} cannot stand in a name"),
    Blemish(compiled(r"(?<![_-])[_-]++\Z"), "{} cannot end a name"),
    otherwise="{} is not a name",
)


def _irrd_set_name(what: str, *prefixes: str) -> Finder:
    def find_fault(value: str) -> Fault | None:
        components = value.split(":")
        if len(components) > _IRRD_COMPONENTS:
            return Fault(0, len(value), f"the name has more than {_IRRD_COMPONENTS} parts")
        offset, named = 0, False
        for component in components:
            begins = component.upper().startswith(prefixes)
            named = named or begins
            if _loose_as_number(component) is not None:
                fault = _IRRD_NAME(component)
                if fault is None and not begins:
                    fault = Fault(
                        0, len(component), f"{shown(component)} is neither an AS number nor the name of {what}"
                    )
                if fault:
                    return fault.moved(offset)
            offset += len(component) + 1
        return None if named else Fault(0, max(1, len(value)), f"no part of {shown(value)} is the name of {what}")

    return find_fault


_AS_SET_NAME = _set_name("AS", "an as-set")
_ROUTE_SET_NAME = _set_name("RS", "a route-set")
_RTR_SET_NAME = _set_name("RTRS", "a rtr-set")
_IRRD_AS_SET_NAME = _irrd_set_name("an as-set", "AS-")
_IRRD_RTR_SET_NAME = _irrd_set_name("a rtr-set", "RTRS-")


def _member_of_as_set(value: str) -> Fault | None:
    fault = find_as_number_fault(value)
    return fault and (_AS_SET_NAME(value) if ":" in value or value[2:3] == "-" else fault)


def _member_of_route_set(families: str) -> Finder:
    def find_fault(value: str) -> Fault | None:
        if "/" in value:
            return find_prefix_range_fault(value, families)
        name, caret, operator = value.rpartition("^")
        if caret:
            operator_fault = find_more_specifics_fault(f"^{operator}", len(name), 0, 128)
            return _ROUTE_SET_NAME(name) or operator_fault
        fault = _ROUTE_SET_NAME(value)
        return fault and (None if _member_of_as_set(value) is None else _no_member(value, fault))

    return find_fault


def _no_member(value: str, fault: Fault) -> Fault:
    if not value or value[:3].upper() == "RS-":
        return fault
    if value[:3].upper() == "AS-":
        return _AS_SET_NAME(value) or fault
    return Fault(0, len(value), f"{shown(value)} is no prefix, route-set, as-set or AS number")


def _member_of_rtr_set(value: str) -> Fault | None:
    fault = INET_RTR.find_fault(value)
    return fault and (_RTR_SET_NAME(value) if ":" in value or value[:5].upper() == "RTRS-" else fault)


def _mp_member_of_rtr_set(value: str) -> Fault | None:
    if _member_of_rtr_set(value) is None:
        return None
    if "/" in value or value.count(":") > 1:
        return INET6NUM.find_fault(value)
    return _member_of_rtr_set(value)


_MNT_ROUTES = compiled(r"[A-Z][A-Z0-9_-]{1,80}(?: +(?:ANY|\{(.*)\}))?")
_LISTED = re.compile(r"[^ ,]++")
_NO_MNT_ROUTES = matching(
    r"(?!)",  # never: only its blemishes are asked for
    Blemish(compiled(r"\A[^A-Z]"), "{} cannot begin the name of a maintainer"),
    Blemish(compiled(r"\A([^ ])(?: |\Z)"), "{} is too short for the name of a maintainer"),
    Blemish(compiled(r"\A[A-Z0-9_-]*+([^A-Z0-9_ -][^ ]*+)"), "{} cannot stand in the name of a maintainer"),
    Blemish(compiled(r"\A[^ ]{81}([^ ]++)"), "{} is beyond the 81 characters that are read of a maintainer"),
    Blemish(compiled(r"\A[^ ]++ ++(?=\{)[^}]*+()\Z"), "{} closes the list, as a brace does"),
    Blemish(compiled(r"\A[^ ]++ ++\{.*\}(.++)\Z"), "{} follows the list"),
    Blemish(compiled(r"\A[^ ]++ ++(.++)"), "{} is neither ANY nor a list in braces"),
    otherwise="{} is not a maintainer with its routes",
)


def _mnt_routes(value: str) -> Fault | None:
    match = _MNT_ROUTES.fullmatch(value)
    if match is None:
        return _NO_MNT_ROUTES(value)
    if match[1] is None:
        return None
    for listed in _LISTED.finditer(value, *match.span(1)):
        if fault := find_prefix_range_fault(listed[0]):
            return fault.moved(listed.start())
    return None


def _irrd_route_set_member(families: str) -> Finder:
    is_set_name = _irrd_set_name("a route-set or as-set", "RS-", "AS-")

    def find_fault(value: str) -> Fault | None:
        name, caret, operator = value.partition("^")
        if caret and not operator:
            return Fault(len(value), 1, "no number, + or - follows ^")
        if is_set_name(name) is None or _loose_as_number(name) is None:
            return None
        if "/" not in name:
            try:
                family = parse_address(name)[0]
            except RangeError:
                return Fault(0, max(1, len(name)), f"{shown(name)} is no prefix, route-set, as-set or AS number")
            name += "/32" if family == 4 else "/128"
            return find_prefix_range_fault(f"{name}{caret}{operator}", families)
        return find_prefix_range_fault(value, families)

    return find_fault


def _irrd_as_set_member(value: str) -> Fault | None:
    return None if _loose_as_number(value) is None else _IRRD_AS_SET_NAME(value)


def _irrd_rtr_set_member(value: str) -> Fault | None:
    fault = IRRD_HOST.find_fault(value)
    return fault and _IRRD_RTR_SET_NAME(value)


AS_NUMBER = Syntax(
    name="AS number",
    expected=f"AS and a number from 0 to {_LAST_AS}, without a leading zero",
    example="AS64496",
    citation=_CITATION.format("attrs.AutNum"),
    finder=find_as_number_fault,
)
IRRD_AS_NUMBER = Syntax(
    name="AS number",
    expected=f"AS and a number from 0 to {_LAST_AS}",
    example="AS64496",
    citation=_IRRD.format("RPSLASNumberField"),
    finder=_loose_as_number,
)
AS_BLOCK = Syntax(
    name="range of AS numbers",
    expected="two AS numbers with a hyphen between them, the lower first",
    example="AS64496 - AS64511",
    citation=_CITATION.format("attrs.AsBlockRange"),
    finder=_as_block,
)
IRRD_AS_BLOCK = Syntax(
    name=AS_BLOCK.name,
    expected=AS_BLOCK.expected,
    example=AS_BLOCK.example,
    citation=_IRRD.format("RPSLASBlockField"),
    finder=_as_block,
)
MNT_ROUTES = Syntax(
    name="maintainer of routes",
    expected="a maintainer, and then ANY or a list of prefixes in braces, if any",
    example="EXAMPLE-MNT {192.0.2.0/24^+}",
    citation=_CITATION.format("attrs.MntRoutes"),
    finder=_mnt_routes,
)


def _set_names(prefix: str, what: str) -> Syntax:
    return Syntax(
        name=f"name of {what}",
        expected=f"{prefix}- and then letters, digits, _ and -, the last a letter or digit; or several such names and"
        " AS numbers, with colons between them; at most 80 characters",
        example=f"AS64496:{prefix}-EXAMPLE",
        citation=_CITATION.format("attrs.SetObject"),
        finder=_set_name(prefix, what),
    )


def _irrd_set_names(prefix: str, what: str, *, listed: bool = False) -> Syntax:
    finder = _irrd_set_name(what, f"{prefix}-")
    return Syntax(
        name=f"name of {what}",
        expected=f"up to five names that begin with {prefix}- and AS numbers, with colons between them",
        example=f"AS64496:{prefix}-EXAMPLE",
        citation=_IRRD.format("parse_set_name"),
        finder=when_given(finder) if listed else finder,
    )


def _members(what: str, expected: str, example: str, finder: Finder, citation: str) -> Syntax:
    return Syntax(name=f"member of {what}", expected=expected, example=example, citation=citation, finder=finder)


_MEMBERS = _CITATION.format("AttributeSyntax, MEMBERS_SYNTAX")
_MP_MEMBERS = _CITATION.format("AttributeSyntax, MP_MEMBERS_SYNTAX")
_OF_ROUTE_SET = "prefix, which ^+, ^-, ^n or ^n-m may follow, a route-set, an as-set or an AS number"
_OF_RTR_SET = "the name of a router or rtr-set, or an IPv4"

AS_SET = _set_names("AS", "an as-set")
ROUTE_SET = _set_names("RS", "a route-set")
RTR_SET = _set_names("RTRS", "a rtr-set")

ROWS = (
    Row(AS_NUMBER, "aut-num origin local-as"),
    Row(AS_BLOCK, "as-block"),
    Row(MNT_ROUTES, "mnt-routes"),
    Row(AS_SET, "as-set"),
    Row(AS_SET, "member-of", classes="aut-num"),
    Row(ROUTE_SET, "route-set"),
    Row(ROUTE_SET, "member-of", classes="route route6"),
    Row(RTR_SET, "rtr-set"),
    Row(RTR_SET, "member-of", classes="inet-rtr"),
    Row(_set_names("FLTR", "a filter-set"), "filter-set"),
    Row(_set_names("PRNG", "a peering-set"), "peering-set"),
    Row(
        _members("an as-set", "an AS number or the name of an as-set", "AS64496", _member_of_as_set, _MEMBERS),
        "members",
        classes="as-set",
    ),
    Row(
        _members("a route-set", f"an IPv4 {_OF_ROUTE_SET}", "192.0.2.0/24^+", _member_of_route_set("4"), _MEMBERS),
        "members",
        classes="route-set",
    ),
    Row(
        _members("a route-set", f"a {_OF_ROUTE_SET}", "2001:db8::/32^48", _member_of_route_set("46"), _MP_MEMBERS),
        "mp-members",
        classes="route-set",
    ),
    Row(
        _members("a rtr-set", f"{_OF_RTR_SET} address", "router1.example.net", _member_of_rtr_set, _MEMBERS),
        "members",
        classes="rtr-set",
    ),
    Row(
        _members("a rtr-set", f"{_OF_RTR_SET} or IPv6 address", "2001:db8::1", _mp_member_of_rtr_set, _MP_MEMBERS),
        "mp-members",
        classes="rtr-set",
    ),
    Row(
        Syntax(
            name="maintainers, or ANY",
            expected="a maintainer, or ANY",
            example="EXAMPLE-MNT",
            citation=_CITATION.format("AttributeSyntax, MBRS_BY_REF_SYNTAX, which takes anything"),
            finder=anything,
        ),
        "mbrs-by-ref",
    ),
    Row(IRRD_AS_NUMBER, "aut-num origin local-as", registries="irrd"),
    Row(IRRD_AS_BLOCK, "as-block", registries="irrd"),
    Row(_irrd_set_names("AS", "an as-set"), "as-set", registries="irrd"),
    Row(_irrd_set_names("RS", "a route-set"), "route-set", registries="irrd"),
    Row(_irrd_set_names("RTRS", "a rtr-set"), "rtr-set", registries="irrd"),
    Row(_irrd_set_names("FLTR", "a filter-set"), "filter-set", registries="irrd"),
    Row(_irrd_set_names("PRNG", "a peering-set"), "peering-set", registries="irrd"),
    Row(_irrd_set_names("AS", "an as-set", listed=True), "member-of", classes="aut-num", registries="irrd"),
    Row(_irrd_set_names("RS", "a route-set", listed=True), "member-of", classes="route route6", registries="irrd"),
    Row(_irrd_set_names("RTRS", "a rtr-set", listed=True), "member-of", classes="inet-rtr", registries="irrd"),
    Row(
        _members(
            "an as-set",
            "an AS number or the name of an as-set",
            "AS64496",
            when_given(_irrd_as_set_member),
            _IRRD.format("RPSLReferenceListField"),
        ),
        "members",
        classes="as-set",
        registries="irrd",
    ),
    Row(
        _members(
            "a route-set",
            f"an IPv4 {_OF_ROUTE_SET}",
            "192.0.2.0/24^+",
            when_given(_irrd_route_set_member("4")),
            _IRRD.format("RPSLRouteSetMembersField"),
        ),
        "members",
        classes="route-set",
        registries="irrd",
    ),
    Row(
        _members(
            "a route-set",
            f"a {_OF_ROUTE_SET}",
            "2001:db8::/32^48",
            when_given(_irrd_route_set_member("46")),
            _IRRD.format("RPSLRouteSetMembersField"),
        ),
        "mp-members",
        classes="route-set",
        registries="irrd",
    ),
    Row(
        _members(
            "a rtr-set",
            "the name of a router or rtr-set",
            "router1.example.net",
            when_given(_irrd_rtr_set_member),
            _IRRD.format("RPSLReferenceListField"),
        ),
        "members mp-members",
        classes="rtr-set",
        registries="irrd",
    ),
)
"""Syntaxes of AS numbers, sets and their members, with the attributes that have them."""
