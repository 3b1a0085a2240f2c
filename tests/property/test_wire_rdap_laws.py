"""Laws of reading RDAP, REST and key servers: no error but the server's, no good part lost to a bad one."""

import base64
import hashlib
import json
import sys
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from irtkit.errors import AnswerError, QueryError
from irtkit.resources import AddressRange, format_address
from irtkit.wire.keyservers import wkd_hash
from irtkit.wire.members import MOST_LEVELS, Warnings, read_json
from irtkit.wire.questions import HttpReply, HttpRequest
from irtkit.wire.rdap.bootstrap import BOOTSTRAP_KINDS, Bootstrap, BootstrapKind, built_in, parse_bootstrap
from irtkit.wire.rdap.contacts import abuse_contacts, find_reason
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.rdap.jcard import read_card
from irtkit.wire.rdap.replies import find_referrals
from irtkit.wire.rdap.requests import entity_request
from irtkit.wire.rdap.values import Document
from irtkit.wire.rest import read_abuse_contact, read_answer
from irtkit.wire.targets import find_refusal, read_url

sys.path.insert(0, str(Path(__file__).parents[1] / "rdap"))  # the folder is no package

from rdap_samples import APNIC, ARIN, RIPE, SERVER, Json, body, card, entity, network
from recordings import at

BASE = "https://rdap.example"
MEMBERS = [
    "objectClassName",
    "entities",
    "handle",
    "roles",
    "vcardArray",
    "remarks",
    "notices",
    "links",
    "href",
    "rel",
    "status",
    "events",
    "startAddress",
    "endAddress",
    "cidr0_cidrs",
    "v4prefix",
    "length",
    "startAutnum",
    "endAutnum",
    "ldhName",
    "nameservers",
    "ipAddresses",
    "network",
    "networks",
    "autnums",
    "redacted",
    "prePath",
    "title",
    "description",
    "type",
    "errorCode",
    "port43",
    "publicIds",
    "entitySearchResults",
    "services",
    "objects",
    "object",
    "attributes",
    "attribute",
    "name",
    "value",
    "errormessages",
    "errormessage",
    "text",
    "args",
    "abuse-contacts",
    "email",
]
TEXTS = (
    "ip network",
    "entity",
    "autnum",
    "domain",
    "abuse",
    "vcard",
    "email",
    "irt",
    "abuse@example.net",
    "192.0.2.1",
    "2001:db8::",
    "$.entities[0].vcardArray[1][?(@[0]=='email')]",
    "Abuse contact for 'x' is 'abuse@example.net'\nAbuse-mailbox validation failed.",
    "Unvalidated POC",
    "\x1b[31m\r\nX\x9b",
    "https://other.example/",
)

CONTROLS = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))}
MIXED = (ip_network("192.0.0.0/24"), ip_network("2001::/23"))

texts = st.one_of(st.sampled_from(TEXTS), st.text(max_size=12))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(MEMBERS), st.text(max_size=4)), inner, max_size=6),
        st.tuples(st.just("vcard"), st.lists(inner, max_size=3)).map(list),
    ),
    max_leaves=25,
)
documents = st.dictionaries(st.sampled_from(MEMBERS), values, max_size=8)
classed = st.builds(
    lambda name, members: {**members, "objectClassName": name},
    st.sampled_from(["ip network", "entity", "autnum", "domain", "nameserver"]),
    documents,
)


@given(st.one_of(st.binary(max_size=60), values.map(lambda value: json.dumps(value).encode())))
@example(b"[" * 5_000)
@example(b'"' + b'\\"' * 5_000)
@example(b'{"a":' * 5_000)
def test_bytes_are_a_document_or_an_error_of_the_servers(data: bytes) -> None:
    """Nothing else is raised, whatever was sent and whatever reads it."""
    reply = HttpReply(HttpRequest(f"{BASE}/"), 200, {}, data)
    for read in (
        lambda: parse_document(data, SERVER),
        lambda: [parse_bootstrap(data, SERVER, kind) for kind in BOOTSTRAP_KINDS],
        lambda: read_answer(reply),
        lambda: read_abuse_contact(reply),
    ):
        with suppress(AnswerError):
            read()


@given(st.one_of(documents, classed))
def test_an_object_of_any_members_is_a_document(value: Json) -> None:
    """And what is found in it holds: a mailbox stands where it says, a gap has none, the nearest come first."""
    document = parse_document(body(value), SERVER)
    contacts = abuse_contacts(document)
    assert len(document.warnings) <= 100
    assert [contact.level for contact in contacts] == sorted(contact.level for contact in contacts)
    for contact in contacts:
        assert (contact.email is None) is (contact.gap is not None)
        assert "abuse" in contact.roles
        if contact.email:
            assert contact.email.lower() in str(at(value, contact.path)).lower()
        for place in contact.evidence:
            assert at(value, place)
    assert (find_reason(document, contacts) is None) is any(contact.email for contact in contacts)
    for referral in find_referrals(document, f"{BASE}/"):
        assert referral.url.startswith("http")


@given(classed)
@example(network(entity("A\nB\x1b", ["abuse", "x\ny\x9b"], "abuse@example.net")))
def test_what_is_shown_is_fit_for_a_terminal(value: Json) -> None:
    """No control character in the fields that stand in a line, whatever the document holds."""
    document = parse_document(body(value), SERVER)
    for contact in abuse_contacts(document):
        for text in (contact.via, contact.handle, contact.email, *contact.roles):
            assert text is None or not set(text) & CONTROLS
    for warning in document.warnings:
        assert not set(str(warning)) & CONTROLS


@given(documents)
def test_reading_is_the_same_however_json_is_spelled(value: Json) -> None:
    """Escapes, blanks and the order of members do not matter."""
    spelled = json.dumps(value, ensure_ascii=False, indent=3, separators=(" ,", " : "))
    turned = json.dumps(dict(reversed(value.items())))
    readings = [parse_document(text, SERVER) for text in (body(value), spelled.encode("utf-8", "surrogatepass"))]
    if "\\ud" not in json.dumps(value):
        assert readings[0] == readings[1]
    assert _without_order(parse_document(turned.encode(), SERVER)) == _without_order(readings[0])


def _without_order(document: Document) -> tuple[object, ...]:
    return document.objects, document.error, document.notices, set(document.warnings)


@given(st.sampled_from([RIPE, ARIN, APNIC]), st.data())
def test_a_broken_entity_costs_no_other(value: Json, data: st.DataObject) -> None:
    """Whatever takes the place of one, the contacts of the others are the same."""
    before = abuse_contacts(parse_document(body(value), SERVER))
    position = data.draw(st.integers(0, len(value["entities"]) - 1))
    entities = list(value["entities"])
    entities[position] = data.draw(values)
    after = abuse_contacts(parse_document(body({**value, "entities": entities}), SERVER))
    place = f"/entities/{position}"
    kept = [contact for contact in before if not contact.path.startswith(place)]
    assert [contact for contact in after if not contact.path.startswith(place)] == kept


@given(st.sampled_from([RIPE, ARIN, APNIC]), st.sampled_from(MEMBERS), values)
def test_a_broken_member_costs_no_contact(value: Json, name: str, broken: Json) -> None:
    """Unless it is the entities, or says what the whole document is."""
    if name in {"entities", "objectClassName", "errorCode", "redacted", "remarks"} or name.endswith("SearchResults"):
        return
    before = abuse_contacts(parse_document(body(value), SERVER))
    after = abuse_contacts(parse_document(body({**value, name: broken}), SERVER))
    assert [(each.email, each.gap, each.path) for each in after] == [
        (each.email, each.gap, each.path) for each in before
    ]


@given(st.lists(values, max_size=4), st.lists(values, max_size=4))
def test_a_good_property_survives_among_any_others(before: list[Json], after: list[Json]) -> None:
    """Its mailbox is found."""
    good: Json = ["email", {"type": "abuse"}, "text", "found@example.net"]
    found = read_card(["vcard", [*before, good, *after]], "", Warnings())
    assert "found@example.net" in {email.mailbox for email in found.emails}


@given(st.integers(0, 2 * MOST_LEVELS), st.booleans())
def test_depth_is_counted_as_json_nests(depth: int, closed: bool) -> None:
    """Up to the limit what is whole is read; beyond it nothing is."""
    text = b"[" * depth + (b"]" * depth if closed else b"") or b"null"
    if depth <= MOST_LEVELS and (closed or not depth):
        read_json(text, SERVER)
    else:
        with pytest.raises(AnswerError, match="levels" if depth > MOST_LEVELS else "no JSON"):
            read_json(text, SERVER)


@given(st.integers(1, 5), st.integers(0, 4))
def test_levels_count_the_entities_between(depth: int, where: int) -> None:
    """At any depth, and the path says the same."""
    inner = entity("ABUSE-EX", ["abuse"], "abuse@example.net")
    for level in range(depth - 1):
        inner = entity(f"H{level}-EX", ["registrant"], entities=[*([entity(None, [])] * where), inner])
    (contact,) = abuse_contacts(parse_document(body(network(inner)), SERVER))
    assert contact.level == depth - 1
    assert contact.path.count("/entities/") == depth
    assert contact.via.count("-> entity") == depth


@given(st.text(max_size=40), st.sampled_from([None, f"{BASE}/a/b?c"]))
def test_a_url_that_is_read_reads_as_itself(text: str, base: str | None) -> None:
    """What is sent is what was judged: plain ASCII, one host, no way to say it twice."""
    url = read_url(text, None if base is None else read_url(base))
    if url is not None:
        assert read_url(str(url)) == url
        assert str(url).isascii()
        assert str(url).isprintable()
        assert "/../" not in url.place
        assert url.place.startswith("/")


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
@example(ip_address("::ffff:10.0.0.1"))
@example(ip_address("fec0::1"))
@example(ip_address("2001:1::1"))
def test_no_address_that_is_not_global_is_a_target(address: object) -> None:
    """By the standard library's own list, but for two blocks in which IANA has made single addresses global."""
    found = ip_address(str(address))
    if find_refusal(str(found), 43) is None:
        is_mixed = any(found in block for block in MIXED)
        assert is_mixed or not found.is_private
        kinds = (found.is_loopback, found.is_link_local, found.is_unspecified, found.is_multicast)
        assert not any(kinds)


@given(st.text(max_size=30), st.integers(-1, 70_000))
def test_any_host_can_be_judged(host: str, port: int) -> None:
    """Nothing raises; what passes is a name with a dot in it, or an address."""
    if find_refusal(host, port) is None:
        assert port == 43
        assert "." in host or ":" in host


@given(st.text(min_size=1, max_size=30))
def test_a_handle_is_one_segment_of_a_path(handle: str) -> None:
    """It can be read back from the URL, or it is refused."""
    try:
        url = entity_request(f"{BASE}/registry/", handle).url
    except QueryError:
        return
    assert url.startswith(f"{BASE}/registry/entity/")
    assert url.count("/") == 5
    assert unquote(url.rpartition("/")[2]) == handle


@given(st.text(max_size=64))
def test_a_directory_name_is_base_32_in_other_letters(local_part: str) -> None:
    """SHA-1 has 160 bits, which RFC 4648's base 32 cuts in the same places."""
    lower = "".join(letter.lower() if letter.isascii() else letter for letter in local_part)
    if "\ud800" <= max(lower, default="") <= "\udfff" or not lower.isprintable():
        return
    digest = hashlib.sha1(lower.encode(), usedforsecurity=False).digest()
    table = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "ybndrfg8ejkmcpqxot1uwisza345h769")
    assert wkd_hash(local_part) == base64.b32encode(digest).decode().translate(table)


ranges = st.builds(
    lambda first, size: (first, min(first + size, 2**32 - 1)), st.integers(0, 2**32 - 1), st.integers(0, 2**16)
)


@given(st.lists(ranges, max_size=6), st.data())
def test_the_smallest_range_of_a_bootstrap_answers(spaces: list[tuple[int, int]], data: st.DataObject) -> None:
    """As a scan by a person would find it, for AS numbers of any two files' order."""
    services = [[[f"{first}-{last}"], [f"https://s{number}.example/"]] for number, (first, last) in enumerate(spaces)]
    file = parse_bootstrap(json.dumps({"services": services}).encode(), SERVER, "asn")
    query = data.draw(st.sampled_from([edge for pair in spaces for edge in pair]) if spaces else st.just(7))
    found = Bootstrap({}).updated(file).find(query)
    sizes = [last - first for first, last in spaces if first <= query <= last]
    if not sizes:
        assert found == ()
    else:
        chosen = int(found[0].removeprefix("https://s").partition(".")[0])
        assert spaces[chosen][1] - spaces[chosen][0] == min(sizes)


@given(st.sampled_from([4, 6]), st.data())
def test_a_service_for_a_prefix_answers_for_its_addresses(family: int, data: st.DataObject) -> None:
    """In the built-in copy: what holds the whole holds the parts."""
    kind: BootstrapKind = "ipv4" if family == 4 else "ipv6"
    first, last, urls = data.draw(st.sampled_from(built_in().files[kind].ranges))
    one, other = sorted(data.draw(st.tuples(st.integers(first, last), st.integers(first, last))))
    assert built_in().find(AddressRange(family, one, other)) == urls
    assert built_in().find(format_address(family, one)) == urls


names = st.sampled_from(["remarks", "descr", "address", "mnt-by", "x-unknown"])
plain = st.text(st.characters(codec="utf-8", exclude_characters="#\r\n", exclude_categories=("C", "Z")), max_size=20)


@given(st.lists(st.tuples(names, plain, st.one_of(st.none(), plain)), max_size=6))
def test_attributes_come_through_rest_as_they_are(rows: list[tuple[str, str, str | None]]) -> None:
    """Names, values and comments, in order."""
    attributes = [{"name": "irt", "value": "IRT-EXAMPLE"}]
    attributes += [
        {"name": name, "value": value, **({"comment": comment} if comment else {})} for name, value, comment in rows
    ]
    document = {"objects": {"object": [{"type": "irt", "attributes": {"attribute": attributes}}]}}
    found = read_answer(HttpReply(HttpRequest(f"{BASE}/"), 200, {}, json.dumps(document).encode()))
    (obj,) = found.rpsl_objects
    assert [(each.name, each.value, each.comment or None) for each in obj][1:] == [
        (name, value, comment or None) for name, value, comment in rows
    ]


@given(st.text(max_size=200))
def test_a_text_in_a_card_yields_only_whole_mailboxes(text: str) -> None:
    """Nothing with a blank or control character in it can be one."""
    found = read_card(card("Desk", text), "", Warnings())
    for email in found.emails:
        assert email.mailbox.isprintable()
        assert email.mailbox.count("@") >= 1
