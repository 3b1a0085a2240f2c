"""Reports encrypted to the keys of others, signed if asked for, and mails of them; checked before they are handed out.

gpg sees the recipients' keys in files of a temporary home, one each, and encrypts to nobody else: no key of the user's
keyring can take the place of one. What it made must be nothing but encrypted data, for each of these keys once; and if
it is encrypted to the user, too, it is decrypted and compared. Which keys those are `irtkit.contacts.keys` says.
Nothing is sent.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from typing import TYPE_CHECKING, Final, NamedTuple

from irtkit.clients.gpg import SECONDS, TYPING_SECONDS, GpgError, Patience, run, temporary_home
from irtkit.clients.gpg_keys import key_states
from irtkit.clients.gpg_signing import DIGEST
from irtkit.contacts.keys import ENCRYPTION, VALID, judge_state
from irtkit.openpgp.encrypted import encrypted_mail, read_encrypted
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.keys import read_keys
from irtkit.openpgp.statuses import Outcome, failure_reason, read_signature_status, status_lines
from irtkit.rpsl.faults import shown
from irtkit.schema.contact_facts import mailboxes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from irtkit.clients.gpg_keyring import UserKey, UserKeyring
    from irtkit.clients.gpg_signing import Passphrase
    from irtkit.openpgp.keys import PublicKey
    from irtkit.openpgp.listings import KeyState

__all__ = ["LARGEST", "LARGEST_REPORT", "EncryptedReport", "Envelope", "Own", "as_mail", "encrypt"]

LARGEST_REPORT: Final = 8 << 20
"""Bytes of a report as somebody wrote it."""
LARGEST: Final = 12_000_000
"""Bytes that are encrypted, such as a report in Base64: what gpg makes of them has to fit into what gpg may write."""

_CIPHERS: Final = "AES256 AES192 AES"
_WEAK_CIPHERS: Final = {"1": "IDEA", "2": "3DES", "3": "CAST5", "4": "Blowfish"}
_LONGEST_SUBJECT: Final = 150


class Own(NamedTuple):
    """What is the user's own: keys to encrypt to as well, the key that signs, and who knows its passphrase.

    Without *passphrase*, gpg's agent asks for one if it needs it.
    """

    keyring: UserKeyring
    readers: Sequence[UserKey] = ()
    signer: UserKey | None = None
    passphrase: Passphrase | None = None


@dataclass(frozen=True)
class EncryptedReport:
    """An armoured message, and what is known of it.

    *recipients* are the ids (16 hex digits) of the keys and subkeys that can read it, *signed_by* is a fingerprint.
    *was_read* tells whether it was decrypted again and found to be what it should be; *notes* are sentences.
    """

    armour: str
    recipients: tuple[str, ...]
    signed_by: str | None
    was_read: bool
    notes: tuple[str, ...]


def encrypt(data: bytes, keys: Iterable[PublicKey], own: Own | None = None) -> EncryptedReport:
    """Encrypt *data* to each of the *keys*, and to the user's own readers; sign it if *own* says so.

    Raises: OpenPgpError `message-too-large`; GpgError if there is no key, if one cannot be encrypted to, if gpg cannot
    do its work, or if what it made is not what was asked for. Then there is nothing to hand out.
    """
    if len(data) > LARGEST:
        raise OpenPgpError("message-too-large", f"there are more than {LARGEST:,} bytes to encrypt")
    everybody = {key.fingerprint: key for key in [*keys, *_readers(own)]}
    if not everybody:
        raise GpgError("there is no key to encrypt to")
    states = _refuse_unfit(everybody)
    signer = own.signer if own else None
    armour, notes = _encrypted(data, everybody.values(), own)
    recipients = _refuse_other_recipients(armour, states)
    was_read, said = _read_again(armour, data, own)
    return EncryptedReport(armour, recipients, signer.fingerprint if signer else None, was_read, (*notes, *said))


def _readers(own: Own | None) -> list[PublicKey]:
    """Return the user's own keys that shall be able to read, out of the user's keyring."""
    if own is None or not own.readers:
        return []
    return read_keys(own.keyring.export([reader.fingerprint for reader in own.readers]))


def _refuse_unfit(keys: Mapping[str, PublicKey]) -> dict[str, KeyState]:
    """Ask GnuPG about all keys. Raises: GpgError for one that cannot be encrypted to."""
    states = key_states(list(keys.values()))
    for fingerprint, key in keys.items():
        state = states.get(fingerprint)
        found, said, _ = judge_state(ENCRYPTION, state) if state else ("invalid", "GnuPG finds no key in it", None)
        if found != VALID:
            raise GpgError(f"{key.key_cert_name} ({fingerprint}) cannot be encrypted to: {said}")
    return states


def _encrypted(data: bytes, keys: Iterable[PublicKey], own: Own | None) -> tuple[str, list[str]]:
    """Return what gpg makes of *data*, and what there is to say about it."""
    signer = own.signer if own else None
    arguments = ["--armor", "--no-comments", "--no-emit-version", "--personal-cipher-preferences", _CIPHERS]
    secret, seconds = None, SECONDS
    if signer is not None:
        arguments += ["--local-user", signer.fingerprint, "--digest-algo", DIGEST, "--sign"]
        secret, seconds = own.passphrase(signer.fingerprint) if own and own.passphrase else None, TYPING_SECONDS
    with temporary_home() as home:
        for number, key in enumerate(keys):
            file = home / f"recipient-{number}"
            file.write_bytes(key.essence)
            arguments += ["--recipient-file", str(file)]
        where = home if signer is None else None
        answer = run([*arguments, "--encrypt"], data, home=where, passphrase=secret, patience=Patience(seconds))
    lines = status_lines(answer.status)
    said = Counter(words[0] for words in lines)
    if said["END_ENCRYPTION"] != 1 or said["INV_RECP"] or said["FAILURE"] or not answer.output:
        raise GpgError(f"gpg did not encrypt: {failure_reason(lines)}")
    if said["SIG_CREATED"] != (signer is not None):
        raise GpgError(f"gpg did not sign as it should: {failure_reason(lines)}")
    cipher = next((words[-1] for words in lines if words[0] == "BEGIN_ENCRYPTION"), "")
    weak = _WEAK_CIPHERS.get(cipher)
    return answer.output.decode("ascii", "replace"), [f"the keys ask for {weak}, which is weak"] if weak else []


def _refuse_other_recipients(armour: str, states: Mapping[str, KeyState]) -> tuple[str, ...]:
    """Return who can read a message. Raises: GpgError unless that is each of the keys, once, and nobody else."""
    try:
        recipients = read_encrypted(armour).recipients
    except OpenPgpError as error:
        raise GpgError(f"what gpg made is no encrypted message: {error.message}") from None
    able = [
        {one.fingerprint[-16:] for one in (state, *state.subkeys) if "e" in one.uses and one.usable}
        for state in states.values()
    ]
    if len(recipients) != len(able) or not all(len(ids & set(recipients)) == 1 for ids in able):
        raise GpgError("what gpg made is encrypted to other keys than it was told")
    return recipients


def _read_again(armour: str, data: bytes, own: Own | None) -> tuple[bool, list[str]]:
    """Decrypt a message with the user's own key, if it can be, and compare.

    Raises: GpgError if something else comes out, or the signature is not good.
    """
    if own is None or not own.readers:
        return False, []
    secret = {key.fingerprint for key in own.keyring.keys(secret=True)}
    reader = next((reader for reader in own.readers if reader.fingerprint in secret), None)
    if reader is None:
        return False, ["its secret key is not there, so what was encrypted was not decrypted again"]
    passphrase = None if own.passphrase is None else own.passphrase(reader.fingerprint)
    answer = run(["--decrypt"], armour.encode("ascii"), passphrase=passphrase, patience=Patience(TYPING_SECONDS))
    lines = status_lines(answer.status)
    said = {words[0] for words in lines}
    if "DECRYPTION_OKAY" not in said:
        return False, [
            f"what was encrypted could not be decrypted again with {reader.key_cert_name}: {failure_reason(lines)}"
        ]
    if answer.output != data or "GOODMDC" not in said:
        raise GpgError("what gpg encrypted is not what comes out of it again")
    if own.signer is not None:
        status = read_signature_status(answer.status)
        if status is None or status.outcome is not Outcome.GOOD or status.primary != own.signer.fingerprint:
            raise GpgError(f"what gpg signed with key {own.signer.fingerprint} does not verify")
    return True, []


class Envelope(NamedTuple):
    """What everybody can read of a mail: sender (a mailbox, named or not), recipients (bare mailboxes), and subject."""

    sender: str
    recipients: tuple[str, ...]
    subject: str


def as_mail(armour: str, envelope: Envelope) -> bytes:
    """Return a mail (PGP/MIME) of an armoured message, with a date and an id.

    Raises: OpenPgpError `malformed-mail` for a sender that is no mailbox, or what does not fit into a header.
    """
    sender, address = _sender(envelope.sender)
    for recipient in envelope.recipients:
        if mailboxes(recipient) != (recipient,):
            raise OpenPgpError("malformed-mail", f"{shown(recipient)} is no mailbox to write to")
    return encrypted_mail(
        armour,
        {
            "From": [sender],
            "To": envelope.recipients,
            "Subject": [_subject(envelope.subject)],
            "Date": [format_datetime(datetime.now(UTC))],
            "Message-ID": [f"<{secrets.token_hex(16)}@{address.rpartition('@')[2]}>"],
        },
    )


def _sender(text: str) -> tuple[str, str]:
    """Return a sender as a header has it, and the bare mailbox."""
    name, address = parseaddr(text)
    if not text.isprintable() or mailboxes(text) != (address,) or not address.isascii():
        raise OpenPgpError("malformed-mail", f"{shown(text)} is no sender; expected a mailbox such as desk@example.net")
    return formataddr((name, address)), address


def _subject(text: str) -> str:
    if not text.isprintable() or len(text) > _LONGEST_SUBJECT:
        raise OpenPgpError("malformed-mail", f"the subject is not one line of at most {_LONGEST_SUBJECT} characters")
    return text if text.isascii() else Header(text, "utf-8").encode(linesep="")
