"""What of the way to the server is ours is mended by itself: the embedded server, and anything else that can mend."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.link import Link, LinkState
from chatly_console.core.request import Mode, Request
from chatly_console.server import embedded
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from chatly_console.server.watch import Watch

from .conftest import opening_of
from .embedded_stage import wait_for, wait_until_nothing_runs
from .waiting import until

KILL_AND_LOOK = 30.0


@pytest.fixture
async def own_server(open_folder: Callable[[str], Path]) -> AsyncIterator[EmbeddedServer]:
    folder = open_folder("demo")
    server = await embedded.start(folder)
    yield server
    await server.stop()
    await asyncio.to_thread(wait_until_nothing_runs, folder)


@pytest.fixture
async def mended(own_server: EmbeddedServer) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(own_server.dsn()))
    database.mend_with(own_server)
    yield database
    await database.close()


async def kill(server: EmbeddedServer) -> None:
    assert server.pid is not None
    former = server.pid
    os.kill(former, signal.SIGKILL)
    await asyncio.to_thread(wait_for, lambda: server.pid != former, "the end of the server")


async def value(database: Database, sql: str, mode: Mode = Mode.READ_ONLY) -> str | None:
    async with database.open(Request(sql, mode=mode)) as result:
        rows = await result.fetch()
        await result.finish()
    return rows[0][0] if rows else None


async def test_a_killed_embedded_server_is_started_again_and_the_console_works_again(
    own_server: EmbeddedServer, mended: Database
) -> None:
    await value(mended, "create table kept as select 42 as answer", Mode.COMMITTED)
    links: list[Link] = []
    mended.subscribe(links.append)
    await kill(own_server)
    await until(mended, lambda state: state is LinkState.CONNECTED and bool(links))
    assert links[0].state is LinkState.LOST
    assert links[0].sentence == "The embedded PostgreSQL has ended. It is being mended."
    assert await value(mended, "select answer from kept") == "42"


async def test_what_ran_when_it_was_killed_is_lost_and_never_run_again(
    own_server: EmbeddedServer, mended: Database
) -> None:
    await value(mended, "create table counted (n int)", Mode.COMMITTED)
    heard = asyncio.Event()
    # It does not look up from its work, so it outlives its postmaster and would keep the next one from starting.
    busy = (
        "do $$ begin insert into counted values (1); raise notice 'in'; "
        "perform count(*) from generate_series(1, 2000000000); end $$"
    )

    async def run() -> None:
        async with mended.open(Request(busy, mode=Mode.COMMITTED), on_notice=lambda _: heard.set()) as result:
            await result.finish()

    task = asyncio.create_task(run())
    await asyncio.wait_for(heard.wait(), KILL_AND_LOOK)
    await kill(own_server)
    with pytest.raises(Failure) as caught:
        await asyncio.wait_for(task, KILL_AND_LOOK)
    assert caught.value.kind is FailureKind.LINK
    assert "lost while it was at work" in caught.value.sentence
    assert "nothing of it was kept" in caught.value.hint
    await until(mended, lambda state: state is LinkState.CONNECTED)
    assert await value(mended, "select count(*) from counted") == "0"


class Patient:
    """A way to a server that can be broken, and a mender that may fail."""

    def __init__(self) -> None:
        self.broken = False
        self.cannot = ""
        self.mended = 0

    async def ask(self) -> None:
        if self.broken:
            raise ConnectionRefusedError

    def trouble(self) -> str:
        return "The bridge is down." if self.broken else ""

    async def mend(self) -> None:
        if self.cannot:
            raise Failure(self.cannot, FailureKind.LINK, hint="Bring wood.")
        self.broken = False
        self.mended += 1


@pytest.fixture
async def patient() -> AsyncIterator[tuple[Patient, Watch, "asyncio.Queue[Link]"]]:
    patient, links = Patient(), asyncio.Queue[Link]()
    watch = Watch(patient.ask, links.put_nowait)
    watch.mender = patient
    watch.start()
    yield patient, watch, links
    await watch.stop()


async def test_why_it_cannot_be_mended_is_told_and_it_is_tried_again(
    patient: tuple[Patient, Watch, "asyncio.Queue[Link]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.server.watch.TROUBLE_INTERVAL", 0.01)
    way, watch, links = patient
    way.broken, way.cannot = True, "There is no wood."
    watch.suspect()
    first, second = await links.get(), await links.get()
    assert first.sentence == "The bridge is down. It is being mended."
    assert second.sentence == "The bridge is down. There is no wood. Bring wood."
    assert second.since == first.since and not second.is_up
    way.cannot = ""
    assert (await links.get()).is_up
    assert way.mended == 1


async def test_what_is_not_ours_is_only_waited_for(
    patient: tuple[Patient, Watch, "asyncio.Queue[Link]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    way, watch, links = patient
    way.broken = True
    monkeypatch.setattr(way, "trouble", lambda: "")
    watch.suspect()
    assert (await links.get()).sentence == "The server cannot be reached: it refuses connections."
    assert way.mended == 0


async def test_its_return_is_seen_within_three_seconds(
    patient: tuple[Patient, Watch, "asyncio.Queue[Link]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    way, watch, links = patient
    way.broken = True
    monkeypatch.setattr(way, "trouble", lambda: "")
    watch.suspect()
    await links.get()
    way.broken = False
    began = time.monotonic()
    assert (await links.get()).is_up
    assert time.monotonic() - began < 3
