"""What only the registry itself may write: its maintainers, its remarks, types of organisations, AS blocks.

What a status reserves is in `irtkit.validation.status`. Who may change what is already stored is a question of
authorisation, and is not answered here.
"""

import re
from collections.abc import Iterator

from irtkit.rpsl.faults import shown
from irtkit.schema.contact_rules import rules_for_source
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Action, Options
from irtkit.validation.rules import RIPE_ONLY, Finding, Rule, Scope
from irtkit.validation.status import has_registry_maintainer
from irtkit.validation.view import View

__all__ = ["RULES"]

_MAINTAINERS = ("mnt-by", "mnt-domains", "mnt-lower", "mnt-ref", "mnt-routes")
_REMARK = "Remark added by the RIPE NCC"
_OWN_MAINTAINERS = frozenset[str]().union(*(rules_for_source(name).registry_maintainers for name in RIPE_ONLY))
_COMMENT = re.compile("#")
_AS_BLOCK = frozenset({"as-block"})
_ORGANISATION = frozenset({"organisation"})

# Attributes that the registry manages, by what the object is: they take no comment. `source` has a rule of its own.
_MANAGED_ORGANISATION = frozenset({"organisation", "org", "org-name", "org-type", "country"})
_MANAGED_AUT_NUM = frozenset({"aut-num", "org", "sponsoring-org", "status"})
_MANAGED_ALLOCATION = frozenset({"inetnum", "inet6num", "org", "status", "netname"})
_MANAGED_ASSIGNMENT = frozenset({"inetnum", "inet6num", "org", "sponsoring-org", "status"})
_ALLOCATED = frozenset({"ALLOCATED PA", "ALLOCATED UNSPECIFIED", "ALLOCATED-BY-RIR"})
_ASSIGNED = frozenset({"ASSIGNED PI", "ASSIGNED ANYCAST", "LEGACY"})


def _find_registry_maintainers(view: View, options: Options) -> Iterator[Finding]:
    if options.registry_staff:
        return
    own = rules_for_source(view.schema.registry).registry_maintainers
    for attribute in (attribute for name in _MAINTAINERS for attribute in view.get(name)):
        named = (element.upper().partition(" ")[0] for element in attribute.values)
        if found := next((one for one in named if one in own), None):
            message = f"only the registry can add {found}"
            yield Finding(attribute, message, "expected a maintainer of your own", 0)


def _find_registry_remarks(view: View, options: Options) -> Iterator[Finding]:
    for attribute in view.get("remarks"):
        if not options.registry_staff and attribute.value.lower().startswith(_REMARK.lower()):
            yield Finding(attribute, "only the registry can add this remark", "leave it out", 0, len(_REMARK))


def _find_org_type(view: View, options: Options) -> Iterator[Finding]:
    attribute = view.get("org-type")[0]
    if not options.registry_staff and attribute.value and attribute.value.upper() != "OTHER":
        message = f"only the registry can create an organisation of type {shown(attribute.value)}"
        yield Finding(attribute, message, "expected OTHER", 0)


def _find_reg_nr(view: View, options: Options) -> Iterator[Finding]:
    if not options.registry_staff:
        yield Finding(view.get("reg-nr")[0], "only the registry can add reg-nr", "leave it out")


def _find_lir_country(view: View, options: Options) -> Iterator[Finding]:
    if not options.registry_staff and view.value("org-type") == "LIR":
        message = "only the registry can set the country of an organisation of type LIR"
        yield Finding(view.get("country")[0], message, "leave it out")


def _find_as_block(view: View, options: Options) -> Iterator[Finding]:
    if not options.registry_staff:
        yield Finding(view.first, "only the registry can write an as-block", "ask the registry for it", 0)


def _managed(view: View) -> frozenset[str]:
    """Return the attributes of the object that the registry manages, other than `mnt-by`."""
    if view.class_name == "organisation":
        return _MANAGED_ORGANISATION
    if view.class_name == "aut-num":
        return _MANAGED_AUT_NUM
    status = view.value("status")
    if status in _ALLOCATED:
        return _MANAGED_ALLOCATION
    return _MANAGED_ASSIGNMENT if status in _ASSIGNED and has_registry_maintainer(view) else frozenset()


def _find_managed_comments(view: View, options: Options) -> Iterator[Finding]:
    if options.registry_staff or "#" not in view.text:
        return
    own = rules_for_source(view.schema.registry).registry_maintainers
    managed = _managed(view)
    for attribute, name in zip(view.attributes, view.names, strict=True):
        if name == "mnt-by":
            is_managed = not own.isdisjoint(element.upper() for element in attribute.values)
        else:
            is_managed = name in managed
        if is_managed and attribute.comment:
            yield Finding(attribute, f"{name} is managed by the registry and takes no comment", "use remarks instead")


RULES: tuple[Rule, ...] = (
    Rule(
        "registry-only",
        _find_registry_maintainers,
        f"{RIPE}: AddOrRemoveRipeNccMaintainerValidator",
        needs=frozenset(_MAINTAINERS),
        action=Action.CREATE,
        scope=Scope.LINE,
        concerns=re.compile("|".join(map(re.escape, sorted(_OWN_MAINTAINERS))), re.IGNORECASE),
    ),
    Rule(
        "registry-only",
        _find_registry_remarks,
        f"{RIPE}: RipeNccRemarksValidator",
        needs=frozenset({"remarks"}),
        action=Action.CREATE,
        scope=Scope.LINE,
        concerns=re.compile(re.escape(_REMARK), re.IGNORECASE),
    ),
    Rule(
        "registry-only",
        _find_org_type,
        f"{RIPE}: OrganisationTypeValidator",
        _ORGANISATION,
        frozenset({"org-type"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "registry-only",
        _find_reg_nr,
        f"{RIPE}: RegistrationNumberValidator",
        _ORGANISATION,
        frozenset({"reg-nr"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "registry-only",
        _find_lir_country,
        f"{RIPE}: CountryRipeMaintainedValidator, OrgNameAndCountryAttrValidator",
        _ORGANISATION,
        frozenset({"country"}),
        action=Action.CREATE,
        scope=Scope.OUTLINE,
    ),
    Rule("registry-only", _find_as_block, f"{RIPE}: AsblockByRsMaintainersOnlyValidator", _AS_BLOCK, _AS_BLOCK),
    Rule(
        "managed-comment",
        _find_managed_comments,
        f"{RIPE}: ManagedAttributeValidator",
        frozenset({"organisation", "inetnum", "inet6num", "aut-num"}),
        _MANAGED_ORGANISATION | _MANAGED_AUT_NUM | _MANAGED_ALLOCATION | _MANAGED_ASSIGNMENT | {"mnt-by"},
        concerns=_COMMENT,
    ),
)
"""Rules about what is reserved to the registry, whoever asks."""
