"""Update messages: what is read from them, that passwords stay hidden, and the verdict about all of it."""

import copy
import json
import pickle
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from irtkit.problems import Problem, Severity, Span
from irtkit.reports import Tally
from irtkit.reports.records import as_record
from irtkit.reports.texts import TextReport
from irtkit.rpsl import RpslObject, parse_object, parse_objects
from irtkit.rpsl.clearsign import DEEPEST
from irtkit.submission import Message, Submitted, check, iter_verdict, merged, parse_message, verdict
from irtkit.submission.codes import CODES, GROUPS, TITLES, problem_of
from irtkit.submission.decoding import decode
from irtkit.validation.codes.rows import Code
from irtkit.validation.objects import ObjectSet

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl"
MNTNER = (
    "mntner:         EXNET-MNT\nadmin-c:        EP1-RIPE\nupd-to:         hostmaster@example.net\n"
    "auth:           PGPKEY-0A0B0C0D\nmnt-by:         EXNET-MNT\nsource:         RIPE\n"
)
NET = (
    "inetnum:        192.0.2.0 - 192.0.2.255\nnetname:        EXAMPLE-NET\ncountry:        NL\n"
    "admin-c:        EP1-RIPE\ntech-c:         EP1-RIPE\nstatus:         ASSIGNED PA\nmnt-by:         EXNET-MNT\n"
    "source:         RIPE\n"
)
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"


def signed(content: str) -> str:
    """The text in a clear-signed block, dash-escaped."""
    lines = [f"- {line}" if line.startswith("-") else line for line in content.split("\n")]
    return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + "\n".join(lines) + SIGNATURE


def codes(text: str | bytes, registry: str = "ripe", **options: object) -> list[str]:
    """The codes of what is wrong with a text, at RIPE unless said otherwise."""
    return [problem.code for problem in check(text, registry, **options)]  # type: ignore[arg-type]


def said(problems: list[Problem]) -> list[tuple[str, int, int]]:
    """Codes with their places."""
    return [(problem.code, problem.span.line, problem.span.column) for problem in problems if problem.span]


def only(text: str) -> Message:
    message = parse_message(text)
    assert len(message.updates) == 1
    return message


# What a message is.


def test_a_message_is_its_objects() -> None:
    """Each paragraph is one, with the line it begins on."""
    message = parse_message(f"{MNTNER}\n\n\n{NET}\r\n{MNTNER}")
    assert [(u.object.class_name, u.object.line) for u in message.updates] == [
        ("mntner", 1),
        ("inetnum", 10),
        ("mntner", 19),
    ]
    assert message.leftovers == ()
    assert not any(update.is_deletion for update in message.updates)


def test_instructions_are_no_attributes() -> None:
    """They are taken out, wherever in a paragraph they stand, and every line keeps its number."""
    text = (
        "dry-run: yes\npassword: one\nmntner: EXNET-MNT\nDELETE: unused\nmnt-by: A\n B\n"
        "PassWord:two\n+C\nsource: RIPE\n"
    )
    message = only(text)
    (update,) = message.updates
    assert [(a.name, a.value, a.line) for a in update.object] == [
        ("mntner", "EXNET-MNT", 3),
        ("mnt-by", "A B C", 5),
        ("source", "RIPE", 9),
    ]
    assert update.object[1].span(4) == Span(8, 2)
    assert [password.secret.reveal() for password in message.passwords] == ["one", "two"]
    assert [password.span for password in message.passwords] == [Span(2, 1, 9), Span(7, 1, 9)]
    assert message.dry_run == Span(1, 1, 8)
    assert [(deletion.reason, deletion.span) for deletion in update.deletions] == [("unused", Span(4, 1, 7))]
    assert update.is_deletion


def test_an_indented_instruction_is_data() -> None:
    """Only the start of a line counts, and only ASCII letters do."""
    text = "mntner: A\nremarks: a\n password: b\n+delete: c\npa\u017f\u017fword: d\ndelete : e\n"
    message = only(text)
    assert message.passwords == ()
    assert not message.updates[0].is_deletion
    assert [a.name for a in message.updates[0].object] == ["mntner", "remarks", "pa\u017f\u017fword", "delete "]


def test_an_override_counts_for_its_own_paragraph() -> None:
    """User, password and remarks, with options in braces."""
    message = parse_message(f"{MNTNER}override: me, secret , fix {{oid=1, notify=false}} it\n\n{NET}")
    (override,) = message.updates[0].overrides
    assert (override.user, override.secret.reveal(), override.options) == ("me", "secret", ("oid=1", "notify=false"))
    assert message.updates[1].overrides == ()


def test_blanks_before_the_first_word_are_taken_off() -> None:
    """As the registry does; places are those of the text as it is written."""
    message = only(f" \t\n   {MNTNER}")
    assert message.updates[0].object.line == 2
    assert message.updates[0].object[0].value == "EXNET-MNT"
    (problem,) = check(" \t\n   mntner: X\nsource: RIPE\n")[:1]
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (2, 4)


def test_text_that_is_no_object_is_kept_and_told() -> None:
    """Prose is ignored with a warning, what was meant for an object is an error, comments are nothing."""
    text = f"Dear registry,\nplease:\n\n% comment\n# more\n\n{NET}\nperson: A B\nnic-hdl EP1\n\npassword: x\n"
    message = parse_message(text)
    assert [(leftover.text, leftover.line) for leftover in message.leftovers] == [
        ("Dear registry,\nplease:\n", 1),
        ("person: A B\nnic-hdl EP1\n", 16),
    ]
    assert said(list(message.problems)) == [("ignored-text", 1, 1), ("no-colon", 17, 1)]
    assert [problem.severity for problem in message.problems] == [Severity.WARNING, Severity.ERROR]


def test_an_object_under_prose_was_meant_for_one() -> None:
    """The registry leaves the whole paragraph out, so this is an error."""
    assert said(list(parse_message("Please create:\nmntner: A\n").problems)) == [("bad-class-name", 1, 1)]
    assert said(list(parse_message("password: x\nPlease create\nmntner: A\n").problems)) == [("no-colon", 2, 1)]


@pytest.mark.parametrize(
    ("prose", "code"),
    [
        ("Subject: hello\n", "ignored-text"),
        ("From: me@example.net\nTo: you@example.net\nDate: today\n", "ignored-text"),
        ("Dear team: please\ncreate: this\n", "ignored-text"),
        ("Thanks\nPS: hurry\n", "ignored-text"),
        ("Regards: me\nPhone: +31 20 0000000\nAddress: Example Street 1\n", "ignored-text"),
        ("inetnumm: 192.0.2.0 - 192.0.2.255\n", "unknown-class"),
        ("Organization: Example\n", "unknown-class"),
        ("limerick: x\nsource: RIPE\n", "unknown-class"),
        ("network: 192.0.2.0/24\nMnt-By: EXNET-MNT\n", "unknown-class"),
        ("Subject: hello\nmntner: EXNET-MNT\n", "unknown-class"),
        ("inetnumm 192.0.2.0 - 192.0.2.255\nnetname: X\n", "no-colon"),
    ],
)
def test_prose_with_colons_is_ignored_and_misspelled_objects_are_not(prose: str, code: str) -> None:
    """The registry ignores both with a warning; whoever has misspelled a class wants to know."""
    assert codes(f"{prose}\n{NET}") == [code]
    assert codes(f"{NET}\n{prose}") == [code]


def test_a_misspelled_class_is_guessed() -> None:
    (problem,) = check("inetnumm: 192.0.2.0 - 192.0.2.255\n")
    assert problem.hint == "did you mean inetnum?"


def test_lines_that_end_in_a_carriage_return_alone_have_one_problem() -> None:
    """All of the text is one line then, and everything else that is wrong with it comes of that."""
    text = f"{NET}password: secret\n\n{MNTNER}".replace("\n", "\r")
    assert said(check(text)) == [("stray-carriage-return", 1, 40)]
    assert said(check(f"{text}\n")) == [("stray-carriage-return", 1, 40)]
    assert "secret" not in "".join(TextReport(Tally()).file("x", text, check(text)))
    assert parse_message(text).compose() == text


def test_a_comment_line_inside_an_object_is_part_of_it() -> None:
    """For the registry; it is set aside here, and told, before, inside and behind the object."""
    message = only("# a\nmntner: A\n% b\nmnt-by: A\n# c\n")
    assert said(list(message.problems)) == [
        ("comment-line-in-object", 1, 1),
        ("comment-line-in-object", 3, 1),
        ("comment-line-in-object", 5, 1),
    ]
    assert [(a.name, a.line) for a in message.updates[0].object] == [("mntner", 2), ("mnt-by", 4)]


def test_an_instruction_without_object_does_nothing() -> None:
    """A deletion in a paragraph of its own deletes nothing; passwords and dry runs may stand alone."""
    text = f"delete: x\n\n{NET}\noverride: a,b\n\npassword: x\n\ndry-run:\n"
    assert said(list(parse_message(text).problems)) == [("instruction-alone", 1, 1), ("instruction-alone", 12, 1)]


@pytest.mark.parametrize(
    ("words", "known", "problems"),
    [
        ("", set(), []),
        ("new", {"NEW"}, []),
        ("NEW diff", {"NEW", "DIFF"}, []),
        ("NEW please", set(), ["unknown-keyword"]),
        ("\x1b[1m" * 50, set(), ["unknown-keyword"]),
    ],
)
def test_keywords_come_with_the_message(words: str, known: set[str], problems: list[str]) -> None:
    """One that is unknown makes all of them void, and is shown without harm."""
    message = parse_message(MNTNER, keywords=words)
    assert message.keywords == known
    assert [problem.code for problem in message.problems] == problems
    assert all(problem.message.isprintable() for problem in message.problems)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("mntner: A\r\nmnt-by: A\r\n", None),
        ("mntner: A\r\r\nmnt-by: A\r\n\r", None),
        ("mntner: A\rmnt-by: A\r", ("stray-carriage-return", 1, 10)),
        ("mntner: A\nmnt-by: A\rB\n", ("stray-carriage-return", 2, 10)),
        ("mntner: A\r\nmnt-by: A\n", ("mixed-line-ends", 2, 1)),
        ("mntner: A\nmnt-by: A\r\n", ("mixed-line-ends", 2, 1)),
    ],
)
def test_line_ends_are_told(text: str, place: tuple[str, int, int] | None) -> None:
    """CR LF is as good as LF; a mixture is noted, and CR inside a line joins what it stands between."""
    assert said(list(parse_message(text).problems)) == ([place] if place else [])


# Signed text.


def test_signed_text_is_read_again() -> None:
    """Its objects are updates, with the block that lies around them; the signature is no text."""
    message = parse_message(f"{MNTNER}\n{signed(NET)}\n{MNTNER}")
    assert [(u.object.class_name, u.object.line) for u in message.updates] == [
        ("mntner", 1),
        ("inetnum", 11),
        ("mntner", 24),
    ]
    assert [len(update.signatures) for update in message.updates] == [0, 1, 0]
    signature = message.updates[1].signatures[0]
    assert (signature.first_line, signature.last_line) == (8, 22)
    assert message.leftovers == ()


def test_dash_escaping_is_undone_and_places_are_right() -> None:
    """A column counts from the beginning of the line as it is written."""
    text = signed(f"{NET}- is no name: x\n")
    (problem,) = [p for p in check(text) if p.code == "unknown-attribute"]
    assert problem.span is not None
    line = text.split("\n")[problem.span.line - 1]
    assert line == "- - is no name: x"
    assert line[problem.span.column - 1 :].startswith("- is no name")


def test_signatures_may_lie_in_signatures() -> None:
    """Every object has all of those around it, the outermost first."""
    message = parse_message(signed(f"{MNTNER}\n{signed(NET)}\n{MNTNER}\n"))
    assert [len(update.signatures) for update in message.updates] == [1, 2, 1]
    outer, inner = message.updates[1].signatures
    assert outer.first_line < inner.first_line < inner.last_line < outer.last_line
    assert message.leftovers == ()
    assert [problem.code for problem in message.problems] == []


def test_signatures_do_not_lie_in_each_other_without_end() -> None:
    """What lies deeper than anybody needs is a problem and is not read."""
    text = NET
    for _ in range(DEEPEST + 1):
        text = signed(f"{text}\n")
    message = parse_message(text)
    assert message.updates == ()
    assert [problem.code for problem in message.problems] == ["signed-too-deep"]
    assert len(parse_message(text.replace("\n- ", "\n")).problems) > 0


def test_instructions_count_inside_signed_text() -> None:
    """Passwords of a signed part count for the message."""
    message = parse_message(signed(f"password: x\n{NET}delete: y\n"))
    assert [password.span.line for password in message.passwords] == [4]
    assert message.updates[0].deletions[0].span.line == 13


@pytest.mark.parametrize("end", ["", "-----BEGIN PGP SIGNATURE-----\n\niQ==\n"])
def test_an_unfinished_signature_is_told(end: str) -> None:
    """Without its end the text is plain text, which nobody signed."""
    text = f"\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{NET}\n{end}"
    message = parse_message(text)
    assert ("signature-missing", 2, 1) in said(list(message.problems))
    assert [update.object.class_name for update in message.updates][:1] == ["inetnum"]


# Secrets.


def test_passwords_are_shown_nowhere() -> None:
    """Not in any text, representation, record or problem; only who asks for one gets it."""
    text = f"password: hunter2\noverride: me,hunter2,why\n{NET}\nfoo\npassword: hunter2\n"
    message = parse_message(text)
    problems = check(text)
    everything = [str(message), repr(message), repr(message.updates), repr(message.passwords), repr(asdict(message))]
    everything += [f"{message}", str(message.passwords[0].secret), repr(message.passwords[0].secret)]
    everything += [f"{problem} {problem!r} {json.dumps(as_record(problem))}" for problem in problems]
    assert "hunter2" not in "".join(everything)
    assert message.passwords[0].secret.reveal() == "hunter2"
    with pytest.raises(TypeError):
        json.dumps(asdict(message))
    assert "hunter2" not in str(parse_message("irt: x\n OVERRIDE : me,hunter2\n> password: hunter2\n"))


def test_secrets_compare_and_travel() -> None:
    """As values do."""
    first, second = (parse_message(f"password: {word}\n").passwords[0].secret for word in ("a", "b"))
    assert first == copy.deepcopy(first) == pickle.loads(pickle.dumps(first))
    assert hash(first) == hash(copy.copy(first))
    assert first != second
    assert first != "a"


@pytest.mark.parametrize("path", sorted(FIXTURES.rglob("*.rpsl")), ids=lambda path: path.stem)
def test_a_message_can_be_composed_again(path: Path) -> None:
    """To the last character."""
    text = path.read_bytes().decode("latin-1")
    assert parse_message(text).compose() == text
    assert parse_message(f"\ufeff{text}").compose() == f"\ufeff{text}"


# The verdict.


def test_a_good_message_has_no_problem() -> None:
    """For every registry problems are asked for by its name, and there is none by another."""
    assert check(f"{MNTNER}\n{NET}") == []
    with pytest.raises(ValueError, match="unknown registry 'example'; expected one of ripe, apnic, afrinic, irrd"):
        check(NET, "example")


def test_the_verdict_joins_all_judges_in_document_order() -> None:
    """Form, instructions, template, syntax, references and hierarchy."""
    text = f"hello\n\npassword: x\n{NET.replace('NL', 'NLD')}x: y\n\n{MNTNER}\n" + NET.replace(
        "192.0.2.0 - 192.0.2.255", "192.0.2.128 - 192.0.3.127"
    )
    problems = check(text)
    assert said(problems) == sorted(said(problems), key=lambda row: row[1:])
    assert [(code, line) for code, line, _ in said(problems)] == [
        ("ignored-text", 1),
        ("password-ignored", 3),
        ("overlapping-network", 4),
        ("bad-value", 6),
        ("unknown-attribute", 12),
        ("overlapping-network", 21),
    ]


def test_a_deletion_need_not_be_a_good_object() -> None:
    """Its text has to be the stored object's; only what that could not be is refused."""
    assert codes("mntner: X\ndelete: unused\n") == []
    assert codes("mntner: X\nsource: RIPE # Filtered\ndelete: unused\n") == ["filtered-object"]
    assert codes("mntner: X\nsource: ELSEWHERE\ndelete: unused\n") == ["unknown-source"]
    assert codes("foo: X\ndelete: unused\n") == ["unknown-class"]
    assert codes("mntner: X\ndelete: a\ndelete: b\n") == ["delete-repeated"]


def test_objects_are_looked_up_in_a_database() -> None:
    """Given as objects it is all there is; the message lies on top of it."""
    person = parse_object("person: Example Person\nnic-hdl: EP1-RIPE\nsource: RIPE\n")
    mntner = parse_object(MNTNER)
    assert codes(NET, against=[person, mntner]) == []
    assert codes(NET, against=ObjectSet([person, mntner], registry="ripe", complete=True)) == []
    assert codes(NET, against=[person]) == []
    other = parse_object("mntner: OTHER-MNT\nsource: RIPE\n")
    assert codes(NET, against=[person, other]) == ["unknown-reference"]
    assert codes(f"{NET}\n{MNTNER}", against=[person, other]) == []
    assert codes(f"{NET}\n{MNTNER}delete: x\n", against=iter([person, mntner])) == [
        "unknown-reference",
        "still-referenced",
    ]


def test_messages_that_are_sent_together_know_each_other() -> None:
    """An object of one may refer to an object of the other."""
    net, mntner = parse_message(NET), parse_message(MNTNER + "delete: x\n")
    alone = list(iter_verdict(net, "ripe", Submitted([net], "ripe")))
    together = list(iter_verdict(mntner, "ripe", Submitted([net, mntner], "ripe")))
    assert [problem.code for problem in (*alone, *together)] == ["still-referenced"]


def test_keys_that_the_registry_shall_make_up_count_in_their_own_message() -> None:
    """`AUTO-1` of two messages is two objects, and no reference leads from one to the other."""
    role = "role: Example Desk\nnic-hdl: AUTO-1\ne-mail: a@example.net\nmnt-by: EXNET-MNT\nsource: RIPE\n"
    texts = [f"{role}\n{NET.replace('EP1-RIPE', 'AUTO-1')}", role, NET.replace("EP1-RIPE", "AUTO-1"), f"{role}\n{role}"]
    messages = [parse_message(text) for text in texts]
    submitted = Submitted(messages, "ripe")
    verdicts = [[p.code for p in iter_verdict(message, "ripe", submitted)] for message in messages]
    assert verdicts == [[], [], ["auto-key-undefined"] * 2, ["auto-key-repeated"] * 2]
    below = ObjectSet(parse_objects(MNTNER), registry="ripe", complete=True)
    assert [p.code for p in iter_verdict(messages[3], "ripe", submitted, below)] == ["auto-key-repeated"] * 2


def test_an_object_that_is_stored_already_changes_nothing() -> None:
    """Then nothing but its text is judged, and what it has of the registry's own values is replaced by nothing."""
    dates = "created: 2001-01-01T00:00:00Z\nlast-modified: 2002-01-01T00:00:00Z\n"
    stored = parse_objects(f"{MNTNER.replace('PGPKEY-0A0B0C0D', 'MD5-PW $1$abcdefgh$0123456789012345678901')}{dates}")
    again = str(stored[0])
    assert codes(again, against=stored) == ["identical-object"]
    assert codes(again.replace("created: 2001", "created: 1999"), against=stored) == ["identical-object"]
    assert codes(again.replace("RIPE", "ripe"), against=stored) == ["identical-object", "value-rewritten"]
    assert codes(again.replace("upd-to", "x"), against=stored) == [
        "missing-attribute",
        "unknown-attribute",
        "md5-password",
        "generated-attribute",
    ]
    assert codes(f"{again}delete: unused\n", against=stored) == []
    assert codes(again, "apnic", against=stored).count("identical-object") == 0


@pytest.mark.parametrize("together", [1, 2, 3])
def test_how_many_objects_are_judged_together_changes_nothing(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """New ones, changed and unchanged ones, and deletions, in document order."""
    stored = parse_objects(f"{MNTNER}\n{NET}")
    parts = (MNTNER, f"{NET}delete: x\n", f"{MNTNER}remarks: x\n", NET.replace("NL", "XX"), f"{MNTNER}delete: x\n", NET)
    text = "\n".join(parts)
    expected = check(text, against=stored)
    monkeypatch.setattr(verdict, "_AT_ONCE", together)
    assert check(text, against=stored) == expected
    assert len({problem.code for problem in expected}) > 3


def test_only_values_that_differ_from_the_stored_ones_are_replaced() -> None:
    """The registry writes a new `last-modified` with every change, and keeps the other values that it made."""
    stored = parse_objects(f"{MNTNER}created: 2001-01-01T00:00:00Z\nlast-modified: 2002-01-01T00:00:00Z\n")
    changed = f"{stored[0]}remarks: new\n"
    (problem,) = check(changed, against=stored)
    assert (problem.code, problem.message[:13]) == ("generated-attribute", "last-modified")
    assert len(check(changed.replace("2001", "1999"), against=stored)) == 2
    assert len(check(changed)) == 2


def test_objects_and_bytes_are_checked_as_texts_are() -> None:
    """Objects that are parsed or built already have the problems of their texts, with their lines."""
    text = f"{NET}x: y\n\n{MNTNER}"
    objects = parse_objects(text)
    assert check(objects) == check(text)
    assert check(iter(objects)) == check(text)
    assert check(objects[0]) == check(str(objects[0]))
    assert check(text.encode()) == check(text)
    assert codes(f"{MNTNER}remarks: \u2019\n".encode("cp1252")) == ["unknown-encoding", "utf8-conversion"]
    assert [problem.code for problem in check(b"\x1f\x8b")] == ["not-text"]
    assert check(text, against=objects[1]) == check(text, against=objects[1:])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((5,), "text: expected a text, bytes or objects, not int"),
        ((None,), "text: expected a text, bytes or objects, not NoneType"),
        ((["irt: x\n"],), "text: expected a text, bytes or objects, not str among them"),
        ((NET, "ripe", "there.rpsl"), "against: expected an index, or objects; see parse_objects for texts, not str"),
        ((NET, "ripe", [None]), "against: expected an index, or objects; see parse_objects for texts, not NoneType"),
    ],
)
def test_what_cannot_be_checked_is_a_type_error(arguments: tuple[Any, ...], message: str) -> None:
    """Which says what was expected."""
    with pytest.raises(TypeError, match=message):
        check(*arguments)


def test_new_objects_must_not_exist() -> None:
    """With the keyword NEW; deletions do not go with it at all."""
    new = parse_message(f"{NET}\n{MNTNER}delete: x\n", keywords="NEW")
    below = ObjectSet(parse_objects(f"{NET}\n{MNTNER}"), registry="ripe", complete=True)
    found = [problem.code for problem in iter_verdict(new, "ripe", Submitted([new], "ripe"), below)]
    assert "new-object-exists" in found
    assert "delete-with-new" in found


def test_a_message_may_be_too_large() -> None:
    """RIPE takes so many objects at once; others have not said."""
    many = "\n".join(f"as-set: AS-EXAMPLE-{number}\nsource: RIPE\n" for number in range(5001))
    assert [p.code for p in check(many) if p.severity is Severity.WARNING] == ["too-many-updates"]
    assert not [p for p in check(many, "apnic") if p.code == "too-many-updates"]


def test_problems_are_merged_by_place() -> None:
    """At one place those of the first come first."""
    rows = [Problem(code, Severity.INFO, "m", Span(line, 1)) for code, line in (("a", 1), ("b", 2), ("c", 2), ("d", 3))]
    assert list(merged([rows[1], rows[3]], [rows[0], rows[2]])) == rows


# The table of codes.


EXAMPLES = [row for row in CODES.values() if "\n" in row.wrong]
"""The others are described in a line: what is wrong is a file, or too much of something."""


def judged(example: str) -> list[str]:
    """The codes that an example of the manual gives."""
    keywords, stored, text = "", "", example
    if text.startswith("% in the database:\n"):
        stored, _, text = text.removeprefix("% in the database:\n").partition("\n% ")
        text = f"% {text}"
    if text.startswith("% keywords:"):
        keywords, _, text = text.removeprefix("% keywords:").partition("\n\n")
    message = parse_message(text.removeprefix("% submitted:\n"), keywords=keywords)
    below = ObjectSet(parse_objects(stored), registry="ripe", complete=True) if stored else None
    return [problem.code for problem in iter_verdict(message, "ripe", Submitted([message], "ripe"), below)]


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row.code)
def test_the_manual_s_examples_are_true(row: Code) -> None:
    """The wrong one gives its code, and the right one does not."""
    assert row.code in judged(row.wrong)
    assert row.code not in judged(row.right)


def test_codes_are_defined_once() -> None:
    """None of them is a code of objects or of databases, too, and each has a title."""
    rows = [row for group in GROUPS for row in group.rows]
    assert len(CODES) == len(rows)
    assert len(TITLES) > len(rows)
    assert all(row.title[0].islower() and row.explanation.endswith(".") for row in rows)
    with pytest.raises(KeyError):
        problem_of("no-such-code", "m", None)


def test_every_problem_code_of_a_message_is_in_the_table() -> None:
    """So that reports can say what it is about."""
    text = f"hello\n\n# c\n{NET}x: y\npassword: a\rb\n\ndelete: z\n\nfoo: bar\n\nirt: x\nirt: y\n"
    assert {problem.code for problem in check(text)} <= set(TITLES)


# Bytes.


@pytest.mark.parametrize(
    ("data", "text", "found"),
    [
        (b"irt: x\n", "irt: x\n", []),
        ("irt: \u00e9\n".encode(), "irt: \u00e9\n", []),
        ("irt: \u00e9\n".encode("latin-1"), "irt: \u00e9\n", []),
        ("\ufeffirt: \u00e9\n".encode(), "\ufeffirt: \u00e9\n", []),
        (b"irt: x\na: \xc3\xa9 \xe9\n", "irt: x\na: \u00e9 \u00e9\n", [("mixed-encodings", 2, 6)]),
        (b"irt: x\na: \x93x\x94\n", "irt: x\na: \x93x\x94\n", [("unknown-encoding", 2, 4)]),
        (b"\xed\xa0\x80", "\xed\xa0\x80", [("unknown-encoding", 1, 3)]),
        (b"irt: x" + b"y" * 20 + b"\na: b\x00c\n", "irt: x" + "y" * 20 + "\na: b\0c\n", [("not-text", 2, 5)]),
        ("irt: x\n".encode("utf-16-le"), None, [("not-text", 1, 2)]),
        (b"\x00", None, [("not-text", 1, 1)]),
        (b"", "", []),
    ],
)
def test_bytes_become_text(data: bytes, text: str | None, found: list[tuple[str, int, int]]) -> None:
    """UTF-8, and latin-1 where it is none; what can be neither is told with its place."""
    decoded = decode(data)
    assert decoded.text == text
    assert said(decoded.problems) == found


@pytest.mark.parametrize("data", [b"\xff\xfei\x00", b"\xfe\xff\x00i", b"\x1f\x8b\x08", b"BZh9", b"PK\x03\x04"])
def test_what_is_no_text_is_not_read(data: bytes) -> None:
    """And what it is instead is said."""
    decoded = decode(data)
    assert decoded.text is None
    assert [problem.code for problem in decoded.problems] == ["not-text"]


# Hostile texts.


@pytest.mark.parametrize(
    "text",
    [
        "password:x\n" * 100_000,
        "delete:x\n" * 100_000 + "irt: x\n",
        "%\n" * 200_000 + "irt: x\n",
        "irt: x\n" + "%\n" * 100_000,
        "hello\n\n" * 50_000,
        "-----BEGIN PGP SIGNED MESSAGE-----\n" * 30_000,
        ("-----BEGIN PGP SIGNED MESSAGE-----\n\nirt: x\n" + SIGNATURE) * 5_000,
        "- " * 500_000,
        "irt:" + " " * 1_000_000 + "x",
        " \n" * 300_000 + "irt: x\n",
        "\r" * 1_000_000,
        "irt: x\r" * 100_000,
        "override:" + "," * 1_000_000 + "\nirt: x\n",
        "override: a,b," + "{" * 1_000_000 + "\nirt: x\n",
        "inetnum: 192.0.2.0 - 192.0.2.255\n\n" * 20_000,
    ],
    ids=range(15),
)
def test_no_text_takes_long(text: str) -> None:
    """Time grows with the length of a message only."""
    started = time.perf_counter()
    message = parse_message(text)
    assert message.compose() == text
    assert str(message)
    assert time.perf_counter() - started < 10


def test_an_object_that_is_built_has_the_same_problems() -> None:
    """As the same object written by hand."""
    pairs = [("inetnum", "192.0.2.0 - 192.0.2.255"), ("status", "NONE"), ("foo", "bar"), ("source", "RIPE")]
    built = RpslObject.build("inetnum", pairs)
    text = "".join(f"{name}: {value}\n" for name, value in pairs)
    assert [(p.code, p.message) for p in check(str(built))] == [(p.code, p.message) for p in check(text)]


def test_a_class_without_its_colon_is_no_prose() -> None:
    """The paragraph was meant to be an object, and the registry would leave it out."""
    good = "mntner: EX-MNT\nsource: RIPE\n"
    meant = "inetnum   192.0.2.0 - 192.0.2.255\nnetname:  EXAMPLE\n"
    problems = parse_message(f"{good}\n{meant}").problems
    assert [(problem.code, problem.severity, problem.span and problem.span.line) for problem in problems] == [
        ("no-colon", Severity.ERROR, 4)
    ]
    assert [problem.code for problem in parse_message(f"{good}\nrole of honour\n").problems] == ["ignored-text"]


def test_where_nothing_could_be_read_the_reason_stands_alone() -> None:
    """That there is no object follows from it."""
    codes = [problem.code for problem in check("inetnum   192.0.2.0 - 192.0.2.255\nnetname:  EXAMPLE\n")]
    assert codes == ["no-colon"]
    assert [problem.code for problem in check("")] == ["no-update"]


def test_an_object_with_the_registry_s_dates_is_there_already() -> None:
    """What only the registry may do to create an object is not asked of one that it has."""
    text = "mntner: AS64496\nadmin-c: EX1-RIPE\nupd-to: a@example.net\nauth: PGPKEY-0A1B2C3D\nmnt-by: AS64496\n"
    text += "source: RIPE\n"
    new = {problem.code for problem in check(text)}
    stored = {problem.code for problem in check(text.replace("source:", "created: 2020-01-01T00:00:00Z\nsource:"))}
    assert "bad-mntner-name" in new
    assert stored == {"generated-attribute"}
