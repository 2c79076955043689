"""Runs all rules over files, and silences what a file allows."""

from collections.abc import Sequence

from chatly_console.core.failure import Failure
from chatly_console.migrations.files import MigrationFile
from chatly_console.migrations.lint.columns import column_rules
from chatly_console.migrations.lint.context import Context
from chatly_console.migrations.lint.finding import RULES, Finding
from chatly_console.migrations.lint.limits import limit_rules
from chatly_console.migrations.lint.locks import lock_rules
from chatly_console.migrations.lint.schema import learn, schema_rules
from chatly_console.migrations.lint.whole import whole_rules


def check_files(files: Sequence[MigrationFile], only: Sequence[str] = ()) -> list[Finding]:
    """The findings in files of one folder, in order; with `only`, of these versions, though all are read: what a
    table lacks may have come before."""
    indexed: dict[str, set[str]] = {}
    commented: set[str] = set()
    secured: set[str] = set()
    columns: dict[str, list[str]] = {}
    filled: dict[str, set[str]] = {}
    contexts = [Context(file, file.up, indexed, columns, filled, commented, secured, complete=True) for file in files]
    for context in contexts:
        learn(context)
    return [one for context in contexts if not only or context.file.version in only for one in _check(context)]


def check_file(file: MigrationFile) -> list[Finding]:
    """The findings in one file, without knowledge of others."""
    context = Context(file, file.up)
    learn(context)
    return _check(context)


def _check(context: Context) -> list[Finding]:
    name = context.file.path.name
    try:
        allowed = context.script.directives.allow
    except Failure as failure:
        return [Finding(name, 1, "unknown-directive", "error", failure.sentence)]
    found = [
        Finding(name, line, rule, RULES[rule][0], f"{RULES[rule][1]}: {message}", rule in allowed)
        for rules in (whole_rules, lock_rules, limit_rules, column_rules, schema_rules)
        for line, rule, message in rules(context)
    ]
    return sorted(set(found), key=lambda one: (one.line, one.rule, one.message))
