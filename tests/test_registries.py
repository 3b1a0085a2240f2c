"""The rows of the registries, and whom they say to ask first, offline."""

import json
import re
from pathlib import Path

import pytest

from irtkit.clients.live import Reach
from irtkit.errors import QueryError
from irtkit.registries import (
    KEY_SERVERS,
    REGISTRIES,
    Registry,
    find_registry,
    find_registry_of_host,
    keeps_connections,
    known_server,
    registry_for,
    server_for,
    server_named,
    target_of,
)
from irtkit.schema.contact_rules import RULES, rules_for_source
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.wire.keyservers import vks_email_request
from irtkit.wire.questions import Server
from irtkit.wire.rdap import bootstrap_data
from irtkit.wire.rdap.bootstrap import built_in, parse_bootstrap
from irtkit.wire.targets import find_refusal, read_url
from irtkit.wire.whois import Referral, ReferralKind, ask


@pytest.mark.parametrize("row", REGISTRIES.values(), ids=lambda row: row.name)
def test_a_row_fits_what_it_joins(row: Registry) -> None:
    """Names lead to rows, schemas and rules that exist; servers can be asked; every row says where it comes from."""
    assert find_registry(row.name.upper()) is row
    assert row.citation
    assert row.schema is None or row.schema in SCHEMAS
    assert row.parent is None or REGISTRIES[row.parent].parent is None
    if row.whois is not None:
        assert row.whois.registry == row.name
        assert find_refusal(row.whois.host, row.whois.port) is None
        assert ask(row.whois, "192.0.2.1").server is row.whois
        assert find_registry_of_host(row.whois.host.upper() + ".") is row
    for url in filter(None, (row.rdap, row.rest, row.syncupdates)):
        assert str(read_url(url)) == url
        assert url.startswith("https://")
        assert url.endswith("/")


def test_every_registry_with_contact_rules_has_a_row() -> None:
    """And its source leads to those rules."""
    for rules in RULES:
        row = REGISTRIES[rules.registry]
        assert row.source is not None
        assert rules_for_source(row.source) is rules


def test_every_registry_of_the_bootstrap_has_a_row() -> None:
    """With the same RDAP service."""
    assert {name: REGISTRIES[name].rdap for name in bootstrap_data.SERVICES} == bootstrap_data.SERVICES


def test_hosts_stand_in_two_places_only() -> None:
    """No other module, and no text in one, names a host of a registry."""
    hosts = re.compile(
        r"\b(?:whois|rdap|rest|syncupdates|test-whois|[a-z]+-test)\.(?:db\.)?"
        r"(?:ripe|apnic|arin|lacnic|afrinic|radb|registro|iana|nic|twnic|krnic)\.\w+"
    )
    package = Path(__file__).resolve().parents[1] / "src" / "irtkit"
    named = {path.name for path in package.rglob("*.py") if hosts.search(path.read_text(encoding="utf-8"))}
    assert named == {"registries.py", "bootstrap_data.py"}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("193.0.0.1", "ripe"),
        ("193.0.0.0/21", "ripe"),
        ("193.0.0.0 - 193.0.7.255", "ripe"),
        ("1.0.0.1", "apnic"),
        ("41.0.0.1", "afrinic"),
        ("200.0.0.1", "lacnic"),
        ("8.0.0.1", "arin"),
        ("2a00::1", "ripe"),
        ("2400::/12", "apnic"),
        ("2c0f::1", "afrinic"),
        ("2800::1", "lacnic"),
        ("2600::1", "arin"),
        ("10.0.0.1", "iana"),
        ("224.0.0.1", "iana"),
        ("0.0.0.0/0", "iana"),
        ("1.0.0.0 - 2.255.255.255", "iana"),
        ("fe80::1", "iana"),
        ("::", "iana"),
        ("AS3333", "ripe"),
        ("as4608", "apnic"),
        ("AS64496", "iana"),
        ("AS4294967295", "iana"),
        ("AA1-RIPE", "ripe"),
        ("irt-example-ap", "apnic"),
        ("ORG-EX1-AFRINIC", "afrinic"),
        ("ABUSE1-ARIN", "arin"),
        ("UY-EXSA-LACNIC", "lacnic"),
        ("AA1-TEST", "test"),
        ("EXAMPLE-MNT", "ripe"),
        ("IRT-EXAMPLE", "ripe"),
        ("NET-192-0-2-0-1", "arin"),
        ("AB12345JP", "jpnic"),
        ("JP00000127", "jpnic"),
        ("www.example.net", "iana"),
    ],
)
def test_whom_to_ask_first(query: str, name: str) -> None:
    """Every address and AS number has a registry, a handle goes by its end."""
    assert registry_for(query).name == name
    assert server_for(query) == REGISTRIES[name].whois


def test_debians_whois_asks_the_same_registries(shared: Path) -> None:
    """Its table agrees about every /8; inside some it knows early registrations, where we ask and are referred."""
    lines = (shared / "data" / "rfc1036_lists" / "ip_del_list").read_text(encoding="utf-8").split("\n")
    rows = [line.partition("#")[0].split() for line in lines if line[:1].isdigit()]
    blocks = [(prefix, name) for prefix, name in rows if 2 < int(prefix.partition("/")[2]) <= 8 and name in REGISTRIES]
    assert len(blocks) > 60
    assert [(prefix, registry_for(prefix).name) for prefix, _ in blocks] == blocks


@pytest.mark.parametrize("query", ["", "  ", "-k", "a\nb", "a\x00"])
def test_nobody_is_asked_nothing(query: str) -> None:
    """What is no query has no server."""
    with pytest.raises(QueryError):
        server_for(query)


@pytest.mark.parametrize(
    ("text", "host", "port", "dialect"),
    [
        ("ripe", "ripe", 43, "ripe"),
        ("LACNIC", "lacnic", 43, "lacnic"),
        ("server.example", "server.example", 43, "plain"),
        ("server.example:4343", "server.example", 4343, "plain"),
        ("127.0.0.1:4343", "127.0.0.1", 4343, "plain"),
        ("[::1]:4343", "::1", 4343, "plain"),
        ("::1", "::1", 43, "plain"),
    ],
)
def test_a_server_may_be_named(text: str, host: str, port: int, dialect: str) -> None:
    """By a registry's name, by host, by address, with a port."""
    server = server_named(text)
    expected = REGISTRIES[host].whois if host in REGISTRIES else Server(host, port, dialect, "utf-8")
    assert server == expected


def test_a_known_host_speaks_as_its_registry_does() -> None:
    """Also under another of its names, and at another port."""
    row = REGISTRIES["krnic"]
    assert row.whois is not None
    found = server_named(f"{row.aliases[0].upper()}:4343", dialect="ripe")
    assert (found.dialect, found.registry, found.port, found.host) == ("krnic", "krnic", 4343, row.aliases[0])
    unknown = Server("server.example")
    assert known_server(unknown) is unknown
    assert server_named("server.example", dialect="irrd").dialect == "irrd"


@pytest.mark.parametrize(
    "text", ["", "a b", "host:0", "host:99999", "host:x", "http://host/", "a@b", "nicmx:", "host\n"]
)
def test_what_is_no_server_is_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(QueryError, match="HOST or HOST:PORT"):
        server_named(text)


@pytest.mark.parametrize("name", ["nicmx", "irrd"])
def test_a_registry_without_a_server_is_named_in_vain(name: str) -> None:
    """It is not taken for the name of a host."""
    with pytest.raises(QueryError, match="has none"):
        server_named(name)


def test_a_referral_leads_somewhere() -> None:
    """To the row of a registry, of a host, of IANA's files; or to nobody."""
    ripe, krnic = REGISTRIES["ripe"].whois, REGISTRIES["krnic"].whois
    assert krnic is not None

    def led(kind: ReferralKind, target: Server | str | None) -> object:
        return target_of(Referral(kind, target, "", 1), "193.0.0.1")

    assert led(ReferralKind.REGISTRY, "krnic") == krnic
    assert led(ReferralKind.REGISTRY, "nicmx") is None
    assert led(ReferralKind.REGISTRY, "nobody") is None
    assert led(ReferralKind.ELSEWHERE, None) == ripe
    assert led(ReferralKind.WHOIS, Server(krnic.host, dialect="plain")) == krnic
    assert led(ReferralKind.WHOIS, Server("server.example", dialect="plain")) == Server(
        "server.example", dialect="plain"
    )
    assert led(ReferralKind.WEB, "https://rdap.example/") == "https://rdap.example/"


def test_allowances_are_what_registries_publish() -> None:
    """RIPE's numbers are those of its acceptable use policy, and every number has a citation."""
    ripe = REGISTRIES["ripe"].allowance
    assert (ripe.personal_per_day, ripe.connections) == (1000, 3)
    for row in REGISTRIES.values():
        numbers = (row.allowance.personal_per_day, row.allowance.queries_per_minute, row.allowance.connections)
        assert row.allowance.citation or not any(numbers)


@pytest.mark.parametrize(
    ("name", "keeps"), [("ripe", True), ("apnic", False), ("afrinic", False), ("whois.example:4343", True)]
)
def test_only_servers_that_keep_connections_are_asked_to(name: str, keeps: bool) -> None:
    """A registry's row says so; a server of the user's own is taken at its word, that it speaks RIPE's way."""
    assert keeps_connections(server_named(name, dialect="ripe")) is keeps
    place = Reach(server=name).directory.only
    assert place is not None
    assert place.keeps_connections is keeps
    assert not keeps_connections(server_named("whois.example"))


def test_refreshed_files_decide_which_registry_is_asked() -> None:
    """As far as they name one that is known; referrals to "elsewhere" go by them, too."""
    services = [[["1.0.0.0/8"], [bootstrap_data.SERVICES["ripe"]]], [["2.0.0.0/8"], ["https://rdap.example/"]]]
    body = json.dumps({"publication": "2030-01-01", "services": services}).encode()
    files = built_in().updated(parse_bootstrap(body, "a test", "ipv4"))
    assert [registry_for(key, files).name for key in ("1.1.1.1", "2.1.1.1")] == ["ripe", "ripe"]
    assert registry_for("1.1.1.1").name == "apnic"
    assert target_of(Referral(ReferralKind.ELSEWHERE, None, "", 1), "1.1.1.1", files) == REGISTRIES["ripe"].whois


def test_key_servers_are_asked_over_https() -> None:
    """Each has a URL that requests can be made of."""
    for server in KEY_SERVERS:
        assert vks_email_request(server.vks, "csirt@example.net").url.startswith(f"https://{server.name}/vks/v1/")
