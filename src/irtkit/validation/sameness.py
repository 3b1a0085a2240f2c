"""Whether a submitted object is what is stored already, so that nothing would change.

It is when both are equal after leaving out what the registry generates, ignoring case, layout and the notations that it
rewrites. Comments count, but for those of the primary key, which the registry takes out (RIPE whois 1.124:
RpslObjectFilter, AttributeSanitizer).
"""

from collections.abc import Iterator
from functools import cache

from irtkit.errors import RangeError
from irtkit.rpsl import RpslObject
from irtkit.rpsl.names import PRIMARY_KEYS, long_name
from irtkit.schema.ripe import RIPE
from irtkit.schema.template import Requirement
from irtkit.validation.normal_forms import NORMAL_FORMS

__all__ = ["is_same", "removed_from"]

_REMOVED = frozenset({"changed"})
_REMOVED_FROM_AUT_NUM = frozenset({"mnt-lower", "mnt-routes"})


def is_same(submitted: RpslObject, stored: RpslObject) -> bool:
    """Whether the registry would answer a submission with "no operation". Any two objects will do."""
    return submitted.class_name == stored.class_name and list(_compared(submitted)) == list(_compared(stored))


def removed_from(class_name: str) -> frozenset[str]:
    """Return the attributes that the registry takes out of submitted objects of a class, by their long names."""
    return _REMOVED | _REMOVED_FROM_AUT_NUM if class_name == "aut-num" else _REMOVED


def _compared(obj: RpslObject) -> Iterator[tuple[str, tuple[str, ...], str]]:
    left_out, in_key = _left_out(obj.class_name), PRIMARY_KEYS.get(obj.class_name, ())
    for attribute in obj:
        name = long_name(attribute.name)
        if name not in left_out:
            comment = "" if name in in_key else attribute.comment.lower()
            yield name, tuple(_stored_form(name, value) for value in attribute.values), comment


def _stored_form(name: str, value: str) -> str:
    rewrite = NORMAL_FORMS.get(name)
    try:
        return value.lower() if rewrite is None else rewrite(value).lower()
    except RangeError:
        return value.lower()


@cache
def _left_out(class_name: str) -> frozenset[str]:
    template = RIPE.templates.get(class_name)
    rows = () if template is None else template.rows
    generated = {row.name for row in rows if row.requirement is Requirement.GENERATED}
    return removed_from(class_name) | generated
