"""Names: of objects, organisations, persons and sources.

Neither names of sets and AS numbers (`irtkit.schema.syntaxes.routing`) nor of hosts
(`irtkit.schema.syntaxes.hosts`). Which prefixes are reserved when an object is created is a rule about
objects, not about values.
"""

from irtkit.schema.syntax import Blemish, Fault, Finder, Row, Syntax, compiled, matching, too_long

__all__ = ["IRRD_RESERVED_PREFIXES", "RESERVED_WORDS", "ROWS", "irrd_name", "no_letter", "when_given"]

_WORDS = (
    "ANY AS-ANY RS-ANY PEERAS AND OR NOT ATOMIC FROM TO AT ACTION ACCEPT ANNOUNCE EXCEPT REFINE NETWORKS INTO"
    " INBOUND OUTBOUND"
)
RESERVED_WORDS = tuple(_WORDS.split())
"""Words of the policy language, which no maintainer may be named (RFC 2622, section 2)."""

IRRD_RESERVED_PREFIXES = ("AS-", "RS-", "RTRS-", "FLTR-", "PRNG-")
"""Beginnings that IRRd keeps for the names of sets."""

_CITATION = "RIPE whois 1.124: AttributeSyntax, {}"
_APNIC = "APNIC whois of 2014: AttributeSyntaxImpl, {}"
_IRRD = "IRRd 4.5: rpsl.fields, {}"

_RESERVED = "|".join(RESERVED_WORDS)
_IS_RESERVED = Blemish(compiled(rf"\A(?:{_RESERVED})\Z"), "{} is a reserved word of RPSL")
_CHARACTERS = Blemish(compiled(r"[^A-Z0-9_-]++"), "{} cannot stand in a name")
_END = Blemish(compiled(r"(?<![_-])[_-]++\Z"), "{} cannot end a name")
_ONE_CHARACTER = Blemish(compiled(r"\A.\Z"), "{} is too short")


def no_letter(what: str) -> Blemish:
    """Return the blemish of a value that does not begin with a letter; *what* is what it should be."""
    return Blemish(compiled(r"\A[^A-Z]"), f"{{}} cannot begin {what}")


def when_given(finder: Finder) -> Finder:
    """Return *finder* for a registry that passes over empty elements of a list."""
    return lambda value: finder(value) if value else None


def irrd_name(*, allowed: tuple[str, ...] = ()) -> Finder:
    """Return IRRd's rule for names, strict; *allowed* are prefixes that this attribute may have."""
    words = "|".join({*RESERVED_WORDS, "RS_ANY"} - {"RS-ANY"})
    prefixes = "|".join(prefix for prefix in IRRD_RESERVED_PREFIXES if prefix not in allowed) or "(?!)"
    return matching(
        rf"(?!(?:{words})\Z|{prefixes})[A-Z][A-Z0-9_-]*+(?<=[A-Z0-9])(?<!\A.)",
        Blemish(compiled(rf"\A(?:{words})\Z"), "{} is a reserved word of RPSL"),
        Blemish(compiled(rf"\A(?:{prefixes})"), "names that begin with {} are reserved"),
        no_letter("a name"),
        _CHARACTERS,
        _END,
        otherwise="{} is not a name",
    )


_NAME_SHAPE = "letters, digits, _ and -, a letter first, a letter or digit last"
_NAME_BLEMISHES = (_IS_RESERVED, _ONE_CHARACTER, no_letter("a name"), _CHARACTERS, _END, too_long(80))

IRT = Syntax(
    name="irt name",
    expected="irt- and then letters, digits, _ and -, the last a letter or digit",
    example="IRT-EXAMPLE",
    citation=_CITATION.format("IRT_SYNTAX"),
    finder=matching(
        r"irt-[A-Z0-9_-]*[A-Z0-9]",
        Blemish(compiled(r"\A(?!irt-)[^-]*+-?"), "{} is not how an irt name begins"),
        _CHARACTERS,
        _END,
        otherwise="{} is not an irt name",
    ),
)
NETNAME = Syntax(
    name="netname",
    expected=f"1 to 80 characters: {_NAME_SHAPE}",
    example="EXAMPLE-NET",
    citation=_CITATION.format("NETNAME_SYNTAX"),
    finder=matching(
        r"(?=.{0,80}\Z)[A-Z](?:[A-Z0-9_-]*[A-Z0-9])?",
        no_letter("a netname"),
        _CHARACTERS,
        _END,
        too_long(80),
        otherwise="{} is not a netname",
    ),
)
OBJECT_NAME = Syntax(
    name="object name",
    expected=f"2 to 80 characters: {_NAME_SHAPE}; no reserved word of RPSL",
    example="EXAMPLE-MNT",
    citation=_CITATION.format("OBJECT_NAME_SYNTAX"),
    finder=matching(
        rf"(?!(?:{_RESERVED})\Z)[A-Z][A-Z0-9_-]{{0,78}}[A-Z0-9]", *_NAME_BLEMISHES, otherwise="{} is not a name"
    ),
)
SOURCE = Syntax(
    name="source",
    expected=f"2 to 80 characters: {_NAME_SHAPE}",
    example="RIPE",
    citation=_CITATION.format("SOURCE_SYNTAX"),
    finder=matching(
        r"[A-Z][A-Z0-9_-]{0,78}[A-Z0-9]", *_NAME_BLEMISHES[1:], otherwise="{} is not the name of a database"
    ),
)

_AUTO = Blemish(compiled(r"\AAUTO-(?![1-9])(.?)"), "AUTO- is followed by {}, not by a number from 1 up")
_FOUR_LETTERS = Blemish(compiled(r"\A(?:ORG-)?([A-Z]{5,}+)"), "{} is more than four letters")
_ZERO = Blemish(compiled(r"\A(?:ORG-)?[A-Z]{2,4}(0[0-9]*+)"), "{} begins with a zero")
_SIX_DIGITS = Blemish(compiled(r"\A(?:ORG-)?[A-Z]{2,4}([0-9]{7,}+)"), "{} is more than six digits")

NIC_HANDLE = Syntax(
    name="nic-hdl",
    expected="2 to 4 letters, a number from 1 to 999999 or none, a hyphen and 2 to 10 letters or none; or AUTO-1",
    example="EX1-RIPE",
    citation=_CITATION.format("NIC_HANDLE_SYNTAX"),
    finder=matching(
        r"(?=.{0,30}\Z)(?:[A-Z]{2,4}(?:[1-9][0-9]{0,5})?(?:-[A-Z]{2,10})?|AUTO-[1-9][0-9]*(?:[A-Z]{2,4})?)",
        Blemish(compiled(r"[^A-Z0-9-]++"), "{} cannot stand in a nic-hdl"),
        _AUTO,
        _FOUR_LETTERS,
        _ZERO,
        _SIX_DIGITS,
        Blemish(compiled(r"-([A-Z]{11,}+)\Z"), "{} is more than ten letters"),
        Blemish(compiled(r"\A[A-Z]{2,4}[0-9]*-([^-]*+)\Z"), "the hyphen is followed by {}, not by 2 to 10 letters"),
        too_long(30),
        otherwise="{} is not a nic-hdl",
    ),
)
ORGANISATION = Syntax(
    name="organisation",
    expected="ORG-, 2 to 4 letters, a number from 1 to 999999 or none, a hyphen and the name of a source; or AUTO-1",
    example="ORG-EX1-RIPE",
    citation=_CITATION.format("ORGANISATION_SYNTAX"),
    finder=matching(
        r"(?=.{0,30}\Z)(?:ORG-[A-Z]{2,4}(?:[1-9][0-9]{0,5})?-[A-Z][A-Z0-9_-]*[A-Z0-9]|AUTO-[1-9][0-9]*(?:[A-Z]{2,4})?)",
        Blemish(compiled(r"\A(?!ORG-|AUTO-)[^-]*+-?"), "{} is not how an organisation's ID begins"),
        _CHARACTERS,
        _AUTO,
        _FOUR_LETTERS,
        _ZERO,
        _SIX_DIGITS,
        Blemish(compiled(r"\AORG-[A-Z]{2,4}[0-9]*\Z"), "the hyphen and the source are missing after {}"),
        Blemish(
            compiled(r"\AORG-[A-Z]{2,4}[0-9]*-(.?)\Z"), "the hyphen is followed by {}, not by the name of a source"
        ),
        _END,
        too_long(30),
        otherwise="{} is not an organisation's ID",
    ),
)

_ORG_CHARACTER = r"[\]\[A-Z0-9._\"*()@,&:!'`+/-]"
_PERSON_CHARACTER = r"[A-Z0-9\\.`'_-]"
_LONG_WORD = Blemish(compiled(r"(?<![^ ])[^ ]{65,}+"), "{} is a word of more than 64 characters")
_BLANKS = Blemish(compiled(r"\A | (?= )| \Z"), "{} is a blank too many")

ORG_NAME = Syntax(
    name="name of an organisation or role",
    expected="1 to 30 words of at most 64 ASCII letters, digits and ][)(._\"*@,&:!'`+/-",
    example="Example Response Team",
    citation=_CITATION.format("ORG_NAME_SYNTAX"),
    finder=matching(
        rf"{_ORG_CHARACTER}{{1,64}}(?: {_ORG_CHARACTER}{{1,64}}){{0,29}}",
        Blemish(compiled(rf"(?:(?!{_ORG_CHARACTER}| ).)++"), "{} cannot stand in a name"),
        _LONG_WORD,
        _BLANKS,
        Blemish(compiled(r"\A(?:[^ ]*+ ){30}(.++)"), "{} is beyond the 30 words that a name may have"),
        otherwise="{} is not a name",
    ),
)
PERSON = Syntax(
    name="name of a person",
    expected="2 to 10 words of at most 64 ASCII letters, digits and .`'_-; the first and one more begin with a letter",
    example="Erika Example",
    citation=_CITATION.format("PERSON_ROLE_NAME_SYNTAX"),
    finder=matching(
        rf"(?=[^ ]++(?: [^A-Z][^ ]*+)*+ [A-Z])[A-Z]{_PERSON_CHARACTER}{{0,63}}(?: {_PERSON_CHARACTER}{{1,64}}){{1,9}}",
        Blemish(compiled(rf"(?:(?!{_PERSON_CHARACTER}| ).)++"), "{} cannot stand in a person's name"),
        no_letter("a person's name"),
        _LONG_WORD,
        _BLANKS,
        Blemish(compiled(r"\A(?:[^ ]*+ ){10}(.++)"), "{} is beyond the 10 words that a person's name may have"),
        Blemish(compiled(r"\A[^ ]*+\Z"), "{} is only one word"),
        otherwise="no second word of {} begins with a letter",
    ),
)


def _verse(prefix: str, what: str, constant: str) -> Syntax:
    return Syntax(
        name=f"name of a {what}",
        expected=f"{prefix} and then letters, digits, _ and -, the first a letter or digit; at most 80 characters",
        example=f"{prefix}EXAMPLE",
        citation=_CITATION.format(constant),
        finder=matching(
            rf"(?=.{{0,80}}\Z){prefix}[A-Z0-9][A-Z0-9_-]*",
            Blemish(compiled(rf"\A(?!{prefix})[^-]*+-?"), f"{{}} is not how the name of a {what} begins"),
            _CHARACTERS,
            too_long(80),
            otherwise=f"{{}} is not the name of a {what}",
        ),
    )


POEM = _verse("POEM-", "poem", "POEM_SYNTAX")
POETIC_FORM = _verse("FORM-", "poetic form", "POETIC_FORM_SYNTAX")

APNIC_OBJECT_NAME = Syntax(
    name="object name",
    expected=f"1 to 80 characters: {_NAME_SHAPE}",
    example="MAINT-EXAMPLE-AP",
    citation=_APNIC.format("OBJECT_NAME_SYNTAX"),
    finder=NETNAME.finder,
)
APNIC_NIC_HANDLE = Syntax(
    name="nic-hdl",
    expected="2 to 4 letters, a number from 1 to 999999 or none, a hyphen and the name of a source or none; or AUTO-1",
    example="EX1-AP",
    citation=_APNIC.format("NIC_HANDLE_SYNTAX"),
    finder=matching(
        r"[A-Z]{2,4}(?:[1-9][0-9]{0,5})?(?:-[A-Z][A-Z0-9_-]{0,7}[A-Z0-9])?|(?=.{0,30}\Z)AUTO-[0-9]+(?:[A-Z]{2,4})?",
        Blemish(compiled(r"[^A-Z0-9_-]++"), "{} cannot stand in a nic-hdl"),
        Blemish(compiled(r"\AAUTO-(?![0-9])(.?)"), "AUTO- is followed by {}, not by a number"),
        _FOUR_LETTERS,
        _ZERO,
        _SIX_DIGITS,
        _END,
        otherwise="{} is not a nic-hdl",
    ),
)
APNIC_ORGANISATION = Syntax(
    name="organisation",
    expected="ORG-, 2 to 4 letters, a number from 1 to 999999 or none, a hyphen and the name of a source; or AUTO-1",
    example="ORG-EX1-AP",
    citation=_APNIC.format("ORGANISATION_SYNTAX"),
    finder=matching(
        r"ORG-[A-Z]{2,4}(?:[1-9][0-9]{0,5})?-[A-Z][A-Z0-9_-]{0,7}[A-Z0-9]|(?=.{0,30}\Z)AUTO-[0-9]+(?:[A-Z]{2,4})?",
        Blemish(compiled(r"\A(?!ORG-|AUTO-)[^-]*+-?"), "{} is not how an organisation's ID begins"),
        _CHARACTERS,
        _FOUR_LETTERS,
        _ZERO,
        _SIX_DIGITS,
        _END,
        otherwise="{} is not an organisation's ID",
    ),
)

IRRD_NAME = Syntax(
    name="name",
    expected=f"at least 2 characters: {_NAME_SHAPE}; no reserved word of RPSL, and no reserved prefix such as AS-",
    example="EXAMPLE-MNT",
    citation=_IRRD.format("RPSLGenericNameField"),
    finder=irrd_name(),
)
IRRD_LISTED_NAME = Syntax(
    name="names",
    expected=IRRD_NAME.expected,
    example=IRRD_NAME.example,
    citation=_IRRD.format("RPSLReferenceListField"),
    finder=when_given(irrd_name()),
)
IRRD_AS_NAME = Syntax(
    name="AS name",
    expected=f"at least 2 characters: {_NAME_SHAPE}; no reserved word of RPSL",
    example="EXAMPLE-AS",
    citation=_IRRD.format("RPSLGenericNameField"),
    finder=irrd_name(allowed=("AS-",)),
)


def _maintainers_or_any(value: str) -> Fault | None:
    return None if value.upper() in {"", "ANY"} else IRRD_NAME.find_fault(value)


IRRD_MAINTAINERS_OR_ANY = Syntax(
    name="maintainers, or ANY",
    expected=f"ANY, or {IRRD_NAME.expected}",
    example="EXAMPLE-MNT",
    citation=_IRRD.format("RPSLReferenceListField, allow_kw_any"),
    finder=_maintainers_or_any,
)

_HANDLES = "nic-hdl admin-c tech-c zone-c abuse-c ping-hdl author"
_MAINTAINERS = "mntner mnt-by mnt-lower mnt-domains mnt-ref"

ROWS = (
    Row(IRT, "irt mnt-irt"),
    Row(NETNAME, "netname"),
    Row(OBJECT_NAME, f"{_MAINTAINERS} as-name referral-by"),
    Row(NIC_HANDLE, _HANDLES),
    Row(ORGANISATION, "organisation org sponsoring-org"),
    Row(ORG_NAME, "org-name role"),
    Row(PERSON, "person"),
    Row(SOURCE, "source"),
    Row(POEM, "poem"),
    Row(POETIC_FORM, "poetic-form form"),
    Row(APNIC_OBJECT_NAME, f"{_MAINTAINERS} as-name referral-by", registries="apnic"),
    Row(APNIC_NIC_HANDLE, _HANDLES, registries="apnic"),
    Row(APNIC_ORGANISATION, "organisation org sponsoring-org", registries="apnic"),
    Row(IRRD_NAME, f"{_HANDLES} mntner irt organisation key-cert source", registries="irrd"),
    Row(IRRD_LISTED_NAME, "mnt-by", registries="irrd"),
    Row(IRRD_MAINTAINERS_OR_ANY, "mbrs-by-ref", registries="irrd"),
    Row(IRRD_AS_NAME, "as-name", registries="irrd"),
)
"""Syntaxes of names, with the attributes that have them."""
