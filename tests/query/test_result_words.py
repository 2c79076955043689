"""The words around a result, in the width that there is: of an error, of a statement that is repeated."""

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode
from chatly_console.core.values import Column
from chatly_console.query.run import RunState
from chatly_console.query.ui.result_header import ResultHeader
from chatly_console.query.ui.result_words import error_words
from chatly_console.query.watch import Watched, watching_words


def test_an_error_is_broken_behind_its_labels() -> None:
    failure = Failure(
        'Column "subjekt" does not exist', FailureKind.SQL, sqlstate="42703",
        hint='Perhaps you meant to reference the column "conversations.subject".',
    )  # fmt: skip
    assert error_words(failure, "line 2, column 3", width=50).plain.split("\n") == [
        '✗ 42703  Column "subjekt" does not exist',
        "  at       line 2, column 3",
        "  hint     Perhaps you meant to reference the",
        '           column "conversations.subject".',
    ]
    assert error_words(failure).plain.count("\n") == 1, "without a width nothing is broken"


def test_what_a_repeated_statement_says_is_shorter_where_there_is_less_room() -> None:
    watched = Watched()
    columns = [Column("client"), Column("open", 23)]
    assert watching_words(watched, None, 2.0) == ["every 2 s · run 0 · w stops", "run 0 · w stops"]
    for number in (5, 7, 1_200_006):
        watched.saw(columns, [("Miró", "1"), ("Nordlicht", str(number))])
    words = watching_words(watched, (1, 1), 0.5)
    assert words[0] == "open ▁▁█ +1.2M   every 0.5 s · run 3 · w stops"
    assert words[-1] == "run 3 · w stops"
    assert watching_words(watched, (1, 0), 0.5)[0].startswith("open ▄▄▄ ="), "a text has no way: the first number's"
    assert watched.changed_by_row() == {1: frozenset({1})}


@pytest.mark.parametrize(
    ("width", "end"),
    [(120, " cursor open 12 s"), (74, " open 12 s"), (60, "read-only")],
)
async def test_how_old_the_cursor_is_takes_no_room_from_as_whom_a_result_is(width: int, end: str) -> None:
    state = replace(
        RunState(Mode.READ_ONLY, "authenticated ada@nordlicht.example").answered(
            500, has_columns=True, exhausted=False, seconds=0.0089
        ),
        strength="boundary",
    )
    line = ResultHeader()

    class OneLine(App[None]):
        def compose(self) -> ComposeResult:
            yield line

    async with OneLine().run_test(size=(width, 3)) as pilot:
        line.show(state, None, lambda: ("cursor open 12 s", "open 12 s"), impersonates=True)
        await pilot.pause()
        words = str(line.render()).rstrip()
        assert words.endswith(end) and "(boundary) · read-only" in words and "read-only cursor" not in words
