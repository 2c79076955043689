"""Asks for the parameters of a statement, with the types of the server and the values of the last time."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from chatly_console.core.failure import Failure
from chatly_console.core.request import Request
from chatly_console.core.saved_query import QueryParameter
from chatly_console.query.parameter_memory import ParameterMemory
from chatly_console.query.parameters import Bound, bound, filled
from chatly_console.query.ui.asking import ask
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.parameter_form import Field, ParameterForm

_DESCRIBE_WITHIN = 5.0


class ParameterAsking:
    """Belongs to the pane; the values are those of the session's profile."""

    def __init__(self, pane: PaneFace, root: Path | None) -> None:
        self._pane = pane
        self._root = root

    async def ask(self, sql: str) -> tuple[Bound, tuple[str | None, ...]] | None:
        """The statement as it is sent, with its values; None where the user wants neither. Asks nothing without any.

        Raises Failure where the server does not understand the statement.
        """
        statement = await asyncio.to_thread(bound, sql)
        if not statement.parameters:
            return statement, ()
        types, problem = await self._types(statement)
        memory = ParameterMemory(self._pane.session.profile.name, root=self._root)
        names = [parameter.name for parameter in statement.parameters]
        rows = filled(statement.parameters, await asyncio.to_thread(memory.recall, sql, names))
        title = "Values for this statement"
        form = ParameterForm(title, [_field(row, types, at) for at, row in enumerate(rows)], problem)
        given = await ask(self._pane.app, self._pane.editing.editor, form)
        if given is None:
            return None
        values = tuple([value if isinstance(value, str) else None for value in given])
        try:
            await asyncio.to_thread(memory.remember, sql, dict(zip(names, values, strict=True)))
        except OSError as error:
            self._pane.say(f"The values cannot be remembered: {error.strerror or error}.", failed=True)
        return statement, values

    async def _types(self, statement: Bound) -> tuple[list[str], str]:
        """What the server takes each parameter for; where it cannot say, why not."""
        session = self._pane.session
        if session.database is None:
            return [], ""
        request = Request("", identity=session.identity, statement_timeout=_DESCRIBE_WITHIN)
        try:
            async with session.database.series(request) as series:
                return await series.parameter_types(statement.sql), ""
        except Failure as failure:
            return [], f"The server cannot tell the types: {failure.sentence}"


def _field(row: tuple[QueryParameter, str | None, bool], types: Sequence[str], at: int) -> Field:
    """A parameter as the form shows it: with the server's type, else that of its header."""
    parameter, value, is_known = row
    label = parameter.name if parameter.name.startswith("$") else f":{parameter.name}"
    type_ = (types[at] if at < len(types) else "") or parameter.type
    return Field(label, type_, value, is_known, parameter.words)
