"""Who answers for an address: mailboxes, walks, policies, reasons, and the dumps of `fixtures/rpsl/dumps`."""

import gzip
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from irtkit.contacts import (
    POLICIES,
    AbuseContact,
    Answer,
    Contact,
    Database,
    MailboxFacts,
    find_abuse_contact,
    find_irts,
    mailbox_of,
    mailboxes,
    order,
    reason_for,
    resolve,
)
from irtkit.errors import RangeError
from irtkit.resources import AddressRange
from irtkit.rpsl import parse_object, parse_objects
from irtkit.schema.contact_facts import Reference, contact_of, is_placeholder, is_registry_maintained
from irtkit.schema.contact_rules import rules_for_source

PROJECT = Path(__file__).resolve().parents[1]
DUMPS = PROJECT / "fixtures" / "rpsl" / "dumps"
CERTBUND = PROJECT / ".." / "shared" / "data" / "certbund_ripe_tests"

RIPE, APNIC, AFRINIC, LACNIC = map(rules_for_source, ("RIPE", "APNIC", "AFRINIC", "LACNIC"))
DUMMY = next(iter(RIPE.dummy_mailboxes))


NOBODYS = "192.31.196.8"
"""An address of AS112, a block that IANA lists and has not set aside: nobody's, but no reason in itself."""


def load(text: str, *, main_source: str | None = None) -> Database:
    return Database(parse_objects(text), main_source=main_source)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("abuse@example.net", ["abuse@example.net"]),
        ("NULL@eXamplE.coM", ["NULL@eXamplE.coM"]),
        ("Abuse Desk <abuse@example.net>", ["abuse@example.net"]),
        ("abuse@example.net  <abuse@example.net>", ["abuse@example.net"]),
        ("desk@old.example <abuse@example.net>", ["abuse@example.net"]),
        ('"Abuse, Team; a@b.example" <abuse@example.net>', ["abuse@example.net"]),
        ("Team A <a@example.net>, Team B <b@example.net>", ["a@example.net", "b@example.net"]),
        ("a@example.net, b@example.net", ["a@example.net", "b@example.net"]),
        ("a@example.net; b@example.net", ["a@example.net", "b@example.net"]),
        ("a@example.net b@example.net", ["a@example.net", "b@example.net"]),
        ("a@example.net A@EXAMPLE.net", ["a@example.net"]),
        ("abuse@example.net,", ["abuse@example.net"]),
        ("abuse@example.net.", ["abuse@example.net"]),
        ("abuse@example.net (preferred)", ["abuse@example.net"]),
        ("(not noc@example.net) abuse@example.net", ["abuse@example.net"]),
        ("mailto:abuse@example.net", ["abuse@example.net"]),
        ("E-mail: abuse@example.net", ["abuse@example.net"]),
        ("<abuse@example.net", ["abuse@example.net"]),
        ("abuse@example.net <none>", ["abuse@example.net"]),
        ('"abuse contact"@example.com b@example.com', ['"abuse contact"@example.com', "b@example.com"]),
        ("\"r:[/r/]*4;e'*&m'\"@example.net", ["\"r:[/r/]*4;e'*&m'\"@example.net"]),
        ('"unclosed abuse@example.net', ["abuse@example.net"]),
        ("abuse+tag@sub.example.net", ["abuse+tag@sub.example.net"]),
        ("abuse@bücher.example", ["abuse@bücher.example"]),
        ("abuse@localhost", ["abuse@localhost"]),
        ("", []),
        ("none", []),
        ("********", []),
        ("abuse at example.net", []),
        ("abuse(at)example.net", []),
        ("abuse@example..net", []),
        ("abuse.@example.net", []),
        ("ab..use@example.net", []),
        ("a@b@example.net", []),
        ("@example.net", []),
        ("abuse@", []),
        ("abuse@-example.net", []),
        (f"{'a' * 400}@example.net", []),
    ],
)
def test_mailboxes_are_taken_bare_and_never_guessed(value: str, expected: list[str]) -> None:
    assert list(mailboxes(value)) == expected


def test_a_mailbox_cut_by_the_length_limit_is_dropped_not_shortened() -> None:
    value = "x " * 2035 + "first@example.net second@example.net"
    assert len(value) > 4096
    assert list(mailboxes(value)) == ["first@example.net"]
    many = [f"a{number}@example.net" for number in range(1000)]
    found = list(mailboxes(",".join(many)))
    assert found == many[: len(found)]
    assert len(",".join(many[: len(found) + 1])) > 4096


@pytest.mark.parametrize(
    "hostile", ['"', '"\\', "<", "(", "@", "a", "a.", "a@b,", "a@a-", " ", '"\\"', "<a@", "a is invalid "]
)
def test_a_value_of_millions_of_characters_is_read_in_no_time(hostile: str) -> None:
    """Were the cost more than linear, this would not end."""
    value = hostile * (4_000_000 // len(hostile))
    assert len(mailboxes(value)) <= 1
    assert mailbox_of({"e-mail": [value], "remarks": [value]}, APNIC, "irt").attribute == "e-mail"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("role_simple", ["null@example.com"]),
        ("role_simple_uppercase", ["NULL@eXamplE.coM"]),
        (
            "role_multiple_addresses",
            ["abuse@example.com", "abuse@example.com", '"abuse contact"@example.com'],
        ),
    ],
)
def test_roles_of_another_importers_test_data_give_their_first_mailbox(name: str, expected: list[str]) -> None:
    path = CERTBUND / f"{name}.txt.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this project")
    roles = parse_objects(gzip.decompress(path.read_bytes()))
    facts = [mailbox_of({"abuse-mailbox": role.values("abuse-mailbox")}, RIPE, "role") for role in roles]
    assert [fact.email for fact in facts] == expected


def test_every_role_of_another_importers_test_data_has_a_mailbox() -> None:
    if not CERTBUND.exists():
        pytest.skip("the test data are not beside this project")
    for path in sorted(CERTBUND.glob("*.gz")):
        for role in parse_objects(gzip.decompress(path.read_bytes())):
            found = mailboxes(role.values("abuse-mailbox")[0])
            assert found, (path.name, role.primary_key)
            assert not any(set(mailbox) & set("<>(), ") for mailbox in found if '"' not in mailbox)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"e-mail": ["csirt@example.net"]}, ("csirt@example.net", "e-mail", None)),
        ({"e-mail": [DUMMY]}, (None, "e-mail", "dummy")),
        ({"e-mail": [DUMMY.upper()]}, (None, "e-mail", "dummy")),
        (
            {"e-mail": [DUMMY], "abuse-mailbox": ["abuse@example.net"]},
            ("abuse@example.net", "abuse-mailbox", None),
        ),
        ({"e-mail": ["********"]}, (None, "e-mail", "masked")),
        ({"e-mail": ["****@example.net"]}, (None, "e-mail", "masked")),
        ({"e-mail": ["see our web page"]}, (None, "e-mail", "no-mailbox")),
        ({"e-mail": [""]}, (None, None, "no-mailbox")),
        ({"irt-nfy": ["notify@example.net"], "remarks": ["abuse@example.net"]}, (None, None, "no-mailbox")),
    ],
)
def test_an_irt_gives_its_first_real_mailbox_or_the_gap(
    attributes: dict[str, list[str]], expected: tuple[str | None, str | None, str | None]
) -> None:
    facts = mailbox_of(attributes, RIPE, "irt")
    assert (facts.email, facts.attribute, facts.gap) == expected


def test_registries_rank_the_mailboxes_of_an_irt_differently() -> None:
    both = {"e-mail": ["noc@example.net"], "abuse-mailbox": ["csirt@example.net"]}
    assert mailbox_of(both, RIPE, "irt").email == "noc@example.net"
    assert mailbox_of(both, APNIC, "irt").email == "csirt@example.net"
    assert mailbox_of(both, AFRINIC, "irt").email == "csirt@example.net"


def test_the_e_mail_of_a_role_is_no_abuse_mailbox() -> None:
    facts = mailbox_of({"e-mail": ["noc@example.net"]}, RIPE, "role")
    assert facts == MailboxFacts(None, None, "no-mailbox")


def test_a_dummy_of_one_registry_is_a_mailbox_at_another() -> None:
    attributes = {"abuse-mailbox": [next(iter(LACNIC.dummy_mailboxes))]}
    assert mailbox_of(attributes, LACNIC, "role").gap == "dummy"
    assert mailbox_of(attributes, RIPE, "role").gap is None


def test_the_day_of_validation_is_the_last_one_of_this_very_mailbox() -> None:
    attributes = {
        "abuse-mailbox": ["CSIRT@example.net"],
        "remarks": [
            "csirt@example.net was validated on 2023-01-02",
            "csirt@example.net was validated on 2024-01-02",
            "noc@example.net was validated on 2025-01-02",
            "noc@example.net is invalid",
        ],
        "last-modified": ["2024-01-03T00:00:00Z"],
    }
    facts = mailbox_of(attributes, APNIC, "irt")
    assert (facts.validated, facts.suspect) == ("2024-01-02", False)
    assert facts.last_modified == "2024-01-03T00:00:00Z"


@pytest.mark.parametrize("said", ["is invalid", "was marked invalid on 2024-01-02", "has been marked as invalid"])
def test_a_mailbox_that_a_remark_calls_invalid_is_suspect_not_absent(said: str) -> None:
    facts = mailbox_of({"abuse-mailbox": ["a@example.net"], "remarks": [f"a@example.net {said}"]}, APNIC, "irt")
    assert (facts.email, facts.suspect) == ("a@example.net", True)


def test_what_a_remark_says_of_a_masked_mailbox_counts_for_the_mask() -> None:
    remarks = ["******** was validated on 2024-01-02"]
    facts = mailbox_of({"abuse-mailbox": ["********"], "remarks": remarks}, APNIC, "irt")
    assert (facts.gap, facts.validated) == ("masked", "2024-01-02")


def test_only_the_registry_that_generates_roles_has_echoes() -> None:
    attributes = {"remarks": ["Generated from irt object irt-example-au"], "abuse-mailbox": ["a@example.net"]}
    assert mailbox_of(attributes, APNIC, "role").echo_of == "IRT-EXAMPLE-AU"
    assert mailbox_of(attributes, RIPE, "role").echo_of is None
    assert mailbox_of({"remarks": ["Generated from irt object"]}, APNIC, "role").echo_of is None
    assert mailbox_of(attributes, APNIC, "irt").echo_of is None


def test_maintainers_and_netnames_are_compared_without_case() -> None:
    assert is_registry_maintained(["example-mnt", "ripe-ncc-hm-mnt"], RIPE)
    assert not is_registry_maintained(["RIPE-NCC-HM-MNT"], APNIC)
    assert is_placeholder("Non-RIPE-NCC-Managed-Address-Block", [], RIPE)
    assert is_placeholder(None, ["apnic-stub"], APNIC)
    assert not is_placeholder("EXAMPLE", ["EXAMPLE-MNT"], RIPE)


IRT = Contact("irt", "IRT-A", "irt@example.net", "v", inherited=2)
GAP = Contact("irt", "IRT-B", None, "v", inherited=2, gap="dummy")
ABUSE = Contact("abuse-c", "AR1-EXAMPLE", "abuse@example.net", "v")
ECHO = Contact("abuse-c", "AE1-EXAMPLE", "irt@example.net", "v", echo_of="IRT-A")
ECHO_OF_GAP = Contact("abuse-c", "AE2-EXAMPLE", "irt@example.net", "v", echo_of="IRT-B")


@pytest.mark.parametrize(
    ("policy", "given", "expected"),
    [
        ("csirt", [GAP, IRT, ABUSE], [GAP, IRT, ABUSE]),
        ("abuse", [GAP, IRT, ABUSE], [ABUSE, GAP, IRT]),
        ("all", [GAP, IRT, ABUSE], [ABUSE, GAP, IRT]),
        ("csirt", [IRT, ECHO], [IRT]),
        ("abuse", [IRT, ECHO], [IRT]),
        ("all", [IRT, ECHO], [ECHO, IRT]),
        ("csirt", [GAP, ECHO_OF_GAP], [GAP, ECHO_OF_GAP]),
        ("abuse", [ECHO], [ECHO]),
    ],
)
def test_a_policy_orders_and_drops_only_echoes_of_an_irt_with_a_mailbox(
    policy: str, given: list[Contact], expected: list[Contact]
) -> None:
    assert list(order(given, POLICIES[policy])) == expected


MISSING = Contact("irt", "IRT-C", None, "v", gap="missing-object")
MASKED = Contact("abuse-c", "AE3-EXAMPLE", None, "v", gap="masked")


@pytest.mark.parametrize(
    ("contacts", "registered", "special", "expected"),
    [
        ([GAP, ABUSE], True, True, None),
        ([GAP], True, True, "dummy"),
        ([MISSING], True, True, "special-purpose"),
        ([], False, True, "special-purpose"),
        ([], False, False, "unregistered"),
        ([MISSING, GAP], True, False, "dummy"),
        ([MASKED], True, False, "dummy"),
        ([MISSING], True, False, "no-contact"),
        ([], True, False, "no-contact"),
    ],
)
def test_the_reason_is_the_best_explanation(
    contacts: list[Contact], registered: bool, special: bool, expected: str | None
) -> None:
    assert reason_for(contacts, registered=registered, special_purpose=special) == expected


def test_a_contact_knows_the_path_that_led_to_it() -> None:
    facts = MailboxFacts("abuse@example.net", "abuse-mailbox", None)
    own = Reference("abuse-c", "inetnum 192.0.2.0 - 192.0.2.255", "ar1-example")
    assert contact_of(own, facts).via == "inetnum 192.0.2.0 - 192.0.2.255 -> abuse-c -> AR1-EXAMPLE -> abuse-mailbox"
    of_org = Reference("abuse-c", "inetnum 192.0.2.0 - 192.0.2.255", "AR1-EXAMPLE", "org-ex1-example", 3)
    contact = contact_of(of_org, facts, frozenset({"abuse@example.net"}))
    assert contact.via == (
        "inetnum 192.0.2.0 - 192.0.2.255 -> org -> ORG-EX1-EXAMPLE -> abuse-c -> AR1-EXAMPLE -> abuse-mailbox"
    )
    assert (contact.inherited, contact.suspect) == (3, True)


NESTED = """
inetnum: 192.0.2.0 - 192.0.2.255
source: RIPE

inetnum: 192.0.2.0 - 192.0.2.127
source: RIPE

inetnum: 192.0.2.5 - 192.0.2.9
source: RIPE

inet6num: 2001:db8::/32
source: RIPE

aut-num: AS64496
source: RIPE
"""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("192.0.2.7", "192.0.2.5 - 192.0.2.9"),
        ("192.0.2.10", "192.0.2.0 - 192.0.2.127"),
        ("192.0.2.0/25", "192.0.2.0 - 192.0.2.127"),
        ("192.0.2.0/24", "192.0.2.0 - 192.0.2.255"),
        ("192.0.2/24", "192.0.2.0 - 192.0.2.255"),
        ("192.0.2.6 - 192.0.2.9", "192.0.2.5 - 192.0.2.9"),
        ("192.0.2.6 - 192.0.2.10", "192.0.2.0 - 192.0.2.127"),
        ("192.0.2.0/23", None),
        ("198.51.100.1", None),
        ("2001:db8::1", "2001:db8::/32"),
        (" as64496 ", "AS64496"),
        ("AS64497", None),
        (ip_address("192.0.2.7"), "192.0.2.5 - 192.0.2.9"),
        (ip_network("2001:db8::/32"), "2001:db8::/32"),
        (AddressRange.parse("192.0.2.5 - 192.0.2.9"), "192.0.2.5 - 192.0.2.9"),
    ],
)
def test_a_query_matches_exactly_or_else_the_first_less_specific(query: str, expected: str | None) -> None:
    hierarchy = load(NESTED).hierarchy(query)
    assert (hierarchy[0].key if hierarchy else None) == expected


def test_a_query_that_is_none_is_refused() -> None:
    with pytest.raises(RangeError, match="expected"):
        load(NESTED).match("example.net")


def test_encompassing_goes_outwards_and_of_two_equal_sizes_takes_the_higher_first() -> None:
    database = load(
        "inetnum: 192.0.2.0 - 192.0.2.9\nsource: RIPE\n\ninetnum: 192.0.2.5 - 192.0.2.14\nsource: RIPE\n\n" + NESTED
    )
    found = [obj.primary_key for obj in database.encompassing("192.0.2.7", "ripe")]
    assert found == [
        "192.0.2.5 - 192.0.2.9",
        "192.0.2.5 - 192.0.2.14",
        "192.0.2.0 - 192.0.2.9",
        "192.0.2.0 - 192.0.2.127",
        "192.0.2.0 - 192.0.2.255",
    ]
    assert database.encompassing("192.0.2.7", "apnic") == ()


def test_an_object_added_later_is_found_although_others_were_asked_for_before() -> None:
    database = load(NESTED)
    assert database.hierarchy("192.0.2.200")[0].key == "192.0.2.0 - 192.0.2.255"
    database.add(parse_object("inetnum: 192.0.2.192 - 192.0.2.255\nsource: RIPE\n"))
    assert database.hierarchy("192.0.2.200")[0].key == "192.0.2.192 - 192.0.2.255"


def test_notations_of_one_range_are_one_object_and_the_last_of_a_source_counts() -> None:
    database = load(
        "inetnum: 192.0.2.0/24\nnetname: OLD\nsource: RIPE\n\n"
        "inetnum: 192.0.2.0-192.0.2.255\nnetname: NEW\nsource: RIPE\n"
    )
    assert len(database) == 1
    assert resolve(database, "192.0.2.1").netname == "NEW"


@pytest.mark.parametrize("sources", [("RIPE", "RIPE-GRS"), ("RIPE-GRS", "RIPE"), ("RIPE-NONAUTH", "RIPE-GRS")])
def test_of_one_hierarchy_the_main_source_counts_before_its_mirror(sources: tuple[str, str]) -> None:
    database = load("\n".join(f"inetnum: 192.0.2.0/24\nsource: {source}\n" for source in sources))
    best = min(sources, key=RIPE.sources.index)
    assert (database.registries, resolve(database, "192.0.2.1").source) == (("ripe",), best)


def test_deleted_and_unreadable_objects_are_met_by_no_walk() -> None:
    database = load("inetnum: 192.0.2.0 - 192.0.2.300\nsource: RIPE\n\n*xxin: 192.0.2.0/24\nsource: RIPE\n\n" + NESTED)
    assert [str(obj[0].value) for obj in database.unplaced] == ["192.0.2.0 - 192.0.2.300"]
    assert len(database) == 5


PLACEHOLDER = "netname: NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK\nsource: RIPE\n\n"


def test_each_registry_is_walked_by_itself_and_the_smallest_real_object_answers() -> None:
    database = load(
        "inetnum: 192.0.2.0/24\nnetname: WIDE\nmnt-irt: IRT-R\nsource: RIPE\n\n"
        "inetnum: 192.0.2.0/26\nnetname: SMALL\nsource: APNIC\n\n"
        "inetnum: 192.0.2.0/25\nnetname: MIDDLE\nmnt-irt: IRT-A\nsource: APNIC\n\n"
    )
    answer = resolve(database, "192.0.2.1")
    assert (answer.netname, answer.source, answer.irts) == ("SMALL", "APNIC", ("IRT-A",))
    assert resolve(database, "192.0.2.200").irts == ("IRT-R",)


def test_of_equally_small_objects_the_registry_whose_addresses_came_first_answers() -> None:
    assert load("irt: IRT-A\nsource: APNIC\n\n" + NESTED).registries == ("ripe", "apnic")
    objects = [f"inetnum: 192.0.2.0/24\nsource: {source}\n\n" for source in ("AFRINIC", "RIPE")]
    assert resolve(load("".join(objects)), "192.0.2.1").source == "AFRINIC"
    assert resolve(load("".join(reversed(objects))), "192.0.2.1").source == "RIPE"


def test_a_placeholder_gives_way_to_a_real_object_of_any_size() -> None:
    database = load(f"inetnum: 192.0.2.0/26\n{PLACEHOLDER}inetnum: 192.0.2.0/24\nnetname: REAL\nsource: APNIC\n")
    assert resolve(database, "192.0.2.1").netname == "REAL"


def test_references_lead_into_the_same_registry_only() -> None:
    database = load(
        "inetnum: 192.0.2.0/24\nmnt-irt: IRT-A\nabuse-c: AR1-EXAMPLE\nsource: RIPE\n\n"
        "irt: IRT-A\nabuse-mailbox: a@example.net\nsource: APNIC\n\n"
        "role: Abuse\nnic-hdl: AR1-EXAMPLE\nabuse-mailbox: b@example.net\nsource: APNIC\n"
    )
    answer = resolve(database, "192.0.2.1")
    assert answer.email is None
    assert answer.missing == (("irt", "IRT-A"), ("role", "AR1-EXAMPLE"))


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("", None),
        ("inetnum: 0.0.0.0 - 255.255.255.255\nsource: RIPE\n", "0.0.0.0 - 255.255.255.255"),
        (f"inetnum: 192.31.196.0/24\n{PLACEHOLDER}", "192.31.196.0 - 192.31.196.255"),
        (
            (
                "inetnum: 192.31.196.0/28\nmnt-by: APNIC-STUB\nmnt-irt: IRT-A\nsource: APNIC\n\n"
                "inetnum: 192.31.196.0/24\nmnt-irt: IRT-A\nsource: APNIC\n"
            ),
            "192.31.196.0 - 192.31.196.15",
        ),
    ],
)
def test_a_root_or_a_placeholder_in_front_registers_nothing(text: str, network: str | None) -> None:
    """A stub inside the registry's own space says that the space has left: its surroundings do not answer."""
    answer = resolve(load(text), NOBODYS)
    assert (answer.reason, answer.network, answer.irts, answer.contacts) == ("unregistered", network, (), ())


def test_an_ipv6_range_of_as_many_addresses_as_ipv4_has_is_no_root() -> None:
    answer = resolve(load("inet6num: 2001:db8::/96\nmnt-irt: IRT-A\nsource: RIPE\n"), "2001:db8::1")
    assert answer.irts == ("IRT-A",)
    assert answer.steps[0] == "2001:db8::1 is in inet6num 2001:db8::/96 (source RIPE)."


def test_a_root_that_names_an_irt_is_asked_but_registers_nothing() -> None:
    database = load("inetnum: 0.0.0.0 - 255.255.255.255\nmnt-irt: IRT-A\nsource: RIPE\n")
    answer = resolve(database, NOBODYS)
    assert (answer.irts, answer.email, answer.reason) == (("IRT-A",), None, "unregistered")
    assert answer.steps[1] == "It has mnt-irt IRT-A."


def test_a_placeholder_around_a_real_object_names_nobody() -> None:
    """Whoever held a block before its transfer does not answer for what the new holder registered inside."""
    stub = f"{OUTER}\nmnt-by: APNIC-STUB\nmnt-irt: IRT-OLD\nabuse-c: AR1-EXAMPLE\nsource: APNIC\n\n"
    answer = resolve(load(f"{stub}{INNER}\nnetname: REAL\nsource: APNIC\n"), "192.0.2.1")
    assert (answer.netname, answer.irts, answer.contacts) == ("REAL", (), ())


def test_a_special_purpose_explains_an_unregistered_address_and_both_ends_of_a_range_count() -> None:
    assert resolve(load(""), "192.0.2.1").reason == "special-purpose"
    assert resolve(load(""), "192.0.2.0/24").reason == "special-purpose"
    assert resolve(load(""), "192.0.2.255 - 192.0.3.0").reason == "unregistered"
    assert resolve(load(""), "AS64496").reason == "unregistered"


WALK = """
inetnum: 0.0.0.0 - 255.255.255.255
mnt-irt: IRT-ROOT
source: RIPE

inetnum: 192.0.2.0 - 192.0.2.255
mnt-irt: IRT-FAR
source: RIPE

inetnum: 192.0.2.0 - 192.0.2.127
mnt-irt: irt-b, IRT-A
mnt-irt: IRT-B
source: RIPE

inetnum: 192.0.2.0 - 192.0.2.63
mnt-by: RIPE-NCC-HM-MNT
source: RIPE

irt: Irt-A
source: RIPE
"""


def test_the_nearest_object_with_any_irt_gives_all_of_its_irts_in_file_order() -> None:
    walk = find_irts(load(WALK), "192.0.2.1")
    assert walk.object is not None
    assert walk.network is not None
    assert walk.object.primary_key == "192.0.2.0 - 192.0.2.63"
    assert (walk.network.primary_key, walk.level) == ("192.0.2.0 - 192.0.2.127", 1)
    assert walk.names == ("IRT-B", "IRT-A")
    assert [irt.primary_key for irt in walk.irts] == ["IRT-A"]
    assert walk.missing == ("IRT-B",)


def test_a_registry_maintainer_does_not_stop_the_irt_walk_and_nothing_at_all_is_an_answer() -> None:
    assert find_irts(load(WALK), "198.51.100.1").names == ("IRT-ROOT",)
    nothing = find_irts(load(NESTED), "192.0.2.1")
    assert (nothing.network, nothing.level, nothing.names) == (None, None, ())
    assert find_irts(load(""), "192.0.2.1").object is None


def test_where_ranges_overlap_the_smallest_with_an_irt_that_contains_the_address_counts() -> None:
    database = load(
        "inetnum: 192.0.2.0/24\nmnt-irt: IRT-WIDE\nsource: RIPE\n\n"
        "inetnum: 192.0.2.16 - 192.0.2.63\nmnt-irt: IRT-OVERLAP\nsource: RIPE\n\n"
        "inetnum: 192.0.2.48 - 192.0.2.71\nsource: RIPE\n"
    )
    assert find_irts(database, "192.0.2.50").names == ("IRT-OVERLAP",)
    assert find_irts(database, "192.0.2.70").names == ("IRT-WIDE",)
    assert find_irts(database, "192.0.2.48 - 192.0.2.71").names == ("IRT-WIDE",)


def test_levels_count_on_the_matchs_own_way_up_unless_a_range_beside_it_has_the_irts() -> None:
    beside = "inetnum: 192.0.2.16 - 192.0.2.63\nsource: RIPE\n\n"
    matched = "inetnum: 192.0.2.48 - 192.0.2.71\nsource: RIPE\n\n"
    wide = f"{OUTER}\nmnt-irt: IRT-WIDE\nsource: RIPE\n"
    assert find_irts(load(beside + matched + wide), "192.0.2.50").level == 1
    smaller = f"inetnum: 192.0.2.50 - 192.0.2.79\nsource: RIPE\n\n{matched}"
    with_irt = beside.replace("source", "mnt-irt: IRT-BESIDE\nsource")
    walk = find_irts(load(with_irt + smaller + wide), "192.0.2.50")
    assert (walk.names, walk.level) == (("IRT-BESIDE",), 2)


def test_an_aut_num_has_irts_of_its_own() -> None:
    answer = resolve(load("aut-num: AS64496\nmnt-irt: IRT-A\nsource: APNIC\n"), "AS64496")
    assert (answer.network, answer.irt_network, answer.irts) == ("AS64496", "AS64496", ("IRT-A",))


ABUSE_DESKS = """
role: Abuse
nic-hdl: AR1-TEST
abuse-mailbox: one@example.net
source: TEST

role: Abuse
nic-hdl: AR2-TEST
abuse-mailbox: Two <two@example.net>
source: TEST

role: No mailbox
nic-hdl: AR3-TEST
e-mail: three@example.net
source: TEST

person: Some Body
nic-hdl: SB1-TEST
source: TEST

organisation: ORG-LIR1-TEST
org-type: LIR
abuse-c: AR1-TEST
source: TEST

organisation: ORG-EU1-TEST
org-type: OTHER
abuse-c: AR2-TEST
source: TEST

organisation: ORG-EU2-TEST
org-type: OTHER
source: TEST

"""
OUTER, INNER = "inetnum: 192.0.2.0/24", "inetnum: 192.0.2.0/25"


def abuse_of(*objects: str, query: str = "192.0.2.1", suspect: str = "") -> AbuseContact | None:
    database = load(ABUSE_DESKS + "\n".join(f"{text}\n" for text in objects), main_source="TEST")
    return find_abuse_contact(database, query, suspect_mailboxes=frozenset(filter(None, [suspect])))


@pytest.mark.parametrize(
    ("objects", "nic_hdl", "org", "inherited"),
    [
        ([f"{OUTER}\nabuse-c: ar1-test\nsource: TEST"], "AR1-TEST", None, 0),
        ([f"{OUTER}\norg: org-lir1-test\nsource: TEST"], "AR1-TEST", "org-lir1-test", 0),
        ([f"{OUTER}\nabuse-c: AR2-TEST\norg: ORG-LIR1-TEST\nsource: TEST"], "AR2-TEST", "ORG-LIR1-TEST", 0),
        ([f"{OUTER}\nabuse-c: AR1-TEST\nsource: test"], "AR1-TEST", None, 0),
        ([f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST-NONAUTH"], "AR1-TEST", None, 0),
        ([f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST-GRS"], "AR1-TEST", None, 0),
        (
            [f"{OUTER}\nabuse-c: AR3-TEST\norg: ORG-LIR1-TEST\nsource: TEST"],
            "AR1-TEST",
            "ORG-LIR1-TEST",
            0,
        ),
        ([f"{OUTER}\nabuse-c: SB1-TEST\norg: ORG-EU1-TEST\nsource: TEST"], "AR2-TEST", "ORG-EU1-TEST", 0),
        ([f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST", f"{INNER}\nsource: TEST"], "AR1-TEST", None, 1),
        (
            [f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST", f"{INNER}\norg: ORG-EU2-TEST\nsource: TEST"],
            "AR1-TEST",
            "ORG-EU2-TEST",
            1,
        ),
        (
            [f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST", f"{INNER}\nabuse-c: AR9-TEST\nsource: TEST"],
            "AR1-TEST",
            None,
            1,
        ),
        (
            [f"{OUTER}\nabuse-c: AR1-TEST\nmnt-by: RIPE-NCC-HM-MNT\nsource: TEST", f"{INNER}\nsource: TEST"],
            "AR1-TEST",
            None,
            1,
        ),
        (
            [
                f"{OUTER}\norg: ORG-LIR1-TEST\nsource: OTHER",
                f"{INNER}\nabuse-c: AR2-TEST\nmnt-by: RIPE-NCC-END-MNT\nsource: TEST",
            ],
            "AR2-TEST",
            "ORG-LIR1-TEST",
            0,
        ),
    ],
)
def test_the_abuse_contact_is_the_objects_its_organisations_or_its_less_specifics(
    objects: list[str], nic_hdl: str, org: str | None, inherited: int
) -> None:
    found = abuse_of(*objects)
    assert found is not None
    assert (found.nic_hdl, found.org, found.inherited) == (nic_hdl, org, inherited)


@pytest.mark.parametrize(
    "objects",
    [
        [f"{OUTER}\nsponsoring-org: ORG-LIR1-TEST\nadmin-c: AR1-TEST\nmnt-irt: IRT-A\nsource: TEST"],
        [f"{OUTER}\nabuse-c: SB1-TEST\nsource: TEST"],
        [f"{OUTER}\nabuse-c: AR1-TEST\nsource: OTHER"],
        [f"{OUTER}\nabuse-c: AR1-TEST\nsource: OTHER-GRS"],
        [f"{OUTER}\nabuse-c: AR1-TEST"],
        [f"{OUTER}\nabuse-c: AR1-TEST\nsource: OTHER", f"{INNER}\nsource: TEST"],
        [f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST", f"{INNER}\nmnt-by: ripe-ncc-end-mnt\nsource: TEST"],
        [
            f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST",
            f"{INNER}\nmnt-lower: RIPE-NCC-LEGACY-MNT\nsource: TEST",
        ],
        [
            f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST",
            f"{INNER}\nmnt-by: A-MNT, RIPE-NCC-HM-MNT\nsource: TEST",
        ],
    ],
)
def test_no_abuse_contact_is_searched_beyond_the_registrys_own_objects_and_sources(
    objects: list[str],
) -> None:
    assert abuse_of(*objects) is None


def test_an_aut_num_and_an_organisation_have_no_less_specific() -> None:
    assert abuse_of("aut-num: AS64496\nsponsoring-org: ORG-LIR1-TEST\nsource: TEST", query="AS64496") is None
    found = abuse_of("aut-num: AS64496\norg: ORG-LIR1-TEST\nsource: TEST", query="AS64496")
    assert found is not None
    assert (found.mailbox, found.org) == ("one@example.net", "ORG-LIR1-TEST")
    database = load(ABUSE_DESKS, main_source="TEST")
    organisation = database.get("organisation", "org-eu1-test", "test")
    assert organisation is not None
    of_organisation = find_abuse_contact(database, organisation)
    assert of_organisation is not None
    assert (of_organisation.mailbox, of_organisation.org) == ("two@example.net", None)
    role = database.get("role", "AR1-TEST", "test")
    assert role is not None
    assert find_abuse_contact(database, role) is None


def test_an_object_outside_the_database_is_looked_up_in_it() -> None:
    database = load(f"{ABUSE_DESKS}{OUTER}\norg: ORG-EU1-TEST\nsource: TEST\n")
    found = find_abuse_contact(database, parse_object(f"{INNER}\nsource: TEST\n"))
    assert found is not None
    assert (found.mailbox, found.inherited) == ("two@example.net", 1)


@pytest.mark.parametrize(
    ("objects", "org"),
    [
        ([f"{OUTER}\norg: ORG-EU1-TEST\nsource: TEST"], "ORG-EU1-TEST"),
        ([f"{OUTER}\norg: ORG-EU1-TEST\nsponsoring-org: ORG-LIR1-TEST\nsource: TEST"], "ORG-LIR1-TEST"),
        ([f"{OUTER}\norg: ORG-EU1-TEST\nsponsoring-org: ORG-EU2-TEST\nsource: TEST"], "ORG-EU2-TEST"),
        (
            [f"{OUTER}\norg: ORG-LIR1-TEST\nsource: TEST", f"{INNER}\norg: ORG-EU1-TEST\nsource: TEST"],
            "ORG-LIR1-TEST",
        ),
        (
            [
                f"{OUTER}\norg: ORG-LIR1-TEST\nsource: OTHER",
                f"{INNER}\norg: ORG-EU1-TEST\nmnt-by: RIPE-NCC-END-MNT\nsource: TEST",
            ],
            "ORG-LIR1-TEST",
        ),
        (
            [f"{OUTER}\norg: ORG-GONE-TEST\nsource: TEST", f"{INNER}\nabuse-c: AR2-TEST\nsource: TEST"],
            "ORG-GONE-TEST",
        ),
        ([f"{OUTER}\nabuse-c: AR2-TEST\nsource: TEST"], None),
    ],
)
def test_a_suspect_mailbox_refers_to_a_sponsor_or_an_lir_and_else_to_anyone(
    objects: list[str], org: str | None
) -> None:
    found = abuse_of(*objects, suspect="TWO@example.net")
    assert found is not None
    assert (found.mailbox, found.suspect, found.org) == ("two@example.net", True, org)


def test_the_way_up_is_from_each_object_to_its_own_less_specific() -> None:
    """Of two overlapping ranges around an object the smaller is next, and what does not enclose it is not."""
    found = abuse_of(
        f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST",
        "inetnum: 192.0.2.0 - 192.0.2.3\nsource: TEST",
        "inetnum: 192.0.2.0 - 192.0.2.7\nsource: TEST",
        "inetnum: 192.0.2.1 - 192.0.2.15\nabuse-c: AR2-TEST\nsource: TEST",
        "inetnum: 192.0.2.1 - 192.0.2.2\nsource: TEST",
    )
    assert found is not None
    assert (found.nic_hdl, found.inherited) == ("AR1-TEST", 3)


def test_a_masked_role_ends_the_walk_as_a_gap() -> None:
    """The registry has a mailbox there; to inherit another one would be a wrong answer."""
    found = abuse_of(
        f"{OUTER}\nabuse-c: AR1-TEST\nsource: TEST",
        f"{INNER}\nabuse-c: AR4-TEST\nsource: TEST",
        "role: Abuse\nnic-hdl: AR4-TEST\nabuse-mailbox: ********\nsource: TEST",
    )
    assert found is not None
    assert (found.nic_hdl, found.mailbox, found.gap) == ("AR4-TEST", None, "masked")


def test_a_walk_names_what_it_missed_and_goes_on_once_it_is_added() -> None:
    database = load("inetnum: 192.0.2.0/24\nmnt-irt: IRT-A\norg: ORG-EX1-EXAMPLE\nsource: RIPE\n")
    live = load(
        "irt: IRT-A\ne-mail: csirt@example.net\nsource: RIPE\n\n"
        "organisation: ORG-EX1-EXAMPLE\nabuse-c: AR1-EXAMPLE\nsource: RIPE\n\n"
        "role: Abuse\nnic-hdl: AR1-EXAMPLE\nabuse-mailbox: abuse@example.net\nsource: RIPE\n"
    )
    rounds = []
    while missing := resolve(database, "192.0.2.1").missing:
        rounds.append(missing)
        for class_name, key in missing:
            found = live.get(class_name, key, "ripe")
            assert found is not None
            database.add(found)
    assert rounds == [(("irt", "IRT-A"), ("organisation", "ORG-EX1-EXAMPLE")), (("role", "AR1-EXAMPLE"),)]
    answer = resolve(database, "192.0.2.1")
    assert [contact.email for contact in answer.contacts] == ["csirt@example.net", "abuse@example.net"]


def test_a_published_answer_gives_the_irt_its_validation_and_its_echo() -> None:
    """The role is generated from the irt, and the mailbox in the network's remarks is no contact."""
    path = PROJECT / ".." / "shared" / "data" / "transcripts" / "apnic_1.1.1.0-24_2022-06-28.txt"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this project")
    database = Database(parse_objects(path.read_bytes(), problems=[]))
    found = [(one.kind, one.email, one.validated, one.echo_of) for one in resolve(database, "1.1.1.1", "all").contacts]
    assert found == [
        ("irt", "helpdesk@apnic.net", "2021-02-09", None),
        ("abuse-c", "helpdesk@apnic.net", None, "IRT-APNICRANDNET-AU"),
    ]
    assert [one.kind for one in resolve(database, "1.1.1.1").contacts] == ["irt"]


def test_an_unknown_policy_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="expected one of csirt, abuse, all"):
        resolve(load(""), "192.0.2.1", "nearest")


@pytest.fixture(scope="module")
def dumps() -> Database:
    paths = sorted(path for path in DUMPS.iterdir() if path.suffix != ".md")
    return Database(obj for path in paths for obj in parse_objects(path.read_bytes(), problems=[]))


def test_the_dumps_are_read_whole(dumps: Database) -> None:
    assert dumps.registries == ("afrinic", "apnic", "lacnic", "ripe")
    assert (len(dumps), dumps.unplaced) == (51, [])


@pytest.mark.parametrize(
    ("address", "network", "irt_network", "found"),
    [
        ("192.0.2.7", "192.0.2.0 - 192.0.2.63", "192.0.2.0 - 192.0.2.191", "abuse@example.net"),
        ("192.0.2.100", "192.0.2.64 - 192.0.2.127", "same", "abuse@two.example"),
        ("192.0.2.81", "192.0.2.80 - 192.0.2.95", "192.0.2.64 - 192.0.2.127", "abuse@two.example"),
        ("192.0.2.140", "192.0.2.130 - 192.0.2.150", "192.0.2.0 - 192.0.2.191", "abuse@example.net"),
        ("192.0.2.191", "192.0.2.0 - 192.0.2.191", "same", "abuse@example.net"),
        ("192.0.2.200", "192.0.2.200 - 192.0.2.207", None, "special-purpose"),
        ("192.0.2.240", "0.0.0.0 - 255.255.255.255", None, "special-purpose"),
        ("198.51.100.1", "198.51.100.0 - 198.51.100.255", "same", "dummy"),
        ("198.51.100.70", "198.51.100.64 - 198.51.100.127", "same", "csirt@campus.example"),
        ("198.51.100.130", "198.51.100.128 - 198.51.100.143", "same", "old@stale.example"),
        ("198.51.100.150", "198.51.100.144 - 198.51.100.159", "same", "csirt@campus.example"),
        ("198.51.100.200", "198.51.100.192 - 198.51.100.255", None, "abuse@example.net"),
        ("203.0.113.1", "203.0.113.0 - 203.0.113.127", None, "special-purpose"),
        ("203.0.113.130", "203.0.113.128 - 203.0.113.255", "same", "csirt@afrique.example"),
        ("203.0.113.199", "203.0.113.160 - 203.0.113.207", "same", "security@kano.example"),
        (
            "203.0.113.205",
            "203.0.113.200 - 203.0.113.223",
            "203.0.113.160 - 203.0.113.207",
            "security@kano.example",
        ),
        (
            "203.0.113.210",
            "203.0.113.200 - 203.0.113.223",
            "203.0.113.128 - 203.0.113.255",
            "csirt@afrique.example",
        ),
        ("2001:db8::1", "2001:db8::/34", "same", "abuse@example.net"),
        ("2001:db8:100:1::1", "2001:db8:100:1::/64", "same", "abuse@two.example"),
        ("2001:db8:4100::1", "2001:db8:4100::/48", "2001:db8:4000::/34", "csirt@campus.example"),
        ("2001:db8:8000::1", "2001:db8:8000::/34", None, "special-purpose"),
        ("2001:db8:c000::1", "2001:db8:c000::/34", None, "special-purpose"),
    ],
)
def test_the_dumps_answer_as_their_provenance_says(
    dumps: Database, address: str, network: str | None, irt_network: str | None, found: str
) -> None:
    answer = resolve(dumps, address)
    assert answer.network == network
    assert answer.irt_network == (network if irt_network == "same" else irt_network)
    assert (answer.email or answer.reason) == found


def test_several_irts_of_the_dumps_are_all_listed_in_upper_case_and_file_order(dumps: Database) -> None:
    assert resolve(dumps, "192.0.2.100").irts == ("IRT-EXAMPLE-CSIRT", "IRT-SECOND-TEAM", "IRT-THIRD-TEAM")
    assert resolve(dumps, "198.51.100.150").irts == ("IRT-EXAMPLENET-AU", "IRT-CAMPUS-NZ")
    assert resolve(dumps, "2001:db8:100:1::1").missing == (("irt", "IRT-GONE-EXAMPLE"),)


def contacts_of(answer: Answer) -> list[tuple[str, str | None, int, bool]]:
    return [(found.handle, found.gap or found.email, found.inherited, found.suspect) for found in answer.contacts]


def test_the_network_is_described_by_its_own_attributes(dumps: Database) -> None:
    answer = resolve(dumps, "192.0.2.7")
    assert (answer.source, answer.netname, answer.country, answer.org) == ("RIPE", "CUSTOMER-ONE", "DE", None)
    lacnic = resolve(dumps, "203.0.113.1")
    assert (lacnic.source, lacnic.netname, lacnic.country) == ("LACNIC", None, "BR")
    assert resolve(dumps, "192.0.2.195").org == "ORG-EX2-EXAMPLE"


def test_gaps_and_suspects_of_the_dumps_are_listed(dumps: Database) -> None:
    assert contacts_of(resolve(dumps, "192.0.2.7")) == [
        ("IRT-EXAMPLE-CSIRT", "dummy", 1, False),
        ("AR1-EXAMPLE", "abuse@example.net", 1, False),
    ]
    assert contacts_of(resolve(dumps, "198.51.100.1")) == [
        ("IRT-EXAMPLENET-AU", "masked", 0, False),
        ("AE1-EXAMPLE", "masked", 0, False),
    ]
    assert contacts_of(resolve(dumps, "198.51.100.130")) == [
        ("IRT-STALE-FJ", "old@stale.example", 0, True),
        ("AE1-EXAMPLE", "masked", 1, False),
    ]
    unresolved = resolve(dumps, "203.0.113.70")
    assert contacts_of(unresolved) == [("ABE", "missing-object", 1, False)]
    assert unresolved.missing == (("role", "ABE"),)


def test_an_echo_of_the_dumps_is_listed_by_one_policy_only(dumps: Database) -> None:
    everything = resolve(dumps, "198.51.100.70", "all").contacts
    assert [(found.handle, found.echo_of) for found in everything] == [
        ("IRT-CAMPUS-NZ", None),
        ("AC1-EXAMPLE", "IRT-CAMPUS-NZ"),
    ]
    assert [found.validated for found in everything] == ["2024-02-11", "2024-02-11"]
    for policy in ("csirt", "abuse"):
        assert [found.handle for found in resolve(dumps, "198.51.100.70", policy).contacts] == ["IRT-CAMPUS-NZ"]


def test_a_contact_found_suspect_elsewhere_stays_a_contact(dumps: Database) -> None:
    answer = resolve(dumps, "192.0.2.7", suspect_mailboxes={"Abuse@Example.net"})
    assert (answer.email, answer.contacts[-1].suspect) == ("abuse@example.net", True)


def told(database: Database, query: str) -> list[str]:
    return list(resolve(database, query).steps)


def test_the_walk_is_told_as_a_person_would(dumps: Database) -> None:
    dummy = "its e-mail is a dummy in this copy of the data, a gap that a live query may fill."
    assert told(dumps, "192.0.2.81") == [
        "192.0.2.81 is in inetnum 192.0.2.80 - 192.0.2.95 (CUSTOMER-TWO-OFFICE, source RIPE).",
        (
            "It has no mnt-irt; inetnum 192.0.2.64 - 192.0.2.127 has mnt-irt "
            "IRT-EXAMPLE-CSIRT, IRT-SECOND-TEAM and IRT-THIRD-TEAM, 1 level up."
        ),
        f"IRT-EXAMPLE-CSIRT: {dummy}",
        f"IRT-SECOND-TEAM: {dummy}",
        f"IRT-THIRD-TEAM: {dummy}",
        (
            "abuse-c AR2-EXAMPLE, by inetnum 192.0.2.64 - 192.0.2.127 -> abuse-c -> AR2-EXAMPLE -> "
            "abuse-mailbox, 1 level up: abuse@two.example, last modified 2022-02-22T22:22:22Z."
        ),
        "Policy csirt puts abuse@two.example first (abuse-c AR2-EXAMPLE).",
    ]


def test_a_walk_without_result_is_told_too(dumps: Database) -> None:
    set_aside = "So there is no mailbox (special-purpose): IANA has set it aside: Documentation (TEST-NET-1)."
    assert told(dumps, "192.0.2.200") == [
        "192.0.2.200 is in inetnum 192.0.2.200 - 192.0.2.207 (INDEPENDENT-LAB, source RIPE).",
        ("It has no mnt-irt; neither has inetnum 192.0.2.192 - 192.0.2.223 nor inetnum 0.0.0.0 - 255.255.255.255."),
        ("abuse-c: none; the search ends at inetnum 192.0.2.192 - 192.0.2.223, which the registry itself maintains."),
        set_aside,
    ]
    assert told(dumps, "192.0.2.240") == [
        "192.0.2.240 is in no registered object: there is only inetnum 0.0.0.0 - 255.255.255.255, the root.",
        set_aside,
    ]
    assert told(load(""), NOBODYS) == [
        "192.31.196.8 is in no registered object.",
        "So there is no mailbox (unregistered): nobody has registered it here.",
    ]


def test_a_placeholder_is_told() -> None:
    placeholder = f"inetnum: 192.31.196.0/24\n{PLACEHOLDER}"
    assert told(load(placeholder), NOBODYS)[0] == (
        "192.31.196.8 is in no registered object: there is only inetnum 192.31.196.0 - 192.31.196.255 "
        "(NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK), which says to ask another registry."
    )
    stub = "inetnum: 192.31.196.0/24\nmnt-by: APNIC-STUB\nsource: APNIC\n"
    assert "192.31.196.255, which says" in told(load(stub), NOBODYS)[0]


def test_a_long_way_up_is_told_in_one_sentence() -> None:
    widths = "".join(f"inetnum: 192.0.2.0/{length}\nsource: RIPE\n\n" for length in range(26, 32))
    database = load(f"{OUTER}\nmnt-irt: IRT-A\nsource: RIPE\n\n{widths}")
    assert told(database, "192.0.2.1")[1] == (
        "It has no mnt-irt; nor has any of the 5 objects from inetnum 192.0.2.0 - 192.0.2.3 "
        "to inetnum 192.0.2.0 - 192.0.2.63; inetnum 192.0.2.0 - 192.0.2.255 has mnt-irt IRT-A, 6 levels up."
    )
    assert told(database, "192.0.2.0 - 192.0.2.63")[1] == (
        "It has no mnt-irt; inetnum 192.0.2.0 - 192.0.2.255 has mnt-irt IRT-A, 1 level up."
    )
    assert told(load(f"{OUTER}\nsource: RIPE\n"), "192.0.2.1")[1] == ("It has no mnt-irt; nothing encloses it.")


def test_echoes_suspects_and_validation_are_told() -> None:
    database = load(
        "aut-num: AS64496\nmnt-irt: IRT-A\nabuse-c: AE1-EXAMPLE\nsource: APNIC\n\n"
        "irt: IRT-A\nabuse-mailbox: a@example.net\nremarks: a@example.net was validated on 2024-01-02\n"
        "remarks: a@example.net is invalid\nsource: APNIC\n\n"
        "role: Abuse\nnic-hdl: AE1-EXAMPLE\nabuse-mailbox: a@example.net\n"
        "remarks: Generated from irt object IRT-A\nsource: APNIC\n"
    )
    assert told(database, "AS64496") == [
        "AS64496 is aut-num AS64496 (source APNIC).",
        "It has mnt-irt IRT-A.",
        "IRT-A: a@example.net, which failed the registry's validation (suspect), validated on 2024-01-02.",
        (
            "abuse-c AE1-EXAMPLE, by aut-num AS64496 -> abuse-c -> AE1-EXAMPLE -> abuse-mailbox: "
            "a@example.net, generated from IRT-A, so no second opinion."
        ),
        "Policy csirt puts a@example.net first (irt IRT-A).",
    ]


@pytest.mark.parametrize(
    ("attributes", "told_last"),
    [
        ("", "no contact is registered"),
        ("mnt-irt: IRT-A\n", "who is named is not in the data"),
        ("abuse-c: AR1-EXAMPLE\n", "who is named has none"),
    ],
)
def test_what_is_registered_is_not_said_to_be_none(attributes: str, told_last: str) -> None:
    """Whom the object names may be missing here, or have no mailbox."""
    role = "role: Abuse\nnic-hdl: AR1-EXAMPLE\nsource: RIPE\n"
    *_, last = told(load(f"inetnum: {NOBODYS}/29\n{attributes}source: RIPE\n\n{role}"), NOBODYS)
    assert last == f"So there is no mailbox (no-contact): {told_last}."


def test_missing_objects_and_missing_mailboxes_are_told() -> None:
    database = load(
        f"{OUTER}\nmnt-irt: IRT-A\nabuse-c: AR1-EXAMPLE\nsource: RIPE\n\n"
        "role: Abuse\nnic-hdl: AR1-EXAMPLE\nsource: RIPE\n"
    )
    assert told(database, "192.0.2.1")[2:4] == [
        "IRT-A: there is no such object in the data, a gap.",
        (
            "abuse-c AR1-EXAMPLE, by inetnum 192.0.2.0 - 192.0.2.255 -> abuse-c -> AR1-EXAMPLE: "
            "it holds no mailbox, a gap."
        ),
    ]


def test_the_facts_are_imported_without_email_ipaddress_or_numpy() -> None:
    program = (
        "import sys; import irtkit.schema.contact_facts; "
        "print([name for name in ('email', 'ipaddress', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
