"""The walks over objects: from an address to its irts, its abuse contact, and one answer with its reasons.

A walk fetches nothing: it goes on without an object that it lacks and returns its key among `missing`. It
never reads a contact from admin-c, tech-c or free text, and takes every decision about mailboxes, order,
reasons and wording from `irtkit.schema.contact_facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from irtkit.contacts.database import first_value, target_of
from irtkit.rpsl import RpslObject
from irtkit.schema.contact_facts import (
    MAILBOX_ATTRIBUTES,
    POLICIES,
    Contact,
    Reference,
    Walk,
    contact_of,
    first_mailbox,
    is_registry_maintained,
    mailbox_of,
    order,
    reason_for,
    tell,
)
from irtkit.special_purpose import special_purpose

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from irtkit.contacts.database import Database, Network, Query
    from irtkit.resources import AddressRange
    from irtkit.schema.contact_facts import MailboxFacts, Reason

__all__ = ["AbuseContact", "Answer", "IrtWalk", "find_abuse_contact", "find_irts", "resolve"]

Key: TypeAlias = tuple[str, str]
"""Class and primary key of an object; the key in upper case."""

_STATED: Final = "abuse contact that the server states"
_CLASSES_WITH_ABUSE_C = frozenset({"inetnum", "inet6num", "aut-num", "organisation"})


@dataclass(frozen=True, slots=True)
class IrtWalk:
    """Where a query's irts come from, and which they are."""

    object: RpslObject | None
    """The object that matches the query."""
    network: RpslObject | None
    """The object whose `mnt-irt` counts: the first from *object* outwards that has any."""
    level: int | None
    """How many objects up *network* stands."""
    names: tuple[str, ...]
    """All irts that it names, upper case, in file order, each once."""
    irts: tuple[RpslObject, ...]
    """Those of them that are in the database."""
    missing: tuple[str, ...]
    """The names that are not."""


def find_irts(database: Database, query: Query) -> IrtWalk:
    """Find the irts that answer for *query*: those of the nearest object that has any `mnt-irt`, all of them.

    The walk starts at the match and takes every less specific object in turn; for an address that is each
    range that contains it, smallest first, also where ranges overlap in part. Nothing else stops it. A
    comma list is several references, and a name without object stays a name. A placeholder ("ask another
    registry") names nobody.

    Raises: RangeError when *query* is no address, prefix, range or AS number.
    Cites: RIPE Database docs, irt: "the closest less specific reference applies"; RIPE's running code returns
    the outermost instead when several ancestors have one (HierarchyLookup, 1.124).
    """
    return _irt_walk(database, _way_to_irts(database, database.hierarchy(query)))


def _irt_walk(database: Database, way: Sequence[Network]) -> IrtWalk:
    matched = way[0].object if way else None
    holder = _irt_holder(way)
    if holder is None:
        return IrtWalk(matched, None, None, (), (), ())
    names = _irt_names(holder)
    found = {name: database.get("irt", name, holder.registry) for name in names}
    return IrtWalk(
        matched,
        holder.object,
        way.index(holder),
        names,
        irts=tuple(irt for irt in found.values() if irt is not None),
        missing=tuple(name for name, irt in found.items() if irt is None),
    )


def _irt_names(network: Network) -> tuple[str, ...]:
    if network.is_placeholder:
        return ()
    return tuple(dict.fromkeys(name.upper() for name in network.object.values("mnt-irt") if name))


def _irt_holder(way: Sequence[Network]) -> Network | None:
    return next((network for network in way if _irt_names(network)), None)


def _way_to_irts(database: Database, hierarchy: Sequence[Network]) -> Sequence[Network]:
    """Return the match's own way up, or all of *hierarchy* if a range beside that way has the irts."""
    own = database.hierarchy_of(hierarchy[0].object) if hierarchy else ()
    return own if _irt_holder(own) == _irt_holder(hierarchy) else hierarchy


@dataclass(frozen=True, slots=True)
class AbuseContact:
    """What RIPE's servers call the abuse contact of an object."""

    mailbox: str | None
    """The bare mailbox; None when the role's value is a dummy, masked, or no mailbox (see *gap*)."""
    suspect: bool
    """The mailbox failed the registry's validation."""
    nic_hdl: str
    """The role, upper case."""
    org: str | None
    """The organisation to refer to, as referenced; it need not exist."""
    via: str
    inherited: int = 0
    """How many objects up the `abuse-c` stands."""
    gap: str | None = None


def find_abuse_contact(
    database: Database,
    object_or_query: RpslObject | Query,
    *,
    suspect_mailboxes: Collection[str] = frozenset(),
) -> AbuseContact | None:
    """Find the abuse contact of an object, or of the object that matches a query, as RIPE's servers do.

    In turn: the object's `abuse-c`, that of its `org`, then the same for the next less specific object, until
    one is maintained by the registry itself or its source is another database. A link that leads to no role
    with an abuse-mailbox yields nothing, and the next step is tried. An aut-num or an organisation has no
    less specific object, and other classes have no abuse contact. A placeholder ("ask another registry")
    names nobody. *suspect_mailboxes* failed the registry's validation.

    Raises: RangeError as `Database.match` does. Cites: RIPE whois 1.124, AbuseCFinder.
    """
    obj = object_or_query if isinstance(object_or_query, RpslObject) else database.match(object_or_query)
    if obj is None or obj.class_name not in _CLASSES_WITH_ABUSE_C:
        return None
    chain = database.hierarchy_of(obj)
    trail = _abuse_trail(database, chain)
    if not trail.found or trail.reference is None:
        return None
    contact = contact_of(trail.reference, trail.facts, frozenset(map(str.lower, suspect_mailboxes)))
    org = _organisation_to_refer_to(database, chain, suspect=contact.suspect)
    return AbuseContact(
        contact.email, contact.suspect, contact.handle, org, contact.via, contact.inherited, contact.gap
    )


class _AbuseTrail(NamedTuple):
    """How far the search for an abuse contact came."""

    reference: Reference | None
    """The abuse-c that counts; unless it is *found*, the nearest one that leads nowhere."""
    facts: MailboxFacts | None
    found: bool
    stop: Network | None
    """The registry-maintained object where the search ended without result."""
    missing: tuple[Key, ...]


def _abuse_trail(database: Database, chain: Sequence[Network]) -> _AbuseTrail:
    missing: dict[Key, None] = {}
    broken: tuple[Reference | None, MailboxFacts | None] = None, None
    stop = None
    for level, network in enumerate(chain):
        if not database.qualifies(network):
            break
        for org, handle in _abuse_handles(database, network, missing):
            reference = Reference("abuse-c", network.label, handle, org, level)
            facts = _facts(_find_role(database, network.registry, handle, missing), network)
            if facts is not None and facts.attribute is not None:
                return _AbuseTrail(reference, facts, True, None, tuple(missing))
            if broken[0] is None:
                broken = reference, facts
        if _ends_climb(network):
            stop = network
            break
    return _AbuseTrail(*broken, False, stop, tuple(missing))


def _ends_climb(network: Network) -> bool:
    """Tell whether the registry itself maintains an object, so that what encloses it supplies no abuse contact."""
    maintainers = [*network.object.values("mnt-by"), *network.object.values("mnt-lower")]
    return is_registry_maintained(maintainers, network.rules)


def _stated_contact(
    database: Database, chain: Sequence[Network], stated: Mapping[str, str | None], suspects: frozenset[str]
) -> Contact | None:
    """Return the abuse contact that the server states for the nearest object of which it says anything.

    That there is none is a statement, too, and ends the search, as it would end that for an abuse-c.
    """
    for level, network in enumerate(chain):
        if not database.qualifies(network):
            break
        if network.key in stated and not network.is_placeholder:
            facts = mailbox_of({"abuse-mailbox": [stated[network.key] or ""]}, network.rules, "role")
            via, suspect = f"{network.label} -> {_STATED}", (facts.email or "").lower() in suspects
            contact = Contact("abuse-c", "(no handle)", facts.email, via, level, suspect=suspect, gap=facts.gap)
            return None if stated[network.key] is None else contact
        if _ends_climb(network):
            break
    return None


def _with_stated(found: Sequence[Contact], stated: Contact | None) -> tuple[Contact, ...]:
    """Return the candidates and what the server states, unless that says nothing new: it stands before an abuse-c."""
    irts = [contact for contact in found if contact.kind == "irt"]
    roles = found[len(irts) :]
    if stated is None or (roles and not stated.email):
        return tuple(found)
    if stated.email and stated.email.lower() in {(contact.email or "").lower() for contact in found}:
        return tuple(found)
    return (*irts, stated, *roles)


def _abuse_handles(database: Database, network: Network, missing: dict[Key, None]) -> Iterator[tuple[str | None, str]]:
    """Yield (organisation or None, handle) for the `abuse-c` of the object, then of its organisation."""
    if network.is_placeholder:
        return
    own = network.value("abuse-c")
    if own:
        yield None, own
    org = network.value("org")
    if org:
        organisation = database.get("organisation", org, network.registry)
        if organisation is None:
            missing["organisation", org.upper()] = None
        elif theirs := first_value(organisation, "abuse-c"):
            yield org, theirs


def _find_role(database: Database, registry: str, handle: str, missing: dict[Key, None]) -> RpslObject | None:
    """Return the role; a person of that handle is no role, but then the key is not missing either."""
    role = database.get("role", handle, registry)
    if role is None and database.get("person", handle, registry) is None:
        missing["role", handle.upper()] = None
    return role


def _organisation_to_refer_to(database: Database, chain: Sequence[Network], *, suspect: bool) -> str | None:
    """Return whom to ask about an abuse contact: the nearest object's sponsoring-org, else its org.

    For a suspect mailbox an org counts only if it is an LIR, unless that leaves nobody.
    """
    lirs = _organisations(database, chain, lir_only=True) if suspect else iter(())
    return next(lirs, None) or next(_organisations(database, chain, lir_only=False), None)


def _organisations(database: Database, chain: Sequence[Network], *, lir_only: bool) -> Iterator[str]:
    for network in chain:
        sponsor, org = network.value("sponsoring-org"), network.value("org")
        if sponsor:
            yield sponsor
        organisation = database.get("organisation", org or "", network.registry)
        if org and (not lir_only or (first_value(organisation, "org-type") or "").upper() == "LIR"):
            yield org


def _facts(obj: RpslObject | None, network: Network) -> MailboxFacts | None:
    if obj is None:
        return None
    return mailbox_of({name: obj.values(name) for name in MAILBOX_ATTRIBUTES}, network.rules, obj.class_name)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for a query, and how that was found."""

    query: str
    network: str | None
    """Key of the most specific object, also of a root or placeholder; None if nothing is there at all."""
    source: str | None
    netname: str | None
    country: str | None
    org: str | None
    irt_network: str | None
    """Key of the object whose `mnt-irt` counts."""
    irts: tuple[str, ...]
    """Its irts, upper case, in file order."""
    contacts: tuple[Contact, ...]
    """The candidates as the policy orders them, gaps included."""
    email: str | None
    """The first mailbox among *contacts*."""
    reason: Reason | None
    """Why there is none."""
    missing: tuple[Key, ...]
    """Class and key of every object that was referred to but is not in the database."""
    steps: tuple[str, ...]
    """The walk told step by step."""


def resolve(
    database: Database,
    query: Query,
    policy: str = "csirt",
    *,
    suspect_mailboxes: Collection[str] = frozenset(),
    stated_mailboxes: Mapping[str, str | None] = MappingProxyType({}),
) -> Answer:
    """Find who answers for an address, a prefix, a range or an AS number, and say how.

    *policy* names one of `POLICIES`. *suspect_mailboxes* failed the registry's validation. *stated_mailboxes* are
    the abuse contacts that the registry's server states itself, by `Network.key`, None where it says that there is
    none: one that no walk finds becomes a candidate, before an abuse-c that differs, because the server looked for it
    in all objects of the registry. That nobody answers is an answer, with its reason: where a placeholder is the most
    specific object, nobody does.

    Raises: RangeError when *query* is none of these; ValueError for a policy that does not exist.
    """
    if policy not in POLICIES:
        raise ValueError(f"unknown policy {policy!r}; expected one of {', '.join(POLICIES)}")
    chosen = POLICIES[policy]
    hierarchy = database.hierarchy(query)
    nothing = hierarchy[0].registers_nothing if hierarchy else None
    asked = () if hierarchy and hierarchy[0].is_placeholder else hierarchy
    way = _way_to_irts(database, asked)
    irt_walk = _irt_walk(database, way)
    suspects = frozenset(map(str.lower, suspect_mailboxes))
    chain = database.hierarchy_of(asked[0].object) if asked else ()
    trail = _abuse_trail(database, chain)
    stated = _stated_contact(database, chain, stated_mailboxes, suspects) if stated_mailboxes else None
    candidates = _with_stated(_candidates(database, way, irt_walk, trail, suspects), stated)
    special = _special_purpose(target_of(query))
    reason = reason_for(candidates, registered=bool(asked) and not nothing, special_purpose=special is not None)
    contacts = order(candidates, chosen)
    matched = hierarchy[0].object if hierarchy else None
    netname, source = first_value(matched, "netname"), (first_value(matched, "source") or "").upper() or None
    walk = Walk(
        tuple(network.label for network in way) if candidates or not nothing else (),
        ", ".join(filter(None, (netname, source and f"source {source}"))),
        nothing_but=nothing,
        irt_level=irt_walk.level,
        abuse_stop=None if trail.stop is None else trail.stop.label,
        special_purpose=special,
    )
    return Answer(
        query=str(query),
        network=hierarchy[0].key if hierarchy else None,
        source=source,
        netname=netname,
        country=first_value(matched, "country"),
        org=(first_value(matched, "org") or "").upper() or None,
        irt_network=None if irt_walk.level is None else way[irt_walk.level].key,
        irts=irt_walk.names,
        contacts=contacts,
        email=first_mailbox(contacts),
        reason=reason,
        missing=(*(("irt", name) for name in irt_walk.missing), *trail.missing),
        steps=tell(str(query), walk, candidates, chosen, reason),
    )


def _candidates(
    database: Database,
    way: Sequence[Network],
    irt_walk: IrtWalk,
    trail: _AbuseTrail,
    suspect_mailboxes: frozenset[str],
) -> tuple[Contact, ...]:
    """Return every candidate: the irts in file order, then the abuse-c."""
    found = []
    if irt_walk.level is not None:
        network = way[irt_walk.level]
        for name in irt_walk.names:
            facts = _facts(database.get("irt", name, network.registry), network)
            reference = Reference("irt", network.label, name, inherited=irt_walk.level)
            found.append(contact_of(reference, facts, suspect_mailboxes))
    if trail.reference is not None:
        found.append(contact_of(trail.reference, trail.facts, suspect_mailboxes))
    return tuple(found)


def _special_purpose(target: AddressRange | str) -> str | None:
    """Return what IANA has set an address aside for; of a range, both ends count."""
    if isinstance(target, str):
        return None
    first, last = (special_purpose(target.family, value) for value in (target.first, target.last))
    return first if last else None
