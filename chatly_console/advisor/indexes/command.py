"""`chatly-console advise index`: indexes for a statement, for those that took most time, or for a table."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from chatly_console.advisor.indexes.applied import findings_of, look_again
from chatly_console.advisor.indexes.applying import Outcome, apply
from chatly_console.advisor.indexes.building import Building
from chatly_console.advisor.indexes.notebook import notes_file
from chatly_console.advisor.indexes.partitions import script_text
from chatly_console.advisor.indexes.report import document, side_by_side, told
from chatly_console.advisor.indexes.service import Permission, advise_index
from chatly_console.advisor.indexes.tried import IndexAdvice, Tried
from chatly_console.advisor.indexes.workload import advise_many, named_table, with_the_others
from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking
from chatly_console.connections.identity_option import identity_of
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.text import safe_text
from chatly_console.server.database import Database
from chatly_console.shell.folders import Folders


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what to look for indexes for, and what may be done to find out."""
    parser.add_argument("-c", dest="sql", metavar="SQL", help="index: for this statement; it is run only if it reads")
    parser.add_argument(
        "--top", type=int, metavar="N", help="index: for the N statements on record that took most time"
    )
    parser.add_argument("--table", metavar="NAME", help="index: for all statements on record that read this table")
    parser.add_argument(
        "--applied", action="store_true",
        help="index: what came of the indexes that were built here: whether they are used, what is left",
    )  # fmt: skip
    parser.add_argument(
        "--measure", action="store_true",
        help="index: build the best candidates in transactions that are rolled back (writers of the table wait); with"
        " --yes also run a statement that writes, in them",
    )  # fmt: skip
    parser.add_argument(
        "--anyway", action="store_true", help="index: look for indexes although the statistics are too old to judge by"
    )
    parser.add_argument(
        "--apply", action="store_true",
        help="index: build the first that pays, CONCURRENTLY, and measure again; needs --yes",
    )  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="index: change the database without asking")


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether anything of this command is wanted."""
    given = (arguments.sql, arguments.table, arguments.measure, arguments.anyway, arguments.apply, arguments.yes)
    return any(given) or arguments.top is not None or arguments.applied


def notes_of(profile: str, database: Database) -> Path:
    """Where what is built through this profile is noted."""
    return notes_file(Folders.of_user().state, profile, f"{database.facts.host}/{database.facts.database}")


async def run(arguments: argparse.Namespace) -> int:
    """Look for indexes; 1 where something is proposed."""
    subjects = [arguments.sql, arguments.table, arguments.top is not None, arguments.applied]
    if sum(map(bool, subjects)) != 1:
        raise Failure("`advise index` takes one of -c SQL, --top N, --table NAME and --applied.", FailureKind.USAGE)
    if arguments.top is not None and arguments.top < 1:
        raise Failure("--top is at least 1.", FailureKind.USAGE)
    if arguments.measure and not arguments.sql:
        raise Failure("Only what is found for one statement can be measured: -c SQL.", FailureKind.USAGE)
    if arguments.apply and not arguments.yes:
        raise Failure("--apply changes the database: add --yes.", FailureKind.USAGE)
    profile = await choose_target(arguments)
    held = "production" if profile.environment == "production" else "read-only" if profile.read_only else ""
    if held and (arguments.measure or arguments.apply):
        raise Failure(f"Nothing is built here: this connection is {held}.", FailureKind.REFUSED,
                      hint="Leave out --measure and --apply.")  # fmt: skip
    database = await open_asking(profile, ask=ask_in_terminal)
    notes = notes_of(profile.name, database)
    try:
        if arguments.applied:
            return await _tell_of_applied(database, notes, as_json=arguments.json)
        identity = await identity_of(arguments, database)
        permission = Permission(
            copies=not held and not database.facts.standby,
            goes_on=arguments.anyway,
            builds=arguments.measure,
            writes=arguments.measure and arguments.yes,
        )
        advice = await _advice(database, arguments, identity, permission)
        built = await _apply(database, advice, identity, notes) if arguments.apply and advice.proposals else []
    finally:
        await database.close()
    _print(advice, built, as_json=arguments.json)
    return 1 if (advice.proposals and not built) or advice.first else 0


def _progress(words: str) -> None:
    sys.stderr.write(f"{safe_text(words)}\n")


async def _advice(
    database: Database, arguments: argparse.Namespace, identity: Identity, permission: Permission
) -> IndexAdvice:
    if arguments.sql:
        advice = await advise_index(
            database, arguments.sql, identity=identity, permission=permission, progress=_progress
        )
        return await with_the_others(database, advice, identity, _progress)
    table = await named_table(database, arguments.table) if arguments.table else None
    return await advise_many(
        database, top=arguments.top or 0, table=table, identity=identity, goes_on=permission.goes_on, progress=_progress
    )


async def _apply(
    database: Database, advice: IndexAdvice, identity: Identity, notes: Path
) -> list[tuple[Tried, Outcome]]:
    """Build the first index that pays, with those that it needs; what each is worth now."""
    best = advice.proposals[0]
    needed = [one for one in advice.tried if one.candidate.on in {other.on for other in best.needs}]
    done: list[tuple[Tried, Outcome]] = []

    def tell(building: Building) -> None:
        _progress(building.words)

    for one in (best, *needed):
        outcome = await apply(database, advice, one, identity, notes, tell)
        built = outcome.built
        _progress(f"{one.candidate.name} was built in {built.seconds:.1f} s: {built.megabytes:,.1f} MB")
        done.append((one, outcome))
    return done


async def _tell_of_applied(database: Database, notes: Path, *, as_json: bool) -> int:
    """What came of the indexes that were built here; 1 where there is something to do."""
    applied = await look_again(database, notes)
    if as_json:
        shown = [
            {"index": a.note.index, "state": a.state.value, "scans": a.scans, "watched_s": a.watched,
             "megabytes": a.megabytes, "built_at": a.note.at, "undo": f"{a.note.undo};", "left": list(a.left)}
            for a in applied
        ]  # fmt: skip
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
    for one in applied if not as_json else ():
        lines = [f"{one.state.value}: {one.note.index}", f"  {one.words}", f"  {one.effect}" if one.effect else ""]
        sys.stdout.write("".join(f"{safe_text(line)}\n" for line in lines if line))
    if not applied:
        _progress("No index was built here yet, as far as this machine has noted.")
    return 1 if findings_of(applied) else 0


def _print(advice: IndexAdvice, built: Sequence[tuple[Tried, Outcome]], *, as_json: bool) -> None:
    if as_json:
        best = built[0][0].candidate if built else None
        applied = {"applied": {"sql": script_text(best), "undo": f"{best.undo};"}} if best else {}
        shown = document(advice) | applied
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
        return
    lines = list(told(advice))
    for one, outcome in built:
        lines.append(f"built: {one.candidate.name}, looked at again")
        lines += [f"  {name:<12} {words}" for name, words in side_by_side(outcome.before, outcome.after)]
    sys.stdout.write("".join(f"{safe_text(line)}\n" for line in lines))
