"""`irtkit whois`: ask the right whois server, in its words, and show what it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from irtkit.cli.terminals import shows_colours, warn
from irtkit.errors import QueryError
from irtkit.index.layout import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from irtkit.live.looking_up import LookUp
    from irtkit.wire.questions import Server
    from irtkit.wire.whois.answers import Answer
    from irtkit.wire.whois.queries import RipeQuery

__all__ = ["command"]

_SHORT = {"-h": "--server", "-p": "--port"}
"""Options that other whois clients have, and what they are here; RIPE's servers have no such flags."""


class _Command(click.Command):
    """A command that leaves every flag it does not have itself to the server."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._sorted(ctx, args))

    def _sorted(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put our options first, and the words of the query behind `--`."""
        takes_value = {
            name: isinstance(param, click.Option) and not param.is_flag
            for param in self.get_params(ctx)
            for name in param.opts
        }
        ours: list[str] = []
        words: list[str] = []
        rest = list(reversed(args))
        while rest:
            arg = rest.pop()
            if arg == "--":
                words += reversed(rest)
                break
            if arg[:2] in _SHORT and not arg.startswith("--"):
                arg, rest = _SHORT[arg[:2]], [*rest, arg[2:]] if arg[2:] else rest
            name = arg.partition("=")[0]
            if name not in takes_value:
                words.append(arg)
                continue
            ours.append(arg)
            if takes_value[name] and "=" not in arg and rest:
                ours.append(rest.pop())
        return [*ours, "--", *words]


@click.command(
    "whois",
    cls=_Command,
    short_help="Ask the right whois server.",
    context_settings={"help_option_names": ["--help"]},
    options_metavar="[OPTIONS] [FLAGS]",
)
@click.argument("words", metavar="QUERY...", nargs=-1, type=click.UNPROCESSED)
@click.option("--server", metavar="HOST[:PORT]", help="Ask this server, which may be private; -h is the same.")
@click.option("--port", metavar="PORT", type=click.IntRange(1, 65535), help="The server's port; -p is the same.")
@click.option("--template", metavar="CLASS", help="Show the server's template of a class.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.option(
    "--referrals/--no-referrals",
    default=None,
    help="Ask whom the server refers to, too, and show every answer. Default: ask, unless --server names one, and "
    "show the best.",
)
@click.option("--allow-private", is_flag=True, help="Follow referrals to private hosts and any port, too.")
@click.option(
    "--deadline",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="The time for all of it, referrals included.",
)
@click.option("--budget", is_flag=True, help="Show what was asked of each registry, and what it allows; ask nothing.")
def command(
    *,
    words: tuple[str, ...],
    server: str | None,
    port: int | None,
    template: str | None,
    as_json: bool,
    referrals: bool | None,
    allow_private: bool,
    deadline: float,
    budget: bool,
) -> None:
    """Ask the whois server that knows about an address, an AS number, a handle or a name.

    Flags are passed on as RIPE's and IRRd's servers have them, such as -B, -T inetnum or -i mnt-by. Related persons
    are left out (-r), because registries count them, unless --show-personal asks for them. Each registry's limits are
    kept.

    The exit status is 0 if something was found, 1 if not, and 2 if the question means nothing.
    """
    if budget:
        _show_budget(as_json=as_json)
        return
    try:
        found = _looked_up(words, server, port, template, referrals, allow_private=allow_private, deadline=deadline)
    except QueryError as error:
        raise click.UsageError(printable(str(error))) from None
    answers = found.answers if referrals else (found.best,)
    if as_json:
        click.echo(json.dumps(_document(found, answers), ensure_ascii=False, indent=2).encode())
    else:
        _show(answers, headed=bool(referrals))
    for hop in found.hops:
        if hop.ending in ("failed", "not asked") and (referrals or hop.ending == "failed"):
            warn(str(hop))
    if not _found_something(found.best):
        raise SystemExit(1)


def _looked_up(
    words: Sequence[str],
    named: str | None,
    port: int | None,
    template: str | None,
    referrals: bool | None,
    *,
    allow_private: bool,
    deadline: float,
) -> LookUp:
    from irtkit.clients.bootstrap_files import BootstrapFiles  # noqa: PLC0415 - not for the help
    from irtkit.clients.driving import Client, run  # noqa: PLC0415 - the same
    from irtkit.clients.ledger import Ledger  # noqa: PLC0415 - the same
    from irtkit.clients.rules import Rules  # noqa: PLC0415 - the same
    from irtkit.live.following import EVERYWHERE  # noqa: PLC0415 - the same
    from irtkit.live.looking_up import first_server, look_up  # noqa: PLC0415 - the same
    from irtkit.wire.targets import usual_place  # noqa: PLC0415 - the same

    query = _query(words, template)
    follow = referrals if referrals is not None else named is None
    files = BootstrapFiles().bootstrap(("asn", "ipv4", "ipv6")) if follow or named is None else None
    server = first_server(query, files) if named is None else _server(named, port, has_flags=not isinstance(query, str))
    allowed = EVERYWHERE if allow_private else (() if named is None else {usual_place(server.host, server.port)})
    journey = look_up(query, server, allowed=allowed, follow=follow, files=files)
    ledger = Ledger()
    try:
        with Client(Rules(seconds=deadline, allowed=allowed), ledger=ledger) as client:
            return run(journey, client)
    finally:
        ledger.close()


def _query(words: Sequence[str], template: str | None) -> RipeQuery | str:
    """Return what is asked: a key, an IRRd command, or a query with flags.

    Raises: QueryError for what is none.
    """
    from irtkit.wire.whois.queries import RipeQuery  # noqa: PLC0415 - not for the help

    if template is not None:
        return RipeQuery(template=template)
    texts = [word.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for word in words]
    if any(text.startswith("-") and len(text) > 1 for text in texts):
        return RipeQuery.parse(texts)
    key = " ".join(" ".join(texts).split())
    return RipeQuery(key=key) if not key or key.lower() == "help" else key


def _server(named: str, port: int | None, *, has_flags: bool) -> Server:
    """Return the server that is named; one that nobody knows takes flags if the user gives some."""
    from dataclasses import replace  # noqa: PLC0415 - not for the help

    from irtkit.registries import server_named  # noqa: PLC0415 - the same

    server = server_named(named, dialect="ripe" if has_flags else "plain")
    return server if port is None else replace(server, port=port)


def _found_something(answer: Answer) -> bool:
    return not answer.errors and bool(answer.objects or answer.other_lines or not answer.is_not_found)


def _show(answers: Sequence[Answer], *, headed: bool) -> None:
    """Write answers as the servers gave them; on a terminal names and messages are told apart."""
    colours = shows_colours()
    for answer in answers:
        if headed:
            head = f"% [{printable(str(answer.server))}]"
            click.echo(click.style(head, bold=True) if colours else head)
        for line in answer.text.rstrip("\n").split("\n"):
            text = printable(line.rstrip("\r").replace("\t", "        "))
            click.echo(_coloured(text) if colours else text)
        if headed:
            click.echo()


def _coloured(line: str) -> str:
    if line.startswith(("%ERROR", "% ERROR", "F ")):
        return click.style(line, fg="red")
    if line.startswith(("%", "#")):
        return click.style(line, dim=True)
    name, colon, value = line.partition(":")
    if colon and name and " " not in name and not line.startswith(("+", " ")):
        return f"{click.style(name + colon, fg='cyan')}{value}"
    return line


def _document(found: LookUp, answers: Sequence[Answer]) -> dict[str, Any]:
    return {
        "chain": [
            {"server": printable(hop.server), "ending": hop.ending, "note": printable(hop.note) or None,
             "because": printable(hop.because) or None}
            for hop in found.hops
        ],
        "answers": [_answer(answer) for answer in answers],
    }  # fmt: skip


def _answer(answer: Answer) -> dict[str, Any]:
    from irtkit.wire.whois.asking import read_networks  # noqa: PLC0415 - for JSON only

    return {
        "server": str(answer.server),
        "objects": [
            {"class": obj.class_name, "key": printable(obj.primary_key or ""),
             "attributes": [[printable(each.name), printable(each.value)] for each in obj]}
            for obj in answer.objects
        ],
        "networks": [
            {"key": printable(each.key), "name": each.name and printable(each.name),
             "org": each.org_id and printable(each.org_id), "country": each.country and printable(each.country),
             "contacts": [{"kind": one.kind, "handle": one.handle and printable(one.handle),
                           "email": one.mailbox and printable(one.mailbox), "via": printable(one.via)}
                          for one in each.contacts]}
            for each in read_networks(answer)
        ],
        "abuse_contacts": [
            {"key": printable(each.key), "email": each.mailbox and printable(each.mailbox), "suspect": each.suspect,
             "org": each.org and printable(each.org)}
            for each in answer.abuse_contacts
        ],
        "errors": [{"code": each.code, "text": printable(each.title)} for each in answer.errors],
        "warnings": [{"code": each.code, "text": printable(each.title)} for each in answer.warnings],
    }  # fmt: skip


def _show_budget(*, as_json: bool) -> None:
    """Write what the ledger holds, and what registries allow."""
    from irtkit.clients.ledger import Ledger  # noqa: PLC0415 - for the budget only

    ledger = Ledger()
    try:
        rows = [_row(usage) for usage in ledger.usage()]
    finally:
        ledger.close()
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        click.echo("No registry was asked anything that counts.")
    for row in rows:
        click.echo("\n".join(_told(row)))


def _row(usage: Any) -> dict[str, Any]:  # noqa: ANN401 - a Usage, which only a ledger makes
    from irtkit.registries import find_registry  # noqa: PLC0415 - for the budget only

    registry = find_registry(usage.account.registry)
    allowance = None if registry is None else registry.allowance
    until = usage.denied_until
    return {
        "registry": printable(usage.account.registry),
        "account": printable(usage.account.name),
        "personal_in_24_hours": usage.personal,
        "personal_allowed": None if allowance is None else allowance.personal_per_day,
        "queries_in_a_minute": usage.queries,
        "queries_allowed": None if allowance is None else allowance.queries_per_minute,
        "connections": usage.connections,
        "connections_allowed": None if allowance is None else allowance.connections,
        "denied_until": None if until is None else datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "denial": None if usage.denial is None else printable(usage.denial),
    }


def _told(row: dict[str, Any]) -> Iterator[str]:
    def of(name: str) -> str:
        return "" if row[name] is None else f" of {row[name]:,}"

    yield f"{row['registry']}, asked from {row['account']}:"
    yield f"  personal data in 24 hours: {row['personal_in_24_hours']:,}{of('personal_allowed')}"
    yield f"  queries in a minute:       {row['queries_in_a_minute']:,}{of('queries_allowed')}"
    yield f"  connections now:           {row['connections']:,}{of('connections_allowed')}"
    if row["denied_until"]:
        yield f"  it refuses us until {row['denied_until']}: {row['denial']}"
