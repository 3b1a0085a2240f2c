"""Which attributes refer to other objects, and to objects of which classes: rows, by registry. No checks stand here.

A registry that is not listed checks no references. An attribute that is not listed is none: `members`, `holes`,
`import` and the like name things that the registry does not look up.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from irtkit.schema.template import Requirement, Schema

__all__ = ["AUTO_REFERRING", "REFERENCES", "REFERRING", "SET_CLASSES", "Reference", "references_of"]


@dataclass(frozen=True, slots=True)
class Reference:
    """One attribute that refers to objects.

    *only*, if given, matches the values that refer to anything; others (`auth: SSO ...`) do not.
    *keywords*, upper case, stand for no object. *first_word*: what follows the name in the value is not part of
    it. *auto*: the registry may be asked to make up the key of the object (`AUTO-1`). *needs* is an attribute that
    the object referred to must have.
    """

    attribute: str
    classes: tuple[str, ...]
    citation: str
    only: re.Pattern[str] | None = None
    keywords: frozenset[str] = frozenset()
    first_word: bool = False
    auto: bool = False
    needs: str | None = None


_KEY_CERT = re.compile(r"PGPKEY-|X509-|AUTO-", re.IGNORECASE)
_CONTACTS = ("admin-c", "tech-c", "zone-c", "ping-hdl", "author")
_MAINTAINERS = ("mnt-by", "mnt-lower", "mnt-domains", "mnt-ref")
_ANY = frozenset({"ANY"})

SET_CLASSES: Final[Mapping[str, str]] = MappingProxyType({"AS-": "as-set", "RS-": "route-set", "RTRS-": "rtr-set"})
"""What a part of a set's name begins with, and the class of sets whose names do."""


def _whois(citation: str, *, needs: str | None = None) -> tuple[Reference, ...]:
    """Return the rows that every registry with RIPE's software has."""
    return (
        *(Reference(name, ("person", "role"), citation, auto=True) for name in _CONTACTS),
        Reference("abuse-c", ("role",), citation, auto=True, needs=needs),
        *(Reference(name, ("mntner",), citation) for name in _MAINTAINERS),
        Reference("mnt-routes", ("mntner",), citation, first_word=True),
        Reference("mbrs-by-ref", ("mntner",), citation, keywords=_ANY),
        Reference("mnt-irt", ("irt",), citation),
        Reference("org", ("organisation",), citation, auto=True),
        Reference("sponsoring-org", ("organisation",), citation, auto=True),
        Reference("auth", ("key-cert",), citation, only=_KEY_CERT, auto=True),
        Reference("signature", ("key-cert",), citation, auto=True),
        Reference("encryption", ("key-cert",), citation, auto=True),
        Reference("member-of", ("as-set", "route-set", "rtr-set"), citation),
        Reference("form", ("poetic-form",), citation),
    )


_RIPE = "RIPE whois 1.124: AttributeType, ReferencedObjectsExistValidator"
_APNIC = "APNIC whois guide: object templates; the software is RIPE's"
_AFRINIC = "AFRINIC whois: objects and attributes; the software is RIPE's"
_IRRD = "IRRd 4.5: rpsl_objects (strong references), ReferenceValidator"

REFERENCES: Final[Mapping[str, tuple[Reference, ...]]] = MappingProxyType(
    {
        "ripe": _whois(_RIPE, needs="abuse-mailbox"),
        "apnic": (*_whois(_APNIC), Reference("referral-by", ("mntner",), _APNIC)),
        "afrinic": (*_whois(_AFRINIC), Reference("referral-by", ("mntner",), _AFRINIC)),
        "irrd": (
            *(Reference(name, ("role", "person"), _IRRD) for name in ("admin-c", "tech-c", "zone-c")),
            Reference("mnt-by", ("mntner",), _IRRD),
        ),
    }
)
"""The rows of each registry, by its short name."""

REFERRING: Final = frozenset(row.attribute for rows in REFERENCES.values() for row in rows)
"""Every attribute that refers to objects at some registry."""

AUTO_REFERRING: Final = frozenset(row.attribute for rows in REFERENCES.values() for row in rows if row.auto)
"""Those that may refer to a key that the registry shall make up."""


@lru_cache(maxsize=256)
def references_of(schema: Schema, class_name: str) -> Mapping[str, Reference]:
    """Return the rows that hold for objects of a class, by attribute.

    An attribute that the class does not have, or that the registry generates, is not among them.
    """
    template = schema.templates.get(class_name)
    own = () if template is None else template.rows
    supplied = {row.name for row in own if row.requirement is not Requirement.GENERATED}
    rows = REFERENCES.get(schema.registry, ())
    return MappingProxyType({row.attribute: row for row in rows if row.attribute in supplied})
