"""Answers of registries that name the contacts of a network themselves, in the fields of a walk.

ARIN's, LACNIC's and national registries' answers tell of one network and whom the registry names for it; there is
no walk to do. Order, reasons and wording are those of `irtkit.schema.contact_facts`, as for every answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from irtkit.contacts import Answer, Contact, order, reason_for
from irtkit.resources import AddressRange, format_address
from irtkit.schema.contact_facts import POLICIES, Walk, first_mailbox, tell
from irtkit.special_purpose import special_purpose
from irtkit.trie import PrefixTrie

__all__ = ["Registration", "Registrations", "answer_from"]


@dataclass(frozen=True, slots=True)
class Registration:
    """A network as one registry tells of it."""

    network: AddressRange
    source: str
    """The registry's name, upper case."""
    netname: str | None = None
    country: str | None = None
    org: str | None = None
    contacts: tuple[Contact, ...] = ()
    """Every candidate: irts first, then the rest, each nearest first."""

    @property
    def label(self) -> str:
        """The network as an object of a RIPE-style registry would be named."""
        return f"{'inetnum' if self.network.family == 4 else 'inet6num'} {self.network.canonical}"


class Registrations:
    """What is known by network, of which each speaks for all its addresses; and of spaces where there is none."""

    def __init__(self) -> None:
        self._asked: dict[AddressRange, Registration | None] = {}
        self._networks: PrefixTrie[Registration] = PrefixTrie()
        self._ages: dict[AddressRange, int] = {}

    def learn(
        self, space: AddressRange, found: Registration | None, age: int = 0, *, speaks_for_all: bool = True
    ) -> None:
        """Take in what was found about *space*, *age* seconds ago; whether that *speaks_for_all* of its network."""
        self._asked[space] = found
        self._ages[space] = age
        if found is not None and speaks_for_all and space in found.network:
            self._ages[found.network] = age
            for prefix in found.network.prefixes():
                self._networks.insert(prefix, found)

    def knows(self, space: AddressRange) -> bool:
        """Tell whether it is known what is registered there."""
        return space in self._asked or self.find(space) is not None

    def find(self, space: AddressRange) -> Registration | None:
        """Return the network that speaks for *space*, if it is known."""
        if space in self._asked:
            return self._asked[space]
        found = self._networks.longest_match(AddressRange(space.family, space.first, space.first))
        return found[1] if found is not None and space in found[1].network else None

    def age_of(self, space: AddressRange) -> int:
        """Return how many seconds ago the registry said so."""
        found = self.find(space)
        return self._ages.get(space, 0 if found is None else self._ages.get(found.network, 0))


def answer_from(found: Registration | None, space: AddressRange, policy: str) -> Answer:
    """Return who answers for *space*; None is a registry's word that nothing is registered.

    All mailboxes of all candidates are listed, each with the way that led to it. `inherited` counts what stands
    between the network and the candidate, so that the network's own counts first.
    """
    chosen = POLICIES[policy]
    candidates = () if found is None else found.contacts
    contacts = order(candidates, chosen)
    first, last = (special_purpose(space.family, value) for value in (space.first, space.last))
    special = first if last else None
    reason = reason_for(contacts, registered=found is not None, special_purpose=special is not None)
    irts = tuple(dict.fromkeys(contact.handle for contact in candidates if contact.kind == "irt"))
    query = format_address(space.family, space.first) if space.size == 1 else space.canonical
    if found is None:
        told = tell(query, Walk((), special_purpose=special), (), chosen, reason)
        return Answer(query, None, None, None, None, None, None, (), (), None, reason, (), told)
    about = ", ".join(filter(None, (found.netname, f"source {found.source}")))
    walk = Walk((found.label,), about, irt_level=0 if irts else None, special_purpose=special)
    return Answer(
        query=query,
        network=found.network.canonical,
        source=found.source,
        netname=found.netname,
        country=found.country,
        org=None if found.org is None else found.org.upper(),
        irt_network=found.network.canonical if irts else None,
        irts=irts,
        contacts=contacts,
        email=first_mailbox(contacts),
        reason=reason,
        missing=(),
        steps=tell(query, walk, candidates, chosen, reason),
    )
