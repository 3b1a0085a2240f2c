"""What the status of an HTTP reply means, whatever the service: refused, failed, elsewhere, or an answer.

A redirect is a value, because whether to follow it is a decision. Nothing is asked and nothing is followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from irtkit.errors import AccessDeniedError, AnswerError, QueryError, UnreachableError
from irtkit.rpsl.faults import shown
from irtkit.wire.targets import read_url

if TYPE_CHECKING:
    from irtkit.wire.questions import HttpReply, HttpRequest

__all__ = ["REDIRECTS", "find_redirect", "raise_for_status", "retry_after", "server_of"]

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""Statuses that send one elsewhere (RFC 9110, section 15.4)."""

_REFUSALS: Final = {
    401: "it wants to know who asks",
    403: "it refuses to answer us",
    407: "a proxy wants to know who asks",
    429: "we have asked too often",
    451: "it may not answer us by law",
}
_QUESTIONS: Final = {
    400: "it does not understand the question",
    414: "the question is too long",
    422: "the question makes no sense to it",
}


def server_of(request: HttpRequest) -> str:
    """Return the host that a request is for, with its port if that is not the usual one."""
    url = read_url(request.url)
    return shown(request.url) if url is None else url.authority


def find_redirect(reply: HttpReply) -> str | None:
    """Return the absolute URL that a reply sends us to, or None if it sends us nowhere.

    Raises: AnswerError for a redirect without a `Location` that is an http or https URL.
    """
    if reply.status not in REDIRECTS:
        return None
    location = reply.headers.get("location", "").strip()
    target = read_url(location, read_url(reply.request.url)) if location else None
    if target is None:
        raise AnswerError(f"it redirects to {shown(location)}, which is no URL", server=server_of(reply.request))
    return str(target)


def raise_for_status(reply: HttpReply, *, said: str = "", now: float | None = None) -> None:
    """Raise what the status means, unless it is 200 or one of its kin.

    *said* is what the body says about it. *now*, in seconds since the epoch, makes a wait into a time to ask again.

    Raises: AccessDeniedError if the server refuses us; QueryError if it does not take the question; UnreachableError
    if it is out of order; AnswerError for any other status.
    """
    status, server = reply.status, server_of(reply.request)
    if 200 <= status < 300:
        return
    about = f"HTTP status {status}{f': {shown(said)}' if said else ''}"
    if status in _REFUSALS:
        wait = None if now is None else retry_after(reply.headers, now)
        retry_at = None if now is None or wait is None else now + wait
        raise AccessDeniedError(f"{_REFUSALS[status]} ({about})", server=server, retry_at=retry_at)
    if status in _QUESTIONS:
        raise QueryError(f"{server}: {_QUESTIONS[status]} ({about})")
    if status >= 500 and status != 501:
        raise UnreachableError(f"it is out of order ({about})", server=server)
    raise AnswerError(f"it does not answer this ({about})", server=server)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that `Retry-After` asks us to wait, which may be a number or a date; None if it says nothing.

    Cites: RFC 9110, section 10.2.3.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None
