"""Keys and texts that are refused, told to a program as to a person: with a code.

It refuses nothing itself.
"""

from __future__ import annotations

import json
from contextlib import contextmanager

import click

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["refusals_as_json"]


@contextmanager
def refusals_as_json(*, as_json: bool) -> Iterator[None]:
    """With *as_json*, let a key or text that is refused end the command with a JSON object of its one problem.

    The exit status is 1, as it is without.
    """
    if not as_json:
        yield
        return
    from irtkit.openpgp.faults import OpenPgpError, problem_of  # noqa: PLC0415 - not for the help
    from irtkit.reports.records import as_record  # noqa: PLC0415 - the same

    try:
        yield
    except OpenPgpError as error:
        problem = problem_of(error.code, error.message)
        click.echo(json.dumps({"version": 1, "problems": [as_record(problem)]}, indent=2))
        raise click.exceptions.Exit(1) from None
