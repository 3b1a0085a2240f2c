"""The names in RPSL that the parser has to know: short forms, lists, and what names an object.

It does not know which attributes a class has (that is `irtkit.schema`), nor what a name may refer to.
"""

import re
from functools import cache
from typing import NewType

__all__ = ["LIST_ATTRIBUTES", "PRIMARY_KEYS", "PrimaryKey", "as_primary_key", "long_name", "repetition"]

PrimaryKey = NewType("PrimaryKey", str)
"""A primary key in its normal form, upper case: the registry compares keys ignoring case."""

_SHORT_CLASSES = {
    "ak": "as-block",
    "an": "aut-num",
    "as": "as-set",
    "dn": "domain",
    "fs": "filter-set",
    "i6": "inet6num",
    "in": "inetnum",
    "ir": "inet-rtr",
    "is": "rtr-set",
    "it": "irt",
    "kc": "key-cert",
    "mt": "mntner",
    "oa": "organisation",
    "pf": "poetic-form",
    "pn": "person",
    "po": "poem",
    "ps": "peering-set",
    "r6": "route6",
    "ro": "role",
    "rs": "route-set",
    "rt": "route",
}
_SHORT_LISTS = {
    "fr": "form",
    "ho": "holes",
    "mb": "mnt-by",
    "md": "mnt-domains",
    "mi": "mnt-irt",
    "ml": "mnt-lower",
    "mm": "mp-members",
    "mo": "member-of",
    "mr": "mbrs-by-ref",
    "ms": "members",
    "mz": "mnt-ref",
}
_LONG_NAMES = {**_SHORT_CLASSES, **_SHORT_LISTS, "nh": "nic-hdl", "or": "origin"}

LIST_ATTRIBUTES = frozenset(_SHORT_LISTS.values())
"""Attributes whose values are lists, split at commas (RIPE Database, AttributeType)."""

PRIMARY_KEYS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in _SHORT_CLASSES.values()},
    "person": ("nic-hdl",),
    "role": ("nic-hdl",),
    "route": ("route", "origin"),
    "route6": ("route6", "origin"),
}
"""Each class of the RIPE Database and the attributes whose values, joined, are its primary key."""


def long_name(name: str) -> str:
    """Return the long form of *name* where this module needs to know it: `*mb` is mnt-by."""
    return _LONG_NAMES.get(name.removeprefix("*"), name)


@cache
def repetition(class_name: str) -> re.Pattern[str]:
    """Return what finds, without reading the attributes, a further one that may name the class."""
    short = next(short for short, name in _SHORT_CLASSES.items() if name == class_name)
    return re.compile(rf"\n(?:{class_name}|\*?{short}):", re.IGNORECASE)


def as_primary_key(value: str) -> PrimaryKey:
    """Return *value*, a clean value such as `irt-example`, as the key it refers to."""
    return PrimaryKey(value.upper())
