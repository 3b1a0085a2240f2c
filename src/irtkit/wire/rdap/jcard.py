"""jCard: the contact card of an RDAP entity (RFC 7095, and RFC 6350 for what the properties mean).

    ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Abuse Desk"], ...]]

Lenient: a property that is wrong is mended or left out, with a note; it never costs the others. No address is taken
out of a property that is not `email`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from irtkit.schema.contact_facts import mailboxes
from irtkit.wire.members import JsonValue, Warnings, clean, read_json

__all__ = ["NO_CARD", "Card", "CardAddress", "Email", "Phone", "Property", "parse_card", "read_card"]

_LEAST = 4  # name, parameters, type and one value
_LAST_PREFERENCE: Final = 101
"""Of a value without `pref`: after all with one, which go from 1 to 100 (RFC 6350, section 5.3)."""


class Property(NamedTuple):
    """One property: *name* in lower case, and its values as text, those of a structured value one after another."""

    name: str
    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    """Names in lower case, each with its values, in order."""
    values: tuple[str, ...]

    def parameter(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter, or none."""
        return next((values for known, values in self.parameters if known == name), ())

    @property
    def types(self) -> tuple[str, ...]:
        """The `type` parameter, in lower case."""
        return tuple(value.lower() for value in self.parameter("type"))

    @property
    def preference(self) -> int:
        """The `pref` parameter, 1 being the most preferred; 101 without one."""
        text = next(iter(self.parameter("pref")), "")
        return int(text) if len(text) <= 3 and text.isascii() and text.isdecimal() else _LAST_PREFERENCE


class Email(NamedTuple):
    """A mailbox; *path* is the JSON pointer of the property it stands in."""

    mailbox: str
    types: tuple[str, ...]
    preference: int
    path: str


class Phone(NamedTuple):
    """A telephone number as written, without `tel:`; *types* may name `fax`."""

    number: str
    types: tuple[str, ...]


class CardAddress(NamedTuple):
    """A postal address: its lines, from the label or else from the parts that are not empty."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """The card of an entity; without properties if there is none that could be read."""

    properties: tuple[Property, ...] = ()
    paths: tuple[str, ...] = ()
    """The JSON pointer of each property."""

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of every property called *name*, empty ones left out."""
        return tuple(value for found in self._named(name) for value in found.values if value)

    @property
    def name(self) -> str | None:
        """The formatted name (`fn`)."""
        return next(iter(self.values("fn")), None)

    @property
    def kind(self) -> str | None:
        """`individual`, `group`, `org` or another kind, in lower case."""
        return next((value.lower() for value in self.values("kind")), None)

    @property
    def organisation(self) -> str | None:
        """The organisation (`org`)."""
        return next(iter(self.values("org")), None)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages (`lang`), the preferred ones first."""
        ranked = sorted(self._named("lang"), key=lambda found: found.preference)
        return tuple(value for found in ranked for value in found.values if value)

    @property
    def emails(self) -> tuple[Email, ...]:
        """The mailboxes: of type `abuse` first, then as preferred, then in order; each once, ignoring case."""
        found: dict[str, Email] = {}
        for prop, path in zip(self.properties, self.paths, strict=True):
            if prop.name == "email":
                for mailbox in (box for value in prop.values for box in mailboxes(value)):
                    email = Email(mailbox, prop.types, prop.preference, path)
                    known = found.get(mailbox.lower())
                    if known is None or _rank(email) < _rank(known):
                        found[mailbox.lower()] = email
        return tuple(sorted(found.values(), key=_rank))

    @property
    def phones(self) -> tuple[Phone, ...]:
        """The telephone numbers in order."""
        return tuple(
            Phone(number, found.types)
            for found in self._named("tel")
            for value in found.values
            if (number := value.removeprefix("tel:").strip())
        )

    @property
    def addresses(self) -> tuple[CardAddress, ...]:
        """The postal addresses in order, empty ones left out."""
        found = (CardAddress(_address_lines(prop)) for prop in self._named("adr"))
        return tuple(address for address in found if address.lines)

    def _named(self, name: str) -> Iterator[Property]:
        return (found for found in self.properties if found.name == name)


NO_CARD: Final = Card()
"""The card of an entity that has none."""


def _rank(email: Email) -> tuple[bool, int]:
    return "abuse" not in email.types, email.preference


def _address_lines(prop: Property) -> tuple[str, ...]:
    label = "\n".join(prop.parameter("label")).replace("\\n", "\n")  # APNIC escapes the line feed twice
    parts = label.split("\n") if label.strip() else prop.values
    return tuple(part.strip() for part in parts if part.strip())


def parse_card(body: bytes, server: str, warnings: Warnings) -> Card:
    """Read a card that is a JSON text by itself.

    Raises: AnswerError for what is no JSON or beyond a limit.
    """
    return read_card(read_json(body, server), "", warnings)


def read_card(value: JsonValue, path: str, warnings: Warnings) -> Card:
    """Read a card; *path* is its JSON pointer. What is no card has no properties, and a warning says so."""
    if not isinstance(value, list) or not value or value[0] != "vcard":
        warnings.note(path, 'expected a jCard: an array that begins with "vcard"')
        return NO_CARD
    rows = value[1] if len(value) > 1 else None
    if not isinstance(rows, list):
        warnings.note(f"{path}/1", "expected an array of properties")
        return NO_CARD
    found = []
    for position, row in enumerate(rows):
        at = f"{path}/1/{position}"
        if prop := _read_property(row, at, warnings):
            found.append((prop, at))
    return Card(tuple(prop for prop, _ in found), tuple(at for _, at in found))


def _read_property(row: JsonValue, path: str, warnings: Warnings) -> Property | None:
    if not isinstance(row, list) or len(row) < _LEAST:
        warnings.note(path, "expected a property: name, parameters, type and value")
        return None
    name, parameters, kind, *values = row
    if not isinstance(name, str):
        warnings.note(f"{path}/0", "expected the name of a property")
        return None
    if not isinstance(kind, str):
        warnings.note(f"{path}/2", "expected the type of the value")
    texts: list[str] = []
    for position, value in enumerate(values, start=3):
        try:
            texts.extend(_texts(value))
        except _NoTextError:
            warnings.note(f"{path}/{position}", "expected text, or parts of text")
    return Property(clean(name.lower()), tuple(_parameters(parameters, path, warnings)), tuple(texts))


def _parameters(value: JsonValue, path: str, warnings: Warnings) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not isinstance(value, dict):
        warnings.note(f"{path}/1", "expected an object of parameters")
        return
    for name, given in value.items():
        try:
            yield clean(name.lower()), tuple(_texts(given))
        except _NoTextError:
            warnings.note(f"{path}/1", "a parameter is no text")


class _NoTextError(Exception):
    """A value is no text, and no parts of text."""


def _texts(value: JsonValue, depth: int = 0) -> Iterator[str]:
    """Yield a value as text; a structured one has parts, which may have several values (RFC 7095, section 3.3.1.3)."""
    if isinstance(value, str):
        yield clean(value)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int | float):
        yield str(value)
    elif isinstance(value, list) and depth < 2:
        for part in value:
            yield from _texts(part, depth + 1)
    elif value is not None:
        raise _NoTextError
