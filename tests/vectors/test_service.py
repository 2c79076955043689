"""Searches and measurements against real servers: every type and metric, other identities, and settings that hold."""

import asyncio
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from chatly_console.connections.identity_option import resolve
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Request
from chatly_console.server.database import Database
from chatly_console.vectors.asking import ask
from chatly_console.vectors.circumstances import circumstances_of
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health_service import examine
from chatly_console.vectors.hybrid import hybrid_search, hybrid_sql
from chatly_console.vectors.lab import Curve, conclude, sweep_of
from chatly_console.vectors.listing import people_words
from chatly_console.vectors.measuring import measure
from chatly_console.vectors.providers import Lexical
from chatly_console.vectors.question import Question
from chatly_console.vectors.recall import recall
from chatly_console.vectors.service import find_columns, prepare, search, vector_of_row
from chatly_console.vectors.tenants import across, tenant_names
from tests.migrations.stage import Run, plain, write
from tests.server.conftest import opening_of


async def column_of(database: Database, name: str = "embedding", metric: str = "") -> VectorColumn:
    columns = (await find_columns(database)).columns
    return next(c for c in columns if c.name == name and metric in ("", c.metric.name))


async def test_every_column_is_found_with_the_metric_of_each_of_its_indexes(every_type: Database) -> None:
    catalogue = await find_columns(every_type)
    assert catalogue.schema == "ext"
    found = {(c.name, c.type_words, c.metric.name, c.index.method if c.index else "") for c in catalogue.columns}
    assert found == {
        ("v", "vector(8)", "L2", "ivfflat"), ("v", "vector(8)", "inner product", "hnsw"),
        ("h", "halfvec(8)", "cosine", "hnsw"), ("s", "sparsevec(8)", "L1", "hnsw"), ("b", "bit(16)", "hamming", "hnsw"),
    }  # fmt: skip


async def test_without_the_extension_there_is_nothing(database_dsn: str) -> None:
    from tests.server.conftest import opening_of

    database = await Database.connect(opening_of(database_dsn))
    assert (await find_columns(database)).version == ""
    await database.close()


async def test_exact_distances_and_recall_are_those_of_numpy(every_type: Database) -> None:
    """For L2, inner product and cosine: the truth, and the recall of an index with bad settings."""
    rows = await every_type.records(
        'select id, part, v::text as v, h::text as h from "odd ""schema"."odd table" order by id'
    )
    keys = [f"({row['id']},{row['part']})" for row in rows]
    for name, metric in (("v", "L2"), ("v", "inner product"), ("h", "cosine")):
        column = await column_of(every_type, name, metric)
        data = np.array([str(row[name])[1:-1].split(",") for row in rows], dtype=np.float64)
        question = data[17]
        if metric == "L2":
            distances = np.linalg.norm(data - question, axis=1)
        elif metric == "inner product":
            distances = -(data @ question)
        else:
            distances = 1 - data @ question / np.linalg.norm(data, axis=1) / np.linalg.norm(question)
        best = [int(place) for place in np.argsort(distances, kind="stable")[:10]]
        vector = await vector_of_row(every_type, column, keys[17], LOGIN)
        exact = await search(every_type, column, vector, 10, LOGIN, exact=True)
        assert not exact.node.approximate
        assert [hit.distance for hit in exact.hits] == pytest.approx([distances[place] for place in best], abs=1e-4)
        worst = (("ivfflat.probes", "1"),) if metric == "L2" else (("hnsw.ef_search", "1"),)
        found = await search(every_type, column, vector, 10, LOGIN, settings=worst)
        by_numpy = len({keys[place] for place in best} & {hit.key for hit in found.hits}) / 10
        measured = recall([hit.neighbour for hit in exact.hits], [hit.neighbour for hit in found.hits])
        assert measured == pytest.approx(by_numpy)


async def test_settings_hold_for_the_search_and_for_nothing_after_it(every_type: Database) -> None:
    column = await column_of(every_type, "v", "inner product")
    vector = await vector_of_row(every_type, column, "(5,2)", LOGIN)
    few = await search(every_type, column, vector, 50, LOGIN, settings=(("hnsw.ef_search", "7"),))
    many = await search(every_type, column, vector, 50, LOGIN, settings=(("hnsw.ef_search", "200"),))
    assert few.node.approximate
    assert len(few.hits) == 7 and len(many.hits) == 50
    request = Request("select current_setting('hnsw.ef_search', true)", settings=(("hnsw.ef_search", "55"),))
    async with every_type.open(request) as result:
        assert await result.fetch() == [("55",)]
    async with every_type.open(Request("select current_setting('hnsw.ef_search', true)")) as result:
        assert (await result.fetch())[0][0] in (None, "", "40")


@pytest.mark.parametrize("name", ["role", "session_authorization", "request.jwt.claims", "a; drop table x"])
async def test_a_setting_that_says_who_is_asking_is_refused(every_type: Database, name: str) -> None:
    with pytest.raises(Failure):
        async with every_type.open(Request("select 1", settings=((name, "x"),))):
            pass
    async with every_type.series(Request("")) as series:
        with pytest.raises(Failure):
            await series.set((name, "x"))


async def test_more_like_this_leaves_the_row_out_in_every_type(every_type: Database) -> None:
    for column in (await find_columns(every_type)).columns:
        asked = await ask(every_type, column, Question("row", "(9,0)"), LOGIN, Lexical())
        found = await search(every_type, column, asked.vector, 5, LOGIN, without=asked.without)
        assert len(found.hits) == 5 and "(9,0)" not in {hit.key for hit in found.hits}, column.title
    with pytest.raises(Failure, match="no row"):
        await ask(every_type, column, Question("row", "nobody"), LOGIN, Lexical())
    with pytest.raises(Failure, match="384"):
        await ask(every_type, column, Question("text", "words"), LOGIN, Lexical())


async def test_a_tenant_gets_only_its_own_rows_and_its_recall_is_measured_within_them(chatly: Database) -> None:
    ada = await resolve("ada@nordlicht.example", chatly)
    column = await column_of(chatly)
    asked = await ask(chatly, column, Question("text", "Gleitsichtbrille Rückgabe"), ada, Lexical())
    assert not asked.doubt
    exact = await search(chatly, column, asked.vector, 10, ada, exact=True)
    everybody = await search(chatly, column, asked.vector, 10, LOGIN, exact=True)
    assert len({hit.tenant for hit in exact.hits}) == 1 and len({hit.tenant for hit in everybody.hits}) > 1
    told = [one async for one in across(chatly, column, asked.vector, 10, [LOGIN, ada])]
    found = await search(chatly, column, asked.vector, 10, ada)
    assert (told[1].rows, told[1].truth) == (len(found.hits), 10)
    assert told[1].recall == recall([h.neighbour for h in exact.hits], [h.neighbour for h in found.hits])
    assert told[0].visible is not None and told[1].visible is not None and told[0].visible > told[1].visible > 0


async def test_the_curve_comes_point_by_point_and_ends_at_the_truth(chatly: Database) -> None:
    column = await column_of(chatly)
    sweep = sweep_of(column, 10, scans_on=True)
    curves = [c async for c in measure(chatly, column, sweep, k=10, questions=12, identity=LOGIN)]
    assert [len(c.points) for c in curves[:3]] == [1, 2, 3]
    last = curves[-1]
    assert last.done and len(last.points) == len(sweep)
    by_settings = {p.settings: p for p in last.points}
    all_lists = by_settings[(("ivfflat.probes", "100"),)]
    assert all_lists.figures.recall == 1.0 and all_lists.figures.questions == 12
    assert by_settings[(("ivfflat.probes", "1"),)].node.approximate
    assert conclude(last, column).point is not None


async def test_cancelling_keeps_what_is_there_and_gives_the_connection_back(chatly: Database) -> None:
    column = await column_of(chatly)
    kept: list[Curve] = []
    begun = asyncio.Event()

    async def collect() -> None:
        async for curve in measure(
            chatly, column, sweep_of(column, 10, scans_on=True), k=10, questions=500, identity=LOGIN
        ):
            kept.append(curve)
            begun.set()

    task = asyncio.create_task(collect())
    await asyncio.wait_for(begun.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept[-1].points
    assert chatly.pool_in_use == 0


async def test_health_of_a_column(chatly: Database, every_type: Database) -> None:
    catalogue = await find_columns(every_type)
    for column in catalogue.columns:
        findings = await examine(every_type, catalogue, column)
        assert {f.level for f in findings} <= {"OK", "INFO", "WARN"} and len(findings) >= 2
        assert not any(f.name == "values" for f in findings), findings


async def test_a_hybrid_search_is_that_of_its_sql_and_tells_each_leg(chatly: Database) -> None:
    column = await column_of(chatly)
    words = "return glasses"
    asked = await ask(chatly, column, Question("text", words), LOGIN, Lexical())
    found = await hybrid_search(chatly, column, asked.vector, words, 8, LOGIN, settings=(("ivfflat.probes", "100"),))
    sql = hybrid_sql(column, 8, asked.vector, words, ())
    async with chatly.series(Request("", settings=(("plan_cache_mode", "force_custom_plan"),))) as series:
        await prepare(series, column, (("ivfflat.probes", "100"),))
        rows = (await series.run(sql.rstrip(";"))).rows
    assert [one.key for one, _ in found.rows] == [row[0] for row in rows]
    for (one, _), row in zip(found.rows, rows, strict=True):
        assert (one.vector_place, one.text_place) == tuple(None if p is None else int(p) for p in row[1:3])
        assert one.score == pytest.approx(float(row[3] or 0))
    assert found.by_vector.node.approximate and found.text_rows > 0
    assert "documents_content_idx" in found.text_node.words
    ada = await resolve("ada@nordlicht.example", chatly)
    hers = await hybrid_search(chatly, column, asked.vector, words, 8, ada)
    assert len({hit.tenant for _, hit in hers.rows}) <= 1


async def test_recall_under_row_security_is_that_of_brute_force_within_the_tenant(chatly: Database) -> None:
    column = await column_of(chatly)
    records = await chatly.records(
        "select u.email, m.platform_client_id from client_members m join auth.users u on u.id = m.user_id limit 300"
    )
    emails = list({str(r["platform_client_id"]): str(r["email"]) for r in records}.values())[:4]
    checked = 0
    for email in emails:
        who = await resolve(email, chatly)
        async with chatly.series(Request("", identity=who)) as series:
            rows = (
                await series.run("select id::text, embedding::text from documents where embedding is not null")
            ).rows
        if len(rows) < 12:
            continue
        checked += 1
        keys = [row[0] for row in rows]
        data = np.array([(row[1] or "")[1:-1].split(",") for row in rows], dtype=np.float64)
        sweep = [(("ivfflat.probes", "3"),)]
        curves = [c async for c in measure(chatly, column, sweep, k=10, questions=6, identity=who)]
        for outcome in curves[-1].points[0].worst:
            number = keys.index(outcome.question)
            distances = 1 - data @ data[number]
            vector = rows[number][1] or ""
            found = await search(chatly, column, vector, 10, who, settings=sweep[0], without=outcome.question)
            others = np.sort(np.delete(distances, number))[:10]
            hits = [distances[keys.index(hit.key)] for hit in found.hits]
            assert outcome.recall == pytest.approx(sum(d <= others[-1] + 1e-6 for d in hits) / len(others), abs=1e-9)
            assert (outcome.rows, outcome.truth) == (len(found.hits), len(others))
    assert checked >= 2


async def test_what_a_policy_removes_after_the_search_is_counted(chatly: Database) -> None:
    ada = await resolve("ada@nordlicht.example", chatly)
    column = await column_of(chatly)
    asked = await ask(chatly, column, Question("text", "refund policy"), ada, Lexical())
    told = [one async for one in across(chatly, column, asked.vector, 10, [LOGIN, ada, Identity.anon()])]
    assert told[0].removed == 0
    assert told[1].removed is not None and (told[1].removed > 0 or not told[1].node or not told[1].node.approximate)
    assert told[2].rows == 0 and told[2].recall is None
    assert "tells of other tenants" in people_words(told) or "All" in people_words(told)


async def test_tenants_have_the_names_that_the_looker_may_know(chatly: Database) -> None:
    """`documents` refers to its client through a key of two columns of another table."""
    ada = await resolve("ada@nordlicht.example", chatly)
    column = await column_of(chatly)
    records = await chatly.records("select id::text as id, name from platform_clients")
    everybody = {str(r["id"]): str(r["name"]) for r in records}
    assert await tenant_names(chatly, column, list(everybody), LOGIN) == everybody
    hers = await tenant_names(chatly, column, list(everybody), ada)
    assert set(hers.values()) == {"Nordlicht Optik"}
    assert await tenant_names(chatly, column, ["not a uuid"], LOGIN) == {}


async def test_the_circumstances_of_a_curve_tell_how_long_its_index_took(database_dsn: str, tmp_path: Path) -> None:
    database = await Database.connect(opening_of(database_dsn))
    try:
        run = Run(database, tmp_path)
        write(tmp_path, "20260101000000", "table", "create extension vector; create table docs (id int, v vector(3));")
        write(tmp_path, "20260102000000", "index", "create index docs_v on docs using hnsw (v vector_cosine_ops);")
        await run.go()
        column = (await find_columns(database)).columns[0]
        about = await circumstances_of(database, column, LOGIN, datetime(2026, 1, 2))
        assert about.build_seconds is not None and 0 < about.build_seconds < 60
        assert "hnsw built in" in about.title
        async with plain(database_dsn) as other:
            await other.execute("create index docs_w on docs using ivfflat (v vector_l2_ops); drop index docs_v")
        column = (await find_columns(database)).columns[0]
        assert (await circumstances_of(database, column, LOGIN, datetime(2026, 1, 2))).build_seconds is None
    finally:
        await database.close()
