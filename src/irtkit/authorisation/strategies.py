"""Who must agree to an update because its object, old or new, names them: maintainers, irts, and those others name.

`mnt-by` counts as it is stored, and of a new object as it is submitted; references count when they are new. Who
must agree because the object lies in another one is in `irtkit.authorisation.parents`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from irtkit.authorisation.parents import iter_parents
from irtkit.authorisation.plans import Operation
from irtkit.authorisation.requirements import Candidate, Missing, Naming, Presence, Requirement, Strategy
from irtkit.authorisation.scene import Scene, unseen
from irtkit.authorisation.sentences import plain
from irtkit.authorisation.territory import ROUTES, Place, prefix_of_route
from irtkit.rpsl import PrimaryKey
from irtkit.schema.contact_rules import rules_for_source
from irtkit.validation.keys import NETWORKS
from irtkit.validation.reference_rules import REFERENCES

__all__ = ["requirements_of"]

_RIPE = "RIPE whois 1.124"
_BY_MNT_BY = f"{_RIPE}: MntByAuthentication"
_BY_MNT_IRT = f"{_RIPE}: MntIrtAuthentication"
_BY_MNT_REF = f"{_RIPE}: RefAuthentication"
_BY_MEMBER_OF = f"{_RIPE}: MemberOfValidator"

_ASKING = frozenset(
    {"abuse-c", "admin-c", "zone-c", "tech-c", "author", "ping-hdl", "org", "mnt-irt"}
    | {"mnt-by", "mnt-domains", "mnt-routes", "mnt-lower", "mnt-ref"}
)
"""Attributes whose new references the objects that they name must agree to, if they have `mnt-ref`."""
_REFERENCES: Final = tuple(row for row in REFERENCES["ripe"] if row.attribute in _ASKING)
_GUARDED = "organisation"  # the class whose objects always ask
_WHOLE_SPACE = frozenset({"0.0.0.0 - 255.255.255.255", "::/0"})
_RECLAIMED = NETWORKS | ROUTES.keys() | {"domain"}
"""Classes whose objects the holder of the address space around them may delete."""
_NAMES_SHOWN = 3
_SETS: Final = {"aut-num": "as-set", "route": "route-set", "route6": "route-set", "inet-rtr": "rtr-set"}
"""Classes whose objects claim to be members of sets, and of sets of which class."""


def requirements_of(scene: Scene) -> tuple[Requirement, ...]:
    """Return what must be met, in the order of `Strategy`; of what changes nothing its mnt-by alone."""
    operation = scene.operation
    if operation is Operation.NO_OPERATION:
        return tuple(_mnt_by(scene))
    if scene.place is not None and scene.look(scene.place) is Presence.UNSEEN:
        scene.note((scene.class_name,), scene.place.key, "if it exists, its own mnt-by decides")
    found = list(_mnt_by(scene))
    if operation is Operation.CREATE:
        found += iter_parents(scene)
    if operation is not Operation.DELETE:
        found += _mnt_irt(scene)
        found += _mnt_ref(scene)
        found += _member_of(scene)
    return tuple(found)


def _mnt_by(scene: Scene) -> Iterator[Requirement]:
    deletion, keys, whose = scene.operation is Operation.DELETE, scene.submitted("mnt-by"), "the new object"
    if scene.is_stored:
        stored = scene.stored("mnt-by")
        if stored is None:
            missing = Missing((scene.class_name,), scene.key or "", "the mnt-by that is stored")
            yield Requirement(Strategy.MNT_BY, "the stored object has maintainers", _BY_MNT_BY, (), (missing,))
            return
        if stored or deletion:
            keys, whose = stored, "the stored object"
        if not stored and deletion:
            return
    candidates = scene.candidates("mntner", keys, scene.naming("mnt-by"), gone=scene.is_stored)
    if scene.class_name == "mntner" and not scene.is_stored and scene.key in keys:
        candidates = tuple(scene.itself("mnt-by") if one.key == scene.key else one for one in candidates)
    reason = f"{whose} names its maintainers in mnt-by" if candidates else f"{whose} names nobody in mnt-by"
    if deletion and (holders := _holders(scene)):
        candidates += holders
        reason += ", and who holds the addresses may delete it, too"
    yield Requirement(Strategy.MNT_BY, reason, _BY_MNT_BY, candidates, unseen(candidates))


def _holders(scene: Scene) -> tuple[Candidate, ...]:
    """Return who may delete an object in their address space: maintainers of what the registry itself handed out."""
    space = prefix_of_route(scene.object) if scene.class_name in ROUTES else scene.space
    if space is None or scene.class_name not in _RECLAIMED:
        return ()
    class_name = "inetnum" if space.family == 4 else "inet6num"
    own = rules_for_source(scene.home).registry_maintainers
    found: tuple[Candidate, ...] = ()
    for place in scene.world.iter_networks(space, class_name, scene.home, exact=True):
        if scene.class_name == "domain" and place.key == space.canonical.upper():
            found = _maintainers(scene, place, "mnt-domains")
        lower, mnt_by = _maintainers(scene, place, "mnt-lower"), _maintainers(scene, place, "mnt-by")
        if place.key not in _WHOLE_SPACE and not own.isdisjoint(one.key for one in lower + mnt_by):
            return found + lower + mnt_by
    return found


def _maintainers(scene: Scene, place: Place, attribute: str) -> tuple[Candidate, ...]:
    """Return the maintainers that another object names in an attribute."""
    via = Naming(place.class_name, place.key, attribute)
    return scene.candidates("mntner", scene.named(place, attribute) or (), via)


def _mnt_irt(scene: Scene) -> Iterator[Requirement]:
    added = scene.added("mnt-irt")
    if added:
        candidates = scene.candidates("irt", added, scene.naming("mnt-irt"))
        if scene.class_name == "irt" and scene.key in added:
            candidates += (scene.itself("mnt-irt"),)
        reason = f"mnt-irt is to name {_some(added)}, whose own auth decides"
        yield Requirement(Strategy.MNT_IRT, reason, _BY_MNT_IRT, candidates, unseen(candidates))


def _mnt_ref(scene: Scene) -> Iterator[Requirement]:
    """Yield a requirement for each object that is referred to anew and says who may refer to it."""
    asked: set[tuple[tuple[str, ...], PrimaryKey]] = set()
    for row in _REFERENCES:
        for key in scene.added(row.attribute):
            if (row.classes, key) not in asked:
                asked.add((row.classes, key))
                yield from _referred(scene, row.attribute, row.classes, key)


def _referred(scene: Scene, attribute: str, classes: tuple[str, ...], key: PrimaryKey) -> Iterator[Requirement]:
    is_own = key == scene.key and scene.class_name in classes
    if is_own:
        via = scene.naming("mnt-ref")
        yield from _asking(scene, attribute, via, scene.submitted("mnt-ref"))
    places = [scene.at(class_name, key) for class_name in classes]
    looks = [scene.world.presence(place) if is_own else scene.look(place) for place in places]
    here = [place for place, presence in zip(places, looks, strict=True) if presence is Presence.HERE]
    for place in here:
        via = Naming(place.class_name, place.key, "mnt-ref")
        names = scene.named(place, "mnt-ref")
        if names is None:
            yield from _unknown(scene, attribute, classes, key)
        else:
            yield from _asking(scene, attribute, via, names)
    if not here and not is_own and Presence.UNSEEN in looks:
        yield from _unknown(scene, attribute, classes, key)


def _asking(scene: Scene, attribute: str, via: Naming, names: tuple[PrimaryKey, ...]) -> Iterator[Requirement]:
    """Yield that an object wants one of its mnt-ref to agree; maintainers that do not exist count for nothing."""
    found = scene.candidates("mntner", names, via)
    candidates = tuple(one for one in found if one.presence is not Presence.ABSENT)
    if candidates or via.class_name == _GUARDED:
        reason = f"{attribute} is to name {via.class_name} {plain(via.key)}, which says in mnt-ref who may"
        yield Requirement(Strategy.MNT_REF, reason, _BY_MNT_REF, candidates, unseen(candidates))


def _unknown(scene: Scene, attribute: str, classes: tuple[str, ...], key: PrimaryKey) -> Iterator[Requirement]:
    """Note that nobody knows whether an object asks for its mnt-ref; an organisation always does."""
    if _GUARDED in classes:
        reason = f"{attribute} is to name {_GUARDED} {plain(key)}, which says in mnt-ref who may"
        missing = Missing(classes, key, "its mnt-ref")
        yield Requirement(Strategy.MNT_REF, reason, _BY_MNT_REF, (), (missing,))
    else:
        scene.note(classes, key, "it may have mnt-ref, which would have to agree")


def _member_of(scene: Scene) -> Iterator[Requirement]:
    """Yield a requirement for each set that the object claims to be a member of: the set must list its maintainer."""
    class_name = _SETS.get(scene.class_name)
    own = frozenset(scene.submitted("mnt-by"))
    for key in scene.submitted("member-of") if class_name is not None else ():
        place = scene.at(class_name or "", key)
        presence = scene.look(place)
        names = scene.named(place, "mbrs-by-ref")
        via = Naming(place.class_name, key, "mbrs-by-ref")
        reason = f"member-of names {place.class_name} {plain(key)}, which lists in mbrs-by-ref whose objects may"
        if presence is Presence.UNSEEN or (presence is Presence.HERE and names is None):
            missing = Missing((place.class_name,), key, "its mbrs-by-ref")
            yield Requirement(Strategy.MEMBER_OF, reason, _BY_MEMBER_OF, (), (missing,))
        elif names is not None and "ANY" not in names:
            listed = tuple(Candidate("mntner", name, Presence.HERE, via, listed=name in own) for name in names)
            yield Requirement(Strategy.MEMBER_OF, reason, _BY_MEMBER_OF, listed)


def _some(keys: Sequence[str]) -> str:
    """Return the first few of some names."""
    more = len(keys) - _NAMES_SHOWN
    return ", ".join(map(plain, keys[:_NAMES_SHOWN])) + (f" and {more} more" if more > 0 else "")
