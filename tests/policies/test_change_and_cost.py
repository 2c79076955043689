"""What a changed policy would do, what policies cost, and what their expressions are made of."""

from dataclasses import replace

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.policies.change import Change, changed, create_sql, edited, head_of, migration, read_head
from chatly_console.policies.cost import measure_cost
from chatly_console.policies.cures import cure_sql, cures_of, sub_selects, wrap_calls
from chatly_console.policies.parts import Parts, UsedColumn, UsedFunction, calls, read_parts
from chatly_console.policies.policy import Clause, Command, Policy, Table
from chatly_console.policies.query_cost import measure_query_cost
from chatly_console.policies.service import find_table, read_tables
from chatly_console.policies.what_if import check_roles, what_if
from chatly_console.server.database import Database

ONE, TWO = Identity.authenticated("one"), Identity.authenticated("two")
SHELF = """do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  create schema if not exists auth;
  create function auth.uid() returns text stable language plpgsql
    as $f$ begin return current_setting('request.jwt.claims', true)::jsonb ->> 'sub'; end $f$;
  create table teams (team int primary key, who text);
  insert into teams select g, case when g % 50 = 0 then 'one' else 'x' || g end from generate_series(1, 500) g;
  create table books (id int primary key, owner text, team int, title text);
  insert into books select g, case g % 100 when 0 then 'one' when 1 then 'two' else 'x' end, g % 500, 'book ' || g
    from generate_series(1, 6000) g;
  alter table books enable row level security;
  alter table teams enable row level security;
  create policy own_team on teams using (who = auth.uid());
  create policy own on books for select using (owner = auth.uid());
  create policy of_team on books for select to authenticated
    using (team in (select t.team from teams t where t.who = auth.uid()));
  comment on policy own on books is 'It''s theirs';
  create policy add on books for insert with check (owner = auth.uid());
  grant usage on schema auth to anon, authenticated;
  grant select on books, teams to anon, authenticated; grant insert on books to authenticated;
end $$"""


@pytest.fixture
async def shelf(empty: Database) -> Database:
    await empty.records(SHELF, mode=Mode.COMMITTED)
    return empty


async def books(shelf: Database) -> Table:
    return find_table(await read_tables(shelf), "books")


def policy_of(table: Table, name: str) -> Policy:
    return next(p for p in table.policies if p.name == name)


def retyped(policy: Policy, using: str, check: str) -> Change:
    """The policy with other expressions."""
    return edited(policy, head_of(policy), using, check)


async def test_rows_gained_and_lost_are_counted_for_each_identity_and_nothing_is_changed(shelf: Database) -> None:
    table = await books(shelf)
    change = retyped(policy_of(table, "own"), "owner = auth.uid() and id > 3000 or title = 'book 7'", "")
    who = [ONE, TWO, Identity.anon(), Identity.of_role("postgres")]
    one, two, anon, login = await what_if(shelf, table, changed(table, change), who)
    # one keeps his books through his teams, but for those of team 0, which nobody has
    assert (one.gained, one.lost) == (1, 6)
    assert (two.before, two.after, two.gained, two.lost) == (60, 31, 1, 30)
    assert {row.label for row in two.rows if row.gained} == {"book 7"} or two.rows[0].gained
    assert (anon.before, anon.gained) == (0, 1)
    assert "superuser" in login.note
    assert await books(shelf) == table


async def test_a_dropped_policy_and_a_check_of_insert_are_compared_too(shelf: Database) -> None:
    table = await books(shelf)
    (two,) = await what_if(shelf, table, changed(table, Change(policy_of(table, "own"), None)), [TWO])
    assert (two.before, two.after, two.lost) == (60, 0, 60)
    change = retyped(policy_of(table, "add"), "", "true")
    (two,) = await what_if(shelf, table, changed(table, change), [TWO], Command.INSERT)
    assert (two.before, two.after) == (60, 6000)


async def test_an_expression_that_is_wrong_is_a_failure_of_that_identity(shelf: Database) -> None:
    table = await books(shelf)
    change = retyped(policy_of(table, "own"), "no_such_column", "")
    (two,) = await what_if(shelf, table, changed(table, change), [TWO])
    assert two.failure is not None and two.failure.sqlstate == "42703"


@pytest.mark.parametrize(
    "text", ["true) or (true", "1; drop table books", "set_config('role', 'none', true) = ''", "(true", "$1 = 2"]
)
def test_what_is_no_single_harmless_expression_is_refused(text: str) -> None:
    policy = Policy("p", True, Command.SELECT, ("public",), "true")
    with pytest.raises(Failure) as caught:
        retyped(policy, text, "")
    assert caught.value.kind in (FailureKind.USAGE, FailureKind.REFUSED)


def test_clauses_that_a_command_does_not_have_or_cannot_do_without_are_refused() -> None:
    with pytest.raises(Failure, match="has no WITH CHECK"):
        retyped(Policy("p", True, Command.SELECT, ("public",), "true"), "true", "true")
    with pytest.raises(Failure, match="has no USING"):
        edited(None, "p for insert", "true", "true")
    with pytest.raises(Failure, match="Without USING nobody passes"):
        edited(None, "p for update", "", "true")
    with pytest.raises(Failure, match="Without WITH CHECK nobody passes"):
        edited(None, "p for insert", "", "")


@pytest.mark.parametrize("head", ["", "p as sometimes", "p for truncate", "p to", "p q", "p for select to a b"])
def test_a_policy_that_is_written_otherwise_is_refused_with_the_form(head: str) -> None:
    with pytest.raises(Failure, match="NAME as permissive"):
        edited(None, head, "true", "")


def test_what_is_written_of_a_policy_is_read_back() -> None:
    odd = Policy('My "as for to" x', False, Command.UPDATE, ("public", 'A, "b"', "editor"), "true")
    assert read_head(head_of(odd)) == replace(odd, using=None)
    assert read_head("Plain") == Policy("plain", True, None, ("public",))


async def test_a_new_policy_other_roles_command_and_kind_are_compared_for_each_identity(shelf: Database) -> None:
    table = await books(shelf)
    new = edited(None, "open for select to authenticated", "title like 'book 1%'", "")
    one, anon = await what_if(shelf, table, changed(table, new), [TWO, Identity.anon()])
    assert one.gained == 1111 - 12 and one.lost == 0 and anon.gained == 0
    own = policy_of(table, "own")
    narrowed = edited(own, "own for select to anon", own.using or "", "")
    (two,) = await what_if(shelf, table, changed(table, narrowed), [TWO])
    assert (two.before, two.after) == (60, 0), "it is no longer for him"
    strict = edited(own, "own as restrictive for select to public", own.using or "", "")
    (two,) = await what_if(shelf, table, changed(table, strict), [TWO])
    assert two.after == 0, "nothing permissive is left that lets him in"
    moved = edited(own, "own for delete", own.using or "", "")
    assert {(a.command, a.clause) for a in moved.aspects} == {
        (Command.SELECT, Clause.USING), (Command.DELETE, Clause.USING)
    }  # fmt: skip
    (two,) = await what_if(shelf, table, changed(table, moved), [TWO], Command.DELETE)
    assert two.note == "the privilege DELETE is missing"
    with pytest.raises(Failure, match="There is a policy of_team"):
        changed(table, edited(own, "of_team for select", "true", ""))
    with pytest.raises(Failure, match="no role nobody_here"):
        await check_roles(shelf, read_head("x to nobody_here"))


async def test_the_check_of_an_update_is_a_question_of_its_own(shelf: Database) -> None:
    await shelf.records("grant update on books to authenticated", mode=Mode.COMMITTED)
    table = await books(shelf)
    new = edited(None, "change for update to authenticated", "owner = auth.uid()", "id < 1001")
    asked = [(a.command, a.clause) for a in new.aspects]
    assert asked == [(Command.UPDATE, Clause.USING), (Command.UPDATE, Clause.CHECK)]
    (using,), (check,) = [await what_if(shelf, table, changed(table, new), [TWO], *each) for each in asked]
    assert (using.before, using.gained, check.gained) == (0, 60, 1000)


async def test_the_migration_and_its_way_back_give_the_same_policies(shelf: Database) -> None:
    table = await books(shelf)
    own, using = policy_of(table, "own"), policy_of(table, "own").using or ""
    for change in (
        retyped(own, "owner is not null", ""),
        edited(own, "mine for select to anon, authenticated", using, ""),
        edited(own, "own as restrictive for update", using, "id > 1"),
        edited(None, '"a new; one" for insert to authenticated', "", "id > 1"),
        Change(own, None),
    ):
        name, up, down = migration(table, change)
        assert "own" in name or "a new; one" in name
        await run_script(shelf, up)
        expected = {p.name: p for p in changed(table, change).policies}
        found = {p.name: p for p in (await books(shelf)).policies}
        assert found.keys() == expected.keys()
        for policy, wanted in ((found[n], expected[n]) for n in found):
            assert (policy.permissive, policy.command, policy.comment) == (
                wanted.permissive, wanted.command, wanted.comment
            )  # fmt: skip
            assert sorted(policy.roles) == sorted(wanted.roles)
        await run_script(shelf, down)
        assert {p.name: p for p in (await books(shelf)).policies} == {p.name: p for p in table.policies}
    assert "It''s theirs" in create_sql(table, policy_of(table, "own"))


async def run_script(shelf: Database, script: str) -> None:
    async with shelf.dedicated("migration") as session:
        await session.run(script)


async def test_each_cure_is_tried_and_the_same_rows_pass(shelf: Database) -> None:
    table = await books(shelf)
    cost = await measure_cost(shelf, table, ONE, await read_parts(shelf, table))
    assert cost.without is not None and cost.with_policies is not None
    assert cost.without.rows == 6000 and cost.with_policies.rows < 1000
    found = {(t.cure.kind, t.cure.policy.name): t for t in cost.tried}
    assert {("initplan", "own"), ("index", "own"), ("role", "own"), ("helper", "of_team")} <= found.keys()
    for tried in cost.tried:
        assert tried.failure is None and tried.ratio is not None and not tried.changes_rows
    assert (found["initplan", "own"].ratio or 0) > 1
    index = found["index", "own"]
    assert index.before is not None and index.after is not None and index.after.tested < index.before.tested
    indexes = await shelf.records("select count(*) as n from pg_indexes where tablename = 'books'")
    assert indexes[0]["n"] == 1, "the index that was tried is gone"


async def test_a_helper_that_lets_other_rows_pass_is_called_no_cure(shelf: Database) -> None:
    await shelf.records(
        "alter policy of_team on books using (team in (select t.team from teams t))", mode=Mode.COMMITTED
    )
    table = await books(shelf)
    cost = await measure_cost(shelf, table, ONE, await read_parts(shelf, table))
    helper = next(t for t in cost.tried if t.cure.kind == "helper")
    assert helper.changes_rows, "the other table's policies were what made it right"


async def test_where_no_policy_is_asked_nothing_is_measured(shelf: Database) -> None:
    cost = await measure_cost(shelf, await books(shelf), Identity.of_role("postgres"), {})
    assert "superuser" in cost.note and cost.tried == ()


async def test_a_policys_columns_functions_and_tables_are_told_with_what_matters(chatly: Database) -> None:
    table = find_table(await read_tables(chatly), "conversations")
    parts = (await read_parts(chatly, table))["conversations_select"]
    assert {(c.name, bool(c.index)) for c in parts.columns} == {("platform_client_id", True), ("assigned_to", False)}
    helper = next(f for f in parts.functions if f.name == "client_ids")
    assert helper.words == "stable, security definer, search_path empty" and not helper.is_risky
    assert UsedFunction("f()", "public", "f", "volatile").is_risky
    assert UsedFunction("f()", "public", "f", definer=True).is_risky


BOOKS = Table(1, "public", "books", columns=("id", "owner", "team"))
UID = UsedFunction("auth.uid()", "auth", "uid")
TEAMS = UsedFunction("teams()", "public", "teams", returns_set=True)


@pytest.mark.parametrize(
    ("expression", "wrapped"),
    [
        ("owner = auth.uid()", "owner = (select auth.uid())"),
        ("owner = ( SELECT auth.uid() AS uid)", "owner = ( SELECT auth.uid() AS uid)"),
        (
            "f(owner) = auth.uid() OR auth.uid() IS NULL",
            "f(owner) = (select auth.uid()) OR (select auth.uid()) IS NULL",
        ),
        ("'auth.uid()' = owner", "'auth.uid()' = owner"),
        ("(current_setting('a'::text) = owner)", "((select current_setting('a'::text)) = owner)"),
    ],
)
def test_calls_that_need_no_column_are_asked_once(expression: str, wrapped: str) -> None:
    assert wrap_calls(expression, BOOKS, Parts(functions=(UID,))) == wrapped


def test_calls_are_found_with_their_arguments_whatever_stands_in_strings() -> None:
    found = calls("a(b('x)'), \"Ä\".c(1)) and lower(title) = ')'")
    assert [(c.name, c.arguments) for c in found][:2] == [("a", "b('x)'), \"Ä\".c(1)"), ("b", "'x)'")]
    assert found[-1].name == "lower"


def test_only_sub_selects_without_columns_of_the_row_become_helpers() -> None:
    plain = "team IN ( SELECT t.team FROM teams t)"
    assert [plain[a:b] for a, b in sub_selects(plain, BOOKS)] == ["( SELECT t.team FROM teams t)"]
    assert sub_selects("EXISTS ( SELECT 1 FROM teams t WHERE t.team = books.team)", BOOKS) == []


def test_the_sql_of_each_cure_has_its_way_back() -> None:
    policy = Policy("own", True, Command.SELECT, ("public",), "owner = auth.uid()")
    found = cures_of(BOOKS, policy, Parts((UsedColumn("owner"),), (UID,)))
    assert [c.kind for c in found] == ["initplan", "index", "role"]
    for cure in found:
        up, down = cure_sql(BOOKS, cure)
        assert up.endswith(";") and down.endswith(";") and up != down


QUERY = "select count(*) from books b join teams t on t.team = b.team where b.id % 7 = 0"


async def test_a_query_is_measured_with_and_without_and_as_if_each_policy_were_alone(shelf: Database) -> None:
    before = [t.policies for t in await read_tables(shelf)]
    cost = await measure_query_cost(shelf, f"{QUERY};", ONE)
    assert cost.without is not None and cost.with_policies is not None and not cost.note
    assert cost.without.tested == 6000, "the rows of the first table that the query names"
    alone = {(c.table.name, c.policy.name): c for c in cost.policies if c.table is not None}
    assert alone.keys() == {("books", "own"), ("books", "of_team"), ("teams", "own_team")}
    assert all(c.measured is not None and c.measured.blocks > 0 and c.failure is None for c in alone.values())
    tried = {(t.cure.kind, t.cure.policy.name): t for t in cost.tried}
    wrapped = tried["initplan", "own"]
    assert wrapped.ratio is not None and not wrapped.changes_rows and wrapped.failure is None
    index = tried["index", "own"]
    assert index.after is not None and index.failure is None
    helper = tried["helper", "of_team"]
    assert helper.failure is None and helper.after is not None and helper.table is not None
    assert cure_sql(helper.table, helper.cure)[0].startswith("create or replace function public.of_team_ids()")
    assert [t.policies for t in await read_tables(shelf)] == before, "every change was rolled back"


async def test_a_restrictive_policy_is_measured_alone_too(shelf: Database) -> None:
    await shelf.records(
        "create policy low on books as restrictive for select using (id % 100 < 50)", mode=Mode.COMMITTED
    )
    cost = await measure_query_cost(shelf, "select id from books", ONE)
    low = next(c for c in cost.policies if c.policy.name == "low")
    assert low.measured is not None and low.measured.rows == 3000 and low.measured.tested == 6000


async def test_where_no_lock_may_be_felt_only_with_and_without_are_measured(shelf: Database) -> None:
    cost = await measure_query_cost(shelf, QUERY, ONE, changes=False)
    assert cost.with_policies is not None and cost.without is not None
    assert cost.policies == () and cost.tried == () and "read-only" in cost.note
    assert "no policy is asked" in (await measure_query_cost(shelf, QUERY, Identity.of_role("postgres"))).note


async def test_a_table_that_others_read_is_not_locked_and_the_rest_is_measured(shelf: Database) -> None:
    async with shelf.dedicated("reader") as reader:
        await reader.run("begin; select from books")
        cost = await measure_query_cost(shelf, QUERY, ONE)
    assert cost.with_policies is not None and cost.without is not None
    held = [c for c in cost.policies if c.table is not None and c.table.name == "books"]
    assert {c.failure.sqlstate for c in held if c.failure} == {"55P03"}
    assert all(c.measured for c in cost.policies if c.table is not None and c.table.name == "teams")


@pytest.mark.parametrize(
    "sql", ["", "delete from books", "select 1; delete from books", "explain select 1", "insert into books values (1)",
            "select set_config('role', 'none', true)", "with x as (delete from books returning 1) select * from x"],
)  # fmt: skip
async def test_only_one_query_that_reads_is_measured(shelf: Database, sql: str) -> None:
    with pytest.raises(Failure) as caught:
        await measure_query_cost(shelf, sql, ONE)
    assert caught.value.kind in (FailureKind.USAGE, FailureKind.REFUSED)
