"""`chatly-console triage`: the first glance and its evidence for scripts, and the two signals."""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.server.database import Database
from chatly_console.server.profiles import Profile
from chatly_console.shell.folders import Folders
from chatly_console.triage import report
from chatly_console.triage.activity import Session
from chatly_console.triage.filters import HINT, matches
from chatly_console.triage.incident import Recorder, place_of, read_incident
from chatly_console.triage.pace import Pace
from chatly_console.triage.readings import number_of
from chatly_console.triage.rights import Rights
from chatly_console.triage.service import read_health, read_rights, read_snapshot, read_statements
from chatly_console.triage.signalling import signal, signal_all
from chatly_console.triage.signals import before_group, reached_by
from chatly_console.triage.statement_texts import read_top
from chatly_console.triage.statements import ORDERS, Statement, since
from chatly_console.triage.timeline import timeline
from chatly_console.triage.verdicts import causes
from chatly_console.triage.watching import Watching

ACTIONS_FILE = "triage-actions.jsonl"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `triage`."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=("locks", "statements", "health", "cancel", "terminate"),
        help="only who blocks whom, pg_stat_statements, or the state of tables, indexes and sequences; "
        "or a signal to the session PID, or to all that --where finds (default: the first glance)",
    )
    parser.add_argument("pid", nargs="?", type=int, metavar="PID", help="of `cancel` and `terminate`")
    parser.add_argument("--json", action="store_true", help="one JSON document (with --watch one a line)")
    parser.add_argument("--watch", action="store_true", help="the first glance again and again until ctrl+c")
    parser.add_argument("--record", type=Path, metavar="FILE", help="watch, and keep each look in this file")
    parser.add_argument("--report", type=Path, metavar="FILE", help="print a record as a time line in Markdown")
    parser.add_argument("--interval", type=float, default=2.0, metavar="SECONDS", help="of --watch (default: 2)")
    parser.add_argument("--order", choices=ORDERS, default="total", help="of `statements` (default: total)")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="of `statements` (default: 50)")
    parser.add_argument(
        "--window",
        type=float,
        metavar="SECONDS",
        help="of `statements`: count twice, so far apart, and show the difference",
    )
    parser.add_argument("--own", action="store_true", help="of `statements`: also those of the console itself")
    parser.add_argument(
        "--where", metavar="FILTER", help=f"`cancel` and `terminate` all sessions that match; it takes {HINT}"
    )
    parser.add_argument("--count", type=int, metavar="N", help="with --where: how many sessions that are")
    parser.add_argument("--yes", action="store_true", help="`terminate` without asking; also `cancel` on production")


async def run(arguments: argparse.Namespace) -> int:
    """Look, or act. Exit status 0, 1 (something is wrong, or was refused), 2, 3, 130."""
    from chatly_console.connections.choose import open_database

    if arguments.report is not None:
        sys.stdout.write(timeline(read_incident(arguments.report)))
        return 0
    acts = arguments.what in ("cancel", "terminate")
    aims = (arguments.pid is not None) + (arguments.where is not None)
    if acts != (aims == 1) or aims > 1:
        words = (
            f"{arguments.what} needs a PID, or --where." if acts else "Only cancel and terminate take a PID or --where."
        )
        raise Failure(words, FailureKind.USAGE)
    if (arguments.watch or arguments.record is not None) and arguments.what is not None:
        raise Failure("--watch and --record go with the first glance only.", FailureKind.USAGE)
    profile, database = await open_database(arguments)
    try:
        if acts:
            return await _act(database, profile, arguments)
        if arguments.what == "statements":
            return await _statements(database, arguments)
        if arguments.what == "health":
            return await _health(database, arguments)
        if arguments.what == "locks":
            return await _locks(database, arguments)
        return await _glance(database, profile, arguments)
    finally:
        await database.close()


def _print(lines: Iterable[str]) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in lines:
        print(report.printable(line, width))
    sys.stdout.flush()


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=True), flush=True)


async def _glance(database: Database, profile: Profile, arguments: argparse.Namespace) -> int:
    watching, facts = Watching(pace=Pace(interval=max(arguments.interval, 0.5))), database.facts
    if arguments.record is not None:
        watching.recorder = Recorder(arguments.record, place_of(profile.name, facts.host, facts.database))
    while True:
        await watching.tick(database, "activity")
        snapshot, rights = watching.snapshot, watching.rights
        assert snapshot is not None and rights is not None
        missing = [words for words in (rights.missing_for_activity, rights.missing_for_server) if words]
        if arguments.json:
            _print_json(report.snapshot_json(snapshot, watching.verdicts, missing))
        else:
            _print(report.snapshot_lines(snapshot, watching.verdicts, missing))
        if not (arguments.watch or arguments.record):
            return 1 if causes(watching.verdicts) else 0
        if not arguments.json:
            print(flush=True)
        await asyncio.sleep(watching.delay)


async def _locks(database: Database, arguments: argparse.Namespace) -> int:
    roots = (await read_snapshot(database)).roots
    if arguments.json:
        _print_json(report.locks_json(roots))
    else:
        _print(report.tree_text(roots) if roots else ["✓ nobody waits for a lock"])
    return 1 if roots else 0


async def _statements(database: Database, arguments: argparse.Namespace) -> int:
    rights = await read_rights(database)
    found = await read_statements(database, rights)
    counted: Sequence[Statement] = found.statements
    if arguments.window is not None:
        before = {one.key: one for one in counted}
        await asyncio.sleep(max(arguments.window, 0.1))
        counted = since(before, (await read_statements(database, rights)).statements)
    shown = await read_top(database, rights, counted, arguments.order, arguments.limit, own=arguments.own)
    if arguments.json:
        _print_json([report.statement_json(one) for one in shown])
    else:
        _print(report.statement_lines(shown))
    if found.concealed:
        _tell(f"{found.concealed:,} left out. {rights.missing_for_statements}")
    return 0


async def _health(database: Database, arguments: argparse.Namespace) -> int:
    health = await read_health(database, database.facts.user)
    if arguments.json:
        _print_json(report.health_json(health))
    else:
        _print(report.health_lines(health))
    return 1 if any(one.level != "ok" for one in health.findings) else 0


async def _act(database: Database, profile: Profile, arguments: argparse.Namespace) -> int:
    verb, pid = arguments.what, arguments.pid
    if not arguments.yes and (verb == "terminate" or profile.is_production):
        raise Failure(
            f"Nothing was sent: {verb} on {profile.name} wants --yes.",
            FailureKind.USAGE,
            hint="It ends the session's transaction; everything that it has not committed is rolled back.",
        )
    sessions = (await read_snapshot(database)).sessions
    rights = await read_rights(database)
    if pid is None:
        return await _act_on_group(database, sessions, rights, arguments)
    session = next((one for one in sessions if one.pid == pid), None)
    if session is None:
        raise Failure(f"There is no session with pid {pid}.", FailureKind.REFUSED)
    outcome = await signal(database, session, verb, rights, actions_file())
    if arguments.json:
        _print_json({"verb": verb, "pid": pid, "outcome": outcome})
    else:
        _print([outcome])
    return 0


async def _act_on_group(
    database: Database, sessions: Sequence[Session], rights: Rights, arguments: argparse.Namespace
) -> int:
    """Signal to all that the filter finds; how many that are has to be said, so that nobody is surprised."""
    verb = arguments.what
    found = reached_by([one for one in sessions if one.is_client and matches(one, arguments.where)], verb)
    if not found:
        raise Failure(f"No session that {verb} could reach matches {arguments.where!r}.", FailureKind.REFUSED)
    if arguments.count != len(found):
        raise Failure(
            f"Nothing was sent: {number_of(len(found), 'session')} match, so this wants --count {len(found)}.",
            FailureKind.USAGE,
            hint=before_group(found, verb).replace("\n\n", " "),
        )
    outcome = await signal_all(database, found, verb, rights, actions_file())
    if arguments.json:
        _print_json({"verb": verb, "pids": [one.pid for one in found], "outcome": outcome})
    else:
        _print([outcome])
    return 0


def actions_file() -> Path:
    """Where signals are logged."""
    return Folders.of_user().state / ACTIONS_FILE


def _tell(sentence: str) -> None:
    print(f"chatly-console: {safe_text(sentence)}", file=sys.stderr)
