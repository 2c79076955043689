"""The columns of a condition, as far as its text tells: which could lead an index, and which could follow."""

import re
from dataclasses import dataclass

from chatly_console.explain.plan import Node

_BARE = r'(?<![\w.":])(?<!\w\()(?<!\w\(\()'
"""Before a column that stands for itself, and not within a call: `lower(a)`, `lower((a)::text)`."""
_COLUMN = r'(?:(?P<alias>"(?:[^"]|"")+"|[a-zA-Z_]\w*)\.)?(?P<column>"(?:[^"]|"")+"|[a-zA-Z_]\w*)'
_COMPARISON = re.compile(
    rf"{_BARE}{_COLUMN}\)?(?:::[a-z ]+(?:\[\])?)?\)?\s(?P<operator>=|<=|>=|<|>)\s(?P<value>ANY \(|[^\s)]+)"
)
_PREFIX = re.compile(rf"{_BARE}{_COLUMN}\)?(?:::text)?\)? ~~ '[^%_'][^']*%'")
"""LIKE 'x%': a B-tree serves it with the operator class for patterns."""
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_STRUCTURE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]| AND | OR """)
MOST_SIDES = 3
"""Sides of an OR for which an index each is proposed."""
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
    """The plain columns that `condition` compares with something in each case; those of other aliases are left out."""
    equal: dict[str, None] = {}
    ranged: dict[str, None] = {}
    for part in parts_of(condition, "AND"):
        bare = _LITERAL.sub("''", part)
        if " OR " in bare:
            continue  # only one of its sides needs to hold
        for found in _PREFIX.finditer(part):
            if not (found["alias"] and alias and found["alias"].strip('"') != alias):
                ranged[f"{found['column']} text_pattern_ops"] = None
        for found in _COMPARISON.finditer(bare):
            owner, column = found["alias"], found["column"]
            if column.lower() in _NOT_COLUMNS or (owner and alias and owner.strip('"') != alias):
                continue
            (equal if found["operator"] == "=" else ranged)[column] = None
    return Columns(tuple(equal), tuple(column for column in ranged if column not in equal))


def sides_of(condition: str, alias: str = "") -> tuple[tuple[str, ...], ...]:
    """The columns for an index of each side of an OR, which a bitmap joins; empty where a side has none."""
    sides = parts_of(condition, "OR")
    found = tuple(dict.fromkeys(columns_of(side, alias).for_index for side in sides))
    return found if 1 < len(sides) <= MOST_SIDES and all(found) else ()


def parts_of(condition: str, word: str) -> list[str]:
    """What AND (or OR) joins in a condition, as conditions are printed: each part in brackets, and all of them."""
    inner = _without_brackets(condition)
    parts, depth, start = [], 0, 0
    for found in _STRUCTURE.finditer(inner):
        depth += (found[0] == "(") - (found[0] == ")")
        if found[0] == f" {word} " and depth == 0:
            parts.append(inner[start : found.start()])
            start = found.end()
    return [*parts, inner[start:]]


def _without_brackets(condition: str) -> str:
    """A condition without the pair of brackets that holds all of it."""
    depth = 0
    for found in _STRUCTURE.finditer(condition):
        depth += (found[0] == "(") - (found[0] == ")")
        if depth == 0 and found[0] in "()":
            whole = condition.startswith("(") and found.end() == len(condition)
            return condition[1:-1] if whole else condition
    return condition


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
