"""Signing with the user's own keys: clear-signed, inside each other, or as a mail; verified before it is handed out.

The registry reads one signature from one block, so that several keys sign one around the other, the first one
innermost. gpg asks for passphrases through its agent, or takes them from a callback. Nothing is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from irtkit.clients.gpg import TYPING_SECONDS, GpgError, Patience, run
from irtkit.clients.gpg_keys import key_states
from irtkit.clients.gpg_verifying import VerifiedMessage, verify_message
from irtkit.openpgp.drafts import Draft, read_draft
from irtkit.openpgp.faults import OpenPgpError, problem_of
from irtkit.openpgp.keyproblems import SOON
from irtkit.openpgp.keys import read_keys
from irtkit.openpgp.messages import LARGEST_MESSAGE, read_message
from irtkit.openpgp.mime import signed_mail, text_entity
from irtkit.openpgp.statuses import failure_reason, status_lines
from irtkit.openpgp.verdicts import WINDOW, KeySet, time_text
from irtkit.problems import Problem, Severity
from irtkit.submission import Message, parse_message
from irtkit.submission.decoding import decode

if TYPE_CHECKING:
    from irtkit.clients.gpg_keyring import UserKey, UserKeyring
    from irtkit.openpgp.listings import KeyState
    from irtkit.openpgp.verdicts import Verdict

__all__ = ["DIGEST", "Manner", "Passphrase", "SignedText", "sign"]

Passphrase: TypeAlias = Callable[[str], str]
"""Returns the passphrase of the key with a fingerprint."""

DIGEST: Final = "SHA512"
"""What gpg signs over."""


@dataclass(frozen=True)
class SignedText:
    """What can be sent, and the verdict on it; *valid_until* (seconds since 1970) ends the registry's hour."""

    data: bytes
    verified: VerifiedMessage
    valid_until: float
    notes: tuple[Problem, ...]


@dataclass(frozen=True)
class Manner:
    """How to sign.

    *nested* signs around a text that somebody signed already. *mail* makes a signed mail (PGP/MIME) with these headers.
    Without *passphrase*, gpg's agent asks for one if it needs it.
    """

    nested: bool = False
    mail: Mapping[str, str] | None = None
    passphrase: Passphrase | None = None


def sign(data: bytes, signers: Sequence[UserKey], keyring: UserKeyring, manner: Manner = Manner()) -> SignedText:
    """Sign a submission with each key in turn, the later ones around the earlier ones, and verify the result.

    In a mail, the last key signs the mail's part. Line ends stay as they are, LF or CR LF; in a mail they are LF.

    Raises: OpenPgpError if the text cannot be signed so that the registry reads the same objects from it, or for a
    mail's header that is none; GpgError if gpg cannot sign, or if what it made is not what was asked for.
    """
    if len(data) > LARGEST_MESSAGE:
        raise OpenPgpError("message-too-large", f"the text has more than {LARGEST_MESSAGE:,} bytes")
    draft = read_draft(data)
    if draft.signatures and not manner.nested:
        raise OpenPgpError("already-signed", "the text is signed already; it can be signed around")
    _refuse_late(data)
    text = draft.text.encode("latin-1")
    for signer in signers if manner.mail is None else signers[:-1]:
        text = _clear_signed(text, signer, manner.passphrase)
    if manner.mail is not None:
        text = _as_mail(text, draft.charset, signers[-1], manner)
    elif draft.is_crlf:
        text = text.replace(b"\n", b"\r\n")
    verified = _verified(text, signers, keyring)
    _refuse_changes(data, verified)
    end = min(verdict.signed_at or 0 for verdict in verified.verdicts) + WINDOW
    notes = _notes(draft, verified.verdicts[: len(signers)], end, is_mail=manner.mail is not None)
    return SignedText(text, verified, end, tuple(notes))


def _refuse_late(data: bytes) -> None:
    """Refuse to sign around a signature that the registry does not take any more."""
    for part in read_message(data).parts:
        created = part.signature.packet.created if part.signature else None
        if created is not None and time.time() - created >= WINDOW:
            message = (
                f"the signature inside was made at {time_text(created)}, and the registry takes it for an hour only"
            )
            raise OpenPgpError("signed-too-long-ago", message)


def _clear_signed(text: bytes, signer: UserKey, passphrase: Passphrase | None) -> bytes:
    return _sign(["--clearsign"], text, signer, passphrase).replace(b"\r\n", b"\n")


def _as_mail(text: bytes, charset: str, signer: UserKey, manner: Manner) -> bytes:
    entity = text_entity(text, charset)
    signature = _sign(["--armor", "--textmode", "--detach-sign"], entity, signer, manner.passphrase)
    return signed_mail(entity, signature.decode("ascii"), DIGEST, manner.mail or {})


def _sign(how: list[str], text: bytes, signer: UserKey, passphrase: Passphrase | None) -> bytes:
    """Return what gpg makes of *text*.

    Raises: GpgError, which says why gpg could not sign, as far as its status lines tell.
    """
    arguments = ["--local-user", signer.fingerprint, "--digest-algo", DIGEST, *how]
    secret = None if passphrase is None else passphrase(signer.fingerprint)
    answer = run(arguments, text, passphrase=secret, patience=Patience(TYPING_SECONDS))
    lines = status_lines(answer.status)
    if sum(words[0] == "SIG_CREATED" for words in lines) != 1 or not answer.output:
        raise GpgError(f"gpg did not sign with key {signer.fingerprint}: {failure_reason(lines)}")
    return answer.output


def _verified(text: bytes, signers: Sequence[UserKey], keyring: UserKeyring) -> VerifiedMessage:
    """Verify what was signed with the public keys of those who signed.

    Raises: OpenPgpError if the whole cannot be read any more; GpgError if one of the signatures is not there, not good,
    or does not cover everything.
    """
    keys = read_keys(keyring.export([signer.fingerprint for signer in signers]))
    verified = verify_message(text, KeySet((key.key_cert_name, key) for key in keys))
    for problem in verified.message.problems:
        if problem.severity is Severity.ERROR:
            raise OpenPgpError(problem.code, f"signed, {problem.message}")
    own = verified.verdicts[: len(signers)]
    if len(own) < len(signers):
        raise GpgError("what gpg signed does not verify: a signature is missing")
    for verdict, signer in zip(own, reversed(signers), strict=True):
        if not verdict.is_good or verdict.key is None or verdict.key.fingerprint != signer.fingerprint:
            raise GpgError(f"what gpg signed with key {signer.fingerprint} does not verify: {verdict.code}")
    if any(update.signatures[: len(own)] != tuple(range(len(own))) for update in verified.updates):
        raise GpgError("what gpg signed does not cover every object")
    return verified


def _refuse_changes(data: bytes, verified: VerifiedMessage) -> None:
    """Compare what the registry would read before and after.

    Raises: OpenPgpError `objects-changed`.
    """
    text = decode(data).text
    if text is None or list(map(_said, verified.messages)) != [_said(parse_message(text))]:
        raise OpenPgpError("objects-changed", "the registry would read something else from the signed text")


def _said(message: Message) -> list[object]:
    updates: list[object] = [
        (update.object, [deletion.reason for deletion in update.deletions], [made.secret for made in update.overrides])
        for update in message.updates
    ]
    passwords = [password.secret for password in message.passwords]
    return [*updates, passwords, len(message.leftovers), message.dry_run is None]


def _notes(draft: Draft, verdicts: Sequence[Verdict], end: float, *, is_mail: bool) -> Iterator[Problem]:
    yield problem_of("valid-for-an-hour", f"the registry takes it until {time_text(end)}")
    states = key_states([verdict.key for verdict in verdicts if verdict.key])
    for verdict in reversed(verdicts):
        last = _end_of(verdict, states)
        if last is not None and last - time.time() < SOON:
            yield problem_of("key-expires-soon", f"{verdict.key_certs[0]} signs like this until {time_text(last)}")
    if draft.charset != "us-ascii" and not is_mail:
        yield problem_of("charset-matters", f"the text is {draft.charset}; tell the registry, or it reads latin-1")


def _end_of(verdict: Verdict, states: Mapping[str, KeyState]) -> int | None:
    """Return when the key or the subkey that signed expires, in seconds since 1970; None for never."""
    state = states[verdict.key.fingerprint] if verdict.key else None
    used = [] if state is None else [state, *(one for one in state.subkeys if one.fingerprint == verdict.signed_by)]
    return min((one.expires for one in used if one.expires is not None), default=None)
