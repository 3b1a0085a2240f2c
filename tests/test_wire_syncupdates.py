"""A submission by syncupdates is one form, byte by byte what was signed; its reply is read by its text."""

from urllib.parse import parse_qs

import pytest

from irtkit.errors import AnswerError, QueryError
from irtkit.submission import parse_message
from irtkit.wire.acknowledgements import Acknowledgement
from irtkit.wire.questions import HttpReply, HttpRequest
from irtkit.wire.syncupdates import LARGEST, Keyword, Refusal, as_request, read_reply, with_dry_run

URL = "https://syncupdates.example/whois/syncupdates/test"
IRT = b"irt: IRT-EXAMPLE\nremarks: 100 % & more = caf\xc3\xa9\nsource: TEST\n"
ACKNOWLEDGED = (
    b"SUMMARY OF UPDATE:\n\nNumber of objects found:                   1\n"
    b"Number of objects processed successfully:  0\nNumber of objects processed with errors:   1\n\n"
    b"DETAILED EXPLANATION:\n\n---\nCreate FAILED: [irt] IRT-EXAMPLE\n\n***Error:   Syntax error in caf\xc3\xa9\n"
)


def form_of(request: HttpRequest, charset: str) -> dict[str, list[str]]:
    return parse_qs(request.body.decode("ascii"), encoding=charset, strict_parsing=True)


def test_the_message_arrives_byte_by_byte() -> None:
    """What form encoding takes specially is quoted, blanks and line ends too."""
    request = as_request(URL, IRT)
    assert (request.method, request.url, request.is_safe_to_repeat) == ("POST", URL, False)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert form_of(request, "utf-8") == {"DATA": [IRT.decode()]}


def test_latin_1_stays_latin_1_and_is_named() -> None:
    """A signature over latin-1 bytes would not survive another charset."""
    request = as_request(URL, "person: Zo\xeb\n".encode("latin-1"))
    assert request.headers["content-type"].endswith("charset=iso-8859-1")
    assert b"%EB" in request.body
    assert form_of(request, "latin-1") == {"DATA": ["person: Zo\xeb\n"]}


def test_keywords_are_fields_of_their_own() -> None:
    """In an order that does not depend on the caller's."""
    request = as_request(URL, IRT, keywords={Keyword.DIFF, Keyword.NEW})
    assert request.body.endswith(b"&NEW=yes&DIFF=yes")
    assert as_request(URL, b"", keywords={Keyword.HELP}).body == b"DATA=&HELP=yes"


@pytest.mark.parametrize(
    "url", ["http://syncupdates.example/", "ftp://x.example/", "not a URL", "https://a:b@x.example/"]
)
def test_a_submission_goes_out_by_https_alone(url: str) -> None:
    """Passwords and credentials travel encrypted; loopback is this machine."""
    with pytest.raises(QueryError):
        as_request(url, IRT)
    assert as_request("http://127.0.0.1:8080/x", IRT).url == "http://127.0.0.1:8080/x"


def test_nothing_and_too_much_are_refused() -> None:
    """An empty message would be answered with the server's help."""
    with pytest.raises(QueryError, match="found nothing"):
        as_request(URL, b" \n")
    with pytest.raises(QueryError, match="at most"):
        as_request(URL, b"x" * (LARGEST + 1))


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_dry_run_leaves_the_text_as_it_is(end: bytes) -> None:
    """The instruction stands before it, and counts for the whole message."""
    data = IRT.replace(b"\n", end)
    dry = with_dry_run(data)
    assert dry.endswith(data)
    message = parse_message(dry.decode())
    assert message.dry_run is not None
    assert [update.object.primary_key for update in message.updates] == ["IRT-EXAMPLE"]
    assert message.leftovers == ()


@pytest.mark.parametrize("status", [200, 401, 500])
def test_the_text_counts_and_not_the_status(status: int) -> None:
    """RIPE's server answers 200 to what failed, and 401 with an acknowledgement."""
    said = read_reply(reply(status, ACKNOWLEDGED))
    assert isinstance(said, Acknowledgement)
    assert said.results[0].remarks[0].text == "Syntax error in caf\xe9"
    assert not said.is_good


def test_a_charset_that_the_reply_names_is_used() -> None:
    """And one that is none, or wrong, is not."""
    latin = ACKNOWLEDGED.decode().encode("latin-1")
    for named in ("text/plain; charset=ISO-8859-1", "text/plain; charset=no-such", "text/plain"):
        said = read_reply(reply(200, latin, named))
        assert isinstance(said, Acknowledgement)
        assert said.results[0].remarks[0].text == "Syntax error in caf\xe9"


@pytest.mark.parametrize("status", [400, 403, 413, 426, 429])
def test_what_was_not_looked_at_is_a_refusal(status: int) -> None:
    """The server's first words are part of it."""
    said = read_reply(reply(status, b"\nInvalid source specified: X\nmore"))
    assert isinstance(said, Refusal)
    assert said == f'HTTP status {status}: "Invalid source specified: X"'


@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, b"<html>"), (502, b"Bad Gateway"), (504, b"")])
def test_what_leaves_it_open_is_an_error(status: int, body: bytes) -> None:
    """A gateway's time-out says nothing about what the registry did."""
    with pytest.raises(AnswerError, match=f"HTTP status {status}"):
        read_reply(reply(status, body))


def reply(status: int, body: bytes, content_type: str = "text/plain;charset=utf-8") -> HttpReply:
    return HttpReply(as_request(URL, IRT), status, {"content-type": content_type}, body)
