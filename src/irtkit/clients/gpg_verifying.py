"""A signed message and GnuPG: every signature verified, and what that means for the objects in the message.

Each signature is cut out, with exactly what it covers, and shown to gpg in a temporary home that holds the keys in
question and nothing else. Objects are read from the same text that was verified; an object is signed by whom the good
signatures around it are, and by nobody else. Which signatures an update needs is `irtkit.authorisation`'s to say.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from irtkit.clients.gpg import SECONDS, GpgLimitError, Patience, run, temporary_home
from irtkit.clients.gpg_keys import ring_options, time_options, write_ring
from irtkit.openpgp.messages import SignedMessage, SignedPart, read_message
from irtkit.openpgp.statuses import read_signature_status
from irtkit.openpgp.verdicts import KeySet, Verdict, find_early_verdict, judge
from irtkit.problems import Problem, Severity
from irtkit.submission import Message, Update, parse_message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from irtkit.openpgp.messages import MessageText

__all__ = ["VerifiedMessage", "VerifiedUpdate", "verify", "verify_message"]

_SIGNATURE: Final = "signature"


@dataclass(frozen=True)
class VerifiedUpdate:
    """An update and the signatures around it.

    *signatures* are their positions among the verdicts, the outermost first. *key_certs* are the names of the key-certs
    by which it is signed well, each once; *part* is the number of the mail's part, empty in a plain text.
    """

    update: Update
    part: str
    signatures: tuple[int, ...]
    key_certs: tuple[str, ...]


@dataclass(frozen=True)
class VerifiedMessage:
    """The verdict on a message. *verdicts* are in the order of its signatures, *messages* are its texts, read.

    *problems* are those of its form and of every signature.
    """

    message: SignedMessage
    verdicts: tuple[Verdict, ...]
    messages: tuple[Message, ...]
    updates: tuple[VerifiedUpdate, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in document order; those without a place come first."""
        found = [*self.message.problems, *(problem for verdict in self.verdicts for problem in verdict.problems)]
        return tuple(sorted(found, key=_position))

    @property
    def is_good(self) -> bool:
        """Whether everything in it is signed, and every signature is good."""
        return bool(self.verdicts) and not any(problem.severity is Severity.ERROR for problem in self.problems)


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.span.line, problem.span.column) if problem.span else (0, 0)


def verify_message(data: bytes, keys: KeySet, *, now: float | None = None) -> VerifiedMessage:
    """Verify every signature of a message, as the registry would at the time *now* (seconds since 1970).

    Any bytes will do. Each signature by a key of *keys* costs one process; their number and their time are bounded. A
    signature on which gpg had to be stopped is `unverifiable-signature`, and so is each one after it.

    Raises: GpgError if GnuPG is missing or cannot be started.
    """
    return verify(read_message(data), keys, now=now)


def verify(message: SignedMessage, keys: KeySet, *, now: float | None = None) -> VerifiedMessage:
    """Verify every signature of a message that was read; as `verify_message`."""
    verdicts = tuple(_verdicts(message, keys, now))
    messages = tuple(parse_message(text.text) for text in message.texts)
    updates = [
        _verified(update, text, verdicts)
        for text, read in zip(message.texts, messages, strict=True)
        for update in read.updates
    ]
    return VerifiedMessage(message, verdicts, messages, tuple(updates))


def _verdicts(message: SignedMessage, keys: KeySet, now: float | None) -> list[Verdict]:
    early = [find_early_verdict(part, keys) for part in message.parts]
    asked = [part for part, verdict in zip(message.parts, early, strict=True) if verdict is None]
    judged = iter(_judged(asked, keys, now)) if asked else iter(())
    return [next(judged) if verdict is None else verdict for verdict in early]


def _judged(parts: list[SignedPart], keys: KeySet, now: float | None) -> Iterator[Verdict]:
    """Yield the verdicts on signatures whose keys are known."""
    real_now = time.time() if now is None else now
    patience = Patience(SECONDS)
    with temporary_home() as home:
        for part in parts:
            if part.signature is not None:
                write_ring(home, keys.find(part.signature.packet))  # a ring for each: no bad key hides another one
                (home / _SIGNATURE).write_bytes(part.signature.data)
            yield judge(part, read_signature_status(_ask(part, home, now, patience)), keys, real_now)


def _ask(part: SignedPart, home: Path, now: float | None, patience: Patience) -> bytes:
    """Return gpg's status lines about the signature in *home*; none if it had to be stopped."""
    arguments = [*ring_options(home), *time_options(now), "--verify", "--", str(home / _SIGNATURE), "-"]
    try:
        return run(arguments, part.content, home=home, patience=patience).status
    except GpgLimitError:
        return b""


def _verified(update: Update, text: MessageText, verdicts: tuple[Verdict, ...]) -> VerifiedUpdate:
    blocks = [text.blocks.get((signature.first_line, signature.last_line)) for signature in update.signatures]
    around = (*text.around, *(position for position in blocks if position is not None))
    good = [name for position in around if verdicts[position].is_good for name in verdicts[position].key_certs]
    return VerifiedUpdate(update, text.part, around, tuple(dict.fromkeys(good)))
