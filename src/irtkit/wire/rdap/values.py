"""What an RDAP document holds, as values: networks, autonomous systems, entities, domains, and what is said of them.

Names are RFC 9083's, in Python's spelling; `path` is the JSON pointer of the object in its document. What was absent or
unreadable is None or empty. How they are read is in `irtkit.wire.rdap.documents`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from irtkit.wire.rdap.jcard import NO_CARD, Card

if TYPE_CHECKING:
    from irtkit.resources import AddressRange
    from irtkit.wire.members import WireWarning

__all__ = [
    "GEOFEED",
    "Autnum",
    "Document",
    "Domain",
    "Entity",
    "Event",
    "IpNetwork",
    "Link",
    "Nameserver",
    "PublicId",
    "RdapError",
    "RdapObject",
    "RdapValue",
    "Redaction",
    "Remark",
]

GEOFEED: Final = "geofeed"
"""How the relation of a link to a geofeed begins (RFC 9877)."""


class Link(NamedTuple):
    """A link; *href* as written, *rel* and *type* in lower case."""

    href: str
    rel: str | None = None
    type: str | None = None
    title: str | None = None
    value: str | None = None
    """The URL of the document that the link is about."""
    path: str = ""


class Remark(NamedTuple):
    """A remark or notice: paragraphs of text."""

    title: str | None
    type: str | None
    """Such as `object redacted due to authorization`, in lower case."""
    description: tuple[str, ...]
    links: tuple[Link, ...] = ()
    path: str = ""


class Event(NamedTuple):
    """Something that happened; *date* as written, which is RFC 3339 if the registry is right."""

    action: str | None
    date: str | None
    actor: str | None = None


class PublicId(NamedTuple):
    """An identifier given by somebody else, such as IANA's number of a registrar."""

    type: str | None
    identifier: str | None


class Redaction(NamedTuple):
    """A member that was taken out of the document (RFC 9537)."""

    name: str | None
    reason: str | None
    method: str
    """`removal` where nothing is said."""
    path: str | None
    """JSONPath of the member in the document as it was, else in this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RdapObject:
    """What every class of object has."""

    path: str = ""
    handle: str | None = None
    status: tuple[str, ...] = ()
    """In lower case."""
    entities: tuple[Entity, ...] = ()
    remarks: tuple[Remark, ...] = ()
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    port43: str | None = None
    """The whois server that holds the object."""
    language: str | None = None

    @property
    def last_changed(self) -> str | None:
        """The date of the last change, as written."""
        return next((event.date for event in self.events if event.action == "last changed"), None)

    def iter_entities(self) -> Iterator[tuple[int, Entity]]:
        """Yield every entity with how many entities stand between it and this object, in document order."""
        pending = [(0, entity) for entity in reversed(self.entities)]
        while pending:
            level, entity = pending.pop()
            yield level, entity
            pending.extend((level + 1, inner) for inner in reversed(entity.entities))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(RdapObject):
    """A person, group or organisation, with its roles in what encloses it, in lower case."""

    roles: tuple[str, ...] = ()
    card: Card = NO_CARD
    public_ids: tuple[PublicId, ...] = ()
    networks: tuple[IpNetwork, ...] = ()
    autnums: tuple[Autnum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IpNetwork(RdapObject):
    """A range of addresses; *range* is None where the registry gives none that can be read."""

    range: AddressRange | None = None
    prefixes: tuple[AddressRange, ...] = ()
    """The same as prefixes, where the registry says so (`cidr0_cidrs`)."""
    name: str | None = None
    type: str | None = None
    country: str | None = None
    parent_handle: str | None = None
    geofeeds: tuple[str, ...] = ()
    """URLs of RFC 8805 files: links with that relation, and the member that RFC 9877's extension has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Autnum(RdapObject):
    """One AS number, or a block of them: *first* to *last*, both included; None if not given."""

    first: int | None = None
    last: int | None = None
    name: str | None = None
    type: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameserver(RdapObject):
    """A name server."""

    name: str | None = None
    unicode_name: str | None = None
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain(RdapObject):
    """A domain, reverse ones included; *network* is what a reverse domain is for."""

    name: str | None = None
    """In A-labels."""
    unicode_name: str | None = None
    nameservers: tuple[Nameserver, ...] = ()
    public_ids: tuple[PublicId, ...] = ()
    network: IpNetwork | None = None


class RdapError(NamedTuple):
    """The body of a refusal: *code* is the HTTP status."""

    code: int | None
    title: str | None
    description: tuple[str, ...]


RdapValue: TypeAlias = IpNetwork | Autnum | Entity | Domain | Nameserver


@dataclass(frozen=True, slots=True)
class Document:
    """One answer: its objects (one for a look-up, several for a search), or an error, and what goes with them."""

    server: str
    objects: tuple[RdapValue, ...] = ()
    error: RdapError | None = None
    notices: tuple[Remark, ...] = ()
    conformance: tuple[str, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    warnings: tuple[WireWarning, ...] = ()
    """What was left out or mended, the first hundred."""

    @property
    def object(self) -> RdapValue | None:
        """The object of a look-up; None in an error, a search or a help text."""
        return self.objects[0] if len(self.objects) == 1 else None
