"""What becomes of characters that a registry does not store: warnings, and the value that it goes on with.

The RIPE Database stores Latin-1, except in `descr` and `remarks`, which hold UTF-8, and turns the non-ASCII
domain of a mailbox into Punycode (RFC 3492). Other registries' conversions are not known here.
"""

import re
import stringprep
import unicodedata
from collections.abc import Iterator

from irtkit.rpsl import Attribute
from irtkit.rpsl.faults import shown
from irtkit.validation.codes import RIPE
from irtkit.validation.options import Options
from irtkit.validation.rules import Finding, Rule, Scope
from irtkit.validation.view import View, is_plain

__all__ = ["MAILBOXES", "RULES", "UTF8_ATTRIBUTES", "is_kept", "stored_value"]

MAILBOXES = frozenset({"abuse-mailbox", "e-mail", "irt-nfy", "mnt-nfy", "notify", "ref-nfy", "upd-to"})
"""Attributes whose value is a mailbox; all but their domain has to be ASCII."""
UTF8_ATTRIBUTES = frozenset({"descr", "remarks"})
"""Attributes that hold UTF-8; all others hold Latin-1."""

_CONVERTING = frozenset({"ripe"})
_LETTERS = re.compile("[ -~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]*+")
_LOST_IN_LATIN1 = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad]|[^\x00-\xff]")
_DOMAIN = re.compile(r"@([^@<>\s]{1,255})(?=>?$)")
_PROHIBITED = (
    stringprep.in_table_c3,  # private use
    stringprep.in_table_c4,  # no characters
    stringprep.in_table_c5,  # surrogates
    stringprep.in_table_c6,  # inappropriate for plain text
    stringprep.in_table_c7,
    stringprep.in_table_c8,  # they change the display
    stringprep.in_table_c9,  # tagging
)


def stored_value(view: View, name: str, value: str) -> str:
    """Return the value of attribute *name* as the registry stores it, before it checks the syntax."""
    if view.schema.registry not in _CONVERTING or is_plain(value):
        return value
    if name in MAILBOXES:
        value = _with_punycode(value)
    if name in UTF8_ATTRIBUTES:
        return value
    return " ".join(_LOST_IN_LATIN1.sub(_latin1, value).split(" ")).strip(" ")


def _latin1(found: re.Match[str]) -> str:
    return {"\xa0": " ", "\xad": "-"}.get(found[0], "?")


def _with_punycode(value: str) -> str:
    """Return a mailbox with its domain in ASCII, or as it is if the domain cannot be written so."""
    found = _DOMAIN.search(value)
    if not found or found[1].isascii():
        return value
    try:
        domain = found[1].encode("idna").decode("ascii")
    except UnicodeError:
        return value
    return f"{value[: found.start(1)]}{domain}{value[found.end(1) :]}"


def _find_latin1_losses(view: View, _: Options) -> Iterator[Finding]:
    """Yield the attributes, other than UTF-8 ones, with characters that Latin-1 does not have or that are replaced."""
    for attribute, name in _unplain(view):
        if name in UTF8_ATTRIBUTES:
            continue
        value = _with_punycode(attribute.value) if name in MAILBOXES else attribute.value
        if lost := _LOST_IN_LATIN1.search(value):
            start = attribute.value.find(lost[0])
            message = f"{shown(lost[0])} is not stored: it becomes {shown(_latin1(lost))}"
            yield Finding(attribute, message, "only Latin-1 is stored here; descr and remarks hold UTF-8", start, 1)
        elif lost := _LOST_IN_LATIN1.search(attribute.comment):
            message = f"{shown(lost[0])} in the comment is not stored: it becomes {shown(_latin1(lost))}"
            yield Finding(attribute, message, "only Latin-1 is stored here; descr and remarks hold UTF-8")


def _find_utf8_changes(view: View, _: Options) -> Iterator[Finding]:
    """Yield the UTF-8 attributes that are stored otherwise than they are written."""
    for attribute, name in _unplain(view):
        value = attribute.value
        if name not in UTF8_ATTRIBUTES:
            continue
        if (at := next((at for at, character in enumerate(value) if _is_replaced(character)), None)) is not None:
            yield Finding(attribute, f"{shown(value[at])} in {name} is replaced", "expected printable text", at, 1)
        elif not unicodedata.is_normalized("NFC", value):
            yield Finding(attribute, f"{name} is stored in the normal form NFC", "expected composed characters")


def is_kept(name: str, raw: str) -> bool:
    """Whether every character of a UTF-8 attribute is certainly stored as it is: ASCII and the letters of Latin-1."""
    return name in UTF8_ATTRIBUTES and _LETTERS.fullmatch(raw) is not None


def _is_replaced(character: str) -> bool:
    if character == "\xa0" or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return True
    return unicodedata.category(character) == "Cc" or (
        not character.isascii() and any(prohibits(character) for prohibits in _PROHIBITED)
    )


def _find_punycode(view: View, _: Options) -> Iterator[Finding]:
    """Yield the mailboxes whose domain the registry rewrites."""
    for attribute, name in _unplain(view):
        if name not in MAILBOXES:
            continue
        value = attribute.value
        if (converted := _with_punycode(value)) != value and (found := _DOMAIN.search(value)):
            message = f"the domain is stored in ASCII: {shown(converted[found.start(1) :].rstrip('>'))}"
            yield Finding(attribute, message, "write the domain so", found.start(1), len(found[1]))


def _unplain(view: View) -> Iterator[tuple[Attribute, str]]:
    if view.is_plain:
        return
    for attribute, name in zip(view.attributes, view.names, strict=True):
        if not is_plain(attribute.raw):
            yield attribute, name


RULES: tuple[Rule, ...] = (
    Rule("idn-conversion", _find_punycode, f"{RIPE}: PunycodeConversion", registries=_CONVERTING, scope=Scope.LAYOUT),
    Rule(
        "latin1-conversion",
        _find_latin1_losses,
        f"{RIPE}: Latin1Conversion",
        registries=_CONVERTING,
        scope=Scope.LAYOUT,
    ),
    Rule(
        "utf8-conversion",
        _find_utf8_changes,
        f"{RIPE}: UTF-8 in descr and remarks",
        registries=_CONVERTING,
        scope=Scope.LAYOUT,
    ),
)
"""Conversions, each a warning."""
