"""RIPE's syncupdates: an update message as one HTTP request, and what its reply says.

The message goes out byte by byte as it is, because a signature is about bytes; the charset that it is in is named
beside it. The reply's text is read by `irtkit.wire.acknowledgements`; here is only what HTTP adds: whether the server
took the request at all. Nothing is signed, and nothing is sent.
"""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from irtkit.errors import AnswerError, QueryError
from irtkit.rpsl.faults import shown
from irtkit.wire.acknowledgements import Acknowledgement, parse_acknowledgement
from irtkit.wire.http_replies import REDIRECTS, server_of
from irtkit.wire.questions import HttpReply, HttpRequest
from irtkit.wire.targets import Url, read_url

__all__ = [
    "DRY_RUN",
    "LARGEST",
    "REFUSING",
    "Keyword",
    "Refusal",
    "as_request",
    "charset_of",
    "read_reply",
    "service_at",
    "with_dry_run",
]

LARGEST: Final = 32 << 20
"""Bytes of a message that are sent: more than six of the largest objects that RIPE takes."""
DRY_RUN: Final = b"dry-run: yes\n\n"
"""A paragraph that makes a whole message a dry run."""

_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_CHARSET: Final = re.compile(r";[ \t]*charset[ \t]*=[ \t]*\"?([\w.:+-]{1,40})", re.IGNORECASE)
REFUSING: Final = REDIRECTS | {400, 403, 404, 405, 411, 413, 415, 426, 429}
"""Statuses of a server that has not looked at the message; no redirect is followed with credentials."""


class Keyword(StrEnum):
    """What a message may be told beside it. DIFF is known to RIPE's server, and refused."""

    NEW = "NEW"
    HELP = "HELP"
    DIFF = "DIFF"


class Refusal(str):
    """What a server says that did not take the message; nothing was changed."""

    __slots__ = ()


def charset_of(data: bytes) -> str:
    """Return the charset that a message is in, by the name that HTTP has for it: UTF-8, or else latin-1."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "iso-8859-1"
    return "utf-8"


def with_dry_run(data: bytes) -> bytes:
    """Return a message that asks the registry to judge it and to store nothing; signed text in it stays as it is.

    Cites: RIPE Database documentation, Dry Run; RIPE whois 1.124: `dry-run:` counts for the whole message.
    """
    return (DRY_RUN.replace(b"\n", b"\r\n") if b"\r\n" in data else DRY_RUN) + data


def as_request(
    url: str, data: bytes, *, keywords: Collection[Keyword] = (), registry: str | None = None
) -> HttpRequest:
    """Return the request that submits a message to *url*, the address of syncupdates with the source at its end.

    It is never sent again by itself: a message whose answer was lost may have been taken.

    Raises: QueryError for a URL that is not https (or http on this machine), or a message that is empty or too large.
    """
    target = service_at(url)
    if len(data) > LARGEST:
        raise QueryError(f"expected a message of at most {LARGEST:,} bytes, found {len(data):,}")
    if not data.strip() and Keyword.HELP not in keywords:
        raise QueryError("expected a message, found nothing")
    fields = [f"DATA={quote(data)}", *(f"{keyword}=yes" for keyword in Keyword if keyword in keywords)]
    form = f"application/x-www-form-urlencoded; charset={charset_of(data)}"
    headers = {"content-type": form, "accept": "text/plain"}
    body = "&".join(fields).encode("ascii")
    return HttpRequest(str(target), "POST", headers, body, registry, is_safe_to_repeat=False)


def read_reply(reply: HttpReply) -> Acknowledgement | Refusal:
    """Return the acknowledgement in a reply, whatever its status, or what a server says that looked at nothing.

    Raises: AnswerError for a reply that leaves open what became of the message.
    """
    server = server_of(reply.request)
    text = _text_of(reply)
    try:
        return parse_acknowledgement(text, server=server)
    except AnswerError as error:
        if reply.status not in REFUSING:
            raise AnswerError(f"{error.message} (HTTP status {reply.status})", server=server) from None
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return Refusal(f"HTTP status {reply.status}{f': {shown(first)}' if first else ''}")


def service_at(url: str) -> Url:
    """Return the URL of a service that takes submissions.

    Raises: QueryError for what is no URL, and for one that is not https, unless it leads to this machine.
    """
    target = read_url(url)
    if target is None:
        raise QueryError(f"expected the URL of a service that takes submissions, found {shown(url)}")
    if target.scheme != "https" and target.host not in _THIS_MACHINE:
        raise QueryError(f"a submission is sent by https only, not to {target.scheme}://{target.authority}")
    return target


def _text_of(reply: HttpReply) -> str:
    named = _CHARSET.search(reply.headers.get("content-type", ""))
    for charset in (named[1] if named else "utf-8", "utf-8"):
        try:
            return reply.body.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return reply.body.decode("latin-1")
