"""Laws of databases of objects and of the problems they show: ranges, layers, order, and any text at all.

The worlds are small and dense: few keys, few addresses, every class that refers to others, ranges that nest and
overlap in part. Hypothesis draws seeds, and what an object says comes of its seed.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irtkit.problems import Problem
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, as_primary_key, parse_object, parse_objects
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.validation import ranges as ranges_module
from irtkit.validation.database import iter_database_problems
from irtkit.validation.database_codes import CODES
from irtkit.validation.hierarchy import iter_hierarchy_problems
from irtkit.validation.keys import key_of, space_of
from irtkit.validation.layers import Layered
from irtkit.validation.network_rules import NETWORK_RULES
from irtkit.validation.objects import Objects, ObjectSet
from irtkit.validation.places import Surroundings
from irtkit.validation.ranges import Ranges, Stretch
from irtkit.validation.references import iter_reference_problems

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it

from strategies import noise

BASE = AddressRange.parse("192.0.2.0/24").first
STATUSES = sorted({status for rules in NETWORK_RULES.values() for status in rules.statuses})
HANDLES = ("A1-X", "B1-X", "C1-X", "AUTO-1", "AUTO-2B")
MNTNERS = ("A-MNT", "B-MNT", "RIPE-NCC-HM-MNT", "C-MNT")
ORGS = ("ORG-AA1-X", "ORG-BB1-X", "AUTO-3")
SETS = ("AS-A", "AS64496:AS-B", "AS64496:AS-B:AS-C", "AS64497:AS-D")
IRTS = ("IRT-A", "IRT-B")
KEYS = ("PGPKEY-0A1B2C3D", "PGPKEY-0A1B2C3E")

seeds = st.integers(0, 1 << 40)
points = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: (min(ends), max(ends)))
some_ranges = st.lists(points, max_size=14)


def maybe(draw: Random, name: str, values: Sequence[str], chance: float = 0.5) -> Iterator[str]:
    if draw.random() < chance:
        yield (
            f"{name}: {', '.join(draw.choices(values, k=draw.choice((1, 1, 2))))}"
            if name[:3] == "mnt"
            else (f"{name}: {draw.choice(values)}")
        )


def space_text(draw: Random, *, nested: bool) -> str:
    if nested or draw.random() < 0.6:
        size = 1 << draw.randrange(6)
        first = draw.randrange(32) // size * size
        last = first + size - 1
    else:
        first = draw.randrange(32)
        last = draw.randrange(first, 32)
    return AddressRange(4, BASE + first, BASE + last).canonical


def object_text(seed: int, *, nested: bool = False) -> str:
    """Return an object that refers to others and to which others refer; its class and key come of the seed."""
    draw = Random(seed)
    kind = draw.choice(
        ("net", "net", "net", "net6", "mntner", "person", "role", "org", "irt", "key", "set", "num", "dom")
    )
    firsts = {
        "net": lambda: f"inetnum: {space_text(draw, nested=nested)}",
        "net6": lambda: f"inet6num: 2001:db8::/{draw.randrange(32, 65, 4)}",
        "mntner": lambda: f"mntner: {draw.choice(MNTNERS)}",
        "person": lambda: f"person: Example Person\nnic-hdl: {draw.choice(HANDLES)}",
        "role": lambda: f"role: Example Desk\nnic-hdl: {draw.choice(HANDLES)}",
        "org": lambda: f"organisation: {draw.choice(ORGS)}\norg-type: {draw.choice(('LIR', 'OTHER', 'RIR'))}",
        "irt": lambda: f"irt: {draw.choice(IRTS)}",
        "key": lambda: f"key-cert: {draw.choice(KEYS)}",
        "set": lambda: f"as-set: {draw.choice(SETS)}",
        "num": lambda: f"aut-num: AS6449{draw.randrange(6, 8)}",
        "dom": lambda: f"domain: {draw.randrange(4)}-{draw.randrange(4, 8)}.2.0.192.in-addr.arpa",
    }
    lines = [firsts[kind]()]
    lines += maybe(draw, "mnt-by", MNTNERS, 0.8)
    lines += maybe(draw, "admin-c", HANDLES)
    if kind in {"net", "net6", "num", "org"}:
        lines += [*maybe(draw, "org", ORGS), *maybe(draw, "abuse-c", HANDLES, 0.4)]
    if kind in {"net", "net6"}:
        lines += [
            *maybe(draw, "status", STATUSES, 0.9),
            *maybe(draw, "mnt-irt", IRTS),
            *maybe(draw, "mnt-lower", MNTNERS),
        ]
        lines += [*maybe(draw, "assignment-size", ("30", "48", "x"), 0.3), *maybe(draw, "sponsoring-org", ORGS, 0.2)]
    if kind == "role":
        lines += maybe(draw, "abuse-mailbox", ("a@example.net",))
    if kind == "irt":
        lines += [*maybe(draw, "auth", KEYS), *maybe(draw, "signature", KEYS)]
    if kind == "num":
        lines += [*maybe(draw, "member-of", SETS), *maybe(draw, "status", ("ASSIGNED",))]
    if kind == "set":
        lines += maybe(draw, "mbrs-by-ref", (*MNTNERS, "ANY"))
    return "\n".join([*lines, f"source: {draw.choice(('RIPE', 'RIPE', 'RIPE', 'RIPE-NONAUTH', 'TEST'))}"]) + "\n"


def distinct(texts: Sequence[str]) -> list[RpslObject]:
    """Return the objects whose class and key no earlier one has."""
    found: dict[tuple[str, str | None], RpslObject] = {}
    for obj in map(parse_object, texts):
        found.setdefault((obj.class_name, key_of(obj)), obj)
    return list(found.values())


worlds = st.lists(seeds, max_size=14).map(lambda drawn: distinct([object_text(seed) for seed in drawn]))
nested_worlds = st.lists(seeds, max_size=16).map(
    lambda drawn: distinct([object_text(seed, nested=True) for seed in drawn])
)


def with_deletions(objects: Sequence[RpslObject], seed: int) -> list[tuple[RpslObject, bool]]:
    draw = Random(seed)
    return [(obj, draw.random() < 0.25) for obj in objects]


def submission(updates: Sequence[tuple[RpslObject, bool]]) -> ObjectSet:
    top = ObjectSet(registry="ripe")
    for obj, deletion in updates:
        (top.remove if deletion else top.add)(obj)
    return top


def problems_of(
    updates: Sequence[tuple[RpslObject, bool]], world: Objects, before: Objects | None, registry: str = "ripe"
) -> list[list[Problem]]:
    """Return the problems of each update of a submission."""
    schema = SCHEMAS[registry]
    return [
        [
            problem
            for check in (iter_reference_problems, iter_hierarchy_problems)
            for problem in check(obj, schema, world, before=before, deletion=deletion)
        ]
        for obj, deletion in updates
    ]


# --- ranges


def holds(outer: Stretch, inner: Stretch) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


@given(some_ranges, points)
def test_the_range_around_is_the_smallest_that_a_scan_finds(stretches: list[Stretch], asked: Stretch) -> None:
    """Smallest by its number of addresses; of equal ones, which overlap in part, the one that begins later."""
    around = [stretch for stretch in stretches if holds(stretch, asked) and stretch != asked]
    expected = min(around, key=lambda stretch: (stretch[1] - stretch[0], -stretch[0]), default=None)
    assert Ranges(stretches).find_around(*asked) == expected


@given(some_ranges, points)
def test_ranges_one_level_inside_are_those_a_scan_finds(stretches: list[Stretch], asked: Stretch) -> None:
    """Every range around one of them is around all that was asked for."""
    expected = [
        inner
        for inner in sorted(set(stretches))
        if holds(asked, inner)
        and inner != asked
        and all(holds(outer, asked) for outer in stretches if holds(outer, inner) and outer != inner)
    ]
    assert list(Ranges(stretches).iter_inside(*asked)) == expected


@given(some_ranges, points)
def test_a_partial_overlap_is_found_when_a_scan_finds_one(stretches: list[Stretch], asked: Stretch) -> None:
    """What is found overlaps in part, and begins before what was asked for if any such range does."""
    crossing = {
        stretch
        for stretch in stretches
        if stretch[0] <= asked[1] and asked[0] <= stretch[1] and not holds(stretch, asked) and not holds(asked, stretch)
    }
    found = Ranges(stretches).find_crossing(*asked)
    assert (found is None) == (not crossing)
    if found is not None:
        assert found in crossing
        assert (found[0] < asked[0]) == any(stretch[0] < asked[0] for stretch in crossing)


@given(some_ranges, points, st.integers(0, 3))
def test_deep_nesting_is_answered_as_shallow_nesting_is(stretches: list[Stretch], asked: Stretch, climbed: int) -> None:
    """However few levels are climbed one by one before the blocks are asked, the answers are the same."""
    shallow = Ranges(stretches)
    expected = shallow.find_around(*asked), shallow.find_crossing(*asked)
    with patch.object(ranges_module, "_MOST_CLIMBED", climbed):
        deep = Ranges(stretches)
        assert (deep.find_around(*asked), deep.find_crossing(*asked)) == expected


@given(some_ranges, points)
def test_a_range_is_in_the_set_if_it_was_given(stretches: list[Stretch], asked: Stretch) -> None:
    """Membership is exact, and each range counts once."""
    ranges = Ranges(stretches)
    assert (asked in ranges) == (asked in stretches)
    assert len(ranges) == len(set(stretches))


# --- sets of objects and layers


@given(worlds, points)
def test_the_parent_of_a_network_is_the_smallest_that_a_scan_finds(objects: list[RpslObject], asked: Stretch) -> None:
    """Among the inetnums of one registry, whatever else is there."""
    space = AddressRange(4, BASE + asked[0], BASE + asked[1])
    spaces = [
        found
        for obj in objects
        if obj.class_name == "inetnum" and "TEST" not in str(obj) and (found := space_of(obj)) is not None
    ]
    around = [found for found in spaces if space in found and space != found]
    expected = min(around, key=lambda found: (found.size, -found.first), default=None)
    parent = ObjectSet(objects, registry="ripe").find_parent(space, "inetnum", "ripe")
    assert (None if parent is None else parent.space) == expected


@given(nested_worlds, nested_worlds, seeds, st.lists(seeds, min_size=1, max_size=4))
def test_a_submission_on_a_database_answers_as_what_it_leaves(
    stored: list[RpslObject], submitted: list[RpslObject], seed: int, asked: list[int]
) -> None:
    """Two layers answer every question as one set of the objects that remain does."""
    updates = with_deletions(submitted, seed)
    layered = Layered(submission(updates), ObjectSet(stored, registry="ripe", complete=True))
    left = ObjectSet(stored, registry="ripe", complete=True)
    for obj, deletion in updates:
        (left.remove if deletion else left.add)(obj)
    for key in {as_primary_key(name) for name in (*HANDLES, *MNTNERS, *ORGS, *SETS, *IRTS, *KEYS)}:
        assert layered.find_classes(key, "ripe") == left.find_classes(key, "ripe")
        assert set(layered.iter_referring(key, "ripe")) == set(left.iter_referring(key, "ripe"))
        for class_name in ("mntner", "role", "organisation"):
            found = layered.find_values(class_name, key, "mnt-by", "ripe")
            assert found == left.find_values(class_name, key, "mnt-by", "ripe")
    for question in asked:
        space = AddressRange.parse(space_text(Random(question), nested=True))
        for ask in ("find_network", "find_parent"):
            assert getattr(layered, ask)(space, "inetnum", "ripe") == getattr(left, ask)(space, "inetnum", "ripe")
        children = list(layered.iter_children(space, "inetnum", "ripe"))
        assert children == list(left.iter_children(space, "inetnum", "ripe"))
        assert layered.find_crossing(space, "inetnum", "ripe") is None


# --- problems


@given(worlds, worlds, seeds)
def test_the_order_of_a_submission_does_not_matter(
    stored: list[RpslObject], submitted: list[RpslObject], seed: int
) -> None:
    """Each object has the same problems wherever it stands among the others."""
    updates = with_deletions(submitted, seed)
    database = ObjectSet(stored, registry="ripe", complete=True)
    expected = problems_of(updates, Layered(submission(updates), database), database)
    order = list(range(len(updates)))
    Random(seed).shuffle(order)
    shuffled = [updates[at] for at in order]
    found = problems_of(shuffled, Layered(submission(shuffled), database), database)
    assert found == [expected[at] for at in order]
    assert found == problems_of(shuffled, Layered(submission(shuffled), database), database)


UNRELATED = (
    "mntner: UNRELATED-MNT\nmnt-by: UNRELATED-MNT\nsource: RIPE\n",
    "person: Un Related\nnic-hdl: UR1-X\nmnt-by: UNRELATED-MNT\nsource: RIPE\n",
    "irt: irt-unrelated\nmnt-by: UNRELATED-MNT\nsource: RIPE\n",
    "inetnum: 198.51.100.0 - 198.51.100.255\nstatus: ASSIGNED PA\nsource: RIPE\n",
    "inet6num: 2001:db8:ffff::/48\nstatus: ASSIGNED\nsource: TEST\n",
    "domain: 100.51.198.in-addr.arpa\nsource: RIPE\n",
    "as-set: AS-UNRELATED\nsource: RIPE\n",
)


@given(worlds, worlds, seeds, st.sampled_from(UNRELATED))
def test_an_unrelated_object_changes_nothing_for_the_others(
    stored: list[RpslObject], submitted: list[RpslObject], seed: int, unrelated: str
) -> None:
    """An object that names nobody, that nobody names, with addresses of its own, makes no problem in others."""
    updates = with_deletions(submitted, seed)
    database = ObjectSet(stored, registry="ripe", complete=True)
    expected = problems_of(updates, Layered(submission(updates), database), database)
    more = [*updates, (parse_object(unrelated), False)]
    assert problems_of(more, Layered(submission(more), database), database)[:-1] == expected


@given(worlds, seeds)
def test_a_database_that_is_larger_knows_no_fewer_objects(objects: list[RpslObject], seed: int) -> None:
    """What exists in a submission alone exists on top of any database, so references fail no more often than shown."""
    updates = with_deletions(objects, seed)
    alone = problems_of(updates, submission(updates), None)
    empty = ObjectSet(registry="ripe", complete=True)
    assert problems_of(updates, Layered(submission(updates), empty), None) == alone
    assert all(problem.code != "unknown-reference" for problems in alone for problem in problems)


@given(worlds, worlds, seeds)
def test_problems_are_complete_and_in_document_order(
    stored: list[RpslObject], submitted: list[RpslObject], seed: int
) -> None:
    """Each has a known code with its severity, a place in the object, a hint and a citation."""
    severities = {row.code: row.severity for row in CODES}
    updates = with_deletions(submitted, seed)
    database = ObjectSet(stored, registry="ripe", complete=True)
    world, schema = Layered(submission(updates), database), SCHEMAS["ripe"]
    for obj, deletion in updates:
        lines = str(obj).split("\n")
        for check in (iter_reference_problems, iter_hierarchy_problems):
            places = []
            for problem in check(obj, schema, world, before=database, deletion=deletion):
                assert problem.severity is severities[problem.code]
                assert problem.hint
                assert problem.citation
                assert problem.span is not None
                places.append((problem.span.line, problem.span.column))
                line = lines[problem.span.line - 1]
                assert 1 <= problem.span.column <= len(line)
                assert problem.span.column + problem.span.length <= len(line) + 1
            assert places == sorted(places)


@given(worlds, worlds, seeds)
def test_both_checks_at_once_find_what_each_finds(
    stored: list[RpslObject], submitted: list[RpslObject], seed: int
) -> None:
    """What is remembered from one object of the submission to the next changes nothing."""
    updates = with_deletions(submitted, seed)
    database = ObjectSet(stored, registry="ripe", complete=True)
    world = Layered(submission(updates), database)
    surroundings = Surroundings(SCHEMAS["ripe"], world, database)
    for (obj, deletion), expected in zip(updates, problems_of(updates, world, database), strict=True):
        found = list(iter_database_problems(obj, surroundings, deletion=deletion))
        assert sorted(map(repr, found)) == sorted(map(repr, expected))


@pytest.mark.parametrize("registry", SCHEMAS)
@given(noise, noise, seeds)
def test_no_text_makes_the_checks_raise(registry: str, stored: str, submitted: str, seed: int) -> None:
    """Any text is judged, on any database, by any registry's rules, and messages are fit for a terminal."""
    updates = with_deletions(parse_objects(submitted, problems=[]), seed)
    database = ObjectSet(parse_objects(stored, problems=[]), registry=registry, complete=True)
    for world, before in ((Layered(submission(updates), database), database), (submission(updates), None)):
        for problems in problems_of(updates, world, before, registry):
            for problem in problems:
                assert problem.message.isprintable()
                assert (problem.hint or "").isprintable()


@given(worlds, st.lists(st.tuples(seeds, st.text(max_size=12)), max_size=4))
def test_no_value_makes_the_checks_raise(objects: list[RpslObject], edits: list[tuple[int, str]]) -> None:
    """A sound world with any value in any place is judged, too."""
    held = list(objects)
    for seed, value in edits:
        if held:
            draw = Random(seed)
            at = draw.randrange(len(held))
            name = held[at][draw.randrange(len(held[at]))].name
            text = value.replace("\n", " ").replace("\r", " ").replace(":", " ")
            lines = [f"{name}: {text}" if line.startswith(f"{name}:") else line for line in str(held[at]).split("\n")]
            held[at : at + 1] = parse_objects("\n".join(lines).encode("utf-8", "replace"), problems=[])
    updates = with_deletions(held, len(held))
    database = ObjectSet(objects, registry="ripe", complete=True)
    for problems in problems_of(updates, Layered(submission(updates), database), database):
        assert all(problem.message.isprintable() for problem in problems)
