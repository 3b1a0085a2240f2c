"""What one registry has said so far: its objects, for which addresses they speak, and which keys it was asked for.

An answer about one address speaks for others in the same network, if nothing smaller can lie in between: the
status of the network says whether more specific objects may exist. Where they may, all of them have to be known.

It asks nothing, and keeps nothing beyond its own life.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from irtkit.contacts import Database, resolve
from irtkit.errors import RangeError
from irtkit.resources import AddressRange, format_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from irtkit.contacts import Answer, Network
    from irtkit.rpsl import RpslObject

__all__ = ["CITATION", "CONTAINERS", "Key", "Known"]

Key = tuple[str, str]
"""Class and primary key, the key in upper case."""

CONTAINERS = frozenset(
    {
        "AGGREGATED-BY-LIR",
        "ALLOCATED NON-PORTABLE",
        "ALLOCATED PA",
        "ALLOCATED PI",
        "ALLOCATED PORTABLE",
        "ALLOCATED UNSPECIFIED",
        "ALLOCATED-BY-LIR",
        "ALLOCATED-BY-RIR",
        "LEGACY",
        "LIR-PARTITIONED PA",
        "LIR-PARTITIONED PI",
        "SUB-ALLOCATED PA",
    }
)
"""Statuses of networks in which a RIPE-style registry lets more specific ones be registered."""
CITATION = "RIPE whois 1.124: InetnumStatus, Inet6numStatus; APNIC whois guide, inetnum; AFRINIC, status values"

_MOST_IPV4 = 1 << 16
_MOST_IPV6 = 1 << 100
"""Addresses of a network whose more specific objects are asked for all at once: a /16 and a /28."""


@dataclass(slots=True)
class Known:
    """What one server has said. Ages are seconds before this run began to use it."""

    database: Database = field(default_factory=Database)
    suspects: set[str] = field(default_factory=set)
    """Mailboxes, lower case, that failed the registry's validation."""
    stated: dict[str, str | None] = field(default_factory=dict)
    """The abuse contacts that the server states, by the network's key; None where it says that there is none."""
    asked: set[Key] = field(default_factory=set)
    """Objects that the registry was asked for, whether it has them or not."""
    _ages: dict[str, int] = field(default_factory=dict)
    _spaces: dict[AddressRange, int] = field(default_factory=dict)
    _enumerated: set[AddressRange | None] = field(default_factory=set)

    def learn(self, objects: Iterable[RpslObject], suspects: Iterable[str] = (), age: int = 0) -> None:
        """Take in what an answer holds; *age* is in seconds."""
        for obj in objects:
            self.database.add(obj)
            self.asked.add((obj.class_name, obj.primary_key or ""))
            if obj.class_name in ("inetnum", "inet6num"):
                self._ages[obj.primary_key or ""] = age
        self.suspects.update(mailbox.lower() for mailbox in suspects)

    def learn_stated(self, mailboxes: Mapping[str, str | None]) -> None:
        """Take in what the server states of the abuse contacts of networks, by key as it writes them."""
        for key, mailbox in mailboxes.items():
            with suppress(RangeError):
                self.stated[AddressRange.parse_lenient(key).canonical] = mailbox

    def note_space(self, space: AddressRange, age: int = 0) -> None:
        """Note that the registry was asked about *space*: what lies around it is known."""
        self._spaces[space] = age

    def note_enumerated(self, space: AddressRange) -> None:
        """Note that everything inside *space* is known, too."""
        self._enumerated.add(space)

    def age_of(self, space: AddressRange) -> int | None:
        """Return how old the answer for *space* is, in seconds; None when the registry has to be asked."""
        if space in self._spaces:
            return self._spaces[space]
        around = self.database.hierarchy(space)
        if not around or not (
            self._enumerated.intersection(network.space for network in around) or _is_leaf(around[0])
        ):
            return None
        return self._ages.get(around[0].key, 0)

    def is_leaf(self, space: AddressRange) -> bool:
        """Tell whether the smallest known network around *space* is one in which no other can be registered."""
        around = self.database.hierarchy(space)
        return bool(around) and _is_leaf(around[0])

    def container_to_enumerate(self, space: AddressRange) -> AddressRange | None:
        """Return the known network around *space* of which to learn all at once, because it is asked about again."""
        around = self.database.hierarchy(space)
        found = around[0].space if around else None
        if found is None or found == space or found in self._enumerated:
            return None
        return found if found.size <= (_MOST_IPV4 if found.family == 4 else _MOST_IPV6) else None

    def walk(self, space: AddressRange, policy: str) -> Answer:
        """Walk from *space* to its contacts over all that is known."""
        query = format_address(space.family, space.first) if space.size == 1 else space
        return resolve(self.database, query, policy, suspect_mailboxes=self.suspects, stated_mailboxes=self.stated)


def _is_leaf(network: Network) -> bool:
    """Tell whether no more specific network can be registered inside *network*."""
    if network.registers_nothing is not None:
        return network.is_placeholder
    return (network.value("status") or "").upper() not in CONTAINERS
