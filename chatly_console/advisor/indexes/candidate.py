"""An index to try: what it is on, why, and the statements that make it and take it away."""

import re
from dataclasses import dataclass, field, replace

from chatly_console.advisor.indexes.table_info import IndexFacts, TableInfo
from chatly_console.core.quote import quote_identifier
from chatly_console.explain.plan import Node

_LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class Candidate:
    """An index to try. `keys` are columns or expressions as SQL; `where` is its condition, empty where it has none."""

    table: TableInfo = field(repr=False)
    keys: tuple[str, ...]
    why: str
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str = ""
    opclass: str = ""
    """Of its last key; empty where the type's own will do."""
    options: str = ""
    """`lists = 100` and the like."""
    ordered: int = 0
    """How many of its last keys are there for their order, not for what is looked up."""
    stops: bool = field(default=False, compare=False)
    """Whether reading in this order ends early: at a LIMIT."""
    looked_up: float = field(default=0.0, compare=False)
    """The rows that it leads to before the other conditions are looked at; 0 where it serves all of them."""
    evidence: str = field(default="", compare=False)
    """What the plan does now, with its numbers."""
    nodes: tuple[Node, ...] = field(default=(), compare=False, repr=False)
    """The scans of the plan that it is for."""
    arm: tuple[int, int] | None = field(default=None, compare=False)
    """Where it serves only one arm of an OR: which, and of how many; all of them need an index."""
    broken: IndexFacts | None = field(default=None, compare=False, repr=False)
    """The invalid index of just this definition: to mend it is better than to build another beside it."""
    called: str = field(default="", compare=False)
    """A name of its own; empty for one that says what it is on."""

    @property
    def trial(self) -> "Candidate":
        """The same under a name that is free beside the broken one."""
        return replace(self, called=f"{self.name[:50]}_trial", broken=None) if self.broken else self

    @property
    def name(self) -> str:
        """A name that says what it is on; that of the broken index, where there is one to mend."""
        return self.called or (self.broken.name if self.broken else "") or self.name_on(self.table.name)

    def name_on(self, table: str) -> str:
        """What it would be called on this table."""
        words = [re.sub(r"\W+", "_", plain_key(key).strip("(")).strip("_") for key in self.keys]
        name = "_".join([table, *words])[:50].rstrip("_")
        kind = f"{'_part' if self.where else ''}{'_incl' if self.include else ''}"
        kind += "_pattern" if self.opclass.endswith("_pattern_ops") else ""
        return f"{name}{kind}_{'idx' if self.method == 'btree' else self.method}"

    def not_called(self, taken: set[str]) -> "Candidate":
        """The same under a name that none of these indexes has."""
        name = free = self.name
        for number in range(2, len(taken) + 3):
            if free not in taken:
                break
            free = f"{name[: _LONGEST_NAME - 4]}_{number}"
        return self if free == name else replace(self, called=free)

    @property
    def qualified_name(self) -> str:
        """Its name with the schema, which is its table's."""
        return f"{quote_identifier(self.table.schema)}.{quote_identifier(self.name)}"

    @property
    def has_expression(self) -> bool:
        """Whether it holds what no column holds: the server has no statistics of that before an ANALYZE."""
        return any(key.startswith("(") for key in self.keys)

    @property
    def on(self) -> str:
        """What it is on, without its name: no two candidates of a statement share it."""
        return f"{self.table.qualified} {self.rest}"

    def sql(self, *, concurrently: bool = True) -> str:
        """The statement that makes it, or mends the broken one; not concurrently it is always made."""
        if concurrently and self.broken:
            return f"reindex index concurrently {self.qualified_name}"
        how = "concurrently if not exists " if concurrently else ""
        return f"create index {how}{quote_identifier(self.name)} on {self.on}"

    def sql_on(self, table: str) -> str:
        """The same on another table of these columns, for a trial."""
        return f"create index {quote_identifier(self.name)} on {table} {self.rest}"

    @property
    def rest(self) -> str:
        """Its definition after the table's name."""
        keys = ", ".join([*self.keys[:-1], f"{self.keys[-1]} {self.opclass}".rstrip()])
        words = ["" if self.method == "btree" else f"using {self.method}", f"({keys})"]
        words.append(f"include ({', '.join(self.include)})" if self.include else "")
        words.append(f"with ({self.options})" if self.options else "")
        words.append(f"where {self.where}" if self.where else "")
        return " ".join(filter(None, words))

    @property
    def undo(self) -> str:
        """The statement that takes it away; that of a partitioned table takes those of its partitions along."""
        how = "" if self.table.is_partitioned else "concurrently "
        return f"drop index {how}{self.qualified_name}"

    def serves_as(self, other: "Candidate") -> bool:
        """Whether this index also does what `other` would: the same, or a B-tree that begins with its keys."""
        if self.table.qualified != other.table.qualified or self.method != other.method:
            return False
        if (self.where, self.opclass, self.options) != (other.where, other.opclass, other.options):
            return False
        begins = self.keys[: len(other.keys)] == other.keys
        holds = set(other.include) <= {*self.keys, *self.include}
        return begins and holds and (self.method == "btree" or self.keys == other.keys)


def plain_key(key: str) -> str:
    """A key without its order: the name of its column, without quotes, or the expression."""
    if key.startswith("("):
        return key[: key.rfind(")") + 1]
    if key.startswith('"'):
        return key[1 : key.rfind('"')].replace('""', '"')
    return key.split(" ")[0]
