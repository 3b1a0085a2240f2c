"""RDAP documents as values: what is in them, and what becomes of members that are wrong."""

import sys
from pathlib import Path

import pytest

from irtkit.errors import AnswerError
from irtkit.resources import AddressRange
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.rdap.values import Autnum, Document, Domain, Entity, IpNetwork, Nameserver, Redaction

sys.path.insert(0, str(Path(__file__).parent / "rdap"))  # the folder is no package

from rdap_samples import ARIN, RIPE, SERVER, Json, body, card, entity, network


def parsed(value: Json) -> Document:
    return parse_document(body(value), SERVER)


def the_network(value: Json) -> IpNetwork:
    found = parsed(value).object
    assert isinstance(found, IpNetwork)
    return found


def notes(document: Document) -> list[str]:
    return [str(warning) for warning in document.warnings]


def test_a_network_has_its_range_and_what_is_said_of_it() -> None:
    """Range, prefixes, names, status in lower case, links, events, port 43, geofeed."""
    links = [
        {"href": "https://rdap.example/ip/192.0.2.0/24", "rel": "Self", "type": "application/rdap+json"},
        {"href": "https://example.net/geofeed.csv", "rel": "geofeed", "type": "application/geofeed+csv"},
        {"rel": "up"},
    ]
    found = parsed(
        network(
            name="EXAMPLE-NET",
            type="ASSIGNED PA",
            country="NL",
            parentHandle="192.0.0.0 - 192.0.255.255",
            status=["Active"],
            port43="whois.example",
            lang="en",
            links=links,
            events=[{"eventAction": "Last Changed", "eventDate": "2025-01-02T03:04:05Z", "eventActor": "someone"}],
            remarks=[{"title": "description", "description": ["one", "two"]}],
            cidr0_cidrs=[{"v4prefix": "192.0.2.0", "length": 24}],
        )
    )
    net = found.object
    assert isinstance(net, IpNetwork)
    assert net.range == AddressRange.parse("192.0.2.0/24")
    assert net.prefixes == (net.range,)
    assert (net.name, net.type, net.country, net.parent_handle) == (
        "EXAMPLE-NET",
        "ASSIGNED PA",
        "NL",
        "192.0.0.0 - 192.0.255.255",
    )
    assert (net.status, net.port43, net.language, net.last_changed) == (
        ("active",),
        "whois.example",
        "en",
        "2025-01-02T03:04:05Z",
    )
    assert [(link.rel, link.path) for link in net.links] == [("self", "/links/0"), ("geofeed", "/links/1")]
    assert net.geofeeds == ("https://example.net/geofeed.csv",)
    assert net.remarks[0].description == ("one", "two")
    assert notes(found) == ["/links/2/href: expected a URL"]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"startAddress": "2001:db8::/128", "endAddress": "2001:db8::f/128"}, "2001:db8::/124"),
        ({"startAddress": "192.0.2.9", "endAddress": "192.0.2.11"}, "192.0.2.9 - 192.0.2.11"),
        ({"startAddress": "192.000.002.000", "endAddress": "192.000.002.255"}, "192.0.2.0 - 192.0.2.255"),
        ({"startAddress": None, "endAddress": None}, None),
        ({"startAddress": "192.0.2.9", "endAddress": "192.0.2.1"}, None),
        ({"startAddress": "192.0.2.9", "endAddress": "2001:db8::"}, None),
        ({"startAddress": "x", "endAddress": "192.0.2.1"}, None),
        ({"startAddress": "x", "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 25}]}, "192.0.2.0 - 192.0.2.127"),
        (
            {
                "startAddress": None,
                "cidr0_cidrs": [
                    {"v6prefix": "2001:db8:1::", "length": "48"},
                    {"v6prefix": "2001:db8::", "length": 48},
                    {"v6prefix": "2001:db8::", "length": 999},
                ],
            },
            "2001:db8::/47",
        ),
        (
            {
                "startAddress": None,
                "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 25}, {"v4prefix": "203.0.113.0", "length": 24}],
            },
            None,
        ),
    ],
)
def test_a_range_is_read_from_its_ends_or_its_prefixes(members: Json, expected: str | None) -> None:
    """Ends that make no range are noted; prefixes that adjoin make one."""
    found = the_network(network(**members)).range
    assert (None if found is None else found.canonical) == expected


def test_entities_are_read_at_every_level() -> None:
    """Each knows its roles and where it stands; levels count the entities between."""
    net = the_network(ARIN)
    assert [(level, each.handle, each.path) for level, each in net.iter_entities()] == [
        (0, "EXAMPL-1", "/entities/0"),
        (1, "ABUSE1-ARIN", "/entities/0/entities/0"),
        (1, "NOC1-ARIN", "/entities/0/entities/1"),
        (0, "ABUSE2-ARIN", "/entities/1"),
        (0, "TECH1-ARIN", "/entities/2"),
    ]
    assert net.entities[1].roles == ("abuse",)
    assert net.entities[0].entities[1].status == ("validated",)
    assert net.entities[0].card.name == "EXAMPL-1"


def test_redactions_and_conformance_belong_to_the_answer() -> None:
    """With name, reason, method and path; without a method it is a removal."""
    document = parsed({**RIPE, "redacted": [*RIPE["redacted"], {"name": {"type": "Registrant"}, "postPath": "$.x"}]})
    assert document.redactions == (
        Redaction(
            "E-mail contact information",
            "Personal data",
            "removal",
            "$.entities[?(@.handle=='IRT-EXAMPLE')].vcardArray[1][?(@[0]=='e-mail')]",
        ),
        Redaction("Registrant", None, "removal", "$.x"),
    )
    assert "cidr0" in document.conformance


def test_the_other_classes_are_read() -> None:
    """AS numbers and blocks of them, entities with what they hold, domains with servers and network, name servers."""
    autnum = parsed({"objectClassName": "autnum", "startAutnum": 64496, "endAutnum": "64511", "name": "EX"}).object
    assert isinstance(autnum, Autnum)
    assert (autnum.first, autnum.last, autnum.name) == (64496, 64511, "EX")
    holder = parsed(
        entity(
            "ORG-EX",
            ["registrant"],
            publicIds=[{"type": "Example", "identifier": 7}],
            networks=[network()],
            autnums=[{"startAutnum": 64496}],
        )
    ).object
    assert isinstance(holder, Entity)
    assert [each.range.canonical for each in holder.networks if each.range] == ["192.0.2.0 - 192.0.2.255"]
    assert [(each.first, each.last) for each in holder.autnums] == [(64496, 64496)]
    assert holder.public_ids[0].identifier == "7"
    domain = parsed(
        {
            "objectClassName": "Domain",
            "ldhName": "2.0.192.in-addr.arpa",
            "nameservers": [{"ldhName": "ns.example", "ipAddresses": {"v6": ["2001:db8::1"], "v4": ["192.0.2.1"]}}],
            "network": network(),
            "secureDNS": {},
        }
    )
    assert isinstance(domain.object, Domain)
    assert domain.object.nameservers[0].addresses == ("192.0.2.1", "2001:db8::1")
    assert domain.object.network is not None
    server = parsed({"objectClassName": "nameserver", "ldhName": "ns.example"}).object
    assert isinstance(server, Nameserver)
    assert server.name == "ns.example"


@pytest.mark.parametrize("first", [-1, 2**32, "x", 1.5, True])
def test_what_is_no_as_number_is_left_out(first: Json) -> None:
    """And noted."""
    document = parsed({"objectClassName": "autnum", "startAutnum": first, "handle": "AS1"})
    assert isinstance(document.object, Autnum)
    assert document.object.first is None
    assert len(document.warnings) == 1


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"startAddress": "192.0.2.0"}, IpNetwork),
        ({"startAutnum": 64496}, Autnum),
        ({"vcardArray": card("x")}, Entity),
        ({"roles": ["abuse"]}, Entity),
        ({"ldhName": "example.net"}, Domain),
        ({"objectClassName": "inetnum", "startAddress": "192.0.2.0"}, IpNetwork),
        ({"objectClassName": 7, "startAddress": "192.0.2.0"}, IpNetwork),
    ],
)
def test_members_tell_the_class_where_its_name_does_not(members: Json, kind: type[object]) -> None:
    """Early services did not name it; a note says that it was guessed."""
    document = parsed(members)
    assert isinstance(document.object, kind)
    assert any(warning.path == "/objectClassName" for warning in document.warnings)


def test_a_search_has_several_objects() -> None:
    """In order; then there is no single one."""
    document = parsed({"entitySearchResults": [entity("A-EX", []), 7, entity("B-EX", [])]})
    assert [each.handle for each in document.objects] == ["A-EX", "B-EX"]
    assert document.object is None
    assert document.objects[1].path == "/entitySearchResults/2"


def test_an_error_is_no_object() -> None:
    """It has a code, a title and a description."""
    document = parsed({"errorCode": 404, "title": "Not Found", "description": ["no such", "network"]})
    assert document.error == (404, "Not Found", ("no such", "network"))
    assert document.objects == ()


def test_a_help_text_has_notices_only() -> None:
    """One notice alone is taken for an array of one."""
    document = parsed({"notices": {"title": "Help", "description": "ask"}, "rdapConformance": "rdap_level_0"})
    assert document.objects == ()
    assert document.notices[0].description == ("ask",)
    assert document.conformance == ("rdap_level_0",)


def test_members_of_the_wrong_type_are_noted_and_left_out() -> None:
    """Whatever they are, everything else is read."""
    wrong: Json = {
        "handle": {},
        "status": 7,
        "entities": [None, 3, entity(None, ["abuse"], "abuse@example.net"), "x"],
        "remarks": "text",
        "events": [[]],
        "links": [{"href": 7}],
        "port43": [],
        "name": False,
        "cidr0_cidrs": [{}],
        "madeup_member": 1,
        "vcardArray": card("not here"),
    }
    document = parsed(network(**wrong))
    assert isinstance(document.object, IpNetwork)
    assert [each.card.emails[0].mailbox for each in document.object.entities] == ["abuse@example.net"]
    assert {warning.path for warning in document.warnings} == {
        "/handle",
        "/status",
        "/entities/0",
        "/entities/1",
        "/entities/3",
        "/remarks",
        "/events/0",
        "/links/0/href",
        "/port43",
        "/name",
        "/cidr0_cidrs/0/length",
        "/madeup_member",
        "/vcardArray",
    }


@pytest.mark.parametrize("text", [b"", b"[]", b"<html>", b'{"a":' * 100_000])
def test_only_what_is_no_document_is_refused(text: bytes) -> None:
    """As the server's fault."""
    with pytest.raises(AnswerError, match=SERVER):
        parse_document(text, SERVER)
