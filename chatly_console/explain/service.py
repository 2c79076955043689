"""Asks the server for plans: every one through the executor, as the identity that it is meant for."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import median_low

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Mode, Request
from chatly_console.core.text import cut
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.functions import called_functions
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Plan
from chatly_console.explain.running import PlanOptions, explain_statement, parameters_of
from chatly_console.explain.tables import TableFacts, UnsafeFunction
from chatly_console.explain.wording import milliseconds
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from chatly_console.server.transaction import Transaction

LOCK_LIMIT = 2.0
REPEAT_BELOW = 2.0
"""Seconds: a statement that took longer is not run again for a median."""

_BESIDE = "Without values it is planned beside the open transaction and blind to it; F9 asks for them and runs inside."

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A plan and how it came about."""

    sql: str
    plan: Plan
    options: PlanOptions
    as_whom: str = ""
    """The identity in words, with its strength; empty for the login itself."""
    mode: Mode = Mode.READ_ONLY
    times_ms: tuple[float, ...] = ()
    """The execution times of all runs after the first, whose median is shown."""
    database: str = ""
    server_version: str = ""
    at: datetime | None = None
    arguments: tuple[str | None, ...] = ()
    in_transaction: bool = False
    """Whether it was asked for inside a transaction that the user held open, whose changes it then saw."""


def facts_of(run: PlanRun | None) -> dict[str, str]:
    """How the plan came about, for the report."""
    if run is None:
        return {}
    times = ", ".join(milliseconds(time) for time in run.times_ms)
    return {
        "statement run": f"{run.mode.value}" if run.options.analyze else "no, estimates only",
        "runs after a warm-up": f"{len(run.times_ms)}: {times}" if len(run.times_ms) > 1 else "",
        "values": values_words(run.arguments),
        "transaction": "inside the one that was open" if run.in_transaction else "",
        "as": run.as_whom or "the login itself",
        "database": run.database,
        "server": run.server_version,
        "when": f"{run.at or datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def values_words(arguments: Sequence[str | None], longest: int = 40) -> str:
    """`$1 = '7 days', $2 = null`; empty without any. A value of more than `longest` characters is cut."""
    return ", ".join(f"${number} = {_value_words(value, longest)}" for number, value in enumerate(arguments, 1))


def _value_words(value: str | None, longest: int) -> str:
    return "null" if value is None else f"'{cut(value, longest)}'"


async def run_plan(
    database: Database,
    sql: str,
    options: PlanOptions,
    *,
    identity: Identity = LOGIN,
    mode: Mode = Mode.READ_ONLY,
    arguments: tuple[str | None, ...] = (),
    time_limit: float | None = None,
    settings: tuple[tuple[str, str], ...] = (),
    transaction: Transaction | None = None,
    progress: Progress = lambda words: None,
) -> PlanRun:
    """The plan of one statement; analysed, the median of several runs where it is quick and only reads.

    `time_limit` in seconds for each run holds over that of the options. In `transaction`, a transaction that is open,
    it sees what was changed there, and what it changes itself is undone at once.
    """
    if time_limit is not None:
        options = replace(options, limit=time_limit)
    version = database.facts.version_number
    parameters = parameters_of(sql)
    progress("Running the statement for its times" if options.analyze else "Planning")
    if parameters and not arguments:
        if options.analyze:
            raise Failure(f"It needs values for its parameters, up to ${parameters}.", FailureKind.USAGE)
        options = replace(options, generic=True)
    if options.generic and not options.analyze:
        return await _generic_plan(database, sql, options, identity, parameters, transaction)
    request = Request(
        explain_statement(sql, options, version), arguments, identity, mode, options.limit, LOCK_LIMIT,
        (*settings, *options.local),
    )  # fmt: skip
    began = time.monotonic()
    opens = transaction or database
    plan, strength = await _ask(opens, request)
    plans, first = [plan], time.monotonic() - began
    if options.analyze and options.runs > 1 and first < REPEAT_BELOW and mode is Mode.READ_ONLY:
        plans = []
        for number in range(options.runs):
            progress(f"Running the statement for its times: {number + 1} of {options.runs}")
            plans.append((await _ask(opens, request))[0])
    times = tuple(plan.execution_ms or 0.0 for plan in plans)
    chosen = plans[times.index(median_low(times))]
    return PlanRun(
        sql, chosen, options, _as_whom(identity, strength), mode, times if options.analyze else (),
        database.facts.database, database.facts.version, datetime.now(UTC), () if options.generic else arguments,
        transaction is not None,
    )  # fmt: skip


async def _ask(opens: Database | Transaction, request: Request) -> tuple[Plan, str]:
    async with opens.open(request) as result:
        rows = await result.fetch()
        if isinstance(opens, Database):
            await result.finish()
        strength = result.strength
    text = "\n".join(row[0] or "" for row in rows)
    return read_plans(text)[0], strength


async def _generic_plan(
    database: Database, sql: str, options: PlanOptions, identity: Identity, parameters: int,
    transaction: Transaction | None,
) -> PlanRun:  # fmt: skip
    """The plan for unknown values, by a prepared statement.

    EXPLAIN (GENERIC_PLAN) will not do: a driver has to send values for its parameters, and the server plans with
    those. This way also works before version 16.
    """
    settings = (("plan_cache_mode", "force_generic_plan"), *options.local)
    name = f"chatly_generic_plan_{time.monotonic_ns()}"
    call = f"execute {name}({', '.join(['null'] * parameters)})" if parameters else f"execute {name}"
    plain = explain_statement(call, replace(options, generic=False), database.facts.version_number)
    request = Request(plain, (), identity, Mode.READ_ONLY, options.limit, LOCK_LIMIT, settings)
    if transaction is not None:
        await transaction.prepare(name, sql, limit=options.limit)
        plan, strength = await _ask(transaction, request)
    else:
        async with database.series(replace(request, sql="")) as series:
            await series.prepare(name, sql)
            timed = await series.run(plain)
        plan = read_plans("\n".join(row[0] or "" for row in timed.rows))[0]
        strength = await database.strength(identity) if not identity.is_login else ""
    return PlanRun(
        sql, plan, options, _as_whom(identity, strength), Mode.READ_ONLY, (), database.facts.database,
        database.facts.version, datetime.now(UTC), in_transaction=transaction is not None,
    )  # fmt: skip


def _as_whom(identity: Identity, strength: str) -> str:
    words = identity.describe()
    return f"{words} ({strength})" if words and strength else words


async def read_table_facts(database: Database, plan: Plan) -> dict[tuple[str, str], TableFacts]:
    """What the server's statistics say of the tables in a plan; of those that it does not know, nothing."""
    names = sorted({node.relation for node in plan.nodes if node.relation})
    if not names:
        return {}
    rows = await database.records(load_sql("chatly_console.explain", "table_facts"), "\n".join(names))
    return {
        (str(row["schema"]), str(row["name"])): TableFacts(
            _number(row["rows"]),
            _number(row["changed"]),
            None if row["analysed_days"] is None else _number(row["analysed_days"]),
            _number(row["megabytes"]),
        )
        for row in rows
    }


async def read_unsafe_functions(database: Database, plan: Plan) -> tuple[UnsafeFunction, ...]:
    """The functions that the plan calls and that keep it from being parallel."""
    called = called_functions(plan)
    if not called:
        return ()
    lines = "\n".join(f"{schema}\t{name}" for schema, name in called)
    rows = await database.records(load_sql("chatly_console.explain", "unsafe_functions"), lines)
    return tuple(UnsafeFunction(str(row["name"]), bool(row["is_builtin"])) for row in rows)


async def analyse_with_facts(database: Database, plan: Plan) -> Analysis:
    """The analysis of a plan of this database, with what its catalogue says of tables and functions."""
    tables, unsafe = await read_table_facts(database, plan), await read_unsafe_functions(database, plan)
    return await asyncio.to_thread(analyse, plan, tables, unsafe)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
