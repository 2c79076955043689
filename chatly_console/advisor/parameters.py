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
_CONDITIONS = ("Filter", "Index Cond", "Recheck Cond", "Join Filter")


def typical_values(sql: str, plan: Plan, tables: Iterable[TableInfo]) -> dict[int, str]:
    """A usual value for each `$n` that has one: from the middle of its column's values, else the most common.

    `plan` is the general one, in which the parameters stand. A LIMIT is taken for 10, an OFFSET for 0.
    """
    known = {(table.schema, table.name): table for table in tables}
    found: dict[int, str] = {}
    for node in plan.nodes:
        table = known.get((node.text("Schema"), node.relation))
        if table is None:
            continue
        for key in _CONDITIONS:
            for atom in atoms_of(node.text(key), node.text("Alias") or node.relation):
                value = _usual(table.column(plain_key(atom.expression)))
                number = re.fullmatch(r"\(?\$(\d+)\)?(?:::[\w \[\]\".]+)?", atom.value)
                if number and value and atom.kind in ("equal", "range"):
                    found.setdefault(int(number[1]), value)
    for word, number_text in re.findall(r"\b(limit|offset)\s+\$(\d+)", sql, re.IGNORECASE):
        found.setdefault(int(number_text), _USUAL_LIMIT if word.lower() == "limit" else "0")
    return found


def _usual(facts: ColumnFacts) -> str:
    common = max(facts.common, key=lambda value: facts.common[value], default="")
    return facts.middle or common


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
