"""How the registry rewrites valid values before it stores them: notices, no faults.

A value that is in its normal form already, and one whose syntax is wrong, gives nothing.
"""

from collections.abc import Callable, Iterator, Mapping

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import Attribute
from irtkit.rpsl.faults import shown
from irtkit.rpsl.names import PRIMARY_KEYS
from irtkit.schema.syntaxes.addresses import is_plain_range
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Options
from irtkit.validation.rules import Finding, Rule, Scope
from irtkit.validation.view import View

__all__ = ["NORMALISING", "NORMAL_FORMS", "PLAIN", "RULES", "find_normal_form"]

NORMALISING = frozenset({"ripe"})
"""Registries whose conversions are known."""


def _inetnum(value: str) -> str:
    return value if is_plain_range(value) else AddressRange.parse(value, "inetnum").canonical


def _inet6num(value: str) -> str:
    return AddressRange.parse(value, "inet6num").canonical


def _without_dot(value: str) -> str:
    return value.removesuffix(".")


def _name_server(value: str) -> str:
    host, blank, address = value.partition(" ")
    return f"{host.removesuffix('.')}{blank}{address}"


NORMAL_FORMS: Mapping[str, Callable[[str], str]] = {
    "inetnum": _inetnum,
    "inet6num": _inet6num,
    "route6": _inet6num,
    "source": str.upper,
    "status": str.upper,
    "domain": _without_dot,
    "inet-rtr": _without_dot,
    "alias": _without_dot,
    "nserver": _name_server,
}
"""The attributes whose values the registry rewrites, and how. Each takes a valid value."""

PLAIN: Mapping[str, Callable[[str], bool]] = {"inetnum": is_plain_range}
"""What quickly recognises values of such an attribute that are valid and stay as they are; it need not know all."""


def find_normal_form(attribute: Attribute, name: str) -> Finding | None:
    """Say how the registry stores a valid value, if otherwise than it is written."""
    value = attribute.value
    if is_normal(name, value):
        return None
    stored = NORMAL_FORMS[name](value)
    return Finding(attribute, f"stored as {shown(stored)}", "write it so, and the registry changes nothing", 0)


def is_normal(name: str, value: str) -> bool:
    """Whether the registry stores a value as it is; so it does with one that it cannot read."""
    normalise = NORMAL_FORMS.get(name)
    try:
        return normalise is None or normalise(value) == value
    except RangeError:
        return True


def _find_unkempt_keys(view: View, _: Options) -> Iterator[Finding]:
    """Yield the parts of the primary key that are written with a comment or on several lines."""
    for name in dict.fromkeys((view.class_name, *PRIMARY_KEYS[view.class_name])):
        for attribute in view.get(name):
            if "#" in attribute.raw and attribute.comment:
                message = f"{name} names the object, and its comment moves"
                yield Finding(attribute, message, "use remarks instead")
            elif "\n" in attribute.raw.rstrip("\r\n"):
                yield Finding(attribute, f"{name} names the object, and is stored on one line", "write it on one line")


_SANITIZER = f"{RIPE}: AttributeSanitizer"

RULES: tuple[Rule, ...] = (
    Rule("key-rewritten", _find_unkempt_keys, _SANITIZER, registries=NORMALISING, scope=Scope.LAYOUT),
)
"""Notices about the parts of a primary key."""
