"""`irtkit verify`: who signed a message, when, and which of its objects."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

from irtkit.cli.against import AgainstCommand, read_paths
from irtkit.cli.terminals import MOST_SHOWN, text_report

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from irtkit.clients.gpg_verifying import VerifiedMessage, VerifiedUpdate
    from irtkit.openpgp.messages import SignedMessage
    from irtkit.openpgp.verdicts import KeySet, Verdict

__all__ = ["command"]


def _read_time(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise click.BadParameter("expected a time such as 2026-01-31T12:00:00Z; without a zone it is UTC.") from None


@click.command("verify", cls=AgainstCommand, short_help="Say who signed a message, and which of its objects.")
@click.argument("path", metavar="FILE")
@click.option(
    "--against",
    metavar="INDEX|PATH...",
    multiple=True,
    callback=read_paths,
    help="Take the key-certs of an index, or of files or folders of objects, plain or gzip.",
)
@click.option("--keyring", is_flag=True, help="Take the keys of your own keyring, too.")
@click.option("--at", "now", metavar="TIME", callback=_read_time, help="Verify as of this time.  [default: now]")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(
    context: click.Context, *, path: str, against: tuple[str, ...], keyring: bool, now: float | None, as_json: bool
) -> None:
    """Say of each signature of a message who made it, when, over which objects, and whether it is good.

    FILE is a text with clear-signed parts, or a mail as it was received; - is standard input. The keys are those of
    key-certs; what stands outside of signed text is nobody's. A good signature fits its text, is by the very key that
    its key-cert is named after, and was made less than an hour from now, as the registry wants it.

    The exit status is 0 if everything is signed and every signature is good, and 1 if not.
    """
    if not against and not keyring:
        raise click.UsageError("Say where the key-certs are: --against PATH, or --keyring for your own keys.")
    from irtkit.clients.gpg_keycerts import read_limited  # noqa: PLC0415 - not for the help
    from irtkit.clients.gpg_verifying import verify  # noqa: PLC0415 - the same
    from irtkit.openpgp.messages import LARGEST_MESSAGE, read_message  # noqa: PLC0415 - the same

    data = read_limited(path, LARGEST_MESSAGE)
    message = read_message(data)
    verified = verify(message, _keys(against, message, keyring=keyring), now=now)
    name = "standard input" if path == "-" else path
    for piece in _json(name, verified) if as_json else _lines(name, data, verified):
        click.echo(piece, nl=False)
    context.exit(0 if verified.is_good else 1)


def _keys(against: tuple[str, ...], message: SignedMessage, *, keyring: bool) -> KeySet:
    from irtkit.clients.gpg_keycerts import read_key_certs  # noqa: PLC0415 - not for the help
    from irtkit.openpgp.verdicts import KeySet  # noqa: PLC0415 - the same

    keys = KeySet.of_key_certs(read_key_certs(against))
    if keyring:
        from irtkit.clients.gpg_keyring import UserKeyring  # noqa: PLC0415 - python-gnupg's weight

        packets = [part.signature.packet for part in message.parts if part.signature]
        found = UserKeyring().find_public_keys(packet.fingerprint or packet.issuer for packet in packets)
        for key in found:
            keys.add(key.key_cert_name, key)
    return keys


def _lines(name: str, data: bytes, verified: VerifiedMessage) -> Iterator[str]:
    """Yield what there is to say, as text: signatures, objects, problems."""
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - for text only
    from irtkit.submission.decoding import decode  # noqa: PLC0415 - the same

    for number, verdict in enumerate(verified.verdicts, 1):
        yield f"signature {number}: {escaped(_said(verdict))}\n"
    for update in verified.updates[:MOST_SHOWN]:
        yield f"{escaped(_object(update))}: {_signers(update)}\n"
    if len(verified.updates) > MOST_SHOWN:
        yield f"{len(verified.updates) - MOST_SHOWN:,} more objects, not shown\n"
    report = text_report()
    report.tally.objects = len(verified.updates)
    yield from report.file(name, decode(data).text or "", verified.problems)
    yield from report.end()


def _said(verdict: Verdict) -> str:
    from irtkit.openpgp.verdicts import time_text  # noqa: PLC0415 - not for the help

    part = verdict.part
    place = f"lines {part.first_line} to {part.last_line}" if part.first_line else "of a mail"
    place = f"{place}, part {part.part}" if part.part else place
    names = ", ".join(verdict.key_certs) or (f"key {verdict.issuer}" if verdict.issuer else "nobody knows whom")
    when = f", {time_text(verdict.signed_at)}" if verdict.signed_at is not None else ""
    owner = f" ({verdict.key.user_ids[0].text})" if verdict.key and verdict.key.user_ids and verdict.key_certs else ""
    return f"{verdict.code}, {place}: by {names}{owner}{when}{f', {verdict.digest}' if verdict.digest else ''}"


def _object(update: VerifiedUpdate) -> str:
    obj = update.update.object
    place = f"part {update.part}, line {obj.line}" if update.part else f"line {obj.line}"
    return f"{obj.class_name} {obj[0].value} ({place})"


def _signers(update: VerifiedUpdate) -> str:
    if update.key_certs:
        return f"signed by {', '.join(update.key_certs)}"
    return "not signed well" if update.signatures else "not signed"


def _json(name: str, verified: VerifiedMessage) -> Iterator[str]:
    """Yield one JSON object in pieces, a line for each signature, object and problem."""
    from irtkit.reports.records import as_record  # noqa: PLC0415 - for JSON only

    yield f'{{"version": 1, "file": {json.dumps(name)}, "good": {json.dumps(verified.is_good)},\n"signatures": ['
    yield from _items(_signature_record(number, verdict) for number, verdict in enumerate(verified.verdicts))
    yield '],\n"objects": ['
    yield from _items(map(_object_record, verified.updates))
    yield '],\n"problems": ['
    yield from _items(as_record(problem, name) for problem in verified.problems)
    yield "]}\n"


def _items(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    for number, record in enumerate(records):
        yield f"{',' if number else ''}\n{json.dumps(record)}"


def _signature_record(number: int, verdict: Verdict) -> dict[str, Any]:
    from irtkit.openpgp.verdicts import time_text  # noqa: PLC0415 - not for the help

    part = verdict.part
    return {
        "number": number,
        "verdict": verdict.code,
        "codes": [problem.code for problem in verdict.problems],
        "form": "mime" if part.is_mime else "cleartext",
        "part": part.part or None,
        "first_line": part.first_line or None,
        "last_line": part.last_line or None,
        "inside": list(part.around),
        "key_certs": list(verdict.key_certs),
        "owners": [user_id.text for user_id in verdict.key.user_ids] if verdict.key and verdict.signed_by else [],
        "fingerprint": verdict.key.fingerprint if verdict.key and verdict.signed_by else None,
        "signed_by": verdict.signed_by or None,
        "issuer": verdict.issuer or None,
        "signed_at": None if verdict.signed_at is None else time_text(verdict.signed_at),
        "algorithm": verdict.algorithm or None,
        "digest": verdict.digest or None,
    }


def _object_record(update: VerifiedUpdate) -> dict[str, Any]:
    obj = update.update.object
    return {
        "class": obj.class_name,
        "key": obj.primary_key,
        "line": obj.line,
        "part": update.part or None,
        "delete": update.update.is_deletion,
        "signatures": list(update.signatures),
        "signed_by": list(update.key_certs),
    }
