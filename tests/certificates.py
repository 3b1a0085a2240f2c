"""Certificates for tests, made when they are needed: an authority of our own, and what it signs."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Authority"]


class _Signed(NamedTuple):
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class Authority:
    """Signs certificates of servers; *folder* is where OpenSSL reads them."""

    def __init__(self, folder: Path, name: str = "irtkit test authority") -> None:
        self._folder, self._name = folder, name
        self._own = self._make(name, None, [], timedelta(days=1))

    def trusting(self) -> ssl.SSLContext:
        """Return the context of a client that trusts this authority, and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self._own.certificate.public_bytes(serialization.Encoding.PEM).decode())
        return context

    def serving(self, *names: str, days: int = 1) -> ssl.SSLContext:
        """Return the context of a server with these names or addresses; negative *days* are over."""
        signed = self._make(names[0], self._own, list(names), timedelta(days=days))
        path = self._folder / f"{len(list(self._folder.iterdir()))}.pem"
        key = signed.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(key + signed.certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _make(self, name: str, issuer: _Signed | None, names: list[str], lasts: timedelta) -> _Signed:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=10))
            .not_valid_after(now + lasts)
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_name(text) for text in names]), critical=False
            )
        signer = key if issuer is None else issuer.key
        return _Signed(builder.sign(signer, hashes.SHA256()), key)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
