"""A submission on top of a database: what the database will be when the submission has been taken.

It looks at what is there and judges nothing.
"""

from collections.abc import Iterator
from itertools import chain

from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, RpslObject
from irtkit.validation.objects import MOST_LEVELS, Network, Objects, ObjectSet, Referrer, Stored, iter_ancestors

__all__ = ["Layered"]


class Layered(Objects):
    """The objects of *top*, and those of *below* that *top* neither replaces nor removes.

    *below* may be layered, too. Where ranges overlap in part, which registries refuse, each layer answers for
    itself; then the smaller parent counts, and an inner network may be counted among an outer one's children.
    """

    def __init__(self, top: ObjectSet, below: Objects) -> None:
        self.top = top
        self.below = below

    def covers(self, class_name: str, registry: str) -> bool:
        """Whether either layer is complete for the class."""
        return self.top.covers(class_name, registry) or self.below.covers(class_name, registry)

    def find_classes(self, key: PrimaryKey, registry: str) -> frozenset[str]:
        """Return the classes in which an object has this key, without those that the submission removes."""
        upper, lower = self.top.find_classes(key, registry), self.below.find_classes(key, registry)
        return upper | {name for name in lower if not self.top.is_removed(name, key, registry)} if lower else upper

    def find_values(self, class_name: str, key: PrimaryKey, attribute: str, registry: str) -> tuple[str, ...] | None:
        """Return the values of an object's attribute: the submission's object, if it has one, else the lower one."""
        if self.top.has(class_name, key, registry):
            return self.top.find_values(class_name, key, attribute, registry)
        if self.top.is_removed(class_name, key, registry):
            return None
        return self.below.find_values(class_name, key, attribute, registry)

    def find_object(self, class_name: str, key: PrimaryKey, registry: str) -> RpslObject | None:
        """Return an object that either layer has whole: the submission's, if it has one, else the lower one."""
        found = self.top.find_object(class_name, key, registry)
        if found is not None or self.top.is_removed(class_name, key, registry):
            return found
        return self.below.find_object(class_name, key, registry)

    def iter_objects(self) -> Iterator[Stored]:
        """Yield the submission's objects, then those below that it leaves alone."""
        yield from self.top.iter_objects()
        for stored in self.below.iter_objects():
            same = stored.class_name, stored.key, stored.home
            if not self.top.has(*same) and not self.top.is_removed(*same):
                yield stored

    def find_network(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the object of exactly this range: the submission's, if it has one, else the lower one."""
        found = self.top.find_network(space, class_name, registry)
        if found is not None or self.top.is_emptied(space, class_name, registry):
            return found
        return self.below.find_network(space, class_name, registry)

    def find_parent(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the smallest network of either layer around *space*."""
        upper = self.top.find_parent(space, class_name, registry)
        for lower in iter_ancestors(self.below, space, class_name, registry):
            if upper is not None and (upper.space == lower.space or _nearness(upper) < _nearness(lower)):
                return upper
            if not self.top.is_emptied(lower.space, class_name, registry):
                return lower
        return upper

    def iter_children(self, space: AddressRange, class_name: str, registry: str) -> Iterator[Network]:
        """Yield the networks of both layers one level inside *space*, in address order."""
        below = self.below.iter_children(space, class_name, registry)
        first = next(below, None)
        if first is None:  # as below most networks
            return self.top.iter_children(space, class_name, registry)
        return self._iter_both(space, class_name, registry, chain((first,), below))

    def _iter_both(
        self, space: AddressRange, class_name: str, registry: str, below: Iterator[Network]
    ) -> Iterator[Network]:
        """Yield the networks of the upper layer one level inside *space*, and of those *below* what it leaves there."""
        lower = _Kept(self, space, class_name, registry, below)
        kept = lower.take()
        for upper in self.top.iter_children(space, class_name, registry):
            while kept is not None and kept.space.first < upper.space.first and upper.space not in kept.space:
                yield kept
                kept = lower.take()
            if kept is not None and upper.space in kept.space and upper.space != kept.space:
                continue
            yield upper
            if kept is not None and kept.space == upper.space:
                kept = lower.take()
            elif kept is not None and kept.space.first <= upper.space.last:
                kept = lower.take_after(upper.space)
        while kept is not None:
            yield kept
            kept = lower.take()

    def find_crossing(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return a network that overlaps *space* in part: of one in each layer the one that begins first."""
        upper = self.top.find_crossing(space, class_name, registry)
        lower = self.below.find_crossing(space, class_name, registry)
        found = [upper] if upper is not None else []
        if lower is not None and not self.top.is_emptied(lower.space, class_name, registry):
            found.append(self.find_network(lower.space, class_name, registry) or lower)
        return min(found, key=lambda network: network.space, default=None)

    def iter_referring(self, key: PrimaryKey, registry: str) -> Iterator[Referrer]:
        """Yield who refers to *key*: the submission's objects, then those below that it leaves alone."""
        yield from self.top.iter_referring(key, registry)
        for referrer in self.below.iter_referring(key, registry):
            same = referrer.class_name, referrer.key, registry
            if not self.top.has(*same) and not self.top.is_removed(*same):
                yield referrer


class _Kept:
    """What the lower layer has one level inside a range, in address order; of what is removed, what was inside.

    Each level that it is in has the range it goes through and what is left there.
    """

    def __init__(
        self, layers: Layered, space: AddressRange, class_name: str, registry: str, children: Iterator[Network]
    ) -> None:
        self._layers = layers
        self._place = class_name, registry
        self._levels = [(space, children)]

    def take(self) -> Network | None:
        """Return the next network, or None after the last."""
        while self._levels:
            child = next(self._levels[-1][1], None)
            if child is None:
                self._levels.pop()
            elif not self._layers.top.is_emptied(child.space, *self._place):
                return child
            elif len(self._levels) < MOST_LEVELS:
                self._levels.append((child.space, self._layers.below.iter_children(child.space, *self._place)))
        return None

    def take_after(self, part: AddressRange) -> Network | None:
        """Return the next network after *part*, passing over all that is in it at once."""
        while self._levels and self._levels[-1][0].last <= part.last:
            self._levels.pop()
        if self._levels:
            whole, _ = self._levels.pop()
            rest = AddressRange(whole.family, part.last + 1, whole.last)
            below = self._layers.below
            network = below.find_network(rest, *self._place)
            self._levels.append((rest, iter([network]) if network else below.iter_children(rest, *self._place)))
        return self.take()


def _nearness(network: Network) -> tuple[int, int]:
    return network.space.size, -network.space.first
