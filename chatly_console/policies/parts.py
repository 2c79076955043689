"""What a policy's expression is made of: columns with their index, functions with what they cost, other tables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatly_console.core.sql import TokenKind, tokens
from chatly_console.policies.policy import Table
from chatly_console.policies.service import ROOM
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql


@dataclass(frozen=True, slots=True)
class UsedColumn:
    """A column of the policy's table; `index` begins with it, empty where none does."""

    name: str
    index: str = ""


@dataclass(frozen=True, slots=True)
class UsedFunction:
    """A function that the policy calls. `search_path` None is not set, which matters for SECURITY DEFINER."""

    signature: str
    schema: str
    name: str
    volatility: str = "stable"
    definer: bool = False
    returns_set: bool = False
    search_path: str | None = None

    @property
    def words(self) -> str:
        """Its traits in words."""
        parts = [self.volatility]
        if self.definer:
            path = (self.search_path or "").replace('""', "") or "empty"
            parts += ["security definer", "no search_path!" if self.search_path is None else f"search_path {path}"]
        return ", ".join(parts)

    @property
    def is_risky(self) -> bool:
        """A volatile function runs for every row, and a definer without a search_path can be led astray."""
        return self.volatility == "volatile" or (self.definer and self.search_path is None)


@dataclass(frozen=True, slots=True)
class Parts:
    """All of a policy's parts. `relations` are other tables that it looks into, and whether they are guarded."""

    columns: tuple[UsedColumn, ...] = ()
    functions: tuple[UsedFunction, ...] = ()
    relations: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call in an expression: characters `start` to `end`; `once` says that it stands alone in a sub-select."""

    name: str
    start: int
    end: int
    arguments: str
    once: bool


async def read_parts(database: Database, table: Table) -> dict[str, Parts]:
    """The parts of all policies of a table, by policy."""
    rows: Any = await database.records(load_sql(ROOM, "policy_parts"), str(table.oid))
    return {row["policy"]: _parts(row) for row in rows}


def _parts(row: Mapping[str, Any]) -> Parts:
    columns, functions, relations = (
        json.loads(row[name]) if isinstance(row[name], str) else row[name]
        for name in ("columns", "functions", "relations")
    )
    return Parts(
        tuple(UsedColumn(c["name"], c["index"] or "") for c in columns),
        tuple(
            UsedFunction(
                f["signature"],
                f["schema"],
                f["name"],
                f["volatility"],
                f["definer"],
                f["returns_set"],
                f["search_path"],
            )
            for f in functions
        ),
        tuple((r["name"], r["enabled"]) for r in relations),
    )


def calls(expression: str) -> list[Call]:
    """The function calls of an expression, from left to right, with those inside of arguments."""
    found = [t for t in tokens(expression) if t.kind is not TokenKind.COMMENT]
    texts = [expression[t.start : t.end] for t in found]
    result = []
    for at, token in enumerate(found):
        if token.kind is not TokenKind.FUNCTION or at + 1 >= len(found) or texts[at + 1] != "(":
            continue
        first = at - 2 if at >= 2 and texts[at - 1] == "." else at
        last = _closing(texts, at + 1)
        if last is None:
            continue
        name = "".join(texts[first : at + 1]).replace('"', "")
        once = first > 0 and texts[first - 1].lower() == "select"
        inner = expression[found[at + 1].end : found[last].start].strip()
        result.append(Call(name, found[first].start, found[last].end, inner, once))
    return result


def _closing(texts: list[str], opening: int) -> int | None:
    depth = 0
    for at in range(opening, len(texts)):
        depth += (texts[at] == "(") - (texts[at] == ")")
        if depth == 0:
            return at
    return None


def names_in(text: str) -> set[str]:
    """All names in a piece of SQL."""
    kinds = (TokenKind.IDENTIFIER, TokenKind.QUOTED_IDENTIFIER, TokenKind.KEYWORD, TokenKind.TYPE)
    return {text[t.start : t.end].strip('"') for t in tokens(text) if t.kind in kinds}
