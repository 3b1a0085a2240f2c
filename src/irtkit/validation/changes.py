"""What a change does to the object that is stored: what must stay as it is, and what only the registry changes.

Whose right it is to make a change is not judged beyond that. Only RIPE's rules are known. Where the database does
not keep what a rule compares with, the rule says nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from irtkit.problems import Problem
from irtkit.rpsl import Attribute
from irtkit.rpsl.faults import shown
from irtkit.validation.database_codes import located
from irtkit.validation.keys import HANDLES, NETWORKS
from irtkit.validation.places import Place

__all__ = ["iter_change_problems"]

_RESOURCES: Final = NETWORKS | {"aut-num"}
_ALLOCATIONS = frozenset({"ALLOCATED PA", "ALLOCATED UNSPECIFIED", "ALLOCATED-ASSIGNED PA", "ALLOCATED-BY-RIR"})
_WITHOUT_MNT_LOWER = frozenset({"ASSIGNED", "ASSIGNED PA", "ASSIGNED PI", "ASSIGNED ANYCAST"})
_ALLOCATION_MAINTAINERS = frozenset({"RIPE-NCC-HM-MNT"})
_AGGREGATED = "AGGREGATED-BY-LIR"
_MAINTAINERS = ("mnt-by", "mnt-domains", "mnt-lower", "mnt-ref", "mnt-routes")
_SHOWN = 4  # values in a message


class _Managed(NamedTuple):
    """An attribute that only the registry changes: in which classes, and of objects with which stored maintainers.

    Without *maintainers* in every object. *allocations*: only where the stored status is an allocation.
    """

    attribute: str
    classes: frozenset[str]
    maintainers: frozenset[str]
    allocations: bool = False


def _managed(place: Place) -> tuple[_Managed, ...]:
    own = place.own_maintainers
    return (
        _Managed("netname", NETWORKS, _ALLOCATION_MAINTAINERS),
        _Managed("org", _RESOURCES, own),
        _Managed("sponsoring-org", _RESOURCES, frozenset()),
        _Managed("mnt-by", NETWORKS, own, allocations=True),
    )


def iter_change_problems(place: Place) -> Iterator[Problem]:
    """Yield what a change of a stored object must not do; nothing for a new object. The problems are not in order."""
    if place.registry != "ripe" or not place.is_stored or place.before is None:
        return
    if place.class_name in NETWORKS:
        yield from _status(place)
        yield from _assignment_size(place)
        yield from _mnt_lower(place)
    if place.class_name in HANDLES:
        yield from _name(place)
    if place.class_name == "role":
        yield from _abuse_mailbox(place)
    if place.class_name == "organisation":
        yield from _abuse_c(place)
    if not place.options.registry_staff:
        yield from _managed_attributes(place)


def _status(place: Place) -> Iterator[Problem]:
    stored, rules = place.stored_network, place.rules
    if stored is None or rules is None or stored.status is None or not place.status or place.status == stored.status:
        return
    if not rules.exchangeable.issuperset((stored.status, place.status)):
        message = f"status is {shown(stored.status)} in the database and cannot be changed to {shown(place.status)}"
        hint = f"expected {shown(stored.status)}; delete the object and create it again to change it"
        yield located("status-changed", place.view.get("status")[0], message, hint, start=0)


def _assignment_size(place: Place) -> Iterator[Problem]:
    if place.status != _AGGREGATED:
        return
    stored, network = place.stored("assignment-size"), place.stored_network
    if stored is None and network is not None and network.assignment_size is not None:
        stored = (str(network.assignment_size),)
    own = place.view.elements("assignment-size")
    if stored is not None and own != list(stored):
        message = f"assignment-size is {_shown(stored)} in the database and cannot be changed"
        hint = "expected what is stored; delete the object and create it again to change it"
        attribute = _shown_at(place, "assignment-size")
        yield located("assignment-size-changed", attribute, message, hint, start=0 if own else None)


def _mnt_lower(place: Place) -> Iterator[Problem]:
    stored = place.stored("mnt-lower")
    if stored is None or place.options.registry_staff or place.status not in _WITHOUT_MNT_LOWER:
        return
    for attribute in place.view.get("mnt-lower"):
        added = [value for value in attribute.values if value.upper() not in stored]
        if added:
            message = f"{shown(added[0])} cannot be added to mnt-lower of an object with status {place.status}"
            yield located("mnt-lower-added", attribute, message, "leave it out", start=0)


def _name(place: Place) -> Iterator[Problem]:
    stored = place.stored(place.class_name)
    if stored and stored[0] != place.view.first.value.upper():
        message = f"the name is {shown(stored[0])} in the database and cannot be changed"
        hint = f"expected that name, or another {place.class_name} with a key of its own"
        yield located("name-changed", place.view.first, message, hint, start=0)


def _abuse_mailbox(place: Place) -> Iterator[Problem]:
    if place.key is None or "abuse-mailbox" in place.view.named or not place.stored("abuse-mailbox"):
        return
    naming = sorted(one for one in place.objects.iter_referring(place.key, place.home) if one.attribute == "abuse-c")
    if naming:
        user = f"{naming[0].class_name} {shown(naming[0].key)}"
        message = f"abuse-mailbox is missing, and this role is the abuse-c of {user}"
        hint = "expected the mailbox that is stored, or another"
        yield located("abuse-mailbox-removed", place.view.first, message, hint)


def _abuse_c(place: Place) -> Iterator[Problem]:
    if place.key is None or "abuse-c" in place.view.named or not place.stored("abuse-c"):
        return
    is_lir = place.stored("org-type") == ("LIR",)
    if is_lir or _holds_maintained_resources(place):
        why = "the organisation is an LIR" if is_lir else "it holds resources that the registry maintains"
        message = f"abuse-c is missing, and {why}"
        yield located("abuse-c-removed", place.view.first, message, "expected the abuse-c that is stored, or another")


def _holds_maintained_resources(place: Place) -> bool:
    if place.key is None:
        return False
    for one in place.objects.iter_referring(place.key, place.home):
        if one.attribute == "org" and one.class_name in _RESOURCES:
            maintainers = place.values(one.class_name, one.key, "mnt-by") or ()
            if not place.own_maintainers.isdisjoint(maintainers):
                return True
    return False


def _managed_attributes(place: Place) -> Iterator[Problem]:
    maintainers = place.stored("mnt-by")
    if maintainers is None:
        return  # a database that keeps no maintainers keeps nothing else of this
    told = set()
    for row in _managed(place):
        if place.class_name in row.classes and _is_managed(place, row, maintainers):
            stored = place.stored(row.attribute)
            if stored is not None and set(stored) != set(place.view.elements(row.attribute)):
                told.add(row.attribute)
                yield _not_yours(place, row.attribute, stored)
    for name in _MAINTAINERS:
        stored = place.stored(name)
        if stored is not None and name not in told:
            changed = _first_words(stored) ^ _first_words(place.view.elements(name))
            if not changed.isdisjoint(place.own_maintainers):
                yield _not_yours(place, name, stored)


def _first_words(values: Iterable[str]) -> set[str]:
    """Return the maintainers of values that may go on with prefixes (`mnt-routes`)."""
    return {value.partition(" ")[0] for value in values}


def _is_managed(place: Place, row: _Managed, maintainers: tuple[str, ...]) -> bool:
    if row.allocations:
        network = place.stored_network
        if network is None or network.status not in _ALLOCATIONS:
            return False
    return not row.maintainers or not row.maintainers.isdisjoint(maintainers)


def _not_yours(place: Place, name: str, stored: tuple[str, ...]) -> Problem:
    attribute = _shown_at(place, name)
    message = f"only the registry makes this change to {name}"
    hint = f"expected {_shown(stored)}, as stored"
    return located("managed-by-registry", attribute, message, hint, start=0 if name in place.view.named else None)


def _shown(values: Sequence[str]) -> str:
    more = ", ..." if len(values) > _SHOWN else ""
    return (", ".join(map(shown, values[:_SHOWN])) or "none") + more


def _shown_at(place: Place, name: str) -> Attribute:
    return next(iter(place.view.get(name)), place.view.first)
