"""Rows of an index as columns of records: what `irtkit resolve` writes, for a block of addresses at a time.

A column is an Arrow dictionary array where values repeat: the dictionary is a column of the index file, not copied. The
columns say what `irtkit.index.lookup.Resolution` says of each address alone (a law that the tests hold).

It writes no format; `irtkit.index.render` makes text of the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from irtkit.addresses import format_ipv4
from irtkit.errors import RangeError
from irtkit.index.bulk import listed
from irtkit.index.layout import FIELDS, GAPS, Flag
from irtkit.index.segments import NO_ADDRESS, NO_ROW
from irtkit.index.text_tables import constant, join_texts
from irtkit.schema.contact_facts import POLICIES, Policy

if TYPE_CHECKING:
    from irtkit.index.bulk import Bulk, Read

__all__ = ["CONTACT_FIELDS", "REASONS", "Contacts", "Records", "table_of", "table_of_rows"]

Array: TypeAlias = NDArray[Any]

CONTACT_FIELDS = (
    "kind",
    "handle",
    "email",
    "via",
    "inherited",
    "suspect",
    "gap",
    "echo_of",
    "last_modified",
    "validated",
)
"""The fields of a contact, in order."""
REASONS = ("unregistered", "no-contact", "dummy", "special-purpose", "not-an-address")
"""Why a record has no e-mail, by code."""
_REASON = {reason: code for code, reason in enumerate(REASONS)}
_KINDS = pa.array(["irt", "abuse-c"])
_STEPS = pa.array([" -> mnt-irt -> ", " -> abuse-c -> "])
"""How the way to a contact of each kind goes on from the holder."""
_CLASSES = pa.array(["inetnum ", "inet6num "])
_GAPS = pa.array(GAPS)
_NONE = pa.scalar(None, pa.string())


class Resolved(Protocol):
    """What answers for one query."""

    def to_dict(self) -> dict[str, Any]:
        """Return its record."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of a block of rows, end to end: those of row *n* are entries `at[n]` to `at[n + 1]`."""

    at: Array
    kind: Array
    """0 for an irt, 1 for an abuse-c."""
    party: Array
    """Code of the irt or role."""
    holder: Array
    """Number of the object whose reference it is."""
    up: Array
    """How many objects up it stands."""


class Records:
    """Makes columns of the rows of an index, contacts ordered by a policy."""

    def __init__(self, bulk: Bulk, policy: str = "csirt") -> None:
        chosen = POLICIES.get(policy)
        if chosen is None:
            raise ValueError(f"unknown policy {policy!r}; expected one of {', '.join(POLICIES)}")
        self.bulk = bulk
        self.policy: Policy = chosen
        self._texts: dict[str, pa.Array] = {}

    def texts(self, name: str) -> pa.Array:
        """Return a column of text of the index, as it lies in the file; its last value is empty."""
        found = self._texts.get(name)
        if found is None:
            found = self._texts[name] = self._checked_texts(name)
        return found

    def _checked_texts(self, name: str) -> pa.Array:
        at, text = self.bulk.array(f"{name}.at"), self.bulk.array(f"{name}.text")
        if len(at) < 2 or at[0] != 0 or at[-1] != len(text) or (at[1:] < at[:-1]).any():
            raise ValueError(f"the column {name} is damaged")
        kind = pa.string() if at.dtype == np.int32 else pa.large_string()
        return pa.Array.from_buffers(kind, len(at) - 1, [None, pa.py_buffer(at), pa.py_buffer(text)])

    def dictionary(self, field: str) -> pa.Array:
        """Return the values that *field* can have; the code -1 stands for none, and the last value is empty."""
        return self._dictionaries[field]

    @cached_property
    def _dictionaries(self) -> dict[str, pa.Array]:
        key = self.texts("object.key")
        return {
            "network": key,
            "irt_network": key,
            "netname": self.texts("object.netname"),
            **{name: self.texts(name) for name in ("source", "country", "org")},
            "email": pa.concat_arrays([self.texts("irt.email"), self.texts("role.email")]),
            "reason": pa.array([*REASONS, ""]),
        }

    def codes(self, field: str, rows: Array) -> Array:
        """Return for each of *rows* the code of its *field* (not `reason`) in the dictionary, -1 for none."""
        if field == "email":
            return self._email(rows)
        if field == "irt_network":
            return self._of_row("row.irt", rows)
        number = self._of_row("row.object", rows)
        if field == "network":
            return number
        if field == "netname":
            at = self.bulk.array("object.netname.at")
            return np.where((number >= 0) & (at[number] == at[number + 1]), -1, number)
        return self._of_object(f"object.{field}", number, empty=self._empty_code(field))

    def _empty_code(self, field: str) -> int:
        """Return the code of the empty text in a dictionary, which means no value."""
        return {"source": self._source_of_none}.get(field, -1)

    @cached_property
    def _source_of_none(self) -> int:
        code = pc.index(self.dictionary("source"), "").as_py()
        return int(code)

    def _of_row(self, name: str, rows: Array) -> Array:
        column = self.bulk.array(name)
        if not len(column):
            return np.full(len(rows), NO_ROW, np.int32)
        return np.where(rows >= 0, column.take(rows, mode="clip"), NO_ROW)

    def _of_object(self, name: str, number: Array, *, empty: int = -1) -> Array:
        column = self.bulk.array(name)
        if not len(column):
            return np.full(len(number), -1, np.int32)
        codes = np.where(number >= 0, column[number], -1)
        return np.where(codes == empty, -1, codes) if empty >= 0 else codes

    def irt_sets(self, rows: Array) -> Array:
        """Return the code of the irt set that answers for each row, -1 for none."""
        return self._of_object("object.irts", self._of_row("row.irt", rows))

    def irt_lists(self) -> pa.Array:
        """Return the names of the irts of each irt set, as a list array; the last set is empty."""
        at = self.bulk.array("irt_set.at").astype(np.int32)
        members = self.texts("irt.handle").take(pa.array(self.bulk.array("irt_set.irt")))
        return pa.ListArray.from_arrays(pa.array(np.append(at, at[-1])), members)

    @cached_property
    def _irt_has_email(self) -> Array:
        return _lengths(self.bulk, "irt.email") > 0

    @cached_property
    def _role_has_email(self) -> Array:
        return _lengths(self.bulk, "role.email") > 0

    @cached_property
    def _set_email(self) -> Array:
        """The first irt with a mailbox of each irt set, or -1; one entry more, -1."""
        at, member = self.bulk.array("irt_set.at"), self.bulk.array("irt_set.irt")
        first = np.full(len(at), -1, np.int32)
        usable = np.flatnonzero(self._irt_has_email[member])[::-1]
        owner = np.searchsorted(at, usable, side="right") - 1
        first[owner] = member[usable]
        first[-1] = -1
        return first

    @cached_property
    def _set_hidden(self) -> Array:
        """Whether an irt of each set has a mailbox that is a dummy or masked here; one entry more, False."""
        return self._any_in_set(_hidden(self.bulk.array("irt.gap")))

    def _any_in_set(self, of_irt: Array) -> Array:
        at, member = self.bulk.array("irt_set.at"), self.bulk.array("irt_set.irt")
        found = np.zeros(len(at), np.bool_)
        hit = np.flatnonzero(of_irt[member])
        found[np.searchsorted(at, hit, side="right") - 1] = True
        return found

    @cached_property
    def _echo(self) -> Array:
        """The irt with a mailbox that each role repeats, or -1; one entry more, -1."""
        handles = self.texts("role.echo_of")
        irts = {name: code for code, name in enumerate(self.texts("irt.handle").to_pylist()[:-1])}
        echo = np.full(len(handles), -1, np.int32)
        for role in np.flatnonzero(_lengths(self.bulk, "role.echo_of")).tolist():
            irt = irts.get(handles[role].as_py(), -1)
            echo[role] = irt if irt >= 0 and self._irt_has_email[irt] else -1
        return echo

    def _abuse(self, rows: Array) -> tuple[Array, Array]:
        """Return the holder and the role of the abuse contact of each row, -1 where there is none to list."""
        holder = self._of_row("row.abuse", rows)
        role = self._of_object("object.role", holder)
        if not self.policy.echoes:
            for index in np.flatnonzero(self._echo[role] >= 0).tolist():
                members = self._members(int(self.irt_sets(rows[index : index + 1])[0]))
                if self._echo[role[index]] in members:
                    holder[index] = role[index] = -1
        return holder, role

    def _members(self, irt_set: int) -> list[int]:
        if irt_set < 0:
            return []
        at = self.bulk.array("irt_set.at")
        return list(self.bulk.array("irt_set.irt")[at[irt_set] : at[irt_set + 1]])

    def _abuse_first(self, rows: Array) -> Array:
        """Tell for each row whether its abuse-c is listed before its irts."""
        if self.policy.kinds:
            return np.full(len(rows), self.policy.kinds[0] == "abuse-c")
        return self._of_row("row.abuse_up", rows) < self._of_row("row.irt_up", rows)

    def _email(self, rows: Array) -> Array:
        irt = self._set_email[self.irt_sets(rows)]
        _, role = self._abuse(rows)
        offset = np.int32(len(self._irt_has_email) + 1)
        from_role = np.where((role >= 0) & np.append(self._role_has_email, False)[role], role + offset, -1)
        abuse_first = self._abuse_first(rows)
        first, second = np.where(abuse_first, from_role, irt), np.where(abuse_first, irt, from_role)
        return np.where(first >= 0, first, second)

    def reasons(self, rows: Array, email: Array, special: Array) -> Array:
        """Return the code of each row's reason in REASONS, -1 where there is an *email* (codes).

        *special* tells which addresses are in IANA's special-purpose registries.
        """
        flags = self._of_object("object.flags", self._of_row("row.object", rows))
        registered = (rows >= 0) & ((flags & (Flag.PLACEHOLDER.value | Flag.ROOT.value)) == 0)
        _, role = self._abuse(rows)
        hidden = self._set_hidden[self.irt_sets(rows)] | np.append(_hidden(self.bulk.array("role.gap")), False)[role]
        reason = np.where(registered, _REASON["no-contact"], _REASON["unregistered"])
        reason = np.where(special, _REASON["special-purpose"], reason)
        reason = np.where(registered & hidden, _REASON["dummy"], reason)
        reason = np.where(rows == NO_ADDRESS, _REASON["not-an-address"], reason)
        return np.where(email >= 0, -1, reason)

    def contacts(self, rows: Array) -> Contacts:
        """Return the contacts of each row, in the order of the policy."""
        irt_set = self.irt_sets(rows)
        set_at = self.bulk.array("irt_set.at").astype(np.int64)
        begin, irts = set_at[irt_set], np.where(irt_set >= 0, np.diff(set_at, append=0)[irt_set], 0)
        holder, role = self._abuse(rows)
        abuse = (role >= 0).astype(np.int64)
        at = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(irts + abuse, out=at[1:])
        kind, party, held, up = (np.zeros(int(at[-1]), np.int32) for _ in range(4))
        abuse_first = self._abuse_first(rows)
        place = np.arange(int(irts.sum())) - np.repeat(np.cumsum(irts) - irts, irts)
        irt_at = np.repeat(at[:-1] + (abuse & abuse_first), irts) + place
        party[irt_at] = self.bulk.array("irt_set.irt")[np.repeat(begin, irts) + place]
        held[irt_at] = np.repeat(self._of_row("row.irt", rows), irts)
        up[irt_at] = np.repeat(self._of_row("row.irt_up", rows), irts)
        listed = np.flatnonzero(abuse)
        abuse_at = (at[:-1] + np.where(abuse_first, 0, irts))[listed]
        kind[abuse_at], party[abuse_at], held[abuse_at] = 1, role[listed], holder[listed]
        up[abuse_at] = self._of_row("row.abuse_up", rows[listed])
        return Contacts(at, kind, party, held, up)

    def contact_columns(self, contacts: Contacts, fields: Sequence[str] = CONTACT_FIELDS) -> dict[str, pa.Array]:
        """Return *fields* of contacts, each as a column of the contacts end to end."""
        offset = len(self.texts("irt.handle"))
        party = np.where(contacts.kind == 1, contacts.party + offset, contacts.party)
        return {field: self._contact_column(field, contacts, party) for field in fields}

    def _contact_column(self, field: str, contacts: Contacts, party: Array) -> pa.Array:
        if field == "kind":
            return pa.DictionaryArray.from_arrays(pa.array(contacts.kind), _KINDS)
        if field == "via":
            return self._via(contacts, party)
        if field == "inherited":
            return pa.array(contacts.up)
        if field == "suspect":
            return pa.array((self._party_numbers("flags")[party] & Flag.SUSPECT.value) > 0)
        if field == "gap":
            gap = self._party_numbers("gap")[party]
            return pa.DictionaryArray.from_arrays(pa.array(gap.astype(np.int32), mask=gap == 0), _GAPS)
        return _none_if_empty(self._party_texts(field).take(pa.array(party)))

    def _party_numbers(self, name: str) -> Array:
        """Return a column of numbers of the irts, then of the roles, each with one entry more, 0."""
        return np.concatenate([self.bulk.array(f"irt.{name}"), [0], self.bulk.array(f"role.{name}"), [0]])

    def _party_texts(self, name: str) -> pa.Array:
        """Return a column of text of the irts, then of the roles."""
        found = self._texts.get(f"party.{name}")
        if found is None:
            found = pa.concat_arrays([self.texts(f"irt.{name}"), self.texts(f"role.{name}")])
            self._texts[f"party.{name}"] = found
        return found

    @cached_property
    def _party_ends(self) -> pa.Array:
        """How the way to each irt and role ends: its handle and the attribute that was read."""
        attribute = self._party_texts("attribute")
        arrow = pc.if_else(pc.equal(attribute, ""), "", join_texts(" -> ", attribute))
        return join_texts(self._party_texts("handle"), arrow)

    @cached_property
    def _through_org(self) -> pa.Array:
        """` -> org -> ORG` for each organisation; the last, which is none, stays empty."""
        org = self.texts("org")
        some = join_texts(" -> org -> ", org[: len(org) - 1])
        return pa.concat_arrays([some, pa.array([""], org.type)])

    def _via(self, contacts: Contacts, party: Array) -> pa.Array:
        flags = self.bulk.array("object.flags")[contacts.holder] if len(contacts.holder) else contacts.holder
        by_org = (contacts.kind == 1) & ((flags & Flag.BY_ORG.value) > 0)
        classes = _CLASSES.take(pa.array(((flags & Flag.IPV6.value) > 0).astype(np.int32)))
        org = np.where(by_org, self._of_object("object.org", contacts.holder), -1)
        through = self._through_org.take(pa.array(np.where(org >= 0, org, len(self._through_org) - 1)))
        step = _STEPS.take(pa.array(contacts.kind))
        key = self.texts("object.key").take(pa.array(contacts.holder))
        return join_texts(classes, key, through, step, self._party_ends.take(pa.array(party)))

    def contact_lists(self, rows: Array) -> pa.Array:
        """Return the contacts of each row as a list of structs."""
        contacts = self.contacts(rows)
        columns = self.contact_columns(contacts)
        plain = [
            column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in columns.values()
        ]
        entries = pa.StructArray.from_arrays(plain, names=list(columns))
        return pa.ListArray.from_arrays(pa.array(contacts.at.astype(np.int32)), entries)


def _lengths(bulk: Bulk, name: str) -> Array:
    return np.diff(bulk.array(f"{name}.at"))[:-1]


def _hidden(gap: Array) -> Array:
    return np.isin(gap, (GAPS.index("dummy"), GAPS.index("masked")))


def _none_if_empty(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, constant("")), _NONE, texts)


def table_of(
    bulk: Bulk,
    queries: Any,  # noqa: ANN401 - see Index.resolve_many
    policy: str = "csirt",
    *,
    resolve: Callable[[Any, str], Resolved],
) -> pa.Table:
    """Return the records of *queries* as a table, without `input`; see `irtkit.index.lookup.Index.resolve_many`.

    *resolve* answers for one that is no plain address.
    """
    queries = listed(queries)
    read = bulk.read(queries)
    table = table_of_rows(Records(bulk, policy), read.row, _addresses(read), read)
    others = {}
    for place in np.flatnonzero(read.row == NO_ADDRESS).tolist():
        query = queries[place].as_py() if isinstance(queries, pa.Array | pa.ChunkedArray) else queries[place]
        if not isinstance(query, int | np.integer):  # a number that is no address is nothing else
            with suppress(RangeError):
                others[place] = resolve(query, policy).to_dict()
    return _patched(table, others) if others else table


def _patched(table: pa.Table, others: Mapping[int, dict[str, Any]]) -> pa.Table:
    """Return the table with other records in some places."""
    plain = pa.schema(
        [
            field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in table.schema
        ]
    )
    place = np.arange(len(table))
    place[list(others)] = np.arange(len(others)) + len(table)
    patch = pa.Table.from_pylist([*others.values()], plain)
    patched = pa.concat_tables([table.cast(plain), patch]).take(pa.array(place))
    columns = [
        patched[field.name].dictionary_encode() if pa.types.is_dictionary(field.type) else patched[field.name]
        for field in table.schema
    ]
    return pa.table(columns, table.schema)


def _addresses(read: Read) -> pa.Array:
    """Return the canonical text of each address, null for what is none."""
    if read.ipv4.all():
        text, length = format_ipv4(read.value)
        at = np.zeros(len(length) + 1, np.int32)
        np.cumsum(length, out=at[1:])
        return pa.StringArray.from_buffers(len(length), pa.py_buffer(at), pa.py_buffer(text))
    known = read.ipv4 | read.ipv6
    return pa.array([read.text_of(index) if known[index] else None for index in range(len(known))], pa.string())


def table_of_rows(records: Records, rows: Array, addresses: pa.Array, read: Read) -> pa.Table:
    """Return the table of *rows*; *addresses* are their canonical texts, *read* what they were read from."""
    columns: dict[str, pa.Array] = {"address": addresses}
    email = records.codes("email", rows)
    sets = records.irt_sets(rows)
    for field in FIELDS[2:]:
        if field == "irts":
            lists = records.irt_lists()
            columns[field] = lists.take(pa.array(np.where(sets >= 0, sets, len(lists) - 1)))
        elif field == "contacts":
            columns[field] = records.contact_lists(rows)
        else:
            codes = email if field == "email" else None
            if field == "reason":
                codes = records.reasons(rows, email, read.special((email < 0) & (rows != NO_ADDRESS)))
            elif codes is None:
                codes = records.codes(field, rows)
            columns[field] = pa.DictionaryArray.from_arrays(
                pa.array(codes.astype(np.int32), mask=codes < 0), records.dictionary(field)
            )
    return pa.table(columns)
