"""What a registry without RPSL contacts says about a network: one record, whatever the registry calls its parts.

It reads nothing: `arin`, `lacnic` and `nirs` make these records, and never take a contact out of free text.
"""

from dataclasses import dataclass

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.schema.contact_facts import mailboxes

__all__ = ["NetworkContact", "NetworkRecord", "first_mailbox_in", "space_of"]


@dataclass(frozen=True, slots=True)
class NetworkContact:
    """One contact that an answer names for a network, under the name that the registry gives it."""

    kind: str
    """What for: `abuse`, `tech`, `admin`, `noc`, `routing`, `dns`, `owner`; `network` where it does not say."""
    via: str
    """The path to it, in the registry's own names: `NetRange 192.0.2.0 - 192.0.2.255 -> OrgAbuseHandle -> EXAMPLE`."""
    handle: str | None = None
    name: str | None = None
    mailbox: str | None = None
    """None if the answer holds none; the handle may lead to one."""
    line: int = 1
    """Where the mailbox, or else the contact, stands in the answer, from 1."""


@dataclass(frozen=True, slots=True)
class NetworkRecord:
    """A network, or an AS number, with its holder and contacts."""

    key: str
    """The range or number as the registry writes it; empty in an answer that is about a holder alone."""
    space: AddressRange | None
    """None for an AS number, and for what cannot be read."""
    handle: str | None = None
    name: str | None = None
    org_id: str | None = None
    org_name: str | None = None
    country: str | None = None
    status: str | None = None
    """What the registry calls the kind of registration."""
    contacts: tuple[NetworkContact, ...] = ()
    """In the order of the answer; those of the network itself before those of its holder."""
    line: int = 1

    @property
    def abuse_contacts(self) -> tuple[NetworkContact, ...]:
        """The contacts for abuse that have a mailbox, the network's own before its holder's."""
        return tuple(contact for contact in self.contacts if contact.kind == "abuse" and contact.mailbox)


def space_of(text: str) -> AddressRange | None:
    """Return the range that a registry writes, or None."""
    try:
        return AddressRange.parse_lenient(text)
    except RangeError:
        return None


def first_mailbox_in(value: str) -> str | None:
    """Return the first mailbox in the value of an attribute for mailboxes, or None."""
    return next(iter(mailboxes(value)), None)
