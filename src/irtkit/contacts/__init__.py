"""Who answers for an address: the walks over objects from an address to its irts and its abuse contact.

This is the reference: exact, readable, for as many objects as fit in memory. The column path
(`irtkit.index`) gives the same answers for whole registries; both take every decision about mailboxes,
order, reasons and wording from `irtkit.schema.contact_facts`.

It fetches nothing. A walk that lacks an object goes on without it and returns its key among `missing`, so
that a caller may add the object to the `Database` and walk again. It does not check objects, and never
reads a contact from admin-c, tech-c or free text.
"""

from irtkit.contacts.database import Database, Network
from irtkit.contacts.walks import AbuseContact, Answer, IrtWalk, find_abuse_contact, find_irts, resolve
from irtkit.schema.contact_facts import (
    POLICIES,
    Contact,
    MailboxFacts,
    Policy,
    contact_of,
    mailbox_of,
    mailboxes,
    order,
    reason_for,
)

__all__ = [
    "POLICIES",
    "AbuseContact",
    "Answer",
    "Contact",
    "Database",
    "IrtWalk",
    "MailboxFacts",
    "Network",
    "Policy",
    "contact_of",
    "find_abuse_contact",
    "find_irts",
    "mailbox_of",
    "mailboxes",
    "order",
    "reason_for",
    "resolve",
]
