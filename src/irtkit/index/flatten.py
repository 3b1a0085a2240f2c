"""Hierarchies of ranges to disjoint segments with the row that answers in each, and several hierarchies to one.

A *row* is an answer: the most specific object, the object whose mnt-irt counts, the object whose abuse-c counts. Row
*n* is the answer that object *n* gives by itself; where ranges overlap in part an address may need another combination,
and such rows follow after the objects' own.

It reads no text and decides nothing about contacts: who holds an irt, who holds or ends an abuse-c are flags here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtkit.index.nesting import NONE, Nesting, inherit, paint

__all__ = ["Hierarchy", "Holdings", "Ints", "Rows", "fill_abuse", "fill_irts", "merge"]

Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What each object (by its number) has."""

    irt: Mask
    """An mnt-irt."""
    abuse: Mask
    """An abuse-c, its own or its organisation's, that leads to a role with a mailbox attribute."""
    broken: Mask
    """An abuse-c, but none that leads so far."""
    ends: Mask
    """Nothing beyond it is asked for an abuse-c."""
    silent: Mask
    """It names nobody, and neither does what is around it: it says to ask another registry."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Answers; entry *n* is what object *n* answers by itself, for as many objects as there are."""

    irt: Ints
    irt_up: Ints
    """How many objects up the mnt-irt stands."""
    abuse: Ints
    abuse_up: Ints
    parent: Ints
    """The smallest object around each object."""
    more: dict[tuple[int, int, int], int]
    """(object, irt holder, levels up) of the answers that only partial overlaps need, and the number of each."""
    overlapping: list[Ints]
    """Objects that overlap others in part."""

    @classmethod
    def of(cls, count: int) -> Rows:
        """Make the rows of *count* objects that hold and inherit nothing yet."""
        irt, abuse, parent = (np.full(count, NONE, np.int32) for _ in range(3))
        return cls(irt, np.zeros(count, np.int32), abuse, np.zeros(count, np.int32), parent, {}, [])


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The ranges of one registry and family, no two of them equal; one entry a range."""

    number: Ints
    """The object's number."""
    low: Ints
    """Rank of its first address among the boundaries of all ranges of the family."""
    high: Ints
    """Rank of the boundary after its last address."""
    size: NDArray[np.int64]
    """Grows with the number of addresses."""

    def taken(self, which: NDArray[np.intp] | Mask) -> Hierarchy:
        """Return those of the ranges that *which* picks."""
        return Hierarchy(self.number[which], self.low[which], self.high[which], self.size[which])


def fill_abuse(hierarchy: Hierarchy, nesting: Nesting, holdings: Holdings, rows: Rows) -> None:
    """Fill in what is around the objects of a hierarchy, and whose abuse-c counts."""
    number = hierarchy.number
    rows.parent[number] = _numbered(number, nesting.parent)
    abuse = _abuse_holder(nesting, number, holdings)
    abuse[holdings.silent[number]] = NONE
    _fill(rows.abuse, rows.abuse_up, number, nesting, abuse)


def fill_irts(hierarchy: Hierarchy, nesting: Nesting, holdings: Holdings, rows: Rows) -> Ints:
    """Fill in whose mnt-irt counts for the objects of a hierarchy; return the row of each segment, or NONE."""
    number = hierarchy.number
    irt = inherit(nesting, holdings.irt[number])
    silent = holdings.silent[number]
    irt[silent] = NONE
    _fill(rows.irt, rows.irt_up, number, nesting, irt)
    row = _numbered(number, nesting.owner)
    if len(nesting.overlapping):
        rows.overlapping.append(number[nesting.overlapping])
        painted = paint(nesting, holdings.irt[number])
        other = (nesting.owner != NONE) & (painted != irt[nesting.owner]) & ~silent[nesting.owner]
        for segment in np.flatnonzero(other).tolist():
            row[segment] = _row_for(rows, nesting, hierarchy, segment, int(painted[segment]))
    return row


def _fill(into: Ints, up: Ints, number: Ints, nesting: Nesting, holder: Ints) -> None:
    into[number] = _numbered(number, holder)
    up[number] = np.where(holder == NONE, 0, nesting.depth - nesting.depth[holder])


def _abuse_holder(nesting: Nesting, number: Ints, holdings: Holdings) -> Ints:
    """Return the range whose abuse-c counts: the nearest that leads to a role, else the nearest broken one."""
    end = inherit(nesting, (holdings.abuse | holdings.ends)[number])
    found = (end != NONE) & holdings.abuse[number[end]]
    broken = inherit(nesting, holdings.broken[number])
    within = (broken != NONE) & ((end == NONE) | (nesting.depth[broken] >= nesting.depth[end]))
    return np.where(found, end, np.where(within, broken, np.int32(NONE)))


def _numbered(number: Ints, index: Ints) -> Ints:
    return np.append(number, np.int32(NONE)).take(index)  # NONE is -1, the last


def _row_for(rows: Rows, nesting: Nesting, hierarchy: Hierarchy, segment: int, irt: int) -> int:
    """Return a row like the owner's, with the irts of a range that holds the segment without enclosing the owner."""
    over = nesting.overlapping
    holding = over[(nesting.low[over] <= segment) & (segment < nesting.high[over])].tolist()
    chain: set[int] = set()
    for start in (int(nesting.owner[segment]), *holding):
        index = start
        while index != NONE and index not in chain:
            chain.add(index)
            index = int(nesting.parent[index])
    size, low = hierarchy.size, hierarchy.low
    up = sum((size[index], -low[index]) < (size[irt], -low[irt]) for index in chain)
    answer = (int(hierarchy.number[nesting.owner[segment]]), int(hierarchy.number[irt]), up)
    return rows.more.setdefault(answer, len(rows.irt) + len(rows.more))


def merge(rows: list[Ints], rank: NDArray[np.int64], object_of: Ints) -> Ints:
    """Return the row of each segment when several hierarchies have one: the least by *rank*, then the first.

    *rank* has one entry an object: the smaller the object the less, but placeholders and roots after all others.
    """
    best = rows[0]
    for other in rows[1:]:
        better = (other != NONE) & ((best == NONE) | (rank[object_of[other]] < rank[object_of[best]]))
        best = np.where(better, other, best)
    return best
