"""Who answers, by an RDAP document: every abuse entity, nearest first, with what the registry says of the mailbox."""

import sys
from pathlib import Path

import pytest

from irtkit.wire.rdap.contacts import AbuseContact, abuse_contacts, find_reason
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.rdap.values import Document

sys.path.insert(0, str(Path(__file__).parent / "rdap"))  # the folder is no package

from rdap_samples import APNIC, ARIN, RIPE, SERVER, Json, body, card, entity, network


def parsed(value: Json) -> Document:
    return parse_document(body(value), SERVER)


def found_in(value: Json, registry: str | None = None) -> tuple[AbuseContact, ...]:
    return abuse_contacts(parsed(value), registry)


def reason_of(value: Json, registry: str | None = None) -> str | None:
    return find_reason(parsed(value), found_in(value, registry))


def test_an_irt_without_mailbox_is_no_contact() -> None:
    """RIPE lists it first; it stays a candidate, its mailbox withheld, and the abuse role has the contact."""
    irt, role = found_in(RIPE, "ripe")
    assert (irt.kind, irt.handle, irt.email, irt.gap) == ("irt", "IRT-EXAMPLE", None, "withheld")
    assert (role.kind, role.handle, role.email, role.gap) == ("abuse-c", "AR1-EXAMPLE", "abuse@example.net", None)
    assert reason_of(RIPE) is None


def test_a_failed_validation_is_a_flag() -> None:
    """RIPE's remark on the object names the mailbox, and whom to refer to."""
    _, role = found_in(RIPE)
    assert (role.suspect, role.refer_to, role.evidence) == (True, "ORG-EX1-EXAMPLE", ("/remarks/0",))
    other = {**RIPE, "entities": [entity("AR2-EXAMPLE", ["abuse"], "other@example.net")]}
    assert not found_in(other)[0].suspect


def test_contacts_at_two_levels_are_both_kept_nearest_first() -> None:
    """ARIN's network has one, its holder another, which has not answered the registry."""
    near, far = found_in(ARIN, "arin")
    assert (near.handle, near.level, near.suspect) == ("ABUSE2-ARIN", 0, False)
    assert (far.handle, far.level, far.suspect, far.unanswered_since) == ("ABUSE1-ARIN", 1, True, "2025-01-31")
    assert far.path == "/entities/0/entities/0/vcardArray/1/3"
    assert far.evidence == ("/entities/0/entities/0/remarks/0",)
    assert far.via == (
        "ip network NET-192-0-2-0-1 -> entity EXAMPL-1 (registrant) -> entity ABUSE1-ARIN (abuse) -> email"
    )


def test_the_day_of_validation_is_told_of_its_mailbox_only() -> None:
    """APNIC's irt has two mailboxes; the remark names one."""
    first, second = found_in(APNIC, "apnic")
    assert (first.email, first.validated, first.kind) == ("irt@example.net", None, "irt")
    assert (second.email, second.validated, second.suspect) == ("abuse@example.net", "2025-02-09", False)
    assert second.evidence == ("/entities/1/remarks/0",)


def test_a_mailbox_marked_invalid_is_suspect() -> None:
    """APNIC's remark again."""
    remarks = [{"description": ["x@example.net is invalid"]}]
    (contact,) = found_in(network(entity("IRT-EX", ["abuse"], "x@example.net", remarks=remarks)))
    assert contact.suspect


@pytest.mark.parametrize(
    ("email", "gap"),
    [
        ("abuse@lacnic.net", "dummy"),
        ("unread@ripe.net", "dummy"),
        ("********", "masked"),
        ("abuse at example.net", "no-mailbox"),
        ("", "no-mailbox"),
    ],
)
def test_what_is_no_real_mailbox_is_a_gap(email: str, gap: str) -> None:
    """Placeholders and masks are never shown as a contact."""
    value = network(entity("ABUSE1-EX", ["abuse"], email))
    (contact,) = found_in(value)
    assert (contact.email, contact.gap) == (None, gap)
    assert reason_of(value) == ("no-mailbox" if gap == "no-mailbox" else "dummy")


def test_a_registrys_own_placeholder_counts_there() -> None:
    """With the registry known, only its own rules count."""
    value = network(entity("ABUSE1-EX", ["abuse"], "abuse@lacnic.net"))
    assert found_in(value, "lacnic")[0].gap == "dummy"
    assert found_in(value, "arin")[0].gap is None


@pytest.mark.parametrize(
    "members",
    [
        {"status": ["Private"]},
        {"remarks": [{"type": "object redacted due to authorization", "description": []}]},
        {"remarks": [{"title": "REDACTED FOR PRIVACY", "description": ["Some data has been removed."]}]},
    ],
)
def test_a_mailbox_can_be_withheld_from_us(members: Json) -> None:
    """The entity says so by its status or a remark."""
    value = network(entity("ABUSE1-EX", ["abuse"], **members))
    assert found_in(value)[0].gap == "withheld"
    assert reason_of(value) == "withheld"


@pytest.mark.parametrize(
    ("path", "is_withheld"),
    [
        ("$.entities[?(@.handle=='ABUSE1-EX')].vcardArray[1][?(@[0]=='email')]", True),
        ("$.entities[?(@.roles[0]=='abuse')].vcardArray[1][?(@[0]=='email')][3]", True),
        ("$.entities[1].vcardArray[1][?(@[0]=='e-mail')]", True),
        ("$.entities[0].vcardArray[1][?(@[0]=='e-mail')]", False),
        ("$.entities[?(@.handle=='OTHER')].vcardArray[1][?(@[0]=='email')]", False),
        ("$.entities[1].vcardArray[1][?(@[0]=='tel')]", False),
        ("no path about mail", False),
    ],
)
def test_a_redaction_tells_whose_mailbox_was_taken_out(path: str, *, is_withheld: bool) -> None:
    """By handle, by role or by place (RFC 9537)."""
    value = network(entity("TECH1-EX", ["technical"]), entity("ABUSE1-EX", ["abuse"]), redacted=[{"prePath": path}])
    (contact,) = found_in(value)
    assert contact.gap == ("withheld" if is_withheld else "no-mailbox")


@pytest.mark.parametrize(("registry", "gap"), [("lacnic", "withheld"), ("nicbr", "withheld"), ("arin", "no-mailbox")])
def test_some_registries_withhold_without_a_word(registry: str, gap: str) -> None:
    """LACNIC and NIC.br leave mailboxes out for whoever has no account."""
    assert found_in(network(entity("ABC12", ["abuse"])), registry)[0].gap == gap


def test_within_one_entity_mailboxes_for_abuse_come_first() -> None:
    """The type decides, then the preference."""
    vcard = card("Desk", "desk@example.net")
    vcard[1].append(["email", {"type": "abuse"}, "text", "abuse@example.net"])
    contacts = found_in(network(entity("ABUSE1-EX", ["abuse"], vcardArray=vcard)))
    assert [contact.email for contact in contacts] == ["abuse@example.net", "desk@example.net"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (network(entity("TECH1-EX", ["technical"], "tech@example.net")), "no-abuse-role"),
        (network(remarks=[{"description": ["abuse to abuse@example.net"]}]), "no-abuse-role"),
        (network(entity("ABUSE1-EX", ["abuse"])), "no-mailbox"),
        (network(status=["private"]), "withheld"),
        (network(notices=[{"type": "object redacted due to authorization"}]), "withheld"),
        ({"errorCode": 404}, "error"),
        ({"notices": []}, "no-object"),
    ],
)
def test_no_contact_has_a_reason(value: Json, reason: str) -> None:
    """Other roles and free text are never taken for one."""
    assert all(contact.email is None for contact in found_in(value))
    assert reason_of(value) == reason


def test_an_entity_asked_for_by_itself_may_be_the_contact() -> None:
    """If it has the role; what it holds does not count."""
    (contact,) = found_in(entity("ABUSE1-EX", ["abuse"], "abuse@example.net"))
    assert (contact.email, contact.level, contact.path) == ("abuse@example.net", 0, "/vcardArray/1/3")
    assert found_in(entity("ORG-EX", ["registrant"], networks=[ARIN])) == ()
