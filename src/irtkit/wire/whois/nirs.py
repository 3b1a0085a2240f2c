"""The national registries with a whois of their own (JPNIC, KRNIC, TWNIC): how to ask them, and their words as data.

Their answers are labelled lines, no objects: JPNIC's `[Network Number] 192.0.2.0/24`, KRNIC's `IPv4 Address : ...`
under headings in Korean and then in English, TWNIC's `Netblock: ...`. A contact is only what stands under a label or a
heading that says so; what it is for is what that says, and `network` where it says nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from irtkit.wire.whois.answers import Answer
from irtkit.wire.whois.blocks import Row, read_row
from irtkit.wire.whois.queries import is_as_number
from irtkit.wire.whois.records import NetworkContact, NetworkRecord, first_mailbox_in, space_of

__all__ = ["DIALECTS", "NirDialect", "nir_line", "nir_networks"]


@dataclass(frozen=True, slots=True)
class NirDialect:
    """What one registry's answers and questions look like."""

    labels: Mapping[str, str]
    """What stands under a label, lower case: `network` begins a record; `abuse`, `admin`, `tech` are contacts."""
    begins: str | None = None
    """The line after which the part in English begins; everything is read if it is not there."""
    ends: str | None = None
    """The start of the line where the answer goes on with other networks."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """Words in a heading, lower case, and what the contacts below it are for; other headings end that."""
    suffix: str = ""
    """What is put behind a query to be answered in English."""
    as_prefix: str = "AS"
    """What is put before the digits of an AS number."""
    takes_prefixes: bool = True
    citation: str = ""


DIALECTS: Final[Mapping[str, NirDialect]] = {
    "jpnic": NirDialect(
        labels={
            "network number": "network",
            "ipネットワークアドレス": "network",
            "as number": "network",
            "as番号": "network",
            "network name": "name",
            "ネットワーク名": "name",
            "as name": "name",
            "organization": "org_name",
            "administrative contact": "admin",
            "管理者連絡窓口": "admin",
            "technical contact": "tech",
            "技術連絡担当者": "tech",
            "abuse": "abuse",
        },
        ends="Less Specific Info",
        suffix="/e",
        as_prefix="AS ",
        citation="JPNIC whois, help/e; answers of 2015",
    ),
    "krnic": NirDialect(
        labels={
            "ipv4 address": "network",
            "ipv6 address": "network",
            "as number": "network",
            "service name": "name",
            "organization name": "org_name",
            "org name": "org_name",
            "organization id": "org_id",
            "network type": "status",
            "name": "person",
            "e-mail": "mailbox",
        },
        begins="# ENGLISH",
        headings={"abuse contact": "abuse", "admin contact": "admin", "tech contact": "tech"},
        takes_prefixes=False,
        citation="KRNIC whois, answers of 2012 to 2019",
    ),
    "twnic": NirDialect(
        labels={"netblock": "network", "netname": "name", "organization": "org_name", "": "mailbox"},
        headings={"administrator contact": "admin", "technical contact": "tech", "abuse contact": "abuse"},
        citation="TWNIC whois: netname, netblock, then contacts under their headings",
    ),
}
"""By dialect. Charsets are with the servers (`irtkit.registries`) and in `irtkit.wire.whois.charsets`."""

_TAG: Final = re.compile(r"<[^<>]{0,500}>")
_NOTE: Final = re.compile(r"\([^()]{0,80}\)$")
_HEADING: Final = re.compile(r"\[ ([^\[\]]{1,80}) \]|([A-Za-z ]{1,60}):")


def nir_line(dialect: str, key: str) -> str:
    """Return the query line for *key*; of a prefix its first address where the server takes no more."""
    rules = DIALECTS[dialect]
    if is_as_number(key):
        return f"{rules.as_prefix}{int(key[2:])}{rules.suffix}"
    if space_of(key) is not None:
        key = key.partition(" - ")[0].strip()
        if not rules.takes_prefixes:
            key = key.partition("/")[0]
    return f"{key}{rules.suffix}"


def nir_networks(answer: Answer) -> tuple[NetworkRecord, ...]:
    """Return the networks of an answer, from the less to the more specific, as it orders them.

    Answers of the web gateways, in HTML, read the same. Raises: KeyError for a server of another dialect.
    """
    reader = _Reader(DIALECTS[answer.server.dialect])
    lines = answer.text.split("\n")
    is_page = any("<pre" in line.lower() for line in lines)
    begins = reader.dialect.begins
    start = next((n for n, line in enumerate(lines) if begins is not None and line.strip() == begins), -1) + 1
    for number, line in enumerate(lines[start:], start + 1):
        text = (_TAG.sub("", line) if is_page else line).strip()
        if reader.dialect.ends is not None and text.startswith(reader.dialect.ends):
            break
        reader.read(text, number)
    return tuple(reader.finished())


class _Reader:
    """Gathers records line by line."""

    def __init__(self, dialect: NirDialect) -> None:
        self.dialect = dialect
        self.records: list[NetworkRecord] = []
        self._contacts: list[list[NetworkContact]] = []  # of each record
        self._kind = "network"  # what contacts are for, by the last heading
        self._person: str | None = None
        self._name: str | None = None  # of the network to come

    def read(self, text: str, number: int) -> None:
        if self._is_heading(text):
            return
        row = read_row(text, number)
        meaning = self.dialect.labels.get(row.label.lower())
        if meaning is None or not row.value:
            return
        if meaning == "network":
            key = _NOTE.sub("", row.value).strip()
            self.records.append(NetworkRecord(key, space_of(key), name=self._name, line=number))
            self._contacts.append([])
            self._kind, self._person, self._name = "network", None, None
        elif meaning == "name" and (not self.records or self.records[-1].name):
            self._name = row.value
        elif meaning == "person":
            self._person = row.value
        elif self.records:
            self.records[-1] = self._completed(self.records[-1], meaning, row)

    def _is_heading(self, text: str) -> bool:
        found = _HEADING.fullmatch(text)
        if found is None:
            return False
        words = (found[1] or found[2]).lower()
        kind = next((kind for word, kind in self.dialect.headings.items() if word in words), None)
        if kind is None and found[2]:
            return False
        self._kind, self._person = kind or "network", None
        return True

    def _completed(self, record: NetworkRecord, meaning: str, row: Row) -> NetworkRecord:
        match meaning:
            case "name":
                return replace(record, name=row.value)
            case "org_name":
                return replace(record, org_name=row.value)
            case "org_id":
                return replace(record, org_id=row.value)
            case "status":
                return replace(record, status=row.value)
        contact = self._contact(self._kind if meaning == "mailbox" else meaning, row, record)
        if contact is not None:
            self._contacts[-1].append(contact)
        return record

    def finished(self) -> Iterator[NetworkRecord]:
        """Yield the records with their contacts."""
        for record, contacts in zip(self.records, self._contacts, strict=True):
            yield replace(record, contacts=tuple(contacts))

    def _contact(self, kind: str, row: Row, record: NetworkRecord) -> NetworkContact | None:
        mailbox = first_mailbox_in(row.value)
        via = " -> ".join(filter(None, (f"network {record.key}", self._person, row.label or kind)))
        if mailbox is not None:
            return NetworkContact(kind, via, name=self._person, mailbox=mailbox, line=row.line)
        if row.label and kind in {"admin", "tech"}:
            return NetworkContact(kind, f"{via} {row.value}", row.value, line=row.line)
        return None
