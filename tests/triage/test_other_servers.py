"""PostgreSQL 15 and a hot standby of it: older catalogues, and a server that takes no writes."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.server.database import Database
from chatly_console.triage.verdicts import causes
from chatly_console.triage.watching import Watching
from tests.server.conftest import opening_of

BIN = Path("/usr/lib/postgresql/15/bin")
pytestmark = pytest.mark.skipif(not (BIN / "initdb").exists(), reason=f"needs PostgreSQL 15 in {BIN}")


class Cluster:
    """One cluster with a socket of its own, run as a user that a server may run as."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.data = folder / "data"

    def run(self, program: str, *arguments: str) -> None:
        command = [str(BIN / program), *arguments]
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
        user = "nobody" if os.getuid() == 0 else None
        done = subprocess.run(command, check=False, capture_output=True, text=True, user=user, env=environment,
                              cwd=self.folder, extra_groups=[] if user else None)  # fmt: skip
        assert done.returncode == 0, done.stderr + (self.folder / "log").read_text() if program == "pg_ctl" else ""

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c port={self.port} -c fsync=off -c wal_level=logical "
        options += "-c shared_preload_libraries=pg_stat_statements"
        self.run("pg_ctl", "-D", str(self.data), "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    @property
    def dsn(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}&port={self.port}"


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    if os.getuid() == 0:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary, and a standby that streams from it."""
    parent = Path("/tmp") / f"chatly-old-{os.getpid()}"  # a socket's path must be short, and others must enter
    parent.mkdir(mode=0o755)
    primary, standby = (Cluster(_folder(parent, name), _free_port()) for name in ("a", "b"))
    try:
        primary.run("initdb", "-D", str(primary.data), "-U", "postgres", "-A", "trust", "-N")
        primary.start()
        try:
            primary.run("pg_basebackup", "-D", str(standby.data), "-d", primary.dsn, "-R", "-c", "fast", "-N")
            standby.start()
            try:
                yield primary, standby
            finally:
                standby.stop()
        finally:
            primary.stop()
    finally:
        shutil.rmtree(parent)


async def seen(dsn: str) -> Watching:
    """What one look shows, and nothing of it failed."""
    database = await Database.connect(opening_of(dsn))
    try:
        watching = Watching()
        await watching.tick(database, "health")
        assert watching.health is not None and not watching.health.missing and not watching.troubles
        return watching
    finally:
        await database.close()


async def test_postgresql_15_shows_its_standby_its_statements_and_all_of_its_health(
    clusters: tuple[Cluster, Cluster],
) -> None:
    admin = await asyncpg.connect(clusters[0].dsn)
    try:
        await admin.execute("create extension if not exists pg_stat_statements")
        await admin.execute("create table written as select n from generate_series(1, 5000) n; checkpoint")
        watching = await seen(clusters[0].dsn)
    finally:
        await admin.close()
    verdicts = {one.name: one for one in watching.verdicts}
    assert verdicts["lag"].short.startswith("replica lag")
    assert watching.statements.counted is not None and watching.statements.counted.statements
    assert watching.rights is not None and watching.rights.statements_version == "1.10"
    assert watching.health is not None
    assert {"standby", "i/o", "setting", "table"} <= {one.kind for one in watching.health.findings}
    assert [one.sentence for one in causes(watching.verdicts) if not one.sentence.startswith("setting fsync")] == []


async def test_a_standby_is_watched_like_any_server_and_says_what_it_is(clusters: tuple[Cluster, Cluster]) -> None:
    watching = await seen(clusters[1].dsn)
    verdicts = {one.name: one for one in watching.verdicts}
    assert verdicts["up"].short.endswith("standby") and verdicts["lag"].short.startswith("replica lag")
    assert verdicts["lag"].level == "ok"
