"""Values for the parameters of a statement on record, from the statistics of the columns they are compared with."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from chatly_console.advisor.indexes.candidate import plain_key
from chatly_console.advisor.indexes.conditions import Atom, alternatives_of, atoms_of
from chatly_console.advisor.indexes.table_info import ColumnFacts, TableInfo
from chatly_console.core.quote import quote_literal
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.explain.plan import Node, Plan
from chatly_console.explain.running import parameters_of

_USUAL_LIMIT = "10"
_FAR_DAY = "9999-12-31"
_NO_WORD = "~ no such value ~"
_NO_UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_CONDITIONS = ("Filter", "Index Cond", "Recheck Cond", "Join Filter")
_VECTORS = ("vector", "halfvec")
_ANY_LETTERS = 4
"""Of a LIKE so many letters are taken from the value."""
_ORDINARY = {
    "smallint": "1", "integer": "1", "bigint": "1", "numeric": "1", "real": "1", "double precision": "1",
    "boolean": "true", "text": "a", "character varying": "a", "date": "2026-01-01", "interval": "1 day",
    "timestamp without time zone": "2026-01-01", "timestamp with time zone": "2026-01-01", "uuid": _NO_UUID,
    "jsonb": "{}", "json": "{}",
}  # fmt: skip
"""What stands for a parameter that is compared with no column, by its type."""

Values = Mapping[int, str | None]


def value_sets(sql: str, plan: Plan, tables: Iterable[TableInfo], types: Mapping[int, str] | None = None) -> dict[
    str, Values
]:  # fmt: skip
    """Three values for each `$n` that is compared with a column: the most common one, a middle one, and an absent one.

    `plan` is the general one, in which the parameters stand. A LIMIT is taken for 10, an OFFSET for 0; of what is
    compared with no column, `types` gives the types, and any value of that type is taken.
    """
    columns = dict(_compared(plan, list(tables)))
    counted = {
        int(number): _USUAL_LIMIT if word.lower() == "limit" else "0"
        for word, number in re.findall(r"\b(limit|offset)\s+\$(\d+)", sql, re.IGNORECASE)
    }
    ordinary = {number: _ordinary(name) for number, name in (types or {}).items()}
    if not columns:
        known = {number: value for number, value in ordinary.items() if value} | counted
        return {"any values of their types": known}
    found: dict[str, Values] = {}
    for words, value_of in _SETS.items():
        compared = {number: worded(value_of(facts)) for number, (facts, worded) in columns.items()}
        values = {n: v for n, v in ordinary.items() if v} | {n: v for n, v in compared.items() if v} | counted
        if values not in found.values():
            found[words] = values
    return found


def _ordinary(name: str) -> str:
    return "{}" if name.endswith("[]") else _ORDINARY.get(name, "")


_Worded = Callable[[str], str]


def _compared(plan: Plan, tables: list[TableInfo]) -> Iterator[tuple[int, tuple[ColumnFacts, _Worded]]]:
    """The column that each parameter is compared with, and how a value of it is written there."""
    known = {(table.schema, table.name): table for table in tables}
    seen: set[int] = set()
    for node in plan.nodes:
        table = known.get((node.text("Schema"), node.relation))
        for atom in _atoms(node) if table is not None else ():
            number, worded = _parameter(atom)
            if table is not None and number and number not in seen:
                seen.add(number)
                yield number, ((table.root or table).column(plain_key(atom.expression)), worded)
        if table is not None:
            yield from _nearest(node, table)


def _atoms(node: Node) -> Iterator[Atom]:
    alias = node.text("Alias") or node.relation
    for key in _CONDITIONS:
        yield from atoms_of(node.text(key), alias)
        for arms in alternatives_of(node.text(key), alias):
            yield from (atom for arm in arms for atom in arm)


def _parameter(atom: Atom) -> tuple[int, _Worded]:
    """The parameter that an atom compares with, 0 for none, and how a value is written in its place."""
    found = re.fullmatch(r"(?P<any>ANY )?\(*\$(?P<number>\d+)\)*(?:::[\w \[\]\".]+)?\)*", atom.value)
    if not found:
        return 0, str
    number = int(found["number"])
    if atom.kind == "pattern":
        return number, lambda value: f"{value[:_ANY_LETTERS]}%" if value else ""
    if atom.kind not in ("equal", "range", "differs"):
        return 0, str
    return number, _as_array if found["any"] else str


def _as_array(value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{"{quoted}"}}' if value else ""


def _nearest(node: Node, table: TableInfo) -> Iterator[tuple[int, tuple[ColumnFacts, _Worded]]]:
    """A vector that the nearest are looked for of: any will do, as long as it has as many dimensions."""
    for above in node.ancestors():
        found = re.search(r"\.(\w+) (?:OPERATOR\([^)]*\)|<[-=#+]>) \(*\$(\d+)", above.text("Sort Key"))
        facts = table.column(found[1]) if found else None
        if found and facts and facts.type in _VECTORS and facts.dimensions:
            yield int(found[2]), (facts, _any_vector(facts.dimensions))


def _any_vector(dimensions: int) -> _Worded:
    return lambda value: f"[{','.join(['0.1'] * dimensions)}]"


def most_common(facts: ColumnFacts) -> str:
    """The value that most rows have; where none is common, one from the middle."""
    return max(facts.common, key=lambda value: facts.common[value], default="") or facts.middle


def middle(facts: ColumnFacts) -> str:
    """A value from the middle of those that are not common; where all are, the rarest."""
    return facts.middle or min(facts.common, key=lambda value: facts.common[value], default="")


def absent(facts: ColumnFacts) -> str:
    """A value that no row has, as far as the statistics know; where there is no telling, a rare one."""
    seen = (*facts.common, facts.last)
    if facts.category == "N":
        return _next_number(facts) or middle(facts)
    if facts.category == "D" and facts.type.startswith(("date", "timestamp")):
        return _FAR_DAY
    if facts.category == "S" and any(seen):
        return _NO_WORD
    return _NO_UUID if facts.type == "uuid" else middle(facts)


def _next_number(facts: ColumnFacts) -> str:
    numbers = [int(value) for value in (*facts.common, facts.last) if re.fullmatch(r"-?\d+", value)]
    largest = max(numbers, default=None)
    return "" if largest is None or largest >= _LARGEST.get(facts.type, largest + 1) else str(largest + 1)


_SETS = {"the most common values": most_common, "values from the middle": middle, "absent values": absent}


def with_values(sql: str, values: Values) -> str:
    """The statement with these values in the place of its parameters; empty where one is missing."""
    if any(number not in values for number in range(1, parameters_of(sql) + 1)):
        return ""
    pieces, at = [], 0
    for token in tokens(sql):
        if token.kind is TokenKind.PARAMETER and sql[token.start] == "$":
            pieces += [sql[at : token.start], quote_literal(values[int(sql[token.start + 1 : token.end])])]
            at = token.end
    return "".join([*pieces, sql[at:]])
