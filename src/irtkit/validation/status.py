"""What the `status` of an address object asks for: an organisation, the registry itself, or an assignment size.

Which status may stand below which is in `irtkit.validation.hierarchy`; it needs a database.
"""

from collections.abc import Iterator

from irtkit.rpsl.faults import shown
from irtkit.schema.contact_rules import rules_for_source
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Action, Options
from irtkit.validation.rules import Finding, Rule, Scope
from irtkit.validation.view import View

__all__ = ["RULES", "has_registry_maintainer"]

_ADDRESSES = frozenset({"inetnum", "inet6num"})
_RESOURCES = _ADDRESSES | {"aut-num"}
_BITS = {"inetnum": 32, "inet6num": 128}
_AGGREGATED = "AGGREGATED-BY-LIR"

_NEEDS_ORG = {
    "inetnum": frozenset({"ALLOCATED PA", "ALLOCATED-ASSIGNED PA", "ALLOCATED UNSPECIFIED"}),
    "inet6num": frozenset({"ALLOCATED-BY-RIR", "ASSIGNED PI", "ASSIGNED ANYCAST"}),
}
_NEEDS_REGISTRY = {
    "inetnum": frozenset({"ALLOCATED PA", "ALLOCATED-ASSIGNED PA", "ALLOCATED UNSPECIFIED", "ASSIGNED ANYCAST"}),
    "inet6num": frozenset({"ALLOCATED-BY-RIR", "ASSIGNED PI", "ASSIGNED ANYCAST"}),
}
_WITHOUT_MNT_LOWER = {
    "inetnum": frozenset({"ASSIGNED PA", "ASSIGNED PI", "ASSIGNED ANYCAST"}),
    "inet6num": frozenset({"ASSIGNED", "ASSIGNED PI", "ASSIGNED ANYCAST"}),
}
_WITH_SPONSOR = {
    "inetnum": frozenset({"ASSIGNED PI", "ASSIGNED ANYCAST", "LEGACY"}),
    "inet6num": frozenset({"ASSIGNED PI", "ASSIGNED ANYCAST"}),
}
_LARGEST_NUMBER = 4  # digits; more are more than any prefix length


def has_registry_maintainer(view: View) -> bool:
    """Whether one of the registry's own maintainers is among the object's `mnt-by`."""
    own = rules_for_source(view.schema.registry).registry_maintainers
    return not own.isdisjoint(view.elements("mnt-by"))


def _find_missing_org(view: View, _: Options) -> Iterator[Finding]:
    status = view.value("status")
    if status in _NEEDS_ORG[view.class_name] and "org" not in view.named:
        yield Finding(view.first, f"org is missing, and status {status} needs it", "expected org: and the holder's id")


def _find_reserved_status(view: View, options: Options) -> Iterator[Finding]:
    status = view.value("status")
    if options.registry_staff or status not in _NEEDS_REGISTRY[view.class_name]:
        return
    message = f"only the registry can create an object with status {status}"
    hint = "expected one of the registry's maintainers in mnt-by, and its authorisation"
    yield Finding(view.get("status")[0], message, hint, 0)


def _find_mnt_lower(view: View, options: Options) -> Iterator[Finding]:
    status = view.value("status")
    if not options.registry_staff and status in _WITHOUT_MNT_LOWER[view.class_name]:
        for attribute in view.get("mnt-lower"):
            yield Finding(attribute, f"mnt-lower is not for an object with status {status}", "leave it out")


def _find_sponsor(view: View, _: Options) -> Iterator[Finding]:
    status = view.value("status")
    allowed = _WITH_SPONSOR[view.class_name]
    if status and status not in allowed:
        hint = f"it is for status {', '.join(sorted(allowed))}"
        for attribute in view.get("sponsoring-org"):
            yield Finding(attribute, f"sponsoring-org is not for an object with status {shown(status)}", hint)


def _find_reserved_sponsor(view: View, options: Options) -> Iterator[Finding]:
    if not options.registry_staff:
        for attribute in view.get("sponsoring-org"):
            yield Finding(attribute, "only the registry can add sponsoring-org", "leave it out")


def _find_unasked_size(view: View, _: Options) -> Iterator[Finding]:
    if view.value("status") not in {"", _AGGREGATED}:
        for attribute in view.get("assignment-size"):
            yield Finding(attribute, f"assignment-size is only for status {_AGGREGATED}", "leave it out")


def _find_missing_size(view: View, _: Options) -> Iterator[Finding]:
    if view.value("status") == _AGGREGATED and "assignment-size" not in view.named:
        message = f"assignment-size is missing, and status {_AGGREGATED} needs it"
        yield Finding(view.first, message, "expected the prefix length of each assignment")


def _find_bad_size(view: View, _: Options) -> Iterator[Finding]:
    """Judge the first size, as a number: a second one, or no number, is another rule's."""
    attribute = view.get("assignment-size")[0]
    digits = attribute.value
    if view.value("status") != _AGGREGATED or not (digits.isascii() and digits.isdigit()):
        return
    most = _BITS[view.class_name]
    significant = digits.lstrip("0") or "0"
    size = int(significant[:_LARGEST_NUMBER])
    if len(significant) >= _LARGEST_NUMBER or size > most:
        yield Finding(attribute, f"assignment-size is more than /{most}", f"expected at most {most}", 0)
    elif view.range is not None and size <= (own := _registry_length(view)):
        message = f"assignments of /{size} do not fit into a /{own} more than once"
        yield Finding(attribute, message, f"expected more than {own}, and at most {most}", 0)


def _registry_length(view: View) -> int:
    """Return the prefix length the registry gives to a range, by size alone; -1 for a size that no prefix has."""
    size = view.range.size if view.range else 0
    return -1 if size & (size - 1) else _BITS[view.class_name] + 1 - size.bit_length()


_WITH_STATUS = frozenset({"status"})
_RESERVED = f"{RIPE}: InetnumStrictStatusValidator, Inet6numStrictStatusValidator"
_SIZE = f"{RIPE}: AggregatedByLirStatusValidator"
_ASSIGNMENT_SIZE = frozenset({"assignment-size"})
_SPONSORING_ORG = frozenset({"sponsoring-org"})

RULES: tuple[Rule, ...] = (
    Rule("missing-org", _find_missing_org, f"{RIPE}: ReferenceCheck", _ADDRESSES, _WITH_STATUS, scope=Scope.OUTLINE),
    Rule(
        "registry-only",
        _find_reserved_status,
        _RESERVED,
        _ADDRESSES,
        _WITH_STATUS,
        action=Action.CREATE,
        scope=Scope.OUTLINE,
    ),
    Rule(
        "attribute-not-for-status",
        _find_mnt_lower,
        f"{RIPE}: MntLowerAddedValidator",
        _ADDRESSES,
        frozenset({"mnt-lower"}),
        action=Action.CREATE,
        scope=Scope.OUTLINE,
    ),
    Rule(
        "attribute-not-for-status",
        _find_sponsor,
        f"{RIPE}: SponsoringOrgMandatoryValidator",
        _ADDRESSES,
        _SPONSORING_ORG,
        action=Action.CREATE,
        scope=Scope.OUTLINE,
    ),
    Rule(
        "registry-only",
        _find_reserved_sponsor,
        f"{RIPE}: SponsoringOrgValidator",
        _RESOURCES,
        _SPONSORING_ORG,
        action=Action.CREATE,
        scope=Scope.OUTLINE,
    ),
    Rule(
        "attribute-not-for-status",
        _find_unasked_size,
        _SIZE,
        _ADDRESSES,
        _ASSIGNMENT_SIZE,
        action=Action.CREATE,
        scope=Scope.OUTLINE,
    ),
    Rule(
        "missing-assignment-size",
        _find_missing_size,
        _SIZE,
        frozenset({"inet6num"}),
        _WITH_STATUS,
        action=Action.CREATE,
        scope=Scope.OUTLINE,
    ),
    Rule("bad-assignment-size", _find_bad_size, _SIZE, _ADDRESSES, _ASSIGNMENT_SIZE, action=Action.CREATE),
)
"""Rules about the status of address objects that the object alone decides."""
