"""X.509 certificates in key-certs: whose they are, how long they are valid, how they are signed.

They are read with `cryptography`, which is imported here only, when the first one is met. Nobody's signature on one is
verified: the registry compares certificates with the one it has, and so does whoever uses this.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from irtkit.openpgp.faults import OpenPgpError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as Parsed
    from cryptography.x509 import Name, NameAttribute

__all__ = ["Certificate", "read_certificate"]

_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_SYMBOLS: Final = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREETADDRESS",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "T",
    "2.5.4.13": "DESCRIPTION",
    "2.5.4.42": "GN",
    "2.5.4.43": "INITIALS",
    "2.5.4.44": "GENERATION",
    "2.5.4.46": "DN",
    "1.2.840.113549.1.9.1": "EMAILADDRESS",
    "1.2.840.113549.1.9.2": "unstructuredName",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
"""How the registry writes the parts of a name (RIPE whois 1.124: X509CertificateWrapper)."""
_ESCAPED: Final = frozenset(',"\\+=<>;')


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says.

    *owner* and *fingerprint* (MD5, 16 octets with colons) are as the registry writes them. *not_before* and *not_after*
    are in seconds since 1970. *digest* is the name of the digest it is signed over, lower case, empty if there is none;
    *bits* is None unless the key is an RSA or a DSA key.
    """

    owner: str
    fingerprint: str
    not_before: float
    not_after: float
    digest: str
    algorithm: str
    bits: int | None


def read_certificate(text: str) -> Certificate:
    """Read the one certificate in *text*, in PEM.

    Raises: OpenPgpError `key-unreadable` or `several-keys`; `unsupported-algorithm` if `cryptography` is missing.
    """
    count = text.count(_BEGIN)
    if count > 1:
        raise OpenPgpError("several-keys", f"there are {count} certificates in one key-cert")
    try:
        from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - a library's weight
    except ImportError:
        message = "an X.509 certificate is read with the package cryptography, which is not installed"
        raise OpenPgpError("unsupported-algorithm", message) from None
    try:
        return _read(load_pem_x509_certificate(text.encode("ascii", "replace")))
    except (ValueError, TypeError):
        raise OpenPgpError("key-unreadable", "the X.509 certificate is damaged") from None


def _read(parsed: "Parsed") -> Certificate:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - a library's weight
    from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.hashes import MD5  # noqa: PLC0415 - the same

    try:
        digest = parsed.signature_hash_algorithm
        public = parsed.public_key()
    except UnsupportedAlgorithm:
        raise OpenPgpError("unsupported-algorithm", "the kind of this certificate's key is not known") from None
    kinds: dict[type, str] = {RSAPublicKey: "RSA", DSAPublicKey: "DSA", EllipticCurvePublicKey: "ECDSA"}
    other = type(public).__name__.removesuffix("PublicKey")
    return Certificate(
        owner=_owner(parsed.subject),
        fingerprint=parsed.fingerprint(MD5()).hex(":").upper(),  # noqa: S303 - what the registry shows
        not_before=parsed.not_valid_before_utc.timestamp(),
        not_after=parsed.not_valid_after_utc.timestamp(),
        digest=digest.name if digest else "",
        algorithm=next((name for kind, name in kinds.items() if isinstance(public, kind)), other),
        bits=public.key_size if isinstance(public, RSAPublicKey | DSAPublicKey) else None,
    )


def _owner(name: "Name") -> str:
    parts = ["+".join(map(_part, sorted(part, key=_position))) for part in name.rdns]
    return "".join(f"/{part}" for part in parts).replace("+SERIALNUMBER=", "/SERIALNUMBER=")


def _position(attribute: "NameAttribute[Any]") -> str:
    return attribute.oid.dotted_string


def _part(attribute: "NameAttribute[Any]") -> str:
    value = attribute.value if isinstance(attribute.value, str) else f"#{attribute.value.hex()}"
    written = "".join([f"\\{c}" if c in _ESCAPED else c if c.isprintable() else "?" for c in value])
    return f"{_SYMBOLS.get(attribute.oid.dotted_string, attribute.oid.dotted_string)}={written}"
