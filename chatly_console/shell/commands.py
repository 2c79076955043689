"""What the global keys do, as far as it needs a dialog; imported with the first one, after the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widget import Widget

from chatly_console.core.failure import Failure
from chatly_console.shell import session_changes
from chatly_console.shell.choose import Choose
from chatly_console.shell.clipboard import copy as copy_text
from chatly_console.shell.details import Details
from chatly_console.shell.dialogs import Confirm, TypedConfirm
from chatly_console.shell.help_screen import HelpScreen, key_groups
from chatly_console.shell.identity_book import NobodyKnown
from chatly_console.shell.identity_memory import IdentityMemory
from chatly_console.shell.identity_picker import IdentityPicker
from chatly_console.shell.jump import Jump, find_targets
from chatly_console.shell.palette import choices
from chatly_console.shell.theme_picker import pick_theme

if TYPE_CHECKING:
    from textual.app import App

    from chatly_console.shell.app import ConsoleApp


async def jump(app: ConsoleApp) -> None:
    """Go to the region or the pane whose label is pressed."""
    chosen = await app.push_screen_wait(Jump(find_targets(app.screen), len(app.panes.specs)))
    if isinstance(chosen, Widget):
        app.frame.set_focus(chosen)
    elif chosen is not None:
        app.show_pane(chosen)


async def palette(app: ConsoleApp) -> None:
    """Do what is chosen from everything that can be done now."""
    command = await app.push_screen_wait(Choose("Commands", choices(app)))
    if command is not None:
        result = command.run()
        if hasattr(result, "__await__"):
            await result


async def keys(app: ConsoleApp) -> None:
    """Show the keys of the focus chain."""
    await app.push_screen_wait(HelpScreen(key_groups(app.screen.active_bindings)))


async def messages(app: ConsoleApp) -> None:
    """Show what happened; a failure that is on the line comes first."""
    line = app.frame.message_line
    failure = line.entry.failure if line.entry is not None else None
    await app.push_screen_wait(Details("Messages", failure, line.history))


async def details(app: ConsoleApp, failure: Failure) -> None:
    """Show one failure in full."""
    await app.push_screen_wait(Details("What failed", failure))


async def find_object(app: ConsoleApp) -> None:
    """Find an object of the database by its name, and show it."""
    if app.session is None or app.find_screen is None:
        app.note("There is no database to find something in.")
        return
    request = await app.push_screen_wait(app.find_screen(app.session))
    if request is not None:
        app.post_message(request)


async def connections(app: ConsoleApp) -> None:
    """Connect elsewhere; what is connected stays until the new connection stands."""
    if app.connect_screen is None:
        app.note("There are no other connections to choose from.")
        return
    opener = await app.push_screen_wait(app.connect_screen())
    if opener is not None and await _may_go(app, "Connect elsewhere"):
        app.connect(opener)


async def impersonate(app: ConsoleApp) -> None:
    """Choose as whom statements run."""
    session = app.session
    if session is None:
        return
    known = app.identities is not None and session.database is not None
    book = app.identities(session) if known and app.identities is not None else NobodyKnown()
    memory = IdentityMemory(app.folders.state, session.profile.name)
    identity = await app.push_screen_wait(IdentityPicker(book, memory))
    if identity is not None:
        session_changes.become(app, identity)


async def unlock(app: ConsoleApp) -> None:
    """Let writes through until the transaction ends, after the database's name was typed."""
    session = app.session
    if session is None or session.database is None or not session.is_read_only:
        return
    name = session.database.facts.database
    kind = "a production database" if session.is_production else "a read-only profile"
    question = f"Let writes through to {name}? This is {kind}."
    detail = "They stay unlocked until the transaction ends, or F4."
    if await app.push_screen_wait(TypedConfirm(question, name, detail)):
        session_changes.set_unlocked(app, True)


async def theme(app: ConsoleApp) -> None:
    """Choose a theme by looking at it."""
    await pick_theme(app)


async def copy(app: ConsoleApp) -> None:
    """Copy what is marked on the screen, or what the focused widget has to copy."""
    selected = app.screen.get_selected_text()
    if selected:
        app.note(copy_text(cast("App[object]", app), selected, "the marked text")[0])
        return
    focused = app.screen.focused
    if focused is not None and hasattr(focused, "action_copy"):
        await app.run_action("copy", focused)
    else:
        app.note("Nothing is marked to copy. ^q quits.")


async def leave(app: ConsoleApp) -> None:
    """End the console, if nothing runs or the user says so."""
    if await _may_go(app, "Quit"):
        app.leave()


async def _may_go(app: ConsoleApp, verb: str) -> bool:
    """Whether nothing runs and nothing waits to be committed, or the user lets it go."""
    running = [pane.busy for pane in app.panes.built if pane.busy]
    unfinished = [pane.unfinished for pane in app.panes.built if pane.unfinished]
    if not running and not unfinished:
        return True
    parts = [f"Still running: {', '.join(running)}."] * bool(running)
    parts += [f"Not committed: {', '.join(unfinished)}."] * bool(unfinished)
    what = " and ".join(["cancel it"] * bool(running) + ["roll it back"] * bool(unfinished))
    return await app.push_screen_wait(Confirm(" ".join(parts), f"{verb} and {what}?"))
