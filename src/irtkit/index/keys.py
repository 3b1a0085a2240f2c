"""Keys of objects as 64-bit numbers, so that an index says of millions of names which ones exist.

A number is made of a registry's short name and of a key in normal form, as `irtkit.validation.keys.key_of` makes it.
Every eight bytes of the key are mixed in by multiplications and shifts that can be undone (the constants are
SplitMix64's), so that keys of one length, up to eight bytes, never share a number. That a name which no object has is
taken for one of *n* others has a chance of n in 2^64: for ten million, one in two million million. Whoever makes up a
name that shares its number with another's gains nothing but that nobody is warned of it.

All is written twice, because it must be the same: for one key, in plain Python, and for whole columns. The latter
need NumPy, which is imported there: a look-up does without. Nothing here is sorted or searched.
"""

from __future__ import annotations

import re
from functools import cache
from struct import unpack

from irtkit.errors import RangeError
from irtkit.resources import AddressRange, format_address

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    from numpy.typing import NDArray

    from irtkit.dump import Values

    Array: TypeAlias = NDArray[Any]

__all__ = ["hash_of_key", "hashes_of_keys", "hashes_of_texts", "normal_key", "seed_of_registry"]

_WORD = (1 << 64) - 1
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_LENGTHS_APART = 0x9E3779B97F4A7C15
_LONG = 128
"""Bytes beyond which texts are not read as columns."""
_LONGEST_KEY = 300
"""Characters beyond which a key stays as it is written."""
_ROUTES = {"route": "inetnum", "route6": "inet6num"}
_HOST_NAMES = frozenset({"domain", "inet-rtr"})
_AUTO_KEYED = frozenset({"person", "role", "organisation", "key-cert"})
_AUTO = int.from_bytes(b"AUTO-", "little")
_AUTO_LETTERS = int.from_bytes(b"\xdf\xdf\xdf\xdf\xff", "little")  # without the bit that makes them small
_PLACEHOLDER = re.compile(r"(AUTO-[0-9]++)[A-Z]*+", re.IGNORECASE)


def hash_of_key(key: str, registry: str) -> int:
    """Return the number of a key, in normal form, at the registry of this short name.

    Cost: half a microsecond, and about as much for every eight bytes.
    """
    return _mixed(key.encode("utf-8", "surrogatepass"), seed_of_registry(registry))


@cache
def seed_of_registry(registry: str) -> int:
    """Return the number that the keys of a registry, by its short name, begin with."""
    return _mixed(registry.encode("utf-8", "surrogatepass"), 0)


def _mixed(text: bytes, seed: int) -> int:
    number = (seed + len(text) * _LENGTHS_APART) & _WORD
    count = len(text) + 7 >> 3
    for word in unpack(f"<{count}Q", text.ljust(8 * count, b"\0")):
        number = (number ^ word) * _FIRST & _WORD
        number = (number ^ number >> 32) * _SECOND & _WORD
        number ^= number >> 29
    return number


def normal_key(class_name: str, values: Sequence[str]) -> str:
    """Return the key that the clean values of an object's key attributes make, each of which it has once.

    The rules are those of `irtkit.validation.keys.key_of`, which reads whole objects.
    """
    key = "".join(values).upper()
    if len(key) > _LONGEST_KEY:
        return key
    if class_name in _ROUTES:
        prefix, origin = values
        return _route_key(prefix, origin, _ROUTES[class_name]) or key
    if class_name in _HOST_NAMES:
        return key.removesuffix(".")
    found = _PLACEHOLDER.fullmatch(key) if class_name in _AUTO_KEYED else None
    return found[1].upper() if found else key


def _route_key(prefix: str, origin: str, notation: str) -> str | None:
    try:
        space = AddressRange.parse(prefix, notation)
    except RangeError:
        return None
    if space.prefix_length is None:
        return None
    return f"{format_address(space.family, space.first)}/{space.prefix_length}{origin}".upper()


def hashes_of_texts(text: Array, length: Array, seeds: Array) -> Array:
    """Return the number of each text; *text* holds them in UTF-8, a line feed after each, *length* in bytes.

    *seeds* are numbers to begin with, one or as many as there are texts.
    """
    import numpy as np  # noqa: PLC0415 - a look-up needs no arrays

    from irtkit.addresses import window  # noqa: PLC0415 - the same

    numbers: Array = length.astype(np.uint64) * np.uint64(_LENGTHS_APART) + seeds
    starts: Array = np.cumsum(length + 1, dtype=np.int64) - (length + 1)
    for row in np.flatnonzero(length > _LONG).tolist():
        value = text[starts[row] : starts[row] + length[row]].tobytes()
        numbers[row] = _mixed(value, int(seeds[row % len(seeds)]))
    first_bytes = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
    words = window(np.append(text, np.zeros(8, np.uint8)), 8, "<u8")
    rows: Array = np.flatnonzero((length > 0) & (length <= _LONG))
    starts, left, mixed = starts[rows], length[rows], numbers[rows]
    while True:
        mixed ^= words[starts].astype(np.uint64, copy=False) & first_bytes.take(left, mode="clip")
        mixed *= np.uint64(_FIRST)
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(_SECOND)
        mixed ^= mixed >> np.uint64(29)
        more = np.flatnonzero(left > 8)
        if len(more) < len(rows):
            numbers[rows] = mixed
            rows, starts, left, mixed = rows[more], starts[more], left[more], mixed[more]
        if not len(rows):
            return numbers
        starts += 8
        left -= 8


def hashes_of_keys(
    class_name: str, columns: Sequence[Values], count: int, registries: Sequence[str]
) -> tuple[Array, Array]:
    """Return which of *count* objects of a class have a key, in ascending order, and the number of each key.

    *columns* are the values of the attributes that make up a key, *registries* the short names of the objects'
    registries, or of the one that all have. An object that lacks such an attribute, or has it twice or without
    value, has no key.
    """
    import numpy as np  # noqa: PLC0415 - a look-up needs no arrays

    rows, columns = _with_keys(columns, count)
    seeds = np.array([seed_of_registry(registry) for registry in registries], np.uint64)
    seeds = seeds if len(seeds) == 1 else seeds[rows]
    text, length = columns[0].text, columns[0].length
    odd = _odd_keys(class_name, text, length)
    if len(columns) > 1:
        parts = (values.text.tobytes().split(b"\n") for values in columns)
        text = np.frombuffer(b"\n".join(map(b"".join, zip(*parts, strict=True))), np.uint8)
        length = sum((values.length for values in columns[1:]), start=length)
    ends = np.cumsum(length + 1, dtype=np.int64) - 1
    odd[np.searchsorted(ends, np.flatnonzero(text > 127))] = True
    numbers = hashes_of_texts(np.frombuffer(text.tobytes().upper(), np.uint8), length, seeds)
    if odd.any():
        keys = list(zip(*([value for _, value in values.tolist()] for values in columns), strict=True))
        for row in np.flatnonzero(odd).tolist():
            numbers[row] = _mixed(normal_key(class_name, keys[row]).encode(), int(seeds[row % len(seeds)]))
    return rows, numbers


def _with_keys(columns: Sequence[Values], count: int) -> tuple[Array, Sequence[Values]]:
    """Return the objects that have each attribute once and with a value, and what is theirs of the columns."""
    import numpy as np  # noqa: PLC0415 - a look-up needs no arrays

    has = np.ones(count, np.bool_)
    for values in columns:
        has &= np.bincount(values.row, minlength=count) == 1
        has[values.row[values.length == 0]] = False
    if has.all():
        return np.arange(count), columns
    kept = []
    for values in columns:
        mask = has[values.row]
        text = values.text[np.repeat(mask, values.length + 1)]
        kept.append(values._replace(row=values.row[mask], length=values.length[mask], text=text))
    return np.flatnonzero(has), kept


def _odd_keys(class_name: str, text: Array, length: Array) -> Array:
    """Tell which keys may be other than their ASCII texts in upper case; *text* holds the first value of each."""
    import numpy as np  # noqa: PLC0415 - a look-up needs no arrays

    from irtkit.addresses import window  # noqa: PLC0415 - the same

    odd = np.zeros(len(length), np.bool_)
    ends = np.cumsum(length + 1, dtype=np.int64) - 1
    if class_name in _ROUTES:
        odd |= ~(_canonical_ipv4(text, ends) if class_name == "route" else _canonical_ipv6(text, ends))
    elif class_name in _HOST_NAMES:
        odd |= text[ends - 1] == ord(".")
    elif class_name in _AUTO_KEYED:
        words = window(np.append(text, np.zeros(8, np.uint8)), 8, "<u8")[ends - length]
        odd |= (words & np.uint64(_AUTO_LETTERS)) == np.uint64(_AUTO)
    return odd


def _canonical_ipv6(text: Array, ends: Array) -> Array:
    from irtkit.addresses import canonical_ipv6, parse_ipv6_prefixes  # noqa: PLC0415 - a look-up needs no arrays

    return canonical_ipv6(text, ends, parse_ipv6_prefixes(text, ends))


def _canonical_ipv4(text: Array, ends: Array) -> Array:
    """Tell which texts are IPv4 prefixes as `format_address` writes them, without host bits."""
    import numpy as np  # noqa: PLC0415 - a look-up needs no arrays

    from irtkit.addresses import parse_ipv4_lines  # noqa: PLC0415 - the same

    slash = np.flatnonzero(text == ord("/"))
    if len(slash) != len(ends) or (slash > ends).any() or (slash[1:] < ends[:-1]).any():
        return np.zeros(len(ends), np.bool_)
    quads = parse_ipv4_lines(np.where(text == ord("/"), np.uint8(10), text), np.sort(np.concatenate([slash, ends])))
    width = ends - slash - 1
    ones, tens = (text[ends - place] - np.uint8(ord("0")) for place in (1, 2))
    prefix = ones + tens * (width > 1) * np.uint8(10)
    ok = quads.ok[::2] & (width > 0) & (width < 3) & (ones < 10) & ((width == 1) | ((tens > 0) & (tens < 4)))
    ok &= prefix <= 32
    hosts = np.uint64(0xFFFFFFFF) >> np.minimum(prefix, 32).astype(np.uint64)
    canonical: Array = ok & ((quads.address[::2] & hosts) == 0)
    return canonical
