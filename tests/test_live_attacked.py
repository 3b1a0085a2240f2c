"""Registries and strangers that lie: it reaches no terminal, no private host and no other network's answer."""

import json
import os
import sys
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from irtkit.cli import main
from irtkit.clients.connecting import NotAskedError, usable
from irtkit.clients.connecting import Place as Target
from irtkit.clients.live import Reach
from irtkit.clients.rules import Rules
from irtkit.errors import AnswerError
from irtkit.live.asking import Asker
from irtkit.live.following import Trail
from irtkit.live.places import Directory, Place
from irtkit.live.resolutions import LiveResolution
from irtkit.resources import AddressRange
from irtkit.wire.questions import HttpReply, HttpRequest, Server
from irtkit.wire.rdap.bootstrap_data import SERVICES
from irtkit.wire.rdap.requests import ip_request
from irtkit.wire.targets import read_url
from irtkit.wire.whois.referrals import read_target

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package

from replaying_server import Page, ReplayingServer, play

SPACE = AddressRange.parse("192.31.196.7/32")
ELSEWHERE = AddressRange.parse("192.175.48.1/32")
OWN = "https://rdap.example.net/"
EVIL = "https://rdap.example.org/"
EVERY_CONTROL = "".join(map(chr, (*range(0x01, 0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x202E, 0x2066, 0x200B)))
STEERING = [c for c in EVERY_CONTROL if c != "\t"]


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRTKIT_CACHE", str(tmp_path / "answers.sqlite"))
    monkeypatch.setenv("IRTKIT_LEDGER", str(tmp_path / "ledger.sqlite"))


def shown(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    return result.stdout + result.stderr


def written(form: str, *words: str) -> str:
    path = Path(os.environ["IRTKIT_CACHE"]).with_name(form)
    return shown("resolve", "--live", "--format", form, "--output", str(path), *words) + path.read_text("utf-8")


TEXTS = [
    f"%ERROR:201: access denied {EVERY_CONTROL}\n%\n% {EVERY_CONTROL}\n",
    f"%ERROR:103: unknown {EVERY_CONTROL}\n",
    f"%ERROR:100: internal {EVERY_CONTROL}\n",
    f"inetnum: 192.31.196.0 - 192.31.196.255\nnetname: {EVERY_CONTROL}\nmnt-irt: {EVERY_CONTROL}\nsource: RIPE\n",
    f"refer: whois.example.{EVERY_CONTROL}\n% Abuse contact for '192.31.196.7' is '{EVERY_CONTROL}@example.net'\n",
    f"{EVERY_CONTROL}: x\n\n{EVERY_CONTROL}\n",
]


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_a_server_steers_a_terminal(text: str, charset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as an answer nor as an error, whatever the command shows of it."""
    monkeypatch.setattr("irtkit.cli.whois._server", _server_with_charset(charset))
    with ReplayingServer([], extra={"192.31.196.7": text}, charset=charset) as server:
        place = f"127.0.0.1:{server.port}"
        told = [
            shown("whois", "--server", place, "192.31.196.7"),
            shown("whois", "--server", place, "--referrals", "192.31.196.7"),
            shown("whois", "--server", place, "--json", "192.31.196.7"),
            written("table", "--server", place, "192.31.196.7"),
            shown("resolve", "--live", "--server", place, "--explain", "192.31.196.7"),
            *(written(form, "--server", place, "192.31.196.7") for form in ("jsonl", "csv")),
            shown("whois", "--budget"),
        ]
    for output in told:
        assert output
        assert [c for c in STEERING if c in output] == []


def _server_with_charset(charset: str) -> Any:
    def named(text: str, *_: object, **__: object) -> Server:
        host, port = text.split(":")
        return Server(host, int(port), "ripe", charset)

    return named


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
        *("::1", "::", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fc00::1", "ff02::1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:808:808::", "2001::1"),
        *("2001:db8::1", "3fff::1", "5f00::1", "100::1"),
    ],
)
def test_a_name_that_means_no_public_host_is_not_asked(address: str) -> None:
    """However the address is written, and in whatever it is wrapped; a name is judged by what it resolves to."""
    with pytest.raises(NotAskedError):
        usable(Target("whois.example", 43, "whois.example"), [ip_address(address)], Rules())
    wrapped = f"[{address}]" if ":" in address else address
    assert not Trail().leads_to_server(Server(address))
    url = read_url(f"https://{wrapped}/")
    assert url is None or not Trail().leads_to_url(url, None)


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "017700000001", "127.1", "0177.0.0.1", "0x7f.0.0.1", "127.0.0.1.", "0", "1"),
        *("localhost", "LOCALHOST.", "a.localhost", "printer.local", "db.internal", "router.home.arpa", "intranet"),
        *("xn--", "whois.example.1", "whois..example", "-whois.example", "whois.example%00", "whois.example\r\nX: y"),
        *("whois.example@127.0.0.1", "127.0.0.1#whois.example", "[::1]", "[::ffff:127.0.0.1]", "ⓛocalhost"),
    ],
)
def test_no_way_to_write_a_host_leads_home(host: str) -> None:
    """Numbers in other bases, names of this machine and of its network, and what only looks like a host."""
    for text in (host, f"whois://{host}", f"whois://{host}:43/"):
        read = read_target(text)
        if read is not None and isinstance(read[1], Server):
            assert not Trail().leads_to_server(read[1])
    url = read_url(f"https://{host}/ip/192.0.2.1")
    assert url is None or not Trail().leads_to_url(url, None)


def test_a_final_dot_makes_no_other_host() -> None:
    """Neither for the ledger, nor for what was asked already, nor for what the user allows."""
    first = ip_request(OWN, SPACE)
    journey = Asker(Directory({"arin": Place("arin", rdap=OWN), "ripe": Place("ripe", rdap=EVIL)})).ask(SPACE)
    assert next(journey) == replace(first, registry="arin")
    away = journey.send(HttpReply(first, 302, {"location": "https://RDAP.example.org./ip/1"}, b""))
    assert isinstance(away, HttpRequest)
    assert (away.url, away.registry) == (f"{EVIL}ip/1", "ripe")
    trail = Trail()
    for text, leads in (("https://rdap.example.org/x", True), ("https://rdap.example.org./x", False)):
        url = read_url(text)
        assert url is not None
        assert trail.leads_to_url(url, None) is leads
    reach = Reach(server="whois.example.:4343")
    assert reach.rules().allows("whois.example.", 4343)


def document(first: str, last: str, *mailboxes: str, **members: Any) -> bytes:
    cards = [["vcard", [["version", {}, "text", "4.0"], ["email", {}, "text", one]]] for one in mailboxes]
    entities = [{"objectClassName": "entity", "roles": ["abuse"], "vcardArray": card} for card in cards]
    network = {"objectClassName": "ip network", "startAddress": first, "endAddress": last, "ipVersion": "v4"}
    return json.dumps({**network, "handle": "NET-1", "entities": entities, **members}).encode()


def asked(asker: Asker, space: AddressRange, pages: dict[str, Page]) -> LiveResolution:
    return play(asker.ask(space, registry="arin"), pages=pages)


@pytest.fixture
def asker() -> Asker:
    return Asker(Directory({"arin": Place("arin", rdap=OWN)}))


LINK = {"links": [{"rel": "related", "href": f"{EVIL}ip/192.31.196.7", "type": "application/rdap+json"}]}
FIRST, SECOND = f"{OWN}ip/192.31.196.7", f"{OWN}ip/192.175.48.1"


@pytest.mark.parametrize("space", [("0.0.0.0", "255.255.255.255"), ("192.0.0.0", "192.255.255.255")])
def test_a_link_answers_for_no_other_network(space: tuple[str, str], asker: Asker) -> None:
    """A holder may have the registry link to a server of theirs; that speaks for their network, and no wider one."""
    pages = {
        FIRST: Page(document("192.31.196.0", "192.31.196.255", **LINK)),
        f"{EVIL}ip/192.31.196.7": Page(document(*space, "thief@example.org")),
        SECOND: Page(document("192.175.48.0", "192.175.48.255", "abuse@example.net")),
    }
    found = asked(asker, SPACE, pages)
    assert (found.email, found.network) == (None, "192.31.196.0 - 192.31.196.255")
    memory = asker.remembered(SPACE)
    assert memory is None or memory.network in AddressRange.parse("192.31.196.0/24")
    assert asked(asker, ELSEWHERE, pages).email == "abuse@example.net"


@pytest.mark.parametrize("space", [("192.31.196.0", "192.31.196.255"), ("192.31.196.0", "192.31.196.15")])
def test_a_link_answers_for_the_network_that_has_it(space: tuple[str, str], asker: Asker) -> None:
    """Or for a smaller one in it, about which was asked."""
    pages = {
        FIRST: Page(document("192.31.196.0", "192.31.196.255", **LINK)),
        f"{EVIL}ip/192.31.196.7": Page(document(*space, "abuse@example.org")),
    }
    assert asked(asker, SPACE, pages).email == "abuse@example.org"


def test_what_answers_about_another_network_is_no_answer(asker: Asker) -> None:
    """A document about addresses that were not asked about is the server's fault."""
    pages = {FIRST: Page(document("10.0.0.0", "10.255.255.255", "thief@example.org"))}
    with pytest.raises(AnswerError, match="another network"):
        asked(asker, SPACE, pages)


@pytest.mark.parametrize("space", [("0.0.0.0", "255.255.255.255"), ("128.0.0.0", "255.255.255.255")])
def test_an_answer_about_all_the_world_speaks_for_what_was_asked(space: tuple[str, str], asker: Asker) -> None:
    """A network that spans the blocks of several registries is nobody's: the next address is asked about again."""
    pages = {
        FIRST: Page(document(*space, "noc@example.net")),
        SECOND: Page(document("192.175.48.0", "192.175.48.255", "abuse@example.net")),
    }
    asked(asker, SPACE, pages)
    memory = asker.remembered(SPACE)
    assert memory is None or memory.network == SPACE
    assert asked(asker, ELSEWHERE, pages).email == "abuse@example.net"


def test_a_server_of_the_users_own_has_its_own_drawer() -> None:
    """Whatever it is called: its answers are not taken for those of a registry, or of another service."""
    places = [
        Reach(rdap="http://arin/").directory.only,
        Reach(rdap="http://arin:8080/").directory.only,
        Reach(rdap="http://arin/rdap/").directory.only,
        Reach(server="ripe:43").directory.only,
        Reach(server="arin:43").directory.only,
        Reach(server="whois.example:4343").directory.only,
        Reach(rdap=SERVICES["arin"]).directory.only,
        Directory().places["arin"],
        Directory().places["ripe"],
    ]
    drawers = [(place.drawer, place.protocol) for place in places if place is not None]
    assert len(drawers) == len(places)
    assert places[6] is not None
    assert places[6].registry == "arin"  # so that its budget counts
    assert len(set(drawers)) == len(places) - 1  # ARIN's own, by whichever way it was named
    assert drawers[-3] == drawers[-2]
