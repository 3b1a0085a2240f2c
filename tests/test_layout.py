"""The registry's layout: what it looks like, what it leaves alone, and objects that are built in it."""

import time
from pathlib import Path

import pytest

from irtkit.errors import ParseError
from irtkit.problems import Problem
from irtkit.rpsl import Comment, RpslObject, format_text, formatted, parse_object, parse_objects

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl"
TEXTS = sorted(path for path in FIXTURES.rglob("*") if path.is_file() and path.suffix not in {".md", ".problems"})
SIGNED = (
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nIrt:IRT-EXAMPLE\n\n- -dash: x\n"
    "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
)


def seen(text: str) -> tuple[list[list[tuple[str, str, str, int]]], list[Comment], list[Problem]]:
    """All that a text says and where it says it, columns aside."""
    problems: list[Problem] = []
    comments: list[Comment] = []
    objects = parse_objects(text, problems=problems, comments=comments)
    return [[(a.name, a.value, a.comment, a.line) for a in found] for found in objects], comments, problems


@pytest.mark.parametrize(
    ("written", "laid_out"),
    [
        ("irt:IRT-EXAMPLE\n", "irt:            IRT-EXAMPLE\n"),
        ("irt:\t\tIRT-EXAMPLE\t\n", "irt:            IRT-EXAMPLE\n"),
        ("Irt:            IRT-EXAMPLE\nMNT-By: A\n", "irt:            IRT-EXAMPLE\nmnt-by:         A\n"),
        ("irt: I\nremarks:\n", "irt:            I\nremarks:\n"),
        ("irt: I\nremarks:   \nx: y", "irt:            I\nremarks:\nx:              y\n"),
        ("irt: I\nsponsoring-org:O\n", "irt:            I\nsponsoring-org: O\n"),
        ("irt: I\nan-unknown-attribute:  O\n", "irt:            I\nan-unknown-attribute:  O\n"),
        ("irt: I\nan-unknown-attribute:O\n", "irt:            I\nan-unknown-attribute:O\n"),
        (
            "irt: I\nremarks: a\n b\n\tc\n",
            "irt:            I\nremarks:        a\n" + " " * 16 + "b\n" + " " * 16 + "c\n",
        ),
        (
            "irt: I\nremarks: a\n+b\n+ c\n",
            "irt:            I\nremarks:        a\n+" + " " * 15 + "b\n+" + " " * 15 + "c\n",
        ),
        ("irt: I\nremarks: a\n++b\n", "irt:            I\nremarks:        a\n+" + " " * 15 + "+b\n"),
        ("irt: I\nremarks: a\n   \n b\n", "irt:            I\nremarks:        a\n+\n" + " " * 16 + "b\n"),
        ("irt: I\nremarks: a\n+  \n+b\n", "irt:            I\nremarks:        a\n+\n+" + " " * 15 + "b\n"),
        ("irt: I # who\nmnt-by: A,B #why\n", "irt:            I # who\nmnt-by:         A,B #why\n"),
        ("irt: I\nremarks: a\tb  c\n", "irt:            I\nremarks:        a\tb  c\n"),
        ("*in: 192.0.2.0 - 192.0.2.255\n*mb:A\n B\n", "*in: 192.0.2.0 - 192.0.2.255\n*mb: A\n     B\n"),
        ("mnt-by :A\n", "mnt-by :A\n"),
        ("irt: I\nmnt-by :A\n", "irt:            I\nmnt-by :        A\n"),
        ("irt: I\ncontact:#a\n+#b\n", "irt:            I\ncontact:#a\n+" + " " * 15 + "#b\n"),
        ("irt: I\r\nx: y\r\n", "irt:            I\r\nx:              y\r\n"),
        ("irt: I\r\nx: y", "irt:            I\r\nx:              y\r\n"),
        ("irt: I\nx: y\r\n", "irt:            I\nx:              y\r\n"),
        ("irt: I\n \t\n\nirt: J\n", "irt:            I\n\n\nirt:            J\n"),
        ("irt: I\r\n \t\r\n", "irt:            I\r\n\r\n"),
        ("irt: I\n+\n", "irt:            I\n+\n"),
        ("irt: I\nX: y\rz \nX:y\r", "irt:            I\nX: y\rz \nx:              y\n"),
        ("irt: I\n \r \n", "irt:            I\n \r \n"),
        ("irt: I\n  ", "irt:            I\n"),
        ("# a\nirt: I\n% b\nx: y\n", "# a\nirt:            I\n% b\nx:              y\n"),
        ("password: a\tb\nirt:I\ndelete:why\n", "password: a\tb\nirt:            I\ndelete:why\n"),
    ],
)
def test_what_the_layout_looks_like(written: str, laid_out: str) -> None:
    """Values in column 17, continuation lines below them, a lone plus for an empty one, no blanks at line ends."""
    assert format_text(written) == laid_out


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Dear registry,\nplease:  do.",
        "hello:  world\nIrt: X\n",
        "irt:X\nno colon here\n",
        " irt:X\n",
        "# only\n%  comments\n",
        "\ufeffNote:  this\n",
        "password:  secret\n\ndry-run:  yes\n",
        SIGNED,
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash:x\n",
    ],
)
def test_what_is_no_object_stays_as_it_is(text: str) -> None:
    """Prose, comments, instructions and all that is signed."""
    assert format_text(text) == text


def test_objects_around_a_signed_text_are_laid_out() -> None:
    """The signed text itself keeps every character."""
    assert format_text(f"irt:A\n\n{SIGNED}\nirt:B\n") == f"irt:            A\n\n{SIGNED}\nirt:            B\n"


def test_a_byte_order_mark_stays() -> None:
    """And the object behind it is laid out."""
    assert format_text("\ufeffirt:A\n") == "\ufeffirt:            A\n"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_fixture_loses_anything(path: Path) -> None:
    """Objects, comments and problems are the same after formatting, and formatting again changes nothing."""
    data = path.read_bytes()
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = data.removeprefix(mark).decode("latin-1")
    new = format_text(text)
    assert seen(new) == seen(text)
    assert format_text(new) == new
    assert parse_objects(mark + new.encode("latin-1"), problems=[]) == parse_objects(data, problems=[])


@pytest.mark.parametrize("path", sorted((FIXTURES / "dumps").glob("ripe.db.*")), ids=lambda path: path.name)
def test_what_a_registry_wrote_is_in_its_layout(path: Path) -> None:
    """Dumps come out of the registry's own formatter; but for letter case, this one's has nothing to do."""
    text = path.read_bytes().decode("latin-1")
    assert format_text(text).lower() == text.lower()


def test_a_formatted_object_keeps_its_encoding() -> None:
    """Bytes that were latin-1 stay so."""
    found = parse_object("irt:I\naddress:Caf\u00e9\n".encode("latin-1"))
    assert bytes(formatted(found)) == "irt:            I\naddress:        Caf\u00e9\n".encode("latin-1")


def test_an_object_with_blank_lines_at_its_end_loses_them() -> None:
    """They mean nothing; a plus is kept."""
    assert str(formatted(parse_object("irt: I\n  \n\t\n"))) == "irt:            I\n"
    assert str(formatted(parse_object("irt: I\n+\n \n"))) == "irt:            I\n+\n"
    assert str(formatted(parse_object("irt: I\r\n  \r\n"))) == "irt:            I\r\n"
    assert str(formatted(parse_object("irt: I\r\nx: y"))) == "irt:            I\r\nx:              y\r\n"


def test_a_name_over_several_lines_stays_as_it_is() -> None:
    """The strict parser makes such names of lines without a colon."""
    found = parse_object("irt: I\nOops\nmnt-by: A\nx:y\n")
    assert str(formatted(found)) == "irt:            I\nOops\nmnt-by: A\nx:              y\n"


def test_an_object_is_built_in_the_layout() -> None:
    """From pairs or from a mapping; the attribute that names the class comes first."""
    text = (
        "irt:            IRT-EXAMPLE\naddress:        Street 1\n                Town\n+\n"
        "mnt-by:         A\nmnt-by:         B\n"
    )
    pairs = [("address", "Street 1\nTown\n\n"), ("irt", "IRT-EXAMPLE"), ("mnt-by", "A"), ("MNT-BY", "B")]
    assert str(RpslObject.build("irt", pairs)) == text
    mapping = {"irt": "IRT-EXAMPLE", "address": ["Street 1\nTown\n\n"], "mnt-by": ["A", "B"]}
    assert str(RpslObject.build("irt", mapping)) == text
    assert RpslObject.build("irt", mapping).primary_key == "IRT-EXAMPLE"
    assert bytes(RpslObject.build("person", {"person": "J\u00f6rg", "nic-hdl": "X"})).decode().startswith("person:")


@pytest.mark.parametrize(
    ("class_name", "pairs", "message"),
    [
        ("irt", [], 'expected an attribute "irt"'),
        ("irt", [("mntner", "A")], 'expected an attribute "irt"'),
        ("two words", [("two words", "A")], 'expected an attribute "two words"'),
        ("irt", [("irt", "A"), ("", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("a:b", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("a\nb", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), (" b", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("%b", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("b c", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("b ", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("b\0", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("\u00e9", "B")], "is no attribute name"),
        ("irt", [("irt", "A"), ("b", "c\rd")], r"the value of b has the control character \"\\x0d\""),
        ("irt", [("irt", "A"), ("b", "c\r\nd")], r"the value of b has the control character \"\\x0d\""),
        ("irt", [("irt", "A\0"), ("b", "c")], r"the value of irt has the control character \"\\x00\""),
    ],
)
def test_what_is_no_name_is_not_built(class_name: str, pairs: list[tuple[str, str]], message: str) -> None:
    """The error says which name it is about."""
    with pytest.raises(ParseError, match=message) as caught:
        RpslObject.build(class_name, pairs)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "text",
    [
        "irt: " + " " * 1_000_000 + "x\n",
        "irt: x\n" + " " * 1_000_000 + "\n",
        "irt: x\n" + "\t \n" * 200_000 + "y\n",
        "irt: x" + "\r" * 1_000_000 + "\n",
        "\r" * 1_000_000 + "\n",
        "irt: x\n+" + "+" * 1_000_000,
        "-----BEGIN PGP SIGNED MESSAGE-----\n" * 30_000,
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: a\n" * 20_000 + "\n-----BEGIN PGP SIGNATURE-----\n" * 20_000,
        "#\n" * 300_000 + "irt: x\n",
    ],
    ids=range(9),
)
def test_no_text_takes_long(text: str) -> None:
    """Time grows with the length of the text only: a megabyte of anything is done in a moment."""
    started = time.perf_counter()
    assert format_text(format_text(text)) == format_text(text)
    assert time.perf_counter() - started < 10
