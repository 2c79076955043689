"""`triage` for scripts: its JSON, its exit status, its two signals."""

import asyncio
import json

import pytest

from chatly_console import cli
from tests.triage.incidents import incident, make_lock_chain


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


async def test_wrong_words_are_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert (await call(capsys, "cancel", "--dsn", "host=/nowhere"))[0] == 2
    assert (await call(capsys, "locks", "12", "--dsn", "host=/nowhere"))[0] == 2
