"""The registry's own layout of objects, nothing lost: `formatted` for an object, `format_text` for a whole text.

`irtkit.rpsl.columns` says what the layout is. Comments stay where they stand; order, unknown attributes and line ends
stay. What is no object of a known class stays as it is: prose, `%` and `#` lines, the instructions of an update
message, and all that is clear-signed, because its signature would not fit any more.

It judges nothing: a text has the same problems before and after.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from irtkit.rpsl.clearsign import iter_signed_blocks
from irtkit.rpsl.columns import laid_out
from irtkit.rpsl.names import PRIMARY_KEYS
from irtkit.rpsl.objects import RpslObject
from irtkit.rpsl.paragraphs import INSTRUCTION, is_comment, iter_lines, iter_paragraphs, without_end
from irtkit.rpsl.texts import parse_objects

if TYPE_CHECKING:
    from irtkit.problems import Problem

__all__ = ["format_text", "formatted"]

_BLANKS = " \t\r\n"
_BYTE_ORDER_MARK = "\ufeff"


def formatted(obj: RpslObject) -> RpslObject:
    """Return *obj* in the registry's layout; its last line ends, and lines of blanks at its end go.

    The two are equal, attribute by attribute, and so are their comments. Line numbers are those of the object's own
    text, from the line where the original began. Doing it again changes nothing.
    """
    *raws, last = (attribute.raw for attribute in obj)
    kept = last.rstrip(_BLANKS)
    first = next(iter_lines(str(obj)))
    end = without_end(next(iter_lines(last[len(kept) :]), ""))[1] or without_end(first)[1] or "\n"
    return obj._edited("".join([*map(laid_out, raws), laid_out(kept + end)]))  # noqa: SLF001 - it keeps the encoding


def format_text(text: str) -> str:
    """Return *text* with each object in the registry's layout, and everything else as it is.

    A line stays a line, so that a place in the text is on the same line before and after; a last line that does not
    end is ended, and lines of blanks at the end of an object become empty. Doing it again changes nothing. Only ASCII
    matters to it: bytes may be read as latin-1 and written back so.
    """
    return "".join(_iter_formatted(text))


def _iter_formatted(text: str) -> Iterator[str]:
    position = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    yield text[:position]
    for block in iter_signed_blocks(text):
        yield from _iter_plain(text, position, block.start)
        yield text[block.start : block.stop]
        position = block.stop
    yield from _iter_plain(text, position, len(text))


def _iter_plain(text: str, position: int, stop: int) -> Iterator[str]:
    for start, end in iter_paragraphs(text, position, stop):
        yield text[position:start]
        yield _formatted_paragraph(text[start:end])
        position = end
    yield text[position:stop]


def _formatted_paragraph(text: str) -> str:
    lines = list(iter_lines(text))
    own = [not is_comment(line) and not INSTRUCTION.match(line) for line in lines]
    obj = _find_object("".join([line for line, is_own in zip(lines, own, strict=True) if is_own]))
    if obj is None:
        return text
    new = iter_lines("".join([laid_out(attribute.raw) for attribute in obj]))
    result = [next(new) if is_own else line for line, is_own in zip(lines, own, strict=True)]
    for position in range(len(lines) - 1, 0, -1):
        content, end = without_end(lines[position])
        if content.strip(" \t"):
            break
        result[position] = end
    if result[-1] and not result[-1].endswith("\n"):
        result[-1] += without_end(lines[0])[1] or "\n"
    return "".join(result)


def _find_object(text: str) -> RpslObject | None:
    """Return the object that *text* is, if it is one of a known class."""
    problems: list[Problem] = []
    objects = parse_objects(text, problems=problems)
    if problems or len(objects) != 1 or objects[0].class_name not in PRIMARY_KEYS or str(objects[0]) != text:
        return None
    return objects[0]
