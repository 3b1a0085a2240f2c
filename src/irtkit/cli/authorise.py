"""`irtkit authorise`: who must agree to the updates in files before a registry takes them, and who does."""

from __future__ import annotations

import json
from typing import NamedTuple

import click

from irtkit.cli.against import AgainstCommand, read_files, read_paths

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator

    from irtkit.authorisation import Credentials, Plan, Request, Requirement
    from irtkit.problems import Problem
    from irtkit.submission import Message, Update
    from irtkit.validation.objects import Objects

__all__ = ["command"]

_INDENT = 11


class _File(NamedTuple):
    """A file, or a part of a mail: its name, what is in it if it could be read, and what is wrong with it if not.

    *signers* has, for each update, the key-certs by which it is signed well; *faults* are those of signatures.
    """

    name: str
    message: Message | None
    problems: list[Problem]
    signers: tuple[tuple[str, ...], ...] = ()
    faults: tuple[Problem, ...] = ()


class _Planned(NamedTuple):
    """An update, the file that it is in, and who must agree to it."""

    file: str
    update: Update
    plan: Plan


def _key_names(_: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of key-certs in upper case; a usage error for what is none."""
    from irtkit.schema.syntaxes.keys import KEY_CERT  # noqa: PLC0415 - not for the help

    for name in names:
        fault = KEY_CERT.find_fault(name)
        if fault is not None or name.upper().startswith("AUTO-"):
            raise click.BadParameter(fault.message if fault else "AUTO- names no key-cert yet", param=parameter)
    return tuple(name.upper() for name in names)


@click.command("authorise", cls=AgainstCommand, short_help="Say who must agree to updates, and by which keys they can.")
@click.argument("paths", metavar="FILE...", nargs=-1, callback=read_files)
@click.option(
    "--against",
    metavar="INDEX|PATH...",
    multiple=True,
    callback=read_paths,
    help="What is stored: an index, or files or folders of objects, maintainers and irts among them.",
)
@click.option(
    "--signed-by",
    "keys",
    metavar="KEY-CERT",
    multiple=True,
    callback=_key_names,
    help="Count every object as signed by this key-cert (PGPKEY-0A1B2C3D, X509-1).",
)
@click.option("--account", "accounts", metavar="MAILBOX", multiple=True, help="Count this SSO account as signed in.")
@click.option(
    "--passwords/--no-passwords", default=False, help="Whether the registry takes MD5 passwords. Default: no."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(
    context: click.Context,
    *,
    paths: tuple[str, ...],
    against: tuple[str, ...],
    keys: tuple[str, ...],
    accounts: tuple[str, ...],
    passwords: bool,
    as_json: bool,
) -> None:
    """Say which maintainers and irts must agree to the updates in files, by which keys they can, and who does already.

    FILE holds objects or update messages, signed or not; - is standard input. Several files are planned as one message.
    --against takes the paths that follow it, up to the next option or to --. The rules are RIPE's. Signatures count if
    they are good by the key-certs in --against; --signed-by says who will sign.

    The exit status is 0 if what is given authorises everything, 1 if something is missing, and 2 for a command line
    that means nothing.
    """
    if not paths:
        hint = " What follows --against belongs to it; put the files before it, or behind --." if against else ""
        raise click.UsageError(f"Missing argument 'FILE...'.{hint}")
    if not against:
        raise click.UsageError("Missing option '--against'. Who must agree stands in the objects that are stored.")
    from irtkit.authorisation import Credentials  # noqa: PLC0415 - not for the help
    from irtkit.clients.submissions import open_database  # noqa: PLC0415 - the same

    below, faults = open_database(against, "ripe")
    files = [file for path in paths for file in _read(path, against)]
    planned = _planned(files, below, Credentials.of(accounts=accounts, keys=keys), passwords=passwords)
    notes = [*_faults(faults, files), *_notes(files, passwords=passwords)]
    click.echo(_document(planned, notes, len(files)) if as_json else _text(planned, notes, len(files)), nl=False)
    whole = not faults and all(file.message is not None and file.message.updates for file in files)
    context.exit(0 if whole and all(one.plan.authorised for one in planned) else 1)


def _read(path: str, against: tuple[str, ...]) -> list[_File]:
    """Return what is in a file; of a mail, each part by itself."""
    from irtkit.clients.submissions import STANDARD_INPUT, read_bytes  # noqa: PLC0415 - not for the help
    from irtkit.errors import FileError  # noqa: PLC0415 - the same
    from irtkit.openpgp.mime import looks_like_mail  # noqa: PLC0415 - the same
    from irtkit.submission import parse_message  # noqa: PLC0415 - the same
    from irtkit.submission.codes import problem_of  # noqa: PLC0415 - the same
    from irtkit.submission.decoding import decode  # noqa: PLC0415 - the same

    name = STANDARD_INPUT if path == "-" else path
    try:
        data = read_bytes(path)
    except FileError as error:
        return [_File(name, None, [problem_of("unreadable-file", error.message, None, "expected a file of objects")])]
    text, problems = decode(data)
    if text is None:
        return [_File(name, None, problems)]
    message = parse_message(text)
    if looks_like_mail(data) or any(update.signatures for update in message.updates):
        return _read_signed(name, data, against)
    return [_File(name, message, problems)]


def _read_signed(name: str, data: bytes, against: tuple[str, ...]) -> list[_File]:
    """Return the texts of a signed message, and who signed each of their updates well."""
    from irtkit.clients.gpg_keycerts import read_key_certs  # noqa: PLC0415 - for signed messages only
    from irtkit.clients.gpg_verifying import verify_message  # noqa: PLC0415 - the same
    from irtkit.openpgp.verdicts import KeySet  # noqa: PLC0415 - the same

    verified = verify_message(data, KeySet.of_key_certs(read_key_certs(against)))
    files: list[_File] = []
    for text, message in zip(verified.message.texts, verified.messages, strict=True):
        signers = tuple(update.key_certs for update in verified.updates if update.part == text.part)
        files.append(_File(f"{name}, part {text.part}" if text.part else name, message, [], signers))
    return (
        [files[0]._replace(faults=verified.problems), *files[1:]]
        if files
        else [_File(name, None, [*verified.problems])]
    )


def _planned(files: list[_File], below: Objects | None, credentials: Credentials, *, passwords: bool) -> list[_Planned]:
    """Return the plans of all updates, those of all files as one message."""
    from irtkit.authorisation import authorise  # noqa: PLC0415 - not for the help
    from irtkit.validation.options import Options  # noqa: PLC0415 - the same

    updates = [(file, update) for file in files if file.message for update in file.message.updates]
    requests = [request for file in files if file.message for request in _requests(file, file.message, credentials)]
    plans = authorise(requests, below, options=Options(passwords=passwords))
    return [_Planned(file.name, update, plan) for (file, update), plan in zip(updates, plans, strict=True)]


def _requests(file: _File, message: Message, credentials: Credentials) -> Iterator[Request]:
    """Yield the updates of a message with what is offered for them: the same for all, its passwords, its signatures."""
    from irtkit.authorisation import Credentials, Request  # noqa: PLC0415 - not for the help

    offered = credentials | Credentials.of(passwords=[one.secret.reveal() for one in message.passwords])
    new = "NEW" in message.keywords
    signers = file.signers or ((),) * len(message.updates)
    for update, names in zip(message.updates, signers, strict=True):
        yield Request(update.object, offered | Credentials.of(keys=names), deletion=update.is_deletion, new=new)


def _faults(faults: list[tuple[str, Problem]], files: list[_File]) -> Iterator[str]:
    """Yield, in one line each, what could not be read."""
    for name, problem in [*faults, *((file.name, problem) for file in files for problem in file.problems)]:
        yield f"{name}: {problem.message}"


def _notes(files: list[_File], *, passwords: bool) -> Iterator[str]:
    """Yield, in one line each, what in the messages counts for nothing here."""
    for name, message, _, _, signature_faults in files:
        for fault in signature_faults:
            yield f"{name}{f':{fault.span.line}' if fault.span else ''}: {fault.message} [{fault.code}]"
        if message is None:
            continue
        if not message.updates:
            yield f"{name}: there is no object in it"
        if message.passwords and not passwords:
            yield f"{name}:{message.passwords[0].span.line}: passwords no longer count (--passwords counts them)"
        override = next((one for update in message.updates for one in update.overrides), None)
        if override:
            yield f"{name}:{override.span.line}: override is for the registry's own staff, and is not looked at"


def _document(planned: list[_Planned], notes: list[str], files: int) -> str:
    from irtkit.authorisation import as_record  # noqa: PLC0415 - not for the help

    rows = [{"file": one.file, "line": one.update.object.line, **as_record(one.plan)} for one in planned]
    authorised = sum(one.plan.authorised for one in planned)
    summary = {"files": files, "objects": len(planned), "authorised": authorised}
    return json.dumps({"version": 1, "plans": rows, "notes": notes, "summary": summary}, indent=1) + "\n"


def _text(planned: list[_Planned], notes: list[str], files: int) -> str:
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - not for the help

    lines = [escaped(note) for note in notes]
    for one in planned:
        lines += _lines(one)
    authorised = sum(one.plan.authorised for one in planned)
    counted = f"{_number(files, 'file')}, {_number(len(planned), 'object')}"
    lines.append(f"{counted}: {authorised:,} authorised, {len(planned) - authorised:,} not")
    return "".join([f"{line}\n" for line in lines])


def _lines(planned: _Planned) -> Iterator[str]:
    """Yield what there is to say about one update, a paragraph."""
    from irtkit.authorisation.sentences import plain  # noqa: PLC0415 - not for the help
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - the same

    plan = planned.plan
    verdict = (
        ("authorised, as far as can be seen" if plan.missing else "authorised") if plan.authorised else "needs more"
    )
    what = f"{plan.operation} {plain(plan.class_name)} {plain(plan.key)}".rstrip()
    yield f"{escaped(planned.file)}:{planned.update.object.line}: {what}: {verdict}"
    if not plan.authorised:
        yield f"  {'needs':<{_INDENT}}{plan}"
    for requirement in plan.requirements:
        yield from _requirement_lines(requirement)
    for missing in plan.missing:
        classes = " or ".join(missing.classes)
        yield f"  {'not seen':<{_INDENT}}{classes} {plain(missing.key)}: {missing.reason}"


def _requirement_lines(requirement: Requirement) -> Iterator[str]:
    from irtkit.authorisation.sentences import met, wanted  # noqa: PLC0415 - not for the help

    found = f"met by {met([requirement])}" if requirement.satisfied else f"open: {wanted(requirement)}"
    yield f"  {requirement.strategy:<{_INDENT}}{found}"
    yield f"  {'':<{_INDENT}}{requirement.reason} [{requirement.citation}]"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"
