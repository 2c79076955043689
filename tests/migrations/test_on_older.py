"""The same on PostgreSQL 14, 15 and 16, whichever the machine has: locks, runs, proofs and drift."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.failure import Failure
from chatly_console.migrations.drift import read_drift
from chatly_console.migrations.events import CleanedUp
from chatly_console.migrations.status import State
from chatly_console.migrations.verify import verify
from chatly_console.server.database import Database
from tests.migrations.older_server import installed, older_server
from tests.migrations.stage import Run, plain, write
from tests.migrations.test_effects import EVERYWHERE, SETUP, differences, measured
from tests.server.conftest import opening_of

V1, V2 = "20260101000000", "20260102000000"


@pytest.fixture(scope="module", params=installed() or [0], ids=lambda version: f"postgresql-{version}")
def older_dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    if not request.param:
        pytest.skip("needs PostgreSQL 14, 15 or 16 below /usr/lib/postgresql")
    with older_server(request.param) as dsn:
        yield dsn


@pytest.fixture
async def older_run(older_dsn: str, tmp_path: Path) -> AsyncIterator[Run]:
    database = await Database.connect(opening_of(older_dsn, pool_size=4))
    folder = tmp_path / "database"
    folder.mkdir()
    yield Run(database, folder)
    await database.close()


async def test_what_we_say_of_locks_is_what_an_older_postgresql_does(older_dsn: str) -> None:
    connection = await asyncpg.connect(older_dsn)
    try:
        await connection.execute(SETUP)
        wrong = [one for sql in EVERYWHERE for one in differences(sql, await measured(connection, sql))]
        await connection.execute("drop schema eff cascade")
    finally:
        await connection.close()
    assert not wrong, "\n".join(wrong)


async def test_a_run_a_proof_and_drift_on_an_older_postgresql(older_run: Run, older_dsn: str) -> None:
    run = older_run
    write(run.folder, V1, "table", "create table public.m (i int);", "drop table m;")
    write(run.folder, V2, "unique", "create unique index concurrently u on m (i);", "drop index concurrently u;")
    await run.go("up", V1)
    async with plain(older_dsn) as other:
        await other.execute("insert into m values (1), (1)")
        with pytest.raises(Failure):
            await run.go()
        assert run.of(CleanedUp) and await run.states() == {V1: State.APPLIED, V2: State.PARTWAY}
        await other.execute("truncate m")
        await run.go()
        assert await run.states() == {V1: State.APPLIED, V2: State.APPLIED}
        await other.execute("create index by_i on m (i)")
    drift = await read_drift(run.database, run.database, run.folder)
    assert [str(one) for one in drift.telling] == ["index public.by_i is not expected"]
    assert [proof.problems for proof in await verify(run.database, run.folder)] == [[], []]
