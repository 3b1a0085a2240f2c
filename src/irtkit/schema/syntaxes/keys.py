"""Names of keys, and what authorises an update.

Whether a key-cert exists, and whether a registry still takes passwords, are rules of `irtkit.validation`.
"""

from irtkit.schema.syntax import Blemish, Row, Syntax, compiled, matching

__all__ = ["AUTH", "KEY_CERT", "ROWS"]

_CITATION = "RIPE whois 1.124: AttributeSyntax, {}"

_KEY = r"PGPKEY-[A-F0-9]{8}|X509-[1-9][0-9]*|AUTO-[1-9][0-9]*"
_MD5 = r"MD5-PW \$1\$[A-Z0-9./]{1,8}\$[A-Z0-9./]{22}"

_KEY_BLEMISHES = (
    Blemish(compiled(r"\APGPKEY-[0-9A-F]*+([^0-9A-F]++)"), "{} is not hexadecimal in a key-cert name"),
    Blemish(
        compiled(r"\APGPKEY-([0-9A-F]{0,7}|[0-9A-F]{9,}+)\Z"), "PGPKEY- is followed by {}, not by 8 hexadecimal digits"
    ),
    Blemish(
        compiled(r"\A(?:X509|AUTO)-(0[0-9]*+|[^0-9].*+|\Z)"), "the hyphen is followed by {}, not by a number from 1 up"
    ),
    Blemish(compiled(r"\A(?:X509|AUTO)-[0-9]++(.++)"), "{} follows the number"),
)
_PASSWORD_BLEMISHES = (  # these quote nothing: somebody may have written the password itself
    Blemish(compiled(r"\AMD5-PW(?! )(.*+)"), "MD5-PW is not followed by a blank and a hash"),
    Blemish(compiled(r"\AMD5-PW (?!\$1\$)([^$]*+\$?[^$]*+\$?)"), "what follows is not $1$, as an MD5 hash begins"),
    Blemish(
        compiled(r"\AMD5-PW \$1\$(?![A-Z0-9./]{1,8}\$)([^$]*+)"),
        "$1$ is not followed by a salt of 1 to 8 characters",
    ),
    Blemish(
        compiled(r"\AMD5-PW \$1\$[^$]*+\$([^ ]*+)\Z"),
        "the salt is not followed by 22 letters, digits, dots and slashes",
    ),
)

KEY_CERT = Syntax(
    name="key-cert name",
    expected="PGPKEY- then 8 hexadecimal digits, X509- then a number, or AUTO- then a number",
    example="PGPKEY-0A1B2C3D",
    citation=_CITATION.format("KEY_CERT_SYNTAX"),
    finder=matching(_KEY, *_KEY_BLEMISHES, otherwise="{} begins with none of PGPKEY-, X509- and AUTO-"),
)
AUTH = Syntax(
    name="way to authorise",
    # MD5-PW is well-formed, but nobody should be sent to it: RIPE refuses it (md5-password)
    expected="PGPKEY- then 8 hexadecimal digits, X509- then a number, or SSO with an account",
    example="PGPKEY-0A1B2C3D",
    citation=_CITATION.format("AUTH_SCHEME_SYNTAX"),
    finder=matching(
        rf"{_MD5}|PGPKEY-[A-F0-9]{{8}}|SSO .+@.+|X509-[1-9][0-9]{{0,19}}|AUTO-[1-9][0-9]*",
        *_KEY_BLEMISHES,
        Blemish(compiled(r"\AX509-([0-9]{21,}+)"), "{} is more than 20 digits"),
        *_PASSWORD_BLEMISHES,
        Blemish(compiled(r"\ASSO(?: |\Z)(.*+)"), "SSO is followed by {}, not by the account's mailbox"),
        Blemish(compiled(r"\A([^ ]++) "), "{} is none of PGPKEY-, X509-, SSO and MD5-PW"),
        otherwise="{} begins with none of PGPKEY-, X509-, SSO and MD5-PW",
    ),
)
APNIC_AUTH = Syntax(
    name="way to authorise",
    expected="PGPKEY- then 8 hexadecimal digits, X509- then a number, or MD5-PW or CRYPT-PW with its hash",
    example="PGPKEY-0A1B2C3D",
    citation="APNIC whois of 2014: AttributeSyntaxImpl, AUTH_SCHEME_SYNTAX",
    finder=matching(
        rf"(?=.{{0,90}}\Z)(?:CRYPT-PW [A-Z0-9./]{{13}}|{_MD5}|{_KEY})",
        *_KEY_BLEMISHES,
        *_PASSWORD_BLEMISHES,
        Blemish(compiled(r"\A([^ ]++) "), "{} is none of PGPKEY-, X509-, MD5-PW and CRYPT-PW"),
        otherwise="{} begins with none of PGPKEY-, X509-, MD5-PW and CRYPT-PW",
    ),
)
AFRINIC_AUTH = Syntax(
    name="way to authorise",
    expected="PGPKEY- then 8 hexadecimal digits, X509- then a number, or MD5-PW with its hash",
    example="PGPKEY-0A1B2C3D",
    citation="AFRINIC's branch of RIPE whois: AttributeSyntax, AUTH_SCHEME_SYNTAX",
    finder=matching(
        rf"{_MD5}|PGPKEY-[A-F0-9]{{8}}|X509-[1-9][0-9]{{0,19}}|AUTO-[1-9][0-9]*",
        *_KEY_BLEMISHES,
        *_PASSWORD_BLEMISHES,
        Blemish(compiled(r"\A([^ ]++) "), "{} is none of PGPKEY-, X509- and MD5-PW"),
        otherwise="{} begins with none of PGPKEY-, X509- and MD5-PW",
    ),
)


_BCRYPT = r"\$2[abxy]?\$(?:0[4-9]|1[0-6])\$[A-Za-z0-9./]{22}(?:[A-Za-z0-9./]{31})?"
IRRD_AUTH = Syntax(
    name="way to authorise",
    expected="PGPKEY- then 8 hexadecimal digits, or BCRYPT-PW or MD5-PW with its hash",
    example="PGPKEY-0A1B2C3D",
    citation="IRRd 4.5: rpsl.fields, RPSLAuthField, as it is set up at first",
    finder=matching(
        rf"PGPKEY-[A-F0-9]{{8}}|MD5-PW [^ ,]*+|BCRYPT-PW (?-i:DummyValue|{_BCRYPT})|(?-i:IRRD-INTERNAL-AUTH)",
        *_KEY_BLEMISHES[:2],
        Blemish(compiled(r"\A(?:MD5|BCRYPT)-PW(?! )(.*+)"), "the scheme is not followed by a blank and a hash"),
        Blemish(compiled(r"\A(?:MD5|BCRYPT)-PW [^ ,]*+([ ,].*+)"), "something follows the hash"),
        Blemish(compiled(r"\ABCRYPT-PW \$2[ABXY]?\$([0-9]++)(?<!0[4-9]|1[0-6])\$"), "{} is no cost from 04 to 16"),
        Blemish(compiled(r"\ABCRYPT-PW (.*+)"), "what follows is not a hash that bcrypt made"),
        Blemish(compiled(r"\A([^ ]++) "), "{} is none of PGPKEY-, MD5-PW and BCRYPT-PW"),
        otherwise="{} begins with none of PGPKEY-, MD5-PW and BCRYPT-PW",
    ),
)

ROWS = (
    Row(KEY_CERT, "key-cert signature encryption"),
    Row(AUTH, "auth"),
    Row(APNIC_AUTH, "auth", registries="apnic"),
    Row(AFRINIC_AUTH, "auth", registries="afrinic"),
    Row(IRRD_AUTH, "auth", registries="irrd"),
)
"""Syntaxes of keys and credentials, with the attributes that have them."""
