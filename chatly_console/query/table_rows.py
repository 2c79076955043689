"""What is known of the rows of a result: which column is which of a table, its key, and where its foreign keys lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatly_console.core.catalogue import Catalogue, ColumnInfo, Key, Relation
from chatly_console.core.quote import quote_identifier
from chatly_console.core.values import Column, Row
from chatly_console.query.edit import literal
from chatly_console.query.origin import Shape


@dataclass(frozen=True, slots=True)
class ColumnOrigin:
    """A column of a result that is a column of a table; `source` is the place of that table in the FROM list."""

    source: int
    relation: Relation
    column: ColumnInfo


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key that can be followed from a row: the table it leads to, and its columns there by result column."""

    name: str
    relation: Relation
    columns: tuple[tuple[int, str], ...]

    def statement(self, row: Row) -> str | None:
        """The query for the rows at the other end; None where the key of this row is NULL."""
        if any(row[index] is None for index, _ in self.columns):
            return None
        terms = [f"{quote_identifier(name)} = {literal(row[index])}" for index, name in self.columns]
        return f"select * from {self.relation.quoted} where {' and '.join(terms)}"


@dataclass(frozen=True, slots=True)
class TableRows:
    """What the rows of a result are. `editable` is the table whose rows they are, with the key that names each."""

    origins: tuple[ColumnOrigin | None, ...] = ()
    links: Mapping[int, Link] | None = None
    incoming: tuple[Link, ...] = ()
    editable: Relation | None = None
    key: tuple[int, ...] = ()
    why_not: str = ""
    """Why the rows cannot be edited, as a sentence."""


def table_rows(
    shape: Shape | None, relations: Sequence[int | None], columns: Sequence[Column], catalogue: Catalogue
) -> TableRows:
    """What a query of this shape shows; `relations` are the oids of its FROM list, as the server resolved them."""
    if shape is None:
        return TableRows(why_not="Only the rows of a plain SELECT from one table can be edited.")
    known = [catalogue.relations.get(oid) if oid is not None else None for oid in relations]
    origins = _origins(shape, known, columns, catalogue)
    if origins is None:
        return TableRows(why_not="It is not certain which table these columns are of.")
    links = _links(origins, catalogue)
    incoming = _incoming(origins, catalogue) if shape.rows_are_rows else ()
    relation = known[0] if len(known) == 1 else None
    if relation is None or not shape.rows_are_rows:
        why = "Only rows that are rows of one table can be edited; these are joined, grouped or made unique."
        return TableRows(origins, links, incoming, why_not=why)
    if not relation.is_table:
        return TableRows(origins, links, incoming, why_not=f"{relation.name} is a {relation.kind}: edit its tables.")
    key = _key(origins, relation, catalogue)
    if not key:
        why = f"The columns of a key of {relation.name} must be in the result, so that each row has a name."
        return TableRows(origins, links, incoming, why_not=why)
    return TableRows(origins, links, incoming, relation, key)


def _origins(
    shape: Shape, known: Sequence[Relation | None], columns: Sequence[Column], catalogue: Catalogue
) -> tuple[ColumnOrigin | None, ...] | None:
    found: list[ColumnOrigin | None] = []
    names: list[str | None] = []
    for item in shape.items:
        if item is None:
            found.append(None)
            names.append(None)
            continue
        places = [i for i, source in enumerate(shape.sources) if item.alias in ("", source.alias)]
        if item.column == "*":
            for place in places:
                relation = known[place]
                if relation is None:
                    return None
                for column in catalogue.columns_of(relation.oid):
                    found.append(ColumnOrigin(place, relation, column))
                    names.append(column.name)
            continue
        candidates = [
            ColumnOrigin(place, relation, column)
            for place in places
            if (relation := known[place]) is not None
            for column in catalogue.columns_of(relation.oid)
            if column.name == item.column
        ]
        certain = len(candidates) == 1 and all(known[place] is not None for place in places)
        found.append(candidates[0] if certain else None)
        names.append(None)
    if len(found) != len(columns):
        return None
    if any(name is not None and name != column.name for name, column in zip(names, columns, strict=True)):
        return None
    return tuple(found)


def _places(origins: Sequence[ColumnOrigin | None], source: int) -> dict[int, int]:
    """Where in the result the columns of one table are, by their numbers."""
    places: dict[int, int] = {}
    for index, origin in enumerate(origins):
        if origin is not None and origin.source == source:
            places.setdefault(origin.column.number, index)
    return places


def _links(origins: Sequence[ColumnOrigin | None], catalogue: Catalogue) -> dict[int, Link]:
    links: dict[int, Link] = {}
    for source, relation in {o.source: o.relation for o in origins if o is not None}.items():
        places = _places(origins, source)
        for key in sorted(catalogue.keys_of(relation.oid), key=lambda key: -len(key.columns)):
            target = catalogue.relations.get(key.target)
            if key.type != "f" or target is None or not set(key.columns) <= places.keys():
                continue
            link = _link(key.name, target, [places[n] for n in key.columns], key.target_columns, catalogue)
            links.update(dict.fromkeys((places[number] for number in key.columns), link))
    return links


def _incoming(origins: Sequence[ColumnOrigin | None], catalogue: Catalogue) -> tuple[Link, ...]:
    found: list[Link] = []
    for source, relation in {o.source: o.relation for o in origins if o is not None}.items():
        places = _places(origins, source)
        for key in catalogue.keys:
            child = catalogue.relations.get(key.relation)
            if key.type != "f" or key.target != relation.oid or child is None or child.is_partition:
                continue
            if set(key.target_columns) <= places.keys():
                found.append(_link(key.name, child, [places[n] for n in key.target_columns], key.columns, catalogue))
    return tuple(sorted(found, key=lambda link: (link.relation.name, link.name)))


def _link(name: str, relation: Relation, indexes: list[int], numbers: Sequence[int], catalogue: Catalogue) -> Link:
    names = {column.number: column.name for column in catalogue.columns_of(relation.oid)}
    return Link(name, relation, tuple(zip(indexes, [names.get(n, "?") for n in numbers], strict=True)))


def _key(origins: Sequence[ColumnOrigin | None], relation: Relation, catalogue: Catalogue) -> tuple[int, ...]:
    """The result columns of the primary key, or of a unique key without NULLs; empty where none is whole."""
    places = _places(origins, 0)
    required = {column.number for column in catalogue.columns_of(relation.oid) if column.not_null}
    keys: list[Key] = [key for key in catalogue.keys_of(relation.oid) if key.type in "pu"]
    for key in sorted(keys, key=lambda key: key.type != "p"):
        if set(key.columns) <= places.keys() and (key.type == "p" or set(key.columns) <= required):
            return tuple(places[number] for number in key.columns)
    return ()
