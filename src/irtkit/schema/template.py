"""Object templates: which attributes a class has, read from the notation that registries print.

A template says nothing about values (that is a syntax) and judges no object (that is
`irtkit.validation`). Grammar of a row, as `whois -t CLASS` prints it:

    row          = name ":" "[" requirement "]" "[" cardinality "]" "[" keys "]"
    requirement  = "mandatory" / "optional" / "conditional" / "generated"
    cardinality  = "single" / "multiple"
    keys         = " " / role *("/" role) " key"
    role         = "primary" / "lookup" / "inverse"

White space between the parts is free, because a registry's columns may leave none. A row prints in
RIPE's columns (16, 13 and 13 wide) with at least one blank between its parts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Self

from irtkit.errors import ParseError

__all__ = ["Cardinality", "KeyRole", "Requirement", "Schema", "Template", "TemplateRow"]


class Requirement(StrEnum):
    """Whether an object of the class has the attribute."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    CONDITIONAL = "conditional"
    """It depends on other attributes or objects: a business rule decides."""
    GENERATED = "generated"
    """The registry writes it and replaces what a user supplies."""


class Cardinality(StrEnum):
    """How often the attribute may stand in one object."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class KeyRole(StrEnum):
    """How the registry finds an object by the attribute's value."""

    PRIMARY = "primary"
    """The value, or a part of what names the object: unique within its class."""
    LOOKUP = "lookup"
    """A plain query finds the object by this value."""
    INVERSE = "inverse"
    """An inverse query (`-i ATTRIBUTE VALUE`) finds the object by this value."""


_ROLE = f"(?:{'|'.join(KeyRole)})"
_ROW = re.compile(
    rf"""(?P<name>[a-z][a-z0-9-]*): \s*
    \[(?P<requirement>{"|".join(Requirement)})\] \s*
    \[(?P<cardinality>{"|".join(Cardinality)})\] \s*
    \[(?:[ ]|(?P<keys>{_ROLE}(?:/{_ROLE})*)[ ]key)\] \s*""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One attribute of a class: its name in lower case, and what the registry says about it.

    *keys* keeps the registry's order and is empty for an attribute that nothing is found by.
    `str(row)` is the registry's own line.
    """

    name: str
    requirement: Requirement
    cardinality: Cardinality
    keys: tuple[KeyRole, ...] = ()

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read one row, such as `irt:  [mandatory]  [single]  [primary/lookup key]`.

        Raises: ParseError when *line* is not a row; its line is always 1.
        """
        match = _ROW.fullmatch(line)
        if match is None:
            raise ParseError(f"expected 'name: [requirement] [cardinality] [keys]', found {line!r}")
        name, requirement, cardinality, keys = match.group("name", "requirement", "cardinality", "keys")
        roles = tuple(map(KeyRole, keys.split("/"))) if keys else ()
        return cls(name, Requirement(requirement), Cardinality(cardinality), roles)

    def __str__(self) -> str:
        keys = f"{'/'.join(self.keys)} key" if self.keys else " "
        return f"{self.name + ':':<15} {f'[{self.requirement}]':<12} {f'[{self.cardinality}]':<12} [{keys}]"


@dataclass(frozen=True, slots=True)
class Template:
    """All attributes of one class, in the registry's order; `str(template)` is its own text.

    The first row's attribute names the class. *citation* says where the rows come from.
    """

    rows: tuple[TemplateRow, ...]
    citation: str

    @classmethod
    def parse(cls, text: str, *, citation: str) -> Self:
        """Read a template, one row a line; empty lines before and after it are ignored.

        Raises: ParseError, with the line, for a line that is no row, for an attribute that stands
        twice, and for a text without rows.
        """
        rows: dict[str, TemplateRow] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = TemplateRow.parse(line)
            except ParseError as error:
                raise ParseError(error.message, line=number) from None
            if row.name in rows:
                raise ParseError(f"attribute {row.name!r} stands twice in one template", line=number)
            rows[row.name] = row
        if not rows:
            raise ParseError("expected a template, found no row")
        return cls(tuple(rows.values()), citation)

    @property
    def class_name(self) -> str:
        """Name of the class, lower case."""
        return self.rows[0].name

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the attributes whose values together name an object of the class."""
        return tuple(row.name for row in self.rows if KeyRole.PRIMARY in row.keys)

    def find_row(self, name: str) -> TemplateRow | None:
        """Return the row of the attribute *name* (lower case), or None if the class has no such attribute."""
        return next((row for row in self.rows if row.name == name), None)

    def __str__(self) -> str:
        return "\n".join(map(str, self.rows))


@dataclass(frozen=True)
class Schema:
    """What one registry says about all its classes.

    *registry* is its short name in lower case. *notation* holds its templates as it prints them,
    with an empty line between two of them; they are read when `templates` is first asked for, so
    that naming a schema costs nothing. *citation* says where they come from.
    """

    registry: str
    notation: str
    citation: str

    @cached_property
    def templates(self) -> Mapping[str, Template]:
        """Every template by its class name, in the registry's order. Cost: once, about 6 µs a row.

        Raises: ParseError, with the line within *notation*, when that is not what registries print.
        """
        templates: dict[str, Template] = {}
        line = 1
        for paragraph in self.notation.split("\n\n"):
            try:
                template = Template.parse(paragraph, citation=self.citation)
            except ParseError as error:
                raise ParseError(error.message, line=line + error.line - 1) from None
            if template.class_name in templates:
                raise ParseError(f"class {template.class_name!r} has two templates", line=line)
            templates[template.class_name] = template
            line += paragraph.count("\n") + 2
        return MappingProxyType(templates)
