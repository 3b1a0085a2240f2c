"""`irtkit index`: build an index, say what is in it, check it."""

from __future__ import annotations

import json
import os

import click

from irtkit.cli.dump_warnings import warn_of_dumps
from irtkit.cli.places import default_index, opened_index
from irtkit.cli.terminals import warn
from irtkit.index.layout import printable
from irtkit.index.storage import FORMAT, VERSION
from irtkit.schema.contact_rules import registry_of_source

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from irtkit.clients.dumps import BuildReport
    from irtkit.index.lookup import Index

__all__ = ["command"]

_NETWORKS = ("inetnum", "inet6num")


@click.group("index")
def command() -> None:
    """Build an index of registry dumps, say what is in it, check it."""


@command.command("build", short_help="Build an index of registry dumps.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--output", "-o", metavar="INDEX", help="Default: IRTKIT_INDEX, else in the user's data directory.")
def build(paths: tuple[str, ...], output: str | None) -> None:
    """Build an index of registry dumps: files, or folders that hold some, plain or gzip.

    What a file holds is told by its content. An index that is there serves until the new one is complete; any other
    file that is there is left alone.
    """
    from time import perf_counter  # noqa: PLC0415 - only here does time count

    from irtkit.cli.progress import dump_bars  # noqa: PLC0415 - a terminal's weight
    from irtkit.clients.dumps import build_index  # noqa: PLC0415 - an array's weight

    if output is None:
        output = default_index()
        os.makedirs(os.path.dirname(os.path.abspath(output)), exist_ok=True)  # noqa: PTH100, PTH103, PTH120 - as for the other verbs
    started = perf_counter()
    with dump_bars() as progress:
        report = build_index(paths, output, progress=progress)
    seconds = perf_counter() - started
    with opened_index(output) as index:
        lacking = list(_lacking(index, report.counts))
    warn_of_dumps(report)
    for line in lacking:
        warn(line)
    for line in (*_files(report), "", *_objects(report.counts)):
        click.echo(printable(line))
    click.echo(f"\n{output}: {_size(output)} in {seconds:.1f} s")


def _lacking(index: Index, counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Tell which objects that contacts need are not in the dumps at all."""
    array = index.bulk.array
    source = array("object.source")
    for code in range(len(array("source.at")) - 2):
        name, mine = index.texts("source")[code], source == code
        registry = registry_of_source(name)
        classes = {kind for (other, kind), _ in counts.items() if registry_of_source(other) == registry}
        named = {attribute for attribute in ("irts", "org", "role") if (array(f"object.{attribute}")[mine] >= 0).any()}
        for kind, attributes, lost in (
            ("irt", {"irts"}, "mailboxes of irts"),
            ("organisation", {"org"}, "abuse-c contacts of organisations"),
            ("role", {"org", "role"}, "abuse-c contacts"),
        ):
            if named & attributes and kind not in classes:
                those = f"source {name} has" if name else "objects without source: there are"
                yield f"{those} address objects but no {kind} objects: {lost} cannot be found"


def _files(report: BuildReport) -> Iterator[str]:
    for file in report.files:
        counted = {"other": file.other, "deleted": file.deleted, "rejected": file.rejected}
        rest = "".join(f", {count:,} {name}" for name, count in counted.items() if count)
        yield f"{file.path}: {_counted(file.taken)}{rest}"


def _counted(objects: int) -> str:
    return f"{objects:,} object{'' if objects == 1 else 's'}"


def _objects(counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    width = max((len(source) for source, _ in counts), default=0)
    yield from (f"{source or '-':{width}}  {name:12}  {count:12,}" for (source, name), count in counts.items())


def _size(path: str) -> str:
    size = os.stat(path).st_size  # noqa: PTH116 - pathlib costs a tenth of a first answer
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"


@command.command("info")
@click.argument("path", metavar="[INDEX]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def info(path: str | None, *, as_json: bool) -> None:
    """Say what an index was made of, and when."""
    path = path or default_index()
    with opened_index(path) as index:
        said = _said(index)
        if as_json:
            click.echo(json.dumps(said, ensure_ascii=False, indent=2))
            return
        click.echo(f"{path}: {_size(path)}, built {said['created']}\n")
        for line in _objects({(row["source"], row["class"]): row["count"] for row in said["objects"]}):
            click.echo(printable(line))
        click.echo()
        for file in said["files"]:
            rejected = f", {file['rejected']:,} rejected" if file["rejected"] else ""
            modified = f", last modified {file['modified']}" if file["modified"] else ""
            counted = f"{file['size']:,} bytes, {_counted(file['objects'])}{rejected}{modified}"
            click.echo(printable(f"{file['name']}: {counted}"))


def _said(index: Index) -> dict[str, Any]:
    """Return what an index says of itself."""
    manifest = index.manifest
    return {
        "path": index.path,
        "format": FORMAT,
        "version": VERSION,
        "size": os.stat(index.path).st_size,  # noqa: PTH116 - as above
        "created": manifest["created"],
        "objects": [{"source": source, "class": name, "count": count} for source, name, count in manifest["objects"]],
        "files": [{"modified": None, **file} for file in manifest["files"]],
    }


@command.command("verify", short_help="Check that an index is whole.")
@click.argument("path", metavar="[INDEX]", required=False)
@click.pass_context
def verify(context: click.Context, path: str | None) -> None:
    """Check that an index is whole: its checksums, and that its parts fit together."""
    from irtkit.index.verify import find_faults  # noqa: PLC0415 - an array's weight

    path = path or default_index()
    with opened_index(path) as index:
        faults = list(find_faults(index.file))
    for fault in faults:
        click.echo(f"irtkit: error: {printable(f'{path}: {fault}')}", err=True)
    if faults:
        context.exit(1)
    click.echo(f"{path}: whole")
