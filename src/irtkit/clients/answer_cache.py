"""Answers that were given before, by network, with their age: one SQLite file in the user's cache directory.

An answer is bytes that the caller makes and reads; it is stored for the network that it speaks for, and found for
every address in that. It is private to the user (mode 0600), bounded in size, and nothing stays longer than the user
allows, personal data least of all: what is over is removed, and overwritten, whenever the cache is used. A cache that
cannot be used is no reason to fail: it warns once and holds nothing. It asks nobody.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from irtkit.errors import reason_of
from irtkit.resources import AddressRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["AnswerCache", "Cached", "Holdings", "Keeping", "default_cache"]

T = TypeVar("T")
_APPLICATION: Final = 0x69727463
"""What SQLite's `application_id` says in files of ours: "irtc"."""
_VERSION: Final = 1
_HEADER: Final = b"SQLite format 3\0"
_APPLICATION_AT = 68
"""Where that header has the application's number."""
_BUSY: Final = 2.0
_TABLE: Final = """
CREATE TABLE answers (registry TEXT, form TEXT, first BLOB, last BLOB, body BLOB, personal INTEGER, at REAL,
    PRIMARY KEY (registry, form, first, last))
"""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long answers may be kept, in seconds, and how much of them. 0 seconds keep nothing of that kind."""

    seconds: float = 24 * 60 * 60
    personal_seconds: float = 60 * 60
    """For answers that hold personal data, if that is shorter; registries ask not to build copies of it."""
    most_bytes: int = 64 << 20
    """Of all answers together; the oldest go first."""
    most_bytes_each: int = 4 << 20
    """A longer answer is not kept."""

    def allows(self, *, personal: bool) -> float:
        """Return for how many seconds an answer may be kept."""
        return min(self.seconds, self.personal_seconds) if personal else self.seconds


@dataclass(frozen=True, slots=True)
class Cached:
    """An answer from the cache."""

    network: AddressRange
    """What it speaks for."""
    body: bytes
    age: float
    """Seconds since it was given."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a cache holds."""

    answers: int
    personal: int
    """Answers that hold personal data."""
    size: int
    """Bytes of all answers."""


def default_cache() -> Path:
    """Return the path of the cache when none is named: `IRTKIT_CACHE`, else in the user's cache directory."""
    named = os.environ.get("IRTKIT_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path  # noqa: PLC0415 - only for who asks a registry

    return user_cache_path("irtkit") / "answers.sqlite"


class AnswerCache:
    """The cache in a file; threads and processes may share it."""

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        keeping: Keeping = Keeping(),
        *,
        clock: Callable[[], float] = time.time,
        warn: Callable[[str], None] = warnings.warn,
    ) -> None:
        self.path = default_cache() if path is None else Path(path)
        self._keeping, self._clock, self._warn = keeping, clock, warn
        self._lock = threading.Lock()
        self._opened: tuple[int, sqlite3.Connection] | None = None
        self._is_useless = False

    def close(self) -> None:
        """Close the file; the cache opens it again when it is used again."""
        with self._lock:
            self._forget_connection()

    def find(self, registry: str, space: AddressRange, form: str = "") -> Cached | None:
        """Return the answer for the smallest network that holds all of *space*; None if there is none, or it is over.

        *form* tells kinds of answers apart that do not stand for one another, such as flags or protocols.
        """
        return self._with(lambda database: self._find(database, registry, space, form), None)

    def store(self, registry: str, network: AddressRange, body: bytes, *, personal: bool, form: str = "") -> None:
        """Keep an answer that was given now and speaks for all of *network*, if that is allowed.

        *personal* says whether it may hold personal data.
        """
        is_short = len(body) <= min(self._keeping.most_bytes_each, self._keeping.most_bytes)
        if is_short and self._keeping.allows(personal=personal) > 0:
            first, last = _key(network)
            row = (registry, form, first, last, body, int(personal), self._clock())
            self._with(lambda database: self._store(database, row), None)

    def clear(self, registry: str | None = None) -> int:
        """Remove all answers, or those of one registry; return how many there were."""
        return self._with(lambda database: _clear(database, registry), 0)

    def holdings(self) -> Holdings:
        """Return how much the cache holds."""
        return self._with(_holdings, Holdings(0, 0, 0))

    def _find(self, database: sqlite3.Connection, registry: str, space: AddressRange, form: str) -> Cached | None:
        first, last = _key(space)
        row = database.execute(
            "SELECT first, last, body, at FROM answers WHERE registry = ? AND form = ? AND first <= ? AND last >= ?"
            " AND length(first) = ? ORDER BY first DESC, last LIMIT 1",
            (registry, form, first, last, len(first)),
        ).fetchone()
        if row is None or not isinstance(row[2], bytes):
            return None
        network = AddressRange(space.family, int.from_bytes(row[0], "big"), int.from_bytes(row[1], "big"))
        return Cached(network, row[2], max(0.0, self._clock() - row[3]))

    def _store(self, database: sqlite3.Connection, row: tuple[object, ...]) -> None:
        database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        (size,) = database.execute("SELECT sum(length(body)) FROM answers").fetchone()
        while size > self._keeping.most_bytes:
            oldest, length = database.execute("SELECT rowid, length(body) FROM answers ORDER BY at LIMIT 1").fetchone()
            database.execute("DELETE FROM answers WHERE rowid = ?", (oldest,))
            size -= length

    def _remove_what_is_over(self, database: sqlite3.Connection) -> None:
        """Remove what may not be kept any longer, and what a clock that was wrong wrote into the future."""
        now = self._clock()
        for personal in (False, True):
            since = now - self._keeping.allows(personal=personal)
            database.execute("DELETE FROM answers WHERE personal = ? AND (at <= ? OR at > ?)", (personal, since, now))
        database.execute("DELETE FROM answers WHERE typeof(at) != 'real' OR personal NOT IN (0, 1)")

    def _with(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Do something in a transaction of its own; *otherwise* is the result if the file cannot be used."""
        with self._lock:
            for attempt in (1, 2):
                if self._is_useless:
                    break
                try:
                    with _transaction(self._database()) as database:
                        self._remove_what_is_over(database)
                        return work(database)
                except sqlite3.OperationalError as error:
                    self._give_up(error)
                except (sqlite3.DatabaseError, ValueError, TypeError) as error:
                    self._replace(error, is_last=attempt == 2)
                except OSError as error:
                    self._give_up(error)
        return otherwise

    def _database(self) -> sqlite3.Connection:
        """Return this process's connection; one from before a fork belongs to the parent."""
        pid = os.getpid()
        if self._opened is None or self._opened[0] != pid:
            self._opened = (pid, _open(self.path))
        return self._opened[1]

    def _replace(self, error: Exception, *, is_last: bool) -> None:
        """Remove a damaged cache, so that the next attempt makes a new one; somebody else's file is left alone."""
        self._forget_connection()
        try:
            if not _is_ours(self.path):
                self._give_up("it is no cache of irtkit's, and is left alone; name another place, or remove it")
                return
            if not is_last:
                _remove(self.path)
        except OSError:
            is_last = True
        if is_last:
            self._give_up(error)
        else:
            self._warn(f"the cache of answers {self.path} was damaged ({error}); a new one is begun")

    def _give_up(self, error: Exception | str) -> None:
        self._forget_connection()
        self._is_useless = True
        reason = reason_of(error) if isinstance(error, OSError) else error
        self._warn(f"the cache of answers {self.path} cannot be used: {reason}")

    def _forget_connection(self) -> None:
        if self._opened is not None and self._opened[0] == os.getpid():
            with suppress(sqlite3.Error):
                self._opened[1].close()
        self._opened = None


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Hold the file alone; what is done is written when the block ends, and nothing if it raises."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:  # then it is not opened here: to close it would end SQLite's locks on it
        if not stat.S_ISREG(path.lstat().st_mode):
            raise
        path.chmod(0o600)
    database = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA secure_delete = ON")  # what is removed is gone
        database.execute("PRAGMA synchronous = OFF")  # a cache may be lost
        with _transaction(database):
            _prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _is_ours(path: Path) -> bool:
    """Tell whether a file is a database of this kind, damaged or not; SQLite's header says what it is for."""
    with path.open("rb") as file:
        header = file.read(_APPLICATION_AT + 4)
    return header.startswith(_HEADER) and header[_APPLICATION_AT:] == _APPLICATION.to_bytes(4, "big")


def _remove(path: Path) -> None:
    for more in ("", "-journal", "-wal", "-shm"):
        path.with_name(f"{path.name}{more}").unlink(missing_ok=True)


def _prepare(database: sqlite3.Connection) -> None:
    """Make the table of a new file; what is neither new nor ours is damaged."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0:
        database.execute(_TABLE)
        database.execute(f"PRAGMA application_id = {_APPLICATION}")
        database.execute(f"PRAGMA user_version = {_VERSION}")
    elif (application, version) != (_APPLICATION, _VERSION):
        raise sqlite3.DatabaseError("its format is another one")


def _key(network: AddressRange) -> tuple[bytes, bytes]:
    """Return first and last address as bytes of one length per family, which sort as numbers do."""
    length = 4 if network.family == 4 else 16
    return network.first.to_bytes(length, "big"), network.last.to_bytes(length, "big")


def _clear(database: sqlite3.Connection, registry: str | None) -> int:
    if registry is None:
        return database.execute("DELETE FROM answers").rowcount
    return database.execute("DELETE FROM answers WHERE registry = ?", (registry,)).rowcount


def _holdings(database: sqlite3.Connection) -> Holdings:
    query = "SELECT count(*), coalesce(sum(personal), 0), coalesce(sum(length(body)), 0) FROM answers"
    return Holdings(*database.execute(query).fetchone())
