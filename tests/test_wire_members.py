"""JSON of strangers: limits before anything is built, and members of the types they should have."""

import json
import tracemalloc

import pytest

from irtkit.errors import AnswerError
from irtkit.wire.members import LARGEST_DOCUMENT, MOST_LEVELS, MOST_TOKENS, Members, Warnings, read_json, read_members

SERVER = "rdap.example"


def members(**values: object) -> tuple[Members, Warnings]:
    warnings = Warnings()
    return read_members(json.dumps(values).encode(), SERVER, warnings), warnings


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":[', b'["\\"[",['])
def test_deep_nesting_is_refused_before_it_is_built(opening: bytes) -> None:
    """Nested 100,000 deep it ends in an error of the server's, in a few megabytes, and in no recursion."""
    body = opening * 100_000
    tracemalloc.start()
    with pytest.raises(AnswerError, match="nests deeper") as caught:
        read_json(body, SERVER)
    assert caught.value.server == SERVER
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_the_limits_are_what_they_say() -> None:
    """As deep and as many as allowed is read; one more is not."""
    assert read_json(b"[" * MOST_LEVELS + b"]" * MOST_LEVELS, SERVER)
    with pytest.raises(AnswerError, match="64 levels"):
        read_json(b"[" * (MOST_LEVELS + 1) + b"]" * (MOST_LEVELS + 1), SERVER)
    assert read_json(b"[" + b"1," * (MOST_TOKENS - 2) + b"1]", SERVER)
    with pytest.raises(AnswerError, match="200,000 parts"):
        read_json(b"[" + b"1," * MOST_TOKENS + b"1]", SERVER)
    with pytest.raises(AnswerError, match="4,000,000 bytes"):
        read_json(b" " * (LARGEST_DOCUMENT + 1), SERVER)


def test_brackets_in_strings_do_not_nest() -> None:
    """Only structure counts, also after escaped quotation marks."""
    text = '["' + "[{" * 1_000 + '\\"[[[" , "\\\\", "["]'
    assert read_json(text.encode(), SERVER) == json.loads(text)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{\n<html>", b"nul", b'"\\', b"[1,]", b"[NaN]", b"9" * 5_000, b"\xff\xfe\x00", b"{}{}", b'{"a" => 1}'],
)
def test_what_is_no_json_is_the_servers_fault(body: bytes) -> None:
    """One kind of error, whatever is wrong with the text."""
    with pytest.raises(AnswerError, match="is no JSON"):
        read_json(body, SERVER)


def test_latin_1_is_read_where_utf_8_fails() -> None:
    """Some services send what their database holds; a byte order mark is no text."""
    assert read_json('["Zürich"]'.encode("latin-1"), SERVER) == ["Zürich"]
    assert read_json('\ufeff["Zürich"]'.encode(), SERVER) == ["Zürich"]


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"x"', b"true"])
def test_a_document_is_an_object(body: bytes) -> None:
    """Anything else is refused."""
    with pytest.raises(AnswerError, match="expected a JSON object"):
        read_members(body, SERVER, Warnings())


def test_each_type_is_mended_or_noted() -> None:
    """Numbers and strings for each other, one for several; what cannot be mended is None or empty, with its place."""
    top, warnings = members(a=4, b="7", c="one", d={"x": 1}, e=[1, None, "f"], f=True, g=[{}, 3], h=[])
    assert (top.text("a"), top.number("b"), top.texts("c")) == ("4", 7, ("one",))
    assert [inner.number("x") for inner in top.objects("d")] == [1]
    assert (top.texts("e"), top.text("f"), top.number("f")) == (("f",), None, None)
    assert len(list(top.objects("g"))) == 1
    assert (top.object("h"), top.text("nothing"), top.texts("nothing")) == (None, None, ())
    assert [str(warning) for warning in warnings] == [
        "/a: a string is written as a number",
        "/b: a number is written as a string",
        "/c: expected an array, found a string",
        "/d: expected an array, found an object",
        "/e/0: expected a string, found a number",
        "/e/1: expected a string, found null",
        "/f: expected a string, found true or false",
        "/f: expected a whole number, found true or false",
        "/g/1: expected an object, found a number",
        "/h: expected an object, found an array",
    ]


def test_unknown_members_are_noted_by_their_pointer() -> None:
    """Slash and tilde are escaped, control characters do not come through, and a hundred notes are enough."""
    top, warnings = members(**{"a/b~": 1, "c\x1b\n": 1, "known": 1})
    top.note_unknown(frozenset({"known"}))
    assert [warning.path for warning in warnings] == ["/a~1b~0", "/c\ufffd?"]
    many, noted = members(**{f"x{number}": 1 for number in range(500)})
    many.note_unknown(frozenset())
    assert len(noted) == 100


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"x\ud800y", "x?y"),
        (r"x\u001b[31my\u0000\u009b\u007f", "x\ufffd[31my\ufffd\ufffd\ufffd"),
        (r"one\r\ntwo\tthree", "one\ntwo\tthree"),
        (r"abc\u202edef", "abc\ufffddef"),
        (r"Z\u00fcrich \ud83d\ude00", "Zürich \U0001f600"),
    ],
)
def test_text_is_fit_for_any_output(written: str, read: str) -> None:
    """No lone surrogate, no control character but line feed and tab, nothing that turns the direction of writing."""
    top = read_members(f'{{"a": "{written}", "b": ["{written}"]}}'.encode(), SERVER, Warnings())
    assert top.passage("a") == read
    assert top.texts("b") == (read,)
    assert top.text("a") == (" ".join(read.split()) if "\n" in read else read)
