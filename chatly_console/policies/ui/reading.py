"""What is read or tried only when somebody asks: the proof, a write, a what-if, the cost, and the reason of one row."""

import asyncio

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.policies.attempt import try_write
from chatly_console.policies.attempt_report import try_words
from chatly_console.policies.change import changed
from chatly_console.policies.compare import AlignedRow
from chatly_console.policies.cost import measure_cost
from chatly_console.policies.isolation.proving import prove_isolation
from chatly_console.policies.parts import read_parts
from chatly_console.policies.query_cost import measure_query_cost
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.ui.cost_view import CostView
from chatly_console.policies.ui.isolation_view import IsolationView
from chatly_console.policies.ui.showing import ShowingPane
from chatly_console.policies.ui.side_view import SideView
from chatly_console.policies.ui.try_view import TryView
from chatly_console.policies.ui.whatif_view import WhatIfView
from chatly_console.policies.ui.why_view import WhyView, tree
from chatly_console.policies.what_if import check_roles, what_if
from chatly_console.server.database import Database
from chatly_console.shell.messages import RanAs, Report, Say, Tone


async def run(pane: ShowingPane, database: Database) -> None:
    """Run what the view on show runs by hand; what was typed stays, whatever happens."""
    view = pane.view
    try:
        await {"isolation": _prove, "try": _try, "whatif": _whatif, "cost": _cost}[view](pane, database)
    except Failure as failure:
        pane.show_failure(failure)


async def _prove(pane: ShowingPane, database: Database) -> None:
    shown = pane.query_one(IsolationView)
    shown.show_progress(0, 1)
    writes = not pane.session.is_read_only
    try:
        proof = await prove_isolation(
            database,
            column=pane.tenant_column,
            writes=writes,
            thorough=pane.thorough,
            progress=shown.show_progress,
        )
    except asyncio.CancelledError:
        shown.invite()
        pane.post_message(Say("The proof was cancelled; nothing was changed."))
        raise
    pane.proof = proof
    shown.show(proof)
    ready = " · E writes the report"
    pane.post_message(Say(f"{proof.sentence}{ready}", "error" if proof.leaks else "done"))


async def _try(pane: ShowingPane, database: Database) -> None:
    shown, identity = pane.query_one(TryView), pane.session.identity
    if pane.session.is_read_only:
        words = "This connection is read-only: a write is not even tried, since its locks would be felt."
        raise Failure(words, FailureKind.REFUSED)
    if not shown.sql:
        raise Failure("Write an INSERT, UPDATE, DELETE or MERGE first.", FailureKind.USAGE)
    shown.wait()
    try:
        attempt = await try_write(database, shown.sql, identity)
    except (Failure, asyncio.CancelledError):
        shown.clear()
        raise
    shown.show(attempt, identity)
    if attempt.strength:
        pane.post_message(RanAs(attempt.strength))
    first = try_words(attempt).splitlines()[0]
    tone: Tone = "error" if not attempt.ok else "done" if attempt.rows else "warning"
    pane.post_message(Say(first[2:], tone))


async def _whatif(pane: ShowingPane, database: Database) -> None:
    shown, table = pane.query_one(WhatIfView), pane.table
    change = shown.change()
    if table is None or change is None:
        raise Failure("There is no policy to change: ^n makes a new one.", FailureKind.USAGE)
    after = changed(table, change)
    if change.after is not None:
        await check_roles(database, change.after)
    own = [] if pane.session.identity.is_login else [pane.session.identity]
    who = list(dict.fromkeys([*own, *(p.identity for p in pane.people)]))[:12]
    shown.wait(len(who))
    answers = []
    try:
        for aspect in change.aspects:
            answers.append((aspect, await what_if(database, table, after, who, aspect.command, aspect.clause)))
    except (Failure, asyncio.CancelledError):
        shown.clear()
        raise
    shown.show(change, answers)


async def _cost(pane: ShowingPane, database: Database) -> None:
    shown, table, sql = pane.query_one(CostView), pane.table, pane.cost_sql
    if table is None and not sql:
        return
    identity = shown.identity or LOGIN
    locks = not pane.session.is_read_only
    shown.wait()
    try:
        if sql:
            pane.cost = await measure_query_cost(database, sql, identity, changes=locks)
        elif table is not None:
            parts = await read_parts(database, table)
            pane.cost = await measure_cost(database, table, identity, parts, builds_indexes=locks)
    finally:
        shown.invite(table, identity, pane.cost, sql)


async def explain_side(pane: ShowingPane, row: AlignedRow) -> None:
    """Why the row under the cursor is hidden from one of the sides, and seen by another."""
    await asyncio.sleep(0.1)
    database, table = pane.session.database, pane.table
    shown = pane.query_one(SideView)
    if database is None or table is None or not table.key or shown.key != table.key:
        return
    pane.last_key = (table.oid, row.key)
    try:
        trees = []
        for identity in _asked(pane, row):
            explained = await explain_rows(database, table, identity, key=row.key, limit=1, tally=False)
            trees += [tree(explained, explained.rows[0], compact=True)] if explained.rows else []
    except Failure as failure:
        pane.post_message(Report(failure))
        return
    shown.explain(trees)


async def explain_row(pane: ShowingPane, key: tuple[str | None, ...]) -> None:
    """What the policies of the row under the cursor of the why view looked at."""
    await asyncio.sleep(0.1)
    database, table, command = pane.session.database, pane.table, pane.command
    if database is None or table is None or not table.key:
        return
    pane.last_key = (table.oid, key)
    try:
        explained = await explain_rows(database, table, pane.session.identity, command, key=key, limit=1, tally=False)
    except Failure as failure:
        pane.post_message(Report(failure))
        return
    if explained.rows:
        pane.query_one(WhyView).complete(explained)


def _asked(pane: ShowingPane, row: AlignedRow) -> list[Identity]:
    """Whose reasons are told: one who sees the row and one who does not, the latter first."""
    blind = [who for who, cell in zip(pane.sides, row.cells, strict=False) if cell is None]
    seeing = [who for who, cell in zip(pane.sides, row.cells, strict=False) if cell is not None]
    return [*blind[:1], *seeing[:1]]
