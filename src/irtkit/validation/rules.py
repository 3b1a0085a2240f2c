"""The shape of a rule: a small function, and a row that says for whom it holds and where it is written.

The rules stand in modules by kind of knowledge; `irtkit.validation.checks` puts them together.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from irtkit.problems import Problem
from irtkit.rpsl import Attribute
from irtkit.validation.codes import severity_of
from irtkit.validation.options import Action, Options
from irtkit.validation.view import View

__all__ = ["MOST_OF_ONE_LIST", "RIPE_ONLY", "Check", "Finding", "Rule", "Scope", "as_problem"]

RIPE_ONLY = frozenset({"ripe"})
MOST_OF_ONE_LIST = 50
"""How many elements of one value are shown each by itself: to place one takes time that grows with the value."""


class Scope(Enum):
    """What of an object a rule looks at, and so when its verdict is the same for another object.

    With a wider scope than it needs a rule is only slower; with a narrower one it is wrong.
    """

    LINE = "line"
    """One attribute at a time: whatever the others are, it finds the same in it."""
    OUTLINE = "outline"
    """Which attributes there are, and the values of `status` and `org-type`; no other values, not even in a message."""
    LAYOUT = "layout"
    """How an object is written: comments, continuation lines, characters outside ASCII, length."""
    OBJECT = "object"
    """Anything."""


class Finding(NamedTuple):
    """What a rule has found: where, what, and what was expected; the rule's row adds the rest.

    Without *start* the name of the attribute is shown, with it *length* characters of its clean value
    from there; a *length* of 0 means the rest of the value.
    """

    attribute: Attribute
    message: str
    hint: str | None = None
    start: int | None = None
    length: int = 0


Check = Callable[[View, Options], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the code of its problems, who decides, and for which objects it has to be asked.

    *classes* and *needs* may be empty: every class, and objects with whatever attributes. Else the check runs
    only for an object of such a class that has one of the attributes *needs*. *action* restricts
    the rule to objects that are new, or to those that are not. A rule whose *scope* is a line has *needs*; such a one
    finds nothing in a value on one line, with single blanks, in which *concerns* is nowhere found. A rule whose scope
    is an object finds nothing in one if *concerns* is nowhere found in the attributes that it *needs*, as written.
    """

    code: str
    check: Check
    citation: str
    classes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    registries: frozenset[str] = RIPE_ONLY
    action: Action | None = None
    scope: Scope = Scope.OBJECT
    concerns: re.Pattern[str] | None = None

    def holds(self, registry: str, class_name: str, action: Action) -> bool:
        """Whether *registry* applies the rule to an object of the class that it would treat so."""
        for_class = not self.classes or class_name in self.classes
        return for_class and registry in self.registries and self.action in {None, action}

    def may_find(self, text: str) -> bool:
        """Whether the rule may find something because of an attribute that it needs, *text* being what it says."""
        return self.concerns is None or self.concerns.search(text) is not None


def as_problem(code: str, finding: Finding, citation: str) -> Problem:
    """Return the problem that a finding is: located, with the severity of its code."""
    attribute, message, hint, start, length = finding
    if start is None:
        span = attribute.name_span
    else:
        rest = max(0, len(attribute.value) - start)
        span = attribute.span(len(attribute.value) - rest, max(1, min(length or rest, rest)))
    return Problem(code, severity_of(code), message, span, hint, citation)
