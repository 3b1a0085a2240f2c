"""The journey of a submission, played with replies of our own: each way that it can end."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from irtkit.errors import BudgetError, DeadlineError, IrtkitError, QueryError, UnreachableError
from irtkit.live.preparing import Given, prepare
from irtkit.live.submitting import IrrdService, Report, State, Stored, SyncupdatesService, submit
from irtkit.rpsl import parse_objects
from irtkit.submission import parse_message
from irtkit.validation.objects import ObjectSet
from irtkit.wire.acknowledgements import Outcome
from irtkit.wire.questions import Batch, HttpReply, HttpRequest, Server, WhoisQuestion, WhoisReply

URL = "https://syncupdates.example/"
WHOIS = Server("whois.example")
NETWORK = "inetnum: 192.0.2.0/24\nnetname: X\nsource: RIPE\n"
PERSON = "person: Ada Example\nnic-hdl: AUTO-1\nsource: RIPE\n"
ROUTE = "route: 192.0.2.0/24\norigin: AS64500\nsource: RIPE\n"
STORED = NETWORK.replace("192.0.2.0/24", "192.0.2.0 - 192.0.2.255")


def acknowledgement(*lines: str) -> bytes:
    """Lines such as "Create SUCCEEDED: [irt] IRT-EXAMPLE" as an acknowledgement."""
    bad = sum("FAILED" in line for line in lines)
    head = (
        f"SUMMARY OF UPDATE:\n\nNumber of objects found: {len(lines)}\n"
        f"Number of objects processed successfully: {len(lines) - bad}\n"
        f"Number of objects processed with errors: {bad}\n\nDETAILED EXPLANATION:\n\n"
    )
    return (head + "".join(f"---\n{line}\n\n" for line in lines)).encode()


Answers = Callable[[WhoisQuestion], bytes | IrtkitError]


def play(
    text: str,
    reply: bytes | IrtkitError,
    answers: Answers | dict[str, str] | None = None,
    *,
    dry_run: bool = False,
    status: int = 200,
) -> tuple[Report, list[Any]]:
    """Run the journey; *answers* are objects by query line. Return its report and everything that it asked."""
    asked: list[Any] = []
    journey = submit(text.encode(), parse_message(text), SyncupdatesService(URL), dry_run=dry_run, whois=WHOIS)

    def answer(question: WhoisQuestion) -> WhoisReply | IrtkitError:
        if callable(answers):
            found = answers(question)
            return found if isinstance(found, IrtkitError) else WhoisReply(question, found)
        return WhoisReply(
            question, (answers or {}).get(question.line.decode(), "%ERROR:101: no entries found\n").encode()
        )

    try:
        question = next(journey)
        while True:
            asked.append(question)
            if isinstance(question, HttpRequest):
                if isinstance(reply, IrtkitError):
                    question = journey.throw(reply)
                else:
                    question = journey.send(HttpReply(question, status, {}, reply))
            else:
                assert isinstance(question, Batch)
                replies = tuple(answer(one) for one in question.questions if isinstance(one, WhoisQuestion))
                question = journey.send(replies)  # type: ignore[arg-type] # errors among them are ServerErrors
    except StopIteration as end:
        report: Report = end.value
        return report, asked


def test_a_network_is_asked_for_by_the_key_that_the_registry_gave_it() -> None:
    """A prefix is stored as a range, and nothing differs."""
    line = "-k -r -B -T inetnum --exact 192.0.2.0 - 192.0.2.255"
    said = acknowledgement("Create SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255")
    report, asked = play(NETWORK, said, lambda question: (STORED if "inetnum" in str(question.line) else line).encode())
    assert report.is_good
    assert [fate.finding.stored for fate in report.fates] == [Stored.AS_SENT]
    (question,) = asked[1].questions
    assert question.line.endswith(b"-T inetnum -x 192.0.2.0 - 192.0.2.255")
    assert b"-B" in question.line


@pytest.mark.parametrize(("registry", "keeps"), [("ripe", True), ("apnic", False), (None, True)])
def test_only_a_server_that_keeps_connections_is_asked_to(registry: str | None, keeps: object) -> None:
    """Objects are fetched back on one connection where the registry's row says that there may be one."""
    whois = Server("whois.example", registry=registry)
    journey = submit(NETWORK.encode(), parse_message(NETWORK), SyncupdatesService(URL), dry_run=False, whois=whois)
    request = next(journey)
    assert isinstance(request, HttpRequest)
    said = acknowledgement("Create SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255")
    batch = journey.send(HttpReply(request, 200, {}, said))
    assert isinstance(batch, Batch)
    (question,) = batch.questions
    assert isinstance(question, WhoisQuestion)
    assert question.persistent is keeps
    assert (b"-k" in question.line) is keeps


def test_a_key_that_the_registry_made_up_is_followed() -> None:
    """AUTO-1 became a handle, under which the person is fetched back."""
    report, asked = play(
        PERSON,
        acknowledgement("Create SUCCEEDED: [person] AE1-RIPE   Ada Example"),
        lambda _: PERSON.replace("AUTO-1", "AE1-RIPE").encode(),
    )
    assert asked[1].questions[0].line.endswith(b"-T person AE1-RIPE")
    (fate,) = report.fates
    assert (fate.result.key, fate.result.name, fate.finding.stored) == ("AE1-RIPE", "Ada Example", Stored.AS_SENT)


def test_a_route_is_told_from_its_neighbours_by_its_origin() -> None:
    """Several routes of one prefix come back; the one with the same origin counts."""
    other = ROUTE.replace("64500", "64501")
    report, asked = play(
        ROUTE,
        acknowledgement("Create SUCCEEDED: [route] 192.0.2.0/24AS64500"),
        lambda _: f"{other}\n{ROUTE}".encode(),
    )
    assert asked[1].questions[0].line.endswith(b"-T route -x 192.0.2.0/24")
    assert report.fates[0].finding.stored is Stored.AS_SENT


def test_an_object_that_is_acknowledged_and_absent_is_not_good() -> None:
    """Whatever the registry said."""
    report, _ = play(NETWORK, acknowledgement("Create SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255"))
    assert report.fates[0].finding.stored is Stored.ABSENT
    assert not report.is_good


def test_a_deleted_object_that_is_still_there_is_not_good() -> None:
    """And one that is gone is."""
    text = f"{NETWORK}delete: gone\n"
    said = acknowledgement("Delete SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255")
    report, _ = play(text, said, lambda _: STORED.encode())
    assert report.fates[0].finding.stored is Stored.STILL_THERE
    assert not report.is_good
    assert play(text, said)[0].is_good


def test_what_failed_is_not_fetched_back() -> None:
    """There is nothing to look for."""
    report, asked = play(NETWORK, acknowledgement("Create FAILED: [inetnum] 192.0.2.0 - 192.0.2.255"))
    assert len(asked) == 1
    assert report.fates[0].finding.stored is Stored.NOT_ASKED


def test_an_object_that_the_registry_leaves_out_is_missing() -> None:
    """It is looked for, and the report is not good even if it is there."""
    report, _ = play(f"{NETWORK}\n{ROUTE}", acknowledgement("Create SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255"))
    assert [fate.result.outcome for fate in report.fates] == [Outcome.SUCCEEDED, Outcome.MISSING]
    assert not report.is_good


def test_an_object_that_nobody_sent_is_told_of() -> None:
    """It comes last, and nothing is good then."""
    said = acknowledgement(
        "Create SUCCEEDED: [irt] IRT-STRANGER", "Create SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255"
    )
    report, _ = play(NETWORK, said, lambda _: STORED.encode())
    assert [(fate.update is None, fate.result.key) for fate in report.fates] == [
        (False, "192.0.2.0 - 192.0.2.255"),
        (True, "IRT-STRANGER"),
    ]
    assert not report.is_good


@pytest.mark.parametrize(
    "error",
    [UnreachableError("the connection broke", server="x"), DeadlineError("the time was over", server="x")],
)
def test_an_error_after_sending_is_unknown(error: UnreachableError) -> None:
    """One request went out; whois is asked what became of it."""
    report, asked = play(NETWORK, error, lambda _: STORED.encode())
    assert report.state is State.UNKNOWN
    assert sum(isinstance(question, HttpRequest) for question in asked) == 1
    assert [fate.finding.stored for fate in report.fates] == [Stored.AS_SENT]
    assert not report.is_good


def test_an_error_before_sending_is_no_unknown() -> None:
    """A budget that is used up, or a connection that never was."""
    never = UnreachableError("no connection", server="x")
    never.was_sent = False
    for error in (BudgetError("used up", server="x", retry_at=0.0), never):
        report, asked = play(NETWORK, error)
        assert (report.state, report.fates) == (State.UNSENT, ())
        assert len(asked) == 1


@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_answer_that_is_none_is_unknown(status: int) -> None:
    """A gateway does not know either."""
    report, _ = play(NETWORK, b"Bad Gateway", status=status)
    assert report.state is State.UNKNOWN


def test_a_dry_run_fetches_nothing_back() -> None:
    """Nothing was stored."""
    report, asked = play(NETWORK, acknowledgement("Create SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255"), dry_run=True)
    assert len(asked) == 1
    assert asked[0].body.startswith(b"DATA=dry-run%3A%20yes")
    assert report.is_good


def test_a_whois_server_that_does_not_answer_spoils_nothing() -> None:
    """The objects are taken; that they could not be looked at is said."""
    failing = UnreachableError("no connection", server="whois.example")
    said = acknowledgement("Create SUCCEEDED: [inetnum] 192.0.2.0 - 192.0.2.255")
    for answer in (failing, b"%ERROR:201: access denied for 192.0.2.7\n"):
        report, _ = play(NETWORK, said, lambda _, answer=answer: answer)  # type: ignore[misc] # a default binds it
        (fate,) = report.fates
        assert fate.finding.stored is Stored.NOT_ASKED
        assert fate.finding.reason
        assert report.is_good


def test_irrd_takes_what_is_stored_before_what_is_deleted() -> None:
    """And each reason in a request of its own; nothing is sent after one that was refused."""
    text = "password: p\n\n" + "\n".join(
        [f"{NETWORK}delete: first\n", f"{ROUTE}delete: second\n", "irt: IRT-X\nsource: RIPE\n"]
    )
    service = IrrdService("https://irrd.example/")
    message = parse_message(text)
    requests = service.requests(text.encode(), message, dry_run=False)
    assert [(request.method, json.loads(request.body).get("delete_reason")) for request in requests] == [
        ("POST", None),
        ("DELETE", "first"),
        ("DELETE", "second"),
    ]
    assert all(json.loads(request.body)["passwords"] == ["p"] for request in requests)
    assert b"delete:" not in requests[1].body
    journey = submit(b"", message, service, dry_run=False)
    with pytest.raises(StopIteration) as end:
        journey.send(HttpReply(next(journey), 400, {}, b"no"))  # type: ignore[arg-type] # it is a request
    assert end.value.value.state is State.REFUSED


def test_irrd_refuses_what_http_cannot_carry() -> None:
    """Signatures go by mail, and a message has one override."""
    service = IrrdService("https://irrd.example/")
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nirt: IRT-X\nsource: X\n"
        "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"
    )
    with pytest.raises(QueryError, match="signatures by mail only"):
        service.requests(b"", parse_message(signed), dry_run=False)


def test_preparing_says_why_not_to_send() -> None:
    """No object, errors, and maintainers that do not agree."""
    assert prepare(parse_message("hello\n"), Given("ripe")).refusals == ("there is no object in it",)
    stored = ObjectSet(
        parse_objects("mntner: A-MNT\nauth: PGPKEY-0A0B0C0D\nmnt-by: A-MNT\nsource: RIPE\n"),
        registry="ripe",
        complete=True,
    )
    text = parse_message("mntner: A-MNT\nauth: PGPKEY-0A0B0C0D\nmnt-by: A-MNT\nsource: RIPE\ndelete: gone\n")
    (reason,) = prepare(text, Given("ripe", stored)).refusals
    assert reason == "mntner A-MNT is not authorised: it needs A-MNT (PGPKEY-0A0B0C0D)"
    assert prepare(text, Given("ripe", stored, keys=("PGPKEY-0A0B0C0D",))).refusals == ()
    assert prepare(text, Given("ripe", stored, signed_by=[("PGPKEY-0A0B0C0D",)])).refusals == ()
    assert prepare(text, Given("irrd", stored)).plans == ()
