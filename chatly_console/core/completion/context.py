"""What is being written at the cursor: a table, a column, a condition, a type, a keyword; and its first letters."""

from collections.abc import Sequence
from dataclasses import replace

from chatly_console.core.completion.definitions import place_in_definition, place_in_list
from chatly_console.core.completion.lexed import Group, Item, Word, in_comment, is_word, path_to, tree_of, words_around
from chatly_console.core.completion.place import Context, Place
from chatly_console.core.completion.sources import dotted_before, is_query
from chatly_console.core.sql import TokenKind

_RELATION_AFTER = frozenset({"from", "join", "into", "update", "truncate", "references", "only"})
_CLAUSES = frozenset(
    {"select", "from", "join", "on", "using", "where", "by", "having", "limit", "offset", "set", "values", "returning",
     "into", "update", "when", "window", "filter"}
)  # fmt: skip
_WANT_OPERAND = frozenset(
    {"select", "distinct", "all", "where", "and", "or", "not", "on", "having", "by", "when", "then", "else", "in",
     "like", "ilike", "between", "case", "set", "returning", "limit", "offset", "any", "some", "similar", "values",
     "if", "using", "check", "return", "default", "from", "interval", "filter", "elsif", "perform", "leading", "both"}
)  # fmt: skip
_COMPARISONS = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
_NO_COMPLETION = frozenset({TokenKind.NUMBER, TokenKind.PARAMETER, TokenKind.COMMAND, TokenKind.DATA})


def context_at(text: str, cursor: int) -> Context | None:
    """The place of a cursor; None where nothing can be proposed: in a comment, a number, a plain text."""
    words = words_around(text, cursor)
    word = next((w for w in words if w.start < cursor <= w.end), None)
    if word is None and in_comment(text, cursor):
        return None
    if word is not None and word.kind in _NO_COMPLETION:
        return None
    if word is not None and word.kind is TokenKind.STRING:
        return _in_string(text, words, word, cursor)
    start, end, prefix = cursor, cursor, ""
    is_quoted = False
    if word is not None and word.is_word:
        start, prefix, is_quoted = word.start, text[word.start : cursor], word.is_quoted
        end = word.end if is_quoted and word.end > cursor else cursor
        prefix = prefix[1:].replace('""', '"') if is_quoted else prefix
        if is_quoted and word.end == cursor and len(prefix) > 0 and text[cursor - 1] == '"':
            return None
    path = path_to(tree_of(words, len(text)), cursor)
    before = [item for item in path[-1].items if item.start < start]
    qualifier: tuple[str, ...] = ()
    if before and is_word(before[-1], "."):
        qualifier, at = dotted_before(before, len(before) - 1)
        before = before[:at]
        if not qualifier:
            return None
    return _placed(path, tuple(before), Context(Place.NOTHING, start, end, prefix, qualifier, is_quoted=is_quoted))


def _in_string(text: str, words: Sequence[Word], string: Word, cursor: int) -> Context | None:
    """In a text: the labels of an enum may be meant, where it is compared with a column."""
    is_closed = len(string.text) > 1 and string.text.endswith("'")
    if text[string.start] != "'" or (is_closed and cursor == string.end):
        return None
    path = path_to(tree_of(list(words), len(text)), string.start)
    before = tuple(item for item in path[-1].items if item.start < string.start)
    found = Context(Place.EXPRESSION, string.start, string.end, text[string.start + 1 : cursor], in_string=True)
    found = _placed(path, before, found)
    return found if found.compared or found.position is not None else None


def _placed(path: Sequence[Group], before: tuple[Item, ...], context: Context) -> Context:
    """The same letters, with the place that they are at."""
    place, clause = _place(path, before)
    compared, position = _compared(path, before)
    return replace(
        context, place=place, clause=clause, path=tuple(path), before=before, compared=compared, position=position
    )


def _place(path: Sequence[Group], before: tuple[Item, ...]) -> tuple[Place, str]:
    last = before[-1] if before else None
    if not before and len(path) > 1:
        return _place_in_group(path)
    if last is None or is_word(last, "explain") or _is_explain(before):
        return Place.STATEMENT, ""
    if is_word(last, "as"):
        return _place_behind_as(path, before), "as"
    if is_word(last, "::"):
        return Place.TYPE, ""
    definition = place_in_definition(path, before)
    if definition is not None:
        return definition, "definition"
    clause = _clause(before)
    if not clause and len(path) > 1 and not is_query(before):
        clause = _outer_clause(path)
    return _place_in_clause(before, clause, path), clause


def _is_explain(before: Sequence[Item]) -> bool:
    return is_word(before[0], "explain") and all(
        isinstance(item, Group) or is_word(item, "explain", "analyze", "verbose") for item in before
    )


def _clause(before: Sequence[Item]) -> str:
    """The last keyword of this level that governs what follows."""
    for at in range(len(before) - 1, -1, -1):
        item = before[at]
        if isinstance(item, Word) and item.kind is TokenKind.KEYWORD and item.text in _CLAUSES:
            if item.text == "from" and at and is_word(before[at - 1], "distinct"):
                continue
            if item.text == "using" and not is_word(before[0], "delete", "merge"):
                continue
            return item.text
    return ""


def _outer_clause(path: Sequence[Group]) -> str:
    """The clause around a parenthesis that is no query of its own."""
    for outer, inner in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
        before = [item for item in outer.items if item.start < inner.start]
        clause = _clause(before)
        if clause or is_query(before):
            return "select" if clause == "from" and _is_call(before) else clause
    return ""


def _is_call(before: Sequence[Item]) -> bool:
    return bool(before) and isinstance(before[-1], Word) and before[-1].kind is TokenKind.FUNCTION


def _place_in_group(path: Sequence[Group]) -> tuple[Place, str]:
    """Right behind an opening parenthesis."""
    inner = path[-1]
    head = [item for item in path[-2].items if item.start < inner.start]
    last = head[-1] if head else None
    if is_word(last, "using") and not is_word(head[0], "create", "alter"):
        return Place.SHARED, "using"
    if is_word(last, "over", "window"):
        return Place.AFTER, "over"
    if is_word(last, "filter"):
        return Place.AFTER, "filter"
    if is_word(last, "as") or is_word(last, "materialized"):
        return Place.STATEMENT, ""
    return place_in_list(path, head) or (Place.EXPRESSION, _outer_clause(path) or "select")


def _place_behind_as(path: Sequence[Group], before: Sequence[Item]) -> Place:
    head = [item for item in path[-2].items if item.start < path[-1].start] if len(path) > 1 else []
    if is_word(head[-1] if head else None, "cast"):
        return Place.TYPE
    is_definition = is_word(before[0], "create") and any(is_word(item, "view", "table") for item in before)
    return Place.STATEMENT if is_definition else Place.NOTHING


def _place_in_clause(before: tuple[Item, ...], clause: str, path: Sequence[Group]) -> Place:
    last = before[-1]
    if is_word(last, *_RELATION_AFTER):
        is_distinct = is_word(last, "from") and len(before) > 1 and is_word(before[-2], "distinct")
        return Place.EXPRESSION if is_distinct else Place.RELATION
    if is_word(last, "on") and clause == "on":
        return Place.CONDITION
    if clause in ("from", "join", "using", "on") and is_word(last, ",") and (len(path) == 1 or is_query(before)):
        return Place.RELATION
    if is_word(last, "lateral"):
        return Place.RELATION
    if clause == "set" and is_word(before[0], "update", "insert", "with") and is_word(last, "set", ","):
        return Place.COLUMNS
    return Place.EXPRESSION if _wants_operand(before) else Place.AFTER


def _wants_operand(before: Sequence[Item]) -> bool:
    """Whether an operand must follow, and not an operator or a keyword."""
    last = before[-1]
    if isinstance(last, Group):
        return False
    if last.kind is TokenKind.KEYWORD:
        return last.text in _WANT_OPERAND
    if last.kind is TokenKind.OPERATOR:
        if last.text == "*":
            return not (len(before) < 2 or is_word(before[-2], "select", ",", ".", "distinct", "all", "returning"))
        return last.text != "]"
    return False


def _compared(path: Sequence[Group], before: Sequence[Item]) -> tuple[tuple[str, ...], int | None]:
    """The column that the value at the cursor is for: `col =`, `col in (`, `set col =`, or a place in VALUES."""
    if before and isinstance(last := before[-1], Word) and last.text in _COMPARISONS:
        return dotted_before(before, len(before) - 1)[0], None
    if len(path) < 2 or (before and not is_word(before[-1], ",")):
        return (), None
    head = [item for item in path[-2].items if item.start < path[-1].start]
    if is_word(head[-1] if head else None, "in"):
        end = len(head) - 1 - (len(head) > 1 and is_word(head[-2], "not"))
        return dotted_before(head, end)[0], None
    values = max((at for at, item in enumerate(head) if is_word(item, "values")), default=None)
    if values is not None and all(isinstance(item, Group) or is_word(item, ",") for item in head[values + 1 :]):
        return (), sum(is_word(item, ",") for item in before)
    return (), None
