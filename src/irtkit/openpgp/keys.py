"""Public keys: what a block of OpenPGP packets says about the keys in it (RFC 9580, sections 5.5 and 10.1).

Names, numbers and fingerprints are read; no signature on a key is verified, so that what depends on one (whether
it has expired, was revoked, or which subkeys are its own) is what the block claims. GnuPG decides that
(`irtkit.openpgp.listings`). A secret key is refused and never shown.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha1
from typing import Final

from irtkit.openpgp.armour import PUBLIC_KEY, find_label, iter_armours
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.packets import (
    MOST_SUBPACKETS,
    Packet,
    SignaturePacket,
    Tag,
    as_packet,
    bits_of_integer,
    end_of_integer,
    iter_packets,
    read_signature,
)

__all__ = [
    "LARGEST_BLOCK",
    "PublicKey",
    "Subkey",
    "UserId",
    "algorithm_name",
    "as_fingerprint",
    "read_block",
    "read_keys",
    "refuse_secret_key",
]

LARGEST_BLOCK: Final = 5_000_000
"""Bytes of a block of keys that are read: as many as a registry takes in one object."""

_ALGORITHMS: Final = {
    1: "RSA",
    2: "RSA",
    3: "RSA",
    16: "Elgamal",
    17: "DSA",
    18: "ECDH",
    19: "ECDSA",
    22: "EdDSA",
    25: "X25519",
    26: "X448",
    27: "Ed25519",
    28: "Ed448",
}
_CURVES: Final = {
    "2a8648ce3d030107": ("P-256", 256),
    "2b81040022": ("P-384", 384),
    "2b81040023": ("P-521", 521),
    "2b8104000a": ("secp256k1", 256),
    "2b2403030208010107": ("brainpoolP256r1", 256),
    "2b240303020801010b": ("brainpoolP384r1", 384),
    "2b240303020801010d": ("brainpoolP512r1", 512),
    "2b06010401da470f01": ("Ed25519", 255),
    "2b060104019755010501": ("Curve25519", 255),
}
_SIGNING: Final = frozenset({1, 3, 17, 19, 22, 27, 28})
_ON_CURVES: Final = frozenset({18, 19, 22})
_RSA: Final = (16_384, 64)
_INTEGERS: Final = {1: _RSA, 2: _RSA, 3: _RSA, 16: (16_384,) * 3, 17: (4_096, 512, 4_096, 4_096)}
"""The most bits that each number of a key may have, by algorithm: with more, GnuPG would compute for long."""
_MOST_OWN_SIGNATURES: Final = 500
"""Signatures of a key on itself, each of which GnuPG verifies."""
_MAY_SIGN: Final = 0x02
_CERTIFICATIONS: Final = range(0x10, 0x14)
_BINDING, _REVOKED_KEY, _REVOKED_USER_ID = 0x18, 0x20, 0x30
_SIGNED: Final = frozenset({Tag.PUBLIC_KEY, Tag.USER_ID, Tag.PUBLIC_SUBKEY})
_LONGEST_NAME: Final = 2_048
_LONGEST_KEY: Final = 20_000  # bytes; RSA with 16,384 bits takes 2,060
_SECRET_LABEL = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}(?:PRIVATE|SECRET) KEY")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_LONGEST_SPELLING: Final = 100  # characters; 40 digits with a blank after each have 80
_SPACES = re.compile(r"[\s:]++")


def as_fingerprint(text: str) -> str | None:
    """Return the 40 hex digits that *text* is, blanks or colons between them or `0x` before them aside, or None."""
    if len(text) > _LONGEST_SPELLING:
        return None
    digits = _SPACES.sub("", text).upper().removeprefix("0X")
    return digits if _FINGERPRINT.fullmatch(digits) else None


def algorithm_name(number: int) -> str:
    """Return the name of a public-key algorithm, or its number."""
    return _ALGORITHMS.get(number, f"algorithm {number}")


@dataclass(frozen=True, slots=True)
class UserId:
    """A name on a key, as its owner spelled it; *revoked* if there is a signature that says so."""

    raw: bytes
    revoked: bool = False

    @property
    def text(self) -> str:
        """The name as text: UTF-8, and where it is none, latin-1."""
        try:
            return self.raw.decode()
        except UnicodeDecodeError:
            return self.raw.decode("latin-1")


@dataclass(frozen=True)
class Subkey:
    """A key packet: *created* in seconds since 1970; *bits* is None where the kind of key is not known.

    *flags* are the key flags of its newest binding as far as the block claims, None without any.
    """

    fingerprint: str
    algorithm: int
    created: int
    bits: int | None = None
    curve: str = ""
    flags: int | None = None

    @property
    def key_id(self) -> str:
        """The 16 hex digits that signatures name their key by."""
        return self.fingerprint[-16:]

    @property
    def algorithm_name(self) -> str:
        """What the key is, such as `RSA-2048` or `EdDSA Ed25519`."""
        name = algorithm_name(self.algorithm)
        if self.curve:
            return f"{name} {self.curve}"
        return f"{name}-{self.bits}" if self.bits else name

    @property
    def can_sign(self) -> bool:
        """Whether the kind of key can sign, and its flags, as claimed, allow it."""
        return self.algorithm in _SIGNING and (self.flags is None or bool(self.flags & _MAY_SIGN))


@dataclass(frozen=True)
class PublicKey(Subkey):
    """A primary key with its names and subkeys, in the order of the block, and the packets that GnuPG needs of it."""

    user_ids: tuple[UserId, ...] = ()
    subkeys: tuple[Subkey, ...] = ()
    revoked: bool = False
    """Whether one of its own signatures says that it is revoked."""
    essence: bytes = b""
    """Packets of the key without those of other people: key, names, subkeys and its own signatures."""

    @property
    def key_cert_name(self) -> str:
        """The name of the key's key-cert, `PGPKEY-` and the last eight digits of the fingerprint."""
        return f"PGPKEY-{self.fingerprint[-8:]}"

    @cached_property
    def key_ids(self) -> frozenset[str]:
        """The ids of the key and of all its subkeys."""
        return frozenset((self.key_id, *(subkey.key_id for subkey in self.subkeys)))


def refuse_secret_key(text: str) -> None:
    """Do nothing, unless *text* has the first line of an armoured secret key of any kind.

    Raises: OpenPgpError `secret-key`.
    """
    if _SECRET_LABEL.search(text):
        raise OpenPgpError("secret-key", "this is a secret key: give the public one, and show this to nobody")


def read_block(data: bytes) -> bytes:
    """Return the packets of a file that holds public keys, armoured or not.

    Raises: OpenPgpError: `secret-key`, `key-too-large`, `no-key`, or `key-unreadable` for a damaged armour.
    """
    if len(data) > LARGEST_BLOCK:
        raise OpenPgpError("key-too-large", f"there are more than {LARGEST_BLOCK:,} bytes")
    if data[:1] >= b"\x80":
        return data
    text = data.decode("latin-1").replace("\r\n", "\n")
    refuse_secret_key(text)
    label = find_label(text)
    if label is None:
        raise OpenPgpError("no-key", "there is neither an armoured key nor an OpenPGP packet")
    if label != PUBLIC_KEY:
        raise OpenPgpError("no-key", "the armoured block is no public key")
    return b"".join(block.data for block in iter_armours(text) if block.label == PUBLIC_KEY)


def read_keys(data: bytes) -> list[PublicKey]:
    """Return the public keys in a sequence of packets, in order.

    Raises: OpenPgpError: `secret-key`, `key-too-large`, `no-key` if there is none, `unsupported-algorithm` for keys
    of another version than 4, `key-unreadable` for anything that is not made as keys are.
    """
    if len(data) > LARGEST_BLOCK:
        raise OpenPgpError("key-too-large", f"there are more than {LARGEST_BLOCK:,} bytes")
    keys = [_read_key(packets) for packets in _iter_blocks(iter_packets(data))]
    if not keys:
        raise OpenPgpError("no-key", "there is no public key")
    return keys


def _iter_blocks(packets: Iterable[Packet]) -> Iterator[list[Packet]]:
    """Yield the packets of one key after the other."""
    block: list[Packet] = []
    for packet in packets:
        if packet.tag in {Tag.SECRET_KEY, Tag.SECRET_SUBKEY}:
            raise OpenPgpError("secret-key", "this is a secret key: give the public one, and show this to nobody")
        if packet.tag == Tag.PUBLIC_KEY:
            if block:
                yield block
            block = [packet]
        elif block:
            block.append(packet)
        elif packet.tag != Tag.TRUST:
            raise OpenPgpError("no-key", "the packets do not begin with a public key")
    if block:
        yield block


def _read_key(packets: list[Packet]) -> PublicKey:
    reader = _Reader(_read_subkey(packets[0].body), packets[0])
    for packet in packets[1:]:
        if packet.tag == Tag.SIGNATURE:
            reader.read_signature(packet)
        else:
            reader.read_other(packet)
    return reader.key()


class _Reader:
    """Gathers the packets that follow a primary key."""

    def __init__(self, primary: Subkey, packet: Packet) -> None:
        self._primary = primary
        self._names: list[UserId] = []
        self._subkeys: list[Subkey] = []
        self._essence = [packet]
        self._flags: int | None = None
        self._revoked = False
        self._about: int = Tag.PUBLIC_KEY
        self._subpackets = 0
        self._own = 0

    def read_other(self, packet: Packet) -> None:
        """Take a packet that the next signatures are about."""
        self._about = packet.tag
        if packet.tag == Tag.USER_ID:
            if len(packet.body) > _LONGEST_NAME:
                raise OpenPgpError("key-too-large", f"a name on the key has more than {_LONGEST_NAME:,} bytes")
            self._names.append(UserId(packet.body))
        elif packet.tag == Tag.PUBLIC_SUBKEY:
            self._subkeys.append(_read_subkey(packet.body))
        else:
            return
        self._essence.append(packet)

    def read_signature(self, packet: Packet) -> None:
        """Take a signature about what came before."""
        signature = _find_signature(packet.body)
        if signature is None:
            return
        self._subpackets += signature.subpackets
        if self._subpackets > MOST_SUBPACKETS:
            raise OpenPgpError("key-too-large", f"there are more than {MOST_SUBPACKETS:,} subpackets in signatures")
        if self._about == Tag.USER_ID and signature.kind == _REVOKED_USER_ID:
            self._names[-1] = UserId(self._names[-1].raw, revoked=True)  # whoever says so: the registry does not ask
        if signature.issuer in {self._primary.key_id, ""} and self._about in _SIGNED:
            self._own += 1
            if self._own > _MOST_OWN_SIGNATURES:
                raise OpenPgpError("key-too-large", f"the key has signed itself more than {_MOST_OWN_SIGNATURES} times")
            self._essence.append(packet)
            self._read_own(signature)

    def _read_own(self, signature: SignaturePacket) -> None:
        if self._about == Tag.PUBLIC_SUBKEY and signature.kind == _BINDING:
            self._subkeys[-1] = replace(self._subkeys[-1], flags=signature.flags)
        elif self._about == Tag.USER_ID and signature.kind in _CERTIFICATIONS and self._flags is None:
            self._flags = signature.flags
        elif self._about == Tag.PUBLIC_KEY and signature.kind == _REVOKED_KEY:
            self._revoked = True

    def key(self) -> PublicKey:
        """Return what was gathered."""
        primary = self._primary
        return PublicKey(
            fingerprint=primary.fingerprint,
            algorithm=primary.algorithm,
            created=primary.created,
            bits=primary.bits,
            curve=primary.curve,
            flags=self._flags,
            user_ids=tuple(self._names),
            subkeys=tuple(self._subkeys),
            revoked=self._revoked,
            essence=b"".join(map(as_packet, self._essence)),
        )


def _find_signature(body: bytes) -> SignaturePacket | None:
    """Read a signature on a key; one of a version that nobody knows counts for nothing."""
    try:
        return read_signature(body)
    except OpenPgpError as error:
        if error.code == "unsupported-signature":
            return None
        raise


def _read_subkey(body: bytes) -> Subkey:
    if len(body) < 6:
        raise OpenPgpError("key-unreadable", "a key is cut off")
    if body[0] != 4:
        raise OpenPgpError("unsupported-algorithm", f"keys of version {body[0]} are not supported")
    algorithm = body[5]
    curve, bits = "", None
    if algorithm in _ON_CURVES:
        curve, bits = _read_curve(body)
    elif algorithm in _INTEGERS:
        bits = bits_of_integer(body, 6)
        _refuse_large_numbers(body, 6, _INTEGERS[algorithm])
    if len(body) > _LONGEST_KEY:
        raise OpenPgpError("key-too-large", f"a key has more than {_LONGEST_KEY:,} bytes")
    framed = b"\x99" + len(body).to_bytes(2, "big") + body
    fingerprint = sha1(framed, usedforsecurity=False).hexdigest().upper()
    return Subkey(fingerprint, algorithm, int.from_bytes(body[1:5], "big"), bits, curve)


def _refuse_large_numbers(body: bytes, position: int, most: Iterable[int]) -> None:
    """Do nothing if numbers of at most so many bits begin at *position*, none of them cut off."""
    for bits in most:
        if bits_of_integer(body, position) > bits:
            raise OpenPgpError("key-too-large", f"a number of a key has more than {bits:,} bits")
        position = end_of_integer(body, position)


def _read_curve(body: bytes) -> tuple[str, int | None]:
    size = body[6] if len(body) > 6 else 0
    if not size or len(body) < 7 + size:
        raise OpenPgpError("key-unreadable", "a key is cut off")
    bits_of_integer(body, 7 + size)
    return _CURVES.get(body[7 : 7 + size].hex(), (f"curve {body[7 : 7 + size].hex()}", None))
