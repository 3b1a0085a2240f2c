"""HTTP requests: httpx below, the ledger, one deadline and the retry policy around it, as a `Work` for either driver.

An address is judged after its name was resolved, and the connection goes to that address; the certificate must still
be the name's. No redirect is followed, no cookie kept, no proxy taken from the environment. What httpx does runs
in an event loop in both drivers, because only there a deadline holds for a reply as a whole.
"""

from __future__ import annotations

import random
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from irtkit.clients.charging import http_charge_of, registry_of
from irtkit.clients.connecting import Address, Place, local_account, resolve, usable
from irtkit.clients.effects import Call, ExpiredError, Run, Sleep, Work
from irtkit.clients.http_policy import Attempt, Body, NeverSentError, wait_before_next
from irtkit.clients.ledger import Account
from irtkit.errors import AnswerError, DeadlineError, QueryError, ServerError, UnreachableError
from irtkit.wire.questions import HttpReply

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpx

    from irtkit.clients.charging import Gate
    from irtkit.clients.rules import Rules
    from irtkit.wire.questions import HttpRequest

__all__ = ["Http", "place_of"]

_PORTS: Final = {"http": 80, "https": 443}
_CONNECTING: Final = {"http": 0.9, "https": 0.45}
"""Which part of the time a connection may take, with TLS twice: httpx clears up after its own time-outs alone."""
_TLS_BROKEN_OFF: Final = (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLEOFError, ssl.SSLSyscallError)
"""What says that the connection ended or took too long, and nothing of the other side's TLS."""
_PIECE: Final = 1 << 16
_IDLE: Final = 15.0


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a request goes."""

    scheme: str
    place: Place

    @property
    def authority(self) -> str:
        host = f"[{self.place.host}]" if ":" in self.place.host else self.place.host
        return host if self.place.port == _PORTS[self.scheme] else f"{host}:{self.place.port}"


def _target_of(request: HttpRequest) -> _Target:
    """Read the URL of a request.

    Raises: QueryError if it is none that is asked, or a header could be more than one.
    """
    if not (request.url.isascii() and request.url.isprintable()) or " " in request.url:
        raise QueryError("expected a URL in ASCII, without blanks and control characters")
    for name, value in request.headers.items():
        if not (name.isascii() and name.isprintable() and value.isprintable()):
            raise QueryError("expected headers without control characters")
    try:
        parts = urlsplit(request.url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise QueryError(f"expected a URL of http or https, found {request.url[:200]!r}") from None
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise QueryError(f"expected a URL with a host and without user and password, found {request.url[:200]!r}")
    name = parts.hostname if port == _PORTS[parts.scheme] else f"{parts.hostname}:{port}"
    return _Target(parts.scheme, Place(parts.hostname, port, name))


def place_of(request: HttpRequest) -> Place:
    """Return the host and port that a request goes to. Raises: QueryError if its URL is none."""
    return _target_of(request).place


class Http:
    """Makes HTTP requests; one is shared by all requests of a client.

    *tls* replaces the certificates that are trusted. It must verify them: there is no way to turn that off.
    """

    def __init__(self, gate: Gate, rules: Rules, tls: ssl.SSLContext | None = None) -> None:
        if tls is not None and (tls.verify_mode is not ssl.CERT_REQUIRED or not tls.check_hostname):
            raise ValueError("expected a TLS context that verifies certificates and host names")
        self._gate, self._rules, self._tls = gate, rules, tls
        self._lock = threading.Lock()
        self._transports: dict[tuple[str, str, int], httpx.AsyncHTTPTransport] = {}

    async def close(self) -> None:
        """Close the connections that are idle."""
        for transport in self._transports.values():
            await transport.aclose()
        self._transports.clear()

    def ask(self, request: HttpRequest, ends: float) -> Work[HttpReply]:
        """Make one request, again if that is safe and worth it; the time is over at *ends* (`time.monotonic`).

        A reply with any status is a reply, also one that refuses.

        Raises: QueryError if the request cannot be made; ServerError, of the kind that says whose fault it is.
        """
        target = _target_of(request)
        for number in count(1):
            try:
                reply = yield from _Exchange(self, request, target, ends).run()
            except UnreachableError as error:
                wait = self._wait(Attempt(number, error, request.is_safe_to_repeat), ends)
                if wait is None:
                    raise
            else:
                wait = self._wait(Attempt(number, reply, request.is_safe_to_repeat), ends)
                if wait is None:
                    return reply
            try:
                yield Sleep(wait)
            except ExpiredError:
                raise DeadlineError("the time was over between two attempts", server=target.place.name) from None
        raise AssertionError("counting has no end")

    def _wait(self, attempt: Attempt, ends: float) -> float | None:
        """Return how long to wait before the next attempt; None if there shall be none."""
        chance = random.random()  # noqa: S311 - so that clients do not come back in step
        left = ends - time.monotonic()
        return wait_before_next(attempt, self._rules.attempts, now=time.time(), left=left, chance=chance)

    def transport(self, target: _Target) -> httpx.AsyncHTTPTransport:
        """Return the connections to one server; those of different names are never shared, whatever their address.

        The first time takes long enough to be called in a thread.
        """
        import httpx  # noqa: PLC0415 - whois needs none of it, and it costs more than a question

        key = (target.scheme, target.place.host, target.place.port)
        most = self._rules.connections  # registries limit connections to port 43, not these
        with self._lock:
            if key not in self._transports:
                self._transports[key] = httpx.AsyncHTTPTransport(
                    verify=self._tls or _usual_tls(),
                    trust_env=False,
                    limits=httpx.Limits(max_connections=most, max_keepalive_connections=most, keepalive_expiry=_IDLE),
                )
            return self._transports[key]

    @property
    def gate(self) -> Gate:
        """What asks the ledger."""
        return self._gate

    @property
    def rules(self) -> Rules:
        """What this client may do."""
        return self._rules


@cache
def _usual_tls() -> ssl.SSLContext:
    """Return a context that trusts what the system or the environment does, as httpx finds it."""
    import httpx  # noqa: PLC0415 - as above

    return httpx.create_ssl_context()


class _Exchange:
    """One attempt at a request."""

    def __init__(self, http: Http, request: HttpRequest, target: _Target, ends: float) -> None:
        self._http, self._request, self._target, self._ends = http, request, target, ends
        self._registry = registry_of(target.place.host, request.registry)
        self._doing = "resolving its name"
        self._may_arrive = False

    def run(self) -> Work[HttpReply]:
        place, gate = self._target.place, self._http.gate
        try:
            found = yield Call(lambda: resolve(place, self._ends))
            addresses = usable(place, found, self._http.rules)
            name = self._http.rules.account or local_account(addresses, place.port)
            account = Account(self._registry, name)
            transport = yield Call(lambda: self._http.transport(self._target))
            self._doing = "waiting for the registry's budget"
            reservation = yield from gate.admit(account, self._ends, personal=self._request.personal)
            self._may_arrive = True
            try:
                reply: HttpReply = yield Run(lambda: self._exchange(transport, addresses))
            except NeverSentError:
                yield from gate.cancel(reservation)
                raise
            yield from gate.settle(reservation, http_charge_of(reply, time.time()))
        except ExpiredError:
            expired = f"the time was over while {self._doing}"
            raise _marked(DeadlineError(expired, server=place.name), was_sent=self._may_arrive) from None
        except ServerError as error:
            error.was_sent &= self._may_arrive
            raise
        return reply

    async def _exchange(self, transport: httpx.AsyncHTTPTransport, addresses: list[Address]) -> HttpReply:
        """Send the request to the first address that can be connected to, and take the reply."""
        for position, address in enumerate(addresses):
            others = len(addresses) - position - 1
            left = max(0.001, self._ends - time.monotonic())
            try:
                return await self._send(transport, address, left / 2 if others else left)
            except NeverSentError:
                if not others:
                    raise
        raise NeverSentError("it has no address", server=self._target.place.name)

    async def _send(self, transport: httpx.AsyncHTTPTransport, address: Address, patience: float) -> HttpReply:
        import httpx  # noqa: PLC0415 - as above

        place, rules = self._target.place, self._http.rules
        self._doing = "waiting for its reply"
        with self._named_errors():
            url = httpx.URL(self._request.url)
            message = httpx.Request(
                self._request.method,
                url.copy_with(host=str(address), port=url.port),
                headers=_headers(self._request, self._target),
                content=self._request.body or None,
                extensions={"sni_hostname": place.host, "timeout": {"connect": patience * _CONNECTING[url.scheme]}},
            )
            response = await transport.handle_async_request(message)
            self._doing = "waiting for the body of its reply"
            try:
                body = Body(response.headers.get("content-encoding", ""), rules.http_bytes, place.name)
                async for piece in response.aiter_raw(_PIECE):
                    body.feed(piece)
                whole = body.close()
            finally:
                await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpReply(self._request, response.status_code, headers, whole)

    @contextmanager
    def _named_errors(self) -> Generator[None]:
        """Turn httpx's errors into ours, which say whose fault it is."""
        import httpx  # noqa: PLC0415 - as above

        name = self._target.place.name
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            fault = _tls_fault(error)
            if fault is not None:
                untrusted = f"its TLS cannot be trusted: {fault}"
                raise _marked(AnswerError(untrusted, server=name), was_sent=False) from None
            raise NeverSentError(f"no connection: {_why(error)}", server=name) from None
        except httpx.RemoteProtocolError as error:
            if "disconnected" in str(error) or "closed connection" in str(error):
                raise UnreachableError(f"the connection broke while {self._doing}", server=name) from None
            raise AnswerError(f"sent what is not HTTP: {_why(error)}", server=name) from None
        except httpx.NetworkError as error:
            raise UnreachableError(f"the connection broke while {self._doing}: {_why(error)}", server=name) from None
        except (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol) as error:
            raise QueryError(f"the request to {name} cannot be made: {_why(error)}") from None


def _marked(error: ServerError, *, was_sent: bool) -> ServerError:
    error.was_sent = was_sent
    return error


def _headers(request: HttpRequest, target: _Target) -> dict[str, str]:
    """Return what is sent: what the request wants, between what it may replace and what it may not."""
    usual = {"user-agent": _our_name(), "accept": "*/*"}
    wanted = {name.lower(): value for name, value in request.headers.items()}
    return usual | wanted | {"host": target.authority, "accept-encoding": "gzip, deflate"}


@cache
def _our_name() -> str:
    from importlib import metadata  # noqa: PLC0415 - it costs more than whois needs

    try:
        return f"irtkit/{metadata.version('irtkit')}"
    except metadata.PackageNotFoundError:  # run from its source, without being installed
        return "irtkit"


def _tls_fault(error: BaseException) -> str | None:
    """Return what is wrong with the server's TLS, if that is why there is no connection."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message or "its certificate is not valid"
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _TLS_BROKEN_OFF):
            return (cause.reason or "the handshake failed").lower().replace("_", " ")
        cause = cause.__cause__ or cause.__context__
    return None


def _why(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return "".join(character for character in text if character.isprintable())[:200]
