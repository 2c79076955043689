"""One file while it runs: what it runs with, and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from chatly_console.migrations.events import Event, StatementBegan, StatementEnded, TakenLock, Task
from chatly_console.migrations.record import Log
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
