"""How paths are read: `--against` takes all that follow it, up to the next option or to `--`; FILE... has the rest."""

from __future__ import annotations

from itertools import pairwise

import click

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["AgainstCommand", "read_files", "read_paths", "with_against_repeated"]


class AgainstCommand(click.Command):
    """A command whose `--against` takes all paths that follow it, up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; a usage error if an `--against` names nothing."""
        if _names_nothing(args):
            ends = "the paths that follow it end at the next option or at --; put ./ before one that begins with -"
            raise click.BadOptionUsage("--against", f"Option '--against' requires an argument: {ends}.", ctx)
        return super().parse_args(ctx, list(with_against_repeated(args)))


def _names_nothing(args: Sequence[str]) -> bool:
    """Whether an `--against` is followed by an option or by `--` at once; click sees the one that ends the line."""
    options = args[: args.index("--") + 1] if "--" in args else args
    return any(arg == "--against" and then.startswith("-") and then != "-" for arg, then in pairwise(options))


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


def read_files(_: click.Context, parameter: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths of FILE...; a usage error for standard input twice, which would be empty the second time."""
    if paths.count("-") > 1:
        raise click.BadParameter("standard input is named twice; expected - once.", param=parameter)
    return paths


def read_paths(_: click.Context, parameter: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths that `--against` names; a usage error for standard input, which is for FILE."""
    if "-" in paths:
        fault = "standard input is for FILE: put - before it, or behind --; what to check against is read from files."
        raise click.BadParameter(fault, param=parameter)
    return paths
