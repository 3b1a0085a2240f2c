"""Laws of live answers: what a registry is asked piece by piece gives the same as all of its objects at once."""

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from irtkit.contacts import POLICIES, Answer, Database, resolve
from irtkit.errors import QueryError, ServerError
from irtkit.live.asking import Asker
from irtkit.live.known import CONTAINERS
from irtkit.live.places import Directory, Place
from irtkit.live.whois_walks import WhoisWalk
from irtkit.resources import AddressRange, format_address
from irtkit.rpsl import RpslObject, parse_object
from irtkit.wire.questions import Batch, HttpReply, Journey, Server, WhoisQuestion, WhoisReply

sys.path.insert(0, str(Path(__file__).parents[1]))  # the folder is no package, and `replaying_server` is in it
from replaying_server import ReplayingServer, play

BASE = AddressRange.parse("192.31.196.0/24").first  # AS112: the one block that is nobody's and not set aside
IRTS, ROLES, ORGS = ("IRT-A", "irt-b", "IRT-C"), ("AR1-X", "AR2-X"), ("ORG-A1-X", "ORG-B1-X")
MAILBOXES = ("a@example.net", "Desk <b@example.net>", "unread@ripe.net", "nobody")


def rpsl(*attributes: tuple[str, str | None]) -> RpslObject:
    return parse_object("".join(f"{name}: {value}\n" for name, value in attributes if value is not None))


def space_of(obj: RpslObject) -> AddressRange:
    return AddressRange.parse_lenient(obj[0].value)


@st.composite
def registries(draw: st.DrawFn) -> list[RpslObject]:
    """A registry: ranges nested or apart, a status that says which may hold others, and some of the parties."""
    pick = Random(draw(st.integers(0, 1 << 32)))
    spaces: set[AddressRange] = set()
    for _ in range(draw(st.integers(1, 9))):
        first = BASE + pick.randrange(64)
        space = AddressRange(4, first, min(first + pick.choice((0, 1, 3, 7, 15, 40)), BASE + 63))
        if all(not space.overlaps(other) or space in other or other in space for other in spaces):
            spaces.add(space)
    networks = [
        rpsl(
            ("inetnum", space.canonical),
            ("netname", "NET"),
            ("mnt-irt", pick.choice((None, None, ", ".join(pick.sample(IRTS, 2)), pick.choice(IRTS)))),
            ("abuse-c", pick.choice((None, None, *ROLES))),
            ("org", pick.choice((None, *ORGS))),
            ("mnt-by", pick.choice(("X-MNT", "X-MNT", "RIPE-NCC-HM-MNT"))),
            ("status", status_of(space, spaces, pick)),
            ("source", pick.choice(("RIPE", "RIPE-NONAUTH"))),
        )
        for space in spaces
    ]
    ripe = ("source", "RIPE")
    parties = [
        *(rpsl(("irt", name), ("e-mail", pick.choice(MAILBOXES)), ripe) for name in IRTS),
        *(rpsl(("role", "X"), ("nic-hdl", name), ("abuse-mailbox", pick.choice(MAILBOXES)), ripe) for name in ROLES),
        *(rpsl(("organisation", name), ("abuse-c", pick.choice((None, *ROLES))), ripe) for name in ORGS),
    ]
    objects = [*networks, *(party for party in parties if pick.random() < 0.8)]
    pick.shuffle(objects)
    return objects


def status_of(space: AddressRange, spaces: Iterable[AddressRange], pick: Random) -> str:
    holds = any(other in space and other != space for other in spaces)
    return (
        pick.choice(sorted(CONTAINERS)) if holds or pick.random() < 0.2 else pick.choice(("ASSIGNED PA", "ASSIGNED PI"))
    )


def compared(answer: Answer) -> Answer:
    """What two answers have to share: all but what was missing, which a live walk asked for."""
    return replace(answer, missing=())


def walked(walk: WhoisWalk, space: AddressRange, policy: str) -> Journey[Answer]:
    yield from walk.find(space)
    answer, failures = yield from walk.walk(space, policy)
    assert failures == ()
    return answer


addresses = st.integers(0, 63).map(lambda number: AddressRange(4, BASE + number, BASE + number))


@given(registries(), st.lists(addresses, min_size=1, max_size=20), st.sampled_from(sorted(POLICIES)))
def test_a_live_walk_finds_what_all_objects_would_say(
    objects: list[RpslObject], asked: list[AddressRange], policy: str
) -> None:
    """Address after address, each answer is that of the whole registry, and no question is put twice."""
    server = ReplayingServer(objects)
    walk = WhoisWalk(Server("127.0.0.1", server.port))
    whole = Database(objects)
    for space in asked:
        found = play(walked(walk, space, policy), server)
        assert compared(found) == compared(resolve(whole, format_address(4, space.first), policy))
    assert len(server.lines) == len(set(server.lines))
    server.close()


@given(registries(), addresses, addresses, st.sampled_from(sorted(POLICIES)))
def test_what_is_kept_says_the_same(
    objects: list[RpslObject], first: AddressRange, second: AddressRange, policy: str
) -> None:
    """A memory of one answer serves whatever address it speaks for, with its age, and costs no question."""
    with ReplayingServer(objects) as server:
        place = Place("ripe", Server("127.0.0.1", server.port))
        asker = Asker(Directory(only=place))
        play(asker.ask(first, policy), server)
        memory = asker.remembered(first)
        if memory is None:
            return
        later = Asker(Directory(only=place))
        later.recall(first, memory.network, memory.body, 60)
        server.lines.clear()
        for space in {first, second}:
            if space in memory.network:
                assert later.drawer_of(space) is None
                found = play(later.ask(space, policy), server)
                assert found.age == 60
                query = format_address(4, space.first)
                assert compared(found.answer) == compared(resolve(Database(objects), query, policy))
        assert server.lines == []


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: json.dumps({"objects": [text]}).encode()))
def test_a_damaged_memory_is_none(body: bytes) -> None:
    """Whatever stands in the file, nothing is raised; what cannot be read teaches nothing that is not in it."""
    space = AddressRange(4, BASE, BASE)
    rdap, plain = Place("arin", rdap="https://rdap.example.net/"), Place("x", Server("127.0.0.1", 1, "krnic"))
    for place in (Place("ripe", Server("127.0.0.1", 1)), rdap, plain):
        asker = Asker(Directory(only=place))
        asker.recall(space, space, body, 1)
        assert asker.drawer_of(space) is not None


@given(registries(), st.lists(addresses, min_size=1, max_size=30))
def test_an_assignment_is_asked_for_once(objects: list[RpslObject], asked: list[AddressRange]) -> None:
    """Where no more specific network can be registered, one question serves every address."""
    server = ReplayingServer(objects)
    walk = WhoisWalk(Server("127.0.0.1", server.port))
    whole = Database(objects)
    for space in asked:
        play(walked(walk, space, "csirt"), server)
    around = [query.key for query in server.queries if "L" in query.flags]
    smallest = [whole.match(AddressRange.parse_lenient(key)) for key in around]
    keys = [obj.primary_key for obj in smallest if obj is not None and obj.values("status")[0] not in CONTAINERS]
    assert len(keys) == len(set(keys))
    server.close()


WORDS = (
    *("IRT-A", "AR1-X", "ORG-A1-X", "RIPE", "APNIC", "MNT-KRNIC-AP", "ALLOCATED PA", "-k", "x" * 300, "\x1b[2J"),
    *("192.31.196.0 - 192.31.196.255", "0.0.0.0 - 255.255.255.255", "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK"),
    *(
        "Transferred to the RIPE region",
        "whois://127.0.0.1:22",
        "a@example.net",
        ", ".join(f"IRT-{n}" for n in range(200)),
    ),
)
NAMES = (
    *("inetnum", "irt", "role", "organisation", "nic-hdl", "mnt-irt", "abuse-c", "org", "e-mail", "abuse-mailbox", ""),
    *("netname", "status", "mnt-by", "source", "remarks", "descr", "refer", "%ERROR:201", "%ERROR:101", "%ERROR:100"),
)
hostile_lines = st.tuples(st.sampled_from(NAMES), st.sampled_from(WORDS)).map(": ".join) | st.just("")
hostile_texts = st.lists(hostile_lines, max_size=12).map(lambda lines: "\n".join(lines).encode())
hostile_bodies = hostile_texts | st.binary(max_size=60)
LINKS = ("https://rdap.example.net/ip/1", "https://rdap.example.org/", "http://127.0.0.1:22/", "x")
hostile_json = st.recursive(
    st.none() | st.sampled_from((*LINKS, 1, "abuse", "192.31.196.0", "192.31.196.255", "ip network", "IRT-A")),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(("objectClassName", "startAddress", "endAddress", "entities", "roles", "links", "href", "rel",
                         "vcardArray", "handle", "errorCode")),
        inner,
        max_size=6,
    ),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode())  # fmt: skip
statuses = st.sampled_from((200, 200, 200, 301, 404, 429, 500))


@given(st.data(), st.sampled_from(("ripe", "arin", "krnic")))
def test_no_answer_keeps_a_journey_from_its_end(data: st.DataObject, name: str) -> None:
    """Whatever servers say, a question ends after a bounded number of questions, with an answer or a typed error."""
    places = {
        "ripe": Place("ripe", Server("127.0.0.1", 43)),
        "apnic": Place("apnic", Server("127.0.0.2", 43)),
        "krnic": Place("krnic", Server("127.0.0.3", 43, "krnic", "utf-8")),
        "arin": Place("arin", rdap="https://rdap.example.net/"),
    }
    journey = Asker(Directory(places)).ask(AddressRange(4, BASE, BASE), registry=name)
    asked = 0
    try:
        question = next(journey)
        while True:
            each = question.questions if isinstance(question, Batch) else (question,)
            asked += len(each)
            assert asked < 200
            replies = tuple(
                WhoisReply(one, data.draw(hostile_bodies))
                if isinstance(one, WhoisQuestion)
                else HttpReply(
                    one,
                    data.draw(statuses),
                    {"location": data.draw(st.sampled_from(LINKS))},
                    data.draw(hostile_json | hostile_bodies),
                )
                for one in each
            )
            question = journey.send(replies if isinstance(question, Batch) else replies[0])
    except StopIteration as end:
        found = end.value
    except (ServerError, QueryError):
        found = None
    assert found is None or (found.to_dict()["live"] and "\x1b" not in found.explain())
