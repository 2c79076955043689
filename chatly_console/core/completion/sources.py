"""What a query reads from: the tables, subqueries and functions of a FROM clause, as they are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from chatly_console.core.catalogue import ColumnInfo, Relation
from chatly_console.core.completion.lexed import Group, Item, Word, is_word
from chatly_console.core.sql.keywords import RESERVED

_JOINS = frozenset({"join"})
_PREFIXES = frozenset({"only", "lateral", "rows"})
SECTION_ENDS = frozenset(
    {"where", "group", "having", "window", "order", "limit", "offset", "fetch", "for", "returning", "union", "except",
     "intersect", "set", "when"}
)  # fmt: skip
"""Keywords that end a FROM clause."""


class ScopeColumn(NamedTuple):
    """A column that a query can name; `info` and `relation` where it is one of a relation."""

    name: str
    type: str = ""
    relation: Relation | None = None
    info: ColumnInfo | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read from: its alias (or name), and its columns."""

    name: str
    columns: tuple[ScopeColumn, ...] = ()
    relation: Relation | None = None
    kind: str = "relation"
    start: int = 0
    """Where in the text it is written."""

    def column(self, name: str) -> ScopeColumn | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(slots=True)
class Scope:
    """What can be named, the innermost query first; `target` is what INSERT, UPDATE, DELETE or DDL concerns."""

    levels: list[list[Source]] = field(default_factory=list)
    ctes: dict[str, Source] = field(default_factory=dict)
    target: Source | None = None

    @property
    def sources(self) -> list[Source]:
        """All sources, nearest first."""
        return [source for level in self.levels for source in level]

    def source(self, name: str) -> Source | None:
        """The source that a name or alias means here."""
        return next((source for source in self.sources if source.name == name), None)

    def column(self, path: Sequence[str]) -> tuple[Source, ScopeColumn] | None:
        """The column that `name` or `alias.name` means here."""
        qualifier = path[-2] if len(path) > 1 else None
        for source in self.sources:
            column = source.column(path[-1])
            if column is not None and qualifier in (None, source.name):
                return source, column
        return None


@dataclass(slots=True)
class Written:
    """A source as it stands in the text, before anything is known of it."""

    start: int
    path: tuple[str, ...] = ()
    group: Group | None = None
    """The parentheses of a subquery, or of a function's arguments."""
    alias: str = ""
    column_names: tuple[str, ...] = ()
    is_lateral: bool = False

    @property
    def is_function(self) -> bool:
        """Whether it is a call."""
        return bool(self.path) and self.group is not None


def dotted(items: Sequence[Item], at: int) -> tuple[tuple[str, ...], int]:
    """The name that begins at a place, such as `public.orders`, and the place behind it; empty if there is none."""
    names: list[str] = []
    while at < len(items):
        item = items[at]
        if not isinstance(item, Word) or not (item.is_name or (item.is_word and (names or item.text not in RESERVED))):
            break
        names.append(item.text)
        at += 1
        if not (at + 1 < len(items) and is_word(items[at], ".")):
            break
        at += 1
    return tuple(names), at


def dotted_before(items: Sequence[Item], end: int) -> tuple[tuple[str, ...], int]:
    """The name that ends before a place, and the place where it begins."""
    names: list[str] = []
    at = end
    while at > 0:
        item = items[at - 1]
        if not isinstance(item, Word) or not (item.is_name or (item.is_word and (names or item.text not in RESERVED))):
            break
        names.insert(0, item.text)
        at -= 1
        if not (at > 0 and is_word(items[at - 1], ".")):
            break
        at -= 1
    return tuple(names), at


def written_sources(items: Sequence[Item]) -> Iterator[Written]:
    """The sources of the text behind FROM (or USING), up to the clause that follows."""
    at, expects = 0, True
    while at < len(items):
        item = items[at]
        if isinstance(item, Word) and not item.is_quoted and item.text in SECTION_ENDS:
            return
        if is_word(item, ",") or is_word(item, *_JOINS):
            expects = True
            at += 1
        elif expects:
            found, at = _source_at(items, at)
            yield from found
            expects = False
        else:
            at += 1


def _source_at(items: Sequence[Item], at: int) -> tuple[list[Written], int]:
    is_lateral = False
    while at < len(items) and is_word(items[at], *_PREFIXES):
        is_lateral |= is_word(items[at], "lateral")
        at += 1
    if at >= len(items):
        return [], at
    item = items[at]
    if isinstance(item, Group):
        if is_query(item.items):
            written = Written(item.start, group=item, is_lateral=is_lateral)
            return _with_alias(written, items, at + 1)
        return list(written_sources(item.items)), at + 1
    path, behind = dotted(items, at)
    if not path:
        return [], at + 1
    written = Written(item.start, path, is_lateral=is_lateral)
    if behind < len(items) and isinstance(group := items[behind], Group):
        written.group = group
        behind += 1
    elif behind < len(items) and is_word(items[behind], "*"):
        behind += 1
    return _with_alias(written, items, behind)


def _with_alias(written: Written, items: Sequence[Item], at: int) -> tuple[list[Written], int]:
    has_as = at < len(items) and is_word(items[at], "as")
    at += has_as
    if at < len(items) and isinstance(word := items[at], Word) and (word.is_name or (has_as and word.is_word)):
        written.alias = word.text
        at += 1
        if at < len(items) and isinstance(group := items[at], Group):
            written.column_names = tuple(name_list(group))
            at += 1
    return [written], at


def name_list(group: Group) -> Iterator[str]:
    """The first word of each entry of a list such as `(a, b)` or `(a int, b text)`."""
    is_first = True
    for item in group.items:
        if is_word(item, ","):
            is_first = True
        elif is_first and isinstance(item, Word) and item.is_word:
            yield item.text
            is_first = False


def is_query(items: Sequence[Item]) -> bool:
    """Whether the text in parentheses is a query of its own."""
    first = items[0] if items else None
    if isinstance(first, Group):
        return is_query(first.items)
    return is_word(first, "select", "with", "values", "insert", "update", "delete", "table", "merge")
