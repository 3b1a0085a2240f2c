"""The other registries' own rules, where they differ from RIPE's, and RIPE's where they are not known.

« and » stand around what a fault points at, as in `test_syntaxes.py`.
"""

import pytest

from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.schema.syntax import Fault, Syntax
from irtkit.schema.syntaxes import ROWS, find_syntax
from irtkit.schema.syntaxes.texts import STATUSES

MD5 = "MD5-PW $1$abcdefgh$0123456789abcdefghij./"
BCRYPT = "BCRYPT-PW $2b$12${}".format("0" * 53)

ACCEPTED: dict[str, tuple[str, ...]] = {
    "apnic mntner mntner": ("MAINT-EXAMPLE-AP", "A", "ANY"),
    "apnic person nic-hdl": ("EX1-AP", "EX1-A_1", "AUTO-0"),
    "apnic organisation organisation": ("ORG-EX1-AP", "AUTO-0"),
    "apnic irt e-mail": ("abuse@example.net",),
    "apnic irt phone": ("+61 7 5550 0100", "+61-7 ext. 2"),
    "apnic irt auth": (MD5, "CRYPT-PW abcdefghijklm", "PGPKEY-0A1B2C3D", "X509-1"),
    "apnic inetnum status": ("ASSIGNED NON-PORTABLE", "allocated portable"),
    "apnic organisation org-type": ("NIR", "NON-REGISTRY"),
    "apnic inetnum netname": ("EXAMPLE-NET",),
    "afrinic irt e-mail": ("abuse@example.net",),
    "afrinic irt phone": ("+230 555 0100", "tel:+230-555-0100", f"tel:+{'1' * 29}"),
    "afrinic irt auth": (MD5, "PGPKEY-0A1B2C3D", "X509-1"),
    "afrinic inetnum status": ("ASSIGNED PA", "SUB-ALLOCATED PA"),
    "afrinic inet6num status": ("ALLOCATED-BY-RIR", "ASSIGNED PI"),
    "afrinic organisation org-type": ("EU-PI", "INACTIVE-MEMBER"),
    "irrd mntner mntner": ("EXAMPLE-MNT", "A" * 100),
    "irrd mntner mnt-by": ("EXAMPLE-MNT", ""),
    "irrd mntner auth": (MD5, "PGPKEY-0A1B2C3D", BCRYPT, "bcrypt-pw DummyValue", "IRRD-INTERNAL-AUTH"),
    "irrd irt irt": ("EXAMPLE",),
    "irrd irt e-mail": ("abuse@example.net", "abuse@[192.0.2.1]"),
    "irrd irt phone": ("call us",),
    "irrd person nic-hdl": ("EX1-RIPE", "ERIKA-EXAMPLE"),
    "irrd aut-num as-name": ("AS-EXAMPLE",),
    "irrd aut-num aut-num": ("AS064496",),
    "irrd as-block as-block": ("AS64496 - AS64511",),
    "irrd as-block last-modified": ("2026-01-31T12:00:00Z",),
    "irrd aut-num import": ("anything goes",),
    "irrd aut-num member-of": ("AS-EXAMPLE", ""),
    "irrd as-set as-set": ("AS-EXAMPLE", "AS01:AS-EXAMPLE", "AS1:AS2:AS3:AS4:AS-EXAMPLE"),
    "irrd as-set members": ("AS01", "AS-EXAMPLE", ""),
    "irrd as-set mbrs-by-ref": ("ANY", "EXAMPLE-MNT", ""),
    "irrd route-set members": ("192.0.2.1", "192.0.2.0/24^+", "RS-EXAMPLE^25", "AS-EXAMPLE", "AS064496", ""),
    "irrd route-set mp-members": ("2001:db8::", "2001:db8::/32^48"),
    "irrd rtr-set members": ("router1.example.net", "RTRS-EXAMPLE"),
    "irrd inet-rtr inet-rtr": ("router1.example.net",),
    "irrd route route": ("192.0.2.0/24",),
    "irrd route holes": ("192.0.2.0/25", ""),
    "irrd route6 route6": ("2001:db8::/32",),
    "irrd inetnum inetnum": ("192.0.2.0 - 192.0.2.255",),
    "irrd inetnum country": ("Netherlands",),
    "irrd inetnum status": ("anything goes",),
    "irrd inetnum geofeed": ("http://localhost/g.csv", "https://[2001:db8::1]/"),
    "irrd inetnum changed": ("erika@example.net 20260131", "erika@example.net"),
}
"""Values that are valid, by registry, class and attribute."""

REFUSED: tuple[tuple[str, str, str], ...] = (
    ("apnic mntner mntner", "EXAMPLE«-»", '"-" cannot end a name'),
    ("apnic person nic-hdl", "«EXAMP»1-AP", '"EXAMP" is more than four letters'),
    ("apnic person nic-hdl", "«EX1-1A»", '"EX1-1A" is not a nic-hdl'),
    ("apnic person nic-hdl", "AUTO-«A»", 'AUTO- is followed by "A", not by a number'),
    ("apnic irt e-mail", "abuse@«localhost»", 'the domain "localhost" has no dot'),
    ("apnic irt e-mail", "Team« »<abuse@example.net>", '" " cannot stand in an address'),
    ("apnic irt e-mail", "a" * 68 + "@example.net«x»", '"x" is beyond the 80 characters that a value may have'),
    ("apnic irt phone", "+61 «x»", '"x" cannot stand in a telephone number'),
    ("apnic irt auth", "«NONE»", '"NONE" begins with none of PGPKEY-, X509-, MD5-PW and CRYPT-PW'),
    ("apnic inetnum status", "«ASSIGNED PA»", '"ASSIGNED PA" is not a status'),
    ("apnic organisation org-type", "«OTHER»", '"OTHER" is not a type of organisation'),
    ("afrinic irt e-mail", "abuse@«localhost»", 'the domain "localhost" has no dot'),
    ("afrinic irt e-mail", "abuse«»", "the @ and a domain are missing after the value"),
    ("afrinic irt phone", "tel:«2»30", '"2" stands where + and the code of the country are expected'),
    ("afrinic irt phone", f"tel:+{'1' * 29}«2»", '"2" is beyond the 30 characters that a value may have'),
    (
        "afrinic irt auth",
        "«SSO» erika@example.net",
        '"SSO" is none of PGPKEY-, X509- and MD5-PW',
    ),
    ("afrinic inetnum status", "«LEGACY»", '"LEGACY" is not a status of an inetnum'),
    ("afrinic organisation org-type", "«DIRECT_ASSIGNMENT»", '"DIRECT_ASSIGNMENT" is not a type of organisation'),
    ("irrd mntner mntner", "«AS-»EXAMPLE", 'names that begin with "AS-" are reserved'),
    ("irrd mntner mntner", "«ANY»", '"ANY" is a reserved word of RPSL'),
    ("irrd mntner mntner", "«»", "the value is empty"),
    ("irrd aut-num as-name", "«RS-»EXAMPLE", 'names that begin with "RS-" are reserved'),
    ("irrd mntner auth", "PGPKEY-12«XY»5678", '"XY" is not hexadecimal in a key-cert name'),
    ("irrd mntner auth", "«CRYPT-PW» abc", '"CRYPT-PW" is none of PGPKEY-, MD5-PW and BCRYPT-PW'),
    ("irrd mntner auth", "MD5-PW«»", "the scheme is not followed by a blank and a hash"),
    ("irrd mntner auth", "MD5-PW a« b»", "something follows the hash"),
    ("irrd mntner auth", "BCRYPT-PW $2b$«17»$" + "0" * 53, '"17" is no cost from 04 to 16'),
    ("irrd mntner auth", "BCRYPT-PW «secret»", "what follows is not a hash that bcrypt made"),
    ("irrd as-set as-set", "«AS64496»", 'no part of "AS64496" is the name of an as-set'),
    ("irrd as-set as-set", "«EXAMPLE»:AS-X", '"EXAMPLE" is neither an AS number nor the name of an as-set'),
    ("irrd as-set as-set", "«AS1:AS2:AS3:AS4:AS5:AS-X»", "the name has more than 5 parts"),
    ("irrd as-set members", "«RS-EXAMPLE»", '"RS-EXAMPLE" is neither an AS number nor the name of an as-set'),
    ("irrd route-set members", "RS-EXAMPLE^«»", "no number, + or - follows ^"),
    ("irrd route-set members", "«EXAMPLE»", '"EXAMPLE" is no prefix, route-set, as-set or AS number'),
    ("irrd inet-rtr inet-rtr", "router1.example.net«.»", '"." ends the name'),
    ("irrd route route", "«192.0.2»/24", '"192.0.2" is not a complete address'),
    ("irrd route route", "«192.0.2.0/24^+»", '"192.0.2.0/24^+" is not a plain prefix'),
    ("irrd route6 route6", "«2001:db8::1»/32", '"2001:db8::1" has host bits that are not zero for /32'),
    ("irrd inetnum geofeed", "«ftp:»//example.net/", '"ftp:" is neither http: nor https:'),
    ("irrd inetnum geofeed", "https:«»", "nothing stands where // and a host are expected"),
    ("irrd inetnum changed", "erika@example.net «2026»", '"2026" is not a date: eight digits, year, month and day'),
)
"""Values that are not, and what is said of them."""


def syntax_of(place: str) -> Syntax:
    """The syntax of "registry class attribute"."""
    syntax = find_syntax(*place.split())
    assert syntax is not None, place
    return syntax


@pytest.mark.parametrize(("place", "value"), [(place, value) for place in ACCEPTED for value in ACCEPTED[place]])
def test_a_registry_takes_its_own_values(place: str, value: str) -> None:
    """Its rule is its own row, or one that it shares with RIPE."""
    assert syntax_of(place).find_fault(value) is None


@pytest.mark.parametrize(("place", "marked", "message"), REFUSED)
def test_a_registry_refuses_what_others_may_take(place: str, marked: str, message: str) -> None:
    """And says what is wrong, and where."""
    before, _, rest = marked.partition("«")
    found, _, after = rest.partition("»")
    assert syntax_of(place).find_fault(before + found + after) == Fault(len(before), max(1, len(found)), message)


@pytest.mark.parametrize("registry", ["apnic", "afrinic", "irrd"])
def test_every_own_rule_cites_its_own_source(registry: str) -> None:
    """What was found out about a registry is not said to be RIPE's."""
    own = {row.syntax.citation for row in ROWS if registry in row.registries.split()}
    assert own
    assert [citation for citation in own if citation.startswith("RIPE whois 1.124") or "not known" in citation] == []


@pytest.mark.parametrize("registry", ["apnic", "afrinic"])
def test_a_borrowed_rule_says_so(registry: str) -> None:
    """What was not found out about a registry is RIPE's rule, and the citation does not pretend otherwise."""
    borrowed, lender = syntax_of(f"{registry} person remarks"), syntax_of("ripe person remarks")
    assert borrowed.citation == f"{lender.citation}; taken for {registry}, whose rule is not known"
    assert (borrowed.name, borrowed.finder) == (lender.name, lender.finder)


def test_all_rules_of_irrd_are_known() -> None:
    """IRRd's source is open, so nothing of it is borrowed."""
    places = [("irrd", name, row.name) for name, found in SCHEMAS["irrd"].templates.items() for row in found.rows]
    assert [place for place in places if not syntax_of(" ".join(place)).citation.startswith("IRRd 4.5: ")] == []


def test_states_are_rows_of_classes() -> None:
    """A status is judged by the class it stands in, and each list is in capitals and without repetition."""
    for (registry, class_name), states in STATUSES.items():
        assert len(set(states)) == len(states)
        syntax = syntax_of(f"{registry} {class_name or 'inet6num'} status")
        for state in states:
            assert state == state.upper()
            assert syntax.find_fault(state.lower()) is None
