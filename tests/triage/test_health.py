"""The health of a real server: what is bloated, doubled and under way, who reads and writes, and how it is asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg

from chatly_console.server.database import Database
from chatly_console.triage.health import Finding
from chatly_console.triage.service import read_health
from chatly_console.triage.watching import Watching
from tests.triage.incidents import Incident, let_count

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def findings(alone: Database) -> dict[tuple[str, str], Finding]:
    health = await read_health(alone, "postgres")
    assert not health.missing
    return {(one.kind, one.name): one for one in health.findings}


async def test_a_table_that_is_mostly_empty_and_an_index_twice(alone: Database, admin: Connection) -> None:
    await admin.execute("create table emptied as select n, repeat('x', 300) as t from generate_series(1, 60000) n")
    await admin.execute("create index one_way on emptied (n); create index other_way on emptied (n)")
    await admin.execute("create index partly on emptied (n) where n > 5; create unique index sure on emptied (n)")
    await admin.execute("delete from emptied where n % 5 <> 0")
    await let_count(admin)
    await admin.execute("vacuum (analyze) emptied")
    await let_count(admin)
    found = await findings(alone)
    emptied = found["table", "public.emptied"]
    assert re.match(r"bloated: about 1\d\.\d MB of (20\.0|19\.5) MB", emptied.words) and emptied.level == "warn"
    assert emptied.is_sql and not emptied.is_cause, "untidy, and not the cause of trouble"
    doubled = [name for (kind, name), one in found.items() if kind == "index" and "says the same as" in one.words]
    assert sorted(doubled) == ["public.one_way", "public.other_way"], "the unique one stays, the partial one is another"
    names = dict(emptied.facts)
    assert "is off here, else it would come at" in names["vacuum"] and names["rows"].startswith("12,000 live")


async def test_maintenance_and_copies_are_seen_while_they_run(
    alone: Database, trouble: Incident
) -> None:  # fmt: skip
    observer = trouble.connections["observer"]
    await observer.execute("create table worked as select n, repeat('x', 500) as t from generate_series(1, 20000) n")
    await observer.execute("create table filled (n int)")
    await trouble.session("writer", "begin", "insert into worked values (0, '')")
    await trouble.session("builder")
    build = "create index concurrently slowly on worked (n)"
    trouble.waiting.append(asyncio.create_task(trouble.connections["builder"].execute(build)))
    await trouble.session("loader")
    go_on = asyncio.Event()

    async def lines() -> AsyncIterator[bytes]:
        yield b"1\n" * 20000
        await go_on.wait()

    loading = asyncio.create_task(trouble.connections["loader"].copy_to_table("filled", source=lines()))
    for name, work in (("cleaner", "vacuum worked"), ("counter", "analyze worked")):
        if name == "counter":
            await observer.execute("create table sampled as select * from worked")
            work = "analyze sampled"
        await trouble.session(name, "set vacuum_cost_delay = 100; set vacuum_cost_limit = 1")
        if name == "cleaner":
            await observer.execute("create table cleaned as select * from worked; delete from cleaned")
            work = "vacuum cleaned"
        trouble.waiting.append(asyncio.create_task(trouble.connections[name].execute(work)))
    wanted = {"create index concurrently", "copy from", "vacuum", "analyze"}
    async with asyncio.timeout(20):
        while True:
            running = [one for one in (await read_health(alone, "postgres")).findings if one.kind == "progress"]
            if {one.words.partition(":")[0] for one in running} >= wanted:
                break
            await asyncio.sleep(0.05)
    words = {one.words.partition(":")[0]: (one.name, one.words) for one in running}
    assert words["vacuum"][0] == "cleaned" and words["analyze"][0] == "sampled"
    assert f"now for pid {trouble.pids['writer']}" in words["create index concurrently"][1]
    assert words["copy from"][0] == "filled" and "rows" in words["copy from"][1]
    go_on.set()
    await loading


async def test_who_reads_and_writes_and_what_is_set_are_named(alone: Database) -> None:
    found = await findings(alone)
    whose = found["i/o", "client backend"].words
    assert ("from memory" if alone.facts.version_number >= 160000 else "wrote") in whose
    assert "since the counters began" in found["i/o", "write-ahead log"].words
    assert found["setting", "fsync"].level == "bad" and found["setting", "fsync"].is_cause
    assert found["setting", "max_connections"].words.startswith("20, where 100 is usual")
    assert found["setting", "shared_buffers"].words.startswith("192MB, where 128MB is usual")


async def test_a_role_that_has_all_its_connections_is_named(alone: Database, admin: Connection) -> None:
    await admin.execute("create role narrow login connection limit 1")
    dsn = alone.opening.arguments
    held = await asyncpg.connect(host=dsn["host"], port=dsn["port"], database=dsn["database"], user="narrow")
    try:
        found = await findings(alone)
        assert found["connections", "role narrow"].words == "1 of its 1 connections are taken"
        assert found["connections", "role narrow"].level == "bad"
    finally:
        await held.close()
        await admin.execute("drop role narrow")


async def test_between_two_looks_no_transaction_is_open_and_the_limits_are_the_servers(
    alone: Database, admin: Connection
) -> None:  # fmt: skip
    watching = Watching()
    for _ in range(2):
        await watching.tick(alone, "health")
        rows = await admin.fetch(
            "select state, xact_start, backend_xmin, query from pg_stat_activity where application_name like '% triage'"
        )
        assert [(row["state"], row["xact_start"], row["backend_xmin"]) for row in rows] == [("idle", None, None)]
    limits = await watching.source(alone).records(
        "select current_setting('statement_timeout') as s, current_setting('lock_timeout') as l,"
        " current_setting('default_transaction_read_only') as r", timeout=2.0, lock_timeout=0.2
    )  # fmt: skip
    assert dict(limits[0].items()) == {"s": "2s", "l": "200ms", "r": "on"}
