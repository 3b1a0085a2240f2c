"""Dump files found and read a block ahead, plain and gzip, whole and damaged; and whole indexes built from them."""

import gzip
import os
import random
import sys
import threading
from collections.abc import Generator
from contextlib import closing, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest

import irtkit
from irtkit.clients import dumps, files
from irtkit.clients.dumps import build_index
from irtkit.clients.files import Buffers, Lent, find_dumps, looks_like_dump, read_blocks, shared_memory
from irtkit.dump import BLOCK_SIZE, MAX_OBJECT, Skipped
from irtkit.errors import DumpError, IndexFileError
from irtkit.index.storage import IndexFile
from irtkit.schema.contact_facts import POLICIES

sys.path.insert(0, str(Path(__file__).parent / "property"))  # the folder is no package, and `worlds` is in it

from worlds import ORDER, build, lines

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl" / "dumps"


def network(number: int, *lines: str) -> str:
    """An address object of its own range."""
    key = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return "\n".join(
        [f"inetnum:        {key} - {key}", f"netname:        NET-{number}", *lines, "source:         RIPE", ""]
    )


@pytest.fixture(scope="module")
def text() -> bytes:
    """A dump of three blocks."""
    remark = f"remarks:        {'x' * 5000}"
    return "\n".join(network(number, remark) for number in range(2000)).encode()


@pytest.fixture(scope="module")
def small() -> bytes:
    """A dump that does not compress well."""
    draw = random.Random(3)
    return "\n".join(network(number, f"remarks:        {draw.randbytes(200).hex()}") for number in range(300)).encode()


def blocks_in(path: Path) -> Generator[tuple[Lent, int]]:
    yield from read_blocks(str(path), Buffers())


def content_of(path: Path) -> bytes:
    """Read a dump block by block; a skipped object leaves its size."""
    content, before = b"", 0
    for lent, position in blocks_in(path):
        with lent as block:
            assert before <= position <= path.stat().st_size
            before = position
            if isinstance(block, Skipped):
                content += b"x" * block.size
            else:
                assert block.offset == len(content)
                content += block.buffer[: block.size].tobytes()
    assert before == path.stat().st_size or not content
    return content


def content_or_error(path: Path) -> bytes | DumpError:
    try:
        return content_of(path)
    except DumpError as error:
        return error


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "irtkit-read"]


def test_plain_and_gzip_files_give_the_same_blocks(text: bytes, tmp_path: Path) -> None:
    """Also gzip files of several members, of empty members, and with the zeros that tapes leave."""
    half = len(text) // 2
    forms = {
        "plain": text,
        "gzip": gzip.compress(text, 1),
        "members": gzip.compress(text[:half], 1) + gzip.compress(b"") + gzip.compress(text[half:], 1),
        "padded": gzip.compress(text, 1) + bytes(512),
    }
    for name, content in forms.items():
        (tmp_path / name).write_bytes(content)
        assert content_of(tmp_path / name) == text, name
    assert not readers()


def test_memory_is_a_few_buffers_however_large_the_file(text: bytes, tmp_path: Path) -> None:
    """A buffer that is given back is used again."""
    path = tmp_path / "large"
    path.write_bytes(text * 4)
    seen = set()
    for lent, _ in blocks_in(path):
        with lent as block:
            assert not isinstance(block, Skipped)
            seen.add(block.whole.ctypes.data)
    assert len(seen) <= files._BUFFERS


def test_the_same_buffers_serve_one_file_after_the_other(text: bytes, tmp_path: Path) -> None:
    """Whether a file is empty, ends in the middle of a block, or is damaged."""
    buffers = Buffers()
    for number, content in enumerate((b"", text, text[:100], gzip.compress(text)[:-4]) * 3):
        path = tmp_path / str(number)
        path.write_bytes(content)
        with suppress(DumpError):
            for lent, _ in read_blocks(str(path), buffers):
                lent.give_back()
        assert buffers.free.qsize() == files._BUFFERS


def test_who_has_the_descriptor_sees_the_same_memory() -> None:
    with shared_memory() as file:
        assert file is not None
        buffers, others = Buffers(file), Buffers(file)
        for place, array in enumerate(buffers.arrays):
            array[0] = place + 1
            assert buffers.place_of(array) == place
        assert [int(array[0]) for array in others.arrays] == list(range(1, len(others.arrays) + 1))


def test_a_reader_that_keeps_blocks_is_given_no_more_than_there_are_buffers(text: bytes, tmp_path: Path) -> None:
    """The thread waits, and goes when the generator is closed."""
    path = tmp_path / "dump"
    path.write_bytes(text * 8)
    with closing(blocks_in(path)) as blocks:
        kept = [next(blocks) for _ in range(files._BUFFERS - 1)]
        assert len(readers()) == 1
    assert not readers()
    assert len({lent.block.whole.ctypes.data for lent, _ in kept if not isinstance(lent.block, Skipped)}) == len(kept)


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_a_generator_closed_early_leaves_no_thread_and_no_open_file(taken: int, text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    path.write_bytes(gzip.compress(text * 4, 1))
    with closing(blocks_in(path)) as blocks:
        for _ in range(taken):
            with next(blocks)[0]:
                assert len(readers()) == 1
    assert not readers()
    opened = Path("/proc/self/fd")
    assert not opened.is_dir() or str(path) not in {os.path.realpath(number) for number in opened.iterdir()}


def test_an_error_where_blocks_are_used_ends_the_reader_too(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(text)

    def use() -> None:
        with closing(blocks_in(path)) as blocks:
            for lent, _ in blocks:
                with lent:
                    raise KeyError("used wrongly")

    with pytest.raises(KeyError, match="used wrongly"):
        use()
    assert not readers()


def test_a_gzip_file_cut_anywhere_is_truncated(small: bytes, tmp_path: Path) -> None:
    """Even in the last eight bytes, which hold no text."""
    path, whole = tmp_path / "dump.gz", gzip.compress(small)
    for size in [3, 9, 10, 11, *range(20, len(whole), len(whole) // 40), *range(len(whole) - 9, len(whole))]:
        path.write_bytes(whole[:size])
        with pytest.raises(DumpError, match=r"dump.gz: gzip file is truncated; expected its end marker"):
            content_of(path)
    assert not readers()


def test_a_gzip_file_with_a_changed_byte_is_damaged_or_the_same(small: bytes, tmp_path: Path) -> None:
    """No changed text is ever believed: where nothing is raised, the byte had no meaning."""
    path, whole = tmp_path / "dump.gz", gzip.compress(small)
    draw, refused = random.Random(5), 0
    for at in [*range(24), *draw.sample(range(24, len(whole)), 60), *range(len(whole) - 8, len(whole))]:
        changed = bytearray(whole)
        changed[at] ^= 1 << draw.randrange(8)
        path.write_bytes(changed)
        if changed[:2] != whole[:2]:
            continue  # then it is a plain file
        found = content_or_error(path)
        if found != small:
            assert isinstance(found, DumpError)
            assert found.message.startswith(("gzip file is damaged: ", "gzip file is truncated; "))
            refused += 1
    assert refused > 60
    assert not readers()


@pytest.mark.parametrize(
    "tail", [b"x", b"xxxx\n", b"\x1fx", b"x" * 9, b"x" * 10, b"x" * 40_000, bytes(3) + b"x", bytes(40_000) + b"x"]
)
@pytest.mark.parametrize("members", [1, 3])
def test_what_comes_after_a_whole_gzip_file_is_told_from_a_truncated_one(
    tail: bytes, members: int, small: bytes, tmp_path: Path
) -> None:
    """Whatever its length, after one member or several, after zeros or at once; a member that is cut is truncated."""
    path, whole = tmp_path / "dump.gz", gzip.compress(small)
    path.write_bytes(whole * members + tail)
    with pytest.raises(DumpError, match=r"dump.gz: gzip file holds something else after its end; expected nothing"):
        content_of(path)
    for size in (1, 2, 3, 12, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole * members + bytes(len(tail)) + whole[:size])
        with pytest.raises(DumpError, match=r"dump.gz: gzip file is truncated; expected its end marker"):
            content_of(path)


def test_a_text_is_no_archive_for_saying_so(tmp_path: Path) -> None:
    """A tar archive has NULs where it says `ustar`; an object may say what it likes."""
    start = b"inetnum:        192.0.2.0 - 192.0.2.255\nremarks:        "
    text = start + b"x" * (257 - len(start)) + b"ustar\nsource:         RIPE\n"
    (tmp_path / "dump").write_bytes(text)
    assert content_of(tmp_path / "dump") == text
    assert looks_like_dump(str(tmp_path / "dump"))


def test_what_is_known_of_a_file_comes_with_its_end(text: bytes, tmp_path: Path) -> None:
    """Its size, when it was modified, and whether it ends within a line; compressed or not."""
    path = tmp_path / "dump"
    for seconds, moment in (
        (1_700_000_000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        (-5, datetime(1969, 12, 31, 23, 59, 55, tzinfo=UTC)),
    ):
        for whole in (text, text[:-1], text[: 3 * BLOCK_SIZE // 2], b""):
            for content in (whole, gzip.compress(whole, 1)):
                path.write_bytes(content)
                os.utime(path, (0, seconds))
                assert file_read(path) == (len(content), moment, bool(whole) and whole[-1] != ord("\n"))


def file_read(path: Path) -> files.DumpFile:
    blocks = read_blocks(str(path), Buffers())
    while True:
        try:
            next(blocks)[0].give_back()
        except StopIteration as end:
            found: files.DumpFile = end.value
            return found


def test_a_time_that_is_no_date_is_none() -> None:
    """A file system may keep times that no calendar has."""
    assert files._moment(1e15) is None
    assert files._moment(-1e15) is None


def test_a_gzip_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """Of a file that would expand a thousandfold little more is read than what makes sure of it."""
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(100 << 20), 6))
    with pytest.raises(DumpError, match=r"bomb.gz: expands to more than 200 times its size; expected a registry dump"):
        content_of(path)


def test_a_dump_that_compresses_well_is_no_bomb(tmp_path: Path) -> None:
    """What registries publish shrinks to a tenth; even a hundredth is read."""
    path = tmp_path / "dump.gz"
    text = "\n".join(network(number, f"remarks:        {'x' * 2000}") for number in range(35_000)).encode()
    packed = gzip.compress(text, 6)
    assert len(text) > files._RATIO_FROM
    assert 90 < len(text) / len(packed) < 200
    path.write_bytes(packed)
    assert sum(block.size for lent, _ in blocks_in(path) for block in [given_back(lent)]) == len(text)


def given_back(lent: files.Lent) -> Any:
    with lent as block:
        return block


def test_too_large_objects_are_skipped_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    large = network(2, "remarks: " + "x" * (MAX_OBJECT + BLOCK_SIZE + 10))
    path.write_text("\n".join([network(1), large, network(3)]))
    blocks = [given_back(lent) for lent, _ in blocks_in(path)]
    assert [type(block).__name__ for block in blocks] == ["Block", "Skipped", "Block"]
    assert blocks[1].size == len(large) + 1
    assert sum(block.size for block in blocks) == path.stat().st_size


def test_an_empty_file_has_no_blocks(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    (tmp_path / "packed").write_bytes(gzip.compress(b""))
    assert list(blocks_in(tmp_path / "plain")) == []
    assert list(blocks_in(tmp_path / "packed")) == []


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "missing", "no such file or directory"), (tmp_path, "is a directory")):
        with pytest.raises(DumpError, match=f"{path.name}: cannot be read: {why}"):
            next(blocks_in(path))


def test_a_read_error_in_the_middle_is_raised_where_the_blocks_are_used(
    text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails is told with the name of the file."""
    path, readinto = tmp_path / "dump", files._Source.readinto

    def failing(source: files._Source, view: memoryview) -> int:
        if source.position() > BLOCK_SIZE:
            raise OSError(5, "Input/output error")
        return readinto(source, view)

    path.write_bytes(text)
    monkeypatch.setattr(files._Source, "readinto", failing)
    with pytest.raises(DumpError, match="dump: cannot be read: input/output error"):
        content_of(path)
    assert not readers()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"inetnum: x\n", True),
        (b"# a\n%b\n\n\r\n#\n\nirt: X\n", True),
        (b"*xxroute: x\n", True),
        (b"Key-Cert:x", True),
        (b"\xef\xbb\xbfinetnum: x\n", True),
        (b"aut-num: AS64496\n", True),
        (b"", False),
        (b"# only a comment\n", False),
        (b"title: x\n", False),
        (b"inetnum\n", False),
        (b" inetnum: x\n", False),
        (b'{"ip": "192.0.2.1"}\n', False),
        (b"\x7fELF", False),
        (b"PK\x03\x04", False),
    ],
)
def test_a_dump_is_known_by_its_content(content: bytes, *, expected: bool, tmp_path: Path) -> None:
    """Not by its name, and no matter whether it is compressed."""
    for name, data in (("a.txt", content), ("b.dat", gzip.compress(content))):
        (tmp_path / name).write_bytes(data)
        assert looks_like_dump(str(tmp_path / name)) is expected


def test_a_folder_stands_for_the_dumps_in_it(tmp_path: Path) -> None:
    """Sorted, the compressed one of a pair, no other files, no folders inside; a named file is taken as it is."""
    (tmp_path / "b.db").write_bytes(b"inetnum: x\n")
    (tmp_path / "a.db.gz").write_bytes(gzip.compress(b"irt: x\n"))
    (tmp_path / "a.db").write_bytes(b"irt: x\n")
    (tmp_path / "README").write_bytes(b"Read me.\n")
    (tmp_path / "truth.jsonl").write_bytes(b"{}\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.db").write_bytes(b"irt: x\n")
    found = [str(tmp_path / name) for name in ("a.db.gz", "b.db")]
    assert find_dumps([str(tmp_path)]) == found
    assert find_dumps([str(tmp_path / "README"), str(tmp_path), found[1]]) == [str(tmp_path / "README"), *found]


def test_a_path_that_leads_to_no_dump_is_named(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=f"{tmp_path.name}: holds no registry dump; expected files of RPSL objects"):
        find_dumps([str(tmp_path)])
    with pytest.raises(DumpError, match="missing: no such file or folder"):
        find_dumps([str(FIXTURES), str(tmp_path / "missing")])


def test_a_build_of_nothing_is_refused(tmp_path: Path) -> None:
    """And one path is no list of paths, but any kind of path will do."""
    output = tmp_path / "index"
    with pytest.raises(ValueError, match="expected the names of dumps"):
        build_index([], output)
    for path in (str(FIXTURES), FIXTURES):
        with pytest.raises(TypeError, match="put one path into a list"):
            build_index(path, output)  # type: ignore[arg-type] # that is refused
    assert not output.exists()
    assert build_index([FIXTURES / "ripe.db.irt"], output).counts == {("RIPE", "irt"): 3}
    assert output.exists()


def test_a_build_reports_what_it_read_and_the_manifest_keeps_it(tmp_path: Path) -> None:
    """Objects by source and class, and of each file what was taken, passed over and refused, with line numbers."""
    mixed = tmp_path / "mixed.db"
    bad = "".join(f"prose {number}\n\n" for number in range(12))
    mixed.write_text(f"# header\n\n{network(1)}\n{bad}inetnum: 10.0.0.300\nsource: RIPE\n\nlimerick: P\n\n*xxirt: X\n")
    report = build_index([str(mixed), str(FIXTURES / "ripe.db.irt")], str(tmp_path / "index"))
    assert report.counts == {("RIPE", "inetnum"): 2, ("RIPE", "irt"): 3}
    first, second = report.files
    assert (first.taken, first.other, first.deleted, first.rejected) == (2, 1, 1, 13)
    assert (second.taken, second.rejected, second.shown) == (3, 0, [])
    assert [shown.line for shown in first.shown] == [7 + 2 * number for number in range(10)]
    assert first.shown[0].message == "expected a class name and a colon, got 'prose 0'"
    manifest = IndexFile(tmp_path / "index").manifest
    assert manifest["objects"] == [["RIPE", "inetnum", 2], ["RIPE", "irt", 3]]
    modified = datetime.fromtimestamp(mixed.stat().st_mtime, UTC).isoformat(timespec="seconds")
    facts = {"name": "mixed.db", "size": mixed.stat().st_size, "modified": modified, "objects": 2, "rejected": 13}
    assert manifest["files"][0] == facts
    assert not list(IndexFile(tmp_path / "index").damaged())


def test_progress_goes_through_every_file_to_its_end(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dump.gz"
    path.write_bytes(gzip.compress(text, 1))
    told: list[tuple[str, int, int]] = []
    build_index([str(path), str(FIXTURES)], str(tmp_path / "index"), progress=lambda *step: told.append(step))
    assert {name for name, _, _ in told} == set(find_dumps([str(path), str(FIXTURES)]))
    assert told == sorted(told, key=lambda step: ([name for name, _, _ in told].index(step[0]), step[1]))
    assert all(reached <= size == Path(name).stat().st_size for name, reached, size in told)
    assert {name for name, reached, size in told if reached == size} == {name for name, _, _ in told}


def test_after_an_error_the_old_index_stands_alone(text: bytes, tmp_path: Path) -> None:
    """Whatever ends a build: a dump without objects, a place that cannot be written, an interrupt."""
    place = tmp_path / "place"
    place.mkdir()
    output = place / "index"
    build_index([str(FIXTURES)], str(output))
    before = output.read_bytes()
    (tmp_path / "prose").write_bytes(b"Once upon a time.\n")
    (tmp_path / "dump").write_bytes(text)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(DumpError, match="prose:1: holds no RPSL object; expected a registry dump, plain or gzip"):
        build_index([str(FIXTURES), str(tmp_path / "prose")], str(output))
    with pytest.raises(KeyboardInterrupt):
        build_index([str(tmp_path / "dump")], str(output), progress=interrupted)
    with pytest.raises(IndexFileError, match="missing/index: cannot be written: no such file or directory"):
        build_index([str(FIXTURES)], str(place / "missing" / "index"))
    assert output.read_bytes() == before
    assert [path.name for path in place.iterdir()] == ["index"]
    assert not readers()


@pytest.mark.parametrize("threads", [1, 2])
def test_two_processes_build_the_same_index_as_one(
    threads: int, text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes may differ, answers may not: also where two blocks hold the same range, and names appear in one only.

    With one thread the second process is a fork, with more a program of its own.
    """
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    parts = [
        ORDER,
        *(
            network(number, f"mnt-irt: IRT-{number % 7}", f"country: {'DE' if number % 3 else 'FR'}")
            for number in range(9)
        ),
    ]
    last = "\n".join(
        [
            *(network(number, "country: AT", "org: ORG-A1-X") for number in range(0, 9, 2)),
            "irt: IRT-1\ne-mail: a@example.net\nsource: RIPE\n",
        ]
    )
    whole = "\n".join(["\n".join(parts), text.decode(), last]).encode()
    (tmp_path / "one.db").write_bytes(whole)
    (tmp_path / "two.db").write_text("irt: IRT-2\ne-mail: b@example.net\nsource: RIPE\n")
    said = {}
    for name, worth in (("alone", 1 << 40), ("helped", 0)):
        monkeypatch.setattr(dumps, "_WORTH_HELP", worth)
        monkeypatch.setattr(dumps, "_cpus", lambda: 2)
        report = build_index([str(tmp_path / "one.db"), str(tmp_path / "two.db")], str(tmp_path / name))
        index = irtkit.open_index(tmp_path / name)
        asked = [f"10.0.{number >> 8}.{number & 255}" for number in [*range(12), *range(0, 2000, 97), 1999, 2000]]
        said[name] = report, [index.resolve(address).to_dict() for address in asked], index.manifest["objects"]
    assert said["alone"] == said["helped"]
    records = {record["address"]: record for record in said["alone"][1]}
    assert records["10.0.0.2"]["country"] == "AT"
    assert records["10.0.0.1"]["netname"] == "NET-1"
    assert not readers()


def test_what_is_larger_than_the_block_it_was_gathered_of_arrives_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects of one line each have more bytes in an index than in a dump."""
    monkeypatch.setattr(dumps, "_cpus", lambda: 2)
    monkeypatch.setattr(dumps, "_WORTH_HELP", 0)
    count = 230_000
    spaces = (f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in range(count))
    (tmp_path / "dump").write_text("".join(f"inetnum:        {space} - {space}\n\n" for space in spaces))
    assert (tmp_path / "dump").stat().st_size > BLOCK_SIZE
    build_index([str(tmp_path / "dump")], str(tmp_path / "index"))
    index = irtkit.open_index(tmp_path / "index")
    for address in ("10.0.0.0", "10.1.2.3", "10.3.130.111"):
        assert index.resolve(address).network == f"{address} - {address}"
    assert index.resolve("10.3.130.112").network is None


def test_a_second_process_that_is_killed_ends_the_build_with_an_error(
    text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old index serves on, and nothing is left behind."""
    (tmp_path / "dump").write_bytes(text * 4)
    (tmp_path / "place").mkdir()
    build_index([str(FIXTURES)], str(tmp_path / "place" / "index"))
    old = (tmp_path / "place" / "index").read_bytes()
    monkeypatch.setattr(dumps, "_cpus", lambda: 2)
    monkeypatch.setattr(dumps, "_WORTH_HELP", 0)
    take = dumps._SecondProcess.take

    def take_and_die(helper: dumps._SecondProcess, lent: Lent, place: tuple[int, int]) -> bool:
        taken = take(helper, lent, place)
        helper._process.kill()
        return taken

    monkeypatch.setattr(dumps._SecondProcess, "take", take_and_die)
    with pytest.raises(DumpError, match="has ended early"):
        build_index([str(tmp_path / "dump")], str(tmp_path / "place" / "index"))
    assert [path.read_bytes() for path in (tmp_path / "place").iterdir()] == [old]
    assert not readers()


def test_a_built_file_answers_as_the_text_does(tmp_path: Path) -> None:
    """The journey through files, threads and blocks ends where the text alone leads."""
    names = sorted(path.name for path in FIXTURES.glob("*.db*"))
    build_index([str(FIXTURES)], str(tmp_path / "index"))
    index, directly = irtkit.open_index(tmp_path / "index"), build([(FIXTURES / name).read_bytes() for name in names])
    asked = [*addresses_of(index), *addresses_of(directly)]
    assert len(asked) > 2 * len(names)
    for address in asked:
        for policy in POLICIES:
            assert index.resolve(address, policy).to_dict() == directly.resolve(address, policy).to_dict()


def addresses_of(index: irtkit.Index) -> list[IPv4Address | IPv6Address]:
    """The first address of every segment."""
    file = index.file
    halves = zip(file.array("ipv6.high"), file.array("ipv6.low"), strict=True)
    return [*map(IPv4Address, file.array("ipv4.start")), *(IPv6Address(high << 64 | low) for high, low in halves)]


def test_of_equally_small_objects_the_registry_read_first_counts_however_many_processes_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second process takes every other block, but what it gathers is not later for that."""
    monkeypatch.setattr(dumps, "_cpus", lambda: 2)
    sources = ("LACNIC", "APNIC", "RIPE", "AFRINIC")
    (tmp_path / "irts").write_text(lines(("irt", "IRT-A"), ("source", "RIPE")))
    for source in sources:
        (tmp_path / source).write_text(lines(("inetnum", "10.9.9.0 - 10.9.9.255"), ("source", source)))
    for names in (("irts", *sources), (*sources, "irts"), ("irts", *reversed(sources))):
        first = next(name for name in names if name != "irts")
        for worth in (1 << 40, 0):
            monkeypatch.setattr(dumps, "_WORTH_HELP", worth)
            build_index([str(tmp_path / name) for name in names], str(tmp_path / "index"))
            assert irtkit.open_index(tmp_path / "index").resolve("10.9.9.9").source == first
