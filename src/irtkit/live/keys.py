"""Keys of a team where they are published now: its own domain (WKD), verifying key servers (VKS), and HKP.

Anybody may publish a key for anybody. So a key that was found by a mailbox counts as the team's only where the
registry knows it: by fingerprint, or by the eight digits of a key-cert, which are less. Any other is marked
unconfirmed. A key that a server returns for a fingerprint must have that fingerprint, or it is not returned.

It asks nobody itself, and trusts no signature on a key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from irtkit.errors import AnswerError, QueryError, ServerError, UnreachableError
from irtkit.live.together import ask_all
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.keys import PublicKey, as_fingerprint, read_block, read_keys
from irtkit.schema.contact_facts import mailboxes
from irtkit.wire.http_replies import server_of
from irtkit.wire.keyservers import (
    hkp_request,
    read_key_reply,
    vks_email_request,
    vks_fingerprint_request,
    wkd_requests,
)
from irtkit.wire.questions import HttpReply

if TYPE_CHECKING:
    from irtkit.live.together import Outcome
    from irtkit.wire.questions import HttpRequest, Journey

__all__ = ["Confirmation", "FoundKey", "KeySearch", "Where", "find_keys"]

Where: TypeAlias = Literal["wkd", "vks", "hkp"]
Confirmation: TypeAlias = Literal["fingerprint", "key-cert"]
"""What the registry knows of a key that was found."""

_KEY_CERT = re.compile(r"(?:PGPKEY-)?([0-9A-F]{8})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key, and where it was found."""

    key: PublicKey
    where: Where
    server: str
    confirmed_by: Confirmation | None
    """What the registry knows of it; None: it is unconfirmed, and may be anybody's."""
    has_mailbox: bool
    """Whether one of its names has the mailbox that was asked for."""


@dataclass(frozen=True, slots=True)
class KeySearch:
    """What was found, confirmed keys first, and what was not."""

    keys: tuple[FoundKey, ...]
    failures: tuple[str, ...] = ()
    """Servers that did not answer, or sent what is no key, and why."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One request, and which key its answer must have."""

    where: Where
    request: HttpRequest
    fingerprint: str | None = None


def find_keys(
    mailbox: str | None, known: Sequence[str] = (), *, vks: Sequence[str] = (), hkp: Sequence[str] = ()
) -> Journey[KeySearch]:
    """Look for the keys of a *mailbox*, and for keys that are *known* by fingerprint.

    *known* are fingerprints (40 hex digits), or names of key-certs (`PGPKEY-` and 8 digits), as registered. *vks* and
    *hkp* are base URLs of key servers. The domain of the mailbox is asked first, at `openpgpkey.DOMAIN`, and at the
    domain itself only where that host cannot be reached. The same key is returned once.

    Raises: QueryError for a mailbox or base URL that is none.
    """
    fingerprints = [one for text in known if (one := as_fingerprint(text)) is not None]
    wanted = [
        *(_Wanted("vks", vks_fingerprint_request(base, one), one) for base in vks for one in fingerprints),
        *(_Wanted("hkp", hkp_request(base, one), one) for base in hkp for one in fingerprints),
    ]
    direct: HttpRequest | None = None
    if mailbox is not None:
        advanced, direct = wkd_requests(mailbox)
        by_mailbox = [_Wanted("vks", vks_email_request(base, mailbox)) for base in vks]
        wanted = [_Wanted("wkd", advanced), *wanted, *by_mailbox]
    outcomes = list((yield from ask_all([each.request for each in wanted])))
    if direct is not None and isinstance(outcomes[0], UnreachableError):
        wanted[0] = _Wanted("wkd", direct)
        outcomes[:1] = yield from ask_all([direct])
    found: dict[str, FoundKey] = {}
    failures: list[str] = []
    for each, outcome in zip(wanted, outcomes, strict=True):
        try:
            for key in _keys(each, outcome):
                found.setdefault(key.fingerprint, _found(key, each, mailbox, known))
        except (ServerError, QueryError) as error:
            failures.append(str(error))
    keys = sorted(found.values(), key=lambda one: (one.confirmed_by != "fingerprint", one.confirmed_by is None))
    return KeySearch(tuple(keys), tuple(failures))


def _keys(wanted: _Wanted, outcome: Outcome) -> list[PublicKey]:
    """Return the keys of one reply: of a search by fingerprint the one that has it.

    Raises: ServerError, also for what is no key.
    """
    if isinstance(outcome, ServerError):
        raise outcome
    if not isinstance(outcome, HttpReply):
        raise TypeError(f"a request is answered by an HttpReply, not by {type(outcome).__name__}")
    reply = read_key_reply(outcome)
    if reply is None:
        return []
    server = server_of(wanted.request)
    try:
        keys = read_keys(read_block(reply.data))
    except OpenPgpError as error:
        raise AnswerError(f"what it sent is no key: {error}", server=server) from None
    if wanted.fingerprint is None:
        return keys
    matching = [key for key in keys if key.fingerprint == wanted.fingerprint]
    if not matching:
        raise AnswerError(f"it sent another key than {wanted.fingerprint}", server=server)
    return matching


def _found(key: PublicKey, wanted: _Wanted, mailbox: str | None, known: Sequence[str]) -> FoundKey:
    confirmed = _confirmation(key, known)
    names = {box.lower() for user_id in key.user_ids for box in mailboxes(user_id.text)}
    has_mailbox = mailbox is not None and mailbox.lower() in names
    return FoundKey(key, wanted.where, server_of(wanted.request), confirmed, has_mailbox)


def _confirmation(key: PublicKey, known: Sequence[str]) -> Confirmation | None:
    """Return what the registry knows of a key: of the primary key, because whose a subkey is was not verified."""
    if any(as_fingerprint(text) == key.fingerprint for text in known):
        return "fingerprint"
    names = {found[1].upper() for text in known if (found := _KEY_CERT.fullmatch(text.strip()))}
    return "key-cert" if key.fingerprint[-8:] in names else None
