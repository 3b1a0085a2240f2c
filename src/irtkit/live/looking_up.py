"""One look-up by whois, as a person makes it: the right server, its words, and whom it refers to.

The answers are as the servers gave them; nothing is asked beyond the query and the same query at the next server.
Contacts are for `irtkit.live.asking`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from irtkit.errors import QueryError, ServerError
from irtkit.live.following import Ending, Hop, Trail
from irtkit.registries import REGISTRIES, known_server, server_for, target_of
from irtkit.wire.questions import Server, WhoisQuestion, WhoisReply
from irtkit.wire.whois.answers import Answer, parse_answer
from irtkit.wire.whois.asking import ask, takes_flags
from irtkit.wire.whois.lines import encoded_line
from irtkit.wire.whois.queries import RipeQuery
from irtkit.wire.whois.referrals import ReferralKind, find_referrals

if TYPE_CHECKING:
    from collections.abc import Container

    from irtkit.wire.questions import Journey
    from irtkit.wire.rdap.bootstrap import Bootstrap
    from irtkit.wire.whois.referrals import Referral

__all__ = ["LookUp", "first_server", "look_up"]


@dataclass(frozen=True, slots=True)
class LookUp:
    """What servers said, in the order in which they were asked."""

    answers: tuple[Answer, ...]
    hops: tuple[Hop, ...]
    """The way from one to the next, with those that were not asked or did not answer."""

    @property
    def best(self) -> Answer:
        """The last answer that says something about what was asked; else the last one."""
        return next((answer for answer in reversed(self.answers) if says_something(answer)), self.answers[-1])


def says_something(answer: Answer) -> bool:
    """Tell whether an answer holds more than that there is nothing, or that the server will not tell."""
    return not answer.errors and bool(answer.objects or answer.other_lines or answer.comments)


def first_server(query: RipeQuery | str, files: Bootstrap | None = None) -> Server:
    """Return the server to ask first, where the user names none; RIPE's for what is no search.

    *files* are IANA's, refreshed, as `irtkit.registries.registry_for` takes them.

    Raises: QueryError for what no server could be asked.
    """
    if isinstance(query, RipeQuery) and query.is_about_server:
        ripe = REGISTRIES["ripe"].whois
        if ripe is None:
            raise QueryError("no server is known")
        return ripe
    return server_for(query if isinstance(query, str) else query.key, files)


def look_up(
    query: RipeQuery | str,
    server: Server,
    *,
    allowed: Container[str] = (),
    follow: bool = True,
    files: Bootstrap | None = None,
) -> Journey[LookUp]:
    """Ask *server*, and with *follow* whom it refers to, and so on; see `irtkit.live.following`.

    A string is a key, or a command of IRRd's (`!gAS64496`). Flags are for servers that take them; the next server
    gets the key alone where it takes none. *files* as for `first_server`.

    Raises: ServerError when the first server does not answer; QueryError for what it cannot be asked.
    """
    trail = Trail(allowed)
    trail.begin(str(server))
    answers = [(yield from _asked(_question(server, query), trail, ""))]
    while follow and (step := _next(answers[-1], _key(query), trail, files)) is not None:
        target, because = step
        try:
            answers.append((yield from _asked(_further_question(target, query), trail, because)))
        except (ServerError, QueryError):
            break  # the trail says so; what was said before stays
    return LookUp(tuple(answers), tuple(trail.hops))


def _question(server: Server, query: RipeQuery | str) -> WhoisQuestion:
    if isinstance(query, str) and query.startswith("!"):
        return WhoisQuestion(server, encoded_line(server, query))
    return ask(server, query)


def _further_question(server: Server, query: RipeQuery | str) -> WhoisQuestion:
    """Return the question for a server that another one named."""
    return _question(server, query if takes_flags(server) else _key(query))


def _asked(question: WhoisQuestion, trail: Trail, because: str) -> Journey[Answer]:
    place = str(question.server)
    try:
        reply = yield question
        if not isinstance(reply, WhoisReply):
            raise TypeError(f"a whois question is answered by a WhoisReply, not by {type(reply).__name__}")
        answer = parse_answer(reply.body, question.server)
    except ServerError as error:
        trail.note("whois", place, "failed", error.message, because)
        raise
    ending: Ending = "answered" if says_something(answer) else "nothing"
    note = "" if answer.is_not_found else "; ".join(str(error) for error in answer.errors)
    trail.note("whois", place, ending, note, because)
    return answer


def _next(answer: Answer, key: str, trail: Trail, files: Bootstrap | None) -> tuple[Server, str] | None:
    """Return the server that an answer leads to, and the line that says so."""
    for referral in find_referrals(answer):
        target = _target(referral, key, trail, files)
        if target is not None:
            return target, referral.because
    return None


def _target(referral: Referral, key: str, trail: Trail, files: Bootstrap | None) -> Server | None:
    if referral.kind is ReferralKind.WEB:
        trail.note("rdap", str(referral.target), "not asked", "it is a web address", referral.because)
        return None
    scheme = "rwhois" if referral.kind is ReferralKind.RWHOIS else "whois"
    try:
        found = target_of(referral, key, files)
    except QueryError:
        return None  # a key of no known registry
    if not isinstance(found, Server):
        return None
    server = known_server(found)
    return server if trail.leads_to_server(server, referral.because, scheme=scheme) else None


def _key(query: RipeQuery | str) -> str:
    return query if isinstance(query, str) else query.key
