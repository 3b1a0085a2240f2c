"""`irtkit encrypt`: encrypt a report to the keys that the teams behind addresses have registered."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import click

from irtkit.cli.dumps import DumpsCommand, space_of
from irtkit.cli.passphrases import passphrase_from
from irtkit.cli.places import made_index, opened_index
from irtkit.errors import IrtkitError
from irtkit.schema.contact_facts import POLICIES

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from irtkit.clients.gpg_encrypting import EncryptedReport, Own
    from irtkit.contacts.keys import IrtKeys
    from irtkit.index.lookup import Index
    from irtkit.schema.contact_facts import Contact

__all__ = ["NoKeyError", "command"]

_SUBJECT = "Encrypted report"


class NoKeyError(IrtkitError):
    """There is no key to encrypt to, or nobody to send the mail to; the message says why."""


class _Recipient(NamedTuple):
    """An address that the report is about, its keys, and the contact, with a mailbox, that a mail of it goes to."""

    address: str
    found: IrtKeys
    contact: Contact | None


@click.command("encrypt", cls=DumpsCommand, short_help="Encrypt a report to the keys that the irts of addresses have.")
@click.argument("path", metavar="REPORT", required=False)
@click.option(
    "--to",
    "addresses",
    metavar="ADDRESS",
    multiple=True,
    required=True,
    help="Whose irts can read it: the address, prefix or range that it is about. Again for more.",
)
@click.option("--self", "readers", metavar="KEY", multiple=True, help="Encrypt it to this key of your keyring, too.")
@click.option("--sign", "signer", metavar="KEY", help="Sign it with this secret key of yours.")
@click.option("--mail", "--eml", "as_mail", is_flag=True, help="Write a mail (PGP/MIME, .eml) instead of armour.")
@click.option("--from", "sender", metavar="MAILBOX", help="The mail's sender.")
@click.option("--subject", metavar="TEXT", help=f"The mail's subject, which everybody can read.  [default: {_SUBJECT}]")
@click.option(
    "--recipient", "mailboxes", metavar="MAILBOX", multiple=True, help="Address the mail there, not to the contacts."
)
@click.option(
    "--policy",
    type=click.Choice(tuple(POLICIES)),
    default="csirt",
    show_default=True,
    help="What orders the contacts of the mail.",
)
@click.option(
    "--index", "index_path", metavar="INDEX", help="Default: IRTKIT_INDEX, else in the user's data directory."
)
@click.option("--dumps", metavar="PATH...", multiple=True, help="Read these dumps instead of an index.")
@click.option("--output", "-o", metavar="FILE", help="Write there instead of to standard output.")
@click.option("--passphrase-fd", type=click.IntRange(min=0), metavar="N", help="Read the passphrase there.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(
    *,
    path: str | None,
    addresses: tuple[str, ...],
    readers: tuple[str, ...],
    signer: str | None,
    as_mail: bool,
    sender: str | None,
    subject: str | None,
    mailboxes: tuple[str, ...],
    policy: str,
    index_path: str | None,
    dumps: tuple[str, ...],
    output: str | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Encrypt a report to the keys that the irts of addresses name in encryption:, and look at it before it is written.

    REPORT is a file of at most 8 MiB, in a mail a text; - is standard input. Keys come from the key-certs among the
    dumps; your own keyring is used for --self and --sign only. Every key that serves is encrypted to; what is left out
    is said. Nothing is sent.

    Where an address has no key that serves, nothing is written, and the exit status is 1: never is a report handed out
    in plain text.
    """
    output = None if output == "-" else output
    if path is None:
        hint = " What follows --dumps belongs to it; put the report before it." if dumps else ""
        raise click.UsageError(f"Missing argument 'REPORT'.{hint}")
    if not as_mail and (sender or subject or mailboxes):
        raise click.UsageError("--from, --subject and --recipient go with --mail.")
    if as_mail and not sender:
        raise click.UsageError("--mail needs --from.")
    if dumps and index_path:
        raise click.UsageError("Give either --index or --dumps.")
    from irtkit.clients.gpg_encrypting import LARGEST_REPORT, Envelope, encrypt  # noqa: PLC0415 - not for the help
    from irtkit.clients.gpg_encrypting import as_mail as mail_of  # noqa: PLC0415 - the same
    from irtkit.clients.gpg_keycerts import read_limited  # noqa: PLC0415 - the same
    from irtkit.openpgp.encrypted import report_entity  # noqa: PLC0415 - the same
    from irtkit.openpgp.faults import OpenPgpError  # noqa: PLC0415 - the same

    with made_index(dumps) if dumps else opened_index(index_path) as index:
        recipients = _recipients(index, addresses, policy)
    data = read_limited(path, LARGEST_REPORT)
    if not data:
        raise OpenPgpError("not-text", "the report is empty")
    if len(data) > LARGEST_REPORT:
        raise OpenPgpError("message-too-large", f"the report has more than {LARGEST_REPORT:,} bytes")
    envelope = Envelope(sender or "", _written_to(recipients, mailboxes), subject or _SUBJECT) if as_mail else None
    if envelope is not None:
        mail_of("", envelope)  # whatever is wrong with a header is said before anybody has to type a passphrase
        data = report_entity(data)
    keys = [key.key for one in recipients for key in one.found.to_encrypt if key.key is not None]
    report = encrypt(data, keys, _own(readers, signer, passphrase_fd))
    written = report.armour.encode("ascii") if envelope is None else mail_of(report.armour, envelope)
    _write(_Result(written, report, recipients, envelope.recipients if envelope else ()), output, as_json=as_json)


class _Result(NamedTuple):
    """What is written, and all there is to say about it."""

    data: bytes
    report: EncryptedReport
    recipients: list[_Recipient]
    mailboxes: tuple[str, ...]


def _recipients(index: Index, addresses: Iterable[str], policy: str) -> list[_Recipient]:
    """Return the keys of every address. Raises: NoKeyError where there is none to encrypt to."""
    from irtkit.clients.recipient_keys import KeyFinder  # noqa: PLC0415 - not for the help
    from irtkit.rpsl.faults import shown  # noqa: PLC0415 - the same

    spaces = [space_of(address) for address in addresses]
    for address, space in zip(addresses, spaces, strict=True):
        if space is None:
            raise NoKeyError(f"{shown(address)}: expected an address, a prefix or a range")
    found = KeyFinder(index, policy).find(space for space in spaces if space is not None)
    for one in found:
        if one.reason is not None:
            raise NoKeyError(_refusal(one))
    return [_Recipient(one.resolution.address, one, _contact(one)) for one in found]


def _refusal(found: IrtKeys) -> str:
    from irtkit.contacts.keys import REASONS  # noqa: PLC0415 - for refusals only

    unfit = [f"{key.irt} names {key.name}, {key.told}" for key in found.left_out]
    irts = f" ({', '.join(found.resolution.irts)})" if found.resolution.irts and not unfit else ""
    why = "; ".join(unfit) or f"{REASONS[found.reason or '']}{irts}"
    return f"{found.resolution.address}: there is no key to encrypt to: {why}. Nothing was written"


def _contact(found: IrtKeys) -> Contact | None:
    """Return the first contact with a mailbox, as the policy orders them, of those who can read the report.

    An irt whose key was left out could not; of an abuse contact nobody knows.
    """
    able = {key.irt for key in found.to_encrypt}
    contacts = (one for one in found.resolution.contacts if one.kind != "irt" or one.handle in able)
    return next((contact for contact in contacts if contact.email), None)


def _written_to(recipients: list[_Recipient], mailboxes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the mailboxes that a mail goes to, each once. Raises: NoKeyError for an address without one."""
    if mailboxes:
        return mailboxes
    for one in recipients:
        if one.contact is None:
            raise NoKeyError(f"{one.address}: there is a key, but no mailbox to write to; give --recipient")
    return tuple(dict.fromkeys(one.contact.email for one in recipients if one.contact and one.contact.email))


def _own(readers: tuple[str, ...], signer: str | None, passphrase_fd: int | None) -> Own | None:
    """Return what is wanted of the user's own keyring; it is left alone if that is nothing."""
    if not readers and signer is None:
        return None
    from irtkit.clients.gpg_encrypting import Own  # noqa: PLC0415 - not for the help
    from irtkit.clients.gpg_keyring import UserKeyring  # noqa: PLC0415 - python-gnupg's weight

    keyring = UserKeyring()
    own_readers = [keyring.find_key(reader) for reader in readers]
    own_signer = None if signer is None else keyring.find_key(signer, secret=True)
    passphrase = None if passphrase_fd is None else passphrase_from(passphrase_fd)
    return Own(keyring, own_readers, own_signer, passphrase)


def _write(result: _Result, output: str | None, *, as_json: bool) -> None:
    from irtkit.clients.outputs import replacing  # noqa: PLC0415 - not for the help
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - the same

    if output is not None:
        with replacing(output) as file:
            file.write(result.data)
    if as_json:
        click.echo(json.dumps(_record(result, output), indent=2))
        return
    if output is None:
        click.echo(result.data, nl=False)
    for line in _notes(result):
        click.echo(f"irtkit: {escaped(line)}", err=True)


def _notes(result: _Result) -> Iterator[str]:
    """Yield who can read the report, who cannot, and what else there is to know."""
    for recipient in result.recipients:
        for key in recipient.found.to_encrypt:
            owner = f", {key.owners[0]}" if key.owners else ""
            yield f"info: {recipient.address}: encrypted to {key.name} of {key.irt}, {key.fingerprint}{owner}"
        for key in recipient.found.left_out:
            yield f"warning: {recipient.address}: not encrypted to {key.name} of {key.irt}: {key.told}"
        contact = recipient.contact
        if contact is not None and contact.kind != "irt" and contact.email in result.mailboxes:
            yield f"warning: {contact.email} is the abuse contact's; whether it has the irt's key, nobody says"
    for note in result.report.notes:
        yield f"warning: {note}"
    if result.mailboxes:
        yield f"info: the mail is addressed to {', '.join(result.mailboxes)}"


def _record(result: _Result, output: str | None) -> dict[str, Any]:
    return {
        "version": 1,
        "output": output,
        "text": None if output is not None else result.data.decode("ascii"),
        "recipients": [
            {
                "address": one.address,
                "encrypted_to": [
                    {"irt": key.irt, "key_cert": key.name, "fingerprint": key.fingerprint, "owner": list(key.owners)}
                    for key in one.found.to_encrypt
                ],
                "left_out": [
                    {"irt": key.irt, "key_cert": key.name, "state": key.state, "said": key.said}
                    for key in one.found.left_out
                ],
            }
            for one in result.recipients
        ],
        "key_ids": list(result.report.recipients),
        "mailboxes": list(result.mailboxes),
        "signed_by": result.report.signed_by,
        "decrypted_again": result.report.was_read,
        "notes": list(result.report.notes),
    }
