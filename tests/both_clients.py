"""The same tests for both clients: what `Client` does in threads, and `AsyncClient` in an event loop."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from irtkit.clients.driving import AsyncClient, Client, run, run_async
from irtkit.clients.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from irtkit.clients.connections import Pool
    from irtkit.wire.questions import Journey, Question, Reply

__all__ = ["KINDS", "LOOPBACK_RULES", "Everywhere", "Runner", "ask", "make_client"]

T = TypeVar("T")
KINDS = ("threads", "asyncio")


class Everywhere:
    """Every server may be asked."""

    def __contains__(self, target: object) -> bool:
        return True


LOOPBACK_RULES = Rules(allowed=Everywhere(), attempts=1)
"""For names that lead to loopback addresses, which no client asks that was not told it may."""


class Runner(Protocol):
    """A client, whichever kind."""

    def __call__(self, journey: Journey[T], *, seconds: float = ...) -> T:
        """Run a journey."""

    @property
    def pool(self) -> Pool:
        """Its connections."""


class _InThreads:
    def __init__(self, client: Client) -> None:
        self.client, self.pool = client, client.pool

    def __call__(self, journey: Journey[T], *, seconds: float = 30.0) -> T:
        return run(journey, self.client, seconds=seconds)


class _InTasks:
    def __init__(self, client: AsyncClient, runner: asyncio.Runner) -> None:
        self.client, self.pool, self.runner = client, client.pool, runner

    def __call__(self, journey: Journey[T], *, seconds: float = 30.0) -> T:
        return self.runner.run(run_async(journey, self.client, seconds=seconds))


@contextmanager
def make_client(kind: str, *arguments: Any, **options: Any) -> Iterator[Runner]:
    """Give what runs journeys with a client of that kind, made of *arguments* and *options*."""
    if kind == "threads":
        with Client(*arguments, **options) as client:
            yield _InThreads(client)
        return
    with asyncio.Runner() as runner:
        asynchronous = AsyncClient(*arguments, **options)
        try:
            yield _InTasks(asynchronous, runner)
        finally:
            runner.run(asynchronous.close())


def ask(question: Question) -> Journey[Reply]:
    """The journey that asks one thing and returns the reply."""
    return (yield question)
