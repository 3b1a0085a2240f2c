"""Laws of whois without a socket: cutting never matters, nothing raises what it does not say, nothing is unbounded."""

import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from irtkit.errors import AnswerError, QueryError, ServerError
from irtkit.registries import REGISTRIES, server_for, server_named, target_of
from irtkit.rpsl import Comment, parse_objects
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.targets import is_forbidden_address
from irtkit.wire.whois import (
    AnswerReader,
    Framing,
    Hierarchy,
    Information,
    Limits,
    RipeQuery,
    ask,
    find_referrals,
    parse_answer,
    read_networks,
)
from irtkit.wire.whois.arin import arin_matches
from irtkit.wire.whois.blocks import iter_blocks
from irtkit.wire.whois.irrd import read_reply
from irtkit.wire.whois.lines import MAX_LINE

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it

from strategies import chunk_sizes, noise, noise_bytes

if TYPE_CHECKING:
    from irtkit.problems import Problem

servers = st.sampled_from(
    [row.whois for row in REGISTRIES.values() if row.whois is not None]
    + [Server("x.example", dialect="plain", charset=charset) for charset in ("cp1251", "utf-16", "no-such-charset")]
)
_fragments = st.one_of(
    st.sampled_from(
        [
            b"% This is the RIPE Database query service.\n",
            b"% This query was served by the Query Service version 1.124 (HOST)\n",
            b"% This query was served by",
            b"\n",
            b"\n\n",
            b"\n\n\n",
            b"\r\n",
            b"\r",
            b"%ERROR:101: no entries found\n%\n% None.\n\n",
            b"%ERROR:201: access denied\n",
            b"%ERROR:305: closed\n",
            b"%WARNING:902: useless\n",
            b"%% ERROR: x\n",
            b"% Abuse contact for 'K' is 'abuse@example.net'\n",
            b"% Information related to '192.0.2.0/24AS64496'\n",
            b"% Query rate limit exceeded. Blocked for 300 seconds.\n",
            b"inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\nmnt-by: MAINT-JPNIC\n",
            b"inetnum: 192.0.2/24\nabuse-c: ABC1\ncountry: BR\n",
            b"nic-hdl: ABC1\ne-mail: a@example.net\n",
            b"person: A\n",
            b"irt: IRT-X\ncomment: \xe9\n",
            b"NetRange: 192.0.2.0 - 192.0.2.255\n",
            b"OrgAbuseHandle: A\nOrgAbuseEmail: a@example.net\n",
            b"ReferralServer: whois://[::1]:43\n",
            b"refer: whois.example.net\n",
            b"%referral rwhois://10.0.0.1:4321/auth-area=x\n",
            b"[Network Number] 192.0.2.0/24\n[Abuse] a@example.net\n",
            b"# ENGLISH\n[ Network Abuse Contact Information ]\nIPv4 Address : 192.0.2.1\nE-Mail : a@example.net\n",
            b"A5\nabcd\nC\n",
            b"A3\n",
            b"A99999999999\n",
            b"C\n",
            b"D\n",
            b"F no\n",
        ]
    ),
    noise_bytes,
)
wires = st.lists(_fragments, max_size=12).map(b"".join)
"""What a server may send: pieces of real answers in any order, and noise."""
limits = st.builds(
    Limits,
    max_bytes=st.integers(1, 300),
    max_line=st.integers(1, 120),
    max_lines=st.integers(0, 20),
    max_objects=st.integers(0, 3),
    max_messages=st.integers(0, 5),
)
questions = st.builds(
    WhoisQuestion, servers, st.sampled_from([b"192.0.2.1", b"-k 192.0.2.1", b"!iAS-X"]), persistent=st.booleans()
)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The pieces of *data* with these lengths, over and over; none of them empty."""
    pieces: list[bytes] = []
    position = 0
    for size in cycle([max(1, size) for size in sizes]):
        if position >= len(data):
            return pieces
        pieces.append(data[position : position + size])
        position += size
    return pieces


def framed(question: WhoisQuestion, limit: Limits, pieces: list[bytes]) -> tuple[object, ...]:
    """The body, what follows it and whether more may come; or the kind of error."""
    framing = Framing(question, limit)
    for position, piece in enumerate([*pieces, b""]):
        try:
            body = framing.feed(piece)
        except ServerError as error:
            return (type(error),)
        if body is not None:
            return body, framing.rest + b"".join(pieces[position + 1 :]), framing.can_continue
        assert framing.size <= limit.max_bytes
    raise AssertionError("the end of the connection ends every answer")


@given(questions, wires, st.one_of(st.just(Limits()), limits), chunk_sizes)
def test_cutting_never_moves_the_end_of_an_answer(
    question: WhoisQuestion, wire: bytes, limit: Limits, sizes: list[int]
) -> None:
    """Body and rest are those of the whole, they are all that was sent, and errors are those of a server."""
    whole = framed(question, limit, [wire] if wire else [])
    assert framed(question, limit, cut(wire, sizes)) == whole
    if len(whole) > 1:
        body, rest, _ = whole
        assert isinstance(body, bytes)
        assert isinstance(rest, bytes)
        assert body + rest == wire
        assert len(body) <= limit.max_bytes


@given(servers, wires, chunk_sizes)
def test_cutting_never_changes_the_answer(server: Server, wire: bytes, sizes: list[int]) -> None:
    """Objects, problems, notices and all are those of the whole, byte for byte."""
    whole = parse_answer(wire, server)
    reader = AnswerReader(server)
    early = [obj for piece in cut(wire, sizes) for obj in reader.feed(piece)]
    answer = reader.close()
    assert answer == whole
    assert list(map(bytes, answer.objects)) == list(map(bytes, whole.objects))
    assert early == list(answer.objects[: len(early)])
    assert whole.body == wire


@given(servers, wires)
def test_nothing_a_server_sends_raises_what_is_not_said(server: Server, wire: bytes) -> None:
    """Everything that reads an answer reads every answer."""
    answer = parse_answer(wire, server)
    assert answer.personal_objects <= len(answer.objects)
    assert sum(len(group.objects) for group in answer.groups) == len(answer.objects)
    assert set(answer.errors) | set(answer.warnings) == set(answer.notices)
    assert all(contact.via for record in read_networks(answer) for contact in record.contacts)
    assert all(match.handle for match in arin_matches(answer))
    assert all(block.rows for block in iter_blocks(answer.text))
    for referral in find_referrals(answer):
        refusal = referral.find_refusal()
        assert refusal != ""
        if isinstance(referral.target, Server) and refusal is None:
            host = referral.target.host
            assert not host.replace(".", "").isdecimal() or not is_forbidden_address(host)
        target_of(referral, "192.0.2.1")
    blamed: list[str] = []
    for raising in (answer.raise_for_refusal, lambda: read_reply(wire, server)):
        try:
            raising()
        except (ServerError, QueryError) as error:
            blamed.append(str(error))
    assert all(str(server) in message for message in blamed)


@given(servers, wires, limits, chunk_sizes)
def test_limits_hold_however_an_answer_is_cut(server: Server, wire: bytes, limit: Limits, sizes: list[int]) -> None:
    """Beyond one of them it is the server's fault, whole or in pieces; within, there is no more than allowed."""

    def outcome(pieces: list[bytes]) -> object:
        reader = AnswerReader(server, limit)
        try:
            for piece in pieces:
                reader.feed(piece)
            return reader.close()
        except AnswerError:
            return None

    answer = outcome([wire])
    assert outcome(cut(wire, sizes)) == answer
    if answer is not None:
        found = parse_answer(wire, server, limit)
        assert len(found.objects) <= limit.max_objects
        assert len(found.comments) <= limit.max_messages
        assert len(wire) <= limit.max_bytes


@given(wires)
def test_an_answer_has_the_objects_of_its_text(wire: bytes) -> None:
    """What RPSL reads in the bytes, an answer has, in the same order, and the same problems."""
    problems: list[Problem] = []
    comments: list[Comment] = []
    objects = parse_objects(wire, problems=problems, comments=comments)
    answer = parse_answer(wire, Server("x.example"))
    assert [list(answer.objects), list(answer.problems), list(answer.comments)] == [objects, problems, comments]


words = st.text("abcXYZ019-_:.", min_size=1, max_size=6).filter(lambda word: not word.startswith("-"))
names = st.lists(words, max_size=3).map(tuple)
SWITCHES = (
    "irt",
    "no_irt",
    "abuse_contact",
    "reverse_domains",
    "brief",
    "keys_only",
    "persistent",
    "grouped",
    "filtered",
    "referenced",
    "all_sources",
    "resource",
    "list_versions",
)
queries = st.fixed_dictionaries(
    {},
    optional={
        "key": st.one_of(words, st.sampled_from(["192.0.2.1", "2001:db8::/32", "AS64496", "192.0.2.0 - 192.0.2.9"])),
        "hierarchy": st.sampled_from(Hierarchy),
        "information": st.sampled_from(Information),
        "classes": names,
        "sources": names,
        "inverse": names,
        "template": words,
        "client": words,
        "charset": words,
        "valid_syntax": st.booleans(),
        "personal": st.booleans(),
        "show_version": st.integers(-1, 9),
        "diff_versions": st.tuples(st.integers(0, 3), st.integers(0, 3)),
        **dict.fromkeys(SWITCHES, st.booleans()),
    },
)


@given(queries)
def test_a_query_is_read_back_from_its_line(fields: dict[str, object]) -> None:
    """Whatever options there are, the line says them all, and a server's parser finds them."""
    try:
        query = RipeQuery(**fields)  # type: ignore[arg-type]  # the strategy draws each field's type
    except QueryError:
        return
    again = RipeQuery.parse(str(query), referenced=query.referenced)
    assert str(again) == str(query)
    assert replace(again, referenced=query.referenced) == query


@given(st.one_of(noise, st.text(max_size=1200)), servers)
def test_what_is_sent_is_one_line(text: str, server: Server) -> None:
    """Any text is a question of one short line without control characters, or an error that says why."""
    makes: list[Callable[[], WhoisQuestion]] = [
        lambda: ask(server, text),
        lambda: ask(server, RipeQuery.parse(text)),
        lambda: RipeQuery.parse(text.split("\n")).as_question(server),
    ]
    for make in makes:
        try:
            line = make().line
        except QueryError:
            continue
        assert 0 < len(line) <= MAX_LINE
        assert all(0x20 <= byte != 0x7F for byte in line)


@given(st.one_of(noise, st.text(max_size=40)))
def test_any_text_names_a_server_or_nobody(text: str) -> None:
    """Choosing raises nothing but errors of ours."""
    for choose in (server_for, server_named):
        try:
            server = choose(text)
        except QueryError:
            continue
        assert server.host
        assert 0 < server.port < 1 << 16


@given(st.integers(0, (1 << 32) - 1), st.integers(0, (1 << 128) - 1))
def test_every_address_and_as_number_has_a_server(number: int, address: int) -> None:
    """Offline, and without exception."""
    digits = f"{address:032x}"
    ipv6 = ":".join(digits[at : at + 4] for at in range(0, 32, 4))
    for text in (f"AS{number}", ".".join(map(str, number.to_bytes(4, "big"))), ipv6):
        assert server_for(text).host
