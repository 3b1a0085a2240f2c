"""The registry's verdicts, case by case: what RIPE's own classes say, irtkit says.

`IRTKIT_CONFORMANCE=FILE` names the cases, one JSON object a line, as `shared/conformance/README.md` describes
them; without it the file there is read. One test is one case, and its id ends in the case's id. A case of a
kind that irtkit has no code for is skipped, and so is an accident of the registry's program that `REFUSED`
names; both say why.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from irtkit.clients.dumps import build_index
from irtkit.contacts import Database, find_abuse_contact, find_irts
from irtkit.errors import ParseError, RangeError
from irtkit.index.lookup import open_index
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, parse_object, parse_objects
from irtkit.schema.contact_rules import registry_of_source

SHARED = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "cases-open.jsonl"
SOURCE = "TEST"
"""The main source of every case's database."""

LATER = {
    "attribute": "values have no syntaxes yet",
    "object": "objects are not validated yet",
    "irt-auth": "nothing is authorised yet",
    "response": "whois answers are not read yet",
}
"""Kinds that irtkit has no code for, and what is missing."""

REFUSED: dict[str, str] = {}
"""Ids of `quirk` cases that irtkit decides otherwise, and why."""

Case = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What one path answers: keys as the registry stores them, names in upper case."""

    object: str | None
    irt_network: str | None
    irts: list[str]
    """Sorted: the cases list them in the order of their keys."""
    abuse_contact: dict[str, Any] | None
    """As much of it as the path knows."""
    known: tuple[str, ...]


def cases() -> Iterator[Any]:
    """Yield a parameter set for each case of the file."""
    named = os.environ.get("IRTKIT_CONFORMANCE")
    if not named and not SHARED.exists():
        absent = pytest.mark.skip(reason="IRTKIT_CONFORMANCE is not set and there is no shared case file")
        yield pytest.param({}, id="no-cases", marks=absent)
        return
    with (Path(named) if named else SHARED).open(encoding="utf-8") as file:
        for case in map(json.loads, file):
            yield pytest.param(case, id=case["id"], marks=skipped(case))


def skipped(case: Case) -> list[pytest.MarkDecorator]:
    """The mark of a case that is not decided, with the reason."""
    reason = None
    if case["kind"] in LATER:
        reason = f"kind {case['kind']} is of a later issue: {LATER[case['kind']]}"
    elif case.get("quirk") and case["id"] in REFUSED:
        reason = f"a quirk refused by name: {REFUSED[case['id']]}"
    return [pytest.mark.skip(reason=reason)] if reason else []


def check_parse(case: Case, _: Path) -> None:
    if case.get("error"):
        with pytest.raises(ParseError):
            parse_object(case["text"])
        return
    parsed = parse_object(case["text"])
    assert [[attribute.name, attribute.value] for attribute in parsed] == case["expect"]
    assert str(parsed) == case["text"]


def check_range(case: Case, _: Path) -> None:
    if case.get("error"):
        with pytest.raises(RangeError):
            AddressRange.parse(case["text"], case["class"])
        return
    found = AddressRange.parse(case["text"], case["class"])
    assert found.first == int(ip_address(case["first"]))
    assert found.last == int(ip_address(case["last"]))
    assert found.canonical == case["canonical"]
    assert AddressRange.parse(case["canonical"], case["class"]) == found


def check_abusec(case: Case, folder: Path) -> None:
    expected = case["expect"] and {
        name: value.upper() if value and name in {"nic-hdl", "org"} else value for name, value in case["expect"].items()
    }
    for found in answers(case, folder):
        assert found.object == case["object"]
        assert found.abuse_contact == (expected and {name: expected[name] for name in found.known})


def check_irt(case: Case, folder: Path) -> None:
    expected = case["expect_documented" if case.get("divergent") else "expect"] or {}
    for found in answers(case, folder):
        assert found.object == case["object"]
        assert found.irt_network == expected.get("inetnum")
        assert found.irts == sorted(map(str.upper, expected.get("irt", ())))


def answers(case: Case, folder: Path) -> Iterator[Found]:
    """Yield the answer of each path that can be asked.

    An index holds no aut-nums, and several registries, each with its own hierarchy; so it is asked about
    addresses in the database of one registry.
    """
    objects = parse_objects(case["database"])
    yield through_objects(objects, case)
    registries = {registry_of_source("".join(found.values("source"))) for found in objects}
    if registries == {registry_of_source(SOURCE)} and not case["query"].upper().startswith("AS"):
        yield through_index(case, folder)


def through_objects(objects: list[RpslObject], case: Case) -> Found:
    """Answer by walking over the parsed objects."""
    database = Database(objects, main_source=SOURCE)
    suspects = case.get("suspect_mailboxes", ())
    walk = find_irts(database, case["query"])
    contact = find_abuse_contact(database, case["query"], suspect_mailboxes=suspects)
    return Found(
        object=key_of(walk.object),
        irt_network=key_of(walk.network),
        irts=sorted(str(key_of(irt)).upper() for irt in walk.irts),
        abuse_contact=None
        if contact is None
        else {
            "mailbox": contact.mailbox,
            "suspect": contact.suspect,
            "nic-hdl": contact.nic_hdl,
            "org": contact.org and contact.org.upper(),
        },
        known=("mailbox", "suspect", "nic-hdl", "org"),
    )


def through_index(case: Case, folder: Path) -> Found:
    """Answer from an index file that is built from the database as a dump."""
    dump, index = folder / "dump.db", folder / "index"
    dump.write_text(case["database"], encoding="utf-8")
    build_index([str(dump)], str(index))
    resolution = open_index(index).resolve(case["query"], policy="all")
    there = [contact for contact in resolution.contacts if contact.gap != "missing-object"]
    abuse_contact = next((contact for contact in there if contact.kind == "abuse-c" and contact.email), None)
    return Found(
        object=resolution.network,
        irt_network=resolution.irt_network,
        irts=sorted(contact.handle for contact in there if contact.kind == "irt"),
        abuse_contact=None
        if abuse_contact is None
        else {"mailbox": abuse_contact.email, "nic-hdl": abuse_contact.handle},
        known=("mailbox", "nic-hdl"),
    )


def key_of(obj: RpslObject | None) -> str | None:
    """The primary key as the registry stores it."""
    if obj is None:
        return None
    if obj.class_name in {"inetnum", "inet6num"}:
        return AddressRange.parse(obj[0].value, obj.class_name).canonical
    return obj.primary_key


CHECKS: dict[str, Callable[[Case, Path], None]] = {
    "parse": check_parse,
    "range": check_range,
    "abusec": check_abusec,
    "irt": check_irt,
}


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: Case, tmp_path: Path) -> None:
    """The verdict is the registry's; where its program and its manual differ, the manual's."""
    CHECKS[case["kind"]](case, tmp_path)
