"""How `--against` is read: it takes all paths that follow it, up to the next option or to `--`."""

from __future__ import annotations

import click

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["AgainstCommand", "read_paths", "with_against_repeated"]


class AgainstCommand(click.Command):
    """A command whose `--against` takes all paths that follow it, up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        return super().parse_args(ctx, list(with_against_repeated(args)))


def with_against_repeated(args: list[str]) -> Iterator[str]:
    """Put `--against` before each further path that follows one."""
    behind = 0
    for position, arg in enumerate(args):
        if arg == "--":
            yield from args[position:]
            return
        if arg == "--against":
            behind = 1
        elif arg.startswith("-") and arg != "-":
            behind = 0
        elif behind:
            if behind > 1:
                yield "--against"
            behind += 1
        yield arg


def read_paths(_: click.Context, parameter: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths that `--against` names; a usage error for standard input, which is for FILE."""
    if "-" in paths:
        fault = "standard input is for FILE: put - before it, or behind --; what to check against is read from files."
        raise click.BadParameter(fault, param=parameter)
    return paths
