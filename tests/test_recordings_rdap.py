"""Recorded RDAP answers: each is read, and the abuse contact is the one that a person finds in the file.

The recordings hold registry data, which is not copied: a table says where in which file the mailboxes stand.
"""

import json
import re
import sys
from pathlib import Path

import pytest

from irtkit.errors import AnswerError
from irtkit.wire.rdap.bootstrap import Bootstrap, BootstrapKind, built_in, parse_bootstrap
from irtkit.wire.rdap.contacts import abuse_contacts, find_reason
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.rdap.replies import find_referrals
from irtkit.wire.rdap.values import Domain

sys.path.insert(0, str(Path(__file__).parent / "rdap"))  # the folder is no package

from recordings import at, iter_exchanges, read_recording

CONTACTS: dict[str, tuple[str, ...]] = {
    "whoisit_cassettes/asn-1.yaml#5": ("/entities/1/vcardArray/1/5/3", "/entities/0/entities/1/vcardArray/1/5/3"),
    "whoisit_cassettes/domain-1.yaml#5": ("/entities/0/entities/0/vcardArray/1/3/3",),
    "whoisit_cassettes/domain-1.yaml#6": ("/entities/3/entities/0/vcardArray/1/1/3",),
    "whoisit_cassettes/entity-1.yaml#5": ("/entities/0/vcardArray/1/5/3",),
    "whoisit_cassettes/ip-v4-1.yaml#5": ("/entities/1/vcardArray/1/5/3",),
    "whoisit_cassettes/ip-v4-cidr-1.yaml#5": ("/entities/1/vcardArray/1/5/3",),
    "whoisit_cassettes/ip-v6-1.yaml#5": ("/entities/1/vcardArray/1/5/3", "/entities/0/entities/1/vcardArray/1/5/3"),
    "whoisit_cassettes/ip-v6-cidr-1.yaml#5": (
        "/entities/1/vcardArray/1/5/3",
        "/entities/0/entities/1/vcardArray/1/5/3",
    ),
    "ipwhois_tests/rdap.json#0": (
        "/entities/0/vcardArray/1/4/3",
        "/entities/0/vcardArray/1/5/3",
        "/entities/0/vcardArray/1/6/3",
    ),
    "ipwhois_tests/rdap.json#3": (
        "/entities/0/vcardArray/1/4/3",
        "/entities/0/vcardArray/1/5/3",
        "/entities/0/vcardArray/1/6/3",
    ),
    "ipwhois_tests/rdap.json#4": ("/entities/0/vcardArray/1/5/3",),
    "ipwhois_tests/rdap.json#5": ("/entities/1/vcardArray/1/5/3", "/entities/0/entities/0/vcardArray/1/5/3"),
    "ipwhois_tests/rdap.json#6": ("/entities/1/vcardArray/1/3/3",),
    "ipwhois_tests/rdap.json#7": ("/entities/0/vcardArray/1/5/3",),
    "ipwhois_tests/rdap.json#8": ("/entities/0/entities/0/vcardArray/1/5/3",),
    "intelmq_tests/rdap_example.com.json": ("/entities/3/entities/0/vcardArray/1/4/3",),
    "intelmq_tests/rdap_nic.versicherung.json": ("/entities/2/entities/0/vcardArray/1/4/3",),
}
"""Where each mailbox stands, the abuse contact first."""

REFUSED = {
    "ipwhois_tests/rdap.json#1": "no-abuse-role",  # APNIC, for a national registry: other roles only
    "ipwhois_tests/rdap.json#2": "no-abuse-role",  # AFRINIC of 2015 gives its entities no roles at all
    "ipwhois_tests/rdap.json#9": "no-abuse-role",  # the same; a mailbox in a remark is not taken
    "ipwhois_tests/entity.json": "no-abuse-role",  # a handle by itself has no role
    "intelmq_tests/rdap_rdns.json": "no-object",  # it is a bootstrap file
    "openrdap_testdata/rdap/rdap-pilot.verisignlabs.com/entity-1-VRSN": "no-abuse-role",  # a registrar by itself
    "openrdap_testdata/rdap/rdap.nic.cz/domain-example.cz.json": "no-abuse-role",  # handles without cards
    "openrdap_testdata/rdap/rdap.nic.cz/nameserver-ns2.pipni.cz.json": "no-abuse-role",  # no entities
}
"""Recordings without an abuse contact, and why."""

BROKEN = (
    "openrdap_testdata/misc/empty.html",
    "openrdap_testdata/misc/malformed.json",
    "openrdap_testdata/bootstrap_http_error/404.html",
)
"""What is no document at all."""

BOOTSTRAPS: dict[str, tuple[BootstrapKind, int, int]] = {
    "openrdap_testdata/bootstrap/asn.json": ("asn", 5, 0),
    "openrdap_testdata/bootstrap/dns.json": ("dns", 3, 0),
    "openrdap_testdata/bootstrap/ipv4.json": ("ipv4", 5, 0),
    "openrdap_testdata/bootstrap/ipv6.json": ("ipv6", 5, 0),
    "openrdap_testdata/bootstrap/object-tags.json": ("object-tags", 5, 0),
    "openrdap_testdata/bootstrap_complex/dns.json": ("dns", 3, 0),
    "openrdap_testdata/bootstrap_malformed/dns_bad_services.json": ("dns", 3, 1),
    "openrdap_testdata/bootstrap_malformed/dns_bad_url.json": ("dns", 3, 3),
    "intelmq_tests/rdap_rdns.json": ("dns", 4, 0),
    "whoisit_cassettes/data_bootstrap.json#1": ("asn", 5, 0),
    "whoisit_cassettes/data_bootstrap.json#2": ("dns", 771, 0),
    "whoisit_cassettes/data_bootstrap.json#3": ("ipv4", 5, 0),
    "whoisit_cassettes/data_bootstrap.json#4": ("ipv6", 5, 0),
    "whoisit_cassettes/data_bootstrap.json#5": ("object-tags", 4, 0),
}
"""Each bootstrap file: its kind, how many services it has for us, and how many notes its faults make."""

BROKEN_BOOTSTRAPS = (
    "openrdap_testdata/bootstrap_malformed/dns_empty.json",
    "openrdap_testdata/bootstrap_malformed/dns_syntax_error.json",
)

OTHERS = {
    "intelmq_tests/harmonization.conf": "no answer of a registry",
    "intelmq_tests/ti_teams.json": "a directory of teams",
    "ipwhois_tests/asn.json": "whois",
    "ipwhois_tests/jpnic.json": "whois",
    "ipwhois_tests/krnic.json": "whois",
    "ipwhois_tests/whois.json": "whois",
}
"""Files in these folders that are no RDAP."""


@pytest.fixture
def data(shared: Path) -> Path:
    return shared / "data"


def named_here() -> set[str]:
    tables = (*CONTACTS, *REFUSED, *BROKEN, *BOOTSTRAPS, *BROKEN_BOOTSTRAPS, *OTHERS)
    return {name.partition("#")[0] for name in tables}


def test_every_recording_is_in_a_table(data: Path) -> None:
    """None is left out; jCards by themselves are in `test_wire_rdap_jcard`, cassettes' bootstrap files below."""
    folders = ("intelmq_tests", "ipwhois_tests", "openrdap_testdata", "whoisit_cassettes")
    files = {str(file.relative_to(data)) for folder in folders for file in (data / folder).rglob("*") if file.is_file()}
    jcards = {name for name in files if name.startswith("openrdap_testdata/jcard/")}
    assert files - jcards - named_here() == {"whoisit_cassettes/boostrap.yaml"}


@pytest.mark.parametrize("name", CONTACTS)
def test_the_abuse_contact_is_the_one_in_the_file(data: Path, name: str) -> None:
    """All mailboxes of abuse entities, the nearest first, and nothing else."""
    body = read_recording(data, name)
    document = parse_document(body, "rdap.example")
    contacts = abuse_contacts(document)
    assert [contact.email for contact in contacts] == [at(json.loads(body), pointer) for pointer in CONTACTS[name]]
    assert [f"{contact.path}/3" for contact in contacts] == list(CONTACTS[name])
    assert find_reason(document, contacts) is None


@pytest.mark.parametrize("name", REFUSED)
def test_a_recording_without_contact_is_refused_with_the_reason(data: Path, name: str) -> None:
    """A person finds no abuse contact in it, either."""
    document = parse_document(read_recording(data, name), "rdap.example")
    assert abuse_contacts(document) == ()
    assert find_reason(document, ()) == REFUSED[name]


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_document_is_refused(data: Path, name: str) -> None:
    """As the server's fault."""
    with pytest.raises(AnswerError):
        parse_document(read_recording(data, name), "rdap.example")


@pytest.mark.parametrize("name", [name for name in (*CONTACTS, *REFUSED) if "openrdap" not in name])
def test_a_recorded_object_is_read_whole(data: Path, name: str) -> None:
    """Handle, range, links, events, notices and remarks are as many as in the file; what is noted is not an entity."""
    raw = json.loads(read_recording(data, name))
    document = parse_document(read_recording(data, name), "rdap.example")
    found = document.object
    if "services" in raw:
        assert found is None
        return
    assert found is not None
    assert found.handle == raw["handle"]
    assert len(found.links) == len(raw.get("links", ()))
    assert len(found.events) == len(raw.get("events", ()))
    assert len(document.notices) == len(raw.get("notices", ()))
    assert len(found.remarks) == len(raw.get("remarks", ()))
    assert len(found.entities) == len([entity for entity in raw.get("entities", ()) if entity])
    assert sum(bool(entity.card.properties) for _, entity in found.iter_entities()) == str(raw).count(
        "'vcardArray'"
    ) - ("vcardArray" in raw)


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("whoisit_cassettes/asn-1.yaml#5", [(True, None), (True, None)]),
        ("whoisit_cassettes/ip-v6-1.yaml#5", [(True, None), (True, None)]),
        ("whoisit_cassettes/entity-1.yaml#5", [(False, None)]),
        ("whoisit_cassettes/ip-v4-1.yaml#5", [(False, "/entities/1/remarks/0")]),
        ("ipwhois_tests/rdap.json#5", [(False, None), (False, None)]),
    ],
)
def test_flags_are_those_that_the_registry_sets(data: Path, name: str, flags: list[tuple[bool, str | None]]) -> None:
    """ARIN's contact that does not answer is suspect, with the day; APNIC's has a day of validation."""
    body = read_recording(data, name)
    contacts = abuse_contacts(parse_document(body, "rdap.example"))
    assert [contact.suspect for contact in contacts] == [suspect for suspect, _ in flags]
    for contact, (suspect, remark) in zip(contacts, flags, strict=True):
        said = " ".join(at(json.loads(body), path)["description"][0] for path in contact.evidence)
        assert (contact.unanswered_since or "") in said
        assert (contact.unanswered_since is not None) is suspect
        assert (contact.validated or "") in said
        assert (contact.validated is not None) is (remark is not None)
        assert remark is None or contact.evidence == (remark,)


def test_a_registry_of_domains_refers_to_the_registrar(data: Path) -> None:
    """Its link is the URL of the next reply on the cassette, but for case."""
    exchanges = list(iter_exchanges(data / "whoisit_cassettes" / "domain-1.yaml"))
    document = parse_document(exchanges[5].body, "rdap.example")
    assert isinstance(document.object, Domain)
    (referral,) = find_referrals(document, exchanges[5].url)
    assert referral.url.lower() == exchanges[6].url.lower()
    assert referral.find_refusal(exchanges[5].url) is None


@pytest.mark.parametrize("name", BOOTSTRAPS)
def test_a_bootstrap_file_is_read_and_its_faults_noted(data: Path, name: str) -> None:
    """As many services as are whole, and a note for each fault."""
    kind, services, faults = BOOTSTRAPS[name]
    file = parse_bootstrap(read_recording(data, name), "iana.example", kind)
    assert len({urls for *_, urls in file.ranges} | set(file.names.values())) == services
    assert len(file.warnings) == faults
    assert file.publication is not None


@pytest.mark.parametrize("name", BROKEN_BOOTSTRAPS)
def test_a_bootstrap_file_that_is_no_json_is_refused(data: Path, name: str) -> None:
    """As the server's fault."""
    with pytest.raises(AnswerError):
        parse_bootstrap(read_recording(data, name), "iana.example", "dns")


def recorded(data: Path, cassette: str) -> Bootstrap:
    """Return the bootstrap whose five files begin a cassette."""
    kinds: tuple[BootstrapKind, ...] = ("asn", "dns", "ipv4", "ipv6", "object-tags")
    exchanges = list(iter_exchanges(data / "whoisit_cassettes" / cassette))[:5]
    files = [parse_bootstrap(each.body, "iana.example", kind) for each, kind in zip(exchanges, kinds, strict=True)]
    assert [file.warnings for file in files] == [()] * 5
    return Bootstrap({}).updated(*files)


def cassettes(data: Path) -> list[str]:
    return sorted(file.name for file in (data / "whoisit_cassettes").glob("*.yaml"))


def test_every_cassette_leads_to_the_service_that_answers(data: Path) -> None:
    """By its own bootstrap files, the service found for what was asked is the one of the next exchange."""
    followed = 0
    for cassette in cassettes(data):
        bootstrap = recorded(data, cassette)
        for exchange in list(iter_exchanges(data / "whoisit_cassettes" / cassette))[5:6]:
            asked = re.search(r"/(?:(ip|entity|domain)|(autnum))/(.+)", exchange.url)
            assert asked is not None
            urls = bootstrap.find(f"AS{asked[3]}" if asked[2] else asked[3])
            if urls:
                assert exchange.url.startswith(urls[0])
                followed += 1
    assert followed == 6  # an entity without tag is no question for a bootstrap


def test_the_built_in_copy_says_what_the_recorded_files_say(data: Path) -> None:
    """At both ends of every range of either, but for the block that was allocated since."""
    files, copy = recorded(data, "boostrap.yaml"), built_in()
    for kind in ("asn", "ipv4", "ipv6"):
        edges = {
            edge
            for file in (files.files[kind], copy.files[kind])
            for first, last, _ in file.ranges
            for edge in (first - 1, first, last, last + 1)
        }
        differing = {
            edge >> 104
            for edge in edges
            if copy._of_number(kind, edge, edge)[:1] != files._of_number(kind, edge, edge)[:1]
        }
        assert differing == ({0x241000, 0x241FFF} if kind == "ipv6" else set())
    tags = copy.files["object-tags"].names
    assert {tag: urls[0] for tag, urls in tags.items()}.items() <= {
        tag: urls[0] for tag, urls in files.files["object-tags"].names.items()
    }.items()
