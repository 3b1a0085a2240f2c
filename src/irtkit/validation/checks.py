"""The table of all business rules, and the walk that holds an object against template, syntaxes and rules.

Nothing is decided here: the rules stand in the modules that the table is made of, and what a registry says about a
class is put together once. Objects whose lines were all right before need no second look
(`irtkit.validation.familiar`).
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from irtkit.problems import Problem
from irtkit.rpsl import Attribute, RpslObject
from irtkit.rpsl.names import LIST_ATTRIBUTES, long_name
from irtkit.schema.syntax import Fault, Syntax
from irtkit.schema.syntaxes import find_syntax
from irtkit.schema.template import Cardinality, Requirement, Schema, Template, TemplateRow
from irtkit.validation import (
    addresses,
    charsets,
    contents,
    credentials,
    names,
    normal_forms,
    registry_only,
    sources,
    status,
)
from irtkit.validation.codes import RIPE
from irtkit.validation.familiar import DOUBTFUL, MOST_PROBLEMS, OPEN, Familiar
from irtkit.validation.normal_forms import NORMAL_FORMS, NORMALISING, PLAIN, find_normal_form, is_normal
from irtkit.validation.options import Action, Options
from irtkit.validation.rules import MOST_OF_ONE_LIST, Finding, Rule, Scope, as_problem
from irtkit.validation.template import (
    class_unknown,
    deprecated,
    find_tolerated,
    generated,
    missing,
    not_in_template,
    repeated,
    short_name,
)
from irtkit.validation.view import View, class_name_of, is_plain

__all__ = ["RULES", "ClassChecks", "SchemaChecks", "checks_of", "iter_unknown_class"]

RULES: tuple[Rule, ...] = (
    *sources.RULES,
    *names.RULES,
    *status.RULES,
    *addresses.RULES,
    *registry_only.RULES,
    *credentials.RULES,
    *contents.RULES,
    *charsets.RULES,
    *normal_forms.RULES,
)
"""Every business rule that one object decides; at one place of an object, problems come in this order."""

_GENERATED = f"{RIPE}: AttributeGenerator"
_SHORT_NAMES = f"{RIPE}: ShortFormatTransformer"
_SANITIZER = f"{RIPE}: AttributeSanitizer"
_COMMA = re.compile(",")
_MADE_BY_REGISTRY = {"organisation": "ORG-", "key-cert": "X509-"}  # how names begin that only the registry makes


class _Expected(NamedTuple):
    """What is expected of one attribute of a class."""

    row: TemplateRow
    syntax: Syntax | None
    is_list: bool
    is_single: bool
    is_generated: bool
    is_normalised: bool
    line_rules: tuple[Rule, ...]
    find_doubt: Callable[[str], object]
    """What finds something in a value of plain words on one line, unless it is right and concerns no line rule."""


def _doubter(
    syntax: Syntax | None, rules: tuple[Rule, ...], *, is_list: bool, normalised: str | None
) -> Callable[[str], object]:
    """Return what finds nothing in a plain value that is right; *normalised* names an attribute that is rewritten."""
    finders: list[Callable[[str], object]] = [rule.concerns.search for rule in rules if rule.concerns is not None]
    if len(finders) < len(rules):
        return lambda _: True  # some rule has to look at every value
    if is_list:
        finders.append(_COMMA.search)
    is_plain_value = PLAIN.get(normalised or "")
    if is_plain_value is not None:
        finders.append(lambda value: not is_plain_value(value))
    else:
        if syntax is not None:
            finders.append(syntax.finder)
        if normalised is not None:
            finders.append(lambda value: not is_normal(normalised, value))
    if len(finders) == 1:
        return finders[0]

    def find_doubt(value: str) -> bool:
        for find in finders:  # noqa: SIM110 - any() takes longer than most of these
            if find(value):
                return True
        return False

    return find_doubt


def iter_unknown_class(view: View) -> Iterator[Problem]:
    """Yield the one problem of an object whose class the registry does not have."""
    yield as_problem("unknown-class", class_unknown(view), view.schema.citation)


@lru_cache(maxsize=256)
def checks_of(schema: Schema, class_name: str, options: Options) -> "ClassChecks | None":
    """Return what a registry says about a class, or None if it does not have the class."""
    template = schema.templates.get(class_name)
    return None if template is None else ClassChecks(schema, template, options)


class SchemaChecks:
    """All that a registry says about objects of any class, in the circumstances that *options* tell of."""

    def __init__(self, schema: Schema, options: Options) -> None:
        self._schema = schema
        self._options = options
        self._checks: dict[str, ClassChecks] = {}

    def find_problems(self, obj: RpslObject) -> list[Problem]:
        """Return the problems that `irtkit.validation.iter_problems` yields."""
        text = str(obj)
        name = text[: text.index(":")]
        checks = self._checks.get(name)
        if checks is None:
            class_name = class_name_of(obj, self._schema)
            checks = checks_of(self._schema, class_name, self._options)
            if checks is None:
                return list(iter_unknown_class(View(obj, self._schema)))
            self._checks[name] = checks
        return checks.find_problems(obj)


class ClassChecks:
    """All that a registry says about objects of one class, in the circumstances that *options* tell of."""

    def __init__(self, schema: Schema, template: Template, options: Options) -> None:
        self._schema = schema
        self._template = template
        self._options = options
        self._class_name = template.class_name
        self._mandatory = tuple(row for row in template.rows if row.requirement is Requirement.MANDATORY)
        self._rules = {
            action: tuple(rule for rule in RULES if rule.holds(schema.registry, self._class_name, action))
            for action in Action
        }
        rules = self._rules[options.action or Action.CREATE]
        self._layout_rules = tuple(rule for rule in rules if rule.scope is Scope.LAYOUT)
        self._expected = {row.name: self._expected_of(row, rules) for row in template.rows}
        self._demanding: dict[str, list[Rule]] = {}
        """The rules that look at more of an object than its outline, by the attributes that they need."""
        self._familiar = self._find_familiar(rules)

    def iter_problems(self, obj: RpslObject) -> Iterator[Problem]:
        """Yield the problems of an object of the class; see `irtkit.validation.iter_problems`."""
        known = None if self._familiar is None else self._familiar.find_problems(obj)
        if known is not None:
            yield from known
            return
        found: list[Problem] = []
        for problem in self._iter_all(View(obj, self._schema)):
            if len(found) <= MOST_PROBLEMS:  # with more it is not remembered
                found.append(problem)
            yield problem
        if self._familiar is not None:
            self._familiar.remember(obj, found)

    def find_problems(self, obj: RpslObject) -> list[Problem]:
        """Return the same problems, all at once."""
        found = None if self._familiar is None else self._familiar.find_problems(obj)
        if found is None:
            found = list(self._iter_all(View(obj, self._schema)))
            if self._familiar is not None:
                self._familiar.remember(obj, found)
        return found

    def _expected_of(self, row: TemplateRow, rules: tuple[Rule, ...]) -> _Expected:
        registry = self._schema.registry
        syntax = find_syntax(registry, self._class_name, row.name)
        is_list = row.name in LIST_ATTRIBUTES
        is_normalised = registry in NORMALISING and row.name in NORMAL_FORMS
        line_rules = tuple(rule for rule in rules if rule.scope is Scope.LINE and row.name in rule.needs)
        return _Expected(
            row,
            syntax,
            is_list,
            is_single=row.cardinality is Cardinality.SINGLE,
            is_generated=row.requirement is Requirement.GENERATED,
            is_normalised=is_normalised,
            line_rules=line_rules,
            find_doubt=_doubter(syntax, line_rules, is_list=is_list, normalised=row.name if is_normalised else None),
        )

    def _find_familiar(self, rules: tuple[Rule, ...]) -> Familiar | None:
        """Return a memory for objects of the class, if lines and outline decide about most of them."""
        if self._options.max_references or (self._options.action is None and self._class_name in _MADE_BY_REGISTRY):
            return None
        demanding = [rule for rule in rules if rule.scope is Scope.OBJECT]
        if any(rule.concerns is None and (not rule.needs or self._class_name in rule.needs) for rule in demanding):
            return None
        for rule in demanding:
            for name in rule.needs:
                self._demanding.setdefault(name, []).append(rule)
        return Familiar(
            self._judge,
            unjudged=frozenset(
                name
                for name, expected in self._expected.items()
                if expected.is_generated and name not in self._demanding
            ),
            naming=self._class_name,
        )

    def _judge(self, name: str, rest: str) -> str:
        """Return what an attribute is in an outline (`Familiar`), *rest* being what follows its colon."""
        name = name.lower()
        if name in self._demanding and any(rule.may_find(rest) for rule in self._demanding[name]):
            return OPEN
        expected = self._expected.get(name)
        if expected is None:
            return DOUBTFUL if long_name(name) == name else OPEN
        is_usual = rest.isprintable() and (rest.isascii() or charsets.is_kept(name, rest)) and "#" not in rest
        if is_usual and "  " not in (value := rest.strip(" ")) and not expected.find_doubt(value):
            return name
        if self._is_harmless(expected, name, rest, is_usual=is_usual):
            return name
        return OPEN if name == self._class_name else DOUBTFUL

    def _is_harmless(self, expected: _Expected, name: str, rest: str, *, is_usual: bool) -> bool:
        """Whether there is certainly nothing wrong with an attribute by itself."""
        if "#" in rest:
            return False
        is_usual = is_usual or ((is_plain(rest) or charsets.is_kept(name, rest)) and "\n" not in rest)
        if not is_usual and name not in charsets.UTF8_ATTRIBUTES:
            return False
        if expected.is_generated:
            return True  # whatever the value
        return self._is_right(expected, Attribute(f"{name}:{rest}", 1), name, is_usual=is_usual)

    def _is_right(self, expected: _Expected, attribute: Attribute, name: str, *, is_usual: bool) -> bool:
        """Whether neither the syntax nor a rule that looks at single attributes finds anything in an attribute."""
        syntax = expected.syntax
        if syntax is not None:
            elements = attribute.values if expected.is_list else (attribute.value,)
            if any(map(syntax.find_fault, elements)):
                return False
        if expected.is_normalised and find_normal_form(attribute, name) is not None:
            return False
        rules = expected.line_rules if is_usual else (*expected.line_rules, *self._layout_rules)
        if not rules:
            return True
        view = View(attribute, self._schema, self._class_name)
        return not any(next(rule.check(view, self._options), None) for rule in rules)

    def _iter_all(self, view: View) -> Iterator[Problem]:
        """Yield the problems of an object, attribute by attribute."""
        familiar = self._familiar
        doubts = [familiar is None or not familiar.knows(attribute) for attribute in view.attributes]
        doubtful = {name for name, is_doubtful in zip(view.names, doubts, strict=True) if is_doubtful}
        placed = _placed(self._iter_placed(view, doubtful))
        for attribute, name, is_doubtful in zip(view.attributes, view.names, doubts, strict=True):
            found = placed.pop(attribute.line, [])
            expected = self._expected.get(name)
            if expected is None:
                found.extend(self._iter_stray(view, attribute, name))
            elif is_doubtful or expected.is_generated or (expected.is_single and len(view.named[name]) > 1):
                found.extend(self._iter_expected(view, expected, attribute, name, is_doubtful=is_doubtful))
            if len(found) > 1:
                found.sort(key=_position)  # stable: at one place the order of the tables stays
            yield from found

    def _iter_placed(self, view: View, doubtful: set[str]) -> Iterator[tuple[Attribute, Problem]]:
        """Yield the problems of the object as a whole, each with the attribute where it is shown."""
        for finding in missing(view, self._mandatory):
            yield finding.attribute, as_problem("missing-attribute", finding, self._schema.citation)
        if view.short is not None:
            yield view.short, as_problem("short-name", short_name(view.short), _SHORT_NAMES)
        for rule in self._rules[self._options.action or _probable_action(view)]:
            concerned = doubtful if rule.scope is Scope.LINE else view.named
            if not rule.needs or not rule.needs.isdisjoint(concerned):
                for finding in rule.check(view, self._options):
                    yield finding.attribute, as_problem(rule.code, finding, rule.citation)

    def _iter_stray(self, view: View, attribute: Attribute, name: str) -> Iterator[Problem]:
        """Yield the problem of an attribute that is not in the template."""
        tolerated = find_tolerated(self._schema.registry, self._class_name, name)
        if tolerated is None:
            code, finding = not_in_template(view, attribute, name, self._template)
            yield as_problem(code, finding, self._schema.citation)
        elif view.named[name][0] is attribute:
            yield as_problem("deprecated-attribute", deprecated(attribute, name), tolerated.citation)

    def _iter_expected(
        self, view: View, expected: _Expected, attribute: Attribute, name: str, *, is_doubtful: bool
    ) -> Iterator[Problem]:
        """Yield the problems of an attribute that the template has."""
        is_first = view.named[name][0] is attribute
        if expected.is_generated:
            if is_first:
                citation = _GENERATED if self._schema.registry == "ripe" else self._schema.citation
                yield as_problem("generated-attribute", generated(attribute, expected.row), citation)
            return
        if expected.is_single and not is_first:
            yield as_problem("repeated-attribute", repeated(attribute, expected.row), self._schema.citation)
        if is_doubtful:
            yield from self._iter_value(view, expected, attribute, name)

    def _iter_value(self, view: View, expected: _Expected, attribute: Attribute, name: str) -> Iterator[Problem]:
        """Yield what is wrong with a value, and how a right one is rewritten."""
        syntax = expected.syntax
        if syntax is not None:
            is_valid = True
            for fault in _faults(view, expected, syntax, attribute, name):
                is_valid = False
                hint = f"expected {syntax.expected}, as in {syntax.example}"
                finding = Finding(attribute, fault.message, hint, fault.offset, fault.length)
                yield as_problem("bad-value", finding, syntax.citation)
            if not is_valid:
                return
        if expected.is_normalised and (rewritten := find_normal_form(attribute, name)):
            yield as_problem("value-rewritten", rewritten, _SANITIZER)


def _position(problem: Problem) -> tuple[int, int]:
    span = problem.span
    return (span.line, span.column) if span else (0, 0)


def _placed(problems: Iterator[tuple[Attribute, Problem]]) -> dict[int, list[Problem]]:
    """Return the problems by the line on which their attribute begins."""
    placed: dict[int, list[Problem]] = {}
    for attribute, problem in problems:
        placed.setdefault(attribute.line, []).append(problem)
    return placed


def _probable_action(view: View) -> Action:
    """Return what is to be done with an object: one with a name that only the registry makes is not new."""
    beginning = _MADE_BY_REGISTRY.get(view.class_name)
    return Action.MODIFY if beginning and view.key.startswith(beginning) else Action.CREATE


def _faults(view: View, expected: _Expected, syntax: Syntax, attribute: Attribute, name: str) -> Iterator[Fault]:
    """Yield what is wrong with a value, or with each element of a list, placed in the clean value.

    After so many wrong elements of one list, the rest is counted and shown as one.
    """
    start = told = further = 0
    last: Fault | None = None
    for element in attribute.value.split(",") if expected.is_list else (attribute.value,):
        own = element.strip(" ")
        stored = own if view.is_plain else charsets.stored_value(view, name, own)
        fault = syntax.find_fault(stored)
        if fault is not None:
            at = start + len(element) - len(element.lstrip(" "))
            placed = Fault(at + fault.offset, fault.length, fault.message)
            told += 1
            if told <= MOST_OF_ONE_LIST:
                yield placed if stored == own else Fault(at, len(own), fault.message)
            else:
                last = last or Fault(at, max(1, len(own)), fault.message)
                further += 1
        start += len(element) + 1
    if last is not None:
        yield last._replace(message=f"{last.message}; from here on, {further:,} elements are wrong")
