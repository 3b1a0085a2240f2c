"""Arrays of texts: joined, end to end, and tables of them, which every thread that needs one makes a part of.

It knows neither fields nor formats: `irtkit.index.records` and `irtkit.index.render` do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import cache
from threading import Event, Lock
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["PIECE", "TextTable", "bytes_of", "constant", "join_texts"]

Array: TypeAlias = NDArray[Any]

PIECE = 1 << 13
"""Records whose texts are made at once: on the way there they are in memory several times."""


class TextTable:
    """Texts end to end, one for each of *rows*, that *compose* makes of a piece of them.

    *text_of_row* tells which text is that of a row, if not the one in its place. NO_ADDRESS and NO_ROW, which are
    negative, are the last two of either. All texts have about *size* bytes.
    """

    def __init__(
        self,
        rows: NDArray[np.int32],
        compose: Callable[[Array], pa.Array],
        size: int,
        text_of_row: Array | None = None,
    ) -> None:
        self._count = len(rows)
        self._rows, self._compose, self._text_of_row = rows, compose, text_of_row
        self._to_make = deque(range(0, len(rows), PIECE))
        self._made: dict[int, pa.Array] = {}
        self._appended = 0
        self._at = np.zeros(len(rows) + 1, np.int32)
        self._text = np.empty(size + size // 16, np.uint8)
        self.size = 0
        """Bytes of the texts that there are so far."""
        self._lock = Lock()
        self._ended = Event()
        self._texts = pa.array([], pa.string())

    def make(self) -> bool:
        """Make texts until none is left, and wait for those that others make; tell whether all are there.

        Texts that one thread could not make are missing for all.
        """
        try:
            while (begin := self._next()) is not None:
                piece = self._compose(self._rows[begin : begin + PIECE])
                with self._lock:
                    self._made[begin] = piece
                    self._append()
        except BaseException:
            self._ended.set()
            raise
        self._ended.wait()
        return len(self._texts) == self._count

    def _next(self) -> int | None:
        try:
            return None if self._ended.is_set() else self._to_make.popleft()
        except IndexError:
            return None

    def _append(self) -> None:
        """Append the pieces whose turn it is."""
        while (piece := self._made.pop(self._appended, None)) is not None:
            ends, begin = _offsets(piece), self._appended
            self._at[begin + 1 : begin + len(ends)] = ends[1:] + (self.size - ends[0])
            text = np.frombuffer(bytes_of(piece), np.uint8)
            if self.size + len(text) > len(self._text):
                self._text = np.concatenate([self._text[: self.size], np.empty(len(text) + self.size // 2, np.uint8)])
            self._text[self.size : self.size + len(text)] = text
            self.size += len(text)
            self._appended += len(piece)
        if self._appended == self._count:
            buffers = [None, pa.py_buffer(self._at), pa.py_buffer(self._text)]
            self._texts = pa.Array.from_buffers(pa.string(), self._count, buffers)
            self._rows = self._rows[:0].copy()
            self._ended.set()

    def take(self, rows: Array) -> pa.Array:
        """Return the texts of *rows*, once all are there."""
        if self._text_of_row is None:
            place = np.where(rows < 0, rows + self._count, rows)
        else:
            place = self._text_of_row.take(rows)
        return self._texts.take(pa.array(place))


def _offsets(texts: pa.Array) -> NDArray[np.int32]:
    """Return where each text begins in the array's bytes and the last ends."""
    return np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]


def bytes_of(texts: pa.Array) -> pa.Buffer:
    """Return the bytes of an array of texts, end to end."""
    at = _offsets(texts)
    return texts.buffers()[2].slice(int(at[0]), int(at[-1] - at[0])) if len(texts) else pa.py_buffer(b"")


def join_texts(*parts: pa.Array | str, separator: str = "") -> pa.Array:
    """Join the texts of arrays element by element; a part that is the same for all is one of few constants."""
    arrays = [constant(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*arrays, constant(separator))


@cache
def constant(text: str) -> pa.Scalar:
    """Make a scalar once; pyarrow looks for an optional module that may be missing each time it gets a plain text."""
    return pa.scalar(text)
