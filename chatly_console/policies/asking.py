"""Asks policies for their values on rows, as whoever the transaction runs as: an expression is a column of a query."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.quote import quote_identifier
from chatly_console.policies.checks import Check
from chatly_console.policies.policy import Clause, Policy, Table
from chatly_console.server.rehearsal import Rehearsal

Asked = tuple[str, Clause]
"""A policy by name, and which of its expressions."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A row's key and what each policy says of it."""

    key: tuple[str | None, ...]
    values: dict[Asked, bool | None]

    def value_of(self, policy: Policy, clause: Clause) -> bool | None:
        """What one policy says."""
        return self.values[policy.name, clause]


def pairs_of(checks: Iterable[Check]) -> list[tuple[Policy, Clause]]:
    """The policies of these checks, each expression once."""
    found = {(p.name, c.combination.clause): (p, c.combination.clause) for c in checks for p in c.combination.policies}
    return list(found.values())


async def ask(
    rehearsal: Rehearsal,
    source: str,
    table: Table,
    pairs: Sequence[tuple[Policy, Clause]],
    *,
    key: str,
    where: str = "true",
) -> list[Answered]:
    """The values of the policies on the rows of `source` (a relation with the columns of `table`).

    `key` is SQL for a JSON array that names the row. The source goes by the table's name, because the server writes
    columns in policies as table.column.
    """
    values = "".join(f", ({p.expression(clause) or 'null'}) as p{i}" for i, (p, clause) in enumerate(pairs))
    name = quote_identifier(table.name)
    rows: Any = await rehearsal.records(f"select {key} as key{values} from {source} as {name} where {where}")
    answers = []
    for row in rows:
        known = {(p.name, clause): row[f"p{i}"] for i, (p, clause) in enumerate(pairs)}
        found = json.loads(row["key"]) if isinstance(row["key"], str) else row["key"]
        answers.append(Answered(tuple(found), known))
    return answers
