"""What an object needs and what needs it, level below level, in the order in which it is read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chatly_console.core.catalogue import Catalogue, CatalogueObject
from chatly_console.core.relation_details import Dependency
from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Row
from chatly_console.schema.tab import Tab

MOST = 500
"""Lines that are listed."""
WAYS = ("needed by", "needs")


def in_order(entries: Iterable[Mapping[str, Any]]) -> tuple[Dependency, ...]:
    """The entries of the server, each below the one from which it was reached; what was there already is not gone into.

    They come level by level, so that the first of those with the same key is the nearest.
    """
    below: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for entry in entries:
        below.setdefault((entry["way"], entry["parent"]), {}).setdefault(entry["key"], entry)
    found: list[Dependency] = []
    for way in WAYS:
        nearest = _nearest(way, below)
        stack = [(1, "", entry) for entry in _sorted(below.get((way, ""), {}))]
        while stack and len(found) < MOST:
            depth, parent, entry = stack.pop()
            repeated = nearest[entry["key"]] != parent
            found.append(Dependency(way, entry["object"], depth, entry["catalogue"], entry["oid"], repeated))
            if not repeated:
                stack += [(depth + 1, entry["key"], one) for one in _sorted(below.get((way, entry["key"]), {}))]
    return tuple(found)


def _nearest(way: str, below: Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]]) -> dict[str, str]:
    """For each key the parent under which it is gone into: the one that is the fewest steps away."""
    nearest = {"": ""}
    level = [""]
    while level:
        reached = [(key, parent) for parent in level for key in below.get((way, parent), {}) if key not in nearest]
        for key, parent in reached:
            nearest.setdefault(key, parent)
        level = list(dict.fromkeys(key for key, _ in reached))
    return nearest


def _sorted(entries: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Last first, since the last of the stack is taken first."""
    return sorted(entries.values(), key=lambda entry: str(entry["object"]), reverse=True)


def uses_tab(dependencies: tuple[Dependency, ...]) -> Tab:
    """The tab that lists them; each can be followed."""
    rows: list[Row] = [(one.way if one.depth == 1 else " ", _indented(one)) for one in dependencies]
    targets = tuple((one.catalogue, one.oid) for one in dependencies)
    empty = "Nothing depends on it, and it depends on nothing."
    return Tab("uses", ListedRows(("way", "object"), rows), empty, targets, link=1)


def _indented(one: Dependency) -> str:
    lead = "  " * (one.depth - 2) + "└ " if one.depth > 1 else ""
    return f"{lead}{one.object}{'  (see above)' if one.is_repeated else ''}"


def followed(catalogue: Catalogue, target: tuple[str, int]) -> CatalogueObject | None:
    """The object that an entry leads to; None where the catalogue does not have it, such as one of the system's own."""
    name, oid = target
    if name == "pg_class":
        return catalogue.relations.get(oid)
    of: dict[str, Sequence[CatalogueObject]] = {
        "pg_proc": catalogue.routines, "pg_type": catalogue.types, "pg_foreign_server": catalogue.things,
    }  # fmt: skip
    return next((one for one in of.get(name, ()) if one.oid == oid), None)
