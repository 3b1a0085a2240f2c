"""Several databases as one, and what is known of a database of which a part is missing.

They look at what is there and judge nothing.
"""

from collections.abc import Iterator, Sequence

from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, RpslObject
from irtkit.validation.objects import Network, Objects, Referrer, Stored

__all__ = ["JoinedObjects", "PartialObjects"]


class JoinedObjects(Objects):
    """Several databases as one; a name exists if it does in one of them.

    Of several that have networks of one class at one registry the first answers for them.
    """

    def __init__(self, databases: Sequence[Objects]) -> None:
        self._databases = tuple(databases)

    def covers(self, class_name: str, registry: str) -> bool:
        """Whether one of them is whole for the class."""
        return any(database.covers(class_name, registry) for database in self._databases)

    def find_classes(self, key: PrimaryKey, registry: str) -> frozenset[str]:
        """Return the classes in which one of them has an object with this key."""
        return frozenset[str]().union(*(database.find_classes(key, registry) for database in self._databases))

    def find_values(self, class_name: str, key: PrimaryKey, attribute: str, registry: str) -> tuple[str, ...] | None:
        """Return the values of an object's attribute that the first one keeps which has it."""
        found = (database.find_values(class_name, key, attribute, registry) for database in self._databases)
        return next((values for values in found if values is not None), None)

    def find_object(self, class_name: str, key: PrimaryKey, registry: str) -> RpslObject | None:
        """Return the object of the first one that has it whole."""
        found = (database.find_object(class_name, key, registry) for database in self._databases)
        return next((obj for obj in found if obj is not None), None)

    def iter_objects(self) -> Iterator[Stored]:
        """Yield the objects that one after the other has whole."""
        for database in self._databases:
            yield from database.iter_objects()

    def find_network(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the object of exactly this range."""
        database = self._holder(class_name, registry)
        return None if database is None else database.find_network(space, class_name, registry)

    def find_parent(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the smallest network that holds all of *space* and more."""
        database = self._holder(class_name, registry)
        return None if database is None else database.find_parent(space, class_name, registry)

    def iter_children(self, space: AddressRange, class_name: str, registry: str) -> Iterator[Network]:
        """Yield the networks one level inside *space*, in address order."""
        database = self._holder(class_name, registry)
        if database is not None:
            yield from database.iter_children(space, class_name, registry)

    def find_crossing(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return a network that overlaps *space* in part."""
        database = self._holder(class_name, registry)
        return None if database is None else database.find_crossing(space, class_name, registry)

    def iter_referring(self, key: PrimaryKey, registry: str) -> Iterator[Referrer]:
        """Yield who refers to *key* in one after the other."""
        for database in self._databases:
            yield from database.iter_referring(key, registry)

    def _holder(self, class_name: str, registry: str) -> Objects | None:
        return next((database for database in self._databases if database.covers(class_name, registry)), None)


class PartialObjects(Objects):
    """What is left of a database when a part of it could not be read.

    What is here is there; what is not may be. Nothing is said of what lies around a network or in it, because the
    nearest one may be missing.
    """

    def __init__(self, rest: Objects) -> None:
        self._rest = rest

    def covers(self, class_name: str, registry: str) -> bool:  # noqa: ARG002 - whatever is asked
        """Return False: what is not here may be elsewhere."""
        return False

    def find_classes(self, key: PrimaryKey, registry: str) -> frozenset[str]:
        """Return the classes in which an object that was read has this key."""
        return self._rest.find_classes(key, registry)

    def find_values(self, class_name: str, key: PrimaryKey, attribute: str, registry: str) -> tuple[str, ...] | None:
        """Return the values of an object's attribute, lists split."""
        return self._rest.find_values(class_name, key, attribute, registry)

    def find_object(self, class_name: str, key: PrimaryKey, registry: str) -> RpslObject | None:
        """Return an object that was read."""
        return self._rest.find_object(class_name, key, registry)

    def iter_objects(self) -> Iterator[Stored]:
        """Yield the objects that were read."""
        yield from self._rest.iter_objects()

    def find_network(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return the object of exactly this range."""
        return self._rest.find_network(space, class_name, registry)

    def find_parent(self, space: AddressRange, class_name: str, registry: str) -> None:
        """Return nothing: a nearer network may be missing."""

    def iter_children(self, space: AddressRange, class_name: str, registry: str) -> Iterator[Network]:  # noqa: ARG002 - the same
        """Yield nothing: what is around a network may be missing."""
        yield from ()

    def find_crossing(self, space: AddressRange, class_name: str, registry: str) -> Network | None:
        """Return a network that overlaps *space* in part."""
        return self._rest.find_crossing(space, class_name, registry)

    def iter_referring(self, key: PrimaryKey, registry: str) -> Iterator[Referrer]:
        """Yield who refers to *key* among the objects that were read."""
        yield from self._rest.iter_referring(key, registry)
