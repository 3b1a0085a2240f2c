"""What the two paths make of one text, in one form, so that the tests can compare them.

The column scan reads what is there; the object parser refuses a whole paragraph for one line that no
attribute could be. So both are given the text with such lines, and what continues them, turned into
comments (`without_nameless_lines`): the one difference between the paths that is meant.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from irtkit.addresses import SLACK
from irtkit.dump import BLOCK_SIZE, MAX_OBJECT, WHOLE, Block, Columns, Skipped, Wanted, iter_blocks, scan
from irtkit.dump import Values as Column
from irtkit.problems import Problem
from irtkit.rpsl import RpslObject, parse_objects

Values = tuple[str, ...]


@dataclass
class Reading:
    """The objects of a text: of each class the line (from 1) where each begins and the values of its attributes."""

    objects: dict[str, list[tuple[int, dict[str, Values]]]] = field(default_factory=dict)
    other: int = 0
    deleted: int = 0
    rejected: list[int] = field(default_factory=list)
    """Lines where a paragraph begins that is no object."""
    lines: int = 0


def as_parsed(text: bytes, wanted: Wanted) -> Reading:
    """Read *text* by the object path."""
    reading, problems = Reading(lines=text.count(b"\n") + (text[-1:] not in (b"\n", b""))), list[Problem]()
    for obj in parse_objects(text, problems=problems):
        class_name = obj[0].name  # as written: dumps have no short names, so the scan knows none
        if class_name in wanted:
            values = {name: _kept(obj, name, names) for name, names in wanted[class_name].items()}
            reading.objects.setdefault(class_name, []).append((obj.line, values))
        elif class_name.startswith("*xx"):
            reading.deleted += 1
        else:
            reading.other += 1
    reading.rejected = [problem.span.line for problem in problems if problem.span]
    return reading


def _kept(obj: RpslObject, name: str, names: frozenset[str]) -> Values:
    if name == WHOLE:
        return (_whole(obj),)
    values = (attribute.value for attribute in obj.get(name))
    return tuple(
        value for value in values if not names or names & {part.strip(" ") for part in value.upper().split(",")}
    )


def _whole(obj: RpslObject) -> str:
    """An object as it stands in a text, but for the line end that the last object of a text may lack."""
    return bytes(obj).decode("latin-1").removesuffix("\n")


def _whole_objects(values: Column) -> Iterator[str]:
    """Parse the whole objects of a column, each by itself."""
    end = np.cumsum(values.length + 1)
    assert values.row.tolist() == list(range(len(values.row)))
    assert len(values.text) == (end[-1] if len(end) else 0)
    for begin, stop in zip((end - values.length - 1).tolist(), end.tolist(), strict=True):
        (obj,) = parse_objects(without_nameless_lines(values.text[begin:stop].tobytes()))
        yield _whole(obj)


def as_scanned(text: bytes, wanted: Wanted, **cutting: int) -> Reading:
    """Read *text* by the column path; *cutting* goes to `blocks_of`."""
    reading, at = Reading(), 1
    for block in blocks_of(text, **cutting):
        if isinstance(block, Skipped):
            reading.rejected.append(at)
            reading.lines += block.lines
        else:
            columns = scan(block, wanted)
            add_columns(reading, columns, at)
            reading.lines += columns.lines
        at = reading.lines + 1
    return reading


def add_columns(reading: Reading, columns: Columns, line: int) -> None:
    """Add the columns of a block that begins on *line* (from 1)."""
    reading.other += columns.other
    reading.deleted += columns.deleted
    reading.rejected += [line + rejected.line for rejected in columns.rejected]
    for class_name, scanned in columns.classes.items():
        rows: list[dict[str, Values]] = [dict.fromkeys(scanned.values, ()) for _ in range(scanned.count)]
        for row, text in enumerate(_whole_objects(scanned.values[WHOLE]) if WHOLE in scanned.values else ()):
            rows[row][WHOLE] = (text,)
        for name, values in scanned.values.items():
            if name == WHOLE:
                continue
            assert len(values.row) == len(values.length), name
            assert values.text.tobytes().count(b"\n") == len(values.row), name
            for length, (row, value) in zip(values.length.tolist(), values.tolist(), strict=True):
                assert length == len(value.encode())
                rows[row][name] += (value,)
        placed = zip((scanned.line + line).tolist(), rows, strict=True)
        reading.objects.setdefault(class_name, []).extend(placed)


def blocks_of(
    text: bytes, *, size: int = BLOCK_SIZE, max_object: int = MAX_OBJECT, most: int = 1 << 30
) -> Iterator[Block | Skipped]:
    """Cut *text* as a file would be, *most* bytes at a time; memory is full of rubbish and used again."""
    room = size + max_object + SLACK
    return iter_blocks(reader_of(text, most), lambda: rubbish(room).copy(), size=size, max_object=max_object)


@cache
def rubbish(size: int) -> NDArray[np.uint8]:
    """Return memory as it may be found: full of what looks like objects."""
    text = b"\n\ninetnum: rubbish\nnetname:        RUBBISH\n"
    return np.frombuffer((text * (size // len(text) + 1))[:size], np.uint8)


def reader_of(text: bytes, most: int) -> Callable[[memoryview], int]:
    """Return a `readinto` over *text* that gives at most *most* bytes at once, and never more than it is asked for."""
    sizes, at = cycle(range(most, 0, -1)) if most < 16 else cycle([most]), 0

    def readinto(view: memoryview) -> int:
        nonlocal at
        given = text[at : at + min(len(view), next(sizes))]
        view[: len(given)] = given
        at += len(given)
        return len(given)

    return readinto


_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_NAMED = re.compile(rb"[^ \t+%#\n:][^:\n]*:")


def without_nameless_lines(text: bytes) -> bytes:
    """Turn each line inside an object that has no name, and what continues it, into a comment line."""
    lines, first, dropping = [], True, False
    for line in _LINE.findall(text):
        if line[:1] in (b"%", b"#"):
            lines.append(line)
            continue
        if not line.strip(b"\r\n"):
            first, dropping = True, False
        elif not first:
            dropping = dropping if line[:1] in (b" ", b"\t", b"+") else _NAMED.match(line) is None
        else:
            first = False
        lines.append(b"%" + line if dropping else line)
    return b"".join(lines)


def difference(one: Reading, other: Reading) -> str:
    """Say where two readings differ first."""
    for name in Reading.__dataclass_fields__:
        if getattr(one, name) != getattr(other, name):
            return f"{name}: {getattr(one, name)!r:.2000}\n{' ' * len(name)}  {getattr(other, name)!r:.2000}"
    return ""


def all_kept(wanted: Wanted) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return *wanted* without filters: every value is kept."""
    return {name: dict.fromkeys(attributes, frozenset[str]()) for name, attributes in wanted.items()}
