"""Whom a server may send us to: URLs read strictly, and the rule which hosts and ports a referral may name.

A referral is text from a stranger. It may name a well-known port of a public host, and nothing else, unless the
user allows the target by name; and it may not lead from https to http. What a name resolves to is seen only where
it is resolved: whoever connects asks `is_forbidden_address` of every address.

It resolves nothing and follows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final, NamedTuple

from irtkit.errors import RangeError
from irtkit.resources import parse_address
from irtkit.special_purpose import special_purpose

__all__ = [
    "PORTS",
    "Url",
    "find_refusal",
    "find_refusal_of_url",
    "is_downgrade",
    "is_forbidden_address",
    "read_url",
    "usual_host",
    "usual_place",
]

PORTS: Final = {"whois": 43, "rwhois": 4321, "http": 80, "https": 443}
"""The one port of each scheme that a referral may name."""

_LONGEST_URL: Final = 4_096
"""Characters; the longest that any registry's answers hold are some two hundred."""
_LONGEST_HOST: Final = 253
_PATH: Final = r"(?:%[0-9A-Fa-f]{2}|[\w.~!$&'()*+,;=:@/-])*+"
_REST: Final = r"(\?(?:%[0-9A-Fa-f]{2}|[\w.~!$&'()*+,;=:@/?-])*+)?(?:#[!-~]*)?"
_URL: Final = re.compile(
    rf"(https?)://(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{{1,5}}))?(/{_PATH})?{_REST}", re.ASCII | re.IGNORECASE
)
_REFERENCE: Final = re.compile(rf"(/?{_PATH}){_REST}", re.ASCII)
_NAME: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PRIVATE_NAMES: Final = (".localhost", ".local", ".localdomain", ".internal", ".home.arpa")
_NAT64: Final = 0x64FF9B << 96 >> 32  # the upper 96 bits of 64:ff9b::/96 (RFC 6052)


class Url(NamedTuple):
    """An `http` or `https` URL without user, password and fragment."""

    scheme: str
    host: str
    """Lower case; an IPv6 address without its brackets."""
    port: int
    place: str
    """Path and query, as they are sent; begins with a slash."""

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.place}"


def read_url(text: str, base: Url | None = None) -> Url | None:
    """Read a URL; one without scheme is read in relation to *base*, where that is given. None if it is none.

    Strict: ASCII, whole percent escapes, no user or password, at most 4,096 characters, so that what is judged here
    is what is sent. Dots in the path (`/../`) are resolved.

    Cites: RFC 3986, sections 3 and 5.2; RFC 9110, section 10.2.2.
    """
    if len(text) > _LONGEST_URL:
        return None
    if base is not None and text.startswith("//"):
        text = f"{base.scheme}:{text}"
    if found := _URL.fullmatch(text):
        scheme, host = found[1].lower(), found[2].lower().strip("[]")
        port = int(found[3] or PORTS[scheme])
        return Url(scheme, host, port, _place(found[4] or "/", found[5])) if 0 < port < 1 << 16 else None
    relative = _REFERENCE.fullmatch(text) if base is not None else None
    if base is None or relative is None or re.match(r"[^/]*:", text):
        return None
    path = base.place.partition("?")[0]
    if relative[1]:
        path = relative[1] if relative[1].startswith("/") else path[: path.rfind("/") + 1] + relative[1]
    return base._replace(place=_place(path, relative[2]))


def _place(path: str, query: str | None) -> str:
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return f"/{'/'.join(kept)}{query or ''}"


def usual_host(host: str) -> str:
    """Return a host as the allowed ones are written: lower case, no final dot, an IPv6 address in brackets."""
    name = host.lower().strip("[]").removesuffix(".")
    return f"[{name}]" if ":" in name else name


def usual_place(host: str, port: int) -> str:
    """Return a host with its port as the allowed ones are written."""
    return f"{usual_host(host)}:{port}"


def find_refusal(host: str, port: int, scheme: str = "whois", *, allowed: Container[str] = ()) -> str | None:
    """Say why a referral may not lead to *host* and *port*, or return None if it may.

    *scheme* is one of `PORTS`. *allowed* holds what the user allows whatever it is: `HOST:PORT`, or `HOST` for the
    scheme's own port; an IPv6 address stands in brackets there.
    """
    shown = usual_host(host)
    name = shown.strip("[]")
    if f"{shown}:{port}" in allowed or (shown in allowed and port == PORTS[scheme]):
        return None
    if port != PORTS[scheme]:
        return f"port {port} is not the port of {scheme}"
    if _is_address(name):
        return "its address is not public" if is_forbidden_address(name) else None
    if len(name) > _LONGEST_HOST or not _NAME.fullmatch(name):
        return "it is not the full name of a host"
    return "its name is not public" if name.endswith(_PRIVATE_NAMES) else None


def find_refusal_of_url(target: Url, asked: Url | None = None, *, allowed: Container[str] = ()) -> str | None:
    """Say why a server that was *asked* may not send us to *target*, or return None if it may."""
    if asked is not None and is_downgrade(asked, target):
        return "it leads from https to http"
    return find_refusal(target.host, target.port, target.scheme, allowed=allowed)


def is_downgrade(asked: Url, target: Url) -> bool:
    """Tell whether going from *asked* to *target* gives up encryption."""
    return asked.scheme == "https" and target.scheme != "https"


def _is_address(name: str) -> bool:
    try:
        parse_address(name)
    except RangeError:
        return False
    return True


def is_forbidden_address(address: str) -> bool:
    """Tell whether *address* is not one of a public host: private, loopback, multicast, or no address at all.

    IPv6 counts as public in 2000::/3 alone, and under NAT64's well-known prefix if the IPv4 address in it is public.

    Cites: IANA IPv4 and IPv6 Special-Purpose Address Space; RFC 4291, section 2.4; RFC 6052, section 3.1.
    """
    try:
        family, value = parse_address(address)
    except RangeError:
        return True
    if family == 6 and value >> 32 == _NAT64:
        family, value = 4, value & (1 << 32) - 1
    if family == 6 and value >> 125 != 1:
        return True
    return special_purpose(family, value) is not None
