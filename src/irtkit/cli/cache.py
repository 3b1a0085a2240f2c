"""`irtkit cache`: the answers of registries that are kept for a while, and IANA's lists of who has which addresses."""

from __future__ import annotations

from contextlib import closing

import click

from irtkit.cli.terminals import warn
from irtkit.index.layout import printable

__all__ = ["command"]


@click.group("cache", short_help="Show or clear the answers that are kept.")
def command() -> None:
    """Show or clear the answers of registries that are kept for a while.

    irtkit resolve --live keeps them by network, those with personal data for an hour at most, others for a day. The
    file is private to you; IRTKIT_CACHE names another one.
    """


@command.command("info", short_help="Show how much is kept, and where.")
def info() -> None:
    """Show how much is kept, and where."""
    from irtkit.clients.answer_cache import AnswerCache  # noqa: PLC0415 - not for the help

    cache = AnswerCache(warn=warn)
    try:
        holdings = cache.holdings() if cache.path.exists() else None
    finally:
        cache.close()
    click.echo(f"file: {printable(str(cache.path))}")
    if holdings is None:
        click.echo("It does not exist: nothing is kept.")
        return
    click.echo(f"answers: {holdings.answers:,}, {holdings.personal:,} of them with personal data")
    click.echo(f"size: {holdings.size:,} bytes")


@command.command("refresh", short_help="Fetch which registry has which addresses.")
def refresh() -> None:
    """Fetch IANA's lists of which registry has which addresses; irtkit resolve --live goes by them from then on.

    Only lists that have changed are sent again. The exit status is 1 if one could not be had; what was known stays.
    """
    from irtkit.clients.bootstrap_files import BootstrapFiles, refresh_bootstrap  # noqa: PLC0415 - not for the help
    from irtkit.clients.driving import Client  # noqa: PLC0415 - the same
    from irtkit.clients.ledger import Ledger  # noqa: PLC0415 - the same

    with closing(Ledger()) as ledger, Client(ledger=ledger) as client:
        found = refresh_bootstrap(client, BootstrapFiles())
    for kind, file in sorted(found.bootstrap.files.items()):
        news = "new" if kind in found.changed else "not refreshed" if kind in found.failures else "not changed"
        click.echo(f"{kind}: {printable(file.publication or 'without date')[:10]}, {news}")
    for kind, failure in sorted(found.failures.items()):
        warn(f"{kind}: {failure}")
    if found.failures:
        raise SystemExit(1)


def _read_registry(_: click.Context, parameter: click.Parameter, name: str | None) -> str | None:
    """Return the name under which answers are kept: a registry's, or a server's, which has a colon (a port, a URL)."""
    if name is None or ":" in name:
        return name and name.lower()
    from irtkit.registries import REGISTRIES  # noqa: PLC0415 - not for the help
    from irtkit.rpsl.faults import shown  # noqa: PLC0415 - the same

    if name.lower() not in REGISTRIES:
        raise click.BadParameter(f"{shown(name)} is no registry. Registries: {', '.join(REGISTRIES)}.", param=parameter)
    return name.lower()


@command.command("clear", short_help="Remove what is kept.")
@click.option("--registry", metavar="NAME", callback=_read_registry, help="Only the answers of this registry.")
def clear(*, registry: str | None) -> None:
    """Remove what is kept; what has been removed cannot be read any more."""
    from irtkit.clients.answer_cache import AnswerCache  # noqa: PLC0415 - not for the help

    cache = AnswerCache(warn=warn)
    try:
        count = cache.clear(registry) if cache.path.exists() else 0
    finally:
        cache.close()
    click.echo(f"{count:,} {'answer' if count == 1 else 'answers'} removed")
