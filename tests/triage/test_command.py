"""`triage` for scripts: its JSON, its exit status, its two signals."""

import asyncio
import json
import signal
import stat
import sys
from pathlib import Path

import pytest

from chatly_console import cli
from chatly_console.triage.incident import read_incident
from tests.shell.terminal import ROOT
from tests.triage.incidents import incident, make_lock_chain

_OURS = """select count(*) from pg_stat_activity
 where datname = current_database() and application_name like 'chatly-console%'"""


async def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = await asyncio.to_thread(cli.main, ["triage", *words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


async def test_locks_statements_health_and_signals(database_dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    dsn = ("--dsn", database_dsn)
    async with incident(database_dsn) as made:
        await make_lock_chain(made)
        status, out, _ = await call(capsys, "locks", "--json", *dsn)
        roots = {root["pid"]: root for root in json.loads(out)["roots"]}
        assert status == 1
        root = roots[made.pids["app"]]
        assert (root["state"], root["blocks"]) == ("idle in transaction", 3)
        assert [one["pid"] for one in root["waiters"]] == [made.pids["migrator"]]
        status, out, _ = await call(capsys, *dsn)
        assert status == 1
        assert f"└ {made.pids['migrator']}" in out
        status, _, err = await call(capsys, "terminate", str(made.pids["app"]), *dsn)
        assert (status, "--yes" in err) == (2, True)
        status, out, _ = await call(capsys, "terminate", str(made.pids["app"]), "--yes", *dsn)
        assert (status, "has ended" in out) == (0, True)
        status, _, err = await call(capsys, "cancel", "1", *dsn)
        assert (status, "no session with pid 1" in err) == (1, True)
        status, _, err = await call(capsys, "statements", *dsn)
        assert (status, "create extension" in err) == (1, True)
        status, out, _ = await call(capsys, "health", "--json", *dsn)
        assert set(json.loads(out)) == {"findings", "missing"}


async def test_a_group_is_signalled_to_only_with_its_number(
    database_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn = ("--dsn", database_dsn)
    async with incident(database_dsn) as made:
        await made.session("job 1", "begin", "select 1")
        await made.session("job 2", "begin", "select 1")
        words = ("terminate", "--where", 'app:"job "', "--yes")
        status, _, err = await call(capsys, *words, *dsn)
        assert (status, "--count 2" in err, "2 open transactions" in err) == (2, True, True)
        status, _, err = await call(capsys, "cancel", "--where", 'app:"job "', "--count", "2", *dsn)
        assert (status, "No session that cancel could reach" in err) == (1, True), (
            "nothing runs that could be cancelled"
        )
        status, out, _ = await call(capsys, *words, "--count", "2", "--json", *dsn)
        assert (status, json.loads(out)["outcome"]) == (0, "The end was sent to 2 of 2 sessions.")
        assert sorted(json.loads(out)["pids"]) == sorted([made.pids["job 1"], made.pids["job 2"]])


async def test_statements_of_a_window(database_dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with incident(database_dsn) as made:
        observer = made.connections["observer"]
        await observer.execute("create extension pg_stat_statements; create table within (id int)")
        await observer.fetch("select id, id from within")
        calling = asyncio.create_task(
            call(capsys, "statements", "--window", "1.5", "--limit", "500", "--json", "--dsn", database_dsn)
        )
        while not calling.done():
            await observer.fetch("select count(*) from within")
            await asyncio.sleep(0.05)
        status, out, _ = await calling
        queries = [one["query"] for one in json.loads(out)]
        assert status == 0
        assert "select count(*) from within" in queries
        assert "select id, id from within" not in queries


async def test_wrong_words_are_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert (await call(capsys, "cancel", "--dsn", "host=/nowhere"))[0] == 2
    assert (await call(capsys, "locks", "12", "--dsn", "host=/nowhere"))[0] == 2
    assert (await call(capsys, "cancel", "12", "--where", "app:x", "--dsn", "host=/nowhere"))[0] == 2
    assert (await call(capsys, "health", "--where", "app:x", "--dsn", "host=/nowhere"))[0] == 2


async def test_a_watch_on_record_ends_with_ctrl_c(database_dsn: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    async with incident(database_dsn) as made:
        await made.session("billing", "begin", "select 1")
        words = ["triage", "--watch", "--json", "--record", str(kept), "--interval", "0.5", "--dsn", database_dsn]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chatly_console", *words,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            async with asyncio.timeout(60):
                looks = [json.loads(await process.stdout.readline()) for _ in range(2)]
                assert await made.connections["observer"].fetchval(_OURS), "it is connected"
                process.send_signal(signal.SIGINT)
                _, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        async with asyncio.timeout(30):
            while await made.connections["observer"].fetchval(_OURS):
                await asyncio.sleep(0.02)
    assert (process.returncode, b"Traceback" in err) == (130, False)
    assert all(made.pids["billing"] in [one["pid"] for one in look["sessions"]] for look in looks)
    moments = read_incident(kept)
    assert len(moments) >= len(looks)
    assert "billing" in [one.application for one in moments[0].sessions]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600, "it holds other people's statements"
