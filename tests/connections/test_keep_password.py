"""A password that was asked for: used, offered to the keyring once it has proved right, and not asked for again."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import null
from textual.pilot import Pilot

from chatly_console.connections.choose import config_path, find_profile, open_asking
from chatly_console.console import Console
from chatly_console.core.failure import Failure
from chatly_console.shell.folders import Folders
from tests.conftest import MemoryKeyring, own_server, run_apart, temporary_folder

PASSWORD = "corréct h0rse"
HBA = "local all locked scram-sha-256\nlocal all all trust\n"


class LockedKeyring(MemoryKeyring):
    """One that cannot be written to, and says the secret in its own error."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password}")


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The socket folder of a server that wants a password of the login `locked`."""
    with temporary_folder() as folder:
        rules = folder / "hba.conf"
        rules.write_text(HBA)
        with own_server({"hba_file": str(rules)}) as server:
            run_apart(_make_login(server.dsn()))
            yield str(server.socket_dir)


async def _make_login(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(f"create role locked login password '{PASSWORD}'")
    await connection.close()


@pytest.fixture(autouse=True)
def profile(guarded: str) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text(f'[profiles.vault]\nhost = "{guarded}"\nuser = "locked"\ndatabase = "postgres"\n')


def use(backend: KeyringBackend) -> None:
    keyring.set_keyring(backend)


class Stage:
    """The whole console on the profile, driven by keys."""

    def __init__(self, console: Console, pilot: Pilot[int]) -> None:
        self.console, self.pilot = console, pilot

    @property
    def text(self) -> str:
        strips = self.console.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def until(self, condition: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(20):
                while not condition():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(self.text) from None

    async def sees(self, words: str) -> None:
        await self.until(lambda: words in self.text)

    async def answers(self, password: str) -> None:
        await self.sees("Password of locked on")
        await self.pilot.press(*password, "enter")

    async def connected(self) -> None:
        await self.until(lambda: (pane := self.console.app.panes.shown) is not None and pane.is_mounted)


@asynccontextmanager
async def console(tmp_path: Path) -> AsyncIterator[Stage]:
    words = argparse.Namespace(
        profile="vault", dsn=None, demo=None, data_dir=None, timeout=None, run_as=None, claims=None
    )
    program = Console(words, Folders(config_path().parent, tmp_path / "state"))
    async with program.app.run_test(size=(120, 40)) as pilot:
        yield Stage(program, pilot)
    await program.app.connector.close()


async def test_it_is_offered_after_connecting_and_not_asked_for_again(tmp_path: Path) -> None:
    mine = MemoryKeyring()
    use(mine)
    async with console(tmp_path) as stage:
        await stage.answers(PASSWORD)
        await stage.sees("Keep the password of vault in")
        await stage.connected()
        assert PASSWORD not in stage.text
        await stage.pilot.press("y")
        await stage.sees("The password of vault is in")
        await stage.pilot.press(*"select 1", "f5")  # the editor has the focus again
        await stage.sees("1 row")
    assert mine.secrets == {("chatly-console", "vault"): PASSWORD}
    assert PASSWORD not in config_path().read_text()
    async with console(tmp_path) as stage:
        await stage.connected()
        assert "Password of" not in stage.text and "Keep the password" not in stage.text


async def test_no_means_no(tmp_path: Path) -> None:
    mine = MemoryKeyring()
    use(mine)
    async with console(tmp_path) as stage:
        await stage.answers(PASSWORD)
        await stage.sees("Keep the password of vault")
        await stage.pilot.press("n")
        await stage.until(lambda: "Keep the password" not in stage.text)
    assert mine.secrets == {}


async def test_a_wrong_one_is_neither_offered_nor_shown(tmp_path: Path) -> None:
    mine = MemoryKeyring()
    use(mine)
    async with console(tmp_path) as stage:
        await stage.answers("wr0ng")
        await stage.sees("assword authentication failed")
        assert "wr0ng" not in stage.text and "Keep the password" not in stage.text
    assert mine.secrets == {}


async def test_an_outdated_one_in_the_keyring_is_asked_for_anew_and_replaced(tmp_path: Path) -> None:
    mine = MemoryKeyring()
    mine.secrets["chatly-console", "vault"] = "of last year"
    use(mine)
    async with console(tmp_path) as stage:
        await stage.sees("was refused)")
        await stage.answers(PASSWORD)
        await stage.sees("Keep the password of vault")
        await stage.pilot.press("y")
        await stage.sees("The password of vault is in")
    assert mine.secrets == {("chatly-console", "vault"): PASSWORD}


async def test_without_any_password_and_nobody_to_ask_it_says_that_none_was_found() -> None:
    use(null.Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(Failure) as caught:
        await open_asking(find_profile("vault"), ask=None)
    assert caught.value.sentence == "The server wants a password of locked, and none was found."
    assert "PGPASSWORD" in caught.value.hint


async def test_without_a_keyring_nothing_is_offered(tmp_path: Path) -> None:
    use(null.Keyring())  # type: ignore[no-untyped-call]
    async with console(tmp_path) as stage:
        await stage.answers(PASSWORD)
        await stage.sees("Connected to vault")
        await stage.connected()
        assert "Keep the password" not in stage.text


async def test_a_keyring_that_refuses_is_a_sentence_without_the_password(tmp_path: Path) -> None:
    use(LockedKeyring())
    async with console(tmp_path) as stage:
        await stage.answers(PASSWORD)
        await stage.sees("Keep the password of vault")
        await stage.pilot.press("y")
        await stage.sees("The keyring cannot be used")
        assert PASSWORD not in stage.text
