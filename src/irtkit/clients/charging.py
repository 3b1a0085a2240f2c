"""What a question costs, and who pays: the ledger asked before anything leaves, and told what came back.

How much an answer cost and whether it refuses us is read from it here; what a registry allows is data from elsewhere.
Without a ledger everything is let through.
"""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from irtkit.clients.effects import Call, Sleep, Work
from irtkit.clients.ledger_pages import DAY
from irtkit.errors import AnswerError, BudgetError
from irtkit.index.layout import printable
from irtkit.registries import REGISTRIES, Allowance, find_registry_of_host
from irtkit.wire.http_replies import retry_after
from irtkit.wire.targets import read_url
from irtkit.wire.whois.answers import parse_answer
from irtkit.wire.whois.notices import Meaning, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from irtkit.clients.ledger import Account, Ledger, Reservation
    from irtkit.wire.questions import HttpReply, WhoisReply
    from irtkit.wire.whois.framing import Limits

__all__ = ["RECHECK", "Charge", "Gate", "Lease", "charge_of", "http_charge_of", "registry_of"]

_PATIENCE: Final = 300.0
"""Seconds to leave a server alone that says we ask too often, but not for how long; LACNIC's limits last so long."""
_LONGEST_REASON: Final = 200
_SHORT_PATIENCE: Final = 15.0
"""Seconds after which connections that were too many may have ended."""
RECHECK: Final = 0.05
"""Seconds after which a budget that was used up is looked at again, more or less."""
_WORTH_READING: Final = re.compile(
    rb"(?im)^(?:\*?(?:person|role|pn|ro):|[%#]{0,2}[ \t]*(?:ERROR:[23]|[^\r\n]{0,120}"
    rb"(?:denied|blocked|limit|quota|exceeded|too many|negada)))"
)
"""Answers without such a line cost nothing and refuse nothing."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What an answer cost."""

    personal: int = 0
    """Sets of personal data."""
    refused_for: float | None = None
    """Seconds for which the server refuses us, if it does."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to one connection; without a number where nobody counts."""

    number: int | None = None


def charge_of(reply: WhoisReply, limits: Limits) -> Charge:
    """Return what a whois answer cost: persons, and roles without abuse-mailbox (RIPE's AUP); and what it refuses."""
    if not _WORTH_READING.search(reply.body):
        return Charge()
    try:
        answer = parse_answer(reply.body, reply.question.server, limits)
    except AnswerError:
        return Charge()
    for notice in answer.notices:
        if (seconds := _refused_for(notice)) is not None:
            return Charge(answer.personal_objects, seconds, printable(str(notice)[:_LONGEST_REASON]))
    return Charge(answer.personal_objects)


def _refused_for(notice: Notice) -> float | None:
    if notice.meaning is Meaning.TOO_MANY_CONNECTIONS:
        return notice.retry_after or _SHORT_PATIENCE
    if notice.meaning in {Meaning.DENIED, Meaning.REDUCED}:
        is_block = notice.code == 201 or "blocked" in notice.title or notice.title.startswith("Access denied")
        return notice.retry_after or (float(DAY) if is_block else _PATIENCE)
    return None


def http_charge_of(reply: HttpReply, now: float) -> Charge:
    """Return what an HTTP reply cost, with *now* in seconds since the epoch.

    A search or look-up that asked for personal data counts as one set: what it held is for its reader to know.
    """
    personal = 1 if reply.request.personal and reply.status < 300 else 0
    if reply.status == 429:
        wait = retry_after(reply.headers, now)
        return Charge(personal, _PATIENCE if wait is None else wait, "HTTP status 429")
    return Charge(personal)


def registry_of(host: str, named: str | None = None) -> str:
    """Return whose budget a question to a host counts against: the registry *named*, the host's, or its own.

    A registry's whois, RDAP and REST services share one budget.
    """
    if named is not None:
        return named
    name = host.lower().removesuffix(".")
    row = find_registry_of_host(name)
    return _web_hosts().get(name, name) if row is None else row.name


@cache
def _web_hosts() -> dict[str, str]:
    found = (
        (row.name, read_url(text))
        for row in REGISTRIES.values()
        for text in (row.rdap, row.rest, row.syncupdates)
        if text
    )
    return {url.host: name for name, url in found if url is not None}


class Gate:
    """Lets questions out, as far as the budgets of the registries allow."""

    def __init__(
        self, ledger: Ledger | None, budgets: Mapping[str, Allowance], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._ledger, self._budgets, self._clock = ledger, budgets, clock

    def connections(self, registry: str, usual: int) -> int:
        """Return how many connections a registry allows at once."""
        budget = self._budgets.get(registry)
        return usual if budget is None or budget.connections is None else budget.connections

    def lease(self, account: Account) -> Work[Lease | None]:
        """Enter a connection, if the registry allows a further one; None if it does not.

        Raises: BudgetError while the registry refuses us.
        """
        ledger, budget = self._ledger, self._budget(account)
        if ledger is None:
            return Lease()
        number = yield Call(lambda: ledger.lease(account, budget), lambda late: self.release(Lease(late)))
        return None if number is None else Lease(number)

    def release(self, lease: Lease) -> None:
        """Say that a connection is closed."""
        if self._ledger is not None and lease.number is not None:
            self._ledger.release(lease.number)

    def admit(
        self, account: Account, ends: float, *, personal: bool, lease: Lease | None = None
    ) -> Work[Reservation | None]:
        """Enter one query before it leaves; wait for that, if it is soon enough. The *lease* it uses is renewed.

        Raises: BudgetError when the registry's budget is used up for longer than *ends* (`time.monotonic`).
        """
        ledger, budget = self._ledger, self._budget(account)
        if ledger is None:
            return None
        number = None if lease is None else lease.number
        while True:
            try:
                entered = yield Call(lambda: ledger.reserve(account, budget, personal=int(personal), lease=number))
            except BudgetError as error:
                wait = max(0.0, error.retry_at - self._clock())
                if time.monotonic() + wait >= ends:
                    raise
                yield Sleep(wait + RECHECK * random.random())  # noqa: S311 - so that processes do not ask in step
            else:
                reservation: Reservation | None = entered
                return reservation

    def settle(self, reservation: Reservation | None, charge: Charge) -> Work[None]:
        """Enter what an answer really cost, and whether the registry refuses us."""
        if self._ledger is not None and reservation is not None:
            ledger = self._ledger
            if charge.personal != reservation.personal:
                yield Call(lambda: ledger.settle(reservation, personal=charge.personal), late=True)
            if charge.refused_for is not None:
                until = self._clock() + charge.refused_for
                yield Call(lambda: ledger.deny(reservation.account, until=until, reason=charge.reason), late=True)

    def cancel(self, reservation: Reservation | None) -> Work[None]:
        """Take back a query that never left."""
        if self._ledger is not None and reservation is not None:
            ledger = self._ledger
            yield Call(lambda: ledger.cancel(reservation), late=True)

    def _budget(self, account: Account) -> Allowance:
        return self._budgets.get(account.registry, _UNLIMITED)


_UNLIMITED: Final = Allowance()
