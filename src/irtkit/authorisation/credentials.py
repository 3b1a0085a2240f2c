"""What somebody offers to authorise an update: passwords, accounts, and key-certs whose signatures are good.

Whether a signature is good is decided before it comes here. A password shows itself nowhere: not in a `repr`, not in
JSON, not in an error; it can only be compared with a hash.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn, Self

from irtkit.authorisation.md5crypt import matches

__all__ = ["NOTHING", "Account", "Credentials", "Password"]

_MASK = "********"


class Password:
    """A password that can be compared with a hash, and with another password, and is shown to nobody."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def opens(self, hashed: str) -> bool:
        """Whether *hashed*, `$1$salt$digest`, was made of this password."""
        return matches(self._text, hashed)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Password):
            return NotImplemented
        mine, theirs = (text.encode("utf-8", "surrogatepass") for text in (self._text, other._text))
        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash((Password, self._text))

    def __repr__(self) -> str:
        return f"Password({_MASK!r})"

    def __str__(self) -> str:
        return _MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a password is not written down")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is signed in at the registry's single sign-on, by mailbox; capitals make no difference.

    An API key or a token of the account may be good for some maintainers only: then *scope* holds their keys, and the
    irts', that it names. None: for all (RIPE whois 1.124: OAuthUtils, scopes `whois.mntner:NAME.write`).
    """

    name: str
    scope: frozenset[str] | None = None

    def signs_for(self, key: str) -> bool:
        """Whether the account may speak for the mntner or irt called *key* where that lists it."""
        return self.scope is None or key.upper() in {name.upper() for name in self.scope}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is offered for one update. A set has no order, so neither has this.

    *keys* are the names of key-certs, upper case (`PGPKEY-0A1B2C3D`, `X509-1`), by which the update is signed well.
    """

    passwords: frozenset[Password] = frozenset()
    accounts: frozenset[Account] = frozenset()
    keys: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        *,
        passwords: Iterable[str] = (),
        accounts: Iterable[str | Account] = (),
        keys: Iterable[str] = (),
    ) -> Self:
        """Return the credentials with these passwords, mailboxes of accounts and names of key-certs."""
        return cls(
            frozenset(map(Password, passwords)),
            frozenset(one if isinstance(one, Account) else Account(one) for one in accounts),
            frozenset(key.upper() for key in keys),
        )

    def __or__(self, other: "Credentials") -> "Credentials":
        return Credentials(self.passwords | other.passwords, self.accounts | other.accounts, self.keys | other.keys)


NOTHING = Credentials()
"""No credentials at all."""
