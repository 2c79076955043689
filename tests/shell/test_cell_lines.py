"""A JSON value as lines that fold, each made when it is drawn, with nothing of the value lost on the way."""

import gc
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from chatly_console.core.values import Column
from chatly_console.shell.grid.cell_lines import Line, cell_lines

_JSON = Column("j", 3802, "jsonb")
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\ é', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=12,
)


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line.spans)


@given(_VALUES)
@settings(deadline=None, max_examples=60)
def test_the_lines_are_the_value_and_each_fold_ends_with_its_bracket(value: object) -> None:
    lines = cell_lines(json.dumps(value, ensure_ascii=False), _JSON, 80)
    assert json.loads("\n".join(map(text_of, lines))) == value
    for at, line in enumerate(lines):
        if line.end:
            closing = text_of(lines[line.end - 1])
            assert closing.strip(" ,") in ("}", "]")
            assert closing.index(closing.strip()) == len(text_of(line)) - len(text_of(line).lstrip())
            assert line.end > at + 1 and line.folded


def test_names_that_repeat_and_long_numbers_are_shown_as_they_are() -> None:
    lines = cell_lines('{"a": 1.50, "a": 123456789012345678901, "b": []}', _JSON, 80)
    assert [*map(text_of, lines)] == ["{", '  "a": 1.50,', '  "a": 123456789012345678901,', '  "b": []', "}"]
    assert "".join(text for text, _ in lines[0].folded) == "{ … }  3 keys"


def test_what_is_kept_of_many_lines_is_nothing_for_the_garbage_collector() -> None:
    """To look at a line for each of a megabyte of JSON holds the keys for a third of a second."""
    value = json.dumps([{"a": n, "b": [n, n]} for n in range(2_000)])
    gc.collect()
    before = len(gc.get_objects())
    lines = cell_lines(value, _JSON, 80)
    gc.collect()
    assert len(lines) > 10_000 and len(gc.get_objects()) - before < 1_000
