"""Codes about texts that are no object: what the readers of `irtkit.rpsl` report."""

from irtkit.problems import Severity
from irtkit.validation.codes.rows import RIPE, Code, Group

__all__ = ["GROUP"]

_RPSL = "RFC 2622, section 2"
_PARSER = f"{RIPE}: RpslObjectBuilder"
_OBJECT = "irt:            irt-example\nsource:         RIPE\n"

GROUP = Group(
    "Texts",
    "A paragraph that is no object is reported and left out; the objects around it are still read.",
    (
        Code(
            "empty-text",
            Severity.ERROR,
            "the text is empty",
            "There is nothing in which an object could be.",
            "",
            _OBJECT,
            _PARSER,
        ),
        Code(
            "empty-line",
            Severity.ERROR,
            "an empty line stands inside what should be one object",
            "Empty lines separate objects. Where one object is asked for, there must be none; write `+` to have an "
            "empty line in a value.",
            "irt:            irt-example\n\nsource:         RIPE\n",
            "irt:            irt-example\nremarks:        first\n+\n                second\nsource:         RIPE\n",
            _PARSER,
        ),
        Code(
            "stray-continuation",
            Severity.ERROR,
            "the first line of an object continues nothing",
            "A line that begins with a space, a tab or `+` goes on with the value of the line before it.",
            " irt:           irt-example\nsource:         RIPE\n",
            _OBJECT,
            _RPSL,
        ),
        Code(
            "no-colon",
            Severity.ERROR,
            "a line has no colon",
            "A line is `name: value`, or it continues the one before it and begins with a space, a tab or `+`.",
            "irt:            irt-example\nsource          RIPE\n",
            _OBJECT,
            _RPSL,
        ),
        Code(
            "empty-name",
            Severity.ERROR,
            "there is no name before the colon",
            "Every attribute has a name.",
            "irt:            irt-example\n: RIPE\n",
            _OBJECT,
            _RPSL,
        ),
        Code(
            "bad-class-name",
            Severity.ERROR,
            "the first name of an object cannot name a class",
            "The first attribute names the class, and classes have names of letters, digits and hyphens.",
            "irt name:       irt-example\nsource:         RIPE\n",
            _OBJECT,
            _RPSL,
        ),
        Code(
            "unknown-class",
            Severity.ERROR,
            "the first attribute names no class of the registry",
            "The first attribute of an object names its class. The order of the others is free. What is much like an "
            "object gets this code: its first name is nearly a class, or it has `mnt-by` or `source`.",
            "source:         RIPE\nirt:            irt-example\n",
            _OBJECT,
            f"{RIPE}: ObjectType",
        ),
        Code(
            "primary-key-missing",
            Severity.ERROR,
            "an attribute that names the object is missing",
            "Without its primary key an object cannot be told from others, so the parser does not take it.",
            "route:          192.0.2.0/24\nsource:         RIPE\n",
            "route:          192.0.2.0/24\norigin:         AS64496\nsource:         RIPE\n",
            _RPSL,
        ),
        Code(
            "primary-key-repeated",
            Severity.ERROR,
            "an attribute that names the object occurs again",
            "An object has one name.",
            "irt:            irt-example\nirt:            irt-example2\nsource:         RIPE\n",
            _OBJECT,
            _RPSL,
        ),
        Code(
            "primary-key-empty",
            Severity.ERROR,
            "an attribute that names the object has no value",
            "The value of the primary key names the object.",
            "irt:\nsource:         RIPE\n",
            _OBJECT,
            _RPSL,
        ),
        Code(
            "object-too-long",
            Severity.ERROR,
            "the object is longer than the registry takes",
            "RIPE ignores an object of more than 5,000,000 characters. The example stands for one.",
            "irt:            irt-example\nremarks:        and so on, five million characters long\n",
            _OBJECT,
            f"{RIPE}: whois.max.object.size",
        ),
    ),
)
"""Problems of texts."""
