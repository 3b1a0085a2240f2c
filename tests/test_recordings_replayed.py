"""Recordings of real registries, replayed over real sockets: both clients ask, and learn what the tables say.

What a recording holds is told by the tables of `test_recordings_rdap` and `test_recordings_whois`. The recordings
lie beside the project and are read there.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from irtkit.errors import AnswerError, UnreachableError
from irtkit.live.asking import Asker
from irtkit.live.looking_up import first_server, look_up
from irtkit.live.places import Directory, Place
from irtkit.live.refreshing import Copy, Refreshed, refresh
from irtkit.registries import REGISTRIES
from irtkit.resources import AddressRange
from irtkit.wire.questions import HttpReply, HttpRequest
from irtkit.wire.rdap.bootstrap import (
    BOOTSTRAP_KINDS,
    Bootstrap,
    BootstrapKind,
    bootstrap_requests,
    built_in,
    find_service,
)
from irtkit.wire.rdap.contacts import abuse_contacts, find_reason
from irtkit.wire.rdap.replies import Referral, find_referrals, read_reply
from irtkit.wire.rdap.requests import autnum_request, domain_request, entity_request, ip_request, rdap_request
from irtkit.wire.rdap.values import Document

sys.path.insert(0, str(Path(__file__).parent))  # the folders are no packages
sys.path.insert(0, str(Path(__file__).parent / "rdap"))

from recordings import at, iter_exchanges, read_recording

import test_recordings_rdap as rdap
import test_recordings_whois as whois
from both_clients import Runner, ask
from certificates import Authority
from recorded_servers import Page, RecordedInternet

pytest_plugins = ["recorded_fixtures"]


@pytest.fixture
def data(shared: Path) -> Path:
    return shared / "data"


def url_of(data: Path, name: str) -> str:
    """Where it was recorded: as the cassette says, of the registry that ipwhois asked, or by its folder and file."""
    file, _, number = name.partition("#")
    if file.endswith(".yaml"):
        return [exchange.url for exchange in iter_exchanges(data / file)][int(number)]
    if number:
        key = list(json.loads((data / file).read_text(encoding="utf-8")))[int(number)]
        return f"{find_service(key)[0]}ip/{key}"
    *_, folder, leaf = file.split("/")
    kind, _, key = leaf.replace("rdap_", "domain-").removesuffix(".json").partition("-")
    host = folder if "." in folder else "rdap.example"
    return f"https://{host}/{kind}/{key or 'handle'}"


def request_for(url: str) -> HttpRequest:
    """Return the request that irtkit makes to ask what *url* was asked."""
    found = re.fullmatch(r"(https://.+?/)(ip|autnum|domain|entity|nameserver)/(.+)", url)
    assert found is not None
    base, kind, key = found.groups()
    if kind == "ip":
        return ip_request(base, AddressRange.parse_lenient(key))
    if kind == "autnum":
        return autnum_request(base, int(key))
    if kind == "nameserver":
        return rdap_request(base, f"nameserver/{key}")
    return domain_request(base, key) if kind == "domain" else entity_request(base, key)


def document_at(runner: Runner, url: str) -> Document | Referral | None:
    reply = runner(ask(request_for(url)))
    assert isinstance(reply, HttpReply)
    return read_reply(reply)


@pytest.mark.parametrize("name", [*rdap.CONTACTS, *rdap.REFUSED])
def test_an_rdap_answer_is_the_same_over_https(name: str, data: Path, authority: Authority, runner: Runner) -> None:
    """The mailboxes are those of the table, or the reason why there is none; what is asked is what was recorded."""
    body, url = read_recording(data, name), url_of(data, name)
    with RecordedInternet(authority, pages={url: Page(body)}) as internet:
        document = document_at(runner, url)
    assert [asked.lower() for asked in internet.asked] == [url.lower()]
    assert isinstance(document, Document)
    contacts = abuse_contacts(document)
    pointers = rdap.CONTACTS.get(name, ())
    assert [contact.email for contact in contacts] == [at(json.loads(body), pointer) for pointer in pointers]
    assert find_reason(document, contacts) == rdap.REFUSED.get(name)


@pytest.mark.parametrize("name", rdap.BROKEN)
def test_what_is_no_document_is_the_servers_fault(name: str, data: Path, authority: Authority, runner: Runner) -> None:
    url = "https://rdap.example/domain/example.com"
    with (
        RecordedInternet(authority, pages={url: Page(read_recording(data, name))}),
        pytest.raises(AnswerError, match=r"rdap\.example"),
    ):
        document_at(runner, url)


def networks(data: Path) -> Iterator[tuple[str, str]]:
    """Yield the recordings about addresses, and what was asked in each."""
    for name in (*rdap.CONTACTS, *rdap.REFUSED):
        found = re.search(r"/ip/(.+)", url_of(data, name))
        if found is not None:
            yield name, found[1]


def by_rdap() -> Directory:
    """Every regional registry, asked by RDAP."""
    rows = [row for row in REGISTRIES.values() if row.rdap is not None]
    return Directory({row.name: Place(row.name, rdap=row.rdap) for row in rows})


def test_a_live_question_finds_the_contact_of_every_recorded_network(
    data: Path, authority: Authority, runner: Runner
) -> None:
    """All its mailboxes, the nearest first; every network is asked for once, and nobody else."""
    for name, key in networks(data):
        body, url = read_recording(data, name), url_of(data, name)
        with RecordedInternet(authority, pages={url: Page(body)}) as internet:
            found = runner(Asker(by_rdap()).ask(AddressRange.parse_lenient(key)))
        expected = [at(json.loads(body), pointer) for pointer in rdap.CONTACTS.get(name, ())]
        assert [contact.email for contact in found.contacts] == expected
        assert found.email == (expected[0] if expected else None)
        assert found.reason == (None if expected else "no-contact")
        assert [hop.ending for hop in found.hops] == ["answered"]
        assert internet.asked == [url]


def test_a_redirect_leads_to_the_recorded_answer(data: Path, authority: Authority, runner: Runner) -> None:
    """None of the recordings is one: here the registry of another region sends us to the one that answers."""
    name = "whoisit_cassettes/ip-v4-1.yaml#5"
    body, url = read_recording(data, name), url_of(data, name)
    (expected,) = (at(json.loads(body), pointer) for pointer in rdap.CONTACTS[name])
    elsewhere = f"{REGISTRIES['arin'].rdap}ip/1.1.1.1"
    pages = {elsewhere: Page(b"", "302 Found", {"Location": url}), url: Page(body)}
    with RecordedInternet(authority, pages=pages) as internet:
        found = runner(Asker(by_rdap()).ask(AddressRange.parse("1.1.1.1"), registry="arin"))
    assert (found.email, found.source) == (expected, "APNIC")
    assert [hop.ending for hop in found.hops] == ["referred", "answered"]
    assert internet.asked == [elsewhere, url]


NOTHING = Bootstrap({})
Pages = Mapping[str, Page]
Fetch = Callable[..., Refreshed]


@pytest.fixture
def fetch(authority: Authority, runner: Runner) -> Fetch:
    """Fetches the bootstrap from an internet with some pages."""

    def fetched(
        pages: Pages, known: Bootstrap = NOTHING, copies: Mapping[BootstrapKind, Copy] | None = None
    ) -> Refreshed:
        with RecordedInternet(authority, pages=pages) as internet:
            found = runner(refresh(known, copies))
        assert len(internet.asked) == len(BOOTSTRAP_KINDS)
        return found

    return fetched


def cassettes(data: Path) -> list[Path]:
    return sorted((data / "whoisit_cassettes").glob("*.yaml"))


def pages_of(cassette: Path) -> dict[str, Page]:
    return {exchange.url: Page(exchange.body) for exchange in iter_exchanges(cassette)}


def test_a_fetched_bootstrap_leads_to_who_answers(data: Path, authority: Authority, runner: Runner) -> None:
    """From IANA's files to the last document of each cassette, what is asked is what was recorded, in that order."""
    ended = {}
    for cassette in cassettes(data):
        pages = pages_of(cassette)
        recorded = list(pages)[5:]
        with RecordedInternet(authority, pages=pages) as internet:
            refreshed = runner(refresh(NOTHING))
            assert (set(refreshed.changed), refreshed.failures) == (set(BOOTSTRAP_KINDS), {})
            assert sorted(internet.asked) == sorted(pages.keys() - set(recorded))
            url = next_url(refreshed.bootstrap, recorded[0]) if recorded else None
            for number in range(5, len(pages)):
                if url is None:
                    break
                document = document_at(runner, url)
                assert isinstance(document, Document)
                ended[f"whoisit_cassettes/{cassette.name}#{number}"] = [each.email for each in abuse_contacts(document)]
                url = next((link.url for link in find_referrals(document, url)), None)
        assert [url.lower() for url in internet.asked[5:]] in ([url.lower() for url in recorded], [])
    assert ended == {
        name: [at(json.loads(read_recording(data, name)), pointer) for pointer in pointers]
        for name, pointers in rdap.CONTACTS.items()
        if name.startswith("whoisit_cassettes/") and "entity" not in name  # whose handle has no tag
    }


def next_url(bootstrap: Bootstrap, recorded: str) -> str | None:
    """Return where to ask what *recorded* asked: of the service that the bootstrap names."""
    found = re.search(r"(?:ip|domain|(autnum)|entity)/(.+)", recorded)
    assert found is not None
    services = bootstrap.find(f"AS{found[2]}" if found[1] else found[2])
    return f"{services[0]}{found[0]}" if services else None


@pytest.mark.parametrize(
    ("folder", "query", "service"),
    [
        ("bootstrap", "example.cz", "https://rdap.nic.cz/"),
        ("bootstrap", "EXAMPLE-FRNIC", "https://rdap.nic.fr/"),
        ("bootstrap", "example.com", None),
        ("bootstrap_complex", "a.sub.example.com", "https://example.com/sub/"),
        ("bootstrap_complex", "other.example.com", "https://example.com/"),
        ("bootstrap_complex", "example.net", "https://example.root/"),
    ],
)
def test_another_bootstrap_leads_elsewhere(
    folder: str, query: str, service: str | None, data: Path, fetch: Fetch
) -> None:
    """Files that openrdap keeps; the copy that irtkit carries says nothing of domains and of other tags."""
    found = fetch(bootstrap_pages(data, {}, folder)).bootstrap.find(query)
    assert found[:1] == (() if service is None else (service,))
    assert built_in().find(query) == ()


def bootstrap_pages(data: Path, others: Mapping[BootstrapKind, Page], folder: str = "bootstrap") -> Pages:
    """Return openrdap's bootstrap files at IANA's URLs, and *others* in their places."""
    pages: dict[BootstrapKind, Page] = {}
    for kind in BOOTSTRAP_KINDS:
        for path in (data / "openrdap_testdata" / each / f"{kind}.json" for each in ("bootstrap", folder)):
            if path.exists():
                pages[kind] = Page(path.read_bytes())
    pages.update(others)
    return {request.url: pages[kind] for kind, request in bootstrap_requests().items()}


def test_the_domain_that_a_fetched_bootstrap_knows_is_answered(
    data: Path, authority: Authority, runner: Runner
) -> None:
    """By the registry whose answer openrdap keeps: handles without cards."""
    (name,) = (name for name in rdap.REFUSED if "domain-example.cz" in name)
    pages = {**bootstrap_pages(data, {}), url_of(data, name): Page(read_recording(data, name))}
    with RecordedInternet(authority, pages=pages):
        (service,) = runner(refresh(NOTHING)).bootstrap.find("example.cz")
        document = document_at(runner, f"{service}domain/example.cz")
    assert isinstance(document, Document)
    assert find_reason(document, abuse_contacts(document)) == rdap.REFUSED[name]


def test_files_that_did_not_change_are_not_sent_again(data: Path, fetch: Fetch) -> None:
    """The second time, only the one that did takes the place of its older version."""
    older, newer = (pages_of(data / "whoisit_cassettes" / f"{name}-1.yaml") for name in ("domain", "asn"))
    first = fetch(older)
    second = fetch(newer, copies=first.copies)
    assert (second.changed, second.failures) == (("dns",), {})
    assert {kind for kind, copy in second.copies.items() if copy is first.copies[kind]} == {*BOOTSTRAP_KINDS} - {"dns"}
    assert second.copies["dns"].body in {page.body for page in newer.values()}
    assert second.bootstrap.files["dns"] != first.bootstrap.files["dns"]


MALFORMED = "openrdap_testdata/bootstrap_malformed"


@pytest.mark.parametrize(
    ("file", "status", "says"),
    [
        (f"{MALFORMED}/dns_empty.json", "200 OK", "JSON"),
        (f"{MALFORMED}/dns_syntax_error.json", "200 OK", "JSON"),
        ("openrdap_testdata/bootstrap_http_error/404.html", "404 Not Found", "404"),
        ("openrdap_testdata/bootstrap_http_error/404.html", "200 OK", "JSON"),
    ],
)
def test_a_bootstrap_file_that_is_broken_takes_nobodys_place(
    file: str, status: str, says: str, data: Path, fetch: Fetch
) -> None:
    """What was known stays, the other files are taken, and why is told."""
    known = fetch(bootstrap_pages(data, {}))
    pages = bootstrap_pages(data, {"dns": Page((data / file).read_bytes(), status)})
    found = fetch(pages, copies={"dns": known.copies["dns"]})
    assert found.failures.keys() == {"dns"}
    assert says in found.failures["dns"]
    assert set(found.changed) == {*BOOTSTRAP_KINDS} - {"dns"}
    assert found.bootstrap.find("example.cz") == ("https://rdap.nic.cz/",)
    assert found.copies["dns"] is known.copies["dns"]


@pytest.mark.parametrize("name", rdap.BOOTSTRAPS)
def test_every_recorded_bootstrap_file_is_taken(name: str, data: Path, fetch: Fetch) -> None:
    """With as many services as the table says, and notes of its faults."""
    kind, services, faults = rdap.BOOTSTRAPS[name]
    found = fetch(bootstrap_pages(data, {kind: Page(read_recording(data, name))}))
    file = found.bootstrap.files[kind]
    assert (found.failures, set(found.changed)) == ({}, {*BOOTSTRAP_KINDS})
    assert len({urls for *_, urls in file.ranges} | set(file.names.values())) == services
    assert len(file.warnings) == faults


@pytest.mark.parametrize("file", ["dns_bad_services.json", "dns_bad_url.json"])
def test_a_bootstrap_file_with_faults_serves_as_far_as_it_goes(file: str, data: Path, fetch: Fetch) -> None:
    """A service without a URL that can be asked is none; the others are."""
    found = fetch(bootstrap_pages(data, {"dns": Page(read_recording(data, f"{MALFORMED}/{file}"))}))
    assert found.failures == {}
    assert found.bootstrap.files["dns"].warnings
    assert found.bootstrap.find("nic.br") == ("https://rdap.registro.br/",)
    assert found.bootstrap.find("host.example") == ()


def test_older_files_do_not_take_the_place_of_newer_ones(data: Path, fetch: Fetch) -> None:
    """The copy that irtkit carries knows of a block that the recorded file does not."""
    found = fetch(pages_of(data / "whoisit_cassettes" / "boostrap.yaml"), built_in())
    assert found.failures.keys() == {"ipv6"}
    assert "the one known is newer" in found.failures["ipv6"]
    assert found.bootstrap.files["ipv6"] is built_in().files["ipv6"]


LINES = {
    "ripe": "-r -c {}",
    "irrd": "-r {}",
    "arin": "n + {}",
    "lacnic": "{}",
    "jpnic": "{}/e",
    "krnic": "{}",
}
"""What each server is asked about an address."""


def answers_of(recording: whois.Recording, shared: Path) -> dict[str, dict[str, bytes]]:
    """Return what was recorded as its server sends it, in its charset."""
    server = whois.server_of(recording)
    return {server.host: {recording.entry: whois.text_of(recording, shared).encode(server.charset)}}


@whois.each_recording
def test_a_whois_answer_is_the_same_over_tcp(
    recording: whois.Recording, shared: Path, authority: Authority, runner: Runner
) -> None:
    """The mailbox is the one of the table, or the reason; what ipwhois cut in the middle of a line is refused."""
    text, server = whois.text_of(recording, shared), whois.server_of(recording)
    question = look_up(recording.entry, server, follow=False)
    with RecordedInternet(authority, whois=answers_of(recording, shared)) as internet:
        if text.endswith("\n"):
            (answer,) = runner(question).answers
            assert whois.abuse_contact(answer, recording.entry) == whois.expected(recording, text)
            assert len(answer.objects) == recording.objects
        else:
            assert recording.registry == "radb"
            with pytest.raises(UnreachableError, match=f"broke after {len(text)} bytes"):
                runner(question)
    assert internet.asked == [f"{server.host} {LINES[server.dialect].format(recording.entry)}"]


@pytest.mark.parametrize("recording", [one for one in whois.RECORDINGS if one.refers_to], ids=str)
def test_a_recorded_referral_is_followed(
    recording: whois.Recording, shared: Path, authority: Authority, runner: Runner
) -> None:
    """To the national registry; what the regional one said stays the best where that one knows nothing."""
    assert recording.refers_to is not None
    next_server = REGISTRIES[recording.refers_to].whois
    assert next_server is not None
    answers = {**answers_of(recording, shared), next_server.host: {}}
    with RecordedInternet(authority, whois=answers) as internet:
        found = runner(look_up(recording.entry, first_server(recording.entry)))
    assert [line.split(" ")[0] for line in internet.asked] == [*answers]
    assert [hop.server for hop in found.hops] == [*answers]
    expected = whois.expected(recording, whois.text_of(recording, shared))
    assert whois.abuse_contact(found.best, recording.entry) == expected


WALKED = [one for one in whois.RECORDINGS if one.registry != "radb" and "transcripts/tdussa" not in one.file]
"""The recordings with networks in them, whole."""


@pytest.mark.parametrize("recording", WALKED, ids=str)
def test_a_live_question_by_whois_finds_the_recorded_contact(
    recording: whois.Recording, shared: Path, authority: Authority, runner: Runner
) -> None:
    """The walk through the recorded objects, and what the server says beside them, ends where a person does."""
    server = whois.server_of(recording)
    directory = Directory(only=Place(recording.registry, server, keeps_connections=False))
    with RecordedInternet(authority, whois=answers_of(recording, shared)):
        found = runner(Asker(directory).ask(AddressRange.parse(recording.entry)))
    email, _ = whois.expected(recording, whois.text_of(recording, shared))
    assert found.email == email
    assert found.reason == (None if found.email else "no-contact")
