"""Mails as far as signatures need them: the parts of a mail, to the byte, and a signed mail of parts (RFC 2046, 3156).

`email` reads headers and decodes; where a part begins and ends is found here, because a signature is about the
bytes of a part as they stand there. Read is what the registry reads, plain text and application/pgp, also among
alternatives; all else is named and left. Nesting and the number of parts are bounded. No mail is sent or fetched.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.quoprimime import body_encode
from hashlib import sha256
from typing import Final, NamedTuple

from irtkit.openpgp.faults import OpenPgpError

__all__ = [
    "DEEPEST",
    "LONGEST_LINE",
    "MOST_PARTS",
    "Leaf",
    "Mail",
    "SignedEntity",
    "charset_of",
    "is_header",
    "looks_like_mail",
    "read_mail",
    "signed_mail",
    "text_entity",
]

DEEPEST: Final = 8
"""Parts inside parts that are opened."""
MOST_PARTS: Final = 100
"""Parts of a mail that are read."""
LONGEST_LINE: Final = 900
"""Characters of a line that is written; servers need not pass on more than 998 (RFC 5322, section 2.1.1)."""

_LONGEST_HEADERS: Final = 200_000
_LONGEST_FIELD: Final = 2_000
_LONGEST_BOUNDARY: Final = 70
_PLAIN: Final = frozenset({"text/plain", "application/pgp"})
_PGP_SIGNATURE: Final = "application/pgp-signature"
_X509_SIGNATURES: Final = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_MAIL = re.compile(
    rb"(?:From |(?:Return-Path|Received|Delivered-To|Envelope-To|Delivery-Date|Date|From|To|Cc|Sender|Reply-To|Subject|"
    rb"Message-ID|MIME-Version|Content-[A-Za-z-]+|User-Agent|DKIM-Signature|X-[A-Za-z0-9-]+)[ \t]*+:)",
    re.IGNORECASE,
)
_END_OF_HEADERS = re.compile(rb"(?:\A|\n)\r?\n")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}+")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_NEEDS_QUOTING = re.compile(rf"[^\t\n -~]|[ \t]$|^From |.{{{LONGEST_LINE}}}", re.MULTILINE)


class Leaf(NamedTuple):
    """A part that the registry reads, decoded; *around* are the positions of the signed entities around it."""

    part: str
    data: bytes
    charset: str
    around: tuple[int, ...]


class SignedEntity(NamedTuple):
    """A part and the signature beside it. *content* is what was signed, with CR LF at line ends."""

    part: str
    content: bytes
    signature: bytes
    around: tuple[int, ...]
    is_pgp: bool


class Mail(NamedTuple):
    """What there is in a mail; *unread* are parts that the registry does not read, and their types."""

    leaves: tuple[Leaf, ...]
    signed: tuple[SignedEntity, ...]
    unread: tuple[tuple[str, str], ...]
    subject: str


def looks_like_mail(data: bytes) -> bool:
    """Tell whether *data* begins with a header of a mail, which no object begins with."""
    return bool(_MAIL.match(data.removeprefix(_BYTE_ORDER_MARK)))


def read_mail(data: bytes) -> Mail:
    """Read a mail, also one with an mbox line before it.

    What a mail lacks at its end is taken as if it were there, but not of a signed part.

    Raises: OpenPgpError `malformed-mail` for parts that are too many or too deep, for a multipart without a usable
    boundary, for a header that is there twice, and for a signed part that is not two whole parts.
    """
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    reader = _Reader()
    reader.read(data, "", ())
    return Mail(tuple(reader.leaves), tuple(reader.signed), tuple(reader.unread), reader.subject)


class _Reader:
    """Walks through the parts of a mail."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.signed: list[SignedEntity] = []
        self.unread: list[tuple[str, str]] = []
        self.subject = ""
        self._count = 0

    def read(self, raw: bytes, part: str, around: tuple[int, ...]) -> None:
        """Read an entity: its headers and its body."""
        self._count += 1
        if self._count > MOST_PARTS or part.count(".") >= DEEPEST:
            raise OpenPgpError("malformed-mail", "the mail has more parts, or deeper ones, than any update")
        headers, body = _split_headers(raw)
        kind = headers.get_content_type()
        if not part:
            self.subject = _field(headers, "subject")
        if kind == "multipart/signed":
            self._read_signed(_split_parts(headers, body, part, whole=True), part, around)
        elif kind.startswith("multipart/"):
            for number, child in enumerate(_split_parts(headers, body, part), 1):
                self.read(child, _below(part, number), around)
        elif kind in _PLAIN:
            charset = headers.get_content_charset("latin-1")
            self.leaves.append(Leaf(part or "1", _decoded(headers, body), charset, around))
        else:
            self.unread.append((part or "1", kind))

    def _read_signed(self, parts: list[bytes], part: str, around: tuple[int, ...]) -> None:
        if len(parts) != 2:
            raise OpenPgpError("malformed-mail", f"a signed part has {len(parts)} parts; two were expected")
        headers, body = _split_headers(parts[1])
        kind = headers.get_content_type()
        if kind != _PGP_SIGNATURE and kind not in _X509_SIGNATURES:
            raise OpenPgpError("malformed-mail", "the second part of a signed part is no signature")
        content = parts[0].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        signature = _decoded(headers, body)
        self.signed.append(SignedEntity(_below(part, 1), content, signature, around, kind == _PGP_SIGNATURE))
        self.read(parts[0], _below(part, 1), (*around, len(self.signed) - 1))


def _below(part: str, number: int) -> str:
    return f"{part}.{number}" if part else str(number)


def _split_headers(raw: bytes) -> tuple[Message, bytes]:
    end = _END_OF_HEADERS.search(raw, 0, _LONGEST_HEADERS)
    if end is None and len(raw) > _LONGEST_HEADERS:
        raise OpenPgpError("malformed-mail", "the headers of a part do not end")
    at = end.end() if end else len(raw)
    headers: Message = BytesHeaderParser(policy=compat32).parsebytes(raw[:at])
    for name in ("content-type", "content-transfer-encoding"):
        fields = headers.get_all(name, [])
        if len(fields) > 1:
            raise OpenPgpError("malformed-mail", f"a part has {len(fields)} headers {name}")
        if any(len(str(field)) > _LONGEST_FIELD for field in fields):
            raise OpenPgpError("malformed-mail", f"a header {name} has more than {_LONGEST_FIELD:,} characters")
    return headers, raw[at:]


def _field(headers: Message, name: str) -> str:
    return str(headers.get(name, "")).strip()


def _split_parts(headers: Message, body: bytes, part: str, *, whole: bool = False) -> list[bytes]:
    """Return the parts of a multipart's body, headers and all, to the byte; if *whole*, only if their end is there."""
    boundary = headers.get_boundary() or ""
    if not boundary.isascii() or not boundary.isprintable() or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise OpenPgpError("malformed-mail", f"part {part or 'of the mail'} has no usable boundary")
    border = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("ascii")) + rb"(--)?[ \t]*+(?=\r?\n|\Z)")
    starts: list[int] = []
    ends: list[int] = []
    for found in border.finditer(body):
        if starts:
            ends.append(found.start())
        if found[1]:
            break
        starts.append(body.find(b"\n", found.end()) + 1)
        if len(starts) > MOST_PARTS:
            raise OpenPgpError("malformed-mail", f"the mail has more than {MOST_PARTS} parts")
    if starts and len(ends) < len(starts) and not whole:
        ends.append(len(body))
    if not starts or len(starts) != len(ends) or 0 in starts:
        raise OpenPgpError("malformed-mail", f"the parts of part {part} do not end" if part else "its parts do not end")
    return [body[start:end] for start, end in zip(starts, ends, strict=True)]


def _decoded(headers: Message, body: bytes) -> bytes:
    encoding = _field(headers, "content-transfer-encoding").lower()
    try:
        if encoding == "base64":
            return a2b_base64(body)
        return a2b_qp(body) if encoding == "quoted-printable" else body
    except Error:
        raise OpenPgpError("malformed-mail", "a part is not encoded as it says") from None


def charset_of(data: bytes) -> str:
    """Return the charset that a text is in, by its name in mails: us-ascii, utf-8, or else iso-8859-1."""
    if data.isascii():
        return "us-ascii"
    try:
        data.decode()
    except UnicodeDecodeError:
        return "iso-8859-1"
    return "utf-8"


def is_header(name: str, value: str) -> bool:
    """Tell whether a mail may have this header: its value one line of ASCII, and not too long for any server.

    Cites: RFC 5322, sections 2.1.1 and 2.2.
    """
    is_line = value.isascii() and value.isprintable() and len(value) <= LONGEST_LINE
    return is_line and bool(_HEADER_NAME.fullmatch(name))


def text_entity(data: bytes, charset: str) -> bytes:
    """Return a text, LF at line ends, as the part of a mail that can be signed: CR LF at line ends, 7 bits.

    Lines that some mail server might change are written as quoted-printable (RFC 3156, section 3).
    """
    text = data.decode("latin-1")
    quoted = bool(_NEEDS_QUOTING.search(text))
    body = body_encode(text, eol="\r\n") if quoted else text.replace("\n", "\r\n")
    if quoted:
        body = f"\n{body}".replace("\nFrom ", "\n=46rom ")[1:]
    encoding = "quoted-printable" if quoted else "7bit"
    head = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return (head + body).encode("ascii")


def signed_mail(entity: bytes, signature: str, digest: str, headers: Mapping[str, str]) -> bytes:
    """Return a mail of *entity* and its armoured *signature* (RFC 3156, section 5), with LF at line ends.

    *digest* is the name of the digest, such as sha512. *headers* come first; each is one short line of ASCII
    (`is_header`).

    Raises: OpenPgpError `malformed-mail` for a header that is none.
    """
    for name, value in headers.items():
        if not is_header(name, value):
            raise OpenPgpError("malformed-mail", f"the header {name} is not one short line of ASCII")
    boundary = f"=-irtkit-{sha256(entity + signature.encode('ascii')).hexdigest()[:32]}"
    content_type = (
        f"multipart/signed; micalg=pgp-{digest.lower()};\n"
        f' protocol="application/pgp-signature";\n boundary="{boundary}"'
    )
    fields = {**headers, "MIME-Version": "1.0", "Content-Type": content_type}
    lines = [
        *(f"{name}: {value}" for name, value in fields.items()),
        "",
        f"--{boundary}",
        entity.decode("ascii").replace("\r\n", "\n"),
        f"--{boundary}",
        'Content-Type: application/pgp-signature; name="signature.asc"',
        "Content-Description: OpenPGP digital signature",
        "",
        signature.strip(),
        f"--{boundary}--",
        "",
    ]
    return "\n".join(lines).encode("ascii")
