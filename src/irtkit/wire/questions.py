"""What a journey asks of the outside world, and what comes back: values only, nobody is asked here.

A journey is a generator that yields a question and is sent its reply; `irtkit.clients.driving` runs it, with
threads or with asyncio. So nothing that decides is written twice, and every journey can be tested with
replies of one's own.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from irtkit.errors import ServerError

__all__ = ["Batch", "HttpReply", "HttpRequest", "Journey", "Question", "Reply", "Server", "WhoisQuestion", "WhoisReply"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Server:
    """Where a whois question goes, and how that server wants to be spoken to."""

    host: str
    port: int = 43
    dialect: str = "ripe"
    """What it speaks: `ripe`, `irrd`, `arin`, `lacnic`, `jpnic`, `krnic`, `twnic` or `plain`."""
    charset: str = "latin-1"
    """The character set of its answers."""
    registry: str | None = None
    """The registry whose budget a question counts against; None: the host's own."""

    def __str__(self) -> str:
        return self.host if self.port == 43 else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class WhoisQuestion:
    """One query line for one server; `irtkit.wire.whois` makes them, and has checked the line."""

    server: Server
    line: bytes
    """Without CR LF."""
    persistent: bool = False
    """Whether the connection may be kept for the next question (RIPE's `-k`, IRRd's `!!`)."""
    personal: bool = False
    """Whether the answer may hold personal data, which registries count."""


@dataclass(frozen=True, slots=True)
class WhoisReply:
    """All that a server answered to one query."""

    question: WhoisQuestion
    body: bytes
    """Without the frame of a persistent connection."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; redirects are replies, because whether to follow one is a decision."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    """In no representation, as the headers: credentials may be in both."""
    registry: str | None = None
    """The registry whose budget the request counts against; None: the host's own."""
    personal: bool = False
    is_safe_to_repeat: bool = True
    """Whether it may be sent again after a failure; False for what changes something."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What a server answered to one request."""

    request: HttpRequest
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    """Decoded (gzip and the like), within the client's limit."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions that do not wait for one another; the reply is a tuple in their order, errors as values."""

    questions: tuple[WhoisQuestion | HttpRequest, ...]


Question: TypeAlias = WhoisQuestion | HttpRequest | Batch
Reply: TypeAlias = WhoisReply | HttpReply | tuple[WhoisReply | HttpReply | ServerError, ...]
Journey: TypeAlias = Generator[Question, Reply, T]
"""Yields questions, is sent replies, returns its result; a `ServerError` is thrown in where it asked."""
