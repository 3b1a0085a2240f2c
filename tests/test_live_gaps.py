"""Gaps of an index filled by a registry: the same records as from an index of all, and hardly a question too many."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from irtkit.index.layout import FIELDS
from irtkit.index.lookup import Index
from irtkit.live.asking import Asker
from irtkit.live.gaps import LiveRecords, has_gap
from irtkit.live.places import Directory, Place
from irtkit.resources import AddressRange, format_address
from irtkit.rpsl import RpslObject, parse_object
from irtkit.wire.questions import Server

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package
sys.path.insert(0, str(Path(__file__).parent / "property"))  # nor is this one

from worlds import build

from replaying_server import ReplayingServer, play

IPV4 = AddressRange.parse("192.31.196.0/24").first  # AS112: the one block that is nobody's and not set aside
IPV6 = AddressRange.parse("2620:4f:8000::/48").first
HIDDEN = {"e-mail": "unread@ripe.net", "abuse-mailbox": "********"}


def rpsl(*attributes: tuple[str, str | None]) -> RpslObject:
    return parse_object("".join(f"{name + ':':<16}{value}\n" for name, value in attributes if value is not None))


def dummified(obj: RpslObject) -> str:
    """The object as a public dump has it."""
    return "".join(f"{each.name}: {HIDDEN.get(each.name, each.value)}\n" for each in obj)


def index_of(texts: Iterable[str]) -> Index:
    index: Index = build(["\n".join(texts)])
    return index


class World:
    """300 networks: 50 of IPv4, 50 allocations of IPv6 with 200 assignments in 20 of them; and 10,000 addresses."""

    def __init__(self) -> None:
        pick = Random(2026)
        self.spaces = [AddressRange(4, IPV4 + 4 * number, IPV4 + 4 * number + 3) for number in range(50)]
        self.allocations = [
            AddressRange(6, IPV6 + (number << 76), IPV6 + (number + 1 << 76) - 1) for number in range(50)
        ]
        self.inner = [
            AddressRange(6, allocation.first + (part << 64), allocation.first + (part + 1 << 64) - 1)
            for allocation in self.allocations[:20]
            for part in range(10)
        ]
        self.networks = [
            *(self._network(space, "ASSIGNED PI", pick) for space in self.spaces),
            *(self._network(space, "ALLOCATED-BY-RIR", pick) for space in self.allocations),
            *(self._network(space, "ASSIGNED", pick) for space in self.inner),
        ]
        self.parties = [
            *(rpsl(("irt", f"IRT-{n}"), ("e-mail", f"csirt{n}@example.net"), ("source", "RIPE")) for n in range(20)),
            *(rpsl(("role", "Abuse"), ("nic-hdl", f"AR{n}-X"), ("abuse-mailbox", f"abuse{n}@example.net"),
                   ("source", "RIPE")) for n in range(40)),
            *(rpsl(("organisation", f"ORG-{n}-X"), ("org-name", "X"), ("abuse-c", f"AR{n}-X"), ("source", "RIPE"))
              for n in range(30)),
        ]  # fmt: skip
        self.addresses = [self._address(pick) for _ in range(10_000)]

    def _network(self, space: AddressRange, status: str, pick: Random) -> RpslObject:
        return rpsl(
            ("inetnum" if space.family == 4 else "inet6num", space.canonical),
            ("netname", "EXAMPLE-NET"),
            ("country", "NL"),
            ("org", pick.choice((None, f"ORG-{pick.randrange(30)}-X"))),
            ("mnt-irt", pick.choice((None, f"IRT-{pick.randrange(20)}"))),
            ("abuse-c", pick.choice((None, f"AR{pick.randrange(40)}-X"))),
            ("status", status),
            ("source", "RIPE"),
        )

    def _address(self, pick: Random) -> str:
        space = pick.choice((self.spaces, self.allocations, self.inner, self.inner))
        chosen = pick.choice(space)
        return format_address(chosen.family, chosen.first + pick.randrange(min(chosen.size, 1 << 63)))

    @property
    def objects(self) -> list[RpslObject]:
        return [*self.networks, *self.parties]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def asker_of(server: ReplayingServer) -> Asker:
    return Asker(Directory(only=Place("ripe", Server("127.0.0.1", server.port))))


def as_offline(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in FIELDS}


def full_records(world: World, addresses: Iterable[str]) -> list[dict[str, Any]]:
    index = index_of(map(str, world.objects))
    return [{"input": address, **index.resolve(address).to_dict()} for address in addresses]


def lacks_nothing(_: RpslObject) -> bool:
    return False


def lacks_some(network: RpslObject) -> bool:
    """Whether a network is among the IPv4 ones, or in the first 16 of the IPv6 allocations: half of all."""
    space = AddressRange.parse_lenient(network[0].value)
    return space.family == 4 or space.first < IPV6 + (16 << 76)


def lacks_all(_: RpslObject) -> bool:
    return True


@pytest.mark.parametrize("lacks", [lacks_nothing, lacks_some, lacks_all])
def test_ten_thousand_addresses_take_a_question_a_network(world: World, lacks: Callable[[RpslObject], bool]) -> None:
    """The records are those of an index of everything; each network is asked for once, each other object once."""
    known = [*(network for network in world.networks if not lacks(network)), *world.parties]
    with ReplayingServer(world.objects) as server:
        records = LiveRecords(asker_of(server), index=index_of(map(dummified, known)), mode="gaps")
        found = [record for start in range(0, 10_000, 1_000)
                 for record in play(records.resolve(world.addresses[start : start + 1_000]), server)]  # fmt: skip
    assert [as_offline(record) for record in found] == full_records(world, world.addresses)
    about_networks = [query for query in server.queries if query.flags & {"L", "M"}]
    about_others = Counter(query.key for query in server.queries if not query.flags & {"L", "M"})
    assert len(about_networks) <= 300
    assert set(about_others.values()) == {1}
    assert len(about_others) <= 90
    assert len(server.lines) == len(set(server.lines))


def test_what_an_index_knows_is_not_asked(world: World) -> None:
    """With a whole index nothing is asked, and each record says that it is not live."""
    with ReplayingServer(world.objects) as server:
        records = LiveRecords(asker_of(server), index=index_of(map(str, world.objects)), mode="gaps")
        found = play(records.resolve(world.addresses[:1_000]), server)
    assert server.lines == []
    assert [as_offline(record) for record in found] == full_records(world, world.addresses[:1_000])
    assert {record["live"] for record in found} == {False}


@pytest.mark.parametrize("address", ["10.1.2.3", "192.0.2.1", "2001:db8::1", "224.0.0.1", "not an address"])
def test_special_purpose_addresses_are_never_asked(world: World, address: str) -> None:
    """What IANA has set aside, or is no address, costs no question."""
    with ReplayingServer(world.objects) as server:
        records = LiveRecords(asker_of(server), index=index_of(map(str, world.objects)), mode="gaps")
        (record,) = play(records.resolve([address]), server)
    assert server.lines == []
    assert record["live"] is False
    assert record["reason"] in {"special-purpose", "not-an-address"}


def test_a_refusal_stops_the_asking_but_not_the_run(world: World) -> None:
    """After the server denies access it is left alone, and the other records keep the answers of the index."""
    index = index_of(map(dummified, world.objects))
    with ReplayingServer(world.objects, deny_after=20) as server:
        records = LiveRecords(asker_of(server), index=index, mode="gaps")
        found = play(records.resolve(world.addresses), server)
    assert len(found) == 10_000
    kept = [record for record in found if record["note"]]
    assert kept
    assert all("201" in record["note"] and not record["live"] for record in kept)
    assert [as_offline(record) for record in kept] == [
        {"input": record["input"], **index.resolve(record["input"]).to_dict()} for record in kept
    ]
    assert len(server.queries) < 20 + 2 * 32


def test_a_gap_is_what_hides_the_first_contact() -> None:
    """A hidden irt is a gap under csirt, and none under a policy that lists a mailbox before it."""
    objects = [
        rpsl(("inetnum", "192.31.196.0 - 192.31.196.255"), ("mnt-irt", "IRT-A"), ("abuse-c", "AR1-X"),
             ("source", "RIPE")),
        rpsl(("irt", "IRT-A"), ("e-mail", "unread@ripe.net"), ("source", "RIPE")),
        rpsl(("role", "X"), ("nic-hdl", "AR1-X"), ("abuse-mailbox", "abuse@example.net"), ("source", "RIPE")),
    ]  # fmt: skip
    index = index_of(map(str, objects))
    assert has_gap(index.resolve("192.31.196.1"))
    assert not has_gap(index.resolve("192.31.196.1", "abuse"))
    assert has_gap(index.resolve("192.31.197.1"))
    assert not has_gap(index.resolve("10.0.0.1"))
