"""Random tables, policies, roles and statements: what the pure model predicts is what the server does."""

import random
import re
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import asyncpg
import pytest

from chatly_console.core.identity import Identity
from chatly_console.policies.asking import Answered, ask
from chatly_console.policies.checks import Action, Row, checks, left_out, passes, refused
from chatly_console.policies.combination import Standing, deciding, judge_all, standing
from chatly_console.policies.policy import Clause, Command, Policy, Subject, Table
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import read_subject, read_tables
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from tests.server.conftest import opening_of

ROUNDS, TABLES, ROWS = 5, 6, 8
NEW_ID = 100
EXPRESSIONS = (
    "true", "false", "null", "id % 2 = 0", "id > 3", "flag", "not flag", "owner_name = current_user",
    "owner_name is null", "id in (select o.id from other o)", "coalesce(flag, id > 2)", "null::boolean and flag",
    "ctid is not null",
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A statement: its SQL (`{t}` the table, `{new}` a row's values), what it does with a row, and what it needs."""

    sql: str
    action: Action
    reads: bool = True
    needs: tuple[str, ...] = ("SELECT",)


WHOLE = (
    Form("select id from {t}", Action.READ),
    Form("select id from {t} for update", Action.LOCK, needs=("SELECT", "UPDATE")),
    Form("update {t} set flag = false", Action.UPDATE, reads=False, needs=("UPDATE",)),
    Form("update {t} set flag = not flag where id >= 0 returning id", Action.UPDATE, needs=("SELECT", "UPDATE")),
    Form("update {t} set id = id + 100 where id < 100 returning id - 100 as id", Action.UPDATE,
         needs=("SELECT", "UPDATE")),
    Form("delete from {t}", Action.DELETE, reads=False, needs=("DELETE",)),
    Form("delete from {t} where id >= 0 returning id", Action.DELETE, needs=("SELECT", "DELETE")),
)  # fmt: skip
"""Statements over all rows: those that are left out do not matter, one that is refused refuses all."""

SINGLE = (
    Form("insert into {t} values {new}", Action.INSERT, reads=False, needs=("INSERT",)),
    Form("insert into {t} values {new} returning id", Action.INSERT, needs=("SELECT", "INSERT")),
    Form("insert into {t} values {new} on conflict do nothing", Action.INSERT, reads=False, needs=("INSERT",)),
    Form("insert into {t} values {new} on conflict (id) do nothing", Action.INSERT, needs=("SELECT", "INSERT")),
    Form("insert into {t} values {new} on conflict (id) do update set flag = false", Action.INSERT,
         needs=("SELECT", "INSERT", "UPDATE")),
    Form("merge into {t} using (values {new}) s (id, flag, name) on {t}.id = s.id "
         "when not matched then insert values (s.id, s.flag, s.name)", Action.MERGE_INSERT, reads=False,
         needs=("SELECT", "INSERT")),
    Form("merge into {t} using (values {new}) s (id, flag, name) on {t}.id = s.id "
         "when not matched then insert values (s.id, s.flag, s.name) returning {t}.id", Action.MERGE_INSERT,
         needs=("SELECT", "INSERT")),
)  # fmt: skip
"""Statements that add one row."""

MEETING = (
    Form("insert into {t} values {new} on conflict (id) do update set flag = false", Action.UPSERT,
         needs=("SELECT", "INSERT", "UPDATE")),
    Form("merge into {t} using (values {new}) s (id, flag, name) on {t}.id = s.id "
         "when matched then update set flag = false", Action.MERGE_UPDATE, needs=("SELECT", "UPDATE")),
    Form("merge into {t} using (values {new}) s (id, flag, name) on {t}.id = s.id when matched then delete",
         Action.MERGE_DELETE, needs=("SELECT", "DELETE")),
)  # fmt: skip
"""Statements that meet one row that is there."""


WORDS = ("returning", "for update", "on conflict", "merge", "where", "insert", "update", "delete")
WHOLE_AND_SINGLE = {word for form in (*WHOLE, *SINGLE, *MEETING) for word in WORDS if word in form.sql}
"""What the statements have in them."""


@dataclass
class World:
    """A database of its own, and roles of which some inherit, some do not, one bypasses and one is a superuser."""

    database: Database
    admin: "asyncpg.Connection[asyncpg.Record]"
    roles: list[str]


@pytest.fixture
async def world(server: EmbeddedServer) -> AsyncIterator[World]:
    async for made in make_world(server.dsn):
        yield made


async def make_world(dsn_of: Callable[[str], str]) -> AsyncIterator[World]:
    """As superuser of the server whose databases `dsn_of` names; everything is dropped at the end."""
    name = f"rls_{uuid.uuid4().hex[:10]}"
    roles = [f"{name}_{kind}" for kind in ("group", "member", "stranger", "apart", "bypass", "super", "owner")]
    group, member, _, apart, bypass, superuser, _ = roles
    outer = await asyncpg.connect(dsn_of("postgres"))
    await outer.execute(f"create database {name}")
    for role in roles:
        await outer.execute(f"create role {role}")
    await outer.execute(f"grant {group} to {member} with inherit true; grant {group} to {apart} with inherit false")
    await outer.execute(f"alter role {bypass} bypassrls; alter role {superuser} superuser")
    admin = await asyncpg.connect(dsn_of(name))
    await admin.execute("create table other (id int); insert into other values (1), (4), (5)")
    await admin.execute("alter table other enable row level security; grant select on other to public")
    await admin.execute("create policy seen on other using (id > 1)")
    database = await Database.connect(opening_of(dsn_of(name), pool_size=3))
    yield World(database, admin, roles)
    await database.close()
    await admin.close()
    await outer.execute(f"drop database {name} with (force)")
    for role in roles:
        await outer.execute(f"drop role {role}")
    await outer.close()


async def make_table(world: World, dice: random.Random, name: str) -> str:
    """A table of eight rows, a third of them partitioned, with up to five random policies and random grants."""
    admin, roles = world.admin, world.roles
    partitioned = dice.random() < 0.33
    await admin.execute(
        f"create table {name} (id int primary key, flag boolean, owner_name text)"
        + (" partition by range (id)" if partitioned else "")
    )
    parts = [name]
    if partitioned:
        await admin.execute(f"create table {name}_low partition of {name} for values from (0) to (4)")
        await admin.execute(f"create table {name}_high partition of {name} default")
        parts += [f"{name}_low", f"{name}_high"]
    for number in range(ROWS):
        await admin.execute(
            f"insert into {name} values ($1, $2, $3)",
            number, dice.choice([True, False, None]), dice.choice([*roles, None]),
        )  # fmt: skip
    for part in parts:
        await protect(world, dice, part)
    return name


async def protect(world: World, dice: random.Random, name: str) -> None:
    admin, roles = world.admin, world.roles
    if dice.random() < 0.9:
        await admin.execute(f"alter table {name} enable row level security")
    if dice.random() < 0.4:
        await admin.execute(f"alter table {name} force row level security")
    for number in range(dice.randrange(7)):
        kind = dice.choice(["permissive", "permissive", "permissive", "restrictive"])
        command = dice.choice(["all", "select", "select", "update", "delete", "insert"])
        to = dice.choice(["public", "public", *roles])
        using = f"using ({dice.choice(EXPRESSIONS)})" if command != "insert" else ""
        wants_check = command == "insert" or (command in ("all", "update") and dice.random() < 0.6)
        check = f"with check ({dice.choice(EXPRESSIONS)})" if wants_check else ""
        await admin.execute(f'create policy "p {number}" on {name} as {kind} for {command} to {to} {using} {check}')
    await admin.execute(f"alter table {name} owner to {roles[-1]}")
    for role in roles:
        granted = ", ".join(p for p in ("select", "insert", "update", "delete") if dice.random() < 0.9)
        if granted:
            await admin.execute(f"grant {granted} on {name} to {role}")


async def really(world: World, role: str, sql: str, *, wants: str = "") -> set[str] | str:
    """The ids that the server answers (or the number of rows as `n rows`), `refused` by a policy, or `no grant`."""
    step = world.admin.transaction()
    await step.start()
    try:
        await world.admin.execute(f"set local role {role}")
        if wants == "rows":
            return {str(row["id"]) for row in await world.admin.fetch(sql)}
        return (await world.admin.execute(sql)).split(" ")[-1] + " rows"
    except asyncpg.InsufficientPrivilegeError as error:
        return "refused" if "row-level security" in str(error) else "no grant"
    finally:
        await step.rollback()


@dataclass
class Known:
    """What every policy says to one role of the rows that are there, and of rows that would come to be."""

    table: Table
    subject: Subject
    old: dict[str, Answered]
    new: dict[str, Answered]

    def value(self, at: str, to_be: str, policy: Policy, clause: Clause, row: Row) -> bool | None:
        if row is Row.OLD:
            return self.old[at].value_of(policy, clause)
        return self.new[f"{to_be}" if row is Row.NEW else "proposed"].value_of(policy, clause)

    def granted(self, form: Form) -> bool:
        if self.subject.superuser:
            return True
        return set(form.needs) <= self.subject.privileges.get(self.table.oid, frozenset())


def to_be_rows(form: Form, old: list[asyncpg.Record]) -> dict[str, str]:
    """The rows that a statement over all rows would write, by the id of the old one."""
    rows = {}
    for row in old:
        flag = {None: "null", True: "true", False: "false"}[row["flag"]]
        unflag = {None: "null", True: "false", False: "true"}[row["flag"]]
        name = "null" if row["owner_name"] is None else f"'{row['owner_name']}'"
        number = row["id"] + 100 if "id + 100" in form.sql else row["id"]
        flag = "false" if "flag = false" in form.sql else unflag if "not flag" in form.sql else flag
        rows[str(row["id"])] = f"({number}, {flag}::boolean, {name}::text)"
    return rows


async def known(world: World, table: Table, role: str, subject: Subject, rows: dict[str, str]) -> Known:
    """Ask for the value of every expression on the rows that are there and on these."""
    pairs = [(p, clause) for p in table.policies for clause in Clause if p.expression(clause) is not None]
    values = ", ".join(f"({row[1:-1]}, '{key}')" for key, row in rows.items())
    source = f"(select v.*, '(0,0)'::tid as ctid from (values {values}) v (id, flag, owner_name, key_of_row))"
    async with world.database.rehearse() as rehearsal:
        await rehearsal.prepare(
            f"create temp view every_row as select t.ctid, t.* from {table.name} t; "
            "grant select on pg_temp.every_row to public"
        )
        await rehearsal.become(Identity.of_role(role))
        old = await ask(rehearsal, "pg_temp.every_row", table, pairs, key="jsonb_build_array(id)")
        new = await ask(rehearsal, source, table, pairs, key="jsonb_build_array(key_of_row)") if rows else []
    return Known(table, subject, {str(a.key[0]): a for a in old}, {str(a.key[0]): a for a in new})


def predicted_whole(form: Form, known: Known) -> set[str] | str:
    """The ids that a statement over all rows reaches, or that it is refused."""
    if not known.granted(form):
        return "no grant"
    asked = checks(known.table, known.subject, form.action, reads=form.reads)
    reached = set()
    for at in known.old:

        def value_of(policy: Policy, clause: Clause, row: Row, at: str = at) -> bool | None:
            return known.value(at, at, policy, clause, row)

        # no permissive policy at all also leaves a row out, though no policy says no
        if all(passes(check, value_of) for check in asked if not check.refuses):
            assert not left_out(asked, value_of)
            if not all(passes(check, value_of) for check in asked if check.refuses):
                return "refused"
            reached.add(at)
    return reached


def predicted_single(form: Form, known: Known, at: str) -> str:
    """What becomes of a statement about one row."""
    if not known.granted(form):
        return "no grant"
    asked = checks(known.table, known.subject, form.action, reads=form.reads)

    def value_of(policy: Policy, clause: Clause, row: Row) -> bool | None:
        return known.value(at, "new", policy, clause, row)

    if not all(passes(check, value_of) for check in asked if not check.refuses):
        return "0 rows"
    if all(passes(check, value_of) for check in asked if check.refuses):
        assert not refused(asked, value_of)
        return "1 rows"
    return "refused"


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_what_is_predicted_is_what_the_server_does(world: World, seed: int) -> None:
    dice = random.Random(seed)
    for number in range(TABLES):
        await make_table(world, dice, f"t{number}")
    tables = [t for t in await read_tables(world.database) if re.fullmatch(r"t\d+(_low|_high)?", t.name)]
    tried = 0
    for table in tables:
        for role in world.roles:
            tried += await try_everything(world, dice, table, role)
    assert tried >= 500, "with all seeds at least 2,000"
    owner = world.roles[-1]
    assert {t.kind for t in tables} == {"r", "p"} and any("_low" in t.name for t in tables), "partitions among them"
    assert {t.forced for t in tables if t.enabled} == {True, False} and {t.owner for t in tables} == {owner}
    policies = [p for t in tables for p in t.policies]
    assert {p.permissive for p in policies} == {True, False}
    assert {p.command for p in policies} == {None, *Command}
    assert set(WORDS) == WHOLE_AND_SINGLE, "each kind of statement is among them"


@pytest.mark.pg17
async def test_what_is_predicted_is_what_postgresql_17_does(pg17_dsn: str) -> None:
    start, _, _ = pg17_dsn.replace("postgres:postgres-pw", "supabase_admin:admin-pw").rpartition("/")
    async for world in make_world(lambda name: f"{start}/{name}"):
        dice = random.Random(17)
        for number in range(3):
            await make_table(world, dice, f"t{number}")
        tried = 0
        for table in await read_tables(world.database):
            if table.name.startswith("t"):
                for role in world.roles:
                    tried += await try_everything(world, dice, table, role)
        assert tried >= 200


async def try_everything(world: World, dice: random.Random, table: Table, role: str) -> int:
    subject = await read_subject(world.database, role)
    old = await world.admin.fetch(f"select * from {table.name} order by id")
    tried = 0
    for form in WHOLE:
        moves = "id + 100" in form.sql and (table.kind == "p" or "_" in table.name)
        if moves:
            continue  # a partition's rows would have to go elsewhere: other rules
        facts = await known(world, table, role, subject, to_be_rows(form, old))
        expected = predicted_whole(form, facts)
        wants = "rows" if "returning" in form.sql or form.sql.startswith("select") else ""
        real = await really(world, role, form.sql.format(t=table.name), wants=wants)
        if isinstance(expected, set) and not wants:
            assert real == f"{len(expected)} rows", (form, role, table)
        else:
            assert real == expected, (form, role, table)
        tried += 1
    tried += await try_single_rows(world, dice, table, role, subject, old)
    return tried + await try_views(world, table, role, subject)


async def try_single_rows(
    world: World, dice: random.Random, table: Table, role: str, subject: Subject, old: list[asyncpg.Record]
) -> int:
    flag, name = dice.choice(["true", "false", "null"]), dice.choice([f"'{role}'", "null", "'somebody'"])
    at = dice.choice(old)
    high = "_low" not in table.name
    number = NEW_ID + dice.randrange(2) if high else 3
    own = f"'{at['owner_name']}'" if at["owner_name"] else "null"
    rows = {
        "fresh": f"({number}, {flag}::boolean, {name}::text)",
        "proposed": f"({at['id']}, {flag}::boolean, {name}::text)",
        "new": f"({at['id']}, false, {own}::text)",
    }
    facts = await known(world, table, role, subject, rows)
    tried = 0
    for form in MEETING:
        real = await really(world, role, form.sql.format(t=table.name, new=rows["proposed"]))
        assert real == predicted_single(form, facts, str(at["id"])), (form, role, table, rows)
        tried += 1
    if high:
        facts.new["new"] = facts.new["fresh"]
        for form in SINGLE:
            real = await really(world, role, form.sql.format(t=table.name, new=rows["fresh"]))
            assert real == predicted_single(form, facts, str(at["id"])), (form, role, table, rows)
            tried += 1
    return tried


async def try_views(world: World, table: Table, role: str, subject: Subject) -> int:
    """A view reads as its owner, an invoker's view as whoever asks; the values are the asking role's either way.

    Not so those of sub-selects, which also read as the view's owner: where the asking role sees more of the other
    table than the owner does, its values say nothing of the view.
    """
    tried = 0
    looks_further = any("other" in (p.using or "") for p in table.policies)
    facts = await known(world, table, role, subject, {})
    for owner, invoker in ((world.roles[2], False), (world.roles[4], False), (world.roles[2], True)):
        if not invoker and looks_further and (subject.superuser or subject.bypasses_rls):
            continue
        step = world.admin.transaction()
        await step.start()
        options = " with (security_invoker = true)" if invoker else ""
        await world.admin.execute(f"create view v{options} as select * from {table.name}")
        await world.admin.execute(f"alter view v owner to {owner}; grant select on v to public")
        await world.admin.execute("savepoint made")
        reader = subject if invoker else await read_subject(world.database, owner)
        expected = predicted_whole(WHOLE[0], Known(table, reader, facts.old, {}))
        try:
            await world.admin.execute(f"set local role {role}")
            real: set[str] | str = {str(row["id"]) for row in await world.admin.fetch("select id from v")}
        except asyncpg.InsufficientPrivilegeError:
            real = "no grant"
        finally:
            await step.rollback()
        assert real == expected, (owner, invoker, role, table)
        tried += 1
    return tried


@pytest.mark.parametrize("seed", range(2))
async def test_why_tells_the_rows_that_the_server_reaches(world: World, seed: int) -> None:
    dice = random.Random(1000 + seed)
    for number in range(4):
        await make_table(world, dice, f"t{number}")
    tables = [t for t in await read_tables(world.database) if t.name.startswith("t")]
    for table in tables:
        for role in world.roles:
            for command in (Command.SELECT, Command.UPDATE, Command.DELETE):
                await compare_why(world, table, role, command)


async def compare_why(world: World, table: Table, role: str, command: Command) -> None:
    subject = await read_subject(world.database, role)
    sql = {
        Command.SELECT: f"select id from {table.name}",
        Command.UPDATE: f"update {table.name} set id = id where id >= 0 returning id",
        Command.DELETE: f"delete from {table.name} where id >= 0 returning id",
    }[command]
    real = await really(world, role, sql, wants="rows")
    if real == "refused":
        return  # what is refused for the new row is not about which rows are found
    missing = Standing.NO_GRANT in (standing(table, subject, Command.SELECT), standing(table, subject, command))
    assert missing == (real == "no grant")
    explained = await explain_rows(world.database, table, Identity.of_role(role), command)
    predicted = {row.key[0] for row in explained.rows if row.verdict.passes}
    if missing:
        return
    assert predicted == real, (role, command, table.policies, explained.rows)
    combinations = deciding(table, subject, command)
    for row in explained.rows:
        assert judge_all(combinations, dict(row.values)).passes == (row.key[0] in predicted)
    assert sum(t.count for t in explained.tallies if t.verdict.passes) == len(predicted)
