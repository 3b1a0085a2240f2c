"""The index file: its published layout, what it refuses to open, and what its checksums find."""

import json
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from irtkit.errors import IndexFileError
from irtkit.index.storage import FORMAT, VERSION, IndexFile, encode

DTYPES = {"U8": np.uint8, "U16": np.uint16, "I32": np.int32, "U32": np.uint32, "I64": np.int64, "U64": np.uint64}
ARRAYS: dict[str, NDArray[Any]] = {
    "bytes": np.arange(7, dtype=np.uint8),
    "nothing": np.zeros(0, np.uint64),
    "halves": np.array([0, 1 << 63, (1 << 64) - 1], np.uint64),
    "rows": np.array([-1, 0, (1 << 31) - 1], np.int32),
    "levels": np.array([65535], np.uint16),
    "starts": np.array([0, (1 << 32) - 1], np.uint32),
    "offsets": np.array([-1, 1 << 40], np.int64),
}
MANIFEST = {"created": "2024-01-02T03:04:05+00:00", "shift": 24, "files": [{"name": "d\u00e9p\u00f4t.db"}]}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A small index file."""
    path = tmp_path / "small.irt"
    path.write_bytes(b"".join(encode(ARRAYS, MANIFEST)))
    return path


def header_of(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Read a file as the safetensors format describes it, with nothing of ours."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def with_header(header: object, body: bytes) -> bytes:
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def test_what_is_encoded_is_read_back(saved: Path) -> None:
    """Every array with its values and its kind of item, and the manifest."""
    file = IndexFile(saved)
    assert set(file.names) == set(ARRAYS)
    assert file.manifest == MANIFEST
    for name, array in ARRAYS.items():
        view = file.array(name)
        assert view.tolist() == array.tolist()
        assert view.itemsize == array.dtype.itemsize
        assert view.readonly
    assert not list(file.damaged())


@given(st.dictionaries(st.text(min_size=1), st.tuples(st.sampled_from(list(DTYPES.values())), st.binary(max_size=99))))
def test_any_arrays_survive_and_the_layout_is_safetensors(named: dict[str, tuple[Any, bytes]]) -> None:
    """Eight bytes of length, JSON, arrays end to end from offset 0 to the end of the file, all aligned."""
    arrays = {
        name: np.frombuffer(data[: len(data) // np.dtype(kind).itemsize * np.dtype(kind).itemsize], kind)
        for name, (kind, data) in named.items()
        if name != "__metadata__"
    }
    content = b"".join(encode(arrays, {}))
    header, body = header_of(content)
    metadata = header.pop("__metadata__")
    assert all(type(value) is str for value in metadata.values())
    assert (metadata["format"], metadata["version"]) == (FORMAT, str(VERSION))
    assert set(header) == set(arrays)
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        read = np.frombuffer(body[begin:end], DTYPES[entry["dtype"]])
        assert read.dtype == arrays[name].dtype
        assert read.tolist() == arrays[name].tolist()
        assert entry["shape"] == [len(read)]
        assert (len(content) - len(body) + begin) % read.dtype.itemsize == 0
    spans = sorted(entry["data_offsets"] for entry in header.values())
    assert all(one[1] == other[0] for one, other in pairwise([[0, 0], *spans, [len(body), len(body)]]))


def test_an_array_that_is_not_there_is_named(saved: Path) -> None:
    with pytest.raises(IndexFileError, match=r"small.irt: is damaged: it has no array 'row.object'"):
        IndexFile(saved).array("row.object")


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(IndexFileError, match=r"missing.irt: no such index; make one with `irtkit index build"):
        IndexFile(tmp_path / "missing.irt")


def test_a_folder_or_an_empty_file_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path, why in ((tmp_path, "is a directory"), (tmp_path / "empty", "it is empty")):
        with pytest.raises(IndexFileError, match=f"cannot be opened: {why}"):
            IndexFile(path)


def test_every_shorter_file_is_refused(saved: Path) -> None:
    """However many bytes are missing, an error of ours says so, and nothing is believed."""
    content = saved.read_bytes()
    for size in range(1, len(content)):
        saved.write_bytes(content[:size])
        with pytest.raises(IndexFileError):
            IndexFile(saved)


def test_a_longer_file_is_refused(saved: Path) -> None:
    content = saved.read_bytes()
    for more in (b"\0", b"x" * 4096, content):
        saved.write_bytes(content + more)
        with pytest.raises(IndexFileError, match=f"has {len(content + more):,} bytes, expected {len(content):,}"):
            IndexFile(saved)


def test_another_version_asks_for_a_new_build(saved: Path) -> None:
    header, body = header_of(saved.read_bytes())
    header["__metadata__"]["version"] = str(VERSION + 1)
    saved.write_bytes(with_header(header, body))
    with pytest.raises(IndexFileError, match=f"has format version {VERSION + 1}, expected {VERSION}; build it again"):
        IndexFile(saved)


def change(*path: str | int, to: object) -> Callable[[dict[str, Any]], object]:
    """Return what sets one thing of a header."""

    def changed(header: dict[str, Any]) -> object:
        at: Any = header
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to
        return header

    return changed


@pytest.mark.parametrize(
    "damage",
    [
        lambda header: [header],
        lambda _: 7,
        lambda _: "header",
        lambda _: None,
        lambda _: {},
        change("__metadata__", to=[]),
        change("__metadata__", to={}),
        change("__metadata__", "format", to="pt"),
        change("__metadata__", "manifest", to="[]"),
        change("__metadata__", "manifest", to="7"),
        change("__metadata__", "manifest", to="{"),
        change("__metadata__", "manifest", to={}),
        change("__metadata__", "crc32", to="[]"),
        change("__metadata__", "crc32", to="{"),
        change("rows", to=None),
        change("rows", to=[]),
        change("rows", "dtype", to="F32"),
        change("rows", "dtype", to=[]),
        change("rows", "dtype", to="I64"),
        change("rows", "shape", to=[]),
        change("rows", "shape", to=3),
        change("rows", "shape", to=[4]),
        change("rows", "shape", to=["3"]),
        change("rows", "shape", to=[3.0]),
        change("rows", "shape", to=[3, 1]),
        change("nothing", "shape", to=[-1]),
        change("rows", "data_offsets", to=[0]),
        change("rows", "data_offsets", to=[0, 1, 2]),
        change("rows", "data_offsets", to=["0", "12"]),
        change("rows", "data_offsets", to=[-12, 0]),
        change("rows", "data_offsets", to=[40.5, 52.5]),
        change("rows", "data_offsets", to=[None, None]),
    ],
)
def test_a_header_that_does_not_say_what_is_there_is_refused(
    saved: Path, damage: Callable[[dict[str, Any]], object]
) -> None:
    """Whatever stands in it, the answer is one error of ours that names the file."""
    header, body = header_of(saved.read_bytes())
    saved.write_bytes(with_header(damage(header), body))
    with pytest.raises(IndexFileError, match=r"small.irt: is not an irtkit index, or is damaged"):
        IndexFile(saved)


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"\x7fELF" + bytes(100),
        b"inetnum:        192.0.2.0 - 192.0.2.255\n" * 9,
        b"PK\x03\x04" + bytes(1000),
        bytes(8),
        b"\xff" * 64,
        (1 << 40).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{}",
        (200_000).to_bytes(8, "little") + b"[" * 200_000,
        (6).to_bytes(8, "little") + b"\xff\xfe{}  ",
    ],
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(IndexFileError, match="foreign: is not an irtkit index, or is damaged"):
        IndexFile(path)


def test_a_flipped_bit_in_the_header_is_refused_or_harmless(saved: Path) -> None:
    """A file that still opens holds the same arrays, or says which it doubts; nothing else is ever raised."""
    content = bytearray(saved.read_bytes())
    length = 8 + int.from_bytes(content[:8], "little")
    draw = random.Random(1)
    refused = 0
    for at in range(length):
        flipped = content.copy()
        flipped[at] ^= 1 << draw.randrange(8)
        saved.write_bytes(flipped)
        try:
            file = IndexFile(saved)
        except IndexFileError:
            refused += 1
            continue
        doubted = set(file.damaged())
        for name in file.names:
            assert name in doubted or file.array(name).tolist() == ARRAYS[name].tolist()
    assert refused > length // 3


def test_a_flipped_bit_in_an_array_is_found(saved: Path) -> None:
    """Every byte of every array is under a checksum: the array that holds it is named, and no other."""
    content = bytearray(saved.read_bytes())
    header, body = header_of(bytes(content))
    start = len(content) - len(body)
    draw = random.Random(2)
    for at in range(len(body)):
        flipped = content.copy()
        flipped[start + at] ^= 1 << draw.randrange(8)
        saved.write_bytes(flipped)
        (holder,) = [
            name
            for name, entry in header.items()
            if name != "__metadata__" and entry["data_offsets"][0] <= at < entry["data_offsets"][1]
        ]
        assert list(IndexFile(saved).damaged()) == [holder]


def test_a_file_is_mapped_not_read_and_outlives_its_name(saved: Path) -> None:
    """A new index put in the place of the old one does not disturb who has the old one open."""
    file = IndexFile(saved)
    other = saved.with_name("other")
    other.write_bytes(b"".join(encode({"rows": np.zeros(1, np.int32)}, {"shift": 1})))
    other.replace(saved)
    assert file.array("rows").tolist() == ARRAYS["rows"].tolist()
    assert IndexFile(saved).array("rows").tolist() == [0]
