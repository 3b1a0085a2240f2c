"""Codes about attributes and values: the template, the syntaxes, conversions, lists, the source."""

from irtkit.problems import Severity
from irtkit.validation.codes.rows import RIPE, Code, Group

__all__ = ["GROUP"]

_NETWORK = "inetnum:        192.0.2.0 - 192.0.2.255\n"

GROUP = Group(
    "Attributes and values",
    "These hold an object against the template of its class and each value against its syntax. Templates and syntaxes"
    " differ from registry to registry.",
    (
        Code(
            "missing-attribute",
            Severity.ERROR,
            "a mandatory attribute is missing",
            "The template of the class demands it. It is shown at the first line, because it has no place of its own.",
            "irt:            irt-example\nsource:         RIPE\n",
            """\
irt:            irt-example
address:        Example Street 1
e-mail:         cert@example.net
admin-c:        EX1-RIPE
tech-c:         EX1-RIPE
auth:           PGPKEY-0A1B2C3D
mnt-by:         EXAMPLE1-MNT
source:         RIPE
""",
            f"{RIPE}: ObjectTemplate",
        ),
        Code(
            "repeated-attribute",
            Severity.ERROR,
            "an attribute that may stand once stands there again",
            "The template says `[single]`.",
            f"{_NETWORK}netname:        EXAMPLE-NET\nnetname:        EXAMPLE-OTHER\n",
            f"{_NETWORK}netname:        EXAMPLE-NET\n",
            f"{RIPE}: ObjectTemplate",
        ),
        Code(
            "unknown-attribute",
            Severity.ERROR,
            "no class of the registry has the attribute",
            "Most are misspelled; blanks before the colon are part of a name.",
            f"{_NETWORK}net-name:       EXAMPLE-NET\n",
            f"{_NETWORK}netname:        EXAMPLE-NET\n",
            f"{RIPE}: ObjectTemplate",
        ),
        Code(
            "misplaced-attribute",
            Severity.ERROR,
            "the attribute belongs to other classes",
            "The registry knows the attribute, but not in this class: at RIPE, for instance, only a `role` has an "
            "`abuse-mailbox`, and at APNIC an `irt` must have one.",
            "irt:            irt-example\nabuse-mailbox:  abuse@example.net\n",
            "irt:            irt-example\ne-mail:         abuse@example.net\n",
            f"{RIPE}: ObjectTemplate",
        ),
        Code(
            "generated-attribute",
            Severity.WARNING,
            "the registry replaces what is supplied",
            "Generated attributes are the registry's to write. Their values are not looked at.",
            "irt:            irt-example\ncreated:        2001-01-01T00:00:00Z\n",
            "irt:            irt-example\n",
            f"{RIPE}: AttributeGenerator",
        ),
        Code(
            "deprecated-attribute",
            Severity.WARNING,
            "the registry removes an attribute that is not used any more",
            "`changed` is taken out of every object, `mnt-lower` and `mnt-routes` out of an `aut-num`.",
            "irt:            irt-example\nchanged:        cert@example.net\n",
            "irt:            irt-example\n",
            f"{RIPE}: ChangedAttributeTransformer",
        ),
        Code(
            "short-name",
            Severity.WARNING,
            "the name of an attribute is abbreviated",
            "Two-letter names are read, and replaced by the names in full. It is said once for an object.",
            "irt:            irt-example\n*mb:            EXAMPLE1-MNT\n",
            "irt:            irt-example\nmnt-by:         EXAMPLE1-MNT\n",
            f"{RIPE}: ShortFormatTransformer",
        ),
        Code(
            "bad-value",
            Severity.ERROR,
            "the value is not what the attribute takes",
            "The message says what is wrong and where, the hint what was expected, with an example.",
            "irt:            irt-example\nauth:           PGPKEY-12XY5678\n",
            "irt:            irt-example\nauth:           PGPKEY-12AB5678\n",
            f"{RIPE}: AttributeSyntax",
        ),
        Code(
            "unknown-country",
            Severity.ERROR,
            "the country is not on the registry's list",
            "The list has the codes of ISO 3166 and a few more, such as EU.",
            f"{_NETWORK}country:        XX\n",
            f"{_NETWORK}country:        NL\n",
            f"{RIPE}: CountryValidator",
        ),
        Code(
            "unknown-language",
            Severity.ERROR,
            "the language is not on the registry's list",
            "The list has the two-letter codes of ISO 639-1.",
            f"{_NETWORK}language:       xx\n",
            f"{_NETWORK}language:       nl\n",
            f"{RIPE}: LanguageValidator",
        ),
        Code(
            "attribute-and-remark",
            Severity.ERROR,
            "the same is said by an attribute and by a remark",
            "`geofeed` and `prefixlen` were remarks once. With the attribute, a remark that begins with its name is "
            "refused.",
            f"{_NETWORK}geofeed:        https://example.com/a.csv\nremarks:        geofeed: https://example.com/a.csv\n",
            f"{_NETWORK}geofeed:        https://example.com/a.csv\n",
            f"{RIPE}: AbstractRemarksValidator",
        ),
        Code(
            "unrecognised-contact",
            Severity.WARNING,
            "the registry does not recognise the way of contact",
            "Any URI is taken. The registry knows links of WhatsApp, Signal and Telegram, and SIP addresses.",
            "irt:            irt-example\ncontact:        tel:+31612345678\n",
            "irt:            irt-example\ncontact:        sip:cert@example.net\n",
            f"{RIPE}: ContactValidator",
        ),
        Code(
            "refused-mailbox",
            Severity.ERROR,
            "the mailbox is one that the registry refuses",
            "Public data has a mailbox of nobody in the place of real ones. It must not come back.",
            "irt:            irt-example\ne-mail:         unread@ripe.net\n",
            "irt:            irt-example\ne-mail:         cert@example.net\n",
            f"{RIPE}: ExcludedEmailValidator",
        ),
        Code(
            "latin1-conversion",
            Severity.WARNING,
            "a character is not stored",
            "All but `descr` and `remarks` are stored in Latin-1. Other characters and control characters become "
            "`?`, a no-break space a space, a soft hyphen a hyphen.",
            "irt:            irt-example\naddress:        Улица 1\n",
            "irt:            irt-example\naddress:        Straße 1\n",
            f"{RIPE}: Latin1Conversion",
        ),
        Code(
            "utf8-conversion",
            Severity.WARNING,
            "text is stored otherwise than it is written",
            "`descr` and `remarks` hold UTF-8 in the normal form NFC, without control characters and variation "
            "selectors.",
            "irt:            irt-example\nremarks:        Re\u0301seau\n",
            "irt:            irt-example\nremarks:        Réseau\n",
            f"{RIPE}: UTF-8 in descr and remarks",
        ),
        Code(
            "idn-conversion",
            Severity.WARNING,
            "the domain of a mailbox is stored in ASCII",
            "An internationalised domain is turned into Punycode. The part before the `@` must be ASCII.",
            "irt:            irt-example\ne-mail:         cert@bücher.example\n",
            "irt:            irt-example\ne-mail:         cert@xn--bcher-kva.example\n",
            f"{RIPE}: PunycodeConversion",
        ),
        Code(
            "value-rewritten",
            Severity.INFO,
            "the registry stores the value in its normal form",
            "Ranges are written `first - last`, IPv6 prefixes in lower case without host bits, `status` and `source` "
            "in upper case, domains without a dot at the end.",
            "inetnum:        192.0.2.0/24\n",
            _NETWORK,
            f"{RIPE}: AttributeSanitizer",
        ),
        Code(
            "key-rewritten",
            Severity.INFO,
            "the registry rewrites the lines of the primary key",
            "What names the object is stored on one line and without comment.",
            "irt:            irt-example # ours\n",
            "irt:            irt-example\n",
            f"{RIPE}: AttributeSanitizer",
        ),
        Code(
            "unknown-source",
            Severity.ERROR,
            "the object is for another database",
            "`source` names the registry's database.",
            "irt:            irt-example\nsource:         EXAMPLE\n",
            "irt:            irt-example\nsource:         RIPE\n",
            f"{RIPE}: SourceValidator",
        ),
        Code(
            "source-not-for-class",
            Severity.ERROR,
            "the database does not hold objects of this class",
            "The non-authoritative database holds `as-set`, `aut-num`, `route` and `route6` only.",
            "irt:            irt-example\nsource:         RIPE-NONAUTH\n",
            "irt:            irt-example\nsource:         RIPE\n",
            f"{RIPE}: SourceValidator",
        ),
        Code(
            "source-comment",
            Severity.ERROR,
            "the source has a comment",
            "`source` takes no comment.",
            "irt:            irt-example\nsource:         RIPE # ours\n",
            "irt:            irt-example\nsource:         RIPE\n",
            f"{RIPE}: SourceCommentValidator",
        ),
        Code(
            "filtered-object",
            Severity.ERROR,
            "the object is a filtered whois answer",
            "An answer with `# Filtered` lacks attributes. It must not be submitted.",
            "irt:            irt-example\nsource:         RIPE # Filtered\n",
            "irt:            irt-example\nsource:         RIPE\n",
            f"{RIPE}: SingleUpdateHandler",
        ),
    ),
)
"""Problems of attributes and values."""
