"""What names an object in a database: its key in normal form, the addresses it is about, and whose database it is.

It parses keys and judges none: an object without a readable key has no place, and says so by None. Attributes are
found by their long names or their short ones (`*mb`).
"""

import re
from collections.abc import Iterator
from socket import AF_INET, inet_pton
from typing import Final, NamedTuple

from irtkit.errors import RangeError
from irtkit.resources import AddressRange, format_address
from irtkit.rpsl import Attribute, PrimaryKey, RpslObject, as_primary_key
from irtkit.rpsl.names import long_name, occurrence
from irtkit.schema.contact_rules import registry_of_source

__all__ = [
    "HANDLES",
    "NETWORKS",
    "Filing",
    "as_reference",
    "filing_of",
    "find_attribute",
    "find_value",
    "home_of",
    "iter_elements",
    "key_of",
    "placeholder",
    "space_of",
]

NETWORKS: Final = frozenset({"inetnum", "inet6num"})
"""Classes whose objects form a hierarchy of address ranges."""
HANDLES: Final = frozenset({"person", "role"})
"""Classes that share their keys: a nic-hdl names one person or one role."""

_ROUTES = {"route": "inetnum", "route6": "inet6num"}
_HOST_NAMES = frozenset({"domain", "inet-rtr"})  # whose keys may end with the dot of the root
_AUTO_KEYED = HANDLES | {"organisation", "key-cert"}

_CONTINUING = frozenset(" \t+")  # what a line begins with that goes on with a value
_LONG = 4  # characters; a shorter name may be a short one
_LONGEST_KEY = 300  # characters; no notation of a range, and no domain name, is longer
_PLACEHOLDER = re.compile(r"(AUTO-[0-9]++)[A-Z]*+", re.IGNORECASE)
_IPV4_LABEL = re.compile(r"0|[1-9][0-9]{0,2}")
_IPV6_LABEL = re.compile(r"[0-9a-f]")


class Filing(NamedTuple):
    """Where an object is in a database: whose database, its class, its key, and the addresses it is about.

    *home* is the short name of a registry. *key* and *space* are None for what has none, or none that can be read.
    """

    home: str
    class_name: str
    key: PrimaryKey | None
    space: AddressRange | None


def placeholder(value: str) -> PrimaryKey | None:
    """Return the key that *value* asks the registry to make up (`AUTO-1` for `auto-1ab`), or None.

    The letters after the number say what the key shall begin with; they are no part of the name
    (RIPE whois 1.124: AutoKeyFactory).
    """
    found = _PLACEHOLDER.fullmatch(value)
    return as_primary_key(found[1]) if found else None


def as_reference(value: str) -> PrimaryKey:
    """Return the key that *value*, one element of a reference attribute, refers to."""
    return placeholder(value) or as_primary_key(value)


def iter_elements(obj: RpslObject, name: str) -> Iterator[str]:
    """Yield the values of all attributes called *name* (long, lower case), lists split, in document order."""
    for attribute in obj.attributes:
        own = attribute.name
        if own == name or (len(own) < _LONG and long_name(own) == name):
            yield from attribute.values


def find_value(obj: RpslObject, name: str) -> str:
    """Return the value of the first attribute called *name* (long, lower case), or an empty text.

    One that stands plainly on a line of its own counts before others; the object's attributes are then not read.
    """
    text = str(obj)
    start = text.find(f"\n{name}:") + len(name) + 2
    if start > len(name) + 1:
        end = text.find("\n", start)
        stop = len(text) if end < 0 else end
        value, following = text[start:stop].strip(" \t\r"), text[stop + 1 : stop + 2]
        if value.isprintable() and "#" not in value and "  " not in value and following not in _CONTINUING:
            return value
    elif not occurrence(name).search(f"\n{text}"):
        return ""
    for attribute in obj.attributes:
        own = attribute.name
        if own == name or (len(own) < _LONG and long_name(own) == name):
            return attribute.value
    return ""


def find_attribute(obj: RpslObject, name: str) -> Attribute | None:
    """Return the first attribute called *name* (long, lower case); the others are read only if it goes over lines."""
    text = str(obj)
    found = occurrence(name).search(f"\n{text}")
    if found is None:
        return None
    start, end = found.start(), text.find("\n", found.end() - 1)
    stop = len(text) if end < 0 else end + 1
    if text[stop : stop + 1] not in _CONTINUING and "\n " not in text and "\n\t" not in text and "\n+" not in text:
        return Attribute(text[start:stop], obj.line_of(text.count("\n", 0, start)))
    return next((one for one in obj.attributes if long_name(one.name) == name), None)


def filing_of(obj: RpslObject, registry: str) -> Filing:
    """Return where the object is, or would be, in a database; without `source:` in that of *registry*."""
    class_name, key = obj.class_name, obj.primary_key
    space = None if key is None else _space(class_name, key)
    return Filing(home_of(obj, registry), class_name, _key(obj, class_name, key, space), space)


def key_of(obj: RpslObject) -> PrimaryKey | None:
    """Return the key under which a registry stores the object, upper case; None if it has none.

    It is the object's `primary_key`, but ranges are in canonical text, so that every notation of one is the same
    key; a route is its prefix and origin (`192.0.2.0/24AS64496`); a name has no dot of the root at its end;
    and a key that the registry shall make up is the bare placeholder (`AUTO-1`).
    """
    return filing_of(obj, "").key


def space_of(obj: RpslObject) -> AddressRange | None:
    """Return the addresses that an inetnum, an inet6num or a reverse domain is about; None if there are none."""
    return filing_of(obj, "").space


def home_of(obj: RpslObject, registry: str) -> str:
    """Return the short name of the registry in whose database the object's `source:` puts it.

    Without a source it is *registry*. A main source, its NONAUTH source and its GRS mirror are one database.
    """
    source = find_value(obj, "source")
    return registry_of_source(source) if source else registry


def _key(obj: RpslObject, class_name: str, key: PrimaryKey | None, space: AddressRange | None) -> PrimaryKey | None:
    if key is None or len(key) > _LONGEST_KEY:
        return key
    if class_name in NETWORKS:
        return key if space is None else as_primary_key(space.canonical)
    if class_name in _ROUTES:
        return _route_key(obj, _ROUTES[class_name]) or key
    if class_name in _HOST_NAMES:
        return PrimaryKey(key.removesuffix("."))
    return placeholder(key) or key if class_name in _AUTO_KEYED else key


def _space(class_name: str, key: PrimaryKey) -> AddressRange | None:
    if len(key) > _LONGEST_KEY:
        return None
    if class_name == "domain":
        return _reverse(key.lower().removesuffix("."))
    return _range(key, class_name) if class_name in NETWORKS else None


def _range(value: str, class_name: str) -> AddressRange | None:
    first, dash, last = value.partition(" - ")
    try:
        if dash and class_name == "inetnum":
            try:  # nearly every inetnum is written so, and this is several times as fast
                numbers = (int.from_bytes(inet_pton(AF_INET, text), "big") for text in (first, last))
                return AddressRange(4, *numbers)
            except (OSError, ValueError):
                return AddressRange.parse(value, class_name)
        return AddressRange.parse(value, class_name)
    except RangeError:
        return None


def _route_key(obj: RpslObject, notation: str) -> PrimaryKey | None:
    space, origin = _range(obj[0].value, notation), find_value(obj, "origin")
    if space is None or space.prefix_length is None:
        return None
    return as_primary_key(f"{format_address(space.family, space.first)}/{space.prefix_length}{origin}")


def _reverse(domain: str) -> AddressRange | None:
    """Return what a domain below in-addr.arpa or ip6.arpa delegates: a prefix, or a range of a /24 in dashes."""
    labels, _, suffix = domain.removesuffix(".arpa").rpartition(".")
    parts = labels.split(".")[::-1]
    if not domain.endswith(".arpa") or not labels:
        return None
    if suffix == "ip6" and len(parts) <= 32 and all(map(_IPV6_LABEL.fullmatch, parts)):
        return AddressRange.from_prefix(6, int("".join(parts), 16) << 4 * (32 - len(parts)), 4 * len(parts))
    if suffix != "in-addr" or len(parts) > 4:
        return None
    first, dash, last = parts[-1].partition("-")
    if dash and len(parts) != 4:
        return None
    octets = [*parts[:-1], first, last or first]
    if not all(_IPV4_LABEL.fullmatch(octet) and int(octet) < 256 for octet in octets):
        return None
    return _octets([*map(int, octets[:-2]), int(first)], [*map(int, octets[:-2]), int(last or first)])


def _octets(low: list[int], high: list[int]) -> AddressRange | None:
    shift = 8 * (4 - len(low))
    first = int.from_bytes(bytes(low), "big") << shift
    last = (int.from_bytes(bytes(high), "big") + 1 << shift) - 1
    return AddressRange(4, first, last) if first <= last else None
