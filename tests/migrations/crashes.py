"""Cuts a migration off at a boundary of its statements: gates in the file at which the server process waits.

A gate waits for an advisory lock that the test holds, so that it is certain where the migration stands when it is
killed. History and log have gates too, as triggers, so that no boundary is left out.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.migrations.stage import until

Connection = asyncpg.Connection

SETUP = """
create function gate(place int) returns void language plpgsql as $$
begin
  perform pg_advisory_lock_shared(1000 + place);
  perform pg_advisory_unlock_shared(1000 + place);
end $$;
create function gate_before_row() returns trigger language plpgsql as $$
begin perform public.gate(tg_argv[0]::int); return new; end $$;
create function gate_before_step() returns trigger language plpgsql as $$
begin perform public.gate(200 + new.statement_no); return new; end $$;
"""
HISTORY_GATE, LOG_GATE = 90, 91
TRIGGERS = f"""
create trigger z_gate before insert on supabase_migrations.schema_migrations
  for each row execute function public.gate_before_row({HISTORY_GATE});
create trigger z_gate before insert on chatly_migrations.log
  for each row when (new.outcome = 'done') execute function public.gate_before_row({LOG_GATE});
create trigger y_gate before insert on chatly_migrations.log
  for each row when (new.outcome = 'step') execute function public.gate_before_step();
"""
WAITING = """
select a.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'advisory' and not l.granted and l.objid = $1 and a.datname = current_database()
"""


@asynccontextmanager
async def closed_gate(connection: "Connection[asyncpg.Record]", place: int) -> AsyncIterator[None]:
    """Whoever comes to this gate waits."""
    await connection.execute("select pg_advisory_lock($1)", 1000 + place)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("select pg_advisory_unlock($1)", 1000 + place)


async def waiting_at(connection: "Connection[asyncpg.Record]", place: int) -> int:
    """The pid of the server process that waits at this gate, once one does."""

    async def found() -> int | None:
        pid = await connection.fetchval(WAITING, 1000 + place)
        return int(pid) if pid is not None else None

    await until(lambda: found(), 30)
    pid = await found()
    assert pid is not None
    return pid


def transactional(gates: int) -> str:
    """A file in one transaction: a statement, a gate, a statement, ..."""
    parts = [f"create table t{n} (i int);\nselect public.gate({n});" for n in range(gates)]
    return "select public.gate(50);\n" + "\n".join(parts) + "\n"


OUTSIDE = """-- chatly: transaction=false
create table o1 (i int);
select public.gate(1);
create index concurrently o1_i on o1 (i) where public.gated(i) is null;
insert into o1 values (1);
select public.gate(2);
begin;
insert into o1 values (2);
select public.gate(3);
insert into o1 values (3);
commit;
vacuum o1;
create index concurrently on o1 (i);
select public.gate(4);
"""
"""A file outside of a transaction. Each of its statements must have run exactly once in the end."""
NOTES = {201: 0, 202: 1, 203: 2, 204: 3, 205: 4, 210: 5, 211: 10, 212: 11, 213: 12}
"""Gates where a step is through and the note about it is being written: 200 and its last statement; and how many
statements are certainly done then."""
DONE = {1: 1, 2: 4, 3: 5, 4: 12, HISTORY_GATE: 13, LOG_GATE: 13, **NOTES}
"""Every boundary of the file: within statements, between one and its note, before the history, before the log."""
OUTSIDE_GATES = tuple(DONE)
GATED = "create function gated(i int) returns int immutable language sql as 'select null::int';"
