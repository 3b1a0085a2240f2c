"""Many addresses at once: texts, integers or Arrow columns in, rows out, in NumPy.

Addresses are sorted together with their positions before they are searched, so that the search walks the index once from
front to back. Answers are the same as `Index.lookup`'s (a law that the tests hold).

It reads rows no further than their numbers; `irtkit.index.records` makes columns of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import SLACK, line_ends, parse_ipv4_lines, parse_ipv6_lines
from irtkit.dump import gather
from irtkit.errors import IndexFileError, RangeError
from irtkit.resources import parse_address

if TYPE_CHECKING:
    from irtkit.index.storage import IndexFile

__all__ = ["NO_ADDRESS", "NO_ROW", "Bulk", "Lines"]

Array: TypeAlias = NDArray[Any]
Rows: TypeAlias = NDArray[np.int32]

NO_ROW = -1
NO_ADDRESS = -2
_CHUNK = 1 << 18
"""Addresses sorted at once: they fit in a core's cache."""
_THREADS = 2
_LINES = 1 << 14
"""Texts joined to one buffer at once."""
_DTYPES = {"B": np.uint8, "H": np.uint16, "i": np.int32, "I": np.uint32, "q": np.int64, "Q": np.uint64}


class Lines:
    """Texts, one a line, read as addresses: of each line whether it is IPv4, IPv6 or neither, and its row."""

    def __init__(self, bulk: Bulk, text: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.ends = ends
        count = len(ends)
        self.row = np.full(count, NO_ADDRESS, np.int32)
        self.ipv4 = np.zeros(count, np.bool_)
        self.ipv6 = np.zeros(count, np.bool_)
        self.value = np.zeros(count, np.uint32)
        """The IPv4 addresses."""
        if not count:
            return
        rest = np.arange(count)
        for read in (self._ipv6, self._ipv4) if 58 in text[: ends[0]] else (self._ipv4, self._ipv6):
            if len(rest):
                rest = read(bulk, text, rest)

    def _part(self, text: NDArray[np.uint8], which: Array) -> tuple[NDArray[np.uint8], Array]:
        """Return the text and line ends of some of the lines."""
        if len(which) == len(self.ends):
            return text, self.ends
        start = np.concatenate([np.zeros(1, np.int64), self.ends[:-1] + 1])[which]
        padded = np.concatenate([text, np.zeros(SLACK, np.uint8)])
        part = gather(padded, start, (self.ends[which] - start).astype(np.int32))
        return part, line_ends(part)

    def _ipv4(self, bulk: Bulk, text: NDArray[np.uint8], which: Array) -> Array:
        parsed = parse_ipv4_lines(*self._part(text, which))
        ok = parsed.ok
        if ok.all() and len(which) == len(self.ends):
            self.ipv4, self.value, self.row = ok, parsed.address, bulk.lookup_ipv4(parsed.address)
            return which[:0]
        found = which[ok]
        self.ipv4[found] = True
        self.value[found] = parsed.address[ok]
        self.row[found] = bulk.lookup_ipv4(parsed.address[ok])
        return which[~ok]

    def _ipv6(self, bulk: Bulk, text: NDArray[np.uint8], which: Array) -> Array:
        parsed = parse_ipv6_lines(*self._part(text, which))
        found = which[parsed.ok]
        self.ipv6[found] = True
        self.row[found] = bulk.lookup_ipv6(parsed.high[parsed.ok], parsed.low[parsed.ok])
        return which[~parsed.ok]


class Bulk:
    """An index file for many addresses at once."""

    def __init__(self, file: IndexFile) -> None:
        self.file = file
        self._start, self._row = self.array("ipv4.start"), self.array("ipv4.row")
        self._high, self._low, self._row6 = (self.array(f"ipv6.{name}") for name in ("high", "low", "row"))
        if len(self._start) != len(self._row) or not len(self._high) == len(self._low) == len(self._row6):
            raise IndexFileError("is damaged: the segments differ in length", path=file.path)

    def array(self, name: str) -> Array:
        """Return one array of the file, not copied."""
        view = self.file.array(name)
        return np.frombuffer(view, _DTYPES[view.format])

    def lookup_ipv4(self, addresses: Array) -> Rows:
        """Return the row of each IPv4 address given as an integer."""
        rows = np.empty(len(addresses), np.int32)
        _in_chunks(self._lookup_ipv4, len(addresses), addresses, rows)
        return rows

    def _lookup_ipv4(self, addresses: Array, rows: Rows) -> None:
        packed = addresses.astype(np.uint64)
        packed <<= np.uint64(32)
        packed |= np.arange(len(packed), dtype=np.uint64)
        packed.sort()
        segment = self._start.searchsorted((packed >> np.uint64(32)).astype(np.uint32), side="right")
        segment -= 1
        rows[packed.astype(np.uint32)] = self._row[segment]

    def lookup_ipv6(self, high: Array, low: Array) -> Rows:
        """Return the row of each IPv6 address given as two halves."""
        rows = np.empty(len(high), np.int32)
        _in_chunks(self._lookup_ipv6, len(high), high, low, rows)
        return rows

    def _lookup_ipv6(self, high: Array, low: Array, rows: Rows) -> None:
        """Sort by the upper 46 bits, which is order enough for the search to stay in the cache."""
        packed = high & ~np.uint64(_CHUNK - 1)
        packed |= np.arange(len(packed), dtype=np.uint64)
        packed.sort()
        order = (packed & np.uint64(_CHUNK - 1)).astype(np.int64)
        high, low = high[order], low[order]
        segment = self._high.searchsorted(high, side="right") - 1
        late = np.flatnonzero((self._high[segment] == high) & (self._low[segment] > low))
        if late.size:
            begin = self._high.searchsorted(high[late], side="left") - 1
            segment[late] = _bisect(self._low, begin, segment[late], low[late])
        rows[order] = self._row6[segment]

    def lookup(self, addresses: Any) -> Rows:  # noqa: ANN401 - see Index.lookup_many
        """Return the row of each address; see `Index.lookup_many`."""
        if isinstance(addresses, np.ndarray):
            return self._lookup_array(addresses)
        if hasattr(addresses, "__arrow_array__") or type(addresses).__module__.startswith("pyarrow"):
            return self._lookup_arrow(addresses)
        items = addresses if isinstance(addresses, list) else list(addresses)
        rows = np.empty(len(items), np.int32)
        _in_chunks(self._lookup_items, len(items), items, rows)
        return rows

    def _lookup_array(self, addresses: Array) -> Rows:
        if addresses.dtype.kind in "ui" and addresses.ndim == 1:
            fits = np.ones(len(addresses), np.bool_)
            if addresses.dtype.itemsize > 4 or addresses.dtype.kind == "i":
                fits = (addresses >= 0) & (addresses <= 0xFFFFFFFF)
            rows = self.lookup_ipv4(addresses)
            rows[~fits] = NO_ADDRESS
            return rows
        if addresses.dtype == np.uint64 and addresses.ndim == 2 and addresses.shape[1] == 2:
            return self.lookup_ipv6(np.ascontiguousarray(addresses[:, 0]), np.ascontiguousarray(addresses[:, 1]))
        return self.lookup(addresses.tolist())

    def _lookup_arrow(self, addresses: Any) -> Rows:  # noqa: ANN401 - pyarrow is not imported here
        import pyarrow as pa  # noqa: PLC0415 - only for who has Arrow data

        if isinstance(addresses, pa.ChunkedArray):
            parts = [self._lookup_arrow(chunk) for chunk in addresses.chunks]
            return np.concatenate(parts) if parts else np.zeros(0, np.int32)
        if pa.types.is_dictionary(addresses.type):
            rows = np.append(self._lookup_arrow(addresses.dictionary), np.int32(NO_ADDRESS))
            codes = addresses.indices.fill_null(len(rows) - 1).to_numpy(zero_copy_only=False)
            return rows[codes]
        if pa.types.is_integer(addresses.type) and not addresses.null_count:
            return self._lookup_array(addresses.to_numpy(zero_copy_only=False))
        return self.lookup(addresses.to_pylist())

    def _lookup_items(self, items: Sequence[Any], rows: Rows) -> None:
        for begin in range(0, len(items), _LINES):
            part = items[begin : begin + _LINES]
            rows[begin : begin + len(part)] = self._rows_of_texts(part)

    def _rows_of_texts(self, texts: Sequence[Any]) -> Rows:
        try:
            joined = "\n".join(texts)
        except TypeError:
            return np.array([self._row_of(item) for item in texts], np.int32)
        text = np.frombuffer(f"{joined}\n".encode("utf-8", "replace"), np.uint8)
        ends = line_ends(text)
        if len(ends) != len(texts):
            return np.array([self._row_of(item) for item in texts], np.int32)
        rows = Lines(self, text, ends).row
        for index in np.flatnonzero(rows == NO_ADDRESS).tolist():
            rows[index] = self._row_of(texts[index])
        return rows

    def _row_of(self, item: object) -> int:
        """Return the row of one address of any kind: the slow path."""
        try:
            family, value = _family_and_value(item)
        except RangeError:
            return NO_ADDRESS
        if family == 4:
            return int(self.lookup_ipv4(np.array([value], np.uint32))[0])
        halves = (np.array([half], np.uint64) for half in (value >> 64, value & ((1 << 64) - 1)))
        return int(self.lookup_ipv6(*halves)[0])


def _family_and_value(item: object) -> tuple[int, int]:
    if isinstance(item, str):
        return parse_address(item)
    if isinstance(item, int | np.integer) and 0 <= item < 1 << 128:
        return (4 if item < 1 << 32 else 6), int(item)
    version, packed = getattr(item, "version", None), getattr(item, "packed", None)
    if version is None or packed is None:
        raise RangeError("expected an address")
    return version, int.from_bytes(packed, "big")


def _in_chunks(work: Callable[..., None], count: int, *columns: Any) -> None:  # noqa: ANN401 - arrays or lists
    """Do *work* on slices of the *columns*, with two threads when there is enough of it."""
    slices = [slice(begin, begin + _CHUNK) for begin in range(0, count, _CHUNK)]
    if len(slices) < 2:
        work(*columns)
        return
    with ThreadPoolExecutor(_THREADS, "irtkit-lookup") as pool:
        for done in [pool.submit(work, *(column[part] for column in columns)) for part in slices]:
            done.result()


def _bisect(column: Array, begin: Array, end: Array, value: Array) -> Array:
    """Return the last index in `begin + 1 .. end` at which *column* is not above *value*, or *begin*, which always counts."""
    low, high = begin.copy(), end.copy()
    while (open_ := low < high).any():
        middle = (low + high + 1) >> 1
        right = open_ & (column[middle] <= value)
        low = np.where(right, middle, low)
        high = np.where(open_ & ~right, middle - 1, high)
    return low
