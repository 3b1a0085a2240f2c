"""Numbers for the names and texts that objects have in common, in order of first appearance.

A collector numbers what it meets. Another collector tells it what is `new` of its own, and `numbers` makes the two one.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.index.keys import hashes_of_texts

if TYPE_CHECKING:
    from irtkit.dump import Values

__all__ = ["Codes", "CodesOfTexts", "Name"]

Array: TypeAlias = NDArray[Any]
Name: TypeAlias = tuple[str, str]
"""A registry and an upper-case name in it."""


class _NamesCoded(dict[str, int]):
    """The numbers of the names of one registry; a new name takes the next one of all registries."""

    def __init__(self, registry: str, code: dict[Name, int]) -> None:
        super().__init__({"": -1})
        self._registry, self._code = registry, code

    def __missing__(self, name: str) -> int:
        number = self[name] = self._code.setdefault((self._registry, name), len(self._code))
        return number


class Codes:
    """Numbers for values, in order of first appearance."""

    def __init__(self) -> None:
        self.code: dict[Name, int] = {}
        self._told = 0
        self._by_registry: dict[str, _NamesCoded] = {}

    def of(self, value: Name) -> int:
        """Return the number of *value*, the next one if it is new."""
        return self.code.setdefault(value, len(self.code))

    def of_names(self, registry: str, names: list[str]) -> list[int]:
        """Return the numbers of names in one registry, -1 of an empty name."""
        known = self._by_registry.get(registry)
        if known is None:
            known = self._by_registry[registry] = _NamesCoded(registry, self.code)
        return list(map(known.__getitem__, names))

    def new(self) -> list[Name]:
        """Return the values that came since this was last called, in order."""
        names = list(islice(reversed(self.code), len(self.code) - self._told))
        self._told = len(self.code)
        return names[::-1]

    def numbers(self, values: list[Name]) -> list[int]:
        """Return the number of each of *values*, new ones numbered."""
        return [*map(self.of, values)]


class CodesOfTexts(Codes):
    """Numbers for texts of which there are few, ignoring case. Spellings are told apart by `irtkit.index.keys`."""

    def __init__(self) -> None:
        super().__init__()
        self._hashes, self._numbers = np.zeros(1, np.uint64), np.full(1, -1, np.int32)
        """Of each spelling met so far, ascending; the first is the empty one."""

    def of_values(self, values: Values) -> Array:
        """Return the number of each value, -1 of an empty one."""
        hashes = hashes_of_texts(values.text, values.length, np.zeros(1, np.uint64))
        places = np.searchsorted(self._hashes, hashes)
        new = np.flatnonzero(self._hashes.take(places, mode="clip") != hashes)
        if new.size:
            self._learn(values, new, hashes[new])
            places = np.searchsorted(self._hashes, hashes)
        return self._numbers[places]

    def _learn(self, values: Values, new: Array, hashes: Array) -> None:
        """Number the spellings of the *new* ones among the values."""
        hashes, first = np.unique(hashes, return_index=True)
        ends = np.cumsum(values.length + 1, dtype=np.int64) - 1
        numbers = []
        for value in new[first].tolist():
            text = values.text[ends[value] - values.length[value] : ends[value]].tobytes().decode()
            numbers.append(self.of(("", text.upper())))
        order = np.argsort(hashes := np.concatenate([self._hashes, hashes]))
        self._hashes, self._numbers = hashes[order], np.append(self._numbers, np.array(numbers, np.int32))[order]
