"""key-certs: what the registry would generate, the key back byte for byte, and what is wrong with one."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from irtkit.clients.dumps import build_index
from irtkit.clients.gpg_keycerts import read_key_certs
from irtkit.errors import FileError
from irtkit.openpgp.armour import PUBLIC_KEY, armoured
from irtkit.openpgp.faults import OpenPgpError
from irtkit.openpgp.keycerts import (
    KeyCert,
    build_key_cert,
    certif_text,
    generated_attributes,
    grouped_fingerprint,
    owner_texts,
    read_key_cert,
)
from irtkit.openpgp.keyproblems import SOON, iter_key_problems
from irtkit.openpgp.keys import read_keys
from irtkit.openpgp.listings import KeyState, SubkeyState, iter_states
from irtkit.openpgp.packets import Packet, Tag, as_packet
from irtkit.rpsl import RpslObject, parse_object

sys.path.insert(0, str(Path(__file__).parent / "openpgp"))  # the folder is no package

from openpgp_made import MadeKey, certif, integer, number

KEY = MadeKey(1, name=b"Example CSIRT <csirt@example.net>")
ARMOUR = armoured(KEY.public(), PUBLIC_KEY)
NOW = 1_800_000_000
VALID = KeyState("-", KEY.created, None, "sc", KEY.fingerprint, names=["Example CSIRT"])


def key_cert(*, name: str = f"PGPKEY-{KEY.fingerprint[-8:]}", armour: str = ARMOUR, more: str = "") -> KeyCert:
    return read_key_cert(parse_object(f"key-cert: {name}\n{more}{certif(armour)}mnt-by: EXNET-MNT\nsource: RIPE\n"))


def codes(cert: KeyCert, state: KeyState | None = VALID, now: float = NOW) -> list[str]:
    return [problem.code for problem in iter_key_problems(cert, state, now)]


class TestMaking:
    """A key becomes an object."""

    def test_it_has_what_the_registry_would_generate(self) -> None:
        """In the registry's order and layout."""
        obj = build_key_cert(ARMOUR.encode(), [("mnt-by", "EXNET-MNT"), ("source", "RIPE")])
        lines = str(obj).split("\n")
        assert lines[:6] == [
            f"key-cert:       PGPKEY-{KEY.fingerprint[-8:]}",
            "method:         PGP",
            "owner:          Example CSIRT <csirt@example.net>",
            f"fingerpr:       {grouped_fingerprint(KEY.fingerprint)}",
            "certif:         -----BEGIN PGP PUBLIC KEY BLOCK-----",
            "certif:",
        ]
        assert lines[-4:] == [
            "certif:         -----END PGP PUBLIC KEY BLOCK-----",
            "mnt-by:         EXNET-MNT",
            "source:         RIPE",
            "",
        ]

    def test_fingerprints_are_grouped_as_the_registry_groups_them(self) -> None:
        """Four by four, two blanks in the middle."""
        assert grouped_fingerprint("0123456789ABCDEF" * 2 + "01234567") == (
            "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"
        )

    @pytest.mark.parametrize(
        "armour",
        [
            ARMOUR,
            ARMOUR.replace("\n\n", "\nVersion: GnuPG v1\nComment: a # b\n\n", 1),
            "".join(line for line in ARMOUR.splitlines(keepends=True) if not line.startswith("=")),
        ],
        ids=["plain", "headers", "no checksum"],
    )
    def test_an_armour_comes_back_byte_for_byte(self, armour: str) -> None:
        """Through the object, and through its text."""
        obj = build_key_cert(armour.encode(), [("source", "RIPE")])
        assert certif_text(obj) == armour
        assert certif_text(parse_object(str(obj))) == armour
        assert read_key_cert(parse_object(str(obj))).fault is None

    def test_packets_come_back_byte_for_byte(self) -> None:
        """They are armoured on the way."""
        obj = build_key_cert(KEY.public())
        cert = read_key_cert(obj)
        assert cert.armour == ARMOUR
        assert cert.names_its_key

    def test_what_stands_around_an_armour_goes(self) -> None:
        """So do blanks around its lines."""
        text = f"My key:\r\n{ARMOUR.replace(chr(10), ' ' + chr(13) + chr(10))}bye\r\n"
        assert certif_text(build_key_cert(text.encode())) == ARMOUR

    @pytest.mark.parametrize(
        ("key", "code"),
        [
            (KEY.public() + MadeKey(2).public(), "several-keys"),
            ((ARMOUR + armoured(MadeKey(2).public(), PUBLIC_KEY)).encode(), "several-keys"),
            (ARMOUR.encode() + ARMOUR.encode(), "several-keys"),
            (armoured(KEY.public(), "PGP PRIVATE KEY BLOCK").encode(), "secret-key"),
            (b"nothing", "no-key"),
        ],
    )
    def test_what_is_not_one_public_key_is_refused(self, key: bytes, code: str) -> None:
        """With its code."""
        with pytest.raises(OpenPgpError) as refused:
            build_key_cert(key)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        ("raw", "owner"),
        [
            ("J\u00f6rg <j@example.net>".encode(), "J\u00f6rg <j@example.net>"),
            ("\u0418\u0432\u0430\u043d <i@example.net>".encode(), "???? <i@example.net>"),
            ("A\u00a0B\u00adC".encode(), "A B-C"),
            (b"J\xf6rg", "J?rg"),
            (b"tab\tbell\x07\x7f", "tab\tbell??"),
            ("\U0001f600 x".encode(), "? x"),
            (b"X\nmnt-by: EVIL-MNT\r\n\nmntner: Y", "X?mnt-by: EVIL-MNT???mntner: Y"),
        ],
    )
    def test_owners_are_written_as_the_registry_writes_them(self, raw: bytes, owner: str) -> None:
        """In latin-1, with question marks; a name makes no lines of its own."""
        key = MadeKey(3, name=raw).public()
        assert owner_texts(read_keys(key)[0]) == (owner,)
        obj = build_key_cert(key, [("source", "RIPE")])
        assert obj.get("mnt-by") == ()
        assert len(obj.get("owner")) == 1

    def test_revoked_names_are_left_out(self) -> None:
        """And empty ones; the rest stays in order."""
        name = as_packet(Packet(Tag.USER_ID, b"Second"))
        revoked = as_packet(Packet(Tag.USER_ID, b"Gone")) + KEY.signature(b"x", 0x30)
        key = KEY.public(more=revoked + name + as_packet(Packet(Tag.USER_ID, b"")))
        assert owner_texts(read_keys(key)[0]) == ("Example CSIRT <csirt@example.net>", "Second")


class TestReading:
    """An object becomes a key."""

    @pytest.mark.parametrize("separator", ["\ncertif:         ", "\n                ", "\n+", "\n\t"])
    def test_lines_may_be_attributes_or_continue_one(self, separator: str) -> None:
        """As the registry reads them."""
        lines = ARMOUR.removesuffix("\n").split("\n")
        text = "certif: " + separator.join(line or ("" if "certif" in separator else " ") for line in lines)
        obj = parse_object(f"key-cert: PGPKEY-{KEY.fingerprint[-8:]}\n{text}\nsource: RIPE\n")
        assert certif_text(obj) == ARMOUR
        assert read_key_cert(obj).names_its_key

    @pytest.mark.parametrize(
        ("armour", "code"),
        [
            ("", "no-key"),
            ("x\n", "no-key"),
            (ARMOUR.replace("z", "*"), "key-unreadable"),
            (armoured(KEY.public(), "PGP PRIVATE KEY BLOCK"), "secret-key"),
            (armoured(KEY.public() + MadeKey(2).public(), PUBLIC_KEY), "several-keys"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "key-unreadable"),
            ("-----BEGIN CERTIFICATE-----\n" * 2, "several-keys"),
        ],
    )
    def test_what_cannot_be_read_says_why(self, armour: str, code: str) -> None:
        """And is not raised."""
        cert = key_cert(armour=armour)
        assert cert.fault is not None
        assert cert.fault.code == code
        assert not cert.names_its_key
        assert codes(cert)[0] == code

    def test_an_object_without_a_key_has_an_empty_name(self) -> None:
        """Nothing is raised either."""
        cert = read_key_cert(RpslObject.build("key-cert", {"key-cert": "", "certif": "x"}))
        assert (cert.name, cert.method) == ("", "")
        assert codes(cert) == ["no-key"]


class TestProblems:
    """What is wrong with a key-cert."""

    def test_a_good_one_has_none(self) -> None:
        """With and without what the registry generates, however it is spelled."""
        assert codes(key_cert()) == []
        more = "".join(f"{name}: {value.lower()}\n" for name, value in generated_attributes(key_cert()))
        assert codes(key_cert(more=more)) == []

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ("method: X509\n", "method-mismatch"),
            ("owner: Somebody Else\n", "owner-mismatch"),
            ("owner: Example CSIRT <csirt@example.net>\nowner: Another\n", "owner-mismatch"),
            ("fingerpr: 0123 4567\n", "fingerprint-mismatch"),
        ],
    )
    def test_what_the_registry_would_replace_is_told(self, more: str, code: str) -> None:
        """As a warning, where it stands."""
        (problem,) = iter_key_problems(key_cert(more=more), VALID, NOW)
        assert (problem.code, problem.severity.value) == (code, "warning")
        assert problem.span is not None
        assert problem.span.line == 1 + more.count("\n")

    def test_the_name_is_compared_with_the_whole_fingerprint(self) -> None:
        """The registry does not."""
        (problem,) = iter_key_problems(key_cert(name="PGPKEY-12345678"), VALID, NOW)
        assert problem.code == "id-mismatch"
        assert KEY.fingerprint in problem.message
        assert f"PGPKEY-{KEY.fingerprint[-8:]}" in str(problem.hint)

    @pytest.mark.parametrize(
        ("state", "found"),
        [
            (KeyState("e", 1, NOW - 10, "sc", names=["x"]), ["key-expired"]),
            (KeyState("r", 1, None, "sc", names=[]), ["key-revoked"]),
            (KeyState("i", 1, None, "sc", names=["x"]), ["key-invalid"]),
            (KeyState("-", 1, None, "sc", names=[]), ["key-invalid"]),
            (KeyState("d", 1, None, "sc", names=["x"]), ["key-invalid"]),
            (KeyState("-", 1, None, "c", names=["x"]), ["no-signing-key"]),
            (KeyState("-", 1, NOW + SOON - 10, "sc", names=["x"]), ["key-expires-soon"]),
            (KeyState("-", 1, NOW + SOON + 10, "sc", names=["x"]), []),
            (KeyState("-", 1, None, "c", subkeys=[SubkeyState("-", 1, None, "s")], names=["x"]), []),
            (KeyState("-", 1, None, "c", subkeys=[SubkeyState("e", 1, NOW - 9, "s")], names=["x"]), ["no-signing-key"]),
            (
                KeyState("-", 1, None, "c", subkeys=[SubkeyState("-", 1, NOW + 9, "s")], names=["x"]),
                ["key-expires-soon"],
            ),
            (KeyState("-", 1, None, "sc", subkeys=[SubkeyState("-", 1, NOW + 9, "s")], names=["x"]), []),
            (None, []),
        ],
    )
    def test_gpg_s_answer_is_put_into_codes(self, state: KeyState | None, found: list[str]) -> None:
        """One thing that is wrong at a time."""
        assert codes(key_cert(), state) == found

    @pytest.mark.parametrize(
        ("body", "found"),
        [
            (b"\x01" + integer(b"\xff" * 64) + integer(b"\x01\x00\x01"), ["key-too-short"]),
            (b"\x01" + integer(b"\xff" * 128) + integer(b"\x01\x00\x01"), []),
            (b"\x11" + integer(b"\xff" * 64) * 4, ["key-too-short"]),
            (b"\x10" + integer(b"\xff" * 128) * 3, ["unsupported-algorithm"]),
            (b"\x1b" + bytes(32), ["unsupported-algorithm"]),
        ],
    )
    def test_kinds_of_keys_that_the_registry_does_not_take(self, body: bytes, found: list[str]) -> None:
        """Too short ones, and those that cannot sign."""
        packet = as_packet(Packet(Tag.PUBLIC_KEY, b"\x04" + number(1) + body))
        (key,) = read_keys(packet)
        cert = key_cert(name=key.key_cert_name, armour=armoured(packet, PUBLIC_KEY))
        assert codes(cert) == found

    def test_secret_keys_are_not_echoed(self) -> None:
        """Neither in messages nor in hints."""
        secret = armoured(b"TOP SECRET KEY MATERIAL OF SOMEBODY", "PGP PRIVATE KEY BLOCK")
        cert = key_cert(armour=secret)
        told = "".join(f"{problem} {problem.hint}" for problem in iter_key_problems(cert, None, NOW))
        assert "secret-key" in told
        assert not any(line in told for line in secret.split("\n")[2:3])


class TestListings:
    """GnuPG's colon listings."""

    def test_records_are_read(self) -> None:
        """Keys, their fingerprints, subkeys and names; anything else is skipped."""
        listing = (
            "tru::1:1:1:3:1:5\nxyz\n"
            f"pub:e:255:22:{'A' * 16}:100:200::-:::sc::::::23::0:\nfpr:::::::::{'A' * 40}:\n"
            "uid:e::::1::X::J\\xc3\\xb6rg::::::::::0:\nuid:r::::1::X::Gone::::::::::0:\n"
            f"sub:r:255:18:{'B' * 16}:101::::::e::::::23:\nfpr:::::::::{'B' * 40}:\n"
            f"pub:-:2048:1:{'C' * 16}:300:::-:::scESC::::::23::0:\nfpr:::::::::{'C' * 40}:\n"
        )
        first, second = iter_states(listing.encode())
        assert (first.fingerprint, first.created, first.expires, first.uses) == ("A" * 40, 100, 200, "sc")
        assert first.names == ["J\\xc3\\xb6rg"]
        assert first.expired
        assert [(key.fingerprint, key.revoked, key.uses) for key in first.subkeys] == [("B" * 40, True, "e")]
        assert (second.fingerprint, second.expires, second.uses) == ("C" * 40, None, "sc")
        assert list(iter_states(b"")) == []


def certificate(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | dsa.DSAPrivateKey,
    *names: tuple[x509.ObjectIdentifier, str],
    start: int = NOW - 1000,
) -> str:
    """A self-signed certificate, in PEM."""
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    begin = datetime.fromtimestamp(start, UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=10))
    )
    digest = None if isinstance(private, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(private, digest).public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


class TestCertificates:
    """X.509 key-certs."""

    def test_it_has_what_the_registry_would_generate(self, private: rsa.RSAPrivateKey) -> None:
        """The subject's name with slashes, and an MD5 fingerprint with colons."""
        names = (
            (NameOID.COUNTRY_NAME, "NL"),
            (NameOID.ORGANIZATION_NAME, "Example, Inc + Co"),
            (NameOID.COMMON_NAME, "csirt"),
            (NameOID.EMAIL_ADDRESS, "csirt@example.net"),
            (NameOID.SURNAME, "S"),
            (NameOID.GIVEN_NAME, "G"),
            (NameOID.STREET_ADDRESS, "Street\n1"),
        )
        pem = certificate(private, *names)
        cert = key_cert(name="X509-1", armour=pem)
        generated = dict(generated_attributes(cert))
        assert generated["method"] == "X509"
        assert generated["owner"] == (
            "/C=NL/O=Example\\, Inc \\+ Co/CN=csirt/EMAILADDRESS=csirt@example.net/SN=S/GN=G/STREETADDRESS=Street?1"
        )
        md5 = x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.MD5())
        assert generated["fingerpr"] == md5.hex(":").upper()
        assert codes(cert, None) == []
        assert certif_text(cert.object) == pem

    @pytest.mark.parametrize(
        ("start", "found"),
        [(NOW - 20 * 86_400, ["key-expired"]), (NOW + 86_400, ["key-not-yet-valid"]), (NOW - 86_400, [])],
    )
    def test_when_it_is_valid(self, private: rsa.RSAPrivateKey, start: int, found: list[str]) -> None:
        """Not before, and not after."""
        cert = key_cert(name="X509-1", armour=certificate(private, (NameOID.COMMON_NAME, "x"), start=start))
        assert codes(cert, None) == found

    def test_other_kinds_of_keys_are_read(self) -> None:
        """Elliptic ones have no size to be too short."""
        for private, kind in (
            (ec.generate_private_key(ec.SECP256R1()), "ECDSA"),
            (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
        ):
            cert = key_cert(name="X509-1", armour=certificate(private, (NameOID.COMMON_NAME, "x")))
            assert cert.certificate is not None
            assert (cert.certificate.algorithm, cert.certificate.bits) == (kind, None)
            assert codes(cert, None) == []

    def test_without_cryptography_it_says_what_is_missing(
        self, private: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And PGP key-certs are read all the same."""
        pem = certificate(private, (NameOID.COMMON_NAME, "x"))
        monkeypatch.setitem(sys.modules, "cryptography.x509", None)
        cert = key_cert(name="X509-1", armour=pem)
        assert cert.fault is not None
        assert "cryptography" in cert.fault.message
        assert key_cert().fault is None

    def test_cryptography_is_imported_for_certificates_only(self) -> None:
        """It weighs more than all the rest."""
        program = (
            "import sys, irtkit.openpgp.keycerts, irtkit.openpgp.keyproblems, irtkit.clients.gpg_verifying\n"
            "print([name for name in ('cryptography', 'gnupg', 'numpy', 'click') if name in sys.modules])"
        )
        told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, timeout=60)
        assert told.stdout == "[]\n"


class TestRealKeyCerts:
    """Objects of the registry's own tests, read where they are."""

    @pytest.fixture
    def certs(self, shared: Path) -> dict[str, KeyCert]:
        folder = shared / "data" / "ripe_whois_tests"
        files = [*sorted((folder / "keycerts").iterdir()), folder / "TEST.db"]
        return {f"{file.name} {cert.name}": cert for file in files for cert in read_key_certs([str(file)])}

    def test_every_one_reads_and_says_what_is_in_it(self, certs: dict[str, KeyCert]) -> None:
        """Method, owner and fingerprint are what the object states, but for the two that this names."""
        faults = {name: cert.fault.code for name, cert in certs.items() if cert.fault}
        # the registry refuses several keys, and so generates nothing for them
        assert faults == {"PGPKEY-MULTIPLE-PUBLIC-KEYS.TXT PGPKEY-12345678": "several-keys"}
        wrong = {
            name: [problem.code for problem in iter_key_problems(cert, None, 0) if "mismatch" in problem.code]
            for name, cert in certs.items()
        }
        # the certificate in it has another MD5 fingerprint than the object states, and the same owner
        assert {name: found for name, found in wrong.items() if found} == {
            "X509-3465.TXT X509-3465": ["fingerprint-mismatch"]
        }
        stated = {
            name: [cert.object.first(of) for of in ("method", "owner", "fingerpr")] for name, cert in certs.items()
        }
        assert all(attribute is not None for found in stated.values() for attribute in found)
        assert len(certs) == 8

    def test_their_keys_come_back_byte_for_byte(self, certs: dict[str, KeyCert]) -> None:
        """Made again of its own armour, an object has the same lines."""
        made = [cert for cert in certs.values() if cert.key is not None and cert.fault is None]
        assert len(made) == 4
        for cert in made:
            armour = cert.armour.strip("\n") + "\n"
            assert certif_text(build_key_cert(armour.encode())) == armour


class TestFiles:
    """Key-certs out of files."""

    def test_other_objects_are_passed_over_and_the_last_of_a_name_counts(self, tmp_path: Path) -> None:
        """In one file or in several; another source is another object."""
        first, second = tmp_path / "first", tmp_path / "second"
        first.write_text(
            f"mntner: A-MNT\nsource: RIPE\n\nkey-cert: PGPKEY-1\nremarks: old\n{certif(ARMOUR)}source: RIPE\n"
        )
        second.write_text(
            f"key-cert: PGPKEY-1\nremarks: new\n{certif(ARMOUR)}source: RIPE\n\n"
            f"key-cert: pgpkey-1\n{certif(ARMOUR)}source: APNIC\n"
        )
        certs = read_key_certs([str(first), str(second)])
        assert [(cert.name, cert.object.values("remarks")) for cert in certs] == [
            ("PGPKEY-1", ("new",)),
            ("PGPKEY-1", ()),
        ]

    @pytest.mark.parametrize(("name", "told"), [("missing", "no such file"), ("a\0b", "null byte"), ("index", "index")])
    def test_what_cannot_be_read_is_told(self, tmp_path: Path, name: str, told: str) -> None:
        """With the path."""
        (tmp_path / "index").write_bytes(b'\0\0\0\0\0\0\0\0{"format":"irtkit-index"}')
        with pytest.raises(FileError, match=told):
            read_key_certs([str(tmp_path / name)])

    def test_an_index_has_them_too(self, tmp_path: Path) -> None:
        """As they stand in the dump it was made of."""
        dump, index = tmp_path / "ripe.db.key-cert", tmp_path / "index.irt"
        keys = [MadeKey(seed, name=b"Key %d" % seed) for seed in range(1, 6)]
        dump.write_text("\n".join(str(build_key_cert(key.public(), [("source", "RIPE")])) for key in keys))
        build_index([str(dump)], str(index))
        (found, of_dump) = (read_key_certs([str(path)]) for path in (index, dump))
        assert {cert.name: str(cert.object) for cert in found} == {cert.name: str(cert.object) for cert in of_dump}
        assert {cert.key.fingerprint for cert in found if cert.key} == {key.fingerprint for key in keys}
        index.write_bytes(index.read_bytes()[:5_000])
        with pytest.raises(FileError, match=r"index\.irt: "):
            read_key_certs([str(index)])

    def test_a_thousand_are_read_in_a_second(self, tmp_path: Path) -> None:
        """Their keys, too."""
        file = tmp_path / "many"
        file.write_text("\n".join(str(build_key_cert(MadeKey(seed).public())) for seed in range(1000)))
        started = time.process_time()
        certs = read_key_certs([str(file)])
        assert time.process_time() - started < 5
        assert len({cert.name for cert in certs if cert.names_its_key}) == 1000
