"""Commands as programs among others: told to end, with a closed or full output, and with nobody at the terminal."""

import asyncio
import signal
import subprocess
import sys
import time
from typing import Any

import asyncpg
import pytest

PROGRAM = [sys.executable, "-m", "chatly_console"]
LIMIT = 30.0
SLEEPERS = "select count(*) from pg_stat_activity where query = 'select pg_sleep(62)' and state = 'active'"


def sleepers(dsn: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(SLEEPERS)
        finally:
            await connection.close()

    return asyncio.run(ask())


def wait_until(dsn: str, count: int) -> None:
    limit = time.monotonic() + LIMIT
    while sleepers(dsn) != count:
        assert time.monotonic() < limit, f"never {count} that sleep"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_a_command_has_running_ends_with_it(database_dsn: str, number: signal.Signals) -> None:
    """Else a job that is stopped leaves its statement at work on the server, with its locks."""
    words = [*PROGRAM, "--dsn", database_dsn, "query", "-c", "select pg_sleep(62)"]
    command = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        wait_until(database_dsn, 1)
        command.send_signal(number)
        _, told = command.communicate(timeout=LIMIT)
        assert command.returncode == 128 + number
        assert "Traceback" not in told
        wait_until(database_dsn, 0)
    finally:
        command.kill()
        command.communicate()


def shell(script: str, dsn: str) -> "subprocess.CompletedProcess[str]":
    words = ["/bin/sh", "-c", f'"$0" -m chatly_console --dsn "$1" {script}', sys.executable, dsn]
    return subprocess.run(words, capture_output=True, text=True, timeout=LIMIT, check=False)


def test_an_output_that_is_full_or_closed_is_no_success(database_dsn: str) -> None:
    full = shell("query -c 'select generate_series(1, 100000)' >/dev/full", database_dsn)
    assert full.returncode == 1
    assert full.stderr == "chatly-console: The output cannot be used: no space left on device.\n"
    closed = shell("query -c 'select 1' >&-", database_dsn)
    assert closed.returncode == 2
    assert "Standard output is closed" in closed.stderr and "Traceback" not in closed.stderr


def test_no_input_at_all_is_no_fault_of_a_command(database_dsn: str) -> None:
    done = shell("query -c 'select 41 + 1' --format csv <&- 2>&-", database_dsn)
    assert (done.returncode, done.stdout.split()[-1]) == (0, "42")
    console = shell("<&-", database_dsn)
    assert console.returncode == 2
    assert "The console needs a terminal." in console.stderr
