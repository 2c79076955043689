"""Proof on a shadow: every planted fault is found, and nothing of the shadow is left."""

import asyncio
import uuid
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.migrations.proof import Proof, summary
from chatly_console.migrations.seeding import seed_of
from chatly_console.migrations.shadow_place import _choose, shadow_host
from chatly_console.migrations.verify import verify
from chatly_console.server.database import Database
from tests.conftest import run_apart
from tests.migrations.stage import Run, plain, until, write

V = [f"2026010{day}000000" for day in range(1, 8)]


async def proven(run: Run) -> dict[str, Proof]:
    return {proof.file.name: proof for proof in await verify(run.database, run.folder)}


async def shadows(dsn: str) -> list[str]:
    async with plain(dsn) as other:
        rows = await other.fetch("select datname from pg_database where datname like 'chatly_shadow_%'")
        return [row[0] for row in rows]


async def test_faults_of_the_way_back_are_found_file_by_file(run: Run, database_dsn: str) -> None:
    write(run.folder, V[0], "good", "create table a (i int); comment on table a is 'x';", "drop table a;")
    write(
        run.folder, V[1], "forgets_function",
        "create function f() returns int language sql as 'select 1'; alter table a add column j int;",
        "alter table a drop column j;",
    )  # fmt: skip
    write(run.folder, V[2], "forgets_column", "alter table a add column k int;", "select 1;")
    write(run.folder, V[3], "grants", "grant select on a to public;", "revoke select on a from public;")
    write(
        run.folder,
        V[4],
        "policy",
        "alter table a enable row level security; create policy p on a using (true);",
        "drop policy p on a;",
    )
    write(run.folder, V[5], "none", "create table b (i int);")
    found = await proven(run)
    assert found["good"].ok and found["good"].done == ["up", "down", "up after down"]
    assert "routine public.f() is not expected" in found["forgets_function"].problems[0]
    assert "already exists" in found["forgets_function"].problems[1]
    assert "column public.a.k is not expected" in found["forgets_column"].problems[0]
    assert found["grants"].ok
    assert "row security is true, not false" in found["policy"].problems[0]
    assert found["none"].ok and "no way back" in found["none"].done
    assert summary(list(found.values())) == "3 of 6 proven"
    assert await shadows(database_dsn) == []


async def test_what_calls_itself_idempotent_is_run_twice(run: Run) -> None:
    write(run.folder, V[0], "fails", "-- chatly: idempotent\ncreate table a (i int);", "drop table a;")
    write(run.folder, V[1], "changes", "-- chatly: idempotent\nalter table a add check (i > 0);", "select 1;")
    write(
        run.folder,
        V[2],
        "holds",
        "-- chatly: idempotent\ncreate index concurrently if not exists ai on a (i);",
        "drop index concurrently ai;",
    )
    found = await proven(run)
    assert "a second run fails" in found["fails"].problems[0]
    assert "a second run changes something" in found["changes"].problems[0]
    assert found["holds"].ok and "again" in found["holds"].done


async def test_a_file_that_fails_ends_the_chain_with_its_place(run: Run, database_dsn: str) -> None:
    write(run.folder, V[0], "good", "create table a (i int);", "drop table a;")
    write(run.folder, V[1], "broken", "select 1;\nselect nonsense;")
    write(run.folder, V[2], "later", "select 1;")
    found = await proven(run)
    assert found["good"].ok
    assert "broken.sql:2:8" in found["broken"].problems[0]
    assert "not reached" in found["later"].problems[0]
    assert await shadows(database_dsn) == []


async def test_a_role_that_somebody_else_makes_meanwhile_is_no_fault_of_a_file(run: Run, database_dsn: str) -> None:
    theirs, ours = (f"{name}_{uuid.uuid4().hex[:8]}" for name in ("theirs", "ours"))
    write(run.folder, V[0], "table", "create table a (i int);", "drop table a;")
    write(run.folder, V[1], "role", f"create role {ours}; grant {ours} to {theirs};", "select 1;")
    told: list[str] = []

    def tell(words: str, proofs: object) -> None:
        if words.endswith(": table"):  # the catalogue before it has been read
            run_apart(done(database_dsn, f"create role {theirs}"))
            told.append(words)

    try:
        table, role = await verify(run.database, run.folder, tell=tell)
    finally:
        await done(database_dsn, f"drop role if exists {ours}, {theirs}")
    assert table.ok and len(told) == 1
    assert "the way back leaves a difference" in role.problems[0]
    assert {f"role {ours} is not expected", f"role {theirs}: member of is {ours}, not nothing"} == {
        str(one) for one in role.differences
    }


async def done(dsn: str, sql: str) -> None:
    async with plain(dsn) as other:
        await other.execute(sql)


async def test_with_data_what_only_rows_show_is_found(run: Run) -> None:
    write(run.folder, V[0], "table", "create table a (i int, t varchar(9));", "drop table a;")
    write(run.folder, V[1], "check", "alter table a add check (i > 0);", "alter table a drop constraint a_i_check;")
    write(run.folder, V[2], "widen", "alter table a alter i type bigint;", "alter table a alter i type int;")
    (run.folder / "seed.sql").write_text(
        "alter table a disable trigger all; insert into a select i, 'x' from generate_series(1, 300) i;"
    )
    proofs = await verify(run.database, run.folder, seed=seed_of(run.folder), with_data=V[1:3])
    assert [proof.ok for proof in proofs] == [True, True, True]
    (lock,) = proofs[2].locks
    assert (lock.relation, lock.mode, lock.rewritten) == ("public.a", "ACCESS EXCLUSIVE", True)


async def test_data_that_breaks_a_file_is_told(run: Run) -> None:
    write(run.folder, V[0], "table", "create table a (i int);", "drop table a;")
    write(
        run.folder, V[1], "narrow", "alter table a add j int;\nupdate a set j = 1 / (i - 3);", "alter table a drop j;"
    )
    (run.folder / "seed.sql").write_text("insert into a values (1), (3);")
    proofs = await verify(run.database, run.folder, seed=seed_of(run.folder), with_data=[V[1]])
    assert proofs[1].problems == ["on data: 20260102000000_narrow.sql:2: Division by zero"]


async def test_a_cancelled_proof_leaves_no_database(run: Run, database_dsn: str) -> None:
    write(run.folder, V[0], "long", "select pg_sleep(60);")
    told: list[str] = []
    task = asyncio.create_task(verify(run.database, run.folder, tell=lambda words, proofs: told.append(words)))
    await until(lambda: any("long" in words for words in told))
    assert len(await shadows(database_dsn)) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await shadows(database_dsn) == []


async def test_what_a_dead_console_left_is_swept(run: Run, database_dsn: str) -> None:
    async with plain(database_dsn) as other:
        await other.execute("create database chatly_shadow_1_1000000000")
    write(run.folder, V[0], "good", "select 1;")
    await proven(run)
    assert await shadows(database_dsn) == []


async def test_production_gets_no_shadow(run: Run) -> None:
    with pytest.raises(Failure, match="not made on production"):
        async with shadow_host(run.database, "same", production=True):
            pass
    assert await _choose(run.database, "auto", production=True) == "embedded"
    assert await _choose(run.database, "auto", production=False) == "same"


async def test_chatlys_own_files_are_proven(chatly_dsn: str) -> None:
    from chatly_console.resources import data_folder
    from tests.server.conftest import opening_of

    database = await Database.connect(opening_of(chatly_dsn, pool_size=4))
    try:
        proofs = await verify(database, Path(data_folder("database")))
    finally:
        await database.close()
    assert [proof.problems for proof in proofs if not proof.ok] == []
