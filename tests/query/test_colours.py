"""Which words of a text are coloured, and how, however long its lines are."""

from chatly_console.core.sql import Script
from chatly_console.query.ui.colours import LineColours
from chatly_console.query.ui.sql_document import SqlDocument


def coloured(text: str, *, height: int = 50) -> list[list[tuple[str, str]]]:
    """The coloured stretches of each line, with the last part of their class."""
    document, script, colours = SqlDocument(text), Script(text), LineColours()
    return [
        [
            (document.get_line(line)[start:end], name.removeprefix("sql--"))
            for start, end, name in colours.of_line(document, script, line, height)
        ]
        for line in range(document.line_count)
    ]


def test_words_texts_and_remarks_are_told_apart_also_over_several_lines() -> None:
    found = coloured("select 'a\nb' -- why\nfrom t;")
    assert found[0] == [("select", "keyword"), ("'a", "string")]
    assert found[1] == [("b'", "string"), ("-- why", "comment")]
    assert ("from", "keyword") in found[2]


def test_lines_of_data_are_no_code() -> None:
    found = coloured("copy t from stdin;\nselect\t'it\n\\.\nselect 1;")
    assert found[1] == [("select\t'it", "comment")] and found[2] == [("\\.", "comment")]
    assert found[3][0] == ("select", "keyword")


def test_of_a_line_of_megabytes_the_beginning_is_coloured_and_the_lines_around_it_are_as_ever() -> None:
    many = ", ".join(f"'no {i}'" for i in range(200_000))
    for height in (1, 50):
        found = coloured(f"select 1 in (\n{many},\n'last') as words;\nselect 2;", height=height)
        assert found[0][0] == ("select", "keyword")
        assert found[1][0] == ("'no 0'", "string") and sum(len(words) for words, _ in found[1]) <= 4_000
        assert found[2][0] == ("'last'", "string") and ("as", "keyword") in found[2]
        assert found[3][0] == ("select", "keyword")
