"""What the advisor looks for: names and levels as Supabase's database linter has them, and what that one misses.

Each check is one statement of `sql/` that returns object, detail and fix; a fix that is no SQL is advice in words.
"""

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How much a finding matters; the names are the linter's."""

    ERROR = 0
    WARN = 1
    INFO = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for: its name is also that of its SQL file."""

    name: str
    level: Level
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One object that a check found, with its evidence and its fix (empty where only thought helps)."""

    check: Check
    object: str
    detail: str
    fix: str


CHECKS: tuple[Check, ...] = (
    Check("rls_disabled_in_public", Level.ERROR, "Whoever has the public key reads every row."),
    Check("policy_exists_rls_disabled", Level.ERROR, "Somebody believes that these policies protect the table."),
    Check("security_definer_view", Level.ERROR, "It shows rows that the reader's own policies hide."),
    Check("api_role_may_truncate", Level.ERROR, "Row policies are not asked when a table is emptied."),
    Check("write_without_select_policy", Level.WARN, "Writes seem to succeed and change nothing."),
    Check("auth_rls_initplan", Level.WARN, "On large tables the policy costs more than the query."),
    Check("multiple_permissive_policies", Level.WARN, "Every row pays for each of them."),
    Check("duplicate_index", Level.WARN, "Every write pays for each of them, and no read gains."),
    Check("invalid_index", Level.WARN, "It costs every write and serves no query."),
    Check("function_search_path_mutable", Level.WARN, "Who calls it may put his own objects before the right ones."),
    Check("extension_in_public", Level.WARN, "Its functions become part of the API."),
    Check("unindexed_foreign_keys", Level.INFO, "Deleting or updating the other side reads the whole table."),
    Check("rls_enabled_no_policy", Level.INFO, "Perhaps it is meant so; perhaps a policy was forgotten."),
    Check("no_primary_key", Level.INFO, "Rows cannot be told apart, replicated or edited."),
    Check("unused_index", Level.INFO, "It costs space and every write; look at all replicas before dropping it."),
)
