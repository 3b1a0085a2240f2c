"""What an RDAP document says about a network, as a registration: the contacts that `irtkit.wire.rdap.contacts` finds.

An entity with the role `abuse` and no mailbox that is named like an irt is an irt. It asks nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from irtkit.contacts import Contact
from irtkit.live.registrations import Registration
from irtkit.wire.rdap.contacts import AbuseContact, abuse_contacts, find_reason
from irtkit.wire.rdap.values import IpNetwork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irtkit.wire.rdap.values import Document

__all__ = ["registration_of", "withheld"]


def registration_of(document: Document, registry: str) -> Registration | None:
    """Return what a document of *registry* says; None unless it is about a network whose range can be read."""
    network = document.object
    if not isinstance(network, IpNetwork) or network.range is None:
        return None
    holders = (each.handle for each in network.entities if "registrant" in each.roles)
    return Registration(
        network.range,
        registry.upper(),
        network.name,
        network.country,
        next((handle for handle in holders if handle), None),
        tuple(_contacts(document, registry)),
    )


def withheld(document: Document, registry: str) -> str | None:
    """Say that the registry keeps mailboxes to itself, where it does; None where it does not."""
    contacts = abuse_contacts(document, registry)
    return "the registry withholds its contacts" if find_reason(document, contacts) == "withheld" else None


def _contacts(document: Document, registry: str) -> Iterator[Contact]:
    """Yield the candidates: irts first, then the rest, each in order."""
    found = abuse_contacts(document, registry)
    for kind in ("irt", "abuse-c"):
        yield from (_contact(each) for each in found if each.kind == kind)


def _contact(found: AbuseContact) -> Contact:
    return Contact(
        found.kind,
        (found.handle or found.name or "(no handle)").upper(),
        found.email,
        found.via,
        found.level,
        suspect=found.suspect,
        gap="no-mailbox" if found.gap == "withheld" else found.gap,
        last_modified=found.last_changed,
        validated=found.validated,
    )
