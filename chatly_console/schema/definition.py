"""Writes an object as SQL that makes it again: every name quoted, nothing left to the search path."""

from collections.abc import Iterable, Iterator

from chatly_console.core.catalogue import Extension, Relation, Role, Routine, Thing, TypeInfo
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.relation_details import (
    ColumnDetail,
    Grant,
    Policy,
    RelationDetails,
    RoutineDetails,
    ThingDetails,
    TypeDetails,
)


def relation_definition(relation: Relation, details: RelationDetails) -> str:
    """A table, view or sequence with all that hangs on it."""
    if relation.kind == "sequence":
        statements = [_sequence(relation, details)]
    elif relation.kind in ("view", "materialised view"):
        statements = [_view(relation, details)]
    else:
        statements = [_table(relation, details)]
    statements += [f"{c.definition};" for c in details.indexes if not c.is_of_constraint]
    statements += _row_security(relation)
    statements += [policy_definition(relation.quoted, policy) for policy in details.policies]
    statements += [f"{trigger.definition};" for trigger in details.triggers]
    statements += [rule.definition for rule in details.rules]
    statements += list(_comments(relation, details))
    statements += grants_definition(_noun(relation.kind), relation.quoted, details.grants, details.facts.owner)
    return "\n\n".join(_grouped(statements)) + "\n"


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


def routine_definition(routine: Routine, details: RoutineDetails) -> str:
    """A function or procedure as the server writes it, with its grants."""
    if not details.definition:
        return f"-- {routine.kind} {routine.name}: the server does not write the definition of an aggregate.\n"
    noun = "procedure" if routine.kind == "procedure" else "function"
    statements = [details.definition.rstrip() + ";"]
    if routine.comment:
        statements.append(f"comment on {noun} {routine.quoted} is {quote_literal(routine.comment)};")
    statements += grants_definition(noun, routine.quoted, details.grants, routine.owner, by_default=True)
    return "\n\n".join(_grouped(statements)) + "\n"


def type_definition(info: TypeInfo, details: TypeDetails) -> str:
    """An enum, domain, composite or range type."""
    if info.kind == "enum":
        body = f"create type {info.quoted} as enum ({', '.join(map(quote_literal, info.labels))});"
    elif info.kind == "domain":
        parts = [f"create domain {info.quoted} as {details.base}"]
        parts += [f"default {details.default}"] * (details.default is not None) + ["not null"] * details.not_null
        body = "\n  ".join([*parts, *details.checks]) + ";"
    elif info.kind == "composite type":
        fields = ",\n".join(f"  {quote_identifier(name)} {type_}" for name, type_ in details.fields)
        body = f"create type {info.quoted} as (\n{fields}\n);"
    elif info.kind == "range type":
        body = f"create type {info.quoted} as range (subtype = {details.subtype});"
    else:
        body = f"-- {info.kind} {info.quoted}: it comes with its extension or with another type."
    comment = f"\n\ncomment on type {info.quoted} is {quote_literal(info.comment)};" if info.comment else ""
    return body + comment + "\n"


def thing_definition(thing: Thing, details: ThingDetails) -> str:
    """An object outside of schemas as the server wrote it, with its comment."""
    if not details.definition:
        return ""
    noun = thing.kind.replace("foreign ", "")
    comment = f"\n\ncomment on {noun} {thing.quoted} is {quote_literal(thing.comment)};" if thing.comment else ""
    return f"{details.definition}{comment}\n"


def attached_definition(
    relation: Relation, thing: Thing, details: RelationDetails
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The definition of a trigger, a rule or a policy of a relation, and a few words on it."""
    if thing.kind == "policy":
        policy = next((one for one in details.policies if one.name == thing.name), None)
        if policy is None:
            return "", ()
        facts = (
            ("command", policy.command_words), ("kind", "permissive" if policy.is_permissive else "restrictive"),
            ("roles", ", ".join(policy.roles)), ("using", policy.using or ""), ("with check", policy.check or ""),
        )  # fmt: skip
        return policy_definition(relation.quoted, policy) + "\n", facts
    if thing.kind == "trigger":
        trigger = next((one for one in details.triggers if one.name == thing.name), None)
        state = "off" if trigger is not None and trigger.enabled == "D" else "on"
        return (f"{trigger.definition};\n", (("calls", trigger.function), ("state", state))) if trigger else ("", ())
    rule = next((one for one in details.rules if one.name == thing.name), None)
    return (f"{rule.definition}\n", ()) if rule is not None else ("", ())


def extension_definition(extension: Extension) -> str:
    """CREATE EXTENSION, in the schema where it is."""
    where = f" with schema {quote_identifier(extension.schema)}" if extension.schema else ""
    return f"create extension if not exists {extension.quoted}{where};\n"


def role_definition(role: Role) -> str:
    """CREATE ROLE with its attributes and memberships; a password is never shown."""
    words = {
        "superuser": "superuser", "login": "login", "bypasses row security": "bypassrls",
        "creates roles": "createrole", "creates databases": "createdb", "replication": "replication",
        "does not inherit": "noinherit",
    }  # fmt: skip
    options = " ".join(words[word] for word in role.attributes.split(", ") if word)
    statements = [f"create role {role.quoted}{' ' + options if options else ''};"]
    statements += [f"grant {quote_identifier(group)} to {role.quoted};" for group in role.member_of]
    return "\n".join(statements) + "\n"


def grants_definition(
    noun: str, name: str, grants: Iterable[Grant], owner: str, *, by_default: bool = False
) -> list[str]:
    """GRANT statements for everybody but the owner, who has all rights anyway.

    `by_default` is for routines, which everybody may execute unless that was taken away.
    """
    by_grantee: dict[tuple[str, bool], list[str]] = {}
    everybody = False
    for grant in grants:
        everybody |= grant.grantee == "public"
        if grant.grantee != owner and not (by_default and grant.grantee == "public"):
            column = f" ({quote_identifier(grant.column)})" if grant.column else ""
            by_grantee.setdefault((grant.grantee, grant.is_grantable), []).append(grant.privilege.lower() + column)
    statements = [f"revoke all on {noun} {name} from public;"] if by_default and not everybody else []
    for (grantee, grantable), privileges in by_grantee.items():
        to = grantee if grantee == "public" else quote_identifier(grantee)
        option = " with grant option" if grantable else ""
        statements.append(f"grant {', '.join(privileges)} on {noun} {name} to {to}{option};")
    return statements


def _noun(kind: str) -> str:
    return "sequence" if kind == "sequence" else "table"


def _table(relation: Relation, details: RelationDetails) -> str:
    facts = details.facts
    unlogged = "unlogged " if facts.persistence == "u" else ""
    constraints = [c for c in details.constraints if c.is_local or not facts.bound]
    if facts.bound and facts.parent:
        head = f"create {unlogged}table {relation.quoted} partition of {facts.parent}"
        body = [f"  constraint {quote_identifier(c.name)} {c.definition}" for c in constraints]
        inside = " (\n" + ",\n".join(body) + "\n)" if body else ""
        sql = f"{head}{inside}\n  {facts.bound}"
    else:
        lines = [_column(column) for column in details.columns if column.is_local]
        lines += [f"  constraint {quote_identifier(c.name)} {c.definition}" for c in constraints]
        foreign = "foreign " if relation.kind == "foreign table" else ""
        sql = f"create {unlogged}{foreign}table {relation.quoted} (\n" + ",\n".join(lines) + "\n)"
        if facts.parent:
            sql += f"\n  inherits ({facts.parent})"
    if facts.partition_key:
        sql += f"\n  partition by {facts.partition_key}"
    if facts.options:
        sql += f"\n  with ({facts.options})"
    return sql + ";"


def _column(column: ColumnDetail) -> str:
    parts = [quote_identifier(column.name), column.type]
    if column.collation:
        parts.append(f"collate {column.collation}")
    if column.origin:
        parts.append(column.origin)
    if column.not_null:
        parts.append("not null")
    return "  " + " ".join(parts)


def _view(relation: Relation, details: RelationDetails) -> str:
    noun = "materialized view" if relation.kind == "materialised view" else "view"
    options = f" with ({details.facts.options})" if details.facts.options else ""
    body = (details.facts.view or "").rstrip().rstrip(";")
    return f"create {noun} {relation.quoted}{options} as\n{body};"


def _sequence(relation: Relation, details: RelationDetails) -> str:
    of = details.facts.sequence or {}
    return (
        f"create sequence {relation.quoted} as {of.get('type')}\n  start with {of.get('start')} increment by"
        f" {of.get('increment')} minvalue {of.get('minimum')} maxvalue {of.get('maximum')} cache {of.get('cache')}"
        f"{' cycle' if of.get('cycles') else ''};"
    )


def _row_security(relation: Relation) -> list[str]:
    statements = [f"alter table {relation.quoted} enable row level security;"] * relation.row_security
    return statements + [f"alter table {relation.quoted} force row level security;"] * relation.forces_row_security


def _comments(relation: Relation, details: RelationDetails) -> Iterator[str]:
    kinds = {"view": "view", "materialised view": "materialized view", "foreign table": "foreign table",
             "sequence": "sequence"}  # fmt: skip
    if details.facts.comment:
        noun = kinds.get(relation.kind, "table")
        yield f"comment on {noun} {relation.quoted} is {quote_literal(details.facts.comment)};"
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


def _grouped(statements: list[str]) -> list[str]:
    """Statements of one line that begin alike stand together; the others have a blank line around them."""
    groups: list[str] = []
    last = ""
    for statement in statements:
        verb = statement.split(" ", 1)[0] if "\n" not in statement else ""
        if verb and verb == last:
            groups[-1] += f"\n{statement}"
        else:
            groups.append(statement)
        last = verb
    return groups
