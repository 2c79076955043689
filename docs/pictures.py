"""Draws the pictures of the README from the running program on the embedded demo: `make pictures`."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot

from chatly_console.connections.identity_option import resolve
from chatly_console.connections.ui.screen import ConnectScreen
from chatly_console.core.identity import Identity
from chatly_console.core.target import ConnectionTarget
from chatly_console.demo.opening import open_demo
from chatly_console.panes import PANES, RESULT_TABS
from chatly_console.resources import data_folder
from chatly_console.server.open_profile import open_profile
from chatly_console.server.profiles import Profile, demo_profile
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.folders import Folders
from chatly_console.shell.messages import RunAs
from chatly_console.shell.session import Opener, Progress, Session

FOLDER = Path(__file__).with_name("pictures")
QUERY = """\
-- how quickly each client answers
select pc.name as client, count(*) as conversations,
       count(*) filter (where c.closed_at is null) as open,
       max(c.opened_at)::date as latest
  from conversations c join platform_clients pc on pc.id = c.platform_client_id
 group by pc.name order by conversations desc;"""
MISTAKE = "select c.id, c.subjekt\n  from conversations c\n where c.closed_at is null;"
WHO = "ada@nordlicht.example"
WAIT = 20.0

Act = Callable[[ConsoleApp, Pilot[int]], Awaitable[None]]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so, within a limit."""
    async with asyncio.timeout(WAIT):
        while not condition():  # noqa: ASYNC110 - any condition of the screen
            await asyncio.sleep(0.05)


async def run_statement(app: ConsoleApp, pilot: Pilot[int], text: str, key: str = "f5") -> None:
    """Type a statement into the editor and run it to its end."""
    editor = app.frame.query_one("SqlEditor")
    editor.load_text(text)  # type: ignore[attr-defined]
    editor.focus()
    await pilot.pause()
    await pilot.press(key)
    await pilot.pause(0.2)
    await until(lambda: app.panes.shown is not None and not app.panes.shown.busy)
    await pilot.pause(0.5)


async def query(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """A result."""
    await run_statement(app, pilot, QUERY)


async def impersonation(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """The same statement as a user of the product, who sees her own rows."""
    assert app.session is not None and app.session.database is not None
    identity: Identity = await resolve(WHO, app.session.database)
    app.post_message(RunAs(identity))
    await until(lambda: app.session is not None and app.session.is_impersonating)
    await run_statement(app, pilot, QUERY)


async def error(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """A mistake, marked where it is."""
    await run_statement(app, pilot, MISTAKE)


async def light(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """Another theme."""
    app.theme = "chatly-light"
    await run_statement(app, pilot, QUERY)


async def plan(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """Why a statement is slow."""
    await run_statement(app, pilot, QUERY, key="f9")


def pane(name: str) -> Act:
    """Another pane as it opens, once it has what it asks the server for."""

    async def act(app: ConsoleApp, pilot: Pilot[int]) -> None:
        index = app.panes.place(name)
        assert index is not None
        app.show_pane(index)
        await until(lambda: app.panes.current == index and app.panes.shown is not None)
        await pilot.pause(1.0)
        await until(lambda: app.panes.shown is not None and not app.panes.shown.busy)
        await pilot.pause(0.5)

    return act


async def side_by_side(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """Two users on the same table, on a large terminal."""
    await pilot.resize_terminal(160, 50)
    await pane("policies")(app, pilot)
    await pilot.press("d")
    await pilot.pause(1.0)
    await until(lambda: app.panes.shown is not None and not app.panes.shown.busy)
    await pilot.pause(0.5)


async def help_keys(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """The keys that work here."""
    await pilot.press("f1")
    await pilot.pause(0.5)


async def connections(app: ConsoleApp, pilot: Pilot[int]) -> None:
    """The connection screen."""
    await pilot.press("f2")
    await pilot.pause(1.0)


PICTURES: dict[str, Act] = {
    "query": query,
    "impersonation": impersonation,
    "error": error,
    "light": light,
    "keys": help_keys,
    "connections": connections,
    "plan": plan,
    **{spec.name: pane(spec.name) for spec in PANES if spec.name != "query"},
    "policies": side_by_side,
}


async def draw(name: str, act: Act, target: ConnectionTarget, state: Path) -> None:
    """One picture, from a console of its own."""

    async def open_session(progress: Progress) -> Session:
        profile = demo_profile(target)
        database = await open_profile(profile, progress=progress)
        return Session(profile, database, link=database.link)

    def opener_of(profile: Profile) -> Opener:
        return open_session

    def connect_screen() -> ConnectScreen:
        return ConnectScreen(opener_of, app.session, open_session)

    folders = Folders(state / "config", state / "state")
    app = ConsoleApp(PANES, open_session, connect_screen, result_tabs=RESULT_TABS, first_pane="query", folders=folders)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: app.session is not None and app.panes.shown is not None)
        await pilot.pause(0.5)
        await act(app, pilot)
        picture = _without_place(app.export_screenshot(title="chatly-console"))
        (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")
    await app.connector.close()


def _without_place(picture: str) -> str:
    """The picture without the place of this checkout, whose name is nobody's business; as wide as before."""
    path = str(data_folder("database"))
    return picture.replace(path, "database" + "&#160;" * (len(path) - len("database")))


async def main() -> None:
    """Draw those that are named, or all, on a demo of their own; the user's settings, texts and demo are left alone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = {name: act for name, act in PICTURES.items() if name in sys.argv[1:] or not sys.argv[1:]}
    with tempfile.TemporaryDirectory() as folder:
        server, target = await open_demo(Path(folder) / "demo")
        for name, act in wanted.items():
            os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = f"{folder}/{name}"
            await draw(name, act, target, Path(folder) / name)
        await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
