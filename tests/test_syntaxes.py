"""Every attribute has a syntax, and RIPE's syntaxes take and refuse what RIPE's server does.

In a refused value, « and » stand around what the fault points at; with nothing between them, something is missing
there. The languages of routing policies are in `test_syntaxes_policies.py`, the other registries' own rules in
`test_syntaxes_registries.py`.
"""

import pytest

from irtkit.rpsl import Attribute
from irtkit.schema.codes import COUNTRY_CODES, LANGUAGE_CODES
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.schema.syntax import Fault, Syntax, exceeds
from irtkit.schema.syntaxes import ROWS, find_syntax

LONG = "A" * 80
SHA1 = "0123456789" * 4

ACCEPTED: dict[str, tuple[str, ...]] = {
    # names
    "irt irt": ("IRT-EXAMPLE", "irt-1", "irt--a"),
    "inetnum netname": ("EXAMPLE-NET", "A", "ANY", "E_1", LONG),
    "mntner mntner": ("EXAMPLE-MNT", "e1", "OUTBOUND1", LONG),
    "mntner source": ("RIPE", "TEST"),
    "person nic-hdl": ("EX1-RIPE", "EX", "exam999999", "EX-RIPE", "AUTO-1", "AUTO-12AB"),
    "organisation organisation": ("ORG-EX1-RIPE", "ORG-EX-RIPE", "AUTO-1", "AUTO-1EX"),
    "role role": ("Example Response Team", '3 [b] (c) "d" *@,&:!\'`+/-._', "a\tb", " ".join(["a"] * 30)),
    "person person": ("Erika Example", "Erika 2nd Example", "E. O'Neil-Example", " ".join(["Ab"] * 10)),
    "poem poem": ("POEM-EXAMPLE", "poem-1_"),
    "poem form": ("FORM-HAIKU",),
    # addresses
    "inetnum inetnum": ("192.0.2.0 - 192.0.2.255", "192.0.2.0-192.0.2.0", "192.0.2.0/24", "192.0.2/24", "192.0.2.1"),
    "inet6num inet6num": ("2001:db8::/32", "2001:DB8::1", "[2001:db8::]/32", "2001:db8::1/32"),
    "route route": ("192.0.2.0/24", "192.0.2/24"),
    "route6 route6": ("2001:db8::/32",),
    "route holes": ("192.0.2.0/25", "192.0.2.128 - 192.0.2.255", "192.0.2.0/25, 192.0.2.128/25"),
    "route6 holes": ("2001:db8::/48",),
    "route pingable": ("192.0.2.1", "2001:db8::1"),
    # hosts
    "domain domain": (
        "2.0.192.in-addr.arpa",
        "192.in-addr.arpa.",
        "0-63.2.0.192.IN-ADDR.ARPA",
        "8.B.d.0.1.0.0.2.ip6.arpa",
        "4.3.2.1.e164.arpa",
    ),
    "domain nserver": ("ns1.example.net", "NS1.example.net.", "ns1.example.net 192.0.2.1", "ns1 2001:db8::1"),
    "domain ds-rdata": (f"60485 5 1 {SHA1}", f"0 0 1 ( {SHA1[:20]} {SHA1[20:]} )", "1 1 9 abc", "0" * 5000 + "1 1 9 a"),
    "inet-rtr inet-rtr": ("router1.example.net", "router_1.example.net."),
    "inet-rtr alias": ("router-1.example.net",),
    # AS numbers, sets and their members
    "aut-num aut-num": ("AS64496", "as0", "AS4294967295"),
    "as-block as-block": ("AS64496 - AS64511", "AS64496-as64496"),
    "as-set as-set": ("AS-EXAMPLE", "AS64496:AS-EXAMPLE", "as-example:AS64496:AS-EXAMPLE-2"),
    "route-set route-set": ("RS-EXAMPLE", "AS64496:RS-EXAMPLE"),
    "rtr-set rtr-set": ("RTRS-EXAMPLE", "AS64496:RTRS-EXAMPLE"),
    "filter-set filter-set": ("FLTR-EXAMPLE",),
    "peering-set peering-set": ("PRNG-EXAMPLE",),
    "aut-num member-of": ("AS-EXAMPLE", "AS64496:AS-EXAMPLE, AS-EXAMPLE"),
    "route member-of": ("RS-EXAMPLE",),
    "inet-rtr member-of": ("RTRS-EXAMPLE",),
    "as-set members": ("AS64496", "AS-EXAMPLE, AS64496:AS-EXAMPLE"),
    "route-set members": (
        "192.0.2.0/24",
        "192.0.2.0/24^+",
        "192.0.2.0/24^25-26",
        "RS-EXAMPLE^-",
        "AS64496",
        "AS-EXAMPLE",
    ),
    "route-set mp-members": ("2001:db8::/32^48", "192.0.2.0/24", "RS-EXAMPLE"),
    "rtr-set members": ("router1.example.net", "RTRS-EXAMPLE", "192.0.2.1"),
    "rtr-set mp-members": ("2001:db8::1", "router1.example.net"),
    "as-set mbrs-by-ref": ("ANY", "EXAMPLE-MNT"),
    "inetnum mnt-routes": ("EXAMPLE-MNT", "EXAMPLE-MNT any", "EXAMPLE-MNT {192.0.2.0/24^+, 2001:db8::/32}"),
    # ways to reach somebody
    "role e-mail": (
        "abuse@example.net",
        "Example Team <abuse@example.net>",
        '"Team, Example" <abuse+tag@example.net>',
        '"a b"@example.net',
        "abuse@example.net (the team)",
        "abuse@localhost",
        "abuse@[192.0.2.1]",
        "abuse@münchen.example",
    ),
    "inetnum changed": ("erika@example.net 20260131", "erika@example.net"),
    "irt contact": (
        "https://example.net/report?a=%20#b",
        "mailto:abuse@example.net",
        "tel:+31205550100",
        "https://[2001:db8::1]/",
    ),
    "inetnum geofeed": (
        "https://example.net/geofeed.csv",
        "HTTPS://www.example.net:8443/g?x=1",
        "https://192.0.2.1/g.csv",
    ),
    "inet6num prefixlen": ("https://example.net/prefixlen.csv",),
    "irt phone": ("+31 20 555 0100", "+31.20-5550100", "+31 (0) 20 EXT. 12"),
    # keys
    "mntner auth": (
        "PGPKEY-0A1B2C3D",
        "pgpkey-0a1b2c3d",
        "X509-1",
        "SSO erika@example.net",
        "MD5-PW $1$abcdefgh$0123456789abcdefghij./",
    ),
    "key-cert key-cert": ("PGPKEY-0A1B2C3D", "X509-12", "AUTO-1"),
    "irt encryption": ("PGPKEY-0A1B2C3D", "AUTO-12"),
    # short values
    "inetnum country": ("NL", "xx"),
    "organisation language": ("en",),
    "inet6num assignment-size": ("48", "129"),
    "inetnum geoloc": ("52.379 4.899", "-90 +180", ".5  0.0"),
    "inetnum status": ("ASSIGNED PA", "assigned pa", "LEGACY"),
    "inet6num status": ("ASSIGNED", "AGGREGATED-BY-LIR"),
    "aut-num status": ("OTHER",),
    "organisation org-type": ("LIR", "other", "DIRECT_ASSIGNMENT"),
    "inetnum descr": ("", "Example network: 100 % #"),
    "irt created": ("", "2026-01-31T12:00:00Z"),
}
"""Values that are valid, by class and attribute; they are split at commas where the attribute is a list."""

REFUSED: tuple[tuple[str, str, str], ...] = (
    # names
    ("irt irt", "«IRT_EXAMPLE»", '"IRT_EXAMPLE" is not how an irt name begins'),
    ("irt irt", "IRT-EX«. »AMPLE", '". " cannot stand in a name'),
    ("irt irt", "irt«-»", '"-" cannot end a name'),
    ("irt irt", "«»", "the value is empty"),
    ("inetnum netname", "«1»NET", '"1" cannot begin a netname'),
    ("inetnum netname", "NET«_»", '"_" cannot end a name'),
    ("inetnum netname", f"{LONG}«BC»", '"BC" is beyond the 80 characters that a value may have'),
    ("mntner mntner", "«as-any»", '"as-any" is a reserved word of RPSL'),
    ("mntner mntner", "«A»", '"A" is too short'),
    ("mntner mntner", "M«Ü»NT", '"Ü" cannot stand in a name'),
    ("mntner source", "«9»X", '"9" cannot begin a name'),
    ("person nic-hdl", "«EXAMP»1-RIPE", '"EXAMP" is more than four letters'),
    ("person nic-hdl", "EX«01»-RIPE", '"01" begins with a zero'),
    ("person nic-hdl", "EX«1234567»-RIPE", '"1234567" is more than six digits'),
    ("person nic-hdl", "EX1-«R»", 'the hyphen is followed by "R", not by 2 to 10 letters'),
    ("person nic-hdl", "EX1-«»", "the hyphen is followed by nothing, not by 2 to 10 letters"),
    ("person nic-hdl", "EX1-«ABCDEFGHIJK»", '"ABCDEFGHIJK" is more than ten letters'),
    ("person nic-hdl", "AUTO-«0»", 'AUTO- is followed by "0", not by a number from 1 up'),
    ("person nic-hdl", "«E1»", '"E1" is not a nic-hdl'),
    ("organisation org", "«EX1-»RIPE", '"EX1-" is not how an organisation\'s ID begins'),
    ("organisation org", "«ORG-EX1»", 'the hyphen and the source are missing after "ORG-EX1"'),
    ("organisation org", "ORG-EX1-«»", "the hyphen is followed by nothing, not by the name of a source"),
    ("organisation org", "ORG-EX1-«R»", 'the hyphen is followed by "R", not by the name of a source'),
    ("role role", "Example«;» Team", '";" cannot stand in a name'),
    ("role role", " ".join(["a"] * 30) + " «b c»", '"b c" is beyond the 30 words that a name may have'),
    ("person person", "«Erika»", '"Erika" is only one word'),
    ("person person", "«Erika 2»", 'no second word of "Erika 2" begins with a letter'),
    ("person person", "«1» Erika", '"1" cannot begin a person\'s name'),
    ("person person", "Erika «É»", '"É" cannot stand in a person\'s name'),
    ("poem poem", "«FORM-»EXAMPLE", '"FORM-" is not how the name of a poem begins'),
    # addresses
    ("inetnum inetnum", "192.0.2.9 -« 192.0.2.0»", 'expected 192.0.2.9 or a later address, found " 192.0.2.0"'),
    ("inetnum inetnum", "192.0.2.0 - 192.0.2.«256»", 'expected an octet from 0 to 255, found "256"'),
    ("inetnum inetnum", "«192.0.2.1/24»", 'expected zero host bits, as in 192.0.2.0/24, found "192.0.2.1/24"'),
    ("inetnum inetnum", "192.0.2.0 - «»", "expected an octet from 0 to 255, found nothing"),
    ("inet6num inet6num", "2001:db8::/«129»", 'expected a prefix length from 0 to 128, found "129"'),
    ("route route", "192.0.2.0«»", "the prefix length is missing"),
    ("route route", "192.0.2.0 «-» 192.0.2.255", "a range stands where a prefix is expected"),
    ("route6 route6", "2001:db8::«»", "the prefix length is missing"),
    ("route pingable", "«192.0.2.0/24»", '"192.0.2.0/24" is 256 addresses, not one'),
    # hosts
    ("domain domain", "«0-255».2.0.192.in-addr.arpa", '"0-255" is the whole of the enclosing zone'),
    ("domain domain", "«63-0».2.0.192.in-addr.arpa", '"63-0" ends before it begins'),
    ("domain domain", "«0-3».0.192.in-addr.arpa", '"0-3" is a range, which only the fourth octet may be'),
    ("domain domain", "2.«256».192.in-addr.arpa", '"256" is not an octet without leading zeros'),
    ("domain domain", "«02».0.192.in-addr.arpa", '"02" is not an octet without leading zeros'),
    ("domain domain", "8.«x».ip6.arpa", '"x" is not one hexadecimal digit'),
    ("domain domain", "0." * 32 + "«0.»ip6.arpa", "an IPv6 address has no more than 32 digits"),
    ("domain domain", "1.«a».e164.arpa", '"a" is not one digit'),
    ("domain domain", "«in-addr.arpa»", '"in-addr.arpa" is the whole tree'),
    ("domain domain", "www.«example.net»", '"example.net" is none of in-addr.arpa, ip6.arpa and e164.arpa'),
    ("domain nserver", "ns«_»1.example.net", '"_" cannot stand in the name of a host'),
    ("domain nserver", "ns1«-».example.net", '"-" stands at an edge of a label'),
    ("domain nserver", "ns1.«.»example.net", '"." follows no label'),
    ("domain nserver", "ns1.example.net 192.0.2.1 «192.0.2.2»", '"192.0.2.2" is a second address'),
    ("domain nserver", "ns1.example.net «192.0.2.0/24»", '"192.0.2.0/24" is 256 addresses, not one'),
    ("domain ds-rdata", f"«65536» 5 1 {SHA1}", '"65536" is no key tag: at most 65535'),
    ("domain ds-rdata", f"1 «256» 1 {SHA1}", '"256" is no algorithm: at most 255'),
    ("domain ds-rdata", "1 1 01 «abc»", "a digest of type 1 has 40 hexadecimal digits, not 3"),
    ("domain ds-rdata", "1 1 1 «xyz»", '"xyz" is not hexadecimal'),
    ("domain ds-rdata", f"1 «one» 1 {SHA1}", '"one" is not a number'),
    ("domain ds-rdata", "1 1 1«»", "nothing follows: three numbers and a digest are expected"),
    ("inet-rtr alias", "router«_»1.example.net", '"_" cannot stand in the name of a host'),
    ("inet-rtr inet-rtr", "«-»router1.example.net", '"-" stands at an edge of a label'),
    # AS numbers, sets and their members
    ("aut-num aut-num", "AS«4294967296»", '"4294967296" is beyond the last AS number, 4294967295'),
    ("aut-num aut-num", "AS«01»", '"01" begins with a zero'),
    ("aut-num aut-num", "«64»496", '"64" stands where AS is expected'),
    ("aut-num aut-num", "AS1«.»1", '"." is not a digit'),
    ("aut-num aut-num", "AS«»", "AS is followed by nothing, not by a number"),
    ("as-block as-block", "«AS64511 - AS64496»", '"AS64511 - AS64496" ends before it begins'),
    ("as-block as-block", "AS64496«»", "the hyphen and the last AS number are missing"),
    ("as-block as-block", "AS64496 - «64»511", '"64" stands where AS is expected'),
    ("as-set as-set", "«AS64496»", 'no part of "AS64496" is the name of an as-set'),
    ("as-set as-set", "AS64496:«RS-EXAMPLE»", '"RS-EXAMPLE" is neither an AS number nor the name of an as-set'),
    ("as-set as-set", "AS-EX«!»", '"!" cannot stand in a name'),
    ("as-set as-set", "AS64496:«»", "no part of the name stands before or behind the colon"),
    ("as-set as-set", f"AS-{LONG[3:]}«B»", "the name has more than 80 characters"),
    ("peering-set peering-set", "«PRNG»", '"PRNG" is neither an AS number nor the name of a peering-set'),
    ("rtr-set rtr-set", "«AS1»:RTRS-EXAMPLE", '"AS1" is too short to stand in the name of a rtr-set'),
    ("as-set members", "«EX»AMPLE", '"EX" stands where AS is expected'),
    ("as-set members", "«RS-EXAMPLE»", '"RS-EXAMPLE" is neither an AS number nor the name of an as-set'),
    ("route-set members", "192.0.2.0/24«^26-25»", '"^26-25" ends before it begins'),
    ("route-set members", "192.0.2.0/24«^23»", '"^23" is about prefixes shorter than /24'),
    ("route-set members", "192.0.2.0/24«^33»", '"^33" is about prefixes longer than /32'),
    ("route-set members", "«192.0.2»/24", '"192.0.2" is not a complete address'),
    ("route-set members", "«2001:db8::»/32", '"2001:db8::" is an IPv6 address, and no other family is allowed here'),
    ("route-set members", "«EXAMPLE»", '"EXAMPLE" is no prefix, route-set, as-set or AS number'),
    ("rtr-set members", "«2001»:db8::1", '"2001" is neither an AS number nor the name of a rtr-set'),
    ("inetnum mnt-routes", "EXAMPLE-MNT {192.0.2.0/24«»", "nothing closes the list, as a brace does"),
    ("inetnum mnt-routes", "EXAMPLE-MNT «ALL»", '"ALL" is neither ANY nor a list in braces'),
    ("inetnum mnt-routes", "EXAMPLE-MNT {192.0.2.0/24, «192.0.2.0»}", '"192.0.2.0" is not a prefix'),
    ("inetnum mnt-routes", "«E» ANY", '"E" is too short for the name of a maintainer'),
    # ways to reach somebody
    ("role e-mail", "abuse«»", "the @ and a domain are missing"),
    ("role e-mail", "abuse@example«.».net", "a dot stands where a label of the domain is expected"),
    ("role e-mail", "«.»abuse@example.net", "a dot stands where the local part needs another character"),
    ("role e-mail", "abuse@exa«_»mple.net", '"_" cannot stand in a domain'),
    ("role e-mail", "«é»@example.net", '"é" is not ASCII, as a local part is'),
    ("role e-mail", "a« »b@example.net", '" " cannot stand in a local part that is not quoted'),
    ("role e-mail", "a@example.net, «b@example.net»", "a second mailbox stands where one is expected"),
    ("role e-mail", "a@example.net «b@example.net»", '"b@example.net" is a second mailbox, where one is expected'),
    ("role e-mail", "Team «<abuse@example.net»", "the > that ends this is missing"),
    ("role e-mail", "team«:» a@example.net;", "a group of mailboxes begins here, where one mailbox is expected"),
    ("role e-mail", "Team <a@example.net> «<»b@example.net>", "a second address begins here"),
    ("role e-mail", "«@»example.net", "the local part is missing"),
    ("role e-mail", "abuse«@»", "the domain is missing"),
    ("role e-mail", "a" * 308 + "@example.net«x»", "the address has more than 320 characters"),
    ("inetnum changed", "erika@example.net «20261301»", '"20261301" is not a date: eight digits, year, month and day'),
    ("irt contact", "«abuse@example.net»", '"abuse@example.net" is not a scheme, such as https:'),
    ("irt contact", "https://example.net/a« »b", '" " cannot stand in a URI: no blank can'),
    ("irt contact", "https://example.net/«%zz»", '"%zz" is not % and two hexadecimal digits'),
    ("irt contact", "https://example.net/«<»a>", '"<" cannot stand in a URI unless it is escaped'),
    ("irt contact", "https://example.net/#a«#b»", '"#b" is a second fragment'),
    ("irt contact", "https:«»", "nothing follows the scheme"),
    ("inetnum geofeed", "«http»://example.net/g.csv", '"http" stands where https is expected'),
    ("inetnum geofeed", "https://«localhost»/g.csv", 'the name "localhost" has no dot'),
    ("inetnum geofeed", "https://example.«test»/g.csv", '"test" is no public top-level domain'),
    ("inetnum geofeed", "https://«192.0.2.300»/g.csv", '"192.0.2.300" is not an address'),
    ("inetnum geofeed", "https://example.net:«65536»/", '"65536" is not a port'),
    ("inetnum geofeed", "https://«-a».example.net/", '"-a" is not a label of a host\'s name'),
    ("inetnum geofeed", "https://example.net/a«//»b", "two slashes stand together in the path"),
    ("inetnum geofeed", "https://example.net«/..»/a", "the path leads out of its root"),
    ("inetnum geofeed", "https://example.net«/a/./../..»/b", "the path leads out of its root"),
    ("inetnum geofeed", "https://«/»g.csv", "the host is missing"),
    ("irt phone", "«0»031 20", '"0" stands where + and the code of the country are expected'),
    ("irt phone", "«tel:»+31 20", '"tel:" stands where + and the code of the country are expected'),
    ("irt phone", "+31 20 «ext» 12", '"ext" lacks its dot: ext.'),
    ("irt phone", "+31 20 «ask» Erika", '"ask" cannot stand in a telephone number'),
    ("irt phone", "+31 (20)«»", "nothing follows the number in parentheses"),
    ("irt phone", "+«»", "nothing follows the +"),
    ("irt phone", f"+{'1' * 29}«2»", '"2" is beyond the 30 characters that a value may have'),
    # keys
    ("irt auth", "PGPKEY-12«XY»5678", '"XY" is not hexadecimal in a key-cert name'),
    ("irt auth", "PGPKEY-«1234567»", 'PGPKEY- is followed by "1234567", not by 8 hexadecimal digits'),
    ("irt auth", "X509-«0»", 'the hyphen is followed by "0", not by a number from 1 up'),
    ("irt auth", "MD5-PW«»", "MD5-PW is not followed by a blank and a hash"),
    ("irt auth", "MD5-PW «secret»", "what follows is not $1$, as an MD5 hash begins"),
    ("irt auth", "MD5-PW $1$«abcdefghi»$0", "$1$ is not followed by a salt of 1 to 8 characters"),
    ("irt auth", "MD5-PW $1$a$«b»", "the salt is not followed by 22 letters, digits, dots and slashes"),
    ("irt auth", "SSO «erika»", 'SSO is followed by "erika", not by the account\'s mailbox'),
    ("irt auth", "«NONE»", '"NONE" begins with none of PGPKEY-, X509-, SSO and MD5-PW'),
    ("key-cert key-cert", "AUTO-1«A»", '"A" follows the number'),
    # short values
    ("inetnum country", "«N»", '"N" is only one letter'),
    ("inetnum country", "NL«D»", '"D" is beyond the two letters'),
    ("inetnum country", "N«1»", '"1" is not a letter'),
    ("inet6num assignment-size", "«/»48", '"/" is not a digit'),
    ("inetnum geoloc", "«90.1» 0", '"90.1" is no latitude: at most 90'),
    ("inetnum geoloc", "0 -«180.01»", '"180.01" is no longitude: at most 180'),
    ("inetnum geoloc", "52.37«,»4.89", '"," cannot stand in a decimal number'),
    ("inetnum geoloc", "«52.37»", 'the longitude is missing after "52.37"'),
    ("inetnum geoloc", "«5.» 5", '"5." is not a decimal number'),
    ("inetnum geoloc", "1 2« 3»", '" 3" follows the longitude'),
    ("inetnum status", "«ASSIGNED»", '"ASSIGNED" is not a status of an inetnum'),
    ("inet6num status", "«ASSIGNED PA»", '"ASSIGNED PA" is not a status of an inet6num'),
    ("organisation org-type", "«NON-REGISTRY»", '"NON-REGISTRY" is not a type of organisation'),
)
"""Values that are not, and what is said of them."""

EVERY_ROW = [
    (registry, class_name, row.name)
    for registry, schema in SCHEMAS.items()
    for class_name, template in schema.templates.items()
    for row in template.rows
]
SYNTAXES = list({id(row.syntax): row.syntax for row in ROWS}.values())


def syntax_of(place: str) -> Syntax:
    """The syntax of "class attribute" at RIPE."""
    syntax = find_syntax("ripe", *place.split())
    assert syntax is not None, place
    return syntax


def test_every_attribute_of_every_registry_has_a_syntax() -> None:
    """Each row of each template finds one, free text included."""
    assert [row for row in EVERY_ROW if find_syntax(*row) is None] == []


def test_every_syntax_is_of_an_attribute_that_exists() -> None:
    """Each name in a row is in a template of some registry, and each registry and class has a schema."""
    assert {name for row in ROWS for name in row.attributes.split()} <= {name for _, _, name in EVERY_ROW}
    assert {name for row in ROWS for name in row.classes.split()} <= {name for _, name, _ in EVERY_ROW}
    assert {name for row in ROWS for name in row.registries.split()} == set(SCHEMAS)


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda syntax: syntax.name)
def test_every_syntax_speaks_for_itself(syntax: Syntax) -> None:
    """It has a name, says what is expected with a valid example, and where the rule stands."""
    assert syntax.find_fault(syntax.example) is None
    for text in (syntax.name, syntax.expected, syntax.example, syntax.citation):
        assert text == text.strip() != ""
        assert text.isprintable()
    assert not syntax.expected.endswith(".")


@pytest.mark.parametrize(("place", "value"), [(place, value) for place in ACCEPTED for value in ACCEPTED[place]])
def test_a_valid_value_has_no_fault(place: str, value: str) -> None:
    """RIPE's server takes it."""
    for element in Attribute(f"{place.split()[1]}:{value}", 1).values:
        assert syntax_of(place).find_fault(element) is None


@pytest.mark.parametrize(("place", "marked", "message"), REFUSED)
def test_a_fault_says_what_is_wrong_and_where(place: str, marked: str, message: str) -> None:
    """RIPE's server refuses the value; the fault points at what a reader would point at."""
    before, _, rest = marked.partition("«")
    found, _, after = rest.partition("»")
    fault = syntax_of(place).find_fault(before + found + after)
    assert fault == Fault(len(before), max(1, len(found)), message)


def test_every_syntax_of_ripe_is_tried() -> None:
    """A value of every attribute with a rule stands in a table here or in that of the policies."""
    tried = {id(syntax_of(place)) for place in ACCEPTED}
    policies = {row.syntax.name for row in ROWS if "Parser" in row.syntax.citation} - {"mailbox"}
    missing = {row.syntax.name for row in ROWS if row.registries == "ripe" and id(row.syntax) not in tried} - policies
    assert missing == {"line of a public key"}


def test_control_characters_are_escaped() -> None:
    """A value that tampers with terminals cannot do so through a message."""
    fault = syntax_of("mntner mntner").find_fault("EX\x1b[2J\nMNT")
    assert fault is not None
    assert fault.message.isprintable()
    assert (fault.offset, fault.length) == (2, 2)


def test_a_fault_moves_with_its_text() -> None:
    """What was judged may be a part of a value."""
    assert Fault(2, 3, "wrong").moved(5) == Fault(7, 3, "wrong")


def test_an_unknown_attribute_has_no_syntax() -> None:
    """Neither one that no registry has, nor one of another class."""
    assert find_syntax("ripe", "irt", "colour") is None
    assert find_syntax("ripe", "irt", "members") is None


@pytest.mark.parametrize(("digits", "is_more"), [("10", False), ("11", True), ("0010", False), ("", False)])
def test_a_number_may_have_any_number_of_digits(digits: str, is_more: bool) -> None:
    """Comparing needs no conversion that Python limits."""
    assert exceeds(digits, 10) is is_more
    assert exceeds("0" * 10_000 + digits, 10) is is_more
    assert exceeds("9" * 10_000 + digits, 10)


@pytest.mark.parametrize("lists", [COUNTRY_CODES, LANGUAGE_CODES])
def test_every_list_of_codes_is_dated_and_cited(lists: dict[str, tuple[frozenset[str], str, str]]) -> None:
    """It says when and where it was read, and its codes are two capitals, as its syntax has them."""
    for registry, (codes, date, citation) in lists.items():
        assert registry in SCHEMAS
        assert citation
        assert len(date) == len("2026-01-31")
        assert all(len(code) == 2 and code.isupper() and code.isascii() for code in codes)


def test_codes_are_looked_up_in_any_case() -> None:
    """EU is a country to RIPE, XX to nobody, and nothing but two letters is one."""
    assert "NL" in COUNTRY_CODES["ripe"]
    assert "eu" in COUNTRY_CODES["ripe"]
    assert "XX" not in COUNTRY_CODES["ripe"]
    assert "K\N{LATIN SMALL LETTER LONG S}" not in COUNTRY_CODES["ripe"]
    assert "en" in LANGUAGE_CODES["ripe"]
    assert "ap" in COUNTRY_CODES["apnic"]
    assert "irrd" not in COUNTRY_CODES
