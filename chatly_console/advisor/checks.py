"""What the advisor looks for: names and levels as Supabase's database linter has them, and what that one misses.

Each check is one statement of `sql/`. It returns schema and relation (what to jump to, NULL where there is none),
object, detail, fix and, where the fix can be undone by another text than its opposite, undo. A fix that is no SQL is
advice in words. `$1` is a comma list of schemas: those to look in for checks of the API, else those to leave alone.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

MANAGED_SCHEMAS = (
    *("_timescaledb_cache", "_timescaledb_catalog", "_timescaledb_config", "_timescaledb_internal", "auth", "cron"),
    *("extensions", "graphql", "graphql_public", "information_schema", "net", "pg_catalog", "pg_toast", "pgbouncer"),
    *("pgmq", "pgroonga", "pgsodium", "pgsodium_masks", "pgtle", "realtime", "repack", "storage", "supabase_functions"),
    *("supabase_migrations", "tiger", "topology", "vault"),
)
"""Schemas that the platform or an extension looks after; the list is that of Supabase's linter."""


class Level(IntEnum):
    """How much a finding matters; the names are the linter's."""

    ERROR = 0
    WARN = 1
    INFO = 2


class Where(Enum):
    """Which schemas a check looks in."""

    OURS = "all schemas but the managed ones"
    API = "the schemas that the API serves"
    ANYWHERE = "the whole database"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for: its name is also that of its SQL file, where it has one of its own."""

    name: str
    level: Level
    why: str
    where: Where = Where.OURS
    needs: str = ""
    """A relation without which there is nothing to look for."""
    statement: str = ""
    """The SQL file that it shares with another check, if it does: each row then says in `check` which it is for."""
    is_noted: bool = False
    """Whether it is known from what was noted on this machine, not from the database alone (see `applied`)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One object that a check found, with its evidence and its fix (empty where only thought helps)."""

    check: Check
    object: str
    detail: str
    fix: str
    undo: str = ""
    """What takes the fix back, as SQL; empty where the opposite of the fix does, or nothing."""
    schema: str = ""
    relation: str = ""
    """The relation that the object is or belongs to, as the catalogue spells it; empty where there is none."""

    size: str = ""
    """How large the relation is, in words; empty where it is not known or has no rows of its own."""

    @property
    def place(self) -> str:
        """What findings are grouped by: the relation, else the object itself."""
        return f"{self.schema}.{self.relation}" if self.relation else self.object


_ERROR, _WARN, _INFO, _API = Level.ERROR, Level.WARN, Level.INFO, Where.API

CHECKS: tuple[Check, ...] = (
    # Supabase's linter
    Check("auth_users_exposed", _ERROR, "E-mail addresses and more of all users are there to be read.", _API),
    Check("rls_disabled_in_public", _ERROR, "Whoever has the public key reads every row.", _API),
    Check("policy_exists_rls_disabled", _ERROR, "Somebody believes that these policies protect the table."),
    Check("security_definer_view", _ERROR, "It shows rows that the reader's own policies hide.", _API),
    Check("rls_references_user_metadata", _ERROR, "A user can give himself any right by editing his profile."),
    Check("insecure_queue_exposed_in_api", _ERROR, "Whoever has the public key reads and takes messages.", _API),
    Check("fkey_to_auth_unique", _ERROR, "An update of the platform that changes it then fails.", Where.ANYWHERE),
    Check("sensitive_columns_exposed", _ERROR, "Whoever has the public key reads them.", _API),
    Check("auth_rls_initplan", _WARN, "On large tables the policy costs more than the query."),
    Check("multiple_permissive_policies", _WARN, "Every row pays for each of them."),
    Check("duplicate_index", _WARN, "Every write pays for each of them, and no read gains."),
    Check("function_search_path_mutable", _WARN, "Who calls it may put his own objects before the right ones."),
    Check("extension_in_public", _WARN, "Its functions become part of the API.", Where.ANYWHERE),
    Check("materialized_view_in_api", _WARN, "Its rows are those that its owner saw.", _API),
    Check("foreign_table_in_api", _WARN, "The other server's rows are shown as its user mapping sees them.", _API),
    Check("unsupported_reg_types", _WARN, "The next major version cannot be reached by pg_upgrade."),
    Check("extension_versions_outdated", _WARN, "Known faults stay, security holes among them.", Where.ANYWHERE),
    Check("rls_policy_always_true", _WARN, "For writing, the table is as open as without row level security."),
    Check(
        "public_bucket_allows_listing", _WARN, "Names of files tell more than their owners know.", Where.ANYWHERE,
        needs="storage.buckets",
    ),
    Check("pg_graphql_anon_table_exposed", _WARN, "Visitors learn its columns from the GraphQL schema."),
    Check("pg_graphql_authenticated_table_exposed", _WARN, "Every user learns its columns from the GraphQL schema."),
    Check("anon_security_definer_function_executable", _WARN, "Visitors act with its owner's rights.", _API),
    Check("authenticated_security_definer_function_executable", _WARN, "Users act with its owner's rights.", _API),
    Check("unindexed_foreign_keys", _INFO, "Deleting or updating the other side reads the whole table."),
    Check("rls_enabled_no_policy", _INFO, "Perhaps it is meant so; perhaps a policy was forgotten."),
    Check("no_primary_key", _INFO, "Rows cannot be told apart, replicated or edited."),
    Check("unused_index", _INFO, "It costs space and every write; look at all replicas before dropping it."),
    Check("table_bloat", _INFO, "Every scan reads the empty pages too.", statement="empty_space"),
    # What it misses
    Check("partition_readable_directly", _ERROR, "The parent's policies are not asked."),
    Check("api_role_may_truncate", _WARN, "Row policies are not asked when a table is emptied."),
    Check("search_function_bypasses_rls", _ERROR, "Answers of one tenant are found for another."),
    Check("write_without_select_policy", _WARN, "Writes seem to succeed and change nothing."),
    Check("only_restrictive_policies", _WARN, "Restrictive policies narrow what a permissive one allows."),
    Check("unindexed_policy_columns", _WARN, "Every statement of every user reads the whole table."),
    Check("definer_view_over_rls", _WARN, "It shows rows that the reader's own policies hide."),
    Check("search_function_loses_index", _WARN, "Each search sorts all vectors."),
    Check("vector_index_operator_class", _WARN, "The index costs every write and serves no search."),
    Check("invalid_index", _WARN, "It costs every write and serves no query."),
    Check("integer_key_near_end", _WARN, "At the last number every insert fails."),
    Check(
        "wasted_space", _INFO, "Every scan reads the empty pages too, and plain VACUUM does not give them back.",
        statement="empty_space",
    ),
    Check("dead_rows", _WARN, "Every scan reads them too."),
    Check("transaction_wraparound", _WARN, "At the end the server takes no writes any more.", Where.ANYWHERE),
    Check("extension_known_fault", _WARN, "The installed version has a fault that a later one mends.", Where.ANYWHERE),
    Check("api_role_may_reference", _INFO, "A foreign key tells which values exist, whatever the policies say."),
    Check("applied_index_unused", _INFO, "It was built for a statement that does without it.", is_noted=True),
    Check("applied_index_cut_off", _WARN, "It costs every write and serves no query.", is_noted=True),
    Check("prefix_redundant_index", _INFO, "Every write pays for it, and the longer index serves its reads."),
    Check("missing_statistics", _INFO, "The planner guesses."),
    Check("stale_statistics", _INFO, "The planner plans for a table that is no more."),
)  # fmt: skip
BY_NAME = {check.name: check for check in CHECKS}
