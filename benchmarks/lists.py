"""A text file of addresses to CSV, against a loop over a frozen pytricia tree and against polars' join_asof.

irtkit is timed as a whole process, from its start. The peers are timed inside theirs, from opening the list
to closing the CSV: imports are done by then, and the tree or the table of segments is in memory, its values
ready-made ends of lines (everything behind the address). Those ends are what irtkit writes for one address of
every object. Which object an address belongs to, each side finds for itself; the files are compared.

As a program it is one step in a fresh process: `lists.py STEP DUMPS SCRATCH ...`, STEP being one of `STEPS`.
"""

import importlib
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat, zip_longest
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import prefixes
from measure import (
    Bar,
    Row,
    Run,
    at_least,
    at_most,
    best_of,
    median_figures,
    median_seconds,
    peak_mb,
    round_robin,
    run,
    seconds_text,
)
from queries import U32, Ranges, canonical, cold4, texts4

if TYPE_CHECKING:
    from bench import Bench
    from numpy.typing import NDArray

FIELDS = "address,network,irts,email"
ADDRESS_COLUMNS = {"thin": 1, "full": 2}
"""The first columns of either CSV, which a ready-made end of a line cannot hold: `input` and `address`."""
BLOCK = 1 << 20
MOST_DIFFERENT = 1e-4
"""Share of lines: where two ranges partly overlap, prefixes cannot say which of them is smaller."""
MEMORY_BAR = at_most(400)
BARS: dict[str, dict[tuple[str, ...], Bar]] = {
    "thin": {("pytricia",): at_least(8), ("polars-eager", "polars-lazy"): at_least(1.5)},
    "full": {("pytricia",): at_least(5)},
}
"""For the CSV of `FIELDS` and that of all columns: how many times as fast as the fastest of these."""


def prepare(folder: Path, scratch: Path, count: str) -> dict[str, float]:
    """Write the list, the disjoint segments with their rows, and one address of every row that has one."""
    ranges = Ranges.load(folder)
    (scratch / "addresses.txt").write_text("\n".join(texts4(cold4(ranges, int(count)))) + "\n")
    starts, rows = ranges.segments4()
    sampled, lines = np.unique(rows, return_inverse=True)
    order = np.argsort(special(starts), kind="stable")  # a special-purpose address stands for no other of its object
    _, first = np.unique(rows[order], return_index=True)
    (scratch / "sample.txt").write_text("\n".join(texts4(starts[order[first]])) + "\n")
    np.savez(scratch / "segments.npz", start=starts, line=lines, row=sampled)
    return {"segments": len(starts)}


def special(addresses: U32) -> "NDArray[np.bool_]":
    """Which of the addresses IANA has set aside."""
    from irtkit.special_purpose import special_purpose_ranges  # noqa: PLC0415  the peers' environment has no irtkit

    found = np.zeros(len(addresses), np.bool_)
    for family, first, last, _ in special_purpose_ranges():
        if family == 4:
            found |= (addresses >= first) & (addresses <= last)
    return found


def ready_made(scratch: Path, width: str) -> tuple[bytes, list[str]]:
    """The CSV's first line, and what follows the address columns in each sampled row's."""
    header, *lines = (scratch / f"sample-{width}.csv").read_bytes().splitlines(keepends=True)
    columns = ADDRESS_COLUMNS[width]
    return header, [line.decode("latin-1").split(",", columns)[columns] for line in lines]


def pytricia(folder: Path, scratch: Path, width: str) -> dict[str, float]:
    """The fastest of the loops that we tried: large blocks, one `split`, `map` and `join`."""
    ranges = Ranges.load(folder)
    header, ends = ready_made(scratch, width)
    with np.load(scratch / "segments.npz") as segments:
        sampled = {row: f",{end}" for row, end in zip(segments["row"].tolist(), ends, strict=True)}
    none = sampled.get(-1, "")
    get = prefixes.frozen_tree4(ranges, [sampled.get(row, none) for row in range(len(ranges.first))])

    def thin(addresses: list[str]) -> str:
        return "".join(map(add, addresses, map(get, addresses, repeat(none))))

    def full(addresses: list[str]) -> str:
        return "".join([f"{address},{address}{get(address, none)}" for address in addresses])

    lines = {"thin": thin, "full": full}[width]
    target_path = scratch / "pytricia.csv"

    def work() -> None:
        with (scratch / "addresses.txt").open("rb") as source, target_path.open("wb") as target:
            target.write(header)
            while block := source.read(BLOCK):
                addresses = (block + source.readline()).decode("latin-1").split()
                target.write(lines(addresses).encode("latin-1"))

    return {"seconds": best_of(1, work)}


def polars(_: Path, scratch: Path, width: str, plan: str) -> dict[str, float]:
    """One of two plans; which is the faster differs from machine to machine.

    `eager` joins numbers alone and gathers the ends of lines: less to sort. `lazy` leaves it all to polars,
    which streams what it can.
    """
    pl: Any = importlib.import_module("polars")
    to_numbers = importlib.import_module("polars_iptools").ipv4_to_numeric("address").alias("number")
    header, ends = ready_made(scratch, width)
    column = header.decode().strip().removeprefix("address,")
    with np.load(scratch / "segments.npz") as kept:
        texts = pl.Series(column, [end.rstrip("\r\n").encode("latin-1").decode() for end in ends])
        segments = pl.DataFrame({"start": kept["start"], column: texts.gather(kept["line"])}).set_sorted("start")
    source, target = scratch / "addresses.txt", scratch / f"polars-{plan}.csv"
    reading = {"has_header": False, "new_columns": ["address"], "schema_overrides": [pl.String]}
    writing = {"quote_style": "never", "line_terminator": "\r\n" if header.endswith(b"\r\n") else "\n"}

    def eager() -> None:
        table = pl.read_csv(source, **reading)
        numbers = table.select(to_numbers).with_row_index("place").sort("number")
        starts = segments.select("start").with_row_index("segment")
        joined = numbers.join_asof(starts, left_on="number", right_on="start").sort("place")
        table.with_columns(segments[column].gather(joined["segment"])).write_csv(target, **writing)

    def lazy() -> None:
        table = pl.scan_csv(source, **reading).with_columns(to_numbers).with_row_index("place").sort("number")
        joined = table.join_asof(segments.lazy(), left_on="number", right_on="start").sort("place")
        joined.select("address", column).sink_csv(target, **writing)

    return {"seconds": best_of(1, {"eager": eager, "lazy": lazy}[plan])}


def compare(_: Path, scratch: Path, *names: str) -> dict[str, float]:
    """The share of lines in which each file differs from irtkit's."""
    found = {}
    for name in names:
        with (scratch / "irtkit.csv").open("rb") as ours, (scratch / f"{name}.csv").open("rb") as theirs:
            total = different = 0
            for line, other in zip_longest(ours, theirs):
                total += 1
                different += line != other
        found[name] = different / total
    return found


def networks(folder: Path, scratch: Path) -> dict[str, float]:
    """The share of ready-made lines whose network is not the range that we read from the dumps ourselves."""
    ranges = Ranges.load(folder)
    _, ends = ready_made(scratch, "thin")
    with np.load(scratch / "segments.npz") as segments:
        keys = [ranges.key4(row) if row >= 0 else "" for row in segments["row"].tolist()]
    found = [end.split(",")[0] for end in ends]
    wrong = sum((text and canonical(text)) != key for text, key in zip(found, keys, strict=True))
    return {"wrong": wrong / len(keys)}


def resolve_command(bench: "Bench", width: str, source: str, target: str) -> list[str | Path]:
    options = ["--format", "csv", *(("--fields", FIELDS) if width == "thin" else ())]
    files = ["--input", bench.scratch / source, "--output", bench.scratch / target]
    return [*bench.irtkit, "resolve", *options, *files, "--index", bench.index]


def measured(bench: "Bench", width: str, peers: Sequence[str]) -> tuple[dict[str, list[Run]], float]:
    """Everyone's runs, and the largest share of lines in which a peer's file differs from ours."""
    run(*resolve_command(bench, width, "sample.txt", f"sample-{width}.csv"))
    arguments = bench.dumps, bench.scratch, width
    programs = {name: bench.worker("lists", name, *arguments, environment="peers") for name in peers}
    programs["irtkit"] = resolve_command(bench, width, "addresses.txt", "irtkit.csv")

    def afresh(name: str) -> Run:
        (bench.scratch / f"{name}.csv").unlink(missing_ok=True)
        return run(*programs[name])

    runs = round_robin({name: partial(afresh, name) for name in programs}, bench.rounds)
    different = run(*bench.worker("lists", "compare", bench.dumps, bench.scratch, *peers)).figures()
    for name in programs:
        (bench.scratch / f"{name}.csv").unlink()
    return runs, max(different.values())


def rows(bench: "Bench") -> list[Row]:
    """Per width: a row per peer and one for our memory; then two for the answers."""
    count = str(bench.scale.addresses)
    run(*bench.worker("lists", "prepare", bench.dumps, bench.scratch, count))
    found, different = [], 0.0
    for width, bars in BARS.items():
        runs, share = measured(bench, width, [name for names in bars for name in names])
        different = max(different, share)
        what = f"{count} lines to CSV, {width}"
        found += [against(bench, what, runs, names, bar) for names, bar in bars.items()]
        peak = peak_mb(runs["irtkit"])
        found.append(Row("lists", f"{what}, peak RSS", f"{peak:.0f} MB", "", peak, "MB", bench.bar(MEMORY_BAR)))
    wrong = run(*bench.worker("lists", "networks", bench.dumps, bench.scratch)).figures()["wrong"]
    for what, whose, value, most in (
        ("CSV lines that differ", "each peer's file", different, MOST_DIFFERENT),
        ("ready-made lines, wrong network", "ranges of the dumps", wrong, 0),
    ):
        found.append(Row("lists", what, f"{value:.1e}", whose, value, "", at_most(most)))
    return found


def against(bench: "Bench", what: str, runs: dict[str, list[Run]], names: Sequence[str], bar: Bar) -> Row:
    """Our whole process against what the fastest of the peer's programs needs."""
    ours = median_seconds(runs["irtkit"])
    theirs = {name: median_figures(runs[name])["seconds"] for name in names}
    best = min(theirs, key=lambda name: theirs[name])
    peer = f"{best} {seconds_text(theirs[best])}, {peak_mb(runs[best]):.0f} MB"
    return Row("lists", what, seconds_text(ours), peer, theirs[best] / ours, bar=bench.bar(bar))


STEPS: dict[str, Callable[..., dict[str, float]]] = {
    "prepare": prepare,
    "pytricia": pytricia,
    "polars-eager": partial(polars, plan="eager"),
    "polars-lazy": partial(polars, plan="lazy"),
    "compare": compare,
    "networks": networks,
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])))
