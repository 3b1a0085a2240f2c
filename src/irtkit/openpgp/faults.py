"""What is wrong with keys, key-certs, signatures and signed messages: a table of codes, and the exception.

A code is part of the interface: scripts name it. The modules beside this one look for the faults; `irtkit.submission`
and `irtkit.validation` have codes of their own, and none has two meanings.
"""

from typing import Final, NamedTuple

from irtkit.errors import IrtkitError
from irtkit.problems import Problem, Severity, Span

__all__ = ["CODES", "KEY_CODES", "SIGNATURE_CODES", "Code", "Fault", "OpenPgpError", "problem_of"]

_RIPE = "RIPE whois 1.124"
_RFC = "RFC 9580"
_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class Fault(NamedTuple):
    """Why a key, a signature or a signed text cannot be used; *code* is one of `CODES`. No message shows a key."""

    code: str
    message: str


class OpenPgpError(IrtkitError):
    """A key, a signature or a signed text cannot be used; it says why as a `Fault` does, the code in brackets."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"

    @property
    def fault(self) -> Fault:
        """The same as a value, which keeps nothing else alive."""
        return Fault(self.code, self.message)


class Code(NamedTuple):
    """One kind of problem: its name, how much it matters, and what it means."""

    code: str
    severity: Severity
    title: str
    citation: str


KEY_CODES: Final = (
    Code("no-key", _ERROR, "there is no key in it", f"{_RIPE}: PgpPublicKeyWrapper"),
    Code("key-unreadable", _ERROR, "the armour or what is in it is damaged", f"{_RFC}, sections 4 and 6"),
    Code("key-too-large", _ERROR, "it has more packets or bytes than any key needs", "irtkit: a limit of its own"),
    Code("secret-key", _ERROR, "it is a secret key; nothing of it is shown or kept", f"{_RFC}, section 5.5.1"),
    Code("several-keys", _ERROR, "it holds more than one key; a key-cert holds one", f"{_RIPE}: PgpPublicKeyWrapper"),
    Code("id-mismatch", _ERROR, "PGPKEY- and eight digits are not the end of the fingerprint", f"{_RIPE}: key-cert"),
    Code("key-expired", _ERROR, "the key has expired", f"{_RIPE}: PgpKeycertValidator, X509KeycertValidator"),
    Code("key-revoked", _ERROR, "the key was revoked", f"{_RIPE}: PgpKeycertValidator"),
    Code("key-invalid", _ERROR, "GnuPG finds no valid self-signature on it", f"{_RFC}, section 5.2.3"),
    Code("key-not-yet-valid", _ERROR, "the certificate is not valid yet", f"{_RIPE}: X509CertificateWrapper"),
    Code("key-too-short", _ERROR, "an RSA or DSA key has fewer than 1,024 bits", f"{_RIPE}: PgpKeycertValidator"),
    Code("unsupported-algorithm", _ERROR, "the registry does not take keys of this kind", f"{_RIPE}: BouncyCastle"),
    Code("weak-certificate", _ERROR, "the certificate is signed over an MD5 digest", f"{_RIPE}: X509KeycertValidator"),
    Code("key-expires-soon", _WARNING, "the key expires within a month", f"{_RIPE}: PgpKeycertValidator"),
    Code("no-signing-key", _WARNING, "neither the key nor a subkey may sign", f"{_RIPE}: PgpPublicKeyWrapper"),
    Code("method-mismatch", _WARNING, "method: is not what the registry makes of the key", f"{_RIPE}: KeyWrapper"),
    Code("owner-mismatch", _WARNING, "owner: is not what the registry makes of the key", f"{_RIPE}: KeyWrapper"),
    Code("fingerprint-mismatch", _WARNING, "fingerpr: is not the key's fingerprint", f"{_RIPE}: KeyWrapper"),
)
"""What may be wrong with a key or a key-cert."""

SIGNATURE_CODES: Final = (
    Code("altered", _ERROR, "the text is not what was signed", f"{_RFC}, section 5.2.4"),
    Code("unknown-key", _ERROR, "no key-cert at hand has the key", f"{_RIPE}: PgpCredentialValidator"),
    Code(
        "wrong-key", _ERROR, "another key than the key-cert's, or one that may not sign", f"{_RIPE}: PgpSignedMessage"
    ),
    Code("key-expired", _ERROR, "the key has expired", f"{_RIPE}: PgpCredentialValidator"),
    Code("key-revoked", _ERROR, "the key was revoked", f"{_RIPE}: PgpCredentialValidator"),
    Code("signature-expired", _ERROR, "the signature has expired", f"{_RFC}, section 5.2.3.18"),
    Code("signed-in-the-future", _ERROR, "signed more than an hour from now", f"{_RIPE}: PgpSignedMessage"),
    Code("signed-too-long-ago", _ERROR, "signed more than an hour ago", f"{_RIPE}: PgpSignedMessage"),
    Code("weak-digest", _ERROR, "signed over an MD5, SHA-1 or RIPEMD-160 digest", f"{_RFC}, section 9.5"),
    Code("malformed-signature", _ERROR, "the signed text or its signature is not well formed", f"{_RFC}, section 7"),
    Code("several-signatures", _ERROR, "one block holds several signatures", f"{_RIPE}: PgpSignedMessage"),
    Code("line-too-long", _ERROR, "GnuPG signs only the first 19,995 bytes of a line", "GnuPG: textfilter.c"),
    Code("unsupported-signature", _ERROR, "it is of a kind that cannot be verified here", f"{_RFC}, section 9"),
    Code("unverifiable-signature", _ERROR, "GnuPG gave no clear answer about it", "GnuPG: doc/DETAILS"),
    Code("too-many-signatures", _ERROR, "more signatures than anybody needs", "irtkit: a limit of its own"),
    Code(
        "signed-too-deep", _ERROR, "more signatures inside each other than anybody needs", "irtkit: a limit of its own"
    ),
    Code("not-signed", _ERROR, "there is no signed text", f"{_RFC}, section 7"),
    Code("not-all-covered", _ERROR, "something stands outside of all signed text", f"{_RFC}, section 7"),
    Code("message-too-large", _ERROR, "the message is larger than any update", "irtkit: a limit of its own"),
    Code("not-text", _ERROR, "the message is no text", "irtkit: what a file of objects is"),
    Code("malformed-mail", _ERROR, "the parts of the mail cannot be told apart", "RFC 2046, section 5.1"),
    Code("already-signed", _ERROR, "the text holds a signed block; it can be signed around", f"{_RFC}, section 7"),
    Code("stray-carriage-return", _ERROR, "a carriage return stands inside a line", f"{_RIPE}: update messages"),
    Code(
        "objects-changed", _ERROR, "signed, the text would hold other objects than before", f"{_RIPE}: update messages"
    ),
    Code("valid-for-an-hour", _INFO, "registries take a signature for an hour", f"{_RIPE}: PgpSignedMessage"),
    Code("charset-matters", _INFO, "the text has other characters than ASCII", f"{_RIPE}: character sets"),
    Code("part-not-read", _INFO, "a part of the mail that the registry does not read", f"{_RIPE}: signed updates"),
)
"""What may be wrong with a signature or a signed message."""

CODES: Final = {row.code: row for row in (*KEY_CODES, *SIGNATURE_CODES)}


def problem_of(code: str, message: str, span: Span | None = None, hint: str | None = None) -> Problem:
    """Return a problem with the code's severity and citation.

    Raises: KeyError for a code that is not in the table.
    """
    row = CODES[code]
    return Problem(code, row.severity, message, span, hint, row.citation)
