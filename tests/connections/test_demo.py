"""The demo as a connection: its server is started again when it ends under an open console."""

import argparse
import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from chatly_console.connections import choose
from chatly_console.core.link import LinkState
from tests.server.embedded_stage import wait_until_nothing_runs
from tests.server.waiting import until


async def test_the_demo_outlives_its_killed_server(
    open_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def only_create(host: str, port: int, database: str, **_: object) -> str:
        from chatly_console.demo.service import _Server

        async with _Server(host, port, "postgres").connect("postgres") as admin:
            if not await admin.fetchval("select exists (select from pg_database where datname = $1)", database):
                await admin.execute(f"create database {database}")
        return ""

    monkeypatch.setattr("chatly_console.demo.opening.build_database", only_create)
    folder = open_folder("demo")
    words = argparse.Namespace(profile=None, dsn=None, demo=True, data_dir=str(folder))
    _, first = await choose.open_database(words)
    _, database = await choose.open_database(words)  # chosen again, as F2 does
    await first.close()
    (server,) = (held for held in choose._held if held.data_dir == folder)
    choose._held.remove(server)
    try:
        lost: list[str] = []
        database.subscribe(lambda link: lost.append(link.sentence))
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        await until(database, lambda state: state is LinkState.CONNECTED and bool(lost))
        assert "The embedded PostgreSQL has ended. It is being mended." in lost
        assert (await database.records("select current_database() as name"))[0]["name"] == "chatly"
    finally:
        await database.close()
        await server.stop()
        await asyncio.to_thread(wait_until_nothing_runs, folder)
