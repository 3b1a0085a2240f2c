"""Kill a build over an existing index at random moments: what lies there must be the old one or the new one.

It does not test power cuts: the machine lives on.

As a program, `kill9.py INDEX` prints a digest of the index's answers, in a fresh process.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import dumps
from measure import Row, RunError, at_least, at_most, run

if TYPE_CHECKING:
    from bench import Bench

KILLS = 100
OBJECTS = 20_000, 4_000
ASKED = 2_000


def digest(index: Path) -> str:
    """What the index says about random addresses; two indexes of different dumps differ."""
    import irtkit  # noqa: PLC0415  the orchestrator stays small

    opened = irtkit.open_index(index)
    rng = random.Random(1)
    rows = opened.lookup_many([rng.getrandbits(32) for _ in range(ASKED)]).tolist()
    keys = [opened.row_key(row) or "" for row in rows]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def kill_while_building(command: list[str | Path], delay: float) -> bool:
    """Start a build, kill it and all its children after *delay* seconds; False if it had ended by then."""
    with subprocess.Popen(
        [*map(str, command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        time.sleep(delay)
        running = process.poll() is None
        if running:
            os.killpg(process.pid, signal.SIGKILL)
        return running


def state(bench: "Bench", index: Path) -> str:
    """The digest of an index that verifies; what is wrong with any other."""
    try:
        run(*bench.irtkit, "index", "verify", index)
        return run(*bench.worker("kill9", index)).output.strip()
    except RunError as error:
        return str(error)


def rows(bench: "Bench") -> list[Row]:
    """Builds of two sets of dumps in turn, so that the old index and the new one answer differently."""
    folder = bench.data / "kill9"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    index = folder / "killed.index"
    sources = [dumps.make(bench.data / f"kill9-{seed}", *OBJECTS, seed=seed) for seed in (1, 2)]
    builds = [[*bench.irtkit, "index", "build", *dumps.gz_files(source), "--output", index] for source in sources]
    known, seconds = [], []
    for build in builds:
        seconds.append(run(*build).seconds)
        known.append(state(bench, index))
    tidy = set(folder.iterdir())

    moments = random.Random(9)
    outcomes: list[str] = []
    old = 1
    while len(outcomes) < KILLS:
        new = 1 - old
        killed = kill_while_building(builds[new], moments.uniform(0, min(seconds)))
        now = state(bench, index)
        if killed:
            outcomes.append({known[old]: "old", known[new]: "new"}.get(now, now))
        if now in known:
            old = known.index(now)
    left = len(set(folder.iterdir()) - tidy)
    run(*builds[0])
    stray = len(set(folder.iterdir()) ^ tidy)
    return [
        summary(Counter(outcomes)),
        Row(
            "kill9",
            "stray files after the next build",
            str(stray),
            f"{left} before it",
            stray,
            "",
            at_most(0),
        ),
    ]


def summary(outcomes: Counter[str]) -> Row:
    whole = outcomes["old"] + outcomes["new"]
    broken = [text.splitlines()[-1] for text in outcomes if text not in ("old", "new")]
    kinds = f"{outcomes['old']} old, {outcomes['new']} new"
    return Row(
        "kill9",
        "whole indexes after kill -9",
        f"{whole} of {KILLS}",
        broken[0] if broken else kinds,
        whole,
        "",
        at_least(KILLS),
    )


if __name__ == "__main__":
    print(digest(Path(sys.argv[1])))
