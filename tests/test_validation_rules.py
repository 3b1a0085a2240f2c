"""Business rules, one by one: what the registry refuses, what it takes, and on which attribute it says so."""

import pytest

from irtkit.problems import Severity
from irtkit.rpsl import parse_object, parse_objects
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.validation import Action, Options, iter_problems

NEW = Options(action=Action.CREATE)
OLD = Options(action=Action.MODIFY)
NETWORK = "inetnum: 192.0.2.0 - 192.0.2.255\n"
NETWORK6 = "inet6num: 2001:db8::/32\n"
ORGANISATION = "organisation: AUTO-1\norg-name: Example\norg-type: OTHER\n"
PGP = "certif: -----BEGIN PGP PUBLIC KEY BLOCK-----\ncertif:\ncertif: x=\ncertif: -----END PGP PUBLIC KEY BLOCK-----\n"
X509 = "certif: -----BEGIN CERTIFICATE-----\n+ x\n+ -----END CERTIFICATE-----\n"
ROUTE = "route: 192.0.2.0/24\norigin: AS64496\n"
DOMAIN = "domain: 2.0.192.in-addr.arpa\n"

OF_THE_TEMPLATE = {"missing-attribute", "value-rewritten"}


def told(text: str, registry: str = "ripe", options: Options = NEW) -> list[tuple[str, str]]:
    """Each problem's code and the attribute it is shown at; not what reduced objects lack."""
    (obj,) = parse_objects(text)
    found = []
    for one in iter_problems(obj, SCHEMAS[registry], options=options):
        assert one.span is not None
        attribute = [attribute for attribute in obj if attribute.line <= one.span.line][-1]
        if one.code not in OF_THE_TEMPLATE:
            found.append((one.code, attribute.name))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{NETWORK}status: ALLOCATED PA\n", [("missing-org", "inetnum"), ("registry-only", "status")]),
        (f"{NETWORK}status: allocated pa\norg: ORG-EO1-RIPE\n", [("registry-only", "status")]),
        (f"{NETWORK}status: ALLOCATED UNSPECIFIED\norg: ORG-EO1-RIPE\n", [("registry-only", "status")]),
        (f"{NETWORK}status: ALLOCATED-ASSIGNED PA\norg: ORG-EO1-RIPE\n", [("registry-only", "status")]),
        (f"{NETWORK}status: ASSIGNED ANYCAST\n", [("registry-only", "status")]),
        (f"{NETWORK}status: ASSIGNED PI\n", []),
        (f"{NETWORK}status: ASSIGNED PA\n", []),
        (f"{NETWORK}status: LEGACY\n", []),
        (f"{NETWORK6}status: ALLOCATED-BY-RIR\n", [("missing-org", "inet6num"), ("registry-only", "status")]),
        (f"{NETWORK6}status: ASSIGNED PI\n", [("missing-org", "inet6num"), ("registry-only", "status")]),
        (f"{NETWORK6}status: ASSIGNED ANYCAST\norg: ORG-EO1-RIPE\n", [("registry-only", "status")]),
        (f"{NETWORK6}status: ASSIGNED\n", []),
        (f"{NETWORK6}status: ALLOCATED-BY-LIR\n", []),
    ],
)
def test_a_status_may_need_an_organisation_and_the_registry(text: str, expected: list[tuple[str, str]]) -> None:
    """Allocations have a holder, and are the registry's to make."""
    assert told(text) == expected


def test_the_registry_s_maintainer_alone_does_not_make_an_allocation() -> None:
    """The registry has to authorise the object as well, and to be asked for its maintainers."""
    text = f"{NETWORK}status: ALLOCATED PA\norg: ORG-EO1-RIPE\nmnt-by: RIPE-NCC-HM-MNT\n"
    assert told(text) == [("registry-only", "status"), ("registry-only", "mnt-by")]
    assert told(text, options=Options(action=Action.CREATE, registry_staff=True)) == []
    assert told(text, options=OLD) == []


@pytest.mark.parametrize("status", ["ASSIGNED PA", "ASSIGNED PI", "assigned pa"])
def test_mnt_lower_is_not_added_to_an_assignment(status: str) -> None:
    """Every mnt-lower of a new assignment is told; one that is there may stay."""
    text = f"{NETWORK}status: {status}\nmnt-lower: A-MNT\nmnt-lower: B-MNT\n"
    assert told(text) == [("attribute-not-for-status", "mnt-lower")] * 2
    assert told(text, options=OLD) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{NETWORK6}status: ASSIGNED\nmnt-lower: A-MNT\n", ["attribute-not-for-status"]),
        (f"{NETWORK}status: SUB-ALLOCATED PA\nmnt-lower: A-MNT\n", []),
        (f"{NETWORK}status: LIR-PARTITIONED PA\nmnt-lower: A-MNT\n", []),
        (f"{NETWORK}mnt-lower: A-MNT\n", []),
        (
            f"{NETWORK}status: ASSIGNED PA\nsponsoring-org: ORG-EO1-RIPE\n",
            ["attribute-not-for-status", "registry-only"],
        ),
        (f"{NETWORK}status: ASSIGNED PI\nsponsoring-org: ORG-EO1-RIPE\n", ["registry-only"]),
        ("aut-num: AS64496\nsponsoring-org: ORG-EO1-RIPE\n", ["registry-only"]),
    ],
)
def test_a_status_rules_attributes_out(text: str, expected: list[str]) -> None:
    """The attribute is told, not the status."""
    assert [code for code, _ in told(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{NETWORK6}status: AGGREGATED-BY-LIR\n", [("missing-assignment-size", "inet6num")]),
        (f"{NETWORK}status: AGGREGATED-BY-LIR\n", []),
        (f"{NETWORK6}status: AGGREGATED-BY-LIR\nassignment-size: 33\n", []),
        (f"{NETWORK6}status: AGGREGATED-BY-LIR\nassignment-size: 128\n", []),
        (f"{NETWORK6}status: AGGREGATED-BY-LIR\nassignment-size: 129\n", [("bad-assignment-size", "assignment-size")]),
        (f"{NETWORK6}status: AGGREGATED-BY-LIR\nassignment-size: 32\n", [("bad-assignment-size", "assignment-size")]),
        (f"{NETWORK}status: AGGREGATED-BY-LIR\nassignment-size: 33\n", [("bad-assignment-size", "assignment-size")]),
        (f"{NETWORK}status: AGGREGATED-BY-LIR\nassignment-size: 24\n", [("bad-assignment-size", "assignment-size")]),
        (f"{NETWORK}status: AGGREGATED-BY-LIR\nassignment-size: 0025\n", []),
        ("inetnum: 192.0.2.0 - 192.0.2.99\nstatus: AGGREGATED-BY-LIR\nassignment-size: 0\n", []),
        (
            f"{NETWORK}status: AGGREGATED-BY-LIR\nassignment-size: {'9' * 5000}\n",
            [("bad-assignment-size", "assignment-size")],
        ),
        (f"{NETWORK}status: AGGREGATED-BY-LIR\nassignment-size: big\n", [("bad-value", "assignment-size")]),
        (f"{NETWORK}status: ASSIGNED PA\nassignment-size: 28\n", [("attribute-not-for-status", "assignment-size")]),
    ],
)
def test_an_assignment_size_fits_into_the_object(text: str, expected: list[tuple[str, str]]) -> None:
    """It is longer than the object's own prefix, at most 32 or 128, and only for aggregated networks."""
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inet6num: 2001:db8::/64\n", []),
        ("inet6num: 2001:db8::/65\n", [("inet6num-too-small", "inet6num")]),
        ("inet6num: 2001:db8::1\n", [("inet6num-too-small", "inet6num")]),
        ("route: 10.0.0.0/8\norigin: AS64496\n", []),
        ("route: 0.0.0.0/7\norigin: AS64496\n", [("route-too-large", "route")]),
        ("route6: 2000::/12\norigin: AS64496\n", []),
        ("route6: 2000::/11\norigin: AS64496\n", [("route-too-large", "route6")]),
    ],
)
def test_a_resource_may_be_too_small_or_too_large(text: str, expected: list[tuple[str, str]]) -> None:
    """Limits count in prefix lengths."""
    assert told(text) == expected


def test_a_small_inet6num_that_is_there_may_stay() -> None:
    """The limit is for new objects."""
    assert told("inet6num: 2001:db8::/65\n", options=OLD) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ROUTE}holes: 192.0.2.0/25, 198.51.100.0/25\n", [("outside-range", "holes")]),
        (f"{ROUTE}holes: 192.0.2.0/25\npingable: 192.0.2.1\n", []),
        (f"{ROUTE}pingable: 192.0.3.1\npingable: 192.0.2.1\n", [("outside-range", "pingable")]),
        (f"{NETWORK}mnt-routes: A-MNT {{192.0.2.0/25^+}}\n", []),
        (f"{NETWORK}mnt-routes: A-MNT {{192.0.2.0/25^+, 192.0.0.0/16}}\n", [("outside-range", "mnt-routes")]),
        (f"{NETWORK}mnt-routes: A-MNT {{2001:db8::/32}}\n", [("outside-range", "mnt-routes")]),
        (f"{NETWORK}mnt-routes: A-MNT {{192.0.0.0/16}}\nmnt-routes: B-MNT ANY\n", []),
        (f"{NETWORK}mnt-routes: A-MNT {{192.0.2.0/25}}\nmnt-routes: a-mnt\n", [("mnt-routes-clash", "mnt-routes")] * 2),
        (f"{NETWORK}mnt-routes: A-MNT\nmnt-routes: A-MNT ANY\n", []),
    ],
)
def test_parts_of_a_resource_lie_in_it(text: str, expected: list[tuple[str, str]]) -> None:
    """Holes, pingable addresses and the prefixes of mnt-routes are the object's own."""
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{DOMAIN}nserver: ns1.example.net\n", []),
        (f"{DOMAIN}nserver: ns1.example.net 192.0.2.1\n", ["needless-glue"]),
        (f"{DOMAIN}nserver: ns.2.0.192.in-addr.arpa 192.0.2.1\n", []),
        (f"{DOMAIN}nserver: NS.2.0.192.IN-ADDR.ARPA.\n", ["missing-glue"]),
        ("domain: 0-127.2.0.192.in-addr.arpa\nnserver: 5.2.0.192.in-addr.arpa\n", ["missing-glue"]),
        ("domain: 0-127.2.0.192.in-addr.arpa\nnserver: ns.100.2.0.192.in-addr.arpa 192.0.2.1\n", []),
        ("domain: 0-127.2.0.192.in-addr.arpa\nnserver: 200.2.0.192.in-addr.arpa 192.0.2.1\n", ["needless-glue"]),
        ("domain: 8.b.d.0.1.0.0.2.ip6.arpa\nnserver: ns.8.b.d.0.1.0.0.2.ip6.arpa 2001:db8::1\n", []),
        ("domain: 4.3.2.1.e164.arpa\nnserver: ns1.example.net\n", ["registry-only"]),
        ("domain: 4.3.2.1.e164.arpa\nnserver: ns1.example.net 192.0.2.1\n", ["registry-only", "needless-glue"]),
    ],
)
def test_name_servers_have_addresses_only_inside_the_domain(text: str, expected: list[str]) -> None:
    """Glue is needed where the name is in the domain itself, and nowhere else."""
    assert [code for code, _ in told(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mntner: EXAMPLE1-MNT\n", []),
        ("mntner: EXAMPLE1\n", [("bad-mntner-name", "mntner")]),
        ("mntner: example1-mnt\n", []),
        ("mntner: GOODY2SHOES-MNT\n", [("reserved-name", "mntner")]),
        ("mntner: MNTR-3\n", [("reserved-name", "mntner"), ("bad-mntner-name", "mntner")]),
        ("mntner: RIPE-NCC-END-MNT\n", [("registry-only", "mntner")]),
        ("mntner: AS-EXAMPLE-MNT\n", [("reserved-prefix", "mntner")]),
        ("mntner: pgpkey-1-MNT\n", [("reserved-prefix", "mntner")]),
        ("inet-rtr: as-example.example.net\n", [("reserved-prefix", "inet-rtr")]),
        ("as-set: AS64496:AS-EXAMPLE\n", []),
        ("as-set: AS-EXAMPLE\n", [("flat-set-name", "as-set")]),
        ("as-set: EXAMPLE\n", [("bad-value", "as-set")]),
        ("irt: irt-example\n", []),
        ("role: Example\nnic-hdl: EX1-RIPE\n", []),
        ("role: Example\nnic-hdl: EX1-NL\n", []),
        ("role: Example\nnic-hdl: EX1-TEST\n", [("bad-handle-suffix", "nic-hdl")]),
        ("role: Example\nnic-hdl: EX1\n", []),
        ("role: Example\nnic-hdl: AUTO-1AB\n", []),
        ("organisation: ORG-EO1-RIPE\n", [("id-not-automatic", "organisation")]),
        ("organisation: AUTO-1EO\n", []),
    ],
)
def test_a_new_object_may_not_have_any_name(text: str, expected: list[tuple[str, str]]) -> None:
    """Reserved words, prefixes of other classes, and names that the registry makes are refused."""
    assert told(text) == expected


@pytest.mark.parametrize(
    "text", ["mntner: EXAMPLE1\n", "mntner: AS-EXAMPLE-MNT\n", "as-set: AS-EXAMPLE\n", "organisation: ORG-EO1-RIPE\n"]
)
def test_an_object_that_is_there_keeps_its_name(text: str) -> None:
    """Rules about names are for new objects."""
    assert told(text, options=OLD) == []


def test_nobody_saying_whether_an_object_is_new_its_name_may() -> None:
    """An organisation with an id exists, since the registry makes ids; all else is taken for new."""
    assert told("organisation: ORG-EO1-RIPE\norg-type: LIR\n", options=Options()) == []
    assert told("organisation: AUTO-1\norg-type: LIR\n", options=Options()) == [("registry-only", "org-type")]
    assert told(f"key-cert: X509-1\n{X509}", options=Options()) == []
    assert told("mntner: EXAMPLE1\n", options=Options()) == [("bad-mntner-name", "mntner")]


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("Example Organisation", True),
        ("Example Organisation # in short  two", True),
        ("  Example Organisation  ", True),
        ("Example  Organisation", False),
        ("Example\tOrganisation", False),
        ("Example\n Organisation", False),
        ("\n Example", True),
    ],
)
def test_blanks_in_the_name_of_an_organisation_count(name: str, is_right: bool) -> None:
    """One blank between words, on one line; blanks around the name and comments do not matter."""
    found = [code for code, _ in told(f"organisation: AUTO-1\norg-name:{name}\n")]
    assert ("org-name-blanks" not in found) is is_right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ORGANISATION, []),
        (
            ORGANISATION.replace("OTHER", "LIR") + "country: NL\n",
            [("registry-only", "org-type"), ("registry-only", "country")],
        ),
        (f"{ORGANISATION}country: NL\n", []),
        (f"{ORGANISATION}reg-nr: 123\n", [("registry-only", "reg-nr")]),
        (f"{ORGANISATION}org: ORG-EO1-RIPE # parent\n", [("managed-comment", "org")]),
        (f"{ORGANISATION}address: Street # 2nd floor\n", []),
        ("as-block: AS64496 - AS64511\n", [("registry-only", "as-block")]),
        (f"{NETWORK}remarks: Remark added by the RIPE NCC: x\n", [("registry-only", "remarks")]),
        (f"{NETWORK}mnt-routes: RIPE-NCC-HM-MNT ANY\n", [("registry-only", "mnt-routes")]),
        ("aut-num: AS64496\norg: ORG-EO1-RIPE # us\n", [("managed-comment", "org")]),
        (f"{NETWORK}status: ASSIGNED PA # for us\nnetname: X # x\n", []),
    ],
)
def test_some_things_are_the_registry_s_to_write(text: str, expected: list[tuple[str, str]]) -> None:
    """And where it manages an attribute, comments are refused, too."""
    assert told(text) == expected
    assert told(text, options=Options(action=Action.CREATE, registry_staff=True)) == []


def test_a_member_s_organisation_has_one_maintainer_of_its_own() -> None:
    """The registry's maintainers and repetitions do not count."""
    lir = "organisation: ORG-EO1-RIPE\norg-type: LIR\nmnt-by: RIPE-NCC-HM-MNT\n"
    assert told(f"{lir}mnt-by: A-MNT, a-mnt\n", options=OLD) == []
    assert (
        told(f"{lir}mnt-by: A-MNT\nmnt-by: B-MNT\nmnt-by: C-MNT\n", options=OLD)
        == [("several-maintainers", "mnt-by")] * 2
    )
    assert told(f"{lir}mnt-by: A-MNT\nmnt-by: B-MNT\n".replace("LIR", "OTHER"), options=OLD) == []


@pytest.mark.parametrize("class_line", ["irt: irt-example", "mntner: EXAMPLE1-MNT"])
def test_passwords_are_refused_where_they_are_switched_off(class_line: str) -> None:
    """As in production; a registry that still takes them is an option."""
    text = f"{class_line}\nauth: SSO a@example.net\nauth: md5-pw $1$abcdefgh$0123456789012345678901\n"
    assert told(text) == [("md5-password", "auth")]
    assert told(text, options=Options(action=Action.CREATE, passwords=True)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"key-cert: PGPKEY-0A1B2C3D\n{PGP}", []),
        (f"key-cert: AUTO-1\n{X509}", []),
        (f"key-cert: AUTO-1\n{PGP}", [("automatic-pgp-name", "key-cert")]),
        (f"key-cert: X509-1\n{X509}", [("id-not-automatic", "key-cert")]),
        ("key-cert: PGPKEY-0A1B2C3D\ncertif: x\ncertif: y\n", [("no-key", "certif")]),
        ("key-cert: PGPKEY-0A1B2C3D\n", []),
    ],
)
def test_a_key_cert_holds_a_key(text: str, expected: list[tuple[str, str]]) -> None:
    """Its first and last line are looked for; PGP keys are named after themselves, certificates by the registry."""
    assert told(text) == expected


@pytest.mark.parametrize("before", ["", PGP])
def test_a_secret_key_is_called_one(before: str) -> None:
    """Whoever pasted the wrong block is told so, whether the right one stands beside it or not."""
    secret = "certif: -----BEGIN PGP PRIVATE KEY BLOCK-----\ncertif: x\n"
    problems = iter_problems(parse_object(f"key-cert: PGPKEY-0A1B2C3D\n{before}{secret}"), SCHEMAS["ripe"])
    (problem,) = [problem for problem in problems if problem.code == "no-key"]
    assert "holds a secret key" in problem.message
    assert problem.span is not None
    assert problem.span.line == 2 + before.count("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{NETWORK}country: XX\ncountry: nl\ncountry: EU\n", [("unknown-country", "country")]),
        (f"{NETWORK}country: NLD\n", [("bad-value", "country")]),
        (f"{NETWORK}language: xx\nlanguage: NL\n", [("unknown-language", "language")]),
        (f"{ORGANISATION}country: XX\n", [("unknown-country", "country")]),
    ],
)
def test_countries_and_languages_are_on_the_registry_s_lists(text: str, expected: list[tuple[str, str]]) -> None:
    """Case does not matter; what is no code at all is the syntax's to say."""
    assert told(text) == expected


@pytest.mark.parametrize("name", ["geofeed", "prefixlen"])
def test_an_attribute_excludes_the_remark_that_it_replaced(name: str) -> None:
    """The attribute is told, once; the remark alone is a remark."""
    attribute, remark = f"{name}: https://example.com/a.csv\n", f"remarks: {name.title()}: https://example.com/b.csv\n"
    assert told(f"{NETWORK}{remark}{attribute}{remark}") == [("attribute-and-remark", name)]
    assert told(f"{NETWORK}{remark}") == []
    assert told(f"{NETWORK}{attribute}remarks: see {name}: x\n") == []


@pytest.mark.parametrize(
    ("contact", "is_known"),
    [
        ("sip:cert@example.net", True),
        ("https://wa.me/+31612345678", True),
        ("https://api.whatsapp.com/send?phone=31612345678", True),
        ("https://signal.me/#p/+31612345678", True),
        ("https://t.me/share/url?url=a&text=b", True),
        ("tel:+31612345678", False),
        ("https://example.net/contact", False),
    ],
)
def test_ways_of_contact_may_be_unknown_to_the_registry(contact: str, is_known: bool) -> None:
    """A warning: every URI is taken."""
    (obj,) = parse_objects(f"irt: irt-example\ncontact: {contact}\n")
    warned = [one for one in iter_problems(obj, SCHEMAS["ripe"]) if one.code == "unrecognised-contact"]
    assert [one.severity for one in warned] == ([] if is_known else [Severity.WARNING])


def test_a_role_is_not_its_own_contact() -> None:
    """Neither as admin-c nor as tech-c, in whatever case; a person has no contacts."""
    text = "role: Example\nnic-hdl: EX1-RIPE\nadmin-c: ex1-ripe\ntech-c: EX2-RIPE\ntech-c: EX1-RIPE\n"
    assert told(text) == [("self-reference", "admin-c"), ("self-reference", "tech-c")]


def test_a_new_abuse_role_is_public_without_limit() -> None:
    """A warning for whoever makes one."""
    text = "role: Example\nnic-hdl: EX1-RIPE\nabuse-mailbox: abuse@example.net\n"
    assert told(text) == [("unlimited-queries", "abuse-mailbox")]
    assert told(text, options=OLD) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("peering-set: AS64496:PRNG-EXAMPLE\npeering: AS64497\n", []),
        (
            "peering-set: AS64496:PRNG-EXAMPLE\npeering: AS64497\nmp-peering: AS64497\n",
            [("both-attributes", "peering")],
        ),
        ("peering-set: AS64496:PRNG-EXAMPLE\n", [("neither-attribute", "peering-set")]),
        ("filter-set: AS64496:FLTR-EXAMPLE\nmp-filter: AS64497\n", []),
        ("filter-set: AS64496:FLTR-EXAMPLE\n", [("neither-attribute", "filter-set")]),
        ("poem: POEM-EXAMPLE\nmnt-by: LIM-MNT\n", []),
        ("poem: POEM-EXAMPLE\nmnt-by: A-MNT\n", [("fixed-maintainer", "mnt-by")]),
        ("poetic-form: FORM-EXAMPLE\nmnt-by: lim-mnt\n", [("fixed-maintainer", "mnt-by")]),
        ("irt: irt-example\ne-mail: Nobody <UNREAD@ripe.net>\n", [("refused-mailbox", "e-mail")]),
    ],
)
def test_other_rules(text: str, expected: list[tuple[str, str]]) -> None:
    """Sets have one of two attributes, poems their maintainer, and nobody's mailbox is refused."""
    assert told(text) == expected


def test_references_may_be_limited() -> None:
    """The first reference too many is shown; without a limit any number will do."""
    text = "irt: irt-example\nadmin-c: EX1-RIPE\nremarks: x\ntech-c: EX1-RIPE\nmnt-by: A-MNT\n"
    assert told(text, options=Options(max_references=1)) == [("too-many-references", "tech-c")]
    assert told(text, options=Options(max_references=3)) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("RIPE", []),
        ("ripe", []),
        ("RIPE # ours", ["source-comment"]),
        ("RIPE # Filtered", ["filtered-object"]),
        ("RIPE\n # x", ["source-comment"]),
        ("EXAMPLE", ["unknown-source"]),
        ("RIPE-NONAUTH", ["source-not-for-class"]),
        ("RIPE-GRS", ["unknown-source"]),
    ],
)
def test_the_source_is_the_registry_s_and_nothing_else(source: str, expected: list[str]) -> None:
    """A comment is refused, and a filtered answer is known by it."""
    assert [code for code, _ in told(f"irt: irt-example\nsource: {source}\n")] == expected
    if source == "RIPE-NONAUTH":
        assert told(f"{ROUTE}source: {source}\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("route: 0.0.0.0/0\norigin: AS64496\n", ["default-route"]),
        ("route6: ::/128\norigin: AS64496\n", ["default-route"]),
        ("route: 0.0.0.0/1\norigin: AS64496\n", []),
        ("route-set: RS-EXAMPLE\n", ["flat-set-name"]),
        ("route-set: EXAMPLE\n", ["bad-value"]),
        ("route-set: AS64496:RS-EXAMPLE\n", []),
        ("inetnum: 192.0.2.0 - 192.0.2.255\nstatus: ALLOCATED PA\ncountry: XX\nsource: ANY-SOURCE\n", []),
    ],
)
def test_irrd_has_rules_of_its_own_and_not_ripe_s(text: str, expected: list[str]) -> None:
    """No default routes, hierarchical sets; nothing of RIPE's about status, countries and sources."""
    assert [code for code, _ in told(text, "irrd")] == expected
