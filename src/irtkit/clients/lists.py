"""Lists of addresses, read a block of lines at a time: text, CSV, JSON Lines and Parquet; plain, gzip or from a pipe.

Whatever the kind, a block is lines of text with one address, prefix, range, or something else on each: one for each
line, record or row of the list, in its order. Memory does not grow with the list.

It reads no address beyond telling a header from an address; what is none goes on as it is.
"""

from __future__ import annotations

import csv
import json
import os
import select
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal, TypeAlias

from irtkit.errors import ListError, RangeError, reason_of
from irtkit.index.layout import printable
from irtkit.resources import AddressRange

__all__ = ["Block", "Kind", "ListFile", "block_of", "is_wide", "open_list"]

Kind: TypeAlias = Literal["text", "csv", "jsonl", "parquet"]

_SIZE = 1 << 20
"""Bytes of a block: enough to keep NumPy busy, and several blocks are in memory at once."""
_SIZE_OF_WIDE = 128 << 10
"""The same where long records are made of the lines."""
_BUFFER = 64 << 10
_PAUSE = 0.02
"""Seconds that a pipe may take to deliver more before what has come is passed on."""
_LONGEST = {"text": 64 << 10, "csv": 1 << 20, "jsonl": 16 << 20}
"""Bytes of a line that are kept; objects in JSON Lines may be large."""
_KEPT = 4096
"""Bytes that are kept of a longer line: more than a record repeats of it."""
_PARQUET_ROWS = 1 << 15
_GZIP, _PARQUET, _BYTE_ORDER_MARK = b"\x1f\x8b", b"PAR1", b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MAX_RATIO = 200
"""A list shrinks to a third or a tenth."""
_RATIO_FROM = 64 << 20
"""Bytes from which the ratio counts."""
_KINDS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_ADDRESS_COLUMNS = frozenset({"address", "addr", "ip", "ip address", "ip-address", "ip_address", "ipaddress", "input"})
"""Names, lower case, of the column that is read when none is named."""
_SHOWN = 20
"""Columns that an error message lists."""
_BLANKS = (b" ", b"\t", b"\r", b"\v", b"\f")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a list: *text* is a line feed, then each line, without blanks around it, with a line feed after it."""

    text: bytes
    position: int
    """How much of the list was read so far, in the unit of `ListFile.size`."""
    pause: bool = False
    """Whether the next block may be long in coming."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """An open list."""

    kind: Kind
    size: int | None
    """Bytes of the file, or rows if it is Parquet; None for a pipe."""
    blocks: Iterator[Block]


def block_of(lines: Sequence[str], position: int = 0, *, pause: bool = False) -> Block:
    """Make a block of *lines*; a line feed inside one becomes U+FFFD."""
    text = "".join([f"\n{line}" for line in lines])
    if text.count("\n") > len(lines):
        text = "".join(["\n" + line.strip(" \n\r\t\v\f").replace("\n", "�") for line in lines])
    return Block(_tidy(f"{text}\n".encode("utf-8", "replace")), position, pause)


def _tidy(text: bytes) -> bytes:
    """Take away the blanks around each line."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    if any(blank in text for blank in _BLANKS):
        return b"\n".join([line.strip() for line in text.split(b"\n")])
    return text


def is_wide(fields: Collection[str]) -> bool:
    """Tell whether records of these *fields* are long: of a whole record contacts are the largest part."""
    return "contacts" in fields


@contextmanager
def open_list(path: str, column: str | None = None, *, wide: bool = False) -> Iterator[ListFile]:
    """Open the list *path*, or standard input for `-`. Its suffix tells its kind, and where that does not, its content.

    *column* names the column of a CSV or Parquet file, or the key of the objects of JSON Lines, that has the addresses;
    or it is a number from 1. Without it the column is the first one that begins with an address, or the one that is
    called `ip`, `address` or the like, or the only one. A CSV has a header unless that column of its first line is an
    address. Blocks are smaller for who makes *wide* records of them.

    Raises: ListError, also while blocks are read, when the list cannot be read, is damaged or truncated gzip or
    Parquet, is a gzip bomb, or has no such column.
    """
    with closing(_Source(path, _SIZE_OF_WIDE if wide else _SIZE)) as source:
        source.begin()
        kind = _kind_of(source, column)
        if kind == "parquet":
            rows, blocks = _parquet(source, column)
            yield ListFile(kind, rows, blocks)
        else:
            read = {"text": _text, "csv": _csv, "jsonl": _jsonl}[kind]
            yield ListFile(kind, source.size, read(source, column))


class _Source:
    """The bytes of a list, inflated."""

    def __init__(self, path: str, size_of_block: int) -> None:
        self._block = size_of_block
        self.path = "standard input" if path == "-" else path
        self.suffix = PurePath(path.removesuffix(".gz")).suffix.lower()
        self.gzip = False
        self._damage: Any = ()
        self._given = 0
        try:
            self.file = open(0 if path == "-" else path, "rb", _BUFFER, closefd=path != "-")  # noqa: SIM115 - close() closes it
        except OSError as error:
            raise self._unreadable(error) from None
        self.size = os.fstat(self.file.fileno()).st_size if self.file.seekable() else None
        self._stream: Any = self.file

    def begin(self) -> None:
        """Find out how the bytes are packed, and skip a byte order mark."""
        if self.peek()[:2] == _GZIP:
            from isal import igzip, igzip_lib  # noqa: PLC0415 - only for who has gzip files

            self.gzip, self._damage = True, (igzip_lib.IsalError, igzip.BadGzipFile)
            self._stream = igzip.IGzipFile(fileobj=self.file, mode="rb")  # type: ignore[no-untyped-call]
        if self.peek().startswith(_UTF_16):
            raise self.error("is UTF-16; expected UTF-8 or ASCII")
        if self.peek().startswith(_BYTE_ORDER_MARK):
            self._take(self._stream.read, len(_BYTE_ORDER_MARK))

    def close(self) -> None:
        self._stream.close()
        self.file.close()

    def error(self, message: str, line: int | None = None) -> ListError:
        """Make an exception that names this list."""
        return ListError(message, path=self.path, line=line)

    @property
    def position(self) -> int:
        """Bytes of the file itself read so far."""
        return self._given if self.size is None else self.file.tell()

    def peek(self) -> bytes:
        """Return the first bytes without reading them."""
        return self._take(self._stream.peek, _KEPT)[:_KEPT]

    def read(self) -> tuple[bytes, bool]:
        """Return a block, `b""` at the end, and whether more may be long in coming."""
        if self.size is None:
            return self._read_pipe()
        data = self._take(self._stream.read, self._block)
        self._given += len(data)
        if self.gzip and self._given > _RATIO_FROM and self._given > _MAX_RATIO * self.position:
            raise self.error(f"expands to more than {_MAX_RATIO} times its size; expected addresses")
        return data, False

    def _read_pipe(self) -> tuple[bytes, bool]:
        data = more = self._take(self._stream.read1, self._block)
        while more and len(data) < self._block:
            if not select.select([self.file], [], [], _PAUSE)[0]:
                return data, True
            more = self._take(self._stream.read1, self._block - len(data))
            data += more
        return data, False

    def _take(self, read: Callable[[int], bytes], size: int) -> bytes:
        try:
            return read(size)
        except EOFError:
            raise self.error("gzip file is truncated; expected its end marker") from None
        except self._damage as error:
            raise self.error(f"gzip file is damaged: {error}") from None
        except OSError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: OSError) -> ListError:
        return self.error(f"cannot be read: {reason_of(error)}")


def _kind_of(source: _Source, column: str | None) -> Kind:
    head = source.peek()
    if head.startswith(_PARQUET):
        return "parquet"
    if source.suffix in _KINDS:
        return _KINDS[source.suffix]
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    if first.startswith("{") or (first.startswith(("[", '"')) and _json_of(first) is not None):
        return "jsonl"
    cells = first.split(_delimiter_of(first))
    return "csv" if column is not None or (len(cells) > 1 and any(map(_is_query, cells))) else "text"


def _is_query(text: str) -> bool:
    try:
        AddressRange.parse_lenient(text)
    except RangeError:
        return False
    return True


def _cut(source: _Source, longest: int, *, shorten: bool = True) -> Iterator[Block]:
    """Cut a list into blocks of whole lines; of a line longer than *longest* bytes the beginning is kept."""
    tail, skipping, line = b"", False, 1
    while True:
        data, pause = source.read()
        if not data:
            break
        if skipping:
            end_of_line = data.find(b"\n")
            skipping = end_of_line < 0
            data = b"" if skipping else data[end_of_line:]
        data = tail + data
        end = data.rfind(b"\n") + 1
        if not shorten:
            line += data.count(b"\n", 0, end)
        tail = data[end:]
        if len(tail) > longest:
            if not shorten:
                raise source.error(f"line longer than {longest:,} bytes", line)
            tail, skipping = tail[:_KEPT], True
        if end or pause:
            yield Block(b"\n" + data[:end], source.position, pause)
    if tail:
        yield Block(b"\n" + tail + b"\n", source.position)


def _text(source: _Source, _: str | None) -> Iterator[Block]:
    for block in _cut(source, _LONGEST["text"]):
        yield Block(_tidy(block.text), block.position, block.pause)


class _Lines:
    """The lines of blocks, as `csv.reader` wants them; *block* is the one that the last line was in."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._lines: list[str] = []
        self.block = Block(b"", 0)

    @property
    def at_end_of_block(self) -> bool:
        return not self._lines

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        while not self._lines:
            self.block = next(self._blocks)
            self._lines = self.block.text[1:].decode("utf-8", "replace").split("\n")[:-1]
            self._lines.reverse()
        return f"{self._lines.pop()}\n"


def _csv(source: _Source, column: str | None) -> Iterator[Block]:
    first = source.peek().split(b"\n", 1)[0].decode("utf-8", "replace")
    lines = _Lines(_cut(source, _LONGEST["csv"], shorten=False))
    rows = csv.reader(lines, delimiter="\t" if source.suffix == ".tsv" else _delimiter_of(first))
    cells: list[str] = []
    number: int | None = None
    try:
        for row in rows:
            if number is None and row:
                number, has_header = _column_of(source, row, column)
                if has_header:
                    continue
            cells.append(row[number] if number is not None and number < len(row) else "")
            if lines.at_end_of_block:
                yield block_of(cells, lines.block.position, pause=lines.block.pause)
                cells = []
    except csv.Error as error:
        raise source.error(f"is no CSV: {error}", rows.line_num) from None
    yield block_of(cells, lines.block.position)


def _delimiter_of(line: str) -> str:
    return max(",;\t", key=line.count)


def _column_of(source: _Source, row: Sequence[str], column: str | None) -> tuple[int, bool]:
    """Return which column of a CSV with this first *row* has the addresses, from 0, and whether the row is a header."""
    if column is None:
        queries = [index for index, cell in enumerate(row) if _is_query(cell)]
        return (queries[0], False) if queries else (_column_named(source, row, None), True)
    number = _column_named(source, row, column)
    return number, not (column.isdecimal() and _is_query(row[number]))


def _column_named(source: _Source, names: Sequence[str], column: str | None) -> int:
    """Return the place of *column*, a name or a number from 1, or without one the place of the addresses."""
    known = [name.strip().lower() for name in names]
    listed = printable(", ".join(names[:_SHOWN]))
    if column is None:
        found = [index for index, name in enumerate(known) if name in _ADDRESS_COLUMNS or len(known) == 1]
        if not found:
            raise source.error(f"several columns and no address in the first line; name one of: {listed}", 1)
        return found[0]
    if column.isdecimal():
        if not 1 <= int(column) <= len(names):
            raise source.error(f"no column {column}; expected a number from 1 to {len(names)}", 1)
        return int(column) - 1
    for wanted, among in ((column, names), (column.strip().lower(), known)):
        if wanted in among:
            return among.index(wanted)
    raise source.error(f"no column {column!r}; expected one of: {listed}", 1)


def _jsonl(source: _Source, column: str | None) -> Iterator[Block]:
    checked = False
    for block in _cut(source, _LONGEST["jsonl"]):
        lines = [line.decode("utf-8", "replace") for line in block.text[1:].split(b"\n")[:-1]]
        values = [_json_of(line) for line in lines]
        if not checked and (objects := [value for value in values if isinstance(value, dict)]):
            checked = True
            if all(_value_in(value, column) is None for value in objects):
                _column_named(source, list(objects[0]), column)
        cells = [_value_in(value, column) for value in values]
        texts = [line if cell is None else cell for line, cell in zip(lines, cells, strict=True)]
        yield block_of(texts, block.position, pause=block.pause)


def _json_of(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _value_in(value: object, column: str | None) -> str | None:
    """Return the text in a line of JSON Lines that *column* names, if there is one."""
    found = value
    if isinstance(value, dict):
        names = list(value)
        if column is not None and column.isdecimal():
            found = value[names[int(column) - 1]] if 0 < int(column) <= len(names) else None
        elif column is not None:
            found = value.get(column)
        else:
            named = [name for name in names if name.strip().lower() in _ADDRESS_COLUMNS or len(names) == 1]
            found = value[named[0]] if named else None
    elif isinstance(value, list):
        number = int(column) if column is not None and column.isdecimal() else 1
        found = value[number - 1] if 0 < number <= len(value) else None
    return found if isinstance(found, str) else None


def _parquet(source: _Source, column: str | None) -> tuple[int, Iterator[Block]]:
    import pyarrow as pa  # noqa: PLC0415 - only for who has Parquet
    from pyarrow import parquet  # noqa: PLC0415 - the same

    if source.size is None or source.gzip:
        raise source.error("is Parquet from a pipe or inside gzip; expected a Parquet file")
    try:
        file = parquet.ParquetFile(source.file)
        schema = file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise source.error(f"is no Parquet file, or is damaged: {_first_line(error)}") from None
    name = schema.names[_column_named(source, schema.names, column)]
    kind = schema.field(name).type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise source.error(f"column {name!r} is {kind}; expected text")

    def blocks() -> Iterator[Block]:
        done = 0
        try:
            for batch in file.iter_batches(_PARQUET_ROWS, columns=[name], use_threads=False):
                done += batch.num_rows
                yield block_of([text or "" for text in batch.column(0).to_pylist()], done)
        except (pa.ArrowException, OSError) as error:
            raise source.error(f"is damaged: {_first_line(error)}") from None

    return file.metadata.num_rows, blocks()


def _first_line(error: Exception) -> str:
    return printable(str(error).split("\n", 1)[0])
