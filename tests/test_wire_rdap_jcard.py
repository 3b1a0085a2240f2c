"""jCards: one bad property never costs the others."""

import json
from pathlib import Path

import pytest

from irtkit.errors import AnswerError
from irtkit.wire.members import JsonValue, Warnings
from irtkit.wire.rdap.jcard import Card, CardAddress, Email, Phone, parse_card, read_card

VERSION: JsonValue = ["version", {}, "text", "4.0"]
EMAIL: JsonValue = ["email", {}, "text", "abuse@example.net"]


def card_of(*properties: JsonValue) -> tuple[Card, list[str]]:
    warnings = Warnings()
    return read_card(["vcard", list(properties)], "/vcardArray", warnings), [str(warning) for warning in warnings]


def test_a_card_has_what_an_abuse_desk_publishes() -> None:
    """Name, kind, organisation, languages, mailboxes, telephones and addresses, types in lower case."""
    card, warnings = card_of(
        VERSION,
        ["fn", {}, "text", "Abuse Desk"],
        ["KIND", {}, "text", "Group"],
        ["org", {"type": "work"}, "text", ["Example Networks", "Security"]],
        ["lang", {"pref": "2"}, "language-tag", "de"],
        ["lang", {"pref": "1"}, "language-tag", "en"],
        ["adr", {"label": "1 Example Street\\nExampleton"}, "text", ["", "", "", "", "", "", ""]],
        ["adr", {}, "text", ["", "", ["Box 1", "1 Example Street"], "Exampleton", "", "", ""]],
        ["adr", {"label": ""}, "text", None],
        ["tel", {"type": ["WORK", "voice"]}, "uri", "tel:+1-555-0100;ext=1"],
        ["tel", {"type": "fax"}, "text", "tel:"],
        ["email", {"type": ["Abuse"]}, "text", "Abuse Desk <abuse@example.net>"],
    )
    assert warnings == []
    assert (card.name, card.kind, card.organisation) == ("Abuse Desk", "group", "Example Networks")
    assert card.languages == ("en", "de")
    assert card.emails == (Email("abuse@example.net", ("abuse",), 101, "/vcardArray/1/11"),)
    assert card.phones == (Phone("+1-555-0100;ext=1", ("work", "voice")),)
    assert card.addresses == (
        CardAddress(("1 Example Street", "Exampleton")),
        CardAddress(("Box 1", "1 Example Street", "Exampleton")),
    )


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (None, "/vcardArray/1/0"),
        ("email", "/vcardArray/1/0"),
        ({}, "/vcardArray/1/0"),
        ([], "/vcardArray/1/0"),
        (["email", {}, "text"], "/vcardArray/1/0"),
        ([False, {}, "text", "x"], "/vcardArray/1/0/0"),
        (["x", False, "text", "y"], "/vcardArray/1/0/1"),
        (["x", {"a": {"b": 1}}, "text", "y"], "/vcardArray/1/0/1"),
        (["x", {}, 42, "y"], "/vcardArray/1/0/2"),
        (["x", {}, "text", {"a": 1}], "/vcardArray/1/0/3"),
        (["x", {}, "text", ["a", ["b", ["c"]]]], "/vcardArray/1/0/3"),
    ],
)
def test_a_bad_property_is_noted_and_the_rest_is_read(bad: JsonValue, place: str) -> None:
    """Whatever stands in its place."""
    card, warnings = card_of(bad, EMAIL)
    assert [email.mailbox for email in card.emails] == ["abuse@example.net"]
    assert [warning.partition(":")[0] for warning in warnings] == [place]


@pytest.mark.parametrize(
    "row",
    [
        ["email", None, "text", "abuse@example.net"],
        ["email", [], 7, "abuse@example.net"],
        ["EMAIL", {"type": None, "pref": "x"}, "unknown", "mailto:abuse@example.net"],
        ["email", {}, "text", None, 1, ["abuse@example.net"]],
    ],
)
def test_a_mailbox_is_read_from_a_property_with_bad_parts(row: JsonValue) -> None:
    """Parameters and type say nothing that is needed."""
    assert [email.mailbox for email in card_of(row)[0].emails] == ["abuse@example.net"]


def test_mailboxes_come_by_type_then_by_preference() -> None:
    """Of type abuse first; each once, at its best place; what is no mailbox not at all."""
    card, _ = card_of(
        ["email", {}, "text", "third@example.net"],
        ["email", {"pref": "9"}, "text", "second@example.net"],
        ["email", {"pref": 1, "type": "work"}, "text", "THIRD@example.net"],
        ["email", {"pref": "50", "type": "abuse"}, "text", "first@example.net"],
        ["email", {}, "text", "abuse at example.net"],
        ["email", {}, "text", ""],
    )
    assert [email.mailbox for email in card.emails] == ["first@example.net", "THIRD@example.net", "second@example.net"]


@pytest.mark.parametrize(
    "value", [None, [], {}, "vcard", ["vcardX", [EMAIL]], ["vcard"], ["vcard", False], [["vcard"]]]
)
def test_what_is_no_card_has_no_properties(value: JsonValue) -> None:
    """And a warning says so."""
    warnings = Warnings()
    assert read_card(value, "", warnings) == Card()
    assert len(warnings) == 1


def test_every_bad_card_of_another_project_is_survived(shared: Path) -> None:
    """Openrdap's files: each is read with warnings, or is no JSON; no good property beside a bad one is lost."""
    folder = shared / "data" / "openrdap_testdata" / "jcard"
    outcomes = {}
    for file in sorted(folder.glob("*.json")):
        warnings = Warnings()
        try:
            card = parse_card(file.read_bytes(), "rdap.example", warnings)
        except AnswerError:
            outcomes[file.stem.removeprefix("error_")] = "no JSON"
        else:
            outcomes[file.stem.removeprefix("error_")] = f"{len(card.properties)} read, {len(warnings)} noted"
    assert outcomes == {
        "bad_properties_array": "0 read, 1 noted",
        "bad_property_name": "0 read, 1 noted",
        "bad_property_nest_depth": "no JSON",
        "bad_property_parameters": "1 read, 1 noted",
        "bad_property_parameters_2": "no JSON",
        "bad_property_size": "0 read, 1 noted",
        "bad_property_type": "1 read, 1 noted",
        "bad_top_type": "0 read, 1 noted",
        "bad_vcard_label": "0 read, 1 noted",
        "example": "17 read, 0 noted",
        "invalid_json": "no JSON",
        "invalid_properties": "4 read, 1 noted",
        "mixed": "2 read, 0 noted",
    }


def test_the_example_of_the_standard_is_read_whole(shared: Path) -> None:
    """RFC 7095's card: both telephones with their types, both languages in order, the mailbox that the file has."""
    file = shared / "data" / "openrdap_testdata" / "jcard" / "example.json"
    card = parse_card(file.read_bytes(), "rdap.example", Warnings())
    raw = json.loads(file.read_text(encoding="utf-8"))
    assert card.languages == ("fr", "en")
    assert [phone.types for phone in card.phones] == [
        ("work", "voice"),
        ("work", "cell", "voice", "video", "text"),
    ]
    (email,) = card.emails
    assert (email.mailbox, email.types) == (raw[1][12][3], ("work",))
    assert email.path == "/1/12"
