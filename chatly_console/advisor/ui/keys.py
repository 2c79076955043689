"""The keys of the Advisor pane."""

from textual.binding import Binding, BindingType

ADVISOR_BINDINGS: list[BindingType] = [
    Binding("r", "refresh", "look again", id="advisor.refresh", tooltip="Run all checks again"),
    Binding("o", "open_fix", "fix", id="advisor.fix", tooltip="Put the fix into the Query pane; nothing is run"),
    Binding("m", "migrate", "migration", id="advisor.migration",
            tooltip="Write the fix, and what takes it back, as a pair of migration files"),
    Binding("b", "order", "by …", id="advisor.order", tooltip="By level, by object, or by kind"),
    Binding("x", "silence", "silence", id="advisor.silence",
            tooltip="Live with this finding: the reason is kept beside the migrations"),
    Binding("t", "measure", "try", show=False, id="advisor.measure",
            tooltip="Build the indexes that are proposed for a statement, measure and roll back"),
    Binding("a", "show_all", "all", show=False, id="advisor.all", tooltip="All findings again, of all relations"),
]  # fmt: skip
