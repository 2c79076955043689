"""`chatly-console advise`: every finding with its evidence and its fix; exit status 1 where one matters."""

import argparse
import json
import sys
from pathlib import Path

from chatly_console.advisor.checks import Finding, Level
from chatly_console.advisor.indexes import command as index_command
from chatly_console.advisor.indexes.applied import findings_of, look_again
from chatly_console.advisor.service import advise, with_noted
from chatly_console.advisor.silence import parted, read_silences
from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.migrations.writing import migrations_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """Add which checks to run, and how to print."""
    parser.add_argument("what", nargs="?", choices=("index",), help="index: look for indexes")
    index_command.configure(parser)
    parser.add_argument("--only", metavar="NAME,..", default="", help="only these checks")
    parser.add_argument("--dir", type=Path, help="the folder of the migrations, where advisor.toml is looked for")
    parser.add_argument("--silenced", action="store_true", help="show what advisor.toml silences, too")
    parser.add_argument("--json", action="store_true", help="one JSON array of {name, level, object, detail, fix}")


async def run(arguments: argparse.Namespace) -> int:
    """Run the checks, or look for indexes; 1 if any finding that nobody silenced is an ERROR or a WARN."""
    if arguments.what == "index":
        return await index_command.run(arguments)
    if index_command.is_asked(arguments):
        raise Failure("That belongs to `advise index`.", FailureKind.USAGE)
    return await _checks(arguments)


async def _checks(arguments: argparse.Namespace) -> int:
    silences = read_silences(migrations_folder(arguments.dir))
    profile = await choose_target(arguments)
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        only = [name for name in arguments.only.split(",") if name]
        applied = await look_again(database, index_command.notes_of(profile.name, database))
        advice = with_noted(await advise(database, only), findings_of(applied), only)
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
        f"       {safe_text(finding.detail)}{f' ({finding.size})' if finding.size else ''}",
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
        "size": finding.size,
    }
    return document | ({"silenced": reason} if reason else {})
