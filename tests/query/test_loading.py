"""All rows of a result are loaded while they are stored, written and looked at, and nothing is held up or lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.request import Request
from chatly_console.core.values import Row
from chatly_console.query import pace
from chatly_console.query.export import export
from chatly_console.query.paging import LARGEST_PAGE, pages_of
from chatly_console.query.reader import READ_AHEAD
from chatly_console.query.run import Phase
from chatly_console.query.service import StatementRun
from chatly_console.server.database import Database
from chatly_console.server.result import Result

_MANY = "select i, 'row ' || i from generate_series(1, 60000) i"


@asynccontextmanager
async def _opened(database: Database, sql: str) -> AsyncIterator[StatementRun]:
    run = StatementRun(database, Request(sql))
    await run.start()
    try:
        yield run
    finally:
        await run.forget()


def _phase(run: StatementRun) -> Phase:
    return run.state.phase


async def test_an_open_cursor_is_read_once_in_order_and_stays_in_the_grid(database: Database) -> None:
    async with _opened(database, _MANY) as run:
        assert _phase(run) is Phase.OPEN and run.rows is not None
        read: list[Row] = []
        ahead = 0
        async for page in run.all_rows():
            read += page
            ahead = max(ahead, run.rows.count - len(read))
            await asyncio.sleep(0)
        assert read == [(str(i), f"row {i}") for i in range(1, 60_001)] == list(run.rows.rows())
        assert _phase(run) is Phase.DONE and run.state.rows == 60_000 and run.rows.exhausted
        assert ahead <= READ_AHEAD + LARGEST_PAGE


async def test_who_stops_reading_leaves_the_cursor_open_for_more(database: Database) -> None:
    async with _opened(database, _MANY) as run:
        assert run.rows is not None
        async with aclosing(run.all_rows()) as pages:
            async for _ in pages:
                if run.rows.count > 2_000:
                    break
        await run.settled()
        loaded = run.rows.count
        assert _phase(run) is Phase.OPEN and run.state.rows == loaded < 60_000
        run.more()
        await run.settled()
        assert run.rows.count > loaded and run.rows.row(loaded) == (str(loaded + 1), f"row {loaded + 1}")
    assert database.pool_in_use == 0


async def test_an_export_that_cannot_write_ends_and_the_rows_can_be_scrolled_on(
    database: Database, tmp_path: Path
) -> None:
    async with _opened(database, _MANY) as run:
        assert run.rows is not None
        with pytest.raises(Failure, match="could not be written"):
            await export(run.all_rows(), run.rows.columns, tmp_path / "missing" / "out.csv", "csv")
        await run.settled()
        assert _phase(run) is Phase.OPEN
        run.rest()
        await run.settled()
        assert run.rows.count == 60_000


async def test_scrolling_on_while_it_is_read_changes_nothing(database: Database) -> None:
    async with _opened(database, _MANY) as run:
        run.more()
        count = 0
        async for page in run.all_rows():
            count += len(page)
            run.more()
            run.rest()
        assert count == 60_000 and _phase(run) is Phase.DONE


async def test_an_error_further_down_comes_after_the_rows_before_it(database: Database) -> None:
    async with _opened(database, "select 1000 / (4500 - i) from generate_series(1, 9000) i") as run:
        assert run.rows is not None
        read = 0
        with pytest.raises(Failure, match="Division by zero"):
            async for page in run.all_rows():
                read += len(page)
        assert read == run.rows.count >= 500 and _phase(run) is Phase.FAILED
    assert database.pool_in_use == 0


async def test_cancelled_while_it_is_read_the_server_stops(database: Database) -> None:
    async with _opened(database, "select i, pg_sleep(i / 3000) from generate_series(1, 90000) i") as run:
        read = asyncio.create_task(_count(run))
        while run.rows is None or run.rows.count < 2_000:
            await asyncio.sleep(0.01)
        run.cancel()
        assert await read == run.rows.count < 90_000
        assert _phase(run) is Phase.CANCELLED and database.pool_in_use == 0


async def _count(run: StatementRun) -> int:
    count = 0
    async for page in run.all_rows():
        count += len(page)
    return count


async def test_the_end_is_not_told_page_by_page(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """To show 60 pages one by one takes longer than to fetch them."""
    monkeypatch.setattr(pace, "TELL_EVERY", 3600.0)
    told: list[int] = []
    run = StatementRun(database, Request(_MANY), on_change=lambda run: told.append(run.state.rows))
    await run.start()
    run.rest()
    await run.settled()
    await run.forget()
    assert told[-1] == 60_000 and len(told) <= 5


async def test_the_server_makes_a_page_while_the_one_before_is_looked_at(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    fetch = Result._fetch

    async def counted(result: Result, *arguments: object) -> None:
        nonlocal asked
        asked += 1
        await fetch(result, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Result, "_fetch", counted)
    async with database.open(Request(_MANY), first_page=100) as result, aclosing(pages_of(result)) as pages:
        assert len(await anext(pages)) == 100 and asked == 1
        assert len(await anext(pages)) == 1_000 and asked == 2
    assert database.pool_in_use == 0
    async with database.open(Request("select 1")) as result:
        assert await result.fetch() == [("1",)]
