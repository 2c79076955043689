"""The tree's rows and the finder, on catalogues made by hand."""

from chatly_console.core.catalogue import Catalogue, ColumnInfo, Relation, Schema
from chatly_console.schema.find import NameIndex
from chatly_console.schema.tree import SYSTEM, first_open, key_of, rows_of_tree, short_count, way_to


def catalogue_of(*names: str, count: int = 0) -> Catalogue:
    relations = [Relation(n, "public", name, "table") for n, name in enumerate(names, 1)]
    relations += [Relation(1000 + i, "public", f"table_{i:05}", "table") for i in range(count)]
    part = Relation(900, "public", "child", "table", parent=1, is_partition=True)
    columns = {1: (ColumnInfo(1, 1, "sent_at", "date", True, False),)}
    schemas = (Schema(5, "public"), Schema(6, "empty"), Schema(7, "pg_catalog", is_system=True))
    return Catalogue(schemas, {r.oid: r for r in [*relations, part]}, columns=columns)


def test_partitions_are_under_their_parent_and_only_there() -> None:
    catalogue = catalogue_of("events", "plain")
    opened = first_open(catalogue)
    names = [(row.depth, row.name) for row in rows_of_tree(catalogue, opened)]
    assert names == [
        (0, "public"), (1, "tables"), (2, "events"), (2, "plain"), (0, "empty"), (0, "system schemas"),
    ]  # fmt: skip
    child = catalogue.relations[900]
    opened |= way_to(catalogue, child)
    assert (3, "child") in [(row.depth, row.name) for row in rows_of_tree(catalogue, opened)]


def test_an_empty_schema_says_so_and_system_schemas_are_folded() -> None:
    rows = rows_of_tree(catalogue_of("a"), frozenset({("schema", "empty"), SYSTEM}))
    assert [row.name for row in rows] == ["public", "empty", "nothing in it", "system schemas", "pg_catalog"]


def test_the_best_hit_comes_first() -> None:
    index = NameIndex(catalogue_of("order", "reorder", "orders", "o_r_d_e_r", "[/]"))
    assert [row.name for row in index.find("order")] == ["order", "orders", "reorder", "o_r_d_e_r"]
    assert [row.name for row in index.find("[/")] == ["[/]"]
    assert index.find("zzz") == [] and index.find("") == []


def test_columns_and_schemas_are_found_too() -> None:
    catalogue = catalogue_of("messages", "other")
    [column] = NameIndex(catalogue).find("sent_")
    assert column.name == "messages.sent_at" and column.object == catalogue.relations[1]
    assert [row.name for row in NameIndex(catalogue).find("pub.mess")] == ["messages"]


def test_keys_outlive_the_catalogue() -> None:
    assert key_of(catalogue_of("a").relations[1]) == key_of(catalogue_of("a", count=5).relations[1])


def test_counts_at_a_glance() -> None:
    assert [short_count(n) for n in (-1, 0, 1500, 20_000, 1.5e6, 3e9)] == ["", "0", "1,500", "20k", "1.5M", "3.0G"]
