"""The foreign-key graph as text: Mermaid for documents."""

from collections.abc import Iterable

from chatly_console.core.catalogue import Catalogue, Key, Relation
from chatly_console.core.text import safe_text


def foreign_keys(catalogue: Catalogue, schema: str | None = None) -> list[Key]:
    """The foreign keys from (or within) a schema, or all of them."""
    return [
        key
        for key in catalogue.keys
        if key.type == "f"
        and key.relation in catalogue.relations
        and key.target in catalogue.relations
        and schema in (None, catalogue.relations[key.relation].schema)
    ]


def mermaid(catalogue: Catalogue, keys: Iterable[Key]) -> str:
    """An entity relationship diagram: each foreign key as a line from the table that is pointed at."""
    listed = list(keys)
    relations = {oid: catalogue.relations[oid] for key in listed for oid in (key.target, key.relation)}
    names = {oid: f"t{number}" for number, oid in enumerate(sorted(relations, key=lambda oid: relations[oid][1:3]))}
    lines = ["erDiagram"]
    lines += [f'    {names[oid]}["{_entity(relations[oid])}"]' for oid in sorted(names, key=names.__getitem__)]
    for key in listed:
        columns = {column.number: column for column in catalogue.columns_of(key.relation)}
        optional = any(number in columns and not columns[number].not_null for number in key.columns)
        label = ", ".join(columns[number].name for number in key.columns if number in columns)
        lines.append(
            f'    {names[key.target]} {"|o" if optional else "||"}--o{{ {names[key.relation]} : "{_plain(label)}"'
        )
    return "\n".join(lines) + "\n"


def _entity(relation: Relation) -> str:
    return _plain(relation.name if relation.schema == "public" else f"{relation.schema}.{relation.name}")


def _plain(text: str) -> str:
    """Text within the quotes of Mermaid, which knows no escape but that of HTML."""
    return safe_text(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
