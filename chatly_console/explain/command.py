"""`chatly-console explain`: the plan of a statement, or of a file, drawn or as JSON, with its advice.

As of every command, exit status 1 says that something was found: advice of level warn or crit with more than a trifle
at stake. A plan that only has remarks ends with 0, and so does what only puts a plan into another form.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode
from chatly_console.core.text import safe_text
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.diff import compare
from chatly_console.explain.export import FORMATS, anonymised, export
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Plan
from chatly_console.explain.report import as_advice, as_drawing, as_json, comparison_json, comparison_lines, times_line
from chatly_console.explain.running import PlanOptions, mode_for, parameters_of, plain_statement
from chatly_console.query.parameters import bound

_WIDTH = 120


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `explain`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file", nargs="?", metavar="FILE", help="plans: text, JSON, YAML, XML or a server's log; - is standard input"
    )
    what.add_argument(
        "-c",
        "--command",
        metavar="SQL",
        dest="sql",
        help="the statement to plan; EXPLAIN's options may stand before it: explain (analyze, wal) select …",
    )
    what.add_argument("--diff", nargs=2, metavar=("BEFORE", "AFTER"), help="two files with a plan each, side by side")
    parser.add_argument("--analyze", action="store_true", help="run it for real times; what writes only with --yes")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="analysed: the median of N runs (default 3)")
    parser.add_argument(
        "--value",
        action="append",
        default=[],
        metavar="TEXT",
        help="of $1, $2 ... in their order (or of :names, in the order of their first use)",
    )
    parser.add_argument("--generic", action="store_true", help="the plan for unknown values of $1, $2 ...")
    parser.add_argument("--json", action="store_true", help="times, estimates and advice as one JSON document")
    parser.add_argument("--format", choices=FORMATS, help="the plan itself in this form; markdown is the report")
    parser.add_argument("--anonymise", action="store_true", help="with names and values replaced")
    parser.add_argument(
        "--strict", action="store_true", help="exit status 1 for any advice, however little is at stake"
    )
    parser.add_argument("--yes", action="store_true", help="analyse also what writes; it is rolled back")


async def run(arguments: argparse.Namespace) -> int:
    """Plan, read or compare. Exit status 0, 1 (advice that matters, or an SQL error), 2, 3, 130."""
    if arguments.diff:
        return _compare(arguments)
    facts: dict[str, str] = {}
    if arguments.sql is not None:
        found = [await _from_server(arguments, facts)]
    else:
        found = [analyse(plan) for plan in read_file(arguments.file)]
    if arguments.anonymise:
        found = [anonymised(analysis) for analysis in found]
    if arguments.format:
        for analysis in found:
            print(export(analysis, arguments.format, {} if arguments.anonymise else facts), end="")
    elif arguments.json:
        documents = [as_json(analysis) for analysis in found]
        print(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False))
    else:
        for analysis in found:
            _print(as_drawing(analysis, _width()), cut=True)
            _print(("", times_line(analysis), *as_advice(analysis)))
    advice = [finding for analysis in found for finding in analysis.findings]
    if arguments.strict or arguments.format:
        return int(arguments.strict and bool(advice))
    return int(any(not one.is_minor and one.severity != "info" for one in advice))


def _compare(arguments: argparse.Namespace) -> int:
    before, after = (analyse(read_file(name)[-1]) for name in arguments.diff)
    comparison = compare(before, after)
    if arguments.json:
        print(json.dumps(comparison_json(comparison), ensure_ascii=False))
    else:
        _print(comparison_lines(comparison))
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


async def _from_server(arguments: argparse.Namespace, facts: dict[str, str]) -> Analysis:
    from chatly_console.connections.choose import open_database
    from chatly_console.connections.identity_option import identity_of
    from chatly_console.explain.service import analyse_with_facts, facts_of, run_plan

    given = PlanOptions(analyze=arguments.analyze, runs=max(arguments.runs, 1), generic=arguments.generic)
    if arguments.timeout:
        given = replace(given, limit=arguments.timeout)
    sql, options = plain_statement(arguments.sql, given)
    sql = bound(sql).sql
    _check_values(sql, arguments)
    profile, database = await open_database(arguments)
    try:
        identity = await identity_of(arguments, database)
        read_only = profile.read_only or profile.is_production
        mode, question = mode_for(sql, analyze=options.analyze, read_only=read_only, database=database.facts.database)
        if mode is Mode.ROLLED_BACK and not arguments.yes:
            raise Failure(
                f"{question.rstrip('.?')}: it was not run.", FailureKind.USAGE, hint="Say --yes; it is rolled back."
            )
        made = await run_plan(
            database, sql, options, identity=identity, mode=mode, arguments=tuple(arguments.value)
        )  # fmt: skip
        made.plan.query = sql
        facts.update(facts_of(made))
        return await analyse_with_facts(database, made.plan)
    finally:
        await database.close()


def _check_values(sql: str, arguments: argparse.Namespace) -> None:
    needed, given = parameters_of(sql), len(arguments.value)
    if given and given != needed:
        sentence = f"The statement has {needed} parameters, and --value was given {given} times."
        raise Failure(sentence, FailureKind.USAGE)
    if arguments.generic and arguments.analyze:
        raise Failure("A generic plan cannot be analysed: it knows no values to run with.", FailureKind.USAGE)


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH


def _print(lines: Iterable[str], *, cut: bool = False) -> None:
    """Lines made safe for the terminal; cut at its edge where they are a drawing."""
    longest = _width() if cut and sys.stdout.isatty() else None
    for line in lines:
        print(safe_text(line, one_line=False)[:longest])
