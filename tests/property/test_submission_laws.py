"""Laws of messages and their verdicts: no text does harm, nothing is lost, order and places are right."""

import json
import re
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from irtkit.problems import Problem
from irtkit.reports import Tally
from irtkit.reports.records import as_record
from irtkit.reports.texts import TextReport
from irtkit.rpsl import format_text, parse_objects
from irtkit.rpsl.paragraphs import INSTRUCTION
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.submission import Message, Submitted, check, iter_verdict, parse_message
from irtkit.submission.codes import TITLES
from irtkit.submission.decoding import decode
from irtkit.validation.objects import ObjectSet

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it

from messages import HEAD_LINES, messages, near_objects, signed
from strategies import noise, noise_bytes

registries = st.sampled_from(list(SCHEMAS))
passwords = st.from_regex(r"[A-Za-z0-9]{12,20}", fullmatch=True)
TEXT_CODES = {"mixed-line-ends", "stray-carriage-return"}
"""What is said once for a whole text, wherever in it the first such place is."""


def places(problems: list[Problem]) -> list[tuple[int, int]]:
    return [(problem.span.line, problem.span.column) for problem in problems if problem.span]


@given(messages, registries)
def test_any_text_has_a_verdict_in_document_order(text: str, registry: str) -> None:
    """The same one each time, each problem complete, of a known code, and at a place of the text."""
    problems = check(text, registry)
    assert problems == check(text, registry)
    assert places(problems) == sorted(places(problems))
    assert len(places(problems)) == len(problems)
    lines = text.removeprefix("\ufeff").split("\n")
    for problem in problems:
        assert problem.code in TITLES
        assert f"{problem.message}{problem.hint or ''}".isprintable()
        assert problem.span is not None
        assert 1 <= problem.span.line <= len(lines)
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1
        assert problem.span.length >= 1
        json.dumps(as_record(problem))


@given(messages)
def test_a_message_holds_its_text(text: str) -> None:
    """Composing gives it back, and every line with a word in it belongs to something."""
    message = parse_message(text)
    assert message.compose() == text
    lines = dict(enumerate(text.removeprefix("\ufeff").split("\n"), 1))
    for update in message.updates:
        for attribute in update.object:
            first = attribute.raw.partition("\n")[0]
            assert lines[attribute.line][message.shifts.get(attribute.line, 0) :].rstrip("\r") == first.rstrip("\r")
    if "-----BEGIN PGP" not in text:
        own = [line for line in lines.values() if not line.startswith(("%", "#")) and not INSTRUCTION.match(line)]
        words = [word for line in own for word in re.split("[ \t\r]+", line) if word]
        assert [word for one in sorted_by_place(message) for word in re.split("[ \t\r\n]+", one) if word] == words


def sorted_by_place(message: Message) -> list[str]:
    """The texts of a message's objects and leftovers, in document order."""
    placed = [(update.object.line, str(update.object)) for update in message.updates]
    return [text for _, text in sorted(placed + [(one.line, one.text) for one in message.leftovers])]


@given(messages, passwords)
def test_no_password_is_ever_shown(text: str, password: str) -> None:
    """Wherever in a message it stands, neither the message nor a problem nor a report shows it."""
    hidden = f"{text}\npassword: {password}\n{text}\noverride: x,{password}\nPASSWORD:{password}"
    message = parse_message(hidden)
    problems = check(hidden)
    report = TextReport(Tally())
    told = [*report.file("x", hidden, problems), repr(message), str(message), repr(problems)]
    assert password not in "".join(told)
    assert password in message.compose()


@given(messages)
def test_formatted_text_has_the_same_problems(text: str) -> None:
    """On the same lines; columns move with the layout."""
    new = format_text(text)
    ours, theirs = (
        sorted((p.span.line if p.span else 0, p.code, p.severity, p.message) for p in check(some))
        for some in (new, text)
    )
    assert ours == theirs


@given(st.lists(near_objects(), min_size=1, max_size=4).map("\n".join), registries)
def test_signing_changes_no_verdict(text: str, registry: str) -> None:
    """A signed text has the problems of the text itself, as many lines further down as the frame has."""
    plain = [problem for problem in check(text, registry) if problem.code not in TEXT_CODES]
    framed = [problem for problem in check(signed(text), registry) if problem.code not in TEXT_CODES]
    assert [(p.code, p.message) for p in framed] == [(p.code, p.message) for p in plain]
    lines = text.split("\n")
    expected = [(line + HEAD_LINES, column + 2 * lines[line - 1].startswith("-")) for line, column in places(plain)]
    if "no-update" not in {problem.code for problem in plain}:
        assert places(framed) == expected


@given(st.lists(near_objects(), min_size=1, max_size=5).map("\n".join))
def test_an_empty_database_decides_nothing(text: str) -> None:
    """What is skipped because no object can have to do with another one would have said nothing."""
    message = parse_message(text)
    submitted = Submitted([message], "ripe")
    skipping = list(iter_verdict(message, "ripe", submitted))
    asking = Submitted([message], "ripe")
    asking.__dict__["may_refer"] = True  # so that everything is asked for
    assert list(iter_verdict(message, "ripe", asking)) == skipping


@given(near_objects(), near_objects())
def test_the_order_of_objects_is_free(first: str, second: str) -> None:
    """The registry tries again what failed for want of another object; so the verdict is that of the whole."""
    one, other = (
        sorted((p.code, p.message) for p in check(text)) for text in (f"{first}\n{second}", f"{second}\n{first}")
    )
    assert one == other


@given(near_objects(), near_objects())
def test_a_database_of_objects_and_a_message_of_them_agree(first: str, second: str) -> None:
    """An object that is in the message is there; it takes the place of the one in the database."""
    stored = parse_objects(second, problems=[])
    below = ObjectSet(stored, registry="ripe", complete=True)
    codes = {problem.code for problem in check(f"{first}\n{second}", against=below)}
    assert codes <= set(TITLES)
    assert check(first, against=stored) == check(first, against=below)


@given(noise_bytes)
def test_any_bytes_are_text_or_told_not_to_be(data: bytes) -> None:
    """With a place for each problem that has one, in document order; latin-1 and UTF-8 come out as they are."""
    decoded = decode(data)
    assert decoded.text is not None or decoded.problems
    assert places(decoded.problems) == sorted(places(decoded.problems))
    if decoded.text is not None and not decoded.problems:
        assert decoded.text.encode() == data or decoded.text.encode("latin-1") == data


@given(noise)
def test_noise_has_a_verdict(text: str) -> None:
    """Also what is no message at all."""
    assert check(text) == check(text)
