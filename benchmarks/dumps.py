"""Make the registry dumps that the benchmarks run on.

The shared generator makes them when it is there. Otherwise ours does: a plainer layout of the same sizes,
regular where the shared one is random. Either way everything in them is invented.
"""

import gzip
import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import run
from queries import text4

GENERATOR = Path(__file__).resolve().parents[2] / "shared" / "tools" / "gen_dump.py"
CLASSES = ("inetnum", "inet6num", "irt", "organisation", "role")


@dataclass(frozen=True)
class Scale:
    """How many objects of each kind; bars are set for one scale and judged there only."""

    name: str
    inetnum: int
    inet6num: int
    addresses: int
    """Lines of the address list that is resolved."""


SCALES = {
    scale.name: scale
    for scale in (
        Scale("small", 20_000, 4_000, 100_000),
        Scale("1m", 1_000_000, 200_000, 10_000_000),
        Scale("45m", 4_500_000, 800_000, 10_000_000),
    )
}


def gz_files(folder: Path) -> list[Path]:
    """The dumps of the classes that an index is built from."""
    return [folder / f"ripe.db.{name}.gz" for name in CLASSES]


def make(folder: Path, inetnum: int, inet6num: int, seed: int = 1) -> Path:
    """Fill *folder* with `ripe.db.CLASS.gz`, or reuse what is there."""
    if all(path.exists() for path in gz_files(folder)):
        return folder
    unfinished = folder.with_name(f"unfinished-{folder.name}")
    sizes = ("--inetnum", str(inetnum), "--inet6num", str(inet6num), "--seed", str(seed))
    if GENERATOR.exists():
        run(sys.executable, GENERATOR, *sizes, "--out", unfinished, "--gzip", "--no-plain")
    else:
        make_own(unfinished, inetnum, inet6num, seed)
    unfinished.rename(folder)
    return folder


def make_own(folder: Path, inetnum: int, inet6num: int, seed: int) -> None:
    """Write the five dumps of our plainer layout; *seed* moves which objects name an irt."""
    folder.mkdir(parents=True, exist_ok=True)
    objects: dict[str, Iterable[str]] = {
        "inetnum": _inetnums(inetnum, seed),
        "inet6num": _inet6nums(inet6num, seed),
        "irt": (_IRT.format(number=number) for number in range(_PARTIES)),
        "organisation": (_ORGANISATION.format(number=number) for number in range(_PARTIES)),
        "role": (_ROLE.format(number=number) for number in range(_PARTIES)),
    }
    for name, texts in objects.items():
        with gzip.open(folder / f"ripe.db.{name}.gz", "wt", compresslevel=6, encoding="latin-1") as dump:
            dump.write("# Invented objects for benchmarks; no real network or person is described.\n")
            for text in texts:
                dump.write(f"\n{text}source:         RIPE\n")
    (folder / "meta.json").write_text(json.dumps({"maker": "own", "seed": seed}) + "\n")


_PARTIES = 400
_IRT = """\
irt:            IRT-EXAMPLE-{number}
address:        Example Street {number}
e-mail:         cert@team{number}.example
auth:           MD5-PW # hidden
mnt-by:         EXAMPLE-{number}-MNT
"""
_ORGANISATION = """\
organisation:   ORG-EX{number}-RIPE
org-name:       Example {number}
org-type:       LIR
address:        Example Street {number}
abuse-c:        AR{number}-RIPE
mnt-by:         EXAMPLE-{number}-MNT
"""
_ROLE = """\
role:           Abuse desk {number}
address:        Example Street {number}
nic-hdl:        AR{number}-RIPE
abuse-mailbox:  abuse@org{number}.example
mnt-by:         EXAMPLE-{number}-MNT
"""
_NETWORK = """\
{class_name}{key}
netname:        EXAMPLE-{number}
descr:          customer network {number}
country:        NL
{references}admin-c:        DUMY-RIPE
tech-c:         DUMY-RIPE
status:         {status}
mnt-by:         EXAMPLE-{party}-MNT
created:        2012-03-04T05:06:07Z
last-modified:  2020-01-02T03:04:05Z
"""
_LAYOUT = ((256,), (128, 64, 32, 16, 8, 4), (48, 80, 128), (64, 64, 64), ())
"""The sizes of the assignments in each /24 of an allocation, in turn; 48 and 80 are no CIDR blocks."""


def _network(class_name: str, key: str, number: int, *, allocation: bool, seed: int) -> str:
    party = (number // 25 + seed) % _PARTIES
    references = f"org:            ORG-EX{party}-RIPE\n" if allocation else ""
    if (number + seed) % 27 == 0:
        references += f"mnt-irt:        IRT-EXAMPLE-{number % _PARTIES}\n"
    return _NETWORK.format(
        class_name=f"{class_name}:".ljust(16),
        key=key,
        number=number,
        references=references,
        status="ALLOCATED PA" if allocation else "ASSIGNED PA",
        party=party,
    )


def _allocation(start: int) -> Iterator[tuple[int, int]]:
    """First and last address of an allocation, of a part of it, and of assignments in both."""
    yield start, start + 4095
    yield start, start + 1023
    for part in range(16):
        first = start + 256 * part
        for size in _LAYOUT[part % len(_LAYOUT)]:
            yield first, first + size - 1
            first += size


def _inetnums(count: int, seed: int) -> Iterator[str]:
    """Allocations from 11.0.0.0 on, one behind the other."""
    ranges = (ends for start in itertools.count(11 << 24, 4096) for ends in _allocation(start))
    for number, (first, last) in enumerate(itertools.islice(ranges, count)):
        key = f"{text4(first)} - {text4(last)}"
        yield _network("inetnum", key, number, allocation=last - first == 4095, seed=seed)


def _inet6nums(count: int, seed: int) -> Iterator[str]:
    """A /32 from 2a00::/12 on and twenty-four /48 within, over and over."""
    for number in range(count):
        network, part = divmod(number, 25)
        prefix = f"{0x2A00 + (network >> 16):x}:{network & 0xFFFF:x}"
        key = f"{prefix}:{part:x}::/48" if part else f"{prefix}::/32"
        yield _network("inet6num", key, number, allocation=part == 0, seed=seed)
