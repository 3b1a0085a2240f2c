"""Columns of text: the values of dumps, one an object, and texts end to end as an index has them.

What a text says is nobody's business here, but that it has no character that could steer a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irtkit.dump import Values
from irtkit.index.layout import printable

__all__ = [
    "NO_TEXTS",
    "Texts",
    "chosen",
    "dense",
    "end_to_end",
    "first_values",
    "printable_values",
    "replaced",
    "text_arrays",
    "text_column",
    "text_ends",
]

Array: TypeAlias = NDArray[Any]


class Texts(NamedTuple):
    """A text for each object, end to end; *length* in bytes."""

    length: NDArray[np.int32]
    text: NDArray[np.uint8]


NO_TEXTS = Texts(np.zeros(0, np.int32), np.zeros(0, np.uint8))
"""No object, no text."""


def text_arrays(name: str, length: Array, text: Array) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a column of text; an empty text is added at its end, for -1 to find."""
    yield f"{name}.at", text_ends(length)
    yield f"{name}.text", text


def text_ends(length: Array) -> Array:
    """Return where each text of a column begins and the last ends, with an empty one added, from their lengths."""
    at = np.zeros(len(length) + 2, np.int64)
    np.cumsum(length, out=at[1:-1])
    at[-1] = at[-2]
    return at.astype(np.int32) if at[-1] < 1 << 31 else at


def text_column(name: str, texts: Iterable[str]) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a column of *texts*, made printable."""
    yield from text_arrays(name, *_joined_texts(list(texts)))


def _joined_texts(texts: list[str]) -> tuple[Array, Array]:
    """Return the lengths of *texts*, made printable, and their bytes end to end."""
    joined = "\n".join(texts)
    if not (joined.isascii() and joined.replace("\n", "").isprintable() and joined.count("\n") == len(texts) - 1):
        joined = "\n".join(printable(text) for text in texts)
    lines = np.frombuffer(f"{joined}\n".encode() if texts else b"", np.uint8)
    ends = np.flatnonzero(lines == ord("\n"))
    return np.diff(ends, prepend=-1).astype(np.int32) - 1, lines[lines != ord("\n")]


def first_values(values: Values) -> Values:
    """Keep the first value of each object."""
    keep = np.ones(len(values.row), np.bool_)
    np.not_equal(values.row[1:], values.row[:-1], out=keep[1:])
    if keep.all():
        return values
    return Values(values.row[keep], values.length[keep], values.text[np.repeat(keep, values.length + 1)])


def dense(values: Values, count: int) -> Values:
    """Give each of *count* objects a value, the empty one where there is none."""
    if len(values.row) == count:
        return values
    texts = [""] * count
    for row, text in values.tolist():
        texts[row] = text
    return _values_of(texts)


def _values_of(texts: list[str]) -> Values:
    encoded = [text.encode() for text in texts]
    length = np.array([len(text) for text in encoded], np.int32)
    text = np.frombuffer(b"".join(text + b"\n" for text in encoded), np.uint8)
    return Values(np.arange(len(texts), dtype=np.int32), length, text)


def printable_values(values: Values) -> Values:
    """Return dense *values* with every character printable."""
    if not (((values.text - np.uint8(32)) > 94) & (values.text != 10)).any():
        return values
    return _values_of([printable(text) for _, text in values.tolist()])


def end_to_end(values: Values) -> Texts:
    """Return dense *values* without the line feeds between them."""
    return Texts(values.length, values.text[values.text != ord("\n")])


def chosen(values: Values, rows: Array) -> Texts:
    """Return some rows of dense *values*, each with the line feed at its end; there may be others inside."""
    end = np.cumsum(values.length + 1, dtype=np.int64)
    spans = zip((end - values.length - 1)[rows].tolist(), end[rows].tolist(), strict=True)
    text = np.concatenate([values.text[:0], *(values.text[begin:stop] for begin, stop in spans)])
    return Texts(values.length[rows] + np.int32(1), text)


def replaced(values: Values, texts: Mapping[int, str]) -> Values:
    """Return dense *values* with other texts in some rows."""
    length = values.length.copy()
    end = np.cumsum(values.length + 1, dtype=np.int64)
    old, pieces, done = values.text.tobytes(), [], 0
    for row, text in texts.items():
        new = text.encode()
        pieces += [old[done : int(end[row] - values.length[row] - 1)], new, b"\n"]
        done = int(end[row])
        length[row] = len(new)
    return Values(values.row, length, np.frombuffer(b"".join([*pieces, old[done:]]), np.uint8))
