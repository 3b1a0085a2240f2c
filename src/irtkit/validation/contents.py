"""What attributes of one object say to each other, and values that have to be on one of the registry's lists."""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from irtkit.rpsl.faults import shown
from irtkit.rpsl.texts import MAX_OBJECT
from irtkit.schema.codes import COUNTRY_CODES, LANGUAGE_CODES, CodeList
from irtkit.schema.contact_rules import rules_for_source
from irtkit.validation.charsets import MAILBOXES
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Action, Options
from irtkit.validation.reference_rules import REFERRING
from irtkit.validation.rules import Finding, Rule, Scope
from irtkit.validation.view import View

__all__ = ["RULES"]

_SIMPLE_AND_MP = {"peering-set": ("peering", "mp-peering"), "filter-set": ("filter", "mp-filter")}
_TWO_LETTERS = re.compile(r"[A-Za-z]{2}")
_ADDRESS_SPEC = re.compile(r"<([^<>]*+)>$")
_KNOWN_CONTACTS = re.compile(
    r"""
      https?://(?:wa\.me/\+?[0-9]++ | api\.whatsapp\.com/send\?phone=\+?[0-9]++)
    | https?://signal\.me/\#p/\+?[0-9]{7,15}
    | sip:[a-zA-Z0-9_.!~*'()%+-]++@[a-zA-Z0-9.-]++(?::[0-9]++)?
    | (?:https?://(?:t|telegram)\.me/share/url | tg://msg_url)\?url=[^&]++&text=[^&]++
    """,
    re.VERBOSE,
)


def _find_unlisted(view: View, _: Options, *, attribute: str, listed: CodeList) -> Iterator[Finding]:
    """Yield the values of two letters that are not in a list; others are the syntax's."""
    for found in view.get(attribute):
        value = found.value
        if value not in listed and _TWO_LETTERS.fullmatch(value):
            hint = f"expected a {attribute} on the registry's list, as in {'NL' if attribute == 'country' else 'nl'}"
            yield Finding(found, f"{shown(value)} is no {attribute} that the registry knows", hint, 0)


def _find_remark_beside(view: View, _: Options, *, attribute: str) -> Iterator[Finding]:
    start = f"{attribute}:"
    if any(remark.value.lower().startswith(start) for remark in view.get("remarks")):
        message = f"{attribute} stands here as an attribute and as a remark"
        yield Finding(view.get(attribute)[0], message, f"leave out the remark that begins with {start}")


def _find_unknown_contacts(view: View, _: Options) -> Iterator[Finding]:
    for attribute in view.get("contact"):
        if attribute.value and not _KNOWN_CONTACTS.fullmatch(attribute.value):
            message = "the registry does not recognise this way of contact"
            hint = "it knows links of WhatsApp, Signal and Telegram, and SIP addresses, as in sip:abuse@example.net"
            yield Finding(attribute, message, hint, 0)


def _find_self_references(view: View, _: Options) -> Iterator[Finding]:
    for name in ("admin-c", "tech-c"):
        for attribute in view.get(name):
            if attribute.value.upper() == view.key:
                yield Finding(attribute, f"a role cannot be its own {name}", "expected another contact", 0)


def _find_unlimited_mailbox(view: View, _: Options) -> Iterator[Finding]:
    message = "anybody may ask for a role with abuse-mailbox any number of times"
    yield Finding(view.get("abuse-mailbox")[0], message, "expected only what may be public in this role")


def _find_both(view: View, _: Options) -> Iterator[Finding]:
    simple, extended = _SIMPLE_AND_MP[view.class_name]
    if simple in view.named and extended in view.named:
        message = f"a {view.class_name} has {simple} or {extended}, not both"
        yield Finding(view.get(simple)[0], message, f"leave out {simple} or {extended}")


def _find_neither(view: View, _: Options) -> Iterator[Finding]:
    simple, extended = _SIMPLE_AND_MP[view.class_name]
    if simple not in view.named and extended not in view.named:
        message = f"{simple} is missing from this {view.class_name}, and so is {extended}"
        yield Finding(view.first, message, f"expected {simple} or {extended}")


def _find_other_maintainer(view: View, _: Options, *, maintainer: str) -> Iterator[Finding]:
    for attribute in view.get("mnt-by"):
        if attribute.value.upper() != maintainer:
            message = f"every {view.class_name} is maintained by {maintainer}"
            yield Finding(attribute, message, f"expected {maintainer}", 0)


def _find_several_maintainers(view: View, _: Options) -> Iterator[Finding]:
    """Yield the second maintainer of a registry's member that is not the registry itself, and each further."""
    if view.value("org-type") != "LIR":
        return
    seen = set(rules_for_source(view.schema.registry).registry_maintainers)
    several = False
    for attribute in view.get("mnt-by"):
        others = {name.upper() for name in attribute.values} - seen
        if others and (several or len(others) > 1):
            message = "an organisation of type LIR has one maintainer besides the registry's"
            yield Finding(attribute, message, "expected one mnt-by of your own", 0)
        several = several or bool(others)
        seen |= others


def _find_refused_mailboxes(view: View, options: Options) -> Iterator[Finding]:
    if options.registry_staff:
        return
    refused = rules_for_source(view.schema.registry).dummy_mailboxes
    for attribute in (attribute for name in MAILBOXES for attribute in view.get(name)):
        value = attribute.value.lower()
        bracketed = _ADDRESS_SPEC.search(value) if value.endswith(">") else None
        if (bracketed[1] if bracketed else value) in refused:
            message = f"{shown(attribute.value)} stands for a mailbox that was taken out of public data"
            yield Finding(attribute, message, "expected a mailbox of your own", 0)


def _find_many_references(view: View, options: Options) -> Iterator[Finding]:
    if not options.max_references:
        return
    references = [attribute for attribute, name in zip(view.attributes, view.names, strict=True) if name in REFERRING]
    if len(references) > options.max_references:
        message = f"the object has {len(references)} references, more than {options.max_references}"
        yield Finding(references[options.max_references], message, "expected fewer references to other objects")


def _find_length(view: View, _: Options) -> Iterator[Finding]:
    if len(view.text) > MAX_OBJECT:
        message = f"the object is longer than {MAX_OBJECT} characters"
        yield Finding(view.first, message, "expected a shorter object")


def _remark_rule(attribute: str, validator: str) -> Rule:
    check = partial(_find_remark_beside, attribute=attribute)
    citation = f"{RIPE}: AbstractRemarksValidator, {validator}"
    return Rule("attribute-and-remark", check, citation, _ADDRESSES, frozenset({attribute}))


def _list_rules(attribute: str, lists: Mapping[str, CodeList]) -> Iterator[Rule]:
    """Yield one rule for each registry that has a list of its own."""
    for registry, listed in lists.items():
        check = partial(_find_unlisted, attribute=attribute, listed=listed)
        validator = f"{RIPE}: {attribute.title()}Validator"
        citation = validator if registry == "ripe" else listed.citation
        needs, registries = frozenset({attribute}), frozenset({registry})
        yield Rule(f"unknown-{attribute}", check, citation, needs=needs, registries=registries, scope=Scope.LINE)


_ADDRESSES = frozenset({"inetnum", "inet6num"})
_SETS = f"{RIPE}: PeeringSetAttributeMustBePresent"
_POEM = partial(_find_other_maintainer, maintainer="LIM-MNT")
_POETIC_FORM = partial(_find_other_maintainer, maintainer="RIPE-DBM-MNT")

RULES: tuple[Rule, ...] = (
    Rule("object-too-long", _find_length, f"{RIPE}: whois.max.object.size", scope=Scope.LAYOUT),
    *_list_rules("country", COUNTRY_CODES),
    *_list_rules("language", LANGUAGE_CODES),
    _remark_rule("geofeed", "GeofeedValidator"),
    _remark_rule("prefixlen", "PrefixlenValidator"),
    Rule(
        "unrecognised-contact",
        _find_unknown_contacts,
        f"{RIPE}: ContactValidator",
        needs=frozenset({"contact"}),
        scope=Scope.LINE,
    ),
    Rule(
        "self-reference",
        _find_self_references,
        f"{RIPE}: SelfReferencePreventionValidator",
        frozenset({"role"}),
        frozenset({"admin-c", "tech-c"}),
    ),
    Rule(
        "unlimited-queries",
        _find_unlimited_mailbox,
        f"{RIPE}: AbuseCNoLimitWarningValidator",
        frozenset({"role"}),
        frozenset({"abuse-mailbox"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule("both-attributes", _find_both, _SETS, frozenset(_SIMPLE_AND_MP), scope=Scope.OUTLINE),
    Rule("neither-attribute", _find_neither, _SETS, frozenset(_SIMPLE_AND_MP), scope=Scope.OUTLINE),
    Rule("fixed-maintainer", _POEM, f"{RIPE}: PoemHasOnlyPublicMaintainerValidator", frozenset({"poem"})),
    Rule(
        "fixed-maintainer",
        _POETIC_FORM,
        f"{RIPE}: PoeticFormHasOnlyDbmMaintainerValidator",
        frozenset({"poetic-form"}),
    ),
    Rule(
        "several-maintainers",
        _find_several_maintainers,
        f"{RIPE}: LirMntByAttributeCountValidator",
        frozenset({"organisation"}),
        frozenset({"mnt-by"}),
    ),
    Rule(
        "refused-mailbox",
        _find_refused_mailboxes,
        f"{RIPE}: ExcludedEmailValidator",
        needs=MAILBOXES,
        scope=Scope.LINE,
    ),
    Rule("too-many-references", _find_many_references, f"{RIPE}: TooManyReferencesValidator", scope=Scope.LAYOUT),
)
"""Rules about what stands in one object, whatever else there is."""
