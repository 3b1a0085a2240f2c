"""The key-certs of an index, and which of them each irt names: from what was collected to arrays.

Objects stay as they stand in the dump; nobody looks into them here. `irtkit.index.keycerts` reads them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.index.layout import KEY_USES
from irtkit.index.texts import text_arrays, text_column

if TYPE_CHECKING:
    from irtkit.index.collect import Collector, Part

__all__ = ["key_cert_arrays"]

Array: TypeAlias = NDArray[Any]


def key_cert_arrays(collected: Collector, parts: Sequence[Part]) -> Iterator[tuple[str, Array]]:
    """Yield the arrays `irt_key.*` and `key_cert.*`; of *parts* the last one counts most."""
    yield from _references(collected)
    yield from text_column("key_cert.name", (name for _, name in collected.key_certs.code))
    yield from _objects(parts, len(collected.key_certs.code))


def _references(collected: Collector) -> Iterator[tuple[str, Array]]:
    """Yield which key-certs each irt names; those that are not there get codes, too."""
    ends, named = [0], []
    for registry, irt in collected.irts.code:
        party = collected.parties["irt"].get((registry, irt))
        for use, name in enumerate(KEY_USES) if party is not None else ():
            keys = dict.fromkeys(key.upper() for key in getattr(party, name) if key)
            named += [(collected.key_certs.of((registry, key)), use) for key in keys]
        ends.append(len(named))
    yield "irt_key.at", np.array(ends, np.uint32)
    yield "irt_key.key_cert", np.array([code for code, _ in named], np.int32)
    yield "irt_key.use", np.array([use for _, use in named], np.uint8)


def _objects(parts: Sequence[Part], count: int) -> Iterator[tuple[str, Array]]:
    """Yield the objects by their codes: of several with one code that of the best source, then the last one."""
    best: dict[int, tuple[int, Array]] = {}
    for part in parts:
        for certs in part.key_certs:
            ends = np.cumsum(certs.texts.length, dtype=np.int64)
            columns = certs.code, certs.rank, ends - certs.texts.length, ends
            for code, rank, begin, end in zip(*(column.tolist() for column in columns), strict=True):
                if code not in best or rank <= best[code][0]:
                    best[code] = rank, certs.texts.text[begin:end]
        part.key_certs.clear()
    nothing = 0, np.zeros(0, np.uint8)
    texts = [best.pop(code, nothing)[1] for code in range(count)]
    lengths = np.array([len(text) for text in texts], np.int32)
    yield from text_arrays("key_cert.object", lengths, np.concatenate([nothing[1], *texts]))
