"""Laws of the key-certs in an index: they are the objects of the dumps, and irts name those that their texts name."""

import sys
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from irtkit.contacts import Database, find_irts
from irtkit.index.keycerts import KeyReference, find_key_cert, iter_key_certs
from irtkit.index.verify import find_faults
from irtkit.rpsl import RpslObject, parse_objects
from irtkit.schema.contact_rules import registry_of_source

sys.path.insert(0, str(Path(__file__).parent))  # the folder is no package, and `worlds` is in it

from worlds import build, lines

NAMES = ("PGPKEY-0A0B0C0D", "pgpkey-1a1b1c1d", "X509-7", "PGPKEY-\u00c4\u00d6")
SOURCES = ("RIPE", "RIPE", "RIPE-NONAUTH", "RIPE-GRS", "ripe # Filtered", "APNIC", "EXAMPLE", "")
IRTS = ("IRT-A", "irt-b", "IRT-C")
ADDRESSES = ("192.31.196.1", "192.31.196.20", "192.31.196.99")
ENDINGS = ("", "", " # ours", "  ", "\r")
LINES = (
    "certif:         -----BEGIN PGP PUBLIC KEY BLOCK-----",
    "certif:",
    "certif:         Comment: #1, a  key",
    "certif:         mDMEZFC08BYJKwYBBAHaRw8BAQdAlup0gaaxNafxbR9loLaf2rMIjtWc2gYtM8i5",
    "+",
    "                 mDMEZFC08BYJ  KwYBBAHaRw8B ",
    "\t=o+BH\r",
    "# a comment",
    "%",
    "owner:          J\u00f6rg # not me",
    "   ",
    "key-cert-x: 1",
)


def key_cert_of(seed: int) -> bytes:
    """A key-cert in some spelling; it may lack a key, or have two."""
    draw = Random(seed)
    name = draw.choice(["key-cert", "key-cert", "Key-Cert"])
    head = [f"{name + ':':<16}{draw.choice([*NAMES, *NAMES, ''])}{draw.choice(ENDINGS)}"]
    body = draw.choices(LINES, k=draw.randrange(8))
    if draw.random() < 0.05:
        body.append("key-cert: PGPKEY-0A0B0C0D")
    source = draw.choice(SOURCES)
    text = "\n".join([*head, *body, *([f"source:         {source}"] if source else [])]) + "\n"
    return text.encode(draw.choice(["utf-8", "latin-1"]))


def irt_of(seed: int) -> bytes:
    draw = Random(seed)
    named = [
        (draw.choice(["encryption", "signature"]), draw.choice([*NAMES, "PGPKEY-0A0B0C0D # x", "nobody", ""]))
        for _ in range(draw.randrange(4))
    ]
    return lines(("irt", draw.choice(IRTS)), *named, ("source", draw.choice(SOURCES))).encode()


def network_of(seed: int) -> bytes:
    draw = Random(seed)
    irts = ", ".join(draw.choices(IRTS, k=draw.randrange(1, 3)))
    size = draw.choice([0, 31, 255])
    return lines(
        ("inetnum", f"192.31.196.0 - 192.31.196.{size}"), ("mnt-irt", irts), ("source", draw.choice(SOURCES))
    ).encode()


@st.composite
def dumps(draw: st.DrawFn) -> bytes:
    kinds = (key_cert_of, key_cert_of, irt_of, irt_of, network_of)
    seeds = draw(st.lists(st.integers(0, 1 << 48), max_size=14))
    return b"\n".join(kinds[seed % len(kinds)](seed) for seed in seeds)


def by_hand(database: Database, address: str) -> list[tuple[str, str, str, bytes | None]]:
    """What the objects themselves say of the keys of an address."""
    walk = find_irts(database, address)
    if walk.network is None:
        return []
    registry = database.registry_of(walk.network)
    irts = (database.get("irt", name, registry) for name in walk.names)
    found = [
        (irt.primary_key or "", use, attribute.value.upper())
        for irt in irts
        if irt is not None
        for use in ("encryption", "signature")
        for attribute in irt.get(use)
        if attribute.value
    ]
    return [(*one, as_bytes(database.get("key-cert", one[2], registry))) for one in dict.fromkeys(found)]


def as_bytes(obj: RpslObject | None) -> bytes | None:
    return None if obj is None else bytes(obj)


def as_said(reference: KeyReference) -> tuple[str, str, str, bytes | None]:
    return (*reference[:3], as_bytes(reference.object))


@given(dumps(), st.integers(1, 3), st.integers(150, 3000))
def test_an_index_knows_the_keys_that_the_objects_name(text: bytes, collectors: int, size: int) -> None:
    """Of every address: which irt, for what, which key-cert, and all of it; however the work was shared."""
    database = Database(parse_objects(text, problems=[]))
    index = build([text], collectors=collectors, size=size, max_object=5000)
    for address in ADDRESSES:
        assert [as_said(reference) for reference in index.keys(address)] == by_hand(database, address)


@given(dumps(), st.integers(1, 3))
def test_an_index_keeps_every_key_cert_as_it_stands_in_the_dump(text: bytes, collectors: int) -> None:
    """To the byte, by name and registry; of several with one name the one that counts."""
    objects = [obj for obj in parse_objects(text, problems=[]) if obj.class_name == "key-cert" and obj.primary_key]
    database = Database(objects)
    index = build([text], collectors=collectors, size=300, max_object=5000)
    known = {(database.registry_of(obj), obj.primary_key or "") for obj in objects}
    expected = {key: as_bytes(database.get("key-cert", key[1], key[0])) for key in known}
    assert {key: as_bytes(find_key_cert(index, key[1].lower(), key[0])) for key in known} == expected
    assert sorted(map(bytes, iter_key_certs(index))) == sorted(filter(None, expected.values()))
    assert find_key_cert(index, "PGPKEY-00000000", registry_of_source("RIPE")) is None
    assert [fault for fault in find_faults(index.file) if fault != "its manifest is not one"] == []
