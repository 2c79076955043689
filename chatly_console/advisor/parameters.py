"""Values for the parameters of a statement on record, from the statistics of the columns they are compared with."""

import re
from collections.abc import Iterable

from chatly_console.advisor.candidate import plain_key
from chatly_console.advisor.conditions import atoms_of
from chatly_console.advisor.table_info import ColumnFacts, TableInfo
from chatly_console.core.quote import quote_literal
from chatly_console.core.sql import TokenKind, tokens
from chatly_console.explain.plan import Plan
from chatly_console.explain.running import parameters_of

_USUAL_LIMIT = "10"
_FAR_DAY = "9999-12-31"
_NO_WORD = "~ no such value ~"
_NO_UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_CONDITIONS = ("Filter", "Index Cond", "Recheck Cond", "Join Filter")


def value_sets(sql: str, plan: Plan, tables: Iterable[TableInfo]) -> dict[str, dict[int, str]]:
    """Three values for each `$n` that is compared with a column: the most common one, a middle one, and an absent one.

    `plan` is the general one, in which the parameters stand. A LIMIT is taken for 10, an OFFSET for 0.
    """
    columns = _compared(plan, tables)
    counted = {
        int(number): _USUAL_LIMIT if word.lower() == "limit" else "0"
        for word, number in re.findall(r"\b(limit|offset)\s+\$(\d+)", sql, re.IGNORECASE)
    }
    found: dict[str, dict[int, str]] = {}
    for words, value_of in _SETS.items():
        values = counted | {number: value_of(facts) for number, facts in columns.items()}
        known = {number: value for number, value in values.items() if value}
        if known not in found.values():
            found[words] = known
    return found


def _compared(plan: Plan, tables: Iterable[TableInfo]) -> dict[int, ColumnFacts]:
    """The column that each parameter is compared with."""
    known = {(table.schema, table.name): table for table in tables}
    found: dict[int, ColumnFacts] = {}
    for node in plan.nodes:
        table = known.get((node.text("Schema"), node.relation))
        if table is None:
            continue
        for key in _CONDITIONS:
            for atom in atoms_of(node.text(key), node.text("Alias") or node.relation):
                number = re.fullmatch(r"\(?\$(\d+)\)?(?:::[\w \[\]\".]+)?", atom.value)
                if number and atom.kind in ("equal", "range"):
                    found.setdefault(int(number[1]), table.column(plain_key(atom.expression)))
    return found


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


def with_values(sql: str, values: dict[int, str]) -> str:
    """The statement with these values in the place of its parameters; empty where one is missing."""
    if any(number not in values for number in range(1, parameters_of(sql) + 1)):
        return ""
    pieces, at = [], 0
    for token in tokens(sql):
        if token.kind is TokenKind.PARAMETER and sql[token.start] == "$":
            pieces += [sql[at : token.start], quote_literal(values[int(sql[token.start + 1 : token.end])])]
            at = token.end
    return "".join([*pieces, sql[at:]])
