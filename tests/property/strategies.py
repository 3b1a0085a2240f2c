"""Hypothesis strategies for RPSL, shared by the property tests.

The main ones make pairs: an object and one of its spellings, or the objects of a text and the
text. Spellings differ in everything that has no meaning: letter case, blanks, tabs, continuation
lines, comments, line ends. `noise` is text that is RPSL by chance only.
"""

from dataclasses import dataclass

from hypothesis import strategies as st

from irtkit.rpsl import RpslObject, parse_object

CLASSES = ("irt", "inetnum", "inet6num", "mntner", "organisation", "key-cert", "aut-num", "domain", "as-set")
KEYED_ELSEWHERE = (("person", "nic-hdl"), ("role", "nic-hdl"), ("route", "origin"), ("route6", "origin"))
ATTRIBUTES = ("remarks", "descr", "address", "mnt-by", "mnt-irt", "contact", "auth", "e-mail", "source")
UNKNOWN = ("x", "foo-bar", "*xxattr", "foo_bar", "x-é", "two words", "trailing ", "nic handle")

_WHITE_SPACE = " \t\r\n"
_blanks = st.text(" \t", max_size=3)
_gap = st.text(" \t\r", min_size=1, max_size=3)
_line_end = st.sampled_from(["\n", "\n", "\r\n"])
_comment = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=8)
_continuation = st.sampled_from([" ", "\t", "+", "+ ", "+\t", " \n ", "+\n+", "+\n\t"])
words = st.text(st.characters(exclude_characters=_WHITE_SPACE + "#", exclude_categories=["Cs"]), min_size=1, max_size=8)
values = st.lists(words, max_size=4).map(tuple)
"""The words of a clean value; joined by single spaces they are the value."""
chunk_sizes = st.lists(st.one_of(st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=8)
"""How a network may cut a text: these lengths, over and over."""


@dataclass(frozen=True)
class Row:
    """What an attribute means: its name and the words of its value."""

    name: str
    words: tuple[str, ...]

    @property
    def value(self) -> str:
        return " ".join(self.words)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """The attributes of an object that the registry's parser accepts."""
    key = (draw(words), *draw(values))
    others = [Row(name, draw(values)) for name in draw(st.lists(st.sampled_from(ATTRIBUTES + UNKNOWN), max_size=5))]
    if draw(st.booleans()):
        return [Row(draw(st.sampled_from(CLASSES)), key), *others]
    class_name, key_attribute = draw(st.sampled_from(KEYED_ELSEWHERE))
    others.insert(draw(st.integers(0, len(others))), Row(key_attribute, (draw(words),)))
    return [Row(class_name, key), *others]


@st.composite
def spellings(draw: st.DrawFn, meaning: list[Row], *, ended: bool = False) -> str:
    """One way to write the attributes *meaning*; *ended* asks for a line end after the last."""
    text = "".join(_spell(draw, row) for row in meaning)
    return text if ended or draw(st.booleans()) else text.removesuffix("\n").removesuffix("\r")


@st.composite
def spelled_objects(draw: st.DrawFn) -> tuple[RpslObject, str]:
    """An object and one of its spellings."""
    meaning = draw(rows())
    return plain(meaning), draw(spellings(meaning))


@st.composite
def spelled_texts(draw: st.DrawFn) -> tuple[list[RpslObject], str]:
    """The objects of a whole text and the text, with comment lines around and inside objects."""
    objects, text = [], draw(_between())
    for meaning in draw(st.lists(rows(), max_size=3)):
        objects.append(plain(meaning))
        lines = draw(spellings(meaning, ended=True)).split("\n")[:-1]
        for line in lines:
            text += draw(_comment_lines) + line + "\n"
        text += draw(_comment_lines) + draw(_empty_line) + draw(_between())
    return objects, text


def plain(meaning: list[Row]) -> RpslObject:
    """The object with these attributes, in its plainest spelling."""
    return parse_object("".join(f"{row.name}: {row.value}\n" for row in meaning))


_comment_lines = st.lists(st.builds("{}{}\n".format, st.sampled_from("%#"), _comment), max_size=1).map("".join)
_empty_line = st.sampled_from(["\n", "\n", "\r\n"])


@st.composite
def _between(draw: st.DrawFn) -> str:
    pieces = st.one_of(_empty_line, st.builds("{}{}".format, _comment_lines, _empty_line))
    return "".join(draw(st.lists(pieces, max_size=3)))


def _spell(draw: st.DrawFn, row: Row) -> str:
    text = _recased(draw, row.name) + ":" + draw(_blanks)
    for position, word in enumerate(row.words):
        if position or draw(st.booleans()):
            text += draw(st.one_of(_gap, _break()))
        text += _recased(draw, word)
    return text + draw(st.sampled_from(["", " ", "\t"])) + draw(_ending)


@st.composite
def _break(draw: st.DrawFn) -> str:
    return draw(_commented) + draw(_line_end) + draw(_continuation)


_commented = st.one_of(st.just(""), st.builds(" #{}".format, _comment))
_ending = st.builds("{}{}".format, _commented, _line_end)


def _recased(draw: st.DrawFn, text: str) -> str:
    """Change the case of ASCII letters; other letters do not all come back from upper case."""
    changed = draw(st.sampled_from([text, text.upper(), text.lower()]))
    return changed if text.isascii() else text


_fragments = st.one_of(
    st.sampled_from(["irt: x", "irt:", "person: A B", "nic-hdl: X", "in:", "mnt-by: a,b", "a", "x: "]),
    st.sampled_from(["\n", "\n", "\n\n", "\r", "\r\n", " ", "\t", "+", "#", "%", ":"]),
    st.sampled_from(["é", "\ufeff", "\x00", "\x0b", "\x85", "\xa0"]),
)
noise = st.one_of(st.lists(_fragments, max_size=30).map("".join), st.text(max_size=30))
"""Any text, most of it made of what matters to a parser."""
noise_bytes = st.one_of(
    noise.map(lambda text: text.encode("utf-8", "surrogatepass")),
    noise.map(lambda text: text.encode("latin-1", "replace")),
    st.binary(max_size=30),
)
"""Any bytes: UTF-8, latin-1, or neither."""
