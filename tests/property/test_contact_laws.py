"""Laws of the walks and of what follows from them: each holds for any database, policy and value."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from irtkit.contacts import (
    POLICIES,
    Contact,
    Database,
    find_abuse_contact,
    find_irts,
    mailboxes,
    order,
    resolve,
)
from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, RpslObject, parse_object
from irtkit.schema.contact_facts import is_registry_maintained
from irtkit.schema.contact_rules import rules_for_source

BASE = AddressRange.parse("192.31.196.0/24").first  # AS112: the one block that is nobody's and not set aside
IRTS, ROLES, ORGS = ("IRT-A", "irt-b", "IRT-C"), ("AR1-X", "AR2-X"), ("ORG-A1-X", "ORG-B1-X")
DUMMY = next(iter(rules_for_source("RIPE").dummy_mailboxes))
SOURCES = ("RIPE", "APNIC", "RIPE-NONAUTH")

mailbox_values = st.sampled_from(
    [
        "a@example.net",
        "Desk <b@example.net>",
        "unread@ripe.net",
        "********",
        "nobody",
        "c@example.net, d@example.net",
    ]
)
some_sources = st.sampled_from(SOURCES)


def rpsl(*attributes: tuple[str, str | None]) -> RpslObject:
    return parse_object("".join(f"{name}: {value}\n" for name, value in attributes if value is not None))


@st.composite
def address_objects(draw: st.DrawFn) -> RpslObject:
    """A range among 64 addresses, which may overlap others in part, with any references."""
    first = draw(st.integers(0, 63))
    space = AddressRange(4, BASE + first, BASE + draw(st.integers(first, 63)))
    return rpsl(
        ("inetnum", space.canonical),
        ("mnt-irt", draw(st.none() | st.lists(st.sampled_from(IRTS), min_size=1).map(", ".join))),
        ("abuse-c", draw(st.none() | st.sampled_from(ROLES))),
        ("org", draw(st.none() | st.sampled_from(ORGS))),
        ("mnt-by", draw(st.sampled_from(["X-MNT", "X-MNT", "RIPE-NCC-HM-MNT", "APNIC-STUB"]))),
        ("source", draw(some_sources)),
    )


@st.composite
def named_objects(draw: st.DrawFn) -> RpslObject:
    source, value = draw(some_sources), draw(mailbox_values)
    remark = draw(st.sampled_from([None, "Generated from irt object IRT-A", "a@example.net is invalid"]))
    match draw(st.sampled_from(["irt", "role", "organisation"])):
        case "irt":
            name = draw(st.sampled_from(IRTS))
            return rpsl(("irt", name), ("e-mail", value), ("remarks", remark), ("source", source))
        case "role":
            name, value_or_none = draw(st.sampled_from(ROLES)), draw(st.none() | st.just(value))
            return rpsl(
                ("role", "R"),
                ("nic-hdl", name),
                ("abuse-mailbox", value_or_none),
                ("remarks", remark),
                ("source", source),
            )
        case _:
            desk = draw(st.none() | st.sampled_from(ROLES))
            return rpsl(("organisation", draw(st.sampled_from(ORGS))), ("abuse-c", desk), ("source", source))


def place(obj: RpslObject) -> tuple[str, str | None, str]:
    return obj.class_name, obj.primary_key, Database().registry_of(obj)


object_lists = st.lists(address_objects() | named_objects(), max_size=20, unique_by=place)
ORDER_OF_REGISTRIES = [rpsl(("person", "P"), ("nic-hdl", "P1-X"), ("source", source)) for source in SOURCES[:2]]
addresses = st.integers(0, 63).map(lambda offset: f"192.31.196.{offset}")
queries = addresses | st.tuples(st.integers(0, 63), st.integers(0, 63)).map(
    lambda ends: f"192.31.196.{min(ends)} - 192.31.196.{max(ends)}"
)
policies = st.sampled_from(sorted(POLICIES))


def space_of(obj: RpslObject) -> AddressRange:
    return AddressRange.parse(obj[0].value, "inetnum")


def asks_elsewhere(obj: RpslObject) -> bool:
    return obj.values("mnt-by") == ("APNIC-STUB",) and obj.values("source") == ("APNIC",)


def scan(objects: list[RpslObject], query: str, registry: str) -> list[RpslObject]:
    """Every address object of *registry* that contains *query*, found the slow way."""
    wanted = AddressRange.parse(query, "inetnum")
    found = [
        obj
        for obj in objects
        if obj.class_name == "inetnum" and Database().registry_of(obj) == registry and wanted in space_of(obj)
    ]
    return sorted(found, key=lambda obj: (space_of(obj).size, -space_of(obj).first))


@given(object_lists, queries)
def test_encompassing_agrees_with_a_linear_scan(objects: list[RpslObject], query: str) -> None:
    """The index finds what a scan finds, smallest first, of equal sizes the higher first."""
    database = Database(objects)
    for registry in database.registries:
        assert list(database.encompassing(query, registry)) == scan(objects, query, registry)


@given(object_lists, queries)
def test_irts_agree_with_a_linear_scan(objects: list[RpslObject], query: str) -> None:
    """The irts are those of the smallest range around the query that has any, in the one registry."""
    database = Database(objects)
    walk = find_irts(database, query)
    if walk.object is None:
        assert not any(scan(objects, query, registry) for registry in database.registries)
        return
    around = scan(objects, query, database.registry_of(walk.object))
    assert walk.object == around[0]
    with_irts = [obj for obj in around if obj.values("mnt-irt") and not asks_elsewhere(obj)]
    assert walk.network == (with_irts[0] if with_irts else None)
    expected = [name.upper() for obj in with_irts[:1] for name in obj.values("mnt-irt")]
    assert list(walk.names) == list(dict.fromkeys(expected))
    assert {*walk.missing, *(irt.primary_key for irt in walk.irts)} == set(walk.names)


@given(object_lists, queries)
def test_no_abuse_contact_comes_from_beyond_the_registrys_own_object(objects: list[RpslObject], query: str) -> None:
    """Whatever is found stands on the way up, and nothing that the registry maintains is passed."""
    database = Database(objects)
    found, matched = find_abuse_contact(database, query), database.match(query)
    if found is None or matched is None:
        assert found is None
        return
    way = scan(objects, space_of(matched).canonical, database.registry_of(matched))
    assert found.via.startswith(f"inetnum {space_of(way[found.inherited]).canonical} ->")
    for passed in way[: found.inherited]:
        rules = rules_for_source(passed.values("source")[0])
        assert not is_registry_maintained(passed.values("mnt-by"), rules)


def first_of(obj: RpslObject, name: str) -> str | None:
    return next(iter(obj.values(name)), None)


def abuse_role(objects: list[RpslObject], obj: RpslObject) -> tuple[str, str] | None:
    """RIPE's resolve(object), transcribed: the role, and the object on which the search ended well."""
    named = {(other.class_name, other.primary_key): other for other in objects}
    org = first_of(obj, "org")
    organisation = named.get(("organisation", PrimaryKey(org))) if org else None
    for holder in (obj, organisation):
        handle = first_of(holder, "abuse-c") if holder else None
        role = named.get(("role", PrimaryKey(handle))) if handle else None
        if role and role.values("abuse-mailbox"):
            return str(role.primary_key), obj[0].value
    if "RIPE-NCC-HM-MNT" in obj.values("mnt-by"):
        return None
    wider = [one for one in objects if one.class_name == "inetnum" and space_of(obj) in space_of(one) and one != obj]
    if not wider:
        return None
    nearest = min(wider, key=lambda one: (space_of(one).size, -space_of(one).first))
    return abuse_role(objects, nearest) if first_of(nearest, "source") in ("RIPE", "RIPE-NONAUTH") else None


@given(st.lists(address_objects() | named_objects(), max_size=20, unique_by=lambda obj: place(obj)[:2]), queries)
def test_the_abuse_contact_is_what_ripes_own_rule_gives(objects: list[RpslObject], query: str) -> None:
    """In one server's database the walk agrees with the registry's rule, written down word by word."""
    database = Database(objects, main_source="RIPE")
    matched, found = database.match(query), find_abuse_contact(database, query)
    expected = None
    if matched is not None and first_of(matched, "source") in ("RIPE", "RIPE-NONAUTH"):
        expected = abuse_role(objects, matched)
    assert (found and (found.nic_hdl, found.via.partition(" ->")[0])) == (
        expected and (expected[0], f"inetnum {expected[1]}")
    )


@given(object_lists, queries, policies, st.randoms(use_true_random=False))
def test_the_order_of_objects_never_changes_the_answer(
    objects: list[RpslObject], query: str, policy: str, random: Random
) -> None:
    """The answer depends on the objects, and on their order only where two registries tie."""
    shuffled = list(objects)
    random.shuffle(shuffled)
    before = resolve(Database([*ORDER_OF_REGISTRIES, *objects]), query, policy)
    assert resolve(Database([*ORDER_OF_REGISTRIES, *shuffled]), query, policy) == before


@given(object_lists, queries, policies)
def test_adding_objects_between_questions_is_like_having_them_from_the_start(
    objects: list[RpslObject], query: str, policy: str
) -> None:
    """A live query that fills a database step by step ends where a dump begins."""
    growing = Database()
    for obj in objects:
        resolve(growing, query, policy)
        growing.add(obj)
    assert resolve(growing, query, policy) == resolve(Database(objects), query, policy)


@given(object_lists, queries, policies)
def test_an_answer_has_a_mailbox_or_a_reason_and_every_contact_a_mailbox_or_a_gap(
    objects: list[RpslObject], query: str, policy: str
) -> None:
    """Nothing is left unsaid, and neither a dummy nor a mask is ever shown as a mailbox."""
    answer = resolve(Database(objects), query, policy)
    assert (answer.email is None) != (answer.reason is None)
    assert answer.email in {contact.email for contact in answer.contacts} | {None}
    for contact in answer.contacts:
        assert (contact.email is None) != (contact.gap is None)
        assert contact.email not in ("********", "nobody")
        assert contact.email != DUMMY or answer.source == "APNIC", "a dummy counts at its own registry"
    assert all(step.endswith(".") for step in answer.steps)


@given(object_lists, queries)
def test_what_is_added_is_no_longer_missing(objects: list[RpslObject], query: str) -> None:
    """The keys that a walk misses are those it would have used."""
    database = Database(objects)
    answer = resolve(database, query)
    for class_name, key in answer.missing:
        assert (
            database.get(class_name, key, database.registry_of(rpsl(("irt", "X"), ("source", answer.source)))) is None
        )
        name = ("role", "R") if class_name == "role" else (class_name, key)
        database.add(rpsl(name, ("nic-hdl", key if class_name == "role" else None), ("source", answer.source)))
    assert not set(answer.missing) & set(resolve(database, query).missing)


@given(object_lists, addresses, policies)
def test_a_smaller_range_that_does_not_hold_the_address_changes_nothing(
    objects: list[RpslObject], address: str, policy: str
) -> None:
    """Only what contains the address has a say."""
    stranger = rpsl(("inetnum", "192.31.196.64 - 192.31.196.65"), ("mnt-irt", "IRT-C"), ("source", "RIPE"))
    with_stranger = Database([*ORDER_OF_REGISTRIES, *objects, stranger])
    assert resolve(with_stranger, address, policy) == resolve(
        Database([*ORDER_OF_REGISTRIES, *objects]), address, policy
    )


contacts = st.builds(
    Contact,
    st.sampled_from(["irt", "abuse-c"]),
    st.sampled_from(["IRT-A", "IRT-B", "AR1-X"]),
    st.none() | st.just("a@example.net"),
    st.text(max_size=3),
    st.integers(0, 3),
    echo_of=st.none() | st.sampled_from(["IRT-A", "IRT-B"]),
)
contact_lists = st.lists(contacts, max_size=6)


@given(contact_lists)
def test_the_policy_all_is_a_permutation_nearest_first(found: list[Contact]) -> None:
    ordered = order(found, POLICIES["all"])
    assert sorted(ordered, key=repr) == sorted(found, key=repr)
    assert [contact.inherited for contact in ordered] == sorted(contact.inherited for contact in found)


@given(contact_lists, policies)
def test_a_policy_drops_nothing_but_echoes_and_ordering_twice_is_ordering_once(found: list[Contact], name: str) -> None:
    policy = POLICIES[name]
    ordered = order(found, policy)
    assert order(ordered, policy) == ordered
    without_echoes = [contact._replace(echo_of=None) for contact in found]
    assert sorted(order(without_echoes, policy), key=repr) == sorted(without_echoes, key=repr)
    dropped = [contact for contact in found if contact not in ordered]
    voices = {contact.handle for contact in found if contact.kind == "irt" and contact.email}
    assert all(contact.kind == "abuse-c" and contact.echo_of in voices for contact in dropped)


@given(contact_lists)
def test_csirt_and_abuse_list_the_same_contacts_in_turned_groups(found: list[Contact]) -> None:
    csirt, abuse = order(found, POLICIES["csirt"]), order(found, POLICIES["abuse"])
    for kind in ("irt", "abuse-c"):
        assert [one for one in csirt if one.kind == kind] == [one for one in abuse if one.kind == kind]
    assert [one.kind for one in csirt] == sorted((one.kind for one in csirt), reverse=True)
    assert [one.kind for one in abuse] == sorted(one.kind for one in abuse)


plain_mailboxes = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z]{1,4})?@[a-z0-9]{1,8}\.(example|test)", fullmatch=True)
display_names = st.text(st.characters(codec="utf-8", exclude_characters='<>(),;"\\@', exclude_categories=("C", "Z")))
separators = st.sampled_from([", ", ";", "; ", " ,", ","])


@given(
    st.lists(st.tuples(display_names, plain_mailboxes), max_size=6, unique_by=lambda pair: pair[1]),
    separators,
)
def test_however_mailboxes_are_listed_they_are_read_in_order(pairs: list[tuple[str, str]], between: str) -> None:
    expected = tuple(mailbox for _, mailbox in pairs)
    assert mailboxes(between.join(mailbox for _, mailbox in pairs)) == expected
    assert mailboxes(between.join(f"{name} <{mailbox}>" for name, mailbox in pairs)) == expected
    assert mailboxes(between.join(f'"{name}, ({between})" <{mailbox}>' for name, mailbox in pairs)) == expected


@given(st.text() | st.text('ab@."\\<>(),; -*', max_size=60))
def test_any_text_gives_whole_mailboxes_that_stand_in_it(value: str) -> None:
    """Whatever a registry publishes, what comes out is a mailbox, was written there, and reads as itself."""
    for mailbox in mailboxes(value):
        assert mailbox in value
        assert mailboxes(mailbox) == (mailbox,)
        assert mailbox.rpartition("@")[0]
        assert mailbox.rpartition("@")[2].strip(".")
