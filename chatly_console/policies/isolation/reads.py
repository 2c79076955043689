"""Reads every relation with the tenant's column as somebody, asking for rows of tenants that he does not belong to."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.policies.isolation.leak import Leak, Witness
from chatly_console.policies.policy import Table
from chatly_console.policies.rows_why import text_of
from chatly_console.policies.tenancy import Relation, Tenancy
from chatly_console.server.rehearsal import Rehearsal

Errors = list[tuple[str, Failure]]


async def read_foreign_rows(
    rehearsal: Rehearsal, tenancy: Tenancy, witness: Witness, tables: Mapping[int, Table]
) -> tuple[list[Leak], Errors]:
    """All relations in one statement; one by one where that fails, so that one error hides nothing."""
    allowed = json.dumps(witness.own)
    relations = await _readable(rehearsal, tenancy)
    parts = [_foreign_rows(at, relation, tables.get(relation.oid)) for at, relation in relations]
    names = [f"{relation.full_name} as {witness.identity.describe()}" for _, relation in relations]
    rows, errors = await ask_all(rehearsal, parts, names, allowed)
    leaks = []
    for row in rows:
        relation = tenancy.relations[row["at"]]
        key = tuple(json.loads(row["key"]))
        leaks.append(Leak(witness.identity, witness.tenant, row["other"], relation, row["n"], key))
    return leaks, errors


async def ask_all(
    rehearsal: Rehearsal, parts: Sequence[str], names: Sequence[str], *arguments: object
) -> tuple[list[Any], Errors]:
    """All queries in one statement; one by one where that fails, so that one error hides nothing."""
    if not parts:
        return [], []
    try:
        return list(await rehearsal.records(" union all ".join(parts), *arguments)), []
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
    rows, errors = list[Any](), Errors()
    for part, name in zip(parts, names, strict=True):
        try:
            rows += await rehearsal.records(part, *arguments)
        except Failure as single:
            if single.kind is FailureKind.LINK:
                raise
            errors.append((name, single))
    return rows, errors


async def _readable(rehearsal: Rehearsal, tenancy: Tenancy) -> list[tuple[int, Relation]]:
    """The relations on which the identity has the privilege at all; the others are refused, which is no leak."""
    oids = ",".join(str(r.oid) for r in tenancy.relations)
    rows: Any = await rehearsal.records(
        "select c.oid::bigint as oid from pg_catalog.pg_class c "
        f"where c.oid = any (pg_catalog.string_to_array({quote_literal(oids)}, ',')::oid[]) "
        "and pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') "
        "and pg_catalog.has_table_privilege(c.oid, 'SELECT')"
    )
    granted = {row["oid"] for row in rows}
    return [(at, r) for at, r in enumerate(tenancy.relations) if r.oid in granted]


def _foreign_rows(at: int, relation: Relation, table: Table | None) -> str:
    """SQL for the rows of other tenants than those in the JSON array $1, by tenant, with one row's key."""
    column = quote_identifier(relation.column)
    key = table.key if table is not None and table.key else (relation.column,)
    return (
        f"select {at} as at, {column}::text as other, pg_catalog.count(*) as n, "
        f"min(pg_catalog.jsonb_build_array({', '.join(map(text_of, key))})::text) as key from {relation.sql_name} "
        f"where {column} is not null and {column}::text not in "
        f"(select pg_catalog.jsonb_array_elements_text($1::pg_catalog.text::pg_catalog.jsonb)) group by 2"
    )
