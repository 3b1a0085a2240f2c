"""Laws of an index as a database: what it says of names and ranges is what the objects say from which it was built."""

import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from irtkit.index.build import arrays_of, shift_for
from irtkit.index.keys import hash_of_key, hashes_of_texts, normal_key, seed_of_registry
from irtkit.index.layout import KEYED_CLASSES
from irtkit.index.lookup import Index, open_index
from irtkit.index.storage import encode
from irtkit.index.verify import find_faults
from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, RpslObject, as_primary_key, parse_objects
from irtkit.rpsl.names import PRIMARY_KEYS
from irtkit.schema.registry_schemas import SCHEMAS
from irtkit.submission.indexed import IndexObjects
from irtkit.validation.database import iter_database_problems
from irtkit.validation.keys import NETWORKS, filing_of, find_value, home_of, key_of
from irtkit.validation.layers import Layered
from irtkit.validation.objects import Objects, ObjectSet
from irtkit.validation.places import Surroundings

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `worlds` is in it

from worlds import BASES, ORGS, ROLES, SOURCES, collect, texts

KEYS = {
    **dict.fromkeys(
        KEYED_CLASSES, ("X", "x-1", "AS-SET:AS64496", "\u00e4\u00df", "X.", "1.2.3.4 - 1.2.3.5x", "x" * 400)
    ),
    **dict.fromkeys(("person", "role", "organisation", "key-cert"), ("AUTO-1", "auto-12AB", "AUTO-", "AR1-X", "ar1-x")),
    **dict.fromkeys(("domain", "inet-rtr"), ("2.0.192.in-addr.arpa", "2.0.192.IN-ADDR.ARPA.", "rtr.example.", ".")),
    "aut-num": ("AS64496", "as64496", "AS64497"),
    "as-block": ("AS64496 - AS64511", "AS64496 -  AS64511"),
    "route": (
        "192.0.2.0/24",
        "192.0.2/24",
        "192.0.2.1/24",
        "192.0.2.0/024",
        "0/0",
        "192.0.2.0 - 192.0.2.255",
        "x",
        "/",
    ),
    "route6": ("2001:db8::/32", "2001:DB8:0::/32", "2001:db8::1/32", "::ffff:192.0.2.0/120", "2001:db8::/129"),
}
"""Keys of each class: common ones, spellings of the same, and what can be read as none."""
ORIGINS = ("AS64496", "as64496", "AS64497", "", "\u00e4")
STATUSES = (
    "ALLOCATED PA",
    "ASSIGNED PA",
    "assigned pa",
    "ALLOCATED UNSPECIFIED",
    "LEGACY",
    "AGGREGATED-BY-LIR",
    "",
    "X" * 30,
)
SIZES = ("24", "48", "128", "0", "x", "", "1000", "\u0661")
TYPES = ("LIR", "other", "OTHER", "RIR", "")
REGISTRIES = ("ripe", "apnic", "lacnic", "example", "")

seeds = st.integers(0, 1 << 48)


def keyed_object(seed: int) -> RpslObject:
    """Return an object that goes by a key, as a dump has it; it may lack the key, or have it twice."""
    draw = Random(seed)
    class_name = draw.choice(KEYED_CLASSES)
    attributes = [(class_name, draw.choice(KEYS[class_name]) if PRIMARY_KEYS[class_name][0] == class_name else "Name")]
    attributes += [
        (name, draw.choice(ORIGINS if name == "origin" else KEYS[class_name]))
        for name in PRIMARY_KEYS[class_name]
        if name != class_name and draw.random() < 0.95
    ]
    if draw.random() < 0.05:
        attributes.append((draw.choice(PRIMARY_KEYS[class_name]), draw.choice(KEYS[class_name])))
    attributes.append(("source", draw.choice(SOURCES)))
    return parse_objects("".join(f"{name + ':':<{draw.choice((16, 16, 20))}}{value}\n" for name, value in attributes))[
        0
    ]


def world_of(text: str, seed: int) -> list[RpslObject]:
    """Return the objects of a world that both an index and a set of objects read alike, with some attributes more.

    A range that only LACNIC or ARIN writes is none to the latter, and of two objects with one key each counts another.
    """
    draw, found = Random(seed), dict[tuple[str, str, str], RpslObject]()
    for obj in [
        *parse_objects(text, problems=[]),
        *(keyed_object(draw.randrange(1 << 48)) for _ in range(6)),
    ]:
        more: list[tuple[str, Sequence[str], float]] = []
        if obj.class_name in NETWORKS:
            more = [("status", STATUSES, 0.8), ("assignment-size", SIZES, 0.3)]
        elif obj.class_name == "organisation":
            more = [("org-type", TYPES, 0.8)]
        for name, values, chance in more:
            if draw.random() < chance:
                obj = obj.with_added(name, draw.choice(values))  # noqa: PLW2901 - the object grows
        filing = filing_of(obj, "")
        readable = filing.space is not None and filing.space.family == (4 if obj.class_name == "inetnum" else 6)
        if filing.key is not None and (readable or obj.class_name not in NETWORKS):
            found.setdefault((filing.home, obj.class_name, filing.key), obj)
    return list(found.values())


def index_of(objects: Iterable[RpslObject], **cutting: int) -> Index:
    """Build an index of objects, with a manifest."""
    text = "\n".join(str(obj) if str(obj).endswith("\n") else f"{obj}\n" for obj in objects)
    collected = collect([text], **cutting)
    counts = [[source, class_name, count] for (source, class_name), count in collected.counts.items()]
    arrays = arrays_of(collected)
    manifest = {"created": "", "shift": shift_for(len(arrays["ipv4.start"])), "objects": counts, "files": []}
    with tempfile.NamedTemporaryFile() as file:
        for part in encode(arrays, manifest):
            file.write(part)
        file.flush()
        return open_index(file.name)


worlds = st.builds(world_of, texts, seeds)


def space_of_seed(seed: int) -> AddressRange:
    draw = Random(seed)
    family, base = draw.choice(BASES)
    first = draw.randrange(34)
    return AddressRange(family, base + first, base + draw.randrange(first, 34))


spaces = st.lists(seeds.map(space_of_seed), min_size=1, max_size=6)


def crosses(one: AddressRange, other: AddressRange) -> bool:
    return one.overlaps(other) and one not in other and other not in one


# --- keys


@given(st.lists(st.tuples(st.text(), st.sampled_from(REGISTRIES))))
def test_texts_have_the_same_numbers_in_columns_as_alone(named: list[tuple[str, str]]) -> None:
    """Of any length, at any registry."""
    encoded = [text.replace("\n", "").encode() for text, _ in named]
    text = np.frombuffer(b"".join(one + b"\n" for one in encoded), np.uint8)
    seeds_of_each = np.array([seed_of_registry(registry) for _, registry in named], np.uint64)
    numbers = hashes_of_texts(text, np.array([len(one) for one in encoded], np.int32), seeds_of_each)
    alone = [hash_of_key(one.decode(), registry) for one, (_, registry) in zip(encoded, named, strict=True)]
    assert numbers.tolist() == alone


@given(st.lists(seeds, max_size=30), st.integers(150, 900), st.integers(1, 3))
def test_an_index_has_the_keys_of_its_objects(drawn: list[int], size: int, collectors: int) -> None:
    """Each once, of every class, however the work was shared; what has no key is not there."""
    objects = [keyed_object(seed) for seed in drawn]
    index = index_of(objects, size=size, max_object=5000, collectors=collectors)
    expected = {
        (hash_of_key(key, home_of(obj, "")), KEYED_CLASSES.index(obj.class_name))
        for obj in objects
        if (key := key_of(obj)) is not None
    }
    assert list(zip(index.column("key.hash"), index.column("key.class"), strict=True)) == sorted(expected)
    assert list(find_faults(index.file)) == []


@given(seeds)
def test_key_attributes_make_the_key_that_the_object_has(seed: int) -> None:
    """The rules about keys are written twice."""
    obj = keyed_object(seed)
    values = [[attribute.value for attribute in obj.get(name)] for name in PRIMARY_KEYS[obj.class_name]]
    if key_of(obj) is not None:
        assert normal_key(obj.class_name, [value for (value,) in values]) == key_of(obj)


# --- objects


def names_in(objects: Iterable[RpslObject]) -> list[PrimaryKey]:
    found = {key for obj in objects if (key := key_of(obj)) is not None}
    return sorted({*found, *map(as_primary_key, (*ROLES, *ORGS, "NOBODY", "192.0.2.0 - 192.0.2.3", "2001:db8::/126"))})


@given(worlds)
def test_an_index_knows_the_names_that_the_objects_have(objects: list[RpslObject]) -> None:
    """At every registry, in every class; and for which classes it is whole."""
    kept, indexed = ObjectSet(objects, registry="", complete=True), IndexObjects(index_of(objects))
    for registry in (*REGISTRIES, "elsewhere"):
        for key in names_in(objects):
            there = {name for name in kept.find_classes(key, registry) if not name.startswith("*xx")}
            assert indexed.find_classes(key, registry) == there
            assert list(indexed.iter_referring(key, registry)) == []
        for class_name in (*KEYED_CLASSES, *NETWORKS, "x"):
            is_there = (registry, class_name) in {(home_of(obj, ""), obj.class_name) for obj in objects}
            assert indexed.covers(class_name, registry) == (is_there and kept.covers(class_name, registry))


@given(worlds)
def test_an_index_knows_what_rules_ask_of_organisations_and_roles(objects: list[RpslObject]) -> None:
    """Type and abuse contact of the former, whether the latter have a mailbox; of the rest nothing."""
    kept, indexed = ObjectSet(objects, registry="", complete=True), IndexObjects(index_of(objects))
    for registry in REGISTRIES:
        for key in names_in(objects):
            for attribute in ("org-type", "abuse-c"):
                said = kept.find_values("organisation", key, attribute, registry)
                found = indexed.find_values("organisation", key, attribute, registry)
                assert found == (None if said is None else tuple(value.upper() for value in said if value))
            said = kept.find_values("role", key, "abuse-mailbox", registry)
            mailbox = indexed.find_values("role", key, "abuse-mailbox", registry)
            assert (mailbox == ()) == (said is not None and not any(said))
            assert not mailbox or mailbox[0] in " ".join(said or ())
            assert indexed.find_values("role", key, "role", registry) is None
            assert indexed.find_values("inetnum", key, "status", registry) is None


def assert_networks_alike(one: Objects, other: Objects, space: AddressRange, class_name: str, registry: str) -> None:
    """Two databases say the same of the network of exactly *space*, of the one around it and of those in it."""
    place = space, class_name, registry
    assert one.find_network(*place) == other.find_network(*place)
    assert one.find_parent(*place) == other.find_parent(*place)
    assert list(one.iter_children(*place)) == list(other.iter_children(*place))


def assert_neighbours_alike(one: Objects, other: Objects, space: AddressRange, class_name: str, registry: str) -> None:
    """They also find a network across *space* alike; of several it may be another one."""
    place = space, class_name, registry
    assert_networks_alike(one, other, *place)
    found, expected = one.find_crossing(*place), other.find_crossing(*place)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert crosses(found.space, space)
        assert (found.space.first < space.first) == (expected.space.first < space.first)
        assert one.find_network(found.space, class_name, registry) == found


@given(worlds, spaces)
def test_an_index_knows_how_networks_nest(objects: list[RpslObject], asked: list[AddressRange]) -> None:
    """Exact, around, inside and across any range, at every registry, also where ranges overlap in part."""
    kept, indexed = ObjectSet(objects, registry="", complete=True), IndexObjects(index_of(objects))
    stored = [filing.space for obj in objects if (filing := filing_of(obj, "")).space is not None]
    whole = [AddressRange(4, 0, (1 << 32) - 1), AddressRange(6, 0, (1 << 128) - 1)]
    for space in (*asked, *stored, *whole):
        assert space is not None
        for registry in (*REGISTRIES, "elsewhere"):
            for class_name in sorted(NETWORKS):
                assert_neighbours_alike(indexed, kept, space, class_name, registry)


@given(worlds, worlds, seeds, spaces)
def test_a_submission_on_an_index_is_as_one_on_the_objects(
    stored: list[RpslObject], submitted: list[RpslObject], seed: int, asked: list[AddressRange]
) -> None:
    """Objects changed, added and deleted, on top of either."""
    draw, top = Random(seed), ObjectSet(registry="")
    for obj in [*submitted, *draw.sample(stored, len(stored) // 3)]:
        (top.remove if draw.random() < 0.4 else top.add)(obj)
    kept = Layered(top, ObjectSet(stored, registry="", complete=True))
    indexed = Layered(top, IndexObjects(index_of(stored)))
    for registry in REGISTRIES:
        for key in names_in([*stored, *submitted]):
            there = {name for name in kept.find_classes(key, registry) if not name.startswith("*xx")}
            assert {name for name in indexed.find_classes(key, registry) if not name.startswith("*xx")} == there
        for space in asked:
            for class_name in sorted(NETWORKS):
                assert_networks_alike(indexed, kept, space, class_name, registry)


def has_empty_contact(obj: RpslObject) -> bool:
    """Tell whether an attribute stands there without value, which in an index is as if it did not."""
    return any("" in obj.values(name) for name in ("abuse-c", "abuse-mailbox") if obj.class_name not in NETWORKS)


@given(worlds, worlds)
def test_what_is_wrong_against_an_index_is_wrong_against_the_objects(
    stored: list[RpslObject], submitted: list[RpslObject]
) -> None:
    """An index keeps less, so rules say nothing more; of several networks across another each may name one."""
    stored = [obj for obj in stored if home_of(obj, "") and not has_empty_contact(obj)]
    kept, indexed = ObjectSet(stored, registry="ripe", complete=True), IndexObjects(index_of(stored))
    top = ObjectSet(submitted, registry="ripe")
    for schema in SCHEMAS.values():
        surroundings = [Surroundings(schema, Layered(top, below), below) for below in (indexed, kept)]
        for obj in submitted:
            if obj.class_name not in NETWORKS or find_value(obj, "status"):
                found, expected = (
                    {(problem.code, problem.span) for problem in problems}
                    for problems in (iter_database_problems(obj, one) for one in surroundings)
                )
                assert found <= expected
