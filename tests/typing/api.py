"""Never run: what a user's own code may say about irtkit, checked by mypy in strict mode."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import assert_type

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

import irtkit
from irtkit import (
    AddressRange,
    Attribute,
    Index,
    LiveResolution,
    ObjectParser,
    ParseError,
    PrefixTrie,
    Problem,
    Reach,
    Resolution,
    RpslObject,
    Span,
    iter_objects,
    parse_object,
    parse_objects,
)
from irtkit.contacts import Answer, Contact, Database, IrtWalk, find_irts, resolve
from irtkit.schema.ripe import RIPE
from irtkit.schema.template import Requirement, Template, TemplateRow


def objects(text: str, wire: bytes) -> None:
    problems: list[Problem] = []
    assert_type(parse_objects(text, problems=problems), list[RpslObject])
    assert_type(iter_objects(wire), Iterator[RpslObject])
    assert_type(irtkit.parse_objects(text), list[RpslObject])
    assert_type(ObjectParser().feed(wire), list[RpslObject])
    irt = parse_object(text)
    assert_type(irt[0], Attribute)
    assert_type(irt[0].name, str)
    assert_type(irt.values("mnt-by"), tuple[str, ...])
    assert_type(irt.with_value("e-mail", "abuse@irt.example"), RpslObject)
    assert_type(str(irt), str)
    for problem in problems:
        assert_type(problem.span, Span | None)


def addresses(text: str) -> None:
    space = AddressRange.parse(text)
    assert_type(space, AddressRange)
    assert_type(space.prefix_length, int | None)
    assert_type(space.prefixes(), Iterator[AddressRange])
    assert_type(ip_address(text) in space, bool)
    trie: PrefixTrie[str] = PrefixTrie({space: "a"})
    trie[ip_network(text)] = "b"
    assert_type(trie.longest_match(text), tuple[AddressRange, str] | None)
    assert_type(trie.get(text, 0), str | int)


def index(path: str) -> None:
    found = irtkit.open_index(path)
    assert_type(found, Index)
    assert_type(found.lookup("192.0.2.7"), int)
    assert_type(found.lookup_many(["192.0.2.7", 3221225991, ip_address("2001:db8::7")]), NDArray[np.int32])
    assert_type(found.resolve_many(pa.array(["192.0.2.7"]), policy="abuse"), pa.Table)
    resolution = found.resolve(ip_network("192.0.2.0/24"))
    assert_type(resolution, Resolution)
    assert_type(resolution.email, str | None)
    assert_type(resolution.irts, tuple[str, ...])
    assert_type(resolution.contacts, tuple[Contact, ...])
    assert_type(resolution.explain(), str)


def live() -> None:
    found = irtkit.resolve_live("192.0.2.7", "abuse", Reach(server="whois.example.net", seconds=5))
    assert_type(found, LiveResolution)
    assert_type(found.email, str | None)
    assert_type(found.contacts, tuple[Contact, ...])
    assert_type(found.age, int)


async def live_in_a_loop() -> None:
    assert_type(await irtkit.resolve_live_async(AddressRange.parse("192.0.2.0/24")), LiveResolution)


def contacts(text: str) -> None:
    database = Database(parse_objects(text))
    assert_type(find_irts(database, "192.0.2.7"), IrtWalk)
    answer = resolve(database, ip_address("192.0.2.7"), policy="abuse")
    assert_type(answer, Answer)
    assert_type(answer.email, str | None)


def templates() -> None:
    irt = RIPE.templates["irt"]
    assert_type(irt, Template)
    assert_type(irt.find_row("auth"), TemplateRow | None)
    assert_type(irt.rows[0].requirement, Requirement)


def errors(text: str) -> None:
    try:
        parse_object(text)
    except ParseError as error:
        assert_type((error.line, error.column, error.message), tuple[int, int, str])
