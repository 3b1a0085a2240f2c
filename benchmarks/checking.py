"""The verdict on objects before they are sent, against IRRd's own parser in its strict mode.

Both hold the first objects of the inetnum dump in memory. irtkit checks the whole text as one submission; IRRd gets the
objects already cut out, because it takes one at a time, and checks templates and values alone. A second row is the
whole command, `irtkit check` on a file of objects with what they refer to in an index of all dumps, against the same
without the index.

As a program it is one side in a fresh process: `checking.py irtkit|irrd|write DUMPS SCRATCH`.
"""

import importlib
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import (
    Row,
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
from objects import texts

if TYPE_CHECKING:
    from bench import Bench

OBJECTS = 100_000
WRITTEN = 10_000


def irtkit_side(folder: Path, _: Path) -> dict[str, float]:
    import irtkit  # noqa: PLC0415  IRRd's environment has no irtkit

    text = "\n".join(texts(folder, OBJECTS))
    return {"seconds": best_of(1, lambda: irtkit.check(text)) / OBJECTS}


def irrd_side(folder: Path, _: Path) -> dict[str, float]:
    module: Any = importlib.import_module("irrd.rpsl.rpsl_objects")
    read, refused = module.rpsl_object_from_text, module.UnknownRPSLObjectClassException
    objects = texts(folder, OBJECTS)

    def work() -> None:
        for text in objects:
            try:
                read(text, strict_validation=True)
            except refused:
                continue

    return {"seconds": best_of(1, work) / len(objects)}


def write(folder: Path, scratch: Path) -> dict[str, float]:
    """Write a file of objects to be checked."""
    (scratch / "objects.rpsl").write_text("\n".join(texts(folder, WRITTEN)), encoding="utf-8")
    return {"objects": WRITTEN}


def rows(bench: "Bench") -> list[Row]:
    runs = round_robin(
        {
            "irtkit": partial(run, *bench.worker("checking", "irtkit", bench.dumps, bench.scratch)),
            "irrd": partial(run, *bench.worker("checking", "irrd", bench.dumps, bench.scratch, environment="irrd")),
        },
        bench.rounds,
    )
    ours, theirs = median_figures(runs["irtkit"])["seconds"], median_figures(runs["irrd"])["seconds"]
    run(*bench.worker("checking", "write", bench.dumps, bench.scratch))
    index = bench.scratch / "all.index"
    run(*bench.irtkit, "index", "build", bench.dumps, "--output", index)
    command = [*bench.irtkit, "check", bench.scratch / "objects.rpsl", "--format", "json"]
    found_problems = 0, 1
    against = round_robin(
        {
            "alone": partial(run, *command, fine=found_problems),
            "against": partial(run, *command, "--against", index, fine=found_problems),
        },
        bench.rounds,
    )
    alone, with_index = median_seconds(against["alone"]), median_seconds(against["against"])
    peak = peak_mb(against["against"])
    return [
        Row(
            "checking",
            "check, an object",
            seconds_text(ours),
            f"IRRd {seconds_text(theirs)}",
            theirs / ours,
            "x",
            at_least(1.5),
        ),
        Row(
            "checking",
            f"check of {WRITTEN} --against an index",
            seconds_text(with_index),
            f"without {seconds_text(alone)}",
            with_index / alone,
            "x",
            at_most(2),
        ),
        Row("checking", "the same, peak RSS", f"{peak:.0f} MB", "", peak, "MB", at_most(300)),
    ]


SIDES: dict[str, Callable[[Path, Path], dict[str, float]]] = {
    "irtkit": irtkit_side,
    "irrd": irrd_side,
    "write": write,
}

if __name__ == "__main__":
    print(json.dumps(SIDES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
