"""Text to objects, one after the other, against IRRd's own parser in its non-strict mode.

Both hold the first objects of the inetnum dump in memory. irtkit gets the whole text, IRRd the objects
already cut out, because it takes one at a time. IRRd works out every value as it reads, and checks keys;
irtkit works a value out when it is asked for, hence the second row. IRRd refuses class names that are not in
lower case; those objects count as done.

As a program it is one side in a fresh process: `objects.py irtkit|irrd|compare DUMPS SCRATCH`.
"""

import gzip
import importlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import Row, at_least, at_most, best_of, median_figures, round_robin, run, seconds_text

if TYPE_CHECKING:
    from bench import Bench

OBJECTS = 20_000
PASSES = 2
COMPARED = ("inetnum", "netname", "country", "status", "mnt-by")
Outline = list[list[str]]


def texts(folder: Path, count: int = OBJECTS) -> list[str]:
    """The first *count* objects of the inetnum dump; paragraphs of remarks alone are left out."""
    found: list[str] = []
    lines: list[str] = []
    with gzip.open(folder / "ripe.db.inetnum.gz", "rt", encoding="latin-1") as dump:
        for line in dump:
            if line != "\n":
                lines.append(line)
            elif lines:
                if lines[0][0] not in "#%":
                    found.append("".join(lines))
                lines.clear()
                if len(found) == count:
                    break
    return found


def irtkit_side(folder: Path, scratch: Path) -> dict[str, float]:
    import irtkit  # noqa: PLC0415  IRRd's environment has no irtkit

    text = "\n".join(texts(folder))

    def read_all() -> None:
        for one in irtkit.parse_objects(text):
            for attribute in one:
                _ = attribute.name, attribute.value

    objects = irtkit.parse_objects(text)
    keep(scratch / "objects-irtkit.json", [outline(one.values) for one in objects])
    return {
        "parsed": best_of(PASSES, lambda: irtkit.parse_objects(text)) / len(objects),
        "read": best_of(PASSES, read_all) / len(objects),
    }


def irrd_side(folder: Path, scratch: Path) -> dict[str, float]:
    module: Any = importlib.import_module("irrd.rpsl.rpsl_objects")
    read, refused = module.rpsl_object_from_text, module.UnknownRPSLObjectClassException
    objects = texts(folder)

    def work() -> list[Any]:
        found = []
        for text in objects:
            try:
                found.append(read(text, strict_validation=False))
            except refused:
                found.append(None)
        return found

    seconds = best_of(PASSES, work) / len(objects)
    parsed = [one and one.parsed_data for one in work()]
    keep(scratch / "objects-irrd.json", [one and outline(partial(values, one)) for one in parsed])
    return {"parsed": seconds, "read": seconds}


def values(parsed: dict[str, str | list[str]], name: str) -> list[str]:
    found = parsed.get(name, [])
    return [found] if isinstance(found, str) else found


def outline(values_of: Callable[[str], Iterable[str]]) -> Outline:
    """The compared values without case and blanks: IRRd normalises some of either."""
    return [[value.upper().replace(" ", "") for value in values_of(name)] for name in COMPARED]


def keep(path: Path, outlines: Sequence[Outline | None]) -> None:
    path.write_text(json.dumps(outlines))


def compare(_: Path, scratch: Path) -> dict[str, float]:
    """How many of the objects that IRRd reads have other values in irtkit's eyes."""
    ours, theirs = (json.loads((scratch / f"objects-{side}.json").read_text()) for side in ("irtkit", "irrd"))
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if other is not None]
    return {"different": sum(one != other for one, other in pairs), "refused": len(ours) - len(pairs)}


def rows(bench: "Bench") -> list[Row]:
    runs = round_robin(
        {
            "irtkit": partial(run, *bench.worker("objects", "irtkit", bench.dumps, bench.scratch)),
            "irrd": partial(run, *bench.worker("objects", "irrd", bench.dumps, bench.scratch, environment="irrd")),
        },
        bench.rounds,
    )
    ours, theirs = median_figures(runs["irtkit"]), median_figures(runs["irrd"])
    found = run(*bench.worker("objects", "compare", bench.dumps, bench.scratch)).figures()

    def faster(what: str, name: str) -> Row:
        figures = seconds_text(ours[name]), f"IRRd {seconds_text(theirs[name])}"
        return Row("objects", what, *figures, theirs[name] / ours[name], bar=at_least(3))

    refused = f"IRRd, which refuses {found['refused']:.0f}"
    value = found["different"]
    answers = Row("objects", "objects read differently", f"{value:.0f}", refused, value, "", at_most(0))
    return [
        faster("parse_objects, an object", "parsed"),
        faster("the same, each name and value read", "read"),
        answers,
    ]


SIDES: dict[str, Callable[[Path, Path], dict[str, float]]] = {
    "irtkit": irtkit_side,
    "irrd": irrd_side,
    "compare": compare,
}

if __name__ == "__main__":
    print(json.dumps(SIDES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
