"""Which tables, aliases and columns can be named at the cursor: its own query first, then those around it."""

from collections.abc import Mapping, Sequence

from chatly_console.core.catalogue import Relation, Routine
from chatly_console.core.completion.lexed import Group, Item, Word, is_word
from chatly_console.core.completion.names import Names
from chatly_console.core.completion.output import output_columns, renamed_columns, select_list
from chatly_console.core.completion.sources import (
    Scope,
    ScopeColumn,
    Source,
    Written,
    dotted,
    dotted_before,
    is_query,
    name_list,
    written_sources,
)

_SET_OPERATIONS = ("union", "except", "intersect")
_DEEPEST = 12
"""Queries within queries that are followed; deeper ones have no columns."""
Ctes = Mapping[str, Source]


class ScopeReader:
    """Reads scopes from the groups of a statement, with the names of a catalogue."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def scope(self, path: Sequence[Group], cursor: int) -> Scope:
        """The scope at a cursor inside of the last of these groups."""
        scope = Scope()
        for place, group in enumerate(path):
            inner = path[place + 1] if place + 1 < len(path) else None
            ctes, rest = self._with(group.items, scope.ctes, 0)
            scope.ctes = dict(ctes)
            branch = _branch(rest, cursor)
            written = _written_in(branch)
            sources = [self._source(one, scope.ctes, 0) for one in written]
            target = self._target(branch)
            if target is not None:
                scope.target = target
                sources = [target, *sources]
            if inner is not None:
                scope.target = self._referenced(group, inner) or scope.target
            if _closes_off(inner, written, rest):
                sources = []
            if sources:
                scope.levels.insert(0, sources)
        return scope

    def columns_of_query(self, items: Sequence[Item], ctes: Ctes, depth: int) -> tuple[ScopeColumn, ...]:
        """What a query gives out, as far as its text says it."""
        if depth > _DEEPEST:
            return ()
        own, rest = self._with(items, ctes, depth)
        if len(rest) == 1 and isinstance(rest[0], Group):
            return self.columns_of_query(rest[0].items, own, depth + 1)
        branch = _branch(rest, -1)
        if is_word(branch[0] if branch else None, "values"):
            group = next((item for item in branch if isinstance(item, Group)), None)
            count = sum(is_word(item, ",") for item in group.items) + 1 if group else 0
            return tuple(ScopeColumn(f"column{number}") for number in range(1, count + 1))
        if is_word(branch[0] if branch else None, "table"):
            return self._source(Written(0, dotted(branch, 1)[0]), own, depth).columns
        listed = select_list(branch)
        sources = [self._source(one, own, depth + 1) for one in _written_in(branch)]
        target = self._target(branch)
        return tuple(output_columns(listed, [*([target] if target else []), *sources]))

    def _with(self, items: Sequence[Item], ctes: Ctes, depth: int) -> tuple[dict[str, Source], Sequence[Item]]:
        """The CTEs of a WITH at the begin of these items, and what follows."""
        found = dict(ctes)
        if not is_word(items[0] if items else None, "with"):
            return found, items
        at = 1 + is_word(items[1] if len(items) > 1 else None, "recursive")
        is_recursive = at == 2
        while at < len(items) and isinstance(name := items[at], Word) and name.is_word:
            columns: tuple[str, ...] = ()
            at += 1
            if at < len(items) and isinstance(group := items[at], Group):
                columns = tuple(name_list(group))
                at += 1
            while at < len(items) and is_word(items[at], "as", "not", "materialized"):
                at += 1
            if at >= len(items) or not isinstance(body := items[at], Group):
                break
            seen = {**found, name.text: Source(name.text)} if is_recursive else found
            given = self.columns_of_query(body.items, seen, depth + 1)
            found[name.text] = Source(name.text, renamed_columns(given, columns), None, "cte", name.start)
            at += 1
            if at >= len(items) or not is_word(items[at], ","):
                break
            at += 1
        return found, items[at:]

    def _source(self, written: Written, ctes: Ctes, depth: int) -> Source:
        name = written.alias or (written.path[-1] if written.path else "")
        if written.is_function:
            columns = self._function_columns(written)
            return Source(name, renamed_columns(columns, written.column_names), None, "function", written.start)
        if written.group is not None:
            columns = self.columns_of_query(written.group.items, ctes, depth + 1)
            return Source(name, renamed_columns(columns, written.column_names), None, "subquery", written.start)
        if len(written.path) == 1 and (cte := ctes.get(written.path[0])) is not None:
            return Source(name, renamed_columns(cte.columns, written.column_names), None, "cte", written.start)
        relation = self._names.relation(written.path)
        return self._of_relation(relation, name, written.start, written.column_names)

    def _of_relation(
        self, relation: Relation | None, name: str, start: int = 0, renamed: tuple[str, ...] = ()
    ) -> Source:
        if relation is None:
            return Source(name, start=start)
        columns = tuple(ScopeColumn(c.name, c.type, relation, c) for c in self._names.columns(relation))
        return Source(name, renamed_columns(columns, renamed), relation, "relation", start)

    def _function_columns(self, written: Written) -> tuple[ScopeColumn, ...]:
        routine = next(iter(self._names.routines_named(written.path)), None)
        if routine is None:
            return ()
        return self.columns_of_result(routine) or (ScopeColumn(written.alias or written.path[-1], routine.result),)

    def columns_of_result(self, routine: Routine) -> tuple[ScopeColumn, ...]:
        """The columns of a routine that returns rows of a table, or of TABLE(...)."""
        result = routine.result
        if result.startswith("TABLE("):
            pairs = (entry.strip().partition(" ") for entry in result[6:-1].split(","))
            return tuple(ScopeColumn(name.strip('"'), type_) for name, _, type_ in pairs)
        path = [part.strip('"') for part in result.removeprefix("SETOF ").split(".")]
        relation = self._names.relation(path)
        return self._of_relation(relation, "").columns if relation is not None else ()

    def _referenced(self, group: Group, inner: Group) -> Source | None:
        """The table of `references t (`, whose columns are listed in these parentheses."""
        head = [item for item in group.items if item.start < inner.start]
        path, at = dotted_before(head, len(head))
        if not path or not is_word(head[at - 1] if at else None, "references"):
            return None
        return self._of_relation(self._names.relation(path), path[-1], inner.start)

    def _target(self, items: Sequence[Item]) -> Source | None:
        """The table that a statement changes, with its alias; of CREATE INDEX, POLICY or TRIGGER the one behind ON."""
        at = _target_place(items)
        if at is None:
            return None
        while at < len(items) and is_word(items[at], "only", "if", "not", "exists", "concurrently"):
            at += 1
        start = at
        path, at = dotted(items, at)
        relation = self._names.relation(path)
        if relation is None:
            return None
        at += at < len(items) and is_word(items[at], "as")
        word = items[at] if at < len(items) else None
        takes_alias = is_word(items[0], "insert", "update", "delete", "merge")
        name = word.text if takes_alias and isinstance(word, Word) and word.is_name else path[-1]
        return self._of_relation(relation, name, items[start].start)


def _target_place(items: Sequence[Item]) -> int | None:
    """Where the name of the changed table stands."""
    first = items[0] if items else None
    if is_word(first, "update"):
        return 1
    if is_word(first, "insert", "merge", "delete"):
        return next((at + 1 for at, item in enumerate(items[:3]) if is_word(item, "into", "from")), None)
    if is_word(first, "alter", "truncate", "analyze", "vacuum", "lock", "cluster", "copy"):
        table = next((at + 1 for at, item in enumerate(items[:3]) if is_word(item, "table")), 1)
        return table + is_word(items[table] if table < len(items) else None, "only")
    if is_word(first, "create", "comment", "drop"):
        return next((at + 1 for at, item in enumerate(items) if is_word(item, "on")), None)
    return None


def _branch(items: Sequence[Item], cursor: int) -> Sequence[Item]:
    """The SELECT of a UNION that the cursor is in; the first one for a cursor before all."""
    start = 0
    for at, item in enumerate(items):
        if is_word(item, *_SET_OPERATIONS):
            if cursor <= item.start:
                return items[start:at]
            start = at + 1
            while start < len(items) and is_word(items[start], "all", "distinct"):
                start += 1
    return items[start:]


def _written_in(items: Sequence[Item]) -> list[Written]:
    """The sources of one SELECT, UPDATE, DELETE or MERGE."""
    opening = ("using",) if is_word(items[0] if items else None, "delete", "merge") else ("from",)
    for at, item in enumerate(items):
        if is_word(item, *opening) and not (at and is_word(items[at - 1], "distinct")):
            if opening == ("from",) and at == 1 and is_word(items[0], "delete"):
                continue
            return list(written_sources(items[at + 1 :]))
    return []


def _closes_off(inner: Group | None, written: Sequence[Written], rest: Sequence[Item]) -> bool:
    """Whether a group inside cannot see these sources: a subquery of FROM without LATERAL, or the body of a CTE."""
    if inner is None:
        return False
    if any(one.group is inner and not one.is_lateral and not one.is_function for one in written):
        return True
    return is_query(inner.items) and not any(item is inner for item in rest) and _is_direct(inner, rest)


def _is_direct(inner: Group, rest: Sequence[Item]) -> bool:
    """Whether a group that is not among these items stood before them: in the WITH in front."""
    return not rest or inner.start < rest[0].start
