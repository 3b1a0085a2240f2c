"""The column scan on the project's fixtures, on excerpts of real dumps, and on one small text for each trap."""

import gzip
import sys
from pathlib import Path

import numpy as np
import pytest

from irtkit.addresses import SLACK
from irtkit.dump import BLOCK_SIZE, MAX_OBJECT, Block, Skipped, Wanted, gather, iter_blocks, scan
from irtkit.index.collect import WANTED

sys.path.insert(0, str(Path(__file__).parent / "property"))  # the folder is no package, and `readings` is in it

from readings import Reading, all_kept, as_parsed, as_scanned, blocks_of, difference, without_nameless_lines

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl"
ALL = frozenset[str]()


def assert_read_alike(text: bytes) -> None:
    """Compare the two paths on *text*, with and without filters, and cut into blocks of odd sizes."""
    readable = without_nameless_lines(text)
    for wanted in (WANTED, all_kept(WANTED)):
        parsed = as_parsed(readable, wanted)
        for size in (97, 4096, BLOCK_SIZE):
            scanned = as_scanned(readable, wanted, size=size, max_object=1 << 16)
            assert scanned == parsed, difference(scanned, parsed)
    assert as_scanned(text, WANTED) == as_scanned(readable, WANTED)


@pytest.mark.parametrize(
    "name",
    sorted(
        str(path.relative_to(FIXTURES))
        for pattern in ("dumps/*.db*", "valid/*.rpsl", "broken/*.rpsl")
        for path in FIXTURES.glob(pattern)
    ),
)
def test_a_fixture_is_read_by_both_paths_alike(name: str) -> None:
    """Every dump, valid and broken text of the project gives the same columns as its parsed objects."""
    assert_read_alike((FIXTURES / name).read_bytes())


def test_excerpts_of_real_dumps_are_read_by_both_paths_alike(shared: Path) -> None:
    """So do the excerpts that RIPE's own tests use, of RIPE, APNIC, AFRINIC, LACNIC, JPIRR and RADb."""
    folder = shared / "data" / "ripe_whois_tests"
    paths = [*folder.glob("TEST*.db"), *folder.glob("grs/*.test.gz"), *folder.glob("grs/*.test")]
    if not paths:
        pytest.skip(f"no dumps in {folder.name}")
    for path in paths:
        text = path.read_bytes()
        assert_read_alike(gzip.decompress(text) if path.suffix == ".gz" else text)


def test_the_example_dumps_hold_what_they_are_said_to_hold() -> None:
    """Lest two empty readings be taken for agreement: classes, deleted objects, encodings, short notations."""
    afrinic = as_scanned((FIXTURES / "dumps" / "afrinic.db").read_bytes(), WANTED)
    assert {name: len(found) for name, found in afrinic.objects.items()} == {
        "inetnum": 3,
        "inet6num": 1,
        "irt": 2,
        "organisation": 1,
        "person": 1,
        "as-block": 1,
    }
    assert (afrinic.other, afrinic.deleted, afrinic.rejected) == (0, 1, [])
    organisations = as_scanned(
        (FIXTURES / "dumps" / "ripe.db.organisation").read_bytes(), {"organisation": {"descr": ALL}}
    )
    assert any("\u00e9" in value for _, values in organisations.objects["organisation"] for value in values["descr"])


def values_of(text: bytes, name: str, *listing: str) -> list[tuple[str, ...]]:
    """Return the values of *name* of each inetnum in *text*, those that list one of the names."""
    wanted: Wanted = {"inetnum": {"inetnum": ALL, name: frozenset(listing)}}
    return [values[name] for _, values in as_scanned(text, wanted).objects.get("inetnum", [])]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"netname:        EXAMPLE", ("EXAMPLE",)),
        (b"NetName:EXAMPLE", ("EXAMPLE",)),
        (b"netname: EXAMPLE", ("EXAMPLE",)),
        (b"netname:\tEXAMPLE\t", ("EXAMPLE",)),
        (b"netname:         EXAMPLE", ("EXAMPLE",)),
        (b"netname:          EXAMPLE", ("EXAMPLE",)),
        (b"netname:        EXAMPLE ", ("EXAMPLE",)),
        (b"netname:               EXAMPLE", ("EXAMPLE",)),
        *((b"netname:" + b" " * blanks + b"EXAMPLE" + b" " * blanks, ("EXAMPLE",)) for blanks in (31, 32, 33, 34, 66)),
        (b"netname:        EXAMPLE\r", ("EXAMPLE",)),
        (b"netname:        EXAMPLE # why", ("EXAMPLE",)),
        (b"netname:        #EXAMPLE", ("",)),
        (b"netname:        EX  AM\tPLE", ("EX AM PLE",)),
        (b"netname:        EXAMPLE\n+TOO", ("EXAMPLE TOO",)),
        (b"netname:\n\n", ("",)),
        (b"netname:\n EXAMPLE\n+\n\tTOO # not\n  this", ("EXAMPLE TOO this",)),
        (b"netname:        EXAMPLE\n# between\n%too\n TOO", ("EXAMPLE TOO",)),
        (b"netname:        A\nnetname:\nnetname:        B", ("A", "", "B")),
        (b"netname:        " + b"x" * 100_000, ("x" * 100_000,)),
        ("netname:        \u00e9".encode(), ("\u00e9",)),
        ("netname:        \u00e9".encode("latin-1"), ("\u00e9",)),
        (b"netname:        \xc3\xa9\ndescr: \xe9", ("\u00c3\u00a9",)),
        (b"netname :       EXAMPLE", ()),
        (b"netnames:       EXAMPLE", ()),
        (b" netname:       EXAMPLE", ()),
        (b"no colon\nnetname:        EXAMPLE", ("EXAMPLE",)),
    ],
)
def test_a_value_is_read_however_it_is_laid_out(line: bytes, expected: tuple[str, ...]) -> None:
    text = b"inetnum:        192.0.2.0 - 192.0.2.255\n" + line + b"\n\ninetnum: x\nnetname: NEXT\n"
    assert values_of(text, "netname") == [expected, ("NEXT",)]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (b"        APNIC-STUB", True),
        (b"        apnic-stub", True),
        (b" APNIC-STUB", True),
        (b"         APNIC-STUB", True),
        (b"          APNIC-STUB", True),
        (b"        \tAPNIC-STUB", True),
        (b"        ,APNIC-STUB", True),
        (b"        A,APNIC-STUB", True),
        (b"        APNIC-STUB,A", True),
        (b"        EXAMPLE-MNT, APNIC-STUB", True),
        (b"        " + b"EXAMPLE-MNT, " * 9 + b"APNIC-STUB", True),
        (b"        EXAMPLE-MNT,\n                APNIC-STUB", True),
        (b"\n APNIC-STUB", True),
        (b"        APNIC-STUB # no more", True),
        (b"        APNIC-STUBS", False),
        (b"        MAINT-APNIC-STUB", False),
        (b"        EXAMPLE-MNT # APNIC-STUB", False),
        (b"        EXAMPLE-MNT APNIC-STUB", False),
        (b"        \xa0APNIC-STUB", False),
        (b"        \xa0,APNIC-STUB", True),
        (b"        EXAMPLE-MNT", False),
        (b"", False),
    ],
)
def test_a_value_is_kept_exactly_if_it_lists_a_wanted_name(value: bytes, *, kept: bool) -> None:
    """Wherever it stands in the line, and in whatever case."""
    text = b"inetnum: x\nmnt-by:" + value + b"\nmnt-by:         EXAMPLE-MNT\n"
    assert len(values_of(text, "mnt-by", "APNIC-STUB", "RIPE-NCC-HM-MNT")[0]) == kept


def test_names_are_told_apart_to_their_last_letter() -> None:
    """Also where they agree in the first eight bytes, or in all but the case."""
    text = (
        b"organisation: O\norganisation-x: 1\nabuse-mailbox: a\nabuse-mailboxes: b\nabuse-mail: c\nABUSE-Mailbox: d\n"
    )
    reading = as_scanned(text, {"organisation": {"abuse-mailbox": ALL, "organisation": ALL}, "organisation-x": {}})
    assert reading.objects == {"organisation": [(1, {"abuse-mailbox": ("a", "d"), "organisation": ("O",)})]}


def counted(text: bytes, **cutting: int) -> Reading:
    reading = as_scanned(text, {"inetnum": {"inetnum": ALL}}, **cutting)
    reading.objects = {}
    return reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", Reading()),
        (b"\n\r\n\n", Reading(lines=3)),
        (b"# only\n% comments", Reading(lines=2)),
        (b"irt: X\n\nrole: Y\n", Reading(other=2, lines=3)),
        (b"*xxinetnum: x\n\n*XXirt: y", Reading(deleted=2, lines=3)),
        (b"*xxroute:       192\n\nkey-cert:       192\n", Reading(other=1, deleted=1, lines=3)),
        (b"not/an/o:       192\n\nkey-cert:       192\n", Reading(other=1, rejected=[1], lines=3)),
        (b"not this one: x\n\nnot-this-one-either: x\n\n", Reading(other=1, rejected=[1], lines=4)),
        (b"a-class-of-a-long/name: x\n\na-class-of-a-long-name: x", Reading(other=1, rejected=[1], lines=3)),
        (b"prose\n\nirt: X\n\n prose\n\n:\n", Reading(other=1, rejected=[1, 5, 7], lines=7)),
        (b"  \n\t\r\n\nirt: X\n", Reading(other=1, lines=4)),
        (b"irt: X\n\n  \n+\n", Reading(other=1, rejected=[3], lines=4)),
        (b"\xef\xbb\xbfirt: X\n\n\xef\xbb\xbfirt: Y\n", Reading(other=1, rejected=[3], lines=3)),
        (b"irt: X\r\r\n\r\r\nirt: Y\r\r\n", Reading(other=2, lines=3)),
        (b"<html>\n<p>\n", Reading(rejected=[1], lines=2)),
        (bytes(range(256)), Reading(rejected=[1], lines=2)),
    ],
)
def test_what_is_no_wanted_object_is_counted_or_rejected_in_order(text: bytes, expected: Reading) -> None:
    """Other classes, deleted objects, and paragraphs that are no objects, at the line where they begin."""
    assert counted(text) == expected


def test_what_is_expected_of_a_paragraph_is_said() -> None:
    (block,) = blocks_of(b"# header\n\nirt: X\n\n\x1b[31mprose and more prose and more\n")
    assert isinstance(block, Block)
    (rejected,) = scan(block, WANTED).rejected
    assert rejected.line == 4
    assert rejected.message == r"expected a class name and a colon, got '\x1b[31mprose and more prose and mo'"


def test_an_attribute_name_too_long_to_tell_apart_is_refused() -> None:
    (block,) = blocks_of(b"inetnum: x\n")
    assert isinstance(block, Block)
    with pytest.raises(ValueError, match="'abcdefghijklmnop' is longer"):
        scan(block, {"inetnum": {"abcdefghijklmnop": ALL}})


def large(size: int, name: bytes = b"x") -> bytes:
    """Return an object of *size* bytes."""
    start = b"inetnum: " + name + b"\nremarks: "
    return start + b"y" * (size - len(start) - 1) + b"\n"


@pytest.mark.parametrize("sizes", [[MAX_OBJECT + 1], [12_000_000, 3_999_997], [9_000_000, 8_000_000], [4_000_000] * 3])
def test_a_too_large_object_is_rejected_once_and_the_next_is_read(sizes: list[int]) -> None:
    """At full size: each object over the limit is one rejection on its line, and what stands around it is kept."""
    text = b"\n".join([large(100, b"first"), *map(large, sizes), large(100, b"last")])
    reading = as_scanned(text, {"inetnum": {"inetnum": ALL}})
    kept = [line for line, _ in reading.objects["inetnum"]]
    expected = [1, *(4 + 3 * number for number, size in enumerate(sizes) if size <= MAX_OBJECT), 3 * len(sizes) + 4]
    assert kept == expected
    assert reading.rejected == [4 + 3 * number for number, size in enumerate(sizes) if size > MAX_OBJECT]
    assert reading.lines == text.count(b"\n")


def test_an_object_of_exactly_the_limit_is_kept_and_comments_after_it_do_not_count() -> None:
    text = large(MAX_OBJECT) + b"\n" + b"#\n" * 10 + b"\n" + large(MAX_OBJECT + 1)
    reading = as_scanned(text, {"inetnum": {"inetnum": ALL}})
    assert [line for line, _ in reading.objects["inetnum"]] == [1]
    assert reading.rejected == [15]


def test_memory_does_not_grow_with_an_endless_object() -> None:
    """Two hundred megabytes of one object pass through one buffer, and are one thing to report."""
    left = 200_000_000
    given = 0

    def readinto(view: memoryview) -> int:
        nonlocal left
        size = min(len(view), left)
        view[: min(size, 9)] = b"remarks: "[: min(size, 9)]
        left -= size
        return size

    def take() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        nonlocal given
        given += 1
        return np.full(BLOCK_SIZE + MAX_OBJECT + SLACK, ord("x"), np.uint8)

    assert list(iter_blocks(readinto, take)) == [Skipped(0, 200_000_000)]
    assert given == 1


@pytest.mark.parametrize("size", range(1, 9))
def test_too_large_objects_may_end_anywhere_in_a_buffer(size: int) -> None:
    """Small numbers, every alignment: no arrangement of empty lines makes the reader wait for ever."""
    for length in range(20, 60):
        for other in range(26, 33):
            text = large(length) + b"\n" + large(other) + b"\n" + large(30, b"z")
            reading = as_scanned(text, {"inetnum": {"inetnum": ALL}}, size=size, max_object=25)
            assert len(reading.objects.get("inetnum", [])) + len(reading.rejected) == 3


def test_gathering_is_slicing() -> None:
    """Values of every length, short ones and long ones, come out whole and in order."""
    text = np.frombuffer(bytes(range(33, 127)) * 20 + bytes(SLACK), np.uint8)
    for most in (0, 1, 7, 8, 62, 63, 64, 65, 300):
        start = np.arange(0, 1500, 7)
        length = (np.arange(len(start), dtype=np.int32) * 5) % (most + 1)
        expected = [text[at : at + size].tobytes() for at, size in zip(start.tolist(), length.tolist(), strict=True)]
        assert gather(text, start, length).tobytes() == b"".join(value + b"\n" for value in expected)
    assert not len(gather(text, np.zeros(0, np.int64), np.zeros(0, np.int32)))
