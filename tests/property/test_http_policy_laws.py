"""Laws of the decision when an HTTP request is made again, and of bodies however they arrive."""

import zlib
from email.utils import formatdate

from hypothesis import given
from hypothesis import strategies as st

from irtkit.clients.http_policy import BACK_OFF, Attempt, Body, NeverSentError, wait_before_next
from irtkit.errors import AnswerError, DeadlineError, ServerError, UnreachableError
from irtkit.wire.questions import HttpReply, HttpRequest

NOW = 1_800_000_000
MOST = 5
REQUEST = HttpRequest("https://rdap.example/")

retry_afters = st.one_of(
    st.integers(0, 10**9).map(str),
    st.integers(NOW - 10**6, NOW + 10**6).map(lambda at: formatdate(at, usegmt=True)),
    st.text(max_size=30),
)
replies = st.builds(
    lambda status, wait: HttpReply(REQUEST, status, {} if wait is None else {"retry-after": wait}, b""),
    st.integers(100, 599),
    st.none() | retry_afters,
)
errors = st.sampled_from([UnreachableError, NeverSentError, AnswerError, DeadlineError]).map(
    lambda kind: kind("x", server="rdap.example")
)
attempts = st.builds(Attempt, st.integers(1, 2 * MOST), st.one_of(replies, errors), st.booleans())
chances = st.floats(0, 1)
times = st.floats(-1, 10**6)


@given(attempts, times, chances)
def test_a_wait_ends_before_the_deadline_and_attempts_end(attempt: Attempt, left: float, chance: float) -> None:
    """No wait reaches beyond what is left, none is negative, and there are never more attempts than allowed."""
    wait = wait_before_next(attempt, MOST, now=NOW, left=left, chance=chance)
    assert wait is None or 0 <= wait < left
    assert wait is None or attempt.number < MOST


@given(attempts, times, chances)
def test_what_changes_something_is_repeated_only_if_it_never_left(attempt: Attempt, left: float, chance: float) -> None:
    """Whatever came back, a request that is not safe to repeat is not repeated."""
    unsafe = Attempt(attempt.number, attempt.outcome, is_safe_to_repeat=False)
    wait = wait_before_next(unsafe, MOST, now=NOW, left=left, chance=chance)
    assert wait is None or isinstance(attempt.outcome, NeverSentError)


@given(st.integers(1, MOST - 1), st.integers(0, 1000), st.booleans(), chances)
def test_a_server_is_left_alone_for_as_long_as_it_asks(number: int, seconds: int, is_date: bool, chance: float) -> None:
    """Retry-After in seconds and as a date mean the same."""
    text = formatdate(NOW + seconds, usegmt=True) if is_date else str(seconds)
    reply = HttpReply(REQUEST, 429, {"retry-after": text}, b"")
    wait = wait_before_next(Attempt(number, reply, True), MOST, now=NOW, left=10**6, chance=chance)
    assert wait is not None
    assert seconds <= wait <= seconds + BACK_OFF


@given(st.sampled_from([UnreachableError, NeverSentError]), chances, chances)
def test_back_off_grows(kind: type[ServerError], low: float, high: float) -> None:
    """Each further wait is at least as long as half of twice the one before, whatever the jitter."""
    outcome = kind("x", server="rdap.example")
    waits = [
        wait_before_next(Attempt(number, outcome, True), 99, now=NOW, left=99.0, chance=chance)
        for number, chance in ((1, 0.0), (1, low), (2, 0.0), (2, high), (3, 0.0), (30, 1.0))
    ]
    assert None not in waits
    least, first, least_second, second, least_third, longest = (wait or 0.0 for wait in waits)
    assert (least, least_second, least_third) == (BACK_OFF / 2, BACK_OFF, BACK_OFF * 2)
    assert least <= first <= least_third
    assert least_second <= second <= longest <= 12


@given(st.binary(max_size=3000), st.sampled_from(["", "gzip", "deflate"]), st.lists(st.integers(1, 50), min_size=1))
def test_a_body_is_the_same_however_it_arrives(whole: bytes, coding: str, cuts: list[int]) -> None:
    """Pieces of any length, in any coding, give the bytes that were encoded."""
    squeeze = zlib.compressobj(wbits=zlib.MAX_WBITS | 16 if coding == "gzip" else zlib.MAX_WBITS)
    wire = squeeze.compress(whole) + squeeze.flush() if coding else whole
    body = Body(coding, 3000, "rdap.example")
    place = turn = 0
    while place < len(wire):
        body.feed(wire[place : place + cuts[turn % len(cuts)]])
        place += cuts[turn % len(cuts)]
        turn += 1
    assert body.close() == whole


@given(st.binary(max_size=500), st.sampled_from(["", "gzip", "deflate", "identity", "x-gzip"]))
def test_no_body_raises_anything_but_an_error_of_the_server(wire: bytes, coding: str) -> None:
    """Damaged bodies are the server's fault."""
    body = Body(coding, 100, "rdap.example")
    try:
        body.feed(wire)
        assert len(body.close()) <= 100
    except AnswerError as error:
        assert error.server == "rdap.example"  # noqa: PT017 - either outcome is right
