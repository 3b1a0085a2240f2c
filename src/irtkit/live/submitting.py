"""One submission as a journey: sent, acknowledged object by object, fetched back, and compared.

What is sent was checked, authorised and signed before (`Preparation` says whether it may go). A message is sent once.
An answer that is lost leaves open what became of it, and is reported so: whether the registry has the objects can be
asked, and nothing is sent again. In a dry run nothing is stored, so that nothing is fetched back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from irtkit.errors import QueryError, ServerError
from irtkit.live.together import Outcome, ask_all
from irtkit.registries import keeps_connections
from irtkit.rpsl import RpslObject
from irtkit.submission.comparing import Difference, differences, has_same_key
from irtkit.validation.keys import NETWORKS, key_of, placeholder
from irtkit.wire import irrd_submission, syncupdates
from irtkit.wire.acknowledgements import Acknowledgement, Result, Tally
from irtkit.wire.acknowledgements import Outcome as Became
from irtkit.wire.questions import HttpReply, HttpRequest, WhoisReply
from irtkit.wire.syncupdates import Keyword, Refusal
from irtkit.wire.whois import irrd
from irtkit.wire.whois.answers import Answer, parse_answer
from irtkit.wire.whois.queries import Hierarchy, RipeQuery

if TYPE_CHECKING:
    from irtkit.submission import Message, Update
    from irtkit.wire.questions import Journey, Server, WhoisQuestion

__all__ = [
    "Fate",
    "Finding",
    "IrrdService",
    "Report",
    "Service",
    "State",
    "Stored",
    "SyncupdatesService",
    "submit",
]

_ROUTES: Final = frozenset({"route", "route6"})
_EXACT: Final = NETWORKS | _ROUTES
_MADE_UP: Final = "AUTO-"
"""Stands for whatever key a registry makes up; no key is this."""


class State(StrEnum):
    """How far a submission came."""

    UNSENT = "unsent"
    """Nothing left this machine."""
    REFUSED = "refused"
    """The server did not look at it."""
    UNKNOWN = "unknown"
    """It was sent, and the answer was lost or said nothing: ask whether the objects are there."""
    ACKNOWLEDGED = "acknowledged"


class Stored(StrEnum):
    """What the registry had when the object was fetched back."""

    AS_SENT = "as-sent"
    DIFFERENT = "different"
    ABSENT = "absent"
    GONE = "gone"
    """Deleted, as it was meant."""
    STILL_THERE = "still-there"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the registry has in the place of one object; *reason* says why it was not asked, or did not answer."""

    stored: Stored
    differences: tuple[Difference, ...] = ()
    reason: str = ""


_NOT_ASKED: Final = Finding(Stored.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Fate:
    """One object of the message: what was sent, what the registry said, and what it has.

    *update* is None for an object that the registry speaks of and nobody sent.
    """

    update: Update | None
    result: Result
    finding: Finding = _NOT_ASKED

    @property
    def is_good(self) -> bool:
        """Whether it went as it was meant, as far as it was looked at; a difference is for a person to see."""
        seen = self.finding.stored in {Stored.AS_SENT, Stored.GONE, Stored.NOT_ASKED}
        return self.update is not None and self.result.outcome.is_good and seen


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a submission. *reason* is empty if it was acknowledged; *fates* are in the message's order."""

    state: State
    reason: str = ""
    acknowledgement: Acknowledgement | None = None
    fates: tuple[Fate, ...] = ()
    is_dry_run: bool = False

    @property
    def is_good(self) -> bool:
        """Whether everything went as it was meant."""
        said = self.acknowledgement
        return said is not None and said.is_good and all(fate.is_good for fate in self.fates)


Verdict: TypeAlias = Acknowledgement | Refusal


class Service(Protocol):
    """A way to submit: what is to be sent, and how its replies are read."""

    def requests(self, data: bytes, message: Message, *, dry_run: bool) -> Sequence[HttpRequest]:
        """Return what to send, in order; nothing if a dry run is not possible.

        Raises: QueryError if the message cannot be sent this way.
        """

    def read(self, reply: HttpReply) -> Verdict:
        """Read a reply. Raises: AnswerError if it leaves open what became of the message."""


@dataclass(frozen=True, slots=True)
class SyncupdatesService:
    """RIPE's: the message as it is, signatures and all, and a dry run where it says so itself."""

    url: str
    keywords: frozenset[Keyword] = frozenset()
    registry: str | None = None

    def requests(self, data: bytes, message: Message, *, dry_run: bool) -> Sequence[HttpRequest]:
        """Return the one request; a message that is no dry run yet is made one."""
        if dry_run and message.dry_run is None:
            data = syncupdates.with_dry_run(data)
        return [syncupdates.as_request(self.url, data, keywords=self.keywords, registry=self.registry)]

    def read(self, reply: HttpReply) -> Verdict:
        """Read the acknowledgement."""
        return syncupdates.read_reply(reply)


@dataclass(frozen=True, slots=True)
class IrrdService:
    """IRRd's: objects and passwords. Nothing is sent in a dry run, because IRRd has none."""

    url: str
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    registry: str | None = None

    def requests(self, data: bytes, message: Message, *, dry_run: bool) -> Sequence[HttpRequest]:  # noqa: ARG002 - of the protocol
        """Return a request for what is created or modified, and one for each reason to delete."""
        if dry_run:
            return []
        if any(update.signatures for update in message.updates):
            raise QueryError("IRRd takes signatures by mail only; its HTTP interface takes passwords and keys")
        overrides = {one.secret.reveal() for update in message.updates for one in update.overrides}
        if len(overrides) > 1:
            raise QueryError("IRRd takes one override password for a message")
        passwords = tuple(dict.fromkeys(one.secret.reveal() for one in message.passwords))
        stored: dict[str | None, list[str]] = {}
        for update in message.updates:
            reason = update.deletions[0].reason if update.deletions else None
            stored.setdefault(reason, []).append(str(update.object))
        order = sorted(stored, key=lambda reason: reason is not None)  # what is created may not hang on what goes
        submissions = [
            irrd_submission.Submission(
                tuple(stored[reason]), passwords, next(iter(overrides), None), self.api_keys, reason
            )
            for reason in order
        ]
        return [irrd_submission.as_request(self.url, one, registry=self.registry) for one in submissions]

    def read(self, reply: HttpReply) -> Verdict:
        """Read IRRd's report."""
        return irrd_submission.read_reply(reply)


def submit(
    data: bytes, message: Message, service: Service, *, dry_run: bool, whois: Server | None = None
) -> Journey[Report]:
    """Send a message, read what the registry says, and fetch back what it says it has from *whois*, if given.

    *message* is *data*, read. Nothing is raised for what goes wrong on the way: the report says it.

    Raises: QueryError if the message cannot be sent this way.
    """
    dry_run = dry_run or message.dry_run is not None
    requests = service.requests(data, message, dry_run=dry_run)
    if not requests:
        return Report(State.UNSENT, "the registry has no dry run", is_dry_run=True)
    verdicts: list[Acknowledgement] = []
    state, reason = State.ACKNOWLEDGED, ""
    for request in requests:
        verdict = yield from _send(request, service)
        if isinstance(verdict, Acknowledgement):
            verdicts.append(verdict)
            continue
        state, reason = verdict
        break
    said = _joined(verdicts)
    fates = list(_fates(message, said.results if said else (), state))
    if not dry_run and fates:
        fates = yield from _fetch_back(fates, whois)
    return Report(state, reason, said, tuple(fates), dry_run)


def _send(request: HttpRequest, service: Service) -> Journey[Acknowledgement | tuple[State, str]]:
    """Send one request; return what the registry says, or how far it came and why not further."""
    try:
        reply = yield request
        if not isinstance(reply, HttpReply):
            raise TypeError(f"a request is answered by an HttpReply, not by {type(reply).__name__}")
        verdict = service.read(reply)
    except ServerError as error:
        return (State.UNKNOWN if error.was_sent else State.UNSENT), error.message
    return (State.REFUSED, str(verdict)) if isinstance(verdict, Refusal) else verdict


def _joined(verdicts: Sequence[Acknowledgement]) -> Acknowledgement | None:
    """Return several acknowledgements as one."""
    if len(verdicts) < 2:
        return verdicts[0] if verdicts else None
    tallies = [one.tally for one in verdicts]
    counts = {(action, done): 0 for tally in tallies for action, done, _ in tally.by_action}
    for tally in tallies:
        for action, done, number in tally.by_action:
            counts[action, done] += number
    return Acknowledgement(
        tuple(result for one in verdicts for result in one.results),
        Tally(
            sum(tally.found for tally in tallies),
            sum(tally.succeeded for tally in tallies),
            sum(tally.failed for tally in tallies),
            tuple((action, done, number) for (action, done), number in counts.items()),
        ),
        tuple(remark for one in verdicts for remark in one.remarks),
        tuple(text for one in verdicts for text in one.ignored),
        tuple(doubt for one in verdicts for doubt in one.doubts),
    )


def _fates(message: Message, results: Sequence[Result], state: State) -> Iterator[Fate]:
    """Yield what the registry says about each object that was sent, then what else it speaks of."""
    matching = _Matching(results)
    matched = matching.of([update.object for update in message.updates])
    for update, result in zip(message.updates, matched, strict=True):
        if result is not None:
            yield Fate(update, result)
        elif state in {State.ACKNOWLEDGED, State.UNKNOWN}:
            yield Fate(update, Result(Became.MISSING, None, update.object.class_name, key_of(update.object) or ""))
    yield from (Fate(None, result) for result in matching.left())


class _Matching:
    """Finds which result is about which object; each is about one."""

    def __init__(self, results: Sequence[Result]) -> None:
        self._results = results
        self._taken: set[int] = set()
        self._waiting: dict[tuple[str, str], list[int]] = {}
        for place in range(len(results) - 1, -1, -1):
            result = results[place]
            for key in {_packed(result.key), _packed(key_of(_of_class(result)) or ""), _MADE_UP}:
                self._waiting.setdefault((result.class_name, key), []).append(place)

    def of(self, objects: Sequence[RpslObject]) -> list[Result | None]:
        """Return the results about *objects*; first by their keys, then those whose keys the registry made up."""
        found = [self._take(obj.class_name, _packed(key_of(obj) or "")) for obj in objects]
        for place, obj in enumerate(objects):
            if found[place] is None and placeholder(obj.primary_key or "") is not None:
                found[place] = self._take(obj.class_name, _MADE_UP)
        return found

    def left(self) -> Iterator[Result]:
        """Yield what is about no object that was sent."""
        return (result for place, result in enumerate(self._results) if place not in self._taken)

    def _take(self, class_name: str, key: str) -> Result | None:
        waiting = self._waiting.get((class_name, key), [])
        while waiting:
            place = waiting.pop()
            if place not in self._taken:
                self._taken.add(place)
                return self._results[place]
        return None


def _is_named(obj: RpslObject, result: Result) -> bool:
    """Tell whether an object has the class and key of a result."""
    return obj.class_name == result.class_name and _packed(key_of(obj) or "") == _packed(result.key)


def _of_class(result: Result) -> RpslObject:
    """Return an object that has the class and key of a result, and nothing else."""
    return RpslObject(f"{result.class_name}: {' '.join(result.key.split())}\n", None)


def _packed(key: str) -> str:
    return "".join(key.upper().split())


def _fetch_back(fates: list[Fate], whois: Server | None) -> Journey[list[Fate]]:
    """Ask what the registry has in the place of each object that it took, or of which it said nothing."""
    if whois is None:
        return fates
    questions: dict[int, WhoisQuestion] = {}
    found: dict[int, Finding] = {}
    for place, fate in enumerate(fates):
        if fate.update is None or not (fate.result.outcome.is_good or fate.result.outcome is Became.MISSING):
            continue
        try:
            questions[place] = _question(fate, whois)
        except QueryError as error:
            found[place] = Finding(Stored.NOT_ASKED, reason=str(error))
    replies = yield from ask_all(list(questions.values()))
    for place, reply in zip(questions, replies, strict=True):
        found[place] = _finding(fates[place], reply)
    return [replace(fate, finding=found.get(place, fate.finding)) for place, fate in enumerate(fates)]


def _question(fate: Fate, whois: Server) -> WhoisQuestion:
    """Return the question for one object by its key. Raises: QueryError if its key cannot be asked for."""
    class_name, key = fate.result.class_name, fate.result.key
    if whois.dialect == "irrd":
        return irrd.object_with_key(class_name, key).as_question(whois)
    is_route = class_name in _ROUTES and fate.update is not None
    asked = fate.update.object[0].value if is_route and fate.update is not None else key
    hierarchy = Hierarchy.EXACT if class_name in _EXACT else None
    persistent = keeps_connections(whois)
    query = RipeQuery(key=asked, classes=(class_name,), hierarchy=hierarchy, filtered=False, persistent=persistent)
    return query.as_question(whois)


def _finding(fate: Fate, reply: Outcome) -> Finding:
    """Return what a reply says about one object."""
    if isinstance(reply, ServerError):
        return Finding(Stored.NOT_ASKED, reason=str(reply))
    if not isinstance(reply, WhoisReply) or fate.update is None:
        raise TypeError(f"a whois question is answered by a WhoisReply, not by {type(reply).__name__}")
    try:
        answer = _read(reply)
    except (ServerError, QueryError) as error:
        return Finding(Stored.NOT_ASKED, reason=str(error))
    sent = fate.update.object
    if placeholder(sent.primary_key or "") is None:
        same = [obj for obj in answer.objects if has_same_key(sent, obj)]
    else:
        same = [obj for obj in answer.objects if _is_named(obj, fate.result)]
    if fate.update.is_deletion:
        return Finding(Stored.STILL_THERE if same else Stored.GONE)
    if not same:
        return Finding(Stored.ABSENT)
    different = differences(sent, same[0])
    return Finding(Stored.DIFFERENT if different else Stored.AS_SENT, different)


def _read(reply: WhoisReply) -> Answer:
    """Read what a whois server says about one key. Raises: ServerError or QueryError if it did not answer."""
    server = reply.question.server
    if server.dialect == "irrd":
        said = irrd.read_reply(reply.body, server)
        said.raise_for_refusal()
        return said.answer
    answer = parse_answer(reply.body, server)
    answer.raise_for_refusal()
    return answer
