"""The cache of answers: by network, no longer than allowed, private, and no trouble when it is damaged."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from irtkit.clients.answer_cache import AnswerCache, Cached, Holdings, Keeping, default_cache
from irtkit.resources import AddressRange


class Clock:
    """A clock that a test turns."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def space(text: str) -> AddressRange:
    return AddressRange.parse_lenient(text)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.sqlite"


@pytest.fixture
def cache(path: Path, clock: Clock) -> Iterator[AnswerCache]:
    made = AnswerCache(path, Keeping(seconds=1000, personal_seconds=100), clock=clock)
    yield made
    made.close()


def test_an_answer_is_found_for_every_address_of_its_network(cache: AnswerCache, clock: Clock) -> None:
    """It comes with the network and its age, for addresses, prefixes and ranges alike."""
    network = space("192.0.2.0 - 192.0.2.191")
    cache.store("ripe", network, b"answer", personal=False)
    clock.now += 7
    for inside in ("192.0.2.0", "192.0.2.191", "192.0.2.128/26", "192.0.2.3 - 192.0.2.190", "192.0.2.0 - 192.0.2.191"):
        assert cache.find("ripe", space(inside)) == Cached(network, b"answer", 7.0)
    for outside in ("192.0.2.192", "192.0.2.0/24", "192.0.1.255", "2001:db8::1", "::c000:201"):
        assert cache.find("ripe", space(outside)) is None
    assert cache.find("apnic", space("192.0.2.1")) is None
    assert cache.find("ripe", space("192.0.2.1"), "rdap") is None


def test_the_smallest_network_answers(cache: AnswerCache) -> None:
    """Of networks inside one another the most specific one counts; both families are apart."""
    for text in ("192.0.2.0/24", "192.0.2.0/26", "192.0.2.0/25", "2001:db8::/32", "2001:db8:1::/48"):
        cache.store("ripe", space(text), text.encode(), personal=False)
    asked = {"192.0.2.1": b"192.0.2.0/26", "192.0.2.100": b"192.0.2.0/25", "192.0.2.200": b"192.0.2.0/24"}
    asked |= {"2001:db8:1::1": b"2001:db8:1::/48", "2001:db8:2::1": b"2001:db8::/32"}
    found = {text: cache.find("ripe", space(text)) for text in asked}
    assert {text: answer and answer.body for text, answer in found.items()} == asked


def test_a_newer_answer_takes_the_place_of_an_older_one(cache: AnswerCache, clock: Clock) -> None:
    cache.store("ripe", space("192.0.2.0/24"), b"old", personal=False)
    clock.now += 10
    cache.store("ripe", space("192.0.2.0/24"), b"new", personal=False)
    assert cache.find("ripe", space("192.0.2.1")) == Cached(space("192.0.2.0/24"), b"new", 0.0)
    assert cache.holdings() == Holdings(1, 0, 3)


def test_answers_end_and_personal_ones_first(cache: AnswerCache, clock: Clock, path: Path) -> None:
    """What is over is not found, is removed by the next use, and is not even left in the file."""
    cache.store("ripe", space("192.0.2.0/24"), b"person: Jane Doe", personal=True)
    cache.store("ripe", space("198.51.100.0/24"), b"irt: irt-example", personal=False)
    clock.now += 99
    assert cache.find("ripe", space("192.0.2.1")) is not None
    clock.now += 1
    assert cache.find("ripe", space("192.0.2.1")) is None
    assert cache.holdings() == Holdings(1, 0, 16)
    cache.close()
    assert b"Jane Doe" not in path.read_bytes()
    clock.now += 900
    assert cache.find("ripe", space("198.51.100.1")) is None


def test_the_user_may_allow_less_than_when_an_answer_was_stored(cache: AnswerCache, path: Path, clock: Clock) -> None:
    cache.store("ripe", space("192.0.2.0/24"), b"x", personal=False)
    clock.now += 50
    stricter = AnswerCache(path, Keeping(seconds=40), clock=clock)
    assert stricter.find("ripe", space("192.0.2.1")) is None
    stricter.close()


@pytest.mark.parametrize("keeping", [Keeping(seconds=0), Keeping(personal_seconds=0)])
def test_nothing_personal_is_stored_where_none_may_be_kept(keeping: Keeping, path: Path) -> None:
    cache = AnswerCache(path, keeping)
    cache.store("ripe", space("192.0.2.0/24"), b"person: Jane Doe", personal=True)
    assert cache.find("ripe", space("192.0.2.1")) is None
    cache.close()
    assert b"Jane Doe" not in path.read_bytes()


def test_the_size_is_bounded_and_the_oldest_go_first(path: Path, clock: Clock) -> None:
    cache = AnswerCache(path, Keeping(most_bytes=1000, most_bytes_each=400), clock=clock)
    for number in range(5):
        cache.store("ripe", space(f"192.0.2.{number}"), b"x" * 300, personal=False)
        clock.now += 1
    cache.store("ripe", space("192.0.2.9"), b"x" * 401, personal=False)
    kept = [number for number in range(10) if cache.find("ripe", space(f"192.0.2.{number}"))]
    cache.close()
    assert kept == [2, 3, 4]


def test_clear_removes_all_or_one_registry(cache: AnswerCache) -> None:
    for registry in ("ripe", "apnic"):
        cache.store(registry, space("192.0.2.0/24"), b"x", personal=False)
        cache.store(registry, space("198.51.100.0/24"), b"x", personal=False)
    assert cache.clear("apnic") == 2
    assert cache.holdings().answers == 2
    assert cache.clear() == 2
    assert cache.holdings() == Holdings(0, 0, 0)


def test_only_the_user_can_read_it(cache: AnswerCache, path: Path) -> None:
    """The file is 0600 and a folder made for it 0700, also when the file was readable before."""
    path.parent.mkdir(mode=0o700)
    path.touch(0o644)
    cache.store("ripe", space("192.0.2.0/24"), b"x", personal=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_damaged_database_is_replaced_with_a_warning(path: Path) -> None:
    """What it held is lost, and gone."""
    first = AnswerCache(path)
    for number in range(200):
        first.store("ripe", space(f"192.0.2.{number}"), b"x" * 500, personal=False)
    first.close()
    damaged = bytearray(path.read_bytes())
    damaged[3000:-1000] = b"\xff" * (len(damaged) - 4000)
    path.write_bytes(damaged)
    warnings: list[str] = []
    cache = AnswerCache(path, warn=warnings.append)
    cache.store("ripe", space("192.0.2.0/24"), b"new", personal=False)
    assert cache.find("ripe", space("192.0.2.1")) is not None
    cache.close()
    assert len(warnings) == 1
    assert "was damaged" in warnings[0]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_somebody_else_s_file_is_left_alone(path: Path) -> None:
    """Notes, and a database of another program, the ledger for one: nothing is kept, and the warning says why."""
    path.parent.mkdir()
    ours = sqlite3.connect(path.with_name("theirs"))
    ours.execute("CREATE TABLE counts (n INTEGER)")
    ours.commit()
    ours.close()
    notes = b"my notes, which are precious, and long enough to be read as a page of something\n" * 50
    for content in (notes, path.with_name("theirs").read_bytes()):
        path.write_bytes(content)
        warnings: list[str] = []
        cache = AnswerCache(path, warn=warnings.append)
        cache.store("ripe", space("192.0.2.0/24"), b"new", personal=False)
        assert cache.clear() == 0
        cache.close()
        assert path.read_bytes() == content
        assert len(warnings) == 1
        assert "no cache of irtkit's" in warnings[0]


def test_a_cache_that_cannot_be_used_holds_nothing_and_warns_once(tmp_path: Path) -> None:
    """A folder in its place, a link, a file in the way of its folder: no error, no cache."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path, tmp_path / "file" / "answers.sqlite", tmp_path / "link"):
        warnings: list[str] = []
        cache = AnswerCache(path, warn=warnings.append)
        cache.store("ripe", space("192.0.2.0/24"), b"x", personal=False)
        assert cache.find("ripe", space("192.0.2.1")) is None
        assert cache.clear() == 0
        assert len(warnings) == 1
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["with blank", "semi;colon", "file:a?mode=memory", "%00", "'", "ümlaut", "-rf"])
def test_odd_file_names_are_file_names(tmp_path: Path, name: str) -> None:
    cache = AnswerCache(tmp_path / name)
    cache.store("ripe", space("192.0.2.0/24"), b"x", personal=False)
    cache.close()
    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize("text", ["'; DROP TABLE answers; --", "\0", "a\nb", "ripe%", "_"])
def test_odd_names_of_registries_are_names(cache: AnswerCache, text: str) -> None:
    cache.store(text, space("192.0.2.0/24"), bytes(range(256)), personal=False, form=text)
    cache.store("ripe", space("192.0.2.0/24"), b"other", personal=False)
    found = cache.find(text, space("192.0.2.1"), text)
    assert found is not None
    assert found.body == bytes(range(256))
    assert cache.clear(text) == 1
    assert cache.holdings().answers == 1


def test_threads_and_processes_share_it(path: Path) -> None:
    """Several caches on one file, used at the same time, lose nothing."""

    def fill(number: int) -> None:
        cache = AnswerCache(path)
        for place in range(10):
            cache.store("ripe", space(f"192.0.{number}.{place}"), b"x", personal=False)
        cache.close()

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cache = AnswerCache(path)
    assert cache.holdings().answers == 40
    cache.close()


def test_the_environment_names_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IRTKIT_CACHE", str(tmp_path / "mine"))
    assert default_cache() == tmp_path / "mine"
    monkeypatch.delenv("IRTKIT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache().name == "answers.sqlite"
