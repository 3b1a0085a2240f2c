"""The second process of `irtkit.clients.dumps.build_index`: collects its share of the blocks and sends it home.

It reads a pickled (dumps, turns) from standard input and writes pickled parts, then the collector without them, to
standard output. Only its parent talks to it. A dump that cannot be read ends it; the parent meets the same error and
tells it.
"""

import pickle
import sys
from collections.abc import Sequence
from typing import IO

from irtkit.clients.dumps import collect_blocks, without_cycle_search
from irtkit.errors import DumpError
from irtkit.index.collect import Collector

__all__ = ["main"]


def main() -> int:
    """Do what the module says; return the exit status."""
    dumps, turns = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own parent wrote it
    try:
        with without_cycle_search():
            _send(dumps, turns, sys.stdout.buffer)
    except (DumpError, BrokenPipeError, KeyboardInterrupt):
        return 1
    return 0


def _send(dumps: Sequence[str], turns: Sequence[int], out: IO[bytes]) -> None:
    collected = Collector()
    for part in collect_blocks(dumps, collected, turns):
        pickle.dump(part, out, protocol=5)
    pickle.dump(collected, out, protocol=5)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
