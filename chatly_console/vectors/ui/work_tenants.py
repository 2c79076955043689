"""What the Tenants view does: the question as several people, one after the other, and then what would mend it."""

from __future__ import annotations

from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.listing import people_rows, people_words
from chatly_console.vectors.operators import settings_words
from chatly_console.vectors.tenants import across, people
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.work_search import ask_question
from chatly_console.vectors.ui.workbench import Workbench


async def compare_people(pane: Workbench, column: VectorColumn) -> None:
    """The Tenants view: the question as several people, one after the other."""
    view = pane.query_one("#tenants", View)
    asked = await ask_question(pane, column, view)
    if asked is None:
        return
    view.show_loading("searching as several people")
    view.conclude("")
    scans_on = pane.catalogue is not None and pane.catalogue.scans_on
    identities = await people(pane.database, pane.identity)
    pane.people = []
    async for one in across(pane.database, column, asked.vector, pane.k, identities,
                            settings=pane.settings, scans_on=scans_on):  # fmt: skip
        pane.people.append(one)
        view.show_rows(people_rows(pane.people, pane.k))
        view.say(f"{len(pane.people)} of {len(identities)} asked · {settings_words(pane.settings)} · {asked.provider}")
    short = any(one.is_short for one in pane.people)
    view.conclude(
        people_words(pane.people) + ("\nu measures the cures for the person under the cursor." if short else ""),
        bad=short,
    )
    pane.leave_question()
