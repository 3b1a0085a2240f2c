"""`irtkit keys`: the keys to which a report about an address can be encrypted, and those that its team signs with."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any, NamedTuple

import click

from irtkit.cli.dumps import DumpsCommand, space_of
from irtkit.cli.places import made_index, opened_index

TYPE_CHECKING = False  # typing's constant without typing's import: type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from irtkit.clients.live_keys import LiveKeys
    from irtkit.clients.recipient_keys import KeyFinder
    from irtkit.contacts.keys import IrtKeys, RegisteredKey

__all__ = ["command"]


@click.command("keys", cls=DumpsCommand, short_help="Show the keys that the irts of addresses have registered.")
@click.argument("queries", metavar="[ADDRESS|PREFIX|RANGE]...", nargs=-1)
@click.option("--input", "-i", "list_path", metavar="FILE", help="A list of addresses; - is standard input.")
@click.option("--column", metavar="NAME|N", help="The column or key of the list that has the addresses.")
@click.option(
    "--index", "index_path", metavar="INDEX", help="Default: IRTKIT_INDEX, else in the user's data directory."
)
@click.option("--dumps", metavar="PATH...", multiple=True, help="Read these dumps instead of an index.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.option("--live", is_flag=True, help="Look for keys on the network, too: at the irt's domain and a key server.")
@click.option(
    "--vks",
    metavar="URL",
    multiple=True,
    help="With --live, ask this verifying key server instead of the usual one; none asks no key server.",
)
@click.option(
    "--hkp", metavar="URL", multiple=True, help="With --live, ask this HKP server, by fingerprint, instead of it."
)
@click.option("--server", metavar="HOST[:PORT]", help="With --live, ask this whois server for mailboxes.")
def command(
    *,
    queries: tuple[str, ...],
    list_path: str | None,
    column: str | None,
    index_path: str | None,
    dumps: tuple[str, ...],
    as_json: bool,
    live: bool,
    vks: tuple[str, ...],
    hkp: tuple[str, ...],
    server: str | None,
) -> None:
    """Show the keys that the irts of addresses name in encryption: and signature:, and whether they serve.

    The irts are those that irtkit resolve finds. Keys come from the key-certs among the dumps, never from a keyring,
    and GnuPG judges them.

    With --live also those that are published now: at the domain of the irt's mailbox (WKD), and by key servers. A key
    that the registry does not know is marked unconfirmed: anybody may publish one for anybody.

    No key is an answer, with its reason, and the exit status is 0. irtkit encrypt fails where there is none.
    """
    if bool(queries) == (list_path is not None):
        raise click.UsageError("Give either addresses, or a list with --input.")
    if column is not None and list_path is None:
        raise click.UsageError("--column names a column of the list that --input gives.")
    if dumps and index_path:
        raise click.UsageError("Give either --index or --dumps.")
    if not live and (vks or hkp or server):
        raise click.UsageError("--vks, --hkp and --server go with --live.")
    from irtkit.clients.recipient_keys import KeyFinder  # noqa: PLC0415 - not for the help

    with ExitStack() as stack:
        index = stack.enter_context(made_index(dumps) if dumps else opened_index(index_path))
        finder = KeyFinder(index)
        batches = [_tidied(queries)] if list_path is None else _listed(list_path, column)
        answers = (answer for batch in batches for answer in _answers(finder, batch))
        if live:
            from irtkit.cli.keys_live import live_finder  # noqa: PLC0415 - the network is for this only

            looking = stack.enter_context(live_finder(server, vks, hkp))
            answers = (
                answer if answer.keys is None else answer._replace(live=looking.find(answer.keys)) for answer in answers
            )
        for piece in _json(answers) if as_json else _lines(answers):
            click.echo(piece, nl=False)


class _Answer(NamedTuple):
    """What was asked, and the keys; None for what is no address."""

    query: str
    keys: IrtKeys | None
    live: list[LiveKeys] | None = None
    """What was found on the network, if that was asked."""


def _tidied(queries: Iterable[str]) -> list[str]:
    return [query.encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip() for query in queries]


def _listed(path: str, column: str | None) -> Iterator[list[str]]:
    """Yield the lines of a list, a block at a time."""
    from irtkit.cli.list_warnings import warn_of_list  # noqa: PLC0415 - lists only
    from irtkit.clients.lists import open_list  # noqa: PLC0415 - the same

    with open_list(path, column) as found:
        for block in found.blocks:
            yield block.text[1:].decode("utf-8", "replace").split("\n")[:-1]
    warn_of_list(path, found)


def _answers(finder: KeyFinder, queries: list[str]) -> Iterator[_Answer]:
    """Yield the answers to some queries in order; all of them cost one process of gpg at most."""
    spaces = [space_of(query) for query in queries]
    found = iter(finder.find(space for space in spaces if space is not None))
    for query, space in zip(queries, spaces, strict=True):
        yield _Answer(query, None if space is None else next(found))


def _lines(answers: Iterable[_Answer]) -> Iterator[str]:
    """Yield the answers as text, a paragraph each."""
    from irtkit.contacts.keys import REASONS  # noqa: PLC0415 - not for the help
    from irtkit.index.answers import LONGEST_INPUT  # noqa: PLC0415 - the same
    from irtkit.reports.excerpts import escaped  # noqa: PLC0415 - the same

    for query, found, live in answers:
        reason = "not-an-address" if found is None else found.reason
        name = query[:LONGEST_INPUT] if found is None else found.resolution.address
        irts = f": {', '.join(found.resolution.irts)}" if found is not None and found.resolution.irts else ""
        lines = [f"{name}{irts}", *(line for key in (found.keys if found else ()) for line in _key_lines(key))]
        if live is not None:
            from irtkit.cli.keys_live import live_lines  # noqa: PLC0415 - for the network only

            lines += live_lines(live)
        if reason is not None:
            lines.append(f"  no key to encrypt to: {reason}, {REASONS[reason]}")
        yield "".join([f"{escaped(line)}\n" for line in lines])


def _key_lines(key: RegisteredKey) -> Iterator[str]:
    from irtkit.openpgp.keycerts import grouped_fingerprint  # noqa: PLC0415 - not for the help

    yield f"  {key.irt} {key.use} {key.name}: {key.told}"
    if key.fingerprint is not None:
        yield f"    {key.fingerprint if key.key is None else grouped_fingerprint(key.fingerprint)}"
    for owner in key.owners:
        yield f"    {owner}"


def _json(answers: Iterable[_Answer]) -> Iterator[str]:
    """Yield one JSON document, an address at a time."""
    head = between = '{"version": 1, "addresses": [\n'
    for answer in answers:
        yield f"{between}{json.dumps(_record(*answer))}"
        between = ",\n"
    yield "\n]}\n" if between != head else f"{head}]}}\n"


def _record(query: str, found: IrtKeys | None, live: list[LiveKeys] | None) -> dict[str, Any]:
    from irtkit.index.answers import LONGEST_INPUT  # noqa: PLC0415 - not for the help

    resolution = None if found is None else found.resolution
    return {
        "input": query[:LONGEST_INPUT],
        "address": resolution.address if resolution else None,
        "network": resolution.network if resolution else None,
        "irt_network": resolution.irt_network if resolution else None,
        "irts": list(resolution.irts) if resolution else [],
        "keys": [_key_record(key) for key in found.keys] if found else [],
        "reason": found.reason if found else "not-an-address",
        **_live_record(live),
    }


def _live_record(live: list[LiveKeys] | None) -> dict[str, Any]:
    if live is None:
        return {}
    from irtkit.cli.keys_live import live_records  # noqa: PLC0415 - for the network only

    return {"live": live_records(live)}


def _key_record(key: RegisteredKey) -> dict[str, Any]:
    from irtkit.openpgp.verdicts import time_text  # noqa: PLC0415 - for JSON only

    return {
        "irt": key.irt,
        "use": key.use,
        "key_cert": key.name,
        "state": key.state,
        "said": key.said,
        "until": None if key.until is None else time_text(key.until),
        "method": (key.cert.method or None) if key.cert else None,
        "fingerprint": key.fingerprint,
        "algorithm": key.key.algorithm_name if key.key else None,
        "owner": list(key.owners),
    }
