"""Whois questions over TCP, as both clients ask them: connections, names, addresses, budgets."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from irtkit.clients import connecting, tcp
from irtkit.clients.connecting import Address, NotAskedError, Place, account_of, connect, usable
from irtkit.clients.driving import AsyncClient, Client, run, run_async
from irtkit.clients.ledger import Account, Ledger, Usage
from irtkit.clients.rules import Rules
from irtkit.errors import AnswerError, BudgetError, DeadlineError, QueryError, UnreachableError
from irtkit.registries import Allowance
from irtkit.wire.questions import Batch, HttpReply, HttpRequest, Journey, Server, WhoisQuestion, WhoisReply

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and the servers are in it

from both_clients import KINDS, Everywhere, Runner, ask, make_client
from hostile_servers import GOOD, OBJECT, Behaviour, Loopback, Talk, http_reply, ripe_answer, saying, saying_over_http

OPEN = Rules(allowed=Everywhere())
PERSON = b"person: Jane Doe\nnic-hdl: JD1-TEST\nsource: TEST\n"
ABUSE_ROLE = b"role: Abuse\nnic-hdl: AB1-TEST\nabuse-mailbox: abuse@host.example\nsource: TEST\n"
DENIED = b"%ERROR:201: access denied for 192.0.2.7\n%\n% Access from your host has been permanently denied.\n\n\n"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def runner(kind: str) -> Iterator[Runner]:
    with make_client(kind, OPEN) as made:
        yield made


def body_of(reply: object) -> bytes:
    assert isinstance(reply, WhoisReply)
    return reply.body


def keeping(server: Loopback, line: bytes = b"-k 192.0.2.1") -> WhoisQuestion:
    return server.question(line, persistent=True)


def echoing(talk: Talk) -> None:
    """Answer each line with an object of that name, on one connection."""
    while line := talk.line():
        talk.send(ripe_answer(b"inetnum: " + line + b"\nsource: TEST\n"))


def closing(talk: Talk) -> None:
    """Say nothing, and end the connection."""
    talk.line()


def silent(talk: Talk) -> None:
    talk.line()
    talk.wait()


class Counting:
    """A behaviour that counts how many connections were open at once."""

    def __init__(self, inner: Behaviour) -> None:
        self.most = self._now = 0
        self._inner, self._lock = inner, threading.Lock()

    def __call__(self, talk: Talk) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            self._inner(talk)
        finally:
            with self._lock:
                self._now -= 1


def test_a_kept_connection_takes_the_next_question(runner: Runner) -> None:
    """Ten questions, one connection, each with its own answer; closing says goodbye."""
    with Loopback(echoing) as server:
        for number in range(10):
            line = b"-k q%d" % number
            assert b"inetnum: " + line in body_of(runner(ask(keeping(server, line))))
        assert server.connected == 1
        assert runner.pool.idle() == 1
        runner.pool.close()
        assert runner.pool.idle() == 0
        deadline = time.monotonic() + 5
        while b"-k" not in server.asked and time.monotonic() < deadline:
            time.sleep(0.01)
    assert server.asked[-1] == b"-k"


def test_a_connection_that_is_not_to_be_kept_is_closed(runner: Runner) -> None:
    with Loopback(saying([GOOD])) as server:
        for _ in range(3):
            runner(ask(server.question()))
        assert server.connected == 3
        assert runner.pool.idle() == 0


@pytest.mark.parametrize("farewell", [b"", b"% banner\n\n%ERROR:305: connection has been closed\n\n\n"])
def test_a_kept_connection_that_the_server_closed_is_replaced(farewell: bytes, runner: Runner) -> None:
    """The question is asked once more, on a fresh connection, and nobody notices."""

    def one_answer_each(talk: Talk) -> None:
        talk.line()
        talk.send(GOOD + farewell)

    with Loopback(one_answer_each) as server:
        for _ in range(4):
            assert body_of(runner(ask(keeping(server)))) == GOOD
        assert server.connected == 4


def test_a_kept_connection_that_breaks_after_the_question_is_replaced_once(runner: Runner) -> None:
    """The server takes the next question and closes without a byte; a second time that is its last word."""
    fresh = iter([True, False, False, False])

    def breaking(talk: Talk) -> None:
        answers = next(fresh)
        talk.line()
        if answers:
            talk.send(GOOD)
            talk.line()

    with Loopback(breaking) as server:
        assert body_of(runner(ask(keeping(server)))) == GOOD
        with pytest.raises(UnreachableError, match="closed the connection without an answer"):
            runner(ask(keeping(server)))
        assert server.connected == 2


def test_a_kept_connection_that_breaks_within_an_answer_is_not_asked_again(runner: Runner) -> None:
    """The server began to answer, so that asking again might count twice."""

    def half(talk: Talk) -> None:
        talk.line()
        talk.send(GOOD)
        talk.line()
        talk.send(GOOD[:90])

    with Loopback(half) as server:
        runner(ask(keeping(server)))
        with pytest.raises(UnreachableError, match="broke after 90 bytes"):
            runner(ask(keeping(server)))
        assert server.connected == 1


def test_a_connection_is_not_kept_after_an_answer_that_broke_the_protocol(runner: Runner) -> None:
    with Loopback(saying([b"A3\nabcD\n"])) as server:
        question = server.question(b"!gAS64496", "irrd", persistent=True)
        with pytest.raises(AnswerError, match="expected C"):
            runner(ask(question))
        assert runner.pool.idle() == 0


def test_irrds_connections_are_opened_with_its_command(runner: Runner) -> None:
    """`!!` once, then each question; the answers are framed by length."""

    def irrd(talk: Talk) -> None:
        assert talk.line() == b"!!"
        while talk.line():
            talk.send(b"A4\nabc\nC\n")

    with Loopback(irrd) as server:
        question = server.question(b"!gAS64496", "irrd", persistent=True)
        for _ in range(3):
            assert body_of(runner(ask(question))) == b"A4\nabc\nC\n"
        assert server.asked == [b"!!", b"!gAS64496", b"!gAS64496", b"!gAS64496"]


def test_a_batch_keeps_its_order_and_the_limit_of_connections(kind: str) -> None:
    """Forty questions over three connections: all answered, each by its own answer."""
    counting = Counting(echoing)
    with Loopback(counting) as server, make_client(kind, OPEN) as runner:
        questions = tuple(keeping(server, b"-k q%d" % number) for number in range(40))
        replies = runner(ask(Batch(questions)))
        assert isinstance(replies, tuple)
        assert [question.line in body_of(reply) for question, reply in zip(questions, replies, strict=True)] == [
            True
        ] * 40
        assert counting.most <= 3
        assert server.connected <= 3


def test_an_empty_batch_has_an_empty_reply(runner: Runner) -> None:
    assert runner(ask(Batch(()))) == ()


@pytest.mark.parametrize("persistent", [False, True])
def test_journeys_at_once_share_the_limit_of_connections(kind: str, persistent: bool) -> None:
    """Twenty journeys of one client to one server: never more than two connections, and all are answered."""
    counting = Counting(echoing if persistent else saying([GOOD]))
    rules = Rules(allowed=Everywhere(), connections=2)

    def journeys(server: Loopback) -> list[Journey[Any]]:
        return [ask(server.question(b"-k q%d" % number, persistent=persistent)) for number in range(20)]

    with Loopback(counting) as server:
        if kind == "threads":
            with Client(rules) as client:
                threads = [threading.Thread(target=run, args=(each, client)) for each in journeys(server)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(20)
        else:

            async def all_of_them() -> None:
                async with AsyncClient(rules) as client:
                    await asyncio.gather(*(run_async(each, client) for each in journeys(server)))

            asyncio.run(all_of_them())
        assert len({line for line in server.asked if line != b"-k"}) == 20
        assert counting.most <= 2


@pytest.mark.parametrize("line", [b"a\nb", b"a\rb", b"a\0b", b"\x1b[2J", b"\x7f", b"x" * 5000])
def test_no_control_character_enters_a_query_line(line: bytes, runner: Runner) -> None:
    """Whoever made the question, nothing is sent."""
    with Loopback(saying([GOOD])) as server:
        with pytest.raises(QueryError):
            runner(ask(server.question(line)))
        with pytest.raises(QueryError):
            runner(ask(Batch((server.question(), server.question(line)))))
        assert line not in server.asked


def test_an_error_is_thrown_in_where_the_journey_asked(runner: Runner) -> None:
    """The journey may go on, and its result is what it returns."""

    def journey(bad: WhoisQuestion, good: WhoisQuestion) -> Journey[str]:
        try:
            yield bad
        except UnreachableError as error:
            reply = yield good
            return f"{type(error).__name__}, then {len(body_of(reply))} bytes"
        return "no error"

    with Loopback(closing) as bad, Loopback(saying([GOOD])) as good:
        assert runner(journey(bad.question(), good.question())) == f"UnreachableError, then {len(GOOD)} bytes"


def test_a_journey_is_closed_when_it_fails(runner: Runner) -> None:
    ended = []

    def journey(question: WhoisQuestion) -> Journey[None]:
        try:
            yield question
        finally:
            ended.append(True)

    with Loopback(closing) as server, pytest.raises(UnreachableError):
        runner(journey(server.question()))
    assert ended == [True]


def test_cancelling_closes_the_journey_and_its_connections() -> None:
    """A task that waits for an answer, in a batch or not, leaves nothing behind when it is cancelled."""
    ended = []

    def journey(question: WhoisQuestion | Batch) -> Journey[None]:
        try:
            yield question
        finally:
            ended.append(True)

    arrived = threading.Semaphore(0)

    def telling(talk: Talk) -> None:
        talk.line()
        arrived.release()
        talk.wait()

    async def cancel(server: Loopback) -> None:
        async with AsyncClient(OPEN) as client:
            for question in (server.question(), Batch((server.question(), server.question()))):
                task = asyncio.create_task(run_async(journey(question), client))
                await asyncio.to_thread(arrived.acquire, timeout=10)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            rest = await run_async(ask(Batch((good.question(),) * 4)), client)
            assert isinstance(rest, tuple)
            assert [body_of(reply) for reply in rest] == [GOOD] * 4

    with Loopback(telling) as server, Loopback(saying([GOOD])) as good:
        asyncio.run(cancel(server))
    assert ended == [True, True]


def test_a_connection_that_comes_about_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled task does not wait for the thread that connects; what that brings is given up."""
    ours, theirs = socket.socketpair()
    started, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    class Late:
        def close(self) -> None:
            ours.close()
            closed.set()

    def connect_late(*_: object) -> Late:
        started.set()
        go_on.wait(10)
        return Late()

    async def cancel() -> None:
        async with AsyncClient(OPEN) as client:
            task = asyncio.create_task(run_async(ask(WhoisQuestion(Server("127.0.0.1", 43), b"q")), client))
            await asyncio.to_thread(started.wait, 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            go_on.set()
            await asyncio.to_thread(closed.wait, 10)

    monkeypatch.setattr(tcp, "connect", connect_late)
    with theirs:
        asyncio.run(cancel())
        assert theirs.recv(1) == b""


def test_an_interrupt_ends_a_batch_in_threads_at_once() -> None:
    """Whatever stops the waiting thread stops the others, which wait for servers."""

    def interrupting(talk: Talk) -> None:
        talk.line()
        talk.send(b"A1\nx\nC\nB")
        talk.wait()

    class Interrupt(BaseException):
        pass

    def explode(*_: object) -> None:
        raise Interrupt

    with Loopback(interrupting) as slow, Loopback(saying([GOOD])) as quick, Client(OPEN) as client:
        client.gate.settle = explode  # type: ignore[method-assign, assignment] # stands for Ctrl-C in one thread
        started = time.monotonic()
        with pytest.raises(Interrupt):
            run(ask(Batch((quick.question(), slow.question()))), client, seconds=20)
        assert time.monotonic() - started < 10


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name mean these addresses; return the list of names that were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(None, None, None, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def named(server: Loopback, host: str = "whois.example") -> WhoisQuestion:
    return WhoisQuestion(Server(host, server.port), b"q")


@pytest.mark.parametrize("addresses", [("::1", "127.0.0.1"), ("127.0.0.1", "::1"), ("127.0.0.2", "127.0.0.1")])
def test_the_other_address_is_used_where_one_refuses(
    addresses: tuple[str, ...], runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Families take turns, in the system's order; the name is looked up once for a question."""
    asked = names(monkeypatch, *addresses)
    with Loopback(saying([GOOD])) as server:
        assert body_of(runner(ask(named(server)))) == GOOD
    assert asked == ["whois.example"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_both_families_are_spoken(address: str, runner: Runner) -> None:
    with Loopback(saying([GOOD]), address=address) as server:
        assert body_of(runner(ask(server.question()))) == GOOD


def test_an_address_that_does_not_answer_holds_up_the_next_one_only_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second attempt starts while the first goes on, and the first to succeed wins."""
    start = connecting._start
    mute, other = socket.socketpair()
    mute.setblocking(False)
    with suppress(BlockingIOError):
        while mute.send(b"x" * 65536):
            pass  # until it is not writable any more, as a connection that does not come about

    def start_or_hang(selector: Any, address: Any, port: int, failures: list[str]) -> None:
        if address == ip_address("127.0.0.9"):
            selector.register(mute, 2)
        else:
            start(selector, address, port, failures)

    monkeypatch.setattr(connecting, "_start", start_or_hang)
    with other, Loopback(saying([GOOD])) as server:
        place = Place("whois.example", server.port, "whois.example")
        addresses = [IPv4Address("127.0.0.9"), IPv4Address("127.0.0.1")]
        started = time.monotonic()
        with connect(place, addresses, started + 10, stagger=0.05) as connection:
            assert connection.getpeername()[0] == "127.0.0.1"
        assert 0.05 <= time.monotonic() - started < 5
    assert mute.fileno() == -1


def test_a_name_that_does_not_exist_is_the_networks_fault(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(UnreachableError, match="cannot be resolved: name or service not known"):
        runner(ask(WhoisQuestion(Server("nowhere.example"), b"q")))


def test_a_resolver_that_hangs_is_not_waited_for(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(20))
    started = time.monotonic()
    with pytest.raises((DeadlineError, UnreachableError), match="resol"):
        runner(ask(WhoisQuestion(Server("slow.example"), b"q")), seconds=0.4)
    release.set()
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "..", "x\udc80.example"])
def test_a_host_that_is_none_is_an_error_of_ours(host: str, runner: Runner) -> None:
    with pytest.raises(UnreachableError, match="cannot be resolved"):
        runner(ask(WhoisQuestion(Server(host), b"q")))


def test_of_a_names_addresses_only_public_ones_are_asked() -> None:
    """Whoever answers for a name cannot send us to the inside of a network."""
    place = Place("whois.example", 43, "whois.example")
    public: list[Address] = [IPv4Address("192.88.98.1"), IPv6Address("2600::1")]
    inside = [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.1.1",
        "100.64.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:8.8.8.8",
        "ff02::1",
    ]
    addresses = [ip_address(text) for text in inside]
    assert usable(place, [*addresses, *public], Rules()) == public
    with pytest.raises(NotAskedError, match=r"whois\.example: its address 127\.0\.0\.1 is not public"):
        usable(place, addresses, Rules())
    assert usable(place, addresses, Rules(allowed={"whois.example"})) == addresses


@pytest.mark.parametrize(
    ("address", "account"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_registries_count_by_address_or_by_64(address: str, account: str) -> None:
    assert account_of(ip_address(address)) == account


class Counted:
    """Clients with a ledger, and a look into it."""

    def __init__(self, kind: str, path: Path) -> None:
        self.kind, self.ledger = kind, Ledger(path / "ledger.sqlite")

    def client(self, allowance: Allowance, **rules: Any) -> Any:
        options = Rules(allowed=Everywhere(), **rules)
        return make_client(self.kind, options, ledger=self.ledger, budgets={"test": allowance})

    def usage(self, name: str = "127.0.0.1") -> Usage:
        return next(usage for usage in self.ledger.usage() if usage.account == Account("test", name))


@pytest.fixture
def counted(kind: str, tmp_path: Path) -> Iterator[Counted]:
    made = Counted(kind, tmp_path)
    yield made
    made.ledger.close()


def about_a_person(server: Loopback, *, persistent: bool = False) -> WhoisQuestion:
    return WhoisQuestion(server.server(registry="test"), b"-k q", persistent=persistent, personal=True)


def test_an_answer_costs_what_it_holds(counted: Counted) -> None:
    """Persons, and roles without abuse-mailbox, as registries count; an address with neither costs nothing."""
    answers = [ripe_answer(PERSON, OBJECT, PERSON, ABUSE_ROLE), ripe_answer(OBJECT), ripe_answer(ABUSE_ROLE)]
    with Loopback(saying(answers)) as server, counted.client(Allowance(personal_per_day=5)) as runner:
        spent = []
        for _ in answers:
            runner(ask(about_a_person(server, persistent=True)))
            spent.append(counted.usage().personal)
        assert spent == [2, 2, 2]
        assert counted.usage().queries == 3
        assert counted.usage().connections == 1
    assert counted.usage().connections == 0


def test_nothing_is_sent_that_the_budget_forbids(counted: Counted) -> None:
    with (
        Loopback(saying([ripe_answer(PERSON, PERSON)])) as server,
        counted.client(Allowance(personal_per_day=2)) as runner,
    ):
        runner(ask(about_a_person(server)))
        with pytest.raises(BudgetError, match="2 of 2 personal data sets"):
            runner(ask(about_a_person(server)))
        assert server.connected == 1


def test_a_refusal_is_remembered_and_nothing_more_is_asked(counted: Counted) -> None:
    """The answer that refuses is handed on; the next question does not leave, from any process, until tomorrow."""
    with Loopback(saying([DENIED])) as server:
        with counted.client(Allowance()) as runner:
            assert body_of(runner(ask(about_a_person(server)))) == DENIED
        with counted.client(Allowance()) as another, pytest.raises(BudgetError, match=r"refused us .*201") as caught:
            another(ask(about_a_person(server)))
        assert server.connected == 1
        assert 23 * 3600 < caught.value.retry_at - time.time() <= 24 * 3600


def test_a_limit_that_says_how_long_is_waited_for_no_longer(counted: Counted) -> None:
    """LACNIC's notice without objects: refused for minutes, not for a day."""
    notice = b"% Query rate limit exceeded for 192.0.2.7\n"
    with Loopback(saying([notice])) as server, counted.client(Allowance()) as runner:
        question = WhoisQuestion(server.server("lacnic", "test"), b"192.0.2.1")
        runner(ask(question))
        with pytest.raises(BudgetError) as caught:
            runner(ask(question))
        assert 200 < caught.value.retry_at - time.time() <= 300


def test_a_connection_that_never_came_about_costs_nothing(counted: Counted) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with counted.client(Allowance(personal_per_day=1)) as runner:
        for _ in range(3):
            with pytest.raises(UnreachableError, match="connection refused"):
                runner(ask(WhoisQuestion(Server("127.0.0.1", port, registry="test"), b"q", personal=True)))
    assert (counted.usage().personal, counted.usage().queries, counted.usage().connections) == (0, 0, 0)


def test_a_question_without_an_answer_stays_counted(counted: Counted) -> None:
    """Nobody knows what the server counted."""
    with (
        Loopback(silent) as server,
        counted.client(Allowance(personal_per_day=1)) as runner,
    ):
        with pytest.raises(DeadlineError):
            runner(ask(about_a_person(server)), seconds=1)
        with pytest.raises(BudgetError):
            runner(ask(about_a_person(server)))


def test_queries_wait_for_the_next_minute_if_there_is_time(counted: Counted) -> None:
    """Where there is none, the error comes at once and says when it goes on."""
    with Loopback(echoing) as server, counted.client(Allowance(queries_per_minute=2)) as runner:
        question = WhoisQuestion(server.server(registry="test"), b"-k q", persistent=True)
        runner(ask(question))
        runner(ask(question))
        started = time.monotonic()
        with pytest.raises(BudgetError, match="2 of 2 queries of one minute"):
            runner(ask(question), seconds=5)
        assert time.monotonic() - started < 4


def test_two_clients_share_the_connections_that_a_registry_allows(counted: Counted) -> None:
    """The second waits for the first, as long as it has time."""
    with (
        Loopback(echoing) as server,
        counted.client(Allowance(connections=1)) as first,
        counted.client(Allowance(connections=1)) as second,
    ):
        question = about_a_person(server, persistent=True)
        first(ask(question))
        with pytest.raises(DeadlineError, match="other connections to this registry"):
            second(ask(question), seconds=3)  # one is over before it waits, where a machine stands still
        first.pool.close()
        assert b"-k q" in body_of(second(ask(question)))


def test_a_batch_goes_on_over_the_connections_that_others_leave(counted: Counted) -> None:
    """Where another process holds two of three connections, all questions go over the third, and none waits in vain."""
    allowance = Allowance(connections=3)
    taken = [counted.ledger.lease(Account("test", "127.0.0.1"), allowance) for _ in range(2)]
    assert None not in taken
    counting = Counting(echoing)
    with Loopback(counting) as server, counted.client(allowance) as runner:
        replies = runner(ask(Batch((about_a_person(server, persistent=True),) * 30)))
        assert isinstance(replies, tuple)
        assert all(isinstance(reply, WhoisReply) for reply in replies)
        assert counting.most == 1
        assert counted.usage().connections == 3


def test_an_idle_connection_gives_way_to_another_server_of_its_registry(counted: Counted) -> None:
    """A client does not wait for itself."""
    with (
        Loopback(echoing) as first,
        Loopback(echoing) as second,
        counted.client(Allowance(connections=1)) as runner,
    ):
        for server in (first, second, first):
            assert b"-k q" in body_of(runner(ask(about_a_person(server, persistent=True))))
        assert runner.pool.idle() == 1
        assert (first.connected, second.connected) == (2, 1)
        assert counted.usage().connections == 1


def test_idle_whois_connections_do_not_hold_up_requests(counted: Counted) -> None:
    """Registries limit connections to port 43; what goes over HTTP is not counted among them."""
    with (
        Loopback(echoing) as whois,
        Loopback(saying_over_http(repeat(http_reply(b"fine")))) as web,
        counted.client(Allowance(connections=1)) as runner,
    ):
        runner(ask(about_a_person(whois, persistent=True)))
        assert isinstance(runner(ask(HttpRequest(web.url(), registry="test")), seconds=10), HttpReply)


def test_an_account_can_have_a_name(counted: Counted) -> None:
    with Loopback(saying([ripe_answer(PERSON)])) as server, counted.client(Allowance(), account="ours") as runner:
        runner(ask(about_a_person(server)))
    assert counted.usage("ours").personal == 1
