"""The names of a catalogue as completion needs them: what a bare name means, and how to write one."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from chatly_console.core.catalogue import Catalogue, ColumnInfo, Key, Relation, Routine, TypeInfo
from chatly_console.core.completion.proposal import ASKED
from chatly_console.core.quote import quote_identifier

T = TypeVar("T", Relation, Routine, TypeInfo)
JOIN, VALUE, COLUMN, ALIAS, NEAR, OWN, KEYWORD, OTHER, FAR = range(9)
"""Ranks of proposals that match equally well."""
_ADMINISTRATION = ("pg_", "has_", "row_security", "inet_", "txid_", "binary_upgrade")
"""Beginnings of the names of functions that few statements call."""
SYSTEM_SCHEMAS = frozenset({"pg_catalog", "information_schema"})


class Names:
    """Made once for each catalogue and search path, in a thread; everything on it is quick.

    `unreadable` holds the oids of the relations that the identity may not read.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        search_path: Sequence[str] = ("pg_catalog", "public"),
        *,
        builtins: Iterable[Routine] = (),
        unreadable: frozenset[int] = frozenset(),
    ) -> None:
        self.catalogue = catalogue
        self.search_path = tuple(search_path)
        self.unreadable = unreadable
        places = {schema: place for place, schema in enumerate(self.search_path)}
        self._places = places
        self.relations = list(catalogue.relations.values())
        self.routines = [*catalogue.routines, *builtins]
        self.schemas = [schema.name for schema in catalogue.schemas]
        self._relation_of = _visible(self.relations, places)
        self._routines_of = _by_name(self.routines)
        self._type_of = _visible(catalogue.types, places)

    @cached_property
    def relation_ranks(self) -> list[int]:
        """How near each relation is: those on the search path first, then partitions and other schemas."""
        return [self._relation_rank(relation) for relation in self.relations]

    def _relation_rank(self, relation: Relation) -> int:
        if not self.is_readable(relation) or relation.kind == "sequence" or relation.schema in SYSTEM_SCHEMAS:
            return FAR
        is_near = self.is_on_path(relation.schema) and not relation.is_partition and not relation.extension
        return NEAR if is_near else OWN

    @cached_property
    def routine_ranks(self) -> list[int]:
        """How near each routine is; -1 for those that nobody calls by name."""
        return [self._routine_rank(routine) for routine in self.routines]

    def _routine_rank(self, routine: Routine) -> int:
        if routine.is_internal or routine.result in ("trigger", "event_trigger"):
            return -1
        if not self.is_on_path(routine.schema) or routine.extension:
            return FAR
        if routine.schema in SYSTEM_SCHEMAS:
            return ASKED if routine.name.startswith(_ADMINISTRATION) else OTHER
        return OWN

    @cached_property
    def row_routine_ranks(self) -> list[int]:
        """The same for those only that give out rows, as FROM takes them."""
        ranked = zip(self.routines, self.routine_ranks, strict=True)
        return [
            OTHER if rank >= 0 and routine.result.startswith(("SETOF", "TABLE")) else -1 for routine, rank in ranked
        ]

    @cached_property
    def column_names(self) -> list[tuple[str, str, str]]:
        """Every column of a table on the search path: small letters, name, table; sorted."""
        tables = {r.oid: r.name for r in self.relations if self._relation_rank(r) == NEAR}
        found = (c for c in self.catalogue.all_columns() if c.relation in tables)
        return sorted((column.name.lower(), column.name, tables[column.relation]) for column in found)

    def prepare(self) -> "Names":
        """Work out what completion will ask for: some milliseconds, which are spent in a thread."""
        _ = self.lower_relations, self.lower_routines, self.relation_ranks, self.routine_ranks, self.row_routine_ranks
        _ = self.column_names, self.foreign_keys, self._marks
        return self

    @cached_property
    def lower_relations(self) -> list[str]:
        """The relations' names in small letters, in their order."""
        return [relation.name.lower() for relation in self.relations]

    @cached_property
    def lower_routines(self) -> list[str]:
        """The routines' names in small letters, in their order."""
        return [routine.name.lower() for routine in self.routines]

    @cached_property
    def foreign_keys(self) -> Mapping[int, tuple[Key, ...]]:
        """The foreign keys from and to each relation."""
        found: dict[int, list[Key]] = {}
        for key in self.catalogue.keys:
            if key.type == "f":
                for oid in {key.relation, key.target}:
                    found.setdefault(oid, []).append(key)
        return {oid: tuple(keys) for oid, keys in found.items()}

    @cached_property
    def _marks(self) -> Mapping[tuple[int, int], str]:
        """By relation and column number what the column is in the keys: `key`, `→ table`."""
        marks: dict[tuple[int, int], str] = {}
        for key in self.catalogue.keys:
            target = self.catalogue.relations.get(key.target)
            if key.type == "f" and target is not None:
                for number in key.columns:
                    marks.setdefault((key.relation, number), f"→ {target.name}")
        for key in self.catalogue.keys:
            if key.type == "p":
                for number in key.columns:
                    marks[key.relation, number] = "key"
        return marks

    def about_column(self, column: ColumnInfo | None, type_: str) -> str:
        """A column in a few words: its type, and what it is in the keys."""
        mark = self._marks.get((column.relation, column.number), "") if column is not None else ""
        return f"{type_} {mark}".strip()

    def relation(self, path: Sequence[str]) -> Relation | None:
        """The relation that `name` or `schema.name` means."""
        if len(path) == 1:
            return self._relation_of.get(path[0])
        return self.catalogue.relation(path[-2], path[-1]) if path else None

    def routines_named(self, path: Sequence[str]) -> list[Routine]:
        """The overloads that `name` or `schema.name` may mean, those first that the search path finds first."""
        found = self._routines_of.get(path[-1], []) if path else []
        if len(path) > 1:
            return [routine for routine in found if routine.schema == path[-2]]
        visible = [routine for routine in found if routine.schema in self._places or routine.schema == "pg_catalog"]
        return sorted(visible or found, key=lambda routine: self._places.get(routine.schema, len(self._places)))

    def type(self, written: str) -> TypeInfo | None:
        """The type with this name, written as `format_type` writes it."""
        if "." in written:
            return next((info for info in self.catalogue.types if info.quoted == written), None)
        return self._type_of.get(written.strip('"')) or next(
            (info for info in self.catalogue.types if info.name == written), None
        )

    def columns(self, relation: Relation) -> tuple[ColumnInfo, ...]:
        """The columns of a relation."""
        return self.catalogue.columns_of(relation.oid)

    def is_readable(self, relation: Relation) -> bool:
        """Whether the identity may read it."""
        return relation.oid not in self.unreadable

    def is_on_path(self, schema: str) -> bool:
        """Whether names of a schema are found without it."""
        return schema in self._places or schema == "pg_catalog"

    def written(self, found: Relation | Routine | TypeInfo) -> str:
        """How SQL names it: with its schema only where the search path would not find it."""
        name = quote_identifier(found.name)
        if isinstance(found, Relation) and self._relation_of.get(found.name) != found:
            return f"{quote_identifier(found.schema)}.{name}"
        return name if self.is_on_path(found.schema) else f"{quote_identifier(found.schema)}.{name}"


def _visible(found: Iterable[T], places: Mapping[str, int]) -> dict[str, T]:
    """By name what the search path finds first."""
    first: dict[str, T] = {}
    for one in found:
        place = places.get(one.schema)
        if place is not None and ((other := first.get(one.name)) is None or place < places[other.schema]):
            first[one.name] = one
    return first


def _by_name(routines: Iterable[Routine]) -> dict[str, list[Routine]]:
    found: dict[str, list[Routine]] = {}
    for routine in routines:
        found.setdefault(routine.name, []).append(routine)
    return found
