"""Trials of indexes and cures on a copy: what they find, and that nothing of them is left behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from chatly_console.connections.identity_option import resolve
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from chatly_console.vectors.advice import Advice, Trial, memory_remark, migration
from chatly_console.vectors.advice_listing import advice_rows, advice_words
from chatly_console.vectors.advising import advise
from chatly_console.vectors.candidates import Candidate, candidates_for, create_sql, proposed_name
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.cures import best_cure, measure_cures
from chatly_console.vectors.lab import Point
from chatly_console.vectors.listing import cure_rows, cure_words
from chatly_console.vectors.phases import phase_of
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.recall import Distribution
from chatly_console.vectors.scratch import build, copy_rows, scratch_series
from chatly_console.vectors.service import find_columns, prepare
from tests.server.conftest import opening_of
from tests.vectors.test_rules import INDEX_OF, column, columns


def point(recall: float, milliseconds: float, *, short: int = 0) -> Point:
    figures = Distribution(50, recall, recall, 0, 0, 0.0, 10.0, 10, short, milliseconds, milliseconds)
    return Point((("ivfflat.probes", "4"),), figures, ServedBy("Index Scan using i", approximate=True))


def test_what_is_worth_a_trial_depends_on_type_length_and_rows() -> None:
    words = [c.words for c in candidates_for(column(dimensions=384, indexes=[]), 90_000)]
    assert words[:2] == ["ivfflat lists=300", "ivfflat lists=90"] and "hnsw on binary m=16 ef_construction=64" in words
    long = candidates_for(column(dimensions=3072, indexes=[]), 10_000)
    assert {c.form for c in long} == {"halfvec", "binary"}, "too long for an index over the vectors themselves"
    sparse = candidates_for(column(type="sparsevec", dimensions=30_000, indexes=[]), 1000)
    assert {c.method for c in sparse} == {"hnsw"}
    assert candidates_for(column(dimensions=-1, indexes=[]), 1000) == []
    now = candidates_for(column(dimensions=384), 1000)
    assert [c.words for c in now if c.current] == ["ivfflat lists=4"]


def test_the_winner_is_small_where_it_is_about_as_quick() -> None:
    big = Trial(Candidate("hnsw", (("m", 16),)), 20.0, 200_000_000, (point(0.99, 1.0),))
    small = Trial(Candidate("ivfflat", (("lists", 100),)), 1.0, 90_000_000, (point(0.5, 0.1), point(0.96, 1.1)))
    short = Trial(Candidate("hnsw", (("m", 8),)), 1.0, 1000, (point(0.99, 0.1, short=3),))
    broken = Trial(Candidate("hnsw", (("m", 99),)), failure="column cannot have more than 2000 dimensions")
    advice = Advice(10_000, True, 10, "64MB", 40.0, (big, small, short, broken))
    assert advice.winner() is small
    assert "ivfflat lists=100 with probes 4: recall 0.960" in advice.sentence()
    name, up, down = migration(advice, small, column(dimensions=384))
    assert "create index concurrently if not exists" in up and "set local ivfflat.probes = 4" in up
    assert "drop index concurrently if exists" in down and "index" in name
    rows = list(advice_rows(advice).rows())
    assert (rows[1][0] or "").startswith("★") and "2000 dimensions" in (rows[3][7] or "")
    assert "rolled back" in advice_words(advice)
    assert [row[3] for row in rows] == ["0.990", "0.960", "0.990", "–"], "in 1.25 times what the winner takes"
    tight = replace(advice, within=0.2)
    assert tight.budget() == 0.2 and small.recall_within(0.2) == 0.5 and big.recall_within(0.2) is None
    assert [c.name for c in advice_rows(tight).columns][3] == "in 0.2 ms"
    assert "No index" in Advice(5, True, 10, "64MB", 1.0, (short,)).sentence()


def test_an_index_over_a_shorter_form_says_how_it_must_be_searched() -> None:
    trial = Trial(Candidate("hnsw", (("m", 16), ("ef_construction", 64)), "halfvec"), 1.0, 1000, (point(0.99, 1.0),))
    up = migration(Advice(10, True, 10, "64MB", 40.0, (trial,)), trial, column(dimensions=384))[1]
    assert "(v::extensions.halfvec(384)) extensions.halfvec_cosine_ops" in up
    assert "order by (t.v::extensions.halfvec(384)) operator(extensions.<=>)" in up
    statements = [line for line in up.splitlines() if not line.startswith("--")]
    assert statements[0].startswith("create index concurrently")


def test_names_are_new_and_short_enough() -> None:
    odd = columns(table="t" * 80, indexes=[INDEX_OF])[0]
    first = proposed_name(odd, Candidate("hnsw", (("m", 16),)), [])
    assert len(first) <= 63 and proposed_name(odd, Candidate("hnsw", (("m", 16),)), [first]) == f"{first}_2"
    assert '"odd ""name"""' in create_sql(column(dimensions=3), Candidate("hnsw", (("m", 16),)), "x")


def test_phases_and_memory_in_words() -> None:
    record = {"phase": "building index: performing k-means", "blocks_done": 5, "blocks_total": 9,
              "tuples_done": 0, "tuples_total": 0}  # fmt: skip
    assert str(phase_of(record)) == "performing k-means"
    loading = record | {"phase": "building index: loading tuples", "tuples_done": 25, "tuples_total": 100}
    assert str(phase_of(loading)) == "loading tuples 25%"
    notice = "hnsw graph no longer fits into maintenance_work_mem after 14905 tuples"
    assert "14,905 of 100,000" in memory_remark([notice], 100_000, "32MB") and "6.7 times" in memory_remark(
        [notice], 100_000, "32MB"
    )
    assert memory_remark(["something else"], 10, "32MB") == ""


@pytest.fixture
async def small(database_dsn: str) -> AsyncIterator[Database]:
    connection = await asyncpg.connect(database_dsn)
    await connection.execute(
        "create schema ext; create extension vector schema ext; set search_path = public, ext;"
        "create table t (id int primary key, tenant_id int, v vector(64)); insert into t"
        " select i, i % 4, (select array_agg(random() - 0.5) from generate_series(1, 64 + 0 * i))::vector"
        " from generate_series(1, 1200) i;"
        "create index t_v on t using ivfflat (v vector_cosine_ops) with (lists = 30); analyze t"
    )
    await connection.close()
    database = await Database.connect(opening_of(database_dsn))
    yield database
    await database.close()


async def left_behind(database: Database) -> object:
    found = await database.records("select count(*) as n from pg_class where relname like 'chatly_scratch%'")
    return found[0]["n"]


async def test_every_index_is_built_measured_and_gone(small: Database) -> None:
    column = (await find_columns(small)).columns[0]
    told: list[str] = []
    advices = [a async for a in advise(small, column, k=10, questions=5, tell=told.append)]
    last = advices[-1]
    assert (last.rows, last.whole, last.doing) == (1200, True, "") and len(last.trials) == len(advices) - 2
    assert not any(trial.failure for trial in last.trials)
    assert {t.candidate.form for t in last.trials} == {"plain", "halfvec", "binary"}
    for trial in last.trials:
        assert trial.size > 0 and trial.points and all(p.node.approximate for p in trial.points[:1]), trial.candidate
        best = max(p.figures.recall or 0 for p in trial.points)
        assert best >= (0.9 if trial.candidate.form != "binary" else 0.5), trial.candidate
    assert last.trials[0].candidate.current and any("measuring" in words for words in told)
    assert await left_behind(small) == 0
    _, up, _ = migration(last, last.trials[-1], column)
    statement = "\n".join(line for line in up.splitlines() if not line.startswith("--")).rstrip(";")
    async with small.open(Request(statement, mode=Mode.OUTSIDE)) as result:
        await result.finish()
    assert len((await find_columns(small)).columns[0].indexes) == 2


async def test_a_build_that_fails_is_told_and_the_copy_stays(small: Database) -> None:
    column = (await find_columns(small)).columns[0]
    async with scratch_series(small) as series:
        await prepare(series, column, ())
        scratch = await copy_rows(series, column)
        wrong = create_sql(scratch.column, Candidate("ivfflat", (("lists", 40_000),)), "x")
        with pytest.raises(Failure, match="out of bounds"):
            await build(small, series, scratch, wrong, lambda phase: None)
        rows = await series.run(f"select count(*) from {scratch.column.relation}")
        assert rows.rows == [("1200",)]
    assert await left_behind(small) == 0


async def test_cancelling_a_trial_leaves_nothing(small: Database) -> None:
    column = (await find_columns(small)).columns[0]
    begun = asyncio.Event()

    async def work() -> None:
        async for advice in advise(small, column, k=10, questions=5):
            if advice.trials:
                begun.set()

    task = asyncio.create_task(work())
    await asyncio.wait_for(begun.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await left_behind(small) == 0 and small.pool_in_use == 0


async def test_without_the_right_to_make_tables_a_temporary_one_does(small: Database) -> None:
    async with small.open(Request(
        "do $$ begin create role scratch_reader login; grant usage on schema ext to scratch_reader;"
        " grant select on t to scratch_reader; end $$", mode=Mode.COMMITTED)) as result:  # fmt: skip
        await result.finish()
    arguments = dict(small.opening.arguments) | {"user": "scratch_reader"}
    from chatly_console.server.pool import Opening

    reader = await Database.connect(Opening(arguments, pool_size=2))
    try:
        column = (await find_columns(reader)).columns[0]
        async with scratch_series(reader) as series:
            await prepare(series, column, ())
            scratch = await copy_rows(series, column, most=100)
            assert scratch.column.schema.startswith("pg_temp") and scratch.rows == 100 and not scratch.whole
    finally:
        await reader.close()
        async with small.open(Request("do $$ begin drop owned by scratch_reader; drop role scratch_reader; end $$",
                                      mode=Mode.COMMITTED)) as result:  # fmt: skip
            await result.finish()


async def of_chatly(chatly: Database) -> VectorColumn:
    return next(c for c in (await find_columns(chatly)).columns if c.table == "documents")


async def test_the_cures_of_a_tenant_are_measured_on_its_own_rows(chatly: Database) -> None:
    ada = await resolve("ada@nordlicht.example", chatly)
    column = await of_chatly(chatly)
    cures = [cure async for cure in measure_cures(chatly, column, 10, ada, questions=5)]
    names = [cure.name for cure in cures]
    assert names[0] == "as it is" and "exact, past the index" in names
    assert sum("partition" in name or "partial" in name or "tenant column" in name for name in names) == 3
    exact = next(cure for cure in cures if cure.name.startswith("exact"))
    assert exact.is_full and exact.point is not None and not exact.point.node.approximate
    tenant = next(cure for cure in cures if "tenant column" in cure.name)
    assert tenant.point is not None and "chatly_scratch_tenant" in tenant.point.node.words
    assert best_cure(cures) is not None and "As it is" in cure_words(cures)
    assert sum((row[0] or "").startswith("★") for row in cure_rows(cures, 10).rows()) == 1
    assert await left_behind(chatly) == 0


async def test_who_sees_everything_needs_no_index_of_a_tenant(chatly: Database) -> None:
    column = await of_chatly(chatly)
    cures = [cure async for cure in measure_cures(chatly, column, 10, LOGIN, questions=3)]
    assert all(cure.where == "the table, under its policies" for cure in cures)
    assert [c async for c in measure_cures(chatly, column.filtered("false"), 10, LOGIN)] == []
