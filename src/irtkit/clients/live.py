"""Registries asked for contacts: one address, or a list a piece at a time, with the user's ledger and limits.

What is asked, and what follows from the answers, is decided in `irtkit.live`; this runs those journeys.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irtkit.clients.answer_cache import AnswerCache
from irtkit.clients.bootstrap_files import BootstrapFiles
from irtkit.clients.charging import registry_of
from irtkit.clients.driving import AsyncClient, Client, run, run_async
from irtkit.clients.ledger import Ledger
from irtkit.clients.rules import Rules
from irtkit.errors import QueryError
from irtkit.live.asking import Asker
from irtkit.live.following import EVERYWHERE
from irtkit.live.places import Directory, Place
from irtkit.registries import keeps_connections, server_named
from irtkit.resources import AddressRange
from irtkit.rpsl.faults import shown
from irtkit.wire.targets import read_url, usual_place

if TYPE_CHECKING:
    from irtkit.live.gaps import LiveRecords
    from irtkit.live.resolutions import LiveResolution

__all__ = ["Kept", "Reach", "ask_one", "iter_records", "resolve_live", "resolve_live_async"]

_PIECE = 512
"""Lines of a list whose records are written together."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom the user wants asked, and for how long; the defaults are for the public registries.

    Raises: QueryError, when it is used, for what names no server.
    """

    server: str | None = None
    """The one whois server to ask: `HOST`, `HOST:PORT`, or a registry by name. It may be private."""
    rdap: str | None = None
    """The base URL of the one RDAP service to ask. It may be private."""
    allow_private: bool = False
    """Whether referrals may lead to private hosts, too, and to any port."""
    seconds: float = 30.0
    """For one question, with its referrals and all it takes."""
    max_age: float = 24 * 60 * 60.0
    """How old an answer may be, in seconds, that is taken from the user's cache; 0 neither takes nor keeps any."""

    @property
    def directory(self) -> Directory:
        """Where registries are; the user's copies of IANA's files are read each time."""
        only = self._only()
        return (
            Directory(bootstrap=BootstrapFiles().bootstrap(("ipv4", "ipv6"))) if only is None else Directory(only=only)
        )

    def _only(self) -> Place | None:
        """Return the one place that the user names, if any."""
        if self.server is not None:
            server = server_named(self.server, dialect="ripe")
            name = server.registry or server.host.lower()
            return Place(name, server, keeps_connections=keeps_connections(server))
        if self.rdap is None:
            return None
        url = read_url(f"{self.rdap.removesuffix('/')}/")
        if url is None:
            raise QueryError(f"expected the base URL of an RDAP service, found {shown(self.rdap)}")
        return Place(registry_of(url.host), rdap=str(url))

    @property
    def allowed(self) -> Container[str]:
        """What may be asked whatever its port and address."""
        if self.allow_private:
            return EVERYWHERE
        only = self._only()
        if only is None:
            return ()
        if only.whois is not None:
            return {usual_place(only.whois.host, only.whois.port)}
        url = read_url(only.rdap or "")
        return () if url is None else {usual_place(url.host, url.port)}

    def asker(self) -> Asker:
        """Return a new asker."""
        return Asker(self.directory, allowed=self.allowed)

    def rules(self) -> Rules:
        """Return what a client may do."""
        return Rules(seconds=self.seconds, allowed=self.allowed)


class Kept:
    """The user's cache of answers, as far as it is allowed to serve."""

    def __init__(self, reach: Reach, warn: Callable[[str], None] = warnings.warn) -> None:
        self._max_age = reach.max_age
        self._cache = AnswerCache(warn=warn) if reach.max_age > 0 else None

    def close(self) -> None:
        """Close the file."""
        if self._cache is not None:
            self._cache.close()

    def recall(self, asker: Asker, space: AddressRange, registry: str | None = None) -> bool:
        """Give an asker what was kept about *space*, if it is young enough; tell whether it knows enough then."""
        drawer = asker.drawer_of(space, registry)
        if drawer is None or self._cache is None:
            return drawer is None
        found = self._cache.find(drawer[0], space, drawer[1])
        if found is None or found.age > self._max_age:
            return False
        asker.recall(space, found.network, found.body, max(1, round(found.age)), registry)
        return asker.drawer_of(space, registry) is None

    def keep(self, asker: Asker, space: AddressRange, registry: str | None = None) -> None:
        """Keep what an asker has learned about *space*, if that may be."""
        place = asker.directory.find(space, registry)
        if self._cache is None or place is None:
            return
        memory = asker.remembered(space, registry)
        if memory is not None:
            network, body, personal = memory
            self._cache.store(place.drawer, network, body, personal=personal, form=place.protocol)


def resolve_live(query: str | AddressRange, policy: str = "csirt", reach: Reach | None = None) -> LiveResolution:
    """Ask the registry of an address, prefix or range who answers for it, now.

    The ledger that all processes of the user share keeps within the registry's limits; answers are kept for a while.

    Raises: RangeError for what is none of these; ServerError when no registry answered, BudgetError before a limit is
    passed; QueryError for a *reach* that names no server; ValueError for a policy that does not exist.
    """
    reach = reach or Reach()
    with closing(Ledger()) as ledger, closing(Kept(reach)) as kept, Client(reach.rules(), ledger=ledger) as client:
        return ask_one(_space_of(query), policy, reach.asker(), client, kept)


async def resolve_live_async(
    query: str | AddressRange, policy: str = "csirt", reach: Reach | None = None
) -> LiveResolution:
    """Ask as `resolve_live` does, without blocking the event loop."""
    reach = reach or Reach()
    space, asker = _space_of(query), reach.asker()
    with closing(Ledger()) as ledger, closing(Kept(reach)) as kept:
        kept.recall(asker, space)
        async with AsyncClient(reach.rules(), ledger=ledger) as client:
            found = await run_async(asker.ask(space, policy), client)
        _keep(kept, asker, found)
    return found


def _space_of(query: str | AddressRange) -> AddressRange:
    return AddressRange.parse_lenient(query) if isinstance(query, str) else query


def ask_one(space: AddressRange, policy: str, asker: Asker, client: Client, kept: Kept) -> LiveResolution:
    """Ask about one space as `resolve_live` does, with tools that serve for more."""
    kept.recall(asker, space)
    found = run(asker.ask(space, policy), client)
    _keep(kept, asker, found)
    return found


def _keep(kept: Kept, asker: Asker, found: LiveResolution) -> None:
    if not found.age and not found.failures:
        kept.keep(asker, found.space)


def iter_records(
    records: LiveRecords, queries: Iterable[str], client: Client, kept: Kept
) -> Iterator[list[dict[str, Any]]]:
    """Yield the records of *queries* in order, some at a time; each question has the client's time for itself.

    A registry that does not answer, or whose budget is used up, ends nothing: the records say so.
    """
    piece: list[str] = []
    for query in queries:
        piece.append(query)
        if len(piece) == _PIECE:
            yield _asked(records, piece, client, kept)
            piece = []
    if piece:
        yield _asked(records, piece, client, kept)


def _asked(records: LiveRecords, queries: list[str], client: Client, kept: Kept) -> list[dict[str, Any]]:
    for step in records.steps(queries):
        asked = [pair for pair in step.spaces if not kept.recall(records.asker, *pair)]
        run(step.journey, client)
        for pair in asked:
            kept.keep(records.asker, *pair)
    return records.records(queries)
