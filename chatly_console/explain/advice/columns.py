"""The columns of a condition, as far as its text tells: which could lead an index, and which could follow."""

import re
from dataclasses import dataclass

from chatly_console.explain.plan import Node

_COLUMN = r'(?:(?P<alias>"(?:[^"]|"")+"|[a-zA-Z_]\w*)\.)?(?P<column>"(?:[^"]|"")+"|[a-zA-Z_]\w*)'
_COMPARISON = re.compile(
    rf"(?<![\w.\"]){_COLUMN}\)?(?:::[a-z ]+(?:\[\])?)?\)?\s(?P<operator>=|<=|>=|<|>)\s(?P<value>ANY \(|[^\s)]+)"
)
_PREFIX = re.compile(rf"(?<![\w.\"]){_COLUMN}\)?(?:::text)?\)? ~~ '[^%_'][^']*%'")
"""LIKE 'x%': a B-tree serves it with the operator class for patterns."""
_NOT_COLUMNS = {"and", "or", "not", "is", "null", "true", "false", "any", "all", "like", "hashed", "subplan", "col"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns compared by equality, and by range, each once and in the order of the text."""

    equal: tuple[str, ...]
    ranged: tuple[str, ...]

    @property
    def for_index(self) -> tuple[str, ...]:
        """At most three, those of equalities first, and one range behind them."""
        return (*self.equal[:3], *self.ranged[:1])[:3]


def columns_of(condition: str, alias: str = "") -> Columns:
    """The plain columns that `condition` compares with something; those of other aliases are left out."""
    equal: dict[str, None] = {}
    ranged: dict[str, None] = {}
    if " OR " in condition:
        return Columns((), ())
    for found in _PREFIX.finditer(condition):
        if not (found["alias"] and alias and found["alias"].strip('"') != alias):
            ranged[f"{found['column']} text_pattern_ops"] = None
    for found in _COMPARISON.finditer(condition):
        owner, column = found["alias"], found["column"]
        if column.lower() in _NOT_COLUMNS or (owner and alias and owner.strip('"') != alias):
            continue
        (equal if found["operator"] == "=" else ranged)[column] = None
    return Columns(tuple(equal), tuple(column for column in ranged if column not in equal))


def index_sql(relation: str, schema: str, columns: tuple[str, ...]) -> str:
    """The statement that makes a B-tree index, without holding up writers; empty without columns."""
    if not columns or not relation:
        return ""
    return f"create index concurrently on {qualified(relation, schema)} ({', '.join(columns)});"


def table_of(node: Node) -> str:
    """The node's table as SQL names it, with its schema where the plan says it and it is not the usual one."""
    return qualified(node.relation, node.text("Schema"))


def qualified(relation: str, schema: str) -> str:
    """A table as SQL names it."""
    return quoted(relation) if schema in ("", "public") else f"{quoted(schema)}.{quoted(relation)}"


def quoted(name: str) -> str:
    """A name as an identifier, quoted where it must be."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'
