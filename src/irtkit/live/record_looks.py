"""Looks into whois servers that do not speak RIPE's way: one question for a network, and the contacts in its answer.

National registries of the APNIC region are such, and ARIN's and LACNIC's whois. Only what the registry itself calls an
abuse contact is one. A server is asked once for each network.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from irtkit.contacts import Contact
from irtkit.errors import ServerError
from irtkit.live.memories import Memory, read_strings
from irtkit.live.registrations import Registration, Registrations, answer_from
from irtkit.live.standing import Standing
from irtkit.resources import format_address
from irtkit.schema.contact_facts import mailbox_of
from irtkit.schema.contact_rules import rules_for_source
from irtkit.wire.questions import WhoisReply
from irtkit.wire.whois.answers import Answer, parse_answer
from irtkit.wire.whois.asking import ask, read_networks
from irtkit.wire.whois.referrals import Referral, find_referrals

if TYPE_CHECKING:
    from irtkit import contacts
    from irtkit.resources import AddressRange
    from irtkit.wire.questions import Journey, Server
    from irtkit.wire.whois.records import NetworkContact, NetworkRecord

__all__ = ["RecordLooks"]


class RecordLooks:
    """All that one such server was asked in a run."""

    def __init__(self, server: Server, registry: str) -> None:
        self.server = server
        self.standing = Standing()
        self._registry = registry
        self._known = Registrations()
        self._bodies: dict[AddressRange, bytes] = {}

    def knows(self, space: AddressRange) -> bool:
        """Tell whether nothing has to be asked about *space*."""
        return self._known.knows(space)

    def find(self, space: AddressRange) -> Journey[tuple[Referral, ...]]:
        """Get to know what is registered there, if it is not known; return whom the server refers to.

        Raises: ServerError when the server does not answer; QueryError if it cannot be asked that.
        """
        if self.knows(space):
            return ()
        self.standing.check()
        key = format_address(space.family, space.first) if space.size == 1 else space.canonical
        try:
            reply = yield ask(self.server, key)
            if not isinstance(reply, WhoisReply):
                raise TypeError(f"a whois question is answered by a WhoisReply, not by {type(reply).__name__}")
            answer = parse_answer(reply.body, self.server)
            answer.raise_for_refusal()
        except ServerError as error:
            self.standing.note_error(error)
            raise
        self.standing.note_answer()
        found = _registration(answer, space, self._registry)
        self._known.learn(space, found)
        if found is not None:
            self._bodies[found.network] = reply.body
        return find_referrals(answer)

    def has_mailbox(self, space: AddressRange) -> bool:
        """Tell whether the answer names whom to write to."""
        found = self._known.find(space)
        return found is not None and any(contact.email for contact in found.contacts)

    def is_registered(self, space: AddressRange) -> bool:
        """Tell whether the server has a network there."""
        return self._known.find(space) is not None

    def answer(self, space: AddressRange, policy: str) -> tuple[contacts.Answer, int]:
        """Return who answers for *space*, and how many seconds ago the registry said so."""
        return answer_from(self._known.find(space), space, policy), self._known.age_of(space)

    def remembered(self, space: AddressRange) -> Memory | None:
        """Return what may be kept of the answer; None where nothing is registered."""
        found = self._known.find(space)
        body = None if found is None else self._bodies.get(found.network)
        if found is None or body is None:
            return None
        kept = json.dumps({"body": [body.decode("latin-1")]}).encode()
        return Memory(found.network if space in found.network else space, kept, personal=True)

    def recall(self, space: AddressRange, body: bytes, age: int) -> None:
        """Take in what `remembered` returned *age* seconds ago, *space* being what it speaks for."""
        kept = read_strings(body, ("body",))
        if kept is None or not kept["body"]:
            return
        answer = parse_answer(kept["body"][0].encode("latin-1", "replace"), self.server)
        found = _registration(answer, space, self._registry)
        if found is not None:
            self._known.learn(space, found, age)


def _registration(answer: Answer, space: AddressRange, registry: str) -> Registration | None:
    """Return the smallest network of an answer that holds *space*."""
    found = [
        Registration(
            record.space, registry.upper(), record.name, record.country, record.org_id, _named(record, registry)
        )
        for record in read_networks(answer)
        if record.space is not None and space in record.space
    ]
    return min(found, key=lambda one: one.network.size, default=None)


def _named(record: NetworkRecord, registry: str) -> tuple[Contact, ...]:
    return tuple(_contact(each, registry) for each in record.contacts if each.kind == "abuse")


def _contact(found: NetworkContact, registry: str) -> Contact:
    facts = mailbox_of({"abuse-mailbox": [found.mailbox or ""]}, rules_for_source(registry.upper()), "role")
    handle = (found.handle or found.name or "(no handle)").upper()
    return Contact("abuse-c", handle, facts.email, found.via, gap=facts.gap)
