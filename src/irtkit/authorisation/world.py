"""The database while a message is carried out: what was stored before it, with the updates that were taken so far.

It answers what authorisation asks of it, and changes as updates are taken; nothing is judged here.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from heapq import merge
from itertools import chain, islice

from irtkit.authorisation.requirements import Presence
from irtkit.authorisation.territory import Place, Territory
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, as_primary_key
from irtkit.validation.keys import filing_of, iter_elements
from irtkit.validation.objects import Objects, ObjectSet, iter_ancestors

__all__ = ["World", "place_of"]


def place_of(obj: RpslObject, registry: str) -> Place | None:
    """Return the place of an object, without `source:` in the database of *registry*; None if it has no key."""
    filing = filing_of(obj, registry)
    return None if filing.key is None else Place(filing.home, filing.class_name, filing.key)


class World:
    """The objects of *below*, which does not change meanwhile, and the updates that are taken on top of them.

    *announced* are the objects that the message as a whole will add, in any order; *registry* is whose those are
    that have no `source:`. Routes, AS blocks and whole objects are found only in a database that keeps objects whole.
    """

    def __init__(self, below: Objects, announced: Iterable[RpslObject], registry: str) -> None:
        self._below = below
        self._registry = registry
        self._announced = ObjectSet(announced, registry=registry)
        self._added: dict[Place, RpslObject] = {}
        self._removed: dict[Place, RpslObject | None] = {}

    def add(self, obj: RpslObject) -> None:
        """Take in an object, in place of one with its class and key."""
        place = place_of(obj, self._registry)
        if place is not None:
            self._added[place] = obj
            self._removed.pop(place, None)
            if place.class_name in {"route", "route6", "as-block"}:
                self._territory.note(place, obj)

    def remove(self, place: Place) -> None:
        """Take an object out."""
        self._removed[place] = self._added.pop(place, None)

    def is_announced(self, place: Place) -> bool:
        """Whether the message will add an object that is not here yet."""
        return place not in self._added and self._announced.has(place.class_name, place.key, place.home)

    def presence(self, place: Place) -> Presence:
        """Return whether the object is here."""
        if place in self._added:
            return Presence.HERE
        if place in self._removed:
            return Presence.ABSENT
        if place.class_name in self._below.find_classes(place.key, place.home):
            return Presence.HERE
        return Presence.ABSENT if self.covers(place.class_name, place.home) else Presence.UNSEEN

    def covers(self, class_name: str, home: str) -> bool:
        """Whether an object of the class that is not here does not exist."""
        return self._below.covers(class_name, home)

    def find_values(self, place: Place, attribute: str, *, gone: bool = False) -> tuple[str, ...] | None:
        """Return the values of an object's attribute, lists split; None if the object or the attribute is not kept.

        *gone*: of an object that the message has removed already, too.
        """
        obj = self._added.get(place)
        if obj is None and place in self._removed:
            if not gone:
                return None
            obj = self._removed[place]
        if obj is not None:
            return tuple(iter_elements(obj, attribute))
        return self._below.find_values(place.class_name, place.key, attribute, place.home)

    def find_object(self, place: Place) -> RpslObject | None:
        """Return the object as it is stored; None if it is not here, or only parts of it are kept."""
        if place in self._removed:
            return None
        return self._added.get(place) or self._below.find_object(place.class_name, place.key, place.home)

    def iter_networks(self, space: AddressRange, class_name: str, home: str, *, exact: bool) -> Iterator[Place]:
        """Yield the networks around *space*, smallest first; with *exact*, first the one of just this range."""
        own = _network_place(space, class_name, home)
        if exact and self.presence(own) is Presence.HERE:
            yield own
        announced = iter_ancestors(self._announced, space, class_name, home)
        below = iter_ancestors(self._below, space, class_name, home)
        upper = (one.space for one in announced if _network_place(one.space, class_name, home) in self._added)
        for found in merge(upper, (one.space for one in below), key=_nearness):
            place = _network_place(found, class_name, home)
            if self.presence(place) is Presence.HERE:
                yield place

    def find_announced_around(self, space: AddressRange, class_name: str, home: str, *, exact: bool) -> Place | None:
        """Return the smallest network around *space*, or with *exact* of it, that the message has yet to add."""
        own = _network_place(space, class_name, home)
        if exact and self.is_announced(own):
            return own
        announced = iter_ancestors(self._announced, space, class_name, home)
        places = (_network_place(one.space, class_name, home) for one in announced)
        return next((place for place in places if place not in self._added), None)

    def find_routes(
        self, space: AddressRange, class_name: str, home: str, most: int
    ) -> tuple[AddressRange, list[Place]] | None:
        """Return *most* routes of exactly this prefix, else of the smallest one around it, and that prefix."""
        for prefix, places in self._territory.iter_routes(space, class_name, home):
            here = sorted(islice((place for place in places if self.presence(place) is Presence.HERE), most))
            if here:
                return prefix, here
        return None

    def find_block(self, number: int, home: str) -> Place | None:
        """Return the smallest as-block with an AS number."""
        blocks = self._territory.iter_blocks(number, home)
        return next((place for place in blocks if self.presence(place) is Presence.HERE), None)

    @cached_property
    def _territory(self) -> Territory:
        stored = ((Place(one.home, one.class_name, one.key), one.object) for one in self._below.iter_objects())
        return Territory(chain(stored, self._added.items()))


def _network_place(space: AddressRange, class_name: str, home: str) -> Place:
    return Place(home, class_name, as_primary_key(space.canonical))


def _nearness(space: AddressRange) -> tuple[int, int]:
    return space.size, -space.first
