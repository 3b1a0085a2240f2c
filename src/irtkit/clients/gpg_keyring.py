"""The user's own keyring: which keys are in it, and public keys out of it.

It is listed and exported with python-gnupg, within a time limit, and never changed. Verdicts are never made of what
python-gnupg reads: names on keys can forge lines of what it listens to. Text that names a key is compared with the
listing here; gpg sees fingerprints only.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import gnupg  # type: ignore[import-untyped] # it has no types

from irtkit.clients.gpg import SECONDS, GpgError, find_program
from irtkit.openpgp.keys import PublicKey, as_fingerprint, read_keys
from irtkit.rpsl.faults import shown

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Sequence

__all__ = ["UserKey", "UserKeyring"]

_FEWEST_DIGITS: Final = 8
_DIGITS_OF_ID: Final = 16
_SHOWN: Final = 5


@dataclass(frozen=True)
class UserKey:
    """A key of the user's keyring. *expires* is in seconds since 1970, None for never."""

    fingerprint: str
    names: tuple[str, ...]
    key_ids: frozenset[str]
    expires: int | None
    usable: bool

    @property
    def key_cert_name(self) -> str:
        """The name of the key's key-cert."""
        return f"PGPKEY-{self.fingerprint[-8:]}"

    def is_called(self, text: str) -> bool:
        """Whether *text* names it: its fingerprint or the end of it, its key-cert, or a part of a name on it."""
        digits = as_fingerprint(text) or text.upper().removeprefix("PGPKEY-").removeprefix("0X")
        if len(digits) >= _FEWEST_DIGITS and any(key_id.endswith(digits) for key_id in self.key_ids):
            return True
        return "@" in text and any(text.lower() in name.lower() for name in self.names)


class UserKeyring:
    """The user's own keyring, where GnuPG has it (`GNUPGHOME`)."""

    def __init__(self) -> None:
        try:
            self._gpg = _BoundedGpg(gpgbinary=find_program(), options=["--no-options", "--no-auto-check-trustdb"])
        except (OSError, ValueError):
            raise GpgError("gpg cannot be started") from None

    def find_key(self, text: str, *, secret: bool = False) -> UserKey:
        """Return the one key that *text* names; with *secret* one whose secret key is there.

        Raises: GpgError if there is none, or more than one.
        """
        kind = "secret key" if secret else "key"
        found = [key for key in self.keys(secret=secret) if key.is_called(text)]
        if not found:
            raise GpgError(f"there is no {kind} {shown(text)} in your keyring")
        if len(found) > 1:
            listed = ", ".join(key.fingerprint for key in found[:_SHOWN])
            raise GpgError(f"{shown(text)} names {len(found)} keys of your keyring: {listed}; give a fingerprint")
        return found[0]

    def keys(self, *, secret: bool = False) -> list[UserKey]:
        """Return the keys in the order of the keyring."""
        listed = self._gpg.list_keys(secret)
        self._gpg.refuse_delay()
        return [_user_key(key) for key in listed]

    def export(self, fingerprints: Sequence[str]) -> bytes:
        """Return public keys as packets, without other people's signatures.

        Raises: GpgError if one is not there.
        """
        for fingerprint in fingerprints:
            if as_fingerprint(fingerprint) != fingerprint:
                raise GpgError(f"{shown(fingerprint)} is no fingerprint")
        exported: bytes = self._gpg.export_keys(list(fingerprints), armor=False, minimal=True)
        self._gpg.refuse_delay()
        if not exported:
            raise GpgError("the public key is not in your keyring")
        return exported

    def find_public_keys(self, issuers: Iterable[str]) -> list[PublicKey]:
        """Return the public keys of this keyring that signatures name: by fingerprints or ids of 16 digits."""
        wanted = tuple(issuer for issuer in issuers if len(issuer) >= _DIGITS_OF_ID)
        found = [key.fingerprint for key in self.keys() if any(own.endswith(wanted) for own in key.key_ids)]
        return read_keys(self.export(found)) if wanted and found else []


class _BoundedGpg(gnupg.GPG):  # type: ignore[misc] # it has no types
    """python-gnupg, whose processes do not outlive a limit."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - python-gnupg's
        self._late = False
        super().__init__(**settings)

    def _open_subprocess(self, args: list[str], passphrase: bool = False) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] = super()._open_subprocess(args, passphrase)
        timer = threading.Timer(SECONDS, self._stop, [process])
        timer.daemon = True
        timer.start()
        return process

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            self._late = True
            process.kill()

    def refuse_delay(self) -> None:
        """Raise GpgError if a process had to be stopped."""
        if self._late:
            raise GpgError("gpg took too long with your keyring and was stopped")


def _user_key(listed: dict[str, Any]) -> UserKey:
    subkeys = [subkey[2] for subkey in listed["subkeys"]]
    ends = str(listed["expires"] or "")
    return UserKey(
        fingerprint=listed["fingerprint"],
        names=tuple(listed["uids"]),
        key_ids=frozenset((listed["fingerprint"], *filter(None, subkeys))),
        expires=int(ends) if ends.isdecimal() else None,
        usable=listed["trust"] not in {"e", "r", "i", "d"} and "S" in listed["cap"],
    )
