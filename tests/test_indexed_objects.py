"""An index as what a submission is checked against: names, networks, several places, and indexes that are damaged."""

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irtkit.cli.check import command
from irtkit.clients.dumps import build_index
from irtkit.clients.submissions import open_database
from irtkit.errors import IndexFileError
from irtkit.index.lookup import open_index
from irtkit.index.storage import VERSION
from irtkit.problems import Problem
from irtkit.resources import AddressRange
from irtkit.rpsl import PrimaryKey, parse_objects
from irtkit.submission import check
from irtkit.submission.indexed import IndexObjects
from irtkit.validation.joined import JoinedObjects
from irtkit.validation.objects import Network, Objects, ObjectSet

STORED = """\
inetnum:        192.0.2.0 - 192.0.2.255
netname:        EXAMPLE-ALLOCATION
status:         ALLOCATED PA
mnt-by:         RIPE-NCC-HM-MNT
org:            org-ex1-example
source:         RIPE

inetnum:        192.0.2.0 - 192.0.2.127
netname:        EXAMPLE-NET
status:         assigned pa
mnt-by:         EXAMPLE-MNT
source:         RIPE

inetnum:        192.0.2.160 - 192.0.2.191
status:         ASSIGNED PA
source:         RIPE-NONAUTH

inetnum:        192.0.2.176 - 192.0.2.223
status:         ASSIGNED PA
source:         RIPE

inetnum:        192.0.2.0 - 192.0.2.15
status:         ASSIGNED NON-PORTABLE
source:         APNIC

inet6num:       2001:db8::/32
status:         AGGREGATED-BY-LIR
assignment-size: 48
source:         RIPE

mntner:         EXAMPLE-MNT
source:         RIPE

person:         Example Person
nic-hdl:        EP1-EXAMPLE
source:         RIPE

role:           Example Desk
nic-hdl:        ED1-EXAMPLE
abuse-mailbox:  abuse@example.net
source:         RIPE

role:           Example Staff
nic-hdl:        ES1-EXAMPLE
source:         RIPE

role:           Example Mask
nic-hdl:        EM1-EXAMPLE
abuse-mailbox:  unread@ripe.net
source:         RIPE

organisation:   ORG-EX1-EXAMPLE
org-type:       LIR
abuse-c:        ed1-example
source:         RIPE

organisation:   ORG-EX2-EXAMPLE
source:         RIPE

route:          192.0.2.0/24
origin:         AS64496
source:         RIPE
"""
SUBMITTED = """\
inetnum:        192.0.2.0 - 192.0.2.15
netname:        EXAMPLE-NEW
country:        DE
admin-c:        ED1-EXAMPLE
tech-c:         ED9-EXAMPLE
status:         ASSIGNED PA
mnt-by:         EXAMPLE-MNT
source:         RIPE
"""


def index_of(text: str, path: Path) -> Path:
    """Build an index of a dump."""
    dump = path.with_suffix(".db")
    dump.write_text(text)
    build_index([str(dump)], str(path))
    return path


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return index_of(STORED, tmp_path_factory.mktemp("index") / "stored.irt")


@pytest.fixture
def stored(index: Path) -> IndexObjects:
    return IndexObjects(open_index(index))


def space(text: str) -> AddressRange:
    return AddressRange.parse(text)


def keys(network: Network | None) -> str | None:
    return None if network is None else str(network.space)


def find_classes(objects: Objects, key: str, registry: str = "ripe") -> set[str]:
    return set(objects.find_classes(PrimaryKey(key), registry))


def test_names_exist_in_their_class_and_registry(stored: IndexObjects) -> None:
    """Whatever was asked before, and ranges too."""
    for _ in range(2):
        assert find_classes(stored, "EXAMPLE-MNT") == {"mntner"}
        assert find_classes(stored, "EXAMPLE-MNT", "apnic") == set()
        assert find_classes(stored, "OTHER-MNT") == set()
        assert find_classes(stored, "192.0.2.0/24AS64496") == {"route"}
        assert find_classes(stored, "192.0.2.0 - 192.0.2.127") == {"inetnum"}
        assert find_classes(stored, "192.0.2.0 - 192.0.2.15") == set()
        assert find_classes(stored, "192.0.2.0 - 192.0.2.15", "apnic") == {"inetnum"}
        assert find_classes(stored, "2001:DB8::/32") == {"inet6num"}
        assert find_classes(stored, "2001:DB8::/320") == find_classes(stored, "192.0.2.9 - 192.0.2.8") == set()


def test_an_index_is_whole_for_the_classes_that_it_has(stored: IndexObjects) -> None:
    """At a registry that it does not know it has none."""
    classes = ("inetnum", "inet6num", "mntner", "role", "organisation", "person", "key-cert", "x")
    assert tuple(name for name in classes if stored.covers(name, "ripe")) == classes[:6]
    assert [name for name in classes if stored.covers(name, "apnic")] == ["inetnum"]
    assert not any(stored.covers(name, "elsewhere") for name in classes)


def test_a_stand_in_for_persons_leaves_them_undecided(tmp_path: Path) -> None:
    """Public dumps have one in the place of all of them."""
    stand_in = "person: Placeholder\nnic-hdl: DUMY-RIPE\nsource: RIPE\n"
    public = IndexObjects(open_index(index_of(f"{stand_in}\n{STORED}", tmp_path / "public.irt")))
    assert [name for name in ("person", "role", "mntner") if public.covers(name, "ripe")] == ["mntner"]
    assert find_classes(public, "DUMY-RIPE") == {"person"}


def test_an_index_for_contacts_does_not_know_persons(tmp_path: Path) -> None:
    """It was built of dumps of networks, irts, organisations and roles: what else there is, it cannot say."""
    contacts = "\n\n".join(text for text in STORED.split("\n\n") if not text.startswith(("person", "mntner")))
    indexed = IndexObjects(open_index(index_of(contacts, tmp_path / "contacts.irt")))
    assert indexed.covers("role", "ripe")
    assert not indexed.covers("person", "ripe")
    assert [problem.code for problem in check(SUBMITTED, "ripe", indexed)] == ["parent-status"]
    named = check(f"{SUBMITTED}abuse-c: ED9-EXAMPLE\n", "ripe", indexed)
    assert [problem.code for problem in named] == ["parent-status", "unknown-reference"]


@pytest.mark.parametrize(
    ("class_name", "key", "attribute", "values"),
    [
        ("organisation", "ORG-EX1-EXAMPLE", "org-type", ("LIR",)),
        ("organisation", "ORG-EX1-EXAMPLE", "abuse-c", ("ED1-EXAMPLE",)),
        ("organisation", "ORG-EX2-EXAMPLE", "org-type", ()),
        ("organisation", "ORG-EX2-EXAMPLE", "abuse-c", ()),
        ("organisation", "ORG-EX3-EXAMPLE", "abuse-c", None),
        ("organisation", "ORG-EX1-EXAMPLE", "mnt-by", None),
        ("role", "ED1-EXAMPLE", "abuse-mailbox", ("abuse@example.net",)),
        ("role", "ES1-EXAMPLE", "abuse-mailbox", ()),
        ("role", "EM1-EXAMPLE", "abuse-mailbox", None),
        ("role", "EX1-EXAMPLE", "abuse-mailbox", None),
        ("mntner", "EXAMPLE-MNT", "auth", None),
    ],
)
def test_rules_learn_what_they_ask_of_others(
    class_name: str, key: str, attribute: str, values: tuple[str, ...] | None, stored: IndexObjects
) -> None:
    """Nothing is said to lack what the index does not keep, or has a dummy for."""
    assert stored.find_values(class_name, PrimaryKey(key), attribute, "ripe") == values


def test_networks_nest_as_they_do_at_the_registry(stored: IndexObjects) -> None:
    """Of one registry and one class; ranges of the class's other family are none of it."""
    allocation = Network(
        space("192.0.2.0 - 192.0.2.255"), "ALLOCATED PA", maintained=True, org=PrimaryKey("ORG-EX1-EXAMPLE")
    )
    ripe, apnic, asked = ("inetnum", "ripe"), ("inetnum", "apnic"), space("192.0.2.0 - 192.0.2.15")
    assert stored.find_parent(space("192.0.2.0/25"), *ripe) == allocation
    assert keys(stored.find_parent(asked, *ripe)) == "192.0.2.0 - 192.0.2.127"
    assert stored.find_network(asked, *ripe) is None
    assert keys(stored.find_network(asked, *apnic)) == "192.0.2.0 - 192.0.2.15"
    assert stored.find_parent(asked, *apnic) is None
    assert [keys(child) for child in stored.iter_children(allocation.space, *ripe)] == [
        "192.0.2.0 - 192.0.2.127",
        "192.0.2.160 - 192.0.2.191",
        "192.0.2.176 - 192.0.2.223",
    ]
    assert [keys(child) for child in islice(stored.iter_children(space("0/0"), *ripe), 1)] == [keys(allocation)]
    assert keys(stored.find_crossing(space("192.0.2.64 - 192.0.2.143"), *ripe)) == "192.0.2.0 - 192.0.2.127"
    assert keys(stored.find_crossing(space("192.0.2.190 - 192.0.2.191"), *ripe)) is None
    assert stored.find_network(space("2001:db8::/32"), "inet6num", "ripe") == Network(
        space("2001:db8::/32"), "AGGREGATED-BY-LIR", maintained=False, assignment_size=48
    )
    for class_name in ("inetnum", "domain"):
        assert stored.find_network(space("2001:db8::/32"), class_name, "ripe") is None
        assert list(stored.iter_children(space("::/0"), class_name, "ripe")) == []
    assert list(stored.iter_referring(PrimaryKey("EXAMPLE-MNT"), "ripe")) == []


def test_several_databases_are_one(index: Path, tmp_path: Path) -> None:
    """A name exists if one of them has it; the networks of a class are those of the first that has any."""
    more = ("mntner: OTHER-MNT", "inetnum: 192.0.2.0/28\nstatus: X", "aut-num: AS64496")
    text = "\n".join(f"{attributes}\nsource: RIPE\n" for attributes in more)
    other = IndexObjects(open_index(index_of(text, tmp_path / "more.irt")))
    both = JoinedObjects([IndexObjects(open_index(index)), other])
    assert find_classes(both, "EXAMPLE-MNT") == find_classes(both, "OTHER-MNT") == {"mntner"}
    assert both.covers("aut-num", "ripe")
    assert not both.covers("key-cert", "ripe")
    assert both.find_network(space("192.0.2.0/28"), "inetnum", "ripe") is None
    assert keys(both.find_parent(space("192.0.2.0/28"), "inetnum", "ripe")) == "192.0.2.0 - 192.0.2.127"
    assert len(list(both.iter_children(space("192.0.2.0/24"), "inetnum", "ripe"))) == 3
    assert both.find_crossing(space("192.0.2.0/28"), "inetnum", "lacnic") is None
    org = PrimaryKey("ORG-EX1-EXAMPLE")
    assert JoinedObjects([other, both]).find_values("organisation", org, "org-type", "ripe") == ("LIR",)
    assert list(both.iter_referring(org, "ripe")) == []


def test_a_text_is_checked_against_an_index(stored: IndexObjects) -> None:
    """As against the objects themselves."""
    problems = check(SUBMITTED, "ripe", stored)
    assert [problem.code for problem in problems] == ["unknown-reference", "parent-status"]
    assert problems == check(SUBMITTED, "ripe", ObjectSet(parse_objects(STORED), registry="ripe", complete=True))


def run(*args: object) -> Result:
    return CliRunner().invoke(command, [str(arg) for arg in args], catch_exceptions=False)


def found(result: Result) -> list[tuple[str, str]]:
    return [(Path(row["file"]).name, row["code"]) for row in json.loads(result.stdout)["problems"]]


def test_an_index_is_told_by_its_content(index: Path, tmp_path: Path) -> None:
    """Whatever it is called; files of objects lie on top of it, and several indexes beside each other."""
    (tmp_path / "net").write_text(SUBMITTED)
    renamed = tmp_path / "ripe.db"
    renamed.write_bytes(index.read_bytes())
    (tmp_path / "more").write_text("role: Example\nnic-hdl: ED9-EXAMPLE\nsource: RIPE\n")
    other = index_of("role: Example\nnic-hdl: ED9-EXAMPLE\nsource: RIPE\n", tmp_path / "other.irt")
    both = [("net", "unknown-reference"), ("net", "parent-status")]
    assert found(run(tmp_path / "net", "-f", "json", "--against", renamed)) == both
    assert found(run(tmp_path / "net", "-f", "json", "--against", renamed, tmp_path / "more")) == both[1:]
    assert found(run(tmp_path / "net", "-f", "json", "--against", renamed, other)) == both[1:]


OWN_VERSION = b'"version":"%d"' % VERSION


def without_objects(content: bytes) -> bytes:
    return content.replace(b'\\"objects\\": ', b'\\"subjects\\":')


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda content: content[:-1], "expected"),
        (lambda content: content[:3000], "is not an irtkit index, or is damaged"),
        (lambda content: content.replace(OWN_VERSION, b'"version":"1"'), f"has format version 1, expected {VERSION}"),
        (lambda content: content.replace(b'"key.hash"', b'"key.hush"', 1), "has no array 'key.hash'"),
        (without_objects, "is damaged: "),
    ],
    ids=["cut", "beheaded", "old", "renamed", "manifest"],
)
def test_an_index_that_cannot_be_used_is_told(
    damage: Callable[[bytes], bytes], said: str, index: Path, tmp_path: Path
) -> None:
    """And everything is checked without it; then what the rest does not have may still exist."""
    (tmp_path / "net").write_text(SUBMITTED)
    (tmp_path / "damaged.irt").write_bytes(damage(index.read_bytes()))
    database = open_database([str(tmp_path / "damaged.irt"), str(index)], "ripe")
    assert [(name, said in problem.message) for name, problem in database.faults] == [
        (str(tmp_path / "damaged.irt"), True)
    ]
    result = run(tmp_path / "net", "-f", "json", "--against", tmp_path / "damaged.irt", index)
    assert found(result) == [("damaged.irt", "unusable-database")]
    assert found(run(tmp_path / "net", "-f", "json", "--against", index)) == [
        ("net", "unknown-reference"),
        ("net", "parent-status"),
    ]


def questions(objects: Objects) -> list[Problem]:
    """Ask much of a database."""
    text = "\n".join(
        SUBMITTED.replace("192.0.2.0 - 192.0.2.15", f"192.0.2.{part} - 192.0.2.{part + 15}")
        for part in range(0, 240, 40)
    )
    ranges = list(objects.iter_children(space("0/0"), "inetnum", "ripe"))
    assert all(objects.find_network(network.space, "inetnum", "ripe") for network in ranges)
    return check(f"{text}\n{STORED}\ninet6num: 2001:db8:1::/48\nsource: RIPE\n", "ripe", objects)


def test_damaged_contents_are_told_when_they_are_met(index: Path, tmp_path: Path) -> None:
    """Any byte of any array: there is an answer, or an error that names the index; never another one."""
    content = index.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    expected, path = questions(IndexObjects(open_index(index))), tmp_path / "damaged.irt"
    errors, others = [], 0
    for at in range(begin, len(content), 7):
        damaged = bytearray(content)
        damaged[at] ^= 0x81
        path.write_bytes(damaged)
        try:
            others += questions(IndexObjects(open_index(path))) != expected
        except IndexFileError as error:
            errors.append(error)
    assert others > 5
    assert len(errors) > 5
    assert {error.path for error in errors} == {str(path)}
    assert all("is damaged: " in error.message for error in errors)
