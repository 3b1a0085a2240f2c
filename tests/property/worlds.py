"""Small worlds of registries for the laws of the index: dumps as text, what to ask, and an index built in memory.

A world has ranges among few addresses, nested and overlapping in part, of several registries, and the irts,
roles, persons and organisations they name, or some of them. Every spelling that a registry allows may occur;
control characters do not, because an index replaces them and the object path keeps them.

Hypothesis draws how many objects there are, and for each a seed; what the object says comes of its seed. So worlds
are dense, quickly drawn, and still shrink to the few objects that matter.
"""

import tempfile
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st
from readings import blocks_of

from irtkit.dump import Block, scan
from irtkit.index.build import arrays_of, shift_for
from irtkit.index.collect import WANTED, Collector, Partner
from irtkit.index.lookup import Index, open_index
from irtkit.index.storage import encode
from irtkit.resources import AddressRange, format_address

NOBODYS = AddressRange.parse("192.31.196.0/24").first
"""AS112, which IANA lists and has not set aside; beside it 192.0.2.0/24, which it has."""
DOCUMENTATION = AddressRange.parse("192.0.2.0/24").first
NOBODYS_IPV6 = AddressRange.parse("2620:4f:8000::/48").first
DOCUMENTATION_IPV6 = AddressRange.parse("2001:db8::/32").first
BASES = ((4, NOBODYS), (4, DOCUMENTATION), (6, NOBODYS_IPV6), (6, DOCUMENTATION_IPV6))
Bases = Sequence[tuple[int, int]]

IRTS = ("IRT-A", "irt-b", "IRT-C", '=IRT-"D\\')
ROLES = ("AR1-X", "ar2-x", "@AR3-X")
ORGS = ("ORG-A1-X", "org-b1-x", "-ORG")
SOURCES = ("RIPE", "RIPE", "APNIC", "RIPE-NONAUTH", "RIPE-GRS", "APNIC-GRS", "ripe # Filtered", "EXAMPLE", "LACNIC", "")
MAINTAINERS = ("X-MNT", "X-MNT", "X-MNT, RIPE-NCC-HM-MNT", "RIPE-NCC-HM-MNT", "ripe-ncc-end-mnt")
STUBS = ("APNIC-STUB", "A,APNIC-STUB")
PLACEHOLDERS = ("NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK", "non-RIPE-NCC-managed-address-block # x")
NETNAMES = ("NET-A", "net-b", "", "N\u00c4T", 'say "hi", \\o/', "=1+1", "-", "@home", "+1;2")
MAILBOXES = (
    "a@example.net",
    "Desk <b@example.net>",
    "b@example.net, c@example.net",
    '"q, r"@example.net',
    "\u00e4@example.net",
)
GAPS = ("unread@ripe.net", "Unread@RIPE.net", "abuse@lacnic.net", "********", "***@***.example", "nobody", "")
REMARKS = (
    "Generated from irt object IRT-A",
    "generated from IRT object irt-b",
    "a@example.net is invalid",
    "b@example.net was validated on 2024-01-05",
    "nothing to see",
    "a@example.net has been marked as invalid",
)
OTHERS = ("*xxinetnum: 192.31.196.0 - 192.31.196.255\nsource: RIPE\n", "prose\n", "mntner: X\n")


class Setting(NamedTuple):
    """Where a world is, and who is in it."""

    bases: Bases
    sources: Sequence[str]


def lines(*attributes: tuple[str, str | None]) -> str:
    """Return an object as registries write it, without the attributes whose value is None."""
    return "".join(f"{name + ':':<16}{value}\n" for name, value in attributes if value is not None)


def range_of(draw: Random, bases: Bases, ipv6_class: str) -> tuple[str, str]:
    """Return a class and the key of a range, in some notation; it may overlap others in part."""
    family, base = draw.choice(bases)
    class_name = "inetnum" if family == 4 else ipv6_class
    if draw.random() < 0.06:
        return class_name, draw.choice(["0.0.0.0 - 255.255.255.255", "0/0"]) if family == 4 else "::/0"
    if draw.random() < 0.5:
        size = 1 << draw.randrange(6)
        first = base + draw.randrange(32) // size * size
        space = AddressRange(family, first, first + size - 1)
    else:
        start = draw.randrange(32)
        space = AddressRange(family, base + start, base + draw.randrange(start, 32))
    notations = [space.canonical, space.canonical, space.canonical.replace(" - ", "-"), space.canonical.upper()]
    if space.prefix_length is not None:
        notations.append(f"{format_address(family, space.first)}/{space.prefix_length}")
    return class_name, draw.choice(notations)


def maybe(draw: Random, chance: float, values: Sequence[str]) -> str | None:
    return draw.choice(values) if draw.random() < chance else None


def irt_list(draw: Random) -> str:
    return draw.choice([", ", ",", " , "]).join(draw.choices([*IRTS, *IRTS[:1] * 4, ""], k=draw.choice([1, 1, 2, 3])))


def network_of(seed: int, setting: Setting) -> str:
    """Return the text of an address object."""
    draw = Random(seed)
    source = draw.choice(setting.sources)
    key = range_of(draw, setting.bases, "inetnum" if source == "LACNIC" else "inet6num")
    attributes = [
        ("netname", maybe(draw, 0.8, [*NETNAMES, draw.choice(PLACEHOLDERS)])),
        ("country", maybe(draw, 0.8, ["DE", "de", "EU", "", "DE # or not", "DEU", "\u00e9", "=C"])),
        ("country", maybe(draw, 0.2, ["AT"])),
        ("org", maybe(draw, 0.4, [*ORGS, ""])),
        ("abuse-c", maybe(draw, 0.3, [*ROLES, *ROLES[:1] * 2, ""])),
        ("mnt-by", maybe(draw, 0.9, [*MAINTAINERS, draw.choice(STUBS)])),
        ("mnt-by", maybe(draw, 0.2, [*MAINTAINERS, *STUBS])),
        ("mnt-lower", maybe(draw, 0.2, [*MAINTAINERS, *STUBS])),
        ("mnt-irt", irt_list(draw) if draw.random() < 0.4 else None),
        ("mnt-irt", irt_list(draw) if draw.random() < 0.1 else None),
        ("source", source),
    ]
    if draw.random() < 0.3:
        draw.shuffle(attributes)
    return lines(key, *attributes)


def party_of(seed: int, setting: Setting) -> str:
    """Return the text of an irt, role, person or organisation."""
    draw = Random(seed)
    source = ("source", draw.choice(setting.sources))
    class_name = draw.choice(["irt"] * 4 + ["role"] * 4 + ["person", "organisation", "organisation"])
    if class_name == "organisation":
        return lines((class_name, draw.choice(ORGS)), ("abuse-c", maybe(draw, 0.8, [*ROLES, ""])), source)
    said: list[tuple[str, str | None]] = [
        (draw.choice(["e-mail", "abuse-mailbox", "abuse-mailbox"]), draw.choice([*MAILBOXES, *MAILBOXES, *GAPS]))
        for _ in range(draw.choice([0, 1, 1, 2, 3]))
    ]
    said += [("remarks", draw.choice(REMARKS)) for _ in range(draw.choice([0, 1, 1, 2]))]
    said += [("last-modified", maybe(draw, 0.5, ["2024-02-03T04:05:06Z"])), source]
    if class_name == "irt":
        return lines((class_name, draw.choice(IRTS)), *said)
    handle = ("nic-hdl", draw.choice([*ROLES, ROLES[0]]))
    return lines((class_name, "Example Name"), *said[:1], handle, *said[1:])


ORDER = "\n".join(
    lines(("inetnum", f"198.51.100.{number} - 198.51.100.{number}"), ("source", source))
    for number, source in enumerate(("RIPE", "APNIC", "EXAMPLE", "LACNIC", ""))
)
"""Of equally small objects of two registries that one counts whose registry came first; here it is always the same."""
seeds = st.integers(0, 1 << 48)
settings = st.builds(
    Setting,
    st.sampled_from([BASES[:1], BASES[:1], BASES[2:3], BASES]),
    st.sampled_from(
        [("RIPE",), ("APNIC",), ("RIPE", "RIPE-NONAUTH", "RIPE-GRS"), ("APNIC", "RIPE", "LACNIC"), SOURCES]
    ),
)
FAR = ("10.0.0.1", "224.0.0.1", "8.8.8.8", "0.0.0.0", "255.255.255.255", "::", "2a00::1", "::ffff:1.2.3.4")


def query_of(seed: int, bases: Bases) -> str:
    """Return an address, a prefix or a range, mostly where ranges are, in canonical text."""
    draw = Random(seed)
    family, base = draw.choice(bases)
    first, kind = draw.randrange(34), draw.choice(["address"] * 5 + ["prefix", "range", "range", "far"])
    if kind == "far":
        return draw.choice(FAR)
    size = 1 << draw.randrange(6) if kind == "prefix" else 1
    begin = base + first // size * size
    end = base + draw.randrange(first, 34) if kind == "range" else begin + size - 1
    return AddressRange(family, begin, end).canonical if end > begin else format_address(family, begin)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[str, list[str]]:
    """The text of a whole database, classes mixed, and what to ask.

    It is of one registry or several, in one small space or four.
    """
    setting = draw(settings)
    networks = [network_of(seed, setting) for seed in draw(some_seeds)]
    named = [party_of(seed, setting) for seed in draw(some_seeds)]
    objects = [*networks, *named, *draw(st.lists(st.sampled_from(OTHERS), max_size=1))]
    Random(draw(seeds)).shuffle(objects)
    return "\n".join([ORDER, *objects]), [query_of(seed, setting.bases) for seed in draw(some_queries)]


some_seeds = st.sampled_from([1, 8, 12, 16]).flatmap(lambda count: st.lists(seeds, min_size=count - 1, max_size=count))
some_queries = st.lists(seeds, min_size=4, max_size=12)
texts = worlds().map(lambda world: world[0])


def addresses_of(family: int) -> tuple[str, ...]:
    """Return every address around the ranges of a world."""
    return tuple(
        format_address(family, base + offset) for member, base in BASES if member == family for offset in range(34)
    )


def collect(texts: Sequence[str | bytes], *, collectors: int = 1, **cutting: int) -> Collector:
    """Collect the dumps *texts*; several collectors take turns at the blocks and share, as two processes do."""
    cutting = {"size": 1 << 16, "max_object": 1 << 16, **cutting}
    gathering = [Collector() for _ in range(collectors)]
    partners = [Partner(gathering[0]) for _ in gathering]
    for number, text in enumerate(texts):
        for count, block in enumerate(blocks_of(text.encode() if isinstance(text, str) else text, **cutting)):
            assert isinstance(block, Block)
            collected = gathering[count % collectors]
            part = collected.add(scan(block, WANTED), (number, count))
            if collected is gathering[0]:
                collected.parts.append(part)
            else:
                partners[count % collectors].take(collected.share(part))
    return gathering[0]


def build(texts: Sequence[str | bytes], *, collectors: int = 1, **cutting: int) -> Index:
    """Build an index of the dumps *texts* and open it; its file is gone again, its mapping stays."""
    arrays = arrays_of(collect(texts, collectors=collectors, **cutting))
    with tempfile.NamedTemporaryFile() as file:
        for part in encode(arrays, {"shift": shift_for(len(arrays["ipv4.start"]))}):
            file.write(part)
        file.flush()
        return open_index(file.name)
