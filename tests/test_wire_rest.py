"""RIPE's REST interface: what is asked, and what the replies say."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from irtkit.errors import AccessDeniedError, AnswerError, QueryError, UnreachableError
from irtkit.wire.questions import HttpReply
from irtkit.wire.rest import (
    RestAbuseContact,
    RestAnswer,
    RestMessage,
    RestOption,
    RestService,
    RestVersion,
    read_abuse_contact,
    read_answer,
)
from irtkit.wire.whois.queries import Hierarchy, Information, RipeQuery

SERVICE = RestService("https://rest.example/whois/", "example")
LOOKUP = SERVICE.lookup("TEST", "irt", "IRT-EXAMPLE")
IRT = {
    "type": "irt",
    "source": {"id": "test"},
    "primary-key": {"attribute": [{"name": "irt", "value": "IRT-EXAMPLE"}]},
    "attributes": {
        "attribute": [
            {"name": "irt", "value": "IRT-EXAMPLE"},
            {"name": "address", "value": "1 Example Street\nExampleton", "comment": "by the\r\nriver"},
            {"name": "remarks", "value": ""},
            {"name": "mnt-by", "value": "EXAMPLE-MNT", "referenced-type": "mntner", "link": {"href": "x"}},
            {"name": "source", "value": "TEST", "comment": "Filtered"},
        ]
    },
}


def answer(value: Any, status: int = 200) -> RestAnswer:
    return read_answer(HttpReply(LOOKUP, status, {}, json.dumps(value).encode()))


def contact(value: Any, status: int = 200) -> RestAbuseContact | None:
    asked = SERVICE.abuse_contact("192.0.2.0/24")
    return read_abuse_contact(HttpReply(asked, status, {}, json.dumps(value).encode()))


def messages(*rows: Any) -> Any:
    return {"errormessages": {"errormessage": list(rows)}}


@pytest.mark.parametrize(
    ("class_name", "key", "options", "place"),
    [
        ("irt", "IRT-EXAMPLE", (), "test/irt/IRT-EXAMPLE"),
        ("INETNUM", "192.0.2.0 - 192.0.2.255", (), "test/inetnum/192.0.2.0%20-%20192.0.2.255"),
        ("route6", "2001:db8::/32AS64496", (), "test/route6/2001:db8::/32AS64496"),
        ("mntner", "ÉX?#MNT", (), "test/mntner/%C3%89X%3F%23MNT"),
        ("irt", "IRT-EXAMPLE", ("unfiltered", "abuse-contact"), "test/irt/IRT-EXAMPLE?unfiltered&abuse-contact"),
    ],
)
def test_one_object_is_asked_for_by_its_key(
    class_name: str, key: str, options: tuple[RestOption, ...], place: str
) -> None:
    """In JSON, for the registry's budget."""
    request = SERVICE.lookup("TEST", class_name, key, options)
    assert request.url == f"https://rest.example/whois/{place}"
    assert (dict(request.headers), request.registry) == ({"accept": "application/json"}, "example")
    assert not request.personal


def test_persons_are_personal_and_have_no_history() -> None:
    """A look-up counts as personal data; versions are refused before anybody is asked."""
    assert SERVICE.lookup("TEST", "person", "TP1-TEST").personal
    with pytest.raises(QueryError, match="no versions"):
        SERVICE.versions("TEST", "role", "TP1-TEST")


@pytest.mark.parametrize(
    ("source", "class_name", "key"),
    [
        ("", "irt", "IRT-EXAMPLE"),
        ("TEST/../..", "irt", "IRT-EXAMPLE"),
        ("TEST", "i t", "IRT-EXAMPLE"),
        ("TEST", "irt", ""),
        ("TEST", "irt", ".."),
        ("TEST", "irt", "a/../../b"),
        ("TEST", "irt", "a\r\nb"),
        ("TEST", "irt", "x" * 2_000),
    ],
)
def test_what_is_no_key_is_not_asked_for(source: str, class_name: str, key: str) -> None:
    """Nothing changes the path or breaks the line."""
    with pytest.raises(QueryError):
        SERVICE.lookup(source, class_name, key)


def test_a_service_has_a_url() -> None:
    """With or without its last slash."""
    assert RestService("https://rest.example").base == RestService("https://rest.example/").base
    with pytest.raises(QueryError, match="base URL"):
        RestService("rest.example")


def test_a_search_asks_what_a_query_asks() -> None:
    """Each flag is a parameter; related persons stay out unless they are wanted."""
    query = RipeQuery(
        key="192.0.2.0/24",
        hierarchy=Hierarchy.ALL_LESS,
        irt=True,
        classes=("inetnum", "irt"),
        sources=("TEST", "OTHER"),
        filtered=False,
    )
    request = SERVICE.search(query, ["abuse-contact"], limit=10, offset=0)
    assert request.url == (
        "https://rest.example/whois/search?query-string=192.0.2.0%2F24&source=TEST&source=OTHER"
        "&type-filter=inetnum&type-filter=irt"
        "&flags=all-less&flags=no-referenced&flags=irt&flags=no-filtering&limit=10&offset=0&abuse-contact"
    )
    assert not request.personal
    inverse = SERVICE.search(RipeQuery(key="EXAMPLE-MNT", inverse=("mnt-by", "mnt-ref"), referenced=True))
    assert inverse.url.endswith("?query-string=EXAMPLE-MNT&inverse-attribute=mnt-by&inverse-attribute=mnt-ref")
    assert inverse.personal


@pytest.mark.parametrize(
    "query",
    [
        RipeQuery(key="192.0.2.1", abuse_contact=True),
        RipeQuery(key="192.0.2.1", brief=True),
        RipeQuery(key="192.0.2.1", keys_only=True),
        RipeQuery(key="192.0.2.1", persistent=True),
        RipeQuery(key="192.0.2.1", client="tag"),
        RipeQuery(key="192.0.2.1", charset="utf-8"),
        RipeQuery(key="192.0.2.1", all_sources=True),
        RipeQuery(key="AS64496", list_versions=True),
        RipeQuery(key="AS64496", show_version=1),
        RipeQuery(template="irt"),
        RipeQuery(information=Information.SOURCES),
        RipeQuery(key="help"),
    ],
)
def test_a_search_refuses_what_the_server_would_refuse(query: RipeQuery) -> None:
    """Before anybody is asked."""
    with pytest.raises(QueryError, match=r"search does not take|expected a search key"):
        SERVICE.search(query)


def test_an_object_is_rpsl_again() -> None:
    """Attributes in order, comments joined, a line feed in a value a continuation line."""
    found = answer({"objects": {"object": [IRT]}})
    (each,) = found.objects
    assert each.source == "test"
    assert str(each.object) == (
        "irt:            IRT-EXAMPLE\n"
        "address:        1 Example Street\n"
        "                Exampleton # by the river\n"
        "remarks:\n"
        "mnt-by:         EXAMPLE-MNT\n"
        "source:         TEST # Filtered\n"
    )
    assert found.rpsl_objects == (each.object,)


def test_an_object_comes_with_what_was_asked_beside_it() -> None:
    """Abuse contact, holder and version."""
    more = {
        "abuse-contact": {"key": "AR1-TEST", "email": "abuse@example.net", "suspect": True, "org-id": "ORG-EX1-TEST"},
        "resource-holder": {"key": "ORG-EX1-TEST", "name": "Example"},
        "version": 3,
    }
    (each,) = answer({"objects": {"object": [{**IRT, **more}]}}).objects
    assert each.abuse_contact == RestAbuseContact("AR1-TEST", "abuse@example.net", True, "ORG-EX1-TEST")
    assert (each.holder, each.version) == (("ORG-EX1-TEST", "Example"), 3)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        {},
        {"attributes": []},
        {"attributes": {"attribute": []}},
        {"type": "irt", "attributes": {"attribute": [{"name": "person", "value": "x"}]}},
        {"attributes": {"attribute": [{"name": "no\nname", "value": "x"}]}},
    ],
)
def test_a_bad_object_costs_no_other(bad: Any) -> None:
    """It is left out."""
    assert len(answer({"objects": {"object": [bad, IRT]}}).objects) == 1


@pytest.mark.parametrize(
    ("text", "arguments", "filled"),
    [
        ("Unrecognized source: %s", ["INVALID"], "Unrecognized source: INVALID"),
        ('"%s" is not valid for "%s"', ["a%s", "b"], '"a%s" is not valid for "b"'),
        ("%s and %s", ["one"], "one and %s"),
        ("50%% of %s", ["all", "more"], "50% of all"),
        ("nothing", ["x"], "nothing"),
        ("ERROR:101: no entries found\n\nNo entries.\n", [], "ERROR:101: no entries found\n\nNo entries."),
    ],
)
def test_messages_have_their_places_filled(text: str, arguments: list[str], filled: str) -> None:
    """In order; what is filled in is not filled again."""
    row = {"severity": "Warning", "text": text, "args": [{"value": value} for value in arguments]}
    assert answer(messages(row)).messages == (RestMessage("Warning", filled),)


def test_a_message_may_be_about_an_attribute() -> None:
    """Which is named."""
    row = {"severity": "Error", "text": "wrong", "attribute": {"name": "admin-c", "value": "x"}}
    assert answer(messages(row)).messages == (RestMessage("Error", "wrong", "admin-c"),)


def test_nothing_found_is_an_answer() -> None:
    """Without objects, with what the server says about it."""
    found = answer(messages({"severity": "Error", "text": "ERROR:101: no entries found"}), status=404)
    assert (found.objects, found.messages[0].text) == ((), "ERROR:101: no entries found")
    assert read_answer(HttpReply(LOOKUP, 404, {}, b"<html>")).messages == ()


def test_an_object_may_be_in_another_source() -> None:
    """Then the server sends us there."""
    reply = HttpReply(LOOKUP, 301, {"location": "/whois/test-nonauth/irt/IRT-EXAMPLE"}, b"")
    assert read_answer(reply).referral == "https://rest.example/whois/test-nonauth/irt/IRT-EXAMPLE"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, AccessDeniedError),
        (403, AccessDeniedError),
        (400, QueryError),
        (500, UnreachableError),
        (405, AnswerError),
    ],
)
def test_a_refusal_says_what_the_server_says(status: int, error: type[Exception]) -> None:
    """Filled in, as an error of the right kind."""
    row = {"severity": "Error", "text": "Disallowed search flag '%s'", "args": [{"value": "q"}]}
    with pytest.raises(error, match="Disallowed search flag 'q'"):
        answer(messages(row), status)
    with pytest.raises(error):
        contact(messages(row), status)


@pytest.mark.parametrize("body", [b"", b"[]", b"<xml/>", b'{"objects":' * 100_000])
def test_what_is_no_answer_is_the_servers_fault(body: bytes) -> None:
    """Whatever its status says."""
    with pytest.raises(AnswerError, match=r"^rest\.example: "):
        read_answer(HttpReply(LOOKUP, 200, {}, body))


def test_versions_are_listed() -> None:
    """With number, date and operation; one of them is asked for by its number."""
    day = "2025-01-02T03:04:05Z"
    row = {"revision": 1, "date": day, "operation": "ADD/UPD"}
    assert answer({"versions": {"version": [row]}}).versions == (RestVersion(1, day, "ADD/UPD", None),)
    assert SERVICE.versions("TEST", "irt", "IRT-EXAMPLE").url.endswith("/test/irt/IRT-EXAMPLE/versions")
    assert SERVICE.versions("TEST", "irt", "IRT-EXAMPLE", 2).url.endswith("/versions/2")
    with pytest.raises(QueryError, match="from 1 on"):
        SERVICE.versions("TEST", "irt", "IRT-EXAMPLE", 0)


def test_an_abuse_contact_is_asked_for_by_address() -> None:
    """The key that the server found it by comes with it."""
    assert SERVICE.abuse_contact("192.0.2.0/24").url == "https://rest.example/whois/abuse-contact/192.0.2.0/24"
    value = {
        "service": "abuse-contact",
        "parameters": {"primary-key": {"value": "192.0.2.0 - 192.0.2.255"}},
        "abuse-contacts": {
            "key": "AR1-TEST",
            "email": "abuse@example.net",
            "suspect": "true",
            "org-id": "ORG-EX1-TEST",
        },
    }
    assert contact(value) == RestAbuseContact(
        "AR1-TEST", "abuse@example.net", True, "ORG-EX1-TEST", "192.0.2.0 - 192.0.2.255"
    )


@pytest.mark.parametrize("email", ["", "abuse at example.net", None, 7])
def test_no_mailbox_is_none(email: object) -> None:
    """Empty strings say that nothing is registered."""
    found = contact({"abuse-contacts": {"key": "", "email": email, "suspect": False, "org-id": ""}})
    assert found == RestAbuseContact(None, None, False, None)


def test_no_object_has_no_abuse_contact() -> None:
    """Status 404 says so; an answer without the member is none."""
    assert contact(messages({"text": "No abuse contact found for 192.0.2.0/24"}), 404) is None
    with pytest.raises(AnswerError, match="no abuse contact"):
        contact({})


def test_a_long_object_of_the_registry_is_read_whole(shared: Path) -> None:
    """Every attribute of the recorded answer, in order, and none that is not there."""
    body = gzip.decompress((shared / "data" / "ripe_whois_tests" / "as3333.json.gz").read_bytes())
    found = read_answer(HttpReply(LOOKUP, 200, {}, body))
    (obj,) = found.rpsl_objects
    (row,) = json.loads(body)["objects"]["object"]
    listed = row["attributes"]["attribute"]
    assert obj.class_name == row["type"]
    assert obj.primary_key == row["primary-key"]["attribute"][0]["value"]
    assert [attribute.name for attribute in obj] == [each["name"] for each in listed]
    assert [attribute.value for attribute in obj] == [" ".join(each["value"].split()) for each in listed]
    assert found.warnings == ()
