"""One object, read once for all rules: its attributes by their long names, and its numbers when asked.

It judges nothing. Short names (`*mb`, `so`) are read as the registry reads them.
"""

import re
from functools import cached_property

from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import Attribute, RpslObject
from irtkit.rpsl.names import long_name
from irtkit.schema.template import Schema

__all__ = ["View", "class_name_of", "is_plain"]

_UNABBREVIATED = frozenset({"irrd"})  # registries whose parser knows no short names
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOST_GUESSES = 10
_LONGEST_RANGE = 200  # characters; no notation of a range is longer


def is_plain(text: str) -> bool:
    """Whether *text* is ASCII without control characters other than those of its layout."""
    return text.isascii() and (text.isprintable() or _CONTROL.search(text) is None)


def class_name_of(obj: RpslObject, schema: Schema) -> str:
    """Return the class of an object, as the registry reads the name of its first attribute."""
    text = str(obj)
    name = text[: text.index(":")].lower()
    return name if schema.registry in _UNABBREVIATED else long_name(name)


class View:
    """The attributes of one object, in document order and by their long names.

    A single attribute of an object of *class_name* can be viewed, too, for rules that look at no other.
    """

    def __init__(self, obj: RpslObject | Attribute, schema: Schema, class_name: str | None = None) -> None:
        self.schema = schema
        self.guesses = _MOST_GUESSES
        """How many unknown names of the object may still be compared with all known ones."""
        self.attributes: tuple[Attribute, ...] = (obj,) if isinstance(obj, Attribute) else obj.attributes
        self.text = str(obj)
        abbreviated = schema.registry not in _UNABBREVIATED
        self.names: list[str] = []
        """The long name of each attribute."""
        self.named: dict[str, list[Attribute]] = {}
        """The attributes of each long name."""
        self.short: Attribute | None = None
        """The first attribute whose name is abbreviated."""
        for attribute in self.attributes:
            name = attribute.name
            if len(name) < 4 and abbreviated and (long := long_name(name)) != name:
                name = long
                self.short = self.short or attribute
            self.names.append(name)
            if name in self.named:
                self.named[name].append(attribute)
            else:
                self.named[name] = [attribute]
        self.class_name = class_name or self.names[0]
        self.is_plain = is_plain(self.text)
        """Whether the object is ASCII without control characters, which every registry stores as it is."""

    def get(self, name: str) -> list[Attribute]:
        """Return the attributes called *name*."""
        return self.named.get(name, [])

    def value(self, name: str) -> str:
        """Return the value of the first attribute called *name*, in upper case, or an empty text."""
        found = self.named.get(name)
        return found[0].value.upper() if found else ""

    def elements(self, name: str) -> list[str]:
        """Return the values of all attributes called *name*, lists split, in upper case."""
        return [element.upper() for attribute in self.get(name) for element in attribute.values]

    @property
    def first(self) -> Attribute:
        """The attribute that names the class; problems about what is missing are shown there."""
        return self.attributes[0]

    @cached_property
    def range(self) -> AddressRange | None:
        """The addresses that an inetnum, inet6num, route or route6 is about, if its key can be read."""
        value = self.first.value
        if len(value) > _LONGEST_RANGE:
            return None
        try:
            return AddressRange.parse(value, "inet6num" if self.class_name in {"inet6num", "route6"} else "inetnum")
        except RangeError:
            return None

    @property
    def key(self) -> str:
        """The value that names the object, in upper case; of a person or role its handle, of a route its prefix."""
        return self.value("nic-hdl") if self.class_name in {"person", "role"} else self.first.value.upper()

    @property
    def key_attribute(self) -> Attribute:
        """The attribute that `key` is the value of, or the first one if that is missing."""
        named = self.get("nic-hdl") if self.class_name in {"person", "role"} else self.get(self.class_name)
        return named[0] if named else self.first
