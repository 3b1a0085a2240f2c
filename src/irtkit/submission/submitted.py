"""The objects of messages that are sent together, and which of them can have to do with one another.

Most objects of most messages have no neighbour in it and refer to nothing in it. Whoever finds that out first need not
ask for each of them; that is all this is for, and nothing is judged here.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from socket import AF_INET, inet_pton
from typing import Final

from irtkit.rpsl import RpslObject
from irtkit.submission.message import Message, Update
from irtkit.validation.keys import NETWORKS, space_of
from irtkit.validation.objects import ObjectSet
from irtkit.validation.reference_rules import REFERENCES

__all__ = ["Submitted"]

_TARGETS: Final = frozenset(name for rows in REFERENCES.values() for row in rows for name in row.classes)
_RANGED: Final = NETWORKS | {"domain"}
_PLACEHOLDER = re.compile(r"AUTO-[0-9]", re.IGNORECASE)
_PLAIN_RANGE = re.compile(r"[^:]*+:[ \t]*+([0-9.]{7,15}) - ([0-9.]{7,15})\r?+(?:\n(?![ \t+])|\Z)")


class Submitted:
    """The objects that messages submit and delete, all of them together.

    Objects without a source belong to *registry*.
    """

    def __init__(self, messages: Iterable[Message], registry: str) -> None:
        self._messages: Sequence[Message] = tuple(messages)
        self._registry = registry

    @cached_property
    def objects(self) -> ObjectSet:
        """The objects by their keys, deleted ones as removed."""
        return self._set_of(update for message in self._messages for update in message.updates)

    @cached_property
    def neighbouring(self) -> ObjectSet:
        """The same of the `neighbours` alone."""
        updates = (update for message in self._messages for update in message.updates)
        return self._set_of(update for update in updates if id(update.object) in self.neighbours)

    def _set_of(self, updates: Iterable[Update]) -> ObjectSet:
        objects = ObjectSet(registry=self._registry)
        for update in updates:
            if update.is_deletion:
                objects.remove(update.object)
            else:
                objects.add(update.object)
        return objects

    @cached_property
    def may_refer(self) -> bool:
        """Whether a reference of one of the objects can lead to another one, or to one that is deleted."""
        return (
            not _TARGETS.isdisjoint(self._by_class)
            or any(_PLACEHOLDER.search(message.text.reveal()) for message in self._messages)
            or any(update.deletions for message in self._messages for update in message.updates)
        )

    @cached_property
    def neighbours(self) -> frozenset[int]:
        """The identities (`id`) of the networks and reverse domains that have addresses in common with another one."""
        places: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
        for class_name in _RANGED.intersection(self._by_class):
            for obj in self._by_class[class_name]:
                placed = _placed(obj, class_name)
                if placed is not None:
                    family, first, last = placed
                    places.setdefault((class_name, family), []).append((first, last, id(obj)))
        return frozenset(found for ranges in places.values() for found in _overlapping(ranges))

    @cached_property
    def _by_class(self) -> dict[str, list[RpslObject]]:
        """The objects by the names of their classes."""
        by_name: dict[str, list[RpslObject]] = {}
        for message in self._messages:
            for update in message.updates:
                text = str(update.object)
                by_name.setdefault(text[: text.index(":")], []).append(update.object)
        by_class: dict[str, list[RpslObject]] = {}
        for objects in by_name.values():
            by_class.setdefault(objects[0].class_name, []).extend(objects)
        return by_class


def _placed(obj: RpslObject, class_name: str) -> tuple[int, int, int] | None:
    """Return the family, the first and the last address of an object."""
    plain = _PLAIN_RANGE.match(str(obj)) if class_name == "inetnum" else None
    if plain:
        with suppress(OSError):
            first, last = (int.from_bytes(inet_pton(AF_INET, text)) for text in plain.groups())
            return 4, first, last
    space = space_of(obj)
    return None if space is None else (space.family, space.first, space.last)


def _overlapping(ranges: list[tuple[int, int, int]]) -> Iterable[int]:
    """Yield the third item of every range that has an address in common with another one."""
    ranges.sort()
    cluster: list[int] = []
    reached = -1
    for first, last, found in ranges:
        if first > reached:
            if len(cluster) > 1:
                yield from cluster
            cluster.clear()
        cluster.append(found)
        reached = max(reached, last)
    if len(cluster) > 1:
        yield from cluster
