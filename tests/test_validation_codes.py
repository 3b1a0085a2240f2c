"""The table of problem codes: complete, true to the rules, and the same as the manual's page."""

import re
from pathlib import Path

import pytest

from irtkit.errors import ParseError
from irtkit.problems import Problem
from irtkit.rpsl import MAX_OBJECT, parse_objects
from irtkit.rpsl import texts as readers
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.submission.codes import GROUPS as OF_MESSAGES
from irtkit.validation import Action, Options, iter_problems
from irtkit.validation.checks import RULES
from irtkit.validation.codes import CODES, GROUPS, Code, manual_page, severity_of
from irtkit.validation.database_codes import GROUP as OF_DATABASES

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "reference" / "problems.md"
SOURCES = PROJECT / "src" / "irtkit"
EVERY_GROUP = (*GROUPS, OF_DATABASES, *OF_MESSAGES)
LIMITS = {"object-too-long": 70}
"""Characters that an object may have in the examples of a code."""
OPTIONS = {"too-many-references": Options(action=Action.CREATE, max_references=1)}
"""The circumstances that the examples of a code are read in, where they are not those of any new object."""

each_code = pytest.mark.parametrize("row", CODES.values(), ids=CODES)


def told(text: str, row: Code) -> set[str]:
    """The codes that every reader of texts and objects gives *text*, by the rules of the row's registry."""
    return {one.code for one in problems_of(text, row)}


def problems_of(text: str, row: Code) -> list[Problem]:
    problems: list[Problem] = []
    objects = parse_objects(text, problems=problems, max_object=LIMITS.get(row.code, MAX_OBJECT))
    form = readers._find_form_problem(text)  # the strict reader's, which raises it as an exception
    problems += [one for one in (form, *(found.find_refusal() for found in objects)) if one]
    options = OPTIONS.get(row.code, Options(action=Action.CREATE))
    for found in objects:
        problems += iter_problems(found, SCHEMAS[row.registry], options=options)
    return problems


@each_code
def test_the_wrong_example_has_the_problem(row: Code) -> None:
    """Whoever submits the wrong example gets the code that it stands for."""
    assert row.code in told(row.wrong, row)


@each_code
def test_the_right_example_does_not_have_the_problem(row: Code) -> None:
    """Whoever follows the right example does not get the code, and is read at all."""
    assert row.code not in told(row.right, row)
    assert parse_objects(row.right)


@each_code
def test_a_row_is_complete(row: Code) -> None:
    """A code is a name in lower case with hyphens; texts are sentences, and the rule is cited."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.code)
    assert row.title
    assert not row.title.endswith(".")
    assert row.explanation.endswith(".")
    assert row.citation
    assert row.wrong != row.right


def test_every_rule_has_a_code_and_a_citation() -> None:
    """No rule tells of a code that is nowhere explained."""
    assert [rule.code for rule in RULES if rule.code not in CODES or not rule.citation] == []


def test_every_code_in_the_program_is_explained() -> None:
    """What the readers and the checks call a problem is in the table, and nothing else is."""
    places = [*(SOURCES / "rpsl").glob("*.py"), *(SOURCES / "validation").glob("*.py")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in places)
    used = set(re.findall(r'(?:fault|as_problem|_fault)\(\s*"([a-z0-9-]+)"', source))
    used |= {rule.code for rule in RULES} | {"unknown-attribute", "misplaced-attribute"}
    assert used - set(CODES) == set()
    assert set(CODES) - used == set()


def test_a_code_is_defined_once() -> None:
    """No two tables explain the same code."""
    codes = [row.code for group in EVERY_GROUP for row in group.rows]
    assert sorted(codes) == sorted(set(codes))


def test_the_severity_of_a_code_nobody_defined_is_asked_in_vain() -> None:
    """A misspelled code is found at once."""
    with pytest.raises(KeyError):
        severity_of("no-such-code")


def test_the_manual_s_page_is_made_from_the_table() -> None:
    """docs/reference/problems.md says what the tables say; write it anew with `manual_page` when they change."""
    assert PAGE.read_text(encoding="utf-8") == manual_page(EVERY_GROUP)


def test_the_parser_s_exception_says_what_the_code_says() -> None:
    """The strict reader raises what the table explains."""
    with pytest.raises(ParseError, match="the text is empty"):
        readers.parse_object("")
