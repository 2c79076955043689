"""Writes as somebody: every policy that refuses is named, and what the server does silently is said."""

import pytest

from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.policies.attempt import Attempt, try_write
from chatly_console.server.database import Database

ONE = Identity.authenticated("one")

YARD = """do $$ begin
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  create table notes (id int primary key, who text, body text, locked boolean default false);
  insert into notes values (1, 'one', 'mine', false), (2, 'two', 'theirs', false), (3, 'one', 'locked', true);
  create function me() returns text stable language sql
    as $f$ select current_setting('request.jwt.claims', true)::jsonb ->> 'sub' $f$;
  create function shout() returns trigger language plpgsql
    as $f$ begin if new.body = 'steal' then new.who := 'two'; end if; return new; end $f$;
  create trigger shout before insert on notes for each row execute function shout();
  alter table notes enable row level security;
  create policy see on notes for select using (who = me());
  create policy add_own on notes for insert with check (who = me());
  create policy add_any_short on notes for insert with check (length(body) < 3);
  create policy not_rude on notes as restrictive for insert with check (body <> 'rude');
  create policy not_long on notes as restrictive for insert with check (length(body) < 9);
  create policy change on notes for update using (who = me() and not locked) with check (who = me());
  create policy remove on notes for delete using (not locked);
  grant select, insert, update, delete on notes to authenticated;
  create table closed (id int primary key);
  alter table closed enable row level security;
  create policy add on closed for insert with check (true);
  grant select, insert, update on closed to authenticated;
end $$"""


@pytest.fixture
async def yard(empty: Database) -> Database:
    await empty.records(YARD, mode=Mode.COMMITTED)
    return empty


async def tried(yard: Database, sql: str) -> Attempt:
    return await try_write(yard, sql, ONE)


def names(attempt: Attempt) -> set[tuple[str, str]]:
    return {(r.policy, r.row.split(" ")[-1]) for r in attempt.refused_by}


async def test_an_insert_names_all_permissive_and_all_restrictive_policies(yard: Database) -> None:
    attempt = await tried(yard, "insert into notes values (9, 'two', 'rude'), (10, 'two', 'far too long')")
    assert {name for name, _ in names(attempt)} == {"add_own", "add_any_short", "not_rude", "not_long"}
    assert {r.command.value for r in attempt.refused_by} == {"INSERT"}


async def test_a_trigger_that_changes_the_row_first_is_taken_into_account(yard: Database) -> None:
    attempt = await tried(yard, "insert into notes values (9, 'one', 'steal')")
    assert not attempt.ok
    assert {name for name, _ in names(attempt)} == {"add_own", "add_any_short"}


async def test_returning_without_a_select_policy_is_the_reason_that_is_given(yard: Database) -> None:
    assert (await tried(yard, "insert into closed values (1)")).ok
    attempt = await tried(yard, "insert into closed values (1) returning id")
    assert not attempt.ok and "No permissive SELECT policy of closed" in attempt.note and "RETURNING" in attempt.note


async def test_an_upsert_onto_a_hidden_row_names_the_policies_of_that_row(yard: Database) -> None:
    attempt = await tried(yard, "insert into notes values (2, 'one', 'x') on conflict (id) do update set body = 'x'")
    assert not attempt.ok
    assert ("see", "there") in names(attempt) and ("change", "there") in names(attempt)


async def test_an_upsert_onto_an_own_row_that_may_not_be_changed(yard: Database) -> None:
    attempt = await tried(yard, "insert into notes values (3, 'one', 'x') on conflict (id) do update set body = 'x'")
    assert names(attempt) == {("change", "there")}
    given = "insert into notes values (1, 'one', 'x') on conflict (id) do update set who = 'two'"
    assert names(await tried(yard, given)) == {("change", "be"), ("see", "be")}


async def test_merge_is_explained_for_each_of_its_actions(yard: Database) -> None:
    merge = "merge into notes n using (values {}) s (id, who) on n.id = s.id {}"
    change = "when matched then update set who = s.who"
    assert names(await tried(yard, merge.format("(1, 'two')", change))) == {("change", "be"), ("see", "be")}
    assert names(await tried(yard, merge.format("(3, 'one')", change))) == {("change", "there")}
    assert names(await tried(yard, merge.format("(3, 'one')", "when matched then delete"))) == {("remove", "there")}
    add = "when not matched then insert values (s.id, s.who, 'rude')"
    assert ("not_rude", "be") in names(await tried(yard, merge.format("(7, 'one')", add)))


async def test_zero_rows_are_called_out_with_the_policy_that_left_them_out(yard: Database) -> None:
    attempt = await tried(yard, "update notes set body = 'x' where body = 'locked'")
    assert attempt.ok and attempt.rows == 0
    assert [r.policy for r in attempt.left_out] == ["change"]
    assert "1 of these match" in attempt.note
    hidden = await tried(yard, "update notes set body = 'x' where body = 'theirs'")
    assert hidden.left_out == () and "none of these matches" in hidden.note
    silent = await tried(yard, "update closed set id = 2 where id = 1")
    assert "no SELECT policy of closed" in silent.note and "a WHERE needs one" in silent.note


async def test_a_missing_grant_is_told_from_a_policy(yard: Database) -> None:
    attempt = await tried(yard, "delete from closed where id = 1")
    assert attempt.missing_grant == "DELETE on closed" and attempt.refused_by == ()


async def test_nothing_is_kept_and_other_errors_are_not_blamed_on_policies(yard: Database) -> None:
    assert (await tried(yard, "update notes set body = 'changed' where id = 1")).rows == 1
    rows = await yard.records("select body from notes where id = 1")
    assert rows[0]["body"] == "mine"
    attempt = await tried(yard, "insert into notes values (1, 'one', 'x')")
    assert attempt.failure is not None and attempt.failure.sqlstate == "23505"
    assert "other than row level security" in attempt.note
