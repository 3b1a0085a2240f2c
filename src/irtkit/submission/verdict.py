"""What a registry would say about a whole message: its form, its instructions, its objects and their place.

It joins, in document order, what this package, `irtkit.validation` and the modules there about references and hierarchy
say, and decides what becomes of deletions and of the keyword NEW. Whether somebody may submit it, and whether a
signature is good, is judged elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from heapq import merge
from typing import Final

from irtkit.problems import Problem
from irtkit.rpsl import RpslObject
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.schema.template import Schema
from irtkit.submission.codes import place_of, problem_of
from irtkit.submission.instructions import iter_message_problems
from irtkit.submission.message import Message, Update
from irtkit.submission.reading import parse_message
from irtkit.submission.submitted import Submitted
from irtkit.validation import Action, Options
from irtkit.validation.checks import SchemaChecks
from irtkit.validation.database import iter_database_problems
from irtkit.validation.hierarchy import hierarchy_at
from irtkit.validation.keys import home_of, key_of
from irtkit.validation.layers import Layered
from irtkit.validation.objects import Objects, ObjectSet
from irtkit.validation.places import Place, Surroundings

__all__ = ["check", "iter_verdict", "merged"]

_DEFAULTS: Final = Options()
_DATES: Final = ("\ncreated:", "\nlast-modified:")
_OF_DELETIONS: Final = frozenset({"filtered-object", "unknown-class", "unknown-source"})
"""What a registry asks of the text of an object that shall be deleted; it need not be a good one."""


def check(
    text: str,
    registry: str = "ripe",
    against: Objects | Iterable[RpslObject] | None = None,
    *,
    options: Options = _DEFAULTS,
) -> list[Problem]:
    """Return what *registry* (ripe, apnic, afrinic or irrd) would say about an update message, in document order.

    *text* is one object, or as many as you like, or a whole message with instructions and signed parts. *against* is
    the database that references and ranges are looked up in: an index's objects, or the objects themselves, which
    then are all there are of their classes. Without it, what an object refers to is looked for in the message alone,
    and what is not there is no problem.

    An empty list is the registry's consent as far as it can be told from here. Any text will do, and the same one
    gives the same list on every run.

    Raises: ValueError for a registry that is not known.
    """
    message = parse_message(text)
    below = ObjectSet(against, registry=registry, complete=True) if isinstance(against, Iterable) else against
    return list(iter_verdict(message, registry, Submitted([message], registry), below, options=options))


def iter_verdict(
    message: Message,
    registry: str,
    submitted: Submitted,
    below: Objects | None = None,
    *,
    options: Options = _DEFAULTS,
) -> Iterator[Problem]:
    """Yield the problems of one message, in document order; lazily, object by object.

    *submitted* are the objects of this message and of those that are sent with it, *below* is what the registry has
    already.

    Raises: ValueError for a registry that is not known.
    """
    if registry not in SCHEMAS:
        raise ValueError(f"unknown registry {registry!r}; expected one of {', '.join(SCHEMAS)}")
    if "NEW" in message.keywords:
        options = replace(options, action=Action.CREATE)
    whole = sorted((*message.problems, *iter_message_problems(message, registry)), key=place_of)
    judge = _Judge(SCHEMAS[registry], submitted, below, options)
    updates = _iter_updates(message, judge)
    return merged(whole, updates) if whole else updates


def merged(first: Iterable[Problem], second: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of both, each in document order, in document order; at one place those of *first* first."""
    return merge(first, second, key=place_of)


def _iter_updates(message: Message, judge: "_Judge") -> Iterator[Problem]:
    new = "NEW" in message.keywords
    for update in message.updates:
        problems = judge.find_problems(update)
        if new and not update.deletions:
            problems += judge.iter_existing(update.object)
        if message.shifts:
            problems = [message.located(problem) for problem in problems]
        if len(problems) > 1:
            problems.sort(key=place_of)
        yield from problems


class _Judge:
    """Says what is wrong with one update among others."""

    def __init__(self, schema: Schema, submitted: Submitted, below: Objects | None, options: Options) -> None:
        self.schema = schema
        self.submitted = submitted
        self.below = below
        self._options = options
        self._checks = {
            action: SchemaChecks(schema, replace(options, action=options.action or action))
            for action in (None, *Action)
        }
        self._alone = below is None and not submitted.may_refer
        self._neighbours = submitted.neighbours if self._alone else frozenset()

    @cached_property
    def surroundings(self) -> Surroundings:
        """The database as the messages will leave it, as far as it is known, and as it is now."""
        objects = self.submitted.neighbouring if self._alone else self.submitted.objects
        after = objects if self.below is None else Layered(objects, self.below)
        return Surroundings(self.schema, after, self.below, self._options)

    def find_problems(self, update: Update) -> list[Problem]:
        """Return the problems of an update's object, in no particular order."""
        obj = update.object
        if self._alone:  # then nothing refers to anything that is here, and only places matter
            problems = self._checks[_assumed(obj)].find_problems(obj)
            if id(obj) in self._neighbours:
                problems += hierarchy_at(Place(obj, self.surroundings))
            return problems
        action = (None if self.below is None else self.surroundings.find_action(obj)) or _assumed(obj)
        problems = self._checks[action].find_problems(obj)
        if update.deletions:
            problems = [problem for problem in problems if problem.code in _OF_DELETIONS]
        problems += iter_database_problems(obj, self.surroundings, deletion=update.is_deletion)
        return problems

    def iter_existing(self, obj: RpslObject) -> Iterator[Problem]:
        """Yield that an object which shall be new is there already."""
        key = key_of(obj)
        home = home_of(obj, self.schema.registry)
        if self.below is not None and key is not None and obj.class_name in self.below.find_classes(key, home):
            text = "this object exists, and the message creates objects (keyword NEW)"
            yield problem_of("new-object-exists", text, obj[0].name_span, "leave NEW out to change the object")


def _assumed(obj: RpslObject) -> Action | None:
    """Return what is done with an object that no database knows: one with the registry's dates is there already."""
    text = str(obj)
    return Action.MODIFY if any(line in text for line in _DATES) else None
