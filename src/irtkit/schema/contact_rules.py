"""What each registry says about contacts, as data: who maintains, which attribute is the mailbox, what is a dummy.

The walks themselves are in `irtkit.contacts` (objects) and `irtkit.index.build` (columns); both read these rows.
A rule here is a fact about a registry with its citation, never code.
"""

import re
from dataclasses import dataclass

__all__ = ["RULES", "ContactRules", "registry_of_source", "rules_for_source"]


@dataclass(frozen=True, slots=True)
class ContactRules:
    """One registry's rules for finding an incident response contact.

    Names are upper case, attribute names lower case; where there is an order, the first counts first.
    """

    registry: str
    """Short name of the registry, lower case."""
    sources: tuple[str, ...]
    """`source:` values of its databases; they form one hierarchy. The first is the main one."""
    registry_maintainers: frozenset[str] = frozenset()
    """Maintainers of the registry itself: an object that one of them maintains ends the abuse-c walk."""
    irt_mailboxes: tuple[str, ...] = ("abuse-mailbox", "e-mail")
    """Attributes of an `irt` that hold the team's mailbox."""
    role_mailboxes: tuple[str, ...] = ("abuse-mailbox",)
    """Attributes of the `role` behind an `abuse-c` that hold the mailbox."""
    dummy_mailboxes: frozenset[str] = frozenset()
    """Mailboxes, lower case, that stand for a value taken out of a public dump, or for nobody."""
    placeholder_netnames: frozenset[str] = frozenset()
    """Netnames of objects that only say "ask another registry"."""
    placeholder_maintainers: frozenset[str] = frozenset()
    """Maintainers of such objects."""
    echo_remark: str | None = None
    """Start of the remark in a role that the registry generated from an irt; the irt's name follows it."""
    citation: str = ""
    """Where the row comes from."""


MASK = re.compile(r"\*+(?:@\*+)?")
"""A mailbox of nothing but asterisks: masked in a public dump (APNIC)."""

RULES: tuple[ContactRules, ...] = (
    ContactRules(
        registry="ripe",
        sources=("RIPE", "RIPE-NONAUTH", "RIPE-GRS"),
        registry_maintainers=frozenset({"RIPE-NCC-HM-MNT", "RIPE-NCC-END-MNT", "RIPE-NCC-LEGACY-MNT"}),
        irt_mailboxes=("e-mail", "abuse-mailbox"),
        dummy_mailboxes=frozenset({"unread@ripe.net"}),
        placeholder_netnames=frozenset({"NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK"}),
        citation="RIPE whois 1.124: AbuseCFinder, HierarchyLookup, DummifierNrtm",
    ),
    ContactRules(
        registry="apnic",
        sources=("APNIC", "APNIC-GRS"),
        placeholder_maintainers=frozenset({"APNIC-STUB"}),
        echo_remark="Generated from irt object",
        citation="APNIC whois guide, object irt; prop-079; prop-125; whois answer of 2022-06-28",
    ),
    ContactRules(
        registry="afrinic",
        sources=("AFRINIC", "AFRINIC-GRS"),
        citation="AFPUB-2010-GEN-006; AFRINIC, how to publish abuse contact information",
    ),
    ContactRules(
        registry="lacnic",
        sources=("LACNIC", "LACNIC-GRS"),
        dummy_mailboxes=frozenset({"abuse@lacnic.net"}),
        citation="LACNIC bulk whois: no irt, abuse-c handles",
    ),
    ContactRules(
        registry="arin",
        sources=("ARIN", "ARIN-GRS"),
        citation="ARIN bulk whois: no irt, points of contact",
    ),
)
"""One row per registry."""

_BY_SOURCE = {source: rules for rules in RULES for source in rules.sources}


def registry_of_source(source: str) -> str:
    """Return the registry whose database *source* names, or the main source's own name, lower case.

    An unknown source is a registry of its own; `X-NONAUTH` and `X-GRS` belong to `X`
    (RIPE whois 1.124: the main source, its NONAUTH source and its GRS mirror form one hierarchy).
    """
    name = source.upper()
    known = _BY_SOURCE.get(name)
    if known is not None:
        return known.registry
    return name.removesuffix("-NONAUTH").removesuffix("-GRS").lower()


def rules_for_source(source: str) -> ContactRules:
    """Return the rules of the registry whose database *source* names.

    A source that nobody knows follows RIPE's walk, as every server that runs RIPE's software does.
    """
    known = _BY_SOURCE.get(source.upper())
    if known is not None:
        return known
    registry = registry_of_source(source)
    main = registry.upper()
    return ContactRules(
        registry=registry,
        sources=(main, f"{main}-NONAUTH", f"{main}-GRS"),
        registry_maintainers=RULES[0].registry_maintainers,
        dummy_mailboxes=RULES[0].dummy_mailboxes,
        placeholder_netnames=RULES[0].placeholder_netnames,
        citation=RULES[0].citation,
    )
