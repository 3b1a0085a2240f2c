"""The way from server to server: which were asked, where each sends us, and where we do not go.

A referral is followed at most `MAX_REFERRALS` times, never twice to one place, and only to a well-known port of a
public host, unless the user allows more. Whatever becomes of a further hop, the last good answer stays: the
trail says how each ended.

It asks nobody; what an answer says about whom to ask next is read in `irtkit.wire`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from irtkit.wire.targets import find_refusal, find_refusal_of_url

if TYPE_CHECKING:
    from collections.abc import Container

    from irtkit.wire.questions import Server
    from irtkit.wire.targets import Url

__all__ = ["EVERYWHERE", "MAX_REFERRALS", "Ending", "Hop", "Protocol", "Trail"]

MAX_REFERRALS = 3
"""Referrals that are followed for one question. From IANA by a regional to a national registry takes two."""

Protocol: TypeAlias = Literal["whois", "rdap"]
Ending: TypeAlias = Literal["answered", "nothing", "referred", "failed", "not asked"]
"""How a hop ended: with objects, without any, with only a further address, with an error, or it was not allowed."""


class _Everywhere:
    """What allows every target."""

    def __contains__(self, target: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "EVERYWHERE"


EVERYWHERE = _Everywhere()
"""What is allowed when the user says so: private hosts and any port, too."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One server on the way."""

    protocol: Protocol
    server: str
    """A whois server's host, with its port where that is not 43; an RDAP server's host."""
    ending: Ending
    note: str = ""
    """Why it was not asked, or did not answer."""
    because: str = ""
    """The line of the answer before that led here; empty for the first."""

    def __str__(self) -> str:
        return f"{self.server} ({self.protocol}): {self.ending}{f': {self.note}' if self.note else ''}"


@dataclass(slots=True)
class Trail:
    """The hops of one question so far. `leads_to_...` says whether to go on; `note` adds how that ended."""

    allowed: Container[str] = ()
    """What may be asked whatever it is, as `irtkit.wire.targets.find_refusal` reads it."""
    limit: int = MAX_REFERRALS
    hops: list[Hop] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def begin(self, place: str) -> None:
        """Begin at *place*, a server or URL that no referral named: it may be asked whatever it is."""
        self._seen.add(place.lower())

    def note(self, protocol: Protocol, server: str, ending: Ending, note: str = "", because: str = "") -> None:
        """Add a hop."""
        self.hops.append(Hop(protocol, server, ending, note, because))

    def leads_to_server(self, server: Server, because: str = "", *, scheme: str = "whois") -> bool:
        """Tell whether to ask a server that a referral names; where not, the trail holds why."""
        why = f"it speaks {scheme}, which irtkit does not" if scheme != "whois" else None
        why = why or find_refusal(server.host, server.port, scheme, allowed=self.allowed)
        return self._leads_to("whois", str(server), str(server), why, because)

    def leads_to_url(self, target: Url, asked: Url | None, because: str = "") -> bool:
        """Tell whether to follow a link or redirect from the URL that was *asked*; as `leads_to_server`."""
        why = find_refusal_of_url(target, asked, allowed=self.allowed)
        place = str(target._replace(host=target.host.removesuffix(".")))
        return self._leads_to("rdap", target.authority, place, why, because)

    def leads_to_place(self, protocol: Protocol, place: str, because: str = "") -> bool:
        """Tell whether to ask a registry that a referral names, at the *place* where it is known to be."""
        return self._leads_to(protocol, place, place, None, because)

    def _leads_to(self, protocol: Protocol, server: str, place: str, why: str | None, because: str) -> bool:
        if why is None and place.lower() in self._seen:
            why = "it was asked already"
        if why is None and len(self._seen) > self.limit:
            why = f"{self.limit} referrals were followed already"
        if why is not None:
            self.note(protocol, server, "not asked", why, because)
            return False
        self._seen.add(place.lower())
        return True
