"""Finding in the editor, and replacing one after the other or all at once."""

import pytest

from chatly_console.query.find import count, find, replace_all
from tests.query.stage import Stage, until
from tests.query.test_pane import write


@pytest.mark.parametrize(
    ("needle", "by", "text"),
    [
        ("a", "\\1", "select \\1, \\1, \\1"),
        ("A", "x", "select a, x, a"),
        ("", "x", "select a, A, a"),
        ("(", "x", "select a, A, a"),
    ],
)
def test_replacing_is_by_the_letter(needle: str, by: str, text: str) -> None:
    assert replace_all("select a, A, a", needle, by)[0] == text


def test_finding_goes_around_and_minds_capitals_only_where_typed() -> None:
    assert find("ab AB ab", "ab", 1, 0) == 3
    assert find("ab AB ab", "AB", 4, 1) == 3
    assert find("ab AB ab", "ab", 0, -1) == 6
    assert count("İi", "i") >= 1


async def test_one_after_the_other_and_all(stage: Stage) -> None:
    async with stage.run_test(size=(120, 40)) as pilot:
        editor = write(stage, "select old, Old from old;")
        await pilot.press("ctrl+f", *"old")
        assert editor.selected_text == "old"
        await pilot.press("tab", *"new", "enter")
        assert editor.text == "select new, Old from old;" and editor.selected_text == "Old"
        await pilot.press("alt+u")
        await until(lambda: editor.text == "select new, new from new;")
        await pilot.press("escape", "ctrl+z")
        assert editor.text == "select new, Old from old;"
        assert editor.has_focus
