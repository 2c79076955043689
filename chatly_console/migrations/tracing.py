"""The locks that a migration really takes, what it rewrites and scans: read from the server after each statement."""

from time import monotonic
from typing import Any

from chatly_console.core.classify import strongest
from chatly_console.migrations.events import TakenLock
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"
_MODES = {
    "AccessShareLock": "ACCESS SHARE",
    "RowShareLock": "ROW SHARE",
    "RowExclusiveLock": "ROW EXCLUSIVE",
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}


_READING = ("ACCESS SHARE", "ROW SHARE")


def mode_words(mode: str) -> str:
    """`AccessExclusiveLock` as SQL writes it."""
    return _MODES.get(mode, mode)


class Trace:
    """Follows one transaction. Relations that it made itself do not count: nobody else can see them."""

    def __init__(self, session: Dedicated) -> None:
        self._session = session
        self._files: dict[str, str] = {}
        self._scanned: dict[str, int] = {}
        self._strongest: dict[str, str] = {}
        self._found: list[tuple[TakenLock, float]] = []

    async def begin(self) -> None:
        """Remember which relations are there."""
        rows: Any = await self._session.records(load_sql(_PACKAGE, "relations_before"))
        known = rows[0]["relations"]
        self._files = {oid: one["file"] for oid, one in known.items()}
        self._scanned = {oid: one["scanned"] for oid, one in known.items()}

    async def after(self, statement: int) -> tuple[TakenLock, ...]:
        """The locks that statement `statement` (from 1) has added, with what it rewrote and scanned."""
        rows: Any = await self._session.records(load_sql(_PACKAGE, "locks_held"))
        held: dict[str, list[Any]] = {}
        for row in rows[0]["locks"] or ():
            if row["oid"] in self._files and row["kind"] not in ("i", "I"):  # an index is locked with its table
                held.setdefault(row["oid"], []).append(row)
        found = [lock for oid, rows in held.items() if (lock := self._new(oid, rows, statement)) is not None]
        self._found += [(lock, monotonic()) for lock in found]
        return tuple(found)

    def _new(self, oid: str, rows: list[Any], statement: int) -> TakenLock | None:
        """The strongest lock on a relation, where it is stronger than before, or more was done to the relation."""
        row = rows[0]
        mode = strongest([mode_words(one["mode"]) for one in rows])
        rewritten = row["kind"] in ("r", "m") and row["file"] not in ("0", self._files[oid])
        scanned = row["scanned"] - self._scanned.get(oid, 0) if mode not in _READING else 0
        known = self._strongest.get(oid, "")
        self._files[oid], self._scanned[oid], self._strongest[oid] = row["file"], row["scanned"], mode
        if mode == known and not rewritten and not scanned:
            return None
        return TakenLock(row["relation"], mode, statement, rewritten, scanned)

    def ended(self) -> tuple[TakenLock, ...]:
        """All of them, with how long each was held until now."""
        return with_times(self._found)


def with_times(found: list[tuple[TakenLock, float]]) -> tuple[TakenLock, ...]:
    """Each lock with the milliseconds from when it was seen until now."""
    now = monotonic()
    return tuple(
        TakenLock(
            lock.relation, lock.mode, lock.statement, lock.rewritten, lock.scanned, (now - since) * 1000
        )
        for lock, since in found
    )  # fmt: skip
