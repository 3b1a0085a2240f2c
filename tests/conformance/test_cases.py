"""The registry's verdicts, case by case: what RIPE's own classes say, irtkit says.

`IRTKIT_CONFORMANCE=FILE` names the cases, one JSON object a line, as `shared/conformance/README.md` describes
them; without it the file there is read. One test is one case, and its id ends in the case's id. An accident of the
registry's program that `REFUSED` names is skipped, and the table says why.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from irtkit.authorisation import Credentials, Request, authorise
from irtkit.clients.dumps import build_index
from irtkit.contacts import Database, find_abuse_contact, find_irts
from irtkit.errors import ParseError, RangeError
from irtkit.index.lookup import open_index
from irtkit.problems import Problem, Severity
from irtkit.resources import AddressRange
from irtkit.rpsl import Attribute, RpslObject, parse_object, parse_objects
from irtkit.schema.contact_rules import registry_of_source
from irtkit.schema.ripe import RIPE
from irtkit.schema.syntaxes import find_syntax
from irtkit.validation import Action, Options, iter_problems
from irtkit.wire.questions import Server
from irtkit.wire.whois.answers import AnswerReader, parse_answer

SHARED = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "cases-open.jsonl"
SOURCE = "TEST"
"""The main source of every case's database."""

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
    if case.get("quirk") and case["id"] in REFUSED:
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


TEMPLATE_VERDICTS = {
    "unknown-class": "bad-class",
    "missing-attribute": "missing-mandatory",
    "repeated-attribute": "duplicate-single",
    "unknown-attribute": "unknown-attribute",
    "misplaced-attribute": "unknown-attribute",
    "bad-value": "syntax",
}
"""What the cases call the problems of templates and syntaxes, by our code."""
VERDICTS = TEMPLATE_VERDICTS | {
    "missing-org": "missing-mandatory",
    "missing-assignment-size": "missing-mandatory",
    "neither-attribute": "missing-mandatory",
    "attribute-and-remark": "duplicate-single",
    "both-attributes": "duplicate-single",
    "attribute-not-for-status": "status",
    "registry-only": "auth",
    "managed-comment": "auth",
    "fixed-maintainer": "auth",
    "several-maintainers": "auth",
    "md5-password": "auth",
    "self-reference": "reference",
}
"""The same for business rules; the cases call all others, about lists, lengths and names, `syntax`."""


def check_object(case: Case, _: Path) -> None:
    found = list(parse_objects(case["text"]))
    assert len(found) == 1
    if case["level"] == "business":
        check_business_rule(case, found[0])
        return
    problems = list(iter_problems(found[0], RIPE))
    told = {
        (attribute_of(one, found[0]), TEMPLATE_VERDICTS[one.code]) for one in problems if one.code in TEMPLATE_VERDICTS
    }
    assert told == {(error["attribute"], error["code"]) for error in case["errors"]}
    assert bool(told) is not case["valid"]
    generated = {attribute_of(one, found[0]) for one in problems if one.code == "generated-attribute"}
    assert generated == {warning["attribute"] for warning in case.get("warnings", [])}


def check_business_rule(case: Case, obj: RpslObject) -> None:
    """Hold only what the case's rule says against the case: it is silent about the other rules."""
    named = case["options"]
    options = Options(action=Action(case["action"]), passwords=named.get("passwords", False))
    errors = [one for one in iter_problems(obj, RIPE, options=options) if one.severity is Severity.ERROR]
    rule = Path(case["source"]).stem
    told = {
        (attribute_of(one, obj), VERDICTS.get(one.code, "syntax"))
        for one in [one for one in errors if speaks_for(one, rule)] or (errors if case["errors"] else [])
    }
    if "only" in named:
        told = {(attribute, verdict) for attribute, verdict in told if attribute in named["only"]}
    assert told == {(error["attribute"], error["code"]) for error in case["errors"]}
    assert bool(told) is not case["valid"]


def speaks_for(problem: Problem, rule: str) -> bool:
    """Whether the problem cites the class of RIPE's program that the case is about, or one that it extends."""
    return any(
        rule.endswith(name) or name.endswith(rule) for name in re.findall(r"[A-Z]\w{8,}", problem.citation or "")
    )


def attribute_of(problem: Problem, obj: RpslObject) -> str:
    """The attribute that a problem is about: the one that is missing, or the one it is shown at, as it is written."""
    assert problem.span is not None
    if VERDICTS.get(problem.code) == "missing-mandatory":
        return problem.message.partition(" ")[0]
    return [attribute.name for attribute in obj if attribute.line <= problem.span.line][-1]


def check_irt_auth(case: Case, _: Path) -> None:
    """Hold the verdict and the strategies that refuse; an update that changes nothing is called so here."""
    offered: dict[str, list[str]] = {"password": [], "sso": [], "pgp": []}
    for credential in case["credentials"]:
        kind, _, value = credential.partition(":")
        offered[kind].append(value)
    credentials = Credentials.of(passwords=offered["password"], accounts=offered["sso"], keys=offered["pgp"])
    (obj,) = parse_objects(case["update"])
    request = Request(obj, credentials, deletion=case["operation"] == "delete")
    options = Options(passwords=case["options"]["passwords"])
    (plan,) = authorise([request], parse_objects(case["database"]), options=options)
    assert plan.operation in {case["operation"], "no-operation"}
    assert sorted(plan.failing) == sorted(case["failing"])
    assert plan.authorised is case["authorised"]


def check_attribute(case: Case, _: Path) -> None:
    syntax = find_syntax("ripe", case["class"], case["attribute"])
    assert syntax is not None
    values = Attribute(f"{case['attribute']}:{case['value']}", 1).values
    assert (not any(map(syntax.find_fault, values))) is case["valid"]


def check_response(case: Case, _: Path) -> None:
    """Hold an answer, read whole and byte by byte, in both charsets of the registry, against the case.

    The cases call every paragraph an object that does not begin with `%`; one that irtkit reads no object in is a
    problem, and lost nowhere.
    """
    server = Server("whois.example")
    for body in [case["text"].encode("latin-1", "replace"), case["text"].encode()]:
        answer = parse_answer(body, server)
        assert {
            "objects": len(answer.objects) + len(answer.problems),
            "comments": sum(comment.text.startswith("%") for comment in answer.comments),
            "errors": [notice.code for notice in answer.errors if notice.code is not None],
            "warnings": [notice.code for notice in answer.warnings if notice.code is not None],
        } == case["expect"]
        reader = AnswerReader(server)
        found = [obj for position in range(len(body)) for obj in reader.feed(body[position : position + 1])]
        assert reader.close() == answer
        assert tuple(found) == answer.objects[: len(found)]


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
    "attribute": check_attribute,
    "object": check_object,
    "parse": check_parse,
    "range": check_range,
    "abusec": check_abusec,
    "irt": check_irt,
    "irt-auth": check_irt_auth,
    "response": check_response,
}


@pytest.mark.parametrize("case", list(cases()))
def test_case(case: Case, tmp_path: Path) -> None:
    """The verdict is the registry's; where its program and its manual differ, the manual's."""
    CHECKS[case["kind"]](case, tmp_path)
