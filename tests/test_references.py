"""References: who exists, in which class, what is asked of them, and who is left dangling; each rule by its example."""

from collections.abc import Iterator

import pytest

from irtkit.problems import Problem, Severity, Span
from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, RpslObject, parse_object, parse_objects
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.schema.template import KeyRole
from irtkit.validation.codes import Code
from irtkit.validation.database_codes import CODES, GROUP
from irtkit.validation.hierarchy import iter_hierarchy_problems
from irtkit.validation.joined import JoinedObjects, PartialObjects
from irtkit.validation.keys import as_reference, find_attribute, home_of, key_of, placeholder, space_of
from irtkit.validation.layers import Layered
from irtkit.validation.objects import Network, ObjectSet, Referrer, iter_ancestors, network_of
from irtkit.validation.options import Action, Options
from irtkit.validation.places import find_action
from irtkit.validation.reference_rules import REFERENCES, references_of
from irtkit.validation.references import iter_reference_problems, undecided_classes
from irtkit.validation.view import View

MNTNER = "mntner: EXAMPLE-MNT\nsource: RIPE\n"
PERSON = "person: Example Person\nnic-hdl: EP1-EXAMPLE\nsource: RIPE\n"
ROLE = "role: Example Desk\nnic-hdl: ED1-EXAMPLE\nsource: RIPE\n"
DESK = "role: Example Desk\nnic-hdl: ED1-EXAMPLE\nabuse-mailbox: abuse@example.net\nsource: RIPE\n"
ORG = "organisation: ORG-EX1-EXAMPLE\norg-type: OTHER\nsource: RIPE\n"
LIR = "organisation: ORG-EX1-EXAMPLE\norg-type: LIR\nsource: RIPE\n"
KEY_CERT = "key-cert: PGPKEY-0A1B2C3D\nsource: RIPE\n"
IRT = "irt: irt-example\nsource: RIPE\n"


def judge(
    submitted: str, stored: str | None = None, *, registry: str = "ripe", options: Options | None = None
) -> list[Problem]:
    """Return what is wrong with the references of a submission; without *stored* there is no database."""
    schema, updates = SCHEMAS[registry], list(parse_objects(submitted))
    database = None if stored is None else ObjectSet(parse_objects(stored), registry=registry, complete=True)
    top = ObjectSet(registry=registry)
    found: list[Problem] = []
    for obj in updates:
        (top.remove if obj.get("delete") else top.add)(obj)
    world = top if database is None else Layered(top, database)
    for obj in updates:
        found += iter_reference_problems(
            obj, schema, world, before=database, deletion=bool(obj.get("delete")), options=options or Options()
        )
    return found


def codes(submitted: str, stored: str | None = None, *, registry: str = "ripe") -> list[str]:
    return [problem.code for problem in judge(submitted, stored, registry=registry)]


def database(*texts: str) -> str:
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("attribute", "value", "target"),
    [
        ("mnt-by", "EXAMPLE-MNT", MNTNER),
        ("mnt-lower", "example-mnt", MNTNER),
        ("mnt-domains", "EXAMPLE-MNT", MNTNER),
        ("mnt-routes", "EXAMPLE-MNT {192.0.2.0/24^+}", MNTNER),
        ("mnt-routes", "EXAMPLE-MNT ANY", MNTNER),
        ("mnt-irt", "IRT-EXAMPLE", IRT),
        ("admin-c", "EP1-EXAMPLE", PERSON),
        ("admin-c", "ED1-EXAMPLE", ROLE),
        ("tech-c", "ep1-example", PERSON),
        ("abuse-c", "ED1-EXAMPLE", DESK),
        ("org", "ORG-EX1-EXAMPLE", ORG),
        ("sponsoring-org", "ORG-EX1-EXAMPLE", LIR),
    ],
)
def test_a_reference_to_what_exists_is_fine_and_to_nothing_is_not(attribute: str, value: str, target: str) -> None:
    """Every reference attribute of an inetnum finds an object of its class, whatever the case, and misses another."""
    network = f"inetnum: 192.0.2.0 - 192.0.2.255\n{attribute}: {value}\nsource: RIPE\n"
    assert codes(network, target) == []
    elsewhere = target.replace("EX", "OT").replace("irt-example", "irt-other")
    assert codes(network, elsewhere) == ["unknown-reference"]


@pytest.mark.parametrize("attribute", ["auth", "signature", "encryption"])
def test_keys_of_an_irt_are_references(attribute: str) -> None:
    """An irt names key-certs in three attributes, and each must exist."""
    irt = f"irt: irt-example\n{attribute}: pgpkey-0a1b2c3d\nsource: RIPE\n"
    assert codes(irt, KEY_CERT) == []
    assert codes(irt, KEY_CERT.replace("3D", "3E")) == ["unknown-reference"]


def test_an_auth_that_is_no_key_refers_to_nothing() -> None:
    """SSO accounts and passwords are not objects."""
    irt = "irt: irt-example\nauth: SSO user@example.net\nauth: MD5-PW $1$abc$xyz\nsource: RIPE\n"
    assert codes(irt, KEY_CERT) == []


def test_mbrs_by_ref_takes_any() -> None:
    """The keyword ANY stands for every maintainer."""
    text = "route-set: RS-EXAMPLE\nmbrs-by-ref: any, EXAMPLE-MNT, OTHER-MNT\nsource: RIPE\n"
    problems = judge(text, MNTNER)
    assert [(problem.code, problem.span) for problem in problems] == [("unknown-reference", Span(2, 32, 9))]


def test_members_are_not_references() -> None:
    """The registry does not look for what a set lists."""
    sets = "as-set: AS-EXAMPLE\nmembers: AS64496, AS-OTHER\nsource: RIPE\n"
    assert codes(sets, database("as-set: AS-THIRD\nsource: RIPE\n", MNTNER)) == []


def test_each_missing_name_of_a_list_is_shown_where_it_stands() -> None:
    """A comma list, with continuation lines and comments, gives one problem for each missing name, at that name."""
    text = "irt: irt-example\nmnt-by: EXAMPLE-MNT , # ours\n  B-MNT,\n+ C-MNT # c\nmnt-ref: D-MNT\nsource: RIPE\n"
    problems = judge(text, MNTNER)
    assert [problem.span for problem in problems] == [Span(3, 3, 5), Span(4, 3, 5), Span(5, 10, 5)]
    assert problems[0].message == '"B-MNT" does not exist'
    assert problems[0].hint == "expected a mntner that is in the registry's database or in this submission"
    assert problems[0].citation == "RIPE whois 1.124: ReferencedObjectsExistValidator"
    assert problems[0].severity is Severity.ERROR


def test_empty_and_malformed_names_are_left_to_the_syntax() -> None:
    """What is no key at all is reported once, by the check of syntaxes."""
    irt = "irt: irt-example\nmnt-by: EXAMPLE-MNT,,\nmnt-by:\nadmin-c: not a handle\ntech-c: EP2-EXAMPLE\nsource: RIPE\n"
    assert [problem.span for problem in judge(irt, database(MNTNER, PERSON))] == [Span(5, 9, 11)]


def test_attributes_that_a_class_does_not_have_are_left_to_the_template() -> None:
    """A misplaced or generated attribute, or one of an unknown class, refers to nothing."""
    assert codes("irt: irt-example\nmnt-irt: IRT-OTHER\nsource: RIPE\n", IRT) == []
    assert codes("unknown: x\nmnt-by: OTHER-MNT\nsource: RIPE\n", MNTNER) == []


def test_a_class_that_the_database_lacks_is_not_decided() -> None:
    """Of a class with no object in the database nothing is said: the database may be a part of the registry's."""
    irt = "irt: irt-example\nmnt-by: OTHER-MNT\nadmin-c: EP9-EXAMPLE\norg: ORG-OT1-EXAMPLE\nsource: RIPE\n"
    assert codes(irt, MNTNER) == ["unknown-reference"]
    assert codes(irt, PERSON) == ["unknown-reference"]
    assert codes(irt, ORG) == ["unknown-reference"]
    assert codes(irt, "") == []
    assert codes(irt) == []


def test_stand_ins_for_persons_leave_persons_undecided() -> None:
    """A public dump has one person in the place of all, so that a missing handle says nothing."""
    irt = "irt: irt-example\nadmin-c: EP9-EXAMPLE\nmnt-by: OTHER-MNT\nsource: RIPE\n"
    stand_in = "person: Placeholder Person Object\nnic-hdl: DUMY-RIPE\nsource: RIPE\n"
    assert codes(irt, database(stand_in, ROLE)) == []
    schema = SCHEMAS["ripe"]
    held = ObjectSet(parse_objects(database(stand_in, ROLE, MNTNER)), registry="ripe", complete=True)
    assert undecided_classes(schema, held) == (
        "as-set",
        "irt",
        "key-cert",
        "organisation",
        "person",
        "poetic-form",
        "role",
        "route-set",
        "rtr-set",
    )
    assert "mntner" in undecided_classes(schema, ObjectSet(parse_objects(MNTNER), registry="ripe"))


def test_the_name_of_a_set_says_which_class_is_missing() -> None:
    """A database with as-sets and no route-sets decides about as-sets only."""
    number = "aut-num: AS64496\nmember-of: {}\nsource: RIPE\n"
    held = "as-set: AS-EXAMPLE\nsource: RIPE\n"
    assert codes(number.format("AS64496:AS-OTHER"), held) == ["unknown-reference"]
    assert codes(number.format("RS-OTHER"), held) == []


def test_an_object_of_another_class_has_a_message_of_its_own() -> None:
    """A handle names a person or a role, so the other one is known to be wrong even without the rest."""
    org = "organisation: ORG-EX1-EXAMPLE\nabuse-c: EP1-EXAMPLE\nsource: RIPE\n"
    for problems in (judge(org, PERSON), judge(database(org, PERSON))):
        assert [(problem.code, problem.span) for problem in problems] == [("wrong-class", Span(2, 10, 11))]
        assert problems[0].message == '"EP1-EXAMPLE" is a person, and abuse-c refers to a role'
        assert problems[0].hint == "expected a role"


def test_a_wrong_class_is_only_wrong_if_the_right_one_is_known() -> None:
    """Keys of classes that do not share them may exist twice."""
    irt = "irt: irt-example\nmnt-by: AS-EXAMPLE\nsource: RIPE\n"
    as_set = "as-set: AS-EXAMPLE\nsource: RIPE\n"
    assert codes(irt, as_set) == []
    problems = judge(irt, database(as_set, MNTNER))
    assert [problem.message for problem in problems] == ['"AS-EXAMPLE" is an as-set, and mnt-by refers to a mntner']


def test_objects_of_the_submission_count_in_any_order() -> None:
    """What is created together may refer to each other, first to last and last to first."""
    irt = "irt: irt-example\nmnt-by: NEW-MNT\nadmin-c: EP1-EXAMPLE\nsource: RIPE\n"
    mntner = "mntner: NEW-MNT\nmnt-by: NEW-MNT\nadmin-c: EP1-EXAMPLE\nsource: RIPE\n"
    assert codes(database(irt, mntner, PERSON), database(MNTNER, ROLE)) == []
    assert codes(database(PERSON, mntner, irt), database(MNTNER, ROLE)) == []


def test_an_object_may_refer_to_itself() -> None:
    """A maintainer may maintain itself, even judged alone."""
    mntner = parse_object("mntner: NEW-MNT\nmnt-by: NEW-MNT\nsource: RIPE\n")
    held = ObjectSet(parse_objects(MNTNER), registry="ripe", complete=True)
    assert list(iter_reference_problems(mntner, SCHEMAS["ripe"], held)) == []


def test_what_the_submission_deletes_is_gone_for_references() -> None:
    """A reference to an object that goes in the same submission is a problem of both."""
    irt = "irt: irt-example\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    gone = "mntner: EXAMPLE-MNT\nsource: RIPE\ndelete: no more\n"
    other = "mntner: OTHER-MNT\nsource: RIPE\n"
    assert codes(database(irt, gone), database(MNTNER, other)) == ["unknown-reference", "still-referenced"]
    assert codes(database(gone, irt), database(MNTNER, other)) == ["still-referenced", "unknown-reference"]


def test_automatic_keys_resolve_within_the_submission() -> None:
    """AUTO-n names what asks for it in the same submission, whatever letters follow; no database matters."""
    org = "organisation: AUTO-1EX\nadmin-c: AUTO-2\nsource: RIPE\n"
    person = "person: Example Person\nnic-hdl: auto-2EP\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    network = "inetnum: 192.0.2.0/24\norg: AUTO-1\nadmin-c: AUTO-2XY\nsource: RIPE\n"
    assert codes(database(org, person, network)) == []
    assert codes(database(network, person, org), database(MNTNER, PERSON, ORG)) == []


def test_an_automatic_key_that_nothing_asks_for_is_an_error() -> None:
    """AUTO-n means nothing outside its submission."""
    irt = "irt: irt-example\nadmin-c: AUTO-7\nsource: RIPE\n"
    for problems in (judge(irt), judge(irt, PERSON), judge(irt, PERSON.replace("EP1-EXAMPLE", "AUTO-8"))):
        assert [(problem.code, problem.span) for problem in problems] == [("auto-key-undefined", Span(2, 10, 6))]


def test_an_automatic_key_of_another_class_is_an_error() -> None:
    """AUTO-1 of an organisation is no contact."""
    irt = "irt: irt-example\nadmin-c: AUTO-1\nsource: RIPE\n"
    problems = judge(database(irt, "organisation: AUTO-1\nsource: RIPE\n"))
    assert [problem.message for problem in problems] == [
        '"AUTO-1" is an organisation, and admin-c refers to a person or a role'
    ]


def test_an_automatic_key_that_two_objects_ask_for_is_an_error_of_both() -> None:
    """The number alone tells keys apart, whatever classes and letters they are for."""
    person = "person: Example Person\nnic-hdl: AUTO-1EP\nsource: RIPE\n"
    org = "organisation: AUTO-1\nsource: RIPE\n"
    assert codes(database(person, org)) == ["auto-key-repeated"] * 2
    assert codes(database(org, person)) == ["auto-key-repeated"] * 2
    assert codes(database(person, org.replace("1", "2"))) == []


def test_a_maintainer_may_be_called_auto() -> None:
    """Only persons, roles, organisations and keys have keys that the registry makes up."""
    irt = "irt: irt-example\nmnt-by: AUTO-1MNT\nsource: RIPE\n"
    mntner = "mntner: AUTO-1MNT\nsource: RIPE\n"
    assert codes(irt, mntner) == []
    assert codes("mntner: AUTO-1MNT\nsource: RIPE\ndelete: x\n", database(mntner, irt)) == ["still-referenced"]


def test_short_names_are_references_too() -> None:
    """`*mb` is mnt-by, in what is submitted and in what is stored."""
    assert codes("irt: irt-example\n*mb: OTHER-MNT\nsource: RIPE\n", MNTNER) == ["unknown-reference"]
    assert (
        codes("pn: Example Person\nnh: EP1-EXAMPLE\nso: RIPE\n\nirt: irt-example\nac: EP1-EXAMPLE\nso: RIPE\n", "")
        == []
    )
    role = "role: Example Desk\nnh: ED1-EXAMPLE\nam: abuse@example.net\nso: RIPE\n"
    assert codes("organisation: ORG-EX1-EXAMPLE\nau: ED1-EXAMPLE\nso: RIPE\n", role) == []


def test_an_abuse_contact_is_a_role_with_a_mailbox() -> None:
    """A role without abuse-mailbox is no abuse contact, in any class that may name one."""
    for first in (
        "organisation: ORG-EX1-EXAMPLE",
        "inetnum: 192.0.2.0/24",
        "inet6num: 2001:db8::/32",
        "aut-num: AS64496",
    ):
        text = f"{first}\nabuse-c: ED1-EXAMPLE\nsource: RIPE\n"
        assert codes(text, DESK) == []
        assert codes(text, ROLE) == ["role-without-mailbox"]
        assert codes(database(text, DESK), ROLE) == []


def test_registries_differ_in_what_they_check() -> None:
    """IRRd checks contacts and maintainers only, within one source; APNIC asks for no mailbox of a role."""
    irt = "irt: irt-example\nmnt-by: OTHER-MNT\nauth: PGPKEY-0A1B2C3D\nsource: {}\n"
    mntner, key = "mntner: EXAMPLE-MNT\nsource: {}\n", "key-cert: PGPKEY-0A1B2C3E\nsource: {}\n"
    stored = database(mntner, key)
    assert codes(irt.format("RADB"), stored.format("RADB", "RADB"), registry="irrd") == ["unknown-reference"]
    assert codes(irt.format("RIPE"), stored.format("RIPE", "RIPE")) == ["unknown-reference"] * 2
    network = "inetnum: 192.0.2.0/24\nabuse-c: ED1-EXAMPLE\nsource: APNIC\n"
    assert codes(network, ROLE.replace("RIPE", "APNIC"), registry="apnic") == []
    problem = judge(irt.format("APNIC"), stored.format("APNIC", "APNIC"), registry="apnic")[0]
    assert problem.citation == "APNIC whois guide: object templates; the software is RIPE's"


def test_each_source_is_a_database_of_its_own() -> None:
    """A maintainer of another registry is none here, and the NONAUTH source belongs to the main one."""
    irt = "irt: irt-example\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    other = "mntner: OTHER-MNT\nsource: RIPE\n"
    assert codes(irt, database(other, MNTNER.replace("RIPE", "APNIC"))) == ["unknown-reference"]
    assert codes(irt.replace("RIPE", "RIPE-NONAUTH"), MNTNER) == []
    assert codes(irt.replace("source: RIPE\n", ""), MNTNER.replace("source: RIPE\n", "")) == []


@pytest.mark.parametrize("registry", REFERENCES)
def test_the_rows_name_attributes_and_classes_of_the_registry(registry: str) -> None:
    """No row is about a class that the registry lacks, nor, but for rows that RIPE's software shares, an attribute."""
    schema = SCHEMAS[registry]
    used = {row.attribute for name in schema.templates for row in references_of(schema, name).values()}
    assert {name for row in REFERENCES[registry] for name in row.classes} <= {*schema.templates, "poetic-form"}
    if registry in {"ripe", "irrd"}:
        assert {row.attribute for row in REFERENCES[registry]} == used
    assert {"mnt-by", "admin-c", "tech-c"} <= used


def test_ripe_has_a_row_for_every_attribute_by_which_objects_find_their_referrers() -> None:
    """An inverse key is a reference, a mailbox, or one of the few that name numbers and hosts."""
    schema = SCHEMAS["ripe"]
    inverse = {
        row.name
        for template in schema.templates.values()
        for row in template.rows
        if KeyRole.INVERSE in row.keys and KeyRole.PRIMARY not in row.keys
    }
    mailboxes = {"notify", "irt-nfy", "mnt-nfy", "ref-nfy", "upd-to", "abuse-mailbox"}
    others = {"fingerpr", "ifaddr", "local-as", "nserver", "ds-rdata"}
    of_keys = {"signature", "encryption"}  # references by which nobody is found
    assert (inverse - mailboxes - others) | of_keys == {row.attribute for row in REFERENCES["ripe"]}


# --- organisations, sponsors, abuse contacts, sets

PI = "inetnum: 192.0.2.0 - 192.0.2.255\nstatus: ASSIGNED PI\norg: ORG-EX1-EXAMPLE\n{}source: RIPE\n"


@pytest.mark.parametrize(
    ("class_and_key", "status", "fine", "wrong"),
    [
        ("inetnum: 192.0.2.0/24", "ALLOCATED UNSPECIFIED", "IANA RIR LIR", "OTHER NIR"),
        ("inetnum: 192.0.2.0/24", "ALLOCATED PA", "RIR LIR", "IANA OTHER"),
        ("inetnum: 192.0.2.0/24", "allocated-assigned pa", "RIR LIR", "OTHER DIRECT_ASSIGNMENT"),
        ("inetnum: 192.0.2.0/24", "ASSIGNED PA", "LIR OTHER", "RIR IANA"),
        ("inetnum: 192.0.2.0/24", "SUB-ALLOCATED PA", "LIR OTHER", "RIR"),
        ("inetnum: 192.0.2.0/24", "ASSIGNED ANYCAST", "LIR OTHER", "RIR"),
        ("inet6num: 2001:db8::/32", "ALLOCATED-BY-RIR", "IANA RIR LIR", "OTHER"),
        ("inet6num: 2001:db8::/32", "ALLOCATED-BY-LIR", "LIR OTHER", "RIR"),
        ("inet6num: 2001:db8::/32", "ASSIGNED", "LIR OTHER", "IANA"),
    ],
)
def test_a_status_asks_for_a_type_of_organisation(class_and_key: str, status: str, fine: str, wrong: str) -> None:
    """The organisation of a network has one of the types that go with its status."""
    network = f"{class_and_key}\nstatus: {status}\norg: ORG-EX1-EXAMPLE\nsource: RIPE\n"
    for kind in fine.split():
        assert codes(network, f"organisation: ORG-EX1-EXAMPLE\norg-type: {kind.lower()}\nsource: RIPE\n") == []
    for kind in wrong.split():
        problems = judge(network, f"organisation: ORG-EX1-EXAMPLE\norg-type: {kind}\nsource: RIPE\n")
        assert [(problem.code, problem.span) for problem in problems] == [("wrong-org-type", Span(3, 6, 15))]
        assert problems[0].hint == f"expected org-type {' or '.join(', '.join(fine.split()).rsplit(', ', 1))}"


def test_an_end_user_s_organisation_needs_an_abuse_contact() -> None:
    """The holder of a resource that the registry assigned has an abuse-c with a mailbox, unless it is an LIR."""
    contact = ORG + "abuse-c: ED1-EXAMPLE\n"
    assert codes(PI.format(""), ORG) == ["organisation-without-abuse-c"]
    assert codes(PI.format(""), LIR) == []
    assert codes(PI.format(""), database(contact, ROLE)) == ["organisation-without-abuse-c"]
    assert codes(PI.format(""), database(contact, DESK)) == []
    assert codes(PI.format("").replace(" PI", " PA"), ORG) == []
    legacy = PI.format("mnt-by: {}\n").replace("ASSIGNED PI", "LEGACY")
    own = "mntner: RIPE-NCC-LEGACY-MNT\nsource: RIPE\n"
    assert codes(legacy.format("EXAMPLE-MNT"), database(ORG, MNTNER)) == []
    assert codes(legacy.format("RIPE-NCC-LEGACY-MNT"), database(ORG, own)) == ["organisation-without-abuse-c"]
    number = "aut-num: AS64496\n{}org: ORG-EX1-EXAMPLE\nsource: RIPE\n"
    assert codes(number.format("status: ASSIGNED\n"), ORG) == ["organisation-without-abuse-c"]
    assert codes(number.format(""), ORG) == []


def test_a_sponsor_is_an_lir() -> None:
    """A sponsoring organisation of another type is refused, unless it is stored already."""
    sponsored = "inetnum: 192.0.2.0 - 192.0.2.255\nstatus: ASSIGNED PI\nsponsoring-org: ORG-EX1-EXAMPLE\nsource: RIPE\n"
    assert codes(sponsored, LIR) == []
    assert codes(sponsored, ORG) == ["sponsor-is-no-lir"]
    assert codes(sponsored, database(ORG, sponsored)) == []


def test_a_new_resource_of_an_end_user_needs_a_sponsor() -> None:
    """With the registry's maintainer of end users and a holder that is no LIR, sponsoring-org is needed."""
    own = "mntner: RIPE-NCC-END-MNT\nsource: RIPE\n"
    contact = ORG + "abuse-c: ED1-EXAMPLE\n"
    network = PI.format("mnt-by: ripe-ncc-end-mnt\n")
    problems = judge(network, database(own, contact, DESK))
    assert [(problem.code, problem.span) for problem in problems] == [("missing-sponsor", Span(1, 1, 7))]
    assert codes(network, database(own, LIR)) == []
    assert codes(network, database(own, contact, DESK, network)) == []
    assert codes(PI.format(""), database(own, contact, DESK)) == []


def test_an_abuse_contact_that_the_organisation_has_is_repeated() -> None:
    """A warning, whether the object's own organisation or that of a network around it supplies the contact."""
    contact = ORG + "abuse-c: ED1-EXAMPLE\n"
    own = "inetnum: 192.0.2.0/25\nstatus: ASSIGNED PA\n{}abuse-c: ed1-example\nsource: RIPE\n"
    around = "inetnum: 192.0.2.0/24\nstatus: ALLOCATED PA\norg: ORG-EX1-EXAMPLE\nsource: RIPE\n"
    problems = judge(own.format("org: ORG-EX1-EXAMPLE\n"), database(contact, DESK))
    assert [(problem.code, problem.severity) for problem in problems] == [("repeated-abuse-c", Severity.WARNING)]
    assert codes(own.format(""), database(contact, DESK, around)) == ["repeated-abuse-c"]
    assert codes(own.format(""), database(contact, DESK)) == []
    assert codes(own.format(""), database(ORG, DESK, around)) == []
    nearer = "organisation: ORG-EX2-EXAMPLE\norg-type: LIR\nabuse-c: ED2-EXAMPLE\nsource: RIPE\n"
    second = DESK.replace("ED1", "ED2")
    mine = own.format("org: ORG-EX2-EXAMPLE\n")
    assert codes(mine, database(contact, DESK, around, nearer, second)) == []


def test_a_set_takes_members_of_the_maintainers_it_names() -> None:
    """A claim is supported by mbrs-by-ref with a maintainer of the member, or ANY; without it by nothing."""
    number = "aut-num: AS64496\nmember-of: AS-ONE, AS-TWO\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    sets = "as-set: AS-ONE\nmbrs-by-ref: any\nsource: RIPE\n\nas-set: AS-TWO\n{}source: RIPE\n"
    assert codes(number, database(MNTNER, sets.format("mbrs-by-ref: X-MNT, example-mnt\n"))) == []
    problems = judge(number, database(MNTNER, sets.format("mbrs-by-ref: X-MNT\n")))
    assert [(problem.code, problem.span) for problem in problems] == [("unsupported-membership", Span(2, 20, 6))]
    assert problems[0].hint == 'its mbrs-by-ref names "X-MNT"'
    assert judge(number, database(MNTNER, sets.format("")))[0].hint == "its mbrs-by-ref names nobody"
    route = "route: 192.0.2.0/24\norigin: AS64496\nmember-of: RS-ONE\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    assert codes(route, database(MNTNER, "route-set: RS-ONE\nsource: RIPE\n")) == ["unsupported-membership"]


# --- deletions


def deleted(text: str) -> str:
    return f"{text}delete: not used\n"


def test_what_others_refer_to_cannot_be_deleted() -> None:
    """A deletion names the first of those that still refer to the object, and how many more there are."""
    irt = "irt: irt-example\nmnt-by: EXAMPLE-MNT\nmnt-ref: EXAMPLE-MNT\nsource: RIPE\n"
    second = irt.replace("irt-example", "irt-another").replace("irt:", "irt:   ")
    problems = judge(deleted(MNTNER), database(MNTNER, irt))
    assert [(problem.code, problem.span) for problem in problems] == [("still-referenced", Span(1, 9, 11))]
    assert problems[0].message == '"EXAMPLE-MNT" is still referred to by irt "IRT-EXAMPLE" (mnt-by)'
    problems = judge(deleted(MNTNER), database(MNTNER, irt, second))
    assert problems[0].message == '"EXAMPLE-MNT" is still referred to by irt "IRT-ANOTHER" (mnt-by), and 1 more'


def test_what_the_submission_changes_or_deletes_refers_no_more() -> None:
    """A deletion is judged by what the whole submission leaves."""
    irt = "irt: irt-example\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    other = "mntner: OTHER-MNT\nsource: RIPE\n"
    stored = database(MNTNER, irt, other)
    assert codes(database(deleted(MNTNER), deleted(irt)), stored) == []
    assert codes(database(deleted(MNTNER), irt.replace("EXAMPLE-", "OTHER-")), stored) == []
    assert codes(deleted(MNTNER), database(MNTNER, other)) == []


def test_an_object_that_names_itself_can_be_deleted() -> None:
    """Its own reference goes with it, and an aut-num goes whoever names it."""
    mntner = "mntner: EXAMPLE-MNT\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    assert codes(deleted(mntner), mntner) == []
    number, route = "aut-num: AS64496\nsource: RIPE\n", "route: 192.0.2.0/24\norigin: AS64496\nsource: RIPE\n"
    assert codes(deleted(number), database(number, route)) == []


def test_only_references_to_the_object_s_class_hold_it() -> None:
    """A maintainer and an irt with one name are two objects."""
    network = "inetnum: 192.0.2.0/24\nmnt-irt: IRT-X\nsource: RIPE\n"
    mntner, irt = "mntner: IRT-X\nsource: RIPE\n", "irt: IRT-X\nsource: RIPE\n"
    assert codes(deleted(mntner), database(mntner, irt, network)) == []
    assert codes(deleted(irt), database(mntner, irt, network)) == ["still-referenced"]


def test_what_does_not_exist_cannot_be_deleted() -> None:
    """A deletion of nothing is refused, where the database knows the class."""
    assert codes(deleted("mntner: OTHER-MNT\nsource: RIPE\n"), MNTNER) == ["nothing-to-delete"]
    assert codes(deleted("irt: irt-other\nsource: RIPE\n"), MNTNER) == []
    assert codes(deleted("irt: irt-other\nsource: RIPE\n")) == []
    assert (
        codes(deleted("inetnum: 192.0.2.0/24\nsource: RIPE\n"), "inetnum: 192.0.2.0 - 192.0.2.255\nsource: RIPE\n")
        == []
    )


def test_a_deletion_in_a_submission_alone_leaves_its_own_references() -> None:
    """Without a database the submission itself is still looked through."""
    irt = "irt: irt-example\nmnt-by: EXAMPLE-MNT\nsource: RIPE\n"
    assert codes(database(irt, deleted(MNTNER))) == ["still-referenced"]


# --- keys and sets of objects


@pytest.mark.parametrize(
    ("text", "key", "space"),
    [
        ("inetnum: 192.0.2/24", "192.0.2.0 - 192.0.2.255", "192.0.2.0/24"),
        ("inet6num: 2001:0DB8::1/32", "2001:DB8::/32", "2001:db8::/32"),
        ("inetnum: nothing", "NOTHING", None),
        ("route: 192.0.2.0/24\norigin: as64496", "192.0.2.0/24AS64496", None),
        ("route6: 2001:DB8:0::/32\norigin: AS64496", "2001:DB8::/32AS64496", None),
        ("route: 192.0.2.0 - 192.0.2.2\norigin: AS64496", "192.0.2.0 - 192.0.2.2AS64496", None),
        ("domain: 2.0.192.in-addr.arpa.", "2.0.192.IN-ADDR.ARPA", "192.0.2.0/24"),
        ("domain: 64-127.2.0.192.in-addr.arpa", "64-127.2.0.192.IN-ADDR.ARPA", "192.0.2.64/26"),
        ("domain: 127-64.2.0.192.in-addr.arpa", "127-64.2.0.192.IN-ADDR.ARPA", None),
        ("domain: 1-2.0.192.in-addr.arpa", "1-2.0.192.IN-ADDR.ARPA", None),
        ("domain: 300.in-addr.arpa", "300.IN-ADDR.ARPA", None),
        ("domain: 01.in-addr.arpa", "01.IN-ADDR.ARPA", None),
        ("domain: 1.2.3.4.5.in-addr.arpa", "1.2.3.4.5.IN-ADDR.ARPA", None),
        ("domain: 8.b.d.0.1.0.0.2.ip6.arpa", "8.B.D.0.1.0.0.2.IP6.ARPA", "2001:db8::/32"),
        ("domain: x.ip6.arpa", "X.IP6.ARPA", None),
        ("domain: ip6.arpa", "IP6.ARPA", None),
        ("domain: 1.e164.arpa", "1.E164.ARPA", None),
        ("person: A B\nnic-hdl: auto-12ab", "AUTO-12", None),
        ("mntner: auto-12ab", "AUTO-12AB", None),
        ("organisation: ORG-X1-example", "ORG-X1-EXAMPLE", None),
        ("person: A B", None, None),
    ],
)
def test_keys_are_in_normal_form(text: str, key: str | None, space: str | None) -> None:
    """Notations of one range, and spellings of one name, are one key."""
    obj = parse_objects(text)[0]
    assert key_of(obj) == key
    assert space_of(obj) == (None if space is None else AddressRange.parse(space))


def test_placeholders_are_what_the_registry_makes_up() -> None:
    """AUTO- and digits, then letters or nothing."""
    assert placeholder("auto-7Xy") == "AUTO-7"
    assert [placeholder(text) for text in ("AUTO-", "AUTO-1A1", "AUTO-1-RIPE", " AUTO-1", "AUTO-1\n")] == [None] * 5
    assert as_reference("ep1-example") == "EP1-EXAMPLE"


def test_the_source_says_whose_database_it_is() -> None:
    """Main, NONAUTH and GRS sources are one database; an unknown source is one of its own."""
    homes = [
        home_of(parse_object(f"irt: irt-x\nsource: {source}\n"), "ripe") for source in ("RIPE", "ripe-nonauth", "TEST")
    ]
    assert homes == ["ripe", "ripe", "test"]
    assert home_of(parse_object("irt: irt-x\nsource:\n"), "apnic") == "apnic"


def objects(text: str, **how: bool) -> ObjectSet:
    return ObjectSet(parse_objects(text), registry="ripe", **how)


def test_the_later_of_two_objects_counts() -> None:
    """An object replaces an earlier one with its class and key, in whatever notation of the key."""
    held = objects("inetnum: 192.0.2.0/24\nstatus: A\n\ninetnum: 192.0.2.0 - 192.0.2.255\nstatus: b\n")
    assert len(held) == 1
    network = held.find_network(AddressRange.parse("192.0.2.0/24"), "inetnum", "ripe")
    assert network == Network(AddressRange.parse("192.0.2.0/24"), status="B", maintained=False)


def test_a_removed_object_is_gone_and_may_come_back() -> None:
    """Removal hides what lies below; adding it again shows it, and the set may be asked in between."""
    stored = objects(f"{MNTNER}\ninetnum: 192.0.2.0/24\nsource: RIPE\n", complete=True)
    top = objects("")
    world, key, space = Layered(top, stored), PrimaryKey("EXAMPLE-MNT"), AddressRange.parse("192.0.2.0/24")
    inside = AddressRange.parse("192.0.2.0/25")
    assert world.find_classes(key, "ripe") == {"mntner"}
    assert world.find_values("mntner", key, "source", "ripe") == ("RIPE",)
    assert world.find_parent(inside, "inetnum", "ripe") == Network(space, maintained=False)
    for text in (MNTNER, "inetnum: 192.0.2.0 - 192.0.2.255\nsource: RIPE\n"):
        top.remove(parse_object(text))
    assert world.find_classes(key, "ripe") == frozenset()
    assert world.find_values("mntner", key, "source", "ripe") is None
    assert world.find_parent(inside, "inetnum", "ripe") is None
    assert world.find_network(space, "inetnum", "ripe") is None
    top.add(parse_object("mntner: EXAMPLE-MNT\ndescr: new\nsource: RIPE\n"))
    assert world.find_classes(key, "ripe") == {"mntner"}
    assert world.find_values("mntner", key, "descr", "ripe") == ("new",)


def test_a_submission_on_top_changes_what_refers_and_what_nests() -> None:
    """References and networks of the lower layer show through where the submission leaves them alone."""
    stored = objects(
        "irt: irt-a\nmnt-by: A-MNT\n\nirt: irt-b\nmnt-by: A-MNT\n\ninetnum: 192.0.2.0/24\n\ninetnum: 192.0.2.0/26\n\n"
        "inetnum: 192.0.2.64/26\n\ninetnum: 192.0.2.128/25\n"
    )
    top = objects(
        "irt: irt-a\nmnt-by: B-MNT\n\ninetnum: 192.0.2.0/25\nstatus: NEW\n\nperson: P Q\nnic-hdl: X\nmnt-by: a-mnt\n"
    )
    world = Layered(top, stored)
    assert list(world.iter_referring(PrimaryKey("A-MNT"), "ripe")) == [
        Referrer("person", PrimaryKey("X"), "mnt-by"),
        Referrer("irt", PrimaryKey("IRT-B"), "mnt-by"),
    ]
    whole, half = AddressRange.parse("192.0.2.0/24"), AddressRange.parse("192.0.2.0/25")
    assert [str(child.space) for child in world.iter_children(whole, "inetnum", "ripe")] == [
        "192.0.2.0 - 192.0.2.127",
        "192.0.2.128 - 192.0.2.255",
    ]
    assert [str(child.space) for child in world.iter_children(half, "inetnum", "ripe")] == [
        "192.0.2.0 - 192.0.2.63",
        "192.0.2.64 - 192.0.2.127",
    ]
    quarter = AddressRange.parse("192.0.2.0/26")
    assert [network.status for network in iter_ancestors(world, quarter, "inetnum", "ripe")] == ["NEW", None]
    top.remove(parse_object("inetnum: 192.0.2.0/26\n"))
    assert [child.space.size for child in world.iter_children(half, "inetnum", "ripe")] == [64]


def test_the_registry_s_own_maintainers_are_noted() -> None:
    """A network says whether the registry maintains it, and what its parts need."""
    obj = parse_object(
        "inet6num: 2001:db8::/32\nstatus: aggregated-by-lir\nassignment-size: 48\norg: AUTO-1XY\n"
        "mnt-by: A-MNT, ripe-ncc-hm-mnt\n"
    )
    space = AddressRange.parse("2001:db8::/32")
    assert network_of(obj, "ripe") == Network(space, "AGGREGATED-BY-LIR", True, 48, PrimaryKey("AUTO-1"))
    assert network_of(parse_object("domain: 2.0.192.in-addr.arpa\n"), "ripe") == Network(
        AddressRange.parse("192.0.2.0/24")
    )
    assert network_of(parse_object("irt: irt-x\n"), "ripe") is None


def test_the_database_tells_a_new_object_from_a_change() -> None:
    """A key that is there means a change, one that is not a new object, and a class that is not there nothing."""
    stored, schema = objects(MNTNER, complete=True), SCHEMAS["ripe"]
    assert find_action(parse_object("mntner: example-mnt\n"), schema, stored) is Action.MODIFY
    assert find_action(parse_object("mntner: OTHER-MNT\n"), schema, stored) is Action.CREATE
    assert find_action(parse_object("irt: irt-x\n"), schema, stored) is None
    assert find_action(parse_objects("person: A B\n")[0], schema, stored) is None


# --- the table of codes


def sections(example: str) -> tuple[str | None, str]:
    """Return what an example has in its database, and what it submits."""
    if "% submitted:" not in example:
        return "", example
    stored, _, submitted = example.removeprefix("% in the database:\n").partition("% submitted:\n")
    return stored, submitted


def found(example: str, registry: str) -> Iterator[str]:
    stored, submitted = sections(example)
    schema, database = SCHEMAS[registry], ObjectSet(parse_objects(stored or ""), registry=registry, complete=True)
    top, updates = ObjectSet(registry=registry), list(parse_objects(submitted))
    for obj in updates:
        (top.remove if obj.get("delete") else top.add)(obj)
    world = Layered(top, database)
    for obj in updates:
        deletion = bool(obj.get("delete"))
        for check in (iter_reference_problems, iter_hierarchy_problems):
            for problem in check(obj, schema, world, before=database, deletion=deletion):
                assert problem.severity is SEVERITIES[problem.code]
                yield problem.code


SEVERITIES = {row.code: row.severity for row in CODES}


@pytest.mark.parametrize("row", CODES, ids=lambda row: row.code)
def test_every_code_is_shown_by_its_wrong_example_and_not_by_its_right_one(row: Code) -> None:
    """The wrong example gives the code and no other, the right one gives nothing."""
    assert set(found(row.wrong, row.registry)) == {row.code}
    assert list(found(row.right, row.registry)) == []


def test_codes_are_named_once() -> None:
    """No two rows have one code, and the manual has them all."""
    assert len({row.code for row in CODES}) == len(CODES)
    assert GROUP.rows == CODES


def test_no_text_is_too_long() -> None:
    """A list of many names is judged in time that grows with its length, located or not."""
    names = ", ".join(f"M{number}-MNT" for number in range(20_000))
    irt = parse_object(f"irt: irt-example\nmnt-by: {names}\nsource: RIPE\n")
    held = objects(MNTNER, complete=True)
    problems = list(iter_reference_problems(irt, SCHEMAS["ripe"], held))
    assert len(problems) == 20_000
    assert {problem.span for problem in problems} == {Span(2, 1, 6)}


def test_control_characters_do_not_reach_messages() -> None:
    """A name with control characters is shown escaped."""
    irt = RpslObject("irt: irt-example\nmnt-routes: A\x1bB x\nsource: RIPE\n", None)
    text = "inetnum: 192.0.2.0/24\nmnt-routes: A\x1bB ANY\nsource: RIPE\n"
    for problem in [*judge(text, MNTNER), *judge(str(irt), MNTNER)]:
        assert problem.message.isprintable()
    assert judge(text, MNTNER)[0].message == '"A\\x1bB" does not exist'


def test_objects_that_are_kept_whole_come_back() -> None:
    """Of layers the upper counts, of several databases the first; what is removed is gone."""
    old, new, other = (parse_object(f"mntner: {name}-MNT\nremarks: {text}\n") for name, text in MAINTAINERS)
    stored = ObjectSet([old, other], registry="ripe", complete=True)
    submission = ObjectSet([new], registry="ripe")
    submission.remove(other)
    layered = Layered(submission, stored)
    one, two = PrimaryKey("A-MNT"), PrimaryKey("B-MNT")
    assert layered.find_object("mntner", one, "ripe") is new
    assert layered.find_object("mntner", two, "ripe") is None
    assert [found.object for found in layered.iter_objects()] == [new]
    for joined in (JoinedObjects([stored, layered]), PartialObjects(JoinedObjects([stored]))):
        assert joined.find_object("mntner", one, "ripe") is old
        assert next(joined.iter_objects()) == ("ripe", "mntner", one, old)
    assert not PartialObjects(stored).covers("mntner", "ripe")


MAINTAINERS = (("A", "old"), ("A", "new"), ("B", "other"))


@pytest.mark.parametrize(
    "text",
    [
        "inetnum: x\nstatus: a\nst: b\n",
        "inetnum: x\nst: b\nstatus: a\n",
        "inetnum: x\nremarks: y\n status: no\nSTATUS: a\n",
        "inetnum: x\n*st: a # why\nremarks: y",
        "inetnum: x\nstatus: a\n b\nremarks: y\n",
        "inetnum: x\nstatus: a\r\n",
        "inetnum: x\nremarks: y\n",
    ],
)
def test_an_attribute_is_found_without_reading_the_others(text: str) -> None:
    """It is the same one, and stands at the same place."""
    (obj,) = parse_objects(f"\n\n{text}")
    found, expected = find_attribute(obj, "status"), View(obj, SCHEMAS["ripe"]).get("status")[:1]
    assert [(one.raw, one.line) for one in ([found] if found else [])] == [(one.raw, one.line) for one in expected]


@pytest.mark.parametrize(
    "line",
    [
        "mnt-by: OTHER-MNT\n",
        "Mnt-By: OTHER-MNT\n",
        "mb: OTHER-MNT\n",
        "*mb: OTHER-MNT\n",
        "mnt-by: EXAMPLE-MNT, OTHER-MNT # why\n",
        "mnt-by: EXAMPLE-MNT,\n\tOTHER-MNT\n",
        "mnt-by:\n+ OTHER-MNT\n",
        "remarks: x\n y\nmnt-by: OTHER-MNT\n",
    ],
)
def test_a_reference_is_found_however_it_is_written(line: str) -> None:
    """Also after objects that say the same but for that line, and at its own place each time."""
    submitted = database(
        *(f"mntner: M{number}\nmnt-by: EXAMPLE-MNT\n{more}" for number, more in enumerate(("", line) * 2))
    )
    found = judge(submitted, MNTNER)
    rows = submitted.split("\n")
    assert [problem.code for problem in found] == ["unknown-reference"] * 2
    for problem in found:
        assert problem.span is not None
        assert rows[problem.span.line - 1][problem.span.column - 1 :].startswith("OTHER-MNT")
    assert found[0].span != found[1].span
