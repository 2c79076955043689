"""The keys of the Triage pane."""

from textual.binding import Binding, BindingType

TRIAGE_BINDINGS: list[BindingType] = [
    Binding("p", "pause", "pause", id="triage.pause", tooltip="Stop asking, and go on"),
    Binding("a", "view('activity')", "activity", show=False, id="triage.activity", tooltip="All sessions"),
    Binding("b", "view('blocking')", "blocking", show=False, id="triage.blocking", tooltip="Who waits for whom"),
    Binding("s", "view('statements')", "statements", show=False, id="triage.statements",
            tooltip="What pg_stat_statements counted"),
    Binding("h", "view('health')", "health", show=False, id="triage.health",
            tooltip="Tables, indexes, sequences, running maintenance"),
    Binding("slash", "filter", "filter", id="triage.filter",
            tooltip="Words anywhere, or user: db: app: state: wait: pid: longer:5s"),
    Binding("x", "signal('cancel')", "cancel", id="triage.cancel", tooltip="Cancel this session's statement"),
    Binding("X", "signal('terminate')", "terminate", id="triage.terminate", tooltip="End this session"),
    Binding("y", "copy_sql", "copy", show=False, id="triage.copy", tooltip="Copy the statement of this line"),
    Binding("o", "order", "order", show=False, id="triage.order", tooltip="Statements by total, mean, calls, I/O"),
    Binding("d", "since", "since", show=False, id="triage.since",
            tooltip="Statements since the pane was opened, or since the server's reset"),
    Binding("w", "own", "own", show=False, id="triage.own", tooltip="Show the console's own connections, or not"),
    Binding("plus", "rate(-1)", "faster", show=False, id="triage.faster", tooltip="Ask more often"),
    Binding("minus", "rate(1)", "slower", show=False, id="triage.slower", tooltip="Ask less often"),
    Binding("r", "refresh_now", "refresh", show=False, id="triage.refresh", tooltip="Ask now"),
]  # fmt: skip
