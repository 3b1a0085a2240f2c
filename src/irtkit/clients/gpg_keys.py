"""Public keys and GnuPG: a ring of them in a temporary home, and what GnuPG says of each.

One process answers for a thousand keys. What is in a ring is what `irtkit.openpgp.keys` kept of a key: no other
people's signatures, and nothing that gpg would take for an answer of its own. It signs and verifies nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from irtkit.clients.gpg import SECONDS, Patience, run, temporary_home
from irtkit.openpgp.listings import KeyState, iter_states

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from irtkit.openpgp.keys import PublicKey

__all__ = ["key_states", "ring_options", "time_options", "write_ring"]

_BATCH: Final = 1_000
"""Keys that one process is asked about; it computes for about a second."""
_PATIENCE: Final = 2 * SECONDS
"""How long a batch may take in all: with keys in it that gpg cannot read it takes several runs."""

_RING: Final = "keys.gpg"
_LISTED: Final = ("--with-colons", "--fixed-list-mode", "--with-subkey-fingerprint", "--list-keys")


def write_ring(home: Path, keys: Iterable[PublicKey]) -> None:
    """Put public keys into the ring of a temporary home; names that they do not sign themselves are not in it."""
    (home / _RING).write_bytes(b"".join([key.essence for key in keys]))


def ring_options(home: Path) -> list[str]:
    """Return the options that make gpg read the ring of a temporary home, and no other."""
    return ["--no-default-keyring", "--keyring", str(home / _RING)]


def time_options(now: float | None) -> list[str]:
    """Return the options that make gpg believe that it is *now*, in seconds since 1970; none for None."""
    return [] if now is None else ["--faked-system-time", f"{max(1, int(now))}!"]


def key_states(keys: Sequence[PublicKey], *, now: float | None = None) -> dict[str, KeyState]:
    """Return what GnuPG says of each key, by fingerprint, as of *now*. A thousand of them cost one process.

    Every key has an answer: one that GnuPG cannot read is invalid.

    Raises: GpgError.
    """
    states: dict[str, KeyState] = {}
    if keys:
        with temporary_home() as home:
            for start in range(0, len(keys), _BATCH):
                states |= _listed(keys[start : start + _BATCH], home, now, Patience(_PATIENCE))
    return states


def _listed(keys: Sequence[PublicKey], home: Path, now: float | None, patience: Patience) -> dict[str, KeyState]:
    """Ask about keys; those without an answer once more, in halves, because one bad key hides what lies behind it."""
    write_ring(home, keys)
    answer = run([*ring_options(home), *time_options(now), *_LISTED], home=home, patience=patience)
    states = {state.fingerprint: state for state in iter_states(answer.output)}
    missing = [key for key in keys if key.fingerprint not in states]
    if len(keys) == 1 and missing:
        return {key.fingerprint: KeyState("i", key.created, None, "", key.fingerprint) for key in keys}
    half = (len(missing) + 1) // 2
    for part in filter(None, (missing[:half], missing[half:])):
        states |= _listed(part, home, now, patience)
    return states
