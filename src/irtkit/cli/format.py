"""`irtkit format`: files of objects in the registry's own layout."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import click

from irtkit.cli.against import read_files
from irtkit.cli.terminals import write

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["command"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONTEXT = 3
"""Lines around a difference that are shown."""


class _Wanted(NamedTuple):
    """What shall happen with a file that has another layout."""

    in_place: bool
    only_check: bool
    as_diff: bool


@click.command("format", short_help="Write objects in the registry's layout.")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, callback=read_files)
@click.option("--in-place", "-i", is_flag=True, help="Change the files themselves, each in one step.")
@click.option("--check", "only_check", is_flag=True, help="Name the files that would change, and change none.")
@click.option("--diff", "as_diff", is_flag=True, help="Show what would change, and change nothing.")
@click.pass_context
def command(context: click.Context, *, paths: tuple[str, ...], in_place: bool, only_check: bool, as_diff: bool) -> None:
    r"""Write objects in the registry's own layout: values in column 17, names in lower case, no blanks at line ends.

    Nothing is lost: attributes, comments and their order stay, and so does everything that is no object. What is
    signed stays as it is. Without an option the result goes to standard output. FILE may be - for standard input.

    On a terminal control characters are shown as in \x1b; files and pipes get every byte.

    With --check or --diff the exit status is 1 if a file would change.
    """
    if in_place + only_check + as_diff > 1:
        raise click.UsageError("Give one of --in-place, --check and --diff.")
    if in_place and "-" in paths:
        raise click.UsageError("Standard input cannot be changed in place.")
    wanted = _Wanted(in_place, only_check, as_diff)
    written = _Written()
    fine = [_format(path, wanted, written) for path in paths]
    context.exit(0 if all(fine) else 1)


class _Written:
    """Standard output that takes one file after the other: an empty line between two keeps their objects apart."""

    def __init__(self) -> None:
        self._end = b""

    def write(self, data: bytes) -> None:
        if self._end and data:
            gap = b"" if self._end.endswith(b"\n\n") else b"\n" if self._end.endswith(b"\n") else b"\n\n"
            write(gap)
        write(data)
        self._end = data[-4:].replace(b"\r", b"")[-2:] or self._end


def _format(path: str, wanted: _Wanted, written: _Written) -> bool:
    """Do what is wanted with one file; return whether it is fine."""
    from irtkit.clients.submissions import STANDARD_INPUT, read_bytes, replace_bytes  # noqa: PLC0415 - not for the help
    from irtkit.errors import IrtkitError  # noqa: PLC0415 - the same

    name = STANDARD_INPUT if path == "-" else path
    try:
        old = read_bytes(path)
        new = _formatted(old)
        if wanted.in_place and new != old:
            replace_bytes(path, new)
    except IrtkitError as error:
        _tell(f"irtkit: error: {error}")
        return False
    if not any(wanted):
        written.write(new)
    elif new == old:
        return True
    elif wanted.in_place:
        _tell(f"{name}: changed")
    elif wanted.as_diff:
        write(b"".join(_difference(name, old, new)))
    else:
        _tell(f"{name}: would change")
    return not (wanted.only_check or wanted.as_diff)


def _formatted(data: bytes) -> bytes:
    """Return the file's bytes in the layout; only ASCII counts, so any encoding that keeps ASCII will do."""
    from irtkit.rpsl import format_text  # noqa: PLC0415 - not for the help

    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    return mark + format_text(data[len(mark) :].decode("latin-1")).encode("latin-1")


def _difference(name: str, old: bytes, new: bytes) -> Iterator[bytes]:
    """Yield the lines of a unified difference; both have the same number of lines, one for one."""
    label = name.encode("utf-8", "surrogateescape")
    yield from (b"--- " + label + b"\n", b"+++ " + label + b"\n")
    before, after = _lines(old), _lines(new)
    changed = [position for position, line in enumerate(before) if line != after[position]]
    for first, last in _runs(changed):
        start, stop = max(0, first - _CONTEXT), min(len(before), last + _CONTEXT + 1)
        yield b"@@ -%d,%d +%d,%d @@\n" % (start + 1, stop - start, start + 1, stop - start)
        pairs = zip(before[start:stop], after[start:stop], strict=True)
        for same, run in groupby(pairs, key=lambda pair: pair[0] == pair[1]):
            lines = list(run)
            if same:
                yield from (b" " + _ended(line) for line, _ in lines)
            else:
                yield from (b"-" + _ended(line) for line, _ in lines)
                yield from (b"+" + _ended(line) for _, line in lines)


def _lines(data: bytes) -> list[bytes]:
    """Return the lines, each with its line end; only LF ends a line."""
    *lines, last = data.split(b"\n")
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _runs(positions: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of positions that are so near each other that one piece shows them."""
    first = last = positions[0]
    for position in positions[1:]:
        if position - last > 2 * _CONTEXT:
            yield first, last
            first = position
        last = position
    yield first, last


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _tell(text: str) -> None:
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - not for the help

    click.echo(escaped(text), err=True)
