"""The places of CREATE, ALTER, DROP, GRANT and their like: which kind of object a keyword asks for."""

from collections.abc import Sequence

from chatly_console.core.completion.lexed import Group, Item, Word, is_word
from chatly_console.core.completion.place import Place
from chatly_console.core.completion.sources import dotted_before

_KINDS_OF_OBJECT = {
    "table": Place.RELATION, "view": Place.RELATION, "sequence": Place.RELATION, "type": Place.TYPE,
    "function": Place.ROUTINE, "procedure": Place.ROUTINE, "routine": Place.ROUTINE, "aggregate": Place.ROUTINE,
    "schema": Place.SCHEMA, "role": Place.ROLE, "user": Place.ROLE, "owner": Place.ROLE, "extension": Place.EXTENSION,
    "domain": Place.TYPE, "call": Place.ROUTINE,
}  # fmt: skip


def place_in_definition(path: Sequence[Group], before: tuple[Item, ...]) -> Place | None:
    """In CREATE, ALTER, DROP, GRANT and their like: the kind of object that a keyword asks for."""
    first, last = before[0], before[-1]
    if len(path) > 1:
        return _place_in_column_definition(path, before)
    if not is_word(
        first, "create", "alter", "drop", "grant", "revoke", "comment", "refresh", "vacuum", "analyze", "copy", "lock",
        "set", "call", "reindex", "truncate",
    ):  # fmt: skip
        return None
    wanted = before[:-1] if is_word(last, "only") or is_word(last, "exists") else before
    while wanted and is_word(wanted[-1], "if", "not"):
        wanted = wanted[:-1]
    word = wanted[-1] if wanted else None
    if is_word(first, "create") and len(wanted) < 4 and not is_word(word, "on"):
        return Place.NOTHING if is_word(word, *_KINDS_OF_OBJECT) else None
    if isinstance(word, Word) and not word.is_quoted:
        if word.text in _KINDS_OF_OBJECT:
            return _KINDS_OF_OBJECT[word.text]
        if word.text == "to" and not is_word(first, "set"):
            return Place.ROLE
        if word.text == "execute" or (word.text == "on" and is_word(first, "create", "grant", "revoke", "comment")):
            return Place.RELATION
        if word.text in ("vacuum", "analyze", "copy", "truncate") and len(before) == 1:
            return Place.RELATION
        if word.text == "column":
            return Place.COLUMNS if is_word(before[-2], "drop", "alter", "rename") else Place.NOTHING
    return None


def _place_in_column_definition(path: Sequence[Group], before: tuple[Item, ...]) -> Place | None:
    head = [item for item in path[-2].items if item.start < path[-1].start]
    in_list = place_in_list(path, head) if head else None
    if in_list is None:
        return Place.SHARED if is_word(head[-1] if head else None, "using") and is_word(before[-1], ",") else None
    if in_list[0] is Place.COLUMNS:
        return Place.COLUMNS if is_word(before[-1], ",") else Place.NOTHING
    since = max((at for at, item in enumerate(before) if is_word(item, ",")), default=-1)
    entry = before[since + 1 :]
    if len(entry) == 1:
        return Place.TYPE
    if is_word(entry[-1] if entry else None, "references"):
        return Place.RELATION
    return Place.AFTER if entry else Place.NOTHING


def place_in_list(path: Sequence[Group], head: Sequence[Item]) -> tuple[Place, str] | None:
    """In the parentheses behind `insert into t`, `references t`, `on conflict`, `create table t`."""
    if is_word(head[-1] if head else None, "conflict"):
        return Place.COLUMNS, "conflict"
    _, at = dotted_before(head, len(head))
    opener = head[at - 1] if 0 < at < len(head) else None
    if is_word(opener, "into", "references", "copy"):
        return Place.COLUMNS, "into"
    if is_word(head[0] if head else None, "create") and is_word(opener, "table", "exists"):
        return Place.NOTHING, "column"
    return None
