"""The words of the routing policy languages (RFC 2622, RFC 4012), and a reader that walks over them.

    as-number   = "AS" 0..4294967295
    set-name    = part *( ":" part )        at least one part begins with AS-, RS-, FLTR-, PRNG- or RTRS-,
                                            all such parts alike; the others are AS numbers or "PeerAS"
    prefix      = address "/" length [ "^" ( "+" / "-" / n / n "-" m ) ]

The longest word that fits is taken. What may follow what is in `irtkit.schema.syntaxes.policies`; nothing here
recurses, and each character is looked at a fixed number of times.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple

from irtkit.errors import RangeError
from irtkit.resources import parse_address
from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Fault, exceeds
from irtkit.schema.syntaxes.addresses import find_more_specifics_fault

__all__ = ["Kind", "Reader", "Token", "UnexpectedToken"]


class Kind(Enum):
    """What a word of a policy is; the value names it in messages."""

    AS_NUMBER = "an AS number"
    AS_RANGE = "a range of AS numbers"
    AS_SET = "an as-set"
    ROUTE_SET = "a route-set"
    FILTER_SET = "a filter-set"
    PEERING_SET = "a peering-set"
    RTR_SET = "a rtr-set"
    IPV4 = "an IPv4 address"
    IPV6 = "an IPv6 address"
    IPV4_PREFIX = "an IPv4 prefix"
    IPV6_PREFIX = "an IPv6 prefix"
    COMMUNITY = "a community"
    NUMBER = "a number"
    WORD = "a word"
    MORE_SPECIFICS = "^ and which more specifics"
    SIGN = "a sign"
    END = "the end"


class Token(NamedTuple):
    """One word of a policy: what it is, as it is written, and where it begins.

    *key* is the word in upper case, or the sign; it is empty for names, numbers and addresses.
    """

    kind: Kind
    text: str
    start: int
    key: str


class UnexpectedToken(Exception):  # noqa: N818 - it carries the fault to the finder that began, and goes no further
    """The value is no policy; *fault* says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


_QUAD = "[0-9A-Fa-f]{1,4}"
_LENGTH = r"(?P<{0}>/[0-9]++(?:\^(?:[+-]|[0-9]++(?:-[0-9]++)?))?)?"
_PART = "[A-Za-z][A-Za-z0-9]*+(?:[_-]++[A-Za-z0-9]++)*+"
_TOKEN = re.compile(
    rf"(?P<ipv6>(?:{_QUAD}(?::{_QUAD}){{7}}|(?:(?:{_QUAD}:){{0,6}}{_QUAD})?::(?:{_QUAD}(?::{_QUAD}){{0,6}})?)"
    rf"{_LENGTH.format('length6')})"
    rf"|(?P<ipv4>[0-9]++(?:\.[0-9]++){{3}}{_LENGTH.format('length4')})"
    rf"|(?P<community>[0-9]++:[0-9]++)|(?P<number>[0-9]++)|(?P<word>{_PART}(?::{_PART})*+)"
    r"|(?P<more>\^(?:[+-]|[0-9]++(?:-[0-9]++)?))|(?P<sign>==|\.=|~[*+]|[^ \t\r\n])"
)
_SET_PREFIXES: Final = {
    "AS-": Kind.AS_SET,
    "RS-": Kind.ROUTE_SET,
    "FLTR-": Kind.FILTER_SET,
    "PRNG-": Kind.PEERING_SET,
    "RTRS-": Kind.RTR_SET,
}
_AS_NUMBER = re.compile(r"AS(0|[1-9][0-9]{0,9})")
_AS_RANGE = re.compile(r"AS(?:0|[1-9][0-9]{0,9})-AS(?:0|[1-9][0-9]{0,9})")
_LAST_AS = 4294967295
_SIXTEEN_BITS = 65535
_BITS: Final = {Kind.IPV4_PREFIX: 32, Kind.IPV6_PREFIX: 128}


def _iter_tokens(value: str) -> Iterator[Token]:
    """Yield the words of *value*, and then its end over and over.

    Raises: UnexpectedToken for a number or an address that is out of range.
    """
    for found in _TOKEN.finditer(value):
        text, start = found[0], found.start()
        group = found.lastgroup or "sign"
        if group in {"ipv4", "ipv6", "length4", "length6"}:
            yield _address(text, start)
        elif group == "word":
            yield _word(text, start)
        elif group == "community":
            _check_community(text, start)
            yield Token(Kind.COMMUNITY, text, start, "")
        elif group == "number":
            yield Token(Kind.NUMBER, text, start, "")
        elif group == "more":
            yield Token(Kind.MORE_SPECIFICS, text, start, "")
        else:
            yield Token(Kind.SIGN, text, start, text)
    while True:
        yield Token(Kind.END, "", len(value), "")


def _address(text: str, start: int) -> Token:
    address, slash, length = text.partition("/")
    try:
        family, _ = parse_address(address)
    except RangeError:
        raise UnexpectedToken(Fault(start, len(address), f"{shown(address)} is not an address")) from None
    if not slash:
        return Token(Kind.IPV4 if family == 4 else Kind.IPV6, text, start, "")
    kind = Kind.IPV4_PREFIX if family == 4 else Kind.IPV6_PREFIX
    digits, caret, operator = length.partition("^")
    offset = start + len(address) + 1
    if len(digits) > 9 or int(digits) > _BITS[kind]:
        raise UnexpectedToken(Fault(offset, len(digits), f"{shown(digits)} is not a prefix length of {kind.value}"))
    if caret and (fault := find_more_specifics_fault(caret + operator, offset + len(digits), 0, _BITS[kind])):
        raise UnexpectedToken(fault)
    return Token(kind, text, start, "")


def _word(text: str, start: int) -> Token:
    key = text.upper()
    if ":" not in key:
        kind = _kind_of_part(key)
        return Token(kind, text, start, key if kind is Kind.WORD else "")
    kinds = {_kind_of_part(part) if part != "PEERAS" else Kind.AS_NUMBER for part in key.split(":")} - {Kind.AS_NUMBER}
    if len(kinds) == 1 and kinds <= set(_SET_PREFIXES.values()):
        return Token(kinds.pop(), text, start, "")
    raise UnexpectedToken(Fault(start, len(text), f"{shown(text)} is not the name of a set"))


def _kind_of_part(key: str) -> Kind:
    if match := _AS_NUMBER.fullmatch(key):
        return Kind.AS_NUMBER if int(match[1]) <= _LAST_AS else Kind.WORD
    for prefix, kind in _SET_PREFIXES.items():
        if key.startswith(prefix):
            return kind
    return Kind.AS_RANGE if _AS_RANGE.fullmatch(key) else Kind.WORD


def _check_community(text: str, start: int) -> None:
    offset = start
    for number in text.split(":"):
        if exceeds(number, _SIXTEEN_BITS):
            raise UnexpectedToken(Fault(offset, len(number), f"{shown(number)} is more than 16 bits of a community"))
        offset += len(number) + 1


class Reader:
    """Walks over the words of one policy; `token` is the next one, not yet taken."""

    def __init__(self, value: str) -> None:
        self._tokens = _iter_tokens(value)
        self.token = next(self._tokens)

    def advance(self) -> Token:
        """Take the next word and return it."""
        taken, self.token = self.token, next(self._tokens)
        return taken

    def accept(self, *keys: str) -> str:
        """Take the next word if it is one of *keys*; return it, or an empty text."""
        return self.advance().key if self.token.key in keys and self.token.key else ""

    def expect(self, *keys: str, what: str = "") -> str:
        """Take the next word, one of *keys*, and return it.

        Raises: UnexpectedToken when it is another; *what* names what was expected, else *keys* do.
        """
        return self.accept(*keys) or self.refuse(what or " or ".join(f'"{key.lower()}"' for key in keys))

    def expect_kind(self, *kinds: Kind, what: str = "") -> Token:
        """Take the next word, one of *kinds*, and return it. Raises: as `expect` does."""
        if self.token.kind not in kinds:
            self.refuse(what or " or ".join(kind.value for kind in kinds))
        return self.advance()

    def expect_number(self, largest: int, what: str) -> None:
        """Take a number up to *largest*. Raises: as `expect` does."""
        number = self.expect_kind(Kind.NUMBER, what=what)
        if exceeds(number.text, largest):
            message = f"{shown(number.text)} is no {what.removeprefix('a ')}: at most {largest}"
            raise UnexpectedToken(Fault(number.start, len(number.text), message))

    def refuse(self, what: str) -> str:
        """Raise UnexpectedToken: *what* was expected, the next word is something else."""
        token = self.token
        if token.kind is Kind.END:
            raise UnexpectedToken(Fault(token.start, 1, f"the value ends where {what} is expected"))
        raise UnexpectedToken(
            Fault(token.start, len(token.text), f"{shown(token.text)} stands where {what} is expected")
        )
