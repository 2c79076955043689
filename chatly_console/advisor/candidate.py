"""An index to try: what it is on, why, and the statements that make it and take it away."""

import re
from dataclasses import dataclass, field, replace

from chatly_console.advisor.table_info import IndexFacts, TableInfo
from chatly_console.core.quote import quote_identifier
from chatly_console.explain.plan import Node


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
    node: Node | None = field(default=None, compare=False, repr=False)
    called: str = ""
    """A name for a trial; empty for one that says what it is on."""

    @property
    def broken(self) -> IndexFacts | None:
        """The invalid index of just this definition: to mend it is better than to build another beside it."""
        besides = f" include ({', '.join(self.include)})" if self.include else ""
        tail = f"{self.method} ({self._keys}){besides}"
        if self.called or self.where or self.options:
            return None
        return next((i for i in self.table.indexes if i.is_plain and not i.is_valid and i.is_made_by(tail)), None)

    @property
    def trial(self) -> "Candidate":
        """The same under a name that is free beside the broken one."""
        return replace(self, called=f"{self.name[:50]}_trial") if self.broken else self

    @property
    def name(self) -> str:
        """A name that says what it is on; that of the broken index, where there is one to mend."""
        known = self.called or (self.broken.name if self.broken else "")
        return known or self._own_name

    @property
    def _own_name(self) -> str:
        words = [re.sub(r"\W+", "_", plain_key(key).strip("(")).strip("_") for key in self.keys]
        name = "_".join([self.table.name, *words])[:50].rstrip("_")
        kind = f"{'_part' if self.where else ''}{'_incl' if self.include else ''}"
        kind += "_pattern" if self.opclass.endswith("_pattern_ops") else ""
        return f"{name}{kind}_{'idx' if self.method == 'btree' else self.method}"

    @property
    def qualified_name(self) -> str:
        """Its name with the schema, which is its table's."""
        return f"{quote_identifier(self.table.schema)}.{quote_identifier(self.name)}"

    @property
    def has_expression(self) -> bool:
        """Whether it holds what no column holds: the server has no statistics of that before an ANALYZE."""
        return any(key.startswith("(") for key in self.keys)

    def sql(self, *, concurrently: bool = True) -> str:
        """The statement that makes it, or mends the broken one; not concurrently it is always made."""
        if concurrently and self.broken:
            return f"reindex index concurrently {self.qualified_name}"
        return self.sql_on(self.table.qualified, concurrently=concurrently)

    @property
    def remains(self) -> tuple[str, ...]:
        """The full names of what is left where its building is cut off."""
        if not self.broken:
            return (self.qualified_name,)
        names = (f"{self.name[:57]}_{kind}" for kind in ("ccnew", "ccold"))
        return tuple(f"{quote_identifier(self.table.schema)}.{quote_identifier(name)}" for name in names)

    @property
    def _keys(self) -> str:
        return ", ".join([*self.keys[:-1], f"{self.keys[-1]} {self.opclass}".rstrip()])

    def sql_on(self, table: str, *, concurrently: bool) -> str:
        """The same on another table of these columns."""
        words = ["create index", "concurrently" if concurrently else "", quote_identifier(self.name), "on"]
        words += [table, "" if self.method == "btree" else f"using {self.method}", f"({self._keys})"]
        words.append(f"include ({', '.join(self.include)})" if self.include else "")
        words.append(f"with ({self.options})" if self.options else "")
        words.append(f"where {self.where}" if self.where else "")
        return " ".join(filter(None, words))

    @property
    def undo(self) -> str:
        """The statement that takes it away."""
        return f"drop index concurrently {self.qualified_name}"

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
    """The name of a key's column, without quotes and order."""
    return key.split(" ")[0].strip('"')
