"""The key table of an index: numbers of keys, what is kept of each class, and what that costs."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from irtkit.index.keys import hash_of_key, normal_key
from irtkit.index.layout import KEYED_CLASSES, NO_SIZE, Flag
from irtkit.index.lookup import Index
from irtkit.index.verify import find_misfits
from irtkit.rpsl.names import PRIMARY_KEYS

sys.path.insert(0, str(Path(__file__).parent / "property"))  # the folder is no package, and `worlds` is in it

from worlds import build, lines


def keyed(class_name: str, key: str, *more: tuple[str, str], source: str = "RIPE") -> str:
    first = [(class_name, "Example")] if class_name in {"person", "role"} else []
    names = [name for name in PRIMARY_KEYS[class_name] if name != "origin"]
    return lines(*first, *((name, key) for name in names), *more, ("source", source))


def kept(index: Index) -> list[tuple[int, str]]:
    """Return the keys of an index: number and class."""
    classes = (KEYED_CLASSES[code] for code in index.column("key.class"))
    return list(zip(index.column("key.hash"), classes, strict=True))


def number_of(index: Index, class_name: str, key: str, registry: str = "ripe") -> int:
    """Return what an index keeps beside a key."""
    number: int = index.column("key.number")[kept(index).index((hash_of_key(key, registry), class_name))]
    return number


@pytest.mark.parametrize(
    ("key", "registry", "number"),
    [
        ("EXAMPLE-MNT", "ripe", 0x1F7168D7E2D6ED75),
        ("EXAMPLE-MNT", "apnic", 0xE5639E4D93791B4C),
        ("", "ripe", 0x3C831ACBF4EE4919),
        ("2.0.192.IN-ADDR.ARPA", "", 0x97FA715445AE503),
    ],
)
def test_the_number_of_a_key_stays_what_it_is(key: str, registry: str, number: int) -> None:
    """It is in index files, so another one is another version of them."""
    assert hash_of_key(key, registry) == number


def test_keys_that_differ_a_little_have_numbers_that_differ_much() -> None:
    """In any letter, in length, in zeros at the end; about half of the bits are others."""
    keys = [f"{'X' * before}{letter}{'X' * (20 - before)}" for before in range(21) for letter in "AB"]
    keys += ["X" * length for length in range(40)] + ["X\0", "X\0\0"]
    numbers = [hash_of_key(key, "ripe") for key in keys]
    assert len(set(numbers)) == len(set(keys))
    apart = [(one ^ other).bit_count() for at, one in enumerate(numbers) for other in numbers[:at] if one != other]
    assert 31 < sum(apart) / len(apart) < 33
    assert min(apart) > 8


def test_every_class_but_networks_goes_by_a_key() -> None:
    """The codes of classes are their places in a list that only grows at its end, with a new version."""
    assert sorted(KEYED_CLASSES) == sorted(PRIMARY_KEYS.keys() - {"inetnum", "inet6num"})
    assert list(KEYED_CLASSES) == sorted(KEYED_CLASSES)


def test_an_object_is_kept_once_however_often_it_is_there() -> None:
    """In several spellings, sources of one registry, and files; another registry's is another."""
    texts = [
        keyed("mntner", "EXAMPLE-MNT") + "\n" + keyed("mntner", "example-mnt", source="RIPE-NONAUTH"),
        keyed("mntner", "Example-MNT # mine") + "\n" + keyed("mntner", "EXAMPLE-MNT", source="APNIC"),
    ]
    index = build(texts, collectors=2)
    assert kept(index) == sorted((hash_of_key("EXAMPLE-MNT", registry), "mntner") for registry in ("ripe", "apnic"))


def test_objects_of_several_classes_share_a_key() -> None:
    """They stand beside each other, in the order of the classes' codes."""
    index = build(["\n".join(keyed(name, "X1-EXAMPLE") for name in ("role", "poem", "person", "irt"))])
    number = hash_of_key("X1-EXAMPLE", "ripe")
    assert kept(index) == [(number, name) for name in ("irt", "person", "poem", "role")]


def test_an_object_without_a_key_is_counted_and_not_kept() -> None:
    """None, an empty one, or two."""
    texts = ["person: Example\nsource: RIPE\n", keyed("mntner", ""), keyed("mntner", "A-MNT", ("mntner", "B-MNT"))]
    assert kept(build(["\n".join(texts)])) == []


@pytest.mark.parametrize(
    ("class_name", "values", "key"),
    [
        ("mntner", ["example-mnt"], "EXAMPLE-MNT"),
        ("route", ["192.0.2.0/24", "as64496"], "192.0.2.0/24AS64496"),
        ("route", ["192.0.2/24", "AS64496"], "192.0.2.0/24AS64496"),
        ("route", ["192.0.2.1/24", "AS64496"], "192.0.2.1/24AS64496"),
        ("route", ["192.0.2.0 - 192.0.2.9", "AS64496"], "192.0.2.0 - 192.0.2.9AS64496"),
        ("route6", ["2001:0DB8::/32", "AS64496"], "2001:DB8::/32AS64496"),
        ("domain", ["2.0.192.in-addr.arpa."], "2.0.192.IN-ADDR.ARPA"),
        ("as-set", ["as-example."], "AS-EXAMPLE."),
        ("organisation", ["auto-1abc"], "AUTO-1"),
        ("mntner", ["auto-1"], "AUTO-1"),
        ("mntner", ["auto-1abc"], "AUTO-1ABC"),
    ],
)
def test_a_key_has_one_form(class_name: str, values: list[str], key: str) -> None:
    """Alone as in an index."""
    assert normal_key(class_name, values) == key
    origin = [("origin", value) for value in values[1:]]
    assert kept(build([keyed(class_name, values[0], *origin)])) == [(hash_of_key(key, "ripe"), class_name)]


def test_long_keys_cost_no_more_than_their_length() -> None:
    """However many there are, and however long."""
    texts = [keyed("mntner", "x" * 1_000_000), *(keyed("mntner", f"{'y' * 200}{count}") for count in range(200))]
    started = perf_counter()
    index = build(["\n".join(texts)], size=1 << 21, max_object=1 << 21)
    assert perf_counter() - started < 5
    assert len(kept(index)) == 201
    assert (hash_of_key("X" * 1_000_000, "ripe"), "mntner") in kept(index)


def test_what_rules_ask_of_organisations_is_kept() -> None:
    """Their type and the role of their abuse contact, of every one, whether or not a network names it."""
    texts = [
        keyed("organisation", "ORG-A1-X", ("org-type", "lir"), ("abuse-c", "ar1-x")),
        keyed("organisation", "ORG-B1-X", ("org-type", "OTHER"), ("abuse-c", "AR2-X")),
        keyed("organisation", "ORG-C1-X"),
        keyed("role", "AR1-X", ("abuse-mailbox", "abuse@example.net")),
        lines(("inetnum", "192.0.2.0 - 192.0.2.255"), ("org", "org-z1-x"), ("source", "RIPE")),
    ]
    index = build(texts, collectors=2)
    said = {}
    for name in ("ORG-A1-X", "ORG-B1-X", "ORG-C1-X"):
        code = number_of(index, "organisation", name)
        assert index.texts("org")[code] == name
        org_type, role = index.column("org.type")[code], index.column("org.role")[code]
        said[name] = index.texts("org_type")[org_type], index.texts("role.handle")[role]
    assert said == {"ORG-A1-X": ("LIR", "AR1-X"), "ORG-B1-X": ("OTHER", "AR2-X"), "ORG-C1-X": ("", "")}
    assert index.texts("role.handle")[number_of(index, "role", "AR1-X")] == "AR1-X"
    assert index.resolve("192.0.2.1").org == "ORG-Z1-X"


def test_what_rules_ask_of_networks_is_kept() -> None:
    """Status in upper case, assignment-size, and whether the registry itself maintains them."""
    attributes = [
        [("status", "Assigned PA"), ("mnt-by", "RIPE-NCC-HM-MNT")],
        [("status", "ASSIGNED PA"), ("mnt-lower", "RIPE-NCC-HM-MNT"), ("assignment-size", "48")],
        [("status", "\u00dfTATUS  # odd"), ("status", "ASSIGNED PI"), ("assignment-size", "/48")],
        [("mnt-by", "A-MNT, ripe-ncc-end-mnt"), ("assignment-size", "1000")],
    ]
    texts = [
        lines(("inet6num", f"2001:db8:{number}::/48"), *more, ("source", "RIPE"))
        for number, more in enumerate(attributes)
    ]
    index = build(texts, collectors=3)
    said = {}
    for number in range(4):
        status, flags = index.column("object.status")[number], index.column("object.flags")[number]
        size = index.column("object.size")[number]
        said[number] = index.texts("status")[status], size, bool(flags & Flag.MAINTAINED)
    assert said == {
        0: ("ASSIGNED PA", NO_SIZE, True),
        1: ("ASSIGNED PA", 48, False),
        2: ("SSTATUS", NO_SIZE, False),
        3: ("", NO_SIZE, True),
    }


def test_statuses_that_all_differ_are_kept_all_the_same() -> None:
    """Few are expected; many cost more."""
    texts = [lines(("inetnum", f"192.0.2.{n}"), ("status", f"s{n}"), ("source", "RIPE")) for n in range(200)]
    index = build(["\n".join(texts[:100]), "\n".join(texts)], size=2000, max_object=2000)
    assert [index.texts("status")[code] for code in index.column("object.status")[100:]] == [
        f"S{n}" for n in range(200)
    ]
    assert list(find_misfits(index.file)) == []


def test_a_name_is_looked_up_without_arrays() -> None:
    """NumPy takes longer to start than a short check."""
    program = (
        "import sys\nfrom irtkit.submission.indexed import IndexObjects\nfrom irtkit.index.keys import hash_of_key\n"
        "hash_of_key('EXAMPLE-MNT', 'ripe')\nprint('numpy' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"
    )
