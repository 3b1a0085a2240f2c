"""What differs between an object that was sent and the one that a registry has, attribute by attribute.

What the registry generates or takes out is left out, and so are case, layout and the notations that it rewrites
(`irtkit.validation.normal_forms`). Credentials that it hides when it is asked are compared as far as they are shown.
The order of attributes and comments do not count. It asks nobody.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from irtkit.errors import RangeError
from irtkit.rpsl import Attribute, RpslObject
from irtkit.rpsl.names import PRIMARY_KEYS, long_name
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.schema.template import Requirement
from irtkit.validation.keys import key_of
from irtkit.validation.normal_forms import NORMAL_FORMS
from irtkit.validation.sameness import removed_from

__all__ = ["Difference", "differences", "has_same_key"]

_HIDDEN: Final = re.compile(r"\bfiltered\b", re.IGNORECASE)
_COMMA: Final = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that only one side has; *attribute* is its long name."""

    attribute: str
    value: str
    is_stored: bool
    """Whether it is the registry's; else it is the one that was sent."""

    def __str__(self) -> str:
        return f"{'+' if self.is_stored else '-'} {self.attribute}: {self.value}"


def has_same_key(sent: RpslObject, stored: RpslObject) -> bool:
    """Tell whether the two are one object of a database."""
    return sent.class_name == stored.class_name and key_of(sent) == key_of(stored) is not None


def differences(sent: RpslObject, stored: RpslObject) -> tuple[Difference, ...]:
    """Return what only one of the two has: first what was sent, each in document order; none if they agree.

    Both have the same key (`has_same_key`); the attributes that it is made of are not compared.
    """
    hidden = frozenset(_iter_hidden(stored))
    ours, theirs = list(_iter_values(sent, hidden)), list(_iter_values(stored, hidden))
    return (*_without(ours, theirs, is_stored=False), *_without(theirs, ours, is_stored=True))


def _without(
    some: list[tuple[str, str, str]], others: list[tuple[str, str, str]], *, is_stored: bool
) -> Iterator[Difference]:
    left = Counter((name, normal) for name, normal, _ in others)
    for name, normal, value in some:
        if left[name, normal]:
            left[name, normal] -= 1
        else:
            yield Difference(name, value, is_stored)


def _iter_values(obj: RpslObject, hidden: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the long name, the normal form and the value of each attribute that counts."""
    class_name = obj.class_name
    skipped = removed_from(class_name).union(_generated(class_name), PRIMARY_KEYS.get(class_name, ()))
    for attribute in obj:
        name = long_name(attribute.name)
        if name not in skipped:
            scheme = _scheme(attribute) if name == "auth" else ""
            value = scheme if scheme in hidden else attribute.value
            yield name, _normal(name, value), value


def _normal(name: str, value: str) -> str:
    rewrite = NORMAL_FORMS.get(name, str.strip)
    try:
        value = rewrite(value)
    except RangeError:
        return value.lower()
    return _COMMA.sub(",", value).lower()


def _scheme(attribute: Attribute) -> str:
    return attribute.value.partition(" ")[0].upper()


def _iter_hidden(stored: RpslObject) -> Iterator[str]:
    """Yield the schemes of credentials whose values the registry does not show."""
    for attribute in stored:
        if long_name(attribute.name) == "auth" and _HIDDEN.search(attribute.comment):
            yield _scheme(attribute)


@cache
def _generated(class_name: str) -> frozenset[str]:
    """Return the attributes that some registry generates in objects of a class."""
    rows = [
        row
        for schema in SCHEMAS.values()
        if class_name in schema.templates
        for row in schema.templates[class_name].rows
    ]
    return frozenset(row.name for row in rows if row.requirement is Requirement.GENERATED)
