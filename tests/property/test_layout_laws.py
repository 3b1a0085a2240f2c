"""Laws of the layout: nothing is lost, twice is once, a line stays a line."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from irtkit.rpsl import Comment, RpslObject, format_text, formatted, parse_object, parse_objects
from irtkit.rpsl.clearsign import find_open_block, iter_signed_blocks

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it

from messages import messages
from strategies import ATTRIBUTES, CLASSES, UNKNOWN, noise_bytes, spelled_objects, spelled_texts, values

if TYPE_CHECKING:
    from irtkit.problems import Problem

BLANKS = " \t\r\n"
names = st.sampled_from(
    (*ATTRIBUTES, *(name for name in UNKNOWN if name.isascii() and " " not in name), "an-attribute-with-a-long-name")
)
texts_of_values = st.lists(st.one_of(values.map(" ".join), st.sampled_from(["", "  ", "\t", "a # b"])), max_size=4)


def writable(text: str) -> str:
    """The text without the control characters that no object is built with."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", text)


def seen(found: RpslObject) -> list[tuple[str, str, str, int]]:
    """All that an object says, with the lines on which it says it."""
    return [(a.name, a.value, a.comment, a.line) for a in found]


def reading(text: str) -> tuple[list[list[tuple[str, str, str, int]]], list[Comment], list[tuple[str, str]]]:
    """The objects, comments and problems of a text."""
    problems: list[Problem] = []
    comments: list[Comment] = []
    objects = parse_objects(text, problems=problems, comments=comments)
    return [seen(found) for found in objects], comments, [(problem.code, problem.message) for problem in problems]


@given(spelled_objects())
def test_formatting_an_object_loses_nothing(pair: tuple[RpslObject, str]) -> None:
    """Names, values, comments and their order are the same."""
    found = parse_object(pair[1])
    new = formatted(found)
    assert new == found
    assert [(a.name, a.value, a.comment) for a in new] == [(a.name, a.value, a.comment) for a in found]
    assert str(new).endswith("\n")


@given(spelled_objects())
def test_formatting_an_object_twice_is_formatting_it_once(pair: tuple[RpslObject, str]) -> None:
    """What has the registry's layout stays as it is."""
    once = formatted(parse_object(pair[1]))
    assert str(formatted(once)) == str(once)
    assert str(formatted(parse_object(str(once)))) == str(once)


@given(spelled_objects())
def test_values_stand_in_their_column(pair: tuple[RpslObject, str]) -> None:
    """Values begin in column 17 wherever the name leaves room, and no line ends in a blank."""
    for attribute in formatted(parse_object(pair[1])):
        column = 5 if attribute.name.startswith("*") else 16
        first, *more = (line.removesuffix("\n").removesuffix("\r") for line in attribute.lines)
        if any("\r" in line for line in (first, *more)):
            continue  # such a line stays as it is
        assert all(line == line.rstrip(BLANKS) for line in (first, *more))
        if len(attribute.name) < column and attribute.name != "contact":
            assert re.fullmatch(rf"[^:]+:(?:(?<=.{{{column}}})| *(?<=.{{{column}}})[^ \t].*|)", first, re.DOTALL)
        assert all(re.fullmatch(rf"[+ ] {{{column - 1}}}[^ \t].*|\+", line, re.DOTALL) for line in more)


@given(st.one_of(spelled_texts().map(lambda pair: pair[1]), messages))
def test_formatting_a_text_loses_nothing(text: str) -> None:
    """Objects, with the lines on which they stand, comment lines and problems are the same."""
    assert reading(format_text(text)) == reading(text)


@given(messages)
def test_formatting_a_text_twice_is_formatting_it_once(text: str) -> None:
    """What has the registry's layout stays as it is."""
    once = format_text(text)
    assert format_text(once) == once


@given(messages)
def test_a_line_stays_a_line(text: str) -> None:
    """Line by line, only blanks and the case of names differ."""
    old, new = text.split("\n"), format_text(text).split("\n")
    if len(new) == len(old) + 1:  # the last line was ended
        assert new.pop() == ""
    assert len(old) == len(new)
    for one, other in zip(old, new, strict=True):
        bare = "".join(c for c in other if c not in BLANKS).lower()
        assert bare.removeprefix("+") == "".join(c for c in one if c not in BLANKS).lower().removeprefix("+")


@given(noise_bytes)
def test_bytes_may_be_formatted_as_latin_1(text: bytes) -> None:
    """Whatever the encoding: formatting looks at ASCII only, so the bytes of every word stay."""
    new = format_text(text.decode("latin-1")).encode("latin-1")
    words = [part.lower() for part in new.replace(b"+", b" ").split()]
    assert b"".join(words) == b"".join(text.replace(b"+", b" ").lower().split())


@given(messages)
def test_what_is_signed_stays_as_it_is(text: str) -> None:
    """Not a character of a signed block changes, and no signature is lost."""
    new = format_text(text)
    blocks = [text[block.start : block.stop] for block in iter_signed_blocks(text)]
    assert [new[block.start : block.stop].rstrip("\n") for block in iter_signed_blocks(new)] == [
        block.rstrip("\n") for block in blocks
    ]
    assert (find_open_block(new) is None) == (find_open_block(text) is None)


@given(
    st.sampled_from(CLASSES),
    values.map(" ".join).map(writable),
    st.lists(st.tuples(names, texts_of_values.map("\n".join).map(writable))),
)
def test_a_built_object_has_what_was_asked_for(class_name: str, key: str, pairs: list[tuple[str, str]]) -> None:
    """Names, values and order are those given, and the layout is the registry's already."""
    built = RpslObject.build(class_name, [*pairs, (class_name, key)])
    plain = "".join(f"{name}: {value}".replace("\n", "\n ") + "\n" for name, value in [(class_name, key), *pairs])
    (asked,) = parse_objects(plain)
    assert [(a.name, a.value, a.comment) for a in built] == [(a.name, a.value, a.comment) for a in asked]
    assert str(formatted(built)) == str(built)
    assert parse_objects(str(built)) == [built]
