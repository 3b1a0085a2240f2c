"""Mailboxes, as registries take them.

RIPE's server reads one RFC 822 mailbox with the mail library of its platform, and so does this module:

    mailbox    = addr-spec / [ phrase ] "<" [ route ] addr-spec ">"
    route      = "@" domain *( "," "@" domain ) ":"
    addr-spec  = local-part "@" domain
    local-part = word *( "." word ) / quoted-string     ASCII; a backslash takes the next character as it is
    domain     = label *( "." label ) / "[" text "]"    a label is letters, digits and "-" of any script

Comments in parentheses may stand around an address, commas before and after it, and what follows `>` or a
comment is passed over, as it is there. Deviation: a group (`team: a@example.net;`) is refused, because it is
not one mailbox. No domain needs a dot.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Blemish, Fault, Row, Syntax, compiled, matching, too_long

__all__ = ["MAILBOX", "ROWS"]

_CITATION = "RIPE whois 1.124: AttributeParser.EmailParser; RFC 822, section 6"
_LONGEST = 320  # 64 before the @ and 255 behind it (RFC 5321, section 4.5.3.1)

_WORD = r"(?:[A-Za-z0-9_!#$%&'*+/=?^`{|}~-]|\\[\x00-!#-'*+\--9=?-Z\\-~])++"
_QUOTED = r"\"(?:[\x00-!#-\[\]-\x7f]|\\[\x00-\x7f])*+\""
_LABEL = r"(?:[^\W_²³¹¼½¾]|-)++"  # letters and digits: re's \w has more numbers
_ADDRESS = re.compile(
    rf"(?:{_WORD}(?:\.{_WORD})*+|{_QUOTED})@(?:{_LABEL}(?:\.{_LABEL})*+|\[[^\[\]\x00-\x20\x7f]*+\])", re.DOTALL
)
_ROUTE = re.compile(r"(?:@[^,:]*+,)*+@[^,:]*+:")

_SIGN = re.compile(r'[()<>"\[;,:]|[^()<>"\[;,: \t\r\n]++')
"""What is found next in a value: a sign that has a meaning, or words up to the next one."""
_ENDS = {
    "(": re.compile(r"\\.|[()]", re.DOTALL),
    "<": re.compile(r'\\.|[">]', re.DOTALL),
    '"': re.compile(r'\\.|"', re.DOTALL),
    "[": re.compile(r"\\.|\]", re.DOTALL),
}
_CLOSING = {"(": ")", "<": ">", '"': '"', "[": "]"}
_REFUSED = {
    ")": "no ( opened this",
    ">": "no < opened this",
    ";": "a semicolon stands outside of a group",
    ":": "a group of mailboxes begins here, where one mailbox is expected",
}

_SECOND = Blemish(
    compiled(r"\A[^\s\"@]++@[^\s@]++\s++([^\s@]++@\S*+)"), "{} is a second mailbox, where one is expected"
)
_LOCAL_BLEMISHES = (
    Blemish(compiled(r"\A\.|\.(?=\.)|\.\Z"), "a dot stands where the local part needs another character"),
    Blemish(compiled(r"[^\x00-\x7f]++"), "{} is not ASCII, as a local part is"),
    Blemish(compiled(r"[\x00-\x20\x7f()<>,;:\\\"\[\]@]++"), "{} cannot stand in a local part that is not quoted"),
)
_DOMAIN_BLEMISHES = (
    Blemish(compiled(r"\A\.|\.(?=\.)|\.\Z"), "a dot stands where a label of the domain is expected"),
    Blemish(re.compile(r"(?:[^\w.-]|[_²³¹¼½¾])++"), "{} cannot stand in a domain"),
)


class _Address(NamedTuple):
    """Where an address stands in a value, and whether brackets are around it."""

    start: int
    stop: int
    bracketed: bool


class _Unreadable(Exception):  # noqa: N818 - it carries the fault to the finder below, and goes no further
    def __init__(self, offset: int, length: int, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(offset, length, message)


def _find_mailbox_fault(value: str) -> Fault | None:
    if _ADDRESS.fullmatch(value) and len(value) <= _LONGEST:
        return None
    try:
        addresses = list(islice(_iter_addresses(value), 2))
    except _Unreadable as unreadable:
        return unreadable.fault
    if not addresses:
        return Fault(0, max(1, len(value)), "there is no address" if value else "the value is empty")
    if len(addresses) > 1:
        start, stop, _ = addresses[1]
        return Fault(start, max(1, stop - start), "a second mailbox stands where one is expected")
    return _find_address_fault(value, *addresses[0])


def _iter_addresses(value: str) -> Iterator[_Address]:
    """Yield each address that stands among names, comments and commas.

    Raises: _Unreadable where something is not closed, or a list that is no list of addresses begins.
    """
    at, start, stop, bracketed = 0, -1, -1, False
    while found := _SIGN.search(value, at):
        sign, begin = found[0], found.start()
        if sign in _REFUSED and (start >= 0 or sign != ";"):
            raise _Unreadable(begin, 1, _REFUSED[sign])
        at = _end(value, begin, sign) if sign in _ENDS else found.end()
        if sign == "<":
            if bracketed:
                raise _Unreadable(begin, 1, "a second address begins here")
            start, stop, bracketed = begin + 1, at - 1, True
        elif sign in ",;":
            if start >= 0:
                yield _Address(start, begin if stop < 0 else stop, bracketed)
            start, stop, bracketed = -1, -1, False
        elif sign == "(":
            stop = begin if start >= 0 > stop else stop
        elif start < 0:
            start = begin
    if start >= 0:
        yield _Address(start, len(value) if stop < 0 else stop, bracketed)


def _end(value: str, start: int, sign: str) -> int:
    """Return where the comment, address, quotation or literal that begins at *start* ends."""
    depth, quoted = 1, False
    for found in _ENDS[sign].finditer(value, start + 1):
        if found[0] == "(":
            depth += 1
        elif found[0] == '"' and sign == "<":
            quoted = not quoted
        elif len(found[0]) == 1 and not quoted:
            depth -= 1
            if depth == 0:
                return found.end()
    raise _Unreadable(start, len(value) - start, f"the {_CLOSING[sign]} that ends this is missing")


def _find_address_fault(value: str, start: int, stop: int, bracketed: bool) -> Fault | None:
    part = value[start:stop]
    start += len(part) - len(part.lstrip())
    address = part.strip()
    if bracketed and '"' not in address and (route := _ROUTE.match(address)):
        start += route.end()
        address = address[route.end() :]
    if len(address) > _LONGEST:
        return Fault(start + _LONGEST, len(address) - _LONGEST, f"the address has more than {_LONGEST} characters")
    if _ADDRESS.fullmatch(address):
        return None
    return _why_no_address(address).moved(start)


def _why_no_address(address: str) -> Fault:
    if fault := _SECOND.find_fault(address):
        return fault
    local, sign, domain = address.rpartition("@")
    if not sign:
        what = "the @ and a domain are missing" if address else "the address is missing"
        return Fault(len(address), 1, what)
    if not local or not domain:
        return Fault(len(local), 1, f"the {'domain' if local else 'local part'} is missing")
    for text, offset, blemishes in ((local, 0, _LOCAL_BLEMISHES), (domain, len(local) + 1, _DOMAIN_BLEMISHES)):
        if text[0] not in '"[':
            for blemish in blemishes:
                if fault := blemish.find_fault(text):
                    return fault.moved(offset)
    return Fault(0, len(address), f"{shown(address)} is not an address")


MAILBOX = Syntax(
    name="mailbox",
    expected=f"one mailbox, with a name before <address> or without one; at most {_LONGEST} characters",
    example="abuse@example.net",
    citation=_CITATION,
    finder=_find_mailbox_fault,
)

_PLAIN_BLEMISHES = (
    Blemish(compiled(r"\A[^@]*+()\Z"), "the @ and a domain are missing after the value"),
    Blemish(compiled(r" ++"), "{} cannot stand in an address"),
    Blemish(compiled(r"@([^.@]*+)\Z"), "the domain {} has no dot"),
    too_long(80),
)
_APNIC_ATOM = r"[A-Z0-9#$%&'*+=?^_`{|}~/-]++"
APNIC_MAILBOX = Syntax(
    name="e-mail address",
    expected="an address whose domain has a dot, without a name; at most 80 characters",
    example="abuse@example.net",
    citation="APNIC whois of 2014: AttributeSyntaxImpl, EMAIL_SYNTAX",
    finder=matching(
        rf"(?=.{{0,80}}\Z)(?:{_APNIC_ATOM}(?:\.{_APNIC_ATOM})*+|\"[^\"@\\]++\")@[A-Z0-9-]++(?:\.[A-Z0-9-]++)++",
        *_PLAIN_BLEMISHES,
        otherwise="{} is not an address",
    ),
)
AFRINIC_MAILBOX = Syntax(
    name="e-mail address",
    expected="an address whose domain has a dot; at most 80 characters",
    example="abuse@example.net",
    citation="AFRINIC's branch of RIPE whois: AttributeSyntax, EMAIL_SYNTAX",
    finder=matching(
        r"(?=.{0,80}\Z).+@(?:[^.]+\.)+[^.]+",
        *(blemish for blemish in _PLAIN_BLEMISHES if " " not in blemish.pattern.pattern),
        otherwise="{} is not an address",
    ),
)
_IRRD_ADDRESS = r"[A-Z0-9$!#%&\"*+/=?^_`{|}~\\.-]++@(?:[A-Z0-9\\.-]++|\[(?:[0-9]+(?:\.[0-9]+){3}|[A-F0-9:]++)\])"
IRRD_MAILBOX = Syntax(
    name="e-mail address",
    expected="an address of ASCII letters, digits and signs, without a name",
    example="abuse@example.net",
    citation="IRRd 4.5: rpsl.fields, RPSLEmailField",
    finder=matching(_IRRD_ADDRESS, *_PLAIN_BLEMISHES[:2], otherwise="{} is not an address"),
)

_DATE = r"(?!0000)[0-9]{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_NO_DATE = Blemish(compiled(r" (.*+)\Z"), "{} is not a date: eight digits, year, month and day")
CHANGED = Syntax(
    name="author and date of a change",
    expected="an address whose domain has a dot, and a date or none",
    example="abuse@example.net 20260131",
    citation="RIPE whois 1.124: attrs.Changed",
    finder=matching(
        rf"(?=.{{0,89}}\Z)[^ ]+@(?:[^. ]+\.)+[^. ]+(?: {_DATE})?",
        Blemish(compiled(r"\A[^@]*+()\Z"), "the @ and a domain are missing after the value"),
        _NO_DATE,
        too_long(89),
        otherwise="{} is not an address",
    ),
)
IRRD_CHANGED = Syntax(
    name="author and date of a change",
    expected="an address, and a date or none",
    example="abuse@example.net 20260131",
    citation="IRRd 4.5: rpsl.fields, RPSLChangedField",
    finder=matching(
        rf"{_IRRD_ADDRESS}(?: {_DATE})?", _NO_DATE, *_PLAIN_BLEMISHES[:2], otherwise="{} is not an address"
    ),
)

_MAILBOXES = "e-mail abuse-mailbox notify irt-nfy mnt-nfy ref-nfy upd-to"

ROWS = (
    Row(MAILBOX, _MAILBOXES),
    Row(CHANGED, "changed"),
    Row(APNIC_MAILBOX, _MAILBOXES, registries="apnic"),
    Row(AFRINIC_MAILBOX, _MAILBOXES, registries="afrinic"),
    Row(IRRD_MAILBOX, _MAILBOXES, registries="irrd"),
    Row(IRRD_CHANGED, "changed", registries="irrd"),
)
"""Syntaxes of mailboxes, with the attributes that have them."""
