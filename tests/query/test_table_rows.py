"""Which column of a result is which of a table: only where there is no doubt."""

import pytest

from chatly_console.core.identity import LOGIN
from chatly_console.core.request import Mode, Request
from chatly_console.query.edit import Named, Special, delete, insert, update
from chatly_console.query.origin import shape_of
from chatly_console.query.table_rows import TableRows
from chatly_console.query.table_service import Tables
from chatly_console.server.database import Database

SCHEMA = """
create schema "S";
create table "S"."Ort" (land text, "Nr" int, name text, primary key (land, "Nr"));
create table person (id int generated always as identity primary key, mail text not null unique, note json,
                     land text, ort int, foreign key (land, ort) references "S"."Ort");
create table letter (id int primary key, sender int references person, receiver int references person);
create view grown as select * from person;
create table loose (a int, b int)
"""


@pytest.fixture
async def tables(database: Database) -> Tables:
    for statement in SCHEMA.split(";"):
        async with database.open(Request(statement, mode=Mode.COMMITTED)) as result:
            await result.finish()
    return Tables()


async def rows_of(tables: Tables, database: Database, sql: str) -> TableRows:
    async with database.open(Request(sql)) as result:
        return await tables.rows_of(database, sql, result.columns, LOGIN)


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("select * from person", (0,)),
        ("table person", (0,)),
        ("select mail, id from person p where p.id > 1 order by 2 limit 5", (1,)),
        ('select p."id" as anything, p.note from public.person as p', (0,)),
        ("select mail, note from person", (0,)),
        ('select name, "Nr", land from "S"."Ort"', (2, 1)),
        ("select id, upper(mail) from person", (0,)),
    ],
)
async def test_rows_of_one_table_with_its_key_can_be_edited(
    tables: Tables, database: Database, sql: str, key: tuple[int, ...]
) -> None:
    found = await rows_of(tables, database, sql)
    assert found.why_not == "" and found.key == key


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select note from person", "columns of a key"),
        ("select * from loose", "columns of a key"),
        ("select p.id, l.id from person p join letter l on l.sender = p.id", "joined, grouped"),
        ("select distinct id from person", "joined, grouped"),
        ("select id from person group by id", "joined, grouped"),
        ("select id from person union select id from letter", "plain SELECT"),
        ("with p as (select * from person) select * from p", "plain SELECT"),
        ("select * from grown", "is a view"),
        ("select * from (select * from person) person", "not certain"),
        ("select -id as id, mail from (select 1 as id, 'x' as mail) person", "joined, grouped"),
        ("select id + 1 as id, note from person", "columns of a key"),
        ("select * from generate_series(1, 2) id", "not certain"),
    ],
)
async def test_what_is_not_certain_is_not_edited(tables: Tables, database: Database, sql: str, why: str) -> None:
    assert why in (await rows_of(tables, database, sql)).why_not


async def test_foreign_keys_lead_both_ways_also_with_two_columns_and_in_joins(
    tables: Tables, database: Database
) -> None:
    found = await rows_of(tables, database, "select l.receiver, p.land, p.ort, p.id from letter l, person p")
    assert found.links is not None and sorted(found.links) == [0, 1, 2]
    assert found.links[0].statement(("7", "DE", "1", "9")) == "select * from public.person where id = '7'"
    ort = found.links[2].statement(("7", "D'E", "1", "9"))
    assert ort == """select * from "S"."Ort" where land = 'D''E' and "Nr" = '1'"""
    assert found.links[2].statement(("7", None, "1", "9")) is None
    assert [(link.relation.name, link.statement(("7", "DE", "1", "9"))) for link in found.incoming] == [
        ("letter", "select * from public.letter where receiver = '9'"),
        ("letter", "select * from public.letter where sender = '9'"),
    ]


def test_the_shape_of_a_query_is_read_or_not_at_all() -> None:
    assert shape_of("select 1") is None
    assert shape_of("insert into t select * from u") is None
    assert shape_of("select * into x from t") is None
    joined = shape_of('select a.x, "B".* from t a left join s."T" "B" using (id) where a.y in (select 1)')
    assert joined is not None
    assert [(source.alias, source.relation) for source in joined.sources] == [("a", "t"), ("B", 's."T"')]


def test_statements_check_the_old_value_and_quote_everything() -> None:
    assert update('"T"', [Named("id", "1")], Named("Na'me", None), "it's \\", ["id"]) == (
        "update \"T\"\n   set \"Na'me\" = E'it''s \\\\'\n where id = '1'\n"
        '   and "Na\'me"::text is not distinct from null\nreturning id'
    )
    assert " = DEFAULT" in update("t", [Named("id", "1")], Named("a", "x"), Special.DEFAULT, ["a"])
    assert delete("t", [Named("id", "1")], [Named("id", "1"), Named("a", "x")]) == (
        "delete from t\n where id = '1'\n   and a::text is not distinct from 'x'"
    )
    assert insert("t", {"a": None, "b": Special.DEFAULT}) == "insert into t (a, b)\nvalues (null, DEFAULT)"
    assert insert("t", {}) == "insert into t default values"
