"""What an update message is: updates, instructions and text that is neither. Values, all immutable.

Passwords are in it as `Secret`s: they are in no `repr`, no `str` and no JSON; `reveal` is the one way to them.
How a message is read stands in `irtkit.submission.reading`; whether it is a good one, in `irtkit.submission.verdict`.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from irtkit.problems import Problem, Span
from irtkit.rpsl import RpslObject
from irtkit.rpsl.paragraphs import MASK, masked

__all__ = [
    "Deletion",
    "Leftover",
    "Message",
    "Override",
    "Password",
    "Secret",
    "Signature",
    "Update",
]


class Secret:
    """A text that shows itself only when asked: `reveal`. Equal secrets hide equal texts."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (text.encode("utf-8", "surrogatepass") for text in (self._text, other._text))
        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK


@dataclass(frozen=True, slots=True)
class Password:
    """A `password:` line; it counts for every object of the message. *span* is where its name stands."""

    span: Span
    secret: Secret


@dataclass(frozen=True, slots=True)
class Override:
    """An `override:` line, `user,password[,remarks {options}]`; it counts for its own paragraph.

    *user* and *secret* are empty if they are not there. *options* are the words in braces, each `name=value`. Its
    representation shows none of them: who forgets a comma has the password elsewhere.
    """

    span: Span
    user: str = field(repr=False)
    secret: Secret
    remarks: str = field(default="", repr=False)
    options: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Deletion:
    """A `delete:` line: the paragraph's object shall go. *span* is where its name stands."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A clear-signed block that lies around updates, from its first line to its last. Nothing is verified."""

    first_line: int
    last_line: int


class Update(NamedTuple):
    """An object of the message and what shall be done with it.

    Line numbers of *object* are those of the whole message. *signatures* lie around it, the outermost first.
    """

    object: RpslObject
    deletions: tuple[Deletion, ...] = ()
    overrides: tuple[Override, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def is_deletion(self) -> bool:
        """Whether the object shall be deleted."""
        return bool(self.deletions)


@dataclass(frozen=True, slots=True)
class Leftover:
    """A paragraph that is no object, without the instructions in it; it begins on *line*."""

    text: str = field(repr=False)
    line: int


@dataclass(frozen=True, slots=True)
class Message:
    """An update message; `compose` gives back its text to the last character.

    *updates*, *leftovers* and *problems* are in document order; *problems* are what its form says, whatever the
    registry. *passwords* count for every update, and *dry_run*, the first of those lines, for the whole message.
    *keywords* came with it, as a mail's subject or as parameters.

    *shifts* says for a line how many characters of it were taken off before it was read (dash-escaping, blanks before
    the first word); `located` puts problems of its objects right.
    """

    text: Secret = field(repr=False)
    updates: tuple[Update, ...]
    leftovers: tuple[Leftover, ...] = ()
    passwords: tuple[Password, ...] = ()
    dry_run: Span | None = None
    keywords: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    shifts: Mapping[int, int] = field(default_factory=dict, hash=False, repr=False)

    def compose(self) -> str:
        """Return the message as it was written, passwords included."""
        return self.text.reveal()

    def located(self, problem: Problem) -> Problem:
        """Return a problem of one of the objects with its place in the message."""
        shift = self.shifts.get(problem.span.line, 0) if problem.span else 0
        if not shift or problem.span is None:
            return problem
        return replace(problem, span=replace(problem.span, column=problem.span.column + shift))

    def __str__(self) -> str:
        return masked(self.text.reveal())
