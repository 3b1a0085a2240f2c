"""One object: a sequence of attributes with a class, a primary key and the exact text they came from.

It does not know templates: `RpslObject.find_refusal` says whether the registry takes a text for an
object at all, not whether the object is a good one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Self, overload

from irtkit.errors import ParseError
from irtkit.problems import Problem
from irtkit.rpsl.attributes import Attribute, respelled
from irtkit.rpsl.columns import as_written
from irtkit.rpsl.faults import fault, shown
from irtkit.rpsl.names import PRIMARY_KEYS, PrimaryKey, as_primary_key, long_name, occurrence

__all__ = ["RpslObject"]

# Everything up to the next colon is a name, so a line without colon becomes part of the next name;
# the readers decide whether they let such a text through.
_ATTRIBUTE = re.compile(r"[^:]*+:.*+(?:\n[ \t+].*+)*+\n?+")
_CLASS_NAME = re.compile(r"[A-Za-z0-9*-]++")
_PLAIN_NAME = re.compile(r"\*?+[A-Za-z0-9_-]++")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ATTRIBUTE_NAME = re.compile(r"[^ \t+%#\r\n:][^\r\n:]*+")


class RpslObject(Sequence[Attribute]):
    """An object: its attributes in order, and the exact text they were written in. Immutable.

    `str(object)` is that text; `bytes(object)` are the bytes it was parsed from (of an object
    parsed from `str`, its UTF-8). Equal objects have equal attributes in the same order, whatever
    their case, layout and comments (RIPE Database: comparison of a deletion with the stored object).

    Edits (`with_value`, `with_added`, `without`) return a new object in which every other byte is
    the same; its line numbers are those of its own text, from the line where the original began.
    """

    __slots__ = ("_attributes", "_encoding", "_line", "_numbers", "_text")

    def __init__(self, text: str, encoding: str | None, line: int = 1, numbers: tuple[int, ...] = ()) -> None:
        self._text = text
        self._encoding = encoding
        self._line = line
        self._numbers = numbers  # of each line, if comment lines stood between them
        self._attributes: tuple[Attribute, ...] | None = None

    @classmethod
    def build(cls, class_name: str, attributes: Mapping[str, str | Iterable[str]] | Iterable[tuple[str, str]]) -> Self:
        """Return a new object of a class, in the registry's own layout.

        *attributes* are its names and values in order, the one that names the class among them; that one comes first.
        In a mapping, several values of a name are several attributes. A line feed in a value makes a continuation
        line. A `#` in a value begins a comment, as everywhere in RPSL (in `contact` only after white space): it is
        written, and `values` and `Attribute.value` leave it out.

            RpslObject.build("irt", {"irt": "IRT-EXAMPLE", "mnt-by": ["EXAMPLE-MNT", "OTHER-MNT"]})

        Raises: ParseError, which is a ValueError, if *class_name* or a name of an attribute is none, if a value has
        control characters, or if the class's own attribute is not among them; TypeError, which names the attribute,
        for a value that is no `str`, and in a mapping no iterable of `str` either.
        """
        pairs = list(_iter_pairs(attributes))
        position = next((i for i, (name, _) in enumerate(pairs) if name.lower() == class_name.lower()), None)
        if position is None or not _CLASS_NAME.fullmatch(class_name):
            raise ParseError(f"expected an attribute {shown(class_name)}, which names the class")
        pairs.insert(0, pairs.pop(position))
        for name, value in pairs:
            if not _PLAIN_NAME.fullmatch(name):
                raise ParseError(f"{shown(name)} is no attribute name; expected letters, digits and '-', as in mnt-irt")
            if control := _CONTROL.search(value):
                expected = "expected text, with LF alone between lines"
                raise ParseError(f"the value of {name} has the control character {shown(control[0])}; {expected}")
        return cls("".join([as_written(name, value) for name, value in pairs]), None)

    @property
    def line(self) -> int:
        """The line, from 1, on which the object begins in the text that was parsed."""
        return self._line

    def line_of(self, row: int) -> int:
        """Return where the physical line *row* (from 0) of the object stands in the text that was parsed, from 1."""
        return self._numbers[row] if self._numbers else self._line + row

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes in document order."""
        if self._attributes is None:
            self._attributes = tuple(self._read_attributes())
        return self._attributes

    @property
    def class_name(self) -> str:
        """The class, named by the first attribute, long and in lower case (`*in` is inetnum)."""
        return long_name(self._text[: self._text.index(":")].lower())

    @property
    def primary_key(self) -> PrimaryKey | None:
        """The key, or None if a key attribute is missing, repeated or empty.

        Key attributes are those of the RIPE templates, joined without separator:
        route 192.0.2.0/24 with origin AS64496 has the key 192.0.2.0/24AS64496, a person its
        nic-hdl. An object of an unknown class goes by its first value. The key is the value as
        written, in upper case: notations of one address range are not made equal.
        """
        class_name = self.class_name
        key_attributes = PRIMARY_KEYS.get(class_name)
        if key_attributes is None or (
            key_attributes == (class_name,) and not occurrence(class_name).search(self._text)
        ):
            first = _ATTRIBUTE.match(self._text)
            key = Attribute(first.group(), self._line).value if first else ""
            return as_primary_key(key) if key else None
        found = [self._with_long_name(name) for name in key_attributes]
        if any(len(same) != 1 or not same[0].value for same in found):
            return None
        return as_primary_key("".join(same[0].value for same in found))

    def get(self, name: str) -> tuple[Attribute, ...]:
        """Return every attribute called *name* (any case), in document order."""
        wanted = name.lower()
        return tuple(attribute for attribute in self.attributes if attribute.name == wanted)

    def first(self, name: str) -> Attribute | None:
        """Return the first attribute called *name* (any case), if there is one."""
        wanted = name.lower()
        return next((attribute for attribute in self.attributes if attribute.name == wanted), None)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of every attribute called *name*, lists split, in document order."""
        return tuple(value for attribute in self.get(name) for value in attribute.values)

    def find_refusal(self) -> Problem | None:
        """Return why the registry's parser takes this for no object at all, or None.

        The class must be one of the RIPE Database's, and each of its primary key attributes must
        occur exactly once with a value. `irt:` twice is therefore a refusal, not a template error.
        """
        key_attributes = PRIMARY_KEYS.get(self.class_name)
        if key_attributes is None:
            return fault(
                "unknown-class",
                f"{shown(self[0].name)} is not a class",
                self[0].name_span,
                "expected the name of a class, such as irt or inetnum, as the first attribute",
            )
        for name in key_attributes:
            problem = self._find_key_problem(name)
            if problem is not None:
                return problem
        return None

    def with_value(self, which: int | str, value: str) -> "RpslObject":
        """Return the object with the value of one attribute replaced.

        *which* is an index, or a name that occurs once. The name, the layout before the value and
        the line end stay; the old comment goes. A line feed in *value* makes a continuation line,
        and what follows a `#` is a comment.

        Raises: IndexError, KeyError if there is no such attribute (KeyError also if the name
        occurs more than once); ParseError if the encoding of the object has no such character.
        """
        index = self._index(which)
        raw = self[index].raw
        return self._replaced(index, index + 1, respelled(raw, value))

    def with_added(self, name: str, value: str, *, at: int | None = None) -> "RpslObject":
        """Return the object with an attribute added before index *at*, by default at the end.

        The value begins in column 17, as the registry writes it; see `with_value` for *value*.

        Raises: ParseError if *name* is no attribute name, if the addition would change the class
        or if the encoding of the object has no such character; IndexError if *at* is not in
        0..len(object).
        """
        _refuse_no_name(name, self._line)
        index = len(self) if at is None else at
        if not 0 <= index <= len(self):
            raise IndexError(f"no place {index} in an object of {len(self)} attributes")
        line_end = "\r\n" if self._text.partition("\n")[0].endswith("\r") else "\n"
        if index == len(self) and not self._text.endswith("\n"):
            return self._replaced(index, index, line_end + respelled(f"{name}:", value))
        return self._replaced(index, index, respelled(f"{name}:{line_end}", value))

    def without(self, which: int | str) -> "RpslObject":
        """Return the object without the attribute at an index, or without all of one name.

        Raises: IndexError, KeyError if there is no such attribute; ParseError if the first
        attribute, which names the class, would go.
        """
        if isinstance(which, int):
            index = self._index(which)
            return self._replaced(index, index + 1, "")
        wanted = which.lower()
        kept = [attribute.raw for attribute in self.attributes if attribute.name != wanted]
        if len(kept) == len(self):
            raise KeyError(f"no attribute {wanted!r}")
        return self._edited("".join(kept))

    def _read_attributes(self) -> list[Attribute]:
        raws = _ATTRIBUTE.findall(self._text)
        if not self._numbers and len(raws) == self._text.count("\n") + (not self._text.endswith("\n")):
            return [Attribute(raw, line) for line, raw in enumerate(raws, self._line)]
        attributes, ordinal = [], 0
        for raw in raws:
            stop = ordinal + raw.count("\n") + 1
            line = self._numbers[ordinal] if self._numbers else self._line + ordinal
            attributes.append(Attribute(raw, line, self._numbers[ordinal:stop]))
            ordinal = stop - 1
        return attributes

    def _with_long_name(self, name: str) -> list[Attribute]:
        return [attribute for attribute in self.attributes if long_name(attribute.name) == name]

    def _find_key_problem(self, name: str) -> Problem | None:
        found = self._with_long_name(name)
        if not found:
            message, span = f"{name} is missing, and it is in the primary key", self[0].name_span
            return fault("primary-key-missing", message, span, f"expected one {name} attribute")
        if len(found) > 1:
            message, span = f"{name} occurs again, and it is in the primary key", found[1].name_span
            return fault("primary-key-repeated", message, span, f"expected one {name} attribute")
        if not found[0].value:
            message, span = f"{name} is empty, and it is in the primary key", found[0].span()
            return fault("primary-key-empty", message, span, f"expected a value after '{name}:'")
        return None

    def _index(self, which: int | str) -> int:
        if isinstance(which, int):
            return range(len(self))[which]
        wanted = which.lower()
        found = [index for index, attribute in enumerate(self.attributes) if attribute.name == wanted]
        if len(found) != 1:
            raise KeyError(f"{len(found)} attributes {wanted!r}; expected one, or an index")
        return found[0]

    def _replaced(self, start: int, stop: int, raw: str) -> "RpslObject":
        raws = [attribute.raw for attribute in self.attributes]
        return self._edited("".join((*raws[:start], raw, *raws[stop:])))

    def _edited(self, text: str) -> "RpslObject":
        name, colon, _ = text.partition(":")
        if not colon or long_name(name.lower()) != self.class_name:
            raise ParseError(
                f"the first attribute names the class; expected it to stay {self.class_name}", line=self._line
            )
        edited = RpslObject(text, self._encoding, self._line)
        try:
            bytes(edited)
        except UnicodeEncodeError as error:
            raise ParseError(
                f"{shown(text[error.start])} is not in {error.encoding}, the encoding of this object",
                line=self._line + text.count("\n", 0, error.start),
                column=error.start - text.rfind("\n", 0, error.start),
            ) from error
        return edited

    @overload
    def __getitem__(self, index: int) -> Attribute: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Attribute, ...]: ...
    def __getitem__(self, index: int | slice) -> Attribute | tuple[Attribute, ...]:
        return self.attributes[index]

    def __len__(self) -> int:
        return len(self.attributes)

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self.attributes)

    def __eq__(self, other: object) -> bool:
        return self.attributes == other.attributes if isinstance(other, RpslObject) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.attributes)

    def __str__(self) -> str:
        return self._text

    def __bytes__(self) -> bytes:
        if self._encoding is None:
            return self._text.encode("utf-8", "surrogatepass")
        return self._text.encode(self._encoding)

    def __repr__(self) -> str:
        return f"<RpslObject {self.class_name} {self[0].value!r}, line {self._line}, {len(self)} attributes>"


def _iter_pairs(
    attributes: Mapping[str, str | Iterable[str]] | Iterable[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    if not isinstance(attributes, Iterable):
        raise TypeError(f"attributes: expected a mapping, or pairs of texts, not {type(attributes).__name__}")
    if not isinstance(attributes, Mapping):
        for name, value in attributes:
            yield name, _text_of(name, value, "a text (str)")
        return
    for name, values in attributes.items():
        for one in _several(values):
            yield name, _text_of(name, one, "a text (str) or an iterable of texts")


def _several(values: object) -> Iterable[object]:
    return values if isinstance(values, Iterable) and not isinstance(values, str | bytes) else (values,)


def _text_of(name: object, value: object, expected: str) -> str:
    """Return the value of an attribute, which is a text.

    Raises: TypeError for anything else.
    """
    if not isinstance(name, str):
        raise TypeError(f"expected a text (str) as the name of an attribute, not {type(name).__name__}")
    if not isinstance(value, str):
        raise TypeError(f"the value of {shown(name)}: expected {expected}, not {type(value).__name__}")
    return value


def _refuse_no_name(name: str, line: int) -> None:
    if not _ATTRIBUTE_NAME.fullmatch(name):
        raise ParseError(f"{shown(name)} is no attribute name; expected one like mnt-irt", line=line)
