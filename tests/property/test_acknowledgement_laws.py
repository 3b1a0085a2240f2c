"""Laws of submissions on the wire: what is sent arrives, what is said is read, and nothing raises by surprise."""

import json
from urllib.parse import unquote_to_bytes

from hypothesis import given
from hypothesis import strategies as st

from irtkit.errors import AnswerError
from irtkit.submission import parse_message
from irtkit.wire import irrd_submission, syncupdates
from irtkit.wire.acknowledgements import Acknowledgement, Outcome, parse_acknowledgement
from irtkit.wire.questions import HttpReply
from irtkit.wire.syncupdates import Refusal

LINES = st.sampled_from(
    [
        "SUMMARY OF UPDATE:", "Number of objects found: 1", "Number of objects processed successfully: 1",
        "Number of objects processed with errors: 0", "  Create:   1", "DETAILED EXPLANATION:", "", "---", "~" * 52,
        "Create SUCCEEDED: [irt] IRT-X", "Modify FAILED: [person] A   B", "No operation: [x] y", "***Error:   text",
        "            wrapped", "irt: IRT-X", "The following paragraph(s) do not look like objects", "text",
    ]
)  # fmt: skip
KEYS = st.from_regex(r"[A-Z][A-Z0-9-]{0,20}", fullmatch=True)
RESULTS = st.lists(
    st.tuples(st.sampled_from(["Create", "Modify", "Delete"]), st.booleans(), st.sampled_from(["irt", "mntner"]), KEYS),
    max_size=8,
)
REPLY_TO = syncupdates.as_request("https://registry.example/", b"irt: IRT-X\n")


def acknowledgement(results: list[tuple[str, bool, str, str]]) -> str:
    good = sum(done for _, done, _, _ in results)
    listed = "".join(
        f"---\n{action} {'SUCCEEDED' if done else 'FAILED'}: [{name}] {key}\n\n" for action, done, name, key in results
    )
    return (
        f"SUMMARY OF UPDATE:\n\nNumber of objects found: {len(results)}\n"
        f"Number of objects processed successfully: {good}\n"
        f"Number of objects processed with errors: {len(results) - good}\n\nDETAILED EXPLANATION:\n\n{listed}"
    )


@given(RESULTS)
def test_what_a_registry_lists_is_read_back(results: list[tuple[str, bool, str, str]]) -> None:
    """All results, in order, without doubts."""
    said = parse_acknowledgement(acknowledgement(results), server="x.example")
    read = [
        (str(one.action).title(), one.outcome is Outcome.SUCCEEDED, one.class_name, one.key) for one in said.results
    ]
    assert read == results
    assert said.doubts == ()


@given(RESULTS.filter(bool), st.data())
def test_a_line_that_is_lost_makes_doubts(results: list[tuple[str, bool, str, str]], data: st.DataObject) -> None:
    """An acknowledgement without one of its results is never good."""
    lost = data.draw(st.integers(0, len(results) - 1))
    _, _, name, key = results[lost]
    lines = acknowledgement(results).split("\n")
    places = [place for place, line in enumerate(lines) if line.endswith(f": [{name}] {key}")]
    del lines[places[0]]
    said = parse_acknowledgement("\n".join(lines), server="x.example")
    assert said.doubts
    assert not said.is_good


@given(st.one_of(st.text(), st.lists(LINES).map("\n".join)))
def test_any_text_is_an_acknowledgement_or_none(text: str) -> None:
    """And whatever it is, its outcomes are consistent with its doubts."""
    try:
        said = parse_acknowledgement(text, server="x.example")
    except AnswerError:
        return
    assert said.is_good <= (not said.doubts)
    assert said.is_good <= (said.tally.failed == 0)


@given(st.binary(min_size=1).filter(bytes.strip))
def test_the_bytes_of_a_message_arrive(data: bytes) -> None:
    """A form loses nothing, whatever bytes they are."""
    request = syncupdates.as_request("https://registry.example/", data)
    field, _, value = request.body.partition(b"=")
    assert (field, unquote_to_bytes(value)) == (b"DATA", data)
    assert b"&" not in value


@given(st.binary(), st.integers(100, 599))
def test_any_reply_is_read_refused_or_an_error(body: bytes, status: int) -> None:
    """By either service."""
    for read in (syncupdates.read_reply, irrd_submission.read_reply):
        try:
            said = read(HttpReply(REPLY_TO, status, {"content-type": "text/plain; charset=x"}, body))
        except AnswerError:
            continue
        assert isinstance(said, Acknowledgement | Refusal)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["objects", "summary", "type", "failed"]), inner),
)


@given(JSON)
def test_any_json_is_irrd_s_reply_or_an_error(content: object) -> None:
    """No shape of it raises anything else."""
    try:
        said = irrd_submission.read_reply(HttpReply(REPLY_TO, 200, {}, json.dumps(content).encode()))
    except AnswerError:
        return
    assert isinstance(said, Acknowledgement)


@given(st.text())
def test_any_message_can_be_made_a_dry_run(text: str) -> None:
    """Its objects stay the same."""
    data = text.encode("utf-8", "replace")
    before, after = parse_message(data.decode()), parse_message(syncupdates.with_dry_run(data).decode())
    assert after.dry_run is not None
    assert [update.object for update in after.updates] == [update.object for update in before.updates]
