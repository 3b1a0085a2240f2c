"""Lists of addresses: every kind gives the same lines, however it is cut, and says what is wrong with it."""

import csv
import gzip
import io
import json
import lzma
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from irtkit.clients import lists
from irtkit.clients.lists import Block, Kind, block_of, open_list
from irtkit.errors import ListError
from irtkit.resources import AddressRange

a_few_examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
texts_without_nul = texts.map(lambda text: text.replace("\0", ""))
sizes = st.integers(1, 60)


def lines_of(path: Path, column: str | None = None) -> list[str]:
    """The lines of all blocks of a list."""
    with open_list(str(path), column) as found:
        return [line for block in found.blocks for line in lines_in(block)]


def kind_of(path: Path, column: str | None = None) -> Kind:
    with open_list(str(path), column) as found:
        return found.kind


def lines_in(block: Block) -> list[str]:
    assert block.text[:1] == b"\n" == block.text[-1:]
    return block.text[1:].decode().split("\n")[:-1]


def tidy(text: str) -> str:
    """What a line is expected to become."""
    return text.encode().strip().decode().replace("\n", "�").replace("\0", "�")


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_csv(path: Path, rows: Sequence[Sequence[str]], **dialect: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, **dialect).writerows(rows)
    return path


@a_few_examples
@given(
    content=st.lists(
        st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"").replace(b"\0", b"")), max_size=20
    ),
    size=sizes,
)
@example(content=[b"", b" ", b"192.0.2.1\r"], size=1)
def test_every_line_of_text_is_one_line(
    content: list[bytes], size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its order, without the blanks around it, however the text is cut into blocks, and gzip changes nothing."""
    text = b"192.0.2.1\n" + b"".join(line + b"\n" for line in content)
    monkeypatch.setattr(lists, "_SIZE", size)
    expected = [line.strip().decode("utf-8", "replace") for line in text.split(b"\n")[:-1]]
    for path in (write(tmp_path / "list.txt", text), write(tmp_path / "list.gz", gzip.compress(text))):
        with open_list(str(path)) as found:
            blocks = [block.text for block in found.blocks]
        assert [line.decode("utf-8", "replace") for text in blocks for line in text[1:].split(b"\n")[:-1]] == expected


def test_the_last_line_needs_no_line_feed(tmp_path: Path) -> None:
    """And an empty file has no line."""
    assert lines_of(write(tmp_path / "list", "192.0.2.1\n192.0.2.2")) == ["192.0.2.1", "192.0.2.2"]
    assert lines_of(write(tmp_path / "list", "")) == []


def test_line_ends_and_byte_order_marks_of_other_systems_are_no_part_of_a_line(tmp_path: Path) -> None:
    """CR LF, and UTF-8 with its mark; blanks inside a line stay."""
    path = write(tmp_path / "list.txt", b"\xef\xbb\xbf192.0.2.1\r\n\r\n \t192.0.2.0 - 192.0.2.9 \r\n")
    assert lines_of(path) == ["192.0.2.1", "", "192.0.2.0 - 192.0.2.9"]


@a_few_examples
@given(cells=st.lists(texts_without_nul, max_size=12), size=sizes, has_header=st.booleans())
def test_every_record_of_a_csv_is_one_line(
    cells: list[str], size: int, has_header: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotes, delimiters and line feeds in its cells included; a header is none."""
    monkeypatch.setattr(lists, "_SIZE", size)
    rows = [["x,y", cell, ""] for cell in cells]
    first = ["name", "ip", "n"] if has_header else ["a", "192.0.2.1", "1"]
    path = write_csv(tmp_path / "list.csv", [first, *rows], quoting=csv.QUOTE_ALL)
    expected = [tidy(cell) for cell in cells]
    if not has_header:
        expected.insert(0, "192.0.2.1")
    assert lines_of(path) == lines_of(path, "2") == expected
    if has_header:
        assert lines_of(path, "ip") == lines_of(path, "IP") == expected


@pytest.mark.parametrize(
    ("content", "column", "expected"),
    [
        ("192.0.2.1,a\n192.0.2.2,b\n", None, ["192.0.2.1", "192.0.2.2"]),
        ("a,192.0.2.0/24\nb,x\n", None, ["192.0.2.0/24", "x"]),
        ("address\n192.0.2.1\n", None, ["192.0.2.1"]),
        ("host,IP Address\nh,192.0.2.1\n", None, ["192.0.2.1"]),
        ("host;ip\nh,1;192.0.2.1\n", "ip", ["192.0.2.1"]),
        ("ip;n\n192.0.2.1;1\n", "1", ["192.0.2.1"]),
        ("192.0.2.1,a\n", "2", []),
        ("ip,ip\n192.0.2.1,192.0.2.2\n", "ip", ["192.0.2.1"]),
        ("2,ip\n192.0.2.1,192.0.2.2\n", "2", ["192.0.2.2"]),
        ("ip,n\n\n192.0.2.1\n192.0.2.2,1,extra\n", "n", ["", "", "1"]),
        ("\n192.0.2.1,a\n", "1", ["", "192.0.2.1"]),
    ],
)
def test_the_column_of_a_csv_is_named_counted_or_found(
    content: str, column: str | None, expected: list[str], tmp_path: Path
) -> None:
    """Its first row is a header unless that column of it is an address; a short row has an empty cell."""
    assert lines_of(write(tmp_path / "list.csv", content), column) == expected


OPEN_QUOTE = "a quote opens here and is not closed before the list ends"
TEXT_BEHIND_QUOTE = "in the row that begins here text follows a closing quote; expected ',' or the end of the line"


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ('"192.0.2.1,a\n192.0.2.2,b\n192.0.2.3,c\n', 2, OPEN_QUOTE),
        ('192.0.2.1,a\n192.0.2.2,"b\n192.0.2.3,c', 3, OPEN_QUOTE),
        ('192.0.2.1,a\n\n\n192.0.2.2,"', 5, OPEN_QUOTE),
        ('192.0.2.1,"a\nb","c""\n"",\n', 3, OPEN_QUOTE),
        ('"192.0.2.1"x,a\n192.0.2.2,"b\n', 3, OPEN_QUOTE),
        ('192.0.2.1,a\n192.0.2.2,"b\n192.0.2.3,"c"\n192.0.2.4,d\n', 3, TEXT_BEHIND_QUOTE),
        ('"192.0.2.1","a\n"192.0.2.2","b"\n"192.0.2.3","c"\n', 2, TEXT_BEHIND_QUOTE),
        ('"192.0.2.1"x,"a\n192.0.2.2,b\n', 2, TEXT_BEHIND_QUOTE),
    ],
)
def test_a_quote_that_is_not_closed_takes_no_row_along(
    rows: str, line: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the rest of the list, nor the rows up to the next quote, however the list is cut into blocks."""
    path = write(tmp_path / "list.csv", f"ip,n\n{rows}")
    for size in (1, 7, 1 << 20):
        monkeypatch.setattr(lists, "_SIZE", size)
        with pytest.raises(ListError) as caught:
            lines_of(path)
        assert str(caught.value) == f"{path}:{line}: {message}"


def test_rows_before_a_quote_that_is_not_closed_are_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as they are in blocks before it; and the blocks are no larger for it."""
    monkeypatch.setattr(lists, "_SIZE", 1000)
    path = write(tmp_path / "list.csv", "ip\n" + "192.0.2.1\n" * 1000 + '"192.0.2.2\n' + "192.0.2.3\n" * 1000)
    with open_list(str(path)) as found:
        lines: list[str] = []
        with pytest.raises(ListError, match=rf"list\.csv:1002: {OPEN_QUOTE}"):
            lines.extend(line for block in found.blocks for line in lines_in(block))
    assert set(lines) == {"192.0.2.1"}
    assert 900 <= len(lines) <= 1000


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_quotes_in_one_line_are_forgiven(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text behind a closing quote belongs to its cell, where no other line is in question."""
    monkeypatch.setattr(lists, "_SIZE", size)
    content = 'n,ip\n"a"b,192.0.2.1\na"b,192.0.2.2\n"c" ,192.0.2.3\n"d\n\n",192.0.2.4\ne,"192.0.2.5"x\n"f"g,"192.0.2.6"'
    expected = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5x", "192.0.2.6"]
    assert lines_of(write(tmp_path / "list.csv", content)) == expected


def test_tabs_part_the_columns_of_a_tsv(tmp_path: Path) -> None:
    """Whatever else stands in them, and behind gzip too."""
    content = b"a,b;c,d\tip\nx,y\t192.0.2.1\n"
    assert lines_of(write(tmp_path / "list.tsv", content)) == ["192.0.2.1"]
    assert lines_of(write(tmp_path / "list.tsv.gz", gzip.compress(content))) == ["192.0.2.1"]


@a_few_examples
@given(values=st.lists(texts, max_size=12), size=sizes)
def test_every_line_of_json_lines_is_one_line(
    values: list[str], size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a line is an object, an array of one string, or a string."""
    monkeypatch.setattr(lists, "_SIZE", size)
    rows = [[{"n": 1, "ip": value}, [value], value][number % 3] for number, value in enumerate(values)]
    path = write(tmp_path / "list.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert lines_of(path) == [tidy(value) for value in values]


def test_json_that_holds_no_address_is_a_line_as_it_stands(tmp_path: Path) -> None:
    """So that whoever reads the records sees what was there."""
    several = '["192.0.2.1", "192.0.2.3"]'
    kept = [
        '{"ip": null}',
        '{"n": 1}',
        "{broken",
        "17",
        "[" * 5000,
        '{"ip": ["192.0.2.1"]}',
        "",
        several,
        "[]",
        "[",
        "]",
    ]
    path = write(tmp_path / "list.jsonl", "\n".join(['{"ip": "192.0.2.1", "n": "192.0.2.2"}', *kept]) + "\n")
    assert lines_of(path) == ["192.0.2.1", *kept]
    counted = lines_of(path, "2")
    assert (counted[0], counted[8]) == ("192.0.2.2", "192.0.2.3")


def test_a_column_counts_the_elements_of_arrays(tmp_path: Path) -> None:
    """A name names none of them, and without a column only an array of one element has an address."""
    path = write(tmp_path / "list.jsonl", '["web", "192.0.2.1", 7]\n["mail", "192.0.2.2", 8]\n["short"]\n')
    assert lines_of(path, "2") == ["192.0.2.1", "192.0.2.2", '["short"]']
    path = write(tmp_path / "list", '["192.0.2.1"]\n["192.0.2.2"]\n["a", "192.0.2.3"]\n')
    assert lines_of(path) == lines_of(path, "ip") == ["192.0.2.1", "192.0.2.2", '["a", "192.0.2.3"]']


ONE_DOCUMENT = "is one JSON document; expected JSON Lines: one address or object a line"


@pytest.mark.parametrize("name", ["list.json", "list.jsonl", "list"])
@pytest.mark.parametrize(
    "content",
    [
        '["192.0.2.7", "198.51.100.9"]\n',
        '["192.0.2.7", "198.51.100.9"]',
        '[{"ip": "192.0.2.7"}, {"ip": "198.51.100.9"}]\n',
        '[{"ip": "192.0.2.7"}]\n',
        '[\n  "192.0.2.7",\n  "198.51.100.9"\n]\n',
        '[ \r\n  {\r\n    "ip": "192.0.2.7"\r\n  }\r\n]\r\n',
        '["192.0.2.7",\n "198.51.100.9"]\n',
        '[{"ip": "192.0.2.7"},\n{"ip": "198.51.100.9"}]\n',
        '{\n  "ip": "192.0.2.7"\n}\n',
        '{"ip": "192.0.2.7",\n "n": 1}\n',
        '{"addresses": [\n"192.0.2.7"\n]}\n',
        '["' + "x" * 5000 + '",\n"192.0.2.7"]\n',
    ],
)
def test_one_json_document_is_no_list(name: str, content: str, tmp_path: Path) -> None:
    """It is refused where it begins, for one line of it would pass for the only one."""
    for column in (None, "ip"):
        with pytest.raises(ListError) as caught:
            lines_of(write(tmp_path / name, content), column)
        assert str(caught.value) == f"{tmp_path / name}:1: {ONE_DOCUMENT}"


def test_one_json_document_is_refused_behind_empty_lines(tmp_path: Path) -> None:
    """And a column that counts elements counts none of nested arrays."""
    with pytest.raises(ListError, match=f"list.json:3: {ONE_DOCUMENT}"):
        lines_of(write(tmp_path / "list.json", "\n \n[1,\n2]\n"))
    with pytest.raises(ListError, match=f"list.json:1: {ONE_DOCUMENT}"):
        lines_of(write(tmp_path / "list.json", '[["a", "192.0.2.1"], ["b", "192.0.2.2"]]\n'), "2")


def test_a_line_that_is_damaged_json_is_no_document(tmp_path: Path) -> None:
    """Neither is an address in brackets: they are lines as they stand."""
    for first in ("{broken", '{"ip": "192.0.2.1', '{"ip": "192.0.2.1"} x', "[2001:db8::1]", "17", "192.0.2.1"):
        assert lines_of(write(tmp_path / "list.json", f'{first}\n{{"ip": "192.0.2.2"}}\n')) == [first, "192.0.2.2"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())], ids=str)
def test_every_row_of_parquet_is_one_line(kind: pa.DataType, tmp_path: Path) -> None:
    """A null is an empty line; the column is found by its name or place."""
    column = pa.array(["192.0.2.1", None, "2001:db8::1", "a\nb"]).cast(kind)
    path = tmp_path / "list.parquet"
    parquet.write_table(pa.table({"n": [1, 2, 3, 4], "ip": column}), path, row_group_size=2)
    for name in (None, "ip", "2"):
        assert lines_of(path, name) == ["192.0.2.1", "", "2001:db8::1", "a�b"]
    with open_list(str(path)) as found:
        assert found.size == 4


@pytest.mark.parametrize(
    ("name", "content", "column", "kind"),
    [
        ("list", "192.0.2.1\n", None, "text"),
        ("list.txt", "2001:db8::1\n", None, "text"),
        ("list.txt", "[2001:db8::1]\n", None, "text"),
        ("list", "192.0.2.0 - 192.0.2.255\n", None, "text"),
        ("list", "hello, world\n", None, "text"),
        ("list", "", None, "text"),
        ("list.log", "2024-01-01\t192.0.2.1\n", None, "csv"),
        ("list", "192.0.2.1\n", "1", "csv"),
        ("list", '{"ip": "192.0.2.1"}\n', None, "jsonl"),
        ("list", '["192.0.2.1"]\n', None, "jsonl"),
        ("list", '[2001:db8::1], "a"\n', None, "csv"),
        ("list", '"192.0.2.1"\n', None, "jsonl"),
        ("list.csv", "192.0.2.1\n", None, "csv"),
        ("list.NDJSON", "", None, "jsonl"),
    ],
)
def test_name_or_content_tells_the_kind(name: str, content: str, column: str | None, kind: str, tmp_path: Path) -> None:
    """The suffix first, then the first line."""
    path = write(tmp_path / name, content)
    assert kind_of(path, column) == kind
    assert kind_of(write(tmp_path / f"{name}.gz", gzip.compress(content.encode())), column) == kind


def test_parquet_is_known_by_its_content(tmp_path: Path) -> None:
    """Whatever the file is called."""
    path = tmp_path / "list.csv"
    parquet.write_table(pa.table({"ip": ["192.0.2.1"]}), path)
    assert kind_of(path) == "parquet"


def test_the_beginning_of_an_endless_line_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one line still, memory does not grow with it, and the next line is whole."""
    monkeypatch.setattr(lists, "_SIZE", 1000)
    path = write(tmp_path / "list", b"192.0.2.1\n" + b"x" * 300_000 + b"\n192.0.2.2\n" + b"y" * 300_000)
    with open_list(str(path)) as found:
        blocks = list(found.blocks)
    assert max(len(block.text) for block in blocks) < 70_000
    lines = [line for block in blocks for line in lines_in(block)]
    assert [line[:9] for line in lines] == ["192.0.2.1", "x" * 9, "192.0.2.2", "y" * 9]
    assert min(map(len, lines[1::2])) == 4096


def test_a_pipe_that_pauses_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has come is a block when no more comes at once, and it says so."""
    reading, writing = os.pipe()
    proceed = threading.Event()

    def write_slowly() -> None:
        with os.fdopen(writing, "wb", buffering=0) as pipe:
            pipe.write(b"192.0.2.1\n192.")
            proceed.wait(10)
            pipe.write(b"0.2.2\n")

    thread = threading.Thread(target=write_slowly)
    thread.start()
    with monkeypatch.context() as patch, os.fdopen(reading, "rb") as pipe:
        patch.setattr("builtins.open", lambda *_, **__: pipe)
        with open_list("-") as found:
            assert found.size is None
            first = next(found.blocks)
            assert (first.text, first.pause) == (b"\n192.0.2.1\n", True)
            proceed.set()
            assert [line for block in found.blocks for line in lines_in(block)] == ["192.0.2.2"]
    thread.join()


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_standard_input_is_read_like_a_file(suffix: str, tmp_path: Path) -> None:
    """Redirected, piped or compressed."""
    content = "ip,n\n" + "".join(f"192.0.2.{n % 256},{n}\n" for n in range(50_000))
    path = write(tmp_path / "list", gzip.compress(content.encode()) if suffix else content)
    program = (
        "from irtkit.clients.lists import open_list\n"
        "with open_list('-', 'ip') as found: print(found.kind, sum(b.text.count(b'\\n') - 1 for b in found.blocks))"
    )
    with path.open("rb") as file:
        redirected = subprocess.run([sys.executable, "-c", program], stdin=file, capture_output=True, check=True)
    piped = subprocess.run([sys.executable, "-c", program], input=path.read_bytes(), capture_output=True, check=True)
    assert redirected.stdout == piped.stdout == b"csv 50000\n"


def test_the_position_grows_to_the_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For whoever shows progress: bytes of the file itself, compressed or not."""
    monkeypatch.setattr(lists, "_SIZE", 5000)
    content = "".join(f"192.0.2.{n % 256}\n" for n in range(20_000)).encode()
    for path in (write(tmp_path / "list", content), write(tmp_path / "list.gz", gzip.compress(content))):
        with open_list(str(path)) as found:
            positions = [block.position for block in found.blocks]
        assert positions == sorted(positions)
        assert positions[-1] == found.size == path.stat().st_size


def test_lines_can_be_given_directly() -> None:
    """As one block, with what no line can hold replaced."""
    assert block_of([" 192.0.2.1 ", "a\nb", ""]).text == "\n192.0.2.1\na�b\n\n".encode()
    assert block_of([]).text == b"\n"


@pytest.mark.parametrize("name", ["list.txt", "list.csv", "list.jsonl"])
def test_a_nul_behind_the_beginning_is_part_of_its_line(name: str, tmp_path: Path) -> None:
    """As U+FFFD, so that nobody takes it for the end of an address."""
    path = write(tmp_path / name, "192.0.2.1\n" * 1000 + "192.0.2.7\0\n192.0.2.1\n")
    assert lines_of(path)[1000:] == ["192.0.2.7�", "192.0.2.1"]


@pytest.mark.parametrize(
    ("lines", "has_lines", "has_address"),
    [
        ([], False, False),
        ([""], True, False),
        (["name,ip", "web,192.0.2.1"], True, False),
        (["x"] * 2000, True, False),
        (["x"] * 2000 + [" 192.0.2.0 - 192.0.2.9 "], True, True),
        (["[2001:db8::]/48", *["x"] * 2000], True, True),
    ],
)
def test_a_list_without_an_address_is_noticed(
    lines: list[str], has_lines: bool, has_address: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once its blocks have been taken, in whichever of them the first address is."""
    monkeypatch.setattr(lists, "_SIZE", 100)
    path = write(tmp_path / "list.txt", "".join(f"{line}\n" for line in lines))
    with open_list(str(path)) as found:
        assert (found.has_lines, found.has_address) == (False, False)
        assert [line for block in found.blocks for line in lines_in(block)] == [line.strip() for line in lines]
    assert (found.has_lines, found.has_address) == (has_lines, has_address)


@pytest.mark.parametrize(
    "line",
    [
        "192.0.2.7",
        "192.000.002.007",
        "192.0.2.0/24 # a network",
        "192.0.2.0-192.0.2.9#",
        "192.0.2/24",
        "2001:DB8::abCD",
        "[2001:db8::1]",
        "[2001:db8::] / 64",
        "2001:db8:: - 2001:db8::f",
        "::ffff:192.0.2.7",
    ],
)
def test_an_address_is_noticed_in_every_notation(line: str, tmp_path: Path) -> None:
    """Among lines that are none, as `AddressRange` reads it."""
    assert AddressRange.parse_lenient(line).size > 0
    with open_list(str(write(tmp_path / "list", f"host\n\nbad\n{line}\nbad\n"))) as found:
        assert [text for block in found.blocks for text in lines_in(block)][3] == line
    assert found.has_address


def test_what_is_wrong_from_the_beginning_is_told_at_once(tmp_path: Path) -> None:
    """Before somebody writes the heading of records that will not come."""
    for name, content in (("list.csv", NO_COLUMN), ("list.jsonl", '{"a": "192.0.2.1"}\n')):
        path = write(tmp_path / name, content)
        with pytest.raises(ListError, match="no column 'nope'"), open_list(str(path), "nope"):
            pytest.fail("it was opened")


def sound_gzip() -> bytes:
    return gzip.compress("".join(f"192.0.2.{n % 256}\n" for n in range(5000)).encode())


def parquet_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    return buffer.getvalue()


NO_COLUMN = "ip,n\n192.0.2.1,1\n"
LARGE_CELL = "a cell of more than 131,072 characters; is a quote not closed?"
CARRIAGE_RETURNS = "carriage returns alone end lines here; expected LF or CR LF"
NUL_BYTES = "is no text: NUL bytes, as in archives, indexes and UTF-16; expected UTF-8 or ASCII, plain or gzip"


@pytest.mark.parametrize(
    ("name", "content", "column", "message"),
    [
        ("list.gz", sound_gzip()[:-100], None, ": gzip file is truncated; expected its end marker"),
        ("list.gz", sound_gzip()[:5], None, ": gzip file is truncated"),
        ("list.gz", sound_gzip()[:30] + b"\xff" * 20 + sound_gzip()[50:], None, ": gzip file is damaged: "),
        ("list.gz", sound_gzip()[:-8] + b"12345678", None, ": gzip file is damaged: CRC"),
        ("list.gz", gzip.compress(b"\n" * (80 << 20)), None, ": expands to more than 200 times its size"),
        ("list.txt", "192.0.2.1\n".encode("utf-16"), None, ": is UTF-16; expected UTF-8 or ASCII"),
        ("list.txt", "192.0.2.1\n192.0.2.2\n".encode("utf-16-le"), None, f":1: {NUL_BYTES}"),
        ("list", "192.0.2.1\n192.0.2.2\0\n", None, f":2: {NUL_BYTES}"),
        ("list.csv", "ip\n192.0.2.1\n\0\n", None, f":3: {NUL_BYTES}"),
        ("list.jsonl", '"192.0.2.1"\n\0\n', None, f":2: {NUL_BYTES}"),
        ("list.gz", gzip.compress(b"PK\3\4\x14\0"), None, f":1: {NUL_BYTES}"),
        ("list.xz", lzma.compress(b"192.0.2.1\n"), None, f":1: {NUL_BYTES}"),
        ("list.csv", "a,b\n1,2\n", None, ":1: several columns and no address in the first line; name one of: a, b"),
        ("list.csv", NO_COLUMN, "name", ":1: no column 'name'; expected one of: ip, n"),
        ("list.csv", NO_COLUMN, "3", ":1: no column 3; expected a number from 1 to 2"),
        ("list.csv", 'ip\n"' + "x\n" * 100_000, None, f":2: a row begins here with {LARGE_CELL}"),
        ("list.csv", "ip\n" + "x" * 150_000 + "\n", None, f":2: a row begins here with {LARGE_CELL}"),
        (
            "list.csv",
            'ip\n"' + '","\n' * 600_000,
            None,
            ":2: a row of more than 1,048,576 characters begins here; is a",
        ),
        ("list.csv", "ip\n" + "x" * 4_000_000 + "\n", None, ":2: line longer than 1,048,576 bytes"),
        ("list.csv", "ip\n1\r2\n", None, f":2: {CARRIAGE_RETURNS}"),
        ("list.csv", "ip,n\r192.0.2.1,1\r192.0.2.2,2\r", None, f":1: {CARRIAGE_RETURNS}"),
        ("list.csv", 'ip,n\n"192.0.2.1"x,1\r192.0.2.2,2\r', None, ":2: in the row that begins here text follows"),
        ("list.jsonl", '{"a": 1, "b": 2}\n', None, ":1: several columns and no address in the first line"),
        ("list.jsonl", '{"a": "192.0.2.1"}\n', "ip", ":1: no column 'ip'; expected one of: a"),
        ("list.parquet", "no parquet", None, ": is no Parquet file, or is damaged: "),
        ("list.parquet", b"PAR1" + b"x" * 100, None, ": is no Parquet file, or is damaged: "),
        ("list.parquet", parquet_bytes(pa.table({"ip": [1]})), None, ": column 'ip' is int64; expected text"),
        ("list.parquet", parquet_bytes(pa.table({"ip": ["a"]})), "x", ":1: no column 'x'; expected one of: ip"),
        ("list.gz", gzip.compress(parquet_bytes(pa.table({"ip": ["a"]}))), None, ": is Parquet from a pipe or inside"),
        ("missing", None, None, ": cannot be read: no such file or directory"),
        (".", None, None, ": cannot be read: is a directory"),
    ],
)
def test_a_list_that_cannot_be_read_is_named(
    name: str, content: str | bytes | None, column: str | None, message: str, tmp_path: Path
) -> None:
    """With what is wrong, and the line where that says more."""
    path = tmp_path / name
    if content is not None:
        write(path, content)
    with pytest.raises(ListError) as caught:
        lines_of(path, column)
    assert str(caught.value).startswith(f"{path}{message}")
    assert "\n" not in str(caught.value)


def test_damaged_parquet_is_told_by_its_name(tmp_path: Path) -> None:
    """Also when its end is sound and only a page is not."""
    table = pa.table({"ip": [f"192.0.2.{n % 256}" for n in range(50_000)]})
    path = tmp_path / "list.parquet"
    parquet.write_table(table, path, compression="zstd", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[100:400] = bytes(300)
    path.write_bytes(content)
    with pytest.raises(ListError, match=r"list\.parquet: is damaged: "):
        lines_of(path)
