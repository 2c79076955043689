"""What the Map view does: fetch the vectors, draw them, and show the rows that lie under the cursor."""

from __future__ import annotations

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.mapping import MOST_POINTS, map_of
from chatly_console.vectors.scatter import grouped
from chatly_console.vectors.service import rows_of_keys
from chatly_console.vectors.ui.map_canvas import COLOURS
from chatly_console.vectors.ui.map_view import MapView
from chatly_console.vectors.ui.workbench import Workbench

_MOST_ROWS = 200


async def draw_map(pane: Workbench, column: VectorColumn) -> None:
    """The Map view: all rows that are seen, or a part of them."""
    view = pane.query_one(MapView)
    view.show_loading(f"fetching up to {MOST_POINTS:,} vectors")
    found = pane.map = await map_of(pane.database, column, pane.identity)
    if found is None:
        view.show_empty("No row with a vector can be seen.", f"Drawn as {pane.identity.describe() or 'the login'}.")
        return
    one, two = found.plane.shares
    some = f"{len(found.keys):,} rows" if found.whole else f"{len(found.keys):,} rows of {column.rows:,}"
    view.say(
        f"{some} on the two axes that show most: {one + two:.0%} of the variance ({one:.0%} and {two:.0%}), "
        "an overview, no map of distances"
    )
    view.conclude("arrows move · + nearer · - farther · enter to the rows under the cursor · m more like the row")
    frequent, _ = grouped(found.tenants, len(COLOURS))
    view.names = await pane.learn_names(frequent)
    view.show_map(found, pane.asked.vector if pane.asked else None, [hit.key for hit in pane.hits])


def show_marked(pane: Workbench, rows: list[int]) -> None:
    """The rows under the cursor by key and tenant at once, and then with their text."""
    if pane.map is None or pane.column is None:
        return
    view = pane.query_one(MapView)
    pane.marked = [pane.map.keys[row] for row in rows[:_MOST_ROWS]]
    tenant = pane.column.tenant
    listed: list[Row] = [
        (pane.map.keys[row], *((pane.map.tenants[row],) if tenant else ())) for row in rows[:_MOST_ROWS]
    ]
    view.show_cell(ListedRows([Column("key"), *([Column(tenant)] if tenant else [])], listed))
    if rows:
        pane.run_worker(_tell_more(pane, pane.column, pane.marked), group="vectors-marked", exclusive=True,
                        exit_on_error=False)  # fmt: skip


async def _tell_more(pane: Workbench, column: VectorColumn, keys: list[str]) -> None:
    shown = await rows_of_keys(pane.database, column, keys, pane.identity)
    if keys == pane.marked and shown:
        named = [name for name in (column.snippet, column.tenant, *column.labels) if name]
        pane.marked = [row[-1] or "" for row in shown]
        pane.query_one(MapView).show_cell(ListedRows([*map(Column, named), Column("key")], shown))
