"""The traps that pgvector lays: cached plans, settings that vanish or are not known yet, and odd columns."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.core.request import Request
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from chatly_console.vectors.asking import ask
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import conclude, sweep_of
from chatly_console.vectors.measuring import measure
from chatly_console.vectors.providers import Lexical
from chatly_console.vectors.question import Question
from chatly_console.vectors.recall import recall
from chatly_console.vectors.service import find_columns, hit_of, prepare, search, vector_of_row
from chatly_console.vectors.statements import copyable_sql, search_sql
from tests.conftest import run_apart
from tests.server.conftest import opening_of

_NAME = "odd_vectors"
_ODD = """
create extension vector;
create table empty (id int primary key, v vector(3));
create table bare (v vector(3), note text);
insert into bare select array[random(), random(), random()]::vector, 'n' || i from generate_series(1, 50) i;
create table loose (id int primary key, v vector);
insert into loose values (1, '[1,2]'), (2, '[1,2,3]');
create table zeros (id int primary key, v vector(3));
insert into zeros values (1, '[0,0,0]'), (2, '[1,0,0]'), (3, null), (4, '[0,1,0]');
create table parted (id int, tenant_id int, v vector(3), primary key (tenant_id, id)) partition by list (tenant_id);
create table parted_1 partition of parted for values in (1);
create table parted_2 partition of parted default;
insert into parted select i, i % 3, array[random(), random(), random()]::vector from generate_series(1, 600) i;
create index on parted using hnsw (v vector_l2_ops);
create table shorter (id int primary key, v vector(64));
insert into shorter select i, (select array_agg(random() - 0.5) from generate_series(1, 64 + 0 * i))::vector
  from generate_series(1, 800) i;
create index on shorter using hnsw ((v::halfvec(64)) halfvec_cosine_ops);
create index on shorter using hnsw ((binary_quantize(v)::bit(64)) bit_hamming_ops);
analyze;
"""


@pytest.fixture(scope="module")
def odd_dsn(server: EmbeddedServer) -> Iterator[str]:
    run_apart(_run(server.dsn("postgres"), f"create database {_NAME}"))
    run_apart(_run(server.dsn(_NAME), _ODD))
    yield server.dsn(_NAME)
    run_apart(_run(server.dsn("postgres"), f"drop database {_NAME} with (force)"))


async def _run(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(sql)
    await connection.close()


@pytest.fixture
async def odd(odd_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(odd_dsn))
    yield database
    await database.close()


async def column_of(database: Database, table: str, form: str = "plain") -> VectorColumn:
    columns = (await find_columns(database)).columns
    return next(c for c in columns if c.table == table and c.form == form)


async def test_a_cached_plan_does_not_spoil_the_truth(chatly: Database) -> None:
    """Run often, a statement gets a generic plan that no setting moves; the exact form has no index in any plan."""
    column = (await find_columns(chatly)).columns[0]
    sql, exact = search_sql(column, 10, labels=False), search_sql(column, 10, exact=True, labels=False)
    async with chatly.series(Request("", settings=(("plan_cache_mode", "force_generic_plan"),))) as series:
        await prepare(series, column, ())
        vector = (await series.run("select embedding::text from documents where embedding is not null limit 1")).rows[
            0
        ][0]
        await series.repeat(sql, [(vector,)] * 8)
        cached = await series.repeat(exact, [(vector,)] * 8)
        await series.set(("enable_indexscan", "off"), ("plan_cache_mode", "force_custom_plan"))
        truth = await series.run(sql, vector)
    distances = [row[1] for row in truth.rows]
    assert all([row[1] for row in timed.rows] == distances for timed in cached)


async def test_settings_are_known_on_a_connection_that_never_saw_a_vector(chatly_dsn: str) -> None:
    database = await Database.connect(opening_of(chatly_dsn, pool_size=1))
    try:
        with pytest.raises(Failure, match="nrecognized configuration"):
            async with database.open(Request("show ivfflat.probes")) as result:
                await result.fetch()
        column = (await find_columns(database)).columns[0]
        async with database.series(Request("")) as series:
            await prepare(series, column, (("ivfflat.probes", "7"),))
            assert (await series.run("show ivfflat.probes")).rows == [("7",)]
    finally:
        await database.close()


async def test_an_empty_table_is_no_error(odd: Database) -> None:
    column = await column_of(odd, "empty")
    assert (await search(odd, column, "[1,2,3]", 5, LOGIN)).hits == ()
    curves = [c async for c in measure(odd, column, ((),), k=5, questions=10, identity=LOGIN)]
    assert curves[-1].done and not curves[-1].points
    assert "Nothing was measured" in conclude(curves[-1], column).sentence


async def test_a_table_without_a_key_is_searched_by_where_rows_lie(odd: Database) -> None:
    column = await column_of(odd, "bare")
    found = await search(odd, column, "[1,1,1]", 5, LOGIN)
    assert len({hit.key for hit in found.hits}) == 5 and not found.node.approximate
    again = await vector_of_row(odd, column, found.hits[0].key, LOGIN)
    like = await search(odd, column, again, 5, LOGIN, without=found.hits[0].key)
    assert found.hits[0].key not in {hit.key for hit in like.hits}


async def test_vectors_of_mixed_length_fail_in_a_sentence(odd: Database) -> None:
    column = await column_of(odd, "loose")
    assert column.dimensions is None
    with pytest.raises(Failure, match="ifferent vector dimensions"):
        await search(odd, column, "[1,2]", 5, LOGIN)
    with pytest.raises(Failure, match="2 dimensions"):
        await ask(odd, await column_of(odd, "zeros"), Question("vector", "[1,2]"), LOGIN, Lexical())


async def test_zero_and_missing_vectors_come_last_or_not_at_all(odd: Database) -> None:
    column = await column_of(odd, "zeros")
    found = await search(odd, column, "[1,0,0]", 5, LOGIN)
    assert [hit.key for hit in found.hits] == ["2", "4", "1"]
    assert str(found.hits[-1].distance) == "nan"
    assert hit_of(("1", "NaN", None, None), column).distance != hit_of(("1", "0", None, None), column).distance


async def test_partitions_are_one_table_with_one_index(odd: Database) -> None:
    column = await column_of(odd, "parted")
    assert column.index is not None and column.tenant == "tenant_id"
    found = await search(odd, column, "[0.5,0.5,0.5]", 5, LOGIN)
    exact = await search(odd, column, "[0.5,0.5,0.5]", 5, LOGIN, exact=True)
    assert found.node.approximate and "2 scans" in found.node.words
    assert recall([h.neighbour for h in exact.hits], [h.neighbour for h in found.hits]) == 1.0
    mine = column.filtered("tenant_id = 1")
    assert {hit.tenant for hit in (await search(odd, mine, "[0.5,0.5,0.5]", 5, LOGIN)).hits} == {"1"}


@pytest.mark.parametrize("form", ["halfvec", "binary"])
async def test_an_index_over_a_shorter_form_is_used_and_distances_are_the_full_ones(odd: Database, form: str) -> None:
    column = await column_of(odd, "shorter", form)
    vector = await vector_of_row(odd, column, "5", LOGIN)
    found = await search(odd, column, vector, 10, LOGIN, settings=(("hnsw.ef_search", "400"),))
    exact = await search(odd, column, vector, 10, LOGIN, exact=True)
    assert found.node.approximate and not exact.node.approximate
    assert (recall([h.neighbour for h in exact.hits], [h.neighbour for h in found.hits]) or 0) >= 0.9
    assert found.hits[0].distance == pytest.approx(0, abs=1e-6)
    curves = [c async for c in measure(odd, column, sweep_of(column, 10, scans_on=True)[-3:], k=10, questions=4,
                                       identity=LOGIN)]  # fmt: skip
    assert all(point.node.approximate for point in curves[-1].points)


async def test_what_is_copied_runs_elsewhere_and_keeps_the_index(chatly: Database, chatly_dsn: str) -> None:
    column = (await find_columns(chatly)).columns[0].filtered("language = '$1' or true -- it's all the same")
    asked = await ask(chatly, column, Question("text", "it's a 'quoted' refund"), LOGIN, Lexical())
    settings = (("ivfflat.probes", "10"), ("ivfflat.iterative_scan", "relaxed_order"))
    connection = await asyncpg.connect(chatly_dsn)
    try:
        key = await connection.fetchval("select id::text from documents where embedding is not null limit 1")
        for like_row in (None, key):
            sql = copyable_sql(column, 5, asked.vector, settings, like_row=like_row)
            await connection.execute(sql)
            query = sql.split(";\n", 3)[3].removesuffix(";\ncommit;")
            plan = "\n".join(row[0] for row in await connection.fetch(f"explain {query}"))
            assert "documents_embedding_idx" in plan
            rows = await connection.fetch(query)
            assert [row["distance"] for row in rows] == sorted(row["distance"] for row in rows)
    finally:
        await connection.close()


@pytest.mark.pg17
@pytest.mark.parametrize("port", [56617, 56618, 56619])
async def test_settings_hold_through_every_kind_of_pooler(pg17_dsn: str, port: int) -> None:
    name = "vectors_poolers"
    admin = await asyncpg.connect(pg17_dsn)
    await admin.execute(f"create schema if not exists {name}; drop table if exists {name}.t")
    schema = await admin.fetchval("select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
                                  " where e.extname = 'vector'")  # fmt: skip
    await admin.execute(
        f"set search_path to {schema}; create table {name}.t (id int primary key, v vector(8));"
        f"insert into {name}.t select i, (select array_agg(random() - 0.5) from generate_series(1, 8 + 0 * i))::vector"
        f" from generate_series(1, 2000) i; create index on {name}.t using ivfflat (v vector_l2_ops) with (lists = 40);"
        f"analyze {name}.t"
    )
    database = await Database.connect(opening_of(pg17_dsn.replace(":55617/", f":{port}/")))
    try:
        column = next(c for c in (await find_columns(database)).columns if c.schema == name)
        curves = [c async for c in measure(database, column, sweep_of(column, 10, scans_on=True), k=10, questions=12,
                                           identity=LOGIN)]  # fmt: skip
        by_settings = {p.settings: p for p in curves[-1].points}
        assert by_settings[(("ivfflat.probes", "40"),)].figures.recall == 1.0
        worst = by_settings[(("ivfflat.probes", "1"),)]
        assert worst.node.approximate and (worst.figures.recall or 1) < 1
        async with database.open(Request("select coalesce(current_setting('ivfflat.probes', true), '1')")) as result:
            assert (await result.fetch())[0][0] in ("1", "")
    finally:
        await database.close()
        await admin.execute(f"drop schema {name} cascade")
        await admin.close()
