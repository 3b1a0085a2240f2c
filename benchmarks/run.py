"""Give irtkit and what a user would pick instead the same work, and print one table of ratios.

    python benchmarks/run.py                        everything, on a million objects
    python benchmarks/run.py --only lookups         one subject; --only may be repeated
    python benchmarks/run.py --scale small          minutes: does everything run? no bars of size

The data folder keeps dumps, indexes and the peers' environments for the next run. The exit status is 1 when a
bar is missed. The machine is measured as it is: close other work, and quote ratios rather than seconds.
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bench import HERE, PEERS, Bench
from dumps import SCALES
from measure import Row, run, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SUBJECTS = ("building", "lookups", "lists", "starting", "objects", "checking", "keyrings", "asking", "kill9")


def machine() -> dict[str, str]:
    """What the figures depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    ours = {name: importlib.metadata.version(name) for name in ("irtkit", "numpy", "pyarrow", "isal")}
    return {
        "machine": f"{os.cpu_count()} x {names[0] if names else platform.machine()}, {memory:.0f} GB",
        "system": platform.platform(),
        "irtkit": ", ".join(f"{name} {version}" for name, version in ours.items())
        + f", Python {platform.python_version()}",
        "peers": ", ".join(pin.replace("==", " ") for pins in PEERS.values() for pin in pins),
        "gzip": run("gzip", "--version").output.splitlines()[0],
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure irtkit against its peers.")
    parser.add_argument("--only", action="append", choices=SUBJECTS, help="a subject; may be repeated")
    parser.add_argument("--scale", choices=SCALES, default="1m", help="size of the dumps (default 1m)")
    parser.add_argument("--data", type=Path, default=HERE / "data", help="folder that keeps dumps and environments")
    parser.add_argument("--scratch", type=Path, help="where programs write (default: in memory, if there is room)")
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes per program (default 5)")
    parser.add_argument("--json", type=Path, help="write the rows to this file, too")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    facts = machine() | {"scale": f"{chosen.scale}, medians of {chosen.rounds} rounds"}
    found: list[Row] = []
    with Bench(chosen.data, SCALES[chosen.scale], chosen.rounds, chosen.scratch) as bench:
        for name in chosen.only or SUBJECTS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            subject: Callable[[Bench], Iterable[Row]] = importlib.import_module(name).rows
            found.extend(subject(bench))
    print("\n".join(f"{name}: {fact}" for name, fact in facts.items()))
    print("\n" + table(found))
    if chosen.json:
        rows = [asdict(row) | {"verdict": row.verdict} for row in found]
        chosen.json.write_text(json.dumps(facts | {"rows": rows}, indent=1) + "\n")
    return int(any(row.verdict == "FAIL" for row in found))


if __name__ == "__main__":
    sys.exit(main())
