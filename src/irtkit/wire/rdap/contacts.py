"""Who answers for the object of an RDAP document: every entity with the role `abuse`, at every level.

Nothing is guessed: no other role, no remark and no name yields a mailbox. An entity without a mailbox is a candidate,
too, with the reason; RIPE's irts are such. What the registry says about the mailbox (that its validation failed, when
it succeeded) is a flag. The order is nearness: an entity of the object itself before one of the object's holder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from irtkit.schema.contact_facts import Gap, Kind, mailbox_of
from irtkit.schema.contact_rules import RULES, ContactRules, rules_for_source
from irtkit.wire.rdap.values import Document, Entity, IpNetwork, RdapObject, RdapValue, Remark

__all__ = ["ABUSE", "WITHHOLDING", "AbuseContact", "AbuseGap", "NoContact", "abuse_contacts", "find_reason"]

AbuseGap: TypeAlias = Literal["dummy", "masked", "no-mailbox", "withheld"]
"""Why an entity has no mailbox; `withheld`: the registry keeps it from those whom it does not know."""
NoContact: TypeAlias = Literal["error", "no-object", "no-abuse-role", "withheld", "dummy", "no-mailbox"]
"""Why a document has no mailbox at all."""

ABUSE: Final = "abuse"
"""The role that counts (RFC 9083, section 10.2.4)."""
WITHHOLDING: Final = frozenset({"lacnic", "nicbr"})
"""Registries that leave mailboxes out without saying so, unless one has an account there (Brazil's law 13.709)."""

_ANY: Final = ContactRules(
    registry="",
    sources=(),
    dummy_mailboxes=frozenset().union(*(rules.dummy_mailboxes for rules in RULES)),
    echo_remark=next(rules.echo_remark for rules in RULES if rules.echo_remark),
    citation="the rules of all registries",
)
_IRT: Final = re.compile(r"irt-.", re.IGNORECASE)
_UNVALIDATED: Final = "unvalidated poc"
_NO_RESPONSE: Final = re.compile(r"no response from the POC since (\d{4}-\d\d-\d\d)")
_FAILED: Final = re.compile(
    r"Abuse contact for '[^']{1,200}' is '([^']{1,400})'\s+Abuse-mailbox validation failed\.(?: Please refer to (\S+))?"
)
_TAKEN_OUT: Final = re.compile(
    r"object (?:redacted|truncated) due to authorization|redacted for privacy", re.IGNORECASE
)
_HIDDEN: Final = frozenset({"private", "removed", "obscured"})
_HANDLE: Final = re.compile(r"@\.handle==['\"]([^'\"]*)['\"]")
_ROLE: Final = re.compile(r"@\.roles(?:\[\d+\])?==['\"]([^'\"]*)['\"]")
_PLACE: Final = re.compile(r"\$((?:\.entities\[\d+\])*)\.vcardArray")
_INDEX: Final = re.compile(r"\.entities\[(\d+)\]")
_LONGEST_PATH: Final = 500
_MOST_MAILBOXES: Final = 20
_MOST_REMARKS: Final = 50
_GAPS: Final[dict[Gap, AbuseGap]] = {
    "dummy": "dummy",
    "masked": "masked",
    "missing-object": "no-mailbox",
    "no-mailbox": "no-mailbox",
}


@dataclass(frozen=True, slots=True)
class AbuseContact:
    """An entity with the role `abuse`, and one mailbox of it; *email* is None exactly when *gap* is not."""

    kind: Kind
    """`irt` if the entity is named like one, else `abuse-c`."""
    handle: str | None
    name: str | None
    """The formatted name on the card."""
    email: str | None
    gap: AbuseGap | None
    level: int
    """How many entities stand between it and the object; 0: an entity of the object itself."""
    roles: tuple[str, ...]
    path: str
    """JSON pointer of the property `email`; of the entity where there is none."""
    via: str
    """The way there: `ip network X -> entity Y (registrant) -> entity Z (abuse) -> email`."""
    suspect: bool = False
    """The registry's validation of the mailbox failed."""
    refer_to: str | None = None
    """Whom the registry names to ask instead (RIPE, for a suspect mailbox)."""
    validated: str | None = None
    """Day (`YYYY-MM-DD`) on which the registry last validated the mailbox (APNIC)."""
    unanswered_since: str | None = None
    """Day since which the contact has not answered the registry (ARIN)."""
    evidence: tuple[str, ...] = ()
    """JSON pointers of the remarks that say so."""
    last_changed: str | None = None


class _Found(NamedTuple):
    """An abuse entity, how many entities stand above it, and the way to it."""

    entity: Entity
    level: int
    via: str


class _Hints(NamedTuple):
    """What the whole document, and the registry it is from, say about mailboxes."""

    registry: str | None
    rules: ContactRules
    failed: Mapping[str, tuple[str | None, str]]
    """Mailboxes, lower case, whose validation failed: whom to ask instead, and the remark."""
    redacted: frozenset[tuple[str, str]]
    """Entities whose mailbox was taken out, by `handle`, `role` or `path`."""


class _Verdict(NamedTuple):
    """What remarks say about a mailbox."""

    suspect: bool = False
    refer_to: str | None = None
    validated: str | None = None
    unanswered_since: str | None = None
    evidence: tuple[str, ...] = ()


def abuse_contacts(document: Document, registry: str | None = None) -> tuple[AbuseContact, ...]:
    """Return every candidate of a document, nearest first; of one entity, mailboxes of type `abuse` first.

    *registry* is the one that answered, such as `lacnic`: its rules say which mailboxes are dummies and whether
    mailboxes are withheld silently. Without it, a mailbox counts as a dummy if it is one anywhere. The same entity
    at two levels (ARIN) is two candidates.
    """
    found = [each for obj in document.objects for each in _abuse_in(obj, _label(obj), -1)]
    found.sort(key=lambda each: each.level)
    hints = _read_hints(document, registry)
    return tuple(contact for each in found for contact in _contacts_of(each, hints))


def find_reason(document: Document, contacts: Iterable[AbuseContact]) -> NoContact | None:
    """Return why there is no mailbox among *contacts*, all that `abuse_contacts` found; None if there is one."""
    gaps = {contact.gap for contact in contacts}
    if None in gaps:
        return None
    if document.error is not None:
        return "error"
    if not document.objects:
        return "no-object"
    if gaps & {"dummy", "masked"}:
        return "dummy"
    if "withheld" in gaps or (not gaps and _says_withheld(document)):
        return "withheld"
    return "no-mailbox" if gaps else "no-abuse-role"


def _abuse_in(obj: RdapObject, via: str, level: int) -> Iterator[_Found]:
    """Yield the abuse entities at and below *obj*, which is as deep as the reader lets it be."""
    if isinstance(obj, Entity) and ABUSE in obj.roles:
        yield _Found(obj, max(level, 0), via)
    for entity in obj.entities:
        roles = f" ({', '.join(entity.roles)})" if entity.roles else ""
        yield from _abuse_in(entity, f"{via} -> entity {entity.handle or 'without handle'}{roles}", level + 1)


def _label(obj: RdapValue) -> str:
    if isinstance(obj, IpNetwork):
        return f"ip network {obj.handle or obj.range or 'without handle'}"
    return f"{type(obj).__name__.lower()} {obj.handle or 'without handle'}"


def _read_hints(document: Document, registry: str | None) -> _Hints:
    failed: dict[str, tuple[str | None, str]] = {}
    for remark in (remark for obj in document.objects for remark in obj.remarks):
        if found := _FAILED.search("\n".join(remark.description)):
            failed.setdefault(found[1].lower(), (found[2], remark.path))
    redacted = set()
    for redaction in document.redactions:
        path = (redaction.path or "")[:_LONGEST_PATH]
        if "mail" in path.lower():
            redacted.add(_redacted_entity(path))
    return _Hints(registry, _ANY if registry is None else rules_for_source(registry), failed, frozenset(redacted))


def _redacted_entity(path: str) -> tuple[str, str]:
    """Return what a JSONPath tells of its entity: the handle, a role, or else the JSON pointer."""
    for name, pattern in (("handle", _HANDLE), ("role", _ROLE)):
        if said := pattern.findall(path):
            return name, said[-1]
    place = _PLACE.match(path)
    return "path", _INDEX.sub(r"/entities/\1", place[1]) if place else "?"


def _contacts_of(found: _Found, hints: _Hints) -> Iterator[AbuseContact]:
    entity = found.entity
    rows: Sequence[tuple[str, str | None]] = [
        (email.mailbox, email.path) for email in entity.card.emails[:_MOST_MAILBOXES]
    ]
    for value, path in rows or _unreadable(entity) or [("", None)]:
        facts = mailbox_of({"abuse-mailbox": [value]}, hints.rules, "role")
        gap = _GAPS[facts.gap] if facts.gap else None
        if gap == "no-mailbox" and _is_withheld(entity, hints):
            gap = "withheld"
        verdict = _verdict(entity, facts.email, hints) if facts.email else _Verdict()
        yield AbuseContact(
            kind="irt" if _IRT.match(entity.handle or "") else "abuse-c",
            handle=entity.handle,
            name=entity.card.name,
            email=facts.email,
            gap=gap,
            level=found.level,
            roles=entity.roles,
            path=entity.path if path is None else path,
            via=found.via if path is None else f"{found.via} -> email",
            last_changed=entity.last_changed,
            **verdict._asdict(),
        )


def _unreadable(entity: Entity) -> Sequence[tuple[str, str | None]]:
    """Return the first value of `email` that is no mailbox: it may be a mask."""
    rows = zip(entity.card.properties, entity.card.paths, strict=True)
    return [(prop.values[0], path) for prop, path in rows if prop.name == "email" and prop.values][:1]


def _verdict(entity: Entity, email: str, hints: _Hints) -> _Verdict:
    suspect, refer_to, days, since = False, None, [], None
    evidence = []
    for remark in entity.remarks[:_MOST_REMARKS]:
        facts = mailbox_of({"abuse-mailbox": [email], "remarks": remark.description}, hints.rules, "role")
        is_unanswered = (remark.title or "").lower() == _UNVALIDATED
        if is_unanswered and (found := _NO_RESPONSE.search("\n".join(remark.description))):
            since = found[1]
        if facts.validated:
            days.append(facts.validated)
        suspect |= facts.suspect or is_unanswered
        if facts.validated or facts.suspect or is_unanswered:
            evidence.append(remark.path)
    if email.lower() in hints.failed:
        suspect = True
        refer_to, path = hints.failed[email.lower()]
        evidence.append(path)
    return _Verdict(suspect, refer_to, max(days, default=None), since, tuple(evidence))


def _is_withheld(entity: Entity, hints: _Hints) -> bool:
    """Tell whether the registry keeps the mailbox back: it says so of this entity, or does so with everybody's."""
    if hints.registry in WITHHOLDING or _is_hidden(entity):
        return True
    names = {("handle", entity.handle or ""), ("path", entity.path), *(("role", role) for role in entity.roles)}
    return not names.isdisjoint(hints.redacted)


def _is_hidden(obj: RdapObject) -> bool:
    return not _HIDDEN.isdisjoint(obj.status) or _is_taken_out(obj.remarks)


def _is_taken_out(remarks: Iterable[Remark]) -> bool:
    return any(_TAKEN_OUT.search(text) for remark in remarks for text in (remark.type, remark.title) if text)


def _says_withheld(document: Document) -> bool:
    return _is_taken_out(document.notices) or any(_is_hidden(obj) for obj in document.objects)
