"""The ledger: no question leaves that a budget forbids, whoever asks at the same time, and nothing is forgotten."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from irtkit.clients.charging import registry_of
from irtkit.clients.ledger import LEASE, Account, Ledger, LedgerError, Usage, default_ledger
from irtkit.clients.ledger_pages import DAY
from irtkit.errors import BudgetError
from irtkit.registries import REGISTRIES, Allowance
from irtkit.wire.targets import read_url

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and the servers are in it

from asking_process import BUDGET
from both_clients import KINDS
from hostile_servers import Loopback, Talk, ripe_answer, saying

US = Account("ripe", "192.0.2.7")
START = 1_800_000_000.0
PERSON = ripe_answer(b"person: Jane Doe\nnic-hdl: JD1-TEST\nsource: TEST\n")


class Clock:
    """A clock that a test turns."""

    now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path, clock: Clock) -> Iterator[Ledger]:
    made = Ledger(path, clock=clock)
    yield made
    made.close()


def usage_of(ledger: Ledger, account: Account = US) -> Usage:
    return next(usage for usage in ledger.usage() if usage.account == account)


def test_it_stops_before_the_limit_and_says_when_it_goes_on(ledger: Ledger, clock: Clock) -> None:
    """The last query that fits is let through, the next is not, until the first is a day old."""
    allowance = Allowance(personal_per_day=3)
    for _ in range(3):
        ledger.reserve(US, allowance, personal=1)
        clock.now += 3600
    with pytest.raises(BudgetError, match=r"ripe: 3 of 3 personal data sets of 24 hours are used") as caught:
        ledger.reserve(US, allowance, personal=1)
    assert caught.value.retry_at == START + DAY + 60
    assert "it goes on at 2027-01-16 08:01:00 UTC" in caught.value.message
    assert caught.value.was_sent is False
    clock.now = caught.value.retry_at - 1
    with pytest.raises(BudgetError):
        ledger.reserve(US, allowance, personal=1)
    clock.now += 1
    ledger.reserve(US, allowance, personal=1)
    assert usage_of(ledger).personal == 3


def test_what_is_not_personal_costs_nothing_of_that_budget(ledger: Ledger) -> None:
    allowance = Allowance(personal_per_day=1)
    ledger.reserve(US, allowance, personal=1)
    for _ in range(5):
        ledger.reserve(US, allowance)
    assert usage_of(ledger).queries == 6


def test_queries_of_any_minute_are_bounded(ledger: Ledger, clock: Clock) -> None:
    """The minute slides: at no moment do the sixty seconds before it hold more than allowed."""
    allowance = Allowance(queries_per_minute=10)
    sent, waits = [], []
    for _ in range(600):
        try:
            ledger.reserve(US, allowance)
        except BudgetError as error:
            waits.append(error.retry_at - clock.now)
        else:
            sent.append(clock.now)
        clock.now += 0.7
    assert len(sent) > 50
    assert all(0 < wait <= 61 for wait in waits)
    assert all(sum(at - 60 < other <= at for other in sent) <= 10 for at in sent)


def test_the_real_cost_takes_the_place_of_what_was_reserved(ledger: Ledger) -> None:
    """More, less, nothing; and a query that never left is taken back."""
    allowance = Allowance(personal_per_day=10)
    for cost in (4, 0, 1):
        ledger.settle(ledger.reserve(US, allowance, personal=1), personal=cost)
    assert usage_of(ledger).personal == 5
    ledger.cancel(ledger.reserve(US, allowance, personal=1))
    assert (usage_of(ledger).personal, usage_of(ledger).queries) == (5, 3)


def test_accounts_and_registries_have_budgets_of_their_own(ledger: Ledger) -> None:
    allowance = Allowance(personal_per_day=1)
    for account in (US, Account("ripe", "2001:db8:0:1::/64"), Account("apnic", "192.0.2.7")):
        ledger.reserve(account, allowance, personal=1)
    with pytest.raises(BudgetError):
        ledger.reserve(US, allowance, personal=1)


def test_a_refusal_is_remembered_until_it_is_over(ledger: Ledger, path: Path, clock: Clock) -> None:
    """By every process; the later of two ends counts; nothing is reserved meanwhile."""
    ledger.deny(US, until=START + 500, reason="ERROR:201: access denied")
    ledger.deny(US, until=START + 100, reason="HTTP status 429")
    other = Ledger(path, clock=clock)
    for attempt in (lambda: other.reserve(US, Allowance()), lambda: other.lease(US, Allowance())):
        with pytest.raises(BudgetError, match=r"it refused us .*; nothing was sent; irtkit asks again from") as caught:
            attempt()
        assert caught.value.retry_at == START + 500
    assert usage_of(other).denied_until == START + 500
    clock.now += 500
    other.reserve(US, Allowance())
    assert usage_of(other).denied_until is None
    other.close()


def test_the_user_can_end_a_refusal(ledger: Ledger) -> None:
    ledger.deny(US, until=START + 500, reason="ERROR:201")
    assert ledger.forget_denials("apnic") == 0
    assert ledger.forget_denials("ripe") == 1
    ledger.reserve(US, Allowance())


def test_connections_at_once_are_bounded(ledger: Ledger) -> None:
    allowance = Allowance(connections=2)
    first, second = ledger.lease(US, allowance), ledger.lease(US, allowance)
    assert first is not None
    assert second is not None
    assert ledger.lease(US, allowance) is None
    ledger.release(first)
    assert ledger.lease(US, allowance) is not None
    assert usage_of(ledger).connections == 2


def test_a_connection_that_is_not_used_counts_no_more(ledger: Ledger, clock: Clock) -> None:
    """Its use renews it, so that only what a server would have closed ends."""
    allowance = Allowance(connections=1)
    lease = ledger.lease(US, allowance)
    clock.now += LEASE - 1
    ledger.reserve(US, allowance, lease=lease)
    clock.now += LEASE - 1
    assert ledger.lease(US, allowance) is None
    clock.now += 1
    assert ledger.lease(US, allowance) is not None


def test_what_is_old_is_removed(ledger: Ledger, clock: Clock) -> None:
    ledger.reserve(US, Allowance(), personal=1)
    clock.now += DAY + 120
    assert ledger.usage() == []


def test_a_clock_that_was_wrong_does_no_lasting_harm(ledger: Ledger, clock: Clock) -> None:
    """What was entered in a wrong future is forgotten; what a clock turned back a little leaves is kept."""
    allowance = Allowance(personal_per_day=2)
    clock.now += 400 * DAY
    ledger.reserve(US, allowance, personal=1)
    clock.now = START
    ledger.usage()
    ledger.reserve(US, allowance, personal=1)
    clock.now -= 3000
    ledger.reserve(US, allowance, personal=1)
    with pytest.raises(BudgetError):
        ledger.reserve(US, allowance, personal=1)


def test_threads_share_one_ledger(ledger: Ledger) -> None:
    """All that was reserved is counted, and no more."""
    allowance = Allowance(personal_per_day=50)

    def attempt(_: int) -> bool:
        try:
            ledger.reserve(US, allowance, personal=1)
        except BudgetError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(80))) == 50


def test_a_child_process_has_a_connection_of_its_own(path: Path) -> None:
    """After a fork the ledger opens the file again, and both count."""
    script = (
        "import os, sys; from irtkit.clients.ledger import *; from irtkit.registries import Allowance\n"
        "ledger, us = Ledger(sys.argv[1]), Account('ripe', '192.0.2.7')\n"
        "ledger.reserve(us, Allowance(), personal=1)\n"
        "child = os.fork()\n"
        "ledger.reserve(us, Allowance(), personal=1)\n"
        "sys.exit(os.waitpid(child, 0)[1] if child else 0)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    ledger = Ledger(path)
    assert usage_of(ledger).personal == 3
    ledger.close()


def test_ledgers_of_one_process_do_not_end_each_others_locks(ledger: Ledger, path: Path) -> None:
    """SQLite's locks are the process's: a further ledger must not make others believe that nobody uses the file."""
    script = (
        "import sys; from irtkit.clients.ledger import *; from irtkit.registries import Allowance\n"
        "ledger = Ledger(sys.argv[1], clock=lambda: float(sys.argv[2]))\n"
        "ledger.reserve(Account('ripe', '192.0.2.7'), Allowance()); ledger.close()"
    )
    further = Ledger(path, clock=lambda: START)
    for _ in range(2):
        ledger.reserve(US, Allowance())
        further.reserve(US, Allowance())
        subprocess.run([sys.executable, "-c", script, str(path), str(START)], check=True)
        further.close()
    assert usage_of(further).queries == usage_of(ledger).queries == 6
    further.close()


def test_only_the_user_can_read_it(ledger: Ledger, path: Path) -> None:
    ledger.usage()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_ledger_lets_nothing_out(path: Path, content: bytes) -> None:
    """To begin a new one would be to forget what was asked: the user is told instead, and the file stays."""
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="the ledger of queries cannot be used"):
        Ledger(path).reserve(US, Allowance())
    assert path.read_bytes() == content


def test_the_environment_names_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "mine"))
    assert default_ledger() == tmp_path / "mine"
    monkeypatch.delenv("IRTKIT_LEDGER")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_ledger().name == "ledger.sqlite"


def started(path: Path, kind: str, most: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).parent / "asking_process.py"), str(path), kind, str(most)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", KINDS)
def test_processes_that_ask_at_once_share_one_budget(kind: str, path: Path) -> None:
    """Exactly as many questions leave the machine as the budget allows, round after round."""
    processes = [started(path, kind, BUDGET) for _ in range(4)]
    try:
        with Loopback(saying([PERSON])) as server:
            for number in range(3):
                for process in processes:
                    assert process.stdin is not None
                    process.stdin.write(f"registry-{number} {server.port}\n")
                    process.stdin.flush()
                answered = [int(process.stdout.readline()) for process in processes if process.stdout is not None]
                assert sum(answered) == BUDGET
                assert len(server.asked) == BUDGET * (number + 1)
    finally:
        for process in processes:
            process.communicate()
    ledger = Ledger(path)
    assert [usage.personal for usage in ledger.usage()] == [BUDGET] * 3
    ledger.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_that_is_killed_loses_no_count_and_holds_no_connection(kind: str, path: Path) -> None:
    """What it asked is counted, with the question that it never got an answer to."""
    arrived = threading.Semaphore(0)

    def answering_twice(talk: Talk) -> None:
        talk.line()
        if len(talk.asked) > 2:
            arrived.release()
            talk.wait()
        talk.send(PERSON)

    with Loopback(answering_twice) as server, started(path, kind, BUDGET) as process:
        assert process.stdin is not None
        process.stdin.write(f"ripe {server.port}\n")
        process.stdin.flush()
        assert arrived.acquire(timeout=60)
        account = Account("ripe", "127.0.0.1")
        ledger = Ledger(path)
        before = usage_of(ledger, account)
        process.send_signal(signal.SIGKILL)
        process.wait()
        after = usage_of(ledger, account)
        ledger.close()
    assert (before.personal, before.queries, before.connections) == (3, 3, 1)
    assert (after.personal, after.queries, after.connections) == (3, 3, 0)


def test_each_service_of_a_registry_counts_against_its_budget() -> None:
    """By whois, RDAP, REST or syncupdates, and however the host is written; a host of nobody's has its own."""
    row = REGISTRIES["ripe"]
    urls = [read_url(text) for text in (row.rdap, row.rest, row.syncupdates) if text]
    assert row.whois is not None
    hosts = [row.whois.host, *(url.host for url in urls if url is not None)]
    assert {registry_of(spelling) for host in hosts for spelling in (host, host.upper(), f"{host}.")} == {"ripe"}
    assert registry_of("whois.example.") == "whois.example"
    assert registry_of("whois.example", "ripe") == "ripe"
