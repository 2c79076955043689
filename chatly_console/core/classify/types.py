"""What is known of a statement before it runs: the types."""

from dataclasses import dataclass
from enum import IntEnum


class Risk(IntEnum):
    """How much can go wrong; ordered, so that the worst of several is their maximum."""

    SAFE = 0
    WRITES = 1
    """It changes something, as most work does."""
    DANGEROUS = 2
    """It changes every row of a table, or reaches outside the database."""
    DESTRUCTIVE = 3
    """It throws away objects or all rows."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or other relation that the statement names, as it was written."""

    name: str
    written: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """What one statement does, by its tokens.

    For asking first, not for guarding: a called function may do anything, so only the server's READ ONLY
    transaction guards. `verb` is in capitals (`SELECT`, `CREATE INDEX CONCURRENTLY`); `sentence` is for a
    confirm dialog.
    """

    verb: str
    reads_only: bool = False
    """The server will not refuse its verb in a READ ONLY transaction, and nothing outside changes."""
    writes: bool = False
    transaction_control: bool = False
    needs_no_transaction: bool = False
    """The server refuses it inside a transaction block (25001)."""
    returns_rows: bool = False
    risk: Risk = Risk.SAFE
    relations: tuple[Relation, ...] = ()
    lock: str = ""
    """The strongest lock mode on a table that others use, or empty."""
    sentence: str = ""
    is_known: bool = True
    """Whether its verb is one of PostgreSQL's; a misspelt one is left to the server, in a READ ONLY transaction."""

    @property
    def blocks(self) -> str:
        """Whom the lock keeps waiting, in words."""
        return LOCK_BLOCKS.get(self.lock, "")


LOCK_BLOCKS = {
    "ACCESS SHARE": "nobody but who alters or drops the table",
    "ROW SHARE": "writers of the same rows",
    "ROW EXCLUSIVE": "writers of the same rows, index builds and who alters the table",
    "SHARE UPDATE EXCLUSIVE": "other schema changes and vacuum, not readers or writers",
    "SHARE": "writers",
    "SHARE ROW EXCLUSIVE": "writers",
    "EXCLUSIVE": "writers",
    "ACCESS EXCLUSIVE": "readers and writers",
}
"""Lock modes from the weakest to the strongest, and whom each blocks."""

_STRENGTH = {mode: strength for strength, mode in enumerate(LOCK_BLOCKS)}


def strongest(modes: list[str]) -> str:
    """The strongest of these lock modes, empty where there is none."""
    return max((mode for mode in modes if mode), key=_STRENGTH.__getitem__, default="")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a statement does to one relation that others may be using: the lock, and the work under that lock.

    `rewrites` and `scans` are None where that depends on what the words do not say (a column's present type, a
    CHECK that proves what is asked). An index that is built reads the whole table too.
    """

    relation: str
    """As written; empty where only the server knows it (the table of an index that is dropped)."""
    lock: str
    rewrites: bool | None = False
    scans: bool | None = False
    builds_index: bool = False
    note: str = ""
