"""RPSL objects in memory, each in its place: found by key, by range, and by what encloses a range.

It finds; what an object says about a contact, and which one counts, is for `irtkit.contacts.walks`. It
does not check objects, and reads no files.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.schema.contact_facts import is_placeholder, registers_nothing
from irtkit.schema.contact_rules import registry_of_source, rules_for_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from ipaddress import IPv4Address, IPv6Address

    from irtkit.rpsl import RpslObject
    from irtkit.schema.contact_rules import ContactRules

    Query: TypeAlias = str | AddressRange | IPv4Address | IPv6Address | IPv4Network | IPv6Network

__all__ = ["Database", "Network", "first_value", "target_of"]

_RANGE_CLASSES = frozenset({"inetnum", "inet6num"})
_AS_NUMBER = re.compile(r"AS(\d{1,10})", re.IGNORECASE)


class Network(NamedTuple):
    """An object in its place in a registry's hierarchy."""

    object: RpslObject
    registry: str
    space: AddressRange | None
    """The range of an inetnum or inet6num; None for every other class."""

    @property
    def key(self) -> str:
        """The primary key: a range in canonical text, anything else in upper case."""
        if self.space is not None:
            return self.space.canonical
        key = self.object.primary_key or ""
        return f"AS{key}" if self.object.class_name == "aut-num" and key.isdecimal() else key

    @property
    def label(self) -> str:
        """Class and key; the class is named after the family, as LACNIC files IPv6 under `inetnum`."""
        if self.space is None:
            return f"{self.object.class_name} {self.key}"
        return f"{'inetnum' if self.space.family == 4 else 'inet6num'} {self.key}"

    @property
    def rules(self) -> ContactRules:
        """The rules of the registry."""
        return rules_for_source(self.registry)

    @property
    def is_placeholder(self) -> bool:
        """Whether the object only says "ask another registry"."""
        return is_placeholder(self.value("netname"), self.object.values("mnt-by"), self.rules)

    @property
    def registers_nothing(self) -> str | None:
        """How the object registers nothing, as a root or a placeholder, in words; None if it does."""
        root = self.space is not None and self.space.prefix_length == 0
        return registers_nothing(self.label, self.value("netname"), root=root, placeholder=self.is_placeholder)

    def value(self, name: str) -> str | None:
        """Return the first value called *name*, None if it is empty or absent."""
        return first_value(self.object, name)


class _Ranges:
    """The address objects of one registry and family, found by what they contain."""

    def __init__(self) -> None:
        self._firsts: dict[int, list[int]] = {}
        self._networks: dict[tuple[int, int], Network] = {}
        self._unsorted: set[int] = set()
        self._sizes: list[int] = []

    def put(self, network: Network, space: AddressRange) -> None:
        place = space.first, space.size
        if place not in self._networks:
            self._firsts.setdefault(space.size, []).append(space.first)
            self._unsorted.add(space.size)
        self._networks[place] = network

    def encompassing(self, space: AddressRange) -> Iterator[Network]:
        """Yield what contains *space*, smallest first; of equal sizes the higher first address."""
        if self._unsorted:
            for size in self._unsorted:
                self._firsts[size].sort()
            self._unsorted.clear()
            self._sizes = sorted(self._firsts)
        for size in self._sizes[bisect_left(self._sizes, space.size) :]:
            firsts = self._firsts[size]
            beyond = bisect_right(firsts, space.first)
            for first in reversed(firsts[bisect_left(firsts, space.last - size + 1, hi=beyond) : beyond]):
                yield self._networks[first, size]


class Database:
    """RPSL objects in memory, found by key and by what they contain, each registry a hierarchy of its own.

    A registry's main source, its NONAUTH source and its GRS mirror form one hierarchy. Of two objects with
    the same class and key in one hierarchy the main source's counts, then NONAUTH's, then GRS's; of the
    same source the one added last. Deleted objects (`*xx...`) are left out.

    With *main_source* it is the database of that one server instead: all objects form one hierarchy,
    whatever their source, but only those of *main_source*, its NONAUTH and its GRS source may supply an
    abuse contact (RIPE whois 1.124, AbuseCFinder).
    """

    unplaced: list[RpslObject]
    """Objects without a primary key, or whose range cannot be read; no walk meets them."""

    def __init__(self, objects: Iterable[RpslObject] = (), *, main_source: str | None = None) -> None:
        self.unplaced = []
        self._main = None if main_source is None else registry_of_source(main_source)
        self._networks: dict[tuple[str, str, str], Network] = {}
        self._ranges: dict[str, dict[int, _Ranges]] = {}
        self._others: dict[str, None] = {}
        for obj in objects:
            self.add(obj)

    def __len__(self) -> int:
        return len(self._networks)

    @property
    def registries(self) -> tuple[str, ...]:
        """The registries that have objects here, in order of their first address objects, others last."""
        return tuple(dict.fromkeys([*self._ranges, *self._others]))

    def add(self, obj: RpslObject) -> None:
        """Take in one object, in place of an older one with its key; see the class for which one counts."""
        if obj.class_name.startswith("*xx"):
            return
        try:
            network = self._place(obj)
        except RangeError:
            network = None
        if network is None or not network.key:
            self.unplaced.append(obj)
            return
        class_name = obj.class_name if network.space is None else network.label.partition(" ")[0]
        key = network.registry, class_name, network.key
        older = self._networks.get(key)
        if older is not None and _source_rank(older) < _source_rank(network):
            return
        self._networks[key] = network
        if network.space is None:
            self._others[network.registry] = None
        else:
            families = self._ranges.setdefault(network.registry, {4: _Ranges(), 6: _Ranges()})
            families[network.space.family].put(network, network.space)

    def get(self, class_name: str, key: str, registry: str) -> RpslObject | None:
        """Return the object of *registry* with this class and key, ignoring case; None if there is none."""
        network = self._networks.get((registry, class_name, key.upper()))
        return None if network is None else network.object

    def registry_of(self, obj: RpslObject) -> str:
        """Return the registry in whose hierarchy *obj* stands here."""
        return registry_of_source(first_value(obj, "source") or "") if self._main is None else self._main

    def encompassing(self, query: Query, registry: str) -> tuple[RpslObject, ...]:
        """Return the inetnum or inet6num objects of *registry* that contain all of *query*, smallest first.

        Size is counted in addresses; of two equal sizes, which only partial overlaps can have, the higher
        first address comes first. An AS number yields its aut-num.

        Raises: RangeError when *query* is no address, prefix, range or AS number.
        Cost: two bisections for each distinct size among the registry's ranges.
        """
        return tuple(network.object for network in self._encompassing(target_of(query), registry))

    def match(self, query: Query) -> RpslObject | None:
        """Return the object that speaks for *query*: the exact match, else the first less specific object.

        Each registry's hierarchy is asked by itself. A registry whose object is a placeholder ("ask another
        registry") or the root, which registers nothing, gives way to one with a real object; of several real
        ones the smallest counts, then that of the registry whose address objects came first.

        Raises: RangeError when *query* is no address, prefix, range or AS number.
        """
        chain = self.hierarchy(query)
        return chain[0].object if chain else None

    def hierarchy(self, query: Query) -> tuple[Network, ...]:
        """Return the match for *query* and what is less specific, smallest first, in one registry.

        It is the registry that answers, as in `match`.

        Raises: RangeError when *query* is no address, prefix, range or AS number.
        """
        target = target_of(query)
        chains = [chain for name in self.registries if (chain := self._encompassing(target, name))]
        return min(chains, key=lambda chain: (chain[0].registers_nothing is not None, _size(chain[0])), default=())

    def hierarchy_of(self, obj: RpslObject) -> tuple[Network, ...]:
        """Return *obj*, its first less specific object, that one's first less specific object, and so on.

        *obj* need not be in this database. Each encloses the one before: of ranges that overlap in part only
        one is on the way.

        Raises: RangeError when *obj* is an address object whose range cannot be read.
        """
        way = [self._place(obj)]
        if (space := way[0].space) is not None:
            for wider in self._encompassing(space, way[0].registry):
                if wider.space is not None and wider.space != space and space in wider.space:
                    way.append(wider)
                    space = wider.space
        return tuple(way)

    def qualifies(self, network: Network) -> bool:
        """Whether the object's source is one of its registry's, so that it may supply an abuse contact."""
        source = network.value("source")
        return source is not None and registry_of_source(source) == network.registry

    def _place(self, obj: RpslObject) -> Network:
        space = AddressRange.parse_lenient(obj[0].value) if obj.class_name in _RANGE_CLASSES else None
        return Network(obj, self.registry_of(obj), space)

    def _encompassing(self, target: AddressRange | str, registry: str) -> tuple[Network, ...]:
        if isinstance(target, AddressRange):
            families = self._ranges.get(registry)
            return () if families is None else tuple(families[target.family].encompassing(target))
        network = self._networks.get((registry, "aut-num", target))
        return () if network is None else (network,)


def target_of(query: Query) -> AddressRange | str:
    """Return the range that *query* names, or the key of an aut-num.

    Raises: RangeError when *query* is no address, prefix, range or AS number.
    """
    if isinstance(query, AddressRange):
        return query
    if isinstance(query, str):
        number = _AS_NUMBER.fullmatch(query.strip())
        return AddressRange.parse_lenient(query) if number is None else f"AS{int(number[1])}"
    if isinstance(query, IPv4Network | IPv6Network):
        return AddressRange.from_network(query)
    return AddressRange.from_address(query)


def first_value(obj: RpslObject | None, name: str) -> str | None:
    """Return the first value called *name*, None if it is empty or absent, or if there is no object."""
    attribute = None if obj is None else obj.first(name)
    return (attribute.value or None) if attribute is not None else None


def _size(network: Network) -> int:
    return 1 if network.space is None else network.space.size


def _source_rank(network: Network) -> int:
    source = (network.value("source") or "").upper()
    sources = network.rules.sources
    return sources.index(source) if source in sources else len(sources)
