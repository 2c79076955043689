"""Values for the column that one is compared with or given to: the labels of an enum, true and false."""

from chatly_console.core.completion.lexed import Group, Item, Word, is_word
from chatly_console.core.completion.names import Names
from chatly_console.core.completion.place import Context
from chatly_console.core.completion.proposal import Pool, Proposal
from chatly_console.core.completion.sources import Scope, ScopeColumn
from chatly_console.core.quote import quote_literal


def offer_values(names: Names, context: Context, scope: Scope, pool: Pool, rank: int) -> None:
    """Offer the values that the column's type has, if it has few."""
    column = _column(context, scope)
    if column is None or context.qualifier:
        return
    if column.type == "boolean" and not context.in_string:
        for word in ("true", "false"):
            pool.offer(Proposal(word, word, "value", column.name), rank)
    info = names.type(column.type.removesuffix("[]"))
    if info is not None:
        for label in info.labels:
            pool.offer(Proposal(quote_literal(label).strip(), label, "value", info.name), rank)


def _column(context: Context, scope: Scope) -> ScopeColumn | None:
    if context.compared:
        found = scope.column(context.compared)
        if found is None and scope.target is not None:
            return scope.target.column(context.compared[-1])
        return found[1] if found is not None else None
    if context.position is None or scope.target is None:
        return None
    names = _named_columns(context)
    if names:
        name = names[context.position] if context.position < len(names) else ""
        return scope.target.column(name)
    columns = scope.target.columns
    return columns[context.position] if context.position < len(columns) else None


def _named_columns(context: Context) -> list[str]:
    """The columns that an INSERT lists before VALUES."""
    items: list[Item] = context.path[-2].items
    at = next((place for place, item in enumerate(items) if is_word(item, "values")), 0)
    listed = items[at - 1] if at else None
    if not isinstance(listed, Group):
        return []
    return [item.text for item in listed.items if isinstance(item, Word) and item.is_word]
