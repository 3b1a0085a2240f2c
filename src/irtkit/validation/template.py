"""An object held against the template of its class: what is unknown, misplaced, repeated, generated or missing.

It reads no values. Attributes that a registry tolerates are rows here, because its template does not list them.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from irtkit.rpsl import Attribute
from irtkit.rpsl.faults import shown
from irtkit.rpsl.names import long_name
from irtkit.schema.template import Cardinality, Schema, Template, TemplateRow
from irtkit.validation.codes import RIPE
from irtkit.validation.rules import Finding
from irtkit.validation.view import View

__all__ = [
    "Tolerated",
    "class_unknown",
    "deprecated",
    "find_similar",
    "find_tolerated",
    "generated",
    "known_attributes",
    "missing",
    "not_in_template",
    "repeated",
    "short_name",
]

_LONGEST_GUESS = 40  # characters; a longer name is no misspelling of an attribute
_SHOWN_CLASSES = 4


class Tolerated(NamedTuple):
    """An attribute that a registry takes although its template does not have it.

    *class_name* is None for every class. The registry removes it with a warning.
    """

    registry: str
    class_name: str | None
    attribute: str
    citation: str


_TOLERATED = (
    Tolerated("ripe", None, "changed", citation=f"{RIPE}: ChangedAttributeTransformer"),
    Tolerated("ripe", "aut-num", "mnt-lower", citation=f"{RIPE}: MntLowerAttributeTransformer"),
    Tolerated("ripe", "aut-num", "mnt-routes", citation=f"{RIPE}: MntRoutesAttributeTransformer"),
)


def find_tolerated(registry: str, class_name: str, attribute: str) -> Tolerated | None:
    """Return the row of an attribute that the registry takes without having it in the class's template."""
    for row in _TOLERATED:
        if row.registry == registry and row.attribute == attribute and row.class_name in {None, class_name}:
            return row
    return None


@lru_cache(maxsize=64)
def known_attributes(schema: Schema) -> dict[str, tuple[str, ...]]:
    """Return every attribute of a registry with the classes that have it, in the registry's order."""
    classes: dict[str, tuple[str, ...]] = {}
    for template in schema.templates.values():
        for row in template.rows:
            classes[row.name] = (*classes.get(row.name, ()), template.class_name)
    return classes


def class_unknown(view: View) -> Finding:
    """Say that the object's class is none of the registry's."""
    name = view.first.name
    guess = _did_you_mean(name, tuple(view.schema.templates))
    expected = "expected the name of a class, such as irt or inetnum, as the first attribute"
    return Finding(view.first, f"{shown(name)} is not a class", guess or expected)


def not_in_template(view: View, attribute: Attribute, name: str, template: Template) -> tuple[str, Finding]:
    """Say that an attribute is misplaced, or unknown; return the code, too."""
    classes = known_attributes(view.schema).get(name)
    if classes:
        more = ", ..." if len(classes) > _SHOWN_CLASSES else ""
        found = f"{shown(name)} is no attribute of class {template.class_name}"
        hint = f"it belongs to {', '.join(classes[:_SHOWN_CLASSES])}{more}"
        return "misplaced-attribute", Finding(attribute, found, hint)
    guess = None
    if view.guesses > 0:
        view.guesses -= 1
        own = tuple(row.name for row in template.rows)
        guess = _did_you_mean(name, own) or _did_you_mean(name, tuple(known_attributes(view.schema)))
    expected = f"expected an attribute of class {template.class_name}"
    return "unknown-attribute", Finding(
        attribute, f"{shown(attribute.name)} is not a known attribute", guess or expected
    )


def repeated(attribute: Attribute, row: TemplateRow) -> Finding:
    """Say that an attribute that may stand once stands there again."""
    return Finding(attribute, f"{row.name} stands here again, and one is the most", f"the template has {_words(row)}")


def generated(attribute: Attribute, row: TemplateRow) -> Finding:
    """Say that the registry replaces what was supplied."""
    hint = "leave it out, or expect another value"
    return Finding(attribute, f"{row.name} is generated: the registry replaces what is supplied", hint)


def deprecated(attribute: Attribute, name: str) -> Finding:
    """Say that the registry takes an attribute out of the object."""
    return Finding(attribute, f"{name} is deprecated here: the registry removes it", "leave it out")


def short_name(attribute: Attribute) -> Finding:
    """Say that the registry writes the name in full."""
    hint = f"write {long_name(attribute.name)}"
    return Finding(attribute, f"{shown(attribute.name)} is a short name, and the registry replaces those", hint)


def missing(view: View, mandatory: Iterable[TemplateRow]) -> Iterator[Finding]:
    """Yield, in their order, those of the *mandatory* attributes that an object lacks."""
    for row in mandatory:
        if row.name not in view.named:
            message = f"{row.name} is missing from this {view.class_name}"
            yield Finding(view.first, message, f"the template has {_words(row)}")


def _words(row: TemplateRow) -> str:
    often = "once" if row.cardinality is Cardinality.SINGLE else "any number of times"
    return f"{row.name}: [{row.requirement}] [{row.cardinality}], {often}"


@lru_cache(maxsize=1024)
def find_similar(name: str, names: tuple[str, ...]) -> str | None:
    """Return the one among *names* that was probably meant by *name*, in lower case."""
    if len(name) > _LONGEST_GUESS:
        return None
    close = get_close_matches(name.strip(), names, n=1, cutoff=0.7)
    return close[0] if close else None


def _did_you_mean(name: str, names: tuple[str, ...]) -> str | None:
    """Return a question about the name among *names* that was probably meant."""
    meant = find_similar(name, names)
    if meant is None:
        return None
    return f"did you mean {meant}?{' blanks before the colon are part of a name' if meant == name.strip() else ''}"
