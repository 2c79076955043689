"""The hint of an error: what it says to write, where, and the key that writes it."""

import doctest

import pytest

from chatly_console.core.request import Mode, Request
from chatly_console.query import hint
from chatly_console.query.hint import corrections
from chatly_console.query.run import Phase
from chatly_console.server.database import Database
from chatly_console.shell.choose import Choose
from tests.query.stage import Stage, until
from tests.query.test_pane import phase, words, write
from tests.query.test_row_verbs import SCHEMA


def test_the_examples_in_the_documentation_hold() -> None:
    result = doctest.testmod(hint)
    assert result.attempted >= 2 and result.failed == 0


MEANT = "Perhaps you meant to reference the column {}."


@pytest.mark.parametrize(
    ("sql", "said", "after"),
    [
        ("select c.^", 'There is a column named "x", but it cannot be referenced from this part of the query.', []),
        ("select ^nam, 1 from t", MEANT.format('"t.name"'), ["select name, 1 from t"]),
        ("select ^c . /* so */ nam from t c", MEANT.format('"c.name"'), ["select c.name from t c"]),
        ('select ^"C d"."na me", 1', MEANT.format('"C d.a "b""'), ['select "C d"."a ""b""", 1']),
        ("select ^a.body from a, b", MEANT.format('"b.body"'), ["select b.body from a, b"]),
        ("select ^nam", MEANT.format('"a.name" or the column "b.name"'), ["select a.name", "select b.name"]),
        ("select ^s.t.nam from s.t", MEANT.format('"t.name"'), ["select t.name from s.t"]),
        ('select ^"x.y".z', MEANT.format('"x.y.zz"'), ['select "x.y".zz']),
        ("select ^z", MEANT.format('"x.y.zz"'), []),
        ("select ^client.id from client c", 'Perhaps you meant to reference the table alias "c".',
         ["select c.id from client c"]),
        ("select ^1 + nam", MEANT.format('"t.name"'), []),
        ("select nam^", MEANT.format('"t.name"'), []),
        ("select ^nam", "No function matches the given name and argument types.", []),
    ],
)  # fmt: skip
def test_what_a_hint_says_to_write(sql: str, said: str, after: list[str]) -> None:
    at, text = sql.index("^"), sql.replace("^", "")
    assert [f"{text[: c.start]}{c.text}{text[c.end :]}" for c in corrections(text, at, said)] == after


async def test_one_key_writes_it_or_asks_which(stage: Stage, database: Database) -> None:
    for statement in SCHEMA.split(";"):
        async with database.open(Request(statement, mode=Mode.COMMITTED)) as result:
            await result.finish()
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, "select 1;\nselect l.id, :who::text, boddy from letter l")
        editor.move_cursor((1, 3))
        await pilot.press("f5")
        await until(lambda: len(stage.screen_stack) > 1)
        await pilot.press("x", "enter")
        await until(lambda: phase(stage) is Phase.FAILED)
        assert 'the column "l.body".   alt+h writes it' in words(stage)
        await pilot.press("alt+h")
        await until(lambda: editor.text == "select 1;\nselect l.id, :who::text, body from letter l")
        assert "body is written" in stage.said[-1].text
        await pilot.press("alt+h")
        assert editor.text.endswith(", body from letter l"), "once it is written, the key means nothing"
        editor = write(stage, "select idd from letter l, client c")
        await pilot.press("f5")
        await until(lambda: "the column" in words(stage))
        await pilot.press("alt+h")
        await until(lambda: isinstance(stage.screen, Choose))
        await pilot.press("down", "enter")
        await until(lambda: editor.text == "select c.id from letter l, client c")
        write(stage, "select client.id from client c")
        await pilot.press("f5")
        await until(lambda: "table alias" in words(stage))
        await pilot.press("alt+h", "f5")
        await until(lambda: phase(stage) is Phase.DONE)
