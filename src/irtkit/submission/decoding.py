"""How the bytes of a file become the text of a message, and what is said about bytes that fit no encoding.

Text is UTF-8; a byte that is none is read as latin-1, which is what registries take text for that names no other
charset. Nothing is guessed from which letters occur.
"""

import re
from typing import Final, NamedTuple

from irtkit.problems import Problem, Span
from irtkit.submission.codes import place_of, problem_of

__all__ = ["Decoded", "decode"]

_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"BZh", "compressed (bzip2)"),
    (b"\xfd7zXZ\x00", "compressed (xz)"),
    (b"PK\x03\x04", "compressed (zip)"),
)
_FEW = 16  # of so many bytes one may be NUL in what is still read as text
_ESCAPED = re.compile("[\udc80-\udcff]")
_CONTROL = re.compile("[\udc80-\udc9f]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
_LATIN_1 = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}


class Decoded(NamedTuple):
    """A text and what its bytes give to say, in document order; `text` is None if there is nothing to read."""

    text: str | None
    problems: list[Problem]


def decode(data: bytes) -> Decoded:
    """Read the bytes of a file; any bytes will do."""
    kind = next((kind for mark, kind in _MARKS if data.startswith(mark)), None)
    if kind is not None:
        return Decoded(None, [problem_of("not-text", f"the file is {kind}", None, "expected UTF-8 or latin-1 text")])
    try:
        text, problems = data.decode(), []
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
        problems = _encoding_problems(text)
        text = text.translate(_LATIN_1)
    zeros = text.count("\0")
    if zeros:
        message = f"there is a NUL byte here; the file has {zeros:,}"
        span = _span_of(text, text.index("\0"))
        problems.append(problem_of("not-text", message, span, "expected UTF-8 or latin-1 text"))
        problems.sort(key=place_of)
    return Decoded(None if zeros * _FEW > len(text) else text, problems)


def _encoding_problems(text: str) -> list[Problem]:
    """Judge a text in which the bytes that are not UTF-8 stand as lone surrogates."""
    problems = []
    first, control = _ESCAPED.search(text), _CONTROL.search(text)
    if first and _BEYOND_ASCII.search(text):
        message = f"byte 0x{_byte(first):02x} is not UTF-8, and other characters of the file are"
        span = _span_of(text, first.start())
        problems.append(problem_of("mixed-encodings", message, span, "expected one encoding in the whole file"))
    if control:
        message = f"byte 0x{_byte(control):02x} is neither UTF-8 nor a character of latin-1"
        span = _span_of(text, control.start())
        problems.append(problem_of("unknown-encoding", message, span, "expected UTF-8 or latin-1 text"))
    return sorted(problems, key=place_of)


def _byte(found: re.Match[str]) -> int:
    return ord(found[0]) - 0xDC00


def _span_of(text: str, position: int) -> Span:
    start = text.rfind("\n", 0, position) + 1
    mark = 1 if start == 0 and text.startswith("\ufeff") else 0
    return Span(text.count("\n", 0, start) + 1, max(1, position - start + 1 - mark))
