"""Columns of records as text: CSV and JSON Lines, a block of records at a time.

A record is put together from few pieces: the line that was read, what the index says of the object, what it says of the
answer. Once many records were written, or are expected, the texts of all rows are made and kept, as far as they are
small.

CSV follows RFC 4180, with lists joined by `;`. A cell that a spreadsheet would take for a formula (it begins with
`=`, `+`, `-` or `@`) gets an apostrophe in front. JSON Lines is UTF-8, one object a line.

It reads no lines and writes no files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count, groupby
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from irtkit.index.answers import csv_cell, csv_record, json_record
from irtkit.index.layout import FIELDS, Flag
from irtkit.index.segments import NO_ADDRESS, NO_ROW
from irtkit.index.text_tables import PIECE, TextTable, bytes_of, constant, join_texts

if TYPE_CHECKING:
    from irtkit.index.bulk import Read
    from irtkit.index.records import Records

__all__ = ["CsvText", "JsonText", "Text"]

Array: TypeAlias = NDArray[Any]

_LINE_FIELDS = ("input", "address")
_ANSWER_FIELDS = ("irt_network", "irts", "contacts", "email", "reason")
_TABLE_BYTES = 96 << 20
"""Texts of rows that are kept, at most."""
_WORTH = {"answer": 8, "object": 8, "row": 1}
"""A table of a kind is made once this many times the records written are more than the rows of the index."""
_BLOCK = 1 << 20
"""Bytes of text that are searched at once."""
_RELEASED = 4
"""Pieces of a table after which the memory that the index was read into is let go of."""
_FORMULA = b"=+-@"
_QUOTED = b'",'
_CSV_CONTACT = ("kind", "handle", "email", "inherited", "suspect", "via")
_SUSPECT = pa.array([" suspect=no", " suspect=yes"])


class Text:
    """Records as text; `render` may be called by several threads."""

    record: Callable[[Mapping[str, object], Sequence[str]], str]
    """Writes one record, without line feed."""

    def __init__(self, records: Records, fields: Sequence[str] = FIELDS) -> None:
        self.records = records
        self.fields = tuple(fields)
        self._cells: dict[str, pa.Array] = {}
        self._lock = Lock()
        self.finding = Lock()
        """Held while `without_email` or `distinct_answers`, which take long, are found once."""
        self._groups = [_Group(self, kind, names) for kind, names in _runs(self.fields, _kind)]
        self._wide_groups = [_Group(self, kind, names) for kind, names in _runs(self.fields, _wide_kind)]
        self._seen = self._expected = 0

    def expect(self, count: int) -> None:
        """Say that *count* records are to come, so that tables of texts are made before them where they pay."""
        self._expected = count

    def head(self) -> bytes:
        """Return what stands before the first record, without line feed."""
        raise NotImplementedError

    def cells(self, field: str, values: pa.Array) -> pa.Array:
        """Return the values of a field as they stand in the text; the last, empty one as no value."""
        raise NotImplementedError

    def contact_cells(self, rows: Array) -> pa.Array:
        """Return the contacts of each row as they stand in the text."""
        raise NotImplementedError

    def render(
        self, text: NDArray[np.uint8], ends: Array, read: Read, others: Mapping[int, Mapping[str, object]]
    ) -> pa.Buffer:
        """Return the records of a block, each with a line feed **before** it.

        *text* begins with a line feed and holds the lines, *ends* are the line feeds after each. *read* is what
        they were read as; a line that is no plain address has its record in *others*, by its number.
        """
        lines = _lines(text, ends)
        pieces: list[pa.Array] = []
        for group in self._ready_groups():
            pieces += group.of_lines(lines, read) if group.kind == "line" else [group.of_rows(read)]
        joined = self.joined(pieces)
        if others:
            other = np.zeros(len(ends), np.bool_)
            other[list(others)] = True
            records = [f"\n{self.record(others[index], self.fields)}" for index in sorted(others)]
            joined = pc.replace_with_mask(joined, pa.array(other), pa.array(records, pa.string()))
        self._seen += len(ends)
        return bytes_of(joined)

    def _ready_groups(self) -> list[_Group]:
        if self._groups is not self._wide_groups and all(group.has_table() for group in self._wide_groups):
            self._groups = self._wide_groups
            self.__dict__.pop("distinct_answers", None)
        groups = self._groups
        for group in groups:  # another thread may be planning a table: make another one meanwhile
            group.has_table(wait=False)
        return groups

    def joined(self, pieces: Sequence[pa.Array]) -> pa.Array:
        """Return the records put together, a line feed before each."""
        raise NotImplementedError

    def line_cells(self, field: str, values: pa.Array) -> pa.Array:
        """Return texts of addresses, which need no care, as they stand in the text."""
        raise NotImplementedError

    def worth_a_table(self, kind: str) -> bool:
        """Whether so many records were or will be written that the texts of all rows pay; few answers differ."""
        return max(self._seen, self._expected) * _WORTH[kind] > self.rows

    @property
    def kept(self) -> int:
        """Bytes of the tables of parts of a record; one of whole records would be no smaller."""
        return sum(group.kept for group in self._groups)

    @property
    def all_rows(self) -> NDArray[np.int32]:
        """Every row, then NO_ADDRESS and NO_ROW."""
        return np.append(np.arange(self.rows, dtype=np.int32), np.array([NO_ADDRESS, NO_ROW], np.int32))

    @cached_property
    def without_email(self) -> Array:
        """Whether each of all rows has no e-mail."""
        rows, answer = self.distinct_answers
        without: Array = self.records.codes("email", rows) < 0
        if self._groups is self._wide_groups:
            self.__dict__.pop("distinct_answers", None)  # only tables of answers need it
        self.release()
        return without[answer]

    @cached_property
    def distinct_answers(self) -> tuple[NDArray[np.int32], Array]:
        """The first of all rows with each distinct answer, and the answer of each of all rows."""
        array = self.records.bulk.array
        flags = np.append(array("object.flags"), np.uint8(0))[array("row.object")]
        nothing = (flags & (Flag.PLACEHOLDER.value | Flag.ROOT.value)) > 0
        key = _packed(array("row.irt"), array("row.irt_up"))
        key <<= np.uint64(31)
        key |= _packed(array("row.abuse"), array("row.abuse_up"))
        key <<= np.uint64(1)
        key |= nothing
        order = np.argsort(key, kind="stable")
        new = np.ones(len(order), np.bool_)
        new[1:] = key[order[1:]] != key[order[:-1]]
        answer = np.empty(len(order) + 2, np.int32)
        answer[order] = np.cumsum(new, dtype=np.int32) - np.int32(1)
        answers = int(new.sum())
        answer[-2:] = answers, answers + 1
        return np.append(order[new], [NO_ADDRESS, NO_ROW]).astype(np.int32), answer

    def release(self) -> None:
        """Let go of memory: the columns of the index that no line needs any more, and what composing records took."""
        self.records.bulk.file.release()
        pa.default_memory_pool().release_unused()

    @cached_property
    def rows(self) -> int:
        """Rows of the index."""
        return len(self.records.bulk.array("row.object"))

    def column(self, field: str, rows: Array, special: Array) -> pa.Array:
        """Return one field of each of *rows*; *special* tells which stand for special-purpose addresses."""
        if field == "contacts":
            return self.contact_cells(rows)
        cells = self._cells_of(field)
        if field == "irts":
            codes = self.records.irt_sets(rows)
        elif field == "reason":
            codes = self.records.reasons(rows, self.records.codes("email", rows), special)
        else:
            codes = self.records.codes(field, rows)
        return cells.take(pa.array(np.where(codes < 0, len(cells) - 1, codes)))

    def _cells_of(self, field: str) -> pa.Array:
        with self._lock:
            found = self._cells.get(field)
            if found is None:
                found = self.irt_cells() if field == "irts" else self.cells(field, self.records.dictionary(field))
                self._cells[field] = found
            return found

    def irt_cells(self) -> pa.Array:
        """Return the irts of each irt set as they stand in the text; the last set is empty."""
        raise NotImplementedError


def _runs(fields: Sequence[str], kind_of: Callable[[str], str]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Cut *fields* into runs of one kind."""
    return ((kind, tuple(run)) for kind, run in groupby(fields, kind_of))


def _kind(field: str) -> str:
    """Say what a field depends on alone: the line, the object, or the answer."""
    if field in _LINE_FIELDS:
        return "line"
    return "answer" if field in _ANSWER_FIELDS else "object"


def _wide_kind(field: str) -> str:
    return "line" if field in _LINE_FIELDS else "row"


def _packed(holder: Array, up: Array) -> NDArray[np.uint64]:
    """Number the pairs of holder and levels up, in 31 bits."""
    packed = holder.astype(np.uint64)
    packed += np.uint64(1)  # none is -1
    if len(holder) >> 23 or int(up.max(initial=0)) >> 8:
        packed <<= np.uint64(16)
        packed |= up
        return np.unique(packed, return_inverse=True)[1].astype(np.uint64)
    packed <<= np.uint64(8)
    packed |= up
    return packed


class _Group:
    """A run of fields that are put together at once."""

    def __init__(self, text: Text, kind: str, fields: tuple[str, ...]) -> None:
        self.fields = fields
        self.kind = kind
        self._text = text
        self._planning = Lock()
        self._table: TextTable | None = None
        self._ready = kind == "line"
        self._refused = kind != "answer" and len({_kind(field) for field in fields}) == len(fields) == 1
        """A single field of an object: its dictionary is the table."""
        self._pieces = count()

    def of_lines(self, lines: pa.Array, read: Read) -> list[pa.Array]:
        """Return the fields of each line that was read as an address."""
        return [
            self._text.line_cells(field, lines if field == "input" or read.ipv4.all() else _addresses(lines, read))
            for field in self.fields
        ]

    def of_rows(self, read: Read) -> pa.Array:
        """Return the fields of each line's row."""
        special = np.zeros(len(read.row), np.bool_)
        if "reason" in self.fields:
            with self._text.finding:
                without_email = self._text.without_email
            special = read.special(without_email.take(read.row) & (read.row != NO_ADDRESS))
        if not self.has_table() or self._table is None:
            return self._compose(read.row, special)
        found = self._table.take(read.row)
        if not special.any():
            return found
        return pc.replace_with_mask(found, pa.array(special), self._compose(read.row[special], special[special]))

    def _compose(self, rows: Array, special: Array) -> pa.Array:
        pieces = []
        for begin in range(0, max(1, len(rows)), PIECE):
            part = slice(begin, begin + PIECE)
            columns = [self._text.column(field, rows[part], special[part]) for field in self.fields]
            pieces.append(join_texts(*columns, separator=",") if len(columns) > 1 else columns[0])
        return pa.concat_arrays(pieces) if len(pieces) > 1 else pieces[0]

    def has_table(self, *, wait: bool = True) -> bool:
        """Make the texts of all rows once, when that pays and they are small; fields of the line need none.

        Every thread that asks makes some of them. Which they are is found out by one; others *wait* for it.
        """
        if self._ready:
            return True
        if self._refused or not self._text.worth_a_table(self.kind) or not self._planned(wait=wait):
            return False
        self._ready = self._table is not None and self._table.make()
        self._refused = not self._ready
        self._text.release()
        return self._ready

    def _planned(self, *, wait: bool) -> bool:
        """Find out once which texts are to be made, if they are small enough."""
        if self._table is None and self._planning.acquire(blocking=wait):
            try:
                self._plan()
            finally:
                self._planning.release()
        return self._table is not None

    def _plan(self) -> None:
        if self._table is not None or self._refused:  # by now
            return
        rows, text_of_row = self._text.all_rows, None
        if self.kind == "answer":
            with self._text.finding:
                rows, text_of_row = self._text.distinct_answers
        is_wider = self.kind == "row" and self._text.kept > _TABLE_BYTES
        size = 0 if is_wider else self._size_of(rows)
        self._refused = is_wider or size > _TABLE_BYTES
        self._text.release()
        if not self._refused:
            self._table = TextTable(rows, self._piece, size, text_of_row)

    def _piece(self, rows: Array) -> pa.Array:
        if next(self._pieces) % _RELEASED == 0:
            self._text.records.bulk.file.release()
        return self._compose(rows, np.zeros(len(rows), np.bool_))

    def _size_of(self, rows: Array) -> int:
        """Estimate the bytes of the fields of all *rows*."""
        sample = rows[:: max(1, len(rows) >> 12)]
        text = bytes_of(self._compose(sample, np.zeros(len(sample), np.bool_)))
        return len(text) * len(rows) // len(sample)

    @property
    def kept(self) -> int:
        """Bytes of the table."""
        return 0 if self._table is None else self._table.size


def _lines(text: NDArray[np.uint8], ends: Array) -> pa.Array:
    """Return each line with the line feed before it; *text* is not copied."""
    at = np.zeros(len(ends) + 1, np.int32)
    at[1:] = ends
    return pa.Array.from_buffers(pa.string(), len(ends), [None, pa.py_buffer(at), pa.py_buffer(text)])


def _addresses(lines: pa.Array, read: Read) -> pa.Array:
    """Return the canonical text of each address, with a line feed before it."""
    texts = [f"\n{read.text_of(index)}" for index in np.flatnonzero(read.ipv6).tolist()]
    return pc.replace_with_mask(lines, pa.array(read.ipv6), pa.array(texts, lines.type)) if texts else lines


def _without_line_feed(lines: pa.Array) -> pa.Array:
    return pc.ascii_ltrim(lines, "\n")


def _replaced(texts: pa.Array, which: Array, change: Callable[[str], str]) -> pa.Array:
    if not which.any():
        return texts
    changed = [change(text) for text in texts.filter(pa.array(which)).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(which), pa.array(changed, texts.type))


def _holding(texts: pa.Array, signs: bytes) -> tuple[Array, Array]:
    """Tell which texts hold one of *signs*, and the first byte of each text (0 of an empty one)."""
    at = np.frombuffer(texts.buffers()[1], np.int32 if texts.type == pa.string() else np.int64)
    at = at[texts.offset : texts.offset + len(texts) + 1]
    data = texts.buffers()[2]
    body = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    found = np.zeros(len(texts), np.bool_)
    for begin in range(int(at[0]), int(at[-1]), _BLOCK):
        block = body[begin : min(begin + _BLOCK, int(at[-1]))]
        hit = np.zeros(len(block), np.bool_)
        for sign in signs:
            hit |= block == sign
        found[np.searchsorted(at, np.flatnonzero(hit) + begin, side="right") - 1] = True
    written = np.diff(at) > 0
    first = np.zeros(len(texts), np.uint8)
    first[written] = body[at[:-1][written]]
    return found, first


class CsvText(Text):
    """Records as CSV (RFC 4180), lists joined by `;`."""

    record = staticmethod(csv_record)

    def head(self) -> bytes:
        """The names of the fields."""
        return ",".join(self.fields).encode()

    def cells(self, field: str, values: pa.Array) -> pa.Array:  # noqa: ARG002 - JSON needs the name
        """Quoted where RFC 4180 asks for it, and no formulas."""
        quoted, first = _holding(values, _QUOTED)
        return _replaced(values, quoted | np.isin(first, np.frombuffer(_FORMULA, np.uint8)), csv_cell)

    def irt_cells(self) -> pa.Array:
        """Names joined by `;`."""
        return self.cells("irts", pc.binary_join(self.records.irt_lists(), ";"))

    def contact_cells(self, rows: Array) -> pa.Array:
        """As `irtkit.index.answers.plain_text` writes contacts."""
        contacts = self.records.contacts(rows)
        column = self.records.contact_columns(contacts, _CSV_CONTACT)
        email = pc.fill_null(column["email"], constant("-"))
        suspect = _SUSPECT.take(column["suspect"].cast(pa.int32()))
        texts = join_texts(
            column["kind"].cast(pa.string()), " ", column["handle"], " ", email, " inherited=",
            column["inherited"].cast(pa.string()), suspect, " via=", column["via"],
        )  # fmt: skip
        joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(contacts.at.astype(np.int32)), texts), ";")
        return self.cells("contacts", joined)

    def joined(self, pieces: Sequence[pa.Array]) -> pa.Array:
        """Commas between the cells."""
        if self.fields[0] not in _LINE_FIELDS:
            pieces = [join_texts("\n", pieces[0]), *pieces[1:]]
        return join_texts(*pieces, separator=",") if len(pieces) > 1 else pieces[0]

    def line_cells(self, field: str, values: pa.Array) -> pa.Array:
        """An address needs no quotes."""
        return values if field == self.fields[0] else _without_line_feed(values)


class JsonText(Text):
    """Records as JSON Lines."""

    record = staticmethod(json_record)

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def cells(self, field: str, values: pa.Array) -> pa.Array:
        """`"field":"value"`, or `null`."""
        quoted = join_texts(f'"{field}":', _json_texts(values[:-1]))
        return pa.concat_arrays([quoted, pa.array([f'"{field}":null'], quoted.type)])

    def irt_cells(self) -> pa.Array:
        """`"irts":["NAME"]`."""
        lists = self.records.irt_lists()
        names = pa.ListArray.from_arrays(lists.offsets, _json_texts(lists.values))
        return join_texts('"irts":[', pc.binary_join(names, ","), "]")

    def contact_cells(self, rows: Array) -> pa.Array:
        """`"contacts":[{...}]`."""
        contacts = self.records.contacts(rows)
        columns = self.records.contact_columns(contacts)
        pieces = [join_texts(f'"{name}":', _json_column(column)) for name, column in columns.items()]
        texts = join_texts("{", join_texts(*pieces, separator=","), "}")
        lists = pa.ListArray.from_arrays(pa.array(contacts.at.astype(np.int32)), texts)
        return join_texts('"contacts":[', pc.binary_join(lists, ","), "]")

    def joined(self, pieces: Sequence[pa.Array]) -> pa.Array:
        """Braces around the members."""
        return join_texts("\n{", join_texts(*pieces, separator=",") if len(pieces) > 1 else pieces[0], "}")

    def line_cells(self, field: str, values: pa.Array) -> pa.Array:
        """`"field":"address"`."""
        return join_texts(f'"{field}":"', _without_line_feed(values), '"')


def _json_texts(texts: pa.Array) -> pa.Array:
    """Return each text as a JSON string."""
    escaped, _ = _holding(texts, b'"\\')
    if escaped.any():
        texts = _replaced(texts, escaped, lambda text: json.dumps(text, ensure_ascii=False)[1:-1])
    return join_texts('"', texts, '"')


def _json_column(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.if_else(pc.is_null(column), constant("null"), _json_texts(pc.fill_null(column, constant(""))))
    return column.cast(pa.string())
