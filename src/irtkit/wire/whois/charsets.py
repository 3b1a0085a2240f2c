"""Bytes of an answer as text: the server's charset, and what it is known to send besides.

Most answers are UTF-8 or latin-1 line by line; those of some national registries are neither. Nothing here raises on
any bytes, and the bytes themselves are kept by whoever asks.
"""

import codecs
from typing import Final

from irtkit.wire.questions import Server

__all__ = ["decoded", "is_plain_charset"]

_PLAIN: Final = frozenset({"ascii", "iso8859-1", "utf-8"})
_ALSO: Final = {"jpnic": ("utf-8", "euc_jp", "shift_jis"), "krnic": ("euc_kr",), "twnic": ("big5",)}
"""What servers of a dialect send besides, or sent before, what they are known for."""


def is_plain_charset(name: str) -> bool:
    """Tell whether *name* is ASCII, latin-1 or UTF-8: then each object decides for itself which of them it is in."""
    try:
        return codecs.lookup(name).name in _PLAIN
    except LookupError:
        return True


def decoded(body: bytes, server: Server) -> str:
    """Return the text of an answer; a byte that is in no charset becomes U+FFFD.

    From servers of ASCII, latin-1 or UTF-8 each line is UTF-8 if it can be, else latin-1.
    """
    if is_plain_charset(server.charset) and server.dialect not in _ALSO:
        return _by_line(body)
    for charset in (server.charset, *_ALSO.get(server.dialect, ())):
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(server.charset if _is_known(server.charset) else "utf-8", "replace")


def _is_known(charset: str) -> bool:
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True


def _by_line(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return "\n".join(_line(line) for line in body.split(b"\n"))


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
