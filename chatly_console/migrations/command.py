"""`chatly-console migrate`: what is applied, what would happen, and doing it."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from chatly_console.connections.choose import open_database
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.migrations import checking, report
from chatly_console.migrations.choosing import find, tasks_down, tasks_up
from chatly_console.migrations.events import Event, Task
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.repairing import baseline, mark, resume_at
from chatly_console.migrations.runner import Runner
from chatly_console.migrations.service import read_history, read_status
from chatly_console.migrations.status import State, summary
from chatly_console.migrations.writing import migrations_folder, new_pair
from chatly_console.server.database import Database
from chatly_console.server.profiles import Profile

ACTIONS = ("status", "plan", "new", "up", "down", "verify", "drift", "lint", "log", "repair", "baseline")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what to do and how."""
    parser.add_argument("action", choices=ACTIONS, help="what to do")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="new: what it does, in words; up: only these versions; baseline: the last version that is there already; "
        "repair: `applied` or `reverted` and versions, or `resume` and one version",
    )
    parser.add_argument("--folder", metavar="DIR", help="the migrations (by default those of the project here)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--database-name", metavar="NAME", help="with --yes on production: its database's name")
    parser.add_argument("--to", metavar="VERSION", default="", help="up: as far as this; down: everything above this")
    parser.add_argument("--last", metavar="N", type=int, default=1, help="down: how many (by default the last one)")
    parser.add_argument("--all", action="store_true", help="down: all of them")
    parser.add_argument("--out-of-order", action="store_true", help="up: also what is older than what is applied")
    parser.add_argument(
        "--shadow", metavar="WHERE", default="auto",
        help="verify, drift: where the shadow database is made: `same` server, `embedded`, or a connection string",
    )  # fmt: skip
    parser.add_argument("--no-data", action="store_true", help="verify: do not try the pending ones with the seed")
    parser.add_argument("--dump", metavar="FILE", default="", help="verify: prove what is pending on this dump")
    parser.add_argument("--roles", action="store_true", help="drift: compare the server's roles too")
    parser.add_argument("--managed", action="store_true", help="drift: also in schemas that Supabase manages")
    parser.add_argument("--adopt", metavar="NAME", default="", help="drift: write it as a migration of this name")
    parser.add_argument("--silenced", action="store_true", help="lint: also what a file silences")
    parser.add_argument("--at", metavar="N", type=int, help="repair resume: the statement to go on with, from 1")


async def run(arguments: argparse.Namespace) -> int:
    """Do it. Exit status 0, 1 (pending, changed, failed), 2 (wrong use), 3 (no connection), 130."""
    folder = migrations_folder(arguments.folder)
    if arguments.action == "new":
        return _new(folder, " ".join(arguments.names))
    if arguments.action == "lint":
        return _put(arguments, await checking.lint(folder, arguments.names, silenced=arguments.silenced))
    profile, database = await open_database(arguments)
    try:
        return await _ACTIONS[arguments.action](arguments, folder, profile, database)
    finally:
        await database.close()


def _new(folder: Path, name: str) -> int:
    pair = new_pair(folder, name)
    print(pair.up)
    print(pair.down)
    return 0


async def _status(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    migrations = await read_status(database, folder)
    if arguments.json:
        _print_json([report.status_document(migration) for migration in migrations])
    else:
        for migration in migrations:
            print(report.status_line(migration))
    keepers = sorted({m.entry.kept_by for m in migrations if m.entry is not None} - {"chatly"})
    _tell(" · ".join([summary(migrations), profile.name, *(f"as the history of {tool} says" for tool in keepers)]))
    return 0 if all(m.state is State.APPLIED for m in migrations) else 1


async def _plan(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    return _put(arguments, await checking.plan(database, folder))


async def _verify(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    output = await checking.prove(
        database,
        folder,
        shadow=arguments.shadow,
        production=profile.is_production,
        data=not arguments.no_data,
        dump=arguments.dump,
        tell=_tell,
    )
    return _put(arguments, output)


async def _drift(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    output = await checking.drift(
        database,
        folder,
        shadow=arguments.shadow,
        production=profile.is_production,
        roles=arguments.roles,
        managed=arguments.managed,
        adopt_as=arguments.adopt,
        tell=_tell,
    )
    return _put(arguments, output)


def _put(arguments: argparse.Namespace, output: checking.Output) -> int:
    if arguments.json:
        _print_json(output.document)
    else:
        for line in output.lines:
            print(safe_text(line))
    for line in [output.remark, *output.more]:
        if line:
            _tell(line)
    return output.status


async def _up(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    migrations = await read_status(database, folder)
    tasks = tasks_up(migrations, only=arguments.names, to=arguments.to, out_of_order=arguments.out_of_order)
    return await _carry_out(arguments, profile, database, tasks, "Apply")


async def _down(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    migrations = await read_status(database, folder)
    tasks = tasks_down(migrations, to=arguments.to, last=arguments.last, everything=arguments.all)
    return await _carry_out(arguments, profile, database, tasks, "Roll back")


async def _carry_out(
    arguments: argparse.Namespace, profile: Profile, database: Database, tasks: Sequence[Task], verb: str
) -> int:
    if not tasks:
        _tell("Nothing is to be done.")
        return 0
    await _ask(arguments, profile, database, f"{verb} {report.tasks_line(tasks)}?")
    done: list[Event] = []

    def tell(event: Event) -> None:
        done.append(event)
        for line in report.event_lines(event):
            print(safe_text(line), file=sys.stderr if arguments.json else sys.stdout, flush=True)

    try:
        await Runner(database, tell).run(tasks)
        return 0
    except Failure as failure:
        if not any(line.startswith("✗") for event in done for line in report.event_lines(event)):
            raise
        _tell(failure.hint) if failure.hint else None
        return 3 if failure.kind is FailureKind.LINK else 1
    finally:
        if arguments.json:
            _print_json(report.run_document(done))


async def _log(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    history = await read_history(database)
    wanted = set(arguments.names)
    entries = [entry for entry in history.log if not wanted or entry.version in wanted or entry.name in wanted]
    if arguments.json:
        _print_json([report.log_document(entry) for entry in entries])
    else:
        for entry in entries:
            print(report.log_line(entry))
    if history.log_remark or not entries:
        _tell(history.log_remark or "The log is empty: this console has run nothing here.")
    return 0


async def _repair(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    what, *names = arguments.names or [""]
    if what not in ("applied", "reverted", "resume") or not names:
        raise Failure(
            "repair needs `applied` or `reverted` and versions, or `resume` and a version.", FailureKind.USAGE
        )
    migrations = await read_status(database, folder)
    chosen = [find(migrations, name) for name in names]
    words = ", ".join(f"{m.version} {m.name}" for m in chosen)
    if what == "resume":
        if len(chosen) != 1 or arguments.at is None:
            raise Failure("repair resume needs one version and --at N.", FailureKind.USAGE)
        await _ask(arguments, profile, database, f"Let {words} go on with statement {arguments.at}?")
        await resume_at(database, chosen[0], arguments.at)
        return 0
    await _ask(arguments, profile, database, f"Mark {words} as {what}, without running anything?")
    await mark(database, chosen, "applied" if what == "applied" else "reverted")
    return 0


async def _baseline(arguments: argparse.Namespace, folder: Path, profile: Profile, database: Database) -> int:
    files = (await asyncio.to_thread(read_folder, folder)).files
    if (await read_history(database, files)).entries:
        raise Failure("This database keeps a history already; `migrate repair` changes it.", FailureKind.REFUSED)
    if arguments.names:
        wanted = find(await read_status(database, folder), arguments.names[0]).version
        files = tuple(file for file in files if int(file.version) <= int(wanted))
    if not files:
        raise Failure("There is no migration to begin with.", FailureKind.USAGE)
    question = f"Take {len(files)} migrations up to {files[-1].label} for applied, without running them?"
    await _ask(arguments, profile, database, question)
    await baseline(database, files)
    return 0


_ACTIONS = {
    "status": _status,
    "plan": _plan,
    "verify": _verify,
    "drift": _drift,
    "up": _up,
    "down": _down,
    "log": _log,
    "repair": _repair,
    "baseline": _baseline,
}


async def _ask(arguments: argparse.Namespace, profile: Profile, database: Database, question: str) -> None:
    """Ask in a terminal, by the database's name on production; elsewhere the options must say yes. Raises `Failure`."""
    name = database.facts.database
    where = f"{database.facts.user} on {profile.target.place}/{name}" + (
        ", PRODUCTION" if profile.is_production else ""
    )
    if arguments.yes:
        if profile.is_production and arguments.database_name != name:
            raise Failure(f"This is production: --yes also needs --database-name {name}.", FailureKind.USAGE)
        return
    if not sys.stdin.isatty():
        raise Failure(f"Nothing was done: {question[:-1]} wants --yes, or a terminal.", FailureKind.USAGE)
    _tell(f"{question} ({where})")
    wanted = name if profile.is_production else "y"
    prompt = f"Type {name} to go on: " if profile.is_production else "y or n: "
    print(prompt, end="", file=sys.stderr, flush=True)
    answer = (await asyncio.to_thread(sys.stdin.readline)).strip()
    if answer.lower() != wanted.lower() or (profile.is_production and answer != name):
        raise Failure("Nothing was done.", FailureKind.CANCELLED)


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False))


def _tell(sentence: str) -> None:
    print(safe_text(sentence), file=sys.stderr)
