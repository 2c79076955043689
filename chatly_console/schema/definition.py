"""Writes an object as SQL that makes it again: every name quoted, nothing left to the search path."""

from collections.abc import Iterator

from chatly_console.core.catalogue import Relation, qualified
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.relation_details import OwnedSequence, Policy, RelationDetails, Rule, Trigger
from chatly_console.schema.statements import grants_definition, grouped, in_small_letters, remark
from chatly_console.schema.table_definition import added_constraint, attaching, noun_of, table_definition


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
        statements = [*map(_owned_sequence, details.sequences), table_definition(relation, details)]
        statements += [f"alter sequence {s.name} owned by {relation.quoted}.{s.column};" for s in details.sequences]
        statements += list(attaching(relation, details))
    statements += list(_column_settings(relation, details))
    statements += list(_indexes(details))
    statements += list(_identities(relation, details))
    statements += [added_constraint(relation, c) for c in details.constraints if c.is_local and not c.is_valid]
    statements += [f"{one.definition};" for one in details.statistics]
    statements += _row_security(relation)
    statements += [policy_definition(relation.quoted, policy) for policy in details.policies]
    statements += list(_triggers_and_rules(relation, details))
    statements += list(_comments(relation, details))
    statements.append(f"alter {noun_of(relation.kind)} {relation.quoted} owner to {quote_identifier(facts.owner)};")
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


def _indexes(details: RelationDetails) -> Iterator[str]:
    """Indexes but those that a constraint or a parent makes."""
    for index in details.indexes:
        if not (index.is_of_constraint or index.is_inherited):
            left_out = remark(f"index {quote_identifier(index.name)} is left out, as it is INVALID: build it again.")
            yield f"{index.definition};" if index.is_valid else left_out


def _column_settings(relation: Relation, details: RelationDetails) -> Iterator[str]:
    noun = noun_of(relation.kind)
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
    for trigger in details.triggers:
        yield from trigger_definition(relation, trigger)
    for rule in details.rules:
        yield from rule_definition(relation, rule)


def trigger_definition(relation: Relation, trigger: Trigger) -> list[str]:
    """A trigger, unless the partitioned table gives it to its partition, and whether it is on."""
    made = [] if trigger.is_inherited else [f"{trigger.definition};"]
    return made + _state(relation, "trigger", trigger.name, trigger.enabled)


def rule_definition(relation: Relation, rule: Rule) -> list[str]:
    """A rule, and whether it is on."""
    return [rule.definition, *_state(relation, "rule", rule.name, rule.enabled)]


def _state(relation: Relation, noun: str, name: str, enabled: str) -> list[str]:
    state = {"D": "disable", "R": "enable replica", "A": "enable always"}.get(enabled)
    return [f"alter table {relation.quoted} {state} {noun} {quote_identifier(name)};"] if state else []


def _view(relation: Relation, details: RelationDetails) -> str:
    noun = "materialized view" if relation.kind == "materialised view" else "view"
    options = f" with ({details.facts.options})" if details.facts.options else ""
    body = (details.facts.view or "").rstrip().rstrip(";")
    columns = ", ".join(quote_identifier(column.name) for column in details.columns)
    space = f"\n  tablespace {quote_identifier(details.facts.tablespace)}" if details.facts.tablespace else ""
    method = f"\n  using {quote_identifier(details.facts.access_method or '')}" if details.facts.has_own_method else ""
    empty = "\n  with no data" if noun == "materialized view" and not details.facts.is_populated else ""
    return f"create {noun} {relation.quoted} ({columns}){method}{options}{space} as\n{body}{empty};"


def _sequence(relation: Relation, details: RelationDetails) -> str:
    of = details.facts.sequence or {}
    if details.facts.is_of_identity:
        return remark(f"sequence {relation.quoted}: the identity column {details.facts.owned_by} makes it.")
    unlogged = "unlogged " if details.facts.persistence == "u" else ""
    owned = f"\n  owned by {details.facts.owned_by}" if details.facts.owned_by else ""
    return (
        f"create {unlogged}sequence {relation.quoted} as {of.get('type')}\n  start with {of.get('start')} increment by"
        f" {of.get('increment')} minvalue {of.get('minimum')} maxvalue {of.get('maximum')} cache {of.get('cache')}"
        f"{' cycle' if of.get('cycles') else ''}{owned};"
    )


def _owned_sequence(of: OwnedSequence) -> str:
    return (
        f"create {'unlogged ' if of.unlogged else ''}sequence {of.name} as {of.type}\n"
        f"  start with {of.start} increment by {of.increment}"
        f" minvalue {of.minimum} maxvalue {of.maximum} cache {of.cache}{' cycle' if of.cycles else ''};"
    )


def _row_security(relation: Relation) -> list[str]:
    statements = [f"alter table {relation.quoted} enable row level security;"] * relation.row_security
    return statements + [f"alter table {relation.quoted} force row level security;"] * relation.forces_row_security


def _comments(relation: Relation, details: RelationDetails) -> Iterator[str]:
    if details.facts.comment:
        yield f"comment on {noun_of(relation.kind)} {relation.quoted} is {quote_literal(details.facts.comment)};"
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
