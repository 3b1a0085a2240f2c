"""One live question: which registry, what it says, whom it sends us to, and the walk to the contacts.

An `Asker` remembers for its whole life: of a network nothing is asked twice, and a registry that refuses, or whose
budget is used up, is asked nothing more. Several journeys of one asker may run side by side.

It opens no connection; `irtkit.clients` carries its questions out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from irtkit.contacts import resolve
from irtkit.contacts.database import Database
from irtkit.errors import QueryError, ServerError
from irtkit.live.following import Trail
from irtkit.live.rdap_looks import RdapLooks
from irtkit.live.record_looks import RecordLooks
from irtkit.live.resolutions import LiveResolution
from irtkit.live.whois_walks import WhoisWalk
from irtkit.schema.contact_facts import POLICIES
from irtkit.wire.questions import Server
from irtkit.wire.whois.asking import takes_flags
from irtkit.wire.whois.referrals import Referral, ReferralKind

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from irtkit.live.following import Ending
    from irtkit.live.memories import Memory
    from irtkit.live.places import Directory, Place
    from irtkit.resources import AddressRange
    from irtkit.wire.questions import Journey

__all__ = ["Asker"]


@dataclass(slots=True)
class _Found:
    """What one registry said about a space, before the walk."""

    place: Place
    is_better: bool
    """Whether it counts instead of what a registry before it said: it has a network, or a mailbox."""
    referrals: Sequence[Referral] = ()


class Asker:
    """Asks registries who answers for addresses."""

    def __init__(self, directory: Directory, *, allowed: Container[str] = ()) -> None:
        self.directory = directory
        self._allowed = allowed
        self._whois: dict[Server, WhoisWalk] = {}
        self._rdap: dict[str, RdapLooks] = {}
        self._records: dict[Server, RecordLooks] = {}

    def ask(
        self, space: AddressRange, policy: str = "csirt", *, registry: str | None = None
    ) -> Journey[LiveResolution]:
        """Ask who answers for *space*, ordered by *policy*; *registry* is the one that is known to hold it.

        Where nobody is to be asked, nobody is, and the answer has no hops.

        Raises: ServerError when no registry answered; BudgetError or AccessDeniedError when one will not be asked
        any more; ValueError for a policy that does not exist.
        """
        if policy not in POLICIES:
            raise ValueError(f"unknown policy {policy!r}; expected one of {', '.join(POLICIES)}")
        place = self.directory.find(space, registry)
        if place is None:
            return LiveResolution(space, resolve(Database(), space, policy))
        trail = Trail(self._allowed)
        trail.begin(place.name)
        found = yield from self._look(place, space, trail, "")
        best = found
        while (step := self._next(found, trail)) is not None:
            place, because = step
            try:
                found = yield from self._look(place, space, trail, because)
            except (ServerError, QueryError):
                break  # the trail says so; what the registry before it said stays
            if found.is_better:
                best = found
        return (yield from self._resolution(best, space, policy, trail))

    def drawer_of(self, space: AddressRange, registry: str | None = None) -> tuple[str, str] | None:
        """Return under which names answers about *space* are kept: the server, and how it is asked.

        None where nobody is asked, or what is known serves already.
        """
        place = self.directory.find(space, registry)
        if place is None:
            return None
        return None if self._asked_at(place).knows(space) else (place.drawer, place.protocol)

    def recall(
        self, space: AddressRange, network: AddressRange, body: bytes, age: int, registry: str | None = None
    ) -> None:
        """Take in an answer that was kept *age* seconds ago for *network*, in which *space* is."""
        place = self.directory.find(space, registry)
        if place is not None:
            self._asked_at(place).recall(network, body, age)

    def remembered(self, space: AddressRange, registry: str | None = None) -> Memory | None:
        """Return what may be kept of the answer about *space*, if its first registry gave one."""
        place = self.directory.find(space, registry)
        return None if place is None else self._asked_at(place).remembered(space)

    def _look(self, place: Place, space: AddressRange, trail: Trail, because: str) -> Journey[_Found]:
        """Get to know what *place* says about *space*; the *trail* gets its hops."""
        asked = self._asked_at(place)
        if isinstance(asked, RdapLooks):
            yield from asked.find(space, trail)
            return _Found(place, asked.is_registered(space))
        try:
            referrals = yield from asked.find(space)
        except (ServerError, QueryError) as error:
            trail.note("whois", place.name, "failed", getattr(error, "message", str(error)), because)
            raise
        is_registered = asked.is_registered(space)
        ending: Ending = "answered" if is_registered else "referred" if referrals else "nothing"
        trail.note("whois", place.name, ending, because=because)
        is_better = asked.has_mailbox(space) if isinstance(asked, RecordLooks) else is_registered
        return _Found(place, is_better, referrals)

    def _next(self, found: _Found, trail: Trail) -> tuple[Place, str] | None:
        """Return the place that an answer leads to, and the line that says so."""
        for referral in found.referrals:
            place = self._place_of(referral, trail)
            if place is not None:
                return place, referral.because
        return None

    def _place_of(self, referral: Referral, trail: Trail) -> Place | None:
        if isinstance(referral.target, Server):
            place = self.directory.of_server(referral.target)
            scheme = "rwhois" if referral.kind is ReferralKind.RWHOIS else "whois"
            if place is not None and trail.leads_to_server(referral.target, referral.because, scheme=scheme):
                return place
            if place is None:
                note = "irtkit reads no contacts from its answers"
                trail.note("whois", str(referral.target), "not asked", note, referral.because)
        elif referral.kind is ReferralKind.REGISTRY and isinstance(referral.target, str):
            place = self.directory.of_registry(referral.target)
            if place is None:
                note = "it is not asked for contacts"
                trail.note("whois", referral.target, "not asked", note, referral.because)
            elif trail.leads_to_place(place.protocol, place.name, referral.because):
                return place
        return None

    def _resolution(self, best: _Found, space: AddressRange, policy: str, trail: Trail) -> Journey[LiveResolution]:
        asked = self._asked_at(best.place)
        failures: tuple[str, ...] = ()
        if isinstance(asked, RdapLooks):
            answer, age, failures = asked.answer(space, policy)
        elif isinstance(asked, RecordLooks):
            answer, age = asked.answer(space, policy)
        else:
            answer, failures = yield from asked.walk(space, policy)
            age = asked.known.age_of(space) or 0
        return LiveResolution(space, answer, tuple(trail.hops), age, failures)

    def _asked_at(self, place: Place) -> WhoisWalk | RdapLooks | RecordLooks:
        """Return what this run has asked at *place*."""
        if place.rdap is not None:
            if place.rdap not in self._rdap:
                self._rdap[place.rdap] = RdapLooks(place.registry, place.rdap, self.directory)
            return self._rdap[place.rdap]
        if place.whois is None:
            raise TypeError(f"{place.registry} has neither a whois server nor an RDAP service")
        if not takes_flags(place.whois):
            if place.whois not in self._records:
                self._records[place.whois] = RecordLooks(place.whois, place.registry)
            return self._records[place.whois]
        if place.whois not in self._whois:
            self._whois[place.whois] = WhoisWalk(place.whois, keeps_connections=place.keeps_connections)
        return self._whois[place.whois]
