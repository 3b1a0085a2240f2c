"""The verdict on each signature of a message: good, or why not, in separate codes.

It takes what the signature covers and says (`irtkit.openpgp.messages`), what GnuPG answered
(`irtkit.openpgp.statuses`), the keys that count, and the time. A signature is good if it fits its text, was made by the
very key that a key-cert is named after, that key may be used, the digest is strong, and it is not more than an hour old
or early (RIPE whois 1.124: PgpSignedMessage, PgpCredentialValidator). No program is started here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from irtkit.openpgp.cleartext import DIGESTS, WEAK_DIGESTS
from irtkit.openpgp.faults import Fault, problem_of
from irtkit.openpgp.keycerts import KeyCert
from irtkit.openpgp.keys import PublicKey, algorithm_name
from irtkit.openpgp.messages import SignedPart
from irtkit.openpgp.packets import SignaturePacket
from irtkit.openpgp.statuses import Outcome, SignatureStatus
from irtkit.problems import Problem, Severity, Span

__all__ = ["WINDOW", "KeySet", "Verdict", "find_early_verdict", "judge", "time_text"]

WINDOW: Final = 3_600
"""Seconds that the time of a signature may be away from now."""

_WEAK_DIGEST, _NO_KEY, _BAD_KEY, _UNUSABLE_KEY, _WRONG_USAGE = 5, 9, 6, 53, 125
_WRONG_KEY: Final = frozenset({_BAD_KEY, _UNUSABLE_KEY, _WRONG_USAGE})
_UNSUPPORTED: Final = frozenset({4, 60, 222})  # public-key algorithm, unsupported feature, curve
_NO_FAULTS: Final[Mapping[str, Fault]] = {}
_BEGIN_LENGTH: Final = len("-----BEGIN PGP SIGNED MESSAGE-----")


def time_text(seconds: float) -> str:
    """Return seconds since 1970 as `2026-01-31T12:00:00Z`; years that the calendar lacks, as a number."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return str(int(seconds))


class KeySet:
    """The keys that signatures are verified with, and the names of the key-certs that hold them.

    Of two versions of one key the last one counts. Of key-certs that hold no usable key, *faults* has the reason by
    name.
    """

    def __init__(self, entries: Iterable[tuple[str, PublicKey]] = (), faults: Mapping[str, Fault] = _NO_FAULTS) -> None:
        self.faults = faults
        self._by_id: defaultdict[str, dict[str, PublicKey]] = defaultdict(dict)
        self._names: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._keys_of_name: defaultdict[str, set[str]] = defaultdict(set)
        for name, key in entries:
            self.add(name, key)

    @classmethod
    def of_key_certs(cls, key_certs: Iterable[KeyCert]) -> "KeySet":
        """Return the keys of those key-certs that hold one PGP key; the registry takes no other."""
        certs = list(key_certs)
        faults = {cert.name: cert.fault for cert in certs if cert.fault is not None}
        return cls(((cert.name, cert.key) for cert in certs if cert.key is not None and cert.fault is None), faults)

    def add(self, name: str, key: PublicKey) -> None:
        """Take one more key, and the name of a key-cert that holds it."""
        for key_id in key.key_ids:
            self._by_id[key_id][key.fingerprint] = key
        self._names[key.fingerprint][name] = None
        self._keys_of_name[name].add(key.fingerprint)
        self._keys_of_name[key.key_cert_name].add(key.fingerprint)

    def __len__(self) -> int:
        return len(self._names)

    def find(self, packet: SignaturePacket) -> list[PublicKey]:
        """Return the keys that may have made a signature: by its issuer's fingerprint, or else by its 16 digits."""
        keys = self._by_id.get(packet.issuer, {}).values()
        if not packet.fingerprint:
            return list(keys)
        return [key for key in keys if packet.fingerprint in _fingerprints(key)]

    def names(self, fingerprint: str) -> tuple[str, ...]:
        """Return the names of the key-certs that hold the primary key with this fingerprint."""
        return tuple(self._names.get(fingerprint, ()))

    def is_ambiguous(self, name: str) -> bool:
        """Whether two different keys go by this name, which has only eight digits of each."""
        return len(self._keys_of_name.get(name, ())) > 1

    def knows_name(self, name: str) -> bool:
        """Whether a key-cert has this name, or holds a key whose key-cert should have it."""
        return name in self._keys_of_name


def _fingerprints(key: PublicKey) -> list[str]:
    return [key.fingerprint, *(subkey.fingerprint for subkey in key.subkeys)]


@dataclass(frozen=True)
class Verdict:
    """What there is to say about one signature; it is good if there is no error among *problems*.

    *key_certs* are the names of the key-certs it was made with, if it fits its text; *key* is the key. *signed_at*
    (seconds since 1970) is only what the signature says, unless it fits.
    """

    part: SignedPart
    problems: tuple[Problem, ...] = ()
    key_certs: tuple[str, ...] = ()
    key: PublicKey | None = None
    signed_by: str = ""
    """The fingerprint of the key or subkey that signed, if the signature fits its text."""

    @property
    def is_good(self) -> bool:
        """Whether the registry and everybody else may rely on it."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def code(self) -> str:
        """`good`, or the code of the first problem."""
        return "good" if self.is_good else self.problems[0].code

    @property
    def issuer(self) -> str:
        """The key that the signature says it is by: its fingerprint or 16 digits; empty if it says nothing."""
        packet = self.part.signature.packet if self.part.signature else None
        return (packet.fingerprint or packet.issuer) if packet else ""

    @property
    def signed_at(self) -> int | None:
        """When the signature says that it was made."""
        return self.part.signature.packet.created if self.part.signature else None

    @property
    def digest(self) -> str:
        """The name of the digest algorithm."""
        return DIGESTS.get(self.part.signature.packet.digest, "") if self.part.signature else ""

    @property
    def algorithm(self) -> str:
        """The name of the public-key algorithm."""
        return algorithm_name(self.part.signature.packet.public_key) if self.part.signature else ""


def _problem(part: SignedPart, code: str, message: str, hint: str | None = None) -> Problem:
    in_text = part.first_line and not part.part
    return problem_of(code, message, Span(part.first_line, 1, _BEGIN_LENGTH) if in_text else None, hint)


def find_early_verdict(part: SignedPart, keys: KeySet) -> Verdict | None:
    """Return the verdict on a signature that GnuPG need not be asked about, or None."""
    if part.fault is not None:
        return Verdict(part, (_problem(part, part.fault.code, part.fault.message),))
    if part.signature is None or keys.find(part.signature.packet):
        return None
    packet = part.signature.packet
    name = f"PGPKEY-{packet.issuer[-8:]}"
    if keys.knows_name(name):
        message = f"signed by key {packet.fingerprint or packet.issuer}, which only shares its last digits with {name}"
        return Verdict(part, (_problem(part, "wrong-key", message), *_iter_weaknesses(part, packet)))
    message = f"signed by key {packet.fingerprint or packet.issuer}, and no key-cert at hand has it"
    hint = f"expected the key-cert {name}, or the one of a key with such a subkey, in --against"
    if fault := keys.faults.get(name):
        hint = f"the key-cert {name} cannot be used: {fault.message}"
    return Verdict(part, (_problem(part, "unknown-key", message, hint), *_iter_weaknesses(part, packet)))


def judge(part: SignedPart, status: SignatureStatus | None, keys: KeySet, now: float) -> Verdict:
    """Return the verdict on a signature that GnuPG was asked about, with the keys that `keys.find` found.

    *now* is in seconds since 1970.
    """
    signature = part.signature
    if signature is None:
        raise ValueError("there is no signature to judge")
    packet = signature.packet
    if status is None or (status.fits and (status.created, status.digest) != (packet.created, packet.digest)):
        message = "GnuPG gave no clear answer about this signature"
        return Verdict(part, (_problem(part, "unverifiable-signature", message),))
    found = keys.find(packet)
    if not status.fits:
        key = found[0] if len(found) == 1 else None
        return Verdict(part, (_failure(part, status), *_iter_weaknesses(part, packet)), key=key)
    key = next((key for key in found if key.fingerprint == status.primary), None)
    if key is None or status.fingerprint not in _fingerprints(key):
        message = f"signed by key {status.fingerprint}, which is none of those at hand"
        return Verdict(part, (_problem(part, "wrong-key", message),))
    names = keys.names(key.fingerprint)
    own = tuple(name for name in names if name == key.key_cert_name and not keys.is_ambiguous(name))
    problems = [] if own else [_misnamed(part, key, names)]
    if status.outcome is not Outcome.GOOD:
        problems.append(_over(part, status, key))
    problems += _iter_weaknesses(part, packet)
    problems += _untimely(part, status.created, now)
    return Verdict(part, tuple(problems), own or names, key, status.fingerprint)


def _failure(part: SignedPart, status: SignatureStatus) -> Problem:
    """Say why a signature does not fit its text."""
    if status.outcome is Outcome.BAD:
        return _problem(part, "altered", "the text or the signature was altered: they do not fit each other")
    if status.reason == _NO_KEY:
        return _problem(part, "unknown-key", "the key has no valid subkey that could have made this signature")
    if status.reason == _WEAK_DIGEST:
        return _problem(part, "weak-digest", "signed over a digest that GnuPG does not take at all")
    if status.reason in _WRONG_KEY:
        return _problem(part, "wrong-key", "made with a key or subkey that may not sign")
    if status.reason in _UNSUPPORTED:
        return _problem(part, "unsupported-signature", "GnuPG does not know this kind of signature")
    message = f"GnuPG cannot verify this signature (its error {status.reason})"
    return _problem(part, "unverifiable-signature", message)


def _misnamed(part: SignedPart, key: PublicKey, names: tuple[str, ...]) -> Problem:
    if key.key_cert_name in names:
        message = f"two different keys are called {key.key_cert_name}; this is signed by {key.fingerprint}"
        return _problem(part, "wrong-key", message, "expected one of them only in --against")
    message = f"signed by key {key.fingerprint}, which {names[0] or 'a key-cert'} holds under another key's name"
    return _problem(part, "wrong-key", message, f"expected a key-cert called {key.key_cert_name}")


def _over(part: SignedPart, status: SignatureStatus, key: PublicKey) -> Problem:
    if status.outcome is Outcome.KEY_EXPIRED:
        return _problem(part, "key-expired", f"the key {key.fingerprint} has expired")
    if status.outcome is Outcome.KEY_REVOKED:
        return _problem(part, "key-revoked", f"the key {key.fingerprint}, or its subkey, was revoked")
    return _problem(part, "signature-expired", "the signature has expired")


def _iter_weaknesses(part: SignedPart, packet: SignaturePacket) -> list[Problem]:
    if packet.digest not in WEAK_DIGESTS:
        return []
    message = f"signed over a {DIGESTS[packet.digest]} digest, which does not prove what was signed"
    return [_problem(part, "weak-digest", message, "expected SHA256 or better")]


def _untimely(part: SignedPart, created: int, now: float) -> list[Problem]:
    if abs(now - created) < WINDOW:
        return []
    code, when = ("signed-in-the-future", "from now") if created > now else ("signed-too-long-ago", "ago")
    message = f"signed at {time_text(created)}, more than an hour {when}"
    return [_problem(part, code, message, "the registry takes signatures for an hour")]
