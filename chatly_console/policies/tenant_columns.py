"""The columns that may say whose a row is, judged by the catalogue that all panes share."""

import re
from collections import Counter
from dataclasses import dataclass

from chatly_console.core.catalogue import Catalogue

_TYPES = re.compile(r"(uuid|text|character varying(\(\d+\))?|integer|bigint)\Z")
"""Types that can name a tenant."""
_OF_THE_PLATFORM = frozenset({"auth", "storage"})
"""Schemas whose tables are no tenant's."""


@dataclass(frozen=True, slots=True)
class TenantColumn:
    """A column that may say whose a row is: it refers to `parent` (empty: to none), and so many relations have it."""

    name: str
    parent: str
    tables: int


def tenant_columns(catalogue: Catalogue) -> list[TenantColumn]:
    """Those by which tables refer to one other table, and those without a foreign key that several tables have.

    Each name once; the former first, and of these those that most tables and views have.
    """
    everywhere, in_tables = Counter[str](), Counter[str]()
    for relation in catalogue.relations.values():
        if relation.kind != "sequence" and not _is_of_the_platform(relation.schema):
            names = [c.name for c in catalogue.columns_of(relation.oid) if _TYPES.match(c.type)]
            everywhere.update(names)
            if relation.kind in ("table", "partitioned table") and not relation.is_partition:
                in_tables.update(names)
    parents = _parents(catalogue)
    found = [
        TenantColumn(name, parents.get(name, ""), tables)
        for name, tables in everywhere.items()
        if name in parents or (in_tables[name] > 1 and name != "id")
    ]
    return sorted(found, key=lambda one: (not one.parent, -one.tables, one.name))


def _parents(catalogue: Catalogue) -> dict[str, str]:
    """By the name of a column the table that it refers to; the first by name, where there are several."""
    parents: dict[str, str] = {}
    for key in catalogue.keys:
        target = catalogue.relations.get(key.target)
        if key.type != "f" or len(key.columns) != 1 or target is None or target.schema in _OF_THE_PLATFORM:
            continue
        name = next((c.name for c in catalogue.columns_of(key.relation) if c.number == key.columns[0]), "")
        full_name = f"{target.schema}.{target.name}"
        parents[name] = min(parents.get(name, full_name), full_name)
    return parents


def _is_of_the_platform(schema: str) -> bool:
    return schema in _OF_THE_PLATFORM or schema.startswith("pg_")
