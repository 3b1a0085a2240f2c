"""A submission before it is signed: made so that the registry reads the same objects from it afterwards.

    CR LF                       LF; the other way round again afterwards
    a line of blanks            "+": a signature does not cover blanks at line ends, and an empty line ends an object;
                                nothing, where no object has begun
    no line end at the end      one is added

What cannot be signed safely is refused: a carriage return inside a line, which the registry takes out, and lines so
long that GnuPG passes over their end. Texts here are bytes read as latin-1. Nothing is signed.
"""

import re
from typing import Final, NamedTuple

from irtkit.openpgp.cleartext import LONGEST_LINE, has_long_line
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.mime import charset_of
from irtkit.rpsl.clearsign import find_open_block, iter_signed_blocks
from irtkit.rpsl.paragraphs import INSTRUCTION, is_comment

__all__ = ["Draft", "read_draft"]

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FRAME = re.compile(r"^-----(?:BEGIN|END) PGP (?:SIGNED MESSAGE|SIGNATURE)-----", re.MULTILINE)


class Draft(NamedTuple):
    """A text that can be signed: bytes read as latin-1, LF at line ends.

    *charset* is us-ascii, utf-8 or iso-8859-1. *is_crlf*: its lines ended in CR LF. *signatures* counts the signed
    blocks that are not inside others.
    """

    text: str
    charset: str
    is_crlf: bool
    signatures: int


def read_draft(data: bytes) -> Draft:
    """Read a submission that shall be signed.

    Raises: OpenPgpError: `not-text`, `stray-carriage-return`, `line-too-long`, `malformed-signature` for a signed block
    that has no end.
    """
    text = data.removeprefix(_BYTE_ORDER_MARK).decode("latin-1")
    if "\0" in text or not text.strip():
        raise OpenPgpError("not-text", "there is no text to sign")
    is_crlf = text.partition("\n")[0].endswith("\r")
    text = text.replace("\r\n", "\n")
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        raise OpenPgpError("stray-carriage-return", f"line {line} has a carriage return inside")
    if has_long_line(text.encode("latin-1")):
        raise OpenPgpError("line-too-long", f"a line has more than {LONGEST_LINE:,} bytes; fold it")
    blocks = list(iter_signed_blocks(text))
    if find_open_block(text) is not None or (_FRAME.search(text) and not blocks):
        raise OpenPgpError(
            "malformed-signature", "a line looks like the frame of a signature, but there is no whole one"
        )
    if not blocks:
        text = _without_blank_lines(text)
    return Draft(text if text.endswith("\n") else f"{text}\n", charset_of(data), is_crlf, len(blocks))


def _without_blank_lines(text: str) -> str:
    """Return *text* with a plus in each line of blanks that continues something, and without those that do not."""
    kept: list[str] = []
    is_begun = False  # whether the paragraph has a line that belongs to an object
    for line in text.split("\n"):
        if line.strip(" \t") or not line:
            is_begun = bool(line) and (is_begun or not (is_comment(line) or INSTRUCTION.match(line)))
            kept.append(line)
        elif is_begun:
            kept.append("+")
    return "\n".join(kept)
