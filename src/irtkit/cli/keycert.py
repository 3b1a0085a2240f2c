"""`irtkit keycert`: make a key-cert of a key, show what is in one, check it."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from irtkit.cli.refusals import refusals_as_json
from irtkit.cli.terminals import text_report

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from irtkit.openpgp.keycerts import KeyCert
    from irtkit.openpgp.listings import KeyState
    from irtkit.problems import Problem
    from irtkit.reports import Report

__all__ = ["command"]


@click.group("keycert")
def command() -> None:
    """Make a key-cert of a key, show what is in one, check it."""


@command.command("make", short_help="Make a key-cert object of a public key.")
@click.argument("path", metavar="[FILE]", required=False)
@click.option("--key", "-k", metavar="KEY", help="Take this key of your keyring: fingerprint, PGPKEY-... or address.")
@click.option("--mnt-by", "maintainers", metavar="MNTNER", multiple=True, help="A maintainer; again for more.")
@click.option("--source", default="RIPE", show_default=True, help="The database.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def make(
    context: click.Context,
    path: str | None,
    key: str | None,
    maintainers: tuple[str, ...],
    source: str,
    *,
    as_json: bool,
) -> None:
    """Make a key-cert object of a public key, with what the registry would generate.

    FILE holds one key, armoured or not; - is standard input. The exit status is 1 if the registry would refuse it; the
    object is printed all the same. A secret key is refused, and so are several keys at once.
    """
    if (path is None) == (key is None):
        raise click.UsageError("Give a FILE that holds a key, or --key for one of your keyring.")
    from irtkit.openpgp.keycerts import build_key_cert, read_key_cert  # noqa: PLC0415 - not for the help

    attributes = [*(("mnt-by", name) for name in maintainers), ("source", source)]
    with refusals_as_json(as_json=as_json):
        cert = read_key_cert(build_key_cert(_key_bytes(path, key), attributes))
    problems, states = _problems([cert])
    if as_json:
        record = {"version": 1, **_record(cert, states), "problems": _records(problems[0], path)}
        click.echo(json.dumps(record, indent=2))
    else:
        click.echo(str(cert.object), nl=False)
        for problem in problems[0]:
            _tell(f"irtkit: {problem.severity}[{problem.code}]: {problem.message}")
        if not maintainers:
            _tell("irtkit: warning: it has no mnt-by yet; give --mnt-by")
    context.exit(1 if _has_errors(problems[0]) else 0)


def _key_bytes(path: str | None, key: str | None) -> bytes:
    if path is not None:
        from irtkit.clients.gpg_keycerts import read_limited  # noqa: PLC0415 - not for the help
        from irtkit.openpgp.keys import LARGEST_BLOCK  # noqa: PLC0415 - the same

        return read_limited(path, LARGEST_BLOCK)
    from irtkit.clients.gpg_keyring import UserKeyring  # noqa: PLC0415 - python-gnupg's weight

    keyring = UserKeyring()
    return keyring.export([keyring.find_key(key or "").fingerprint])


@command.command("show", short_help="Show what is in key-certs.")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@click.option("--armour", is_flag=True, help="Print the keys themselves, as the objects have them.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def show(paths: tuple[str, ...], *, armour: bool, as_json: bool) -> None:
    """Show what is in the key-certs of files: name, owner, fingerprint, kind of key, validity.

    FILE holds objects, plain or gzip, or is an index; - is standard input.
    """
    certs = [cert for path in paths for found in _read(path).values() for cert in found]
    if armour and not as_json:
        _refuse_secrets(certs)
        click.echo("".join(cert.armour for cert in certs), nl=False)
        return
    states = _states(certs)
    if as_json:
        click.echo(json.dumps({"version": 1, "key_certs": [_record(cert, states) for cert in certs]}, indent=2))
        return
    for number, cert in enumerate(certs):
        click.echo("\n" * bool(number) + "\n".join(_lines(_record(cert, states))))


@command.command("check", short_help="Say what is wrong with key-certs.")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Fail for warnings, too.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def check(context: click.Context, paths: tuple[str, ...], *, strict: bool, as_json: bool) -> None:
    """Say what is wrong with the key-certs of files, as to the keys in them; irtkit check does the rest.

    FILE holds objects, plain or gzip, or is an index; - is standard input. The exit status is 1 if there are errors
    (with --strict also warnings).
    """
    from irtkit.problems import Severity  # noqa: PLC0415 - not for the help

    report = _report(as_json=as_json)
    click.echo("".join(_reported(report, paths)), nl=False)
    failed = report.tally.count(Severity.ERROR) or (strict and report.tally.count(Severity.WARNING))
    context.exit(1 if failed else 0)


def _report(*, as_json: bool) -> Report:
    if not as_json:
        return text_report()
    from irtkit.reports import Tally  # noqa: PLC0415 - not for the help
    from irtkit.reports.records import JsonReport  # noqa: PLC0415 - the same

    return JsonReport(Tally())


def _reported(report: Report, paths: Iterable[str]) -> Iterator[str]:
    """Yield the report; a secret key among the lines of a file keeps them from being shown."""
    yield from report.begin()
    for path in paths:
        for name, certs in _read(path).items():
            found, _ = _problems(certs)
            report.tally.objects += len(certs)
            yield from report.file(name, "", [problem for problems in found for problem in problems])
    yield from report.end()


def _read(path: str) -> dict[str, list[KeyCert]]:
    """Return all key-certs by the file that they are in: a folder has several."""
    from irtkit.clients.gpg_keycerts import iter_key_certs  # noqa: PLC0415 - not for the help
    from irtkit.errors import FileError  # noqa: PLC0415 - the same

    found: dict[str, list[KeyCert]] = {}
    for name, cert in iter_key_certs([path]):
        found.setdefault("standard input" if path == "-" else name, []).append(cert)
    if not found:
        raise FileError("holds no key-cert", path="standard input" if path == "-" else path)
    return found


def _refuse_secrets(certs: Iterable[KeyCert]) -> None:
    from irtkit.openpgp.faults import OpenPgpError  # noqa: PLC0415 - not for the help

    for cert in certs:
        if cert.fault is not None and cert.fault.code == "secret-key":
            raise OpenPgpError(*cert.fault)


def _states(certs: Iterable[KeyCert]) -> dict[str, KeyState]:
    from irtkit.clients.gpg_keys import key_states  # noqa: PLC0415 - not for the help

    return key_states([cert.key for cert in certs if cert.key is not None])


def _problems(certs: list[KeyCert]) -> tuple[list[list[Problem]], dict[str, KeyState]]:
    """Return the problems of each key-cert, and what GnuPG says of their keys."""
    from irtkit.openpgp.keyproblems import iter_key_problems  # noqa: PLC0415 - not for the help

    states, now = _states(certs), time.time()
    found = [
        list(iter_key_problems(cert, states.get(cert.key.fingerprint) if cert.key else None, now)) for cert in certs
    ]
    return found, states


def _has_errors(problems: Iterable[Problem]) -> bool:
    from irtkit.problems import Severity  # noqa: PLC0415 - not for the help

    return any(problem.severity is Severity.ERROR for problem in problems)


def _records(problems: Iterable[Problem], path: str | None) -> list[dict[str, Any]]:
    from irtkit.reports.records import as_record  # noqa: PLC0415 - for JSON only

    return [as_record(problem, path) for problem in problems]


def _record(cert: KeyCert, states: dict[str, KeyState]) -> dict[str, Any]:
    """Return what there is to say about a key-cert; None is for what it has not or nobody knows."""
    from irtkit.openpgp.keycerts import generated_attributes  # noqa: PLC0415 - not for the help

    generated = generated_attributes(cert)
    secret = cert.fault is not None and cert.fault.code == "secret-key"
    return {
        "key_cert": cert.name,
        "object": None if secret else str(cert.object),
        "method": cert.method or None,
        "owner": [value for name, value in generated if name == "owner"],
        "fingerpr": next((value for name, value in generated if name == "fingerpr"), None),
        "fault": None if cert.fault is None else cert.fault.code,
        **_key_facts(cert, states),
    }


def _key_facts(cert: KeyCert, states: dict[str, KeyState]) -> dict[str, Any]:
    from irtkit.openpgp.verdicts import time_text  # noqa: PLC0415 - not for the help

    if cert.certificate is not None:
        certificate = cert.certificate
        kind = f"{certificate.algorithm}-{certificate.bits}" if certificate.bits else certificate.algorithm
        return {
            "fingerprint": None,
            "algorithm": kind,
            "created": time_text(certificate.not_before),
            "expires": time_text(certificate.not_after),
            "state": "expired" if certificate.not_after < time.time() else "valid",
            "can_sign": None,
            "subkeys": [],
        }
    key = cert.key
    state = states.get(key.fingerprint) if key else None
    return {
        "fingerprint": key.fingerprint if key else None,
        "algorithm": key.algorithm_name if key else None,
        "created": time_text(key.created) if key else None,
        "expires": time_text(state.expires) if state and state.expires else None,
        "state": _state(state) if state else None,
        "can_sign": state.can_sign if state else None,
        "subkeys": [
            {"fingerprint": subkey.fingerprint, "algorithm": subkey.algorithm_name, "can_sign": subkey.can_sign}
            for subkey in (key.subkeys if key else ())
        ],
    }


def _state(state: KeyState) -> str:
    if state.revoked:
        return "revoked"
    if state.expired:
        return "expired"
    return "valid" if state.valid and state.usable else "invalid"


def _lines(record: dict[str, Any]) -> Iterator[str]:
    """Yield a key-cert's facts as lines of text."""
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - for text only

    yield escaped(record["key_cert"])
    for name in ("method", "owner", "fingerpr", "algorithm", "created", "expires", "state", "fault"):
        for value in record[name] if isinstance(record[name], list) else [record[name]]:
            if value is not None:
                yield f"  {name + ':':12} {escaped(value)}"
    for subkey in record["subkeys"]:
        use = "can sign" if subkey["can_sign"] else "cannot sign"
        yield f"  {'subkey:':12} {subkey['fingerprint']}, {subkey['algorithm']}, {use}"


def _tell(text: str) -> None:
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - for text only

    click.echo(escaped(text), err=True)
