"""From a host's name to a connection: names resolved, addresses judged, families raced.

Addresses that are for no public server (loopback, private, link-local and all else with a special purpose) are
left out after the name is resolved, and the connection goes to an address that was judged, so a name cannot mean
one thing when it is looked at and another when it is used. It sends nothing.
"""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final, TypeAlias

from irtkit.errors import UnreachableError
from irtkit.wire.targets import is_forbidden_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from irtkit.clients.rules import Rules

__all__ = [
    "STAGGER",
    "NotAskedError",
    "Place",
    "account_of",
    "connect",
    "local_account",
    "own_account",
    "resolve",
    "usable",
]

STAGGER: Final = 0.25
"""Seconds between the starts of two attempts to connect (RFC 8305, section 5: 250 ms)."""

_MOST_ADDRESSES: Final = 8
Address: TypeAlias = IPv4Address | IPv6Address


class NotAskedError(UnreachableError):
    """The rules do not allow to ask this server; trying again changes nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A host and port as they were asked for; *name* is what messages say."""

    host: str
    port: int
    name: str


def resolve(place: Place, ends: float) -> list[Address]:
    """Return the addresses of a place, both families in turn, the family first that the system prefers.

    Raises: UnreachableError when the name has none, or nobody says so before *ends* (`time.monotonic`).
    """
    try:
        return [_numeric(place.host)]
    except ValueError:
        pass
    found: Future[list[Address]] = Future()
    threading.Thread(target=_look_up, args=(place, found), name="irtkit-resolve", daemon=True).start()
    try:
        return found.result(max(0.0, ends - time.monotonic()))
    except TimeoutError:
        raise UnreachableError("its name was not resolved in time", server=place.name) from None
    except (OSError, UnicodeError) as error:
        raise UnreachableError(f"its name cannot be resolved: {_why(error)}", server=place.name) from None


def _look_up(place: Place, found: Future[list[Address]]) -> None:
    """Ask the system, which offers no way to stop asking: hence the thread."""
    try:
        rows = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        found.set_result(_in_turn(_numeric(str(row[4][0])) for row in rows))
    except BaseException as error:  # noqa: BLE001 - it is raised again where the addresses are used
        found.set_exception(error)


def _numeric(text: str) -> Address:
    """Return the address that a text is, without a zone."""
    return ip_address(text.strip("[]").partition("%")[0])


def _in_turn(addresses: Iterable[Address]) -> list[Address]:
    """Order addresses so that families alternate and the first stays first (RFC 8305, section 4)."""
    unique = list(dict.fromkeys(addresses))
    first = [address for address in unique if address.version == unique[0].version]
    second = [address for address in unique if address.version != unique[0].version]
    return [address for address in chain.from_iterable(zip_longest(first, second)) if address is not None][
        :_MOST_ADDRESSES
    ]


def usable(place: Place, addresses: Sequence[Address], rules: Rules) -> list[Address]:
    """Return those addresses that may be asked: the public ones, or all where the user allowed the server.

    Raises: NotAskedError when none is left, or the port is none where registries answer.
    """
    if rules.allows(place.host, place.port):
        return list(addresses)
    if not rules.has_usual_port(place.port):
        raise NotAskedError("its port is none where registries answer; it was not asked", server=place.name)
    left = [address for address in addresses if not is_forbidden_address(str(address))]
    if not left:
        raise NotAskedError(f"its address {addresses[0]} is not public; it was not asked", server=place.name)
    return left


def account_of(address: Address) -> str:
    """Return how registries count the user of an address: by IPv4 address, by IPv6 /64."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


def own_account(connection: socket.socket) -> str:
    """Return the account under which the other end of a connection sees us, if nobody translates addresses."""
    return account_of(_numeric(connection.getsockname()[0]))


def local_account(addresses: Iterable[Address], port: int) -> str:
    """Return the account under which a server would see us; nothing is sent.

    The system is asked which address it would use towards the first of *addresses* that it has a way to.
    """
    for address in addresses:
        with socket.socket(_family(address), socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((str(address), port))
                return own_account(probe)
            except OSError:
                continue
    return "none"


def connect(place: Place, addresses: Sequence[Address], ends: float, *, stagger: float = STAGGER) -> socket.socket:
    """Connect to the first of *addresses* that answers; the next one is tried *stagger* seconds after the last.

    The time is over at *ends*, on the clock of `time.monotonic`.

    Raises: UnreachableError when no address answers, or none in time.
    """
    waiting = list(addresses)
    failures: list[str] = []
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                if waiting:
                    _start(selector, waiting.pop(0), place.port, failures)
                if (winner := _await_one(selector, ends, stagger if waiting else None, failures)) is not None:
                    return winner
                if time.monotonic() >= ends:
                    raise UnreachableError("no connection in time", server=place.name)
        finally:
            for key in list(selector.get_map().values()):
                _close(key.fileobj)
    reasons = "; ".join(dict.fromkeys(failures))
    raise UnreachableError(f"no connection: {reasons or 'no address'}", server=place.name)


def _start(selector: selectors.BaseSelector, address: Address, port: int, failures: list[str]) -> None:
    """Begin to connect to one address."""
    connection = socket.socket(_family(address), socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        connection.connect((str(address), port))
    except BlockingIOError:
        pass  # it goes on in the background
    except OSError as error:
        connection.close()
        failures.append(_why(error))
        return
    except BaseException:
        connection.close()
        raise
    selector.register(connection, selectors.EVENT_WRITE)


def _await_one(
    selector: selectors.BaseSelector, ends: float, patience: float | None, failures: list[str]
) -> socket.socket | None:
    """Return a connection that stands; None when an attempt failed, or *patience* or the time is over."""
    left = max(0.0, ends - time.monotonic())
    for key, _ in selector.select(left if patience is None else min(left, patience)) if selector.get_map() else ():
        connection = key.fileobj
        selector.unregister(connection)
        if not isinstance(connection, socket.socket):
            continue
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code == 0:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        connection.close()
        failures.append(os.strerror(code).lower())
    return None


def _close(connection: object) -> None:
    if isinstance(connection, socket.socket):
        connection.close()


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def _why(error: OSError | UnicodeError) -> str:
    """Return what an error of the system says, in lower case."""
    if isinstance(error, UnicodeError):
        return "it is no host name"
    if isinstance(error, socket.gaierror):
        return str(error.strerror or error).lower()
    return (str(error) if error.errno is None else os.strerror(error.errno)).lower()
