"""The catalogue: all objects of a database (see `catalogue_objects`), as they were when they were read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from chatly_console.core.catalogue_objects import (
    CatalogueObject,
    ColumnInfo,
    Extension,
    Key,
    Relation,
    Role,
    Routine,
    Schema,
    Thing,
    TypeInfo,
    qualified,
)

__all__ = [
    "Catalogue",
    "CatalogueObject",
    "ColumnInfo",
    "Extension",
    "Key",
    "PackedColumns",
    "Relation",
    "Role",
    "Routine",
    "Schema",
    "Thing",
    "TypeInfo",
    "object_path",
    "qualified",
]

T = TypeVar("T")


@dataclass(frozen=True)
class Catalogue:
    """All objects of one database as they were when it was read."""

    schemas: tuple[Schema, ...] = ()
    relations: Mapping[int, Relation] = field(default_factory=dict)
    routines: tuple[Routine, ...] = ()
    types: tuple[TypeInfo, ...] = ()
    extensions: tuple[Extension, ...] = ()
    roles: tuple[Role, ...] = ()
    things: tuple[Thing, ...] = ()
    columns: Mapping[int, tuple[ColumnInfo, ...]] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()

    def columns_of(self, relation: int) -> tuple[ColumnInfo, ...]:
        """The columns of a relation in their order; none where it has none or is not known."""
        return self.columns.get(relation, ())

    def all_columns(self) -> Iterator[ColumnInfo]:
        """Every column of every relation, for who goes through them once."""
        peek = self.columns.peek if isinstance(self.columns, PackedColumns) else self.columns.__getitem__
        for relation in self.columns:
            yield from peek(relation)

    def relation(self, schema: str, name: str) -> Relation | None:
        """The relation of this name."""
        return self._by_name.get((schema, name))

    def partitions(self, relation: int) -> tuple[Relation, ...]:
        """The partitions (or inheriting tables) directly below a relation."""
        return self._children.get(relation, ())

    def keys_of(self, relation: int) -> tuple[Key, ...]:
        """The keys that a relation has: its own, and its foreign keys."""
        return self._keys_of.get(relation, ())

    def objects(self) -> Iterator[CatalogueObject]:
        """Everything that has a name, relations first."""
        yield from self.relations.values()
        yield from self.routines
        yield from self.types
        yield from self.extensions
        yield from self.roles
        yield from self.things

    def found(self, name: str) -> list[Relation]:
        """The relations that a person means by `name` or `schema.name`, as it stands or as SQL would quote it."""
        return [r for r in self.relations.values() if name in (r.name, f"{r.schema}.{r.name}", r.quoted)]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Relation]:
        return {(relation.schema, relation.name): relation for relation in self.relations.values()}

    @cached_property
    def _children(self) -> dict[int, tuple[Relation, ...]]:
        below = _grouped((r.parent, r) for r in self.relations.values() if r.parent is not None)
        return {parent: tuple(children) for parent, children in below.items()}

    @cached_property
    def _keys_of(self) -> dict[int, tuple[Key, ...]]:
        return {relation: tuple(keys) for relation, keys in _grouped((k.relation, k) for k in self.keys).items()}


class PackedColumns(Mapping[int, tuple[ColumnInfo, ...]]):
    """The columns of many relations as the server wrote them; each list is read when it is first asked for."""

    def __init__(self, packed: dict[int, str]) -> None:
        self._packed = packed
        self._read: dict[int, tuple[ColumnInfo, ...]] = {}

    def __getitem__(self, relation: int) -> tuple[ColumnInfo, ...]:
        if relation not in self._read:
            self._read[relation] = self.peek(relation)
        return self._read[relation]

    def peek(self, relation: int) -> tuple[ColumnInfo, ...]:
        """The columns of a relation, which are not kept: for who goes through all of them once."""
        return tuple(ColumnInfo(relation, *values) for values in json.loads(self._packed[relation]))

    def __iter__(self) -> Iterator[int]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def with_those_of(self, other: Mapping[int, tuple[ColumnInfo, ...]]) -> "PackedColumns":
        """These and the others, which must be packed too."""
        assert isinstance(other, PackedColumns)
        return PackedColumns({**self._packed, **other._packed})


def object_path(found: CatalogueObject | Schema) -> tuple[str, ...]:
    """What tells an object from all others, the same after the catalogue was read again: kind, schema, name, more."""
    if isinstance(found, Schema):
        return ("schema", found.name)
    more = (found.arguments,) if isinstance(found, Routine) else ()
    if isinstance(found, Thing) and found.parent is not None:
        more = (found.about,)
    return (found.kind, found.schema, found.name, *more)


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
