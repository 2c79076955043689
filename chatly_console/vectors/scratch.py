"""A copy of a table's vectors to try indexes on, in a transaction that is never kept: nothing is left behind, ever."""

import secrets
from dataclasses import dataclass, replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from chatly_console.server.series import Series, Timed
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.build_watch import Tell, watched
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.service import CUSTOM_PLAN, PACKAGE, Settings
from chatly_console.vectors.statements import key_sql, value_sql, where_sql

MOST_ROWS = 50_000
"""Rows that are copied at most: enough for the shape of a curve, few enough to build graphs while one waits."""

_KEY = "chatly_key"
_LIMIT = 600.0
_STILL: Settings = (*CUSTOM_PLAN, ("jit", "off"), ("max_parallel_workers_per_gather", "0"))


@dataclass(frozen=True, slots=True)
class Scratch:
    """The copy as a column to search; `whole` says that it has all rows, `pid` is the backend that works."""

    column: VectorColumn
    rows: int
    whole: bool
    pid: str


def scratch_series(database: Database) -> Series:
    """The transaction for a copy: it may write, and all of it is undone at its end."""
    if database.facts.standby:
        raise Failure(
            "This server is a standby: nothing can be built on it.",
            FailureKind.REFUSED,
            hint="Connect to the primary, or to a copy of it.",
        )
    return database.series(
        Request("", (), LOGIN, Mode.ROLLED_BACK, statement_timeout=_LIMIT, lock_timeout=2.0, settings=_STILL)
    )


async def copy_rows(series: Series, column: VectorColumn, *, most: int = MOST_ROWS) -> Scratch:
    """Copy the vectors that the filter lets pass, with their keys and tenants; at most `most`, by chance."""
    may_create = (await series.run(load_sql(PACKAGE, "may_create"), column.schema)).rows[0][0] == "t"
    name = f"chatly_scratch_{secrets.token_hex(4)}"
    # An unlogged table is read through the shared buffers, as the real one is; a temporary one would be slower.
    target = f"{quote_identifier(column.schema)}.{name}" if may_create else name
    kind = "unlogged" if may_create else "temporary"
    await series.run(f"create {kind} table {target} as {_rows_sql(column, most)}")
    await series.run(f"analyze {target}")
    rows, schema = (await series.run(load_sql(PACKAGE, "scratch_table"), target)).rows[0]
    pid = (await series.run("select pg_catalog.pg_backend_pid()::text")).rows[0][0] or ""
    copied = int(rows or 0)
    copy = replace(
        column, schema=schema or "", table=name, rows=copied, row_security=False, key=(_KEY,), snippet=None,
        model_column=None, indexes=(), form="plain", others=(), labels=(), full_text=None, filter="",
    )  # fmt: skip
    return Scratch(copy, copied, copied < most and not _sampled(column, most), pid)


def _sampled(column: VectorColumn, most: int) -> bool:
    """Whether only some pages are read: of a small table that would be a matter of luck, so all of it is."""
    return column.rows > max(4 * most, 200_000) and not column.filter


def _rows_sql(column: VectorColumn, most: int) -> str:
    tenant = f", t.{quote_identifier(column.tenant)}" if column.tenant else ""
    pages = f" tablesample system ({150 * most / column.rows:.4f})" if _sampled(column, most) else ""
    there = where_sql(column, f"{value_sql(column)} is not null")
    order = " order by pg_catalog.random()" if column.rows > most else ""
    return (
        f"select {key_sql(column)} as {_KEY}{tenant}, {value_sql(column)} from {column.relation} t{pages}{there}"
        f"{order} limit {most}"
    )


async def build(database: Database, series: Series, scratch: Scratch, sql: str, tell: Tell) -> Timed:
    """Run a CREATE INDEX on the copy and tell its phases; one that fails is undone, and the copy stays."""
    await series.run("savepoint chatly_build")
    try:
        async with watched(database, scratch.pid, tell):
            timed = await series.run(sql)
    except Failure as failure:
        if failure.sqlstate:
            await series.run("rollback to savepoint chatly_build")
        raise
    return timed
