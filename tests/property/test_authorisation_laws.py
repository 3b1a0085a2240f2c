"""Laws of authorisation: credentials only ever help, order means nothing, and any text is planned.

The worlds are small and dense, so that maintainers, irts, networks and routes meet. Hypothesis draws seeds, and what an
object says comes of its seed.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from irtkit.authorisation import Credentials, Operation, Plan, Request, State, Strategy, as_record, authorise
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, parse_object, parse_objects
from irtkit.validation.keys import key_of
from irtkit.validation.options import Options

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `strategies` is in it

from strategies import noise

BASE = AddressRange.parse("192.0.2.0/24").first
# "password" and "test", by openssl passwd -1
HASHES = ("$1$abcdefgh$G//4keteveJp0qb8z2DxG/", "$1$ec6XvcoW$ghEtNK2U1MC5l.Dwgi3020")
PASSWORDS = ("password", "test", "neither")
ACCOUNTS = ("a@example.net", "b@example.net")
KEYS = ("PGPKEY-0A1B2C3D", "PGPKEY-0A1B2C3E", "X509-1")
AUTH = (
    *KEYS,
    *(f"SSO {account}" for account in ACCOUNTS),
    "SSO",
    *(f"MD5-PW {hashed}" for hashed in HASHES),
    "MD5-PW",
    "CRYPT-PW x",
)
MNTNERS = ("A-MNT", "B-MNT", "C-MNT", "RIPE-NCC-HM-MNT")
NAMES = {
    "mntner": MNTNERS,
    "irt": ("IRT-A", "IRT-B", "IRT-C"),
    "organisation": ("ORG-A1-RIPE", "ORG-B1-RIPE", "AUTO-1"),
    "key-cert": KEYS,
    "as-set": ("AS-A", "AS64496:AS-A", "AS-A:AS-B"),
    "aut-num": ("AS64496", "AS64497"),
    "as-block": ("AS64496 - AS64496", "AS64496 - AS64499"),
    "domain": ("2.0.192.in-addr.arpa", "0-31.2.0.192.in-addr.arpa", "1.2.e164.arpa"),
}
HANDLES = ("A1-RIPE", "B1-RIPE", "AUTO-2")
OFFERED = {"passwords": PASSWORDS, "accounts": ACCOUNTS, "keys": KEYS}

seeds = st.integers(0, 1 << 40)
worlds = st.lists(seeds, max_size=14).map(lambda drawn: distinct(map(object_text, drawn)))
offers = st.fixed_dictionaries({kind: st.lists(st.sampled_from(names)) for kind, names in OFFERED.items()})
with_passwords = st.booleans().map(lambda passwords: Options(passwords=passwords))


def maybe(draw: Random, name: str, values: Sequence[str], chance: float) -> Iterator[str]:
    if draw.random() < chance:
        yield f"{name}: {', '.join(draw.choices(values, k=draw.choice((1, 1, 2))))}"


def space_text(draw: Random) -> str:
    size = 1 << draw.randrange(6)
    first = draw.randrange(32) // size * size
    return AddressRange(4, BASE + first, BASE + first + size - 1).canonical


def first_lines(draw: Random) -> str:
    kind = draw.choice((*NAMES, "inetnum", "inetnum", "inet6num", "route", "person", "mntner", "irt"))
    if kind == "inetnum":
        return f"inetnum: {space_text(draw)}"
    if kind == "inet6num":
        return f"inet6num: 2001:db8::/{draw.randrange(32, 65, 8)}"
    if kind == "route":
        return f"route: 192.0.2.0/{draw.choice((24, 26, 27))}\norigin: AS{draw.randrange(64496, 64499)}"
    if kind == "person":
        return f"person: Example Person\nnic-hdl: {draw.choice(HANDLES)}"
    return f"{kind}: {draw.choice(NAMES[kind])}"


def object_text(seed: int) -> str:
    """Return an object of any class that authorisation looks at; its class, key and references come of the seed."""
    draw = Random(seed)
    lines = [first_lines(draw), *maybe(draw, "mnt-by", MNTNERS, 0.9)]
    for name, chance in (("mnt-lower", 0.3), ("mnt-ref", 0.3), ("mnt-domains", 0.2), ("mnt-routes", 0.2)):
        lines += maybe(draw, name, MNTNERS, chance)
    lines += [*maybe(draw, "mnt-irt", NAMES["irt"], 0.4), *maybe(draw, "mbrs-by-ref", (*MNTNERS, "ANY"), 0.2)]
    lines += [*maybe(draw, "member-of", NAMES["as-set"], 0.2)]
    for name, values in (("org", NAMES["organisation"]), ("admin-c", HANDLES)):
        lines += [f"{name}: {draw.choice(values)}"] if draw.random() < 0.3 else []
    lines += [f"auth: {draw.choice(AUTH)}" for _ in range(draw.randrange(3))]
    return "\n".join([*lines, f"source: {draw.choice(('RIPE', 'RIPE', 'RIPE', 'TEST'))}"]) + "\n"


def distinct(texts: Iterator[str]) -> list[RpslObject]:
    """Return the objects whose class and key no earlier one has."""
    found: dict[tuple[str, str | None], RpslObject] = {}
    for obj in map(parse_object, texts):
        found.setdefault((obj.class_name, key_of(obj)), obj)
    return list(found.values())


def requests_for(updates: list[RpslObject], seed: int, credentials: Credentials) -> list[Request]:
    draw = Random(seed)
    return [Request(obj, credentials, deletion=draw.random() < 0.2, new=draw.random() < 0.1) for obj in updates]


def shapes(plans: list[Plan]) -> list[object]:
    """What plans ask for, without what has been met."""
    return [
        (
            plan.class_name,
            plan.key,
            plan.operation,
            [
                (one.strategy, one.reason, [(who.key, who.presence) for who in one.candidates])
                for one in plan.requirements
            ],
        )
        for plan in plans
    ]


@given(worlds, worlds, seeds, st.tuples(offers, offers), with_passwords)
def test_more_credentials_never_refuse_what_was_authorised(
    stored: list[RpslObject],
    updates: list[RpslObject],
    seed: int,
    offered: tuple[dict[str, list[str]], dict[str, list[str]]],
    options: Options,
) -> None:
    """And they change nothing in what is asked for."""
    few, more = (Credentials.of(**one) for one in offered)
    many = few | more
    before = authorise(requests_for(updates, seed, few), stored, options=options)
    after = authorise(requests_for(updates, seed, many), stored, options=options)
    assert shapes(before) == shapes(after)
    for less, full in zip(before, after, strict=True):
        assert full.authorised or not less.authorised
        assert set(full.failing) <= set(less.failing)


@given(worlds, worlds, seeds, offers, with_passwords)
def test_the_order_of_credentials_and_of_what_is_stored_means_nothing(
    stored: list[RpslObject], updates: list[RpslObject], seed: int, offered: dict[str, list[str]], options: Options
) -> None:
    """The plans are equal to the last value."""
    expected = authorise(requests_for(updates, seed, Credentials.of(**offered)), stored, options=options)
    draw = Random(seed)
    turned = {kind: draw.sample(names, len(names)) for kind, names in offered.items()}
    again = draw.sample(stored, len(stored))
    assert authorise(requests_for(updates, seed, Credentials.of(**turned)), again, options=options) == expected


@given(worlds, offers)
def test_what_is_stored_already_needs_a_maintainer_alone(
    stored: list[RpslObject], offered: dict[str, list[str]]
) -> None:
    """Each object, submitted as it is, is no operation, whoever submits it."""
    for obj in stored:
        (plan,) = authorise([Request(obj, Credentials.of(**offered))], stored)
        assert plan.operation is Operation.NO_OPERATION
        (asked,) = plan.requirements
        assert asked.strategy is Strategy.MNT_BY
        assert plan.authorised is asked.satisfied


@given(worlds, worlds, seeds)
def test_whoever_signs_with_a_key_of_each_requirement_is_authorised(
    stored: list[RpslObject], updates: list[RpslObject], seed: int
) -> None:
    """The keys that a requirement names are good for it, and nothing else of them is needed."""
    requests = requests_for(updates, seed, Credentials())
    plans = authorise(requests, stored)
    keys = [one.keys for plan in plans for one in plan.requirements]
    signed = Credentials.of(keys=[names[-1] for names in keys if names])
    for plan, after in zip(plans, authorise(requests_for(updates, seed, signed), stored), strict=True):
        expected = all(one.keys or one.satisfied for one in plan.requirements)
        assert after.authorised is expected


@given(worlds, st.lists(st.tuples(st.sampled_from(("mntner", "irt", "organisation")), seeds), max_size=8), seeds)
def test_the_order_of_a_message_means_nothing_where_nothing_goes_in_a_circle(
    stored: list[RpslObject], drawn: list[tuple[str, int]], seed: int
) -> None:
    """Objects that name only what is stored, or earlier ones of the message, are planned alike in any order."""
    updates, names = [], list(MNTNERS)
    for number, (class_name, own) in enumerate(drawn):
        draw = Random(own)
        key = {"mntner": f"N{number}-MNT", "irt": f"IRT-N{number}", "organisation": f"ORG-N{number}-RIPE"}[class_name]
        lines = [f"{class_name}: {key}", *maybe(draw, "mnt-by", names, 1), *maybe(draw, "mnt-ref", names, 0.5)]
        updates.append(parse_object("\n".join([*lines, f"auth: {draw.choice(AUTH)}", "source: RIPE"])))
        names += [key] if class_name == "mntner" else []
    expected = authorise([Request(obj) for obj in updates], stored)
    order = Random(seed).sample(range(len(updates)), len(updates))
    plans = authorise([Request(updates[number]) for number in order], stored)
    assert plans == [expected[number] for number in order]


@given(noise, noise, seeds, offers, with_passwords)
def test_no_text_makes_it_raise(
    stored: str, submitted: str, seed: int, offered: dict[str, list[str]], options: Options
) -> None:
    """Any text is planned on any other, and what is told is fit for a terminal and for JSON."""
    updates, database = parse_objects(submitted, problems=[]), parse_objects(stored, problems=[])
    for against in (database, None):
        for plan in authorise(requests_for(updates, seed, Credentials.of(**offered)), against, options=options):
            assert str(plan).isprintable()
            assert json.loads(json.dumps(as_record(plan)))["authorised"] is plan.authorised
            assert plan.authorised is (plan.failing == ())


@given(worlds, st.lists(st.tuples(seeds, st.text(max_size=12)), max_size=4), offers)
def test_no_value_makes_it_raise(
    objects: list[RpslObject], edits: list[tuple[int, str]], offered: dict[str, list[str]]
) -> None:
    """A dense world with any value in any place is planned, too, and no password is in what is told."""
    held = list(objects)
    for seed, value in edits:
        if held:
            draw = Random(seed)
            at = draw.randrange(len(held))
            name = held[at][draw.randrange(len(held[at]))].name
            text = value.replace("\n", " ").replace("\r", " ")
            lines = [f"{name}: {text}" if line.startswith(f"{name}:") else line for line in str(held[at]).split("\n")]
            held[at : at + 1] = parse_objects("\n".join(lines).encode("utf-8", "replace"), problems=[])
    credentials = Credentials.of(**offered)
    for stored, updates in ((objects, held), (held, objects), (held, held)):
        for plan in authorise(requests_for(updates, len(held), credentials), stored, options=Options(passwords=True)):
            assert str(plan).isprintable()
            assert all(one.reason.isprintable() for one in plan.requirements)
            states = [way.state for one in plan.requirements for who in one.candidates for way in who.ways]
            assert set(states) <= set(State)
            assert HASHES[0] not in json.dumps(as_record(plan))
