"""Lists of addresses: every kind gives the same lines, however it is cut, and says what is wrong with it."""

import csv
import gzip
import io
import json
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

a_few_examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
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
    return text.encode().strip().decode().replace("\n", "�")


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_csv(path: Path, rows: Sequence[Sequence[str]], **dialect: Any) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, **dialect).writerows(rows)
    return path


@a_few_examples
@given(content=st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=20), size=sizes)
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
@given(cells=st.lists(texts, max_size=12), size=sizes, has_header=st.booleans())
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
    """Whether a line is an object, an array or a string."""
    monkeypatch.setattr(lists, "_SIZE", size)
    rows = [[{"n": 1, "ip": value}, [value, 1], value][number % 3] for number, value in enumerate(values)]
    path = write(tmp_path / "list.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert lines_of(path) == [tidy(value) for value in values]


def test_json_that_holds_no_address_is_a_line_as_it_stands(tmp_path: Path) -> None:
    """So that whoever reads the records sees what was there."""
    kept = ['{"ip": null}', '{"n": 1}', "{broken", "17", "[" * 5000, '{"ip": ["192.0.2.1"]}', ""]
    path = write(tmp_path / "list.jsonl", "\n".join(['{"ip": "192.0.2.1", "n": "192.0.2.2"}', *kept]) + "\n")
    assert lines_of(path) == ["192.0.2.1", *kept]
    assert lines_of(path, "2")[0] == "192.0.2.2"


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


def sound_gzip() -> bytes:
    return gzip.compress("".join(f"192.0.2.{n % 256}\n" for n in range(5000)).encode())


def parquet_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    return buffer.getvalue()


NO_COLUMN = "ip,n\n192.0.2.1,1\n"


@pytest.mark.parametrize(
    ("name", "content", "column", "message"),
    [
        ("list.gz", sound_gzip()[:-100], None, ": gzip file is truncated; expected its end marker"),
        ("list.gz", sound_gzip()[:5], None, ": gzip file is truncated"),
        ("list.gz", sound_gzip()[:30] + b"\xff" * 20 + sound_gzip()[50:], None, ": gzip file is damaged: "),
        ("list.gz", sound_gzip()[:-8] + b"12345678", None, ": gzip file is damaged: CRC"),
        ("list.gz", gzip.compress(b"\n" * (80 << 20)), None, ": expands to more than 200 times its size"),
        ("list.txt", "192.0.2.1\n".encode("utf-16"), None, ": is UTF-16; expected UTF-8 or ASCII"),
        ("list.csv", "a,b\n1,2\n", None, ":1: several columns and no address in the first line; name one of: a, b"),
        ("list.csv", NO_COLUMN, "name", ":1: no column 'name'; expected one of: ip, n"),
        ("list.csv", NO_COLUMN, "3", ":1: no column 3; expected a number from 1 to 2"),
        ("list.csv", 'ip\n"' + "x\n" * 100_000, None, ":65538: is no CSV: field larger than field limit"),
        ("list.csv", "ip\n" + "x" * 4_000_000 + "\n", None, ":2: line longer than 1,048,576 bytes"),
        ("list.csv", "ip\n1\r2\n", None, ":2: is no CSV: new-line character seen in unquoted field"),
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
