"""The one line that a whois question is (RFC 3912): what may be in it, and how it becomes bytes.

It knows no flag and no registry; whoever builds a question ends here, so that nothing else can reach a server.
"""

from typing import Final

from irtkit.errors import QueryError
from irtkit.rpsl.faults import shown
from irtkit.wire.questions import Server

__all__ = ["MAX_ARGUMENTS", "MAX_LINE", "encoded_line", "refuse_unprintable"]

MAX_LINE: Final = 1024
"""Bytes of a query line: RIPE's servers answer a longer one with error 107 and close."""

MAX_ARGUMENTS: Final = 61
"""Words of a query line: RIPE's servers answer more with error 118."""


def refuse_unprintable(text: str) -> str:
    """Return *text* as it is, if nothing in it is a control character, a line end or otherwise invisible.

    Raises: QueryError that names the character.
    """
    for character in text:
        if not character.isprintable():
            raise QueryError(f"expected a query without control characters, found U+{ord(character):04X}")
    return text


def encoded_line(server: Server, text: str) -> bytes:
    """Return a query line, without line end, as the bytes that *server* reads.

    Raises: QueryError for a control character, one that the server's charset lacks, or a line beyond the limits.
    """
    refuse_unprintable(text)
    try:
        line = text.encode(server.charset)
    except LookupError as error:
        raise QueryError(f"unknown charset {shown(server.charset)} of {server}") from error
    except UnicodeEncodeError as error:
        character = shown(text[error.start])
        raise QueryError(f"expected characters of {server.charset}, which {server} reads, found {character}") from error
    if any(byte < 0x20 or byte == 0x7F for byte in line):  # iso-2022-jp changes its tables with escape sequences
        raise QueryError(f"expected an ASCII query for {server}: in {server.charset} this one has control characters")
    if len(line) > MAX_LINE:
        raise QueryError(f"expected a query of at most {MAX_LINE} bytes, found {len(line)}")
    words = text.count(" ") + 1
    if words > MAX_ARGUMENTS:
        raise QueryError(f"expected a query of at most {MAX_ARGUMENTS} words, found {words}")
    return line
