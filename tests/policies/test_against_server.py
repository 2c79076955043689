"""Random policies and identities: what the pure model predicts is what the server does."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.core.identity import Identity
from chatly_console.policies.combination import Standing, deciding, judge_all, standing
from chatly_console.policies.policy import Command, Table
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import read_subject, read_tables
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from tests.server.conftest import opening_of

ROUNDS, TABLES = 5, 8
EXPRESSIONS = (
    "true", "false", "null", "id % 2 = 0", "id > 3", "flag", "not flag", "owner_name = current_user", "owner_name is null",
    "id in (select o.id from other o)", "coalesce(flag, id > 2)", "null::boolean and flag", "ctid is not null",
)  # fmt: skip


@pytest.fixture
async def world(
    server: EmbeddedServer,
) -> AsyncIterator[tuple[Database, "asyncpg.Connection[asyncpg.Record]", list[str]]]:
    """A database of its own, and roles of which some inherit, some do not, one bypasses and one is a superuser."""
    name = f"rls_{uuid.uuid4().hex[:10]}"
    roles = [f"{name}_{kind}" for kind in ("group", "member", "stranger", "apart", "bypass", "super", "owner")]
    group, member, _, apart, bypass, superuser, _ = roles
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f"create database {name}")
    for role in roles:
        await admin.execute(f"create role {role}")
    await admin.execute(f"grant {group} to {member} with inherit true; grant {group} to {apart} with inherit false")
    await admin.execute(f"alter role {bypass} bypassrls; alter role {superuser} superuser")
    setup = await asyncpg.connect(server.dsn(name))
    await setup.execute("create table other (id int); insert into other values (1), (4), (5)")
    await setup.execute("alter table other enable row level security; grant select on other to public")
    await setup.execute("create policy seen on other using (id > 1)")
    database = await Database.connect(opening_of(server.dsn(name), pool_size=3))
    yield database, setup, roles
    await database.close()
    await setup.close()
    await admin.execute(f"drop database {name} with (force)")
    for role in roles:
        await admin.execute(f"drop role {role}")
    await admin.close()


async def make_table(
    setup: "asyncpg.Connection[asyncpg.Record]", roles: list[str], dice: random.Random, name: str
) -> str:
    """A table with eight rows and up to five random policies."""
    await setup.execute(f"create table {name} (id int primary key, flag boolean, owner_name text)")
    for number in range(8):
        await setup.execute(
            f"insert into {name} values ($1, $2, $3)",
            number, dice.choice([True, False, None]), dice.choice([*roles, None]),
        )  # fmt: skip
    if dice.random() < 0.9:
        await setup.execute(f"alter table {name} enable row level security")
    if dice.random() < 0.4:
        await setup.execute(f"alter table {name} force row level security")
    for number in range(dice.randrange(6)):
        kind = dice.choice(["permissive", "permissive", "restrictive"])
        command = dice.choice(["all", "select", "select", "update", "delete", "insert"])
        to = dice.choice(["public", *roles])
        using = f"using ({dice.choice(EXPRESSIONS)})" if command != "insert" else ""
        check = f"with check ({dice.choice(EXPRESSIONS[:7])})" if command in ("insert", "all", "update") else ""
        await setup.execute(f'create policy "p {number}" on {name} as {kind} for {command} to {to} {using} {check}')
    await setup.execute(f"alter table {name} owner to {roles[-1]}")
    for role in roles:
        granted = ", ".join(p for p in ("select", "insert", "update", "delete") if dice.random() < 0.85)
        if granted:
            await setup.execute(f"grant {granted} on {name} to {role}")
    return name


async def really_reached(
    setup: "asyncpg.Connection[asyncpg.Record]", role: str, table: str, command: Command
) -> set[str] | None:
    """The ids of the rows that the server lets this role read, update or delete; None where it refuses altogether."""
    statement = {
        Command.SELECT: f"select id from {table}",
        Command.UPDATE: f"update {table} set id = id where id >= 0 returning id",
        Command.DELETE: f"delete from {table} where id >= 0 returning id",
    }[command]
    step = setup.transaction()
    await step.start()
    try:
        await setup.execute(f"set local role {role}")
        return {str(row["id"]) for row in await setup.fetch(statement)}
    except asyncpg.InsufficientPrivilegeError as error:
        # what is refused for the new row is not about which rows are found
        return {"new row"} if "row-level security" in str(error) else None
    finally:
        await step.rollback()


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_predicted_rows_are_the_servers(
    world: tuple[Database, "asyncpg.Connection[asyncpg.Record]", list[str]], seed: int
) -> None:
    database, setup, roles = world
    dice = random.Random(seed)
    names = [await make_table(setup, roles, dice, f"t{number}") for number in range(TABLES)]
    tables = {t.name: t for t in await read_tables(database)}
    tried = 0
    for name in names:
        for role in roles:
            for command in (Command.SELECT, Command.UPDATE, Command.DELETE):
                real = await really_reached(setup, role, name, command)
                if real != {"new row"}:
                    tried += await compare(database, tables[name], role, command, real)
    assert tried >= 100


async def compare(database: Database, table: Table, role: str, command: Command, real: set[str] | None) -> int:
    subject = await read_subject(database, role)
    needs_select = standing(table, subject, Command.SELECT) is Standing.NO_GRANT
    if standing(table, subject, command) is Standing.NO_GRANT or needs_select:
        assert real is None, (table, role, command)
        return 1
    explained = await explain_rows(database, table, Identity.of_role(role), command)
    predicted = {row.key[0] for row in explained.rows if row.verdict.passes}
    assert predicted == real, (role, command, table.policies, explained.rows)
    combinations = deciding(table, subject, command)
    for row in explained.rows:
        assert judge_all(combinations, dict(row.values)).passes == (row.key[0] in predicted)
    assert sum(t.count for t in explained.tallies if t.verdict.passes) == len(predicted)
    await asyncio.sleep(0)
    return 1
