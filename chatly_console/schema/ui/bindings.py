"""The keys of the Schema pane."""

from textual.binding import Binding, BindingType

SCHEMA_BINDINGS: list[BindingType] = [
    Binding("slash", "find", "find", id="schema.find", tooltip="Find any object or column by a part of its name"),
    Binding("o", "ask('rows')", "rows", id="schema.rows", tooltip="Open its rows in the Query pane"),
    Binding("d", "tab('definition')", "definition", id="schema.definition", tooltip="Show its definition as SQL"),
    Binding("x", "tab('graph')", "graph", id="schema.graph",
            tooltip="Show the foreign keys around this table, and walk them"),
    Binding("w", "write", "write…", show=False, id="schema.write",
            tooltip="Begin a SELECT, INSERT, UPDATE or DELETE of it in the Query pane"),
    Binding("number_sign", "count", "count rows", show=False, id="schema.count",
            tooltip="Count its rows, as whoever statements run as, beside the planner's estimate"),
    Binding("t", "tab('statements')", "statements", show=False, id="schema.statements",
            tooltip="Show the statements on record that touch it"),
    Binding("i", "ask('findings')", "findings", show=False, id="schema.findings",
            tooltip="Show what the Advisor finds on it"),
    Binding("a", "ask('analyze')", "analyze", show=False, id="schema.analyze",
            tooltip="Bring the planner's statistics of it up to date, in the Query pane"),
    Binding("M", "copy_graph", "copy the diagram", show=False, id="schema.copy_graph",
            tooltip="Copy the foreign keys of its schema as a Mermaid diagram"),
    Binding("e", "edit", "edit", show=False, id="schema.edit", tooltip="Open its definition in the Query pane"),
    Binding("p", "ask('policies')", "policies", id="schema.policies", tooltip="Show its policies in the Policies pane"),
    Binding("y", "copy", "copy name", id="schema.copy", tooltip="Copy its name, quoted where SQL needs it"),
    Binding("r", "refresh", "refresh", id="schema.refresh", tooltip="Read the catalogue again"),
    Binding("full_stop,alt+right,ctrl+pagedown", "step_tab(1)", "next tab", id="schema.next_tab",
            tooltip="The next tab of the object"),
    Binding("comma,alt+left,ctrl+pageup", "step_tab(-1)", "previous tab", show=False, id="schema.previous_tab",
            tooltip="The tab before"),
    Binding("backspace", "walk_back", "back to the last", show=False, id="schema.walk_back",
            tooltip="Back to the object that was left by following what it uses, or a foreign key"),
    Binding("escape", "back", "back", show=False, id="schema.back", tooltip="Back to the tree, or out of a search"),
]  # fmt: skip
