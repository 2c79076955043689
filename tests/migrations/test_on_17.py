"""The same on PostgreSQL 17 as Supabase runs it: `postgres` is no superuser, a transaction pooler stands in front."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.adopt import adopt
from chatly_console.migrations.drift import read_drift
from chatly_console.migrations.events import CleanedUp, StatementEnded
from chatly_console.migrations.runner import Runner
from chatly_console.migrations.shadow_place import _choose
from chatly_console.migrations.snapshot import differences
from chatly_console.migrations.snapshot_service import read_snapshot
from chatly_console.migrations.status import State
from chatly_console.migrations.verify import verify
from chatly_console.server.database import Database
from tests.migrations.stage import Run, plain, write
from tests.server.conftest import opening_of

pytestmark = pytest.mark.pg17
V1, V2, V3 = "20260101000000", "20260102000000", "20260103000000"


@pytest.fixture
async def dsn17(pg17_dsn: str) -> AsyncIterator[str]:
    """A database of its own, owned by `postgres`."""
    name = f"migrations_test_{os.getpid()}"
    async with plain(pg17_dsn) as other:
        await other.execute(f"drop database if exists {name} with (force)")
        await other.execute(f"create database {name} template template0")
    yield pg17_dsn.replace("/supalike", f"/{name}")
    async with plain(pg17_dsn) as other:
        await other.execute(f"drop database {name} with (force)")


@pytest.fixture
async def run17(dsn17: str, tmp_path: Path) -> AsyncIterator[Run]:
    database = await Database.connect(opening_of(dsn17, pool_size=4))
    folder = tmp_path / "database"
    folder.mkdir()
    yield Run(database, folder)
    await database.close()


async def test_apply_roll_back_and_an_index_that_cannot_be_built(run17: Run, dsn17: str) -> None:
    run = run17
    write(
        run.folder,
        V1,
        "table",
        "create table public.m (i int); insert into public.m values (1), (1);",
        "drop table public.m;",
    )
    write(
        run.folder, V2, "widen", "alter table public.m alter i type bigint;", "alter table public.m alter i type int;"
    )
    write(
        run.folder,
        V3,
        "unique",
        "create unique index concurrently u on public.m (i);",
        "drop index concurrently public.u;",
    )
    await run.go("up", V1, V2)
    lock = run.of(StatementEnded)[-1].locks[0]
    assert (lock.relation, lock.mode, lock.rewritten, lock.scanned) == ("public.m", "ACCESS EXCLUSIVE", True, 2)
    with pytest.raises(Failure):
        await run.go("up", V3)
    assert run.of(CleanedUp)
    assert (await run.states())[V3] is State.PARTWAY
    async with plain(dsn17) as other:
        assert await other.fetchval("select count(*) from pg_index where not indisvalid") == 0
        await other.execute("truncate public.m")
    await run.go("up", V3)
    await run.go("down")
    assert set((await run.states()).values()) == {State.PENDING}


async def test_proof_and_drift_as_an_ordinary_owner(run17: Run, dsn17: str) -> None:
    run = run17
    write(
        run.folder,
        V1,
        "good",
        "create table public.a (i int not null, j int); comment on table public.a is 'x';",
        "drop table public.a;",
    )
    write(
        run.folder,
        V2,
        "forgets",
        "grant select on public.a to public; alter table public.a add k int;",
        "alter table public.a drop k;",
    )
    proofs = await verify(run.database, run.folder)
    assert proofs[0].problems == []
    assert not proofs[1].ok
    assert "acl" in proofs[1].problems[0]
    await run.go()
    async with plain(dsn17) as other:
        await other.execute("create index by_j on public.a (j)")
    drift = await read_drift(run.database, run.database, run.folder)
    assert [str(one) for one in drift.telling] == ["index public.by_j is not expected"]
    assert adopt(drift.telling, drift.expected, drift.found).up == ["CREATE INDEX by_j ON public.a USING btree (j)"]


async def test_the_catalogue_of_a_supabase_project_is_equal_to_itself(pg17_dsn: str) -> None:
    database = await Database.connect(opening_of(pg17_dsn))
    try:
        one, other = await read_snapshot(database), await read_snapshot(database)
        assert len(one.objects) > 200
        assert differences(one, other, roles=True) == []
        assert await _choose(database, "auto", production=False) == "embedded", "its own schemas cannot be made again"
    finally:
        await database.close()


async def test_the_transaction_pooler_itself_is_found_out_and_refused(pg17_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, V1, "first", "select 1;")
    database = await Database.connect(opening_of(pg17_dsn.replace("55617", "56617")))
    try:
        with pytest.raises(Failure) as caught:
            await Run(database, tmp_path).go()
        with pytest.raises(Failure, match="transaction pooler"):
            await Runner(database, lambda event: None).run([])
    finally:
        await database.close()
    assert caught.value.kind is FailureKind.REFUSED
    assert "Connect directly: postgresql://postgres@" in caught.value.hint


async def test_who_may_not_is_told_what_is_missing(pg17_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, V1, "first", "select 1;")
    place = pg17_dsn.partition("@")[2]
    for login, words in (("readonly:read-pw", "read-only transaction"), ("powerless:none-pw", "Permission denied")):
        database = await Database.connect(opening_of(f"postgresql://{login}@{place}"))
        try:
            with pytest.raises(Failure, match=words):
                await Run(database, tmp_path).go()
        finally:
            await database.close()
