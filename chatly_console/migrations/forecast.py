"""What files would do to a database that is in use: whom they keep waiting, for how long, and what they throw away.

The seconds are estimates from the sizes of the tables and from figures measured on two slow cores; they tell four
seconds from four hours, not four from five.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from chatly_console.core.classify import LOCK_BLOCKS, Risk, strongest
from chatly_console.core.classify.effects import effects
from chatly_console.core.classify.types import Effect
from chatly_console.core.classify.words import Words
from chatly_console.core.durations import duration_words
from chatly_console.migrations.events import Task
from chatly_console.migrations.files import MigrationStatement, Script

SCAN_BYTES, SCAN_ROWS = 400e6, 8e6
"""A second's work of reading: bytes, and rows whose condition is checked."""
WRITE_BYTES, WRITE_ROWS = 80e6, 700e3
INDEX_BYTES, INDEX_ROWS = 60e6, 900e3
_NAME = re.compile(r'(?:[\w$]+|"[^"]+")(?:\.(?:[\w$]+|"[^"]+"))?')
_METHOD_COSTS = {"btree": 1.0, "hash": 1.5, "brin": 0.3, "gin": 6.0, "gist": 5.0, "spgist": 4.0, "ivfflat": 10.0,
                 "hnsw": 400.0}  # fmt: skip
_CONCURRENTLY = 2.5
INSTANT = 0.5
"""Seconds up to which a lock is called an instant."""


class Level(IntEnum):
    """How much care a file wants."""

    SAFE = 0
    """Nobody waits for longer than an instant, and nothing is thrown away."""
    CAREFUL = 1
    """Somebody waits while work is done."""
    DESTRUCTIVE = 2
    """Objects or values are thrown away."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table as it is now: estimated rows, bytes of the table and of its indexes, types by column."""

    kind: str = "r"
    rows: float = 0.0
    bytes: float = 0.0
    index_bytes: float = 0.0
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementForecast:
    """One statement: its effects on relations that are there already, and about how many seconds it takes."""

    number: int
    statement: MigrationStatement
    effects: tuple[Effect, ...]
    seconds: float
    rows: float = 0.0
    """Rows that it reads or writes, as far as sizes are known."""

    @property
    def lock(self) -> str:
        """The strongest lock on a relation that others can see."""
        return strongest([effect.lock for effect in self.effects])

    @property
    def blocks(self) -> str:
        """Whom it keeps waiting: `readers and writers`, `writers`, or nobody who matters."""
        words = LOCK_BLOCKS.get(self.lock, "")
        return words if words in ("readers and writers", "writers") else "nobody"

    @property
    def work(self) -> str:
        """What it does while it holds the lock, in a few words; empty where nothing takes time."""
        for effect in self.effects:
            if effect.rewrites:
                return f"rewrites {effect.relation}"
            if effect.builds_index:
                return f"builds an index on {effect.relation}"
        for effect in self.effects:
            if effect.scans:
                return f"reads all of {effect.relation}"
            if effect.rewrites is None:
                return f"may rewrite {effect.relation}"
            if effect.scans is None and effect.lock == "ACCESS EXCLUSIVE":
                return f"may read all of {effect.relation}"
        return ""


@dataclass(frozen=True, slots=True)
class FileForecast:
    """What one file would do."""

    task: Task
    statements: tuple[StatementForecast, ...]

    @property
    def level(self) -> Level:
        """How much care it wants."""
        risk = max((one.statement.kind.risk for one in self.statements if not _is_new(one)), default=Risk.SAFE)
        if risk >= Risk.DESTRUCTIVE:
            return Level.DESTRUCTIVE
        if self.blocked_seconds > INSTANT or risk >= Risk.DANGEROUS or self.unknown_after_lock:
            return Level.CAREFUL
        slow = any(one.work and one.blocks != "nobody" and one.effects[0].rewrites for one in self.statements)
        return Level.CAREFUL if slow and self.rows else Level.SAFE

    @property
    def rows(self) -> float:
        """The most rows that one of its statements reads or writes."""
        return max((one.rows for one in self.statements), default=0.0)

    @property
    def seconds(self) -> float:
        """About how long it takes in all."""
        return sum(one.seconds for one in self.statements)

    @property
    def unknown_after_lock(self) -> int:
        """The line of a statement that runs while others wait, for a time that only its rows or its code know; or 0."""
        if not self.task.script.in_transaction:
            return 0
        held = False
        for one in self.statements:
            verb = one.statement.kind.verb
            if held and (verb in ("DO", "CALL") or (one.statement.kind.lock == "ROW EXCLUSIVE" and one.effects)):
                return one.statement.line
            held = held or one.blocks != "nobody"
        return 0

    @property
    def blocked_seconds(self) -> float:
        """About how long somebody waits: in one transaction from the first strong lock to the end."""
        blocking = [place for place, one in enumerate(self.statements) if one.blocks != "nobody"]
        if not blocking:
            return 0.0
        if self.task.script.in_transaction:
            return sum(one.seconds for one in self.statements[blocking[0] :])
        return sum(self.statements[place].seconds for place in blocking)

    @property
    def blocks(self) -> str:
        """Whom it keeps waiting at its worst."""
        found = {one.blocks for one in self.statements}
        return next((words for words in ("readers and writers", "writers") if words in found), "nobody")

    @property
    def words(self) -> str:
        """What it does, in a few words for a line."""
        return file_words(self)


def forecast(tasks: Sequence[Task], tables: Mapping[str, TableFacts]) -> list[FileForecast]:
    """What these files would do, one after the other, on a database with these tables.

    Of a relation that is not there, or that the file makes itself, nobody else is a user yet: what is done to it
    keeps nobody waiting.
    """
    types = {name: facts.types for name, facts in tables.items()}
    found = []
    for task in tasks:
        statements = []
        made: set[str] = set()
        for place, statement in enumerate(task.script.statements):
            seen = tuple(
                one for one in effects(statement.sql, types) if not one.relation or one.relation in tables.keys() - made
            )
            rows = max((tables[one.relation].rows for one in seen if one.relation in tables and _works(one)), default=0)
            seconds = _seconds(statement, seen, tables)
            statements.append(StatementForecast(place + 1, statement, seen, seconds, rows))
            if statement.kind.verb == "CREATE TABLE":
                made |= {relation.name for relation in statement.kind.relations[:1]}
        found.append(FileForecast(task, tuple(statements)))
    return found


def names_in(scripts: Sequence[Script]) -> set[str]:
    """The relations that the statements of these scripts are about: what `forecast` wants to know the sizes of."""
    return {
        effect.relation
        for script in scripts
        for statement in script.statements
        for effect in effects(statement.sql)
        if _NAME.fullmatch(effect.relation)
    }


def _is_new(one: StatementForecast) -> bool:
    """Whether a statement that throws something away is only about what the files made themselves."""
    kind = one.statement.kind
    about_tables = bool(kind.relations) and kind.verb in ("DROP TABLE", "TRUNCATE", "ALTER TABLE")
    return about_tables and not one.effects


def _works(effect: Effect) -> bool:
    return bool(effect.rewrites or effect.scans or effect.builds_index or effect.rewrites is None)


def _seconds(statement: MigrationStatement, seen: Sequence[Effect], tables: Mapping[str, TableFacts]) -> float:
    total = 0.005
    for effect in seen:
        facts = tables.get(effect.relation)
        if facts is None:
            continue
        read = facts.bytes / SCAN_BYTES + facts.rows / SCAN_ROWS
        if effect.rewrites or effect.rewrites is None:
            total += read + facts.bytes / WRITE_BYTES + facts.rows / WRITE_ROWS + facts.index_bytes / INDEX_BYTES
        elif effect.builds_index:
            total += _index_seconds(statement, facts)
        elif effect.scans:
            total += read
    return total


def _index_seconds(statement: MigrationStatement, facts: TableFacts) -> float:
    words = Words(statement.sql).top
    method = words[words.index("using") + 1] if "using" in words[:-1] else "btree"
    if statement.kind.verb.startswith("REINDEX"):
        return facts.bytes / SCAN_BYTES + facts.index_bytes / INDEX_BYTES
    once = facts.bytes / SCAN_BYTES + facts.rows / INDEX_ROWS * _METHOD_COSTS.get(method, 3.0)
    return once * (_CONCURRENTLY if "concurrently" in words else 1.0)


def file_words(found: FileForecast) -> str:
    """`rewrites messages (200,000 rows), about 4 s, blocks readers and writers`."""
    lost = next(
        (one for one in found.statements if one.statement.kind.risk >= Risk.DESTRUCTIVE and not _is_new(one)), None
    )
    worst = max(found.statements, key=lambda one: (one.blocks != "nobody", one.seconds), default=None)
    parts = []
    if lost is not None:
        parts.append(lost.statement.kind.sentence)
    if worst is not None and worst.work and (worst.rows or not parts):
        parts.append(worst.work + (f" ({worst.rows:,.0f} rows)" if worst.rows else ""))
    blocks, seconds = found.blocks, found.blocked_seconds
    if blocks == "nobody":
        parts.append("blocks nobody")
        seconds = found.seconds
    elif found.unknown_after_lock:
        parts.append(f"blocks {blocks} until line {found.unknown_after_lock} is done")
    elif seconds <= INSTANT:
        parts.append(f"blocks {blocks} for an instant")
    else:
        parts.append(f"blocks {blocks}")
    if seconds > 0.05:
        parts.append(f"about {about_words(seconds)}")
    if blocks == "nobody" and not found.task.script.in_transaction:
        parts.append("outside a transaction")
    return ", ".join(parts)


def about_words(seconds: float) -> str:
    """A duration to one digit: an estimate does not know more."""
    if seconds < 1:
        return f"{max(seconds, 0.1):.1f} s"
    scale = 10 ** (len(str(int(seconds))) - 1)
    whole = round(seconds / scale) * scale
    return f"{whole} s" if whole < 60 else duration_words(whole)


def outlook(found: Sequence[FileForecast]) -> str:
    """What will happen next: `3 pending: 2 safe, 1 rewrites messages (200,000 rows), about 4 s, blocks writers`."""
    if not found:
        return "Nothing is pending."
    safe = [one for one in found if one.level is Level.SAFE]
    words = [f"{len(safe)} safe"] if safe else []
    rest = [one for one in found if one.level is not Level.SAFE]
    words += [f"1 {one.words}" if len(rest) < 3 else one.words for one in rest[:2]]
    if len(rest) > 2:
        words.append(f"{len(rest) - 2} more that want care")
    return f"{len(found)} pending: {'; '.join(words)}"
