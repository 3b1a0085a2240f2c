"""Whether a message may go to a registry: checked, authorised as far as can be seen, and its signatures judged.

It joins what `irtkit.submission` and `irtkit.authorisation` say into reasons not to send. Signatures are verified by
`irtkit.clients`; here they count as names of key-certs. Nothing is sent, and no reason is binding: a user may insist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from irtkit.authorisation import Credentials, Plan, Request, authorise
from irtkit.problems import Problem, Severity
from irtkit.submission import Message, Submitted, iter_verdict
from irtkit.validation.options import Options

if TYPE_CHECKING:
    from irtkit.validation.objects import Objects

__all__ = ["AUTHORISING", "Given", "Preparation", "prepare"]

AUTHORISING: Final = frozenset({"ripe"})
"""Schemas of registries whose rules of authorisation are known."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known beside the message.

    *stored* is what the registry has already, None if nobody says. *keys* are key-certs that will sign everything,
    *signed_by* those that signed each update well. *faults* are what is wrong with the signatures that are there.
    """

    schema: str
    stored: Objects | None = None
    options: Options = field(default_factory=Options)
    keys: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    signed_by: Sequence[tuple[str, ...]] = ()
    faults: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Preparation:
    """The verdict before anything is sent. *plans* are in the order of the updates; none if they cannot be made."""

    message: Message
    problems: tuple[Problem, ...]
    plans: tuple[Plan, ...]
    refusals: tuple[str, ...]
    """Why it should not be sent, in sentences; none if it may."""


def prepare(message: Message, given: Given) -> Preparation:
    """Judge a message as the registry would. Any message will do.

    Raises: ValueError for a schema that is not known.
    """
    verdict = iter_verdict(
        message, given.schema, Submitted([message], given.schema), given.stored, options=given.options
    )
    problems = tuple(verdict)
    plans = tuple(_plans(message, given))
    return Preparation(message, problems, plans, tuple(_refusals(message, problems, plans, given)))


def _plans(message: Message, given: Given) -> Sequence[Plan]:
    """Plan every update, if what is stored is known."""
    if given.schema not in AUTHORISING or given.stored is None:
        return ()
    passwords = [one.secret.reveal() for one in message.passwords]
    requests = []
    for position, update in enumerate(message.updates):
        signers = given.signed_by[position] if position < len(given.signed_by) else ()
        offered = Credentials.of(accounts=given.accounts, keys=[*given.keys, *signers], passwords=passwords)
        new = "NEW" in message.keywords
        requests.append(Request(update.object, offered, deletion=update.is_deletion, new=new))
    return authorise(requests, given.stored, options=given.options)


def _refusals(message: Message, problems: Sequence[Problem], plans: Sequence[Plan], given: Given) -> Iterator[str]:
    if not message.updates:
        yield "there is no object in it"
        return
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if errors:
        yield f"it has {errors:,} {'error' if errors == 1 else 'errors'}"
    yield from (problem.message for problem in given.faults if problem.severity is Severity.ERROR)
    for plan in plans:
        if not plan.authorised:
            yield f"{plan.class_name} {plan.key} is not authorised: it needs {plan}"
