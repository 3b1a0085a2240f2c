"""Templates are the registry's own words: what is read prints back, and every row is RIPE's."""

import csv
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtkit.errors import ParseError
from irtkit.schema.ripe import RIPE
from irtkit.schema.template import Cardinality, KeyRole, Requirement, Schema, Template, TemplateRow

IRT = """
irt:            [mandatory]  [single]     [primary/lookup key]
e-mail:         [mandatory]  [multiple]   [lookup key]
org:            [conditional] [multiple]   [inverse key]
created:        [generated]  [single]     [ ]
"""

names = st.builds(
    str.__add__,
    st.sampled_from(string.ascii_lowercase),
    st.text(string.ascii_lowercase + string.digits + "-", max_size=20),
)
rows = st.builds(
    TemplateRow,
    names,
    st.sampled_from(Requirement),
    st.sampled_from(Cardinality),
    st.lists(st.sampled_from(KeyRole), unique=True).map(tuple),
)
templates = st.lists(rows, min_size=1, max_size=30, unique_by=lambda row: row.name).map(
    lambda found: Template(tuple(found), "made up")
)


@given(rows)
def test_a_printed_row_reads_back_as_itself(row: TemplateRow) -> None:
    """Whatever a registry may say about an attribute survives being printed and read."""
    assert TemplateRow.parse(str(row)) == row


@given(rows)
def test_columns_may_touch(row: TemplateRow) -> None:
    """A long word leaves no blank between a registry's columns, and the row still reads."""
    assert TemplateRow.parse(str(row).replace("] ", "]").replace("  ", "")) == row


@given(st.lists(templates, min_size=1, max_size=8, unique_by=lambda template: template.class_name))
def test_a_schema_reads_its_templates_in_order(expected: list[Template]) -> None:
    """A registry's notation holds its templates one after the other, and none is lost or moved."""
    schema = Schema("example", "\n\n".join(map(str, expected)) + "\n", "made up")
    assert list(schema.templates.values()) == expected
    assert list(schema.templates) == [template.class_name for template in expected]


def test_a_template_prints_what_the_registry_printed() -> None:
    """The text of a template is the text it was read from."""
    template = Template.parse(IRT, citation="made up")
    assert str(template) == IRT.strip()
    assert template.class_name == "irt"
    assert template.citation == "made up"


def test_a_row_says_requirement_cardinality_and_keys() -> None:
    """A row's words become its fields, and an attribute the class lacks has no row."""
    template = Template.parse(IRT, citation="made up")
    assert template.find_row("org") == TemplateRow(
        "org", Requirement.CONDITIONAL, Cardinality.MULTIPLE, (KeyRole.INVERSE,)
    )
    assert template.find_row("created") == TemplateRow("created", Requirement.GENERATED, Cardinality.SINGLE)
    assert template.find_row("abuse-mailbox") is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("", 1, "found no row", id="nothing"),
        pytest.param("\n\nirt: mandatory", 3, "expected 'name: [requirement]", id="no-brackets"),
        pytest.param("irt: [forbidden] [single] [ ]", 1, "[forbidden]", id="requirement"),
        pytest.param("irt: [mandatory] [twice] [ ]", 1, "[twice]", id="cardinality"),
        pytest.param("irt: [mandatory] [single] [foreign key]", 1, "[foreign key]", id="keys"),
        pytest.param("irt: [mandatory] [single] [ ] irt", 1, "] irt'", id="tail"),
        pytest.param(IRT + "irt: [optional] [single] [ ]", 6, "'irt' stands twice", id="duplicate"),
    ],
)
def test_a_text_that_is_no_template_is_refused_with_its_line(text: str, line: int, message: str) -> None:
    """The error names the line and quotes what was found."""
    with pytest.raises(ParseError) as caught:
        Template.parse(text, citation="made up")
    assert caught.value.line == line
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("notation", "line", "message"),
    [
        pytest.param(IRT + "\nrole: [optional] [single]", 7, "found 'role: [optional]", id="row"),
        pytest.param(IRT + IRT, 7, "class 'irt' has two templates", id="class"),
        pytest.param(IRT + "\n\n\n\n", 7, "found no row", id="nothing"),
    ],
)
def test_a_fault_in_a_schema_is_found_at_its_line(notation: str, line: int, message: str) -> None:
    """Lines count from the start of the whole notation."""
    with pytest.raises(ParseError) as caught:
        _ = Schema("example", notation, "made up").templates
    assert (caught.value.line, message in caught.value.message) == (line, True)


def test_a_schema_is_read_when_first_asked() -> None:
    """Naming a schema costs nothing, and asking twice gives the same templates."""
    broken = Schema("example", "no template", "made up")
    assert broken.registry == "example"
    assert RIPE.templates is RIPE.templates


@pytest.mark.parametrize("class_name", RIPE.templates)
def test_ripe_templates_are_sound(class_name: str) -> None:
    """Each class opens with a mandatory single attribute of its name, ends with its source and has a key."""
    template = RIPE.templates[class_name]
    assert template.class_name == class_name
    assert template.rows[0].requirement is Requirement.MANDATORY
    assert template.rows[0].cardinality is Cardinality.SINGLE
    assert template.rows[-1].name == "source"
    assert template.primary_key
    for name in template.primary_key:
        row = template.find_row(name)
        assert row is not None
        assert row.cardinality is Cardinality.SINGLE


@pytest.mark.parametrize(
    ("class_name", "names"),
    [
        ("inetnum", ("inetnum",)),
        ("route", ("route", "origin")),
        ("route6", ("route6", "origin")),
        ("person", ("nic-hdl",)),
        ("role", ("nic-hdl",)),
        ("irt", ("irt",)),
    ],
)
def test_ripe_primary_keys(class_name: str, names: tuple[str, ...]) -> None:
    """A route is named by two attributes, and a person by its handle."""
    assert RIPE.templates[class_name].primary_key == names


def test_ripe_irt_has_no_abuse_mailbox() -> None:
    """At RIPE only a role has the attribute, and an inetnum may name several irts."""
    holders = [name for name, template in RIPE.templates.items() if template.find_row("abuse-mailbox")]
    assert holders == ["role"]
    mnt_irt = RIPE.templates["inetnum"].find_row("mnt-irt")
    assert mnt_irt is not None
    assert (mnt_irt.requirement, mnt_irt.cardinality) == (Requirement.OPTIONAL, Cardinality.MULTIPLE)


def test_ripe_templates_equal_the_reference_table(shared: Path) -> None:
    """All 21 classes and 357 rows equal the table that was read out of RIPE's own source."""
    with (shared / "reference" / "ripe-templates.tsv").open(encoding="utf-8", newline="") as table:
        expected = [tuple(row.values()) for row in csv.DictReader(table, delimiter="\t")]
    found = [
        (class_name, row.name, row.requirement.value, row.cardinality.value, ",".join(row.keys))
        for class_name, template in RIPE.templates.items()
        for row in template.rows
    ]
    assert found == expected
    assert (len(RIPE.templates), len(found)) == (21, 357)
