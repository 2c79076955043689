"""What the user is asked before a statement is sent."""

from collections.abc import Sequence

from chatly_console.core.classify import Classification
from chatly_console.core.failure import Failure
from chatly_console.query.decision import Circumstances, Decision, writing
from chatly_console.query.place import Place
from chatly_console.query.ui.asking import ask
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.would_go import what_would_go
from chatly_console.shell.dialogs import Confirm


class Questions:
    """Belongs to the pane; each comes up in a pause of the typing."""

    def __init__(self, pane: PaneFace) -> None:
        self._pane = pane

    async def ask(self, question: Confirm) -> bool:
        """Whether the user agrees."""
        return await ask(self._pane.app, self._pane.editing.editor, question)

    async def agreed(self, decision: Decision) -> bool:
        """Whether this statement may be sent; what is destructive says what would go."""
        if not decision.question:
            return True
        detail = decision.detail
        database = self._pane.session.database
        if decision.is_destructive and database is not None:
            detail = "\n".join(filter(None, (await what_would_go(database, decision.found), detail)))
        return await self.ask(Confirm(decision.question, detail, verb="run it", grave=decision.is_destructive))

    async def may_mix(self, places: Sequence[Place]) -> bool:
        """Whether what was typed behind a statement of the last session, if anything, is meant to be a part of it."""
        editing = self._pane.editing
        if not editing.mixes_old(places):
            return True
        question = "What was typed goes on a statement of the last session. Run both as one?"
        if not await self.ask(Confirm(question, places[0].sql[:2000], verb="run it", grave=True)):
            self._pane.say("Not sent. A semicolon ends the statement of the last session.")
            return False
        editing.forget_old()
        return True

    async def may_write(self, found: Classification, circumstances: Circumstances) -> Decision | None:
        """Whether a statement that turned out to write may do so; None where it may not."""
        try:
            decision = writing(found, circumstances)
        except Failure:
            return None
        question = "This statement writes: a function in it does. Run it again, so that it may?"
        detail = "Nothing was changed so far. You are asked again before anything is kept."
        return decision if await self.ask(Confirm(question, detail, verb="run it")) else None
