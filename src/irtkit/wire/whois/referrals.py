"""Whom to ask next, as an answer says it: another server, a web address, a registry by name, or only "not here".

Each registry says it in its own way, and the ways are rows where they can be. Nobody is asked here, no loop is broken
and no hop counted. Answers are written by strangers, and a referral may point at the machine that follows it: what a
target must not be is said by `irtkit.wire.targets`.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import Attribute, RpslObject
from irtkit.schema.contact_rules import RULES
from irtkit.wire.questions import Server
from irtkit.wire.targets import PORTS, find_refusal, find_refusal_of_url, read_url
from irtkit.wire.whois.answers import Answer
from irtkit.wire.whois.notices import Meaning

__all__ = ["Referral", "ReferralKind", "find_referrals", "read_target"]


class ReferralKind(StrEnum):
    """What a referral points at."""

    WHOIS = "whois"
    RWHOIS = "rwhois"
    WEB = "web"
    """A web address, for people or for RDAP."""
    REGISTRY = "registry"
    """A registry, by irtkit's name for it."""
    ELSEWHERE = "elsewhere"
    """Another registry, and the answer does not say which."""


@dataclass(frozen=True, slots=True)
class Referral:
    """That another server should be asked, and why."""

    kind: ReferralKind
    target: Server | str | None
    """A server (of an unknown dialect: `plain`), a web address, the name of a registry, or None."""
    because: str
    """The line that says it."""
    line: int
    """Where that stands in the answer, from 1."""

    def find_refusal(self, *, allowed: Container[str] = ()) -> str | None:
        """Say why it must not be followed, or return None if it may be: only public hosts, at the port of the scheme.

        *allowed* holds what the user allows whatever it is, as `irtkit.wire.targets.find_refusal` reads it.
        """
        if isinstance(self.target, Server):
            return find_refusal(self.target.host, self.target.port, self.kind, allowed=allowed)
        if self.kind is ReferralKind.WEB:
            url = read_url(self.target or "")
            return "it is no web address" if url is None else find_refusal_of_url(url, allowed=allowed)
        return None


_TARGET: Final = re.compile(
    r"(?:(r?whois)://)?(\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\.?(?::([0-9]{1,5}))?(?:/\S*)?",
    re.IGNORECASE | re.ASCII,
)
_LONGEST: Final = 2000  # characters of a referral


def read_target(text: str) -> tuple[ReferralKind, Server | str] | None:
    """Return what `whois://host`, `rwhois://host:port`, a web address or a bare host name points at, or None.

    A server at rwhois's port is one for rwhois, whatever the scheme says: referrals do say so.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    url = read_url(text)
    if url is not None:
        return ReferralKind.WEB, str(url)
    found = _TARGET.fullmatch(text)
    if found is None or (found[1] is None and "." not in found[2] and ":" not in found[2]):
        return None
    kind = ReferralKind((found[1] or "whois").lower())
    port = int(found[3] or PORTS[kind])
    if not 0 < port < 1 << 16:
        return None
    kind = ReferralKind.RWHOIS if port == PORTS["rwhois"] else kind
    return kind, Server(found[2].lower().strip("[]"), port, dialect="plain", charset="utf-8")


def find_referrals(answer: Answer) -> tuple[Referral, ...]:
    """Return whom an answer refers to, the one to follow first; each target once.

    Servers come before registries by name, those before "elsewhere", and web addresses last. ARIN and the like answer
    from the less to the more specific object, so there the last referral is the first to follow.
    """
    found: dict[tuple[ReferralKind, Server | str | None], Referral] = {}
    for rule in _RULES.get(answer.server.dialect, _RULES["plain"]):
        for referral in rule(answer):
            if not _leads_to(referral, answer.server):
                found.setdefault((referral.kind, referral.target), referral)
            if len(found) == _MOST:
                break
    return tuple(sorted(found.values(), key=lambda one: _ORDER[one.kind]))


_MOST: Final = 64
"""Targets of one answer; nobody follows so many."""
_ORDER: Final = {
    ReferralKind.WHOIS: 0,
    ReferralKind.RWHOIS: 0,
    ReferralKind.REGISTRY: 1,
    ReferralKind.ELSEWHERE: 2,
    ReferralKind.WEB: 3,
}


def _leads_to(referral: Referral, server: Server) -> bool:
    """Whether a referral names the very server that made it, or its registry."""
    if isinstance(referral.target, Server):
        return (referral.target.host, referral.target.port) == (server.host.lower(), server.port)
    return referral.kind is ReferralKind.REGISTRY and referral.target == server.registry


def _stated(answer: Answer, names: frozenset[str]) -> Iterator[Referral]:
    """Yield what attributes of these *names* point at, the last first."""
    attributes = [attribute for obj in answer.objects for attribute in obj if attribute.name in names]
    for attribute in reversed(attributes):
        read = read_target(attribute.value)
        if read is not None:
            yield _because(*read, attribute)


def _because(kind: ReferralKind, target: Server | str | None, attribute: Attribute) -> Referral:
    return Referral(kind, target, attribute.raw.strip(), attribute.line)


def _from_arin(answer: Answer) -> Iterator[Referral]:
    yield from _stated(answer, frozenset({"referralserver", "resourcelink"}))
    for obj in reversed(answer.objects):
        for attribute in obj.get("nettype"):
            if found := _HANDED_ON.search(attribute.value):
                yield _because(ReferralKind.REGISTRY, found[1].lower(), attribute)


_HANDED_ON: Final = re.compile(r"\b(?:Allocated|Transferred) to (APNIC|RIPE|LACNIC|AFRINIC)\b", re.IGNORECASE)


def _from_others(answer: Answer) -> Iterator[Referral]:
    yield from _stated(answer, frozenset({"referralserver", "resourcelink", "refer", "whois"}))
    yield from _from_comments(answer, _REFERRAL_LINE)


_REFERRAL_LINE: Final = re.compile(r"%referral (\S+)", re.IGNORECASE)  # RFC 2167, section 3.2.1
_RESOURCE_LINE: Final = re.compile(r"% *\w+ resource: *(\S+)", re.IGNORECASE)


def _from_comments(answer: Answer, pattern: re.Pattern[str]) -> Iterator[Referral]:
    for comment in answer.comments:
        found = pattern.match(comment.text)
        read = read_target(found[1].partition("/auth-area")[0]) if found else None
        if read is not None:
            yield Referral(*read, comment.text.strip(), comment.line)


_NETWORKS: Final = frozenset({"inetnum", "inet6num", "aut-num", "as-block"})


def _networks(answer: Answer) -> list[RpslObject]:
    return [obj for obj in answer.objects if obj.class_name in _NETWORKS]


_PLACEHOLDERS: Final = frozenset(name for rules in RULES for name in rules.placeholder_netnames) | {"IANA-BLK", "ROOT"}
_NOT_HERE: Final = re.compile(
    r"\bnot (?:fully )?(?:managed|allocated|administered|assigned) (?:by|to)\b", re.IGNORECASE
)
_TRANSFERRED: Final = re.compile(
    r"(?:Transferred to the|This network range is transferred to) (APNIC|RIPE|ARIN|LACNIC|AFRINIC)\b", re.IGNORECASE
)
_NATIONAL: Final = {
    "JPNIC": "jpnic",
    "MAINT-JPNIC": "jpnic",
    "KRNIC": "krnic",
    "MNT-KRNIC-AP": "krnic",
    "TWNIC": "twnic",
    "MAINT-TW-TWNIC": "twnic",
}
"""Sources and maintainers that say which national registry of the APNIC region has the details."""


def _from_ripe(answer: Answer) -> Iterator[Referral]:
    """Yield what network objects of a RIPE-style server say; "elsewhere" only if none of them is a real one."""
    networks = _networks(answer)
    for obj in reversed(networks):
        yield from _national(obj)
        for attribute in (*obj.get("descr"), *obj.get("remarks")):
            if found := _TRANSFERRED.match(attribute.value):
                yield _because(ReferralKind.REGISTRY, found[1].lower(), attribute)
    reasons = [reason for obj in networks if (reason := _placeholder(obj)) is not None]
    if reasons and len(reasons) == len(networks):
        yield _because(ReferralKind.ELSEWHERE, None, reasons[0])


def _national(obj: RpslObject) -> Iterator[Referral]:
    for attribute in (*obj.get("source"), *obj.get("mnt-lower"), *obj.get("mnt-by")):
        for value in attribute.values:
            if registry := _NATIONAL.get(value.upper()):
                yield _because(ReferralKind.REGISTRY, registry, attribute)


def _placeholder(obj: RpslObject) -> Attribute | None:
    """Return the attribute that says that the object registers nothing, or None."""
    for attribute in obj.get("netname"):
        if attribute.value.upper() in _PLACEHOLDERS:
            return attribute
    for attribute in obj.get("descr"):
        if _NOT_HERE.search(attribute.value) or _TRANSFERRED.match(attribute.value):
            return attribute
    return obj[0] if _is_everything(obj[0].value) else None


def _is_everything(text: str) -> bool:
    try:
        return AddressRange.parse_lenient(text).prefix_length == 0
    except RangeError:
        return False


_COUNTRIES: Final = {"BR": "nicbr", "MX": "nicmx"}
"""Where LACNIC leaves the details to a national registry."""


def _from_lacnic(answer: Answer) -> Iterator[Referral]:
    yield from _from_comments(answer, _RESOURCE_LINE)
    for notice in answer.notices:
        if notice.meaning is Meaning.ELSEWHERE:
            yield Referral(ReferralKind.ELSEWHERE, None, notice.title, notice.line)
    for obj in _networks(answer):
        if obj.first("abuse-c") is None:
            for attribute in obj.get("country"):
                if registry := _COUNTRIES.get(attribute.value.upper()):
                    yield _because(ReferralKind.REGISTRY, registry, attribute)


_RULES: Final[dict[str, tuple[Callable[[Answer], Iterable[Referral]], ...]]] = {
    "ripe": (_from_ripe,),
    "irrd": (),
    "arin": (_from_arin,),
    "lacnic": (_from_lacnic,),
    "plain": (_from_others, _from_ripe),
}
"""How the servers of each dialect refer; national registries refer to nobody, also when read as `plain`."""
