"""The way from addresses to the keys of their irts, with GnuPG's judgement of each: from an index, from no keyring.

GnuPG is asked once for all keys that are new in a batch of addresses; what it said of an irt's keys is kept for the
next batch. Nothing is encrypted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from irtkit.clients.gpg_keys import key_states
from irtkit.contacts.keys import IrtKeys, NamedKey, RegisteredKey, answer_for, judge_key, named_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from irtkit.index.lookup import Index, Query
    from irtkit.openpgp.keys import PublicKey
    from irtkit.openpgp.listings import KeyState

__all__ = ["KeyFinder"]


class KeyFinder:
    """Finds the keys that answer for addresses. *now* (seconds since 1970) is when they are to serve."""

    def __init__(self, index: Index, policy: str = "csirt", *, now: float | None = None) -> None:
        self._index = index
        self._policy = policy
        self._now = now
        self._of_irt: dict[int, tuple[RegisteredKey, ...]] = {}

    def find(self, queries: Iterable[Query]) -> list[IrtKeys]:
        """Return the keys that answer for each address, prefix or range, in order.

        Raises: RangeError for what is none of these; GpgError if GnuPG is missing or was stopped.
        """
        resolutions = [self._index.resolve(query, self._policy) for query in queries]
        irts = [tuple(resolution.irt_numbers()) for resolution in resolutions]
        self._learn(dict.fromkeys(irt for members in irts for irt in members if irt not in self._of_irt))
        return [
            answer_for(self._index, resolution, [key for irt in members for key in self._of_irt[irt]])
            for resolution, members in zip(resolutions, irts, strict=True)
        ]

    def _learn(self, irts: Iterable[int]) -> None:
        named = {irt: named_keys(self._index, irt) for irt in irts}
        keys = [key for certs in named.values() for cert in certs if (key := _key(cert)) is not None]
        states = self._states({key.fingerprint: key for key in keys}.values())
        for irt, certs in named.items():
            self._of_irt[irt] = tuple(judge_key(cert, states) for cert in certs)

    def _states(self, keys: Iterable[PublicKey]) -> dict[str, KeyState]:
        return key_states(list(keys), now=self._now)


def _key(named: NamedKey) -> PublicKey | None:
    return named.cert.key if named.cert is not None and named.cert.fault is None else None
