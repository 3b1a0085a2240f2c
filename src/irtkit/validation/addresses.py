"""What an object's own addresses rule out: too large a route, too small an assignment, parts that lie elsewhere.

Whether a range overlaps with others is in `irtkit.validation.hierarchy`; it needs a database.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import Attribute
from irtkit.rpsl.faults import shown
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Action, Options
from irtkit.validation.rules import MOST_OF_ONE_LIST, Finding, Rule, Scope
from irtkit.validation.view import View

__all__ = ["RULES"]

_ROUTES = frozenset({"route", "route6"})
_ADDRESSES = frozenset({"inetnum", "inet6num"})
_SMALLEST_INET6NUM = 64  # prefix length
_LARGEST_ROUTE = {"route": 8, "route6": 12}  # prefix lengths
_LONGEST_PREFIX = 80  # characters; no notation of a prefix is longer

_MNT_ROUTES = re.compile(r"([^\s{]++)(?: ?\{([^}]*+)\}| (ANY))?$", re.IGNORECASE)
_REVERSE_DOMAIN = re.compile(r"(?:(\d{1,3})-(\d{1,3}))?([0-9A-F.-]*\.?(IN-ADDR|IP6|E164)\.ARPA)\.?$", re.IGNORECASE)
_LONGEST_DOMAIN = 254


def _find_small_inet6num(view: View, _: Options) -> Iterator[Finding]:
    length = view.range.prefix_length if view.range else None
    if length is not None and length > _SMALLEST_INET6NUM:
        message = f"a /{length} is too small for an inet6num"
        yield Finding(view.first, message, f"expected a /{_SMALLEST_INET6NUM} or a larger prefix", 0)


def _find_large_route(view: View, _: Options) -> Iterator[Finding]:
    least = _LARGEST_ROUTE[view.class_name]
    length = view.range.prefix_length if view.range else None
    if length is not None and length < least:
        message = f"a /{length} is too large for a {view.class_name} that is made automatically"
        yield Finding(view.first, message, f"expected a /{least} or a smaller prefix", 0)


def _find_default_route(view: View, _: Options) -> Iterator[Finding]:
    if view.range and view.range.first == 0 and view.range.prefix_length in {0, 32 if view.range.family == 4 else 128}:
        message = f"IRRd takes no {view.class_name} for {view.range}"
        yield Finding(view.first, message, "expected a prefix that somebody can announce", 0)


class _Granted(NamedTuple):
    """One `mnt-routes`: a maintainer and the prefixes, as written, for which it may make routes; None for any."""

    attribute: Attribute
    maintainer: str
    prefixes: str | None


def _granted(view: View) -> list[_Granted]:
    return [
        _Granted(attribute, match[1].upper(), match[2])
        for attribute in view.get("mnt-routes")
        if (match := _MNT_ROUTES.match(attribute.value))
    ]


def _find_any_and_prefixes(view: View, _: Options) -> Iterator[Finding]:
    """Yield each `mnt-routes` of a maintainer that is named both with and without prefixes."""
    granted = _granted(view)
    somewhere = {one.maintainer for one in granted if one.prefixes is not None}
    anywhere = {one.maintainer for one in granted if one.prefixes is None}
    both = somewhere & anywhere
    for one in granted:
        if one.maintainer in both:
            message = f"{shown(one.maintainer)} stands here both with prefixes and for any"
            yield Finding(one.attribute, message, "expected prefixes or ANY, not both", 0)


def _find_foreign_mnt_routes(view: View, _: Options) -> Iterator[Finding]:
    """Yield the prefixes outside the object, unless a maintainer may make any route: then none are looked at."""
    granted = _granted(view)
    if any(one.prefixes is None for one in granted):
        return
    for one in granted:
        yield from _outside(view, one.attribute, one.attribute.value.find("{") + 1, one.prefixes or "")


def _find_foreign_holes(view: View, _: Options) -> Iterator[Finding]:
    for attribute in view.get("holes"):
        yield from _outside(view, attribute, 0, attribute.value)


def _find_foreign_pingable(view: View, _: Options) -> Iterator[Finding]:
    for attribute in view.get("pingable"):
        yield from _outside(view, attribute, 0, attribute.value)


def _outside(view: View, attribute: Attribute, start: int, listed: str) -> Iterator[Finding]:
    """Yield the first prefixes and addresses of a comma list, at *start* of the value, that are not the object's."""
    told = 0
    for element in listed.split(","):
        prefix = element.strip(" ").partition("^")[0]
        inner = _parsed(prefix)
        if inner and view.range and inner not in view.range and told < MOST_OF_ONE_LIST:
            told += 1
            message = f"{shown(prefix)} is outside {view.first.value}"
            family = "" if inner.family == view.range.family else f", and IPv{view.range.family}"
            at = start + len(element) - len(element.lstrip(" "))
            yield Finding(attribute, message, f"expected a part of the object's own addresses{family}", at, len(prefix))
        start += len(element) + 1


def _parsed(text: str) -> AddressRange | None:
    if not text or len(text) > _LONGEST_PREFIX:
        return None
    try:
        return AddressRange.parse_lenient(text)
    except RangeError:
        return None


class _Delegation(NamedTuple):
    """What a reverse domain is: the end of the names in it, and for a dash range its first and last octet."""

    suffix: str
    octets: range | None
    is_enum: bool

    def holds(self, host: str) -> bool:
        """Whether *host*, in upper case, is a name in the domain itself."""
        if not host.endswith(self.suffix):
            return False
        if self.octets is None:
            return True
        last = host[: -len(self.suffix)].rpartition(".")[2]
        return last.isdecimal() and len(last) <= 3 and int(last) in self.octets


def _delegation(domain: str) -> _Delegation | None:
    found = _REVERSE_DOMAIN.match(domain) if len(domain) <= _LONGEST_DOMAIN else None
    if found is None:
        return None
    octets = range(int(found[1]), int(found[2]) + 1) if found[1] else None
    return _Delegation(found[3].upper(), octets, found[4].upper() == "E164")


def _name_servers(view: View) -> Iterator[tuple[Attribute, str, str, _Delegation]]:
    """Yield each name server: its attribute, its name in upper case, its address or nothing, and the domain."""
    delegation = _delegation(view.first.value)
    for attribute in view.get("nserver"):
        host, _, address = attribute.value.partition(" ")
        if delegation:
            yield attribute, host.upper().removesuffix("."), address, delegation


def _find_missing_glue(view: View, _: Options) -> Iterator[Finding]:
    for attribute, host, address, delegation in _name_servers(view):
        if delegation.holds(host) and not address:
            message = "a name server inside the domain itself needs its address"
            yield Finding(attribute, message, "expected the address after the name", 0)


def _find_needless_glue(view: View, _: Options) -> Iterator[Finding]:
    for attribute, host, address, delegation in _name_servers(view):
        if address and not delegation.holds(host):
            hint = f"leave the address out; one belongs only to a name that ends with {delegation.suffix.lower()}"
            message = "a name server outside the domain has no address here"
            yield Finding(attribute, message, hint, len(host) + 1)


def _find_enum_domain(view: View, options: Options) -> Iterator[Finding]:
    delegation = _delegation(view.first.value)
    if delegation and delegation.is_enum and not options.registry_staff:
        yield Finding(view.first, "only the registry can create an ENUM domain", "ask the registry for it", 0)


_IRRD = frozenset({"irrd"})
_WITHIN = f"{RIPE}: ValueWithinPrefixValidator"
_NSERVER = f"{RIPE}: NServerValidator"
_DOMAIN = frozenset({"domain"})
_WITH_MNT_ROUTES = frozenset({"mnt-routes"})
_PREFIXES = re.compile(r"\{")
_WITH_NSERVER = frozenset({"nserver"})

RULES: tuple[Rule, ...] = (
    Rule(
        "inet6num-too-small",
        _find_small_inet6num,
        f"{RIPE}: Inet6numPrefixValidator",
        frozenset({"inet6num"}),
        frozenset({"inet6num"}),
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
    Rule("route-too-large", _find_large_route, _WITHIN, _ROUTES, _ROUTES, scope=Scope.LINE),
    Rule(
        "default-route",
        _find_default_route,
        "IRRd 4: RulesValidator",
        _ROUTES,
        _ROUTES,
        registries=_IRRD,
        scope=Scope.LINE,
    ),
    Rule("outside-range", _find_foreign_holes, _WITHIN, _ROUTES, frozenset({"holes"})),
    Rule("outside-range", _find_foreign_pingable, _WITHIN, _ROUTES, frozenset({"pingable"})),
    Rule(
        "outside-range",
        _find_foreign_mnt_routes,
        f"{RIPE}: MntRouteRangeValidator",
        _ADDRESSES,
        _WITH_MNT_ROUTES,
        concerns=_PREFIXES,
    ),
    Rule(
        "mnt-routes-clash",
        _find_any_and_prefixes,
        f"{RIPE}: MntRoutesValidator",
        _ADDRESSES | _ROUTES,
        _WITH_MNT_ROUTES,
        concerns=_PREFIXES,
    ),
    Rule("missing-glue", _find_missing_glue, _NSERVER, _DOMAIN, _WITH_NSERVER),
    Rule("needless-glue", _find_needless_glue, _NSERVER, _DOMAIN, _WITH_NSERVER),
    Rule(
        "registry-only",
        _find_enum_domain,
        f"{RIPE}: EnumDomainAuthorisationValidator",
        _DOMAIN,
        _DOMAIN,
        action=Action.CREATE,
        scope=Scope.LINE,
    ),
)
"""Rules about addresses and reverse domains that the object alone decides."""
