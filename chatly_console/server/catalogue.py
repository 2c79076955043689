"""Reads the catalogue of a database: in three statements of flat rows, none of which a locked table holds up."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter

from chatly_console.core.catalogue import (
    Catalogue,
    Extension,
    Key,
    PackedColumns,
    Relation,
    Role,
    Routine,
    Schema,
    Thing,
    TypeInfo,
)
from chatly_console.core.values import Record
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_RELATIONS = frozenset({"table", "partitioned table", "view", "materialised view", "foreign table", "sequence"})
_ROUTINES = frozenset({"function", "procedure", "aggregate", "window function"})
_THINGS = frozenset(
    {"event trigger", "publication", "subscription", "foreign server", "database", "trigger", "rule", "policy"}
)
_BUILT_AT_ONCE = 5_000
"""Rows made into objects before the screen has its turn."""


async def load_catalogue(database: Database, *, timeout: float = 30.0) -> Catalogue:
    """All objects but those of the system's own schemas, whose names alone are listed."""
    objects, columns, keys = await asyncio.gather(
        _records(database, "catalogue_objects", False, timeout=timeout),
        _records(database, "catalogue_columns", False, timeout=timeout),
        _records(database, "catalogue_keys", timeout=timeout),
    )
    found = await _sorted_out(objects)
    return replace(
        found.catalogue(),
        columns=_packed(columns),
        keys=tuple(_key(row) for row in keys),
    )


async def with_system(database: Database, catalogue: Catalogue, *, timeout: float = 30.0) -> Catalogue:
    """The same catalogue with what is in the system's own schemas."""
    objects, columns = await asyncio.gather(
        _records(database, "catalogue_objects", True, timeout=timeout),
        _records(database, "catalogue_columns", True, timeout=timeout),
    )
    found = (await _sorted_out(objects)).catalogue()
    return replace(
        catalogue,
        relations={**catalogue.relations, **found.relations},
        routines=catalogue.routines + found.routines,
        types=catalogue.types + found.types,
        things=catalogue.things + found.things,
        columns=_packed(columns).with_those_of(catalogue.columns),
    )


async def _records(database: Database, name: str, *arguments: object, timeout: float) -> list[Record]:
    sql = load_sql("chatly_console.server", name, database.facts.version_number)
    return await database.records(sql, *arguments, timeout=timeout)


@dataclass
class _Found:
    """The rows so far, each with its like."""

    schemas: list[Schema] = field(default_factory=list)
    relations: dict[int, Relation] = field(default_factory=dict)
    routines: list[Routine] = field(default_factory=list)
    types: list[TypeInfo] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)

    def add(self, row: Record) -> None:
        """Take in one row."""
        values = tuple(row.values())
        kind = values[0]
        if kind in _RELATIONS:
            relation = _relation(values)
            self.relations[relation.oid] = relation
        elif kind in _ROUTINES:
            self.routines.append(_routine(values))
        elif str(kind).endswith("schema"):
            self.schemas.append(_schema(values))
        elif kind == "extension":
            self.extensions.append(_extension(values))
        elif kind == "role":
            self.roles.append(_role(values))
        elif kind in _THINGS:
            self.things.append(_thing(values))
        else:
            self.types.append(_type(values))

    def catalogue(self) -> Catalogue:
        """What was found, in the order of names."""
        return Catalogue(
            tuple(sorted(self.schemas, key=itemgetter(1))),
            dict(sorted(self.relations.items(), key=lambda item: item[1][1:3])),
            tuple(sorted(self.routines, key=itemgetter(1, 2, 4))),
            tuple(sorted(self.types, key=itemgetter(1, 2))),
            tuple(sorted(self.extensions, key=lambda extension: (not extension.installed, extension.name))),
            tuple(sorted(self.roles, key=itemgetter(1))),
            tuple(sorted(self.things, key=itemgetter(2, 1))),
        )


async def _sorted_out(rows: Iterable[Record]) -> _Found:
    found = _Found()
    for number, row in enumerate(rows, 1):
        found.add(row)
        if number % _BUILT_AT_ONCE == 0:
            await asyncio.sleep(0)
    return found


def _packed(rows: Iterable[Record]) -> PackedColumns:
    return PackedColumns({_number(row["relation"]): _text(row["columns"]) for row in rows})


Values = tuple[object, ...]
"""kind, oid, schema, name, parent, owner, comment, extension, words, more, rows, pages, policies, flags"""


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _names(value: object) -> tuple[str, ...]:
    return tuple(json.loads(str(value))) if value else ()


def _schema(v: Values) -> Schema:
    return Schema(_number(v[1]), _text(v[3]), _text(v[5]), _text(v[6]), _text(v[7]), v[0] == "system schema")


def _relation(v: Values) -> Relation:
    assert isinstance(v[10], float)
    flags = _text(v[13])
    return Relation(
        _number(v[1]), _text(v[2]), _text(v[3]), _text(v[0]), _text(v[5]), _text(v[6]), _text(v[7]),
        None if v[4] is None else _number(v[4]), v[10], _number(v[11]), _number(v[12]),
        "r" in flags, "f" in flags, "u" in flags, "p" in flags,
    )  # fmt: skip


def _routine(v: Values) -> Routine:
    flags = _text(v[13])
    return Routine(
        _number(v[1]), _text(v[2]), _text(v[3]), _text(v[0]), _text(v[8]), _text(v[9]), _text(v[5]), _text(v[6]),
        _text(v[7]), flags.startswith("d"), flags[-1:], "i" in flags[:-1],
    )  # fmt: skip


def _type(v: Values) -> TypeInfo:
    return TypeInfo(
        _number(v[1]), _text(v[2]), _text(v[3]), _text(v[0]), _text(v[5]), _text(v[6]), _text(v[7]), _text(v[8]),
        _names(v[9]),
    )  # fmt: skip


def _extension(v: Values) -> Extension:
    return Extension(_number(v[1]), _text(v[2]), _text(v[3]), _text(v[5]), _text(v[6]), _text(v[8]), _text(v[9]))


def _role(v: Values) -> Role:
    return Role(_number(v[1]), _text(v[3]), _text(v[6]), _text(v[8]), _names(v[9]))


def _thing(v: Values) -> Thing:
    parent = None if v[4] is None else _number(v[4])
    return Thing(_number(v[1]), _text(v[3]), _text(v[0]), _text(v[5]), _text(v[6]), _text(v[8]), _text(v[2]), parent)


def _key(row: Mapping[str, object]) -> Key:
    oid, name, type_, relation, columns, target, target_columns, on_delete, on_update = row.values()
    return Key(
        _number(oid), _text(name), _text(type_), _number(relation), _numbers(columns), _number(target),
        _numbers(target_columns), _text(on_delete), _text(on_update),
    )  # fmt: skip


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(int(number) for number in _text(value).split())
