"""What changes about the session while it stands: as whom, with which rights, over which link; everybody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.text import safe_text

if TYPE_CHECKING:
    from chatly_console.shell.app import ConsoleApp


def show_session(app: ConsoleApp) -> None:
    """Bring the bars and the window's title up to date."""
    session = app.session
    if session is None:
        return
    app.frame.show_session(session)
    role = f"[AS {session.identity.describe()}] " if session.is_impersonating else ""
    title = safe_text(f"{role}{session.profile.name} – {app.TITLE}")  # clean, since it goes to the terminal as it is
    if title != app.window_title and app._driver is not None and not app.is_headless:
        app.window_title = title
        app._driver.write(f"\x1b]2;{title}\x1b\\")


def become(app: ConsoleApp, identity: Identity) -> None:
    """Run everything as this identity from now on."""
    session = app.session
    if session is None or identity == session.identity:
        return
    session.become(LOGIN if identity.is_login else identity.starting_now())
    show_session(app)
    app.refresh_bindings()
    if identity.is_login:
        app.note("Statements run as the login again", "done")
    else:
        app.note(f"Statements run as {identity.describe()}", "warning")
    ask_strength(app)
    for pane in app.panes.built:
        pane.on_identity_changed()


def ask_strength(app: ConsoleApp) -> None:
    """Find out how firmly the impersonation will hold, so that the banner says it before the first statement runs."""
    app.run_worker(_ask_strength(app), group="strength", exclusive=True, exit_on_error=False)


async def _ask_strength(app: ConsoleApp) -> None:
    session = app.session
    if session is None or session.database is None or not session.is_impersonating:
        return
    database, identity = session.database, session.identity
    try:
        strength = await database.strength(identity)
    except Failure:
        return  # whoever runs a statement hears of it, and a lost server is said by the link
    if session.database is database and session.identity == identity and not session.strength:
        session.strength = strength
        show_session(app)


def set_unlocked(app: ConsoleApp, unlocked: bool) -> None:
    """Let writes through, or refuse them again."""
    if app.session is None or app.session.unlocked == unlocked:
        return
    app.session.unlocked = unlocked
    show_session(app)
    app.refresh_bindings()
    if unlocked:
        app.note("Writes are unlocked until the transaction ends", "warning")
    else:
        app.note("Writes are refused again", "done")


def link_changed(app: ConsoleApp) -> None:
    """The server was lost or came back."""
    session = app.session
    if session is None or session.database is None:
        return
    before, link = session.link, session.database.link
    session.link = link
    if before is not None and (before.state, before.sentence) != (link.state, link.sentence):
        if link.is_up:
            app.note("Connected again", "done")
        else:
            app.note(link.sentence or f"The server is {link.state.value}.", "error")
    show_session(app)
    for pane in app.panes.built:
        pane.on_link_changed()
