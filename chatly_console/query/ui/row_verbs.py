"""What can be done with the rows of a result: follow their foreign keys, draw, change, add and delete them."""

import asyncio

from chatly_console.core.catalogue import ColumnInfo
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Row
from chatly_console.query.chart import DRAWN, chart_of
from chatly_console.query.edit import Named, Special, Value, delete, insert, update
from chatly_console.query.run import Phase
from chatly_console.query.table_rows import Link, TableRows
from chatly_console.query.table_service import Tables
from chatly_console.query.ui.cell_editor import CellEditor, fit_to_edit
from chatly_console.query.ui.chart_screen import ChartScreen
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.parameter_form import ParameterForm
from chatly_console.query.ui.results import ResultView
from chatly_console.query.ui.row_fields import choices_of, fields_of, labels_of
from chatly_console.query.ui.row_runs import change_one, run_again, show_rows
from chatly_console.query.ui.runner import Runner
from chatly_console.shell.choose import Choice, Choose


class RowVerbs:
    """Belongs to the pane; its coroutines run in the pane's workers."""

    def __init__(self, pane: PaneFace, runner: Runner) -> None:
        self._pane = pane
        self._runner = runner
        self.tables = Tables()

    async def learn(self, view: ResultView) -> TableRows:
        """What the rows of this view are; found out once, and shown as marks of the columns that can be followed."""
        if view.table is not None:
            return view.table
        run, place = view.run, view.place
        if run is None or place is None or run.rows is None:
            raise Failure("There are no rows here.", FailureKind.USAGE)
        found = await self.tables.rows_of(run.database, place.sql, run.rows.columns, run.request.identity)
        view.table = found
        view.grid.set_links(frozenset(found.links or ()))
        if found.editable is not None:
            view.grid.table = (found.editable.schema, found.editable.name)
        return found

    # Foreign keys

    async def follow(self, view: ResultView, row: int, column: int) -> None:
        """Show the row that a value names."""
        found = await self.learn(view)
        values = view.grid.source.row(row)
        link = (found.links or {}).get(column)
        if link is not None and values is not None:
            await self._go(view, link, values, "→")

    async def incoming(self, view: ResultView) -> None:
        """Choose among the tables whose rows point to this one, and show those rows."""
        found = await self.learn(view)
        values = view.grid.shown_row(view.grid.cursor_row)
        if values is None:
            return
        if not found.incoming:
            self._pane.say("No foreign key points to these rows, or not all of its columns are in the result.")
            return
        choices = [
            Choice(f"{link.relation.quoted} ({', '.join(name for _, name in link.columns)})", link, about=link.name)
            for link in found.incoming
        ]
        title = "Rows that point to this one"
        link = choices[0].value if len(choices) == 1 else await self._pane.app.push_screen_wait(Choose(title, choices))
        if link is not None:
            await self._go(view, link, values, "←")

    async def _go(self, view: ResultView, link: Link, values: Row, mark: str) -> None:
        sql = link.statement(values)
        if sql is None:
            self._pane.say("The key of this row is NULL: it names no other row.")
            return
        await show_rows(self._runner, sql, f"{mark} {link.relation.name}", came_from=view)

    async def chart(self, view: ResultView) -> None:
        """Draw what is loaded of this result."""
        grid = view.grid
        shown = range(min(grid.row_count if grid.display else 0, DRAWN))
        rows = await asyncio.to_thread(lambda: [row for i in shown if (row := grid.shown_row(i)) is not None])
        chart = await asyncio.to_thread(chart_of, grid.source.columns, rows)
        more = "" if grid.source.exhausted and len(rows) == grid.row_count else ", which is not all of them"
        title = f"{view.title} · {len(rows):,} rows{more}"
        await self._pane.app.push_screen_wait(ChartScreen(title, chart))

    # Changes

    async def edit(self, view: ResultView) -> None:
        """Change the value of the cell at the cursor."""
        grid = view.grid
        found, column = await self._editable(view), grid.cursor_column
        values, index = grid.shown_row(grid.cursor_row), grid.source_row(grid.cursor_row)
        if found is None or column is None or values is None:
            return
        origin = found.origins[column]
        if origin is None or origin.column.generated:
            self._pane.say("This column is computed; there is nothing to edit in it.", failed=True)
            return
        if values[column] is not None and not fit_to_edit(values[column] or ""):
            self._pane.say("This value holds characters that no field shows; write the UPDATE yourself.", failed=True)
            return
        new = await self._new_value(origin.column, values[column])
        if new is None or new[0] in (values[column], _as_chosen(origin.column, values[column])):
            return
        cell = Named(origin.column.name, values[column])
        assert found.editable is not None
        plain = [o.column.name for o in found.origins if o is not None]
        sql = update(found.editable.quoted, self._key(found, values), cell, new[0], plain)
        run = await change_one(self._runner, sql)
        if run is not None and run.rows is not None and (after := run.rows.row(0)) is not None:
            fresh = iter(after)
            changed = tuple([next(fresh) if o is not None else v for o, v in zip(found.origins, values, strict=True)])
            view.replace_row(index, changed)

    async def add(self, view: ResultView) -> None:
        """Add a row to the table of this result."""
        found = await self._editable(view)
        if found is None or found.editable is None:
            return
        catalogue = await self.tables.catalogue(self._pane.database())
        columns = [c for c in catalogue.columns_of(found.editable.oid) if not c.generated]
        title, fields = f"A new row of {found.editable.name}", fields_of(columns, catalogue)
        form = ParameterForm(title, fields, verb="show the SQL", may_default=True)
        given = await self._pane.app.push_screen_wait(form)
        if given is None:
            return
        values = {c.name: value for c, value in zip(columns, given, strict=True) if value is not Special.DEFAULT}
        await self._apply(view, insert(found.editable.quoted, values))

    async def delete(self, view: ResultView) -> None:
        """Delete the row at the cursor."""
        found = await self._editable(view)
        values = view.grid.shown_row(view.grid.cursor_row)
        if found is None or found.editable is None or values is None:
            return
        row = [Named(o.column.name, v) for o, v in zip(found.origins, values, strict=True) if o is not None]
        await self._apply(view, delete(found.editable.quoted, self._key(found, values), row), grave=True)

    async def _apply(self, view: ResultView, sql: str, *, grave: bool = False) -> None:
        run = await change_one(self._runner, sql, grave=grave)
        if run is not None and run.state.phase is Phase.DONE and view.place is not None:
            await run_again(self._runner, view)

    async def _new_value(self, column: ColumnInfo, value: str | None) -> tuple[Value] | None:
        catalogue = await self.tables.catalogue(self._pane.database())
        labels = labels_of(column, catalogue)
        if not labels:
            return await self._pane.app.push_screen_wait(CellEditor(column.name, column.type, value))
        choices = choices_of(column, labels)
        marked = next((at for at, choice in enumerate(choices) if choice.value == (_as_chosen(column, value),)), 0)
        return await self._pane.app.push_screen_wait(Choose(f"{column.name}  {column.type}", choices, marked=marked))

    async def _editable(self, view: ResultView) -> TableRows | None:
        found = await self.learn(view)
        if found.editable is None:
            self._pane.say(found.why_not, failed=True)
            return None
        return found

    def _key(self, found: TableRows, values: Row) -> list[Named]:
        names = [found.origins[index] for index in found.key]
        return [Named(o.column.name, values[i]) for o, i in zip(names, found.key, strict=True) if o is not None]


def _as_chosen(column: ColumnInfo, value: str | None) -> str | None:
    """A value as the list has it; the server writes a boolean by its first letter."""
    return {"t": "true", "f": "false"}.get(value or "", value) if column.type == "boolean" else value
