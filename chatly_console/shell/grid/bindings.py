"""The keys of a grid; every list of the console that is one has the same."""

from textual.binding import Binding, BindingType


def _key(keys: str, verb: str, description: str, tooltip: str, display: str = "", show: bool = False) -> Binding:
    action = verb.replace("-", "_")
    return Binding(keys, action, description, show, display or None, id=f"grid.{verb}", tooltip=tooltip)


GRID_BINDINGS: list[BindingType] = [
    _key("up,k", "up", "Up", "To the row above"),
    _key("down,j", "down", "Down", "To the row below"),
    _key("left,h", "left", "Left", "To the column on the left"),
    _key("right,l", "right", "Right", "To the column on the right"),
    _key("pageup,ctrl+b", "page-up", "Page up", "A screenful up"),
    _key("pagedown", "page-down", "Page down", "A screenful down"),
    _key("home,g,ctrl+home", "first", "First row", "To the first row"),
    _key("end,G,ctrl+end", "last", "Last row", "To the last row; loads all of them"),
    _key("0,circumflex_accent", "first-column", "First column", "To the first column"),
    _key("dollar_sign", "last-column", "Last column", "To the last column"),
    _key("enter", "open-row", "Row", "See the row with its columns downwards", show=True),
    _key("space,v", "open-cell", "Cell", "See the whole value: JSON as a tree, bytea as hex"),
    _key("slash", "filter", "Filter", "Show only the loaded rows that contain a text", "/", show=True),
    _key("n", "next-match", "Next match", "To the next cell that contains the text"),
    _key("N", "previous-match", "Previous match", "To the previous cell that contains the text"),
    _key("s", "sort", "Sort", "Sort what is loaded by this column: up, down, as it came", show=True),
    _key("escape", "as-it-came", "As it came", "Undo filter and sort"),
    _key("y", "copy-cell", "Copy", "Copy the raw value of the cell", show=True),
    _key("Y", "copy-row", "Copy row", "Copy the raw row, its values between tabs as COPY writes them"),
    _key(
        "C", "copy-as", "Copy as…", "Copy row, column, marked block or all loaded rows as CSV, JSON, Markdown, INSERT …"
    ),
    _key("shift+up", "mark-up", "Mark up", "Stretch the marked block upwards"),
    _key("shift+down", "mark-down", "Mark down", "Stretch the marked block downwards"),
    _key("shift+left", "mark-left", "Mark left", "Stretch the marked block to the left"),
    _key("shift+right", "mark-right", "Mark right", "Stretch the marked block to the right"),
    _key("V", "mark-rows", "Mark rows", "Mark whole rows from here to where the cursor goes; again lets go"),
    _key("E", "export", "Export", "Write the rows to a file", show=True),
    _key("greater_than_sign", "wider", "Wider", "Make the column wider", ">"),
    _key("less_than_sign", "narrower", "Narrower", "Make the column narrower", "<"),
    _key("left_curly_bracket", "move-left", "Move left", "Move the column to the left", "{"),
    _key("right_curly_bracket", "move-right", "Move right", "Move the column to the right", "}"),
    _key("minus", "hide-column", "Hide column", "Hide the column", "-"),
    _key("equals_sign,plus", "show-columns", "Show columns", "Show all hidden columns again", "="),
    _key("f", "freeze", "Freeze", "Keep the columns up to this one in sight; again to let them go"),
]
