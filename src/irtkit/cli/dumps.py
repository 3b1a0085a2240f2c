"""The option `--dumps` of the verbs that take addresses: all paths that follow it, until an address or option."""

from __future__ import annotations

import os

import click

from irtkit.errors import RangeError
from irtkit.resources import AddressRange

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["DumpsCommand", "space_of", "with_dumps_repeated"]


class DumpsCommand(click.Command):
    """A command whose `--dumps` takes all paths that follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each path, as click wants it."""
        return super().parse_args(ctx, list(with_dumps_repeated(args)))


def with_dumps_repeated(args: Sequence[str]) -> Iterator[str]:
    """Put `--dumps` before each further path that follows one; what reads as an address is none."""
    place = "elsewhere"
    for arg in args:
        if place == "behind" and not arg.startswith("-") and space_of(arg) is None and os.path.exists(arg):  # noqa: PTH110 - pathlib costs a tenth of a first answer
            yield "--dumps"
        elif place == "before":
            place = "behind"
        else:
            place = "before" if arg == "--dumps" else "elsewhere"
        yield arg


def space_of(text: str) -> AddressRange | None:
    """Return the addresses that *text* names, None if it names none."""
    try:
        return AddressRange.parse_lenient(text)
    except RangeError:
        return None
