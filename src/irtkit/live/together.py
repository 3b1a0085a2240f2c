"""Journeys side by side: what they ask in one round goes out as one batch, and the same question only once.

It decides nothing about what is asked, and knows no protocol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from irtkit.errors import QueryError, ServerError
from irtkit.wire.questions import Batch, HttpReply, HttpRequest, WhoisQuestion, WhoisReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from irtkit.wire.questions import Journey, Question

__all__ = ["AT_ONCE", "Failure", "Outcome", "ask_all", "together"]

T = TypeVar("T")
_Single: TypeAlias = WhoisQuestion | HttpRequest
Outcome: TypeAlias = WhoisReply | HttpReply | ServerError
"""What comes back to one question of a batch."""
Failure: TypeAlias = ServerError | QueryError
"""What a journey may end with instead of a result."""

AT_ONCE = 32
"""Journeys that are on their way at the same time: enough to keep a few connections to each registry busy."""


def ask_all(questions: Sequence[_Single]) -> Journey[tuple[Outcome, ...]]:
    """Ask *questions* that do not wait for one another; for an answer that did not come there is its error."""
    if not questions:
        return ()
    replies = yield Batch(tuple(questions))
    if not isinstance(replies, tuple):
        raise TypeError(f"a batch is answered by a tuple, not by {type(replies).__name__}")
    return replies


def together(journeys: Iterable[Journey[T]], at_once: int = AT_ONCE) -> Journey[tuple[T | Failure, ...]]:
    """Run *journeys* side by side, at most *at_once* of them, and return their results in order.

    A journey that ends with a `ServerError` or `QueryError` has that as its result; any other exception ends them
    all. The next journey starts when one has ended, and so may use what that one learned.
    """
    waiting = iter(journeys)
    started: list[_Run[T]] = []
    running: list[_Run[T]] = []
    replies: dict[object, Outcome] = {}  # of the last round: whoever went on before another took them may ask again
    while True:
        running = [run for run in running if run.questions]
        while len(running) < at_once and (journey := next(waiting, None)) is not None:
            started.append(run := _Run(journey))
            running += [run] if run.questions else []
        if not running:
            return tuple(run.result for run in started)
        asked = {_identity(question): question for run in running for question in run.questions}
        unanswered = {identity: question for identity, question in asked.items() if identity not in replies}
        answers = dict(zip(unanswered, (yield from ask_all(list(unanswered.values()))), strict=True))
        replies = {identity: answers.get(identity) or replies[identity] for identity in asked}
        for run in running:
            run.go_on([replies[_identity(question)] for question in run.questions])


class _Run(Generic[T]):
    """One journey as far as it has come."""

    questions: Sequence[_Single]
    """What it waits for; nothing when it has ended."""
    result: T | Failure
    """Its end, once it has ended."""

    def __init__(self, journey: Journey[T]) -> None:
        self._journey = journey
        self._in_batch = False
        self._advance(lambda: next(journey))

    def go_on(self, replies: Sequence[Outcome]) -> None:
        reply = replies[0]
        if self._in_batch:
            self._advance(lambda: self._journey.send(tuple(replies)))
        elif isinstance(reply, ServerError):
            self._advance(lambda: self._journey.throw(reply))
        else:
            self._advance(lambda: self._journey.send(reply))

    def _advance(self, step: Callable[[], Question]) -> None:
        self.questions = ()
        try:
            question = step()
            while isinstance(question, Batch) and not question.questions:
                question = self._journey.send(())
        except StopIteration as end:
            self.result = end.value
        except (ServerError, QueryError) as error:
            self.result = error
        else:
            self._in_batch = isinstance(question, Batch)
            self.questions = question.questions if isinstance(question, Batch) else (question,)


def _identity(question: _Single) -> object:
    """Return something that equal questions share, and that can be a key."""
    if isinstance(question, HttpRequest):
        return question.method, question.url, tuple(sorted(question.headers.items())), question.body
    return question
