"""`irtkit check`: what a registry would say about files of objects."""

from __future__ import annotations

from typing import NamedTuple

import click

from irtkit.cli.against import AgainstCommand, read_files, read_paths
from irtkit.cli.terminals import MOST_SHOWN, shows_colours
from irtkit.cycles import without_cycle_search

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from irtkit.clients.submissions import SubmissionFile
    from irtkit.problems import Problem
    from irtkit.reports import Report, Tally
    from irtkit.submission import Message, Submitted
    from irtkit.validation import Options
    from irtkit.validation.objects import Objects

__all__ = ["command"]

_REGISTRIES = ("ripe", "apnic", "afrinic", "irrd")
_SHOWN = {"text": MOST_SHOWN, "github": 50}
"""Problems of each file that are shown; of other formats all are."""
_PIECE = 1 << 16
"""Characters that are written at once."""


class _Wanted(NamedTuple):
    """What to check, how, and against what."""

    paths: tuple[str, ...]
    registry: str
    options: Options
    against: tuple[str, ...]


@click.command("check", cls=AgainstCommand, short_help="Say what a registry would say about objects.")
@click.argument("paths", metavar="FILE...", nargs=-1, callback=read_files)
@click.option(
    "--registry",
    type=click.Choice(_REGISTRIES, case_sensitive=False),
    default="ripe",
    show_default=True,
    help="Whose rules hold.",
)
@click.option(
    "--action",
    type=click.Choice(("create", "modify"), case_sensitive=False),
    help="What is done with the objects, where --against does not know them. Default: modify what has created: or "
    "last-modified:, create the rest.",
)
@click.option(
    "--against",
    metavar="INDEX|PATH...",
    multiple=True,
    callback=read_paths,
    help="Look up references and ranges here: an index, or files or folders of objects.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(("text", "json", "sarif", "github")),
    default="text",
    show_default=True,
    help="What to write.",
)
@click.option("--strict", is_flag=True, help="Fail for warnings, too.")
@click.option(
    "--max-problems",
    type=click.IntRange(min=0),
    metavar="N",
    help="Show the first N problems of each file; 0 is all. Default: 100 as text, 50 for github, else all.",
)
@click.pass_context
def command(
    context: click.Context,
    *,
    paths: tuple[str, ...],
    registry: str,
    action: str | None,
    against: tuple[str, ...],
    form: str,
    strict: bool,
    max_problems: int | None,
) -> None:
    """Say what a registry's server would say about the objects in files, before they are sent.

    FILE holds objects as they would be submitted, or whole update messages, signed or not; - is standard input.
    Objects may refer to those of the other files. --against takes the paths that follow it, up to the next option or
    to --.

    The exit status is 0 if nothing is wrong, 1 if there are errors (with --strict also warnings), and 2 for a command
    line that means nothing.
    """
    if not paths:
        hint = " What follows --against belongs to it; put the files before it, or behind --." if against else ""
        raise click.UsageError(f"Missing argument 'FILE...'.{hint}")
    from irtkit.problems import Severity  # noqa: PLC0415 - not for the help
    from irtkit.reports import Tally  # noqa: PLC0415 - the same
    from irtkit.validation import Action, Options  # noqa: PLC0415 - the same

    options = Options(action=Action(action.lower()) if action else None)
    tally = Tally(_SHOWN.get(form) if max_problems is None else max_problems or None)
    with without_cycle_search():  # all that is made ends with the report, so that no search goes through it
        _write(_reported(_report(form, tally), _Wanted(paths, registry.lower(), options, against)))
    failed = tally.count(Severity.ERROR) or (strict and tally.count(Severity.WARNING))
    context.exit(1 if failed else 0)


def _report(form: str, tally: Tally) -> Report:
    if form == "json":
        from irtkit.reports.records import JsonReport  # noqa: PLC0415 - one of four

        return JsonReport(tally)
    if form == "sarif":
        from irtkit import __version__  # noqa: PLC0415 - the same
        from irtkit.reports.sarif import SarifReport  # noqa: PLC0415 - the same
        from irtkit.submission.codes import TITLES  # noqa: PLC0415 - the same

        return SarifReport(tally, __version__, TITLES)
    if form == "github":
        from irtkit.reports.github import GithubReport  # noqa: PLC0415 - the same

        return GithubReport(tally)
    from irtkit.reports.texts import TextReport  # noqa: PLC0415 - the same

    return TextReport(tally, colours=shows_colours())


def _reported(report: Report, wanted: _Wanted) -> Iterator[str]:
    """Yield the report: first what is wrong with what to check against, then file after file."""
    from irtkit.clients.submissions import open_database, read_submission  # noqa: PLC0415 - not for the help
    from irtkit.submission import Submitted, parse_message  # noqa: PLC0415 - the same

    below, faults = open_database(wanted.against, wanted.registry) if wanted.against else (None, [])
    files = [read_submission(path) for path in wanted.paths]
    yield from report.begin()
    for name, fault in faults:
        yield from report.file(name, "", [fault])
        report.tally.files -= 1  # it is none of those that are checked
    messages = [None if file.text is None else parse_message(file.text) for file in files]
    submitted = Submitted((message for message in messages if message), wanted.registry)
    for file, message in zip(files, messages, strict=True):
        problems = _problems(file, message, submitted, below, wanted)
        report.tally.objects += 0 if message is None else len(message.updates)
        yield from report.file(file.name, file.text or "", problems)
    yield from report.end()


def _problems(
    file: SubmissionFile, message: Message | None, submitted: Submitted, below: Objects | None, wanted: _Wanted
) -> Iterable[Problem]:
    """Return the problems of one file in document order, first those of the file itself."""
    from irtkit.submission import iter_verdict, merged  # noqa: PLC0415 - not for the help

    if message is None:
        return file.problems
    verdict = iter_verdict(message, wanted.registry, submitted, below, options=wanted.options)
    return merged(file.problems, verdict)


def _write(pieces: Iterable[str]) -> None:
    """Write pieces of text, many at once."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            click.echo("".join(waiting), nl=False)
            waiting.clear()
            size = 0
    click.echo("".join(waiting), nl=False)
