"""The shape of one value: what a syntax is, and what it says about a value that breaks it.

No rule of any registry stands here (those are rows in `irtkit.schema.syntaxes`), and none that needs
another attribute, a list of countries or a database (that is `irtkit.validation`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from irtkit.rpsl.faults import shown

__all__ = [
    "Blemish",
    "Fault",
    "Finder",
    "Row",
    "Syntax",
    "anything",
    "compiled",
    "exceeds",
    "matching",
    "one_of",
    "too_long",
]


class Fault(NamedTuple):
    """What is wrong with a value, and where.

    *offset* counts characters from 0 within the value that was judged; that of a value which ends too early
    is its length. *length* is at least 1. *message* is one line, fit for a terminal.
    """

    offset: int
    length: int
    message: str

    def moved(self, by: int) -> "Fault":
        """Return the fault as one of a value in which the judged text begins at *by*."""
        return self._replace(offset=self.offset + by)


Finder = Callable[[str], Fault | None]
"""What judges a value: None when it is valid. It takes any text, never raises, and needs linear time."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """The rule for the values of an attribute.

    *expected* says in words what a value is, for a hint; *example* is a valid value; *citation* names the rule.
    """

    name: str
    expected: str
    example: str
    citation: str
    finder: Finder = field(repr=False, compare=False)

    def find_fault(self, value: str) -> Fault | None:
        """Return what is wrong with *value*, or None when it is valid.

        *value* is clean (`Attribute.value`), and of a list attribute one element of it. Any text will do:
        nothing is raised, and the time grows with the length of the value, not faster.
        """
        return self.finder(value)


class Row(NamedTuple):
    """Which attributes have a syntax: names in lower case, separated by blanks.

    Without *classes* the row counts for every class; without *registries*, for every registry that has no
    row of its own.
    """

    syntax: Syntax
    attributes: str
    classes: str = ""
    registries: str = "ripe"


class Blemish(NamedTuple):
    """A way in which values go wrong: what to search for, and what to say where it is found.

    The place is the pattern's last group that took part, else the whole match. In *message*, `{}` is
    replaced by the text found there, quoted, or by "nothing".
    """

    pattern: re.Pattern[str]
    message: str

    def find_fault(self, value: str) -> Fault | None:
        """Return the first place in *value* that has the blemish."""
        found = self.pattern.search(value)
        if found is None:
            return None
        start, end = found.span(found.lastindex or 0)
        quoted = shown(value[start:end]) if end > start else "nothing"
        return Fault(start, max(1, end - start), self.message.format(quoted))


def compiled(pattern: str) -> re.Pattern[str]:
    """Return *pattern* as registries mean it: letters in either case, and only ASCII ones."""
    return re.compile(pattern, re.ASCII | re.IGNORECASE | re.DOTALL)


def matching(pattern: str, *blemishes: Blemish, otherwise: str, further: Finder | None = None) -> Finder:
    """Return what finds a fault in every value that *pattern* does not match as a whole.

    The first of *blemishes* that is there says what and where; else the whole value is at fault, and the
    message is *otherwise* with the value for `{}`. A value that matches is judged by *further*, if given.
    """
    fits = compiled(pattern).fullmatch

    def find_fault(value: str) -> Fault | None:
        if fits(value):
            return further(value) if further else None
        if not value:
            return Fault(0, 1, "the value is empty")
        for blemish in blemishes:
            if fault := blemish.find_fault(value):
                return fault
        return Fault(0, len(value), otherwise.format(shown(value)))

    return find_fault


def one_of(values: tuple[str, ...], otherwise: str) -> Finder:
    """Return what takes *values* in any case, and says *otherwise* (with the value for `{}`) of all else."""
    known = frozenset(value.upper() for value in values)

    def find_fault(value: str) -> Fault | None:
        if value in known or (value.isascii() and value.upper() in known):
            return None
        if not value:
            return Fault(0, 1, "the value is empty")
        return Fault(0, len(value), otherwise.format(shown(value)))

    return find_fault


def too_long(length: int) -> Blemish:
    """Return the blemish of a value of more than *length* characters: what is beyond them."""
    return Blemish(compiled(rf"\A.{{{length}}}(.++)"), f"{{}} is beyond the {length} characters that a value may have")


def exceeds(digits: str, largest: int) -> bool:
    """Return whether *digits*, however many and with however many zeros in front, are more than *largest*."""
    significant = digits.lstrip("0")
    return len(significant) > len(str(largest)) or int(significant or "0") > largest


def anything(_value: str) -> Fault | None:
    """Find nothing: every value is valid, an empty one too."""
    return None
