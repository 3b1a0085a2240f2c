"""Where a trail leads: well-known ports of public hosts, each once, three referrals at most; and journeys together."""

import pytest

from irtkit.errors import QueryError, ServerError, UnreachableError
from irtkit.live.following import EVERYWHERE, MAX_REFERRALS, Trail
from irtkit.live.standing import PATIENCE, Standing
from irtkit.live.together import ask_all, together
from irtkit.wire.questions import Batch, HttpRequest, Journey, Server, WhoisQuestion, WhoisReply
from irtkit.wire.targets import read_url

REFUSED = [
    ("127.0.0.1", 43),
    ("127.0.0.1", 22),
    ("localhost", 43),
    ("10.0.0.1", 43),
    ("169.254.169.254", 43),
    ("::1", 43),
    ("2130706433", 43),
    ("whois.example.net", 22),
    ("whois.example.net", 80),
    ("whois.example.net", 8043),
    ("printer", 43),
    ("whois.internal", 43),
]


@pytest.mark.parametrize(("host", "port"), REFUSED)
def test_a_referral_leads_to_public_hosts_and_their_whois_port_only(host: str, port: int) -> None:
    """Anything else is not asked, and the trail says why."""
    trail = Trail()
    trail.begin("whois.example.org")
    assert not trail.leads_to_server(Server(host, port))
    assert [hop.ending for hop in trail.hops] == ["not asked"]
    assert trail.hops[0].note


@pytest.mark.parametrize(("host", "port"), REFUSED)
def test_who_allows_everything_is_led_anywhere(host: str, port: int) -> None:
    """Private hosts and any port are asked when the user says so."""
    trail = Trail(EVERYWHERE)
    trail.begin("whois.example.org")
    assert trail.leads_to_server(Server(host, port))
    assert not trail.leads_to_server(Server(host, port))


def test_no_place_is_asked_twice() -> None:
    """A ring of referrals ends where it began, whatever the case of the names."""
    trail = Trail()
    trail.begin("whois.example.org")
    assert trail.leads_to_server(Server("whois.example.net"))
    assert not trail.leads_to_server(Server("WHOIS.example.ORG"))
    assert not trail.leads_to_server(Server("whois.example.net"))


def test_three_referrals_are_followed() -> None:
    """The fourth is not, and the trail says so."""
    trail = Trail()
    trail.begin("whois.example.org")
    led = [trail.leads_to_server(Server(f"whois{number}.example.net")) for number in range(5)]
    assert led == [True, True, True, False, False]
    assert all(f"{MAX_REFERRALS} referrals" in hop.note for hop in trail.hops)


def test_other_protocols_are_named_and_not_followed() -> None:
    """Of rwhois the trail says that irtkit does not speak it."""
    trail = Trail()
    assert not trail.leads_to_server(Server("rwhois.example.net", 4321), scheme="rwhois")
    assert "rwhois" in trail.hops[0].note


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://rdap.example.net/ip/192.0.2.1", True),
        ("http://rdap.example.net/ip/192.0.2.1", False),
        ("https://rdap.example.net:8443/ip/192.0.2.1", False),
        ("https://127.0.0.1/ip/192.0.2.1", False),
        ("https://[::ffff:127.0.0.1]/ip/192.0.2.1", False),
    ],
)
def test_a_redirect_keeps_to_https_and_public_hosts(url: str, leads: bool) -> None:
    """From https nothing leads to http, another port or a private host."""
    asked = read_url("https://rdap.example.org/ip/192.0.2.1")
    target = read_url(url)
    assert target is not None
    assert Trail().leads_to_url(target, asked) is leads


def test_a_hop_reads_as_a_line() -> None:
    """Server, protocol, how it ended, why."""
    trail = Trail()
    trail.note("whois", "whois.example.net", "failed", "no connection")
    assert str(trail.hops[0]) == "whois.example.net (whois): failed: no connection"


SERVER = Server("whois.example.net")


def asking(*lines: bytes) -> Journey[list[bytes]]:
    """Ask lines one after the other; an answer that does not come is empty."""
    heard = []
    for line in lines:
        try:
            reply = yield WhoisQuestion(SERVER, line)
        except UnreachableError:
            heard.append(b"")
        else:
            assert isinstance(reply, WhoisReply)
            heard.append(reply.body)
    return heard


def driven(journey: Journey[tuple[list[bytes] | ServerError | QueryError, ...]]) -> tuple[list[object], list[bytes]]:
    """Answer each line with itself, `fail` with an error; return the results and all that was asked."""
    asked: list[bytes] = []
    try:
        question = next(journey)
        while True:
            assert isinstance(question, Batch)
            lines = [each.line for each in question.questions if isinstance(each, WhoisQuestion)]
            asked += lines
            replies = [
                UnreachableError("gone", server="x")
                if line == b"fail"
                else WhoisReply(WhoisQuestion(SERVER, line), line)
                for line in lines
            ]
            question = journey.send(tuple(replies))
    except StopIteration as end:
        return list(end.value), asked


def test_journeys_together_give_what_each_gives_alone() -> None:
    """Results come in order, whatever the lengths, and each journey hears its own answers and errors."""
    results, asked = driven(together([asking(b"a", b"b"), asking(), asking(b"c", b"fail", b"d"), asking(b"e")]))
    assert results == [[b"a", b"b"], [], [b"c", b"", b"d"], [b"e"]]
    assert sorted(asked) == [b"a", b"b", b"c", b"d", b"e", b"fail"]


def test_the_same_question_is_asked_once_a_round() -> None:
    """Two journeys that want the same at the same time, or one right after the other, share the answer."""
    results, asked = driven(together([asking(b"a", b"x"), asking(b"a", b"x"), asking(b"x", b"y")]))
    assert results == [[b"a", b"x"], [b"a", b"x"], [b"x", b"y"]]
    assert asked == [b"a", b"x", b"y"]


@pytest.mark.parametrize("at_once", [1, 2, 50])
def test_only_so_many_journeys_are_on_their_way(at_once: int) -> None:
    """A batch has at most one question of each of them."""
    journeys = [asking(str(number).encode()) for number in range(10)]
    batches = []
    journey = together(journeys, at_once)
    question = next(journey)
    result: tuple[object, ...] = ()
    while not result:
        assert isinstance(question, Batch)
        batches.append(len(question.questions))
        replies = [WhoisReply(each, each.line) for each in question.questions if isinstance(each, WhoisQuestion)]
        try:
            question = journey.send(tuple(replies))
        except StopIteration as end:
            result = end.value
    assert result == tuple([str(number).encode()] for number in range(10))
    assert max(batches) == min(at_once, 10)


def test_a_journey_that_fails_ends_no_other() -> None:
    """Its error is its result."""

    def failing() -> Journey[list[bytes]]:
        yield WhoisQuestion(SERVER, b"z")
        raise UnreachableError("down", server="x")

    results, _ = driven(together([failing(), asking(b"a")]))
    assert isinstance(results[0], UnreachableError)
    assert results[1] == [b"a"]


def test_equal_requests_are_one_question() -> None:
    """HTTP requests are compared by what is sent."""

    def requesting() -> Journey[int]:
        replies = yield from ask_all([HttpRequest("https://example.net/", headers={"accept": "x"})])
        return len(replies)

    journey = together([requesting(), requesting()])
    question = next(journey)
    assert isinstance(question, Batch)
    assert len(question.questions) == 1
    with pytest.raises(StopIteration) as end:
        journey.send((UnreachableError("gone", server="x"),))
    assert end.value.value == (1, 1)


def test_a_server_that_is_out_of_order_is_left_alone() -> None:
    """After a few failures in a row it is asked no more; an answer in between begins the count anew."""
    standing = Standing()
    for _ in range(PATIENCE - 1):
        standing.note_error(UnreachableError("no connection", server="x"))
    standing.note_answer()
    standing.check()
    for _ in range(PATIENCE):
        standing.check()
        standing.note_error(UnreachableError("no connection", server="x"))
    with pytest.raises(UnreachableError):
        standing.check()
