"""`chatly-console advise index`: indexes for a statement, for those that took most time, or for a table."""

import argparse
import json
import sys

from chatly_console.advisor.building import Building, build_index, may_build
from chatly_console.advisor.index_report import document, side_by_side, told
from chatly_console.advisor.index_service import Permission, advise_index
from chatly_console.advisor.partitions import script_text
from chatly_console.advisor.tried import Figures, IndexAdvice, Tried, figures_of
from chatly_console.advisor.workload import advise_many, named_table, with_the_others
from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking
from chatly_console.connections.identity_option import identity_of
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.text import safe_text
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.service import run_plan
from chatly_console.server.database import Database


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what to look for indexes for, and what may be done to find out."""
    parser.add_argument("-c", dest="sql", metavar="SQL", help="index: for this statement; it is run only if it reads")
    parser.add_argument(
        "--top", type=int, metavar="N", help="index: for the N statements on record that took most time"
    )
    parser.add_argument("--table", metavar="NAME", help="index: for all statements on record that read this table")
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
    return any(given) or arguments.top is not None


async def run(arguments: argparse.Namespace) -> int:
    """Look for indexes; 1 where something is proposed."""
    subjects = [arguments.sql, arguments.table, arguments.top is not None]
    if sum(map(bool, subjects)) != 1:
        raise Failure("`advise index` takes one of -c SQL, --top N and --table NAME.", FailureKind.USAGE)
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
    try:
        identity = await identity_of(arguments, database)
        permission = Permission(
            copies=not held and not database.facts.standby,
            goes_on=arguments.anyway,
            builds=arguments.measure,
            writes=arguments.measure and arguments.yes,
        )
        advice = await _advice(database, arguments, identity, permission)
        built = await _apply(database, advice, identity) if arguments.apply and advice.proposals else None
    finally:
        await database.close()
    _print(advice, built, as_json=arguments.json)
    return 1 if (advice.proposals and built is None) or advice.first else 0


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


async def _apply(database: Database, advice: IndexAdvice, identity: Identity) -> tuple[Tried, Figures]:
    """Build the first index that pays; what it is worth now."""
    best = advice.proposals[0]
    await may_build(database, best.candidate)

    def tell(building: Building) -> None:
        _progress(building.words)

    built = await build_index(database, best.candidate, tell)
    _progress(f"{best.candidate.name} was built in {built.seconds:.1f} s: {built.megabytes:,.1f} MB")
    looked = advice.looked[0]
    asked = best.serves[0].sql if best.serves else looked.run.sql
    options = PlanOptions(analyze=looked.run.options.analyze and not advice.is_of_many)
    run = await run_plan(database, asked, options, identity=identity)
    return best, figures_of(run.plan)


def _print(advice: IndexAdvice, built: tuple[Tried, Figures] | None, *, as_json: bool) -> None:
    if as_json:
        applied = {"sql": script_text(built[0].candidate), "undo": f"{built[0].candidate.undo};"} if built else None
        shown = document(advice) | ({"applied": applied} if built else {})
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
        return
    lines = list(told(advice))
    if built:
        best, after = built
        before = best.before if advice.is_of_many else figures_of(advice.looked[0].run.plan)
        lines.append(f"built: {best.candidate.name}, looked at again")
        lines += [f"  {name:<12} {words}" for name, words in side_by_side(before, after)]
    sys.stdout.write("".join(f"{safe_text(line)}\n" for line in lines))
