"""ASCII armour: OpenPGP packets as lines of text, and back (RFC 9580, section 6).

    -----BEGIN PGP PUBLIC KEY BLOCK-----
    Comment: any header
    <an empty line>
    mDMEaz...
    =njUN
    -----END PGP PUBLIC KEY BLOCK-----

It is strict: Base64 in its one canonical spelling, and a checksum that fits if there is one, so that no character of
what was armoured can change unnoticed. It does not look into what is armoured.
"""

import re
from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Iterator
from typing import Final, NamedTuple

from irtkit.openpgp.faults import OpenPgpError

__all__ = [
    "PUBLIC_KEY",
    "SIGNATURE",
    "Armour",
    "armoured",
    "find_label",
    "find_secret_key",
    "iter_armours",
    "read_armour",
]

PUBLIC_KEY: Final = "PGP PUBLIC KEY BLOCK"
SIGNATURE: Final = "PGP SIGNATURE"

_WIDTH = 64
_BLANKS = " \t\r"
_BEGIN = re.compile(r"^-----BEGIN ([A-Z0-9][A-Z0-9 ,/]{0,60})-----[ \t\r]*+$", re.MULTILINE)
_HEADER = re.compile(r"[A-Za-z0-9-]++: ?+.*+")
_SECRET = re.compile(r"-----BEGIN [A-Z0-9 ]{0,60}PRIVATE KEY")


class Armour(NamedTuple):
    """An armoured block: what it says it is, its headers (`Comment: ...`), and the bytes in it.

    It is `text[start:stop]`, the line feed after its last line not included.
    """

    label: str
    headers: tuple[str, ...]
    data: bytes
    start: int
    stop: int


def armoured(data: bytes, label: str) -> str:
    """Return *data* as lines of text, each with its line feed, with a checksum and no header."""
    base64 = b2a_base64(data, newline=False).decode("ascii")
    lines = [base64[at : at + _WIDTH] for at in range(0, len(base64), _WIDTH)]
    crc = b2a_base64(_crc24(data).to_bytes(3, "big"), newline=False).decode("ascii")
    return "\n".join([f"-----BEGIN {label}-----", "", *lines, f"={crc}", f"-----END {label}-----", ""])


def find_secret_key(text: str) -> int | None:
    """Return the line, from 1, in which a secret key of any kind begins, also behind `certif:`; None without one."""
    found = _SECRET.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def find_label(text: str) -> str | None:
    """Return what the first armoured block of *text* says it is, or None if none begins there."""
    found = _BEGIN.search(text)
    return found[1] if found else None


def iter_armours(text: str) -> Iterator[Armour]:
    """Yield the armoured blocks of *text* in order. Time grows with the length of the text only.

    Raises: OpenPgpError `key-unreadable` at a block that is damaged or that nothing ends.
    """
    position = 0
    while found := _BEGIN.search(text, position):
        end = re.compile(rf"^-----END {re.escape(found[1])}-----[ \t\r]*+$", re.MULTILINE).search(text, found.end())
        if end is None:
            raise OpenPgpError("key-unreadable", f"no line ends the block that BEGIN {found[1]} begins")
        headers, data = _read_body(text[found.end() + 1 : end.start()])
        position = end.end()
        yield Armour(found[1], headers, data, found.start(), position)


def read_armour(text: str, label: str) -> Armour:
    """Return the one block with this label that *text* is, blanks around it aside.

    Raises: OpenPgpError `key-unreadable` if it is anything else.
    """
    found = next(iter_armours(text), None)
    if found is None or found.label != label:
        raise OpenPgpError("key-unreadable", f"expected a line BEGIN {label}")
    if text[: found.start].strip() or text[found.stop :].strip():
        raise OpenPgpError("key-unreadable", f"something stands outside of BEGIN {label} and its END")
    return found


def _read_body(body: str) -> tuple[tuple[str, ...], bytes]:
    lines = [line.strip(_BLANKS) for line in body.split("\n")]
    if lines and not lines[-1]:
        lines.pop()
    if "" not in lines:
        raise OpenPgpError("key-unreadable", "no empty line stands between the headers of an armour and its Base64")
    border = lines.index("")
    headers, base64 = lines[:border], lines[border + 1 :]
    if not all(map(_HEADER.fullmatch, headers)):
        raise OpenPgpError("key-unreadable", "a line before the empty one of an armour is no header")
    crc = base64.pop()[1:] if base64 and base64[-1].startswith("=") and len(base64[-1]) == 5 else None
    data = _from_base64("".join(base64))
    if crc is not None and _from_base64(crc) != _crc24(data).to_bytes(3, "big"):
        raise OpenPgpError("key-unreadable", "the checksum of an armour does not fit: it was altered")
    return tuple(headers), data


def _from_base64(text: str) -> bytes:
    try:
        data = a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        raise OpenPgpError("key-unreadable", "the Base64 of an armour is damaged") from None
    if b2a_base64(data, newline=False).decode("ascii") != text:
        raise OpenPgpError("key-unreadable", "the Base64 of an armour is not spelled as it has to be")
    return data


def _crc24_of_byte(byte: int) -> int:
    crc = byte << 16
    for _ in range(8):
        crc = crc << 1 ^ (0x1864CFB if crc & 0x800000 else 0)
    return crc


_CRC24: Final = tuple(map(_crc24_of_byte, range(256)))


def _crc24(data: bytes) -> int:
    """Return the checksum of RFC 9580, section 6.1; about 0.1 s for a million bytes."""
    crc, table = 0xB704CE, _CRC24
    for byte in data:
        crc = crc << 8 & 0xFFFFFF ^ table[crc >> 16 ^ byte]
    return crc
