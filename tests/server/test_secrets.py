"""Where a password comes from, in which order, and what is said where a place cannot be looked into."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import Failure
from chatly_console.core.secret import Secret
from chatly_console.server.profiles import Profile
from chatly_console.server.secrets import find_password, forget_password, keyring_name, read_keyring, save_password


class Memory(KeyringBackend):
    """A keyring that forgets, and that can misbehave."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None
        self.hold: threading.Event | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.hold is not None:
            self.hold.wait(20)
        if self.fault is not None:
            raise self.fault
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not there")
        del self.kept[service, username]


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def profile(tmp_path: Path, dsn: str = "postgresql://u@h/d") -> Profile:
    return Profile("mine", replace(parse_dsn(dsn), passfile=str(tmp_path / "pgpass")))


async def nobody(words: str) -> str | None:
    raise AssertionError("asked although the password was known")


async def test_the_order(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "pgpass").write_text("h:5432:d:u:from passfile\n")
    (tmp_path / "pgpass").chmod(0o600)
    await save_password("mine", Secret("from keyring"))
    full = profile(tmp_path, "postgresql://u:from-dsn@h/d")
    sources = []
    for step in range(5):
        environ = {"PGPASSWORD": "from env"} if step < 2 else {}
        if step == 3:
            await forget_password("mine")
        if step == 4:
            (tmp_path / "pgpass").unlink()

        async def ask(words: str) -> str | None:
            assert "u on h:5432" in words
            return "typed"

        found = await find_password(full if step == 0 else profile(tmp_path), environ, ask if step == 4 else nobody)
        assert found.password is not None
        sources.append((found.source, found.password.reveal()))
    assert sources == [
        ("connection string", "from-dsn"),
        ("PGPASSWORD", "from env"),
        ("keyring", "from keyring"),
        ("passfile", "from passfile"),
        ("asked", "typed"),
    ]


async def test_without_a_keyring_it_goes_on_and_says_so(tmp_path: Path) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    try:
        found = await find_password(profile(tmp_path), {})
        assert await keyring_name() is None
        with pytest.raises(Failure, match="no keyring"):
            await save_password("mine", Secret("hunter2"))
    finally:
        keyring.set_keyring(before)
    assert found.password is None
    assert found.remarks == ("There is no keyring on this machine.",)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (KeyringLocked("hunter2"), "locked"),
        (InitError("hunter2"), "InitError"),
        (RuntimeError("hunter2"), "RuntimeError"),
    ],
)
async def test_a_keyring_that_fails_never_shows_what_it_holds(memory: Memory, fault: Exception, words: str) -> None:
    memory.fault = fault
    with pytest.raises(Failure, match=words) as caught:
        await read_keyring("mine")
    assert "hunter2" not in repr(caught.value)
    with pytest.raises(Failure) as caught:
        await save_password("mine", Secret("hunter2"))
    assert "hunter2" not in repr(caught.value)


async def test_a_keyring_that_waits_for_somebody_does_not_hold_us(memory: Memory) -> None:
    memory.hold = threading.Event()
    try:
        with pytest.raises(Failure, match="did not answer"):
            await read_keyring("mine", timeout=0.1)
        beats = 0
        task = asyncio.ensure_future(read_keyring("mine", timeout=5))
        while not task.done() and beats < 20:
            await asyncio.sleep(0)
            beats += 1
        assert beats == 20
        memory.hold.set()
        assert await task is None
    finally:
        memory.hold.set()


async def test_forgetting_what_was_never_kept_is_no_failure(memory: Memory) -> None:
    await forget_password("mine")
    assert await keyring_name()


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
async def test_a_passfile_that_others_can_read_is_ignored_aloud(memory: Memory, tmp_path: Path, mode: int) -> None:
    (tmp_path / "pgpass").write_text("*:*:*:*:hunter2\n")
    (tmp_path / "pgpass").chmod(mode)
    found = await find_password(profile(tmp_path), {})
    assert found.password is None
    assert "chmod 600" in found.remarks[0]
    assert "hunter2" not in repr(found)


async def test_a_passfile_that_is_a_folder(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "pgpass").mkdir()
    found = await find_password(profile(tmp_path), {})
    assert "not a plain file" in found.remarks[0]
