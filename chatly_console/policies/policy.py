"""What a table's row level security consists of, and what the server holds of a role: plain data from the catalogue.

Names and expressions come from the database and are hostile text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PUBLIC = "public"


class Command(StrEnum):
    """A command that policies speak of."""

    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


COMMANDS: tuple[Command, ...] = tuple(Command)


class Clause(StrEnum):
    """Which expression of a policy: the one for rows that are there, or the one for rows that come to be."""

    USING = "USING"
    CHECK = "WITH CHECK"


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. `command` None is FOR ALL; `roles` are names, PUBLIC among them for everybody."""

    name: str
    permissive: bool
    command: Command | None
    roles: tuple[str, ...]
    using: str | None = None
    check: str | None = None
    comment: str = ""

    @property
    def kind(self) -> str:
        """`permissive` or `restrictive`."""
        return "permissive" if self.permissive else "restrictive"

    def expression(self, clause: Clause) -> str | None:
        """The expression that the server uses for this clause: without WITH CHECK it takes USING."""
        return self.using if clause is Clause.USING or self.check is None else self.check


class RlsState(StrEnum):
    """How row level security stands on a table."""

    OFF = "off"
    CLOSED = "on, no policies"
    ON = "on"
    FORCED = "forced"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its policies. `key` are the columns that name a row; empty where only its place (ctid) does."""

    oid: int
    schema: str
    name: str
    owner: str = ""
    kind: str = "r"
    enabled: bool = False
    forced: bool = False
    policies: tuple[Policy, ...] = ()
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    grants: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What the roles of the API may do on it: role to privileges (SELECT, ..., TRUNCATE)."""
    estimate: int = -1

    @property
    def full_name(self) -> str:
        """Schema and name, as a person reads it."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"

    @property
    def state(self) -> RlsState:
        """Its state in one word."""
        if not self.enabled:
            return RlsState.OFF
        if not self.policies:
            return RlsState.CLOSED
        return RlsState.FORCED if self.forced else RlsState.ON


@dataclass(frozen=True, slots=True)
class Subject:
    """A role as the server sees it when it decides: what it inherits, and what it may do on which table."""

    role: str
    superuser: bool = False
    bypasses_rls: bool = False
    covered_by: frozenset[str] = frozenset()
    """The roles whose policies cover it: those that pg_has_role says it has the USAGE of (itself among them)."""
    owns: frozenset[int] = frozenset()
    """Tables of which it counts as the owner."""
    privileges: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """What it may do on which table (by oid), on at least one column."""
