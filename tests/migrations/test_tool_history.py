"""Projects of dbmate, goose and golang-migrate: their history tells the states, and a run is written into it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.migrations.choosing import tasks_down, tasks_up
from chatly_console.migrations.drift import read_drift
from chatly_console.migrations.repairing import mark
from chatly_console.migrations.status import State
from chatly_console.migrations.verify import verify
from tests.migrations.stage import Run, plain

A, P, M, O, W = State.APPLIED, State.PENDING, State.MISSING, State.OUT_OF_ORDER, State.PARTWAY  # noqa: E741


def dbmate(folder: Path) -> None:
    for day in (1, 2, 3):
        text = f"-- migrate:up\ncreate table t{day} (i int);\n-- migrate:down\ndrop table t{day};\n"
        (folder / f"2026010{day}000000_t{day}.sql").write_text(text)


def goose(folder: Path) -> None:
    for number in (1, 2, 3):
        text = f"-- +goose Up\ncreate table t{number} (i int);\n-- +goose Down\ndrop table t{number};\n"
        (folder / f"0000{number}_t{number}.sql").write_text(text)


def golang(folder: Path) -> None:
    for number in (1, 2, 10):
        (folder / f"{number}_t{number}.up.sql").write_text(f"create table t{number} (i int);")
        (folder / f"{number}_t{number}.down.sql").write_text(f"drop table t{number};")


DBMATE = "create table schema_migrations (version varchar(128) primary key);"
GOOSE = (
    "create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, "
    "tstamp timestamp default now()); insert into goose_db_version (version_id, is_applied) values (0, true);"
)
GOLANG = "create table schema_migrations (version bigint not null primary key, dirty boolean not null);"


async def states(run: Run) -> list[State]:
    return list((await run.states()).values())


@pytest.mark.parametrize(
    ("lay_out", "sql", "found"),
    [
        (dbmate, DBMATE, [P, P, P]),
        (dbmate, f"{DBMATE} insert into schema_migrations values ('20260101000000'), ('20260102000000')", [A, A, P]),
        (dbmate, f"{DBMATE} insert into schema_migrations values ('20250101000000'), ('20260102000000')", [M, O, A, P]),
        (goose, GOOSE, [P, P, P]),
        (
            goose,
            f"{GOOSE} insert into goose_db_version (version_id, is_applied) values (1, true), (2, true), (2, false)",
            [A, P, P],
        ),
        (goose, f"{GOOSE} insert into goose_db_version (version_id, is_applied) values (3, true), (7, true)",
         [O, O, A, M]),
        (golang, GOLANG, [P, P, P]),
        (golang, f"{GOLANG} insert into schema_migrations values (2, false)", [A, A, P]),
        (golang, f"{GOLANG} insert into schema_migrations values (2, true)", [A, W, P]),
        (golang, f"{GOLANG} insert into schema_migrations values (-1, true)", [W, P, P]),
        (golang, f"{GOLANG} insert into schema_migrations values (12, false)", [A, A, A, M]),
    ],
)  # fmt: skip
async def test_another_tools_history_tells_the_states(
    run: Run, database_dsn: str, lay_out: Callable[[Path], None], sql: str, found: list[State]
) -> None:
    lay_out(run.folder)
    async with plain(database_dsn) as other:
        await other.execute(sql)
    assert await states(run) == found


async def test_a_table_of_the_same_name_that_is_not_the_tools_is_left_alone(run: Run, database_dsn: str) -> None:
    golang(run.folder)
    async with plain(database_dsn) as other:
        await other.execute(f"{DBMATE} insert into schema_migrations values ('2')")
    assert await states(run) == [P, P, P]


async def test_goose_says_when(run: Run, database_dsn: str) -> None:
    goose(run.folder)
    async with plain(database_dsn) as other:
        await other.execute(f"{GOOSE} insert into goose_db_version values (9, 1, true, '2026-02-03 04:05')")
    first = (await run.status())[0]
    assert first.applied_at is not None and first.applied_at.isoformat().startswith("2026-02-03T04:05")


HISTORIES: list[tuple[Callable[[Path], None], str, str, list[str], list[str]]] = [
    (dbmate, DBMATE, "select version from schema_migrations order by 1",
     ["20260101000000", "20260102000000", "20260103000000"], ["20260101000000", "20260102000000"]),
    (goose, GOOSE, "select version_id::text from goose_db_version where version_id > 0 and is_applied order by id",
     ["1", "2", "3"], ["1", "2"]),
    (golang, GOLANG, "select version || ' ' || dirty from schema_migrations", ["10 false"], ["2 false"]),
]  # fmt: skip


@pytest.mark.parametrize("table_there", [True, False], ids=["kept", "new"])
@pytest.mark.parametrize(("lay_out", "table", "query", "up", "down"), HISTORIES, ids=["dbmate", "goose", "golang"])
async def test_a_run_is_written_as_the_tool_would(
    run: Run, database_dsn: str, lay_out: Callable[[Path], None], table: str, query: str, up: list[str],
    down: list[str], table_there: bool,
) -> None:  # fmt: skip
    lay_out(run.folder)
    async with plain(database_dsn) as other:
        if table_there:
            await other.execute(table)
        await run.go()
        assert await states(run) == [A, A, A]
        assert [row[0] for row in await other.fetch(query)] == up
        await run.go("down", (await run.status())[-1].version)
        assert await states(run) == [A, A, P]
        assert [row[0] for row in await other.fetch(query)] == down
        await run.go()
        assert [row[0] for row in await other.fetch(query)] == up
        for _ in range(3):
            await run.go("down", *[one.file.version for one in tasks_down(await run.status())])
        assert await states(run) == [P, P, P]
        assert await other.fetch(query) == []


async def test_what_the_tool_has_rolled_back_can_be_applied_again(run: Run, database_dsn: str) -> None:
    dbmate(run.folder)
    await run.go()
    async with plain(database_dsn) as other:
        await other.execute("drop table t3; delete from schema_migrations where version = '20260103000000'")
    assert await states(run) == [A, A, P]
    await run.go()
    assert await states(run) == [A, A, A]


async def test_what_is_dirty_is_looked_at_by_a_person_first(run: Run, database_dsn: str) -> None:
    golang(run.folder)
    async with plain(database_dsn) as other:
        await other.execute(f"{GOLANG} insert into schema_migrations values (2, true); create table t1 (i int)")
        found = await run.status()
        assert "look at what it did" in found[1].remark
        for choose in (tasks_up, tasks_down):
            with pytest.raises(Failure, match="halfway"):
                choose(found)
        await mark(run.database, [found[1]], "reverted")
        assert await other.fetchval("select version || ' ' || dirty from schema_migrations") == "1 false"
        assert await states(run) == [A, P, P]
        await mark(run.database, [(await run.status())[1]], "applied")
        assert await other.fetchval("select version || ' ' || dirty from schema_migrations") == "2 false"
    assert await states(run) == [A, A, P]


async def test_a_version_without_its_file_is_taken_out_where_the_tool_can_tell(run: Run, database_dsn: str) -> None:
    dbmate(run.folder)
    async with plain(database_dsn) as other:
        await other.execute(f"{DBMATE} insert into schema_migrations values ('20250101000000')")
        await mark(run.database, [(await run.status())[0]], "reverted")
        assert await other.fetchval("select count(*) from schema_migrations") == 0
        await other.execute("drop table schema_migrations")
    golang_folder = Run(run.database, run.folder / "golang")
    golang_folder.folder.mkdir()
    golang(golang_folder.folder)
    async with plain(database_dsn) as other:
        await other.execute(f"{GOLANG} insert into schema_migrations values (12, false)")
    with pytest.raises(Failure, match="no file is here"):
        await mark(run.database, [(await golang_folder.status())[-1]], "reverted")


async def test_the_tools_history_is_no_drift(run: Run, database_dsn: str) -> None:
    goose(run.folder)
    async with plain(database_dsn) as other:
        await other.execute(
            f"{GOOSE} comment on table goose_db_version is 'theirs'; create index on goose_db_version (tstamp)"
        )
    await run.go()
    drift = await read_drift(run.database, run.database, run.folder)
    assert [str(one) for one in drift.telling] == ["index public.goose_db_version_tstamp_idx is not expected"]


@pytest.mark.parametrize("lay_out", [dbmate, goose, golang])
async def test_files_of_any_layout_are_proven(run: Run, lay_out: Callable[[Path], None]) -> None:
    lay_out(run.folder)
    proofs = await verify(run.database, run.folder)
    assert [proof.problems for proof in proofs] == [[], [], []]
    assert await states(run) == [P, P, P], "the database itself is left alone"
