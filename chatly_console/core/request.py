"""What the executor is told: what to run, as whom, in which mode, and how much."""

from dataclasses import dataclass
from enum import Enum

from chatly_console.core.identity import LOGIN, Identity


class Mode(Enum):
    """What becomes of a statement's changes."""

    READ_ONLY = "read-only"
    """In a READ ONLY transaction: the server refuses every write."""
    ROLLED_BACK = "rolled back"
    """It may write, and everything is undone at the end."""
    COMMITTED = "committed"
    """It may write, and the change is kept if the statement succeeds."""
    OUTSIDE = "outside a transaction"
    """For what no transaction takes (VACUUM, CREATE DATABASE, CREATE INDEX CONCURRENTLY)."""


PAGE_ROWS = 500
"""Rows fetched at first: enough for any screen, little enough to arrive at once."""


@dataclass(frozen=True, slots=True)
class Request:
    """One statement for the executor.

    `arguments` are the values of `$1 ...` as text (None for NULL), for every type. Timeouts are in seconds; None is
    no limit of ours. `lock_timeout` bounds the wait for each lock. `settings` are names and values that hold for this
    statement's transaction only (SET LOCAL), such as `ivfflat.probes`; none that says who is asking.
    """

    sql: str
    arguments: tuple[str | None, ...] = ()
    identity: Identity = LOGIN
    mode: Mode = Mode.READ_ONLY
    statement_timeout: float | None = None
    lock_timeout: float | None = None
    settings: tuple[tuple[str, str], ...] = ()
