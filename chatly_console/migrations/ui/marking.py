"""Changes what the history says of one migration, after a question: applied, reverted, or where a run goes on."""

from chatly_console.migrations.repairing import Mark, mark, resume_at
from chatly_console.migrations.status import Migration, State
from chatly_console.migrations.ui.host import Host
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.shell.messages import Say

_ONLY_HISTORY = (
    "Only the history changes: nothing of the file runs, forward or back. Use it where the database is in that state "
    "already. The log keeps who did it."
)


async def mark_one(pane: Host, chosen: Migration) -> bool:
    """Ask what is to be said of it, and say it. Returns whether anything was changed. Raises `Failure`."""
    database = pane.session.database
    assert database is not None
    what = await _wanted(pane, chosen)
    if what is None:
        return False
    name = f"{chosen.version} {chosen.name}"
    as_what = f"as {what}" if isinstance(what, str) else f"to go on with statement {what}"
    text = f"Mark {name} {as_what}?"
    verb = f"mark as {what}" if isinstance(what, str) else "mark it"
    dialog = (
        TypedConfirm(text, database.facts.database, _ONLY_HISTORY)
        if pane.session.is_production
        else Confirm(text, _ONLY_HISTORY, verb=verb, grave=True)
    )
    if not await pane.app.push_screen_wait(dialog):
        return False
    if isinstance(what, int):
        await resume_at(database, chosen, what)
    else:
        await mark(database, [chosen], what)
    pane.post_message(Say(f"{name} is marked {as_what}", "done"))
    return True


async def _wanted(pane: Host, chosen: Migration) -> Mark | int | None:
    """What can be said: of one that stopped halfway a person may know how far it came, or that nothing is left."""
    if chosen.state is not State.PARTWAY:
        return "reverted" if chosen.is_applied else "applied"
    choices: list[Choice[Mark | int]] = []
    if chosen.attempt is not None and not chosen.is_dirty:
        following = chosen.attempt.done + 1
        choices += [
            Choice(f"statement {following} is not done: run it again", following),
            Choice(f"statement {following} is done: go on behind it", following + 1),
        ]
    choices += [Choice("all of it is done: applied", "applied"), Choice("nothing of it is left: reverted", "reverted")]
    return await pane.app.push_screen_wait(Choose("How does it stand?", choices))
