"""Reads one object in full, in one round trip, and never waits long for somebody else's lock."""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

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
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.quote import quote_identifier
from chatly_console.core.relation_details import (
    ColumnDetail,
    Constraint,
    Grant,
    Index,
    OwnedSequence,
    Policy,
    Reference,
    RelationDetails,
    RelationFacts,
    RoutineDetails,
    Rule,
    Statistics,
    ThingDetails,
    Trigger,
    TypeDetails,
)
from chatly_console.schema.dependencies import COUNTED, ENTRIES, in_order
from chatly_console.schema.find import NameIndex
from chatly_console.schema.statements_tab import statements_tab
from chatly_console.schema.subject import (
    Subject,
    attached_subject,
    bucket_subject,
    extension_subject,
    known_subject,
    relation_subject,
    routine_subject,
    thing_subject,
    type_subject,
)
from chatly_console.schema.tab import Tab
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.server.sql_files import load_sql

LOCK_LIMIT = 0.4
"""Seconds to wait for a lock: what the catalogue knows anyway is shown at once after that."""
T = TypeVar("T")
_STATEMENTS = {
    "event trigger": "event_trigger", "publication": "publication", "subscription": "subscription",
    "foreign server": "foreign_server", "database": "database", "storage bucket": "bucket",
}  # fmt: skip
_IN = {
    "relation": "pg_class", "routine": "pg_proc", "type": "pg_type", "role": "pg_authid", "schema": "pg_namespace",
    "event_trigger": "pg_event_trigger", "publication": "pg_publication", "subscription": "pg_subscription",
    "foreign_server": "pg_foreign_server", "database": "pg_database", "extension": "pg_extension",
}  # fmt: skip
"""The catalogue that each kind is in."""
_SHARED = ("dependencies", "labels", "subscription_options")
"""Parts that the statements of several kinds have in common."""
_INDEXES: "WeakKeyDictionary[SharedCatalogue, NameIndex]" = WeakKeyDictionary()


async def name_index(database: Database, *, with_system: bool) -> NameIndex:
    """All names of the database, made once for each catalogue that was read. Raises Failure."""
    shared = SharedCatalogue.of(database)
    catalogue = await (shared.get_whole() if with_system else shared.get())
    known = _INDEXES.get(shared)
    if known is None or known.catalogue is not catalogue:
        known = _INDEXES[shared] = await asyncio.to_thread(NameIndex, catalogue)
    return known


async def look_at(database: Database, catalogue: Catalogue, found: CatalogueObject | Schema) -> Subject:
    """An object in full; where that cannot be read, what the catalogue knows of it and why there is no more."""
    try:
        if isinstance(found, Relation):
            return relation_subject(found, await relation_details(database, found.oid))
        if isinstance(found, Routine):
            return routine_subject(found, await routine_details(database, found.oid))
        if isinstance(found, TypeInfo):
            return type_subject(found, await type_details(database, found.oid))
        if isinstance(found, Thing):
            return await _look_at_thing(database, catalogue, found)
        if isinstance(found, Role | Schema):
            row = await _one(database, "role" if isinstance(found, Role) else "schema", found.oid, 10.0)
            return known_subject(catalogue, found, more=_statements(row))
        if isinstance(found, Extension) and found.installed:
            row = await _one(database, "extension", found.oid, 10.0)
            return extension_subject(found, in_order(row["dependencies"] or ()))
    except Failure as failure:
        return known_subject(catalogue, found, failure)
    return known_subject(catalogue, found)


async def _look_at_thing(database: Database, catalogue: Catalogue, thing: Thing) -> Subject:
    if thing.parent is not None:
        return attached_subject(
            catalogue.relations[thing.parent], thing, await relation_details(database, thing.parent)
        )
    details = await thing_details(database, thing)
    objects = catalogue.relation("storage", "objects") if thing.kind == "storage bucket" else None
    if objects is None:
        return thing_subject(thing, details)
    return bucket_subject(thing, details, objects, await relation_details(database, objects.oid))


async def thing_details(database: Database, thing: Thing) -> ThingDetails:
    """What an event trigger, a publication, a server or a database is made of."""
    identifier: object = thing.name if thing.kind == "storage bucket" else thing.oid
    row = await _one(database, _STATEMENTS[thing.kind], identifier, 10.0)
    facts = tuple((str(name), str(value)) for name, value in row["facts"] if value not in (None, ""))
    definition = "\n\n".join((row["definition"] or "", *(row.get("labels") or ())))
    listed = tuple(tuple(map(str, entry)) for entry in row["listed"] or ())
    return ThingDetails(facts, definition, listed, in_order(row.get("dependencies") or ()))


async def relation_details(database: Database, oid: int, *, timeout: float = 10.0) -> RelationDetails:
    """Everything about one relation. Raises Failure where it is gone, or being changed by another session."""
    row = await _one(database, "relation", oid, timeout)
    return RelationDetails(
        RelationFacts(**{name: value for name, value in row["facts"].items() if value is not None}),
        tuple(_column(values) for values in row["columns"] or ()),
        tuple(Constraint(**_without(values, "rank")) for values in row["constraints"] or ()),
        _all(Reference, row["referenced_by"]),
        _all(Index, row["indexes"]),
        tuple(Policy(**{**values, "roles": tuple(values["roles"])}) for values in row["policies"] or ()),
        _all(Trigger, row["triggers"]),
        _all(Rule, row["rules"]),
        _all(Statistics, row["statistics"]),
        _all(OwnedSequence, row["sequences"]),
        _all(Grant, row["grants"]),
        in_order(row["dependencies"] or ()),
        _statements(row),
    )


async def routine_details(database: Database, oid: int, *, timeout: float = 10.0) -> RoutineDetails:
    """One routine's definition and grants."""
    row = await _one(database, "routine", oid, timeout)
    return RoutineDetails(
        row["definition"], row["language"], row["source"] or "", _all(Grant, row["grants"]),
        in_order(row["dependencies"] or ()), _statements(row),
    )  # fmt: skip


async def type_details(database: Database, oid: int, *, timeout: float = 10.0) -> TypeDetails:
    """What it takes to make a type again."""
    row = await _one(database, "type", oid, timeout)
    fields = tuple((name, type_) for name, type_ in row["fields"] or ())
    checks = tuple(row["checks"] or ())
    return TypeDetails(
        row["base"], row["default"], row["not_null"], row["null_name"], checks, fields, row["range"], row["base_type"],
        row["collation"],
        in_order(row["dependencies"] or ()), _statements(row),
    )  # fmt: skip


async def statements_on(database: Database, catalogue: Catalogue, relation: Relation) -> Tab:
    """The statements on record that name a relation. Raises Failure where there is no record, or no right to it."""
    extension = next((one for one in catalogue.extensions if one.name == "pg_stat_statements" and one.installed), None)
    if extension is None:
        raise Failure("Nobody records statements here.", hint="create extension pg_stat_statements; begins to.")
    sql = load_sql("chatly_console.schema", "statements").replace("{schema}", quote_identifier(extension.schema))
    rows = await database.records(sql, relation.name.lower())
    return statements_tab(relation, rows)


def rows_of(relation: Relation, columns: list[str] | None = None) -> str:
    """SELECT of all rows of a relation; with `columns` only these."""
    chosen = ", ".join(map(quote_identifier, columns)) if columns else "*"
    return f"select {chosen} from {relation.quoted}"


async def _one(database: Database, name: str, oid: object, timeout: float) -> Mapping[str, Any]:
    sql = _statement(name, database.facts.version_number)
    try:
        rows = await database.records(sql, oid, timeout=timeout, lock_timeout=LOCK_LIMIT)
    except Failure as failure:
        if failure.sqlstate == "55P03":
            raise Failure(
                "It is being changed: another session holds a lock on it.",
                FailureKind.TIMEOUT,
                sqlstate=failure.sqlstate,
                hint="r tries again. Triage shows who holds the lock.",
            ) from failure
        raise
    if not rows:
        raise Failure("It is gone: somebody has dropped it.", hint="r reads the catalogue again.")
    return cast(Mapping[str, Any], rows[0])


@cache
def _statement(name: str, version: int) -> str:
    """The statement that reads one kind of object, with the part that all of them share put in."""
    sql = load_sql("chatly_console.schema", name, version)
    for part in _SHARED:
        if f"({part})" in sql:
            shared = load_sql("chatly_console.schema", part, version)
            shared = shared.replace("{class}", f"'pg_catalog.{_IN[name]}'::pg_catalog.regclass")
            shared = shared.replace("{listed}", str(ENTRIES)).replace("{counted}", str(COUNTED))
            sql = sql.replace(f"({part})", f"({shared})")
    return sql


def _statements(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What no list of an object has, as statements, and its security labels."""
    return (*(row["more"] or ()), *(row["labels"] or ()))


def _all(type_: type[T], rows: list[dict[str, Any]] | None) -> tuple[T, ...]:
    return tuple(type_(**row) for row in rows or ())


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def _column(values: dict[str, Any]) -> ColumnDetail:
    values["common_values"] = tuple(values["common_values"] or ())
    values["common_fractions"] = tuple(values["common_fractions"] or ())
    return ColumnDetail(**values)
