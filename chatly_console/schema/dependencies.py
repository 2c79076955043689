"""What an object needs and what needs it, level below level, in the order in which it is read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chatly_console.core.catalogue import Catalogue, CatalogueObject
from chatly_console.core.relation_details import Dependency
from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Row
from chatly_console.schema.tab import Tab

MOST = 1_000
"""Lines that are listed of each way."""
ENTRIES = 2 * MOST
"""Entries that the server gives of each way: what is reached twice is in them twice."""
COUNTED = 20_000
"""Entries that the server counts."""
WAYS = ("needed by", "needs")
_THINGS = ("foreign server", "publication", "event trigger")


def in_order(entries: Iterable[Mapping[str, Any]]) -> tuple[Dependency, ...]:
    """The entries of the server, each below the one from which it was reached; what was there already is not gone into.

    They come level by level, so that the first of those with the same key is the nearest. Where there are more than are
    listed, a last line says how many.
    """
    below: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    numbers: dict[str, int] = {}
    for entry in entries:
        below.setdefault((entry["way"], entry["parent"]), {}).setdefault(entry["key"], entry)
        numbers[entry["way"]] = entry.get("number", 0)
    return tuple(one for way in WAYS for one in _listed(way, below, numbers.get(way, 0)))


def _listed(
    way: str, below: Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]], number: int
) -> Iterator[Dependency]:
    nearest = _nearest(way, below)
    stack = [(1, "", entry) for entry in _sorted(below.get((way, ""), {}))]
    listed = 0
    while stack and listed < MOST:
        depth, parent, entry = stack.pop()
        repeated = nearest[entry["key"]] != parent
        listed += 1
        yield Dependency(way, entry["object"], depth, entry["catalogue"], entry["oid"], repeated)
        if not repeated:
            stack += [(depth + 1, entry["key"], one) for one in _sorted(below.get((way, entry["key"]), {}))]
    if listed < number and (stack or number > ENTRIES):
        over = "over " if number >= COUNTED else ""
        yield Dependency(way, f"… and {over}{number - listed:,} more", stands_for=number - listed)


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
    number = sum(one.stands_for for one in dependencies)
    return Tab("uses", ListedRows(("way", "object"), rows), empty, targets, link=1, number=number)


def _indented(one: Dependency) -> str:
    lead = "  " * (one.depth - 2) + "└ " if one.depth > 1 else ""
    return f"{lead}{one.object}{'  (see above)' if one.is_repeated else ''}"


def followed(catalogue: Catalogue, target: tuple[str, int]) -> CatalogueObject | None:
    """The object that an entry leads to; None where the catalogue does not have it, such as one of the system's own."""
    name, oid = target
    if name == "pg_class":
        return catalogue.relations.get(oid)
    of: dict[str, Sequence[CatalogueObject]] = {
        "pg_proc": catalogue.routines, "pg_type": catalogue.types, "pg_extension": catalogue.extensions,
        **{f"pg_{kind.replace(' ', '_')}": [one for one in catalogue.things if one.kind == kind] for kind in _THINGS},
    }  # fmt: skip
    return next((one for one in of.get(name, ()) if one.oid == oid), None)
