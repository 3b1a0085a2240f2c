"""IRRd's JSON: what is sent, and its reply as an acknowledgement; nothing in it is taken on trust."""

import json
from typing import Any

import pytest

from irtkit.errors import AnswerError, QueryError
from irtkit.problems import Severity
from irtkit.wire.acknowledgements import Acknowledgement, Outcome, Remark
from irtkit.wire.irrd_submission import Submission, as_request, read_reply
from irtkit.wire.questions import HttpReply
from irtkit.wire.syncupdates import Refusal

URL = "https://irrd.example"
IRT = "irt: IRT-EXAMPLE\nsource: TEST-EXAMPLE\n"


def report() -> dict[str, Any]:
    """IRRd's report on two objects, as its documentation shows one."""
    return {
        "request_meta": {"HTTP-client-IP": "127.0.0.1"},
        "summary": {
            "objects_found": 2,
            "successful": 1,
            "successful_create": 1,
            "successful_modify": 0,
            "successful_delete": 0,
            "failed": 1,
            "failed_create": 0,
            "failed_modify": 0,
            "failed_delete": 0,
        },
        "objects": [
            {
                "successful": True,
                "type": "create",
                "object_class": "irt",
                "rpsl_pk": "IRT-EXAMPLE",
                "info_messages": ["a note"],
                "error_messages": [],
                "new_object_text": IRT,
                "submitted_object_text": IRT,
            },
            {
                "successful": False,
                "type": None,
                "object_class": "(unreadable object class)",
                "rpsl_pk": "(unreadable object key)",
                "info_messages": [],
                "error_messages": ["unknown object class: thing"],
                "new_object_text": None,
                "submitted_object_text": "thing: x\n",
            },
        ],
    }


def reply(content: object, status: int = 200) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpReply(as_request(URL, Submission((IRT,))), status, {}, body)


def test_objects_and_passwords_are_json() -> None:
    """Creating is a POST to the path of submissions."""
    request = as_request(URL, Submission((IRT,), passwords=("caf\xe9", "b"), api_keys=("key",), override="o"))
    assert (request.method, request.url) == ("POST", "https://irrd.example/v1/submit/")
    assert not request.is_safe_to_repeat
    assert json.loads(request.body) == {
        "objects": [{"object_text": IRT}],
        "passwords": ["caf\xe9", "b"],
        "api_keys": ["key"],
        "override": "o",
    }


@pytest.mark.parametrize("url", [URL + "/", URL + "/v1/submit", URL + "/v1/submit/"])
def test_deleting_has_its_own_method(url: str) -> None:
    """And its reason; the path may be named or not."""
    request = as_request(url, Submission((IRT,), reason=""))
    assert (request.method, request.url) == ("DELETE", "https://irrd.example/v1/submit/")
    assert json.loads(request.body)["delete_reason"] == "(no reason given)"


def test_no_secret_is_in_a_representation() -> None:
    """Whoever prints a submission or its request sees neither passwords nor keys."""
    submission = Submission((IRT,), ("not-for-display",), "not-for-display", ("not-for-display",))
    assert "not-for-display" not in repr(submission)
    assert "not-for-display" not in repr(as_request(URL, submission))


@pytest.mark.parametrize("url", ["http://irrd.example/", "irrd.example", "https://"])
def test_other_ways_than_https_are_refused(url: str) -> None:
    """Passwords travel encrypted."""
    with pytest.raises(QueryError):
        as_request(url, Submission((IRT,)))
    with pytest.raises(QueryError, match="expected objects"):
        as_request(URL, Submission(()))


def test_the_report_is_an_acknowledgement() -> None:
    """Each object with its outcome, in order; an object that IRRd could not read has no key."""
    said = read_reply(reply(report()))
    assert isinstance(said, Acknowledgement)
    good, bad = said.results
    assert (good.outcome, good.action, good.class_name, good.key) == (Outcome.SUCCEEDED, "create", "irt", "IRT-EXAMPLE")
    assert good.text == IRT
    assert good.remarks == (Remark(Severity.INFO, "a note"),)
    assert (bad.outcome, bad.action, bad.class_name, bad.key) == (Outcome.FAILED, None, "", "")
    assert bad.remarks == (Remark(Severity.ERROR, "unknown object class: thing"),)
    assert said.doubts == ()
    assert not said.is_good


def test_a_summary_that_does_not_fit_is_doubted() -> None:
    """Whatever it says of the objects."""
    content = report()
    content["summary"]["successful"] = 2
    said = read_reply(reply(content))
    assert isinstance(said, Acknowledgement)
    assert said.doubts == ("the summary does not count what is listed",)


def test_what_was_not_looked_at_is_a_refusal() -> None:
    """IRRd answers 400 to JSON that it does not understand."""
    said = read_reply(reply(b"1 validation error for RPSLChangeSubmission\n", 400))
    assert isinstance(said, Refusal)
    assert "1 validation error" in said


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * 100_000,
        b"\xff\xfe",
        [],
        {},
        {"summary": {}, "objects": []},
        {**report(), "objects": None},
        {**report(), "objects": [1]},
        {**report(), "objects": [{**report()["objects"][0], "successful": "yes"}]},
        {**report(), "objects": [{**report()["objects"][0], "error_messages": [1]}]},
        {**report(), "summary": {**report()["summary"], "failed": -1}},
    ],
    ids=lambda content: str(content)[:30],
)
def test_other_replies_leave_it_open(content: object) -> None:
    """Whatever a server sends, it is that server's error and no other exception."""
    with pytest.raises(AnswerError, match=r"^irrd\.example: sent what is not IRRd's reply"):
        read_reply(reply(content))
    with pytest.raises(AnswerError, match="did not say what became"):
        read_reply(reply(content, 500))
