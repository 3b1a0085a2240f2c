"""The keys that `irtkit sign` and `irtkit submit` sign with, one around the other: how many there may be."""

from __future__ import annotations

import click

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Sized

__all__ = ["refuse_too_many"]

_MOST_SIGNERS = 4


def refuse_too_many(names: Sized) -> None:
    """Do nothing, unless more keys are named than can sign at once; then a usage error says so."""
    if len(names) > _MOST_SIGNERS:
        raise click.UsageError(f"At most {_MOST_SIGNERS} keys can sign at once.")
