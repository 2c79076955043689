"""The objects of a database as frozen types.

Names and comments come from the database and are hostile text; quote them for SQL with `core.quote`, and pass them
through `safe_text` for the screen.
"""

from typing import NamedTuple

from chatly_console.core.quote import quote_identifier


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
    is_internal: bool = False
    """Whether it works behind an operator, a type or an index, and nobody calls it by name."""

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
    """An object of another kind, in words: of the database (an event trigger, a publication, a foreign server), of the
    server (a database), or of a relation, its `parent` (a trigger, a rule, a policy).
    """

    oid: int
    name: str
    kind: str
    owner: str = ""
    comment: str = ""
    about: str = ""
    schema: str = ""
    """The schema of its relation; empty where it has none."""
    parent: int | None = None
    """The oid of its relation."""

    @property
    def quoted(self) -> str:
        """Its name as SQL."""
        return quote_identifier(self.name)


CatalogueObject = Relation | Routine | TypeInfo | Extension | Role | Thing


def qualified(schema: str, name: str) -> str:
    """`schema.name` as SQL, quoted only where needed."""
    return f"{quote_identifier(schema)}.{quote_identifier(name)}"
