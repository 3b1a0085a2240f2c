"""Questions to an index: one at a time, many at once, from several threads, and what is no question."""

import json
import random
import re
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_interface, ip_network
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

import irtkit
from irtkit.addresses import line_ends
from irtkit.clients.dumps import build_index
from irtkit.errors import IndexFileError, RangeError
from irtkit.index.answers import record_of
from irtkit.index.bulk import Bulk, Read
from irtkit.index.layout import FIELDS
from irtkit.index.lookup import Index
from irtkit.index.records import Records
from irtkit.index.render import CsvText, JsonText, Text
from irtkit.index.segments import NO_ADDRESS, NO_ROW
from irtkit.index.storage import encode
from irtkit.index.text_tables import PIECE, TextTable
from irtkit.resources import AddressRange, format_address

sys.path.insert(0, str(Path(__file__).parent / "property"))  # the folder is no package, and `worlds` is in it

from worlds import build, lines

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl" / "dumps"


@dataclass
class Registry:
    """Thousands of ranges and the index of them."""

    index: Index
    ranges: dict[int, list[AddressRange]]
    """By family; those of a family nest, or lie apart."""

    def smallest(self, family: int, value: int) -> str | None:
        """Find the smallest range around an address, the slow way."""
        around = [space for space in self.ranges[family] if space.first <= value <= space.last]
        return min(around, key=lambda space: space.size).canonical if around else None

    def addresses(self, family: int, count: int) -> list[int]:
        """Draw addresses: at the ends of ranges, beside them, inside them, and anywhere."""
        draw, top = random.Random(11), (1 << (32 if family == 4 else 128)) - 1
        chosen = draw.choices(self.ranges[family], k=count)
        values = [
            draw.choice([one.first, one.last, one.first - 1, one.last + 1, draw.randint(one.first, one.last)])
            for one in chosen
        ]
        return [min(max(value, 0), top) if number % 8 else draw.randint(0, top) for number, value in enumerate(values)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Prefixes that split and split again, so that many begin at the same address, or share an upper half."""
    draw = random.Random(7)
    ranges: dict[int, list[AddressRange]] = {4: [], 6: []}

    def split(family: int, first: int, length: int, levels: int = 24) -> None:
        space = AddressRange.from_prefix(family, first, length)
        if draw.random() < 0.6:
            ranges[family].append(space)
        bits = 32 if family == 4 else 128
        for half in (0, 1):
            if levels and draw.random() < 0.62:
                split(family, first | half << (bits - length - 1), length + 1, levels - 1)

    while len(ranges[4]) < 3000:
        split(4, draw.randint(1, 223) << 24, 8)
    while len(ranges[6]) < 1500:
        split(6, 0x2A00 << 112 | draw.getrandbits(16) << 96, 32)
        split(6, 0x2A00 << 112 | draw.getrandbits(2) << 64 | draw.getrandbits(8) << 56, 72)
        split(6, 0x2A01 << 112 | draw.getrandbits(8) << 32, 104)
    ranges = {family: list(dict.fromkeys(found)) for family, found in ranges.items()}
    text = "\n".join(
        lines(("inetnum" if family == 4 else "inet6num", space.canonical), ("source", "RIPE"))
        for family, found in ranges.items()
        for space in found
    )
    return Registry(build([text], size=1 << 20, max_object=1 << 20), ranges)


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The index of the project's own dumps."""
    path = tmp_path_factory.mktemp("index") / "fixtures.irt"
    build_index([str(FIXTURES)], str(path))
    return irtkit.open_index(path)


@pytest.mark.parametrize("family", [4, 6])
def test_the_smallest_range_around_an_address_is_found(registry: Registry, family: int) -> None:
    """Alone and among others, against a search through all ranges."""
    asked = registry.addresses(family, 400)
    texts = [format_address(family, value) for value in asked]
    expected = [registry.smallest(family, value) for value in asked]
    assert 20 < expected.count(None) < 380
    rows = [registry.index.lookup(text) for text in texts]
    assert [registry.index.row_key(row) for row in rows] == expected
    assert registry.index.lookup_many(texts).tolist() == rows


def rows_of(registry: Registry, family: int, values: list[int]) -> list[int]:
    """Look values up by bisection of the file's own segments."""
    array = registry.index.file.array
    if family == 4:
        starts, row = array("ipv4.start").tolist(), array("ipv4.row").tolist()
    else:
        halves = zip(array("ipv6.high").tolist(), array("ipv6.low").tolist(), strict=True)
        starts, row = [high << 64 | low for high, low in halves], array("ipv6.row").tolist()
    return [row[bisect_right(starts, value) - 1] for value in values]


def halves_of(values: list[int]) -> NDArray[np.uint64]:
    return np.array([divmod(value, 1 << 64) for value in values], np.uint64)


@pytest.mark.parametrize("count", [1, 262_143, 262_144, 262_145, 600_000])
def test_hundreds_of_thousands_are_each_answered_in_their_place(registry: Registry, count: int) -> None:
    """However the work is cut into pieces and shared between threads, for both families."""
    few = {family: registry.addresses(family, 5000) for family in (4, 6)}
    place = np.random.default_rng(count).integers(0, 5000, count)
    for family, values in few.items():
        column = np.array(values, np.uint32) if family == 4 else halves_of(values)
        expected = np.array(rows_of(registry, family, values))[place]
        assert np.array_equal(registry.index.lookup_many(column[place]), expected)


@pytest.mark.parametrize("kind", ["IPv4", "IPv6", "mixed", "mixed and junk", "mostly junk"])
def test_long_lists_of_texts_are_each_answered_in_their_place(registry: Registry, kind: str) -> None:
    """Longer than one buffer of joined texts, families and junk in any order."""
    ipv4, ipv6 = ([format_address(family, value) for value in registry.addresses(family, 3000)] for family in (4, 6))
    junk = ["", "x", "192.0.2.256", "2001:db8::1%eth0", "\n", "1.2.3.4\n", "\ud800", "1" * 300, "::" * 30, "1.2.3.4/32"]
    texts = {
        "IPv4": ipv4 * 12,
        "IPv6": ipv6 * 12,
        "mixed": (ipv4 + ipv6) * 6,
        "mixed and junk": (ipv6 + ipv4 + junk * 20) * 6,
        "mostly junk": junk * 200 + ipv4,
    }[kind]
    random.Random(1).shuffle(texts)
    known = {text: registry.index.lookup(text) for text in ipv4 + ipv6}
    assert registry.index.lookup_many(texts).tolist() == [known.get(text, NO_ADDRESS) for text in texts]


def test_an_index_is_shared_between_threads(registry: Registry) -> None:
    """Eight threads ask a fresh index everything at once; each gets what one thread gets."""
    index = Index(registry.index.file)
    texts = [format_address(4, value) for value in registry.addresses(4, 500)]
    expected = [registry.index.resolve(text).to_dict() for text in texts]
    ways: list[Callable[[], object]] = [
        lambda: [index.resolve(text).to_dict() for text in texts],
        lambda: index.resolve_many(texts).to_pylist(),
    ]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda way: way(), ways * 4):
            assert found == expected


def a_block(registry: Registry) -> tuple[NDArray[np.uint8], NDArray[np.int64], Read]:
    """Lines of addresses of both families, where they end, and what they are read as."""
    texts = [format_address(family, value) for family in (4, 6) for value in registry.addresses(family, 300)]
    block = np.frombuffer(("\n" + "\n".join(texts) + "\n").encode(), np.uint8)
    ends = line_ends(block)[1:]
    return block, ends, registry.index.bulk.read_lines(block[1:], ends - 1)


def test_a_block_is_written_with_the_texts_of_all_rows_as_without(registry: Registry) -> None:
    """At the moment when a writer begins to keep texts, and with several threads at that moment."""
    block, ends, read = a_block(registry)
    for form in (CsvText, JsonText):
        writer = form(Records(registry.index.bulk), FIELDS)
        first = bytes(writer.render(block, ends, read, {}))
        for kind, worth in (("answer", writer.rows // 8), ("row", writer.rows)):
            writer._seen = worth - 2 * len(ends)
            with ThreadPoolExecutor(4) as pool:
                for data in pool.map(lambda _: bytes(writer.render(block, ends, read, {})), range(8)):  # noqa: B023 - used here
                    assert data == first
            assert writer.worth_a_table(kind)
            assert any(group.kind == kind and group._table is not None for group in writer._groups)


@pytest.mark.parametrize("form", [CsvText, JsonText])
def test_a_writer_that_knows_how_many_records_come_keeps_texts_at_once(registry: Registry, form: type[Text]) -> None:
    """Those of whole rows where they are small, and else those of their parts; many threads make them together."""
    block, ends, read = a_block(registry)
    plain = form(Records(registry.index.bulk), FIELDS)
    first = bytes(plain.render(block, ends, read, {}))
    for fields_of_rows in (True, False):
        writer = form(Records(registry.index.bulk), FIELDS)
        writer.expect(writer.rows + 1)
        if not fields_of_rows:
            writer._wide_groups[1]._refused = True
        with ThreadPoolExecutor(4) as pool:
            for data in pool.map(lambda _: bytes(writer.render(block, ends, read, {})), range(12)):  # noqa: B023 - used here
                assert data == first
        kept = {group.kind for group in writer._groups if group._table is not None}
        assert kept == ({"row"} if fields_of_rows else {"object", "answer"})


def test_a_table_that_one_thread_could_not_make_is_nobodys() -> None:
    """The thread gets the exception, and the others do without the table instead of waiting for ever."""
    rows = np.arange(PIECE * 8, dtype=np.int32)

    def compose(piece: NDArray[np.int32]) -> pa.Array:
        if piece[0] == PIECE * 3:
            raise MemoryError
        return pa.array([str(row) for row in piece])

    table = TextTable(rows, compose, len(rows) * 5)
    ended: list[object] = []

    def make() -> None:
        try:
            ended.append(table.make())
        except MemoryError as error:
            ended.append(type(error))

    threads = [Thread(target=make, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ended, key=str) == [MemoryError, False, False]


@pytest.mark.parametrize("size", [0, 10**6])
def test_a_table_has_the_text_of_every_row_whatever_its_size_was_thought_to_be(size: int) -> None:
    """Pieces come in any order from several threads; NO_ADDRESS and NO_ROW have the last two texts."""
    rows = np.append(np.arange(PIECE * 5 + 7, dtype=np.int32), np.array([NO_ADDRESS, NO_ROW], np.int32))
    table = TextTable(rows, lambda piece: pa.array([f"row {row}" for row in piece]), size)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: table.make(), range(4)))
    asked = np.random.default_rng(1).permutation(rows)
    assert table.take(asked).to_pylist() == [f"row {row}" for row in asked]
    assert table.size == sum(len(f"row {row}") for row in rows)


def test_many_addresses_are_found_in_a_trie_as_by_a_search(registry: Registry) -> None:
    """Once enough were asked for, or are announced."""
    values = np.array(registry.addresses(4, 2000), np.uint32)
    expected = np.array(rows_of(registry, 4, values.tolist()))
    for announced in (0, 1 << 20):
        bulk = Bulk(registry.index.file)
        bulk.expect(announced)
        for _ in range(1 if announced else 1 + (1 << 16) // len(values)):
            assert np.array_equal(bulk.lookup_ipv4(values), expected)
        assert bulk._trie is not None
        assert np.array_equal(bulk.lookup_ipv4(values), expected)


QUESTIONS: list[Any] = [
    "192.0.2.0/25",
    "192.0.2.0 - 192.0.2.127",
    "192.0.2.0-192.0.2.127",
    "192.0.2/25",
    " 192.0.2.5/25 ",
    AddressRange.parse("192.0.2.0/25"),
    ip_network("192.0.2.0/25"),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_range_may_be_asked_for_in_every_notation(fixtures: Index, question: Any) -> None:
    """Of a prefix or range the smallest object that holds all of it answers."""
    found = fixtures.resolve(question)
    assert found.address == "192.0.2.0 - 192.0.2.127"
    assert found.to_dict() == fixtures.resolve(QUESTIONS[0]).to_dict()
    assert found.network is not None
    assert AddressRange.parse(found.network).size >= 128


@pytest.mark.parametrize(
    "question",
    [
        "192.0.2.7",
        IPv4Address("192.0.2.7"),
        0xC0000207,
        AddressRange.parse("192.0.2.7"),
        "192.0.2.7/32",
        " 192.0.2.7",
        ip_network("192.0.2.7"),
        ip_interface("192.0.2.7/24"),
        "192.0.2.007",
        np.str_("192.0.2.7"),
    ],
    ids=repr,
)
def test_one_address_may_be_asked_for_in_every_notation(fixtures: Index, question: Any) -> None:
    assert fixtures.resolve(question).to_dict() == fixtures.resolve("192.0.2.7").to_dict()


def test_integers_are_ipv4_below_two_to_the_32(registry: Registry) -> None:
    lookup = registry.index.lookup
    for value in registry.addresses(6, 50):
        assert lookup(value | 1 << 32) == lookup(IPv6Address(value | 1 << 32))
    for value in registry.addresses(4, 50):
        assert lookup(value) == lookup(IPv4Address(value))


@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        "x",
        "192.0.2",
        "192.0.2.256",
        "1.2.3.4.5",
        "2001:db8::g",
        "fe80::1%eth0",
        "192.0.2.1\n",
        "\x00",
        "\ud800",
        -1,
        1 << 128,
        None,
        1.5,
        b"192.0.2.1",
        [],
        "AS64496",
    ],
    ids=repr,
)
def test_what_is_no_address_is_refused(fixtures: Index, question: Any) -> None:
    """Alone with an error that says what was expected, in bulk as NO_ADDRESS."""
    with pytest.raises(RangeError, match="expected"):
        fixtures.lookup(question)
    assert fixtures.lookup_many([question, "192.0.2.7"]).tolist() == [NO_ADDRESS, fixtures.lookup("192.0.2.7")]
    if not isinstance(question, str) or not question.strip().startswith("192.0.2.1"):
        with pytest.raises(RangeError, match="expected"):
            fixtures.resolve(question)


def test_a_policy_that_does_not_exist_is_refused(fixtures: Index) -> None:
    for ask in (fixtures.resolve, lambda address, policy: fixtures.resolve_many([address], policy)):
        with pytest.raises(ValueError, match="unknown policy 'best'; expected one of csirt, abuse, all"):
            ask("192.0.2.7", "best")


@pytest.mark.parametrize(
    "nothing",
    [
        [],
        (),
        iter([]),
        np.array([], np.uint32),
        np.array([], np.int64),
        np.zeros((0, 2), np.uint64),
        np.array([], np.str_),
        pa.array([], pa.string()),
        pa.array([], pa.int64()),
        pa.array([], pa.string()).dictionary_encode(),
        pa.chunked_array([], pa.string()),
        pa.chunked_array([], pa.uint32()),
    ],
    ids=lambda column: type(column).__name__,
)
def test_nothing_asked_is_nothing_answered(fixtures: Index, nothing: Any) -> None:
    assert fixtures.lookup_many(nothing).tolist() == []


@pytest.mark.parametrize(
    ("many", "told"),
    [
        ("192.0.2.7", "one text was given, '192.0.2.7'; expected many addresses"),
        (b"192.0.2.7", "one text was given"),
        (np.array([b"192.0.2.7"]), "an array of |S9 with 1 dimensions was given; expected integers, texts, or"),
        (np.array([1.5]), "an array of float64"),
        (np.zeros((2, 3), np.uint64), "an array of uint64 with 2 dimensions"),
        (pa.table({"address": ["192.0.2.7"]}), "a pyarrow Table was given; expected an array, as a column is"),
        (pa.array([1.5]), "an array of double was given; expected texts or integers"),
        (pa.array([b"192.0.2.7"]), "an array of binary"),
        (pa.array([b"192.0.2.7"]).dictionary_encode(), "an array of binary"),
    ],
    ids=range(9),
)
def test_what_does_not_hold_many_addresses_is_refused(fixtures: Index, many: Any, told: str) -> None:
    """Instead of an answer for each character, or none for all."""
    for ask in (fixtures.lookup_many, fixtures.resolve_many):
        with pytest.raises(TypeError, match=re.escape(told)):
            ask(many)


def test_no_row_has_no_key(fixtures: Index) -> None:
    """What `lookup_many` says of what is no address, too; a row that there is not is an error."""
    row, none = fixtures.lookup_many(["192.0.2.7", "x"]).tolist()
    assert [fixtures.row_key(row) for row in (row, none, NO_ROW)] == [fixtures.resolve("192.0.2.7").network, None, None]
    with pytest.raises(IndexError):
        fixtures.row_key(1 << 20)


def test_what_is_no_utf8_is_no_reason_to_fail(fixtures: Index) -> None:
    """Beside an IPv6 address, whose canonical text is put in place of the line."""
    block = np.frombuffer(b"\n2001:DB8::1\n\xff\xfe\n192.0.2.7\n", np.uint8)
    ends = line_ends(block)[1:]
    read = fixtures.bulk.read_lines(block[1:], ends - 1)
    records = Records(fixtures.bulk)
    for text in (CsvText(records, ["address", "email"]), JsonText(records, ["address", "email"])):
        lines = bytes(text.render(block, ends, read, {1: record_of(fixtures, "\ufffd\ufffd", "csirt")})).split(b"\n")
        assert [b"2001:db8::1" in lines[1], b"192.0.2.7" in lines[3]] == [True, True]
        assert lines[2] in {b",", b'{"address":null,"email":null}'}


def test_a_table_of_nothing_has_its_columns(fixtures: Index) -> None:
    table = fixtures.resolve_many([])
    assert (table.num_rows, table.column_names) == (0, list(FIELDS[1:]))


def test_nulls_are_no_addresses(fixtures: Index) -> None:
    """In every kind of Arrow column, also where a dictionary is as large as its codes allow."""
    row = fixtures.lookup("192.0.2.7")
    assert fixtures.lookup_many(pa.array(["192.0.2.7", None])).tolist() == [row, NO_ADDRESS]
    assert fixtures.lookup_many(pa.nulls(2)).tolist() == [NO_ADDRESS, NO_ADDRESS]
    values = pa.array([f"192.0.2.{number}" for number in range(128)])
    codes = pa.array([7, None, 127], pa.int8())
    rows = [row, NO_ADDRESS, fixtures.lookup("192.0.2.127")]
    assert fixtures.lookup_many(pa.DictionaryArray.from_arrays(codes, values)).tolist() == rows
    assert (
        fixtures.lookup_many(pa.DictionaryArray.from_arrays(codes, pa.array([*values.to_pylist()[:-1], None])))[2]
        == NO_ADDRESS
    )


def test_a_resolution_prints_and_is_read_once(fixtures: Index) -> None:
    """As text, as a representation, as a record that JSON can hold; its contacts are the same objects each time."""
    found = fixtures.resolve("192.0.2.7")
    assert str(found) == f"192.0.2.7: {found.email or found.reason} ({found.network})"
    assert repr(found) == f"<Resolution {found}>"
    assert list(found.to_dict()) == list(FIELDS[1:])
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert found.contacts is found.contacts
    assert found.explain() == found.explain()
    assert str(fixtures.resolve("9.9.9.9")) == "9.9.9.9: unregistered (0.0.0.0 - 255.255.255.255)"


def test_one_answer_needs_neither_numpy_nor_arrow(tmp_path: Path) -> None:
    """Opening, looking up, resolving, explaining a prefix among overlaps: the standard library is enough."""
    path = tmp_path / "index"
    build_index([str(FIXTURES)], str(path))
    program = """
import sys, irtkit
index = irtkit.open_index(sys.argv[1])
for query in ("192.0.2.7", "2001:db8::7", "198.51.100.0/25", "203.0.113.9", "9.9.9.9"):
    answer = index.resolve(query)
    answer.to_dict(), answer.explain(), str(answer), answer.row
print(sorted({"numpy", "pyarrow", "typing", "ipaddress", "dataclasses", "pathlib"} & set(sys.modules)))
"""
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{program}", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "numpy" not in answer.stdout
    assert "pyarrow" not in answer.stdout


def with_arrays(index: Index, path: Path, **changed: Any) -> Path:
    """Write an index file like another one, with other arrays, and a manifest entry called `shift`."""
    manifest = {**index.manifest, "shift": changed.pop("shift", index.manifest["shift"])}
    arrays = {name: index.bulk.array(name) for name in index.file.names}
    for name, array in changed.items():
        if array is None:
            del arrays[name.replace("_", ".")]
        else:
            arrays[name.replace("_", ".")] = array
    path.write_bytes(b"".join(encode(arrays, manifest)))
    return path


@pytest.mark.parametrize(
    "changed",
    [
        {"shift": 0},
        {"shift": 33},
        {"shift": "24"},
        {"shift": None},
        {"shift": 23},
        {"ipv4_start": None},
        {"ipv4_row": np.zeros(1, np.int32)},
        {"ipv4_start": np.zeros(0, np.uint32), "ipv4_row": np.zeros(0, np.int32)},
        {"ipv4_bucket": np.zeros(3, np.uint32)},
        {"ipv6_low": np.zeros(1, np.uint64)},
        {"ipv6_low": np.zeros(0, np.uint64), "ipv6_high": np.zeros(0, np.uint64), "ipv6_row": np.zeros(0, np.int32)},
    ],
    ids=str,
)
def test_an_index_whose_arrays_do_not_fit_together_is_not_opened(
    fixtures: Index, changed: dict[str, Any], tmp_path: Path
) -> None:
    """Their checksums may be right; an answer could still be anything."""
    path = with_arrays(fixtures, tmp_path / "bad.irt", **changed)
    with pytest.raises(IndexFileError, match=r"bad.irt: is damaged"):
        irtkit.open_index(path)
