"""What the parser says about a text that is no object, as a `Problem` or as an exception.

It does not look for faults; the readers do.
"""

from irtkit.errors import ParseError
from irtkit.problems import Problem, Severity, Span

__all__ = ["as_error", "fault", "shown"]

_SHOWN = 40  # characters of the user's text that a message repeats
_RPSL = "RFC 2622, section 2"


def fault(code: str, message: str, span: Span, hint: str, *, citation: str = _RPSL) -> Problem:
    """Return an error about a text; *hint* says what was expected."""
    return Problem(code, Severity.ERROR, message, span, hint, citation)


def as_error(problem: Problem) -> ParseError:
    """Return the exception that says what *problem* says, with its place."""
    where = problem.span or Span(1, 1)
    return ParseError(f"{problem.message}; {problem.hint}", line=where.line, column=where.column)


def shown(text: str) -> str:
    """Quote the beginning of the user's text, fit for a terminal."""
    start = text[:_SHOWN]
    if not start.isprintable():
        start = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in start)
    return f'"{start}"' if len(text) <= _SHOWN else f'"{start}..."'
