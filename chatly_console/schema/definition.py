"""Writes an object as SQL that makes it again: every name quoted, nothing left to the search path."""

from collections.abc import Iterator

from chatly_console.core.catalogue import Relation, qualified
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.relation_details import ColumnDetail, OwnedSequence, Policy, RelationDetails
from chatly_console.schema.statements import grants_definition, grouped, in_small_letters


def relation_definition(relation: Relation, details: RelationDetails) -> str:
    """A table, view or sequence with all that hangs on it."""
    facts = details.facts
    if facts.is_of_identity:
        return _sequence(relation, details) + "\n"
    if relation.kind == "sequence":
        statements = [_sequence(relation, details)]
    elif relation.kind in ("view", "materialised view"):
        statements = [_view(relation, details)]
    else:
        statements = [*map(_owned_sequence, details.sequences), _table(relation, details)]
        statements += [f"alter sequence {s.name} owned by {relation.quoted}.{s.column};" for s in details.sequences]
    statements += list(_column_settings(relation, details))
    statements += [f"{i.definition};" for i in details.indexes if not (i.is_of_constraint or i.is_inherited)]
    statements += list(_identities(relation, details))
    statements += [
        f"alter {_noun_of(relation.kind)} {relation.quoted} add constraint {quote_identifier(c.name)} {c.definition};"
        for c in details.constraints
        if c.is_local and not c.is_valid
    ]
    statements += [f"{one.definition};" for one in details.statistics]
    statements += _row_security(relation)
    statements += [policy_definition(relation.quoted, policy) for policy in details.policies]
    statements += list(_triggers_and_rules(relation, details))
    statements += list(_comments(relation, details))
    statements.append(f"alter {_noun_of(relation.kind)} {relation.quoted} owner to {quote_identifier(facts.owner)};")
    statements += grants_definition(_noun(relation.kind), relation.quoted, details.grants, facts.owner)
    statements += details.more
    return in_small_letters("\n\n".join(grouped(statements))) + "\n"


def policy_definition(table: str, policy: Policy) -> str:
    """One policy; `table` is quoted."""
    lines = [f"create policy {quote_identifier(policy.name)} on {table}"]
    if not policy.is_permissive:
        lines.append("  as restrictive")
    roles = ", ".join(role if role == "public" else quote_identifier(role) for role in policy.roles)
    lines.append(f"  for {policy.command_words.lower()} to {roles}")
    if policy.using is not None:
        lines.append(f"  using ({_inside(policy.using)})")
    if policy.check is not None:
        lines.append(f"  with check ({_inside(policy.check)})")
    return "\n".join(lines) + ";"


def _noun(kind: str) -> str:
    return "sequence" if kind == "sequence" else "table"


def _noun_of(kind: str) -> str:
    """The kind of a relation as ALTER and COMMENT name it."""
    return {"materialised view": "materialized view", "partitioned table": "table"}.get(kind, kind)


def _table(relation: Relation, details: RelationDetails) -> str:
    facts = details.facts
    own = [c for c in details.constraints if c.is_local and c.is_valid]
    constraints = [f"  constraint {quote_identifier(c.name)} {c.definition}" for c in own]
    unlogged = "unlogged " if facts.persistence == "u" else ""
    foreign = "foreign " if relation.kind == "foreign table" else ""
    sql = f"create {unlogged}{foreign}table {relation.quoted}"
    if facts.bound and facts.parent:
        body = _settings_of_partition(details) + constraints
        inside = " (\n" + ",\n".join(body) + "\n)" if body else ""
        sql += f" partition of {facts.parent}{inside}\n  {facts.bound}"
    else:
        body = [_column(column) for column in details.columns if column.is_local or not facts.parent] + constraints
        sql += " (\n" + ",\n".join(body) + "\n)" if body else " ()"
        sql += f"\n  inherits ({facts.parent})" if facts.parent else ""
    sql += f"\n  partition by {facts.partition_key}" if facts.partition_key else ""
    sql += f"\n  using {quote_identifier(facts.access_method or '')}" if facts.has_own_method else ""
    options = ", ".join(text for text in (facts.options, facts.toast_options) if text)
    sql += f"\n  with ({options})" if options else ""
    sql += f"\n  tablespace {quote_identifier(facts.tablespace)}" if facts.tablespace else ""
    if facts.server:
        sql += f"\n  server {quote_identifier(facts.server)}"
        sql += f" options ({facts.foreign_options})" if facts.foreign_options else ""
    return sql + ";"


def _settings_of_partition(details: RelationDetails) -> list[str]:
    """What a partition says of its columns beyond its parent: their defaults, and what may not be null."""
    settings = [
        (c, f"{f' default {c.default}' if c.default else ''}{' not null' if c.not_null and c.null_is_own else ''}")
        for c in details.columns
        if not (c.identity or c.generated)
    ]
    return [f"  {quote_identifier(column.name)}{words}" for column, words in settings if words]


def _column(column: ColumnDetail) -> str:
    parts = [quote_identifier(column.name), column.type]
    if column.compression:
        parts.append(f"compression {column.compression}")
    if column.foreign_options:
        parts.append(f"options ({column.foreign_options})")
    if column.collation:
        parts.append(f"collate {column.collation}")
    if column.origin:
        parts.append(column.origin)
    if column.not_null:
        parts.append("not null")
    return "  " + " ".join(parts)


def _column_settings(relation: Relation, details: RelationDetails) -> Iterator[str]:
    noun = _noun_of(relation.kind)
    for column in details.columns:
        of = f"alter {noun} {relation.quoted} alter column {quote_identifier(column.name)}"
        if column.storage:
            yield f"{of} set storage {column.storage};"
        if column.statistics_target is not None:
            yield f"{of} set statistics {column.statistics_target};"
        if column.options:
            yield f"{of} set ({column.options});"


def _identities(relation: Relation, details: RelationDetails) -> Iterator[str]:
    """What rows are known by in replication, and in whose order they were clustered."""
    clustered = next((index for index in details.indexes if index.is_clustered), None)
    if clustered is not None:
        noun = "materialized view" if relation.kind == "materialised view" else "table"
        yield f"alter {noun} {relation.quoted} cluster on {quote_identifier(clustered.name)};"
    identity = {"f": "full", "n": "nothing"}.get(details.facts.replica_identity, "")
    chosen = next((index for index in details.indexes if index.is_identity), None)
    if details.facts.replica_identity == "i" and chosen is not None:
        identity = f"using index {quote_identifier(chosen.name)}"
    if identity and relation.kind in ("table", "partitioned table"):
        yield f"alter table {relation.quoted} replica identity {identity};"


def _triggers_and_rules(relation: Relation, details: RelationDetails) -> Iterator[str]:
    states = {"D": "disable", "R": "enable replica", "A": "enable always"}
    for trigger in details.triggers:
        if not trigger.is_inherited:
            yield f"{trigger.definition};"
        if trigger.enabled in states:
            yield f"alter table {relation.quoted} {states[trigger.enabled]} trigger {quote_identifier(trigger.name)};"
    for rule in details.rules:
        yield rule.definition
        if rule.enabled in states:
            yield f"alter table {relation.quoted} {states[rule.enabled]} rule {quote_identifier(rule.name)};"


def _view(relation: Relation, details: RelationDetails) -> str:
    noun = "materialized view" if relation.kind == "materialised view" else "view"
    options = f" with ({details.facts.options})" if details.facts.options else ""
    body = (details.facts.view or "").rstrip().rstrip(";")
    columns = ", ".join(quote_identifier(column.name) for column in details.columns)
    space = f"\n  tablespace {quote_identifier(details.facts.tablespace)}" if details.facts.tablespace else ""
    empty = "\n  with no data" if noun == "materialized view" and not details.facts.is_populated else ""
    return f"create {noun} {relation.quoted} ({columns}){options}{space} as\n{body}{empty};"


def _sequence(relation: Relation, details: RelationDetails) -> str:
    of = details.facts.sequence or {}
    if details.facts.is_of_identity:
        return f"-- sequence {relation.quoted}: the identity column {details.facts.owned_by} makes it."
    unlogged = "unlogged " if details.facts.persistence == "u" else ""
    owned = f"\n  owned by {details.facts.owned_by}" if details.facts.owned_by else ""
    return (
        f"create {unlogged}sequence {relation.quoted} as {of.get('type')}\n  start with {of.get('start')} increment by"
        f" {of.get('increment')} minvalue {of.get('minimum')} maxvalue {of.get('maximum')} cache {of.get('cache')}"
        f"{' cycle' if of.get('cycles') else ''}{owned};"
    )


def _owned_sequence(of: OwnedSequence) -> str:
    return (
        f"create sequence {of.name} as {of.type}\n  start with {of.start} increment by {of.increment}"
        f" minvalue {of.minimum} maxvalue {of.maximum} cache {of.cache}{' cycle' if of.cycles else ''};"
    )


def _row_security(relation: Relation) -> list[str]:
    statements = [f"alter table {relation.quoted} enable row level security;"] * relation.row_security
    return statements + [f"alter table {relation.quoted} force row level security;"] * relation.forces_row_security


def _comments(relation: Relation, details: RelationDetails) -> Iterator[str]:
    if details.facts.comment:
        yield f"comment on {_noun_of(relation.kind)} {relation.quoted} is {quote_literal(details.facts.comment)};"
    for column in details.columns:
        if column.comment:
            where = f"{relation.quoted}.{quote_identifier(column.name)}"
            yield f"comment on column {where} is {quote_literal(column.comment)};"
    named = [("constraint", c.name, c.comment) for c in details.constraints]
    named += [("policy", p.name, p.comment) for p in details.policies]
    named += [("trigger", t.name, t.comment) for t in details.triggers]
    for noun, name, comment in named:
        if comment:
            yield f"comment on {noun} {quote_identifier(name)} on {relation.quoted} is {quote_literal(comment)};"
    for index in details.indexes:
        if index.comment:
            yield f"comment on index {qualified(relation.schema, index.name)} is {quote_literal(index.comment)};"
    for one in details.statistics:
        if one.comment:
            yield f"comment on statistics {qualified(one.schema, one.name)} is {quote_literal(one.comment)};"


def _inside(expression: str) -> str:
    """An expression without the parentheses around the whole; where a text may hold others, it stays as it is."""
    if not (expression.startswith("(") and expression.endswith(")")) or "'" in expression or '"' in expression:
        return expression
    depth = 0
    for index, character in enumerate(expression):
        depth += (character == "(") - (character == ")")
        if depth == 0 and index < len(expression) - 1:
            return expression
    return expression[1:-1]
