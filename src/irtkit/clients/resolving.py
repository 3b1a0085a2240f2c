"""The journey from a list of addresses to records: blocks of lines in, text or tables of records out, in order.

Blocks are resolved by two threads, a few blocks ahead of what is written: memory does not grow with the list.

It reads no list and writes no file: `irtkit.clients.lists` and `irtkit.clients.outputs` do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa

from irtkit.addresses import line_ends
from irtkit.clients.lists import is_wide
from irtkit.index.answers import record_of
from irtkit.index.records import Records, table_of_rows
from irtkit.index.render import CsvText, JsonText, Text
from irtkit.index.segments import NO_ADDRESS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from irtkit.clients.lists import Block
    from irtkit.index.bulk import Read
    from irtkit.index.lookup import Index

__all__ = ["SCHEMA", "ListResolver"]

_Part = TypeVar("_Part")

_THREADS = 2
_AHEAD = 6
"""Blocks that are read before the first of them has to be written: one may take long, while tables are made for all."""
_AHEAD_OF_WIDE = 3
"""The same where long records are made of the lines."""

SCHEMA = pa.schema(
    {
        **dict.fromkeys(
            ("input", "address", "network", "source", "netname", "country", "org", "irt_network"), pa.string()
        ),
        "irts": pa.list_(pa.string()),
        "contacts": pa.list_(
            pa.struct(
                {
                    **dict.fromkeys(("kind", "handle", "email", "via"), pa.string()),
                    "inherited": pa.int32(),
                    "suspect": pa.bool_(),
                    **dict.fromkeys(("gap", "echo_of", "last_modified", "validated"), pa.string()),
                }
            )
        ),
        "email": pa.string(),
        "reason": pa.string(),
    }
)
"""The columns of a table of records."""


class ListResolver:
    """Resolves lists: the *fields* of a record for each line, contacts ordered by the named *policy*.

    Raises: IndexFileError when the arrays of the index do not fit together.
    """

    def __init__(self, index: Index, fields: Sequence[str], policy: str) -> None:
        self._index = index
        self._records = Records(index.bulk, policy)
        self._schema = pa.schema([SCHEMA.field(field) for field in fields])
        self._ahead = _AHEAD_OF_WIDE if is_wide(fields) else _AHEAD

    def texts(self, blocks: Iterable[Block], form: str, size: int | None = None) -> Iterator[bytes | memoryview]:
        """Yield the records of *blocks* as text; *form* is `csv` or `jsonl`.

        *size* is that of the list, in the unit of a block's position, if it is known: long ones are prepared for.
        """
        text = {"csv": CsvText, "jsonl": JsonText}[form](self._records, self._schema.names)
        if head := text.head():
            yield head + b"\n"
        announced = self._announced(blocks, text, size)
        for part in _in_order(lambda block: self._text(text, block), announced, self._ahead):
            yield memoryview(part)[1:]
            del part  # the next one needs its memory
            yield b"\n"

    def _announced(self, blocks: Iterable[Block], text: Text, size: int | None) -> Iterator[Block]:
        """Yield *blocks*, and say before the first one how many lines all of them have, as far as it tells."""
        for number, block in enumerate(blocks):
            if number == 0 and size and block.position:
                expected = (block.text.count(b"\n") - 1) * size // block.position
                self._index.bulk.expect(expected)
                text.expect(expected)
            yield block

    def tables(self, blocks: Iterable[Block]) -> Iterator[pa.Table]:
        """Yield the records of *blocks* as tables, columns as in `SCHEMA`."""
        return _in_order(self._table, blocks, _AHEAD_OF_WIDE)

    def write_parquet(self, blocks: Iterable[Block], file: IO[bytes]) -> None:
        """Write the records of *blocks* as one Parquet file."""
        from pyarrow import parquet  # noqa: PLC0415 - a tenth of a second, for Parquet only

        with parquet.ParquetWriter(file, self._schema, compression="zstd") as writer:
            for table in self.tables(blocks):
                writer.write_table(table)

    def _read(self, block: Block) -> tuple[NDArray[np.uint8], NDArray[np.int64], Read]:
        lines = np.frombuffer(block.text, np.uint8)
        ends = line_ends(lines)[1:]
        return lines, ends, self._index.bulk.read_lines(lines[1:], ends - 1)

    def _others(self, block: Block, ends: NDArray[np.int64], read: Read) -> Mapping[int, Mapping[str, object]]:
        """Return the records of the lines that are no plain addresses, by the number of the line."""
        records = {}
        for number in np.flatnonzero(read.row == NO_ADDRESS).tolist():
            begin = int(ends[number - 1]) + 1 if number else 1
            line = block.text[begin : int(ends[number])].decode("utf-8", "replace")
            records[number] = record_of(self._index, line, self._records.policy.name)
        return records

    def _text(self, text: Text, block: Block) -> pa.Buffer:
        lines, ends, read = self._read(block)
        return text.render(lines, ends, read, self._others(block, ends, read))

    def _table(self, block: Block) -> pa.Table:
        _, ends, read = self._read(block)
        lines = block.text[1:-1].decode("utf-8", "replace").split("\n")
        addresses = [
            None if row == NO_ADDRESS else line if read.ipv4[number] else read.text_of(number)
            for number, (line, row) in enumerate(zip(lines, read.row.tolist(), strict=True))
        ]
        table = table_of_rows(self._records, read.row, pa.array(addresses, pa.string()), read)
        table = table.append_column("input", pa.array(lines, pa.string()))
        table = table.select(self._schema.names).cast(self._schema)
        others = self._others(block, ends, read)
        if not others:
            return table
        patch = pa.Table.from_pylist([dict(record) for record in others.values()], self._schema)
        place = np.arange(len(lines))
        place[list(others)] = np.arange(len(others)) + len(lines)
        return pa.concat_tables([table, patch]).take(pa.array(place))


def _in_order(work: Callable[[Block], _Part], blocks: Iterable[Block], ahead: int) -> Iterator[_Part]:
    """Yield what *work* makes of each block, in order; two threads work while the caller uses what is ready.

    They are no more than *ahead* blocks before the caller.
    """
    pending: deque[Future[_Part]] = deque()
    pool = ThreadPoolExecutor(_THREADS, "irtkit-resolve")
    try:
        for block in blocks:
            if len(block.text) > 1:
                pending.append(pool.submit(work, block))
            while len(pending) > (0 if block.pause else ahead):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
