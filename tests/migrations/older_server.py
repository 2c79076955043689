"""A PostgreSQL of the distribution that is older than the embedded one, where one is installed."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import temporary_folder

OLDER = (14, 15, 16)


def programs_of(version: int) -> Path:
    """Where Debian and its kin put the programs of a version."""
    return Path(f"/usr/lib/postgresql/{version}/bin")


def installed() -> list[int]:
    """The older versions that are here."""
    return [version for version in OLDER if (programs_of(version) / "initdb").exists()]


@contextmanager
def older_server(version: int) -> Iterator[str]:
    """Run it on a socket of its own, without a port on the network; gives the connection string of its `postgres`."""
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    with temporary_folder() as folder:
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        programs, data = programs_of(version), folder / "data"

        def run(*words: object) -> None:
            subprocess.run([str(word) for word in words], user=user, check=True, stdout=subprocess.DEVNULL, cwd=folder)

        run(programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
