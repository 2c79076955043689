"""Reads a database's catalogue: about twenty statements on one snapshot, which lock no table of anybody."""

from typing import Any

from chatly_console.core.failure import Failure
from chatly_console.migrations.snapshot import Key, Snapshot
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"
_STATEMENTS = (
    "catalogue_schema",
    "catalogue_extension",
    "catalogue_relation",
    "catalogue_column",
    "catalogue_constraint",
    "catalogue_index",
    "catalogue_sequence",
    "catalogue_routine",
    "catalogue_trigger",
    "catalogue_rule",
    "catalogue_policy",
    "catalogue_type",
    "catalogue_operator",
    "catalogue_search",
    "catalogue_outside",
    "catalogue_default_acl",
    "catalogue_comment",
    "catalogue_role",
    "catalogue_parameter",
)
LOCK_LIMIT = 1.0
"""Seconds to wait for a table that is being changed just now."""


async def read_snapshot(database: Database) -> Snapshot:
    """The whole catalogue, without what extensions brought. Raises `Failure`, also where a table is being changed."""
    objects: dict[Key, dict[str, Any]] = {}
    schemas: dict[Key, str] = {}
    async with database.rehearse(timeout=60.0, lock_timeout=LOCK_LIMIT) as session:
        # with an empty path names are written in full; compiling such statements takes longer than running them
        await session.prepare("set local search_path = ''; set local jit = off")
        for name in _STATEMENTS:
            try:
                rows: list[Any] = await session.records(load_sql(_PACKAGE, name, database.facts.version_number))
            except Failure as failure:
                if failure.sqlstate == "55P03":
                    failure.sentence = "A table is being changed just now, so the catalogue cannot be read."
                    failure.hint = "Try again in a moment."
                raise
            for row in rows:
                fields: dict[str, Any] = row["def"]
                key = (fields.pop("what", name.removeprefix("catalogue_").replace("_", " ")), row["identity"])
                objects[key], schemas[key] = fields, row["schema"]
    return Snapshot(objects, schemas, database.facts.version_number, database.facts.user)
