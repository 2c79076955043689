"""One object as it is looked at: what it is in a line, its tabs, and its definition."""

from dataclasses import dataclass, replace

from chatly_console.core.catalogue import (
    Catalogue,
    CatalogueObject,
    Extension,
    Relation,
    Role,
    Routine,
    Schema,
    Thing,
    TypeInfo,
)
from chatly_console.core.failure import Failure
from chatly_console.core.relation_details import (
    Dependency,
    RelationDetails,
    RoutineDetails,
    ThingDetails,
    TypeDetails,
)
from chatly_console.core.row_source import ListedRows
from chatly_console.schema import definition, other_definitions
from chatly_console.schema.dependencies import uses_tab
from chatly_console.schema.tab import BLANK, DEFINITION, Tab
from chatly_console.schema.tabs import (
    bytes_words,
    extension_tabs,
    grants_tab,
    known_tabs,
    policies_tab,
    relation_tabs,
    role_tabs,
    row_security,
    schema_tabs,
    thing_tabs,
)
from chatly_console.schema.tree import short_count

_VOLATILITY = {"i": "immutable", "s": "stable", "v": "volatile"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What the object view and `schema show` say of an object. `failure` is why some of it could not be read."""

    object: CatalogueObject | Schema
    name: str
    kind: str
    facts: tuple[str, ...]
    comment: str
    tabs: tuple[Tab, ...]
    sql: str = ""
    details: RelationDetails | None = None
    failure: Failure | None = None


def relation_subject(relation: Relation, details: RelationDetails) -> Subject:
    """A table, view or sequence that could be read in full."""
    facts = details.facts
    rows = short_count(facts.rows)
    words = (
        f"~{rows} rows" if rows and relation.kind != "view" else "",
        bytes_words(facts.bytes) if facts.bytes else "",
        f"row security {row_security(relation)}" if relation.is_table else "",
        f"partition of {facts.parent}" if facts.bound and facts.parent else "",
        "unlogged" if facts.persistence == "u" else "",
    )
    return Subject(
        relation, relation.quoted, relation.kind, words, facts.comment or "", tuple(relation_tabs(relation, details)),
        definition.relation_definition(relation, details), details,
    )  # fmt: skip


def known_subject(
    catalogue: Catalogue, found: CatalogueObject | Schema, failure: Failure | None = None, *, more: tuple[str, ...] = ()
) -> Subject:
    """An object as the catalogue alone knows it; `more` are the statements that a schema or a role has beside that."""
    tabs: list[Tab] = []
    name = found.name if isinstance(found, Schema) else found.quoted
    sql = ""
    if isinstance(found, Relation):
        tabs = known_tabs(catalogue, found)
    elif isinstance(found, Extension):
        tabs, sql = extension_tabs(found), other_definitions.extension_definition(found)
    elif isinstance(found, Role):
        tabs, sql = role_tabs(catalogue, found), other_definitions.role_definition(found, more)
    elif isinstance(found, Schema):
        tabs, sql = schema_tabs(catalogue, found), other_definitions.schema_definition(more)
        tabs += [DEFINITION] if sql else []
    elif isinstance(found, Thing):
        tabs = thing_tabs(found, ThingDetails())
    kind = "schema" if isinstance(found, Schema) else found.kind
    return Subject(found, name, kind, _facts(found), found.comment or "", tuple(tabs), sql, failure=failure)


def extension_subject(extension: Extension, dependencies: tuple[Dependency, ...]) -> Subject:
    """An extension that is installed, with what uses the objects in it."""
    facts, definition_ = extension_tabs(extension)
    return Subject(
        extension, extension.quoted, extension.kind, _facts(extension), extension.comment or "",
        (facts, uses_tab(dependencies), definition_), other_definitions.extension_definition(extension),
    )  # fmt: skip


def routine_subject(routine: Routine, details: RoutineDetails) -> Subject:
    """A function or procedure with its definition."""
    tabs = (DEFINITION, grants_tab(details.grants), uses_tab(details.dependencies))
    facts = (*_facts(routine), details.language)
    return Subject(
        routine, routine.quoted, routine.kind, facts, routine.comment or "", tabs,
        other_definitions.routine_definition(routine, details),
    )  # fmt: skip


def type_subject(info: TypeInfo, details: TypeDetails) -> Subject:
    """An enum with its labels, a composite type with its fields, a domain with its checks."""
    tabs = [DEFINITION, uses_tab(details.dependencies)]
    if info.kind == "enum":
        tabs.insert(0, Tab("labels", ListedRows(("label",), [(label,) for label in info.labels]), "It has no label."))
    elif info.kind == "composite type":
        tabs.insert(0, Tab("fields", ListedRows(("field", "type"), list(details.fields)), "It has no field."))
    sql = other_definitions.type_definition(info, details)
    return Subject(info, info.quoted, info.kind, _facts(info), info.comment or "", tuple(tabs), sql)


def thing_subject(thing: Thing, details: ThingDetails) -> Subject:
    """An event trigger, a publication, a subscription, a foreign server, a database."""
    tabs = thing_tabs(thing, details)
    return Subject(
        thing, thing.quoted, thing.kind, _facts(thing), thing.comment or "", tuple(tabs),
        other_definitions.thing_definition(thing, details),
    )  # fmt: skip


def bucket_subject(thing: Thing, details: ThingDetails, objects: Relation, rows: RelationDetails) -> Subject:
    """A bucket of Supabase's storage, with the policies that decide over its objects."""
    subject = thing_subject(thing, details)
    return replace(subject, tabs=(subject.tabs[0], policies_tab(objects, rows), *subject.tabs[1:]))


def attached_subject(relation: Relation, thing: Thing, details: RelationDetails) -> Subject:
    """A trigger, a rule or a policy, as its relation has it."""
    sql, facts = other_definitions.attached_definition(relation, thing, details)
    listed = ThingDetails((("table", relation.quoted), *facts), sql)
    return Subject(
        thing, thing.quoted, thing.kind, (thing.about,), thing.comment or "", tuple(thing_tabs(thing, listed)), sql
    )


def _facts(found: CatalogueObject | Schema) -> tuple[str, ...]:
    if isinstance(found, Routine):
        definer = "security definer" if found.security_definer else ""
        result = f"returns {found.result}" if found.result else ""
        return (result, _VOLATILITY.get(found.volatility, ""), definer)
    if isinstance(found, Extension):
        if not found.installed:
            return (f"version {found.offered} offered, not installed",)
        newer = f"{found.offered} is offered" if found.offered not in ("", found.installed) else ""
        return (f"version {found.installed} installed", newer)
    if isinstance(found, Role):
        return (found.attributes,)
    if isinstance(found, Relation):
        return (f"row security {row_security(found)}",) if row_security(found) != BLANK else ()
    return (f"owner {found.owner}",) if found.owner else ()
