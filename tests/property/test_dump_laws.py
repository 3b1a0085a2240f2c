"""Laws of the column scan: it reads what the object parser reads, however the text is written and however it is cut."""

import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from irtkit.dump import WHOLE, Block, Wanted

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `readings` is in it

from readings import (
    all_kept,
    as_parsed,
    as_scanned,
    blocks_of,
    difference,
    without_nameless_lines,
)
from strategies import noise_bytes, spelled_texts

ALL = frozenset[str]()
NAMES = frozenset({"AB", "APNIC-STUB", "RIPE-NCC-HM-MNT"})
WANTED: Wanted = {
    "inetnum": {
        **dict.fromkeys(("inetnum", "netname", "mnt-irt", "remarks"), ALL),
        "mnt-by": NAMES,
        "mnt-lower": NAMES,
    },
    "inet6num": {"inet6num": ALL, "source": ALL, "mnt-by": NAMES},
    "irt": {"irt": ALL, "e-mail": ALL, "contact": ALL, "abuse-mailbox": ALL, "mnt-by": frozenset({"X"})},
    "organisation": {"organisation": ALL, "org-name": ALL, "abuse-c": ALL},
    "key-cert": {"key-cert": ALL, "certif": ALL, "descr": ALL, WHOLE: ALL},
}
"""What is asked for in these tests; `mnt-by` means something else in each class."""
LIKE_NAMES = (
    *("mnt-byx", "remark", "inetnum-up", "inet6num-up", "x-mnt-by", "mnt_by", "mnt-by ", "@nt-by", "\u00ednetnum"),
    *("key-certs", "organisation-x", "organisatio", "abuse-mail", "abuse-mailboxes", "abuse-mailman", "e-mails"),
)
"""Names that a hasty reader could take for one that is wanted."""
ATTRIBUTES = sorted({name for attributes in WANTED.values() for name in attributes} - {WHOLE})
OTHER_CLASSES = ("role", "route6", "*xxinetnum", "*xxroute", "poetic-form", "inetnumber", "inet6nums", "x" * 70)

blanks = st.sampled_from(["", " ", "  ", "\t", " \t ", "\r", " " * 9, " " * 32, " " * 33, " " * 34, " " * 65])
gaps = st.sampled_from(
    [" ", " ", " ", "  ", "\t", " \t", "\r", "\n ", "\n\t", "\n+", "\r\n ", "\n+\n ", "\n#\n ", " #x\n+"]
)
words = st.one_of(
    st.sampled_from([*sorted(NAMES), "ab", "apnic-stub", "A", "B-MNT", "APNIC-STUBX", "192.0.2.0", "-", "\u00a0AB"]),
    st.sampled_from(
        ["\u00e9", "\u20ac", "\u0131", "\u00df", "\x7f", "\x00", "\x0b", "\u0085", "x" * 63, "y" * 64, "z" * 300]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n#"), min_size=1, max_size=6),
)
comments = st.sampled_from(["", "", "", "#", " # AB", "\t#,AB"])
line_ends = st.sampled_from(["\n", "\n", "\n", "\r\n", " \n", "  \r\n"])
comment_lines = st.sampled_from(["", "", "", "", "# about\n", "%\n", "#a: b\r\n"])


columns = st.sampled_from([16, 16, 16, 16, 17, 18, 24, None])
more_words = st.sampled_from([0, 0, 0, 0, 1, 2])
separators = gaps | st.sampled_from([",", ", ", " , ", ",,"])
endings = st.tuples(st.just("") | blanks, comments, line_ends).map("".join)


@st.composite
def attribute_lines(draw: st.DrawFn, name: str) -> str:
    """One attribute: mostly laid out as registries do, else in any way at all."""
    spelled = draw(st.sampled_from([name, name, name.upper(), name.title()]))
    column = draw(columns)
    padding = draw(blanks) if column is None else " " * max(0, column - len(name) - 1)
    value = draw(words) if draw(st.integers(0, 9)) else ""
    for _ in range(draw(more_words)):
        value += draw(separators) + draw(words)
    return f"{spelled}:{padding}{value}{draw(endings)}"


some_classes = st.sampled_from([*WANTED, *WANTED, *OTHER_CLASSES])
some_counts = st.sampled_from([0, 2, 4, 8])
object_ends = st.sampled_from(["", "", "   \n", "+\n"])


@st.composite
def objects(draw: st.DrawFn) -> str:
    """One object, mostly of the attributes that are wanted of its class."""
    class_name = draw(some_classes)
    own = sorted(set(WANTED.get(class_name, ATTRIBUTES)) - {WHOLE})
    names = st.sampled_from([*own, *own, *own, *ATTRIBUTES, *LIKE_NAMES])
    text = "".join(
        draw(comment_lines) + draw(attribute_lines(name))
        for name in (class_name, *(draw(names) for _ in range(draw(some_counts))))
    )
    return text + draw(comment_lines) + draw(object_ends)


no_objects = st.sampled_from(
    [
        "prose without colon\n",
        " continues: nothing\n",
        "\t\n",
        " \r\n+\n",
        "+\n",
        ": no name\n",
        "inetnum : x\n",
        "inet num: x\n",
        "in\u00e9tnum: x\n",
        "inetnum\n",
        "irt: X\nno colon\nnetname: Y\n",
        "inetnum: X\nno colon\n mnt-by: AB\nmnt-by: AB\n",
        "irt: X\n: no name\n",
        "not/a/class/at-: x\n",
        "*xx@oute:       x\n",
        "!ey-cert:       x\n",
        "<!DOCTYPE html>\n<html>\n",
        "\x00\x01\x02\n",
    ]
)
empty_lines = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", "\r\r\n", "\n# c\n\n", "\n\n\r\n"])
encodings = st.sampled_from(["utf-8", "latin-1"])


@st.composite
def dumps(draw: st.DrawFn) -> bytes:
    """A dump of objects of all classes, with what is none between them; each paragraph chooses its encoding."""
    text = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf", b"# a header\n#\n\n", b"\n\n"]))
    for _ in range(draw(some_counts)):
        paragraph = draw(objects() | objects() | objects() | no_objects)
        text += paragraph.encode(draw(encodings), "replace") + draw(empty_lines).encode()
    return text if draw(st.booleans()) else text.rstrip(b"\r\n")


texts = st.one_of(dumps(), dumps(), spelled_texts().map(lambda pair: pair[1].encode()), noise_bytes)


@given(texts)
def test_the_columns_scanned_are_those_of_the_parsed_objects(text: bytes) -> None:
    """Classes, lines, values, and what is no object: the same by both paths."""
    readable = without_nameless_lines(text)
    for wanted in (WANTED, all_kept(WANTED)):
        parsed, scanned = as_parsed(readable, wanted), as_scanned(readable, wanted)
        assert scanned == parsed, difference(scanned, parsed)


@given(texts)
def test_a_line_without_a_name_changes_nothing_else(text: bytes) -> None:
    """Where the parser refuses the whole paragraph, the scan reads the attributes around the line, if there are any."""
    scanned, readable = as_scanned(text, WANTED), as_scanned(without_nameless_lines(text), WANTED)
    assert set(readable.rejected) <= set(scanned.rejected)
    assert replace(scanned, rejected=[]) == replace(readable, rejected=[])


@given(texts, st.integers(1, 80), st.integers(1, 40))
def test_cutting_a_dump_into_blocks_changes_nothing(text: bytes, size: int, most: int) -> None:
    """Neither the size of a block nor how few bytes come at a time decides what is read."""
    whole = as_scanned(text, WANTED)
    cut = as_scanned(text, WANTED, size=size, most=most, max_object=4000)
    assert cut == whole, difference(cut, whole)


@given(texts, st.integers(1, 80), st.integers(8, 60), st.integers(1, 40))
def test_blocks_are_the_dump_and_too_large_objects_are_named(text: bytes, size: int, limit: int, most: int) -> None:
    """Every byte is in a block or in what is said to be skipped, in order, and no block ends inside an object."""
    at, lines, kept = 0, 0, b""
    for block in blocks_of(text, size=size, most=most, max_object=limit):
        if isinstance(block, Block):
            body = block.buffer[: block.size].tobytes()
            assert block.offset == at
            assert body.endswith(b"\n")
            assert text[at : at + block.size] in (body, body[:-1])
            assert not block.buffer[block.size :][:64].any()
            at, kept = at + block.size, kept + body
            lines += body.count(b"\n")
        else:
            assert text[at : at + block.size].count(b"\n") == block.lines
            at, lines = at + block.size, lines + block.lines
    assert at - len(text) in (0, 1)
    assert lines - text.count(b"\n") in (0, 1)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=6), st.integers(1, 60), st.integers(1, 40))
def test_objects_are_kept_below_the_limit_and_skipped_well_above_it(lengths: list[int], size: int, most: int) -> None:
    """An object up to the limit is read and one beyond it by a block is skipped, each by itself."""
    limit = 40
    whole = [f"inetnum: {number}{'x' * length}\n".encode() for number, length in enumerate(lengths)]
    reading = as_scanned(b"\n".join(whole), {"inetnum": {"inetnum": ALL}}, size=size, most=most, max_object=limit)
    placed = [line for line, _ in reading.objects.get("inetnum", [])] + reading.rejected
    assert sorted(placed) == [2 * number + 1 for number in range(len(lengths))]
    for number, text in enumerate(whole):
        if len(text) <= limit:
            assert 2 * number + 1 not in reading.rejected
        if len(text) > limit + size + 1:
            assert 2 * number + 1 in reading.rejected
