"""Objects held against templates, syntaxes and conversions: what is told, where, and what nobody hears of."""

from collections.abc import Iterator

import pytest

from irtkit.problems import Problem, Severity
from irtkit.rpsl import parse_objects
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.validation import Action, Options, iter_problems

NEW = Options(action=Action.CREATE)
IRT = """\
irt:            irt-example
address:        Example Street 1
e-mail:         cert@example.net
admin-c:        EX1-RIPE
tech-c:         EX1-RIPE
auth:           PGPKEY-0A1B2C3D
mnt-by:         EXAMPLE1-MNT
source:         RIPE
"""
NETWORK = """\
inetnum:        192.0.2.0 - 192.0.2.255
netname:        EXAMPLE-NET
country:        NL
admin-c:        EX1-RIPE
tech-c:         EX1-RIPE
status:         ASSIGNED PA
mnt-by:         EXAMPLE1-MNT
source:         RIPE
"""


def problems(text: str, registry: str = "ripe", options: Options = NEW) -> list[Problem]:
    (obj,) = parse_objects(text)
    return list(iter_problems(obj, SCHEMAS[registry], options=options))


def told(text: str, registry: str = "ripe", options: Options = NEW) -> list[tuple[str, int, int, int]]:
    """Each problem's code, line, column and length."""
    return [(one.code, *place(one)) for one in problems(text, registry, options)]


def place(problem: Problem) -> tuple[int, int, int]:
    assert problem.span is not None
    return problem.span.line, problem.span.column, problem.span.length


def codes(text: str, registry: str = "ripe", options: Options = NEW) -> list[str]:
    return [one.code for one in problems(text, registry, options)]


@pytest.mark.parametrize("text", [IRT, NETWORK], ids=["irt", "inetnum"])
def test_a_good_object_has_no_problem(text: str) -> None:
    """What the registry takes without a word is told without a word."""
    assert problems(text) == []


def test_problems_come_lazily() -> None:
    """The first problem is there before the last attribute is looked at."""
    (obj,) = parse_objects("irt: irt-example\n" + "remark: x\n" * 10)
    found = iter_problems(obj, SCHEMAS["ripe"])
    assert isinstance(found, Iterator)
    assert next(found).code == "missing-attribute"
    assert len(list(found)) > 10


def test_a_problem_says_everything() -> None:
    """Code, severity, what is wrong, where, what was expected, and who says so."""
    (problem,) = problems(IRT.replace("0A1B2C3D", "0A1BXY3D"))
    assert problem.code == "bad-value"
    assert problem.severity is Severity.ERROR
    assert "XY" in problem.message
    assert place(problem) == (6, 28, 2)
    assert problem.hint is not None
    assert "PGPKEY-" in problem.hint
    assert problem.citation


def test_missing_attributes_are_shown_at_the_class_in_the_template_s_order() -> None:
    """What is missing has no place, so it comes first; the message begins with its name."""
    found = problems("irt: irt-example\nsource: RIPE\n")
    names = [one.message.partition(" ")[0] for one in found]
    assert names == ["address", "e-mail", "admin-c", "tech-c", "auth", "mnt-by"]
    assert {place(one) for one in found} == {(1, 1, 3)}


def test_an_unknown_class_is_one_problem() -> None:
    """Nothing more can be said about an object whose class nobody knows."""
    assert told("irtt: x\nmnt-by: x y\n") == [("unknown-class", 1, 1, 4)]
    (problem,) = problems("irtt: x\n")
    assert problem.hint == "did you mean irt?"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("mnt-byy", "did you mean mnt-by?"),
        ("abuse-mailboxes", "did you mean abuse-mailbox?"),
        ("mnt-by ", "did you mean mnt-by? blanks before the colon are part of a name"),
        ("colour-of-the-sky", "expected an attribute of class irt"),
        ("x" * 5000, "expected an attribute of class irt"),
    ],
)
def test_an_unknown_attribute_is_told_with_the_name_that_was_probably_meant(name: str, hint: str) -> None:
    """A guess is made from the class's attributes, then from all."""
    (problem,) = problems(f"{IRT}{name}: x\n")
    assert problem.code == "unknown-attribute"
    assert problem.hint == hint
    assert place(problem) == (9, 1, len(name))
    assert len(problem.message) < 100


def test_an_attribute_of_other_classes_is_told_with_those() -> None:
    """Whoever puts an attribute in the wrong class hears where it belongs."""
    (problem,) = problems(f"{IRT}abuse-mailbox: abuse@example.net\n")
    assert problem.code == "misplaced-attribute"
    assert problem.hint == "it belongs to role"


def test_every_repetition_is_told() -> None:
    """A single attribute that stands three times is told twice."""
    assert told(f"{NETWORK}netname: A1\nnetname: B1\n") == [
        ("repeated-attribute", 9, 1, 7),
        ("repeated-attribute", 10, 1, 7),
    ]


def test_generated_attributes_are_told_once_and_their_values_not_judged() -> None:
    """The registry replaces them, whatever they say and however often."""
    assert told(f"{IRT}created: x y z\ncreated: never\nlast-modified:\n") == [
        ("generated-attribute", 9, 1, 7),
        ("generated-attribute", 11, 1, 13),
    ]


@pytest.mark.parametrize(
    ("class_line", "name"),
    [("irt: irt-example", "changed"), ("aut-num: AS64496", "mnt-lower"), ("aut-num: AS64496", "mnt-routes")],
)
def test_what_the_registry_removes_is_a_warning(class_line: str, name: str) -> None:
    """Deprecated attributes do not make an object wrong."""
    found = [
        one for one in problems(f"{class_line}\n{name}: not a value {{\n{name}: x\n") if one.span and one.span.line > 1
    ]
    assert [(one.code, one.severity) for one in found] == [("deprecated-attribute", Severity.WARNING)]


def test_short_names_are_told_once_and_mean_the_long_ones() -> None:
    """Two-letter names, with and without asterisk, are the attributes themselves."""
    short = "*it: irt-example\nad: A\n*em: a@example.net\n*ac: EX1-RIPE\n*tc: EX1-RIPE\n*at: SSO a@example.net\n"
    assert told(f"{short}*mb: EXAMPLE1-MNT\nso: RIPE\n") == [("short-name", 1, 1, 3)]
    assert codes(f"{short}*mb: 1\nso: RIPE\n") == ["short-name", "bad-value"]


def test_irrd_knows_no_short_names() -> None:
    """IRRd's parser takes names as they are."""
    assert "unknown-class" in codes("*rt: 192.0.2.0/24\norigin: AS64496\n", "irrd")
    assert "unknown-attribute" in codes("route: 192.0.2.0/24\norigin: AS64496\nmb: A-MNT\n", "irrd")


def test_each_element_of_a_list_is_judged_where_it_stands() -> None:
    """The second element's fault is shown in the second element, the missing one's after the comma."""
    text = NETWORK.replace("EXAMPLE1-MNT", "EXAMPLE1-MNT, 1-MNT,,\n                 A-MNT")
    assert [(code, line, column) for code, line, column, _ in told(text)] == [
        ("bad-value", 7, 31),
        ("bad-value", 7, 37),
    ]


def test_a_value_without_comma_is_no_list() -> None:
    """`admin-c` takes one handle, not several."""
    assert codes(IRT.replace("admin-c:        EX1-RIPE", "admin-c: EX1-RIPE, EX2-RIPE")) == ["bad-value"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("inetnum:        192.0.2/24", "192.0.2.0 - 192.0.2.255"),
        ("inetnum:        192.0.2.0-192.0.2.255", "192.0.2.0 - 192.0.2.255"),
    ],
)
def test_the_registry_s_notation_of_a_range_is_told(line: str, expected: str) -> None:
    """What the registry will store is shown, so that a file can be compared with its answer."""
    (problem,) = problems(NETWORK.replace("inetnum:        192.0.2.0 - 192.0.2.255", line))
    assert (problem.code, problem.severity) == ("value-rewritten", Severity.INFO)
    assert expected in problem.message


@pytest.mark.parametrize(
    ("old", "new"),
    [("source:         RIPE", "source: ripe"), ("ASSIGNED PA", "assigned pa")],
)
def test_upper_case_is_told(old: str, new: str) -> None:
    """Status and source are stored in upper case, and are right in lower case."""
    assert codes(NETWORK.replace(old, new)) == ["value-rewritten"]


def test_host_bits_of_an_inet6num_are_told() -> None:
    """They are dropped silently by the registry, and not by us."""
    found = problems("inet6num: 2001:DB8::1/48\n")
    assert [one.message for one in found if one.code == "value-rewritten"] == ['stored as "2001:db8::/48"']


def test_a_wrong_value_is_not_rewritten() -> None:
    """Only a valid value has a normal form."""
    assert codes(NETWORK.replace("192.0.2.0 - 192.0.2.255", "192.0.2.0 - 192.0.1.255")) == ["bad-value"]


@pytest.mark.parametrize("key", ["irt:\n  irt-example", "irt: irt-example # ours", "irt: irt-\n+example"])
def test_a_primary_key_on_several_lines_or_with_comment_is_rewritten(key: str) -> None:
    """The registry stores what names an object on one line."""
    found = codes(IRT.replace("irt:            irt-example", key))
    assert "key-rewritten" in found


def test_the_handle_of_a_person_is_its_key() -> None:
    """Not the first attribute alone: the handle's comment moves, too."""
    text = "person: Example Person\ne-mail: a@example.net\nnic-hdl: EP1-RIPE # me\nmnt-by: A-MNT\nsource: RIPE\n"
    assert told(text) == [("key-rewritten", 3, 1, 7)]


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ("Straße 1", []),
        ("Ulica Ł 1", [(2, 23, 1)]),
        ("A\x07B", [(2, 18, 1)]),
        ("A\xa0B", [(2, 18, 1)]),
        ("A\xadB", [(2, 18, 1)]),
        ("A\x85B", [(2, 18, 1)]),
        ("A # Ł", [(2, 1, 7)]),
    ],
)
def test_what_latin_1_does_not_have_is_told(value: str, places: list[tuple[int, int, int]]) -> None:
    """The first character that is lost is shown; in a comment, the attribute."""
    text = IRT.replace("Example Street 1", value)
    assert told(text) == [("latin1-conversion", *at) for at in places]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Réseau 日本", []),
        ("Re\u0301seau", ["utf8-conversion"]),
        ("bell\x07", ["utf8-conversion"]),
        ("no\xa0break", ["utf8-conversion"]),
        ("heart \u2764\ufe0f", ["utf8-conversion"]),
        ("mark \u202e", ["utf8-conversion"]),
    ],
)
def test_remarks_hold_utf_8(value: str, expected: list[str]) -> None:
    """All of Unicode in its composed form, but nothing that cannot be seen."""
    assert codes(f"{IRT}remarks: {value}\n") == expected


@pytest.mark.parametrize(
    ("mailbox", "expected"),
    [
        ("cert@bücher.example", ["idn-conversion"]),
        ("Cert <cert@bücher.example>", ["idn-conversion"]),
        ("cért@example.net", ["bad-value"]),
        ("cert@bü..cher.example", ["bad-value"]),
    ],
)
def test_a_mailbox_s_domain_becomes_punycode(mailbox: str, expected: list[str]) -> None:
    """The domain is converted before it is judged, what stands before it is not."""
    assert codes(IRT.replace("cert@example.net", mailbox)) == expected


def test_other_registries_convert_nothing_that_is_known() -> None:
    """Conversions are RIPE's; nothing is said of others."""
    text = "irt: IRT-EXAMPLE-AP\naddress: Ł\nremarks: Re\u0301seau\n"
    assert not [code for code in codes(text, "apnic") if code.endswith("-conversion")]


def test_an_unknown_source_is_told_by_each_registry() -> None:
    """APNIC's objects are not for RIPE's database, nor the other way round."""
    for registry, source in [("ripe", "APNIC"), ("apnic", "AFRINIC"), ("afrinic", "RIPE")]:
        assert "unknown-source" in codes(f"irt: irt-example\nsource: {source}\n", registry)
        assert "unknown-source" not in codes(f"irt: irt-example\nsource: {registry}\n", registry)
    assert "unknown-source" not in codes("route: 192.0.2.0/24\norigin: AS64496\nsource: EXAMPLE\n", "irrd")


def test_the_source_may_be_another_database_s() -> None:
    """A test database has a source of its own."""
    options = Options(action=Action.CREATE, sources=("TEST", "TEST-NONAUTH"))
    assert problems(IRT.replace("RIPE\n", "TEST\n").replace("-RIPE", "-TEST"), options=options) == []
    assert codes(IRT, options=options) == ["unknown-source"]
    assert codes(IRT.replace("source:         RIPE", "source: TEST-NONAUTH"), options=options) == [
        "source-not-for-class"
    ]


def test_each_registry_wants_another_irt() -> None:
    """The same object is right for one registry and wrong for another, for reasons that the templates give."""
    assert codes(IRT) == []
    assert "missing-attribute" in codes(IRT, "apnic")
    assert "missing-attribute" in codes(IRT, "irrd")
    assert "misplaced-attribute" in codes(IRT, "irrd") or "unknown-attribute" in codes(IRT, "irrd")


def test_line_numbers_are_those_of_the_whole_text() -> None:
    """Objects further down, and comment lines inside them, do not confuse places."""
    inside = NETWORK.replace("netname", "% a comment\nnetname:        1X\n# another\nnetname")
    text = f"% answer\n\n{IRT}\n{inside}"
    found = [one for obj in parse_objects(text) for one in iter_problems(obj, SCHEMAS["ripe"], options=NEW)]
    assert [(one.code, place(one)) for one in found] == [
        ("bad-value", (14, 17, 1)),
        ("repeated-attribute", (16, 1, 7)),
    ]


def test_control_characters_do_not_reach_a_message() -> None:
    """What is shown of the user's text is fit for a terminal."""
    text = "irt: \x1b[31m\nadd\x1bress: x\nmnt-by: \x1b\nsource: \x1b # \x07\nstatus: \x1b\n"
    for one in problems(text):
        assert one.message.isprintable()
        assert one.hint is None or one.hint.isprintable()
