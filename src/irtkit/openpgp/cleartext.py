"""What exactly a clear-signed block covers (RFC 9580, section 7): headers, dash-escaping, blanks, line ends.

    signed = the lines of the content, "- " taken from the beginning of those that have it, blanks (space, tab, CR) from
             the end of each, CR LF between two of them

`irtkit.rpsl.clearsign` says where blocks stand. Texts here are bytes read as latin-1: a signature is about bytes. What
is not well formed is refused, so that what is verified is what is read. It verifies nothing itself.
"""

import re
from typing import Final, NamedTuple

from irtkit.openpgp.armour import SIGNATURE, read_armour
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.packets import SignaturePacket, Tag, as_packet, iter_packets, read_signature
from irtkit.rpsl.clearsign import SignedBlock, iter_signed_blocks

__all__ = [
    "DIGESTS",
    "LONGEST_LINE",
    "WEAK_DIGESTS",
    "DetachedSignature",
    "canonical",
    "find_outside",
    "has_long_line",
    "read_block_signature",
    "read_detached",
    "unescaped",
    "with_blanks_stripped",
]

LONGEST_LINE: Final = 19_990
"""Bytes of a line of text: of a longer one GnuPG signs and verifies the first 19,995 and passes over the rest."""

DIGESTS: Final = {
    1: "MD5",
    2: "SHA1",
    3: "RIPEMD160",
    8: "SHA256",
    9: "SHA384",
    10: "SHA512",
    11: "SHA224",
    12: "SHA3-256",
    14: "SHA3-512",
}
"""Digest algorithms by number (RFC 9580, section 9.5)."""
WEAK_DIGESTS: Final = frozenset({1, 2, 3})

_BLANKS = " \t\r"
_DOCUMENT, _TEXT = 0, 1
_HEADERS = re.compile(r"(?:Hash: ?+[A-Za-z0-9, -]++[ \t\r]*+\n)*+[ \t\r]*+\n")
_HASH = re.compile(r"^Hash: ?+([A-Za-z0-9, -]++)", re.MULTILINE)
_OPEN_DASH = re.compile(r"^-(?! )", re.MULTILINE)


class DetachedSignature(NamedTuple):
    """A signature as GnuPG takes it, one binary packet, and what it says of itself."""

    data: bytes
    packet: SignaturePacket


def unescaped(content: str) -> str:
    """Return *content*, the lines of a signed block, without its dash-escaping."""
    return "\n".join([line.removeprefix("- ") for line in content.split("\n")])


def canonical(content: str) -> bytes:
    """Return the bytes that a signature of *content*, dash-escaped as it stands there, is about."""
    lines = [line.removeprefix("- ").rstrip(_BLANKS) for line in content.split("\n")]
    return "\r\n".join(lines).encode("latin-1")


def has_long_line(content: bytes) -> bool:
    """Whether *content* has a line of which GnuPG would sign only the beginning."""
    return max(map(len, content.split(b"\n"))) > LONGEST_LINE


def read_block_signature(text: str, block: SignedBlock) -> DetachedSignature:
    """Return the signature of a block of *text*, after a look at everything around it.

    Raises: OpenPgpError: `malformed-signature` for a header other than Hash, a line that begins with a dash and is not
    escaped, text behind the last line, or a damaged signature; whatever `read_detached` raises.
    """
    headers = _headers(text, block)
    content = text[block.content : block.signature]
    if not _HEADERS.fullmatch(headers):
        raise OpenPgpError("malformed-signature", "a signed text begins with Hash headers, if any, and an empty line")
    if _OPEN_DASH.search(content):
        raise OpenPgpError("malformed-signature", 'a line of the signed text begins with "-"; "- -" was expected')
    try:
        armour = read_armour(text[block.signature + 1 : block.stop], SIGNATURE)
    except OpenPgpError as error:
        raise OpenPgpError("malformed-signature", error.message) from None
    signature = read_detached(armour.data)
    named = {name.strip().upper() for names in _HASH.findall(headers) for name in names.split(",")}
    if named and DIGESTS.get(signature.packet.digest) not in named:
        raise OpenPgpError("malformed-signature", "the Hash header does not name the digest of the signature")
    return signature


def _headers(text: str, block: SignedBlock) -> str:
    return text[text.index("\n", block.start) + 1 : block.content]


def read_detached(data: bytes) -> DetachedSignature:
    """Read the one signature of a document in *data*.

    Raises: OpenPgpError: `malformed-signature`, `several-signatures`; `unsupported-signature` for one of another
    version than 3 and 4, over a digest that nobody knows, or of something else than a document.
    """
    try:
        packets = list(iter_packets(data))
        found = [read_signature(packet.body) for packet in packets if packet.tag == Tag.SIGNATURE]
    except OpenPgpError as error:
        if error.code == "unsupported-signature":
            raise
        raise OpenPgpError("malformed-signature", error.message) from None
    if not found or len(found) < len(packets):
        raise OpenPgpError("malformed-signature", "there is something else than a signature")
    if len(found) > 1:
        message = f"there are {len(found)} signatures in one block, and the registry reads none of them"
        raise OpenPgpError("several-signatures", message)
    packet = found[0]
    if packet.kind not in {_DOCUMENT, _TEXT}:
        raise OpenPgpError("unsupported-signature", "the signature is not one of a document")
    if packet.digest not in DIGESTS:
        raise OpenPgpError("unsupported-signature", f"digest algorithm {packet.digest} is not known")
    if packet.created is None or not packet.issuer:
        raise OpenPgpError("malformed-signature", "the signature says not when, or by which key, it was made")
    return DetachedSignature(as_packet(packets[0]), packet)


def with_blanks_stripped(text: str) -> str:
    """Return *text* without the blanks at line ends in well-formed signed blocks: no signature is about those.

    A line of blanks, which would continue an attribute, is an empty line to whoever verifies, and ends an object.
    """
    pieces = []
    position = 0
    for block in iter_signed_blocks(text):
        content = text[block.content : block.signature]
        if _OPEN_DASH.search(content) or not _HEADERS.fullmatch(_headers(text, block)):
            continue
        pieces += [text[position : block.content], "\n".join([line.rstrip(_BLANKS) for line in content.split("\n")])]
        position = block.signature
    return "".join([*pieces, text[position:]])


def find_outside(text: str) -> list[tuple[int, int]]:
    """Return where, outside of all signed blocks, something else than blanks stands: offset of it and its end."""
    found, position = [], 0
    for start, stop in [*((block.start, block.stop) for block in iter_signed_blocks(text)), (len(text), len(text))]:
        rest = text[position:start]
        kept = rest.strip(" \t\r\n")
        if kept:
            begin = position + len(rest) - len(rest.lstrip(" \t\r\n"))
            found.append((begin, begin + len(kept)))
        position = stop
    return found
