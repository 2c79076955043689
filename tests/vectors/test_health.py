"""What the health of a column says of its values, its indexes, and the functions and statements that search it."""

import asyncpg
import pytest

from chatly_console.server.database import Database
from chatly_console.vectors.function_lint import Searching, lint, searches
from chatly_console.vectors.health import Shape, shape_findings, staleness_findings, usage_findings
from chatly_console.vectors.health_service import examine
from chatly_console.vectors.search_plans import plan_findings, plannable, plans_of
from chatly_console.vectors.service import find_columns
from tests.server.conftest import opening_of
from tests.vectors.test_rules import INDEX_OF, column

GOOD = "select id from docs order by v <=> query limit 10"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (GOOD, None),
        ("select id, 1 - (v <=> q) as similarity from docs order by v <=> q limit 5", None),
        ("select id from docs order by v OPERATOR(extensions.<=>) q, id limit 5", None),
        ("with m as materialized (select id, v <=> q as d from docs order by v <=> q limit 5) select * from m", None),
        ("select id from docs order by v <=> query", "search_without_limit"),
        ("select id from docs order by 1 - (v <=> q) desc limit 5", "order_by_similarity"),
        ("select 1 - (v <=> q) as similarity from docs order by similarity desc limit 5", "order_by_similarity"),
        ("select id from docs order by v <=> q desc limit 5", "order_descending"),
        ("select id from docs order by cosine_distance(v, q) limit 5", "order_by_function"),
        ("select id from docs order by v <-> q limit 5", "wrong_operator"),
        ("with s as (select id, row_number() over (order by v <=> q) as rank_ix from docs order by rank_ix limit 9)"
         " select * from s", "window_over_distance"),
        ("-- order by v <-> q\nselect id from docs order by v <=> q /* desc */ limit 5", None),
    ],
)  # fmt: skip
def test_forms_that_lose_the_index_are_told(text: str, rule: str | None) -> None:
    found = [f.name for f in lint(Searching("public.match", text), column(table="docs"))]
    assert found == ([rule] if rule else [])


def test_a_function_that_runs_as_its_owner_goes_past_the_policies() -> None:
    secured = column(
        table="docs", row_security=True, others=[{"name": "tenant_id", "type": "uuid", "references": True}]
    )
    bare = lint(Searching("f", GOOD, definer=True), secured)
    named = lint(Searching("f", GOOD.replace("docs", "docs where tenant_id = $1"), definer=True), secured)
    assert [(f.name, f.level) for f in bare] == [("search_as_owner", "ERROR")]
    assert [(f.name, f.level) for f in named] == [("search_as_owner", "INFO")]


def test_a_limit_over_ef_search_is_told_unless_the_function_sets_it() -> None:
    hnsw = column(table="docs", indexes=[INDEX_OF | {"method": "hnsw", "options": None}])
    wide = Searching("f", "select id from docs order by v <=> q limit match_count")
    assert [f.name for f in lint(wide, hnsw)] == ["limit_over_ef_search"]
    assert lint(Searching("f", wide.text, settings=("hnsw.ef_search=200",)), hnsw) == []
    assert lint(Searching("f", GOOD), hnsw) == []
    assert searches(GOOD, hnsw) and not searches(GOOD, column(table="other")) and not searches("select 1", hnsw)


def test_shape_staleness_and_use_in_words() -> None:
    found = shape_findings(column(), Shape(1000, 100, 3, "k7", 9.0, 1.0))
    assert [(f.name, f.level) for f in found] == [("duplicate_vectors", "WARN"), ("outliers", "INFO")]
    assert "k7" in found[1].detail and shape_findings(column(), Shape(1000, 0, 0, "", 1.0, 1.0)) == []
    changes = {"inserted": 900, "updated": 0, "deleted": 0, "live": 1000, "since": "2026-01-01"}
    assert staleness_findings(column(), changes)[0].fix == "reindex index concurrently public.i;"
    assert staleness_findings(column(), changes | {"inserted": 10}) == [] == staleness_findings(column(), None)
    slow = {"query": "select v <=> $1", "calls": 100, "milliseconds": 92.7}
    assert usage_findings(column(), [slow, slow | {"calls": 1}])[0].level == "WARN"


async def test_what_is_wrong_in_a_real_database_is_found(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(
        "create extension vector; create table docs (id int primary key, tenant_id int, v vector(3));"
        "alter table docs enable row level security;"
        "insert into docs select i, 1, array[1, i % 5, 0]::vector from generate_series(1, 500) i;"
        "insert into docs values (1001, 1, null), (1002, 1, '[0,0,0]'), (1003, 1, '[900,900,900]');"
        "create index docs_v on docs using ivfflat (v vector_cosine_ops) with (lists = 400); analyze docs;"
        "create function public.match_docs(q vector) returns setof docs language sql security definer as"
        " $$ select * from docs order by 1 - (v <=> q) desc limit 5 $$;"
        "create function public.unrelated() returns int language sql as $$ select 1 -- docs v <=> $$;"
    )
    with pytest.raises(asyncpg.PostgresError):
        await connection.execute("create unique index concurrently docs_broken on docs (tenant_id)")
    await connection.execute("update pg_index set indisvalid = false where indexrelid = 'docs_v'::regclass")
    await connection.close()
    database = await Database.connect(opening_of(database_dsn))
    try:
        catalogue = await find_columns(database)
        found = {f.name: f for f in await examine(database, catalogue, catalogue.columns[0])}
    finally:
        await database.close()
    assert (
        found["invalid_index"].level == "ERROR"
        and "drop index concurrently public.docs_v" in found["invalid_index"].fix
    )
    assert found["invalid_index"].undo.startswith("create index concurrently docs_v")
    assert "1 of 503 rows" in found["null_vectors"].detail and "1 zero" in found["zero_vectors"].detail
    assert "1003" in found["outliers"].detail and found["duplicate_vectors"].level == "WARN"
    assert found["order_by_similarity"].object == "public.match_docs"
    assert found["search_as_owner"].level == "ERROR"
    assert "functions" not in found and "values" not in found


def test_a_statement_is_planned_with_the_limit_that_it_had_on_average() -> None:
    query = "select id from docs where tenant = $2 order by v <=> $1 limit $3"
    assert plannable(query, 95, 10) == ("select id from docs where tenant = $2 order by v <=> $1 limit 10", 2)
    assert plannable("select $4 from t limit $2::int;", 0, 3) == ("select $1 from t limit 1", 1)


async def test_the_plans_of_the_searches_that_ran_tell_which_index_serves_none(database_dsn: str) -> None:
    connection = await asyncpg.connect(database_dsn)
    try:
        await connection.execute("create extension pg_stat_statements")
        await connection.fetch("select count(*) from pg_stat_statements")
    except asyncpg.PostgresError:
        await connection.close()
        pytest.skip("needs pg_stat_statements")
    await connection.execute(
        "create extension vector; create table docs (id int primary key, tenant_id int, v vector(3));"
        "insert into docs select i, 1, array[1, i % 5, random()]::vector from generate_series(1, 12000) i;"
        "create index docs_v on docs using hnsw (v vector_cosine_ops);"
        "create index docs_l2 on docs using ivfflat (v vector_l2_ops); analyze docs"
    )
    for _ in range(5):
        await connection.fetch("select id from docs order by v <=> '[1,2,3]' limit 5")
        await connection.fetch("select id from docs order by 1 - (v <=> '[1,2,3]') desc limit 5")
    await connection.close()
    database = await Database.connect(opening_of(database_dsn))
    try:
        catalogue = await find_columns(database)
        found = await examine(database, catalogue, catalogue.columns[0])
    finally:
        await database.close()
    (past,) = [one for one in found if one.name == "search_past_index"]
    assert past.level == "WARN" and "desc limit" in past.object and "Seq Scan" in past.detail
    unused = [one for one in found if one.name == "index_unused_by_searches"]
    assert [one.object for one in unused] == ["docs_l2"]
    assert "none of the 2 searches" in unused[0].detail
    assert not any("could not be read" in one.detail for one in found)


async def test_a_statement_that_cannot_be_planned_keeps_no_other_from_it(chatly: Database) -> None:
    column = (await find_columns(chatly)).columns[0]
    good = "select id from documents order by embedding <=> $1 limit $2"
    texts = [
        "select nothing from nowhere where embedding <=> $1",
        "copy (select 1) to stdout",
        good,
        f"{good}; select 1",
    ]
    found = await plans_of(chatly, column, [{"query": text, "rows": 50, "calls": 10} for text in texts])
    assert [one.node is not None for one in found] == [False, False, True, False]
    assert found[2].node is not None and found[2].node.approximate
    assert found[2].indexes == {"documents_embedding_idx"}
    assert [one.name for one in plan_findings(column, found)] == ["searches"]


async def test_statements_that_ran_are_judged(chatly: Database) -> None:
    """pg_stat_statements may be there or not: what it tells is read without a failure."""
    catalogue = await find_columns(chatly)
    findings = await examine(chatly, catalogue, catalogue.columns[0])
    assert not any("could not be read" in finding.detail for finding in findings)
    assert any(f.name == "functions" and f.level == "OK" for f in findings), "Chatly's own functions keep the index"
