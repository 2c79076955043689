"""`chatly-console profiles list|add|test|remove|set-password`: the connections that the console knows."""

import argparse
import asyncio
import getpass
import json
import sys
from dataclasses import replace

from chatly_console.connections.choose import (
    ask_in_terminal,
    config_path,
    find_profile,
    profile_file,
    surroundings,
)
from chatly_console.connections.service import try_profile
from chatly_console.core.dsn import parse_dsn
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.secret import Secret
from chatly_console.core.target import ConnectionTarget
from chatly_console.core.text import safe_text
from chatly_console.server.profile_entry import entry_of_target
from chatly_console.server.profile_file import remove_profile, write_profile
from chatly_console.server.profiles import ENVIRONMENTS, POOL_SIZE, Profile, environment_warning
from chatly_console.server.secrets import forget_password, keyring_name, save_password


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `profiles`."""
    actions = parser.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the profiles, and what is wrong in the file")
    listing.add_argument("--json", action="store_true", help="one JSON array")
    for name, words in (
        ("test", "connect, and say what answers"),
        ("remove", "take the profile out of the file and its password out of the keyring"),
        ("set-password", "put the profile's password into the keyring"),
    ):
        action = actions.add_parser(name, help=words, description=words)
        action.add_argument("name", metavar="NAME")
        if name == "remove":
            action.add_argument("--yes", action="store_true", help="do not ask")
    _configure_add(actions.add_parser("add", help="add a profile, or replace it with --replace"))


def _configure_add(add: argparse.ArgumentParser) -> None:
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--dsn",
        default=argparse.SUPPRESS,
        metavar="DSN",
        help="the connection string; its password goes to the keyring (asked for in a terminal if left out)",
    )
    add.add_argument("--environment", choices=ENVIRONMENTS, help="production is read-only until unlocked")
    add.add_argument("--read-only", action=argparse.BooleanOptionalAction, default=None, help="refuse writes")
    add.add_argument("--pool-size", type=int, metavar="N", help=f"connections at most (default {POOL_SIZE})")
    add.add_argument("--colour", metavar="COLOUR", help="of the profile's mark, such as #7aa2f7")
    add.add_argument("--ssh", metavar="HOST", help="reach the server through this host of your ssh configuration")
    add.add_argument("--replace", action="store_true", help="overwrite a profile of this name")


async def run(arguments: argparse.Namespace) -> int:
    """Do one action."""
    match arguments.action:
        case "list":
            return _list(as_json=arguments.json)
        case "add":
            return await _add(arguments)
        case "test":
            return await _test(find_profile(arguments.name))
        case "remove":
            return await _remove(arguments.name, certain=arguments.yes)
        case _:
            find_profile(arguments.name)
            await _store(arguments.name, await _password_for(arguments.name))
            return 0


def _list(*, as_json: bool) -> int:
    file = profile_file()
    for problem in file.problems:
        _say(f"{file.path}, {problem}")
    rows = [_described(profile) for profile in file.profiles.values()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        _say("There are no profiles yet: `chatly-console profiles add NAME` makes one.")
    else:
        width = max(len(str(row["name"])) for row in rows)
        for row in rows:
            ends = "  read-only" if row["read_only"] else ""
            ends += f"  through ssh {row['ssh']}" if row["ssh"] else ""
            words = f"{row['name']:<{width}}  {row['environment']:<10}  {row['place']} as {row['user']}{ends}"
            print(safe_text(words))
    return 1 if file.problems else 0


def _described(profile: Profile) -> dict[str, object]:
    target = profile.target
    return {
        "name": profile.name,
        "environment": profile.environment,
        "place": target.display,
        "user": target.user,
        "read_only": profile.read_only,
        "pool_size": profile.pool_size,
        "pooler": target.pooler,
        "tls": target.tls.mode.value,
        "ssh": profile.ssh,
        "warnings": list(profile.warnings),
    }


async def _add(arguments: argparse.Namespace) -> int:
    name = arguments.name.strip()
    if not name or not name.isprintable():
        raise Failure("A profile's name must be printable text.", FailureKind.USAGE)
    if name in profile_file().profiles and not arguments.replace:
        raise Failure(f"There is a profile “{name}” already.", FailureKind.USAGE, hint="Give --replace.")
    dsn = arguments.dsn or await _asked("Connection string (postgresql://user@host:5432/database): ")
    # Without the environment: what this shell happens to hold does not belong in a profile.
    target = parse_dsn(dsn, replace(surroundings(), environ={}))
    environment = arguments.environment or await _asked_environment(target)
    entry = entry_of_target(target)
    chosen = {
        "environment": environment,
        "read_only": arguments.read_only,
        "pool_size": arguments.pool_size,
        "colour": arguments.colour,
        "ssh": arguments.ssh,
    }
    write_profile(config_path(), name, entry | {key: value for key, value in chosen.items() if value is not None})
    profile = find_profile(name)
    print(safe_text(f"Profile “{name}” is in {config_path()}: {profile.target.display} ({profile.environment})."))
    for warning in profile.warnings:
        _say(warning)
    if target.ignored:
        _say(f"Ignored parameters: {', '.join(target.ignored)}.")
    try:
        password = target.password or await _offered_password(name)
        if password:
            await _store(name, password)
    except Failure as failure:
        _say(f"The password is kept nowhere. {failure.sentence} {failure.hint}".rstrip())
    return 0


async def _asked_environment(target: ConnectionTarget) -> str | None:
    if target.is_local or not sys.stdin.isatty():
        if warning := environment_warning(target):
            _say(warning)
        return None
    answer = (await _asked(f"Environment ({', '.join(ENVIRONMENTS)}): ")).lower()
    if answer not in ENVIRONMENTS:
        raise Failure(f"The environment is one of {', '.join(ENVIRONMENTS)}.", FailureKind.USAGE)
    return answer


async def _offered_password(name: str) -> Secret | None:
    """Ask for the password where somebody sits and a keyring can keep it."""
    if not sys.stdin.isatty() or await keyring_name() is None:
        return None
    text = await ask_in_terminal(f"Password of {name} for the keyring (empty: none)")
    return Secret(text) if text else None


async def _password_for(name: str) -> Secret:
    """From the terminal without an echo, else the first line of standard input."""
    text = await ask_in_terminal(f"Password of {name}")
    if text is None:
        text = (await asyncio.to_thread(sys.stdin.readline)).rstrip("\n")
    if not text:
        raise Failure("No password was given.", FailureKind.USAGE)
    return Secret(text)


async def _store(name: str, password: Secret) -> None:
    await save_password(name, password)
    _say(f"The password of “{name}” is in {await keyring_name() or 'the keyring'}.")


async def _test(profile: Profile) -> int:
    for warning in profile.warnings:
        _say(warning)
    print(safe_text(f"{profile.name}: {await try_profile(profile, ask_in_terminal)}"))
    return 0


async def _remove(name: str, *, certain: bool) -> int:
    if not certain:
        if not sys.stdin.isatty():
            raise Failure("Removing a profile needs --yes where nobody can be asked.", FailureKind.USAGE)
        if (await _asked(f"Remove profile “{name}”? [y/N] ")).lower() not in ("y", "yes"):
            return 0
    remove_profile(config_path(), name)
    try:
        await forget_password(name)
    except Failure as failure:
        if await keyring_name() is not None:
            _say(f"Its password may still be in the keyring. {failure.sentence}")
    print(safe_text(f"Profile “{name}” is removed."))
    return 0


async def _asked(words: str) -> str:
    """An answer from the terminal; connection strings are not echoed, for they may hold a password."""
    if not sys.stdin.isatty():
        raise Failure("Nobody can be asked here: give --dsn.", FailureKind.USAGE)
    ask = getpass.getpass if words.startswith("Connection string") else input
    return (await asyncio.to_thread(ask, words)).strip()


def _say(words: str) -> None:
    print(f"chatly-console: {safe_text(words)}", file=sys.stderr)
