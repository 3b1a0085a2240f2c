"""Laws of the index: it answers what the object path answers, and however many are asked, each gets its own answer."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from irtkit.addresses import line_ends
from irtkit.contacts import POLICIES, Answer, Database, resolve
from irtkit.errors import RangeError
from irtkit.index.answers import csv_record, json_record
from irtkit.index.layout import FIELDS
from irtkit.index.lookup import Index, Resolution
from irtkit.index.records import Records
from irtkit.index.render import CsvText, JsonText, Text
from irtkit.index.segments import NO_ADDRESS
from irtkit.index.verify import find_faults
from irtkit.resources import AddressRange
from irtkit.rpsl import parse_objects

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `worlds` is in it

from worlds import addresses_of, build, texts, worlds

policies = st.sampled_from(sorted(POLICIES))
SAID = ("network", "source", "netname", "country", "org", "irt_network", "irts", "contacts", "email", "reason")
NO_ADDRESSES = (
    "",
    " ",
    "x",
    "192.31.196.1 ",
    "192.31.196.01",
    "192.31.196.0/24",
    "1.2.3",
    "2001:db8::/32",
    "::g",
    "\u0661.2.3.4",
)
ELSEWHERE = (
    "0.0.0.0",
    "255.255.255.255",
    "10.1.2.3",
    "::",
    "::1",
    "2001:DB8::1",
    "2620:004f:8000:0::3",
    "::ffff:192.0.2.1",
)
KNOWN = (*addresses_of(4), *addresses_of(6))
addresses = st.lists(st.sampled_from(KNOWN) | st.sampled_from((*NO_ADDRESSES, *ELSEWHERE)), max_size=30)


def said_by(answer: Answer | Resolution) -> dict[str, Any]:
    said = {name: getattr(answer, name) for name in SAID}
    said["explained"] = answer.explain().split("\n") if isinstance(answer, Resolution) else list(answer.steps)
    return said


def row_of(index: Index, address: Any) -> int:
    try:
        return index.lookup(address)
    except RangeError:
        return NO_ADDRESS


@given(worlds(), policies)
def test_an_index_answers_what_the_objects_answer(world: tuple[str, list[str]], policy: str) -> None:
    """Every field, every contact and every sentence is the same by both paths."""
    text, asked = world
    database, index = Database(parse_objects(text, problems=[])), build([text])
    for query in asked:
        assert said_by(index.resolve(query, policy)) == said_by(resolve(database, query, policy))


@given(worlds(), st.integers(150, 900), st.integers(1, 3), st.integers(1, 4))
def test_how_the_work_is_shared_changes_no_answer(
    world: tuple[str, list[str]], size: int, collectors: int, files: int
) -> None:
    """Blocks of any size, gathered by one or several collectors, of one file or several in the same order."""
    text, asked = world
    paragraphs = text.split("\n\n")
    cuts = [len(paragraphs) * number // files for number in range(files + 1)]
    parts = ["\n\n".join(paragraphs[begin:end]) + "\n" for begin, end in pairwise(cuts)]
    whole, shared = build([text]), build(parts, collectors=collectors, size=size, max_object=5000)
    for query in asked:
        assert said_by(shared.resolve(query, "all")) == said_by(whole.resolve(query, "all"))


@given(texts)
def test_an_index_that_was_built_is_found_whole(text: str) -> None:
    """What `verify` looks for is never wrong with what `build` makes, but for the manifest, which is not made here."""
    assert [fault for fault in find_faults(build([text]).file) if fault != "its manifest is not one"] == []


@given(texts, st.sampled_from([4, 6]))
def test_every_address_finds_its_row_alone_and_among_others(text: str, family: int) -> None:
    """At every boundary of every range, in order and out of order."""
    index, asked = build([text]), addresses_of(family)
    rows = [index.lookup(address) for address in asked]
    assert index.lookup_many(list(asked)).tolist() == rows
    assert index.lookup_many(list(reversed(asked))).tolist() == rows[::-1]


def integers_of(asked: Sequence[str], family: int) -> list[int]:
    found = [ip_address(address) for address in asked if row_is_plain(address)]
    return [int(address) for address in found if address.version == family]


def row_is_plain(address: str) -> bool:
    return address not in NO_ADDRESSES


@given(texts, addresses)
def test_texts_of_every_kind_are_looked_up_alike(text: str, asked: list[str]) -> None:
    """Lists, tuples, iterators, NumPy and Arrow columns: each entry has the row that it has alone."""
    index = build([text])
    rows = [row_of(index, address) for address in asked]
    columns = [
        asked,
        tuple(asked),
        iter(asked),
        dict(enumerate(asked)).values(),
        np.array(asked, dtype=np.str_),
        np.array(asked, dtype=object),
        pa.array(asked, pa.string()),
        pa.array(asked, pa.large_string()),
        pa.array(["x", *asked, "y"], pa.string())[1 : len(asked) + 1],
        pa.array(asked, pa.string()).dictionary_encode(),
        pa.array(["x", *asked, "y"], pa.large_string()).dictionary_encode()[1 : len(asked) + 1],
        pa.chunked_array([pa.array(asked[:3], pa.string()), pa.array(asked[3:], pa.string())]),
        pa.chunked_array([pa.array(part, pa.string()).dictionary_encode() for part in (asked[:3], asked[3:])]),
    ]
    for column in columns:
        assert index.lookup_many(column).tolist() == rows, type(column)


@given(texts, addresses, st.lists(st.integers(-3, 1 << 33), max_size=4))
def test_numbers_of_every_kind_are_looked_up_alike(text: str, asked: list[str], more: list[int]) -> None:
    """Integers in columns are IPv4 or nothing, alone they may be IPv6, and halves of IPv6 are two columns."""
    index = build([text])
    numbers = [*integers_of(asked, 4), *more]
    rows = [row_of(index, number) if 0 <= number < 1 << 32 else NO_ADDRESS for number in numbers]
    nulls = [None if number % 3 == 0 else number for number in numbers]
    with_nulls = [NO_ADDRESS if number % 3 == 0 else row for number, row in zip(numbers, rows, strict=True)]
    columns: list[tuple[Any, list[int]]] = [
        (np.array(numbers, np.int64), rows),
        (np.array(numbers, ">i8"), rows),
        (np.array([0, *numbers, 0], np.int64)[1:-1], rows),
        (pa.array(numbers, pa.int64()), rows),
        (pa.array(numbers, pa.int64()).dictionary_encode(), rows),
        (pa.chunked_array([pa.array(numbers, pa.int64()), pa.array(nulls, pa.int64())]), rows + with_nulls),
        (pa.array(nulls, pa.int64()), with_nulls),
        (pa.array(nulls, pa.int64()).dictionary_encode(), with_nulls),
        (pa.array(nulls, pa.int64())[1:], with_nulls[1:]),
    ]
    for dtype in (np.uint64, np.uint32, np.int32, np.uint8):
        limits = np.iinfo(dtype)
        fitting = [
            (number, row) for number, row in zip(numbers, rows, strict=True) if limits.min <= number <= limits.max
        ]
        column = np.array([number for number, _ in fitting], dtype)
        columns += [(column, [row for _, row in fitting]), (pa.array(column), [row for _, row in fitting])]
    for given_column, expected in columns:
        assert index.lookup_many(given_column).tolist() == expected, given_column
    halves = [divmod(number, 1 << 64) for number in integers_of(asked, 6)]
    pairs = np.array(halves, np.uint64).reshape(-1, 2)
    assert index.lookup_many(pairs).tolist() == [index.lookup(IPv6Address(high << 64 | low)) for high, low in halves]


@given(texts, addresses, st.randoms(use_true_random=False))
def test_addresses_of_mixed_types_are_looked_up_alike(text: str, asked: list[str], random: Any) -> None:
    """Text, integers and ipaddress objects in one list, and what is none of these."""
    index = build([text])
    mixed: list[Any] = [None, 2.5, b"192.0.2.1", -1, 1 << 128, "192.31.196.3\n192.31.196.4", *asked]
    for address in filter(row_is_plain, asked):
        parsed = ip_address(address)
        mixed += [parsed, np.uint32(parsed) if parsed.version == 4 else int(parsed) | 1 << 64]
    random.shuffle(mixed)
    rows = [row_of(index, int(item) if isinstance(item, np.uint32) else item) for item in mixed]
    assert index.lookup_many(mixed).tolist() == rows


@given(texts, st.tuples(addresses, addresses).map(lambda both: as_queries(*both)), policies)
def test_a_table_holds_the_record_of_each_query(text: str, asked: list[Any], policy: str) -> None:
    """Every column of `resolve_many` says of each query what `resolve` says of it alone."""
    index = build([text])
    table = index.resolve_many(asked, policy)
    assert table.schema == index.resolve_many([], policy).schema
    nothing: dict[str, Any] = {**dict.fromkeys(FIELDS[1:]), "irts": [], "contacts": [], "reason": "not-an-address"}
    for query, record in zip(asked, table.to_pylist(), strict=True):
        try:
            expected = index.resolve(query, policy).to_dict()
        except RangeError:
            expected = nothing
        assert record == expected


def as_queries(asked: Sequence[str], others: Sequence[str]) -> list[Any]:
    """Addresses, and others as prefixes, ranges and networks, or with blanks around them."""
    queries: list[Any] = list(asked)
    for place, address in enumerate(others):
        with suppress(ValueError):
            first = ip_address(address)
            length = (8, 20, 24, first.max_prefixlen)[place % 4]
            network = ip_network(f"{address}/{length}", strict=False)
            last = network.broadcast_address
            space = AddressRange.from_network(network)
            queries.append((f"{network}", network, f"{first} - {last}", f" {address}\t", space)[place % 5])
    return queries


def rendered(text: Text, index: Index, asked: Sequence[str]) -> list[str]:
    """Return the lines that *text* writes for the lines *asked*."""
    block = np.frombuffer(("\n" + "\n".join(asked) + "\n").encode(), np.uint8)
    ends = line_ends(block)[1:]
    read = index.bulk.read_lines(block[1:], ends - 1)
    others = {number: other_record(asked[number]) for number in np.flatnonzero(read.row == NO_ADDRESS).tolist()}
    data = bytes(text.render(block, ends, read, others))
    assert data.startswith(b"\n")
    return data.decode()[1:].split("\n")


def other_record(line: str) -> dict[str, Any]:
    return {**dict.fromkeys(FIELDS), "input": line, "irts": [], "contacts": [], "reason": f"line {line!r}"}


@given(
    texts,
    addresses.filter(bool),
    policies,
    st.permutations(FIELDS).flatmap(lambda names: st.sampled_from([FIELDS, names, names[:5], names[:1]])),
    st.booleans(),
)
def test_text_written_in_blocks_is_the_text_of_each_record(
    text: str, asked: list[str], policy: str, fields: Sequence[str], table: bool
) -> None:
    """CSV and JSON Lines, any fields in any order, with texts of rows kept or made anew, several threads at once."""
    index = build([text])
    records = []
    for line in asked:
        plain = row_of(index, line) != NO_ADDRESS and not line.startswith("::ffff:1")  # whose caller writes the record
        records.append({"input": line, **index.resolve(line, policy).to_dict()} if plain else other_record(line))
    for form, write in ((CsvText, csv_record), (JsonText, json_record)):
        expected = [write(record, fields) for record in records]
        writer = form(Records(index.bulk, policy), fields)
        writer._seen = 1 << 40 if table else 0
        with ThreadPoolExecutor(2) as pool:
            for found in pool.map(rendered, *zip(*[(writer, index, asked)] * 2, strict=True)):
                assert found == expected
