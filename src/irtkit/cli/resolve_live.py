"""`irtkit resolve --live`: from addresses to records, asking registries."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from irtkit.cli.places import default_index, made_index, opened_index
from irtkit.cli.terminals import warn
from irtkit.clients.driving import Client
from irtkit.clients.ledger import Ledger
from irtkit.clients.live import Kept, Reach, ask_one, iter_records
from irtkit.errors import QueryError, RangeError, ServerError
from irtkit.index.answers import csv_record, json_record
from irtkit.index.layout import printable
from irtkit.live.gaps import LiveRecords
from irtkit.live.resolutions import LIVE_FIELDS
from irtkit.resources import AddressRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from irtkit.cli.wanted import Wanted
    from irtkit.index.lookup import Index

__all__ = ["Request", "resolve_live"]

_UNANSWERED = "unanswered"
_SHOWN = 3
"""Reasons for records without a live answer that are told at the end of a list."""


class Request(NamedTuple):
    """What the command line asks for."""

    queries: Sequence[str]
    list_path: str | None
    column: str | None
    index_path: str | None
    dumps: tuple[str, ...]
    mode: str
    explain: bool
    reach: Reach


def resolve_live(request: Request, wanted: Wanted) -> None:
    """Ask registries, and write what the command line wants.

    Raises: IrtkitError as `irtkit.clients.live` and the index do; SystemExit when an address has no answer at all.
    """
    if request.explain:
        _explain(request, wanted)
        return
    with _index(request) as index, _tools(request.reach) as (client, kept):
        asker = request.reach.asker()
        records = LiveRecords(asker, wanted.policy, index, "gaps" if request.mode == "gaps" else "always")
        notes = _Notes()
        _write(notes.noting(_pieces(request, wanted, records, client, kept)), wanted)
    notes.tell(is_list=request.list_path is not None)


@contextmanager
def _tools(reach: Reach) -> Iterator[tuple[Client, Kept]]:
    with (
        closing(Ledger()) as ledger,
        closing(Kept(reach, warn)) as kept,
        Client(reach.rules(), ledger=ledger) as client,
    ):
        yield client, kept


@contextmanager
def _index(request: Request) -> Iterator[Index | None]:
    """Open the index; for questions about every address there need be none."""
    if request.dumps:
        with made_index(request.dumps) as index:
            yield index
    elif request.mode == "gaps" or request.index_path or os.path.exists(default_index()):  # noqa: PTH110 - as in resolve
        with opened_index(request.index_path) as index:
            yield index
    else:
        yield None


def _explain(request: Request, wanted: Wanted) -> None:
    asker = request.reach.asker()
    told = []
    with _tools(request.reach) as (client, kept):
        for query in request.queries:
            try:
                space = AddressRange.parse_lenient(query)
                told.append(ask_one(space, wanted.policy, asker, client, kept).explain())
            except RangeError as error:
                told.append(printable(f"{error}."))
            except (ServerError, QueryError) as error:
                told.append(printable(f"{query}: {error}."))
    click.echo("\n\n".join(told))


def _pieces(
    request: Request, wanted: Wanted, records: LiveRecords, client: Client, kept: Kept
) -> Iterator[list[dict[str, Any]]]:
    if request.list_path is None:
        yield from iter_records(records, request.queries, client, kept)
        return
    from irtkit.cli.list_warnings import warn_of_list  # noqa: PLC0415 - lists only
    from irtkit.cli.progress import list_bar  # noqa: PLC0415 - the same
    from irtkit.clients.lists import open_list  # noqa: PLC0415 - the same

    to_terminal = wanted.output is None and sys.stdout.isatty()
    with ExitStack() as stack:
        found = stack.enter_context(open_list(request.list_path, request.column))
        show = stack.enter_context(list_bar(request.list_path, found.size, to_terminal=to_terminal))
        for block in found.blocks:
            lines = block.text[1:].decode("utf-8", "replace").split("\n")[:-1]
            yield from iter_records(records, lines, client, kept)
            show(block.position)
    warn_of_list(request.list_path, found)


class _Notes:
    """Why records have no live answer."""

    def __init__(self) -> None:
        self._notes: Counter[str] = Counter()
        self._unanswered = 0

    def noting(self, pieces: Iterable[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
        """Pass records on, and count the notes among them."""
        for piece in pieces:
            self._notes.update(record["note"] for record in piece if record["note"] and not record["live"])
            self._unanswered += sum(record["reason"] == _UNANSWERED for record in piece)
            yield piece

    def tell(self, *, is_list: bool) -> None:
        """Say on standard error what was not answered, and end with status 1 if nothing at all is known of it."""
        for note, count in self._notes.most_common(_SHOWN if is_list else None):
            times = f"{count:,} records are not live" if is_list else "not live"
            warn(f"{times}: {note}")
        if self._unanswered and not is_list:
            raise SystemExit(1)


def _write(pieces: Iterator[list[dict[str, Any]]], wanted: Wanted) -> None:
    from irtkit.clients.outputs import writing  # noqa: PLC0415 - not where an answer is explained

    fields = wanted.named_fields or LIVE_FIELDS
    with writing(wanted.output) as file:
        if wanted.form == "parquet":
            _write_parquet(pieces, file, fields)
            return
        for text in _texts(pieces, wanted, fields):
            file.write(text.encode())


def _texts(pieces: Iterator[list[dict[str, Any]]], wanted: Wanted, fields: Sequence[str]) -> Iterator[str]:
    if wanted.form == "table":
        table = wanted.table()
        for piece in pieces:
            yield "".join(table.lines(piece))
        return
    head = f"{','.join(fields)}\n" if wanted.form == "csv" else ""
    record_text = csv_record if wanted.form == "csv" else json_record
    for piece in pieces:  # a list that is wrong from its beginning is refused before there is a head
        yield head + "".join(f"{record_text(record, fields)}\n" for record in piece)
        head = ""
    yield head


def _write_parquet(pieces: Iterator[list[dict[str, Any]]], file: Any, fields: Sequence[str]) -> None:  # noqa: ANN401 - what `writing` opens
    import pyarrow as pa  # noqa: PLC0415 - for Parquet only
    from pyarrow import parquet  # noqa: PLC0415 - the same

    from irtkit.clients.resolving import SCHEMA  # noqa: PLC0415 - the same

    live = {"live": pa.bool_(), "age": pa.int64(), "chain": pa.list_(pa.string()), "note": pa.string()}
    known = {**{field.name: field.type for field in SCHEMA}, **live}
    schema = pa.schema([(field, known[field]) for field in fields])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for piece in pieces:
            rows = [{field: record[field] for field in fields} for record in piece]
            writer.write_table(pa.Table.from_pylist(rows, schema))
