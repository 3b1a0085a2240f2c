"""A memory of attributes that were right, and of what was wrong with outlines: a known object needs no second look.

Registries' objects repeat themselves: of twenty lines, three or four are new, and few objects have an outline of their
own. So do mistakes. It decides nothing; it asks once about each attribute, and is told what was found in objects.
Forgetting changes no answer.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from irtkit.problems import Problem, Severity, Span
from irtkit.rpsl import Attribute, RpslObject

__all__ = ["DOUBTFUL", "MOST_PROBLEMS", "OPEN", "Familiar"]

DOUBTFUL: Final = ""
"""An attribute with which something may be wrong; what, its text decides."""
OPEN: Final = "\n"
"""An attribute about which neither its text nor the outline decides."""

MOST_PROBLEMS: Final = 20
"""Of one object; one with more is not remembered."""

Judge = Callable[[str, str], str]
Outline = tuple[str, ...]
"""The attributes that an object has, by their long names, and the text of those whose values tell or are doubtful."""

_Kept: TypeAlias = tuple[int, int, int, str, Severity, str, str | None, str | None]
"""A problem of an outline: the position of its attribute in the object, column and length there, and what else it has.

No named tuple: those are unpacked several times as slowly.
"""

_MOST_ATTRIBUTES: Final = 10_000
_MOST_OUTLINES: Final = 1_000
_LONGEST_ATTRIBUTE: Final = 200  # characters; longer ones hardly ever come again
_LONGEST_OBJECT: Final = 4_000  # characters
_DOUBT: Final = OPEN
"""What stands before the text of a doubtful attribute; what is open begins so, too: neither is known to be right."""
_TELLING: Final = frozenset({"status", "org-type"})  # attributes whose values are part of the outline
_CONTINUED: Final = ("\n ", "\n\t", "\n+")
_END_OF_ATTRIBUTE: Final = re.compile(r"\n(?![ \t+])")


class _Attributes(dict[str, str]):
    """Attributes as they are written, and what each is to the outline; one that is asked for is judged and kept.

    They are without line end.
    """

    def __init__(self, judge: Judge, unjudged: frozenset[str], naming: str) -> None:
        super().__init__()
        self._judge = judge
        self._unjudged = unjudged
        self._naming = naming
        self[""] = ""  # after the last line end

    def __missing__(self, raw: str) -> str:
        name, colon, rest = raw.partition(":")
        if name in self._unjudged and colon and rest.isascii() and rest.isprintable():
            return name  # there is nothing to save
        if len(raw) > _LONGEST_ATTRIBUTE or not colon:
            return OPEN
        found = self._judge(name, rest)
        if found == self._naming:
            return found  # no other object has the same name
        if len(self) >= _MOST_ATTRIBUTES:
            self.clear()
            self[""] = ""
        self[raw] = part = raw if found in _TELLING else found or f"{_DOUBT}{raw}"
        return part


class Familiar:
    """What is known of objects of one class, for one registry, in the same circumstances.

    *judge* takes what stands before and behind the colon of an attribute, as it is written, without line end. It
    returns the long name if nothing is wrong with the attribute by itself, `DOUBTFUL` if perhaps something is, and
    `OPEN` if rules have to look at more of an object that has it: such objects are never known. Of the *unjudged*
    attributes nothing but the name matters; *naming* is the one that names the class.

    Memory: some 5 MB; 25 MB if somebody aims at it.
    """

    def __init__(self, judge: Judge, unjudged: frozenset[str], naming: str) -> None:
        self._part_of = _Attributes(judge, unjudged, naming).__getitem__
        self._problems: dict[Outline, tuple[_Kept, ...]] = {}

    def find_problems(self, obj: RpslObject) -> list[Problem] | None:
        """Return the problems of an object, in order, if an object with the same outline is known."""
        text = str(obj)
        if len(text) > _LONGEST_OBJECT:
            return None
        kept = self._problems.get(tuple(map(self._part_of, text.split("\n"))))
        if kept is not None:
            return _located(kept, obj.line_of)
        if any(one in text for one in _CONTINUED):
            kept = self._problems.get(tuple(map(self._part_of, _END_OF_ATTRIBUTE.split(text))))
            if kept is not None:
                return _located(kept, [attribute.line for attribute in obj.attributes].__getitem__)
        return None

    def knows(self, attribute: Attribute) -> bool:
        """Whether there is certainly nothing wrong with an attribute by itself."""
        return not self._part_of(attribute.raw.removesuffix("\n")).startswith(_DOUBT)

    def remember(self, obj: RpslObject, problems: Sequence[Problem]) -> None:
        """Take to heart that an object has these problems, all of them, and no others, if its outline decides that."""
        text = str(obj)
        if len(problems) > MOST_PROBLEMS or len(text) > _LONGEST_OBJECT:
            return
        outline = tuple(map(self._part_of, _END_OF_ATTRIBUTE.split(text)))
        positions = {attribute.line: position for position, attribute in enumerate(obj.attributes)}
        spans = [problem.span for problem in problems]
        if OPEN in outline or any(span is None or span.line not in positions for span in spans):
            return
        if len(self._problems) >= _MOST_OUTLINES:
            self._problems.clear()
        self._problems[outline] = tuple(
            (positions[at.line], at.column, at.length, one.code, one.severity, one.message, one.hint, one.citation)
            for one, at in zip(problems, spans, strict=True)
            if at is not None
        )


def _located(kept: Iterable[_Kept], line_of: Callable[[int], int]) -> list[Problem]:
    """Return problems of an object, *line_of* telling on which line the attribute at a position begins."""
    return [
        Problem(code, severity, message, Span(line_of(position), column, length), hint, citation)
        for position, column, length, code, severity, message, hint, citation in kept
    ]
