"""Statements to begin with: each is one that the server takes, whatever the names are."""

import asyncpg

from chatly_console.core.catalogue import Relation, Routine
from chatly_console.schema.statements_tab import names_it
from chatly_console.schema.templates import templates
from chatly_console.server.catalogue import load_catalogue
from chatly_console.server.database import Database
from tests.schema.hostile import HOSTILE_TABLES, RICH


async def test_the_server_understands_every_template(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(
        RICH
        + HOSTILE_TABLES
        + "create function shop.two(a int, b text default 'x', out c int) language sql as 'select 1';"
        + "create procedure shop.run(a int) language sql as 'select 1'; create table shop.none ();"
        + "create function shop.rows_of(n int) returns setof shop.orders language sql as 'select * from shop.orders';"
    )
    catalogue = await load_catalogue(database)
    seen = set()
    for found in catalogue.objects():
        if isinstance(found, Relation | Routine) and getattr(found, "result", "") != "trigger":
            for title, sql in templates(catalogue, found):
                seen.add(title)
                if title != "refresh" and not (title == "upsert" and not catalogue.keys_of(found.oid)):
                    await other.prepare(sql)
    assert seen == {
        "select", "select by key", "count", "insert", "upsert", "update", "delete", "refresh", "next value", "call",
        "select from",
    }  # fmt: skip


async def test_what_the_server_fills_in_itself_is_not_written(
    database: Database, other: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await other.execute(RICH)
    catalogue = await load_catalogue(database)
    customers = catalogue.relation("shop", "customers")
    made = dict(templates(catalogue, customers))
    assert made["insert"] == (
        "insert into shop.customers (email, mood, share, tags)\nvalues ($1, $2, $3, $4)\nreturning *;\n"
    )
    assert made["delete"] == "delete from shop.customers\n where id = $1\nreturning *;\n"
    assert templates(catalogue, None) == []


def test_a_statement_names_a_relation_only_as_a_word_of_its_own() -> None:
    assert names_it("select * from Orders o", "orders") and names_it('select 1 from "My Table"', "My Table")
    assert not names_it("select * from reorders", "orders") and not names_it("select 'orders'", "orders")
