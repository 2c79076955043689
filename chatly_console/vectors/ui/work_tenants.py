"""What the Tenants view does: the question as several people, one after the other, and then what would mend it."""

from __future__ import annotations

from chatly_console.core.identity import Identity
from chatly_console.shell.dialogs import AskText
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.cures import QUESTIONS, measure_cures
from chatly_console.vectors.listing import cure_rows, cure_words, people_rows, people_words
from chatly_console.vectors.operators import settings_words
from chatly_console.vectors.tenants import across, named_people, people
from chatly_console.vectors.ui.permission import may_build
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.work_search import ask_question
from chatly_console.vectors.ui.workbench import Changed, Workbench


async def compare_people(pane: Workbench, column: VectorColumn) -> None:
    """The Tenants view: the question as several people, one after the other."""
    view = pane.query_one("#tenants", View)
    asked = await ask_question(pane, column, view)
    if asked is None:
        return
    view.show_loading("searching as several people")
    view.conclude("")
    scans_on = pane.catalogue is not None and pane.catalogue.scans_on
    identities = list(pane.whom) or await people(pane.database, pane.identity)
    pane.people, pane.cures = [], []
    async for one in across(pane.database, column, asked.vector, pane.k, identities,
                            settings=pane.settings, scans_on=scans_on):  # fmt: skip
        pane.people.append(one)
        view.show_rows(people_rows(pane.people, pane.k))
        view.say(f"{len(pane.people)} of {len(identities)} asked · {settings_words(pane.settings)} · {asked.provider}")
    show_people(pane)
    pane.leave_question()


def show_people(pane: Workbench) -> None:
    """Everybody who was asked."""
    view = pane.query_one("#tenants", View)
    view.show_rows(people_rows(pane.people, pane.k))
    view.say(f"{len(pane.people)} asked · {settings_words(pane.settings)} · u measures cures for the one marked")
    view.conclude(people_words(pane.people), bad=any(one.is_short for one in pane.people))


async def choose_people(pane: Workbench) -> None:
    """Name those who are to be compared, or leave it to the console."""
    known = [one.subject and one.label for one in await people(pane.database, pane.identity)]
    some = ", ".join(word for word in known if word)
    detail = (
        "login, anon, service_role, e-mail addresses or UUIDs, with commas between them"
        f"{f', such as {some}' if some else ''}. Empty: some users, a visitor and the login."
    )
    initial = ", ".join(_name(one) for one in pane.whom)
    text = await pane.app.push_screen_wait(AskText("Compare whom?", detail, initial=initial))
    if text is not None:
        pane.whom = tuple(await named_people(pane.database, text))
        pane.post_message(Changed())


def _name(identity: Identity) -> str:
    return "login" if identity.is_login else identity.label or identity.subject or identity.role or ""


async def measure_cures_of(pane: Workbench, column: VectorColumn, identity: Identity) -> None:
    """What would give this person all rows, each way measured."""
    view = pane.query_one("#tenants", View)
    may_copy = not pane.session.is_read_only and await may_build(pane)
    who = identity.label or identity.describe() or "the login itself"
    view.show_loading(f"measuring as {who}")
    view.conclude("")
    pane.cures = []

    def tell(words: str) -> None:
        view.say(f"as {who}: {words} · ctrl+g stops")

    async for cure in measure_cures(pane.database, column, pane.k, identity, may_copy=may_copy, tell=tell):
        pane.cures.append(cure)
        view.show_rows(cure_rows(pane.cures, pane.k))
    if not pane.cures:
        view.show_empty(f"{who} sees no row with a vector.", "f5 asks everybody again.")
        return
    locked = "" if may_copy else " · read-only: nothing was tried on a copy"
    view.say(f"as {who} · {QUESTIONS} of their own rows as questions{locked} · u back to everybody")
    view.conclude(cure_words(pane.cures), bad=not pane.cures[0].is_full)
    pane.leave_question()


def toggle_cures(pane: Workbench) -> None:
    """The cures for the person under the cursor; or back to everybody."""
    row = pane.shown.chosen_row
    if pane.cures:
        pane.cures = []
        show_people(pane)
    elif row is None or row >= len(pane.people) or pane.column is None:
        pane.tell("Compare first: f5.")
    else:
        pane.begin(measure_cures_of(pane, pane.column, pane.people[row].identity), "a measurement of cures")
