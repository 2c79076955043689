"""Tries indexes on a copy of the vectors: each is built, measured, and dropped again, and nothing is kept."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from chatly_console.core.failure import Failure
from chatly_console.core.quote import quote_identifier
from chatly_console.server.database import Database
from chatly_console.server.series import Series
from chatly_console.vectors.advice import Advice, Trial, memory_remark
from chatly_console.vectors.candidates import Candidate, as_index, candidates_for, create_sql
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import Curve, sweep_of_index
from chatly_console.vectors.measuring import Lab, Sampled, sample
from chatly_console.vectors.phases import Phase
from chatly_console.vectors.recall import Neighbour
from chatly_console.vectors.scratch import MOST_ROWS, Scratch, build, copy_rows, scratch_series
from chatly_console.vectors.service import prepare

QUESTIONS = 50
_NAME = "chatly_scratch_index"


async def advise(
    database: Database,
    column: VectorColumn,
    *,
    k: int,
    questions: int = QUESTIONS,
    most_rows: int = MOST_ROWS,
    tell: Callable[[str], None] = lambda words: None,
) -> AsyncIterator[Advice]:
    """The advice as it grows, after each trial; `tell` hears the phases in between. It runs as the login."""
    async with scratch_series(database) as series:
        tell(f"copying up to {most_rows:,} rows")
        await prepare(series, column, ())
        scratch = await copy_rows(series, column, most=most_rows)
        memory = (await series.run("select pg_catalog.current_setting('maintenance_work_mem')")).rows[0][0] or ""
        advice = Advice(scratch.rows, scratch.whole, k, memory)
        if not scratch.rows:
            yield advice
            return
        asked = await sample(series, scratch.column, questions)
        tell("searching exactly, for the truth")
        exact = Lab(series, scratch.column, k, {})
        truth = await exact.truth(asked)
        advice = replace(advice, exact_ms=exact.exact_ms)
        yield replace(advice, doing="building the first index")
        for candidate in candidates_for(column, scratch.rows):
            trial = await _try(database, series, scratch, candidate, k, asked, truth, memory, tell)
            advice = replace(advice, trials=(*advice.trials, trial))
            yield replace(advice, doing="building the next index")
        yield advice


async def _try(
    database: Database,
    series: Series,
    scratch: Scratch,
    candidate: Candidate,
    k: int,
    asked: list[Sampled],
    truth: list[list[Neighbour]],
    memory: str,
    tell: Callable[[str], None],
) -> Trial:
    def tell_phase(phase: Phase) -> None:
        tell(f"{candidate.words}: {phase}")

    heard = len(series.notices)
    tell(f"{candidate.words}: building")
    try:
        timed = await build(database, series, scratch, create_sql(scratch.column, candidate, _NAME), tell_phase)
    except Failure as failure:
        if not failure.sqlstate or failure.sqlstate == "57014":
            raise
        return Trial(candidate, failure=failure.sentence)
    name = f"{quote_identifier(scratch.column.schema)}.{_NAME}"
    size = await series.run("select pg_catalog.pg_relation_size($1::text::pg_catalog.regclass)::text", name)
    remark = memory_remark([notice.message for notice in series.notices[heard:]], scratch.rows, memory)
    tell(f"{candidate.words}: measuring")
    points = await measured(series, as_index(scratch.column, candidate, _NAME), k, asked, truth)
    await series.run(f"drop index {name}")
    return Trial(candidate, timed.seconds, int(size.rows[0][0] or 0), points.points, remark)


async def measured(
    series: Series, column: VectorColumn, k: int, asked: list[Sampled], truth: list[list[Neighbour]]
) -> Curve:
    """The curve of the one index that the column has, over all questions at once."""
    index = column.index
    assert index is not None
    lab, curve = Lab(series, column, k, {}), Curve(k, len(asked))
    for settings in sweep_of_index(index.method, index.options, k, scans_on=False):
        curve = await lab.point(curve, settings, asked, truth)
    return curve
