"""What an index knows of a registry's objects, for the rules that ask what exists and how networks nest.

Millions of objects are asked about and none is read: a name by its number (`irtkit.index.keys`), a range by the
segments of address space. So an index answers less than the objects themselves do. Of most classes it knows that an
object exists, of organisations, roles and networks what rules about others need, of references nothing; rules say
nothing about what it does not keep.

It needs the standard library alone, and judges nothing.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from irtkit.errors import IndexFileError
from irtkit.index.keys import hash_of_key
from irtkit.index.layout import GAPS, KEYED_CLASSES, NO_SIZE, Flag
from irtkit.index.lookup import Index
from irtkit.index.ranges import IndexedRanges
from irtkit.index.segments import range_of_key
from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey
from irtkit.schema.contact_rules import registry_of_source
from irtkit.validation.keys import HANDLES, as_reference
from irtkit.validation.objects import STAND_INS, Network, Objects, Referrer, Stored

__all__ = ["IndexObjects"]

_NOTHING: Final[frozenset[str]] = frozenset()
_FAMILIES: Final = {"inetnum": 4, "inet6num": 6}
_RANGE = re.compile(r"[0-9.]++ - [0-9.]++|[0-9A-F:.]++/[0-9]{1,3}+")
"""The key of a network, as no other class has one: a route's goes on with an AS number."""
_ORGANISATION, _ROLE = KEYED_CLASSES.index("organisation"), KEYED_CLASSES.index("role")
_MISSING = GAPS.index("missing-object")
_FORMATS: Final = {
    **dict.fromkeys(("key.hash",), "Q"),
    **dict.fromkeys(("object.flags", "object.size", "key.class", "role.gap"), "B"),
    **dict.fromkeys(("object.source", "object.org", "object.status", "object.parent", "row.object"), "i"),
    **dict.fromkeys(("overlapping", "org.type", "org.role", "key.number"), "i"),
}
"""The arrays that are read, beside texts and segments, and the format of their items."""
_ALIKE: Final = (
    ("object.flags", "object.size", "object.source", "object.org", "object.status", "object.parent"),
    ("key.hash", "key.class", "key.number"),
    ("org.type", "org.role"),
)
"""Arrays of one length."""
_MAINTAINED = int(Flag.MAINTAINED)  # a number is tested faster than a flag
_MOST_KEPT = 1 << 15
"""Keys or networks that are remembered; then all are forgotten."""
_FAILURES = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a damaged index leads to."""


class IndexObjects(Objects):
    """The objects of an index, which is whole for the classes that it has: what is not in it does not exist.

    Keys are those of `irtkit.validation.keys.key_of`, registries short names; an object without `source:` is in none.
    A name is taken for one that exists, although it does not, as rarely as `irtkit.index.keys` says. Of several objects
    with one range, or one key, that of the main source counts, then the one read last. Networks are inetnum in
    IPv4 and inet6num in IPv6; there are no reverse domains. Nobody's references are kept (`iter_referring`).

    Cost: a name a few microseconds, a network a bisection and as many steps as there are levels around it. The index
    stays where it is, mapped; threads may share it.

    Raises: IndexFileError if the arrays of the index do not fit together; also by every question that comes upon
    contents that are damaged.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._networks: dict[int, Network] = {}
        self._found: dict[tuple[str, str], frozenset[str]] = {}
        self._sets = {_NOTHING: _NOTHING}
        try:
            self._check()
            self._held = frozenset(
                (registry_of_source(source), class_name)
                for source, class_name, count in index.manifest["objects"]
                if count > 0
            )
            self._ranges = index.ranges
        except (AttributeError, *_FAILURES) as error:
            raise self.blamed(error) from None
        self._hashes, self._classes = index.column("key.hash"), index.column("key.class")
        self._sizes, self._flags = index.column("object.size"), index.column("object.flags")
        self._status_texts: dict[int, str | None] = {}
        self._statuses, self._orgs = index.column("object.status"), index.column("object.org")

    def _check(self) -> None:
        for name, expected in _FORMATS.items():
            if (found := self._index.column(name).format) != expected:
                raise ValueError(f"{name} has items of format {found}, expected {expected}")
        for names in _ALIKE:
            if len({len(self._index.column(name)) for name in names}) > 1:
                raise ValueError(f"{', '.join(names)} differ in length")

    def blamed(self, error: Exception) -> Exception:
        """Return what a failure comes of: an IndexFileError if the index is damaged, else the error itself."""
        from irtkit.index.verify import find_faults  # noqa: PLC0415 - an array's weight, and only now does it matter

        fault = next(find_faults(self._index.file), None)
        return error if fault is None else IndexFileError(f"is damaged: {fault}; build it again", path=self._index.path)

    def covers(self, class_name: str, registry: str) -> bool:
        """Whether the index has objects of the class, and no stand-in for all of them.

        Unlike a set of objects it may have roles and be none the wiser about persons: resolving needs roles only.
        """
        if (registry, class_name) not in self._held:
            return False
        return class_name not in HANDLES or not any(self.find_classes(key, registry) for key in STAND_INS)

    def find_classes(self, key: PrimaryKey, registry: str) -> frozenset[str]:
        """Return the classes in which an object has this key."""
        found = self._found.get((registry, key))
        if found is None:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            try:
                found = frozenset(self._iter_classes(key, registry))
            except _FAILURES as error:
                raise self.blamed(error) from None
            found = self._found[registry, key] = self._sets.setdefault(found, found)
        return found

    def find_values(self, class_name: str, key: PrimaryKey, attribute: str, registry: str) -> tuple[str, ...] | None:
        """Return org-type or abuse-c of an organisation, in upper case, or abuse-mailbox of a role; else None.

        None, too, if there is no such object, or its mailbox is a dummy in this copy of the data.
        """
        try:
            if class_name == "organisation" and attribute in {"org-type", "abuse-c"}:
                number = self._number(_ORGANISATION, key, registry)
                return None if number is None else self._of_organisation(number, attribute)
            if class_name == "role" and attribute == "abuse-mailbox":
                number = self._number(_ROLE, key, registry)
                return None if number is None else self._mailbox(number)
        except _FAILURES as error:
            raise self.blamed(error) from None
        return None

    def find_object(self, class_name: str, key: PrimaryKey, registry: str) -> None:
        """Return nothing: an index keeps no object whole."""

    def iter_objects(self) -> Iterator[Stored]:
        """Yield nothing: an index keeps no object whole."""
        yield from ()

    def find_network(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the object of exactly this range."""
        ranges = self._ranges_of(space, class_name, registry)
        try:
            return None if ranges is None else self._network(ranges, ranges.find_exact(space), space)
        except _FAILURES as error:
            raise self.blamed(error) from None

    def find_parent(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the smallest network that holds all of *space* and more."""
        ranges = self._ranges_of(space, class_name, registry)
        try:
            return None if ranges is None else self._network(ranges, ranges.find_around(space))
        except _FAILURES as error:
            raise self.blamed(error) from None

    def iter_children(self, space: AddressRange, class_name: str, registry: str) -> Iterator[Network]:
        """Yield the networks one level inside *space*, in address order, as they are found."""
        ranges = self._ranges_of(space, class_name, registry)
        try:
            return iter(()) if ranges is None else self._iter_networks(ranges, ranges.iter_inside(space))
        except _FAILURES as error:
            raise self.blamed(error) from None

    def _iter_networks(self, ranges: IndexedRanges, numbers: Iterator[int]) -> Iterator[Network]:
        try:
            for number in numbers:
                network = self._network(ranges, number)
                if network is not None:
                    yield network
        except _FAILURES as error:
            raise self.blamed(error) from None

    def find_crossing(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return a network that overlaps *space* in part: see `IndexedRanges.find_crossing`."""
        ranges = self._ranges_of(space, class_name, registry)
        try:
            return None if ranges is None else self._network(ranges, ranges.find_crossing(space))
        except _FAILURES as error:
            raise self.blamed(error) from None

    def iter_referring(self, key: PrimaryKey, registry: str) -> Iterator[Referrer]:  # noqa: ARG002 - nothing is kept
        """Yield nothing: an index does not keep who refers to whom."""
        yield from ()

    def _entries(self, key: str, registry: str) -> Iterator[tuple[int, int]]:
        """Yield the code of each class in which there is an object with this key, and where it stands."""
        wanted, hashes = hash_of_key(key, registry), self._hashes
        at = bisect_left(hashes, wanted)
        while at < len(hashes) and hashes[at] == wanted:
            yield self._classes[at], at
            at += 1

    def _number(self, class_code: int, key: str, registry: str) -> int | None:
        """Return the code of a role or organisation."""
        numbers = self._index.column("key.number")
        return next((numbers[at] for code, at in self._entries(key, registry) if code == class_code), None)

    def _of_organisation(self, number: int, attribute: str) -> tuple[str, ...]:
        column, texts = ("org.type", "org_type") if attribute == "org-type" else ("org.role", "role.handle")
        code = self._index.column(column)[number]
        return (self._index.texts(texts)[code],) if code >= 0 else ()

    def _mailbox(self, number: int) -> tuple[str, ...] | None:
        if self._index.column("role.gap")[number] == _MISSING:
            return None
        if not self._index.texts("role.attribute")[number]:
            return ()
        email = self._index.texts("role.email")[number]
        return (email,) if email else None

    def _iter_classes(self, key: str, registry: str) -> Iterator[str]:
        if _RANGE.fullmatch(key):
            class_name = "inet6num" if ":" in key else "inetnum"
            ranges = self._ranges.get((registry, _FAMILIES[class_name]))
            space = _space_of(key)
            if ranges is not None and space is not None and ranges.find_exact(space) is not None:
                yield class_name
        else:
            for code, _ in self._entries(key, registry):
                yield KEYED_CLASSES[code]

    def _ranges_of(self, space: AddressRange, class_name: str, registry: str) -> IndexedRanges | None:
        return self._ranges.get((registry, space.family)) if _FAMILIES.get(class_name) == space.family else None

    def _network(self, ranges: IndexedRanges, number: int | None, space: AddressRange | None = None) -> Network | None:
        """Return an object as a network; *space*, if the caller has it, are its addresses."""
        if number is None:
            return None
        found = self._networks.get(number)
        if found is None:
            if len(self._networks) >= _MOST_KEPT:
                self._networks.clear()
            space = ranges.space_of(number) if space is None else space
            found = self._networks[number] = self._read_network(space, number)
        return found

    def _read_network(self, space: AddressRange, number: int) -> Network:
        size, org, code = self._sizes[number], self._orgs[number], self._statuses[number]
        if code not in self._status_texts:
            self._status_texts[code] = self._index.texts("status")[code] or None
        return Network(
            space,
            self._status_texts[code],
            bool(self._flags[number] & _MAINTAINED),
            None if size == NO_SIZE else size,
            None if org < 0 else as_reference(self._index.texts("org")[org]),
        )


def _space_of(key: str) -> AddressRange | None:
    try:
        return range_of_key(key)
    except ValueError:
        return None
