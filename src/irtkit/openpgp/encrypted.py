"""Encrypted messages as far as they can be read without a key, and mails of them (RFC 9580, section 10.3; RFC 3156).

    message = one packet for each recipient's key, then one with the encrypted and integrity-protected data

What has anything else in it is refused: a packet in the clear, one for a passphrase, data that nothing protects. So
whoever made a message can see that it says what was meant, and to whom. Nothing is encrypted or decrypted here.
"""

import re
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from irtkit.openpgp.armour import read_armour
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.mime import LONGEST_LINE, charset_of, is_header

__all__ = ["MESSAGE", "EncryptedMessage", "encrypted_mail", "read_encrypted", "report_entity"]

MESSAGE: Final = "PGP MESSAGE"

_FOR_A_KEY, _PROTECTED, _AEAD = 1, 18, 20
_MOST_RECIPIENTS: Final = 1_000
_KEY_PACKET_VERSION: Final = 3
_NEEDS_ENCODING = re.compile(rf"[^\t\n -~]|[ \t]$|^From |^\.$|.{{{LONGEST_LINE}}}", re.MULTILINE)


class EncryptedMessage(NamedTuple):
    """A message: the ids (16 hex digits) of the keys and subkeys that it is encrypted to, in order."""

    recipients: tuple[str, ...]


def read_encrypted(armour: str) -> EncryptedMessage:
    """Read an armoured message and make sure that all of it is encrypted to keys, and protected.

    Raises: OpenPgpError `key-unreadable` for anything else.
    """
    data = read_armour(armour, MESSAGE).data
    recipients: list[str] = []
    position = 0
    while position < len(data):
        tag, start, stop = _packet_at(data, position)
        if tag == _FOR_A_KEY and len(recipients) < _MOST_RECIPIENTS:
            if stop - start < 10 or data[start] != _KEY_PACKET_VERSION:
                raise OpenPgpError("key-unreadable", "the message names a recipient in an unknown way")
            recipients.append(data[start + 1 : start + 9].hex().upper())
        elif tag in {_PROTECTED, _AEAD} and recipients and stop == len(data):
            return EncryptedMessage(tuple(recipients))
        else:
            raise OpenPgpError("key-unreadable", f"the message has a packet of type {tag}, where none should be")
        position = stop
    raise OpenPgpError("key-unreadable", "there is no encrypted data in the message")


def _packet_at(data: bytes, position: int) -> tuple[int, int, int]:
    """Return the type of the packet that begins at *position*, and where its body begins and ends.

    The body of one whose length comes in parts ends behind the last part.
    """
    first = data[position]
    if first & 0xC0 == 0xC0:
        tag, start = first & 0x3F, position + 1
        length, start, is_part = _new_length(data, start)
        body, stop = start, start + length
        while is_part:
            length, start, is_part = _new_length(data, stop)
            stop = start + length
    elif first & 0x80 and first & 3 < 3:
        size = 1 << (first & 3)
        tag, body = first >> 2 & 0x0F, position + 1 + size
        stop = body + int.from_bytes(data[position + 1 : body], "big")
    else:
        raise OpenPgpError("key-unreadable", f"byte {position} begins no packet of a known length")
    if stop > len(data):
        raise OpenPgpError("key-unreadable", "the message is cut off")
    return tag, body, stop


def _new_length(data: bytes, position: int) -> tuple[int, int, bool]:
    """Return the length that stands at *position*, where it ends, and whether it is one of several parts."""
    octets = data[position : position + 5]
    first = octets[0] if octets else 255
    if first < 192:
        return first, position + 1, False
    if first < 224 and len(octets) > 1:
        return (first - 192 << 8) + octets[1] + 192, position + 2, False
    if first == 255 and len(octets) == 5:
        return int.from_bytes(octets[1:], "big"), position + 5, False
    if 224 <= first < 255:
        return 1 << (first & 0x1F), position + 1, True
    raise OpenPgpError("key-unreadable", "the message is cut off")


def report_entity(data: bytes) -> bytes:
    """Return a text as the part of a mail that is encrypted: CR LF at line ends, 7 bits.

    UTF-8 is taken for UTF-8, anything else for latin-1. What is not plain ASCII in short lines becomes Base64.

    Raises: OpenPgpError `not-text` if there is a NUL in it.
    """
    if b"\0" in data:
        raise OpenPgpError("not-text", "the report is no text, and a mail is made of text")
    charset = charset_of(data)
    data = data.replace(b"\r\n", b"\n")
    text = data.decode("latin-1")
    crlf = data.replace(b"\n", b"\r\n")
    encoded = bool(_NEEDS_ENCODING.search(text))
    body = encodebytes(crlf).replace(b"\n", b"\r\n") if encoded else crlf
    encoding = "base64" if encoded else "7bit"
    head = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body


def encrypted_mail(armour: str, headers: Mapping[str, Sequence[str]]) -> bytes:
    """Return a mail of an armoured message (RFC 3156, section 4), with LF at line ends.

    *headers* come first, in order: of each the values, one or several, each one line of ASCII.

    Raises: OpenPgpError `malformed-mail` for a header that is none.
    """
    boundary = f"=-irtkit-{sha256(armour.encode('ascii')).hexdigest()[:32]}"
    lines = [
        *(_header(name, values) for name, values in headers.items()),
        "MIME-Version: 1.0",
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";',
        f' boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: application/pgp-encrypted",
        "Content-Description: PGP/MIME version identification",
        "",
        "Version: 1",
        "",
        f"--{boundary}",
        'Content-Type: application/octet-stream; name="encrypted.asc"',
        "Content-Description: OpenPGP encrypted message",
        'Content-Disposition: inline; filename="encrypted.asc"',
        "",
        armour.strip(),
        "",
        f"--{boundary}--",
        "",
    ]
    return "\n".join(lines).encode("ascii")


def _header(name: str, values: Sequence[str]) -> str:
    """Return a header, its values one on a line. Registry text ends up here: no value can begin another header."""
    for value in values:
        if not value or not is_header(name, value):
            raise OpenPgpError("malformed-mail", f"the header {name} is not one short line of ASCII")
    if not values:
        raise OpenPgpError("malformed-mail", f"the header {name} has no value")
    return f"{name}: " + ",\n ".join(values)
