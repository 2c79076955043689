"""`chatly-console doctor`: what works here and what is missing, each line with the way to mend it."""

import argparse
import asyncio
import importlib
import json
import sys
from dataclasses import asdict

from chatly_console.connections import review_command
from chatly_console.connections.checks import Check, machine_checks, settings_checks
from chatly_console.connections.choose import choose_target, names_a_connection, open_asking, profile_file
from chatly_console.connections.service import server_checks
from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.server.profiles import Profile
from chatly_console.server.secrets import keyring_name


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    parser.add_argument("--json", action="store_true", help="one JSON array of {name, level, words, mend}")
    parser.add_argument(
        "--review",
        action="store_true",
        help="review the connected database instead: ten points with their evidence; exit status 1 where one fails",
    )


async def run(arguments: argparse.Namespace) -> int:
    """Look at the machine, then at the server if one is named; 1 if something fails, 3 if no connection is had."""
    if arguments.review:
        return await review_command.run(arguments)
    file = await asyncio.to_thread(profile_file)
    keyring = await keyring_name(timeout=3.0)
    checks = await asyncio.to_thread(lambda: [*machine_checks(file, keyring), *settings_checks(_settings_problems())])
    connected = True
    if names_a_connection(arguments):
        found, connected = await _connection_checks(arguments)
        checks += found
    else:
        mend = "add --profile NAME, --dsn DSN or --demo to look at a server too"
        checks.append(Check("connection", "ok", "none asked for", mend))
    _print(checks, as_json=arguments.json)
    if not connected:
        return 3
    return 1 if any(check.level == "fail" for check in checks) else 0


def _settings_problems() -> list[str]:
    """What the console would say of the user's keys and themes when it opens; the keys of every pane count."""
    from chatly_console.shell.folders import Folders
    from chatly_console.shell.preferences import settings_problems

    panes = importlib.import_module("chatly_console.panes")  # the console as a whole, which no room knows
    return settings_problems(Folders.of_user(), panes.PANES, panes.RESULT_TABS)


async def _connection_checks(arguments: argparse.Namespace) -> tuple[list[Check], bool]:
    try:
        profile = await choose_target(arguments)
        database = await open_asking(profile, ask=None)
    except Failure as failure:
        return [Check("connection", "fail", failure.sentence, failure.hint)], False
    try:
        return [*_target_checks(profile), *await server_checks(profile, database)], True
    except Failure as failure:
        return [*_target_checks(profile), Check("server", "fail", failure.sentence, failure.hint)], True
    finally:
        await database.close()


def _target_checks(profile: Profile) -> list[Check]:
    found = [Check("connection", "ok", f"{profile.name}: {profile.target.display} ({profile.environment})")]
    if profile.origin != "file":
        found += [Check("connection", "warn", warning) for warning in profile.warnings]
    if profile.target.ignored:
        found.append(Check("connection", "ok", f"ignored parameters: {', '.join(profile.target.ignored)}"))
    return found


def _print(checks: list[Check], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([asdict(check) for check in checks], ensure_ascii=False) + "\n")
        return
    width = max(len(check.name) for check in checks)
    for check in checks:
        sys.stdout.write(f"{check.level:<4}  {safe_text(check.name):<{width}}  {safe_text(check.words)}\n")
        if check.mend:
            sys.stdout.write(f"{'':<4}  {'':<{width}}  → {safe_text(check.mend)}\n")
