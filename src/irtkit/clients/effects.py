"""What the clients ask of the operating system, as values, so that what decides is written once.

A `Work` is a generator that yields effects and is sent what came of them; `irtkit.clients.blocking` performs
them in the calling thread and `irtkit.clients.tasks` with asyncio. A generator that is closed while it waits
for an effect gives back what it holds without asking for another one. Nothing is performed here.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future
    from socket import socket

__all__ = ["Call", "Effect", "ExpiredError", "Receive", "Run", "Send", "Sleep", "Together", "Wait", "Work"]

T = TypeVar("T")


class ExpiredError(Exception):
    """An effect was not done when the time was over; each later effect of the same work ends so at once."""


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function that may wait for the disk or the network, but knows when to stop; the reply is its result."""

    function: Callable[[], Any]
    undo: Callable[[Any], object] | None = None
    """What to do with a result that comes when nobody waits for it any more."""
    late: bool = False
    """Whether it is called even when the time is over: what has to be written down."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run a coroutine to its end; the reply is its result."""

    make: Callable[[], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until somebody else sets a future; the reply is its result."""

    future: Future[Any]


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let time go by."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Send:
    """Send all bytes."""

    connection: socket
    data: bytes


@dataclass(frozen=True, slots=True)
class Receive:
    """Receive what there is; the reply is at least one byte, or none when the other side has ended."""

    connection: socket
    size: int


@dataclass(frozen=True, slots=True)
class Together:
    """Do several works at once, and wait for all; the first error ends the others and is thrown in.

    It has no end of its own: each effect of those works has.
    """

    works: tuple[Work[None], ...]


Effect: TypeAlias = Call | Run | Wait | Sleep | Send | Receive | Together
Work: TypeAlias = Generator[Effect, Any, T]
