"""Which routes have a prefix or lie around it, and which AS block has a number: what `Objects` is not asked elsewhere.

It only finds places of objects; whether an object is still there, others know.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, RpslObject
from irtkit.trie import PrefixTrie
from irtkit.validation.ranges import Ranges

__all__ = ["ROUTES", "Place", "Territory", "prefix_of_route"]

ROUTES: Final = {"route": "inetnum", "route6": "inet6num"}
"""The classes of routes, and of the networks they are in."""

_AS_BLOCK = re.compile(r"AS([0-9]{1,10}) *- *AS([0-9]{1,10})", re.IGNORECASE)
_LONGEST_PREFIX = 80  # characters


class Place(NamedTuple):
    """Where an object is in a database: whose database, its class and its key."""

    home: str
    class_name: str
    key: PrimaryKey


def prefix_of_route(obj: RpslObject) -> AddressRange | None:
    """Return the prefix of a route or route6, or None if there is none to read."""
    value = obj[0].value
    if obj.class_name not in ROUTES or len(value) > _LONGEST_PREFIX:
        return None
    try:
        space = AddressRange.parse(value, ROUTES[obj.class_name])
    except RangeError:
        return None
    return space if space.is_prefix else None


class Territory:
    """The places of routes and of AS blocks, by what they are about. Nothing is ever taken out."""

    def __init__(self, objects: Iterable[tuple[Place, RpslObject]]) -> None:
        self._routes: dict[tuple[str, str], PrefixTrie[dict[Place, None]]] = {}
        self._blocks: dict[str, dict[tuple[int, int], Place]] = {}
        self._ranges: dict[str, Ranges] = {}
        for place, obj in objects:
            self.note(place, obj)

    def note(self, place: Place, obj: RpslObject) -> None:
        """Take in an object; what is neither route nor AS block makes no difference."""
        if place.class_name in ROUTES:
            self._note_route(place, obj)
        elif place.class_name == "as-block":
            found = _AS_BLOCK.fullmatch(obj[0].value)
            if found and int(found[1]) <= int(found[2]):
                blocks, numbers = self._blocks.setdefault(place.home, {}), (int(found[1]), int(found[2]))
                blocks[numbers] = min(place, blocks.get(numbers, place))
                self._ranges.pop(place.home, None)

    def iter_routes(
        self, space: AddressRange, class_name: str, home: str
    ) -> Iterator[tuple[AddressRange, Iterable[Place]]]:
        """Return an iterator of the prefixes that are *space* or around it, smallest first, with their routes."""
        trie = self._routes.get((home, class_name))
        return iter(()) if trie is None else trie.less_specific(space, all_levels=True)

    def iter_blocks(self, number: int, home: str) -> Iterator[Place]:
        """Yield the AS blocks that have a number, smallest first."""
        blocks = self._blocks.get(home)
        if blocks is None:
            return
        if home not in self._ranges:
            self._ranges[home] = Ranges(blocks)
        ranges = self._ranges[home]
        around = (number, number) if (number, number) in ranges else ranges.find_around(number, number)
        while around is not None:
            yield blocks[around]
            around = ranges.find_around(*around)

    def _note_route(self, place: Place, obj: RpslObject) -> None:
        prefix = prefix_of_route(obj)
        if prefix is None:
            return
        trie = self._routes.setdefault((place.home, place.class_name), PrefixTrie())
        places = trie.get(prefix)
        if places is None:
            trie.insert(prefix, {place: None})
        else:
            places[place] = None
