"""What each view of the Policies pane reads by itself when it is shown."""

import asyncio
import logging
from collections import Counter
from functools import partial

from textual.widgets import Static

from chatly_console.advisor.checks import Level
from chatly_console.advisor.service import advise
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.policies.compare import Comparison, compare_query, compare_table
from chatly_console.policies.parts import read_parts
from chatly_console.policies.people import find_people, read_personas
from chatly_console.policies.policy import Table
from chatly_console.policies.report import name_of
from chatly_console.policies.rows_why import explain_rows
from chatly_console.policies.service import count_matrix, read_subject, read_tables
from chatly_console.policies.tenancy import find_scheme
from chatly_console.policies.ui.cost_view import CostView
from chatly_console.policies.ui.isolation_view import IsolationView
from chatly_console.policies.ui.matrix_view import MatrixView
from chatly_console.policies.ui.policies_view import PoliciesView
from chatly_console.policies.ui.showing import ShowingPane
from chatly_console.policies.ui.side_view import SideView
from chatly_console.policies.ui.table_list import TableList
from chatly_console.policies.ui.try_view import TryView
from chatly_console.policies.ui.whatif_view import WhatIfView
from chatly_console.policies.ui.why_view import WhyView
from chatly_console.server.database import Database
from chatly_console.shell.states import Empty, Loading

log = logging.getLogger(__name__)

WAY_OUT = "ctrl+g cancels"


async def read_all(pane: ShowingPane, database: Database) -> None:
    """Tables, and the people of whom a few are asked where nobody was named."""
    pane.show_state(Loading("reading tables and policies"))
    try:
        tables = await read_tables(database)
        pane.people = await read_personas(database)
    except Failure as failure:
        pane.show_failure(failure)
        return
    pane.query_one(TableList).show(tables, pane.table)
    if not tables:
        pane.show_state(Empty("There are no tables here.", "5 shows the migrations that would make some."))
        return
    pane.refresh_view()
    pane.start(partial(_findings, pane, database), "findings")


async def _findings(pane: ShowingPane, database: Database) -> None:
    """What the advisor warns of, for the badges of the list; without it there are none."""
    try:
        advice = await advise(database)
    except Failure as failure:
        log.info("The advisor's badges are missing: %s", failure.sentence)
        return
    grave = Counter((f.schema, f.relation) for f in advice.findings if f.relation and f.check.level is not Level.INFO)
    pane.query_one(TableList).mark(grave)


async def fill(pane: ShowingPane, database: Database, table: Table | None) -> None:
    """Read what the view on show needs."""
    view = pane.view
    await asyncio.sleep(0.03)  # whoever runs down the list does not want each table read
    try:
        if view == "matrix":
            await _matrix(pane, database)
        elif view == "isolation":
            await _isolation(pane, database)
        elif table is not None:
            await {
                "policies": _policies, "why": _why, "side": _side, "try": _try, "whatif": _whatif, "cost": _cost,
            }[view](pane, database, table)  # fmt: skip
    except Failure as failure:
        pane.show_failure(failure)
    except asyncio.CancelledError:
        if view == pane.view and not pane.query_one(f"#view-{view}").display:
            pane.show_state(Static("Cancelled. r reads it again.", markup=False))
        raise


async def _policies(pane: ShowingPane, database: Database, table: Table) -> None:
    identity = pane.session.identity
    subject = None if identity.is_login else await read_subject(database, identity.role or "")
    parts = await read_parts(database, table)
    pane.query_one(PoliciesView).show(table, subject, identity, parts)
    pane.show_view()


async def _why(pane: ShowingPane, database: Database, table: Table) -> None:
    pane.show_state(Loading(f"asking every policy of {table.full_name}", way_out=WAY_OUT))
    explained = await explain_rows(database, table, pane.session.identity, pane.command, show=pane.which)
    pane.query_one(WhyView).show(explained)
    pane.show_view()


async def _side(pane: ShowingPane, database: Database, table: Table) -> None:
    sides = chosen_sides(pane)
    if len(sides) < 2:
        pane.show_state(Empty("There is nobody to compare.", "a chooses an identity."))
        return
    names = " and ".join(name_of(side) for side in sides)
    pane.show_state(Loading(f"reading {pane.query_sql or table.full_name} as {names}", way_out=WAY_OUT))
    compared = await _compared(pane, database, table, sides)
    asides = {person.identity: person.belongs for person in pane.people}
    for who in sides:
        if who.subject and who not in asides:
            found = await find_people(database, who.subject, 1)
            asides[who] = found[0].belongs if found else ""
    title = pane.query_sql or f"select * from {table.full_name}"
    pane.query_one(SideView).show(compared, title, asides, only_differences=pane.which != "all")
    pane.show_view()


async def _compared(pane: ShowingPane, database: Database, table: Table, sides: list[Identity]) -> Comparison:
    if pane.query_sql:
        key = table.key if table.key else ()
        return await compare_query(database, pane.query_sql, key, sides, keep=pane.session.identity)
    return await compare_table(database, table, sides, keep=pane.session.identity)


def chosen_sides(pane: ShowingPane) -> list[Identity]:
    """Who stands side by side: who was chosen, else whoever is on and the first of others."""
    if not pane.sides:
        own = [] if pane.session.identity.is_login else [pane.session.identity]
        users = [p for p in pane.people if p.identity.subject and p.identity not in own]
        # whoever sees most of a tenant tells most about its walls
        others = [p.identity for p in sorted(users, key=lambda p: not p.belongs.startswith("owner"))]
        pane.sides = (own + others)[:2]
    return pane.sides


async def _matrix(pane: ShowingPane, database: Database) -> None:
    tables = [t for t in pane.query_one(TableList).tables if t.enabled or t.grants]
    if not pane.cells:
        pane.show_state(Loading("counting what everybody reaches", way_out=WAY_OUT))
        own = [] if pane.session.identity.is_login else [pane.session.identity]
        who = list(dict.fromkeys([*own, *(p.identity for p in pane.people)]))[:12]
        pane.cells = await count_matrix(database, who, tables)
    if pane.cells:
        pane.query_one(MatrixView).show(pane.cells, pane.command)
        pane.show_view()
    else:
        pane.show_state(Empty("There is nobody to count for: no auth.users, no anon.", "F3 picks any role."))


async def _isolation(pane: ShowingPane, database: Database) -> None:
    """How tenants are told apart, until a proof is there."""
    shown = pane.query_one(IsolationView)
    if pane.proof is None:
        try:
            shown.invite(await find_scheme(database, pane.tenant_column))
        except Failure as failure:
            if failure.kind is not FailureKind.USAGE:
                raise
            shown.invite(failure=failure)
    pane.show_view()


async def _try(pane: ShowingPane, database: Database, table: Table) -> None:
    last = pane.last_key
    key = last[1] if last is not None and last[0] == table.oid else None
    pane.query_one(TryView).about(table, pane.session.identity, key)
    pane.show_view()


async def _whatif(pane: ShowingPane, database: Database, table: Table) -> None:
    pane.query_one(WhatIfView).about(table)
    pane.show_view()


async def _cost(pane: ShowingPane, database: Database, table: Table) -> None:
    identity = pane.session.identity
    if identity.is_login:
        identity = next((p.identity for p in pane.people if p.identity.subject), identity)
    pane.query_one(CostView).invite(table, identity, pane.cost, pane.cost_sql)
    pane.show_view()
