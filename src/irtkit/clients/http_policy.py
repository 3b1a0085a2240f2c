"""When an HTTP request is made again, and how its reply is taken: decisions only, no socket, no clock.

A request that changes something is made once, unless it certainly never arrived. Redirects are replies here.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from irtkit.clients.connecting import NotAskedError
from irtkit.errors import AnswerError, UnreachableError
from irtkit.wire.http_replies import retry_after

if TYPE_CHECKING:
    from irtkit.errors import ServerError
    from irtkit.wire.questions import HttpReply

__all__ = ["BACK_OFF", "Attempt", "Body", "NeverSentError", "wait_before_next"]

BACK_OFF: Final = 0.5
"""Seconds before the second attempt, without jitter; each further wait is twice as long."""
_LONGEST_BACK_OFF: Final = 8.0
_WORTH_REPEATING: Final = frozenset({429, 502, 503, 504})
"""Too many requests, and what gateways say of a server that is busy or gone (RFC 9110, section 15.6; RFC 6585)."""
_PIECE: Final = 1 << 16


class NeverSentError(UnreachableError):
    """No connection came about, so that not even the beginning of the request arrived."""

    was_sent = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that has ended."""

    number: int
    """From 1."""
    outcome: HttpReply | ServerError
    is_safe_to_repeat: bool


def wait_before_next(attempt: Attempt, most: int, *, now: float, left: float, chance: float) -> float | None:
    """Return how long to wait before the next attempt, in seconds; None if there shall be none.

    *most* is the number of attempts allowed, *now* seconds since the epoch, *left* the seconds until the deadline,
    *chance* a random number from 0 to 1. A server's Retry-After counts instead of the back-off; rather than wait beyond
    the deadline, the last outcome is taken as it is.
    """
    if attempt.number >= most:
        return None
    back_off = min(BACK_OFF * 2 ** (attempt.number - 1), _LONGEST_BACK_OFF) * (0.5 + chance)
    outcome = attempt.outcome
    if isinstance(outcome, NeverSentError):
        wait = back_off
    elif not attempt.is_safe_to_repeat:
        return None
    elif isinstance(outcome, Exception):
        if not isinstance(outcome, UnreachableError) or isinstance(outcome, NotAskedError):
            return None
        wait = back_off
    elif outcome.status in _WORTH_REPEATING:
        asked = retry_after(outcome.headers, now)
        wait = back_off if asked is None else max(asked, 0.0) + BACK_OFF * chance
    else:
        return None
    return wait if wait < left else None


class Body:
    """The body of a reply as it comes, decoded within a limit: a small one that becomes endless ends here.

    Content codings are gzip, deflate and none (RFC 9110, section 8.4.1); a client that uses this asks for no others.
    """

    def __init__(self, coding: str, most: int, server: str) -> None:
        self._most, self._server = most, server
        self._pieces = bytearray()
        self._coding = coding.strip().lower()
        if self._coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise AnswerError(f"sent content coding {self._coding[:20]!r}, which was not asked for", server=server)
        self._inflate = None if self._coding in {"", "identity"} else zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._is_first = self._is_empty = True

    def feed(self, data: bytes) -> None:
        """Take the next bytes as they came over the wire.

        Raises: AnswerError when the body is longer than allowed, or not what its coding says.
        """
        self._is_empty &= not data
        if self._inflate is None:
            self._add(data)
            return
        if self._is_first and self._coding == "deflate" and data:
            self._is_first = False
            if data[0] & 0x0F != zlib.DEFLATED:  # some servers mean the raw format
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            while data:
                self._add(self._inflate.decompress(data, _PIECE))
                data = self._inflate.unconsumed_tail
        except zlib.error as error:
            raise AnswerError(f"sent a damaged {self._coding} body: {error}", server=self._server) from None

    def close(self) -> bytes:
        """Return the whole body.

        Raises: AnswerError when it is cut off.
        """
        if self._inflate is not None and not self._is_empty and not self._inflate.eof:
            raise AnswerError(f"sent a {self._coding} body that is cut off", server=self._server)
        body = bytes(self._pieces)
        self._pieces.clear()
        return body

    def _add(self, piece: bytes) -> None:
        self._pieces += piece
        if len(self._pieces) > self._most:
            self._pieces.clear()  # the error may be kept for long
            raise AnswerError(f"sent a body of more than {self._most:,} bytes", server=self._server)
