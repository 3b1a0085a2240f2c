"""Where answers end: at the end of the connection, at RIPE's and IRRd's marks, after the bytes that IRRd counts."""

from collections.abc import Iterator

import pytest

from irtkit.errors import AnswerError, UnreachableError
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.whois import Framing, Limits, closing, opening

RIPE = Server("whois.example")
IRRD = Server("irrd.example", dialect="irrd")
ARIN = Server("arin.example", dialect="arin")

BANNER = b"% This is the RIPE Database query service.\n% The objects are in RPSL format.\n\n"
SERVED = b"% This query was served by the RIPE Database Query Service version 1.124 (TESTHOST)\n\n\n"
IRT = b"irt:            IRT-EXAMPLE\nsource:         TEST\n\n"
WHOLE = BANNER + IRT + SERVED
DENIED = BANNER + b"%ERROR:201: access denied for 192.0.2.77\n%\n% Too much.\n\n" + SERVED
REFUSED = BANNER + b"%ERROR:306: connections exceeded\n%\n% Too many.\n\n"


def plain(server: Server, line: bytes = b"192.0.2.1") -> WhoisQuestion:
    return WhoisQuestion(server, line)


def kept(server: Server, line: bytes = b"-k 192.0.2.1") -> WhoisQuestion:
    return WhoisQuestion(server, line, persistent=True)


def cuttings(data: bytes) -> Iterator[list[bytes]]:
    """Whole, byte by byte, and in two pieces at every place."""
    yield [data]
    yield [data[i : i + 1] for i in range(len(data))]
    yield from ([data[:i], data[i:]] for i in range(1, len(data)))


def drained(framing: Framing, pieces: list[bytes]) -> bytes | None:
    """The body, and what is left over in `rest`, whenever it is complete."""
    for position, piece in enumerate(pieces):
        body = framing.feed(piece)
        if body is not None:
            framing.rest += b"".join(pieces[position + 1 :])
            return body
    return None


@pytest.mark.parametrize("server", [RIPE, IRRD, ARIN], ids=lambda server: server.dialect)
def test_without_k_the_end_of_the_connection_ends_the_answer(server: Server) -> None:
    """Nothing inside ends it, and however it was cut, the body is all of it."""
    for pieces in cuttings(WHOLE + IRT + SERVED):
        framing = Framing(plain(server))
        assert drained(framing, pieces) is None
        assert framing.feed(b"") == WHOLE + IRT + SERVED
        assert not framing.can_continue


def test_with_k_the_served_by_line_and_two_empty_lines_end_the_answer() -> None:
    """The banner that follows at once is the next answer's."""
    for pieces in cuttings(WHOLE + BANNER):
        framing = Framing(kept(RIPE))
        assert drained(framing, pieces) == WHOLE
        assert framing.rest == BANNER
        assert framing.can_continue


def test_the_mark_counts_only_whole() -> None:
    """One empty line, a served-by line alone, or in the middle of a line, end nothing."""
    inside = BANNER + b"remarks: % This query was served by nobody\n\n\n" + SERVED[:-1] + IRT
    framing = Framing(kept(RIPE))
    assert framing.feed(inside) is None
    assert framing.feed(SERVED) == inside + SERVED


def test_line_ends_may_have_carriage_returns() -> None:
    """Servers behind gateways send CR LF."""
    body = WHOLE.replace(b"\n", b"\r\n")
    assert Framing(kept(RIPE)).feed(body + BANNER) == body


def test_a_refusal_ends_the_connection_too() -> None:
    """After 201, 306 and the like the server closes, whether it was asked to stay or not."""
    framing = Framing(kept(RIPE))
    assert framing.feed(DENIED) == DENIED
    assert not framing.can_continue
    framing = Framing(kept(RIPE))
    assert framing.feed(REFUSED) is None
    assert framing.feed(b"") == REFUSED
    assert not framing.can_continue


def test_a_wrong_option_does_not_end_the_connection() -> None:
    """An error about the query leaves the connection as it is."""
    framing = Framing(kept(RIPE))
    assert framing.feed(BANNER + b"%ERROR:111: invalid option supplied\n%\n% No.\n\n" + SERVED)
    assert framing.can_continue


def test_an_idle_connection_is_no_answer() -> None:
    """What a server sends to say that it waited too long says nothing about the question: ask again."""
    idle = BANNER + b"%ERROR:305: connection has been closed\n%\n% After some time.\n\n"
    framing = Framing(kept(RIPE))
    with pytest.raises(UnreachableError, match="idle"):
        framing.feed(idle + SERVED)
    framing = Framing(kept(RIPE))
    framing.feed(idle)
    with pytest.raises(UnreachableError, match="idle"):
        framing.feed(b"")


@pytest.mark.parametrize("question", [plain(RIPE), kept(RIPE)], ids=["plain", "kept"])
def test_half_an_answer_is_an_error(question: WhoisQuestion) -> None:
    """A server that says at the start how it ends is held to it, wherever the connection breaks."""
    for length in range(len(WHOLE) - 2):
        framing = Framing(question)
        assert framing.feed(WHOLE[:length]) is None if length else True
        with pytest.raises(UnreachableError, match=r"without an answer" if not length else r"broke after|expected"):
            framing.feed(b"")


def test_a_server_that_promises_no_end_may_end_anywhere() -> None:
    """AFRINIC's and ARIN's answers have no mark; only half a line gives the former away."""
    body = b"% This is a Whois server.\n\n" + IRT
    framing = Framing(kept(RIPE))
    assert framing.feed(body) is None
    assert framing.feed(b"") == body
    framing = Framing(plain(RIPE))
    framing.feed(body + b"sour")
    with pytest.raises(UnreachableError, match="broke"):
        framing.feed(b"")
    framing = Framing(plain(ARIN))
    framing.feed(b"No match found for 192.0.2.1.")
    assert framing.feed(b"") == b"No match found for 192.0.2.1."


@pytest.mark.parametrize(
    "reply",
    [b"C\n", b"D\n", b"E\n", b"F no such command\n", b"A5\nAS-X\nC\n", b"A12\nC\nD\nF x\nA5\n\nC\n", b"A0\nC\n"],
)
@pytest.mark.parametrize("persistent", [True, False], ids=["kept", "one"])
def test_irrd_says_how_long_its_replies_are(reply: bytes, persistent: bool) -> None:
    """Whatever the counted bytes look like, they are counted, and what follows is the next reply's."""
    question = WhoisQuestion(IRRD, b"!iAS-X", persistent)
    for pieces in cuttings(reply + b"A3\nx\n\nC\n"):
        framing = Framing(question)
        assert drained(framing, pieces) == reply
        assert framing.rest == b"A3\nx\n\nC\n"
        assert framing.can_continue is persistent


def test_irrd_ends_other_answers_with_two_empty_lines() -> None:
    """A connection that is kept has no other mark."""
    body = b"route: 192.0.2.0/24\norigin: AS64496\n\nroute: 198.51.100.0/24\norigin: AS64496\n\n\n"
    for pieces in cuttings(body + body):
        framing = Framing(kept(IRRD))
        assert drained(framing, pieces) == body
        assert framing.rest == body


@pytest.mark.parametrize("reply", [b"A5\nAS-XYZC\n", b"A5\nAS-X\nD\n", b"hello\n", b"A\n", b"A-1\n", b"A5 \n", b"CC\n"])
def test_a_reply_that_breaks_the_protocol_is_the_servers_fault(reply: bytes) -> None:
    """No byte of it is taken for an answer."""
    with pytest.raises(AnswerError, match="expected"):
        Framing(kept(IRRD, b"!iAS-X")).feed(reply)


@pytest.mark.parametrize("reply", [b"A5", b"A5\n", b"A5\nAS-X\n", b"F half a line", b""])
def test_a_reply_that_is_cut_off_is_the_networks_fault(reply: bytes) -> None:
    """A count, or a line, that does not end is no reply."""
    framing = Framing(kept(IRRD, b"!iAS-X"))
    if reply:
        assert framing.feed(reply) is None
    with pytest.raises(UnreachableError):
        framing.feed(b"")


def test_irrd_may_refuse_before_it_reads() -> None:
    """It then sends a line that is no reply, without a line end, and closes."""
    for line in (b"!iAS-X", b"-k 192.0.2.1"):
        framing = Framing(kept(IRRD, line))
        assert framing.feed(b"%% Access denied") is None
        assert framing.feed(b"") == b"%% Access denied"


@pytest.mark.parametrize(
    ("question", "data", "message"),
    [
        (plain(RIPE), b"x" * 90 + b"\n", "line"),
        (plain(RIPE), b"x: y\n" * 60, "bytes"),
        (kept(RIPE), b"x" * 90, "line"),
        (kept(RIPE), b"x: y\n" * 60, "bytes"),
        (kept(IRRD, b"!v"), b"A999\n", "announced 999 bytes"),
        (kept(IRRD, b"!v"), b"F" * 90, "line"),
    ],
)
def test_no_answer_is_without_end(question: WhoisQuestion, data: bytes, message: str) -> None:
    """Whole or byte by byte, what is beyond a limit is an error before it is in memory."""
    limits = Limits(max_bytes=200, max_line=80)
    for pieces in ([data], [data[i : i + 1] for i in range(len(data))]):
        framing = Framing(question, limits)
        with pytest.raises(AnswerError, match=message):
            drained(framing, pieces)
        assert framing.size <= 200 + len(pieces[0])


def test_connections_are_opened_and_closed_in_the_servers_words() -> None:
    """IRRd wants `!!` before the first question; both like to be told that it was the last."""
    assert (opening(kept(RIPE)), closing(kept(RIPE))) == (b"", b"-k\n")
    assert (opening(kept(IRRD)), closing(kept(IRRD))) == (b"!!\n", b"!q\n")
    assert (opening(plain(IRRD)), closing(plain(IRRD))) == (b"", b"")
