"""Laws of the object parser: nothing is lost, layout has no meaning, cutting changes nothing."""

import re
import sys
from itertools import cycle, pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtkit.errors import ParseError
from irtkit.problems import Problem
from irtkit.rpsl import Comment, ObjectParser, RpslObject, iter_objects, parse_object, parse_objects

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it

from strategies import (
    Row,
    chunk_sizes,
    noise,
    noise_bytes,
    rows,
    spelled_objects,
    spelled_texts,
    spellings,
    values,
)

Text = TypeVar("Text", str, bytes)
Reading = tuple[list[str], list[bytes], list[int], list[Problem], list[Comment]]

some_indexes = st.integers(0, 10)
limits = st.sampled_from([1, 7, 12, 20, 5_000_000])
layouts = st.lists(st.one_of(values.map(" ".join), st.sampled_from(["", " ", "\n", "\t ", "\r\n"])), max_size=4)
texts_without_comment = layouts.map("\n".join)


def read(objects: list[RpslObject], problems: list[Problem], comments: list[Comment]) -> Reading:
    lines = [attribute.line for found in objects for attribute in found]
    return [str(found) for found in objects], [bytes(found) for found in objects], lines, problems, comments


def read_whole(text: str | bytes, limit: int) -> Reading:
    problems: list[Problem] = []
    comments: list[Comment] = []
    return read(parse_objects(text, problems=problems, comments=comments, max_object=limit), problems, comments)


def read_pieces(text: Text, sizes: list[int], limit: int) -> Reading:
    parser, objects, start = ObjectParser(max_object=limit), [], 0
    for size in cycle([*sizes, 1]):
        if start >= len(text):
            break
        objects += parser.feed(text[start : start + size])
        start += size
    objects += parser.close()
    return read(objects, parser.problems, parser.comments)


@given(spelled_objects())
def test_printing_an_untouched_object_gives_its_text(pair: tuple[RpslObject, str]) -> None:
    """What was parsed comes back character for character, or byte for byte."""
    _, text = pair
    assert str(parse_object(text)) == text
    assert bytes(parse_object(text.encode())) == text.encode()
    assert "".join(attribute.raw for attribute in parse_object(text)) == text


@given(spelled_objects())
def test_a_spelling_parses_to_an_equal_object(pair: tuple[RpslObject, str]) -> None:
    """Case, blanks, continuation lines, comments and line ends carry no meaning."""
    expected, text = pair
    found = parse_object(text)
    assert found == expected
    assert hash(found) == hash(expected)
    assert found.primary_key == expected.primary_key
    assert found.class_name == expected.class_name


@given(rows().flatmap(lambda meaning: st.tuples(st.just(meaning), spellings(meaning))))
def test_names_and_words_survive_any_spelling(pair: tuple[list[Row], str]) -> None:
    """Every attribute, known or unknown, has the name and the value that were meant."""
    meaning, text = pair
    found = [(attribute.name, attribute.value.lower()) for attribute in parse_object(text)]
    assert found == [(row.name.lower(), row.value.lower()) for row in meaning]


@given(spelled_texts())
def test_a_text_gives_its_objects(pair: tuple[list[RpslObject], str]) -> None:
    """Comment lines, wherever they stand, and empty lines are no part of any object."""
    expected, text = pair
    comments: list[Comment] = []
    assert parse_objects(text, comments=comments) == expected
    assert parse_objects(text.encode()) == expected
    lines = text.split("\n")
    assert [comment.text for comment in comments] == [lines[c.line - 1].rstrip("\r") for c in comments]


@given(spelled_texts())
def test_a_span_points_at_the_right_character(pair: tuple[list[RpslObject], str]) -> None:
    """Each character of a clean value is found in the parsed text where its span says."""
    _, text = pair
    lines = text.split("\n")
    for attribute in (attribute for found in parse_objects(text) for attribute in found):
        assert lines[attribute.line - 1].startswith(attribute.lines[0].rstrip("\n"))
        for offset, character in enumerate(attribute.value):
            span = attribute.span(offset)
            assert span.length == 1
            at = lines[span.line - 1][span.column - 1 : span.column]
            assert at == character or (character == " " and at in {" ", "\t", "\r", ""})


@given(spelled_texts(), st.data())
def test_a_span_of_one_line_covers_what_it_names(pair: tuple[list[RpslObject], str], data: st.DataObject) -> None:
    """A word of a clean value has a span that covers exactly that word."""
    _, text = pair
    lines = text.split("\n")
    for attribute in (attribute for found in parse_objects(text) for attribute in found if attribute.value):
        words = attribute.value.split(" ")
        chosen = data.draw(st.integers(0, len(words) - 1))
        offset = sum(len(word) + 1 for word in words[:chosen])
        span = attribute.span(offset, len(words[chosen]))
        assert lines[span.line - 1][span.column - 1 :][: span.length] == words[chosen]


@given(noise, chunk_sizes, limits)
def test_cutting_a_text_changes_nothing(text: str, sizes: list[int], limit: int) -> None:
    """Objects, positions, problems and comments depend on the text, not on how it was cut."""
    assert read_pieces(text, sizes, limit) == read_whole(text, limit)


@given(noise_bytes, chunk_sizes, limits)
def test_cutting_bytes_changes_nothing(text: bytes, sizes: list[int], limit: int) -> None:
    """Not even between CR and LF, or inside a UTF-8 character or a byte order mark."""
    assert read_pieces(text, sizes, limit) == read_whole(text, limit)


@given(spelled_texts(), chunk_sizes)
def test_cutting_objects_changes_nothing(pair: tuple[list[RpslObject], str], sizes: list[int]) -> None:
    """The same for texts that hold objects."""
    _, text = pair
    assert read_pieces(text.encode(), sizes, 5_000_000) == read_whole(text.encode(), 5_000_000)


@given(st.one_of(noise, spelled_texts().map(lambda pair: pair[1])), chunk_sizes)
def test_objects_come_as_soon_as_they_are_complete(text: str, sizes: list[int]) -> None:
    """At any moment the objects before the last empty line are out."""
    parser, found, end = ObjectParser(), [], 0
    for size in cycle([*sizes, 1]):
        if end >= len(text):
            break
        found += parser.feed(text[end : end + size])
        end += size
        empty_lines = list(re.finditer(r"\n\r*(?=\n)", text[:end]))
        complete = text[: empty_lines[-1].end()] if empty_lines else ""
        assert found == parse_objects(complete, problems=[])


@given(st.one_of(noise, noise_bytes))
def test_reading_refuses_with_a_parse_error_or_not_at_all(text: str | bytes) -> None:
    """Whatever the input, no other exception comes out, and with a list of problems none at all."""
    for parse in (parse_object, parse_objects):
        error = None
        try:
            parse(text)
        except ParseError as refusal:
            error = refusal
        assert error is None or (error.line >= 1 and error.column >= 1 and "expected" in error.message)
    assert all(found.attributes for found in parse_objects(text, problems=[]))


@given(noise)
def test_nothing_is_lost_silently(text: str) -> None:
    """Each line with something in it is in an object, is a comment, or is behind a problem."""
    problems: list[Problem] = []
    comments: list[Comment] = []
    objects = parse_objects(text, problems=problems, comments=comments)
    if not problems:
        kept = [line.rstrip("\r\n") for found in objects for line in str(found).split("\n")]
        kept += [comment.text for comment in comments]
        written = [line.rstrip("\r\n") for line in text.removeprefix("\ufeff").split("\n")]
        assert sorted(filter(str.strip, kept)) == sorted(filter(str.strip, written))


@given(noise)
def test_what_comes_out_is_in_document_order(text: str) -> None:
    """Objects, comments and problems each come in the order of their lines."""
    problems: list[Problem] = []
    comments: list[Comment] = []
    objects = parse_objects(text, problems=problems, comments=comments)
    assert all(one.line < other.line for one, other in pairwise(objects))
    assert all(one.line < other.line for one, other in pairwise(comments))
    lines = [problem.span.line for problem in problems if problem.span]
    assert lines == sorted(lines)
    assert len(lines) == len(problems)


@given(noise)
def test_the_two_readers_agree(text: str) -> None:
    """An object of a text has a refusal exactly if the strict parser refuses its own text."""
    for found in iter_objects(text, problems=[]):
        refusal = found.find_refusal()
        if refusal is None:
            assert parse_object(str(found)) == found
            assert found.primary_key
        else:
            with pytest.raises(ParseError):
                parse_object(str(found))
            assert found.primary_key is None or refusal.code == "unknown-class"


@given(spelled_objects(), some_indexes, texts_without_comment)
def test_a_new_value_changes_only_its_attribute(pair: tuple[RpslObject, str], index: int, value: str) -> None:
    """Every byte outside the attribute stays, and the attribute has the value that was asked for."""
    found = parse_object(pair[1])
    index %= len(found)
    edited = found.with_value(index, value)
    assert edited[index].value == " ".join(re.findall(r"[^ \t\r\n]+", value))
    assert edited[index].name == found[index].name
    assert [a.raw for a in edited[:index]] == [a.raw for a in found[:index]]
    assert [a.raw for a in edited[index + 1 :]] == [a.raw for a in found[index + 1 :]]
    assert str(parse_objects(str(edited), problems=[])[0]) == str(edited)


@given(spelled_objects(), some_indexes, values.map(" ".join))
def test_an_addition_changes_nothing_else(pair: tuple[RpslObject, str], index: int, value: str) -> None:
    """The others keep their bytes, and taking the addition away gives the object back."""
    found = parse_object(pair[1])
    index = 1 + index % len(found)
    added = found.with_added("remarks", value, at=index)
    assert (added[index].name, added[index].value) == ("remarks", value)
    assert len(added) == len(found) + 1
    assert [a.raw for a in added[: index - 1]] == [a.raw for a in found[: index - 1]]
    assert [a.raw for a in added[index + 1 :]] == [a.raw for a in found[index:]]
    assert added.without(index) == found


@given(spelled_objects(), some_indexes)
def test_a_removal_leaves_every_other_byte(pair: tuple[RpslObject, str], index: int) -> None:
    """What remains is the text without the lines of that attribute."""
    found = parse_object(pair[1])
    index %= len(found)
    remaining = "".join(a.raw for position, a in enumerate(found) if position != index)
    if index == 0:
        with pytest.raises(ParseError):
            found.without(0)
    else:
        assert str(found.without(index)) == remaining
