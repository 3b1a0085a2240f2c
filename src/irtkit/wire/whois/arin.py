"""ARIN's whois: how it wants to be asked, and its networks, organisations and points of contact as records.

Its answers are `Name: value` paragraphs, read as objects by `irtkit.wire.whois.answers`; here they become records, from
the less to the more specific network. Referrals to other registries are found by `irtkit.wire.whois.referrals`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from irtkit.rpsl import Attribute, RpslObject
from irtkit.wire.whois.answers import Answer
from irtkit.wire.whois.queries import is_as_number
from irtkit.wire.whois.records import NetworkContact, NetworkRecord, first_mailbox_in, space_of

__all__ = ["ArinMatch", "arin_line", "arin_matches", "arin_networks"]

_CONTACT: Final = re.compile(r"(org|r|c)(abuse|tech|noc|admin|routing|dns)(handle|name|phone|email|ref)")
_HOLDER: Final = re.compile(r"(.*?) *\(([A-Z0-9-]{1,40})\)")
_MATCH: Final = re.compile(r"(.*)\((NET6?-[A-Z0-9-]{1,60})\) *([0-9A-Fa-f.:]+ - [0-9A-Fa-f.:]+)")
_LONGEST_MATCH: Final = 400
_NETWORKS: Final = frozenset({"netrange", "asnumber"})


def arin_line(key: str) -> str:
    """Return the query line for *key*: with all details, of exactly what is asked.

    An address is `n + ADDRESS`, a prefix or range `r + = PREFIX`, an AS number `a + NUMBER`, a network's handle
    `n + ! HANDLE`, one of a point of contact `p + ! HANDLE`; anything else is asked as it is.
    """
    upper = key.upper()
    if is_as_number(key):
        return f"a + {int(key[2:])}"
    if upper.startswith(("NET-", "NET6-")):
        return f"n + ! {upper}"
    if upper.endswith("-ARIN"):
        return f"p + ! {upper}"
    space = space_of(key)
    if space is None:
        return key
    return f"n + {key}" if space.size == 1 and "/" not in key and " - " not in key else f"r + = {key}"


@dataclass(frozen=True, slots=True)
class ArinMatch:
    """One of several networks that ARIN lists by name only; ask for the handle."""

    name: str
    handle: str
    key: str
    line: int


def arin_matches(answer: Answer) -> tuple[ArinMatch, ...]:
    """Return the networks of an answer that lists several instead of showing them."""
    lines = ((line.text.strip(), line.line) for line in answer.other_lines)
    found = ((_MATCH.fullmatch(text), line) for text, line in lines if len(text) < _LONGEST_MATCH)
    return tuple(ArinMatch(match[1].strip(), match[2], match[3], line) for match, line in found if match)


def arin_networks(answer: Answer) -> tuple[NetworkRecord, ...]:
    """Return the networks and AS numbers of an answer, as it orders them: from the less to the more specific.

    An answer without network, about an organisation for instance, is one record with an empty key.
    """
    return tuple(_record(paragraphs) for paragraphs in _records(answer.objects))


def _records(objects: Sequence[RpslObject]) -> Iterator[list[RpslObject]]:
    """Yield the paragraphs that belong to one network: it, its organisation or customer, its contacts."""
    starts = [position for position, obj in enumerate(objects) if obj.class_name in _NETWORKS] or [0]
    for start, end in zip(starts, [*starts[1:], len(objects)], strict=True):
        if start < end:
            yield list(objects[start:end])


def _record(paragraphs: list[RpslObject]) -> NetworkRecord:
    first = paragraphs[0]
    network = first if first.class_name in _NETWORKS else None
    key = network[0].value if network else ""
    holder = next((obj for obj in paragraphs if obj.class_name in {"orgname", "custname"}), None)
    stated = _HOLDER.fullmatch(_value(network, "organization") or "")
    begin = f"{first[0].raw.partition(':')[0]} {first[0].value}"
    contacts = [contact for obj in paragraphs for contact in _contacts(obj, begin)]
    contacts.sort(key=lambda contact: "-> Org" in contact.via)
    return NetworkRecord(
        key=key,
        space=space_of(key),
        handle=_value(network, "nethandle") or _value(network, "ashandle"),
        name=_value(network, "netname") or _value(network, "asname"),
        org_id=_value(holder, "orgid") or (stated[2] if stated else None),
        org_name=holder[0].value if holder else (stated[1] if stated else None),
        country=_value(holder, "country"),
        status=_value(network, "nettype"),
        contacts=tuple(contacts),
        line=first.line,
    )


def _contacts(obj: RpslObject, network: str) -> Iterator[NetworkContact]:
    """Yield the points of contact of one paragraph; each begins with its handle."""
    contact: NetworkContact | None = None
    for attribute in obj:
        found = _CONTACT.fullmatch(attribute.name)
        if found is None:
            continue
        if found[3] == "handle" or contact is None:
            if contact is not None:
                yield contact
            contact = _begun(attribute, found, network)
        elif found[3] == "name":
            contact = replace(contact, name=attribute.value)
        elif found[3] == "email" and (mailbox := first_mailbox_in(attribute.value)):
            via = f"{contact.via} -> {attribute.raw.partition(':')[0]}"
            contact = replace(contact, mailbox=mailbox, line=attribute.line, via=via)
    if contact is not None:
        yield contact


def _begun(attribute: Attribute, found: re.Match[str], network: str) -> NetworkContact:
    handle = attribute.value if found[3] == "handle" else None
    via = f"{network} -> {attribute.raw.partition(':')[0]}{f' {handle}' if handle else ''}"
    mailbox = first_mailbox_in(attribute.value) if found[3] == "email" else None
    return NetworkContact(found[2], via, handle, mailbox=mailbox, line=attribute.line)


def _value(obj: RpslObject | None, name: str) -> str | None:
    attribute = None if obj is None else obj.first(name)
    return (attribute.value or None) if attribute is not None else None
