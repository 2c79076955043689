"""The keys of the Policies pane."""

from textual.binding import Binding, BindingType

POLICIES_BINDINGS: list[BindingType] = [
    Binding("p", "view('policies')", "policies", id="policies.policies", tooltip="The policies of the table"),
    Binding("w", "view('why')", "why", id="policies.why", tooltip="Why each row is seen or hidden"),
    Binding("d", "view('side')", "side by side", id="policies.side", tooltip="What several identities see of it"),
    Binding("m", "view('matrix')", "matrix", id="policies.matrix", tooltip="Who reaches how many rows of what"),
    Binding("i", "view('isolation')", "isolation", id="policies.isolation", tooltip="Tenants against each other"),
    Binding("c", "next_command", "command", show=False, id="policies.command", tooltip="SELECT, UPDATE, DELETE"),
    Binding("o", "next_show", "which rows", show=False, id="policies.show",
            tooltip="All rows, or only those that are seen, hidden or differ"),
    Binding("a", "choose_side", "whom", show=False, id="policies.whom", tooltip="Another identity on the right"),
    Binding("A", "add_side", "one more", show=False, id="policies.add", tooltip="One more identity beside them"),
    Binding("r", "refresh", "refresh", show=False, id="policies.refresh", tooltip="Read everything again"),
    Binding("enter", "run", "run", show=False, id="policies.run", tooltip="Run the isolation proof"),
]  # fmt: skip
