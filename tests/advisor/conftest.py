"""A database of planted cases for the index advisor, made once for each module; tests only read it, or roll back."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from chatly_console.advisor.indexes.service import Permission
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from tests.conftest import run_apart
from tests.server.conftest import opening_of

ALL = Permission(copies=True, builds=True)
MADE = r"""
do $$ begin create role authenticated; exception when duplicate_object then null; end $$;
create table orders (id int primary key, customer int, status text, made timestamptz, total int, note text, tags jsonb)
  with (autovacuum_enabled = false);
insert into orders
select i, i % 5000, case when i % 100 = 0 then 'open' else 'done' end,
       '2026-01-01'::timestamptz + i * interval '1 minute', (i * 7919) % 1000,
       'order ' || md5(i::text), jsonb_build_object('k', i % 3000)
  from generate_series(1, 60000) i;
create table tiny (id int primary key, a int);
insert into tiny select i, i from generate_series(1, 200) i;
create table tenants (id int primary key, tenant int, body text) with (autovacuum_enabled = false);
insert into tenants select i, i % 400, repeat('x', 60) from generate_series(1, 40000) i;
alter table tenants enable row level security;
create policy of_tenant on tenants for select to authenticated
  using (tenant = (select nullif(current_setting('request.jwt.claims', true)::jsonb ->> 'tenant', '')::int));
grant select on tenants to authenticated;
grant usage on schema public to authenticated;
create table indexed (id int primary key, a int) with (autovacuum_enabled = false);
insert into indexed select i, i % 5000 from generate_series(1, 40000) i;
create index indexed_a on indexed (a);
create table events (at timestamptz, kind int, body text) with (autovacuum_enabled = false);
insert into events select '2026-01-01'::timestamptz + i * interval '10 seconds', i % 7, repeat(md5(i::text), 5)
  from generate_series(1, 220000) i;
create table stays (id int primary key, during daterange, guest text) with (autovacuum_enabled = false);
insert into stays select i, daterange('2000-01-01'::date + i % 9000, '2000-01-03'::date + i % 9000), 'Guest ' || i
  from generate_series(1, 40000) i;
create extension vector;
create table papers (id int primary key, embedding vector(16)) with (autovacuum_enabled = false);
insert into papers select i, array(select (hashint4(i * 16 + d) % 1000) / 1000.0 from generate_series(1, 16) d)::vector
  from generate_series(1, 12000) i;
create table slow (id int primary key, tenant int) with (autovacuum_enabled = false);
insert into slow select i, i % 400 from generate_series(1, 40000) i;
alter table slow enable row level security;
create policy of_tenant on slow for select to authenticated
  using (tenant = (current_setting('request.jwt.claims', true)::jsonb ->> 'tenant')::int);
grant select on slow to authenticated;
create extension pg_trgm;
create table places (id int primary key, at point, name text) with (autovacuum_enabled = false);
insert into places select i, point(i % 317, i % 401), 'Place ' || md5(i::text) from generate_series(1, 40000) i;
create view recent as select * from orders where made > '2026-02-01';
create table logs (id int, at date, customer int, note text) partition by range (at);
create table logs_a partition of logs for values from ('2025-01-01') to ('2025-07-01');
create table logs_b partition of logs for values from ('2025-07-01') to ('2026-01-01') partition by list (customer);
create table logs_b_few partition of logs_b for values in (1, 2, 3);
create table logs_b_rest partition of logs_b default;
insert into logs select i, '2025-01-01'::date + i % 365, i % 4000, repeat('x', 40) from generate_series(1, 80000) i;
create table changed (id int primary key, kind int) with (autovacuum_enabled = false);
insert into changed select i, 1 from generate_series(1, 2000) i;
"""
_LATER = "insert into changed select i, i % 2000 from generate_series(2001, 80000) i"
_ANALYZED = "vacuum analyze orders, tiny, tenants, slow, indexed, events, stays, papers, changed, places, logs"


@pytest.fixture(scope="module")
def indexes_dsn(server: EmbeddedServer) -> Iterator[str]:
    """The database's connection string."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    run_apart(_once(server.dsn("postgres"), f"create database {name}"))
    run_apart(_once(server.dsn(name), MADE, _ANALYZED, _LATER))
    yield server.dsn(name)
    run_apart(_once(server.dsn("postgres"), f"drop database {name} with (force)"))


async def _once(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
            await connection.execute("select pg_stat_force_next_flush()")
    finally:
        await connection.close()


@pytest.fixture
async def database(indexes_dsn: str) -> AsyncIterator[Database]:
    """Connected to it."""
    database = await Database.connect(opening_of(indexes_dsn))
    yield database
    await database.close()


async def nothing_is_left(database: Database) -> None:
    """No index, lock, temporary table, prepared statement or open transaction of anybody but the test's own."""
    async with asyncio.timeout(30):
        while True:
            found = await database.records(_LEFT)
            left = {name: value for name, value in found[0].items() if value}
            if not left:
                return
            await asyncio.sleep(0.05)


_LEFT = """
select (select count(*) from pg_index i where i.indexrelid >= 16384 and i.indrelid::regclass::text !~ '^pg_toast'
           and i.indexrelid::regclass::text !~ 'pkey|indexed_a|twin') as indexes,
       (select count(*) from pg_class c where c.relpersistence = 't') as copies,
       (select count(*) from pg_prepared_statements where name !~ '^__asyncpg') as prepared,
       (select count(*) from pg_locks l where l.relation >= 16384 and l.pid <> pg_backend_pid()
           and l.database = (select oid from pg_database where datname = current_database())) as locks,
       (select count(*) from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid()
           and a.xact_start is not null and a.backend_type = 'client backend') as transactions
"""
