"""What the status of an HTTP reply means, whatever the service."""

import pytest

from irtkit.wire.http_replies import find_redirect, raise_for_status, retry_after, server_of
from irtkit.wire.questions import HttpReply, HttpRequest

ASKED = HttpRequest("https://rest.example:8443/a")


def test_a_server_is_named_with_an_unusual_port() -> None:
    """As errors show it; a text that is no URL is quoted."""
    assert server_of(ASKED) == "rest.example:8443"
    assert server_of(HttpRequest("https://[2001:db8::1]/")) == "[2001:db8::1]"
    assert server_of(HttpRequest("no\nurl")) == '"no\\x0aurl"'


@pytest.mark.parametrize("status", [200, 201, 204, 226])
def test_success_is_no_refusal(status: int) -> None:
    """Nor does it lead elsewhere, even with a place in its headers."""
    reply = HttpReply(ASKED, status, {"location": "https://other.example/"}, b"")
    raise_for_status(reply)
    assert find_redirect(reply) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7.0), (" 7 ", 7.0), ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0), ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0)],
)
def test_a_wait_is_a_number_or_a_date(text: str, seconds: float) -> None:
    """A date that has passed is no wait."""
    assert retry_after({"retry-after": text}, 10.0) == seconds


@pytest.mark.parametrize("text", ["", "-1", "soon", "9" * 12, "\u0667", "Thu, 99 Foo 1970"])
def test_a_wait_that_cannot_be_read_is_none(text: str) -> None:
    """Nothing raises."""
    assert retry_after({"retry-after": text}, 10.0) is None
    assert retry_after({}, 10.0) is None
