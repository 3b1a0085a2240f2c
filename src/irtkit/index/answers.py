"""One query in any notation to one record, and one record as text.

CSV follows RFC 4180, with lists joined by `;`. A cell that a spreadsheet would take for a formula (it begins with
`=`, `+`, `-` or `@`) gets an apostrophe in front. JSON Lines is UTF-8, one object a line. What an index and
`record_of` hand out has no character that could steer a terminal or disguise text; CSV makes sure once more.

It needs the standard library alone; `irtkit.index.render` writes the same for blocks of records.
"""

from __future__ import annotations

import json

from irtkit.errors import RangeError
from irtkit.index.layout import FIELDS, printable
from irtkit.resources import AddressRange

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from irtkit.index.lookup import Index

__all__ = ["LONGEST_INPUT", "csv_cell", "csv_record", "json_record", "plain_text", "record_of"]

LONGEST_INPUT = 1000
"""Characters of a query that its record repeats; no address, prefix or range has as many."""


def record_of(index: Index, query: str, policy: str) -> dict[str, object]:
    """Return the record of an address, a prefix or a range; of any other text one whose reason is `not-an-address`.

    `input` is the query, cut after `LONGEST_INPUT` characters, with U+FFFD for control characters.
    """
    repeated = printable(query if len(query) <= LONGEST_INPUT else f"{query[:LONGEST_INPUT]}…")
    try:
        space = AddressRange.parse_lenient(query)
    except RangeError:
        nothing = dict.fromkeys(FIELDS[1:])
        return {"input": repeated, **nothing, "irts": [], "contacts": [], "reason": "not-an-address"}
    return {"input": repeated, **index.resolve(space, policy).to_dict()}


def plain_text(value: object) -> str:
    """Return one field of a record as text: lists joined by `;`, nothing for None.

    A contact is `KIND HANDLE EMAIL inherited=N suspect=yes|no via=PATH`, with `-` for no e-mail.
    """
    if isinstance(value, list | tuple):
        return ";".join([_contact_text(part) if isinstance(part, dict) else part for part in value])
    return "" if value is None else str(value)


def _contact_text(contact: Mapping[str, object]) -> str:
    return (
        f"{contact['kind']} {contact['handle']} {contact['email'] or '-'} inherited={contact['inherited']}"
        f" suspect={'yes' if contact['suspect'] else 'no'} via={contact['via']}"
    )


def csv_record(record: Mapping[str, object], fields: Sequence[str]) -> str:
    """Return the *fields* of a record as a line of CSV, without line feed."""
    return ",".join([csv_cell(record[field]) for field in fields])


def csv_cell(value: object) -> str:
    """Return one field of a record as a cell of CSV."""
    text = printable(plain_text(value))
    if text.startswith(("=", "+", "-", "@")):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text


def json_record(record: Mapping[str, object], fields: Sequence[str]) -> str:
    """Return the *fields* of a record as a line of JSON Lines, without line feed."""
    return json.dumps({field: record[field] for field in fields}, ensure_ascii=False, separators=(",", ":"))
