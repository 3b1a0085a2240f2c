"""Small worlds of registries for the laws of the index: dumps as text, what to ask, and an index built in memory.

A world has ranges among few addresses, nested and overlapping in part, of several registries, and the irts,
roles, persons and organisations they name, or some of them. Every spelling that a registry allows may occur;
control characters do not, because an index replaces them and the object path keeps them.
"""

import tempfile
from collections.abc import Sequence

from hypothesis import strategies as st
from readings import blocks_of

from irtkit.dump import Block, scan
from irtkit.index.build import arrays_of, shift_for
from irtkit.index.collect import WANTED, Collector
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

IRTS = ("IRT-A", "irt-b", "IRT-C")
ROLES = ("AR1-X", "ar2-x", "AR3-X")
ORGS = ("ORG-A1-X", "org-b1-x")
SOURCES = ("RIPE", "RIPE", "APNIC", "RIPE-NONAUTH", "RIPE-GRS", "APNIC-GRS", "ripe # Filtered", "EXAMPLE", "LACNIC")
MAINTAINERS = (
    "X-MNT",
    "X-MNT",
    "RIPE-NCC-HM-MNT",
    "ripe-ncc-end-mnt",
    "APNIC-STUB",
    "X-MNT, RIPE-NCC-HM-MNT",
    "A,APNIC-STUB",
)
NETNAMES = (
    "NET-A",
    "net-b",
    "",
    "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK",
    "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK # x",
    "N\u00c4T",
)
MAILBOXES = (
    "a@example.net",
    "Desk <b@example.net>",
    "b@example.net, c@example.net",
    "unread@ripe.net",
    "Unread@RIPE.net",
    "abuse@lacnic.net",
    "********",
    "***@***.example",
    "nobody",
    "",
    "\u00e4@example.net",
)
REMARKS = (
    "Generated from irt object IRT-A",
    "generated from IRT object irt-b",
    "a@example.net is invalid",
    "b@example.net was validated on 2024-01-05",
    "nothing to see",
    "a@example.net has been marked as invalid",
)

some = st.sampled_from


def lines(*attributes: tuple[str, str | None]) -> str:
    return "".join(f"{name + ':':<16}{value}\n" for name, value in attributes if value is not None)


@st.composite
def ranges(draw: st.DrawFn, bases: Bases, ipv6_class: str) -> tuple[str, str]:
    """A class and the key of a range, in some notation; it may overlap others in part."""
    family, base = draw(some(bases))
    if draw(st.integers(0, 14)) == 0:
        return ("inetnum", draw(some(["0.0.0.0 - 255.255.255.255", "0/0"]))) if family == 4 else (ipv6_class, "::/0")
    if draw(st.booleans()):
        size = 1 << draw(st.integers(0, 5))
        first = base + draw(st.integers(0, 31)) // size * size
        space = AddressRange(family, first, first + size - 1)
    else:
        start = draw(st.integers(0, 31))
        space = AddressRange(family, base + start, base + draw(st.integers(start, 31)))
    class_name = "inetnum" if family == 4 else ipv6_class
    notations = [space.canonical, space.canonical, space.canonical.replace(" - ", "-"), space.canonical.upper()]
    if space.prefix_length is not None:
        notations.append(f"{format_address(family, space.first)}/{space.prefix_length}")
    return class_name, draw(some(notations))


irt_lists = st.tuples(some([", ", ",", " , "]), st.lists(some([*IRTS, ""]), min_size=1, max_size=3)).map(
    lambda drawn: drawn[0].join(drawn[1])
)
no_value = st.none()
ATTRIBUTES = (
    ("netname", no_value | some(NETNAMES)),
    ("country", no_value | some(["DE", "de", "EU", "", "DE # or not", "DEU", "\u00e9"])),
    ("country", no_value | st.just("AT")),
    ("org", no_value | some([*ORGS, ""])),
    ("abuse-c", no_value | some([*ROLES, ""])),
    ("mnt-by", some(MAINTAINERS)),
    ("mnt-by", no_value | some(MAINTAINERS)),
    ("mnt-lower", no_value | no_value | some(MAINTAINERS)),
    ("mnt-irt", no_value | irt_lists),
    ("mnt-irt", no_value | no_value | irt_lists),
)
"""Attributes of address objects and the values that each may have."""
turns = st.integers(0, len(ATTRIBUTES))


@st.composite
def address_objects(draw: st.DrawFn, bases: Bases, sources: Sequence[str]) -> str:
    source = draw(some(sources))
    class_name, key = draw(ranges(bases, "inetnum" if source == "LACNIC" else "inet6num"))
    attributes = [*((name, draw(values)) for name, values in ATTRIBUTES), ("source", source)]
    turn = draw(turns)
    return lines((class_name, key), *attributes[turn:], *attributes[:turn])


mails = st.lists(st.tuples(some(["e-mail", "abuse-mailbox", "abuse-mailbox"]), some(MAILBOXES)), max_size=3)
remarks = st.lists(st.tuples(st.just("remarks"), some(REMARKS)), max_size=2)
modified = st.tuples(st.just("last-modified"), no_value | st.just("2024-02-03T04:05:06Z"))
classes = some(["irt", "irt", "role", "role", "person", "organisation", "organisation"])
desks = no_value | some([*ROLES, ""])


@st.composite
def parties(draw: st.DrawFn, sources: Sequence[str]) -> str:
    """An irt, role, person or organisation."""
    source = ("source", draw(some(sources)))
    class_name = draw(classes)
    if class_name == "organisation":
        return lines((class_name, draw(some(ORGS))), ("abuse-c", draw(desks)), source)
    said = [*draw(mails), *draw(remarks), draw(modified), source]
    if class_name == "irt":
        return lines((class_name, draw(some(IRTS))), *said)
    return lines((class_name, "Example Name"), *said[:1], ("nic-hdl", draw(some(ROLES))), *said[1:])


others = some(
    ["*xx" + lines(("inetnum", "192.31.196.0 - 192.31.196.255"), ("source", "RIPE")), "prose\n", lines(("mntner", "X"))]
)
ORDER = "\n".join(
    lines(("inetnum", f"198.51.100.{number} - 198.51.100.{number}"), ("source", source))
    for number, source in enumerate(("RIPE", "APNIC", "EXAMPLE", "LACNIC"))
)
"""Of equally small objects of two registries that one counts whose registry came first; here it is always the same."""


@st.composite
def texts(draw: st.DrawFn) -> str:
    """The text of a whole database, classes mixed: of one registry or several, in one small space or four."""
    bases = draw(some([BASES[:1], BASES[:2], BASES[2:3], BASES]))
    sources = draw(some([SOURCES[:2], SOURCES[:4], ("APNIC", "RIPE", "LACNIC"), SOURCES]))
    networks = [draw(address_objects(bases, sources)) for _ in range(draw(some([1, 4, 8, 12])))]
    named = [draw(parties(sources)) for _ in range(draw(some([0, 3, 6, 10])))]
    objects = draw(st.permutations([*networks, *named, *draw(st.lists(others, max_size=1))]))
    return "\n".join([ORDER, *objects])


@st.composite
def queries(draw: st.DrawFn) -> str:
    """An address, a prefix or a range, mostly where ranges are, in canonical text."""
    (family, base), first = draw(some(BASES)), draw(st.integers(0, 34))
    kind = draw(some(["address", "address", "address", "prefix", "range", "far"]))
    if kind == "far":
        return draw(
            some(["10.0.0.1", "224.0.0.1", "8.8.8.8", "0.0.0.0", "255.255.255.255", "::", "2a00::1", "::ffff:1.2.3.4"])
        )
    size = 1 << draw(st.integers(0, 5)) if kind == "prefix" else 1
    begin = base + first // size * size
    end = base + draw(st.integers(first, 34)) if kind == "range" else begin + size - 1
    return AddressRange(family, begin, end).canonical if end > begin else format_address(family, begin)


def addresses_of(family: int) -> tuple[str, ...]:
    """Return every address around the ranges of a world."""
    return tuple(
        format_address(family, base + offset) for member, base in BASES if member == family for offset in range(34)
    )


def collect(texts: Sequence[str | bytes], *, collectors: int = 1, **cutting: int) -> Collector:
    """Collect the dumps *texts*; several collectors take turns at the blocks, as two processes do, and are merged."""
    cutting = {"size": 1 << 16, "max_object": 1 << 16, **cutting}
    gathering = [Collector() for _ in range(collectors)]
    for number, text in enumerate(texts):
        for count, block in enumerate(blocks_of(text.encode() if isinstance(text, str) else text, **cutting)):
            assert isinstance(block, Block)
            collected = gathering[count % collectors]
            collected.parts.append(collected.add(scan(block, WANTED), (number, count)))
    for collected in gathering[1:]:
        gathering[0].merge(collected)
    return gathering[0]


def build(texts: Sequence[str | bytes], *, collectors: int = 1, **cutting: int) -> Index:
    """Build an index of the dumps *texts* and open it; its file is gone again, its mapping stays."""
    arrays = arrays_of(collect(texts, collectors=collectors, **cutting))
    with tempfile.NamedTemporaryFile() as file:
        for part in encode(arrays, {"shift": shift_for(len(arrays["ipv4.start"]))}):
            file.write(part)
        file.flush()
        return open_index(file.name)
