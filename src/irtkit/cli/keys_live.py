"""`irtkit keys --live`: the keys of irts where they are published now, beside those that an index has."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click

from irtkit.cli.terminals import warn
from irtkit.clients.driving import Client
from irtkit.clients.ledger import Ledger
from irtkit.clients.live import Kept, Reach
from irtkit.clients.live_keys import LiveKeyFinder
from irtkit.clients.rules import Rules
from irtkit.live.following import EVERYWHERE
from irtkit.openpgp.keycerts import grouped_fingerprint
from irtkit.registries import KEY_SERVERS
from irtkit.wire.targets import read_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from irtkit.clients.live_keys import LiveKeys

__all__ = ["live_finder", "live_lines", "live_records"]

_NONE = "none"
"""What names no key server."""

_CONFIRMED = {
    "fingerprint": "confirmed: the registry has its fingerprint",
    "key-cert": "its last eight digits are those of the key-cert, which is no proof",
    None: "unconfirmed: the registry does not know it",
}


@contextmanager
def live_finder(server: str | None, vks: Sequence[str], hkp: Sequence[str]) -> Iterator[LiveKeyFinder]:
    """Give what looks for keys on the network; servers that the user names may be private.

    Where none is named, those of `irtkit.registries` are asked; none at all if "none" is named.

    Raises: UsageError for a URL that is none.
    """
    reach = Reach(server=server)
    usual = () if vks or hkp else tuple(each.vks for each in KEY_SERVERS)
    vks = [text for text in vks if text != _NONE]
    allowed = {f"{url.host}:{url.port}" for text in (*vks, *hkp) if (url := read_url(text)) is not None}
    if any(read_url(text) is None for text in (*vks, *hkp)):
        raise click.UsageError("--vks and --hkp name the base URL of a key server.")
    named = reach.allowed
    rules = Rules(seconds=reach.seconds, allowed=EVERYWHERE if named is EVERYWHERE else {*allowed, *_names(named)})
    with closing(Ledger()) as ledger, closing(Kept(reach, warn)) as kept, Client(rules, ledger=ledger) as client:
        yield LiveKeyFinder(reach.asker(), client, kept, vks=[*vks, *usual], hkp=hkp)


def _names(allowed: Any) -> Sequence[str]:  # noqa: ANN401 - a container that may not be iterable
    return tuple(allowed) if isinstance(allowed, set | tuple) else ()


def live_lines(found: Sequence[LiveKeys]) -> Iterator[str]:
    """Yield what was found as text, without line ends."""
    for each in found:
        where = f" {each.mailbox}" if each.mailbox else ""
        if not each.search.keys:
            said = "no key was found" if each.search.failures else "no key is published"
            yield f"  {each.irt} live{where}: {said}"
        for key in each.search.keys:
            yield f"  {each.irt} live{where}: {key.where} {key.server}, {_CONFIRMED[key.confirmed_by]}"
            yield f"    {grouped_fingerprint(key.key.fingerprint)}"
            for name in key.key.user_ids:
                yield f"    {name.text}"
        for failure in each.search.failures:
            yield f"    not known: {failure}"


def live_records(found: Sequence[LiveKeys]) -> list[dict[str, Any]]:
    """Return what was found as JSON has it."""
    return [
        {
            "irt": each.irt,
            "mailbox": each.mailbox,
            "keys": [
                {
                    "where": key.where,
                    "server": key.server,
                    "fingerprint": key.key.fingerprint,
                    "confirmed_by": key.confirmed_by,
                    "has_mailbox": key.has_mailbox,
                    "names": [name.text for name in key.key.user_ids],
                }
                for key in each.search.keys
            ],
            "failures": list(each.search.failures),
        }
        for each in found
    ]
