"""The connection screen as a person uses it: by keys and by pasting, in the real app."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import null
from textual import events
from textual.pilot import Pilot

from chatly_console.connections.choose import config_path
from chatly_console.connections.ui.profile_form import ProfileForm
from chatly_console.connections.ui.screen import ConnectScreen
from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import FailureKind
from chatly_console.panes import PANES
from chatly_console.server.open_profile import open_profile
from chatly_console.server.profiles import Profile, profile_of_target
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.folders import Folders
from chatly_console.shell.session import NothingNamed, Opener, Progress, Session

FILE = """
[profiles.shop]
dsn = "postgresql://me@db.abc.supabase.co:6543/postgres"
environment = "production"

[profiles."odd [/] \\u001b[2J"]
host = "127.0.0.1"
port = 1
database = "d"
user = "u"
statement_timeout = 7
"""
PASTED = "postgresql://me:hunter2@db.example.com:6543/app?pgbouncer=true&odd=1"


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as the test."""

    priority = 1.0
    name = "the test's keyring"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.kept.pop(username, None)


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(null.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory_keyring(no_keyring: None) -> MemoryKeyring:
    mine = MemoryKeyring()
    keyring.set_keyring(mine)
    return mine


@pytest.fixture
def config() -> Path:
    config_path().parent.mkdir(parents=True)
    config_path().write_text(FILE)
    return config_path()


@dataclass
class Stage:
    """The app with the screen on it, and what was asked to be opened."""

    app: ConsoleApp
    pilot: Pilot[int]
    opened: list[Profile] = field(default_factory=list)
    demos: int = 0

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def see(self, *words: str) -> None:
        await until(lambda: all(word in self.text for word in words), lambda: self.text)

    async def paste(self, text: str) -> None:
        self.app.screen.post_message(events.Paste(text))
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        assert self.app.screen.focused is not None
        self.app.screen.focused.post_message(events.Paste(text))
        await self.pilot.pause()


async def until(condition: Callable[[], bool], say: Callable[[], str] = str) -> None:
    try:
        async with asyncio.timeout(30):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(say()) from None


@asynccontextmanager
async def on_stage(
    tmp_path: Path, session: Session | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Stage]:
    async def open_session(progress: Progress) -> Session:
        if session is None:
            raise NothingNamed("No database was named.", FailureKind.USAGE)
        return session

    def opener_of(profile: Profile) -> Opener:
        stage.opened.append(profile)
        return open_session

    async def open_demo(progress: Progress) -> Session:
        stage.demos += 1
        return await open_session(progress)

    def connect_screen() -> ConnectScreen:
        return ConnectScreen(opener_of, session, open_demo)

    app = ConsoleApp(
        PANES,
        open_session,
        connect_screen,
        first_pane="query",
        folders=Folders(tmp_path / "config", tmp_path / "state"),
    )
    async with app.run_test(size=size) as pilot:
        stage = Stage(app, pilot)
        if session is not None:
            await until(lambda: app.session is not None)
            await pilot.press("f2")
        await stage.see("Connections", "chatly-demo")
        yield stage


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
async def test_profiles_are_listed_and_production_has_its_word(
    config: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with on_stage(tmp_path, size=size) as stage:
        await stage.see("shop", "PRODUCTION", "db.abc.supabase.co:6543", "odd [/]", "127.0.0.1:1/d", "esc close")
        assert "\x1b" not in stage.text
        await stage.pilot.press("enter")
        await until(lambda: bool(stage.opened))
    assert stage.opened[0].name == "shop"


async def test_without_profiles_it_says_what_to_do_and_offers_the_demo(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.see("No profiles yet", "chatly-demo")
        await stage.pilot.press("enter")
        await until(lambda: stage.demos == 1)


async def test_a_bad_entry_is_said_with_its_line_and_costs_only_itself(config: Path, tmp_path: Path) -> None:
    config.write_text(FILE + '\n[profiles.bad]\nhost = "h"\npassword = "hunter2"\n')
    async with on_stage(tmp_path) as stage:
        await stage.see("shop", "line 15", "set-password bad")
        assert "hunter2" not in stage.text


async def test_a_pasted_string_is_explained_and_opened_without_showing_its_password(
    config: Path, tmp_path: Path
) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.paste(PASTED + "\n")
        await stage.see("db.example.com:6543/app", "required", "ignored  odd", "transaction pooler", "me:•••••••@")
        assert "hunter2" not in stage.text
        await stage.pilot.press("enter")
        await until(lambda: bool(stage.opened))
    target = stage.opened[0].target
    assert target.password is not None
    assert (target.password.reveal(), target.pooler) == ("hunter2", "transaction")


async def test_what_cannot_be_read_is_said_and_not_opened(config: Path, tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.paste("postgresql://me:hun/ter2@h:99999/d?sslmode=nonsense")
        await stage.see("✗")
        assert "ter2" not in stage.text
        await stage.pilot.press("enter")
        await stage.pilot.pause()
        assert not stage.opened
        await stage.pilot.press("escape")
        await stage.see("shop", "PRODUCTION")


async def test_a_few_letters_find_a_profile(config: Path, tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.pilot.press("slash", *"127.0")
        await until(lambda: "shop" not in stage.text, lambda: stage.text)
        await stage.pilot.press("enter")
        await until(lambda: bool(stage.opened))
    assert stage.opened[0].target.host == "127.0.0.1"


async def test_what_was_pasted_becomes_a_profile_and_its_password_goes_to_the_keyring(
    config: Path, tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.paste(PASTED)
        await stage.pilot.press("ctrl+s")
        await stage.see("Add a profile", "me:•••••••@")
        await stage.pilot.press(*"new")
        await stage.pilot.press("tab", "tab", "left")
        await stage.pilot.press("ctrl+s")
        await stage.see("new is saved, its password in the test's keyring")
        assert "hunter2" not in stage.text
    text = config.read_text()
    assert "[profiles.new]" in text
    assert 'environment = "production"' in text.partition("[profiles.new]")[2]
    assert "hunter2" not in text
    assert memory_keyring.kept == {"new": "hunter2"}


async def test_where_no_keyring_is_the_password_is_said_to_be_kept_nowhere(config: Path, tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.paste(PASTED)
        await stage.pilot.press("ctrl+s")
        await stage.see("Add a profile")
        await stage.pilot.press(*"new")
        await stage.pilot.press("ctrl+s")
        await stage.see("kept nowhere")
        await stage.pilot.press("p")
        await stage.see("No keyring here")


async def test_editing_keeps_what_the_form_does_not_show_and_renaming_takes_the_password_along(
    config: Path, tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.kept["odd [/] \x1b[2J"] = "s3cret"
    async with on_stage(tmp_path) as stage:
        await stage.pilot.press("down", "e")
        await stage.see("host=127.0.0.1 port=1 dbname=d user=u")
        form = stage.app.screen
        assert isinstance(form, ProfileForm)
        await stage.pilot.press("shift+tab", "ctrl+u")
        await stage.pilot.press(*"plain", "ctrl+s")
        await stage.see("plain is saved")
    text = config.read_text()
    assert "[profiles.plain]" in text
    assert "statement_timeout = 7" in text
    assert "odd" not in text
    assert memory_keyring.kept == {"plain": "s3cret"}


async def test_removing_asks_and_takes_the_password_with_it(
    config: Path, tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.kept["shop"] = "s3cret"
    async with on_stage(tmp_path) as stage:
        await stage.pilot.press("x")
        await stage.see("Remove the profile shop?")
        await stage.pilot.press("n")
        await stage.see("PRODUCTION")
        await stage.pilot.press("x")
        await stage.see("Remove the profile shop?")
        await stage.pilot.press("y")
        await stage.see("shop is removed")
    assert "shop" not in config.read_text()
    assert memory_keyring.kept == {}


async def test_a_profile_that_answers_and_one_that_does_not(config: Path, tmp_path: Path, database_dsn: str) -> None:
    config.write_text(FILE + f'\n[profiles.here]\ndsn = "{database_dsn}"\n')
    async with on_stage(tmp_path) as stage:
        await stage.pilot.press("down", "t")
        await stage.see("✗", "odd", "127.0.0.1:1")
        await stage.pilot.press("down", "t")
        await stage.see("✓", "here: PostgreSQL 18")


async def test_other_databases_of_the_server_keep_the_profile(database_dsn: str, config: Path, tmp_path: Path) -> None:
    name = parse_dsn(database_dsn).database
    hostile = f"{name} [/] \x1b[2J"
    connection = await asyncpg.connect(database_dsn)
    profile = profile_of_target(parse_dsn(database_dsn), "dsn")
    database = await open_profile(profile)
    try:
        await connection.execute(f'create database "{hostile}"')
        async with on_stage(tmp_path, Session(profile, database, link=database.link)) as stage:
            await stage.see("other databases of", f"{name} [/]")
            assert "\x1b" not in stage.text
            await stage.pilot.press("slash", *name, "enter")
            await until(lambda: bool(stage.opened))
        assert (stage.opened[0].target.database, stage.opened[0].name) == (hostile, profile.name)
        await connection.execute(f'drop database "{hostile}"')
    finally:
        await database.close()
        await connection.close()
