"""Encrypted messages seen from outside: who can read them, that nothing is in the clear, and mails of them."""

from email import message_from_bytes, policy

import pytest

from irtkit.openpgp.armour import armoured
from irtkit.openpgp.encrypted import MESSAGE, encrypted_mail, read_encrypted, report_entity
from irtkit.openpgp.faults import OpenPgpError

ID = bytes.fromhex("CE55261410B17DD1")
FOR_A_KEY = b"\x03" + ID + b"\x12" + bytes(20)
DATA = b"\x01" + bytes(40)


def packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, len(body)]) + body


def in_parts(tag: int, *parts: bytes) -> bytes:
    """A packet whose length comes in parts; all but the last are a power of two long."""
    *first, last = parts
    heads = b"".join(bytes([0xE0 | len(part).bit_length() - 1]) + part for part in first)
    return bytes([0xC0 | tag]) + heads + bytes([len(last)]) + last


def old_packet(tag: int, body: bytes) -> bytes:
    return bytes([0x80 | tag << 2 | 1]) + len(body).to_bytes(2, "big") + body


def read(data: bytes) -> tuple[str, ...]:
    return read_encrypted(armoured(data, MESSAGE)).recipients


@pytest.mark.parametrize(
    "data",
    [
        packet(1, FOR_A_KEY) + packet(18, DATA),
        packet(1, FOR_A_KEY) + packet(20, DATA),
        old_packet(1, FOR_A_KEY) + packet(18, DATA),
        packet(1, FOR_A_KEY) + in_parts(18, bytes(512), bytes(1024), DATA),
        packet(1, FOR_A_KEY) + b"\xd2\xff" + len(DATA).to_bytes(4, "big") + DATA,
        packet(1, FOR_A_KEY) + b"\xd2\xc1\x00" + bytes(448),
    ],
)
def test_a_message_names_those_who_can_read_it(data: bytes) -> None:
    """Whatever the shape of its packets."""
    assert read(data) == (ID.hex().upper(),)


def test_every_recipient_is_named_in_order() -> None:
    other = b"\x03" + bytes(8) + b"\x12" + bytes(20)
    assert read(packet(1, FOR_A_KEY) + packet(1, other) + packet(18, DATA)) == (ID.hex().upper(), "0" * 16)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet(18, DATA),
        packet(1, FOR_A_KEY),
        packet(11, b"b\x00\x00\x00\x00\x00plain text"),
        packet(1, FOR_A_KEY) + packet(11, b"b\x00\x00\x00\x00\x00plain text"),
        packet(1, FOR_A_KEY) + packet(18, DATA) + packet(11, b"b\x00\x00\x00\x00\x00plain text"),
        packet(1, FOR_A_KEY) + packet(9, DATA),
        packet(1, FOR_A_KEY) + packet(3, b"\x04\x09\x00\x08") + packet(18, DATA),
        packet(8, b"\x00"),
        packet(1, b"\x06" + FOR_A_KEY[1:]) + packet(18, DATA),
        packet(1, FOR_A_KEY[:9]) + packet(18, DATA),
        packet(1, FOR_A_KEY) + packet(18, DATA)[:-1],
        packet(1, FOR_A_KEY) + in_parts(18, bytes(512), DATA)[:-1],
        packet(1, FOR_A_KEY) + in_parts(18, bytes(512), DATA)[:515],
        packet(1, FOR_A_KEY) + b"\xd2\xff\x00",
        packet(1, FOR_A_KEY) + b"\x83" + DATA,
        b"\x00" + packet(18, DATA),
        packet(1, FOR_A_KEY) * 1001 + packet(18, DATA),
    ],
)
def test_what_is_not_all_encrypted_to_keys_is_refused(data: bytes) -> None:
    """Plain packets, passphrases, data without protection, and what is cut off or unknown."""
    with pytest.raises(OpenPgpError) as refused:
        read(data)
    assert refused.value.code == "key-unreadable"


def test_only_a_message_is_a_message() -> None:
    with pytest.raises(OpenPgpError):
        read_encrypted("plain text\n")
    with pytest.raises(OpenPgpError):
        read_encrypted("plain text\n" + armoured(packet(1, FOR_A_KEY) + packet(18, DATA), MESSAGE))


@pytest.mark.parametrize(
    ("data", "charset", "encoding"),
    [
        (b"plain\ntext\n", "us-ascii", "7bit"),
        (b"plain\r\ntext\r\n", "us-ascii", "7bit"),
        (b"tab\tand no end", "us-ascii", "7bit"),
        ("Grüße\n".encode(), "utf-8", "base64"),
        ("Grüße\n".encode("latin-1"), "iso-8859-1", "base64"),
        (b"trailing \n", "us-ascii", "base64"),
        (b"From me\n", "us-ascii", "base64"),
        (b".\n", "us-ascii", "base64"),
        (b"a lone\rcarriage return\n\x1b[31m\n", "us-ascii", "base64"),
        (b"x" * 2000, "us-ascii", "base64"),
        (b"", "us-ascii", "7bit"),
    ],
)
def test_a_text_is_a_part_of_a_mail_and_comes_out_again(data: bytes, charset: str, encoding: str) -> None:
    """With CR LF at line ends, in lines that every mail server leaves alone."""
    entity = report_entity(data)
    assert max(map(len, entity.split(b"\r\n"))) < 998
    assert entity.isascii()
    assert b"\n" not in entity.replace(b"\r\n", b"")
    part = message_from_bytes(entity, policy=policy.SMTP)
    assert (part.get_content_charset(), part["Content-Transfer-Encoding"]) == (charset, encoding)
    payload = part.get_payload(decode=True)
    assert payload == data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def test_what_has_a_nul_is_no_text() -> None:
    with pytest.raises(OpenPgpError) as refused:
        report_entity(b"a\0b")
    assert refused.value.code == "not-text"


def test_a_mail_has_its_headers_a_version_and_the_message() -> None:
    """As RFC 3156, section 4, wants it."""
    armour = armoured(packet(1, FOR_A_KEY) + packet(18, DATA), MESSAGE)
    data = encrypted_mail(armour, {"To": ["a@example.net", "b@example.net"], "Subject": ["x"]})
    mail = message_from_bytes(data, policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("a@example.net, b@example.net", "x")
    assert mail.get_content_type() == "multipart/encrypted"
    assert mail.get_param("protocol") == "application/pgp-encrypted"
    version, message = mail.iter_parts()
    assert (version.get_content_type(), str(version.get_payload()).strip()) == (
        "application/pgp-encrypted",
        "Version: 1",
    )
    assert message.get_content_type() == "application/octet-stream"
    assert str(message.get_payload()).strip() + "\n" == armour


@pytest.mark.parametrize(
    "headers",
    [
        {"To": ["a@example.net\nBcc: b@example.net"]},
        {"To": ["a@example.net\r\n\r\nbody"]},
        {"To": ["a@example.net", "b\x00"]},
        {"To": [""]},
        {"To": []},
        {"Subject": ["Gr\u00fc\u00dfe"]},
        {"Subject": ["x" * 901]},
        {"Bcc: x\nTo": ["a@example.net"]},
        {"": ["x"]},
    ],
)
def test_no_value_begins_a_header_of_its_own(headers: dict[str, list[str]]) -> None:
    with pytest.raises(OpenPgpError) as refused:
        encrypted_mail("", headers)
    assert refused.value.code == "malformed-mail"
