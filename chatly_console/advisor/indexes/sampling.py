"""SAMPLED: the planner's cost on a temporary copy of some rows, for the methods that hypopg cannot pretend.

The copy takes the table's name in front of it, so only a statement that names the table itself can be planned on it. A
copy has no policies: it tells what the login would see. No lock is taken but that of a reader; all is rolled back.
"""

from dataclasses import dataclass
from typing import Any

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.pretending import read_plan
from chatly_console.advisor.indexes.tried import Looked
from chatly_console.core.quote import quote_identifier
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.explain.plan import Plan
from chatly_console.explain.running import PlanOptions, explain_statement
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal
from chatly_console.server.sql_files import load_sql

MOST_ROWS = 50_000
_MOST_VECTORS = 10_000
"""A graph of more would take longer to build than a person waits."""
_MOST_MB = 64.0
_SECONDS = 15.0
_LEAST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a copy of a part of the rows has shown, scaled up to the whole table."""

    ratio: float
    """The cost with the index in the parts of that without."""
    megabytes: float
    is_used: bool
    share: float
    """The part of the rows that was copied."""


async def sample(database: Database, looked: Looked, candidate: Candidate) -> Sampled | None:
    """Try one index on a copy; None where the statement cannot be planned on one. Raises `Failure`."""
    table = candidate.table
    sql = on_the_copy(looked.run.sql, table.schema, table.name)
    explain = explain_statement(sql, PlanOptions(), database.facts.version_number)
    most = _MOST_VECTORS if candidate.method in ("hnsw", "ivfflat") else MOST_ROWS
    share = min(1.0, most / max(table.rows, 1.0), _MOST_MB / max(table.megabytes, 0.1))
    if table.rows * share < _LEAST_ROWS:
        return None
    name = f"pg_temp.{quote_identifier(table.name)}"
    part = f" tablesample system ({share * 100:.4f})" if share < 1 else ""
    async with database.rehearse(timeout=_SECONDS) as rehearsal:
        await rehearsal.prepare(
            f"create temp table {quote_identifier(table.name)} as select * from {table.qualified}{part}"
        )
        await rehearsal.prepare(f"analyze {name}")
        before = await _plan(rehearsal, explain)
        if not any(node.relation == table.name and node.text("Schema").startswith("pg_temp") for node in before.nodes):
            return None
        await rehearsal.prepare(candidate.sql_on(name))
        if candidate.has_expression:
            await rehearsal.prepare(f"analyze {name}")
        after = await _plan(rehearsal, explain)
        rows: Any = await rehearsal.records(
            load_sql("chatly_console.advisor", "index_state"), f"pg_temp.{quote_identifier(candidate.name)}"
        )
    cost = before.root.number("Total Cost")
    used = any(node.index == candidate.name for node in after.nodes)
    ratio = after.root.number("Total Cost") / cost if cost else 1.0
    return Sampled(ratio, float(rows[0]["megabytes"]) / share, used, share)


def on_the_copy(sql: str, schema: str, name: str) -> str:
    """The statement with the table's schema taken away wherever it stands before the table's name."""
    words = [token for token in tokens(sql) if token.kind is not TokenKind.COMMENT]
    pieces, at = [], 0
    for first, dot, second in zip(words, words[1:], words[2:], strict=False):
        texts = [_named(sql[token.start : token.end]) for token in (first, dot, second)]
        if texts == [schema, ".", name]:
            pieces.append(sql[at : first.start])
            at = second.start
    return "".join([*pieces, sql[at:]])


def _named(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()


async def _plan(rehearsal: Rehearsal, explain: str) -> Plan:
    rows: Any = await rehearsal.records(explain)
    return read_plan(next(iter(rows[0].values())))
