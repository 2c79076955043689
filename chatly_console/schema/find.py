"""Finds objects and columns by a part of their name: exact first, then beginnings, parts, and letters in order."""

import re
from collections.abc import Iterable
from itertools import islice

from chatly_console.core.catalogue import Catalogue, CatalogueObject
from chatly_console.schema.tree import TreeRow, about, key_of, label

MOST = 300
"""Hits that are shown; whoever has more types another letter."""
_FUZZY_FROM = 2
"""Letters from which letters in order are a hit: one letter is in every name."""


class NameIndex:
    """All names of a catalogue in small letters, made once for each that was read."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._objects: list[CatalogueObject] = list(catalogue.objects())
        self._names = [found.name.lower() for found in self._objects]
        self._columns = [column for columns in catalogue.columns.values() for column in columns]
        self._column_names = [column.name.lower() for column in self._columns]
        self._relations = catalogue.relations

    def find(self, needle: str, limit: int = MOST) -> list[TreeRow]:
        """The best hits, as rows of the tree without folders."""
        schema, dot, name = needle.lower().strip().rpartition(".")
        if not name and not schema:
            return []
        parts = self._parts(name)
        own = [place for place in parts if not getattr(self._objects[place], "extension", "")]
        theirs = [place for place in parts if getattr(self._objects[place], "extension", "")]
        hits = self._rows(own, schema, limit)
        if not dot:
            hits += self._column_hits(name, limit - len(hits))
        hits += self._rows(theirs, schema, limit - len(hits))
        if len(hits) < limit and len(name) >= _FUZZY_FROM:
            hits += self._rows(self._fuzzy(name, set(parts)), schema, limit - len(hits))
        return hits

    def _rows(self, places: Iterable[int], schema: str, limit: int) -> list[TreeRow]:
        found = (self._objects[place] for place in places)
        return [_row(one) for one in islice((f for f in found if f.schema.lower().startswith(schema)), max(0, limit))]

    def _parts(self, name: str) -> list[int]:
        """Objects with the text in their name, the best first."""
        parts = [index for index, own in enumerate(self._names) if name in own]
        return sorted(parts, key=lambda index: _rank(self._names[index], name))

    def _fuzzy(self, name: str, seen: set[int]) -> list[int]:
        """Objects with the letters in this order in their name, the closest together first."""
        letters = re.compile(".*?".join(map(re.escape, name)), re.DOTALL).search
        found = [(hit.end() - hit.start(), index) for index, own in enumerate(self._names)
                 if index not in seen and (hit := letters(own))]  # fmt: skip
        return [index for _, index in sorted(found)]

    def _column_hits(self, name: str, limit: int) -> list[TreeRow]:
        places = [index for index, own in enumerate(self._column_names) if name in own]
        places.sort(key=lambda index: _rank(self._column_names[index], name))
        rows = []
        for index in places[: max(0, limit)]:
            column = self._columns[index]
            relation = self._relations[column.relation]
            key = ("column", relation.schema, relation.name, column.name)
            rows.append(TreeRow(key, 0, f"{relation.name}.{column.name}", column.type, relation))
        return rows


def _rank(own: str, name: str) -> tuple[int, int, str]:
    kind = 0 if own == name else 1 if own.startswith(name) else 2
    return kind, len(own), own


def _row(found: CatalogueObject) -> TreeRow:
    where = found.schema or found.kind
    words = where if about(found) == "" or found.schema else f"{where} {about(found)}"
    return TreeRow(key_of(found), 0, label(found), words, found)
