"""Objects are created, modified, deleted and refused by IRRd 4 over its HTTP interface, and fetched back by whois."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtkit.clients.driving import Client
from irtkit.clients.rules import Rules
from irtkit.live.submitting import IrrdService, Report, State, Stored, submit
from irtkit.submission import parse_message
from irtkit.wire.acknowledgements import Outcome
from irtkit.wire.questions import Server

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package

from irrd import Irrd

pytest_plugins = ["irrd_fixtures"]

PASSWORD = "password: example-password\n\n"


class Submitter:
    """Submits to the IRRd of the tests, and takes away at the end what is there then."""

    def __init__(self, served: Irrd) -> None:
        self.service = IrrdService(served.url)
        self.whois = Server(served.host, served.whois_port, "irrd", "utf-8")
        self.client = Client(Rules(allowed={str(self.whois), f"{served.host}:{served.http_port}"}))
        self.created: list[str] = []

    def __call__(self, text: str, *, dry_run: bool = False, service: IrrdService | None = None) -> Report:
        message = parse_message(text)
        self.created += [str(update.object) for update in message.updates if not update.is_deletion]
        journey = submit(text.encode(), message, service or self.service, dry_run=dry_run, whois=self.whois)
        return self.client.run(journey)

    def clear(self) -> None:
        for text in reversed(self.created):
            self.client.run(
                submit(b"", parse_message(f"{PASSWORD}{text}delete: cleared away\n"), self.service, dry_run=False)
            )


@pytest.fixture
def send(irrd_server: Irrd) -> Iterator[Submitter]:
    submitter = Submitter(irrd_server)
    with submitter.client:
        yield submitter
        submitter.clear()


def irt(name: str, *more: str) -> str:
    lines = [
        f"irt:            {name}",
        "address:        2 Example Street",
        "e-mail:         team@example.net",
        "abuse-mailbox:  abuse@example.net",
        *more,
        "mnt-by:         EXAMPLE-MNT",
        "source:         TEST-EXAMPLE",
    ]
    return "\n".join(lines) + "\n"


def outcomes(report: Report) -> list[tuple[Outcome, str | None, Stored]]:
    return [(fate.result.outcome, fate.result.action, fate.finding.stored) for fate in report.fates]


def test_an_object_is_created_modified_and_deleted(send: Submitter) -> None:
    """Each time IRRd acknowledges it and has, or no longer has, what was sent."""
    created = send(PASSWORD + irt("IRT-NEW"))
    assert created.is_good
    assert outcomes(created) == [(Outcome.SUCCEEDED, "create", Stored.AS_SENT)]

    text = irt("IRT-NEW", "phone:          +1 555 0103", "remarks:        one", "+", "                two")
    modified = send(PASSWORD + text)
    assert modified.is_good
    assert outcomes(modified) == [(Outcome.SUCCEEDED, "modify", Stored.AS_SENT)]

    deleted = send(f"{PASSWORD}{text}delete:         no longer needed\n")
    assert deleted.is_good
    assert outcomes(deleted) == [(Outcome.SUCCEEDED, "delete", Stored.GONE)]


def test_a_wrong_password_is_refused_with_the_reason(send: Submitter) -> None:
    """IRRd says who would have had to agree, and nothing is stored."""
    report = send("password: not-the-password\n\n" + irt("IRT-OTHERS"))
    assert report.state is State.ACKNOWLEDGED
    assert not report.is_good
    (fate,) = report.fates
    assert (fate.result.outcome, fate.result.class_name, fate.result.key) == (Outcome.FAILED, "irt", "IRT-OTHERS")
    assert "EXAMPLE-MNT" in " ".join(remark.text for remark in fate.result.remarks)


def test_good_and_bad_objects_have_their_own_fates(send: Submitter) -> None:
    """Of one message, each object is reported by itself, in the order of the message."""
    bad = irt("IRT-BAD").replace("abuse-mailbox:  abuse@example.net\n", "")
    report = send(PASSWORD + irt("IRT-ONE") + "\n" + bad + "\n" + irt("IRT-TWO"))
    assert [fate.result.key for fate in report.fates] == ["IRT-ONE", "IRT-BAD", "IRT-TWO"]
    assert [fate.result.outcome for fate in report.fates] == [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.SUCCEEDED]
    assert "abuse-mailbox" in report.fates[1].result.remarks[0].text
    assert report.acknowledgement
    assert (report.acknowledgement.tally.found, report.acknowledgement.tally.failed) == (3, 1)
    assert not report.acknowledgement.doubts


def test_one_message_may_create_and_delete(send: Submitter) -> None:
    """IRRd takes the two in two requests; the report is one."""
    assert send(PASSWORD + irt("IRT-OLD")).is_good
    report = send(f"{PASSWORD}{irt('IRT-OLD')}delete: replaced\n\n{irt('IRT-NEXT')}")
    assert report.is_good
    assert [(fate.result.key, fate.finding.stored) for fate in report.fates] == [
        ("IRT-OLD", Stored.GONE),
        ("IRT-NEXT", Stored.AS_SENT),
    ]


def test_a_dry_run_sends_nothing(send: Submitter) -> None:
    """IRRd has none, so that the report says that nothing was sent; and nothing is there."""
    report = send(PASSWORD + irt("IRT-DRY"), dry_run=True)
    assert (report.state, report.fates, report.is_dry_run) == (State.UNSENT, (), True)
    send.created.clear()
    report = send(f"{PASSWORD}{irt('IRT-DRY')}delete: is it there?\n")
    assert report.fates[0].result.outcome is Outcome.FAILED


def test_an_answer_lost_after_the_objects_were_stored_is_unknown(send: Submitter) -> None:
    """IRRd stores it and then answers 500, because it cannot tell LOUD-MNT: no success, no failure; whois has it."""
    report = send(PASSWORD + irt("IRT-LOUD").replace("EXAMPLE-MNT", "LOUD-MNT"))
    assert report.state is State.UNKNOWN
    assert "500" in report.reason
    assert not report.is_good
    assert [(fate.result.outcome, fate.finding.stored) for fate in report.fates] == [(Outcome.MISSING, Stored.AS_SENT)]


def test_what_never_left_is_no_unknown() -> None:
    """Where nobody listens, certainly nothing was taken."""
    deaf = IrrdService("http://127.0.0.1:1/")
    with Client(Rules(allowed={"127.0.0.1:1"}, attempts=1)) as client:
        report = client.run(submit(b"", parse_message(PASSWORD + irt("IRT-X")), deaf, dry_run=False))
    assert report.state is State.UNSENT
    assert report.fates == ()


def test_garbage_is_refused_before_anything_is_looked_at(send: Submitter) -> None:
    """A server that is no IRRd, or a wrong path, took nothing."""
    report = send(PASSWORD + irt("IRT-X"), service=IrrdService(send.service.url + "/ui/no-such-page"))
    send.created.clear()
    assert report.state is State.REFUSED
    assert "404" in report.reason
