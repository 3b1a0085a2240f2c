"""What each `auth:` line of a mntner or an irt asks for, and whether the credentials at hand meet it.

    auth: PGPKEY-0A1B2C3D      a good signature by that key-cert
    auth: X509-1               the same
    auth: SSO a@example.net    that account, signed in
    auth: MD5-PW $1$salt$...   the password, as long as the registry takes passwords

Public answers and dumps hide passwords and accounts; a line that hides them is one that nobody can compare with.
"""

import re
from collections.abc import Iterable
from typing import Final

from irtkit.authorisation.credentials import Account, Credentials, Password
from irtkit.authorisation.md5crypt import is_hash
from irtkit.authorisation.requirements import Scheme, State, Way

__all__ = ["MOST_TRIALS", "Examiner"]

MOST_TRIALS: Final = 20_000
"""Comparisons of a password with a hash, about a millisecond each, before an examiner makes no more."""

_LINE = re.compile(r"(PGPKEY-|X509-|AUTO-|SSO(?= |\Z)|MD5-PW(?= |\Z))", re.IGNORECASE)
_SCHEMES = {
    "PGPKEY-": Scheme.PGP,
    "X509-": Scheme.X509,
    "AUTO-": Scheme.X509,  # the registry makes up names of X.509 key-certs only
    "SSO": Scheme.SSO,
    "MD5-PW": Scheme.PASSWORD,
}
_DUMMY_HASH = "$1$SaltSalt$DummifiedMD5HashValue."
_DUMMY_ACCOUNTS = frozenset({"unread@ripe.net", "noreply@ripe.net"})
"""What public dumps put in the place of all (RIPE whois 1.124: DummifierNrtm, and what its dumps have)."""


class Examiner:
    """Compares `auth:` lines with credentials, and remembers what it compared.

    *passwords*: whether the registry still takes them.
    """

    def __init__(self, *, passwords: bool) -> None:
        self._passwords = passwords
        self._opened: dict[tuple[str, Password], bool] = {}

    def ways(
        self, key: str, lines: Iterable[str], credentials: Credentials, dead: frozenset[str] = frozenset()
    ) -> tuple[Way, ...]:
        """Return the ways that the `auth:` values *lines* of the object *key* offer, in their order.

        *dead* are the names, upper case, of key-certs that do not exist.
        """
        return tuple(self._way(key, line, credentials, dead) for line in lines)

    def _way(self, key: str, line: str, credentials: Credentials, dead: frozenset[str]) -> Way:
        found = _LINE.match(line)
        if found is None:
            return Way(Scheme.OTHER, "", State.OFF)
        scheme, rest = _SCHEMES[found[1].upper()], line[found.end() :].strip()
        if scheme is Scheme.SSO:
            return _account(key, rest, credentials.accounts)
        if scheme is Scheme.PASSWORD:
            return Way(scheme, "", self._password(rest, credentials))
        name = line.upper()
        if name in credentials.keys:
            return Way(scheme, name, State.SATISFIED)
        return Way(scheme, name, State.NO_KEY if name in dead else State.OPEN)

    def _password(self, hashed: str, credentials: Credentials) -> State:
        if not self._passwords:
            return State.OFF
        if not is_hash(hashed) or hashed == _DUMMY_HASH:
            return State.HIDDEN
        opened = any(self._opens(password, hashed) for password in credentials.passwords)
        return State.SATISFIED if opened else State.OPEN

    def _opens(self, password: Password, hashed: str) -> bool:
        tried = hashed, password
        if tried not in self._opened:
            if len(self._opened) >= MOST_TRIALS:
                return False
            self._opened[tried] = password.opens(hashed)
        return self._opened[tried]


def _account(key: str, name: str, accounts: Iterable[Account]) -> Way:
    if not name or name.lower() in _DUMMY_ACCOUNTS:
        return Way(Scheme.SSO, "", State.HIDDEN)
    signed_in = any(one.name.lower() == name.lower() and one.signs_for(key) for one in accounts)
    return Way(Scheme.SSO, name, State.SATISFIED if signed_in else State.OPEN)
