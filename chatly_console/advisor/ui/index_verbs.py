"""Looks for indexes on behalf of the pane, measures them, and builds the chosen one for good."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chatly_console.advisor.indexes.applied import look_again
from chatly_console.advisor.indexes.applying import apply
from chatly_console.advisor.indexes.building import Building, is_left, may_build, remove_remains
from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.notebook import strike
from chatly_console.advisor.indexes.report import change
from chatly_console.advisor.indexes.service import Permission, advise_index
from chatly_console.advisor.indexes.tried import Asked, Given, IndexAdvice, Tier
from chatly_console.advisor.indexes.workload import (
    TOP,
    Table,
    advise_many,
    top_statements,
    with_the_others,
)
from chatly_console.advisor.views import AppliedView, IndexView
from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.running import ROLLED_BACK_DETAIL
from chatly_console.explain.wording import milliseconds
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.shell.messages import Report, Say

if TYPE_CHECKING:
    from chatly_console.advisor.ui.pane import AdvisorPane, Flow

_LISTED = 100
_EVERY = Asked("")
_BAR = 16
_TABLES = ("table", "materialized view", "partitioned table")


def _who(pane: AdvisorPane, advice: IndexAdvice) -> str:
    words = next((looked.run.as_whom for looked in advice.looked if looked.run.as_whom), "")
    return f"as {words}" if words else "as the login"


def _permission(pane: AdvisorPane, *, builds: bool = False) -> Permission:
    held = pane.session.is_read_only or pane.database().facts.standby
    measures = builds and not held
    return Permission(copies=not held, goes_on=builds, builds=measures, writes=measures)


def for_statement(sql: str, *, measure_it: bool = False, given: Given = ()) -> Flow:
    """Look for an index for one statement."""

    async def flow(pane: AdvisorPane) -> None:
        database, identity = pane.database(), pane.session.identity
        pane.waiting("Looking for an index")
        advice = await advise_index(
            database, sql, given=given, identity=identity, permission=_permission(pane, builds=measure_it),
            progress=lambda words: pane.waiting(f"Looking for an index: {words}"),
        )  # fmt: skip
        pane.show(IndexView(advice, _who(pane, advice)))
        whole = await with_the_others(database, advice, identity)
        if whole is not advice:
            pane.show(IndexView(whole, _who(pane, advice)), pane.row)

    return flow


def for_many(table: Table | None) -> Flow:
    """Look for indexes for the statements on record, or for those that read one table."""

    async def flow(pane: AdvisorPane) -> None:
        pane.waiting("Looking for indexes")
        advice = await advise_many(
            pane.database(), table=table, identity=pane.session.identity,
            progress=lambda words: pane.waiting(f"Looking for indexes: {words}"),
        )  # fmt: skip
        pane.show(IndexView(advice, _who(pane, advice)))

    return flow


def _ask(pane: AdvisorPane, question: Coroutine[Any, Any, None]) -> None:
    """Put a question, and report what goes wrong."""

    async def asking() -> None:
        try:
            await question
        except Failure as failure:
            pane.post_message(Report(failure))

    pane.run_worker(asking(), group="asking", exclusive=True, exit_on_error=False)


def choose_statement(pane: AdvisorPane) -> None:
    """List the statements on record; the first entry is all of them together."""

    async def ask() -> None:
        asked = await top_statements(pane.database(), _LISTED)
        every = Choice("all of them together", _EVERY, f"the {TOP} that took most time")
        choices = [every, *(Choice(" ".join(one.sql.split())[:300], one, _spent(one)) for one in asked)]
        chosen = await pane.app.push_screen_wait(Choose("Indexes for which statement?", choices))
        if chosen is not None:
            pane.start(for_many(None) if chosen is _EVERY else for_statement(chosen.sql), "the index advisor")

    _ask(pane, ask())


def _spent(asked: Asked) -> str:
    return f"{milliseconds(asked.total_ms)} in {asked.calls:,}"


def choose_table(pane: AdvisorPane) -> None:
    """List the tables, those at the cursor first."""

    async def ask() -> None:
        catalogue = await SharedCatalogue.of(pane.database()).as_it_stands()
        tables = [r for r in catalogue.relations.values() if r.kind in _TABLES]
        tables.sort(key=lambda r: (r.schema, r.name))
        at = pane.finding
        here = next((i for i, r in enumerate(tables) if at and (r.schema, r.name) == (at.schema, at.relation)), 0)
        choices = [Choice(f"{r.schema}.{r.name}", Table(r.schema, r.name), r.kind) for r in tables]
        chosen = await pane.app.push_screen_wait(Choose("Indexes for which table?", choices, marked=here))
        if chosen is not None:
            pane.start(for_many(chosen), "the index advisor")

    _ask(pane, ask())


def ask_to_measure(pane: AdvisorPane) -> None:
    """Measure after consent; of many statements, the one that the index at the cursor serves best."""

    async def ask() -> None:
        view = pane.view
        if not isinstance(view, IndexView) or not view.advice.looked:
            return
        _refuse_where_held(pane)
        tried = pane.tried
        sql, given = view.advice.looked[0].asked.sql, view.advice.looked[0].asked.given
        if view.advice.is_of_many:
            if tried is None or not tried.serves:
                raise Failure("This index serves none of the statements.", FailureKind.USAGE)
            sql = max(tried.serves, key=lambda served: served.saved_ms).on_record
        found = view.advice.tried
        if not found:
            if await pane.app.push_screen_wait(Confirm("Look for indexes before the statistics are mended?")):
                pane.start(for_statement(sql, measure_it=True, given=given), "the index advisor", keep=False)
            return
        detail = "Writers of the table wait while one is built and measured: seconds, for tables of up to 256 MB."
        if not classify(sql).reads_only:
            detail += f"\n\nThe statement writes. {ROLLED_BACK_DETAIL}"
        table = (tried or found[0]).candidate.table.name
        question = TypedConfirm("Build and measure each candidate, and roll it back?", table, detail)
        if await pane.app.push_screen_wait(question):
            pane.start(for_statement(sql, measure_it=True, given=given), "building and measuring", keep=False)

    _ask(pane, ask())


def _refuse_where_held(pane: AdvisorPane) -> None:
    if pane.session.is_read_only:
        kind = "production, and locked" if pane.session.is_production else "read-only"
        raise Failure(f"Nothing is built here: this connection is {kind}.", FailureKind.REFUSED,
                      hint="Unlock writes (ctrl+p) if you want that; m writes it as a migration.")  # fmt: skip


def ask_to_build(pane: AdvisorPane) -> None:
    """Create the index after consent; on production its table's name has to be typed."""

    async def ask() -> None:
        tried, database = pane.tried, pane.database()
        if tried is None:
            return
        _refuse_where_held(pane)
        if pane.session.is_impersonating:
            raise Failure("An index is built by the login itself, not as another user.", FailureKind.REFUSED,
                          hint="F4 ends the impersonation.")  # fmt: skip
        detail = await may_build(database, tried.candidate)
        mends = tried.candidate.broken is not None
        title = f"{'Rebuild' if mends else 'Create'} {tried.candidate.name}?"
        question = (
            TypedConfirm(title, tried.candidate.table.name, detail)
            if pane.session.is_production
            else Confirm(title, detail, verb="rebuild it" if mends else "create it", grave=not tried.pays)
        )
        if await pane.app.push_screen_wait(question):
            pane.start(build, f"building {tried.candidate.name}", keep=False)

    _ask(pane, ask())


async def build(pane: AdvisorPane) -> None:
    """Build the index at the cursor with its progress on show, then look at its statement again."""
    view, tried, database = pane.view, pane.tried, pane.database()
    if not isinstance(view, IndexView) or tried is None:
        return
    candidate = tried.candidate
    pane.summary(f"Building {candidate.name}…   ^g cancels")

    def tell(at: Building) -> None:
        pane.summary(progress_words(candidate.name, at))

    try:
        done = await apply(database, view.advice, tried, pane.session.identity, pane.notes, tell)
    except asyncio.CancelledError:
        pane.call_later(pane.start, _clean_up_after(candidate), f"removing {candidate.name}", keep=False)
        raise
    words = f"{candidate.name} built in {done.built.seconds:.1f} s, {done.built.megabytes:,.1f} MB"
    changed = replace(
        tried, tier=Tier.BUILT, before=done.before, after=done.after, megabytes=done.built.megabytes,
        build_seconds=done.built.seconds, writers_waited=None, is_used=done.is_used, serves=(),
    )  # fmt: skip
    others = tuple(changed if one is tried else one for one in view.advice.tried)
    pane.show(IndexView(replace(view.advice, tried=others), view.who, f"✓ {words}"), view.advice.tried.index(tried))
    said = f"{words}: {change(changed)}" if done.is_used else f"{words}; the plan does not use it"
    pane.post_message(Say(f"{said}. w tells later what came of it.", "done"))


def show_applied(pane: AdvisorPane) -> None:
    """What came of the indexes that were built here."""

    async def flow(pane: AdvisorPane) -> None:
        pane.waiting("Looking at what was built here")
        pane.show(AppliedView(tuple(await look_again(pane.database(), pane.notes))))

    pane.start(flow, "looking at what was built here")


def _clean_up_after(candidate: Candidate) -> Flow:
    """After a cancelled build: say that nothing is left, or go on removing what a transaction still holds."""

    async def flow(pane: AdvisorPane) -> None:
        database = pane.database()
        if await is_left(database, candidate):
            waits = (
                f"Removing the half-built {candidate.name} waits for a transaction that holds {candidate.table.name}"
            )
            pane.summary(f"{waits}…   ^g leaves it: r then names it, with what drops it")
            await remove_remains(database, candidate)
        await asyncio.to_thread(strike, pane.notes, candidate.qualified_name)
        if pane.view is not None:
            pane.show(pane.view)
        pane.post_message(Say("Cancelled: nothing of the index is left."))

    return flow


def progress_words(name: str, at: Building) -> str:
    """The line that stands above the rows while an index is built."""
    done = round((at.share or 0) * _BAR)
    bar = "" if at.share is None else f"{'█' * done}{'░' * (_BAR - done)} "
    return f"Building {name}  {bar}{at.words}  ^g cancels"
