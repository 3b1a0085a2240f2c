"""Laws of the ledger, against a list of everything that ever happened."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtkit.clients.ledger import Account, Ledger
from irtkit.clients.ledger_pages import DAY
from irtkit.errors import BudgetError
from irtkit.registries import Allowance

NUMBERS = count()
steps = st.lists(st.tuples(st.sampled_from([0, 1, 7, 59, 60, 61, 3600, DAY // 2, DAY]), st.integers(0, 3)), max_size=40)


class Clock:
    """A clock that a test turns."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Ledger]:
    made = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite", clock=clock)
    yield made
    made.close()


def reserved(ledger: Ledger, account: Account, allowance: Allowance, personal: int) -> float | None:
    """Reserve, and return when it goes on if that was refused."""
    try:
        ledger.reserve(account, allowance, personal=personal)
    except BudgetError as error:
        return error.retry_at
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.integers(1, 6), st.integers(1, 6))
def test_no_budget_is_ever_passed_and_no_time_to_go_on_is_wrong(
    ledger: Ledger, clock: Clock, happened: list[tuple[int, int]], per_day: int, per_minute: int
) -> None:
    """In no day and no minute did more leave than allowed; and when the ledger says it goes on, it does."""
    account = Account(f"registry-{next(NUMBERS)}", "192.0.2.7")
    allowance = Allowance(personal_per_day=per_day, queries_per_minute=per_minute)
    left: list[tuple[float, int]] = []
    for wait, personal in happened:
        clock.now += wait
        retry_at = reserved(ledger, account, allowance, personal)
        if retry_at is not None and personal <= per_day:
            assert retry_at > clock.now
            clock.now = retry_at
            retry_at = reserved(ledger, account, allowance, personal)
            while retry_at is not None:  # first the minute, then the day
                assert clock.now < retry_at <= clock.now + DAY + 60
                clock.now = retry_at
                retry_at = reserved(ledger, account, allowance, personal)
        if retry_at is None:
            left.append((clock.now, personal))
        for at, _ in left:
            assert sum(at - 60 < other <= at for other, _ in left) <= per_minute
            assert sum(cost for other, cost in left if at - DAY < other <= at) <= per_day


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=20))
def test_the_sum_is_what_answers_cost(ledger: Ledger, clock: Clock, asked: list[tuple[int, int, bool]]) -> None:
    """However queries overlap: what was settled counts, and what was taken back does not."""
    account = Account(f"registry-{next(NUMBERS)}", "192.0.2.7")
    clock.now += 1
    entered = [(ledger.reserve(account, Allowance(), personal=guess), cost, is_sent) for guess, cost, is_sent in asked]
    for reservation, cost, is_sent in reversed(entered):
        if is_sent:
            ledger.settle(reservation, personal=cost)
        else:
            ledger.cancel(reservation)
    usage = next((usage for usage in ledger.usage() if usage.account == account), None)
    expected = (sum(cost for _, cost, is_sent in asked if is_sent), sum(is_sent for *_, is_sent in asked))
    assert ((0, 0) if usage is None else (usage.personal, usage.queries)) == expected
