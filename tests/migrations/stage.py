"""What the tests of migrations share: folders of files, and a runner that remembers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from chatly_console.migrations.events import Event, Task, Way
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.runner import Runner
from chatly_console.migrations.service import read_status
from chatly_console.migrations.status import Migration, State
from chatly_console.server.database import Database

E = TypeVar("E")


def write(folder: Path, version: str, name: str, up: str, down: str | None = None) -> Path:
    """A migration, and its way back."""
    (folder / "down").mkdir(parents=True, exist_ok=True)
    path = folder / f"{version}_{name}.sql"
    path.write_text(up, encoding="utf-8")
    if down is not None:
        (folder / "down" / path.name).write_text(down, encoding="utf-8")
    return path


class Run:
    """Runs files of a folder, and keeps what was told."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.events: list[Event] = []
        self.pauses: list[float] = []
        self.on_event: Callable[[Event], None] = lambda event: None

    def tell(self, event: Event) -> None:
        self.events.append(event)
        self.on_event(event)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def tasks(self, way: Way, versions: Sequence[str] = ()) -> list[Task]:
        files = [file for file in read_folder(self.folder).files if not versions or file.version in versions]
        return [Task(file, way) for file in (files if way == "up" else reversed(files))]

    async def go(self, way: Way = "up", *versions: str, turn_limit: float = 5.0) -> None:
        runner = Runner(self.database, self.tell, pause=self.pause, turn_limit=turn_limit)
        await runner.run(self.tasks(way, versions))

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def status(self) -> list[Migration]:
        return await read_status(self.database, self.folder)

    async def states(self) -> dict[str, State]:
        return {migration.version: migration.state for migration in await self.status()}


@asynccontextmanager
async def plain(dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of somebody else."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        yield connection
    finally:
        await connection.close()


async def until(condition: Callable[[], Any], limit: float = 60) -> None:
    """Wait until something is so; the condition may be asynchronous."""
    async with asyncio.timeout(limit):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.01)
