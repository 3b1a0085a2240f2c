"""Reads the expressions of the routing policy languages: peerings, actions, filters.

Grammar (RFC 2622, sections 5 and 6; RFC 4012), as RIPE's server reads it where that is narrower:

    factor      = 1*( [ peering ] "from" peering [ "action" 1*( action ";" ) ] ) "accept" filter
    peering     = peering-set / as-expr [ router-expr ] [ "at" router-expr ]
    filter      = operand / "not" filter / filter [ "and" / "or" ] filter / "(" filter ")"
    operand     = "any" / "<" path ">" / action / filter-set / ( set / "{" prefixes "}" ) [ "^" more-specifics ]

Nothing here recurses: an expression is a loop with a count of open parentheses, because that is all it takes to
say whether one is well-formed. Which attribute has which policy is in `irtkit.schema.syntaxes.policies`.
"""

from collections.abc import Callable
from typing import Final

from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Fault
from irtkit.schema.syntaxes.addresses import find_more_specifics_fault
from irtkit.schema.syntaxes.policy_tokens import Kind, Reader, UnexpectedToken

__all__ = ["PROTOCOLS", "PolicyReader"]

_SIXTEEN_BITS = 65535
_THIRTY_TWO_BITS = 4294967295
PROTOCOLS = ("OSPF", "RIP", "IGRP", "IS-IS", "STATIC", "RIPNG", "DVMRP", "PIM-DM", "PIM-SM", "CBT", "MOSPF")
"""Routing protocols without options (RFC 2622, section 7.1)."""
_ATTRIBUTES = ("PREF", "MED", "DPA", "ASPATH", "COMMUNITY", "NEXT_HOP", "COST")
_WORDS = (
    "OR AND NOT ANY PEERAS ACTION IGP_COST SELF PREPEND APPEND DELETE CONTAINS ACCEPT ANNOUNCE INTERNET NO_EXPORT"
    " NO_ADVERTISE AT PROTOCOL INTO REFINE EXCEPT FROM TO NETWORKS UPON MASKLEN ASNO FLAP_DAMP"
)
_KEYWORDS = frozenset((*_WORDS.split(), *_ATTRIBUTES))
"""Words that cannot be a label of a router's name."""
_LONGEST_LABEL = 63
_LONGEST_NAME = 255
_ADDRESS_KINDS: Final = {"4": Kind.IPV4, "6": Kind.IPV6}
_PREFIX_KINDS: Final = {"4": Kind.IPV4_PREFIX, "6": Kind.IPV6_PREFIX}
_AS_KINDS = (Kind.AS_NUMBER, Kind.AS_SET)
_ROUTE_KINDS = (Kind.AS_NUMBER, Kind.AS_SET, Kind.ROUTE_SET)


class PolicyReader(Reader):
    """Reads one value, forwards, each word once.

    *prefixes* and *addresses* are the families (4, 6) of prefixes in filters, and of routers and next hops.
    """

    def __init__(self, value: str, *, prefixes: str = "4", addresses: str = "4") -> None:
        super().__init__(value)
        self._prefix_kinds = tuple(_PREFIX_KINDS[family] for family in prefixes)
        self._address_kinds = tuple(_ADDRESS_KINDS[family] for family in addresses)
        self._longest_prefix = 128 if "6" in prefixes else 32

    def only_family(self, family: str) -> None:
        """Take addresses of this *family* ("4" or "6") alone from here on."""
        self._address_kinds = (_ADDRESS_KINDS[family],)

    def end(self) -> None:
        """Expect that nothing follows."""
        if self.token.kind is not Kind.END:
            self.refuse("the end of the value")

    def policy(self, source: str, verdict: str, *, families: bool = False, via: bool = False) -> None:
        """Read a whole import or export policy: *source* is "FROM" or "TO", *verdict* "ACCEPT" or "ANNOUNCE"."""
        for keyword in ("PROTOCOL", "INTO"):
            if self.accept(keyword):
                self.expect("BGP4", "MPBGP", *PROTOCOLS, what="a routing protocol")
        only = True
        while True:
            if families:
                self.optional_families()
            closed = self.term(source, verdict, via=via)
            if not closed and not only:
                self.refuse('";"')
            if not closed or not self.accept("REFINE", "EXCEPT"):
                return
            only = False

    def term(self, source: str, verdict: str, *, via: bool) -> bool:
        """Read one factor or several in braces; return whether it has its semicolon or brace."""
        if not self.accept("{"):
            self.factor(source, verdict, via=via)
            return bool(self.accept(";"))
        while True:
            self.factor(source, verdict, via=via)
            self.expect(";")
            if self.accept("}"):
                return True

    def optional_families(self) -> None:
        """Read `afi` and its list, if they are there."""
        if not self.accept("AFI"):
            return
        while True:
            self.expect("IPV4", "IPV6", "ANY", what="an address family (ipv4, ipv6 or any)")
            if self.accept("."):
                self.expect("UNICAST", "MULTICAST")
            if not self.accept(","):
                return

    def factor(self, source: str, verdict: str, *, via: bool) -> None:
        """Read peerings with their actions, and the filter for what comes from or goes to them."""
        while True:
            if via:
                self.peering()
            self.expect(source)
            self.peering()
            if self.accept("ACTION"):
                self.actions()
            if self.accept(verdict):
                return self.filter()
            if not via and self.token.key != source:
                self.refuse(f'"{verdict.lower()}"')

    def peering(self) -> None:
        """Read a peering-set, or ASes with routers at both ends."""
        if self.token.kind is Kind.PEERING_SET:
            self.advance()
            return
        self.as_expression()
        if self.token.key == "(" or self.token.kind in (*self._address_kinds, Kind.RTR_SET) or self._begins_name():
            self.router_expression()
        if self.accept("AT"):
            self.router_expression()

    def as_expression(self) -> None:
        """Read AS numbers and as-sets, joined by `or`, `and` and `except`."""
        self.expression(lambda: self.expect_kind(*_AS_KINDS), "OR", "AND", "EXCEPT")

    def router_expression(self) -> None:
        """Read routers, joined by `or`, `and` and `except`."""
        self.expression(self.router, "OR", "AND", "EXCEPT")

    def router(self) -> None:
        """Read the address of a router, its name, or a rtr-set."""
        if self.token.kind in (*self._address_kinds, Kind.RTR_SET):
            self.advance()
            return
        start = self.token.start
        while True:
            if not self._begins_name():
                self.refuse("a router")
            label = self.advance()
            if len(label.text) > _LONGEST_LABEL:
                raise UnexpectedToken(
                    Fault(label.start, len(label.text), f"a label has at most {_LONGEST_LABEL} characters")
                )
            if not self.accept("."):
                break
        length = label.start + len(label.text) - start
        if length > _LONGEST_NAME:
            raise UnexpectedToken(Fault(start, length, f"a name has at most {_LONGEST_NAME} characters"))

    def _begins_name(self) -> bool:
        token = self.token
        return token.kind is Kind.WORD and token.key not in _KEYWORDS and "_" not in token.key

    def expression(self, operand: Callable[[], object], *operators: str) -> None:
        """Read operands with *operators* between them; parentheses nest as deep as they like."""
        depth = 0
        while True:
            while self.accept("("):
                depth += 1
            operand()
            while depth and self.accept(")"):
                depth -= 1
            if not self.accept(*operators):
                break
        if depth:
            self.refuse('")"')

    def actions(self) -> None:
        """Read at least one action, each with its semicolon."""
        while True:
            self.attribute("an action")
            self.expect(";")
            if self.token.key not in _ATTRIBUTES:
                return

    def attribute(self, what: str) -> None:
        """Read a condition on an attribute of a route, or a change of it."""
        name = self.expect(*_ATTRIBUTES, what=what)
        if name == "ASPATH":
            self.expect(".")
            self.expect("PREPEND")
            self.expect("(")
            self.listed(lambda: self.expect_kind(Kind.AS_NUMBER))
            self.expect(")")
        elif name == "COMMUNITY":
            self.community()
        else:
            self.expect("=")
            if name == "NEXT_HOP":
                if not self.accept("SELF"):
                    self.expect_kind(*self._address_kinds)
            elif name != "MED" or not self.accept("IGP_COST"):
                self.expect_number(_SIXTEEN_BITS, "a number of 16 bits")

    def community(self) -> None:
        """Read what follows the word `community`."""
        if self.accept("=", ".=", "=="):
            self.expect("{")
            self.listed(self.community_value)
            self.expect("}")
            return
        if self.accept("."):
            self.expect("APPEND", "DELETE", "CONTAINS")
        self.expect("(", what='"=", ".=", "==", a method or "("')
        self.listed(self.community_value)
        self.expect(")")

    def community_value(self) -> None:
        """Read one community."""
        if self.accept("INTERNET", "NO_EXPORT", "NO_ADVERTISE"):
            return
        if self.token.kind is Kind.COMMUNITY:
            self.advance()
            return
        self.expect_number(_THIRTY_TWO_BITS, "a community")

    def listed(self, element: Callable[[], object]) -> None:
        """Read elements with commas between them."""
        element()
        while self.accept(","):
            element()

    def begins_filter(self) -> bool:
        """Whether a filter begins here."""
        token = self.token
        return (
            token.key in {"(", "{", "<", "NOT", "ANY", "PEERAS", *_ATTRIBUTES}
            or token.kind in _ROUTE_KINDS
            or token.kind is Kind.FILTER_SET
        )

    def filter(self) -> None:
        """Read a filter; two that stand side by side are joined by `or`."""
        depth = 0
        while True:
            while opened := self.accept("NOT", "("):
                depth += opened == "("
            self.filter_operand()
            while depth and self.accept(")"):
                depth -= 1
            if not self.accept("AND", "OR") and not self.begins_filter():
                break
        if depth:
            self.refuse('")"')

    def filter_operand(self) -> None:
        """Read what a filter is made of."""
        if self.accept("ANY"):
            return
        if self.accept("<"):
            self.path_expression()
        elif self.token.kind is Kind.FILTER_SET:
            self.advance()
        elif self.token.key in _ATTRIBUTES:
            self.attribute("a filter")
        else:
            if self.token.key == "{":
                self.prefix_list()
            elif not self.accept("PEERAS"):
                self.expect_kind(*_ROUTE_KINDS, what="a filter")
            if self.token.kind is Kind.MORE_SPECIFICS:
                self.more_specifics()

    def prefix_list(self) -> None:
        """Read prefixes in braces, or none."""
        self.expect("{")
        if not self.accept("}"):
            self.listed(lambda: self.expect_kind(*self._prefix_kinds))
            self.expect("}", what='"," or "}"')

    def more_specifics(self) -> None:
        """Read the operator behind a set."""
        operator = self.advance()
        if fault := find_more_specifics_fault(operator.text, operator.start, 0, self._longest_prefix):
            raise UnexpectedToken(fault)

    def path_expression(self) -> None:
        """Read a regular expression of AS paths, up to its `>`."""
        depth, empty = 0, True  # empty: nothing yet stands in this alternative
        while True:
            if not empty and self.accept("|"):
                empty = True
            elif self.accept("("):
                depth, empty = depth + 1, True
            elif not empty and depth and self.accept(")"):
                depth -= 1
            elif not empty and not depth and self.accept(">"):
                return
            elif empty or not self.accept("*", "?", "+", "~*", "~+"):
                self.path_element("" if empty else ' or ")"' if depth else ' or ">"')
                empty = False

    def path_element(self, closing: str) -> None:
        """Read one element of a path, or a class of them; *closing* says what else could stand here."""
        if self.accept("["):
            self.path_class()
        elif not self.accept("^", "$", ".", "PEERAS"):
            self.expect_kind(*_AS_KINDS, what=f"an AS number{', an as-set' if closing else ' or an as-set'}{closing}")

    def path_class(self) -> None:
        """Read the elements of a class, up to its `]`."""
        self.accept("^")
        while not self.accept("]"):
            if self.accept(".", "PEERAS"):
                continue
            what = 'an AS number, an as-set or "]"'
            first = last = self.expect_kind(*_AS_KINDS, Kind.AS_RANGE, what=what)
            text = first.text
            if first.kind is Kind.AS_NUMBER and self.accept("-"):
                last = self.expect_kind(Kind.AS_NUMBER)
                text = f"{first.text}-{last.text}"
            begin, _, end = text.partition("-")
            if end and first.kind is not Kind.AS_SET and int(begin[2:]) > int(end[2:]):
                length = last.start + len(last.text) - first.start
                raise UnexpectedToken(Fault(first.start, length, f"{shown(text)} ends before it begins"))
