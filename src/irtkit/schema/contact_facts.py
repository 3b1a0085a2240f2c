"""What one registry object says about a contact, and what follows from it: plain values in, plain values out.

Both paths decide here, so that they cannot disagree: the object path (`irtkit.contacts`) and the
column path (`irtkit.index`) read mailboxes, order candidates, name the reason and tell the walk with
these functions.

It walks no hierarchy, knows no object and no range, and never takes an address out of free text.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple, TypeAlias

from irtkit.schema.contact_rules import MASK, ContactRules

__all__ = [
    "MAILBOX_ATTRIBUTES",
    "POLICIES",
    "Contact",
    "Gap",
    "Kind",
    "MailboxFacts",
    "Policy",
    "Reason",
    "Reference",
    "Walk",
    "contact_of",
    "first_mailbox",
    "is_placeholder",
    "is_registry_maintained",
    "mailbox_of",
    "mailboxes",
    "order",
    "reason_for",
    "registers_nothing",
    "tell",
]

Kind: TypeAlias = Literal["irt", "abuse-c"]
"""Which reference leads to a contact."""
Gap: TypeAlias = Literal["dummy", "masked", "missing-object", "no-mailbox"]
"""Why a contact has no mailbox."""
Reason: TypeAlias = Literal["unregistered", "no-contact", "dummy", "special-purpose"]
"""Why a query has no mailbox at all."""

MAILBOX_ATTRIBUTES: Final = ("abuse-mailbox", "e-mail", "last-modified", "remarks")
"""Every attribute that `mailbox_of` reads."""

_LONGEST_VALUE: Final = 4096
"""Characters of a value that are read: a dozen mailboxes of the 320 that RIPE's syntax allows."""
_LONGEST_MAILBOX: Final = 320
_PIECE: Final = r"""(?:"(?:[^"\\]|\\.){0,320}")(?:@[^\s,;<>()"]+)?|<[^<>]*>|\([^()]*\)|[^\s,;<>()"]+|[,;]"""
_ATOM: Final = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL: Final = r"\w(?:[\w-]*\w)?"
_MAILBOX: Final = rf"""(?:{_ATOM}(?:\.{_ATOM})*|"(?:[^"\\]|\\.)+")@{_LABEL}(?:\.{_LABEL})*"""
_VERDICT: Final = r"(\S+) (?:was validated on (\d{4}-\d\d-\d\d)|(?:is|was|has been) (?:marked )?(?:as )?invalid)\b"


class MailboxFacts(NamedTuple):
    """What one `irt` or `role` says about its mailbox.

    *attribute* names the attribute that was read, or is None when the object has no such attribute at all:
    only then does RIPE's abuse-c walk go on. *email* is None exactly when *gap* is not.
    """

    email: str | None
    attribute: str | None
    gap: Gap | None
    """Why there is no mailbox: it is a dummy, or masked, in this copy of the data, or there is none."""
    validated: str | None = None
    """Day (`YYYY-MM-DD`) on which the registry last validated the mailbox, as a remark says (APNIC)."""
    last_modified: str | None = None
    suspect: bool = False
    """A remark says that the mailbox failed the registry's validation."""
    echo_of: str | None = None
    """The irt, upper case, from which the registry generated this role (APNIC)."""


class Contact(NamedTuple):
    """A mailbox with the path that led to it; *email* is None exactly when *gap* says why."""

    kind: Kind
    handle: str
    """The irt or the role, upper case."""
    email: str | None
    via: str
    """The path, from the address object to the attribute: `inetnum K -> mnt-irt -> IRT-EXAMPLE -> e-mail`."""
    inherited: int = 0
    """How many objects up the reference stands; 0 is the most specific object itself."""
    suspect: bool = False
    """The mailbox failed the registry's validation."""
    gap: Gap | None = None
    """Why there is no mailbox; `missing-object`: the data hold no irt or role of that name."""
    echo_of: str | None = None
    """The irt from which the registry generated this role: the same source, not a second one."""
    last_modified: str | None = None
    validated: str | None = None


class Reference(NamedTuple):
    """Where an address object, or its organisation, names an irt or a role."""

    kind: Kind
    network: str
    """The object with its class: `inetnum 192.0.2.0 - 192.0.2.255`."""
    handle: str
    org: str | None = None
    """The organisation that has the `abuse-c`; None when *network* itself has it."""
    inherited: int = 0
    """How many objects up *network* stands."""

    @property
    def path(self) -> str:
        """The path as far as the irt or role, names in upper case."""
        through = "" if self.org is None else f" -> org -> {self.org.upper()}"
        return f"{self.network}{through} -> {_ATTRIBUTES[self.kind]} -> {self.handle.upper()}"


_ATTRIBUTES: Final[Mapping[str, str]] = {"irt": "mnt-irt", "abuse-c": "abuse-c"}


class Walk(NamedTuple):
    """What a walk met, as far as it is told; every object is named with its class."""

    networks: tuple[str, ...]
    """The objects from the most specific outwards; none when nothing is registered."""
    about: str = ""
    """What is said in brackets of the first network: its netname and source."""
    nothing_but: str | None = None
    """What is there when nothing is registered, in the words of `registers_nothing`."""
    irt_level: int | None = None
    """Which of *networks* has the `mnt-irt` that counts."""
    abuse_stop: str | None = None
    """The object, maintained by the registry itself, where the search for an abuse-c ended without result."""
    special_purpose: str | None = None
    """What IANA has set the address aside for."""


class Policy(NamedTuple):
    """How candidates are ordered: by *kinds*, or by nearness when it names none."""

    name: str
    kinds: tuple[Kind, ...]
    echoes: bool
    """Whether a role that repeats a listed irt with a mailbox is listed too."""
    description: str


POLICIES: Final[Mapping[str, Policy]] = {
    policy.name: policy
    for policy in (
        Policy(
            "csirt",
            ("irt", "abuse-c"),
            echoes=False,
            description="the response team first, then the abuse desk",
        ),
        Policy(
            "abuse",
            ("abuse-c", "irt"),
            echoes=False,
            description="the abuse desk first, then the response team",
        ),
        Policy("all", (), echoes=True, description="every candidate, nearest first, echoes included"),
    )
}
"""Every policy by its name."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return *pattern*, compiled when it is first used: a single answer from an index reads no mailbox."""
    return re.compile(pattern)


def mailboxes(value: str) -> tuple[str, ...]:
    """Return the bare mailboxes in the *value* of a mailbox attribute, in order, each once (ignoring case).

    Understood: display names (`Abuse Desk <abuse@example.net>`), quoted local parts, comments in brackets,
    several mailboxes parted by commas, semicolons or blanks, and junk around them. In a part with a mailbox
    in angle brackets only that one counts. What is not a whole mailbox (`a@b@c`, `abuse at example.net`) is
    none. Case is kept. Of a value over 4,096 characters the rest is not read; cost is linear in what is.

    Cites: RFC 5322 §3.4; RIPE e-mail syntax, which allows one mailbox of at most 320 characters.
    """
    if len(value) <= _LONGEST_MAILBOX and _compiled(_MAILBOX).fullmatch(value):
        return (value,)
    read = value[:_LONGEST_VALUE]
    if len(value) > _LONGEST_VALUE:
        read = read[: max(read.rfind(separator) for separator in ",; ") + 1]
    found: dict[str, str] = {}
    part: list[str] = []
    for token in [*_compiled(_PIECE).findall(read), ","]:
        if token in (",", ";"):
            for mailbox in _mailboxes_of_part(part):
                found.setdefault(mailbox.lower(), mailbox)
            part = []
        else:
            part.append(token)
    return tuple(found.values())


def _mailboxes_of_part(tokens: Iterable[str]) -> list[str]:
    angled: list[str] = []
    bare: list[str] = []
    for token in tokens:
        inside = token.startswith("<")
        text = (token[1:-1].strip() if inside else token).removeprefix("mailto:").rstrip(".:")
        if len(text) <= _LONGEST_MAILBOX and _compiled(_MAILBOX).fullmatch(text):
            (angled if inside else bare).append(text)
    return angled or bare


def mailbox_of(attributes: Mapping[str, Sequence[str]], rules: ContactRules, class_name: str) -> MailboxFacts:
    """Read the mailbox of one `irt` or `role`: the first, as *rules* rank them, that is no dummy or mask.

    *attributes* maps lower-case names to clean values in document order; `MAILBOX_ATTRIBUTES` are enough.
    """
    names = rules.irt_mailboxes if class_name == "irt" else rules.role_mailboxes
    attribute, email, gap = _first_usable(
        [(name, value) for name in names for value in attributes.get(name, ()) if value], rules
    )
    remarks = attributes.get("remarks", ())
    validated, suspect = _verdict(remarks, email)
    return MailboxFacts(
        email,
        attribute,
        gap,
        validated=validated,
        last_modified=next(iter(attributes.get("last-modified", ())), None),
        suspect=suspect,
        echo_of=None if class_name == "irt" else _echo_of(remarks, rules),
    )


def _first_usable(values: Sequence[tuple[str, str]], rules: ContactRules) -> tuple[str | None, str | None, Gap | None]:
    gaps: list[tuple[str, Gap]] = []
    for name, value in values:
        if MASK.fullmatch(value):
            gaps.append((name, "masked"))
        for mailbox in mailboxes(value):
            if mailbox.lower() in rules.dummy_mailboxes:
                gaps.append((name, "dummy"))
            elif not mailbox.partition("@")[0].strip("*"):
                gaps.append((name, "masked"))
            else:
                return name, mailbox, None
    if gaps:
        return gaps[0][0], None, gaps[0][1]
    return (values[0][0] if values else None), None, "no-mailbox"


def _verdict(remarks: Iterable[str], email: str | None) -> tuple[str | None, bool]:
    """Return the last day of validation and whether it failed; a gap takes what is said of any mailbox."""
    days: list[str] = []
    suspect = False
    for remark in remarks:
        said = _compiled(_VERDICT).match(remark)
        if said and (email is None or said[1].lower() == email.lower()):
            days.extend(filter(None, [said[2]]))
            suspect |= said[2] is None
    return max(days, default=None), suspect


def _echo_of(remarks: Iterable[str], rules: ContactRules) -> str | None:
    if rules.echo_remark is None:
        return None
    start = rules.echo_remark.lower()
    for remark in remarks:
        if remark.lower().startswith(start):
            named = remark[len(start) :].split()
            if named:
                return named[0].upper()
    return None


def is_placeholder(netname: str | None, maintainers: Iterable[str], rules: ContactRules) -> bool:
    """Tell whether an address object only says "ask another registry"; *maintainers* are its `mnt-by`."""
    return (netname or "").upper() in rules.placeholder_netnames or any(
        name.upper() in rules.placeholder_maintainers for name in maintainers
    )


def registers_nothing(label: str, netname: str | None, *, root: bool, placeholder: bool) -> str | None:
    """Say how an object registers nothing, as the root of its hierarchy or a placeholder; None if it does.

    *label* is its class and key.
    """
    if root:
        return f"{label}, the root"
    if placeholder:
        return f"{label}{f' ({netname})' if netname else ''}, which says to ask another registry"
    return None


def is_registry_maintained(maintainers: Iterable[str], rules: ContactRules) -> bool:
    """Tell whether the registry is among *maintainers* (`mnt-by`, `mnt-lower`): the abuse-c walk ends."""
    return any(name.upper() in rules.registry_maintainers for name in maintainers)


def contact_of(
    reference: Reference, facts: MailboxFacts | None, suspect_mailboxes: Collection[str] = frozenset()
) -> Contact:
    """Return the contact that *reference* leads to.

    *facts* is None when the data hold no irt or role of that name. *suspect_mailboxes*, lower case, are those
    that failed the registry's validation.
    """
    handle, path = reference.handle.upper(), reference.path
    if facts is None:
        return Contact(reference.kind, handle, None, path, reference.inherited, gap="missing-object")
    return Contact(
        reference.kind,
        handle,
        facts.email,
        path if facts.attribute is None else f"{path} -> {facts.attribute}",
        reference.inherited,
        suspect=facts.suspect or (facts.email or "").lower() in suspect_mailboxes,
        gap=facts.gap,
        echo_of=facts.echo_of,
        last_modified=facts.last_modified,
        validated=facts.validated,
    )


def order(contacts: Sequence[Contact], policy: Policy) -> tuple[Contact, ...]:
    """Order candidates as *policy* says; among equals the given order stays.

    A policy without echoes leaves out each role that the registry generated from a listed irt with a mailbox.
    """
    listed = contacts
    if not policy.echoes:
        voices = {contact.handle for contact in contacts if contact.kind == "irt" and contact.email}
        listed = [contact for contact in contacts if contact.kind == "irt" or contact.echo_of not in voices]
    if not policy.kinds:
        return tuple(sorted(listed, key=lambda contact: contact.inherited))
    return tuple(sorted(listed, key=lambda contact: policy.kinds.index(contact.kind)))


def first_mailbox(contacts: Iterable[Contact]) -> str | None:
    """Return the first mailbox among *contacts*, which a policy has ordered; None when all are gaps."""
    return next((contact.email for contact in contacts if contact.email), None)


def reason_for(contacts: Iterable[Contact], *, registered: bool, special_purpose: bool) -> Reason | None:
    """Return why there is no mailbox, or None when there is one.

    *registered* is False when no registry has more than its root object or a placeholder. *special_purpose*
    says that the address is in IANA's special-purpose registries, which explains that nobody answers; a mailbox
    that is hidden in this copy of the data explains it better.
    """
    gaps: set[Gap | None] = set()
    for contact in contacts:
        if contact.email:
            return None
        gaps.add(contact.gap)
    if registered and gaps & {"dummy", "masked"}:
        return "dummy"
    if special_purpose:
        return "special-purpose"
    return "no-contact" if registered else "unregistered"


_GAPS: Final[Mapping[str | None, str]] = {
    "dummy": "its {attribute} is a dummy in this copy of the data, a gap that a live query may fill",
    "masked": "its {attribute} is masked in this copy of the data, a gap that a live query may fill",
    "missing-object": "there is no such object in the data, a gap",
    "no-mailbox": "it holds no mailbox, a gap",
}
_REASONS: Final[Mapping[str | None, str]] = {
    "unregistered": "nobody has registered it here",
    "no-contact": "no contact is registered",
    "dummy": "the contacts are dummies or masked in this copy of the data",
    "special-purpose": "IANA has set it aside",
}


def tell(query: str, walk: Walk, contacts: Sequence[Contact], policy: Policy, reason: Reason | None) -> tuple[str, ...]:
    """Tell a walk as a person would, a sentence a step; *contacts* are all candidates, irts first."""
    if not walk.networks:
        only = f": there is only {walk.nothing_but}" if walk.nothing_but else ""
        return (f"{query} is in no registered object{only}.", _verdict_step(walk, contacts, reason))
    is_in = "is" if walk.networks[0].startswith("aut-num") else "is in"
    about = f" ({walk.about})" if walk.about else ""
    irts = [contact for contact in contacts if contact.kind == "irt"]
    return (
        f"{query} {is_in} {walk.networks[0]}{about}.",
        _irt_step(walk, [contact.handle for contact in irts]),
        *map(_contact_step, contacts),
        *([] if len(contacts) > len(irts) else [_no_abuse_step(walk)]),
        _verdict_step(walk, contacts, reason) if reason else _choice_step(contacts, policy),
    )


def _no_abuse_step(walk: Walk) -> str:
    if walk.abuse_stop is None:
        return "abuse-c: none."
    return f"abuse-c: none; the search ends at {walk.abuse_stop}, which the registry itself maintains."


def _choice_step(contacts: Sequence[Contact], policy: Policy) -> str:
    first = next(contact for contact in order(contacts, policy) if contact.email)
    return f"Policy {policy.name} puts {first.email} first ({first.kind} {first.handle})."


def _verdict_step(walk: Walk, contacts: Sequence[Contact], reason: Reason | None) -> str:
    if reason == "special-purpose":
        because = f"IANA has set it aside: {walk.special_purpose}"
    elif reason == "no-contact" and contacts:
        is_missing = any(contact.gap == "missing-object" for contact in contacts)
        because = "who is named is not in the data" if is_missing else "who is named has none"
    else:
        because = _REASONS[reason]
    return f"So there is no mailbox ({reason}): {because}."


def _irt_step(walk: Walk, names: Sequence[str]) -> str:
    networks, level = walk.networks, walk.irt_level
    if level is None:
        return f"It has no mnt-irt; {_neither(networks[1:]) if networks[1:] else 'nothing encloses it'}."
    listed = f"mnt-irt {_enumerated(names)}"
    if level == 0:
        return f"It has {listed}."
    passed = f" {_neither(networks[1:level])};" if level > 1 else ""
    return f"It has no mnt-irt;{passed} {networks[level]} has {listed}, {_levels_up(level)}."


def _neither(networks: Sequence[str]) -> str:
    if len(networks) == 1:
        return f"nor has {networks[0]}"
    if len(networks) == 2:
        return f"neither has {networks[0]} nor {networks[1]}"
    return f"nor has any of the {len(networks)} objects from {networks[0]} to {networks[-1]}"


def _contact_step(contact: Contact) -> str:
    if contact.kind == "irt":
        head = contact.handle
    else:
        up = f", {_levels_up(contact.inherited)}" if contact.inherited else ""
        head = f"abuse-c {contact.handle}, by {contact.via}{up}"
    if contact.email is None:
        return f"{head}: {_GAPS[contact.gap].format(attribute=contact.via.rpartition(' -> ')[2])}."
    asides = [
        "which failed the registry's validation (suspect)" if contact.suspect else "",
        f"validated on {contact.validated}" if contact.validated else "",
        f"last modified {contact.last_modified}" if contact.last_modified else "",
        f"generated from {contact.echo_of}, so no second opinion" if contact.echo_of else "",
    ]
    return ", ".join([f"{head}: {contact.email}", *filter(None, asides)]) + "."


def _levels_up(count: int) -> str:
    return f"{count} level{'s' if count > 1 else ''} up"


def _enumerated(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
