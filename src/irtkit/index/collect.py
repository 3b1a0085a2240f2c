"""The columns of dumps gathered into the columns of an index: names become codes, ranges numbers, texts stay texts.

A `Collector` takes the columns of one block after the other, in any order of files and classes, and keeps of each
object only what decides or names a contact. `irtkit.index.build` makes the arrays of the index of it.

It reads no files, nests nothing, and knows no registry's rules by itself: those are rows of `irtkit.schema.contact_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import canonical_ipv6, parse_ipv4_ranges, parse_ipv6_prefixes
from irtkit.dump import ClassColumns, Columns, Rejected, Values, Wanted
from irtkit.errors import RangeError
from irtkit.index.layout import Flag, printable
from irtkit.resources import AddressRange
from irtkit.schema.contact_facts import MAILBOX_ATTRIBUTES, is_placeholder, is_registry_maintained
from irtkit.schema.contact_rules import RULES, registry_of_source, rules_for_source

__all__ = ["WANTED", "Codes", "Collector", "Party", "Ranges", "Texts", "joined", "source_rank", "text_column"]

Array: TypeAlias = NDArray[Any]
Name: TypeAlias = tuple[str, str]
"""A registry and an upper-case name in it."""

_ALL: frozenset[str] = frozenset()
_MAINTAINERS = frozenset[str]().union(*(rules.registry_maintainers | rules.placeholder_maintainers for rules in RULES))
_NETWORK: dict[str, frozenset[str]] = {
    **dict.fromkeys(("netname", "country", "org", "abuse-c", "mnt-irt", "source"), _ALL),
    **dict.fromkeys(("mnt-by", "mnt-lower"), _MAINTAINERS),
}
_PARTY = dict.fromkeys((*MAILBOX_ATTRIBUTES, "source"), _ALL)
WANTED: Wanted = {
    "inetnum": {"inetnum": _ALL, **_NETWORK},
    "inet6num": {"inet6num": _ALL, **_NETWORK},
    "irt": {"irt": _ALL, **_PARTY},
    "role": {"nic-hdl": _ALL, **_PARTY},
    "organisation": {"organisation": _ALL, "abuse-c": _ALL, "source": _ALL},
}
"""The attributes that decide or name a contact."""
_PARTY_KEYS = {"irt": "irt", "role": "nic-hdl", "organisation": "organisation"}
_PLACEHOLDERS = sorted(name.encode() for rules in RULES for name in rules.placeholder_netnames)
_LOW = (1 << 64) - 1
_TELLING = ("valid", "generated")
"""A remark that says something about a mailbox holds one of these words."""


class Codes:
    """Numbers for values, in order of first appearance."""

    def __init__(self) -> None:
        self.code: dict[Name, int] = {}

    def of(self, value: Name) -> int:
        """Return the number of *value*, the next one if it is new."""
        return self.code.setdefault(value, len(self.code))


class Texts:
    """A column of text that grows block by block."""

    def __init__(self) -> None:
        self._length: list[Array] = []
        self._text: list[Array] = []

    def add(self, values: Values) -> None:
        """Append dense *values*."""
        self._length.append(values.length)
        self._text.append(values.text[values.text != ord("\n")])

    def arrays(self, name: str) -> Iterator[tuple[str, Array]]:
        """Yield the arrays of the column."""
        yield from text_arrays(name, joined(self._length, np.int32), joined(self._text, np.uint8))


def text_arrays(name: str, length: Array, text: Array) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a column of text; an empty text is added at its end, for -1 to find."""
    at = np.zeros(len(length) + 2, np.int64)
    np.cumsum(length, out=at[1:-1])
    at[-1] = at[-2]
    yield f"{name}.at", at.astype(np.int32) if at[-1] < 1 << 31 else at
    yield f"{name}.text", text


def text_column(name: str, texts: Iterable[str]) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a column of *texts*, made printable."""
    encoded = [printable(text).encode() for text in texts]
    length = np.array([len(text) for text in encoded], np.int32)
    yield from text_arrays(name, length, np.frombuffer(b"".join(encoded), np.uint8))


def joined(parts: list[Array], dtype: type) -> Array:
    """Return the parts of a column as one array; of *dtype* when there are none."""
    return np.concatenate(parts) if parts else np.zeros(0, dtype)


@dataclass(slots=True)
class Ranges:
    """The ranges of one address family: their ends, as integers or halves, and the number of each object."""

    first: list[Array] = field(default_factory=list)
    last: list[Array] = field(default_factory=list)
    number: list[Array] = field(default_factory=list)

    def add(self, first: Array, last: Array, number: Array) -> None:
        """Append ranges."""
        self.first.append(first)
        self.last.append(last)
        self.number.append(number.astype(np.int32))


@dataclass(frozen=True, slots=True)
class Party:
    """An irt, role or organisation as its dump has it, read only when something refers to it."""

    source_rank: int
    attributes: dict[str, list[str]]


class Collector:
    """Gathers the columns of dumps; every object of a class gets the next number, from 0."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        """Objects taken in, by source and class."""
        self.count = 0
        self.sources, self.countries = Codes(), Codes()
        self.orgs, self.roles, self.irts = Codes(), Codes(), Codes()
        self.irt_sets: dict[tuple[int, ...], int] = {}
        self.codes: dict[str, list[Array]] = {
            name: [] for name in ("source", "country", "org", "role", "irts", "flags")
        }
        self._country_of_word = np.full(1 << 16, -1, np.int32)
        self.keys, self.netnames = Texts(), Texts()
        self.ipv4, self.ipv6 = Ranges(), Ranges()
        self.parties: dict[str, dict[Name, Party]] = {name: {} for name in _PARTY_KEYS}

    def add(self, columns: Columns) -> list[Rejected]:
        """Take in the objects of one block; return those that cannot be indexed, lines counted as in the columns."""
        rejected: list[Rejected] = []
        for name, scanned in columns.classes.items():
            if name in _PARTY_KEYS:
                self._add_parties(name, scanned)
            else:
                rejected += self._add_networks(name, scanned)
        return rejected

    def _add_networks(self, class_name: str, scanned: ClassColumns) -> list[Rejected]:
        count = scanned.count
        values = {
            name: _first(column)
            for name, column in scanned.values.items()
            if name not in ("mnt-irt", "mnt-by", "mnt-lower")
        }
        source = self._source_codes(values["source"], count, class_name)
        registries = self._registries(source)
        flags = self._flags(scanned, source)
        netnames = _dense(values["netname"], count)
        self._mark_placeholders(netnames, source, flags)
        rejected = self._add_ranges(class_name, _dense(values[class_name], count), scanned.line, flags)
        self.netnames.add(_printable(netnames))
        self.codes["source"].append(source)
        self.codes["country"].append(self._country_codes(values["country"], count))
        self.codes["org"].append(self._name_codes(values["org"], count, registries, self.orgs))
        self.codes["role"].append(self._name_codes(values["abuse-c"], count, registries, self.roles))
        self.codes["irts"].append(self._irt_set_codes(scanned.values["mnt-irt"], count, registries))
        self.codes["flags"].append(flags)
        self.count += count
        return rejected

    def _source_codes(self, values: Values, count: int, class_name: str) -> Array:
        codes = np.full(count, -1, np.int32)
        if len(values.row):
            words = values.text.tobytes().split(b"\n", 1)[0]
            if values.text.tobytes() == (words + b"\n") * len(values.row):
                codes[values.row] = self.sources.of(("", words.decode().upper()))
            else:
                codes[values.row] = [self.sources.of(("", text.upper())) for _, text in values.tolist()]
        codes[codes < 0] = self.sources.of(("", ""))
        self._count_sources(class_name, codes)
        return codes

    def _count_sources(self, class_name: str, codes: Array) -> None:
        names = [name for _, name in self.sources.code]
        for code, count in enumerate(np.bincount(codes).tolist()):
            if count:
                key = names[code], class_name
                self.counts[key] = self.counts.get(key, 0) + count

    def _registries(self, source: Array) -> list[str]:
        """Return the registry of each object; one entry when all have the same."""
        names = [registry_of_source(name) for _, name in self.sources.code]
        if len(source) and (source == source[0]).all():
            return [names[source[0]]]
        return [names[code] for code in source.tolist()]

    def _country_codes(self, values: Values, count: int) -> Array:
        codes = np.full(count, -1, np.int32)
        if not len(values.row):
            return codes
        begin = np.cumsum(values.length + 1) - values.length - 1
        word = values.text[begin].astype(np.uint16) | values.text[begin + 1].astype(np.uint16) << 8
        found = np.where(values.length == 2, self._country_of_word[word], -1)
        for index in np.flatnonzero(found < 0).tolist():
            text = values.text[begin[index] : begin[index] + values.length[index]].tobytes().decode()
            found[index] = self.countries.of(("", text)) if text else -1
            if values.length[index] == 2:
                self._country_of_word[word[index]] = found[index]
        codes[values.row] = found
        return codes

    @staticmethod
    def _name_codes(values: Values, count: int, registries: list[str], codes: Codes) -> Array:
        column = np.full(count, -1, np.int32)
        texts = values.text.tobytes().decode().upper().split("\n")
        of = codes.code
        found = []
        for row, text in zip(values.row.tolist(), texts, strict=False):
            name = registries[row if len(registries) > 1 else 0], text
            code = of.get(name)
            found.append(-1 if not text else codes.of(name) if code is None else code)
        column[values.row] = found
        return column

    def _irt_set_codes(self, values: Values, count: int, registries: list[str]) -> Array:
        listed: dict[int, dict[int, None]] = {}
        for row, text in values.tolist():
            registry = registries[row if len(registries) > 1 else 0]
            for element in text.upper().split(","):
                if name := element.strip():
                    listed.setdefault(row, {})[self.irts.of((registry, name))] = None
        column = np.full(count, -1, np.int32)
        for row, irts in listed.items():
            column[row] = self.irt_sets.setdefault(tuple(irts), len(self.irt_sets))
        return column

    def _flags(self, scanned: ClassColumns, source: Array) -> Array:
        flags = np.zeros(scanned.count, np.uint8)
        sources = [name for _, name in self.sources.code]
        for attribute in ("mnt-by", "mnt-lower"):
            for row, text in scanned.values[attribute].tolist():
                rules = rules_for_source(sources[source[row]])
                names = {element.strip() for element in text.upper().split(",")}
                if is_registry_maintained(names, rules):
                    flags[row] |= Flag.REGISTRY.value
                if attribute == "mnt-by" and is_placeholder(None, names, rules):
                    flags[row] |= Flag.PLACEHOLDER.value
        return flags

    def _mark_placeholders(self, netnames: Values, source: Array, flags: Array) -> None:
        text = b"\n" + netnames.text.tobytes().upper()
        sources = [name for _, name in self.sources.code]
        for name in _PLACEHOLDERS:
            at = text.find(b"\n" + name + b"\n")
            while at >= 0:
                row = text.count(b"\n", 0, at)
                if is_placeholder(name.decode(), (), rules_for_source(sources[source[row]])):
                    flags[row] |= Flag.PLACEHOLDER.value
                at = text.find(b"\n" + name + b"\n", at + 1)

    def _add_ranges(self, class_name: str, keys: Values, line: Array, flags: Array) -> list[Rejected]:
        number = np.arange(self.count, self.count + len(keys.length), dtype=np.int32)
        ends: Array = np.cumsum(keys.length + 1, dtype=np.int64) - 1
        if class_name == "inetnum":
            quads = parse_ipv4_ranges(keys.text, ends)
            ok = quads.ok
            self.ipv4.add(quads.first[ok], quads.last[ok], number[ok])
        else:
            prefixes = parse_ipv6_prefixes(keys.text, ends)
            ok = canonical_ipv6(keys.text, ends, prefixes)
            self.ipv6.add(*_ends_of_prefixes(prefixes.high[ok], prefixes.low[ok], prefixes.length[ok]), number[ok])
            flags[ok] |= Flag.IPV6.value
        slow = np.flatnonzero(~ok).tolist()
        if not slow:
            self.keys.add(keys)
            return []
        texts = keys.text.tobytes().decode().split("\n")
        rejected = []
        for row in slow:
            try:
                space = AddressRange.parse_lenient(texts[row])
            except RangeError as error:
                flags[row] |= Flag.DEAD.value
                rejected.append(Rejected(int(line[row]), f"{class_name}: {error}"))
                texts[row] = printable(texts[row])
            else:
                texts[row] = space.canonical
                flags[row] |= Flag.IPV6.value if space.family == 6 else 0
                self._add_range(space, int(number[row]))
        self.keys.add(_values_of(texts[:-1]))
        return rejected

    def _add_range(self, space: AddressRange, number: int) -> None:
        if space.family == 4:
            first, last = (np.array([end], np.uint32) for end in (space.first, space.last))
            self.ipv4.add(first, last, np.array([number]))
        else:
            halves = [np.array([[end >> 64, end & _LOW]], np.uint64) for end in (space.first, space.last)]
            self.ipv6.add(halves[0], halves[1], np.array([number]))

    def _add_parties(self, class_name: str, scanned: ClassColumns) -> None:
        attributes: list[dict[str, list[str]]] = [{} for _ in range(scanned.count)]
        for name, values in scanned.values.items():
            texts = values.text.tobytes().decode()
            if name == "remarks" and not any(word in texts.lower() for word in _TELLING):
                continue
            for row, text in zip(values.row.tolist(), texts.split("\n"), strict=False):
                if name != "remarks" or any(word in text.lower() for word in _TELLING):
                    attributes[row].setdefault(name, []).append(text)
        known = self.parties[class_name]
        for party in attributes:
            source = party.get("source", [""])[0].upper()
            key = party.get(_PARTY_KEYS[class_name], [""])[0].upper()
            rank = source_rank(source)
            self.counts[source, class_name] = self.counts.get((source, class_name), 0) + 1
            place = registry_of_source(source), key
            older = known.get(place)
            if older is None or rank <= older.source_rank:
                known[place] = Party(rank, party)


def source_rank(source: str) -> int:
    """Return the place of *source* among its registry's: of two objects with one key the main source's counts."""
    sources = rules_for_source(source).sources
    return sources.index(source) if source in sources else len(sources)


def _first(values: Values) -> Values:
    """Keep the first value of each object."""
    keep = np.ones(len(values.row), np.bool_)
    np.not_equal(values.row[1:], values.row[:-1], out=keep[1:])
    if keep.all():
        return values
    return Values(values.row[keep], values.length[keep], values.text[np.repeat(keep, values.length + 1)])


def _dense(values: Values, count: int) -> Values:
    """Give each of *count* objects a value, the empty one where there is none."""
    if len(values.row) == count:
        return values
    texts = [""] * count
    for row, text in values.tolist():
        texts[row] = text
    return _values_of(texts)


def _values_of(texts: list[str]) -> Values:
    encoded = [text.encode() for text in texts]
    length = np.array([len(text) for text in encoded], np.int32)
    text = np.frombuffer(b"".join(text + b"\n" for text in encoded), np.uint8)
    return Values(np.arange(len(texts), dtype=np.int32), length, text)


def _printable(values: Values) -> Values:
    """Return dense *values* with every character printable."""
    if not (((values.text - np.uint8(32)) > 94) & (values.text != 10)).any():
        return values
    return _values_of([printable(text) for _, text in values.tolist()])


_HOSTS = [(1 << (128 - length)) - 1 for length in range(129)]
_HOSTS_HIGH = np.array([hosts >> 64 for hosts in _HOSTS], np.uint64)
_HOSTS_LOW = np.array([hosts & _LOW for hosts in _HOSTS], np.uint64)


def _ends_of_prefixes(high: Array, low: Array, length: Array) -> tuple[Array, Array]:
    """Return first and last address of each prefix, as rows of two halves."""
    hosts_high, hosts_low = _HOSTS_HIGH[length], _HOSTS_LOW[length]
    first = np.stack([high & ~hosts_high, low & ~hosts_low], axis=1)
    return first, np.stack([high | hosts_high, low | hosts_low], axis=1)
