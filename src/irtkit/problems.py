"""What irtkit says about a user's object: a `Problem` is a value, complete and frozen.

It does not decide what is wrong (that is `irtkit.validation`), and it prints nothing by itself.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Problem", "Severity", "Span"]


class Severity(StrEnum):
    """How much a problem matters to the registry."""

    ERROR = "error"
    """The registry refuses the object."""
    WARNING = "warning"
    """The registry takes the object and says something about it."""
    INFO = "info"
    """The registry changes something and tells."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a text: *line* and *column* count from 1, *length* in characters."""

    line: int
    column: int
    length: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an object: what, where, and what was expected.

    *code* is stable and documented; *hint* says what was expected; *citation* names the rule.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    hint: str | None = None
    citation: str | None = None

    def __str__(self) -> str:
        where = "" if self.span is None else f"{self.span.line}:{self.span.column}: "
        return f"{where}{self.severity}[{self.code}]: {self.message}"
