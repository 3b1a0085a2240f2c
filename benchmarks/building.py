"""Dumps to an index on disk, against merely inflating them and merely parsing them.

Timed are whole processes for `irtkit index build` and `gzip -dc`; polars-rpsl is timed inside its process,
without its imports, and reads only the two large dumps, into the columns that an index needs. The page cache
is warm for all of them.

As a program it is polars-rpsl in a fresh process: `building.py DUMPS`.
"""

import importlib
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dumps
from measure import Bar, Row, at_most, median_figures, median_seconds, peak_mb, round_robin, run, seconds_text

if TYPE_CHECKING:
    from bench import Bench

SINGLE = ("netname", "org", "abuse-c", "status", "source")
MULTIPLE = ("country", "mnt-irt")
GZIP_BARS = {"1m": at_most(1.0), "45m": at_most(0.9)}
PARSE_BARS = {"1m": at_most(0.6)}
MEMORY_BARS = {"1m": at_most(800), "45m": at_most(2200)}


def polars_rpsl(folder: Path) -> dict[str, float]:
    """Read both large dumps; a column is a list only where its attribute may repeat, which suits it best."""
    polars: Any = importlib.import_module("polars")
    read_rpsl: Any = importlib.import_module("polars_rpsl").read_rpsl
    columns = dict.fromkeys(SINGLE, polars.String) | dict.fromkeys(MULTIPLE, polars.List(polars.String))
    started = time.perf_counter()
    objects = 0
    for key in ("inetnum", "inet6num"):
        objects += len(read_rpsl(folder / f"ripe.db.{key}.gz", polars.Schema({key: polars.String, **columns})))
    return {"seconds": time.perf_counter() - started, "objects": objects}


def rows(bench: "Bench") -> list[Row]:
    index = bench.data / f"data{bench.scale.name}.index"
    inflate = "sh", "-c", 'exec gzip -dc "$@" > /dev/null', "sh"
    runs = round_robin(
        {
            "irtkit": partial(run, *bench.build_command(index)),
            "gzip": partial(run, *inflate, *dumps.gz_files(bench.dumps)),
            "polars-rpsl": partial(run, *bench.worker("building", bench.dumps, environment="peers")),
        },
        bench.rounds,
    )
    run(*bench.irtkit, "index", "verify", index)
    ours, gzip = median_seconds(runs["irtkit"]), median_seconds(runs["gzip"])
    parsed = median_figures(runs["polars-rpsl"])["seconds"]
    peak, peer_peak = peak_mb(runs["irtkit"]), peak_mb(runs["polars-rpsl"])

    def row(what: str, peer: str, theirs: float, bars: dict[str, Bar]) -> Row:
        against = f"{peer} {seconds_text(theirs)}"
        return Row("building", what, seconds_text(ours), against, ours / theirs, bar=bars.get(bench.scale.name))

    memory_bar = MEMORY_BARS.get(bench.scale.name)
    return [
        row("index build, all dumps", "gzip -dc", gzip, GZIP_BARS),
        row("index build, all dumps", "polars-rpsl, parse of two", parsed, PARSE_BARS),
        Row(
            "building",
            "index build, peak RSS",
            f"{peak:.0f} MB",
            f"polars-rpsl {peer_peak:.0f} MB",
            peak,
            "MB",
            memory_bar,
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(polars_rpsl(Path(sys.argv[1]))))
