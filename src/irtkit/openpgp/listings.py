"""What GnuPG says about keys: its listings with colons, read (GnuPG: doc/DETAILS, "Format of the colon listings").

A listing says what the packets of a key only claim: whether its signatures on itself are good, and so whether it has
expired, was revoked, or may sign. It starts no program.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

__all__ = ["KeyState", "SubkeyState", "iter_states"]

_EXPIRED, _REVOKED, _INVALID, _DISABLED = "e", "r", "i", "d"
_PRIMARY: Final = frozenset({"pub", "sec"})
_SUBKEY: Final = frozenset({"sub", "ssb"})


@dataclass
class SubkeyState:
    """What GnuPG says of one key: *expires* and *created* in seconds since 1970, *expires* None for never.

    *uses* has a letter for each thing the key itself may do: s to sign, e to encrypt, c to certify.
    """

    validity: str
    created: int
    expires: int | None
    uses: str
    fingerprint: str = ""

    @property
    def expired(self) -> bool:
        """Whether it is over."""
        return self.validity == _EXPIRED

    @property
    def revoked(self) -> bool:
        """Whether its owner took it back."""
        return self.validity == _REVOKED

    @property
    def usable(self) -> bool:
        """Whether it is neither expired, revoked, disabled nor invalid."""
        return self.validity not in {_EXPIRED, _REVOKED, _INVALID, _DISABLED}


@dataclass
class KeyState(SubkeyState):
    """What GnuPG says of a primary key and its subkeys, in its order; *names* are those that are valid."""

    subkeys: list[SubkeyState] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def can_sign(self) -> bool:
        """Whether the key or one of its subkeys may sign now."""
        return self.usable and any(state.usable and "s" in state.uses for state in (self, *self.subkeys))

    @property
    def valid(self) -> bool:
        """Whether a good signature by the key itself binds at least one name to it."""
        return self.expired or self.revoked or (bool(self.names) and self.validity != _INVALID)

    @property
    def signing_until(self) -> int | None:
        """When the last of what may sign expires, in seconds since 1970; None for never or if nothing may."""
        ends = [state.expires for state in (self, *self.subkeys) if state.usable and "s" in state.uses]
        if not ends or None in ends:
            return self.expires
        return min(self.expires or max(filter(None, ends)), max(filter(None, ends)))


def iter_states(listing: bytes) -> Iterator[KeyState]:
    """Yield the keys of a listing in order; records of a kind that is not known are skipped."""
    state: KeyState | None = None
    last: SubkeyState | None = None
    for line in listing.split(b"\n"):
        fields = line.decode("utf-8", "replace").split(":")
        kind = fields[0]
        if len(fields) < 12 and kind != "fpr":
            continue
        if kind in _PRIMARY:
            if state is not None:
                yield state
            state = last = KeyState(fields[1], _number(fields[5]) or 0, _number(fields[6]), _own_uses(fields[11]))
        elif state is not None and kind in _SUBKEY:
            last = SubkeyState(fields[1], _number(fields[5]) or 0, _number(fields[6]), _own_uses(fields[11]))
            state.subkeys.append(last)
        elif last is not None and kind == "fpr" and not last.fingerprint and len(fields) > 9:
            last.fingerprint = fields[9]
        elif state is not None and kind == "uid" and fields[1] not in {_REVOKED, _INVALID}:
            state.names.append(fields[9])
    if state is not None:
        yield state


def _number(field: str) -> int | None:
    return int(field) if field.isascii() and field.isdigit() and len(field) < 12 else None


def _own_uses(letters: str) -> str:
    return "".join([letter for letter in letters if letter.islower()])
