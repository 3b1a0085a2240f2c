"""From collected columns to the arrays of an index: ranges nested, contacts inherited, address space flattened.

Each registry's ranges are one hierarchy (its main source, its NONAUTH source and its GRS mirror). Each is flattened,
and the hierarchies are merged: of several registries that hold an address the smallest real object's answers.
The semantics are those of `irtkit.contacts`, which does the same for objects in memory (RIPE whois 1.124: AbuseCFinder,
HierarchyLookup as documented).

It reads no files, and no text but the handles of roles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import chain
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.index.collect import Collector, Keys, Networks, joined, source_rank
from irtkit.index.flatten import Hierarchy, Holdings, Rows, fill_abuse, fill_irts, merge
from irtkit.index.keycert_arrays import key_cert_arrays
from irtkit.index.layout import GAPS, KEYED_CLASSES, PARTY_TEXTS, Flag
from irtkit.index.nesting import Nesting, find_nesting, ranks_ipv4, ranks_ipv6
from irtkit.index.texts import text_column, text_ends
from irtkit.schema.contact_facts import MailboxFacts
from irtkit.schema.contact_rules import registry_of_source

if TYPE_CHECKING:
    from irtkit.index.codes import Codes, Name

__all__ = ["arrays_of", "iter_arrays", "most_arrays", "shift_for"]

Array: TypeAlias = NDArray[Any]
Facts: TypeAlias = Sequence[MailboxFacts | None]

Pieces: TypeAlias = list[Array]
"""One column, in one or more arrays to be put end to end."""

_CODES = {**dict.fromkeys(("source", "org", "irts", "role"), np.int32), "flags": np.uint8}
"""The columns of objects that decide something."""
_OTHER_CODES = {**dict.fromkeys(("country", "status"), np.int32), "size": np.uint8}
"""Those that are only kept."""
_ARRAYS = 100
"""More than there are whatever the sources."""
_ARRAYS_OF_REGISTRY = 7
"""Segments of each family."""
_LAST_HALF = np.uint64((1 << 64) - 1)
_NOTHING = 1 << 40
"""Added to the size of what registers nothing: more than any size."""


@dataclass(frozen=True, slots=True)
class _Space:
    """The ranges of one family, ranked among their boundaries."""

    number: Array
    starts: tuple[Array, ...]
    """First address of each segment, ascending: one column, or the two halves."""
    low: Array
    high: Array
    size: Array
    """Something that grows with the number of addresses."""
    root: Array


@dataclass(frozen=True, slots=True)
class _Nested:
    """The ranges of one family, and how those of each registry lie."""

    space: _Space
    hierarchies: list[tuple[Hierarchy, Nesting]]
    shadowed: list[Array]
    """The numbers of objects that are in no hierarchy, for each registry."""


def arrays_of(collected: Collector) -> dict[str, Array]:
    """Return the arrays of the index by name. The collector is spent."""
    return {name: np.concatenate(pieces) for name, pieces in iter_arrays(collected)}


def most_arrays(collected: Collector) -> int:
    """Return a number of arrays that `iter_arrays` does not exceed."""
    return _ARRAYS + _ARRAYS_OF_REGISTRY * len(collected.sources.code)


def iter_arrays(collected: Collector) -> Iterator[tuple[str, Pieces]]:
    """Yield name and array of what is in the index, as `irtkit.index.layout` lists it, in the order they are ready.

    An array comes in one or more pieces, to be put end to end. Threads make the next arrays while the caller writes
    one. The collector is spent.
    """
    parts = sorted(collected.parts, key=lambda part: part.place)
    networks = [network for part in parts for network in part.networks]
    sources = [name for _, name in collected.sources.code]
    made: SimpleQueue[tuple[str, Pieces] | Future[None]] = SimpleQueue()

    def tell(arrays: Iterable[tuple[str, Array | Pieces]]) -> None:
        for name, pieces in arrays:
            made.put((name, pieces if isinstance(pieces, list) else [pieces]))

    with ThreadPoolExecutor(2, "irtkit-build") as pool:  # the IPv4 ranges take longest; all else is made meanwhile
        codes = pool.submit(_deciding_codes, networks)
        ipv4 = pool.submit(lambda: _nested(_ipv4_space(networks), codes.result()["source"], sources))
        leads = pool.submit(lambda: _names(collected, codes.result(), tell))
        ipv6 = pool.submit(lambda: _nested(_ipv6_space(networks), codes.result()["source"], sources))
        families = {"ipv4": ipv4, "ipv6": ipv6}
        jobs = [
            pool.submit(lambda: tell(_object_texts(networks))),
            pool.submit(lambda: tell(_keys([keys for part in parts for keys in part.keys]))),
            pool.submit(lambda: tell(key_cert_arrays(collected, parts))),
            pool.submit(lambda: tell(_answers(pool, _results(families), sources, codes.result(), leads.result()))),
        ]
        tell(_objects(networks, codes.result()))
        for job in jobs:
            job.add_done_callback(made.put)
        left = len(jobs)
        while left:
            ready = made.get()
            if isinstance(ready, tuple):
                yield ready
            else:
                ready.result()
                left -= 1
    yield "object.flags", [codes.result()["flags"]]


def _results(families: dict[str, Future[_Nested]]) -> dict[str, _Nested]:
    return {name: family.result() for name, family in families.items()}


def _deciding_codes(networks: Sequence[Networks]) -> dict[str, Array]:
    return {name: joined([network.codes.pop(name) for network in networks], dtype) for name, dtype in _CODES.items()}


def _objects(networks: Sequence[Networks], codes: dict[str, Array]) -> Iterator[tuple[str, Array | Pieces]]:
    """Yield the columns of objects that are what was collected."""
    for name in ("source", "org", "irts"):
        yield f"object.{name}", codes[name]
    for name, dtype in _OTHER_CODES.items():
        yield f"object.{name}", _pieces([network.codes.pop(name) for network in networks], dtype)


def _pieces(arrays: list[Array], dtype: type) -> Pieces:
    return arrays or [np.zeros(0, dtype)]


def _names(collected: Collector, codes: dict[str, Array], tell: Callable[[Iterable[tuple[str, Array]]], None]) -> Array:
    """Tell the arrays of what has a name; return which objects have an abuse contact that leads to a role."""
    organisations = dict(_organisations(collected))
    roles, leads = _abuse_contacts(collected, codes, organisations["org.role"])
    irts = [_facts(collected, "irt", name) for name in collected.irts.code]
    sets = list(collected.irt_sets)
    tell([*organisations.items(), ("object.role", codes["role"])])
    tell(_parties("irt", collected.irts, irts))
    tell(_parties("role", collected.roles, roles))
    for name, column in (
        ("source", collected.sources),
        ("country", collected.countries),
        ("org", collected.orgs),
        ("status", collected.statuses),
    ):
        tell(text_column(name, (text for _, text in column.code)))
    sizes = np.cumsum([0, *map(len, sets)]).astype(np.uint32)
    members = np.array([irt for irts in sets for irt in irts], np.int32)
    tell([("irt_set.at", sizes), ("irt_set.irt", members)])
    return leads


def _facts(collected: Collector, class_name: str, name: Name) -> MailboxFacts | None:
    party = collected.parties[class_name].get(name)
    return None if party is None else party.facts


def _organisations(collected: Collector) -> Iterator[tuple[str, Array]]:
    """Yield what organisations say of themselves; the roles that they name get codes."""
    count = len(collected.orgs.code)
    roles, types = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    known: dict[str, int] = {}
    for name, party in collected.parties["organisation"].items():
        code = collected.orgs.code[name]
        if party.abuse_c:
            roles[code] = collected.roles.of((name[0], party.abuse_c.upper()))
        if party.org_type:
            types[code] = known.setdefault(party.org_type, len(known))
    yield "org.role", roles
    yield "org.type", types
    yield from text_column("org_type", known)


def _keys(columns: Sequence[Keys]) -> Iterator[tuple[str, Array]]:
    """Yield the keys of all objects in order, each once."""
    hashes, classes, numbers = [], [], []
    for code, class_name in enumerate(KEYED_CLASSES):
        mine = [keys for keys in columns if keys.class_name == class_name and len(keys.hash)]
        found, first = np.unique(joined([keys.hash for keys in mine], np.uint64), return_index=True)
        hashes.append(found)
        classes.append(np.full(len(found), code, np.uint8))
        number = joined([keys.number for keys in mine if keys.number is not None], np.int32)
        numbers.append(number[first] if len(number) else np.full(len(found), -1, np.int32))
    in_order = np.concatenate(hashes)
    order = np.argsort(in_order, kind="stable")
    yield "key.hash", in_order[order]
    yield "key.class", np.concatenate(classes)[order]
    yield "key.number", np.concatenate(numbers)[order]


def _abuse_contacts(collected: Collector, codes: dict[str, Array], role_of_org: Array) -> tuple[Facts, Array]:
    """Turn the `role` code of each object (its own abuse-c) into that of its abuse contact.

    The own abuse-c counts first when it leads to a role with a mailbox attribute, then the organisation's, then
    whichever there is. Return the facts of all roles, and which objects have one that leads there.
    """
    org_role = np.append(role_of_org, np.int32(-1))
    facts = [_facts(collected, "role", name) for name in collected.roles.code]
    leads = np.array([*(fact is not None and fact.attribute is not None for fact in facts), False])
    own, by_org = codes["role"], org_role[codes["org"]]
    use_org = ~leads[own] & (leads[by_org] | (own < 0)) & (by_org >= 0)
    codes["role"] = np.where(use_org, by_org, own)
    codes["flags"][use_org] |= Flag.BY_ORG.value
    return facts, leads[codes["role"]]


def _answers(
    pool: ThreadPoolExecutor, families: dict[str, _Nested], sources: list[str], codes: dict[str, Array], leads: Array
) -> Iterator[tuple[str, Array | Pieces]]:
    count = len(codes["flags"])
    alive = (codes["flags"] & (Flag.DEAD.value | Flag.PLACEHOLDER.value)) == 0
    nameless = codes["source"] == (sources.index("") if "" in sources else -1)
    codes["flags"][nameless] &= ~np.uint8(Flag.REGISTRY.value)
    holdings = Holdings(
        irt=(codes["irts"] >= 0) & alive,
        abuse=leads & alive & ~nameless,
        broken=(codes["role"] >= 0) & ~leads & alive & ~nameless,
        ends=(codes["flags"] & Flag.REGISTRY.value) > 0,
        silent=(codes["flags"] & Flag.PLACEHOLDER.value) > 0,
    )
    rows = Rows.of(count)
    for family in families.values():
        codes["flags"][family.space.number[family.space.root]] |= Flag.ROOT.value
        for shadowed in family.shadowed:
            codes["flags"][shadowed] |= Flag.DEAD.value
    pairs = chain.from_iterable(family.hierarchies for family in families.values())
    abuse = [pool.submit(fill_abuse, *pair, holdings, rows) for pair in pairs]
    found = {
        name: [fill_irts(*pair, holdings, rows) for pair in family.hierarchies] for name, family in families.items()
    }
    wait(abuse)
    more = np.array(list(rows.more), np.int32).reshape(-1, 3)
    owner = more[:, 0]
    irt, irt_up = np.ascontiguousarray(more[:, 1]), more[:, 2]
    yield "row.object", [np.arange(count, dtype=np.int32), np.ascontiguousarray(owner)]
    yield "row.irt", [rows.irt, irt]
    yield "row.irt_up", [_levels(rows.irt_up), _levels(irt_up)]
    yield "row.abuse", [rows.abuse, rows.abuse[owner]]
    yield "row.abuse_up", [_levels(rows.abuse_up), _levels(rows.abuse_up[owner])]
    yield "object.parent", rows.parent
    yield "overlapping", joined(list(rows.overlapping), np.int32)
    for name, family in families.items():
        hierarchies, space = found[name], family.space
        yield from _segments(name, space, _merged(hierarchies, space, rows, codes["flags"]))
        if len(hierarchies) > 1:
            for number, row in enumerate(hierarchies):
                yield from _segments(f"{name}.{number}", space, row)


def _segments(name: str, space: _Space, row: Array) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a lookup: segments with the same row are one."""
    kept = np.ones(len(row), np.bool_)
    np.not_equal(row[1:], row[:-1], out=kept[1:])
    starts = [start[kept] for start in space.starts]
    yield f"{name}.row", row[kept]
    if len(starts) == 1:
        yield f"{name}.start", starts[0]
        yield f"{name}.bucket", _buckets(starts[0])
    else:
        yield f"{name}.high", starts[0]
        yield f"{name}.low", starts[1]


def _merged(hierarchies: list[Array], space: _Space, rows: Rows, flags: Array) -> Array:
    """Return the row of each segment, whichever registry's."""
    if len(hierarchies) < 2:
        return hierarchies[0] if hierarchies else np.full(len(space.starts[0]), -1, np.int32)
    rank = np.zeros(len(flags), np.int64)
    rank[space.number] = space.size
    rank[(flags & (Flag.PLACEHOLDER.value | Flag.ROOT.value)) > 0] += _NOTHING
    owner = np.array([answer[0] for answer in rows.more], np.int32)
    return merge(hierarchies, rank, np.concatenate([np.arange(len(rank), dtype=np.int32), owner]))


def _levels(up: Array) -> Array:
    return np.minimum(up, 0xFFFF).astype(np.uint16)


def shift_for(segments: int) -> int:
    """Return how many address bits a bucket spans, for about as many buckets as there are segments."""
    return 32 - max(8, min(22, segments.bit_length()))


def _buckets(starts: Array) -> Array:
    shift = shift_for(len(starts))
    before = np.zeros((1 << (32 - shift)) + 1, np.uint32)
    np.cumsum(np.bincount(starts >> np.uint32(shift), minlength=len(before) - 1), out=before[1:])
    return before


def _ranges(networks: Sequence[Networks], family: str, dtype: type) -> tuple[Array, Array, Array]:
    """Return first and last address of the ranges of one family, and the number of each object."""
    first, last, number = [], [], []
    base = 0
    for network in networks:
        for begin, end, which in getattr(network, family):
            first.append(begin)
            last.append(end)
            number.append((which + base).astype(np.int32))
        base += network.count
    return joined(first, dtype), joined(last, dtype), joined(number, np.int32)


def _ipv4_space(networks: Sequence[Networks]) -> _Space:
    first, last, number = _ranges(networks, "ipv4", np.uint32)
    starts, low, high = ranks_ipv4(first, last)
    size = last.astype(np.int64) - first
    return _Space(number, (starts,), low, high, size, size == 0xFFFFFFFF)


def _ipv6_space(networks: Sequence[Networks]) -> _Space:
    first, last, number = _ranges(networks, "ipv6", np.uint64)
    first, last = first.reshape(-1, 2), last.reshape(-1, 2)
    start_high, start_low, low, high = ranks_ipv6((first[:, 0], first[:, 1]), (last[:, 0], last[:, 1]))
    span_low = last[:, 1] - first[:, 1]
    span_high = last[:, 0] - first[:, 0] - (last[:, 1] < first[:, 1])
    order = np.lexsort((span_low, span_high))
    new = np.ones(len(order), np.int64)
    new[1:] = (np.diff(span_high[order]) != 0) | (np.diff(span_low[order]) != 0)
    size = np.empty(len(order), np.int64)
    size[order] = np.cumsum(new)
    root = (span_high == _LAST_HALF) & (span_low == _LAST_HALF)
    return _Space(number, (start_high, start_low), low, high, size, root)


def _nested(space: _Space, source: Array, sources: list[str]) -> _Nested:
    """Return the ranges of each registry, and how they lie; *source* has the code of each object's."""
    nested = _Nested(space, [], [])
    for all_of_one in _of_each_registry(space, source, sources):
        ranges = all_of_one
        while (nesting := find_nesting(ranges.low, ranges.high, ranges.size, len(space.starts[0]))) is None:
            shadowed = _shadowed(ranges, source, sources)
            nested.shadowed.append(ranges.number[shadowed])
            ranges = ranges.taken(~shadowed)
        nested.hierarchies.append((ranges, nesting))
    return nested


def _of_each_registry(space: _Space, source: Array, sources: list[str]) -> Iterator[Hierarchy]:
    every = Hierarchy(space.number, space.low, space.high, space.size)
    codes = _registry_codes(source, sources)
    if not codes.any():  # as in most indexes
        yield every
        return
    registry = codes[source[space.number]]
    for code in np.flatnonzero(np.bincount(registry)).tolist():
        yield every.taken(np.flatnonzero(registry == code))


def _registry_codes(source: Array, sources: Sequence[str]) -> Array:
    """Return the number of the registry of each of *sources*, in the order of their first objects."""
    changed = np.ones(len(source), np.bool_)
    np.not_equal(source[1:], source[:-1], out=changed[1:])
    in_order = dict.fromkeys(source[changed].tolist())
    registries: dict[str, int] = {}
    numbers = np.zeros(len(sources), np.int32)
    for code in in_order:
        numbers[code] = registries.setdefault(registry_of_source(sources[code]), len(registries))
    return numbers


def _shadowed(ranges: Hierarchy, source: Array, sources: list[str]) -> Array:
    """Tell which of the ranges are also those of an object that counts more: of a better source, or later."""
    packed = ranges.low.astype(np.uint64) << np.uint64(32) | ranges.high.astype(np.uint64)
    ranks = np.array([*map(source_rank, sources)])[source[ranges.number]]
    order = np.lexsort((-ranges.number, ranks, packed))
    shadowed = np.zeros(len(order), np.bool_)
    shadowed[order[1:]] = packed[order][1:] == packed[order][:-1]
    return shadowed


def _object_texts(networks: Sequence[Networks]) -> Iterator[tuple[str, Array | Pieces]]:
    for name in ("key", "netname"):
        values = [getattr(network, name) for network in networks]
        length = joined([column.length for column in values], np.int32)
        yield f"object.{name}.at", text_ends(length)
        yield f"object.{name}.text", _pieces([column.text for column in values], np.uint8)


def _parties(name: str, codes: Codes, facts: Facts) -> Iterator[tuple[str, Array]]:
    yield from text_column(f"{name}.handle", (handle for _, handle in codes.code))
    for text in PARTY_TEXTS:
        yield from text_column(f"{name}.{text}", [(fact and getattr(fact, text)) or "" for fact in facts])
    gaps = (GAPS.index("missing-object" if fact is None else fact.gap or "") for fact in facts)
    yield f"{name}.gap", np.array(list(gaps), np.uint8)
    flags = (Flag.SUSPECT.value if fact and fact.suspect else 0 for fact in facts)
    yield f"{name}.flags", np.array(list(flags), np.uint8)
