"""IANA's RDAP bootstrap files, fetched anew: which have changed, and which are fit to take the place of those known.

A file that cannot be had or read, names no service, or is older than the one known, takes nobody's place. Files
that have not changed since they were fetched are not sent again (RFC 9110, section 13.1). It opens no connection, and
keeps nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from irtkit.errors import AnswerError, QueryError, ServerError
from irtkit.wire.http_replies import find_redirect, raise_for_status, server_of
from irtkit.wire.questions import Batch, HttpReply
from irtkit.wire.rdap.bootstrap import Bootstrap, BootstrapFile, BootstrapKind, bootstrap_requests, parse_bootstrap

if TYPE_CHECKING:
    from irtkit.wire.questions import HttpRequest, Journey

__all__ = ["Copy", "Refreshed", "bootstrap_of", "refresh"]

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NOT_MODIFIED: Final = 304
_MOST_OF_A_TAG: Final = 256


@dataclass(frozen=True, slots=True)
class Copy:
    """One file as it was fetched, and what its server calls this version."""

    body: bytes
    tag: str = ""
    """Its `ETag`; empty if it has none."""
    modified: str = ""
    """Its `Last-Modified`; empty if it has none."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What is known after a refresh."""

    bootstrap: Bootstrap
    copies: Mapping[BootstrapKind, Copy]
    """The files to keep, those that did not change included."""
    changed: tuple[BootstrapKind, ...] = ()
    """The kinds of files that took the place of what was known."""
    failures: Mapping[BootstrapKind, str] = field(default_factory=dict)
    """Why a file did not, by kind; none for those that have not changed."""


def bootstrap_of(copies: Mapping[BootstrapKind, Copy], known: Bootstrap) -> Bootstrap:
    """Return *known* with those *copies* in it that are fit, which were kept for a while and may be damaged."""
    files = []
    for kind, copy in copies.items():
        try:
            files.append(_fit(parse_bootstrap(copy.body, "a kept copy", kind), known, "a kept copy"))
        except AnswerError:
            continue  # it is fetched again with the next refresh
    return known.updated(*files)


def refresh(
    known: Bootstrap, copies: Mapping[BootstrapKind, Copy] | None = None, *, files: str | None = None
) -> Journey[Refreshed]:
    """Fetch all five files; those among *copies* again only if they have changed.

    *known* is what they are to take the place of, without the copies. *files* is the URL of the folder, IANA's for
    None. Whatever goes wrong with a file is told in the result.
    """
    kept = dict(copies or {})
    best = bootstrap_of(kept, known)
    kept = {kind: copy for kind, copy in kept.items() if best.files.get(kind) is not known.files.get(kind)}
    plain = bootstrap_requests() if files is None else bootstrap_requests(files)
    requests = {kind: _conditional(request, kept.get(kind)) for kind, request in plain.items()}
    replies = yield Batch(tuple(requests.values()))
    if not isinstance(replies, tuple):
        raise TypeError(f"a batch is answered by a tuple, not by {type(replies).__name__}")
    changed, failures = [], {}
    for kind, reply in zip(requests, replies, strict=True):
        try:
            file = _read(reply, kind, best, is_kept=kind in kept)
        except (ServerError, QueryError) as error:
            failures[kind] = str(error)
            continue
        if file is not None and isinstance(reply, HttpReply):
            changed.append(file)
            kept[kind] = _copy_of(reply)
    return Refreshed(best.updated(*changed), kept, tuple(file.kind for file in changed), failures)


def _conditional(request: HttpRequest, copy: Copy | None) -> HttpRequest:
    """Ask for a file only if it is not the one of which there is a *copy*."""
    conditions = {} if copy is None else {"if-none-match": copy.tag, "if-modified-since": copy.modified}
    return replace(request, headers={**request.headers, **{name: value for name, value in conditions.items() if value}})


def _read(reply: object, kind: BootstrapKind, best: Bootstrap, *, is_kept: bool) -> BootstrapFile | None:
    """Return the file that a reply holds, or None if it has not changed.

    Raises: ServerError or QueryError for anything else, with the reason.
    """
    if isinstance(reply, ServerError):
        raise reply
    if not isinstance(reply, HttpReply):
        raise TypeError(f"a request is answered by an HttpReply, not by {type(reply).__name__}")
    if reply.status == _NOT_MODIFIED and is_kept:
        return None
    server = server_of(reply.request)
    elsewhere = find_redirect(reply)
    if elsewhere is not None:
        raise AnswerError(f"it redirects to {elsewhere}, where irtkit does not look", server=server)
    raise_for_status(reply)
    return _fit(parse_bootstrap(reply.body, server, kind), best, server)


def _fit(file: BootstrapFile, known: Bootstrap, server: str) -> BootstrapFile:
    """Return *file* if it may take the place of what is known. Raises: AnswerError if not."""
    if not file.ranges and not file.names:
        raise AnswerError("its file names no service", server=server)
    day = _DAY.match(file.publication or "")
    if day is None:
        raise AnswerError("its file does not say when it was published", server=server)
    older = known.files.get(file.kind)
    if older is not None and (older.publication or "")[:10] > day[0]:
        raise AnswerError(f"its file is of {day[0]}, and the one known is newer", server=server)
    return file


def _copy_of(reply: HttpReply) -> Copy:
    tag, modified = (reply.headers.get(name, "") for name in ("etag", "last-modified"))
    return Copy(reply.body, *(value if _can_be_sent(value) else "" for value in (tag, modified)))


def _can_be_sent(value: str) -> bool:
    return value.isascii() and value.isprintable() and len(value) <= _MOST_OF_A_TAG
