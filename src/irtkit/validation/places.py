"""What the objects of a submission are checked against, and one of them in its place: what is stored, what is around.

Every answer is worked out when it is first asked for, and kept. It judges nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from irtkit.problems import Problem
from irtkit.resources import AddressRange
from irtkit.rpsl import Attribute, PrimaryKey, RpslObject
from irtkit.schema.contact_rules import rules_for_source
from irtkit.schema.template import Schema
from irtkit.validation.keys import NETWORKS, Filing, filing_of, find_attribute, find_value
from irtkit.validation.network_rules import NETWORK_RULES, NetworkRules
from irtkit.validation.objects import Network, Objects, ObjectSet
from irtkit.validation.options import Action, Options
from irtkit.validation.reference_rules import Reference, references_of
from irtkit.validation.view import View, class_name_of

__all__ = ["Place", "Surroundings", "find_action", "in_document_order", "one_of", "prefix_length", "with_article"]

_Value = TypeVar("_Value")
_DEFAULTS = Options()
_MOST_REMEMBERED = 100_000  # values or attributes; then all are forgotten


class Surroundings:
    """The database as a whole submission will leave it (*objects*), and as it is now (*before*).

    Without *before* nobody knows what is stored. Neither may change while this is in use: answers are kept, because
    the objects of a submission name the same few others over and over.
    """

    def __init__(
        self, schema: Schema, objects: Objects, before: Objects | None = None, options: Options = _DEFAULTS
    ) -> None:
        self.schema = schema
        self.registry = schema.registry
        self.objects = objects
        self.before = before
        self.options = options
        top = getattr(objects, "top", objects)
        self.submission: ObjectSet | None = top if isinstance(top, ObjectSet) else None
        """The submission, if *objects* has it in memory."""
        self.sound: set[tuple[str, ...]] = set()
        """What was found to be without problems, wherever it stands."""
        self._sound_lines: dict[tuple[str, str], dict[str, str]] = {}
        self._values: dict[tuple[str, str, str, str], tuple[str, ...] | None] = {}

    @cached_property
    def own_maintainers(self) -> frozenset[str]:
        """The maintainers of the registry itself, upper case."""
        return rules_for_source(self.registry).registry_maintainers

    def find_action(self, obj: RpslObject) -> Action | None:
        """Return what the registry would do with the object, deletions apart; None if nobody knows."""
        return self._action(self.filing(obj))

    def filing(self, obj: RpslObject) -> Filing:
        """Return where in a database the object belongs."""
        found = None if self.submission is None else self.submission.find_filing(obj)
        return filing_of(obj, self.registry) if found is None else found

    def values(self, class_name: str, key: PrimaryKey, attribute: str, home: str) -> tuple[str, ...] | None:
        """Return values of an object as it will be, upper case; None if it or the attribute is not kept."""
        asked = class_name, key, attribute, home
        if asked not in self._values:
            if len(self._values) >= _MOST_REMEMBERED:
                self._values.clear()
            self._values[asked] = _upper(self.objects.find_values(*asked))
        return self._values[asked]

    def sound_lines(self, home: str, class_name: str) -> dict[str, str]:
        """Return the lines of objects of a class that are known to refer to what exists, for more to be added.

        What is kept of each is for who adds it to say.
        """
        lines = self._sound_lines.setdefault((home, class_name), {})
        if len(lines) >= _MOST_REMEMBERED:
            lines.clear()
        return lines

    def remember(self, sound: tuple[str, ...]) -> None:
        """Note that something is without problems."""
        if len(self.sound) >= _MOST_REMEMBERED:
            self.sound.clear()
        self.sound.add(sound)

    def _action(self, filing: Filing) -> Action | None:
        if self.before is None or filing.key is None:
            return None
        if filing.class_name in self.before.find_classes(filing.key, filing.home):
            return Action.MODIFY
        return Action.CREATE if self.before.covers(filing.class_name, filing.home) else None


class _Once(Generic[_Value]):
    """A property worked out once. Up to Python 3.11 that of functools locks, which costs as much as the work."""

    def __init__(self, work: Callable[[Any], _Value]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, instance: object, _: type | None = None) -> _Value:
        value = instance.__dict__[self._name] = self._work(instance)
        return value


class Place:
    """One object of a submission among its surroundings."""

    def __init__(self, obj: RpslObject, surroundings: Surroundings) -> None:
        self.object = obj
        self.surroundings = surroundings
        self.registry = surroundings.registry
        self.objects = surroundings.objects
        self.before = surroundings.before
        self.options = surroundings.options
        self.class_name = class_name_of(obj, surroundings.schema)
        self._filing = surroundings.filing(obj)
        self.home = self._filing.home
        self.key = self._filing.key
        self.space = self._filing.space
        self.rules: NetworkRules | None = NETWORK_RULES.get((self.registry, self.class_name))
        """What the registry says about networks of the class."""

    @_Once
    def view(self) -> View:
        """The attributes of the object by their long names."""
        return View(self.object, self.surroundings.schema)

    @_Once
    def action(self) -> Action | None:
        """What the registry would do with the object, deletions apart; None if nobody knows."""
        if self.stored_network is not None:
            return Action.MODIFY
        return self.surroundings._action(self._filing)  # noqa: SLF001 - the two are one

    @_Once
    def is_stored(self) -> bool:
        """Whether the object is in the database now; when nobody knows, whether the caller says so."""
        return (self.action or self.options.action) is Action.MODIFY

    @_Once
    def references(self) -> Mapping[str, Reference]:
        """What the registry says about references in objects of the class, by attribute."""
        return references_of(self.surroundings.schema, self.class_name)

    @_Once
    def parent(self) -> Network | None:
        """The smallest network around the object."""
        if self.space is None or self.class_name not in NETWORKS:
            return None
        return self.objects.find_parent(self.space, self.class_name, self.home)

    @_Once
    def stored_network(self) -> Network | None:
        """The object as it is stored, as a network."""
        if self.before is None or self.space is None or self.class_name not in NETWORKS:
            return None
        return self.before.find_network(self.space, self.class_name, self.home)

    @_Once
    def own_status(self) -> str:
        """The status that the object says it has, upper case; empty if it says none."""
        return find_value(self.object, "status").upper()

    @_Once
    def status_attribute(self) -> Attribute:
        """The attribute with the status, or the first one if there is none."""
        return find_attribute(self.object, "status") or self.view.first

    @_Once
    def status(self) -> str:
        """The status that the object will have: its own, unless it inherits its parent's."""
        rules = self.rules
        if rules is not None and rules.inherited is not None:
            parent = self.parent
            if parent is not None and parent.status == rules.inherited:
                return rules.inherited
        return self.own_status

    @property
    def own_maintainers(self) -> frozenset[str]:
        """The maintainers of the registry itself, upper case."""
        return self.surroundings.own_maintainers

    @_Once
    def is_maintained(self) -> bool:
        """Whether the object names one of the registry's own maintainers in `mnt-by`."""
        return not self.own_maintainers.isdisjoint(self.view.elements("mnt-by"))

    def existed(self, network: Network) -> bool:
        """Whether *network*, of this object's class, is in the database now."""
        found = None if self.before is None else self.before.find_network(network.space, self.class_name, self.home)
        return found is not None

    def values(self, class_name: str, key: PrimaryKey, attribute: str) -> tuple[str, ...] | None:
        """Return values of another object as it will be, upper case; None if it or the attribute is not kept."""
        return self.surroundings.values(class_name, key, attribute, self.home)

    def stored(self, attribute: str) -> tuple[str, ...] | None:
        """Return values of this object as it is stored, upper case; None if it or the attribute is not kept."""
        if self.before is None or self.key is None:
            return None
        return _upper(self.before.find_values(self.class_name, self.key, attribute, self.home))


def find_action(obj: RpslObject, schema: Schema, database: Objects) -> Action | None:
    """Return what the registry would do with the object, deletions apart; None if *database* cannot tell."""
    return Surroundings(schema, database, database).find_action(obj)


def in_document_order(problems: list[Problem]) -> list[Problem]:
    """Return the problems of one object by their places; at one place they stay as they are."""
    if len(problems) > 1:
        problems.sort(key=lambda problem: (problem.span.line, problem.span.column) if problem.span else (0, 0))
    return problems


def prefix_length(space: AddressRange) -> int | None:
    """Return the length of a prefix with as many addresses, wherever it begins; None if no prefix has so many.

    That is how the registry counts the length of a range (RIPE whois 1.124: Ipv4Resource).
    """
    size = space.size
    return None if size & (size - 1) else (32 if space.family == 4 else 128) + 1 - size.bit_length()


def one_of(words: Sequence[str]) -> str:
    """Return the words as alternatives: `a`, `a or b`, `a, b or c`."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def with_article(class_name: str) -> str:
    """Return the name of a class as it stands in a sentence: `a role`, `an irt`."""
    return f"{'an' if class_name[0] in 'aeiou' else 'a'} {class_name}"


def _upper(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(value.upper() for value in values)
