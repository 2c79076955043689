"""What the user is asked before a statement is run for its plan: for a yes, and for the values of its parameters."""

import asyncio

from textual.app import App

from chatly_console.core.classify import Risk, classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.running import ROLLED_BACK_DETAIL, PlanOptions, mode_for
from chatly_console.explain.service import PlanRun, Progress, run_plan
from chatly_console.query.parameters import bound
from chatly_console.shell.dialogs import Confirm
from chatly_console.shell.session import Session
from chatly_console.shell.statement_host import Given, StatementHost


async def ask_for_plan(
    app: App[object],
    session: Session,
    host: StatementHost | None,
    sql: str,
    options: PlanOptions,
    progress: Progress,
) -> PlanRun | None:
    """The plan of a statement as the session's identity; None where the user does not want it run after all.

    It is asked for with the values, and in the open transaction, of `host`. `progress` is told what is being done,
    from the moment that the statement is sent.
    """
    database, identity = session.database, session.identity
    if database is None:
        raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
    mode, question = await asyncio.to_thread(
        mode_for, sql, analyze=options.analyze, read_only=session.is_read_only, database=database.facts.database
    )
    if question:
        grave = classify(sql).risk >= Risk.DANGEROUS
        asked = Confirm(question, ROLLED_BACK_DETAIL, verb="run and roll back", grave=grave)
        if not await app.push_screen_wait(asked):
            return None
    given = await _values(host, sql, options)
    if given is None:
        return None
    transaction = await host.join() if host is not None else None
    return await run_plan(
        database, given[0], options, identity=identity, mode=mode, arguments=given[1], transaction=transaction,
        progress=progress,
    )  # fmt: skip


async def _values(host: StatementHost | None, sql: str, options: PlanOptions) -> Given | None:
    """The statement with `$n` in the place of `:name`, and the values, which a generic plan has none of."""
    if options.generic or host is None:
        return (await asyncio.to_thread(bound, sql)).sql, ()
    return await host.ask_values(sql)
