"""`chatly-console explain`: the plan of a statement, or of a file, drawn or as JSON, with its advice."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode
from chatly_console.core.text import safe_text
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Plan
from chatly_console.explain.report import as_advice, as_drawing, as_json
from chatly_console.explain.running import PlanOptions, mode_for, parameters_of, plain_statement
from chatly_console.explain.wording import milliseconds

_WIDTH = 120


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `explain`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file", nargs="?", metavar="FILE", help="a plan: text, JSON, YAML, XML or a log; - is standard input"
    )
    what.add_argument("-c", "--command", metavar="SQL", dest="sql", help="the statement to plan")
    parser.add_argument("--analyze", action="store_true", help="run it for real times; what writes only with --yes")
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="with --analyze: the median of N runs (default 3)"
    )
    parser.add_argument("--value", action="append", default=[], metavar="TEXT", help="of $1, $2 ... in their order")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--yes", action="store_true", help="analyse also what writes; it is rolled back")


async def run(arguments: argparse.Namespace) -> int:
    """Plan, or read plans. Exit status 0, 1 (SQL error), 2, 3, 130."""
    if arguments.sql is not None:
        found = [await _from_server(arguments)]
    else:
        found = [analyse(plan) for plan in read_file(arguments.file)]
    if arguments.json:
        documents = [as_json(analysis) for analysis in found]
        print(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False))
        return 0
    for analysis in found:
        _draw(analysis)
    return 0


def read_file(name: str) -> list[Plan]:
    """The plans in a file, or on standard input; raises `Failure` (USAGE)."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Failure(f"{name} cannot be read: {(error.strerror or '').lower()}.", FailureKind.USAGE) from error
    try:
        return read_plans(data.decode("utf-8-sig", "replace"))
    except Failure as failure:
        raise Failure(f"{name}: {failure.sentence}", failure.kind, hint=failure.hint) from failure


async def _from_server(arguments: argparse.Namespace) -> Analysis:
    from chatly_console.connections.choose import open_database
    from chatly_console.connections.identity_option import identity_of
    from chatly_console.explain.service import TIME_LIMIT, read_table_facts, run_plan

    sql, options = plain_statement(arguments.sql, PlanOptions(analyze=arguments.analyze, runs=arguments.runs))
    profile, database = await open_database(arguments)
    try:
        identity = await identity_of(arguments, database)
        read_only = profile.read_only or profile.is_production
        mode, question = mode_for(sql, analyze=options.analyze, read_only=read_only, database=database.facts.database)
        if mode is Mode.ROLLED_BACK and not arguments.yes:
            raise Failure(f"{question} It was not run.", FailureKind.USAGE, hint="Say --yes; it is rolled back.")
        if arguments.value and len(arguments.value) != parameters_of(sql):
            raise Failure(f"It has {parameters_of(sql)} parameters; --value was given {len(arguments.value)} times.",
                          FailureKind.USAGE)  # fmt: skip
        made = await run_plan(
            database, sql, options, identity=identity, mode=mode, arguments=tuple(arguments.value),
            time_limit=arguments.timeout or TIME_LIMIT,
        )  # fmt: skip
        return analyse(made.plan, await read_table_facts(database, made.plan))
    finally:
        await database.close()


def _draw(analysis: Analysis) -> None:
    plan = analysis.plan
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
    for line in as_drawing(analysis, width):
        print(safe_text(line)[: width if sys.stdout.isatty() else None])
    times = [
        f"{name} {milliseconds(value)}"
        for name, value in (("planning", plan.planning_ms), ("execution", plan.execution_ms))
        if value is not None
    ]
    if times:
        print("\n" + ", ".join(times))
    for line in as_advice(analysis):
        print(safe_text(line, one_line=False))
