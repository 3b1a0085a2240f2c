"""Segments of address space, as an index file has them: their names, which one holds an address, and keys as ranges.

It reads no rows, and needs the standard library alone.
"""

from __future__ import annotations

from bisect import bisect_right

from irtkit.resources import AddressRange, parse_address

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Sequence

    from irtkit.index.storage import IndexFile

__all__ = ["NO_ADDRESS", "NO_ROW", "hierarchies", "range_of_key", "segment_ipv6"]

NO_ROW = -1
"""The row of an address that no object holds."""
NO_ADDRESS = -2
"""What `lookup_many` returns for what is no address."""

_LOW = (1 << 64) - 1


def hierarchies(file: IndexFile, family: int) -> list[str]:
    """Return the names of the segments of each registry."""
    prefix = f"ipv{family}."
    numbers = {int(name.split(".")[1]) for name in file.names if name.startswith(prefix) and name.count(".") == 2}
    return [f"{prefix}{number}" for number in sorted(numbers)] or [f"ipv{family}"]


def range_of_key(key: str) -> AddressRange:
    """Read a key as this index writes it."""
    first, dash, last = key.partition(" - ")
    if dash:
        family, begin = parse_address(first)
        return AddressRange(family, begin, parse_address(last)[1])
    address, _, length = key.partition("/")
    family, begin = parse_address(address)
    return AddressRange.from_prefix(family, begin, int(length))


def segment_ipv6(high: Sequence[int], low: Sequence[int], value: int) -> int:
    """Return which segment holds an address; *high* and *low* are the halves of their starts."""
    upper = value >> 64
    end = bisect_right(high, upper)
    if high[end - 1] != upper:
        return end - 1
    begin = end - 1
    while begin and high[begin - 1] == upper:
        begin -= 1
    return bisect_right(low, value & _LOW, begin, end) - 1
