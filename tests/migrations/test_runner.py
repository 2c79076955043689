"""Applying and rolling back on a real server: what is kept, what is told, and what is refused."""

import asyncio
import json
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.events import (
    CleanedUp,
    FileEnded,
    FileFailed,
    FileSkipped,
    Heard,
    QueueWaits,
    Retrying,
    StatementBegan,
    StatementEnded,
    Watched,
)
from chatly_console.migrations.service import read_history
from chatly_console.migrations.status import State
from chatly_console.server.database import Database
from tests.migrations.stage import Run, plain, until, write
from tests.server.conftest import opening_of

V1, V2, V3 = "20260101000000", "20260102000000", "20260103000000"


async def test_up_and_down_keep_the_history_as_the_supabase_cli_does(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "first", "-- why\ncreate table a (i int);\ncreate index on a (i);\n", "drop table a;")
    write(run.folder, V2, "second", "alter table a add column j int;", "alter table a drop column j;")
    await run.go()
    assert set((await run.states()).values()) == {State.APPLIED}
    async with plain(database_dsn) as other:
        rows = await other.fetch(
            "select version, name, statements from supabase_migrations.schema_migrations order by 1"
        )
        assert [tuple(row) for row in rows] == [
            (V1, "first", ["-- why\ncreate table a (i int)", "create index on a (i)"]),
            (V2, "second", ["alter table a add column j int"]),
        ]
        log = await other.fetch(
            "select version, direction, outcome, login, client, checksum from chatly_migrations.log order by id"
        )
        assert [(row["version"], row["outcome"]) for row in log] == [
            (V1, "started"), (V1, "done"), (V2, "started"), (V2, "done"),
        ]  # fmt: skip
        assert all(row["login"] == "postgres" and "@" in row["client"] and len(row["checksum"]) == 64 for row in log)
        with pytest.raises(Exception, match="only grows"):
            await other.execute("delete from chatly_migrations.log")
        await run.go("down", V2)
        assert await run.states() == {V1: State.APPLIED, V2: State.PENDING}
        assert await other.fetchval("select count(*) from supabase_migrations.schema_migrations") == 1
        await run.go("down", V1)
        assert await other.fetchval("select to_regclass('a') is null")


async def test_the_locks_really_taken_are_told_and_logged(run: Run, database_dsn: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute(
            "create table m (id int, t varchar(9)); insert into m select i, 'x' from generate_series(1, 500) i"
        )
    write(
        run.folder,
        V1,
        "rewrite",
        "alter table m alter column id type bigint;\ncreate table own (i int);\nalter table own add column j int;",
    )
    await run.go()
    first, _, third = run.of(StatementEnded)
    assert [(lock.relation, lock.mode, lock.rewritten, lock.scanned) for lock in first.locks] == [
        ("public.m", "ACCESS EXCLUSIVE", True, 500)
    ]
    assert third.locks == (), "nobody else can see what the migration made itself"
    assert run.of(FileEnded)[0].locks[0].held_ms > 0
    (entry,) = [entry for entry in (await read_history(run.database)).log if entry.outcome == "done"]
    assert entry.locks[0]["mode"] == "ACCESS EXCLUSIVE" and entry.locks[0]["rewritten"]


async def test_an_error_names_the_place_and_keeps_nothing(run: Run) -> None:
    write(run.folder, V1, "broken", "create table a (i int);\n\n-- é日本\nselect 1,\n   nonsense[/] from a;\n")
    with pytest.raises(Failure):
        await run.go()
    (failed,) = run.of(FileFailed)
    assert failed.place is not None
    assert (failed.place.line, failed.place.column, failed.place.statement) == (5, 13, 2)
    assert failed.place.excerpt == ["   nonsense[/] from a;", "            ^"]
    assert failed.kept == "nothing of it was kept"
    (migration,) = await run.status()
    assert migration.state is State.PENDING
    assert "nothing of it was kept" in migration.remark and "Syntax error" in migration.remark


async def test_what_fails_while_it_runs_names_its_line_also_in_a_block(run: Run) -> None:
    write(run.folder, V1, "runtime", "select 1;\n\nselect 1/0;")
    write(run.folder, V2, "block", "select 1;\ndo $$\nbegin\n  perform 1;\n  perform 1/0;\nend $$;")
    for version, line in ((V1, 3), (V2, 5)):
        run.events.clear()
        with pytest.raises(Failure, match=r"[Dd]ivision by zero"):
            await run.go("up", version)
        place = run.of(FileFailed)[0].place
        assert place is not None
        assert (place.line, place.column) == (line, None)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("create table a (i int); commit; create table b (i int);", "would end the file's own transaction"),
        ("begin; create table a (i int); commit;", "would end the file's own transaction"),
        ("-- chatly: transaction=false\nbegin; create table a (i int);", "nothing commits"),
        ("-- chatly: transaction=false\nrollback;", "has no place"),
        ("-- chatly: transaction=false\nbegin; vacuum; commit;", "between the file's BEGIN and COMMIT"),
        ("create table a (i int);\n\\i other.sql\n", "is psql's"),
        ("copy a from stdin;\n1\n\\.\n", "psql"),
        ("-- nothing\n", "holds no statement"),
    ],
)
async def test_what_would_leave_half_of_a_file_is_refused_before_anything_runs(run: Run, sql: str, words: str) -> None:
    write(run.folder, V1, "refused", sql)
    with pytest.raises(Failure, match=words):
        await run.go()
    assert not run.events
    assert await read_history(run.database) == type(await read_history(run.database))()


async def test_a_procedure_that_commits_is_caught(run: Run, database_dsn: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute("create procedure p() language plpgsql as $$ begin commit; end $$")
    write(run.folder, V1, "commits", "create table a (i int); call p();")
    with pytest.raises(Failure, match="transaction"):
        await run.go()
    assert (await run.states())[V1] is State.PENDING
    write(run.folder, V1, "commits", "-- chatly: transaction=false\ncreate table a (i int); call p();")
    await run.go()
    assert (await run.states())[V1] is State.APPLIED


async def test_notices_and_who_blocks_are_told_live_and_a_lock_is_tried_again(run: Run, database_dsn: str) -> None:
    write(
        run.folder, V1, "waits",
        "-- chatly: lock_timeout=600ms retries=3\ndo $$ begin raise notice 'hello [/]'; end $$;\n"
        "alter table m add column j int;",
    )  # fmt: skip
    async with plain(database_dsn) as other:
        await other.execute("create table m (i int)")
        await other.execute("begin; lock table m in share mode")

        def let_go(event: object) -> None:
            if isinstance(event, Retrying) and event.attempt == 2:
                released.append(asyncio.ensure_future(other.execute("rollback")))

        released: list[asyncio.Future[str]] = []
        run.on_event = let_go
        await run.go()
    assert (await run.states())[V1] is State.APPLIED
    assert run.of(Heard)[0].notice.message == "hello [/]"
    retries = run.of(Retrying)
    assert [event.attempt for event in retries][:2] == [1, 2]
    assert "share mode" in str(retries[0].blockers[0]), "the one who blocks is named"
    assert run.pauses[1] > run.pauses[0]
    waits = [event.sight.waits_for for event in run.of(Watched) if event.sight.waits_for]
    assert waits and waits[0] == "ACCESS EXCLUSIVE on public.m"


async def test_a_lock_that_is_never_to_be_had_ends_after_its_attempts(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "waits", "-- chatly: lock_timeout=50ms retries=1\nalter table m add column j int;")
    async with plain(database_dsn) as other:
        await other.execute("create table m (i int)")
        await other.execute("begin; lock table m")
        with pytest.raises(Failure) as caught:
            await run.go()
    assert caught.value.sqlstate == "55P03"
    assert len(run.of(Retrying)) == 1 and len(run.of(FileFailed)) == 2
    assert "lock timeout" in (await run.status())[0].remark


async def test_concurrently_runs_outside_and_leaves_no_invalid_index(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "unique", "create unique index concurrently u on m (i);", "drop index concurrently u;")
    async with plain(database_dsn) as other:
        await other.execute("create table m (i int); insert into m values (1), (1)")
        with pytest.raises(Failure):
            await run.go()
        assert await other.fetchval("select count(*) from pg_index where not indisvalid") == 0
        assert "removed" in run.of(CleanedUp)[0].words
        (migration,) = await run.status()
        assert migration.state is State.PARTWAY
        assert "0 of 1 statements are done" in migration.remark
        await other.execute("delete from m where ctid = (select min(ctid) from m)")
        await run.go()
        assert await other.fetchval("select indisvalid from pg_index where indexrelid = 'u'::regclass")
        assert (await run.states())[V1] is State.APPLIED
        await run.go("down")
        assert await other.fetchval("select to_regclass('u') is null")


async def test_the_progress_of_a_build_is_told_while_it_runs(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "slow", "create index concurrently s on m (slow(i));")
    async with plain(database_dsn) as other:
        await other.execute(
            "create table m (i int); insert into m select generate_series(1, 300); "
            "create function slow(i int) returns int immutable language plpgsql as "
            "'begin perform pg_sleep(0.005); return i; end'"
        )
    await run.go()
    phases = {event.sight.phase for event in run.of(Watched)}
    assert any(phase.startswith("building index") for phase in phases)
    (lock,) = [lock for lock in run.of(FileEnded)[0].locks if lock.relation == "public.m"]
    assert lock.mode == "SHARE UPDATE EXCLUSIVE" and lock.held_ms > 100


async def test_if_not_exists_does_not_take_an_invalid_index_for_a_whole_one(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "again", "create unique index concurrently if not exists u on m (i);")
    async with plain(database_dsn) as other:
        await other.execute("create table m (i int); insert into m values (1), (1)")
        with pytest.raises(Exception, match="could not create unique"):
            await other.execute("create unique index concurrently u on m (i)")
        await other.execute("truncate m")
        await run.go()
        assert await other.fetchval("select indisvalid from pg_index where indexrelid = 'u'::regclass")


async def test_a_cancelled_run_stops_on_the_server_and_says_so(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "long", "create table a (i int); select pg_sleep(60);")
    task = asyncio.create_task(run.go())
    await until(lambda: len(run.of(StatementBegan)) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with plain(database_dsn) as other:
        assert (
            await other.fetchval(
                "select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active'"
            )
            == 0
        )
        assert await other.fetchval("select to_regclass('a') is null")
    (migration,) = await run.status()
    assert migration.state is State.PENDING and "was cancelled" in migration.remark


async def test_two_consoles_at_once_apply_each_file_once(run: Run, database_dsn: str) -> None:
    for number in range(4):
        write(run.folder, f"2026010{number}000000", f"m{number}", f"create table t{number} (i int);")
    write(run.folder, "20260105000000", "index", "create index concurrently on t0 (i);")
    second = await Database.connect(opening_of(database_dsn, pool_size=4))
    other = Run(second, run.folder)
    try:
        await asyncio.gather(run.go(turn_limit=30), other.go(turn_limit=30))
    finally:
        await second.close()
    assert set((await run.states()).values()) == {State.APPLIED}
    assert len(run.of(FileEnded)) + len(other.of(FileEnded)) == 5
    late = other if other.of(QueueWaits) else run
    assert len(late.of(FileSkipped)) == 5 or len(late.of(FileEnded)) == 5
    assert "chatly-console migrate" in late.of(QueueWaits)[0].holder


async def test_waiting_for_another_console_has_an_end(run: Run, database_dsn: str) -> None:
    write(run.folder, V1, "first", "create table a (i int);")
    async with plain(database_dsn) as other:
        await other.execute("select pg_advisory_lock(7310021408119203577)")
        with pytest.raises(Failure, match="Another console is migrating"):
            await run.go(turn_limit=0.3)
        assert not run.of(StatementBegan)


@pytest.mark.parametrize(
    "table",
    [
        "(version text not null primary key)",
        "(version text not null primary key, statements text[], name text)",
        "(version text primary key, statements text[], name text, created_by text, "
        "idempotency_key text unique, rollback text[])",
    ],
    ids=["old", "cli", "hosted"],
)
async def test_every_layout_of_the_supabase_history_goes_on(run: Run, database_dsn: str, table: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute(
            f"create schema supabase_migrations; create table supabase_migrations.schema_migrations {table}"
        )
        await other.execute("insert into supabase_migrations.schema_migrations (version) values ($1)", V1)
        write(run.folder, V1, "first", "create table before (i int);")
        write(run.folder, V2, "second", "create table a (i int);", "drop table a;")
        assert await run.states() == {V1: State.APPLIED, V2: State.PENDING}
        await run.go("up", V2)
        row = json.loads(
            await other.fetchval(
                "select to_jsonb(m) from supabase_migrations.schema_migrations m where version = $1", V2
            )
        )
        assert row["statements"] == ["create table a (i int)"]
        assert row.get("rollback", ["drop table a"]) == ["drop table a"]


async def test_a_role_or_path_that_a_file_sets_does_not_reach_the_next(run: Run, database_dsn: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute(
            "drop role if exists chatly_test_owner; create role chatly_test_owner; "
            "create schema s authorization chatly_test_owner"
        )
        try:
            write(
                run.folder, V1, "as_owner", "set role chatly_test_owner; set search_path = s; create table a (i int);"
            )
            write(run.folder, V2, "as_login", "create table b (i int);")
            await run.go()
            owners = await other.fetch(
                "select relname, pg_get_userbyid(relowner) from pg_class where relname in ('a', 'b') order by 1"
            )
            assert [tuple(row) for row in owners] == [("a", "chatly_test_owner"), ("b", "postgres")]
        finally:
            await other.execute("drop owned by chatly_test_owner cascade; drop role chatly_test_owner")


async def test_a_transaction_pooler_is_refused_with_the_way_around_it(run: Run, tmp_path: Path) -> None:
    from dataclasses import replace

    run.database.facts = replace(run.database.facts, transaction_pooler=True)
    write(run.folder, V1, "first", "create table a (i int);")
    with pytest.raises(Failure) as caught:
        await run.go()
    assert caught.value.kind is FailureKind.REFUSED
    assert "Connect directly: postgresql://" in caught.value.hint
