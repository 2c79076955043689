"""From which tables the columns of a result come, as far as the text of its query tells without doubt.

What is not a plain column of a named table (an expression, a subquery, a set operation) has no origin; a guess would
let a person edit, or follow, something else than what is on the screen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatly_console.core.classify.words import Word, Words
from chatly_console.core.sql.keywords import RESERVED
from chatly_console.core.sql.tokens import TokenKind

LARGEST = 50_000
"""Characters of a query that is looked at."""
_ENDS = frozenset(
    {"where", "group", "having", "window", "union", "intersect", "except", "order", "limit", "offset", "fetch", "for"}
)  # fmt: skip
_SETS = frozenset({"union", "intersect", "except"})
_JOINS = frozenset({"join", "inner", "left", "right", "full", "outer", "cross", "natural"})


@dataclass(frozen=True, slots=True)
class FromItem:
    """A relation of the FROM list, as it was written; `relation` is empty for what is no plain relation."""

    alias: str
    relation: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the select list: a column (`*` for all), of a FROM item where it is qualified."""

    column: str
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a plain SELECT names. `items` has None for an expression."""

    sources: tuple[FromItem, ...]
    items: tuple[Item | None, ...]
    rows_are_rows: bool
    """Whether each row of the result is one row of the FROM list: no grouping, no DISTINCT, no set operation."""


def shape_of(sql: str) -> Shape | None:
    """The shape of a query; None where it is no plain SELECT (or TABLE)."""
    if len(sql) > LARGEST:
        return None
    words = Words(sql)
    items = [word for word in words.items if word.text != ";"]
    if not items:
        return None
    if items[0].text == "table" and len(items) > 1:
        name, rest = _name(items, 1)
        return Shape((FromItem(_last(name), name),), (Item("*"),), True) if rest == len(items) else None
    if items[0].text != "select":
        return None
    top = [word.text for word in items if word.depth == 0 and word.kind is not TokenKind.STRING]
    if "into" in top:
        return None
    at = next((i for i, word in enumerate(items) if word.depth == 0 and word.text == "from"), None)
    if at is None:
        return None
    listed = items[1:at]
    distinct = bool(listed) and listed[0].text in ("distinct", "all")
    sources = tuple(_sources(items[at + 1 :]))
    grouped = bool({"group", "having"} & set(top)) or bool(_SETS & set(top)) or (distinct and top[1] == "distinct")
    if _SETS & set(top):
        return None
    return Shape(sources, tuple(_item(part) for part in _split(listed[distinct:])), not grouped)


def _split(words: Sequence[Word]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in words:
        if word.depth == 0 and word.text == ",":
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _item(words: list[Word]) -> Item | None:
    if len(words) >= 3 and words[-2].text == "as" and words[-1].is_name:
        words = words[:-2]
    elif len(words) >= 2 and words[-1].is_name and words[-2].is_name and words[-1].text not in RESERVED:
        words = words[:-1]
    texts = [_plain(word) for word in words]
    if texts == ["*"]:
        return Item("*")
    if len(words) == 1 and words[0].is_name and words[0].text not in RESERVED:
        return Item(texts[0])
    if len(words) in (3, 5) and all(text == "." for text in texts[1::2]) and all(w.is_name for w in words[:-1:2]):
        last = words[-1]
        if texts[-1] == "*" or last.is_name:
            return Item(texts[-1], texts[-3])
    return None


def _sources(words: Sequence[Word]) -> Iterator[FromItem]:
    index, expected = 0, True
    while index < len(words):
        word = words[index]
        if word.depth == 0 and word.text in _ENDS:
            return
        if word.depth == 0 and (word.text == "," or word.text in _JOINS):
            expected, index = True, index + 1
        elif not expected or (word.depth == 0 and word.text in ("only", "lateral")):
            index += 1
        elif word.depth == 0 and word.is_name and word.text not in RESERVED:
            name, index = _name(words, index)
            is_call = index < len(words) and words[index].text == "("
            index = _behind_parenthesis(words, index) if is_call else index
            alias, index = _alias(words, index)
            yield FromItem(alias or _last(name), "" if is_call else name)
            expected = False
        else:
            index = _behind_parenthesis(words, index) if word.text == "(" else index + 1
            alias, index = _alias(words, index)
            yield FromItem(alias, "")
            expected = False


def _behind_parenthesis(words: Sequence[Word], index: int) -> int:
    depth = words[index].depth
    index += 1
    while index < len(words) and not (words[index].text == ")" and words[index].depth == depth):
        index += 1
    return index + 1


def _alias(words: Sequence[Word], index: int) -> tuple[str, int]:
    if index < len(words) and words[index].text == "as":
        index += 1
    if index < len(words) and words[index].depth == 0 and words[index].is_name:
        text = words[index].text
        if text not in RESERVED and text not in _ENDS and text not in _JOINS:
            return _plain(words[index]), index + 1
    return "", index


def _name(words: Sequence[Word], index: int) -> tuple[str, int]:
    parts = [words[index].raw]
    index += 1
    while index + 1 < len(words) and words[index].text == "." and words[index + 1].is_name:
        parts.append(words[index + 1].raw)
        index += 2
    return ".".join(parts), index


def _plain(word: Word) -> str:
    raw = word.raw
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw.lower()


def _last(name: str) -> str:
    last = name.rpartition(".")[2]
    return last[1:-1].replace('""', '"') if last.startswith('"') else last.lower()
