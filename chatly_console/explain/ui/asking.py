"""What the user is asked before a statement is run for its plan: for a yes, and for the values of its parameters."""

import asyncio

from textual.app import App

from chatly_console.core.classify import Risk, classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.running import ROLLED_BACK_DETAIL, PlanOptions, mode_for, parameters_of
from chatly_console.explain.service import PlanRun, Progress, run_plan
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.shell.session import Session

NULL_WORDS = "null"
"""What is typed for a parameter that is to be NULL."""


async def ask_for_plan(
    app: App[object], session: Session, sql: str, options: PlanOptions, progress: Progress
) -> PlanRun | None:
    """The plan of a statement as the session's identity; None where the user does not want it run after all.

    `progress` is told what is being done, from the moment that the statement is sent.
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
    arguments: tuple[str | None, ...] | None = ()
    if options.analyze:
        arguments = await _ask_values(app, parameters_of(sql))
    if arguments is None:
        return None
    return await run_plan(database, sql, options, identity=identity, mode=mode, arguments=arguments, progress=progress)


async def _ask_values(app: App[object], count: int) -> tuple[str | None, ...] | None:
    values: list[str | None] = []
    for number in range(1, count + 1):
        answer = await app.push_screen_wait(
            AskText(f"Value of ${number}", f"As text, such as 42 or 7 days; {NULL_WORDS} for NULL.")
        )
        if answer is None:
            return None
        values.append(None if answer.strip().lower() == NULL_WORDS else answer)
    return tuple(values)
