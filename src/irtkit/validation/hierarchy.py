"""Whether a network fits among its neighbours: the status of what is around it and in it, overlaps, sizes of parts.

Reverse domains and hierarchical names of sets have their place, too. What a change does to the stored object is in
`irtkit.validation.changes`, and what the object alone decides about its status in `irtkit.validation.status`.
"""

import re
from collections.abc import Iterator
from itertools import islice

from irtkit.problems import Problem
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, as_primary_key
from irtkit.rpsl.faults import shown
from irtkit.schema.template import Schema
from irtkit.validation.changes import iter_change_problems
from irtkit.validation.database_codes import located
from irtkit.validation.network_rules import NetworkRules
from irtkit.validation.objects import Network, Objects, iter_ancestors
from irtkit.validation.options import Options
from irtkit.validation.places import Place, Surroundings, in_document_order, one_of, prefix_length, with_article

__all__ = ["hierarchy_at", "iter_hierarchy_problems"]

_DEFAULTS = Options()
_SETS = frozenset({"as-set", "filter-set", "peering-set", "route-set", "rtr-set"})
_LONGEST_SIZE = 3  # digits of a prefix length
_AS_NUMBER = re.compile(r"AS[0-9]++")


def iter_hierarchy_problems(  # noqa: PLR0913 - what is known about a submission has these parts
    obj: RpslObject,
    schema: Schema,
    objects: Objects,
    *,
    before: Objects | None = None,
    deletion: bool = False,
    options: Options = _DEFAULTS,
) -> Iterator[Problem]:
    """Yield, in document order, how one object of a submission does not fit into the hierarchy it belongs to.

    *objects* is the database as the whole submission will leave it, usually a `Layered` one, and *before* as it is
    now, without the submission; without *before* every object is taken for new unless *options* says that it is
    not. So the order of objects within the submission does not matter: parents and children may come in any.
    Of two new networks that do not go together, the inner one has the problem, and of two that overlap both.

    A network without parent in *objects* has no problem with it: the database may be a part of the registry's.
    Lazy: nothing is asked of the databases before the first problem is. Any object will do; nothing is raised. For
    many objects `irtkit.validation.database` asks less often.
    """
    place = Place(obj, Surroundings(schema, objects, before, options))
    yield from in_document_order([*hierarchy_at(place, deletion=deletion)])


def hierarchy_at(place: Place, *, deletion: bool = False) -> Iterator[Problem]:
    """Yield how an object in its place does not fit into the hierarchy, or must not be changed; not in order."""
    if deletion:
        yield from _deleted(place)
        return
    rules, space = place.rules, place.space
    if rules is not None and space is not None:
        yield from _changed(place, rules, space) if place.is_stored else _created(place, rules, space)
    elif place.registry == "ripe" and not place.is_stored:
        if place.class_name == "domain" and space is not None:
            yield from _domain(place, space)
        elif place.class_name in _SETS:
            yield from _set(place)
    yield from iter_change_problems(place)


def _created(place: Place, rules: NetworkRules, space: AddressRange) -> Iterator[Problem]:
    if rules.refuses_overlaps:
        other = place.objects.find_crossing(space, place.class_name, place.home)
        if other is not None:
            message = f"{space} overlaps {other.space} in part"
            hint = "expected a range inside or around it, or one that has no address in common with it"
            yield located("overlapping-network", place.view.first, message, hint, start=0)
    yield from _below(place, rules, strict=True)
    if rules.aggregated is not None:
        yield from _aggregation(place, rules, space)
    yield from islice(_around(place, rules, space, place.status, "child-status"), 1)


def _changed(place: Place, rules: NetworkRules, space: AddressRange) -> Iterator[Problem]:
    stored = place.stored_network
    old = None if stored is None else stored.status
    if old is not None and old != place.status and rules.exchangeable.issuperset((old, place.status)):
        yield from _below(place, rules, strict=True)
        yield from islice(_around(place, rules, space, place.status, "child-status"), 1)
    elif rules.warns_later or not rules.enforced:
        yield from _below(place, rules, strict=False)
        if rules.warns_later:
            yield from _around(place, rules, space, place.status, "child-status-kept")


def _deleted(place: Place) -> Iterator[Problem]:
    rules, space = place.rules, place.space
    if rules is None or space is None or not rules.warns_later:
        return
    parent = place.parent
    if parent is None or parent.status is None:
        return
    if place.own_status == rules.inherited:
        yield from _at_the_top(place, rules, parent)
    yield from _around(place, rules, space, parent.status, "child-status-kept")


def _below(place: Place, rules: NetworkRules, *, strict: bool) -> Iterator[Problem]:
    """Yield what is wrong with the object's status below that of its parent."""
    parent, row = place.parent, rules.statuses.get(place.own_status)
    if row is None or parent is None or parent.status is None:
        return
    if place.status != place.own_status:
        message = f"{parent.space} has status {parent.status}, so this object gets it, too"
        attribute = place.view.get("status")[0]
        yield located("status-becomes-legacy", attribute, message, f"write {parent.status}", start=0)
    elif parent.status not in row.parents and not (strict and _is_exempt(place, rules, parent)):
        attribute = place.status_attribute
        code = "further-delegation" if not rules.enforced else "parent-status" if strict else "parent-status-kept"
        message = f"status {place.status} below {parent.space}, which has status {shown(parent.status)}"
        hint = f"expected it below {one_of(row.parents)}"
        yield located(code, attribute, message, hint, start=0, citation=rules.citation)
    elif strict and place.status == rules.inherited:
        yield from _at_the_top(place, rules, parent)


def _is_exempt(place: Place, rules: NetworkRules, parent: Network) -> bool:
    """Whether a status may stand below itself, because the registry's nearest network above has another than most."""
    forbidden = rules.overshadowed.get(place.status)
    if forbidden is None or parent.status != place.status or place.space is None:
        return False
    for network in iter_ancestors(place.objects, place.space, place.class_name, place.home):
        if network.maintained is not False:
            return network.maintained is None or network.status != forbidden
    return True


def _at_the_top(place: Place, rules: NetworkRules, parent: Network) -> Iterator[Problem]:
    """Yield that an inherited status is to begin or end here, which only the registry may decide."""
    if parent.status != rules.inherited and not place.is_maintained and not place.options.registry_staff:
        for attribute in place.view.get("status")[:1]:
            message = f"only the registry begins or ends status {rules.inherited} below {shown(parent.status or '')}"
            yield located("legacy-at-the-top", attribute, message, "ask the registry for it", start=0)


def _around(place: Place, rules: NetworkRules, space: AddressRange, status: str, code: str) -> Iterator[Problem]:
    """Yield, for networks that are in *space* now already, that they do not go below *status*."""
    if place.before is None or not rules.enforced or status not in rules.statuses:
        return
    for child in place.objects.iter_children(space, place.class_name, place.home):
        row = rules.statuses.get(child.status or "")
        if row is not None and status not in row.parents and place.existed(child):
            attribute = place.status_attribute
            message = f"{child.space} has status {child.status}, which does not go below {status}"
            hint = f"expected {one_of(row.parents)}, or another status there"
            yield located(code, attribute, message, hint, start=0, citation=rules.citation)


def _aggregation(place: Place, rules: NetworkRules, space: AddressRange) -> Iterator[Problem]:
    """Yield what is wrong with the size of the object in an aggregation, or of the networks in it if it is one."""
    parent = place.parent
    if parent is not None and parent.status == rules.aggregated and parent.assignment_size is not None:
        length = prefix_length(space)
        if length != parent.assignment_size:
            message = f"{space} is no /{parent.assignment_size}, the assignment-size of {parent.space}"
            hint = f"expected a /{parent.assignment_size}"
            yield located("assignment-size-mismatch", place.view.first, message, hint, start=0)
    if place.status != rules.aggregated:
        return
    for attribute in place.view.get("assignment-size")[:1]:
        if (odd := _find_odd_size(place, space, attribute.value)) is not None:
            message = f"{odd.space} is no /{attribute.value}"
            hint = "expected the size of the networks that are in the range already"
            yield located("assignment-size-mismatch", attribute, message, hint, start=0)
    above = _levels_above(place, rules, space)
    if above >= rules.aggregated_levels or _is_deeper(place, rules, space, rules.aggregated_levels - above - 1):
        attribute = place.view.get("status")[0]
        message = f"more than {rules.aggregated_levels} networks with status {rules.aggregated} around one another"
        yield located("aggregated-too-often", attribute, message, "expected another status here or around it", start=0)


def _find_odd_size(place: Place, space: AddressRange, size: str) -> Network | None:
    """Return the first network in *space* that is stored already and not of this size."""
    if place.before is None or not (size.isascii() and size.isdigit()) or len(size) > _LONGEST_SIZE:
        return None
    wanted = int(size)
    for child in place.objects.iter_children(space, place.class_name, place.home):
        if prefix_length(child.space) != wanted and place.existed(child):
            return child
    return None


def _levels_above(place: Place, rules: NetworkRules, space: AddressRange) -> int:
    around = iter_ancestors(place.objects, space, place.class_name, place.home)
    return sum(1 for _ in islice((True for one in around if one.status == rules.aggregated), rules.aggregated_levels))


def _is_deeper(place: Place, rules: NetworkRules, space: AddressRange, levels: int) -> bool:
    """Whether aggregations that are stored already lie more than *levels* deep in *space*."""
    if place.before is None:
        return False
    for child in place.objects.iter_children(space, place.class_name, place.home):
        is_one = child.status == rules.aggregated and place.existed(child)
        if is_one and (levels == 0 or _is_deeper(place, rules, child.space, levels - 1)):
            return True
    return False


def _domain(place: Place, space: AddressRange) -> Iterator[Problem]:
    first, hint = place.view.first, "expected a reverse domain that has no address in common with others"
    around = place.objects.find_parent(space, "domain", place.home)
    inside = (one for one in place.objects.iter_children(space, "domain", place.home) if place.existed(one))
    other = around or (next(inside, None) if place.before is not None else None)
    if other is not None:
        where = "inside" if other is around else "around"
        message = f"this domain lies {where} that of {other.space}"
        yield located("nested-domain", first, message, hint, start=0)
    crossing = place.objects.find_crossing(space, "domain", place.home)
    if crossing is not None:
        message = f"this domain overlaps that of {crossing.space} in part"
        yield located("overlapping-domain", first, message, hint, start=0)


def _set(place: Place) -> Iterator[Problem]:
    first = place.view.first
    name = first.value.rpartition(":")[0]
    if not name:
        return
    parent = as_primary_key(name)
    class_name = "aut-num" if _AS_NUMBER.fullmatch(parent) else place.class_name
    if class_name != "aut-num" and all(_AS_NUMBER.fullmatch(part) or part[:3] == "AS-" for part in parent.split(":")):
        class_name = "as-set"
    exists = class_name in place.objects.find_classes(parent, place.home)
    if not exists and place.objects.covers(class_name, place.home):
        message = f"there is no {class_name} {shown(name)}, with which this name begins"
        hint = f"expected a name below {with_article(class_name)} that exists"
        yield located("missing-set-parent", first, message, hint, start=0, length=len(name))
