"""Somebody who tries to reach rows of other tenants, and a row that he reached."""

from dataclasses import dataclass

from chatly_console.core.identity import Identity
from chatly_console.policies.policy import Command
from chatly_console.policies.tenancy import Relation

EMPTIED = "emptied"
REFERRED = "told that they exist"


@dataclass(frozen=True, slots=True)
class Witness:
    """Who tries it: somebody of a tenant (or of none), with all tenants that he belongs to."""

    tenant: str
    identity: Identity
    own: tuple[str, ...] = ()
    role: str = ""


@dataclass(frozen=True, slots=True)
class Leak:
    """Rows of a tenant that somebody else reaches, by which command, and how that was seen; `other` empty: of all."""

    identity: Identity
    tenant: str
    other: str
    relation: Relation
    count: int
    key: tuple[str | None, ...]
    policies: tuple[str, ...] = ()
    command: Command = Command.SELECT
    how: str = "read"
