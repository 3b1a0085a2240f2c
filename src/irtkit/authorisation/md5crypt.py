"""Whether a password is the one behind an `auth: MD5-PW` hash: md5-crypt, and nothing but the comparison.

The scheme is Poul-Henning Kamp's of 1994 (FreeBSD, `crypt(3)`, "$1$"), which RIPE's server uses as it is. Python
has had no `crypt` since 3.13, the widest library of such schemes is not maintained any more, and its followers bring
thirty schemes for this one; so it is written out here. It protects nobody's password today: no hash is made here, and
registries no longer take them.

A hash is `$1$`, a salt of 1 to 8 characters, `$`, and 22 characters of the digest in an alphabet of its own.
"""

import hmac
import re
from hashlib import md5
from typing import Final

__all__ = ["LONGEST", "is_hash", "matches"]

LONGEST: Final = 4096
"""Bytes of a password; a longer one is nobody's. The work grows a thousandfold with its length."""

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_HASH = re.compile(r"\$1\$([./0-9A-Za-z]{1,8})\$([./0-9A-Za-z]{22})")
_ROUNDS = 1000
_TRIPLES = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))
"""Which bytes of the digest make each group of four characters; byte 11 makes the last two."""


def is_hash(text: str) -> bool:
    """Whether *text* has the form of an md5-crypt hash."""
    return _HASH.fullmatch(text) is not None


def matches(password: str, hashed: str) -> bool:
    """Whether *hashed* was made of *password*, in UTF-8 as the registry reads it; False for what is no hash.

    Cost: a millisecond. The comparison takes as long for one wrong hash as for another.
    """
    found = _HASH.fullmatch(hashed)
    secret = password.encode("utf-8", "surrogatepass")
    if found is None or len(secret) > LONGEST:
        return False
    return hmac.compare_digest(_encoded(_digest(secret, found[1].encode())), found[2])


def _md5(*parts: bytes) -> bytes:
    return md5(b"".join(parts), usedforsecurity=False).digest()


def _digest(secret: bytes, salt: bytes) -> bytes:
    mixed = _md5(secret, salt, secret)
    length = len(secret)
    parts = [secret, b"$1$", salt, mixed * (length // 16), mixed[: length % 16]]
    while length:
        parts.append(b"\0" if length & 1 else secret[:1])
        length >>= 1
    final = _md5(*parts)
    for number in range(_ROUNDS):
        odd = number & 1
        final = _md5(
            secret if odd else final,
            salt if number % 3 else b"",
            secret if number % 7 else b"",
            final if odd else secret,
        )
    return final


def _encoded(digest: bytes) -> str:
    groups = [(digest[a] << 16 | digest[b] << 8 | digest[c], 4) for a, b, c in _TRIPLES]
    return "".join(
        _ALPHABET[value >> 6 * position & 63] for value, size in [*groups, (digest[11], 2)] for position in range(size)
    )
