"""Each check finds what was planted, and stays silent on its healthy neighbour."""

from collections.abc import AsyncIterator

import pytest

from chatly_console.advisor.checks import CHECKS
from chatly_console.advisor.service import advise
from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

ROLES = "do $$ begin create role anon; exception when duplicate_object then null; end $$"
PLANTED = """
create table parent (id int primary key);
create table child (id int primary key, p int references parent, q int references parent);
create index child_q on child (q);
create table nokey (a int);
create table open_table (id int primary key);
grant select, truncate on open_table to anon;
create table asleep (id int primary key);
create policy nothing on asleep for select to anon using (true);
create table shut (id int primary key);
alter table shut enable row level security;
create table slow (id int primary key, owner text);
alter table slow enable row level security;
create policy per_row on slow for select to anon using (owner = current_setting('request.jwt.claims', true));
create table quick (id int primary key, owner text);
alter table quick enable row level security;
create policy per_statement on quick for select to anon
  using (owner = (select current_setting('request.jwt.claims', true)));
create table crowded (id int primary key);
alter table crowded enable row level security;
create policy one on crowded for select to anon using (true);
create policy two on crowded for all to anon using (false);
create table blind (id int primary key);
alter table blind enable row level security;
create policy writes on blind for update to anon using (true);
create table twice (id int primary key, a int);
create index twice_a on twice (a);
create index twice_b on twice (a);
create view peek as select * from shut;
grant select on peek to anon;
create view honest with (security_invoker = true) as select * from shut;
grant select on honest to anon;
create function loose() returns int language sql as 'select 1';
create function tight() returns int language sql set search_path = '' as 'select 1';
create extension pg_trgm with schema public
"""

EXPECTED = {
    "rls_disabled_in_public": {"public.open_table"},
    "policy_exists_rls_disabled": {"public.asleep"},
    "security_definer_view": {"public.peek"},
    "api_role_may_truncate": {"public.open_table"},
    "write_without_select_policy": {"public.blind"},
    "auth_rls_initplan": {"public.slow"},
    "multiple_permissive_policies": {"public.crowded"},
    "duplicate_index": {"public.twice"},
    "invalid_index": set(),
    "function_search_path_mutable": {"public.loose()"},
    "extension_in_public": {"pg_trgm"},
    "unindexed_foreign_keys": {"public.child"},
    "rls_enabled_no_policy": {"public.shut"},
    "no_primary_key": {"public.nokey"},
    "unused_index": {"public.child_q", "public.twice_a", "public.twice_b"},
}


@pytest.fixture
async def planted(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    for sql in (ROLES, *PLANTED.split(";")):
        async with database.open(Request(sql, mode=Mode.COMMITTED)) as result:
            await result.finish()
    yield database
    await database.close()


async def test_every_check_finds_its_planted_fault_and_nothing_else(planted: Database) -> None:
    findings = await advise(planted)
    found = {check.name: {f.object for f in findings if f.check is check} for check in CHECKS}
    assert found == EXPECTED
    assert [f.check.level for f in findings] == sorted(f.check.level for f in findings)
    assert "foreign key child_p_fkey (p)" in next(f.detail for f in findings if f.object == "public.child")


async def test_fixes_that_are_sql_run_and_mend(planted: Database) -> None:
    for finding in await advise(planted):
        if finding.fix.startswith(("alter", "revoke")) and "extension" not in finding.fix:
            async with planted.open(Request(finding.fix.rstrip(";"), mode=Mode.COMMITTED)) as result:
                await result.finish()
    left = {finding.check.name for finding in await advise(planted)}
    assert not left & {"rls_disabled_in_public", "security_definer_view", "api_role_may_truncate",
                       "function_search_path_mutable", "policy_exists_rls_disabled"}  # fmt: skip


async def test_an_unknown_check_is_refused(planted: Database) -> None:
    with pytest.raises(Failure, match="no check named nonsense"):
        await advise(planted, ["nonsense"])


async def test_chatlys_own_database_has_no_error(chatly_dsn: str) -> None:
    database = await Database.connect(opening_of(chatly_dsn))
    try:
        errors = [f for f in await advise(database) if f.check.level.name == "ERROR"]
    finally:
        await database.close()
    assert errors == []
