"""The objects of messages that are sent together, and which of them can have to do with one another.

Most objects of most messages have no neighbour in it and refer to nothing in it. Whoever finds that out first need not
ask for each of them; that is all this is for, and nothing is judged here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from socket import AF_INET, inet_pton
from typing import Final

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, as_primary_key
from irtkit.rpsl.names import occurrence
from irtkit.submission.message import Message, Update
from irtkit.validation.keys import NETWORKS, Filing, home_of, key_of, placeholder, space_of
from irtkit.validation.layers import Layered
from irtkit.validation.objects import Objects, ObjectSet
from irtkit.validation.reference_rules import REFERENCES

__all__ = ["Submitted"]

_TARGETS: Final = frozenset(name for rows in REFERENCES.values() for row in rows for name in row.classes)
_FURTHER_KEY: Final = occurrence("inetnum")
_RANGED: Final = NETWORKS | {"domain"}
_PLACEHOLDER = re.compile(r"-(?=[0-9])(?<=AUTO-)", re.IGNORECASE)  # it begins with what can be searched for quickly
_QUAD = r"\.".join(["(?:[1-9][0-9]{0,2}+|0)"] * 4)
_PLAIN_RANGE = re.compile(rf"[^:]*+:[ \t]*+({_QUAD}) - ({_QUAD})\r?+(?:\n(?![ \t+])|\Z)")


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

    def on_top_of(self, below: Objects | None, message: Message) -> Objects:
        """Return the database *below* as the messages will leave it, and as one of them sees it.

        A key that the registry shall make up counts in its own message only: `AUTO-1` of another one is another
        object (RIPE whois 1.124: AutoKeyResolver).
        """
        settled = self._settled if below is None else Layered(self._settled, below)
        own = self._asking.get(id(message))
        return settled if own is None else Layered(self._set_of(own), settled)

    @cached_property
    def _asking(self) -> dict[int, list[Update]]:
        """The updates of each message whose objects ask for keys, by the identity (`id`) of the message."""
        if len(self._messages) == 1:
            return {}
        asking = {id(message): [one for one in message.updates if _asks(one.object)] for message in self._messages}
        return {of: updates for of, updates in asking.items() if updates}

    @cached_property
    def _settled(self) -> ObjectSet:
        """The objects that have keys already."""
        if not self._asking:
            return self.objects
        asking = {id(update.object) for updates in self._asking.values() for update in updates}
        updates = (update for message in self._messages for update in message.updates)
        return self._set_of(update for update in updates if id(update.object) not in asking)

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
                objects.add(update.object, _find_filing(update.object, self._registry))
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
        places: dict[tuple[str, int], list[tuple[bytes, bytes, int]]] = {}
        for class_name in _RANGED.intersection(self._by_class):
            plain = places.setdefault((class_name, 4), [])
            for obj in self._by_class[class_name]:
                if class_name == "inetnum" and (stretch := _packed(_PLAIN_RANGE.match(str(obj)))):
                    plain.append((*stretch, id(obj)))
                elif (space := space_of(obj)) is not None:
                    size = 4 if space.family == 4 else 16
                    found = space.first.to_bytes(size, "big"), space.last.to_bytes(size, "big"), id(obj)
                    places.setdefault((class_name, space.family), []).append(found)
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


def _asks(obj: RpslObject) -> bool:
    """Whether an object asks the registry to make up its key."""
    if not _PLACEHOLDER.search(str(obj)):
        return False
    key = key_of(obj)
    return key is not None and placeholder(key) is not None


def _find_filing(obj: RpslObject, registry: str) -> Filing | None:
    """Return where an inetnum that is written as the registry writes it belongs; None for any other object."""
    text = str(obj)
    written = _PLAIN_RANGE.match(text) if text.startswith("inetnum:") and not _FURTHER_KEY.search(text) else None
    stretch = _packed(written)
    if written is None or stretch is None:
        return None
    first, last = stretch
    try:
        space = AddressRange(4, int.from_bytes(first, "big"), int.from_bytes(last, "big"))
    except RangeError:
        return None
    return Filing(home_of(obj, registry), "inetnum", as_primary_key(f"{written[1]} - {written[2]}"), space)


def _packed(written: re.Match[str] | None) -> tuple[bytes, bytes] | None:
    """Return the two addresses of a plain range as bytes, which sort as addresses do; None if there are none."""
    if written is None:
        return None
    first, last = written.groups()
    try:
        return inet_pton(AF_INET, first), inet_pton(AF_INET, last)
    except OSError:
        return None


def _overlapping(ranges: list[tuple[bytes, bytes, int]]) -> Iterator[int]:
    """Yield the third item of every range that has an address in common with another one."""
    ranges.sort()
    alone: int | None = None
    reached = b""
    for first, last, found in ranges:
        if first > reached:
            alone = found
        else:
            if alone is not None:
                yield alone
                alone = None
            yield found
        reached = max(reached, last)
