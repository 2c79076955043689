"""The keys of the Advisor pane."""

from textual.binding import Binding, BindingType

ADVISOR_BINDINGS: list[BindingType] = [
    # those of an index come first, so that a narrow footer has them where there is one
    Binding("t", "do('measure')", "try", id="advisor.measure",
            tooltip="Build the indexes that are proposed for a statement, measure and roll back"),
    Binding("c", "do('build')", "create", id="advisor.build",
            tooltip="Create this index CONCURRENTLY, and measure the statement again"),
    Binding("r", "refresh", "look again", id="advisor.refresh", tooltip="Look again at what is on show"),
    Binding("o", "do('fix')", "fix", id="advisor.fix", tooltip="Put the fix into the Query pane; nothing is run"),
    Binding("m", "do('migrate')", "migration", id="advisor.migration",
            tooltip="Write the fix, and what takes it back, as a pair of migration files"),
    Binding("b", "order", "by …", id="advisor.order", tooltip="By level, by object, or by kind"),
    Binding("x", "do('silence')", "silence", id="advisor.silence",
            tooltip="Live with this finding: the reason is kept beside the migrations"),
    Binding("i", "do('statements')", "indexes…", id="advisor.statements",
            tooltip="Look for indexes for the statements on record that took most time, or for one of them"),
    Binding("T", "do('table')", "of a table…", id="advisor.table", show=False,
            tooltip="Look for indexes for all statements on record that read one table"),
    Binding("w", "do('applied')", "built here", show=False, id="advisor.applied",
            tooltip="What came of the indexes that were built here: whether they are used, what to drop"),
    Binding("p", "review", "review", id="advisor.review", tooltip="The ten points of the review, with their evidence"),
    Binding("J", "read(4)", "read on", show=False, id="advisor.read-on", tooltip="Further down in the details"),
    Binding("K", "read(-4)", "read back", show=False, id="advisor.read-back", tooltip="Further up in the details"),
    Binding("a", "show_all", "all", show=False, id="advisor.all", tooltip="All findings again, of all relations"),
]  # fmt: skip

ONLY_FINDINGS = frozenset({"order", "silence"})
ONLY_INDEXES = frozenset({"measure", "build"})
