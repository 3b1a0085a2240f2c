"""Signed messages: every signature in one, what exactly it covers, and what no signature covers.

A message is a text with clear-signed blocks, next to and inside each other, or a mail whose parts are signed or hold
such texts. Each signature comes as GnuPG wants it, cut out and canonical, so that nobody else's reading of the framing
counts. Blanks at the ends of signed lines are taken off: no signature is about those. Nothing is verified here, and
objects are `irtkit.submission`'s to find.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from irtkit.openpgp.armour import SIGNATURE, read_armour
from irtkit.openpgp.cleartext import (
    LONGEST_LINE,
    DetachedSignature,
    canonical,
    find_outside,
    has_long_line,
    read_block_signature,
    read_detached,
    unescaped,
    with_blanks_stripped,
)
from irtkit.openpgp.faults import Fault, OpenPgpError, problem_of
from irtkit.openpgp.mime import Leaf, SignedEntity, charset_of, looks_like_mail, read_mail
from irtkit.problems import Problem, Severity, Span
from irtkit.rpsl.clearsign import DEEPEST, SignedBlock, iter_signed_blocks
from irtkit.rpsl.faults import shown

__all__ = [
    "LARGEST_MESSAGE",
    "MOST_SIGNATURES",
    "MessageText",
    "SignedMessage",
    "SignedPart",
    "read_message",
]

LARGEST_MESSAGE: Final = 6_000_000
"""Bytes of a message that are read: registries take objects of 5,000,000 characters."""
MOST_SIGNATURES: Final = 64
"""Signatures of a message that are verified; each costs a process."""

_FEW = 16  # of so many characters one may be NUL in what is still text
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_WIDE_MARKS: Final = frozenset({b"\xff\xfe", b"\xfe\xff"})
_CHARSET = re.compile(r"us-ascii|utf-?8|latin-?1|iso-8859-(?:[1-9]|1[013-6])|windows-125[0-8]|koi8-[ru]", re.IGNORECASE)


@dataclass(frozen=True)
class SignedPart:
    """A signature and what it covers.

    *content* are the bytes to verify it against. *first_line* and *last_line* (from 1) are where a clear-signed block
    stands in its text; of a mail's part they are 0. *part* is the number of the mail's part, empty in a plain text.
    *around* are the positions of the signatures around it, the outermost first. *fault* says why it cannot be verified.
    """

    part: str
    first_line: int
    last_line: int
    around: tuple[int, ...]
    content: bytes = field(repr=False)
    signature: DetachedSignature | None = None
    fault: Fault | None = None

    @property
    def is_mime(self) -> bool:
        """Whether it stands beside what it covers, in a mail, and not around it."""
        return not self.first_line


@dataclass(frozen=True)
class MessageText:
    """A text of the message, as the registry would read it.

    *around* are the positions of the signatures beside it, in a mail. *blocks* has the position of each clear-signed
    block by its first and last line.
    """

    part: str
    text: str = field(repr=False)
    around: tuple[int, ...]
    blocks: Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class SignedMessage:
    """The signatures of a message, outer ones before those inside them, and its texts; *problems* are its form's."""

    parts: tuple[SignedPart, ...]
    texts: tuple[MessageText, ...]
    problems: tuple[Problem, ...]
    subject: str = ""


def read_message(data: bytes, *, largest: int = LARGEST_MESSAGE) -> SignedMessage:
    """Read a message: a mail if it begins with a header of one, else a text. Any bytes will do.

    Time and memory grow with the length only; more than *largest* bytes are not looked at.
    """
    reader = _Reader()
    if len(data) > largest:
        reader.report("message-too-large", f"the message has more than {largest:,} bytes")
    elif looks_like_mail(data):
        reader.read_mail(data)
    else:
        reader.read_text(Leaf("", data, charset_of(data), ()))
    reader.finish()
    return SignedMessage(tuple(reader.parts), tuple(reader.texts), tuple(reader.problems), reader.subject)


class _Reader:
    """Gathers signatures and texts in document order."""

    def __init__(self) -> None:
        self.parts: list[SignedPart] = []
        self.texts: list[MessageText] = []
        self.problems: list[Problem] = []
        self.subject = ""
        self._outside: list[Problem] = []
        self._too_many = False

    def report(self, code: str, message: str) -> None:
        """Note a problem of the whole message."""
        self.problems.append(problem_of(code, message))

    def read_mail(self, data: bytes) -> None:
        """Read the parts of a mail."""
        try:
            mail = read_mail(data)
        except OpenPgpError as error:
            self.report(error.code, error.message)
            return
        self.subject = mail.subject
        self.parts += map(_entity_part, mail.signed)
        for part, kind in mail.unread:
            self.report("part-not-read", f"part {part} is {shown(kind)}, which the registry does not read")
        for leaf in mail.leaves:
            self.read_text(leaf)

    def read_text(self, leaf: Leaf) -> None:
        """Read a text and the clear-signed blocks in it."""
        data = leaf.data.removeprefix(_BYTE_ORDER_MARK)
        if data.count(b"\0") * _FEW > len(data) or data[:2] in _WIDE_MARKS:
            self.report("not-text", "it is no text in UTF-8 or latin-1")
            return
        text = with_blanks_stripped(data.decode("latin-1"))
        blocks: dict[tuple[int, int], int] = {}
        self._read_blocks(text, 1, SignedPart(leaf.part, 0, 0, leaf.around, b""), blocks)
        if not leaf.around:
            self._outside += _iter_outside(text, leaf.part)
        charset = leaf.charset if _CHARSET.fullmatch(leaf.charset) else "latin-1"
        decoded = text.encode("latin-1").decode(charset, "replace")
        self.texts.append(MessageText(leaf.part, decoded, leaf.around, blocks))

    def _read_blocks(self, text: str, line: int, outer: SignedPart, blocks: dict[tuple[int, int], int]) -> None:
        """Read the blocks of *text*, which begins on *line* of the whole text, and those inside them."""
        reached = 0
        for block in iter_signed_blocks(text):
            line += text.count("\n", reached, block.start)
            reached = block.start
            if len(self.parts) == MOST_SIGNATURES:
                self._too_many = True
                return
            last = line + text.count("\n", block.start, block.stop - 1)
            blocks[line, last] = position = len(self.parts)
            part = _read_block(text, block, replace(outer, first_line=line, last_line=last))
            self.parts.append(part)
            if part.fault is None or part.fault.code != "signed-too-deep":
                inside = line + text.count("\n", block.start, block.content)
                around = replace(outer, around=(*outer.around, position))
                self._read_blocks(unescaped(text[block.content : block.signature]), inside, around, blocks)

    def finish(self) -> None:
        """Say what can only be said at the end."""
        if self._too_many:
            self.report("too-many-signatures", f"there are more than {MOST_SIGNATURES} signatures")
        if self.parts:
            self.problems += self._outside
        elif not any(problem.severity is Severity.ERROR for problem in self.problems):
            self.report("not-signed", "nothing in it is signed")


def _read_block(text: str, block: SignedBlock, part: SignedPart) -> SignedPart:
    """Return *part* with what a clear-signed block covers, or with the reason why it cannot be verified."""
    if len(part.around) >= DEEPEST:
        message = f"there are more than {DEEPEST} signatures around one text"
        return replace(part, fault=Fault("signed-too-deep", message))
    try:
        signature = read_block_signature(text, block)
        content = canonical(text[block.content : block.signature])
        _refuse_long_lines(content)
    except OpenPgpError as error:
        return replace(part, fault=error.fault)
    return replace(part, content=content, signature=signature)


def _entity_part(entity: SignedEntity) -> SignedPart:
    """Return a signed part of a mail with its signature, or with the reason why it cannot be verified."""
    part = SignedPart(entity.part, 0, 0, entity.around, entity.content)
    if not entity.is_pgp:
        return replace(part, fault=Fault("unsupported-signature", "X.509 signatures (S/MIME) are not verified"))
    try:
        signature = read_detached(_unarmoured(entity.signature))
        if signature.packet.kind:
            _refuse_long_lines(entity.content)
    except OpenPgpError as error:
        return replace(part, fault=error.fault)
    return replace(part, signature=signature)


def _unarmoured(data: bytes) -> bytes:
    if data[:1] >= b"\x80":
        return data
    try:
        return read_armour(data.decode("latin-1"), SIGNATURE).data
    except OpenPgpError as error:
        raise OpenPgpError("malformed-signature", error.message) from None


def _refuse_long_lines(content: bytes) -> None:
    if has_long_line(content):
        message = f"a line has more than {LONGEST_LINE:,} bytes: GnuPG would not notice a change at its end"
        raise OpenPgpError("line-too-long", message)


def _iter_outside(text: str, part: str) -> Iterator[Problem]:
    """Yield where something stands that no signed block covers."""
    where = f" of part {part}" if part else ""
    reached, line = 0, 1
    for start, stop in find_outside(text):
        line += text.count("\n", reached, start)
        reached = start
        last = line + text.count("\n", start, stop)
        lines = f"line {line}" if line == last else f"lines {line} to {last}"
        begin = text.rfind("\n", 0, start) + 1
        end = text.find("\n", start)
        span = Span(line, start - begin + 1, max(1, (stop if end < 0 else min(end, stop)) - start))
        yield problem_of("not-all-covered", f"no signature covers {lines}{where}", None if part else span)
