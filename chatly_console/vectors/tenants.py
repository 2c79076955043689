"""The same search as several people: how many of k rows each gets, how many are right, and what would mend it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from chatly_console.connections.identity_option import resolve
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.recall import recall
from chatly_console.vectors.service import (
    PACKAGE,
    Found,
    Settings,
    array_literal,
    removed_by_filter,
    search,
    series_as,
    visible_rows,
)


@dataclass(frozen=True, slots=True)
class AsOne:
    """What one identity gets from the search; `removed` rows were found and filtered out, `cured` is scanning on."""

    identity: Identity
    visible: int | None = None
    truth: int = 0
    rows: int = 0
    recall: float | None = None
    milliseconds: float = 0.0
    exact_ms: float = 0.0
    node: ServedBy | None = None
    removed: int | None = None
    cured_rows: int | None = None
    cured_recall: float | None = None
    failure: Failure | None = None

    @property
    def who(self) -> str:
        """The words for the identity."""
        return self.identity.label or self.identity.describe() or "the login itself"

    @property
    def is_short(self) -> bool:
        """Whether fewer rows came than there are to find."""
        return self.rows < self.truth


async def people(database: Database, current: Identity, count: int = 6) -> list[Identity]:
    """Whom to search as: whoever is impersonated, some users, a visitor, and the login."""
    try:
        found = await database.records(load_sql(PACKAGE, "people"), str(count))
    except Failure:
        found = []  # no auth.users here, or not for this login to read
    users = [Identity.authenticated(str(row["id"]), str(row["email"] or "")) for row in found]
    visitors = [Identity.anon()] if users else []
    return list(dict.fromkeys([current, *users, *visitors, LOGIN]))


async def named_people(database: Database, text: str) -> list[Identity]:
    """Those whom a person names, with commas between them: `login`, `anon`, `service_role`, e-mail addresses, UUIDs.

    Raises `Failure` for one that is nobody.
    """
    words = dict.fromkeys(word.strip() for word in text.split(",") if word.strip())
    return [LOGIN if word == "login" else await resolve(word, database) for word in words]


async def tenant_names(
    database: Database, column: VectorColumn, values: Sequence[str], identity: Identity
) -> dict[str, str]:
    """What these tenants are called, as far as `identity` may know; those without a name are left out."""
    if column.tenant is None or not values:
        return {}
    source = await database.records(load_sql(PACKAGE, "tenant_source"), column.schema, column.table, column.tenant)
    if not source:
        return {}
    relation, key, label = (str(source[0][name]) for name in ("relation", "key", "label"))
    sql = f"select t.{key}::text, t.{label}::text from {relation} t where t.{key} = any ($1) and t.{label} is not null"
    try:
        async with series_as(database, identity, ()) as series:
            rows = (await series.run(sql, array_literal(values))).rows
    except Failure:
        return {}  # not for this identity to read
    return {row[0] or "": row[1] or "" for row in rows}


async def across(
    database: Database,
    column: VectorColumn,
    vector: str,
    k: int,
    identities: Sequence[Identity],
    *,
    settings: Settings = (),
    scans_on: bool = True,
) -> AsyncIterator[AsOne]:
    """The search as each of them, one after the other; a refusal is told in its row and stops nobody else."""
    for identity in identities:
        try:
            yield await _as_one(database, column, vector, k, identity, settings, scans_on=scans_on)
        except Failure as failure:
            yield AsOne(identity, failure=failure)


async def _as_one(
    database: Database,
    column: VectorColumn,
    vector: str,
    k: int,
    identity: Identity,
    settings: Settings,
    *,
    scans_on: bool,
) -> AsOne:
    visible = await visible_rows(database, column, identity)
    found = await search(database, column, vector, k, identity, settings=settings)
    truth = await search(database, column, vector, k, identity, exact=True)
    removed = await removed_by_filter(database, column, vector, k, identity, settings)
    cured: Found | None = None
    if scans_on and column.index is not None and found.node.approximate:
        on = (f"{column.index.method}.iterative_scan", "relaxed_order")
        cured = await search(database, column, vector, k, identity, settings=(*settings, on))
    true = [hit.neighbour for hit in truth.hits]
    return AsOne(
        identity, visible, len(truth.hits), len(found.hits), recall(true, [hit.neighbour for hit in found.hits]),
        found.milliseconds, truth.milliseconds, found.node, removed,
        None if cured is None else len(cured.hits),
        None if cured is None else recall(true, [hit.neighbour for hit in cured.hits]),
    )  # fmt: skip
