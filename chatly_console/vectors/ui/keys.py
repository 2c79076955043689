"""The keys of the Vectors pane."""

from textual.binding import Binding, BindingType

VECTORS_BINDINGS: list[BindingType] = [
    Binding("f5", "run", "run", id="vectors.run", tooltip="Search, measure or examine: what this view does"),
    Binding("f6", "step_view(1)", "next view", id="vectors.next_view", tooltip="Search, recall, tenants, health"),
    Binding("shift+f6", "step_view(-1)", "view before", show=False, id="vectors.view_before",
            tooltip="The view before"),
    Binding("i", "ask", "ask", id="vectors.ask", tooltip="Write a question: a text, [a vector], or =KEY of a row"),
    Binding("m", "more_like", "more like it", id="vectors.more_like", tooltip="Search by this row's vector"),
    Binding("c", "column", "column", id="vectors.column", tooltip="Choose the table and column"),
    Binding("r", "rows", "k", id="vectors.k", tooltip="How many rows are asked for"),
    Binding("p", "settings", "settings", id="vectors.settings", tooltip="probes, ef_search, iterative_scan"),
    Binding("e", "provider", "provider", show=False, id="vectors.provider", tooltip="What makes a text's vector"),
    Binding("o", "open_sql", "SQL", show=False, id="vectors.sql", tooltip="Open the search in the Query pane"),
    Binding("escape", "leave_question", "rows", show=False, id="vectors.leave", tooltip="Leave the question"),
]  # fmt: skip
