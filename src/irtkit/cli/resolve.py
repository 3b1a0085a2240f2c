"""`irtkit resolve`: from addresses to records."""

from __future__ import annotations

import os
import sys

import click

from irtkit.cli.dumps import DumpsCommand
from irtkit.cli.places import made_index, opened_index
from irtkit.cli.wanted import Wanted, form_of
from irtkit.errors import RangeError
from irtkit.index.answers import csv_record, json_record, record_of
from irtkit.index.layout import FIELDS
from irtkit.resources import AddressRange
from irtkit.schema.contact_facts import POLICIES

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from irtkit.clients.lists import Block
    from irtkit.index.lookup import Index

__all__ = ["command"]

_FORMATS = ("table", "jsonl", "csv", "parquet")
_LIVE = ("always", "gaps")


class _LiveCommand(DumpsCommand):
    """A command with `--dumps` whose `--live` takes a value only behind `=`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f"--live={_LIVE[0]}" if arg == "--live" else arg for arg in args])


def _chosen_fields(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    fields = tuple(field.strip() for field in value.split(","))
    known: tuple[str, ...] = FIELDS
    if not set(fields) <= set(FIELDS):
        from irtkit.live.resolutions import LIVE_FIELDS  # noqa: PLC0415 - few ask for these

        known = LIVE_FIELDS
    for field in fields:
        if field not in known:
            raise click.BadParameter(f"{field!r} is not one of {', '.join(known)}.")
        if fields.count(field) > 1:
            raise click.BadParameter(f"{field!r} is named twice.")
    return fields


def _refuse_contradictions(
    queries: tuple[str, ...], list_path: str | None, column: str | None, dumps: tuple[str, ...], index_path: str | None
) -> None:
    if "-" in queries:
        raise click.UsageError("- is no address; --input - reads a list from standard input.")
    if bool(queries) == (list_path is not None):
        raise click.UsageError("Give either addresses, or a list with --input.")
    if column is not None and (list_path is None or column == "" or (column.isdecimal() and not int(column))):
        raise click.UsageError("--column names a column of the list that --input gives, or counts from 1.")
    if dumps and index_path:
        raise click.UsageError("Give either --index or --dumps.")


@click.command("resolve", cls=_LiveCommand, short_help="Find who answers for addresses.")
@click.argument("queries", metavar="[ADDRESS|PREFIX|RANGE]...", nargs=-1)
@click.option("--input", "-i", "list_path", metavar="FILE", help="A list of addresses; - is standard input.")
@click.option("--column", metavar="NAME|N", help="The column or key of the list that has the addresses.")
@click.option("--output", "-o", metavar="FILE", help="Write to FILE, which appears when it is complete.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(_FORMATS),
    help="Default: what the name of the output ends in, else table.",
)
@click.option(
    "--index", "index_path", metavar="INDEX", help="Default: IRTKIT_INDEX, else in the user's data directory."
)
@click.option("--dumps", metavar="PATH...", multiple=True, help="Read these dumps instead of an index.")
@click.option(
    "--policy",
    type=click.Choice(tuple(POLICIES)),
    default="csirt",
    show_default=True,
    help="What orders the contacts.",
)
@click.option("--fields", metavar="A,B,C", callback=_chosen_fields, help="Write these fields only, in this order.")
@click.option("--explain", is_flag=True, help="Tell how each answer was found.")
@click.option(
    "--live",
    metavar="[=gaps]",
    type=click.Choice(_LIVE),
    help="Ask the registries: about each address, or with =gaps where the index has none, a dummy or a mask.",
)
@click.option("--server", metavar="HOST[:PORT]", help="With --live, ask this whois server, which may be private.")
@click.option("--rdap", metavar="URL", help="With --live, ask this RDAP service, which may be private.")
@click.option("--allow-private", is_flag=True, help="With --live, follow referrals to private hosts and any port, too.")
@click.option(
    "--deadline",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="With --live, the time for one question, referrals and all.",
)
@click.option(
    "--max-age",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=86400.0,
    show_default="a day",
    help="With --live, how old an answer may be that is kept from before; 0 asks anew and keeps nothing.",
)
def command(
    *,
    queries: tuple[str, ...],
    list_path: str | None,
    column: str | None,
    output: str | None,
    form: str | None,
    index_path: str | None,
    dumps: tuple[str, ...],
    policy: str,
    fields: tuple[str, ...] | None,
    explain: bool,
    live: str | None,
    server: str | None,
    rdap: str | None,
    allow_private: bool,
    deadline: float,
    max_age: float,
) -> None:
    """Find who answers for addresses, prefixes and ranges, given here or in a list.

    A list is text, CSV, JSON Lines or Parquet, plain or gzip. Each of its lines gives one record, in order; a line
    that is no address gives one that says so.
    """
    if output == "-":
        output = None
    if explain and (list_path or output or form or fields):
        raise click.UsageError("--explain is for addresses given here, and goes to standard output as it is.")
    _refuse_contradictions(queries, list_path, column, dumps, index_path)
    form = form or form_of(output)
    if form == "parquet" and output is None:
        raise click.UsageError("Parquet needs --output.")
    wanted = Wanted(form, fields, policy, output)
    texts = [query.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip() for query in queries]
    if live is not None:
        from irtkit.cli.resolve_live import Request, resolve_live  # noqa: PLC0415 - the network is for this only
        from irtkit.clients.live import Reach  # noqa: PLC0415 - the same

        reach = Reach(server, rdap, allow_private, seconds=deadline, max_age=max_age)
        resolve_live(Request(texts, list_path, column, index_path, dumps, live, explain, reach), wanted)
        return
    if server or rdap or allow_private or set(wanted.fields) - set(FIELDS):
        raise click.UsageError("--server, --rdap, --allow-private and the fields of live answers go with --live.")
    with made_index(dumps) if dumps else opened_index(index_path) as index:
        if explain:
            click.echo("\n\n".join(_told(index, text, policy) for text in texts))
        elif list_path is not None:
            _resolve_list(index, list_path, column, wanted)
        elif form == "parquet":
            _resolve_blocks(index, [_block_of(texts)], wanted)
        else:
            _resolve_few(index, texts, wanted)


def _told(index: Index, text: str, policy: str) -> str:
    try:
        space = AddressRange.parse_lenient(text)
    except RangeError as error:
        return f"{error}."
    return index.resolve(space, policy).explain()


def _resolve_few(index: Index, queries: Sequence[str], wanted: Wanted) -> None:
    """Write the records of a few queries, without the weight of arrays."""
    records = [record_of(index, query, wanted.policy) for query in queries]
    if wanted.form == "table":
        lines = wanted.table().lines(records)
    elif wanted.form == "csv":
        head = ",".join(wanted.fields)
        lines = (f"{line}\n" for line in (head, *(csv_record(record, wanted.fields) for record in records)))
    else:
        lines = (f"{json_record(record, wanted.fields)}\n" for record in records)
    text = "".join(lines)
    if wanted.output is None:
        click.echo(text if wanted.form == "table" else text.encode(), nl=False)
        return
    from irtkit.clients.outputs import replacing  # noqa: PLC0415 - not every answer goes to a file

    with replacing(wanted.output) as file:
        file.write(text.encode())


def _block_of(texts: Sequence[str]) -> Block:
    from irtkit.clients.lists import block_of  # noqa: PLC0415 - for Parquet only

    return block_of(texts)


def _resolve_list(index: Index, path: str, column: str | None, wanted: Wanted) -> None:
    from irtkit.cli.list_warnings import warn_of_list  # noqa: PLC0415 - lists only
    from irtkit.cli.progress import list_bar  # noqa: PLC0415 - the same
    from irtkit.clients.lists import is_wide, open_list  # noqa: PLC0415 - the same

    to_terminal = wanted.output is None and sys.stdout.isatty()
    with (
        open_list(path, column, wide=is_wide(wanted.fields)) as found,
        list_bar(path, found.size, to_terminal=to_terminal) as show,
    ):

        def shown() -> Iterator[Block]:
            for block in found.blocks:
                show(block.position)
                yield block

        _resolve_blocks(index, shown(), wanted, found.size)
    warn_of_list(path, found)


def _resolve_blocks(index: Index, blocks: Iterable[Block], wanted: Wanted, size: int | None = None) -> None:
    from irtkit.clients.outputs import writing  # noqa: PLC0415 - lists only

    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # it keeps what the next block needs, and little more
    from irtkit.clients.resolving import ListResolver  # noqa: PLC0415 - the same

    with writing(wanted.output) as file:
        if wanted.form == "table":
            table = wanted.table()
            for records in ListResolver(index, table.needed, wanted.policy).tables(blocks):
                file.write("".join(table.lines(records.to_pylist())).encode())
            return
        resolver = ListResolver(index, wanted.fields, wanted.policy)
        if wanted.form == "parquet":
            resolver.write_parquet(blocks, file)
        else:
            for part in resolver.texts(blocks, wanted.form, size):
                file.write(part)
