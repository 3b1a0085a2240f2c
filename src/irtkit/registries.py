"""The registries, a row each: servers, charsets, budgets, and by what name their schema and contact rules are known.

This is the one place that joins what other modules know with where it is found; besides IANA's RDAP bootstrap no other
has the names of registries' hosts. Which registry is asked about an address or AS number is read from that bootstrap
(`irtkit.wire.rdap.bootstrap`), offline; where it is out of date, the registry asked refers to the right one. A new
registry is a row here and, if it has templates of its own, one file in `irtkit.schema`.

It connects to nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from irtkit.errors import QueryError
from irtkit.rpsl.faults import shown
from irtkit.wire.questions import Server
from irtkit.wire.rdap import bootstrap, bootstrap_data
from irtkit.wire.targets import PORTS
from irtkit.wire.whois.lines import refuse_unprintable
from irtkit.wire.whois.queries import is_address, is_as_number
from irtkit.wire.whois.referrals import Referral, ReferralKind

__all__ = [
    "KEY_SERVERS",
    "REGISTRIES",
    "Allowance",
    "KeyServer",
    "Registry",
    "find_registry",
    "find_registry_of_host",
    "keeps_connections",
    "known_server",
    "registry_for",
    "server_for",
    "server_named",
    "target_of",
]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a registry allows one client: an IPv4 address, an IPv6 /64 or an account. None: it does not say."""

    personal_per_day: int | None = None
    """Sets of personal data in 24 hours: persons, and roles without abuse-mailbox."""
    queries_per_minute: int | None = None
    connections: int | None = None
    """At once."""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry, or one service that publishes several databases."""

    name: str
    """irtkit's short name, lower case; budgets, servers and referrals use it."""
    title: str
    whois: Server | None = None
    """None: it has no whois for addresses of its own."""
    keeps_connections: bool = False
    """Whether the whois server is known to take several questions on one connection, RIPE's `-k` or IRRd's `!!`."""
    rdap: str | None = None
    """Base URL of the RDAP service; ends in a slash."""
    rest: str | None = None
    """Base URL of a REST service like RIPE's; ends in a slash."""
    syncupdates: str | None = None
    """URL that takes submissions."""
    mail: str | None = None
    """Mailbox that takes submissions."""
    source: str | None = None
    """The `source:` of its main database; contact rules go by it (`irtkit.schema.contact_rules.rules_for_source`)."""
    schema: str | None = None
    """Its name in `irtkit.schema.registry_schemas.SCHEMAS`; None: its objects are not checked."""
    parent: str | None = None
    """The regional registry that refers to it."""
    suffixes: tuple[str, ...] = ()
    """How handles end that it gave out, upper case."""
    aliases: tuple[str, ...] = ()
    """Other names of its whois host."""
    allowance: Allowance = Allowance()
    citation: str = ""


@dataclass(frozen=True, slots=True)
class KeyServer:
    """A server of OpenPGP keys that is asked where the user names none."""

    name: str
    vks: str
    """Base URL of its VKS interface, without a slash at its end."""
    citation: str


def _whois(host: str, registry: str, dialect: str = "ripe", charset: str = "latin-1") -> Server:
    return Server(host, PORTS["whois"], dialect, charset, registry)


_RIPE_ALLOWANCE: Final = Allowance(
    personal_per_day=1000,
    connections=3,
    citation="RIPE Database acceptable use policy, 16 May 2024; per IPv4 address, IPv6 /64 or SSO account",
)

_ROWS: Final = (
    Registry(
        "ripe",
        "RIPE NCC",
        whois=_whois("whois.ripe.net", "ripe"),
        keeps_connections=True,
        rdap=bootstrap_data.SERVICES["ripe"],
        rest="https://rest.db.ripe.net/",
        syncupdates="https://syncupdates.db.ripe.net/",
        mail="auto-dbm@ripe.net",
        source="RIPE",
        schema="ripe",
        suffixes=("-RIPE", "-MNT"),
        allowance=_RIPE_ALLOWANCE,
        citation="RIPE Database documentation, 11, 15 and appendix H",
    ),
    Registry(
        "apnic",
        "APNIC",
        whois=_whois("whois.apnic.net", "apnic"),
        rdap=bootstrap_data.SERVICES["apnic"],
        mail="auto-dbm@apnic.net",
        source="APNIC",
        schema="apnic",
        suffixes=("-AP",),
        allowance=Allowance(citation="APNIC blocks excessive querying and publishes no number"),
        citation="APNIC whois guide; answer of 2022-06-28",
    ),
    Registry(
        "afrinic",
        "AFRINIC",
        whois=_whois("whois.afrinic.net", "afrinic", charset="utf-8"),
        rdap=bootstrap_data.SERVICES["afrinic"],
        mail="auto-dbm@afrinic.net",
        source="AFRINIC",
        schema="afrinic",
        suffixes=("-AFRINIC",),
        allowance=Allowance(
            personal_per_day=5000, citation="AFRINIC whois FAQ: 5,000 person queries in 24 hours per address"
        ),
        citation="AFRINIC whois documentation",
    ),
    Registry(
        "lacnic",
        "LACNIC",
        whois=_whois("whois.lacnic.net", "lacnic", "lacnic", "utf-8"),
        rdap=bootstrap_data.SERVICES["lacnic"],
        source="LACNIC",
        suffixes=("-LACNIC",),
        allowance=Allowance(
            queries_per_minute=10, citation="LACNIC RDAP notice of 2016: 10 queries a minute; 300 s blocked"
        ),
        citation="LACNIC joint whois, answers of 2015",
    ),
    Registry(
        "arin",
        "ARIN",
        whois=_whois("whois.arin.net", "arin", "arin", "utf-8"),
        rdap=bootstrap_data.SERVICES["arin"],
        source="ARIN",
        suffixes=("-ARIN",),
        citation="ARIN whois documentation",
    ),
    Registry(
        "jpnic",
        "JPNIC",
        whois=_whois("whois.nic.ad.jp", "jpnic", "jpnic", "iso-2022-jp"),
        source="JPNIC",
        parent="apnic",
        citation="JPNIC whois help; answer of 2015",
    ),
    Registry(
        "krnic",
        "KRNIC (KISA)",
        whois=_whois("whois.nic.or.kr", "krnic", "krnic", "utf-8"),
        source="KRNIC",
        parent="apnic",
        aliases=("whois.krnic.net", "whois.kr", "whois.kisa.or.kr"),
        citation="KRNIC whois, answers of 2012 to 2019",
    ),
    Registry(
        "twnic",
        "TWNIC",
        whois=_whois("whois.twnic.net", "twnic", "twnic", "utf-8"),
        source="TWNIC",
        parent="apnic",
        aliases=("whois.twnic.net.tw", "whois.twnic.tw"),
        citation="APNIC, reporting abuse and spam: TWNIC has its own whois",
    ),
    Registry(
        "nicbr",
        "NIC.br",
        whois=_whois("whois.registro.br", "nicbr", "lacnic", "latin-1"),
        rdap="https://rdap.registro.br/",
        parent="lacnic",
        aliases=("whois.nic.br",),
        citation="registro.br whois, answers of 2021 to 2025: contacts withheld by law unless they are for abuse",
    ),
    Registry("nicmx", "NIC Mexico", parent="lacnic", citation="answered through LACNIC's joint whois, 2015"),
    Registry(
        "radb",
        "RADb",
        whois=_whois("whois.radb.net", "radb", "irrd", "utf-8"),
        keeps_connections=True,
        source="RADB",
        schema="irrd",
        aliases=("whois.ra.net",),
        citation="RADb runs IRRd 4",
    ),
    Registry(
        "irrd",
        "an IRRd of one's own",
        keeps_connections=True,
        schema="irrd",
        citation="IRRd 4; its hosts are named by whoever runs them",
    ),
    Registry(
        "test",
        "RIPE NCC, TEST database",
        whois=_whois("test-whois.ripe.net", "test"),
        keeps_connections=True,
        rest="https://rest-test.db.ripe.net/",
        syncupdates="https://syncupdates-test.db.ripe.net/",
        mail="test-dbm@ripe.net",
        source="TEST",
        schema="ripe",
        suffixes=("-TEST",),
        allowance=_RIPE_ALLOWANCE,
        citation="RIPE Database documentation, TEST database",
    ),
    Registry(
        "iana",
        "IANA",
        whois=_whois("whois.iana.org", "iana", "plain", "utf-8"),
        citation="IANA whois: refers to the registry that holds an address block",
    ),
)

REGISTRIES: Final[Mapping[str, Registry]] = MappingProxyType({row.name: row for row in _ROWS})
"""Every registry by its name; the regional ones first."""

KEY_SERVERS: Final = (
    KeyServer(
        "keys.openpgp.org",
        vks="https://keys.openpgp.org",
        citation="its page on the API, 2026-11: it gives a key by mailbox only after the owner of that confirmed it",
    ),
)
"""Whom `irtkit keys --live` asks beside the domain of a mailbox. HKP servers take a key for any name from anybody."""

_BY_HOST: Final = {host: row for row in _ROWS if row.whois is not None for host in (row.whois.host, *row.aliases)}
_BY_SUFFIX: Final = sorted(
    ((suffix, row) for row in _ROWS for suffix in row.suffixes), key=lambda pair: len(pair[0]), reverse=True
)
_JPNIC_HANDLE: Final = re.compile(r"[A-Z]{2}\d{3,6}JP|JP\d{8}")
_ARIN_NETWORK: Final = re.compile(r"NET6?-[0-9A-F-]+")
_DOMAIN: Final = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d][\w-]{1,62}\.?")
_NAMED: Final = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}))(?::([0-9]{1,5}))?")


def find_registry(name: str) -> Registry | None:
    """Return the registry of this name, ignoring case, or None."""
    return REGISTRIES.get(name.lower())


def find_registry_of_host(host: str) -> Registry | None:
    """Return the registry whose whois host this is, ignoring case, or None."""
    return _BY_HOST.get(host.lower().rstrip("."))


def keeps_connections(server: Server) -> bool:
    """Tell whether a whois server takes several questions on one connection.

    Of a server that is no registry's it is known only that it was said to speak RIPE's way; `-k` belongs to that.
    """
    row = None if server.registry is None else find_registry(server.registry)
    return server.dialect == "ripe" if row is None else row.keeps_connections


def registry_for(query: str, files: bootstrap.Bootstrap | None = None) -> Registry:
    """Return the registry to ask first about an address, prefix, range, AS number, handle or name; offline.

    What IANA gave to no regional registry, and a range of several of them, goes to IANA, which refers. Handles go by
    how they end, other names to RIPE's, whose database has the most; a registry asked in error says so. *files* are
    IANA's as they were refreshed; the copy that irtkit carries for None, or where they name nobody known.

    Raises: QueryError for an empty query or one with control characters.
    """
    key = " ".join(refuse_unprintable(query).split())
    if not key or key.startswith("-"):
        raise QueryError(f"expected an address, an AS number or a name, found {shown(query)}")
    if is_address(key) or is_as_number(key):
        found = bootstrap.find_registry(key, files) or bootstrap.find_registry(key)
        return REGISTRIES[found or "iana"]
    return _registry_of_name(key)


def _registry_of_name(key: str) -> Registry:
    upper = key.upper()
    if _JPNIC_HANDLE.fullmatch(upper):
        return REGISTRIES["jpnic"]
    if _ARIN_NETWORK.fullmatch(upper):
        return REGISTRIES["arin"]
    for suffix, row in _BY_SUFFIX:
        if upper.endswith(suffix):
            return row
    return REGISTRIES["iana" if _DOMAIN.fullmatch(key) else "ripe"]


def server_for(query: str, files: bootstrap.Bootstrap | None = None) -> Server:
    """Return the whois server to ask first; see `registry_for`.

    Raises: QueryError as there.
    """
    server = registry_for(query, files).whois
    if server is None:
        raise QueryError(f"no whois server is known for {shown(query)}")
    return server


def server_named(text: str, *, dialect: str = "plain") -> Server:
    """Return the server that a user names: `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`, or a registry of `REGISTRIES`.

    A host of a registry speaks as that does, at whatever port; another one speaks *dialect*, in UTF-8.

    Raises: QueryError for what is neither.
    """
    registry = find_registry(text)
    if registry is not None:
        if registry.whois is None:
            raise QueryError(f"expected a whois server; {registry.title} has none that irtkit knows")
        return registry.whois
    found = _NAMED.fullmatch(text)
    if found is None and is_address(text) and ":" in text:
        return Server(text, PORTS["whois"], dialect, "utf-8")
    port = int(found[2] or PORTS["whois"]) if found else 0
    if found is None or not 0 < port < 1 << 16:
        raise QueryError(f"expected a server as HOST or HOST:PORT, found {shown(text)}")
    return known_server(Server(found[1].strip("[]"), port, dialect, "utf-8"))


def known_server(server: Server) -> Server:
    """Return a server with the dialect, charset and registry of its host, where that is a registry's."""
    row = find_registry_of_host(server.host)
    return (
        server if row is None or row.whois is None else replace(row.whois, host=server.host.lower(), port=server.port)
    )


def target_of(referral: Referral, query: str, files: bootstrap.Bootstrap | None = None) -> Server | str | None:
    """Return whom a referral leads to: a whois server, a web address, or None if irtkit knows nobody.

    "Elsewhere" leads to the registry that IANA's files give *query* to; whoever follows it takes care not to ask
    the same server twice. *files* as for `registry_for`.
    """
    if isinstance(referral.target, Server):
        return known_server(referral.target)
    if referral.kind is ReferralKind.WEB:
        return referral.target
    registry = registry_for(query, files) if referral.target is None else find_registry(referral.target)
    return None if registry is None else registry.whois
