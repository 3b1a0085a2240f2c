"""Many addresses at once: texts, integers or Arrow columns in, rows out, in NumPy.

Addresses are sorted together with their positions before they are searched, so that the search walks the index once
from front to back. Once there were many, or many are expected, IPv4 addresses go through a multibit trie instead.
Answers are the same as `Index.lookup`'s (a law that the tests hold).

It reads rows no further than their numbers; `irtkit.index.records` makes columns of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import SLACK, line_ends, parse_ipv4_lines, parse_ipv6_lines
from irtkit.dump import gather
from irtkit.errors import IndexFileError, RangeError
from irtkit.index.multibit import MultibitTrie
from irtkit.index.nesting import radix_order
from irtkit.index.segments import NO_ADDRESS
from irtkit.index.verify import find_misfits
from irtkit.resources import format_address, parse_address
from irtkit.special_purpose import special_purpose, special_purpose_ranges

if TYPE_CHECKING:
    from irtkit.index.storage import IndexFile

__all__ = ["Bulk", "Read", "listed"]

Array: TypeAlias = NDArray[Any]
Rows: TypeAlias = NDArray[np.int32]

_CHUNK = 1 << 17
"""Addresses sorted at once: they fit in a core's cache."""
_WORTH_SHARING = 1 << 15
_WORTH_A_TRIE = 1 << 16
"""Look-ups, and no fewer than there are segments, after which searching has cost as much as making a trie does."""
_THREADS = 2
_LOW = (1 << 64) - 1
_FREED = 16 << 20
"""A block whose release teaches glibc to keep what is freed (mallopt(3), M_MMAP_THRESHOLD), in bytes."""
_DTYPES = {"B": np.uint8, "H": np.uint16, "i": np.int32, "I": np.uint32, "q": np.int64, "Q": np.uint64}


@dataclass(frozen=True, slots=True)
class Read:
    """What texts or numbers were read as, one entry each."""

    row: Rows
    ipv4: NDArray[np.bool_]
    value: NDArray[np.uint32]
    """The IPv4 addresses."""
    ipv6: NDArray[np.bool_]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    """The IPv6 addresses."""

    @classmethod
    def empty(cls, count: int) -> Read:
        """Make entries for *count* texts that are no addresses so far."""
        no, half = np.zeros(count, np.bool_), np.zeros(count, np.uint64)
        return cls(np.full(count, NO_ADDRESS, np.int32), no, np.zeros(count, np.uint32), no.copy(), half, half.copy())

    def taken(self, indices: Any) -> Read:  # noqa: ANN401 - pyarrow is not imported here
        """Return the entries at *indices*, an Arrow array; a null is no address."""
        place = indices.cast("int64").fill_null(len(self.row)).to_numpy(zero_copy_only=False)
        nothing = Read.empty(1)
        return Read(*(np.append(getattr(self, name), getattr(nothing, name))[place] for name in Read.__slots__))

    def text_of(self, index: int) -> str:
        """Return the canonical text of one address."""
        if self.ipv4[index]:
            return format_address(4, int(self.value[index]))
        return format_address(6, int(self.high[index]) << 64 | int(self.low[index]))

    def special(self, which: Array) -> NDArray[np.bool_]:
        """Tell for each address whether it is among *which* and in IANA's special-purpose registries."""
        special = np.zeros(len(self.row), np.bool_)
        ipv4 = which & self.ipv4
        start, inside = _special_ipv4()
        special[ipv4] = inside[np.searchsorted(start, self.value[ipv4], side="right") - 1]
        for index in np.flatnonzero(which & self.ipv6).tolist():
            special[index] = special_purpose(6, int(self.high[index]) << 64 | int(self.low[index])) is not None
        return special


@cache
def _special_ipv4() -> tuple[Array, Array]:
    """Return the starts of stretches of address space, and which are special-purpose."""
    ends = {0: False}
    for family, first, last, _ in special_purpose_ranges():
        if family == 4:
            ends[first] = True
            ends.setdefault(last + 1, False)
    starts = sorted(ends)
    return np.array(starts, np.int64), np.array([ends[start] for start in starts])


class Bulk:
    """An index file for many addresses at once.

    Raises: IndexFileError when its arrays do not fit together, for then nothing is safe.
    """

    def __init__(self, file: IndexFile) -> None:
        misfit = next(find_misfits(file), None)
        if misfit is not None:
            raise IndexFileError(f"is damaged: {misfit}; build it again", path=file.path)
        np.empty(_FREED, np.uint8)  # freed at once: from now on pages of freed arrays are used again, not fetched anew
        self.file = file
        self._start, self._row = self.array("ipv4.start"), self.array("ipv4.row")
        self._high, self._low, self._row6 = (self.array(f"ipv6.{name}") for name in ("high", "low", "row"))
        self._trie: MultibitTrie | None = None
        self._making_trie = Lock()
        self._asked = self._expected = 0

    def expect(self, count: int) -> None:
        """Say that *count* look-ups are to come."""
        self._expected = count

    def array(self, name: str) -> Array:
        """Return one array of the file, not copied."""
        view = self.file.array(name)
        return np.frombuffer(view, _DTYPES[view.format])

    def lookup_ipv4(self, addresses: Array) -> Rows:
        """Return the row of each IPv4 address given as an integer."""
        rows = np.empty(len(addresses), np.int32)
        _in_chunks(self._lookup_ipv4, len(addresses), addresses.astype(np.uint32, copy=False), rows)
        return rows

    def _lookup_ipv4(self, addresses: Array, rows: Rows) -> None:
        self._asked += len(addresses)
        if (trie := self._find_trie()) is not None:
            self._row.take(trie.segments(addresses), out=rows, mode="clip")
            return
        order = radix_order(addresses, (0, 16))
        segment = self._start.searchsorted(addresses[order], side="right")
        segment -= 1
        rows[order] = self._row.take(segment, mode="clip")

    def _find_trie(self) -> MultibitTrie | None:
        """Return the trie, which is made once it pays; other threads go on without it meanwhile."""
        is_worth_it = max(self._asked, self._expected) > max(_WORTH_A_TRIE, len(self._start))
        if self._trie is None and is_worth_it and self._making_trie.acquire(blocking=False):  # made once, or not at all
            self._trie = MultibitTrie(self._start)
        return self._trie

    def lookup_ipv6(self, high: Array, low: Array) -> Rows:
        """Return the row of each IPv6 address given as two halves."""
        rows = np.empty(len(high), np.int32)
        _in_chunks(self._lookup_ipv6, len(high), high, low, rows)
        return rows

    def _lookup_ipv6(self, high: Array, low: Array, rows: Rows) -> None:
        """Sort by the upper 48 bits, which is order enough for the search to stay in the cache."""
        order = radix_order(high, (16, 32, 48))
        high, low = high[order], low[order]
        segment = self._high.searchsorted(high, side="right") - 1
        late = np.flatnonzero((self._high[segment] == high) & (self._low[segment] > low))
        if late.size:
            begin = self._high.searchsorted(high[late], side="left") - 1
            segment[late] = _bisect(self._low, begin, segment[late], low[late])
        rows[order] = self._row6[segment]

    def read_lines(self, text: NDArray[np.uint8], ends: NDArray[np.int64]) -> Read:
        """Read one address a line and look it up; *ends* are the line feeds of *text*, the last byte among them."""
        read = Read.empty(len(ends))
        rest = np.arange(len(ends))
        ipv6_first = len(ends) > 0 and bool((text[: ends[0]] == ord(":")).any())
        for parse in (self._read_ipv6, self._read_ipv4) if ipv6_first else (self._read_ipv4, self._read_ipv6):
            if len(rest):
                rest = parse(read, text, ends, rest)
        return read

    def _read_ipv4(self, read: Read, text: NDArray[np.uint8], ends: Array, which: Array) -> Array:
        parsed = parse_ipv4_lines(*_some_lines(text, ends, which))
        if len(which) == len(ends) and parsed.ok.all():
            read.ipv4[:], read.value[:] = True, parsed.address
            self._lookup_ipv4(parsed.address, read.row)
            return which[:0]
        found = which[parsed.ok]
        address = parsed.address[parsed.ok]
        read.ipv4[found] = True
        read.value[found] = address
        read.row[found] = self.lookup_ipv4(address)
        return which[~parsed.ok]

    def _read_ipv6(self, read: Read, text: NDArray[np.uint8], ends: Array, which: Array) -> Array:
        parsed = parse_ipv6_lines(*_some_lines(text, ends, which))
        found = which[parsed.ok]
        high, low = parsed.high[parsed.ok], parsed.low[parsed.ok]
        read.ipv6[found] = True
        read.high[found], read.low[found] = high, low
        read.row[found] = self.lookup_ipv6(high, low)
        return which[~parsed.ok]

    def read(self, addresses: Any) -> Read:  # noqa: ANN401 - see Index.lookup_many
        """Read addresses of any kind and look them up; see `Index.lookup_many`."""
        items = listed(addresses)
        if isinstance(items, np.ndarray):
            return self._read_array(items)
        if _is_arrow(items):
            return self._read_arrow(items)
        read = Read.empty(len(items))
        _in_chunks(self._read_items, len(items), items, *(getattr(read, name) for name in Read.__slots__))
        return read

    def _read_array(self, addresses: Array) -> Read:
        read = Read.empty(len(addresses))
        if addresses.dtype.kind in "ui" and addresses.ndim == 1:
            if addresses.dtype.itemsize > 4 or addresses.dtype.kind == "i":
                np.logical_and(addresses >= 0, addresses <= 0xFFFFFFFF, out=read.ipv4)
            else:
                read.ipv4[:] = True
            read.value[:] = addresses
            read.row[:] = np.where(read.ipv4, self.lookup_ipv4(read.value), NO_ADDRESS)
            return read
        if addresses.dtype == np.uint64 and addresses.ndim == 2 and addresses.shape[1] == 2:
            read.ipv6[:] = True
            read.high[:], read.low[:] = addresses[:, 0], addresses[:, 1]
            read.row[:] = self.lookup_ipv6(read.high, read.low)
            return read
        return self.read(addresses.tolist())

    def _read_arrow(self, addresses: Any) -> Read:  # noqa: ANN401 - pyarrow is not imported here
        import pyarrow as pa  # noqa: PLC0415 - only for who has Arrow data

        if isinstance(addresses, pa.ChunkedArray):
            addresses = addresses.combine_chunks()
        if pa.types.is_dictionary(addresses.type):
            return self._read_arrow(addresses.dictionary).taken(addresses.indices)
        if pa.types.is_integer(addresses.type):
            read = self._read_array(addresses.fill_null(0).to_numpy(zero_copy_only=False))
            null = addresses.is_null().to_numpy(zero_copy_only=False)
            read.row[null], read.ipv4[null] = NO_ADDRESS, False
            return read
        return self.read(addresses.to_pylist())

    def lookup(self, addresses: Any) -> Rows:  # noqa: ANN401 - see Index.lookup_many
        """Return the row of each address; see `Index.lookup_many`."""
        if isinstance(addresses, np.ndarray) and addresses.dtype == np.uint32 and addresses.ndim == 1:
            return self.lookup_ipv4(addresses)
        items = listed(addresses)
        if isinstance(items, np.ndarray) or _is_arrow(items):
            return self.read(items).row
        rows = np.empty(len(items), np.int32)
        _in_chunks(self._read_rows, len(items), items, rows)
        return rows

    def _read_items(self, items: Sequence[Any], *columns: Array) -> None:
        found = self._read_texts(items)
        for name, column in zip(Read.__slots__, columns, strict=True):
            column[:] = getattr(found, name)

    def _read_rows(self, items: Sequence[Any], rows: Rows) -> None:
        rows[:] = self._read_texts(items).row

    def _read_texts(self, texts: Sequence[Any]) -> Read:
        if not texts:
            return Read.empty(0)
        try:
            text = _lines(texts)
        except TypeError:
            text = _lines([])
        ends = line_ends(text)
        if len(ends) != len(texts):
            text = _lines([item if isinstance(item, str) and "\n" not in item else "" for item in texts])
            ends = line_ends(text)
        read = self.read_lines(text, ends)
        self._read_others(read, texts, np.flatnonzero(read.row == NO_ADDRESS).tolist())
        return read

    def _read_others(self, read: Read, items: Sequence[Any], which: Sequence[int]) -> None:
        """Put the items *which*, of any kind, into *read* as far as they are addresses: the slow path."""
        values: dict[int, dict[int, int]] = {4: {}, 6: {}}
        for index in which:
            try:
                family, value = _family_and_value(items[index])
            except RangeError:
                continue
            values[family][index] = value
        ipv4, ipv6 = np.array([*values[4]], np.int64), np.array([*values[6]], np.int64)
        read.ipv4[ipv4], read.ipv6[ipv6] = True, True
        read.value[ipv4] = [*values[4].values()]
        read.row[ipv4] = self.lookup_ipv4(read.value[ipv4])
        read.high[ipv6] = [value >> 64 for value in values[6].values()]
        read.low[ipv6] = [value & _LOW for value in values[6].values()]
        read.row[ipv6] = self.lookup_ipv6(read.high[ipv6], read.low[ipv6])


def listed(addresses: Any) -> Any:  # noqa: ANN401 - see Index.lookup_many
    """Return *addresses* as they are if they are an array or a list, else a list of them.

    Raises: TypeError for what does not hold many addresses: one text, or an array of another kind.
    """
    if isinstance(addresses, str | bytes):
        raise TypeError(f"one text was given, {addresses!r:.60}; expected many addresses")
    if isinstance(addresses, np.ndarray):
        is_halves = addresses.dtype == np.uint64 and addresses.shape[1:] == (2,)
        if addresses.size and not is_halves and (addresses.ndim != 1 or addresses.dtype.kind not in "uiUTO"):
            raise TypeError(
                f"an array of {addresses.dtype} with {addresses.ndim} dimensions was given; "
                "expected integers, texts, or two columns of uint64"
            )
        return addresses
    if _is_arrow(addresses):
        import pyarrow as pa  # noqa: PLC0415 - only for who has Arrow data

        if not isinstance(addresses, pa.Array | pa.ChunkedArray):
            raise TypeError(f"a pyarrow {type(addresses).__name__} was given; expected an array, as a column is")
        kind = addresses.type.value_type if pa.types.is_dictionary(addresses.type) else addresses.type
        if not (_is_text(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
            raise TypeError(f"an array of {kind} was given; expected texts or integers")
        return addresses
    return addresses if isinstance(addresses, list) else list(addresses)


def _is_arrow(addresses: object) -> bool:
    return type(addresses).__module__.partition(".")[0] == "pyarrow"


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - pyarrow is not imported here
    return str(kind) in {"string", "large_string", "string_view"}


def _lines(texts: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(("\n".join(texts) + "\n").encode("utf-8", "replace"), np.uint8)


def _some_lines(text: NDArray[np.uint8], ends: Array, which: Array) -> tuple[NDArray[np.uint8], Array]:
    """Return the text and line ends of the lines *which*."""
    if len(which) == len(ends):
        return text, ends
    start = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])[which]
    part = gather(np.concatenate([text, np.zeros(SLACK, np.uint8)]), start, (ends[which] - start).astype(np.int32))
    return part, line_ends(part)


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
    size = min(_CHUNK, max(_WORTH_SHARING, -(-count // _THREADS)))
    slices = [slice(begin, begin + size) for begin in range(0, count, size)]
    if len(slices) < 2:
        work(*columns)
        return
    with ThreadPoolExecutor(_THREADS, "irtkit-lookup") as pool:
        for done in [pool.submit(work, *(column[part] for column in columns)) for part in slices]:
            done.result()


def _bisect(column: Array, begin: Array, end: Array, value: Array) -> Array:
    """Return the last index after *begin*, up to *end*, at which *column* is not above *value*; else *begin*."""
    low, high = begin.copy(), end.copy()
    while (open_ := low < high).any():
        middle = (low + high + 1) >> 1
        right = open_ & (column[middle] <= value)
        low = np.where(right, middle, low)
        high = np.where(open_ & ~right, middle - 1, high)
    return low
