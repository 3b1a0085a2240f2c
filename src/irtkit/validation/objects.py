"""The objects a submission is checked against: who exists, what rules need to know of them, how networks nest.

`Objects` is what the rules ask; a set of objects in memory answers it, an index of a whole registry can, and a
submission on top of either is the same again (`irtkit.validation.layers`). Nothing here judges an object.

Each registry is a database of its own: its main source, its NONAUTH source and its GRS mirror together
(`irtkit.validation.keys.home_of`). *registry*, the last argument everywhere, is its short name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol, runtime_checkable

from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, RpslObject, as_primary_key
from irtkit.rpsl.names import long_name
from irtkit.schema.contact_rules import rules_for_source
from irtkit.validation.keys import (
    HANDLES,
    NETWORKS,
    Filing,
    as_reference,
    filing_of,
    find_value,
    iter_elements,
    placeholder,
    space_of,
)
from irtkit.validation.ranges import Ranges, Stretch
from irtkit.validation.reference_rules import AUTO_REFERRING, REFERRING

__all__ = [
    "MOST_LEVELS",
    "STAND_INS",
    "Network",
    "ObjectSet",
    "Objects",
    "Referrer",
    "Stored",
    "iter_ancestors",
    "network_of",
]

MOST_LEVELS: Final = 256
"""Levels of networks that a rule walks up; prefixes nest in 129 levels at the most."""

STAND_INS: Final = frozenset({PrimaryKey("DUMY-RIPE")})
"""Keys of what public dumps have in the place of all persons and of most roles (RIPE whois 1.124: DummifierNrtm)."""
_LONGEST_SIZE = 4  # digits; a longer assignment size is none

_NOTHING: Final[frozenset[str]] = frozenset()


class Network(NamedTuple):
    """An object in its place among address ranges, with what rules about its neighbours need.

    *status* is in upper case. None is for what the object does not have, or the database does not keep: rules
    then say nothing. *maintained*: whether one of the registry's own maintainers is among `mnt-by`.
    *assignment_size* is a prefix length, *org* the key of an organisation.
    """

    space: AddressRange
    status: str | None = None
    maintained: bool | None = None
    assignment_size: int | None = None
    org: PrimaryKey | None = None


class Referrer(NamedTuple):
    """An object that refers to another one, and the attribute in which it does."""

    class_name: str
    key: PrimaryKey
    attribute: str


class Stored(NamedTuple):
    """An object that a database has whole, and where: whose database, its class and its key."""

    home: str
    class_name: str
    key: PrimaryKey
    object: RpslObject


@runtime_checkable
class Objects(Protocol):
    """What rules ask of a database. Every answer is the same each time; keys are as `key_of` makes them.

    *class_name* of the questions about networks is inetnum, inet6num or domain; a database without reverse
    domains has no networks of that class.
    """

    def covers(self, class_name: str, registry: str) -> bool:
        """Whether an object of the class that is not here does not exist at the registry."""

    def find_classes(self, key: PrimaryKey, registry: str) -> frozenset[str]:
        """Return the classes in which an object with this key exists."""

    def find_values(self, class_name: str, key: PrimaryKey, attribute: str, registry: str) -> tuple[str, ...] | None:
        """Return the values of an object's attribute, lists split; None if the object or the attribute is not kept."""

    def find_object(self, class_name: str, key: PrimaryKey, registry: str) -> RpslObject | None:
        """Return an object as it is; None if there is none, or only parts of it are kept."""

    def iter_objects(self) -> Iterator[Stored]:
        """Yield the objects that are kept whole, each once."""

    def find_network(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the object of exactly this range."""

    def find_parent(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the smallest network that holds all of *space* and more."""

    def iter_children(self, space: AddressRange, class_name: str, registry: str) -> Iterator[Network]:
        """Yield the networks one level inside *space*, in address order; see `Ranges.iter_inside`."""

    def find_crossing(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return a network that overlaps *space* in part; see `Ranges.find_crossing`."""

    def iter_referring(self, key: PrimaryKey, registry: str) -> Iterator[Referrer]:
        """Yield who refers to *key*, of whatever class; a database that keeps no references yields nothing."""


def iter_ancestors(objects: Objects, space: AddressRange, class_name: str, registry: str) -> Iterator[Network]:
    """Yield the network around *space*, the network around that one, and so on, `MOST_LEVELS` at the most."""
    for _ in range(MOST_LEVELS):
        parent = objects.find_parent(space, class_name, registry)
        if parent is None:
            return
        yield parent
        space = parent.space


def network_of(obj: RpslObject, registry: str) -> Network | None:
    """Return the object as a network of *registry*, or None if it is not about a range of addresses."""
    space = space_of(obj)
    return None if space is None else _network_at(space, obj, registry)


def _network_at(space: AddressRange, obj: RpslObject, registry: str) -> Network:
    """Return the object, which is about *space*, as a network."""
    if obj.class_name not in NETWORKS:
        return Network(space)
    size, org = find_value(obj, "assignment-size"), find_value(obj, "org")
    return Network(
        space,
        status=find_value(obj, "status").upper() or None,
        maintained=_is_maintained(obj, rules_for_source(registry).registry_maintainers),
        assignment_size=int(size) if size.isascii() and size.isdigit() and len(size) < _LONGEST_SIZE else None,
        org=as_reference(org) if org else None,
    )


def _is_maintained(obj: RpslObject, maintainers: frozenset[str]) -> bool:
    """Whether one of the maintainers is among `mnt-by`; most objects do not have their names in them at all."""
    text = str(obj).upper()
    if not any(name in text for name in maintainers):
        return False
    return not maintainers.isdisjoint(value.upper() for value in iter_elements(obj, "mnt-by"))


class _Nest(NamedTuple):
    """The ranges of the networks of one class and family at a registry, and those networks that were asked for."""

    class_name: str
    registry: str
    family: int
    ranges: Ranges
    networks: dict[Stretch, Network]


class ObjectSet(Objects):
    """RPSL objects in memory, and which objects are gone.

    Of objects with the same class and key in one database the one added last counts; so does a removal.
    An object without `source:` belongs to *registry*. Objects without a key are left out.

    With *complete* it is a database: an object that is not here does not exist, if there is one of its class at all
    (person and role are one class in this, and none if a stand-in for them is here). Otherwise it is a
    submission, and nothing follows from what is not in it.
    """

    def __init__(self, objects: Iterable[RpslObject] = (), *, registry: str, complete: bool = False) -> None:
        self._registry = registry
        self._complete = complete
        self._objects: dict[tuple[str, str, PrimaryKey], RpslObject] = {}
        self._filings: dict[int, tuple[RpslObject, Filing]] = {}
        self._classes: dict[tuple[str, PrimaryKey], frozenset[str]] = {}
        self._removed: dict[tuple[str, str, PrimaryKey], AddressRange | None] = {}
        self._emptied: set[tuple[str, str, AddressRange]] = set()
        self._held: set[tuple[str, str]] = set()
        self._asked: Counter[tuple[str, PrimaryKey]] = Counter()
        self._places: dict[tuple[str, str], dict[AddressRange, RpslObject]] | None = None
        self._networks: dict[tuple[str, str, AddressRange], Network] = {}
        self._nests: dict[tuple[str, str, int], _Nest] = {}
        self._referring: dict[tuple[str, PrimaryKey], list[Referrer]] | None = None
        for obj in objects:
            self.add(obj)

    def __len__(self) -> int:
        return len(self._objects)

    def add(self, obj: RpslObject, filing: Filing | None = None) -> None:
        """Take in one object, in place of an earlier one with its class and key; *filing* is for who has it already."""
        home, class_name, key, _ = self._filed(obj, filing)
        if key is None:
            return
        self._objects[home, class_name, key] = obj
        self._removed.pop((home, class_name, key), None)
        classes = self._classes.get((home, key), _NOTHING)
        if class_name not in classes:
            self._classes[home, key] = classes | {class_name}
        self._held.add((home, class_name))
        if key.startswith("AUTO-") and placeholder(key):
            self._asked[home, key] += 1

    def remove(self, obj: RpslObject) -> None:
        """Note that the object with the class and key of *obj* is gone, from here and from what lies below."""
        home, class_name, key, space = self._filed(obj)
        if key is None:
            return
        self._objects.pop((home, class_name, key), None)
        self._classes[home, key] = self._classes.get((home, key), _NOTHING) - {class_name}
        self._removed[home, class_name, key] = space

    def find_filing(self, obj: RpslObject) -> Filing | None:
        """Return where *obj* itself, not an equal one, was put in a submission."""
        found = self._filings.get(id(obj))
        return None if found is None else found[1]

    def times_asked(self, key: PrimaryKey, registry: str) -> int:
        """Return how many objects ask for the key `AUTO-n`, *key*; 0 for every other key."""
        return self._asked[registry, key]

    def has(self, class_name: str, key: PrimaryKey, registry: str) -> bool:
        """Whether the object is here."""
        return (registry, class_name, key) in self._objects

    def is_removed(self, class_name: str, key: PrimaryKey, registry: str) -> bool:
        """Whether the object was removed and not added again."""
        return (registry, class_name, key) in self._removed

    def is_emptied(self, space: AddressRange, class_name: str, registry: str) -> bool:
        """Whether the object of exactly this range was removed and not added again."""
        if not self._removed:
            return False
        self._placed(class_name, registry)
        return (registry, class_name, space) in self._emptied

    def covers(self, class_name: str, registry: str) -> bool:
        """Whether this is a database that has objects of the class, and no stand-in for all of them."""
        if not self._complete:
            return False
        if class_name not in HANDLES:
            return (registry, class_name) in self._held
        held = any((registry, name) in self._held for name in HANDLES)
        return held and not any(self._classes.get((registry, key)) for key in STAND_INS)

    def find_classes(self, key: PrimaryKey, registry: str) -> frozenset[str]:
        """Return the classes in which an object has this key."""
        return self._classes.get((registry, key), _NOTHING)

    def find_values(self, class_name: str, key: PrimaryKey, attribute: str, registry: str) -> tuple[str, ...] | None:
        """Return the values of an object's attribute, lists split; None if there is no such object."""
        obj = self._objects.get((registry, class_name, key))
        return None if obj is None else tuple(iter_elements(obj, attribute))

    def find_object(self, class_name: str, key: PrimaryKey, registry: str) -> RpslObject | None:
        """Return an object."""
        return self._objects.get((registry, class_name, key))

    def iter_objects(self) -> Iterator[Stored]:
        """Yield the objects in the order in which they were added."""
        for place, obj in self._objects.items():
            yield Stored(*place, obj)

    def find_network(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the object of exactly this range."""
        place = registry, class_name, space
        network = self._networks.get(place)
        if network is None:
            obj = self._placed(class_name, registry).get(space)
            if obj is not None:
                network = self._networks[place] = _network_at(space, obj, registry)
        return network

    def find_parent(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the smallest network that holds all of *space* and more."""
        nest = self._nest(class_name, registry, space.family)
        found = nest.ranges.find_around(space.first, space.last)
        return None if found is None else self._network(found, nest)

    def iter_children(self, space: AddressRange, class_name: str, registry: str) -> Iterator[Network]:
        """Yield the networks one level inside *space*, in address order."""
        nest = self._nest(class_name, registry, space.family)
        for found in nest.ranges.iter_inside(space.first, space.last):
            yield self._network(found, nest)

    def find_crossing(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return a network that overlaps *space* in part."""
        nest = self._nest(class_name, registry, space.family)
        found = nest.ranges.find_crossing(space.first, space.last)
        return None if found is None else self._network(found, nest)

    def iter_referring(self, key: PrimaryKey, registry: str) -> Iterator[Referrer]:
        """Yield who refers to *key*, in the order in which the objects were added."""
        if self._referring is None:
            self._referring = {}
            for (home, class_name, own), obj in self._objects.items():
                for name, target in _iter_targets(obj):
                    self._referring.setdefault((home, target), []).append(Referrer(class_name, own, name))
        yield from self._referring.get((registry, key), ())

    def _network(self, stretch: Stretch, nest: _Nest) -> Network:
        network = nest.networks.get(stretch)
        if network is None:
            space = AddressRange(nest.family, *stretch)
            network = self.find_network(space, nest.class_name, nest.registry) or Network(space)
            nest.networks[stretch] = network
        return network

    def _placed(self, class_name: str, registry: str) -> dict[AddressRange, RpslObject]:
        """Return the objects of a class by what they are about, read when first asked for."""
        if self._places is None:
            self._places = {}
            for (home, name, _), obj in self._objects.items():
                if name in NETWORKS or name == "domain":
                    filing = self.find_filing(obj)
                    space = space_of(obj) if filing is None else filing.space
                    if space is not None:
                        self._places.setdefault((home, name), {})[space] = obj
            gone = self._removed.items()
            self._emptied = {(home, name, space) for (home, name, _), space in gone if space is not None}
        return self._places.get((registry, class_name), {})

    def _nest(self, class_name: str, registry: str, family: int) -> _Nest:
        place = class_name, registry, family
        nest = self._nests.get(place)
        if nest is None:
            spaces = self._placed(class_name, registry)
            ranges = Ranges((space.first, space.last) for space in spaces if space.family == family)
            nest = self._nests[place] = _Nest(*place, ranges, {})
        return nest

    def _filed(self, obj: RpslObject, filing: Filing | None = None) -> Filing:
        """Return where *obj* belongs; what was worked out from the objects without it is dropped."""
        if self._places is not None:
            self._places = None
            self._networks.clear()
            self._nests.clear()
        self._referring = None
        filing = filing or filing_of(obj, self._registry)
        if not self._complete:
            self._filings[id(obj)] = obj, filing
        return filing


def _iter_targets(obj: RpslObject) -> Iterator[tuple[str, PrimaryKey]]:
    """Yield what an object refers to: the attribute and the key, whether or not there is such an object."""
    for attribute in obj:
        name = long_name(attribute.name)
        if name in REFERRING:
            as_key = as_reference if name in AUTO_REFERRING else as_primary_key
            for value in attribute.values:
                yield name, as_key(value.partition(" ")[0])
