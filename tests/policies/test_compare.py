"""Two identities side by side where there are more rows than are read: nothing is said of what was not read of both."""

import asyncpg
import pytest

from chatly_console.core.identity import Identity
from chatly_console.demo.service import prepare
from chatly_console.policies.compare import compare_table
from chatly_console.policies.service import find_table, read_tables
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

TABLES = """
create table public.words (word text primary key, n int);
create table public.pairs (a int, b text, n int, primary key (a, b));
create table public.heap (n int);
insert into public.words select substr('aBäcD', 1 + g % 5, 1) || '''' || g, g from generate_series(1, 100) g;
insert into public.pairs select g / 10 - 5, substr('aBäcD', 1 + g % 5, 1) || g, g from generate_series(1, 100) g;
insert into public.heap select g from generate_series(1, 100) g;
"""
OPEN = """
alter table public.{0} enable row level security;
create policy every_third on public.{0} for select to anon using (n % 3 = 0);
grant select on public.{0} to anon, service_role;
"""


@pytest.mark.parametrize("name", ["words", "pairs", "heap"])
async def test_who_sees_less_has_no_row_that_is_called_his_alone(database_dsn: str, name: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    await prepare(connection)
    await connection.execute(TABLES + OPEN.format(name))
    await connection.close()
    database = await Database.connect(opening_of(database_dsn, pool_size=4))
    try:
        table = find_table(await read_tables(database), name)
        anon, everything = Identity.anon(), Identity.service_role()
        compared = await compare_table(database, table, [anon, everything], limit=20)
    finally:
        await database.close()
    few, all_rows = compared.sides
    assert len(all_rows.rows) == 20 and all(side.truncated for side in compared.sides)
    assert compared.only(0) == [] and len(compared.shared) == len(few.rows)
    seen = [row for row in all_rows.rows if int(row[-1] or 0) % 3 == 0]
    assert list(few.rows) == seen and seen
