"""The registered ranges, read from the dumps by other means than irtkit's, and the addresses asked about.

Both sides of a comparison get the same ranges and the same addresses from here. It does not time anything.
A row is the number of an object in file order; a key is the canonical text of its range.

As a program, `queries.py DUMPS` prints an address that is inside an object.
"""

import gzip
import re
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
Keys6 = NDArray[np.void]

_INETNUM = re.compile(rb"^inetnum:\s*([\d.]+)\s*-\s*([\d.]+)", re.MULTILINE | re.IGNORECASE)
_INET6NUM = re.compile(rb"^inet6num:\s*([\da-f:.]+)/(\d+)", re.MULTILINE | re.IGNORECASE)
_BLOCK = 16 << 20


@dataclass(frozen=True)
class Ranges:
    """All ranges of both families, in file order.

    `first` and `last` are IPv4 addresses as integers; `network6` holds 16 bytes in network order per object
    and `length6` its prefix length.
    """

    first: U32
    last: U32
    network6: Keys6
    length6: NDArray[np.uint8]

    @classmethod
    def load(cls, folder: Path) -> "Ranges":
        """The ranges of the dumps in *folder*, kept beside them once read."""
        kept = folder.with_name(f"{folder.name}-ranges.npz")
        if not kept.exists():
            keep(kept, vars(cls._read(folder)))
        with np.load(kept) as arrays:
            return cls(**arrays)

    @classmethod
    def _read(cls, folder: Path) -> "Ranges":
        pairs = [found.groups() for found in _matches(folder / "ripe.db.inetnum.gz", _INETNUM)]
        packed = b"".join(socket.inet_aton(text.decode()) for pair in pairs for text in pair)
        ends = np.frombuffer(packed, ">u4").astype(np.uint32).reshape(-1, 2)
        prefixes = [found.groups() for found in _matches(folder / "ripe.db.inet6num.gz", _INET6NUM)]
        networks = b"".join(socket.inet_pton(socket.AF_INET6, text.decode()) for text, _ in prefixes)
        return cls(
            ends[:, 0].copy(),
            ends[:, 1].copy(),
            np.frombuffer(networks, "V16"),
            np.array([int(length) for _, length in prefixes], np.uint8),
        )

    def key4(self, row: int) -> str:
        return f"{text4(int(self.first[row]))} - {text4(int(self.last[row]))}"

    def key6(self, row: int) -> str:
        return f"{text6(self.network6[row].tobytes())}/{self.length6[row]}"

    def largest_first(self) -> NDArray[np.int64]:
        """The IPv4 rows, large ranges first, of equal ones the lower first: the later one outranks."""
        return np.lexsort((self.first, -(self.last.astype(np.int64) - self.first)))

    def segments4(self) -> tuple[U32, I32]:
        """Where the answer changes, and the row that answers from there on; -1 where no range is."""
        ends = self.last.astype(np.int64) + 1
        starts = np.unique(np.concatenate([[0], self.first, ends]))
        rows = np.full(len(starts), -1, np.int32)
        order = self.largest_first()
        begins, stops = np.searchsorted(starts, self.first[order]), np.searchsorted(starts, ends[order])
        for row, begin, stop in zip(order.tolist(), begins.tolist(), stops.tolist(), strict=True):
            rows[begin:stop] = row
        changes = np.concatenate([[True], rows[1:] != rows[:-1]]) & (starts < 1 << 32)
        return starts[changes].astype(np.uint32), rows[changes]

    def prefixes4(self) -> Iterator[tuple[int, int, int]]:
        """Network, prefix length and row of the CIDR pieces of all ranges, largest first.

        A longest prefix match over them finds the smallest range, except where two ranges partly overlap.
        """
        order = self.largest_first()
        ends = zip(order.tolist(), self.first[order].tolist(), self.last[order].tolist(), strict=True)
        for row, first, last in ends:
            start = first
            while start <= last:
                size = min(start & -start or 1 << 32, 1 << ((last - start + 1).bit_length() - 1))
                yield start, 33 - size.bit_length(), row
                start += size


def _matches(path: Path, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    with gzip.open(path) as dump:
        rest = b""
        while block := dump.read(_BLOCK):
            text = rest + block
            cut = text.rfind(b"\n") + 1
            yield from pattern.finditer(text[:cut])
            rest = text[cut:]
        yield from pattern.finditer(rest)


def keep(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Save as NPZ, so that a reader never sees half a file."""
    unfinished = path.with_name("unfinished-" + path.name)
    np.savez(unfinished, allow_pickle=False, **arrays)
    unfinished.replace(path)


def text4(address: int) -> str:
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def text6(packed: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET6, packed)


def canonical(key: str) -> str:
    """*key* as `Ranges` spells it; registries write blanks and hexadecimal digits in several ways."""
    first, dash, last = key.partition("-")
    if dash:
        return f"{first.strip()} - {last.strip()}"
    network, slash, length = key.partition("/")
    return text6(socket.inet_pton(socket.AF_INET6, network)) + slash + length


def texts4(addresses: U32) -> list[str]:
    octets = [str(octet) for octet in range(256)]
    columns = addresses.astype(">u4").view(np.uint8).reshape(-1, 4)
    parts = zip(*(map(octets.__getitem__, column.tolist()) for column in columns.T), strict=True)
    return list(map(".".join, parts))


def inside(ranges: Ranges, count: int, rng: np.random.Generator) -> U32:
    """*count* addresses, each anywhere inside an object drawn at random."""
    rows = rng.integers(0, len(ranges.first), count)
    sizes = ranges.last[rows].astype(np.int64) - ranges.first[rows] + 1
    return (ranges.first[rows] + (rng.random(count) * sizes).astype(np.int64)).astype(np.uint32)


def cold4(ranges: Ranges, count: int, seed: int = 1) -> U32:
    """Half inside a random object, half anywhere in the /8s that hold objects, in random order."""
    rng = np.random.default_rng([seed, 4])
    small = ranges.last - ranges.first < (1 << 24) - 1
    octets = np.unique(ranges.first[small] >> np.uint32(24))
    half = count // 2
    anywhere = rng.choice(octets, count - half) << np.uint32(24) | rng.integers(0, 1 << 24, count - half)
    addresses = np.concatenate([inside(ranges, half, rng), anywhere.astype(np.uint32)])
    return rng.permutation(addresses)


def hot4(ranges: Ranges, count: int, seed: int = 2) -> U32:
    """Addresses inside objects, drawn with Zipf's law: a million hold some 158,000 different ones.

    The hottest are neighbours, as those of a busy network are; a tree's walk gains from that.
    """
    rng = np.random.default_rng([seed, 4])
    ranks, places = np.unique(rng.zipf(1.18, count), return_inverse=True)
    return np.sort(inside(ranges, len(ranks), rng))[places]


def cold6(ranges: Ranges, count: int, seed: int = 3) -> list[bytes]:
    """Half inside a random object, half anywhere in the /32 where one begins; 16 bytes each."""
    rng = np.random.default_rng([seed, 6])
    rows = rng.integers(0, len(ranges.network6), count)
    networks = ranges.network6[rows].tolist()
    fixed = np.where(rng.random(count) < 0.5, ranges.length6[rows], 32).tolist()
    noise = rng.bytes(16 * count)
    addresses = []
    for number, (network, length) in enumerate(zip(networks, fixed, strict=True)):
        host = (1 << 128 - length) - 1
        random = int.from_bytes(noise[16 * number : 16 * number + 16])
        addresses.append((int.from_bytes(network) & ~host | random & host).to_bytes(16))
    return addresses


if __name__ == "__main__":
    print(*texts4(inside(Ranges.load(Path(sys.argv[1])), 1, np.random.default_rng(1))))
