"""Finds objects and columns by a part of their name: exact first, then beginnings, parts, and letters in order."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice

from chatly_console.core.catalogue import Catalogue, CatalogueObject, ColumnInfo, Relation
from chatly_console.schema.tree import TreeRow, about, key_of, label

MOST = 300
"""Hits that are shown; whoever has more types another letter."""
_FUZZY_FROM = 2
"""Letters from which letters in order are a hit: one letter is in every name."""
_LAST = "\U0010ffff"


class _Names:
    """Names in their order, so that those which begin with a text are found without looking at the others."""

    def __init__(self, names: Iterable[str]) -> None:
        listed = sorted((name.lower(), place) for place, name in enumerate(names))
        self._names = [name for name, _ in listed]
        self._places = [place for _, place in listed]

    def best(self, needle: str, limit: int) -> list[int]:
        """Places of names that begin with the text, then of those that hold it, the shorter first."""
        low = bisect_left(self._names, needle)
        high = bisect_left(self._names, needle + _LAST)
        found = list(range(low, min(high, low + limit)))
        if len(found) < limit:
            inside = (at for at, name in enumerate(self._names) if needle in name and not low <= at < high)
            more = list(islice(inside, limit - len(found)))
            found += sorted(more, key=lambda at: len(self._names[at]))
        return [self._places[at] for at in found]

    def fuzzy(self, needle: str, limit: int) -> list[int]:
        """Places of names that have the letters of the text in their order, the closest together first."""
        letters = re.compile(".*?".join(map(re.escape, needle)), re.DOTALL).search
        hits = ((hit.end() - hit.start(), at) for at, name in enumerate(self._names) if (hit := letters(name)))
        return [self._places[at] for _, at in sorted(islice(hits, limit))]


class NameIndex:
    """All names of a catalogue in small letters, made once for each that was read."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        system = {schema.name for schema in catalogue.schemas if schema.is_system}
        objects = [found for found in catalogue.objects() if not getattr(found, "is_internal", False)]
        self._own = [one for one in objects if not getattr(one, "extension", "") and one.schema not in system]
        self._theirs = [one for one in objects if getattr(one, "extension", "") or one.schema in system]
        own = {one.oid for one in self._own if isinstance(one, Relation)}
        columns = sorted(catalogue.all_columns(), key=lambda column: column.relation not in own)
        self._columns = columns[: sum(column.relation in own for column in columns)]
        self._their_columns = columns[len(self._columns) :]
        self._own_names = _Names(found.name for found in self._own)
        self._their_names = _Names(found.name for found in self._theirs)
        self._column_names = _Names(column.name for column in self._columns)
        self._their_column_names = _Names(column.name for column in self._their_columns)
        self._relations = catalogue.relations
        self.count = len(objects) + len(columns)
        """How many names there are."""

    def find(self, needle: str, limit: int = MOST) -> list[TreeRow]:
        """The best hits, as rows of the tree without folders: what came with extensions after all else."""
        schema, dot, name = needle.lower().strip().rpartition(".")
        if not name and not schema:
            return []
        wide = len(self._own) if dot else limit
        rows = _rows((self._own[place] for place in self._own_names.best(name, wide)), schema)
        if not dot:
            rows += [self._column_row(self._columns[place]) for place in self._column_names.best(name, limit)]
        rows += _rows((self._theirs[place] for place in self._their_names.best(name, limit)), schema)
        if not dot:
            places = self._their_column_names.best(name, limit)
            rows += [self._column_row(self._their_columns[place]) for place in places]
        if len(rows) < limit and len(name) >= _FUZZY_FROM:
            seen = {row.key for row in rows}
            fuzzy = _rows((self._own[place] for place in self._own_names.fuzzy(name, limit)), schema)
            rows += [row for row in fuzzy if row.key not in seen]
        return rows[:limit]

    def _column_row(self, column: ColumnInfo) -> TreeRow:
        relation = self._relations[column.relation]
        key = ("column", relation.schema, relation.name, column.name)
        return TreeRow(key, 0, f"{relation.name}.{column.name}", column.type, relation)


def _rows(objects: Iterable[CatalogueObject], schema: str) -> list[TreeRow]:
    return [_row(found) for found in objects if found.schema.lower().startswith(schema)]


def _row(found: CatalogueObject) -> TreeRow:
    where = found.schema or found.kind
    words = where if about(found) == "" or found.schema else f"{where} {about(found)}"
    return TreeRow(key_of(found), 0, label(found), words, found)
