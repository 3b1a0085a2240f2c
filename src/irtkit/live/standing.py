"""Whether a server is still to be asked: one that refuses is left alone, and so is one that is out of order.

It asks nobody, and forgets with its run; refusals that outlive it are in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from irtkit.errors import AccessDeniedError, BudgetError, DeadlineError, UnreachableError

if TYPE_CHECKING:
    from irtkit.errors import ServerError

__all__ = ["PATIENCE", "Standing"]

PATIENCE = 3
"""Failures to reach a server, one after the other, until it is not asked any more."""


class Standing:
    """How one server has behaved in this run."""

    def __init__(self) -> None:
        self.error: ServerError | None = None
        """Why it is asked nothing more."""
        self._failures = 0

    def check(self) -> None:
        """Raise the error of a server that is not to be asked any more."""
        if self.error is not None:
            raise self.error.with_traceback(None)

    def note_answer(self) -> None:
        """Note that it answered."""
        self._failures = 0

    def note_error(self, error: ServerError) -> None:
        """Note that it did not answer."""
        if isinstance(error, UnreachableError | DeadlineError):
            self._failures += 1
        if isinstance(error, AccessDeniedError | BudgetError) or self._failures == PATIENCE:
            self.error = error
