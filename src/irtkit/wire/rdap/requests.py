"""Questions to an RDAP service, as HTTP requests (RFC 9082, RFC 7480); the base URL comes from the bootstrap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from irtkit.errors import QueryError
from irtkit.resources import format_address
from irtkit.rpsl.faults import shown
from irtkit.wire.questions import HttpRequest
from irtkit.wire.targets import read_url

if TYPE_CHECKING:
    from irtkit.resources import AddressRange

__all__ = ["MEDIA_TYPE", "autnum_request", "domain_request", "entity_request", "ip_request", "rdap_request"]

MEDIA_TYPE: Final = "application/rdap+json"
"""What is asked for, and what an answer should be (RFC 7480, section 4.2)."""

_LONGEST: Final = 255


def ip_request(base: str, space: AddressRange, *, registry: str | None = None) -> HttpRequest:
    """Ask for the network that holds an address, a prefix, or the first address of a range that is neither.

    Raises: QueryError if *base* is no http or https URL.
    """
    address = format_address(space.family, space.first)
    length = space.prefix_length
    place = address if length is None or space.size == 1 else f"{address}/{length}"
    return rdap_request(base, f"ip/{place}", registry=registry)


def autnum_request(base: str, number: int, *, registry: str | None = None) -> HttpRequest:
    """Ask for the AS number *number*.

    Raises: QueryError for what is no AS number.
    """
    if not 0 <= number < 1 << 32:
        raise QueryError(f"expected an AS number from 0 to 4294967295, found {number}")
    return rdap_request(base, f"autnum/{number}", registry=registry)


def entity_request(base: str, handle: str, *, registry: str | None = None) -> HttpRequest:
    """Ask for the entity with a handle; the answer may hold personal data.

    Raises: QueryError for what can be no handle.
    """
    return rdap_request(base, f"entity/{_segment(handle)}", registry=registry, personal=True)


def domain_request(base: str, name: str, *, registry: str | None = None) -> HttpRequest:
    """Ask for a domain; a name that is not ASCII is sent in A-labels.

    Raises: QueryError for what can be no name of a domain.
    """
    name = name.strip().rstrip(".").lower()
    if not name.isascii() and len(name) <= _LONGEST:
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            raise QueryError(f"expected the name of a domain, found {shown(name)}") from None
    return rdap_request(base, f"domain/{_segment(name)}", registry=registry)


def rdap_request(base: str, place: str, *, registry: str | None = None, personal: bool = False) -> HttpRequest:
    """Ask *base* for *place*, which is escaped already.

    Raises: QueryError if *base* is no http or https URL, or the whole is none.
    """
    url = read_url(f"{base.removesuffix('/')}/{place}")
    if url is None:
        raise QueryError(f"expected the base URL of an RDAP service, found {shown(base)}")
    return HttpRequest(str(url), headers={"accept": MEDIA_TYPE}, registry=registry, personal=personal)


def _segment(text: str) -> str:
    """Escape one segment of a path."""
    if not text.strip(". ") or len(text) > _LONGEST or not text.isprintable():
        raise QueryError(f"expected a handle or name of at most {_LONGEST} characters, found {shown(text)}")
    return quote(text, safe="")
