"""One live question: the right registry, its referrals, the walk over what it says, and what becomes of failures."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from irtkit.errors import AccessDeniedError, BudgetError, UnreachableError
from irtkit.live.asking import Asker
from irtkit.live.places import PLACES, Directory, Place
from irtkit.live.resolutions import LIVE_FIELDS, LiveResolution
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, parse_object
from irtkit.wire.questions import Server, WhoisQuestion

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package

from replaying_server import Page, ReplayingServer, keys_of, play

SPACE = AddressRange.parse("192.31.196.7/32")  # AS112: nobody's, and not set aside
RDAP = "https://rdap.example.net/"
OTHER = "https://rdap.example.org/rdap/"


def rpsl(*attributes: tuple[str, str]) -> RpslObject:
    return parse_object("".join(f"{name + ':':<16}{value}\n" for name, value in attributes))


NETWORK = rpsl(
    ("inetnum", "192.31.196.0 - 192.31.196.255"),
    ("netname", "EXAMPLE-NET"),
    ("country", "NL"),
    ("org", "ORG-EX1-X"),
    ("mnt-irt", "IRT-EXAMPLE"),
    ("status", "ASSIGNED PI"),
    ("source", "RIPE"),
)
IRT = rpsl(("irt", "IRT-EXAMPLE"), ("e-mail", "csirt@example.net"), ("source", "RIPE"))
ORG = rpsl(("organisation", "ORG-EX1-X"), ("abuse-c", "AR1-X"), ("org-type", "LIR"), ("source", "RIPE"))
ROLE = rpsl(("role", "Abuse"), ("nic-hdl", "AR1-X"), ("abuse-mailbox", "abuse@example.net"), ("source", "RIPE"))
WORLD = [NETWORK, IRT, ORG, ROLE]
PLACEHOLDER = rpsl(
    ("inetnum", "192.0.0.0 - 192.255.255.255"),
    ("netname", "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK"),
    ("descr", "This network range is not managed by the RIPE NCC"),
    ("remarks", "Transferred to the APNIC region"),
    ("source", "RIPE"),
)


def place(name: str, server: ReplayingServer) -> Place:
    return Place(name, Server("127.0.0.1", server.port))


def asked(asker: Asker, *servers: ReplayingServer, **options: Any) -> LiveResolution:
    return play(asker.ask(SPACE, registry="ripe"), *servers, **options)


def endings(found: LiveResolution) -> list[str]:
    return [hop.ending for hop in found.hops]


def test_an_address_leads_to_its_contacts() -> None:
    """The network is asked for first, then what the walk misses, each object once."""
    with ReplayingServer(WORLD) as server:
        asker = Asker(Directory(only=place("ripe", server)))
        found = asked(asker, server)
        again = asked(asker, server)
    assert found.email == "csirt@example.net"
    assert [contact.email for contact in found.contacts] == ["csirt@example.net", "abuse@example.net"]
    assert (found.network, found.source, found.netname) == ("192.31.196.0 - 192.31.196.255", "RIPE", "EXAMPLE-NET")
    assert (found.country, found.org, found.irt_network) == ("NL", "ORG-EX1-X", found.network)
    assert keys_of(server) == ["192.31.196.7", "IRT-EXAMPLE", "ORG-EX1-X", "AR1-X"]
    assert again.answer == found.answer
    assert tuple(found.to_dict()) == LIVE_FIELDS[1:]
    assert "csirt@example.net" in found.explain()


def test_questions_are_polite() -> None:
    """Related persons are left out of every query, and nothing counts as personal data."""
    with ReplayingServer(WORLD) as server:
        asked(Asker(Directory(only=place("ripe", server))), server)
    assert all({"r", "B", "k"} <= query.flags for query in server.queries)
    assert [query.classes for query in server.queries] == [{"inetnum"}, {"irt"}, {"organisation"}, {"role"}]


def test_a_failed_validation_makes_a_contact_suspect() -> None:
    """What the server says beside the objects becomes a flag."""
    with ReplayingServer(WORLD, suspect=["abuse@example.net"]) as server:
        found = asked(Asker(Directory(only=place("ripe", server))), server)
    assert [contact.suspect for contact in found.contacts] == [False, True]


def stated(found: LiveResolution) -> list[tuple[str | None, str | None, bool]]:
    return [(contact.email, contact.gap, contact.suspect) for contact in found.contacts]


BARE = rpsl(("inetnum", "192.31.196.0 - 192.31.196.255"), ("status", "ASSIGNED PA"), ("source", "RIPE"))
WIDER = rpsl(("inetnum", "192.31.192.0 - 192.31.199.255"), ("status", "ALLOCATED PA"), ("source", "RIPE"))


def told(*, of: RpslObject, says: str, objects: Sequence[RpslObject] = (BARE, WIDER)) -> str:
    """What a server answers that says something of the abuse contact of one of its objects."""
    key = of[0].value
    line = f"% Abuse contact for '{key}' is '{says}'\n" if says else f"% No abuse contact registered for {key}\n"
    return "".join(f"{line if obj is of else ''}\n{obj}\n" for obj in objects)


def answered(extra: str, *objects: RpslObject) -> LiveResolution:
    with ReplayingServer(objects, extra={"192.31.196.7": extra}) as server:
        return asked(Asker(Directory(only=place("ripe", server))), server)


def test_what_the_server_states_is_an_abuse_contact() -> None:
    """The registry found it by objects that it did not give; `via` says who says so."""
    found = answered(told(of=BARE, says="abuse@example.net"))
    (contact,) = found.contacts
    assert (contact.kind, contact.email, contact.inherited) == ("abuse-c", "abuse@example.net", 0)
    assert contact.via == "inetnum 192.31.196.0 - 192.31.196.255 -> abuse contact that the server states"
    assert (found.email, found.reason) == ("abuse@example.net", None)
    assert "abuse contact that the server states: abuse@example.net" in found.explain()


def test_what_the_server_states_of_an_enclosing_network_is_inherited() -> None:
    """Where it says nothing of the network itself; that there is none is said of it, too."""
    (contact,) = answered(told(of=WIDER, says="abuse@example.net")).contacts
    assert (contact.email, contact.inherited) == ("abuse@example.net", 1)
    none = told(of=BARE, says="", objects=(BARE,)) + told(of=WIDER, says="abuse@example.net", objects=(WIDER,))
    assert answered(none).reason == "no-contact"


def test_a_statement_does_not_climb_over_what_the_registry_maintains() -> None:
    """As an abuse-c does not."""
    own = rpsl(*((each.name, each.value) for each in BARE), ("mnt-by", "RIPE-NCC-END-MNT"))
    assert answered(told(of=WIDER, says="abuse@example.net", objects=(own, WIDER))).contacts == ()


def test_a_stated_mailbox_that_failed_its_validation_is_suspect() -> None:
    """The mark stands in the next line."""
    mark = "% Abuse-mailbox validation failed. Please refer to ORG-EX1-X for further information.\n"
    text = told(of=BARE, says="abuse@example.net").replace("'\n", f"'\n{mark}", 1)
    assert stated(answered(text)) == [("abuse@example.net", None, True)]


def test_a_stated_dummy_is_a_gap() -> None:
    """It is no mailbox of anybody's."""
    found = answered(told(of=BARE, says="unread@ripe.net"))
    assert (stated(found), found.reason) == ([(None, "dummy", False)], "dummy")


def test_what_the_walk_finds_too_is_said_once() -> None:
    """In whatever case; an irt's mailbox is one."""
    for mailbox in ("ABUSE@example.net", "csirt@example.net"):
        found = answered(told(of=NETWORK, says=mailbox, objects=[NETWORK]), *WORLD)
        assert [contact.email for contact in found.contacts] == ["csirt@example.net", "abuse@example.net"]


def test_a_statement_comes_before_an_abuse_c_that_differs() -> None:
    """The registry looked in all its objects, the walk in those that it was given; both are kept."""
    found = answered(told(of=NETWORK, says="desk@example.net", objects=[NETWORK]), *WORLD)
    assert [contact.email for contact in found.contacts] == [
        "csirt@example.net",
        "desk@example.net",
        "abuse@example.net",
    ]
    dummy = answered(told(of=NETWORK, says="unread@ripe.net", objects=[NETWORK]), *WORLD)
    assert [contact.email for contact in dummy.contacts] == ["csirt@example.net", "abuse@example.net"]


def test_what_was_stated_is_remembered() -> None:
    """Also that the server says that there is none."""
    for says in ("abuse@example.net", ""):
        with ReplayingServer([], extra={"192.31.196.7": told(of=BARE, says=says)}) as server:
            asker = Asker(Directory(only=place("ripe", server)))
            first = asked(asker, server)
            memory = asker.remembered(SPACE)
            assert memory is not None
            again = Asker(asker.directory)
            again.recall(SPACE, memory.network, memory.body, 60)
            assert asked(again).contacts == first.contacts


def test_a_dangling_irt_is_said_to_be_missing() -> None:
    """An irt that the registry does not have is a gap, asked for once."""
    with ReplayingServer([NETWORK, ORG, ROLE]) as server:
        asker = Asker(Directory(only=place("ripe", server)))
        found = asked(asker, server)
        asked(asker, server)
    assert [(contact.email, contact.gap) for contact in found.contacts] == [
        (None, "missing-object"),
        ("abuse@example.net", None),
    ]
    assert keys_of(server).count("IRT-EXAMPLE") == 1


@pytest.mark.parametrize("name", ["-x", "IRT-\x07A", "IRT-A -k", "x" * 2000])
def test_a_name_that_no_server_takes_is_not_asked_for(name: str) -> None:
    """Names in objects may be anything; they reach no query line."""
    network = rpsl(("inetnum", "192.31.196.0 - 192.31.196.255"), ("mnt-irt", name), ("source", "RIPE"))
    with ReplayingServer([network]) as server:
        found = asked(Asker(Directory(only=place("ripe", server))), server)
    assert keys_of(server) == ["192.31.196.7"]
    assert [contact.gap for contact in found.contacts] == ["missing-object"]


def test_a_referral_to_another_registry_is_followed() -> None:
    """A placeholder that names the registry leads there; the chain tells the way."""
    with ReplayingServer([PLACEHOLDER]) as first, ReplayingServer(WORLD, source="APNIC") as second:
        directory = Directory({"ripe": place("ripe", first), "apnic": place("apnic", second)})
        found = asked(Asker(directory), first, second)
    assert found.email == "csirt@example.net"
    assert endings(found) == ["referred", "answered"]
    assert "Transferred" in found.hops[1].because


def test_a_hop_that_fails_leaves_what_was_said_before() -> None:
    """The placeholder's answer stays, and the chain says what went wrong."""
    with ReplayingServer([PLACEHOLDER]) as first:
        directory = Directory({"ripe": place("ripe", first), "apnic": Place("apnic", Server("127.0.0.1", 1))})
        found = asked(Asker(directory), first)
    assert found.reason == "unregistered"
    assert endings(found) == ["referred", "failed"]


def test_a_ring_of_referrals_ends() -> None:
    """A server that was asked is not asked again."""
    back = rpsl(
        ("inetnum", "192.0.0.0 - 192.255.255.255"),
        ("netname", "X"),
        ("descr", "Transferred to the RIPE region"),
        ("source", "APNIC"),
    )
    with ReplayingServer([PLACEHOLDER]) as first, ReplayingServer([back]) as second:
        directory = Directory({"ripe": place("ripe", first), "apnic": place("apnic", second)})
        found = asked(Asker(directory), first, second)
    assert len(first.lines) == len(second.lines) == 1
    assert endings(found)[-1] == "not asked"


def test_no_answer_is_an_error() -> None:
    """When nobody answered there is nothing to tell."""
    with pytest.raises(UnreachableError):
        asked(Asker(Directory(only=Place("ripe", Server("127.0.0.1", 1)))))


def test_a_server_that_refuses_is_asked_once() -> None:
    """After ERROR:201 nothing more is sent."""
    with ReplayingServer(WORLD, deny_after=0) as server:
        asker = Asker(Directory(only=place("ripe", server)))
        for _ in range(3):
            with pytest.raises(AccessDeniedError, match="201"):
                asked(asker, server)
    assert len(server.lines) == 1


def test_a_budget_that_is_used_up_stops_everything_for_its_registry() -> None:
    """The error is raised at once for every further address, and nothing is asked."""
    asker = Asker(Directory(only=Place("ripe", Server("127.0.0.1", 1))))
    journey = asker.ask(SPACE)
    assert isinstance(next(journey), WhoisQuestion)
    with pytest.raises(BudgetError):
        journey.throw(BudgetError("used up", server="ripe", retry_at=1.0))
    with pytest.raises(BudgetError):
        next(asker.ask(AddressRange.parse("192.175.48.1/32")))


def test_addresses_that_are_set_aside_are_not_asked_about() -> None:
    """No registry holds them, so the answer has no hops."""
    found = play(Asker(Directory()).ask(AddressRange.parse("10.1.2.3/32")))
    assert (found.reason, found.hops) == ("special-purpose", ())


def test_the_registries_are_asked_as_they_want_to_be() -> None:
    """RIPE-style registries by whois, ARIN and LACNIC by RDAP; the TEST database never."""
    protocols = {name: place.protocol for name, place in PLACES.items()}
    assert {name: protocols[name] for name in ("ripe", "apnic", "afrinic", "lacnic", "arin")} == {
        "ripe": "whois",
        "apnic": "whois",
        "afrinic": "whois",
        "lacnic": "rdap",
        "arin": "rdap",
    }
    assert "test" not in PLACES
    for address, registry in {"193.0.0.1": "ripe", "1.1.1.1": "apnic", "41.0.0.1": "afrinic", "200.1.1.1": "lacnic",
                              "8.8.8.8": "arin", "2a00::1": "ripe", "2600::1": "arin"}.items():  # fmt: skip
        found = Directory().find(AddressRange.parse_lenient(address))
        assert found is not None
        assert found.registry == registry


NATIONAL = """# ENGLISH

[ Network Information ]
IPv4 Address       : 192.31.196.0 - 192.31.196.255 (/24)
Organization Name  : Example Telecom

[ Tech Contact Information ]
Name               : Tech Desk
E-Mail             : tech@example.org

{abuse}"""
ABUSE_DESK = """[ Abuse Contact Information ]
Name               : Abuse Desk
E-Mail             : abuse@example.org

"""


@pytest.mark.parametrize(("abuse", "mailbox"), [(ABUSE_DESK, "abuse@example.org"), ("", "csirt@example.net")])
def test_a_national_registry_is_asked_for_what_it_knows(abuse: str, mailbox: str) -> None:
    """Its own abuse contact counts instead of the regional answer; without one that stays, and tech is never used."""
    there = rpsl(
        ("inetnum", "192.31.196.0 - 192.31.196.255"),
        ("netname", "X"),
        ("mnt-irt", "IRT-EXAMPLE"),
        ("mnt-by", "MNT-KRNIC-AP"),
        ("source", "APNIC"),
    )
    irt = rpsl(("irt", "IRT-EXAMPLE"), ("abuse-mailbox", "csirt@example.net"), ("source", "APNIC"))
    extra = {"192.31.196.7": NATIONAL.format(abuse=abuse)}
    with ReplayingServer([there, irt]) as first, ReplayingServer([], extra=extra) as second:
        national = Place("krnic", Server("127.0.0.1", second.port, "krnic", "utf-8", "krnic"))
        asker = Asker(Directory({"apnic": place("apnic", first), "krnic": national}))
        found = play(asker.ask(SPACE, registry="apnic"), first, second)
        again = play(asker.ask(AddressRange.parse("192.31.196.9/32"), registry="apnic"), first, second)
    assert (found.email, again.email) == (mailbox, mailbox)
    assert endings(found) == ["answered", "answered"]
    assert second.lines == ["192.31.196.7"]


def network(*entities: dict[str, Any], **members: Any) -> bytes:
    """An RDAP document about 192.31.196.0/24."""
    return json.dumps(
        {
            "objectClassName": "ip network",
            "handle": "NET-192-31-196-0-1",
            "startAddress": "192.31.196.0",
            "endAddress": "192.31.196.255",
            "name": "EXAMPLE-NET",
            "country": "US",
            "entities": list(entities),
            **members,
        }
    ).encode()


def entity(handle: str, *roles: str, email: str | None = None, **members: Any) -> dict[str, Any]:
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", handle]]
    card += [] if email is None else [["email", {}, "text", email]]
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": list(roles),
        "vcardArray": ["vcard", card],
        **members,
    }


ABUSE = entity("ABUSE1-ARIN", "abuse", email="abuse@example.com")
HOLDER = entity("EXAMPLE-1", "registrant", entities=[entity("ABUSE2-ARIN", "abuse", email="noc@example.com")])
URL = f"{RDAP}ip/192.31.196.7"
OTHER_URL = f"{OTHER}ip/192.31.196.7"


def looked(pages: dict[str, Page], **places: Place) -> LiveResolution:
    directory = Directory({"arin": Place("arin", rdap=RDAP), **places})
    return play(Asker(directory).ask(SPACE, registry="arin"), pages=pages)


def test_rdap_gives_the_same_fields() -> None:
    """The network's own abuse contact comes before its holder's, each with the way that led to it."""
    found = looked({URL: Page(network(ABUSE, HOLDER))})
    assert [(contact.email, contact.inherited) for contact in found.contacts] == [
        ("abuse@example.com", 0),
        ("noc@example.com", 1),
    ]
    assert (found.network, found.source, found.org) == ("192.31.196.0 - 192.31.196.255", "ARIN", "EXAMPLE-1")
    assert (found.netname, found.country, found.reason) == ("EXAMPLE-NET", "US", None)
    assert tuple(found.to_dict()) == LIVE_FIELDS[1:]
    assert "abuse@example.com" in found.explain()


def test_an_abuse_entity_without_mailbox_that_is_named_like_one_is_an_irt() -> None:
    """RIPE's RDAP lists irts as abuse entities; the mailbox is the role's."""
    irt = entity("IRT-EXAMPLE", "abuse")
    found = looked({URL: Page(network(irt, ABUSE))})
    assert found.irts == ("IRT-EXAMPLE",)
    assert [(contact.kind, contact.email) for contact in found.contacts] == [
        ("irt", None),
        ("abuse-c", "abuse@example.com"),
    ]
    assert found.email == "abuse@example.com"


def test_one_look_serves_the_network() -> None:
    """A second address of the network costs no request."""
    asker = Asker(Directory({"arin": Place("arin", rdap=RDAP)}))
    play(asker.ask(SPACE, registry="arin"), pages={URL: Page(network(ABUSE))})
    again = play(asker.ask(AddressRange.parse("192.31.196.200/32"), registry="arin"), pages={})
    assert again.email == "abuse@example.com"


def test_no_such_object_is_an_answer() -> None:
    """404 says that nothing is registered."""
    found = looked({URL: Page(status=404)})
    assert (found.reason, endings(found)) == ("unregistered", ["nothing"])


def test_a_redirect_is_followed_to_the_registry_that_has_it() -> None:
    """The answer's registry is the one that answered."""
    pages = {URL: Page(status=301, headers={"location": OTHER_URL}), OTHER_URL: Page(network(ABUSE))}
    found = looked(pages, apnic=Place("apnic", rdap=OTHER))
    assert (found.source, found.email) == ("APNIC", "abuse@example.com")
    assert endings(found) == ["referred", "answered"]


@pytest.mark.parametrize(
    "location",
    [
        "http://rdap.example.net/ip/192.31.196.7",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://rdap.example.org:22/",
        URL,
    ],
)
def test_a_redirect_to_where_nobody_should_go_is_refused(location: str) -> None:
    """Neither http, nor a private host, nor another port, nor the same place again."""
    directory = Directory({"arin": Place("arin", rdap=RDAP)})
    pages = {URL: Page(status=302, headers={"location": location}), location: Page(network(ABUSE))}
    pages[URL] = Page(status=302, headers={"location": location})
    with pytest.raises(Exception, match="redirects to"):
        play(Asker(directory).ask(SPACE, registry="arin"), pages=pages)


def test_a_link_is_followed_only_where_there_is_no_mailbox() -> None:
    """A national registry may have what the regional one lacks; if it does not answer, the document stays."""
    links = [{"rel": "related", "href": OTHER_URL, "type": "application/rdap+json"}]
    pages = {URL: Page(network(links=links)), OTHER_URL: Page(network(ABUSE))}
    assert looked(pages).email == "abuse@example.com"
    without = looked({URL: Page(network(links=links))})
    assert (without.reason, endings(without)) == ("no-contact", ["answered", "failed"])
    own = looked({URL: Page(network(ABUSE, links=links))})
    assert endings(own) == ["answered"]


def test_text_of_strangers_cannot_steer_a_terminal() -> None:
    """Control characters in what a registry says become U+FFFD."""
    evil = rpsl(("inetnum", "192.31.196.0 - 192.31.196.255"), ("netname", "A\x1b[31mB"), ("source", "RIPE"))
    with ReplayingServer([evil]) as server:
        found = asked(Asker(Directory(only=place("ripe", server))), server)
    assert "\x1b" not in json.dumps(found.to_dict()["netname"]) + found.explain() + str(found)
