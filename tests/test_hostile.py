"""Servers on bad days: whatever they do, a question ends in time, says whose fault it was, and harms no other."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise, repeat
from pathlib import Path

import pytest

from irtkit.clients.rules import Rules
from irtkit.errors import AccessDeniedError, AnswerError, DeadlineError, ServerError, UnreachableError
from irtkit.live.looking_up import look_up
from irtkit.wire.http_replies import find_redirect
from irtkit.wire.questions import Batch, HttpReply, HttpRequest, Journey, Server, WhoisQuestion, WhoisReply
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.targets import find_refusal_of_url, read_url
from irtkit.wire.whois.answers import parse_answer

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and the servers are in it

from both_clients import KINDS, Everywhere, Runner, ask, make_client
from certificates import Authority
from hostile_servers import (
    GOOD,
    Behaviour,
    Loopback,
    Talk,
    bomb,
    http_reply,
    ripe_answer,
    saying,
    saying_over_http,
)

OPEN = Rules(allowed=Everywhere(), attempts=1)
SECONDS = 0.8
"""For a journey to a server that will never answer."""
LOAD = 5.0
"""How much later a busy machine may notice that the time is over."""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def runner(kind: str) -> Iterator[Runner]:
    with make_client(kind, OPEN) as made:
        yield made


def silent(talk: Talk) -> None:
    talk.line()
    talk.wait()


def silent_from_the_start(talk: Talk) -> None:
    talk.wait()


def slow(talk: Talk) -> None:
    talk.line()
    talk.drip(GOOD, 0.02)


def closing_at_once(talk: Talk) -> None:
    talk.connection.shutdown(socket.SHUT_RDWR)


def crashing(talk: Talk) -> None:
    talk.line()
    talk.send(GOOD[:100])
    talk.reset()


def endless(talk: Talk) -> None:
    talk.line()
    talk.pour(b"remarks: and so on\n" * 3000)


def one_line_without_end(talk: Talk) -> None:
    talk.line()
    talk.pour(b"x" * 65536)


def empty_lines_without_end(talk: Talk) -> None:
    talk.line()
    talk.pour(b"\n" * 65536)


def babbling_before_the_question(talk: Talk) -> None:
    talk.pour(b"% banner\n" * 5000)


def saying_at_once(answer: bytes) -> Behaviour:
    return saying([answer])


WHOIS_MODES: dict[str, tuple[Behaviour, str, bytes, bool, type[ServerError], str]] = {
    "silent": (silent, "ripe", b"q", False, DeadlineError, "waiting for the answer"),
    "silent from the start": (silent_from_the_start, "plain", b"q", False, DeadlineError, "waiting for the answer"),
    "silent on a kept connection": (silent, "ripe", b"-k q", True, DeadlineError, "waiting for the answer"),
    "slow": (slow, "ripe", b"q", False, DeadlineError, "waiting for the answer, after"),
    "slow on a kept connection": (slow, "ripe", b"-k q", True, DeadlineError, "waiting for the answer, after"),
    "closing at once": (closing_at_once, "ripe", b"q", False, UnreachableError, "closed the connection"),
    "crashing": (crashing, "ripe", b"q", False, UnreachableError, "connection"),
    "endless": (endless, "ripe", b"q", False, AnswerError, "more than 16777216 bytes"),
    "endless on a kept connection": (endless, "ripe", b"-k q", True, AnswerError, "more than 16777216 bytes"),
    "endless, plain": (endless, "plain", b"q", False, AnswerError, "more than 16777216 bytes"),
    "line without end": (one_line_without_end, "ripe", b"q", False, AnswerError, "a line of more than"),
    "line without end, plain": (one_line_without_end, "plain", b"q", False, AnswerError, "a line of more than"),
    "line without end, kept": (one_line_without_end, "ripe", b"-k q", True, AnswerError, "a line of more than"),
    "empty lines": (empty_lines_without_end, "ripe", b"q", False, AnswerError, "more than 16777216 bytes"),
    "babbling": (babbling_before_the_question, "ripe", b"q", False, AnswerError, "more than 16777216 bytes"),
    "IRRd that counts to the moon": (
        saying_at_once(b"A999999999999\nx"), "irrd", b"!gAS64496", False, AnswerError, "announced 999999999999 bytes",
    ),
    "IRRd that counts too few": (
        saying_at_once(b"A3\nabcdef\nC\n"), "irrd", b"!gAS64496", False, AnswerError, "expected C",
    ),
    "IRRd that counts too many": (
        saying_at_once(b"A30\nabcdef\nC\n"), "irrd", b"!gAS64496", False, UnreachableError, "broke",
    ),
    "IRRd that speaks something else": (
        saying_at_once(b"HTTP/1.1 400 Bad Request\n"), "irrd", b"!gAS64496", False, AnswerError, "expected an answer A",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mode", WHOIS_MODES)
def test_a_whois_question_ends_in_time_and_says_whose_fault_it_was(mode: str, runner: Runner) -> None:
    """It raises the error of the right kind, leaves no connection behind, and the next question is answered."""
    behaviour, dialect, line, persistent, expected, says = WHOIS_MODES[mode]
    with Loopback(behaviour) as bad, Loopback(saying([GOOD])) as good:
        started = time.monotonic()
        with pytest.raises(expected) as caught:
            runner(ask(bad.question(line, dialect, persistent=persistent)), seconds=_patience(expected))
        assert time.monotonic() - started < _patience(expected) + LOAD
        assert says in caught.value.message
        assert caught.value.server == f"127.0.0.1:{bad.port}"
        assert runner.pool.idle() == 0
        assert runner(ask(good.question())) == WhoisReply(good.question(), GOOD)


def _patience(expected: type[ServerError]) -> float:
    return SECONDS if expected is DeadlineError else 30.0


def test_nothing_listens(runner: Runner) -> None:
    """A refused connection is the network's fault, and said so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(UnreachableError, match="connection refused"):
        runner(ask(WhoisQuestion(Server("127.0.0.1", port), b"q")))


@pytest.mark.parametrize("persistent", [False, True])
def test_an_answer_cut_off_anywhere_is_never_taken_for_a_whole_one(persistent: bool, runner: Runner) -> None:
    """Every position until the last line that counts: an error; then the whole answer."""
    whole = GOOD.index(b"(TEST)\n") + len(b"(TEST)\n")
    cuts = iter(range(len(GOOD) + 1))

    def cutting(talk: Talk) -> None:
        talk.line()
        talk.send(GOOD[: next(cuts)])

    with Loopback(cutting) as server:
        for cut in range(len(GOOD) + 1):
            question = server.question(b"-k q" if persistent else b"q", persistent=persistent)
            if cut < whole:
                with pytest.raises(UnreachableError):
                    runner(ask(question))
            else:
                reply = runner(ask(question))
                assert isinstance(reply, WhoisReply)
                assert reply.body == GOOD[:cut]
    assert runner.pool.idle() == 0 or persistent


@pytest.mark.parametrize(
    "answer",
    [
        ripe_answer(b"inetnum: 192.0.2.0 - 192.0.2.255\nnetname: \0\0\0\nsource: TEST\n"),
        ripe_answer(b"inetnum: 192.0.2.0 - 192.0.2.255\ndescr: \xff\xfe\x80\xc3\x28\nsource: TEST\n"),
        ripe_answer(bytes(range(256)).replace(b"\n", b"")),
        b"%ERROR:201: access denied for 192.0.2.7\n\n" + GOOD,
    ],
    ids=["NULs", "wrong charset", "every byte", "error, then data"],
)
def test_odd_bytes_are_answers(answer: bytes, runner: Runner) -> None:
    """What the client is given comes back byte for byte, and reading it raises nothing."""
    with Loopback(saying([answer])) as server:
        reply = runner(ask(server.question()))
        assert isinstance(reply, WhoisReply)
        assert reply.body == answer
        assert parse_answer(reply.body, server.server()).body == answer


def test_a_refusal_with_data_after_it_is_a_refusal(runner: Runner) -> None:
    """Whoever reads the answer learns whose fault it is, whatever follows."""
    with Loopback(saying([b"%ERROR:201: access denied for 192.0.2.7\n\n" + GOOD])) as server:
        reply = runner(ask(server.question()))
        assert isinstance(reply, WhoisReply)
        with pytest.raises(AccessDeniedError, match="access denied"):
            parse_answer(reply.body, server.server()).raise_for_refusal()


def test_one_bad_server_does_not_hold_up_the_others(runner: Runner) -> None:
    """In a batch errors are values, in the order of the questions, and the good answers come."""
    with Loopback(silent) as bad, Loopback(closing_at_once) as worse, Loopback(saying([GOOD])) as good:
        questions = (bad.question(), good.question(), worse.question(), good.question())
        started = time.monotonic()
        replies = runner(ask(Batch(questions)), seconds=SECONDS)
        assert time.monotonic() - started < SECONDS + LOAD
    assert isinstance(replies, tuple)
    kinds = [type(reply) for reply in replies]
    assert kinds == [DeadlineError, WhoisReply, UnreachableError, WhoisReply]


def test_a_journey_whose_time_is_over_can_return_what_it_has(runner: Runner) -> None:
    """The deadline is one for all questions, and is thrown in where the journey asked."""

    def patient(first: WhoisQuestion, then: WhoisQuestion) -> Journey[tuple[bytes, list[str]]]:
        reply = yield first
        assert isinstance(reply, WhoisReply)
        failures = []
        for _ in range(3):
            try:
                yield then
            except DeadlineError as error:
                failures.append(error.message)
        return reply.body, failures

    with Loopback(saying([GOOD])) as good, Loopback(silent) as bad:
        started = time.monotonic()
        body, failures = runner(patient(good.question(), bad.question()), seconds=SECONDS)
        assert time.monotonic() - started < SECONDS + LOAD
    assert body == GOOD
    assert len(failures) == 3
    assert bad.connected == 1


def http_silent(talk: Talk) -> None:
    talk.head()
    talk.wait()


def http_slow_head(talk: Talk) -> None:
    talk.head()
    talk.drip(http_reply(b"body", X=200 * "y"), 0.02)


def http_slow_body(talk: Talk) -> None:
    talk.head()
    talk.send(http_reply(b"x" * 500)[:-500])
    talk.drip(b"x" * 500, 0.02)


def http_endless_head(talk: Talk) -> None:
    talk.head()
    talk.send(b"HTTP/1.1 200 OK\r\n")
    talk.pour(b"X-Header: and so on\r\n" * 100)


def http_endless_body(talk: Talk) -> None:
    talk.head()
    talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    talk.pour(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def http_body_until_close(talk: Talk) -> None:
    talk.head()
    talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
    talk.pour(b"x" * 65536)


def informing_without_end(talk: Talk) -> None:
    talk.head()
    talk.pour(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def saying_once(reply: bytes) -> Behaviour:
    def behave(talk: Talk) -> None:
        talk.head()
        talk.send(reply)

    return behave


HTTP_MODES: dict[str, tuple[Behaviour, type[ServerError], str]] = {
    "silent": (http_silent, DeadlineError, "waiting for its reply"),
    "slow head": (http_slow_head, DeadlineError, "waiting for its reply"),
    "slow body": (http_slow_body, DeadlineError, "waiting for the body"),
    "informing without end": (informing_without_end, DeadlineError, "waiting for its reply"),
    "closing at once": (closing_at_once, UnreachableError, "broke"),
    "closing in the head": (saying_once(b"HTTP/1.1 200 OK\r\nContent-"), UnreachableError, "broke"),
    "closing in the body": (saying_once(http_reply(b"x" * 500)[:-5]), UnreachableError, "broke"),
    "no HTTP": (saying_once(b"220 mail.example ESMTP\r\n\r\n"), AnswerError, "not HTTP"),
    "endless head": (http_endless_head, AnswerError, "not HTTP"),
    "endless body": (http_endless_body, AnswerError, "more than 16,777,216 bytes"),
    "body until close": (http_body_until_close, AnswerError, "more than 16,777,216 bytes"),
    "gzip bomb": (
        saying_once(http_reply(bomb(256 << 20), Content_Encoding="gzip")), AnswerError, "more than 16,777,216 bytes",
    ),
    "damaged gzip": (saying_once(http_reply(b"\x1f\x8bnonsense", Content_Encoding="gzip")), AnswerError, "damaged"),
    "gzip cut off": (saying_once(http_reply(bomb(1 << 20)[:-9], Content_Encoding="gzip")), AnswerError, "cut off"),
    "unknown coding": (saying_once(http_reply(b"x", Content_Encoding="br")), AnswerError, "not asked for"),
}  # fmt: skip


@pytest.mark.parametrize("mode", HTTP_MODES)
def test_a_request_ends_in_time_and_says_whose_fault_it_was(mode: str, runner: Runner) -> None:
    """As for whois; and the next request to another server is answered."""
    behaviour, expected, says = HTTP_MODES[mode]
    with Loopback(behaviour) as bad, Loopback(saying_over_http(repeat(http_reply(b"fine")))) as good:
        assert isinstance(runner(ask(good.request())), HttpReply)
        started = time.monotonic()
        with pytest.raises(expected) as caught:
            runner(ask(bad.request()), seconds=_patience(expected))
        assert time.monotonic() - started < _patience(expected) + LOAD
        assert says in caught.value.message
        assert caught.value.server == f"127.0.0.1:{bad.port}"
        reply = runner(ask(good.request()))
    assert isinstance(reply, HttpReply)
    assert reply.body == b"fine"


def test_json_nested_a_hundred_thousand_deep_is_the_servers_fault(runner: Runner) -> None:
    """The client hands it on, and whoever reads it says so instead of falling over."""
    deep = b'{"entities": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with Loopback(saying_over_http(repeat(http_reply(deep)))) as server:
        reply = runner(ask(server.request()))
    assert isinstance(reply, HttpReply)
    assert reply.body == deep
    with pytest.raises(AnswerError):
        parse_document(reply.body, "127.0.0.1")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(
    ("name", "days", "says"),
    [
        ("127.0.0.1", 0, "issuer certificate"),
        ("192.0.2.1", 1, "IP address mismatch"),
        ("whois.example", 1, "IP address mismatch"),
        ("127.0.0.1", -1, "certificate has expired"),
    ],
    ids=["stranger", "other address", "other name", "expired"],
)
def test_tls_that_cannot_be_trusted_is_refused(name: str, days: int, says: str, kind: str, tmp_path: Path) -> None:
    """No request is made of a server that cannot show who it is; no days: one that an unknown authority signed."""
    authority = Authority(tmp_path)
    trust = authority if days else Authority(tmp_path, "another authority")
    with (
        Loopback(saying_over_http(repeat(http_reply(b"x"))), tls=authority.serving(name, days=days or 1)) as server,
        make_client(kind, OPEN, tls=trust.trusting()) as runner,
    ):
        with pytest.raises(AnswerError, match=f"TLS cannot be trusted: .*{says}"):
            runner(ask(server.request()))
        assert server.asked == []


def test_trusted_tls_is_used(kind: str, authority: Authority) -> None:
    """The way round: with the right certificate the request is made."""
    with (
        Loopback(saying_over_http(repeat(http_reply(b"x"))), tls=authority.serving("127.0.0.1")) as server,
        make_client(kind, OPEN, tls=authority.trusting()) as runner,
    ):
        reply = runner(ask(server.request()))
    assert isinstance(reply, HttpReply)
    assert reply.body == b"x"


def test_a_server_without_tls_where_tls_was_expected(kind: str) -> None:
    """It is told from a server that is down."""
    with Loopback(lambda talk: talk.send(b"220 mail.example ESMTP\r\n")) as server, make_client(kind, OPEN) as runner:
        request = HttpRequest(server.url().replace("http:", "https:"))
        with pytest.raises(AnswerError, match="TLS cannot be trusted"):
            runner(ask(request))


def test_a_tls_handshake_that_never_comes_is_not_waited_for(kind: str, authority: Authority) -> None:
    with Loopback(silent_from_the_start) as server, make_client(kind, OPEN, tls=authority.trusting()) as runner:
        request = HttpRequest(server.url().replace("http:", "https:"))
        started = time.monotonic()
        with pytest.raises((DeadlineError, UnreachableError)):
            runner(ask(request), seconds=SECONDS)
        assert time.monotonic() - started < SECONDS + LOAD


def following(request: HttpRequest, allowed: tuple[str, ...]) -> Journey[str]:
    """Follow redirects as long as that is allowed, at most three; say why it went no further."""
    for _ in range(3):
        reply = yield request
        assert isinstance(reply, HttpReply)
        target = find_redirect(reply)
        if target is None:
            return reply.body.decode()
        url, asked = read_url(target), read_url(request.url)
        assert url is not None
        refusal = find_refusal_of_url(url, asked, allowed=allowed)
        if refusal is not None:
            return refusal
        request = HttpRequest(str(url))
    return "too many redirects"


def test_redirects_are_values_and_a_ring_of_them_ends(runner: Runner) -> None:
    """The client follows none by itself, so that a journey can count them."""
    with Loopback(saying_over_http(repeat(b""))) as server:
        back = http_reply(b"", "302 Found", Location=server.url("/again"))
        server.behaviour = saying_over_http(repeat(back))
        assert runner(following(server.request(), (f"127.0.0.1:{server.port}",))) == "too many redirects"
    assert len(server.asked) == 3


def test_a_redirect_from_https_to_http_is_not_followed(kind: str, authority: Authority) -> None:
    """What was asked over TLS does not go on without it."""
    with Loopback(saying_over_http(repeat(http_reply(b"plain")))) as plain:
        back = http_reply(b"", "301 Moved Permanently", Location=plain.url())
        with (
            Loopback(saying_over_http(repeat(back)), tls=authority.serving("127.0.0.1")) as server,
            make_client(kind, OPEN, tls=authority.trusting()) as runner,
        ):
            allowed = (f"127.0.0.1:{plain.port}", f"127.0.0.1:{server.port}")
            assert runner(following(server.request(), allowed)) == "it leads from https to http"
    assert plain.asked == []


def referring(talk_to: list[str]) -> Behaviour:
    """Answer with a network, and refer to the next of these servers."""
    targets = iter(talk_to)

    def behave(talk: Talk) -> None:
        talk.line()
        target = next(targets, talk_to[-1])
        talk.send(b"NetRange: 192.0.2.0 - 192.0.2.255\nNetName: EXAMPLE\nReferralServer: %s\n" % target.encode())

    return behave


def test_a_referral_to_itself_or_in_a_ring_ends(runner: Runner) -> None:
    """Never twice to one place; the trail says so, and the last good answer stays."""
    with Loopback(silent) as first, Loopback(silent) as second:
        first.behaviour = referring([f"whois://127.0.0.1:{first.port}"])
        found = runner(look_up("192.0.2.1", first.server("arin"), allowed=Everywhere()))
        assert [hop.ending for hop in found.hops if hop.ending != "not asked"] == ["answered"]
        assert first.connected == 1
        first.behaviour = referring([f"whois://127.0.0.1:{second.port}"])
        second.behaviour = referring([f"whois://127.0.0.1:{first.port}"])
        found = runner(look_up("192.0.2.1", first.server("arin"), allowed=Everywhere()))
        assert [hop.ending for hop in found.hops] == ["answered", "answered", "not asked"]
        assert (first.connected, second.connected) == (2, 1)
        assert b"EXAMPLE" in found.best.body


@pytest.mark.parametrize("target", ["127.0.0.1:22", "127.0.0.1", "[::1]", "localhost", "192.0.2.1", "10.0.0.1:43"])
def test_a_referral_to_the_inside_is_not_followed(target: str, kind: str) -> None:
    """Only the server that the user named is asked; the answer that refers stays."""
    with Loopback(referring([f"whois://{target}"])) as server:
        place = f"127.0.0.1:{server.port}"
        with make_client(kind, Rules(allowed={place})) as runner:
            found = runner(look_up("192.0.2.1", server.server("arin"), allowed={place}))
        assert [hop.ending for hop in found.hops] == ["answered", "not asked"]
        assert server.connected == 1


def test_a_referral_into_silence_keeps_the_answer_before_it(runner: Runner) -> None:
    """One deadline covers the referral, too."""
    with Loopback(silent) as mute, Loopback(referring([f"whois://127.0.0.1:{mute.port}"])) as server:
        started = time.monotonic()
        found = runner(look_up("192.0.2.1", server.server("arin"), allowed=Everywhere()), seconds=SECONDS)
        assert time.monotonic() - started < SECONDS + LOAD
    assert [hop.ending for hop in found.hops] == ["answered", "failed"]
    assert b"EXAMPLE" in found.best.body


def test_a_long_chain_of_referrals_is_followed_three_times(runner: Runner) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(Loopback(silent)) for _ in range(6)]
        for server, further in pairwise(servers):
            server.behaviour = referring([f"whois://127.0.0.1:{further.port}"])
        found = runner(look_up("192.0.2.1", servers[0].server("arin"), allowed=Everywhere()))
        assert [server.connected for server in servers] == [1, 1, 1, 1, 0, 0]
    assert found.hops[-1].ending == "not asked"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "0.0.0.0"])
def test_a_private_target_is_not_asked_unless_allowed(host: str, kind: str) -> None:
    """A name is judged by what it resolves to, and no connection is made."""
    with Loopback(silent_from_the_start) as server, make_client(kind, Rules()) as runner:
        for port in (43, 22, server.port):
            with pytest.raises(UnreachableError, match="it was not asked"):
                runner(ask(WhoisQuestion(Server(host, port), b"q")))
        shown = f"[{host}]" if ":" in host else host
        for port in (80, server.port):
            with pytest.raises(UnreachableError, match="it was not asked"):
                runner(ask(HttpRequest(f"http://{shown}:{port}/")))
    assert server.connected == 0


def test_allowing_one_server_allows_no_other(kind: str) -> None:
    """What the user allows is a host and a port."""
    with Loopback(saying([GOOD])) as wanted, Loopback(saying([GOOD])) as other:
        rules = Rules(allowed={f"127.0.0.1:{wanted.port}"})
        with make_client(kind, rules) as runner:
            assert isinstance(runner(ask(wanted.question())), WhoisReply)
            with pytest.raises(UnreachableError, match="it was not asked"):
                runner(ask(other.question()))
    assert other.connected == 0


MEMORY = """
import json, resource, sys
sys.path.insert(0, {folder!r})
import test_hostile as modes
from both_clients import ask, make_client
from hostile_servers import GOOD, Loopback, http_reply, saying, saying_over_http
from irtkit.errors import AccessDeniedError, AnswerError

def most():
    "The most memory so far, in MB; Linux counts that of whoever started the process into ru_maxrss, but not here."
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) >> 10
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

grown = {{}}
with make_client({kind!r}, modes.OPEN) as runner:
    with Loopback(saying([GOOD])) as good, Loopback(saying_over_http(iter([http_reply(b"x")]))) as web:
        runner(ask(good.question())), runner(ask(web.request()))
    before = most()
    for name, (behaviour, dialect, line, persistent, expected, _) in modes.WHOIS_MODES.items():
        if expected is AnswerError:
            with Loopback(behaviour) as bad:
                try:
                    runner(ask(bad.question(line, dialect, persistent=persistent)), seconds=30)
                except AnswerError:
                    grown[name] = most() - before
    for name, (behaviour, expected, _) in modes.HTTP_MODES.items():
        if expected is AnswerError:
            with Loopback(behaviour) as bad:
                try:
                    runner(ask(bad.request()), seconds=30)
                except AnswerError:
                    grown[name + " over HTTP"] = most() - before
print(json.dumps(grown))
"""


def test_memory_stays_bounded_whatever_servers_send(kind: str) -> None:
    """At most 50 MB above the start, over all modes one after the other, in a process of its own."""
    script = MEMORY.format(folder=str(Path(__file__).parent), kind=kind)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    grown = json.loads(done.stdout)
    assert len(grown) > 12
    assert max(grown.values()) <= 50, grown
