"""`irtkit submit`: check, authorise, sign and send a submission, read what the registry says, and look what it has."""

from __future__ import annotations

from typing import NamedTuple

import click

from irtkit.cli.against import AgainstCommand, read_paths
from irtkit.cli.passphrases import passphrase_from
from irtkit.cli.refusals import refusals_as_json
from irtkit.cli.signers import refuse_too_many

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from irtkit.live.submitting import Service
    from irtkit.registries import Registry
    from irtkit.wire.questions import Server

__all__ = ["command"]

_REGISTRIES = ("ripe", "test", "irrd")


class _Target(NamedTuple):
    """Where the message goes: the service, who is asked afterwards, and what the user named."""

    service: Service | None
    whois: Server | None
    allowed: frozenset[str]
    place: str


@click.command("submit", cls=AgainstCommand, short_help="Send a submission, and see what the registry makes of it.")
@click.argument("path", metavar="FILE")
@click.option(
    "--registry",
    type=click.Choice(_REGISTRIES, case_sensitive=False),
    default="ripe",
    show_default=True,
    help="Where it goes: RIPE's database, its TEST database, or an IRRd.",
)
@click.option("--url", metavar="URL", help="Send it there: syncupdates with the source at its end, or an IRRd.")
@click.option("--whois", "whois", metavar="HOST[:PORT]", help="Fetch the objects back from there.")
@click.option("--dry-run/--really", "dry_run", default=True, help="Let the registry only judge it.  [default: dry-run]")
@click.option(
    "--sign",
    "-k",
    "names",
    metavar="KEY",
    multiple=True,
    help="Sign with this secret key of yours first; again for more, the last one is outermost.",
)
@click.option("--nested", is_flag=True, help="Sign around what somebody has signed already.")
@click.option("--passphrase-fd", type=click.IntRange(min=0), metavar="N", help="Read the passphrase there.")
@click.option(
    "--against",
    metavar="INDEX|PATH...",
    multiple=True,
    callback=read_paths,
    help="What is stored: for references, for who must agree, and for key-certs.",
)
@click.option("--account", "accounts", metavar="MAILBOX", multiple=True, help="Count this SSO account as signed in.")
@click.option("--new", is_flag=True, help="Let it fail where an object exists already.")
@click.option("--force", is_flag=True, help="Send it although something is wrong with it.")
@click.option("--mail", metavar="FILE", help="Write a mail there instead of sending anything.")
@click.option("--from", "sender", metavar="MAILBOX", help="The mail's sender.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(
    context: click.Context,
    *,
    path: str,
    registry: str,
    url: str | None,
    whois: str | None,
    dry_run: bool,
    names: tuple[str, ...],
    nested: bool,
    passphrase_fd: int | None,
    against: tuple[str, ...],
    accounts: tuple[str, ...],
    new: bool,
    force: bool,
    mail: str | None,
    sender: str | None,
    as_json: bool,
) -> None:
    """Check a submission, sign it if asked, send it, and say what became of each object.

    FILE holds objects or an update message, signed or not; - is standard input. Nothing is sent if something is wrong
    with it. Without --really it is a dry run: RIPE's databases judge it and store nothing; IRRd has no dry run, so
    that nothing is sent there. With --really, the objects are fetched back afterwards, and compared.

    A message is sent once. If its answer is lost, that is said, and what the registry has is shown: it is not sent
    again.

    The exit status is 0 if everything went as it was meant, 1 if not, or if nobody knows, and 2 for a command line
    that means nothing.
    """
    if mail is not None and (url is not None or whois is not None):
        raise click.UsageError("--mail sends nothing; --url and --whois do not go with it.")
    if mail is None and sender is not None:
        raise click.UsageError("--from goes with --mail.")
    if mail is not None and dry_run and registry.lower() == "irrd":
        raise click.UsageError("IRRd has no dry run: a mail to it is written with --really.")
    refuse_too_many(names)
    from irtkit.cli.submission_report import as_json as json_of  # noqa: PLC0415 - not for the help
    from irtkit.cli.submission_report import as_text  # noqa: PLC0415 - the same
    from irtkit.clients.submitting import Mail, Signing, Wanted, carry_out  # noqa: PLC0415 - the same
    from irtkit.registries import REGISTRIES  # noqa: PLC0415 - the same

    row = REGISTRIES[registry.lower()]
    target = _target(row, url, whois, new=new) if mail is None else _Target(None, None, frozenset(), row.title)
    headers = {"From": sender, "To": row.mail, "Subject": "NEW" if new else None}
    wanted = Wanted(
        path,
        schema=row.schema or row.name,
        sources=(row.source,) if row.source else None,
        against=against,
        accounts=accounts,
        keywords="NEW" if new else "",
        signing=Signing(names, nested, None if passphrase_fd is None else passphrase_from(passphrase_fd)),
        service=target.service,
        whois=target.whois,
        allowed=target.allowed,
        mail=None if mail is None else Mail(mail, {name: value for name, value in headers.items() if value}),
        really=not dry_run,
        force=force,
    )
    with refusals_as_json(as_json=as_json):
        outcome = carry_out(wanted)
    click.echo((json_of if as_json else as_text)(outcome, target.place), nl=False)
    context.exit(0 if outcome.is_good else 1)


def _target(row: Registry, url: str | None, whois: str | None, *, new: bool) -> _Target:
    """Return where the message goes: to the registry, or where the user says, who then names the whois server, too."""
    from irtkit.live.submitting import IrrdService, SyncupdatesService  # noqa: PLC0415 - not for the help
    from irtkit.registries import server_named  # noqa: PLC0415 - the same
    from irtkit.wire.syncupdates import Keyword  # noqa: PLC0415 - the same
    from irtkit.wire.targets import read_url, usual_place  # noqa: PLC0415 - the same

    is_irrd = row.schema == "irrd"
    where = url or row.syncupdates
    if where is None:
        raise click.UsageError("An IRRd has no address of its own: name it with --url.")
    read = read_url(where)
    if read is None:
        raise click.BadParameter("expected a URL such as https://irrd.example/", param_hint="'--url'")
    asked = None if whois is None else server_named(whois, dialect="irrd" if is_irrd else "ripe")
    allowed = {read.authority if read.port not in {80, 443} else read.host} if url is not None else set()
    if asked is not None:
        allowed.add(usual_place(asked.host, asked.port))
    elif url is None:
        asked = row.whois
    keywords = frozenset({Keyword.NEW}) if new else frozenset()
    service: Service = IrrdService(where) if is_irrd else SyncupdatesService(where, keywords, row.name)
    return _Target(service, asked, frozenset(allowed), read.authority)
