"""What the word under the cursor means: the table, column, function or type that a definition is asked of."""

from dataclasses import dataclass

from chatly_console.core.catalogue import CatalogueObject, Relation, Routine
from chatly_console.core.completion.context import context_at
from chatly_console.core.completion.lexed import Group, Item, Word, is_word, path_to, tree_of, words_around
from chatly_console.core.completion.names import Names
from chatly_console.core.completion.place import Place
from chatly_console.core.completion.scope import ScopeReader
from chatly_console.core.completion.sources import Scope, dotted, dotted_before
from chatly_console.core.sql import TokenKind


@dataclass(frozen=True, slots=True)
class Pointed:
    """What is pointed at: `object` is of the catalogue; `place` is where in the text something else is made (a CTE)."""

    name: str
    object: CatalogueObject | None = None
    column: str = ""
    type: str = ""
    place: int | None = None
    overloads: tuple[Routine, ...] = ()


def pointed_at(text: str, cursor: int, names: Names) -> Pointed | None:
    """What the name at (or right before) the cursor means; None for keywords, values and unknown names."""
    words = words_around(text, cursor)
    word = next((w for w in words if w.is_word and w.start <= cursor <= w.end), None)
    if word is None:
        return None
    path = path_to(tree_of(words, len(text)), word.start)
    items = path[-1].items
    at = next((place for place, item in enumerate(items) if item is word), None)
    if at is None:
        return None
    name, _ = dotted_before(items, at + 1)
    if not name:
        return None
    scope = ScopeReader(names).scope(path, word.start)
    follows = items[at + 1] if at + 1 < len(items) else None
    if isinstance(follows, Group) and word.kind is TokenKind.FUNCTION and (found := names.routines_named(name)):
        return Pointed(name[-1], found[0], overloads=tuple(found))
    context = context_at(text, word.end)
    place = context.place if context is not None else Place.NOTHING
    wants_relation = place is Place.RELATION or is_word(follows, ".") or _follows_dot_star(items, at)
    if wants_relation and (pointed := _relation(names, _source(scope, name), name)) is not None:
        return pointed
    column = scope.column(name)
    if column is not None and place is not Place.TYPE:
        source, found_column = column
        own_name = found_column.info.name if found_column.info is not None else found_column.name
        return Pointed(name[-1], found_column.relation, own_name, found_column.type, source.start)
    if scope.target is not None and (own := scope.target.column(name[-1])) is not None and place is not Place.TYPE:
        return Pointed(name[-1], own.relation, own.name, own.type)
    return _relation(names, _source(scope, name), name) or _other(names, name)


def _source(scope: Scope, name: tuple[str, ...]) -> tuple[Relation | None, int] | None:
    """The relation (if it is one) and place of the source or CTE that a bare name means."""
    if len(name) != 1:
        return None
    found = scope.source(name[0])
    if found is None or found.kind == "cte":
        found = scope.ctes.get(name[0], found)
    return (
        None
        if found is None or (found.kind == "relation" and found.relation is None)
        else (found.relation, found.start)
    )


def _relation(names: Names, source: tuple[Relation | None, int] | None, name: tuple[str, ...]) -> Pointed | None:
    if source is not None:
        relation, start = source
        return Pointed(name[-1], relation, place=None if relation is not None else start)
    relation = names.relation(name)
    return None if relation is None else Pointed(name[-1], relation)


def _other(names: Names, name: tuple[str, ...]) -> Pointed | None:
    routines = names.routines_named(name)
    if routines:
        return Pointed(name[-1], routines[0], overloads=tuple(routines))
    info = names.type(".".join(name))
    if info is not None:
        return Pointed(name[-1], info)
    role = next((role for role in names.catalogue.roles if role.name == name[-1]), None)
    return None if role is None else Pointed(name[-1], role)


def _follows_dot_star(items: list[Item], at: int) -> bool:
    _, behind = dotted(items, at)
    return behind < len(items) and isinstance(items[behind], Word) and is_word(items[behind], "*")
