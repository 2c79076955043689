"""Runs a file in one transaction: the file, the history and the log are kept together, or nothing is."""

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.limits import local_limits
from chatly_console.migrations.running import Running
from chatly_console.migrations.tracing import Trace


async def run_in_transaction(running: Running) -> None:
    """Run it; raises `Failure`, after which the transaction is still to be rolled back."""
    task, session = running.task, running.session
    directives = task.script.directives
    await running.log.write(task, "started", statement_no=0)
    await session.run(f"begin; {local_limits(directives)}")
    trace = Trace(session)
    await trace.begin()
    for index in range(len(task.script.statements)):
        tag, seconds = await running.one(index)
        if not session.in_transaction:
            raise Failure("The statement ended the migration's own transaction.", FailureKind.REFUSED)
        running.ended(seconds, tag, await trace.after(index + 1))
    running.statement = len(task.script.statements) + 1
    # What the file has set, as whom or where names are looked for, is not for our own rows.
    await session.run("set constraints all immediate; set local session authorization default; set local role none")
    await running.keep(trace.ended)
