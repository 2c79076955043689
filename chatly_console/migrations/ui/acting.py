"""Chooses what to run, asks, and runs it: the pane's way from a key to the runner."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from chatly_console.core.failure import Failure
from chatly_console.migrations.asking import question
from chatly_console.migrations.choosing import tasks_down, tasks_up
from chatly_console.migrations.events import FileEnded, FileFailed, Task
from chatly_console.migrations.progress import Progress
from chatly_console.migrations.runner import Runner
from chatly_console.migrations.service import read_forecast
from chatly_console.migrations.status import Migration, State
from chatly_console.migrations.turn import refuse_target
from chatly_console.migrations.ui.host import Host
from chatly_console.migrations.writing import new_pair
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.shell.messages import Report, Say


async def choose_up(pane: Host, chosen: Migration | None) -> list[Task]:
    """What is to be applied; asks where there is a choice. Raises `Failure`."""
    migrations, pending = pane.reading.migrations, pane.reading.pending
    if not pending:
        pane.post_message(Say("Nothing is pending."))
        return []
    choices: list[Choice[list[Task]]] = []
    in_order = [m for m in pending if m.state is not State.OUT_OF_ORDER]
    if len(in_order) == len(pending):
        choices.append(Choice(f"all {len(pending)} that are pending", tasks_up(migrations)))
    else:
        words = f"all {len(pending)}, also what is older than what is applied"
        choices.append(Choice(words, tasks_up(migrations, out_of_order=True)))
    if len(pending) == 1:
        return choices[0].value
    if chosen is not None and chosen.is_pending:
        if chosen.version not in (pending[-1].version, pending[0].version):
            up_to = tasks_up(migrations, to=chosen.version, out_of_order=True)
            choices.append(Choice(f"up to {chosen.name}", up_to, f"{len(up_to)} files"))
        choices.append(Choice(f"only {chosen.name}", tasks_up(migrations, only=[chosen.version])))
    if pending[0] is not chosen:
        choices.append(Choice(f"only the next one: {pending[0].name}", tasks_up(migrations, only=[pending[0].version])))
    answer = await pane.app.push_screen_wait(Choose("Apply which?", choices))
    return answer or []


async def choose_down(pane: Host, chosen: Migration | None) -> list[Task]:
    """What is to be rolled back; asks where there is a choice. Raises `Failure`."""
    migrations = pane.reading.migrations
    applied = [m for m in migrations if m.is_applied or m.state is State.PARTWAY]
    if not applied:
        pane.post_message(Say("Nothing is applied here."))
        return []
    last = tasks_down(migrations)
    if chosen is None or chosen.version == applied[-1].version or chosen not in applied:
        return last
    choices = [Choice(f"the last one: {applied[-1].name}", last)]
    try:
        above = tasks_down(migrations, to=chosen.version)
        choices.append(Choice(f"everything above {chosen.name}", above, f"{len(above)} files"))
    except Failure as failure:
        pane.post_message(Say(failure.sentence, "warning"))
    try:
        everything = tasks_down(migrations, everything=True)
        choices.append(Choice(f"all {len(everything)} that are applied", everything, "back to an empty schema"))
    except Failure:
        pass  # one of them has no way back: then there is no such choice
    return await pane.app.push_screen_wait(Choose("Roll back which?", choices)) or []


async def agreed(pane: Host, tasks: Sequence[Task]) -> bool:
    """Say what will happen, and whether the user wants it. Raises `Failure`."""
    database, profile = pane.session.database, pane.session.profile
    assert database is not None
    refuse_target(database)
    found = await read_forecast(database, tasks)
    asked = question(
        found, profile.name, database.facts.database,
        production=pane.session.is_production or (profile.read_only and not pane.session.unlocked),
    )  # fmt: skip
    if asked.word:
        return await pane.app.push_screen_wait(TypedConfirm(asked.text, asked.word, asked.detail))
    verb = "roll back" if tasks[0].way == "down" else "apply"
    return await pane.app.push_screen_wait(Confirm(asked.text, asked.detail, verb=verb, grave=asked.grave))


async def carry_out(pane: Host, tasks: Sequence[Task], progress: Progress) -> None:
    """Run it; what comes of it stands on the run's own screen and on the message line."""
    database = pane.session.database
    assert database is not None
    ended = 0

    def tell(event: object) -> None:
        nonlocal ended
        ended += isinstance(event, FileEnded)
        progress.take(event)  # type: ignore[arg-type]
        if isinstance(event, FileEnded | FileFailed):
            pane.draw_run()

    try:
        await Runner(database, tell).run(tasks)
    except asyncio.CancelledError:
        progress.end("■ Cancelled: the server has stopped. esc goes back, r reads what is so now.", "warn")
        raise
    except Failure as failure:
        progress.end(f"✗ {failure.sentence}{'  ' + failure.hint if failure.hint else ''}", "bad")
        pane.post_message(Report(failure))
    else:
        verb = "rolled back" if tasks[0].way == "down" else "applied"
        words = f"{ended} migration{'' if ended == 1 else 's'} {verb}"
        progress.end(f"✓ {words}. esc goes back to the timeline.", "good")
        pane.post_message(Say(words[:1].upper() + words[1:], "done"))
    finally:
        pane.draw_run()


def write_pair(pane: Host, folder: Path, name: str, up: str, down: str) -> str:
    """Write a pair of files and say where; its version, or empty where that was not possible."""
    try:
        pair = new_pair(folder, name, up, down)
    except Failure as failure:
        pane.post_message(Report(failure))
        return ""
    pane.post_message(Say(f"Written: {pair.up} and down/{pair.down.name}", "done"))
    return pair.version
