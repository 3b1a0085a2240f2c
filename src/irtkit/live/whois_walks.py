"""The contact walk over a RIPE-style server: what to ask for, until the walk lacks nothing.

One question (`-L`) brings an address object and all that encloses it; the walk over those says which irts,
organisations and roles it misses, and each of them is asked for once. Persons are never asked for. E-mail attributes
are asked for unfiltered (`-B`) where they would be hidden, because an irt's mailbox is one of them; neither irts nor
abuse roles count as personal data (RIPE Database acceptable use policy, footnote 3).

What the server itself says of a network's abuse contact beside the objects is the registry's own answer, found in all
its objects, and so more than a walk over those it gave: where the two differ it comes first, and the walk's second.

It knows one server; `irtkit.live.asking` knows which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from irtkit.errors import AccessDeniedError, AnswerError, BudgetError, QueryError, ServerError
from irtkit.live.known import Key, Known
from irtkit.live.memories import Memory, WhoisMemory
from irtkit.live.standing import Standing
from irtkit.live.together import ask_all
from irtkit.resources import format_address
from irtkit.wire.questions import WhoisReply
from irtkit.wire.whois.answers import Answer, parse_answer
from irtkit.wire.whois.queries import Hierarchy, RipeQuery
from irtkit.wire.whois.referrals import Referral, find_referrals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from irtkit import contacts
    from irtkit.live.together import Outcome
    from irtkit.resources import AddressRange
    from irtkit.wire.questions import Journey, Server, WhoisQuestion

__all__ = ["WhoisWalk"]

_ROUNDS = 16
"""Times that the walk goes on with what it was given: each level of a hierarchy takes two at most."""


_MOST_OBJECTS = 48
"""Objects that are asked for about one address; who may change an object may name any number in it."""


_UNFILTERED = frozenset({"apnic"})
"""Registries that show e-mail attributes unasked, and do not document -B (answer of 2022-06-28); nor does IRRd."""


class WhoisWalk:
    """All that one RIPE-style server was asked in a run."""

    def __init__(self, server: Server, *, keeps_connections: bool = True) -> None:
        self.server = server
        self._keeps_connections = keeps_connections
        self.known = Known()
        self.standing = Standing()
        self._failed: dict[Key, str] = {}
        self._unlisted: set[AddressRange] = set()
        self._referrals: dict[str, tuple[Referral, ...]] = {}

    def find(self, space: AddressRange) -> Journey[tuple[Referral, ...]]:
        """Get to know what lies around *space*, if it is not known; return whom the server refers to about it.

        Of a network in which others may be registered, all are asked for at once when it is asked about again.

        Raises: ServerError when the server does not answer.
        """
        if self.known.age_of(space) is None:
            container = self.known.container_to_enumerate(space)
            if container is not None and container not in self._unlisted:
                yield from self._enumerate(container)
        if self.known.age_of(space) is None:
            answer = yield from self._ask(self._around(space, Hierarchy.ALL_LESS))
            self._learn(answer)
            self.known.note_space(space)
            self._referrals[self._place_of(space)] = find_referrals(answer)
        return self._referrals.get(self._place_of(space), ())

    def knows(self, space: AddressRange) -> bool:
        """Tell whether nothing has to be asked about what lies around *space*."""
        return self.known.age_of(space) is not None

    def is_registered(self, space: AddressRange) -> bool:
        """Tell whether an object is known that holds *space* and is neither a placeholder nor the root."""
        around = self.known.database.hierarchy(space)
        return bool(around) and around[0].registers_nothing is None

    def walk(self, space: AddressRange, policy: str) -> Journey[tuple[contacts.Answer, tuple[str, ...]]]:
        """Walk from *space* to its contacts, asking for what the walk misses; return also what could not be asked.

        Raises: ServerError when the server refuses to answer, or a budget is used up.
        """
        left = _MOST_OBJECTS
        for _ in range(_ROUNDS):
            answer = self.known.walk(space, policy)
            wanted = list(self._wanted(answer.missing))[:left]
            if not wanted:
                break
            left -= len(wanted)
            self.standing.check()
            replies = yield from ask_all([self._about(key) for key in wanted])
            for key, reply in zip(wanted, replies, strict=True):
                self._take(key, reply)
        failures = [self._failed[key] for key in answer.missing if key in self._failed]
        if not left:
            failures.append(f"it names more than {_MOST_OBJECTS} objects, of which the others were not asked for")
        return answer, tuple(failures)

    def remembered(self, space: AddressRange) -> Memory | None:
        """Return what may be kept of the answer about *space*; None where nothing is registered, or too little known.

        It speaks for the smallest network around *space*, if no other network can lie in between.
        """
        around = self.known.database.hierarchy(space)
        if not self.is_registered(space) or self._failed.keys() & self._keys_in(around):
            return None
        keys = [key for key in self._keys_in(around) if key in self.known.asked]
        registry = around[0].registry
        parties = {key: self.known.database.get(*key, registry) for key in keys}
        found = WhoisMemory(
            [*(network.object for network in around), *(obj for obj in parties.values() if obj is not None)],
            sorted(self.known.suspects),
            [key for key, obj in parties.items() if obj is None],
            {key: self.known.stated[key] for key in (network.key for network in around) if key in self.known.stated},
        )
        speaks_for = around[0].space if self.known.is_leaf(space) else None
        return Memory(speaks_for or space, found.to_bytes(), found.is_personal)

    def recall(self, space: AddressRange, body: bytes, age: int) -> None:
        """Take in what `remembered` returned *age* seconds ago, *space* being what it speaks for."""
        found = WhoisMemory.from_bytes(body)
        if found is not None and found.objects:
            self.known.learn(found.objects, found.suspects, age)
            self.known.learn_stated(found.stated)
            self.known.asked.update(found.missing)
            self.known.note_space(space, age)

    def _keys_in(self, around: Sequence[contacts.Network]) -> dict[Key, None]:
        """Return the irts, organisations and roles that networks and their organisations name."""
        found: dict[Key, None] = {}
        for network in around:
            found.update((("irt", name.upper()), None) for name in network.object.values("mnt-irt") if name)
            holders = [network.object]
            for name in network.object.values("org"):
                found["organisation", name.upper()] = None
                org = self.known.database.get("organisation", name, network.registry)
                holders += [] if org is None else [org]
            found.update((("role", name.upper()), None) for obj in holders for name in obj.values("abuse-c") if name)
        return found

    def _enumerate(self, container: AddressRange) -> Journey[None]:
        """Learn all that is registered inside *container*, if the server tells."""
        try:
            answer = yield from self._ask(self._around(container, Hierarchy.ALL_MORE))
        except (AnswerError, QueryError):
            self._unlisted.add(container)  # too much for one answer, or not allowed: each address is asked by itself
            return
        self._learn(answer)
        self.known.note_enumerated(container)

    def _place_of(self, space: AddressRange) -> str:
        """Return the key of the smallest known network around *space*, or *space* itself."""
        around = self.known.database.hierarchy(space)
        return around[0].key if around else space.canonical

    def _ask(self, question: WhoisQuestion) -> Journey[Answer]:
        self.standing.check()
        try:
            reply = yield question
            if not isinstance(reply, WhoisReply):
                raise TypeError(f"a whois question is answered by a WhoisReply, not by {type(reply).__name__}")
            return self._read(reply)
        except ServerError as error:
            self.standing.note_error(error)
            raise

    def _read(self, reply: WhoisReply) -> Answer:
        answer = parse_answer(reply.body, self.server)
        answer.raise_for_refusal()
        self.standing.note_answer()
        return answer

    def _learn(self, answer: Answer) -> None:
        suspects = [contact.mailbox for contact in answer.abuse_contacts if contact.suspect and contact.mailbox]
        self.known.learn(answer.objects, suspects)
        self.known.learn_stated({contact.key: contact.mailbox for contact in answer.abuse_contacts})

    def _take(self, key: Key, reply: Outcome) -> None:
        """Take what the server said about one object."""
        try:
            if isinstance(reply, WhoisReply):
                self._learn(self._read(reply))
            elif isinstance(reply, ServerError):
                raise reply
        except (AccessDeniedError, BudgetError) as error:
            self.standing.note_error(error)
            raise
        except (ServerError, QueryError) as error:
            if isinstance(error, ServerError):
                self.standing.note_error(error)
            self._failed[key] = f"{key[0]} {key[1]}: {error}"
        self.known.asked.add(key)

    def _wanted(self, missing: tuple[Key, ...]) -> Iterator[Key]:
        """Yield the irts among *missing*, and the next object on the way to an abuse contact."""
        on_the_way = False
        for key in missing:
            if key not in self.known.asked and not (on_the_way and key[0] != "irt"):
                on_the_way |= key[0] != "irt"
                if self._is_askable(key):
                    yield key
                else:
                    self.known.asked.add(key)

    def _around(self, space: AddressRange, hierarchy: Hierarchy) -> WhoisQuestion:
        key = format_address(space.family, space.first) if space.size == 1 else space.canonical
        class_name = "inetnum" if space.family == 4 else "inet6num"
        return self._query(key, class_name, hierarchy).as_question(self.server, personal=False)

    def _about(self, key: Key) -> WhoisQuestion:
        return self._query(key[1], key[0]).as_question(self.server, personal=False)

    def _is_askable(self, key: Key) -> bool:
        """Tell whether a name can be a search key; a name in a registry's object may be anything."""
        try:
            self._about(key)
        except QueryError:
            return False
        return True

    def _query(self, key: str, class_name: str, hierarchy: Hierarchy | None = None) -> RipeQuery:
        filtered = self.server.dialect == "irrd" or self.server.registry in _UNFILTERED
        persistent = self._keeps_connections
        return RipeQuery(key=key, classes=(class_name,), hierarchy=hierarchy, filtered=filtered, persistent=persistent)
