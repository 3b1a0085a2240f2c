"""The keys that answer for an address: those that its irts name in `encryption:` and `signature:`, and their state.

    address -> inetnum -> mnt-irt -> irt -> encryption: -> key-cert -> the key in it

Keys come from key-certs and from nowhere else; `auth:` names keys for updates, not for mail. An index finds the
key-certs (`irtkit.index.keycerts`), and GnuPG judges the keys (`irtkit.openpgp.listings`): nothing is asked or
encrypted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from irtkit.index.keycerts import KeyReference, iter_references
from irtkit.index.layout import GAPS, Flag
from irtkit.openpgp.keycerts import KeyCert, generated_attributes, read_key_cert
from irtkit.openpgp.verdicts import time_text
from irtkit.rpsl.faults import shown

if TYPE_CHECKING:
    from irtkit.index.lookup import Index, Resolution
    from irtkit.openpgp.keys import PublicKey
    from irtkit.openpgp.listings import KeyState, SubkeyState

__all__ = [
    "ENCRYPTION",
    "REASONS",
    "STATES",
    "VALID",
    "IrtKeys",
    "NamedKey",
    "RegisteredKey",
    "answer_for",
    "judge_key",
    "judge_state",
    "named_keys",
]

ENCRYPTION: Final = "encryption"
"""The attribute that names keys to encrypt to."""
VALID: Final = "valid"
"""The state of a key that serves."""
STATES: Final[Mapping[str, str]] = {
    VALID: "it serves",
    "expired": "it has expired",
    "revoked": "its owner revoked it",
    "cannot-encrypt": "neither the key nor a subkey may encrypt now",
    "cannot-sign": "neither the key nor a subkey may sign now",
    "invalid": "GnuPG finds no valid signature by the key on itself",
    "id-mismatch": "the name of the key-cert, or its fingerpr, is another key's",
    "x509": "it is an X.509 certificate, which OpenPGP cannot use",
    "unreadable": "no single public key can be read from it",
    "missing-key-cert": "the data hold no such key-cert",
}
"""What may be said of a key, each word with its meaning."""
REASONS: Final[Mapping[str, str]] = {
    "not-an-address": "this is no address, prefix or range",
    "unregistered": "nobody has registered it here",
    "special-purpose": "IANA has set it aside",
    "no-irt": "no irt answers for it",
    "missing-irt": "the data hold no such irt as answers for it",
    "no-encryption": "no irt names a key in encryption:",
    "no-usable-key": "no key that an irt names can be used",
}
"""Why there is no key to encrypt to, each word with its meaning."""

_LETTERS: Final = {ENCRYPTION: ("e", "encrypt"), "signature": ("s", "sign")}
"""GnuPG's letter for what a key is used for, and the verb."""


@dataclass(frozen=True)
class RegisteredKey:
    """A key that an irt names, and what is to be said of it.

    *use* is the attribute that names it, `encryption` or `signature`; *state* is one of `STATES`, *said* the same in a
    sentence. *cert* is None if the data hold no such key-cert. *until* (seconds since 1970) ends its use for that, None
    for never or for a key that does not serve.
    """

    irt: str
    use: str
    name: str
    cert: KeyCert | None
    state: str
    said: str
    until: int | None = None

    @property
    def serves(self) -> bool:
        """Whether it can be used as the irt says."""
        return self.state == VALID

    @property
    def told(self) -> str:
        """Its state, with the sentence."""
        return self.said if self.said.startswith(self.state) else f"{self.state}: {self.said}"

    @property
    def key(self) -> PublicKey | None:
        """The key."""
        return None if self.cert is None else self.cert.key

    @property
    def fingerprint(self) -> str | None:
        """Its fingerprint, 40 hex digits, or that of an X.509 certificate."""
        if self.key is not None:
            return self.key.fingerprint
        certificate = self.cert.certificate if self.cert else None
        return certificate.fingerprint if certificate else None

    @property
    def owners(self) -> tuple[str, ...]:
        """Whose key it is, as the registry writes it."""
        generated = generated_attributes(self.cert) if self.cert else ()
        return tuple(value for name, value in generated if name == "owner")


@dataclass(frozen=True)
class IrtKeys:
    """The keys that answer for an address, prefix or range, in the order of its irts.

    *reason* is one of `REASONS`, and None if at least one key serves to encrypt.
    """

    resolution: Resolution
    keys: tuple[RegisteredKey, ...]
    reason: str | None

    @property
    def to_encrypt(self) -> tuple[RegisteredKey, ...]:
        """Those that serve to encrypt."""
        return tuple(key for key in self.keys if key.use == ENCRYPTION and key.serves)

    @property
    def left_out(self) -> tuple[RegisteredKey, ...]:
        """Those that an irt names for that, and that do not serve."""
        return tuple(key for key in self.keys if key.use == ENCRYPTION and not key.serves)


class NamedKey(NamedTuple):
    """A key-cert that an irt names, read, before GnuPG was asked about its key."""

    reference: KeyReference
    cert: KeyCert | None
    any_held: bool
    """Whether the data hold any key-cert."""


def named_keys(index: Index, irt: int) -> tuple[NamedKey, ...]:
    """Return the key-certs that the irt with this code names: those for encryption, then those for signatures."""
    references = list(iter_references(index, [irt]))
    objects = {reference.key_cert: reference.object for reference in references}
    certs = {name: None if obj is None else read_key_cert(obj) for name, obj in objects.items()}
    any_held = len(index.column("key_cert.object.text")) > 0
    return tuple(NamedKey(reference, certs[reference.key_cert], any_held) for reference in references)


def judge_key(named: NamedKey, states: Mapping[str, KeyState]) -> RegisteredKey:
    """Return a key with what is to be said of it; *states* is GnuPG's answer about keys, by fingerprint."""
    reference, cert, any_held = named
    state, said, until = _judge(reference, cert, states)
    if cert is None and not any_held:
        said = "there are no key-certs in the data; their dump is missing"
    return RegisteredKey(reference.irt, reference.use, reference.key_cert, cert, state, said, until)


def answer_for(index: Index, resolution: Resolution, keys: Sequence[RegisteredKey]) -> IrtKeys:
    """Return the keys of the irts of *resolution* as an answer, with the reason if there is none to encrypt to."""
    encryption = [key for key in keys if key.use == ENCRYPTION]
    if any(key.serves for key in encryption):
        reason = None
    elif encryption:
        reason = "no-usable-key"
    elif resolution.irts:
        gaps = index.column("irt.gap")
        is_missing = all(GAPS[gaps[irt]] == "missing-object" for irt in resolution.irt_numbers())
        reason = "missing-irt" if is_missing else "no-encryption"
    elif _is_registered(index, resolution.row):
        reason = "no-irt"
    else:
        reason = "special-purpose" if resolution.reason == "special-purpose" else "unregistered"
    return IrtKeys(resolution, tuple(keys), reason)


def _is_registered(index: Index, row: int) -> bool:
    if row < 0:
        return False
    flags: int = index.column("object.flags")[index.column("row.object")[row]]
    return not flags & (Flag.PLACEHOLDER | Flag.ROOT)


def _judge(
    reference: KeyReference, cert: KeyCert | None, states: Mapping[str, KeyState]
) -> tuple[str, str, int | None]:
    """Return the state of a key, the same in a sentence, and until when it serves."""
    if cert is None:
        return "missing-key-cert", "there is no such key-cert in the data", None
    if cert.certificate is not None:
        end = time_text(cert.certificate.not_after)
        return "x509", f"it is an X.509 certificate (until {end}), which OpenPGP cannot use", None
    if cert.key is None or cert.fault is not None:
        return "unreadable", cert.fault.message if cert.fault else "there is no key in it", None
    other = _other_key(cert, cert.key)
    if other is not None:
        return "id-mismatch", other, None
    state = states.get(cert.key.fingerprint)
    if state is None:
        return "invalid", "GnuPG finds no key in it", None
    return judge_state(reference.use, state)


def _other_key(cert: KeyCert, key: PublicKey) -> str | None:
    """Return how a key-cert names another key than the one in it, None if it does not."""
    if not cert.names_its_key:
        return f"the key in it is {key.fingerprint}, whose key-cert would be {key.key_cert_name}"
    stated = cert.object.first("fingerpr")
    if stated is not None and "".join(stated.value.split()).upper() != key.fingerprint:
        return f"its fingerpr is {shown(stated.value)}, and the key in it is {key.fingerprint}"
    return None


def judge_state(use: str, state: KeyState) -> tuple[str, str, int | None]:
    """Return which of `STATES` a key is in, the same in a sentence, and until when it serves for *use*."""
    if state.revoked:
        return "revoked", "revoked by its owner", None
    if state.expired:
        return "expired", f"expired at {time_text(state.expires or 0)}", None
    if not state.valid or not state.usable:
        return "invalid", "no name on it has a good signature by the key itself", None
    letter, word = _LETTERS[use]
    able = [one for one in (state, *state.subkeys) if letter in one.uses]
    usable = [one for one in able if one.usable]
    if not usable:
        return f"cannot-{word}", _why_not(able, word), None
    ends = [one.expires for one in usable]
    last = None if None in ends else max(filter(None, ends), default=None)
    until = min((end for end in (state.expires, last) if end is not None), default=None)
    return VALID, f"valid until {time_text(until)}" if until is not None else "valid, without an end", until


def _why_not(able: Sequence[SubkeyState], word: str) -> str:
    """Say why none of the keys that once could may do something now."""
    if not able:
        return f"neither it nor a subkey may {word}"
    newest = max(able, key=lambda one: one.created)
    if newest.expired:
        return f"the subkey that may {word} expired at {time_text(newest.expires or 0)}"
    return f"the subkey that may {word} was revoked" if newest.revoked else f"no subkey that may {word} is valid"
