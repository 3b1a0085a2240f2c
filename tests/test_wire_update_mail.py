"""A submission as a mail is read by the registry as the message it was."""

from email import message_from_bytes

import pytest

from irtkit.errors import QueryError
from irtkit.openpgp.messages import read_message
from irtkit.wire.update_mail import as_mail

HEADERS = {"From": "csirt@example.net", "To": "registry@example.org", "Subject": "NEW"}


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"irt: IRT-EXAMPLE\n", "us-ascii"),
        ("person: Zo\xeb\n".encode(), "utf-8"),
        ("person: Zo\xeb\n".encode("latin-1"), "iso-8859-1"),
        (b"irt: IRT-EXAMPLE  \nFrom here on\n" + b"remarks: " + b"x" * 2000 + b"\n", "us-ascii"),
    ],
)
def test_the_text_survives_the_mail(data: bytes, charset: str) -> None:
    """Whatever charset, trailing blanks, long lines, and lines that begin with From."""
    mail = as_mail(data, HEADERS)
    assert mail.isascii()
    read = message_from_bytes(mail)
    assert {name: read[name] for name in HEADERS} == HEADERS
    assert read.get_content_charset() == charset
    assert read.get_payload(decode=True) == data
    assert max(map(len, mail.split(b"\n"))) < 1000
    (text,) = read_message(mail).texts
    assert text.text == data.decode(charset)


def test_line_ends_become_lf() -> None:
    """A mail program makes of them what it needs."""
    assert b"\r" not in as_mail(b"irt: IRT-EXAMPLE\r\n", HEADERS)


@pytest.mark.parametrize("header", [("Subject", "a\nBcc: b"), ("X Y", "a"), ("Subject", "Zo\xeb"), ("To", "a" * 1000)])
def test_a_header_is_one_line_of_ascii(header: tuple[str, str]) -> None:
    """Nothing can be put between the headers."""
    with pytest.raises(QueryError, match="expected one line of ASCII"):
        as_mail(b"x\n", dict([header]))
