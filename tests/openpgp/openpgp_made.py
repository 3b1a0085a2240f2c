"""OpenPGP packets made by hand, for keys and signatures that GnuPG would not make: Ed25519 keys of any date and name.

They are test data: the secret keys are made of short numbers and protect nothing.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha1, sha256, sha512

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from irtkit.openpgp.armour import SIGNATURE, armoured
from irtkit.openpgp.cleartext import canonical
from irtkit.openpgp.packets import Packet, Tag, as_packet

ED25519 = bytes.fromhex("092b06010401da470f01")
EDDSA, SHA256, SHA512 = 22, 8, 10
CREATED = 1_700_000_000
CERTIFY_AND_SIGN, ENCRYPT = 3, 12
DIGESTS = {SHA256: sha256, SHA512: sha512}


def integer(octets: bytes) -> bytes:
    """A multiprecision integer."""
    number = int.from_bytes(octets, "big")
    return number.bit_length().to_bytes(2, "big") + number.to_bytes((number.bit_length() + 7) // 8, "big")


def subpacket(kind: int, body: bytes) -> bytes:
    size = len(body) + 1
    head = bytes([size]) if size < 192 else bytes([(size - 192 >> 8) + 192, size - 192 & 0xFF])
    return head + bytes([kind]) + body


def number(value: int) -> bytes:
    return value.to_bytes(4, "big")


@dataclass(frozen=True)
class MadeKey:
    """An Ed25519 key made of a seed and a date."""

    seed: int
    created: int = CREATED
    name: bytes = b"Made Key <made@example.net>"

    @cached_property
    def secret(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed.to_bytes(32, "big"))

    @cached_property
    def point(self) -> bytes:
        return b"\x40" + self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def body(self) -> bytes:
        return b"\x04" + number(self.created) + bytes([EDDSA]) + ED25519 + integer(self.point)

    @property
    def hashed_body(self) -> bytes:
        return b"\x99" + len(self.body).to_bytes(2, "big") + self.body

    @property
    def fingerprint(self) -> str:
        return sha1(self.hashed_body).hexdigest().upper()

    def signature(
        self,
        data: bytes,
        kind: int = 1,
        *,
        created: int | None = None,
        digest: int = SHA512,
        hashed: bytes = b"",
        issuer: str = "",
    ) -> bytes:
        """A signature packet over *data*; it may claim another issuer."""
        fingerprint = bytes.fromhex(issuer or self.fingerprint)
        unhashed = subpacket(16, fingerprint[-8:])
        own = subpacket(2, number(self.created if created is None else created))
        own += subpacket(33, b"\x04" + fingerprint) + hashed
        head = bytes([4, kind, EDDSA, digest]) + len(own).to_bytes(2, "big") + own
        value = DIGESTS[digest](data + head + b"\x04\xff" + number(len(head))).digest()
        signed = self.secret.sign(value)
        body = head + len(unhashed).to_bytes(2, "big") + unhashed + value[:2]
        return as_packet(Packet(Tag.SIGNATURE, body + integer(signed[:32]) + integer(signed[32:])))

    def public(self, *, flags: int = CERTIFY_AND_SIGN, hashed: bytes = b"", more: bytes = b"") -> bytes:
        """The packets of the public key: key, name, self-signature, then *more*."""
        named = self.hashed_body + b"\xb4" + number(len(self.name)) + self.name
        certification = self.signature(named, 0x13, hashed=subpacket(27, bytes([flags])) + hashed)
        key, name = Packet(Tag.PUBLIC_KEY, self.body), Packet(Tag.USER_ID, self.name)
        return as_packet(key) + as_packet(name) + certification + more

    def clear_signed(self, text: str, *, created: int, digest: int = SHA512, kind: int = 1) -> str:
        """*text*, which must end with a line feed, clear-signed."""
        escaped = "".join(f"- {line}" if line.startswith("-") else line for line in text.splitlines(keepends=True))
        content = escaped.removesuffix("\n")
        signature = armoured(self.signature(canonical(content), kind, created=created, digest=digest), SIGNATURE)
        name = {SHA256: "SHA256", SHA512: "SHA512"}[digest]
        return f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: {name}\n\n{content}\n{signature}"


def keys_with_one_id() -> tuple[MadeKey, MadeKey]:
    """Two different keys whose fingerprints end with the same eight digits."""
    ends: dict[bytes, int] = {}
    first, second = MadeKey(1), MadeKey(2)
    for seed, key in ((1, first), (2, second)):
        head, tail = key.hashed_body[:4], key.hashed_body[8:]
        for created in range(CREATED, CREATED + 150_000):
            end = sha1(head + number(created) + tail).digest()[-4:]
            if seed == 1:
                ends[end] = created
            elif end in ends:
                return MadeKey(1, ends[end], b"Victim <victim@example.net>"), MadeKey(
                    2, created, b"Thief <thief@example.net>"
                )
    raise AssertionError("no two fingerprints end alike")


def certif(armour: str) -> str:
    """An armour as lines of a key-cert."""
    return "".join(f"certif:         {line}".rstrip() + "\n" for line in armour.removesuffix("\n").split("\n"))
