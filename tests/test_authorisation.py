"""Who must agree to an update: rule by rule, as RIPE's documents and its server's classes have them."""

import copy
import json
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from irtkit.authorisation import (
    Account,
    Credentials,
    Operation,
    Password,
    Plan,
    Presence,
    Request,
    Requirement,
    Scheme,
    State,
    Strategy,
    as_record,
    authorise,
    ways,
)
from irtkit.authorisation.md5crypt import LONGEST, is_hash, matches
from irtkit.authorisation.mnt_routes import iter_route_maintainers
from irtkit.authorisation.ways import Examiner
from irtkit.resources import AddressRange
from irtkit.rpsl import RpslObject, parse_object, parse_objects
from irtkit.validation.objects import Objects, ObjectSet
from irtkit.validation.options import Options

# "password" by openssl passwd -1 -salt abcdefgh
HASH = "$1$abcdefgh$G//4keteveJp0qb8z2DxG/"

LIR, NET, END, REF, IRT, OTHER = (f"PGPKEY-0000000{number}" for number in range(1, 7))
MAINTAINERS = "\n\n".join(
    f"mntner: {name}-MNT\nauth: {key}\nmnt-by: {name}-MNT\nsource: RIPE"
    for name, key in (("LIR", LIR), ("NET", NET), ("END", END), ("REF", REF), ("OTHER", OTHER))
)
ALLOCATION = "inetnum: 192.0.2.0 - 192.0.2.255\nmnt-by: LIR-MNT\nsource: RIPE"
ASSIGNMENT = "inetnum: 192.0.2.0 - 192.0.2.127\nmnt-by: NET-MNT\nsource: RIPE"
TEAM = f"irt: IRT-TEAM\nauth: {IRT}\nmnt-by: OTHER-MNT\nsource: RIPE"


@dataclass(frozen=True)
class World:
    """What is stored, and what somebody offers."""

    stored: tuple[str, ...] = ()
    credentials: Credentials = field(default_factory=Credentials)
    passwords: bool = False

    def with_keys(self, *keys: str) -> "World":
        return replace(self, credentials=Credentials.of(keys=keys))

    def plans(self, *texts: str, deleted: Iterable[int] = ()) -> list[Plan]:
        """Plan updates of one message, those at the positions *deleted* as deletions."""
        gone = set(deleted)
        requests = [
            Request(parse_object(text), self.credentials, deletion=number in gone) for number, text in enumerate(texts)
        ]
        stored = parse_objects("\n\n".join((MAINTAINERS, *self.stored)) + "\n")
        return authorise(requests, stored, options=Options(passwords=self.passwords))

    def plan(self, text: str, *, delete: bool = False) -> Plan:
        return self.plans(text, deleted=[0] if delete else [])[0]


def asked(plan: Plan, strategy: Strategy) -> list[list[str]]:
    """The names of the candidates of each requirement of a strategy."""
    return [[one.key for one in found.candidates] for found in plan.requirements if found.strategy is strategy]


def only(plan: Plan, strategy: Strategy) -> Requirement:
    (found,) = (one for one in plan.requirements if one.strategy is strategy)
    return found


# Passwords


@pytest.mark.parametrize(
    ("password", "hashed"),
    [
        ("U*U*U*U*", "$1$dXc3I7Rw$ctlgjDdWJLMT.qwHsWhXR1"),
        ("U*U***U", "$1$dXc3I7Rw$94JPyQc/eAgQ3MFMCoMF.0"),
        ("*U*U*U*U", "$1$eQT9Hwbt$XtuElNJD.eW5MN5UCWyTQ0"),
        ("", "$1$dOHYPKoP$tnxS1T8Q6VVn3kpV8cN6o."),
        (" ", "$1$m/5ee7ol$bZn0kIBFipq39e.KDXX8I0"),
        ("test", "$1$ec6XvcoW$ghEtNK2U1MC5l.Dwgi3020"),
        ("Compl3X AlphaNu3meric", "$1$nX1e7EeI$ljQn72ZUgt6Wxd9hfvHdV0"),
        ("4lpHa N|_|M3r1K W/ Cur5Es: #$%(*)(*%#", "$1$jQS7o98J$V6iTcr71CGgwW2laf17pi1"),
        ("password", HASH),
    ],
)
def test_md5_crypt_is_the_scheme_that_others_compute(password: str, hashed: str) -> None:
    """Vectors of John the Ripper and passlib; a character more or less is another password."""
    assert matches(password, hashed)
    assert not matches(f"{password}x", hashed)
    assert not matches(password, hashed[:-1] + ("." if hashed[-1] != "." else "/"))


@pytest.mark.parametrize(
    "text", ["", "$1$", "$1$salt$short", "$1$$" + "a" * 22, "$1$ninechars$" + "a" * 22, f"{HASH}\n"]
)
def test_what_is_no_hash_has_no_password(text: str) -> None:
    """Salts have 1 to 8 characters, digests 22."""
    assert not is_hash(text)
    assert not matches("password", text)


def test_work_on_a_password_is_bounded() -> None:
    """A password longer than any is none, and a lone surrogate is no reason to fail."""
    assert not matches("x" * (LONGEST + 1), HASH)
    assert not matches("\ud800", HASH)


def test_comparisons_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of endless passwords and hashes the first are compared."""
    monkeypatch.setattr(ways, "MOST_TRIALS", 1)
    examiner = Examiner(passwords=True)
    other = HASH.replace("abcdefgh", "abcdefgi")
    found = examiner.ways("A-MNT", [f"MD5-PW {other}", f"MD5-PW {HASH}"], Credentials.of(passwords=["password"]))
    assert [way.state for way in found] == [State.OPEN, State.OPEN]


def test_a_password_shows_itself_nowhere() -> None:
    """Not as text, not in what holds it, not in a plan, and it is not written down by accident."""
    secret = "correct horse"
    credentials = Credentials.of(passwords=[secret], accounts=["a@example.net"])
    (password,) = credentials.passwords
    stored = f"mntner: PW-MNT\nauth: MD5-PW {HASH}\nmnt-by: PW-MNT\nsource: RIPE"
    plan = World((stored,), credentials, passwords=True).plan(
        "person: A\nnic-hdl: A1-RIPE\nmnt-by: PW-MNT\nsource: RIPE"
    )
    shown = [repr(password), str(password), f"{password}", repr(credentials), repr(plan), str(plan)]
    shown.append(json.dumps(as_record(plan)))
    assert all(secret not in text and HASH not in text for text in shown)
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError) as error:
            write(password)
        assert secret not in str(error.value)
    with pytest.raises(TypeError):
        json.dumps(password)
    assert Password("a") == Password("a") != Password("b")
    assert Password("a") != "a"


def test_passwords_count_while_the_registry_takes_them() -> None:
    """Each is tried against each hash; without the registry's consent none is."""
    stored = f"mntner: PW-MNT\nauth: md5-pw {HASH}\nmnt-by: PW-MNT\nsource: RIPE"
    update = "person: A\nnic-hdl: A1-RIPE\nmnt-by: PW-MNT\nsource: RIPE"
    offered = Credentials.of(passwords=["nothing", "password"])
    assert World((stored,), offered, passwords=True).plan(update).authorised
    refused = World((stored,), offered).plan(update)
    assert not refused.authorised
    assert str(refused) == "PW-MNT (nothing but passwords, which no longer count)"


# What auth lines ask for


@pytest.mark.parametrize(
    ("line", "scheme", "state"),
    [
        ("PGPKEY-0000000A", Scheme.PGP, State.SATISFIED),
        ("pgpkey-0000000a", Scheme.PGP, State.SATISFIED),
        ("PGPKEY-0000000B", Scheme.PGP, State.OPEN),
        ("X509-7", Scheme.X509, State.SATISFIED),
        ("X509-8", Scheme.X509, State.OPEN),
        ("AUTO-1", Scheme.X509, State.OPEN),
        ("SSO Team@Example.net", Scheme.SSO, State.SATISFIED),
        ("SSO other@example.net", Scheme.SSO, State.OPEN),
        ("SSO", Scheme.SSO, State.HIDDEN),
        ("SSO noreply@ripe.net", Scheme.SSO, State.HIDDEN),
        (f"MD5-PW {HASH}", Scheme.PASSWORD, State.SATISFIED),
        (f"MD5-PW {HASH.replace('abc', 'cba')}", Scheme.PASSWORD, State.OPEN),
        ("MD5-PW", Scheme.PASSWORD, State.HIDDEN),
        ("MD5-PW $1$SaltSalt$DummifiedMD5HashValue.", Scheme.PASSWORD, State.HIDDEN),
        ("CRYPT-PW abcdefghijklm", Scheme.OTHER, State.OFF),
        ("SSOx", Scheme.OTHER, State.OFF),
        ("", Scheme.OTHER, State.OFF),
    ],
)
def test_each_auth_line_asks_for_its_own_credential(line: str, scheme: Scheme, state: State) -> None:
    """What public data hides can be met by nobody who only has the data."""
    offered = Credentials.of(passwords=["password"], accounts=["team@example.net"], keys=["pgpkey-0000000a", "X509-7"])
    (way,) = Examiner(passwords=True).ways("A-MNT", [line], offered)
    assert (way.scheme, way.state) == (scheme, state)


def test_a_scoped_account_speaks_for_whom_it_names() -> None:
    """API keys and tokens are good for some maintainers; for an irt the scope has to name the irt itself."""
    offered = Credentials.of(accounts=[Account("team@example.net", frozenset({"a-mnt"}))])
    examiner = Examiner(passwords=False)
    for key, state in (("A-MNT", State.SATISFIED), ("B-MNT", State.OPEN), ("IRT-A", State.OPEN)):
        assert examiner.ways(key, ["SSO team@example.net"], offered)[0].state is state


def test_a_key_that_does_not_exist_signs_nothing() -> None:
    """Where key-certs are known, one that is not there is no way; one that the message adds is."""
    certificate = "key-cert: PGPKEY-0000000A\nmnt-by: LIR-MNT\nsource: RIPE"
    stored = "mntner: KEY-MNT\nauth: PGPKEY-0000000A\nauth: PGPKEY-0000000B\nmnt-by: KEY-MNT\nsource: RIPE"
    update = "person: A\nnic-hdl: A1-RIPE\nmnt-by: KEY-MNT\nsource: RIPE"
    found = only(World((stored, certificate)).plan(update), Strategy.MNT_BY)
    assert [way.state for way in found.candidates[0].ways] == [State.OPEN, State.NO_KEY]
    assert found.keys == ("PGPKEY-0000000A",)
    added = certificate.replace("0000000A", "0000000B")
    found = only(World((stored, certificate)).plans(added, update)[1], Strategy.MNT_BY)
    assert found.keys == ("PGPKEY-0000000A", "PGPKEY-0000000B")
    none_left = World((stored.replace("0000000A", "0000000C"), certificate)).plan(update)
    assert str(none_left) == "KEY-MNT (nothing but keys that do not exist)"


# What the registry would do


@pytest.mark.parametrize(
    ("update", "operation"),
    [
        ("inetnum: 192.0.2.0 - 192.0.2.255\nmnt-by: LIR-MNT\nsource: RIPE", Operation.NO_OPERATION),
        ("inetnum: 192.0.2.0/24\nMNT-BY: lir-mnt\nso:ripe", Operation.NO_OPERATION),
        ("inetnum: 192.0.2.0/24 # ours\nmnt-by:\n lir-mnt\ncreated: now\nsource: RIPE", Operation.NO_OPERATION),
        ("inetnum: 192.0.2.0/24\nmnt-by: LIR-MNT # ours\nsource: RIPE", Operation.MODIFY),
        ("inetnum: 192.0.2.0/24\nsource: RIPE\nmnt-by: LIR-MNT", Operation.MODIFY),
        ("inetnum: 192.0.2.0/24\nmnt-by: LIR-MNT, LIR-MNT\nsource: RIPE", Operation.MODIFY),
        ("inetnum: 192.0.2.0/25\nmnt-by: LIR-MNT\nsource: RIPE", Operation.CREATE),
        ("inetnum: 192.0.2.0/24\nmnt-by: LIR-MNT\nsource: OTHER", Operation.CREATE),
    ],
)
def test_what_is_stored_decides_the_operation(update: str, operation: Operation) -> None:
    """Case, layout, notation and generated attributes make no difference; comments and order do."""
    assert World((ALLOCATION,)).plan(update).operation is operation


@pytest.mark.parametrize("stored", [ALLOCATION, ASSIGNMENT])
def test_a_maintainer_is_needed_even_where_nothing_changes(stored: str) -> None:
    """Of the stored object, whatever else the object names and lies in (`ripe-database.md` c: mnt-by, every update)."""
    world = World((ALLOCATION, ASSIGNMENT))
    plan = world.plan(stored)
    assert plan.operation is Operation.NO_OPERATION
    assert [one.strategy for one in plan.requirements] == [Strategy.MNT_BY]
    assert plan.failing == (Strategy.MNT_BY,)
    assert world.with_keys(LIR, NET).plan(stored).authorised


def test_what_the_registry_generates_is_not_compared() -> None:
    """A key-cert without its owner, an aut-num without its status."""
    stored = ("key-cert: PGPKEY-0000000A\nmethod: PGP\nowner: A\nfingerpr: B\nmnt-by: LIR-MNT\nsource: RIPE",)
    update = "key-cert: PGPKEY-0000000A\nmnt-by: LIR-MNT\nsource: RIPE"
    assert World(stored).plan(update).operation is Operation.NO_OPERATION
    stored = ("aut-num: AS64496\nstatus: ASSIGNED\nmnt-by: LIR-MNT\nsource: RIPE",)
    update = "aut-num: AS64496\nmnt-by: LIR-MNT\nmnt-lower: LIR-MNT\nsource: RIPE"
    assert World(stored).plan(update).operation is Operation.NO_OPERATION


def test_the_keyword_new_changes_nothing_that_exists() -> None:
    """What is there is asked as ever, and the parent, too."""
    stored = parse_objects(f"{MAINTAINERS}\n\n{ALLOCATION}\n\n{ASSIGNMENT}\n")
    (plan,) = authorise([Request(parse_object(ASSIGNMENT), new=True)], stored)
    assert plan.operation is Operation.CREATE
    assert asked(plan, Strategy.MNT_BY) == [["NET-MNT"]]
    assert asked(plan, Strategy.PARENT) == [["LIR-MNT"]]


def test_what_cannot_be_seen_is_taken_for_new() -> None:
    """And the plan says that it may exist."""
    plan = World().plan("route: 192.0.2.0/24\norigin: AS64496\nmnt-by: NET-MNT\nsource: RIPE")
    assert plan.operation is Operation.CREATE
    assert [one.key for one in plan.missing if one.reason == "if it exists, its own mnt-by decides"] == [
        "192.0.2.0/24AS64496"
    ]


# mnt-by


def test_a_new_object_is_authorised_by_its_own_maintainers() -> None:
    """One of them is enough, in a list or one by one."""
    update = "person: A\nnic-hdl: A1-RIPE\nmnt-by: LIR-MNT, NET-MNT\nmnt-by: END-MNT\nsource: RIPE"
    assert asked(World().plan(update), Strategy.MNT_BY) == [["LIR-MNT", "NET-MNT", "END-MNT"]]
    for key in (LIR, NET, END):
        assert World().with_keys(key).plan(update).authorised
    assert World().with_keys(OTHER).plan(update).failing == (Strategy.MNT_BY,)


def test_a_change_is_authorised_by_the_stored_maintainers() -> None:
    """Whoever takes an object over cannot say so alone."""
    update = ASSIGNMENT.replace("NET-MNT", "END-MNT")
    world = World((ALLOCATION, ASSIGNMENT))
    assert asked(world.plan(update), Strategy.MNT_BY) == [["NET-MNT"]]
    assert not world.with_keys(END).plan(update).authorised
    assert world.with_keys(NET).plan(update).authorised
    assert world.with_keys(NET).plan(ASSIGNMENT, delete=True).authorised


def test_objects_that_nobody_maintains() -> None:
    """A change counts the new maintainers, a deletion needs none, and a new object without any is refused."""
    bare = "person: A\nnic-hdl: A1-RIPE\nsource: RIPE"
    update = "person: A\nnic-hdl: A1-RIPE\nmnt-by: NET-MNT\nsource: RIPE"
    assert asked(World((bare,)).plan(update), Strategy.MNT_BY) == [["NET-MNT"]]
    assert World((bare,)).plan(bare, delete=True).authorised
    refused = World().plan(bare)
    assert (refused.failing, str(refused)) == ((Strategy.MNT_BY,), "somebody nobody names")


def test_a_new_maintainer_may_maintain_itself() -> None:
    """Its own auth counts, and that of the others it names."""
    update = "mntner: NEW-MNT\nauth: PGPKEY-0000000A\nmnt-by: NEW-MNT, LIR-MNT\nsource: RIPE"
    for key in ("PGPKEY-0000000A", LIR):
        assert World().with_keys(key).plan(update).authorised
    changed = "mntner: LIR-MNT\nauth: PGPKEY-0000000A\nmnt-by: LIR-MNT\nsource: RIPE"
    assert not World().with_keys("PGPKEY-0000000A").plan(changed).authorised
    assert World().with_keys(LIR).plan(changed).authorised


def test_maintainers_that_are_not_there() -> None:
    """In a whole database they do not exist; in a part of one they may."""
    update = parse_object("person: A\nnic-hdl: A1-RIPE\nmnt-by: GONE-MNT\nsource: RIPE")
    (plan,) = authorise([Request(update)], parse_objects(f"{MAINTAINERS}\n"))
    assert only(plan, Strategy.MNT_BY).candidates[0].presence is Presence.ABSENT
    assert str(plan) == "GONE-MNT (does not exist)"
    nowhere: list[Objects | list[RpslObject] | None] = [None, [], ObjectSet(registry="ripe", complete=True)]
    for nothing in nowhere:
        (plan,) = authorise([Request(update)], nothing)
        assert only(plan, Strategy.MNT_BY).candidates[0].presence is Presence.UNSEEN
        assert str(plan) == "GONE-MNT (not seen)"
        assert [(one.classes, one.key, one.decisive) for one in plan.missing] == [
            (("mntner",), "GONE-MNT", True),
            (("person",), "A1-RIPE", False),
        ]


# Deletion by who holds the addresses

REGISTRY = "inetnum: 192.0.2.0 - 192.0.2.255\nmnt-by: RIPE-NCC-HM-MNT\nmnt-lower: LIR-MNT\nsource: RIPE"
WHOLE = "inetnum: 0.0.0.0 - 255.255.255.255\nmnt-by: RIPE-NCC-HM-MNT\nmnt-lower: OTHER-MNT\nsource: RIPE"


@pytest.mark.parametrize(
    "text",
    [
        ASSIGNMENT,
        "route: 192.0.2.0/25\norigin: AS64496\nmnt-by: NET-MNT\nsource: RIPE",
        "domain: 2.0.192.in-addr.arpa\nmnt-by: NET-MNT\nsource: RIPE",
    ],
)
def test_who_holds_the_addresses_may_delete_what_is_in_them(text: str) -> None:
    """The maintainers of the nearest network that the registry handed out; those in between may not."""
    between = "inetnum: 192.0.2.0 - 192.0.2.191\nmnt-by: END-MNT\nsource: RIPE"
    world = World((WHOLE, REGISTRY, between, text))
    assert asked(world.plan(text, delete=True), Strategy.MNT_BY) == [["NET-MNT", "LIR-MNT", "RIPE-NCC-HM-MNT"]]
    assert world.with_keys(LIR).plan(text, delete=True).authorised
    assert not world.with_keys(LIR).plan(f"{text}\nremarks: x").authorised
    assert not world.with_keys(END).plan(text, delete=True).authorised


def test_the_whole_space_reclaims_nothing() -> None:
    """Nor does a network without the registry's maintainers."""
    for stored in ((WHOLE, ASSIGNMENT), (ALLOCATION, ASSIGNMENT)):
        assert asked(World(stored).plan(ASSIGNMENT, delete=True), Strategy.MNT_BY) == [["NET-MNT"]]


def test_a_reverse_domain_may_be_deleted_by_mnt_domains() -> None:
    """Of the network of just its addresses."""
    domain = "domain: 2.0.192.in-addr.arpa\nmnt-by: NET-MNT\nsource: RIPE"
    world = World((f"{ALLOCATION}\nmnt-domains: END-MNT", domain))
    assert asked(world.plan(domain, delete=True), Strategy.MNT_BY) == [["NET-MNT", "END-MNT"]]
    larger = "inetnum: 192.0.0.0 - 192.0.255.255\nmnt-domains: END-MNT\nmnt-by: LIR-MNT\nsource: RIPE"
    assert asked(World((larger, domain)).plan(domain, delete=True), Strategy.MNT_BY) == [["NET-MNT"]]


# Parents


@pytest.mark.parametrize(
    ("update", "stored", "expected"),
    [
        (ASSIGNMENT, [ALLOCATION], ["LIR-MNT"]),
        (ASSIGNMENT, [f"{ALLOCATION}\nmnt-lower: END-MNT"], ["END-MNT"]),
        (ASSIGNMENT, [WHOLE, ALLOCATION], ["LIR-MNT"]),
        (ASSIGNMENT, [ALLOCATION, "inetnum: 192.0.2.0 - 192.0.2.191\nmnt-by: END-MNT\nsource: RIPE"], ["END-MNT"]),
        (
            "inet6num: 2001:db8:1::/48\nmnt-by: NET-MNT\nsource: RIPE",
            ["inet6num: 2001:DB8::/32\nmnt-by: LIR-MNT\nmnt-lower: END-MNT, OTHER-MNT\nsource: RIPE"],
            ["END-MNT", "OTHER-MNT"],
        ),
    ],
)
def test_a_new_network_needs_the_one_around_it(update: str, stored: list[str], expected: list[str]) -> None:
    """Its mnt-lower, or its mnt-by if it has none; of several networks the smallest."""
    assert asked(World(tuple(stored)).plan(update), Strategy.PARENT) == [expected]


def test_a_change_needs_no_parent() -> None:
    """Nor does a deletion."""
    world = World((ALLOCATION, ASSIGNMENT))
    assert asked(world.plan(f"{ASSIGNMENT}\nremarks: x"), Strategy.PARENT) == []
    assert asked(world.plan(ASSIGNMENT, delete=True), Strategy.PARENT) == []


ROUTE = "route: 192.0.2.0/25\norigin: AS64496\nmnt-by: NET-MNT\nsource: RIPE"
OTHER_ROUTE = "route: {}\norigin: AS64497\nmnt-by: END-MNT\nsource: RIPE"


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([ALLOCATION], ["LIR-MNT"]),
        ([f"{ALLOCATION}\nmnt-lower: REF-MNT"], ["REF-MNT"]),
        ([f"{ALLOCATION}\nmnt-lower: REF-MNT\nmnt-routes: END-MNT"], ["END-MNT"]),
        ([f"{ALLOCATION}\nmnt-routes: END-MNT {{192.0.2.0/24^25}}\nmnt-routes: REF-MNT {{192.0.2.0/24}}"], ["END-MNT"]),
        ([f"{ALLOCATION}\nmnt-routes: END-MNT {{192.0.2.0/24}}"], []),
        ([ALLOCATION, ASSIGNMENT], ["NET-MNT"]),
        ([ALLOCATION, f"{ASSIGNMENT}\nmnt-lower: REF-MNT"], ["NET-MNT"]),
        ([ALLOCATION, OTHER_ROUTE.format("192.0.2.0/24")], ["END-MNT"]),
        ([ALLOCATION, OTHER_ROUTE.format("192.0.2.0/24") + "\nmnt-lower: REF-MNT"], ["REF-MNT"]),
        ([ALLOCATION, OTHER_ROUTE.format("192.0.2.0/25") + "\nmnt-lower: REF-MNT"], ["END-MNT"]),
        ([ASSIGNMENT, OTHER_ROUTE.format("192.0.2.0/24")], ["END-MNT"]),
        ([ALLOCATION, OTHER_ROUTE.format("192.0.2.0/26")], ["LIR-MNT"]),
        (
            [ALLOCATION, *(OTHER_ROUTE.format("192.0.2.0/25").replace("64497", n) for n in ("1", "2"))],
            ["END-MNT"],
        ),
        (
            [
                OTHER_ROUTE.format("192.0.2.0/25"),
                OTHER_ROUTE.format("192.0.2.0/25").replace("64497", "1").replace("END", "REF"),
            ],
            ["REF-MNT", "END-MNT"],
        ),
        (
            [
                OTHER_ROUTE.format("192.0.2.0/25"),
                OTHER_ROUTE.format("192.0.2.0/25").replace("64497", "1") + "\nmnt-routes: REF-MNT",
            ],
            ["REF-MNT"],
        ),
    ],
)
def test_a_new_route_needs_routes_or_else_a_network(stored: list[str], expected: list[str]) -> None:
    """Of the same prefix, else around it; mnt-routes before mnt-lower (of a larger one) before mnt-by."""
    assert asked(World(tuple(stored)).plan(ROUTE), Strategy.PARENT) == [expected]


def test_the_as_number_of_a_route_has_no_say() -> None:
    """RIPE asks for none since 2018."""
    autonomous = "aut-num: AS64496\nmnt-by: OTHER-MNT\nmnt-routes: OTHER-MNT\nsource: RIPE"
    assert World((ALLOCATION, autonomous)).with_keys(LIR, NET).plan(ROUTE).authorised


def test_routes_that_are_not_at_hand_may_have_a_say() -> None:
    """Without any route among what is stored the network is asked, and the plan says so."""
    plan = World((ALLOCATION,)).with_keys(LIR, NET).plan(ROUTE)
    assert plan.authorised
    assert [(one.classes, one.key, one.decisive) for one in plan.missing][1:] == [(("route",), "192.0.2.0/25", False)]


def test_more_routes_than_anybody_has_are_not_all_asked() -> None:
    """And the plan says so."""
    stored = [OTHER_ROUTE.format("192.0.2.0/25").replace("64497", str(number)) for number in range(300)]
    plan = World(tuple(stored)).with_keys(END, NET).plan(ROUTE)
    assert plan.authorised
    assert [one.key for one in plan.missing] == ["192.0.2.0/25"]


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ("A-MNT", True),
        ("a-mnt any", True),
        ("A-MNT {}", True),
        ("A-MNT {192.0.2.0/24^+}", True),
        ("A-MNT {192.0.2.0/24^-}", True),
        ("A-MNT {192.0.2.0/25^-}", False),
        ("A-MNT {192.0.2.0/25}", True),
        ("A-MNT {192.0.2.0/24^24-25}", True),
        ("A-MNT {192.0.2.0/24^26-28}", False),
        ("A-MNT {198.51.100.0/24^+, 192.0.2.0/24^25}", True),
        ("A-MNT {2001:db8::/32^+}", False),
        ("A-MNT {192.0.2.0/24^+", False),
        ("A-MNT {192.0.2.0/99^+}", False),
        ("A-MNT {::/24^+ x}", False),
        ("", False),
    ],
)
def test_mnt_routes_says_for_which_prefixes(value: str, *, allowed: bool) -> None:
    """A maintainer, alone, with ANY, or with a list of prefixes and how much longer they may be."""
    prefix = AddressRange.parse("192.0.2.0/25")
    assert list(iter_route_maintainers([value], prefix)) == (["A-MNT"] if allowed else [])


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([ALLOCATION], ["LIR-MNT"]),
        ([f"{ALLOCATION}\nmnt-lower: END-MNT"], ["LIR-MNT"]),
        ([f"{ALLOCATION}\nmnt-lower: END-MNT\nmnt-domains: REF-MNT"], ["REF-MNT"]),
        (["inetnum: 192.0.0.0 - 192.0.255.255\nmnt-by: LIR-MNT\nsource: RIPE"], ["LIR-MNT"]),
        (["inetnum: 192.0.0.0 - 192.0.255.255\nmnt-by: LIR-MNT\nmnt-lower: END-MNT\nsource: RIPE"], ["END-MNT"]),
    ],
)
def test_a_new_reverse_domain_needs_its_network(stored: list[str], expected: list[str]) -> None:
    """mnt-domains before mnt-lower (of a larger one) before mnt-by."""
    update = "domain: 2.0.192.in-addr.arpa.\nmnt-by: NET-MNT\nsource: RIPE"
    assert asked(World(tuple(stored)).plan(update), Strategy.PARENT) == [expected]


def test_reverse_domains_of_both_families_and_of_telephones() -> None:
    """IPv6 has networks, too; ENUM domains have none."""
    stored = ("inet6num: 2001:db8::/32\nmnt-by: LIR-MNT\nsource: RIPE",)
    update = "domain: 8.b.d.0.1.0.0.2.ip6.arpa\nmnt-by: NET-MNT\nsource: RIPE"
    assert asked(World(stored).plan(update), Strategy.PARENT) == [["LIR-MNT"]]
    assert asked(World().plan("domain: 1.2.3.e164.arpa\nmnt-by: NET-MNT\nsource: RIPE"), Strategy.PARENT) == []


def test_a_new_aut_num_needs_the_as_block() -> None:
    """The smallest with its number: its mnt-lower, or its mnt-by."""
    blocks = (
        "as-block: AS64000 - AS65000\nmnt-by: LIR-MNT\nsource: RIPE",
        "as-block: AS64496 - AS64511\nmnt-by: LIR-MNT\nmnt-lower: END-MNT\nsource: RIPE",
        "as-block: AS64512 - AS64512\nmnt-by: REF-MNT\nsource: RIPE",
        "as-block: AS2 - AS1\nmnt-by: REF-MNT\nsource: RIPE",
    )
    expected = {"AS64500": "END-MNT", "AS64512": "REF-MNT", "AS64513": "LIR-MNT"}
    for number, maintainer in expected.items():
        plan = World(blocks).plan(f"aut-num: {number}\nmnt-by: NET-MNT\nsource: RIPE")
        assert asked(plan, Strategy.PARENT) == [[maintainer]]
    plan = World(blocks).plan("aut-num: AS65536\nmnt-by: NET-MNT\nsource: RIPE")
    assert only(plan, Strategy.PARENT).missing[0].classes == ("as-block",)
    assert Strategy.PARENT in plan.failing


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("as-set: AS-EXAMPLE", []),
        ("as-set: AS64496:AS-EXAMPLE", [["LIR-MNT"]]),
        ("route-set: AS64496:AS-X:RS-EXAMPLE", [["END-MNT"]]),
        ("route-set: RS-X:RS-EXAMPLE", [["REF-MNT"]]),
        ("as-set: AS64497:AS-EXAMPLE", [[]]),
        ("filter-set: FLTR-X:FLTR-EXAMPLE", [[]]),
    ],
)
def test_a_new_set_needs_what_its_name_begins_with(name: str, expected: list[list[str]]) -> None:
    """Everything to the left of the last colon: an AS number, a set of ASes, or a set of the same class."""
    stored = (
        "aut-num: AS64496\nmnt-by: LIR-MNT\nsource: RIPE",
        "as-set: AS64496:AS-X\nmnt-by: LIR-MNT\nmnt-lower: END-MNT\nsource: RIPE",
        "route-set: RS-X\nmnt-by: REF-MNT\nsource: RIPE",
    )
    assert asked(World(stored).plan(f"{name}\nmnt-by: NET-MNT\nsource: RIPE"), Strategy.PARENT) == expected


def test_a_set_that_a_name_begins_with_may_be_absent_or_unseen() -> None:
    """Where sets are known it does not exist, else it is missing."""
    update = "as-set: AS-X:AS-EXAMPLE\nmnt-by: NET-MNT\nsource: RIPE"
    absent = only(World(("as-set: AS-Y\nmnt-by: NET-MNT\nsource: RIPE",)).plan(update), Strategy.PARENT)
    assert (absent.reason, absent.missing) == ("its name begins with that of as-set AS-X, which does not exist", ())
    unseen = only(World().plan(update), Strategy.PARENT)
    assert [(one.classes, one.key) for one in unseen.missing] == [(("as-set",), "AS-X")]


@pytest.mark.parametrize(
    "text", ["inetnum: 192.0.2", "inet6num: x", "route: 192.0.2.1/24\norigin: AS1", "domain: x.arpa", "aut-num: ASX"]
)
def test_nobody_agrees_for_what_cannot_be_read(text: str) -> None:
    """Where an object lies that has no readable key, nobody knows."""
    plan = World((ALLOCATION,)).with_keys(LIR, NET).plan(f"{text}\nmnt-by: NET-MNT\nsource: RIPE")
    assert plan.failing == (Strategy.PARENT,)
    assert "cannot be read" in only(plan, Strategy.PARENT).reason


def test_a_parent_that_is_not_at_hand_is_missing() -> None:
    """It exists, for the registry has the whole space; so nothing is authorised without it."""
    plan = World().with_keys(NET).plan(ASSIGNMENT)
    assert plan.failing == (Strategy.PARENT,)
    assert str(plan) == "whoever inetnum around 192.0.2.0 - 192.0.2.127 names"
    assert [one.key for one in plan.missing if one.decisive] == ["around 192.0.2.0 - 192.0.2.127"]


def test_a_parent_without_maintainers_agrees_to_nothing() -> None:
    """The registry says: no valid maintainer found."""
    for update in (ASSIGNMENT, ROUTE):
        plan = World(("inetnum: 192.0.2.0/24\nsource: RIPE",)).with_keys(NET).plan(update)
        assert plan.failing == (Strategy.PARENT,)
        assert only(plan, Strategy.PARENT).reason == "inetnum 192.0.2.0 - 192.0.2.255 names nobody"


# mnt-irt


def test_the_plan_of_the_manual() -> None:
    """The two parties of a reference to an irt, in one line."""
    plan = World((ALLOCATION, ASSIGNMENT, TEAM)).plan(f"{ASSIGNMENT.replace('NET', 'LIR, NET')}\nmnt-irt: IRT-TEAM")
    assert str(plan) == f"NET-MNT ({NET}); and one of IRT-TEAM's keys ({IRT})"


def test_an_irt_agrees_by_its_own_keys() -> None:
    """Whoever maintains it has no say."""
    update = f"{ASSIGNMENT}\nmnt-irt: IRT-TEAM"
    world = World((ALLOCATION, ASSIGNMENT, TEAM))
    assert world.with_keys(NET, IRT).plan(update).authorised
    assert world.with_keys(NET, OTHER).plan(update).failing == (Strategy.MNT_IRT,)


@pytest.mark.parametrize("lines", ["mnt-irt: IRT-TEAM, IRT-B", "mnt-irt: irt-team\nmi: irt-b"])
def test_of_several_new_irts_one_is_enough(lines: str) -> None:
    """However they are listed; those that were there before are not asked."""
    second = "irt: IRT-B\nauth: PGPKEY-0000000B\nmnt-by: OTHER-MNT\nsource: RIPE"
    world = World((ALLOCATION, ASSIGNMENT, TEAM, second))
    assert asked(world.plan(f"{ASSIGNMENT}\n{lines}"), Strategy.MNT_IRT) == [["IRT-TEAM", "IRT-B"]]
    assert world.with_keys(NET, "PGPKEY-0000000B").plan(f"{ASSIGNMENT}\n{lines}").authorised
    told = f"one of the keys of IRT-TEAM ({IRT}), IRT-B (PGPKEY-0000000B)"
    assert str(world.with_keys(NET).plan(f"{ASSIGNMENT}\n{lines}")) == told
    world = World((ALLOCATION, f"{ASSIGNMENT}\nmnt-irt: IRT-Team", TEAM, second))
    assert asked(world.plan(f"{ASSIGNMENT}\n{lines}"), Strategy.MNT_IRT) == [["IRT-B"]]


def test_to_leave_an_irt_out_or_in_its_place_needs_no_irt() -> None:
    """Other layout, other case, or gone."""
    world = World((ALLOCATION, f"{ASSIGNMENT}\nmnt-irt: IRT-TEAM", TEAM)).with_keys(NET)
    for update in (ASSIGNMENT, f"{ASSIGNMENT}\nmnt-irt: irt-team\nremarks: x"):
        assert world.plan(update).authorised
    assert world.plan(f"{ASSIGNMENT}\nmnt-irt: IRT-TEAM", delete=True).authorised


def test_an_irt_that_is_not_there_cannot_agree() -> None:
    """Unseen or absent, the strategy fails."""
    update = f"{ASSIGNMENT}\nmnt-irt: IRT-GONE"
    for stored, presence in (((), Presence.UNSEEN), ((TEAM,), Presence.ABSENT)):
        plan = World((ALLOCATION, ASSIGNMENT, *stored)).with_keys(NET).plan(update)
        assert plan.failing == (Strategy.MNT_IRT,)
        assert only(plan, Strategy.MNT_IRT).candidates[0].presence is presence


def test_an_irt_s_own_object_is_maintained_like_any() -> None:
    """By mnt-by; its keys change nothing in it."""
    assert World((TEAM,)).with_keys(IRT).plan(f"{TEAM}\nremarks: x").failing == (Strategy.MNT_BY,)
    assert World((TEAM,)).with_keys(OTHER).plan(f"{TEAM}\nremarks: x").authorised


# mnt-ref


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("org: ORG-EX1-RIPE", "organisation: ORG-EX1-RIPE"),
        ("mnt-irt: IRT-EX", f"irt: IRT-EX\nauth: {IRT}"),
        ("admin-c: EX1-RIPE", "person: Example\nnic-hdl: EX1-RIPE"),
        ("tech-c: EX1-RIPE", "role: Example\nnic-hdl: EX1-RIPE"),
        ("abuse-c: EX1-RIPE", "role: Example\nnic-hdl: EX1-RIPE"),
        ("mnt-lower: EX-MNT", "mntner: EX-MNT\nauth: X509-1"),
        ("mnt-routes: EX-MNT {192.0.2.0/25^+}", "mntner: EX-MNT\nauth: X509-1"),
    ],
)
def test_who_is_referred_to_may_have_to_agree(line: str, named: str) -> None:
    """By a maintainer in its mnt-ref; its own mnt-by does not count; only new references do."""
    other = f"{named}\nmnt-by: OTHER-MNT\nmnt-ref: REF-MNT\nsource: RIPE"
    world = World((ALLOCATION, ASSIGNMENT, other))
    update = f"{ASSIGNMENT}\n{line}"
    assert asked(world.plan(update), Strategy.MNT_REF) == [["REF-MNT"]]
    assert world.with_keys(NET, IRT, REF).plan(update).authorised
    assert world.with_keys(NET, IRT, OTHER).plan(update).failing == (Strategy.MNT_REF,)
    stays = World((ALLOCATION, update, other)).with_keys(NET)
    assert stays.plan(f"{update}\nremarks: x").authorised


def test_each_that_asks_has_to_agree() -> None:
    """The requirements are met one by one."""
    organisation = "organisation: ORG-EX1-RIPE\nmnt-by: OTHER-MNT\nmnt-ref: REF-MNT\nsource: RIPE"
    person = "person: Example\nnic-hdl: EX1-RIPE\nmnt-by: OTHER-MNT\nmnt-ref: END-MNT\nsource: RIPE"
    update = f"{ASSIGNMENT}\norg: ORG-EX1-RIPE\nadmin-c: EX1-RIPE\ntech-c: ex1-ripe"
    world = World((ALLOCATION, ASSIGNMENT, organisation, person))
    assert sorted(asked(world.plan(update), Strategy.MNT_REF)) == [["END-MNT"], ["REF-MNT"]]
    assert world.with_keys(NET, END, REF).plan(update).authorised
    assert not world.with_keys(NET, REF).plan(update).authorised


def test_without_mnt_ref_an_organisation_refuses_and_others_consent() -> None:
    """So do others whose mnt-ref names nobody that exists."""
    for named in ("organisation: ORG-EX1-RIPE", "organisation: ORG-EX1-RIPE\nmnt-ref: GONE-MNT"):
        plan = World((ALLOCATION, ASSIGNMENT, f"{named}\nsource: RIPE")).with_keys(NET, OTHER)
        assert plan.plan(f"{ASSIGNMENT}\norg: ORG-EX1-RIPE").failing == (Strategy.MNT_REF,)
    for named in ("person: A\nnic-hdl: EX1-RIPE", "person: A\nnic-hdl: EX1-RIPE\nmnt-ref: GONE-MNT"):
        world = World((ALLOCATION, ASSIGNMENT, f"{named}\nsource: RIPE")).with_keys(NET)
        assert world.plan(f"{ASSIGNMENT}\nadmin-c: EX1-RIPE").authorised


def test_references_to_what_is_not_at_hand() -> None:
    """An organisation always asks and is missing; a person seldom does; what does not exist asks for nothing."""
    world = World((ALLOCATION, ASSIGNMENT)).with_keys(NET)
    plan = world.plan(f"{ASSIGNMENT}\norg: ORG-EX1-RIPE\nadmin-c: EX1-RIPE")
    assert plan.failing == (Strategy.MNT_REF,)
    assert {(one.key, one.decisive) for one in plan.missing} == {("ORG-EX1-RIPE", True), ("EX1-RIPE", False)}
    assert world.plan(f"{ASSIGNMENT}\nadmin-c: EX1-RIPE").authorised
    handles = ("person: A\nnic-hdl: A1-RIPE\nsource: RIPE", "role: B\nnic-hdl: B1-RIPE\nsource: RIPE")
    known = World((ALLOCATION, ASSIGNMENT, *handles)).with_keys(NET).plan(f"{ASSIGNMENT}\nadmin-c: EX1-RIPE")
    assert (known.authorised, known.missing) == (True, ())


def test_an_object_that_refers_to_itself_asks_itself() -> None:
    """By the mnt-ref that it is submitted with."""
    update = "organisation: ORG-EX1-RIPE\norg: ORG-EX1-RIPE\nmnt-by: NET-MNT\nmnt-ref: REF-MNT\nsource: RIPE"
    assert asked(World().plan(update), Strategy.MNT_REF) == [["REF-MNT"]]
    update = "mntner: NEW-MNT\nauth: X509-1\nmnt-by: NEW-MNT\nmnt-ref: REF-MNT\nsource: RIPE"
    assert asked(World().plan(update), Strategy.MNT_REF) == [["REF-MNT"]]


# member-of


def test_a_set_says_whose_objects_are_members() -> None:
    """No key helps: a maintainer of the object has to be listed."""
    update = "aut-num: AS64496\nmember-of: AS-EX\nmnt-by: NET-MNT\nsource: RIPE"
    stored = "aut-num: AS64496\nmnt-by: NET-MNT\nsource: RIPE"
    members = "as-set: AS-EX\nmnt-by: OTHER-MNT\nmbrs-by-ref: {}\nsource: RIPE"
    for listed, works in (("END-MNT, NET-MNT", True), ("ANY", True), ("END-MNT", False)):
        plan = World((stored, members.format(listed))).with_keys(NET, END).plan(update)
        assert plan.authorised is works
    assert str(plan) == "END-MNT in its mnt-by"
    nobody = World((stored, "as-set: AS-EX\nmnt-by: OTHER-MNT\nsource: RIPE")).with_keys(NET).plan(update)
    assert nobody.failing == (Strategy.MEMBER_OF,)
    unseen = World((stored,)).with_keys(NET).plan(update)
    assert [one.key for one in unseen.missing] == ["AS-EX"]


# Several updates in one message


def test_what_an_earlier_update_adds_counts() -> None:
    """A new maintainer maintains, a new network is a parent."""
    mntner = "mntner: NEW-MNT\nauth: PGPKEY-0000000A\nmnt-by: LIR-MNT\nsource: RIPE"
    network = "inetnum: 192.0.2.0 - 192.0.2.191\nmnt-by: NEW-MNT\nsource: RIPE"
    first, second, third = World((ALLOCATION,)).plans(mntner, network, ASSIGNMENT)
    assert (asked(first, Strategy.MNT_BY), asked(second, Strategy.PARENT)) == ([["LIR-MNT"]], [["LIR-MNT"]])
    assert only(second, Strategy.MNT_BY).keys == ("PGPKEY-0000000A",)
    assert asked(third, Strategy.PARENT) == [["NEW-MNT"]]


def test_what_a_later_update_adds_is_waited_for() -> None:
    """The registry tries again what names something that is not there yet."""
    mntner = "mntner: NEW-MNT\nauth: PGPKEY-0000000A\nmnt-by: LATER-MNT\nsource: RIPE"
    later = "mntner: LATER-MNT\nauth: PGPKEY-0000000B\nmnt-by: LATER-MNT\nsource: RIPE"
    network = "inetnum: 192.0.2.0 - 192.0.2.191\nmnt-by: NEW-MNT\nmnt-irt: IRT-NEW\nsource: RIPE"
    irt = "irt: IRT-NEW\nauth: PGPKEY-0000000C\nmnt-by: NEW-MNT\nsource: RIPE"
    plans = World((ALLOCATION,)).plans(network, irt, mntner, later)
    assert [only(plan, Strategy.MNT_BY).keys for plan in plans] == [
        ("PGPKEY-0000000A",),
        ("PGPKEY-0000000A",),
        ("PGPKEY-0000000B",),
        ("PGPKEY-0000000B",),
    ]
    assert only(plans[0], Strategy.MNT_IRT).keys == ("PGPKEY-0000000C",)


def test_a_parent_that_is_added_later_counts_where_there_is_no_other() -> None:
    """Where there is one, it is asked: the registry does not know what is to come."""
    inner, outer = ASSIGNMENT, "inetnum: 192.0.2.0 - 192.0.2.191\nmnt-by: END-MNT\nsource: RIPE"
    assert asked(World((ALLOCATION,)).plans(inner, outer)[0], Strategy.PARENT) == [["LIR-MNT"]]
    assert asked(World().plans(inner, outer)[0], Strategy.PARENT) == [["END-MNT"]]
    assert asked(World().plans(ROUTE, inner)[0], Strategy.PARENT) == [["NET-MNT"]]


def test_what_waited_comes_after_the_others() -> None:
    """The registry goes through the whole message before it begins again."""
    mntner = "mntner: NEW-MNT\nauth: X509-1\nmnt-by: LIR-MNT\nsource: RIPE"
    outer = "inetnum: 192.0.2.0 - 192.0.2.191\nmnt-by: END-MNT\nsource: RIPE"
    plans = World((ALLOCATION,)).plans(ASSIGNMENT.replace("NET", "NEW"), mntner, outer)
    assert asked(plans[0], Strategy.PARENT) == [["END-MNT"]]


def test_what_waits_for_itself_is_told() -> None:
    """Two new maintainers that only maintain each other: the first has nobody, the second has the first."""
    one, two = (
        f"mntner: {name}-MNT\nauth: {key}\nmnt-by: {by}-MNT\nsource: RIPE"
        for name, key, by in (("ONE", "X509-1", "TWO"), ("TWO", "X509-2", "ONE"))
    )
    first, second = World().plans(one, two)
    assert str(first) == "TWO-MNT (does not exist)"
    assert str(second) == "ONE-MNT (X509-1)"


def test_a_changed_maintainer_counts_from_then_on() -> None:
    """Its new keys for what follows, its old ones for what precedes."""
    changed = "mntner: LIR-MNT\nauth: PGPKEY-0000000A\nmnt-by: LIR-MNT\nsource: RIPE"
    person = "person: A\nnic-hdl: A1-RIPE\nmnt-by: LIR-MNT\nsource: RIPE"
    assert [only(plan, Strategy.MNT_BY).keys for plan in World().plans(changed, person)] == [
        (LIR,),
        ("PGPKEY-0000000A",),
    ]
    assert [only(plan, Strategy.MNT_BY).keys for plan in World().plans(person, changed)] == [(LIR,), (LIR,)]


def test_a_maintainer_goes_when_nothing_refers_to_it_any_more() -> None:
    """In whatever order the two are deleted; for a new object it is gone."""
    mntner = "mntner: OLD-MNT\nauth: PGPKEY-0000000A\nmnt-by: LIR-MNT\nsource: RIPE"
    person = "person: A\nnic-hdl: A1-RIPE\nmnt-by: OLD-MNT\nsource: RIPE"
    plans = World((mntner, person)).plans(mntner, person, deleted=[0, 1])
    assert [only(plan, Strategy.MNT_BY).keys for plan in plans] == [(LIR,), ("PGPKEY-0000000A",)]
    plans = World((mntner,)).plans(mntner, person, deleted=[0])
    assert str(plans[1]) == "OLD-MNT (does not exist)"


def test_what_is_deleted_and_added_again_is_new() -> None:
    """And what is added and deleted in one message is deleted last, whichever stands first."""
    plans = World((ALLOCATION, ASSIGNMENT)).plans(ASSIGNMENT, ASSIGNMENT, deleted=[0])
    assert [plan.operation for plan in plans] == [Operation.DELETE, Operation.CREATE]
    person = "person: A\nnic-hdl: A1-RIPE\nmnt-by: NET-MNT\nsource: RIPE"
    plans = World().plans(person, person, deleted=[0])
    assert [(plan.operation, asked(plan, Strategy.MNT_BY)) for plan in plans] == [
        (Operation.DELETE, [["NET-MNT"]]),
        (Operation.CREATE, [["NET-MNT"]]),
    ]
    wrong = person.replace("NET", "END")
    assert asked(World().plans(wrong, person, deleted=[0])[0], Strategy.MNT_BY) == [["NET-MNT"]]
    plans = World((person,)).plans(person, person, person, deleted=[0])
    assert [plan.operation for plan in plans] == [Operation.DELETE, Operation.CREATE, Operation.NO_OPERATION]
    gone = "inetnum: 192.0.2.0 - 192.0.2.191\nmnt-by: END-MNT\nsource: RIPE"
    plans = World((ALLOCATION, gone)).plans(gone, ASSIGNMENT, deleted=[0])
    assert asked(plans[1], Strategy.PARENT) == [["LIR-MNT"]]


def test_keys_that_the_registry_makes_up_are_followed() -> None:
    """AUTO-1 is the object of the message that asks for the key."""
    organisation = "organisation: AUTO-1EX\nmnt-by: OTHER-MNT\nmnt-ref: REF-MNT\nsource: RIPE"
    update = f"{ASSIGNMENT}\norg: AUTO-1"
    for order in ((organisation, update), (update, organisation)):
        plans = World((ALLOCATION, ASSIGNMENT)).plans(*order)
        (plan,) = (one for one in plans if one.class_name == "inetnum")
        assert asked(plan, Strategy.MNT_REF) == [["REF-MNT"]]


def test_each_update_has_its_own_credentials() -> None:
    """Signed parts of a message authorise what is in them."""
    person = "person: A\nnic-hdl: {}\nmnt-by: NET-MNT\nsource: RIPE"
    signed = Credentials.of(keys=[NET])
    requests = [
        Request(parse_object(person.format("A1-RIPE")), signed),
        Request(parse_object(person.format("B1-RIPE"))),
    ]
    assert [plan.authorised for plan in authorise(requests, parse_objects(f"{MAINTAINERS}\n"))] == [True, False]


# The answer


def test_a_plan_is_plain_values() -> None:
    """Its record is JSON with all that the plan says."""
    plan = World((ALLOCATION, ASSIGNMENT, TEAM)).with_keys(NET).plan(f"{ASSIGNMENT}\nmnt-irt: IRT-TEAM")
    record = json.loads(json.dumps(as_record(plan)))
    assert record["key"] == "192.0.2.0 - 192.0.2.127"
    assert (record["operation"], record["authorised"], record["failing"]) == ("modify", False, ["mnt-irt"])
    first, second = record["requirements"]
    assert (first["strategy"], first["satisfied"], second["keys"]) == ("mnt-by", True, [IRT])
    assert second["candidates"] == [
        {
            "class": "irt",
            "key": "IRT-TEAM",
            "presence": "here",
            "satisfied": False,
            "via": {"class": "inetnum", "key": "192.0.2.0 - 192.0.2.127", "attribute": "mnt-irt"},
            "auth": [{"scheme": "pgp", "name": IRT, "state": "open"}],
        }
    ]


def test_a_sentence_is_short_and_fit_for_a_terminal() -> None:
    """Of many names the first are said, long ones are cut, and control characters are written out."""
    names = ", ".join(f"M{number}-MNT" for number in range(100))
    plan = World().plan(f"person: A\nnic-hdl: A1-RIPE\nmnt-by: {names}\nsource: RIPE")
    assert str(plan).endswith("M7-MNT (does not exist) and 92 more")
    for auth, told in (("auth: CRYPT-PW x\n", "nothing that counts"), ("", "nothing to agree by")):
        stored = f"mntner: ODD-MNT\n{auth}source: RIPE"
        plan = World((stored,)).plan("person: A\nnic-hdl: A1-RIPE\nmnt-by: ODD-MNT\nsource: RIPE")
        assert str(plan) == f"ODD-MNT ({told})"
    people = [f"person: A\nnic-hdl: A{number}-RIPE\nmnt-ref: M{number}-MNT\nsource: RIPE" for number in range(1, 21)]
    mntners = [f"mntner: M{number}-MNT\nauth: X509-{number}\nsource: RIPE" for number in range(1, 21)]
    lines = "\n".join(f"admin-c: A{number}-RIPE" for number in range(1, 21))
    plan = World((ALLOCATION, *people, *mntners)).plan(f"{ALLOCATION}\n{lines}")
    assert str(plan).endswith("M7-MNT (X509-7) and 13 more")
    plan = World().plan(f"person: A\nnic-hdl: A1-RIPE\nmnt-by: \x1b[2J{'x' * 1000}\nsource: RIPE")
    assert str(plan).isprintable()
    assert len(str(plan)) < 200
    assert all(one.reason.isprintable() for one in plan.requirements)
    assert all(one.reason.isprintable() for one in plan.missing)


def test_those_who_agree_are_named() -> None:
    """With what they agree by."""
    lines = f"auth: SSO # Filtered\nauth: SSO a@example.net\nauth: MD5-PW {HASH}"
    stored = f"mntner: SSO-MNT\n{lines}\nmnt-by: SSO-MNT\nsource: RIPE"
    update = "person: A\nnic-hdl: A1-RIPE\nmnt-by: SSO-MNT\nsource: RIPE"
    plan = World((stored,), Credentials.of(accounts=["A@example.net"])).plan(update)
    assert str(plan) == "authorised by SSO-MNT (SSO a@example.net)"
    plan = World((stored,), passwords=True).plan(update)
    assert str(plan) == "SSO-MNT (a hidden SSO account, SSO a@example.net, a password)"
