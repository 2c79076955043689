"""The views of the Vectors pane, what each of them does, and what it says while it has nothing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.ui.map_view import MapView
from chatly_console.vectors.ui.recall_view import RecallView
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.work_health import examine_column
from chatly_console.vectors.ui.work_index import try_indexes
from chatly_console.vectors.ui.work_map import draw_map
from chatly_console.vectors.ui.work_recall import measure_recall
from chatly_console.vectors.ui.work_search import search_rows_of
from chatly_console.vectors.ui.work_tenants import compare_people
from chatly_console.vectors.ui.workbench import Workbench

Work = Callable[[Any, VectorColumn], Coroutine[Any, Any, None]]

WORK: dict[str, tuple[Work, str]] = {
    "search": (search_rows_of, "a search"),
    "recall": (measure_recall, "a recall measurement"),
    "tenants": (compare_people, "a search as several people"),
    "index": (try_indexes, "a trial of indexes"),
    "health": (examine_column, "an examination"),
    "map": (draw_map, "a map"),
}


def views() -> Iterator[View]:
    """The views in the order of the strip."""
    yield View("search", "Nothing asked yet.", "Write a question above and press enter.")
    yield RecallView("recall", "Nothing measured yet.", "f5 measures recall on rows of the table.")
    yield View("tenants", "Nothing compared yet.", "Write a question above; f5 asks it as several people.")
    yield View("index", "No index tried yet.", "f5 tries indexes on a copy that is rolled back.")
    yield View("health", "Nothing examined yet.", "f5 examines the column, its indexes and the extension.")
    yield MapView("map", "No map drawn yet.", "f5 puts the vectors on a plane.")


def empty_views(pane: Workbench) -> None:
    """Say in each view why there is nothing, and what to do about it."""
    catalogue = pane.catalogue
    for view in pane.query(View):
        if catalogue is None or not catalogue.version:
            view.show_empty("pgvector is not installed in this database.", "create extension vector; installs it.")
        elif pane.column is None:
            view.show_empty("No table here has a column of vectors.", "c looks again.")
        else:
            view.show_empty()
