"""The schemas of all registries by name, what is noted beside their rows, and how they differ.

It reads no template until one is asked for, and judges no object.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from irtkit.schema import afrinic, apnic, irrd
from irtkit.schema.ripe import RIPE
from irtkit.schema.template import Schema, Template, TemplateRow

__all__ = ["SCHEMAS", "ComparedRow", "iter_compared", "iter_notes"]

SCHEMAS: Final[Mapping[str, Schema]] = MappingProxyType(
    {schema.registry: schema for schema in (RIPE, apnic.APNIC, afrinic.AFRINIC, irrd.IRRD)}
)
"""Each registry's schema by the registry's short name, lower case; first RIPE's, whose order the others keep."""

_NOTES: Final[Mapping[str, Mapping[tuple[str, str], str]]] = {
    "apnic": apnic.NOTES,
    "afrinic": afrinic.NOTES,
    "irrd": irrd.NOTES,
}


def iter_notes(registry: str, class_name: str) -> Iterator[tuple[str, str]]:
    """Yield (attribute, note) for each row of a class beside which something is noted, in the order of the rows.

    A note says where the row comes from, or what sources disagree about; that of the attribute that names
    the class speaks of all its rows. *registry* and *class_name* are lower case.

    Raises: KeyError for a registry that is not in `SCHEMAS`, or a class that its schema lacks.
    """
    notes = _NOTES.get(registry, {})
    for row in SCHEMAS[registry].templates[class_name].rows:
        note = notes.get((class_name, row.name)) or notes.get(("*", row.name))
        if note is not None:
            yield row.name, note


class ComparedRow(NamedTuple):
    """What several registries say about one attribute of a class: *rows* in their order, None for no such row."""

    attribute: str
    rows: tuple[TemplateRow | None, ...]

    def differs(self, *, keys: bool = False) -> bool:
        """Tell whether an object may be right for one of the registries and wrong for another.

        That is so when the attribute is missing somewhere, or its requirement or cardinality is another one. How
        objects are found by it counts only with *keys*.
        """
        return len({row and (row.requirement, row.cardinality, row.keys if keys else ()) for row in self.rows}) > 1


def iter_compared(class_name: str, registries: Iterable[str]) -> Iterator[ComparedRow]:
    """Yield what each of *registries* says about every attribute that one of them knows in the class.

    Attributes come in the order of the first registry's template; one that only a later registry has follows the
    attribute it follows there. A registry without the class has no rows; if none has it, nothing is yielded.

    Raises: KeyError for a registry that is not in `SCHEMAS`.
    """
    templates = [SCHEMAS[registry].templates.get(class_name) for registry in registries]
    for name in _merged_names(template for template in templates if template is not None):
        yield ComparedRow(name, tuple(None if template is None else template.find_row(name) for template in templates))


def _merged_names(templates: Iterable[Template]) -> list[str]:
    names: list[str] = []
    for template in templates:
        place = 0
        for row in template.rows:
            if row.name not in names:
                names.insert(place, row.name)
            place = names.index(row.name) + 1
    return names
