"""What the proof of isolation writes to: relations with their samples, and what a role may do with them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from chatly_console.core.quote import quote_identifier
from chatly_console.policies.policy import Table
from chatly_console.policies.rows_why import text_of
from chatly_console.policies.tenancy import Relation


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what one role may do with it; `is_user` says that it names a user."""

    name: str
    type_name: str
    has_default: bool
    inserts: bool
    updates: bool
    is_user: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A relation that is written to, `table` None for a view, and the columns that its sample holds."""

    relation: Relation
    table: Table | None
    columns: tuple[str, ...]
    users: Mapping[str, str] = field(default_factory=dict)
    """The columns that name a user, with their types."""

    @property
    def sample(self) -> str:
        """The temporary table that holds a row of every tenant."""
        return f"pg_temp.chatly_sample_{self.relation.oid}"

    @property
    def blind(self) -> str:
        """The view of the real rows of the sample that are of other tenants, for statements that read no column."""
        return f"pg_temp.chatly_blind_{self.relation.oid}"

    @property
    def opener(self) -> str:
        """The function that opens the cursor over the real rows of the sample, whoever asks."""
        return f"pg_temp.chatly_open_{self.relation.oid}"

    @property
    def tenant(self) -> str:
        """The tenant's column, quoted."""
        return quote_identifier(self.relation.column)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row."""
        if self.table is not None:
            return self.table.key
        return ("id",) if "id" in self.columns else ()

    @property
    def key_sql(self) -> str:
        """SQL for a row's key as JSON text."""
        return f"pg_catalog.jsonb_build_array({', '.join(map(text_of, self.key or (self.relation.column,)))})::text"

    def key_of(self, text: str) -> tuple[str | None, ...]:
        """The key that this SQL gave."""
        return tuple(json.loads(text))


@dataclass(frozen=True, slots=True)
class Granted:
    """What one role may do with one relation."""

    columns: tuple[Column, ...]
    deletes: bool

    @property
    def settable(self) -> Column | None:
        """A column that the role may change, the one that matters least."""
        return next((c for c in reversed(self.columns) if c.updates), None)

    def may_set(self, name: str) -> bool:
        """Whether the role may change this column."""
        return any(c.updates for c in self.columns if c.name == name)

    def may_add(self, name: str) -> bool:
        """Whether the role may fill this column of a new row."""
        return any(c.inserts for c in self.columns if c.name == name)

    @property
    def is_any(self) -> bool:
        """Whether there is anything to try."""
        return self.deletes or any(c.updates or c.inserts for c in self.columns)
