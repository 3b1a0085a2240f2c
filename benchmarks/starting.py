"""What one question costs from the start of a process, against the same interpreter doing nothing."""

import sys
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from measure import Row, at_most, round_robin, run, seconds_text

if TYPE_CHECKING:
    from bench import Bench

ROUNDS = 21
DOCUMENTATION = "192.0.2.7"
HEAVY = ("numpy", "pyarrow", "httpx", "click")
LOADED = f"import sys, irtkit; print(*[name for name in {HEAVY} if name in sys.modules])"


def rows(bench: "Bench") -> list[Row]:
    """Median of the rounds over the median of `python -c pass`; the fastest of each stands beside."""
    registered = run(*bench.worker("queries", bench.dumps)).output.strip()
    resolve = {
        f"irtkit resolve, {kind} address": partial(run, *bench.irtkit, "resolve", address, "--index", bench.index)
        for kind, address in (("documentation", DOCUMENTATION), ("registered", registered))
    }
    python = {name: partial(run, sys.executable, "-c", name) for name in ("pass", "import irtkit")}
    runs = round_robin(python | resolve, ROUNDS)
    seconds = {name: [one.seconds for one in some] for name, some in runs.items()}

    def row(name: str, limit: float) -> Row:
        figures = [
            f"{seconds_text(median(seconds[key]))} (min {seconds_text(min(seconds[key]))})" for key in (name, "pass")
        ]
        ratio = median(seconds[name]) / median(seconds["pass"])
        return Row("starting", name, figures[0], f"python -c pass {figures[1]}", ratio, bar=bench.bar(at_most(limit)))

    loaded = run(sys.executable, "-c", LOADED).output.split()
    heavy = Row(
        "starting",
        "import irtkit loads",
        " ".join(loaded) or "none",
        "of " + " ".join(HEAVY),
        len(loaded),
        "",
        at_most(0),
    )
    return [*(row(name, 6) for name in resolve), row("import irtkit", 3), heavy]
