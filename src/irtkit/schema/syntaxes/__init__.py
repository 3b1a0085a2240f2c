"""The syntax of every attribute of every registry, as rows split by the kind of value.

`find_syntax` chooses the row. A registry's own row for the class comes before its own for every class, and
those before RIPE's: the other registries' servers descend from RIPE's, so where a rule of theirs is not known,
RIPE's is taken, and the citation says so.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from irtkit.schema.syntax import Row, Syntax
from irtkit.schema.syntaxes import addresses, hosts, keys, mailboxes, names, policies, routing, texts, uris

__all__ = ["ROWS", "find_syntax"]

ROWS: tuple[Row, ...] = (
    *names.ROWS,
    *addresses.ROWS,
    *hosts.ROWS,
    *routing.ROWS,
    *mailboxes.ROWS,
    *uris.ROWS,
    *keys.ROWS,
    *texts.ROWS,
    *policies.ROWS,
)
"""Every row, by kind of value."""


@cache
def _table() -> dict[tuple[str, str, str], Syntax]:
    """Return each syntax by registry, class (empty: any) and attribute."""
    return {key: row.syntax for row in ROWS for key in _keys(row)}


def _keys(row: Row) -> Iterator[tuple[str, str, str]]:
    for attribute in row.attributes.split():
        for class_name in row.classes.split() or ("",):
            for registry in row.registries.split():
                yield registry, class_name, attribute


@cache
def find_syntax(registry: str, class_name: str, attribute: str) -> Syntax | None:
    """Return the syntax of *attribute* in objects of *class_name* at *registry*, or None if none is known.

    All three are in lower case, attributes by their long names. Cost: one look-up, after the first time.
    """
    table = _table()
    own = table.get((registry, class_name, attribute)) or table.get((registry, "", attribute))
    if own or registry == "ripe":
        return own
    borrowed = find_syntax("ripe", class_name, attribute)
    return borrowed and replace(
        borrowed, citation=f"{borrowed.citation}; taken for {registry}, whose rule is not known"
    )
