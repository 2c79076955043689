"""Parameters: what counts as one, what is sent, what is remembered, and the form in which they are given."""

from pathlib import Path

import pytest

from chatly_console.query.parameter_memory import ParameterMemory
from chatly_console.query.parameters import bound, filled
from chatly_console.query.run import Phase
from chatly_console.query.ui.parameter_form import ParameterForm
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, words, write

HEADER = """-- title: Busy
-- parameter: client text = 'Café, Miró''s', slug of the client
-- parameter: days integer = 90
-- parameter: note text = null
"""


def names(sql: str) -> list[str]:
    return [parameter.name for parameter in bound(sql).parameters]


@pytest.mark.parametrize(
    ("sql", "sent", "found"),
    [
        ("select $1, $2", "select $1, $2", ["$1", "$2"]),
        ("select :a, :b, :a", "select $1, $2, $1", ["a", "b"]),
        ("select $1 + :a", "select $1 + $2", ["$1", "a"]),
        ("select a[1:n], :n::int, '12:30', ':no'", "select a[1:n], $1::int, '12:30', ':no'", ["n"]),
        ("select x::text -- :no\n/* :no */", "select x::text -- :no\n/* :no */", []),
        ("create function f(int) returns int return $1", "create function f(int) returns int return $1", []),
        ("prepare p as select $1", "prepare p as select $1", []),
        ("do $$ begin perform :x; end $$", "do $$ begin perform :x; end $$", []),
        ("select $2", "select $2", ["$1", "$2"]),
    ],
)
def test_what_counts_as_a_parameter(sql: str, sent: str, found: list[str]) -> None:
    assert bound(sql).sql == sent
    assert names(sql) == found


def test_an_error_is_placed_in_the_text_as_it_was_written() -> None:
    sql = "select :a_long_name, nowhere, :b, nothing"
    statement = bound(sql)
    for word in ("nowhere", "nothing"):
        assert statement.original(statement.sql.index(word) + 1) == sql.index(word) + 1


def test_the_header_declares_type_default_and_meaning() -> None:
    client, days, note = bound(HEADER + "select :client, :days, :note").parameters
    assert (client.type, client.default, client.words) == ("text", "Café, Miró's", "slug of the client")
    assert (days.type, days.default) == ("integer", "90")
    assert note.default is None and note.has_default
    (plain,) = bound("select :plain").parameters
    assert [known for _, _, known in filled((note, plain), {})] == [True, False], "null is a value to begin with"


def test_values_are_remembered_by_statement_and_by_name(tmp_path: Path) -> None:
    memory = ParameterMemory("p", root=tmp_path)
    memory.remember("select :a,  :b", {"a": "1", "b": None})
    again = ParameterMemory("p", root=tmp_path)
    assert again.recall("select :a, :b", ["a", "b"]) == {"a": "1", "b": None}
    assert again.recall("select 2 * :a", ["a"]) == {"a": "1"}
    assert again.recall("select $1", ["$1"]) == {}
    path = next(tmp_path.rglob("parameters.json"))
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text('["broken')
    assert ParameterMemory("p", root=tmp_path).recall("select :a", ["a"]) == {}


async def test_the_form_asks_with_the_types_of_the_server_and_remembers(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select :day::date + :days::int as d, coalesce(:who, 'nobody') as who")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, ParameterForm))
        await until(lambda: bool(stage.screen.query("ValueInput")))
        shown = " ".join(str(widget.render()) for widget in stage.screen.query("Static"))
        assert not [word for word in (":day", "date", ":days", "integer", ":who", "text") if word not in shown], shown
        await pilot.press(*"2026-03-01", "enter", *"14", "enter", "ctrl+n", "enter")
        await until(lambda: phase(stage) is Phase.DONE)
        assert stage.pane.result.grid.shown_row(0) == ("2026-03-15", "nobody")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, ParameterForm))
        await pilot.press("enter", "enter", "enter")
        await until(lambda: not isinstance(stage.screen, ParameterForm) and phase(stage) is Phase.DONE)
        assert stage.pane.result.grid.shown_row(0) == ("2026-03-15", "nobody")
        history = await stage.pane.record.history.search(":days")
        assert len(history) == 2, "kept as it was written"


async def test_escape_sends_nothing_and_a_wrong_value_is_marked(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        write(stage, "select :n::int, nowhere from pg_class")
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, ParameterForm))
        await pilot.press("escape")
        await until(lambda: stage.said[-1].text == "Not sent.")
        assert stage.pane.run is None
        await pilot.press("f5")
        await until(lambda: isinstance(stage.screen, ParameterForm))
        await pilot.press(*"5", "enter")
        await until(lambda: phase(stage) is Phase.FAILED and "42703" in words(stage))
        assert "line 1, column 17" in words(stage)
