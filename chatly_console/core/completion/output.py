"""What a query gives out, as its list of expressions says."""

from collections.abc import Sequence

from chatly_console.core.completion.lexed import Item, Word, is_word
from chatly_console.core.completion.sources import SECTION_ENDS, Scope, ScopeColumn, Source, dotted
from chatly_console.core.sql import TokenKind


def select_list(items: Sequence[Item]) -> list[list[Item]]:
    """The entries between SELECT (or RETURNING) and FROM."""
    begin = next((at for at, item in enumerate(items) if is_word(item, "select", "returning")), None)
    if begin is None:
        return []
    at = begin + 1
    if at < len(items) and is_word(items[at], "distinct", "all"):
        at += 1
        if at + 1 < len(items) and is_word(items[at], "on"):
            at += 2
    entries: list[list[Item]] = [[]]
    for place in range(at, len(items)):
        item = items[place]
        is_from = is_word(item, "from") and not is_word(items[place - 1], "distinct")
        if is_from or (isinstance(item, Word) and not item.is_quoted and item.text in SECTION_ENDS | {"into"}):
            break
        if is_word(item, ","):
            entries.append([])
        else:
            entries[-1].append(item)
    return entries


def output_columns(entries: Sequence[Sequence[Item]], sources: Sequence[Source]) -> list[ScopeColumn]:
    """The columns that a list of expressions gives out."""
    scope = Scope([list(sources)])
    columns: list[ScopeColumn] = []
    for entry in entries:
        if not entry:
            continue
        last = entry[-1]
        path, behind = dotted(entry, 0)
        if is_word(last, "*") and len(entry) in (1, 3):
            wanted = None if len(entry) == 1 else path[0] if path else ""
            columns += [c for source in sources if wanted in (None, source.name) for c in source.columns]
        elif behind == len(entry) and path:
            found = scope.column(path)
            columns.append(found[1] if found is not None else ScopeColumn(path[-1]))
        elif _has_alias(entry) and isinstance(last, Word):
            found = scope.column(path) if path else None
            is_plain = found is not None and behind >= len(entry) - 2
            known = found[1] if is_plain and found is not None else ScopeColumn("")
            columns.append(known._replace(name=last.text))
        elif isinstance(first := entry[0], Word) and first.kind is TokenKind.FUNCTION:
            columns.append(ScopeColumn(first.text))
        elif path:
            columns.append(ScopeColumn(path[-1]))
    return columns


def _has_alias(entry: Sequence[Item]) -> bool:
    """Whether the last word of an expression is the name that it is given."""
    if len(entry) < 2 or not isinstance(last := entry[-1], Word):
        return False
    before = entry[-2]
    is_sign = isinstance(before, Word) and before.kind is TokenKind.OPERATOR and before.text != "]"
    return is_word(before, "as") or (last.is_name and not is_sign)


def renamed_columns(columns: tuple[ScopeColumn, ...], names: tuple[str, ...]) -> tuple[ScopeColumn, ...]:
    """The columns under the names of `AS alias (a, b)`; those beyond the list keep theirs."""
    if not columns:
        return tuple(ScopeColumn(name) for name in names)
    renamed = tuple(column._replace(name=name) for column, name in zip(columns, names, strict=False))
    return renamed + columns[len(names) :]
