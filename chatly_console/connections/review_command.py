"""`chatly-console doctor --review`: the review of a connected database, point by point, each with its evidence."""

import argparse
import json
import sys
import textwrap

from chatly_console.connections.choose import choose_target, names_a_connection, open_asking
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import safe_text
from chatly_console.review.items import Reviewed, Standing
from chatly_console.review.service import review

_SHOWN = 10
_WIDTH = 116


async def run(arguments: argparse.Namespace) -> int:
    """Print each point as it is known, or all as JSON: 0 where none fails, else 1."""
    if not names_a_connection(arguments):
        raise Failure("A review needs a database.", FailureKind.USAGE, hint="Add --profile NAME, --dsn DSN or --demo.")
    profile = await choose_target(arguments)
    database = await open_asking(profile, ask=None)
    found: list[Reviewed] = []
    try:
        async for reviewed in review(database):
            found.append(reviewed)
            if not arguments.json:
                sys.stdout.write(told(reviewed))
                sys.stdout.flush()
    finally:
        await database.close()
    if arguments.json:
        sys.stdout.write(json.dumps([as_json(reviewed) for reviewed in found], ensure_ascii=False, indent=2) + "\n")
    return 1 if any(reviewed.standing is Standing.FAIL for reviewed in found) else 0


def told(reviewed: Reviewed) -> str:
    """A point to read: how it stands, the question, the evidence, what is wrong and how to mend it."""
    lines = [f"{reviewed.standing:<7} {reviewed.item.number:>2}  {reviewed.item.question}"]
    lines += textwrap.wrap(safe_text(reviewed.words), _WIDTH, initial_indent=" " * 12, subsequent_indent=" " * 12)
    lines += [f"            ✗ {safe_text(finding)}" for finding in reviewed.findings[:_SHOWN]]
    if len(reviewed.findings) > _SHOWN:
        lines.append(f"            … and {len(reviewed.findings) - _SHOWN:,} more (--json lists all)")
    if reviewed.mend:
        lines.append(f"            → {safe_text(reviewed.mend)}")
    return "\n".join(lines) + "\n"


def as_json(reviewed: Reviewed) -> dict[str, object]:
    """A point as an object of stable keys."""
    return {
        "number": reviewed.item.number,
        "name": reviewed.item.name,
        "question": reviewed.item.question,
        "standing": reviewed.standing.value,
        "words": reviewed.words,
        "findings": list(reviewed.findings),
        "mend": reviewed.mend,
    }
