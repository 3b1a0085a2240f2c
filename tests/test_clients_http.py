"""HTTP requests, as both clients make them: what is sent, what is made again, what is counted."""

from __future__ import annotations

import gzip
import socket
import ssl
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from irtkit import __version__
from irtkit.clients.driving import Client
from irtkit.clients.ledger import Account, Ledger
from irtkit.clients.rules import Rules
from irtkit.errors import BudgetError, DeadlineError, QueryError, UnreachableError
from irtkit.registries import Allowance
from irtkit.wire.questions import Batch, HttpReply, HttpRequest

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and the servers are in it

from both_clients import KINDS, Everywhere, Runner, ask, make_client
from certificates import Authority
from hostile_servers import Loopback, Talk, http_reply, saying_over_http

OPEN = Rules(allowed=Everywhere())
BUSY = http_reply(b"busy", "503 Service Unavailable", Retry_After="0")
FINE = http_reply(b"fine")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def runner(kind: str) -> Iterator[Runner]:
    with make_client(kind, OPEN) as made:
        yield made


def taken(reply: object) -> HttpReply:
    assert isinstance(reply, HttpReply)
    return reply


def test_a_request_says_who_asks_and_what_it_was_told_to(runner: Runner) -> None:
    """Method, path, body and headers arrive; the name of the host is the one of the URL."""
    received = []

    def reading(talk: Talk) -> None:
        head = talk.head()
        received.append(talk.read(5))
        assert head.startswith(b"POST /a/b?c=d HTTP/1.1\r\n")
        talk.send(FINE)

    with Loopback(reading) as server:
        headers = {"Content-Type": "text/plain", "Accept": "x/y", "Host": "evil.example", "Accept-Encoding": "br"}
        request = HttpRequest(server.url("/a/b?c=d"), "POST", headers, b"hello")
        reply = taken(runner(ask(request)))
    lines = server.asked[0].decode().lower().split("\r\n")
    assert received == [b"hello"]
    assert {f"host: 127.0.0.1:{server.port}", f"user-agent: irtkit/{__version__}", "content-length: 5"} <= set(lines)
    assert "content-type: text/plain" in lines
    assert [line for line in lines if line.startswith("accept")] == ["accept: x/y", "accept-encoding: gzip, deflate"]
    assert "evil" not in server.asked[0].decode()
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"fine", "4")
    assert reply.request == request


def test_a_connection_is_used_again_and_cookies_are_not_kept(runner: Runner) -> None:
    with Loopback(saying_over_http(repeat(http_reply(b"x", Set_Cookie="id=1")))) as server:
        for _ in range(5):
            runner(ask(server.request()))
        assert server.connected == 1
        assert b"cookie" not in b"".join(server.asked).lower()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"body" * 9999)),
        ("deflate", zlib.compress(b"body" * 9999)),
        ("deflate", zlib.compress(b"body" * 9999)[2:-4]),
        ("identity", b"body" * 9999),
        ("GZIP", gzip.compress(b"body" * 9999)),
    ],
    ids=["gzip", "deflate", "raw deflate", "identity", "upper case"],
)
def test_bodies_are_decoded(coding: str, body: bytes, runner: Runner) -> None:
    with Loopback(saying_over_http(repeat(http_reply(body, Content_Encoding=coding)))) as server:
        assert taken(runner(ask(server.request()))).body == b"body" * 9999


@pytest.mark.parametrize("status", ["200 OK", "301 Moved", "404 Not Found", "403 Forbidden", "500 Oops", "429 Slow"])
def test_any_status_is_a_reply(status: str, kind: str) -> None:
    """What it means is for the journey to decide."""
    rules = Rules(allowed=Everywhere(), attempts=1)
    with Loopback(saying_over_http(repeat(http_reply(b"x", status)))) as server, make_client(kind, rules) as runner:
        assert taken(runner(ask(server.request()))).status == int(status[:3])


@pytest.mark.parametrize("status", ["503 Service Unavailable", "502 Bad Gateway", "504 Timeout", "429 Too Many"])
def test_a_busy_server_is_asked_again(status: str, runner: Runner) -> None:
    """Until it answers, or the attempts are used up; then the last reply is the reply."""
    busy = http_reply(b"busy", status, Retry_After="0")
    with Loopback(saying_over_http(chain([busy, busy], repeat(FINE)))) as server:
        assert taken(runner(ask(server.request()))).body == b"fine"
        assert len(server.asked) == 3
    with Loopback(saying_over_http(repeat(busy))) as server:
        assert taken(runner(ask(server.request()))).status == int(status[:3])
        assert len(server.asked) == 3


def test_what_changes_something_is_sent_once(runner: Runner) -> None:
    """Neither a busy server nor a broken connection makes it leave twice."""
    with Loopback(saying_over_http(repeat(BUSY))) as server:
        assert taken(runner(ask(server.request(is_safe_to_repeat=False)))).status == 503
        assert len(server.asked) == 1

    def breaking(talk: Talk) -> None:
        talk.head()

    with Loopback(breaking) as server:
        with pytest.raises(UnreachableError) as caught:
            runner(ask(server.request(is_safe_to_repeat=False)))
        assert len(server.asked) == 1
        assert caught.value.was_sent


def test_a_broken_connection_is_tried_again(runner: Runner) -> None:
    replies = iter([b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", FINE])

    def breaking(talk: Talk) -> None:
        talk.head()
        talk.send(next(replies))

    with Loopback(breaking) as server:
        assert taken(runner(ask(server.request()))).body == b"fine"
        assert server.connected == 3


def test_retry_after_is_waited_for_if_there_is_time(runner: Runner) -> None:
    """A second is; an hour is not, and the refusal comes back at once."""
    with Loopback(saying_over_http(iter([http_reply(b"", "503 Busy", Retry_After="1"), FINE]))) as server:
        started = time.monotonic()
        assert taken(runner(ask(server.request()), seconds=20)).body == b"fine"
        assert time.monotonic() - started >= 1
    with Loopback(saying_over_http(repeat(http_reply(b"", "503 Busy", Retry_After="3600")))) as server:
        started = time.monotonic()
        assert taken(runner(ask(server.request()), seconds=20)).status == 503
        assert time.monotonic() - started < 10
        assert len(server.asked) == 1


def test_a_refused_connection_was_certainly_not_sent(runner: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(UnreachableError, match="no connection") as caught:
        runner(ask(HttpRequest(f"http://127.0.0.1:{port}/", "POST", body=b"x", is_safe_to_repeat=False)))
    assert caught.value.was_sent is False


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "http:///path",
        "127.0.0.1",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: y",
        "http://ümlaut.example/",
        "http://[::1/",
    ],
)
def test_what_is_no_url_is_not_asked(url: str, runner: Runner) -> None:
    with pytest.raises(QueryError):
        runner(ask(HttpRequest(url)))
    with pytest.raises(QueryError):
        runner(ask(Batch((HttpRequest(url),))))


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X\nY": "a"}, {"X": "a\0"}])
def test_no_header_becomes_two(headers: dict[str, str], runner: Runner) -> None:
    with Loopback(saying_over_http(repeat(FINE))) as server:
        with pytest.raises(QueryError):
            runner(ask(HttpRequest(server.url(), headers=headers)))
        assert server.asked == []


def test_the_name_is_looked_up_once_and_the_next_address_is_used_where_one_refuses(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is told the name; it is connected to by the address that was judged."""
    asked = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(None, None, None, "", (address, port)) for address in ("::1", "127.0.0.1")]

    with Loopback(saying_over_http(repeat(FINE))) as server:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        assert taken(runner(ask(HttpRequest(server.url(host="rdap.example"))))).body == b"fine"
    assert asked == ["rdap.example"]
    assert f"host: rdap.example:{server.port}".encode() in server.asked[0].lower()


@pytest.mark.parametrize("name", ["rdap.example", "127.0.0.1", "::1"])
def test_a_certificate_must_have_the_name_that_was_asked_for(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the connection goes to a checked address instead of the name."""
    authority = Authority(tmp_path)
    address = name if ":" in name else "127.0.0.1"
    shown = f"[{name}]" if ":" in name else name
    with (
        Loopback(saying_over_http(repeat(FINE)), tls=authority.serving(name), address=address) as server,
        make_client(kind, OPEN, tls=authority.trusting()) as runner,
    ):
        rows = [(None, None, None, "", (address, server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
        assert taken(runner(ask(HttpRequest(server.url(host=shown))))).body == b"fine"


def test_connections_of_different_names_are_not_shared(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate for one name is no permission to ask for another one at the same address."""
    authority = Authority(tmp_path)
    with (
        Loopback(saying_over_http(repeat(FINE)), tls=authority.serving("good.example")) as server,
        make_client(kind, OPEN, tls=authority.trusting()) as runner,
    ):
        rows = [(None, None, None, "", ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
        runner(ask(HttpRequest(server.url(host="good.example"))))
        with pytest.raises(Exception, match="Hostname mismatch"):
            runner(ask(HttpRequest(server.url(host="bad.example"))))
        assert len(server.asked) == 1


def test_tls_cannot_be_turned_off() -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    with pytest.raises(ValueError, match="verifies certificates and host names"):
        Client(tls=context)
    context.verify_mode = ssl.CERT_NONE
    with pytest.raises(ValueError, match="verifies certificates and host names"):
        Client(tls=context)


def test_a_proxy_in_the_environment_is_not_used(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve names itself, and so could not be held to an address that was checked."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with Loopback(saying_over_http(repeat(FINE))) as server, make_client(kind, OPEN) as runner:
        assert taken(runner(ask(server.request()))).body == b"fine"


def test_requests_to_one_server_share_its_connections(kind: str) -> None:
    """A batch of twenty: two at once, where two are allowed."""
    lock, open_now, most = threading.Lock(), [0], [0]

    def counting(talk: Talk) -> None:
        with lock:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])
        while talk.head():
            talk.send(FINE)
        with lock:
            open_now[0] -= 1

    with Loopback(counting) as server, make_client(kind, Rules(allowed=Everywhere(), connections=2)) as runner:
        replies = runner(ask(Batch((server.request(),) * 20)))
        assert isinstance(replies, tuple)
        assert [taken(reply).body for reply in replies] == [b"fine"] * 20
        assert most[0] <= 2


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def test_too_many_requests_is_remembered_for_all(kind: str, ledger: Ledger) -> None:
    """After a 429 nothing more leaves until its Retry-After, from any client with this ledger."""
    reply = http_reply(b"", "429 Too Many Requests", Retry_After="120")
    with Loopback(saying_over_http(repeat(reply))) as server:
        request = HttpRequest(server.url(), registry="test")
        with make_client(kind, OPEN, ledger=ledger, budgets={}) as runner:
            assert taken(runner(ask(request))).status == 429
        with make_client(kind, OPEN, ledger=ledger, budgets={}) as runner, pytest.raises(BudgetError) as caught:
            runner(ask(request))
        assert len(server.asked) == 1
    assert 100 < caught.value.retry_at - time.time() <= 120


def test_a_refusal_that_ends_soon_is_waited_for(kind: str, ledger: Ledger) -> None:
    """Within the deadline the request is made again, and both attempts are counted."""
    replies = chain([http_reply(b"", "429 Too Many Requests", Retry_After="1")], repeat(FINE))
    with Loopback(saying_over_http(replies)) as server, make_client(kind, OPEN, ledger=ledger, budgets={}) as runner:
        assert taken(runner(ask(HttpRequest(server.url(), registry="test")), seconds=20)).body == b"fine"
    assert ledger.usage()[0].queries == 2


def test_personal_requests_count_against_the_registry(kind: str, ledger: Ledger) -> None:
    budgets = {"test": Allowance(personal_per_day=2)}
    with (
        Loopback(saying_over_http(repeat(FINE))) as server,
        make_client(kind, OPEN, ledger=ledger, budgets=budgets) as runner,
    ):
        request = HttpRequest(server.url(), registry="test", personal=True)
        runner(ask(request))
        runner(ask(request))
        with pytest.raises(BudgetError):
            runner(ask(request))
        assert len(server.asked) == 2
    assert [(usage.account, usage.personal) for usage in ledger.usage()] == [(Account("test", "127.0.0.1"), 2)]


def test_requests_that_never_left_are_not_counted(kind: str, ledger: Ledger) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with make_client(kind, OPEN, ledger=ledger, budgets={}) as runner, pytest.raises(UnreachableError):
        runner(ask(HttpRequest(f"http://127.0.0.1:{port}/", registry="test", personal=True)))
    assert [(usage.queries, usage.personal, usage.connections) for usage in ledger.usage()] in ([], [(0, 0, 0)])


def test_the_deadline_holds_over_all_attempts(kind: str) -> None:
    def silent(talk: Talk) -> None:
        talk.head()
        talk.wait()

    with Loopback(silent) as server, make_client(kind, OPEN) as runner:
        started = time.monotonic()
        with pytest.raises(DeadlineError) as caught:
            runner(ask(server.request()), seconds=1)
        assert time.monotonic() - started < 4
        assert caught.value.was_sent
