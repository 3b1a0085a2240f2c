"""`irtkit sign`: sign a submission so that the registry reads the same objects from it."""

from __future__ import annotations

import json
from typing import Any

import click

from irtkit.cli.passphrases import passphrase_from
from irtkit.cli.refusals import refusals_as_json
from irtkit.cli.signers import refuse_too_many

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from irtkit.clients.gpg_keyring import UserKey
    from irtkit.clients.gpg_signing import SignedText

__all__ = ["command"]


@click.command("sign", short_help="Sign a submission with your own keys, for mail if asked.")
@click.argument("path", metavar="FILE")
@click.option(
    "--key",
    "-k",
    "names",
    metavar="KEY",
    multiple=True,
    required=True,
    help="A secret key of yours: fingerprint, PGPKEY-... or address. Again for more; the last one is outermost.",
)
@click.option("--nested", is_flag=True, help="Sign around what somebody has signed already.")
@click.option("--mime", is_flag=True, help="Write a signed mail (PGP/MIME).")
@click.option("--subject", default="", metavar="TEXT", help="The mail's subject, such as NEW.")
@click.option("--from", "sender", metavar="MAILBOX", help="The mail's sender.")
@click.option("--to", "recipient", metavar="MAILBOX", help="The mail's recipient.")
@click.option("--output", "-o", metavar="FILE", help="Write there instead of to standard output.")
@click.option("--passphrase-fd", type=click.IntRange(min=0), metavar="N", help="Read the passphrase there.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(
    *,
    path: str,
    names: tuple[str, ...],
    nested: bool,
    mime: bool,
    subject: str,
    sender: str | None,
    recipient: str | None,
    output: str | None,
    passphrase_fd: int | None,
    as_json: bool,
) -> None:
    """Sign a submission with your own keys, and verify it before it is written.

    FILE holds objects as you would submit them; - is standard input. With several keys, one signature lies around the
    other, as both parties of an mnt-irt need it: the registry reads one signature of each signed text. What the
    registry would read differently after signing is put right, or refused.

    gpg's agent asks for passphrases, unless one is given with --passphrase-fd: the first line there, for every key.
    """
    headers = {"From": sender, "To": recipient, "Subject": subject}
    if not mime and any(headers.values()):
        raise click.UsageError("--subject, --from and --to go with --mime.")
    refuse_too_many(names)
    from irtkit.clients.gpg_keycerts import read_limited  # noqa: PLC0415 - not for the help
    from irtkit.clients.gpg_keyring import UserKeyring  # noqa: PLC0415 - python-gnupg's weight
    from irtkit.clients.gpg_signing import Manner, sign  # noqa: PLC0415 - not for the help
    from irtkit.openpgp.messages import LARGEST_MESSAGE  # noqa: PLC0415 - the same

    data = read_limited(path, LARGEST_MESSAGE)
    keyring = UserKeyring()
    signers = [keyring.find_key(name, secret=True) for name in names]
    mail = {name: value for name, value in headers.items() if value is not None} if mime else None
    manner = Manner(nested, mail, None if passphrase_fd is None else passphrase_from(passphrase_fd))
    with refusals_as_json(as_json=as_json):
        signed = sign(data, signers, keyring, manner)
    _write(signed, signers, output, as_json=as_json)


def _write(signed: SignedText, signers: list[UserKey], output: str | None, *, as_json: bool) -> None:
    from irtkit.clients.outputs import replacing  # noqa: PLC0415 - not for the help
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - the same

    if output is not None:
        with replacing(output) as file:
            file.write(signed.data)
    if as_json:
        click.echo(json.dumps(_record(signed, signers, output), indent=2))
        return
    if output is None:
        click.echo(signed.data, nl=False)
    for note in signed.notes:
        click.echo(f"irtkit: {note.severity}: {escaped(note.message)}", err=True)


def _record(signed: SignedText, signers: list[UserKey], output: str | None) -> dict[str, Any]:
    from irtkit.openpgp.verdicts import time_text  # noqa: PLC0415 - for JSON only
    from irtkit.reports.records import as_record  # noqa: PLC0415 - the same

    return {
        "version": 1,
        "output": output,
        "text": None if output is not None else signed.data.decode("latin-1"),
        "keys": [{"fingerprint": key.fingerprint, "key_cert": key.key_cert_name} for key in signers],
        "objects": len(signed.verified.updates),
        "valid_until": time_text(signed.valid_until),
        "notes": [as_record(note) for note in signed.notes],
    }
