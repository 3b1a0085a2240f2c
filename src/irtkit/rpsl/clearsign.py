"""Where clear-signed blocks stand in a text: the framing of RFC 9580, section 7, and nothing else.

    -----BEGIN PGP SIGNED MESSAGE-----
    Hash: SHA512
    <an empty line>
    the text, a line that begins with a dash written as "- -..."
    -----BEGIN PGP SIGNATURE-----
    ...
    -----END PGP SIGNATURE-----

It verifies no signature and decodes none.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["DEEPEST", "SignedBlock", "find_open_block", "iter_signed_blocks"]

DEEPEST: Final = 8
"""Signed blocks inside each other that are opened, by whoever reads them; what lies deeper is a problem."""

_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = re.compile(r"\n-----BEGIN PGP SIGNATURE-----\r*+\n")
_END = re.compile(r"\n-----END PGP SIGNATURE-----[^\n]*+\n?+")
_LINE_END = re.compile(r"\r*+\n")
_HEADERS = re.compile(r"(?:[A-Za-z-]++:[^\n]*+\n)*+\r*+\n")


class SignedBlock(NamedTuple):
    """Offsets in a text: the block is `[start:stop]`, what was signed is `[content:signature]`."""

    start: int
    content: int
    signature: int
    """Where the line feed before the signature stands; it is no part of what was signed."""
    stop: int


def iter_signed_blocks(text: str) -> Iterator[SignedBlock]:
    """Yield the complete blocks of *text*, in order; blocks inside blocks are not looked for.

    A block that lacks its signature, or the end of it, is none. Time grows with the length of the text only.
    """
    position = 0
    while True:
        start, after = _find_begin(text, position)
        if start < 0:
            return
        signature = _SIGNATURE.search(text, after - 1)
        end = _END.search(text, signature.end() - 1) if signature else None
        if signature is None or end is None:
            return
        headers = _HEADERS.match(text, after, signature.start() + 1)
        content = headers.end() if headers else after
        yield SignedBlock(start, content, max(content, signature.start()), end.end())
        position = end.end()


def find_open_block(text: str) -> int | None:
    """Return where a block begins that nothing ends, or None."""
    last = max((block.stop for block in iter_signed_blocks(text)), default=0)
    start, _ = _find_begin(text, last)
    return None if start < 0 else start


def _find_begin(text: str, position: int) -> tuple[int, int]:
    """Return where the next first line of a block begins and where the line after it does; -1 without one."""
    while (start := text.find(_BEGIN, position)) >= 0:
        position = start + len(_BEGIN)
        end = _LINE_END.match(text, position)
        if end and (start == 0 or text[start - 1] == "\n"):
            return start, end.end()
    return -1, -1
