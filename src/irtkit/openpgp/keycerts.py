"""key-cert objects: a key becomes one, one becomes the key again.

    key-cert:       PGPKEY-0A1B2C3D
    method:         PGP
    owner:          Example CSIRT <csirt@example.net>
    fingerpr:       8A3C 1D5E 0B7F 4A2C 9E6D  1B3F 5A7C 9E0D 0A1B 2C3D
    certif:         -----BEGIN PGP PUBLIC KEY BLOCK-----
    ...

method, owner and fingerpr are what the registry generates (RIPE whois 1.124: PgpPublicKeyWrapper,
X509CertificateWrapper, Latin1Conversion). What is wrong with a key-cert is for `irtkit.openpgp.keyproblems` to say;
templates and syntaxes are `irtkit.validation`'s.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from irtkit.openpgp.armour import PUBLIC_KEY, armoured, find_label, read_armour
from irtkit.openpgp.faults import Fault, OpenPgpError
from irtkit.openpgp.keys import PublicKey, read_block, read_keys, refuse_secret_key
from irtkit.rpsl import Attribute, RpslObject

if TYPE_CHECKING:
    from irtkit.openpgp.x509 import Certificate

__all__ = [
    "CLASS_NAME",
    "KeyCert",
    "build_key_cert",
    "certif_text",
    "generated_attributes",
    "grouped_fingerprint",
    "owner_texts",
    "read_key_cert",
]

CLASS_NAME: Final = "key-cert"
_CERTIFICATE: Final = "CERTIFICATE"
_CONTROLS: Final = frozenset(range(0x20)) | frozenset(range(0x7F, 0xA0))
_AS_LATIN_1: Final = {**dict.fromkeys(_CONTROLS - {0x09}, "?"), 0xA0: " ", 0xAD: "-"}


@dataclass(frozen=True)
class KeyCert:
    """A key-cert object and what is in it.

    Either *key* or *certificate* is there, or *fault* says why not; where there are several keys, *fault* says so and
    *key* is the first one.
    """

    object: RpslObject
    key: PublicKey | None = None
    certificate: "Certificate | None" = None
    fault: Fault | None = None

    @cached_property
    def name(self) -> str:
        """The object's key, upper case; empty if it has none."""
        return self.object.primary_key or ""

    @property
    def names_its_key(self) -> bool:
        """Whether the name is that of the one PGP key in it: the last eight digits of the fingerprint."""
        return self.key is not None and self.fault is None and self.name == self.key.key_cert_name

    @property
    def armour(self) -> str:
        """The key as `certif:` has it, without blanks around lines, each with its line feed."""
        return certif_text(self.object)

    @property
    def method(self) -> str:
        """PGP, X509, or nothing if there is no key."""
        return "X509" if self.certificate else "PGP" if self.key else ""


def certif_text(obj: RpslObject) -> str:
    """Return the lines of all `certif:` attributes without blanks around them, each with its line feed."""
    return "".join([f"{line}\n" for attribute in obj.get("certif") for line in _iter_lines(attribute)])


def _iter_lines(attribute: Attribute) -> Iterator[str]:
    first, *more = attribute.lines
    yield first.partition(":")[2].strip()
    yield from (line.removeprefix("+").strip() for line in more)


def read_key_cert(obj: RpslObject) -> KeyCert:
    """Read a key-cert. Nothing is raised: why it cannot be read is its `fault`."""
    text = certif_text(obj)
    try:
        refuse_secret_key(text)
        if find_label(text) == _CERTIFICATE:
            from irtkit.openpgp.x509 import read_certificate  # noqa: PLC0415 - a library's weight, for certificates only

            return KeyCert(obj, certificate=read_certificate(text))
        keys = read_keys(read_block(text.encode("utf-8", "surrogatepass")))
    except OpenPgpError as error:
        return KeyCert(obj, fault=error.fault)
    fault = Fault("several-keys", f"there are {len(keys)} keys in one key-cert") if len(keys) > 1 else None
    return KeyCert(obj, keys[0], fault=fault)


def grouped_fingerprint(fingerprint: str) -> str:
    """Return 40 hex digits in groups of four, two blanks in the middle: how `fingerpr:` has them."""
    groups = [fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)]
    return f"{' '.join(groups[:5])}  {' '.join(groups[5:])}"


def owner_texts(key: PublicKey) -> tuple[str, ...]:
    """Return what the registry writes into `owner:`: each name that is not revoked, in order, as latin-1.

    What latin-1 lacks, and every control character, becomes a question mark. A line feed does, too: the registry would
    let it make lines of its own. As there, a revoked name that had to be changed is not left out.
    """
    return tuple(
        [
            text
            for user_id in key.user_ids
            if (text := _as_latin_1(user_id.raw)) and not (user_id.revoked and text == user_id.text)
        ]
    )


def _as_latin_1(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text.encode("latin-1", "replace").decode("latin-1").translate(_AS_LATIN_1).strip()


def generated_attributes(key_cert: KeyCert) -> tuple[tuple[str, str], ...]:
    """Return method, owner and fingerpr as the registry generates them, in its order; nothing without a key."""
    if key_cert.certificate is not None:
        certificate = key_cert.certificate
        return ("method", "X509"), ("owner", certificate.owner), ("fingerpr", certificate.fingerprint)
    if key_cert.key is None:
        return ()
    return _generated(key_cert.key)


def _generated(key: PublicKey) -> tuple[tuple[str, str], ...]:
    owners = [("owner", owner) for owner in owner_texts(key)]
    return ("method", "PGP"), *owners, ("fingerpr", grouped_fingerprint(key.fingerprint))


def build_key_cert(key: bytes, attributes: Iterable[tuple[str, str]] = ()) -> RpslObject:
    """Return a public key, armoured or not, as a key-cert in the registry's layout.

    The armour stays as it is, headers and all, so that `certif_text` gives it back; what is not armoured is. Blanks
    around lines go, and so does what stands outside the armour. *attributes* follow in their order (mnt-by, source).

    Raises: OpenPgpError: `secret-key`, `several-keys`, or whatever `read_block` and `read_keys` raise.
    """
    packets = read_block(key)
    keys = read_keys(packets)
    if len(keys) > 1:
        raise OpenPgpError("several-keys", f"there are {len(keys)} keys; a key-cert holds one")
    armour = armoured(packets, PUBLIC_KEY) if packets == key else _own_armour(key)
    certif = [("certif", line) for line in armour.removesuffix("\n").split("\n")]
    name = keys[0].key_cert_name
    return RpslObject.build(CLASS_NAME, [(CLASS_NAME, name), *_generated(keys[0]), *certif, *attributes])


def _own_armour(key: bytes) -> str:
    """Return the lines of the one armoured block in *key*, without blanks around them."""
    text = key.decode("latin-1").replace("\r\n", "\n")
    lines = [line.strip() for line in text.split("\n")]
    first = next(at for at, line in enumerate(lines) if line == f"-----BEGIN {PUBLIC_KEY}-----")
    last = next(at for at, line in enumerate(lines) if line == f"-----END {PUBLIC_KEY}-----")
    own = "\n".join(lines[first : last + 1]) + "\n"
    if read_armour(own, PUBLIC_KEY).data != read_block(key):
        raise OpenPgpError("several-keys", "there are several armoured blocks; a key-cert holds one")
    return own
