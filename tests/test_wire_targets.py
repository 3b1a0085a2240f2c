"""Whom a referral may lead to, and how strictly a URL is read."""

import pytest

from irtkit.wire.targets import (
    find_refusal,
    find_refusal_of_url,
    is_downgrade,
    is_forbidden_address,
    read_url,
)

BASE = read_url("https://rdap.example/registry/ip/192.0.2.1?lang=en#top")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("HTTPS://RDAP.Example/Path", "https://rdap.example/Path"),
        ("http://rdap.example", "http://rdap.example/"),
        ("http://rdap.example:80/a", "http://rdap.example/a"),
        ("http://rdap.example:8080/a", "http://rdap.example:8080/a"),
        ("https://[2001:DB8::1]/ip/", "https://[2001:db8::1]/ip/"),
        ("https://rdap.example/a/../b/./c/..", "https://rdap.example/b/"),
        ("https://rdap.example/%41?x=/?#frag", "https://rdap.example/%41?x=/?"),
        ("https://rdap.example?x", "https://rdap.example/?x"),
    ],
)
def test_a_url_is_read_as_it_will_be_sent(text: str, read: str) -> None:
    """Case of scheme and host, the usual port, dots in the path and the fragment are gone."""
    assert str(read_url(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rdap.example",
        "//rdap.example/",
        "/path",
        "ftp://rdap.example/",
        "javascript:alert(1)",
        "https://user@rdap.example/",
        "https://rdap.example:0/",
        "https://rdap.example:65536/",
        "https://rdap.example/a b",
        "https://rdap.example/%%",
        "https://rdap.example/\r\nX: y",
        "https://rdap.example\\@other.example/",
        "https://rdäp.example/",
        "https://rdap.example/" + "a" * 5_000,
    ],
)
def test_what_two_readers_might_read_differently_is_no_url(text: str) -> None:
    """No user, no blanks, no broken escapes, no relative text without a base, nothing endless."""
    assert read_url(text) is None


@pytest.mark.parametrize(
    ("reference", "read"),
    [
        ("//other.example/x", "https://other.example/x"),
        ("/ip/198.51.100.1", "https://rdap.example/ip/198.51.100.1"),
        ("198.51.100.1", "https://rdap.example/registry/ip/198.51.100.1"),
        ("../autnum/64496", "https://rdap.example/registry/autnum/64496"),
        ("?lang=fr", "https://rdap.example/registry/ip/192.0.2.1?lang=fr"),
        ("../../../../x", "https://rdap.example/x"),
    ],
)
def test_a_relative_reference_is_read_from_its_base(reference: str, read: str) -> None:
    """As RFC 3986 resolves it: the query of the base does not stay, and no path leaves the root."""
    assert str(read_url(reference, BASE)) == read


def test_a_reference_with_another_scheme_is_not_relative() -> None:
    """`mailto:` begins no path."""
    assert read_url("mailto:x@example.com", BASE) is None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.0.2.1",
        "0.0.0.0",
        "::1",
        "[::1]",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "localhost",
        "router",
        "a.localhost",
        "a.localhost.",
        "printer.local",
        "db.internal",
        "2130706433",
        "0x7f.1",
        "127.1",
        "0177.0.0.01",
        "a b.example",
        "a..example",
        "-a.example",
        "",
        "a." * 130 + "example",
    ],
)
def test_no_referral_leads_inside(host: str) -> None:
    """Private and loopback addresses in every notation, names without a domain, and what is no name are refused."""
    assert find_refusal(host, 43) is not None


@pytest.mark.parametrize("host", ["whois.example", "WHOIS.Example.", "8.8.8.8", "2a00::1", "64:ff9b::808:808"])
def test_a_public_host_at_its_port_is_fine(host: str) -> None:
    """A full name, or an address of the public Internet, at the port of the scheme."""
    assert find_refusal(host, 43) is None


@pytest.mark.parametrize(
    ("scheme", "port", "is_fine"),
    [("whois", 43, True), ("whois", 22, False), ("rwhois", 4321, True), ("rwhois", 43, False), ("https", 8443, False)],
)
def test_each_scheme_has_one_port(scheme: str, port: int, *, is_fine: bool) -> None:
    """A referral to another port asks some other service."""
    assert (find_refusal("whois.example", port, scheme) is None) is is_fine


@pytest.mark.parametrize(
    ("host", "port", "is_fine"),
    [("127.0.0.1", 4343, True), ("127.0.0.1", 22, False), ("::1", 4343, True), ("10.0.0.1", 43, True)],
)
def test_the_user_may_allow_a_target_by_name(host: str, port: int, *, is_fine: bool) -> None:
    """With its port, or the host alone for the usual port."""
    allowed = {"127.0.0.1:4343", "[::1]:4343", "10.0.0.1"}
    assert (find_refusal(host, port, allowed=allowed) is None) is is_fine


def test_no_way_leads_from_https_to_http() -> None:
    """Encryption is not given up; the other way is fine."""
    secure, plain = read_url("https://rdap.example/"), read_url("http://rdap.example/")
    assert secure is not None
    assert plain is not None
    assert is_downgrade(secure, plain)
    assert not is_downgrade(plain, secure)
    assert find_refusal_of_url(plain, secure) == "it leads from https to http"
    assert find_refusal_of_url(plain) is None


def test_what_is_no_address_is_no_public_one() -> None:
    """Whoever checks what a name resolved to gets no surprise."""
    assert is_forbidden_address("whois.example")
    assert is_forbidden_address("2a00::1%eth0")
    assert not is_forbidden_address("2a00::1")
