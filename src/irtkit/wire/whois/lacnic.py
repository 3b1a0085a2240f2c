"""LACNIC's whois, which NIC.br and NIC Mexico speak too: how it wants to be asked, and its networks as records.

Its objects look like RPSL and are not: short prefixes (`192.0.2/24`), IPv6 under `inetnum:`, contacts that begin with
`nic-hdl:` (NIC.br: `nic-hdl-br:`) and hold their own mailbox. Answers may lack contacts: by law, or because we asked
too often (`Answer.is_reduced`).
"""

from collections.abc import Iterator
from typing import Final

from irtkit.rpsl import RpslObject
from irtkit.wire.whois.answers import Answer
from irtkit.wire.whois.queries import is_as_number
from irtkit.wire.whois.records import NetworkContact, NetworkRecord, first_mailbox_in, space_of

__all__ = ["lacnic_line", "lacnic_networks"]

_NETWORKS: Final = frozenset({"inetnum", "inet6num", "aut-num"})
_PERSONS: Final = frozenset({"nic-hdl", "nic-hdl-br"})
_REFERENCES: Final = {"abuse-c": "abuse", "tech-c": "tech", "owner-c": "owner", "routing-c": "routing"}


def lacnic_line(key: str) -> str:
    """Return the query line for *key*; of a range its first address, because the server takes prefixes only."""
    if is_as_number(key):
        return f"AS{int(key[2:])}"
    return key.partition(" - ")[0].strip() if space_of(key) is not None else key


def lacnic_networks(answer: Answer) -> tuple[NetworkRecord, ...]:
    """Return the networks and AS numbers of an answer, with the mailboxes that their contacts have in it."""
    persons: dict[str, RpslObject] = {}
    for obj in answer.objects:
        if obj.class_name in _PERSONS:
            persons.setdefault(obj[0].value.upper(), obj)
    return tuple(_record(obj, persons) for obj in answer.objects if obj.class_name in _NETWORKS)


def _record(network: RpslObject, persons: dict[str, RpslObject]) -> NetworkRecord:
    key = network[0].value
    return NetworkRecord(
        key=key,
        space=None if network.class_name == "aut-num" else space_of(key),
        org_id=_value(network, "ownerid"),
        org_name=_value(network, "owner"),
        country=_value(network, "country"),
        status=_value(network, "status"),
        contacts=tuple(_contacts(network, persons)),
        line=network.line,
    )


def _contacts(network: RpslObject, persons: dict[str, RpslObject]) -> Iterator[NetworkContact]:
    for attribute in network:
        kind = _REFERENCES.get(attribute.name)
        if kind is None or not attribute.value:
            continue
        via = f"{network.class_name} {network[0].value} -> {attribute.name} {attribute.value}"
        person = persons.get(attribute.value.upper())
        mail = person.first("e-mail") if person is not None else None
        mailbox = first_mailbox_in(mail.value) if mail is not None else None
        yield NetworkContact(
            kind,
            f"{via} -> e-mail" if mailbox else via,
            attribute.value,
            name=_value(person, "person") if person is not None else None,
            mailbox=mailbox,
            line=mail.line if mail is not None and mailbox else attribute.line,
        )


def _value(obj: RpslObject, name: str) -> str | None:
    attribute = obj.first(name)
    return (attribute.value or None) if attribute is not None else None
