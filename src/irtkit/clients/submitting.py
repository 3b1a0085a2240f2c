"""A submission carried out: files read, signatures verified, text signed, the message sent or written as a mail.

Whether it may go is `irtkit.live.preparing`'s to say, and what becomes of it `irtkit.live.submitting`'s. What is signed
is verified before it leaves. No passphrase is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from irtkit.clients.driving import Client, run
from irtkit.clients.ledger import Ledger
from irtkit.clients.outputs import replacing
from irtkit.clients.rules import Rules
from irtkit.clients.submissions import STANDARD_INPUT, open_database, read_bytes
from irtkit.errors import FileError
from irtkit.live.preparing import Given, Preparation, prepare
from irtkit.live.submitting import Report, Service, submit
from irtkit.openpgp.armour import find_secret_key
from irtkit.submission import parse_message
from irtkit.submission.decoding import decode
from irtkit.validation.options import Options
from irtkit.wire.syncupdates import with_dry_run
from irtkit.wire.update_mail import as_mail

if TYPE_CHECKING:
    from irtkit.clients.gpg_signing import SignedText
    from irtkit.clients.gpg_verifying import VerifiedMessage
    from irtkit.problems import Problem
    from irtkit.submission import Message
    from irtkit.wire.questions import Server

__all__ = ["Mail", "Outcome", "Signing", "Wanted", "carry_out"]

_SECONDS: Final = 120.0
"""For the message, its acknowledgement and what is fetched back; large messages take registries a while."""
_INTERRUPTED: Final = "it may have been sent already: ask for the objects before you send it again"


@dataclass(frozen=True, slots=True)
class Signing:
    """With which keys of the user's to sign, the last one outermost; *passphrase* as `irtkit.clients.gpg_signing`."""

    keys: tuple[str, ...] = ()
    nested: bool = False
    passphrase: Callable[[str], str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """Where to write a mail, and its headers."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be done with the submission at *path*.

    *schema* and *sources* are the registry's, *against* is what it has already. *service* is where the message goes,
    None if it goes nowhere; *whois* is asked afterwards. *allowed* are servers that the user named.
    """

    path: str
    schema: str
    sources: tuple[str, ...] | None = None
    against: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    keywords: str = ""
    signing: Signing = Signing()
    service: Service | None = None
    whois: Server | None = None
    allowed: frozenset[str] = frozenset()
    mail: Mail | None = None
    really: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done. *report* is None if nothing was to be sent, or nothing could be, for the reasons in *preparation*.

    *faults* are what is wrong with the files that it was checked against, *notes* what else is worth knowing.
    *has_dry_run* is whether the registry judges in a dry run; where it has none, nothing is sent in one.
    """

    name: str
    text: str
    preparation: Preparation
    faults: tuple[tuple[str, Problem], ...] = ()
    notes: tuple[Problem, ...] = ()
    report: Report | None = None
    written: str | None = None
    was_forced: bool = False
    has_dry_run: bool = True

    @property
    def is_good(self) -> bool:
        """Whether everything went as it was meant; a dry run at a registry that has none did so far."""
        if self.report is None:
            return self.written is not None
        was_left_out = self.report.is_dry_run and not self.has_dry_run
        return self.report.is_good or (was_left_out and not self.refused)

    @property
    def refused(self) -> tuple[str, ...]:
        """Why nothing was sent; none if it was."""
        return () if self.was_forced else self.preparation.refusals


def carry_out(wanted: Wanted) -> Outcome:
    """Check, authorise, sign, verify, send or write a submission, and look what the registry has then.

    Raises: FileError for a file that cannot be read, or is no text; GpgError and OpenPgpError if it cannot be signed;
    QueryError if it cannot be sent the way that is wanted; OutputError if the mail cannot be written.
    """
    name = STANDARD_INPUT if wanted.path == "-" else wanted.path
    data = read_bytes(wanted.path)
    text, problems = decode(data)
    if text is None:
        raise FileError("; ".join(problem.message for problem in problems), path=name)
    if (line := find_secret_key(text)) is not None:
        raise FileError("there is a secret key; it is sent to nobody, with --force neither", path=name, line=line)
    message = parse_message(text, keywords=wanted.keywords)
    stored, faults = open_database(wanted.against, wanted.schema) if wanted.against else (None, [])
    verified = _verified(data, message, wanted.against)
    given = Given(
        wanted.schema,
        stored,
        Options(sources=wanted.sources),
        _names_of(wanted.signing),
        wanted.accounts,
        [update.key_certs for update in verified.updates] if verified else (),
        verified.problems if verified else (),
    )
    preparation = prepare(message, given)
    preparation = replace(preparation, problems=(*problems, *preparation.problems))
    notes = () if verified is None else verified.problems
    outcome = Outcome(name, text, preparation, tuple(faults), notes)
    if preparation.refusals and not (wanted.force and message.updates):
        return outcome
    outcome = replace(outcome, was_forced=bool(preparation.refusals))
    if not wanted.really and message.dry_run is None:
        data = with_dry_run(data)
    if wanted.signing.keys:
        signed = _signed(data, wanted)
        data, outcome = signed.data, replace(outcome, notes=(*notes, *signed.notes))
    if wanted.mail is not None:
        return replace(outcome, written=_written(data, wanted.mail, is_mail=bool(wanted.signing.keys)))
    if wanted.service is None:
        return outcome
    has_dry_run = bool(wanted.service.requests(data, message, dry_run=True))
    return replace(outcome, report=_sent(data, wanted, wanted.service), has_dry_run=has_dry_run)


def _names_of(signing: Signing) -> tuple[str, ...]:
    """Return the key-certs of the keys that will sign. Raises: GpgError if one is not there."""
    if not signing.keys:
        return ()
    from irtkit.clients.gpg_keyring import UserKeyring  # noqa: PLC0415 - python-gnupg's weight

    keyring = UserKeyring()
    return tuple(keyring.find_key(name, secret=True).key_cert_name for name in signing.keys)


def _verified(data: bytes, message: Message, against: tuple[str, ...]) -> VerifiedMessage | None:
    """Verify the signatures in a message with the key-certs that are stored; None without either."""
    if not against or not any(update.signatures for update in message.updates):
        return None
    from irtkit.clients.gpg_keycerts import read_key_certs  # noqa: PLC0415 - for signed text only
    from irtkit.clients.gpg_verifying import verify_message  # noqa: PLC0415 - the same
    from irtkit.openpgp.verdicts import KeySet  # noqa: PLC0415 - the same

    return verify_message(data, KeySet.of_key_certs(read_key_certs(against)))


def _signed(data: bytes, wanted: Wanted) -> SignedText:
    from irtkit.clients.gpg_keyring import UserKeyring  # noqa: PLC0415 - python-gnupg's weight
    from irtkit.clients.gpg_signing import Manner, sign  # noqa: PLC0415 - for who signs only

    keyring = UserKeyring()
    signers = [keyring.find_key(name, secret=True) for name in wanted.signing.keys]
    headers = None if wanted.mail is None else wanted.mail.headers
    return sign(data, signers, keyring, Manner(wanted.signing.nested, headers, wanted.signing.passphrase))


def _written(data: bytes, mail: Mail, *, is_mail: bool) -> str:
    whole = data if is_mail else as_mail(data, mail.headers)
    with replacing(mail.path) as file:
        file.write(whole)
    return mail.path


def _sent(data: bytes, wanted: Wanted, service: Service) -> Report:
    text = decode(data).text or ""
    journey = submit(
        data, parse_message(text, keywords=wanted.keywords), service, dry_run=not wanted.really, whois=wanted.whois
    )
    ledger = Ledger()
    try:
        with Client(Rules(seconds=_SECONDS, allowed=wanted.allowed), ledger=ledger) as client:
            return run(journey, client)
    except KeyboardInterrupt as interruption:
        if wanted.really:
            interruption.add_note(_INTERRUPTED)
        raise
    finally:
        ledger.close()
