"""Questions to an index file: which row answers for an address, and what that row says.

One address needs the standard library alone and a few microseconds; many at once are `irtkit.index.bulk`'s work. A row
is a number: `lookup` returns it, `resolve` reads it. What is read here was decided when the index was built; wording
and order are `irtkit.schema.contact_facts`'.

It asks no server, and says nothing about addresses that nobody registered but that.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from socket import AF_INET, AF_INET6, inet_pton

from irtkit.errors import IndexFileError, RangeError
from irtkit.index.layout import GAPS, Flag
from irtkit.index.segments import NO_ROW, segment_ipv6
from irtkit.index.storage import IndexFile
from irtkit.resources import AddressRange, format_address, parse_address
from irtkit.schema.contact_facts import (
    POLICIES,
    Contact,
    MailboxFacts,
    Reference,
    Walk,
    contact_of,
    first_mailbox,
    order,
    reason_for,
    registers_nothing,
    tell,
)
from irtkit.special_purpose import special_purpose

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
    from typing import Any, TypeAlias

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from irtkit.index.bulk import Bulk
    from irtkit.index.keycerts import KeyReference
    from irtkit.index.ranges import IndexedRanges
    from irtkit.schema.contact_facts import Policy, Reason

    AddressLike: TypeAlias = "str | int | IPv4Address | IPv6Address"
    Query: TypeAlias = "AddressLike | AddressRange | IPv4Network | IPv6Network"

__all__ = ["Index", "Resolution", "open_index"]

_IPV4, _IPV6 = int(AF_INET), int(AF_INET6)
_LOW = (1 << 64) - 1


class _Texts:
    """A column of text."""

    def __init__(self, file: IndexFile, name: str) -> None:
        self._at = file.array(f"{name}.at")
        self._text = file.array(f"{name}.text")

    def __getitem__(self, row: int) -> str:
        if row < 0:
            return ""
        return str(self._text[self._at[row] : self._at[row + 1]], "utf-8")


def open_index(path: str | os.PathLike[str]) -> Index:
    """Open an index file; nothing is read but its header, and nothing copied.

    Raises: IndexFileError when it cannot be opened, is no irtkit index, is damaged, or is of another format version.
    """
    return Index(IndexFile(path))


class Index:
    """Who answers for an address, from an index file. Threads may share it; its file may be replaced meanwhile."""

    lookup: Callable[[AddressLike], int]
    """Return the row that answers for one address, `NO_ROW` (-1) when no object holds it.

    An address is text without blanks around it, an ipaddress object, or an integer: IPv4 below 2**32, else IPv6.
    An instance attribute, because that saves a fifth of a lookup.

    Raises: RangeError for what is no address.
    """

    def __init__(self, file: IndexFile) -> None:
        self._file = file
        self._columns: dict[str, memoryview] = {}
        self._texts: dict[str, _Texts] = {}
        self._bulk: Bulk | None = None
        self._ranges: dict[tuple[str, int], IndexedRanges] | None = None
        self.lookup = _lookup_function(self)

    @property
    def path(self) -> str:
        """The file."""
        return self._file.path

    @property
    def manifest(self) -> dict[str, Any]:
        """What the index was made of: `created`, `objects` (source, class, count), `files`."""
        return self._file.manifest

    @property
    def file(self) -> IndexFile:
        """The arrays, as `irtkit.index.layout` lists them."""
        return self._file

    def column(self, name: str) -> memoryview:
        """Return one array."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = self._file.array(name)
        return found

    def texts(self, name: str) -> _Texts:
        """Return one column of text."""
        found = self._texts.get(name)
        if found is None:
            found = self._texts[name] = _Texts(self._file, name)
        return found

    def row_key(self, row: int) -> str | None:
        """Return the key of the most specific object of *row*, as its registry writes it; None of what is no row.

        Raises: IndexError for a row that the index does not have.
        """
        if row < 0:
            return None
        return self.texts("object.key")[self.column("row.object")[row]]

    def resolve(self, query: Query, policy: str = "csirt") -> Resolution:
        """Find who answers for an address, a prefix or a range; *policy* is `csirt`, `abuse` or `all`.

        Of a prefix or range, the smallest object that holds all of it answers. Text may have any notation of
        `inetnum` and `inet6num`, and LACNIC's.

        Raises: RangeError for what is none of these; ValueError for a policy that does not exist.
        """
        chosen = POLICIES.get(policy)
        if chosen is None:
            raise ValueError(f"unknown policy {policy!r}; expected one of {', '.join(POLICIES)}")
        try:
            return Resolution(self, query, self.lookup(query), chosen)  # type: ignore[arg-type]
        except RangeError:
            if isinstance(query, int):
                raise
            space = query if isinstance(query, AddressRange) else _range_of(query)
        if space.size == 1:
            return Resolution(self, space, self.lookup(format_address(space.family, space.first)), chosen)
        holding = self._holding_range(space)
        if not holding:
            return Resolution(self, space, NO_ROW, chosen)
        return Resolution(self, space, holding[0], chosen, self._irts_beside(holding))

    def keys(self, query: Query) -> list[KeyReference]:
        """Return the key-certs that the irts of *query* name; `resolve` says which irts those are."""
        from irtkit.index.keycerts import iter_references  # noqa: PLC0415 - only who encrypts needs them

        return list(iter_references(self, self.resolve(query).irt_numbers()))

    def lookup_many(self, addresses: Iterable[AddressLike] | NDArray[Any] | pa.Array) -> NDArray[np.int32]:
        """Return the row of each address, in order: `NO_ROW` where no object holds it, `NO_ADDRESS` for what is none.

        *addresses*: text without blanks around it, integers or ipaddress objects; a NumPy array of integers (IPv4), of
        two `uint64` columns (halves of IPv6) or of text; an Arrow array of text or integers, with a dictionary or
        without.

        Raises: TypeError for one text, and for an array of anything else.
        """
        rows: NDArray[np.int32] = self.bulk.lookup(addresses)
        return rows

    def resolve_many(self, queries: Iterable[Query] | NDArray[Any] | pa.Array, policy: str = "csirt") -> pa.Table:
        """Return an Arrow table with a record for each query, in order, as `resolve` answers it.

        *queries* are addresses as `lookup_many` takes them, or anything that `resolve` takes, which costs a hundred
        times as much. Columns are `irtkit.index.layout.FIELDS` without `input`; what `resolve` refuses has the reason
        `not-an-address`.

        Raises: TypeError as `lookup_many`; ValueError for a policy that does not exist.
        """
        from irtkit.index.records import table_of  # noqa: PLC0415 - pyarrow is for tables only

        return table_of(self.bulk, queries, policy, resolve=self.resolve)

    @property
    def bulk(self) -> Bulk:
        """The same index for many addresses at once; needs numpy."""
        if self._bulk is None:
            from irtkit.index.bulk import Bulk  # noqa: PLC0415 - numpy is for bulk work only

            self._bulk = Bulk(self._file)
        return self._bulk

    @property
    def ranges(self) -> dict[tuple[str, int], IndexedRanges]:
        """The ranges of each registry (its short name) and family (4 or 6) that has any."""
        if self._ranges is None:
            from irtkit.index.ranges import ranges_by_registry  # noqa: PLC0415 - one address needs none of them

            self._ranges = ranges_by_registry(self)
        return self._ranges

    def _holding_range(self, space: AddressRange) -> list[int]:
        """Return the objects that hold all of *space*, smallest first, of the registry that answers for it."""
        best: tuple[bool, int] | None = None
        found: list[int] = []
        for (_, family), ranges in self.ranges.items():
            holding = ranges.find_holding(space) if family == space.family else []
            if holding:
                size = ranges.space_of(holding[0]).size
                rank = bool(self.column("object.flags")[holding[0]] & (Flag.PLACEHOLDER | Flag.ROOT)), size
                if best is None or rank < best:
                    best, found = rank, holding
        return found

    def _irts_beside(self, holding: list[int]) -> tuple[int, int] | None:
        """Return which of *holding* has the mnt-irt that counts, and its place, unless the row of the first says so."""
        flags, irts = self.column("object.flags"), self.column("object.irts")
        if flags[holding[0]] & Flag.PLACEHOLDER:
            return None
        for place, number in enumerate(holding):
            if irts[number] >= 0 and not flags[number] & Flag.PLACEHOLDER:
                return None if self.column("row.irt")[holding[0]] == number else (number, place)
        return None

    def around(self, number: int) -> list[int]:
        """Return the object *number* and those around it, smallest first."""
        parent = self.column("object.parent")
        chain: list[int] = []
        while number >= 0 and len(chain) <= len(parent):
            chain.append(number)
            number = parent[number]
        return chain

    def holding(self, number: int, space: AddressRange) -> list[int]:
        """Return the objects of the registry of object *number* that hold all of *space*, smallest first."""
        from irtkit.schema.contact_rules import registry_of_source  # noqa: PLC0415 - only overlaps need it

        registry = registry_of_source(self.texts("source")[self.column("object.source")[number]])
        return self.ranges[registry, space.family].find_holding(space)


def _range_of(query: object) -> AddressRange:
    if isinstance(query, str):
        return AddressRange.parse_lenient(query)
    if hasattr(query, "network_address"):
        return AddressRange.from_network(query)  # type: ignore[arg-type]
    raise RangeError(f"{query!r:.40}: expected an address, a prefix or a range")


def _value_of(address: object) -> tuple[int, int]:
    """Return (family, value) of an address that is no dotted quad."""
    if isinstance(address, str):
        return parse_address(address)
    if isinstance(address, int):
        if not 0 <= address < 1 << 128:
            raise RangeError(f"{address}: expected an integer from 0 to 2**128 - 1")
        return (4 if address < 1 << 32 else 6), address
    family, packed = getattr(address, "version", None), getattr(address, "packed", None)
    if family is None or packed is None:
        raise RangeError(f"{address!r:.40}: expected an address as text, integer or ipaddress object")
    return family, int.from_bytes(packed)


def _lookup_function(index: Index) -> Callable[[AddressLike], int]:
    """Make the function that answers for one address: buckets, then bisection, on the mapped arrays."""
    start, row, bucket = (index.file.array(f"ipv4.{name}") for name in ("start", "row", "bucket"))
    shift = _checked_shift(index.file, start, row, bucket)
    high, low, row6 = (index.file.array(f"ipv6.{name}") for name in ("high", "low", "row"))
    if not len(high) == len(low) == len(row6) > 0:
        raise IndexFileError("is damaged: the IPv6 arrays differ in length", path=index.path)
    number, pton, bisect = int.from_bytes, inet_pton, bisect_right

    def lookup(address: AddressLike) -> int:
        if type(address) is str:
            try:
                value = number(pton(_IPV4, address), "big")
            except (OSError, ValueError):
                return lookup_other(address)
        else:
            return lookup_other(address)
        block = value >> shift
        return row[bisect(start, value, bucket[block], bucket[block + 1]) - 1]

    def lookup_other(address: AddressLike) -> int:
        family, value = _value_of(address)
        if family == 6:
            return row6[segment_ipv6(high, low, value)]
        block = value >> shift
        return row[bisect(start, value, bucket[block], bucket[block + 1]) - 1]

    return lookup


def _checked_shift(file: IndexFile, start: memoryview, row: memoryview, bucket: memoryview) -> int:
    shift = file.manifest.get("shift")
    if not isinstance(shift, int) or not 0 < shift <= 32 or len(bucket) != (1 << (32 - shift)) + 1:
        raise IndexFileError("is damaged: the buckets do not fit", path=file.path)
    if len(start) != len(row) or not len(start) or bucket[len(bucket) - 1] != len(start):
        raise IndexFileError("is damaged: the IPv4 arrays differ in length", path=file.path)
    return shift


class Resolution:
    """Who answers for an address, prefix or range. Read from the index when first asked for, and then kept."""

    __slots__ = ("_beside", "_contacts", "_index", "_listed", "_query", "policy", "row")

    row: int
    """The row of the index, `NO_ROW` when no object holds the query."""
    policy: Policy
    """What orders the contacts."""

    def __init__(
        self, index: Index, query: Query, row: int, policy: Policy, beside: tuple[int, int] | None = None
    ) -> None:
        self._index = index
        self._beside = beside  # the object with the irts, and its place, if they are not those of the row
        self._query = query
        self.row = row
        self.policy = policy
        self._contacts: tuple[Contact, ...] | None = None
        self._listed: tuple[Contact, ...] | None = None

    @property
    def address(self) -> str:
        """The address, prefix or range in canonical form."""
        space = self._space
        return format_address(space.family, space.first) if space.size == 1 else space.canonical

    @property
    def network(self) -> str | None:
        """Key of the most specific object."""
        return self._index.row_key(self.row)

    @property
    def source(self) -> str | None:
        """Its `source:`, upper case."""
        return self._text_of("source")

    @property
    def netname(self) -> str | None:
        """Its `netname:`."""
        return None if self.row == NO_ROW else self._index.texts("object.netname")[self._object] or None

    @property
    def country(self) -> str | None:
        """Its first `country:`."""
        return self._text_of("country")

    @property
    def org(self) -> str | None:
        """Its `org:`, upper case."""
        return self._text_of("org")

    @property
    def irt_network(self) -> str | None:
        """Key of the object whose mnt-irt counts."""
        holder = self._column("row.irt")
        return None if holder < 0 else self._index.texts("object.key")[holder]

    @property
    def irts(self) -> tuple[str, ...]:
        """The irts it names, upper case, in file order."""
        handles = self._index.texts("irt.handle")
        return tuple(handles[irt] for irt in self.irt_numbers())

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The candidates as the policy orders them, gaps included."""
        if self._listed is None:
            self._listed = order(self._candidates(), self.policy)
        return self._listed

    @property
    def email(self) -> str | None:
        """The first mailbox among the contacts."""
        return first_mailbox(self.contacts)

    @property
    def reason(self) -> Reason | None:
        """Why there is none: `unregistered`, `no-contact`, `dummy` or `special-purpose`."""
        if self.email is not None:
            return None
        return reason_for(self.contacts, registered=self._registered, special_purpose=self._special is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return the record of `irtkit resolve --format jsonl`, without `input`."""
        return {
            "address": self.address,
            "network": self.network,
            "source": self.source,
            "netname": self.netname,
            "country": self.country,
            "org": self.org,
            "irt_network": self.irt_network,
            "irts": list(self.irts),
            "contacts": [contact_record(contact) for contact in self.contacts],
            "email": self.email,
            "reason": self.reason,
        }

    def explain(self) -> str:
        """Tell the walk as a person would, a sentence a line."""
        walk = self._walk()
        return "\n".join(tell(self.address, walk, self._candidates(), self.policy, self.reason))

    def __str__(self) -> str:
        return f"{self.address}: {self.email or self.reason} ({self.network or 'no object'})"

    def __repr__(self) -> str:
        return f"<Resolution {self}>"

    @property
    def _space(self) -> AddressRange:
        if isinstance(self._query, AddressRange):
            return self._query
        family, value = _value_of(self._query)
        return AddressRange(family, value, value)

    @property
    def _object(self) -> int:
        return self._column("row.object")

    @property
    def _flags(self) -> int:
        flags: int = self._index.column("object.flags")[self._object]
        return flags

    @property
    def _registered(self) -> bool:
        return self.row != NO_ROW and not self._flags & (Flag.PLACEHOLDER | Flag.ROOT)

    @property
    def _special(self) -> str | None:
        space = self._space
        first, last = (special_purpose(space.family, value) for value in (space.first, space.last))
        return first if last else None

    def _column(self, name: str) -> int:
        if self.row == NO_ROW:
            return NO_ROW
        if self._beside is not None and name in ("row.irt", "row.irt_up"):
            return self._beside[name == "row.irt_up"]
        value: int = self._index.column(name)[self.row]
        return value

    def _text_of(self, name: str) -> str | None:
        if self.row == NO_ROW:
            return None
        return self._index.texts(name)[self._index.column(f"object.{name}")[self._object]] or None

    def irt_numbers(self) -> Sequence[int]:
        """Return the codes of the irts in the index."""
        holder = self._column("row.irt")
        if holder < 0:
            return ()
        members: int = self._index.column("object.irts")[holder]
        at = self._index.column("irt_set.at")
        return self._index.column("irt_set.irt")[at[members] : at[members + 1]]

    def _candidates(self) -> tuple[Contact, ...]:
        if self._contacts is None:
            self._contacts = tuple(self._iter_candidates())
        return self._contacts

    def _iter_candidates(self) -> Iterator[Contact]:
        for irt in self.irt_numbers():
            yield self._contact("irt", irt, self._column("row.irt"), self._column("row.irt_up"))
        holder = self._column("row.abuse")
        if holder >= 0:
            role = self._index.column("object.role")[holder]
            yield self._contact("abuse-c", role, holder, self._column("row.abuse_up"))

    def _contact(self, kind: str, party: int, holder: int, up: int) -> Contact:
        index = self._index
        name = "irt" if kind == "irt" else "role"
        flags: int = index.column("object.flags")[holder]
        org = index.texts("org")[index.column("object.org")[holder]] if flags & Flag.BY_ORG and name == "role" else None
        reference = Reference(
            "irt" if kind == "irt" else "abuse-c", self._label(holder), index.texts(f"{name}.handle")[party], org, up
        )
        return contact_of(reference, _facts_of(index, name, party))

    def _label(self, number: int) -> str:
        flags: int = self._index.column("object.flags")[number]
        return f"{'inet6num' if flags & Flag.IPV6 else 'inetnum'} {self._index.texts('object.key')[number]}"

    def _walk(self) -> Walk:
        if self.row == NO_ROW:
            return Walk((), special_purpose=self._special)
        around = self._index.around(self._object)
        way = around
        if (holder := self._column("row.irt")) >= 0 and holder not in around:
            way = self._index.holding(self._object, self._space)
        flags = self._index.column("object.flags")
        nothing = registers_nothing(
            self._label(self._object),
            self.netname,
            root=bool(self._flags & Flag.ROOT),
            placeholder=bool(self._flags & Flag.PLACEHOLDER),
        )
        stop = next((self._label(number) for number in around if flags[number] & Flag.REGISTRY), None)
        return Walk(
            tuple(self._label(number) for number in way) if self._candidates() or not nothing else (),
            ", ".join(filter(None, (self.netname, self.source and f"source {self.source}"))),
            nothing_but=nothing,
            irt_level=None if holder < 0 else self._column("row.irt_up"),
            abuse_stop=stop if self._column("row.abuse") < 0 else None,
            special_purpose=self._special,
        )


def contact_record(contact: Contact) -> dict[str, Any]:
    """Return a contact as JSON has it."""
    return {
        "kind": contact.kind,
        "handle": contact.handle,
        "email": contact.email,
        "via": contact.via,
        "inherited": contact.inherited,
        "suspect": contact.suspect,
        "gap": contact.gap,
        "echo_of": contact.echo_of,
        "last_modified": contact.last_modified,
        "validated": contact.validated,
    }


def _facts_of(index: Index, name: str, party: int) -> MailboxFacts | None:
    gap = GAPS[index.column(f"{name}.gap")[party]]
    if gap == "missing-object":
        return None

    def text(column: str) -> str | None:
        return index.texts(f"{name}.{column}")[party] or None

    return MailboxFacts(
        text("email"),
        text("attribute"),
        gap or None,  # type: ignore[arg-type]
        validated=text("validated"),
        last_modified=text("last_modified"),
        suspect=bool(index.column(f"{name}.flags")[party] & Flag.SUSPECT),
        echo_of=text("echo_of"),
    )
