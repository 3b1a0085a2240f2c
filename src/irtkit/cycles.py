"""Python's search for circles of objects, paused for work that makes many objects and no circles of them.

The search costs such work up to a quarter of its time. Whatever circles are made meanwhile are found afterwards.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["without_cycle_search"]


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Keep Python, in all its threads, from searching for circles until the `with` statement ends.

    Where the search is off already it stays off.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
