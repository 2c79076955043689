"""The keys of the Vectors pane, and in which of its views each of them means something."""

from textual.binding import Binding, BindingType

VECTORS_BINDINGS: list[BindingType] = [
    Binding("f5", "run", "run", id="vectors.run", tooltip="Search, measure or examine: what this view does"),
    Binding("f6", "step_view(1)", "next view", id="vectors.next_view",
            tooltip="Search, recall, tenants, index, health, map"),
    Binding("shift+f6", "step_view(-1)", "view before", show=False, id="vectors.view_before",
            tooltip="The view before"),
    Binding("i", "ask", "ask", id="vectors.ask",
            tooltip="Write a question: a text, [a vector], =KEY of a row, or =A + =B - =C"),
    Binding("w", "filter", "where", id="vectors.filter", tooltip="A condition on the rows, for everything here"),
    Binding("m", "more_like", "more like it", id="vectors.more_like", tooltip="Search by this row's vector"),
    Binding("x", "hybrid", "hybrid", id="vectors.hybrid",
            tooltip="By vector and by the words of the text together (RRF), and back"),
    Binding("a", "keep_question", "keep question", show=False, id="vectors.keep_question",
            tooltip="Keep this question for the recall lab; again to forget it"),
    Binding("q", "questions", "questions", id="vectors.questions",
            tooltip="Measure with rows of the table, or with your kept questions"),
    Binding("d", "worst", "worst", id="vectors.worst", tooltip="The worst questions at this setting, and back"),
    Binding("t", "settings_tried", "tried", show=False, id="vectors.tried",
            tooltip="Which settings the lab tries"),
    Binding("A", "compare", "against", id="vectors.compare", tooltip="Lay a saved curve beside this one"),
    Binding("u", "cures", "cures", id="vectors.cures", tooltip="Measure what would mend it, for the row's identity"),
    Binding("M", "migration", "migration", id="vectors.migration", tooltip="Write it as a migration"),
    Binding("o", "open_sql", "SQL", show=False, id="vectors.sql", tooltip="Open it in the Query pane"),
    Binding("Q", "copy_sql", "copy SQL", show=False, id="vectors.copy_sql",
            tooltip="Copy the search as SQL that keeps the index"),
    Binding("c", "column", "column", id="vectors.column", tooltip="Choose the table, column and metric"),
    Binding("b", "labels", "labels", show=False, id="vectors.labels", tooltip="Which other columns are shown"),
    Binding("r", "rows", "k", id="vectors.k", tooltip="How many rows are asked for"),
    Binding("p", "settings", "settings", id="vectors.settings", tooltip="probes, ef_search, iterative_scan"),
    Binding("e", "provider", "provider", show=False, id="vectors.provider", tooltip="What makes a text's vector"),
    Binding("P", "policies", "policies", show=False, id="vectors.policies", tooltip="The policies of the table"),
    Binding("escape", "leave_question", "rows", show=False, id="vectors.leave", tooltip="Leave the question"),
]  # fmt: skip

ONLY_IN = {
    "more_like": {"search", "recall", "map"},
    "hybrid": {"search"},
    "keep_question": {"search"},
    "copy_sql": {"search"},
    "open_sql": {"search", "index", "health"},
    "settings": {"search", "tenants"},
    "questions": {"recall"},
    "worst": {"recall"},
    "settings_tried": {"recall"},
    "compare": {"recall"},
    "cures": {"tenants"},
    "migration": {"index", "health"},
}
"""The views in which an action means something; all others mean something everywhere."""
