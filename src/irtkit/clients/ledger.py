"""What this machine has asked of each registry, in one SQLite file that all processes share.

A question is entered before it leaves, in one transaction with the look whether it may: so the sum over all
processes never passes a budget, and a process that is killed takes back nothing. It knows no server and sends nothing;
what a registry allows is an `Allowance` that the caller brings.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from irtkit.clients.ledger_pages import MINUTE, PERSONAL, QUERIES, Account, Page, Usage, prune
from irtkit.errors import FileError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irtkit.registries import Allowance

__all__ = ["Account", "Ledger", "LedgerError", "Reservation", "Usage", "default_ledger"]

LEASE: Final = 300.0
"""Seconds for which a connection counts after its last use: more than servers let one idle (180)."""

_BUSY: Final = 20.0
"""Seconds to wait for other processes; a transaction takes less than a thousandth."""
_PASSING: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
"""Errors that are over when another process has opened or closed the file."""
_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE counts (registry TEXT, account TEXT, kind TEXT, at INTEGER, count INTEGER,
    PRIMARY KEY (registry, account, kind, at)) WITHOUT ROWID;
CREATE TABLE denials (registry TEXT, account TEXT, denied_at REAL, retry_at REAL, reason TEXT,
    PRIMARY KEY (registry, account)) WITHOUT ROWID;
CREATE TABLE leases (id INTEGER PRIMARY KEY, registry TEXT, account TEXT, machine TEXT, pid INTEGER, expires REAL);
CREATE INDEX leases_of ON leases (registry, account);
"""


class LedgerError(FileError):
    """The ledger cannot be used; without it nothing is asked that a registry counts."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A query that was entered before it left."""

    account: Account
    queries_at: int
    personal_at: int
    personal: int


def default_ledger() -> Path:
    """Return the path of the ledger when none is named: `IRTKIT_LEDGER`, else in the user's state directory."""
    named = os.environ.get("IRTKIT_LEDGER")
    if named:
        return Path(named)
    from platformdirs import user_state_path  # noqa: PLC0415 - only for who asks a registry

    return user_state_path("irtkit") / "ledger.sqlite"


class Ledger:
    """The ledger in a file; threads may share one, processes each open their own.

    Raises: LedgerError, from every method, when the file is damaged or cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.path = default_ledger() if path is None else Path(path)
        self._clock = clock
        self._lock = threading.Lock()
        self._machine = _machine()
        self._opened: tuple[int, sqlite3.Connection] | None = None

    def close(self) -> None:
        """Close the file; the ledger opens it again when it is used again."""
        with self._lock:
            if self._opened is not None and self._opened[0] == os.getpid():
                self._opened[1].close()
            self._opened = None

    def reserve(
        self, account: Account, budget: Allowance, *, personal: int = 0, lease: int | None = None
    ) -> Reservation:
        """Enter one query, and *personal* sets of personal data that its answer may hold; its *lease* is renewed.

        Raises: BudgetError when that would be too much, or the registry has refused us; then nothing is entered.
        """
        now = self._clock()
        reservation = Reservation(account, int(now), int(now) // MINUTE * MINUTE, personal)
        with self._transaction() as database:
            page = Page(database, account, now)
            page.check_denial()
            page.check(QUERIES, budget.queries_per_minute, 1)
            page.check(PERSONAL, budget.personal_per_day, personal)
            page.add(QUERIES, reservation.queries_at, 1)
            page.add(PERSONAL, reservation.personal_at, personal)
            if lease is not None:
                database.execute("UPDATE leases SET expires = ? WHERE id = ?", (now + LEASE, lease))
        return reservation

    def settle(self, reservation: Reservation, *, personal: int) -> None:
        """Replace what was reserved by the sets of personal data that an answer really had."""
        if personal != reservation.personal:
            with self._transaction() as database:
                page = Page(database, reservation.account, self._clock())
                page.add(PERSONAL, reservation.personal_at, personal - reservation.personal)

    def cancel(self, reservation: Reservation) -> None:
        """Take back a query that never left."""
        with self._transaction() as database:
            page = Page(database, reservation.account, self._clock())
            page.add(QUERIES, reservation.queries_at, -1)
            page.add(PERSONAL, reservation.personal_at, -reservation.personal)

    def deny(self, account: Account, *, until: float, reason: str) -> None:
        """Remember that the registry refuses us *until* then (seconds since the epoch); the later of two counts."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO denials VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET denied_at = excluded.denied_at,"
                " retry_at = max(retry_at, excluded.retry_at), reason = excluded.reason",
                (account.registry, account.name, self._clock(), until, reason),
            )

    def forget_denials(self, registry: str) -> int:
        """Forget that a registry refused us, because the user knows better; return how many accounts that freed."""
        with self._transaction() as database:
            return database.execute("DELETE FROM denials WHERE registry = ?", (registry,)).rowcount

    def lease(self, account: Account, budget: Allowance) -> int | None:
        """Enter a connection and return its number; None when there are as many as the registry allows.

        Connections of processes that are gone, or not used for `LEASE` seconds, no longer count.
        """
        now = self._clock()
        with self._transaction() as database:
            page = Page(database, account, now)
            page.check_denial()
            page.drop_dead_leases(self._machine)
            if budget.connections is not None and page.leases() >= budget.connections:
                return None
            row = database.execute(
                "INSERT INTO leases (registry, account, machine, pid, expires) VALUES (?, ?, ?, ?, ?)",
                (account.registry, account.name, self._machine, os.getpid(), now + LEASE),
            )
            return row.lastrowid

    def release(self, lease: int) -> None:
        """Say that a connection is closed."""
        with self._transaction() as database:
            database.execute("DELETE FROM leases WHERE id = ?", (lease,))

    def usage(self) -> list[Usage]:
        """Return what each account has used, in order of registry and name."""
        now = self._clock()
        known = (
            "SELECT registry, account FROM counts UNION SELECT registry, account FROM denials"
            " UNION SELECT registry, account FROM leases ORDER BY 1, 2"
        )
        with self._transaction() as database:
            prune(database, now)
            pages = [Page(database, Account(*row), now) for row in database.execute(known).fetchall()]
            for page in pages:
                page.drop_dead_leases(self._machine)
            return [page.usage() for page in pages]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the file alone; what is done is written when the block ends, and nothing if it raises."""
        with self._lock:
            try:
                database = self._database()
                _patiently(database, "BEGIN IMMEDIATE")
                try:
                    yield database
                    database.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        database.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError) as error:
                reason = reason_of(error) if isinstance(error, OSError) else error
                raise LedgerError(f"the ledger of queries cannot be used: {reason}", path=str(self.path)) from None

    def _database(self) -> sqlite3.Connection:
        """Return this process's connection; one from before a fork belongs to the parent."""
        pid = os.getpid()
        if self._opened is None or self._opened[0] != pid:
            self._opened = (pid, _open(self.path, self._clock()))
        return self._opened[1]


def _open(path: Path, now: float) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):  # one that exists is never opened here: to close it would end SQLite's locks on it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    database = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    try:
        _patiently(database, "PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")  # a process may die at any time; a machine may lose a second
        _patiently(database, "BEGIN IMMEDIATE")
        _prepare(database)
        prune(database, now)
        database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection) -> None:
    """Make the tables of a new file, and refuse one of another format."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version == 0:
        for statement in _TABLES.split(";"):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {_VERSION}")
    elif version != _VERSION:
        raise sqlite3.DatabaseError(f"its format is {version}, of another version of irtkit")


def _patiently(database: sqlite3.Connection, statement: str) -> None:
    """Execute a statement as soon as others let us: while they open or close the file, SQLite itself does not wait."""
    ends = time.monotonic() + _BUSY
    while True:
        try:
            database.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _PASSING or time.monotonic() > ends:
                raise
            time.sleep(0.01)
        else:
            return


def _machine() -> str:
    """Return what makes a process number mean one process: the machine, and the container on it."""
    try:
        space = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116 - the link leads nowhere that a path could name
    except OSError:
        space = 0
    return f"{socket.gethostname()}:{space}"
