"""All that the pane shows of a database and a folder, read in one go."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chatly_console.migrations.events import Task
from chatly_console.migrations.forecast import FileForecast, outlook
from chatly_console.migrations.history import History
from chatly_console.migrations.lint import Finding, check_files
from chatly_console.migrations.service import read_forecast, read_history, read_status
from chatly_console.migrations.status import Migration, State, summary
from chatly_console.server.database import Database


@dataclass(frozen=True)
class Reading:
    """The migrations with their states, what each file would do now, and the log."""

    migrations: tuple[Migration, ...] = ()
    forecasts: Mapping[str, FileForecast] = field(default_factory=dict)
    """Of every version whose file is here: its way there."""
    backs: Mapping[str, FileForecast] = field(default_factory=dict)
    """Its way back, where there is one."""
    history: History = field(default_factory=History)
    findings: tuple[Finding, ...] = ()
    """Of the linter, in all files."""

    @property
    def pending(self) -> list[Migration]:
        """What still has to run."""
        return [migration for migration in self.migrations if migration.is_pending]

    @property
    def outlook(self) -> str:
        """What will happen next, in words; and what is wrong before that."""
        forecasts = [self.forecasts[m.version] for m in self.pending if m.version in self.forecasts]
        words = outlook(forecasts)
        early = sum(m.state is State.OUT_OF_ORDER for m in self.migrations)
        if early:
            words += f"; {early} of them {'are' if early > 1 else 'is'} older than what is applied"
        return words

    @property
    def summary(self) -> str:
        """How many of each state."""
        return summary(self.migrations)

    def findings_of(self, migration: Migration) -> list[Finding]:
        """The linter's findings in its file that the file does not silence."""
        name = migration.file.path.name if migration.file is not None else ""
        return [one for one in self.findings if one.file == name and not one.silenced]

    def find(self, version: object) -> Migration | None:
        """The migration of this version."""
        return next((m for m in self.migrations if m.version == version), None)


async def read_all(database: Database, folder: Path) -> Reading:
    """Read files, history, log, and the sizes of the tables that the files are about. Raises `Failure`."""
    migrations = await read_status(database, folder)
    files = [m.file for m in migrations if m.file is not None]
    ups = await read_forecast(database, [Task(file, "up") for file in files])
    downs = await read_forecast(database, [Task(file, "down") for file in files if file.down is not None])
    return Reading(
        tuple(migrations),
        {one.task.file.version: one for one in ups},
        {one.task.file.version: one for one in downs},
        await read_history(database, files),
        tuple(await asyncio.to_thread(check_files, files)),
    )
