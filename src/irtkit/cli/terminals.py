"""What a terminal is shown: colours, where it has any, warnings, texts, and the report on problems for a person."""

from __future__ import annotations

import os
import re
import sys

import click

from irtkit.index.layout import printable

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from irtkit.reports.texts import TextReport

__all__ = ["MOST_SHOWN", "shows_colours", "text_report", "warn", "write"]

MOST_SHOWN = 100
"""Problems of each file, or objects, that are shown as text; JSON has all."""


def shows_colours() -> bool:
    """Whether standard output is a terminal whose user has not refused colours (`NO_COLOR`)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def text_report() -> TextReport:
    """Return a report on problems as text, with at most `MOST_SHOWN` of each file."""
    from irtkit.reports import Tally  # noqa: PLC0415 - not for the help
    from irtkit.reports.texts import TextReport  # noqa: PLC0415 - the same

    return TextReport(Tally(MOST_SHOWN), colours=shows_colours())


def warn(message: str) -> None:
    """Write a line of warning to standard error, made printable."""
    click.echo(f"irtkit: warning: {printable(message)}", err=True)


def write(data: bytes) -> None:
    r"""Write *data* to standard output, byte for byte; on a terminal whatever could steer it is shown, as in `\x1b`.

    There lines, CR LF included, and tabs stay what they are, and bytes that are no UTF-8 are shown in the same way.
    """
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    click.echo(_harmless(data) if is_terminal else data, nl=False)


def _harmless(data: bytes) -> bytes:
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - not for the help

    pieces = re.split(r"(\t|\r?\n)", data.decode("utf-8", "backslashreplace"))
    pieces[::2] = map(escaped, pieces[::2])
    return "".join(pieces).encode(sys.stdout.encoding, "backslashreplace")
