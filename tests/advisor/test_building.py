"""An index that is built for good: its progress, and that nothing is left after a cancel, an error or a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.advisor.indexes.building import Building, build_index, is_left, may_build, remove_remains
from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.report import details
from chatly_console.advisor.indexes.service import Permission, advise_index
from chatly_console.advisor.indexes.table_info import TableInfo
from chatly_console.advisor.indexes.tried import Tier
from chatly_console.advisor.service import advise
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.database import Database
from tests.advisor.conftest import nothing_is_left
from tests.server.conftest import opening_of

TABLE = TableInfo("public", "sold", 30000, 160)
BY_A = Candidate(TABLE, ("a",), "planted")
_MADE = """
create table sold (id int primary key, a int, n int);
insert into sold select i, i, 0 from generate_series(1, 30000) i
"""
_KILLED = """
import asyncio, sys
from chatly_console.advisor.indexes.building import build_index
from tests.advisor.test_building import BY_A
from chatly_console.server.database import Database
from tests.server.conftest import opening_of
async def main():
    await build_index(await Database.connect(opening_of(sys.argv[1])), BY_A)
asyncio.run(main())
"""


_MEASURING = """
import asyncio, sys
from chatly_console.advisor.indexes.service import Permission, advise_index
from chatly_console.server.database import Database
from tests.server.conftest import opening_of
async def main():
    database = await Database.connect(opening_of(sys.argv[1]))
    progress = lambda words: print(words, flush=True)
    sql = "select * from orders where customer = 17 and note like 'order c4%'"
    await advise_index(database, sql, permission=Permission(copies=True, builds=True), progress=progress)
asyncio.run(main())
"""


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(_MADE)
    await connection.close()
    yield database
    await database.close()


@pytest.fixture
async def writer(database: Database, database_dsn: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Somebody who has written to the table and has not committed: a build waits for him."""
    connection = await asyncpg.connect(database_dsn)
    await connection.execute("begin; insert into sold values (99999, 1, 1)")
    yield connection
    await connection.close()


async def index_of(database: Database) -> str:
    rows = await database.records("select indisvalid from pg_index where indexrelid = to_regclass('sold_a_idx')")
    return "none" if not rows else "valid" if rows[0]["indisvalid"] else "invalid"


async def sessions(database: Database) -> int:
    rows = await database.records(
        "select count(*) as n from pg_stat_activity where application_name = 'chatly-console: index build'"
        " and datname = current_database()"
    )
    return int(str(rows[0]["n"]))


async def test_it_tells_whom_it_waits_for_and_comes_to_its_end(
    database: Database, writer: asyncpg.Connection[asyncpg.Record]
) -> None:
    seen: asyncio.Queue[Building] = asyncio.Queue()
    building = asyncio.create_task(build_index(database, BY_A, seen.put_nowait))
    async with asyncio.timeout(20):
        while str(writer.get_server_pid()) not in (at := await seen.get()).waits_for:
            pass
    assert at.phase == "waiting for writers before build" and at.words.startswith(at.phase)
    await writer.execute("commit")
    built = await building
    assert built.seconds > 0 and built.megabytes > 0
    assert (await index_of(database), await sessions(database)) == ("valid", 0)
    with pytest.raises(Failure, match=r"There is an index public\.sold_a_idx already"):
        await may_build(database, BY_A)


async def test_a_cancel_leaves_nothing_even_where_a_writer_holds_the_table(
    database: Database, writer: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.advisor.indexes.building.CLEAN_LIMIT", 0.5)
    seen: asyncio.Queue[Building] = asyncio.Queue()
    building = asyncio.create_task(build_index(database, BY_A, seen.put_nowait))
    await seen.get()
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
    assert await sessions(database) == 0
    assert await is_left(database, BY_A), "the writer's lock keeps it from being dropped"
    removing = asyncio.create_task(remove_remains(database, BY_A))
    await writer.execute("commit")
    await removing
    assert (await index_of(database), await sessions(database)) == ("none", 0)


async def test_an_error_leaves_nothing(database: Database) -> None:
    with pytest.raises(Failure, match="Division by zero"):
        await build_index(database, Candidate(TABLE, ("(a / n)",), "planted"))
    rows = await database.records("select count(*) as n from pg_index where indrelid = 'sold'::regclass")
    assert rows[0]["n"] == 1, "the primary key alone"
    assert await sessions(database) == 0


async def test_after_a_kill_no_lock_stays_and_the_half_built_index_is_named_and_then_replaced(
    database: Database, database_dsn: str, writer: asyncpg.Connection[asyncpg.Record]
) -> None:
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", _KILLED, database_dsn)
    async with asyncio.timeout(30):
        while await index_of(database) != "invalid":
            await asyncio.sleep(0.05)
        os.kill(killed.pid, signal.SIGKILL)
        await killed.wait()
        while await sessions(database):
            await asyncio.sleep(0.05)
    await writer.execute("commit")
    advice = await advise(database, ["invalid_index"])
    assert [finding.object for finding in advice.findings] == ["public.sold_a_idx"]
    assert "dropped first" in await may_build(database, BY_A)
    await build_index(database, BY_A)
    assert await index_of(database) == "valid"


async def test_an_invalid_index_of_the_same_definition_is_mended_not_built_again(
    database: Database, database_dsn: str, writer: asyncpg.Connection[asyncpg.Record]
) -> None:
    admin = await asyncpg.connect(database_dsn)
    with pytest.raises(asyncpg.QueryCanceledError):
        await admin.execute("set statement_timeout to '1s'")
        await admin.execute("create index concurrently broken on sold (a)")
    await writer.execute("commit")
    await admin.execute("reset statement_timeout; analyze sold")
    advice = await advise_index(
        database, "select * from sold where a = 7", permission=Permission(copies=True, builds=True)
    )
    one = next(one for one in advice.tried if one.candidate.keys == ("a",) and not one.candidate.include)
    assert one.tier is Tier.MEASURED and one.is_used, "tried beside the broken one"
    assert one.candidate.sql() == "reindex index concurrently public.broken"
    lines = dict(details(one))
    assert "invalid: REINDEX mends it" in lines["note"] and lines["undo"] == "drop index concurrently public.broken;"
    assert "reindex" in await may_build(database, one.candidate)
    assert "dropped first" not in await may_build(database, one.candidate)
    await admin.execute("begin; insert into sold values (99998, 1, 1)")
    seen: asyncio.Queue[Building] = asyncio.Queue()
    building = asyncio.create_task(build_index(database, one.candidate, seen.put_nowait))
    await seen.get()
    building.cancel()
    await admin.execute("commit")
    with pytest.raises(asyncio.CancelledError):
        await building
    assert await names(database) == {"sold_pkey": True, "broken": False}, "as it was, and no copy beside it"
    assert not await is_left(database, one.candidate)
    await build_index(database, one.candidate)
    assert await names(database) == {"sold_pkey": True, "broken": True}
    await admin.close()


async def names(database: Database) -> dict[str, bool]:
    rows = await database.records(
        "select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indrelid = 'sold'::regclass"
    )
    return {str(row["name"]): bool(row["valid"]) for row in rows}


async def test_a_trial_that_is_killed_leaves_nothing(indexes_dsn: str) -> None:
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _MEASURING, indexes_dsn, stdout=asyncio.subprocess.PIPE
    )
    assert killed.stdout is not None
    async with asyncio.timeout(30):
        while b"building" not in await killed.stdout.readline():
            pass
        os.kill(killed.pid, signal.SIGKILL)
        await killed.wait()
    database = await Database.connect(opening_of(indexes_dsn))
    try:
        await nothing_is_left(database)
    finally:
        await database.close()


async def test_where_it_cannot_be_built_that_is_said(database: Database, database_dsn: str) -> None:
    with pytest.raises(Failure, match="not there"):
        await may_build(database, Candidate(TableInfo("public", "gone", 1, 1), ("a",), "planted"))
    admin = await asyncpg.connect(database_dsn)
    await admin.execute("create table parts (id int, a int) partition by range (id)")
    await admin.execute("do $$ begin create role few_rights login; exception when duplicate_object then null; end $$")
    with pytest.raises(Failure, match="no partitions"):
        await may_build(database, Candidate(TableInfo("public", "parts", 1, 1), ("a",), "planted"))
    poor = await Database.connect(opening_of(database_dsn.replace("postgres@", "few_rights@", 1)))
    try:
        with pytest.raises(Failure, match="belongs to somebody else") as caught:
            await build_index(poor, BY_A)
        assert caught.value.kind is FailureKind.REFUSED
    finally:
        await poor.close()
        await admin.execute("drop owned by few_rights; drop role few_rights")
        await admin.close()


async def test_of_a_graph_of_vectors_it_tells_no_more_blocks_than_there_are(
    database: Database, database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.advisor.indexes.building.LOOK_EVERY", 0.01)
    admin = await asyncpg.connect(database_dsn)
    await admin.execute("create extension vector; create table papers (id int, embedding vector(16))")
    await admin.execute(
        "insert into papers select i, array(select hashint4(i * 16 + d) % 1000 from generate_series(1, 16) d)::vector"
        " from generate_series(1, 6000) i"
    )
    await admin.close()
    table = TableInfo("public", "papers", 6000, 80)
    seen: list[Building] = []
    await build_index(
        database, Candidate(table, ("embedding",), "planted", "hnsw", opclass="vector_l2_ops"), seen.append
    )
    amounts = [at.amount.replace(",", "").split() for at in seen if at.amount.endswith("blocks")]
    assert amounts and all(int(done) <= int(total) for done, _, total, _ in amounts), amounts
    assert any(at.share is not None and 0 < at.share < 1 for at in seen)
