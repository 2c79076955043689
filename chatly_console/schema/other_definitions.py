"""Writes routines, types, roles, extensions and what else is no relation as SQL that makes them again."""

from chatly_console.core.catalogue import Extension, Relation, Role, Routine, Thing, TypeInfo, qualified
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.relation_details import RelationDetails, RoutineDetails, ThingDetails, TypeDetails
from chatly_console.schema.definition import policy_definition, rule_definition, trigger_definition
from chatly_console.schema.statements import grants_definition, grouped, in_small_letters, remark

_OWNED = ("event trigger", "publication", "subscription", "foreign server")
"""Kinds whose owner is set by a statement of its own."""


def routine_definition(routine: Routine, details: RoutineDetails) -> str:
    """A function, procedure or aggregate as the server writes it, with its owner and grants."""
    if details.definition.startswith("--"):
        return remark(details.definition.removeprefix("--").strip()) + "\n"
    noun = routine.kind if routine.kind in ("procedure", "aggregate") else "function"
    granted = "procedure" if noun == "procedure" else "function"
    signature = (
        f"{qualified(routine.schema, routine.name)}({routine.arguments or ('*' if noun == 'aggregate' else '')})"
    )
    statements = [details.definition.rstrip() + ";"]
    if routine.comment:
        statements.append(f"comment on {noun} {signature} is {quote_literal(routine.comment)};")
    statements.append(f"alter {noun} {signature} owner to {quote_identifier(routine.owner)};")
    statements += grants_definition(granted, routine.quoted, details.grants, routine.owner, by_default=True)
    statements += details.more
    return "\n\n".join(grouped(statements)) + "\n"


def type_definition(info: TypeInfo, details: TypeDetails) -> str:
    """An enum, domain, composite or range type."""
    if info.kind == "enum":
        body = f"create type {info.quoted} as enum ({', '.join(map(quote_literal, info.labels))});"
    elif info.kind == "domain":
        collation = f" collate {details.collation}" if details.collation else ""
        named = f"constraint {quote_identifier(details.null_name)} " if details.null_name else ""
        parts = [f"create domain {info.quoted} as {details.base}{collation}"]
        parts += [f"default {details.default}"] * (details.default is not None)
        parts += [f"{named}not null"] * details.not_null
        body = "\n  ".join([*parts, *details.checks]) + ";"
    elif info.kind == "composite type":
        fields = ",\n".join(f"  {quote_identifier(name)} {type_}" for name, type_ in details.fields)
        body = f"create type {info.quoted} as (\n{fields}\n);"
    elif info.kind == "range type":
        body = f"create type {info.quoted} as range ({details.range});"
    elif details.base_type and not info.extension:
        body = details.base_type
    else:
        origin = f"extension {info.extension}" if info.extension else "its range type"
        body = remark(f"{info.kind} {info.quoted}: it comes with {origin}.")
    noun = "domain" if info.kind == "domain" else "type"
    comment = f"\n\ncomment on {noun} {info.quoted} is {quote_literal(info.comment)};" if info.comment else ""
    owner = (
        f"\n\nalter {noun} {info.quoted} owner to {quote_identifier(info.owner)};" if not body.startswith("--") else ""
    )
    more = "".join(f"\n\n{statement}" for statement in details.more) if not body.startswith("--") else ""
    return in_small_letters(body + comment + owner + more) + "\n"


def thing_definition(thing: Thing, details: ThingDetails) -> str:
    """An object outside of schemas as the server wrote it, with its comment."""
    if not details.definition:
        return ""
    noun = thing.kind.replace("foreign ", "")
    comment = f"\n\ncomment on {noun} {thing.quoted} is {quote_literal(thing.comment)};" if thing.comment else ""
    owned = thing.owner and thing.kind in _OWNED
    owner = f"\n\nalter {noun} {thing.quoted} owner to {quote_identifier(thing.owner)};" if owned else ""
    return f"{details.definition}{comment}{owner}\n"


def attached_definition(
    relation: Relation, thing: Thing, details: RelationDetails
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The definition of a trigger, a rule or a policy of a relation, and a few words on it."""
    statements, facts = _attached(relation, thing, details)
    if statements and thing.comment:
        on = f"{thing.kind} {thing.quoted} on {relation.quoted}"
        statements = [*statements, f"comment on {on} is {quote_literal(thing.comment)};"]
    return (in_small_letters("\n\n".join(statements)) + "\n" if statements else ""), facts


def _attached(
    relation: Relation, thing: Thing, details: RelationDetails
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    if thing.kind == "policy":
        policy = next((one for one in details.policies if one.name == thing.name), None)
        if policy is None:
            return [], ()
        facts = (
            ("command", policy.command_words), ("kind", "permissive" if policy.is_permissive else "restrictive"),
            ("roles", ", ".join(policy.roles)), ("using", policy.using or ""), ("with check", policy.check or ""),
        )  # fmt: skip
        return [policy_definition(relation.quoted, policy)], facts
    if thing.kind == "trigger":
        trigger = next((one for one in details.triggers if one.name == thing.name), None)
        if trigger is None:
            return [], ()
        state = "off" if trigger.enabled == "D" else "on"
        given = [remark("the partitioned table gives it to this partition.")] if trigger.is_inherited else []
        return given + trigger_definition(relation, trigger), (("calls", trigger.function), ("state", state))
    rule = next((one for one in details.rules if one.name == thing.name), None)
    return (rule_definition(relation, rule) if rule is not None else []), ()


def extension_definition(extension: Extension) -> str:
    """CREATE EXTENSION, in the schema where it is, and in the version that it has if that is not the one offered."""
    where = f" schema {quote_identifier(extension.schema)}" if extension.schema else ""
    old = extension.installed not in ("", extension.offered)
    version = f" version {quote_literal(extension.installed)}" if old else ""
    return f"create extension if not exists {extension.quoted}{where}{version};\n"


def schema_definition(more: tuple[str, ...]) -> str:
    """CREATE SCHEMA with its owner, comment and grants, which the server writes."""
    return "\n\n".join(grouped(list(more))) + "\n" if more else ""


def role_definition(role: Role, more: tuple[str, ...] = ()) -> str:
    """CREATE ROLE with its attributes and memberships; a password is never shown."""
    words = {
        "superuser": "superuser", "login": "login", "bypasses row security": "bypassrls",
        "creates roles": "createrole", "creates databases": "createdb", "replication": "replication",
        "does not inherit": "noinherit",
    }  # fmt: skip
    options = " ".join(words[word] for word in role.attributes.split(", ") if word)
    statements = [f"create role {role.quoted}{' ' + options if options else ''};"]
    statements += [f"grant {quote_identifier(group)} to {role.quoted};" for group in role.member_of]
    return "\n".join([*statements, *more]) + "\n"
