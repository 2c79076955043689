"""What the functions that run as their owner are called with: the values that somebody would try who wants another
tenant's rows. An argument that is named like a table or a column gets the other tenant's row, others go by their type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatly_console.core.quote import quote_literal

LABELLED = ("display_name", "name", "title", "subject", "filename", "email")
"""Columns by which somebody would search for a row."""
_TEXTS = ("text", "character varying")
_PREFIXES = ("p_", "in_", "arg_", "the_", "new_", "target_", "which_")
_OF_TYPE = {
    "smallint": "1", "integer": "1", "bigint": "1", "numeric": "1", "real": "1",
    "double precision": "1", "boolean": "true", "json": "{}", "jsonb": "{}", "date": "now",
    "timestamp with time zone": "now", "timestamp without time zone": "now", "interval": "1 day",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument without a default; `label` is the first value of an enum."""

    name: str
    type_name: str
    label: str | None = None

    @property
    def bare(self) -> str:
        """The name without what only says that it is an argument."""
        name = self.name.strip("_")
        return next((name.removeprefix(p) for p in _PREFIXES if name.startswith(p)), name)


@dataclass(frozen=True, slots=True)
class TenantRow:
    """A row of the other tenant: its table, its key where that is one column, and columns by name."""

    table: str
    key: str | None
    values: Mapping[str, str]

    def is_meant_by(self, name: str) -> bool:
        """Whether `conversation_id`, or `client` of `platform_clients`, is this row's key."""
        wanted = name.removesuffix("_id")
        singular = self.table.removesuffix("ies") + "y" if self.table.endswith("ies") else self.table.removesuffix("s")
        return wanted in (self.table, singular) or singular.endswith(f"_{wanted}")


def candidates(
    argument: Argument, tenant: str, column: str, tenant_type: str, rows: Sequence[TenantRow]
) -> list[str | None]:
    """The values to try, as text of the argument's type; only None (NULL) where nothing fits."""
    bare = argument.bare
    if argument.type_name == tenant_type and bare in (column, column.removesuffix("_id")):
        return [tenant]
    keys = [row.key for row in rows if row.key is not None and row.is_meant_by(bare)]
    if keys:
        return list(keys)
    if found := [row.values[bare] for row in rows if bare in row.values]:
        return list(found)
    if argument.type_name == tenant_type:
        return [tenant, *(row.key for row in rows if row.key is not None and row.key != tenant)]
    if argument.type_name in _TEXTS:
        return [*dict.fromkeys(row.values[name] for row in rows for name in LABELLED if name in row.values), "%"]
    element = argument.type_name.removesuffix("[]")
    if element != argument.type_name:
        return [f"{{{tenant}}}" if element == tenant_type else "{}"]
    if argument.label is not None:
        return [argument.label]
    return [_OF_TYPE.get(argument.type_name)]


def chosen(choices: Sequence[Sequence[str | None]], turn: int) -> list[str | None]:
    """One combination of the candidates, another one each turn, until all were."""
    values = []
    for of_argument in choices:
        turn, at = divmod(turn, len(of_argument))
        values.append(of_argument[at])
    return values


def arguments_sql(arguments: Sequence[Argument], values: Sequence[str | None]) -> str:
    """What stands between the parentheses of the call."""
    texts = ("null" if value is None else quote_literal(value) for value in values)
    return ", ".join(f"{text}::{a.type_name}" for text, a in zip(texts, arguments, strict=True))
