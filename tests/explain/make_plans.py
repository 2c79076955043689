"""Makes the plans in `plans/`: real servers run each statement once, and print that one run in two forms.

    python -m tests.explain.make_plans DSN [NAME ...]

EXPLAIN prints the run in one form, and auto_explain, which sees the same run end, in JSON. So both must be read as
the same nodes with the same times. The database of the DSN must be empty, its user a superuser. With names of cases,
only these are made. (For `io-timings` the server needs few shared_buffers, or nothing is read.)
"""

import asyncio
import json
import re
import sys
from pathlib import Path

import asyncpg

from tests.explain.plan_cases import CASES, FOREIGN, IN_FULL, OF_OLDER, SETUP, SHORT, Case

FOLDER = Path(__file__).with_name("plans")
_LOGGED = re.compile(r"duration: [\d.]+ ms  plan:\n", re.DOTALL)


async def main(dsn: str, names: list[str]) -> None:
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    version = connection.get_server_version().major
    folder = FOLDER / str(version)
    folder.mkdir(parents=True, exist_ok=True)
    for statement in (*SETUP, *(FOREIGN if version >= 14 else ())):
        await connection.execute(statement)
    await connection.execute("load 'auto_explain'; set auto_explain.log_analyze = on; set auto_explain.log_timing = on;"
                             "set auto_explain.log_buffers = on; set auto_explain.log_format = json;"
                             "set auto_explain.log_min_duration = 0; set auto_explain.log_triggers = on;"
                             "set client_min_messages = log")  # fmt: skip
    if version >= 11:
        await connection.execute("set jit = off")
    for case in CASES:
        if case.name in (names or of_version(version)) and case.since <= version:
            await make(connection, folder, case)
    await connection.close()


def of_version(version: int) -> set[str]:
    """The names of the cases that are kept for it."""
    if version in IN_FULL:
        return {case.name for case in CASES}
    return SHORT if version == 17 else OF_OLDER


async def make(connection: "asyncpg.Connection[asyncpg.Record]", folder: Path, case: Case) -> None:
    heard: list[str] = []

    def hear(_connection: object, message: object) -> None:
        heard.append(str(getattr(message, "message", "")))

    async with Rolledback(connection):
        known = {row[0] for row in await connection.fetch("select name from pg_settings")}
        for setting in case.settings:
            if setting.partition(" ")[0] in known:
                await connection.execute(f"set local {setting}")
        connection.add_log_listener(hear)
        for form in case.forms:
            options = ", ".join(["analyze", "buffers", f"format {form}", *case.options])
            await connection.execute(f"set local auto_explain.log_verbose = {'on' if 'verbose' in options else 'off'}")
            timing = "timing off" not in options
            await connection.execute(f"set local auto_explain.log_timing = {'on' if timing else 'off'}")
            heard.clear()
            async with Rolledback(connection):
                rows = await connection.fetch(f"explain ({options}) {case.sql}")
            await asyncio.sleep(0.05)
            write(folder / f"{case.name}.{form}", "\n".join(row[0] for row in rows))
            logged = [found for found in heard if _LOGGED.match(found)]
            if logged and case.paired:
                text = _LOGGED.sub("", logged[-1], count=1)
                if connection.get_server_version().major >= 13:  # before, a key may be there twice, which dict loses
                    text = json.dumps(without_zero_blocks(json.loads(text)), separators=(",", ":"))
                write(folder / f"{case.name}.{form}.json", text)
        connection.remove_log_listener(hear)


def without_zero_blocks(value: object) -> object:
    """Blocks that were not touched say nothing, and are most of the text."""
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if part != 0 or not key.endswith("Blocks")}
        return {key: without_zero_blocks(part) for key, part in kept.items()}
    return [without_zero_blocks(part) for part in value] if isinstance(value, list) else value


def write(path: Path, text: str) -> None:
    path.write_text(text.rstrip() + "\n", encoding="utf-8")


class Rolledback:
    """A transaction, or savepoint, that is never kept."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._transaction = connection.transaction()

    async def __aenter__(self) -> None:
        await self._transaction.start()

    async def __aexit__(self, *_: object) -> None:
        await self._transaction.rollback()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
