"""Which server is asked about an address, or named by a referral: registries as one run reaches them.

The rows are `irtkit.registries`'; what the user names instead (a test server, a mirror) takes their place.
It asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from irtkit.registries import REGISTRIES, Registry, find_registry_of_host
from irtkit.special_purpose import special_purpose
from irtkit.wire.rdap.bootstrap import find_registry

if TYPE_CHECKING:
    from irtkit.live.following import Protocol
    from irtkit.resources import AddressRange
    from irtkit.wire.questions import Server
    from irtkit.wire.rdap.bootstrap import Bootstrap

__all__ = ["PLACES", "Directory", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A registry, and how it is asked: by whois, or by RDAP where *rdap* is given."""

    registry: str
    whois: Server | None = None
    rdap: str | None = None
    """The base URL, which ends in a slash."""
    keeps_connections: bool = True
    """Whether the whois server takes several questions on one connection."""

    @property
    def protocol(self) -> Protocol:
        """How it is asked."""
        return "whois" if self.rdap is None else "rdap"

    @property
    def name(self) -> str:
        """The server, as a trail names it."""
        return self.rdap or str(self.whois)

    @property
    def drawer(self) -> str:
        """The name under which its answers are kept: the registry's only where it is the registry's own server."""
        row = REGISTRIES.get(self.registry)
        if self.whois is None or self.rdap is not None:
            return self.registry if row is not None and row.rdap == self.rdap else self.name
        is_own = row is not None and row.whois == self.whois
        return self.registry if is_own else f"{self.whois.host}:{self.whois.port}"


@dataclass(frozen=True, slots=True)
class Directory:
    """Finds places."""

    places: Mapping[str, Place] = field(default_factory=lambda: PLACES)
    """Registries by name."""
    only: Place | None = None
    """The one place that the user wants asked, whatever the question."""
    bootstrap: Bootstrap | None = None
    """Who administers which addresses; the copy that irtkit carries for None, or where this names nobody known."""

    def find(self, space: AddressRange, registry: str | None = None) -> Place | None:
        """Return the place to ask about *space*; *registry* is the one that is known to hold it.

        None where IANA has set the addresses aside, or given them to no registry.
        """
        if self.only is not None:
            return self.only
        if all(special_purpose(space.family, value) for value in (space.first, space.last)):
            return None
        found = find_registry(space, self.bootstrap) or find_registry(space)
        return self.places.get(registry or "") or self.places.get(found or "")

    def of_registry(self, name: str) -> Place | None:
        """Return the place of a registry that a referral names; None if it is not asked for contacts."""
        return None if self.only is not None else self.places.get(name)

    def of_server(self, server: Server) -> Place | None:
        """Return the place of a whois server that a referral names; None if it is not one whose contacts are read."""
        row = find_registry_of_host(server.host)
        return None if row is None else self.of_registry(row.name)

    def of_url(self, url: str) -> Place | None:
        """Return the place whose RDAP service *url* belongs to; None if nobody's."""
        places = [self.only] if self.only is not None else self.places.values()
        return next((place for place in places if place.rdap and url.startswith(place.rdap)), None)


def _place_of(row: Registry) -> Place | None:
    """Return how a registry is asked for contacts: by whois where that speaks RIPE's way, else by RDAP if it can."""
    if row.name in _WITHOUT_ADDRESSES or (row.whois is None and row.rdap is None):
        return None
    if row.whois is not None and (row.whois.dialect == "ripe" or row.rdap is None):
        return Place(row.name, row.whois, keeps_connections=row.keeps_connections)
    return Place(row.name, rdap=row.rdap)


_WITHOUT_ADDRESSES: Final = frozenset({"iana", "irrd", "radb", "test"})
"""Registries that name nobody who answers for addresses."""
PLACES: Final[Mapping[str, Place]] = {
    row.name: place for row in REGISTRIES.values() if (place := _place_of(row)) is not None
}
"""The registries whose contacts are read, by name. RDAP does not tell which irt an address inherits, whois does."""
