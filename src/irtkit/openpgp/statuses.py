"""What GnuPG says about a signature: its status lines, read (GnuPG: doc/DETAILS, "Format of the --status-fd output").

Only these lines count: no exit status, and no text for people. Lines end with a line feed and nothing else, because a
name on a key may hold any other character. An answer that is not the expected one is no answer. It judges nothing.
"""

import re
from enum import StrEnum
from typing import Final, NamedTuple

__all__ = ["Outcome", "SignatureStatus", "failure_reason", "read_signature_status", "status_lines"]

_PREFIX: Final = b"[GNUPG:] "
_FINGERPRINT = re.compile(r"[0-9A-F]{40}")
_VALID_FIELDS: Final = 10
_ERROR_FIELDS: Final = 6
_REASONS: Final = {
    11: "the passphrase is wrong",
    17: "the secret key is not there",
    31: "the passphrase is wrong",
    54: "the key cannot sign: it has expired, was revoked, or may not",
    62: "nobody typed a passphrase in time",
    85: "there is no program to ask for the passphrase (pinentry)",
    86: "there is no program to ask for the passphrase (pinentry)",
    99: "no passphrase was given",
    177: "no passphrase was given",
    198: "no passphrase was given",
    32870: "there is no terminal to ask for the passphrase; set GPG_TTY, or give the passphrase",
}
"""Errors of GnuPG that users can do something about (libgpg-error)."""


class Outcome(StrEnum):
    """What became of a verification."""

    GOOD = "GOODSIG"
    EXPIRED = "EXPSIG"
    KEY_EXPIRED = "EXPKEYSIG"
    KEY_REVOKED = "REVKEYSIG"
    BAD = "BADSIG"
    ERROR = "ERRSIG"


_OUTCOMES: Final = frozenset(Outcome)
_VERIFIED: Final = frozenset({Outcome.GOOD, Outcome.EXPIRED, Outcome.KEY_EXPIRED, Outcome.KEY_REVOKED})


class SignatureStatus(NamedTuple):
    """GnuPG's answer about one signature.

    *fingerprint* is that of the key that signed, *primary* that of its primary key, *created* in seconds since 1970,
    *digest* an algorithm number; they are there if the signature fits the text. *reason* is the error of an `ERROR`.
    """

    outcome: Outcome
    fingerprint: str = ""
    primary: str = ""
    created: int = 0
    digest: int = 0
    reason: int = 0

    @property
    def fits(self) -> bool:
        """Whether the signature is one of the text by the key, whatever else is wrong."""
        return self.outcome in _VERIFIED


def status_lines(status: bytes) -> list[list[str]]:
    """Return the words of each status line, the first being its keyword."""
    lines = [line.removeprefix(_PREFIX) for line in status.split(b"\n") if line.startswith(_PREFIX)]
    return [line.decode("latin-1").split(" ") for line in lines]


def failure_reason(lines: list[list[str]]) -> str:
    """Return in words why GnuPG could not do its work, as far as its status lines tell."""
    numbers = [int(words[-1]) & 0xFFFF for words in lines if words[0] == "FAILURE" and words[-1].isdecimal()]
    found = [_REASONS[number] for number in numbers if number in _REASONS]
    if found:
        return found[0]
    return f"its error is {numbers[0]}" if numbers else "it did not say why"


def read_signature_status(status: bytes) -> SignatureStatus | None:
    """Return what GnuPG says of the one signature that it was given, or None if that is not clear."""
    lines = status_lines(status)
    outcomes = [words for words in lines if words[0] in _OUTCOMES]
    valid = [words for words in lines if words[0] == "VALIDSIG"]
    if len(outcomes) != 1 or sum(words[0] == "NEWSIG" for words in lines) != 1:
        return None
    outcome = Outcome(outcomes[0][0])
    if outcome is Outcome.BAD:
        return SignatureStatus(outcome) if not valid else None
    if outcome is Outcome.ERROR:
        words = outcomes[0][1:]
        reason = words[_ERROR_FIELDS - 1] if len(words) >= _ERROR_FIELDS and not valid else ""
        return SignatureStatus(outcome, reason=int(reason)) if reason.isdecimal() else None
    if len(valid) != 1 or any(words[0] == "FAILURE" for words in lines):
        return None
    return _read_valid(outcome, valid[0][1:])


def _read_valid(outcome: Outcome, words: list[str]) -> SignatureStatus | None:
    if len(words) < _VALID_FIELDS:
        return None
    fingerprint, created, digest, primary = words[0], words[2], words[7], words[9]
    if not (_FINGERPRINT.fullmatch(fingerprint) and _FINGERPRINT.fullmatch(primary)):
        return None
    if not (created.isdecimal() and digest.isdecimal()):
        return None
    return SignatureStatus(outcome, fingerprint, primary, int(created), int(digest))
