"""The keys of irts where they are published now, beside those that an index has: asked for each irt once.

What is asked, and when a key counts as confirmed, is decided in `irtkit.live.keys`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from irtkit.clients.driving import run
from irtkit.clients.live import ask_one
from irtkit.errors import QueryError, ServerError
from irtkit.live.keys import KeySearch, find_keys
from irtkit.resources import AddressRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irtkit.clients.driving import Client
    from irtkit.clients.live import Kept
    from irtkit.contacts.keys import IrtKeys
    from irtkit.live.asking import Asker

__all__ = ["LiveKeyFinder", "LiveKeys"]


@dataclass(frozen=True, slots=True)
class LiveKeys:
    """What was found for one irt."""

    irt: str
    mailbox: str | None
    """Where its key was looked for; None if nobody knows its mailbox."""
    search: KeySearch


class LiveKeyFinder:
    """Looks for keys on the network; *vks* and *hkp* are base URLs of key servers.

    Where an index hides the mailbox of an irt, the registry is asked for it.
    """

    def __init__(
        self, asker: Asker, client: Client, kept: Kept, *, vks: Sequence[str] = (), hkp: Sequence[str] = ()
    ) -> None:
        self._asker, self._client, self._kept = asker, client, kept
        self._vks, self._hkp = vks, hkp
        self._found: dict[tuple[str, str | None, tuple[str, ...]], KeySearch] = {}

    def find(self, keys: IrtKeys) -> list[LiveKeys]:
        """Return what is published for each irt of an address, in their order.

        A server that does not answer is named in the search; nothing is raised for it.
        """
        notes: list[str] = []
        mailboxes = self._mailboxes(keys, notes)
        found = []
        for irt in keys.resolution.irts:
            known = tuple(dict.fromkeys(key.fingerprint or key.name for key in keys.keys if key.irt == irt))
            search = self._search(irt, mailboxes.get(irt), known)
            found.append(LiveKeys(irt, mailboxes.get(irt), KeySearch(search.keys, (*notes, *search.failures))))
        return found

    def _mailboxes(self, keys: IrtKeys, notes: list[str]) -> dict[str, str | None]:
        """Return the mailbox of each irt: the index's, or where it hides one the registry's."""
        resolution = keys.resolution
        found = {contact.handle: contact.email for contact in resolution.contacts if contact.kind == "irt"}
        if resolution.irts and not all(found.get(irt) for irt in resolution.irts):
            try:
                space = AddressRange.parse_lenient(resolution.address)
                live = ask_one(space, "csirt", self._asker, self._client, self._kept)
            except (ServerError, QueryError) as error:
                notes.append(str(error))
            else:
                found |= {each.handle: each.email for each in live.contacts if each.kind == "irt" and each.email}
        return found

    def _search(self, irt: str, mailbox: str | None, known: tuple[str, ...]) -> KeySearch:
        place = irt, mailbox, known
        if place not in self._found:
            try:
                self._found[place] = run(find_keys(mailbox, known, vks=self._vks, hkp=self._hkp), self._client)
            except QueryError as error:
                self._found[place] = KeySearch((), (str(error),))
        return self._found[place]
