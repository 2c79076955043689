"""What the catalogue and the statistics say of a table that a plan reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chatly_console.core.quote import quote_identifier


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What the statistics say of a column; `distinct` counts values, `common` gives the share of each common one."""

    type: str = ""
    type_schema: str = ""
    """Where its type is from; empty for the server's own types."""
    distinct: float = 0.0
    null_share: float = 0.0
    correlation: float = 0.0
    width: float = 8.0
    """Bytes of a value on the average."""
    common: Mapping[str, float] = field(default_factory=dict)
    middle: str = ""
    """The value in the middle of those that are not common; empty where it is not known."""
    last: str = ""
    """The greatest of those that are not common; empty where it is not known."""
    category: str = ""
    """`pg_type.typcategory`: R a range, A an array, S a string, G a geometry, N a number, D a date or time."""
    dimensions: int = 0
    """Of a vector column; 0 where it is none, or has no fixed length."""


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """An index that is there. `columns` are its keys; `opclasses`, `standard` and `orders` have an entry for each."""

    name: str
    method: str
    columns: tuple[str, ...]
    is_valid: bool = True
    is_plain: bool = True
    """Whether it is only an index: no constraint stands on it, and it keeps nothing unique."""
    include: tuple[str, ...] = ()
    where: str = ""
    """Its condition as the server words it; empty for an index of all rows."""
    options: tuple[str, ...] = ()
    """Its storage parameters: `lists=100`."""
    opclasses: tuple[str, ...] = ()
    """Their names without a schema."""
    standard: tuple[bool, ...] = ()
    """Whether the operator class is the one that its type has where none is named."""
    orders: tuple[int, ...] = ()
    """As `pg_index.indoption`: 1 is added for DESC, 2 for NULLS FIRST."""
    is_attached: bool = False
    """Whether it is a part of the index of a partitioned table."""

    @property
    def is_partial(self) -> bool:
        """Whether it holds only the rows that meet its condition."""
        return bool(self.where)


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a partitioned table: one that holds rows, or one that is partitioned again."""

    schema: str
    name: str
    parent: str
    """The full name of the table that it is directly a part of."""
    is_leaf: bool = True
    is_foreign: bool = False
    indexes: tuple[str, ...] = ()
    """The names of its indexes, without those that are invalid."""

    @property
    def qualified(self) -> str:
        """Its full name, quoted where needed."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table that the plan reads."""

    schema: str
    name: str
    rows: float
    pages: float
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    indexes: tuple[IndexFacts, ...] = ()
    writes: float = 0.0
    """Rows inserted and updated in `hours`, the time that the server's counters cover."""
    hours: float = 0.0
    hot_share: float = 0.0
    """The part of the updates that touch no index (heap-only); an index on a column that they change ends that."""
    all_visible: float = 0.0
    """The part of its pages that VACUUM has found to hold nothing but rows that everybody sees."""
    extensions: Mapping[str, str] = field(default_factory=dict)
    """The schemas of the installed extensions that bring operator classes."""
    partitions: tuple[Partition, ...] = field(default=(), repr=False)
    """Where its rows are, if they are in partitions; the figures are then the sums of all of them."""
    is_hidden: bool = False
    """Whether the login sees no statistics of its columns: it may not read it, or only through its policies."""
    root: "TableInfo | None" = field(default=None, repr=False)
    """The table that it is a partition of, the topmost one."""

    @property
    def qualified(self) -> str:
        """Its full name, quoted where needed."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"

    @property
    def is_partitioned(self) -> bool:
        """Whether its rows are in partitions."""
        return bool(self.partitions)

    @property
    def megabytes(self) -> float:
        """Its size."""
        return self.pages * 8 / 1024

    def column(self, name: str) -> ColumnFacts:
        """What is known of a column; nothing for an expression."""
        return self.columns.get(name, ColumnFacts())
