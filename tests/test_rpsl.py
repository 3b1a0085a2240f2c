"""The object parser: what it takes, what it refuses and where, what edits leave alone."""

import contextlib
import pickle
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from irtkit.errors import ParseError
from irtkit.problems import Problem, Severity, Span
from irtkit.rpsl import (
    MAX_OBJECT,
    Attribute,
    Comment,
    ObjectParser,
    RpslObject,
    as_primary_key,
    iter_objects,
    parse_object,
    parse_objects,
)

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl"
VALID = sorted((FIXTURES / "valid").glob("*.rpsl"))
BROKEN = sorted((FIXTURES / "broken").glob("*.rpsl"))
IRT = "irt:            IRT-EXAMPLE\naddress:        Example Street 1\nsource:         EXAMPLE\n"
A_CLASS = "expected the name of a class, such as irt or inetnum, as the first attribute"


def name_of(path: Path) -> str:
    return path.stem


def only(text: str | bytes) -> RpslObject:
    (found,) = parse_objects(text)
    return found


def attribute(text: str) -> Attribute:
    return only(f"irt: IRT-EXAMPLE\n{text}")[1]


# The fixtures.


def test_there_are_fixtures() -> None:
    """The folders were found, so the tests that iterate over them test something."""
    assert len(VALID) >= 10
    assert len(BROKEN) >= 10
    assert {path.stem for path in (FIXTURES / "valid").iterdir()} == {path.stem for path in VALID}
    assert {path.stem for path in (FIXTURES / "broken").iterdir()} == {path.stem for path in BROKEN}


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_a_valid_text_gives_the_expected_attributes(path: Path) -> None:
    """Names and clean values are as written beside the fixture."""
    objects = parse_objects(path.read_bytes())
    texts = ["".join(f"{a.name}: {a.value}".rstrip() + "\n" for a in found) for found in objects]
    assert "\n".join(texts) == path.with_suffix(".attributes").read_text("utf-8")


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_a_valid_text_comes_back_byte_for_byte(path: Path) -> None:
    """Each object's bytes are those of its lines in the file, comment lines left out."""
    content = path.read_bytes()
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    for found in parse_objects(content):
        for a in found:
            assert lines[a.line - 1] in bytes(found).splitlines(keepends=True)
        if path.stem != "comment-lines-inside":
            assert bytes(found) in content


@pytest.mark.parametrize("path", BROKEN, ids=name_of)
def test_a_broken_text_gives_the_expected_problems(path: Path) -> None:
    """What is reported, of reading and of refusals, is as written beside the fixture."""
    problems: list[Problem] = []
    objects = parse_objects(path.read_bytes(), problems=problems)
    problems += [refusal for found in objects if (refusal := found.find_refusal())]
    problems.sort(key=lambda problem: problem.span.line if problem.span else 0)
    assert [str(problem) for problem in problems] == path.with_suffix(".problems").read_text("utf-8").splitlines()
    for problem in problems:
        assert problem.severity is Severity.ERROR
        assert problem.hint is not None
        assert problem.hint.startswith("expected ")
        assert problem.citation == "RFC 2622, section 2"


@pytest.mark.parametrize("path", BROKEN, ids=name_of)
def test_reading_goes_on_after_a_broken_paragraph(path: Path) -> None:
    """The good object that follows in the fixture is read, on its own line."""
    content = path.read_bytes()
    good = content.find(b"\nirt:            IRT-EXAMPLE\n")
    lines = [found.line for found in parse_objects(content, problems=[]) if not found.find_refusal()]
    assert lines == ([content.count(b"\n", 0, good + 1) + 1] if good >= 0 else [])


# Attributes.


@pytest.mark.parametrize(
    ("text", "value", "comment"),
    [
        ("remarks: a # b", "a", "b"),
        ("remarks: a#b#c", "a", "b#c"),
        ("remarks: a # one\n two # three\n+four", "a two four", "one three"),
        ("remarks: # one\n# is a comment line\n + two", "+ two", "one"),
        ("remarks:", "", ""),
        ("remarks:\n+\n ", "", ""),
        ("remarks:\ta\t\tb\r\n\tc\r\n", "a b c", ""),
        ("remarks:\n++a", "+a", ""),
        ("remarks:+a", "+a", ""),
        ("remarks: a:b", "a:b", ""),
        ("remarks: a\xa0\x0bb\u2028c", "a\xa0\x0bb\u2028c", ""),
        ("contact:#a#b #c", "#a#b", "c"),
        ("contact: #a", "", "a"),
        ("contact: a\n+#b", "a", "b"),
        ("contact: a\n +#b", "a +#b", ""),
    ],
)
def test_value_and_comment_are_told_apart(text: str, value: str, comment: str) -> None:
    """A comment runs from `#` to the end of its line; in `contact` only after white space."""
    assert (attribute(text).value, attribute(text).comment) == (value, comment)


def test_names_are_lower_case_and_not_trimmed() -> None:
    """`Mnt-By :` is another name than `mnt-by`, as at the registry."""
    assert attribute("Mnt-By :A-MNT").name == "mnt-by "


@pytest.mark.parametrize("name", ["mnt-by", "mnt-irt", "mnt-ref", "members", "member-of", "mb", "*mi", "Holes"])
def test_list_attributes_are_split_at_commas(name: str) -> None:
    """Elements are trimmed; an empty one stays, for the syntax check to refuse."""
    assert attribute(f"{name}: A ,\n B,, C").values == ("A", "B", "", "C")


@pytest.mark.parametrize("name", ["mnt-routes", "admin-c", "auth", "remarks", "*xx"])
def test_other_attributes_are_one_value(name: str) -> None:
    """A comma in them is part of the value."""
    assert attribute(f"{name}: A, B").values == ("A, B",)


def test_an_attribute_keeps_its_lines() -> None:
    """Raw text and physical lines are exactly what was written."""
    found = attribute("remarks:  a\r\n+ b # c\n\tlast")
    assert found.raw == str(found) == "remarks:  a\r\n+ b # c\n\tlast"
    assert found.lines == ("remarks:  a\r\n", "+ b # c\n", "\tlast")


@pytest.mark.parametrize(
    ("offset", "length", "span"),
    [
        (0, 1, Span(4, 11, 1)),
        (0, 5, Span(4, 11, 3)),
        (4, 2, Span(5, 3, 2)),
        (0, 99, Span(4, 11, 3)),
        (3, 2, Span(4, 14, 1)),
        (7, 1, Span(5, 6, 1)),
        (8, 1, Span(5, 7, 1)),
    ],
)
def test_a_span_leads_back_to_the_text(offset: int, length: int, span: Span) -> None:
    """Lines and columns count in the whole text, and a span does not leave its line."""
    text = "% heading\n\nirt: IRT-EXAMPLE\nremarks:  a b # comment\n+ cd e\n"
    found = only(text).get("remarks")[0]
    assert found.value == "a b cd e"
    assert found.span(offset, length) == span


def test_a_span_of_an_empty_value_follows_the_colon() -> None:
    """There is a place to point at even where nothing stands."""
    assert attribute("remarks:").span() == Span(2, 9)
    assert attribute("remarks: # nothing").name_span == Span(2, 1, 7)


@pytest.mark.parametrize("offset", [-1, 4])
def test_a_span_outside_the_value_is_an_error(offset: int) -> None:
    """Offsets count from 0 to the length of the value."""
    with pytest.raises(IndexError, match="outside a value of 3"):
        attribute("remarks: abc").span(offset)


def test_lines_are_right_after_comment_lines_inside_an_object() -> None:
    """Comment lines are set apart, and the lines after them keep their numbers."""
    comments: list[Comment] = []
    text = "# one\nirt: IRT-EXAMPLE\n# two\nremarks: a\n% three\n b\nsource: X\n"
    (found,) = parse_objects(text, comments=comments)
    assert str(found) == "irt: IRT-EXAMPLE\nremarks: a\n b\nsource: X\n"
    assert [a.line for a in found] == [2, 4, 7]
    assert [found[1].span(at).line for at in (0, 2)] == [4, 6]
    assert comments == [Comment("# one", 1), Comment("# two", 3), Comment("% three", 5)]


# Objects.


def test_an_object_is_a_sequence_of_attributes() -> None:
    """Length, index, slice, iteration and membership are those of a sequence."""
    found = parse_object(IRT)
    assert len(found) == 3
    assert [a.name for a in found] == ["irt", "address", "source"]
    assert found[-1].value == "EXAMPLE"
    assert [a.name for a in found[1:]] == ["address", "source"]
    assert found[1] in found
    assert repr(found) == "<RpslObject irt 'IRT-EXAMPLE', line 1, 3 attributes>"
    assert repr(found[0]) == "<Attribute irt: 'IRT-EXAMPLE', line 1>"


def test_attributes_are_found_by_name() -> None:
    """`get` returns all, `first` one or None, `values` the elements of all."""
    found = parse_object("inetnum: 192.0.2.0/24\nmnt-by: A, B\nremarks: x\nMNT-BY: C\n")
    assert [a.line for a in found.get("Mnt-By")] == [2, 4]
    assert found.values("mnt-by") == ("A", "B", "C")
    assert found.first("MNT-BY") == found[1]
    assert found.first("org") is None
    assert found.get("org") == ()
    assert found.values("org") == ()


@pytest.mark.parametrize(
    ("text", "class_name", "key"),
    [
        ("irt: irt-example\n", "irt", "IRT-EXAMPLE"),
        ("*it: irt-example\n", "irt", "IRT-EXAMPLE"),
        ("it: irt-example\n", "irt", "IRT-EXAMPLE"),
        ("route: 192.0.2.0/24\norigin: as64496\n", "route", "192.0.2.0/24AS64496"),
        ("route6: 2001:db8::/32\norigin: AS64496\n", "route6", "2001:DB8::/32AS64496"),
        ("person: A B\nnic-hdl: ab1-example\n", "person", "AB1-EXAMPLE"),
        ("*ro: A B\n*nh: ab1-example\n", "role", "AB1-EXAMPLE"),
        ("inetnum: 192.0.2.0 -\n 192.0.2.255 # all\n", "inetnum", "192.0.2.0 - 192.0.2.255"),
        ("*xxinetnum: 192.0.2.0 - 192.0.2.255\n", "*xxinetnum", "192.0.2.0 - 192.0.2.255"),
        ("shelf-mark: a\n", "shelf-mark", "A"),
        ("shelf-mark:\n", "shelf-mark", None),
        ("irt:\n", "irt", None),
        ("irt: a\nit: b\n", "irt", None),
        ("irt: a\nIRT: b\n", "irt", None),
        ("person: A B\n", "person", None),
        ("route: 192.0.2.0/24\norigin:\n", "route", None),
    ],
)
def test_class_and_primary_key(text: str, class_name: str, key: str | None) -> None:
    """The first attribute names the class, and the class says which attributes are the key."""
    found = only(text)
    assert found.class_name == class_name
    assert found.primary_key == key
    assert key is None or as_primary_key(key.lower()) == key


def test_a_name_glued_to_a_line_without_colon_is_no_key() -> None:
    """What looks like a second key attribute is part of an unknown name there."""
    found = parse_object("irt: IRT-A\ngarbage\nirt: IRT-B\n")
    assert found.primary_key == "IRT-A"
    assert [a.name for a in found] == ["irt", "garbage\nirt"]
    assert found[1].name_span == Span(2, 1, 7)
    assert found[1].span() == Span(3, 6)


def test_equality_ignores_case_layout_and_comments() -> None:
    """Two spellings are one object; another order or another value is another object."""
    found = parse_object(IRT)
    assert found == parse_object("IRT:irt-example\naddress: example\n+street 1 # here\nsource: Example")
    assert hash(found) == hash(parse_object(IRT.upper()))
    assert found != parse_object(IRT.replace("Street 1", "Street 2"))
    assert found != parse_object("irt: IRT-EXAMPLE\nsource: EXAMPLE\naddress: Example Street 1\n")
    assert found != IRT
    assert found[0] != "irt"
    assert attribute("mnt-by: A,B") == attribute("mnt-by: a, b")
    assert attribute("mnt-by: A") != attribute("mnt-ref: A")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_bytes_come_back_in_their_own_encoding(encoding: str) -> None:
    """UTF-8 if it is valid UTF-8, else latin-1; of text, UTF-8."""
    text = IRT.replace("Street", "Straße")
    assert bytes(parse_object(text.encode(encoding))) == text.encode(encoding)
    assert str(parse_object(text.encode(encoding))) == text
    assert bytes(parse_object(text)) == text.encode()


def test_objects_can_be_pickled() -> None:
    """They travel between processes with their text, encoding and lines."""
    found = parse_objects(b"\n\n" + IRT.encode("latin-1"))[0]
    again = pickle.loads(pickle.dumps(found))
    assert (again, bytes(again), again.line) == (found, bytes(found), 3)


# The strict parser.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: the text is empty; expected 'class: value'"),
        ("\n" + IRT, "1:1: the line is empty; expected one object without empty lines"),
        (IRT + "\n", "4:1: the line is empty; expected one object without empty lines"),
        (IRT + "\r\n", "4:1: the line is empty; expected one object without empty lines"),
        (IRT + "\n" + IRT, "4:1: the line is empty; expected one object without empty lines"),
        (IRT + "\r", "4:1: \"\\x0d\" has no colon; expected 'name: value'"),
        (IRT + "more\n", "4:1: \"more\" has no colon; expected 'name: value'"),
        ("irt", "1:1: \"irt\" has no colon; expected 'name: value'"),
        ("x" * 99, '1:1: "' + "x" * 40 + "...\" has no colon; expected 'name: value'"),
        (": IRT-A", "1:1: there is no name before the colon; expected 'class: value'"),
        (" irt: IRT-A", f'1:1: " irt" is not a class; {A_CLASS}'),
        ("% hello\n" + IRT, f'1:1: "% hello\\x0airt" is not a class; {A_CLASS}'),
        (IRT.replace("irt", "network"), f'1:1: "network" is not a class; {A_CLASS}'),
        ("irt: # none\n", "1:5: irt is empty, and it is in the primary key; expected a value after 'irt:'"),
    ],
)
def test_the_strict_parser_says_where_and_what_it_expected(text: str, message: str) -> None:
    """A refusal has line, column and expectation, of text and of bytes."""
    for given in (text, text.encode()):
        with pytest.raises(ParseError) as refusal:
            parse_object(given)
        assert str(refusal.value) == message


def test_a_line_of_blanks_continues_an_attribute() -> None:
    """Only an empty line ends an object."""
    text = "irt: IRT-EXAMPLE\n \nsource: EXAMPLE\n\t\n"
    assert str(parse_object(text)) == text
    assert len(only(text)) == 2


# Whole texts.


def test_without_a_list_of_problems_the_first_one_is_raised() -> None:
    """Nothing is lost silently."""
    objects = iter_objects(IRT + "\nprose\n\n" + IRT)
    assert next(objects) == parse_object(IRT)
    with pytest.raises(ParseError, match=r'5:1: "prose" has no colon; expected'):
        next(objects)


def test_comments_are_kept_beside_the_objects() -> None:
    """`%ERROR:101` is an answer: it is there, with its line."""
    comments: list[Comment] = []
    text = b"% caf\xc3\xa9\r\n%\xe9\n\n%ERROR:101: no entries found\n"
    assert parse_objects(text, comments=comments) == []
    assert comments == [Comment("% café", 1), Comment("%é", 2), Comment("%ERROR:101: no entries found", 4)]


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", "  \n", " \n\n\t", "\ufeff", "\ufeff\n\n", "\r"])
def test_a_text_of_nothing_has_no_objects(text: str) -> None:
    """Blanks, empty lines and a byte order mark are neither objects nor problems."""
    for given in (text, text.encode()):
        assert parse_objects(given) == []


@pytest.mark.parametrize("limit", [16, 17])
def test_an_object_longer_than_the_limit_is_a_problem(limit: int) -> None:
    """An object as long as the limit is read, a longer one is skipped; reading goes on."""
    first, second = "irt: IRT-EXAMPLE\n", "irt: A\n"
    problems: list[Problem] = []
    objects = parse_objects(f"{first}\n{second}", problems=problems, max_object=limit)
    assert [str(found) for found in objects] == ([second] if limit == 16 else [first, second])
    expected = "1:1: error[object-too-long]: the object is longer than 16 characters"
    assert [str(problem) for problem in problems] == ([expected] if limit == 16 else [])


def test_the_limit_is_the_registrys() -> None:
    """One character more than five million is too long."""
    text = "irt: IRT-EXAMPLE\nremarks: "
    fits = text + "x" * (MAX_OBJECT - len(text))
    assert len(parse_objects(fits)) == 1
    with pytest.raises(ParseError, match="longer than 5000000 characters"):
        parse_objects(fits + "x")


# Texts in pieces.


def test_objects_come_when_they_are_complete() -> None:
    """An object is complete at the empty line after it, or at the end."""
    parser = ObjectParser()
    assert parser.feed("irt: IRT-A\nsour") == []
    assert parser.feed("ce: X\n") == []
    assert [found.primary_key for found in parser.feed("\nirt: IRT-B\n")] == ["IRT-A"]
    assert [found.line for found in parser.feed("\nirt: IRT-C\n\n\nirt: IRT-D\n\nirt: IRT-E")] == [4, 6, 9]
    (last,) = parser.close()
    assert (last.primary_key, last.line) == ("IRT-E", 11)
    assert parser.close() == []


@pytest.mark.parametrize("size", range(1, 20))
def test_an_empty_line_with_a_carriage_return_completes_an_object(size: int) -> None:
    """However CR and LF are cut apart, the object is out as soon as its empty line is in."""
    text = "irt: A\r\n\r\nirt: B\r\n\r\r\nirt: C\r\n\r\n"
    parser = ObjectParser()
    objects = [found for at in range(0, len(text), size) for found in parser.feed(text[at : at + size])]
    assert [found.primary_key for found in objects] == ["A", "B", "C"]


@pytest.mark.parametrize("size", range(1, 20))
def test_carriage_returns_inside_an_object_are_kept(size: int) -> None:
    """A CR that begins a line with something on it is part of the object, however it is cut."""
    text = "irt: A\n\rremarks: X\r\r\n\r\rsource: X\n"
    parser = ObjectParser()
    objects = [found for at in range(0, len(text), size) for found in parser.feed(text[at : at + size])]
    assert [str(found) for found in objects + parser.close()] == [text]


def test_pieces_may_cut_characters_and_line_ends() -> None:
    """UTF-8 characters, CR LF and a byte order mark arrive byte by byte."""
    content = b"\xef\xbb\xbf" + IRT.replace("Street", "Straße").replace("\n", "\r\n").encode() + b"\r\n% end\r\n"
    parser = ObjectParser()
    objects = [found for byte in content for found in parser.feed(bytes([byte]))] + parser.close()
    assert objects == parse_objects(content)
    assert objects[0].values("address") == ("Example Straße 1",)
    assert parser.comments == [Comment("% end", 5)]


def test_an_endless_object_is_skipped_in_bounded_memory() -> None:
    """Nothing of an object that is too long is held, and the next one is found."""
    parser = ObjectParser(max_object=1000)
    parser.feed(b"irt: IRT-EXAMPLE\n")
    for _ in range(1000):
        assert parser.feed(b"remarks: " + b"x" * 990 + b"\n") == []
        assert sum(map(len, parser._held)) <= 1000
    assert parser.feed(b"\r" * 5000) == []
    (found,) = parser.feed(b"\n\r\nirt: IRT-NEXT\n\n")
    assert (found.primary_key, found.line) == ("IRT-NEXT", 1004)
    assert [problem.code for problem in parser.problems] == ["object-too-long"]
    assert parser.close() == []


def test_text_and_bytes_do_not_mix() -> None:
    """A parser that was fed bytes wants bytes."""
    parser = ObjectParser()
    parser.feed(b"irt: IRT-EXAMPLE\n")
    with pytest.raises(TypeError, match="expected bytes again, not str"):
        parser.feed("source: X\n")


@pytest.mark.parametrize("given", [None, Path("irt.rpsl"), StringIO(IRT), bytearray(IRT.encode()), 5, [IRT]])
def test_what_is_no_text_is_refused_by_name(given: Any) -> None:
    """At once, by every reader, with what was expected."""
    refused = f"text: expected a text or bytes, not {type(given).__name__}"
    for read in (parse_object, parse_objects, iter_objects):
        with pytest.raises(TypeError) as refusal:
            read(given)
        assert str(refusal.value) == refused
    with pytest.raises(TypeError, match=r"^data: expected a text or bytes, not "):
        ObjectParser().feed(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"irt": None}, 'the value of "irt": expected a text (str) or an iterable of texts, not NoneType'),
        (
            {"irt": "A", "as-block": 5},
            'the value of "as-block": expected a text (str) or an iterable of texts, not int',
        ),
        ({"irt": b"A"}, 'the value of "irt": expected a text (str) or an iterable of texts, not bytes'),
        (
            {"irt": "A", "mnt-by": ["B", 1]},
            'the value of "mnt-by": expected a text (str) or an iterable of texts, not int',
        ),
        ([("irt", "A"), ("org", None)], 'the value of "org": expected a text (str), not NoneType'),
        ([("irt", ["A"])], 'the value of "irt": expected a text (str), not list'),
        ({"irt": "A", 5: "B"}, "expected a text (str) as the name of an attribute, not int"),
        (None, "attributes: expected a mapping, or pairs of texts, not NoneType"),
    ],
)
def test_an_object_is_built_of_texts(given: Any, message: str) -> None:
    """What is none is refused with the name of its attribute."""
    with pytest.raises(TypeError) as refusal:
        RpslObject.build("irt", given)
    assert str(refusal.value) == message


def test_a_hash_in_a_value_that_is_built_begins_a_comment() -> None:
    """It is written, and is no part of the value; in a contact only after white space."""
    link = "https://t.example/#fragment"
    built = RpslObject.build("irt", {"irt": "A", "remarks": (one for one in ["a # b", "c"]), "contact": f"{link} # d"})
    assert built.values("remarks") == ("a", "c")
    assert built[1].comment == "b"
    assert built.values("contact") == (link,)
    assert str(built).splitlines()[1] == "remarks:        a # b"


@pytest.mark.parametrize(
    "text",
    [
        "irt: IRT-EXAMPLE\n" + "+\n" * 200_000,
        "irt: IRT-EXAMPLE\n" + "a:\n" * 200_000,
        "irt: IRT-EXAMPLE\n" + "#\na:\n" * 100_000,
        "irt: IRT-EXAMPLE\ncontact:" + " #" * 200_000,
        "irt: IRT-EXAMPLE\nmnt-by:" + "," * 400_000,
        "irt:" + " " * 400_000 + "x",
        "x" * 400_000,
        "x\n" * 200_000,
        ":" * 400_000,
        "\n" * 400_000,
        "\r" * 400_000 + "x",
        "irt: IRT-EXAMPLE\n" + "x\n" * 200_000 + "y: z\n",
    ],
    ids=lambda text: repr(text[-12:]),
)
def test_the_work_is_linear_in_the_text(text: str) -> None:
    """Hostile texts take a second or so where quadratic work would take hours."""
    started = time.process_time()
    for found in parse_objects(text, problems=[]):
        assert [(a.value, a.values, a.comment, a.line) for a in found]
        assert found[-1].span(len(found[-1].value)).line >= found[-1].line
        assert (found.primary_key, found.find_refusal()) != (None, None)
    with contextlib.suppress(ParseError):
        parse_object(text)
    parser = ObjectParser()
    for start in range(0, len(text), 64):
        parser.feed(text[start : start + 64])
    parser.close()
    assert time.process_time() - started < 30


# Edits.


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("remarks:        old\n", "new", "remarks:        new\n"),
        ("Remarks:\told # why\n cont\n", "new", "Remarks:\tnew\n"),
        ("remarks:old\r\n", "a\nb", "remarks:a\r\n        b\r\n"),
        ("remarks:\n", "new", "remarks:        new\n"),
        ("remarks:  old", "a\n\nb", "remarks:  a\n+\n          b"),
        ("remarks:        old\n", "", "remarks:\n"),
        ("remarks:        old\n", "new # why", "remarks:        new # why\n"),
    ],
)
def test_a_new_value_keeps_the_layout(text: str, value: str, expected: str) -> None:
    """Name, column and line end are those of the old value; the comment goes."""
    edited = only("irt: IRT-EXAMPLE\n" + text).with_value("remarks", value)
    assert str(edited) == "irt: IRT-EXAMPLE\n" + expected


def test_an_added_value_begins_in_column_17() -> None:
    """As the registry writes it; a longer name is followed by one blank."""
    found = parse_object(IRT.replace("\n", "\r\n"))
    assert str(found.with_added("remarks", "a\nb", at=1)[1]) == "remarks:        a\r\n                b\r\n"
    assert str(found.with_added("very-long-name-x", "a")).endswith("EXAMPLE\r\nvery-long-name-x: a\r\n")


def test_an_addition_to_a_text_without_line_end_begins_a_line() -> None:
    """The old bytes stay, and the new last line has no line end either."""
    found = parse_object(IRT.rstrip("\n"))
    assert str(found.with_added("remarks", "a")) == IRT + "remarks:        a"


def test_a_removal_by_name_takes_all_of_them() -> None:
    """By index it takes one."""
    found = parse_object("irt: A\nremarks: 1\nsource: X\nremarks: 2\n")
    assert str(found.without("Remarks")) == "irt: A\nsource: X\n"
    assert str(found.without(-1)) == "irt: A\nremarks: 1\nsource: X\n"


def test_edits_leave_the_original_alone() -> None:
    """Objects are immutable."""
    found = parse_object(IRT)
    found.with_value("source", "OTHER")
    found.without("address")
    assert str(found) == IRT


def test_an_edit_keeps_the_encoding() -> None:
    """What latin-1 cannot say is refused, where it stands."""
    found = only(IRT.replace("Street", "Straße").encode("latin-1"))
    assert bytes(found.with_value("source", "Ä")).endswith(b"source:         \xc4\n")
    with pytest.raises(ParseError, match="is not in latin-1") as refusal:
        found.with_value("source", "A→")
    assert (refusal.value.line, refusal.value.column) == (3, 18)


def test_edits_of_what_is_not_there_are_errors() -> None:
    """A missing or ambiguous name is a KeyError, an index out of range an IndexError."""
    found = parse_object("irt: A\nremarks: 1\nremarks: 2\n")
    with pytest.raises(KeyError, match="0 attributes 'org'"):
        found.with_value("org", "x")
    with pytest.raises(KeyError, match="2 attributes 'remarks'"):
        found.with_value("remarks", "x")
    with pytest.raises(KeyError, match="no attribute 'org'"):
        found.without("org")
    with pytest.raises(IndexError):
        found.without(3)
    with pytest.raises(IndexError):
        found.with_value(-4, "x")
    with pytest.raises(IndexError):
        found.with_added("remarks", "x", at=4)


@pytest.mark.parametrize("name", ["", "a:b", "a\nb", " a", "+a", "%a", "#a"])
def test_an_addition_needs_a_name(name: str) -> None:
    """What would be read as something else is refused."""
    with pytest.raises(ParseError, match="is no attribute name; expected one like mnt-irt"):
        parse_object(IRT).with_added(name, "x")


def test_the_class_of_an_object_stays() -> None:
    """No edit takes the first attribute away or puts another before it."""
    found = parse_object(IRT)
    with pytest.raises(ParseError, match="expected it to stay irt"):
        found.without(0)
    with pytest.raises(ParseError, match="expected it to stay irt"):
        found.without("irt")
    with pytest.raises(ParseError, match="expected it to stay irt"):
        found.with_added("remarks", "x", at=0)
    assert found.with_value(0, "IRT-OTHER").primary_key == "IRT-OTHER"
