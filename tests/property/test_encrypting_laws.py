"""Laws of encrypted messages and mails: nothing in the clear passes for encrypted, and no text becomes a header."""

from email import message_from_bytes
from email.policy import SMTP

from hypothesis import given
from hypothesis import strategies as st

from irtkit.clients.gpg_encrypting import Envelope, as_mail
from irtkit.openpgp.armour import armoured
from irtkit.openpgp.encrypted import MESSAGE, read_encrypted, report_entity
from irtkit.openpgp.faults import OpenPgpError

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]
FOR_A_KEY = b"\xc1\x1e\x03" + bytes(8) + b"\x12" + bytes(20)
PROTECTED = b"\xd2\x29\x01" + bytes(40)
IN_PARTS = b"\xd2\xe4" + bytes(16) + b"\xe3" + bytes(8) + b"\x05" + bytes(5)
PLAIN = b"\xcb\x09b\x00\x00\x00\x00\x00abc"
packets = st.lists(st.sampled_from([FOR_A_KEY, PROTECTED, IN_PARTS, PLAIN, b"\xc9\x01\x00", b"\xc3\x02\x04\x09"]))


def recipients(data: bytes) -> tuple[str, ...] | None:
    try:
        return read_encrypted(armoured(data, MESSAGE)).recipients
    except OpenPgpError:
        return None


@given(st.binary(max_size=80))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    """Nothing else is raised, and a message has somebody who can read it."""
    assert recipients(data) != ()


@given(packets)
def test_a_message_is_keys_and_then_protected_data_and_nothing_more(parts: list[bytes]) -> None:
    expected = parts[:-1] == [FOR_A_KEY] * (len(parts) - 1) and parts[-1:] in ([PROTECTED], [IN_PARTS])
    assert recipients(b"".join(parts)) == (("0" * 16,) * (len(parts) - 1) if expected and len(parts) > 1 else None)


@given(st.sampled_from([PROTECTED, IN_PARTS]), st.data())
def test_a_message_that_is_cut_off_is_refused(end: bytes, data: st.DataObject) -> None:
    whole = FOR_A_KEY + end
    assert recipients(whole) == ("0" * 16,)
    assert recipients(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None


pieces = st.sampled_from(
    ["a", "\u00e9", "\u20ac", "\n", "\r\n", "\r", " ", "\t", "\x0b", "\x85", "\u2028", ".", "From ", "="]
)
texts = st.lists(pieces, max_size=12).map("".join)


@given(texts, st.sampled_from(["utf-8", "latin-1"]))
def test_a_text_comes_out_of_a_mail_as_it_went_in(text: str, encoding: str) -> None:
    """But for its line ends, which are CR LF there; in short lines of ASCII."""
    data = text.encode(encoding, "replace")
    entity = report_entity(data)
    part = message_from_bytes(entity, policy=SMTP)
    assert part.get_payload(decode=True) == data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert entity.isascii()
    assert all(len(line) < 998 and not line.startswith((b"From ", b".\r")) for line in entity.split(b"\n"))


words = st.sampled_from(
    [
        "a@example.net",
        "b@example.org",
        "A B",
        "<",
        ">",
        '"',
        ",",
        ":",
        "\n",
        "\r\n",
        "\r",
        "\x00",
        "\u2028",
        "\x85",
        " ",
    ]
)
odd = st.one_of(st.text(max_size=20), st.lists(words, max_size=5).map("".join))


@given(odd | st.just("me@example.net"), st.lists(odd | st.just("a@example.net"), max_size=3), odd)
def test_no_text_begins_a_header(sender: str, mailboxes: list[str], subject: str) -> None:
    """A mail has these headers, or there is none."""
    try:
        data = as_mail("armour", Envelope(sender, tuple(mailboxes), subject or "x"))
    except OpenPgpError:
        return
    mail = message_from_bytes(data)
    assert list(mail.keys()) == HEADERS
    assert str(mail["To"]).replace("\n", "").split(", ") == mailboxes
    assert mail.get_content_type() == "multipart/encrypted"
    assert len(mail.get_payload()) == 2
