"""Counts the true rows of a relation, on request: the catalogue has only the planner's estimate."""

from time import monotonic
from typing import TYPE_CHECKING

from textual.worker import Worker

from chatly_console.core.catalogue import CatalogueObject, Relation, Schema
from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.core.text import safe_text
from chatly_console.schema.ui import verbs
from chatly_console.shell.messages import Report, Say

if TYPE_CHECKING:
    from chatly_console.schema.ui.catalogue_pane import CataloguePane

_COUNT_LIMIT, _LOCK_LIMIT = 120.0, 2.0


class Counting:
    """One for the pane: one count at a time, which can be cancelled."""

    def __init__(self, pane: "CataloguePane") -> None:
        self._pane = pane
        self._worker: Worker[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether rows are being counted."""
        return self._worker is not None and self._worker.is_running

    def cancel(self) -> bool:
        """Stop; returns whether there was anything to stop."""
        if self._worker is None or not self._worker.is_running:
            return False
        self._worker.cancel()
        return True

    def count(self, found: CatalogueObject | Schema | None) -> None:
        """Count the rows of a relation as whoever statements run as, and say the number beside the estimate."""
        if isinstance(found, Relation) and found.kind != "sequence":
            work = self._count(found)
            self._worker = self._pane.run_worker(work, group="count", exclusive=True, exit_on_error=False)
        else:
            self._pane.post_message(Say("Only tables and views have rows to count.", "warning"))

    async def _count(self, relation: Relation) -> None:
        database, identity = self._pane.session.database, self._pane.session.identity
        if database is None:
            return
        begun = monotonic()
        self._pane.post_message(Say(f"Counting the rows of {safe_text(relation.quoted)}; ctrl+g cancels."))
        request = Request(
            f"select count(*) from {relation.quoted}", identity=identity, mode=Mode.READ_ONLY,
            statement_timeout=_COUNT_LIMIT, lock_timeout=_LOCK_LIMIT,
        )  # fmt: skip
        try:
            async with database.open(request) as result:
                [(count,)] = await result.fetch(1)
                await result.finish()
        except Failure as failure:
            self._pane.post_message(Report(failure))
            return
        who = safe_text(identity.describe()) if not identity.is_login else database.facts.user
        words = verbs.count_words(count or "0", relation.rows, who, monotonic() - begun)
        self._pane.post_message(Say(f"{safe_text(relation.quoted)}: {words}.", "done"))
