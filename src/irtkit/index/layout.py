"""What an index file holds: the names of its arrays, its flags, and how text is kept safe in it.

Texts are columns, laid out as Arrow's strings: `NAME.text` is UTF-8, `NAME.at` has where each value begins and, last,
where all end. The last value of a column is empty, so that the code -1 finds no text. A value holds no control
character, so that whatever prints it need not look.

* `ipv4.start`, `ipv4.row`: first address of each segment, ascending from 0, and the row that answers there, or -1.
* `ipv4.bucket`: how many segments start before each block of 2^`shift` addresses (`shift` is in the manifest).
* `ipv6.high`, `ipv6.low`, `ipv6.row`: the same for IPv6, addresses as two halves.
* `row.object`: the most specific object of each row. `row.irt`, `row.irt_up`: the object whose mnt-irt counts and how
  many objects up it stands. `row.abuse`, `row.abuse_up`: the same for the abuse-c. -1 where there is none.
* `object.*`: `key` and `netname` (texts), `source`, `country`, `org`, `status` (codes of those texts, -1 for none; the
last two in upper case), `irts` (irt set), `role` (the role of its abuse contact), `flags`, `parent` (the smallest range
around it), `size` (its assignment-size, a prefix length, or `NO_SIZE`).
* `overlapping`: objects that overlap others in part; with their parents, all that hold an address without
  enclosing its most specific object.
* `irt_set.at`, `irt_set.irt`: the irts of each set. `irt.*`, `role.*`: handles and what they say of their mailbox.
* `org.type`, `org.role`: of each organisation the code of its org-type in the texts `org_type`, upper case, and the
role that its abuse-c names; -1 for none.
* `key.hash`: of every object of a class in `KEYED_CLASSES`, each once, what `irtkit.index.keys` makes of its registry
and key, ascending; `key.class` its class, ascending where several classes share a key; `key.number` the code of the
role, organisation or key-cert, -1 of other classes.
* `key_cert.name`: the names, upper case, of the key-certs that there are or that irts refer to. `key_cert.object.at`,
`key_cert.object.text`: the objects themselves as in the dump, laid out as texts are, but with line feeds, and in UTF-8
or latin-1; an empty one is not in the data.
* `irt_key.at`: where the references of each irt to key-certs begin, and where all end. `irt_key.key_cert`: the code of
the key-cert, `irt_key.use` the attribute that names it, in `KEY_USES`.
"""

from enum import IntFlag

__all__ = ["FIELDS", "GAPS", "KEYED_CLASSES", "KEY_USES", "NO_SIZE", "PARTY_TEXTS", "TEXTS", "Flag", "printable"]

FIELDS = (
    "input",
    "address",
    "network",
    "source",
    "netname",
    "country",
    "org",
    "irt_network",
    "irts",
    "contacts",
    "email",
    "reason",
)
"""The fields of a record, in order."""
TEXTS = ("object.key", "object.netname", "source", "country", "org", "status", "org_type", "key_cert.name")
"""Columns of text about objects."""
KEY_USES = ("encryption", "signature")
"""The attributes of an irt that name key-certs."""
NO_SIZE = 255
"""The size of an object without assignment-size."""
KEYED_CLASSES = (
    "as-block",
    "as-set",
    "aut-num",
    "domain",
    "filter-set",
    "inet-rtr",
    "irt",
    "key-cert",
    "mntner",
    "organisation",
    "peering-set",
    "person",
    "poem",
    "poetic-form",
    "role",
    "route",
    "route-set",
    "route6",
    "rtr-set",
)
"""Classes whose objects go by a key, by their codes; inetnum and inet6num go by their ranges."""
PARTY_TEXTS = ("email", "attribute", "validated", "last_modified", "echo_of")
"""What each irt and role says of its mailbox, beside its `handle`; an empty text is no value."""
GAPS = ("", "dummy", "masked", "missing-object", "no-mailbox")
"""Why a party has no mailbox, by its code."""


class Flag(IntFlag):
    """What the walks need to know about an address object or a party."""

    REGISTRY = 1
    """Maintained by the registry: the abuse-c walk ends here."""
    PLACEHOLDER = 2
    """Says only "ask another registry"."""
    ROOT = 4
    """Holds the whole address space of its family, and registers nothing."""
    BY_ORG = 8
    """Its abuse contact is its organisation's."""
    DEAD = 16
    """Its range cannot be read, or another object has the same range: no address leads to it."""
    SUSPECT = 32
    """(Party) its mailbox failed the registry's validation."""
    IPV6 = 64
    """An inet6num."""
    MAINTAINED = 128
    """One of the registry's own maintainers is among its mnt-by."""


_UNPRINTABLE = dict.fromkeys(
    (
        *range(32),
        *range(127, 160),
        173,
        *range(8203, 8208),
        *range(8232, 8239),
        *range(8288, 8304),
        65279,
        *range(65529, 65532),
    ),
    "�",
)
"""Control characters, and the format characters that hide or reorder text (Unicode categories Cc, Cf, Zl, Zp)."""


def printable(text: str) -> str:
    """Return *text* with each character that could steer a terminal or disguise the text replaced by U+FFFD."""
    return text if text.isascii() and text.isprintable() else text.translate(_UNPRINTABLE)
