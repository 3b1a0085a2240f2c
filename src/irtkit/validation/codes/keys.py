"""Codes about passwords and keys."""

from irtkit.problems import Severity
from irtkit.validation.codes.rows import RIPE, Code, Group

__all__ = ["GROUP"]

GROUP = Group(
    "Passwords and keys",
    "No key is opened to find these.",
    (
        Code(
            "md5-password",
            Severity.ERROR,
            "the registry takes no MD5 passwords any more",
            "`auth: MD5-PW` is refused in `mntner` and `irt`; use a key-cert or the registry's single sign-on. A "
            "registry that still takes passwords is an option.",
            "irt:            irt-example\nauth:           MD5-PW $1$abcdefgh$0123456789012345678901\n",
            "irt:            irt-example\nauth:           PGPKEY-0A1B2C3D\n",
            f"{RIPE}: AbstractPasswordsValidator",
        ),
        Code(
            "no-key",
            Severity.ERROR,
            "the key-cert holds no key",
            "`certif` has all lines of an armoured PGP public key or of an X.509 certificate, its first and its last "
            "line included.",
            "key-cert:       PGPKEY-0A1B2C3D\ncertif:         mQENBE841dMBCAC80ID=\n",
            """\
key-cert:       PGPKEY-0A1B2C3D
certif:         -----BEGIN PGP PUBLIC KEY BLOCK-----
certif:
certif:         mQENBE841dMBCAC80ID=
certif:         -----END PGP PUBLIC KEY BLOCK-----
""",
            f"{RIPE}: KeyWrapperFactory",
        ),
        Code(
            "automatic-pgp-name",
            Severity.ERROR,
            "the key-cert of a PGP key is named after the key",
            "`AUTO-` and a number is for X.509 certificates.",
            """\
key-cert:       AUTO-1
certif:         -----BEGIN PGP PUBLIC KEY BLOCK-----
certif:
certif:         mQENBE841dMBCAC80ID=
certif:         -----END PGP PUBLIC KEY BLOCK-----
""",
            """\
key-cert:       PGPKEY-0A1B2C3D
certif:         -----BEGIN PGP PUBLIC KEY BLOCK-----
certif:
certif:         mQENBE841dMBCAC80ID=
certif:         -----END PGP PUBLIC KEY BLOCK-----
""",
            f"{RIPE}: KeycertValidator",
        ),
    ),
)
"""Problems of passwords and keys."""
