"""What an object that is stored already makes of its problems: nothing changes, or only what was generated before.

The registry compares a submission with what it has as soon as template and values are found right; what is the same is
not judged any further (RIPE whois 1.124: SingleUpdateHandler). Generated values that are as stored are not replaced
(AttributeGenerator, TimestampAttributeGenerator); only `last-modified` always is.

It looks at single objects and asks no database.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from irtkit.problems import Problem
from irtkit.rpsl import RpslObject
from irtkit.rpsl.names import long_name
from irtkit.submission.codes import problem_of
from irtkit.validation.sameness import is_same

__all__ = ["find_unchanged", "iter_replaced"]

_JUDGED_BEFORE: Final = frozenset(
    {
        "bad-value",
        "filtered-object",
        "misplaced-attribute",
        "missing-attribute",
        "object-too-long",
        "repeated-attribute",
        "unknown-attribute",
        "unknown-source",
    }
)
"""What an object is refused for before it is compared."""
_TOLD_BEFORE: Final = frozenset(
    {
        "deprecated-attribute",
        "idn-conversion",
        "key-rewritten",
        "latin1-conversion",
        "short-name",
        "utf8-conversion",
        "value-rewritten",
    }
)
"""What is said about the text of an object, whether or not it changes anything."""
_ALWAYS_NEW: Final = "last-modified"


def find_unchanged(obj: RpslObject, stored: RpslObject, problems: Iterable[Problem]) -> list[Problem] | None:
    """Return what is left of the problems of an object by itself if it is as stored; None if something changes."""
    found = list(problems)
    if any(problem.code in _JUDGED_BEFORE for problem in found) or not is_same(obj, stored):
        return None
    message = "the object is in the database as it is here, and nothing would change"
    same = problem_of("identical-object", message, obj[0].name_span, "leave it out, or change it")
    return [*(problem for problem in found if problem.code in _TOLD_BEFORE), same]


def iter_replaced(obj: RpslObject, stored: RpslObject, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of an object by itself, without generated values that stay as they are stored."""
    for problem in problems:
        if problem.code != "generated-attribute" or not _stays(obj, stored, problem):
            yield problem


def _stays(obj: RpslObject, stored: RpslObject, problem: Problem) -> bool:
    name = next(long_name(one.name) for one in obj if problem.span and one.line == problem.span.line)
    return name != _ALWAYS_NEW and _values(obj, name) == _values(stored, name)


def _values(obj: RpslObject, name: str) -> set[str]:
    return {attribute.value.lower() for attribute in obj if long_name(attribute.name) == name}
