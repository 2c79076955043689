"""`chatly-console advise`: every finding with its evidence and its fix; exit status 1 where one matters."""

import argparse
import json
import sys
from pathlib import Path

from chatly_console.advisor.checks import Finding, Level
from chatly_console.advisor.index_report import document, told
from chatly_console.advisor.index_service import advise_index
from chatly_console.advisor.service import advise
from chatly_console.advisor.silence import parted, read_silences
from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking
from chatly_console.connections.identity_option import identity_of
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.migrations.writing import migrations_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """Add which checks to run, and how to print."""
    parser.add_argument("what", nargs="?", choices=("index",), help="index: look for an index for one statement (-c)")
    parser.add_argument("-c", dest="sql", metavar="SQL", help="the statement; it is run only if it reads")
    parser.add_argument(
        "--measure", action="store_true",
        help="build the best candidates in transactions that are rolled back (writers of the table wait meanwhile)",
    )  # fmt: skip
    parser.add_argument("--only", metavar="NAME,..", default="", help="only these checks")
    parser.add_argument("--dir", type=Path, help="the folder of the migrations, where advisor.toml is looked for")
    parser.add_argument("--silenced", action="store_true", help="show what advisor.toml silences, too")
    parser.add_argument("--json", action="store_true", help="one JSON array of {name, level, object, detail, fix}")


async def run(arguments: argparse.Namespace) -> int:
    """Run the checks; 1 if any finding that nobody silenced is an ERROR or a WARN."""
    if (arguments.what == "index") != bool(arguments.sql):
        raise Failure("`advise index` needs a statement: -c SQL.", FailureKind.USAGE)
    return await (_index(arguments) if arguments.sql else _checks(arguments))


async def _index(arguments: argparse.Namespace) -> int:
    """Look for an index; 1 where something is proposed."""
    profile = await choose_target(arguments)
    if arguments.measure and profile.environment == "production":
        raise Failure("Nothing is built for trial on production.", FailureKind.REFUSED, hint="Leave out --measure.")
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        identity = await identity_of(arguments, database)
        advice = await advise_index(
            database, arguments.sql, identity=identity, measure=arguments.measure,
            progress=lambda words: print(words, file=sys.stderr),
        )  # fmt: skip
    finally:
        await database.close()
    if arguments.json:
        print(json.dumps(document(advice), ensure_ascii=False))
    else:
        print("\n".join(safe_text(line) for line in told(advice)))
    return 1 if advice.proposals or advice.first else 0


async def _checks(arguments: argparse.Namespace) -> int:
    silences = read_silences(migrations_folder(arguments.dir))
    profile = await choose_target(arguments)
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        advice = await advise(database, [name for name in arguments.only.split(",") if name])
    finally:
        await database.close()
    speaking, silenced = parted(advice.findings, silences)
    shown = [(finding, "") for finding in speaking]
    if arguments.silenced:
        shown += [(finding, silence.reason) for finding, silence in silenced]
    if arguments.json:
        print(json.dumps([_document(finding, reason) for finding, reason in shown], ensure_ascii=False))
    else:
        for finding, reason in shown:
            print(_told(finding, reason))
    for skipped in advice.skipped:
        print(f"not looked at: {skipped.check.name}: {safe_text(skipped.reason)}", file=sys.stderr)
    hidden = f", {len(silenced)} silenced" if silenced else ""
    print(f"{len(speaking)} findings{hidden}", file=sys.stderr)
    return 1 if any(finding.check.level < Level.INFO for finding in speaking) else 0


def _told(finding: Finding, reason: str) -> str:
    lines = [
        f"{finding.check.level.name:5}  {finding.check.name}  {safe_text(finding.object)}",
        f"       {safe_text(finding.detail)}",
    ]
    if finding.fix:
        lines.append(f"       fix: {safe_text(finding.fix)}")
    if reason:
        lines.append(f"       silenced: {safe_text(reason)}")
    return "\n".join(lines)


def _document(finding: Finding, reason: str) -> dict[str, str]:
    document = {
        "name": finding.check.name,
        "level": finding.check.level.name,
        "object": finding.object,
        "detail": finding.detail,
        "fix": finding.fix,
    }
    return document | ({"silenced": reason} if reason else {})
