"""OpenPGP packets and the subpackets of signatures: where they begin and end (RFC 9580, sections 4 and 5.2.3).

Lengths are checked before they are believed, and counted: what has more packets or subpackets than any key needs is
refused. Nothing is verified here, and multiprecision integers are only measured.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from irtkit.openpgp.faults import OpenPgpError

__all__ = [
    "MOST_PACKETS",
    "MOST_SUBPACKETS",
    "Packet",
    "SignaturePacket",
    "Tag",
    "as_packet",
    "bits_of_integer",
    "end_of_integer",
    "iter_packets",
    "read_signature",
]

MOST_PACKETS: Final = 20_000
"""Packets in one block: a key with this many has been flooded with other people's signatures."""
MOST_SUBPACKETS: Final = 100_000
"""Subpackets in one block; a signature has about five."""
_MOST_BITS: Final = 16_384
"""Bits of a number that GnuPG reads (libgcrypt); of a ring with a longer one it reads nothing."""


class Tag:
    """The types of packets that matter here (RFC 9580, section 5)."""

    SIGNATURE: Final = 2
    SECRET_KEY: Final = 5
    PUBLIC_KEY: Final = 6
    SECRET_SUBKEY: Final = 7
    TRUST: Final = 12
    USER_ID: Final = 13
    PUBLIC_SUBKEY: Final = 14
    USER_ATTRIBUTE: Final = 17


class Packet(NamedTuple):
    """A packet: its type and its body."""

    tag: int
    body: bytes


def iter_packets(data: bytes) -> Iterator[Packet]:
    """Yield the packets of *data*, at most `MOST_PACKETS`.

    Raises: OpenPgpError `key-unreadable` where a packet is cut off or has no length of its own, `key-too-large` where
    there are too many.
    """
    position = count = 0
    while position < len(data):
        count += 1
        if count > MOST_PACKETS:
            raise OpenPgpError("key-too-large", f"there are more than {MOST_PACKETS:,} packets")
        first = data[position]
        if not first & 0x80:
            raise OpenPgpError("key-unreadable", f"byte {position} begins no OpenPGP packet")
        if first & 0x40:
            tag = first & 0x3F
            length, start = _new_length(data, position + 1)
        else:
            tag = first >> 2 & 0x0F
            length, start = _old_length(data, position + 1, first & 3)
        position = start + length
        if position > len(data):
            raise OpenPgpError("key-unreadable", "a packet is cut off")
        yield Packet(tag, data[start:position])


def _new_length(data: bytes, position: int) -> tuple[int, int]:
    """Return the length that stands at *position*, and where it ends."""
    first = data[position] if position < len(data) else 0xE0
    if first < 192:
        return first, position + 1
    if first < 224:
        return (first - 192 << 8) + _number(data, position + 1, 1) + 192, position + 2
    if first == 255:
        return _number(data, position + 1, 4), position + 5
    raise OpenPgpError("key-unreadable", "a packet has no length of its own")


def _old_length(data: bytes, position: int, kind: int) -> tuple[int, int]:
    if kind == 3:
        raise OpenPgpError("key-unreadable", "a packet has no length of its own")
    size = 1 << kind
    return _number(data, position, size), position + size


def _number(data: bytes, position: int, size: int) -> int:
    if position + size > len(data):
        raise OpenPgpError("key-unreadable", "a packet is cut off")
    return int.from_bytes(data[position : position + size], "big")


def as_packet(packet: Packet) -> bytes:
    """Return a packet as bytes, with a length of five octets."""
    return bytes([0xC0 | packet.tag, 0xFF]) + len(packet.body).to_bytes(4, "big") + packet.body


def bits_of_integer(body: bytes, position: int) -> int:
    """Return how many bits the multiprecision integer at *position* has, whatever it says of itself.

    Raises: OpenPgpError `key-unreadable` if it is cut off or has none, `key-too-large` beyond what GnuPG reads.
    """
    end = end_of_integer(body, position)
    return int.from_bytes(body[position + 2 : end], "big").bit_length()


def end_of_integer(body: bytes, position: int) -> int:
    """Return where the multiprecision integer at *position* ends; raises as `bits_of_integer` does."""
    bits = _number(body, position, 2)
    end = position + 2 + (bits + 7 >> 3)
    if not bits or end > len(body):
        raise OpenPgpError("key-unreadable", "a number of a key is cut off")
    if bits > _MOST_BITS:
        raise OpenPgpError("key-too-large", f"a number of a key has more than {_MOST_BITS:,} bits")
    return end


class SignaturePacket(NamedTuple):
    """What a signature says of itself; none of it is verified.

    *kind* is the signature type (0 and 1 sign documents), *public_key* and *digest* are algorithm numbers, *created* is
    in seconds since 1970. *issuer* (16 hex digits) and *fingerprint* (40) may be empty; *flags* are the key flags of a
    binding, None without any. *subpackets* counts them.
    """

    version: int
    kind: int
    public_key: int
    digest: int
    created: int | None
    issuer: str = ""
    fingerprint: str = ""
    flags: int | None = None
    subpackets: int = 0


_CREATED, _ISSUER, _FLAGS, _ISSUER_FINGERPRINT = 2, 16, 27, 33


def read_signature(body: bytes) -> SignaturePacket:
    """Read a signature packet's body, of version 3 or 4.

    Raises: OpenPgpError `key-unreadable` if it is cut off, `unsupported-signature` for another version.
    """
    version = _number(body, 0, 1)
    if version == 3:
        _number(body, 0, 19)
        return SignaturePacket(
            3, body[2], body[15], body[16], int.from_bytes(body[3:7], "big"), body[7:15].hex().upper()
        )
    if version != 4:
        raise OpenPgpError("unsupported-signature", f"signatures of version {version} are not supported")
    hashed_size = _number(body, 4, 2)
    unhashed_size = _number(body, 6 + hashed_size, 2)
    _number(body, 8 + hashed_size + unhashed_size, 2)
    hashed, count = _read_subpackets(body[6 : 6 + hashed_size])
    unhashed, more = _read_subpackets(body[8 + hashed_size : 8 + hashed_size + unhashed_size])
    created, flags = hashed.get(_CREATED, b""), hashed.get(_FLAGS)
    issuer = hashed.get(_ISSUER) or unhashed.get(_ISSUER) or b""
    whole = hashed.get(_ISSUER_FINGERPRINT) or unhashed.get(_ISSUER_FINGERPRINT) or b""
    fingerprint = whole[1:].hex().upper() if len(whole) == 21 and whole[0] == 4 else ""
    return SignaturePacket(
        4,
        kind=body[1],
        public_key=body[2],
        digest=body[3],
        created=int.from_bytes(created, "big") if len(created) == 4 else None,
        issuer=fingerprint[-16:] or (issuer.hex().upper() if len(issuer) == 8 else ""),
        fingerprint=fingerprint,
        flags=None if flags is None else int.from_bytes(flags[:1], "big"),
        subpackets=count + more,
    )


def _read_subpackets(area: bytes) -> tuple[dict[int, bytes], int]:
    """Return the first subpacket of each type, and how many there are."""
    found: dict[int, bytes] = {}
    position = count = 0
    while position < len(area):
        first = area[position]
        if first < 192:
            length, start = first, position + 1
        elif first < 255:
            length, start = (first - 192 << 8) + _number(area, position + 1, 1) + 192, position + 2
        else:
            length, start = _number(area, position + 1, 4), position + 5
        position = start + length
        if not length or position > len(area):
            raise OpenPgpError("key-unreadable", "a subpacket of a signature is cut off")
        found.setdefault(area[start] & 0x7F, area[start + 1 : position])
        count += 1
    return found, count
