"""IRRd 4's way to submit: objects and passwords as JSON over HTTP, and its reply as an acknowledgement.

One request creates and modifies, another one deletes. There is no dry run and no signature: PGP reaches IRRd by mail
only. Which of its users may submit is IRRd's to say. Nothing is sent here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from irtkit.errors import AnswerError, QueryError
from irtkit.problems import Severity
from irtkit.rpsl.faults import shown
from irtkit.wire.acknowledgements import Acknowledgement, Outcome, Remark, Result, Tally
from irtkit.wire.http_replies import server_of
from irtkit.wire.questions import HttpReply, HttpRequest
from irtkit.wire.syncupdates import LARGEST, REFUSING, Refusal, service_at

__all__ = ["PATH", "Submission", "as_request", "read_reply"]

PATH: Final = "/v1/submit/"
"""Where IRRd takes submissions, below the address of its HTTP server."""

_NOT_READ: Final = ("(unreadable object class)", "(unreadable object key)")
_LONGEST_JSON: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Submission:
    """Objects that are created or modified, or, with *reason*, deleted; who may is said by the rest.

    *objects* are texts without `password:` and the like. Nothing but `objects` is in its representation.
    """

    objects: tuple[str, ...]
    passwords: tuple[str, ...] = ()
    override: str | None = None
    api_keys: tuple[str, ...] = ()
    reason: str | None = None

    def __repr__(self) -> str:
        return f"Submission({len(self.objects)} objects, {'deleted' if self.reason is not None else 'stored'})"


def as_request(url: str, submission: Submission, *, registry: str | None = None) -> HttpRequest:
    """Return the request that submits to the IRRd whose HTTP server is at *url*. It is never sent again by itself.

    Raises: QueryError for a URL that is not https (or http on this machine), or for no objects, or too many.

    Cites: IRRd 4.5 documentation, Making changes to IRR objects.
    """
    target = service_at(url)
    if not submission.objects:
        raise QueryError("expected objects, found none")
    content: dict[str, Any] = {"objects": [{"object_text": text} for text in submission.objects]}
    if submission.passwords:
        content["passwords"] = list(submission.passwords)
    if submission.override is not None:
        content["override"] = submission.override
    if submission.api_keys:
        content["api_keys"] = list(submission.api_keys)
    if submission.reason is not None:
        content["delete_reason"] = submission.reason or "(no reason given)"
    body = json.dumps(content).encode("ascii")
    if len(body) > LARGEST:
        raise QueryError(f"expected a message of at most {LARGEST:,} bytes, found {len(body):,}")
    path = target.place.rstrip("/")
    where = target._replace(place=path + "/" if path.endswith(PATH.rstrip("/")) else path + PATH)
    headers = {"content-type": "application/json", "accept": "application/json"}
    method = "POST" if submission.reason is None else "DELETE"
    return HttpRequest(str(where), method, headers, body, registry, is_safe_to_repeat=False)


def read_reply(reply: HttpReply) -> Acknowledgement | Refusal:
    """Return what IRRd says about each object, or what it says when it did not look at them.

    Raises: AnswerError for a reply that leaves open what became of the objects.
    """
    server = server_of(reply.request)
    if reply.status != 200:
        text = reply.body[:4096].decode("utf-8", "replace")
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        said = f"HTTP status {reply.status}{f': {shown(first)}' if first else ''}"
        if reply.status in REFUSING | {401, 422}:
            return Refusal(said)
        raise AnswerError(f"did not say what became of the objects ({said})", server=server)
    if len(reply.body) > _LONGEST_JSON:
        raise AnswerError(f"sent a reply of more than {_LONGEST_JSON:,} bytes", server=server)
    try:
        content = json.loads(reply.body)
        results = tuple(_result(one) for one in _list(content, "objects"))
        return Acknowledgement(results, tally := _tally(content["summary"]), doubts=tuple(_doubts(results, tally)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise AnswerError("sent what is not IRRd's reply to a submission", server=server) from None


def _list(content: Mapping[str, Any], name: str) -> Sequence[Any]:
    found = content[name]
    if not isinstance(found, list):
        raise TypeError(name)
    return found


def _result(record: Mapping[str, Any]) -> Result:
    """Read what is said about one object. Raises: TypeError, KeyError, AttributeError for what is no such record."""
    action, class_name, key = record["type"], record["object_class"], record["rpsl_pk"]
    if not isinstance(record["successful"], bool):
        raise TypeError("successful")
    remarks = (
        *(Remark(Severity.ERROR, _text(text)) for text in _list(record, "error_messages")),
        *(Remark(Severity.INFO, _text(text)) for text in _list(record, "info_messages")),
    )
    return Result(
        outcome=Outcome.SUCCEEDED if record["successful"] else Outcome.FAILED,
        action=None if action is None else _text(action),
        class_name="" if class_name in _NOT_READ else _text(class_name),
        key="" if key in _NOT_READ else _text(key),
        remarks=remarks,
        text=record.get("new_object_text") and _text(record["new_object_text"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError("expected a number")
    return value


def _tally(summary: Mapping[str, Any]) -> Tally:
    actions = [
        (action, state == "successful", _number(summary[f"{state}_{action}"]))
        for state in ("successful", "failed")
        for action in ("create", "modify", "delete")
    ]
    return Tally(
        _number(summary["objects_found"]), _number(summary["successful"]), _number(summary["failed"]), tuple(actions)
    )


def _doubts(results: tuple[Result, ...], tally: Tally) -> Iterator[str]:
    good = sum(result.outcome.is_good for result in results)
    if (tally.found, tally.succeeded, tally.failed) != (len(results), good, len(results) - good):
        yield "the summary does not count what is listed"
