"""Free text, and short values: codes, numbers, coordinates, telephone numbers, states and types.

Which two letters are a country or a language is in `irtkit.schema.codes`, and which state an object may have
is a rule about its neighbours; here stands only what they look like.
"""

from typing import Final

from irtkit.rpsl.faults import shown
from irtkit.schema.syntax import Blemish, Fault, Row, Syntax, anything, compiled, matching, one_of

__all__ = ["ROWS", "STATUSES", "TEXT"]

_CITATION = "RIPE whois 1.124: AttributeSyntax, {}"
_APNIC = "APNIC whois of 2014: AttributeSyntaxImpl, {}"
_AFRINIC = "AFRINIC's branch of RIPE whois: {}"

STATUSES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("ripe", "inetnum"): (
        "ALLOCATED UNSPECIFIED",
        "ALLOCATED PA",
        "ALLOCATED-ASSIGNED PA",
        "LIR-PARTITIONED PA",
        "SUB-ALLOCATED PA",
        "AGGREGATED-BY-LIR",
        "ASSIGNED PA",
        "ASSIGNED PI",
        "ASSIGNED ANYCAST",
        "LEGACY",
    ),
    ("ripe", "inet6num"): (
        "ALLOCATED-BY-RIR",
        "ALLOCATED-BY-LIR",
        "AGGREGATED-BY-LIR",
        "ASSIGNED",
        "ASSIGNED PI",
        "ASSIGNED ANYCAST",
    ),
    ("ripe", "aut-num"): ("ASSIGNED", "LEGACY", "OTHER"),
    ("apnic", ""): (
        "ALLOCATED PORTABLE",
        "ALLOCATED NON-PORTABLE",
        "ASSIGNED PORTABLE",
        "ASSIGNED NON-PORTABLE",
    ),
    ("afrinic", "inetnum"): (
        "ALLOCATED UNSPECIFIED",
        "ALLOCATED PA",
        "SUB-ALLOCATED PA",
        "ASSIGNED PA",
        "ASSIGNED PI",
        "ASSIGNED ANYCAST",
    ),
    ("afrinic", "inet6num"): ("ALLOCATED UNSPECIFIED", "ALLOCATED-BY-RIR", "ASSIGNED PA", "ASSIGNED PI"),
}
"""States of a resource in upper case, by registry and class; an empty class stands for every class."""

_STATUS_SOURCES = {"ripe": "RIPE whois 1.124: attrs.{}Status", "apnic": _APNIC, "afrinic": _AFRINIC.format("{}Status")}


def _status(registry: str, class_name: str) -> Syntax:
    values = STATUSES[registry, class_name]
    source = "STATUS_SYNTAX" if registry == "apnic" else class_name.replace("-", "").capitalize()
    return Syntax(
        name="status",
        expected=f"one of {', '.join(values)}",
        example=values[-1],
        citation=_STATUS_SOURCES[registry].format(source),
        finder=one_of(values, f"{{}} is not a status{f' of an {class_name}' if class_name else ''}"),
    )


def _org_type(citation: str, *values: str) -> Syntax:
    return Syntax(
        name="type of an organisation",
        expected=f"one of {', '.join(values)}",
        example=values[-1],
        citation=citation,
        finder=one_of(values, "{} is not a type of organisation"),
    )


TEXT = Syntax(
    name="free text",
    expected="any text, or none",
    example="Example network",
    citation=_CITATION.format("FREE_FORM_SYNTAX"),
    finder=anything,
)
GENERATED = Syntax(
    name="generated value",
    expected="nothing: the registry writes it",
    example="2026-01-31T12:00:00Z",
    citation=_CITATION.format("GENERATED_SYNTAX"),
    finder=anything,
)
IRRD_GENERATED = Syntax(
    name=GENERATED.name,
    expected=GENERATED.expected,
    example=GENERATED.example,
    citation="IRRd 4.5: rpsl.parser, which writes it anew and lets any value through",
    finder=anything,
)
CERTIF = Syntax(
    name="line of a public key",
    expected="a line of the key in ASCII armour",
    example="-----BEGIN PGP PUBLIC KEY BLOCK-----",
    citation=_CITATION.format("CERTIF_SYNTAX"),
    finder=anything,
)
IRRD_TEXT = Syntax(
    name="free text",
    expected=TEXT.expected,
    example=TEXT.example,
    citation="IRRd 4.5: rpsl.fields, RPSLTextField",
    finder=anything,
)


def _two_letters(what: str, standard: str, example: str, constant: str) -> Syntax:
    return Syntax(
        name=f"code of a {what}",
        expected=f"two letters, as in {standard}",
        example=example,
        citation=_CITATION.format(constant),
        finder=matching(
            "[A-Z]{2}",
            Blemish(compiled(r"[^A-Z]++"), "{} is not a letter"),
            Blemish(compiled(r"\A..(.++)"), "{} is beyond the two letters"),
            otherwise="{} is only one letter",
        ),
    )


NUMBER = Syntax(
    name="number",
    expected="a decimal number",
    example="56",
    citation=_CITATION.format("NUMBER_SYNTAX"),
    finder=matching("[0-9]++", Blemish(compiled(r"[^0-9]++"), "{} is not a digit"), otherwise="{} is not a number"),
)

_DECIMAL = r"[+-]?((?:[0-9]*+\.)?[0-9]++)"
_GEOLOC = compiled(rf"{_DECIMAL}[ \t]+{_DECIMAL}")
_NO_GEOLOC = matching(
    r"(?!)",  # never: only its blemishes are asked for
    Blemish(compiled(r"[^0-9.+ -]++"), "{} cannot stand in a decimal number"),
    Blemish(compiled(r"(?<![^ ])(?![+-]?(?:[0-9]*+\.)?[0-9]++(?![^ ]))[^ ]++"), "{} is not a decimal number"),
    Blemish(compiled(r"\A[^ ]*+ [^ ]*+( .++)"), "{} follows the longitude"),
    otherwise="the longitude is missing after {}",
)


def _geoloc(value: str) -> Fault | None:
    match = _GEOLOC.fullmatch(value)
    if match is None:
        return _NO_GEOLOC(value)
    for group, (what, limit) in enumerate((("latitude", 90.0), ("longitude", 180.0)), 1):
        whole, _, part = match[group].partition(".")
        digits = whole.lstrip("0")
        if len(digits) > 3 or float(f"{digits or 0}.{part[:30] or 0}") > limit:
            return Fault(
                match.start(group), len(match[group]), f"{shown(match[group])} is no {what}: at most {limit:.0f}"
            )
    return None


GEOLOC = Syntax(
    name="place",
    expected="latitude and longitude in decimal degrees, with a blank between them",
    example="52.379 4.899",
    citation=_CITATION.format("GEOLOC_SYNTAX"),
    finder=_geoloc,
)

_PHONE = r"[+][0-9. -]+(?:[(][0-9. -]+[)][0-9. -]+)?(?:ext[.][0-9. -]+)?"
_NO_PLUS = "{} stands where + and the code of the country are expected"
_PHONE_BLEMISHES = (
    Blemish(compiled(r"ext(?!\.)"), "{} lacks its dot: ext."),
    Blemish(
        compiled(r"\A(?:tel:)?+(?:[0-9. ()+-]|ext\.)*+((?:(?!ext\.)[^0-9. ()+-])++)"),
        "{} cannot stand in a telephone number",
    ),
    Blemish(compiled(r"\A(?:tel:)?\+[0-9. -]*+[(][0-9. -]*+[)]()(?![0-9. -])"), "{} follows the number in parentheses"),
    Blemish(compiled(r"\A(?:tel:)?\+()\Z"), "{} follows the +"),
    Blemish(compiled(r"\A(?:tel:)?+.{30}(.++)"), "{} is beyond the 30 characters that a value may have"),
)
PHONE = Syntax(
    name="telephone number",
    expected="+ and digits, with blanks, dots and hyphens; a part in parentheses and ext. with digits may follow",
    example="+31 20 555 0100 ext. 12",
    citation=_CITATION.format("PHONE_SYNTAX"),
    finder=matching(
        rf"(?=.{{0,30}}\Z){_PHONE}",
        Blemish(compiled(r"\A(?:tel:|[^+])"), _NO_PLUS),
        *_PHONE_BLEMISHES,
        otherwise="{} is not a telephone number",
    ),
)
_APNIC_GROUP = r"[0-9. -]*[0-9][0-9. -]*"
APNIC_PHONE = Syntax(
    name="telephone number",
    expected=PHONE.expected,
    example="+61 7 5550 0100",
    citation=_APNIC.format("PHONE_SYNTAX"),
    finder=matching(
        rf"(?=.{{0,30}}\Z)\+ *[0-9][0-9. -]*(?:\({_APNIC_GROUP}\))?(?:{_APNIC_GROUP})?(?: +ext.{_APNIC_GROUP})?",
        Blemish(compiled(r"\A(?:tel:|[^+])"), _NO_PLUS),
        *_PHONE_BLEMISHES[1:],
        otherwise="{} is not a telephone number",
    ),
)
AFRINIC_PHONE = Syntax(
    name="telephone number",
    expected=f"tel: or nothing, then {PHONE.expected}",
    example="tel:+230-555-0100",
    citation=f"{_AFRINIC.format('AttributeSyntax, PHONE_SYNTAX')}; objects of 2018 have tel: before the number",
    finder=matching(
        rf"(?:tel:)?+(?=.{{0,30}}\Z){_PHONE}",
        Blemish(compiled(r"\A(?:tel:)?+([^+]|\Z)"), _NO_PLUS),
        *_PHONE_BLEMISHES,
        otherwise="{} is not a telephone number",
    ),
)

_AFRINIC_ORG_TYPES = "IANA RIR LIR EU-PI EU-AS MEMBER-ONLY CLOSED INACTIVE-MEMBER NON-REGISTRY OTHER"
_IRRD_TEXTS = (
    "address aggr-bndry aggr-mtd certif components country default descr dom-net domain export export-comps export-via"
    " fax-no filter fingerpr geoidx ifaddr import import-via inject interface method mp-default mp-export mp-filter"
    " mp-import mp-peer mp-peering netname nserver org-name owner peer peering person phone refer remarks rev-srv"
    " roa-uri role rpki-ov-state rs-in rs-out status sub-dom trouble"
)

ROWS = (
    Row(TEXT, "address descr remarks reg-nr text dom-net sub-dom refer parent"),
    Row(GENERATED, "created last-modified method owner fingerpr"),
    Row(CERTIF, "certif"),
    Row(_two_letters("country", "ISO 3166-1", "NL", "COUNTRY_CODE_SYNTAX"), "country"),
    Row(_two_letters("language", "ISO 639-1", "en", "LANGUAGE_CODE_SYNTAX"), "language"),
    Row(NUMBER, "assignment-size"),
    Row(GEOLOC, "geoloc"),
    Row(PHONE, "phone fax-no"),
    *(Row(_status(registry, name), "status", classes=name, registries=registry) for registry, name in STATUSES),
    Row(
        _org_type("RIPE whois 1.124: attrs.OrgType", "IANA", "RIR", "NIR", "LIR", "DIRECT_ASSIGNMENT", "OTHER"),
        "org-type",
    ),
    Row(APNIC_PHONE, "phone fax-no", registries="apnic"),
    Row(
        _org_type(_APNIC.format("ORG_TYPE_SYNTAX"), "IANA", "RIR", "NIR", "LIR", "NON-REGISTRY"),
        "org-type",
        registries="apnic",
    ),
    Row(AFRINIC_PHONE, "phone fax-no", registries="afrinic"),
    Row(
        _org_type(
            _AFRINIC.format("attrs.OrgType"),
            *_AFRINIC_ORG_TYPES.split(),
        ),
        "org-type",
        registries="afrinic",
    ),
    Row(IRRD_TEXT, _IRRD_TEXTS, registries="irrd"),
    Row(IRRD_GENERATED, "last-modified", registries="irrd"),
)
"""Syntaxes of texts and short values, with the attributes that have them."""
