"""Runs a file outside of a transaction, step by step, so that it can go on from wherever it was cut off.

Steps that a transaction takes run in one, together with the note that they are done: of these it is always known.
A step that stands alone is noted after it; where it was cut off in between, the catalogue tells whether it is done.
"""

import asyncio
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations import leftovers
from chatly_console.migrations.events import CleanedUp
from chatly_console.migrations.limits import ends_of, local_limits, session_limits
from chatly_console.migrations.running import Running
from chatly_console.migrations.steps import Step, steps_of


async def run_outside(running: Running, done: int, detail: dict[str, Any]) -> None:
    """Run what comes behind the first `done` statements; `detail` is what the log kept of the one that was next."""
    task = running.task
    steps = [step for step in steps_of(task.script) if step.first >= done]
    running.reached = done
    resumed = bool(steps) and detail.get("next") == steps[0].first + 1
    if not resumed:
        detail = await _note_of(running, steps[0]) if steps else {}
    noted = {name: value for name, value in detail.items() if name != "refused"}
    await running.log.write(task, "started", statement_no=done, detail=noted)
    for place, step in enumerate(steps):
        following = steps[place + 1] if place + 1 < len(steps) else None
        if step.alone:
            await _alone(running, step, following, detail, resumed=resumed and place == 0)
        else:
            await _together(running, step, following)
    await _keep(running)


async def _together(running: Running, step: Step, following: Step | None) -> None:
    """Statements that a transaction takes, and the note that they are done, kept together."""
    session = running.session
    await session.run(f"begin; {local_limits(running.task.script.directives)}")
    for index in range(step.first, step.last):
        if index in step.controls:
            continue
        tag, seconds = await running.one(index)
        if not session.in_transaction:
            raise Failure("The statement ended the transaction around it.", FailureKind.REFUSED)
        running.ended(seconds, tag)
    await session.run("set constraints all immediate; set local session authorization default; set local role none")
    await _note(running, step, following)
    await session.run("commit")
    running.reached = step.last


async def _alone(
    running: Running, step: Step, following: Step | None, detail: dict[str, Any], *, resumed: bool
) -> None:
    session, statement = running.session, running.task.script.statements[step.first]
    before = leftovers.before_of(detail) if resumed else await leftovers.look_before(session, statement)
    done = resumed and await _was_done(running, step, before, refused=bool(detail.get("refused")))
    if not done:
        await _drop_invalid_namesake(running, step)
        await session.run(session_limits(running.task.script.directives))
        try:
            tag, seconds = await running.one(step.first)
        except (Failure, asyncio.CancelledError):
            await ends_of(_clean(running, step, before))
            raise
        invalid = await leftovers.new_invalid(session, statement, before)
        if invalid:
            await _clean(running, step, before)
            raise Failure(f"The index {', '.join(invalid)} came out invalid, and was removed.", FailureKind.SQL)
        await session.run("reset lock_timeout; reset statement_timeout")
        running.ended(seconds, tag)
    await _note(running, step, following)
    running.reached = step.last


async def _was_done(running: Running, step: Step, before: leftovers.Before, *, refused: bool) -> bool:
    """Whether the statement at which the last run stopped is done; what is half there is mended first. Of one that
    the server has `refused` it is known that it is not."""
    task, statement = running.task, running.task.script.statements[step.first]
    found = await leftovers.look_after(running.session, statement, before)
    for sql in found.mend:
        await running.session.run(sql)
    if found.words:
        running.tell(CleanedUp(task, found.words))
    if found.done is None:
        if task.script.directives.idempotent or refused:
            return False
        number = step.first + 1
        raise Failure(
            f"Whether statement {number} ({statement.kind.verb}) came to its end is not known.",
            FailureKind.REFUSED,
            hint=f"Look at what it does, then: `migrate repair resume {task.file.version} --at {number}` to run it "
            f"again, or `--at {number + 1}` to go on behind it.",
        )
    return found.done


async def _drop_invalid_namesake(running: Running, step: Step) -> None:
    """IF NOT EXISTS would take an invalid index of the same name for the wanted one, and leave it invalid."""
    statement = running.task.script.statements[step.first]
    name = leftovers.index_named(statement)
    if not name:
        return
    before = await leftovers.look_before(running.session, statement)
    stale = [one for one in before.invalid if one.rpartition(".")[2].strip('"') == name.rpartition(".")[2].strip('"')]
    if stale:
        await leftovers.drop_indexes(running.session, stale)
        running.tell(CleanedUp(running.task, f"removed the invalid index {', '.join(stale)}, to build it anew"))


async def _clean(running: Running, step: Step, before: leftovers.Before) -> None:
    statement = running.task.script.statements[step.first]
    invalid = await leftovers.new_invalid(running.session, statement, before)
    if invalid:
        await running.session.run("set lock_timeout to 0; set statement_timeout to 0")
        await leftovers.drop_indexes(running.session, invalid)
        running.tell(CleanedUp(running.task, f"removed the half-built index {', '.join(invalid)}"))
    part = await leftovers.half_detached(running.session, statement)
    if part:
        words = f"{part} is half detached: going on with this file finishes it"
        running.tell(CleanedUp(running.task, words))


async def _note(running: Running, step: Step, following: Step | None) -> None:
    detail = await _note_of(running, following) if following is not None else {"next": 0}
    await running.log.write(running.task, "step", statement_no=step.last, detail=detail)


async def _note_of(running: Running, step: Step) -> dict[str, Any]:
    statement = running.task.script.statements[step.first]
    before = await leftovers.look_before(running.session, statement) if step.alone else leftovers.Before()
    return before.as_detail(step.first + 1)


async def _keep(running: Running) -> None:
    """The history and the log, together."""
    running.statement = len(running.task.script.statements) + 1
    locks = running.watcher.locks()
    await running.session.run("begin; set local session authorization default; set local role none")
    await running.keep(lambda: locks, again=True)
