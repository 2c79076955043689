"""One file while it runs: what it runs with, and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from chatly_console.migrations.events import Event, FileEnded, StatementBegan, StatementEnded, TakenLock, Task
from chatly_console.migrations.record import Log, record
from chatly_console.migrations.watching import Watcher
from chatly_console.server.dedicated import Dedicated


@dataclass
class Running:
    """The state of one attempt at one file."""

    task: Task
    session: Dedicated
    watcher: Watcher
    log: Log
    tell: Callable[[Event], None]
    attempt: int
    began: float = field(default_factory=monotonic)
    statement: int = 0
    """The statement that runs or ran last, from 1; beyond the last one while the history is written."""
    reached: int = 0
    """Statements that are done and noted."""
    committing: bool = False

    async def one(self, index: int) -> tuple[str, float]:
        """Run statement `index` (from 0), watched; returns its tag and its seconds."""
        self.statement = index + 1
        self.tell(StatementBegan(self.task, self.statement))
        begun = monotonic()
        text = self.task.script.statements[index].text
        tag = await self.watcher.during(self.session.run(text), self.statement)
        return tag, monotonic() - begun

    def ended(self, seconds: float, tag: str, locks: tuple[TakenLock, ...] = ()) -> None:
        """Tell that the statement is done."""
        self.tell(StatementEnded(self.task, self.statement, seconds, tag, locks))

    async def keep(self, locks: Callable[[], tuple[TakenLock, ...]], *, again: bool = False) -> None:
        """Write the file into the history and the log, in the transaction that is open, and commit it.

        `locks`: what was taken for it, asked for before the commit and after; `again`: whether a row may be there.
        """
        await record(self.session, self.task, again=again)
        await self.log.write(
            self.task,
            "done",
            statement_no=len(self.task.script.statements),
            duration_ms=(monotonic() - self.began) * 1000,
            locks=[lock.as_json() for lock in locks()],
        )
        self.committing = True
        await self.session.run("commit")
        self.committing = False
        self.tell(FileEnded(self.task, monotonic() - self.began, locks()))
