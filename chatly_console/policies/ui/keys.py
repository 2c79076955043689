"""The keys of the Policies pane."""

from textual.binding import Binding, BindingType

POLICIES_BINDINGS: list[BindingType] = [
    Binding("p", "view('policies')", "policies", id="policies.policies", tooltip="The policies of the table"),
    Binding("w", "view('why')", "why", id="policies.why", tooltip="Why each row is seen or hidden"),
    Binding("d", "view('side')", "side by side", id="policies.side", tooltip="What several identities see of it"),
    Binding("m", "view('matrix')", "matrix", id="policies.matrix", tooltip="Who reaches how many rows of what"),
    Binding("i", "view('isolation')", "isolation", id="policies.isolation", tooltip="Tenants against each other"),
    Binding("t", "view('try')", "try", show=False, id="policies.try", tooltip="Try a write; it is rolled back"),
    Binding("e", "view('whatif')", "what if", show=False, id="policies.whatif",
            tooltip="Change a policy's expression and see who gains and loses rows"),
    Binding("x", "view('cost')", "cost", show=False, id="policies.cost",
            tooltip="What row level security costs, and what would make it cheaper"),
    Binding("c", "next_command", "command", show=False, id="policies.command", tooltip="SELECT, UPDATE, DELETE"),
    Binding("o", "next_show", "which rows", show=False, id="policies.show",
            tooltip="All rows, or only those that are seen, hidden or differ"),
    Binding("a", "choose_side", "whom", show=False, id="policies.whom", tooltip="Another identity beside the first"),
    Binding("A", "add_side", "one more", show=False, id="policies.add", tooltip="One more identity beside them"),
    Binding("D", "drop_side", "one fewer", show=False, id="policies.drop", tooltip="One identity fewer"),
    Binding("Q", "query", "query", show=False, id="policies.query",
            tooltip="Side by side: a query instead of the table"),
    Binding("E", "report", "report", show=False, id="policies.report",
            tooltip="Write what is on show to a file: the matrix, or the isolation proof"),
    Binding("F", "findings", "findings", show=False, id="policies.findings",
            tooltip="What the advisor finds on this table"),
    Binding("B", "boundary", "boundary", show=False, id="policies.boundary",
            tooltip="Create the login that makes running as a user a boundary"),
    Binding("r", "refresh", "refresh", show=False, id="policies.refresh", tooltip="Read everything again"),
    Binding("enter,f5", "run", "run", show=False, id="policies.run",
            tooltip="Run the proof, the write, the what-if or the measurement"),
    Binding("escape", "leave", "tables", show=False, id="policies.leave", tooltip="Back to the list of tables"),
]  # fmt: skip
