"""What answers say: objects, errors and warnings by number and by words, abuse contacts, groups, limits."""

import time

import pytest

from irtkit.errors import AccessDeniedError, AnswerError, QueryError
from irtkit.wire.questions import Server
from irtkit.wire.whois import (
    AbuseContact,
    Answer,
    AnswerReader,
    Limits,
    Meaning,
    NoticeSeverity,
    find_referrals,
    parse_answer,
    read_networks,
)
from irtkit.wire.whois.arin import arin_matches
from irtkit.wire.whois.blocks import iter_blocks

RIPE = Server("whois.example", registry="ripe")
LACNIC = Server("lacnic.example", dialect="lacnic", charset="utf-8")
IRRD = Server("irrd.example", dialect="irrd", charset="utf-8")
ARIN = Server("arin.example", dialect="arin", charset="utf-8")

BANNER = "% This is the RIPE Database query service.\n% The objects are in RPSL format.\n\n"
SERVED = "% This query was served by the RIPE Database Query Service version 1.124 (TESTHOST)\n\n\n"
INETNUM = "inetnum:        192.0.2.0 - 192.0.2.255\nnetname:        EXAMPLE-NET\nsource:         TEST\n\n"
PERSON = "person:         Example Person\nnic-hdl:        AA1-TEST\nsource:         TEST\n\n"
ROLE = "role:           Example Role\nnic-hdl:        AA2-TEST\nsource:         TEST\n\n"
ABUSE_ROLE = "role: Abuse\nnic-hdl: AA3-TEST\nabuse-mailbox: abuse@example.net\nsource: TEST\n\n"


def read(text: str, server: Server = RIPE) -> Answer:
    return parse_answer(text.encode(server.charset), server)


def test_an_answer_has_objects_comments_and_who_served_it() -> None:
    """Nothing of it is lost: objects know their line and their bytes."""
    text = BANNER + INETNUM + SERVED
    answer = read(text)
    (found,) = answer.objects
    assert bytes(found) == INETNUM.removesuffix("\n").encode()
    assert found.line == 4
    assert [comment.line for comment in answer.comments] == [1, 2, 8]
    assert answer.served_by == "the RIPE Database Query Service version 1.124 (TESTHOST)"
    assert answer.body == text.encode()
    assert (answer.problems, answer.notices, answer.other_lines) == ((), (), ())


def test_objects_stand_in_groups() -> None:
    """Each group has the key that the server relates its objects to."""
    text = (
        BANNER
        + ROLE
        + "% Information related to '192.0.2.0 - 192.0.2.255'\n\n"
        + INETNUM
        + PERSON
        + "% Information related to '192.0.2.0/24AS64496'\n\nroute: 192.0.2.0/24\norigin: AS64496\n\n"
        + SERVED
    )
    groups = read(text).groups
    assert [group.key for group in groups] == [None, "192.0.2.0 - 192.0.2.255", "192.0.2.0/24AS64496"]
    assert [[obj.class_name for obj in group.objects] for group in groups] == [
        ["role"],
        ["inetnum", "person"],
        ["route"],
    ]


def test_personal_data_is_counted_as_the_registry_counts() -> None:
    """Persons and roles; a role with an abuse-mailbox is none."""
    assert read(BANNER + INETNUM + PERSON + ROLE + ABUSE_ROLE + SERVED).personal_objects == 2


CONTACT = "% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@example.net'\n"
KEY = "192.0.2.0 - 192.0.2.255"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (CONTACT, AbuseContact(KEY, "abuse@example.net", line=1)),
        (
            CONTACT + "% Abuse-mailbox validation failed. Please refer to ORG-EX1-TEST for further information.\n",
            AbuseContact(KEY, "abuse@example.net", suspect=True, org="ORG-EX1-TEST", line=1),
        ),
        (
            CONTACT + "% Abuse-mailbox validation failed.\n",
            AbuseContact(KEY, "abuse@example.net", suspect=True, line=1),
        ),
        (f"% No abuse contact registered for {KEY}\n", AbuseContact(KEY, None, line=1)),
        (f"% Abuse contact for '{KEY}' is 'nobody knows'\n", AbuseContact(KEY, None, line=1)),
        ("% Abuse contact for 'AS64496' is 'Desk <abuse@example.net>'\n", AbuseContact("AS64496", "abuse@example.net")),
    ],
)
def test_what_is_said_about_abuse_contacts(lines: str, expected: AbuseContact) -> None:
    """The key, the mailbox, whether it failed validation, and whom to ask then."""
    answer = read(lines + "\n" + INETNUM)
    assert answer.abuse_contacts == (expected,)
    assert answer.find_abuse_contact(expected.key.lower()) == expected
    assert answer.find_abuse_contact("192.0.2.1") is None


def test_a_warning_elsewhere_makes_nobody_suspect() -> None:
    """The line about a failed validation counts directly below the contact it is about."""
    (contact,) = read(
        CONTACT + "\n% Abuse-mailbox validation failed. Please refer to ORG-X.\n\n" + INETNUM
    ).abuse_contacts
    assert not contact.suspect


def test_brief_answers_name_contacts_in_attributes() -> None:
    """`-b` brings keys and mailboxes only; an object with anything else says nothing about its contact."""
    brief = "inetnum:        192.0.2.0 - 192.0.2.255\nabuse-mailbox:  abuse@example.net\n\n"
    assert read(BANNER + brief + SERVED).abuse_contacts == (AbuseContact(KEY, "abuse@example.net", line=4),)
    assert read(BANNER + "inetnum: 192.0.2.0 - 192.0.2.255\n\n" + SERVED).abuse_contacts == ()
    assert read(BANNER + INETNUM.strip() + "\nabuse-mailbox: abuse@example.net\n\n" + SERVED).abuse_contacts == ()


def test_numbered_errors_are_values() -> None:
    """Number, title, explanation and place; "nothing found" is an answer."""
    answer = read(BANNER + "%ERROR:101: no entries found\n%\n% No entries found in source TEST.\n\n" + SERVED)
    (notice,) = answer.errors
    assert (notice.code, notice.title, notice.text) == (101, "no entries found", "No entries found in source TEST.")
    assert (notice.meaning, notice.line) == (Meaning.NOT_FOUND, 4)
    assert answer.is_not_found
    assert str(notice) == "ERROR:101: no entries found"
    answer.raise_for_refusal()


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (100, Meaning.SERVER_FAULT),
        *((code, Meaning.BAD_QUERY) for code in (102, 103, 104, 105, 106, 107, 109, 110, 111, 112, 114, 115, 116)),
        (117, Meaning.BAD_QUERY),
        (118, Meaning.BAD_QUERY),
        (201, Meaning.DENIED),
        (203, Meaning.NOT_ALLOWED),
        (305, Meaning.CLOSED),
        (306, Meaning.TOO_MANY_CONNECTIONS),
        (901, Meaning.BAD_QUERY),
        (199, Meaning.BAD_QUERY),
        (299, Meaning.DENIED),
        (777, Meaning.REMARK),
    ],
)
def test_each_number_has_a_meaning(code: int, meaning: Meaning) -> None:
    """Numbers that the registry's program does not have mean what their neighbours mean."""
    (notice,) = read(BANNER + f"%ERROR:{code}: something\n\n" + SERVED).notices
    assert (notice.code, notice.meaning, notice.severity) == (code, meaning, NoticeSeverity.ERROR)


def test_a_warning_does_not_take_the_place_of_an_answer() -> None:
    """`%WARNING:902:` stands beside objects."""
    answer = read(BANNER + "%WARNING:902: useless IP flag passed\n%\n% Without an IP key.\n\n" + INETNUM + SERVED)
    assert [notice.code for notice in answer.warnings] == [902]
    assert answer.errors == ()
    assert len(answer.objects) == 1


def test_an_error_may_follow_its_reason() -> None:
    """Error 111 need not be the first line of its message."""
    answer = read(BANNER + "% Invalid option: -y\n%\n%ERROR:111: invalid option supplied\n%\n% Use help.\n\n" + SERVED)
    assert [(notice.code, notice.text) for notice in answer.errors] == [(111, "Use help.")]


@pytest.mark.parametrize(
    ("text", "server", "meaning"),
    [
        ("% Your host 192.0.2.77 has been blocked. See the terms.\n", RIPE, Meaning.DENIED),
        ("% Invalid character set klingon\n", RIPE, Meaning.BAD_QUERY),
        ("% Inverse search on 'auth' attribute is limited to 'key-cert' objects only\n", RIPE, Meaning.BAD_QUERY),
        ("%  No entries found for the selected source(s).\n\n\n", IRRD, Meaning.NOT_FOUND),
        ("%% ERROR: Unrecognised flag/search: y\n\n\n", IRRD, Meaning.BAD_QUERY),
        ("%% ERROR: An internal error occurred while processing this query.\n", IRRD, Meaning.SERVER_FAULT),
        ("%% Access denied", IRRD, Meaning.DENIED),
        ("% Query rate limit exceeded. Blocked for 300 seconds.\n", LACNIC, Meaning.DENIED),
        ("% Query rate limit exceeded. Reduced information.\n\n" + INETNUM, LACNIC, Meaning.REDUCED),
        ("% Permission denied.\n", LACNIC, Meaning.DENIED),
        ("% Permissão negada.\n", LACNIC, Meaning.DENIED),
        ("% Maximum concurrent connections limit exceeded\n", LACNIC, Meaning.TOO_MANY_CONNECTIONS),
        ("% Not assigned to LACNIC\n", LACNIC, Meaning.ELSEWHERE),
        ("% No match for 192.0.2.1\n", LACNIC, Meaning.NOT_FOUND),
        ("#\n# Terms of use\n#\n\nNo match found for n + 192.0.2.1.\n\n#\n# Terms\n#\n", ARIN, Meaning.NOT_FOUND),
        ("You have exceeded the limit of queries. Try later.\n", Server("x.example", dialect="plain"), Meaning.DENIED),
        ("Query quota has been exceeded\n", Server("x.example", dialect="plain"), Meaning.DENIED),
    ],
)
def test_words_without_a_number_have_a_meaning(text: str, server: Server, meaning: Meaning) -> None:
    """Servers that number nothing say it in words, each in its own."""
    (notice,) = parse_answer(text.encode(), server).notices
    assert (notice.code, notice.meaning) == (None, meaning)


def test_terms_of_use_refuse_nobody() -> None:
    """What a server warns of beside its objects is no refusal."""
    text = "% Clients that exceeded the limit of queries are blocked.\n\n" + INETNUM
    assert read(text).notices == ()


@pytest.mark.parametrize(
    ("text", "error", "retry_at"),
    [
        ("%ERROR:201: access denied for 192.0.2.77\n%\n% Daily limit passed.\n\n", AccessDeniedError, None),
        ("%ERROR:306: connections exceeded\n\n", AccessDeniedError, None),
        ("% Your host 192.0.2.77 has been blocked.\n", AccessDeniedError, None),
        ("% Query rate limit exceeded. Blocked for 5 minutes.\n", AccessDeniedError, 1300.0),
        ("%ERROR:109: invalid combination of flags passed\n\n", QueryError, None),
        ("% Invalid character set klingon\n", QueryError, None),
        ("%ERROR:100: internal software error\n\n", AnswerError, None),
    ],
)
def test_a_refusal_says_whose_fault_it_is(text: str, error: type[Exception], retry_at: float | None) -> None:
    """Ours, the server's, or a limit; a wait that is named becomes a time."""
    with pytest.raises(error, match=r"whois\.example") as raised:
        read(text).raise_for_refusal(now=1000.0)
    assert getattr(raised.value, "retry_at", None) == retry_at


def test_what_is_no_object_is_reported_and_kept() -> None:
    """A paragraph that cannot be read is a problem with a place, and its lines are still there."""
    answer = read(BANNER + "rev#  Date              Op.\n\n1     2024-01-01        ADD/UPD\n\n" + INETNUM + SERVED)
    assert [problem.span and problem.span.line for problem in answer.problems] == [4, 6]
    assert [line.text for line in answer.other_lines] == [
        "rev#  Date              Op.",
        "1     2024-01-01        ADD/UPD",
    ]
    assert len(answer.objects) == 1


def test_each_object_is_in_its_own_charset() -> None:
    """A latin-1 server sends UTF-8 where a maintainer wrote it; every byte stays."""
    body = "descr: é\n\n".encode("latin-1") + "descr: é\n\n".encode()
    answer = parse_answer(body, RIPE)
    assert [obj[0].value for obj in answer.objects] == ["é", "é"]
    assert b"\n".join(map(bytes, answer.objects)) + b"\n" == body
    assert answer.text == "descr: é\n\ndescr: é\n\n"


@pytest.mark.parametrize("charset", ["cp1251", "no-such-charset", "iso-2022-jp"])
def test_other_charsets_are_read_when_all_is_there(charset: str) -> None:
    """Also an unknown one; what cannot be decoded does not stop the reading."""
    server = Server("x.example", dialect="plain", charset=charset)
    answer = parse_answer(b"descr: plain\n\ndescr: \xff\xfe\xe9\n\n", server)
    assert [obj.class_name for obj in answer.objects] == ["descr", "descr"]


@pytest.mark.parametrize(
    ("limits", "body", "message"),
    [
        (Limits(max_bytes=99), b"a: b\n" * 20, "99 bytes"),
        (Limits(max_line=99), b"a: " + b"b" * 97 + b"\n", "99 bytes in a line"),
        (Limits(max_lines=9), b"a: b\n" * 10, "9 lines"),
        (Limits(max_objects=9), b"a: b\n\n" * 10, "9 objects"),
        (Limits(max_messages=9), b"% b\n" * 10 + b"\n", "9 messages"),
        (Limits(max_messages=9), b"no object\n\n" * 10, "9 messages"),
    ],
)
def test_an_answer_has_limits(limits: Limits, body: bytes, message: str) -> None:
    """Beyond any of them the server is at fault, whole or byte by byte."""
    with pytest.raises(AnswerError, match=message):
        parse_answer(body, RIPE, limits)
    reader = AnswerReader(RIPE, limits)
    with pytest.raises(AnswerError, match=message):
        [reader.feed(body[position : position + 1]) for position in range(len(body))] and reader.close()


HOSTILE = {
    "quotes": b"% Abuse contact for '" + b"' is '" * 40_000,
    "blanks": b"a" + b" " * 250_000 + b"b",
    "tabs-before-a-colon": b"IPv4 Address" + b"\t" * 250_000 + b": x",
    "brackets": b"[" * 250_000,
    "parentheses": b"IPv4 Address : " + b" (" * 120_000,
    "tags": b"<pre" + b"<" * 250_000,
    "limits": b"% " + b"limit " * 40_000,
    "nets": b"x (NET-" * 30_000,
    "labels": b"refer: " + b"a." * 120_000,
    "errors": b"%ERROR:101: x\n" * 19_000,
    "explanations": b"%ERROR:101: x\n" + b"% a\n" * 19_000,
    "groups": b"% Information related to 'x'\n\ninetnum: 0/0\n\n" * 9_000,
    "contacts": b"NetRange: x\n\n" + b"OrgAbuseEmail: a@example.net\n" * 9_000,
    "mailboxes": b"[Network Number] 192.0.2.0/24\nIPv4 Address : x\n"
    + b"[Abuse] a@example.net\nE-Mail : a@b.c\n" * 9_000,
}


@pytest.mark.parametrize("dialect", ["ripe", "arin", "lacnic", "jpnic", "krnic", "twnic", "plain"])
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_no_answer_is_slow_to_read(body: bytes, dialect: str) -> None:
    """A quarter of a megabyte made to be slow takes no longer than one that is not: far less than these seconds."""
    started = time.process_time()
    answer = parse_answer(body + b"\n", Server("x.example", dialect=dialect, charset="utf-8"))
    assert len(answer.groups) <= len(answer.comments) + 1
    assert find_referrals(answer) is not None
    assert read_networks(answer) is not None
    assert arin_matches(answer) is not None
    assert sum(len(block.rows) for block in iter_blocks(answer.text)) < len(body)
    assert time.process_time() - started < 10


def test_objects_come_as_they_arrive() -> None:
    """Whoever reads a long answer need not wait for its end."""
    reader = AnswerReader(RIPE)
    counts = [len(reader.feed(piece.encode())) for piece in (BANNER, INETNUM[:-2], "\n\nperson: X\n", SERVED)]
    assert counts == [0, 0, 1, 1]
    assert [obj.class_name for obj in reader.close().objects] == ["inetnum", "person"]
