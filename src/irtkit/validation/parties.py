"""What registries ask of the organisations, roles and sets that a resource names, beyond that they exist.

Where the database does not keep what a rule needs, the rule says nothing.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from irtkit.problems import Problem
from irtkit.rpsl import Attribute, PrimaryKey, as_primary_key
from irtkit.rpsl.faults import shown
from irtkit.validation.database_codes import located
from irtkit.validation.keys import NETWORKS, as_reference, find_attribute
from irtkit.validation.network_rules import END_USER_MAINTAINERS
from irtkit.validation.objects import iter_ancestors
from irtkit.validation.places import Place, one_of

__all__ = ["iter_party_problems"]

_RESOURCES: Final = NETWORKS | {"aut-num"}
_END_USER_STATUSES = {"inetnum": frozenset({"ASSIGNED PI"}), "inet6num": frozenset({"ASSIGNED PI"})}
_SHOWN = 4  # maintainers in a message
_MEMBER_OF = {"aut-num": "as-set", "route": "route-set", "route6": "route-set", "inet-rtr": "rtr-set"}


def iter_party_problems(place: Place) -> Iterator[Problem]:
    """Yield what is wrong with the organisations, the abuse contact and the sets that the object names.

    The problems are not in order. Only RIPE's rules are known.
    """
    if place.registry != "ripe":
        return
    if place.class_name in _RESOURCES:
        if attribute := find_attribute(place.object, "org"):
            org = as_reference(attribute.value)
            yield from _org_type(place, attribute, org)
            yield from _missing_abuse_c(place, attribute, org)
            yield from _missing_sponsor(place, org)
        if attribute := find_attribute(place.object, "sponsoring-org"):
            yield from _sponsor(place, attribute)
        if attribute := find_attribute(place.object, "abuse-c"):
            yield from _repeated_abuse_c(place, attribute)
    if place.class_name in _MEMBER_OF:
        for attribute in place.view.get("member-of"):
            yield from _membership(place, attribute)


def _org_type(place: Place, attribute: Attribute, org: PrimaryKey) -> Iterator[Problem]:
    row = place.rules and place.rules.statuses.get(place.status)
    found = place.values("organisation", org, "org-type")
    if row and row.org_types and found and found[0] not in row.org_types:
        message = f"{shown(attribute.value)} has org-type {shown(found[0])}, which is not for status {place.status}"
        yield located("wrong-org-type", attribute, message, f"expected org-type {one_of(row.org_types)}", start=0)


def _missing_abuse_c(place: Place, attribute: Attribute, org: PrimaryKey) -> Iterator[Problem]:
    if place.values("organisation", org, "org-type") != ("OTHER",) or not _is_for_end_user(place):
        return
    named = place.values("organisation", org, "abuse-c")
    if named is None:
        return
    if not named:
        message = f"{shown(attribute.value)} has no abuse-c, and the holder of this resource needs one"
    elif place.values("role", as_reference(named[0]), "abuse-mailbox") == ():
        message = f"{shown(named[0])}, the abuse-c of {shown(attribute.value)}, has no abuse-mailbox"
    else:
        return
    hint = "expected an organisation whose abuse-c is a role with abuse-mailbox"
    yield located("organisation-without-abuse-c", attribute, message, hint, start=0)


def _is_for_end_user(place: Place) -> bool:
    """Whether the registry assigned the resource to its user itself, as far as the object says."""
    attribute = find_attribute(place.object, "status")
    status = "" if attribute is None else attribute.value.upper()
    if place.class_name == "aut-num":
        return bool(status)
    return status in _END_USER_STATUSES[place.class_name] or (status == "LEGACY" and place.is_maintained)


def _missing_sponsor(place: Place, org: PrimaryKey) -> Iterator[Problem]:
    own = END_USER_MAINTAINERS[place.registry]
    if place.is_stored or place.values("organisation", org, "org-type") != ("OTHER",):
        return
    if "sponsoring-org" not in place.view.named and not own.isdisjoint(place.view.elements("mnt-by")):
        message = f"sponsoring-org is missing, and {shown(org)} is no LIR"
        yield located("missing-sponsor", place.view.first, message, "expected sponsoring-org: and the id of an LIR")


def _sponsor(place: Place, attribute: Attribute) -> Iterator[Problem]:
    if place.is_stored and place.stored("sponsoring-org") == (attribute.value.upper(),):
        return
    found = place.values("organisation", as_reference(attribute.value), "org-type")
    if found and found[0] != "LIR":
        message = f"{shown(attribute.value)} has org-type {shown(found[0])}, and only an LIR sponsors"
        yield located("sponsor-is-no-lir", attribute, message, "expected the id of an LIR", start=0)


def _repeated_abuse_c(place: Place, attribute: Attribute) -> Iterator[Problem]:
    """Yield that the nearest organisation with an abuse contact, up the hierarchy, has the same one."""
    for org in _orgs(place):
        named = place.values("organisation", org, "abuse-c")
        if named:
            if as_reference(named[0]) == as_reference(attribute.value):
                message = f"{shown(attribute.value)} is also the abuse-c of {shown(org)}"
                yield located("repeated-abuse-c", attribute, message, "leave it out", start=0)
            return


def _orgs(place: Place) -> Iterator[PrimaryKey]:
    """Yield the organisation of the object, then those of the networks around it, the nearest first."""
    attribute = find_attribute(place.object, "org")
    own = iter([] if attribute is None else [as_reference(attribute.value)])
    if place.space is None or place.class_name not in NETWORKS:
        return own
    around = iter_ancestors(place.objects, place.space, place.class_name, place.home)
    return chain(own, (network.org for network in around if network.org is not None))


def _membership(place: Place, attribute: Attribute) -> Iterator[Problem]:
    start, own = 0, set(place.view.elements("mnt-by"))
    for part in attribute.value.split(","):
        name = part.strip(" ")
        taken = place.values(_MEMBER_OF[place.class_name], as_primary_key(name), "mbrs-by-ref")
        if taken is not None and "ANY" not in taken and own.isdisjoint(taken):
            at = start + len(part) - len(part.lstrip(" "))
            message = f"{shown(name)} does not take members of these maintainers"
            hint = f"its mbrs-by-ref names {', '.join(map(shown, taken[:_SHOWN])) or 'nobody'}"
            yield located("unsupported-membership", attribute, message, hint, start=at, length=len(name))
        start += len(part) + 1
