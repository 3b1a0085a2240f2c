"""Names of hosts and zones, and the data of a delegation.

Grammar of a zone: RFC 1035 names under `in-addr.arpa`, `ip6.arpa` and `e164.arpa`, and the range of
zones `n-m.c.b.a.in-addr.arpa` that only registries know.
"""

import re
from itertools import islice
from typing import Final

from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Blemish, Fault, Finder, Row, Syntax, compiled, exceeds, matching, too_long
from irtkit.schema.syntaxes.addresses import find_single_address_fault

__all__ = ["INET_RTR", "ROWS"]

_CITATION = "RIPE whois 1.124: {}"
_IRRD = "IRRd 4.5: rpsl.fields, {}"

_LABEL = "[A-Z0-9]++(?:-++[A-Z0-9]++)*+"
_ROUTER_LABEL = "[A-Z0-9]++(?:[_-]++[A-Z0-9]++)*+"
_LONGEST_NAME = 254

_EMPTY_LABEL = Blemish(compiled(r"\A\.|\.(\.)"), "{} follows no label")
_HYPHEN = Blemish(compiled(r"(?<![A-Z0-9_-])[_-]++|(?<![_-])[_-]++(?![A-Z0-9_-])"), "{} stands at an edge of a label")


def _host_name(label: str, characters: str, *, longest: int | None = _LONGEST_NAME, final_dot: str = r"\.?") -> Finder:
    length = rf"(?=.{{0,{longest}}}\Z)" if longest else ""
    return matching(
        rf"{length}{label}(?:\.{label})*+{final_dot}",
        Blemish(compiled(rf"[^.{characters}]++"), "{} cannot stand in the name of a host"),
        _EMPTY_LABEL,
        _HYPHEN,
        *((too_long(longest),) if longest else ()),
        Blemish(compiled(r"\.\Z"), "{} ends the name"),
        otherwise="{} is not the name of a host",
    )


_NAME_SERVER = _host_name(_LABEL, "A-Z0-9-", longest=None)

_ZONE = re.compile(r"(?P<labels>.*)\.(?P<tree>in-addr|ip6|e164)\.arpa", re.ASCII | re.IGNORECASE | re.DOTALL)
_OCTET = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
_OCTETS = re.compile(r"(0|[1-9][0-9]{0,2})-([0-9]{1,9})", re.ASCII)


def _zone(value: str) -> Fault | None:
    name = value.removesuffix(".")
    if len(name) > _LONGEST_NAME:
        return Fault(_LONGEST_NAME, len(name) - _LONGEST_NAME, f"a zone's name has at most {_LONGEST_NAME} characters")
    match = _ZONE.fullmatch(name)
    if match is None:
        return _no_zone(name)
    labels = match["labels"].split(".")
    tree = match["tree"].lower()
    if tree == "in-addr":
        return _octet_labels(labels)
    digits, most = ("0123456789", None) if tree == "e164" else ("0123456789abcdefABCDEF", 32)
    offset = 0
    for label in labels:
        if len(label) != 1 or label not in digits:
            wanted = "one digit" if tree == "e164" else "one hexadecimal digit"
            return Fault(offset, max(1, len(label)), f"{_quoted(label)} is not {wanted}")
        offset += 2
    if most and len(labels) > most:
        return Fault(2 * most, offset - 2 * most, f"an IPv6 address has no more than {most} digits")
    return None


def _no_zone(name: str) -> Fault:
    if not name:
        return Fault(0, 1, "the value is empty")
    if name.lower() in {"in-addr.arpa", "ip6.arpa", "e164.arpa"}:
        return Fault(0, len(name), f"{shown(name)} is the whole tree")
    dot = name.rfind(".", 0, max(0, name.rfind(".")))
    return Fault(
        dot + 1, len(name) - dot - 1, f"{shown(name[dot + 1 :])} is none of in-addr.arpa, ip6.arpa and e164.arpa"
    )


def _octet_labels(labels: list[str]) -> Fault | None:
    offset = 0
    for number, label in enumerate(labels):
        if number == 0 and len(labels) == 4 and "-" in label:
            fault = _octet_range(label)
        elif "-" in label:
            fault = Fault(0, len(label), f"{shown(label)} is a range, which only the fourth octet may be")
        elif _OCTET.fullmatch(label) is None or int(label) > 255:
            fault = Fault(0, max(1, len(label)), f"{_quoted(label)} is not an octet without leading zeros")
        else:
            fault = None
        if fault:
            return fault.moved(offset)
        offset += len(label) + 1
    if len(labels) > 4:
        return Fault(0, len(labels[0]), f"{shown(labels[0])} is the fifth octet")
    return None


def _octet_range(label: str) -> Fault | None:
    match = _OCTETS.fullmatch(label)
    first, last = (int(match[1]), int(match[2])) if match else (0, 256)
    if last > 255 or first > 255:
        return Fault(0, len(label), f"{shown(label)} is not a range of octets")
    if first > last:
        return Fault(0, len(label), f"{shown(label)} ends before it begins")
    if last - first == 255:
        return Fault(0, len(label), f"{shown(label)} is the whole of the enclosing zone")
    return None


def _name_server(value: str) -> Fault | None:
    words = list(islice(re.finditer(r"[^ ]++", value), 3))
    if not words:
        return Fault(0, 1, "the value is empty")
    host, *addresses = words
    if fault := _NAME_SERVER(host[0]):
        return fault
    if len(addresses) > 1:
        return Fault(addresses[1].start(), len(addresses[1][0]), f"{shown(addresses[1][0])} is a second address")
    for address in addresses:
        if fault := find_single_address_fault(address[0]):
            return fault.moved(address.start())
    return None


_DELEGATION = compiled(r"([0-9]+)[ \t]+([0-9]+)[ \t]+([0-9]+)[ \t]+\(?([ 0-9A-F]+)\)?")
_DIGEST_LENGTHS: Final = {1: 40, 2: 64, 3: 64, 4: 96}
"""Hexadecimal digits of a digest, by its type (RFC 4034, 4509, 5933, 6605)."""
_NO_DELEGATION = matching(
    r"(?!)",
    Blemish(compiled(r"\A(?:[0-9]++[ \t]++){0,2}([^ \t0-9][^ \t]*+|[0-9]++[^ \t0-9][^ \t]*+)"), "{} is not a number"),
    Blemish(compiled(r"\A(?:[0-9]++[ \t]++){0,2}[0-9]++()\Z"), "{} follows: three numbers and a digest are expected"),
    Blemish(compiled(r"\A(?:[0-9]++[ \t]++){3}\(?[ 0-9A-F]*+\)?([^ 0-9A-F].*+)"), "{} is not hexadecimal"),
    otherwise="{} is not the data of a DS record",
)


def _ds_rdata(value: str) -> Fault | None:
    match = _DELEGATION.fullmatch(value)
    if match is None:
        return _NO_DELEGATION(value)
    for group, (what, largest) in enumerate((("key tag", 65535), ("algorithm", 255), ("digest type", 255)), 1):
        number = match[group]
        if exceeds(number, largest):
            return Fault(match.start(group), len(number), f"{shown(number)} is no {what}: at most {largest}")
    digest_type = match[3].lstrip("0") or "0"
    wanted = _DIGEST_LENGTHS.get(int(digest_type))
    found = len(match[4].replace(" ", ""))
    if wanted is not None and found != wanted:
        message = f"a digest of type {digest_type} has {wanted} hexadecimal digits, not {found}"
        return Fault(match.start(4), len(match[4]), message)
    return None


def _quoted(text: str) -> str:
    return shown(text) if text else "an empty label"


DOMAIN = Syntax(
    name="reverse zone",
    expected="a zone under in-addr.arpa, ip6.arpa or e164.arpa; the fourth octet may be a range",
    example="2.0.192.in-addr.arpa",
    citation=_CITATION.format("attrs.Domain"),
    finder=_zone,
)
NAME_SERVER = Syntax(
    name="name server",
    expected="the name of a host, and one address or none",
    example="ns1.example.net 192.0.2.1",
    citation=_CITATION.format("attrs.NServer"),
    finder=_name_server,
)
DS_RDATA = Syntax(
    name="data of a DS record",
    expected="key tag, algorithm, digest type and the digest in hexadecimal",
    example="60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    citation=_CITATION.format("attrs.DsRdata"),
    finder=_ds_rdata,
)
INET_RTR = Syntax(
    name="name of a router",
    expected="the name of a host, in which _ may stand; at most 254 characters",
    example="router1.example.net",
    citation=_CITATION.format("AttributeSyntax, INET_RTR_SYNTAX"),
    finder=_host_name(_ROUTER_LABEL, "A-Z0-9_-"),
)
ALIAS = Syntax(
    name="name of a host",
    expected="the name of a host; at most 254 characters",
    example="router1.example.net",
    citation=_CITATION.format("AttributeSyntax, ALIAS_SYNTAX"),
    finder=_host_name(_LABEL, "A-Z0-9-"),
)
IRRD_HOST = Syntax(
    name="name of a host",
    expected="the name of a host, without a final dot",
    example="router1.example.net",
    citation=_IRRD.format("RPSLDNSNameField"),
    finder=_host_name(_LABEL, "A-Z0-9-", longest=None, final_dot=""),
)

ROWS = (
    Row(DOMAIN, "domain"),
    Row(NAME_SERVER, "nserver"),
    Row(DS_RDATA, "ds-rdata"),
    Row(INET_RTR, "inet-rtr"),
    Row(ALIAS, "alias"),
    Row(IRRD_HOST, "inet-rtr alias", registries="irrd"),
)
"""Syntaxes of hosts and zones, with the attributes that have them."""
