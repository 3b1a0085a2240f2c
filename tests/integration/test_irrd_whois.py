"""IRRd 4 is asked over whois by irtkit: RIPE-style and `!` queries, connections kept and not, by both drivers."""

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtkit.clients.driving import AsyncClient, Client
from irtkit.clients.rules import Rules
from irtkit.rpsl import RpslObject, parse_objects
from irtkit.wire.questions import Batch, Journey, Server, WhoisQuestion, WhoisReply
from irtkit.wire.whois import irrd as commands
from irtkit.wire.whois.answers import Answer, parse_answer
from irtkit.wire.whois.queries import Hierarchy, RipeQuery

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package

from irrd import OBJECTS, Irrd

pytest_plugins = ["irrd_fixtures"]

STORED = {obj.primary_key: obj for obj in parse_objects(OBJECTS.read_text(encoding="utf-8"))}


@pytest.fixture
def server(irrd_server: Irrd) -> Server:
    return Server(irrd_server.host, irrd_server.whois_port, "irrd", "utf-8")


@pytest.fixture(params=["threads", "asyncio"])
def ask(request: pytest.FixtureRequest, server: Server) -> Iterator["Ask"]:
    """Asks questions together, by either driver; connections are kept from one call to the next within a test."""
    asker = Ask(server, is_async=request.param == "asyncio")
    yield asker
    asker.close()


class Ask:
    """A client of either kind."""

    def __init__(self, server: Server, *, is_async: bool) -> None:
        self.rules = Rules(allowed={str(server)})
        self.runner = asyncio.Runner() if is_async else None
        self.tasks = AsyncClient(self.rules)
        self.threads = Client(self.rules)

    def __call__(self, *questions: WhoisQuestion) -> tuple[WhoisReply, ...]:
        journey = together(questions)
        replies = self.runner.run(self.tasks.run(journey)) if self.runner else self.threads.run(journey)
        return tuple(replies)

    def idle(self) -> int:
        return (self.tasks if self.runner else self.threads).pool.idle()

    def close(self) -> None:
        if self.runner:
            self.runner.run(self.tasks.close())
            self.runner.close()
        self.threads.close()


def together(questions: tuple[WhoisQuestion, ...]) -> Journey[list[WhoisReply]]:
    replies = yield Batch(questions)
    assert isinstance(replies, tuple)
    assert all(isinstance(reply, WhoisReply) for reply in replies), replies
    return [reply for reply in replies if isinstance(reply, WhoisReply)]


def without_date(obj: RpslObject) -> RpslObject:
    """The object without the attribute that IRRd adds."""
    return obj.without("last-modified")


def read(reply: WhoisReply) -> Answer:
    return parse_answer(reply.body, reply.question.server)


def test_an_object_comes_back_as_it_was_loaded(ask: Ask, server: Server) -> None:
    """Every attribute, continuation lines too; only the date of the last change is IRRd's."""
    (reply,) = ask(RipeQuery(key="IRT-EXAMPLE-CSIRT").as_question(server))
    (irt,) = read(reply).objects
    assert without_date(irt) == STORED[irt.primary_key]
    assert irt.values("remarks") == ("Emergencies only: +1 555 0199",)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (RipeQuery(key="192.0.2.70", classes=("inetnum",)), ["192.0.2.64 - 192.0.2.127", "192.0.2.0 - 192.0.2.255"]),
        (RipeQuery(key="192.0.2.0/24", classes=("route",), hierarchy=Hierarchy.EXACT), ["192.0.2.0/24AS64500"]),
        (RipeQuery(key="192.0.0.0/16", hierarchy=Hierarchy.ALL_MORE), ["192.0.2.0/24AS64500"]),
        (RipeQuery(key="2001:db8:1::/48", hierarchy=Hierarchy.ONE_LESS), ["2001:DB8::/32AS64500"]),
        (RipeQuery(key="OTHER-MNT", inverse=("mnt-by",), classes=("mntner",)), ["OTHER-MNT"]),
        (RipeQuery(key="AS64500", inverse=("origin",), classes=("route6",)), ["2001:DB8::/32AS64500"]),
        (RipeQuery(key="AS64500", classes=("aut-num",), sources=("TEST-EXAMPLE",)), ["AS64500"]),
    ],
    ids=str,
)  # fmt: skip
def test_ripe_style_queries_are_understood(ask: Ask, server: Server, query: RipeQuery, keys: list[str]) -> None:
    """IRRd finds what the typed options mean; its hierarchies are those of routes."""
    (reply,) = ask(query.as_question(server))
    found = [obj.primary_key for obj in read(reply).objects]
    assert sorted(map(str, found)) == sorted(keys)


def test_nothing_found_is_an_answer(ask: Ask, server: Server) -> None:
    """IRRd's own words for it are understood."""
    (reply,) = ask(RipeQuery(key="IRT-NOBODY").as_question(server))
    answer = read(reply)
    assert answer.is_not_found
    assert answer.objects == ()


def test_commands_are_answered(ask: Ask, server: Server) -> None:
    """`!` commands give words, objects, nothing, or a refusal; in one batch the answers are in the order asked."""
    asked = [
        commands.routes_of_as(64500),
        commands.routes_of_as("AS64500", 6),
        commands.members_of("AS-EXAMPLE"),
        commands.object_with_key("irt", "IRT-EXAMPLE-CSIRT"),
        commands.routes_of_as(64511),
        commands.list_sources(),
        commands.server_version(),
        commands.routes_at("192.0.2.0/24", commands.RouteOption.ORIGINS),
    ]
    replies = ask(*(command.as_question(server) for command in asked))
    read_replies = [commands.read_reply(reply.body, server) for reply in replies]
    words = [reply.words for reply in read_replies]
    assert set(words[0]) == {"192.0.2.0/24", "198.51.100.0/24"}
    assert words[1] == ("2001:db8::/32",)
    assert words[2] == ("AS64500", "AS64501")
    (irt,) = read_replies[3].answer.objects
    assert without_date(irt) == STORED[irt.primary_key]
    assert read_replies[4].status is commands.IrrdStatus.NOT_FOUND
    assert "TEST-EXAMPLE" in read_replies[5].data.decode()
    assert re.match(r"IRRd -- version 4\.", read_replies[6].data.decode())
    assert words[7] == ("AS64500",)


def test_a_connection_is_kept_and_used_again(ask: Ask, server: Server) -> None:
    """After any number of persistent questions one after the other, one connection is idle."""
    question = commands.object_with_key("irt", "IRT-EXAMPLE-CSIRT").as_question(server)
    bodies = {ask(question)[0].body for _ in range(5)}
    assert len(bodies) == 1
    assert ask.idle() == 1


def test_a_batch_uses_as_many_connections_as_allowed(ask: Ask, server: Server) -> None:
    """No answer is lost or mixed up when questions wait for a connection."""
    numbers = [64500 + place % 3 for place in range(30)]
    replies = ask(*(commands.routes_of_as(number).as_question(server) for number in numbers))
    assert [len(commands.read_reply(reply.body, server).words) for reply in replies] == [2, 0, 0] * 10
    assert 1 <= ask.idle() <= ask.rules.connections


def test_a_refused_command_says_why(ask: Ask, server: Server) -> None:
    """A wrong key class is the question's fault, and the connection goes on."""
    (reply,) = ask(commands.object_with_key("no-such-class", "X").as_question(server))
    said = commands.read_reply(reply.body, server)
    assert said.status in {commands.IrrdStatus.NOT_FOUND, commands.IrrdStatus.REFUSED}
    (reply,) = ask(commands.server_version().as_question(server))
    assert commands.read_reply(reply.body, server).status is commands.IrrdStatus.FOUND
