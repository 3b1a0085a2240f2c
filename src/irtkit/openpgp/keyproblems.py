"""What is wrong with a key-cert: what the registry refuses, what it does not notice, and what it will replace.

GnuPG's answer about a PGP key (`irtkit.openpgp.listings`) is needed for what depends on signatures: expired, revoked,
valid, may sign. Without one nothing is said about that. Templates and references are `irtkit.validation`'s.
"""

from collections.abc import Iterator
from typing import Final

from irtkit.openpgp.faults import problem_of
from irtkit.openpgp.keycerts import KeyCert, generated_attributes
from irtkit.openpgp.keys import PublicKey
from irtkit.openpgp.listings import KeyState
from irtkit.openpgp.verdicts import time_text
from irtkit.openpgp.x509 import Certificate
from irtkit.problems import Problem, Span
from irtkit.rpsl import Attribute
from irtkit.rpsl.faults import shown

__all__ = ["SOON", "iter_key_problems"]

SOON: Final = 30 * 24 * 3_600
"""Seconds before a key's end in which it is said to expire soon."""

_FEWEST_BITS: Final = 1_024
_RSA_OR_DSA: Final = frozenset({1, 2, 3, 17})
_TAKEN: Final = frozenset({1, 3, 17, 19, 22})
_WEAK: Final = frozenset({"md2", "md4", "md5"})
_GENERATED: Final = (("method", "method-mismatch"), ("owner", "owner-mismatch"), ("fingerpr", "fingerprint-mismatch"))
_OLD_NAMES: Final = ("/Email=", "/emailAddress=", "/E=")  # of EMAILADDRESS, in certificates of long ago


def iter_key_problems(cert: KeyCert, state: KeyState | None, now: float) -> Iterator[Problem]:
    """Yield the problems of a key-cert: first its key's, then its other attributes'.

    *now* is in seconds since 1970; *state* is GnuPG's answer about its key.
    """
    span = _certif_span(cert)
    if cert.fault is not None:
        yield problem_of(cert.fault.code, cert.fault.message, span)
    if cert.key is not None:
        yield from _iter_name_problems(cert, cert.key)
        yield from _iter_kind_problems(cert.key, span)
        if state is not None and cert.fault is None:
            yield from _iter_state_problems(cert.key, state, now, span)
    if cert.certificate is not None:
        yield from _iter_certificate_problems(cert.certificate, now, span)
    yield from _iter_mismatches(cert)


def _certif_span(cert: KeyCert) -> Span | None:
    first = cert.object.first("certif")
    return first.name_span if first else None


def _iter_name_problems(cert: KeyCert, key: PublicKey) -> Iterator[Problem]:
    if cert.fault is None and not cert.names_its_key:
        message = (
            f"{shown(cert.name)} is not the name of the key in it, {key.fingerprint}; the registry does not notice"
        )
        yield problem_of(
            "id-mismatch", message, cert.object[0].span(0, len(cert.name)), f"expected {key.key_cert_name}"
        )


def _iter_kind_problems(key: PublicKey, span: Span | None) -> Iterator[Problem]:
    if key.algorithm not in _TAKEN:
        hint = "expected an RSA, DSA, ECDSA or EdDSA key that may sign"
        yield problem_of("unsupported-algorithm", f"the key is of the kind {key.algorithm_name}", span, hint)
    elif key.algorithm in _RSA_OR_DSA and key.bits is not None and key.bits < _FEWEST_BITS:
        yield problem_of("key-too-short", f"the key has {key.bits} bits", span, f"expected {_FEWEST_BITS:,} or more")


def _iter_state_problems(key: PublicKey, state: KeyState, now: float, span: Span | None) -> Iterator[Problem]:
    if state.revoked or key.revoked:
        yield problem_of("key-revoked", "the key was revoked", span)
        return
    if state.expired:
        yield problem_of("key-expired", f"the key expired at {time_text(state.expires or 0)}", span)
        return
    if not state.valid or not state.usable:
        yield problem_of("key-invalid", "no name on the key has a good signature by the key itself", span)
        return
    if not state.can_sign:
        yield problem_of("no-signing-key", "neither the key nor a subkey may sign now", span)
    end = state.signing_until
    if end is not None and end - now < SOON:
        yield problem_of("key-expires-soon", f"it can sign until {time_text(end)}", span)


def _iter_certificate_problems(certificate: Certificate, now: float, span: Span | None) -> Iterator[Problem]:
    if certificate.not_after < now:
        message = f"the certificate expired at {time_text(certificate.not_after)}"
        yield problem_of("key-expired", message, span)
    if certificate.not_before > now:
        message = f"the certificate is valid from {time_text(certificate.not_before)}"
        yield problem_of("key-not-yet-valid", message, span)
    if certificate.bits is not None and certificate.bits < _FEWEST_BITS:
        message = f"the key of the certificate has {certificate.bits} bits"
        yield problem_of("key-too-short", message, span, f"expected {_FEWEST_BITS:,} or more")
    if certificate.digest in _WEAK:
        message = f"the certificate is signed over an {certificate.digest.upper()} digest"
        yield problem_of("weak-certificate", message, span)


def _iter_mismatches(cert: KeyCert) -> Iterator[Problem]:
    """Yield what the object states and the registry will replace; nothing for what cannot be generated."""
    generated = generated_attributes(cert) if cert.fault is None else ()
    for name, code in _GENERATED:
        stated = cert.object.get(name)
        right = [_plain(value) for own, value in generated if own == name]
        if not right or not stated or list(map(_stated, stated)) == right:
            continue
        wrong = next((attribute for attribute in stated if _stated(attribute) not in right), stated[-1])
        message = f"{shown(wrong.value)} is not what the registry makes of the key"
        hint = f"expected {', '.join(shown(value) for own, value in generated if own == name)}"
        yield problem_of(code, message, wrong.span(0, len(wrong.value)), hint)


def _stated(attribute: Attribute) -> str:
    """Return what an attribute states; a name on a key may have a `#` in it, and the registry does not mind."""
    return _plain(attribute.raw.partition(":")[2])


def _plain(value: str) -> str:
    for old in _OLD_NAMES:
        value = value.replace(old, "/EMAILADDRESS=")
    return " ".join(value.split()).lower()
