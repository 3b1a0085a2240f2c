"""Replies of an RDAP service: a document, a referral to another service, or nothing (RFC 7480, section 5).

Referrals are values, too, whether the status or a link of the document says them; who follows one decides with
`Referral.find_refusal`. Nothing is followed here.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from irtkit.errors import AnswerError
from irtkit.wire.http_replies import find_redirect, raise_for_status, server_of
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.rdap.requests import MEDIA_TYPE
from irtkit.wire.targets import find_refusal_of_url, read_url

if TYPE_CHECKING:
    from irtkit.wire.questions import HttpReply
    from irtkit.wire.rdap.values import Document, Link

__all__ = ["Referral", "Relation", "find_referrals", "read_reply"]

Relation: TypeAlias = Literal["redirect", "related", "alternate", "self"]
"""How a service says "ask there": by the status of its reply, or by a link."""

_RELATIONS: Final[tuple[Relation, ...]] = ("related", "alternate", "self")
_TYPES: Final = frozenset({MEDIA_TYPE, "application/json", None})


class Referral(NamedTuple):
    """That another RDAP service has the answer, or a fuller one."""

    url: str
    relation: Relation
    path: str = ""
    """JSON pointer of the link that says it; empty for a redirect."""

    def find_refusal(self, asked: str, *, allowed: Container[str] = ()) -> str | None:
        """Say why who *asked* a URL must not be sent here, or return None if that is fine.

        *allowed* holds what the user allows whatever it is, as `irtkit.wire.targets.find_refusal` reads it.
        """
        target = read_url(self.url)
        return "it is no URL" if target is None else find_refusal_of_url(target, read_url(asked), allowed=allowed)


def read_reply(reply: HttpReply, *, now: float | None = None) -> Document | Referral | None:
    """Return the document that a reply holds, where it sends us, or None if the service has no such object.

    *now*, in seconds since the epoch, makes a wait that a refusal asks for into a time.

    Raises: AccessDeniedError, QueryError, UnreachableError and AnswerError, as `raise_for_status` and `parse_document`
    do; AnswerError, too, for a success that says it is an error.
    """
    redirect = find_redirect(reply)
    if redirect is not None:
        return Referral(redirect, "redirect")
    if reply.status == 404:
        return None
    server = server_of(reply.request)
    if not 200 <= reply.status < 300:
        raise_for_status(reply, said=_said(reply, server), now=now)
    document = parse_document(reply.body, server)
    if document.error is not None:
        raise AnswerError(f"it answers with an error, code {document.error.code}", server=server)
    return document


def _said(reply: HttpReply, server: str) -> str:
    """Return what the body of a refusal says: its title, and the first line of its description."""
    try:
        error = parse_document(reply.body, server).error
    except AnswerError:
        return ""
    return "" if error is None else " ".join(filter(None, (error.title, *error.description[:1])))


def find_referrals(document: Document, asked: str) -> tuple[Referral, ...]:
    """Return the links of a document to other services that speak RDAP: `related`, then `alternate`, then `self`.

    A link counts if the document's object, not one of its entities, has it, and its host is not the one *asked*.
    """
    base = read_url(asked)
    found: dict[str, Referral] = {}
    for relation in _RELATIONS:
        for link in _links(document, relation):
            url = read_url(link.href, base)
            if url is not None and (base is None or url.host != base.host):
                found.setdefault(str(url), Referral(str(url), relation, link.path))
    return tuple(found.values())


def _links(document: Document, relation: Relation) -> Iterator[Link]:
    for obj in document.objects:
        yield from (link for link in obj.links if link.rel == relation and link.type in _TYPES)
