"""Where the embedded server keeps its files: any path, any user, full disks, and nobody else's folder is touched."""

import asyncio
import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import platformdirs
import pytest

from chatly_console.core.failure import Failure
from chatly_console.server import embedded
from chatly_console.server.embedded import home, keeper
from chatly_console.server.embedded.owner import Owner

from .embedded_stage import ROOT, Console, wait_until_nothing_runs

MakeFolder = Callable[[str], Path]

_PYTHONPATH = os.pathsep.join([str(ROOT), str(Path(platformdirs.__file__).parents[1])])

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user, or mount a small disk")


async def works(folder: Path) -> bool:
    """Whether a server starts on the folder, answers, and ends."""
    server = await embedded.start(folder)
    try:
        connection = await asyncpg.connect(server.dsn("postgres"), timeout=10)
        answer = await connection.fetchval("select 1")
        await connection.close()
        return bool(answer == 1)
    finally:
        await server.stop()


@pytest.mark.parametrize(
    "name",
    ["with space", 'quote\'d "twice"', "ünïcödé 数据", "comma,percent%20", "-dash", "l" * 120],
)
async def test_any_path_will_do(open_folder: MakeFolder, name: str) -> None:
    folder = open_folder("parent") / name
    server = await embedded.start(folder)
    sockets = server.socket_dir
    await server.stop()
    assert len(os.fsencode(sockets)) < 90
    assert await works(folder)
    assert await embedded.reset(folder)
    assert not sockets.exists()


async def test_permissions_of_folders_that_were_there_do_not_change(open_folder: MakeFolder) -> None:
    parent, there = open_folder("parent"), open_folder("parent/there")
    parent.chmod(0o751)
    there.chmod(0o775)
    before = [(place.stat().st_mode, place.stat().st_uid) for place in (parent, there)]
    assert await works(there)
    assert await embedded.reset(there)
    assert [(place.stat().st_mode, place.stat().st_uid) for place in (parent, there)] == before
    assert list(there.iterdir()) == []


async def test_reset_removes_what_we_made_and_only_that(open_folder: MakeFolder) -> None:
    foreign = open_folder("foreign")
    (foreign / "pgdata").mkdir()
    (foreign / "pgdata" / "precious").write_text("precious")
    with pytest.raises(Failure):
        await embedded.reset(foreign)
    with pytest.raises(Failure):
        await embedded.start(foreign)
    assert [path.name for path in foreign.rglob("*")] == ["pgdata", "precious"]

    ours = open_folder("parent") / "new" / "demo"
    assert await works(ours)
    (ours / "letter.txt").write_text("put here by somebody")
    assert await embedded.reset(ours)
    assert [path.name for path in ours.iterdir()] == ["letter.txt"]
    assert not await embedded.reset(open_folder("parent2") / "missing")


async def test_reset_does_not_pull_the_data_from_under_another_console(
    open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.server.embedded.removal._RESET_SECONDS", 0.5)
    folder = open_folder("demo")
    server = await embedded.start(folder)
    with pytest.raises(Failure) as raised:
        await embedded.reset(folder)
    assert "open in another console" in raised.value.sentence
    assert server.pid is not None
    await server.stop()
    assert await embedded.reset(folder)
    wait_until_nothing_runs(folder)


async def test_reset_ends_a_server_without_a_keeper(open_folder: MakeFolder) -> None:
    folder = open_folder("demo")
    console = Console(folder)
    console.answer()
    keeper_pid = next(
        pid
        for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
        if str(folder / "keeper.lock") in keeper.command_line(pid)
    )
    os.kill(keeper_pid, 9)
    console.kill()
    assert await embedded.reset(folder)
    wait_until_nothing_runs(folder)
    assert list(folder.iterdir()) == []


def _runs_ours(python: str, user: Owner) -> bool:
    """Whether the user can run this checkout with this Python and the packages of ours."""
    if not user.can_execute(Path(python)):
        return False
    done = subprocess.run(
        [python, "-c", "import sys; assert sys.version_info >= (3, 11); import tests.server.console_stand_in"],
        env={"PYTHONPATH": _PYTHONPATH},
        cwd="/",
        capture_output=True,
        **user.run_as(),
    )
    return done.returncode == 0


@as_root
def test_a_plain_user_with_a_bare_environment_and_no_working_directory(open_folder: MakeFolder) -> None:
    nobody = pwd.getpwnam("nobody")
    user = Owner(nobody.pw_uid, nobody.pw_gid, lent=True)
    python = next((name for name in (sys.executable, "/usr/bin/python3") if _runs_ours(name, user)), None)
    if python is None:
        pytest.skip("no Python 3.11 and this checkout are where other users can reach them")
    own = open_folder("own")
    os.chown(own, user.uid, user.gid)
    gone = open_folder("gone")
    os.chown(gone, user.uid, user.gid)
    console = Console(
        own / "demo", cwd=gone, env={"HOME": str(own), "PYTHONPATH": _PYTHONPATH}, python=python, **user.run_as()
    )
    answer = console.answer()
    assert answer.get("pid"), answer
    assert Path(f"/proc/{answer['pid']}").stat().st_uid == user.uid
    assert (own / "demo").stat().st_mode & 0o777 == 0o700
    gone.rmdir()
    console.kill()
    wait_until_nothing_runs(own / "demo")


@as_root
async def test_root_keeps_a_server_in_a_folder_that_its_user_cannot_enter_elsewhere(
    open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, closed = open_folder("elsewhere"), open_folder("closed")
    closed.chmod(0o700)
    monkeypatch.setattr(home, "ROOT_HOME", elsewhere)
    assert await works(closed / "demo")
    assert closed.stat().st_mode & 0o777 == 0o700
    (note,) = (closed / "demo").iterdir()  # whoever looks for the data there finds where they are
    (stands_in,) = elsewhere.iterdir()
    assert str(stands_in) in note.read_text()
    assert await embedded.reset(closed / "demo")
    assert [*elsewhere.iterdir(), *closed.iterdir()] == []


@as_root
async def test_what_stands_in_for_a_folder_goes_after_it(
    open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Temporary folders are removed without a word to us: each would leave a whole server behind."""
    elsewhere, closed = open_folder("elsewhere"), open_folder("closed")
    closed.chmod(0o700)
    monkeypatch.setattr(home, "ROOT_HOME", elsewhere)
    for name in ("kept", "gone"):
        assert await works(closed / name)
    await asyncio.to_thread(wait_until_nothing_runs, elsewhere)  # a keeper holds its locks a moment longer
    used = await embedded.start(closed / "in use")
    before = set(elsewhere.iterdir())
    shutil.rmtree(closed / "gone")
    shutil.rmtree(closed / "in use")
    await embedded.remove_abandoned()
    (removed,) = before - set(elsewhere.iterdir())
    assert removed == home.find_home(closed / "gone").path
    assert used.pid is not None
    await used.stop()
    await asyncio.to_thread(wait_until_nothing_runs, elsewhere)
    assert await works(open_folder("another") / "demo")  # the start of any demo looks after the others
    assert list(elsewhere.iterdir()) == [home.find_home(closed / "kept").path]
    assert await embedded.reset(closed / "kept")


@as_root
def test_a_folder_whose_disk_is_not_mounted_is_not_taken_for_removed(
    open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch, small_disk: Path
) -> None:
    elsewhere = open_folder("elsewhere")
    monkeypatch.setattr(home, "ROOT_HOME", elsewhere)
    (small_disk / "closed").mkdir(mode=0o700)
    wanted = home.find_home(small_disk / "closed" / "demo")
    wanted.prepare()
    subprocess.run(["umount", small_disk], check=True)
    assert home.abandoned_homes() == []
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small_disk], check=True)
    wanted.clear()
    assert list(elsewhere.iterdir()) == []


@as_root
def test_root_keeps_the_demo_where_xdg_says_if_it_says_so(
    open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = open_folder("data")
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    assert data in home.find_home(None).path.parents
    monkeypatch.delenv("XDG_DATA_HOME")
    assert home.find_home(None).path == home.ROOT_HOME


@as_root
async def test_programs_that_the_server_user_cannot_reach_are_copied(
    open_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = open_folder("demo")
    monkeypatch.setattr(Owner, "can_execute", lambda self, program: False)
    server = await embedded.start(folder)
    try:
        assert server.pid is not None
        assert os.readlink(f"/proc/{server.pid}/exe").startswith(str(folder))
        connection = await asyncpg.connect(server.dsn("postgres"), timeout=10)
        await connection.execute("create extension vector")
        await connection.close()
    finally:
        await server.stop()


@as_root
async def test_nothing_may_be_written(open_folder: MakeFolder) -> None:
    blocked = open_folder("parent") / "file"
    blocked.write_text("no folder")
    with pytest.raises(Failure) as raised:
        await embedded.start(blocked / "demo")
    assert str(blocked) in raised.value.sentence


@pytest.fixture
def small_disk(open_folder: MakeFolder) -> Iterator[Path]:
    """A disk of 160 MB: enough for a new server, and soon full."""
    place = open_folder("disk")
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=0755", "tmpfs", place], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


async def test_a_full_disk_is_said_and_works_again_once_it_is_freed(small_disk: Path) -> None:
    folder, ballast = small_disk / "demo", small_disk / "ballast"
    _fill(ballast, leave=8_000_000)
    with pytest.raises(Failure) as raised:
        await embedded.start(folder)
    assert "disk is full" in raised.value.sentence
    ballast.unlink()
    assert await works(folder)

    _fill(ballast, leave=0)
    with pytest.raises(Failure) as raised:
        await embedded.start(folder)
    assert "disk is full" in raised.value.sentence
    ballast.unlink()
    assert await works(folder)


async def test_a_disk_that_fills_up_while_it_runs(small_disk: Path) -> None:
    server = await embedded.start(small_disk / "demo")
    try:
        _fill(small_disk / "ballast", leave=16_000_000)
        connection = await asyncpg.connect(server.dsn("postgres"), timeout=10)
        with pytest.raises((asyncpg.PostgresError, OSError, asyncpg.InterfaceError)):
            await connection.execute("create table big as select repeat('x', 900) as x from generate_series(1, 200000)")
        connection.terminate()
        (small_disk / "ballast").unlink()
        await server.revive()
        connection = await asyncpg.connect(server.dsn("postgres"), timeout=10)
        assert await connection.fetchval("select count(*) from pg_class where relname = 'big'") == 0
        await connection.close()
    finally:
        await server.stop()


def _fill(path: Path, *, leave: int) -> None:
    state = os.statvfs(path.parent)
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        for _ in range(max(0, state.f_bavail * state.f_frsize - leave) // 4096):
            file.write(bytes(4096))


def test_a_keeper_starts_without_the_rest_of_the_program() -> None:
    """It must be cheap, and must not hold what a console imports."""
    script = "import sys; sys.path.insert(0, sys.argv[1]); import keeper; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, str(Path(keeper.__file__).parent)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"chatly_console", "asyncio", "subprocess", "logging"} & set(done.stdout.split())
