"""`chatly-console advise`: every finding with its evidence and its fix; exit status 1 where one matters."""

import argparse
import json
import sys

from chatly_console.advisor.checks import Finding, Level
from chatly_console.advisor.service import advise
from chatly_console.connections.choose import ask_in_terminal, choose_target, open_asking
from chatly_console.core.text import safe_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add which checks to run, and how to print."""
    parser.add_argument("--only", metavar="NAME,..", default="", help="only these checks")
    parser.add_argument("--json", action="store_true", help="one JSON array of {name, level, object, detail, fix}")


async def run(arguments: argparse.Namespace) -> int:
    """Run the checks; 1 if any finding is an ERROR or a WARN."""
    profile = await choose_target(arguments, lambda words: print(words, file=sys.stderr))
    database = await open_asking(profile, ask=ask_in_terminal)
    try:
        findings = await advise(database, [name for name in arguments.only.split(",") if name])
    finally:
        await database.close()
    if arguments.json:
        print(json.dumps([_document(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.check.level.name:5}  {finding.check.name}  {safe_text(finding.object)}")
            print(f"       {safe_text(finding.detail)}")
            if finding.fix:
                print(f"       fix: {safe_text(finding.fix)}")
        print(f"{len(findings)} findings", file=sys.stderr)
    return 1 if any(finding.check.level < Level.INFO for finding in findings) else 0


def _document(finding: Finding) -> dict[str, str]:
    return {
        "name": finding.check.name,
        "level": finding.check.level.name,
        "object": finding.object,
        "detail": finding.detail,
        "fix": finding.fix,
    }
