"""What the editor says of its lines is what Textual works out for lines that are not wrapped."""

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset

from chatly_console.query.ui.sql_document import SqlDocument, UnwrappedDocument

_TEXT = st.text(st.sampled_from("ab \t\n'é漢💩"), max_size=30)


@given(_TEXT, _TEXT, st.tuples(*[st.integers(0, 40)] * 2), st.integers(0, 12), st.integers(0, 6))
@settings(deadline=None, max_examples=60)
def test_an_edit_leaves_the_same_as_a_wrapping_from_the_beginning(
    text: str, put_in: str, at: tuple[int, int], x: int, y: int
) -> None:
    document = SqlDocument(text)
    ours = UnwrappedDocument(document, tab_width=4)
    start, end = sorted(document.get_location_from_index(index) for index in at)
    changed = document.replace_range(start, end, put_in)
    ours.wrap_range(start, end, changed.end_location)
    theirs = WrappedDocument(document, tab_width=4)
    assert ours.height == theirs.height
    for line in range(document.line_count):
        assert ours.get_sections(line) == theirs.get_sections(line)
        assert ours.get_offsets(line) == theirs.get_offsets(line) == []
        assert ours.get_tab_widths(line) == theirs.get_tab_widths(line)
        assert ours._offset_to_line_info[line] == theirs._offset_to_line_info[line]
        column = min(x, len(document.get_line(line)))
        assert ours.location_to_offset((line, column)) == theirs.location_to_offset((line, column))
    assert ours.offset_to_location(Offset(x, y)) == theirs.offset_to_location(Offset(x, y))
