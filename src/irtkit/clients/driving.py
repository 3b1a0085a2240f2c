"""The driver of journeys: asks what they want to know, and sends them the replies, with threads or with asyncio.

    with Client() as client:
        answer = run(journey, client)

What a journey asks is put together here into one `Work`, which both kinds of client perform. It decides nothing that
the journey decides: no referral, no redirect is followed.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, Self, TypeVar

from irtkit.clients.blocking import Blocking, LoopThread
from irtkit.clients.charging import Gate, registry_of
from irtkit.clients.connections import Pool
from irtkit.clients.effects import Together, Work
from irtkit.clients.http import Http, place_of
from irtkit.clients.rules import Rules
from irtkit.clients.tcp import Whois
from irtkit.errors import IrtkitError, ServerError
from irtkit.registries import REGISTRIES, Allowance
from irtkit.wire.questions import Batch, HttpReply, HttpRequest, WhoisQuestion, WhoisReply

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from irtkit.clients.ledger import Ledger
    from irtkit.clients.tasks import Tasks
    from irtkit.wire.questions import Journey, Question, Reply

__all__ = ["AsyncClient", "Client", "run", "run_async"]

T = TypeVar("T")
_Single = WhoisQuestion | HttpRequest
_MOST_LANES: Final = 32
"""Questions of a batch on their way at once, however many servers they go to."""


class _Asker:
    """What both kinds of client are made of."""

    def __init__(
        self,
        rules: Rules = Rules(),  # noqa: B008 - it is frozen
        *,
        ledger: Ledger | None = None,
        budgets: Mapping[str, Allowance] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.rules = rules
        self.ledger = ledger
        self.pool = Pool()
        self.gate = Gate(ledger, _usual_budgets() if budgets is None else budgets)
        self._http = Http(self.gate, rules, tls)
        self._whois = Whois(self.pool, self.gate, rules)

    def _ends(self, seconds: float | None) -> float:
        return time.monotonic() + (self.rules.seconds if seconds is None else seconds)

    def _travel(self, journey: Journey[T], ends: float) -> Work[T]:
        """Ask what a journey asks, in its order, until it returns; whatever happens, it is closed."""
        try:
            question = next(journey)
            while True:
                try:
                    reply = yield from self._answer(question, ends)
                except IrtkitError as error:
                    question = journey.throw(error)
                else:
                    question = journey.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            journey.close()

    def _answer(self, question: Question, ends: float) -> Work[Reply]:
        if isinstance(question, Batch):
            return (yield from self._answer_all(question.questions, ends))
        return (yield from self._ask(question, ends))

    def _ask(self, question: _Single, ends: float) -> Work[WhoisReply | HttpReply]:
        if isinstance(question, WhoisQuestion):
            return (yield from self._whois.ask(question, ends))
        return (yield from self._http.ask(question, ends))

    def _answer_all(
        self, questions: tuple[_Single, ...], ends: float
    ) -> Work[tuple[WhoisReply | HttpReply | ServerError, ...]]:
        """Ask all: those to one server on as many connections as it allows, different servers at once."""
        replies: dict[int, WhoisReply | HttpReply | ServerError] = {}
        lanes = list(self._lanes(questions))

        def drive(places: deque[int]) -> Work[None]:
            while places:
                try:
                    place = places.popleft()
                except IndexError:  # another thread took the last one
                    return
                try:
                    replies[place] = yield from self._ask(questions[place], ends)
                except ServerError as error:
                    replies[place] = error

        if len(lanes) == 1:
            yield from drive(lanes[0])
        elif lanes:
            yield Together(tuple(drive(lane) for lane in lanes))
        return tuple(replies[place] for place in range(len(questions)))

    def _lanes(self, questions: tuple[_Single, ...]) -> Iterable[deque[int]]:
        """Yield, for each connection that may be used, the places of the questions that its server is asked."""
        servers: defaultdict[tuple[str, int, str], deque[int]] = defaultdict(deque)
        for place, question in enumerate(questions):
            servers[_server_of(question)].append(place)
        share = max(1, _MOST_LANES // max(1, len(servers)))
        for (_, _, registry), places in servers.items():
            most = self.gate.connections(registry, self.rules.connections)
            yield from [places] * min(most, share, len(places))


def _usual_budgets() -> dict[str, Allowance]:
    return {name: row.allowance for name, row in REGISTRIES.items()}


def _server_of(question: _Single) -> tuple[str, int, str]:
    """Return whom a question goes to: host, port, and the registry whose budget counts."""
    if isinstance(question, WhoisQuestion):
        server = question.server
        return server.host, server.port, registry_of(server.host, server.registry)
    place = place_of(question)
    return place.host, place.port, registry_of(place.host, question.registry)


class Client(_Asker):
    """Asks servers, and waits for them; threads may share one.

    *budgets* are by registry, those of `irtkit.registries` for None; without a *ledger* nothing is counted.
    *tls* replaces the certificates that are trusted.
    It is a context manager: at the end of the `with` statement idle connections are closed.
    """

    def __init__(
        self,
        rules: Rules = Rules(),  # noqa: B008 - it is frozen
        *,
        ledger: Ledger | None = None,
        budgets: Mapping[str, Allowance] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(rules, ledger=ledger, budgets=budgets, tls=tls)
        self._loop = LoopThread()

    def run(self, journey: Journey[T], *, seconds: float | None = None) -> T:
        """Run a journey; see `run`."""
        ends = self._ends(seconds)
        return Blocking(self._loop).run(self._travel(journey, ends), ends)

    def close(self) -> None:
        """Close the idle connections."""
        self.pool.close()
        self._loop.close(self._http.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Asker):
    """Asks servers from the tasks of one event loop. Otherwise as `Client`."""

    def __init__(
        self,
        rules: Rules = Rules(),  # noqa: B008 - it is frozen
        *,
        ledger: Ledger | None = None,
        budgets: Mapping[str, Allowance] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(rules, ledger=ledger, budgets=budgets, tls=tls)
        self._tasks: Tasks | None = None

    async def run(self, journey: Journey[T], *, seconds: float | None = None) -> T:
        """Run a journey; see `run_async`."""
        from irtkit.clients.tasks import Tasks  # noqa: PLC0415 - whoever has no event loop needs no asyncio

        if self._tasks is None:
            self._tasks = Tasks()
        ends = self._ends(seconds)
        return await self._tasks.run(self._travel(journey, ends), ends)

    async def close(self) -> None:
        """Close the idle connections."""
        self.pool.close()
        await self._http.close()
        if self._tasks is not None:
            self._tasks.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def run(journey: Journey[T], client: Client, *, seconds: float | None = None) -> T:
    """Run a journey to its end and return its result.

    All that it asks shares one deadline, *seconds* from now; None takes the client's. What goes wrong is thrown into
    the journey where it asked, as a `ServerError`, or a `QueryError` for what cannot be asked; in a batch, server
    errors are values among the replies. When the time is over, each further question fails at once, so that a journey
    can return what it has.

    Raises: what the journey raises.
    """
    return client.run(journey, seconds=seconds)


async def run_async(journey: Journey[T], client: AsyncClient, *, seconds: float | None = None) -> T:
    """Run a journey as `run` does, without blocking the event loop; if the task is cancelled, the journey is closed."""
    return await client.run(journey, seconds=seconds)
