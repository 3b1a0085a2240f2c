"""One update among what is stored: whom its object names, whom the stored one names, and whether those are there.

It builds candidates and notes what could not be seen; which of them must agree is in
`irtkit.authorisation.strategies` and `irtkit.authorisation.parents`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from irtkit.authorisation.credentials import NOTHING, Credentials
from irtkit.authorisation.plans import Operation
from irtkit.authorisation.requirements import Candidate, Missing, Naming, Presence, Way
from irtkit.authorisation.territory import Place
from irtkit.authorisation.ways import Examiner
from irtkit.authorisation.world import World
from irtkit.rpsl import PrimaryKey, RpslObject
from irtkit.validation.keys import as_reference, filing_of, iter_elements
from irtkit.validation.sameness import is_same

if TYPE_CHECKING:
    from irtkit.resources import AddressRange

__all__ = ["Request", "Scene", "unseen"]


@dataclass(frozen=True, slots=True)
class Request:
    """One update of a message: its object, what shall be done with it, and what is offered for it.

    *new*: the message has the keyword NEW, and what exists is not changed.
    """

    object: RpslObject
    credentials: Credentials = NOTHING
    deletion: bool = False
    new: bool = False


class Scene:
    """One request in the world as it is when the registry comes to it."""

    def __init__(self, request: Request, world: World, examiner: Examiner, registry: str) -> None:
        self.request = request
        self.world = world
        self.object = request.object
        filing = filing_of(request.object, registry)
        self.home = filing.home
        self.class_name = filing.class_name
        self.key: PrimaryKey | None = filing.key
        self.space: AddressRange | None = filing.space
        self.place = None if filing.key is None else Place(filing.home, filing.class_name, filing.key)
        self.missing: dict[tuple[tuple[str, ...], str], Missing] = {}
        """What could not be seen, and is not decisive."""
        self.awaited: set[Place] = set()
        """What is not there yet, and the message will add."""
        self._examiner = examiner

    @cached_property
    def is_stored(self) -> bool:
        """Whether the object exists."""
        return self.place is not None and self.world.presence(self.place) is Presence.HERE

    @cached_property
    def operation(self) -> Operation:
        """What the registry would do; an object that cannot be seen is taken for new."""
        if self.request.deletion:
            return Operation.DELETE
        if not self.is_stored or self.request.new:
            return Operation.CREATE
        stored = self.world.find_object(self.place) if self.place else None
        same = stored is not None and is_same(self.object, stored)
        return Operation.NO_OPERATION if same else Operation.MODIFY

    def submitted(self, attribute: str) -> tuple[PrimaryKey, ...]:
        """Return the keys that the submitted object names in an attribute, each once, in order."""
        return _keys(iter_elements(self.object, attribute))

    def stored(self, attribute: str) -> tuple[PrimaryKey, ...] | None:
        """Return those that the stored object names; None if there is none, or the attribute is not kept."""
        values = self.world.find_values(self.place, attribute) if self.place else None
        return None if values is None else _keys(values)

    def added(self, attribute: str) -> tuple[PrimaryKey, ...]:
        """Return the keys that the submitted object names in an attribute, and the stored one does not."""
        submitted = self.submitted(attribute)
        if not submitted or not self.is_stored:
            return submitted
        stored = frozenset(self.stored(attribute) or ())
        return tuple(key for key in submitted if key not in stored)

    def named(self, place: Place, attribute: str) -> tuple[PrimaryKey, ...] | None:
        """Return the keys that another object names in an attribute; None if the database does not keep it."""
        values = self.world.find_values(place, attribute)
        return None if values is None else _keys(values)

    def naming(self, attribute: str) -> Naming:
        """Return that the object itself names somebody in an attribute."""
        return Naming(self.class_name, self.key or "", attribute)

    def at(self, class_name: str, key: PrimaryKey) -> Place:
        """Return the place of another object in the same database."""
        return Place(self.home, class_name, key)

    def candidates(
        self, class_name: str, keys: Iterable[PrimaryKey], via: Naming, *, gone: bool = False
    ) -> tuple[Candidate, ...]:
        """Return the objects of a class with these keys as candidates, each once, whether or not they are there.

        *gone*: those that the message removes, too; a registry keeps what is still referred to.
        """
        return tuple(self._candidate(self.at(class_name, key), via, gone=gone) for key in dict.fromkeys(keys))

    def itself(self, attribute: str) -> Candidate:
        """Return the object that is submitted as a candidate for itself."""
        lines = tuple(iter_elements(self.object, "auth"))
        naming = self.naming(attribute)
        key = self.key or ""
        return Candidate(self.class_name, key, Presence.HERE, naming, self._ways(key, lines))

    def look(self, place: Place) -> Presence:
        """Return whether an object is there, and note if the message will add it."""
        presence = self.world.presence(place)
        if presence is not Presence.HERE and self.world.is_announced(place):
            self.awaited.add(place)
        return presence

    def note(self, classes: tuple[str, ...], key: str, reason: str) -> None:
        """Note that something could not be seen that might ask for more."""
        self.missing.setdefault((classes, key), Missing(classes, key, reason, decisive=False))

    def _candidate(self, place: Place, via: Naming, *, gone: bool) -> Candidate:
        presence = self.look(place)
        lines = self.world.find_values(place, "auth", gone=gone)
        if presence is Presence.HERE or (gone and lines is not None):
            presence = Presence.UNSEEN if lines is None else Presence.HERE
        ways = self._ways(place.key, lines) if lines and presence is Presence.HERE else ()
        return Candidate(place.class_name, place.key, presence, via, ways)

    def _ways(self, key: str, lines: tuple[str, ...]) -> tuple[Way, ...]:
        dead = frozenset(line.upper() for line in lines if self._is_dead(line))
        return self._examiner.ways(key, lines, self.request.credentials, dead)

    def _is_dead(self, line: str) -> bool:
        """Whether an `auth:` value names a key-cert that does not exist, and that the message does not add."""
        if not line.upper().startswith(("PGPKEY-", "X509-", "AUTO-")):
            return False
        place = self.at("key-cert", as_reference(line))
        return self.world.presence(place) is Presence.ABSENT and not self.world.is_announced(place)


def _keys(values: Iterable[str]) -> tuple[PrimaryKey, ...]:
    """Return the keys that values begin with (`mnt-routes: A-MNT {...}`), each once; empty values name nobody."""
    return tuple(dict.fromkeys(as_reference(value.partition(" ")[0]) for value in values if value))


def unseen(candidates: Iterable[Candidate]) -> tuple[Missing, ...]:
    """Return which candidates would have to be seen to know by what they can agree."""
    return tuple(
        Missing((one.class_name,), one.key, f"its auth; {one.via.attribute} names it")
        for one in candidates
        if one.presence is Presence.UNSEEN
    )
