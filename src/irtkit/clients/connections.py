"""Connections to servers: how many may be open, which are idle, and who waits for one.

It is shared by threads and by tasks; whoever waits, waits for a future. It opens nothing and speaks no protocol.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from irtkit.clients.effects import Wait, Work

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import TracebackType

    from irtkit.clients.charging import Lease

__all__ = ["IDLE", "Connection", "Pool", "Slot"]

IDLE: Final = 60.0
"""Seconds after which an idle connection is not used again; RIPE's server ends one after 180."""

Key: TypeAlias = tuple[str, int]


@dataclass(slots=True, eq=False)
class Connection:
    """An open connection, and what is known of it."""

    socket: socket.socket
    account: str
    """Under which the server counts us."""
    lease: Lease
    """Its place in the ledger."""
    registry: str
    """Whose budget it counts against."""
    release: Callable[[], None]
    """Says that it is closed."""
    rest: bytes = b""
    """What came after the last answer: the beginning of the next."""
    farewell: bytes = b""
    """What politely ends it."""
    since: float = field(default_factory=time.monotonic)
    """When it was last used."""

    def close(self) -> None:
        """Close it, with a farewell if that needs no waiting."""
        with self.socket:
            if self.farewell:
                self.socket.setblocking(False)
                with suppress(OSError):
                    self.socket.send(self.farewell)
        self.release()

    def is_fit(self) -> bool:
        """Take what the server sent meanwhile; tell whether the connection still stands."""
        if time.monotonic() - self.since > IDLE:
            return False
        self.socket.setblocking(False)
        try:
            more = self.socket.recv(4096)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self.rest += more
        return bool(more)


class Slot:
    """The right to one connection to a server; it ends with the `with` statement.

    A connection that was kept is given to who waits, or stays idle; any other is closed.
    """

    def __init__(self, pool: Pool, key: Key, connection: Connection | None) -> None:
        self.connection = connection
        self._pool, self._key = pool, key
        self._kept = False

    def keep(self) -> None:
        """Let the connection be used again."""
        self._kept = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self.connection
        if connection is not None and not (self._kept and error is None):
            connection.farewell = b""  # it is in the middle of something
            connection.close()
            connection = None
        self._pool.give_back(self._key, connection)


class _Place:
    """One server: what is open there, idle, or wanted."""

    def __init__(self) -> None:
        self.open = 0
        self.idle: list[Connection] = []
        self.waiting: deque[Future[Connection | None]] = deque()


class Pool:
    """The connections of one client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: defaultdict[Key, _Place] = defaultdict(_Place)
        self._closed = False

    def claim(self, key: Key, limit: int, *, idle: bool) -> Work[Slot]:
        """Wait until one of *limit* connections to a server is free; with *idle*, one that is open will do."""
        place = self._places[key]
        with self._lock:
            connection = place.idle.pop() if place.idle else None
            future: Future[Connection | None] | None = None
            if connection is None:
                if place.open < limit:
                    place.open += 1
                else:
                    future = Future()
                    place.waiting.append(future)
            elif not idle and place.open < limit:
                place.idle.append(connection)
                place.open += 1
                connection = None
        if future is not None:
            try:
                connection = yield Wait(future)
            except BaseException:
                if not future.cancel():
                    self.give_back(key, future.result())
                raise
        if connection is not None and not (idle and connection.is_fit()):
            connection.close()
            connection = None
        return Slot(self, key, connection)

    def give_back(self, key: Key, connection: Connection | None) -> None:
        """Pass the right to a connection on, with the connection if it can be used again."""
        if connection is not None:
            connection.since = time.monotonic()
        place = self._places[key]
        with self._lock:
            while place.waiting:
                future = place.waiting.popleft()
                if future.set_running_or_notify_cancel():
                    future.set_result(connection)
                    return
            if connection is None or self._closed:
                place.open -= 1
            else:
                place.idle.append(connection)
                return
        if connection is not None:
            connection.close()

    def others(self, key: Key) -> int:
        """Return how many connections to a server are open, or about to be."""
        return self._places[key].open

    def make_room(self, registry: str) -> bool:
        """Close an idle connection that counts against a registry; tell whether there was one."""
        with self._lock:
            places = self._places.values()
            idle = ((place, each) for place in places for each in place.idle if each.registry == registry)
            place, connection = next(idle, (None, None))
            if place is None or connection is None:
                return False
            place.idle.remove(connection)
            place.open -= 1
        connection.close()
        return True

    def idle(self) -> int:
        """Return how many connections are open and unused."""
        with self._lock:
            return sum(len(place.idle) for place in self._places.values())

    def close(self) -> None:
        """Close the idle connections; those in use are closed when they are given back."""
        with self._lock:
            self._closed = True
            ended = [connection for place in self._places.values() for connection in place.idle]
            for place in self._places.values():
                place.open -= len(place.idle)
                place.idle.clear()
        for connection in ended:
            connection.close()
