"""What a plan is asked for with, and the EXPLAIN that asks it, as the server's version understands it."""

import re
from dataclasses import dataclass, replace
from typing import Any

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode

_EXPLAIN = re.compile(
    r"\s*explain\b\s*(?:\((?P<options>[^()]*)\)\s*)?(?P<words>(?:(?:analy[sz]e|verbose)\b\s*)*)", re.IGNORECASE
)
_OPTIONS = {
    "analyze": "analyze", "analyse": "analyze", "generic_plan": "generic",
    **{name: name for name in ("buffers", "verbose", "settings", "wal", "timing", "serialize", "memory")},
}  # fmt: skip
"""The options that may be typed, and their names in `PlanOptions`."""
_OFF = ("off", "false", "0", "none")
_PARAMETER = re.compile(r"\$(\d+)")
_LITERALS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|(\$[A-Za-z_]*\$).*?\1", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """The options of EXPLAIN, and how often to run. What a server is too old for is left out."""

    analyze: bool = False
    buffers: bool = True
    verbose: bool = True
    settings: bool = True
    wal: bool = False
    timing: bool = True
    serialize: bool = False
    memory: bool = False
    generic: bool = False
    """The plan that the server makes where it does not know the values of $1, $2 ..."""
    limit: float | None = 60.0
    """Seconds that one run may take; None is no limit."""
    runs: int = 3
    """Analysed so many times after a run that warms the caches; the run with the median time is shown."""
    local: tuple[tuple[str, str], ...] = ()
    """Settings, by name, that hold for the statement alone."""


def explain_statement(sql: str, options: PlanOptions, version: int) -> str:
    """The EXPLAIN of `sql` in JSON; `version` as in `server_version_num`."""
    words = ["format json"]
    if options.analyze:
        words.append("analyze")
        if not options.timing:
            words.append("timing off")
        if options.wal:
            words.append("wal")
        if options.serialize and version >= 170000:
            words.append("serialize")
    if options.buffers:
        words.append("buffers")
    if options.verbose:
        words.append("verbose")
    if options.settings:
        words.append("settings")
    if options.memory and version >= 170000:
        words.append("memory")
    return f"explain ({', '.join(words)}) {sql}"


def plain_statement(sql: str, options: PlanOptions) -> tuple[str, PlanOptions]:
    """The statement inside an EXPLAIN that was typed, and the options with what was asked for there."""
    sql = sql.strip().rstrip(";").rstrip()
    found = _EXPLAIN.match(sql)
    if not found or not sql[:7].lower().startswith("explain"):
        return sql, options
    for part in [*(found["options"] or "").split(","), *(found["words"] or "").split()]:
        words = part.lower().split()
        name = _OPTIONS.get(words[0], "") if words else ""
        if name:
            switched: dict[str, Any] = {name: len(words) < 2 or words[1] not in _OFF}
            options = replace(options, **switched)
    return sql[found.end() :], options


_PLAN = re.compile(
    r"\(cost=\d+\.\d+\.\.\d|\(actual (?:time=)?[\d.]+|\"Node Type\": |<Node-Type>|Node Type: \"|QUERY PLAN|ms  plan:\n"
)


def looks_like_a_plan(text: str) -> bool:
    """Whether a text is a plan, and no statement."""
    found = _PLAN.search(text)
    return found is not None and not re.match(r"\s*(?:select|with|insert|update|delete|merge)\b", text, re.IGNORECASE)


def parameters_of(sql: str) -> int:
    """The highest `$n` in the statement, outside of quotes and comments; 0 where there is none."""
    return max((int(number) for number in _PARAMETER.findall(_LITERALS.sub(" ", sql))), default=0)


def mode_for(sql: str, *, analyze: bool, read_only: bool, database: str = "") -> tuple[Mode, str]:
    """The mode to run in, and the question to ask first; raises `Failure` where it must not run.

    A plan alone changes nothing. Analysing runs the statement: what only reads is held to that by the server, what
    writes runs only after a yes, and is rolled back.
    """
    found = classify(sql)
    if found.transaction_control or not sql:
        raise Failure(f"There is no plan for {found.verb or 'an empty statement'}.", FailureKind.USAGE)
    if not analyze or found.reads_only or not found.is_known:
        return Mode.READ_ONLY, ""
    if found.needs_no_transaction:
        raise Failure(f"{found.verb} cannot be rolled back, so it is not analysed.", FailureKind.REFUSED)
    if read_only:
        raise Failure(
            f"{database or 'This connection'} is read-only: {found.verb} can be planned, but not analysed.",
            FailureKind.REFUSED,
            hint="F8 shows the plan without running it.",
        )
    return Mode.ROLLED_BACK, found.sentence or f"Run {found.verb}?"


ROLLED_BACK_DETAIL = (
    "It is run for its times and rolled back. What a rollback does not undo: numbers taken from sequences, what"
    " triggers and functions do outside of this database; and its locks are held until then."
)
