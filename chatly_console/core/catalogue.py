"""What is in a database: its objects as frozen types, and the catalogue that holds and finds them.

Names and comments come from the database and are hostile text; quote them for SQL with `core.quote`, and pass them
through `safe_text` for the screen.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from chatly_console.core.quote import quote_identifier

T = TypeVar("T")


class Schema(NamedTuple):
    """A schema; those of the system are folded away."""

    oid: int
    name: str
    owner: str = ""
    comment: str = ""
    extension: str = ""
    is_system: bool = False


class Relation(NamedTuple):
    """Whatever has columns or is read like a table: tables, views, sequences.

    `kind` is in words: table, partitioned table, view, materialised view, foreign table, sequence. `rows` is the
    planner's estimate, below 0 where the table was never analysed.
    """

    oid: int
    schema: str
    name: str
    kind: str
    owner: str = ""
    comment: str = ""
    extension: str = ""
    parent: int | None = None
    rows: float = -1
    pages: int = 0
    policies: int = 0
    row_security: bool = False
    forces_row_security: bool = False
    unlogged: bool = False
    is_partition: bool = False

    @property
    def quoted(self) -> str:
        """`schema.name` as SQL, quoted only where needed."""
        return qualified(self.schema, self.name)

    @property
    def is_table(self) -> bool:
        """Whether it stores rows of its own, so that keys, policies and row security concern it."""
        return self.kind in ("table", "partitioned table", "foreign table")


class ColumnInfo(NamedTuple):
    """A column as the catalogue lists it; `identity` and `generated` are the server's letters, or empty."""

    relation: int
    number: int
    name: str
    type: str
    not_null: bool
    has_default: bool
    identity: str = ""
    generated: str = ""
    comment: str | None = None


class Key(NamedTuple):
    """A primary (`p`), unique (`u`) or foreign (`f`) key; columns by their numbers."""

    oid: int
    name: str
    type: str
    relation: int
    columns: tuple[int, ...]
    target: int
    target_columns: tuple[int, ...]
    on_delete: str
    on_update: str


class Routine(NamedTuple):
    """A function, procedure, aggregate or window function. `arguments` tell overloaded ones apart."""

    oid: int
    schema: str
    name: str
    kind: str
    arguments: str
    result: str
    owner: str = ""
    comment: str = ""
    extension: str = ""
    security_definer: bool = False
    volatility: str = "v"

    @property
    def quoted(self) -> str:
        """`schema.name(arguments)` as SQL."""
        return f"{qualified(self.schema, self.name)}({self.arguments})"


class TypeInfo(NamedTuple):
    """An enum, domain, composite, range or base type."""

    oid: int
    schema: str
    name: str
    kind: str
    owner: str = ""
    comment: str = ""
    extension: str = ""
    base: str = ""
    labels: tuple[str, ...] = ()

    @property
    def quoted(self) -> str:
        """`schema.name` as SQL."""
        return qualified(self.schema, self.name)


class Extension(NamedTuple):
    """An extension that the server offers; `installed` is empty where it is not created here."""

    oid: int
    schema: str
    name: str
    owner: str
    comment: str
    installed: str
    offered: str

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "extension"

    @property
    def quoted(self) -> str:
        """Its name as SQL."""
        return quote_identifier(self.name)


class Role(NamedTuple):
    """A role: what it may do, in words, and the roles that it is a member of."""

    oid: int
    name: str
    comment: str
    attributes: str
    member_of: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "role"

    @property
    def schema(self) -> str:
        """Roles are in no schema."""
        return ""

    @property
    def quoted(self) -> str:
        """Its name as SQL."""
        return quote_identifier(self.name)


class Thing(NamedTuple):
    """An object of the database outside schemas: an event trigger, a publication, a foreign server."""

    oid: int
    name: str
    kind: str
    owner: str = ""
    comment: str = ""
    about: str = ""

    @property
    def schema(self) -> str:
        """It is in no schema."""
        return ""

    @property
    def quoted(self) -> str:
        """Its name as SQL."""
        return quote_identifier(self.name)


CatalogueObject = Relation | Routine | TypeInfo | Extension | Role | Thing


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


def qualified(schema: str, name: str) -> str:
    """`schema.name` as SQL, quoted only where needed."""
    return f"{quote_identifier(schema)}.{quote_identifier(name)}"


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
