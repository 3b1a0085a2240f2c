"""The registries' schemas are data that can be held against each other: rows, sources and differences."""

import re
from collections import Counter
from itertools import pairwise, permutations, product

import pytest

from irtkit import parse_object
from irtkit.problems import Severity
from irtkit.rpsl.names import PRIMARY_KEYS
from irtkit.schema import afrinic, apnic, irrd
from irtkit.schema.registry_schemas import SCHEMAS, iter_compared, iter_notes
from irtkit.schema.template import Cardinality, Requirement, Template, TemplateRow
from irtkit.validation import iter_problems

EVERY_CLASS = [(registry, class_name) for registry, schema in SCHEMAS.items() for class_name in schema.templates]
NOTES = {"apnic": apnic.NOTES, "afrinic": afrinic.NOTES, "irrd": irrd.NOTES}

CONTACTS = """\
irt:            IRT-EXAMPLE-CSIRT
address:        1 Example Street
e-mail:         csirt@example.net
"""
IRTS = {
    "ripe": f"""{CONTACTS}\
admin-c:        EX1-RIPE
tech-c:         EX1-RIPE
auth:           PGPKEY-0123ABCD
mnt-by:         EXAMPLE-MNT
source:         RIPE
""",
    "apnic": f"""{CONTACTS}\
abuse-mailbox:  abuse@example.net
admin-c:        EX1-AP
tech-c:         EX1-AP
auth:           PGPKEY-0123ABCD
mnt-by:         MAINT-AU-EXAMPLE
source:         APNIC
""",
    "afrinic": f"""{CONTACTS}\
abuse-mailbox:  abuse@example.net
admin-c:        EX1-AFRINIC
tech-c:         EX1-AFRINIC
auth:           PGPKEY-0123ABCD
mnt-by:         EXAMPLE-MNT
changed:        hostmaster@example.net 20240115
source:         AFRINIC
""",
    "irrd": f"""{CONTACTS}\
abuse-mailbox:  abuse@example.net
mnt-by:         EXAMPLE-MNT
source:         EXAMPLE
""",
}
"""An irt for each registry, with nothing in it that its template does not demand."""

REFUSALS: dict[tuple[str, str], set[str]] = {
    # RIPE ObjectTemplate: no abuse-mailbox, which every other registry demands.
    ("ripe", "apnic"): {"missing abuse-mailbox"},
    ("ripe", "afrinic"): {"missing abuse-mailbox", "missing changed"},
    ("ripe", "irrd"): {"missing abuse-mailbox", "unknown auth"},
    # APNIC whois guide: abuse-mailbox is mandatory, and changed is gone, which AFRINIC still demands.
    ("apnic", "ripe"): {"unknown abuse-mailbox"},
    ("apnic", "afrinic"): {"missing changed"},
    ("apnic", "irrd"): {"unknown auth"},
    # AFRINIC templates of 2013-10: abuse-mailbox and changed are mandatory.
    ("afrinic", "ripe"): {"unknown abuse-mailbox", "unknown changed"},
    ("afrinic", "apnic"): {"unknown changed"},
    ("afrinic", "irrd"): {"unknown auth"},
    # IRRd rpsl_objects: no auth at all, and contacts only for those who want them.
    ("irrd", "ripe"): {"unknown abuse-mailbox", "missing auth", "missing admin-c", "missing tech-c"},
    ("irrd", "apnic"): {"missing auth", "missing admin-c", "missing tech-c"},
    ("irrd", "afrinic"): {"missing auth", "missing admin-c", "missing tech-c", "missing changed"},
}


def refusals(text: str, template: Template) -> set[str]:
    """What a template alone has against an object."""
    counts = Counter(attribute.name for attribute in parse_object(text))
    rows = {row.name: row for row in template.rows}
    single = {name for name, row in rows.items() if row.cardinality is Cardinality.SINGLE}
    mandatory = {name for name, row in rows.items() if row.requirement is Requirement.MANDATORY}
    return {
        *(f"unknown {name}" for name in counts.keys() - rows.keys()),
        *(f"missing {name}" for name in mandatory - counts.keys()),
        *(f"repeated {name}" for name in single if counts[name] > 1),
    }


def row_of(registry: str, class_name: str, attribute: str) -> TemplateRow | None:
    return SCHEMAS[registry].templates[class_name].find_row(attribute)


def test_the_registries_are_named_in_order() -> None:
    """Each schema stands under its own name, RIPE's first."""
    assert list(SCHEMAS) == ["ripe", "apnic", "afrinic", "irrd"]
    assert [schema.registry for schema in SCHEMAS.values()] == list(SCHEMAS)


@pytest.mark.parametrize("registry", SCHEMAS)
def test_a_schema_is_written_as_it_prints(registry: str) -> None:
    """Its notation is what its templates print, so that two files differ only where the registries do."""
    schema = SCHEMAS[registry]
    assert "\n\n".join(map(str, schema.templates.values())) == schema.notation.strip()


@pytest.mark.parametrize("registry", SCHEMAS)
def test_a_schema_has_the_classes_that_matter(registry: str) -> None:
    """Address and AS objects with all that they refer to, routes and sets."""
    addresses = {"inetnum", "inet6num", "aut-num", "domain", "route", "route6", "as-set"}
    parties = {"irt", "person", "role", "organisation", "mntner", "key-cert"}
    assert addresses | parties <= set(SCHEMAS[registry].templates)


@pytest.mark.parametrize(("registry", "class_name"), EVERY_CLASS)
def test_a_template_is_sound(registry: str, class_name: str) -> None:
    """It opens with the attribute that names the class, has one source, and its key is the one the parser knows."""
    template = SCHEMAS[registry].templates[class_name]
    assert template.primary_key == PRIMARY_KEYS[class_name]
    for name in (class_name, "source", *template.primary_key):
        row = template.find_row(name)
        assert row is not None
        assert (row.requirement, row.cardinality) == (Requirement.MANDATORY, Cardinality.SINGLE)
    assert [row.name for row in template.rows][-2:] in (["source", "parent"], [template.rows[-2].name, "source"])


@pytest.mark.parametrize(("registry", "class_name"), EVERY_CLASS)
def test_classes_and_rows_keep_the_order_of_ripe(registry: str, class_name: str) -> None:
    """What two registries both have stands in the same order in both files."""
    schema, ripe = SCHEMAS[registry], SCHEMAS["ripe"]
    assert list(schema.templates) == [name for name in ripe.templates if name in schema.templates]
    known = [row.name for row in ripe.templates[class_name].rows]
    common = [row.name for row in schema.templates[class_name].rows if row.name in known]
    assert common == [name for name in known if name in common]


@pytest.mark.parametrize("registry", SCHEMAS)
def test_a_schema_says_where_and_when_it_was_read(registry: str) -> None:
    """The citation names a document or program with its version or date."""
    assert re.search(r"\d+\.\d+|\d{4}-\d\d", SCHEMAS[registry].citation)


def test_every_note_is_beside_a_row() -> None:
    """No note is left over from a row that is gone, and each is found where it belongs."""
    told = {
        (registry, class_name, attribute)
        for registry, class_name in EVERY_CLASS
        for attribute, _ in iter_notes(registry, class_name)
    }
    for registry, notes in NOTES.items():
        for class_name, attribute in notes:
            classes = SCHEMAS[registry].templates if class_name == "*" else (class_name,)
            assert any((registry, name, attribute) in told for name in classes)
            assert class_name == "*" or (registry, class_name, attribute) in told


def test_notes_come_in_the_order_of_the_rows() -> None:
    """A class without notes has none, and an unknown class or registry is a KeyError."""
    assert [attribute for attribute, _ in iter_notes("apnic", "organisation")] == ["organisation", "org-type"]
    assert list(iter_notes("ripe", "irt")) == []
    for registry, class_name in (("example", "irt"), ("irrd", "poem")):
        with pytest.raises(KeyError):
            list(iter_notes(registry, class_name))


def test_what_registries_say_about_abuse_contacts() -> None:
    """RIPE has no abuse-mailbox in an irt; only APNIC demands that an inetnum, inet6num or aut-num names one."""
    mailbox = [row_of(registry, "irt", "abuse-mailbox") for registry in SCHEMAS]
    assert [row and row.requirement for row in mailbox] == [None, *[Requirement.MANDATORY] * 3]
    for class_name in ("inetnum", "inet6num"):
        irts = [row_of(registry, class_name, "mnt-irt") for registry in SCHEMAS]
        assert [row and row.requirement for row in irts] == ["optional", "mandatory", "optional", None]
    asked = [row_of(registry, "aut-num", "mnt-irt") for registry in SCHEMAS]
    assert [row and row.requirement for row in asked] == [None, "mandatory", "optional", None]


@pytest.mark.parametrize("registry", SCHEMAS)
def test_each_registry_takes_its_own_irt(registry: str) -> None:
    """The object has what the registry's template demands and nothing that it lacks."""
    assert refusals(IRTS[registry], SCHEMAS[registry].templates["irt"]) == set()


@pytest.mark.parametrize(("written_for", "registry"), list(permutations(SCHEMAS, 2)))
def test_each_registry_refuses_the_irt_of_any_other(written_for: str, registry: str) -> None:
    """The templates of the four leave no irt that two of them take as it is."""
    assert refusals(IRTS[written_for], SCHEMAS[registry].templates["irt"]) == REFUSALS[written_for, registry]


def errors(text: str, registry: str) -> set[str]:
    """What the whole validation has against an object, in the words of `refusals`; each says where the rule is from."""
    words = {"missing-attribute": "missing", "misplaced-attribute": "unknown", "unknown-attribute": "unknown"}
    found = set()
    for problem in iter_problems(parse_object(text), SCHEMAS[registry]):
        if problem.severity is Severity.ERROR:
            assert problem.span is not None
            assert problem.citation == SCHEMAS[registry].citation
            line = text.splitlines()[problem.span.line - 1]
            missing = problem.code == "missing-attribute"
            found.add(f"{words[problem.code]} {problem.message.split()[0] if missing else line.partition(':')[0]}")
    return found


@pytest.mark.parametrize(("written_for", "registry"), list(product(SCHEMAS, repeat=2)))
def test_validation_takes_an_irt_only_where_its_template_is_from(written_for: str, registry: str) -> None:
    """Even when it names the other registry as its source; RIPE lets `changed` through, with a warning."""
    source = IRTS[registry].splitlines()[-1]
    text = "\n".join([*IRTS[written_for].splitlines()[:-1], source])
    expected = REFUSALS.get((written_for, registry), set())
    assert errors(text, registry) == (expected - {"unknown changed"} if registry == "ripe" else expected)


@pytest.mark.parametrize(("registry", "class_name"), EVERY_CLASS)
def test_a_template_does_not_differ_from_itself(registry: str, class_name: str) -> None:
    """Compared with itself it gives its own rows in order, none of which differs."""
    compared = list(iter_compared(class_name, (registry, registry)))
    rows = SCHEMAS[registry].templates[class_name].rows
    assert [line.rows for line in compared] == [(row, row) for row in rows]
    assert not any(line.differs(keys=True) for line in compared)


@pytest.mark.parametrize("class_name", SCHEMAS["ripe"].templates)
def test_a_comparison_has_every_attribute_once(class_name: str) -> None:
    """Whatever the order of the registries, the same attributes differ; each registry's own order stays."""
    outcomes = set()
    for registries in permutations(SCHEMAS):
        compared = list(iter_compared(class_name, registries))
        outcomes.add(frozenset((line.attribute, line.differs(), line.differs(keys=True)) for line in compared))
        assert len({line.attribute for line in compared}) == len(compared)
        for place, registry in enumerate(registries):
            template = SCHEMAS[registry].templates.get(class_name)
            found = [row for row in (line.rows[place] for line in compared) if row is not None]
            assert sorted(map(str, found)) == sorted(map(str, template.rows if template else ()))
    assert len(outcomes) == 1


def test_an_attribute_of_one_registry_follows_what_it_follows_there() -> None:
    """APNIC's abuse-mailbox stands behind e-mail, where RIPE has signature."""
    names = [line.attribute for line in iter_compared("irt", ("ripe", "apnic"))]
    assert ("e-mail", "abuse-mailbox") in pairwise(names)
    assert ("abuse-mailbox", "signature") in pairwise(names)


def test_keys_count_only_when_asked() -> None:
    """IRRd finds no irt by its e-mail, which refuses no object."""
    line = next(line for line in iter_compared("irt", ("ripe", "irrd")) if line.attribute == "e-mail")
    assert (line.differs(), line.differs(keys=True)) == (False, True)


def test_a_class_that_no_registry_has_compares_to_nothing() -> None:
    """An unknown registry is a KeyError."""
    assert list(iter_compared("limerick", SCHEMAS)) == []
    with pytest.raises(KeyError):
        list(iter_compared("irt", ("ripe", "example")))
