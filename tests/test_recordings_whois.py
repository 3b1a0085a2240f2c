"""Recorded whois answers of real registries: each is read, and the abuse contact is the one a person finds in it.

The recordings lie beside the project and are read there; here stands only on which line of each the mailbox is, under
which label, or why there is none.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from irtkit.contacts import Database, mailboxes, resolve
from irtkit.registries import REGISTRIES
from irtkit.wire.questions import Server
from irtkit.wire.whois import Answer, ReferralKind, find_referrals, parse_answer, read_networks
from irtkit.wire.whois.answers import AnswerReader


@dataclass(frozen=True)
class Recording:
    """One answer, and what a person finds in it."""

    file: str
    entry: str
    """The key in a file of several; in a text the address that was asked about."""
    registry: str
    objects: int
    line: int | None
    """Where the mailbox of the abuse contact stands, from 1; None if there is none."""
    label: str = ""
    """What stands before it on that line; or, if there is none, why."""
    lines: tuple[int, int] | None = None
    """Which lines of a text are this answer, both included; None: all."""
    refers_to: str | None = None
    """The registry that it refers to."""

    def __str__(self) -> str:
        return f"{Path(self.file).stem}-{self.entry}-{self.lines[0] if self.lines else self.registry}"


WHOIS, JPNIC, KRNIC, ASN = (f"ipwhois_tests/{name}.json" for name in ("whois", "jpnic", "krnic", "asn"))
APNIC = "transcripts/apnic_1.1.1.0-24_2022-06-28.txt"
BASH = "transcripts/tdussa_bashacks_ip2irt_examples.md"
STATED = "% Abuse contact for"
NONE_STATED = "the server says that none is registered"
NONE = "no irt, no abuse contact, no mailbox for abuse"
NO_NETWORK = "no network in it"

RECORDINGS = (
    Recording(WHOIS, "196.11.240.215", "afrinic", 3, None, NONE_STATED),
    Recording(WHOIS, "62.239.237.1", "ripe", 5, 12, STATED),
    Recording(WHOIS, "210.107.73.73", "apnic", 4, 24, "abuse-mailbox:", refers_to="krnic"),
    Recording(WHOIS, "2001:4860:4860::8888", "arin", 7, 57, "RAbuseEmail:"),
    Recording(WHOIS, "2801:10:c000::", "lacnic", 2, 34, "e-mail:"),
    Recording(WHOIS, "2a00:2381:ffff::1", "ripe", 3, 12, STATED),
    Recording(WHOIS, "74.125.225.229", "arin", 4, 45, "OrgAbuseEmail:"),
    Recording(WHOIS, "2001:43f8:7b0::", "afrinic", 4, None, NONE_STATED),
    Recording(WHOIS, "200.57.141.161", "lacnic", 2, 44, "e-mail:"),
    Recording(WHOIS, "2001:240:10c:1::ca20:9d1d", "apnic", 3, None, NONE, refers_to="jpnic"),
    Recording(JPNIC, "133.1.2.5", "jpnic", 0, None, NONE),
    Recording(KRNIC, "115.1.2.3", "krnic", 0, None, NONE),
    Recording(ASN, "196.11.240.215", "radb", 0, None, NO_NETWORK),
    Recording(ASN, "62.239.237.1", "radb", 8, None, NO_NETWORK),
    Recording(ASN, "210.107.73.73", "radb", 14, None, NO_NETWORK),
    Recording(ASN, "2001:4860:4860::8888", "radb", 11, None, NO_NETWORK),
    Recording(ASN, "2801:10:c000::", "radb", 0, None, NO_NETWORK),
    Recording(ASN, "2a00:2381:ffff::1", "radb", 9, None, NO_NETWORK),
    Recording(ASN, "74.125.225.229", "radb", 25, None, NO_NETWORK),
    Recording(ASN, "2001:43f8:7b0::", "radb", 2, None, NO_NETWORK),
    Recording(ASN, "200.57.141.161", "radb", 1, None, NO_NETWORK),
    Recording(ASN, "2001:240:10c:1::ca20:9d1d", "radb", 14, None, NO_NETWORK),
    Recording(APNIC, "1.1.1.1", "apnic", 6, 6, STATED),
    Recording(BASH, "129.13.64.5", "ripe", 1, 8, STATED, lines=(8, 30)),
    Recording(BASH, "129.13.64.5", "arin", 1, 35, "OrgAbuseEmail:", lines=(32, 36)),
    Recording(BASH, "129.13.64.5", "ripe", 1, 37, STATED, lines=(37, 38)),
    Recording(BASH, "141.76.39.140", "ripe", 1, None, NONE_STATED, lines=(123, 148)),
    Recording(BASH, "104.16.148.244", "arin", 1, 162, "RAbuseEmail:", lines=(153, 163)),
    Recording(BASH, "104.16.149.244", "arin", 1, 175, "RAbuseEmail:", lines=(166, 176)),
    Recording(BASH, "2606:4700::6810:84e5", "arin", 1, 188, "RAbuseEmail:", lines=(179, 189)),
    Recording(BASH, "2606:4700::6810:85e5", "arin", 1, 201, "RAbuseEmail:", lines=(192, 202)),
    Recording(BASH, "129.69.5.3", "ripe", 0, 207, STATED, lines=(207, 208)),
    Recording(BASH, "129.69.5.3", "arin", 1, 212, "OrgAbuseEmail:", lines=(209, 213)),
    Recording(BASH, "129.69.5.3", "ripe", 1, 214, STATED, lines=(214, 217)),
    Recording(BASH, "2001:7c0:7c0:5::cafe", "ripe", 0, 220, STATED, lines=(220, 221)),
)

each_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=str)


def text_of(recording: Recording, shared: Path) -> str:
    """The answer as it was recorded; lines before it in a text are empty, so that lines count as in the file."""
    text = (shared / "data" / recording.file).read_text(encoding="utf-8")
    if recording.file.endswith(".json"):
        return str(json.loads(text)[recording.entry]["response"])
    if recording.lines is None:
        return text
    first, last = recording.lines
    return "\n" * (first - 1) + "\n".join(line.removeprefix("  ") for line in text.split("\n")[first - 1 : last]) + "\n"


def server_of(recording: Recording) -> Server:
    server = REGISTRIES[recording.registry].whois
    assert server is not None
    return server


def abuse_contact(answer: Answer, query: str) -> tuple[str | None, str]:
    """The mailbox for abuse, or None and the reason: what the server states, else its records, else its objects."""
    stated = [contact.mailbox for contact in answer.abuse_contacts]
    if stated:
        return stated[0], "" if stated[0] else NONE_STATED
    records = [record for record in reversed(read_networks(answer)) if record.abuse_contacts]
    if records:
        return records[0].abuse_contacts[0].mailbox, ""
    email = resolve(Database(answer.objects), query, "abuse").email
    networks = {"inetnum", "inet6num"} & {obj.class_name for obj in answer.objects}
    return email, "" if email else NONE if networks or read_networks(answer) else NO_NETWORK


def expected(recording: Recording, text: str) -> tuple[str | None, str]:
    """What `abuse_contact` returns if the table is right: the mailbox on the line that it names, or None and why."""
    if recording.line is None:
        return None, recording.label
    line = text.split("\n")[recording.line - 1].strip()
    assert line.startswith(recording.label)
    return mailboxes(line.rpartition("'")[0].rpartition("'")[2] or line.partition(":")[2].strip())[0], ""


@each_recording
def test_the_abuse_contact_is_the_one_a_person_finds(recording: Recording, shared: Path) -> None:
    """It is on the line that the table says, under the label that it says; or there is none, for the reason it says."""
    text = text_of(recording, shared)
    answer = parse_answer(text.encode(), server_of(recording))
    assert abuse_contact(answer, recording.entry) == expected(recording, text)


@each_recording
def test_every_byte_of_a_recording_is_read(recording: Recording, shared: Path) -> None:
    """Every line is an object's, a comment, or kept as another line; byte by byte gives the same."""
    body = text_of(recording, shared).encode()
    server = server_of(recording)
    answer = parse_answer(body, server)
    assert len(answer.objects) == recording.objects
    lines = {comment.line for comment in (*answer.comments, *answer.other_lines)}
    lines.update(obj.line_of(row) for obj in answer.objects for row in range(str(obj).rstrip("\n").count("\n") + 1))
    written = {number for number, line in enumerate(answer.text.split("\n"), 1) if line.strip()}
    assert written <= lines
    reader = AnswerReader(server)
    for position in range(len(body)):
        reader.feed(body[position : position + 1])
    assert reader.close() == answer


@each_recording
def test_a_recording_refers_to_whom_a_person_reads_there(recording: Recording, shared: Path) -> None:
    """APNIC's answers name the national registry; the others refer to nobody."""
    answer = parse_answer(text_of(recording, shared).encode(), server_of(recording))
    referrals = [referral for referral in find_referrals(answer) if referral.kind is not ReferralKind.WEB]
    assert [referral.target for referral in referrals] == ([recording.refers_to] if recording.refers_to else [])


def test_every_recording_is_in_the_table(shared: Path) -> None:
    """A new file, or a new entry in one, needs a row."""
    folder = shared / "data"
    known = {(recording.file, recording.entry) for recording in RECORDINGS}
    for file in (WHOIS, JPNIC, KRNIC, ASN):
        entries = json.loads((folder / file).read_text(encoding="utf-8"))
        assert {(file, entry) for entry in entries} <= known
    assert {f"transcripts/{path.name}" for path in (folder / "transcripts").iterdir()} <= {file for file, _ in known}


def test_krnic_has_a_contact_that_is_not_for_abuse(shared: Path) -> None:
    """The manager of the addresses stands in the English part, once for each network, and is called what he is."""
    (recording,) = [one for one in RECORDINGS if one.registry == "krnic"]
    records = read_networks(parse_answer(text_of(recording, shared).encode(), server_of(recording)))
    assert [[(contact.kind, contact.line) for contact in record.contacts] for record in records] == [
        [("network", 70)],
        [("network", 87)],
    ]
