"""The columns of dumps gathered into the columns of an index: names become codes, ranges numbers, texts stay texts.

A `Collector` takes the columns of one block after the other, in any order of files and classes. Of an address object,
an irt, a role or an organisation it keeps what decides or names a contact, or the place of others around it; of a
key-cert everything; of each object of the other classes that it exists. `irtkit.index.build` makes the arrays of the
index of it.

It reads no files, nests nothing, and knows no registry's rules: those are rows of `irtkit.schema.contact_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import canonical_ipv6, parse_ipv4_ranges, parse_ipv6_prefixes
from irtkit.dump import WHOLE, ClassColumns, Columns, Rejected, Values, Wanted
from irtkit.errors import RangeError
from irtkit.index.codes import Codes, CodesOfTexts, Name
from irtkit.index.keys import hashes_of_keys
from irtkit.index.layout import KEY_USES, KEYED_CLASSES, NO_SIZE, Flag, printable
from irtkit.index.texts import NO_TEXTS, Texts, chosen, dense, end_to_end, first_values, printable_values, replaced
from irtkit.resources import AddressRange
from irtkit.rpsl.names import PRIMARY_KEYS
from irtkit.schema.contact_facts import (
    MAILBOX_ATTRIBUTES,
    MailboxFacts,
    is_placeholder,
    is_registry_maintained,
    mailbox_of,
)
from irtkit.schema.contact_rules import RULES, ContactRules, registry_of_source, rules_for_source

__all__ = [
    "WANTED",
    "Collector",
    "KeyCerts",
    "Keys",
    "Networks",
    "Part",
    "Partner",
    "Party",
    "Share",
    "joined",
    "source_rank",
]

Array: TypeAlias = NDArray[Any]

_ALL: frozenset[str] = frozenset()
_MAINTAINERS = frozenset[str]().union(*(rules.registry_maintainers | rules.placeholder_maintainers for rules in RULES))
_NETWORK: dict[str, frozenset[str]] = {
    **dict.fromkeys(("netname", "country", "org", "abuse-c", "mnt-irt", "status", "assignment-size", "source"), _ALL),
    **dict.fromkeys(("mnt-by", "mnt-lower"), _MAINTAINERS),
}
_PARTY = dict.fromkeys((*MAILBOX_ATTRIBUTES, "source"), _ALL)
_NETWORKS: Final = ("inetnum", "inet6num")
WANTED: Wanted = {
    **{name: {name: _ALL, **_NETWORK} for name in _NETWORKS},
    **{name: dict.fromkeys((*PRIMARY_KEYS[name], "source"), _ALL) for name in KEYED_CLASSES},
    "irt": {"irt": _ALL, **_PARTY, **dict.fromkeys(KEY_USES, _ALL)},
    "key-cert": {"key-cert": _ALL, "source": _ALL, WHOLE: _ALL},
    "role": {"nic-hdl": _ALL, **{name: _ALL for name in _PARTY if name != "e-mail"}},
    "organisation": dict.fromkeys(("organisation", "abuse-c", "org-type", "source"), _ALL),
}
"""The attributes that are kept of each class, or decide what is kept."""
_PARTIES = ("irt", "role", "organisation")
_PLACEHOLDERS = sorted(name.encode() for rules in RULES for name in rules.placeholder_netnames)
_LOW = (1 << 64) - 1
_NOTHING = ("",)
_LONGEST_SIZE = 3  # digits
_TELLING = (b"valid", b"generated")
"""A remark that says something about a mailbox holds one of these words."""


def joined(parts: list[Array], dtype: type) -> Array:
    """Return the parts of a column as one array; of *dtype* when there are none."""
    return np.concatenate(parts) if parts else np.zeros(0, dtype)


@dataclass(slots=True)
class Networks:
    """The address objects of one class in a block; codes are those of the collector that made them."""

    count: int
    codes: dict[str, Array]
    """`source`, `country`, `org`, `status`, `role` (of the own abuse-c), `irts` (irt set), `flags`, `size`."""
    netname: Texts
    key: Texts
    """The ranges as keys, in canonical form."""
    ipv4: list[tuple[Array, Array, Array]] = field(default_factory=list)
    """First and last address of ranges, and which objects have them."""
    ipv6: list[tuple[Array, Array, Array]] = field(default_factory=list)
    """The same, addresses as rows of two halves."""


class Keys(NamedTuple):
    """The keys of the objects of one class in a block; an object without key has no entry."""

    class_name: str
    hash: Array
    """What `irtkit.index.keys` makes of each key."""
    number: Array | None
    """The code of each role, organisation or key-cert; other classes have none."""


class KeyCerts(NamedTuple):
    """The key-certs in a block that have a key: the code of each, the place of its source, and the object itself."""

    code: Array
    rank: Array
    texts: Texts


@dataclass(slots=True)
class Part:
    """What one block held."""

    place: tuple[int, int]
    """Number of the dump and of the block in it: what is read later counts more."""
    columns: Columns
    """The counts of the scan; the columns themselves are gone."""
    networks: list[Networks] = field(default_factory=list)
    keys: list[Keys] = field(default_factory=list)
    key_certs: list[KeyCerts] = field(default_factory=list)


class Party(NamedTuple):
    """An irt, role or organisation."""

    order: tuple[int, int, int]
    """Of two with one key the lesser counts: by source, then the one read later."""
    facts: MailboxFacts | None
    """What an irt or role says of its mailbox."""
    abuse_c: str = ""
    """The abuse-c of an organisation."""
    org_type: str = ""
    encryption: Sequence[str] = ()
    """The key-certs that an irt names."""
    signature: Sequence[str] = ()


class Share(NamedTuple):
    """What a collector gathered of one block, for another collector; codes go on from those told before."""

    part: Part
    names: dict[str, list[Name]]
    """The new names of each kind of code, in order."""
    irt_sets: list[tuple[int, ...]]
    """The new ones, in order."""
    parties: dict[str, dict[Name, Party]]
    counts: dict[tuple[str, str], int]


class Collector:
    """Gathers the columns of dumps, block by block."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        """Objects taken in, by source and class."""
        self.parts: list[Part] = []
        self.sources, self.countries = Codes(), Codes()
        self.orgs, self.roles, self.irts, self.key_certs = Codes(), Codes(), Codes(), Codes()
        self.statuses = CodesOfTexts()
        self.irt_sets: dict[tuple[int, ...], int] = {}
        self.parties: dict[str, dict[Name, Party]] = {name: {} for name in _PARTIES}
        self._sets_of_texts: dict[str, dict[str, int]] = {}
        self._sets_told = 0
        self._country_of_word = np.full(1 << 16, -1, np.int32)

    def add(self, columns: Columns, place: tuple[int, int]) -> Part:
        """Take in the objects of one block; those that cannot be indexed join `columns.rejected`."""
        part = Part(place, columns)
        for name, scanned in columns.classes.items():
            source = self._source_codes(first_values(scanned.values["source"]), scanned.count, name)
            if name in _NETWORKS:
                part.networks.append(self._networks(name, scanned, source, columns.rejected))
                continue
            number = self._add_parties(name, scanned, source, place) if name in _PARTIES else None
            key_columns = [scanned.values[attribute] for attribute in PRIMARY_KEYS[name]]
            keyed, numbers = hashes_of_keys(name, key_columns, scanned.count, self._registries(source))
            number = None if number is None else number[keyed]
            if name == "key-cert":
                part.key_certs.append(self._key_certs(scanned, source, keyed))
                number = part.key_certs[-1].code
            part.keys.append(Keys(name, numbers, number))
        columns.classes = {}
        return part

    def _networks(self, class_name: str, scanned: ClassColumns, source: Array, rejected: list[Rejected]) -> Networks:
        count = scanned.count
        values = {
            name: first_values(column)
            for name, column in scanned.values.items()
            if name not in ("mnt-irt", "mnt-by", "mnt-lower")
        }
        registries = self._registries(source)
        flags = self._flags(scanned, source)
        netnames = dense(values["netname"], count)
        self._mark_placeholders(netnames, source, flags)
        codes = {
            "source": source,
            "country": self._country_codes(values["country"], count),
            "org": self._name_codes(values["org"], count, registries, self.orgs),
            "role": self._name_codes(values["abuse-c"], count, registries, self.roles),
            "status": self._status_codes(values["status"], count),
            "irts": self._irt_set_codes(scanned.values["mnt-irt"], count, registries),
            "flags": flags,
            "size": _sizes(values["assignment-size"], count),
        }
        keys = dense(values[class_name], count)
        networks = Networks(count, codes, end_to_end(printable_values(netnames)), NO_TEXTS)
        rejected += _add_ranges(networks, keys, class_name, scanned.line)
        return networks

    def share(self, part: Part) -> Share:
        """Return all that came with *part*, the block added last; parties and counts are not kept here."""
        new_sets = list(islice(self.irt_sets, self._sets_told, None))
        self._sets_told = len(self.irt_sets)
        parties, self.parties = self.parties, {name: {} for name in _PARTIES}
        counts, self.counts = self.counts, {}
        return Share(part, {name: codes.new() for name, codes in self.codes.items()}, new_sets, parties, counts)

    @property
    def codes(self) -> dict[str, Codes]:
        """What is numbered, by kind."""
        return {
            "source": self.sources,
            "country": self.countries,
            "org": self.orgs,
            "role": self.roles,
            "status": self.statuses,
            "irt": self.irts,
            "key-cert": self.key_certs,
        }

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
        if (values.length == 2).all():
            letters = values.text.reshape(-1, 3).astype(np.uint16)
            word = letters[:, 0] | letters[:, 1] << 8
            for new in sorted({*word[self._country_of_word[word] < 0].tolist()}):
                self._country_of_word[new] = self.countries.of(("", new.to_bytes(2, "little").decode()))
            codes[values.row] = self._country_of_word[word]
        else:
            codes[values.row] = self.countries.of_names("", [text for _, text in values.tolist()])
        return codes

    def _status_codes(self, values: Values, count: int) -> Array:
        codes = np.full(count, -1, np.int32)
        codes[values.row] = self.statuses.of_values(values)
        return codes

    @staticmethod
    def _name_codes(values: Values, count: int, registries: list[str], codes: Codes) -> Array:
        column = np.full(count, -1, np.int32)
        if len(values.row):
            texts = values.text.tobytes().decode().upper().split("\n")[:-1]
            if len(registries) == 1:
                column[values.row] = codes.of_names(registries[0], texts)
            else:
                rows = zip(values.row.tolist(), texts, strict=True)
                column[values.row] = [codes.of_names(registries[row], [text])[0] for row, text in rows]
        return column

    def _irt_set_codes(self, values: Values, count: int, registries: list[str]) -> Array:
        column = np.full(count, -1, np.int32)
        texts = values.text.tobytes().decode().split("\n")[:-1]
        again = np.zeros(len(texts) + 1, np.bool_)
        again[1:-1] = values.row[1:] == values.row[:-1]
        several = again[1:] | again[:-1]
        listed: dict[int, tuple[int, ...]] = {}
        for place in np.flatnonzero(several).tolist():
            row = int(values.row[place])
            irts = self._irts_listed(registries[row if len(registries) > 1 else 0], texts[place])
            listed[row] = tuple(dict.fromkeys(listed.get(row, ()) + irts))
        for row, irts in listed.items():
            column[row] = self._irt_set(irts)
        alone = np.flatnonzero(~several)
        rows = values.row[alone]
        if len(registries) == 1:
            known = self._sets_of_texts.setdefault(registries[0], {})
            mine = [texts[place] for place in alone.tolist()]
            for text in dict.fromkeys(mine):
                if text not in known:
                    known[text] = self._irt_set(self._irts_listed(registries[0], text))
            column[rows] = [known[text] for text in mine]
        else:
            for row, place in zip(rows.tolist(), alone.tolist(), strict=True):
                column[row] = self._irt_set(self._irts_listed(registries[row], texts[place]))
        return column

    def _irt_set(self, irts: tuple[int, ...]) -> int:
        return self.irt_sets.setdefault(irts, len(self.irt_sets)) if irts else -1

    def _irts_listed(self, registry: str, text: str) -> tuple[int, ...]:
        """Return the codes of the irts in the value of a `mnt-irt`, each once."""
        names = filter(None, map(str.strip, text.upper().split(",")))
        return tuple(dict.fromkeys(self.irts.of((registry, name)) for name in names))

    def _flags(self, scanned: ClassColumns, source: Array) -> Array:
        flags = np.zeros(scanned.count, np.uint8)
        sources = [name for _, name in self.sources.code]
        for attribute in ("mnt-by", "mnt-lower"):
            for row, text in scanned.values[attribute].tolist():
                flags[row] |= _maintained(sources[source[row]], attribute, text)
        return flags

    def _mark_placeholders(self, netnames: Values, source: Array, flags: Array) -> None:
        text = b"\n" + netnames.text.tobytes().upper()
        sources = [name for _, name in self.sources.code]
        for name in _PLACEHOLDERS:
            at = text.find(b"\n" + name + b"\n")
            while at >= 0:
                row = text.count(b"\n", 0, at)
                if is_placeholder(name.decode(), (), _rules(sources[source[row]])):
                    flags[row] |= Flag.PLACEHOLDER.value
                at = text.find(b"\n" + name + b"\n", at + 1)

    def _add_parties(
        self, class_name: str, scanned: ClassColumns, source: Array, place: tuple[int, int]
    ) -> Array | None:
        """Take in irts, roles or organisations; return the codes of the latter two."""
        attributes: list[dict[str, Sequence[str]]] = [{} for _ in range(scanned.count)]
        for name, values in scanned.values.items():
            if name != "remarks":
                _share_out(attributes, name, values)
            elif any(word in values.text.tobytes().lower() for word in _TELLING):
                for row, text in values.tolist():
                    attributes[row]["remarks"] = (*attributes[row].get("remarks", ()), text)
        (key_name,), known = PRIMARY_KEYS[class_name], self.parties[class_name]
        codes = {"role": self.roles, "organisation": self.orgs}.get(class_name)
        ranked = [(_rules(name), source_rank(name)) for _, name in self.sources.code]
        numbers: list[int] = []
        first, later = -place[0], -(place[1] << 32)
        for row, (party, code) in enumerate(zip(attributes, source.tolist(), strict=True)):
            rules, rank = ranked[code]
            key = rules.registry, party.get(key_name, _NOTHING)[0].upper()
            if codes is not None:
                numbers.append(codes.of(key))
            order = rank, first, later - row
            older = known.get(key)
            if older is None or order < older.order:
                known[key] = _party(class_name, order, party, rules)
        return None if codes is None else np.array(numbers, np.int32)

    def _key_certs(self, scanned: ClassColumns, source: Array, keyed: Array) -> KeyCerts:
        """Take in the *keyed* ones of the key-certs, and number them."""
        names, registries = first_values(scanned.values["key-cert"]), self._registries(source)
        code = self._name_codes(names, scanned.count, registries, self.key_certs)[keyed]
        ranks = np.array([source_rank(name) for _, name in self.sources.code], np.uint8)
        return KeyCerts(code, ranks[source[keyed]], chosen(scanned.values[WHOLE], keyed))


class Partner:
    """Takes what another collector shares of other blocks of the same dumps into *collector*, with codes of its own."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._numbers = {name: np.full(1, -1, np.int32) for name in (*collector.codes, "irts")}
        """The number here of each of the other's numbers, -1 of -1."""

    def take(self, share: Share) -> None:
        """Take in one block."""
        mine = self._collector
        for name, names in share.names.items():
            self._learn(name, mine.codes[name].numbers(names))
        irts = self._numbers["irt"]
        sets = [tuple(irts[list(members)].tolist()) for members in share.irt_sets]
        self._learn("irts", [mine.irt_sets.setdefault(irt_set, len(mine.irt_sets)) for irt_set in sets])
        for networks in share.part.networks:
            for name in ("source", "country", "org", "role", "status", "irts"):
                networks.codes[name] = self._numbers[name][networks.codes[name]]
        of_class = {"role": "role", "organisation": "org", "key-cert": "key-cert"}
        share.part.keys[:] = [
            keys if keys.number is None else keys._replace(number=self._numbers[of_class[keys.class_name]][keys.number])
            for keys in share.part.keys
        ]
        share.part.key_certs[:] = [
            certs._replace(code=self._numbers["key-cert"][certs.code]) for certs in share.part.key_certs
        ]
        mine.parts.append(share.part)
        for key, count in share.counts.items():
            mine.counts[key] = mine.counts.get(key, 0) + count
        for class_name, parties in share.parties.items():
            known = mine.parties[class_name]
            for key, party in parties.items():
                older = known.get(key)
                if older is None or party.order < older.order:
                    known[key] = party

    def _learn(self, name: str, numbers: list[int]) -> None:
        if numbers:
            known = self._numbers[name][:-1]
            self._numbers[name] = np.concatenate([known, np.array([*numbers, -1], np.int32)])


def _party(
    class_name: str, order: tuple[int, int, int], attributes: Mapping[str, Sequence[str]], rules: ContactRules
) -> Party:
    if class_name != "organisation":
        encryption, signature = (attributes.get(name, ()) for name in KEY_USES)
        facts = mailbox_of(attributes, rules, class_name)
        return Party(order, facts, encryption=encryption, signature=signature)
    abuse_c, org_type = attributes.get("abuse-c", _NOTHING), attributes.get("org-type", _NOTHING)
    return Party(order, None, abuse_c[0], org_type[0].upper())


def _sizes(values: Values, count: int) -> Array:
    """Return the assignment-size of each object, NO_SIZE for none and for what is no prefix length."""
    sizes = np.full(count, NO_SIZE, np.uint8)
    for row, text in values.tolist():
        if text.isascii() and text.isdigit() and len(text) <= _LONGEST_SIZE:
            sizes[row] = min(int(text), NO_SIZE)
    return sizes


def _share_out(attributes: list[dict[str, Sequence[str]]], name: str, values: Values) -> None:
    """Give each object the values of one attribute; most objects have one."""
    texts = values.text.tobytes().decode().split("\n")[:-1]
    if len(texts) == len(attributes) and (values.row[1:] != values.row[:-1]).all():
        for party, text in zip(attributes, texts, strict=True):
            party[name] = (text,)
        return
    for row, text in zip(values.row.tolist(), texts, strict=True):
        attributes[row][name] = (*attributes[row].get(name, ()), text)


def _add_ranges(networks: Networks, keys: Values, class_name: str, line: Array) -> list[Rejected]:
    """Add the ranges that *keys* are, and the keys in canonical form; return what cannot be read."""
    flags = networks.codes["flags"]
    ends: Array = np.cumsum(keys.length + 1, dtype=np.int64) - 1
    if class_name == "inetnum":
        quads = parse_ipv4_ranges(keys.text, ends)
        ok = quads.ok
        networks.ipv4.append((quads.first[ok], quads.last[ok], np.flatnonzero(ok)))
    else:
        prefixes = parse_ipv6_prefixes(keys.text, ends)
        ok = canonical_ipv6(keys.text, ends, prefixes)
        halves = _ends_of_prefixes(prefixes.high[ok], prefixes.low[ok], prefixes.length[ok])
        networks.ipv6.append((*halves, np.flatnonzero(ok)))
        flags[ok] |= Flag.IPV6.value
    slow = np.flatnonzero(~ok).tolist()
    text_of_all = keys.text.tobytes()
    texts: dict[int, str] = {}
    rejected = []
    for row in slow:
        text = text_of_all[ends[row] - keys.length[row] : ends[row]].decode()
        try:
            space = AddressRange.parse_lenient(text)
        except RangeError as error:
            flags[row] |= Flag.DEAD.value
            rejected.append(Rejected(int(line[row]), f"{class_name}: {error}"))
            texts[row] = printable(text)
        else:
            texts[row] = space.canonical
            flags[row] |= Flag.IPV6.value if space.family == 6 else 0
            _add_range(networks, space, row)
    networks.key = end_to_end(replaced(keys, texts) if slow else keys)
    return rejected


def _add_range(networks: Networks, space: AddressRange, row: int) -> None:
    which = np.array([row])
    if space.family == 4:
        first, last = (np.array([end], np.uint32) for end in (space.first, space.last))
        networks.ipv4.append((first, last, which))
    else:
        halves = [np.array([[end >> 64, end & _LOW]], np.uint64) for end in (space.first, space.last)]
        networks.ipv6.append((halves[0], halves[1], which))


@cache
def _maintained(source: str, attribute: str, maintainers: str) -> int:
    """Return the flags that follow from a `mnt-by` or `mnt-lower` that lists one of WANTED's maintainers."""
    rules = _rules(source)
    names = {element.strip() for element in maintainers.upper().split(",")}
    flags = Flag.REGISTRY.value if is_registry_maintained(names, rules) else 0
    if attribute == "mnt-by":
        flags |= Flag.MAINTAINED.value if flags else 0
        flags |= Flag.PLACEHOLDER.value if is_placeholder(None, names, rules) else 0
    return flags


@cache
def _rules(source: str) -> ContactRules:
    return rules_for_source(source)


@cache
def source_rank(source: str) -> int:
    """Return the place of *source* among its registry's: of two objects with one key the main source's counts."""
    sources = _rules(source).sources
    return sources.index(source) if source in sources else len(sources)


_HOSTS = [(1 << (128 - length)) - 1 for length in range(129)]
_HOSTS_HIGH = np.array([hosts >> 64 for hosts in _HOSTS], np.uint64)
_HOSTS_LOW = np.array([hosts & _LOW for hosts in _HOSTS], np.uint64)


def _ends_of_prefixes(high: Array, low: Array, length: Array) -> tuple[Array, Array]:
    """Return first and last address of each prefix, as rows of two halves."""
    hosts_high, hosts_low = _HOSTS_HIGH[length], _HOSTS_LOW[length]
    first = np.stack([high & ~hosts_high, low & ~hosts_low], axis=1)
    return first, np.stack([high | hosts_high, low | hosts_low], axis=1)
