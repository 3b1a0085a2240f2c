"""Looks into an RDAP service: one request for a network, and the redirects and links that lead on from there.

A document speaks for every address of its network, if one registry administers all of that; else for what was asked
about. A registry that answers "no such object" has registered nothing. A link to another service is followed only where
the document itself has no mailbox; the last good document stays when that service does not answer, or answers about
more than the network that the document is about: holders of a network choose its links.

It knows one service and what that one refers to; `irtkit.live.asking` knows which.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from irtkit.errors import AnswerError, QueryError, ServerError
from irtkit.live.documents import registration_of, withheld
from irtkit.live.memories import Memory, read_strings
from irtkit.live.registrations import Registrations, answer_from
from irtkit.live.standing import Standing
from irtkit.wire.http_replies import server_of
from irtkit.wire.questions import HttpReply
from irtkit.wire.rdap.contacts import abuse_contacts, find_reason
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.rdap.replies import Referral, find_referrals, read_reply
from irtkit.wire.rdap.requests import ip_request, rdap_request
from irtkit.wire.targets import read_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irtkit import contacts
    from irtkit.live.following import Ending, Trail
    from irtkit.live.places import Directory
    from irtkit.live.registrations import Registration
    from irtkit.resources import AddressRange
    from irtkit.wire.questions import HttpRequest, Journey
    from irtkit.wire.rdap.values import Document
    from irtkit.wire.targets import Url

__all__ = ["RdapLooks"]


_OTHER_NETWORK: Final = "it answered about another network"


class _Look(NamedTuple):
    """What one look found, and which registry said so."""

    document: Document | None
    """None: nothing is registered."""
    registry: str
    server: str
    """The host that said so."""
    body: bytes
    """The document as it came."""

    @property
    def registration(self) -> Registration | None:
        """What the document says, if it is about a network."""
        return None if self.document is None else registration_of(self.document, self.registry)

    @property
    def network(self) -> AddressRange | None:
        """What it is about, if that is a network."""
        found = self.registration
        return None if found is None else found.network


class RdapLooks:
    """All that one RDAP service was asked in a run."""

    def __init__(self, registry: str, base: str, directory: Directory) -> None:
        self.registry = registry
        self.standing = Standing()
        self._base = base
        self._directory = directory
        self._known = Registrations()
        self._looks: dict[AddressRange, _Look] = {}
        """By network."""

    def knows(self, space: AddressRange) -> bool:
        """Tell whether nothing has to be asked about *space*."""
        return self._known.knows(space)

    def is_registered(self, space: AddressRange) -> bool:
        """Tell whether the registry has a network there."""
        return self._known.find(space) is not None

    def find(self, space: AddressRange, trail: Trail) -> Journey[None]:
        """Ask for the network of *space*, unless it is known; the *trail* gets every hop.

        Raises: ServerError when the service does not answer.
        """
        if self.knows(space):
            look = self._look_at(space)
            server = server_of(ip_request(self._base, space)) if look is None else look.server
            trail.note("rdap", server, "nothing" if look is None else "answered")
            return
        look, request = yield from self._follow(ip_request(self._base, space, registry=self.registry), trail)
        if look.network is not None and not _overlap(look.network, space):
            raise AnswerError(_OTHER_NETWORK, server=look.server)
        if look.document is not None and find_reason(look.document, abuse_contacts(look.document, look.registry)):
            further = yield from self._further(look, find_referrals(look.document, request.url), request, trail)
            look = further if _is_nearer(further, look, space, trail) else look
        self._learn(space, look)

    def answer(self, space: AddressRange, policy: str) -> tuple[contacts.Answer, int, tuple[str, ...]]:
        """Return who answers for *space*, how many seconds ago that was said, and what it lacks."""
        look = self._look_at(space)
        note = None if look is None or look.document is None else withheld(look.document, look.registry)
        found = answer_from(self._known.find(space), space, policy)
        return found, self._known.age_of(space), () if note is None else (note,)

    def remembered(self, space: AddressRange) -> Memory | None:
        """Return what may be kept of the look at *space*; None where nothing is registered."""
        found, look = self._known.find(space), self._look_at(space)
        if look is None or found is None:
            return None
        members = {"registry": look.registry, "server": look.server, "document": look.body.decode("utf-8", "replace")}
        body = json.dumps({name: [text] for name, text in members.items()}).encode()
        return Memory(found.network if self._speaks_for_all(found.network, space) else space, body, personal=True)

    def recall(self, space: AddressRange, body: bytes, age: int) -> None:
        """Take in what `remembered` returned *age* seconds ago, *space* being what it speaks for."""
        found = read_strings(body, ("registry", "server", "document"))
        if found is None or not all(found.values()):
            return
        registry, server, text = (found[name][0] for name in ("registry", "server", "document"))
        try:
            document = parse_document(text.encode("utf-8", "replace"), server)
        except AnswerError:
            return
        self._learn(space, _Look(document, registry, server, text.encode("utf-8", "replace")), age)

    def _learn(self, space: AddressRange, look: _Look, age: int = 0) -> None:
        found = look.registration
        speaks_for_all = found is not None and self._speaks_for_all(found.network, space)
        self._known.learn(space, found, age, speaks_for_all=speaks_for_all)
        if found is not None:
            self._looks[found.network] = look

    def _speaks_for_all(self, network: AddressRange, space: AddressRange) -> bool:
        """Tell whether what was said about *space* holds for all of a network: if that is one registry's."""
        if space not in network or network.prefix_length == 0:
            return False
        place = self._directory.find(network)
        return place is not None and place == self._directory.find(space)

    def _look_at(self, space: AddressRange) -> _Look | None:
        found = self._known.find(space)
        return None if found is None else self._looks.get(found.network)

    def _further(
        self, look: _Look, referrals: Sequence[Referral], request: HttpRequest, trail: Trail
    ) -> Journey[_Look]:
        """Follow the first link that may be followed; return what is there, if it is a document about a network."""
        for referral in referrals:
            target, asked = _url_of(referral), read_url(request.url)
            if target is not None and trail.leads_to_url(target, asked, f"a link ({referral.relation})"):
                try:
                    found, _ = yield from self._follow(self._request_for(str(target)), trail)
                except (ServerError, QueryError):
                    return look  # the trail says how that ended
                return look if found.document is None else found
        return look

    def _follow(self, request: HttpRequest, trail: Trail) -> Journey[tuple[_Look, HttpRequest]]:
        """Ask, and go where redirects lead; return what is there, and the last request."""
        because = ""
        while True:
            server = server_of(request)
            try:
                found, body = yield from self._ask(request)
            except (ServerError, QueryError) as error:
                trail.note("rdap", server, "failed", str(error), because)
                raise
            if not isinstance(found, Referral):
                trail.note("rdap", server, _ending(found), because=because)
                return _Look(found, self._registry_of(request), server, body), request
            trail.note("rdap", server, "referred", because=because)
            target = _url_of(found)
            because = f"redirect to {found.url}"
            if target is None or not trail.leads_to_url(target, read_url(request.url), because):
                raise AnswerError(f"it redirects to {found.url}: {trail.hops[-1].note}", server=server)
            request = self._request_for(str(target))

    def _ask(self, request: HttpRequest) -> Journey[tuple[Document | Referral | None, bytes]]:
        is_own = request.registry == self.registry
        if is_own:
            self.standing.check()
        try:
            reply = yield request
            if not isinstance(reply, HttpReply):
                raise TypeError(f"a request is answered by an HttpReply, not by {type(reply).__name__}")
            found = read_reply(reply)
        except ServerError as error:
            if is_own:
                self.standing.note_error(error)
            raise
        self.standing.note_answer()
        return found, reply.body

    def _request_for(self, url: str) -> HttpRequest:
        place = self._directory.of_url(url)
        base, _, rest = url.rpartition("/")
        return rdap_request(base, rest, registry=None if place is None else place.registry)

    def _registry_of(self, request: HttpRequest) -> str:
        """Return the registry that a request went to: its name, or its host where that has none."""
        return request.registry or server_of(request)


def _url_of(referral: Referral) -> Url | None:
    """Return where a referral leads; a final dot makes no other host, and must not make another budget."""
    url = read_url(referral.url)
    return None if url is None else url._replace(host=url.host.removesuffix("."))


def _overlap(one: AddressRange, other: AddressRange) -> bool:
    return one.family == other.family and one.first <= other.last and other.first <= one.last


def _is_nearer(further: _Look, look: _Look, space: AddressRange, trail: Trail) -> bool:
    """Tell whether what a link led to may speak for *space*; where not, the last hop of the *trail* says so."""
    if further is look:
        return False
    around, network = look.network, further.network
    if around is not None and network is not None and network in around and _overlap(network, space):
        return True
    trail.hops[-1] = replace(trail.hops[-1], ending="failed", note=_OTHER_NETWORK)
    return False


def _ending(document: Document | None) -> Ending:
    return "nothing" if document is None else "answered"
