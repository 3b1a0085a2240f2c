"""RDAP documents: JSON bytes to typed values (RFC 9083; redaction: RFC 9537; prefixes: the cidr0 extension).

Lenient: members that are not known are noted, those of a wrong type noted and left out; only a text that is no JSON
object, or beyond the limits of `irtkit.wire.members`, is refused. Without `objectClassName`, as in early answers
of some registries, the members tell the class. It judges no contact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypedDict

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.wire.members import Members, Warnings, read_members
from irtkit.wire.rdap.jcard import NO_CARD, read_card
from irtkit.wire.rdap.values import (
    GEOFEED,
    Autnum,
    Document,
    Domain,
    Entity,
    Event,
    IpNetwork,
    Link,
    Nameserver,
    PublicId,
    RdapError,
    RdapValue,
    Redaction,
    Remark,
)

__all__ = ["parse_document"]

_LAST_AS_NUMBER: Final = 0xFFFFFFFF
_ANSWER: Final = frozenset(["rdapConformance", "notices", "redacted"])
_COMMON: Final = frozenset(
    ["objectClassName", "handle", "status", "entities", "remarks", "events", "links", "port43", "lang", "asEventActor"]
)
_ERROR: Final = frozenset(["errorCode", "title", "description", "lang", "remarks", "links"])
_KNOWN: Final = {
    "ip network": _COMMON
    | frozenset(
        [
            "startAddress",
            "endAddress",
            "ipVersion",
            "name",
            "type",
            "country",
            "parentHandle",
            "cidr0_cidrs",
            "geofeed1_geofeed",
        ]
    ),
    "autnum": _COMMON | frozenset(["startAutnum", "endAutnum", "name", "type", "country"]),
    "entity": _COMMON | frozenset(["roles", "vcardArray", "publicIds", "networks", "autnums"]),
    "domain": _COMMON
    | frozenset(["ldhName", "unicodeName", "variants", "nameservers", "secureDNS", "publicIds", "network"]),
    "nameserver": _COMMON | frozenset(["ldhName", "unicodeName", "ipAddresses"]),
}
_SIGNS: Final = (
    ("startAddress", "ip network"),
    ("startAutnum", "autnum"),
    ("nameservers", "domain"),
    ("ipAddresses", "nameserver"),
    ("ldhName", "domain"),
    ("vcardArray", "entity"),
    ("roles", "entity"),
)
_SEARCHES: Final = {
    "entitySearchResults": "entity",
    "domainSearchResults": "domain",
    "nameserverSearchResults": "nameserver",
    "ipSearchResults": "ip network",
    "autnumSearchResults": "autnum",
}


def parse_document(body: bytes, server: str) -> Document:
    """Read one answer of *server*: an object, the results of a search, an error or a help text.

    Cost: linear in the bytes. Raises: AnswerError for what is no JSON object or beyond a limit; nothing else.
    """
    warnings = Warnings()
    top = read_members(body, server, warnings)
    error = _error(top) if "errorCode" in top else None
    objects = () if error else tuple(_objects(top))
    return Document(
        server,
        objects,
        error,
        tuple(_remarks(top, "notices")),
        top.texts("rdapConformance"),
        tuple(_redactions(top)),
        tuple(warnings),
    )


def _error(top: Members) -> RdapError:
    top.note_unknown(_ANSWER | _ERROR)
    return RdapError(top.number("errorCode"), top.text("title"), top.texts("description"))


def _objects(top: Members) -> Iterator[RdapValue]:
    name = next((name for name in _SEARCHES if name in top), None)
    if name is not None:
        top.note_unknown(_ANSWER | frozenset(_SEARCHES))
        for result in top.objects(name):
            yield from _object(result, _SEARCHES[name])
        return
    class_name = top.text("objectClassName") if "objectClassName" in top else None
    guessed = next((guess for sign, guess in _SIGNS if sign in top), None)
    if class_name is None or class_name.lower() not in _KNOWN:
        if class_name is not None or guessed is not None:
            top.warn("objectClassName", "expected the name of a class")
        class_name = guessed
    if class_name is None:
        top.note_unknown(_ANSWER)
    else:
        yield from _object(top, class_name.lower(), _ANSWER)


def _object(members: Members, class_name: str, also: frozenset[str] = frozenset()) -> Iterator[RdapValue]:
    members.note_unknown(_KNOWN[class_name] | also)
    yield _READERS[class_name](members)


class _Common(TypedDict):
    path: str
    handle: str | None
    status: tuple[str, ...]
    entities: tuple[Entity, ...]
    remarks: tuple[Remark, ...]
    events: tuple[Event, ...]
    links: tuple[Link, ...]
    port43: str | None
    language: str | None


def _common(members: Members) -> _Common:
    return _Common(
        path=members.path,
        handle=members.text("handle"),
        status=_lower(members.texts("status")),
        entities=tuple(_entity(inner) for inner in _known_objects(members, "entities", "entity")),
        remarks=tuple(_remarks(members, "remarks")),
        events=tuple(_events(members)),
        links=tuple(_links(members)),
        port43=members.text("port43"),
        language=members.text("lang"),
    )


def _known_objects(members: Members, name: str, class_name: str) -> Iterator[Members]:
    for inner in members.objects(name):
        inner.note_unknown(_KNOWN[class_name])
        yield inner


def _entity(members: Members) -> Entity:
    card = NO_CARD
    if "vcardArray" in members:
        card = read_card(members.raw("vcardArray"), f"{members.path}/vcardArray", members.warnings)
    return Entity(
        **_common(members),
        roles=_lower(members.texts("roles")),
        card=card,
        public_ids=tuple(_public_ids(members)),
        networks=tuple(_ip_network(inner) for inner in _known_objects(members, "networks", "ip network")),
        autnums=tuple(_autnum(inner) for inner in _known_objects(members, "autnums", "autnum")),
    )


def _ip_network(members: Members) -> IpNetwork:
    common = _common(members)
    prefixes = tuple(_prefixes(members))
    return IpNetwork(
        **common,
        range=_range(members, prefixes),
        prefixes=prefixes,
        name=members.text("name"),
        type=members.text("type"),
        country=members.text("country"),
        parent_handle=members.text("parentHandle"),
        geofeeds=tuple(dict.fromkeys(_geofeeds(members, common["links"]))),
    )


def _geofeeds(members: Members, links: Iterable[Link]) -> Iterator[str]:
    yield from (link.href for link in links if link.rel is not None and link.rel.startswith(GEOFEED))
    if own := members.text("geofeed1_geofeed"):
        yield own


def _range(members: Members, prefixes: tuple[AddressRange, ...]) -> AddressRange | None:
    """Return the range from start to end, else the one that the prefixes make up."""
    ends = []
    for name in ("startAddress", "endAddress"):
        text = members.text(name)
        if text is not None:
            try:
                ends.append(AddressRange.parse_lenient(text.partition("/")[0]))  # early RIPE answers: 2001:db8::/128
            except RangeError:
                members.warn(name, "expected an address")
    if len(ends) == 2:
        first, last = ends
        if first.family == last.family and first.first <= last.first:
            return AddressRange(first.family, first.first, last.first)
        members.warn("endAddress", "expected an address after the first one")
    return _joined(prefixes)


def _joined(prefixes: tuple[AddressRange, ...]) -> AddressRange | None:
    if not prefixes:
        return None
    ordered = sorted(prefixes)
    whole = AddressRange(ordered[0].family, ordered[0].first, ordered[0].last)
    for prefix in ordered[1:]:
        if prefix.family != whole.family or prefix.first != whole.last + 1:
            return None
        whole = AddressRange(whole.family, whole.first, prefix.last)
    return whole


def _prefixes(members: Members) -> Iterator[AddressRange]:
    for row in members.objects("cidr0_cidrs"):
        address = row.text("v4prefix") or row.text("v6prefix")
        length = row.number("length")
        try:
            yield AddressRange.parse_lenient(f"{address}/{length}")
        except RangeError:
            row.warn("length", "expected a prefix")


def _autnum(members: Members) -> Autnum:
    first, last = (_as_number(members, name) for name in ("startAutnum", "endAutnum"))
    if first is not None and last is not None and first > last:
        members.warn("endAutnum", "expected an AS number after the first one")
        last = None
    return Autnum(
        **_common(members),
        first=first,
        last=first if last is None else last,
        name=members.text("name"),
        type=members.text("type"),
        country=members.text("country"),
    )


def _as_number(members: Members, name: str) -> int | None:
    number = members.number(name)
    if number is not None and not 0 <= number <= _LAST_AS_NUMBER:
        members.warn(name, "expected an AS number")
        return None
    return number


def _domain(members: Members) -> Domain:
    network = members.object("network")
    return Domain(
        **_common(members),
        name=members.text("ldhName"),
        unicode_name=members.text("unicodeName"),
        nameservers=tuple(_nameserver(inner) for inner in _known_objects(members, "nameservers", "nameserver")),
        public_ids=tuple(_public_ids(members)),
        network=None if network is None else _ip_network(network),
    )


def _nameserver(members: Members) -> Nameserver:
    addresses = members.object("ipAddresses")
    return Nameserver(
        **_common(members),
        name=members.text("ldhName"),
        unicode_name=members.text("unicodeName"),
        addresses=() if addresses is None else (*addresses.texts("v4"), *addresses.texts("v6")),
    )


_READERS: Final[dict[str, Callable[[Members], RdapValue]]] = {
    "ip network": _ip_network,
    "autnum": _autnum,
    "entity": _entity,
    "domain": _domain,
    "nameserver": _nameserver,
}


def _remarks(members: Members, name: str) -> Iterator[Remark]:
    for row in members.objects(name):
        kind = row.text("type")
        yield Remark(
            row.text("title"),
            None if kind is None else kind.lower(),
            row.texts("description"),
            tuple(_links(row)),
            row.path,
        )


def _links(members: Members) -> Iterator[Link]:
    for row in members.objects("links"):
        href = row.text("href")
        if href is None:
            row.warn("href", "expected a URL")
            continue
        rel, kind = row.text("rel"), row.text("type")
        yield Link(href, rel and rel.lower(), kind and kind.lower(), row.text("title"), row.text("value"), row.path)


def _events(members: Members) -> Iterator[Event]:
    for row in members.objects("events"):
        action = row.text("eventAction")
        yield Event(action and action.lower(), row.text("eventDate"), row.text("eventActor"))


def _public_ids(members: Members) -> Iterator[PublicId]:
    for row in members.objects("publicIds"):
        yield PublicId(row.text("type"), row.text("identifier"))


def _redactions(top: Members) -> Iterator[Redaction]:
    for row in top.objects("redacted"):
        method = row.text("method") or "removal"
        path = row.text("prePath") or row.text("postPath") or row.text("replacementPath")
        yield Redaction(_said(row, "name"), _said(row, "reason"), method.lower(), path)


def _said(row: Members, name: str) -> str | None:
    """Return the description or type that the object *name* has."""
    said = row.object(name)
    return None if said is None else said.text("description") or said.text("type")


def _lower(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return words of a list of words, such as roles, in lower case and in one line each."""
    return tuple(" ".join(text.lower().split()) for text in texts)
