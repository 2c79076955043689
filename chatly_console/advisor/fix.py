"""What a finding's fix means: whether it is SQL, what it locks, and what takes it back."""

import re

from chatly_console.advisor.checks import Finding
from chatly_console.core.classify import classify

_NAME = r'(?:"(?:[^"]|"")+"|[^\s".]+)'
_OPPOSITES = (
    (rf"create index concurrently ({_NAME}) on ({_NAME})\..+", r"drop index concurrently \2.\1;"),
    (rf"create index ({_NAME}) on ({_NAME})\..+", r"drop index \2.\1;"),
    (r"alter table (.+) enable row level security;", r"alter table \1 disable row level security;"),
    (r"alter view (.+) set \(security_invoker = true\);", r"alter view \1 reset (security_invoker);"),
    (r"alter (function|procedure) (.+) set search_path = '';", r"alter \1 \2 reset search_path;"),
    (r"alter function (.+) security invoker;", r"alter function \1 security definer;"),
    (r"alter extension (\S+) set schema extensions;", r"alter extension \1 set schema public;"),
    (r"revoke (.+) from (.+);", r"grant \1 to \2;"),
)


def is_sql(finding: Finding) -> bool:
    """Whether the fix is a statement to run, not advice in words."""
    return finding.fix.endswith(";")


def undo_of(finding: Finding) -> str:
    """What takes the fix back, as SQL; empty where nothing has to (ANALYZE, VACUUM) or nothing can."""
    if finding.undo:
        return finding.undo
    for form, opposite in _OPPOSITES:
        found = re.fullmatch(form, finding.fix, re.IGNORECASE | re.DOTALL)
        if found:
            return found.expand(opposite)
    return ""


def is_upkeep(finding: Finding) -> bool:
    """Whether the fix is upkeep of the data there is, which no migration repeats elsewhere."""
    return finding.fix.startswith(("analyze", "vacuum"))


def cost_words(finding: Finding) -> str:
    """What running the fix costs others: its lock and whom that keeps waiting."""
    known = classify(finding.fix)
    if not known.lock:
        return "takes no lock that others wait for"
    outside = ", outside a transaction" if known.needs_no_transaction else ""
    return f"takes {known.lock}{outside}: blocks {known.blocks}"


def migration_name(finding: Finding) -> str:
    """A description for the migration's file."""
    return f"advisor {finding.check.name} {finding.relation or finding.object.partition('(')[0]}"
