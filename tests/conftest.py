"""What all tests share: one embedded PostgreSQL per worker, and an environment without traces of the machine."""

import asyncio
import gc
import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import asyncpg
import keyring
import pytest
from keyring.backend import KeyringBackend
from textual._styles_cache import StylesCache

from chatly_console.demo.service import build_database
from chatly_console.server import embedded
from chatly_console.server.embedded import EmbeddedServer
from tests.settled import pilots_wait_until_settled as pilots_wait_until_settled

T = TypeVar("T")

PG17 = "CHATLY_PG17"
_PG17_DSN = "postgresql://postgres:postgres-pw@127.0.0.1:55617/supalike"
_PG17_MISSING = f"needs the PostgreSQL 17 test server: set {PG17} to 1, or to a connection string"
ELSEWHERE = "CHATLY_TEST_SERVER"
"""The variable that names another server for the empty databases of tests, as its superuser:
`CHATLY_TEST_SERVER=postgresql://postgres@127.0.0.1:5415 pytest tests/schema` runs a room on an older PostgreSQL."""
_PREFIX = "chatly-test-"
_TWO_HOURS = 2 * 60 * 60
_UNSAFE = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
"""Settings that only data nobody needs tomorrow may have."""


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets: the tests never touch the machine's own."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.secrets.pop((service, username), None)


_LONG = [
    "test_hostile_everywhere", "policies/test_everywhere", "server/test_embedded", "server/test_embedded_places",
    "vectors/test_pane", "query/test_terminal", "test_command_line", "policies/test_pane", "vectors/test_on_table",
    "query/test_completion", "triage/test_pane_acting", "test_main_job", "test_layers", "schema/test_pane",
    "server/test_lost_server", "migrations/test_verify", "migrations/test_crashes", "query/test_crashes",
    "explain/test_trying", "server/test_mending", "policies/test_isolation", "policies/test_against_server",
    "schema/test_snapshots", "migrations/test_pane", "test_standby", "advisor/test_building", "review/test_command",
]  # fmt: skip
"""The files that take longest, the longest first: one that came last would be waited for by the other workers."""
_RANKS = {Path(__file__).parent / f"{name}.py": rank for rank, name in enumerate(_LONG)}


def pytest_configure() -> None:
    """Hear, and do nothing about, what a shell has its background jobs ignore: programs that tests start would ignore
    it as well, and with a handler here they do not."""
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first. What needs the PostgreSQL 17 server is skipped where none is named, and says so."""
    items.sort(key=lambda item: _RANKS.get(item.path, len(_LONG)))
    if os.environ.get(PG17):
        return
    missing = pytest.mark.skip(reason=_PG17_MISSING)
    for item in items:
        if item.get_closest_marker("pg17"):
            item.add_marker(missing)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays until the end: it would walk all of it after each app."""
    gc.collect()
    gc.freeze()


def run_apart(work: Coroutine[object, object, T]) -> T:
    """Run a coroutine to its end on a loop of its own, from a fixture that is not async."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, work).result()


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No PG* variable, no file of the user and no secret of the machine reaches a test, or is written by one."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")  # for programs that a test starts
    former = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield
    keyring.set_keyring(former)
    StylesCache.get_inner_outer.cache_clear()  # or Textual keeps the widgets of many tests, with all that they drew


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter (pytest's own are closed to all others), and goes at the end.

    What a run that was killed has left goes at the next.
    """
    parent = Path(tempfile.gettempdir())
    for left in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if _is_left(left):
                shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether it belongs to a run of ours that has ended: by its age, and by the process in its name."""
    state = folder.stat()
    pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
    runs = pid.isdigit() and Path(f"/proc/{pid}").exists()
    return state.st_uid == os.geteuid() and state.st_mtime < time.time() - _TWO_HOURS and not runs


@contextmanager
def own_server(settings: Mapping[str, str]) -> Iterator[EmbeddedServer]:
    """A server for whoever wants one for itself, gone at the end with all its files."""
    with temporary_folder() as folder:
        share = run_apart(embedded.start(folder / "server", settings=settings))
        try:
            yield share
        finally:
            run_apart(share.stop())
            run_apart(embedded.reset(folder / "server"))


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """One PostgreSQL for each worker: roles, locks and running statements are the server's, so tests beside each other
    would see one another's."""
    with own_server(_UNSAFE) as share:
        yield share


@pytest.fixture
def database_dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh empty database for one test, as its superuser; dropped afterwards with whoever is still in it."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    elsewhere = os.environ.get(ELSEWHERE)
    server: EmbeddedServer | None = None if elsewhere else request.getfixturevalue("server")

    def dsn(database: str) -> str:
        return server.dsn(database) if server is not None else f"{elsewhere}/{database}"

    run_apart(_as_superuser(dsn("postgres"), f"create database {name}"))
    yield dsn(name)
    run_apart(_as_superuser(dsn("postgres"), f"drop database {name} with (force)"))


async def _as_superuser(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def chatly_dsn(server: EmbeddedServer) -> str:
    """The seeded Chatly database, built once for each worker: only read it, or roll back what you change."""
    run_apart(build_database(str(server.socket_dir), server.port))
    return server.dsn("chatly")


@pytest.fixture(scope="session")
def pg17_dsn() -> str:
    """The PostgreSQL 17 test server; a test that uses it carries the mark `pg17`."""
    given = os.environ.get(PG17)
    if not given:
        pytest.skip(_PG17_MISSING)
    return given if "://" in given else _PG17_DSN


@pytest.fixture
def open_folder() -> Iterator[Callable[[str], Path]]:
    """Makes folders below one that every user of the machine may enter."""
    with temporary_folder() as folder:

        def make(name: str) -> Path:
            path = folder / name
            path.mkdir(parents=True)
            return path

        yield make
