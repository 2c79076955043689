"""Measures two variants of a query in turn, warm, in transactions that are rolled back."""

import json
import statistics
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

Connection = asyncpg.Connection
ROUNDS = 7


@dataclass(frozen=True)
class Variant:
    """One way to answer: what is prepared in the transaction (by the superuser), and the query."""

    words: str
    sql: str
    prepare: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """Two variants that give the same rows, asked by the same reader: a user's e-mail address, or a role."""

    name: str
    why: str
    reader: str
    before: Variant
    after: Variant


@dataclass(frozen=True)
class Found:
    """What one variant took: medians over the rounds, and the plan of the last."""

    ms: float
    spread: tuple[float, float]
    blocks: int
    expected: int
    rows: int
    plan: str


@asynccontextmanager
async def rolled_back(connection: "Connection[asyncpg.Record]") -> AsyncIterator[None]:
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def become(connection: "Connection[asyncpg.Record]", reader: str) -> None:
    """Read as the API would for this reader, until the transaction ends."""
    if "@" not in reader:
        await connection.execute(f"set local role {reader}")
        return
    user = await connection.fetchval("select id::text from auth.users where email = $1", reader)
    claims = json.dumps({"role": "authenticated", "sub": user})
    await connection.execute("select set_config('request.jwt.claims', $1, true)", claims)
    await connection.execute("set local role authenticated; set local statement_timeout = 0")


async def explained(connection: "Connection[asyncpg.Record]", sql: str) -> dict[str, Any]:
    text = await connection.fetchval(f"explain (analyze, buffers, timing off, summary on, format json) {sql}")
    plan: dict[str, Any] = json.loads(text)[0]
    return plan


async def compare(
    connection: "Connection[asyncpg.Record]", experiment: Experiment, rounds: int = ROUNDS
) -> tuple[Found, Found]:
    """Before and after, each run `rounds` times in turn; the first run of each warms up and is thrown away."""
    runs: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for _ in range(rounds + 1):
        for variant, kept in zip((experiment.before, experiment.after), runs, strict=True):
            async with rolled_back(connection):
                for statement in variant.prepare:
                    await connection.execute(statement)
                await become(connection, experiment.reader)
                kept.append(await explained(connection, variant.sql))
    return found(runs[0][1:]), found(runs[1][1:])


def found(runs: list[dict[str, Any]]) -> Found:
    times = sorted(run["Execution Time"] for run in runs)
    root = runs[-1]["Plan"]
    blocks = [run["Plan"]["Shared Hit Blocks"] + run["Plan"]["Shared Read Blocks"] for run in runs]
    return Found(
        statistics.median(times),
        (times[0], times[-1]),
        int(statistics.median(blocks)),
        int(root["Plan Rows"]),
        round(root["Actual Rows"] * root["Actual Loops"]),
        " ← ".join(labels(root)),
    )


def labels(node: dict[str, Any]) -> Iterator[str]:
    """The nodes from the top down, without those that only pass rows on."""
    name = node["Node Type"]
    on = node.get("Index Name") or node.get("Relation Name") or node.get("Function Name")
    if name not in ("Limit", "Result", "Subquery Scan"):
        yield f"{name} `{on}`" if on else name
    for child in node.get("Plans", []):
        if child.get("Parent Relationship") not in ("InitPlan", "SubPlan"):
            yield from labels(child)
