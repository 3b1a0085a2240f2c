"""What the walk over an object judges without asking the rules is what the rules would have said."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from irtkit.problems import Problem
from irtkit.rpsl import parse_objects
from irtkit.schema.contact_rules import rules_for_source
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.validation import Action, Options, charsets, iter_problems
from irtkit.validation.checks import RULES, SchemaChecks, checks_of
from irtkit.validation.rules import Scope
from irtkit.validation.view import View

RIPE = SCHEMAS["ripe"]
KEPT = [character for character in map(chr, range(0x110000)) if charsets.is_kept("descr", character)]
NETWORK = (
    "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: EXAMPLE-NET\n{}\ncountry: NL\nadmin-c: EX1-RIPE\ntech-c: EX1-RIPE\n"
    "status: ASSIGNED PA\nmnt-by: EXAMPLE1-MNT\nsource: RIPE\n"
)
CHANGED = {
    "mnt-domains": sorted(rules_for_source("ripe").registry_maintainers),
    "remarks": ["Remark added by the RIPE NCC", "remark ADDED by the ripe ncc: gone"],
}


def utf8_changes(value: str) -> list[str]:
    """What the rules about characters say of a description."""
    view = View(parse_objects(f"inetnum: 192.0.2.0/24\ndescr: {value}\n")[0], RIPE)
    found = [rule for rule in charsets.RULES if next(rule.check(view, Options()), None)]
    return [rule.code for rule in found]


@pytest.mark.parametrize("comments", [("", " # c"), (" # c", "")])
def test_a_comment_on_a_generated_attribute_is_not_taken_from_a_known_object(comments: tuple[str, str]) -> None:
    """An aut-num's status is generated, and managed by the registry, too: it takes no comment."""
    checks_of.cache_clear()
    checks = SchemaChecks(RIPE, Options(action=Action.CREATE))
    for comment in comments:
        obj = parse_objects(f"aut-num: AS64500\nstatus: ASSIGNED{comment}\nsource: RIPE\n")[0]
        assert ("managed-comment" in [one.code for one in checks.find_problems(obj)]) is bool(comment)


def found_after_others(line: str) -> list[Problem]:
    """What is wrong with a network that has *line*, after one without it has been seen."""
    checks = SchemaChecks(RIPE, Options())
    assert checks.find_problems(parse_objects(NETWORK.format("mnt-domains: EXAMPLE1-MNT"))[0]) == []
    return checks.find_problems(parse_objects(NETWORK.format(line))[0])


def two_lines_below(problem: Problem) -> Problem:
    assert problem.span is not None
    return replace(problem, span=replace(problem.span, line=problem.span.line + 2))


@pytest.mark.parametrize("character", KEPT, ids=[f"U+{ord(character):04X}" for character in KEPT])
def test_a_character_that_is_kept_is_stored_as_it_is(character: str) -> None:
    """Letters and ASCII, between others and alone."""
    assert utf8_changes(f"\u00e9{character}x") == []
    assert utf8_changes(f"\u00e9 {character}") == []


def test_characters_that_are_kept_change_nothing_beside_each_other() -> None:
    """No two of them are composed to a third."""
    assert utf8_changes("".join(map("".join, product(KEPT, repeat=2))).replace("#", "")) == []


@pytest.mark.parametrize("character", ["\xa0", "\xad", "\x7f", "\x85", "\u0301", "\ufe0f", "\ue000"])
def test_a_character_that_may_be_replaced_is_not_taken_for_kept(character: str) -> None:
    """Blanks that do not break, controls, marks that combine, private use."""
    assert not charsets.is_kept("descr", f"descr: a{character}")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in CHANGED.items() for value in values])
@pytest.mark.parametrize("spell", [str, str.lower, str.swapcase])
def test_a_value_that_concerns_a_rule_is_shown_to_it(name: str, value: str, spell: Callable[[str], str]) -> None:
    """Whatever its case, and whatever was right before."""
    assert [one.code for one in found_after_others(f"{name}: {spell(value)}")] == ["registry-only"]


def test_only_rules_that_look_at_attributes_or_at_everything_say_what_concerns_them() -> None:
    """For no others is the pattern looked for, and without attributes that they need there is nothing to look at."""
    concerned = [rule for rule in RULES if rule.concerns]
    assert {rule.scope for rule in concerned} == {Scope.LINE, Scope.OBJECT}
    assert all(rule.needs for rule in concerned)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("mnt-routes: EXAMPLE1-MNT {198.51.100.0/24}", "outside-range"),
        ("mnt-routes: EXAMPLE1-MNT {192.0.2.0/25}\nmnt-routes: EXAMPLE1-MNT", "mnt-routes-clash"),
        ("mnt-by: RIPE-NCC-HM-MNT # c", "managed-comment"),
        ("mu: EXAMPLE1-MNT {198.51.100.0/24}", "outside-range"),
    ],
)
def test_what_the_values_of_others_decide_is_not_taken_from_a_known_object(line: str, code: str) -> None:
    """Of two networks with the same line and other addresses, or another maintainer, each is looked at."""
    checks = SchemaChecks(RIPE, Options())
    inside = NETWORK.format(line).replace("192.0.2.0 - 192.0.2.255", "0.0.0.0 - 255.255.255.255")
    for text in (inside, NETWORK.format(line), inside, NETWORK.format(line)):
        obj = parse_objects(text)[0]
        assert checks.find_problems(obj) == list(iter_problems(obj, RIPE))
    assert code in [one.code for one in found_after_others(line)]


def test_a_mistake_is_told_again_where_it_comes_again() -> None:
    """Wherever the object stands, and whatever stands in its other lines."""
    checks = SchemaChecks(RIPE, Options())
    wrong = NETWORK.format("org: ORG-EXAMPLE-RIPE\nmnt-irt: IRT-A,\n IRT!B")
    again = f"\n\n{wrong.replace('192.0.2.', '198.51.100.').replace('EXAMPLE-NET', 'OTHER-NET')}"
    first, second = (checks.find_problems(parse_objects(text)[0]) for text in (wrong, again))
    assert [one.code for one in first] == ["bad-value", "bad-value"]
    assert second == list(map(two_lines_below, first))


def test_all_problems_at_once_are_the_same_as_one_by_one() -> None:
    """Of known classes, however they are written, and of unknown ones."""
    network = NETWORK.format("descr: a")
    texts = [
        network,
        network.replace("inetnum", "*in"),
        network.upper(),
        "nothing: x\n",
        "person: A B\n",
        "mntner: X\n",
    ]
    checks = SchemaChecks(RIPE, Options())
    for obj in (*parse_objects("\n".join(texts)), *parse_objects("\n".join(texts))):
        assert checks.find_problems(obj) == list(iter_problems(obj, RIPE))
