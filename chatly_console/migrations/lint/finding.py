"""What a rule has found, and the list of all rules with what each is for."""

from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["error", "warning", "note"]

RULES: dict[str, tuple[Level, str]] = {
    "add-check": ("warning", "a CHECK that is checked at once keeps everybody waiting while it reads all rows"),
    "add-foreign-key": ("warning", "a foreign key that is checked at once keeps writers of both tables waiting"),
    "add-not-null-column": ("error", "a NOT NULL column without a default fails on a table that has rows"),
    "add-unique": ("warning", "UNIQUE, PRIMARY KEY and EXCLUDE build their index while readers and writers wait"),
    "allow-without-reason": ("warning", "a silenced rule wants a reason"),
    "alter-domain-check": ("warning", "a CHECK on a domain reads every table that uses it, while writers wait"),
    "char-column": ("warning", "char(n) pads with blanks and saves nothing"),
    "comment-missing": ("note", "a new table without a comment"),
    "concurrently-alone": ("error", "what no transaction takes stands best in a file of its own"),
    "create-index": ("warning", "CREATE INDEX keeps writers waiting; CONCURRENTLY does not"),
    "create-table-name": ("note", "a name without its schema depends on the search path"),
    "do-update-all": ("warning", "UPDATE or DELETE without WHERE in a migration holds every row until it ends"),
    "domain-check": ("note", "a condition of a domain is hard to change: that reads every table that uses it"),
    "down-missing": ("warning", "there is no way back, and no reason why"),
    "drop-cascade": ("warning", "CASCADE drops what the file does not name"),
    "drop-column": ("error", "its values are lost, and code that still names it fails"),
    "drop-database": ("error", "everything in it is lost"),
    "drop-index": ("warning", "DROP INDEX locks the table for readers; CONCURRENTLY does not"),
    "drop-not-null": ("note", "code may rely on the value being there"),
    "drop-table": ("error", "its rows are lost, and code that still names it fails"),
    "duplicate-column-set": ("error", "one UPDATE sets a column twice"),
    "empty": ("error", "the file holds no statement"),
    "enum-created": ("note", "labels of an enum can be added, but not removed or put into another order"),
    "enum-order": ("note", "a new label without BEFORE or AFTER goes to the end"),
    "enum-value-used": ("error", "a new label cannot be used in the transaction that adds it"),
    "foreign-key-index": ("warning", "a foreign key whose columns have no index makes deletes of the other table slow"),
    "identifier-too-long": ("error", "PostgreSQL cuts names after 63 bytes"),
    "json-column": ("note", "json has no equality: SELECT DISTINCT and GROUP BY fail; jsonb has"),
    "lock-held": ("warning", "more work after a strong lock: it is held until the file ends"),
    "lock-timeout": ("note", "a strong lock, and the file does not say how long to wait for it"),
    "many-alters": ("note", "several ALTER TABLE of one table read or rewrite it several times; one can do all"),
    "materialized-view-refresh": ("warning", "REFRESH keeps readers waiting; CONCURRENTLY does not"),
    "not-valid-and-validate": ("warning", "NOT VALID and VALIDATE in one transaction hold the strong lock for both"),
    "policy-index": ("warning", "a policy asks for a column that has no index"),
    "policy-initplan": ("warning", "auth.uid() is called for every row unless it stands in a subquery"),
    "prefer-bigint": ("note", "an integer key ends at 2,147,483,647"),
    "prefer-identity": ("note", "serial makes a sequence with rights of its own; identity does not"),
    "prefer-integer": ("note", "smallint ends at 32,767"),
    "prefer-repack": ("warning", "VACUUM FULL and CLUSTER write the table anew while readers and writers wait"),
    "prefer-text": ("note", "varchar(n) only adds a limit that is hard to change; text with a CHECK does not"),
    "prefer-timestamptz": ("warning", "timestamp forgets in which zone it is meant"),
    "primary-key-nullable": ("warning", "a primary key reads all rows first where a column of its index may be NULL"),
    "rename": ("warning", "code that still uses the old name fails at once"),
    "rls-missing": ("error", "a new table without row level security: whoever may read it reads all rows"),
    "security-definer-path": ("error", "a SECURITY DEFINER function without its own search_path can be hijacked"),
    "set-not-null": ("warning", "SET NOT NULL reads all rows while readers and writers wait, unless a CHECK proves it"),
    "statement-refused": ("error", "it would not run as it stands"),
    "statement-timeout": ("note", "work under a strong lock without a limit of time"),
    "stored-column": ("warning", "a stored generated column writes the table anew while readers and writers wait"),
    "supabase-split": ("warning", "the Supabase CLI before 2.121 would split this file differently"),
    "detach-partition": ("warning", "DETACH PARTITION locks the parent for readers; CONCURRENTLY does not"),
    "reindex": ("warning", "REINDEX keeps writers waiting; CONCURRENTLY does not"),
    "truncate-cascade": ("error", "TRUNCATE CASCADE empties tables that the file does not name"),
    "table-rewrite": ("warning", "the table is written anew while readers and writers wait"),
    "type-change": ("warning", "the table is written anew while readers and writers wait"),
    "unknown-directive": ("warning", "a word in the header that means nothing here"),
    "unseen-code": ("note", "what code locks and changes is not told before it runs"),
    "volatile-default": ("warning", "the table is written anew while readers and writers wait"),
    "wide-index": ("note", "an index of more than three columns is large, and seldom used beyond the first ones"),
    "not-robust": ("note", "a file outside a transaction that cannot be run again after a failure"),
}  # fmt: skip
"""Every rule by its name, with how bad it is and why. `-- chatly: allow=NAME reason="..."` silences one in a file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `line` is in the file, from 1, or 0 for the file as a whole."""

    file: str
    line: int
    rule: str
    level: Level
    message: str
    silenced: bool = False

    @property
    def advice(self) -> str:
        """What to do here, without why."""
        return self.message.removeprefix(f"{RULES[self.rule][1]}: ")

    def as_json(self) -> dict[str, Any]:
        """As `migrate lint --json` has it."""
        return {
            "file": self.file, "line": self.line, "rule": self.rule, "level": self.level, "message": self.message,
            "silenced": self.silenced,
        }  # fmt: skip

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.level} {self.rule}: {self.message}"
