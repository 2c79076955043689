"""Which relations a query names, as far as its words tell: behind FROM, JOIN, INTO, UPDATE and the like."""

from chatly_console.core.classify.types import Relation
from chatly_console.core.classify.words import Words
from chatly_console.core.sql.keywords import RESERVED

_FROM_IN_CALL = frozenset({"extract", "substring", "trim", "overlay", "position"})
_NOT_AN_UPDATE = frozenset({"for", "key", "on", "do", "or", ",", "before", "after", "of", "then", "grant", "revoke"})
_CLAUSES = frozenset(
    {"where", "group", "having", "order", "limit", "offset", "fetch", "for", "union", "intersect", "except"}
    | {"window", "returning", "set", "when", "on", "select"}
)


def query_relations(words: Words) -> tuple[Relation, ...]:
    """The relations of SELECT, INSERT, UPDATE, DELETE, MERGE, and of all of these inside a WITH."""
    ctes = _cte_names(words)
    found: dict[str, bool] = {}
    for index, word in enumerate(words.items):
        names, written = _named_behind(words, index, word.text)
        for name in names:
            if name.lower() not in ctes:
                found[name] = found.get(name, False) or written
    return tuple(Relation(name, written) for name, written in found.items())


def _named_behind(words: Words, index: int, word: str) -> tuple[list[str], bool]:
    before = words.text(index - 1)
    match word:
        case "from" if before == "delete":
            return _list(words, index + 1, one=True), True
        case "from" if before != "distinct" and not _is_inside_call(words, index):
            return _list(words, index + 1), False
        case "using" if words.text(0) in ("delete", "merge", "with") or before == "delete":
            return _list(words, index + 1), False
        case "join":
            return _list(words, index + 1, one=True), False
        case "into":
            return _list(words, index + 1, one=True), before in ("insert", "merge") or words.items[index].depth == 0
        case "update" if before not in _NOT_AN_UPDATE:
            return _list(words, index + 1, one=True), True
        case "table" if before in ("", "("):
            return _list(words, index + 1, one=True), False
    return [], False


def _is_inside_call(words: Words, index: int) -> bool:
    """Whether this FROM belongs to extract(year from x) and its like."""
    depth = words.items[index].depth
    for at in range(index - 1, -1, -1):
        item = words.items[at]
        if item.depth < depth:
            return item.text == "(" and words.text(at - 1) in _FROM_IN_CALL
        if item.depth == depth and item.text in ("select", "returning", "set"):
            return False
    return False


def _list(words: Words, index: int, *, one: bool = False) -> list[str]:
    """The names of a FROM list at `index`: up to the clause that follows it, without subqueries and
    functions."""
    names: list[str] = []
    if index >= len(words):
        return names
    depth, expected = words.items[index].depth, True
    while index < len(words) and words.items[index].depth >= depth:
        item = words.items[index]
        if item.depth == depth and item.text == ",":
            expected = not one
        elif expected and item.depth == depth and item.text in ("only", "lateral", "table"):
            pass
        elif expected and item.depth == depth:
            expected = False
            name, behind = words.name_at(index) if item.text not in RESERVED else ("", index + 1)
            if name and (words.text(behind) != "(" or one):
                names.append(name)
            index = max(behind, index + 1)
            if one:
                break
            continue
        elif item.depth == depth and item.text in _CLAUSES:
            break
        index += 1
    return names


def _cte_names(words: Words) -> frozenset[str]:
    names = set()
    for index, word in enumerate(words.items):
        if word.text == "as" and (words.starts("(", at=index + 1) or words.text(index + 1) in ("materialized", "not")):
            at = index - 1
            if words.text(at) == ")":
                depth = words.items[at].depth
                at -= 1
                while at > 0 and not (words.items[at].text == "(" and words.items[at].depth == depth):
                    at -= 1
                at -= 1
            if words.text(at - 1) in ("with", "recursive", ","):
                names.add(words.text(at))
    return frozenset(names)
