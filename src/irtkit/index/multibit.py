"""Sorted IPv4 segments as a multibit trie of two levels, for many look-ups without sorting.

The first stride is 16 bits; the second is as long as the /16 needs for about as many slots as segments begin in it
(variable strides: Srinivasan and Varghese, *Fast Address Lookups Using Controlled Prefix Expansion*, 1999). A slot
leads to the segment of its first address, from where few steps forward remain. Every step is one pass over an array,
so that the memory fetches for many addresses overlap.

It knows segments by their numbers alone; `irtkit.index.bulk` decides when a trie pays.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["MultibitTrie"]

Array: TypeAlias = NDArray[Any]
_U32 = np.uint32

_STRIDE = _U32(16)
_LOW = _U32(0xFFFF)
_STEPS = 8
"""Steps forward before the few addresses that are left, in crowded slots, are searched for."""


class MultibitTrie:
    """Finds the segment of each address; *start* are the first addresses of the segments, ascending from 0."""

    def __init__(self, start: NDArray[np.uint32]) -> None:
        self._start = start
        bits = _strides(start)
        ends = np.cumsum(np.left_shift(1, bits))
        self._shift = (16 - bits).astype(np.uint32)
        self._slot = np.zeros(len(bits), np.uint32)
        self._slot[1:] = ends[:-1]
        begun = np.bincount(self._slots(start[1:] - _U32(1)), minlength=int(ends[-1]))  # after the slot's first address
        self._next = np.cumsum(begun, dtype=np.int32)
        self._next -= begun
        self._next += 1

    def _slots(self, addresses: Array) -> Array:
        block = (addresses >> _STRIDE).astype(np.intp)
        slot = addresses & _LOW
        slot >>= self._shift.take(block, mode="clip")
        slot += self._slot.take(block, mode="clip")
        return slot

    def segments(self, addresses: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the number of the segment that each address is in."""
        next_ = self._next.take(self._slots(addresses), mode="clip")
        late = np.flatnonzero(self._start.take(next_, mode="clip") <= addresses)  # or in the last segment
        value, later = addresses.take(late), next_.take(late)
        for _ in range(_STEPS):
            if not late.size:
                break
            later += 1
            next_[late] = later
            left = np.flatnonzero(self._start.take(later, mode="clip") <= value)
            late, value, later = late.take(left), value.take(left), later.take(left)
        next_[late] = self._start.searchsorted(value, side="right")
        next_ -= 1
        return next_


def _strides(start: NDArray[np.uint32]) -> Array:
    """Return the length in bits of each /16's second stride."""
    segments = np.bincount(start >> _STRIDE, minlength=1 << 16)
    bits = np.zeros(len(segments), np.int64)
    crowded = segments > 1
    bits[crowded] = np.ceil(np.log2(segments[crowded]))
    return bits
