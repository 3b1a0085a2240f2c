"""The question for a key, in the words of whatever server is to be asked.

Servers that take RIPE's flags are asked through a `RipeQuery`; the others have one good way to be asked each, which
their modules know. It picks no server.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from irtkit.errors import QueryError
from irtkit.wire.questions import Server, WhoisQuestion
from irtkit.wire.whois.answers import Answer
from irtkit.wire.whois.arin import arin_line, arin_networks
from irtkit.wire.whois.lacnic import lacnic_line, lacnic_networks
from irtkit.wire.whois.lines import encoded_line, refuse_unprintable
from irtkit.wire.whois.nirs import DIALECTS, nir_line, nir_networks
from irtkit.wire.whois.queries import RipeQuery, is_address, is_as_number
from irtkit.wire.whois.records import NetworkRecord

__all__ = ["ask", "read_networks", "takes_flags"]

_LINES: Final[Mapping[str, Callable[[str], str]]] = {
    "arin": arin_line,
    "lacnic": lacnic_line,
    **{name: partial(nir_line, name) for name in DIALECTS},
}
_READERS: Final[Mapping[str, Callable[[Answer], tuple[NetworkRecord, ...]]]] = {
    "arin": arin_networks,
    "lacnic": lacnic_networks,
    **dict.fromkeys(DIALECTS, nir_networks),
}


def takes_flags(server: Server) -> bool:
    """Tell whether a server takes RIPE's flags, or some of them."""
    return server.dialect in {"ripe", "irrd"}


def ask(server: Server, query: RipeQuery | str, *, persistent: bool = False) -> WhoisQuestion:
    """Return the question for a server of any dialect.

    A string is a key: an address, a prefix, a range, an AS number, a handle. Of a RIPE-style server it is asked
    without related persons and, for addresses, with the irts; of another server a `RipeQuery` has to be without
    flags. *persistent* asks such servers to keep the connection open; others do not.

    Raises: QueryError for what cannot be asked like this.
    """
    if takes_flags(server):
        chosen = _ripe_query(server, query) if isinstance(query, str) else query
        return replace(chosen, persistent=persistent or chosen.persistent).as_question(server)
    if isinstance(query, RipeQuery):
        if str(query) not in {str(RipeQuery(key=query.key)), query.key}:
            raise QueryError(f"{server} takes no flags: expected a key alone, found {query}")
        query = query.key
    key = " ".join(refuse_unprintable(query).split())
    if not key or key.startswith("-"):
        raise QueryError("expected a search key that begins with no hyphen")
    return WhoisQuestion(server, encoded_line(server, _LINES.get(server.dialect, str)(key)))


def _ripe_query(server: Server, key: str) -> RipeQuery:
    wants_irts = server.dialect == "ripe" and is_address(key) and not is_as_number(key)
    return RipeQuery(key=key, irt=wants_irts)


def read_networks(answer: Answer) -> tuple[NetworkRecord, ...]:
    """Return the networks of an answer with their contacts, from a registry without RPSL contacts.

    From the less to the more specific. Answers of RIPE-style servers have none: their objects are for
    `irtkit.contacts`. Nor have those of servers that nobody described (`irtkit.wire.whois.blocks` shows them).
    """
    reader = _READERS.get(answer.server.dialect)
    return () if reader is None else reader(answer)
