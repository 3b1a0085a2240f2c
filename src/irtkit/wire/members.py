"""JSON that a stranger wrote: read within limits, then member by member, each of the type it should have.

A document that is no JSON object, or beyond a limit, is an error; a member of the wrong type is a warning, and is
left out. It knows no format but JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, NoReturn, TypeAlias

from irtkit.errors import AnswerError

__all__ = [
    "LARGEST_DOCUMENT",
    "MOST_LEVELS",
    "MOST_TOKENS",
    "JsonValue",
    "Members",
    "Warnings",
    "WireWarning",
    "clean",
    "read_json",
    "read_members",
]

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"

LARGEST_DOCUMENT: Final = 4_000_000
"""Bytes of a document that are read; RDAP answers have up to some 200,000, IANA's largest file has 80,000."""
MOST_LEVELS: Final = 64
"""How deep arrays and objects may nest; an entity in an entity takes two levels, its jCard six."""
MOST_TOKENS: Final = 200_000
"""Strings, brackets and commas in a document, so that what is read of the worst one takes some 30 MB."""
_MOST_WARNINGS: Final = 100
_LONGEST_SHOWN: Final = 60

_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[\]{},]', re.DOTALL)
"""A string (to the end, if it has no end), or what makes structure."""
_DEPTHS: Final = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def read_json(body: bytes, server: str) -> JsonValue:
    """Return the JSON text in *body*, which *server* sent: UTF-8, or where it is none, latin-1.

    Depth and number of parts are counted before anything is built.

    Raises: AnswerError for what is no JSON (RFC 8259) or beyond a limit.
    """
    _check_limits(body, server)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"what it sent is no JSON: {str(error)[:_LONGEST_SHOWN]}", server=server) from None
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _check_limits(body: bytes, server: str) -> None:
    if len(body) > LARGEST_DOCUMENT:
        raise AnswerError(f"its answer has more than {LARGEST_DOCUMENT:,} bytes", server=server)
    depth = 0
    for tokens, found in enumerate(_TOKEN.finditer(body), start=1):
        depth += _DEPTHS.get(found[0], 0)
        if depth > MOST_LEVELS:
            raise AnswerError(f"its answer nests deeper than {MOST_LEVELS} levels", server=server)
        if tokens > MOST_TOKENS:
            raise AnswerError(f"its answer has more than {MOST_TOKENS:,} parts", server=server)


_TURNING: Final = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
_CONTROLS: Final[dict[int, str | None]] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *_TURNING), "\ufffd"),
    ord("\n"): "\n",
    ord("\t"): "\t",
    ord("\r"): None,
}


class WireWarning(NamedTuple):
    """A part of an answer that was left out or mended; *path* is its JSON pointer (RFC 6901)."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path or '/'}: {self.message}"


class Warnings(list[WireWarning]):
    """Warnings in the order they were found, the first hundred of them."""

    def note(self, path: str, message: str) -> None:
        """Keep a warning, as long as there is room."""
        if len(self) < _MOST_WARNINGS:
            self.append(WireWarning(path, message))


def read_members(body: bytes, server: str, warnings: Warnings) -> Members:
    """Return the JSON object in *body*.

    Raises: AnswerError as `read_json` does, and for JSON that is no object.
    """
    value = read_json(body, server)
    if not isinstance(value, dict):
        raise AnswerError(f"expected a JSON object, it sent {_type_of(value)}", server=server)
    return Members(value, "", warnings)


class Members:
    """The members of one JSON object; *path* is its JSON pointer. A null counts as a member that is not there."""

    __slots__ = ("_values", "path", "warnings")

    def __init__(self, values: Mapping[str, JsonValue], path: str, warnings: Warnings) -> None:
        self._values = values
        self.warnings = warnings
        self.path = path

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def raw(self, name: str) -> JsonValue:
        """Return the value of *name* as it is, or None."""
        return self._values.get(name)

    def warn(self, name: str, message: str) -> None:
        """Note something about the member *name*."""
        self.warnings.note(self._pointer(name), message)

    def text(self, name: str) -> str | None:
        """Return a string in one line; a number is taken for its text."""
        found = self.passage(name)
        return found if found is None or "\n" not in found else " ".join(found.split())

    def passage(self, name: str) -> str | None:
        """Return a string that may have several lines; a number is taken for its text."""
        value = self._values.get(name)
        if value is None or isinstance(value, str):
            return None if value is None else clean(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.warn(name, "a string is written as a number")
            return str(value)
        self._refuse(name, "a string", value)
        return None

    def number(self, name: str) -> int | None:
        """Return a whole number; digits in a string are taken for one."""
        value = self._values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, str) and len(value) <= 20 and value.isdecimal():
            self.warn(name, "a number is written as a string")
            return int(value)
        self._refuse(name, "a whole number", value)
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an array of strings; a string alone is taken for an array of one."""
        found = []
        for value, at in self._items(name):
            if isinstance(value, str):
                found.append(clean(value))
            else:
                self.warnings.note(at, f"expected a string, found {_type_of(value)}")
        return tuple(found)

    def objects(self, name: str) -> Iterator[Members]:
        """Yield the objects of an array; an object alone is taken for an array of one."""
        for value, at in self._items(name):
            if isinstance(value, dict):
                yield Members(value, at, self.warnings)
            else:
                self.warnings.note(at, f"expected an object, found {_type_of(value)}")

    def object(self, name: str) -> Members | None:
        """Return the object that *name* is."""
        value = self._values.get(name)
        if value is None or isinstance(value, dict):
            return None if value is None else Members(value, self._pointer(name), self.warnings)
        self._refuse(name, "an object", value)
        return None

    def note_unknown(self, known: frozenset[str]) -> None:
        """Note every member that is not among *known*."""
        for name in self._values:
            if name not in known:
                self.warn(name, "not a member that is read")

    def _items(self, name: str) -> Iterator[tuple[JsonValue, str]]:
        value = self._values.get(name)
        if value is None:
            return
        path = self._pointer(name)
        if isinstance(value, list):
            for position, item in enumerate(value):
                yield item, f"{path}/{position}"
        else:
            self.warnings.note(path, f"expected an array, found {_type_of(value)}")
            yield value, path

    def _refuse(self, name: str, expected: str, value: JsonValue) -> None:
        self.warn(name, f"expected {expected}, found {_type_of(value)}")

    def _pointer(self, name: str) -> str:
        step = clean(name[:_LONGEST_SHOWN]).replace("~", "~0").replace("/", "~1")
        return f"{self.path}/{''.join(c if c.isprintable() else '?' for c in step)}"


def clean(text: str) -> str:
    """Return *text* fit for any output: no lone surrogate, and of control characters only line feed and tab.

    Carriage returns go; other control characters, and those that turn the direction of writing, become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.encode("utf-8", "replace").decode("utf-8").translate(_CONTROLS)


_TYPES: Final = {str: "a string", bool: "true or false", list: "an array", dict: "an object", type(None): "null"}


def _type_of(value: JsonValue) -> str:
    return _TYPES.get(type(value), "a number")
