"""The invariants of an index file: a whole one has no fault, and any damage to an array is found."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irtkit.clients.dumps import build_index
from irtkit.index.layout import KEYED_CLASSES
from irtkit.index.storage import IndexFile, encode
from irtkit.index.verify import find_faults, find_misfits

DUMPS = Path(__file__).resolve().parents[1] / "fixtures" / "rpsl" / "dumps"
DTYPES = {"B": np.uint8, "H": np.uint16, "i": np.int32, "I": np.uint32, "q": np.int64, "Q": np.uint64}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> IndexFile:
    path = tmp_path_factory.mktemp("index") / "whole.irt"
    build_index([str(DUMPS)], str(path))
    return IndexFile(path)


def arrays_of(file: IndexFile) -> dict[str, Any]:
    return {name: np.array(file.array(name), DTYPES[file.array(name).format]) for name in file.names}


def rewritten(path: Path, arrays: dict[str, Any], manifest: dict[str, Any]) -> IndexFile:
    """An index file with these arrays and sound checksums."""
    path.write_bytes(b"".join(encode(arrays, manifest)))
    return IndexFile(path)


def test_a_whole_index_has_no_fault(whole: IndexFile, tmp_path: Path) -> None:
    """Built, or put together again of its parts."""
    assert list(find_faults(whole)) == list(find_misfits(whole)) == []
    assert list(find_faults(rewritten(tmp_path / "again.irt", arrays_of(whole), whole.manifest))) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(where=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_every_changed_byte_of_an_array_is_found(whole: IndexFile, where: float, change: int, tmp_path: Path) -> None:
    """By the checksum of its array, which is named."""
    content = bytearray(Path(whole.path).read_bytes())
    begin = 8 + int.from_bytes(content[:8], "little")
    at = begin + int(where * (len(content) - begin))
    content[at] ^= change
    (tmp_path / "changed.irt").write_bytes(content)
    assert "does not have its checksum" in next(find_faults(IndexFile(tmp_path / "changed.irt")))


def flip(name: str, index: int, value: int) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        arrays[name][index] = value

    return damage


def shorten(name: str) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        arrays[name] = arrays[name][:-1]

    return damage


def retype(name: str, dtype: type) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        arrays[name] = arrays[name].astype(dtype)

    return damage


def enclose_itself(arrays: dict[str, Any]) -> None:
    root = int(np.flatnonzero(arrays["object.parent"] < 0)[0])
    child = int(np.flatnonzero(arrays["object.parent"] == root)[0])
    arrays["object.parent"][root] = child


def same_key_twice(arrays: dict[str, Any]) -> None:
    for name in ("key.hash", "key.class", "key.number"):
        arrays[name][1] = arrays[name][0]


def number_of(class_name: str, number: int) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        mine = arrays["key.class"] == KEYED_CLASSES.index(class_name)
        assert mine.any()
        arrays["key.number"][mine] = number

    return damage


def drop(name: str) -> Any:
    def damage(arrays: dict[str, Any]) -> None:
        del arrays[name]

    return damage


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (drop("row.irt"), "is damaged: it has no array 'row.irt'"),
        (retype("row.irt", np.int64), "row.irt has items of format q, expected i"),
        (retype("object.key.at", np.uint32), "object.key.at has items of format I, expected i or q"),
        (shorten("object.org"), "object.org has "),
        (shorten("row.abuse_up"), "row.abuse_up has "),
        (shorten("role.gap"), "role.flags has "),
        (shorten("ipv6.low"), "the arrays of ipv6 differ in length, or are empty"),
        (shorten("irt_set.irt"), "the irt sets do not lie end to end"),
        (flip("irt_set.at", 1, 1000), "the irt sets do not lie end to end"),
        (flip("object.netname.at", 3, 0), "the values of object.netname do not lie end to end, the last one empty"),
        (flip("object.netname.at", 0, 1), "the values of object.netname do not lie end to end, the last one empty"),
        (flip("object.netname.text", 3, 27), "object.netname holds control characters"),
        (flip("object.netname.text", 3, 255), "object.netname is not UTF-8: invalid start byte at byte 3"),
        (flip("ipv4.start", 0, 1), "the segments of ipv4 do not ascend from 0"),
        (flip("ipv4.start", 3, 0), "the segments of ipv4 do not ascend from 0"),
        (flip("ipv6.low", 0, 1), "the segments of ipv6 do not ascend from 0"),
        (flip("ipv4.row", 2, 10_000), "a segment of ipv4 leads to no row"),
        (flip("ipv6.row", 2, -2), "a segment of ipv6 leads to no row"),
        (flip("ipv4.bucket", 100, 0), "ipv4.bucket does not say where the blocks of addresses begin"),
        (shorten("ipv4.bucket"), "ipv4.bucket has 256 entries, which do not part the address space"),
        (flip("row.object", 0, -1), "an entry of row.object stands for nothing"),
        (flip("row.irt", 0, 10_000), "an entry of row.irt stands for nothing"),
        (flip("row.abuse", 0, -2), "an entry of row.abuse stands for nothing"),
        (flip("object.source", 0, -1), "an entry of object.source stands for nothing"),
        (flip("object.role", 0, 1000), "an entry of object.role stands for nothing"),
        (flip("overlapping", 0, 1000), "an entry of overlapping stands for nothing"),
        (flip("irt_set.irt", 0, 1000), "an entry of irt_set.irt stands for nothing"),
        (flip("irt.gap", 0, 99), "an entry of irt.gap stands for nothing"),
        (enclose_itself, "an object encloses itself"),
        (drop("key.hash"), "is damaged: it has no array 'key.hash'"),
        (retype("key.class", np.int32), "key.class has items of format i, expected B"),
        (shorten("key.number"), "key.number has "),
        (shorten("org.role"), "org.role has "),
        (shorten("object.size"), "object.size has "),
        (flip("object.status", 0, 1000), "an entry of object.status stands for nothing"),
        (flip("org.type", 0, 1000), "an entry of org.type stands for nothing"),
        (flip("org.role", 0, -2), "an entry of org.role stands for nothing"),
        (flip("key.class", 0, 99), "an entry of key.class stands for nothing"),
        (flip("key.hash", 1, 0), "the keys do not ascend"),
        (same_key_twice, "the keys do not ascend"),
        (number_of("role", -1), "a key of a role stands for none"),
        (number_of("organisation", 1000), "a key of an organisation stands for none"),
        (number_of("key-cert", 1000), "a key of a key-cert stands for none"),
        (drop("irt_key.at"), "is damaged: it has no array 'irt_key.at'"),
        (shorten("irt_key.use"), "irt_key.use has "),
        (shorten("irt_key.at"), "the keys of irts do not lie end to end"),
        (flip("irt_key.at", 1, 1000), "the keys of irts do not lie end to end"),
        (flip("irt_key.key_cert", 0, 1000), "an entry of irt_key.key_cert stands for nothing"),
        (flip("irt_key.use", 0, 2), "an entry of irt_key.use stands for nothing"),
        (shorten("key_cert.object.text"), "the key-certs do not lie end to end"),
        (flip("key_cert.object.at", 1, 100_000), "the key-certs do not lie end to end"),
        (flip("key_cert.name.text", 3, 27), "key_cert.name holds control characters"),
        (number_of("irt", 0), "a key that is no role's, organisation's or key-cert's stands for one"),
    ],
)
def test_arrays_that_do_not_fit_together_are_found(damage: Any, fault: str, whole: IndexFile, tmp_path: Path) -> None:
    """Although every checksum is right."""
    arrays = arrays_of(whole)
    damage(arrays)
    found = list(find_faults(rewritten(tmp_path / "damaged.irt", arrays, whole.manifest)))
    assert [line for line in found if line.startswith(fault)], found


def test_a_row_whose_holder_holds_nothing_is_found(whole: IndexFile, tmp_path: Path) -> None:
    """The object whose mnt-irt or abuse-c counts must have one."""
    arrays = arrays_of(whole)
    arrays["object.irts"][:] = -1
    arrays["object.role"][:] = -1
    found = list(find_faults(rewritten(tmp_path / "damaged.irt", arrays, whole.manifest)))
    assert found == [
        "an entry of row.irt has nothing in object.irts",
        "an entry of row.abuse has nothing in object.role",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"created": None},
        {"shift": "24"},
        {"objects": [["RIPE", "inetnum"]]},
        {"objects": None},
        {"files": [{"name": "ripe.db"}]},
        {"files": ["ripe.db"]},
    ],
    ids=json.dumps,
)
def test_a_manifest_that_is_none_is_found(change: dict[str, Any], whole: IndexFile, tmp_path: Path) -> None:
    """It has no checksum of its own."""
    file = rewritten(tmp_path / "damaged.irt", arrays_of(whole), whole.manifest | change)
    assert list(find_faults(file)) != []
