"""Networks among their neighbours: every table of statuses, overlaps, sizes, changes and deletions, by registry."""

from collections.abc import Iterable

import pytest

from irtkit.problems import Problem, Severity, Span
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, parse_object, parse_objects
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.validation.hierarchy import iter_hierarchy_problems
from irtkit.validation.layers import Layered
from irtkit.validation.network_rules import NETWORK_RULES
from irtkit.validation.objects import MOST_LEVELS, ObjectSet
from irtkit.validation.options import Action, Options
from irtkit.validation.places import prefix_length
from irtkit.validation.ranges import MOST_VISITED, Ranges

ROOT4, ROOT6 = "0.0.0.0/0", "::/0"
WIDE, NET, HALF, QUARTER = "192.0.0.0/16", "192.0.2.0/24", "192.0.2.0/25", "192.0.2.0/26"
WIDE6, NET6, SITE6, LINK6 = "2001:db8::/32", "2001:db8::/40", "2001:db8::/48", "2001:db8::/56"


def network(space: str, status: str, *more: str, source: str = "RIPE") -> str:
    """Return the text of a network; *more* are further attributes."""
    first = f"{'inet6num' if ':' in space else 'inetnum'}: {space}"
    return "\n".join([first, f"status: {status}", *more, f"source: {source}"]) + "\n"


def judge(
    submitted: Iterable[str],
    stored: Iterable[str] | None = (),
    *,
    registry: str = "ripe",
    options: Options | None = None,
) -> list[Problem]:
    """Return what is wrong with the hierarchy of a submission; with *stored* None there is no database."""
    schema = SCHEMAS[registry]
    updates = [parse_object(text) for text in submitted]
    database = None if stored is None else ObjectSet(map(parse_object, stored), registry=registry, complete=True)
    top = ObjectSet(registry=registry)
    for obj in updates:
        (top.remove if obj.get("delete") else top.add)(obj)
    world = top if database is None else Layered(top, database)
    found: list[Problem] = []
    for obj in updates:
        found += iter_hierarchy_problems(
            obj, schema, world, before=database, deletion=bool(obj.get("delete")), options=options or Options()
        )
    return found


def codes(submitted: str | Iterable[str], *stored: str, registry: str = "ripe") -> list[str]:
    texts = [submitted] if isinstance(submitted, str) else submitted
    return [problem.code for problem in judge(texts, stored, registry=registry)]


# --- the tables of statuses

PARENTS4 = {
    "ALLOCATED UNSPECIFIED": {"ALLOCATED UNSPECIFIED"},
    "ALLOCATED PA": {"ALLOCATED UNSPECIFIED"},
    "ALLOCATED-ASSIGNED PA": {"ALLOCATED UNSPECIFIED"},
    "LIR-PARTITIONED PA": {"ALLOCATED PA", "LIR-PARTITIONED PA"},
    "SUB-ALLOCATED PA": {"ALLOCATED PA", "LIR-PARTITIONED PA", "SUB-ALLOCATED PA"},
    "AGGREGATED-BY-LIR": {"ALLOCATED PA", "SUB-ALLOCATED PA", "LIR-PARTITIONED PA"},
    "ASSIGNED PA": {"ALLOCATED PA", "LIR-PARTITIONED PA", "SUB-ALLOCATED PA", "AGGREGATED-BY-LIR"},
    "ASSIGNED PI": {"ALLOCATED UNSPECIFIED"},
    "ASSIGNED ANYCAST": {"ALLOCATED UNSPECIFIED"},
    "LEGACY": {"ALLOCATED UNSPECIFIED", "LEGACY"},
}
PARENTS6 = {
    "ALLOCATED-BY-RIR": {"ALLOCATED-BY-RIR"},
    "ALLOCATED-BY-LIR": {"ALLOCATED-BY-RIR", "ALLOCATED-BY-LIR"},
    "AGGREGATED-BY-LIR": {"ALLOCATED-BY-RIR", "ALLOCATED-BY-LIR", "AGGREGATED-BY-LIR"},
    "ASSIGNED": {"ALLOCATED-BY-RIR", "ALLOCATED-BY-LIR", "AGGREGATED-BY-LIR"},
    "ASSIGNED PI": {"ALLOCATED-BY-RIR"},
    "ASSIGNED ANYCAST": {"ALLOCATED-BY-RIR"},
}
PAIRS4 = [(child, parent) for child in PARENTS4 for parent in PARENTS4]
PAIRS6 = [(child, parent) for child in PARENTS6 for parent in PARENTS6]
OWN = "mnt-by: RIPE-NCC-HM-MNT"


@pytest.mark.parametrize(("child", "parent"), PAIRS4)
def test_a_new_inetnum_stands_below_a_status_of_the_table(child: str, parent: str) -> None:
    """All pairs of statuses: those of the table pass, the others are errors, and below LEGACY all becomes LEGACY."""
    stored = [network(ROOT4, "ALLOCATED PA", OWN), network(NET, parent)]
    expected = [] if parent in PARENTS4[child] else ["parent-status"]
    if parent == "LEGACY":
        expected = [] if child == "LEGACY" else ["status-becomes-legacy"]
    elif child == "LEGACY" and not expected:
        expected = ["legacy-at-the-top"]
    assert codes(network(HALF, child.lower()), *stored) == expected


@pytest.mark.parametrize(("child", "parent"), PAIRS6)
def test_a_new_inet6num_stands_below_a_status_of_the_table(child: str, parent: str) -> None:
    """All pairs of statuses of IPv6."""
    expected = [] if parent in PARENTS6[child] else ["parent-status"]
    assert codes(network(SITE6, child), network(NET6, parent)) == expected


@pytest.mark.parametrize(("child", "parent"), [pair for pair in PAIRS4 if "LEGACY" not in pair])
def test_a_new_inetnum_goes_around_stored_ones_of_a_status_of_the_table(child: str, parent: str) -> None:
    """A parent that is created later is judged by what is in it."""
    expected = [] if parent in PARENTS4[child] else ["child-status"]
    assert codes(network(NET, parent), network(HALF, child)) == expected


@pytest.mark.parametrize(("child", "parent"), PAIRS6)
def test_a_new_inet6num_goes_around_stored_ones_of_a_status_of_the_table(child: str, parent: str) -> None:
    """The same for IPv6."""
    expected = [] if parent in PARENTS6[child] else ["child-status"]
    assert codes(network(NET6, parent), network(SITE6, child)) == expected


@pytest.mark.parametrize(("child", "parent"), [pair for pair in PAIRS4 if pair[1] != "LEGACY"])
def test_a_stored_inetnum_that_would_not_pass_again_gives_warnings(child: str, parent: str) -> None:
    """Changing the child, changing the parent and deleting what is between only warns."""
    stored = [network(NET, parent), network(HALF, child)]
    fits = parent in PARENTS4[child]
    assert codes(network(HALF, child, "descr: new"), *stored) == ([] if fits else ["parent-status-kept"])
    assert codes(network(NET, parent, "descr: new"), *stored) == ([] if fits else ["child-status-kept"])
    between = [network(NET, parent), network(HALF, "SUB-ALLOCATED PA"), network(QUARTER, child)]
    gone = network(HALF, "SUB-ALLOCATED PA", "delete: x")
    assert codes(gone, *between) == ([] if fits else ["child-status-kept"])


@pytest.mark.parametrize(("child", "parent"), PAIRS6)
def test_a_stored_inet6num_gives_no_warnings(child: str, parent: str) -> None:
    """For IPv6 the registry looks at the neighbours of new objects only."""
    stored = [network(NET6, parent), network(SITE6, child)]
    assert codes(network(SITE6, child, "descr: new"), *stored) == []
    assert codes(network(NET6, parent, "descr: new"), *stored) == []
    assert codes(network(NET6, parent, "delete: x"), network(WIDE6, "ASSIGNED PI"), *stored) == []


def test_the_tables_have_no_other_rows() -> None:
    """The rows of the rules are those that the tests know, in both tables."""
    for name, table in (("inetnum", PARENTS4), ("inet6num", PARENTS6)):
        rows = NETWORK_RULES["ripe", name].statuses
        assert {status: set(row.parents) for status, row in rows.items()} == table


def test_a_problem_says_which_network_and_what_was_expected() -> None:
    """The status is shown, with the parent's range and status, the table's row, and where the table is from."""
    problem = judge([network(HALF, "ASSIGNED PA")], [network(NET, "ASSIGNED PI")])[0]
    assert problem.message == 'status ASSIGNED PA below 192.0.2.0 - 192.0.2.255, which has status "ASSIGNED PI"'
    assert problem.hint == "expected it below ALLOCATED PA, LIR-PARTITIONED PA, SUB-ALLOCATED PA or AGGREGATED-BY-LIR"
    assert (problem.span, problem.severity) == (Span(2, 9, 11), Severity.ERROR)
    assert problem.citation == "RIPE whois 1.124: InetnumStatus, InetnumStrictStatusValidator, InetnumStatusValidator"
    problem = judge([network(NET, "ASSIGNED PI")], [network(HALF, "ASSIGNED PA")])[0]
    assert problem.message == "192.0.2.0 - 192.0.2.127 has status ASSIGNED PA, which does not go below ASSIGNED PI"


def test_only_the_nearest_network_around_is_the_parent() -> None:
    """What lies further up does not matter, and neither does another source or family."""
    child = network(QUARTER, "ASSIGNED PA")
    stored = [network(ROOT4, "ASSIGNED PI"), network(NET, "ASSIGNED PI"), network(HALF, "ALLOCATED PA")]
    assert codes(child, *stored) == []
    assert codes(child, *stored[:2], network(HALF, "ALLOCATED PA", source="APNIC")) == ["parent-status"]
    assert codes(child) == []


def test_smaller_means_fewer_addresses() -> None:
    """Of two ranges around a third, which overlap in part, the one with fewer addresses is the parent."""
    child = network("192.0.2.16 - 192.0.2.31", "ASSIGNED PA")
    larger, smaller = "192.0.2.8 - 192.0.2.200", "192.0.2.0 - 192.0.2.40"
    assert codes(child, network(larger, "ALLOCATED PA"), network(smaller, "ASSIGNED PI")) == ["parent-status"]
    assert codes(child, network(larger, "ASSIGNED PI"), network(smaller, "ALLOCATED PA")) == []


def test_assignments_may_nest_unless_the_registry_s_network_above_is_an_allocation() -> None:
    """ASSIGNED PA goes below ASSIGNED PA except inside ALLOCATED PA, by the nearest network the registry maintains."""
    child, parent = network(HALF, "ASSIGNED PA"), network(NET, "ASSIGNED PA")
    assert codes(child, parent, network(WIDE, "ALLOCATED PA", OWN)) == ["parent-status"]
    assert codes(child, parent, network(WIDE, "ALLOCATED PA", "mnt-by: X-MNT")) == []
    assert codes(child, parent, network(WIDE, "LEGACY", OWN), network(ROOT4, "ALLOCATED PA", OWN)) == []
    assert codes(child, parent, network("192.0.2.0/23", "SUB-ALLOCATED PA"), network(WIDE, "ALLOCATED PA", OWN)) == [
        "parent-status"
    ]
    assert codes(child, network(NET, "ASSIGNED PA", OWN)) == []
    assert codes(parent, child) == ["child-status"]


def test_an_unknown_or_missing_status_is_not_judged() -> None:
    """A status that the registry does not know is the syntax's, and a missing one the template's."""
    assert codes(network(HALF, "NOTHING"), network(NET, "ALLOCATED PA")) == []
    assert codes(f"inetnum: {HALF}\nsource: RIPE\n", network(NET, "ALLOCATED PA")) == []
    assert codes(network(HALF, "ASSIGNED PA"), f"inetnum: {NET}\nsource: RIPE\n") == []
    assert codes(network(HALF, "NOTHING"), network(NET, "LEGACY")) == []
    assert codes("inetnum: 192.0.2.0/33\nstatus: ASSIGNED PA\n", network(NET, "ASSIGNED PI")) == []


def test_the_first_child_that_does_not_fit_is_named() -> None:
    """One problem for a new network, whatever it holds; a changed one gets a warning for each network in it."""
    stored = [network(f"192.0.2.{first}/28", "ASSIGNED PA") for first in range(0, 256, 16)]
    problems = judge([network(NET, "ASSIGNED PI")], stored)
    assert [problem.code for problem in problems] == ["child-status"]
    assert problems[0].message.startswith("192.0.2.0 - 192.0.2.15 ")
    inner = [network("192.0.2.0/30", "ASSIGNED PA")]
    problems = judge([network(NET, "ASSIGNED PI")], [*stored, *inner, network(NET, "ASSIGNED PI")])
    assert [problem.code for problem in problems] == ["child-status-kept"] * 16


def test_networks_created_together_are_judged_by_the_inner_one() -> None:
    """A parent and its child in one submission: the child has the problem, in whatever order they come."""
    parent, child = network(NET, "ASSIGNED PI"), network(HALF, "ASSIGNED PA")
    for submitted in ([parent, child], [child, parent]):
        for stored in ((), None):
            problems = judge(submitted, stored)
            assert [(problem.code, "192.0.2.255" in problem.message) for problem in problems] == [
                ("parent-status", True)
            ]
    good = network(NET, "ALLOCATED PA")
    assert codes([child, good], network(WIDE, "ALLOCATED UNSPECIFIED")) == []
    assert codes([good, child], network(WIDE, "ALLOCATED UNSPECIFIED")) == []


def test_what_the_submission_deletes_is_not_around_any_more() -> None:
    """A parent that goes away leaves the one above it, and a child that goes away does not matter."""
    stored = [network(WIDE, "ALLOCATED PA"), network(NET, "ASSIGNED PI")]
    gone = network(NET, "ASSIGNED PI", "delete: x")
    assert codes([network(HALF, "ASSIGNED PA"), gone], *stored) == []
    child = network(HALF, "ASSIGNED PA", "delete: x")
    assert codes([network(NET, "ASSIGNED PI"), child], network(WIDE, "ALLOCATED UNSPECIFIED"), child) == []


# --- LEGACY


def test_what_is_below_legacy_becomes_legacy() -> None:
    """The registry rewrites the status and says so; the types of organisation are then those of LEGACY."""
    problems = judge([network(HALF, "ASSIGNED PA")], [network(NET, "LEGACY")])
    assert [(problem.code, problem.severity) for problem in problems] == [("status-becomes-legacy", Severity.INFO)]
    assert problems[0].hint == "write LEGACY"


def test_only_the_registry_begins_and_ends_legacy() -> None:
    """At the top LEGACY is created and deleted by the registry; below LEGACY by anybody."""
    top, own = network(NET, "LEGACY"), network(NET, "LEGACY", OWN)
    root = network(ROOT4, "ALLOCATED UNSPECIFIED")
    assert codes(top, root) == ["legacy-at-the-top"]
    assert codes(own, root) == []
    assert [p.code for p in judge([top], [root], options=Options(registry_staff=True))] == []
    assert codes(network(NET, "LEGACY", "delete: x"), root, top) == ["legacy-at-the-top"]
    inner = network(HALF, "LEGACY")
    assert codes(inner, root, top) == []
    assert codes(network(HALF, "LEGACY", "delete: x"), root, top, inner) == []


# --- overlaps


@pytest.mark.parametrize(
    ("new", "overlaps"),
    [
        ("192.0.2.64 - 192.0.2.191", True),
        ("192.0.1.0 - 192.0.2.0", True),
        ("192.0.2.127 - 192.0.2.128", True),
        ("192.0.2.0 - 192.0.2.126", False),
        ("192.0.2.0 - 192.0.2.128", False),
        ("192.0.1.255 - 192.0.2.127", False),
        ("192.0.2.128 - 192.0.2.255", False),
        ("192.0.2.0 - 192.0.2.127", False),
    ],
)
def test_a_new_network_does_not_overlap_in_part(new: str, *, overlaps: bool) -> None:
    """Inside, around, equal or apart is fine; anything else is refused, and only when it is new."""
    stored = network("192.0.2.0 - 192.0.2.127", "X")
    assert codes(network(new, "X"), stored) == ["overlapping-network"] * overlaps
    assert codes(network(new, "X"), stored, network(new, "X")) == []


def test_two_new_networks_that_overlap_both_have_the_problem() -> None:
    """The registry refuses the second; which that is, the order decides."""
    pair = [network("192.0.2.0 - 192.0.2.127", "X"), network("192.0.2.64 - 192.0.2.191", "X")]
    problems = judge(pair, None)
    assert [problem.message for problem in problems] == [
        "192.0.2.0 - 192.0.2.127 overlaps 192.0.2.64 - 192.0.2.191 in part",
        "192.0.2.64 - 192.0.2.191 overlaps 192.0.2.0 - 192.0.2.127 in part",
    ]
    assert problems[0].span == Span(1, 10, 23)


def test_the_outermost_overlap_that_begins_before_is_named() -> None:
    """Of several networks that overlap, one that begins before the new one is named, the outermost of those."""
    stored = ["192.0.2.8 - 192.0.2.40", "192.0.2.0 - 192.0.2.63", "192.0.2.96 - 192.0.2.160"]
    problems = judge([network("192.0.2.32 - 192.0.2.127", "X")], [network(space, "X") for space in stored])
    assert [problem.message for problem in problems] == [
        "192.0.2.32 - 192.0.2.127 overlaps 192.0.2.0 - 192.0.2.63 in part"
    ]


# --- aggregations


def aggregated(space: str, size: int | str, *more: str) -> str:
    return network(space, "AGGREGATED-BY-LIR", f"assignment-size: {size}", *more)


def test_parts_of_an_aggregation_have_its_assignment_size() -> None:
    """A new network one level inside is as large as assignment-size says, in both families, whatever its status."""
    assert codes(network(LINK6, "ASSIGNED"), aggregated(SITE6, 56)) == []
    assert codes(network("2001:db8::/64", "ASSIGNED"), aggregated(SITE6, 56)) == ["assignment-size-mismatch"]
    assert codes(network("192.0.2.16 - 192.0.2.31", "ASSIGNED PA"), aggregated(NET, 28)) == []
    assert codes(network("192.0.2.8 - 192.0.2.23", "ASSIGNED PA"), aggregated(NET, 28)) == []
    problems = judge([network("192.0.2.16 - 192.0.2.40", "ASSIGNED PA")], [aggregated(NET, 28)])
    assert [(problem.code, problem.span) for problem in problems] == [("assignment-size-mismatch", Span(1, 10, 23))]
    assert problems[0].hint == "expected a /28"
    assert codes(network(HALF, "ASSIGNED PA"), network(NET, "AGGREGATED-BY-LIR")) == []


def test_an_aggregation_goes_around_parts_of_its_size() -> None:
    """A new aggregation is judged by the stored networks one level inside it."""
    stored = [network(f"2001:db8:0:{part}00::/56", "ASSIGNED") for part in range(3)]
    assert codes(aggregated(SITE6, 56), *stored) == []
    problems = judge([aggregated(SITE6, 60)], stored)
    assert [(problem.code, problem.span) for problem in problems] == [("assignment-size-mismatch", Span(3, 18, 2))]
    assert codes([aggregated(SITE6, 56), network("2001:db8::/64", "ASSIGNED")]) == ["assignment-size-mismatch"]
    assert codes(aggregated(SITE6, "9" * 5000), *stored) == []


def test_at_most_two_aggregations_lie_around_one_another() -> None:
    """Counted upwards and downwards from a new one; levels of other statuses between them do not count."""
    wide, middle, inner = aggregated(WIDE6, 40), aggregated(NET6, 48), aggregated(SITE6, 56)
    assert codes(inner, middle) == []
    assert codes(inner, wide, middle) == ["aggregated-too-often"]
    assert codes(wide, middle) == []
    assert codes(wide, middle, inner) == ["aggregated-too-often"]
    assert codes(middle, wide, inner) == ["aggregated-too-often"]
    assert codes(middle, inner, network(LINK6, "ASSIGNED")) == []
    between = network(NET6, "ALLOCATED-BY-LIR")
    assert "aggregated-too-often" not in codes(inner, aggregated("2001:db8::/36", 40), between)
    assert codes([wide, middle, inner]) == ["aggregated-too-often"]


# --- changes


def test_a_stored_status_stays() -> None:
    """A change of status is refused, except between the two allocations, where the neighbours must fit."""
    root = network(WIDE, "ALLOCATED UNSPECIFIED")
    assert codes(network(NET, "ASSIGNED PI"), root, network(NET, "LEGACY")) == ["status-changed"]
    assert codes(network(NET, "allocated pa"), root, network(NET, "ALLOCATED PA")) == []
    assert codes(network(NET, "ALLOCATED-ASSIGNED PA"), root, network(NET, "ALLOCATED PA")) == []
    assert codes(network(NET, "ALLOCATED PA"), root, network(NET, "ALLOCATED-ASSIGNED PA")) == []
    used = [network(NET, "ALLOCATED PA"), network(HALF, "ASSIGNED PA")]
    assert codes(network(NET, "ALLOCATED-ASSIGNED PA"), root, *used) == ["child-status"]
    bad = network(WIDE, "ASSIGNED PI")
    assert codes(network(NET, "ALLOCATED-ASSIGNED PA"), bad, network(NET, "ALLOCATED PA")) == ["parent-status"]
    assert codes(network(NET6, "ASSIGNED"), network(NET6, "ALLOCATED-BY-LIR")) == ["status-changed"]


def test_a_status_changed_against_the_rules_is_also_held_against_its_neighbours() -> None:
    """The refused status is judged as the one it would be, with warnings."""
    stored = [network(WIDE, "ALLOCATED PA"), network(NET, "ASSIGNED PA")]
    problems = judge([network(NET, "ASSIGNED PI")], stored)
    assert [problem.code for problem in problems] == ["parent-status-kept", "status-changed"]
    assert problems[1].message == 'status is "ASSIGNED PA" in the database and cannot be changed to "ASSIGNED PI"'


def test_a_stored_assignment_size_stays() -> None:
    """It is not changed, taken away or added."""
    stored = aggregated(SITE6, 56)
    for size in ("64", "056"):
        assert codes(aggregated(SITE6, size), stored) == ["assignment-size-changed"]
    without = network(SITE6, "AGGREGATED-BY-LIR")
    problems = judge([without], [stored])
    assert [(problem.code, problem.span) for problem in problems] == [("assignment-size-changed", Span(1, 1, 8))]
    assert codes(stored, without) == ["assignment-size-changed"]
    assert codes(stored, stored) == []


def test_a_stored_name_stays() -> None:
    """A person or role keeps its name, whatever its case and layout."""
    person = "person: Example Person\nnic-hdl: EP1-EXAMPLE\nsource: RIPE\n"
    assert codes(person.replace("Example P", "EXAMPLE\n  p"), person) == []
    assert codes(person.replace("Person", "Parson"), person) == ["name-changed"]
    role = "role: Example Desk\nnic-hdl: ED1-EXAMPLE\nsource: RIPE\n"
    assert codes(role.replace("Desk", "Disk"), role) == ["name-changed"]


def test_what_the_registry_manages_stays() -> None:
    """Of what the registry maintains users change neither netname, org, sponsoring-org nor an allocation's mnt-by."""
    own = network(NET, "ALLOCATED PA", "netname: A", "org: ORG-A1-X", "mnt-by: RIPE-NCC-HM-MNT", "mnt-by: A-MNT")
    root = network(WIDE, "ALLOCATED UNSPECIFIED")

    def changed(old: str, new: str) -> list[tuple[str, int]]:
        problems = judge([own.replace(old, new)], [own, root])
        return [(problem.code, problem.span.line) for problem in problems if problem.span]

    assert changed("netname: A", "netname: B") == [("managed-by-registry", 3)]
    assert changed("org: ORG-A1-X", "org: ORG-B1-X") == [("managed-by-registry", 4)]
    assert changed("org: ORG-A1-X\n", "") == [("managed-by-registry", 1)]
    assert changed("org: ", "sponsoring-org: ORG-C1-X\norg: ") == [("managed-by-registry", 4)]
    assert changed("mnt-by: A-MNT", "mnt-by: B-MNT") == [("managed-by-registry", 5)]
    assert changed("mnt-by: RIPE-NCC-HM-MNT\n", "") == [("managed-by-registry", 5)]
    assert changed("netname: A\n", "descr: new\nnetname: a\n") == []
    staff = Options(registry_staff=True)
    assert judge([own.replace("netname: A", "netname: B")], [own, root], options=staff) == []


def test_what_users_maintain_they_change() -> None:
    """Without a maintainer of the registry these attributes are the user's, but for the registry's own names."""
    own = network(NET, "ASSIGNED PA", "netname: A", "org: ORG-A1-X", "mnt-by: A-MNT", "mnt-routes: B-MNT ANY")
    root = network(WIDE, "ALLOCATED PA")
    assert codes(own.replace("netname: A", "netname: B"), own, root) == []
    assert codes(own.replace("ORG-A1", "ORG-B1"), own, root) == []
    assert codes(own.replace("mnt-by: A", "mnt-by: B"), own, root) == []
    assert codes(own.replace("A-MNT", "A-MNT, RIPE-NCC-HM-MNT"), own, root) == ["managed-by-registry"]
    assert codes(own.replace("B-MNT ANY", "RIPE-NCC-END-MNT"), own, root) == ["managed-by-registry"]
    held = own.replace("A-MNT", "A-MNT, RIPE-NCC-END-MNT")
    assert codes(held.replace("A-MNT, RIPE", "C-MNT, RIPE"), held, root) == []


def test_mnt_lower_is_not_added_to_assignments() -> None:
    """What is stored may stay or go, and statuses that may be divided take more."""
    stored = network(NET, "ASSIGNED PA", "mnt-lower: A-MNT")
    root = network(WIDE, "ALLOCATED PA")
    assert codes(stored, stored, root) == []
    assert codes(network(NET, "ASSIGNED PA"), stored, root) == []
    problems = judge([stored.replace("A-MNT", "a-mnt, B-MNT")], [stored, root])
    assert [problem.message for problem in problems] == [
        '"B-MNT" cannot be added to mnt-lower of an object with status ASSIGNED PA'
    ]
    wider = network(NET, "SUB-ALLOCATED PA")
    assert codes(network(NET, "SUB-ALLOCATED PA", "mnt-lower: A-MNT"), wider, root) == []
    assert codes(network(NET6, "ASSIGNED", "mnt-lower: A-MNT"), network(NET6, "ASSIGNED")) == ["mnt-lower-added"]


def test_the_mailbox_of_an_abuse_contact_stays() -> None:
    """As long as anything names the role in abuse-c, and only if there was a mailbox."""
    role = "role: Example Desk\nnic-hdl: ED1-EXAMPLE\nsource: RIPE\n"
    desk, org = role + "abuse-mailbox: abuse@example.net\n", "organisation: ORG-EX1-EXAMPLE\n{}source: RIPE\n"
    user = org.format("abuse-c: ED1-EXAMPLE\n")
    assert codes(role, desk, user) == ["abuse-mailbox-removed"]
    assert codes(role, desk, org.format("admin-c: ED1-EXAMPLE\n")) == []
    assert codes(role, role, user) == []
    assert codes([role, org.format("")], desk, user) == []
    assert codes(desk.replace("abuse@", "desk@"), desk, user) == []


def test_the_abuse_contact_of_an_organisation_stays() -> None:
    """An LIR keeps it, and so does the holder of what the registry maintains."""
    org = "organisation: ORG-EX1-EXAMPLE\norg-type: {}\n{}source: RIPE\n"
    stored = org.format("{}", "abuse-c: ED1-EXAMPLE\n")
    held = network(NET, "ASSIGNED PI", "org: ORG-EX1-EXAMPLE", "mnt-by: {}")
    assert codes(org.format("LIR", ""), stored.format("LIR")) == ["abuse-c-removed"]
    assert codes(org.format("OTHER", ""), stored.format("OTHER")) == []
    for maintainer, expected in (("RIPE-NCC-END-MNT", ["abuse-c-removed"]), ("A-MNT", [])):
        assert codes(org.format("OTHER", ""), stored.format("OTHER"), held.format(maintainer)) == expected
    assert codes(stored.format("LIR").replace("ED1", "ED2"), stored.format("LIR")) == []


def test_without_a_database_every_object_is_new() -> None:
    """Nobody knows what is stored, unless the caller says so."""
    parent, child = network(NET, "ASSIGNED PI"), network(HALF, "ASSIGNED PA")
    assert [problem.code for problem in judge([parent, child], None)] == ["parent-status"]
    stored = Options(action=Action.MODIFY)
    assert [problem.code for problem in judge([parent, child], None, options=stored)] == ["parent-status-kept"]


# --- other registries


def test_apnic_and_afrinic_ask_for_what_their_documents_say() -> None:
    """Below an assignment nothing is delegated; these are warnings, because no server is known to refuse it."""
    for registry, source, parent, good, child in (
        ("apnic", "APNIC", "ASSIGNED NON-PORTABLE", "ALLOCATED PORTABLE", "ASSIGNED NON-PORTABLE"),
        ("apnic", "APNIC", "ASSIGNED PORTABLE", "ALLOCATED PORTABLE", "ALLOCATED NON-PORTABLE"),
        ("afrinic", "AFRINIC", "ASSIGNED PA", "SUB-ALLOCATED PA", "ASSIGNED PA"),
        ("afrinic", "AFRINIC", "SUB-ALLOCATED PA", "ALLOCATED PA", "SUB-ALLOCATED PA"),
    ):
        inner = network(HALF, child, source=source)
        problems = judge([inner], [network(NET, parent, source=source)], registry=registry)
        assert [(problem.code, problem.severity) for problem in problems] == [("further-delegation", Severity.WARNING)]
        assert problems[0].citation == NETWORK_RULES[registry, "inetnum"].citation
        assert codes(inner, network(NET, good, source=source), registry=registry) == []
        assert codes(network(NET, parent, source=source), inner, registry=registry) == []


def test_irrd_has_no_hierarchy() -> None:
    """IRRd looks at no neighbours."""
    stored = [network(NET, "ASSIGNED PI", source="RADB"), network(HALF, "ASSIGNED PA", source="RADB")]
    assert codes(network("192.0.2.64 - 192.0.2.200", "ASSIGNED PA", source="RADB"), *stored, registry="irrd") == []


# --- domains and sets


def domain(name: str, *more: str) -> str:
    return "\n".join([f"domain: {name}", *more, "source: RIPE"]) + "\n"


def test_reverse_domains_do_not_nest() -> None:
    """A new domain inside another or around one is refused, in both families; a stored one is not."""
    zone, inner = domain("2.0.192.in-addr.arpa"), domain("1.2.0.192.in-addr.arpa.")
    problems = judge([inner], [zone])
    assert [(problem.code, problem.message) for problem in problems] == [
        ("nested-domain", "this domain lies inside that of 192.0.2.0 - 192.0.2.255")
    ]
    assert judge([zone], [inner])[0].message == "this domain lies around that of 192.0.2.1 - 192.0.2.1"
    assert codes(inner, zone, inner) == []
    assert codes([inner, zone]) == ["nested-domain"]
    assert codes([inner, domain("2.0.192.in-addr.arpa", "delete: x")], zone) == []
    assert codes(domain("8.b.d.0.1.0.0.2.ip6.arpa"), domain("1.0.0.2.ip6.arpa")) == ["nested-domain"]
    assert codes(domain("1.2.3.e164.arpa"), domain("2.3.e164.arpa")) == []
    assert codes(domain("100.51.198.in-addr.arpa"), zone) == []


def test_ranges_of_reverse_domains_do_not_overlap() -> None:
    """A dash range that shares some addresses with another is refused."""
    stored = domain("0-127.2.0.192.in-addr.arpa")
    assert codes(domain("64-191.2.0.192.in-addr.arpa"), stored) == ["overlapping-domain"]
    assert codes(domain("128-191.2.0.192.in-addr.arpa"), stored) == []
    assert codes(domain("0-63.2.0.192.in-addr.arpa"), stored) == ["nested-domain"]


def test_a_network_and_a_domain_are_different_things() -> None:
    """A domain is not around a network."""
    assert codes(network(HALF, "ASSIGNED PA"), domain("2.0.192.in-addr.arpa")) == []


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("AS64496:AS-EXAMPLE", "aut-num: AS64496"),
        ("as64496:AS-EXAMPLE:AS-MORE", "as-set: AS64496:AS-EXAMPLE"),
        ("AS-EXAMPLE:AS64496", "as-set: AS-EXAMPLE"),
    ],
)
def test_a_set_begins_with_the_name_of_another_object(name: str, parent: str) -> None:
    """An aut-num or a set with the first part of the name exists, or the new set is refused."""
    text = f"as-set: {name}\nsource: RIPE\n"
    assert codes(text, f"{parent}\nsource: RIPE\n") == []
    problems = judge([text], [parent.replace("6", "7").replace("EXAMPLE", "OTHER") + "\nsource: RIPE\n"])
    assert [(problem.code, problem.span) for problem in problems] == [
        ("missing-set-parent", Span(1, 9, len(name.rpartition(":")[0])))
    ]
    assert codes(text, "mntner: EXAMPLE-MNT\nsource: RIPE\n") == []
    assert codes(text, f"{parent.partition(':')[0]}: X\nsource: RIPE\n", text) == []


def test_a_set_of_another_class_belongs_below_its_own() -> None:
    """The parent of a route-set that is called after one is a route-set; a plain name has no parent."""
    text = "route-set: AS64496:RS-EXAMPLE:RS-MORE\nsource: RIPE\n"
    assert codes(text, "route-set: AS64496:RS-EXAMPLE\nsource: RIPE\n") == []
    assert codes(text, "route-set: AS64496:RS-OTHER\nsource: RIPE\n") == ["missing-set-parent"]
    assert codes("route-set: RS-EXAMPLE\nsource: RIPE\n", "route-set: RS-OTHER\nsource: RIPE\n") == []


# --- many networks


def test_prefix_lengths_count_addresses() -> None:
    """As the registry does: a range of sixteen addresses is a /28 wherever it begins, one of fifteen is none."""
    lengths = [prefix_length(AddressRange.parse(text)) for text in ("192.0.2.8 - 192.0.2.23", "192.0.2.8 - 192.0.2.22")]
    assert lengths == [28, None]
    assert prefix_length(AddressRange.parse("::/0")) == 0


def test_a_deep_chain_of_networks_takes_no_time() -> None:
    """Thousands of networks around one another, each with the status of a nested assignment, are judged in a blink."""
    chain = [network(f"10.0.0.0 - 10.{last >> 8}.{last & 255}.0", "ASSIGNED PA") for last in range(1, 3000)]
    top = ObjectSet(map(parse_object, chain), registry="ripe")
    found = [
        problem
        for obj in map(parse_object, chain[:50])
        for problem in iter_hierarchy_problems(obj, SCHEMAS["ripe"], top, before=None)
    ]
    assert found == []
    assert len(chain) > MOST_LEVELS


def test_many_partial_overlaps_take_no_time() -> None:
    """Where thousands of ranges overlap in part, no more than a fixed number is looked at."""
    stretches = [(first, first + 5000) for first in range(5000)]
    ranges = Ranges(stretches)
    assert ranges.find_around(4000, 4001) == (4000, 9000)
    crossing = ranges.find_crossing(2000, 7000)
    assert crossing is not None
    assert crossing[0] < 2000 <= crossing[1] < 7000
    assert len(list(ranges.iter_inside(0, 20_000))) == MOST_VISITED
    assert len(ranges) == 5000
    assert ((17, 5017) in ranges, (17, 5018) in ranges) == (True, False)


def test_nothing_is_asked_before_the_first_problem_is() -> None:
    """The iterators are lazy."""
    obj = parse_object(network(NET, "ASSIGNED PA"))

    class Silent(ObjectSet):
        def find_parent(self, *_: object) -> None:
            raise AssertionError("asked")

    problems = iter_hierarchy_problems(obj, SCHEMAS["ripe"], Silent(registry="ripe"))
    with pytest.raises(AssertionError, match="asked"):
        next(problems)


def test_objects_of_any_kind_are_judged_without_an_error() -> None:
    """No class, key or value makes the hierarchy raise."""
    for text in (
        "inetnum: x",
        "inet6num: ::1/999",
        "domain: .",
        "as-set: :",
        "as-set: a:",
        "x: y",
        "role: a",
        "aut-num: AS",
    ):
        obj = RpslObject(f"{text}\nstatus: \nassignment-size: x\n", None)
        held = ObjectSet([obj], registry="ripe", complete=True)
        for deletion in (False, True):
            for before in (None, held):
                list(iter_hierarchy_problems(obj, SCHEMAS["ripe"], held, before=before, deletion=deletion))
    assert [obj.class_name for obj in parse_objects("domain: .\n")] == ["domain"]
