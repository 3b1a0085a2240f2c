"""Which names a new object may have, and how the names of organisations and contacts are written.

The shape of a name is its syntax; here is what a well-formed name may not be.
"""

import re
from collections.abc import Iterator

from irtkit.rpsl.attributes import WHITE_SPACE
from irtkit.rpsl.faults import shown
from irtkit.schema.codes import COUNTRY_CODES
from irtkit.schema.contact_rules import rules_for_source
from irtkit.schema.syntaxes import find_syntax
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Action, Options
from irtkit.validation.rules import Finding, Rule, Scope
from irtkit.validation.view import View

__all__ = ["RULES", "is_automatic"]

_RPSL_WORDS = """
ANY AS-ANY RS-ANY PEERAS AND OR NOT ATOMIC FROM TO AT ACTION ACCEPT ANNOUNCE EXCEPT REFINE NETWORKS INTO INBOUND
OUTBOUND
"""
_RESERVED_WORDS = frozenset(_RPSL_WORDS.split())
_RESERVED_PREFIXES = {
    "AS-": "as-set",
    "RS-": "route-set",
    "RTRS-": "rtr-set",
    "FLTR-": "filter-set",
    "PRNG-": "peering-set",
    "ORG-": "organisation",
    "IRT-": "irt",
    "PGPKEY-": "key-cert",
    "X509-": "key-cert",
}
_REFUSED = """
ASNEW-MNT AUTO-1 BLUELIGHT-MNT EXAMPLE-MNT GOODY2SHOES-MNT MNT-BY MNT-DOMAIN MNT-DOMAINS MNT-LOWER MNT-ROUTE MNT-ROUTES
NEW-MNT RIPE-NCC-NONE-MNT SANTA-MNT
"""
_REFUSED_MNTNERS = frozenset(_REFUSED.split()) | {f"{stem}-{n}" for stem in ("MNT", "MNTR") for n in range(1, 10)}
_HANDLE_SUFFIXES = frozenset({"RIPE", "ORG", "ARIN", "LACNIC", "RADB", "APNIC", "RIPN", "AFRINIC"})
_AUTOMATIC = re.compile(r"AUTO-[0-9]++[A-Z]*+", re.IGNORECASE)
_HANDLE = re.compile(r"[A-Z]{1,4}[0-9]*+-([A-Z]++)", re.IGNORECASE)
_AS_NUMBER = re.compile(r"AS[0-9]++", re.IGNORECASE)
_ORG_NAME_BLANKS = re.compile(r"[\t\n\x0b\x0c\r]| {2}")
_COMMENT = re.compile(r"#.*+")


def is_automatic(name: str) -> bool:
    """Whether *name* asks the registry to make one (`AUTO-1`, `AUTO-1AB`)."""
    return _AUTOMATIC.fullmatch(name) is not None


def _find_reserved_word(view: View, _: Options) -> Iterator[Finding]:
    if view.key in _RESERVED_WORDS:
        message = f"{shown(view.key)} is a word of RPSL, and no name"
        yield Finding(view.key_attribute, message, "expected another name", 0)


def _find_reserved_prefix(view: View, _: Options) -> Iterator[Finding]:
    for prefix, class_name in _RESERVED_PREFIXES.items():
        if class_name != view.class_name and view.key.startswith(prefix):
            message = f"names that begin with {prefix.lower()} are reserved for class {class_name}"
            yield Finding(view.key_attribute, message, "expected another name", 0, len(prefix))


def _find_refused_mntner(view: View, _: Options) -> Iterator[Finding]:
    if view.key in _REFUSED_MNTNERS:
        message = f"{shown(view.key)} is on the registry's list of refused names"
        yield Finding(view.first, message, "expected a name of your own, as in EXAMPLE1-MNT", 0)


def _find_mntner_without_suffix(view: View, _: Options) -> Iterator[Finding]:
    if not view.key.endswith("-MNT"):
        yield Finding(view.first, "the name of a new mntner ends in -MNT", "expected a name as in EXAMPLE1-MNT", 0)


def _find_registry_mntner(view: View, options: Options) -> Iterator[Finding]:
    if not options.registry_staff and view.key in rules_for_source(view.schema.registry).registry_maintainers:
        yield Finding(view.first, f"{view.key} is the registry's own", "expected a name of your own", 0)


def _find_fixed_organisation(view: View, _: Options) -> Iterator[Finding]:
    if not is_automatic(view.key):
        message = "the registry makes the id of a new organisation"
        yield Finding(view.first, message, "expected AUTO- and a number, as in AUTO-1", 0)


def _find_foreign_handle(view: View, options: Options) -> Iterator[Finding]:
    found = _HANDLE.fullmatch(view.key)
    suffix = found[1] if found and not is_automatic(view.key) else ""
    sources = options.sources or ()
    if suffix and suffix not in _HANDLE_SUFFIXES and suffix not in COUNTRY_CODES["ripe"] and suffix not in sources:
        message = f"{shown(suffix)} is no suffix of a handle"
        hint = "expected the registry's name or a country after the hyphen, as in AA1-RIPE"
        yield Finding(view.key_attribute, message, hint, view.key_attribute.value.rfind("-") + 1)


def _is_name(view: View) -> bool:
    """Whether the object's name is one; if not, its syntax is told, and that is enough."""
    syntax = find_syntax(view.schema.registry, view.class_name, view.class_name)
    return syntax is None or syntax.find_fault(view.first.value) is None


def _find_flat_set(view: View, _: Options) -> Iterator[Finding]:
    if ":" not in view.key and _is_name(view):
        message = "a new as-set has a hierarchical name"
        yield Finding(view.first, message, "expected an AS number first, as in AS64496:AS-EXAMPLE", 0)


def _find_set_without_as(view: View, _: Options) -> Iterator[Finding]:
    if not _AS_NUMBER.fullmatch(view.key.partition(":")[0]) and _is_name(view):
        message = f"the name of a new {view.class_name} begins with an AS number"
        hint = f"expected the number before it, as in AS64496: and then {shown(view.key)}"
        yield Finding(view.first, message, hint, 0)


def _find_org_name_blanks(view: View, _: Options) -> Iterator[Finding]:
    """Judge the layout as it is written, without comments: the only value whose blanks count."""
    names = view.get("org-name")
    if len(names) != 1:
        return
    written = _COMMENT.sub("", names[0].raw.partition(":")[2]).strip(WHITE_SPACE)
    if _ORG_NAME_BLANKS.search(written):
        message = "org-name has tabs, several lines, or more than one blank in a row"
        yield Finding(names[0], message, "expected single blanks on one line", 0)


_MNTNER = frozenset({"mntner"})
_MNTNER_NAMES = f"{RIPE}: MaintainerNameValidator"
_NAMES = f"{RIPE}: ReservedWordValidator; RFC 2622, section 2"
_SETS = frozenset({"as-set", "filter-set", "peering-set", "route-set", "rtr-set"})
_NAMED = _SETS | {"inet-rtr", "irt", "key-cert", "mntner", "organisation", "person", "poem", "poetic-form", "role"}
_KEYS = _NAMED | {"nic-hdl"}

RULES: tuple[Rule, ...] = (
    Rule("reserved-name", _find_reserved_word, _NAMES, _NAMED, _KEYS, action=Action.CREATE, scope=Scope.LINE),
    Rule("reserved-prefix", _find_reserved_prefix, _NAMES, _NAMED, _KEYS, action=Action.CREATE, scope=Scope.LINE),
    Rule("reserved-name", _find_refused_mntner, _MNTNER_NAMES, _MNTNER, _MNTNER, scope=Scope.LINE),
    Rule(
        "bad-mntner-name",
        _find_mntner_without_suffix,
        _MNTNER_NAMES,
        _MNTNER,
        _MNTNER,
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "registry-only",
        _find_registry_mntner,
        f"{RIPE}: CreateRipeNccMaintainerValidator",
        _MNTNER,
        _MNTNER,
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "id-not-automatic",
        _find_fixed_organisation,
        f"{RIPE}: OrganisationIdFactory, AbstractAutoKeyFactory",
        frozenset({"organisation"}),
        frozenset({"organisation"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "bad-handle-suffix",
        _find_foreign_handle,
        f"{RIPE}: NicHandleFactory",
        frozenset({"person", "role"}),
        frozenset({"nic-hdl"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "flat-set-name",
        _find_flat_set,
        f"{RIPE}: ASNameHierarchicalValidator",
        frozenset({"as-set"}),
        frozenset({"as-set"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "flat-set-name",
        _find_set_without_as,
        "IRRd 4: auth.set_creation.COMMON.prefix_required",
        _SETS,
        _SETS,
        registries=frozenset({"irrd"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule(
        "org-name-blanks",
        _find_org_name_blanks,
        f"{RIPE}: OrgNameFormatValidator",
        frozenset({"organisation"}),
        frozenset({"org-name"}),
        scope=Scope.LINE,
    ),
)
"""Rules about names that the object alone decides."""
