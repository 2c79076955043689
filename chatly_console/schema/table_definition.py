"""Writes CREATE TABLE: columns, constraints, and how a partition comes to its parent."""

from collections.abc import Iterator

from chatly_console.core.catalogue import Relation
from chatly_console.core.quote import quote_identifier
from chatly_console.core.relation_details import ColumnDetail, Constraint, RelationDetails


def table_definition(relation: Relation, details: RelationDetails) -> str:
    """The table itself. A partition is written as PARTITION OF where that makes the same; else see `attaching`."""
    facts = details.facts
    unlogged = "unlogged " if facts.persistence == "u" else ""
    foreign = "foreign " if relation.kind == "foreign table" else ""
    sql = f"create {unlogged}{foreign}table {relation.quoted}"
    if facts.bound and facts.parent and not facts.is_attached:
        body = _settings_of_partition(details) + _constraints(details)
        inside = " (\n" + ",\n".join(body) + "\n)" if body else ""
        sql += f" partition of {facts.parent}{inside}\n  {facts.bound}"
    else:
        whole = facts.is_attached or not facts.parent
        columns = [_column(column, facts.is_attached) for column in details.columns if whole or column.is_local]
        body = columns + _constraints(details)
        sql += " (\n" + ",\n".join(body) + "\n)" if body else " ()"
        sql += f"\n  inherits ({facts.parent})" if facts.parent and not facts.is_attached else ""
    sql += f"\n  partition by {facts.partition_key}" if facts.partition_key else ""
    if facts.server:
        sql += f"\n  server {quote_identifier(facts.server)}"
        sql += f" options ({facts.foreign_options})" if facts.foreign_options else ""
    sql += f"\n  using {quote_identifier(facts.access_method or '')}" if facts.has_own_method else ""
    options = ", ".join(text for text in (facts.options, facts.toast_options) if text)
    sql += f"\n  with ({options})" if options else ""
    sql += f"\n  tablespace {quote_identifier(facts.tablespace)}" if facts.tablespace else ""
    return sql + ";"


def attaching(relation: Relation, details: RelationDetails) -> Iterator[str]:
    """What makes a finished table a partition: the parts of its parent's indexes under their own names, then ATTACH."""
    facts = details.facts
    if not facts.is_attached:
        return
    yield from (f"{i.definition};" for i in details.indexes if i.is_inherited and not i.is_of_constraint)
    yield from (added_constraint(relation, c) for c in details.constraints if c.is_of_parent and not c.is_valid)
    yield f"alter table {facts.parent} attach partition {relation.quoted}\n  {facts.bound};"


def added_constraint(relation: Relation, constraint: Constraint) -> str:
    """A constraint that the table gets afterwards, since it does not hold for all rows."""
    name = quote_identifier(constraint.name)
    return f"alter {noun_of(relation.kind)} {relation.quoted} add constraint {name} {constraint.definition};"


def noun_of(kind: str) -> str:
    """The kind of a relation as ALTER and COMMENT name it."""
    return {"materialised view": "materialized view", "partitioned table": "table"}.get(kind, kind)


def _constraints(details: RelationDetails) -> list[str]:
    own = (c for c in details.constraints if c.is_local or (details.facts.is_attached and c.is_of_parent))
    return [f"  constraint {quote_identifier(c.name)} {c.definition}" for c in own if c.is_valid]


def _settings_of_partition(details: RelationDetails) -> list[str]:
    """What a partition says of its columns beyond its parent: their defaults, and what may not be null."""
    settings = [
        (c, f"{f' default {c.default}' if c.default else ''}{_not_null(c) if c.null_is_own else ''}")
        for c in details.columns
        if not (c.identity or c.generated)
    ]
    return [f"  {quote_identifier(column.name)}{words}" for column, words in settings if words]


def _column(column: ColumnDetail, is_attached: bool) -> str:
    parts = [quote_identifier(column.name), column.type]
    if column.compression:
        parts.append(f"compression {column.compression}")
    if column.foreign_options:
        parts.append(f"options ({column.foreign_options})")
    if column.collation:
        parts.append(f"collate {column.collation}")
    if column.origin and not (column.identity and is_attached):  # ATTACH gives a partition the identity of its parent
        parts.append(column.origin)
    return "  " + " ".join(parts) + _not_null(column)


def _not_null(column: ColumnDetail) -> str:
    if not (column.not_null and column.null_is_valid):
        return ""
    name = f" constraint {quote_identifier(column.null_name)}" if column.null_name else ""
    return f"{name} not null{' no inherit' if column.null_stays else ''}"
