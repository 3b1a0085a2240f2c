"""What the ledger holds of one account, within one transaction: counts, refusals, connections.

It opens no file and begins no transaction; `irtkit.clients.ledger` does.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from irtkit.errors import BudgetError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["DAY", "MINUTE", "PERSONAL", "QUERIES", "Account", "Kind", "Page", "Usage", "prune"]

DAY: Final = 24 * 60 * 60
MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is counted."""

    name: str
    span: int
    """Seconds for which a count matters."""
    grain: int
    """Seconds that share a row; all of it matters until its last second is old enough."""
    words: str

    def since(self, now: float) -> float:
        """Return the second up to which rows no longer matter."""
        return now - self.span - self.grain


QUERIES: Final = Kind("queries", MINUTE, 1, "queries of one minute")
PERSONAL: Final = Kind("personal", DAY, MINUTE, "personal data sets of 24 hours")


@dataclass(frozen=True, slots=True)
class Account:
    """Who counts whom: a registry, and the side of ours that it sees."""

    registry: str
    name: str
    """An IPv4 address, an IPv6 /64, or a name that the user gave."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one account has used: personal data sets in a day, queries in a minute, connections now."""

    account: Account
    personal: int
    queries: int
    connections: int
    denied_until: float | None
    """Seconds since the epoch; None unless the registry refused us and that still holds."""
    denial: str | None
    """What the registry said when it refused."""


class Page:
    """What the ledger holds of one account, inside one transaction."""

    def __init__(self, database: sqlite3.Connection, account: Account, now: float) -> None:
        self._database, self._account, self._now = database, account, now
        self._key = (account.registry, account.name)

    def check_denial(self) -> None:
        """Raise BudgetError while the registry refuses us."""
        denial = self._denial()
        if denial is not None:
            retry_at, reason = denial
            raise BudgetError(
                f"it refused us ({reason}); nothing was sent; irtkit asks again from {_moment(retry_at)}",
                server=self._account.registry,
                retry_at=retry_at,
            )

    def check(self, kind: Kind, limit: int | None, wanted: int) -> None:
        """Raise BudgetError when *wanted* more would be above *limit*, and say from when they would not."""
        if limit is None or not wanted:
            return
        rows = self._database.execute(
            "SELECT at, count FROM counts WHERE registry = ? AND account = ? AND kind = ? AND at > ? ORDER BY at",
            (*self._key, kind.name, kind.since(self._now)),
        ).fetchall()
        used = sum(count for _, count in rows)
        if used + wanted <= limit:
            return
        over, retry_at = used + wanted - limit, self._now + kind.span
        for at, count in rows:
            over -= count
            if over <= 0:
                retry_at = float(at + kind.span + kind.grain)
                break
        raise BudgetError(
            f"{used:,} of {limit:,} {kind.words} are used; nothing was sent; it goes on at {_moment(retry_at)}",
            server=self._account.registry,
            retry_at=retry_at,
        )

    def add(self, kind: Kind, at: int, count: int) -> None:
        """Count more, or fewer; never less than nothing."""
        if count > 0:
            self._database.execute(
                "INSERT INTO counts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
                (*self._key, kind.name, at, count),
            )
        elif count < 0:
            self._database.execute(
                "UPDATE counts SET count = max(0, count + ?)"
                " WHERE registry = ? AND account = ? AND kind = ? AND at = ?",
                (count, *self._key, kind.name, at),
            )

    def drop_dead_leases(self, machine: str) -> None:
        """Remove the connections of processes that are gone, and those not used for long."""
        rows = self._database.execute(
            "SELECT id, machine, pid, expires FROM leases WHERE registry = ? AND account = ?", self._key
        ).fetchall()
        for lease, where, pid, expires in rows:
            if expires <= self._now or (where == machine and not _is_alive(pid)):
                self._database.execute("DELETE FROM leases WHERE id = ?", (lease,))

    def leases(self) -> int:
        """Return how many connections are open."""
        query = "SELECT count(*) FROM leases WHERE registry = ? AND account = ?"
        (count,) = self._database.execute(query, self._key).fetchone()
        return int(count)

    def usage(self) -> Usage:
        """Return what was used."""
        until, reason = self._denial() or (None, None)
        return Usage(self._account, self._sum(PERSONAL), self._sum(QUERIES), self.leases(), until, reason)

    def _sum(self, kind: Kind) -> int:
        query = "SELECT sum(count) FROM counts WHERE registry = ? AND account = ? AND kind = ? AND at > ?"
        (total,) = self._database.execute(query, (*self._key, kind.name, kind.since(self._now))).fetchone()
        return total or 0

    def _denial(self) -> tuple[float, str] | None:
        found: tuple[float, str] | None = self._database.execute(
            "SELECT retry_at, reason FROM denials WHERE registry = ? AND account = ? AND retry_at > ?",
            (*self._key, self._now),
        ).fetchone()
        return found


def prune(database: sqlite3.Connection, now: float) -> None:
    """Remove what counts no more, and what a clock that was wrong wrote into the future."""
    for kind in (QUERIES, PERSONAL):
        database.execute(
            "DELETE FROM counts WHERE kind = ? AND (at <= ? OR at > ?)", (kind.name, kind.since(now), now + DAY)
        )
    database.execute("DELETE FROM denials WHERE retry_at <= ?", (now,))
    database.execute("DELETE FROM leases WHERE expires <= ? OR expires > ?", (now, now + DAY))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is another user's
    return True


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
