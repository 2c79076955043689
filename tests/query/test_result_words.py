"""The words around a result, in the width that there is: of an error, of a statement that is repeated."""

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Column
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
