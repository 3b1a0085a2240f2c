"""`irtkit template`: what a registry says about a class, and how registries differ."""

from __future__ import annotations

import json
import os
import sys
from difflib import get_close_matches

import click

from irtkit.rpsl.faults import shown
from irtkit.rpsl.names import long_name
from irtkit.schema.registry_schemas import SCHEMAS, iter_compared, iter_notes

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from irtkit.schema.registry_schemas import ComparedRow
    from irtkit.schema.template import TemplateRow

__all__ = ["command"]

_REFERENCE = "ripe"
"""The registry that is meant when none is named, and that a single other one is compared with."""
_WITHOUT_TEMPLATES = frozenset({"arin", "lacnic"})
"""Registries of addresses whose whois has objects of its own kind."""


class _Command(click.Command):
    """A command whose `--compare` takes all registries that follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_with_compare_repeated(args)))


def _with_compare_repeated(args: Sequence[str]) -> Iterator[str]:
    """Put `--compare` before each further word that follows one, unless it is an option or the name of a class."""
    place = "elsewhere"
    for arg in args:
        if place == "behind" and not arg.startswith("-"):
            if not _registries_with(_class_name(arg)):
                yield "--compare"
        elif place == "before":
            place = "behind"
        elif arg == "--compare":
            place = "before"
        else:
            place = "behind" if arg.startswith("--compare=") else "elsewhere"
        yield arg


def _class_name(text: str) -> str:
    return long_name(text.lower())


def _registries_with(class_name: str) -> list[str]:
    return [registry for registry, schema in SCHEMAS.items() if class_name in schema.templates]


def _perhaps(text: str, names: Iterable[str]) -> str:
    """Return the question whether one of *names* was meant, or a full stop."""
    close = get_close_matches(text.lower()[:80], list(names), n=1)
    return f"; did you mean {close[0]}?" if close else "."


def _known_registry(text: str) -> str:
    name = text.lower()
    if name in SCHEMAS:
        return name
    if name in _WITHOUT_TEMPLATES:
        fault = f"{name.upper()} has no templates and no irt: its whois has objects of its own kind."
        raise click.BadParameter(f"{fault} Registries: {', '.join(SCHEMAS)}.")
    raise click.BadParameter(f"{shown(text)} is no registry{_perhaps(text, SCHEMAS)} Registries: {', '.join(SCHEMAS)}.")


def _read_registry(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    return None if value is None else _known_registry(value)


def _read_registries(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_known_registry, values))


@click.command("template", cls=_Command, short_help="Print the template of a class, or compare registries.")
@click.argument("class_text", metavar="[CLASS]", required=False)
@click.option("--registry", metavar="NAME", callback=_read_registry, help="Whose template.  [default: ripe]")
@click.option(
    "--compare",
    metavar="NAME...",
    multiple=True,
    callback=_read_registries,
    help="Show the templates of these registries side by side.",
)
@click.option("--keys", is_flag=True, help="Compare how objects are found, too.")
@click.option("--citation", is_flag=True, help="Say where the rows come from.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(
    *,
    class_text: str | None,
    registry: str | None,
    compare: tuple[str, ...],
    keys: bool,
    citation: bool,
    as_json: bool,
) -> None:
    """Print the template of a class, in the notation of the registries: each attribute, and how it may occur.

    Without CLASS, list the classes of the registry. The registries are ripe, apnic, afrinic and irrd.
    """
    if keys and not compare:
        raise click.UsageError("--keys goes with --compare; a template shows its keys anyway.")
    if class_text is None:
        if compare:
            raise click.UsageError("--compare needs a CLASS.")
        _list_classes(registry or _REFERENCE, citation=citation, as_json=as_json)
    elif compare:
        registries = _compared(registry, compare)
        _print_comparison(
            _known_class(class_text, registries), registries, keys=keys, citation=citation, as_json=as_json
        )
    else:
        registry = registry or _REFERENCE
        _print_template(registry, _known_class(class_text, (registry,)), citation=citation, as_json=as_json)


def _compared(registry: str | None, compare: tuple[str, ...]) -> tuple[str, ...]:
    """Return the registries to compare, in order; a single one is held against the reference."""
    named = tuple(dict.fromkeys((registry, *compare) if registry else compare))
    if len(named) > 1:
        return named
    if named[0] == _REFERENCE:
        raise click.UsageError(f"Name another registry to compare {_REFERENCE} with: {', '.join(list(SCHEMAS)[1:])}.")
    return (_REFERENCE, *named)


def _known_class(text: str, registries: Sequence[str]) -> str:
    """Return the name of the class that *text* is; one of *registries* at least has it."""
    class_name = _class_name(text)
    having = _registries_with(class_name)
    if set(having) & set(registries):
        return class_name
    classes = list(dict.fromkeys(name for registry in registries for name in SCHEMAS[registry].templates))
    owners = " and ".join(registries)
    fault = f", only of {' and '.join(having)}." if having else _perhaps(text, classes)
    raise click.BadParameter(
        f"{shown(text)} is no class of {owners}{fault} Classes of {owners}: {', '.join(classes)}.", param_hint="'CLASS'"
    )


def _list_classes(registry: str, *, citation: bool, as_json: bool) -> None:
    schema = SCHEMAS[registry]
    if as_json:
        _print_json({"registry": registry, "citation": schema.citation, "classes": list(schema.templates)})
        return
    click.echo("\n".join(schema.templates))
    if citation:
        click.echo(f"\n% {schema.citation}")


def _print_template(registry: str, class_name: str, *, citation: bool, as_json: bool) -> None:
    template = SCHEMAS[registry].templates[class_name]
    if as_json:
        attributes = [{"name": row.name, **_facts(row)} for row in template.rows]
        _print_json(
            {"registry": registry, "class": class_name, **_source_facts(registry, class_name), "attributes": attributes}
        )
        return
    click.echo(str(template))
    if citation:
        _print_sources(class_name, (registry,))


def _print_comparison(class_name: str, registries: Sequence[str], *, keys: bool, citation: bool, as_json: bool) -> None:
    compared = list(iter_compared(class_name, registries))
    if as_json:
        _print_json(
            {
                "class": class_name,
                "registries": {
                    registry: _source_facts(registry, class_name) if class_name in SCHEMAS[registry].templates else None
                    for registry in registries
                },
                "attributes": [_compared_facts(line, registries, keys=keys) for line in compared],
            }
        )
        return
    heading = ("", "attribute", *registries)
    cells = [("*" if line.differs(keys=keys) else "", line.attribute, *_cells(line, keys=keys)) for line in compared]
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        _show_table(heading, cells)
    else:
        for line in _aligned(heading, cells):
            click.echo(line)
    click.echo(f"\n{sum(line.differs(keys=keys) for line in compared)} of {len(compared)} attributes differ (*)")
    if citation:
        _print_sources(class_name, registries)


def _cells(line: ComparedRow, *, keys: bool) -> Iterator[str]:
    for row in line.rows:
        found = f" [{'/'.join(row.keys)}]" if row and row.keys and keys else ""
        yield f"{row.requirement} {row.cardinality}{found}" if row else "-"


def _aligned(heading: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(heading, *cells, strict=True)]
    for row in (heading, *cells):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _show_table(heading: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - on a terminal only
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    table = Table(*heading, box=None, pad_edge=False, header_style="bold")
    for row in cells:
        table.add_row(*map(Text, row), style="yellow" if row[0] else "")
    Console(highlight=False).print(table)


def _print_sources(class_name: str, registries: Sequence[str]) -> None:
    """Print where rows come from, as comments: what was printed before them can still be read as a template."""
    click.echo()
    for registry in registries:
        mark = f"{registry}: " if len(registries) > 1 else ""
        template = SCHEMAS[registry].templates.get(class_name)
        if template is None:
            click.echo(f"% {mark}has no such class")
            continue
        click.echo(f"% {mark}{template.citation}")
        for attribute, note in iter_notes(registry, class_name):
            click.echo(f"% {mark}{attribute}: {note}")


def _source_facts(registry: str, class_name: str) -> dict[str, object]:
    citation = SCHEMAS[registry].templates[class_name].citation
    return {"citation": citation, "notes": dict(iter_notes(registry, class_name))}


def _facts(row: TemplateRow) -> dict[str, object]:
    return {"requirement": row.requirement, "cardinality": row.cardinality, "keys": row.keys}


def _compared_facts(line: ComparedRow, registries: Sequence[str], *, keys: bool) -> dict[str, object]:
    said = zip(registries, line.rows, strict=True)
    return {
        "name": line.attribute,
        "differs": line.differs(keys=keys),
        **{registry: row and _facts(row) for registry, row in said},
    }


def _print_json(facts: Mapping[str, object]) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
