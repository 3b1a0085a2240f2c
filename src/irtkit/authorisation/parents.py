"""Who must agree to a new object because of what it lies in: networks, routes, reverse domains, AS numbers, sets.

Of the parent one attribute decides: the first of those listed here that it has.

| new object | parent | attributes |
|---|---|---|
| inetnum, inet6num | the smallest network around it | mnt-lower, mnt-by |
| route, route6 | routes of its prefix, else around it, else a network | mnt-routes, mnt-lower, mnt-by |
| domain | the network of its range, else around it | mnt-domains, mnt-lower, mnt-by |
| aut-num | the AS block with its number | mnt-lower, mnt-by |
| sets with a name in parts | what the name begins with | mnt-lower, mnt-by |

The mnt-lower of a route or network of just the same addresses does not count. Whoever has the AS number of a route need
not agree. Changes and deletions need no parent. ENUM domains are for the registry to create.
"""

import re
from collections.abc import Iterator, Sequence

from irtkit.authorisation.mnt_routes import iter_route_maintainers
from irtkit.authorisation.requirements import Missing, Naming, Presence, Requirement, Strategy
from irtkit.authorisation.scene import Scene, unseen
from irtkit.authorisation.sentences import plain
from irtkit.authorisation.territory import ROUTES, Place, prefix_of_route
from irtkit.resources import AddressRange, format_address
from irtkit.rpsl import PrimaryKey, as_primary_key
from irtkit.validation.keys import NETWORKS

__all__ = ["iter_parents"]

_RIPE = "RIPE whois 1.124"
_OF_NETWORKS = f"{_RIPE}: InetnumAuthentication"
_OF_ROUTES = f"{_RIPE}: RouteIpAddressAuthentication"
_OF_DOMAINS = f"{_RIPE}: DomainAuthentication"
_OF_AUT_NUMS = f"{_RIPE}: AutnumAuthentication"
_OF_SETS = f"{_RIPE}: SetnameMustExistValidator"

_SETS = frozenset({"as-set", "filter-set", "peering-set", "route-set", "rtr-set"})
_AS_NUMBER = re.compile(r"AS([0-9]{1,10})")
_MOST_ROUTES = 256  # of one prefix; nobody has nearly as many
_ENUM = (".E164.ARPA", ".E164.ARPA.")


def iter_parents(scene: Scene) -> Iterator[Requirement]:
    """Yield what a new object needs of its parent: one requirement, or none where there is no such thing."""
    name = scene.class_name
    if name in NETWORKS:
        yield _network(scene)
    elif name in ROUTES:
        yield _route(scene)
    elif name == "domain":
        if not (scene.key or "").endswith(_ENUM):
            yield _domain(scene)
    elif name == "aut-num":
        yield _aut_num(scene)
    elif name in _SETS and ":" in (scene.key or ""):
        yield _set(scene)


def _network(scene: Scene) -> Requirement:
    if scene.space is None:
        return _unreadable(scene, _OF_NETWORKS)
    place = _around(scene, scene.space, scene.class_name, exact=False)
    if place is None:
        return _no_network(scene, scene.space, scene.class_name, _OF_NETWORKS)
    return _by_first_of(scene, place, ("mnt-lower", "mnt-by"), _OF_NETWORKS)


def _domain(scene: Scene) -> Requirement:
    space = scene.space
    if space is None:
        return _unreadable(scene, _OF_DOMAINS)
    class_name = "inetnum" if space.family == 4 else "inet6num"
    place = _around(scene, space, class_name, exact=True)
    if place is None:
        return _no_network(scene, space, class_name, _OF_DOMAINS)
    is_same = place.key == space.canonical.upper()
    attributes = ("mnt-domains", "mnt-by") if is_same else ("mnt-domains", "mnt-lower", "mnt-by")
    return _by_first_of(scene, place, attributes, _OF_DOMAINS)


def _route(scene: Scene) -> Requirement:
    space = prefix_of_route(scene.object)
    if space is None:
        return _unreadable(scene, _OF_ROUTES)
    routes = scene.world.find_routes(space, scene.class_name, scene.home, _MOST_ROUTES + 1)
    if routes is not None:
        prefix, places = routes
        if len(places) > _MOST_ROUTES:
            scene.note((scene.class_name,), _written(prefix), f"it has more than {_MOST_ROUTES} routes to be asked")
        return _by_routes(scene, places, space, is_same=prefix == space)
    if not scene.world.covers(scene.class_name, scene.home):
        reason = "a route of this prefix or around it would have to agree instead"
        scene.note((scene.class_name,), _written(space), reason)
    network = ROUTES[scene.class_name]
    place = _around(scene, space, network, exact=True)
    if place is None:
        return _no_network(scene, space, network, _OF_ROUTES)
    return _by_routes(scene, (place,), space, is_same=place.key == space.canonical.upper())


def _by_routes(scene: Scene, places: Sequence[Place], space: AddressRange, *, is_same: bool) -> Requirement:
    """Return what a new route needs of several routes, or of one network: the first attribute that any of them has."""
    for attribute in ("mnt-routes", "mnt-by") if is_same else ("mnt-routes", "mnt-lower", "mnt-by"):
        named: dict[PrimaryKey, Naming] = {}
        found = False
        for place in places[:_MOST_ROUTES]:
            values = scene.world.find_values(place, attribute)
            if values is None:
                return _unkept(place, attribute, _OF_ROUTES)
            if values:
                found, via = True, Naming(place.class_name, place.key, attribute)
                for key in _route_makers(attribute, values, space):
                    named.setdefault(key, via)
        if found:
            candidates = tuple(one for key, via in named.items() for one in scene.candidates("mntner", (key,), via))
            reason = f"{attribute} of {_named(places[0])}{' and others' if len(places) > 1 else ''} decides about it"
            return Requirement(Strategy.PARENT, reason, _OF_ROUTES, candidates, unseen(candidates))
    return Requirement(Strategy.PARENT, f"{_named(places[0])} names nobody", _OF_ROUTES)


def _route_makers(attribute: str, values: tuple[str, ...], space: AddressRange) -> Iterator[PrimaryKey]:
    return iter_route_maintainers(values, space) if attribute == "mnt-routes" else map(as_primary_key, values)


def _aut_num(scene: Scene) -> Requirement:
    found = _AS_NUMBER.fullmatch(scene.key or "")
    if found is None:
        return _unreadable(scene, _OF_AUT_NUMS)
    place = scene.world.find_block(int(found[1]), scene.home)
    if place is None:
        missing = Missing(("as-block",), f"with {found[0]}", "its mnt-lower or mnt-by")
        return Requirement(Strategy.PARENT, "it lies in an as-block", _OF_AUT_NUMS, (), (missing,))
    return _by_first_of(scene, place, ("mnt-lower", "mnt-by"), _OF_AUT_NUMS)


def _set(scene: Scene) -> Requirement:
    name = as_primary_key((scene.key or "").rpartition(":")[0])
    class_name = "aut-num" if _AS_NUMBER.fullmatch(name) else scene.class_name
    if class_name != "aut-num" and all(_AS_NUMBER.fullmatch(part) or part[:3] == "AS-" for part in name.split(":")):
        class_name = "as-set"
    place = scene.at(class_name, name)
    presence = scene.look(place)
    if presence is Presence.HERE:
        return _by_first_of(scene, place, ("mnt-lower", "mnt-by"), _OF_SETS)
    missing = Missing((class_name,), name, "its mnt-lower or mnt-by")
    reason = f"its name begins with that of {class_name} {plain(name)}"
    if presence is Presence.ABSENT:
        return Requirement(Strategy.PARENT, f"{reason}, which does not exist", _OF_SETS)
    return Requirement(Strategy.PARENT, reason, _OF_SETS, (), (missing,))


def _by_first_of(scene: Scene, place: Place, attributes: tuple[str, ...], citation: str) -> Requirement:
    """Return that one of the maintainers must agree whom the first of the attributes names that an object has."""
    for attribute in attributes:
        names = scene.named(place, attribute)
        if names is None:
            return _unkept(place, attribute, citation)
        if names:
            candidates = scene.candidates("mntner", names, Naming(place.class_name, place.key, attribute))
            reason = f"{attribute} of {_named(place)} decides about what is in it"
            return Requirement(Strategy.PARENT, reason, citation, candidates, unseen(candidates))
    return Requirement(Strategy.PARENT, f"{_named(place)} names nobody", citation)


def _around(scene: Scene, space: AddressRange, class_name: str, *, exact: bool) -> Place | None:
    """Return the smallest network of or around a range; if there is none, note one that the message will add."""
    place = next(scene.world.iter_networks(space, class_name, scene.home, exact=exact), None)
    if place is None:
        later = scene.world.find_announced_around(space, class_name, scene.home, exact=exact)
        scene.awaited |= {later} if later is not None else set()
    return place


def _no_network(scene: Scene, space: AddressRange, class_name: str, citation: str) -> Requirement:
    own = _written(space) if scene.class_name in ROUTES else space.canonical
    missing = Missing((class_name,), f"around {own}", "its mnt-lower or mnt-by")
    return Requirement(Strategy.PARENT, "it lies in a network", citation, (), (missing,))


def _unkept(place: Place, attribute: str, citation: str) -> Requirement:
    missing = Missing((place.class_name,), place.key, f"its {attribute}")
    return Requirement(Strategy.PARENT, f"{_named(place)} is around it", citation, (), (missing,))


def _unreadable(scene: Scene, citation: str) -> Requirement:
    return Requirement(Strategy.PARENT, f"where this {scene.class_name} lies cannot be read", citation)


def _named(place: Place) -> str:
    return f"{place.class_name} {plain(place.key)}"


def _written(space: AddressRange) -> str:
    """Return a prefix as routes have it."""
    return f"{format_address(space.family, space.first)}/{space.prefix_length}"
