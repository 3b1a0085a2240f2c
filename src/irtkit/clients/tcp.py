"""One whois question over TCP, from the server's name to the last byte, as a `Work` that either driver performs.

The framing of answers is `irtkit.wire.whois`'s; this keeps connections, the ledger and the time in order around it. A
connection that was kept and broke before anything was received is replaced by a fresh one, once.
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from irtkit.clients.charging import RECHECK, Gate, Lease, charge_of, registry_of
from irtkit.clients.connecting import Address, Place, connect, local_account, own_account, resolve, usable
from irtkit.clients.connections import Connection, Pool, Slot
from irtkit.clients.effects import Call, ExpiredError, Receive, Send, Sleep, Work
from irtkit.clients.ledger import Account, Reservation
from irtkit.errors import DeadlineError, QueryError, ServerError, UnreachableError, reason_of
from irtkit.wire.questions import WhoisQuestion, WhoisReply
from irtkit.wire.whois.framing import Framing, closing, opening

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator

    from irtkit.clients.rules import Rules

__all__ = ["Whois"]

_PIECE: Final = 1 << 16
_LONGEST_LINE: Final = 4096


class _StaleError(Exception):
    """A connection that was kept does not stand any more."""


@dataclass(frozen=True, slots=True)
class Whois:
    """Asks whois servers; one is shared by all questions of a client."""

    pool: Pool
    gate: Gate
    rules: Rules

    def ask(self, question: WhoisQuestion, ends: float) -> Work[WhoisReply]:
        """Ask one question; the time is over at *ends*, on the clock of `time.monotonic`.

        Raises: QueryError if its line cannot be sent; ServerError, of the kind that says whose fault it is.
        """
        return _Asking(self, question, ends).run()


def _check_line(line: bytes) -> None:
    """Refuse what would be more than one line, or is no text."""
    for byte in line:
        if byte < 0x20 or byte == 0x7F:
            raise QueryError(f"expected a query without control characters, found 0x{byte:02X}")
    if len(line) > _LONGEST_LINE:
        raise QueryError(f"expected a query of at most {_LONGEST_LINE} bytes, found {len(line)}")


class _Asking:
    """One question on its way."""

    def __init__(self, tools: Whois, question: WhoisQuestion, ends: float) -> None:
        server = question.server
        self._pool, self._gate, self._rules = tools.pool, tools.gate, tools.rules
        self._question, self._ends = question, ends
        self._place = Place(server.host, server.port, str(server))
        self._registry = registry_of(server.host, server.registry)
        self._doing = "waiting for a free connection"

    def run(self) -> Work[WhoisReply]:
        _check_line(self._question.line)
        with self._named_errors():
            try:
                return (yield from self._ask_once(fresh=False))
            except _StaleError:
                return (yield from self._ask_once(fresh=True))

    @contextmanager
    def _named_errors(self) -> Generator[None]:
        """Turn what the system says into errors that name the server and whose fault it is."""
        name = self._place.name
        try:
            yield
        except ExpiredError:
            raise DeadlineError(f"the time was over while {self._doing}", server=name) from None
        except OSError as error:
            raise UnreachableError(
                f"the connection broke while {self._doing}: {reason_of(error)}", server=name
            ) from None

    def _ask_once(self, *, fresh: bool) -> Work[WhoisReply]:
        """Ask over a connection that was kept, or a new one, as soon as one is allowed."""
        key = self._place.host, self._place.port
        most = self._gate.connections(self._registry, self._rules.connections)
        while True:
            self._doing = "waiting for a free connection"
            keep = self._question.persistent and not fresh
            with (yield from self._pool.claim(key, most, idle=keep)) as slot:
                reply = yield from self._ask_over(slot)
                if reply is not None:
                    return reply
            self._doing = "waiting for other connections to this registry to end"
            if not self._pool.make_room(self._registry):
                yield Sleep(RECHECK * random.uniform(0.5, 1.5))  # noqa: S311 - so that processes do not ask in step
            most = max(1, self._pool.others(key))  # rather share one of ours than wait for those of others

    def _ask_over(self, slot: Slot) -> Work[WhoisReply | None]:
        """Ask over the connection of a slot, or a new one; None if the registry allows no further one now."""
        is_reused = slot.connection is not None
        if slot.connection is None:
            reservation = yield from self._open(slot)
        else:
            reservation = yield from self._admit(slot.connection.account, slot.connection.lease)
        connection = slot.connection
        if connection is None:
            return None
        try:
            reply, framing = yield from self._converse(connection, is_reused=is_reused)
        except _StaleError:
            yield from self._gate.cancel(reservation)
            raise
        yield from self._gate.settle(reservation, charge_of(reply, self._rules.whois))
        if framing.can_continue:
            connection.rest, connection.farewell = framing.rest, closing(self._question)
            slot.keep()
        return reply

    def _admit(self, account: str, lease: Lease) -> Work[Reservation | None]:
        self._doing = "waiting for the registry's budget"
        personal = self._question.personal
        return self._gate.admit(Account(self._registry, account), self._ends, personal=personal, lease=lease)

    def _open(self, slot: Slot) -> Work[Reservation | None]:
        """Connect, if the ledger lets a connection and its first query through; else the slot stays empty."""
        addresses = yield from self._find_addresses()
        account = self._rules.account or local_account(addresses, self._place.port)
        lease = yield from self._gate.lease(Account(self._registry, account))
        if lease is None:
            return None
        reservation = None
        try:
            reservation = yield from self._admit(account, lease)
            connected = yield from self._connect(addresses)
        except BaseException as error:
            self._gate.release(lease)
            if isinstance(error, Exception):  # and not a generator that is closed, which cannot ask for more
                yield from self._gate.cancel(reservation)
            raise
        seen = self._rules.account or own_account(connected)
        slot.connection = Connection(connected, seen, lease, self._registry, lambda: self._gate.release(lease))
        if seen != account:  # the other family answered first
            yield from self._gate.cancel(reservation)
            reservation = yield from self._admit(seen, lease)
        return reservation

    def _find_addresses(self) -> Work[list[Address]]:
        self._doing = "resolving its name"
        found = yield Call(lambda: resolve(self._place, self._ends))
        return usable(self._place, found, self._rules)

    def _connect(self, addresses: list[Address]) -> Work[socket.socket]:
        self._doing = "connecting"
        connected: socket.socket = yield Call(
            lambda: connect(self._place, addresses, self._ends), lambda late: late.close()
        )
        connected.setblocking(False)
        return connected

    def _converse(self, connection: Connection, *, is_reused: bool) -> Work[tuple[WhoisReply, Framing]]:
        """Send the question, and receive until its answer is complete."""
        framing = self._framing(connection.rest)
        first = b"" if is_reused else opening(self._question)
        received = 0
        try:
            self._doing = "sending the question"
            yield Send(connection.socket, first + self._question.line + b"\r\n")
            while True:
                self._doing = f"waiting for the answer, after {received:,} bytes"
                data = yield Receive(connection.socket, _PIECE)
                if is_reused and not received and not data:
                    raise _StaleError
                received += len(data)
                body = framing.feed(data)
                if body is not None:
                    return WhoisReply(self._question, body), framing
        except ConnectionError:
            if is_reused and not received:
                raise _StaleError from None
            raise

    def _framing(self, rest: bytes) -> Framing:
        """Return what finds the end of the answer, which begins with what came after the last one."""
        framing = Framing(self._question, self._rules.whois)
        try:
            if rest and framing.feed(rest) is not None:
                raise _StaleError  # an answer before the question: the server's last words
        except ServerError:
            raise _StaleError from None
        return framing
