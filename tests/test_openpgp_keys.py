"""Armour, packets and keys: read to the byte, bounded, and a secret key never shown."""

import re
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from irtkit.clients.gpg import COMPUTING, MOST_OUTPUT, SECONDS
from irtkit.openpgp.armour import PUBLIC_KEY, SIGNATURE, armoured, find_label, iter_armours, read_armour
from irtkit.openpgp.cleartext import LONGEST_LINE
from irtkit.openpgp.faults import CODES, KEY_CODES, SIGNATURE_CODES, OpenPgpError, problem_of
from irtkit.openpgp.keys import (
    LARGEST_BLOCK,
    algorithm_name,
    as_fingerprint,
    read_block,
    read_keys,
    refuse_secret_key,
)
from irtkit.openpgp.messages import LARGEST_MESSAGE, MOST_SIGNATURES
from irtkit.openpgp.mime import DEEPEST as DEEPEST_PART
from irtkit.openpgp.mime import MOST_PARTS
from irtkit.openpgp.packets import MOST_PACKETS, MOST_SUBPACKETS, Packet, Tag, as_packet, iter_packets, read_signature
from irtkit.rpsl.clearsign import DEEPEST

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_made import MadeKey, integer, number, subpacket

KEY = MadeKey(1)
ARMOUR = armoured(KEY.public(), PUBLIC_KEY)


def code_of(call: object, *arguments: object) -> str:
    """The code of the error that a call ends with."""
    assert callable(call)
    with pytest.raises(OpenPgpError) as refused:
        call(*arguments)
    assert refused.value.code in CODES
    return refused.value.code


class TestArmour:
    """Packets as text."""

    def test_what_is_armoured_comes_back(self) -> None:
        """With its label and no headers."""
        read = read_armour(ARMOUR, PUBLIC_KEY)
        assert (read.label, read.headers, read.data) == (PUBLIC_KEY, (), KEY.public())
        assert ARMOUR[read.start : read.stop] + "\n" == ARMOUR

    def test_headers_and_blanks_at_line_ends_are_read(self) -> None:
        """And line ends of any kind."""
        text = ARMOUR.replace("\n\n", " \nVersion: 1\nComment: a: b\n \n", 1).replace("\n", " \r\n")
        read = read_armour(text.replace("\r\n", "\r\n"), PUBLIC_KEY)
        assert read.headers == ("Version: 1", "Comment: a: b")
        assert read.data == KEY.public()

    def test_a_checksum_may_be_missing(self) -> None:
        """RFC 9580 wants none any more."""
        lines = [line for line in ARMOUR.split("\n") if not line.startswith("=")]
        assert read_armour("\n".join(lines), PUBLIC_KEY).data == KEY.public()

    def test_several_blocks_are_found_in_order(self) -> None:
        """Whatever stands between them."""
        text = f"Dear all\n{ARMOUR}\nand\n{armoured(b'x', SIGNATURE)}"
        assert [(block.label, block.data) for block in iter_armours(text)] == [
            (PUBLIC_KEY, KEY.public()),
            (SIGNATURE, b"x"),
        ]
        assert find_label(text) == PUBLIC_KEY
        assert find_label("nothing") is None
        assert code_of(read_armour, text, PUBLIC_KEY) == "key-unreadable"

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("-----END PGP PUBLIC KEY BLOCK-----", ""),
            ("-----END PGP", "-----END  PGP"),
            ("KEY BLOCK-----\n\n", "KEY BLOCK-----\n"),
            ("KEY BLOCK-----\n\n", "KEY BLOCK-----\nno header\n\n"),
            ("\n=", "\n=A"),
            ("\n=", "=\n="),
            ("zgA", "z*A"),
            ("zgA", "z gA"),
        ],
    )
    def test_a_damaged_armour_is_unreadable(self, old: str, new: str) -> None:
        """Nothing is guessed."""
        text = armoured(b"\xce\x00" + KEY.public()[2:], PUBLIC_KEY)
        assert old in text
        assert code_of(read_armour, text.replace(old, new, 1), PUBLIC_KEY) == "key-unreadable"

    def test_another_spelling_of_the_same_bytes_is_unreadable(self) -> None:
        """The last character of Base64 has bits to spare; nobody may change them unnoticed."""
        text = armoured(b"ab", SIGNATURE)
        assert "YWI=" in text
        assert code_of(read_armour, text.replace("YWI=", "YWJ="), SIGNATURE) == "key-unreadable"

    @pytest.mark.parametrize("position", range(0, len(ARMOUR) - 1, 7))
    def test_no_altered_character_is_taken(self, position: int) -> None:
        """Wherever it stands."""
        altered = ARMOUR[:position] + chr(ord(ARMOUR[position]) ^ 1) + ARMOUR[position + 1 :]
        assert code_of(read_armour, altered, PUBLIC_KEY) == "key-unreadable"

    def test_megabytes_take_a_second(self) -> None:
        """Both ways."""
        data = bytes(range(256)) * 4000
        started = time.process_time()
        assert read_armour(armoured(data, PUBLIC_KEY), PUBLIC_KEY).data == data
        assert time.process_time() - started < 3


class TestPackets:
    """Where packets begin and end."""

    @pytest.mark.parametrize("size", [0, 1, 191, 192, 8383, 8384, 70_000])
    def test_lengths_of_every_form_are_read(self, size: int) -> None:
        """Old ones of one, two and four octets, new ones of one, two and five."""
        body = bytes(size)
        new = bytes([0xC0 | Tag.USER_ID])
        if size < 192:
            new += bytes([size])
        elif size < 8384:
            new += bytes([(size - 192 >> 8) + 192, size - 192 & 0xFF])
        else:
            new += b"\xff" + number(size)
        olds = [bytes([0x80 | Tag.USER_ID << 2 | kind]) for kind in (0, 1, 2) if size < 256 ** (1 << kind)]
        forms = [new, *(old + size.to_bytes(1 << old[0] - 0xB4, "big") for old in olds)]
        for form in forms:
            assert list(iter_packets(form + body)) == [Packet(Tag.USER_ID, body)]
        assert list(iter_packets(as_packet(Packet(Tag.USER_ID, body)))) == [Packet(Tag.USER_ID, body)]

    @pytest.mark.parametrize(
        "data",
        [
            b"\x00",
            b"\x99",
            b"\x99\x00",
            b"\xcd",
            b"\xcd\xff\x00",
            b"\xcd\x05abc",
            b"\xb7abc",
            b"\xcd\xe1ab",
            b"\xcd\xc0",
        ],
        ids=["no packet", "1", "2", "3", "4", "cut off", "indeterminate", "partial", "5"],
    )
    def test_what_is_cut_off_or_has_no_length_is_unreadable(self, data: bytes) -> None:
        """Partial and indeterminate lengths are for data, not for keys."""
        assert code_of(list, iter_packets(data)) == "key-unreadable"

    def test_too_many_packets_are_refused(self) -> None:
        """A key that was flooded."""
        assert code_of(list, iter_packets(as_packet(Packet(Tag.TRUST, b"")) * (MOST_PACKETS + 1))) == "key-too-large"

    @pytest.mark.parametrize("cut", [0, 1, 2, 4, 5, 6, 20, 33, 40, 42])
    def test_a_signature_that_is_cut_off_is_unreadable(self, cut: int) -> None:
        """Anywhere before its numbers, which are for gpg to read."""
        (packet,) = iter_packets(KEY.signature(b"x"))
        body = packet.body[:cut]
        assert code_of(read_signature, body) == "key-unreadable"

    def test_what_a_signature_says_of_itself_is_read(self) -> None:
        """Of version 4, and of version 3."""
        (packet,) = iter_packets(KEY.signature(b"x", created=77, hashed=subpacket(27, b"\x02")))
        read = read_signature(packet.body)
        assert (read.version, read.kind, read.public_key, read.digest, read.created) == (4, 1, 22, 10, 77)
        assert (read.issuer, read.fingerprint, read.flags) == (KEY.fingerprint[-16:], KEY.fingerprint, 2)
        old = b"\x03\x05\x01" + number(88) + b"\x01" * 8 + b"\x11\x02" + b"\xab\xcd" + integer(b"x")
        read = read_signature(old)
        assert (read.version, read.kind, read.public_key, read.digest, read.created) == (3, 1, 17, 2, 88)
        assert (read.issuer, read.fingerprint) == ("01" * 8, "")

    def test_other_versions_are_not_supported(self) -> None:
        """They are not misread either."""
        assert code_of(read_signature, b"\x06\x01\x1b\x0a" + bytes(40)) == "unsupported-signature"


class TestKeys:
    """What a block says of the keys in it."""

    def test_a_key_is_read(self) -> None:
        """Fingerprint, kind, names, use."""
        (key,) = read_keys(read_block(ARMOUR.encode()))
        assert key.fingerprint == KEY.fingerprint
        assert key.key_cert_name == f"PGPKEY-{KEY.fingerprint[-8:]}"
        assert (key.algorithm_name, key.bits, key.created) == ("EdDSA Ed25519", 255, KEY.created)
        assert [user_id.text for user_id in key.user_ids] == ["Made Key <made@example.net>"]
        assert key.can_sign
        assert key.key_ids == {KEY.fingerprint[-16:]}
        assert not key.revoked

    def test_a_block_need_not_be_armoured(self) -> None:
        """And may have CR LF at line ends, or text around it."""
        for block in (KEY.public(), ARMOUR.replace("\n", "\r\n").encode(), f"My key:\n\n{ARMOUR}\nbye\n".encode()):
            assert read_keys(read_block(block))[0].fingerprint == KEY.fingerprint

    def test_other_people_s_packets_are_left_out_of_the_essence(self) -> None:
        """Their signatures, trust packets, which gpg would believe, and pictures."""
        other = MadeKey(2).signature(b"x", 0x13)
        trust, picture = as_packet(Packet(Tag.TRUST, b"gpg\x00\x05")), as_packet(Packet(Tag.USER_ATTRIBUTE, b"x"))
        flooded = KEY.public(more=other + trust + picture + KEY.signature(b"x", 0x13) + trust)
        (key,) = read_keys(flooded)
        assert {packet.tag for packet in iter_packets(key.essence)} == {Tag.PUBLIC_KEY, Tag.USER_ID, Tag.SIGNATURE}
        assert key.essence == read_keys(KEY.public())[0].essence

    def test_names_in_any_encoding_are_text(self) -> None:
        """UTF-8, and where it is none, latin-1."""
        for raw, text in (("J\u00f6rg".encode(), "J\u00f6rg"), (b"J\xf6rg", "J\u00f6rg")):
            (key,) = read_keys(MadeKey(1, name=raw).public())
            assert key.user_ids[0].text == text

    def test_a_million_subpackets_are_refused(self) -> None:
        """In one signature after the other, quickly and in little memory."""
        area = b"\x01\x63" * 32_000
        signature = b"\x04\x13\x16\x0a" + len(area).to_bytes(2, "big") + area + b"\x00\x00\xab\xcd"
        packet = as_packet(Packet(Tag.SIGNATURE, signature))
        block = KEY.public(more=packet * 32)
        assert block.count(b"\x01\x63") >= 1_000_000
        tracemalloc.start()
        started = time.process_time()
        assert code_of(read_keys, block) == "key-too-large"
        assert time.process_time() - started < 5
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
        tracemalloc.stop()
        assert MOST_SUBPACKETS < 1_000_000

    @pytest.mark.parametrize(
        ("block", "code"),
        [
            (b"", "no-key"),
            (b"Dear all\n", "no-key"),
            (armoured(b"x", SIGNATURE).encode(), "no-key"),
            (as_packet(Packet(Tag.USER_ID, b"x")), "no-key"),
            (as_packet(Packet(Tag.TRUST, b"x")), "no-key"),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x04")), "key-unreadable"),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + b"\x01\xff\xff")), "key-unreadable"),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + b"\x01\x00\x00\x00\x00")), "key-unreadable"),
            (
                as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + b"\x01" + integer(b"\xff" * 256))),
                "key-unreadable",
            ),
            (
                as_packet(
                    Packet(
                        Tag.PUBLIC_KEY,
                        b"\x04" + number(1) + b"\x01" + integer(b"\xff" * 2049) + integer(b"\x03"),
                    )
                ),
                "key-too-large",
            ),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + b"\x16\x09")), "key-unreadable"),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + b"\x16")), "key-unreadable"),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x03" + number(1) + b"\x00\x00\x01")), "unsupported-algorithm"),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x06" + number(1) + b"\x1b" + bytes(40))), "unsupported-algorithm"),
            (as_packet(Packet(Tag.SECRET_KEY, KEY.body + b"\x00")), "secret-key"),
            (KEY.public(more=as_packet(Packet(Tag.SECRET_SUBKEY, KEY.body))), "secret-key"),
            (armoured(KEY.public(), "PGP PRIVATE KEY BLOCK").encode(), "secret-key"),
            (b"-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----\n", "secret-key"),
            (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "secret-key"),
            (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "secret-key"),
            (b"x" * (LARGEST_BLOCK + 1), "key-too-large"),
            (MadeKey(1, name=b"x" * 3000).public(), "key-too-large"),
            (as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + b"\x63" + bytes(30_000))), "key-too-large"),
        ],
    )
    def test_what_is_no_public_key_is_told_apart(self, block: bytes, code: str) -> None:
        """Each with its code."""
        assert code_of(lambda: read_keys(read_block(block))) == code

    def test_a_secret_key_is_shown_by_no_message(self) -> None:
        """Neither its lines nor its octets, whatever it is called."""
        body = KEY.body + b"\x00\x01\x00TOP-SECRET-OCTETS"
        for text in (
            armoured(as_packet(Packet(Tag.SECRET_KEY, body)), "PGP PRIVATE KEY BLOCK"),
            armoured(as_packet(Packet(Tag.SECRET_KEY, body)), PUBLIC_KEY),
            "-----BEGIN EC PRIVATE KEY-----\nTOP-SECRET-OCTETS\n-----END EC PRIVATE KEY-----\n",
        ):
            with pytest.raises(OpenPgpError) as refused:
                read_keys(read_block(text.encode()))
            told = f"{refused.value} {refused.value!r} {refused.value.args}"
            assert refused.value.code == "secret-key"
            assert not any(line in told for line in text.split("\n") if len(line) > 12 and "-----" not in line)
            assert "TOP-SECRET" not in told
        with pytest.raises(OpenPgpError):
            refuse_secret_key("remarks:\n-----BEGIN PGP PRIVATE KEY BLOCK-----")
        refuse_secret_key("-----BEGIN PGP PUBLIC KEY BLOCK-----")

    def test_the_size_of_a_key_is_that_of_its_number(self) -> None:
        """Not what stands before it."""
        body = b"\x04" + number(1) + b"\x01\x08\x00" + b"\0" * 192 + b"\xff" * 64 + integer(b"\x01\x00\x01")
        (key,) = read_keys(as_packet(Packet(Tag.PUBLIC_KEY, body)))
        assert (key.bits, key.algorithm_name) == (512, "RSA-512")

    def test_unknown_kinds_of_keys_are_read_as_far_as_they_go(self) -> None:
        """They have a fingerprint and no size."""
        (key,) = read_keys(as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + b"\x63" + bytes(9))))
        assert (key.algorithm_name, key.bits, key.can_sign) == ("algorithm 99", None, False)
        assert (algorithm_name(1), algorithm_name(200)) == ("RSA", "algorithm 200")

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("0F" * 20, "0F" * 20),
            ("0f" * 20, "0F" * 20),
            ("0x" + "0F" * 20, "0F" * 20),
            ("0F0F 0F0F 0F0F 0F0F 0F0F  0F0F 0F0F 0F0F 0F0F 0F0F", "0F" * 20),
            (":".join(["0F"] * 20), "0F" * 20),
            ("0F" * 19, None),
            ("0F" * 21, None),
            ("0G" * 20, None),
            ("--" + "0F" * 19, None),
            ("", None),
            ("0F" * 1_000_000, None),
        ],
    )
    def test_fingerprints_are_told_from_other_text(self, text: str, found: str | None) -> None:
        """Only hex digits ever get to gpg."""
        assert as_fingerprint(text) == found


def test_the_reference_has_every_code(project: Path) -> None:
    """docs/reference/signatures.md has a row for each, in order, and the limits as they are."""
    page = (project / "docs" / "reference" / "signatures.md").read_text(encoding="utf-8")
    keys, _, rest = page.partition("## Signatures and messages")
    for text, rows in ((keys, KEY_CODES), (rest, SIGNATURE_CODES)):
        shown = [line for line in text.split("\n") if line.startswith("| `")]
        assert shown == [f"| `{row.code}` | {row.severity} | {row.title} | {row.citation} |" for row in rows]
    limits = {int(digits) for digits in re.findall(r"\d+", page.partition("## Limits")[2].replace(",", ""))}
    in_messages = {LARGEST_MESSAGE, MOST_SIGNATURES, DEEPEST, LONGEST_LINE, MOST_PARTS, DEEPEST_PART}
    assert limits >= in_messages | {
        LARGEST_BLOCK,
        MOST_PACKETS,
        MOST_SUBPACKETS,
        int(SECONDS),
        COMPUTING,
        MOST_OUTPUT >> 20,
    }


def test_codes_are_words_and_have_one_severity() -> None:
    """A code that is in both tables means the same in both."""
    both = {row.code for row in KEY_CODES} & {row.code for row in SIGNATURE_CODES}
    assert both == {"key-expired", "key-revoked"}
    for rows in (KEY_CODES, SIGNATURE_CODES):
        assert len({row.code for row in rows}) == len(rows)
    for row in (*KEY_CODES, *SIGNATURE_CODES):
        assert row.severity is CODES[row.code].severity
        assert row.code.replace("-", "").isalpha()
        assert row.title
    assert problem_of("altered", "x").severity.value == "error"
