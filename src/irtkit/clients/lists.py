"""Lists of addresses, read a block of lines at a time: text, CSV, JSON Lines and Parquet; plain, gzip or from a pipe.

Whatever the kind, a block is lines of text with one address, prefix, range, or something else on each: one for each
line, record or row of the list, in its order. Memory does not grow with the list.

It reads no address beyond telling a header from an address, and a list of addresses from one of something else; what
is none goes on as it is.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import select
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
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
_NUL, _REPLACEMENT = b"\0", "\N{REPLACEMENT CHARACTER}".encode()
_BEGINS_JSON = re.compile(r"\{|\[\s*(?:[\[{\"]|$)")
"""What a list in brackets is not: an IPv6 address may stand in them."""
_LIKE_ADDRESS = re.compile(rb"\n[^\nG-Zg-z#]++(?=[\n#])")
"""A line feed and a line whose letters, up to a comment, are hexadecimal digits: all addresses are such, and others."""
_CSV_FAULTS = {
    "new-line": "carriage returns alone end lines here; expected LF or CR LF",
    "field larger": "a row begins here with a cell of more than {limit:,} characters; is a quote not closed?",
    "": "in the row that begins here text follows a closing quote; expected {delimiter!r} or the end of the line",
}
"""How a message of Python's reader begins, and what it means."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a list: *text* is a line feed, then each line, without blanks around it, with a line feed after it."""

    text: bytes
    position: int
    """How much of the list was read so far, in the unit of `ListFile.size`."""
    pause: bool = False
    """Whether the next block may be long in coming."""


@dataclass(slots=True)
class ListFile:
    """An open list."""

    kind: Kind
    size: int | None
    """Bytes of the file, or rows if it is Parquet; None for a pipe."""
    blocks: Iterator[Block]
    has_lines: bool = False
    """Whether one of the blocks taken so far has a line."""
    has_address: bool = False
    """Whether one of their lines is an address, a prefix or a range."""


def block_of(lines: Sequence[str], position: int = 0, *, pause: bool = False) -> Block:
    """Make a block of *lines*; a line feed inside one becomes U+FFFD."""
    text = "".join([f"\n{line}" for line in lines])
    if text.count("\n") > len(lines):
        text = "".join(["\n" + line.strip(" \n\r\t\v\f").replace("\n", "�") for line in lines])
    return Block(_tidy(f"{text}\n".encode("utf-8", "replace")), position, pause)


def _tidy(text: bytes) -> bytes:
    """Take away the blanks around each line; U+FFFD stands for NUL, which ends no address."""
    if _NUL in text:
        text = text.replace(_NUL, _REPLACEMENT)
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

    The first block is read at once, so that a list that is wrong from its beginning is refused before it is used.

    Raises: ListError, also while later blocks are read, when the list cannot be read, is binary, damaged or truncated
    gzip or Parquet, a gzip bomb, CSV with a quote that is not closed, or one JSON document instead of lines, or has no
    such column.
    """
    with closing(_Source(path, _SIZE_OF_WIDE if wide else _SIZE)) as source:
        source.begin()
        size: int | None
        kind = _kind_of(source, column)
        if kind == "parquet":
            size, blocks = _parquet(source, column)
        else:
            source.refuse_binary()
            size, blocks = source.size, {"text": _text, "csv": _csv, "jsonl": _jsonl}[kind](source, column)
        found = ListFile(kind, size, iter(()))
        found.blocks = _noticed(found, chain((next(blocks, Block(b"\n", 0)),), blocks))
        yield found


def _noticed(found: ListFile, blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield *blocks*, and say of the list that they have lines, and an address; the first one found ends the search."""
    for block in blocks:
        if len(block.text) > 1:
            found.has_lines, found.has_address = True, _has_address(block)
        yield block
        del block  # the next one needs its memory
        if found.has_address:
            break
    yield from blocks


def _has_address(block: Block) -> bool:
    return any(_is_query(line[0].decode("utf-8", "replace").strip()) for line in _LIKE_ADDRESS.finditer(block.text))


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

    def refuse_binary(self) -> None:
        """Raise ListError for what has NUL bytes at its beginning."""
        before, nul, _ = self.peek().partition(_NUL)
        if nul:
            message = (
                "is no text: NUL bytes, as in archives, indexes and UTF-16; expected UTF-8 or ASCII, plain or gzip"
            )
            raise self.error(message, before.count(b"\n") + 1)

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
    if _BEGINS_JSON.match(first) or (first.startswith(("[", '"')) and _json_of(first) is not None):
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


class _Rows:
    """The rows of a CSV; a cell in quotes may go on in the next line, or block."""

    def __init__(self, source: _Source, delimiter: str) -> None:
        self._source = source
        self._delimiter = delimiter
        self._begun = ""
        """Lines of a row that has a quote open."""
        self._before = 0
        """How many lines come before them."""

    def feed(self, text: str) -> Iterator[list[str]]:
        """Yield the rows that end in these lines."""
        text, self._begun = self._begun + text, ""
        lines = io.StringIO(text, newline="\n")
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        done = 0
        while True:
            try:
                for row in reader:
                    done = reader.line_num
                    yield row
                break
            except csv.Error as error:
                begun = _last_lines(text, lines.tell(), reader.line_num - done)
                if str(error).startswith("unexpected end"):
                    self._begun = begun
                    break
                row = self._forgiven(begun, error, self._before + done + 1)
                done = reader.line_num
                yield row
        self._before += done
        if len(self._begun) > _LONGEST["csv"]:
            longest = f"{_LONGEST['csv']:,} characters"
            raise self._source.error(
                f"a row of more than {longest} begins here; is a quote not closed?", self._before + 1
            )

    def _forgiven(self, row: str, error: csv.Error, line: int) -> list[str]:
        """Return the cells of a *row*, if it is one line and only has text after a closing quote."""
        if "expected after" in str(error) and row.count("\n") == 1:
            with suppress(csv.Error):
                cells = next(csv.reader([row], delimiter=self._delimiter))
                if not cells[-1].endswith("\n"):
                    return cells
        message = next(message for begin, message in _CSV_FAULTS.items() if str(error).startswith(begin))
        message = message.format(limit=csv.field_size_limit(), delimiter=self._delimiter)
        raise self._source.error(message, line) from None

    def end(self) -> None:
        """Raise ListError if a quote is open still."""
        if self._begun:
            cells = next(csv.reader(io.StringIO(self._begun, newline="\n"), delimiter=self._delimiter))
            line = self._before + 1 + self._begun.count("\n") - cells[-1].count("\n")
            raise self._source.error("a quote opens here and is not closed before the list ends", line)


def _last_lines(text: str, end: int, count: int) -> str:
    """Return the *count* lines before *end*."""
    begin = end
    for _ in range(count):
        begin = text.rfind("\n", 0, begin - 1) + 1
    return text[begin:end]


def _csv(source: _Source, column: str | None) -> Iterator[Block]:
    first = source.peek().split(b"\n", 1)[0].decode("utf-8", "replace")
    rows = _Rows(source, "\t" if source.suffix == ".tsv" else _delimiter_of(first))
    number: int | None = None
    for block in _cut(source, _LONGEST["csv"], shorten=False):
        cells: list[str] = []
        for row in rows.feed(block.text[1:].decode("utf-8", "replace")):
            if number is None and row:
                number, has_header = _column_of(source, row, column)
                if has_header:
                    continue
            cells.append(row[number] if number is not None and number < len(row) else "")
        yield block_of(cells, block.position, pause=block.pause)
    rows.end()


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
    before, begun, checked = 0, False, False
    for block in _cut(source, _LONGEST["jsonl"]):
        lines = [line.decode("utf-8", "replace") for line in block.text[1:].split(b"\n")[:-1]]
        if not begun and (written := [number for number, line in enumerate(lines) if line.strip()]):
            begun = True
            if _is_document(lines[written[0]].strip(), column):
                message = "is one JSON document; expected JSON Lines: one address or object a line"
                raise source.error(message, before + written[0] + 1)
        before += len(lines)
        values = [_json_of(line) for line in lines]
        if not checked and (objects := [value for value in values if isinstance(value, dict)]):
            checked = True
            if all(_value_in(value, column) is None for value in objects):
                _column_named(source, list(objects[0]), column)
        cells = [_value_in(value, column) for value in values]
        texts = [line if cell is None else cell for line, cell in zip(lines, cells, strict=True)]
        yield block_of(texts, block.position, pause=block.pause)


def _is_document(line: str, column: str | None) -> bool:
    """Whether the first line of a list is no line of JSON Lines, but begins a JSON document, or is one of several.

    An array of one text is one line; so is one of texts and numbers, among which *column* counts.
    """
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        return (line.startswith("[") and not _is_query(line)) or (line.startswith("{") and error.pos == len(line))
    except RecursionError:
        return line.startswith("[")
    if not isinstance(value, list):
        return False
    if column is not None and column.isdecimal():
        return any(isinstance(element, list | dict) for element in value)
    return len(value) != 1 or not isinstance(value[0], str)


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
        number = int(column) if column is not None and column.isdecimal() else 1 if len(value) == 1 else 0
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
