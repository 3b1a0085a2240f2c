"""Signed messages, taken apart: what each signature covers, to the byte, and what none does."""

import sys
import time
import tracemalloc
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from irtkit.openpgp.armour import SIGNATURE, armoured
from irtkit.openpgp.cleartext import LONGEST_LINE, canonical, find_outside, has_long_line, with_blanks_stripped
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.messages import LARGEST_MESSAGE, SignedMessage, read_message
from irtkit.openpgp.mime import MOST_PARTS, looks_like_mail, read_mail, signed_mail, text_entity
from irtkit.submission import parse_message

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_made import CREATED, SHA256, MadeKey

KEY = MadeKey(1)
IRT = "irt: irt-example\nsource: RIPE\n"
SIGNED = KEY.clear_signed(IRT, created=CREATED)
BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE_BLOCK = armoured(KEY.signature(b"x"), SIGNATURE)


def codes(message: SignedMessage) -> list[str]:
    """The faults of its signatures, then the problems of its form."""
    faults = [part.fault.code if part.fault else "fine" for part in message.parts]
    return [*faults, *(problem.code for problem in message.problems)]


def mail(*parts: str, kind: str = "mixed", boundary: str = "b", head: str = "") -> bytes:
    """A mail of parts, each with its headers."""
    body = "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return f'From: a@example.net\n{head}Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{body}'.encode()


def signed_part(content: str, signature: str = SIGNATURE_BLOCK) -> bytes:
    return mail(content, f"Content-Type: application/pgp-signature\n\n{signature}", kind="signed")


class TestClearSigned:
    """Texts with clear-signed blocks."""

    def test_a_block_covers_its_text(self) -> None:
        """Canonical: CR LF between lines, and none at the end."""
        (part,) = read_message(SIGNED.encode()).parts
        assert part.content == b"irt: irt-example\r\nsource: RIPE"
        assert (part.first_line, part.last_line, part.around, part.part) == (1, SIGNED.count("\n"), (), "")
        assert part.signature is not None
        assert part.signature.packet.issuer == KEY.fingerprint[-16:]

    @pytest.mark.parametrize(
        ("content", "bytes_"),
        [
            ("", b""),
            ("a", b"a"),
            ("a \t\r", b"a"),
            ("- -a\n- b\nc", b"-a\r\nb\r\nc"),
            ("- - - a", b"- - a"),
            (" a\n\n b  \n", b" a\r\n\r\n b\r\n"),
            ("a\rb\x0c", b"a\rb\x0c"),
            ("\xe9\xff", b"\xe9\xff"),
        ],
    )
    def test_canonical_text(self, content: str, bytes_: bytes) -> None:
        """Dashes unescaped, blanks at line ends gone, every other byte as it is."""
        assert canonical(content) == bytes_

    def test_nested_blocks_are_told_with_their_places(self) -> None:
        """Outer ones first; each knows what is around it, and lines are those of the whole text."""
        outer = f"Dear all\n{KEY.clear_signed(SIGNED + 'x: y' + chr(10), created=CREATED)}"
        message = read_message(outer.encode())
        assert codes(message) == ["fine", "fine", "not-all-covered"]
        first, second = message.parts
        assert (first.first_line, second.around) == (2, (0,))
        lines = outer.split("\n")
        assert lines[second.first_line - 1] == f"- {BEGIN}"
        assert lines[second.last_line - 1] == "- -----END PGP SIGNATURE-----"
        (text,) = message.texts
        found = {(block.first_line, block.last_line) for block in parse_message(text.text).updates[0].signatures}
        assert found == set(text.blocks)

    def test_the_submission_reader_finds_the_same_blocks(self) -> None:
        """So that what was verified is what is read, whatever the framing."""
        texts = [
            SIGNED,
            SIGNED + IRT + SIGNED,
            KEY.clear_signed(SIGNED, created=CREATED),
            SIGNED.replace("Hash: SHA512\n", ""),
            SIGNED.replace("Hash: SHA512\n\n", "irt: evil\n\n"),
            SIGNED.replace("Hash: SHA512\n\n", "irt: evil\n"),
            SIGNED.replace("\n", "\r\n"),
            SIGNED.replace("source", "- source"),
            SIGNED.replace("source", f"{BEGIN}\nsource"),
        ]
        for text in texts:
            message = read_message(text.encode())
            blocks = message.texts[0].blocks
            for update in parse_message(message.texts[0].text).updates:
                for block in update.signatures:
                    assert (block.first_line, block.last_line) in blocks

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("Hash: SHA512\n", "", "fine"),
            ("Hash: SHA512", "Hash: SHA256, SHA512", "fine"),
            ("Hash: SHA512\n", "Hash: SHA256\nHash: SHA512\n", "fine"),
            ("Hash: SHA512", "Hash: SHA256", "malformed-signature"),
            ("Hash: SHA512", "hash: SHA512", "malformed-signature"),
            ("Hash: SHA512", "Charset: utf-8\nHash: SHA512", "malformed-signature"),
            ("Hash: SHA512\n\n", "Hash: SHA512\n \n", "malformed-signature"),
            ("Hash: SHA512\n\n", "irt: irt-evil\nsource: RIPE\n\n", "malformed-signature"),
            ("source", "-source", "malformed-signature"),
            ("source", "-----END PGP SIGNATURE-----\nsource", "malformed-signature"),
            ("-----END PGP SIGNATURE-----", "-----END PGP SIGNATURE-----x", "malformed-signature"),
            ("source: RIPE", "x" * LONGEST_LINE, "fine"),
            ("source: RIPE", "x" * (LONGEST_LINE + 1), "line-too-long"),
        ],
    )
    def test_what_is_well_formed(self, old: str, new: str, code: str) -> None:
        """Only Hash headers, an empty line, dashes escaped, nothing behind the last line."""
        assert old in SIGNED
        assert codes(read_message(SIGNED.replace(old, new, 1).encode()))[0] == code

    @pytest.mark.parametrize(
        ("signature", "code"),
        [
            (b"", "malformed-signature"),
            (b"\x00", "malformed-signature"),
            (KEY.public(), "malformed-signature"),
            (KEY.signature(b"x") + KEY.public(), "malformed-signature"),
            (KEY.signature(b"x") * 2, "several-signatures"),
            (KEY.signature(b"x", 0x13), "unsupported-signature"),
            (KEY.signature(b"x", 0x02), "unsupported-signature"),
            (KEY.signature(b"x").replace(b"\x04\x01\x16\x0a", b"\x04\x01\x16\x63"), "unsupported-signature"),
            (KEY.signature(b"x").replace(b"\x04\x01\x16\x0a", b"\x06\x01\x16\x0a"), "unsupported-signature"),
            (KEY.signature(b"x", 0), "fine"),
            (KEY.signature(b"x", digest=SHA256), "malformed-signature"),
            (KEY.signature(b"x")[:-70], "malformed-signature"),
        ],
        ids=[
            "nothing",
            "noise",
            "key",
            "more",
            "two",
            "certification",
            "alone",
            "digest",
            "version",
            "0",
            "hash",
            "cut",
        ],
    )
    def test_a_signature_is_one_of_a_document(self, signature: bytes, code: str) -> None:
        """One packet, of a kind and over a digest that are known."""
        text = f"{BEGIN}\nHash: SHA512\n\n{IRT}{armoured(signature, SIGNATURE)}"
        assert codes(read_message(text.encode()))[0] == code

    @pytest.mark.parametrize(
        ("text", "places"),
        [
            (IRT, []),
            (f"x\n{SIGNED}", [(1, 1)]),
            (f"\n \t\n  x y \n\n{SIGNED}", [(3, 3)]),
            (f"{SIGNED}\n\nx\n\ny\n{SIGNED} \n", [(SIGNED.count("\n") + 3, 1)]),
            (f"{SIGNED}\n \r\n", []),
        ],
    )
    def test_what_stands_outside_is_told(self, text: str, places: list[tuple[int, int]]) -> None:
        """With the line and the column where it begins; blanks are nothing."""
        problems = [problem for problem in read_message(text.encode()).problems if problem.code == "not-all-covered"]
        assert [(problem.span.line, problem.span.column) for problem in problems if problem.span] == places
        assert bool(find_outside(text)) == bool(places or text == IRT)

    def test_nothing_signed_is_told(self) -> None:
        """Once."""
        for text in ("", IRT, BEGIN, f"{BEGIN}\n\n{IRT}", SIGNATURE_BLOCK):
            assert codes(read_message(text.encode())) == ["not-signed"]

    @pytest.mark.parametrize("data", [b"\0" * 100, b"\xff\xfei\0r\0t\0", b"a\0b\0c\0"])
    def test_what_is_no_text_is_told(self, data: bytes) -> None:
        """Nothing of it is read."""
        assert codes(read_message(data)) == ["not-text"]

    def test_a_byte_order_mark_is_no_text_outside(self) -> None:
        """Editors put one there."""
        assert codes(read_message(b"\xef\xbb\xbf" + SIGNED.encode())) == ["fine"]

    def test_charsets_are_told_from_each_other_and_signed_as_bytes(self) -> None:
        """UTF-8, and where it is none, latin-1."""
        for charset in ("utf-8", "latin-1"):
            message = read_message(SIGNED.replace("RIPE", "J\u00f6").encode(charset))
            assert message.parts[0].content.endswith("J\u00f6".encode(charset))
            assert "J\u00f6" in message.texts[0].text

    def test_blanks_that_nobody_signed_are_taken_off(self) -> None:
        """Of signed lines only, and only where the block is well formed."""
        loose = SIGNED.replace("example\n", "example \t\n \t\n")
        assert with_blanks_stripped(f"x \n{loose}y \n") == f"x \n{SIGNED.replace('example', 'example' + chr(10))}y \n"
        broken = loose.replace("source", "-source")
        assert with_blanks_stripped(broken) == broken

    def test_long_lines_are_told_from_long_texts(self) -> None:
        """The length of a line counts."""
        assert has_long_line(b"x" * (LONGEST_LINE + 1))
        assert has_long_line(b"a\r\n" + b"x" * (LONGEST_LINE + 1) + b"\r\nb")
        assert not has_long_line(b"x" * 1000 + b"\n" + b"x" * LONGEST_LINE)


class TestMails:
    """Mails and their parts."""

    @pytest.mark.parametrize(
        ("data", "found"),
        [
            (b"From: a\n", True),
            (b"from : a\n", True),
            (b"From a@example.net Mon\n", True),
            (b"X-Some-Thing: x\n", True),
            (b"Content-Type: text/plain\n", True),
            (b"\xef\xbb\xbfSubject: x\n", True),
            (b"irt: x\n", False),
            (b"e-mail: x\n", False),
            (b"-----BEGIN PGP SIGNED MESSAGE-----\n", False),
            (b"", False),
        ],
    )
    def test_mails_are_told_from_objects(self, data: bytes, found: bool) -> None:
        """By what they begin with."""
        assert looks_like_mail(data) is found

    def test_a_signed_part_is_covered_to_the_byte(self) -> None:
        """Its headers as they stand, blanks at line ends, too, with CR LF; not the line end before the boundary."""
        content = "Content-Type:  text/plain;\n\tcharset=utf-8 \nX: y\n\nirt: irt-a  \n\nsource: RIPE\n"
        for data in (signed_part(content), signed_part(content).replace(b"\n", b"\r\n")):
            message = read_message(data)
            assert codes(message) == ["fine"]
            (part,) = message.parts
            assert part.content == content.replace("\n", "\r\n").encode()
            assert (part.part, part.is_mime, part.first_line) == ("1", True, 0)
            (text,) = message.texts
            assert (text.around, text.part) == ((0,), "1")
            assert text.text.startswith("irt: irt-a")

    def test_what_a_mail_encodes_is_decoded(self) -> None:
        """Base64 and quoted-printable, and the charset that it names; latin-1 if it names none that is known."""
        for charset, used in (("utf-8", "utf-8"), ("iso-8859-15", "iso-8859-15"), ("klingon", "latin-1")):
            for encoding in ("base64", "quoted-printable", "8bit"):
                made = EmailMessage()
                made["From"] = "a@example.net"
                made.set_content("irt: \u00e9\n", charset=used, cte=encoding)
                data = made.as_bytes(policy=SMTP).replace(used.encode(), charset.encode())
                assert "\u00e9" in read_message(data).texts[0].text

    def test_unsigned_parts_beside_signed_ones_are_told(self) -> None:
        """Whichever comes first."""
        signed = signed_part("Content-Type: text/plain\n\nirt: a\n").decode().partition("\n")[2]
        plain = "Content-Type: text/plain\n\nmntner: evil\n"
        for parts in ((signed, plain), (plain, signed)):
            message = read_message(mail(*parts, boundary="outer"))
            assert codes(message) == ["fine", "not-all-covered"]
            assert sorted(text.around for text in message.texts) == [(), (0,)]

    def test_clear_signed_text_in_a_signed_part_is_inside_both(self) -> None:
        """The mail's signature is the outer one."""
        message = read_message(signed_part(f"Content-Type: text/plain\n\n{SIGNED}"))
        assert codes(message) == ["fine", "fine"]
        assert message.parts[1].around == (0,)
        assert message.texts[0].around == (0,)

    def test_parts_that_the_registry_does_not_read_are_named(self) -> None:
        """And left."""
        parts = ("Content-Type: text/html\n\n<p>", "Content-Type: application/pgp-signature\n\nx", f"\n{SIGNED}")
        message = read_message(mail(*parts))
        assert codes(message) == ["fine", "part-not-read", "part-not-read"]

    def test_x509_signatures_are_recognised(self) -> None:
        """And not verified."""
        data = mail("\nirt: a", "Content-Type: application/x-pkcs7-signature\n\nAAAA", kind="signed")
        assert codes(read_message(data)) == ["unsupported-signature"]
        assert len(read_message(data).texts) == 1

    @pytest.mark.parametrize(
        "data",
        [
            mail(kind="signed"),
            mail("\nx", kind="signed"),
            mail("\nx", "\ny", "\nz", kind="signed"),
            mail("\nx", "Content-Type: text/plain\n\ny", kind="signed"),
            signed_part("\nx").replace(b"--b--", b""),
            signed_part("\nx").replace(b'; boundary="b"', b""),
            signed_part("\nx").replace(b'"b"', b'""'),
            signed_part("\nx").replace(b'"b"', b'"' + b"b" * 71 + b'"'),
            signed_part("\nx").replace(b"From:", b"Content-Type: text/plain\nFrom:"),
            signed_part("Content-Type: text/plain\nContent-type: text/html\n\nx"),
            signed_part("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nx"),
            signed_part("Content-Transfer-Encoding: base64\n\nA"),
            mail("Content-Type: text/plain; x=" + "y" * 3000 + "\n\nx"),
            b"From: a\n" + b"X: y\n" * 50_000,
        ],
    )
    def test_parts_that_cannot_be_told_apart_are_not_guessed(self, data: bytes) -> None:
        """The mail is refused."""
        assert codes(read_message(data)) == ["malformed-mail"]
        assert read_message(data).texts == ()

    def test_a_mail_that_lacks_its_end_is_read_if_nothing_is_signed_there(self) -> None:
        """As the registry does."""
        message = read_message(mail(f"\n{SIGNED}").replace(b"--b--", b""))
        assert codes(message) == ["fine"]

    def test_boundaries_are_whole_lines(self) -> None:
        """Longer ones, and those inside lines, are text."""
        data = mail(f"\n{SIGNED}\n--bb\nx --b\n --b\n")
        assert codes(read_message(data)) == ["fine", "not-all-covered"]

    def test_nesting_is_bounded(self) -> None:
        """In depth and in number."""
        deep = "\nx"
        for level in range(20):
            deep = f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n{deep}\n--b{level}--\n'
        assert codes(read_message(f"From: a\n{deep}".encode())) == ["malformed-mail"]
        assert codes(read_message(mail(*["\nx"] * (MOST_PARTS + 1)))) == ["malformed-mail"]
        wide = ("\n".join(["--c\n\nx"] * 60)) + "\n--c--\n"
        parts = [f"Content-Type: multipart/mixed; boundary=c\n\n{wide}"] * 3
        assert codes(read_message(mail(*parts))) == ["malformed-mail"]

    def test_a_mail_that_is_made_is_read_again(self) -> None:
        """Its part to the byte, whatever the text."""
        for text in (
            "irt: a\n",
            "From x\n--b\n \n\t\nx \n",
            "\u00e9\n" * 3,
            "x" * 2000 + "\n",
            ".\n..\n",
            "x",
            "=41\n",
        ):
            entity = text_entity(text.encode(), "utf-8")
            data = signed_mail(entity, SIGNATURE_BLOCK, "SHA512", {"From": "a@example.net", "Subject": "NEW"})
            assert data.isascii()
            assert max(map(len, data.split(b"\n"))) < 1000
            for sent in (data, data.replace(b"\n", b"\r\n")):
                message = read_message(sent)
                assert codes(message) == ["fine"]
                assert message.parts[0].content == entity
                assert message.texts[0].text.replace("\r\n", "\n") == text
                assert message.subject == "NEW"
            assert b"\nFrom x" not in data

    @pytest.mark.parametrize("headers", [{"a b": "c"}, {"": "c"}, {"a": "b\nc: d"}, {"a": "\u00e9"}, {"a:": "b"}])
    def test_headers_that_are_none_are_refused(self, headers: dict[str, str]) -> None:
        """Nobody adds headers of his own."""
        with pytest.raises(OpenPgpError):
            signed_mail(b"", SIGNATURE_BLOCK, "SHA512", headers)


NASTY = {
    "begins": f"{BEGIN}\n".encode() * 150_000,
    "begins-and-ends": f"{BEGIN}\n\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n".encode() * 50_000,
    "headers": f"{BEGIN}\n".encode() + b"Hash: SHA512\n" * 400_000,
    "dashes": f"{BEGIN}\n\n".encode() + b"- " * 2_500_000,
    "blanks": f"{BEGIN}\n\n".encode() + b" \t" * 2_500_000 + SIGNATURE_BLOCK.encode(),
    "returns": b"\r" * 5_000_000,
    "line feeds": b"\n" * 5_000_000,
    "boundaries": b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 1_000_000,
    "semicolons": b"From: a\nContent-Type: multipart/mixed" + b';"' * 2_000_000 + b"\n\nx",
    "no headers": b"From: a" + b"\r" * 5_000_000,
    "quoted": b"From: a\nContent-Transfer-Encoding: quoted-printable\n\n" + b"=" * 5_000_000,
    "nul": f"{BEGIN}\n\n".encode() + b"\0a" * 2_500_000,
}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_texts_take_little_time_and_memory(name: str) -> None:
    """Megabytes of whatever might confuse a reader."""
    data = NASTY[name]
    assert len(data) < LARGEST_MESSAGE
    started = time.process_time()
    message = read_message(data)
    assert time.process_time() - started < 10
    assert message.problems or message.parts
    tracemalloc.start()
    try:
        read_message(data)
        assert tracemalloc.get_traced_memory()[1] < 160_000_000
    finally:
        tracemalloc.stop()


def test_a_mail_s_subject_is_told() -> None:
    """It may hold keywords."""
    assert read_mail(b"From: a\nSubject: NEW \n\nx").subject == "NEW"
    assert read_mail(b"From: a\n\nx").subject == ""
