"""Questions to RDAP services, and what their replies mean: a document, another service, nothing, or a refusal."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from irtkit.errors import AccessDeniedError, AnswerError, QueryError, UnreachableError
from irtkit.resources import AddressRange
from irtkit.wire.questions import HttpReply, HttpRequest
from irtkit.wire.rdap.documents import parse_document
from irtkit.wire.rdap.replies import Referral, find_referrals, read_reply
from irtkit.wire.rdap.requests import autnum_request, domain_request, entity_request, ip_request
from irtkit.wire.rdap.values import Document

sys.path.insert(0, str(Path(__file__).parent / "rdap"))  # the folder is no package

from rdap_samples import ARIN, body, entity, network

BASE = "https://rdap.example/registry"
NOW = 1_750_000_000.0


def reply_of(status: int, content: bytes = b"", headers: Mapping[str, str] | None = None) -> HttpReply:
    return HttpReply(HttpRequest(f"{BASE}/ip/192.0.2.1"), status, headers or {}, content)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("192.0.2.7", "ip/192.0.2.7"),
        ("192.0.2.0/24", "ip/192.0.2.0/24"),
        ("192.0.2.7 - 192.0.2.9", "ip/192.0.2.7"),
        ("2001:db8::/32", "ip/2001:db8::/32"),
        ("2001:db8::1", "ip/2001:db8::1"),
        ("0.0.0.0/0", "ip/0.0.0.0/0"),
    ],
)
def test_a_network_is_asked_for_by_address_or_prefix(text: str, place: str) -> None:
    """Of a range that is no prefix, the first address is asked for."""
    request = ip_request(BASE, AddressRange.parse(text), registry="example")
    assert request.url == f"{BASE}/{place}"
    assert dict(request.headers) == {"accept": "application/rdap+json"}
    assert (request.registry, request.personal, request.method) == ("example", False, "GET")


def test_the_other_classes_are_asked_for_by_name() -> None:
    """Escaped; an entity may hold personal data; a domain goes in A-labels."""
    assert autnum_request(f"{BASE}/", 64496).url == f"{BASE}/autnum/64496"
    request = entity_request(BASE, "a/b ?#%-EX")
    assert (request.url, request.personal) == (f"{BASE}/entity/a%2Fb%20%3F%23%25-EX", True)
    assert domain_request(BASE, "Bücher.Example.").url == f"{BASE}/domain/xn--bcher-kva.example"


@pytest.mark.parametrize("handle", ["", " ", ".", "..", "a\r\nb", "a\x00", "x" * 300])
def test_what_can_be_no_handle_is_not_asked_for(handle: str) -> None:
    """Nothing that would change the path or break the line."""
    with pytest.raises(QueryError):
        entity_request(BASE, handle)


def test_what_can_be_no_question_is_not_asked() -> None:
    """AS numbers beyond 32 bits, names that have no A-labels, bases that are no URL."""
    for wrong in (-1, 2**32):
        with pytest.raises(QueryError, match="AS number"):
            autnum_request(BASE, wrong)
    with pytest.raises(QueryError, match="name of a domain"):
        domain_request(BASE, "ü" * 80 + ".example")
    with pytest.raises(QueryError, match="base URL"):
        autnum_request("rdap.example", 64496)


def test_a_success_is_a_document() -> None:
    """It names the server that sent it."""
    document = read_reply(reply_of(200, body(ARIN)))
    assert isinstance(document, Document)
    assert document.server == "rdap.example"


def test_nothing_found_is_no_error() -> None:
    """Whatever the body says."""
    assert read_reply(reply_of(404, b"<html>")) is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("https://other.example/ip/192.0.2.1", "https://other.example/ip/192.0.2.1"),
        ("/ip/192.0.2.1", "https://rdap.example/ip/192.0.2.1"),
        ("http://127.0.0.1:22/", "http://127.0.0.1:22/"),
    ],
)
def test_a_redirect_is_a_value(status: int, location: str, url: str) -> None:
    """Absolute, and not judged yet."""
    assert read_reply(reply_of(status, headers={"location": location})) == Referral(url, "redirect")


@pytest.mark.parametrize("location", ["", "javascript:x", "https://user:secret@other.example/"])
def test_a_redirect_to_no_url_is_the_servers_fault(location: str) -> None:
    """Also one without a place to go."""
    with pytest.raises(AnswerError, match="redirects"):
        read_reply(reply_of(302, headers={"location": location}))


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("https://other.example/ip/1", None),
        ("http://other.example/ip/1", "it leads from https to http"),
        ("https://127.0.0.1/ip/1", "its address is not public"),
        ("https://other.example:8443/", "port 8443 is not the port of https"),
        ("nonsense", "it is no URL"),
    ],
)
def test_a_referral_knows_whether_it_may_be_followed(url: str, refusal: str | None) -> None:
    """By the rule for all referrals."""
    assert Referral(url, "redirect").find_refusal(BASE) == refusal


def test_the_user_may_allow_a_referral() -> None:
    """By host and port."""
    referral = Referral("https://127.0.0.1:8443/ip/1", "redirect")
    assert referral.find_refusal(BASE, allowed={"127.0.0.1:8443"}) is None


@pytest.mark.parametrize(
    ("status", "headers", "error", "retry_at"),
    [
        (429, {"retry-after": "60"}, AccessDeniedError, NOW + 60),
        (429, {"retry-after": "Sun, 15 Jun 2025 15:07:40 GMT"}, AccessDeniedError, NOW + 60),
        (429, {"retry-after": "soon"}, AccessDeniedError, None),
        (403, {}, AccessDeniedError, None),
        (401, {}, AccessDeniedError, None),
        (400, {}, QueryError, None),
        (500, {}, UnreachableError, None),
        (503, {}, UnreachableError, None),
        (501, {}, AnswerError, None),
        (304, {}, AnswerError, None),
        (418, {}, AnswerError, None),
    ],
)
def test_a_refusal_says_whose_fault_it_is(
    status: int, headers: dict[str, str], error: type[Exception], retry_at: float | None
) -> None:
    """With what the body says, made fit for a terminal, and when to ask again, if it says so."""
    content = body({"errorCode": status, "title": "Sorry", "description": ["no\x1b[31m", "more"]})
    with pytest.raises(error, match=rf"HTTP status {status}.*Sorry no\ufffd\[31m") as caught:
        read_reply(reply_of(status, content, headers), now=NOW)
    assert type(caught.value) is error
    assert getattr(caught.value, "retry_at", None) == retry_at
    assert "rdap.example" in str(caught.value)


def test_without_a_clock_a_refusal_has_no_time() -> None:
    """The wait is in the reply, for who has one."""
    with pytest.raises(AccessDeniedError) as caught:
        read_reply(reply_of(429, headers={"retry-after": "60"}))
    assert caught.value.retry_at is None


def test_an_error_that_claims_success_is_one() -> None:
    """A body with an error code is no document."""
    with pytest.raises(AnswerError, match="code 404"):
        read_reply(reply_of(200, body({"errorCode": 404})))


def test_links_of_the_object_lead_to_other_services() -> None:
    """Related ones first; only those that speak RDAP, on another host; none of an entity's."""
    rdap = {"type": "application/rdap+json"}
    links = [
        {"rel": "self", "href": "https://rdap.example/ip/192.0.2.0/24", **rdap},
        {"rel": "self", "href": "https://mirror.example/ip/192.0.2.0/24", **rdap},
        {"rel": "alternate", "href": "https://other.example/poc/1", "type": "application/xml"},
        {"rel": "alternate", "href": "https://old.example/ip/192.0.2.0/24"},
        {"rel": "related", "href": "https://lir.example/ip/192.0.2.0/24", **rdap},
        {"rel": "related", "href": "https://lir.example/ip/192.0.2.0/24", **rdap},
        {"rel": "up", "href": "https://up.example/ip/192.0.0.0/8", **rdap},
        {"rel": "related", "href": "nonsense:", **rdap},
    ]
    holder = entity("H-EX", ["registrant"], links=[{"rel": "related", "href": "https://holder.example/", **rdap}])
    document = parse_document(body(network(holder, links=links)), "rdap.example")
    assert find_referrals(document, f"{BASE}/ip/192.0.2.1") == (
        Referral("https://lir.example/ip/192.0.2.0/24", "related", "/links/4"),
        Referral("https://old.example/ip/192.0.2.0/24", "alternate", "/links/3"),
        Referral("https://mirror.example/ip/192.0.2.0/24", "self", "/links/1"),
    )
