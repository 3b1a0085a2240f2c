"""Servers on loopback that do what servers do on bad days: for tests of what a client makes of it.

A `Loopback` runs a function for each connection, in a thread; that function is the behaviour. It never asks
the network, and when its `with` statement ends, whatever it was doing ends, too.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TypeAlias

from irtkit.wire.questions import HttpRequest, Server, WhoisQuestion

if TYPE_CHECKING:
    from types import TracebackType

__all__ = [
    "GOOD",
    "Behaviour",
    "Loopback",
    "Talk",
    "bomb",
    "http_reply",
    "ripe_answer",
    "saying",
    "saying_over_http",
]

OBJECT = (
    b"inetnum:        192.0.2.0 - 192.0.2.255\n"
    b"netname:        EXAMPLE-NET\n"
    b"mnt-irt:        irt-example\n"
    b"source:         TEST\n"
)


def ripe_answer(*objects: bytes) -> bytes:
    """Return a whole answer in the manner of RIPE's server."""
    body = b"".join(text + b"\n" for text in objects)
    return (
        b"% This is the RIPE Database query service.\n% The objects are in RPSL format.\n\n"
        + body
        + b"% This query was served by the RIPE Database Query Service version 1.0 (TEST)\n\n\n"
    )


GOOD = ripe_answer(OBJECT)


def http_reply(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole reply over HTTP; names of *headers* are written with `_` for `-`."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body


def bomb(size: int) -> bytes:
    """Return *size* blanks, as small as gzip makes them."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    piece = b" " * (1 << 20)
    return b"".join(squeeze.compress(piece) for _ in range(size >> 20)) + squeeze.flush()


@dataclass
class Talk:
    """One connection, from the server's side."""

    connection: socket.socket
    ended: threading.Event
    asked: list[bytes]
    """Every line or head that any connection brought, in order."""
    _pending: bytes = b""

    def line(self) -> bytes:
        """Return the next line without its end; none when the client has ended."""
        return self._until(b"\n").strip(b"\r\n")

    def head(self) -> bytes:
        """Return the head of the next HTTP request."""
        return self._until(b"\r\n\r\n")

    def read(self, size: int) -> bytes:
        """Return the next bytes, as many as are asked for unless the client ends before."""
        while len(self._pending) < size and (more := self.connection.recv(65536)):
            self._pending += more
        found, self._pending = self._pending[:size], self._pending[size:]
        return found

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send byte by byte, with a pause after each."""
        for place in range(len(data)):
            self.send(data[place : place + 1])
            if self.ended.wait(seconds):
                return

    def pour(self, piece: bytes) -> None:
        """Send the same again and again."""
        while not self.ended.is_set():
            self.send(piece)

    def reset(self) -> None:
        """End the connection as a crash does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def wait(self) -> None:
        """Do nothing until the test is over."""
        self.ended.wait(30)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._pending:
            more = self.connection.recv(65536)
            if not more:
                return b""
            self._pending += more
        found, _, self._pending = self._pending.partition(mark)
        self.asked.append(found.strip(b"\r"))
        return found


Behaviour: TypeAlias = Callable[[Talk], None]


@dataclass
class Loopback:
    """A server on 127.0.0.1, or another address of this machine, that behaves as it is told."""

    behaviour: Behaviour
    tls: ssl.SSLContext | None = None
    address: str = "127.0.0.1"
    asked: list[bytes] = field(default_factory=list)
    connected: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._listener = socket.create_server((self.address, 0), family=family, backlog=64)
        self.port: int = self._listener.getsockname()[1]

    def server(self, dialect: str = "ripe", registry: str | None = None) -> Server:
        return Server(self.address, self.port, dialect, registry=registry)

    def question(self, line: bytes = b"192.0.2.1", dialect: str = "ripe", *, persistent: bool = False) -> WhoisQuestion:
        return WhoisQuestion(self.server(dialect), line, persistent=persistent)

    def url(self, path: str = "/", host: str | None = None) -> str:
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{host or self.address}:{self.port}{path}"

    def request(self, path: str = "/", **options: bool) -> HttpRequest:
        return HttpRequest(self.url(path), **options)  # type: ignore[arg-type] # the options here are flags

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(5)

    def _start(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connected += 1
            self._open.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self.behaviour(Talk(connection, self._ended, self.asked))
        connection.close()


def saying(answers: Sequence[bytes]) -> Behaviour:
    """Answer one question after the other on one connection, then close it."""

    def behave(talk: Talk) -> None:
        for answer in answers:
            if not talk.line():
                return
            talk.send(answer)

    return behave


def saying_over_http(replies: Iterator[bytes]) -> Behaviour:
    """Answer each request, on whatever connection, with the next reply."""
    lock = threading.Lock()

    def behave(talk: Talk) -> None:
        while talk.head():
            with lock:
                reply = next(replies)
            talk.send(reply)

    return behave
