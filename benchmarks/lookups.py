"""Addresses to row numbers, in bulk and one by one, against a frozen pytricia tree.

Timed are the lookups alone: both sides have opened or built what they look in, and hold the addresses in
the form that suits them (integers: irtkit an array, pytricia a list). Both answer with a row number each.
Each process asks everything twice after a short warm-up, and its faster pass counts.

As a program it is one side in a fresh process: `lookups.py irtkit|pytricia DUMPS SCRATCH [INDEX]`. It prints
its seconds an address and leaves its answers in SCRATCH; `lookups.py compare DUMPS SCRATCH` judges those, by
painting the ranges over each other. A tree of prefixes is wrong where two ranges partly overlap.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import prefixes
from measure import Row, at_least, at_most, best_of, median_figures, round_robin, run, seconds_text
from queries import I32, U32, Ranges, canonical, cold4, cold6, hot4, keep, text6, texts4

if TYPE_CHECKING:
    from bench import Bench

PASSES = 2
RESOLVED = 20_000
BULK_BARS = {"int cold": 25, "int hot": 10, "str cold": 10, "IPv6 str": 2.5}
"""How many times as fast as the tree, question by question."""


class Questions:
    """The addresses of each question, the same for both sides."""

    def __init__(self, ranges: Ranges) -> None:
        count = max(100_000, min(2_000_000, 2 * len(ranges.first)))
        self.cold = cold4(ranges, count)
        self.hot = hot4(ranges, count // 2)
        self.cold_text = texts4(self.cold)
        self.cold6_text = list(map(text6, cold6(ranges, count // 4)))
        self.single = self.cold_text[: count // 4]

    def numbers(self) -> dict[str, U32]:
        """The IPv4 questions in bulk, as integers."""
        return {"int cold": self.cold, "int hot": self.hot, "str cold": self.cold}


def irtkit_side(dumps: Path, scratch: Path, path: Path) -> dict[str, float]:
    import irtkit  # noqa: PLC0415  the peers' environment has no irtkit

    ranges = Ranges.load(dumps)
    ask = Questions(ranges)
    index = irtkit.open_index(path)
    bulk: dict[str, Callable[[], I32]] = {
        "int cold": lambda: index.lookup_many(ask.cold),
        "int hot": lambda: index.lookup_many(ask.hot),
        "str cold": lambda: index.lookup_many(ask.cold_text),
        "IPv6 str": lambda: index.lookup_many(ask.cold6_text),
    }
    _ = index.lookup_many(ask.cold[:1000]), index.lookup(ask.single[0]), index.resolve(ask.single[0])
    seconds = {name: best_of(PASSES, work) for name, work in bulk.items()}
    seconds["one"] = best_of(PASSES, lambda: [index.lookup(address) for address in ask.single])
    few = ask.single[:RESOLVED]
    seconds["resolve"] = best_of(PASSES, lambda: [index.resolve(address) for address in few])
    seconds["email"] = best_of(PASSES, lambda: [index.resolve(address).email for address in few])
    answers = {name: rows_of_ranges(work(), index.row_key, ranges) for name, work in bulk.items()}
    keep(scratch / "irtkit.npz", answers)
    return per_address(seconds, ask)


def pytricia_side(dumps: Path, scratch: Path) -> dict[str, float]:
    ranges = Ranges.load(dumps)
    ask = Questions(ranges)
    rows4, rows6 = range(len(ranges.first)), range(len(ranges.first), len(ranges.first) + len(ranges.length6))
    get4, get6 = prefixes.frozen_tree4(ranges, rows4), prefixes.frozen_tree6(ranges, rows6)
    cold, hot = ask.cold.tolist(), ask.hot.tolist()
    bulk: dict[str, Callable[[], list[int]]] = {
        "int cold": lambda: list(map(get4, cold, repeat(-1))),
        "int hot": lambda: list(map(get4, hot, repeat(-1))),
        "str cold": lambda: list(map(get4, ask.cold_text, repeat(-1))),
        "IPv6 str": lambda: list(map(get6, ask.cold6_text, repeat(-1))),
    }
    seconds = {name: best_of(PASSES, work) for name, work in bulk.items()}
    seconds["one"] = best_of(PASSES, lambda: [get4(address) for address in ask.single])
    keep(scratch / "pytricia.npz", {name: np.array(work(), np.int32) for name, work in bulk.items()})
    return per_address(seconds, ask)


def per_address(seconds: dict[str, float], ask: Questions) -> dict[str, float]:
    counts = {
        "int cold": len(ask.cold),
        "int hot": len(ask.hot),
        "str cold": len(ask.cold_text),
        "IPv6 str": len(ask.cold6_text),
        "one": len(ask.single),
        "resolve": min(len(ask.single), RESOLVED),
        "email": min(len(ask.single), RESOLVED),
    }
    return {name: total / counts[name] for name, total in seconds.items()}


def rows_of_ranges(rows: I32, key_of: Callable[[int], str | None], ranges: Ranges) -> I32:
    """Translate row numbers of irtkit into those of the ranges that we read ourselves."""
    keys = [*map(ranges.key4, range(len(ranges.first))), *map(ranges.key6, range(len(ranges.length6)))]
    row_of = {key: row for row, key in enumerate(keys)}
    distinct, places = np.unique(rows, return_inverse=True)
    known = [-1 if (key := key_of(row)) is None else row_of[canonical(key)] for row in distinct.tolist()]
    return np.array(known, np.int32)[places]


def compare(dumps: Path, scratch: Path) -> dict[str, float]:
    """The share of wrong answers of both sides, in the worst question.

    The tree is right about IPv6, where every range is a prefix.
    """
    ranges = Ranges.load(dumps)
    ask = Questions(ranges)
    starts, rows = ranges.segments4()
    right = {name: rows[np.searchsorted(starts, asked, "right") - 1] for name, asked in ask.numbers().items()}
    wrong = {}
    for side in ("pytricia", "irtkit"):
        with np.load(scratch / f"{side}.npz") as answers:
            right.setdefault("IPv6 str", answers["IPv6 str"])
            wrong[side] = max(float((answers[name] != right[name]).mean()) for name in answers.files)
    return wrong


def rows(bench: "Bench") -> list[Row]:
    """Both sides in turn; one row per question, and one for their answers."""
    ours_command = bench.worker("lookups", "irtkit", bench.dumps, bench.scratch, bench.index)
    peer_command = bench.worker("lookups", "pytricia", bench.dumps, bench.scratch, environment="peers")
    runs = round_robin({"ours": partial(run, *ours_command), "peer": partial(run, *peer_command)}, bench.rounds)
    ours, theirs = median_figures(runs["ours"]), median_figures(runs["peer"])

    def faster(what: str, name: str, limit: float) -> Row:
        figures = seconds_text(ours[name]), f"pytricia {seconds_text(theirs[name])}"
        return Row("lookups", what, *figures, theirs[name] / ours[name], bar=bench.bar(at_least(limit)))

    found = [faster(f"lookup_many, {name}", name, limit) for name, limit in BULK_BARS.items()]
    found.append(faster("lookup, one str, random", "one", 1.0))
    for what, name, bar in (
        ("resolve, one str, random", "resolve", bench.bar(at_most(10))),
        ("resolve and read its email", "email", None),
    ):
        figures = seconds_text(ours[name]), f"lookup {seconds_text(ours['one'])}"
        found.append(Row("lookups", what, *figures, ours[name] / ours["one"], bar=bar))
    wrong = run(*bench.worker("lookups", "compare", bench.dumps, bench.scratch)).figures()
    shares = [f"{wrong[side]:.1e}" for side in ("irtkit", "pytricia")]
    found.append(Row("lookups", "wrong answers", shares[0], f"pytricia {shares[1]}", wrong["irtkit"], "", at_most(0)))
    return found


SIDES: dict[str, Callable[..., dict[str, float]]] = {
    "irtkit": irtkit_side,
    "pytricia": pytricia_side,
    "compare": compare,
}

if __name__ == "__main__":
    print(json.dumps(SIDES[sys.argv[1]](*map(Path, sys.argv[2:]))))
