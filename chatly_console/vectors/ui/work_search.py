"""What the Search view does: make the question's vector, show what the index finds, and then what it missed."""

from __future__ import annotations

from chatly_console.vectors.asking import Asked, ask
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.hybrid import hybrid_search
from chatly_console.vectors.listing import hybrid_rows, hybrid_words, is_short, search_rows, search_words
from chatly_console.vectors.question import Question
from chatly_console.vectors.service import search
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.workbench import Workbench


async def ask_question(pane: Workbench, column: VectorColumn, view: View) -> Asked | None:
    """The vector of what is written in the question, or None where nothing is."""
    text = pane.question.value
    if not text.strip():
        view.show_empty()
        return None
    view.show_loading("making the question's vector")
    pane.asked = await ask(pane.database, column, Question.parse(text, column.type), pane.identity, pane.provider)
    if pane.provider.cost:
        pane.tell(f"{pane.provider.words}: {pane.provider.cost}")
    return pane.asked


async def search_rows_of(pane: Workbench, column: VectorColumn) -> None:
    """The Search view: what the index finds, and then what it missed."""
    view = pane.query_one("#search", View)
    asked = await ask_question(pane, column, view)
    if asked is None:
        return
    if pane.hybrid:
        await _hybrid(pane, column, view, asked)
        return
    database, identity = pane.database, pane.identity
    found = await search(database, column, asked.vector, pane.k, identity, settings=pane.settings,
                         without=asked.without)  # fmt: skip
    names = await pane.learn_names(hit.tenant for hit in found.hits)
    rows, pane.hits = search_rows(found, None, column, names)
    view.show_rows(rows)
    view.say(search_words(found, None, asked.provider), bad=is_short(found, None))
    view.conclude("looking for what an exact search finds …" if found.node.approximate else "")
    if not found.hits:
        view.show_empty("No row with a vector can be seen.", f"The search ran as {identity.describe() or 'the login'}.")
    pane.leave_question()
    exact = await search(database, column, asked.vector, pane.k, identity, without=asked.without, exact=True)
    names = await pane.learn_names(hit.tenant for hit in exact.hits)
    rows, pane.hits = search_rows(found, exact, column, names)
    if rows.count:
        view.show_rows(rows)
    short = is_short(found, exact)
    view.say(search_words(found, exact, asked.provider), bad=short)
    warnings = []
    if short:
        warnings.append(
            f"✗ {len(found.hits)} of {len(exact.hits)} rows: the index is filtered after the search. "
            "f6 twice: the same as other people, and what mends it."
        )
    if asked.doubt:
        warnings.append(f"▲ {asked.doubt}")
    view.conclude("\n".join(warnings), bad=True)


async def _hybrid(pane: Workbench, column: VectorColumn, view: View, asked: Asked) -> None:
    if Question.parse(pane.question.value, column.type).kind != "text":
        view.show_empty("A hybrid search needs words.", "x leaves it; or write a text instead of a row or a vector.")
        return
    words = pane.question.value.strip()
    found = await hybrid_search(pane.database, column, asked.vector, words, pane.k, pane.identity,
                                settings=pane.settings)  # fmt: skip
    names = await pane.learn_names(hit.tenant for _, hit in found.rows)
    rows, pane.hits = hybrid_rows(found, column, names)
    view.show_rows(rows)
    view.say(hybrid_words(found, column, asked.provider))
    notes = [] if found.text_rows else ["No row has all of these words: with “or” between them, any will do."]
    notes += [f"▲ {asked.doubt}"] if asked.doubt else []
    view.conclude("\n".join(notes), bad=bool(asked.doubt))
    if not found.rows:
        view.show_empty("Neither leg found a row.", "x leaves the hybrid search.")
    pane.leave_question()
