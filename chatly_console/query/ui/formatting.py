"""Lays the text in the editor out anew, in a thread, and says so where that takes a while."""

import asyncio

from textual.worker import Worker

from chatly_console.query.sql_format import FORMAT_LIMIT, format_script, too_long
from chatly_console.query.ui.pane_face import PaneFace

SAY_AFTER = 0.15
"""Seconds after which it is said that the text is being laid out."""


class Formatting:
    """Belongs to the pane: one text at a time."""

    def __init__(self, pane: PaneFace) -> None:
        self._pane = pane
        self._worker: Worker[None] | None = None
        self._stopped = False

    @property
    def is_on(self) -> bool:
        """Whether a text is being laid out."""
        return self._worker is not None and not self._worker.is_finished

    def cancel(self) -> bool:
        """Leave the text as it is; returns whether there was anything to stop. It ends after the statement it is at."""
        if not self.is_on or self._worker is None:
            return False
        self._stopped = True
        self._worker.cancel()
        return True

    def start(self, span: tuple[int, int] | None = None) -> None:
        """Lay these characters, else the selection or the statement at the cursor, out anew."""
        if self.is_on:
            self._pane.say("The text is being laid out; ctrl+g stops that.", failed=True)
        else:
            self._stopped = False
            self._worker = self._pane.run_worker(self._format(span), group="format", exit_on_error=False)

    async def _format(self, span: tuple[int, int] | None) -> None:
        pane, editor = self._pane, self._pane.editing.editor
        text = editor.text
        start, end = editor.chosen_offsets() if span is None else span
        chosen = text[start:end]
        task = asyncio.create_task(asyncio.to_thread(format_script, chosen, goes_on=lambda: not self._stopped))
        try:
            if not (await asyncio.wait([task], timeout=SAY_AFTER))[0]:
                pane.say("Laying the text out… ctrl+g stops that.")
                pane.app.refresh_bindings()
            formatted = await task
        except asyncio.CancelledError:
            pane.say("Stopped; the text is as it was.")
            raise
        finally:
            pane.app.refresh_bindings()
        if text != editor.text:
            pane.say("The text has changed meanwhile; it was not formatted.", failed=True)
        elif formatted.rstrip() != chosen.rstrip():
            editor.replace_offsets(start, end, formatted.rstrip("\n"))
            pane.say("Laid out anew; ctrl+z brings it back.")
        elif await asyncio.to_thread(too_long, chosen):
            pane.say(f"A statement of more than {FORMAT_LIMIT:,} characters is left as it is.")
        else:
            pane.say("It is laid out already, or not to be laid out without changing its meaning.")
