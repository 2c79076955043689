"""The keys of the Schema pane."""

from textual.binding import Binding, BindingType

SCHEMA_BINDINGS: list[BindingType] = [
    Binding("slash", "find", "find", id="schema.find", tooltip="Find any object or column by a part of its name"),
    Binding("o", "open_rows", "rows", id="schema.rows", tooltip="Open its rows in the Query pane"),
    Binding("d", "definition", "definition", id="schema.definition", tooltip="Show its definition as SQL"),
    Binding("x", "graph", "graph", id="schema.graph", tooltip="Show the foreign keys around this table, and walk them"),
    Binding("e", "edit", "edit", show=False, id="schema.edit", tooltip="Open its definition in the Query pane"),
    Binding("p", "policies", "policies", id="schema.policies", tooltip="Show its policies in the Policies pane"),
    Binding("y", "copy", "copy name", id="schema.copy", tooltip="Copy its name, quoted where SQL needs it"),
    Binding("r", "refresh", "refresh", id="schema.refresh", tooltip="Read the catalogue again"),
    Binding("full_stop,alt+right,ctrl+pagedown", "step_tab(1)", "next tab", id="schema.next_tab",
            tooltip="The next tab of the object"),
    Binding("comma,alt+left,ctrl+pageup", "step_tab(-1)", "previous tab", show=False, id="schema.previous_tab",
            tooltip="The tab before"),
    Binding("escape", "back", "back", show=False, id="schema.back", tooltip="Back to the tree, or out of a search"),
]  # fmt: skip
