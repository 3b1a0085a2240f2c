"""URIs: ways to reach somebody, and files about a network.

    uri       = scheme ":" ( "//" authority [ path ] [ "?" query ] / path / anything ) [ "#" fragment ]

as RFC 2396 has it, with characters beyond ASCII allowed where RFC 2396 wants them escaped, except blanks and
control characters. A URL of a file is stricter: `https`, and a host that can be in the public DNS, or an address.
That a top-level domain exists is not checked, only that it is none of those set apart for other ends (RFC 6761).
"""

import re

from irtkit.errors import RangeError
from irtkit.resources import parse_address
from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Blemish, Fault, Row, Syntax, compiled, exceeds, matching

__all__ = ["CONTACT", "ROWS", "WEB_FILE"]

_CITATION = "RIPE whois 1.124: AttributeSyntax, {}"

_ESCAPED = "%[0-9A-Fa-f]{2}"
_NOWHERE = r"\x00-\x20\"#%<>\\^`{|}\x7f"  # blanks and controls beyond ASCII are looked for first
_REGISTERED = rf"(?:[^{_NOWHERE}/?\[\]]|{_ESCAPED})"
_PATH = rf"(?:[^{_NOWHERE}?\[\]]|{_ESCAPED})"
_URIC = rf"(?:[^{_NOWHERE}]|{_ESCAPED})"

_URI = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*+):"
    rf"(?://(?!\Z)(?P<authority>{_REGISTERED}++|(?:{_REGISTERED}*@)?\[[0-9A-Fa-f:.]++(?:%\w++)?\](?::[0-9]*+)?)?(?P<path>{_PATH}*+)"
    rf"(?:\?(?P<query>{_URIC}*+))?"
    rf"|/(?!/){_PATH}*+(?:\?{_URIC}*+)?|(?!/){_URIC}++)"
    rf"(?:\#(?P<fragment>{_URIC}*+))?",
    re.ASCII,
)
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\xa0]++")
_BLEMISHES = (
    Blemish(_BLANK, "{} cannot stand in a URI: no blank can"),
    Blemish(compiled(r"\A(?![A-Z][A-Z0-9+.-]*+:)[^:]*+:?"), "{} is not a scheme, such as https:"),
    Blemish(compiled(r"[\"<>\\^`{|}]"), "{} cannot stand in a URI unless it is escaped"),
    Blemish(compiled(r"%(?![0-9A-F]{2}).{0,2}"), "{} is not % and two hexadecimal digits"),
    Blemish(compiled(r"\A[^:]*+:(?://\Z|(?=#|\Z))()"), "{} follows the scheme"),
    Blemish(compiled(r"#[^#]*+(#.*+)"), "{} is a second fragment"),
    Blemish(compiled(r"[\[\]]"), "{} can only stand around an IPv6 address"),
)

_AUTHORITY = re.compile(
    r"(?P<user>[A-Za-z0-9%\-._~!$&'()*+,;=]++(?::[A-Za-z0-9%\-._~!$&'()*+,;=]*+)?@)?"
    r"(?:\[(?P<literal>[0-9A-Fa-f:]++)\]|(?P<host>[^\W_]*+(?:[.-]++[^\W_]*+)*+))(?::(?P<port>[0-9]*+))?"
)
_HOST_LABEL = re.compile(r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?")
_TOP_LEVEL = re.compile(r"[^\W\d_](?:(?:[^\W_]|-){0,61}[^\W_])")
_NOT_PUBLIC = frozenset({"alt", "example", "internal", "invalid", "local", "localdomain", "localhost", "onion", "test"})
_WEB_PATH = re.compile(r"(?:/[-\w:@&?=+,.!/~*'%$;()]*+)?", re.ASCII)
_LONGEST_HOST = 254
_LAST_PORT = 65535


def _uri(value: str) -> Fault | None:
    if _BLANK.search(value) is None and _URI.fullmatch(value):
        return None
    if not value:
        return Fault(0, 1, "the value is empty")
    for blemish in _BLEMISHES:
        if fault := blemish.find_fault(value):
            return fault
    return Fault(0, len(value), f"{shown(value)} is not a URI")


def _web_file(value: str) -> Fault | None:
    if fault := _uri(value):
        return fault
    scheme = value[: value.index(":")]
    if scheme.lower() != "https":
        return Fault(0, len(scheme), f"{shown(scheme)} stands where https is expected")
    match = _URI.fullmatch(value)
    if match is None or not match["authority"]:
        return Fault(min(len("https://"), len(value)), 1, "the host is missing")
    fault = _find_authority_fault(match["authority"])
    return fault.moved(match.start("authority")) if fault else _find_path_fault(match["path"], match.start("path"))


def _find_path_fault(path: str, start: int) -> Fault | None:
    if _WEB_PATH.fullmatch(path) is None:
        return Fault(start, len(path), f"{shown(path)} is not a plain path")
    if (double := path.find("//")) >= 0:
        return Fault(start + double, 2, "two slashes stand together in the path")
    depth, end = 0, 0
    for segment in path.split("/")[1:]:
        end += 1 + len(segment)
        depth += {"..": -1, ".": 0}.get(segment, 1)
        if depth < 0:
            return Fault(start, end, "the path leads out of its root")
    return None


def _find_authority_fault(authority: str) -> Fault | None:
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        return Fault(0, len(authority), f"{shown(authority)} is not the name of a host with a port or without")
    if match["port"] and exceeds(match["port"], _LAST_PORT):
        return Fault(match.start("port"), len(match["port"]), f"{shown(match['port'])} is not a port")
    if match["literal"] is not None:
        return _find_literal_fault(match["literal"], match.start("literal"))
    fault = _find_host_fault(match["host"])
    return fault and fault.moved(match.start("host"))


def _find_host_fault(host: str) -> Fault | None:
    if len(host) > _LONGEST_HOST:
        return Fault(0, len(host), f"the name of a host has at most {_LONGEST_HOST} characters")
    if host.replace(".", "").isdigit():
        return _find_literal_fault(host, 0)
    offset = 0
    *labels, top = host.removesuffix(".").split(".")
    for label, shape, what in (*((label, _HOST_LABEL, "label") for label in labels), (top, _TOP_LEVEL, "top level")):
        if not shape.fullmatch(label):
            message = f"{shown(label)} is not a {what} of a host's name" if label else "a label is empty"
            return Fault(offset, max(1, len(label)), message)
        offset += len(label) + 1
    if not labels:
        return Fault(0, len(host), f"the name {shown(host)} has no dot")
    if top.lower() in _NOT_PUBLIC:
        return Fault(offset - len(top) - 1, len(top), f"{shown(top)} is no public top-level domain")
    return None


def _find_literal_fault(address: str, start: int) -> Fault | None:
    try:
        parse_address(address)
    except RangeError:
        return Fault(start, max(1, len(address)), f"{shown(address)} is not an address")
    return None


CONTACT = Syntax(
    name="URI",
    expected="a URI with its scheme",
    example="https://example.net/report",
    citation=_CITATION.format("CONTACT_SYNTAX"),
    finder=_uri,
)
WEB_FILE = Syntax(
    name="URL of a file",
    expected="a URL with the scheme https and a public name or an address as its host",
    example="https://example.net/geofeed.csv",
    citation=_CITATION.format("GEOFEED_SYNTAX, PREFIXLEN_SYNTAX"),
    finder=_web_file,
)
IRRD_URL = Syntax(
    name="URL",
    expected="a URL with the scheme http or https",
    example="https://example.net/geofeed.csv",
    citation="IRRd 4.5: rpsl.fields, RPSLURLField",
    finder=matching(
        r"https?://(?:[^/?#\[\]]++|[^/?#\[\]]*+\[[0-9A-F:.]++\][^/?#\[\]]*+)(?:[/?#].*+)?",
        Blemish(compiled(r"\A(?!https?:)[^:]*+:?"), "{} is neither http: nor https:"),
        Blemish(compiled(r"\A[^:]*+:(?!//[^/?#])(?://)?([^/?#]*+)"), "{} stands where // and a host are expected"),
        otherwise="{} is not a URL: its host is out of order",
    ),
)

ROWS = (
    Row(CONTACT, "contact"),
    Row(WEB_FILE, "geofeed prefixlen"),
    Row(IRRD_URL, "geofeed", registries="irrd"),
)
"""Syntaxes of URIs, with the attributes that have them."""
