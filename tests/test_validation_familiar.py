"""The memory of attributes and outlines: what it knows, what it never claims to know, and how much it keeps."""

import pytest

from irtkit.problems import Problem, Severity, Span
from irtkit.rpsl import Attribute, RpslObject, parse_objects
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.validation import Action, Options, familiar, iter_problems
from irtkit.validation.familiar import DOUBTFUL, OPEN, Familiar

FIRST = "irt: a\nremarks: b\nstatus: ASSIGNED PA\ncreated: x\n"
SECOND = "irt: c\nstatus: ASSIGNED PA\n"
NEW = Options(action=Action.CREATE)


def judge(name: str, rest: str) -> str:
    """An attribute is right unless its value is `wrong`; a nic-hdl makes rules look at everything."""
    return OPEN if name == "nic-hdl" else DOUBTFUL if rest.startswith(" wrong") else name


@pytest.fixture
def memory() -> Familiar:
    return Familiar(judge, unjudged=frozenset({"created"}), naming="irt")


def read(text: str) -> RpslObject:
    return parse_objects(text, problems=[])[0]


def problem(line: int, column: int = 1) -> Problem:
    return Problem("some-code", Severity.WARNING, "a message", Span(line, column, 3), "a hint", "a citation")


def remember(memory: Familiar, text: str, *problems: Problem) -> None:
    memory.remember(read(text), problems)


@pytest.mark.parametrize("text", [FIRST, FIRST.replace(" a", " new").replace(" b", " c").replace(" x", " wrong")])
def test_an_object_like_a_known_one_is_known(memory: Familiar, text: str) -> None:
    """What counts is the outline; the attributes by themselves are asked about, if their values matter at all."""
    assert memory.find_problems(read(text)) is None
    remember(memory, FIRST)
    assert memory.find_problems(read(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FIRST.replace(" b", " wrong"), id="a value is wrong"),
        pytest.param(FIRST + "irt: a\n", id="an attribute more"),
        pytest.param(FIRST.replace("remarks: b\n", ""), id="an attribute less"),
        pytest.param(FIRST.replace(" PA", " PI"), id="another status"),
        pytest.param(FIRST.replace("remarks:", "remarks"), id="no colon"),
        pytest.param(FIRST.replace("created:", "created"), id="no colon where no value matters"),
        pytest.param(FIRST.replace(" b", "b" * 300), id="a long attribute"),
        pytest.param(FIRST.replace("remarks: b\n", "remarks: b\n" * 500), id="a long object"),
        pytest.param(FIRST.rstrip("\n"), id="no line end"),
    ],
)
def test_what_differs_in_anything_that_counts_is_not_known(memory: Familiar, text: str) -> None:
    """Not to know an object only costs time."""
    remember(memory, FIRST)
    assert memory.find_problems(RpslObject(text, None)) is None  # the readers refuse some of these texts


def test_a_continued_attribute_is_one_attribute(memory: Familiar) -> None:
    """It is right or not as a whole, and its problems stand where it begins."""
    remember(memory, FIRST, problem(3))
    for continued in (" b\n c", " b\n+", "\n\tb\n+ d"):
        obj = read("\n\n" + FIRST.replace(" b", continued))
        assert memory.find_problems(obj) == [problem(obj.attributes[2].line)]


def test_an_object_that_rules_look_at_as_a_whole_is_never_known(memory: Familiar) -> None:
    """Its attributes one by one do not decide."""
    text = FIRST + "nic-hdl: EX1-RIPE\n"
    remember(memory, text)
    assert memory.find_problems(read(text)) is None


def test_a_doubtful_attribute_is_known_by_its_text(memory: Familiar) -> None:
    """What is wrong with it comes again with the same text, and with no other."""
    wrong = FIRST.replace(" b", " wrong")
    remember(memory, wrong, problem(2))
    assert memory.find_problems(read("\n" + wrong.replace(" a", " c"))) == [problem(3)]
    assert memory.find_problems(read(wrong.replace("wrong", "wrong, too"))) is None
    assert memory.find_problems(read(FIRST)) is None


def test_a_problem_on_a_continuation_line_is_not_remembered(memory: Familiar) -> None:
    """It would have to be told on a line where no attribute begins."""
    text = FIRST.replace(" b", " wrong\n wrong")
    remember(memory, text, problem(3))
    assert memory.find_problems(read(text)) is None


def test_problems_are_told_where_the_object_stands(memory: Familiar) -> None:
    """Lines are those of the text that was parsed, comment lines between them included."""
    remember(memory, FIRST, problem(1), problem(3, column=9))
    obj = read("\n" + FIRST.replace("remarks:", "% a comment\nremarks:"))
    assert [attribute.line for attribute in obj] == [2, 4, 5, 6]
    assert memory.find_problems(obj) == [problem(2), problem(5, column=9)]


def test_many_problems_are_not_remembered(memory: Familiar) -> None:
    """Such an object hardly ever comes again, and takes room."""
    remember(memory, FIRST, *[problem(1)] * 21)
    assert memory.find_problems(read(FIRST)) is None


def test_memory_is_bounded_and_forgetting_is_harmless(memory: Familiar, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its limit it begins anew: it knows the last object, not the first any more."""
    monkeypatch.setattr(familiar, "_MOST_ATTRIBUTES", 2)
    monkeypatch.setattr(familiar, "_MOST_OUTLINES", 1)
    remember(memory, FIRST)
    remember(memory, SECOND)
    assert memory.find_problems(read(SECOND)) == []
    assert memory.find_problems(read(FIRST)) is None
    remember(memory, FIRST)
    assert memory.find_problems(read(FIRST)) == []


@pytest.mark.parametrize(
    ("raw", "is_known"),
    [
        ("remarks: b\n", True),
        ("remarks: b", True),
        ("remarks: b\n c\n", True),
        ("remarks: wrong\n", False),
        ("nic-hdl: EX1-RIPE\n", False),
        ("remarks: " + "b" * 300, False),
    ],
)
def test_an_attribute_is_known_by_itself(memory: Familiar, raw: str, is_known: bool) -> None:
    """With its line end or without; not if it is wrong, or long, or if rules look at more than it."""
    assert memory.knows(Attribute(raw, 1)) is is_known


def test_a_status_that_demands_more_is_not_taken_for_another() -> None:
    """Two networks that differ in their status only: for one of them the registry wants an organisation."""
    network = (
        "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: EXAMPLE-NET\ncountry: NL\nadmin-c: EX1-RIPE\ntech-c: EX1-RIPE\n"
        "status: {}\nmnt-by: EXAMPLE1-MNT\nsource: RIPE\n"
    )
    good, other = (read(network.format(status)) for status in ("ASSIGNED PA", "ALLOCATED PA"))
    for _ in range(2):
        assert list(iter_problems(good, SCHEMAS["ripe"], options=NEW)) == []
        assert "missing-org" in [one.code for one in iter_problems(other, SCHEMAS["ripe"], options=NEW)]
