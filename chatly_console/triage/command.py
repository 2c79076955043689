"""`chatly-console triage`: the first glance and its evidence for scripts, and the two signals."""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.server.database import Database
from chatly_console.server.profiles import Profile
from chatly_console.shell.folders import Folders
from chatly_console.triage import report
from chatly_console.triage.incident import Recorder, read_incident
from chatly_console.triage.pace import Pace
from chatly_console.triage.pulse import History, Wraparound
from chatly_console.triage.service import (
    Snapshot,
    read_health,
    read_rights,
    read_snapshot,
    read_statements,
    read_texts,
    read_wraparound,
    signal,
)
from chatly_console.triage.statements import ORDERS, ranked
from chatly_console.triage.timeline import timeline
from chatly_console.triage.verdicts import causes, glance

ACTIONS_FILE = "triage-actions.jsonl"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `triage`."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=("locks", "statements", "health", "cancel", "terminate"),
        help="only who blocks whom, pg_stat_statements, or the state of tables, indexes and sequences; "
        "or a signal to the session PID (default: the first glance)",
    )
    parser.add_argument("pid", nargs="?", type=int, metavar="PID", help="of `cancel` and `terminate`")
    parser.add_argument("--json", action="store_true", help="one JSON document (with --watch one a line)")
    parser.add_argument("--watch", action="store_true", help="the first glance again and again until ctrl+c")
    parser.add_argument("--record", type=Path, metavar="FILE", help="with --watch: keep each look in this file")
    parser.add_argument("--report", type=Path, metavar="FILE", help="print a record as a time line in Markdown")
    parser.add_argument("--interval", type=float, default=2.0, metavar="SECONDS", help="of --watch (default: 2)")
    parser.add_argument("--order", choices=ORDERS, default="total", help="of `statements` (default: total)")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="of `statements` (default: 50)")
    parser.add_argument("--yes", action="store_true", help="`terminate` without asking; also `cancel` on production")


async def run(arguments: argparse.Namespace) -> int:
    """Look, or act. Exit status 0, 1 (something is wrong, or was refused), 2, 3, 130."""
    from chatly_console.connections.choose import open_database

    if arguments.report is not None:
        sys.stdout.write(timeline(read_incident(arguments.report)))
        return 0
    if arguments.record is not None and not arguments.watch:
        raise Failure("--record goes with --watch.", FailureKind.USAGE)
    acts = arguments.what in ("cancel", "terminate")
    if acts != (arguments.pid is not None):
        sentence = f"{arguments.what} needs a PID." if acts else "Only cancel and terminate take a PID."
        raise Failure(sentence, FailureKind.USAGE)
    if arguments.watch and arguments.what is not None:
        raise Failure("--watch goes with the first glance only.", FailureKind.USAGE)
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
        return await _glance(database, arguments)
    finally:
        await database.close()


def _print(lines: Iterable[str]) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in lines:
        print(report.printable(line, width))
    sys.stdout.flush()


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=True), flush=True)


async def _glance(database: Database, arguments: argparse.Namespace) -> int:
    rights, wraparound = await read_rights(database), await read_wraparound(database)
    missing = [words for words in (rights.missing_for_activity,) if words]
    history, pace = History(), Pace(interval=max(arguments.interval, 0.5))
    facts = database.facts
    recorder = Recorder(arguments.record, f"{facts.host}/{facts.database}") if arguments.record is not None else None
    while True:
        snapshot = await read_snapshot(database)
        history.add(snapshot.pulse)
        if recorder is not None:
            _keep(recorder, snapshot, wraparound)
        verdicts = glance(snapshot.sessions, snapshot.roots, history, wraparound)
        if arguments.json:
            _print_json(report.snapshot_json(snapshot, verdicts, missing))
        else:
            _print(report.snapshot_lines(snapshot, verdicts, missing))
        if not arguments.watch:
            return 1 if causes(verdicts) else 0
        if not arguments.json:
            print(flush=True)
        pace.took(snapshot.seconds)
        await asyncio.sleep(pace.delay)


def _keep(recorder: Recorder, snapshot: Snapshot, wraparound: Wraparound) -> None:
    try:
        recorder.look(snapshot.sessions, snapshot.prepared, snapshot.pulse, wraparound)
    except OSError as error:
        raise Failure(f"{recorder.path} cannot be written: {error.strerror}.", FailureKind.USAGE) from error


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
    shown = ranked(found.statements, arguments.order, arguments.limit)
    texts = await read_texts(database, rights, [one.query_id for one in shown])
    shown = [replace(one, query=texts.get(one.query_id, "")) for one in shown]
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
    snapshot = await read_snapshot(database)
    session = next((one for one in snapshot.sessions if one.pid == pid), None)
    if session is None:
        raise Failure(f"There is no session with pid {pid}.", FailureKind.REFUSED)
    outcome = await signal(database, session, verb, await read_rights(database), actions_file())
    if arguments.json:
        _print_json({"verb": verb, "pid": pid, "outcome": outcome})
    else:
        _print([outcome])
    return 0


def actions_file() -> Path:
    """Where signals are logged."""
    return Folders.of_user().state / ACTIONS_FILE


def _tell(sentence: str) -> None:
    print(f"chatly-console: {safe_text(sentence)}", file=sys.stderr)
