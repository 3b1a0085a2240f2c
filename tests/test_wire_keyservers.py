"""Where keys are published: what is asked, and what counts as a key."""

from collections.abc import Callable

import pytest

from irtkit.errors import AccessDeniedError, AnswerError, QueryError, UnreachableError
from irtkit.openpgp.keys import LARGEST_BLOCK
from irtkit.wire.keyservers import (
    LARGEST_REPLY,
    KeyReply,
    hkp_request,
    read_key_reply,
    vks_email_request,
    vks_fingerprint_request,
    vks_key_id_request,
    wkd_hash,
    wkd_policy_requests,
    wkd_requests,
)
from irtkit.wire.questions import HttpReply, HttpRequest

BASE = "https://keys.example"
FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
ARMOUR = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEaz==\n-----END PGP PUBLIC KEY BLOCK-----\n"
PACKET = bytes([0xC6, 0x01, 0x04])


def reply(status: int, body: bytes = b"") -> KeyReply | None:
    return read_key_reply(HttpReply(HttpRequest(f"{BASE}/key"), status, {}, body))


def test_the_example_of_the_draft_has_its_place() -> None:
    """draft-koch-openpgp-webkey-service, section 3.1: Joe.Doe@Example.ORG."""
    assert wkd_hash("Joe.Doe") == "iy9q119eutrkn8s1mk4r39qejnbu3n5q"
    advanced, direct = wkd_requests("Joe.Doe@Example.ORG")
    place = "hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe"
    assert advanced.url == f"https://openpgpkey.example.org/.well-known/openpgpkey/example.org/{place}"
    assert direct.url == f"https://example.org/.well-known/openpgpkey/{place}"


def test_the_place_ignores_the_case_of_ascii_letters_only() -> None:
    """Others are left as they are; the local part itself goes as it is written."""
    assert wkd_hash("ABUSE") == wkd_hash("abuse")
    assert wkd_hash("ÄBUSE") != wkd_hash("äbuse")
    assert len(wkd_hash("x" * 64)) == 32
    assert wkd_requests("a b+c/d@example.net")[1].url.endswith("?l=a%20b%2Bc%2Fd")
    assert "/xn--bcher-kva.example/" in wkd_requests("abuse@bücher.example")[1].url


def test_a_policy_says_that_there_is_a_directory() -> None:
    """By both URLs."""
    assert [request.url for request in wkd_policy_requests("example.net")] == [
        "https://openpgpkey.example.net/.well-known/openpgpkey/example.net/policy",
        "https://example.net/.well-known/openpgpkey/policy",
    ]


def test_a_verifying_server_is_asked_in_three_ways() -> None:
    """Upper case, no blanks, no 0x; the mailbox escaped."""
    spaced = "0x0123 4567 89ab cdef 0123  4567 89ab cdef 0123 4567"
    assert vks_fingerprint_request(f"{BASE}/", spaced).url == f"{BASE}/vks/v1/by-fingerprint/{FINGERPRINT}"
    assert vks_key_id_request(BASE, FINGERPRINT[:16].lower()).url == f"{BASE}/vks/v1/by-keyid/{FINGERPRINT[:16]}"
    assert vks_email_request(BASE, "a+b@Example.net").url == f"{BASE}/vks/v1/by-email/a%2Bb%40example.net"


def test_an_hkp_server_is_asked_by_fingerprint() -> None:
    """For the machine-readable form."""
    assert hkp_request(BASE, FINGERPRINT).url == f"{BASE}/pks/lookup?op=get&options=mr&search=0x{FINGERPRINT}"
    assert hkp_request(BASE, "AB" * 32).url.endswith("AB" * 32)


@pytest.mark.parametrize("digits", ["", "01234567", FINGERPRINT[:39], FINGERPRINT + "0", "X" * 40, "0x" * 30])
@pytest.mark.parametrize("request_for", [vks_fingerprint_request, hkp_request])
def test_only_whole_fingerprints_are_asked_for(request_for: Callable[[str, str], HttpRequest], digits: str) -> None:
    """A short key ID is one that anybody can make."""
    with pytest.raises(QueryError, match="40 hex digits"):
        request_for(BASE, digits)


def test_only_long_key_ids_are_asked_for() -> None:
    """Sixteen digits."""
    with pytest.raises(QueryError, match="16 hex digits"):
        vks_key_id_request(BASE, "01234567")


@pytest.mark.parametrize(
    "mailbox",
    [
        "",
        "abuse",
        "@example.net",
        "abuse@",
        "abuse@localhost",
        "abuse@a b.example",
        "a\nb@example.net",
        "abuse@[192.0.2.1]",
    ],
)
def test_what_is_no_mailbox_is_not_asked_for(mailbox: str) -> None:
    """Nobody's internal hosts, no other line."""
    with pytest.raises(QueryError):
        wkd_requests(mailbox)
    with pytest.raises(QueryError):
        vks_email_request(BASE, mailbox)


def test_a_base_is_a_url() -> None:
    """Anything else is refused."""
    with pytest.raises(QueryError, match="base URL"):
        hkp_request("keys.example", FINGERPRINT)


@pytest.mark.parametrize(("body", "is_armoured"), [(ARMOUR, True), (b"\xef\xbb\xbf" + ARMOUR, True), (PACKET, False)])
def test_a_key_comes_armoured_or_as_packets(body: bytes, *, is_armoured: bool) -> None:
    """As it was sent, with the server's name."""
    assert reply(200, body) == KeyReply("keys.example", body, is_armoured)


@pytest.mark.parametrize(("status", "body"), [(404, b"no key"), (410, b""), (200, b""), (200, b" \r\n")])
def test_no_key_is_none(status: int, body: bytes) -> None:
    """Said by the status or by silence."""
    assert reply(status, body) is None


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>no such key</html>", AnswerError),
        (200, b"-----BEGIN PGP PRIVATE KEY BLOCK-----", AnswerError),
        (200, PACKET + bytes(LARGEST_REPLY), AnswerError),
        (302, b"", AnswerError),
        (400, b"", QueryError),
        (429, b"", AccessDeniedError),
        (503, b"", UnreachableError),
    ],
)
def test_anything_else_is_an_error(status: int, body: bytes, error: type[Exception]) -> None:
    """Of the kind that says whose fault it is."""
    with pytest.raises(error, match=r"keys\.example"):
        reply(status, body)


def test_the_limit_is_that_of_a_block_of_keys() -> None:
    """More would not be read anyway."""
    assert LARGEST_REPLY == LARGEST_BLOCK
