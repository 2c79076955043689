"""How this database tells tenants apart: the column that says whose a row is, and where it says who belongs to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.service import ROOM
from chatly_console.policies.tenant_columns import TenantColumn, tenant_columns
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.server.sql_files import load_sql

_HINT = "Name another column (T, or --tenant-column NAME); or connect as a login whose reading no policy limits."


@dataclass(frozen=True, slots=True)
class Relation:
    """Something that is read: a table, view, or the like with the tenant's column."""

    oid: int
    schema: str
    name: str
    kind: str
    column: str
    type_name: str = ""
    """The column's type, for SQL."""
    is_parent: bool = False
    """Whether this is the table of the tenants themselves."""

    @property
    def full_name(self) -> str:
        """Schema and name."""
        return f"{self.schema}.{self.name}"

    @property
    def sql_name(self) -> str:
        """The same for SQL."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"

    @property
    def kind_words(self) -> str:
        """What it is."""
        kinds = {"v": "view", "m": "materialized view", "f": "foreign table", "F": "function"}
        return kinds.get(self.kind, "table")


@dataclass(frozen=True, slots=True)
class Scheme:
    """Where this database says to which tenant a row, and a user, belongs."""

    column: str
    relations: tuple[Relation, ...]
    parent: int
    memberships: str
    """SQL for one row a membership: tenant, tenant_name, member, role; all text."""
    members: str = ""
    """The table of the memberships, by name."""


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The tenants and who belongs to them."""

    column: str
    relations: tuple[Relation, ...]
    members: tuple[tuple[str, str, str], ...]
    """(tenant, user, role) of every membership."""
    parent: int
    names: Mapping[str, str] = field(default_factory=dict)
    """What a person calls a tenant."""

    @property
    def tenants(self) -> list[str]:
        """All tenants that have a member."""
        return sorted({tenant for tenant, _, _ in self.members})

    @property
    def is_uuid(self) -> bool:
        """Whether tenants are told apart by something that can mean nothing else."""
        return any(r.type_name == "uuid" for r in self.relations)

    def name_of(self, tenant: str) -> str:
        """The tenant's name, or what it is told apart by."""
        return self.names.get(tenant) or tenant


async def find_scheme(database: Database, column: str = "") -> Scheme:
    """The tenant's column (found, unless it is named), the relations that have it, and where memberships are."""
    found: Any = await database.records(load_sql(ROOM, "tenancy"), column)
    if not found:
        raise Failure(
            "No column was found by which tables say whose their rows are.",
            FailureKind.USAGE,
            hint="Name it: --tenant-column NAME, or T in the Policies pane.",
        )
    row = found[0]
    if row["members"] is None and not (row["claims"] and await _is_a_claim(database, row["column"])):
        raise Failure(
            f"No table says which user belongs to which {row['column']}.",
            FailureKind.USAGE,
            hint="A table with this column and a user's is looked for, else the claims of auth.users.",
        )
    relations = tuple(
        Relation(r["oid"], r["schema"], r["name"], r["kind"], r["column"], r["type"], r["oid"] == row["parent"])
        for r in row["relations"] or ()
    )
    members = _qualified(row["members"]) if row["members"] else "the claims (app_metadata) of auth.users"
    return Scheme(row["column"], relations, row["parent"], _memberships(row), members)


async def _is_a_claim(database: Database, name: str) -> bool:
    """Whether the token of any user will say it."""
    sql = "select exists (select from auth.users u where u.raw_app_meta_data ->> $1::text is not null) as found"
    rows: Any = await database.records(sql, name)
    return bool(rows[0]["found"])


def _memberships(row: Any) -> str:
    column, tenants = row["column"], row["tenants"]
    label, named = "null::text", ""
    if tenants is not None:
        label = f"t.{quote_identifier(tenants['label'])}::text" if tenants["label"] else label
        named = f"left join {_qualified(tenants)} t on t.{quote_identifier(row['parent_key'])}::text = m.tenant "
    return (
        f"select m.tenant, {label} as tenant_name, m.member, m.role from ({_members(column, row['members'])}) m "
        f"{named}where m.tenant is not null and m.member is not null"
    )


def _members(column: str, members: Any) -> str:
    """SQL for tenant, member and role: from the table that has both, else from what the tokens will say."""
    if members is None:
        claim = quote_literal(column)
        return (
            f"select raw_app_meta_data ->> {claim} as tenant, id::text as member, "
            "coalesce(raw_app_meta_data ->> 'role', '') as role from auth.users"
        )
    role = f"coalesce({quote_identifier(members['role'])}::text, '')" if members["role"] else "''"
    return (
        f"select {quote_identifier(column)}::text as tenant, {quote_identifier(members['user'])}::text as member, "
        f"{role} as role from {_qualified(members)}"
    )


def _qualified(named: Any) -> str:
    return f"{quote_identifier(named['schema'])}.{quote_identifier(named['name'])}"


async def find_columns(database: Database) -> list[TenantColumn]:
    """All columns that could be the tenant's, those of most tables first; each name once. Raises Failure."""
    return tenant_columns(await SharedCatalogue.of(database).as_it_stands())


async def find_tenancy(database: Database, column: str = "") -> Tenancy:
    """The scheme with everybody who is in it."""
    scheme = await find_scheme(database, column)
    rows: Any = await database.records(f"{scheme.memberships} order by 1, 4, 3")
    members = tuple((m["tenant"], m["member"], m["role"]) for m in rows)
    if not members:
        words = f"Nobody belongs to any {scheme.column}: {scheme.members} names none."
        raise Failure(words, FailureKind.USAGE, hint=_HINT)
    names = {m["tenant"]: m["tenant_name"] for m in rows if m["tenant_name"]}
    return Tenancy(scheme.column, scheme.relations, members, scheme.parent, names)
