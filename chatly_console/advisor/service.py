"""Runs the advisor's checks on a connected database."""

from collections.abc import Collection, Sequence
from typing import Any

from chatly_console.advisor.checks import CHECKS, Check, Finding
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql


async def advise(database: Database, only: Collection[str] = ()) -> list[Finding]:
    """What the checks find, the most serious first; `only` names some of them. Raises `Failure`."""
    known = {check.name for check in CHECKS}
    strange = sorted(set(only) - known)
    if strange:
        raise Failure(f"There is no check named {', '.join(strange)}.", FailureKind.USAGE)
    findings: list[Finding] = []
    for check in CHECKS:
        if not only or check.name in only:
            findings += await _run(database, check)
    return sorted(findings, key=lambda finding: (finding.check.level, finding.check.name, finding.object))


async def _run(database: Database, check: Check) -> list[Finding]:
    rows: Sequence[Any] = await database.records(load_sql("chatly_console.advisor", check.name))
    return [Finding(check, row["object"], row["detail"], row["fix"]) for row in rows]
