"""A submission as a mail: the text of a message, signed inside or not at all, with headers that a registry reads.

A mail that is signed as a whole (PGP/MIME) is made by `irtkit.openpgp.mime`. No mail is sent or fetched here.
"""

from collections.abc import Mapping

from irtkit.errors import QueryError
from irtkit.openpgp.mime import charset_of, is_header, text_entity
from irtkit.rpsl.faults import shown

__all__ = ["as_mail"]


def as_mail(data: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a mail with the text *data*, LF at line ends; *headers* come first, each one line of ASCII.

    The charset is named, because RIPE's server reads latin-1 where it is not; lines that mail servers might change are
    written as quoted-printable, which it decodes before it looks at signatures.

    Raises: QueryError for a header that is none.

    Cites: RFC 2045; RFC 5322, section 2.1.1.
    """
    for name, value in headers.items():
        if not is_header(name, value):
            raise QueryError(f"expected one line of ASCII for the header {shown(name)}, found {shown(value)}")
    entity = text_entity(data.replace(b"\r\n", b"\n"), charset_of(data))
    lines = [*(f"{name}: {value}" for name, value in headers.items()), "MIME-Version: 1.0", ""]
    return "\n".join(lines).encode("ascii") + entity.replace(b"\r\n", b"\n")
