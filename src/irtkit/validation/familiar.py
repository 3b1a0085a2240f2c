"""A memory of lines that were right, and of what was wrong with outlines: a known object needs no second look.

Registries' objects repeat themselves: of twenty lines, three or four are new, and few objects have an outline of their
own. It decides nothing; it asks once about each line, and is told what was found in objects. Forgetting changes no
answer.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from irtkit.problems import Problem, Severity, Span
from irtkit.rpsl import Attribute, RpslObject

__all__ = ["Familiar", "Outline"]

FindName = Callable[[str, str], str | None]
Outline = tuple[str, ...]
"""The attributes that an object has, by their long names, and the text of those whose values tell."""

_MOST_ATTRIBUTES: Final = 10_000
_MOST_OUTLINES: Final = 1_000
_MOST_PROBLEMS: Final = 20  # of one outline
_LONGEST_ATTRIBUTE: Final = 200  # characters; longer ones hardly ever come again
_LONGEST_OBJECT: Final = 4_000  # characters
_WRONG: Final = "\n"
"""What an attribute is to the outline that is none, or perhaps not right: no outline has it."""
_TELLING: Final = frozenset({"status", "org-type"})  # attributes whose values are part of the outline
_CONTINUED: Final = ("\n ", "\n\t", "\n+")
_END_OF_ATTRIBUTE: Final = re.compile(r"\n(?![ \t+])")


class _Attributes(dict[str, str]):
    """Attributes as they are written, and what each is to the outline; one that is asked for is judged and kept.

    They are without line end and comment.
    """

    def __init__(self, find_name: FindName, unjudged: frozenset[str]) -> None:
        super().__init__()
        self._find_name = find_name
        self._unjudged = unjudged
        self[""] = ""  # after the last line end

    def __missing__(self, raw: str) -> str:
        name, colon, rest = raw.partition(":")
        if name in self._unjudged and colon and rest.isascii() and rest.isprintable():
            return name  # there is nothing to save
        if len(raw) > _LONGEST_ATTRIBUTE or not colon:
            return _WRONG
        if len(self) >= _MOST_ATTRIBUTES:
            self.clear()
            self[""] = ""
        found = self._find_name(name, rest)
        self[raw] = part = _WRONG if found is None else raw if found in _TELLING else found
        return part


class _Kept(NamedTuple):
    """A problem of an outline: of which attribute, by its place in the object, where in it, and the problem itself."""

    position: int
    column: int
    length: int
    code: str
    severity: Severity
    message: str
    hint: str | None
    citation: str | None


class Familiar:
    """What is known of objects of one class, for one registry, in the same circumstances.

    *find_name* takes what stands before and behind the colon of an attribute, as it is written, without line end and
    comment. It returns the long name if nothing is wrong with the attribute by itself, else None. Of the *unjudged*
    attributes nothing but the name matters. *demanding* are the attributes whose presence makes rules look at more than
    single attributes and the outline: objects with one are never known.

    Memory: some 5 MB; 15 MB if somebody aims at it.
    """

    def __init__(self, find_name: FindName, unjudged: frozenset[str], demanding: frozenset[str]) -> None:
        self._demanding = demanding
        self._attributes = _Attributes(find_name, unjudged)
        self._problems: dict[Outline, tuple[_Kept, ...]] = {}

    def find_outline(self, obj: RpslObject) -> Outline | None:
        """Return the outline of an object, if it decides about all problems that the object has."""
        text = str(obj)
        if len(text) > _LONGEST_OBJECT or "#" in text:
            return None
        outline = tuple(map(self._attributes.__getitem__, text.split("\n")))
        if outline in self._problems:
            return outline
        if _WRONG in outline and any(one in text for one in _CONTINUED):
            outline = tuple(map(self._attributes.__getitem__, _END_OF_ATTRIBUTE.split(text)))
        return outline if _WRONG not in outline and self._demanding.isdisjoint(outline) else None

    def find_problems(self, outline: Outline, obj: RpslObject) -> list[Problem] | None:
        """Return the problems of an object with an outline, in order, if they are known."""
        kept = self._problems.get(outline)
        if not kept:
            return None if kept is None else []
        line_of: Callable[[int], int] = obj.line_of
        if len(outline) != str(obj).count("\n") + 1:  # some lines continue attributes
            line_of = [attribute.line for attribute in obj.attributes].__getitem__
        return [
            Problem(code, severity, message, Span(line_of(position), column, length), hint, citation)
            for position, column, length, code, severity, message, hint, citation in kept
        ]

    def knows(self, attribute: Attribute) -> bool:
        """Whether there is certainly nothing wrong with an attribute by itself."""
        raw = attribute.raw.removesuffix("\n")
        return "#" not in raw and self._attributes[raw] is not _WRONG

    def remember(self, outline: Outline, obj: RpslObject, problems: Sequence[Problem]) -> None:
        """Take to heart that an object with the outline has these problems, all of them, and no others."""
        if len(problems) > _MOST_PROBLEMS:
            return
        if len(self._problems) >= _MOST_OUTLINES:
            self._problems.clear()
        positions = {attribute.line: position for position, attribute in enumerate(obj.attributes)}
        self._problems[outline] = tuple(
            _Kept(positions[at.line], at.column, at.length, one.code, one.severity, one.message, one.hint, one.citation)
            for one in problems
            if (at := one.span) is not None
        )
