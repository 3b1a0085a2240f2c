"""What an object may offer as credentials: passwords, and the outside of key-certs.

No key is opened here: what is inside a key-cert is for `irtkit.openpgp`.
"""

from collections.abc import Iterator

from irtkit.validation.codes import RIPE
from irtkit.validation.names import is_automatic
from irtkit.validation.options import Action, Options
from irtkit.validation.rules import Finding, Rule, Scope
from irtkit.validation.view import View

__all__ = ["RULES"]

_PASSWORD = "MD5-PW"  # noqa: S105 - the name of a scheme
_PGP = ("-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----")
_SECRET = ("-----BEGIN ", "PRIVATE KEY")
_X509 = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")


def _find_passwords(view: View, options: Options) -> Iterator[Finding]:
    if options.passwords:
        return
    for attribute in view.get("auth"):
        if (start := attribute.value.upper().find(_PASSWORD)) >= 0:
            message = "the registry takes no MD5 passwords any more"
            yield Finding(attribute, message, "expected PGPKEY-, X509- or SSO", start, len(_PASSWORD))


def _holds(view: View, armour: tuple[str, str]) -> bool:
    """Whether the certificate lines have the first and the last line of an armour."""
    begins = ends = False
    for attribute in view.get("certif"):
        begins = begins or armour[0] in attribute.raw
        ends = ends or armour[1] in attribute.raw
    return begins and ends


def _find_no_key(view: View, _: Options) -> Iterator[Finding]:
    lines, expected = view.get("certif"), f"expected all lines from {_PGP[0]} to {_PGP[1]}"
    secret = next((line for line in lines if all(part in line.raw for part in _SECRET)), None)
    if secret is not None:
        yield Finding(secret, "certif holds a secret key: give the public one, and show this to nobody", expected)
    elif not _holds(view, _PGP) and not _holds(view, _X509):
        yield Finding(lines[0], "certif holds neither a PGP public key nor an X.509 certificate", expected)


def _find_automatic_pgp(view: View, _: Options) -> Iterator[Finding]:
    if is_automatic(view.key) and _holds(view, _PGP):
        message = "AUTO- and a number names an X.509 key-cert only"
        yield Finding(view.first, message, "expected PGPKEY- and the last 8 digits of the fingerprint", 0)


def _find_fixed_x509(view: View, _: Options) -> Iterator[Finding]:
    if not is_automatic(view.key) and _holds(view, _X509) and not _holds(view, _PGP):
        message = "the registry makes the name of a new X.509 key-cert"
        yield Finding(view.first, message, "expected AUTO- and a number, as in AUTO-1", 0)


_KEY_CERT = frozenset({"key-cert"})
_CERTIF = frozenset({"certif"})
_AUTH = frozenset({"auth"})
_KEYS = f"{RIPE}: KeyWrapperFactory"

RULES: tuple[Rule, ...] = (
    Rule(
        "md5-password",
        _find_passwords,
        f"{RIPE}: AbstractPasswordsValidator, PasswordsInMntnerValidator, PasswordsInIrtValidator",
        frozenset({"irt", "mntner"}),
        _AUTH,
        scope=Scope.LINE,
    ),
    Rule("no-key", _find_no_key, f"{_KEYS}, PgpPublicKeyWrapper", _KEY_CERT, _CERTIF),
    Rule(
        "automatic-pgp-name",
        _find_automatic_pgp,
        f"{RIPE}: KeycertValidator",
        _KEY_CERT,
        _CERTIF,
        action=Action.CREATE,
    ),
    Rule(
        "id-not-automatic",
        _find_fixed_x509,
        f"{RIPE}: X509AutoKeyFactory",
        _KEY_CERT,
        _CERTIF,
        action=Action.CREATE,
    ),
)
"""Rules about passwords and key-certs that need no cryptography."""
