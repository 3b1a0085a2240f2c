"""What a registry would say about a whole message: its form, its instructions, its objects and their place.

It joins, in document order, what this package, `irtkit.validation` and the modules there about references and hierarchy
say, and decides what becomes of deletions and of the keyword NEW. Whether somebody may submit it, and whether a
signature is good, is judged elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from irtkit.cycles import without_cycle_search
from irtkit.problems import Problem
from irtkit.rpsl import RpslObject
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.schema.template import Schema
from irtkit.submission.codes import place_of, problem_of
from irtkit.submission.decoding import decode
from irtkit.submission.instructions import iter_message_problems
from irtkit.submission.message import Message, Secret, Update
from irtkit.submission.reading import parse_message
from irtkit.submission.submitted import Submitted
from irtkit.submission.unchanged import find_unchanged, iter_replaced
from irtkit.validation import Action, Options
from irtkit.validation.checks import SchemaChecks
from irtkit.validation.database import database_problems_of
from irtkit.validation.hierarchy import hierarchy_at
from irtkit.validation.keys import home_of, key_of
from irtkit.validation.objects import Objects, ObjectSet
from irtkit.validation.places import Place, Surroundings

if TYPE_CHECKING:
    from irtkit.index.lookup import Index

__all__ = ["check", "iter_verdict", "merged"]

_DEFAULTS: Final = Options()
_OF_DELETIONS: Final = frozenset({"filtered-object", "unknown-class", "unknown-source"})
"""What a registry asks of the text of an object that shall be deleted; it need not be a good one."""
_AT_ONCE: Final = 64
"""Objects that take each step together: a step's code and data then stay in the processor's caches."""
_COMPARING: Final = frozenset({"ripe"})
"""Registries of which it is known what they say about an object that would not change."""


def check(
    text: str | bytes | RpslObject | Iterable[RpslObject],
    registry: str = "ripe",
    against: "Objects | Index | RpslObject | Iterable[RpslObject] | None" = None,
    *,
    options: Options = _DEFAULTS,
) -> list[Problem]:
    """Return what *registry* (ripe, apnic, afrinic or irrd) would say about an update message, in document order.

    *text* is one object, or as many as you like, or a whole message with instructions and signed parts; or bytes of
    one, UTF-8 or latin-1; or objects that are parsed or built already, whose lines are those of the text that each
    came from. *against* is the database that references and ranges are looked up in: an index, or the objects
    themselves, which then are all there are of their classes, or whatever answers as `Objects` does. Without it,
    what an object refers to is looked for in the message alone, and what is not there is no problem.

    An empty list is the registry's consent as far as it can be told from here. Any text will do, and the same one
    gives the same list on every run.

    Raises: ValueError for a registry that is not known; TypeError for what is no text and no object.
    """
    below = _database_of(against, registry)
    problems: list[Problem] = []
    if isinstance(text, bytes):
        decoded = decode(text)
        if decoded.text is None:
            return decoded.problems
        text, problems = decoded.text, decoded.problems
    with without_cycle_search():
        found = _verdict_on(text, registry, below, options)
        return list(merged(problems, found)) if problems else found


def _verdict_on(
    text: str | RpslObject | Iterable[RpslObject], registry: str, below: Objects | None, options: Options
) -> list[Problem]:
    """Return the problems of a message alone; the message itself is gone before circles are searched for again."""
    message = parse_message(text) if isinstance(text, str) else _message_of(text)
    return list(iter_verdict(message, registry, Submitted([message], registry), below, options=options))


def _database_of(
    against: "Objects | Index | RpslObject | Iterable[RpslObject] | None", registry: str
) -> Objects | None:
    if against is None or isinstance(against, Objects):
        return against
    from irtkit.index.lookup import Index  # noqa: PLC0415 - only for who has an index, or no database yet
    from irtkit.submission.indexed import IndexObjects  # noqa: PLC0415 - the same

    if isinstance(against, Index):
        return IndexObjects(against)
    return ObjectSet(_objects_of(against, "against"), registry=registry, complete=True)


def _message_of(objects: object) -> Message:
    """Return the message that consists of these objects."""
    found = _objects_of(objects, "text")
    return Message(Secret("\n".join(map(str, found))), tuple(map(Update, found)))


def _objects_of(given: object, argument: str) -> list[RpslObject]:
    """Return the objects that were given as an argument, one or several.

    Raises: TypeError for anything else.
    """
    if isinstance(given, RpslObject):
        return [given]
    several = list(given) if isinstance(given, Iterable) and not isinstance(given, str | bytes) else None
    found = [given] if several is None else several
    objects = [one for one in found if isinstance(one, RpslObject)]
    if len(objects) == len(found):
        return objects
    odd = next(type(one).__name__ for one in found if not isinstance(one, RpslObject))
    kinds = "a text, bytes or objects" if argument == "text" else "an index, or objects; see parse_objects for texts"
    raise TypeError(f"{argument}: expected {kinds}, not {odd}{'' if several is None else ' among them'}")


def iter_verdict(
    message: Message,
    registry: str,
    submitted: Submitted,
    below: Objects | None = None,
    *,
    options: Options = _DEFAULTS,
) -> Iterator[Problem]:
    """Yield the problems of one message, in document order; lazily, some objects at a time.

    *submitted* are the objects of this message and of those that are sent with it, *below* is what the registry has
    already.

    Raises: ValueError for a registry that is not known.
    """
    if registry not in SCHEMAS:
        raise ValueError(f"unknown registry {registry!r}; expected one of {', '.join(SCHEMAS)}")
    if "NEW" in message.keywords:
        options = replace(options, action=Action.CREATE)
    whole = sorted((*message.problems, *iter_message_problems(message, registry)), key=place_of)
    judge = _Judge(SCHEMAS[registry], message, submitted, below, options)
    updates = _iter_updates(message, judge)
    return merged(whole, updates) if whole else updates


def merged(first: Iterable[Problem], second: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of both, each in document order, in document order; at one place those of *first* first.

    It is quick where *first* is short.
    """
    others = iter(second)
    other = next(others, None)
    for one in first:
        place = place_of(one)
        while other is not None and place_of(other) < place:
            yield other
            other = next(others, None)
        yield one
    if other is not None:
        yield other
    yield from others


def _iter_updates(message: Message, judge: "_Judge") -> Iterator[Problem]:
    new = "NEW" in message.keywords
    for start in range(0, len(message.updates), _AT_ONCE):
        updates = message.updates[start : start + _AT_ONCE]
        for update, found in zip(updates, judge.find_problems(updates), strict=True):
            problems = found
            if new and not update.deletions:
                problems = sorted([*problems, *judge.iter_existing(update.object)], key=place_of)
            if message.shifts:
                problems = sorted([message.located(problem) for problem in problems], key=place_of)
            yield from problems


class _Judge:
    """Says what is wrong with one update among others."""

    def __init__(
        self, schema: Schema, message: Message, submitted: Submitted, below: Objects | None, options: Options
    ) -> None:
        self.schema = schema
        self.message = message
        self.submitted = submitted
        self.below = below
        self._options = options
        self._checks = {
            action: SchemaChecks(schema, replace(options, action=options.action or action))
            for action in (None, *Action)
        }
        compares = schema.registry in _COMPARING and "NEW" not in message.keywords
        self._compared = below if compares else None
        self._alone = below is None and not submitted.may_refer
        self._neighbours = submitted.neighbours if self._alone else frozenset()

    @cached_property
    def surroundings(self) -> Surroundings:
        """The database as the messages will leave it, as far as it is known, and as it is now."""
        after = self.submitted.neighbouring if self._alone else self.submitted.on_top_of(self.below, self.message)
        return Surroundings(self.schema, after, self.below, self._options)

    def find_problems(self, updates: Sequence[Update]) -> list[list[Problem]]:
        """Return the problems of the object of each update, in document order."""
        if self._alone:
            return [self._find_alone(update.object) for update in updates]
        places = [Place(update.object, self.surroundings) for update in updates]
        actions = [place.action for place in places]
        own = [self._find_own(*one) for one in zip(updates, places, actions, strict=True)]
        open_cases = [
            (place, update.is_deletion)
            for place, update, (_, is_settled) in zip(places, updates, own, strict=True)
            if not is_settled
        ]
        shown = iter(database_problems_of(open_cases))
        told = []
        for problems, is_settled in own:
            found = [] if is_settled else next(shown)
            told.append(sorted([*problems, *found], key=place_of) if found else problems)
        return told

    def _find_alone(self, obj: RpslObject) -> list[Problem]:
        """Return the same where nothing refers to anything that is here, and only places matter."""
        problems = self._checks[_assumed(obj)].find_problems(obj)
        if id(obj) in self._neighbours and (found := [*hierarchy_at(Place(obj, self.surroundings))]):
            return sorted([*problems, *found], key=place_of)
        return problems

    def _find_own(self, update: Update, place: Place, action: Action | None) -> tuple[list[Problem], bool]:
        """Return the problems of an object by itself, and whether nothing else is judged: it is as it is stored."""
        obj, action = update.object, action or _assumed(update.object)
        problems = self._checks[action].find_problems(obj)
        if update.deletions:
            return [problem for problem in problems if problem.code in _OF_DELETIONS], False
        stored = self._find_stored(place) if action is Action.MODIFY else None
        if stored is not None:
            unchanged = find_unchanged(obj, stored, problems)
            if unchanged is not None:
                return sorted(unchanged, key=place_of), True
            return list(iter_replaced(obj, stored, problems)), False
        return problems, False

    def _find_stored(self, place: Place) -> RpslObject | None:
        """Return the object as the registry has it, if it would compare the two and that is known."""
        if self._compared is None or place.key is None:
            return None
        return self._compared.find_object(place.class_name, place.key, place.home)

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
    return Action.MODIFY if "\ncreated:" in text or "\nlast-modified:" in text else None
