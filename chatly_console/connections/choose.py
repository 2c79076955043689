"""Which database is meant: one answer for the console and for every command.

`--profile`, `--dsn` and `--demo` exclude each other; without them libpq's environment and service files decide.
"""

import argparse
import asyncio
import getpass
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chatly_console.core.dsn import Surroundings, from_environment, parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.target import ConnectionTarget
from chatly_console.server.database import Database
from chatly_console.server.open_profile import Progress, open_profile
from chatly_console.server.profile_file import ProfileFile, read_profiles
from chatly_console.server.profiles import Profile, config_folder, demo_profile, profile_of_target
from chatly_console.server.secrets import Ask

if TYPE_CHECKING:
    from chatly_console.server.embedded import EmbeddedServer

_held: list["EmbeddedServer"] = []
"""The embedded servers of this process: each stops once nobody holds it."""

_PLACE_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGDATABASE", "PGUSER")
_NOT_OF_PROFILES = ("PGSERVICEFILE", "PGSYSCONFDIR", "PGPASSFILE")
"""The only variables that reach a profile: where files are. Its place is what the file says."""


def surroundings() -> Surroundings:
    """The environment, files and user of this process, for reading connection strings."""
    return Surroundings(os.environ, _read_file, str(Path.home()), _os_user())


def profile_file() -> ProfileFile:
    """The profiles of the user's `config.toml`, and what is wrong with the others."""
    around = surroundings()
    files = {name: os.environ[name] for name in _NOT_OF_PROFILES if name in os.environ}
    return read_profiles(config_path(), replace(around, environ=files))


def config_path() -> Path:
    """Where the profiles are kept."""
    return config_folder() / "config.toml"


def find_profile(name: str) -> Profile:
    """The profile called `name`; raises Failure with what is wrong with it, or with the names that there are."""
    file = profile_file()
    if name in file.profiles:
        return file.profiles[name]
    problems = " ".join(str(problem) for problem in file.problems)
    names = ", ".join(file.profiles)
    raise Failure(
        f"There is no usable profile “{name}”.",
        FailureKind.USAGE,
        hint=problems or (f"There are: {names}." if names else "`chatly-console profiles add NAME` makes one."),
    )


def names_a_connection(arguments: argparse.Namespace) -> bool:
    """Whether the words or the environment name a database at all."""
    given = arguments.profile or arguments.dsn or arguments.demo
    return bool(given or any(os.environ.get(name) for name in _PLACE_VARIABLES))


class _Told:
    """Says on stderr what takes long: each phase once, or on a terminal in one line that changes."""

    def __init__(self) -> None:
        self._phase = ""

    def __call__(self, words: str) -> None:
        phase = words.partition(":")[0].rstrip(" 0123456789%")
        if sys.stderr.isatty():
            print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)  # noqa: T201
        elif phase != self._phase:
            print(phase, file=sys.stderr)  # noqa: T201
        self._phase = phase

    def end(self) -> None:
        """Leave the terminal's line to others."""
        if self._phase and sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)  # noqa: T201


async def choose_target(arguments: argparse.Namespace, progress: Progress | None = None) -> Profile:
    """The profile that the options name; `--timeout` holds over its own. Starts the embedded server for `--demo`.

    Without `progress`, what takes long is said on stderr.
    """
    if progress is not None:
        return await _chosen(arguments, progress)
    told = _Told()
    try:
        return await _chosen(arguments, told)
    finally:
        told.end()


async def _chosen(arguments: argparse.Namespace, progress: Progress) -> Profile:
    given = [option for option in ("profile", "dsn", "demo") if getattr(arguments, option, None)]
    if len(given) > 1:
        raise Failure(f"--{given[0]} and --{given[1]} exclude each other.", FailureKind.USAGE)
    if arguments.profile:
        profile = find_profile(arguments.profile)
    elif arguments.dsn:
        profile = profile_of_target(parse_dsn(arguments.dsn, surroundings()), "dsn")
    elif arguments.demo:
        profile = demo_profile(await _open_demo(arguments, progress))
    else:
        profile = profile_of_target(from_environment(surroundings()), "environment")
    timeout = getattr(arguments, "timeout", None)
    return profile if timeout is None else replace(profile, statement_timeout=timeout)


async def open_database(
    arguments: argparse.Namespace, *, ask: Ask | None = None, progress: Progress = lambda words: None
) -> tuple[Profile, Database]:
    """Choose and connect; a password is asked for only once the server has wanted one."""
    profile = await choose_target(arguments)
    for warning in profile.warnings:
        print(f"chatly-console: {warning}", file=sys.stderr)  # noqa: T201 - the command line's message line
    return profile, await open_asking(profile, ask=ask or ask_in_terminal, progress=progress)


async def open_asking(profile: Profile, *, ask: Ask | None, progress: Progress = lambda words: None) -> Database:
    """Connect; where the server refuses the password (or the lack of one), ask for it once."""
    try:
        database = await open_profile(profile, progress=progress)
        if profile.origin == "demo":
            _mend_embedded(database, profile)
        return database
    except Failure as failure:
        if not wants_password(failure) or ask is None:
            raise
        refused = " (the one given was refused)" if "authentication failed" in failure.sentence else ""
        answer = await ask(f"Password of {profile.target.user} on {profile.target.place}{refused}")
        if not answer:
            raise
    return await open_profile(replace(profile, target=profile.target.with_password(answer)), progress=progress)


def wants_password(failure: Failure) -> bool:
    """Whether another password may help."""
    return failure.kind is FailureKind.LOGIN and failure.sqlstate not in ("28000", "3D000")


async def ask_in_terminal(words: str) -> str | None:
    """Ask for a password where somebody sits; None where nobody does."""
    if not sys.stdin.isatty():
        return None
    return await asyncio.to_thread(getpass.getpass, f"{words}: ")


async def _open_demo(arguments: argparse.Namespace, progress: Progress) -> ConnectionTarget:
    from chatly_console.demo.opening import open_demo

    server, target = await open_demo(_demo_folder(arguments), scale=getattr(arguments, "scale", 1), progress=progress)
    for before in [held for held in _held if held.data_dir == server.data_dir]:
        _held.remove(before)
        before.release()
    _held.append(server)
    return target


def _mend_embedded(database: Database, profile: Profile) -> None:
    """Let the server of this process that the profile leads to be started again whenever it ends."""
    for server in _held:
        if str(server.socket_dir) in {place.host for place in profile.target.places}:
            database.mend_with(server)


def _demo_folder(arguments: argparse.Namespace) -> Path | None:
    return Path(arguments.data_dir).expanduser() if arguments.data_dir else None


def _read_file(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
