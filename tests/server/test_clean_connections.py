"""No connection is lent with anything that its last borrower left on it."""

import asyncio
import contextlib
import random

from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database

STATE = """
select current_user, session_user, current_setting('search_path'), current_setting('work_mem'),
       current_setting('statement_timeout'), current_setting('transaction_isolation'),
       coalesce(nullif(current_setting('request.jwt.claims', true), ''), 'none'),
       (select count(*) from pg_class where relpersistence = 't' and pg_my_temp_schema() = relnamespace),
       (select count(*) from pg_prepared_statements where name <> ''),
       (select count(*) from pg_cursors where name not like 'chatly_result'),
       (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
       (select count(*) from pg_listening_channels())
"""

DIRTY = (
    "set role to visitor",
    "set session authorization visitor",
    "set search_path to pg_temp",
    "set work_mem to '77MB'",
    "select set_config('role', 'visitor', false)",
    "select set_config('request.jwt.claims', '{\"sub\":\"x\"}', false)",
    "create temp table left_behind as select 1 as a",
    "prepare left_behind as select 1",
    "declare left_behind cursor with hold for select 1",
    "select pg_advisory_lock(4711)",
    "listen left_behind",
    "select 1 / 0",
    "begin",
    "commit",
    "rollback",
    "set transaction isolation level serializable",
    "do $$ begin set role to visitor; set work_mem to '66MB'; end $$",
    "do $$ begin raise exception 'stop'; end $$",
)


async def test_five_hundred_mixed_calls_leave_nothing_behind(database: Database) -> None:
    await database.records("create role visitor", mode=Mode.COMMITTED) if not await database.records(
        "select 1 from pg_roles where rolname = 'visitor'"
    ) else None
    clean = await state_of(database)
    remarks: list[str] = []  # of the driver: it says so where it is given a connection that is not clean
    asyncio.get_running_loop().set_exception_handler(lambda _, context: remarks.append(context["message"]))
    dice = random.Random(18)

    async def call(number: int) -> None:
        mode = dice.choice((Mode.READ_ONLY, Mode.ROLLED_BACK, Mode.COMMITTED, Mode.OUTSIDE))
        identity = Identity.of_role("visitor") if mode is not Mode.OUTSIDE and dice.random() < 0.3 else Identity()
        request = Request(dice.choice(DIRTY), identity=identity, mode=mode)
        task = asyncio.create_task(run(database, request))
        if dice.random() < 0.2:
            asyncio.get_running_loop().call_later(dice.random() / 200, task.cancel)
        with contextlib.suppress(Failure, asyncio.CancelledError):
            await task
        assert await state_of(database) == clean, request

    for batch in range(50):
        await asyncio.gather(*(call(batch * 10 + n) for n in range(10)))
    assert database.pool_in_use == 0
    assert not [remark for remark in remarks if "active transaction" in remark]


async def run(database: Database, request: Request) -> None:
    async with database.open(request) as result:
        while await result.fetch():
            pass
        await result.finish()


async def state_of(database: Database) -> tuple[str | None, ...]:
    async with database.open(Request(STATE)) as result:
        return (await result.fetch())[0]
